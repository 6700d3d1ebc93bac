//! Exact fractions of whole numbers; what does not fit is no number.

use std::cmp::Ordering;

use crate::base::number::{NumberLocale, decimal_text, show_exact, show_quotient};

/// A fraction in lowest terms with a positive denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// A fraction; none over zero.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?.checked_mul(denominator.signum())?;
        Some(Self { numerator: numerator.checked_div(divisor)?, denominator: denominator.checked_div(divisor)? })
    }

    /// Nought.
    #[must_use]
    pub const fn nought() -> Self {
        Self { numerator: 0, denominator: 1 }
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.denominator == other.denominator {
            return Self::new(self.numerator.checked_add(other.numerator)?, self.denominator);
        }
        // Over the least common denominator, so that long sums of decimals do not outgrow the numbers.
        let common = i128::try_from(gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs())).ok()?;
        let (ours, theirs) = (self.denominator / common, other.denominator / common);
        let left = self.numerator.checked_mul(theirs)?;
        let right = other.numerator.checked_mul(ours)?;
        Self::new(left.checked_add(right)?, ours.checked_mul(other.denominator)?)
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Self::new(self.numerator.checked_mul(other.numerator)?, self.denominator.checked_mul(other.denominator)?)
    }

    /// The quotient; none over zero.
    #[must_use]
    pub fn over(self, other: Self) -> Option<Self> {
        Self::new(self.numerator.checked_mul(other.denominator)?, self.denominator.checked_mul(other.numerator)?)
    }

    /// Negates it.
    #[must_use]
    pub fn negated(self) -> Option<Self> {
        Some(Self { numerator: self.numerator.checked_neg()?, ..self })
    }

    /// Without its sign.
    #[must_use]
    pub fn magnitude(self) -> Option<Self> {
        if self.numerator < 0 { self.negated() } else { Some(self) }
    }

    /// Smaller, equal or larger.
    #[must_use]
    pub fn compared(self, other: Self) -> Option<Ordering> {
        let left = self.numerator.checked_mul(other.denominator)?;
        Some(left.cmp(&other.numerator.checked_mul(self.denominator)?))
    }

    /// True for a whole number.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.denominator == 1
    }

    /// The number where it is whole and fits.
    #[must_use]
    pub fn to_whole(self) -> Option<i64> {
        if self.is_whole() { i64::try_from(self.numerator).ok() } else { None }
    }

    /// The number as a float, for statistics over many units and for showing.
    #[must_use]
    pub fn to_float(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// A float as spreadsheets show it: fifteen digits, exactly.
    #[must_use]
    pub fn of_float(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let (numerator, denominator) = decimal_text(&format!("{value:.14e}"), NumberLocale::En)?;
        Self::new(numerator, denominator)
    }

    /// The number for people, with all its decimals.
    #[must_use]
    pub fn exactly(self) -> String {
        show_exact(self.numerator, self.denominator)
    }

    /// The number for people.
    #[must_use]
    pub fn shown(self) -> String {
        show_quotient(self.numerator, self.denominator)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
