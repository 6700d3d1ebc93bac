//! Do the numbers of a form agree with each other: sums, parts, girls and minority pupils.
//!
//! Blank and nil count as 0 in a return that was received; what is not
//! applicable is left out; a rule over a broken cell is not evaluated.

use crate::cells::{Status, Submission};
use crate::finding::Finding;
use crate::number::{NumberKind, show};
use crate::schema::{Bounds, Sheet, Sum};

/// All sum rules of the submission's form.
#[must_use]
pub fn sums(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layout = submission.form.layout.clone();
    for (_, sheet) in layout.data_sheets() {
        let Some(kind) = sheet.number_kind() else { continue };
        let mut checker = Checker { submission, sheet, kind, findings: &mut findings };
        for sum in &sheet.sums.columns {
            for coded in 0..sheet.coded.len() {
                checker.sum("column-sum", sum, |member| sheet.slot(coded, member));
            }
        }
        for sum in &sheet.sums.rows {
            for column in 0..sheet.columns.len() {
                checker.sum("row-sum", sum, |member| sheet.slot(member, column));
            }
        }
        for subset in &sheet.sums.subsets {
            for column in 0..sheet.columns.len() {
                let whole = sheet.slot(subset.total, column);
                for &part in &subset.parts {
                    checker.at_most("part-exceeds-whole", sheet.slot(part, column), whole);
                }
            }
        }
        for kinds in &sheet.sums.disjoint {
            for column in 0..sheet.columns.len() {
                checker.disjoint("kinds-exceed-whole", kinds, |member| sheet.slot(member, column));
            }
        }
        for bounds in &sheet.sums.bounds {
            for coded in 0..sheet.coded.len() {
                checker.bounds(bounds, coded);
            }
        }
    }
    findings
}

struct Checker<'a> {
    submission: &'a Submission,
    sheet: &'a Sheet,
    kind: NumberKind,
    findings: &'a mut Vec<Finding>,
}

