//! A column whose figures stand a row too low or too high, as when a block was pasted one row off.
//!
//! Every sum that such a column breaks is told by itself; that all of them hold once it is moved back says what happened.

use std::collections::HashMap;

use crate::cells::{Status, Submission};
use crate::finding::{Finding, Subject};
use crate::schema::Sheet;

/// Sums and bounds that a column breaks before it is looked at, and that hold once it is moved back.
const TELLING: usize = 3;

/// Columns of a return that are one row off.
#[must_use]
pub fn shifted_columns(submission: &Submission) -> Vec<Finding> {
    let layout = submission.form.layout.clone();
    let mut findings = Vec::new();
    for (_, sheet) in layout.data_sheets() {
        let rows: HashMap<u32, usize> = (0..sheet.coded.len()).map(|coded| (sheet.coded_row(coded).at, coded)).collect();
        for column in 0..sheet.columns.len() {
            let look = |offset: i64| Look { submission, sheet, rows: &rows, column, offset }.count();
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
                findings.push(Finding::new("column-shifted").about(subject).at(submission.place(slot)).saw(direction, now.broken));
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
    fn count(&self) -> Count {
        let mut count = Count::default();
        let sums = &self.sheet.sums;
        for sum in &sums.rows {
            self.sum(&mut count, (sum.total, self.column), sum.parts.iter().map(|&part| (part, self.column)));
        }
        for subset in &sums.subsets {
            for &part in &subset.parts {
                self.at_most(&mut count, (part, self.column), (subset.total, self.column));
            }
        }
        for coded in 0..self.sheet.coded.len() {
            for sum in sums.columns.iter().filter(|sum| sum.total == self.column || sum.parts.contains(&self.column)) {
                self.sum(&mut count, (coded, sum.total), sum.parts.iter().map(|&part| (coded, part)));
            }
            for bounds in &sums.bounds {
                let pairs =
                    [(bounds.women, Some(bounds.total)), (bounds.minority, Some(bounds.total)), (bounds.minority_women, bounds.women)];
                for (part, whole) in pairs.into_iter().filter_map(|(part, whole)| part.zip(whole)) {
                    if part == self.column || whole == self.column {
                        self.at_most(&mut count, (coded, part), (coded, whole));
                    }
                }
            }
        }
        count
    }

    /// A number where it stands, or would stand; `None` where nobody can know it, and for what a formula makes of others.
    fn number(&self, (coded, column): (usize, usize)) -> Option<i64> {
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

    fn sum(&self, count: &mut Count, total: (usize, usize), parts: impl Iterator<Item = (usize, usize)>) {
        let numbers: Option<Vec<i64>> = std::iter::once(total).chain(parts).map(|at| self.number(at)).collect();
        if let Some(numbers) = numbers {
            count.add(&numbers, numbers[0] == numbers[1..].iter().sum::<i64>());
        }
    }

    fn at_most(&self, count: &mut Count, part: (usize, usize), whole: (usize, usize)) {
        if let (Some(part), Some(whole)) = (self.number(part), self.number(whole)) {
            count.add(&[part, whole], part <= whole);
        }
    }
}
