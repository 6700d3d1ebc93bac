//! Which cell is probably wrong, when sums do not agree.
//!
//! The smallest set of cells whose change would satisfy every sum and bound of the form
//! (the principle of Fellegi and Holt), with the value where it follows; and mistakes people
//! make, recognised as such: exchanged digits, figures in the next column or row, girls for boys.

mod patterns;
mod search;
mod system;

use crate::base::number::NumberKind;
use crate::findings::{Finding, LIKELY_ERROR, Observed};
use crate::forms::SlotIndex;
use crate::returns::Submission;

use patterns::{Pattern, shifted};
use search::{Solution, ValueChange, search};
use system::System;

/// Suggestions of equal standing that are named; with more, nothing is known.
const NAMED: usize = 3;

/// A finding for every group of contradictions whose likely cause is found.
#[must_use]
pub fn localise(submission: &Submission) -> Vec<Finding> {
    let system = System::of(submission);
    let mut findings = Vec::new();
    let groups = system.groups();
    let violated: Vec<usize> = groups.iter().flatten().copied().collect();
    for group in &groups {
        let settled = |changes: &[ValueChange]| Settled { sums: settled(&system, group, changes), of: violated.len() };
        if let Some((pattern, changes)) = shifted(&system, submission, group) {
            findings.push(suggestion(submission, pattern, &changes, settled(&changes)));
            continue;
        }
        let solutions = best(&system, search(&system, group));
        if solutions.len() <= NAMED {
            let tell =
                |(pattern, solution): &(Pattern, Solution)| suggestion(submission, *pattern, &solution.changes, settled(&solution.changes));
            findings.extend(solutions.iter().map(tell));
        }
    }
    findings
}

/// How many of a return's violated sums and bounds a change settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Settled {
    sums: usize,
    of: usize,
}

/// Violated constraints of a group that hold once cells are changed; a change without a value was found to settle its group.
fn settled(system: &System, group: &[usize], changes: &[ValueChange]) -> usize {
    if changes.iter().any(|change| change.value.is_none()) {
        return group.len();
    }
    let value = |slot: SlotIndex| changes.iter().find(|change| change.slot == slot).and_then(|change| change.value);
    group.iter().filter(|&&index| system.holds(&system.constraints[index], value)).count()
}

/// The solutions of the best standing: one that is a mistake people make, where there is one.
fn best(system: &System, solutions: Vec<Solution>) -> Vec<(Pattern, Solution)> {
    let named: Vec<(Pattern, Solution)> = solutions.into_iter().map(|s| (patterns::of(system, &s.changes), s)).collect();
    let is_known = named.iter().any(|(pattern, _)| *pattern != Pattern::None);
    let mut kept: Vec<(Pattern, Solution)> = named.into_iter().filter(|(pattern, _)| !is_known || *pattern != Pattern::None).collect();
    kept.sort_by_key(|(_, solution)| solution.changes.first().map(|change| change.slot));
    kept
}

/// A suggestion as a finding at its first cell: what stands there, what it might be, and why.
fn suggestion(submission: &Submission, pattern: Pattern, changes: &[ValueChange], settled: Settled) -> Finding {
    let kind = |slot: SlotIndex| {
        let (sheet, ..) = submission.form.layout.address(slot);
        submission.form.layout.sheets[sheet].number_kind().unwrap_or(NumberKind::Counts)
    };
    let figure = |value: Option<i64>, slot: SlotIndex| value.map_or_else(|| "?".into(), |value| Observed::figure(value, kind(slot)));
    let shown = |change: &ValueChange| {
        let cell = submission.cell(change.slot).1.map_or_else(String::new, |cell| cell.to_string());
        let figures = [figure(Some(change.current), change.slot), figure(change.value, change.slot)];
        Observed::several([cell.into(), Observed::several(figures, " → ")], " ")
    };
    let Some(first) = changes.first() else { return Finding::new(LIKELY_ERROR) };
    let others = Observed::several(changes.iter().map(shown), ", ");
    let finding = Finding::new(LIKELY_ERROR).subject(submission.subject(first.slot)).location(submission.place(first.slot));
    let sheet = submission.form.layout.address(first.slot).0;
    let of_sheet = changes.iter().filter(|change| submission.form.layout.address(change.slot).0 == sheet);
    let finding = finding.compared(of_sheet.map(|change| submission.compared_cell(change.slot)).collect());
    let Settled { sums, of } = settled;
    let satisfies = if sums == of {
        Observed::phrase("satisfies-all")
    } else {
        Observed::several([Observed::phrase("satisfies-some"), format!("{sums}/{of}").into()], " ")
    };
    let why = Observed::several(std::iter::once(satisfies).chain(pattern.phrase().map(Observed::phrase)), ": ");
    let (found, expected) = (figure(Some(first.current), first.slot), figure(first.value, first.slot));
    finding.observed(found, expected).detail(Observed::several([others, why], " "))
}
