//! Workbooks as plain cells, whatever their format, within limits.
//!
//! The only file that knows how the spreadsheet library hands out cells. Cells
//! are streamed; the library's own grid is never built from an xlsx file,
//! because two far cells would make it allocate the whole rectangle.

use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::time::Instant;

use calamine::{Data, DataRef, Ods, Reader, SheetVisible, Xls, Xlsb, Xlsx, XlsxError};
use serde::{Deserialize, Serialize};

use super::error_cells::is_error_text;
use super::guard::MAX_TIME;
use super::old_formulas::{Places, formula_places};
use super::plain_sheet::PlainBook;
use crate::error::Words;
use crate::location::CellRef;

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
/// Characters of one cell: the limit of the spreadsheet programs themselves.
pub const MAX_TEXT: usize = 4 * 32_767;
/// Bytes of text of one workbook. Cells share texts in the file but not here, so
/// that a small file can ask for any amount.
pub const MAX_TEXTS: usize = 128 << 20;
/// Sheets of one workbook; a file may list one part as any number of sheets.
pub const MAX_SHEETS: usize = 1_000;
/// Cells of a sheet that room is made for at once.
const USUAL_CELLS: usize = 512;
/// Last day that spreadsheets can show, as a serial number: 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;

/// A workbook as sheets of plain cells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RawWorkbook {
    /// Sheets in workbook order, without chart sheets.
    pub sheets: Vec<RawSheet>,
    /// Defined names and what they stand for.
    #[serde(default)]
    pub names: Vec<DefinedName>,
    /// Names of sheets that hold commands or a dialog instead of cells.
    #[serde(default)]
    pub macros: Vec<String>,
}

/// A name of a workbook that stands for a text or for cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinedName {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub value: String,
}

impl RawWorkbook {
    /// What a defined name stands for.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        self.names.iter().find(|known| known.name == name).map(|known| known.value.as_str())
    }
}

/// A sheet as plain cells, row by row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RawSheet {
    /// Name as in the file.
    pub name: String,
    /// Hidden or very hidden.
    pub hidden: bool,
    /// Cells that hold anything, ordered by row and column.
    pub cells: Vec<RawCell>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RawCell {
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column.
    pub column: u16,
    /// What it holds.
    pub value: RawValue,
    /// The value is the result of a formula.
    pub formula: bool,
}

impl RawCell {
    /// Its position.
    #[must_use]
    pub const fn at(&self) -> CellRef {
        CellRef::new(self.row, self.column)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RawValue {
    /// A number; dates are their serial number.
    Number(f64),
    /// A date and time, as ISO text (so that tables can show it).
    Date(String),
    /// A text, perhaps empty.
    Text(Box<str>),
    /// True or false.
    Bool(bool),
    /// An error such as `#VALUE!`.
    Error(Box<str>),
    /// A formula without a stored result.
    Uncalculated,
}

/// Why a workbook could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RawProblem {
    /// Not a readable workbook.
    Unreadable(Words),
    /// Protected by a password.
    Encrypted,
    /// Beyond the limits above.
    Hostile(Words),
}

/// What a library could not read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Damaged {
    /// A zip file that people pack files into.
    Zip,
    /// The package of a workbook.
    Package,
    /// A workbook of the old binary format.
    OldWorkbook,
    /// The parts of a workbook.
    Workbook,
}

impl RawProblem {
    /// The problem in both languages.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Unreadable(words) | Self::Hostile(words) => words,
            Self::Encrypted => Words::both("tệp có mật khẩu", "the file is protected by a password"),
        }
    }

    /// Not readable, with the reason.
    pub(crate) fn unreadable(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unreadable(Words::both(vi, en))
    }

    /// Beyond a limit, with the reason.
    pub(crate) fn hostile(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Hostile(Words::both(vi, en))
    }

    /// Not readable, for a reason that a library gives: what it says is no sentence for people and stands behind one.
    pub(crate) fn damaged(what: Damaged, problem: &dyn std::fmt::Display) -> Self {
        let (vi, en) = match what {
            Damaged::Zip => (
                "gói zip bị hỏng, bị cắt ngang khi chép hay tải, hoặc không phải gói zip",
                "the zip package is damaged, cut short when it was copied, or none at all",
            ),
            Damaged::Package => {
                ("tệp bị hỏng hoặc bị cắt ngang khi chép hay tải", "the file is damaged, or was cut short when it was copied")
            }
            Damaged::OldWorkbook => ("tệp .xls bị hỏng hoặc bị cắt ngang", "the old workbook is damaged or cut short"),
            Damaged::Workbook => ("bảng tính thiếu một phần hoặc có phần bị hỏng", "the workbook lacks a part, or one is damaged"),
        };
        Self::unreadable(format!("{vi} (chi tiết: {problem})"), format!("{en} (in detail: {problem})"))
    }

    /// Not readable, as the library of workbooks says it.
    pub(crate) fn library(problem: &dyn std::fmt::Display) -> Self {
        Self::damaged(Damaged::Workbook, problem)
    }
}

