//! Totals straight from a value table, without the returns in memory.
//!
//! The rows of one figure (form, sheet, code, column) lie together, one per unit.
//! Such a run is one slot: its numbers are added up per unit of the tree, and
//! only the sums of a run are looked at by name. Row groups are read side by side.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::value_reader::{Batch, ValueTable};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::forms::{Form, SlotIndex};
use crate::register::{Tree, UnitIndex, UnitVec};
use crate::returns::Status;
use crate::totals::Total;

/// Something read, or what is wrong with it.
type Checked<T> = std::result::Result<T, Message>;

/// The total of a unit.
#[derive(Debug, Clone)]
pub struct UnitTotal {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// The total.
    pub total: Total,
}

/// The totals that a value table makes of one form.
#[derive(Debug, Clone)]
pub struct ArchivedTotals {
    /// The form.
    pub form: Arc<Form>,
    /// Totals of the aggregating units, by index, in the order of the tree.
    ///
    /// Slots of the other kind of number are empty: counts and amounts are two
    /// tables. So is the coverage, which a table of its own holds.
    pub totals: Vec<UnitTotal>,
}

/// Units that are looked at before one is looked up by its code.
const NEAR: usize = 8;

/// The sums of one slot over some rows, by target.
struct SlotSums {
    form: usize,
    slot: SlotIndex,
    sums: Vec<i64>,
    /// For each target, a bit for every status among its parts.
    seen: Vec<u16>,
}

/// Which total each unit is added to.
struct Targets {
    /// The unit behind each target.
    units: Vec<UnitIndex>,
    /// The target of each unit, or one past the last target.
    of_unit: UnitVec<usize>,
}

/// Adds the rows of a value table (`cells` or `amounts`) up the tree, as
/// [`aggregate`](crate::totals::aggregate) does with returns.
///
/// Rows of units that are not in the tree, or of other forms, are left out.
///
/// # Errors
/// When the file is not a value table, holds a cell that its form does not have,
/// or a total is too large to be exact.
pub fn totals_from_archive(path: &Path, tree: &Tree, forms: &[Arc<Form>]) -> Result<Vec<ArchivedTotals>> {
    let table = ValueTable::open(path)?;
    let targets = Targets::new(tree);
    let group_sums = |group| {
        let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
        let mut found = Vec::new();
        for batch in table.read(file, group)? {
            sum_batch(&batch?, tree, &targets, forms, &mut found).map_err(|reason| Error::library(Action::Read, path, reason))?;
        }
        Ok(found)
    };
    let sums: Vec<Vec<SlotSums>> = (0..table.row_groups()).into_par_iter().map(group_sums).collect::<Result<_>>()?;
    let empty = |form: &Arc<Form>| targets.units.iter().map(|_| Total::new(form.layout.slots)).collect();
    let mut totals: Vec<Vec<Total>> = forms.iter().map(empty).collect();
    for found in sums.into_iter().flatten() {
        found.add_to(&mut totals[found.form]);
    }
    forms.iter().zip(totals).map(|(form, totals)| roll_up(tree, &targets, form, totals)).collect()
}

impl Targets {
    fn new(tree: &Tree) -> Self {
        let mut is_target: UnitVec<bool> = tree.units.iter().map(|unit| unit.aggregate).collect();
        for parent in tree.parent.iter().flatten() {
            is_target[*parent] = true;
        }
        let units: Vec<UnitIndex> = tree.order.iter().copied().filter(|&unit| is_target[unit]).collect();
        let mut of_unit = UnitVec::filled(units.len(), tree.units.len());
        for (target, &unit) in units.iter().enumerate() {
            of_unit[unit] = target;
        }
        for unit in tree.units.indexes().filter(|&unit| !is_target[unit]) {
            of_unit[unit] = tree.parent[unit].map_or(units.len(), |parent| of_unit[parent]);
        }
        Self { units, of_unit }
    }

