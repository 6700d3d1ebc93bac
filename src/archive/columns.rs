//! A small table in memory, written as one Parquet file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, Int64Array};
use arrow_schema::{ArrowError, DataType, Field};
use chrono::NaiveDate;

use super::parquet_file::{ParquetFile, ROW_GROUP_ROWS};
use crate::base::error::{Action, Error, Result};
use crate::base::number::{AMOUNT_SCALE, AMOUNT_UNIT, NumberKind};

/// Digits of a decimal column: as many as an `i64` of counts needs with the decimals of an amount.
const PRECISION: u8 = 25;
/// The name of what a list is made of, as the Parquet format has it.
const ELEMENT: &str = "element";

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

/// Kinds of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Days.
    Day,
    /// Yes or no.
    Flag,
    /// Lists of texts.
    List,
    /// Whole numbers that are part of a key.
    Small,
    /// Whole numbers.
    Number,
    /// Whole numbers that may be null.
    Count,
}

/// A value of a row.
#[derive(Debug, Clone, Copy)]
pub enum ColumnEntry<'a> {
    /// A text; an empty one is stored as null.
    Text(&'a str),
    /// A day, or none.
    Day(Option<NaiveDate>),
    /// Yes or no.
    Flag(bool),
    /// Texts.
    List(&'a [&'a str]),
    /// A whole number.
    Number(i64),
    /// Nothing.
    Null,
}

#[derive(Debug)]
enum Column {
    Texts(StringBuilder),
    Days(Vec<Option<i32>>),
    Flags(Vec<bool>),
    Lists(ListBuilder<StringBuilder>),
    Smalls(Vec<i32>),
    Numbers(Vec<i64>),
    Counts(Vec<Option<i64>>),
    Decimals(Vec<Option<i128>>),
}

impl Columns {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[(&str, ColumnKind)]) -> Self {
        columns.iter().fold(Self::texts(&[]), |table, (name, kind)| table.and(&[name], || Column::new(*kind)))
    }

    /// A table with these text columns.
    #[must_use]
    pub fn texts(names: &[&str]) -> Self {
        Self { names: Vec::new(), data: Vec::new(), rows: 0 }.and(names, || Column::Texts(StringBuilder::new()))
    }

    /// Adds whole-number columns after them.
    #[must_use]
    pub fn and_numbers(self, names: &[&str]) -> Self {
        self.and(names, || Column::Numbers(Vec::new()))
    }

    /// Adds columns of yes and no after them; they take their values from the numbers of a row.
    #[must_use]
    pub fn and_flags(self, names: &[&str]) -> Self {
        self.and(names, || Column::Flags(Vec::new()))
    }

    /// Adds whole numbers that are part of a key.
    #[must_use]
    pub fn and_smalls(self, names: &[&str]) -> Self {
        self.and(names, || Column::Smalls(Vec::new()))
    }

    /// Adds whole-number columns after them that may be null.
    #[must_use]
    pub fn and_counts(self, names: &[&str]) -> Self {
        self.and(names, || Column::Counts(Vec::new()))
    }

    /// Adds columns of counts or amounts after them: decimals of six places that may be null.
    #[must_use]
    pub fn and_decimals(self, names: &[&str]) -> Self {
        self.and(names, || Column::Decimals(Vec::new()))
    }

    fn and(mut self, names: &[&str], column: impl Fn() -> Column) -> Self {
        self.names.extend(names.iter().map(|name| (*name).to_owned()));
        self.data.extend(names.iter().map(|_| column()));
        self
    }

    /// Adds a row, column by column.
    pub fn push_row(&mut self, row: &[ColumnEntry<'_>]) {
        self.rows += 1;
        let mut row = row.iter().copied();
        self.data.iter_mut().for_each(|column| column.push(row.next()));
    }

    /// Adds a row; empty texts are stored as null.
    pub fn push(&mut self, texts: &[&str], numbers: &[i64]) {
        self.push_with(texts, numbers, NumberKind::Counts, &[]);
    }

    /// Adds a row with decimals, all of one kind of number.
    pub fn push_with(&mut self, texts: &[&str], numbers: &[i64], kind: NumberKind, decimals: &[Option<i64>]) {
        let wide: Vec<Option<i128>> = decimals.iter().map(|value| value.map(i128::from)).collect();
        self.push_sums(texts, numbers, kind, &wide);
    }

    /// Adds sums that may be larger than any single number.
    pub fn push_sums(&mut self, texts: &[&str], numbers: &[i64], kind: NumberKind, decimals: &[Option<i128>]) {
        self.rows += 1;
        let scale = if kind == NumberKind::Counts { i128::from(AMOUNT_UNIT) } else { 1 };
        let (mut texts, mut numbers, mut decimals) = (texts.iter(), numbers.iter(), decimals.iter());
        for column in &mut self.data {
            match column {
                Column::Texts(_) => column.push(texts.next().map(|text| ColumnEntry::Text(text))),
                Column::Numbers(_) | Column::Smalls(_) => column.push(numbers.next().map(|number| ColumnEntry::Number(*number))),
                Column::Flags(rows) => rows.push(numbers.next().is_some_and(|number| *number != 0)),
                Column::Days(_) | Column::Lists(_) => column.push(None),
                Column::Counts(rows) => rows.resize(self.rows, None),
                Column::Decimals(rows) => rows.push(decimals.next().copied().flatten().map(|value| value.saturating_mul(scale))),
            }
        }
    }

    /// Adds a row that has counts too.
    pub fn push_counted(&mut self, texts: &[&str], numbers: &[i64], counts: &[Option<i64>], kind: NumberKind, decimals: &[Option<i64>]) {
        let mut counts = counts.iter();
        for column in &mut self.data {
            if let Column::Counts(rows) = column {
                rows.push(counts.next().copied().flatten());
            }
        }
        self.push_with(texts, numbers, kind, decimals);
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
        let schema: Vec<(&str, DataType, bool)> =
            self.names.iter().zip(&self.data).map(|(n, c)| (n.as_str(), c.stored(), c.may_be_null())).collect();
        let file = ParquetFile::create(path, &schema, sorted, metadata)?;
        Ok(ColumnsFile { file, path: path.to_owned(), rows: self })
    }

    /// The columns so far; the table goes on without rows.
    fn take(&mut self) -> std::result::Result<Vec<ArrayRef>, ArrowError> {
        self.rows = 0;
        self.data.iter_mut().map(Column::take).collect()
    }
}

