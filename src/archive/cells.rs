//! The tables `cells` (counts) and `amounts` (money): one row per cell of every return.
//!
//! Sorted by form, sheet, code, column, unit, so that one figure of all units
//! lies together. A cell without a number is null and says why in `status`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, Int64Array, StringArray};
use arrow_schema::{ArrowError, DataType};
use rayon::prelude::*;

use super::parquet_file::{ParquetFile, ROW_GROUP_ROWS};
use crate::base::error::{Action, Error, Result};
use crate::base::location::CellRef;
use crate::base::number::{AMOUNT_SCALE, NumberKind};
use crate::forms::{Form, Sheet, SlotIndex};
use crate::privacy::Names;
use crate::returns::{Status, Submission};

/// Row groups made before they are written: enough for every thread, few enough for memory.
const AHEAD: usize = 32;
/// Digits of an amount in the archive: as many as an `i64` holds.
const AMOUNT_PRECISION: u8 = 18;

/// Writes both tables; returns their names. Returns come in the order of forms and units.
pub fn write_values(
    aside: &dyn Fn(&str) -> Result<PathBuf>,
    forms: &[Arc<Form>],
    submissions: &[&Submission],
    names: &Names,
    metadata: &[(String, String)],
) -> Result<Vec<&'static str>> {
    let tables = [("cells", NumberKind::Counts), ("amounts", NumberKind::Amounts)];
    for (table, kind) in tables {
        let path = aside(table)?;
        let mut file = ParquetFile::create(&path, &schema(kind), 5, metadata)?;
        for groups in row_groups(forms, submissions, kind).chunks(AHEAD) {
            let encoder = file.encoder();
            let encode = |group: &Vec<Piece<'_>>| {
                let columns = columns(kind, group, submissions.len(), names).map_err(|e| Error::library(Action::Write, &path, e))?;
                encoder.encode(columns)
            };
            let encoded = groups.par_iter().map(encode).collect::<Result<Vec<_>>>()?;
            encoded.into_iter().try_for_each(|group| file.append(group))?;
        }
        file.finish()?;
    }
    Ok(tables.map(|(table, _)| table).to_vec())
}

fn text() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Columns of a value table: name, type, may be null.
fn schema(kind: NumberKind) -> [(&'static str, DataType, bool); 12] {
    let value = match kind {
        NumberKind::Counts => DataType::Int64,
        NumberKind::Amounts => DataType::Decimal128(AMOUNT_PRECISION, scale()),
    };
    [
        ("form", text(), false),
        ("sheet", text(), false),
        ("code", text(), false),
        ("column_no", DataType::Int32, false),
        ("unit", text(), false),
        ("value", value, true),
        ("status", text(), false),
        ("circular", text(), false),
        ("form_version", text(), false),
        ("file", text(), false),
        ("file_sheet", text(), true),
        ("cell", text(), true),
    ]
}

fn scale() -> i8 {
    i8::try_from(AMOUNT_SCALE).unwrap_or(6)
}

/// One figure of units that follow each other, within one row group.
struct Piece<'a> {
    form: &'a Form,
    sheet: &'a Sheet,
    coded: usize,
    column: usize,
    /// The returns' places among all.
    first: usize,
    submissions: &'a [&'a Submission],
}

/// All rows of a table, cut into row groups that are full but for the last.
fn row_groups<'a>(forms: &'a [Arc<Form>], submissions: &'a [&'a Submission], kind: NumberKind) -> Vec<Vec<Piece<'a>>> {
    let (mut groups, mut group) = (Vec::new(), Vec::new());
    let mut room = ROW_GROUP_ROWS;
    for form in forms {
        let begin = submissions.partition_point(|s| s.form.id < form.id);
        let end = submissions.partition_point(|s| s.form.id <= form.id);
        for (sheet, coded, column) in figures(form, kind) {
            let mut first = begin;
            while first < end {
                let length = room.min(end - first);
                group.push(Piece { form, sheet, coded, column, first, submissions: &submissions[first..first + length] });
                (first, room) = (first + length, room - length);
                if room == 0 {
                    groups.push(std::mem::take(&mut group));
                    room = ROW_GROUP_ROWS;
                }
            }
        }
    }
    groups.extend((!group.is_empty()).then_some(group));
    groups
}

/// The figures of a form in the table's order: sheet, coded row, column.
fn figures(form: &Form, kind: NumberKind) -> Vec<(&Sheet, usize, usize)> {
    let mut sheets: Vec<&Sheet> = form.layout.data_sheets().map(|(_, sheet)| sheet).filter(|s| s.number_kind() == Some(kind)).collect();
    sheets.sort_by(|a, b| a.id.cmp(&b.id));
    let mut figures = Vec::new();
    for sheet in sheets {
        let mut coded: Vec<usize> = (0..sheet.coded.len()).collect();
        coded.sort_by(|&a, &b| sheet.coded_row(a).code.cmp(&sheet.coded_row(b).code));
        let mut columns: Vec<usize> = (0..sheet.columns.len()).collect();
        columns.sort_by_key(|&column| sheet.columns[column].number);
        figures.extend(coded.iter().flat_map(|&row| columns.iter().map(move |&column| (sheet, row, column))));
    }
    figures
}

