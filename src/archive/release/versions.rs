//! Every version of every return that came in, and which of them a release holds.

use std::path::{Path, PathBuf};

use super::DATA;
use crate::archive::columns::{ColumnEntry, ColumnKind, Columns};
use crate::archive::text_table::{TextRow, TextTable};
use crate::archive::{FORMAT, FORMAT_KEY, RUN_KEY};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;

/// Name of the table.
const VERSIONS: &str = "versions";
const NAMES: [&str; 7] = ["form", "unit", "content", "sha256", "received_on", "recorded_at", "in_release"];

/// A version of a return.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VersionLine {
    /// Form id.
    pub form: String,
    /// Unit code.
    pub unit: String,
    /// Counted from 1.
    pub version: u32,
    /// Hash of its figures.
    pub content: String,
    /// SHA-256 of the file it came in.
    pub sha256: String,
    /// The day it came in.
    pub received_on: String,
    /// When it was written down: universal time.
    pub recorded_at: String,
    /// The release holds this one.
    pub held: bool,
}

/// Writes the table of versions of a release; lines come in order.
///
/// # Errors
/// When the file cannot be written.
pub fn write_versions(folder: &Path, lines: &[VersionLine], run: &str) -> Result<PathBuf> {
    let path = folder.join(DATA).join(format!("{VERSIONS}.parquet"));
    let kinds = NAMES.map(|name| match name {
        "received_on" => (name, ColumnKind::Day),
        "in_release" => (name, ColumnKind::Flag),
        name => (name, ColumnKind::Text),
    });
    let mut table = Columns::new(&[&kinds[..], &[("version", ColumnKind::Small)]].concat());
    for line in lines {
        let [form, unit, content, sha256, recorded] =
            [&line.form, &line.unit, &line.content, &line.sha256, &line.recorded_at].map(|text| ColumnEntry::Text(text));
        let day = ColumnEntry::Day(line.received_on.parse().ok());
        table.push_row(&[
            form,
            unit,
            content,
            sha256,
            day,
            recorded,
            ColumnEntry::Flag(line.held),
            ColumnEntry::Number(i64::from(line.version)),
        ]);
    }
    table.write(&path, 2, &[(RUN_KEY.to_owned(), run.to_owned()), (FORMAT_KEY.to_owned(), FORMAT.to_owned())])?;
    Ok(path)
}

/// The versions that a release knew; none where it has no such table.
///
/// # Errors
/// When the file cannot be read or is not such a table.
pub fn read_versions(path: &Path) -> Result<Vec<VersionLine>> {
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let table = TextTable::read_all(path)?;
    if NAMES.iter().any(|name| table.at(name).is_none()) || table.at("version").is_none() {
        return Err(Error::library(Action::Read, path, message!("archive.no_table_versions")));
    }
    let line = |row: TextRow<'_>| VersionLine {
        form: row.text("form").to_owned(),
        unit: row.text("unit").to_owned(),
        version: u32::try_from(row.number("version")).unwrap_or_default(),
        content: row.text("content").to_owned(),
        sha256: row.text("sha256").to_owned(),
        received_on: row.text("received_on").to_owned(),
        recorded_at: row.text("recorded_at").to_owned(),
        held: row.text("in_release") == "yes",
    };
    Ok(table.rows().map(line).collect())
}
