//! One source's figures of one form, at every unit of the tree that it can speak of.

use std::sync::Arc;

use super::ComparedSource;
use super::compare::SourceFigure;
use crate::forms::{Form, Layout, SlotIndex, SlotVec};
use crate::register::{Tree, Unit, UnitIndex, UnitVec};
use crate::returns::{Placement, Status, Submission, Values};
use crate::totals::Total;

/// A cell that both sources have a place for, as a slot of either form.
#[derive(Debug, Clone, Copy)]
pub struct SharedSlot {
    /// In the first source's form.
    pub a: SlotIndex,
    /// In the second source's form.
    pub b: SlotIndex,
}

/// Figures of a form by unit index.
pub struct Side<'a> {
    /// The form.
    pub form: Arc<Form>,
    /// Return that each unit files itself.
    pub own: UnitVec<Option<&'a Submission>>,
    /// Totals that the source gives for a unit as a whole.
    pub stated: UnitVec<Option<Total>>,
    /// Sum of a unit's own part and everything below it; only units above others have one.
    pub summed: UnitVec<Option<Total>>,
    /// Returns added up below and at each unit.
    pub returns: UnitVec<usize>,
    /// Slots that some return has a place for.
    pub covered: SlotVec<bool>,
    is_node: UnitVec<bool>,
    /// Units that file a return of their own, which the source holds only inside their stated total.
    implied: UnitVec<bool>,
    /// Units whose stated total also holds schools right below that the source does not name.
    folds: UnitVec<bool>,
    /// A unit's own return with the schools right below, where the other source tells them only together.
    together: UnitVec<Option<Total>>,
}

impl<'a> Side<'a> {
    /// Places the returns of a form on the tree and adds them up.
    pub fn new(tree: &Tree, form: &Arc<Form>, source: &'a ComparedSource) -> Self {
        let units = tree.units.len();
        let mut is_node: UnitVec<bool> = tree.units.iter().map(|unit| unit.aggregate).collect();
        for parent in tree.parent.iter().flatten() {
            is_node[*parent] = true;
        }
        let mut side = Self {
            form: Arc::clone(form),
            own: UnitVec::filled(None, units),
            stated: UnitVec::filled(None, units),
            summed: UnitVec::filled(None, units),
            returns: UnitVec::filled(0, units),
            covered: SlotVec::filled(false, form.layout.slots),
            is_node,
            implied: UnitVec::filled(false, units),
            folds: UnitVec::filled(false, units),
            together: UnitVec::filled(None, units),
        };
        let returns: Vec<(UnitIndex, &Submission)> = source
            .submissions
            .iter()
            .filter(|submission| submission.form.id == form.id)
            .filter_map(|submission| Some((tree.find(&submission.unit)?, submission)))
            .collect();
        let has_leaves = returns.iter().any(|(unit, _)| !side.is_node[*unit]);
        // A form that no school owes, as one that the department enters, is nobody's total.
        let is_owed_by_leaves = tree.units.iter_enumerated().any(|(unit, entry)| !side.is_node[unit] && files_itself(entry, form));
        for (unit, submission) in returns {
            cover(submission, &mut side.covered);
            let is_total = side.is_node[unit] && is_total(&tree.units[unit], form, source, has_leaves || !is_owed_by_leaves);
            if is_total {
                let mut total = Total::new(form.layout.slots);
                total.add_values(&overall_values(submission, &form.layout));
                side.stated[unit] = Some(total);
            } else {
                side.own[unit] = Some(submission);
            }
        }
        side.add_up(tree);
        for (unit, entry) in tree.units.iter_enumerated() {
            let has_both = side.stated[unit].is_some() && side.summed[unit].is_some();
            let expects = |&below: &UnitIndex| !side.is_node[below] && files_itself(&tree.units[below], form);
            side.folds[unit] = has_both && !has_leaves && tree.children(unit).iter().any(expects);
            side.implied[unit] = has_both && (side.folds[unit] || files_itself(entry, form));
        }
        side
    }

    /// Puts schools together with the unit they report to wherever the other source tells them only together.
    pub fn fold_as(&mut self, other: &UnitVec<bool>, tree: &Tree) {
        for unit in other.indexes().filter(|&unit| other[unit]) {
            if self.implied[unit] || !self.details(unit) {
                continue;
            }
            // Without any of those returns it is blank, so that what the other source has there is named.
            let mut total = Total::new(self.form.layout.slots);
            let schools = tree.children(unit).iter().filter(|&&below| !self.is_node[below]);
            for own in std::iter::once(&unit).chain(schools).filter_map(|&unit| self.own[unit]) {
                total.add_values(&own.values);
            }
            self.together[unit] = Some(total);
        }
    }

    /// Units whose schools right below stand only inside the stated total.
    pub fn folds(&self) -> &UnitVec<bool> {
        &self.folds
    }

    /// Adds every unit's figures into its parent's, lowest first; a stated total stands for what is below it.
    fn add_up(&mut self, tree: &Tree) {
        let slots = self.form.layout.slots;
        for &unit in tree.order.iter().rev() {
            if let Some(own) = self.own[unit] {
                self.returns[unit] += 1;
                if self.is_node[unit] {
                    self.summed[unit].get_or_insert_with(|| Total::new(slots)).add_values(&own.values);
                }
            }
            let Some(parent) = tree.parent[unit] else { continue };
            if !self.knows(unit) {
                continue;
            }
            let mut above = self.summed[parent].take().unwrap_or_else(|| Total::new(slots));
            match (self.stated[unit].as_ref().or(self.summed[unit].as_ref()), self.own[unit]) {
                (Some(total), _) => above.add_numbers(total),
                (None, Some(own)) => above.add_values(&own.values),
                (None, None) => {}
            }
            self.summed[parent] = Some(above);
            // A total with nothing below it is one return.
            self.returns[parent] += self.returns[unit].max(1);
        }
    }

