//! Mark of an annotated copy: whose file it answers, so that its correction is known as the next version.
//!
//! It stands in the workbook as a defined name, as the identity of a template does.

use std::fmt;

use super::raw::defined_text;
use crate::ooxml::raw_cells::RawWorkbook;

/// Name under which a workbook keeps it.
pub const RETURN_NAME: &str = "tkgd_return";

/// Digits of an earlier file's hash that are kept: a text in a formula has at most 255 characters.
const SHORT: usize = 24;
/// Earlier files that are named besides the last.
const EARLIER: usize = 4;

/// Which file a workbook is a correction of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnId {
    /// Unit code.
    pub unit: String,
    /// Full form id.
    pub form: String,
    /// Beginnings of the SHA-256 of the files it answers, the last one first and whole.
    pub answers: Vec<String>,
}

impl ReturnId {
    /// The identity of an answer to a file that itself answered others.
    #[must_use]
    pub fn new(unit: &str, form: &str, sha256: &str, earlier: &[String]) -> Self {
        let short = |hash: &String| hash.chars().take(SHORT).collect();
        let answers = std::iter::once(sha256.to_owned()).chain(earlier.iter().take(EARLIER).map(short)).collect();
        Self { unit: unit.to_owned(), form: form.to_owned(), answers }
    }

    /// Reads the value of the defined name; `None` when it is not one of ours.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let text = defined_text(value);
        let mut parts = text.split('|').map(str::to_owned);
        let (unit, form) = (parts.next()?, parts.next()?);
        let is_hash = |hash: &String| (SHORT..=64).contains(&hash.len()) && hash.chars().all(|c| c.is_ascii_hexdigit());
        let answers: Vec<String> = parts.take(EARLIER + 1).filter(is_hash).collect();
        (!answers.is_empty()).then_some(Self { unit, form, answers })
    }
}

impl fmt::Display for ReturnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.unit, self.form, self.answers.join("|"))
    }
}

/// Which file a workbook answers, if it is an annotated copy.
#[must_use]
pub fn return_id(workbook: &RawWorkbook) -> Option<ReturnId> {
    workbook.named(RETURN_NAME).and_then(ReturnId::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_fits_a_formula() {
        let hash = "0123456789abcdef".repeat(4);
        let id = ReturnId::new("0900000001", "tt25-2024/02-TH-DN", &hash, &vec![hash.clone(); 9]);
        assert_eq!(id.answers.len(), 1 + EARLIER);
        assert!(id.to_string().len() < 255);
        assert_eq!(ReturnId::parse(&format!("=\"{id}\"")), Some(id));
        assert_eq!(ReturnId::parse("09|form|zz"), None);
        assert_eq!(ReturnId::parse("Sheet1!$A$1"), None);
    }
}
