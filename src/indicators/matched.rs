//! Ratios over matched units: a unit is in both sides of a ratio or in neither.
//!
//! A school whose total is broken must not stay in the denominator while its part is missing above: the ratio would be
//! of two different sets of schools. So a unit counts only where everything that either side reads of it is known.

use crate::forms::SlotIndex;
use crate::register::{UnitIndex, UnitVec};
use crate::returns::{Status, Values};
use crate::totals::Coverage;

/// Units that a ratio is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    /// Units in both sides.
    pub within: u32,
    /// Units that either side applies to.
    pub expected: u32,
}

impl Units {
    /// No unit is left out.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.within >= self.expected
    }
}

/// Values of both sides of a ratio over the units that are in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matched {
    /// Sum of the numerator.
    pub numerator: i64,
    /// Sum of the denominator; 0 where that is no figure of units.
    pub denominator: i64,
    /// Units in it that the numerator applies to.
    pub above: u32,
    /// Units in it that the denominator applies to.
    pub below: u32,
    /// Units in it, and those that should be.
    pub units: Units,
}

impl Matched {
    /// Adds what another unit has.
    pub fn add(&mut self, other: Self) {
        self.numerator = self.numerator.saturating_add(other.numerator);
        self.denominator = self.denominator.saturating_add(other.denominator);
        self.above += other.above;
        self.below += other.below;
        self.units.within += other.units.within;
        self.units.expected += other.units.expected;
    }
}

/// Where a part of a side is read.
#[derive(Debug, Clone)]
pub(super) enum RatioSource {
    /// Cells of a term's form.
    Cells { term: usize, form: usize, slots: Vec<SlotIndex> },
    /// Facilities that a unit's returns on some forms cover, by the register.
    Facilities(Vec<usize>),
}

/// A part of a side: added, or taken away.
#[derive(Debug, Clone)]
pub(super) struct RatioPart {
    pub negative: bool,
    pub source: RatioSource,
}

/// A ratio as it is worked out unit by unit.
#[derive(Debug, Clone, Default)]
pub(super) struct MatchedRatio {
    pub numerator: Vec<RatioPart>,
    pub denominator: Vec<RatioPart>,
    /// Parts that must be known too, though in neither side: the ratio that this one may not exceed.
    pub also: Vec<RatioPart>,
    /// The denominator is a figure of the place, such as its population: units are matched by the rest alone.
    pub is_of_place: bool,
    /// Both sides are of other units by nature (a cohort that changes schools): one that has a single side is in.
    pub is_open: bool,
}

/// Returns on a form: units in order, each with its return, or with none where that was expected.
pub(super) type FormReturns<'a> = Vec<(u32, Option<&'a Values>)>;

/// Returns of all terms by unit.
#[derive(Debug)]
pub(super) struct MatchedReturn<'a> {
    /// By term and form.
    returns: Vec<Vec<FormReturns<'a>>>,
    /// Own coverage of each unit, by form of the term at hand.
    pub own: Vec<UnitVec<Coverage>>,
}

/// A side of a ratio in one unit.
#[derive(Default)]
struct Side {
    number: i64,
    /// A return it rests on came in or was expected.
    is_there: bool,
    /// It is a number, or should be one.
    applies: bool,
    /// A part of it is unknown, broken or was not received.
    is_unknown: bool,
}

impl<'a> MatchedReturn<'a> {
    /// Puts the returns in order.
    pub fn new(mut returns: Vec<Vec<FormReturns<'a>>>, own: Vec<UnitVec<Coverage>>) -> Self {
        returns.iter_mut().flatten().for_each(|list| list.sort_by_key(|(unit, _)| *unit));
        Self { returns, own }
    }

    /// Share of a unit in a ratio; units that are gone count behind those of the tree.
    pub fn unit(&self, ratio: &MatchedRatio, unit: UnitIndex) -> Matched {
        let [above, below, also] = [&ratio.numerator, &ratio.denominator, &ratio.also].map(|parts| self.side(parts, unit));
        if !above.applies && !below.applies {
            return Matched::default();
        }
        let has_both = ratio.is_of_place || ratio.is_open || (above.is_there && below.is_there);
        if !has_both || above.is_unknown || below.is_unknown || also.is_unknown {
            return Matched { units: Units { within: 0, expected: 1 }, ..Matched::default() };
        }
        Matched {
            numerator: above.number,
            denominator: below.number,
            above: above.applies.into(),
            below: below.applies.into(),
            units: Units { within: 1, expected: 1 },
        }
    }

    fn side(&self, parts: &[RatioPart], unit: UnitIndex) -> Side {
        let mut side = Side::default();
        for part in parts {
            let mut add = |number: i64| side.number = side.number.saturating_add(if part.negative { -number } else { number });
            match &part.source {
                RatioSource::Facilities(forms) => {
                    let own = forms.iter().filter_map(|&form| self.own[form].get(unit));
                    let facilities: u32 = own.map(|coverage| coverage.facilities_expected).sum();
                    add(i64::from(facilities));
                    side.is_there |= facilities > 0;
                    side.applies |= facilities > 0;
                }
                RatioSource::Cells { term, form, slots } => {
                    for values in self.of_unit(*term, *form, unit) {
                        side.is_there = true;
                        let Some(values) = values else {
                            (side.applies, side.is_unknown) = (true, true);
                            continue;
                        };
                        let statuses = values.statuses();
                        side.applies |= slots.iter().any(|&slot| statuses[slot] != Status::NotApplicable);
                        side.is_unknown |= slots.iter().any(|&slot| statuses[slot].is_broken());
                        for &slot in slots {
                            add(values.numbers().at(slot));
                        }
                    }
                }
            }
        }
        side
    }

    fn of_unit(&self, term: usize, form: usize, unit: UnitIndex) -> impl Iterator<Item = Option<&'a Values>> {
        let list = &self.returns[term][form];
        let from = list.partition_point(|(own, _)| (*own as usize) < unit.get());
        list[from..].iter().take_while(move |(own, _)| *own as usize == unit.get()).map(|(_, values)| *values)
    }

    /// Every unit that a ratio may apply to.
    pub fn units(&self, ratio: &MatchedRatio) -> Vec<UnitIndex> {
        let mut units = Vec::new();
        let mut seen = Vec::new();
        for part in ratio.numerator.iter().chain(&ratio.denominator) {
            match &part.source {
                RatioSource::Cells { term, form, .. } if !seen.contains(&(*term, *form)) => {
                    seen.push((*term, *form));
                    units.extend(self.returns[*term][*form].iter().map(|(unit, _)| UnitIndex::new(*unit as usize)));
                }
                RatioSource::Cells { .. } => {}
                RatioSource::Facilities(forms) => {
                    let covers = |form: &usize| self.own[*form].iter_enumerated().filter(|(_, own)| own.facilities_expected > 0);
                    units.extend(forms.iter().flat_map(covers).map(|(unit, _)| unit));
                }
            }
        }
        units.sort_unstable();
        units.dedup();
        units
    }
}
