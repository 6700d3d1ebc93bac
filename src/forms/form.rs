//! Official forms, ready to use: sheets, rows, columns, sums, and the slots of their cells.
//!
//! A *slot* is the position of one cell (sheet × code × column) in a form's
//! dense cell vector. Everything that counts works on slots; names are looked
//! up only to show or to store.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::index::{IndexVec, index_type, indexes};
use crate::base::layout_status::LayoutStatus;
use crate::base::location::{CellRef, RowSpan};
use crate::base::message::Message;
use crate::base::number::NumberKind;
use crate::base::term::Term;
use crate::base::text::{fold, is_same_symbol};

use super::counts::CountBlock;
use super::look::{HeaderCell, RowLook, SheetLook, TextCell};
use super::sums::{Sum, Sums};

index_type! {
    /// The place of a cell in the dense cell vector of its form.
    SlotIndex
}

/// One thing for each slot of a form.
pub type SlotVec<T> = IndexVec<SlotIndex, T>;

/// One official form of one circular.
#[derive(Debug, Clone)]
pub struct Form {
    /// Full id: circular and short id, `tt24-2018/01-MN-DN`.
    pub id: Arc<str>,
    /// The circular's id.
    pub circular: Arc<str>,
    /// Short id without diacritics, unique in its circular.
    pub short: Arc<str>,
    /// Symbol as printed, `01-MN-ĐN`.
    pub symbol: Arc<str>,
    /// Version of the layout under that symbol.
    pub version: Arc<str>,
    /// Title of the report.
    pub title: Arc<str>,
    /// Level of education the form is about (code of the levels list).
    pub level: Arc<str>,
    /// Term the form belongs to.
    pub term: Term,
    /// How far the layout can be trusted.
    pub layout_status: LayoutStatus,
    /// Ground of that trust.
    pub layout_basis: Arc<str>,
    /// Sections that the Ministry's list has for it and this layout has not.
    pub absent: Arc<[Absent]>,
    /// Kinds of unit that enter it themselves; any where empty.
    pub filed_by: Arc<[String]>,
    /// Sheets and slots; shared by forms that borrow a layout.
    pub layout: Arc<Layout>,
}

impl Form {
    /// Whether units of a kind enter the form themselves; all do where the circular names none.
    #[must_use]
    pub fn is_filed_by(&self, kind: &str) -> bool {
        self.filed_by.is_empty() || self.filed_by.iter().any(|own| own == kind)
    }

    /// Whether a name is the form's: its id, its short id, or its symbol however it is written (`02-TH-ĐN`, `02.ĐN-TH`).
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        *self.id == *name || is_same_symbol(&self.symbol, name) || is_same_symbol(&self.short, name) || {
            let of_circular = name.split_once('/').filter(|(circular, _)| *self.circular == **circular);
            of_circular.is_some_and(|(_, name)| is_same_symbol(&self.symbol, name))
        }
    }
}

/// A section that a form lacks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// Which section, and why it is not there.
    pub vi: String,
    /// Which section, and why it is not there.
    pub en: String,
}

/// Rows of ours that a form had and has no more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// Their codes.
    pub codes: Vec<String>,
    /// Where their figures go now.
    pub vi: String,
    /// Where their figures go now.
    pub en: String,
}

impl Gone {
    /// Where their figures go now.
    #[must_use]
    pub fn words(&self) -> Message {
        Message::both(&self.vi, &self.en)
    }
}

/// How sure a row of a reconstructed form, or a sum that was inferred, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess.
    Low,
    /// Probable.
    Medium,
    /// As good as printed.
    High,
}

impl Confidence {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The sheets of a form and how their cells are numbered.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Id of the form that the layout was written for.
    pub id: Arc<str>,
    /// Sheets in the order of the workbook.
    pub sheets: Vec<Sheet>,
    /// Number of slots over all sheets.
    pub slots: usize,
    /// Rows of ours that it had, and where their figures go now.
    pub gone: Arc<[Gone]>,
    /// How its cells are counted from records; nothing where they cannot be.
    pub counts: Arc<[CountBlock]>,
}

