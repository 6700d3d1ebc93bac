//! Breaks between printed pages, so that no drawing is cut in two.
//!
//! Programs break pages where they are full. How much fits follows from paper, margins, and how much a sheet is made smaller
//! to be one page wide; widths and heights are about those that programs draw.

use super::plan::SheetPlan;
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
/// Part of a page that is counted on: other programs draw a little larger.
const SURE: f64 = 0.96;

/// Breaks pages before rows that belong together and would not all be on one page.
///
/// Where a page ends is sure for the first one, and for those that a break begins: after a table of several pages the
/// next rows begin another one. The rows get the height that is counted on, which programs would else choose themselves.
pub fn keep_together(plan: &mut SheetPlan, blocks: &[RowSpan]) {
    for row in blocks.iter().flat_map(|block| block.first..=block.last) {
        plan.heights.entry(row).or_insert(HEIGHT);
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
}

/// Points of the sheet that a page has room for from top to bottom.
fn room(plan: &SheetPlan) -> f64 {
    let (short, long) = match plan.page.paper {
        Paper::A4 => (210.0, 297.0),
        Paper::A3 => (297.0, 420.0),
    };
    let (wide, high) = if plan.page.landscape { (long, short) } else { (short, long) };
    let last = plan.cells.iter().map(|cell| cell.at.column).max().unwrap_or(0);
    let columns: f64 = (0..=last).map(|column| plan.widths.get(&column).copied().unwrap_or(WIDTH) * CHARACTER + COLUMN).sum();
    let charts = plan.charts.iter().map(|chart| f64::from(chart.width) * PIXEL);
    let scale = ((wide * MILLIMETRE - SIDES) / charts.fold(columns, f64::max)).min(1.0);
    (high * MILLIMETRE - ENDS) / scale * SURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_would_be_cut_begins_a_page() {
        let mut plan = SheetPlan::default();
        plan.page.landscape = true;
        // 31 rows fit on a page.
        let span = |first, last| RowSpan { first, last };
        keep_together(&mut plan, &[span(5, 24), span(25, 44), span(45, 52)]);
        assert_eq!(plan.page.breaks, [25]);
        keep_together(&mut plan, &[span(40, 50), span(51, 60), span(61, 75)]);
        assert_eq!(plan.page.breaks, [40, 61]);
    }
}