/// The columns of a row group.
fn columns(kind: NumberKind, pieces: &[Piece<'_>], submissions: usize, names: &Names) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
    let mut rows = Rows { known: vec![None; submissions], ..Rows::default() };
    for piece in pieces {
        rows.add(piece, names);
    }
    rows.finish(kind)
}

/// A column of texts: each text once, and which one stands in a row.
#[derive(Default)]
struct Texts {
    keys: Vec<Option<i32>>,
    distinct: Vec<String>,
    known: HashMap<String, i32>,
}

impl Texts {
    fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.known.get(text) {
            return *key;
        }
        let key = i32::try_from(self.distinct.len()).unwrap_or(i32::MAX);
        self.distinct.push(text.to_owned());
        self.known.insert(text.to_owned(), key);
        key
    }

    fn repeat(&mut self, text: &str, times: usize) {
        let key = self.key(text);
        self.keys.extend(std::iter::repeat_n(Some(key), times));
    }

    fn finish(self) -> std::result::Result<ArrayRef, ArrowError> {
        Ok(Arc::new(DictionaryArray::try_new(Int32Array::from(self.keys), Arc::new(StringArray::from(self.distinct)))?))
    }
}

/// Rows of a row group being collected.
///
/// Lookups of values shared by many rows: the figure's texts for a piece, those of a return for the row
/// group, and the cell while returns have it in the same place, as nearly all do.
#[derive(Default)]
struct Rows {
    form: Texts,
    sheet: Texts,
    code: Texts,
    columns: Vec<i32>,
    unit: Texts,
    values: Vec<Option<i64>>,
    status: Texts,
    circular: Texts,
    version: Texts,
    file: Texts,
    file_sheet: Texts,
    cell: Texts,
    /// Keys of unit and file by return.
    known: Vec<Option<(i32, i32)>>,
    statuses: [Option<i32>; Status::ALL.len()],
    last_sheet: Option<(Arc<str>, i32)>,
    last_cell: Option<(CellRef, i32)>,
}

impl Rows {
    fn add(&mut self, piece: &Piece<'_>, names: &Names) {
        let Piece { form, sheet, coded, column, first, submissions } = *piece;
        let times = submissions.len();
        self.form.repeat(&form.id, times);
        self.sheet.repeat(&sheet.id, times);
        self.code.repeat(sheet.coded_row(coded).code.as_deref().unwrap_or_default(), times);
        self.circular.repeat(&form.circular, times);
        self.version.repeat(&form.version, times);
        let number = i32::from(sheet.columns[column].number);
        self.columns.extend(std::iter::repeat_n(number, times));
        let slot = sheet.slot(coded, column);
        for (index, submission) in (first..).zip(submissions) {
            let (unit, file) = *self.known[index]
                .get_or_insert_with(|| (self.unit.key(&submission.unit), self.file.key(&names.file(&submission.source.file))));
            self.unit.keys.push(Some(unit));
            let has_parts = !submission.lineage.parts.is_empty();
            let file = if has_parts { self.file.key(&names.file(submission.file_of(slot))) } else { file };
            self.file.keys.push(Some(file));
            let (status, number) = submission.values.get(slot);
            let key = *self.statuses[status as usize].get_or_insert_with(|| self.status.key(status.id()));
            self.status.keys.push(Some(key));
            self.values.push(status.is_number().then_some(number));
            self.add_place(submission, slot, names);
        }
    }

    /// Where the value stood in its file.
    fn add_place(&mut self, submission: &Submission, slot: SlotIndex, names: &Names) {
        let (sheet, cell) = submission.stands_at(slot);
        let sheet = sheet.map(|sheet| match &self.last_sheet {
            Some((last, key)) if last == sheet => *key,
            _ => self.last_sheet.insert((Arc::clone(sheet), self.file_sheet.key(&names.sheet(sheet)))).1,
        });
        self.file_sheet.keys.push(sheet);
        let cell = cell.map(|cell| match self.last_cell {
            Some((last, key)) if last == cell => key,
            _ => self.last_cell.insert((cell, self.cell.key(&cell.to_string()))).1,
        });
        self.cell.keys.push(cell);
    }

    fn finish(self, kind: NumberKind) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
        let value: ArrayRef = match kind {
            NumberKind::Counts => Arc::new(Int64Array::from(self.values)),
            NumberKind::Amounts => {
                let values = self.values.into_iter().map(|value| value.map(i128::from));
                Arc::new(values.collect::<Decimal128Array>().with_precision_and_scale(AMOUNT_PRECISION, scale())?)
            }
        };
        let column: ArrayRef = Arc::new(Int32Array::from(self.columns));
        let Self { form, sheet, code, unit, status, circular, version, file, file_sheet, cell, .. } = self;
        let before = [form, sheet, code].map(Texts::finish);
        let after = [status, circular, version, file, file_sheet, cell].map(Texts::finish);
        before.into_iter().chain([Ok(column), unit.finish(), Ok(value)]).chain(after).collect()
    }
}
