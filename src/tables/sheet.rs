//! Tables out of the cells of a sheet.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::headings::{HeadingCells, joined};
use super::{HeadingLines, RowProblem, Table, TableRow, TableShape, TableValue, TextLine};
use crate::base::location::CellRange;

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetCell {
    /// Zero-based column.
    pub column: u16,
    /// Title of its contents.
    pub value: TableValue,
}

/// A sheet as a table is made of it.
#[derive(Debug, Clone, Default)]
pub struct SheetGrid {
    /// Its name.
    pub name: String,
    /// Cells that hold anything, by zero-based row, each row from the left.
    pub rows: BTreeMap<u32, Vec<SheetCell>>,
    /// Zero-based rows that are hidden.
    pub hidden: BTreeSet<u32>,
    /// Zero-based columns that are.
    pub hidden_columns: Vec<RangeInclusive<u16>>,
    /// Merged ranges.
    pub merges: Vec<CellRange>,
}

impl SheetGrid {
    /// The sheet as a table; `None` when it has no row of headings.
    #[must_use]
    pub fn table(&self, file: &str, shape: &TableShape<'_>) -> Option<Table> {
        let zero_based = |line: u64| u32::try_from(line).ok()?.checked_sub(1);
        let (first, last) = match shape.heading_rows {
            Some(HeadingLines { first, last }) => (zero_based(first)?, zero_based(last)?),
            None => self.rows.iter().find(|(_, cells)| !is_comment(cells)).map(|(&row, _)| (row, row))?,
        };
        let width = usize::from(self.rows.values().flatten().map(|cell| cell.column).max()?) + 1;
        let is_merged = first < last && self.merges.iter().any(|range| range.first.row >= first && range.last.row <= last);
        let heading_row = |row: u32| {
            let mut texts = vec![String::new(); width];
            for cell in self.rows.get(&row).into_iter().flatten() {
                texts[usize::from(cell.column)] = cell.value.text();
            }
            if is_merged { HeadingCells::exact(self.filled_in(row, texts)) } else { HeadingCells::spread(texts) }
        };
        let headings = joined(&(first..=last).map(heading_row).collect::<Vec<_>>());
        let below = self.rows.range(last + 1..).filter(|(_, cells)| !is_comment(cells));
        let rows = below.filter_map(|(&row, cells)| self.row(row, cells, width));
        let sheet = Some(Arc::from(self.name.as_str()));
        let texts = self.rows.range(..first).flat_map(|(&row, cells)| cells.iter().map(move |cell| (row, cell)));
        let above = texts.filter_map(|(row, cell)| match &cell.value {
            TableValue::Text(text) => Some(TextLine { line: row + 1, text: text.clone() }),
            _ => None,
        });
        let (rows, above) = (rows.collect(), above.collect());
        let is_hidden =
            |column: &usize| self.hidden_columns.iter().any(|range| range.contains(&u16::try_from(*column).unwrap_or(u16::MAX)));
        let hidden_columns = (0..width).filter(is_hidden).collect();
        Some(Table { file: Arc::from(file), sheet, headings, heading_line: last + 1, rows, above, hidden_columns, others: Vec::new() })
    }

    fn row(&self, row: u32, cells: &[SheetCell], width: usize) -> Option<TableRow> {
        let mut values = vec![TableValue::Empty; width];
        for cell in cells {
            values[usize::from(cell.column)] = cell.value.clone();
        }
        let is_hidden = self.hidden.contains(&row);
        let problem: Option<RowProblem> = None;
        values.iter().any(|value| *value != TableValue::Empty).then_some(TableRow { line: row + 1, values, problem, is_hidden })
    }

    /// A row of headings with merged cells filled in along the row.
    fn filled_in(&self, row: u32, mut texts: Vec<String>) -> Vec<String> {
        for range in self.merges.iter().filter(|range| range.first.row == row) {
            let Some(text) = texts.get(usize::from(range.first.column)).cloned() else { continue };
            let columns = usize::from(range.first.column)..=usize::from(range.last.column);
            texts.iter_mut().enumerate().filter(|(column, _)| columns.contains(column)).for_each(|(_, own)| own.clone_from(&text));
        }
        texts
    }
}

fn is_comment(cells: &[SheetCell]) -> bool {
    matches!(cells.first().map(|cell| &cell.value), Some(TableValue::Text(text)) if super::records::is_comment(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_headings_are_paths() {
        let row = |texts: &[(u16, &str)]| {
            texts.iter().map(|&(column, text)| SheetCell { column, value: TableValue::of_text(text) }).collect::<Vec<_>>()
        };
        let rows = [(2, row(&[(0, "Mã"), (1, "Học sinh"), (3, "Lớp")])), (3, row(&[(1, "Tổng"), (2, "Nữ")])), (4, row(&[(0, "01")]))];
        let mut grid = SheetGrid { rows: rows.into(), ..SheetGrid::default() };
        let shape = TableShape { heading_rows: Some(HeadingLines { first: 3, last: 4 }), ..TableShape::default() };
        let wanted = ["Mã", "Học sinh / Tổng", "Học sinh / Nữ", "Lớp"];
        assert_eq!(grid.table("x", &shape).unwrap().headings, wanted);
        grid.merges = ["A3:A4", "B3:C3", "D3:D4"].map(|range| range.parse().unwrap()).to_vec();
        let table = grid.table("x", &shape).unwrap();
        assert_eq!((table.headings, table.heading_line, table.rows[0].line), (wanted.map(str::to_owned).to_vec(), 4, 5));
    }
}
