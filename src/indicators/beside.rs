//! Columns beside a figure in a table: how much it differs from another one, and what was explained of it.

use super::grid_cells::GridCell;
use super::measure_data::{ExplainedFigures, MeasureData};
use super::measure_plan::{Formula, MeasurePlan, Operand, PlannedFigure};
use super::places::{Place, PlaceKind};
use super::value::{State, Value};

/// Two values that stand side by side.
pub(super) struct Both<'a> {
    pub before: &'a Value,
    pub now: &'a Value,
    /// Of sums over time, the one over the other in the units of which both are known.
    pub matched: Option<Value>,
    /// Of ratios over time, both in the units of which both are known.
    pub alike: Option<AlikeValues>,
}

/// A ratio of two terms, each without the units that the other one does not know.
pub(super) struct AlikeValues {
    pub now: Value,
    pub before: Value,
}

impl Both<'_> {
    /// From one to the other: in per cent for sums, the difference for ratios.
    pub fn change(&self) -> GridCell {
        if self.is_unknown() {
            return GridCell::Unknown;
        }
        if let Some((before, now)) = self.sums() {
            // Nothing can be said in per cent of nothing.
            let percent = GridCell::Change((i128::from(now) - i128::from(before)) * 100, before.into(), self.is_incomplete());
            return if before == 0 { GridCell::Blank } else { percent };
        }
        let (before, now) = self.alike.as_ref().map_or((self.before, self.now), |alike| (&alike.before, &alike.now));
        match before.fraction().zip(now.fraction()) {
            Some((a, b)) if !self.now.is_sum() => {
                let change = b.numerator * a.denominator - a.numerator * b.denominator;
                GridCell::Change(change, a.denominator * b.denominator, self.is_incomplete())
            }
            _ => GridCell::Blank,
        }
    }

    /// From one sum to the other, as a number.
    pub fn difference(&self) -> GridCell {
        if self.is_unknown() {
            return GridCell::Unknown;
        }
        let number = |(before, now): (i64, i64)| GridCell::Difference(now.saturating_sub(before), self.now.kind(), self.is_incomplete());
        self.sums().map_or(GridCell::Blank, number)
    }

    /// Both sums: over the units of which both are known, where that is worked out.
    fn sums(&self) -> Option<(i64, i64)> {
        let both = self.before.numerator.zip(self.now.numerator).filter(|_| self.now.is_sum())?;
        match &self.matched {
            None => Some(both),
            Some(matched) => Some((matched.denominator?, matched.numerator?)),
        }
    }

    /// One of them should be there and is not, or no unit has both.
    fn is_unknown(&self) -> bool {
        let is_there = |value: &Value| value.numerator.is_some() || value.unknown;
        let has_both = is_there(self.before) && is_there(self.now);
        let alike = || self.alike.iter().flat_map(|alike| [&alike.before, &alike.now]);
        let is_unmatched = self.matched.as_ref().is_some_and(|own| own.unknown) || alike().any(|own| own.unknown);
        has_both && (self.before.unknown || self.now.unknown || is_unmatched)
    }

    fn is_incomplete(&self) -> bool {
        let is_short = |value: &Value| value.state != State::Complete;
        is_short(self.before)
            || is_short(self.now)
            || self.matched.as_ref().and_then(|own| own.units).is_some_and(|units| !units.is_complete())
    }
}

/// Explanations by the unit of a row of the cells that some formulas add up.
pub(super) fn explained<'f>(
    data: &MeasureData<'_>,
    plan: &MeasurePlan<'_>,
    place: &Place,
    formulas: impl Iterator<Item = &'f Formula>,
) -> String {
    let PlaceKind::Unit(unit) = place.kind else { return String::new() };
    if data.tree.units[unit].aggregate || data.explained.is_empty() {
        return String::new();
    }
    let mut said: Vec<String> = Vec::new();
    for own in formulas.flat_map(|formula| &formula.numerator) {
        let Operand::Figure(PlannedFigure { term: 0, form, figure }) = &own.quantity else { continue };
        let text = ExplainedFigures::of(&data.explained, &place.code, &data.forms()[*form].id, &plan.figures(0, *form)[*figure]);
        if !text.is_empty() && !said.contains(&text) {
            said.push(text);
        }
    }
    said.join("; ")
}
