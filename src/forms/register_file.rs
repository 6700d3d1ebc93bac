//! Rules for the register of units: its columns, kinds of unit, levels, ownership.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use crate::base::message::Message;
use crate::base::text::fold;

/// `register.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterSchema {
    /// Columns of the register file, in the order `tkgd init` writes them.
    pub columns: Vec<RegisterColumn>,
    /// Kinds of unit.
    pub kinds: Vec<UnitKind>,
    /// Levels of education.
    pub levels: Vec<Level>,
    /// Kinds of ownership.
    pub ownership: Vec<CodeName>,
    /// How units are counted in tables.
    pub counts: Vec<CountRule>,
    /// Columns that group units besides the reporting tree.
    pub groupings: Vec<String>,
    /// Words that names of places begin with: each kind of place with all the ways to write it.
    pub place_words: Vec<Vec<String>>,
    /// Words between the names of a cell that holds several.
    pub joining_words: Vec<String>,
}

/// One column of the register file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterColumn {
    /// Key, accepted as a heading.
    pub key: String,
    /// Vietnamese heading, accepted too.
    pub name_vi: String,
    /// English heading, accepted too.
    pub name_en: String,
    /// Names in other lists; only `tkgd init --from` looks for these.
    #[serde(default)]
    pub also: Vec<String>,
    /// Help on what to write there.
    pub help_vi: String,
    /// Help on what to write there.
    pub help_en: String,
    /// The file must have it.
    #[serde(default)]
    pub required: bool,
    /// Marks a note for whoever keeps the file, which is not kept elsewhere.
    #[serde(default)]
    pub is_note: bool,
}

/// A code and its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeName {
    /// Code as stored.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

/// Codes by all the names that people write for them.
#[derive(Debug, Clone)]
pub struct NamedCodes {
    all: Vec<CodeName>,
    by_name: HashMap<String, usize>,
    joining: Vec<String>,
}

/// A part of a cell of several names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedPart<'a> {
    /// A code that is known, by its code or name.
    Code(&'a str),
    /// A text that is the name of none.
    Unknown(&'a str),
}

/// Signs between the names of a cell that holds several.
const BETWEEN: [char; 9] = [',', ';', '/', '+', '&', '-', '–', '\n', '|'];

impl NamedCodes {
    fn new<'a>(entries: impl Iterator<Item = [&'a String; 3]>, joining: &[String]) -> Self {
        let name = |[code, vi, en]: [&String; 3]| CodeName { code: code.clone(), name_vi: vi.clone(), name_en: en.clone() };
        let all: Vec<CodeName> = entries.map(name).collect();
        let mut by_name = HashMap::new();
        for (at, entry) in all.iter().enumerate() {
            for name in [&entry.code, &entry.name_vi, &entry.name_en] {
                by_name.entry(fold(name)).or_insert(at);
            }
        }
        Self { all, by_name, joining: joining.iter().map(|word| fold(word)).collect() }
    }

    /// All that a cell names, each once: parted by signs, blanks or a word between, names of several words read whole.
    #[must_use]
    pub fn parts<'a>(&'a self, text: &'a str) -> Vec<NamedPart<'a>> {
        if let Some(entry) = self.find(text) {
            return vec![NamedPart::Code(&entry.code)];
        }
        let mut parts = Vec::new();
        for piece in text.split(BETWEEN) {
            let words = words_of(piece);
            let (mut at, mut unknown) = (0, None);
            while at < words.len() {
                // The longest name that begins here.
                let named = (at..words.len()).rev().find_map(|last| Some((last, self.find(&piece[words[at].start..words[last].end])?)));
                let is_joining = self.joining.contains(&fold(&piece[words[at].clone()]));
                if named.is_some() || is_joining {
                    parts.extend(unknown.take().map(|span: Range<usize>| NamedPart::Unknown(&piece[span])));
                } else {
                    unknown = Some(unknown.map_or(words[at].start, |span| span.start)..words[at].end);
                }
                parts.extend(named.map(|(_, entry)| NamedPart::Code(&entry.code)).filter(|part| !parts.contains(part)));
                at = named.map_or(at, |(last, _)| last) + 1;
            }
            parts.extend(unknown.map(|span| NamedPart::Unknown(&piece[span])));
        }
        parts
    }

    /// The entry that a code or a name means.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&CodeName> {
        self.by_name.get(&fold(text)).map(|&at| &self.all[at])
    }

    /// Codes of all that a cell names and that is known.
    #[must_use]
    pub fn codes<'a>(&'a self, text: &'a str) -> Vec<&'a str> {
        let code = |part| if let NamedPart::Code(code) = part { Some(code) } else { None };
        self.parts(text).into_iter().filter_map(code).collect()
    }

    /// All entries, in their order.
    #[must_use]
    pub fn all(&self) -> &[CodeName] {
        &self.all
    }
}

