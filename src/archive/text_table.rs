//! A small table read back: some of its text and whole-number columns.

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_array::{Array as _, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::parquet_file::ROW_GROUP_ROWS;
use crate::error::{Error, Result};

/// A table read back, a batch of rows at a time.
pub struct TextTable {
    batches: Vec<RecordBatch>,
}

/// One of its rows.
#[derive(Clone, Copy)]
pub struct TextRow<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl TextTable {
    /// Reads some columns; one that the file does not have is empty.
    pub fn read(path: &Path, columns: &[&str]) -> Result<Self> {
        let failed = |e: &dyn std::fmt::Display| Error::library("read", path, e);
        let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| failed(&e))?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(ROW_GROUP_ROWS).build().map_err(|e| failed(&e))?;
        Ok(Self { batches: reader.collect::<std::result::Result<_, _>>().map_err(|e| failed(&e))? })
    }

    /// Reads every column.
    pub fn read_all(path: &Path) -> Result<Self> {
        let failed = |e: &dyn std::fmt::Display| Error::library("read", path, e);
        let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(ROW_GROUP_ROWS).build())
            .map_err(|e| failed(&e))?;
        Ok(Self { batches: reader.collect::<std::result::Result<_, _>>().map_err(|e| failed(&e))? })
    }

    /// Names of the columns read.
    pub fn names(&self) -> Vec<String> {
        self.batches.first().map(|batch| batch.schema().fields().iter().map(|field| field.name().clone()).collect()).unwrap_or_default()
    }

    /// Its rows in order.
    pub fn rows(&self) -> impl Iterator<Item = TextRow<'_>> {
        self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| TextRow { batch, row }))
    }
}

impl<'a> TextRow<'a> {
    /// The text of a column; empty where it is null or there is none.
    pub fn text(&self, column: &str) -> &'a str {
        let texts = self.batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>());
        texts.filter(|texts| texts.is_valid(self.row)).map_or("", |texts| texts.value(self.row))
    }

    /// The number of a column; 0 where it is null or there is none.
    pub fn number(&self, column: &str) -> i64 {
        let numbers = self.batch.column_by_name(column).and_then(|column| column.as_primitive_opt::<Int64Type>());
        numbers.filter(|numbers| numbers.is_valid(self.row)).map_or(0, |numbers| numbers.value(self.row))
    }
}
