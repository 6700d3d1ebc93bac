//! Mistakes people make, told from what would put them right.

use super::search::ValueChange;
use super::system::System;
use crate::forms::{Sheet, SlotIndex};
use crate::returns::Submission;

/// Probable errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Nothing known.
    None,
    /// Two neighbouring digits changed places.
    DigitsExchanged,
    /// A digit is missing or stands twice.
    DigitLostOrDoubled,
    /// Two cells hold each other's number.
    CellsExchanged,
    /// A number stands in the wrong cell, the right one is empty.
    WrongCell,
    /// Boys were counted for girls.
    BoysForGirls,
    /// The figures of a row stand one column off.
    RowShifted,
    /// Two rows hold each other's figures.
    RowsExchanged,
}

impl Pattern {
    /// Its name among the phrases of the rule catalogue.
    pub const fn phrase(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::DigitsExchanged => Some("digits-exchanged"),
            Self::DigitLostOrDoubled => Some("digit-lost"),
            Self::CellsExchanged => Some("cells-exchanged"),
            Self::WrongCell => Some("wrong-cell"),
            Self::BoysForGirls => Some("boys-for-girls"),
            Self::RowShifted => Some("row-shifted"),
            Self::RowsExchanged => Some("rows-exchanged"),
        }
    }
}

/// The mistake that a set of changes would put right.
pub fn of(system: &System, changes: &[ValueChange]) -> Pattern {
    match changes {
        [ValueChange { current, value: Some(value), slot }] => {
            if digits_exchanged(*current, *value) {
                Pattern::DigitsExchanged
            } else if digit_lost(*current, *value) {
                Pattern::DigitLostOrDoubled
            } else if is_complement(system, *slot, *current, *value) {
                Pattern::BoysForGirls
            } else {
                Pattern::None
            }
        }
        [a, b] if a.value == Some(b.current) && b.value == Some(a.current) => {
            if a.current == 0 || b.current == 0 {
                Pattern::WrongCell
            } else {
                Pattern::CellsExchanged
            }
        }
        _ => Pattern::None,
    }
}

fn digits_exchanged(a: i64, b: i64) -> bool {
    let (a, b) = (a.to_string().into_bytes(), b.to_string().into_bytes());
    if a.len() != b.len() {
        return false;
    }
    let differing: Vec<usize> = (0..a.len()).filter(|&i| a[i] != b[i]).collect();
    matches!(differing[..], [i, j] if j == i + 1 && a[i] == b[j] && a[j] == b[i])
}

/// One number is the other with a digit taken out.
fn digit_lost(a: i64, b: i64) -> bool {
    let (a, b) = (a.to_string(), b.to_string());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() + 1 == long.len() && short.len() > 1 && (0..long.len()).any(|i| format!("{}{}", &long[..i], &long[i + 1..]) == short)
}

/// The number is the total less what it should be: the other sex was counted.
fn is_complement(system: &System, slot: SlotIndex, current: i64, value: i64) -> bool {
    let constraints = system.of_slot[slot].iter().map(|index| &system.constraints[*index]);
    let wholes = constraints.filter(|c| !c.exact && c.terms.len() == 2 && c.terms[0].slot == slot).map(|c| system.numbers[c.terms[1].slot]);
    wholes.into_iter().any(|whole| whole == current + value)
}

/// A whole row that stands one column off, or two rows that hold each other's figures.
pub fn shifted(system: &System, submission: &Submission, group: &[usize]) -> Option<(Pattern, Vec<ValueChange>)> {
    let slots = group.iter().flat_map(|index| system.constraints[*index].terms.iter().map(|term| term.slot));
    let mut rows: Vec<(usize, usize)> =
        slots.map(|slot| submission.form.layout.address(slot)).map(|(sheet, row, _)| (sheet, row)).collect();
    rows.sort_unstable();
    rows.dedup();
    let form = &submission.form.layout;
    for &(index, row) in &rows {
        let sheet = &form.sheets[index];
        for step in [-1_isize, 1] {
            let moved = |column: usize| column.checked_add_signed(step).filter(|from| *from < sheet.columns.len());
            let own = |column: usize| moved(column).map_or(0, |from| system.numbers[sheet.slot(row, from)]);
            if let Some(changes) = tried(system, group, sheet, &[(row, &own)]) {
                return Some((Pattern::RowShifted, changes));
            }
        }
        let next = row + 1;
        if next < sheet.coded.len() {
            let here = |column: usize| system.numbers[sheet.slot(next, column)];
            let there = |column: usize| system.numbers[sheet.slot(row, column)];
            if let Some(changes) = tried(system, group, sheet, &[(row, &here), (next, &there)]) {
                return Some((Pattern::RowsExchanged, changes));
            }
        }
    }
    None
}

/// The changes, if these rows with these figures satisfy everything; only where more than two cells differ.
fn tried(system: &System, group: &[usize], sheet: &Sheet, rows: &[(usize, &dyn Fn(usize) -> i64)]) -> Option<Vec<ValueChange>> {
    let mut changes = Vec::new();
    for (row, figure) in rows {
        for column in 0..sheet.columns.len() {
            let slot = sheet.slot(*row, column);
            let (current, value) = (system.numbers[slot], figure(column));
            if current != value {
                changes.push(ValueChange { slot, current, value: Some(value) });
            }
        }
    }
    if changes.len() < 3 {
        return None;
    }
    let slots: Vec<SlotIndex> = changes.iter().map(|change| change.slot).collect();
    let value = |slot: SlotIndex| changes.iter().find(|change| change.slot == slot).and_then(|change| change.value);
    system.is_satisfied(group, &slots, value).then_some(changes)
}