impl Layout {
    /// A row that was taken out, by its code however that is typed, and where its figures go now.
    #[must_use]
    pub fn gone(&self, code: &str) -> Option<(&str, &Gone)> {
        let code = fold(code);
        let mut rows = self.gone.iter().flat_map(|gone| gone.codes.iter().map(move |own| (own.as_str(), gone)));
        rows.find(|(own, _)| fold(own) == code)
    }

    /// Sheets that hold figures, with their index.
    pub fn data_sheets(&self) -> impl Iterator<Item = (usize, &Sheet)> {
        self.sheets.iter().enumerate().filter(|(_, sheet)| sheet.number_kind().is_some())
    }

    /// The sheet, coded row and column indexes of a slot.
    #[must_use]
    pub fn address(&self, slot: SlotIndex) -> (usize, usize, usize) {
        let sheet = self.sheets.iter().rposition(|s| s.number_kind().is_some() && s.first_slot <= slot);
        let index = sheet.unwrap_or(0);
        let (coded, column) = self.sheets[index].row_and_column(slot);
        (index, coded, column)
    }

    /// All slots, in order.
    #[inline]
    #[must_use]
    pub fn each_slot(&self) -> impl ExactSizeIterator<Item = SlotIndex> + DoubleEndedIterator + Clone + use<> {
        indexes(0..self.slots)
    }

    /// The sheet with this id.
    #[must_use]
    pub fn sheet(&self, id: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| &*sheet.id == id)
    }
}

/// Kinds of sheet by their content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetKind {
    /// Whole numbers.
    Counts,
    /// Money in million đồng.
    Amounts,
    /// The form's own error log.
    Errors,
}

/// One sheet of a form.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Id, unique in the form.
    pub id: Arc<str>,
    /// Sheet name as printed.
    pub name: Arc<str>,
    /// Kind of its content.
    pub kind: SheetKind,
    /// Which columns say what a row is.
    pub roles: Roles,
    /// Zero-based first and last header row; the last carries letters and column numbers.
    pub header_rows: RowSpan,
    /// How the sheet looks.
    pub look: SheetLook,
    /// Header cells as printed.
    pub header: Vec<HeaderCell>,
    /// Texts outside the table.
    pub texts: Vec<TextCell>,
    /// Value columns.
    pub columns: Vec<Column>,
    /// All printed rows, coded or not.
    pub rows: Vec<Row>,
    /// Indexes into `rows` of the rows that carry a code, in print order.
    pub coded: Vec<usize>,
    /// First slot of the sheet.
    pub first_slot: SlotIndex,
    /// Sums and bounds between the sheet's cells.
    pub sums: Sums,
}

impl Sheet {
    /// Counts or amounts; `None` for a sheet that holds no figures.
    #[must_use]
    pub const fn number_kind(&self) -> Option<NumberKind> {
        match self.kind {
            SheetKind::Counts => Some(NumberKind::Counts),
            SheetKind::Amounts => Some(NumberKind::Amounts),
            SheetKind::Errors => None,
        }
    }

    /// The slot of a coded row and a column, both as indexes.
    #[must_use]
    pub fn slot(&self, coded: usize, column: usize) -> SlotIndex {
        SlotIndex::new(self.first_slot.get() + coded * self.columns.len() + column)
    }

    /// The coded row and the column of a slot of the sheet, both as indexes.
    #[must_use]
    pub fn row_and_column(&self, slot: SlotIndex) -> (usize, usize) {
        let (offset, width) = (self.offset(slot), self.columns.len().max(1));
        (offset / width, offset % width)
    }

    /// How far a slot of the sheet is from its first one, for what is kept sheet by sheet.
    #[inline]
    #[must_use]
    pub const fn offset(&self, slot: SlotIndex) -> usize {
        slot.get() - self.first_slot.get()
    }

    /// The slots of the sheet, in order.
    #[inline]
    #[must_use]
    pub fn each_slot(&self) -> impl ExactSizeIterator<Item = SlotIndex> + DoubleEndedIterator + Clone + use<> {
        indexes(self.first_slot.get()..self.first_slot.get() + self.slots())
    }

