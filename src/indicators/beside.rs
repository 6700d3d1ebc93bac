//! What stands beside a figure in a table: how much it differs from another one, and what was explained of it.

use std::sync::Arc;

use super::demand::{Demand, Formula, Quantity};
use super::facts::Facts;
use super::grid::GridCell;
use super::places::{Place, PlaceKind};
use super::value::{State, Value};

/// What a unit explained of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Unit code.
    pub unit: Arc<str>,
    /// Form id.
    pub form: Arc<str>,
    /// The cell.
    pub slot: usize,
    /// The explanation and the role of whoever gave it.
    pub text: String,
}

impl Explained {
    /// What was explained of some cells of a unit's return, in the order in which it is kept.
    #[must_use]
    pub fn of(all: &[Self], unit: &str, form: &str, slots: &[usize]) -> String {
        let is_meant = |own: &&Self| *own.unit == *unit && *own.form == *form && slots.contains(&own.slot);
        all.iter().filter(is_meant).map(|own| own.text.as_str()).collect::<Vec<_>>().join("; ")
    }
}

/// From one value to another: in per cent for sums, the difference for ratios.
pub(super) fn change(before: &Value, now: &Value) -> GridCell {
    let Some(((n0, d0), (n1, d1))) = before.fraction().zip(now.fraction()) else { return GridCell::Blank };
    match (now.is_sum(), n0) {
        // Nothing can be said in per cent of nothing.
        (true, 0) => GridCell::Blank,
        (true, _) => GridCell::Change((n1 - n0) * 100, n0, is_incomplete(before, now)),
        (false, _) => GridCell::Change(n1 * d0 - n0 * d1, d0 * d1, is_incomplete(before, now)),
    }
}

/// From one sum to another, as a number.
pub(super) fn difference(before: &Value, now: &Value) -> GridCell {
    let Some((before_number, number)) = before.numerator.zip(now.numerator) else { return GridCell::Blank };
    GridCell::Difference(number.saturating_sub(before_number), now.kind(), is_incomplete(before, now))
}

fn is_incomplete(before: &Value, now: &Value) -> bool {
    [before, now].iter().any(|value| value.state != State::Complete)
}

/// What the unit of a row explained of the cells that some formulas add up.
pub(super) fn explained<'f>(facts: &Facts<'_>, demand: &Demand<'_>, place: &Place, formulas: impl Iterator<Item = &'f Formula>) -> String {
    let PlaceKind::Unit(unit) = place.kind else { return String::new() };
    if facts.tree.units[unit].aggregate || facts.explained.is_empty() {
        return String::new();
    }
    let mut said: Vec<String> = Vec::new();
    for (_, quantity) in formulas.flat_map(|formula| &formula.numerator) {
        let Quantity::Figure(0, form, figure) = quantity else { continue };
        let text = Explained::of(&facts.explained, &place.code, &facts.forms()[*form].id, &demand.figures(0, *form)[*figure]);
        if !text.is_empty() && !said.contains(&text) {
            said.push(text);
        }
    }
    said.join("; ")
}
