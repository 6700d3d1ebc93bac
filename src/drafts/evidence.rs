//! Evidence in the numbers of a filled workbook for a suggested sum.
//!
//! Real returns break real sums, so numbers lower or raise confidence and never drop one.

use super::draft::{Confidence, DraftTable, Evidence, SumKind};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::forms::Basis;
use crate::ooxml::{RawSheet, RawValue};

/// How far two numbers may differ and be equal: less than any unit of a form.
const SAME: f64 = 1e-6;

impl Evidence {
    /// The confidence in the light of the numbers.
    #[must_use]
    pub fn weigh(&self, before: Confidence, basis: Basis) -> Confidence {
        if basis == Basis::Printed {
            return Confidence::High;
        }
        match (self.holds, self.fails, before) {
            (_, 0, Confidence::High) | (1.., 0, Confidence::Medium) => Confidence::High,
            (1.., 0, Confidence::Low) | (0, 0, Confidence::Medium) => Confidence::Medium,
            // Some numbers for it, some against.
            (holds, fails, Confidence::High) if holds > fails => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    /// The evidence in words.
    #[must_use]
    pub fn words(&self) -> Message {
        let first = self.first.map_or_else(String::new, |at| at.to_string());
        match (self.holds, self.zeros, self.fails) {
            (0, 0, 0) => message!("drafts.no_numbers_test"),
            (0, _, 0) => message!("drafts.only_zeros"),
            (holds, _, 0) => message!("drafts.holds_places_numbers", holds),
            (holds, _, fails) => message!("drafts.fails_places_first_holds", fails, first, holds),
        }
    }
}

/// Tries a sum on all numbers of a sheet.
#[must_use]
pub fn test(raw: &RawSheet, table: &DraftTable, kind: SumKind, total: usize, parts: &[Option<usize>]) -> Evidence {
    let mut evidence = Evidence::default();
    let coded = || table.rows.iter().enumerate().filter(|(_, row)| row.code.is_some()).map(|(index, _)| index);
    match kind {
        SumKind::Columns | SumKind::Bounds => {
            for row in coded() {
                let get = |column: usize| value(raw, table, row, column);
                let at = CellRef::new(table.rows[row].at, table.columns[total].at);
                evidence.add(kind, at, get(total), parts.iter().map(|part| part.map(get)));
            }
        }
        SumKind::Rows | SumKind::Subset => {
            for column in 0..table.columns.len() {
                let get = |row: usize| value(raw, table, row, column);
                let at = CellRef::new(table.rows[total].at, table.columns[column].at);
                evidence.add(kind, at, get(total), parts.iter().map(|part| part.map(get)));
            }
        }
    }
    evidence
}

impl Evidence {
    /// Tries one place; parts are absent, not a number, or a number.
    fn add(&mut self, kind: SumKind, at: CellRef, total: Option<f64>, parts: impl Iterator<Item = Option<Option<f64>>>) {
        let parts: Vec<Option<Option<f64>>> = parts.collect();
        let Some(total) = total else { return };
        let numbers: Vec<f64> = parts.iter().flatten().flatten().copied().collect();
        // A sum with a part that is no number proves nothing; each bound stands for itself.
        let complete = parts.iter().flatten().all(Option::is_some);
        if numbers.is_empty() || (!complete && matches!(kind, SumKind::Rows | SumKind::Columns)) {
            return;
        }
        let is_true = match kind {
            SumKind::Rows | SumKind::Columns => (numbers.iter().sum::<f64>() - total).abs() < SAME,
            SumKind::Subset | SumKind::Bounds => numbers.iter().all(|number| *number <= total + SAME),
        };
        // The last bound lies within the two before it as well.
        let both = parts.get(2).copied().flatten().flatten().filter(|_| kind == SumKind::Bounds);
        let is_true = is_true && both.is_none_or(|both| parts.iter().take(2).flatten().flatten().all(|part| both <= part + SAME));
        if !is_true {
            self.fails += 1;
            self.first.get_or_insert(at);
        } else if total.abs() < SAME && numbers.iter().all(|number| number.abs() < SAME) {
            self.zeros += 1;
        } else {
            self.holds += 1;
        }
    }
}

fn value(raw: &RawSheet, table: &DraftTable, row: usize, column: usize) -> Option<f64> {
    match raw.get(table.rows[row].at, table.columns[column].at)? {
        RawValue::Number(number) if number.is_finite() => Some(*number),
        _ => None,
    }
}
