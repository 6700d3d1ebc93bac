//! An answer given: on a screen, to whoever reads along, into a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::base::disk::OutputRules;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, message};
use crate::sql::{
    Answer, WorkbookHead, WrittenAnswer, handed_on_whole, write_csv, write_json, write_parquet, write_text, write_xlsx_file, written_whole,
};

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerForm {
    /// Columns of text.
    Text,
    /// Lines with commas.
    Csv,
    /// An array of JSON.
    Json,
    /// A workbook.
    Xlsx,
    /// A Parquet file.
    Parquet,
}

impl AnswerForm {
    /// The form that a file's name says, where it says one.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_string_lossy().to_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "parquet" => Some(Self::Parquet),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Where an answer goes.
pub enum AnswerPlace {
    /// Text comes back with the answer, so many rows of it at most; other forms go to whoever reads along.
    Shown {
        /// Most rows of a text.
        rows: u32,
        /// The reader who gets other forms.
        reader: Box<dyn Write + Send>,
    },
    /// A file, written beside its place.
    File {
        /// Its place.
        path: PathBuf,
        /// Places that must not be written over.
        rules: OutputRules,
    },
}

/// Everything besides rows that an answer is written with.
pub(super) struct Heading<'a> {
    /// The heading of a workbook.
    pub title: &'a str,
    /// The day the latest figures are as at; asked for by workbooks alone.
    pub day: &'a dyn Fn() -> Result<NaiveDate>,
    /// States of the figures: of a term, and in words.
    pub states: &'a [FigureState],
    /// The language of what is said around the rows.
    pub lang: Lang,
}

/// A term that a question looks at, with the state of its figures in words.
pub(super) struct FigureState {
    /// The term.
    pub term: String,
    /// The state; empty where an archive came without its releases.
    pub state: String,
}

/// An answer that was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Text for a screen.
    pub shown: String,
    /// Rows that went into a file.
    pub written: Option<WrittenAnswer>,
}

/// Gives an answer.
pub(super) fn give(answer: Answer, form: AnswerForm, place: AnswerPlace, heading: &Heading<'_>) -> Result<Given> {
    match place {
        AnswerPlace::Shown { rows, mut reader } => match form {
            AnswerForm::Text => shown(answer, rows, heading.lang),
            AnswerForm::Csv => read_along(answer, &mut reader, write_csv),
            AnswerForm::Json => read_along(answer, &mut reader, write_json),
            AnswerForm::Xlsx | AnswerForm::Parquet => Err(Error::config("--out", message!("screen.format_written_file_out"))),
        },
        AnswerPlace::File { path, rules } => {
            let written = into_file(answer, form, &path, &rules, heading)?;
            Ok(Given { written: Some(written), ..Given::default() })
        }
    }
}

fn shown(answer: Answer, rows: u32, lang: Lang) -> Result<Given> {
    let (text, written) = write_text(answer, rows, lang)?;
    let more = message!("screen.more_rows_out").said(lang);
    let cut = if written.cut { format!("; {more}") } else { String::new() };
    let shown = format!("{text}{}: {}{cut}\n", message!("screen.rows").said(lang), written.rows);
    Ok(Given { shown, ..Given::default() })
}

fn read_along(
    answer: Answer,
    reader: &mut dyn Write,
    write: impl FnOnce(Answer, &mut dyn Write) -> Result<WrittenAnswer>,
) -> Result<Given> {
    let given = handed_on_whole(answer, reader, write);
    let arrived = reader.flush();
    given?;
    arrived.map_err(|e| Error::io(Action::Write, "stdout", e))?;
    Ok(Given::default())
}

fn into_file(answer: Answer, form: AnswerForm, path: &Path, rules: &OutputRules, heading: &Heading<'_>) -> Result<WrittenAnswer> {
    match form {
        AnswerForm::Text => written_whole(answer, path, rules, |answer, out| {
            let (text, written) = write_text(answer, u32::MAX - 1, heading.lang)?;
            out.write_all(text.as_bytes()).map_err(|e| Error::io(Action::Write, path, e))?;
            Ok(written)
        }),
        AnswerForm::Csv => written_whole(answer, path, rules, write_csv),
        AnswerForm::Json => written_whole(answer, path, rules, write_json),
        AnswerForm::Parquet => write_parquet(answer, path, rules),
        AnswerForm::Xlsx => {
            let cut = message!("screen.more_rows_csv_parquet").said(heading.lang);
            let words = |own: &FigureState| format!("{} {}", own.term, own.state).trim_end().to_owned();
            let terms = heading.states.iter().map(words).collect::<Vec<_>>().join("; ");
            let figures = message!("query.figures_of", terms).said(heading.lang);
            // Pages say one state or, where terms have several, leave it to the line.
            let first = heading.states.first().map_or("", |own| own.state.as_str());
            let state = if heading.states.iter().all(|own| own.state == first) { first } else { "" };
            let head = WorkbookHead { title: heading.title, state, figures: &figures, cut: &cut, day: (heading.day)()? };
            write_xlsx_file(answer, &head, path, rules)
        }
    }
}
