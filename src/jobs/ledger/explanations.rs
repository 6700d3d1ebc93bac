//! Decisions about explanations that units have proposed: accepted, which closes the finding, or rejected with a reason.

use chrono::NaiveDate;

use super::answers::{about, last_findings};
use super::plan::{Asked, PlannedEntry, is_decided, write_planned};
use super::{form_id, needed};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::inputs::frame;
use crate::jobs::session::Session;
use crate::ledger::{ACCEPT_EXPLANATION, Answers, Board, EntryDraft, Need, REJECT_EXPLANATION, Stamp};
use crate::rulebook::FindingRecord;
use crate::workspace::Pipeline;

/// Proposed explanations to be decided about, and how.
#[derive(Debug, Clone, Default)]
pub struct ExplanationWish {
    /// Accepted; rejected otherwise.
    pub accept: bool,
    /// Only of these units, by code or name; of all where there are none.
    pub units: Vec<String>,
    /// Only of this form.
    pub form: Option<String>,
    /// Only of this rule.
    pub rule: Option<String>,
    /// Only of this row code.
    pub code: Option<String>,
    /// Only of this column.
    pub column: Option<u16>,
    /// Role of whoever decides.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Document cited.
    pub document: String,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

impl ExplanationWish {
    const fn action(&self) -> &'static str {
        if self.accept { ACCEPT_EXPLANATION } else { REJECT_EXPLANATION }
    }
}

/// Decides about all proposed explanations that a wish names; how many. Those that wait come first: an explanation that was
/// decided otherwise is decided anew only where none of those named waits.
///
/// # Errors
/// When a unit or form is not known, role or reason is not told, or nothing that is named was explained.
pub fn decide_explanations(session: &Session, pipeline: &Pipeline, wish: &ExplanationWish) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue = &session.texts.catalogue;
    needed(catalogue.action(wish.action())?, [(Need::By, &wish.by), (Need::Reason, &wish.reason)])?;
    let frame = frame(session, pipeline)?;
    let units = wish.units.iter().map(|unit| frame.tree.named(unit).map(|unit| frame.tree.units[unit].code.clone()));
    let units: Vec<_> = units.collect::<Result<_>>()?;
    let form = wish.form.as_deref().map(|form| form_id(&frame, form)).transpose()?;
    let findings = last_findings(session, pipeline)?;
    let is_named = |finding: &&FindingRecord| {
        (units.is_empty() || finding.unit.as_ref().is_some_and(|unit| units.contains(unit)))
            && form.as_deref().is_none_or(|form| finding.form.as_deref() == Some(form))
            && wish.rule.as_deref().is_none_or(|rule| finding.rule == rule)
            && wish.code.as_deref().is_none_or(|code| finding.code.as_deref() == Some(code))
            && wish.column.is_none_or(|column| finding.column == Some(column))
    };
    let named: Vec<&FindingRecord> = findings.iter().filter(is_named).collect();
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    let chosen = undecided(&named, board.answers(), wish.accept);
    if chosen.is_empty() {
        let reason = message!("ledger.nothing_proposed");
        // The sheet is there only where somebody has explained something.
        let has_sheet = findings.iter().any(|finding| board.answers().proposals.contains_key(&finding.key));
        let hint = if has_sheet { message!("ledger.see_explanations") } else { message!("ledger.nobody_has_explained") };
        return Err(Error::config(pipeline.ledger().path().display(), reason).with_hint(hint));
    }
    let entry = |finding: &&FindingRecord| PlannedEntry::new(Asked::option("--rule"), draft(wish, finding));
    write_planned(pipeline, catalogue, chosen.iter().map(entry).collect(), &Stamp::now(wish.on))
}

/// Findings whose explanations wait; where none does, those whose explanations were decided otherwise.
fn undecided<'a>(named: &[&'a FindingRecord], answers: &Answers, accept: bool) -> Vec<&'a FindingRecord> {
    let waiting: Vec<&FindingRecord> = named.iter().copied().filter(|finding| answers.is_waiting(&finding.key)).collect();
    if !waiting.is_empty() {
        return waiting;
    }
    named.iter().copied().filter(|finding| is_decided(answers, &finding.key, !accept)).collect()
}

fn draft(wish: &ExplanationWish, finding: &FindingRecord) -> EntryDraft {
    EntryDraft {
        action: wish.action().to_owned(),
        unit: finding.unit.as_deref().unwrap_or_default().to_owned(),
        form: finding.form.as_deref().unwrap_or_default().to_owned(),
        by: wish.by.clone(),
        reason: wish.reason.clone(),
        document: wish.document.clone(),
        finding: Some(about(finding)),
        ..EntryDraft::default()
    }
}
