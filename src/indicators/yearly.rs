//! Figures that people look at first, year on year: of every unit and form, now, a year ago, and what became of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::beside::{Both, explained};
use super::grid::shown;
use super::grid_cells::GridCell;
use super::measure_data::MeasureData;
use super::measure_plan::{Formula, FormulaSpec, MeasurePlan};
use super::places::PlaceIndex;
use super::sums::MeasureSums;
use crate::base::message::Lang;
use crate::forms::{Form, MeasureRef, TermOffset};
use crate::register::UnitIndex;

/// A figure of a unit, a year ago and now.
#[derive(Debug, Clone)]
pub struct YearLine {
    /// The unit, by index in the tree.
    pub unit: UnitIndex,
    /// The form it stands in.
    pub form: Arc<Form>,
    /// Figure it counts.
    pub figure: String,
    /// A year ago.
    pub before: GridCell,
    /// Now.
    pub now: GridCell,
    /// From then to now, over the units of which both are known.
    pub difference: GridCell,
    /// Change in per cent.
    pub change: GridCell,
    /// Explanation of the unit.
    pub reason: String,
}

/// A figure bound to its form.
struct Bound {
    form: Arc<Form>,
    figure: String,
    now: Formula,
    before: Option<Formula>,
    change: Option<Formula>,
}

/// The key figures of every unit, in the order of the tree, each with the same a year ago.
#[must_use]
pub fn year_on_year(data: &MeasureData<'_>, lang: Lang) -> Vec<YearLine> {
    let mut plan = MeasurePlan::new(data);
    let bound = bind(data, &mut plan, lang);
    let sums = data.sums(&plan, &data.places, None);
    let of_unit = |unit: &UnitIndex| {
        let place = data.places.of_unit[*unit].first().copied();
        place.map(|place| bound.iter().filter_map(|own| line(data, &plan, &sums, own, *unit, place)).collect::<Vec<_>>())
    };
    data.tree.order.par_iter().filter_map(of_unit).flatten_iter().collect()
}

fn bind(data: &MeasureData<'_>, plan: &mut MeasurePlan<'_>, lang: Lang) -> Vec<Bound> {
    let mut bound = Vec::new();
    for form in data.forms() {
        for measure in data.schemas.measures.measures.iter().filter(|measure| measure.key) {
            let Some(part) = measure.parts.iter().find(|part| part.layout == form.layout.id) else { continue };
            let pick = |years: i32| {
                [MeasureRef {
                    negative: false,
                    name: measure.id.clone(),
                    level: None,
                    select: BTreeMap::new(),
                    back: TermOffset { term: None, years },
                }]
            };
            let level = [&*form.level];
            let mut formula = |written: FormulaSpec<'_>| plan.formula(written, &level, &BTreeMap::new()).ok();
            let Some(now) = formula(FormulaSpec::sum(&pick(0))) else { continue };
            let before = formula(FormulaSpec::sum(&pick(1)));
            let change = formula(FormulaSpec::change(&pick(0), &pick(1)));
            bound.push(Bound {
                form: Arc::clone(form),
                figure: lang.pick(&part.name_vi, &measure.name_en).to_owned(),
                now,
                before,
                change,
            });
        }
    }
    bound
}

/// The line of a unit, where it or a unit below it files the form.
fn line(
    data: &MeasureData<'_>,
    plan: &MeasurePlan<'_>,
    sums: &MeasureSums,
    own: &Bound,
    unit: UnitIndex,
    place: PlaceIndex,
) -> Option<YearLine> {
    let at = |formula: &Formula| formula.at(data, sums, data.places.numbered(place));
    let now = at(&own.now);
    let before = own.before.as_ref().map(at);
    let is_there = before.as_ref().is_some_and(|before| before.numerator.is_some());
    if now.numerator.is_none() && !(now.unknown && now.coverage.received > 0) && !is_there {
        return None;
    }
    let both = before.as_ref().map(|before| Both { before, now: &now, matched: own.change.as_ref().map(at), alike: None });
    Some(YearLine {
        unit,
        form: Arc::clone(&own.form),
        figure: own.figure.clone(),
        before: before.as_ref().map_or(GridCell::Blank, |before| shown(before, before.numerator.is_some() || before.unknown)),
        now: shown(&now, now.applies),
        difference: both.as_ref().map_or(GridCell::Blank, Both::difference),
        change: both.as_ref().map_or(GridCell::Blank, Both::change),
        reason: explained(data, plan, &data.places.all[place], std::iter::once(&own.now)),
    })
}
