//! A small table read back: some of its text and whole-number columns.
//!
//! Days, yes and no, and lists come as texts, which is what archives of before kept; a column is found under today's
//! name also where it had another one.

use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int32Type, Int64Type};
use arrow_array::{Array, Int64Array, RecordBatchReader as _, StringArray};
use parquet::arrow::ProjectionMask;

use super::columns::day_of;
use super::old_names::{OLD_NAMES, old_name};
use super::parquet_file::{ROW_GROUP_ROWS, open_parquet};
use crate::base::error::{Action, Error, Result};
use crate::base::input::surviving;

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

/// The name of the table that a file holds.
fn table_of(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// The name that a column of a file may have had before.
fn was(path: &Path, column: &str) -> Option<&'static str> {
    old_name(table_of(path), column)
}

/// Today's name of a column of a file.
fn today(path: &Path, name: &str) -> String {
    let table = table_of(path);
    let renamed = OLD_NAMES.iter().find(|old| old.table == table && old.was == name);
    renamed.map_or(name, |old| old.column).to_owned()
}

/// A column as texts, where it can be one.
fn as_texts(column: &dyn Array) -> Option<StringArray> {
    if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        return Some(days.iter().map(|day| day.and_then(day_of).map(|day| day.to_string())).collect());
    }
    if let Some(flags) = column.as_boolean_opt() {
        return Some(flags.iter().map(|flag| flag.map(|flag| if flag { "yes" } else { "no" })).collect());
    }
    if let Some(lists) = column.as_list_opt::<i32>() {
        let joined = |list: Option<arrow_array::ArrayRef>| {
            let list = list?;
            Some(list.as_string_opt::<i32>()?.iter().flatten().collect::<Vec<_>>().join(" "))
        };
        return Some(lists.iter().map(joined).collect());
    }
    column.as_string_opt::<i32>().cloned()
}

/// A column as whole numbers, where it can be one.
fn as_numbers(column: &dyn Array) -> Option<Int64Array> {
    let narrow = || column.as_primitive_opt::<Int32Type>().map(|numbers| numbers.iter().map(|n| n.map(i64::from)).collect());
    column.as_primitive_opt::<Int64Type>().cloned().or_else(narrow)
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
        surviving(Action::Read, path, || Self::opened(path, columns))
    }

    fn opened(path: &Path, columns: Option<&[&str]>) -> Result<Self> {
        let failed = |e: &dyn std::fmt::Display| Error::library(Action::Read, path, e);
        let mut builder = open_parquet(path)?;
        if let Some(columns) = columns {
            let wanted = columns.iter().flat_map(|column| std::iter::once(*column).chain(was(path, column)));
            let has = |name: &str| builder.schema().fields().iter().any(|field| field.name() == name);
            let roots: Vec<usize> = wanted.filter(|name| has(name)).filter_map(|name| builder.schema().index_of(name).ok()).collect();
            builder = {
                let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
                builder.with_projection(mask)
            };
        }
        let reader = builder.with_batch_size(ROW_GROUP_ROWS).build().map_err(|e| failed(&e))?;
        let names = reader.schema().fields().iter().map(|field| today(path, field.name())).collect();
        let mut batches = Vec::new();
        for batch in reader {
            let batch = batch.map_err(|e| failed(&e))?;
            batches.push(TextBatch {
                texts: batch.columns().iter().map(|column| as_texts(column)).collect(),
                numbers: batch.columns().iter().map(|column| as_numbers(column)).collect(),
                rows: batch.num_rows(),
            });
        }
        Ok(Self { batches, names })
    }

    /// Names of the columns read.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Its rows in order.
    pub fn rows(&self) -> impl Iterator<Item = TextRow<'_>> {
        self.batches.iter().flat_map(move |batch| (0..batch.rows).map(move |row| TextRow { table: self, batch, row }))
    }

    /// Where a column stands.
    #[must_use]
    pub fn at(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }
}

impl<'a> TextRow<'a> {
    /// The text of a column; empty where it is null or there is none.
    pub fn text(&self, column: &str) -> &'a str {
        self.text_at(self.table.at(column))
    }

    /// Text of a column whose place is known.
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
