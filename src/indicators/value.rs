//! The value of a formula at a place: exact numerator and denominator, and what is missing.

use std::sync::{Arc, LazyLock};

use super::demand::{Formula, Quantity};
use super::facts::Facts;
use super::places::Place;
use super::sums::Sums;
use crate::aggregate::Coverage;
use crate::error::Words;
use crate::number::{AMOUNT_UNIT, NumberKind, hundredths};

/// How far a value can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everything expected came in and every cell is known.
    Complete,
    /// A return is missing, or a cell is unknown: the sums are what there is, never scaled up.
    Incomplete,
    /// There is no value.
    None,
}

impl State {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
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
    pub reason: Option<Arc<Words>>,
    /// Returns and facilities it rests on.
    pub coverage: Coverage,
    /// A cell among its parts is unknown or broken.
    pub broken: bool,
    /// The forms concern the place at all: something was expected or received.
    pub applies: bool,
    /// What a value is multiplied by when shown.
    factor: i64,
    kinds: (NumberKind, NumberKind),
    is_ratio: bool,
}

/// The usual reasons: values of a large province are many, and most of them have one of these or none.
static NOTHING_RECEIVED: LazyLock<Arc<Words>> = LazyLock::new(|| Arc::new(Words::both("chưa nhận báo cáo nào", "no return was received")));
static OF_NOTHING: LazyLock<Arc<Words>> = LazyLock::new(|| Arc::new(Words::both("mẫu số bằng 0", "the denominator is 0")));

impl Value {
    /// No value anywhere, for one reason.
    #[must_use]
    pub fn none(reason: Words) -> Self {
        Self {
            numerator: None,
            denominator: None,
            state: State::None,
            reason: Some(Arc::new(reason)),
            coverage: Coverage::default(),
            broken: false,
            applies: true,
            factor: 1,
            kinds: (NumberKind::Counts, NumberKind::Counts),
            is_ratio: true,
        }
    }

    /// Numerator and denominator as one exact fraction in the unit shown, the factor and the kinds of number taken in.
    #[must_use]
    pub fn fraction(&self) -> Option<(i128, i128)> {
        let unit = |kind| if kind == NumberKind::Amounts { i128::from(AMOUNT_UNIT) } else { 1 };
        let numerator = i128::from(self.numerator?) * i128::from(self.factor) * unit(self.kinds.1);
        let denominator = if self.is_ratio { i128::from(self.denominator?) } else { 1 } * unit(self.kinds.0);
        (denominator != 0 && self.state != State::None).then_some((numerator, denominator))
    }

    /// The value in hundredths, half away from zero: as it is printed.
    #[must_use]
    pub fn hundredths(&self) -> Option<i64> {
        let (numerator, denominator) = self.fraction()?;
        hundredths(numerator, denominator)
    }

    /// A plain sum, not a ratio.
    #[must_use]
    pub fn is_sum(&self) -> bool {
        !self.is_ratio
    }

    /// Whether the numerator is a count or an amount.
    #[must_use]
    pub fn kind(&self) -> NumberKind {
        self.kinds.0
    }

    /// Whether the denominator is a count or an amount.
    #[must_use]
    pub fn kind_below(&self) -> NumberKind {
        self.kinds.1
    }

    /// There is a numerator, and it is divided by nothing: printed `-`.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        self.is_ratio && self.denominator == Some(0)
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
    pub fn applies(&self, sums: &Sums, at: usize) -> bool {
        self.forms.iter().any(|&form| {
            let coverage = sums.coverage(form, at);
            coverage.expected > 0 || coverage.received > 0
        })
    }

    /// The value at a place.
    #[must_use]
    pub fn at(&self, facts: &Facts<'_>, sums: &Sums, (at, place): (usize, &Place)) -> Value {
        let mut coverage = Coverage::default();
        self.forms.iter().for_each(|&form| coverage.add(sums.coverage(form, at)));
        let mut value = Value {
            numerator: None,
            denominator: None,
            state: State::None,
            reason: None,
            coverage,
            broken: false,
            applies: coverage.expected > 0 || coverage.received > 0,
            factor: self.factor,
            kinds: self.kinds,
            is_ratio: self.denominator.is_some(),
        };
        let sum = |parts: &[(bool, Quantity)]| total(parts, facts, sums, (at, place));
        let above = sum(&self.numerator);
        let below = self.denominator.as_ref().map(|parts| sum(parts));
        for (total, number) in [(Some(above), &mut value.numerator), (below, &mut value.denominator)] {
            match total {
                Some(Ok(total)) if total.found => {
                    *number = Some(total.number);
                    value.broken |= total.broken;
                }
                Some(Ok(_)) => value.reason = value.reason.or_else(|| Some(Arc::clone(&NOTHING_RECEIVED))),
                Some(Err(why)) => value.reason = Some(Arc::new(why)),
                None => {}
            }
        }
        if value.reason.is_none() {
            value.state = if value.broken || (self.is_current && !coverage.is_complete()) { State::Incomplete } else { State::Complete };
            if value.is_of_nothing() {
                value.state = State::None;
                value.reason = Some(Arc::clone(&OF_NOTHING));
            }
        }
        value
    }
}

fn total(parts: &[(bool, Quantity)], facts: &Facts<'_>, sums: &Sums, (at, place): (usize, &Place)) -> Result<Total, Words> {
    let mut total = Total { number: 0, found: false, broken: false };
    for (negative, quantity) in parts {
        let covered = |forms: &[usize], count: fn(Coverage) -> u32| {
            Some(i64::from(forms.iter().map(|&form| count(sums.coverage(form, at))).sum::<u32>()))
        };
        let number = match quantity {
            Quantity::Figure(term, form, figure) => {
                let sum = sums.get((*term, *form, *figure), at);
                total.broken |= sum.broken > 0;
                (sum.returns > 0).then_some(sum.number)
            }
            Quantity::Population(age, sex) => match facts.population {
                Some(population) => Some(population.of(facts.tree, place, age, sex)?),
                None => None,
            },
            Quantity::Facilities(forms) => covered(forms, |coverage| coverage.facilities_expected),
            Quantity::Received(forms) => covered(forms, |coverage| coverage.received),
            Quantity::Expected(forms) => covered(forms, |coverage| coverage.expected),
        };
        if let Some(number) = number {
            total.found = true;
            total.number = total.number.saturating_add(if *negative { -number } else { number });
        }
    }
    Ok(total)
}
