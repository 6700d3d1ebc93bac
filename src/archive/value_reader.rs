//! Reads what of a value table is needed to add it up, a row group at a time.
//!
//! Texts come as keys into the few different ones of a row group, so that no
//! text is touched per row.

use std::cmp::Ordering;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use super::figure_key::FigureKey;
use super::parquet_file::ROW_GROUP_ROWS;
use crate::base::error::{Action, Error, Result};
use crate::base::input::surviving;
use crate::base::message::{Message, message};
use crate::returns::Status;

/// The columns read; the last three, which say where a value stood, only when asked for.
const COLUMNS: [&str; 10] = ["form", "sheet", "code", COLUMN, "unit", "value", "status", "file", "file_sheet", "cell"];
/// The number of the column as printed.
const COLUMN: &str = "column_no";
/// Its name in archives of before.
const COLUMN_BEFORE: &str = "column";
/// Columns of texts that may be null.
const MAY_BE_BLANK: [&str; 2] = ["file_sheet", "cell"];
/// How many of them name a figure.
const KEYS: usize = 4;
/// How many of them a value needs.
const FIGURES: usize = 7;

/// A value table: `cells` or `amounts`.
pub struct ValueTable {
    metadata: ArrowReaderMetadata,
    path: PathBuf,
}

/// A column of texts: the different ones, and which of them stands in each row.
pub struct TextColumn(DictionaryArray<Int32Type>);

/// The keys of some rows.
struct Keys {
    form: TextColumn,
    sheet: TextColumn,
    code: TextColumn,
    columns: Vec<i32>,
}

/// Rows of a value table, by column.
pub struct Batch {
    /// Form ids.
    pub form: TextColumn,
    /// Sheet ids.
    pub sheet: TextColumn,
    /// Row codes.
    pub code: TextColumn,
    /// Column numbers.
    pub columns: Vec<i32>,
    /// Unit codes.
    pub unit: TextColumn,
    /// Counts, or amounts in đồng; 0 where there is none.
    pub numbers: Vec<i64>,
    /// Status names.
    pub status: TextColumn,
    /// Where the values stood, when it was asked for.
    pub places: Option<ValuePlaces>,
}

/// Where values stood: file, sheet in the file, cell.
pub struct ValuePlaces {
    /// File names.
    pub file: TextColumn,
    /// Sheet names, null outside workbooks.
    pub file_sheet: TextColumn,
    /// Addresses, null where the file had no such cell.
    pub cell: TextColumn,
}

impl ValueTable {
    /// Reads the footer of a file.
    pub fn open(path: &Path) -> Result<Self> {
        surviving(Action::Read, path, || Self::opened(path))
    }

