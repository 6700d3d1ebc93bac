//! When a return is due: the circular's day, or an earlier one that a document of the Sở sets.
//!
//! No day is made up: where neither is known there is none.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;

use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Form, Regulation, parse_toml};
use crate::register::Unit;
use crate::tables::parse_date;

/// A day, and what sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub on: NaiveDate,
    /// The circular or document.
    pub document: String,
}

/// `han-nop.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeadlineFile {
    #[serde(default)]
    deadlines: Vec<LocalDeadline>,
}

/// A day that a document sets for some units; where several fit, the last one written counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalDeadline {
    school_year: String,
    term: Term,
    #[serde(default)]
    result_state: Option<String>,
    /// The day as it is written.
    pub due: String,
    document: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    levels: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    forms: Vec<String>,
}

/// Local deadlines with the file that they stand in.
#[derive(Debug, Clone)]
pub struct LocalDeadlines {
    /// The file.
    pub file: PathBuf,
    /// Deadlines of all terms.
    pub deadlines: Vec<LocalDeadline>,
}

impl LocalDeadlines {
    /// Those of a file, which may not be there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(file: &Path) -> Result<Self> {
        let deadlines = match std::fs::read_to_string(file) {
            Ok(text) => parse_toml::<DeadlineFile>(&file.display().to_string(), &text)?.deadlines,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Error::io(Action::Read, file, e)),
        };
        Ok(Self { file: file.to_owned(), deadlines })
    }
}

impl LocalDeadline {
    /// Codes and names by which it says whom it is for, by their keys.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &[String]); 4] {
        [("kinds", &self.kinds), ("levels", &self.levels), ("units", &self.units), ("forms", &self.forms)]
    }
}

/// Deadlines of a term.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    circular: Option<Due>,
    local: Vec<(LocalDeadline, Due)>,
}

impl Deadlines {
    /// The circular's deadline, and local ones.
    ///
    /// # Errors
    /// When one of them is not right: a day that is none or is years away, or a day without the document that sets it.
    pub fn new(regulation: &Regulation, period: Period, local: &LocalDeadlines) -> Result<Self> {
        let shown = &local.file.display().to_string();
        // The circular's day is that of the state reports are due in; for a later one only a document can set a day.
        let later = regulation.result_state(period.term).filter(|_| regulation.is_later_state(period.term)).map(|state| state.id.as_str());
        let circular = regulation
            .term(period.term)
            .filter(|_| later.is_none())
            .and_then(|rule| rule.deadline)
            .and_then(|day| period.day(day.month, day.day));
        let mut deadlines = Self { circular: circular.map(|on| Due { on, document: regulation.name.clone() }), local: Vec::new() };
        for local in &local.deadlines {
            let on = parse_date(&local.due).map_err(|reason| Error::config(shown, reason))?;
            if local.document.trim().is_empty() {
                let reason = message!("ledger.deadline_does_not_cite", due = local.due);
                let hint = message!("ledger.write_document");
                return Err(Error::config(shown, reason).with_hint(hint));
            }
            let year: SchoolYear = local.school_year.parse().map_err(|reason: Message| Error::config(shown, reason))?;
            if !year.is_near(on) {
                let (found, due) = (on.format("%d/%m/%Y"), &local.due);
                let reason = message!("settings.at_deadline", due, key = "due", reason = message!("settings.day_far_off", found, year));
                return Err(Error::config(shown, reason));
            }
            if (Period { year, term: local.term }) == period && local.result_state.as_deref() == later {
                let document = local.document.trim().to_owned();
                deadlines.local.push((local.clone(), Due { on, document }));
            }
        }
        Ok(deadlines)
    }

    /// When a unit's return for a form is due; `None` where nothing sets a day.
    #[must_use]
    pub fn of(&self, unit: &Unit, form: &Form) -> Option<&Due> {
        let is_any = |wanted: &[String], has: &dyn Fn(&str) -> bool| wanted.is_empty() || wanted.iter().any(|one| has(one));
        let fits = |local: &LocalDeadline| {
            is_any(&local.kinds, &|kind| *kind == *unit.kind)
                && is_any(&local.levels, &|level| *level == *form.level)
                && is_any(&local.units, &|code| unit.is_called(code))
                && is_any(&local.forms, &|name| form.is_called(name))
        };
        let local = self.local.iter().rev().find(|(local, _)| fits(local)).map(|(_, due)| due);
        local.or(self.circular.as_ref())
    }
}
