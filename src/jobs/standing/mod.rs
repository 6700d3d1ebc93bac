//! Where a workspace stands: its term that is due, what came in, what is open, and the next steps with their commands.

mod steps;
mod text;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Serialize;

use self::steps::steps;
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::term::Term;
use crate::jobs::inputs::circular;
use crate::jobs::ledger::{StatusRequest, TermStatus, term_status};
use crate::jobs::release::kinds::ReleaseKind;
use crate::jobs::session::Session;
use crate::ledger::{ReturnStatus, Stamp};
use crate::workbooks::find_files;
use crate::workspace::{FoundWorkspace, Pipeline, SettingsSchema};

pub use text::{standing_json, standing_text};

/// Request for where one stands.
#[derive(Debug, Clone, Default)]
pub struct StandingRequest {
    /// The workspace; the nearest one from where the program runs otherwise.
    pub folder: Option<PathBuf>,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// Where a workspace stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    /// Its folder.
    pub folder: PathBuf,
    /// Name of the province; empty where nobody has told it.
    pub province: String,
    /// School year, `2025-2026`.
    pub school_year: String,
    /// The term.
    pub term: Term,
    /// The term in words.
    #[serde(skip)]
    pub term_name: Message,
    /// The path that means the pipeline of the term.
    pub pipeline: PathBuf,
    /// The day this is about.
    pub day: NaiveDate,
    /// The day figures are as at.
    pub as_at: Option<NaiveDate>,
    /// Last day of the returns that are not in; the nearest to come, or the latest one past.
    pub due: Option<NaiveDate>,
    /// Days from today to it; less than 0 when it is over.
    pub days_left: Option<i64>,
    /// Counts of returns and findings; none where the register cannot be used yet.
    pub counts: Option<StandingCounts>,
    /// The last release of the term.
    pub release: Option<StandingRelease>,
    /// Next steps, at most three.
    #[serde(skip)]
    pub steps: Vec<StandingStep>,
    /// The problem that keeps the register from being used.
    #[serde(skip)]
    pub problem: Option<Message>,
}

/// Counts of a term.
#[derive(Debug, Serialize)]
pub struct StandingCounts {
    /// Returns that the register expects.
    pub expected: usize,
    /// Of those, returns that are in.
    pub received: usize,
    /// Not in although the last day is over.
    pub overdue: usize,
    /// Errors that are open, by the last run.
    pub errors: usize,
    /// Findings that wait for an explanation, by the last run.
    pub queries: usize,
    /// There was a run of the term.
    pub has_run: bool,
    /// Files among the returns.
    pub file_count: usize,
}

/// A release of the term.
#[derive(Debug, Serialize)]
pub struct StandingRelease {
    /// Counted from 1 within the term.
    pub number: u32,
    /// Id of its kind.
    pub kind: String,
    /// When it was recorded, in universal time.
    pub recorded_at: String,
    /// The kind in words.
    #[serde(skip)]
    pub kind_name: Message,
}

/// A step, and the command that does it; none where it is done by hand.
#[derive(Debug)]
pub struct StandingStep {
    /// The step.
    pub what: Message,
    /// The command.
    pub command: Option<Message>,
}

/// Finds out where the workspace stands; none outside of a workspace.
///
/// # Errors
/// When its settings or pipelines cannot be read.
pub fn standing(session: &Session, request: &StandingRequest) -> Result<Option<Standing>> {
    let schema = SettingsSchema::built_in()?;
    let Some(folder) = request.folder.clone().or_else(|| FoundWorkspace::nearest_folder(&schema)) else { return Ok(None) };
    let day = Stamp::now(request.on).on;
    let found = FoundWorkspace::open(&folder, &schema)?;
    let path = &found.due(day)?.path;
    let pipeline = Pipeline::open(path)?;
    let regulation = circular(&pipeline, &session.schemas)?;
    let status = term_status(session, &pipeline, &StatusRequest { by: None, on: Some(day) });
    let (status, problem) = match status {
        Ok(status) => (Some(status), None),
        Err(problem) => (None, Some(first_line(&problem))),
    };
    let due = status.as_ref().and_then(|status| next_due(&status.status, day));
    let mut standing = Standing {
        folder: std::path::absolute(Path::new(".").join(&folder)).map_or(folder, |path| path.components().collect()),
        province: pipeline.file.outputs.place.clone(),
        school_year: pipeline.period.year.to_string(),
        term: pipeline.period.term,
        term_name: Message::both(regulation.full_term_in(pipeline.period, Lang::Vi), regulation.full_term_in(pipeline.period, Lang::En)),
        pipeline: path.clone(),
        day,
        as_at: regulation.as_at(pipeline.period),
        due,
        days_left: due.map(|due| (due - day).num_days()),
        counts: status.as_ref().map(|status| counts(status, &pipeline)),
        release: last_release(session, &pipeline)?,
        steps: Vec::new(),
        problem,
    };
    standing.steps = steps(&standing, &pipeline);
    Ok(Some(standing))
}

/// The nearest day to come on which returns are due that are not in; the latest one past where none is to come.
fn next_due(status: &ReturnStatus, day: NaiveDate) -> Option<NaiveDate> {
    let missing = status.rows.iter().filter(|row| row.expected && !row.received);
    let days: Vec<NaiveDate> = missing.filter_map(|row| row.due.as_ref().map(|due| due.on)).collect();
    days.iter().filter(|due| **due >= day).min().or(days.iter().max()).copied()
}

fn counts(status: &TermStatus, pipeline: &Pipeline) -> StandingCounts {
    let (whole, rows) = (&status.status.whole, &status.status.rows);
    // That a return is missing is a finding, too, and counted as such.
    let there = || rows.iter().filter(|row| row.received || row.held);
    let paths: Vec<PathBuf> = pipeline.file.inputs.workbooks.iter().map(|path| pipeline.path(path)).filter(|path| path.exists()).collect();
    StandingCounts {
        expected: whole.expected,
        received: whole.received,
        overdue: whole.overdue,
        errors: there().map(|row| row.errors).sum(),
        queries: there().map(|row| row.queries).sum(),
        has_run: status.has_run,
        file_count: find_files(&paths, &pipeline.own_files()).map(|found| found.files.len()).unwrap_or_default(),
    }
}

fn last_release(session: &Session, pipeline: &Pipeline) -> Result<Option<StandingRelease>> {
    let key = pipeline.key()?;
    let reader = pipeline.archive_reader()?;
    let Some(last) = reader.releases_of(&key).next_back() else { return Ok(None) };
    let kind_name = session.texts.releases.kind(&last.kind).map_or_else(|_| Message::from(&last.kind), ReleaseKind::message);
    Ok(Some(StandingRelease { number: last.number, kind: last.kind.clone(), recorded_at: last.recorded_at.clone(), kind_name }))
}

/// The first line of an error: a register may have many.
fn first_line(problem: &Error) -> Message {
    let line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let message = problem.message();
    Message::both(line(message.vi()), line(message.en()))
}

/// A path as people see it.
fn shown(path: &Path) -> String {
    crate::tables::shown_path(path)
}

impl Standing {
    /// The folder's name, for a heading.
    fn title(&self) -> Message {
        let (province, year) = (&self.province, &self.school_year);
        if province.is_empty() { message!("standing.title", year) } else { message!("standing.title_of", province, year) }
    }
}
