//! The table that says whose files are: every file once, every line for a file that is there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::identify::shown_path;
use crate::base::error::{Error, Result};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::findings::{Finding, Location};
use crate::privacy::described;
use crate::tables::Table;

/// A decision of somebody about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It counts whatever it says of itself.
    Counted,
    /// It does not count.
    Held,
}

/// The words of decisions, as `claims.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionWords {
    /// The file counts.
    pub counted: Vec<String>,
    /// The file is held.
    pub held: Vec<String>,
}

impl DecisionWords {
    /// Decision that a text means; nothing where it is none of the words.
    fn meaning(&self, text: &str) -> Option<Decision> {
        let is_one = |words: &[String]| words.iter().any(|word| fold(word) == fold(text));
        if is_one(&self.counted) { Some(Decision::Counted) } else { is_one(&self.held).then_some(Decision::Held) }
    }

    fn unknown(&self, text: &str, line: u32) -> Message {
        let (counted, held) = (self.counted.join(", "), self.held.join(", "));
        let text = described(text);
        message!("workbooks.line_column_decision_says", line, text, counted, held)
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// File name, perhaps with folders.
    pub file: String,
    /// Code of its unit.
    pub unit: String,
    /// Decision of somebody about it.
    pub decision: Option<Decision>,
    /// One-based line in the table's file.
    pub line: u32,
}

/// The lines of a table of files. Its column `decision` lets a file in whatever it says of itself, or holds it.
///
/// # Errors
/// When columns are missing, a line lacks one of the two, a file stands twice, or a decision is none of the words.
pub fn file_lines(table: &Table, words: &DecisionWords) -> Result<Vec<FileLine>> {
    let (file, unit) = (table.find(&["file", "tệp"]), table.find(&["unit", "mã đơn vị"]));
    if file.is_none() || unit.is_none() {
        let reason = message!("workbooks.mapping_needs_columns_file");
        return Err(Error::config(&table.file, reason));
    }
    let decision = table.find(&["decision", "quyết định"]);
    let mut lines: Vec<FileLine> = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let keys: HashMap<String, u32> = table.rows.iter().map(|row| (key(&row.text(file)), row.line)).collect();
    let mut problems = Vec::new();
    for row in &table.rows {
        let decided = row.text(decision);
        let meant = words.meaning(&decided);
        if !decided.is_empty() && meant.is_none() {
            problems.push(words.unknown(&decided, row.line));
        }
        let own = FileLine { file: row.text(file), unit: row.text(unit), decision: meant, line: row.line };
        let line = own.line;
        if own.file.is_empty() || own.unit.is_empty() {
            problems.push(message!("workbooks.line_file_unit_code", line));
        } else if let Some(first) = seen.insert(key(&own.file), line).or_else(|| shorter(&key(&own.file), &keys)) {
            let name = &own.file;
            problems.push(message!("workbooks.file_stands_twice_lines", name, first, line));
        }
        lines.push(own);
    }
    if problems.is_empty() { Ok(lines) } else { Err(Error::config(&table.file, Message::join(&problems, "\n  "))) }
}

/// The line that names the same file with fewer of its folders.
fn shorter(path: &str, keys: &HashMap<String, u32>) -> Option<u32> {
    endings(path).skip(1).find_map(|name| keys.get(name).copied())
}

/// A finding for every line that names no file of those that were found.
///
/// # Errors
/// When columns are missing, a line lacks one of the two, a file stands twice, a decision is none of the words, or a line
/// names several files.
pub fn idle_lines(table: &Table, files: &[PathBuf], words: &DecisionWords) -> Result<Vec<Finding>> {
    let mut known: HashMap<String, Vec<String>> = HashMap::new();
    for file in files {
        let shown = shown_path(file);
        for ending in endings(&key(&shown)) {
            known.entry(ending.to_owned()).or_default().push(shown.clone());
        }
    }
    let column = table.find(&["file", "tệp"]).and_then(|column| u16::try_from(column).ok()).unwrap_or(0);
    let lines = file_lines(table, words)?;
    let (mut idle, mut problems) = (Vec::new(), Vec::new());
    for line in &lines {
        match known.get(&key(&line.file)).map_or(&[][..], Vec::as_slice) {
            [] => {
                let cell = Some(CellRef::new(line.line.saturating_sub(1), column));
                let place = Location { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell };
                idle.push(Finding::new("file-table-idle").location(place).observed(described(&line.file), line.line));
            }
            [_] => {}
            // Two of a name in different folders would both become one unit's.
            several => {
                let (at, name, several) = (line.line, &line.file, several.join(", "));
                problems.push(message!("workbooks.line_name_several_files", at, name, several));
            }
        }
    }
    if problems.is_empty() { Ok(idle) } else { Err(Error::config(&table.file, Message::join(&problems, "\n  "))) }
}

/// A path with all its folders, and with ever fewer of them.
pub fn endings(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.match_indices('/').map(|(at, _)| &path[at + 1..]))
}

/// A file's name as it is looked up.
pub fn key(file: &str) -> String {
    fold(&file.replace('\\', "/"))
}
