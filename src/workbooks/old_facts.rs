//! Looks of an old workbook's sheet beside its values.

use std::collections::BTreeMap;

use super::old_records::{OldRecords, PART, PART_END, SHEET, each_of_sheet, u16_at, u32_at, workbook_stream};
use crate::base::location::CellRef;
use crate::ooxml::sheet_facts::{MAX_LIST, SheetFacts, always_shown, is_unseen};

/// A row: its height and how it is shown.
const ROW: u16 = 0x0208;
/// Columns: their width and how they are shown.
const COLUMNS: u16 = 0x007D;
/// A number format, and the look of cells that may use it.
const FORMAT: u16 = 0x041E;
const LOOK: u16 = 0x00E0;
/// Cells with numbers: one of eight bytes, one of four, several of four, the result of a formula.
const NUMBER: u16 = 0x0203;
const SHORT_NUMBER: u16 = 0x027E;
const SHORT_NUMBERS: u16 = 0x00BD;
const FORMULA: u16 = 0x0006;

/// The row is hidden, among its other marks.
const ROW_HIDDEN: u16 = 0x20;
/// The columns are hidden, among their other marks.
const COLUMNS_HIDDEN: u16 = 0x01;
/// The height of a row is the usual one.
const USUAL_HEIGHT: u16 = 0x8000;
/// Parts of a point in which heights are told.
const TWIPS: f64 = 20.0;
/// The version whose texts know their width.
const VERSION_8: u16 = 0x0600;
/// A sheet with cells, no chart and no commands.
const WORKSHEET: u8 = 0;

/// The facts of the sheet with this number among those with cells.
pub fn old_facts(bytes: &[u8], sheet: usize) -> Option<SheetFacts> {
    let stream = workbook_stream(bytes)?;
    let mut formats: BTreeMap<u16, usize> = BTreeMap::new();
    let (mut looks, mut starts, mut is_version_8) = (Vec::new(), Vec::new(), true);
    for (kind, data) in OldRecords::from(&stream, 0) {
        match kind {
            PART => is_version_8 = u16_at(data, 0)? == VERSION_8,
            PART_END => break,
            SHEET if data.get(5).is_none_or(|kind| *kind == WORKSHEET) => starts.push(u32_at(data, 0)? as usize),
            FORMAT => {
                if let Some(digits) = always_shown(&format_text(data, is_version_8)) {
                    formats.insert(u16_at(data, 0)?, digits);
                }
            }
            LOOK if looks.len() < MAX_LIST => looks.push(u16_at(data, 2).unwrap_or_default()),
            _ => {}
        }
    }
    let zeros: Vec<Option<usize>> = looks.iter().map(|format| formats.get(format).copied()).collect();
    Some(of_sheet(&stream, *starts.get(sheet)?, &zeros))
}

/// The text of a number format, as far as one of zeros goes.
fn format_text(data: &[u8], is_version_8: bool) -> String {
    let (text, is_wide) =
        if is_version_8 { (data.get(5..), data.get(4).is_some_and(|marks| marks & 1 == 1)) } else { (data.get(3..), false) };
    let step = if is_wide { 2 } else { 1 };
    text.unwrap_or_default().iter().step_by(step).map(|byte| char::from(*byte)).collect()
}

/// The facts of a sheet, and the digits that each look of a cell always shows.
struct Look<'a> {
    facts: SheetFacts,
    zeros: &'a [Option<usize>],
}

fn of_sheet(stream: &[u8], start: usize, zeros: &[Option<usize>]) -> SheetFacts {
    let mut look = Look { facts: SheetFacts::default(), zeros };
    each_of_sheet(stream, start, |kind, data| match kind {
        ROW => look.facts.hidden.extend(hidden_row(data)),
        COLUMNS => look.columns(data),
        NUMBER | SHORT_NUMBER | FORMULA => look.cell(u16_at(data, 0), u16_at(data, 2), u16_at(data, 4)),
        SHORT_NUMBERS => {
            // Row and first column, then look and number of each cell, then the last column.
            let columns = u16_at(data, 2).into_iter().flat_map(|first| first..);
            for (at, column) in (4..data.len().saturating_sub(2)).step_by(6).zip(columns) {
                look.cell(u16_at(data, 0), Some(column), u16_at(data, at));
            }
        }
        _ => {}
    });
    look.facts
}

