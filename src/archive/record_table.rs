//! Tables of records as Parquet: texts, whole numbers and days, written batch by batch in row groups of a million rows.
//!
//! Types are signed, as engines read them that know no others; codes are texts, which the format keeps once per row group.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Int32Array, StringArray};
use arrow_schema::DataType;

use super::parquet_file::{GrowingRows, ParquetFile};
use crate::base::error::Result;

/// Rows of a row group, about: it ends with the batch that reaches it.
const GROUP_ROWS: usize = 1 << 20;

/// Kinds of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordColumnKind {
    /// Texts and codes.
    Text,
    /// Whole numbers and flags.
    Number,
    /// Days.
    Day,
}

/// Values of a column, some rows of it.
#[derive(Debug, Clone)]
pub enum RecordColumn<'a> {
    /// Texts and codes.
    Texts(Vec<Option<Cow<'a, str>>>),
    /// Whole numbers and flags.
    Numbers(Vec<Option<i32>>),
    /// Days, counted from 1/1/1970.
    Days(Vec<Option<i32>>),
}

impl RecordColumn<'_> {
    fn array(self) -> ArrayRef {
        match self {
            Self::Texts(texts) => Arc::new(StringArray::from_iter(texts)),
            Self::Numbers(numbers) => Arc::new(Int32Array::from(numbers)),
            Self::Days(days) => Arc::new(Date32Array::from(days)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Numbers(numbers) | Self::Days(numbers) => numbers.len(),
        }
    }
}

/// A table of records being written; never whole in memory.
pub struct RecordTable {
    file: ParquetFile,
    group: GrowingRows,
    rows: usize,
    path: PathBuf,
}

impl RecordTable {
    /// Begins a table with these columns.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: &Path, columns: &[(&str, RecordColumnKind)]) -> Result<Self> {
        let stored = |kind| match kind {
            RecordColumnKind::Text => DataType::Utf8,
            RecordColumnKind::Number => DataType::Int32,
            RecordColumnKind::Day => DataType::Date32,
        };
        let columns: Vec<(&str, DataType, bool)> = columns.iter().map(|(name, kind)| (*name, stored(*kind), true)).collect();
        let file = ParquetFile::create(path, &columns, 0, &[])?;
        let group = file.encoder().begin()?;
        Ok(Self { file, group, rows: 0, path: path.to_owned() })
    }

    /// Adds rows, column by column.
    ///
    /// # Errors
    /// When the columns do not fit the table or the disk is full.
    pub fn add(&mut self, columns: Vec<RecordColumn<'_>>) -> Result<()> {
        self.rows += columns.first().map_or(0, RecordColumn::len);
        self.file.encoder().add(&mut self.group, columns.into_iter().map(RecordColumn::array).collect())?;
        if self.rows >= GROUP_ROWS {
            self.end_group()?;
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<()> {
        let next = self.file.encoder().begin()?;
        let full = std::mem::replace(&mut self.group, next);
        let group = self.file.encoder().end(full)?;
        self.rows = 0;
        self.file.append(group)
    }

    /// Ends the file and puts it safely on the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<()> {
        if self.rows > 0 {
            self.end_group()?;
        }
        self.file.finish()
    }

    /// Where it is written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
