//! One form, from the top of the tree down: everything that both sources know is compared.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::compare::{ComparisonKind, compare};
use super::drill::{DifferenceCause, is_located, parts};
use super::side::{SharedSlot, Side, files_itself};
use super::suspects::suspects;
use super::{ComparedSource, Difference, FormResult, Inside, LowestUnit, Options, ReconcileScope, UncoveredCell, UnmatchedReturn, Which};
use crate::forms::{Form, SlotIndex, SlotVec};
use crate::register::{Tree, UnitIndex};
use crate::returns::Submission;

/// The comparison of one form.
pub struct Walk<'a> {
    pub tree: &'a Tree,
    pub a: &'a Side<'a>,
    pub b: &'a Side<'a>,
    /// The slot of the second form for each of the first.
    pub cells: &'a SlotVec<Option<SlotIndex>>,
    pub options: Options<'a>,
}

/// Part of a unit that is compared, and whether somebody has to look there.
#[derive(Clone, Copy)]
struct Place {
    unit: UnitIndex,
    scope: ReconcileScope,
    lowest: bool,
}

impl Walk<'_> {
    /// Everything there is to say about the form.
    pub fn run(&self) -> FormResult {
        let places = self.places();
        let slots = self.shared_slots();
        let found: Vec<(Vec<Difference>, usize)> = places.par_iter().map(|place| self.compare(*place, &slots)).collect();
        let lowest: Vec<LowestUnit> = places.iter().filter(|p| p.lowest).map(|p| LowestUnit { unit: p.unit, scope: p.scope }).collect();
        let mut result = FormResult { twins: self.cells.clone(), cells: lowest.len() * slots.len(), lowest, ..FormResult::default() };
        for (differences, blank_zero) in found {
            result.differences.extend(differences);
            result.blank_zero += blank_zero;
        }
        mark_missing(&mut result.differences);
        result.missing = self.missing();
        result.inside = self.inside();
        result.uncovered = if self.options.shared_cells { Vec::new() } else { self.uncovered() };
        result.in_neither = self.in_neither();
        result
    }

    /// Where both sources say something, from the top down.
    fn places(&self) -> Vec<Place> {
        let (a, b) = (self.a, self.b);
        let mut places = Vec::new();
        for &unit in self.tree.order.iter().filter(|&&unit| a.knows(unit) && b.knows(unit)) {
            if a.is_node(unit) {
                places.push(Place { unit, scope: ReconcileScope::Total, lowest: !is_located(a, b, unit) });
            }
            if a.has_own(unit) && b.has_own(unit) {
                places.push(Place { unit, scope: ReconcileScope::Own, lowest: true });
            }
        }
        places
    }

    /// Slots that both sources have a place for, as slots of either form.
    fn shared_slots(&self) -> Vec<SharedSlot> {
        let both = self.cells.iter_enumerated().filter_map(|(a, b)| Some(SharedSlot { a, b: (*b)? }));
        both.filter(|slots| self.a.covered[slots.a] && self.b.covered[slots.b]).collect()
    }

    fn compare(&self, place: Place, slots: &[SharedSlot]) -> (Vec<Difference>, usize) {
        let Place { unit, scope, lowest } = place;
        let mut differences = Vec::new();
        let mut blank_zero = 0;
        let stands = [self.a, self.b].map(|side| match scope {
            ReconcileScope::Total => side.stated[unit].is_some(),
            ReconcileScope::Own => side.own[unit].is_some(),
        });
        for &shared in slots {
            let SharedSlot { a: slot, b: other } = shared;
            let figures = match scope {
                ReconcileScope::Total => self.a.figure(unit, slot).zip(self.b.figure(unit, other)),
                ReconcileScope::Own => self.a.own_figure(unit, slot).zip(self.b.own_figure(unit, other)),
            };
            let Some((a, b)) = figures else { continue };
            let Some(kind) = compare(a, b) else { continue };
            if kind == ComparisonKind::BlankAgainstZero {
                blank_zero += usize::from(lowest);
                // Values worked out from totals alone cannot tell a blank from a 0.
                if !self.options.strict_blank || (scope == ReconcileScope::Own && stands != [true, true]) {
                    continue;
                }
            }
            let parts = if scope == ReconcileScope::Total { parts(self.tree, self.a, self.b, unit, shared) } else { Vec::new() };
            let amount = a.number.saturating_sub(b.number);
            let is_unlocated = match scope {
                ReconcileScope::Total => lowest,
                ReconcileScope::Own => self.a.folds()[unit] || self.b.folds()[unit],
            };
            let suspects = if is_unlocated { suspects(self.tree, self.a, self.b, unit, shared, amount) } else { Vec::new() };
            differences.push(Difference {
                unit,
                scope,
                slot,
                kind,
                a,
                b,
                stands,
                lowest,
                follows: false,
                due_to_missing: false,
                parts,
                suspects,
            });
        }
        mark_totals(&self.a.form, &mut differences);
        (differences, blank_zero)
    }

    /// Returns that one source has, at a unit whose surroundings the other source has too.
    fn missing(&self) -> Vec<UnmatchedReturn> {
        let (a, b) = (self.a, self.b);
        let mut found = Vec::new();
        for &unit in &self.tree.order {
            for (which, side, other) in [(Which::A, a, b), (Which::B, b, a)] {
                if other.knows(unit) && !side.knows(unit) && self.should_know(side, unit) {
                    self.returns_below(other, unit, which, &mut found);
                } else if other.own[unit].is_some() && !side.has_own(unit) && is_located(a, b, unit) {
                    found.extend(missing_return(other, unit, which));
                }
            }
        }
        found
    }

    /// A source that details the unit above, or stands beside others without one above, should have the unit.
    fn should_know(&self, side: &Side<'_>, unit: UnitIndex) -> bool {
        match self.tree.parent[unit] {
            Some(parent) => {
                let is_folded = side.folds()[parent] && !side.is_node(unit);
                side.details(parent) && is_located(self.a, self.b, parent) && !is_folded
            }
            None => true,
        }
    }

    /// All returns at and below a unit, as missing in a source.
    fn returns_below(&self, side: &Side<'_>, unit: UnitIndex, missing_in: Which, found: &mut Vec<UnmatchedReturn>) {
        found.extend(missing_return(side, unit, missing_in));
        for &child in self.tree.children(unit) {
            self.returns_below(side, child, missing_in, found);
        }
    }

    /// Cells where a source's own total is not the sum of what it holds below.
    fn inside(&self) -> Vec<Inside> {
        let mut found = Vec::new();
        for (source, side) in [(Which::A, self.a), (Which::B, self.b)] {
            for &unit in &self.tree.order {
                for slot in side.form.layout.each_slot().filter(|&slot| side.covered[slot]) {
                    let Some((stated, summed)) = side.both(unit, slot) else { break };
                    // A total of the known parts where a part is not known says what the parts say.
                    let same_value = stated.value().is_some() && stated.value() == summed.value();
                    let kind = compare(stated, summed).filter(|_| !same_value);
                    if kind.is_some_and(|kind| kind != ComparisonKind::BlankAgainstZero) {
                        found.push(Inside { source, unit, slot, stated, summed, returns: side.returns[unit] });
                    }
                }
            }
        }
        found
    }

    /// Cells that a source has no place for although the other holds a number there.
    fn uncovered(&self) -> Vec<UncoveredCell> {
        let (a, b) = (self.a, self.b);
        let holds = |side: &Side<'_>, slot: SlotIndex| {
            self.tree.units.indexes().any(|unit| side.figure(unit, slot).is_some_and(|f| f.value().is_some() || f.incomplete))
        };
        let mut found = Vec::new();
        for (slot, other) in self.cells.iter_enumerated() {
            let Some(other) = *other else { continue };
            if a.covered[slot] && !b.covered[other] && holds(a, slot) {
                found.push(UncoveredCell { source: Which::B, slot });
            } else if b.covered[other] && !a.covered[slot] && holds(b, other) {
                found.push(UncoveredCell { source: Which::A, slot });
            }
        }
        found
    }

    /// Units expected to file the form that neither source knows, and that no total of a source can hold.
    fn in_neither(&self) -> usize {
        let form = &self.a.form;
        let is_expected = |unit: &UnitIndex| {
            let entry = &self.tree.units[*unit];
            let known = [self.a, self.b].iter().any(|side| side.own[*unit].is_some() || side.stated[*unit].is_some());
            !known && files_itself(entry, form)
        };
        self.tree.units.indexes().filter(is_expected).count()
    }
}

