//! Do the numbers of a form agree with each other: sums, parts, girls and minority pupils.
//!
//! Blank and nil count as 0 in a return that was received; what is not
//! applicable is left out; a rule over a broken cell is not evaluated.

use crate::base::number::{NumberKind, rounding};
use crate::findings::Finding;
use crate::findings::Observed;
use crate::forms::{People, Relation, Relations, SlotIndex};
use crate::returns::{Status, Submission};

/// All sum rules of the submission's form.
#[must_use]
pub fn sums(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, sheet) in submission.form.layout.data_sheets() {
        let Some(kind) = sheet.number_kind() else { continue };
        sheet.relations(&mut Checker { submission, kind, findings: &mut findings });
    }
    findings
}

struct Checker<'a> {
    submission: &'a Submission,
    kind: NumberKind,
    findings: &'a mut Vec<Finding>,
}

impl Checker<'_> {
    fn get(&self, slot: SlotIndex) -> (Status, i64) {
        self.submission.values.get(slot)
    }

    /// A slot as people find it: its cell in the file, or its code and column.
    fn cell_name(&self, slot: SlotIndex) -> String {
        if let (_, Some(cell)) = self.submission.cell(slot) {
            return cell.to_string();
        }
        let subject = self.submission.subject(slot);
        format!("[{}/{}]", subject.code.as_deref().unwrap_or_default(), subject.column.unwrap_or_default())
    }

    /// A slot and what stands in it.
    fn shown(&self, slot: SlotIndex) -> Observed {
        Observed::several([self.cell_name(slot).into(), self.figure(self.get(slot).1)], " ")
    }

    fn figure(&self, number: i64) -> Observed {
        Observed::figure(number, self.kind)
    }

    /// A finding at a slot, which compares it with others or misses them.
    fn finding(&self, rule: &'static str, slot: SlotIndex, compared: &[SlotIndex]) -> Finding {
        let cells = compared.iter().map(|&slot| self.submission.compared_cell(slot)).collect();
        Finding::new(rule).subject(self.submission.subject(slot)).location(self.submission.place(slot)).compared(cells)
    }

    /// Says that a rule could not run because of broken cells; true when it could not.
    fn is_blocked(&mut self, rule: &'static str, at: SlotIndex, slots: &[SlotIndex]) -> bool {
        let missed: Vec<SlotIndex> = slots.iter().copied().filter(|&slot| self.get(slot).0.is_broken()).collect();
        let broken: Vec<Observed> = missed
            .iter()
            .map(|&slot| {
                let status = Observed::Status(self.get(slot).0.id().into());
                Observed::several([Observed::from(format!("{} (", self.cell_name(slot))), status, ")".into()], "")
            })
            .collect();
        if !broken.is_empty() {
            let finding = self.finding(rule, at, &missed).not_evaluated().observed(Observed::several(broken.clone(), ", "), "");
            self.findings.push(finding);
        }
        !broken.is_empty()
    }
}

/// Detail of a comparison, and what a correct return may break the relation by.
fn with_exception(detail: Observed, relation: Relation<'_>) -> Observed {
    match relation.unless {
        Some(phrase) => Observed::several([detail, Observed::phrase(phrase.to_owned())], "; "),
        None => detail,
    }
}

impl Relations for Checker<'_> {
    fn sum(&mut self, relation: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        let (status, number) = self.get(total);
        let mut together = 0;
        let mut any = status.is_number();
        let mut broken = status.is_broken();
        let mut absent = status == Status::Absent;
        for part in parts.clone() {
            let (status, number) = self.get(part);
            together += number;
            any |= status.is_number();
            broken |= status.is_broken();
            absent &= status == Status::Absent;
        }
        // A row, column or sheet that the file does not have is named once, as such.
        if absent || status == Status::NotApplicable || (!any && !broken) || (!broken && together == number) {
            return;
        }
        let all: Vec<SlotIndex> = std::iter::once(total).chain(parts).collect();
        let stated = all.iter().map(|&slot| self.get(slot).1).filter(|number| *number != 0);
        if !broken && status.is_number() && (number - together).abs() <= rounding(self.kind, stated) {
            return;
        }
        if !self.is_blocked(relation.rule, total, &all) {
            let detail = Observed::several(all[1..].iter().map(|&slot| self.shown(slot)), " + ");
            let found = if status.is_number() { self.figure(number) } else { "–".into() };
            let finding = self.finding(relation.rule, total, &all).observed(found, self.figure(together));
            let finding = finding.detail(with_exception(detail, relation));
            self.findings.push(finding);
        }
    }

    fn at_most(&mut self, relation: Relation<'_>, part: SlotIndex, whole: SlotIndex) {
        let ((part_status, part_number), (whole_status, whole_number)) = (self.get(part), self.get(whole));
        let absent = part_status == Status::Absent && whole_status == Status::Absent;
        let applies = !absent && part_status != Status::NotApplicable && whole_status != Status::NotApplicable;
        let broken = part_status.is_broken() || whole_status.is_broken();
        let any = part_status.is_number() || whole_status.is_number();
        if !applies || (!broken && (!any || part_number <= whole_number)) {
            return;
        }
        if !self.is_blocked(relation.rule, part, &[part, whole]) {
            let detail = with_exception(self.shown(whole), relation);
            let finding = self.finding(relation.rule, part, &[part, whole]);
            let finding = finding.observed(self.figure(part_number), self.figure(whole_number)).detail(detail);
            self.findings.push(finding);
        }
    }

    fn disjoint(&mut self, relation: Relation<'_>, whole: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        let parts: Vec<SlotIndex> = parts.collect();
        let (status, number) = self.get(whole);
        let sum: i64 = parts.iter().map(|&part| self.get(part).1).sum();
        let broken = status.is_broken() || parts.iter().any(|&part| self.get(part).0.is_broken());
        // One that is larger by itself is named elsewhere.
        let alone = parts.iter().any(|&part| self.get(part).1 > number);
        if broken || alone || status == Status::NotApplicable || status == Status::Absent || sum <= number {
            return;
        }
        let detail = Observed::several(parts.iter().map(|&slot| self.shown(slot)), " + ");
        let all: Vec<SlotIndex> = std::iter::once(whole).chain(parts).collect();
        let finding = self.finding(relation.rule, whole, &all).observed(self.figure(sum), self.figure(number));
        let finding = finding.detail(with_exception(detail, relation));
        self.findings.push(finding);
    }

    fn overlap(&mut self, rule: &'static str, people: People) {
        let People { total, women, minority, both } = people;
        let slots = [total, women, minority, both];
        if slots.iter().any(|&slot| !self.get(slot).0.is_number()) {
            // Broken cells are named by the bounds above; a blank one bounds nothing.
            return;
        }
        let number = |slot: SlotIndex| self.get(slot).1;
        let least = number(women) + number(minority) - number(total);
        if number(both) < least {
            let people = Observed::several([women, minority].map(|slot| self.shown(slot)), " + ");
            let detail = Observed::several([people, self.shown(total)], " − ");
            let finding = self.finding(rule, both, &slots).observed(self.figure(number(both)), self.figure(least)).detail(detail);
            self.findings.push(finding);
        }
    }
}
