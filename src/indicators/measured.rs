//! Every indicator at every place: whole, and split as its definition says.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::measure_data::MeasureData;
use super::measure_plan::{Formula, FormulaSpec, MeasurePlan};
use super::places::{PlaceIndex, Places};
use super::sums::MeasureSums;
use super::value::Value;
use crate::base::message::{Lang, Message};
use crate::base::number::Fraction;
use crate::forms::{Base, Indicator};
use crate::register::UnitIndex;

/// Whose value stands above in parity.
const GIRLS: [&str; 2] = ["sex", "female"];

/// A part that an indicator is split into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPart {
    /// A dimension of the columns.
    pub dimension: String,
    /// Which of its values this is.
    pub part: String,
}

/// The part of an indicator, where it is split.
pub type Split = Option<SplitPart>;

/// An indicator at a level, a split and a place.
#[derive(Debug, Clone)]
pub struct IndicatorLine<'a> {
    /// The indicator.
    pub indicator: &'a Indicator,
    /// The basis taken, where it has several.
    pub base: Option<&'a Base>,
    /// Its official code, where its system means the term at hand; empty otherwise.
    pub code: &'a str,
    /// Level of education.
    pub level: &'a str,
    /// The part of it, where it is split.
    pub split: Split,
    /// The place, by its position.
    pub place: PlaceIndex,
    /// Its value there.
    pub value: Value,
}

/// Texts of a line in tables, beside its value: the archive's and the CSV's.
pub const LINE_TEXTS: [&str; 15] = [
    "indicator",
    "indicator_system",
    "indicator_code",
    "indicator_name",
    "measured",
    "unit_of_measure",
    "basis",
    "level",
    "dimension",
    "part",
    "place_kind",
    "place",
    "place_name",
    "source",
    "confidence",
];

impl IndicatorLine<'_> {
    /// The line in words, under the names of [`LINE_TEXTS`]; empty where there is nothing to say.
    #[must_use]
    pub fn texts<'t>(&'t self, places: &'t Places, lang: Lang) -> [&'t str; LINE_TEXTS.len()] {
        let (indicator, place) = (self.indicator, &places.all[self.place]);
        let (dimension, part) = self.split.as_ref().map_or(("", ""), |own| (&own.dimension, &own.part));
        [
            &indicator.id,
            indicator.system(lang),
            self.code,
            indicator.name(lang),
            indicator.measured.id(),
            indicator.unit(lang),
            self.base.map_or("", |base| &base.id),
            self.level,
            dimension,
            part,
            place.kind.id(),
            &place.code,
            place.name_in(lang),
            indicator.source(lang),
            &indicator.confidence,
        ]
    }
}

/// A formula bound, or why it cannot be.
#[derive(Debug)]
struct Bound<'a> {
    indicator: &'a Indicator,
    base: Option<&'a Base>,
    level: &'a str,
    split: Split,
    formula: Result<Formula, Message>,
    /// Formula of everybody, where the value is one of parity: girls over everybody else.
    everybody: Option<Formula>,
}

/// Every indicator of a term, bound to the forms and added up: lines come of it for the places that are asked for.
///
/// Most places are schools. Their lines are many times what everything else of a run takes, so they are made when
/// they are written, an indicator at a time.
#[derive(Debug)]
pub struct Evaluation<'a> {
    bound: Vec<Bound<'a>>,
    sums: MeasureSums,
}

impl<'a> Evaluation<'a> {
    /// Binds every indicator, and adds up what they need at all places.
    #[must_use]
    pub fn new(data: &MeasureData<'a>, places: &Places) -> Self {
        let mut plan = MeasurePlan::new(data);
        let mut bound = Vec::new();
        for indicator in &data.schemas.indicators {
            let base = indicator.base(data.bases.get(&indicator.id).map(String::as_str));
            let parity = indicator.parity_of.as_ref().and_then(|id| data.schemas.indicators.iter().find(|own| own.id == *id));
            let (numerator, denominator) = parity.map_or_else(|| indicator.figures(base), |own| own.figures(own.base(None)));
            let also = indicator.also(&data.schemas.indicators);
            let factor = indicator.measured.factor();
            let written = FormulaSpec { numerator, denominator, factor, also: &also, is_whole_only: indicator.whole_only, is_open: false };
            let meant = |level: &&str| indicator.levels.is_empty() || indicator.levels.iter().any(|own| own == level);
            for level in data.levels().into_iter().filter(meant) {
                let mut bind = |split: Split| {
                    let mut select: BTreeMap<String, String> = split.iter().map(|own| (own.dimension.clone(), own.part.clone())).collect();
                    let everybody = parity.and_then(|_| plan.formula(written, &[level], &select).ok());
                    select.extend(parity.map(|_| GIRLS.map(str::to_owned)).map(|[key, value]| (key, value)));
                    let formula = plan.formula(written, &[level], &select);
                    // A split that the columns do not have, or a level nobody said it was for, is nothing to tell.
                    if formula.is_ok() || (split.is_none() && !indicator.levels.is_empty()) {
                        bound.push(Bound { indicator, base, level, split, formula, everybody });
                    }
                };
                bind(None);
                for (dimension, values) in &indicator.breakdowns {
                    for value in values {
                        bind(Some(SplitPart { dimension: dimension.clone(), part: value.clone() }));
                    }
                }
            }
        }
        let sums = data.sums(&plan, places, None);
        Self { bound, sums }
    }

