//! Names of units as people write them: shortened, without diacritics, with the commune added.
//!
//! A name is reduced to the words that tell it from others. A text names a unit when it holds all of that unit's words
//! and speaks of no other kind of school; of several such units the one it says most about is meant.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{Tree, UnitIndex, UnitVec};
use crate::base::text::fold;

/// Digits that a part of a telephone number has at the least.
const TELEPHONE: usize = 6;

/// Words about names, as `names.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameWords {
    /// Words that tell no unit from another.
    pub filler: Vec<String>,
    /// Kinds of school.
    pub kinds: Vec<String>,
    /// How offices above schools begin.
    pub offices: Vec<String>,
    /// Letters that stand for words.
    pub abbreviations: HashMap<String, String>,
}

/// Whom a text names, seen from the unit that a file is taken to be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// Nobody: dots, or what the blank prints.
    Nothing,
    /// That unit, or one that files with it.
    Own,
    /// A unit above it.
    Above,
    /// Other units, as indices into the tree; more than one where it fits them equally well.
    Others(Vec<UnitIndex>),
    /// A name that no unit has.
    Nobody,
}

/// A word with and without its marks; tones stand at its end, wherever they were typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    bare: String,
    marked: String,
}

/// A name, reduced to what tells it from others.
#[derive(Debug, Clone, Default)]
struct Name {
    kinds: BTreeSet<usize>,
    words: Vec<Word>,
    is_office: bool,
}

/// The names of a tree's units.
#[derive(Debug)]
pub struct NameIndex {
    filler: Vec<Vec<String>>,
    kinds: Vec<Vec<String>>,
    offices: Vec<Vec<String>>,
    abbreviations: Vec<(Vec<String>, Vec<Word>)>,
    names: UnitVec<Name>,
    /// Units by the rarest of their words, without marks.
    by_word: HashMap<String, Vec<UnitIndex>>,
}

/// How well a text fits a unit that it may name; the greater the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// It says the kinds of school that the unit has.
    same_kinds: bool,
    /// Words of the unit's name.
    words: usize,
    /// Words of the text that neither the unit nor those above it explain, negated.
    explained: isize,
}

impl Fit {
    /// Of a code: nothing else is meant.
    const WHOLE: Self = Self { same_kinds: true, words: 1, explained: 0 };
}

impl NameIndex {
    /// An index of the units of a tree.
    #[must_use]
    pub fn new(tree: &Tree, words: &NameWords) -> Self {
        let phrases = |list: &[String]| {
            let mut phrases: Vec<Vec<String>> = list.iter().map(|text| bare_words(text)).collect();
            // A longer phrase may hold a shorter one.
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
            phrases
        };
        let mut abbreviations: Vec<_> = words.abbreviations.iter().map(|(short, long)| (bare_words(short), words_of(long))).collect();
        abbreviations.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        let mut index = Self {
            filler: phrases(&words.filler),
            kinds: phrases(&words.kinds),
            offices: phrases(&words.offices),
            abbreviations,
            names: UnitVec::default(),
            by_word: HashMap::new(),
        };
        index.names = tree.units.iter().map(|unit| index.parse(&unit.name)).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in index.names.iter().flat_map(|name| &name.words) {
            *counts.entry(&word.bare).or_default() += 1;
        }
        let mut by_word: HashMap<String, Vec<UnitIndex>> = HashMap::new();
        for (unit, name) in index.names.iter_enumerated() {
            let rarest = name.words.iter().min_by_key(|word| (counts[word.bare.as_str()], *word));
            if let Some(rarest) = rarest {
                by_word.entry(rarest.bare.clone()).or_default().push(unit);
            }
        }
        index.by_word = by_word;
        index
    }

    /// Whom a text names, in a file that is taken to be of a unit.
    #[must_use]
    pub fn resolve(&self, text: &str, own: UnitIndex, tree: &Tree) -> Named {
        self.resolve_parsed(text, &self.parse(text), own, tree)
    }

