//! Totals that the form itself prints as formulas: where one is not known and all its parts are, it is what they make.
//!
//! A workbook saved by a program that does not calculate has formulas without results, and a report prints such a total as
//! the formula it is. So the total is worked out here, once, and everything that is made of the return has the same.

use std::sync::Arc;

use crate::cells::{Status, Submission};
use crate::finding::Finding;
use crate::number::{NumberKind, show};
use crate::schema::{Basis, Sheet, Sum};

/// Works out the printed totals of a return that are not known; the slots of those that were.
pub fn take_printed_totals(submission: &mut Submission) -> Vec<usize> {
    let form = Arc::clone(&submission.form);
    let mut taken = Vec::new();
    for (_, sheet) in form.layout.data_sheets() {
        let printed: Vec<&Sum> = sheet.sums.columns.iter().filter(|sum| sum.basis == Basis::Printed && sum.unless.is_none()).collect();
        for coded in 0..sheet.coded.len() {
            // A total may be a part of another one, in any order.
            for _ in &printed {
                let found = printed.iter().find_map(|sum| Some((sheet.slot(coded, sum.total), made(submission, sheet, coded, sum)?)));
                let Some((slot, number)) = found else { break };
                submission.values.set(slot, Status::Computed, number);
                taken.push(slot);
            }
        }
    }
    taken.sort_unstable();
    taken
}

/// Says of each sheet how many of its totals were worked out, at the first of them.
pub fn told_totals(submission: &Submission, taken: &[usize]) -> Vec<Finding> {
    let layout = &submission.form.layout;
    let of_sheet = taken.chunk_by(|a, b| layout.address(*a).0 == layout.address(*b).0);
    let told = |slots: &[usize]| {
        let first = *slots.first()?;
        let kind = layout.sheets[layout.address(first).0].number_kind().unwrap_or(NumberKind::Counts);
        let number = show(submission.values.get(first).1, kind);
        let finding = Finding::new("total-from-parts").about(submission.subject(first)).at(submission.place(first));
        Some(finding.saw("", number).noting(slots.len()))
    };
    of_sheet.filter_map(told).collect()
}

/// What the parts of a total that is not known make, where they are known.
fn made(submission: &Submission, sheet: &Sheet, coded: usize, sum: &Sum) -> Option<i64> {
    let (status, _) = submission.values.get(sheet.slot(coded, sum.total));
    // A sheet that is not there, and what was kept back, stay so.
    if !matches!(status, Status::Unknown | Status::ErrorValue | Status::Uncalculated | Status::Invalid) {
        return None;
    }
    let parts = sum.parts.iter().map(|&part| submission.values.get(sheet.slot(coded, part)));
    let is_known = parts.clone().all(|(status, _)| !status.is_broken());
    // Of blank parts a formula makes 0; who typed that the total is not known did not mean that.
    let has_number = status == Status::Uncalculated || parts.clone().any(|(status, _)| status.is_number());
    if !is_known || !has_number {
        return None;
    }
    parts.filter(|(status, _)| status.is_number()).try_fold(0_i64, |sum, (_, number)| sum.checked_add(number))
}
