//! A small table read back: some of its text and whole-number columns.

use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, Int64Array, RecordBatchReader as _, StringArray};
use parquet::arrow::ProjectionMask;

use super::parquet_file::{ROW_GROUP_ROWS, open_parquet};
use crate::error::{Error, Result};
use crate::input::surviving;

/// A table read back.
pub struct TextTable {
    batches: Vec<TextBatch>,
    names: Vec<String>,
}

/// Some of its rows, by column: the texts and the whole numbers among them.
struct TextBatch {
    texts: Vec<Option<StringArray>>,
    numbers: Vec<Option<Int64Array>>,
    rows: usize,
}

/// One of its rows.
#[derive(Clone, Copy)]
pub struct TextRow<'a> {
    table: &'a TextTable,
    batch: &'a TextBatch,
    row: usize,
}

impl TextTable {
    /// Reads some columns; one that the file does not have is empty.
    pub fn read(path: &Path, columns: &[&str]) -> Result<Self> {
        Self::open(path, Some(columns))
    }

    /// Reads every column.
    pub fn read_all(path: &Path) -> Result<Self> {
        Self::open(path, None)
    }

    fn open(path: &Path, columns: Option<&[&str]>) -> Result<Self> {
        surviving("read", path, || Self::opened(path, columns))
    }

    fn opened(path: &Path, columns: Option<&[&str]>) -> Result<Self> {
        let failed = |e: &dyn std::fmt::Display| Error::library("read", path, e);
        let mut builder = open_parquet(path)?;
        if let Some(columns) = columns {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        let reader = builder.with_batch_size(ROW_GROUP_ROWS).build().map_err(|e| failed(&e))?;
        let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut batches = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|e| failed(&e))?;
            batches.push(TextBatch {
                texts: batch.columns().iter().map(|column| column.as_string_opt::<i32>().cloned()).collect(),
                numbers: batch.columns().iter().map(|column| column.as_primitive_opt::<Int64Type>().cloned()).collect(),
                rows: batch.num_rows(),
            });
        }
        Ok(Self { batches, names })
    }

    /// Names of the columns read.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Its rows in order.
    pub fn rows(&self) -> impl Iterator<Item = TextRow<'_>> {
        self.batches.iter().flat_map(move |batch| (0..batch.rows).map(move |row| TextRow { table: self, batch, row }))
    }

    /// Where a column stands.
    pub fn at(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }
}

impl<'a> TextRow<'a> {
    /// The text of a column; empty where it is null or there is none.
    pub fn text(&self, column: &str) -> &'a str {
        self.text_at(self.table.at(column))
    }

    /// The same of a column whose place is known.
    pub fn text_at(&self, column: Option<usize>) -> &'a str {
        let texts = column.and_then(|column| self.batch.texts[column].as_ref());
        texts.filter(|texts| texts.is_valid(self.row)).map_or("", |texts| texts.value(self.row))
    }

    /// The number of a column; 0 where it is null or there is none.
    pub fn number(&self, column: &str) -> i64 {
        let numbers = self.table.at(column).and_then(|column| self.batch.numbers[column].as_ref());
        numbers.filter(|numbers| numbers.is_valid(self.row)).map_or(0, |numbers| numbers.value(self.row))
    }
}
