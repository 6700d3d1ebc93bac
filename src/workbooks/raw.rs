//! Workbooks as plain cells, whatever their format, within limits.
//!
//! The only file that knows how the spreadsheet library hands out cells. Cells
//! are streamed; the library's own grid is never built from an xlsx file,
//! because two far cells would make it allocate the whole rectangle.

use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::time::Instant;

use calamine::{Data, DataRef, Ods, Reader, SheetVisible, Xls, Xlsb, Xlsx, XlsxError};

use super::old_formulas::{FormulaPlaces, formula_places};
use super::plain_sheet::PlainBook;
use crate::base::location::CellRef;
use crate::base::message::message;
use crate::ooxml::guard::MAX_TIME;
use crate::ooxml::raw_cells::{
    Damaged, DefinedName, RawCell, RawProblem, RawSheet, RawValue, RawWorkbook, number_value, text_value, without_zeros,
};

/// Defined names read of one workbook.
const MAX_NAMES: usize = 1_000;
/// Bytes of a defined name and what it stands for.
const MAX_NAME: usize = 500;
/// Rows read of one sheet; the official forms have about a hundred.
pub const MAX_ROWS: u32 = 200_000;
/// Columns read of one sheet.
pub const MAX_COLUMNS: u32 = 4_096;
/// Cells read of one workbook.
pub const MAX_CELLS: usize = 4_000_000;
/// Bytes of text of one workbook. Cells share texts in the file but not here, so
/// that a small file can ask for any amount.
pub const MAX_TEXTS: usize = 128 << 20;
/// Sheets of one workbook; a file may list one part as any number of sheets.
pub const MAX_SHEETS: usize = 1_000;
/// Cells of a sheet that room is made for at once.
const USUAL_CELLS: usize = 512;
/// Last day that spreadsheets can show, as a serial number: 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;

/// Rest of the limits, left for the sheets to come.
#[derive(Clone, Copy)]
struct Budget {
    cells: usize,
    texts: usize,
    until: Instant,
}

impl Budget {
    fn new() -> Self {
        Self { cells: MAX_CELLS, texts: MAX_TEXTS, until: Instant::now() + MAX_TIME }
    }

    /// Pays for one cell; cells without a value cost only time.
    #[inline]
    fn pay(&mut self, value: &RawValue) -> Result<(), RawProblem> {
        let text = if let RawValue::Text(text) = value { text.len() } else { 0 };
        let cells = self.cells.checked_sub(1);
        self.cells = cells.ok_or_else(|| RawProblem::hostile(message!("workbooks.workbook_more_cells", max_cells = MAX_CELLS)))?;
        let texts = self.texts.checked_sub(text);
        self.texts = texts.ok_or_else(|| RawProblem::hostile(message!("workbooks.workbook_more_bytes_text", max_texts = MAX_TEXTS)))?;
        Ok(())
    }

    fn check_time(&self) -> Result<(), RawProblem> {
        if Instant::now() < self.until {
            return Ok(());
        }
        Err(too_slow(MAX_TIME))
    }
}

/// Keeps the limits while the cells of a sheet come in.
struct Collector<'a> {
    sheet: RawSheet,
    budget: &'a mut Budget,
    sorted: bool,
    seen: u32,
    /// Which sheet it is, from 1: its name may hold anything.
    number: usize,
}

impl<'a> Collector<'a> {
    fn new(number: usize, name: &str, hidden: bool, budget: &'a mut Budget) -> Result<Self, RawProblem> {
        budget.check_time()?;
        let cells = Vec::with_capacity(USUAL_CELLS);
        let name = without_zeros(name).into_owned();
        Ok(Self { sheet: RawSheet { name, hidden, cells }, budget, sorted: true, seen: 0, number })
    }

    #[inline]
    fn push(&mut self, pos: (u32, u32), value: Option<RawValue>, formula: bool) -> Result<(), RawProblem> {
        self.seen = self.seen.wrapping_add(1);
        if self.seen.is_multiple_of(1 << 16) {
            self.budget.check_time()?;
        }
        let Some(value) = value else { return Ok(()) };
        let (row, column) = pos;
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            let at = CellRef::new(row, u16::try_from(column).unwrap_or(u16::MAX));
            let number = self.number;
            return Err(RawProblem::hostile(message!(
                "workbooks.sheet_number_cell_beyond",
                number,
                at,
                max_rows = MAX_ROWS,
                max_columns = MAX_COLUMNS
            )));
        }
        self.budget.pay(&value)?;
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        self.sorted &= self.sheet.cells.last().is_none_or(|last| (last.row, last.column) < (row, column));
        self.sheet.cells.push(RawCell { row, column, value, formula });
        Ok(())
    }

    fn finish(mut self) -> RawSheet {
        if !self.sorted {
            // A later cell at the same address wins, as in the spreadsheet programs.
            self.sheet.cells.reverse();
            self.sheet.cells.sort_by_key(|cell| (cell.row, cell.column));
            self.sheet.cells.dedup_by_key(|cell| (cell.row, cell.column));
        }
        self.sheet
    }
}

