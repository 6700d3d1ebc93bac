//! Every version of every return that came in, and which of them a release holds.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::Array as _;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::DATA;
use crate::archive::columns::Columns;
use crate::error::{Error, Result};

/// Name of the table.
const VERSIONS: &str = "versions";
const TEXTS: [&str; 7] = ["form", "unit", "content", "sha256", "received_on", "recorded_at", "held"];

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
pub fn write_versions(folder: &Path, lines: &[VersionLine], metadata: &[(String, String)]) -> Result<PathBuf> {
    let path = folder.join(DATA).join(format!("{VERSIONS}.parquet"));
    let mut table = Columns::texts(&TEXTS).and_numbers(&["version"]);
    for line in lines {
        let held = if line.held { "yes" } else { "no" };
        table.push(
            &[&line.form, &line.unit, &line.content, &line.sha256, &line.received_on, &line.recorded_at, held],
            &[i64::from(line.version)],
        );
    }
    table.write(&path, 2, metadata)?;
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
    let failed = |e: &dyn std::fmt::Display| Error::library("read", path, e);
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build).map_err(|e| failed(&e))?;
    let mut lines = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|e| failed(&e))?;
        let column = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let versions = batch.column_by_name("version").and_then(|column| column.as_primitive_opt::<Int64Type>());
        let columns: Option<Vec<_>> = TEXTS.iter().map(|name| column(name)).collect();
        let (Some(columns), Some(versions)) = (columns, versions) else { return Err(failed(&"it is no table of versions")) };
        for row in 0..batch.num_rows() {
            let text = |at: usize| if columns[at].is_valid(row) { columns[at].value(row).to_owned() } else { String::new() };
            lines.push(VersionLine {
                form: text(0),
                unit: text(1),
                version: u32::try_from(versions.value(row)).unwrap_or_default(),
                content: text(2),
                sha256: text(3),
                received_on: text(4),
                recorded_at: text(5),
                held: text(6) == "yes",
            });
        }
    }
    Ok(lines)
}
