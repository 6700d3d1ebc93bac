//! Tables with headings, whatever holds them: texts and Parquet as they are, workbooks within the limits of this room.

use std::path::Path;
use std::sync::Arc;

use super::identify::shown_path;
use super::isolate::{Isolation, probe, read_bytes};
use super::ods_facts::ods_facts;
use super::old_facts::old_facts;
use crate::base::error::{Error, Result};
use crate::base::input;
use crate::base::message::message;
use crate::base::text::fold;
use crate::ooxml::guard::{Format, MAX_FILE, Opened, open};
use crate::ooxml::raw_cells::{RawProblem, RawSheet, RawValue};
use crate::ooxml::sheet_facts::{SheetFacts, part, xlsx_facts};
use crate::tables::{OtherSheet, SheetCell, SheetGrid, Table, TableShape, TableValue, Take, UNCALCULATED, parse_date, read_flat};

/// Reads a table by its extension; lines that start with `#` are comments.
///
/// `sheet` names a sheet of a workbook (the first otherwise); `heading_row` is
/// the one-based line of the headings (the first line with text otherwise).
///
/// # Errors
/// When the file cannot be read as a table, a row of it cannot be read, or a heading stands twice.
pub fn read_table(path: &Path, sheet: Option<&str>, heading_row: Option<u32>, isolation: &Isolation) -> Result<Table> {
    read_whole(path, &TableShape::new(sheet, heading_row), isolation)?.checked()
}

/// Reads all of it, with the problems of single rows and headings: for those who tell them themselves.
///
/// # Errors
/// When the file cannot be read as a table.
pub fn read_whole(path: &Path, shape: &TableShape<'_>, isolation: &Isolation) -> Result<Table> {
    let mut rows = Vec::new();
    let table = read_rows(path, shape, isolation, &mut |_, row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(Table { rows, ..table })
}

/// Reads row by row, so that a large list need not stand in memory; gives the table without its rows.
///
/// # Errors
/// As for [`read_whole`], also after rows were taken; and what `take` says.
pub fn read_rows(path: &Path, shape: &TableShape<'_>, isolation: &Isolation, take: Take<'_>) -> Result<Table> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        input::on_this_machine(path)?;
        probe(path, isolation).map_err(|problem| refused(path, problem))?;
    }
    if let Some(table) = read_flat(path, shape, take)? {
        return Ok(table);
    }
    let mut table = read_workbook_table(path, shape, isolation)?;
    let rows = std::mem::take(&mut table.rows);
    rows.into_iter().try_for_each(|row| take(&table, row))?;
    Ok(table)
}

/// Lines from the top of a sheet in which headings are looked for.
const HEADING_LINES: u32 = 40;

/// Reads every table of a file that has a column with one of these headings; the sheets of a workbook may have lines above theirs.
///
/// # Errors
/// When the file cannot be read as a table, a row of one cannot be read, or a heading stands twice.
pub fn read_tables_with(path: &Path, headings: &[&str], isolation: &Isolation) -> Result<Vec<Table>> {
    let (mut rows, shape) = (Vec::new(), TableShape::new(None, None));
    if let Some(table) = read_flat(path, &shape, &mut |_, row| {
        rows.push(row);
        Ok(())
    })? {
        let table = Table { rows, ..table }.checked()?;
        return Ok(table.find(headings).map(|_| table).into_iter().collect());
    }
    let bytes = input::read_bytes(path, MAX_FILE)?;
    let workbook = read_bytes(&bytes, isolation).map_err(|problem| refused(path, problem))?;
    let wanted: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
    let is_heading = |value: &RawValue| matches!(value, RawValue::Text(text) if wanted.contains(&fold(text)));
    let heading_line = |sheet: &RawSheet| {
        let found = sheet.cells.iter().find(|cell| cell.row < HEADING_LINES && is_heading(&cell.value));
        found.map(|cell| cell.row + 1)
    };
    let file = shown_path(path);
    let tables = workbook.sheets.iter().filter_map(|sheet| table_of_sheet(&file, sheet, Some(heading_line(sheet)?)));
    tables.map(Table::checked).collect()
}

fn refused(path: &Path, problem: RawProblem) -> Error {
    let reason = match problem {
        RawProblem::Unreadable(reason) | RawProblem::Hostile(reason) => reason,
        RawProblem::Encrypted => message!("workbooks.encrypted"),
    };
    Error::config(shown_path(path), reason)
}