    /// The target of each unit code.
    fn of_names<'a>(&self, tree: &Tree, names: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let mut next = 0;
        let target = |code: &str| {
            // The units of a table follow each other as those of the tree do: by code.
            let ahead = tree.units.as_slice()[next..].iter().take(NEAR).position(|unit| *unit.code == *code);
            let unit = ahead.map(|ahead| UnitIndex::new(next + ahead)).or_else(|| tree.find(code));
            next = unit.map_or(next, |unit| unit.next().get());
            unit.map_or(self.units.len(), |unit| self.of_unit[unit])
        };
        names.map(target).collect()
    }
}

impl SlotSums {
    fn add_to(&self, totals: &mut [Total]) {
        for ((total, &sum), &seen) in totals.iter_mut().zip(&self.sums).zip(&self.seen) {
            let parts = Status::ALL.into_iter().filter(|status| seen & bit(*status) != 0);
            // The whole sum goes with the first status that holds a number.
            let mut left = sum;
            for status in parts {
                total.add_value(self.slot, status, if status.is_number() { std::mem::take(&mut left) } else { 0 });
            }
        }
    }
}

const fn bit(status: Status) -> u16 {
    1 << status as u8
}

/// Adds up the runs of a batch.
#[expect(clippy::cast_sign_loss, reason = "keys of a dictionary are never negative")]
fn sum_batch(batch: &Batch, tree: &Tree, targets: &Targets, forms: &[Arc<Form>], found: &mut Vec<SlotSums>) -> Checked<()> {
    let none = targets.units.len();
    let target_of = targets.of_names(tree, batch.unit.names());
    let masked = |status: Status| (bit(status), if status.is_number() { -1 } else { 0 });
    let statuses: Vec<(u16, i64)> = batch.statuses()?.into_iter().map(masked).collect();
    for run in batch.runs() {
        let Some((form, slot)) = address(batch, run.start, forms)? else { continue };
        // One more place takes what has no target.
        let (mut sums, mut seen) = (vec![0_i64; none + 1], vec![0; none + 1]);
        let rows = batch.unit.keys(&run).iter().zip(batch.status.keys(&run)).zip(&batch.numbers[run]);
        for ((&unit, &status), &number) in rows {
            let (target, (bit, mask)) = (target_of[unit as usize], statuses[status as usize]);
            sums[target] = sums[target].saturating_add(number & mask);
            seen[target] |= bit;
        }
        found.push(SlotSums { form, slot, sums, seen });
    }
    Ok(())
}

/// The form and slot that a row belongs to; `None` for a form that is not asked for.
pub fn address(batch: &Batch, row: usize, forms: &[Arc<Form>]) -> Checked<Option<(usize, SlotIndex)>> {
    let (id, sheet, code, column) = (batch.form.at(row), batch.sheet.at(row), batch.code.at(row), batch.columns[row]);
    let Some(index) = forms.iter().position(|form| *form.id == *id) else { return Ok(None) };
    let slot = forms[index].layout.sheet(sheet).and_then(|sheet| {
        let column = sheet.find_column(u16::try_from(column).ok()?)?;
        Some(sheet.slot(sheet.find_code(code)?, column))
    });
    slot.map(|slot| Some((index, slot))).ok_or_else(|| message!("archive.form_no_cell", form = id, sheet, code, column))
}

/// Adds every unit's total into its parent's, lowest first.
fn roll_up(tree: &Tree, targets: &Targets, form: &Arc<Form>, mut totals: Vec<Total>) -> Result<ArchivedTotals> {
    for target in (0..totals.len()).rev() {
        let Some(parent) = tree.parent[targets.units[target]] else { continue };
        // Parents stand before their children.
        let (above, below) = totals.split_at_mut(target);
        if let Some((above, below)) = above.get_mut(targets.of_unit[parent]).zip(below.first()) {
            above.add_numbers(below);
        }
    }
    if totals.iter().any(|total| total.overflow().is_some()) {
        return Err(Error::Overflow { what: message!("archive.form_in_archive", form = form.id) });
    }
    Ok(ArchivedTotals {
        form: Arc::clone(form),
        totals: targets.units.iter().zip(totals).map(|(&unit, total)| UnitTotal { unit, total }).collect(),
    })
}
