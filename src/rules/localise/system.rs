//! The sums and bounds of a form as linear constraints over its cells.

use std::collections::BTreeSet;

use crate::base::number::{NumberKind, rounding};
use crate::forms::{People, Relation, Relations, SlotIndex, SlotVec};
use crate::returns::{Status, Submission};

/// A cell times a number.
#[derive(Debug, Clone, Copy)]
pub struct LinearTerm {
    /// Its slot.
    pub slot: SlotIndex,
    /// Factor of its value.
    pub coefficient: i64,
}

/// One constraint: the terms add up to 0, or to at most 0.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// Terms that are added up.
    pub terms: Vec<LinearTerm>,
    /// Exactly 0; at most 0 otherwise.
    pub exact: bool,
}

/// The constraints of a return whose cells are all known.
#[derive(Debug)]
pub struct System {
    /// Values by slot, blank as 0.
    pub numbers: SlotVec<i64>,
    /// The constraints.
    pub constraints: Vec<Constraint>,
    /// Sum of the terms of each constraint now.
    pub residuals: Vec<i128>,
    /// Constraints each slot is in.
    pub of_slot: SlotVec<Vec<usize>>,
}

/// Makes constraints of what it is told.
struct Builder<'a> {
    system: &'a mut System,
    submission: &'a Submission,
    kind: NumberKind,
}

// Relations that a correct return may break say nothing of which cell is wrong.
impl Relations for Builder<'_> {
    fn sum(&mut self, relation: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        let number = |slot: SlotIndex| self.submission.values.get(slot).1;
        let stated = std::iter::once(total).chain(parts.clone()).map(number).filter(|number| *number != 0);
        let off = (number(total) - parts.clone().map(number).sum::<i64>()).abs();
        if relation.unless.is_some() || (off > 0 && off <= rounding(self.kind, stated)) {
            return;
        }
        self.system.add(
            self.submission,
            std::iter::once(LinearTerm::new(total, 1)).chain(parts.map(|part| LinearTerm::new(part, -1))),
            true,
        );
    }

    fn at_most(&mut self, relation: Relation<'_>, part: SlotIndex, whole: SlotIndex) {
        if relation.unless.is_none() {
            self.system.add(self.submission, [LinearTerm::new(part, 1), LinearTerm::new(whole, -1)].into_iter(), false);
        }
    }

    fn overlap(&mut self, _: &'static str, people: People) {
        let terms = [(people.women, 1), (people.minority, 1), (people.total, -1), (people.both, -1)];
        let terms = terms.into_iter().map(|(slot, coefficient)| LinearTerm { slot, coefficient });
        self.system.add(self.submission, terms, false);
    }
}

impl LinearTerm {
    const fn new(slot: SlotIndex, coefficient: i64) -> Self {
        Self { slot, coefficient }
    }
}

impl System {
    /// The constraints that a return's form lays on its cells.
    pub fn of(submission: &Submission) -> Self {
        let mut system = Self {
            numbers: submission.values.numbers().iter().collect(),
            constraints: Vec::new(),
            residuals: Vec::new(),
            of_slot: SlotVec::filled(Vec::new(), submission.values.len()),
        };
        for (_, sheet) in submission.form.layout.data_sheets() {
            let Some(kind) = sheet.number_kind() else { continue };
            sheet.relations(&mut Builder { system: &mut system, submission, kind });
        }
        system.residuals = system.constraints.iter().map(|constraint| system.sum(constraint, |_| None)).collect();
        for (index, constraint) in system.constraints.iter().enumerate() {
            for term in &constraint.terms {
                system.of_slot[term.slot].push(index);
            }
        }
        system
    }

    /// Adds a constraint, unless it says nothing here: what is not known bounds nothing, what does not apply is no part
    /// of anything, and cells nobody filled in are no sum. Looked at before it is built: most of a return is blank.
    fn add(&mut self, submission: &Submission, terms: impl Iterator<Item = LinearTerm> + Clone, exact: bool) {
        let status = |slot: SlotIndex| submission.values.get(slot).0;
        let applies = |term: &LinearTerm| status(term.slot) != Status::NotApplicable;
        let is_whole_there = terms.clone().next().is_some_and(|first| applies(&first));
        let is_asked = terms.clone().any(|term| status(term.slot).is_number());
        if is_whole_there && is_asked && terms.clone().all(|term| !status(term.slot).is_broken()) {
            let terms: Vec<LinearTerm> = terms.filter(applies).collect();
            if terms.len() > 1 {
                self.constraints.push(Constraint { terms, exact });
            }
        }
    }

    /// True when a slot is in a constraint.
    pub fn is_in(&self, slot: SlotIndex, constraint: usize) -> bool {
        // Constraints were noted in their order.
        self.of_slot[slot].binary_search(&constraint).is_ok()
    }

    fn sum(&self, constraint: &Constraint, value: impl Fn(SlotIndex) -> Option<i64>) -> i128 {
        let term = |own: &LinearTerm| i128::from(value(own.slot).unwrap_or(self.numbers[own.slot])) * i128::from(own.coefficient);
        constraint.terms.iter().map(term).sum()
    }

    /// True when a constraint holds with some cells changed.
    pub fn holds(&self, constraint: &Constraint, value: impl Fn(SlotIndex) -> Option<i64>) -> bool {
        let sum = self.sum(constraint, value);
        if constraint.exact { sum == 0 } else { sum <= 0 }
    }

    /// Violated constraints, in groups that share no cell.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let is_violated =
            |index: &usize| if self.constraints[*index].exact { self.residuals[*index] != 0 } else { self.residuals[*index] > 0 };
        let mut left: BTreeSet<usize> = (0..self.constraints.len()).filter(is_violated).collect();
        let mut groups = Vec::new();
        while let Some(first) = left.pop_first() {
            let (mut group, mut at) = (vec![first], 0);
            while let Some(&index) = group.get(at) {
                let near = self.constraints[index].terms.iter().flat_map(|term| &self.of_slot[term.slot]);
                group.extend(near.filter(|index| left.remove(index)));
                at += 1;
            }
            group.sort_unstable();
            groups.push(group);
        }
        groups
    }

    /// Every constraint that some cells are in holds with their new values, and so do the violated ones of a group.
    pub fn is_satisfied(&self, group: &[usize], slots: &[SlotIndex], value: impl Fn(SlotIndex) -> Option<i64> + Copy) -> bool {
        let touched = slots.iter().flat_map(|slot| &self.of_slot[*slot]);
        group.iter().chain(touched).all(|index| self.holds(&self.constraints[*index], value))
    }
}
