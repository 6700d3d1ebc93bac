//! Stages of jobs, as whoever watches one is told.

use crate::base::message::{Lang, message};

/// A stage of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStage {
    /// Schemas are loaded.
    Schemas,
    /// Files are read.
    Read,
    /// Returns are checked.
    Check,
    /// Totals are added up.
    Total,
    /// Indicators are worked out.
    Indicators,
    /// Findings are graded and closed, and what is to be written is decided.
    Conclude,
    /// Official workbooks are written for a few units.
    Reports,
    /// Official workbooks and lists are written.
    Outputs,
    /// Tables of figures are written.
    Summaries,
    /// The archive's tables are written.
    Archive,
    /// Counting again of the archive's tables.
    Recount,
    /// Putting the outputs in place.
    Publish,
    /// A release is made.
    Release,
    /// States are compared.
    Compare,
    /// The archive is looked through.
    Verify,
    /// A question is answered.
    Query,
}

impl JobStage {
    /// Its name for people.
    #[must_use]
    pub fn name(self, lang: Lang) -> String {
        let message = match self {
            Self::Schemas => message!("workspace.stage_schemas"),
            Self::Read => message!("workspace.reading"),
            Self::Check => message!("workspace.checking"),
            Self::Total => message!("workspace.aggregation"),
            Self::Indicators => message!("workspace.indicators"),
            Self::Conclude => message!("workspace.findings"),
            Self::Reports => message!("workspace.reports"),
            Self::Outputs => message!("workspace.reports_lists"),
            Self::Summaries => message!("workspace.summaries"),
            Self::Archive => message!("workspace.stage_archive"),
            Self::Recount => message!("workspace.recount"),
            Self::Publish => message!("workspace.publishing"),
            Self::Release => message!("workspace.release"),
            Self::Compare => message!("workspace.comparing"),
            Self::Verify => message!("workspace.verify"),
            Self::Query => message!("workspace.stage_query"),
        };
        message.said(lang)
    }
}

/// Listener to a long job, for whoever shows its progress.
pub trait Progress: Sync {
    /// A stage starts, with so many steps; the one before it is done.
    fn start(&self, stage: JobStage, steps: usize);
    /// One step is done; called from any thread.
    fn step(&self);
    /// The stage is done.
    fn finish(&self);
}

/// Progress that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: JobStage, _steps: usize) {}
    fn step(&self) {}
    fn finish(&self) {}
}
