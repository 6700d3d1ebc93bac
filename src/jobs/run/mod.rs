//! A run from beginning to end: read, check, total, indicators, conclude, write, publish, each a function from what the one before
//! made. Up to the last nothing is written where anybody looks for it, so that a run can be stopped anywhere and leaves nothing behind.

pub mod telling;
pub mod summary;
pub mod yearly;

mod causes;
mod check;
mod conclude;
mod findings_workbook;
mod history;
pub(crate) mod identity;
mod next_steps;
mod run_context;
mod text;
mod total;
mod write;

use std::path::PathBuf;

use serde::Serialize;

use self::summary::Summary;
use self::yearly::explained;
use crate::archive::Writer;
use crate::base::disk::Published;
use crate::base::error::Result;
use crate::findings::Finding;
use crate::jobs::indicators::{FigureSource, Figures, LastYear};
use crate::jobs::inputs::{Loaded, load};
use crate::jobs::ledger::{CameIn, Receipts, receipts, record_received, record_typed};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::present::PaperState;
use crate::workspace::Pipeline;

pub use self::causes::{CausePlace, CauseRecord, FindingNames, cause_records};
pub(crate) use self::check::{CheckedTerm, check};
pub(crate) use self::conclude::Conclusion;
pub use self::findings_workbook::FINDINGS_WORKBOOK;
pub use self::next_steps::{next_steps, quoted};
pub use self::run_context::RunContext;
pub use self::text::{RunView, rivals_text, run_text};
pub(crate) use self::write::{archived_state, write_release};
use self::write::{write_outputs, write_tables};

/// Result of a run.
#[derive(Debug, Serialize)]
pub struct RunResult {
    /// The run in a few lines.
    pub summary: Summary,
    /// All findings, graded and sorted.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// Open findings by their causes, the heaviest first.
    pub causes: Vec<CauseRecord>,
    /// Folder of reports and findings; `None` when errors stopped the run.
    pub output: Option<PathBuf>,
    /// The archive's folder; `None` when errors stopped the run.
    pub archive: Option<PathBuf>,
    /// Files put in place, and those that somebody had changed there.
    #[serde(skip)]
    pub published: Published,
}

/// Request for a run.
#[derive(Debug, Clone, Copy)]
pub struct RunRequest<'a> {
    /// Schemas and words; who watches and stops it.
    pub session: &'a Session,
    /// The pipeline it is about.
    pub pipeline: &'a Pipeline,
    /// State of the papers that are written.
    pub state: &'a PaperState,
}

/// A term that was read.
#[derive(Debug)]
pub struct ReadTerm {
    /// Register, forms, returns.
    pub loaded: Loaded,
    /// Days on which returns came in, as the pipeline's table says.
    pub receipts: Receipts,
}

/// Runs a pipeline: reads, checks, aggregates, writes reports and the archive's draft.
///
/// # Errors
/// When the work cannot be done; wrong data is a finding instead. Nothing is
/// published unless everything was written and read back.
pub fn run(session: &Session, pipeline: &Pipeline) -> Result<RunResult> {
    pipeline.check_outputs()?;
    let _lock = pipeline.lock_alone()?;
    let archive = pipeline.archive();
    let state = session.texts.releases.draft_state();
    carry_out(RunRequest { session, pipeline, state: &state }, |concluded| {
        let published = if concluded.is_stopped() {
            concluded.tell_beside()?;
            None
        } else {
            let outputs = write_outputs(&concluded)?;
            let writer = Writer::open(&archive)?;
            let draft = writer.begin_draft()?;
            write_tables(&concluded, &outputs, &concluded.kept_findings(), draft.folder())?;
            session.begin(JobStage::Publish, 1)?;
            session.publish()?;
            draft.commit(&pipeline.key()?, &concluded.summary.run)?;
            Some(outputs.folder.publish()?)
        };
        record(&concluded)?;
        session.end();
        let (output, archive) = published.is_some().then(|| (pipeline.output(), archive.clone())).unzip();
        let Conclusion { summary, findings, causes, .. } = concluded;
        Ok(RunResult { summary, findings, causes, output, archive, published: published.unwrap_or_default() })
    })
}

/// Every stage up to what is to be written; `then` writes and publishes it.
pub(crate) fn carry_out<T>(context: RunRequest<'_>, then: impl FnOnce(Conclusion<'_>) -> Result<T>) -> Result<T> {
    let RunRequest { session, pipeline, state } = context;
    let (term, findings) = total::total(context, check(context, read(context)?)?)?;
    let checked = &term.checked;
    session.begin(JobStage::Indicators, 1)?;
    let source = FigureSource::load(session, pipeline, &checked.loaded, &session.texts.summaries)?;
    let last_year = LastYear { returns: checked.earlier.last_year.as_ref(), gaps: &checked.last_year_gaps };
    let mut data = source.data(pipeline, &session.schemas, &checked.loaded, last_year);
    data.explained = explained(&findings, &checked.loaded.forms, &session.schemas.rules);
    let figures = Figures::new(pipeline, &data)?;
    session.begin(JobStage::Conclude, 1)?;
    let run = identity::run_id(session, pipeline, &checked.loaded, term.board.answers())?;
    let run_context = RunContext { session, pipeline, loaded: &checked.loaded, aggregations: &term.aggregations, state, run: &run };
    then(conclude::conclude(run_context, &term, &figures, findings))
}

/// Reads what a pipeline names.
///
/// # Errors
/// When register, receipts or another table are not right, or the run was stopped.
pub(crate) fn read(context: RunRequest<'_>) -> Result<ReadTerm> {
    let RunRequest { session, pipeline, .. } = context;
    let loaded = load(session, pipeline)?;
    // Problems with them are said before anything is written.
    let receipts = receipts(pipeline, &loaded, &session.isolation)?;
    Ok(ReadTerm { loaded, receipts })
}

/// Writes into the ledger what came in and what it answers.
///
/// # Errors
/// When the ledger cannot be written.
pub(crate) fn record(concluded: &Conclusion<'_>) -> Result<()> {
    let RunContext { session, pipeline, loaded, .. } = concluded.run_context;
    let (catalogue, term) = (&session.texts.catalogue, concluded.term);
    record_typed(pipeline, catalogue, &term.typed)?;
    record_received(pipeline, CameIn { loaded, contents: &term.contents }, catalogue, &term.checked.receipts).map(drop)
}
