//! Answers typed into workbooks that came back: explanations are written into the ledger as proposed, the rest is said.

use std::collections::{HashMap, HashSet};

use crate::base::error::Result;
use crate::findings::Observed;
use crate::findings::{Finding, Location, Severity, Subject, Verdict};
use crate::jobs::inputs::Loaded;
use crate::ledger::{About, Board, Catalogue, EntryDraft, LedgerEntry, PROPOSE, Stamp, finding_key, foresee};
use crate::privacy::masked;
use crate::returns::{Submission, TypedAnswer};
use crate::rulebook::RuleBook;
use crate::workbooks::ANSWER_NOT_TAKEN;
use crate::workspace::Pipeline;

/// Answers to findings that were typed into returns.
#[derive(Debug, Default)]
pub struct TypedAnswers {
    /// Explanations, to be written down.
    drafts: Vec<EntryDraft>,
    /// When they are written down.
    stamp: Option<Stamp>,
    /// Answers that close nothing.
    pub findings: Vec<Finding>,
}

/// Answers that returns bring, and the ledger's entries as they will be with them; nothing is written yet.
///
/// An answer whose finding is no longer there, because the figure was corrected, is left alone. One to an
/// error closes nothing: errors are corrected, or accepted by somebody with a role.
///
/// # Errors
/// When the ledger cannot be read.
pub fn typed_answers(
    pipeline: &Pipeline,
    loaded: &Loaded,
    findings: &[Finding],
    catalogue: &Catalogue,
    rules: &RuleBook,
) -> Result<(TypedAnswers, Vec<LedgerEntry>)> {
    let mut entries = pipeline.ledger().entries()?;
    let typed: Vec<(&Submission, &TypedAnswer)> =
        loaded.submissions.iter().flat_map(|submission| submission.lineage.typed.iter().map(move |answer| (submission, answer))).collect();
    if typed.is_empty() {
        return Ok((TypedAnswers::default(), entries));
    }
    // Of every unit: a key that was copied from another one's papers is told.
    let answered: HashSet<&str> = typed.iter().map(|(_, answer)| answer.key.as_str()).collect();
    let open = findings.iter().filter(|finding| finding.verdict == Verdict::Fail && finding.subject.unit.is_some());
    let open: HashMap<String, &Finding> =
        open.map(|finding| (finding_key(finding, rules), finding)).filter(|(key, _)| answered.contains(key.as_str())).collect();
    let (mut drafts, mut unanswered, mut misplaced) = (Vec::new(), Vec::new(), Vec::new());
    for (submission, answer) in &typed {
        match open.get(&answer.key) {
            Some(finding) if finding.subject.unit.as_deref() != Some(&*submission.unit) => misplaced.push(of_another(submission, answer)),
            Some(finding) if finding.severity == Severity::Error => unanswered.push(of_error(submission, answer, finding)),
            Some(finding) => drafts.push(explanation(catalogue, submission, answer, finding)),
            None => {}
        }
    }
    let stamp = Stamp::now(pipeline.file.inputs.received_on);
    for draft in new_ones(&drafts, &entries, catalogue) {
        foresee(&mut entries, draft, &stamp);
    }
    let board = Board::new(&entries, catalogue);
    unanswered.retain(|(key, _)| !board.closings().contains_key(key));
    let findings = misplaced.into_iter().chain(unanswered.into_iter().map(|(_, finding)| finding)).collect();
    Ok((TypedAnswers { drafts, stamp: Some(stamp), findings }, entries))
}

/// Writes explanations into the ledger, each once.
///
/// # Errors
/// When the ledger cannot be written.
pub fn record_typed(pipeline: &Pipeline, catalogue: &Catalogue, typed: &TypedAnswers) -> Result<()> {
    let Some(stamp) = typed.stamp.as_ref().filter(|_| !typed.drafts.is_empty()) else { return Ok(()) };
    let new =
        |entries: &[LedgerEntry]| new_ones(&typed.drafts, entries, catalogue).into_iter().map(|draft| (draft, stamp.clone())).collect();
    pipeline.ledger().append(|entries| Ok(new(entries))).map(drop)
}

/// Explanations that the ledger does not hold yet, whatever was decided about them.
fn new_ones(drafts: &[EntryDraft], entries: &[LedgerEntry], catalogue: &Catalogue) -> Vec<EntryDraft> {
    let board = Board::new(entries, catalogue);
    let is_new = |draft: &&EntryDraft| {
        let Some(about) = &draft.finding else { return true };
        let proposed = board.answers().proposals.get(&about.key).map(|known| &known.text);
        let closed = board.closings().get(&about.key).map(|known| &known.text);
        let text = masked(draft.reason.trim());
        [proposed, closed].into_iter().flatten().all(|known| *known != text)
    };
    drafts.iter().filter(is_new).cloned().collect()
}

fn explanation(catalogue: &Catalogue, submission: &Submission, answer: &TypedAnswer, finding: &Finding) -> EntryDraft {
    let subject = &finding.subject;
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    EntryDraft {
        action: PROPOSE.to_owned(),
        unit: submission.unit.to_string(),
        form: submission.form.id.to_string(),
        by: catalogue.typed_by.clone(),
        reason: answer.text.clone(),
        finding: Some(About {
            rule: finding.rule.to_string(),
            sheet: text(&subject.sheet),
            code: text(&subject.code),
            column: subject.column,
            key: answer.key.clone(),
        }),
        ..EntryDraft::default()
    }
}

/// An answer under the key of another unit's finding.
fn of_another(submission: &Submission, answer: &TypedAnswer) -> Finding {
    let subject = Subject { unit: submission.known_unit(), form: Some(std::sync::Arc::clone(&submission.form.id)), ..Subject::default() };
    Finding::new(ANSWER_NOT_TAKEN).subject(subject).location(place_of(answer)).observed(Observed::phrase("answer-key-of-another"), "")
}

fn place_of(answer: &TypedAnswer) -> Location {
    Location { file: Some(answer.file.clone()), sheet: Some(answer.sheet.clone()), cell: Some(answer.cell) }
}

/// An answer to an error: where it was typed, and which error it is to. What was typed is not quoted.
fn of_error(submission: &Submission, answer: &TypedAnswer, finding: &Finding) -> (String, Finding) {
    let subject = Subject { unit: submission.known_unit(), form: Some(std::sync::Arc::clone(&submission.form.id)), ..Subject::default() };
    let place = place_of(answer);
    let cell = finding.place.cell.map(|cell| cell.to_string()).unwrap_or_default();
    let about = Observed::several([finding.place.sheet.as_ref().map_or(Observed::Nothing, Observed::name), cell.into()], "!");
    (answer.key.clone(), Finding::new("answer-to-error").subject(subject).location(place).observed(&finding.rule, about))
}
