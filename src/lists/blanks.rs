//! Blank cells of a list where nearly every other line has a figure: nobody knows whether they mean none.

use std::sync::Arc;

use crate::base::location::CellRef;
use crate::base::number::NumberKind;
use crate::findings::{Finding, Location};
use crate::forms::SlotIndex;
use crate::lists::columns::ListColumns;
use crate::lists::context::ListContext;
use crate::returns::{Placement, Status, Submission};
use crate::tables::Sign;

/// Lines with a figure from which on a blank cell of the same column stands out.
const LEAST_FILLED: usize = 2;
/// Of so many lines one may be blank and still stand out.
const LINES_PER_BLANK: usize = 10;
/// Lists without a single zero that leave one cell in so many blank write none that way.
const CELLS_PER_BLANK: usize = 5;

/// Cells of a column.
#[derive(Debug, Clone, Copy, Default)]
struct Filling {
    filled: usize,
    blank: usize,
}

/// Asks about blank cells that stand out, and makes them not known.
///
/// Not about money, which is the page of whoever keeps a budget; nor about what an office leaves out, which sends its own
/// figures only.
///
/// `given` are the cells of the form that the list has.
pub fn ask_blanks(submissions: &mut [Submission], given: &[SlotIndex], columns: &ListColumns, context: ListContext<'_>) -> Vec<Finding> {
    let writing = context.writing;
    // Somebody has said what a blank cell means.
    if context.as_they_are || writing.signs.meaning("").is_some_and(|sign| sign != Sign::Missing) {
        return Vec::new();
    }
    let Some(layout) = submissions.first().map(|first| Arc::clone(&first.form.layout)) else { return Vec::new() };
    let is_count = |slot: &SlotIndex| layout.sheets[layout.address(*slot).0].number_kind() == Some(NumberKind::Counts);
    let slots: Vec<SlotIndex> = given.iter().copied().filter(is_count).collect();
    let mut fillings = vec![Filling::default(); slots.len()];
    let mut zeros = 0_usize;
    for submission in submissions.iter() {
        for (&slot, filling) in slots.iter().zip(&mut fillings) {
            let (status, number) = submission.values.get(slot);
            filling.blank += usize::from(is_blank(status));
            filling.filled += usize::from(is_filled(status));
            zeros += usize::from(status == Status::Nil || (status.is_number() && number == 0));
        }
    }
    let blank: usize = fillings.iter().map(|filling| filling.blank).sum();
    let all = blank + fillings.iter().map(|filling| filling.filled).sum::<usize>();
    if blank == 0 || (zeros == 0 && blank * CELLS_PER_BLANK >= all) {
        return Vec::new();
    }
    let stands_out = |filling: &Filling| {
        filling.filled >= LEAST_FILLED && (filling.blank == 1 || filling.blank * LINES_PER_BLANK <= filling.blank + filling.filled)
    };
    let asked: Vec<SlotIndex> = slots.into_iter().zip(&fillings).filter(|(_, filling)| stands_out(filling)).map(|(slot, _)| slot).collect();
    let is_office = |unit: &str| context.tree.find(unit).is_some_and(|unit| context.tree.units[unit].aggregate);
    let of_line = |submission: &Submission| -> Vec<SlotIndex> {
        let asked = if is_office(&submission.unit) { &[] } else { &asked[..] };
        asked.iter().copied().filter(|&slot| is_blank(submission.values.get(slot).0)).collect()
    };
    submissions.iter_mut().filter_map(|submission| ask_line(of_line(submission), submission, columns)).collect()
}

/// Asks about blank cells of a line, and makes them not known.
fn ask_line(blank: Vec<SlotIndex>, submission: &mut Submission, columns: &ListColumns) -> Option<Finding> {
    // Who sent nothing at all is told as such.
    if blank.is_empty() || submission.values.filled() == 0 {
        return None;
    }
    for &slot in &blank {
        submission.values.set(slot, Status::Unknown, 0);
    }
    let first = blank.iter().copied().min_by_key(|slot| columns.slots.get(slot))?;
    let row = submission.placements.iter().find_map(|placement| match placement {
        Placement::Line { row, .. } => Some(*row),
        _ => None,
    });
    let of_row = |row: u32| CellRef::new(row, columns.slots.get(&first).and_then(|column| u16::try_from(*column).ok()).unwrap_or(u16::MAX));
    let cell = row.map(of_row).or_else(|| submission.cell(first).1);
    let place = Location { file: Some(Arc::clone(&submission.source.file)), cell, ..submission.place(first) };
    Some(Finding::new("list-cells-blank").subject(submission.subject(first)).location(place).observed(blank.len(), ""))
}

fn is_filled(status: Status) -> bool {
    status.is_number() || status == Status::Nil
}

const fn is_blank(status: Status) -> bool {
    matches!(status, Status::Missing | Status::EmptyText)
}
