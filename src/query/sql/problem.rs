//! What the engine says when it cannot answer, in words that help.

use polars::error::PolarsError;

use crate::error::{Error, Words, closest};

/// What messages call a question.
pub const SHOWN: &str = "SQL";

/// A refusal of the engine as ours.
pub fn failed(problem: &PolarsError) -> Error {
    told(problem, &[])
}

/// The same, where it is known which tables there are.
pub fn told(problem: &PolarsError, tables: &[&str]) -> Error {
    let said = problem.to_string();
    // What follows is the plan of the engine.
    let said = said.split("\n\nResolved plan until failure").next().unwrap_or_default().trim();
    if let PolarsError::IO { .. } = problem {
        return Error::library("read", "archive", said);
    }
    if let Some(name) = between(said, "relation '", "' was not found") {
        return Error::Unknown { kind: "table", name: name.to_owned(), hint: Some(near(name, tables)) };
    }
    if let Some(name) = between(said, "unable to find column \"", "\"") {
        let known: Vec<&str> =
            said.split_once("valid columns: [").map(|(_, list)| list.split('"').skip(1).step_by(2).collect()).unwrap_or_default();
        return Error::Unknown { kind: "column", name: name.to_owned(), hint: Some(near(name, &known)) };
    }
    if said.contains("duplicate") {
        let alias = "SUM(value) AS tong";
        let hint = Words::both(
            format!("hai cột cùng tên: đặt tên bằng AS, ví dụ `{alias}`"),
            format!("two columns of one name: name them with AS, as in `{alias}`"),
        );
        return Error::config(SHOWN, first_sentence(said)).with_hint(hint);
    }
    Error::config(SHOWN, first_sentence(said))
}

/// What is said before the engine shows its own insides.
fn first_sentence(said: &str) -> &str {
    said.split("\n\n").next().unwrap_or_default().split(" {").next().unwrap_or_default()
}

/// The nearest name, or all names.
pub fn near(name: &str, known: &[&str]) -> Words {
    let list = known.join(", ");
    closest(name, known.iter().copied())
        .map_or_else(|| Words::both(format!("đang có: {list}"), format!("there are: {list}")), Words::did_you_mean)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
