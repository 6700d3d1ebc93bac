//! The archive: plain zstd Parquet that needs no software of ours.
//!
//! `archive/current/<table>/school_year=2025/term=opening/<table>.parquet`:
//! one file per table and term, partitioned only by school year and term
//! (readers turn other folder values such as `province=01` into numbers).
//! Files are written aside and renamed, so a reader never sees half a file.
//! A run leaves a draft; what is in force comes from releases (see [`ArchiveReader`]).

mod cells;
mod columns;
mod comparisons;
mod dimensions;
mod figure_key;
mod figures;
mod indicators;
mod old_names;
mod parquet_file;
mod past;
mod record_table;
mod recount;
mod release;
mod returns;
mod schools;
mod reader;
mod term_facts;
mod term_key;
mod text_table;
mod totals;
mod value_reader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::disk;
use crate::base::error::{Action, Error, Result};
use crate::base::term::Period;
use crate::findings::Finding;
use crate::forms::{Form, Mapping};
use crate::privacy::Names;
use crate::register::Tree;
use crate::returns::{InputFile, Submission};
use crate::rulebook::RuleBook;
use crate::totals::Aggregation;

use release::DATA;

pub use columns::{Columns, ColumnsFile, day_of};
pub use comparisons::write_comparisons;
pub use figure_key::FigureKey;
pub use figures::{ArchivedCell, FigureReader, value_table};
pub use indicators::{ArchivedIndicator, EachLines, read_indicators, read_series, write_indicators};
pub use old_names::{OLD_NAMES, OldName, in_key, key_word, old_name};
pub use past::{Past, circular_of, inputs_of, is_of_before, past_returns, run_of};
pub use reader::{ArchiveReader, Area, CURRENT, DRAFT, Publication, STATES, Selection, TermState, table_in};
pub use record_table::{RecordColumn, RecordColumnKind, RecordTable};
pub use recount::{TableTotal, recount};
pub use release::{
    ArchiveProblem, Fault, Generation, InForce, Labels, MANIFEST, Manifest, Overridden, Previous, RELEASES, REPORTS, ReleaseEntry,
    ReleaseFacts, ReleaseInput, Resource, StagedDraft, StagedRelease, Verified, VerifyScope, VersionLine, Writer, clean, describe,
    drop_draft, files_to_verify, follow, glance, latest, ledger_place, next_number, next_of_kind, read_versions, restore, verify,
    write_versions,
};
pub use returns::returns_from_archive;
pub use schools::{SCHOOLS, write_schools};
pub use term_facts::{
    ArchivedAnswer, ArchivedCellName, ArchivedCoverage, ArchivedForm, ArchivedReturn, read_answers, read_cell_names, read_coverage,
    read_forms, read_held, read_returns, read_tree,
};
pub use term_key::TermKey;
pub use text_table::TextTable;
pub use totals::{ArchivedTotals, UnitTotal, totals_from_archive};

/// Key of a file's metadata under which a hash over all its inputs stands; they are listed in the table `inputs`.
const INPUTS_KEY: &str = "tkgd.inputs_sha256";

/// Key under which archives of before listed the inputs themselves, in every file.
const LISTED_INPUTS_KEY: &str = "tkgd.inputs";

/// Key of a file's metadata under which the shape of its columns stands; archives of before have none.
const FORMAT_KEY: &str = "tkgd.format";

/// The shape of today's columns.
const FORMAT: &str = "2";

/// Key of a file's metadata under which the run stands that wrote it.
const RUN_KEY: &str = "tkgd.run";

/// Key of a file's metadata under which its circular stands.
const CIRCULAR_KEY: &str = "tkgd.circular";

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
    /// Fate of every file among the returns.
    pub inputs: &'a [InputFile],
    /// Findings, graded and sorted.
    pub findings: &'a [Finding],
    /// Coverage comes from here.
    pub aggregations: &'a [Aggregation],
    /// Words of the findings.
    pub rules: &'a RuleBook,
    /// Mappings between form versions; the confirmed ones into the term's forms are kept.
    pub mappings: &'a [Mapping],
    /// Names of files and sheets, as far as they may be kept.
    pub names: &'a Names,
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

/// Where a term is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// The draft of an archive: its files are replaced one by one.
    Draft(&'a Path),
    /// The folder of a release that is being written and that nobody sees yet.
    Release(&'a Path),
}

impl Destination<'_> {
    /// Where a table of the term stands once it is written.
    #[must_use]
    pub fn path(self, key: &TermKey, table: &str) -> PathBuf {
        match self {
            Self::Draft(archive) => table_in(archive, Area::Draft, table, key),
            Self::Release(folder) => folder.join(DATA).join(format!("{table}.parquet")),
        }
    }

    /// Where a table is written before it is put in place.
    fn aside(self, key: &TermKey, table: &str) -> PathBuf {
        match self {
            Self::Draft(_) => disk::temp_path(&self.path(key, table)),
            Self::Release(_) => self.path(key, table),
        }
    }
}

