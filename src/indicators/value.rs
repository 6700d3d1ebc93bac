//! The value of a formula at a place: exact numerator and denominator, and what is missing.

use std::sync::{Arc, LazyLock};

use super::matched::{Matched, Units};
use super::measure_data::MeasureData;
use super::measure_plan::{Formula, FormulaKinds, Operand, PlannedFigure, Summand, whole_only};
use super::places::{NumberedPlace, PlaceIndex};
use super::sums::MeasureSums;
use crate::base::message::{Message, message};
use crate::base::number::{AMOUNT_UNIT, Fraction, NumberKind, hundredths};
use crate::totals::Coverage;

/// How far a value can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everything expected came in and every cell is known.
    Complete,
    /// A return is missing, or a cell is unknown: the sums are what there is, never scaled up, and a ratio is that of the
    /// units that have both sides.
    Incomplete,
    /// Everything is there, and results that it counts are still to come: re-tests, an exam that is yet to be held.
    Open,
    /// There is no value.
    None,
}

impl State {
    /// There is a value, and it is not the last word: marked wherever it is shown.
    #[must_use]
    pub const fn is_marked(self) -> bool {
        matches!(self, Self::Incomplete | Self::Open)
    }

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Open => "open",
            Self::None => "none",
        }
    }
}

/// A formula at a place.
#[derive(Debug, Clone)]
pub struct Value {
    /// Sum of the numerator, in persons … or đồng; `None` where it is not known.
    pub numerator: Option<i64>,
    /// Sum of the denominator.
    pub denominator: Option<i64>,
    /// How far it can be trusted.
    pub state: State,
    /// Why there is no value.
    pub reason: Option<Arc<Message>>,
    /// Returns and facilities it rests on.
    pub coverage: Coverage,
    /// Units that a ratio is made of; none for a sum, and for a ratio that is not matched by unit.
    pub units: Option<Units>,
    /// A cell among its parts is unknown or broken.
    pub broken: bool,
    /// The forms concern the place at all: something was expected or received.
    pub applies: bool,
    /// There should be a value, and nothing of it is known: printed `?`, and never taken for 0.
    pub unknown: bool,
    /// Factor of a value when shown.
    /// Something of it is of the term at hand.
    is_current: bool,
    factor: i64,
    kinds: FormulaKinds,
    is_ratio: bool,
}

/// The usual reasons: values of a large province are many, and most of them have one of these or none.
static NOTHING_RECEIVED: LazyLock<Arc<Message>> = LazyLock::new(|| Arc::new(message!("indicators.no_return_received")));
static ALL_UNKNOWN: LazyLock<Arc<Message>> = LazyLock::new(|| Arc::new(message!("indicators.every_cell_error_absent")));
static NO_UNIT: LazyLock<Arc<Message>> = LazyLock::new(|| Arc::new(message!("indicators.no_unit_both_numerator")));
static WHOLE_ONLY: LazyLock<Arc<Message>> = LazyLock::new(|| Arc::new(whole_only()));
static OF_NOTHING: LazyLock<Arc<Message>> = LazyLock::new(|| Arc::new(message!("indicators.denominator")));

impl Value {
    /// No value anywhere, for one reason.
    #[must_use]
    pub fn none(reason: Message) -> Self {
        Self {
            numerator: None,
            denominator: None,
            state: State::None,
            reason: Some(Arc::new(reason)),
            coverage: Coverage::default(),
            units: None,
            broken: false,
            applies: true,
            unknown: false,
            is_current: true,
            factor: 1,
            kinds: FormulaKinds::COUNTS,
            is_ratio: true,
        }
    }

    /// Numerator and denominator as one exact fraction in the unit shown, the factor and the kinds of number taken in.
    #[must_use]
    pub fn fraction(&self) -> Option<Fraction> {
        let below = if self.is_ratio { self.denominator? } else { 1 };
        let fraction = scaled(self.numerator?, below, self.factor, self.kinds);
        (fraction.denominator != 0 && self.state != State::None).then_some(fraction)
    }

    /// The value in hundredths, half away from zero: as it is printed.
    #[must_use]
    pub fn hundredths(&self) -> Option<i64> {
        let Fraction { numerator, denominator } = self.fraction()?;
        hundredths(numerator, denominator)
    }