    fn resolve_parsed(&self, text: &str, name: &Name, own: UnitIndex, tree: &Tree) -> Named {
        // Words left of an office's name are its kind, as in a heading whose dots nobody filled in.
        if name.words.iter().all(|word| name.is_office && self.is_of_office(word)) {
            return Named::Nothing;
        }
        // Some write the code instead of the name.
        let best = tree.find(text.trim()).map_or_else(|| self.best(name, tree), |unit| vec![(unit, Fit::WHOLE)]);
        let is_own = |unit: UnitIndex| unit == own || tree.files_with[unit] == own;
        if let Some((_, fit)) = best.iter().find(|(unit, _)| is_own(*unit)) {
            return if self.says_more(name, *fit, own, tree) { Named::Nobody } else { Named::Own };
        }
        if best.iter().any(|(unit, _)| tree.ancestors(own).any(|above| above == *unit)) {
            return Named::Above;
        }
        let others: Vec<UnitIndex> = best.iter().filter(|(_, fit)| fit.explained == 0).map(|(unit, _)| *unit).collect();
        let own_fit = self.fit(name, own, tree, has_marks(name)).or_else(|| self.fit(name, own, tree, false));
        match (own_fit, others.is_empty()) {
            // It says more than the unit's name, and no other unit is what it says.
            (_, false) => Named::Others(others),
            (Some(fit), true) if !self.says_more(name, fit, own, tree) => Named::Own,
            (_, true) => Named::Nobody,
        }
    }

    /// Whether a text that holds a unit's name says something more that may make it another's: a number or a letter, a
    /// kind of school that the unit is not, the name of a unit elsewhere.
    fn says_more(&self, text: &Name, fit: Fit, own: UnitIndex, tree: &Tree) -> bool {
        let kinds = &self.names[own].kinds;
        if !kinds.is_empty() && !text.kinds.is_subset(kinds) {
            return true;
        }
        if fit.explained == 0 {
            return false;
        }
        let own_words = &self.names[own].words;
        // A telephone number and the unit's own code tell no unit from another.
        let is_number = |word: &Word| {
            let is_digits = word.bare.chars().all(|c| c.is_ascii_digit());
            is_digits && word.bare.len() < TELEPHONE && *word.bare != *tree.units[own].code
        };
        let is_short = |word: &Word| word.bare.chars().count() == 1 || is_number(word);
        let left: Vec<&Word> = text.words.iter().filter(|word| own_words.iter().all(|own| own.bare != word.bare)).collect();
        let marked = has_marks(text);
        let elsewhere = self.candidates(text, tree, marked).into_iter().filter(|(unit, _)| {
            let is_related = *unit == own || tree.files_with[*unit] == own || tree.ancestors(own).any(|above| above == *unit);
            !is_related && self.names[*unit].words.iter().all(|word| left.iter().any(|left| left.bare == word.bare))
        });
        left.iter().any(|word| is_short(word)) || elsewhere.count() > 0
    }

    /// Looks into a text that may be about anything, such as the name of a file: it names a unit only where it speaks of a
    /// school.
    #[must_use]
    pub fn look_for_school(&self, text: &str, own: UnitIndex, tree: &Tree) -> Named {
        let name = self.parse(text);
        if name.kinds.is_empty() { Named::Nothing } else { self.resolve_parsed(text, &name, own, tree) }
    }

    /// Looks into a text that is to name an office, as the receiver of a return: anything else says nothing.
    #[must_use]
    pub fn look_for_office(&self, text: &str, own: UnitIndex, tree: &Tree) -> Named {
        let name = self.parse(text);
        if !name.is_office {
            return Named::Nothing;
        }
        // The office of a former district is no unit any more, and the unit's district all the same.
        let above = tree.ancestors(own).flat_map(|above| self.names[above].words.iter().map(|word| word.bare.clone()));
        let groups = tree.units[own].groups.iter().flat_map(|own| bare_words(&own.value));
        let around: BTreeSet<String> = above.chain(groups).collect();
        let is_around = name.words.iter().all(|word| around.contains(&word.bare) || self.is_of_office(word));
        if is_around { Named::Above } else { self.resolve_parsed(text, &name, own, tree) }
    }

    /// A word that offices begin with: what is left of one whose other words tell nothing.
    fn is_of_office(&self, word: &Word) -> bool {
        self.offices.iter().any(|office| office.first() == Some(&word.bare))
    }

    /// The kinds of school that a text speaks of, as indices into the words about names.
    #[must_use]
    pub fn kinds_in(&self, text: &str) -> BTreeSet<usize> {
        self.parse(text).kinds
    }

    /// The units that a text fits best; more than one where it fits them equally well.
    #[must_use]
    pub fn find(&self, text: &str, tree: &Tree) -> Vec<UnitIndex> {
        let name = self.parse(text);
        let best = self.best(&name, tree);
        best.into_iter().filter(|(_, fit)| fit.explained == 0).map(|(unit, _)| unit).collect()
    }

    fn best(&self, name: &Name, tree: &Tree) -> Vec<(UnitIndex, Fit)> {
        let marked = has_marks(name);
        let mut found = self.candidates(name, tree, marked);
        if found.is_empty() && marked {
            found = self.candidates(name, tree, false);
        }
        let best = found.iter().map(|(_, fit)| *fit).max();
        found.retain(|(_, fit)| Some(*fit) == best);
        found
    }

