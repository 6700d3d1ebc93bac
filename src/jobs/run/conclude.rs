//! Fifth stage of a run: what it found and is to write, before anything is written.

use std::collections::BTreeMap;

use super::causes::{CauseRecord, FindingNames, cause_records};
use super::run_context::RunContext;
use super::summary::{Summary, counts_of, forms_of, severities};
use super::telling::Telling;
use super::total::TotalledTerm;
use crate::base::error::Result;
use crate::findings::{ClosingKind, Finding};
use crate::jobs::indicators::Figures;
use crate::jobs::reports::{ReportJob, ReportSetting, broken_sums, jobs};
use crate::ledger::{Board, EXPECTED, close_findings};
use crate::returns::fates;

/// A run that has only to be written.
pub struct Conclusion<'a> {
    /// The run as whatever shows it sees it.
    pub run_context: RunContext<'a>,
    /// The term as read, checked and added up.
    pub term: &'a TotalledTerm,
    /// Indicators.
    pub figures: &'a Figures<'a>,
    /// Official workbooks to be written.
    pub jobs: Vec<ReportJob<'a>>,
    /// All findings, graded and sorted.
    pub findings: Vec<Finding>,
    /// Open findings by their causes.
    pub causes: Vec<CauseRecord>,
    /// The run in a few lines.
    pub summary: Summary,
}

/// Concludes a run of which all figures are known; `findings` are those of its checks.
pub fn conclude<'a>(
    run_context: RunContext<'a>,
    term: &'a TotalledTerm,
    figures: &'a Figures<'a>,
    mut findings: Vec<Finding>,
) -> Conclusion<'a> {
    let RunContext { session, pipeline, loaded, aggregations, state, run } = run_context;
    let rules = &session.schemas.rules;
    let setting = ReportSetting { pipeline, regulation: &loaded.regulation, texts: &session.texts.report, tree: &loaded.tree, state, run };
    let jobs = jobs(setting, aggregations);
    findings.extend(figures.implausible());
    findings.extend(broken_sums(&jobs));
    rules.grade(&mut findings);
    close_findings(&mut findings, term.board.answers(), rules);
    let summary = summarise(&run_context, &term.board, &findings);
    let names = FindingNames { tree: &loaded.tree, schemas: &session.schemas, lang: session.lang };
    let causes = cause_records(&findings, names);
    let mut concluded = Conclusion { run_context, term, figures, jobs, findings, causes, summary };
    if !concluded.is_stopped() {
        concluded.summary.reports = concluded.jobs.len();
    }
    concluded
}

impl Conclusion<'_> {
    /// True where nothing is to be written but what is wrong.
    pub fn is_stopped(&self) -> bool {
        self.run_context.pipeline.file.outputs.stop_on_errors && self.summary.errors > 0
    }

    /// Tells what is wrong beside the reports of the last run that was not stopped.
    ///
    /// # Errors
    /// When it cannot be written, or the run was stopped by somebody.
    pub fn tell_beside(&self) -> Result<()> {
        self.run_context.session.publish()?;
        self.telling(&self.findings).write_beside()
    }

    /// Findings as they may be kept, in the order that they then have.
    pub fn kept_findings(&self) -> Vec<Finding> {
        let mut kept: Vec<Finding> = self.findings.iter().map(|finding| self.run_context.loaded.names.finding(finding)).collect();
        self.run_context.session.schemas.rules.grade(&mut kept);
        kept
    }

    /// The files that tell findings.
    pub fn telling<'s>(&'s self, findings: &'s [Finding]) -> Telling<'s> {
        let (run_context, distributions) = (&self.run_context, &self.term.checked.distributions);
        Telling { run_context, findings, causes: &self.causes, distributions, texts: &run_context.session.texts.quality }
    }

    /// Names of those files; in a release they stand as they may be kept.
    pub fn finding_files(&self) -> Vec<String> {
        self.telling(&[]).files()
    }
}

/// States that somebody has decided on; what was only received, or approved as it is, needs no word.
const DECIDED: [&str; 5] = ["returned", "refused", "locked", "unlock_requested", "reopened"];

/// Returns that are approved with other figures than those that came since.
pub const OTHER_VERSION: &str = "other_version";

/// How many returns are in each of those states.
fn decisions(board: &Board) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, _, item) in board.known() {
        if DECIDED.contains(&item.state.as_str()) {
            *counts.entry(item.state.clone()).or_default() += 1;
        } else if item.is_other_than_approved() && item.state != EXPECTED {
            *counts.entry(OTHER_VERSION.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// A run in a few lines.
fn summarise(run_context: &RunContext<'_>, board: &Board, findings: &[Finding]) -> Summary {
    let RunContext { session, pipeline, loaded, aggregations, run, .. } = *run_context;
    let (errors, queries, warnings, not_evaluated) = severities(findings);
    let closed = |kind| findings.iter().filter(|f| f.closed.as_ref().is_some_and(|closing| closing.kind == kind)).count();
    Summary {
        run: run.to_owned(),
        circular: loaded.regulation.id.clone(),
        school_year: pipeline.period.year.to_string(),
        term: pipeline.period.term.id(),
        result_state: loaded.regulation.result_state(pipeline.period.term).map(|state| state.id.clone()),
        forms: forms_of(&loaded.tree, aggregations),
        errors,
        queries,
        warnings,
        not_evaluated,
        explained: closed(ClosingKind::Explained),
        proposed: findings.iter().filter(|finding| finding.has_waiting_proposal()).count(),
        accepted: closed(ClosingKind::Accepted),
        decisions: decisions(board),
        files: fates(&loaded.files).map(|(fate, files)| (fate.id(), files)).into(),
        counts: counts_of(&loaded.tree, &session.schemas.register, session.lang),
        reports: 0,
    }
}