    /// This ratio over that of everybody else, given that of everybody: numerator and denominator become the cross products.
    /// Where the two are of other units there is no value.
    #[must_use]
    pub fn over_the_others(mut self, everybody: &Self) -> Self {
        let of_others = || {
            let (own, all) = (self.numerator.zip(self.denominator)?, everybody.numerator.zip(everybody.denominator)?);
            let (above, below) = (all.0.checked_sub(own.0)?, all.1.checked_sub(own.1)?);
            Some((own.0.checked_mul(below)?, own.1.checked_mul(above)?))
        };
        let products = of_others().filter(|_| self.units == everybody.units);
        (self.numerator, self.denominator) = (products.map(|own| own.0), products.map(|own| own.1));
        if self.reason.is_none() {
            self.reason.clone_from(&everybody.reason);
        }
        if products.is_none() || self.reason.is_some() {
            self.state = State::None;
            self.reason = self.reason.take().or_else(|| Some(Arc::clone(&NO_UNIT)));
        } else if self.is_of_nothing() {
            self.state = State::None;
            self.reason = Some(Arc::clone(&OF_NOTHING));
        } else if everybody.state.is_marked() && !self.state.is_marked() {
            self.state = everybody.state;
        }
        self
    }

    /// A plain sum, not a ratio.
    #[must_use]
    pub fn is_sum(&self) -> bool {
        !self.is_ratio
    }

    /// Whether the numerator is a count or an amount.
    #[must_use]
    pub fn kind(&self) -> NumberKind {
        self.kinds.numerator
    }

    /// Whether the denominator is a count or an amount.
    #[must_use]
    pub fn kind_below(&self) -> NumberKind {
        self.kinds.denominator
    }

    /// There is a numerator, and it is divided by nothing: printed `-`.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.is_ratio && self.denominator == Some(0)
    }
}

/// Numerator and denominator in the unit shown, the factor and the kinds of number taken in.
fn scaled(above: i64, below: i64, factor: i64, kinds: FormulaKinds) -> Fraction {
    let unit = |kind| if kind == NumberKind::Amounts { i128::from(AMOUNT_UNIT) } else { 1 };
    Fraction {
        numerator: i128::from(above) * i128::from(factor) * unit(kinds.denominator),
        denominator: i128::from(below) * unit(kinds.numerator),
    }
}

/// A sum of quantities at a place: what it comes to, whether all of it is known.
struct Total {
    number: i64,
    found: bool,
    broken: bool,
}

impl Formula {
    /// Whether its forms concern a place at all: something was expected or received.
    #[must_use]
    pub fn applies(&self, sums: &MeasureSums, at: PlaceIndex) -> bool {
        self.forms.iter().any(|&form| {
            let coverage = sums.coverage(form, at);
            coverage.expected > 0 || coverage.received > 0
        })
    }

    /// Numerator and denominator of a unit in the unit shown.
    pub(super) fn scaled(&self, above: i64, below: i64) -> Fraction {
        scaled(above, below, self.factor, self.kinds)
    }

    /// The value at a place.
    #[must_use]
    pub fn at(&self, data: &MeasureData<'_>, sums: &MeasureSums, place: NumberedPlace<'_>) -> Value {
        let at = place.at;
        let mut coverage = Coverage::default();
        self.forms.iter().for_each(|&form| coverage.add(sums.coverage(form, at)));
        let mut value = Value {
            numerator: None,
            denominator: None,
            state: State::None,
            reason: None,
            coverage,
            units: None,
            broken: false,
            applies: coverage.expected > 0 || coverage.received > 0,
            unknown: false,
            is_current: self.is_current,
            factor: self.factor,
            kinds: self.kinds,
            is_ratio: self.denominator.is_some(),
        };
        if self.is_whole_only && (sums.ratios.mask.is_some() || !sums.ratios.whole.contains(&at)) {
            value.reason = Some(Arc::clone(&WHOLE_ONLY));
            return value;
        }
        if self.ratios.is_empty() {
            self.fill(&mut value, data, sums, place);
        } else {
            let mut matched = Matched::default();
            self.ratios.iter().for_each(|&ratio| matched.add(data.matched(sums, ratio, place)));
            self.fill_matched(&mut value, data, sums, matched, place);
        }
        if value.reason.is_none() {
            let lacks_returns = self.ratios.is_empty() && self.is_current && !coverage.is_complete();
            let lacks_units = value.units.is_some_and(|units| !units.is_complete());
            value.state = match (value.broken || lacks_returns || lacks_units, self.is_pending(sums, at)) {
                (true, _) => State::Incomplete,
                (false, true) => State::Open,
                (false, false) => State::Complete,
            };
            if value.is_of_nothing() {
                value.state = State::None;
                value.reason = Some(Arc::clone(&OF_NOTHING));
            }
        }
        value
    }

