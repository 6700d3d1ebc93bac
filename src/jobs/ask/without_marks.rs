//! Questions typed without marks (`hoc sinh lop 1 nu`): every way to put them back that the archive's own words allow is tried, and
//! only a question that is understood in one way is answered.

use std::collections::{BTreeMap, BTreeSet};

use super::known::Known;
use super::understand::{Understood, understand};
use super::words::AskWords;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::base::term::Term;
use crate::base::text::{fold, tone_key};

/// Ways that are tried at most.
const MOST_WAYS: usize = 512;

/// Words of questions as they are written, by how they look without marks.
pub struct Marks {
    forms: BTreeMap<String, BTreeSet<String>>,
}

/// A question understood with marks put back.
pub struct Restored<'a> {
    /// The question.
    pub understood: Understood<'a>,
    /// Text of it with marks.
    pub text: String,
}

impl Marks {
    /// Words of everything that can be asked for.
    pub fn of(words: &AskWords, known: &Known) -> Self {
        let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for name in words.phrases().chain(known.names()) {
            for word in fold(name).split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
                forms.entry(tone_key(word)).or_default().insert(word.to_owned());
            }
        }
        Self { forms }
    }

    /// Words of questions of which no single one is passed over that may be another word: `co so` is not `có số`.
    pub fn sure(&self, words: &AskWords) -> AskWords {
        let is_sure = |word: &String| word.contains(' ') || self.forms.get(&tone_key(word)).is_none_or(|forms| forms.len() == 1);
        AskWords { ignored: words.ignored.iter().filter(|word| is_sure(word)).cloned().collect(), ..words.clone() }
    }

    /// A text in all ways with marks; none where it has some already, or there are too many.
    fn ways(&self, text: &str) -> Vec<String> {
        let folded = fold(text);
        if tone_key(&folded) != folded {
            return Vec::new();
        }
        let mut ways = vec![String::new()];
        for word in folded.split(' ') {
            let own = BTreeSet::from([word.to_owned()]);
            let forms = self.forms.get(word).unwrap_or(&own);
            if ways.len() * forms.len() > MOST_WAYS {
                return Vec::new();
            }
            ways = ways.iter().flat_map(|way| forms.iter().map(move |form| format!("{way} {form}"))).collect();
        }
        ways.into_iter().map(|way| way.trim().to_owned()).filter(|way| *way != folded).collect()
    }

    /// The question with its marks.
    ///
    /// # Errors
    /// When it is understood in several ways, with them; the problem of the question as it was typed when in none.
    pub fn understood<'a>(&self, text: &str, term: Term, sure: &'a AskWords, known: &'a Known, problem: Error) -> Result<Restored<'a>> {
        let understood = |text: String| Some(Restored { understood: understand(&text, term, sure, known).ok()?, text });
        let mut found: Vec<Restored<'a>> = Vec::new();
        for own in self.ways(text).into_iter().filter_map(understood) {
            if !found.iter().any(|known| known.understood.is_same(&own.understood)) {
                found.push(own);
            }
        }
        match found.len() {
            0 => Err(problem),
            1 => found.pop().ok_or(problem),
            _ => {
                let names = found.iter().map(|own| own.text.replace(" |", ",")).collect::<Vec<_>>().join("; ");
                let hint = Some(message!("query.ask_candidates", names));
                Err(Error::Unknown { kind: message!("kinds.single_meaning"), name: text.trim().replace(" |", ","), hint })
            }
        }
    }
}
