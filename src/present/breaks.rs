//! Paper and breaks of printed pages, so that letters can be read, no row stands alone and no drawing is cut in two.
//!
//! Programs break pages where they are full. How much fits follows from paper, margins, and how much a sheet is made smaller
//! to be one page wide; widths and heights are about those that programs draw.

use super::plan::{Content, SheetPlan};
use crate::base::location::RowSpan;
use crate::forms::Paper;

/// Points of a millimetre, of a pixel, of a column's width in characters, and of the room at its sides.
const MILLIMETRE: f64 = 72.0 / 25.4;
const PIXEL: f64 = 0.75;
const CHARACTER: f64 = 5.25;
const COLUMN: f64 = 3.75;
/// Width of a column and height of a row that declare none.
const WIDTH: f64 = 8.43;
const HEIGHT: f64 = 15.0;
/// Margins of a page in points: both at the sides, both above and below.
const SIDES: f64 = 72.0;
const ENDS: f64 = 108.0;
/// Letters that can still be read on paper, and letters of a cell that declares no size, in points.
const SMALLEST: f64 = 7.0;
const DEFAULT_SIZE: u8 = 12;
/// Pages beside each other at the most.
const MOST_WIDE: u16 = 200;
/// Rows that a last page holds at the least.
const FEWEST_ROWS: u32 = 3;
/// Parts of a page that programs fill, the most first.
const CAPACITIES: [f64; 3] = [1.0, 0.975, 0.95];
/// Part of a page that is counted on: other programs draw a little larger.
const SURE: f64 = 0.96;

/// Breaks pages before rows that belong together and would not all be on one page. A sheet whose letters can still be read on one page
/// is made to fit it instead.
///
/// Where a page ends is sure for the first one, and for those that a break begins: after a table of several pages the
/// next rows begin another one. The rows get the height that is counted on, which programs would else choose themselves.
pub fn keep_together(plan: &mut SheetPlan, blocks: &[RowSpan]) {
    for row in blocks.iter().flat_map(|block| block.first..=block.last) {
        plan.heights.entry(row).or_insert(HEIGHT);
    }
    if let Some(paper) = blocks.last().and_then(|last| paper_for_one_page(plan, last.last)) {
        (plan.page.paper, plan.page.breaks, plan.page.pages_high) = (paper, Vec::new(), 1);
        return;
    }
    let room = room(plan);
    let height = |row: u32| plan.heights.get(&row).copied().unwrap_or(HEIGHT);
    let repeated: f64 = plan.page.repeat_rows.map_or(0.0, |own| (own.first..=own.last).map(height).sum());
    let (mut used, mut is_sure, mut row) = (0.0, true, 0);
    let mut breaks = Vec::new();
    for block in blocks {
        while row < block.first {
            is_sure &= used + height(row) <= room;
            used += height(row);
            row += 1;
        }
        let needed: f64 = (block.first..=block.last).map(height).sum();
        if !is_sure || used + needed > room {
            breaks.push(block.first);
            (used, is_sure) = (repeated, true);
        }
        used += needed;
        row = block.last + 1;
    }
    plan.page.breaks = breaks;
    plan.page.pages_high = 0;
}

/// Paper on which the rows of a sheet down to the last one can be put on one page with letters that can still be read.
fn paper_for_one_page(plan: &SheetPlan, last: u32) -> Option<Paper> {
    let height: f64 = (0..=last).map(|row| plan.heights.get(&row).copied().unwrap_or(HEIGHT)).sum();
    let room = |paper: Paper| (page_size(paper, plan.page.landscape).1 * MILLIMETRE - ENDS) * SURE;
    [plan.page.paper, Paper::A3].into_iter().find(|paper| room(*paper) / height >= needed_scale(plan))
}

/// Scale at which the smallest letters of a sheet can just be read.
fn needed_scale(plan: &SheetPlan) -> f64 {
    let size = plan.cells.iter().filter(|cell| cell.content != Content::Blank).map(|cell| cell.style.size).map(points).min();
    SMALLEST / f64::from(size.unwrap_or(DEFAULT_SIZE))
}

/// Chooses the paper on which the smallest letters of a sheet can be read: A4 as the sheet has it, A4 across, A3 across, and at
/// last several pages beside each other. Where one or two rows would stand on a last page alone, the sheet is made a little
/// smaller instead.
pub fn choose_paper(plan: &mut SheetPlan) {
    let needed = needed_scale(plan);
    let is_read = |plan: &SheetPlan| scale(plan) >= needed;
    for (paper, landscape) in [(plan.page.paper, plan.page.landscape), (Paper::A4, true), (Paper::A3, true)] {
        (plan.page.paper, plan.page.landscape) = (paper, landscape);
        if is_read(plan) {
            break;
        }
    }
    while !is_read(plan) && plan.page.pages_wide < MOST_WIDE {
        plan.page.pages_wide = plan.page.pages_wide.max(1) + 1;
    }
    if plan.page.breaks.is_empty() && plan.page.pages_wide <= 1 && plan.charts.is_empty() {
        plan.page.pages_high = pages_without_orphans(plan).unwrap_or(0);
    }
}