    fn opened(path: &Path) -> Result<Self> {
        let failed = |e: parquet::errors::ParquetError| Error::library(Action::Read, path, e);
        let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
        let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(failed)?;
        let as_keys = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 => {
                Field::new(field.name(), DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), field.is_nullable())
            }
            _ => Field::clone(field),
        };
        let schema = Schema::new(plain.schema().fields().iter().map(as_keys).collect::<Vec<Field>>());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options).map_err(failed)?;
        Ok(Self { metadata, path: path.to_owned() })
    }

    /// Number of row groups.
    pub fn row_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Bounds of the keys of every row group, out of the footer.
    pub fn bounds(&self) -> Vec<KeyBounds> {
        self.metadata.metadata().row_groups().iter().map(KeyBounds::of).collect()
    }

    /// The rows of a row group, through a file of its own: threads that share one
    /// would move each other's place in it.
    pub fn read(&self, file: File, group: usize) -> Result<impl Iterator<Item = Result<Batch>>> {
        self.read_columns(file, group, false)
    }

    /// Reads values with where they stood.
    pub fn read_places(&self, file: File, group: usize) -> Result<impl Iterator<Item = Result<Batch>>> {
        self.read_columns(file, group, true)
    }

    /// Where the rows of a figure stand in a row group, if it holds any; only the keys are read.
    pub fn find(&self, file: File, group: usize, key: &FigureKey) -> Result<Option<Range<usize>>> {
        surviving(Action::Read, &self.path, || self.found(file, group, key))
    }

    fn found(&self, file: File, group: usize, key: &FigureKey) -> Result<Option<Range<usize>>> {
        let failed = |e: &dyn std::fmt::Display| Error::library(Action::Read, &self.path, e);
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), COLUMNS.into_iter().take(KEYS).chain([COLUMN_BEFORE]));
        let mut reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(ROW_GROUP_ROWS)
            .build()
            .map_err(|e| failed(&e))?;
        let Some(batch) = reader.next() else { return Ok(None) };
        let batch = batch.map_err(|e| failed(&e))?;
        let keys = Keys::new(&batch).ok_or_else(|| self.no_value_table())?;
        let rows: Vec<Range<usize>> = keys.runs().collect();
        let at = rows.partition_point(|run| keys.compare(run.start, key).is_lt());
        Ok(rows.get(at).filter(|run| keys.compare(run.start, key).is_eq()).cloned())
    }

    /// Some rows of a row group, with where their values stood.
    pub fn read_rows(&self, file: File, group: usize, rows: &Range<usize>) -> Result<impl Iterator<Item = Result<Batch>>> {
        let selection = RowSelection::from(vec![RowSelector::skip(rows.start), RowSelector::select(rows.len())]);
        self.read_selected(file, group, true, Some(selection))
    }

    /// True for a column that is null in every row of a row group.
    fn is_blank(&self, group: usize, column: &str) -> bool {
        let group = self.metadata.metadata().row_group(group);
        let own = group.columns().iter().find(|own| own.column_path().string() == column);
        let nulls = own.and_then(|own| own.statistics()).and_then(Statistics::null_count_opt);
        nulls.is_some_and(|nulls| i64::try_from(nulls).is_ok_and(|nulls| nulls == group.num_rows()))
    }

    fn no_value_table(&self) -> Error {
        Error::library(Action::Read, &self.path, message!("archive.not_value_table"))
    }

    fn read_columns(&self, file: File, group: usize, places: bool) -> Result<impl Iterator<Item = Result<Batch>>> {
        self.read_selected(file, group, places, None)
    }

    fn read_selected(
        &self,
        file: File,
        group: usize,
        places: bool,
        rows: Option<RowSelection>,
    ) -> Result<impl Iterator<Item = Result<Batch>>> {
        let failed = |e: &dyn std::fmt::Display| Error::library(Action::Read, &self.path, e);
        let columns = COLUMNS.into_iter().take(if places { COLUMNS.len() } else { FIGURES });
        // A column without any text has no list of texts to read keys into; making one takes far longer than all the rest.
        let columns = columns.filter(|column| !MAY_BE_BLANK.contains(column) || !self.is_blank(group, column));
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), columns.chain([COLUMN_BEFORE]));
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(ROW_GROUP_ROWS);
        if let Some(rows) = rows {
            builder = builder.with_row_selection(rows);
        }
        let mut reader = Some(surviving(Action::Read, &self.path, || builder.build().map_err(|e| failed(&e)))?);
        Ok(std::iter::from_fn(move || {
            let own = reader.as_mut()?;
            let batch = surviving(Action::Read, &self.path, || own.next().transpose().map_err(|e| failed(&e))).transpose()?;
            let batch = batch.and_then(|batch| Batch::new(&batch, places).ok_or_else(|| self.no_value_table()));
            // Rows after a fault are nobody's figures.
            if batch.is_err() {
                reader = None;
            }
            Some(batch)
        }))
    }
}

/// The lowest and the highest of some values.
type Bounds<T> = Option<(T, T)>;

/// The lowest and the highest form, sheet, code and column of a row group, as its footer notes them.
#[derive(Debug, Clone)]
pub struct KeyBounds {
    texts: [Bounds<Vec<u8>>; 3],
    column: Bounds<i32>,
}

impl KeyBounds {
    fn of(group: &RowGroupMetaData) -> Self {
        let statistics = |name: &str| {
            let column = group.columns().iter().find(|column| column.column_path().string() == name);
            column.and_then(|column| column.statistics())
        };
        let text = |name: &str| {
            let bounds = statistics(name).and_then(|known| known.min_bytes_opt().zip(known.max_bytes_opt()));
            bounds.map(|(low, high)| (low.to_vec(), high.to_vec()))
        };
        let column = match statistics(COLUMN).or_else(|| statistics(COLUMN_BEFORE)) {
            Some(Statistics::Int32(known)) => known.min_opt().copied().zip(known.max_opt().copied()),
            _ => None,
        };
        Self { texts: ["form", "sheet", "code"].map(text), column }
    }

    /// False when the row group cannot hold a figure; one without notes may hold anything.
    pub fn may_hold(&self, key: &FigureKey) -> bool {
        let texts = self
            .texts
            .iter()
            .zip([&key.form, &key.sheet, &key.code])
            .all(|(bounds, text)| bounds.as_ref().is_none_or(|(low, high)| **low <= *text.as_bytes() && *text.as_bytes() <= **high));
        texts && self.column.is_none_or(|(low, high)| (low..=high).contains(&i32::from(key.column)))
    }
}

impl TextColumn {
    fn new(batch: &RecordBatch, name: &str) -> Option<Self> {
        Self::nullable(batch, name).filter(|texts| texts.0.null_count() == 0)
    }

    /// A column that was left out is null in every row.
    fn nullable(batch: &RecordBatch, name: &str) -> Option<Self> {
        let Some(column) = batch.column_by_name(name) else {
            let (keys, none) = (Int32Array::new_null(batch.num_rows()), StringArray::from(Vec::<&str>::new()));
            return DictionaryArray::try_new(keys, Arc::new(none)).ok().map(Self);
        };
        let column = column.as_dictionary_opt::<Int32Type>()?;
        column.values().as_string_opt::<i32>().is_some().then(|| Self(column.clone()))
    }

