//! One figure of all units out of a value table, without reading the rest of it.
//!
//! The rows of a figure (form, sheet, code, column) lie together, so the lowest and highest key that the footer
//! notes for every row group tell which groups can hold it: one, or two where it goes over an edge. The groups
//! read last are kept, so that who asks for figures in the table's order reads every group once.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::figure_key::FigureKey;
use super::reader::TermState;
use super::value_reader::{Batch, KeyBounds, TextColumn, ValueTable};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::number::NumberKind;
use crate::returns::Status;

/// Row groups kept: those around an edge, and some that mapped figures go back to.
const KEPT: usize = 6;

/// Cell of a unit's own return, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedCell {
    /// Unit code.
    pub unit: Arc<str>,
    /// Status of the cell.
    pub status: Status,
    /// The number, 0 where there is none: counts, or đồng.
    pub number: i64,
    /// The file.
    pub file: Arc<str>,
    /// The sheet in the file; empty outside workbooks.
    pub sheet: Arc<str>,
    /// The cell; empty where the file had none.
    pub cell: Arc<str>,
}

/// A value table read figure by figure.
pub struct FigureReader {
    path: PathBuf,
    table: ValueTable,
    bounds: Vec<KeyBounds>,
    /// Row groups read last, the latest first.
    kept: VecDeque<(usize, Arc<Vec<Rows>>)>,
    read: usize,
}

/// Rows of a row group with their texts made once.
struct Rows {
    batch: Batch,
    runs: Vec<Range<usize>>,
    statuses: Vec<Status>,
    units: Vec<Arc<str>>,
    files: Vec<Arc<str>>,
    sheets: Vec<Arc<str>>,
    cells: Vec<Arc<str>>,
}

/// The table that holds figures of a kind.
#[must_use]
pub const fn value_table(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::Counts => "cells",
        NumberKind::Amounts => "amounts",
    }
}

impl FigureReader {
    /// A reader of the figures of one kind of a term.
    ///
    /// # Errors
    /// When the table is not there or is no value table.
    pub fn open(state: &TermState, kind: NumberKind) -> Result<Self> {
        Self::at(&state.table(value_table(kind)))
    }

    /// A reader of a value table.
    ///
    /// # Errors
    /// As for [`FigureReader::open`].
    pub fn at(path: &Path) -> Result<Self> {
        let table = ValueTable::open(path)?;
        Ok(Self { path: path.to_owned(), bounds: table.bounds(), table, kept: VecDeque::new(), read: 0 })
    }

    /// The figure of every unit whose return counts, in the order of their codes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn figure(&mut self, key: &FigureKey) -> Result<Vec<ArchivedCell>> {
        let mut found = Vec::new();
        for group in (0..self.bounds.len()).filter(|&group| self.bounds[group].may_hold(key)).collect::<Vec<usize>>() {
            for rows in self.group(group)?.iter() {
                rows.take(key, &mut found);
            }
        }
        Ok(found)
    }

    /// Reads nothing but the rows of the figure: for who asks for one figure only.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn only(&mut self, key: &FigureKey) -> Result<Vec<ArchivedCell>> {
        let open = || File::open(&self.path).map_err(|e| Error::io(Action::Read, &self.path, e));
        let groups: Vec<usize> = (0..self.bounds.len()).filter(|&group| self.bounds[group].may_hold(key)).collect();
        let read = |group: &usize| {
            let mut found = Vec::new();
            if let Some(rows) = self.table.find(open()?, *group, key)? {
                for batch in self.table.read_rows(open()?, *group, &rows)? {
                    Rows::new(batch?).map_err(|reason| Error::library(Action::Read, &self.path, reason))?.take(key, &mut found);
                }
            }
            Ok(found)
        };
        let found = groups.par_iter().map(read).collect::<Result<Vec<Vec<ArchivedCell>>>>()?;
        self.read += groups.len();
        Ok(found.into_iter().flatten().collect())
    }

    /// How many row groups were read so far.
    #[must_use]
    pub const fn groups_read(&self) -> usize {
        self.read
    }

    /// How many there are.
    #[must_use]
    pub fn row_groups(&self) -> usize {
        self.bounds.len()
    }

    fn group(&mut self, group: usize) -> Result<Arc<Vec<Rows>>> {
        if let Some(at) = self.kept.iter().position(|(known, _)| *known == group) {
            if let Some(entry) = self.kept.remove(at) {
                self.kept.push_front(entry);
            }
        } else {
            let file = File::open(&self.path).map_err(|e| Error::io(Action::Read, &self.path, e))?;
            let batches = self.table.read_places(file, group)?;
            let rows = batches.map(|batch| Rows::new(batch?).map_err(|reason| Error::library(Action::Read, &self.path, reason)));
            let rows = rows.collect::<Result<Vec<Rows>>>()?;
            self.kept.push_front((group, Arc::new(rows)));
            self.kept.truncate(KEPT);
            self.read += 1;
        }
        Ok(self.kept.front().map(|(_, rows)| Arc::clone(rows)).unwrap_or_default())
    }
}

impl Rows {
    fn new(batch: Batch) -> std::result::Result<Self, Message> {
        let texts = |texts: &TextColumn| texts.names().map(Arc::from).collect::<Vec<Arc<str>>>();
        let places = batch.places.as_ref().ok_or_else(|| message!("archive.does_not_say_where"))?;
        Ok(Self {
            runs: batch.runs().collect(),
            statuses: batch.statuses()?,
            units: texts(&batch.unit),
            files: texts(&places.file),
            sheets: texts(&places.file_sheet),
            cells: texts(&places.cell),
            batch,
        })
    }

    fn compare(&self, row: usize, key: &FigureKey) -> Ordering {
        let own = (self.batch.form.at(row), self.batch.sheet.at(row), self.batch.code.at(row), self.batch.columns[row]);
        own.cmp(&(&*key.form, &*key.sheet, &*key.code, i32::from(key.column)))
    }

    /// The rows of a figure.
    fn take(&self, key: &FigureKey, found: &mut Vec<ArchivedCell>) {
        let at = self.runs.partition_point(|run| self.compare(run.start, key) == Ordering::Less);
        let Some(run) = self.runs.get(at).filter(|run| self.compare(run.start, key) == Ordering::Equal) else { return };
        let Some(places) = &self.batch.places else { return };
        let text = |texts: &TextColumn, names: &[Arc<str>], row: usize| {
            texts.key(row).and_then(|key| names.get(key)).map_or_else(|| Arc::from(""), Arc::clone)
        };
        found.extend(run.clone().map(|row| ArchivedCell {
            unit: text(&self.batch.unit, &self.units, row),
            status: self.batch.status.key(row).and_then(|key| self.statuses.get(key)).copied().unwrap_or(Status::Missing),
            number: self.batch.numbers[row],
            file: text(&places.file, &self.files, row),
            sheet: text(&places.file_sheet, &self.sheets, row),
            cell: text(&places.cell, &self.cells, row),
        }));
    }
}
