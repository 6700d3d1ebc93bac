//! Which cells of an old workbook hold formulas.
//!
//! The spreadsheet library hands out the text of a formula, and none of one that several cells share, so that its cells look
//! typed in. Here the records are gone through for their places alone.

use std::collections::HashSet;

use super::old_records::{OldRecords, PART_END, SHEET, each_of_sheet, u16_at, u32_at, workbook_stream};
use crate::base::location::CellRef;

/// The cells of a sheet that hold formulas.
pub type FormulaPlaces = HashSet<CellRef>;

const FORMULA: u16 = 0x0006;

/// The places of the formulas of every sheet, in the order in which the workbook lists its sheets.
#[must_use]
pub fn formula_places(bytes: &[u8]) -> Option<Vec<FormulaPlaces>> {
    let stream = workbook_stream(bytes)?;
    let mut starts = Vec::new();
    for (kind, data) in OldRecords::from(&stream, 0) {
        match kind {
            SHEET => starts.push(u32_at(data, 0)? as usize),
            PART_END => break,
            _ => {}
        }
    }
    Some(starts.into_iter().map(|start| places_from(&stream, start)).collect())
}

fn places_from(stream: &[u8], start: usize) -> FormulaPlaces {
    let mut places = FormulaPlaces::new();
    each_of_sheet(stream, start, |kind, data| {
        if kind == FORMULA {
            places.extend(u16_at(data, 0).zip(u16_at(data, 2)).map(|(row, column)| CellRef::new(u32::from(row), column)));
        }
    });
    places
}

#[cfg(test)]
mod tests {
    use super::super::old_records::PART;
    use super::super::old_records::made::{container, record};
    use super::*;

    fn workbook() -> Vec<u8> {
        let formula = |row: u8, column: u8| record(FORMULA, &[row, 0, column, 0, 0, 0]);
        let begin = record(PART, &[0; 8]);
        let end = record(PART_END, &[]);
        let start = begin.len() + record(SHEET, &[0; 8]).len() + end.len();
        let sheet = record(SHEET, &[&u32::try_from(start).unwrap().to_le_bytes()[..], &[0; 4]].concat());
        // A chart within the sheet has records of its own kind.
        let chart = [begin.clone(), formula(9, 9), end.clone()].concat();
        let filler = record(0x00FD, &[0; 5000]);
        [begin.clone(), sheet, end.clone(), begin, formula(4, 2), chart, filler, formula(7, 3), end.clone(), formula(8, 8), end].concat()
    }

    #[test]
    fn formulas_are_known_by_their_records() {
        let places = formula_places(&container(&workbook())).unwrap();
        assert_eq!(places, [FormulaPlaces::from([CellRef::new(4, 2), CellRef::new(7, 3)])]);
    }

    #[test]
    fn damaged_containers_end_the_look() {
        let whole = container(&workbook());
        for length in (0..whole.len()).step_by(97) {
            let _ = formula_places(&whole[..length]);
        }
        for at in (0..1100).step_by(7) {
            for byte in [0, 1, 2, 0x7F, 0xFF] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = formula_places(&damaged);
            }
        }
        // A row of sectors that comes back to itself.
        let mut circle = whole;
        circle[512 + 8..512 + 12].copy_from_slice(&2_u32.to_le_bytes());
        assert_eq!(formula_places(&circle), None);
    }
}
