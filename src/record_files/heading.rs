//! The headings of a table of records, somewhere in its first lines, and the layout that they are of.

use crate::records::RecordBook;
use crate::tables::{HeadingLines, SheetGrid, TableShape};

/// Lines from the top in which headings are looked for.
pub(super) const FIRST_LINES: u32 = 40;

/// Headings that a layout knows.
#[derive(Debug, Clone)]
pub(super) struct FoundLayout {
    /// Place of the layout in the book.
    pub layout: usize,
    /// Where the headings stand.
    pub lines: HeadingLines,
    /// Column of each column of the layout.
    pub places: Vec<Option<usize>>,
    /// How many headings it knows.
    knows: usize,
}

/// The layout that knows most of the headings of a sheet, and where they stand; only that of a name, where one is told.
pub(super) fn find(grid: &SheetGrid, book: &RecordBook, told: Option<&str>) -> Option<FoundLayout> {
    let head = head_of(grid);
    let mut best: Option<FoundLayout> = None;
    for &row in head.rows.keys() {
        let first = u64::from(row) + 1;
        for depth in depths(book, told) {
            let lines = HeadingLines { first, last: first + u64::from(depth) - 1 };
            let shape = TableShape { heading_rows: Some(lines), ..TableShape::default() };
            let Some(table) = head.table("", &shape) else { continue };
            let found = of_headings(&table.headings, book, told, depth);
            // Of equals the first: headings may come again further down.
            if let Some(found) = found.filter(|found| best.as_ref().is_none_or(|best| found.knows > best.knows)) {
                best = Some(FoundLayout { lines, ..found });
            }
        }
    }
    best
}

/// The layout that knows most of some headings.
pub(super) fn of_headings(headings: &[String], book: &RecordBook, told: Option<&str>, depth: u32) -> Option<FoundLayout> {
    let lines = HeadingLines { first: 1, last: u64::from(depth) };
    let layouts = book.layouts.iter().enumerate().filter(|(_, layout)| layout.heading_lines == depth);
    let fitting = layouts.filter_map(|(at, layout)| {
        let places = layout.placed(headings)?;
        Some(FoundLayout { layout: at, lines, places, knows: layout.knows(headings) })
    });
    let all: Vec<FoundLayout> = fitting.collect();
    if let Some(told) = told {
        // Somebody says which layout it is; a table that one of another kind knows as well is not taken at that word.
        let meant = all.iter().find(|own| *book.layouts[own.layout].id == *told)?;
        let is_other = |own: &FoundLayout| book.layouts[own.layout].of != book.layouts[meant.layout].of && own.knows >= meant.knows;
        return (!all.iter().any(is_other)).then(|| meant.clone());
    }
    // The earlier of equals: tables of fields stand first.
    let best = all.iter().map(|own| own.knows).max()?;
    all.into_iter().find(|own| own.knows == best)
}

/// How many lines the headings of layouts stand on.
fn depths(book: &RecordBook, told: Option<&str>) -> Vec<u32> {
    let meant = book.layouts.iter().filter(|layout| told.is_none_or(|told| *layout.id == *told));
    let mut depths: Vec<u32> = meant.map(|layout| layout.heading_lines).collect();
    depths.sort_unstable();
    depths.dedup();
    depths
}

/// The first lines of a sheet.
fn head_of(grid: &SheetGrid) -> SheetGrid {
    let rows = grid.rows.range(..FIRST_LINES).map(|(row, cells)| (*row, cells.clone())).collect();
    SheetGrid { name: grid.name.clone(), rows, merges: grid.merges.clone(), ..SheetGrid::default() }
}
