//! A question to the archive: what is asked of which states, the answer given, what can be asked at all.

mod ask;
mod catalogue;
mod give;

use std::path::PathBuf;

use crate::archive::{ArchiveReader, Selection};
use crate::base::error::{Error, Result};
use crate::base::input::read_text;
use crate::base::message::{Lang, message};
use crate::base::text::visible;
use crate::sql::{Asked, SqlSession};
use crate::workspace::option_day;

pub use ask::{AnsweredQuery, answered_text, ask_archive};
pub use catalogue::{query_catalogue_json, query_catalogue_text};
pub use give::{AnswerForm, AnswerPlace};

/// The question and the states it is about.
#[derive(Debug, Clone, Default)]
pub struct QueryRequest {
    /// The archive.
    pub archive: PathBuf,
    /// The question; none where only what can be asked is of interest.
    pub question: Option<QuestionSource>,
    /// Only releases up to the end of this day, or up to a moment of universal time.
    pub as_of: Option<String>,
    /// Drafts of the last run stand in place of what is released.
    pub drafts: bool,
    /// Only these states; all terms otherwise.
    pub states: Vec<String>,
    /// A reporting stream of its own; otherwise the terms.
    pub stream: Option<String>,
}

/// Where a question comes from.
#[derive(Debug, Clone)]
pub enum QuestionSource {
    /// In SQL.
    Sql(String),
    /// In SQL, in a file.
    File(PathBuf),
    /// A ready one.
    Named {
        /// Its name.
        name: String,
        /// Its parameters as given.
        settings: Vec<QuerySetting>,
    },
}

/// A parameter of a ready question.
#[derive(Debug, Clone)]
pub struct QuerySetting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A question in SQL, and what to call it.
struct TitledSql {
    title: String,
    sql: String,
}

impl QueryRequest {
    /// The states that are looked at.
    pub(in crate::jobs) fn selection(&self) -> Result<Selection> {
        let Some(text) = &self.as_of else {
            return Ok(if self.drafts { Selection::Working } else { Selection::Published });
        };
        // A moment of universal time, as releases note it, is taken as it is.
        if chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").is_ok() {
            return Ok(Selection::AsOf(text.clone()));
        }
        option_day("--as-of", text).map(Selection::as_of)
    }

    /// States as the engine takes them.
    pub(in crate::jobs) fn asked(&self) -> Asked {
        Asked { drafts: self.drafts, states: self.states.clone(), stream: self.stream.clone() }
    }

    fn sql(&self, session: &SqlSession<'_>, lang: Lang) -> Result<TitledSql> {
        let text = match &self.question {
            Some(QuestionSource::Named { name, settings }) => {
                let question = session.catalogue.question(name)?;
                let given: Vec<(String, String)> = settings.iter().map(|own| (own.name.clone(), own.value.clone())).collect();
                return Ok(TitledSql { title: question.title.said(lang), sql: question.sql(&given, &session.years())? });
            }
            Some(QuestionSource::Sql(text)) => text.clone(),
            Some(QuestionSource::File(file)) => read_text(file)?,
            None => {
                let reason = message!("screen.no_query_write_sql");
                return Err(Error::config("query", reason));
            }
        };
        Ok(TitledSql { title: message!("screen.answer_query").said(lang), sql: visible(&text).into_owned() })
    }

    /// Why there is nothing to ask.
    pub(in crate::jobs) fn nothing(&self, archive_reader: &ArchiveReader) -> Error {
        let drafts = ArchiveReader::open(archive_reader.folder(), Selection::Working)
            .and_then(|all| all.states())
            .is_ok_and(|states| !states.is_empty());
        let hint = if self.as_of.is_some() {
            message!("screen.nothing_had_been_released")
        } else if drafts {
            message!("screen.nothing_released_draft_asks")
        } else {
            message!("screen.name_archive_folder_archive")
        };
        Error::Unknown { kind: message!("kinds.term_in_the_archive"), name: self.archive.display().to_string(), hint: Some(hint) }
    }
}
