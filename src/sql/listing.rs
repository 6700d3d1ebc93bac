//! The catalogue as text and JSON: views and tables with their columns, named questions with their parameters.

use std::fmt::Write as _;

use serde::Serialize;

use super::catalogue::TableCatalogue;
use super::question::{Parameter, ParameterType, Question};
use super::session::SqlSession;
use crate::base::error::Result;
use crate::base::message::Message;
use crate::base::message::{Lang, message};

fn say(words: &Message, lang: Lang) -> String {
    words.said(lang)
}

/// Views and tables with what a row is, or with all columns of those that are named.
///
/// # Errors
/// When a table of the archive cannot be read.
pub fn catalogue_text(session: &SqlSession<'_>, named: &[String], lang: Lang) -> Result<String> {
    let catalogue = session.catalogue;
    let mut out = String::new();
    for (heading, names) in parts(catalogue, lang) {
        let wanted: Vec<&str> = names.into_iter().filter(|name| named.is_empty() || named.iter().any(|own| own == name)).collect();
        if wanted.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{heading}");
        for name in wanted {
            let (title, row) = words(catalogue, name);
            let _ = writeln!(out, "\n  {name}: {}\n    {}: {}", say(&title, lang), message!("sql.one_row").said(lang), say(&row, lang));
            for (column, kind) in session.columns(name)? {
                let note = catalogue.note(name, &column);
                let unit =
                    note.as_ref().and_then(|note| note.unit.as_ref()).map(|unit| format!(" [{}]", say(unit, lang))).unwrap_or_default();
                let description = note.as_ref().map_or_else(String::new, |note| say(&note.description, lang));
                let _ = writeln!(out, "      {column} ({kind}){unit}: {description}");
            }
        }
        out.push('\n');
    }
    Ok(out)
}

/// Headings, and the names below each.
fn parts(catalogue: &TableCatalogue, lang: Lang) -> [(String, Vec<&str>); 3] {
    let stored = catalogue.stored.tables.iter().map(|table| table.name.as_str()).collect();
    let made = catalogue.made.tables.iter().map(|table| table.name.as_str()).collect();
    [
        (message!("sql.views").said(lang), catalogue.views.iter().map(|view| view.name.as_str()).collect()),
        (message!("sql.tables_archive").said(lang), stored),
        (message!("sql.tables_made_way").said(lang), made),
    ]
}

fn words(catalogue: &TableCatalogue, name: &str) -> (Message, Message) {
    let view = catalogue.view(name).map(|view| (view.title.clone(), view.row.clone()));
    let table = || catalogue.table(name).map(|table| (table.title.clone(), table.row.clone()));
    view.or_else(table).unwrap_or_else(|| (Message::from(""), Message::from("")))
}

/// Named questions by subject, with their parameters and examples.
#[must_use]
pub fn questions_text(catalogue: &TableCatalogue, lang: Lang) -> String {
    let mut out = format!("{}\n", message!("sql.named_queries").said(lang));
    let mut subjects: Vec<String> = Vec::new();
    for question in &catalogue.questions {
        let subject = say(&question.subject, lang);
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    for subject in subjects {
        let _ = writeln!(out, "\n {subject}");
        for question in catalogue.questions.iter().filter(|question| say(&question.subject, lang) == subject) {
            push_question(&mut out, question, lang);
        }
    }
    out
}

fn push_question(out: &mut String, question: &Question, lang: Lang) {
    let _ = writeln!(out, "\n  {}: {}\n    {}", question.name, say(&question.title, lang), say(&question.description, lang));
    for parameter in &question.parameters {
        let _ = writeln!(out, "      {}: {}{}", parameter.name, lang.pick(&parameter.vi, &parameter.en), wanted(parameter, lang));
    }
    let _ = writeln!(out, "    {}", question.example);
}

/// Whether a parameter must be given.
fn wanted(parameter: &Parameter, lang: Lang) -> String {
    match (&parameter.default, parameter.optional) {
        (Some(default), _) if parameter.kind == ParameterType::SchoolYear && default == "latest" => {
            message!("sql.default_latest_school_year").said(lang)
        }
        (Some(default), _) => format!(" ({}: {default})", message!("sql.default").said(lang)),
        (None, true) => message!("sql.optional").said(lang),
        (None, false) => message!("sql.required").said(lang),
    }
}

/// Everything that can be asked for.
#[derive(Debug, Serialize)]
pub struct CatalogueRecord<'a> {
    /// Views, tables of the archive and tables made on the way.
    pub tables: Vec<TableRecord<'a>>,
    /// Ready questions.
    pub questions: Vec<QuestionRecord<'a>>,
}

/// A view or a table.
#[derive(Debug, Serialize)]
pub struct TableRecord<'a> {
    /// Its name in SQL.
    pub name: &'a str,
    /// A view or a table.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// Meaning of a row.
    pub row: String,
    /// Its columns.
    pub columns: Vec<ColumnRecord>,
}

/// A column of a view or a table.
#[derive(Debug, Serialize)]
pub struct ColumnRecord {
    /// Its name in SQL.
    pub name: String,
    /// Its type in SQL.
    #[serde(rename = "type")]
    pub kind: String,
    /// The unit of measure, where it has one.
    pub unit: Option<String>,
    /// Meaning of its values, where that is told.
    pub description: Option<String>,
}

/// A ready question.
#[derive(Debug, Serialize)]
pub struct QuestionRecord<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its title.
    pub title: String,
    /// The question in a sentence.
    pub description: String,
    /// Its parameters.
    pub parameters: Vec<ParameterRecord<'a>>,
    /// How it is asked on the command line.
    pub example: &'a str,
}

/// A parameter of a ready question.
#[derive(Debug, Serialize)]
pub struct ParameterRecord<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its meaning.
    pub description: &'a str,
    /// Its value where none is given.
    pub default: Option<&'a str>,
    /// It may be left out.
    pub optional: bool,
}

/// Everything that can be asked for, for programs.
///
/// # Errors
/// When a table of the archive cannot be read.
pub fn catalogue_record<'a>(session: &SqlSession<'a>, lang: Lang) -> Result<CatalogueRecord<'a>> {
    let catalogue = session.catalogue;
    let mut tables = Vec::new();
    for name in catalogue.names() {
        let (title, row) = words(catalogue, name);
        let columns = session.columns(name)?.into_iter().map(|(column, kind)| {
            let note = catalogue.note(name, &column);
            let unit = note.as_ref().and_then(|note| note.unit.as_ref()).map(|unit| say(unit, lang));
            ColumnRecord { unit, description: note.as_ref().map(|note| say(&note.description, lang)), name: column, kind }
        });
        let columns = columns.collect();
        let kind = if catalogue.view(name).is_some() { "view" } else { "table" };
        tables.push(TableRecord { name, kind, title: say(&title, lang), row: say(&row, lang), columns });
    }
    let questions = catalogue.questions.iter().map(|question| QuestionRecord {
        name: &question.name,
        title: say(&question.title, lang),
        description: say(&question.description, lang),
        parameters: question.parameters.iter().map(|own| parameter(own, lang)).collect(),
        example: &question.example,
    });
    Ok(CatalogueRecord { tables, questions: questions.collect() })
}

fn parameter(own: &Parameter, lang: Lang) -> ParameterRecord<'_> {
    ParameterRecord { name: &own.name, description: lang.pick(&own.vi, &own.en), default: own.default.as_deref(), optional: own.optional }
}
