//! The ledger of a pipeline's term: what came in, what was decided, and where everything stands.

mod act;
mod answers;
mod decision_table;
mod explanations;
mod history;
mod plan;
mod receive;
mod show;
mod status;
mod typed;
mod workbook;

use std::path::Path;

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::Form;
use crate::jobs::inputs::Frame;
use crate::jobs::session::Session;
use crate::ledger::{Contacts, LedgerAction, Need};
use crate::register::UnitIndex;
use crate::workbooks::read_table;
use crate::workspace::Pipeline;

pub use act::{LedgerAct, ReturnWish, act, returns_from};
pub use answers::{LedgerAnswer, answer, answers_from};
pub use decision_table::{DecisionTable, decide, decisions_from};
pub use explanations::{ExplanationWish, decide_explanations};
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
            let filed: Vec<String> = owed_by(frame, unit).iter().map(|form| form.id.to_string()).collect();
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

/// Forms that a unit is to file.
fn owed_by(frame: &Frame, unit: UnitIndex) -> Vec<&Form> {
    let entry = &frame.tree.units[unit];
    frame.forms.iter().map(AsRef::as_ref).filter(|form| entry.owes(&form.short, &form.symbol)).collect()
}

/// The full id of a form of the term that is told by its short id, symbol or full id.
fn form_id(frame: &Frame, name: &str) -> Result<String> {
    let found = frame.forms.iter().find(|form| form.is_called(name));
    found.map(|form| form.id.to_string()).ok_or_else(|| {
        let hint = closest(name, frame.forms.iter().map(|form| &*form.short)).map(Message::did_you_mean);
        Error::Unknown { kind: message!("kinds.form"), name: name.to_owned(), hint }
    })
}
