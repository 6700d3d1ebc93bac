//! The look of a sheet: what most of its cells have.

use std::collections::BTreeMap;

use super::draft::{DraftLook, DraftTable, DraftText};
use super::look::SheetView;
use super::table::SheetTable;
use crate::forms::{Border, ColumnWidths, RowHeights};
use crate::ooxml::{RawCell, RawSheet};

/// Number of A3 in the file format.
const A3: u32 = 8;

/// How a sheet looks; the usual look where the workbook does not say.
#[must_use]
pub fn sheet_look(raw: &RawSheet, view: SheetView<'_>, table: &SheetTable, drafted: &DraftTable, texts: &[DraftText]) -> DraftLook {
    let usual = DraftLook::default();
    if !view.is_known {
        return usual;
    }
    let last_column = table.columns.iter().map(|own| own.at).max().unwrap_or(0);
    let last_row = texts.iter().map(|text| text.at.row).max().unwrap_or(0).max(table.last_row);
    let in_body = |cell: &&RawCell| cell.row > table.header.last && cell.row <= table.last_row && cell.column <= last_column;
    let mut sizes: BTreeMap<u8, usize> = BTreeMap::new();
    let (mut thin, mut medium) = (0_usize, 0_usize);
    for cell in raw.cells.iter().filter(in_body) {
        let style = view.style(cell.row, cell.column);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to sizes a print can have")]
        if let Some(size) = style.size {
            *sizes.entry(size.round().clamp(1.0, 99.0) as u8).or_default() += 1;
        }
        match style.border {
            Some(Border::Medium) => medium += 1,
            Some(Border::Thin) => thin += 1,
            None => {}
        }
    }
    let centred = table.roles.tt.map(|column| drafted.rows.iter().filter(|row| view.style(row.at, column).centred).count());
    DraftLook {
        font_size: sizes.into_iter().max_by_key(|(_, count)| *count).map_or(usual.font_size, |(size, _)| size),
        border: if medium > thin { Border::Medium } else { Border::Thin },
        centre_tt: centred.is_none_or(|centred| 2 * centred > drafted.rows.len()),
        widths: widths(view, last_column),
        heights: heights(view, last_row),
        merges: view.xml.merges.clone(),
        a3: view.xml.paper == Some(A3),
        landscape: view.xml.landscape.unwrap_or(usual.landscape),
    }
}

/// Widths up to the table's last column.
fn widths(view: SheetView<'_>, last: u16) -> Vec<ColumnWidths> {
    let inside = view.xml.widths.iter().filter(|own| own.first <= last);
    inside.map(|own| ColumnWidths { last: own.last.min(last), ..*own }).collect()
}

/// Heights up to the last printed row; equal ones of neighbours together.
fn heights(view: SheetView<'_>, last: u32) -> Vec<RowHeights> {
    let mut runs: Vec<RowHeights> = Vec::new();
    for own in view.xml.heights.iter().filter(|own| own.first <= last) {
        match runs.last_mut() {
            Some(run) if run.last + 1 == own.first && (run.height - own.height).abs() < f64::EPSILON => run.last = own.first,
            _ => runs.push(*own),
        }
    }
    runs
}
