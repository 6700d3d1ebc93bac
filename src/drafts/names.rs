//! Names of a form: symbol, id, title, level, term, version; ids of sheets.

use super::draft::DraftSheet;
use super::outline::{OutlineMark, mark};
use super::vocabulary::{Vocabulary, holds_one, starts_with_one};
use crate::base::message::{Message, message};
use crate::base::term::Term;
use crate::base::text::{fold, tone_key};

/// The names of a form.
#[derive(Debug)]
pub struct DraftNames {
    /// Short id.
    pub id: String,
    /// Symbol.
    pub symbol: String,
    /// Title.
    pub title: String,
    /// Level of education.
    pub level: String,
    /// Term.
    pub term: Term,
}

/// Finds the names in the texts of the sheets; what is not found is guessed and noted.
#[must_use]
pub fn find_names(
    sheets: &[DraftSheet],
    stem: &str,
    symbol: Option<&str>,
    id: Option<&str>,
    words: &Vocabulary,
    notes: &mut Vec<Message>,
) -> DraftNames {
    let texts: Vec<&str> = sheets.iter().flat_map(|sheet| &sheet.texts).map(|text| text.text.as_str()).collect();
    let symbol = symbol.map(str::to_owned).or_else(|| printed_symbol(&texts, words)).unwrap_or_else(|| {
        notes.push(message!("drafts.symbol_file_name_set"));
        stem.to_owned()
    });
    let marks: Vec<String> = symbol.split(|c: char| !c.is_alphanumeric()).map(fold).collect();
    let id = id.map(str::to_owned).or_else(|| ordered_id(&marks, words)).unwrap_or_else(|| plain(&symbol));
    let title = texts.iter().find(|text| starts_with_one(&fold(text), &words.names.title)).map(|text| sentence(text));
    let title = title.unwrap_or_else(|| {
        notes.push(message!("drafts.no_title_found"));
        symbol.clone()
    });
    let everything = fold(&title);
    let by_symbol = words.levels.iter().find(|level| marks.contains(&fold(&level.id)));
    let level = by_symbol.or_else(|| words.levels.iter().find(|level| holds_one(&everything, &level.words)));
    let level = level.map_or_else(
        || {
            notes.push(message!("drafts.level_education_not_recognised"));
            words.levels.first().map(|level| level.id.clone()).unwrap_or_default()
        },
        |level| level.id.clone(),
    );
    let printed = words.terms.iter().find(|term| texts.iter().any(|text| holds_one(&fold(text), &term.words)));
    let term = printed.or_else(|| words.terms.iter().find(|term| term.symbols.iter().any(|own| marks.contains(&fold(own)))));
    let term = term.map_or_else(
        || {
            notes.push(message!("drafts.term_not_recognised_opening"));
            Term::Opening
        },
        |term| term.id,
    );
    DraftNames { id, symbol, title, level, term }
}

/// The parts of a symbol in one order, whatever order its circular writes them in: number, level, term.
///
/// So the form of a new circular has the id its forerunner has, and takes the place of a stand-in.
fn ordered_id(marks: &[String], words: &Vocabulary) -> Option<String> {
    let [_, _, _] = marks else { return None };
    let number = marks.iter().find(|mark| mark.bytes().all(|b| b.is_ascii_digit()))?;
    let level = words.levels.iter().find(|level| marks.contains(&fold(&level.id)))?;
    let term = words.terms.iter().flat_map(|term| &term.symbols).find(|symbol| marks.contains(&fold(symbol)))?;
    Some(format!("{number}-{}-{}", plain(&level.id), plain(term)))
}

/// A text in plain capital letters, digits and dashes.
fn plain(text: &str) -> String {
    tone_key(text).to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-")
}

/// The symbol after words such as "form no.", in the same text.
fn printed_symbol(texts: &[&str], words: &Vocabulary) -> Option<String> {
    texts.iter().find_map(|text| {
        let (before, after) = text.split_once(':')?;
        let symbol = after.trim();
        let fits = starts_with_one(&fold(before), &words.names.symbol)
            && !symbol.is_empty()
            && symbol.chars().count() <= 20
            && !symbol.contains(' ');
        fits.then(|| symbol.to_owned())
    })
}

/// A title in capitals as a sentence.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(char::is_lowercase) {
        return text;
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_string() + &letters.as_str().to_lowercase())
}

/// Gives every sheet an id: Roman numbers as they are, other names in plain letters.
pub fn name_sheets(sheets: &mut [DraftSheet]) {
    let mut used: Vec<String> = Vec::new();
    for (index, sheet) in sheets.iter_mut().enumerate() {
        let plain: String = tone_key(&sheet.name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let plain = plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let mut id = if mark(&sheet.name) == OutlineMark::Roman { sheet.name.clone() } else { plain };
        if id.is_empty() || used.contains(&id) {
            id = format!("{id}{}{}", if id.is_empty() { "sheet-" } else { "-" }, index + 1);
        }
        used.push(id.clone());
        sheet.id = id;
    }
}
