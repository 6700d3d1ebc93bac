//! Refusals of the engine, in words that help.

mod said;

use datafusion::arrow::error::ArrowError;
use datafusion::common::{Column, SchemaError, TableReference};
use datafusion::error::DataFusionError;

pub use self::said::unreadable;
use self::said::{of_casts, plain, said_in_words};
use crate::base::error::{Action, Error, closest};
use crate::base::limits::too_much_memory;
use crate::base::message::{Message, message};
use crate::sql_engine::UNREADABLE;

/// Name of a question in messages.
pub const SHOWN: &str = "SQL";

/// A refusal of the engine as ours.
pub fn failed(problem: &DataFusionError) -> Error {
    match problem.find_root() {
        DataFusionError::SchemaError(problem, _) => of_names(problem),
        DataFusionError::Diagnostic(_, inner) => failed(inner),
        DataFusionError::Collection(all) if !all.is_empty() => failed(&all[0]),
        DataFusionError::ResourcesExhausted(said) => Error::limit(first_sentence(said)),
        DataFusionError::ArrowError(problem, _) => of_values(problem),
        problem @ (DataFusionError::IoError(_) | DataFusionError::ObjectStore(_) | DataFusionError::ParquetError(_)) => {
            Error::library(Action::Read, "archive", first_sentence(&problem.to_string()))
        }
        DataFusionError::NotImplemented(said) | DataFusionError::Internal(said) => of_plans(said),
        DataFusionError::Execution(said) if said.starts_with(UNREADABLE) => of_file(&said[UNREADABLE.len()..]),
        DataFusionError::Plan(said) | DataFusionError::Execution(said) | DataFusionError::Configuration(said) => said_in_words(said),
        other => said_in_words(&other.to_string()),
    }
}

/// Words a failure where so many bytes of memory may be held.
pub fn failed_within(problem: &DataFusionError, memory: Option<usize>) -> Error {
    match (problem.find_root(), memory) {
        (DataFusionError::ResourcesExhausted(_), Some(bytes)) => too_much_memory(bytes as u64),
        _ => failed(problem),
    }
}

/// A file that cannot be read: its path, and on the next line the reason.
fn of_file(said: &str) -> Error {
    let (path, reason) = said.split_once('\n').unwrap_or((said, ""));
    Error::library(Action::Read, path, first_sentence(reason))
}

/// Refusals of plans that the engine cannot work out, where it is nothing that people can mend otherwise.
fn of_plans(said: &str) -> Error {
    if ["Subquery", "OuterReference", "subquer", "outer"].iter().any(|part| said.contains(part)) {
        let reason = message!("sql.subquery_cannot_answered_place");
        let hint = message!("sql.write_join_name_before");
        return Error::config(SHOWN, reason).with_hint(hint);
    }
    said_in_words(said)
}

fn of_names(problem: &SchemaError) -> Error {
    match problem {
        SchemaError::FieldNotFound { field, valid_fields } => {
            if let Some(table) = &field.relation
                && let Some(known) = other_tables(table.table(), valid_fields)
            {
                return known;
            }
            let mut known: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            Error::Unknown { kind: message!("kinds.column"), name: shown(field), hint: Some(near(&field.name, &known)) }
        }
        SchemaError::AmbiguousReference { field } => ambiguous(&field.name),
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => twice(name),
    }
}

/// Said where a column is asked of a table that is not in FROM.
fn other_tables(name: &str, fields: &[Column]) -> Option<Error> {
    let mut known: Vec<&str> = fields.iter().filter_map(|field| field.relation.as_ref()).map(TableReference::table).collect();
    known.sort_unstable();
    known.dedup();
    if known.is_empty() || known.contains(&name) {
        return None;
    }
    let reason = message!("sql.none_tables", name);
    Some(Error::config(SHOWN, reason).with_hint(near(name, &known)))
}

fn shown(field: &Column) -> String {
    field.relation.as_ref().map_or_else(|| field.name.clone(), |table| format!("{table}.{}", field.name))
}

fn ambiguous(name: &str) -> Error {
    let reason = message!("sql.name_means_several_columns", name);
    let hint = message!("sql.say_table_u_give", name);
    Error::config(SHOWN, reason).with_hint(hint)
}

fn twice(name: &str) -> Error {
    let alias = "SUM(value) AS tong";
    let reason = message!("sql.two_columns_name", name);
    let hint = message!("sql.name_them", alias);
    Error::config(SHOWN, reason).with_hint(hint)
}

fn too_large() -> Error {
    let reason = message!("sql.whole_number_goes_beyond");
    let hint = message!("sql.work_cast_x_double");
    Error::config(SHOWN, reason).with_hint(hint)
}

fn of_values(problem: &ArrowError) -> Error {
    match problem {
        ArrowError::ArithmeticOverflow(_) => too_large(),
        ArrowError::DivideByZero => Error::config(SHOWN, message!("sql.something_divided")),
        ArrowError::CastError(said) | ArrowError::ParseError(said) | ArrowError::InvalidArgumentError(said) => of_casts(said)
            .unwrap_or_else(|| {
                let said = plain(first_sentence(said));
                let reason = message!("sql.value_not_type", said);
                let hint = message!("sql.try_cast_leaves_such");
                Error::config(SHOWN, reason).with_hint(hint)
            }),
        other => said_in_words(&other.to_string()),
    }
}

/// The sentence before the engine shows its own insides.
fn first_sentence(said: &str) -> &str {
    let said = said.split("\n\n").next().unwrap_or_default().split("\nbacktrace:").next().unwrap_or_default();
    // The rest is a part of the plan.
    said.split(" { ").next().unwrap_or_default().trim()
}

/// The nearest name, or all names.
pub fn near(name: &str, known: &[&str]) -> Message {
    let list = known.join(", ");
    closest(name, known.iter().copied()).map_or_else(|| message!("sql.there_are", known = list), Message::did_you_mean)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
