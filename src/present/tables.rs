//! Tables of a sheet as spreadsheet programs know them: with names for their columns, filters, and rows that may be sorted.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_xlsxwriter::{Table, TableColumn, TableStyle, Worksheet, XlsxError};

use super::plan::{Content, SheetPlan};
use crate::base::location::CellRange;

/// Letters that the name of a column can have.
const LONGEST_NAME: usize = 255;

/// Makes the range that a plan filters a table; only a filter where programs would not take its headings for names of columns.
/// The headings are written after this, in their own look.
pub fn place_table(worksheet: &mut Worksheet, plan: &SheetPlan, range: CellRange) -> Result<(), XlsxError> {
    let (first, last) = (range.first, range.last);
    let Some(headings) = headings(plan, range) else {
        worksheet.autofilter(first.row, first.column, last.row, last.column)?;
        return Ok(());
    };
    let columns: Vec<TableColumn> = headings.iter().map(|heading| TableColumn::new().set_header(&**heading)).collect();
    let table = Table::new().set_columns(&columns).set_style(TableStyle::None);
    worksheet.add_table(first.row, first.column, last.row, last.column, &table)?;
    Ok(())
}

/// Headings of a range, if each is a text of one line that no other is, and nothing of the range is merged.
fn headings(plan: &SheetPlan, range: CellRange) -> Option<Vec<Arc<str>>> {
    let meets = |other: &CellRange| {
        let rows = other.first.row <= range.last.row && range.first.row <= other.last.row;
        rows && other.first.column <= range.last.column && range.first.column <= other.last.column
    };
    if plan.merges.iter().any(meets) {
        return None;
    }
    let mut found: Vec<Option<Arc<str>>> = vec![None; usize::from(range.last.column - range.first.column) + 1];
    for cell in plan.cells.iter().filter(|cell| cell.at.row == range.first.row && cell.at.column >= range.first.column) {
        if let (Content::Text(text), Some(place)) = (&cell.content, found.get_mut(usize::from(cell.at.column - range.first.column))) {
            *place = Some(Arc::clone(text));
        }
    }
    let headings = found.into_iter().collect::<Option<Vec<Arc<str>>>>()?;
    let mut taken = BTreeSet::new();
    let is_name = |heading: &Arc<str>| {
        let is_plain = !heading.trim().is_empty() && !heading.contains('\n') && heading.chars().count() <= LONGEST_NAME;
        is_plain && taken.insert(heading.to_lowercase())
    };
    headings.iter().all(is_name).then_some(headings)
}
