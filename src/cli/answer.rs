//! Output of commands: text as it comes, or one JSON value with a version, whatever the command.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;

use serde::Serialize;
use serde::de::IgnoredAny;

use crate::base::error::{Action, Error};
use crate::base::message::Lang;
use crate::jobs::{json_line, json_of};
use crate::privacy::{printable, printable_json};

pub use crate::findings::JSON_VERSION;

/// Text so far, where it is kept for one JSON value.
static SAID: Mutex<Option<String>> = Mutex::new(None);

/// Why something that was said did not arrive.
static UNWRITTEN: Mutex<Option<std::io::Error>> = Mutex::new(None);

/// From now on what is said is kept.
pub fn begin() {
    if let Ok(mut said) = SAID.lock() {
        *said = Some(String::new());
    }
}

/// Ends the keeping and gives the text.
pub fn end() -> String {
    SAID.lock().ok().and_then(|mut said| said.take()).unwrap_or_default()
}

/// Says something now, or keeps it.
pub fn say(text: &str) {
    if let Ok(mut said) = SAID.lock()
        && let Some(said) = said.as_mut()
    {
        said.push_str(text);
        return;
    }
    write(text);
}

/// Writes to standard output; a closed pipe is nobody's error. Commands to the terminal, which names of files and
/// sheets may hold, do not get through: in JSON they are written as their numbers.
pub fn write(text: &str) {
    let text = if text.starts_with(['{', '[']) { printable_json(text) } else { printable(text) };
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(problem) = written
        && problem.kind() != std::io::ErrorKind::BrokenPipe
        && let Ok(mut unwritten) = UNWRITTEN.lock()
    {
        *unwritten = Some(problem);
    }
}

/// Why something that was said did not arrive, a full disk for instance.
pub fn unwritten() -> Option<Error> {
    let problem = UNWRITTEN.lock().ok().and_then(|mut unwritten| unwritten.take())?;
    Some(Error::io(Action::Write, "stdout", problem))
}

/// Everything a command said as one JSON value: an object with a version. A list stands under `items`; of a command that has no
/// JSON of its own the lines that it says stand under `said`.
pub fn as_json(said: &str) -> String {
    let text = said.trim();
    let is_json = text.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok();
    let mut out = format!("{{\n  \"version\": {JSON_VERSION}");
    match text.strip_prefix('{').filter(|_| is_json) {
        Some(fields) if fields.trim() == "}" => out.push_str("\n}\n"),
        Some(fields) => {
            let _ = writeln!(out, ",{}{}", if fields.starts_with(['\n', ' ']) { "" } else { " " }, fields);
        }
        None if is_json => {
            let _ = writeln!(out, ",\n  \"items\": {text}\n}}");
        }
        None => {
            let lines: Vec<&str> = text.lines().collect();
            let _ = writeln!(out, ",\n  \"said\": {}\n}}", json_line(&lines));
        }
    }
    out
}

/// An error as JSON: what could not be done, and what helps.
#[must_use]
pub fn error_json(error: &Error, lang: Lang) -> String {
    let message = error.message().said(lang);
    let hint = error.hint().map(|hint| hint.said(lang));
    failure_json(&message, hint.as_deref())
}

/// JSON of an error in words.
#[must_use]
pub fn failure_json(message: &str, hint: Option<&str>) -> String {
    printable_json(&json_of(&FailureRecord { version: JSON_VERSION, error: ErrorRecord { message, hint } })).into_owned()
}

/// A command that could not be carried out.
#[derive(Serialize)]
struct FailureRecord<'a> {
    version: u32,
    error: ErrorRecord<'a>,
}

/// Why it could not, and what helps.
#[derive(Serialize)]
struct ErrorRecord<'a> {
    message: &'a str,
    hint: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_was_said_is_one_object_with_a_version() {
        for (said, wanted) in [
            ("{\n  \"a\": 1\n}\n", json!({"version": 1, "a": 1})),
            ("{\"a\": 1}", json!({"version": 1, "a": 1})),
            ("{}", json!({"version": 1})),
            ("[1, 2]\n", json!({"version": 1, "items": [1, 2]})),
            ("[]", json!({"version": 1, "items": []})),
            ("Đã ghi: a\nb\n", json!({"version": 1, "said": ["Đã ghi: a", "b"]})),
            ("{nothing} of JSON", json!({"version": 1, "said": ["{nothing} of JSON"]})),
            ("", json!({"version": 1, "said": []})),
        ] {
            let text = as_json(said);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{said}: {e}: {text}"));
            assert_eq!(value, wanted, "{said}");
        }
    }
}