    /// From the first slot of the sheet to the first one after it.
    #[inline]
    #[must_use]
    pub fn span(&self) -> Range<SlotIndex> {
        self.first_slot..SlotIndex::new(self.first_slot.get() + self.slots())
    }

    /// Number of slots of the sheet.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.coded.len() * self.columns.len()
    }

    /// The row at a coded index.
    #[must_use]
    pub fn coded_row(&self, coded: usize) -> &Row {
        &self.rows[self.coded[coded]]
    }

    /// The coded index of a row code.
    #[must_use]
    pub fn find_code(&self, code: &str) -> Option<usize> {
        self.coded.iter().position(|&row| self.rows[row].code.as_deref() == Some(code))
    }

    /// The index of a column number.
    #[must_use]
    pub fn find_column(&self, number: u16) -> Option<usize> {
        self.columns.iter().position(|column| column.number == number)
    }

    /// Where the form prints a coded row and a column.
    #[must_use]
    pub fn printed_at(&self, coded: usize, column: usize) -> CellRef {
        CellRef::new(self.coded_row(coded).at, self.columns[column].at)
    }
}

/// The columns that identify a row, zero-based.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles {
    /// Ordinal (TT).
    pub tt: u16,
    /// Label (Chỉ tiêu).
    pub label: u16,
    /// Unit of measure (Đơn vị tính).
    pub unit: u16,
    /// Row code (Mã số).
    pub code: u16,
}

/// Value that a column selects in a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDim {
    /// The dimension.
    pub dim: Arc<str>,
    /// The value selected.
    pub value: Arc<str>,
}

/// A value column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Printed number, unique in the sheet.
    pub number: u16,
    /// Zero-based spreadsheet column.
    pub at: u16,
    /// Header texts from the top down.
    pub path: Vec<Arc<str>>,
    /// Values that the column selects, by dimension: ownership, sex, ethnicity …
    pub dims: Vec<ColumnDim>,
}

/// A printed row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Zero-based spreadsheet row.
    pub at: u32,
    /// Row code; `None` for headings.
    pub code: Option<Arc<str>>,
    /// The code is stored as text in the official workbook.
    pub code_is_text: bool,
    /// Ordinal as printed.
    pub tt: Arc<str>,
    /// The ordinal is stored as a number in the official workbook.
    pub tt_is_number: bool,
    /// Label as printed, bullets included.
    pub label: Arc<str>,
    /// Unit of measure.
    pub unit: Arc<str>,
    /// Depth in the outline, 0 at the top.
    pub indent: u8,
    /// The heading the row stands under ("Chia ra theo vùng").
    pub group: Arc<str>,
    /// Weight of the print.
    pub look: RowLook,
    /// Column indexes that do not apply to the row (`#`).
    pub not_applicable: Vec<usize>,
    /// Reconstructed forms: what the row rests on.
    pub basis: Arc<str>,
    /// Reconstructed forms: how sure the row is.
    pub confidence: Option<Confidence>,
}

impl Row {
    /// The code as a number, where it is printed as one; `01` is not, for a number has no leading zero.
    #[must_use]
    pub fn code_number(&self) -> Option<f64> {
        let code = self.code.as_deref().filter(|_| !self.code_is_text)?;
        code.parse().ok().filter(|number: &f64| number.to_string() == code)
    }
}

impl Sheet {
    /// Columns of a coded row that the other columns of the row make: a total and the sum it is.
    ///
    /// Printed sums and inferred totals over columns are; totals over rows are not among them,
    /// because official exports show that they need not be the sum of the rows listed.
    #[must_use]
    pub fn derived(&self, coded: usize) -> Vec<&Sum> {
        let row = self.coded_row(coded);
        let applies = |column: &usize| !row.not_applicable.contains(column);
        let mut derived: Vec<&Sum> = Vec::new();
        for sum in &self.sums.columns {
            let is_new = derived.iter().all(|known| known.total != sum.total);
            if is_new && applies(&sum.total) && sum.parts.iter().all(applies) {
                derived.push(sum);
            }
        }
        derived
    }
}