fn read_workbook_table(path: &Path, shape: &TableShape<'_>, isolation: &Isolation) -> Result<Table> {
    let bytes = input::read_bytes(path, MAX_FILE)?;
    let workbook = read_bytes(&bytes, isolation).map_err(|problem| refused(path, problem))?;
    let found = match shape.sheet {
        Some(name) => workbook.sheets.iter().find(|s| fold(&s.name) == fold(name)),
        // A hidden sheet is mostly an old one.
        None => workbook.sheets.iter().find(|sheet| !sheet.hidden && !sheet.cells.is_empty()).or_else(|| workbook.sheets.first()),
    };
    let Some(found) = found else {
        let names: Vec<&str> = workbook.sheets.iter().map(|s| s.name.as_str()).collect();
        let (names, sheet) = (names.join(", "), shape.sheet.unwrap_or_default());
        let hint = message!("workbooks.sheets", names);
        let reason = message!("workbooks.no_sheet", sheet);
        return Err(Error::config(shown_path(path), reason).with_hint(hint));
    };
    let number = workbook.sheets.iter().position(|sheet| sheet.name == found.name).unwrap_or_default();
    let facts = sheet_facts(&bytes, &found.name, number);
    let numbers = |sheet: &RawSheet| sheet.cells.iter().filter(|cell| matches!(cell.value, RawValue::Number(_))).count();
    let others = workbook
        .sheets
        .iter()
        .filter(|sheet| sheet.name != found.name)
        .map(|sheet| OtherSheet { name: Arc::from(&*sheet.name), numbers: numbers(sheet) });
    let others = others.filter(|own| own.numbers > 0).collect();
    let table = grid(found, facts).table(&shown_path(path), shape).ok_or_else(|| {
        let name = &found.name;
        let reason = message!("workbooks.sheet_no_row_headings", name);
        Error::config(shown_path(path), reason)
    })?;
    Ok(Table { others, ..table })
}

/// Every sheet of a workbook that is shown and holds anything, as cells.
///
/// # Errors
/// When the file cannot be read as a workbook.
pub fn read_grids(path: &Path, isolation: &Isolation) -> Result<Vec<SheetGrid>> {
    let bytes = input::read_bytes(path, MAX_FILE)?;
    let workbook = read_bytes(&bytes, isolation).map_err(|problem| refused(path, problem))?;
    let shown = workbook.sheets.iter().enumerate().filter(|(_, sheet)| !sheet.hidden && !sheet.cells.is_empty());
    Ok(shown.map(|(number, sheet)| grid(sheet, sheet_facts(&bytes, &sheet.name, number))).collect())
}

/// A sheet as a table; `None` when it has no row of headings.
#[must_use]
pub fn table_of_sheet(file: &str, sheet: &RawSheet, heading_row: Option<u32>) -> Option<Table> {
    grid(sheet, SheetFacts::default()).table(file, &TableShape::new(None, heading_row))
}

fn grid(sheet: &RawSheet, facts: SheetFacts) -> SheetGrid {
    let SheetFacts { hidden, hidden_columns, merges, .. } = facts;
    let mut grid = SheetGrid { name: sheet.name.clone(), hidden, hidden_columns, merges, ..SheetGrid::default() };
    for cell in &sheet.cells {
        let zeros = facts.zeros.get(&cell.at()).copied();
        let value = match (&cell.value, zeros) {
            (RawValue::Number(number), Some(digits)) => with_zeros(*number, digits),
            (value, _) => raw_value(value),
        };
        if value != TableValue::Empty {
            grid.rows.entry(cell.row).or_default().push(SheetCell { column: cell.column, value });
        }
    }
    grid
}

/// A number under a format such as `00000000`, as everybody sees it.
fn with_zeros(number: f64, digits: usize) -> TableValue {
    let text = format!("{number}");
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole { TableValue::Text(format!("{text:0>digits$}")) } else { TableValue::Number(number) }
}

fn raw_value(value: &RawValue) -> TableValue {
    match value {
        RawValue::Number(number) => TableValue::Number(*number),
        RawValue::Text(text) => TableValue::of_text(text),
        RawValue::Date(text) => match parse_date(text.get(..10).unwrap_or(text)) {
            Ok(date) => TableValue::Date(date),
            Err(_) => TableValue::Text(text.clone()),
        },
        RawValue::Bool(value) => TableValue::Text(value.to_string()),
        RawValue::Error(error) => TableValue::Error(error.to_string()),
        RawValue::Uncalculated => TableValue::Error(UNCALCULATED.to_owned()),
    }
}

/// The facts of a sheet by its name and its number among those with cells; none where the file has another format or is
/// damaged there.
fn sheet_facts(bytes: &[u8], sheet: &str, number: usize) -> SheetFacts {
    let facts = match open(bytes) {
        Ok(Opened::Package(mut package)) => match package.format {
            Format::Xlsx => xlsx_facts(&mut package.archive, sheet),
            Format::Ods => part(&mut package.archive, "content.xml").map(|content| ods_facts(&content, sheet)),
            Format::Xls | Format::Xlsb => None,
        },
        Ok(Opened::Old) => old_facts(bytes, number),
        Err(_) => None,
    };
    facts.unwrap_or_default()
}
