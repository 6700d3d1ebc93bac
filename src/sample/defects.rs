//! Dirt on purpose: what real submissions do to a clean workbook, by name.
//!
//! Every kind is something seen in official exports or in what schools send;
//! each has its rule, so a sample shows what the findings look like.

use std::str::FromStr;
use std::sync::Arc;

use super::rng::Rng;
use crate::base::error::{Error, closest};
use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::base::message::{Message, message};
use crate::forms::{Form, Sheet};
use crate::present::{Content, PlacedCell, SheetPlan, WorkbookPlan};

/// A kind of dirt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A total is one more than its parts.
    WrongTotal,
    /// More girls than pupils.
    TooManyGirls,
    /// `?` where a number should be.
    UnknownMark,
    /// A number typed as text, with group separators.
    NumberAsText,
    /// Words in a number cell.
    WordsInCell,
    /// A formula that shows `#VALUE!`.
    FormulaError,
    /// A sheet under another name.
    RenamedSheet,
    /// Sheets in another order.
    ReorderedSheets,
    /// A hidden sheet.
    HiddenSheet,
    /// A sheet of the school's own.
    ExtraSheet,
    /// Two rows inserted above everything.
    ShiftedRows,
    /// A row deleted.
    MissingRow,
    /// A row of the school's own.
    ExtraRow,
    /// Row codes stored as text.
    TextCodes,
    /// A return that never came.
    MissingReturn,
    /// A return in two files.
    SentTwice,
    /// Two different returns of one unit.
    TwoVersions,
    /// A file that is no workbook.
    NoWorkbook,
}

impl Defect {
    /// Every kind and its name.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::WrongTotal, "wrong-total"),
        (Self::TooManyGirls, "too-many-girls"),
        (Self::UnknownMark, "unknown-mark"),
        (Self::NumberAsText, "number-as-text"),
        (Self::WordsInCell, "words-in-cell"),
        (Self::FormulaError, "formula-error"),
        (Self::RenamedSheet, "renamed-sheet"),
        (Self::ReorderedSheets, "reordered-sheets"),
        (Self::HiddenSheet, "hidden-sheet"),
        (Self::ExtraSheet, "extra-sheet"),
        (Self::ShiftedRows, "shifted-rows"),
        (Self::MissingRow, "missing-row"),
        (Self::ExtraRow, "extra-row"),
        (Self::TextCodes, "text-codes"),
        (Self::MissingReturn, "missing-return"),
        (Self::SentTwice, "sent-twice"),
        (Self::TwoVersions, "two-versions"),
        (Self::NoWorkbook, "no-workbook"),
    ];

    /// Dirt of whole files rather than of what is in a workbook.
    #[must_use]
    pub const fn is_of_files(self) -> bool {
        matches!(self, Self::MissingReturn | Self::SentTwice | Self::TwoVersions | Self::NoWorkbook)
    }

    /// The name used on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Defect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|(_, name)| *name == text);
        known.map(|(kind, _)| *kind).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.dirt"),
            name: text.to_owned(),
            hint: closest(text, Self::ALL.iter().map(|(_, name)| *name)).map(Message::did_you_mean),
        })
    }
}

/// Puts one kind of dirt on a workbook, somewhere on its first sheets of figures.
///
/// Dirt of whole files leaves the workbook as it is.
pub fn inject_defects(plan: &mut WorkbookPlan, form: &Form, dirt: Defect, rng: &mut Rng) {
    match dirt {
        Defect::RenamedSheet => plan.sheets[0].name = Arc::from("Sheet1 (2)"),
        Defect::ReorderedSheets => plan.sheets.reverse(),
        Defect::HiddenSheet => plan.sheets[1].hidden = true,
        Defect::ExtraSheet => plan.sheets.push(note_sheet()),
        Defect::ShiftedRows => plan.sheets.iter_mut().for_each(|sheet| shift(sheet, 0, 2)),
        Defect::MissingReturn | Defect::SentTwice | Defect::TwoVersions | Defect::NoWorkbook => {}
        Defect::MissingRow | Defect::ExtraRow | Defect::TextCodes => soil_rows(plan, form, dirt, rng),
        _ => soil_cell(plan, form, dirt, rng),
    }
}

