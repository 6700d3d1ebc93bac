//! The words that say what a workbook means: `import.toml`.
//!
//! Nothing official stands in the program: another ministry's words are added there.

use serde::Deserialize;

use crate::base::term::Term;
use crate::base::text::fold;
use crate::forms::TextField;

/// `import.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Headings of the columns that identify a row.
    pub roles: RoleWords,
    /// Words for totals.
    pub totals: TotalWords,
    /// Words of headings between rows.
    pub groups: GroupWords,
    /// Rows that lie within a neighbour.
    #[serde(default)]
    pub part_of: Vec<PartOf>,
    /// Heading cells that a report fills in.
    pub fields: Vec<FieldWords>,
    /// Words of the levels of education.
    pub levels: Vec<NamedWords>,
    /// Words of the terms.
    pub terms: Vec<TermNameWords>,
    /// How title and symbol are given.
    pub names: FormNameWords,
    /// Units of measure.
    pub units: UnitWords,
    /// Headings of one-row-per-unit tables.
    pub lists: ListWords,
    /// The error log's headings.
    pub error_log: ErrorLogWords,
    /// Dimensions that column headings select.
    pub dims: Vec<Dim>,
}

/// Headings of the columns that identify a row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleWords {
    /// Ordinal.
    pub tt: Vec<String>,
    /// Label.
    pub label: Vec<String>,
    /// Unit of measure.
    pub unit: Vec<String>,
    /// Row code.
    pub code: Vec<String>,
}

/// Words for totals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalWords {
    /// Whole headings of total columns.
    pub headings: Vec<String>,
    /// Words in the label of a section's total row.
    pub rows: Vec<String>,
}

/// Words of headings between rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupWords {
    /// The rows below add up.
    pub partition: Vec<String>,
    /// The rows below lie within.
    pub subset: Vec<String>,
    /// Words of rows that may overlap.
    pub overlap: Vec<String>,
    /// Words of rows that tell what left the total of their section.
    pub outside: Vec<String>,
    /// Bullets by level.
    pub bullets: Vec<Vec<String>>,
}

/// A row that lies within a neighbour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartOf {
    /// How its label starts.
    pub starts: String,
    /// The neighbour's label.
    pub whole: String,
}

/// How a heading cell that a report fills in is told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldWords {
    /// Field that is filled in.
    pub field: TextField,
    /// It is the cell after one with these words.
    #[serde(default)]
    pub after: Vec<String>,
    /// It starts with one of these.
    #[serde(default)]
    pub starts: Vec<String>,
    /// It holds one of these.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// An id and the words for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedWords {
    /// The id.
    pub id: String,
    /// Its words.
    pub words: Vec<String>,
}

/// A term, its words and the mark it has in symbols.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermNameWords {
    /// The term.
    pub id: Term,
    /// Its words.
    pub words: Vec<String>,
    /// Its marks in a symbol.
    pub symbols: Vec<String>,
}

/// How title and symbol are given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormNameWords {
    /// How a title starts.
    pub title: Vec<String>,
    /// Words before a symbol.
    pub symbol: Vec<String>,
}

/// Units of measure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWords {
    /// Units of money.
    pub amounts: Vec<String>,
    /// Stands for a unit that is not printed.
    pub unknown: String,
}

/// Headings of one-row-per-unit tables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListWords {
    /// Over the codes of the units.
    pub unit: Vec<String>,
    /// Over what is no figure.
    pub others: Vec<String>,
    /// Words that say nothing about which figure it is.
    pub filling: Vec<String>,
}

/// The error log's headings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorLogWords {
    /// Left to right.
    pub headings: Vec<String>,
}

/// One dimension of columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dim {
    /// Its name in `dims`.
    pub name: String,
    /// The value of a total column, where the dimension splits the whole table.
    #[serde(default)]
    pub total: Option<String>,
    /// Its values add up to the total.
    #[serde(default)]
    pub partition: bool,
    /// Its value is a part of everyone: women or minority.
    #[serde(default)]
    pub part: Option<WordPart>,
    /// Its values.
    pub values: Vec<NamedWords>,
}

/// A part of everyone that bounds compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordPart {
    /// Women and girls.
    Women,
    /// Ethnic minorities.
    Minority,
}

impl Dim {
    /// The value a heading selects: the longest words that stand in it as words.
    #[must_use]
    pub fn value_in(&self, folded: &str) -> Option<&str> {
        let words = self.values.iter().flat_map(|value| value.words.iter().map(move |word| (fold(word), value.id.as_str())));
        let found = words.filter(|(word, _)| holds_words(folded, word));
        // On equal length the first value of the file: `max_by_key` takes the last.
        found
            .fold(None, |best: Option<(String, &str)>, next| match best {
                Some(known) if known.0.len() >= next.0.len() => Some(known),
                _ => Some(next),
            })
            .map(|(_, id)| id)
    }
}

/// True when a folded text is one of the words.
#[must_use]
pub fn is_one_of(folded: &str, words: &[String]) -> bool {
    words.iter().any(|word| fold(word) == folded)
}

/// True when a folded text starts with one of the words.
#[must_use]
pub fn starts_with_one(folded: &str, words: &[String]) -> bool {
    words.iter().any(|word| {
        // A blank at the end of the word in the file is meant: it folds away.
        let key = fold(word);
        let rest = folded.strip_prefix(key.as_str());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// True when a folded text holds one of the words, as words.
#[must_use]
pub fn holds_one(folded: &str, words: &[String]) -> bool {
    words.iter().any(|word| holds_words(folded, &fold(word)))
}

fn holds_words(folded: &str, word: &str) -> bool {
    folded.match_indices(word).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        let after = folded[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