/// Reads an xlsx package that the guard has let pass.
///
/// # Errors
/// [`RawProblem`] when it is not a workbook or goes beyond the limits.
pub fn read_xlsx(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    read_sheets(bytes, PlainBook::of(bytes).as_ref())
}

/// Reads by the spreadsheet library alone, to which reading without it is held.
///
/// # Errors
/// As for [`read_xlsx`].
pub fn read_xlsx_by_library(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    read_sheets(bytes, None)
}

fn read_sheets(bytes: &[u8], plain: Option<&PlainBook<'_>>) -> Result<RawWorkbook, RawProblem> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(xlsx_problem)?;
    let names = worksheets(book.sheets_metadata())?;
    let mut workbook = RawWorkbook { names: names_of(book.defined_names()), ..RawWorkbook::default() };
    workbook.macros = macros_of(book.sheets_metadata());
    let mut budget = Budget::new();
    for (name, hidden) in names {
        if let Some(sheet) = plain_sheet(plain, workbook.sheets.len() + 1, &name, hidden, &mut budget)? {
            workbook.sheets.push(sheet);
            continue;
        }
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(problem) => return Err(xlsx_problem(problem)),
        };
        let mut sheet = Collector::new(workbook.sheets.len() + 1, &name, hidden, &mut budget)?;
        while let Some(record) = reader.next_cell_with_formula_metadata().map_err(xlsx_problem)? {
            let formula = record.formula.is_some();
            sheet.push(record.pos, from_ref(&record.value, formula)?, formula)?;
        }
        workbook.sheets.push(sheet.finish());
    }
    Ok(workbook)
}

/// A sheet that needs no library; what it costs counts only where it is one.
fn plain_sheet(
    book: Option<&PlainBook<'_>>,
    number: usize,
    name: &str,
    hidden: bool,
    budget: &mut Budget,
) -> Result<Option<RawSheet>, RawProblem> {
    let Some(book) = book else { return Ok(None) };
    let mut left = *budget;
    let mut sheet = Collector::new(number, name, hidden, &mut left)?;
    let read = book.cells(name, |pos, value, formula| sheet.push(pos, value, formula))?;
    let sheet = sheet.finish();
    Ok(read.map(|()| {
        *budget = left;
        sheet
    }))
}

/// Reads an xls file; run it where an abort does no harm.
///
/// # Errors
/// As for [`read_xlsx`].
pub fn read_xls(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    let book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|problem| match problem {
        calamine::XlsError::Password => RawProblem::Encrypted,
        other => RawProblem::damaged(Damaged::OldWorkbook, &other),
    })?;
    let names = book.sheets_metadata().iter().map(|sheet| sheet.name.clone()).collect::<Vec<_>>();
    let places = formula_places(bytes).filter(|places| places.len() == names.len()).unwrap_or_default();
    let shared = names.into_iter().zip(places).collect();
    read_ranges(book, &shared)
}

/// Reads an ods file; run it where an abort does no harm.
///
/// # Errors
/// As for [`read_xlsx`].
pub fn read_ods(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    let book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|problem| match problem {
        calamine::OdsError::Password => RawProblem::Encrypted,
        other => RawProblem::library(&other),
    })?;
    read_ranges(book, &HashMap::new())
}

/// Reads an xlsb file; run it where an abort does no harm.
///
/// # Errors
/// As for [`read_xlsx`].
pub fn read_xlsb(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    let book: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(|problem| match problem {
        calamine::XlsbError::Password => RawProblem::Encrypted,
        other => RawProblem::library(&other),
    })?;
    read_ranges(book, &HashMap::new())
}

/// Sheets as ranges; `known` are the formulas of sheets, by name, whose texts the library may not have.
fn read_ranges<'a, R>(mut book: R, known: &HashMap<String, FormulaPlaces>) -> Result<RawWorkbook, RawProblem>
where
    R: Reader<Cursor<&'a [u8]>>,
    R::Error: std::fmt::Display,
{
    let (names, macros) = (names_of(book.defined_names()), macros_of(book.sheets_metadata()));
    let mut workbook = RawWorkbook { names, macros, ..RawWorkbook::default() };
    let mut budget = Budget::new();
    for (name, hidden) in worksheets(book.sheets_metadata())? {
        let range = book.worksheet_range(&name).map_err(|e| RawProblem::library(&e))?;
        let formulas = book.worksheet_formula(&name).ok();
        let own = known.get(&name);
        let (top, left_column) = range.start().unwrap_or((0, 0));
        let mut sheet = Collector::new(workbook.sheets.len() + 1, &name, hidden, &mut budget)?;
        for (row, column, value) in range.used_cells() {
            let pos = (top + to_u32(row), left_column + to_u32(column));
            let formula = formulas.as_ref().and_then(|f| f.get_value(pos)).is_some_and(|f| !f.is_empty());
            let at = CellRef::new(pos.0, u16::try_from(pos.1).unwrap_or(u16::MAX));
            let formula = formula || own.is_some_and(|own| own.contains(&at));
            sheet.push(pos, from_data(value, formula)?, formula)?;
        }
        // A formula whose result the file does not hold has no value, but is no blank.
        if let Some(formulas) = &formulas {
            let (top, left) = formulas.start().unwrap_or((0, 0));
            for (row, column, formula) in formulas.used_cells() {
                let pos = (top + to_u32(row), left + to_u32(column));
                if range.get_value(pos).is_none_or(|value| *value == Data::Empty) && !formula.is_empty() {
                    sheet.push(pos, Some(RawValue::Uncalculated), true)?;
                }
            }
        }
        workbook.sheets.push(sheet.finish());
    }
    Ok(workbook)
}

