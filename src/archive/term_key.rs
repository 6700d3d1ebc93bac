//! A term as the archive names it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};

/// A term as the archive keeps it: with the state of its results where that is a later one, and the reporting stream where
/// that is one of its own. Streams share an archive and nothing in it: each has its draft, its releases and its register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermKey {
    /// School year and term.
    pub period: Period,
    /// A later state of results, kept beside the one reports are due in.
    pub state: Option<String>,
    /// A reporting stream of its own, by the id of its circular.
    pub stream: Option<String>,
}

/// Sign before a stream in a term's name.
const STREAM: char = '+';

impl TermKey {
    /// The term in the state that reports are due in.
    #[must_use]
    pub const fn of(period: Period) -> Self {
        Self { period, state: None, stream: None }
    }

    /// Key of the term in a reporting stream.
    #[must_use]
    pub fn in_stream(self, stream: Option<&str>) -> Self {
        Self { stream: stream.map(str::to_owned), ..self }
    }

    /// The term, in a later state of its results where one is named.
    #[must_use]
    pub fn in_state(period: Period, state: Option<&str>) -> Self {
        Self { period, state: state.map(str::to_owned), stream: None }
    }
}

impl fmt::Display for TermKey {
    /// `2025-2026-opening`, `2025-2026-closing-after-retests`, `2025-2026-closing+qd4725-2022`: also the name of its folder below `releases`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.period.year, self.period.term.id())?;
        self.state.as_ref().map_or(Ok(()), |state| write!(f, "-{state}"))?;
        self.stream.as_ref().map_or(Ok(()), |stream| write!(f, "{STREAM}{stream}"))
    }
}

impl FromStr for TermKey {
    type Err = Message;

    fn from_str(text: &str) -> std::result::Result<Self, Message> {
        let bad = || message!("archive.not_a_term_key", text);
        let (text, stream) = text.split_once(STREAM).map_or((text, None), |(text, stream)| (text, Some(stream)));
        let (year, rest) = text.split_at_checked(9).ok_or_else(bad)?;
        let year: SchoolYear = year.parse().map_err(|_| bad())?;
        let rest = rest.strip_prefix('-').ok_or_else(bad)?;
        let [term, state] =
            [Term::Opening, Term::Closing].into_iter().find_map(|term| Some([term.id(), rest.strip_prefix(term.id())?])).ok_or_else(bad)?;
        let state = match state.strip_prefix('-') {
            None if state.is_empty() => None,
            Some(state) if !state.is_empty() => Some(state.to_owned()),
            _ => return Err(bad()),
        };
        if stream.is_some_and(str::is_empty) {
            return Err(bad());
        }
        Ok(Self { period: Period { year, term: term.parse().map_err(|_| bad())? }, state, stream: stream.map(str::to_owned) })
    }
}

/// Names of what stands in a folder, in order; nothing where there is no folder.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = |e| Error::io(Action::Read, folder, e);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(e) => return Err(failed(e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_read_back_from_its_name() {
        for name in [
            "2025-2026-opening",
            "2024-2025-closing",
            "2024-2025-closing-after-retests",
            "2024-2025-closing+qd1",
            "2024-2025-closing-x+qd1",
        ] {
            assert_eq!(name.parse::<TermKey>().map(|key| key.to_string()).as_deref(), Ok(name));
        }
        for name in [
            "2025-2026",
            "2025-opening",
            "2025-2027-opening",
            "2025-2026-openings",
            "2025-2026-closing-",
            "2025-2026-closing+",
            "é025-2026-opening",
        ] {
            assert!(name.parse::<TermKey>().is_err(), "{name}");
        }
    }
}
