//! A proposed mapping confirmed by a person.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use crate::base::disk::write_atomic;
use crate::base::error::{Error, Result};
use crate::base::input::read_text;
use crate::base::message::{Message, message};
use crate::forms::{Mapping, MappingFile, MappingStatus, Schemas, parse_toml, toml_quoted};

/// A mapping that was looked through.
#[derive(Debug, Clone)]
pub struct ConfirmRequest {
    /// Its file.
    pub file: PathBuf,
    /// Role of whoever confirms; no name.
    pub by: String,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// Confirms a mapping: from now on comparisons over the years use it. `open` loads the schemas once the file is read.
///
/// # Errors
/// When the file is no mapping, or does not account for every row and column of both forms.
pub fn confirm_mapping(open: impl FnOnce() -> Result<Schemas>, request: &ConfirmRequest) -> Result<()> {
    let text = read_text(&request.file)?;
    let shown = request.file.display().to_string();
    let mut file: MappingFile = parse_toml(&shown, &text)?;
    file.status = MappingStatus::Confirmed;
    file.confirmed_by.clone_from(&request.by);
    let on = request.on.unwrap_or_else(today);
    file.confirmed_on = Some(on);
    check(file, &shown, &open()?)?;
    write_atomic(&request.file, confirmed_text(&text, &request.by, on).as_bytes())
}

/// A mapping is confirmed only if it accounts for every row of both forms.
fn check(file: MappingFile, shown: &str, schemas: &Schemas) -> Result<()> {
    let (old, new) = (Arc::clone(&schemas.form(&file.from)?.layout), Arc::clone(&schemas.form(&file.to)?.layout));
    Mapping::new(file, shown, &old, &new).map_err(|problems| {
        let hint = message!("screen.every_row_column_both");
        Error::config(shown, Message::join(&problems, "; ")).with_hint(hint)
    })?;
    Ok(())
}

/// The text with its status changed and nothing else: comments are the person's notes.
fn confirmed_text(text: &str, by: &str, on: NaiveDate) -> String {
    let is_head = |line: &str, key: &str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    let mut out = String::new();
    let mut in_head = true;
    for line in text.lines() {
        in_head &= !line.trim_start().starts_with('[');
        if in_head && is_head(line, "status") {
            let by = toml_quoted(by);
            let _ = writeln!(out, "status = \"confirmed\"\nconfirmed_by = {by}\nconfirmed_on = \"{on}\"");
        } else if !(in_head && (is_head(line, "confirmed_by") || is_head(line, "confirmed_on"))) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn today() -> NaiveDate {
    let now: std::time::SystemTime = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).map_or(NaiveDate::MIN, |now| now.date_naive())
}