impl Column {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Texts(StringBuilder::new()),
            ColumnKind::Day => Self::Days(Vec::new()),
            ColumnKind::Flag => Self::Flags(Vec::new()),
            ColumnKind::List => Self::Lists(ListBuilder::new(StringBuilder::new()).with_field(element())),
            ColumnKind::Small => Self::Smalls(Vec::new()),
            ColumnKind::Number => Self::Numbers(Vec::new()),
            ColumnKind::Count => Self::Counts(Vec::new()),
        }
    }

    /// Adds a value; one of another kind than the column's counts as none.
    fn push(&mut self, entry: Option<ColumnEntry<'_>>) {
        match (self, entry) {
            (Self::Texts(rows), Some(ColumnEntry::Text(text))) if !text.is_empty() => rows.append_value(text),
            (Self::Texts(rows), _) => rows.append_null(),
            (Self::Days(rows), Some(ColumnEntry::Day(day))) => rows.push(day.and_then(days)),
            (Self::Days(rows), _) => rows.push(None),
            (Self::Flags(rows), entry) => rows.push(matches!(entry, Some(ColumnEntry::Flag(true)))),
            (Self::Lists(rows), Some(ColumnEntry::List(texts))) => rows.append_value(texts.iter().copied().map(Some)),
            (Self::Lists(rows), _) => rows.append(true),
            (Self::Smalls(rows), Some(ColumnEntry::Number(number))) => rows.push(i32::try_from(number).unwrap_or(i32::MAX)),
            (Self::Smalls(rows), _) => rows.push(0),
            (Self::Numbers(rows), Some(ColumnEntry::Number(number))) => rows.push(number),
            (Self::Numbers(rows), _) => rows.push(0),
            (Self::Counts(rows), Some(ColumnEntry::Number(number))) => rows.push(Some(number)),
            (Self::Counts(rows), _) => rows.push(None),
            (Self::Decimals(rows), _) => rows.push(None),
        }
    }

    /// Its type in the file.
    fn stored(&self) -> DataType {
        match self {
            Self::Texts(_) => DataType::Utf8,
            Self::Days(_) => DataType::Date32,
            Self::Flags(_) => DataType::Boolean,
            Self::Lists(_) => DataType::List(element()),
            Self::Smalls(_) => DataType::Int32,
            Self::Numbers(_) | Self::Counts(_) => DataType::Int64,
            Self::Decimals(_) => DataType::Decimal128(PRECISION, scale()),
        }
    }

    const fn may_be_null(&self) -> bool {
        !matches!(self, Self::Flags(_) | Self::Lists(_) | Self::Smalls(_) | Self::Numbers(_))
    }

    fn take(&mut self) -> std::result::Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Texts(rows) => Arc::new(rows.finish()),
            Self::Days(rows) => Arc::new(Date32Array::from(std::mem::take(rows))),
            Self::Flags(rows) => Arc::new(BooleanArray::from(std::mem::take(rows))),
            Self::Lists(rows) => Arc::new(rows.finish()),
            Self::Smalls(rows) => Arc::new(Int32Array::from(std::mem::take(rows))),
            Self::Numbers(rows) => Arc::new(Int64Array::from(std::mem::take(rows))),
            Self::Counts(rows) => Arc::new(Int64Array::from(std::mem::take(rows))),
            Self::Decimals(rows) => Arc::new(Decimal128Array::from(std::mem::take(rows)).with_precision_and_scale(PRECISION, scale())?),
        })
    }
}

fn scale() -> i8 {
    i8::try_from(AMOUNT_SCALE).unwrap_or(6)
}

fn element() -> Arc<Field> {
    Arc::new(Field::new(ELEMENT, DataType::Utf8, true))
}

/// A day as Parquet counts it: from the first of 1970.
fn days(day: NaiveDate) -> Option<i32> {
    i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// The day behind such a count.
#[must_use]
pub fn day_of(days: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(i64::from(days)))
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
        let columns = self.rows.take().map_err(|e| Error::library(Action::Write, &self.path, e))?;
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
