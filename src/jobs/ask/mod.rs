//! A question in people's words answered: understood by the names that archive and forms have, then asked in SQL, which is shown.

mod known;
mod sql;
mod things;
mod understand;
mod without_marks;
pub(in crate::jobs) mod words;

use std::path::PathBuf;

use crate::archive::ArchiveReader;
use crate::base::error::{Error, Result};
use crate::base::limits::Limits;
use crate::base::message::{Lang, Message, message};
use crate::base::term::Term;
use crate::base::text::{fold, tone_key};
use crate::jobs::query::{AnswerForm, AnswerPlace, AnsweredQuery, QueryRequest, QuestionSource, ask_archive};
use crate::jobs::session::Session;
use crate::sql::{SqlSession, TableCatalogue};

use known::Known;
use sql::{cells_in_words, sql_of};
use things::listed;
use understand::{Division, Understood, understand};
use without_marks::{Marks, Restored};
use words::Remaining;

/// A question in people's words.
#[derive(Debug, Clone)]
pub struct AskRequest {
    /// The question.
    pub text: String,
    /// The archive.
    pub archive: PathBuf,
    /// Drafts of the last run stand in place of what is released.
    pub drafts: bool,
}

/// A question as it was understood.
#[derive(Debug, Clone)]
pub struct UnderstoodQuestion {
    /// In words: what, whose, where, when.
    pub words: Message,
    /// Cells that are added up.
    pub cells: Message,
    /// In SQL.
    pub sql: String,
    is_change: bool,
    drafts: bool,
    archive: PathBuf,
}

impl AskRequest {
    fn query(&self) -> QueryRequest {
        QueryRequest { archive: self.archive.clone(), drafts: self.drafts, ..QueryRequest::default() }
    }
}

/// Understands a question.
///
/// # Errors
/// When the archive cannot be read or holds nothing, or something in the question is not known, with what may be meant.
pub fn understood_question(session: &Session, request: &AskRequest) -> Result<UnderstoodQuestion> {
    looked_up(session, request, |known, term, text| {
        let words = &session.texts.ask;
        let marks = Marks::of(words, known);
        let sure = marks.sure(words);
        let (understood, restored) = match understand(text, term, words, known) {
            Ok(understood) => (understood, None),
            Err(problem) => {
                let Restored { understood, text } = marks.understood(text, term, &sure, known, problem)?;
                (understood, Some(text))
            }
        };
        let said = in_words(&understood, term, session.lang);
        Ok(UnderstoodQuestion {
            words: match restored {
                Some(text) => Message::join(&[said, message!("query.ask_restored", text = text.replace(" |", ","))], "; "),
                None => said,
            },
            cells: cells_in_words(&understood),
            sql: sql_of(&understood, term, session.lang),
            is_change: understood.threshold.is_some_and(|own| own.change),
            drafts: request.drafts,
            archive: request.archive.clone(),
        })
    })
}

/// Names that can be asked for: those that hold all words, or all measures where there are none.
///
/// # Errors
/// When the archive cannot be read.
pub fn askable(session: &Session, request: &AskRequest) -> Result<String> {
    looked_up(session, request, |known, _, text| {
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let lines = listed(&known.things, &words, session.lang);
        Ok(lines.iter().map(|line| line.said(session.lang) + "\n").collect())
    })
}

/// Looks up what an archive holds of the term that a question is about.
fn looked_up<T>(session: &Session, request: &AskRequest, look: impl FnOnce(&Known, Term, &str) -> Result<T>) -> Result<T> {
    let (schemas, query) = (&session.schemas, request.query());
    let catalogue = TableCatalogue::load(schemas)?;
    let archive_reader = ArchiveReader::open(&request.archive, query.selection()?)?;
    let asked = SqlSession::open(schemas, &catalogue, &archive_reader, &query.asked())?;
    if asked.states().is_empty() {
        return Err(query.nothing(&archive_reader));
    }
    let mut rest = Remaining::new(&request.text);
    let has_marks = tone_key(&request.text) != fold(&request.text);
    let mut take = |phrase: &String| rest.take(phrase) || !has_marks && rest.take(&tone_key(phrase));
    let is_told = session.texts.ask.closing.iter().any(&mut take);
    for phrase in &session.texts.ask.opening {
        take(phrase);
    }
    let has = |term: Term| asked.states().iter().any(|state| state.key.period.term == term);
    let term = if is_told || !has(Term::Opening) { Term::Closing } else { Term::Opening };
    if !has(term) {
        return Err(Error::config("ask", message!("query.ask_no_term", term = term_name(term))));
    }
    let known = Known::look_up(schemas, &asked, term)?;
    look(&known, term, rest.text())
}

/// Answers a question that was understood, in a form of `query`.
///
/// # Errors
/// As [`ask_archive`].
pub fn answer_question(
    open: impl FnOnce() -> Result<Session> + Send + 'static,
    question: &UnderstoodQuestion,
    form: AnswerForm,
    place: AnswerPlace,
    limits: Limits,
) -> Result<AnsweredQuery> {
    let UnderstoodQuestion { sql, drafts, archive, .. } = question.clone();
    let request = QueryRequest { archive, drafts, question: Some(QuestionSource::Sql(sql)), ..QueryRequest::default() };
    ask_archive(open, request, form, place, limits)
}

impl UnderstoodQuestion {
    /// Lines above an answer: how the question was understood.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> String {
        let draft = if self.drafts { message!("query.ask_drafts").said(lang) } else { String::new() };
        format!("{}{draft}\n\n", self.words.said(lang))
    }

    /// Lines below an answer: its cells, and the question in SQL.
    #[must_use]
    pub fn sources(&self, lang: Lang) -> String {
        let (cells, sql) = (&self.cells, &self.sql);
        let coverage = if self.is_change { message!("query.ask_of_both_years") } else { message!("query.ask_coverage") };
        message!("query.ask_sources", cells, coverage, sql).said(lang)
    }
}

/// A question as it was understood, in words.
fn in_words(understood: &Understood<'_>, term: Term, lang: Lang) -> Message {
    let mut name = understood.thing.name(lang).to_owned();
    for own in &understood.dimensions {
        name = format!("{name}, {}", own.name(lang));
    }
    let place = understood.place.map_or_else(|| message!("query.ask_everywhere"), |place| Message::from(&place.name));
    let levels = understood.levels_said();
    let levels = if levels.is_empty() { Message::from("") } else { message!("query.ask_levels", levels = levels.join(", ")) };
    let division = match &understood.division {
        Division::Whole => Message::from(""),
        Division::Level => message!("query.ask_by_level"),
        Division::School => message!("query.ask_by_school"),
        Division::Kind(_) | Division::Grouping(_) => message!("query.ask_by", kind = understood.parts),
    };
    let years: Vec<String> = understood.years.iter().map(ToString::to_string).collect();
    let (unit, years, term) = (&understood.thing.unit, years.join(", "), term_name(term));
    let said = message!("query.ask_understood", name, unit, levels, place, division, years, term);
    match understood.doubt {
        Some(other) => Message::join(&[said, message!("query.ask_other_year", other)], "; "),
        None => said,
    }
}

fn term_name(term: Term) -> Message {
    match term {
        Term::Opening => message!("query.ask_opening"),
        Term::Closing => message!("query.ask_closing"),
    }
}
