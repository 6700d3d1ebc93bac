//! The archive: plain zstd Parquet that needs no software of ours.
//!
//! `archive/current/<table>/school_year=2025/term=opening/<table>.parquet`:
//! one file per table and term, partitioned only by school year and term
//! (readers turn other folder values such as `province=01` into numbers).
//! Files are written aside and renamed, so a reader never sees half a file.

mod cells;
mod columns;
mod comparisons;
mod dimensions;
mod indicators;
mod parquet_file;
mod past;
mod recount;
mod returns;
mod totals;
mod value_reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::aggregate::Aggregation;
use crate::cells::Submission;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::schema::{Form, Mapping, RuleBook};
use crate::term::Period;
use crate::units::Tree;

pub use columns::Columns;
pub use comparisons::write_comparisons;
pub use indicators::{ArchivedIndicator, read_indicators, write_indicators};
pub use past::{Past, inputs_of, past_returns, past_returns_in};
pub use recount::{TableTotal, recount};
pub use returns::returns_from_archive;
pub use totals::{ArchivedTotals, totals_from_archive};

/// Key of a file's metadata under which its inputs stand, each with its hash.
const INPUTS_KEY: &str = "tkgd.inputs";

/// Everything a term's archive holds.
#[derive(Debug)]
pub struct ArchiveInput<'a> {
    /// The term.
    pub period: Period,
    /// The governing circular's id.
    pub circular: &'a str,
    /// The state the term's results are in, where they have several.
    pub result_state: Option<ArchivedState<'a>>,
    /// Forms of the term, in the order of their ids.
    pub forms: &'a [Arc<Form>],
    /// Units as at the term.
    pub tree: &'a Tree,
    /// Returns that count, in any order.
    pub submissions: &'a [Submission],
    /// Findings, graded and sorted.
    pub findings: &'a [Finding],
    /// Coverage comes from here.
    pub aggregations: &'a [Aggregation],
    /// Words of the findings.
    pub rules: &'a RuleBook,
    /// Mappings between form versions; the confirmed ones into the term's forms are kept.
    pub mappings: &'a [Mapping],
    /// Identity of the run.
    pub run: &'a str,
}

/// The state that the results of an archived term are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedState<'a> {
    /// Its id.
    pub id: &'a str,
    /// It is later than the one reports are due in, and kept beside that one.
    pub later: bool,
}

/// Writes the term into `folder/current`, or a later state of it into `folder/states`, replacing its files one by one.
///
/// # Errors
/// When a file cannot be written or renamed; files already there stay whole.
pub fn write_archive(folder: &Path, input: &ArchiveInput<'_>) -> Result<Vec<PathBuf>> {
    let staging = folder.join(".staging");
    clear(&staging)?;
    std::fs::create_dir_all(&staging).map_err(|e| Error::io("write", &staging, e))?;
    let mut submissions: Vec<&Submission> = input.submissions.iter().collect();
    submissions.sort_by(|a, b| (&a.form.id, &a.unit).cmp(&(&b.form.id, &b.unit)));
    let metadata = metadata(input, &submissions);
    let mut written = cells::write_values(&staging, input.forms, &submissions, &metadata)?;
    written.extend(dimensions::write_dimensions(&staging, input, &submissions, &metadata)?);
    let mut published = Vec::new();
    for table in written {
        let target = input.path(folder, table);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Error::io("write", parent, e))?;
        }
        let source = staging.join(format!("{table}.parquet"));
        std::fs::rename(&source, &target).map_err(|e| Error::io("rename", &target, e))?;
        published.push(target);
    }
    clear(&staging)?;
    Ok(published)
}

impl ArchiveInput<'_> {
    /// Where a table of the term stands once it is written.
    #[must_use]
    pub fn path(&self, folder: &Path, table: &str) -> PathBuf {
        match self.result_state.filter(|state| state.later) {
            None => table_path(folder, table, self.period),
            Some(state) => state_path(folder, table, self.period, state.id),
        }
    }
}

/// Writes a table of a term beside those of [`write_archive`], aside and renamed.
fn write_small(folder: &Path, input: &ArchiveInput<'_>, name: &str, table: Columns) -> Result<PathBuf> {
    let target = input.path(folder, name);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(|e| Error::io("write", parent, e))?;
    }
    let aside = target.with_extension("parquet.new");
    let submissions: Vec<_> = input.submissions.iter().collect();
    table.write(&aside, 0, &metadata(input, &submissions))?;
    std::fs::rename(&aside, &target).map_err(|e| Error::io("rename", &target, e))?;
    Ok(target)
}

/// Where a table of a term stands, in a state of the term's results where one is named.
#[must_use]
pub fn archived_path(folder: &Path, table: &str, period: Period, state: Option<&str>) -> PathBuf {
    state.map_or_else(|| table_path(folder, table, period), |state| state_path(folder, table, period, state))
}

/// Where a table of a term stands.
#[must_use]
pub fn table_path(folder: &Path, table: &str, period: Period) -> PathBuf {
    term_path(&folder.join("current").join(table), table, period)
}

/// Where a table of a term in a later state of its results stands: not below `current`, so that a glob counts nothing twice.
#[must_use]
pub fn state_path(folder: &Path, table: &str, period: Period, state: &str) -> PathBuf {
    term_path(&folder.join("states").join(table).join(format!("result_state={state}")), table, period)
}

fn term_path(folder: &Path, table: &str, period: Period) -> PathBuf {
    folder.join(format!("school_year={}", period.year.0)).join(format!("term={}", period.term.id())).join(format!("{table}.parquet"))
}

/// Removes what an interrupted run left behind.
fn clear(staging: &Path) -> Result<()> {
    if staging.exists() {
        std::fs::remove_dir_all(staging).map_err(|e| Error::io("write", staging, e))?;
    }
    Ok(())
}

/// Key-value metadata of every file: what it is, from what, by what.
fn metadata(input: &ArchiveInput<'_>, submissions: &[&Submission]) -> Vec<(String, String)> {
    let mut sources: Vec<(&str, &str)> = submissions.iter().map(|s| (&*s.source.file, &*s.source.sha256)).collect();
    sources.sort_unstable();
    sources.dedup();
    let hashes: Vec<String> = sources.iter().map(|(file, sha256)| format!("{sha256} {file}")).collect();
    let forms: Vec<String> = input.forms.iter().map(|f| format!("{} {} {}", f.id, f.version, f.layout_status.id())).collect();
    let mut pairs = vec![
        ("tkgd.run", input.run.to_owned()),
        ("tkgd.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("tkgd.circular", input.circular.to_owned()),
        ("tkgd.forms", forms.join("\n")),
        ("tkgd.school_year", input.period.year.0.to_string()),
        ("tkgd.term", input.period.term.id().to_owned()),
        (INPUTS_KEY, hashes.join("\n")),
    ];
    pairs.extend(input.result_state.map(|state| ("tkgd.result_state", state.id.to_owned())));
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
