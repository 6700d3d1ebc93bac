//! Tables with headings out of CSV, workbooks and Parquet.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::{AnyValue, LazyFrame, ScanArgsParquet};

use super::identify::shown_path;
use super::isolate::{Isolation, read_bytes};
use super::raw::{RawProblem, RawSheet, RawValue};
use crate::error::{Error, Result, Words};
use crate::table::{Table, TableRow, TableValue, parse_date};
use crate::text::nfc;

/// Reads a table by its extension; lines that start with `#` are comments.
///
/// `sheet` names a sheet of a workbook (the first otherwise); `heading_row` is
/// the one-based line of the headings (the first line with text otherwise).
///
/// # Errors
/// When the file cannot be read as a table.
pub fn read_table(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation) -> Result<Table> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" | "tsv" | "txt" => read_csv(path, heading_row),
        "parquet" => read_parquet(path),
        _ => read_workbook_table(path, sheet, heading_row, isolation),
    }
}

fn read_csv(path: &Path, heading_row: Option<u32>) -> Result<Table> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        let reason = Words::both("không phải văn bản UTF-8", "it is not UTF-8 text");
        Error::config(shown_path(path), reason).with_hint(Words::both("lưu lại dạng \"CSV UTF-8\"", "save it as \"CSV UTF-8\""))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let is_heading = |(index, line): &(usize, &str)| match heading_row {
        Some(row) => *index + 1 == row as usize,
        None => !line.starts_with('#') && !line.trim().is_empty(),
    };
    let Some((heading_index, heading)) = text.lines().enumerate().find(is_heading) else {
        return Err(Error::config(shown_path(path), Words::both("không có dòng tên cột", "it has no line of headings")));
    };
    let separators = [b',', b';', b'\t'];
    let separator = separators.into_iter().max_by_key(|s| (heading.bytes().filter(|b| b == s).count(), *s == b',')).unwrap_or(b',');
    let skipped: usize = text.lines().take(heading_index).map(|line| line.len() + 1).sum();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(&text.as_bytes()[skipped.min(text.len())..]);
    let bad = |e: csv::Error| Error::config(shown_path(path), e);
    let headings = reader.headers().map_err(bad)?.iter().map(|h| nfc(h.trim()).into_owned()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let line = record.position().map_or(0, csv::Position::line) + heading_index as u64;
        let values: Vec<TableValue> = record.iter().map(text_value).collect();
        if values.iter().any(|v| *v != TableValue::Empty) {
            rows.push(TableRow { line: u32::try_from(line).unwrap_or(u32::MAX), values });
        }
    }
    Ok(Table { file: Arc::from(shown_path(path)), sheet: None, headings, rows })
}

fn text_value(text: &str) -> TableValue {
    let text = text.trim();
    if text.is_empty() { TableValue::Empty } else { TableValue::Text(nfc(text).into_owned()) }
}

fn read_workbook_table(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation) -> Result<Table> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let workbook = read_bytes(&bytes, isolation).map_err(|problem| {
        let reason = match problem {
            RawProblem::Unreadable(reason) | RawProblem::Hostile(reason) => reason,
            RawProblem::Encrypted => Words::both("tệp có mật khẩu", "it is encrypted"),
        };
        Error::config(shown_path(path), reason)
    })?;
    let found = match sheet {
        Some(name) => workbook.sheets.iter().find(|s| s.name == name),
        None => workbook.sheets.first(),
    };
    let Some(found) = found else {
        let names: Vec<&str> = workbook.sheets.iter().map(|s| s.name.as_str()).collect();
        let (names, sheet) = (names.join(", "), sheet.unwrap_or_default());
        let hint = Words::both(format!("các trang: {names}"), format!("the sheets are: {names}"));
        let reason = Words::both(format!("không có trang `{sheet}`"), format!("there is no sheet `{sheet}`"));
        return Err(Error::config(shown_path(path), reason).with_hint(hint));
    };
    table_of_sheet(&shown_path(path), found, heading_row).ok_or_else(|| {
        let name = &found.name;
        let reason = Words::both(format!("trang `{name}` không có dòng tên cột"), format!("sheet `{name}` has no row of headings"));
        Error::config(shown_path(path), reason)
    })
}