    /// The source can say something about the unit as a whole.
    pub fn knows(&self, unit: UnitIndex) -> bool {
        self.stated[unit].is_some() || self.details(unit)
    }

    /// The source says what the unit is made of: its own return, or what is below.
    pub fn details(&self, unit: UnitIndex) -> bool {
        self.summed[unit].is_some() || self.own[unit].is_some()
    }

    /// The unit stands above others.
    pub fn is_node(&self, unit: UnitIndex) -> bool {
        self.is_node[unit]
    }

    /// Value of the source for the unit as a whole.
    pub fn figure(&self, unit: UnitIndex, slot: SlotIndex) -> Option<SourceFigure> {
        let total = self.stated[unit].as_ref().or(self.summed[unit].as_ref());
        total.map(|total| of_total(total, slot)).or_else(|| self.own_figure(unit, slot))
    }

    /// Value of the unit's own return, with the schools right below where the other source cannot tell them apart.
    pub fn own_figure(&self, unit: UnitIndex, slot: SlotIndex) -> Option<SourceFigure> {
        self.together[unit].as_ref().map(|total| of_total(total, slot)).or_else(|| self.single_figure(unit, slot))
    }

    /// Value of the unit's own return; where it stands only inside the stated total, what that
    /// total has more than the units below.
    pub fn single_figure(&self, unit: UnitIndex, slot: SlotIndex) -> Option<SourceFigure> {
        if let Some(own) = self.own[unit] {
            let (status, number) = own.values.get(slot);
            return Some(SourceFigure { status, number, incomplete: status.is_broken() });
        }
        let (stated, summed) = self.totals(unit, slot).filter(|_| self.implied[unit])?;
        let number = stated.number.saturating_sub(summed.number);
        let status = if number == 0 { Status::Missing } else { Status::Computed };
        Some(SourceFigure { status, number, incomplete: stated.incomplete || summed.incomplete })
    }

    /// The source says what the unit reports of its own.
    pub fn has_own(&self, unit: UnitIndex) -> bool {
        self.own[unit].is_some() || self.implied[unit] || self.together[unit].is_some()
    }

    /// The stated total and the sum of what is below, where the source has both and they should be the same.
    pub fn both(&self, unit: UnitIndex, slot: SlotIndex) -> Option<(SourceFigure, SourceFigure)> {
        self.totals(unit, slot).filter(|_| !self.implied[unit])
    }

    fn totals(&self, unit: UnitIndex, slot: SlotIndex) -> Option<(SourceFigure, SourceFigure)> {
        let (stated, summed) = (self.stated[unit].as_ref()?, self.summed[unit].as_ref()?);
        Some((of_total(stated, slot), of_total(summed, slot)))
    }

    /// A total that does not fit the numbers it is held in.
    pub fn overflow(&self) -> Option<SlotIndex> {
        self.summed.iter().flatten().find_map(Total::overflow)
    }
}

fn of_total(total: &Total, slot: SlotIndex) -> SourceFigure {
    SourceFigure { status: total.status(slot), number: total.number(slot), incomplete: total.is_incomplete(slot) }
}

/// Whether the return of a unit above schools is the total of everything below it.
///
/// Told, or because the register expects no return of the unit's own, or because the
/// source holds nothing of any school that there should be.
fn is_total(unit: &Unit, form: &Form, source: &ComparedSource, has_schools: bool) -> bool {
    let is_told = source.totals.iter().any(|wish| **wish == *unit.code || **wish == *unit.kind);
    is_told || (!source.adds_up && (!files_itself(unit, form) || !has_schools))
}

/// The register expects a return of the unit itself.
pub fn files_itself(unit: &Unit, form: &Form) -> bool {
    unit.owes(&form.short, &form.symbol)
}

/// The values of a total: a sheet that the file lacks is not known, as for any school.
fn overall_values(submission: &Submission, layout: &Layout) -> Values {
    let mut values = submission.values.clone();
    for (index, sheet) in layout.data_sheets() {
        if submission.placements[index] == Placement::Absent {
            for slot in sheet.each_slot() {
                values.set(slot, Status::Absent, 0);
            }
        }
    }
    values
}

/// Marks the slots that a return has a place for: all but those a list has no column for.
fn cover(submission: &Submission, covered: &mut SlotVec<bool>) {
    let placements = std::iter::once(&submission.placements).chain(submission.lineage.parts.iter().map(|part| &part.placements));
    for (placement, sheet) in placements.flat_map(|own| submission.form.layout.data_sheets().map(|(index, sheet)| (&own[index], sheet))) {
        let slots = &mut covered[sheet.span()];
        match placement {
            Placement::Line { columns, .. } => {
                for (slot, column) in slots.iter_mut().zip(columns.iter()) {
                    *slot |= *column != u16::MAX;
                }
            }
            _ => slots.fill(true),
        }
    }
}