/// Places of the words of a text.
fn words_of(text: &str) -> Vec<Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(|word| word.as_ptr() as usize - start..word.as_ptr() as usize - start + word.len()).collect()
}

/// A level of education, or a branch with forms of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Code as stored.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Names of those taught, in Vietnamese; the usual word first.
    pub learners: Vec<String>,
    /// A branch across levels; schools are not counted by it.
    #[serde(default)]
    pub branch: bool,
}

/// A kind of unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitKind {
    /// Code as stored.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// It teaches; it counts as a facility in coverage.
    #[serde(default)]
    pub facility: bool,
    /// It stands in reports as an aggregate of the units below it.
    #[serde(default)]
    pub aggregate: bool,
    /// Beginnings of names that only such units have; for lists that tell no kind.
    #[serde(default)]
    pub names_begin: Vec<String>,
}

impl UnitKind {
    /// Whether a name begins as only those of such units do.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        let name = format!("{} ", fold(name));
        self.names_begin.iter().any(|begin| name.starts_with(&format!("{} ", fold(begin))))
    }
}

/// How units of some kinds are counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountRule {
    /// Id of the count.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Kinds counted.
    pub kinds: Vec<String>,
    /// Whether a unit that teaches several levels counts once, once per level, or at its highest.
    pub basis: CountingBasis,
    /// Whose way of counting it is.
    #[serde(default)]
    pub source: String,
    /// English source.
    #[serde(default)]
    pub source_en: String,
}

/// Whether a unit that teaches several levels counts once, once per level, or at its highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountingBasis {
    /// Once, whatever it teaches.
    Distinct,
    /// Once under each level it teaches; the levels add up to more than the units.
    PerLevel,
    /// Once, under the highest level it teaches.
    HighestLevel,
}

impl RegisterColumn {
    /// Its headings in words.
    #[must_use]
    pub fn words(&self) -> Message {
        Message::both(self.name_vi.as_str(), self.name_en.as_str())
    }
}

impl RegisterSchema {
    /// Kinds of unit by their names.
    #[must_use]
    pub fn kind_names(&self) -> NamedCodes {
        NamedCodes::new(self.kinds.iter().map(|kind| [&kind.code, &kind.name_vi, &kind.name_en]), &self.joining_words)
    }

    /// Levels by their names.
    #[must_use]
    pub fn level_names(&self) -> NamedCodes {
        NamedCodes::new(self.levels.iter().map(|level| [&level.code, &level.name_vi, &level.name_en]), &self.joining_words)
    }

    /// Kinds of ownership by their names.
    #[must_use]
    pub fn ownership_names(&self) -> NamedCodes {
        NamedCodes::new(self.ownership.iter().map(|own| [&own.code, &own.name_vi, &own.name_en]), &self.joining_words)
    }

    /// The kind with this code or Vietnamese or English name.
    #[must_use]
    pub fn kind(&self, code: &str) -> Option<&UnitKind> {
        self.kinds.iter().find(|kind| kind.code == code)
    }
}
