//! A question asked within limits of time and memory.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::QueryRequest;
use super::give::{AnswerForm, AnswerPlace, FigureState, Heading, give};
use crate::archive::{ArchiveReader, TermState};
use crate::base::disk::abandon_outputs;
use crate::base::error::{Error, Result};
use crate::base::limits::{Limits, Stop, within};
use crate::base::message::{Lang, message};
use crate::forms::Schemas;
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::sql::{SqlSession, TableCatalogue, WrittenAnswer};

/// A question that was answered.
#[derive(Debug)]
pub struct AnsweredQuery {
    /// The answer for a screen; empty where it went elsewhere.
    pub shown: String,
    /// The file that was written, where one was.
    pub file: Option<PathBuf>,
    /// Rows that went into it.
    pub written: WrittenAnswer,
}

/// Asks a question and gives the answer. The session is opened within the limits too, by `open`.
///
/// # Errors
/// When the question cannot be answered or the answer not given, or a limit is passed; then nothing is put in place and the
/// program is to end, since the work may not come to an end by itself.
pub fn ask_archive(
    open: impl FnOnce() -> Result<Session> + Send + 'static,
    request: QueryRequest,
    form: AnswerForm,
    place: AnswerPlace,
    limits: Limits,
) -> Result<AnsweredQuery> {
    let stop = Stop::default();
    let working = stop.clone();
    let done = within(limits, &stop, move || answered(&open()?.until(working.clone()), &request, form, place, limits, working));
    if let Err(Error::Limit { .. }) = &done {
        // The work may still be at it and will not come to an end.
        abandon_outputs();
    }
    done
}

fn answered(
    session: &Session,
    request: &QueryRequest,
    form: AnswerForm,
    place: AnswerPlace,
    limits: Limits,
    stop: Stop,
) -> Result<AnsweredQuery> {
    let (schemas, lang) = (&session.schemas, session.lang);
    let catalogue = TableCatalogue::load(schemas)?;
    let archive_reader = ArchiveReader::open(&request.archive, request.selection()?)?;
    let asked = SqlSession::open(schemas, &catalogue, &archive_reader, &request.asked())?.within(limits.memory).until(stop);
    if asked.states().is_empty() {
        return Err(request.nothing(&archive_reader));
    }
    let question = request.sql(&asked, lang)?;
    session.begin(JobStage::Query, 1)?;
    let answer = asked.ask(&question.sql)?;
    let file = if let AnswerPlace::File { path, .. } = &place { Some(path.clone()) } else { None };
    let releases = &session.texts.releases;
    let state = |own: &TermState| FigureState { term: own.key.to_string(), state: releases.state_of(own).heading(lang) };
    let states: Vec<FigureState> = asked.states().iter().map(state).collect();
    let heading = Heading { title: &question.title, day: &|| day(&asked, schemas), states: &states, lang };
    let given = give(answer, form, place, &heading);
    session.end();
    let given = given?;
    Ok(AnsweredQuery { shown: given.shown, file, written: given.written.unwrap_or_default() })
}

/// The day the latest figures are as at: one answer is one workbook whenever it is written.
fn day(session: &SqlSession<'_>, schemas: &Schemas) -> Result<NaiveDate> {
    let period = session.states().iter().map(|state| state.key.period).max();
    let regulation = period.map(|period| schemas.governing(period)).transpose()?;
    Ok(period.zip(regulation).and_then(|(period, regulation)| regulation.as_at(period)).unwrap_or_default())
}

/// The answer for a screen, or where it was written.
#[must_use]
pub fn answered_text(answered: &AnsweredQuery, lang: Lang) -> String {
    let Some(path) = &answered.file else { return answered.shown.clone() };
    let path: &Path = path;
    let cut = if answered.written.cut { message!("screen.more_left_out").said(lang) } else { String::new() };
    let (written, rows) = (message!("screen.written").said(lang), message!("screen.rows_written").said(lang));
    format!("{written}: {}, {} {rows}{cut}\n", path.display(), answered.written.rows)
}