/// A sheet as a table; `None` when it has no row of headings.
#[must_use]
pub fn table_of_sheet(file: &str, sheet: &RawSheet, heading_row: Option<u32>) -> Option<Table> {
    let is_comment = |row: u32| matches!(sheet.row(row).first().map(|c| &c.value), Some(RawValue::Text(t)) if t.starts_with('#'));
    let heading_row = match heading_row {
        Some(row) => row.checked_sub(1)?,
        None => sheet.cells.iter().map(|c| c.row).find(|&row| !is_comment(row))?,
    };
    let width = usize::from(sheet.cells.iter().map(|c| c.column).max()?) + 1;
    let values_of = |row: u32| {
        let mut values = vec![TableValue::Empty; width];
        for cell in sheet.row(row) {
            values[usize::from(cell.column)] = raw_value(&cell.value);
        }
        values
    };
    let headings: Vec<String> = values_of(heading_row).iter().map(|v| nfc(&v.text()).into_owned()).collect();
    let mut lines: Vec<u32> = sheet.cells.iter().map(|c| c.row).filter(|&row| row > heading_row && !is_comment(row)).collect();
    lines.dedup();
    let rows = lines.into_iter().map(|row| TableRow { line: row + 1, values: values_of(row) });
    let rows = rows.filter(|row| row.values.iter().any(|v| *v != TableValue::Empty)).collect();
    Some(Table { file: Arc::from(file), sheet: Some(Arc::from(sheet.name.as_str())), headings, rows })
}

fn raw_value(value: &RawValue) -> TableValue {
    match value {
        RawValue::Number(number) => TableValue::Number(*number),
        RawValue::Text(text) => text_value(text),
        RawValue::Date(text) => match parse_date(text.get(..10).unwrap_or(text)) {
            Ok(date) => TableValue::Date(date),
            Err(_) => TableValue::Text(text.clone()),
        },
        RawValue::Bool(value) => TableValue::Text(value.to_string()),
        RawValue::Error(error) => TableValue::Error(error.to_string()),
        RawValue::Uncalculated => TableValue::Error("=".to_owned()),
    }
}

fn read_parquet(path: &Path) -> Result<Table> {
    let refused = |e: polars::error::PolarsError| Error::library("read", path, e);
    let text = path.to_string_lossy();
    let frame = LazyFrame::scan_parquet(polars::prelude::PlRefPath::new(&*text), ScanArgsParquet::default())
        .and_then(LazyFrame::collect)
        .map_err(refused)?;
    let headings = frame.get_column_names().iter().map(|n| nfc(n.as_str()).into_owned()).collect();
    let mut rows = Vec::with_capacity(frame.height());
    for index in 0..frame.height() {
        let values = frame.columns().iter().map(|column| column.get(index).map(|v| any_value(&v)));
        let values = values.collect::<polars::error::PolarsResult<Vec<_>>>().map_err(refused)?;
        // The first data row stands on line 2, as it would in a sheet.
        rows.push(TableRow { line: u32::try_from(index + 2).unwrap_or(u32::MAX), values });
    }
    Ok(Table { file: Arc::from(shown_path(path)), sheet: None, headings, rows })
}

fn any_value(value: &AnyValue<'_>) -> TableValue {
    match value {
        AnyValue::Null => TableValue::Empty,
        AnyValue::String(text) => text_value(text),
        AnyValue::StringOwned(text) => text_value(text),
        other => match other.extract::<f64>() {
            Some(number) => TableValue::Number(number),
            None => text_value(&other.to_string()),
        },
    }
}