/// Pages that a sheet is made to fit, where its last page would else hold a row or two.
fn pages_without_orphans(plan: &SheetPlan) -> Option<u16> {
    let last = plan.cells.iter().filter(|cell| cell.content != Content::Blank).map(|cell| cell.at.row).max()?;
    let height = |row: u32| plan.heights.get(&row).copied().unwrap_or(HEIGHT);
    let repeated: f64 = plan.page.repeat_rows.map_or(0.0, |own| (own.first..=own.last).map(height).sum());
    // Programs differ a little in how much they put on a page.
    CAPACITIES.iter().find_map(|part| {
        let room = room_of_page(plan) * part;
        let (mut used, mut pages, mut rows) = (0.0, 1, 0);
        for row in 0..=last {
            if used + height(row) > room && rows > 0 {
                (used, pages, rows) = (repeated, pages + 1, 0);
            }
            used += height(row);
            rows += 1;
        }
        (pages > 1 && rows < FEWEST_ROWS).then(|| pages - 1)
    })
}

/// Font size in points as it is drawn.
const fn points(size: u8) -> u8 {
    if size == 0 { DEFAULT_SIZE } else { size }
}

/// How much a sheet is made smaller to fit its pages.
fn scale(plan: &SheetPlan) -> f64 {
    let (wide, _) = page_size(plan.page.paper, plan.page.landscape);
    let pages = f64::from(plan.page.pages_wide.max(1));
    let width = |columns: std::ops::Range<u16>| -> f64 {
        columns.map(|column| plan.widths.get(&column).copied().unwrap_or(WIDTH) * CHARACTER + COLUMN).sum()
    };
    let last = plan.cells.iter().map(|cell| cell.at.column).max().unwrap_or(0);
    // Columns that stay in view are repeated on every page.
    let repeated = width(0..plan.freeze.map_or(0, |at| at.column)) * (pages - 1.0);
    let charts = plan.charts.iter().map(|chart| f64::from(chart.width) * PIXEL);
    ((wide * MILLIMETRE - SIDES) * pages / charts.fold(width(0..last + 1) + repeated, f64::max)).min(1.0)
}

/// Width and height of a page in millimetres.
const fn page_size(paper: Paper, landscape: bool) -> (f64, f64) {
    let (short, long) = match paper {
        Paper::A4 => (210.0, 297.0),
        Paper::A3 => (297.0, 420.0),
    };
    if landscape { (long, short) } else { (short, long) }
}

/// Points of the sheet that a page has room for from top to bottom.
fn room_of_page(plan: &SheetPlan) -> f64 {
    (page_size(plan.page.paper, plan.page.landscape).1 * MILLIMETRE - ENDS) / scale(plan)
}

/// Points that are counted on.
fn room(plan: &SheetPlan) -> f64 {
    room_of_page(plan) * SURE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::location::CellRef;
    use crate::present::plan::{CellStyle, PlacedCell};

    fn sheet(rows: u32, columns: u16) -> SheetPlan {
        let cell = |row, column| PlacedCell {
            at: CellRef::new(row, column),
            content: Content::Number(1.0),
            style: CellStyle { size: 10, ..CellStyle::default() },
        };
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| cell(row, column))).collect();
        SheetPlan { cells, widths: (0..columns).map(|column| (column, 10.0)).collect(), ..SheetPlan::default() }
    }

    #[test]
    fn letters_can_be_read_on_the_paper_chosen() {
        for (columns, expected) in
            [(9, (Paper::A4, false, 0)), (15, (Paper::A4, true, 0)), (25, (Paper::A3, true, 0)), (40, (Paper::A3, true, 2))]
        {
            let mut plan = sheet(2, columns);
            choose_paper(&mut plan);
            assert_eq!((plan.page.paper, plan.page.landscape, plan.page.pages_wide), expected, "{columns}");
            assert!(scale(&plan) * 10.0 >= SMALLEST);
        }
    }

    #[test]
    fn no_row_stands_alone_on_a_last_page() {
        // 48 rows fit on a page.
        for (rows, expected) in [(40, 0), (48, 1), (49, 1), (55, 0), (97, 2)] {
            let mut plan = sheet(rows, 3);
            choose_paper(&mut plan);
            assert_eq!(plan.page.pages_high, expected, "{rows}");
        }
    }

    #[test]
    fn a_block_that_would_be_cut_begins_a_page() {
        let mut plan = SheetPlan::default();
        plan.page.landscape = true;
        // 31 rows fit on a page.
        let span = |first, last| RowSpan { first, last };
        keep_together(&mut plan, &[span(5, 24), span(25, 44)]);
        assert_eq!((plan.page.breaks.len(), plan.page.pages_high), (0, 1), "made a little smaller");
        keep_together(&mut plan, &[span(5, 24), span(25, 44), span(45, 60)]);
        assert_eq!((plan.page.paper, plan.page.pages_high), (Paper::A3, 1));
        keep_together(&mut plan, &[span(5, 24), span(25, 64), span(65, 104)]);
        assert_eq!((plan.page.breaks.as_slice(), plan.page.pages_high), ([25, 65].as_slice(), 0));
        keep_together(&mut plan, &[span(80, 90), span(91, 100), span(101, 130)]);
        assert_eq!(plan.page.breaks, [80, 101]);
    }
}