    /// One line per indicator, level, split and place that its forms concern, in this order; of some places only.
    ///
    /// An indicator of a level that cannot be evaluated anywhere has one line, at the place that holds everything, with
    /// the reason.
    #[must_use]
    pub fn lines(&self, data: &MeasureData<'a>, places: &Places, wanted: &(dyn Fn(PlaceIndex) -> bool + Sync)) -> Vec<IndicatorLine<'a>> {
        self.bound.par_iter().flat_map_iter(|bound| self.of_bound(bound, data, places, wanted)).collect()
    }

    /// Hands indicators on, a few at a time.
    ///
    /// # Errors
    /// Refusals of `then`.
    pub fn each(
        &self,
        data: &MeasureData<'a>,
        places: &Places,
        wanted: &(dyn Fn(PlaceIndex) -> bool + Sync),
        then: &mut dyn FnMut(&[IndicatorLine<'a>]) -> crate::base::error::Result<()>,
    ) -> crate::base::error::Result<()> {
        for some in self.bound.chunks(rayon::current_num_threads().max(1)) {
            let lines: Vec<_> = some.par_iter().flat_map_iter(|bound| self.of_bound(bound, data, places, wanted)).collect();
            then(&lines)?;
        }
        Ok(())
    }

    /// Shares of each unit in a line of a ratio: numerator and denominator in the unit shown; nothing for a sum.
    #[must_use]
    pub fn units_of(&self, data: &MeasureData<'a>, line: &IndicatorLine<'a>) -> Vec<(UnitIndex, Fraction)> {
        // Parity is of two ratios: no unit brings a part of it.
        let is_it = |bound: &&Bound<'a>| {
            bound.everybody.is_none() && bound.indicator.id == line.indicator.id && bound.level == line.level && bound.split == line.split
        };
        let formula = self.bound.iter().find(is_it).and_then(|bound| bound.formula.as_ref().ok());
        let Some((formula, ratio)) = formula.and_then(|formula| Some((formula, *formula.ratios.first()?))) else { return Vec::new() };
        let units = data.units_of(&self.sums, ratio, line.place).into_iter();
        units.map(|(unit, own)| (unit, formula.scaled(own.numerator, own.denominator))).collect()
    }

    fn of_bound(
        &self,
        bound: &Bound<'a>,
        data: &MeasureData<'a>,
        places: &Places,
        wanted: &(dyn Fn(PlaceIndex) -> bool + Sync),
    ) -> Vec<IndicatorLine<'a>> {
        let Bound { indicator, base, level, split, formula, everybody } = bound;
        let code = data.terms.first().map_or(indicator.code.as_str(), |now| indicator.code_in(now.period.term));
        let line =
            |place: PlaceIndex, value: Value| IndicatorLine { indicator, base: *base, code, level, split: split.clone(), place, value };
        let formula = match formula {
            Err(why) => {
                let whole = places.whole.first().copied().filter(|whole| wanted(*whole));
                return whole.map(|whole| line(whole, Value::none(why.clone()))).into_iter().collect();
            }
            Ok(formula) => formula,
        };
        // Most places are schools, and most formulas are of other levels than theirs.
        let is_kind = |at: PlaceIndex| indicator.places.is_empty() || indicator.places.iter().any(|kind| kind == places.all[at].kind.id());
        let is_meant = |at: PlaceIndex| {
            wanted(at) && is_kind(at) && (!formula.is_whole_only || places.whole.contains(&at)) && formula.applies(&self.sums, at)
        };
        let concerned = places.all.indexes().filter(|&at| is_meant(at));
        let value = |at: PlaceIndex| {
            let place = places.numbered(at);
            let own = formula.at(data, &self.sums, place);
            match everybody {
                Some(everybody) => own.over_the_others(&everybody.at(data, &self.sums, place)),
                None => own,
            }
        };
        concerned.map(|at| line(at, value(at))).collect()
    }
}

/// Evaluates every indicator at every place; see [`Evaluation::lines`].
#[must_use]
pub fn evaluate<'a>(data: &MeasureData<'a>, places: &Places) -> Vec<IndicatorLine<'a>> {
    Evaluation::new(data, places).lines(data, places, &|_| true)
}
