//! A release made again from its archived cells: where its inputs are not kept, or as a second proof.
//!
//! Value tables, official workbooks and lists follow from cells, register and schemas alone; findings, indicators and
//! summaries need the inputs, and are not looked at here.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::contents::keep_reports;
use crate::archive::{ArchiveInput, Manifest, TermState, read_returns, returns_from_archive, write_values};
use crate::base::disk::{self, OutputFolder, OutputRules, Scope};
use crate::base::error::Result;
use crate::jobs::inputs::frame;
use crate::jobs::inputs::keep::names_of;
use crate::jobs::lists::{ListSetting, write_lists};
use crate::jobs::reports::{ReportSetting, jobs, write_reports};
use crate::jobs::run::{RunRequest, archived_state};
use crate::returns::Submission;
use crate::totals::aggregate;
use crate::workbooks::Recogniser;

/// Places in a release that are made from cells alone.
pub const MADE: [&str; 4] = ["data/cells.parquet", "data/amounts.parquet", "reports/bao-cao/", "reports/danh-sach/"];

/// Makes value tables, official workbooks and lists into a folder.
pub fn make(context: RunRequest<'_>, state: &TermState, manifest: &Manifest, folder: &Path) -> Result<()> {
    let RunRequest { session, pipeline, state: papers } = context;
    let texts = &session.texts.report;
    let frame = frame(session, pipeline)?;
    let submissions = with_hashes(returns_from_archive(state, &frame.forms)?, state)?;
    let aggregations = aggregate(&frame.tree, &frame.forms, &submissions)?;
    let input = ArchiveInput {
        period: pipeline.period,
        circular: &frame.regulation.id,
        result_state: archived_state(&frame.regulation, pipeline.period.term),
        forms: &frame.forms,
        tree: &frame.tree,
        submissions: &submissions,
        inputs: &[],
        findings: &[],
        aggregations: &aggregations,
        rules: &session.schemas.rules,
        mappings: &[],
        names: &names_of(session, pipeline, &frame.tree),
        run: &manifest.tkgd.run,
    };
    write_values(folder, &input)?;
    let run = manifest.tkgd.run.as_str();
    let setting = ReportSetting { pipeline, regulation: &frame.regulation, texts, tree: &frame.tree, state: papers, run };
    // A place of its own, which is gone once its files are where a release has them.
    let passing = folder.join("out");
    let reports = OutputFolder::open(&passing, Scope::Whole, &OutputRules::default())?;
    write_reports(&jobs(setting, &aggregations), &Recogniser::new(&frame.forms), &reports, session)?;
    let term = frame.regulation.full_term_text(pipeline.period);
    let lists = ListSetting { tree: &frame.tree, term: &term, state: papers, run, formats: &pipeline.file.outputs.lists };
    write_lists(lists, &frame.forms, &submissions, &reports)?;
    keep_reports(&reports, &[], folder)?;
    drop(reports);
    disk::remove(&passing)
}

/// The hashes of the files, which stand in a table of their own.
fn with_hashes(mut submissions: Vec<Submission>, state: &TermState) -> Result<Vec<Submission>> {
    let known: HashMap<(String, String), String> =
        read_returns(state, None)?.into_iter().map(|own| ((own.form, own.unit), own.sha256)).collect();
    for submission in &mut submissions {
        if let Some(sha256) = known.get(&(submission.form.id.to_string(), submission.unit.to_string())) {
            submission.source.sha256 = Arc::from(sha256.as_str());
        }
    }
    submissions.sort_by(|a, b| (&a.form.id, &a.unit).cmp(&(&b.form.id, &b.unit)));
    Ok(submissions)
}
