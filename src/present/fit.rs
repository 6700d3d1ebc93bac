//! Widths and heights that cut nothing: no half label, no `###`.
//!
//! Spreadsheet programs do not fit rows that have a height, and the official
//! files give every row the same. Text widths are estimated from the average
//! letter of Times New Roman, a little on the wide side.

use std::collections::BTreeMap;

use super::plan::{Content, Line, NumberLook, SheetPlan};
use crate::base::location::{CellRange, CellRef};
use crate::base::number::{NumberKind, show};

/// Width units of a sheet's column per letter, for a font of one point.
const LETTER: f64 = 0.072;
/// Width of a bold letter.
const BOLD_LETTER: f64 = 0.078;
/// Width of a digit.
const DIGIT: f64 = 0.098;
/// Height of a line per point of the font.
const LINE: f64 = 1.32;
/// Width of a column that declares none.
const DEFAULT_WIDTH: f64 = 8.43;

/// Widens columns for their numbers and heightens rows for their texts.
pub fn fit(plan: &mut SheetPlan) {
    let mut widths = std::mem::take(&mut plan.widths);
    let merged = merges_by_corner(plan);
    for cell in &plan.cells {
        let needed = number_width(cell).max(framed_width(cell)).max(word_width(cell));
        if needed > 0.0 && !merged.contains_key(&cell.at) {
            let width = widths.entry(cell.at.column).or_insert(DEFAULT_WIDTH);
            *width = width.max(needed);
        }
    }
    let mut heights = std::mem::take(&mut plan.heights);
    for cell in &plan.cells {
        let Content::Text(text) = &cell.content else { continue };
        if !cell.style.wrap {
            continue;
        }
        let range = merged.get(&cell.at).copied().unwrap_or(CellRange { first: cell.at, last: cell.at });
        let room: f64 = (range.first.column..=range.last.column).map(|c| widths.get(&c).copied().unwrap_or(DEFAULT_WIDTH)).sum();
        let size = if cell.style.size == 0 { 12.0 } else { f64::from(cell.style.size) };
        let letter = size * if cell.style.bold { BOLD_LETTER } else { LETTER };
        let needed = f64::from(lines(text, ((room - 0.8) / letter).max(1.0))) * size * LINE;
        let others: f64 = (range.first.row..range.last.row).map(|r| heights.get(&r).copied().unwrap_or(15.75)).sum();
        let last = heights.entry(range.last.row).or_insert(15.75);
        *last = last.max(((needed - others) * 4.0).ceil() / 4.0);
    }
    plan.widths = widths;
    plan.heights = heights;
}

fn merges_by_corner(plan: &SheetPlan) -> BTreeMap<CellRef, CellRange> {
    plan.merges.iter().map(|range| (range.first, *range)).collect()
}

/// The width a text of the table needs that may not be broken; 0 for other contents.
fn framed_width(cell: &super::plan::PlacedCell) -> f64 {
    match &cell.content {
        Content::Text(text) if !cell.style.wrap && cell.style.line != Line::None => {
            if cell.style.number == NumberLook::Day {
                return DAY_WIDTH;
            }
            let size = if cell.style.size == 0 { 12.0 } else { f64::from(cell.style.size) };
            text.chars().count() as f64 * size * if cell.style.bold { BOLD_LETTER } else { LETTER } + 1.0
        }
        _ => 0.0,
    }
}

/// The width that the longest word of a wrapped text needs, so that no word is broken; a path or the like may be.
fn word_width(cell: &super::plan::PlacedCell) -> f64 {
    match &cell.content {
        Content::Text(text) if cell.style.wrap => {
            let size = if cell.style.size == 0 { 12.0 } else { f64::from(cell.style.size) };
            let words = text.split([' ', '\n', '-', '/']).map(|word| word.chars().count()).filter(|&length| length <= LONGEST_WORD);
            let longest = words.max().unwrap_or(0) as f64;
            longest * size * if cell.style.bold { BOLD_LETTER } else { LETTER } + 1.0
        }
        _ => 0.0,
    }
}

/// Letters of a word that is kept whole: no Vietnamese or English one is longer.
const LONGEST_WORD: usize = 16;
/// Characters of a day such as 31/05/2026, and a little room.
const DAY_WIDTH: f64 = 11.5;

/// The width a cell's number needs; 0 for other contents.
fn number_width(cell: &super::plan::PlacedCell) -> f64 {
    let number = match &cell.content {
        Content::Number(number) | Content::Formula(_, number) => *number,
        _ => return 0.0,
    };
    if cell.style.number == NumberLook::Day {
        return DAY_WIDTH;
    }
    let size = if cell.style.size == 0 { 12.0 } else { f64::from(cell.style.size) };
    #[expect(clippy::cast_possible_truncation, reason = "only the length of the digits matters")]
    let shown = show(number as i64, NumberKind::Counts);
    let decimals = match cell.style.number {
        NumberLook::Decimals(places) if places > 0 => usize::from(places) + 1,
        _ => 0,
    };
    (shown.chars().count() + decimals) as f64 * size * DIGIT + 1.2
}

/// Letters that fit into a width of columns.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "widths are small and never negative")]
#[must_use]
pub fn letters(width: f64, size: u8, is_bold: bool) -> usize {
    (width / (f64::from(size) * if is_bold { BOLD_LETTER } else { LETTER })).max(0.0) as usize
}

/// A text broken at blanks into lines of so many letters at the most, but for words that are longer.
#[must_use]
pub fn broken(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let used = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if used == 0 => line.push_str(word),
            Some(line) if used + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Lines a text takes when broken at blanks into lines of so many letters.
fn lines(text: &str, letters: f64) -> u32 {
    let mut lines = 0;
    for paragraph in text.split('\n') {
        let mut used = 0.0;
        lines += 1;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count() as f64;
            if used > 0.0 && used + 1.0 + length > letters {
                lines += 1;
                used = 0.0;
            }
            used += if used > 0.0 { length + 1.0 } else { length };
            while used > letters {
                lines += 1;
                used -= letters;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks() {
        assert_eq!(lines("một hai ba", 20.0), 1);
        assert_eq!(lines("một hai ba", 7.0), 2);
        assert_eq!(lines("abcdefghij", 5.0), 2);
        assert_eq!(lines("a\nb", 5.0), 2);
        assert_eq!(broken("một hai ba", 7), ["một hai", "ba"]);
        assert_eq!(broken("", 7), [""]);
    }
}
