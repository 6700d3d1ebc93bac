//! A workbook as sheets of plain cells, and why there is none.

use serde::{Deserialize, Serialize};

use super::error_cells::is_error_text;
use crate::base::location::CellRef;
use crate::base::message::{Message, message};

/// Characters of one cell: the limit of the spreadsheet programs themselves.
pub const MAX_TEXT: usize = 4 * 32_767;

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
    /// Value it stands for.
    pub value: String,
}

impl RawWorkbook {
    /// Value of a defined name.
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
    /// Title of its contents.
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

/// Content of a cell.
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
    Unreadable(Message),
    /// Protected by a password.
    Encrypted,
    /// Beyond the limits above.
    Hostile(Message),
}

/// Kinds of damage that a library refuses.
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
    pub fn words(self) -> Message {
        match self {
            Self::Unreadable(words) | Self::Hostile(words) => words,
            Self::Encrypted => message!("workbooks.file_protected_password"),
        }
    }

    /// Not readable, with the reason.
    pub(crate) fn unreadable(why: Message) -> Self {
        Self::Unreadable(why)
    }

    /// Beyond a limit, with the reason.
    pub(crate) fn hostile(why: Message) -> Self {
        Self::Hostile(why)
    }

    /// Not readable, for a reason that a library gives: what it says is no sentence for people and stands behind one.
    pub(crate) fn damaged(what: Damaged, problem: &dyn std::fmt::Display) -> Self {
        let what = match what {
            Damaged::Zip => message!("workbooks.zip_damaged"),
            Damaged::Package => message!("workbooks.package_damaged"),
            Damaged::OldWorkbook => message!("workbooks.old_workbook_damaged"),
            Damaged::Workbook => message!("workbooks.part_damaged"),
        };
        Self::unreadable(message!("workbooks.damaged_in_detail", what, problem))
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

/// A number; one that is none costs its cell, and is what the spreadsheet programs show for it.
#[inline]
pub(crate) fn number_value(number: f64) -> RawValue {
    if number.is_finite() { RawValue::Number(number) } else { RawValue::Error("#NUM!".into()) }
}

#[inline]
pub(crate) fn text_value(text: &str) -> Result<RawValue, RawProblem> {
    if text.len() > MAX_TEXT {
        return Err(RawProblem::hostile(message!("workbooks.cell_holds_bytes_text", text = text.len())));
    }
    if is_error_text(text) {
        return Ok(RawValue::Error(text.trim().into()));
    }
    Ok(RawValue::Text(without_zeros(text).into()))
}

/// Zero bytes stand in texts of old files and say nothing.
#[inline]
pub(crate) fn without_zeros(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}