    fn candidates(&self, name: &Name, tree: &Tree, marked: bool) -> Vec<(UnitIndex, Fit)> {
        let words: BTreeSet<&str> = name.words.iter().map(|word| word.bare.as_str()).collect();
        let units = words.into_iter().filter_map(|word| self.by_word.get(word)).flatten();
        let mut found: Vec<(UnitIndex, Fit)> = units.filter_map(|&unit| Some((unit, self.fit(name, unit, tree, marked)?))).collect();
        found.sort_unstable_by_key(|(unit, _)| *unit);
        found
    }

    /// How well a text fits a unit; nothing where it does not name it.
    fn fit(&self, text: &Name, unit: UnitIndex, tree: &Tree, marked: bool) -> Option<Fit> {
        let own = &self.names[unit];
        let other_kinds = !text.kinds.is_empty() && !own.kinds.is_empty() && text.kinds.is_disjoint(&own.kinds);
        if own.words.is_empty() || other_kinds || text.is_office && !own.is_office && !own.kinds.is_empty() {
            return None;
        }
        let equal = |a: &Word, b: &Word| if marked { a.marked == b.marked } else { a.bare == b.bare };
        // In their order and one after the other: Tân Minh is not Minh Tân.
        let length = own.words.len();
        let at = text.words.windows(length).position(|run| run.iter().zip(&own.words).all(|(a, b)| equal(a, b)))?;
        let rest: Vec<&Word> = text.words[..at].iter().chain(&text.words[at + length..]).collect();
        let around: Vec<UnitIndex> = tree.ancestors(unit).collect();
        let explains = |word: &&Word| {
            let above = around.iter().flat_map(|above| &self.names[*above].words);
            above.map(|word| word.bare.as_str()).any(|known| known == word.bare)
                || tree.units[unit].groups.iter().any(|own| bare_words(&own.value).contains(&word.bare))
                || *tree.units[unit].code == *word.bare
        };
        let left = rest.iter().filter(|word| !explains(word)).count();
        let explained = -isize::try_from(left).unwrap_or(isize::MAX);
        Some(Fit { same_kinds: text.kinds == own.kinds, words: own.words.len(), explained })
    }

    fn parse(&self, text: &str) -> Name {
        let mut words = self.expand(words_of(text));
        let is_office = self.offices.iter().any(|office| starts(&words, office));
        let mut kinds = BTreeSet::new();
        for (kind, phrase) in self.kinds.iter().enumerate() {
            if remove_all(&mut words, phrase) {
                kinds.insert(kind);
            }
        }
        for phrase in self.filler.iter().chain(&self.offices) {
            remove_all(&mut words, phrase);
        }
        Name { kinds, words, is_office }
    }

    fn expand(&self, words: Vec<Word>) -> Vec<Word> {
        let mut out = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            let short = self.abbreviations.iter().find(|(short, _)| starts(rest, short));
            match short {
                Some((short, long)) => {
                    out.extend(long.iter().cloned());
                    rest = &rest[short.len()..];
                }
                None => {
                    out.push(first.clone());
                    rest = &rest[1..];
                }
            }
        }
        out
    }
}

/// Whether any word of it carries a mark: a text typed without marks is compared without.
fn has_marks(name: &Name) -> bool {
    name.words.iter().any(|word| word.bare != word.marked)
}

fn starts(words: &[Word], phrase: &[String]) -> bool {
    !phrase.is_empty() && words.len() >= phrase.len() && words.iter().zip(phrase).all(|(word, bare)| word.bare == *bare)
}

/// Takes every occurrence of a phrase out; tells whether there was one.
fn remove_all(words: &mut Vec<Word>, phrase: &[String]) -> bool {
    let mut at = 0;
    let mut found = false;
    while at < words.len() {
        if starts(&words[at..], phrase) {
            words.drain(at..at + phrase.len());
            found = true;
        } else {
            at += 1;
        }
    }
    found
}

fn bare_words(text: &str) -> Vec<String> {
    words_of(text).into_iter().map(|word| word.bare).collect()
}

fn words_of(text: &str) -> Vec<Word> {
    let folded = fold(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(word).collect()
}

fn word(text: &str) -> Word {
    let (mut marked, mut bare, mut tones) = (String::new(), String::new(), String::new());
    for c in text.nfd() {
        match c {
            // The five tones: grave, acute, tilde, hook above, dot below.
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tones.push(c),
            '\u{302}'..='\u{36f}' => marked.push(c),
            'đ' => {
                marked.push('đ');
                bare.push('d');
            }
            _ => {
                marked.push(c);
                bare.push(c);
            }
        }
    }
    marked.push_str(&tones);
    Word { bare, marked }
}
