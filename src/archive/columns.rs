//! A small table in memory: text, whole-number and exact decimal columns, written as one Parquet file.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Decimal128Array, Int64Array};
use arrow_schema::DataType;

use super::parquet_file::ParquetFile;
use crate::error::{Error, Result};
use crate::number::{AMOUNT_SCALE, AMOUNT_UNIT, NumberKind};

/// Digits of a decimal column: as many as an `i64` of counts needs with the decimals of an amount.
const PRECISION: u8 = 25;

/// A table in memory, column by column.
#[derive(Debug)]
pub struct Columns {
    names: Vec<String>,
    data: Vec<Column>,
}

#[derive(Debug)]
enum Column {
    Texts(StringBuilder),
    Numbers(Vec<i64>),
    Decimals(Vec<Option<i128>>),
}

impl Columns {
    /// A table with these text columns.
    #[must_use]
    pub fn texts(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|n| (*n).to_owned()).collect(),
            data: names.iter().map(|_| Column::Texts(StringBuilder::new())).collect(),
        }
    }

    /// The same with whole-number columns after them.
    #[must_use]
    pub fn and_numbers(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|n| (*n).to_owned()));
        self.data.extend(names.iter().map(|_| Column::Numbers(Vec::new())));
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
        let scale = if kind == NumberKind::Counts { i128::from(AMOUNT_UNIT) } else { 1 };
        let (mut texts, mut numbers, mut decimals) = (texts.iter(), numbers.iter(), decimals.iter());
        for column in &mut self.data {
            match column {
                Column::Texts(rows) => rows.append_option(texts.next().filter(|t| !t.is_empty())),
                Column::Numbers(rows) => rows.push(numbers.next().copied().unwrap_or_default()),
                Column::Decimals(rows) => rows.push(decimals.next().copied().flatten().map(|value| i128::from(value) * scale)),
            }
        }
    }

    /// Writes the table, which is sorted by the first `sorted` columns.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(self, path: &Path, sorted: usize, metadata: &[(String, String)]) -> Result<()> {
        let scale = i8::try_from(AMOUNT_SCALE).unwrap_or(6);
        let kind = |column: &Column| match column {
            Column::Texts(_) => DataType::Utf8,
            Column::Numbers(_) => DataType::Int64,
            Column::Decimals(_) => DataType::Decimal128(PRECISION, scale),
        };
        let schema: Vec<(&str, DataType, bool)> = self.names.iter().zip(&self.data).map(|(n, c)| (n.as_str(), kind(c), true)).collect();
        let mut file = ParquetFile::create(path, &schema, sorted, metadata)?;
        let failed = |e: arrow_schema::ArrowError| Error::library("write", path, e);
        let mut arrays = Vec::new();
        for column in self.data {
            arrays.push(match column {
                Column::Texts(mut rows) => Arc::new(rows.finish()) as ArrayRef,
                Column::Numbers(rows) => Arc::new(Int64Array::from(rows)) as ArrayRef,
                Column::Decimals(rows) => {
                    Arc::new(Decimal128Array::from(rows).with_precision_and_scale(PRECISION, scale).map_err(failed)?) as ArrayRef
                }
            });
        }
        file.write(&arrays)?;
        file.finish()
    }
}
