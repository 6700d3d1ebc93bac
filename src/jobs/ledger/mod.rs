//! The ledger of a pipeline's term: what came in, what was decided, and where everything stands.

mod answers;
mod history;
mod receive;
mod show;
mod status;
mod typed;
mod workbook;

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::jobs::inputs::{Frame, frame};
use crate::jobs::session::Session;
use crate::ledger::{Board, Contacts, EntryDraft, LedgerAction, Need, RECEIVED, Stamp};
use crate::register::UnitIndex;
use crate::workbooks::read_table;
use crate::workspace::Pipeline;

pub use answers::{LedgerAnswer, answer, answers_from};
pub use history::{BrokenEntry, VerifiedLedger, WrittenEntries, history, history_text, verified_ledger, verified_ledger_text};
pub use receive::{CameIn, Receipts, contents_of, receipts, record_received};
pub use show::{StatusRecord, status_text};
pub use status::{StatusRequest, TermStatus, term_status};
pub use typed::{TypedAnswers, record_typed, typed_answers};
pub use workbook::{reminders_xlsx, status_xlsx};

/// Contacts of a workspace, where no other file is named.
pub const CONTACTS: &str = "lien-he.csv";

/// Contacts out of the file that is named, which must be there; otherwise out of the workspace's own, which need not.
///
/// # Errors
/// When the file cannot be read, or has no column of units.
pub fn contacts(session: &Session, pipeline: &Pipeline, named: Option<&Path>) -> Result<Contacts> {
    let own = pipeline.path(CONTACTS.as_ref());
    let file = named.or_else(|| own.is_file().then_some(own.as_path()));
    file.map_or_else(|| Ok(Contacts::default()), |file| Contacts::read(&read_table(file, None, None, &session.isolation)?))
}

/// Something to be done to returns.
#[derive(Debug, Clone, Default)]
pub struct LedgerAct {
    /// Id of the action.
    pub action: String,
    /// Unit codes.
    pub units: Vec<String>,
    /// All returns that came in and have nothing open, instead of units by their codes.
    pub clean: bool,
    /// The form; all that a unit is to file otherwise.
    pub form: Option<String>,
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

/// Writes an action down for every return it names, or for none; how many.
///
/// # Errors
/// When a unit or form is not known, something the action needs is not told, or a return is in a
/// state in which it is not possible.
pub fn act(session: &Session, pipeline: &Pipeline, wish: &LedgerAct) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue = &session.texts.catalogue;
    let action = catalogue.action(&wish.action)?;
    needed(action, [(Need::By, &wish.by), (Need::Reason, &wish.reason)])?;
    let frame = frame(session, pipeline)?;
    let mut targets = if wish.clean { clean_returns(session, pipeline, &frame)? } else { Vec::new() };
    for unit in &wish.units {
        let unit = frame.tree.named(unit)?;
        let forms = forms_of(&frame, unit, wish.form.as_deref())?;
        targets.extend(forms.into_iter().map(|form| (frame.tree.units[unit].code.to_string(), form)));
    }
    let stamp = Stamp::now(wish.on);
    pipeline.ledger().append(|entries| {
        let board = Board::new(entries, catalogue);
        let drafts = targets.into_iter().map(|(unit, form)| {
            let draft = EntryDraft {
                action: action.id.clone(),
                version: board.item(&unit, &form).version,
                unit,
                form,
                section: wish.section.clone(),
                by: wish.by.clone(),
                reason: wish.reason.clone(),
                document: wish.document.clone(),
                ..EntryDraft::default()
            };
            board.check(action, &draft, catalogue).map(|()| (draft, stamp.clone()))
        });
        drafts.collect()
    })
}

/// Returns that came in and of which the last run found nothing to correct or explain, by unit and form.
fn clean_returns(session: &Session, pipeline: &Pipeline, frame: &Frame) -> Result<Vec<(String, String)>> {
    let findings = answers::last_findings(session, pipeline)?;
    let board = Board::new(&pipeline.ledger().entries()?, &session.texts.catalogue);
    let open = findings.iter().filter(|finding| finding.is_to_act_on() && !board.closings().contains_key(&finding.key));
    let open: HashSet<(&str, Option<&str>)> =
        open.filter_map(|finding| Some((finding.unit.as_deref()?, finding.form.as_deref()))).collect();
    let is_clean = |unit: &str, form: &str| !open.contains(&(unit, Some(form))) && !open.contains(&(unit, None));
    let received = board.known().filter(|(unit, form, item)| item.state == RECEIVED && is_clean(unit, form));
    let known = received.filter(|(unit, ..)| frame.tree.find(unit).is_some());
    Ok(known.map(|(unit, form, _)| (unit.to_owned(), form.to_owned())).collect())
}

/// Refuses an action without what it cannot do without.
fn needed(action: &LedgerAction, told: [(Need, &String); 2]) -> Result<()> {
    for (need, text) in told {
        if action.needs.contains(&need) && text.trim().is_empty() {
            let (option, hint) = match need {
                Need::By => ("--by", message!("ledger.tell_role_not_name")),
                Need::Reason => ("--reason", message!("ledger.tell_reason")),
            };
            let reason = message!("ledger.action_needs", action = Message::both(&action.vi, &action.en), option);
            return Err(Error::config(option, reason).with_hint(hint));
        }
    }
    Ok(())
}

/// Full ids of the forms meant for a unit: the one told, or all that it is to file.
fn forms_of(frame: &Frame, unit: UnitIndex, form: Option<&str>) -> Result<Vec<String>> {
    match form {
        Some(name) => Ok(vec![form_id(frame, name)?]),
        None => {
            let entry = &frame.tree.units[unit];
            let filed = frame.forms.iter().filter(|form| entry.owes(&form.short, &form.symbol));
            let filed: Vec<String> = filed.map(|form| form.id.to_string()).collect();
            let hint = message!("ledger.unit_not_file_anything");
            if filed.is_empty() {
                return Err(Error::Unknown {
                    kind: message!("kinds.unit_that_files_a_form"),
                    name: entry.code.to_string(),
                    hint: Some(hint),
                });
            }
            Ok(filed)
        }
    }
}

/// The full id of a form of the term that is told by its short id, symbol or full id.
fn form_id(frame: &Frame, name: &str) -> Result<String> {
    let found = frame.forms.iter().find(|form| form.is_called(name));
    found.map(|form| form.id.to_string()).ok_or_else(|| {
        let hint = closest(name, frame.forms.iter().map(|form| &*form.short)).map(Message::did_you_mean);
        Error::Unknown { kind: message!("kinds.form"), name: name.to_owned(), hint }
    })
}