fn note_sheet() -> SheetPlan {
    let style = crate::present::CellStyle::default();
    let content = Content::Text(Arc::from("Ghi chú của trường: số liệu lấy từ sổ đăng bộ."));
    let cells = vec![PlacedCell { at: CellRef::new(0, 0), content, style }];
    SheetPlan { name: Arc::from("Ghi chú"), cells, ..SheetPlan::default() }
}

/// Moves everything from a row on down by so many rows.
fn shift(sheet: &mut SheetPlan, from: u32, by: u32) {
    let moved = |row: u32| if row >= from { row + by } else { row };
    for cell in &mut sheet.cells {
        cell.at.row = moved(cell.at.row);
    }
    for range in &mut sheet.merges {
        *range = CellRange {
            first: CellRef::new(moved(range.first.row), range.first.column),
            last: CellRef::new(moved(range.last.row), range.last.column),
        };
    }
    sheet.heights = std::mem::take(&mut sheet.heights).into_iter().map(|(row, height)| (moved(row), height)).collect();
    sheet.page.repeat_rows = sheet.page.repeat_rows.map(|rows| RowSpan { first: moved(rows.first), last: moved(rows.last) });
}

/// The first sheet of figures whose blocks have women, and its plan.
fn people_sheet<'a>(plan: &'a mut WorkbookPlan, form: &'a Form) -> Option<(&'a Sheet, &'a mut SheetPlan)> {
    let (index, sheet) = form.layout.data_sheets().find(|(_, sheet)| !sheet.sums.bounds.is_empty())?;
    Some((sheet, plan.sheets.get_mut(index)?))
}

fn soil_rows(plan: &mut WorkbookPlan, form: &Form, dirt: Defect, rng: &mut Rng) {
    let Some((sheet, placed)) = people_sheet(plan, form) else { return };
    let coded = usize::try_from(rng.below(i64::try_from(sheet.coded.len()).unwrap_or(2) - 1)).unwrap_or(0) + 1;
    let row = sheet.coded_row(coded).at;
    let code_column = sheet.roles.code;
    match dirt {
        Defect::MissingRow => placed.cells.retain(|cell| cell.at.row != row),
        Defect::ExtraRow => {
            shift(placed, row, 1);
            let style = crate::present::CellStyle::default();
            let mut add = |column, content| placed.cells.push(PlacedCell { at: CellRef::new(row, column), content, style });
            add(sheet.roles.label, Content::Text(Arc::from("Dòng trường tự thêm")));
            add(code_column, Content::Number(999.0));
            add(sheet.columns[0].at, Content::Number(1.0));
        }
        _ => {
            for cell in placed.cells.iter_mut().filter(|c| c.at.column == code_column && c.at.row > sheet.header_rows.last) {
                if let Content::Number(code) = cell.content {
                    cell.content = Content::Text(Arc::from(code.to_string()));
                }
            }
        }
    }
}

fn soil_cell(plan: &mut WorkbookPlan, form: &Form, dirt: Defect, rng: &mut Rng) {
    let Some((sheet, placed)) = people_sheet(plan, form) else { return };
    let Some(bounds) = sheet.sums.bounds.first() else { return };
    let column = if dirt == Defect::TooManyGirls { bounds.women.unwrap_or(0) } else { bounds.total };
    // The first row of people is where a reader looks first.
    let coded = if dirt == Defect::WrongTotal { 0 } else { usize::try_from(rng.below(4)).unwrap_or(0) };
    let at = sheet.printed_at(coded, column);
    let Some(cell) = placed.cells.iter_mut().find(|cell| cell.at == at) else { return };
    let number = match cell.content {
        Content::Number(number) | Content::Formula(_, number) => number,
        _ => 0.0,
    };
    cell.content = match dirt {
        Defect::WrongTotal => Content::Number(number + 1.0),
        Defect::TooManyGirls => Content::Number(number * 3.0 + 10.0),
        Defect::UnknownMark => Content::Text(Arc::from("?")),
        Defect::NumberAsText => Content::Text(Arc::from(format!(" {number} "))),
        Defect::WordsInCell => Content::Text(Arc::from(format!("{number} em"))),
        _ => Content::ErrorFormula("\"\"+1".to_owned(), "#VALUE!"),
    };
}
