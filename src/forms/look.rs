//! How a form is printed: header and heading cells, widths, lines, paper.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::location::{CellRange, CellRef};

/// A header cell: a text, or the printed column number.
#[derive(Debug, Clone)]
pub struct HeaderCell {
    /// Where it is printed.
    pub at: CellRef,
    /// Description in words.
    pub content: HeaderContent,
    /// Printed bold.
    pub bold: bool,
}

/// Contents of a header cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderContent {
    /// Words or a letter.
    Text(Arc<str>),
    /// A column number, stored as a number.
    Number(u16),
}

/// A text outside the table, perhaps filled in by a report.
#[derive(Debug, Clone)]
pub struct TextCell {
    /// Where it is printed.
    pub at: CellRef,
    /// The text of the blank form.
    pub text: Arc<str>,
    /// Field that a report puts there instead.
    pub field: Option<TextField>,
    /// Printed bold.
    pub bold: bool,
    /// Centred.
    pub centred: bool,
}

/// Fields of a form's heading that a report fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// Name of the reporting unit.
    ReportingUnit,
    /// Name of the receiving unit.
    ReceivingUnit,
    /// The term and school year.
    Term,
    /// The day the figures are as at.
    AsAt,
    /// Which state of the results the figures are in.
    ResultState,
}

/// Weight of a row's print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowLook {
    /// Regular.
    #[default]
    Plain,
    /// Ordinal and label bold.
    Strong,
    /// Everything bold.
    Total,
    /// Label italic.
    Italic,
}

/// How a sheet looks and prints.
#[derive(Debug, Clone)]
pub struct SheetLook {
    /// Font size in points.
    pub font_size: u8,
    /// Line around the table's cells.
    pub border: Border,
    /// Ordinals are centred rather than left.
    pub centre_tt: bool,
    /// Column widths.
    pub widths: Vec<ColumnWidths>,
    /// Row heights.
    pub heights: Vec<RowHeights>,
    /// Merged ranges.
    pub merges: Vec<CellRange>,
    /// Paper.
    pub paper: Paper,
    /// Landscape rather than portrait.
    pub landscape: bool,
    /// Unit of measure for the whole sheet, where it has one.
    pub unit_of_measure: Arc<str>,
}

/// Columns of one width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnWidths {
    /// First column, zero-based.
    pub first: u16,
    /// Last column, zero-based.
    pub last: u16,
    /// Width in characters.
    pub width: f64,
}

/// Rows of one height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowHeights {
    /// First row, zero-based.
    pub first: u32,
    /// Last row, zero-based.
    pub last: u32,
    /// Height in points.
    pub height: f64,
}

/// Line around a table's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Border {
    /// Thin lines.
    #[default]
    Thin,
    /// Medium lines.
    Medium,
}

/// Paper a sheet is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 297 × 420 mm.
    A3,
}
