//! Which state of which term of which archive is asked about.

use std::cmp::Ordering;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::archive::{ArchiveReader, Publication, Selection, TermKey, TermState};
use crate::base::disk::OutputRules;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::workspace::Pipeline;

/// An archive, as a command names it.
#[derive(Debug, Clone, Default)]
pub struct ArchiveRequest {
    /// The archive's folder; otherwise the pipeline's, or `archive`.
    pub archive: Option<PathBuf>,
    /// A pipeline, which tells archive and term.
    pub pipeline: Option<PathBuf>,
    /// Looked at as on this day.
    pub as_of: Option<NaiveDate>,
}

impl ArchiveRequest {
    /// The archive, and the pipeline's term if there is a pipeline.
    ///
    /// # Errors
    /// When there is no such archive.
    pub fn open(&self) -> Result<(ArchiveReader, Option<TermKey>)> {
        let pipeline = self.pipeline.as_deref().map(Pipeline::open).transpose()?;
        let folder = self.folder_with(pipeline.as_ref());
        if !folder.is_dir() {
            let reason = message!("workspace.no_archive");
            let hint = message!("workspace.name_folder_archive_pipeline");
            return Err(Error::config(folder.display(), reason).with_hint(hint));
        }
        let view = self.as_of.map_or(Selection::Working, Selection::as_of);
        Ok((ArchiveReader::open(&folder, view)?, pipeline.map(|pipeline| pipeline.key()).transpose()?))
    }
}

impl ArchiveRequest {
    /// Rules on what may be written where beside the archive, and beside everything that the pipeline reads.
    ///
    /// # Errors
    /// When the pipeline cannot be read.
    pub fn output_rules(&self, rules: OutputRules) -> Result<OutputRules> {
        let pipeline = self.pipeline.as_deref().map(Pipeline::open).transpose()?;
        let rules = rules.guarding(message!("workspace.archive"), &self.folder_with(pipeline.as_ref()));
        Ok(match pipeline {
            Some(pipeline) => rules.and(pipeline.output_rules()),
            None => rules,
        })
    }

    fn folder_with(&self, pipeline: Option<&Pipeline>) -> PathBuf {
        self.archive.clone().or(pipeline.map(Pipeline::archive)).unwrap_or_else(|| PathBuf::from("archive"))
    }
}

/// Which of two states is the older one: by term, then by what was recorded of it.
#[must_use]
pub fn older_first(a: &TermState, b: &TermState) -> Ordering {
    let rank = |state: &TermState| match &state.publication {
        Publication::Release(release) => (0, release.number),
        Publication::Current => (1, 0),
        Publication::Draft => (2, 0),
    };
    (a.key.period, &a.key.stream, &a.key.state, rank(a)).cmp(&(b.key.period, &b.key.stream, &b.key.state, rank(b)))
}

/// Reads a day as an option gives it: `2026-03-01` or `01/03/2026`.
///
/// # Errors
/// When it is none.
pub fn option_day(option: &str, text: &str) -> Result<NaiveDate> {
    crate::tables::parse_date(text).map_err(|_| {
        let reason = message!("workspace.not_day_such", text);
        Error::config(option, reason)
    })
}
