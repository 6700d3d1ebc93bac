//! Actions on returns: approved, given back, locked, opened again; by options or by a table that lists them.

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;

use super::answers::last_findings;
use super::plan::{Asked, PlannedEntry, Problems, write_planned};
use super::{forms_of, needed, owed_by};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::inputs::{Frame, frame};
use crate::jobs::session::Session;
use crate::ledger::{Board, Catalogue, EntryDraft, Need, RECEIVED, Stamp, headings};
use crate::workbooks::{Isolation, read_table};
use crate::workspace::Pipeline;

/// Something to be done to returns.
#[derive(Debug, Clone, Default)]
pub struct LedgerAct {
    /// Id of the action.
    pub action: String,
    /// The returns.
    pub returns: Vec<ReturnWish>,
    /// All returns that came in and have nothing open, besides those that are named.
    pub clean: bool,
    /// Role of whoever does it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Document cited.
    pub document: String,
    /// Specialist section that an approval is of.
    pub section: String,
    /// The day it happened; today otherwise.
    pub on: Option<NaiveDate>,
}

/// A return as somebody names it, with what is said of it alone.
#[derive(Debug, Clone)]
pub struct ReturnWish {
    /// The unit, by code or name.
    pub unit: String,
    /// The form; all that the unit is to file otherwise.
    pub form: Option<String>,
    /// Role of whoever does it, where it is another than of the rest; empty otherwise.
    pub by: String,
    /// Why, where it is another reason than of the rest; empty otherwise.
    pub reason: String,
    /// Document cited, where it is another; empty otherwise.
    pub document: String,
    /// Where it was asked for.
    pub asked: Asked,
}

impl ReturnWish {
    /// The returns of a unit that an option names: of one form, or of all.
    #[must_use]
    pub fn of_unit(unit: &str, form: Option<&str>) -> Self {
        let (unit, form, asked) = (unit.to_owned(), form.map(str::to_owned), Asked::option("--unit"));
        Self { unit, form, by: String::new(), reason: String::new(), document: String::new(), asked }
    }
}

/// Returns out of a table with the columns unit, form, reason, document, by, of which all but the first may be missing or blank.
///
/// # Errors
/// When the table cannot be read or has no column of units.
pub fn returns_from(file: &Path, form: Option<&str>, isolation: &Isolation) -> Result<Vec<ReturnWish>> {
    let table = read_table(file, None, None, isolation)?;
    let unit = table.find(&headings::UNIT);
    if unit.is_none() {
        return Err(Error::config(&table.file, message!("ledger.no_column_unit")));
    }
    let [own, reason, document, by] =
        [table.find(&headings::FORM), table.find(&headings::REASON), table.find(&headings::DOCUMENT), table.find(&headings::BY)];
    let named = table.rows.iter().filter(|row| !row.text(unit).is_empty());
    let wish = |row: &crate::tables::TableRow| ReturnWish {
        unit: row.text(unit),
        form: Some(row.text(own)).filter(|own| !own.is_empty()).or_else(|| form.map(str::to_owned)),
        by: row.text(by),
        reason: row.text(reason),
        document: row.text(document),
        asked: Asked::line(&table.file, row.line),
    };
    Ok(named.map(wish).collect())
}

/// Writes an action down for every return it names, or for none; how many.
///
/// # Errors
/// When a unit or form is not known, something the action needs is not told, or a return is in a
/// state in which it is not possible.
pub fn act(session: &Session, pipeline: &Pipeline, wish: &LedgerAct) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue = &session.texts.catalogue;
    let frame = frame(session, pipeline)?;
    let mut planned = Vec::new();
    if wish.clean {
        needed(catalogue.action(&wish.action)?, [(Need::By, &wish.by), (Need::Reason, &wish.reason)])?;
        for (unit, form) in clean_returns(session, pipeline, &frame)? {
            let named = ReturnWish::of_unit(&unit, Some(&form));
            planned.push(PlannedEntry::new(Asked::option("--clean"), draft(wish, &named, &unit, &form)));
        }
    }
    let mut problems = Problems::default();
    for named in &wish.returns {
        match plan_of(wish, named, &frame, catalogue) {
            Ok(entries) => planned.extend(entries),
            Err(problem) => problems.add(&named.asked, problem)?,
        }
    }
    problems.pass()?;
    write_planned(pipeline, catalogue, planned, &Stamp::now(wish.on))
}

/// Entries of an action on the returns that a wish names.
pub(super) fn plan_of(wish: &LedgerAct, named: &ReturnWish, frame: &Frame, catalogue: &Catalogue) -> Result<Vec<PlannedEntry>> {
    let [by, reason, _] = own_or_common(wish, named);
    needed(catalogue.action(&wish.action)?, [(Need::By, by), (Need::Reason, reason)])?;
    let unit = frame.tree.named(&named.unit)?;
    let code = &frame.tree.units[unit].code;
    let forms = forms_of(frame, unit, named.form.as_deref())?;
    let owed = owed_by(frame, unit);
    let entry = |form: &String| PlannedEntry {
        owes_instead: (!owed.iter().any(|own| *own.id == **form)).then(|| owed.iter().map(|own| &*own.short).collect::<Vec<_>>().join(" ")),
        ..PlannedEntry::new(named.asked.clone(), draft(wish, named, code, form))
    };
    Ok(forms.iter().map(entry).collect())
}

fn draft(wish: &LedgerAct, named: &ReturnWish, unit: &str, form: &str) -> EntryDraft {
    let [by, reason, document] = own_or_common(wish, named).map(String::clone);
    let (action, section) = (wish.action.clone(), wish.section.clone());
    EntryDraft { action, unit: unit.to_owned(), form: form.to_owned(), section, by, reason, document, ..EntryDraft::default() }
}

/// Role, reason and document: those of the return, or those of all.
fn own_or_common<'a>(wish: &'a LedgerAct, named: &'a ReturnWish) -> [&'a String; 3] {
    let pairs = [(&named.by, &wish.by), (&named.reason, &wish.reason), (&named.document, &wish.document)];
    pairs.map(|(own, common)| if own.trim().is_empty() { common } else { own })
}

/// Returns that came in and of which the last run found nothing to correct or explain, by unit and form.
fn clean_returns(session: &Session, pipeline: &Pipeline, frame: &Frame) -> Result<Vec<(String, String)>> {
    let findings = last_findings(session, pipeline)?;
    let board = Board::new(&pipeline.ledger().entries()?, &session.texts.catalogue);
    let open = findings.iter().filter(|finding| finding.is_to_act_on() && !board.closings().contains_key(&finding.key));
    let open: HashSet<(&str, Option<&str>)> =
        open.filter_map(|finding| Some((finding.unit.as_deref()?, finding.form.as_deref()))).collect();
    let is_clean = |unit: &str, form: &str| !open.contains(&(unit, Some(form))) && !open.contains(&(unit, None));
    let received = board.known().filter(|(unit, form, item)| item.state == RECEIVED && is_clean(unit, form));
    let known = received.filter(|(unit, ..)| frame.tree.find(unit).is_some());
    Ok(known.map(|(unit, form, _)| (unit.to_owned(), form.to_owned())).collect())
}
