//! A small table in memory: text, whole-number and exact decimal columns, written as one Parquet file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Decimal128Array, Int64Array};
use arrow_schema::{ArrowError, DataType};

use super::parquet_file::{ParquetFile, ROW_GROUP_ROWS};
use crate::error::{Error, Result};
use crate::number::{AMOUNT_SCALE, AMOUNT_UNIT, NumberKind};

/// Digits of a decimal column: as many as an `i64` of counts needs with the decimals of an amount.
const PRECISION: u8 = 25;

/// A table in memory, column by column.
#[derive(Debug)]
pub struct Columns {
    names: Vec<String>,
    data: Vec<Column>,
    rows: usize,
}

/// A table being written that is never whole in memory.
pub struct ColumnsFile {
    file: ParquetFile,
    path: PathBuf,
    rows: Columns,
}

#[derive(Debug)]
enum Column {
    Texts(StringBuilder),
    Numbers(Vec<i64>),
    Counts(Vec<Option<i64>>),
    Decimals(Vec<Option<i128>>),
}

impl Columns {
    /// A table with these text columns.
    #[must_use]
    pub fn texts(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            data: names.iter().map(|_| Column::Texts(StringBuilder::new())).collect(),
            rows: 0,
        }
    }

    /// The same with whole-number columns after them.
    #[must_use]
    pub fn and_numbers(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|n| (*n).to_owned()));
        self.data.extend(names.iter().map(|_| Column::Numbers(Vec::new())));
        self
    }

    /// The same with whole-number columns after them that may be null.
    #[must_use]
    pub fn and_counts(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|n| (*n).to_owned()));
        self.data.extend(names.iter().map(|_| Column::Counts(Vec::new())));
        self
    }

    /// The same with columns of counts or amounts after them: decimals of six places that may be null.
    #[must_use]
    pub fn and_decimals(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|n| (*n).to_owned()));
        self.data.extend(names.iter().map(|_| Column::Decimals(Vec::new())));
        self
    }

    /// Adds a row; empty texts are stored as null.
    pub fn push(&mut self, texts: &[&str], numbers: &[i64]) {
        self.push_with(texts, numbers, (NumberKind::Counts, &[]));
    }

    /// Adds a row with decimals, all of one kind of number.
    pub fn push_with(&mut self, texts: &[&str], numbers: &[i64], (kind, decimals): (NumberKind, &[Option<i64>])) {
        let wide: Vec<Option<i128>> = decimals.iter().map(|value| value.map(i128::from)).collect();
        self.push_sums(texts, numbers, (kind, &wide));
    }

    /// The same with sums that may be larger than any single number.
    pub fn push_sums(&mut self, texts: &[&str], numbers: &[i64], (kind, decimals): (NumberKind, &[Option<i128>])) {
        self.rows += 1;
        let scale = if kind == NumberKind::Counts { i128::from(AMOUNT_UNIT) } else { 1 };
        let (mut texts, mut numbers, mut decimals) = (texts.iter(), numbers.iter(), decimals.iter());
        for column in &mut self.data {
            match column {
                Column::Texts(rows) => rows.append_option(texts.next().filter(|t| !t.is_empty())),
                Column::Numbers(rows) => rows.push(numbers.next().copied().unwrap_or_default()),
                Column::Counts(rows) => rows.resize(self.rows, None),
                Column::Decimals(rows) => rows.push(decimals.next().copied().flatten().map(|value| value.saturating_mul(scale))),
            }
        }
    }

    /// Adds a row that has counts too.
    pub fn push_counted(&mut self, texts: &[&str], (numbers, counts): (&[i64], &[Option<i64>]), decimals: (NumberKind, &[Option<i64>])) {
        let mut counts = counts.iter();
        for column in &mut self.data {
            if let Column::Counts(rows) = column {
                rows.push(counts.next().copied().flatten());
            }
        }
        self.push_with(texts, numbers, decimals);
    }

    /// Writes the table, which is sorted by the first `sorted` columns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(self, path: &Path, sorted: usize, metadata: &[(String, String)]) -> Result<()> {
        self.into_file(path, sorted, metadata)?.finish()
    }

    /// Begins to write the table; rows are added to the file.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn into_file(self, path: &Path, sorted: usize, metadata: &[(String, String)]) -> Result<ColumnsFile> {
        let scale = i8::try_from(AMOUNT_SCALE).unwrap_or(6);
        let kind = |column: &Column| match column {
            Column::Texts(_) => DataType::Utf8,
            Column::Numbers(_) | Column::Counts(_) => DataType::Int64,
            Column::Decimals(_) => DataType::Decimal128(PRECISION, scale),
        };
        let schema: Vec<(&str, DataType, bool)> = self.names.iter().zip(&self.data).map(|(n, c)| (n.as_str(), kind(c), true)).collect();
        let file = ParquetFile::create(path, &schema, sorted, metadata)?;
        Ok(ColumnsFile { file, path: path.to_owned(), rows: self })
    }

    /// The columns so far; the table goes on without rows.
    fn take(&mut self) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
        let scale = i8::try_from(AMOUNT_SCALE).unwrap_or(6);
        self.rows = 0;
        let array = |column: &mut Column| {
            Ok(match column {
                Column::Texts(rows) => Arc::new(rows.finish()) as ArrayRef,
                Column::Numbers(rows) => Arc::new(Int64Array::from(std::mem::take(rows))) as ArrayRef,
                Column::Counts(rows) => Arc::new(Int64Array::from(std::mem::take(rows))) as ArrayRef,
                Column::Decimals(rows) => {
                    Arc::new(Decimal128Array::from(std::mem::take(rows)).with_precision_and_scale(PRECISION, scale)?) as ArrayRef
                }
            })
        };
        self.data.iter_mut().map(array).collect()
    }
}

impl ColumnsFile {
    /// The rows not written yet, to add to; written once there are enough of them.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn rows(&mut self) -> Result<&mut Columns> {
        if self.rows.rows >= ROW_GROUP_ROWS {
            self.flush()?;
        }
        Ok(&mut self.rows)
    }

    fn flush(&mut self) -> Result<()> {
        let columns = self.rows.take().map_err(|e| Error::library("write", &self.path, e))?;
        self.file.write(&columns)
    }

    /// Ends the file and puts it safely on the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.file.finish()
    }
}
