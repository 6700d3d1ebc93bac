//! Tables out of Parquet, whoever wrote it.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate};
use polars::prelude::{AnyValue, LazyFrame, ScanArgsParquet};

use super::{Table, TableRow, TableValue, Take, shown_path};
use crate::error::{Error, Result};
use crate::input::{self, Input, MAX_TABLE};
use crate::text::visible;

/// Reads a Parquet file row by row; gives the table without its rows.
pub(super) fn read(path: &Path, take: Take<'_>) -> Result<Table> {
    let refused = |e: polars::error::PolarsError| Error::library("read", path, e);
    input::on_this_machine(path)?;
    // Only looked at: whether it is a file, and how large.
    Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let text = path.to_string_lossy();
    let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
    let scan = || LazyFrame::scan_parquet(polars::prelude::PlRefPath::new(&*text), args).and_then(LazyFrame::collect).map_err(refused);
    let frame = input::surviving("read", path, scan)?;
    let headings = frame.get_column_names().iter().map(|name| visible(name.as_str()).into_owned()).collect();
    let table = Table { file: Arc::from(shown_path(path)), headings, heading_line: 1, ..Table::default() };
    for index in 0..frame.height() {
        let values = frame.columns().iter().map(|column| column.get(index).map(|value| any_value(&value)));
        let values = values.collect::<polars::error::PolarsResult<Vec<_>>>().map_err(refused)?;
        // The first data row stands on line 2, as it would in a sheet.
        take(&table, TableRow::new(u32::try_from(index + 2).unwrap_or(u32::MAX), values))?;
    }
    Ok(table)
}

fn any_value(value: &AnyValue<'_>) -> TableValue {
    // Plain texts and those of dictionaries.
    if let Some(text) = value.get_str() {
        return TableValue::of_text(text);
    }
    match value {
        AnyValue::Null => TableValue::Empty,
        AnyValue::Binary(bytes) => TableValue::of_text(&String::from_utf8_lossy(bytes)),
        AnyValue::BinaryOwned(bytes) => TableValue::of_text(&String::from_utf8_lossy(bytes)),
        AnyValue::Boolean(value) => TableValue::Text(value.to_string()),
        AnyValue::Date(days) => day(*days).map_or_else(|| TableValue::of_text(&value.to_string()), TableValue::Date),
        // The shortest decimal says the same number as a float that was read from it.
        AnyValue::Decimal(..) => value.to_string().parse().map_or_else(|_| TableValue::of_text(&value.to_string()), TableValue::Number),
        other => match other.extract::<f64>() {
            Some(number) => TableValue::Number(number),
            None => TableValue::of_text(&other.to_string()),
        },
    }
}

fn day(days: i32) -> Option<NaiveDate> {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let count = Days::new(u64::from(days.unsigned_abs()));
    if days < 0 { epoch.checked_sub_days(count) } else { epoch.checked_add_days(count) }
}
