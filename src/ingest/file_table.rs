//! The table that says whose files are: every file once, every line for a file that is there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::identify::shown_path;
use crate::error::{Error, Result, Words};
use crate::finding::{Finding, Place};
use crate::location::CellRef;
use crate::privacy::described;
use crate::tables::Table;
use crate::text::fold;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// File name, perhaps with folders.
    pub file: String,
    /// Code of its unit.
    pub unit: String,
    /// Somebody decided that it counts whatever it says of itself.
    pub is_let_in: bool,
    /// One-based line in the table's file.
    pub line: u32,
}

/// The lines of a table of files. A word in its column `decision` lets a file in whatever it says of itself.
///
/// # Errors
/// When columns are missing, a line lacks one of the two, or a file stands twice.
pub fn file_lines(table: &Table) -> Result<Vec<FileLine>> {
    let (file, unit) = (table.find(&["file", "tệp"]), table.find(&["unit", "mã đơn vị"]));
    if file.is_none() || unit.is_none() {
        let reason = Words::both("bảng đối chiếu cần hai cột `file` và `unit`", "a mapping needs the columns `file` and `unit`");
        return Err(Error::config(&table.file, reason));
    }
    let decision = table.find(&["decision", "quyết định"]);
    let mut lines: Vec<FileLine> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let keys: HashMap<String, u32> = table.rows.iter().map(|row| (key(&row.text(file)), row.line)).collect();
    let mut problems = Vec::new();
    for row in &table.rows {
        let is_let_in = decision.is_some() && !row.text(decision).is_empty();
        let own = FileLine { file: row.text(file), unit: row.text(unit), is_let_in, line: row.line };
        let line = own.line;
        if own.file.is_empty() || own.unit.is_empty() {
            problems.push(Words::both(
                format!("dòng {line}: thiếu tên tệp hoặc mã đơn vị"),
                format!("line {line}: the file or the unit's code is missing"),
            ));
        } else if let Some(first) = seen.insert(key(&own.file), line).or_else(|| shorter(&key(&own.file), &keys)) {
            let name = &own.file;
            problems.push(Words::both(
                format!("tệp `{name}` có hai lần (dòng {first} và {line}); không rõ là của đơn vị nào"),
                format!("file `{name}` stands twice (lines {first} and {line}); whose it is is not clear"),
            ));
        }
        lines.push(own);
    }
    if problems.is_empty() { Ok(lines) } else { Err(Error::config(&table.file, Words::join(&problems, "\n  "))) }
}

/// The line that names the same file with fewer of its folders.
fn shorter(path: &str, keys: &HashMap<String, u32>) -> Option<u32> {
    endings(path).skip(1).find_map(|name| keys.get(name).copied())
}

/// A finding for every line that names no file of those that were found.
///
/// # Errors
/// When columns are missing, a line lacks one of the two, or a file stands twice.
pub fn idle_lines(table: &Table, files: &[PathBuf]) -> Result<Vec<Finding>> {
    let mut known: Vec<String> = Vec::new();
    for file in files {
        known.extend(endings(&key(&shown_path(file))).map(str::to_owned));
    }
    known.sort_unstable();
    let is_there = |line: &FileLine| known.binary_search(&key(&line.file)).is_ok();
    let column = table.find(&["file", "tệp"]).and_then(|column| u16::try_from(column).ok()).unwrap_or(0);
    let lines = file_lines(table)?;
    let idle = lines.iter().filter(|line| !is_there(line)).map(|line| {
        let cell = Some(CellRef::new(line.line.saturating_sub(1), column));
        let place = Place { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell };
        Finding::new("file-table-idle").at(place).saw(described(&line.file), line.line)
    });
    Ok(idle.collect())
}

/// A path with all its folders, and with ever fewer of them.
pub fn endings(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.match_indices('/').map(|(at, _)| &path[at + 1..]))
}

/// A file's name as it is looked up.
pub fn key(file: &str) -> String {
    fold(&file.replace('\\', "/"))
}
