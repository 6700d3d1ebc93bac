//! Fate of every file among the returns.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Fates of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Its figures count.
    Used,
    /// Another file counts in its place.
    Replaced,
    /// It came in and counts nowhere until somebody decides.
    Held,
    /// It was not read, or held no return.
    NotRead,
}

impl Fate {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Replaced => "replaced",
            Self::Held => "held",
            Self::NotRead => "not_read",
        }
    }
}

impl Fate {
    /// The phrase that tells it.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Used => "fate-used",
            Self::Replaced => "fate-replaced",
            Self::Held => "fate-held",
            Self::NotRead => "fate-not-read",
        }
    }
}

/// A file among the returns, once for every return that it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InputFile {
    /// Its path, as shown.
    pub file: Arc<str>,
    /// SHA-256 of its bytes; empty where it was not opened.
    pub sha256: Arc<str>,
    /// The form; empty where none was recognised, or where a list holds returns of many units.
    pub form: Arc<str>,
    /// The unit; empty where it is not known, or where a list holds many.
    pub unit: Arc<str>,
    /// Its fate.
    pub fate: Fate,
    /// The rule or phrase that says why it does not count; empty where it does.
    pub why: Arc<str>,
    /// The file that counts in its place; empty otherwise.
    pub by: Arc<str>,
}

/// Number of files by what became of them: a file that counts for one return counts.
#[must_use]
pub fn fates(files: &[InputFile]) -> [(Fate, usize); 4] {
    let mut by_file: std::collections::BTreeMap<&str, Fate> = std::collections::BTreeMap::new();
    for own in files {
        let known = by_file.entry(&own.file).or_insert(own.fate);
        *known = (*known).min(own.fate);
    }
    [Fate::Used, Fate::Replaced, Fate::Held, Fate::NotRead].map(|fate| (fate, by_file.values().filter(|known| **known == fate).count()))
}
