//! Tables out of Parquet, whoever wrote it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, RecordBatch, RecordBatchReader as _};
use arrow_cast::display::array_value_to_string;
use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::arrow_values::{bytes, days, kind_of, microseconds, numbers};
use super::{Table, TableRow, TableValue, Take, shown_path};
use crate::base::error::{Action, Error, Result};
use crate::base::input::{self, Input, MAX_TABLE};
use crate::base::text::visible;

/// Reads a Parquet file row by row; gives the table without its rows.
pub(super) fn read(path: &Path, take: Take<'_>) -> Result<Table> {
    input::on_this_machine(path)?;
    // Only looked at: whether it is a file, and how large.
    Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let mut reader = input::surviving(Action::Read, path, || opened(path))?;
    let headings = reader.schema().fields().iter().map(|field| visible(field.name()).into_owned()).collect();
    let table = Table { file: Arc::from(shown_path(path)), headings, heading_line: 1, ..Table::default() };
    // The first data row stands on line 2, as it would in a sheet.
    let mut line = 2;
    while let Some(rows) = input::surviving(Action::Read, path, || next(&mut reader, path))? {
        for values in rows {
            take(&table, TableRow::new(line, values))?;
            line = line.saturating_add(1);
        }
    }
    Ok(table)
}

fn opened(path: &Path) -> Result<ParquetRecordBatchReader> {
    let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|e| Error::library(Action::Read, path, e))
}

/// Some more rows; none at the end.
fn next(reader: &mut ParquetRecordBatchReader, path: &Path) -> Result<Option<Vec<Vec<TableValue>>>> {
    let batch = reader.next().transpose();
    batch.map(|batch| batch.as_ref().map(rows)).map_err(|e| Error::library(Action::Read, path, e))
}

fn rows(batch: &RecordBatch) -> Vec<Vec<TableValue>> {
    let mut columns: Vec<_> = batch.columns().iter().map(|own| column(own).into_iter()).collect();
    (0..batch.num_rows()).map(|_| columns.iter_mut().map(|values| values.next().unwrap_or_default()).collect()).collect()
}

fn column(values: &ArrayRef) -> Vec<TableValue> {
    let blank = |value: Option<TableValue>| value.unwrap_or_default();
    if let Some(bytes) = bytes(values) {
        return bytes.into_iter().map(|bytes| blank(bytes.map(|bytes| text(&String::from_utf8_lossy(&bytes))))).collect();
    }
    if let Some(days) = days(values) {
        return days.into_iter().enumerate().map(|(row, days)| dated(values, row, days.and_then(day))).collect();
    }
    if let Some(times) = microseconds(values) {
        return times.into_iter().enumerate().map(|(row, time)| dated(values, row, time.and_then(midnight))).collect();
    }
    if let Some(numbers) = numbers(values) {
        return numbers.into_iter().map(|number| blank(number.map(TableValue::Number))).collect();
    }
    // The shortest decimal says the same number as a float that was read from it.
    let is_decimal = kind_of(values).is_decimal();
    let said = |row: usize| shown(values, row);
    let number = |row: usize| said(row).parse().ok().filter(|_| is_decimal).map(TableValue::Number);
    let value = |row: usize| if values.is_null(row) { TableValue::Empty } else { number(row).unwrap_or_else(|| text(&said(row))) };
    (0..values.len()).map(value).collect()
}

fn text(text: &str) -> TableValue {
    TableValue::of_text(text)
}

fn shown(values: &ArrayRef, row: usize) -> String {
    array_value_to_string(values, row).unwrap_or_default()
}

/// A value as a date, or as the text of it.
fn dated(values: &ArrayRef, row: usize, date: Option<NaiveDate>) -> TableValue {
    match date {
        _ if values.is_null(row) => TableValue::Empty,
        Some(date) => TableValue::Date(date),
        None => text(&shown(values, row)),
    }
}

fn day(days: i32) -> Option<NaiveDate> {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let count = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { epoch.checked_sub_days(count) } else { epoch.checked_add_days(count) }
}

/// The day of a time that tells no more than a day.
fn midnight(micros: i64) -> Option<NaiveDate> {
    let time = DateTime::from_timestamp_micros(micros)?.naive_utc();
    (time.time() == NaiveTime::MIN).then(|| time.date())
}