impl Look<'_> {
    fn columns(&mut self, data: &[u8]) {
        let is_hidden = u16_at(data, 8).is_some_and(|marks| marks & COLUMNS_HIDDEN != 0) || u16_at(data, 4) == Some(0);
        if is_hidden && self.facts.hidden_columns.len() < MAX_LIST {
            self.facts.hidden_columns.extend(u16_at(data, 0).zip(u16_at(data, 2)).map(|(first, last)| first..=last));
        }
    }

    fn cell(&mut self, row: Option<u16>, column: Option<u16>, look: Option<u16>) {
        let digits = look.and_then(|look| self.zeros.get(usize::from(look)).copied().flatten());
        if let (Some(row), Some(column), Some(digits)) = (row, column, digits) {
            self.facts.zeros.insert(CellRef::new(u32::from(row), column), digits);
        }
    }
}

fn hidden_row(data: &[u8]) -> Option<u32> {
    let (row, height, marks) = (u16_at(data, 0)?, u16_at(data, 6)?, u16_at(data, 12)?);
    let is_hidden = marks & ROW_HIDDEN != 0 || height & USUAL_HEIGHT == 0 && is_unseen(f64::from(height) / TWIPS);
    is_hidden.then_some(u32::from(row))
}

#[cfg(test)]
mod tests {
    use super::super::old_records::made::{container, record};
    use super::*;

    fn shorts(shorts: &[u16]) -> Vec<u8> {
        shorts.iter().flat_map(|short| short.to_le_bytes()).collect()
    }

    fn workbook() -> Vec<u8> {
        let begin = record(PART, &shorts(&[VERSION_8, 5, 0, 0]));
        let end = record(PART_END, &[]);
        let format = record(FORMAT, &[&shorts(&[170, 8])[..], &[0], b"00000000"].concat());
        let wide: Vec<u8> = "000".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide = record(FORMAT, &[&shorts(&[171, 3])[..], &[1], &wide].concat());
        let looks = [0, 170, 171].map(|format| record(LOOK, &shorts(&[0, format, 0, 0, 0, 0, 0, 0, 0, 0]))).concat();
        let row = |row: u16, height: u16, marks: u16| record(ROW, &shorts(&[row, 0, 9, height, 0, 0, marks, 0]));
        let rows = [row(1, 300, 0x20), row(2, 300, 0x40), row(3, 0, 0x40), row(4, 0x8000, 0)].concat();
        let columns = [(0, 2, 2304, 0), (3, 4, 2304, 1), (6, 6, 0, 0)];
        let columns = columns.map(|(first, last, width, marks)| record(COLUMNS, &shorts(&[first, last, width, 0, marks, 0]))).concat();
        let number = record(NUMBER, &[&shorts(&[1, 0, 1])[..], &[0; 8]].concat());
        let several = record(SHORT_NUMBERS, &shorts(&[2, 3, 0, 0, 0, 2, 0, 0, 1, 0, 0, 5]));
        let body = [begin.clone(), columns, rows, number, several, end.clone()].concat();
        let entry =
            |kind: u8, start: usize| record(SHEET, &[&u32::try_from(start).unwrap().to_le_bytes()[..], &[0, kind, 1, 0, b'S']].concat());
        let before = [&begin[..], &format, &wide, &looks].concat();
        let start = before.len() + 2 * entry(0, 0).len() + end.len();
        let chart = [begin, row(7, 300, 0x20), end.clone()].concat();
        // Streams shorter than this stand elsewhere in the container.
        let filler = record(0x00FD, &[0; 5000]);
        container(&[before, entry(2, start), entry(0, start + chart.len()), end, chart, body, filler].concat())
    }

    #[test]
    fn rows_columns_and_codes_are_known_by_their_records() {
        let facts = old_facts(&workbook(), 0).unwrap();
        assert_eq!(facts.hidden.into_iter().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(facts.hidden_columns, [3..=4, 6..=6]);
        assert_eq!(
            facts.zeros.into_iter().collect::<Vec<_>>(),
            [(CellRef::new(1, 0), 8), (CellRef::new(2, 4), 3), (CellRef::new(2, 5), 8)]
        );
        assert!(old_facts(&workbook(), 1).is_none());
    }

    #[test]
    fn damaged_records_end_the_look() {
        let whole = workbook();
        for length in (0..whole.len()).step_by(13) {
            let _ = old_facts(&whole[..length], 0);
        }
        for at in (1536..whole.len()).step_by(3) {
            let mut damaged = whole.clone();
            damaged[at] = 0xFF;
            let _ = old_facts(&damaged, 0);
        }
    }
}