/// Writes the term's tables; those of a draft are put in place once all are written.
///
/// # Errors
/// When a file cannot be written or renamed; files already there stay whole.
pub fn write_archive(target: Destination<'_>, input: &ArchiveInput<'_>) -> Result<Vec<PathBuf>> {
    let mut submissions: Vec<&Submission> = input.submissions.iter().collect();
    submissions.sort_by(|a, b| (&a.form.id, &a.unit).cmp(&(&b.form.id, &b.unit)));
    let (metadata, key) = (metadata(input, &submissions), input.key());
    let aside = |table: &str| prepared(target.aside(&key, table));
    let mut written = cells::write_values(&aside, input.forms, &submissions, input.names, &metadata)?;
    written.extend(dimensions::write_dimensions(&aside, input, &submissions, &metadata)?);
    written.into_iter().map(|table| put(target, &key, table)).collect()
}

/// Writes the tables of counts and amounts alone into the folder of a release.
///
/// # Errors
/// When a file cannot be written.
pub fn write_values(folder: &Path, input: &ArchiveInput<'_>) -> Result<()> {
    let mut submissions: Vec<&Submission> = input.submissions.iter().collect();
    submissions.sort_by(|a, b| (&a.form.id, &a.unit).cmp(&(&b.form.id, &b.unit)));
    let (key, destination) = (input.key(), Destination::Release(folder));
    let aside = |table: &str| prepared(destination.aside(&key, table));
    cells::write_values(&aside, input.forms, &submissions, input.names, &metadata(input, &submissions)).map(drop)
}

/// The path, in a folder that is there.
fn prepared(path: PathBuf) -> Result<PathBuf> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|e| Error::io(Action::Write, parent, e))?;
    }
    Ok(path)
}

/// Puts a table that was written aside in its place.
fn put(target: Destination<'_>, key: &TermKey, table: &str) -> Result<PathBuf> {
    let (aside, path) = (target.aside(key, table), target.path(key, table));
    if aside != path {
        disk::commit(&path)?;
    }
    Ok(path)
}

impl ArchiveInput<'_> {
    /// The term as the archive names it.
    #[must_use]
    pub fn key(&self) -> TermKey {
        TermKey::in_state(self.period, self.result_state.filter(|state| state.later).map(|state| state.id))
    }
}

/// Writes a table of a term beside those of [`write_archive`], aside and renamed.
fn write_small(target: Destination<'_>, input: &ArchiveInput<'_>, name: &str, table: Columns) -> Result<PathBuf> {
    let key = input.key();
    let submissions: Vec<_> = input.submissions.iter().collect();
    table.write(&prepared(target.aside(&key, name))?, 0, &metadata(input, &submissions))?;
    put(target, &key, name)
}

/// Writes a table that is filled while it is written, because it may be larger than the memory.
fn write_long(
    target: Destination<'_>,
    input: &ArchiveInput<'_>,
    name: &str,
    table: Columns,
    fill: &mut dyn FnMut(&mut ColumnsFile) -> Result<()>,
) -> Result<PathBuf> {
    let key = input.key();
    let submissions: Vec<_> = input.submissions.iter().collect();
    let mut file = table.into_file(&prepared(target.aside(&key, name))?, 0, &metadata(input, &submissions))?;
    fill(&mut file)?;
    file.finish()?;
    put(target, &key, name)
}

/// Where a table of a term's draft stands.
#[must_use]
pub fn draft_path(folder: &Path, table: &str, period: Period) -> PathBuf {
    table_in(folder, Area::Draft, table, &TermKey::of(period))
}

/// Key-value metadata of every file: what it is, from what, by what.
fn metadata(input: &ArchiveInput<'_>, submissions: &[&Submission]) -> Vec<(String, String)> {
    let all = submissions.iter().flat_map(|own| own.sources());
    let mut sources: Vec<(String, &str)> = all.map(|source| (input.names.file(&source.file), &*source.sha256)).collect();
    sources.sort_unstable();
    sources.dedup();
    let hashes: Vec<String> = sources.iter().map(|(file, sha256)| format!("{sha256} {file}")).collect();
    let forms: Vec<String> = input.forms.iter().map(|f| format!("{} {} {}", f.id, f.version, f.layout_status.id())).collect();
    let mut pairs = vec![
        (RUN_KEY, input.run.to_owned()),
        ("tkgd.version", env!("CARGO_PKG_VERSION").to_owned()),
        (CIRCULAR_KEY, input.circular.to_owned()),
        ("tkgd.forms", forms.join("\n")),
        ("tkgd.school_year", input.period.year.0.to_string()),
        ("tkgd.term", input.period.term.id().to_owned()),
        (INPUTS_KEY, disk::sha256_of(hashes.join("\n").as_bytes())),
        (FORMAT_KEY, FORMAT.to_owned()),
    ];
    pairs.extend(input.result_state.map(|state| ("tkgd.result_state", state.id.to_owned())));
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