    /// The different texts, in the order of their keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().as_string_opt::<i32>().into_iter().flatten().map(Option::unwrap_or_default)
    }

    /// The keys of some rows.
    pub fn keys(&self, rows: &Range<usize>) -> &[i32] {
        &self.0.keys().values()[rows.clone()]
    }

    /// The key of a row; `None` where it is null.
    pub fn key(&self, row: usize) -> Option<usize> {
        self.0.keys().is_valid(row).then(|| self.0.keys().value(row)).and_then(|key| usize::try_from(key).ok())
    }

    /// The text of a row.
    pub fn at(&self, row: usize) -> &str {
        let key = self.0.keys().value(row);
        usize::try_from(key).ok().zip(self.0.values().as_string_opt::<i32>()).map_or("", |(key, names)| names.value(key))
    }

    /// How many rows from `start` on have the text of its row, `end` at most.
    fn same(&self, rows: Range<usize>) -> usize {
        let keys = self.keys(&rows);
        keys.iter().position(|key| *key != keys[0]).unwrap_or(keys.len())
    }
}

impl Batch {
    fn new(batch: &RecordBatch, places: bool) -> Option<Self> {
        let texts = |name| TextColumn::new(batch, name);
        let nullable = |name| TextColumn::nullable(batch, name);
        let places = if places {
            Some(ValuePlaces { file: texts("file")?, file_sheet: nullable("file_sheet")?, cell: nullable("cell")? })
        } else {
            None
        };
        Some(Self {
            form: texts("form")?,
            sheet: texts("sheet")?,
            code: texts("code")?,
            columns: column_numbers(batch)?,
            unit: texts("unit")?,
            numbers: numbers(batch.column_by_name("value")?)?,
            status: texts("status")?,
            places,
        })
    }

    /// The status behind every key of the column of statuses.
    ///
    /// # Errors
    /// A name that is no status.
    pub fn statuses(&self) -> std::result::Result<Vec<Status>, Message> {
        let known =
            |name: &str| Status::ALL.into_iter().find(|status| status.id() == name).ok_or_else(|| message!("archive.not_status", name));
        self.status.names().map(known).collect()
    }

    /// Rows of one form, sheet, code and column each.
    pub fn runs(&self) -> impl Iterator<Item = Range<usize>> {
        runs(&self.columns, [&self.code, &self.sheet, &self.form])
    }
}

impl Keys {
    fn new(batch: &RecordBatch) -> Option<Self> {
        let texts = |name| TextColumn::new(batch, name);
        let columns = column_numbers(batch)?;
        Some(Self { form: texts("form")?, sheet: texts("sheet")?, code: texts("code")?, columns })
    }

    fn runs(&self) -> impl Iterator<Item = Range<usize>> {
        runs(&self.columns, [&self.code, &self.sheet, &self.form])
    }

    fn compare(&self, row: usize, key: &FigureKey) -> Ordering {
        let own = (self.form.at(row), self.sheet.at(row), self.code.at(row), self.columns[row]);
        own.cmp(&(&*key.form, &*key.sheet, &*key.code, i32::from(key.column)))
    }
}

/// Rows that follow each other under one column number and one text of each kind.
fn runs<'a>(columns: &'a [i32], texts: [&'a TextColumn; 3]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let first = columns.get(start)?;
        let column = columns[start..].iter().position(|column| column != first);
        let mut end = column.map_or(columns.len(), |rows| start + rows);
        for texts in texts {
            end = start + texts.same(start..end);
        }
        let run = start..end;
        start = end;
        Some(run)
    })
}

/// The numbers of the columns, under today's name or that of before.
fn column_numbers(batch: &RecordBatch) -> Option<Vec<i32>> {
    let column = batch.column_by_name(COLUMN).or_else(|| batch.column_by_name(COLUMN_BEFORE))?;
    let narrow = || column.as_primitive_opt::<Int16Type>().map(|numbers| numbers.values().iter().map(|&n| i32::from(n)).collect());
    column.as_primitive_opt::<Int32Type>().map(|numbers| numbers.values().to_vec()).or_else(narrow)
}

/// Whole numbers, 0 where there is none; `None` for another type or too large a number.
fn numbers(values: &dyn Array) -> Option<Vec<i64>> {
    let mut numbers = match values.data_type() {
        DataType::Int64 => values.as_primitive_opt::<Int64Type>()?.values().to_vec(),
        _ => {
            let values = values.as_primitive_opt::<Decimal128Type>()?;
            values.iter().map(|value| i64::try_from(value.unwrap_or(0)).ok()).collect::<Option<_>>()?
        }
    };
    if let Some(nulls) = values.nulls() {
        // Values at the place of a null are anything.
        let mut after = 0;
        for (from, to) in nulls.valid_slices() {
            numbers[after..from].fill(0);
            after = to;
        }
        numbers[after..].fill(0);
    }
    Some(numbers)
}
