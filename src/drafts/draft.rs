//! A form as drafted from a workbook: what its TOML file will say, and what is unsure.

use std::collections::BTreeMap;

use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::base::message::Message;
use crate::base::term::Term;
pub use crate::forms::Confidence;
use crate::forms::{Basis, Border, ColumnWidths, RowHeights, RowLook, SheetKind, TextField};

/// A drafted form.
#[derive(Debug)]
pub struct Draft {
    /// Short id, the file's name.
    pub id: String,
    /// Symbol as printed.
    pub symbol: String,
    /// Version of the layout.
    pub version: String,
    /// Title of the report.
    pub title: String,
    /// Level of education.
    pub level: String,
    /// Term.
    pub term: Term,
    /// A person says that the workbook is a real official one.
    pub verified: bool,
    /// Name and hash of the workbook.
    pub basis: String,
    /// Sheets, in the order of the workbook.
    pub sheets: Vec<DraftSheet>,
    /// Notes on what is unsure about the form as a whole, or was left out.
    pub notes: Vec<Message>,
}

/// A drafted sheet; one without columns is the error log.
#[derive(Debug, Default)]
pub struct DraftSheet {
    /// Id.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Table of the sheet; `None` for the error log.
    pub table: Option<DraftTable>,
    /// Header cells.
    pub header: Vec<DraftHeader>,
    /// Texts outside the table.
    pub texts: Vec<DraftText>,
    /// How it looks.
    pub look: DraftLook,
    /// Notes on what is unsure.
    pub notes: Vec<Message>,
}

/// The table of a sheet.
#[derive(Debug)]
pub struct DraftTable {
    /// Counts or amounts.
    pub kind: SheetKind,
    /// Unit of measure of a sheet of amounts.
    pub unit_of_measure: String,
    /// Columns of ordinal, label, unit and code.
    pub roles: DraftRoles,
    /// First and last header row, zero-based.
    pub header_rows: RowSpan,
    /// Value columns.
    pub columns: Vec<DraftColumn>,
    /// Rows.
    pub rows: Vec<DraftRow>,
    /// Sums and bounds.
    pub sums: Vec<DraftSum>,
}

/// Columns that identify a row; a role the workbook does not have is `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct DraftRoles {
    /// Ordinal.
    pub tt: Option<u16>,
    /// Label.
    pub label: u16,
    /// Unit of measure.
    pub unit: Option<u16>,
    /// Row code.
    pub code: u16,
}

/// A header cell.
#[derive(Debug)]
pub struct DraftHeader {
    /// Where.
    pub at: CellRef,
    /// A text, or a printed column number.
    pub content: Result<String, u16>,
    /// Bold.
    pub bold: bool,
}

/// A text outside the table.
#[derive(Debug)]
pub struct DraftText {
    /// Where.
    pub at: CellRef,
    /// Description in words.
    pub text: String,
    /// Field that a report fills in.
    pub field: Option<TextField>,
    /// Bold.
    pub bold: bool,
    /// Centred.
    pub centred: bool,
}

/// A value column.
#[derive(Debug)]
pub struct DraftColumn {
    /// Its number.
    pub number: u16,
    /// Zero-based spreadsheet column.
    pub at: u16,
    /// Heading texts from the top.
    pub path: Vec<String>,
    /// Values it selects.
    pub dims: BTreeMap<String, String>,
}

/// A row.
#[derive(Debug, Default)]
pub struct DraftRow {
    /// Zero-based spreadsheet row.
    pub at: u32,
    /// Its code.
    pub code: Option<String>,
    /// The code is stored as text.
    pub code_is_text: bool,
    /// Ordinal as printed.
    pub tt: String,
    /// The ordinal is stored as a number.
    pub tt_is_number: bool,
    /// Label as printed.
    pub label: String,
    /// Unit of measure.
    pub unit: String,
    /// The unit is not printed on this row.
    pub unit_is_guessed: bool,
    /// Depth in the outline.
    pub indent: u8,
    /// Indent of the label cell's own style.
    pub cell_indent: u8,
    /// Heading it stands under.
    pub group: String,
    /// Weight of the print.
    pub look: RowLook,
    /// Numbers of the columns that do not apply.
    pub not_applicable: Vec<u16>,
}

/// Kinds of sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumKind {
    /// A column is the sum of others.
    Columns,
    /// Women and minority within everyone: total, women, minority, both.
    Bounds,
    /// A row is the sum of others.
    Rows,
    /// Rows lie within a row.
    Subset,
}

/// A sum: indexes into the table's columns or rows.
#[derive(Debug, Clone)]
pub struct DraftSum {
    /// Kind.
    pub kind: SumKind,
    /// The total or whole.
    pub total: usize,
    /// The parts; of bounds: women, minority, minority women.
    pub parts: Vec<Option<usize>>,
    /// Printed or inferred.
    pub basis: Basis,
    /// Heading of the group.
    pub group: String,
    /// How sure.
    pub confidence: Confidence,
    /// Ground it rests on.
    pub why: Message,
    /// Evidence of the numbers.
    pub evidence: Evidence,
}

/// How a sheet looks.
#[derive(Debug)]
pub struct DraftLook {
    /// Font size.
    pub font_size: u8,
    /// Lines.
    pub border: Border,
    /// Ordinals centred.
    pub centre_tt: bool,
    /// Widths.
    pub widths: Vec<ColumnWidths>,
    /// Heights: first and last row.
    pub heights: Vec<RowHeights>,
    /// Merges.
    pub merges: Vec<CellRange>,
    /// A3 rather than A4.
    pub a3: bool,
    /// Landscape.
    pub landscape: bool,
}

impl Default for DraftLook {
    fn default() -> Self {
        Self {
            font_size: 12,
            border: Border::Thin,
            centre_tt: true,
            widths: Vec::new(),
            heights: Vec::new(),
            merges: Vec::new(),
            a3: false,
            landscape: true,
        }
    }
}

/// A suggested sum or bound over columns.
#[derive(Debug)]
pub struct ColumnClaim {
    /// Columns or bounds.
    pub kind: SumKind,
    /// The total.
    pub total: usize,
    /// The parts.
    pub parts: Vec<Option<usize>>,
    /// How sure.
    pub confidence: Confidence,
    /// Ground it rests on.
    pub why: Message,
}

/// How often a sum holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Holds over numbers that are not all zero.
    pub holds: usize,
    /// Holds because everything is zero.
    pub zeros: usize,
    /// Does not hold.
    pub fails: usize,
    /// First cell where it does not.
    pub first: Option<CellRef>,
}
