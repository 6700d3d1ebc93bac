//! A workbook as plain data: what stands where, and how it looks and prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::forms::Paper;
use crate::ooxml::DefinedName;

/// A workbook to be written.
#[derive(Debug, Clone, Default)]
pub struct WorkbookPlan {
    /// Title, for the file's properties.
    pub title: String,
    /// Creation day of the file's properties, so that same content gives same bytes.
    pub created: chrono::NaiveDate,
    /// Author, for the file's properties: the unit at the top of the register; empty where the program is.
    pub author: String,
    /// Lines about the state of the paper, in the header of every page; empty where it has none.
    pub state: Vec<String>,
    /// Sheets in order.
    pub sheets: Vec<SheetPlan>,
    /// Defined names and their formulas.
    pub names: Vec<DefinedName>,
}

/// A sheet to be written.
#[derive(Debug, Clone, Default)]
pub struct SheetPlan {
    /// Sheet name.
    pub name: Arc<str>,
    /// Hidden from view.
    pub hidden: bool,
    /// Cells in any order; a later one at the same place wins.
    pub cells: Vec<PlacedCell>,
    /// Merged ranges; the content is that of the cell at their first corner.
    pub merges: Vec<CellRange>,
    /// Width in characters by column.
    pub widths: BTreeMap<u16, f64>,
    /// Look of whole columns: a table of one look is written faster than cell by cell.
    pub column_styles: BTreeMap<u16, CellStyle>,
    /// Height in points by row.
    pub heights: BTreeMap<u32, f64>,
    /// Rows and columns kept in view.
    pub freeze: Option<CellRef>,
    /// A table whose headings filter and sort it.
    pub filter: Option<CellRange>,
    /// How the sheet prints.
    pub page: PageSetup,
    /// Only open cells can be changed; no password.
    pub protected: bool,
    /// Limits on what may be typed where.
    pub validations: Vec<Validation>,
    /// Charts over the cells.
    pub charts: Vec<ChartPlan>,
    /// Looks that follow the numbers.
    pub highlights: Vec<Highlight>,
}

/// A look that follows the numbers of some cells, also when somebody changes or sorts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The cells.
    pub range: CellRange,
    /// Its appearance.
    pub kind: HighlightKind,
}

/// Appearances of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HighlightKind {
    /// More than 0 and less than 0, each in its colour.
    Sign,
    /// A bar as long as the number is large.
    Bar,
}

/// A native chart of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartPlan {
    /// The cell under its upper left corner.
    pub at: CellRef,
    /// Title.
    pub title: String,
    /// Description for those who cannot see it.
    pub words: String,
    /// Bars on top of each other instead of beside each other.
    pub stacked: bool,
    /// Name of the sheet of the cells.
    pub sheet: Arc<str>,
    /// The cells that name the bars.
    pub categories: CellRange,
    /// The series.
    pub series: Vec<ChartSeries>,
    /// Unit of measure, beside the axis; nothing where the series have several.
    pub unit: String,
    /// Look of the axis's numbers.
    pub axis: NumberLook,
    /// The axis begins at 0: nothing is less.
    pub from_zero: bool,
    /// Names stand upright, because there are many.
    pub upright: bool,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A series of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSeries {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub cells: CellRange,
}

/// Limits on typing into a run of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    /// The rows.
    pub rows: RowSpan,
    /// Column.
    pub column: u16,
    /// Values that are let through.
    pub allowed: Allowed,
    /// Heading of the message.
    pub title: String,
    /// Message to whoever types something else.
    pub message: String,
}

/// Values that a cell lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Whole numbers from 0 on.
    Counts,
    /// Numbers from 0 on.
    Amounts,
    /// One of these, offered in a drop-down.
    OneOf(Vec<u32>),
    /// One of these texts, offered in a drop-down.
    OneText(Vec<String>),
    /// These texts are offered in a drop-down, and others let through.
    TextsBeside(Vec<String>),
}

/// How a sheet prints.
#[derive(Debug, Clone, Default)]
pub struct PageSetup {
    /// Paper.
    pub paper: Paper,
    /// Landscape rather than portrait.
    pub landscape: bool,
    /// Rows repeated on every page.
    pub repeat_rows: Option<RowSpan>,
    /// Pages beside each other that the sheet is made to fit; 0 is one.
    pub pages_wide: u16,
    /// Pages below each other that it is made to fit; 0 is as many as it takes.
    pub pages_high: u16,
    /// Rows that begin a page.
    pub breaks: Vec<u32>,
    /// Rows that are printed; all where none are named.
    pub printed: Option<RowSpan>,
    /// Page header: left, centre, right.
    pub header: [String; 3],
    /// Page footer: left, centre, right; the page number is added on the right.
    pub footer: [String; 3],
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedCell {
    /// Where.
    pub at: CellRef,
    /// Content.
    pub content: Content,
    /// How it looks.
    pub style: CellStyle,
}

/// Content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing but its look.
    Blank,
    /// A text; never taken for a formula.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A text that leads to a sheet of the workbook.
    Link(Arc<str>, Arc<str>),
    /// A place in another file, by its path from where the workbook stands, as in `../bieu/a.xlsx#'I'!E5`, and the text that leads there.
    FileLink(Arc<str>, Arc<str>),
    /// A formula of ours and its result.
    Formula(String, f64),
    /// A formula that shows an error; only samples have one.
    ErrorFormula(String, &'static str),
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CellStyle {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Font size in points; 0 is 12.
    pub size: u8,
    /// Horizontal alignment.
    pub align: Align,
    /// Long text goes on in the next line.
    pub wrap: bool,
    /// Line around the cell.
    pub line: Line,
    /// Number format.
    pub number: NumberLook,
    /// Shaded: the number lacks parts.
    pub shaded: bool,
    /// A star after the number: it lacks parts.
    pub starred: bool,
    /// Can be changed on a protected sheet.
    pub open: bool,
}

/// Horizontal alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Align {
    /// Left.
    #[default]
    Left,
    /// Centred.
    Centre,
    /// Right.
    Right,
}

/// Line around a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Line {
    /// None.
    #[default]
    None,
    /// Thin.
    Thin,
    /// Medium.
    Medium,
}

/// Number format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum NumberLook {
    /// As the program likes.
    #[default]
    General,
    /// Whole, with groups of three.
    Whole,
    /// Groups of three and as many decimals as needed, at most six.
    Decimals(u8),
    /// A day, which spreadsheets count from the end of 1899.
    Day,
}
