//! The identity a blank form carries: for whom, for which term, by which form version.
//!
//! It stands in the workbook as a defined name, so that pasting, renaming the
//! file and moving sheets leave it alone.

use std::fmt;

use super::raw::defined_text;
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::Form;

/// Name under which a workbook keeps it.
pub const TEMPLATE_NAME: &str = "tkgd_template";

/// Name under which a template names its sheet of earlier figures, which is none of the form's.
pub const REFERENCE_NAME: &str = "tkgd_reference";

/// Purpose of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateId {
    /// Full form id.
    pub form: String,
    /// Version of the form's layout.
    pub version: String,
    /// Unit code.
    pub unit: String,
    /// Term.
    pub period: Period,
}

impl TemplateId {
    /// The identity of a form for a unit and term.
    #[must_use]
    pub fn new(form: &Form, unit: &str, period: Period) -> Self {
        Self { form: form.id.to_string(), version: form.version.to_string(), unit: unit.to_owned(), period }
    }

    /// Reads the value of the defined name; `None` when it is not one of ours.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let text = defined_text(value);
        let mut parts = text.split('|');
        let mut next = || parts.next().map(str::to_owned);
        let (form, version, unit) = (next()?, next()?, next()?);
        let year: SchoolYear = next()?.parse().ok()?;
        let term: Term = next()?.parse().ok()?;
        Some(Self { form, version, unit, period: Period { year, term } })
    }
}

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { form, version, unit, period } = self;
        write!(f, "{form}|{version}|{unit}|{}|{}", period.year, period.term.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let period = Period { year: SchoolYear(2025), term: Term::Opening };
        let id = TemplateId { form: "tt25-2024/02-TH-DN".into(), version: "2024".into(), unit: "09001".into(), period };
        assert_eq!(TemplateId::parse(&format!("=\"{id}\"")), Some(id));
        assert_eq!(TemplateId::parse("Sheet1!$A$1"), None);
    }
}