    /// Whether results that it counts are still to come at a place.
    fn is_pending(&self, sums: &MeasureSums, at: PlaceIndex) -> bool {
        let is_left = |&key: &PlannedFigure| {
            let sum = sums.get(key, at);
            sum.number > 0 || sum.broken > 0
        };
        let has_any = |&key: &PlannedFigure| sums.get(key, at).returns > 0;
        self.results.pending.iter().any(is_left) || self.results.open.iter().any(has_any)
    }

    /// A sum, and a ratio of counts of returns: whatever there is.
    fn fill(&self, value: &mut Value, data: &MeasureData<'_>, sums: &MeasureSums, place: NumberedPlace<'_>) {
        let sum = |parts: &[Summand]| total(parts, data, sums, place);
        let above = sum(&self.numerator);
        let below = self.denominator.as_ref().map(|parts| sum(parts));
        value.numerator = value.take(Some(above));
        value.denominator = value.take(below);
    }

    /// A ratio of units: both sides over the units that have both. What is divided by a figure of the place, such as its
    /// population, is divided by all of that: it is too small by what is missing, never scaled up.
    fn fill_matched(&self, value: &mut Value, data: &MeasureData<'_>, sums: &MeasureSums, matched: Matched, place: NumberedPlace<'_>) {
        value.units = Some(matched.units);
        let is_of_place = self.ratios.iter().any(|&ratio| sums.ratios.all[ratio].is_of_place);
        value.numerator = (matched.above > 0).then_some(matched.numerator);
        if is_of_place {
            value.denominator = value.take(self.denominator.as_ref().map(|parts| total(parts, data, sums, place)));
        } else {
            value.denominator = (matched.below > 0).then_some(matched.denominator);
        }
        if value.reason.is_none() && (value.numerator.is_none() || value.denominator.is_none()) {
            let is_lacking = value.coverage.received > 0 && matched.units.within < matched.units.expected;
            value.reason = Some(Arc::clone(if is_lacking { &NO_UNIT } else { &NOTHING_RECEIVED }));
            value.unknown = value.applies && (self.is_current || matched.units.expected > 0);
        }
    }
}

impl Value {
    /// Notes what a total says of the value, and gives its number.
    fn take(&mut self, total: Option<Result<Total, Message>>) -> Option<i64> {
        match total? {
            Ok(total) if total.found => {
                self.broken |= total.broken;
                return Some(total.number);
            }
            Ok(total) => {
                let why = if total.broken && self.coverage.received > 0 { &ALL_UNKNOWN } else { &NOTHING_RECEIVED };
                self.reason = self.reason.take().or_else(|| Some(Arc::clone(why)));
                self.unknown = self.applies && (self.is_current || total.broken);
            }
            Err(why) => self.reason = Some(Arc::new(why)),
        }
        None
    }
}

fn total(parts: &[Summand], data: &MeasureData<'_>, sums: &MeasureSums, place: NumberedPlace<'_>) -> Result<Total, Message> {
    let NumberedPlace { at, place } = place;
    let mut total = Total { number: 0, found: false, broken: false };
    for Summand { negative, quantity } in parts {
        let covered = |forms: &[usize], count: fn(Coverage) -> u32| {
            Some(i64::from(forms.iter().map(|&form| count(sums.coverage(form, at))).sum::<u32>()))
        };
        let number = match quantity {
            Operand::Figure(key) => {
                let sum = sums.get(*key, at);
                total.broken |= sum.broken > 0;
                (sum.returns > 0).then_some(sum.number)
            }
            Operand::Population(age, sex) => match data.population {
                Some(population) => Some(population.of(data.tree, place, age, sex)?),
                None => None,
            },
            Operand::Facilities(forms) => covered(forms, |coverage| coverage.facilities_expected),
            Operand::Received(forms) => covered(forms, |coverage| coverage.received),
            Operand::Expected(forms) => covered(forms, |coverage| coverage.expected),
        };
        if let Some(number) = number {
            total.found = true;
            total.number = total.number.saturating_add(if *negative { -number } else { number });
        }
    }
    Ok(total)
}
