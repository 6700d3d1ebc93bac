//! Tables with headings out of CSV, workbooks and Parquet.

use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{AnyValue, LazyFrame, ScanArgsParquet};

use super::guard::MAX_FILE;
use super::identify::shown_path;
use super::isolate::{Isolation, read_bytes};
use super::raw::{RawProblem, RawSheet, RawValue};
use crate::error::{Error, Result, Words};
use crate::input::{self, Input, MAX_TABLE};
use crate::table::{Table, TableRow, TableValue, parse_date};
use crate::text::nfc;

/// Bytes of a line of text; what is longer is no line of a table.
const MAX_LINE: usize = 1 << 20;

/// Takes the rows of a table one by one; the table that comes along has file, sheet and headings, and no rows.
pub type Take<'a> = &'a mut dyn FnMut(&Table, TableRow) -> Result<()>;

/// Reads a table by its extension; lines that start with `#` are comments.
///
/// `sheet` names a sheet of a workbook (the first otherwise); `heading_row` is
/// the one-based line of the headings (the first line with text otherwise).
///
/// # Errors
/// When the file cannot be read as a table.
pub fn read_table(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation) -> Result<Table> {
    let mut rows = Vec::new();
    let table = read_rows(path, sheet, heading_row, isolation, &mut |_, row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(Table { rows, ..table })
}

/// The same row by row, so that a large list need not stand in memory; gives the table without its rows.
///
/// # Errors
/// As for [`read_table`], also after rows were taken; and what `take` says.
pub fn read_rows(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation, take: Take<'_>) -> Result<Table> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" | "tsv" | "txt" => read_csv(path, heading_row, take),
        "parquet" => read_parquet(path, take),
        _ => {
            let mut table = read_workbook_table(path, sheet, heading_row, isolation)?;
            let rows = std::mem::take(&mut table.rows);
            rows.into_iter().try_for_each(|row| take(&table, row))?;
            Ok(table)
        }
    }
}

fn read_csv(path: &Path, heading_row: Option<u32>, take: Take<'_>) -> Result<Table> {
    let input = Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let mut input = BufReader::with_capacity(1 << 16, input);
    let heading = heading_line(&mut input, path, heading_row)?;
    let separators = [b',', b';', b'\t'];
    let count = |separator: &u8| heading.text.bytes().filter(|byte| byte == separator).count();
    let separator = separators.into_iter().max_by_key(|separator| (count(separator), *separator == b',')).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).comment(Some(b'#')).from_reader(heading.text.as_bytes().chain(input));
    let bad = |e: csv::Error| csv_problem(path, &e);
    let headings = reader.headers().map_err(bad)?.iter().map(|h| nfc(h.trim()).into_owned()).collect();
    let table = Table { file: Arc::from(shown_path(path)), sheet: None, headings, rows: Vec::new() };
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(bad)? {
        let line = record.position().map_or(0, csv::Position::line) + heading.lines_before;
        if record.as_slice().len() > MAX_LINE {
            return Err(line_too_long(path, line));
        }
        let values: Vec<TableValue> = record.iter().map(text_value).collect();
        if values.iter().any(|v| *v != TableValue::Empty) {
            take(&table, TableRow { line: u32::try_from(line).unwrap_or(u32::MAX), values })?;
        }
    }
    Ok(table)
}

/// The line of a text that has the headings.
struct HeadingLine {
    text: String,
    lines_before: u64,
}

fn heading_line(input: &mut impl BufRead, path: &Path, heading_row: Option<u32>) -> Result<HeadingLine> {
    let mut lines_before = 0;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line).map_err(|e| Error::io("read", path, e))?;
        if line.is_empty() {
            return Err(Error::config(shown_path(path), Words::both("không có dòng tên cột", "it has no line of headings")));
        }
        if line.len() > MAX_LINE {
            return Err(line_too_long(path, lines_before + 1));
        }
        let text = String::from_utf8(line).map_err(|_| not_utf8(path))?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let is_heading = match heading_row {
            Some(row) => lines_before + 1 == u64::from(row),
            None => !text.starts_with('#') && !text.trim().is_empty(),
        };
        if is_heading {
            return Ok(HeadingLine { text, lines_before });
        }
        lines_before += 1;
    }
}

fn not_utf8(path: &Path) -> Error {
    let reason = Words::both("không phải văn bản UTF-8", "it is not UTF-8 text");
    Error::config(shown_path(path), reason).with_hint(Words::both("lưu lại dạng \"CSV UTF-8\"", "save it as \"CSV UTF-8\""))
}

fn line_too_long(path: &Path, line: u64) -> Error {
    let reason = Words::both(format!("dòng {line} dài hơn {MAX_LINE} byte"), format!("line {line} has more than {MAX_LINE} bytes"));
    let hint = Words::both("có thể thiếu một dấu ngoặc kép (\") ở dòng này", "a quote (\") may be missing on this line");
    Error::config(shown_path(path), reason).with_hint(hint)
}

fn csv_problem(path: &Path, problem: &csv::Error) -> Error {
    match problem.kind() {
        csv::ErrorKind::Utf8 { .. } => not_utf8(path),
        _ => Error::config(shown_path(path), problem),
    }
}

fn text_value(text: &str) -> TableValue {
    let text = text.trim();
    if text.is_empty() { TableValue::Empty } else { TableValue::Text(nfc(text).into_owned()) }
}

fn read_workbook_table(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation) -> Result<Table> {
    let bytes = input::read_bytes(path, MAX_FILE)?;
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

fn read_parquet(path: &Path, take: Take<'_>) -> Result<Table> {
    let refused = |e: polars::error::PolarsError| Error::library("read", path, e);
    input::on_this_machine(path)?;
    // Only looked at: whether it is a file, and how large.
    Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let text = path.to_string_lossy();
    let args = ScanArgsParquet { glob: false, ..ScanArgsParquet::default() };
    let scan = || LazyFrame::scan_parquet(polars::prelude::PlRefPath::new(&*text), args).and_then(LazyFrame::collect).map_err(refused);
    let frame = input::surviving("read", path, scan)?;
    let headings = frame.get_column_names().iter().map(|n| nfc(n.as_str()).into_owned()).collect();
    let table = Table { file: Arc::from(shown_path(path)), sheet: None, headings, rows: Vec::new() };
    for index in 0..frame.height() {
        let values = frame.columns().iter().map(|column| column.get(index).map(|v| any_value(&v)));
        let values = values.collect::<polars::error::PolarsResult<Vec<_>>>().map_err(refused)?;
        // The first data row stands on line 2, as it would in a sheet.
        take(&table, TableRow { line: u32::try_from(index + 2).unwrap_or(u32::MAX), values })?;
    }
    Ok(table)
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
