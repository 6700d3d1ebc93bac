//! Second stage of a run: every check of the returns.

use rayon::prelude::*;

use super::history::earlier;
use super::{ReadTerm, RunRequest};
use crate::base::error::Result;
use crate::findings::Finding;
use crate::indicators::FormGap;
use crate::jobs::inputs::Loaded;
use crate::jobs::ledger::Receipts;
use crate::jobs::reconcile::other_source;
use crate::jobs::stage::JobStage;
use crate::rules::{
    ReferenceReturns, RuleContext, Spread, check_against_source, check_arithmetic, check_cell_rules, completeness, implausible_wholes,
    spreads,
};

/// A term that was read and checked.
#[derive(Debug)]
pub struct CheckedTerm {
    /// Inputs that were read.
    pub loaded: Loaded,
    /// Days on which returns came in, as the pipeline's table says.
    pub receipts: Receipts,
    /// Findings of reading and every check of the returns, graded.
    pub findings: Vec<Finding>,
    /// Returns of other terms.
    pub earlier: ReferenceReturns,
    /// Forms whose figures of a year ago cannot be looked at, and why.
    pub last_year_gaps: Vec<FormGap>,
    /// Values compared between units.
    pub distributions: Vec<Spread>,
}

/// Checks what was read.
///
/// # Errors
/// When the archive or the other source cannot be read, or the run was stopped.
pub fn check(context: RunRequest<'_>, read: ReadTerm) -> Result<CheckedTerm> {
    let RunRequest { session, pipeline, .. } = context;
    let ReadTerm { mut loaded, receipts } = read;
    let schemas = &session.schemas;
    let mut findings = std::mem::take(&mut loaded.findings);
    session.begin(JobStage::Check, loaded.submissions.len())?;
    let of_figures = loaded.submissions.par_iter().map(|submission| {
        session.step()?;
        Ok(check_arithmetic(submission))
    });
    findings.extend(of_figures.collect::<Result<Vec<_>>>()?.into_iter().flatten());
    let (mut earlier, last_year_gaps) = earlier(context, &loaded)?;
    if let Some(other) = other_source(session, pipeline, &loaded)? {
        earlier.other_source = Some(other.returns);
        loaded.sources.extend(other.files);
        if let Some(kept) = &mut loaded.kept {
            kept.other = other.kept;
        }
    }
    let state = loaded.regulation.result_state(pipeline.period.term).map(|state| state.id.as_str());
    let rule_context = RuleContext::new(&loaded.tree, &loaded.forms, &loaded.submissions, &earlier).in_state(state);
    findings.extend(check_against_source(&loaded.submissions, &schemas.rules, &rule_context));
    findings.extend(implausible_wholes(&loaded.submissions, &earlier, &loaded.tree));
    findings.extend(check_cell_rules(&loaded.submissions, &schemas.cell_rules, &schemas.rules, &rule_context));
    let distributions = spreads(&loaded.submissions, &schemas.cell_rules, &schemas.rules, &rule_context);
    findings.extend(completeness(&loaded.tree, &loaded.forms, &loaded.submissions, &loaded.contested));
    schemas.rules.grade(&mut findings);
    session.end();
    Ok(CheckedTerm { loaded, receipts, findings, earlier, last_year_gaps, distributions })
}
