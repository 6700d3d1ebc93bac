//! Blank official workbooks for schools: hard to fill in wrongly.
//!
//! The sheet is protected without a password: only the cells to be filled in are
//! open, totals are formulas, numbers are validated as they are typed. Figures of
//! the same term a year ago stand on a sheet of their own, when they are known.

use std::collections::HashMap;

use crate::base::location::{CellRef, RowSpan, column_name};
use crate::base::number::NumberKind;
use crate::base::term::Period;
use crate::forms::{Row, Sheet};
use crate::ooxml::DefinedName;
use crate::returns::Values;
use crate::totals::{Coverage, Total};
use crate::workbooks::{REFERENCE_NAME, TEMPLATE_NAME, TemplateId};

use super::official::{OfficialReport, official};
use super::reference::reference;
use super::texts::{Choice, ReportTexts};
use crate::present::plan::{Allowed, Content, SheetPlan, Validation, WorkbookPlan};

/// Figures of an earlier term.
#[derive(Debug, Clone, Copy)]
pub struct PastFigures<'a> {
    /// The term.
    pub period: Period,
    /// The figures, in terms of the form.
    pub values: &'a Values,
}

/// Who a template is for, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct TemplateUnit<'a> {
    /// Unit code.
    pub code: &'a str,
    /// Kind of unit, a code of the register.
    pub kind: &'a str,
    /// Figures of an earlier term, in terms of the form.
    pub past: Option<PastFigures<'a>>,
}

/// The blank form of a unit, with unit, term and identity filled in.
///
/// `report` gives form, term, names and texts; its total is not used.
#[must_use]
pub fn template(report: &OfficialReport<'_>, unit: TemplateUnit<'_>) -> WorkbookPlan {
    let mut total = Total::new(report.form.layout.slots);
    total.coverage = Coverage::default();
    let blank = OfficialReport { total: &total, run: "", signature: false, ..*report };
    let mut plan = official(&blank);
    let id = TemplateId::new(report.form, unit.code, report.period);
    plan.names.push(DefinedName { name: TEMPLATE_NAME.to_owned(), value: format!("=\"{id}\"") });
    let choices: Vec<&Choice> = report.texts.template_choices.iter().filter(|c| c.kinds.iter().any(|kind| *kind == unit.kind)).collect();
    for (index, sheet) in report.form.layout.data_sheets() {
        open_sheet(sheet, report.texts, &choices, &mut plan.sheets[index]);
    }
    for sheet in &mut plan.sheets {
        // A filled-in form counts on paper, not how much of a province it covers; its sheets are those of the blank.
        sheet.page.footer[1] = String::new();
        sheet.hidden = false;
    }
    if let Some(PastFigures { period, values: past }) = unit.past {
        let sheet = reference(report, period, past);
        plan.names.push(DefinedName { name: REFERENCE_NAME.to_owned(), value: format!("=\"{}\"", sheet.name) });
        plan.sheets.push(sheet);
    }
    plan
}

fn open_sheet(sheet: &Sheet, texts: &ReportTexts, choices: &[&Choice], plan: &mut SheetPlan) {
    let places: HashMap<CellRef, usize> = plan.cells.iter().enumerate().map(|(place, cell)| (cell.at, place)).collect();
    for coded in 0..sheet.coded.len() {
        let row = sheet.coded_row(coded);
        let derived = sheet.derived(coded);
        for column in 0..sheet.columns.len() {
            let Some(&place) = places.get(&sheet.printed_at(coded, column)) else { continue };
            let cell = &mut plan.cells[place];
            if let Some(sum) = derived.iter().find(|sum| sum.total == column) {
                let names = sum.parts.iter().map(|part| format!("{}{}", column_name(sheet.columns[*part].at), row.at + 1));
                cell.content = Content::Formula(names.collect::<Vec<_>>().join("+"), 0.0);
            } else if !row.not_applicable.contains(&column) {
                cell.style.open = true;
            }
        }
    }
    plan.protected = true;
    plan.validations = validations(sheet, texts, choices);
}

/// Limits on typing into the cells of each column: whole numbers or amounts, never negative,
/// or one of a few; a run of rows of the same kind is one rule.
fn validations(sheet: &Sheet, texts: &ReportTexts, choices: &[&Choice]) -> Vec<Validation> {
    let plain = if sheet.number_kind() == Some(NumberKind::Counts) { Allowed::Counts } else { Allowed::Amounts };
    let allowed = |row: &Row| {
        let choice = choices.iter().find(|choice| choice.units_of_measure.iter().any(|unit| **unit == *row.unit));
        choice.map_or_else(|| plain.clone(), |choice| Allowed::OneOf(choice.values.clone()))
    };
    let mut runs: Vec<(Allowed, RowSpan)> = Vec::new();
    for coded in 0..sheet.coded.len() {
        let row = sheet.coded_row(coded);
        match runs.last_mut().filter(|(before, _)| *before == allowed(row)) {
            Some((_, rows)) => rows.last = row.at,
            None => runs.push((allowed(row), RowSpan { first: row.at, last: row.at })),
        }
    }
    let of_column = |column: &crate::forms::Column| {
        let rule = |(allowed, rows): &(Allowed, RowSpan)| Validation {
            rows: *rows,
            column: column.at,
            allowed: allowed.clone(),
            title: texts.template_title.clone(),
            message: match allowed {
                Allowed::Counts => texts.template_counts.clone(),
                Allowed::Amounts => texts.template_amounts.clone(),
                _ => texts.template_choice.clone(),
            },
        };
        runs.iter().map(rule).collect::<Vec<_>>()
    };
    sheet.columns.iter().flat_map(of_column).collect()
}
