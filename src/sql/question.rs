//! Named questions: SQL with parameters, each of a type, so that no value can become SQL.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::template::{filled, names, quoted};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::term::{SchoolYear, Term};
use crate::forms::SchemaFiles;

/// Default of a school year: the latest one that is looked at.
const LATEST: &str = "latest";

/// A question that statisticians ask again and again.
#[derive(Debug, Clone)]
pub struct Question {
    /// Name.
    pub name: String,
    /// The file, as messages show it.
    pub shown: String,
    /// Title of the answer.
    pub title: Message,
    /// Subject under which it is listed.
    pub subject: Message,
    /// How to read the answer.
    pub description: Message,
    /// Parameters that it is asked with.
    pub parameters: Vec<Parameter>,
    /// A call to copy.
    pub example: String,
    sql: String,
}

/// A parameter of a named question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Kind of its values.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// Vietnamese wording.
    pub vi: String,
    /// English wording.
    pub en: String,
    /// Taken when it is not given; a parameter without one must be given.
    pub default: Option<String>,
    /// May be left out: null then.
    #[serde(default)]
    pub optional: bool,
}

/// Kinds of values of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A school year such as 2025-2026; `latest` as a default.
    SchoolYear,
    /// `opening` or `closing`.
    Term,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionFile {
    title_vi: String,
    title_en: String,
    subject_vi: String,
    subject_en: String,
    description_vi: String,
    description_en: String,
    example: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
    sql: String,
}

impl Question {
    /// Reads a question.
    pub(super) fn read(name: &str, path: &str, files: &SchemaFiles) -> Result<Self> {
        let file: QuestionFile = files.toml(path)?;
        let shown = files.shown(path);
        let used = names(&file.sql);
        let known: Vec<&str> = file.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        if let Some(unknown) = used.iter().find(|name| !known.contains(name)) {
            let reason = message!("sql.no_parameter", unknown);
            return Err(Error::config(shown, reason));
        }
        if let Some(idle) = known.iter().find(|name| !used.contains(name)) {
            let reason = message!("sql.parameter_not_used", idle);
            return Err(Error::config(shown, reason));
        }
        Ok(Self {
            name: name.to_owned(),
            shown,
            title: Message::both(file.title_vi, file.title_en),
            subject: Message::both(file.subject_vi, file.subject_en),
            description: Message::both(file.description_vi, file.description_en),
            parameters: file.parameters,
            example: file.example,
            sql: file.sql,
        })
    }

    /// The question in SQL, asked with these values; `years` are those that are looked at.
    ///
    /// # Errors
    /// When a parameter is missing, is not there, or its value is none of its type.
    pub fn sql(&self, given: &[(String, String)], years: &[SchoolYear]) -> Result<String> {
        let known = || self.parameters.iter().map(|parameter| parameter.name.as_str());
        for (name, _) in given {
            if !known().any(|known| known == name) {
                let all: Vec<&str> = known().collect();
                let list = || message!("sql.there_are", known = all.join(", "));
                let hint = closest(name, known()).map_or_else(list, Message::did_you_mean);
                return Err(Error::Unknown { kind: message!("kinds.parameter"), name: name.clone(), hint: Some(hint) });
            }
        }
        let mut values = BTreeMap::new();
        for parameter in &self.parameters {
            // The last one given counts.
            let own = given.iter().rev().find(|(name, _)| *name == parameter.name).map(|(_, value)| value.as_str());
            values.insert(parameter.name.as_str(), parameter.value(own, years)?);
        }
        Ok(filled(&self.sql, &|name| values.get(name).cloned()))
    }
}

impl Parameter {
    fn value(&self, given: Option<&str>, years: &[SchoolYear]) -> Result<String> {
        let Some(text) = given.or(self.default.as_deref()) else {
            if self.optional {
                return Ok("NULL".to_owned());
            }
            let reason = message!("sql.query_needs_parameter", name = self.name, description = Message::both(&self.vi, &self.en));
            let hint = format!("--set {}=…", self.name);
            return Err(Error::config("--set", reason).with_hint(hint));
        };
        let bad = |reason: Message| Error::config(format!("--set {}", self.name), reason);
        match self.kind {
            ParameterType::Text => Ok(quoted(text)),
            ParameterType::Integer => {
                text.trim().parse::<i64>().map(|number| number.to_string()).map_err(|_| bad(message!("base.no_whole_number", text)))
            }
            ParameterType::SchoolYear if text == LATEST => {
                Ok(years.iter().max().map_or_else(|| "NULL".to_owned(), |year| year.0.to_string()))
            }
            ParameterType::SchoolYear => text.trim().parse::<SchoolYear>().map(|year| year.0.to_string()).map_err(bad),
            ParameterType::Term => text.trim().parse::<Term>().map(|term| quoted(term.id())).map_err(bad),
        }
    }
}
