//! Blank official workbooks for schools: hard to fill in wrongly.
//!
//! The sheet is protected without a password: only the cells to be filled in are
//! open, totals are formulas, numbers are validated as they are typed.

use crate::aggregate::{Coverage, Total};
use crate::ingest::{TEMPLATE_NAME, TemplateId};
use crate::location::column_name;
use crate::number::NumberKind;
use crate::schema::Sheet;

use super::official::{OfficialReport, official};
use super::plan::{Content, SheetPlan, Validation, WorkbookPlan};
use super::texts::ReportTexts;

/// The blank form of a unit, with unit, term and identity filled in.
///
/// `report` gives form, term, names and texts; its total is not used.
#[must_use]
pub fn template(report: &OfficialReport<'_>, unit: &str) -> WorkbookPlan {
    let mut total = Total::new(report.form.layout.slots);
    total.coverage = Coverage::default();
    let blank = OfficialReport { total: &total, run: "", signature: false, ..*report };
    let mut plan = official(&blank);
    let id = TemplateId::new(report.form, unit, report.period);
    plan.names.push((TEMPLATE_NAME.to_owned(), format!("=\"{id}\"")));
    for (index, sheet) in report.form.layout.data_sheets() {
        open_sheet(sheet, report.texts, &mut plan.sheets[index]);
    }
    for sheet in &mut plan.sheets {
        // What counts on paper is the filled-in form, not how much of a province it covers.
        sheet.page.footer[1] = String::new();
    }
    plan
}

fn open_sheet(sheet: &Sheet, texts: &ReportTexts, plan: &mut SheetPlan) {
    for coded in 0..sheet.coded.len() {
        let row = sheet.coded_row(coded);
        let derived = sheet.derived(coded);
        for column in 0..sheet.columns.len() {
            let at = sheet.printed_at(coded, column);
            let Some(cell) = plan.cells.iter_mut().find(|cell| cell.at == at) else { continue };
            if let Some(sum) = derived.iter().find(|sum| sum.total == column) {
                let names = sum.parts.iter().map(|part| format!("{}{}", column_name(sheet.columns[*part].at), row.at + 1));
                cell.content = Content::Formula(names.collect::<Vec<_>>().join("+"), 0.0);
            } else if !row.not_applicable.contains(&column) {
                cell.style.open = true;
            }
        }
    }
    plan.protected = true;
    plan.validations = validations(sheet, texts);
}

/// What may be typed into the cells of each column: whole numbers or amounts, never negative.
fn validations(sheet: &Sheet, texts: &ReportTexts) -> Vec<Validation> {
    let (Some(first), Some(last)) = (sheet.coded.first(), sheet.coded.last()) else { return Vec::new() };
    let rows = (sheet.rows[*first].at, sheet.rows[*last].at);
    let whole = sheet.number_kind() == Some(NumberKind::Counts);
    let message = if whole { &texts.template_counts } else { &texts.template_amounts };
    let title = &texts.template_title;
    let of_column =
        |column: &crate::schema::Column| Validation { rows, column: column.at, whole, title: title.clone(), message: message.clone() };
    sheet.columns.iter().map(of_column).collect()
}