fn missing_return(side: &Side<'_>, unit: UnitIndex, missing_in: Which) -> Option<UnmatchedReturn> {
    let own = side.own[unit].map(|own| own.values.filled());
    let stated = side.stated[unit].as_ref().map(|total| total.slots().filter(|slot| total.status(*slot).is_number()).count());
    own.or(stated).map(|numbers| UnmatchedReturn { unit, missing_in, numbers })
}

/// The returns of a form that the other source has nothing of.
pub fn all_missing(tree: &Tree, a: &ComparedSource, b: &ComparedSource, forms: &[Option<Arc<Form>>; 2]) -> Vec<UnmatchedReturn> {
    let mut found = Vec::new();
    for (source, form, missing_in) in [(a, &forms[0], Which::B), (b, &forms[1], Which::A)] {
        let Some(form) = form else { continue };
        let of_form = |s: &&Submission| s.form.id == form.id;
        let missing = |s: &Submission| Some(UnmatchedReturn { unit: tree.find(&s.unit)?, missing_in, numbers: s.values.filled() });
        found.extend(source.submissions.iter().filter(of_form).filter_map(missing));
    }
    found.sort_by_key(|missing| (missing.unit, missing.missing_in));
    found
}

/// Marks differences that are made by missing returns alone, however far below.
fn mark_missing(differences: &mut [Difference]) {
    let mut marked: HashSet<(UnitIndex, SlotIndex)> = HashSet::new();
    // Parents stand before what is below them.
    for difference in differences.iter_mut().rev() {
        let is_missing = |cause: DifferenceCause| match cause {
            DifferenceCause::UnitMissing(..) | DifferenceCause::OwnMissing(..) => true,
            DifferenceCause::Unit(unit) => marked.contains(&(unit, difference.slot)),
            _ => false,
        };
        let is_known = difference.kind != ComparisonKind::NotComparable && !difference.parts.is_empty();
        difference.due_to_missing = is_known && difference.parts.iter().all(|part| is_missing(part.cause));
        if difference.due_to_missing {
            marked.insert((difference.unit, difference.slot));
        }
    }
}

/// Marks totals that are off by what their own parts are off by: correcting the parts corrects them.
fn mark_totals(form: &Form, differences: &mut [Difference]) {
    let amounts: HashMap<SlotIndex, i64> =
        differences.iter().filter(|d| d.kind != ComparisonKind::NotComparable).map(|d| (d.slot, d.amount())).collect();
    for difference in differences.iter_mut().filter(|d| d.lowest) {
        let (index, coded, column) = form.layout.address(difference.slot);
        let sheet = &form.layout.sheets[index];
        let of_columns = sheet.sums.columns.iter().filter(|sum| sum.total == column).map(|sum| (sum, true));
        let of_rows = sheet.sums.rows.iter().filter(|sum| sum.total == coded).map(|sum| (sum, false));
        difference.follows = of_columns.chain(of_rows).any(|(sum, across)| {
            let parts = sum.parts.iter().map(|&part| if across { sheet.slot(coded, part) } else { sheet.slot(part, column) });
            let off: Vec<i64> = parts.filter_map(|slot| amounts.get(&slot).copied()).collect();
            !off.is_empty() && off.iter().sum::<i64>() == difference.amount()
        });
    }
}
