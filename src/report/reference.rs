//! The sheet of a template that shows what the unit reported a year ago.
//!
//! It is no sheet of the form and must never be read as one: its headings are others
//! (see `reference_headings` in `report.toml`), and the workbook names it.

use std::sync::Arc;

use super::official::OfficialReport;
use crate::base::location::CellRef;
use crate::base::number::{NumberKind, to_float};
use crate::base::term::Period;
use crate::forms::Sheet;
use crate::present::fit::fit;
use crate::present::plan::{Align, CellStyle, Content, Line, NumberLook, PlacedCell, SheetPlan};
use crate::returns::{Status, Values};

/// Widths of the label column and of a figure, in characters.
const LABEL_WIDTH: f64 = 48.0;
const FIGURE_WIDTH: f64 = 13.0;
/// Column of the first figure.
const FIRST: u16 = 3;

/// The figures of an earlier term as one sheet: a block per sheet of the form, a line per code.
pub fn reference(report: &OfficialReport<'_>, period: Period, past: &Values) -> SheetPlan {
    let texts = report.texts;
    let mut plan = SheetPlan {
        name: Arc::from(texts.reference_sheet.as_str()),
        widths: [(0, 14.0), (1, 14.0), (2, LABEL_WIDTH)].into(),
        protected: true,
        freeze: Some(CellRef::new(1, FIRST)),
        ..SheetPlan::default()
    };
    plan.page.landscape = true;
    let title = texts.reference_title.replace("{term}", &report.regulation.full_term_text(period));
    place_cell(&mut plan, 0, 0, Content::Text(title.into()), CellStyle { bold: true, ..CellStyle::default() });
    let mut row = 2;
    for (_, sheet) in report.form.layout.data_sheets() {
        row = block(&mut plan, sheet, past, &texts.reference_headings, row) + 1;
    }
    let most = report.form.layout.data_sheets().map(|(_, sheet)| sheet.columns.len()).max().unwrap_or(0);
    plan.widths.extend((FIRST..).zip(0..most).map(|(column, _)| (column, FIGURE_WIDTH)));
    fit(&mut plan);
    plan
}

/// One sheet of the form from a row on; gives the row after it.
fn block(plan: &mut SheetPlan, sheet: &Sheet, past: &Values, headings: &[String; 3], mut row: u32) -> u32 {
    let head = CellStyle { bold: true, wrap: true, align: Align::Centre, line: Line::Thin, shaded: true, ..CellStyle::default() };
    for (column, heading) in (0..).zip(headings) {
        place_cell(plan, row, column, Content::Text(heading.as_str().into()), head);
    }
    for (at, column) in (FIRST..).zip(&sheet.columns) {
        place_cell(plan, row, at, Content::Text(format!("[{}] {}", column.number, column.path.join(" › ")).into()), head);
    }
    let (text, number) = (CellStyle { line: Line::Thin, ..CellStyle::default() }, number_style(sheet));
    for coded in 0..sheet.coded.len() {
        row += 1;
        let own = sheet.coded_row(coded);
        place_cell(plan, row, 0, Content::Text(Arc::clone(&sheet.name)), text);
        place_cell(plan, row, 1, Content::Text(own.code.clone().unwrap_or_default()), CellStyle { align: Align::Centre, ..text });
        place_cell(plan, row, 2, Content::Text(own.label.trim().into()), CellStyle { wrap: true, ..text });
        let kind = sheet.number_kind().unwrap_or(NumberKind::Counts);
        for (at, column) in (FIRST..).zip(0..sheet.columns.len()) {
            let (status, figure) = past.get(sheet.slot(coded, column));
            let content = match status {
                status if status.is_number() => Content::Number(to_float(figure, kind)),
                Status::NotApplicable => Content::Text("#".into()),
                // Nothing comparable, or not known then.
                status if status.is_broken() => Content::Text("…".into()),
                _ => Content::Blank,
            };
            place_cell(plan, row, at, content, number);
        }
    }
    row + 1
}

fn number_style(sheet: &Sheet) -> CellStyle {
    let number = if sheet.number_kind() == Some(NumberKind::Amounts) { NumberLook::Decimals(3) } else { NumberLook::Whole };
    CellStyle { line: Line::Thin, align: Align::Right, number, ..CellStyle::default() }
}

fn place_cell(plan: &mut SheetPlan, row: u32, column: u16, content: Content, style: CellStyle) {
    plan.cells.push(PlacedCell { at: CellRef::new(row, column), content, style });
}