/// The text behind the value of a defined name, `="text"`.
pub fn defined_text(value: &str) -> &str {
    value.trim_start_matches('=').trim_matches('"')
}

/// Defined names, as far as anybody could need them.
fn names_of(names: &[(String, String)]) -> Vec<DefinedName> {
    let short = names.iter().filter(|(name, value)| name.len() + value.len() <= MAX_NAME).take(MAX_NAMES);
    short.map(|(name, value)| DefinedName { name: name.clone(), value: value.clone() }).collect()
}

fn to_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Names of sheets of commands and of dialogs, which are no places for figures.
fn macros_of(sheets: &[calamine::Sheet]) -> Vec<String> {
    let is_macro = |sheet: &&calamine::Sheet| {
        matches!(sheet.typ, calamine::SheetType::MacroSheet | calamine::SheetType::DialogSheet | calamine::SheetType::Vba)
    };
    sheets.iter().filter(is_macro).map(|sheet| without_zeros(&sheet.name).into_owned()).collect()
}

/// Name of each worksheet and whether it is hidden.
fn worksheets(sheets: &[calamine::Sheet]) -> Result<Vec<(String, bool)>, RawProblem> {
    if sheets.len() > MAX_SHEETS {
        return Err(RawProblem::hostile(message!("workbooks.workbook_sheets", sheets = sheets.len())));
    }
    let mut seen = HashSet::new();
    let mut worksheets = Vec::new();
    for sheet in sheets.iter().filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet) {
        // Sheets are asked for by name: the second would be read as the first.
        if !seen.insert(&sheet.name) {
            return Err(RawProblem::unreadable(message!("workbooks.two_sheets_same_name")));
        }
        worksheets.push((sheet.name.clone(), sheet.visible != SheetVisible::Visible));
    }
    Ok(worksheets)
}

#[inline]
fn from_ref(value: &DataRef<'_>, formula: bool) -> Result<Option<RawValue>, RawProblem> {
    Ok(match value {
        DataRef::Empty => formula.then_some(RawValue::Uncalculated),
        DataRef::SharedString(text) => Some(text_value(text)?),
        DataRef::Float(number) => Some(number_value(*number)),
        DataRef::Int(number) => Some(RawValue::Number(*number as f64)),
        DataRef::Bool(value) => Some(RawValue::Bool(*value)),
        DataRef::Error(error) => Some(RawValue::Error(error.to_string().into())),
        DataRef::String(text) => Some(text_value(text)?),
        DataRef::DateTime(date) => Some(date_value(date)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Some(RawValue::Date(text.clone())),
    })
}

fn from_data(value: &Data, formula: bool) -> Result<Option<RawValue>, RawProblem> {
    Ok(match value {
        Data::Empty => formula.then_some(RawValue::Uncalculated),
        Data::String(text) => Some(text_value(text)?),
        Data::Float(number) => Some(number_value(*number)),
        Data::Int(number) => Some(RawValue::Number(*number as f64)),
        Data::Bool(value) => Some(RawValue::Bool(*value)),
        Data::Error(error) => Some(RawValue::Error(error.to_string().into())),
        Data::DateTime(date) => Some(date_value(date)),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Some(RawValue::Date(text.clone())),
    })
}

/// The reader was stopped.
pub fn too_slow(time: std::time::Duration) -> RawProblem {
    let seconds = time.as_secs();
    RawProblem::hostile(message!("workbooks.reading_took_more_seconds", seconds))
}

/// A date as ISO text; a time alone where the serial number has no day.
///
/// A number that is no date of the spreadsheet programs stays one: the library would
/// turn it into the first or the last day there is.
fn date_value(date: &calamine::ExcelDateTime) -> RawValue {
    let serial = date.as_f64();
    if !date.is_datetime() || !(0.0..LAST_DAY + 1.0).contains(&serial) {
        return number_value(serial);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if serial < 1.0 && year < 1904 {
        return RawValue::Date(time);
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    RawValue::Date(if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day}T{time}") })
}

fn xlsx_problem(problem: XlsxError) -> RawProblem {
    match problem {
        XlsxError::Password => RawProblem::Encrypted,
        other => RawProblem::library(&other),
    }
}
