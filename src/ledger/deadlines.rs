//! When a return is due: the circular's day, or an earlier one that a document of the Sở sets.
//!
//! No day is made up: where neither is known there is none.

use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, Term};
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
    due: String,
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

/// Deadlines of a term.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    circular: Option<Due>,
    local: Vec<(LocalDeadline, Due)>,
}

impl Deadlines {
    /// The circular's deadline, and those of a file if there is one.
    ///
    /// # Errors
    /// When the file is not right: a day that is none, or a day without the document that sets it.
    pub fn read(regulation: &Regulation, period: Period, file: &Path) -> Result<Self> {
        let shown = file.display().to_string();
        let local = match std::fs::read_to_string(file) {
            Ok(text) => parse_toml::<DeadlineFile>(&shown, &text)?.deadlines,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Error::io(Action::Read, file, e)),
        };
        Self::of_local(regulation, period, &local, &shown)
    }

    /// The circular's deadline, and local ones that stand in a file that messages call `shown`.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn of_local(regulation: &Regulation, period: Period, local: &[LocalDeadline], shown: &str) -> Result<Self> {
        // The circular's day is that of the state reports are due in; for a later one only a document can set a day.
        let later = regulation.result_state(period.term).filter(|_| regulation.is_later_state(period.term)).map(|state| state.id.as_str());
        let circular = regulation
            .term(period.term)
            .filter(|_| later.is_none())
            .and_then(|rule| rule.deadline)
            .and_then(|day| period.day(day.month, day.day));
        let mut deadlines = Self { circular: circular.map(|on| Due { on, document: regulation.name.clone() }), local: Vec::new() };
        for local in local {
            let on = parse_date(&local.due).map_err(|reason| Error::config(shown, reason))?;
            if local.document.trim().is_empty() {
                let reason = message!("ledger.deadline_does_not_cite", due = local.due);
                let hint = message!("ledger.write_document");
                return Err(Error::config(shown, reason).with_hint(hint));
            }
            let year = local.school_year.parse().map_err(|reason: Message| Error::config(shown, reason))?;
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
                && is_any(&local.units, &|code| *code == *unit.code)
                && is_any(&local.forms, &|name| form.is_called(name))
        };
        let local = self.local.iter().rev().find(|(local, _)| fits(local)).map(|(_, due)| due);
        local.or(self.circular.as_ref())
    }
}
