//! A column whose figures stand a row too low or too high, as when a block was pasted one row off.
//!
//! Every sum that such a column breaks is told by itself; that all of them hold once it is moved back says what happened.

use std::collections::HashMap;

use crate::findings::{Finding, Subject};
use crate::forms::{Relation, Relations, Sheet, SlotIndex};
use crate::returns::{Status, Submission};

/// Sums and bounds that a column breaks before it is looked at, and that hold once it is moved back.
const TELLING: usize = 3;

/// Columns of a return that are one row off.
#[must_use]
pub fn shifted_columns(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, sheet) in submission.form.layout.data_sheets() {
        let rows: HashMap<u32, usize> = (0..sheet.coded.len()).map(|coded| (sheet.coded_row(coded).at, coded)).collect();
        for column in 0..sheet.columns.len() {
            let look = |offset: i64| {
                let mut look = Look { submission, sheet, rows: &rows, column, offset, count: Count::default() };
                sheet.relations_of_column(column, &mut look);
                look.count
            };
            let now = look(0);
            if now.broken < TELLING {
                continue;
            }
            let back = [(1, "{moved-down}"), (-1, "{moved-up}")].into_iter().find(|(offset, _)| {
                let moved = look(*offset);
                moved.broken == 0 && moved.held >= TELLING
            });
            if let Some((_, direction)) = back {
                let slot = sheet.slot(0, column);
                let subject = Subject { code: None, ..submission.subject(slot) };
                findings
                    .push(Finding::new("column-shifted").subject(subject).location(submission.place(slot)).observed(direction, now.broken));
            }
        }
    }
    findings
}

/// A column as it would stand if its figures were moved.
struct Look<'a> {
    submission: &'a Submission,
    sheet: &'a Sheet,
    /// Coded rows by their line.
    rows: &'a HashMap<u32, usize>,
    column: usize,
    /// How many lines below its own place a row's figure is taken from.
    offset: i64,
    count: Count,
}

/// Sums and bounds that say anything.
#[derive(Default)]
struct Count {
    held: usize,
    broken: usize,
}

impl Count {
    /// Numbers that are all 0 agree with anything.
    fn add(&mut self, numbers: &[i64], holds: bool) {
        if numbers.iter().any(|number| *number != 0) {
            *(if holds { &mut self.held } else { &mut self.broken }) += 1;
        }
    }
}

impl Look<'_> {
    /// A number where it stands, or would stand; `None` where nobody can know it, and for what a formula makes of others.
    fn number(&self, slot: SlotIndex) -> Option<i64> {
        let (coded, column) = self.sheet.row_and_column(slot);
        let coded = if column == self.column {
            let line = i64::from(self.sheet.coded_row(coded).at) + self.offset;
            *self.rows.get(&u32::try_from(line).ok()?)?
        } else {
            coded
        };
        let (status, number) = self.submission.values.get(self.sheet.slot(coded, column));
        let is_known = !status.is_broken() && !matches!(status, Status::NotApplicable | Status::Computed | Status::Absent);
        is_known.then_some(number)
    }
}

impl Relations for Look<'_> {
    fn sum(&mut self, _: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        let numbers: Option<Vec<i64>> = std::iter::once(total).chain(parts).map(|slot| self.number(slot)).collect();
        if let Some(numbers) = numbers {
            self.count.add(&numbers, numbers[0] == numbers[1..].iter().sum::<i64>());
        }
    }

    fn at_most(&mut self, _: Relation<'_>, part: SlotIndex, whole: SlotIndex) {
        if let (Some(part), Some(whole)) = (self.number(part), self.number(whole)) {
            self.count.add(&[part, whole], part <= whole);
        }
    }
}
