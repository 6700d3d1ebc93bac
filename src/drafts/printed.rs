//! Printed formulas as sums of columns or rows.

use std::collections::BTreeMap;

use super::draft::{DraftTable, SumKind};
use super::look::SheetView;
use crate::base::location::{CellRange, CellRef};

/// Cells one formula may add.
const MAX_PARTS: usize = 500;

/// A sum printed in some cells of the table.
#[derive(Debug)]
pub struct DraftPrintedSum {
    /// Columns or rows.
    pub kind: SumKind,
    /// The total.
    pub total: usize,
    /// The parts.
    pub parts: Vec<usize>,
    /// In how many cells.
    pub cells: usize,
}

/// The sums that the formulas of a table print, and how many formulas say something else.
#[must_use]
pub fn printed_sums(view: SheetView<'_>, table: &DraftTable) -> (Vec<DraftPrintedSum>, usize) {
    let mut found: BTreeMap<(bool, usize, Vec<usize>), usize> = BTreeMap::new();
    let mut others = view.xml.other_formulas;
    let places = Places::new(table);
    for (&CellRef { row, column }, terms) in &view.xml.formulas {
        let (Some(&own_row), Some(&own_column)) = (places.rows.get(&row), places.columns.get(&column)) else { continue };
        let ranges: Vec<CellRange> = terms.ranges().collect();
        let sum = if ranges.iter().all(|range| range.first.row == row && range.last.row == row) {
            places.parts(&ranges, false).map(|parts| (false, own_column, parts))
        } else if ranges.iter().all(|range| range.first.column == column && range.last.column == column) {
            places.parts(&ranges, true).map(|parts| (true, own_row, parts))
        } else {
            None
        };
        match sum.filter(|(_, total, parts)| !parts.is_empty() && !parts.contains(total)) {
            Some(sum) => *found.entry(sum).or_default() += 1,
            None => others += 1,
        }
    }
    let sums = found.into_iter().map(|((is_row, total, parts), cells)| {
        let kind = if is_row { SumKind::Rows } else { SumKind::Columns };
        DraftPrintedSum { kind, total, parts, cells }
    });
    (sums.collect(), others)
}

/// Indexes of the coded rows and the columns by their place.
struct Places {
    rows: BTreeMap<u32, usize>,
    columns: BTreeMap<u16, usize>,
}

impl Places {
    fn new(table: &DraftTable) -> Self {
        let rows = table.rows.iter().enumerate().filter(|(_, row)| row.code.is_some());
        Self {
            rows: rows.map(|(index, row)| (row.at, index)).collect(),
            columns: table.columns.iter().enumerate().map(|(index, column)| (column.at, index)).collect(),
        }
    }

    /// The table's rows or columns in some ranges; `None` when a single cell is not the table's
    /// or one is added twice. Ranges may run over headings between rows.
    fn parts(&self, ranges: &[CellRange], is_row: bool) -> Option<Vec<usize>> {
        let mut parts = Vec::new();
        for range in ranges {
            let before = parts.len();
            if is_row {
                parts.extend(self.rows.range(range.first.row..=range.last.row).map(|(_, index)| *index));
            } else {
                parts.extend(self.columns.range(range.first.column..=range.last.column).map(|(_, index)| *index));
            }
            if parts.len() == before || parts.len() > MAX_PARTS {
                return None;
            }
        }
        let mut sorted = parts.clone();
        sorted.sort_unstable();
        sorted.dedup();
        (sorted.len() == parts.len()).then_some(parts)
    }
}
