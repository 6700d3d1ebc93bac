//! Totals that hold no number. One that the form itself prints as a formula is what its parts make, where those are known;
//! any other that was left blank above parts that are not 0 is not known: blank is 0 only where that can be.
//!
//! A workbook saved by a program that does not calculate has formulas without results, and a report prints such a total as
//! the formula it is. So the total is worked out here, once, and everything that is made of the return has the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::number::NumberKind;
use crate::findings::Finding;
use crate::findings::Observed;
use crate::forms::{Basis, Relation, Relations, Sheet, SlotIndex, Sum};
use crate::returns::{Status, Submission, Values};

/// Works out the printed totals of a return that are not known; the slots of those that were.
pub fn take_printed_totals(submission: &mut Submission) -> Vec<SlotIndex> {
    let form = Arc::clone(&submission.form);
    let mut taken = Vec::new();
    for (_, sheet) in form.layout.data_sheets() {
        let printed: Vec<&Sum> = sheet.sums.columns.iter().filter(|sum| sum.basis == Basis::Printed && sum.unless.is_none()).collect();
        for coded in 0..sheet.coded.len() {
            // A total may be a part of another one, in any order.
            for _ in &printed {
                let found =
                    printed.iter().find_map(|sum| Some((sheet.slot(coded, sum.total), sum_of_parts(submission, sheet, coded, sum)?)));
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
#[must_use]
pub fn told_totals(submission: &Submission, taken: &[SlotIndex]) -> Vec<Finding> {
    let layout = &submission.form.layout;
    let of_sheet = taken.chunk_by(|a, b| layout.address(*a).0 == layout.address(*b).0);
    let told = |slots: &[SlotIndex]| {
        let first = *slots.first()?;
        let kind = layout.sheets[layout.address(first).0].number_kind().unwrap_or(NumberKind::Counts);
        let number = Observed::figure(submission.values.get(first).1, kind);
        let finding = Finding::new("total-from-parts").subject(submission.subject(first)).location(submission.place(first));
        Some(finding.observed("", number).detail(slots.len()))
    };
    of_sheet.filter_map(told).collect()
}

/// Sum of the parts of a total that is not known, where they are known.
fn sum_of_parts(submission: &Submission, sheet: &Sheet, coded: usize, sum: &Sum) -> Option<i64> {
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

/// Totals left blank above parts that are not 0, and what the parts make.
struct Blanks<'a> {
    values: &'a Values,
    found: BTreeMap<SlotIndex, i64>,
}

impl Relations for Blanks<'_> {
    fn sum(&mut self, relation: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        if relation.unless.is_some() || !self.values.get(total).0.is_blank() {
            return;
        }
        let numbers = parts.filter_map(|part| self.values.number(part));
        let made = numbers.fold(0_i64, i64::saturating_add);
        if made != 0 {
            self.found.entry(total).or_insert(made);
        }
    }

    fn at_most(&mut self, _relation: Relation<'_>, _part: SlotIndex, _whole: SlotIndex) {}
}

/// Takes totals that were left blank above parts that are not 0 for not known, and says so of each; of some slots only.
pub fn doubt_blank_totals(submission: &mut Submission, is_meant: &dyn Fn(SlotIndex) -> bool) -> Vec<Finding> {
    let form = Arc::clone(&submission.form);
    let mut findings = Vec::new();
    for (_, sheet) in form.layout.data_sheets() {
        let Some(kind) = sheet.number_kind() else { continue };
        let mut blanks = Blanks { values: &submission.values, found: BTreeMap::new() };
        sheet.relations(&mut blanks);
        for (slot, made) in blanks.found.into_iter().filter(|(slot, _)| is_meant(*slot)) {
            submission.values.set(slot, Status::Unknown, 0);
            let told = Finding::new("total-blank").subject(submission.subject(slot)).location(submission.place(slot));
            findings.push(told.observed("", Observed::figure(made, kind)));
        }
    }
    findings
}