impl Checker<'_> {
    fn get(&self, slot: usize) -> (Status, i64) {
        self.submission.values.get(slot)
    }

    /// A slot as people find it: its cell in the file, or its code and column.
    fn cell_name(&self, slot: usize) -> String {
        if let (_, Some(cell)) = self.submission.cell(slot) {
            return cell.to_string();
        }
        let subject = self.submission.subject(slot);
        format!("[{}/{}]", subject.code.as_deref().unwrap_or_default(), subject.column.unwrap_or_default())
    }

    fn shown(&self, slot: usize) -> String {
        format!("{} {}", self.cell_name(slot), show(self.get(slot).1, self.kind))
    }

    fn finding(&self, rule: &'static str, slot: usize) -> Finding {
        Finding::new(rule).about(self.submission.subject(slot)).at(self.submission.place(slot))
    }

    /// Says that a rule could not run because of broken cells; true when it could not.
    fn is_blocked(&mut self, rule: &'static str, at: usize, slots: &[usize]) -> bool {
        let broken: Vec<String> = slots
            .iter()
            .filter(|&&slot| self.get(slot).0.is_broken())
            .map(|&slot| format!("{} ({})", self.cell_name(slot), self.get(slot).0.id()))
            .collect();
        if !broken.is_empty() {
            let finding = self.finding(rule, at).not_evaluated().saw(broken.join(", "), "");
            self.findings.push(finding);
        }
        !broken.is_empty()
    }

    fn sum(&mut self, rule: &'static str, sum: &Sum, slot_of: impl Fn(usize) -> usize) {
        let total = slot_of(sum.total);
        let (status, number) = self.get(total);
        let mut parts = 0;
        let mut any = status.is_number();
        let mut broken = status.is_broken();
        let mut absent = status == Status::Absent;
        for &part in &sum.parts {
            let (status, number) = self.get(slot_of(part));
            parts += number;
            any |= status.is_number();
            broken |= status.is_broken();
            absent &= status == Status::Absent;
        }
        // A row, column or sheet that the file does not have is named once, as such.
        if absent || status == Status::NotApplicable || (!any && !broken) || (!broken && parts == number) {
            return;
        }
        let part_slots: Vec<usize> = sum.parts.iter().map(|&part| slot_of(part)).collect();
        let all: Vec<usize> = std::iter::once(total).chain(part_slots.iter().copied()).collect();
        if !self.is_blocked(rule, total, &all) {
            let detail: Vec<String> = part_slots.iter().map(|&slot| self.shown(slot)).collect();
            let found = if status.is_number() { show(number, self.kind) } else { "–".to_owned() };
            let finding = self.finding(rule, total).saw(found, show(parts, self.kind)).noting(detail.join(" + "));
            self.findings.push(finding);
        }
    }

    /// The part must not be larger than the whole.
    fn at_most(&mut self, rule: &'static str, part: usize, whole: usize) {
        let ((part_status, part_number), (whole_status, whole_number)) = (self.get(part), self.get(whole));
        let absent = part_status == Status::Absent && whole_status == Status::Absent;
        let applies = !absent && part_status != Status::NotApplicable && whole_status != Status::NotApplicable;
        let broken = part_status.is_broken() || whole_status.is_broken();
        let any = part_status.is_number() || whole_status.is_number();
        if !applies || (!broken && (!any || part_number <= whole_number)) {
            return;
        }
        if !self.is_blocked(rule, part, &[part, whole]) {
            let detail = self.shown(whole);
            let finding = self.finding(rule, part);
            let finding = finding.saw(show(part_number, self.kind), show(whole_number, self.kind)).noting(detail);
            self.findings.push(finding);
        }
    }

    /// Parts that exclude each other are together at most the whole; one that is larger by itself is named elsewhere.
    fn disjoint(&mut self, rule: &'static str, kinds: &Sum, slot_of: impl Fn(usize) -> usize) {
        let (whole, parts) = (slot_of(kinds.total), kinds.parts.iter().map(|&part| slot_of(part)).collect::<Vec<_>>());
        let (status, number) = self.get(whole);
        let sum: i64 = parts.iter().map(|&part| self.get(part).1).sum();
        let broken = status.is_broken() || parts.iter().any(|&part| self.get(part).0.is_broken());
        let alone = parts.iter().any(|&part| self.get(part).1 > number);
        if broken || alone || status == Status::NotApplicable || status == Status::Absent || sum <= number {
            return;
        }
        let detail: Vec<String> = parts.iter().map(|&slot| self.shown(slot)).collect();
        let finding = self.finding(rule, whole).saw(show(sum, self.kind), show(number, self.kind)).noting(detail.join(" + "));
        self.findings.push(finding);
    }

    fn bounds(&mut self, bounds: &Bounds, coded: usize) {
        let rule = "group-exceeds-total";
        let slot = |column: usize| self.sheet.slot(coded, column);
        let total = slot(bounds.total);
        let (women, minority, both) = (bounds.women.map(slot), bounds.minority.map(slot), bounds.minority_women.map(slot));
        for (part, whole) in [(women, Some(total)), (minority, Some(total)), (both, women), (both, minority)] {
            if let Some((part, whole)) = part.zip(whole) {
                self.at_most(rule, part, whole);
            }
        }
        if let (Some(women), Some(minority), Some(both)) = (women, minority, both) {
            self.overlap(total, women, minority, both);
        }
    }

    /// Women and minorities overlap at least where together they are more than everyone.
    fn overlap(&mut self, total: usize, women: usize, minority: usize, both: usize) {
        let rule = "group-overlap-too-small";
        let slots = [total, women, minority, both];
        if slots.iter().any(|&slot| !self.get(slot).0.is_number()) {
            // Broken cells are named by the bounds above; a blank one bounds nothing.
            return;
        }
        let number = |slot: usize| self.get(slot).1;
        let least = number(women) + number(minority) - number(total);
        if number(both) < least {
            let detail = format!("{} + {} − {}", self.shown(women), self.shown(minority), self.shown(total));
            let finding = self.finding(rule, both).saw(show(number(both), self.kind), show(least, self.kind)).noting(detail);
            self.findings.push(finding);
        }
    }
}
