//! Third stage of a run: answers that are known, and totals with their coverage.

use super::RunRequest;
use super::check::CheckedTerm;
use crate::base::error::Result;
use crate::findings::Finding;
use crate::jobs::ledger::{CameIn, TypedAnswers, contents_of, typed_answers};
use crate::jobs::stage::JobStage;
use crate::ledger::{Board, close_findings};
use crate::totals::{Aggregation, aggregate};

/// A term that was added up.
#[derive(Debug)]
pub struct TotalledTerm {
    /// The term as read and checked.
    pub checked: CheckedTerm,
    /// Answers that returns bring, not written down yet.
    pub typed: TypedAnswers,
    /// The hash of each return's figures, in their order.
    pub contents: Vec<String>,
    /// The ledger, as it will be with answers and returns.
    pub board: Board,
    /// Totals and coverage.
    pub aggregations: Vec<Aggregation>,
}

/// Adds up what was checked; with what was found so far, closed where it is answered.
///
/// # Errors
/// When the ledger cannot be read, a total is too large, or the run was stopped.
pub fn total(context: RunRequest<'_>, mut checked: CheckedTerm) -> Result<(TotalledTerm, Vec<Finding>)> {
    let RunRequest { session, pipeline, .. } = context;
    let (rules, catalogue) = (&session.schemas.rules, &session.texts.catalogue);
    session.begin(JobStage::Total, 1)?;
    let (typed, entries) = typed_answers(pipeline, &checked.loaded, &checked.findings, catalogue, rules)?;
    let mut findings = std::mem::take(&mut checked.findings);
    findings.extend(typed.findings.iter().cloned());
    let loaded = &checked.loaded;
    let contents = contents_of(loaded);
    let board = Board::new(&CameIn { loaded, contents: &contents }.foreseen(entries, catalogue), catalogue);
    let aggregations = aggregate(&loaded.tree, &loaded.forms, &loaded.submissions)?;
    close_findings(&mut findings, board.answers(), rules);
    Ok((TotalledTerm { checked, typed, contents, board, aggregations }, findings))
}