impl RawSheet {
    /// The cell at a position.
    #[must_use]
    pub fn get(&self, row: u32, column: u16) -> Option<&RawValue> {
        let found = self.cells.binary_search_by(|cell| (cell.row, cell.column).cmp(&(row, column)));
        found.ok().map(|index| &self.cells[index].value)
    }

    /// The text at a position.
    #[must_use]
    pub fn text(&self, row: u32, column: u16) -> Option<&str> {
        match self.get(row, column) {
            Some(RawValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The cells of one row.
    #[must_use]
    pub fn row(&self, row: u32) -> &[RawCell] {
        let first = self.cells.partition_point(|cell| cell.row < row);
        let last = self.cells.partition_point(|cell| cell.row <= row);
        &self.cells[first..last]
    }
}

/// What of the limits is left for the sheets to come.
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
        self.cells = cells.ok_or_else(|| {
            RawProblem::hostile(format!("tệp có hơn {MAX_CELLS} ô"), format!("the workbook has more than {MAX_CELLS} cells"))
        })?;
        let texts = self.texts.checked_sub(text);
        self.texts = texts.ok_or_else(|| {
            RawProblem::hostile(format!("tệp có hơn {MAX_TEXTS} byte chữ"), format!("the workbook has more than {MAX_TEXTS} bytes of text"))
        })?;
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
            return Err(RawProblem::hostile(
                format!("trang thứ {number} có ô {at}, ngoài {MAX_ROWS} dòng hay {MAX_COLUMNS} cột"),
                format!("sheet number {number} has a cell at {at}, beyond {MAX_ROWS} rows or {MAX_COLUMNS} columns"),
            ));
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

/// The same by the spreadsheet library alone, which what is read without it is held to.
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
fn read_ranges<'a, R>(mut book: R, known: &HashMap<String, Places>) -> Result<RawWorkbook, RawProblem>
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
        return Err(RawProblem::hostile(format!("tệp có {} trang", sheets.len()), format!("the workbook has {} sheets", sheets.len())));
    }
    let mut seen = HashSet::new();
    let mut worksheets = Vec::new();
    for sheet in sheets.iter().filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet) {
        // Sheets are asked for by name: the second would be read as the first.
        if !seen.insert(&sheet.name) {
            return Err(RawProblem::unreadable("hai trang cùng tên", "two sheets have the same name"));
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

/// A number; one that is none costs its cell, and is what the spreadsheet programs show for it.
#[inline]
pub(super) fn number_value(number: f64) -> RawValue {
    if number.is_finite() { RawValue::Number(number) } else { RawValue::Error("#NUM!".into()) }
}

/// Zero bytes stand in texts of old files and say nothing.
#[inline]
fn without_zeros(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}

/// The reader was stopped.
pub fn too_slow(time: std::time::Duration) -> RawProblem {
    let seconds = time.as_secs();
    RawProblem::hostile(format!("đọc quá {seconds} giây"), format!("reading it took more than {seconds} seconds"))
}

#[inline]
pub(super) fn text_value(text: &str) -> Result<RawValue, RawProblem> {
    if text.len() > MAX_TEXT {
        return Err(RawProblem::hostile(
            format!("một ô chứa {} byte chữ", text.len()),
            format!("a cell holds {} bytes of text", text.len()),
        ));
    }
    if is_error_text(text) {
        return Ok(RawValue::Error(text.trim().into()));
    }
    Ok(RawValue::Text(without_zeros(text).into()))
}

/// A date as ISO text; a time alone where the serial number has no day.
///
/// What is no date of the spreadsheet programs stays a number: the library would
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
