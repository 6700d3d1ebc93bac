//! Percentages as people are told them: one decimal, 100 and 0 only where they are exactly that.

use super::number::{Fraction, NumberKind, hundredths, rounded, show};

/// Tenths of the whole.
const WHOLE: u64 = 1_000;

/// A percentage, rounded once.
///
/// Half away from zero to a tenth, but for what would be told as 100 or as 0 without being that: it is told as the nearest
/// tenth on its own side (99,96 as 99,9; 100,04 as 100,1; 0,04 as 0,1; −0,04 as −0,1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent {
    tenths: i64,
    hundredths: i64,
}

impl Percent {
    /// Of a quotient that is in per cent already; none where it is divided by nothing, or does not fit.
    #[must_use]
    pub fn of(fraction: Fraction) -> Option<Self> {
        let Fraction { numerator, denominator } = fraction;
        let plain = rounded(numerator, denominator, 10)?;
        let hundredths = hundredths(numerator, denominator)?;
        let (above, whole) = (numerator.unsigned_abs(), denominator.unsigned_abs().checked_mul(100)?);
        let magnitude = match plain.unsigned_abs() {
            0 if above > 0 => 1,
            WHOLE if above < whole => WHOLE - 1,
            WHOLE if above > whole => WHOLE + 1,
            near => near,
        };
        let magnitude = i64::try_from(magnitude).ok()?;
        let tenths = if (numerator < 0) == (denominator < 0) { magnitude } else { -magnitude };
        Some(Self { tenths, hundredths })
    }

    /// A part of a whole; none where the whole is nothing.
    #[must_use]
    pub fn share(part: u64, whole: u64) -> Option<Self> {
        Self::of(Fraction { numerator: i128::from(part) * 100, denominator: whole.into() })
    }

    /// As people are told it, in tenths.
    #[must_use]
    pub const fn tenths(self) -> i64 {
        self.tenths
    }

    /// As programs read it, in hundredths: rounded, and nothing else.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.hundredths
    }

    /// Exactly 0, 100 or less than nothing by 100: told without a decimal.
    #[must_use]
    pub const fn is_told_whole(self) -> bool {
        self.tenths == 0 || self.tenths.unsigned_abs() == WHOLE
    }

    /// The number with the marks of Vietnamese: `96,8`, `100`.
    #[must_use]
    pub fn shown(self) -> String {
        let magnitude = self.tenths.unsigned_abs();
        let sign = if self.tenths < 0 { "-" } else { "" };
        let whole = show(i64::try_from(magnitude / 10).unwrap_or(i64::MAX), NumberKind::Counts);
        if self.is_told_whole() { format!("{sign}{whole}") } else { format!("{sign}{whole},{}", magnitude % 10) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numerator: i128, denominator: i128) -> String {
        Percent::of(Fraction { numerator, denominator }).unwrap().shown()
    }

    #[test]
    fn neither_100_nor_0_is_told_of_anything_else() {
        for (numerator, denominator, text) in [
            (9_996, 100, "99,9"),
            (9_994, 100, "99,9"),
            (10_000, 100, "100"),
            (10_004, 100, "100,1"),
            (4, 100, "0,1"),
            (0, 7, "0"),
            (-4, 100, "-0,1"),
            (-9_999, 100, "-99,9"),
            (-10_000, 100, "-100"),
            (968, 10, "96,8"),
            (96, 1, "96,0"),
            (123_456, 10, "12.345,6"),
            (4_985, 100, "49,9"),
            (-5, -1, "5,0"),
        ] {
            assert_eq!(told(numerator, denominator), text, "{numerator}/{denominator}");
        }
        assert_eq!(Percent::share(1, 0), None);
        assert_eq!(Percent::share(u64::MAX, u64::MAX).unwrap().shown(), "100");
    }

    #[test]
    fn every_share_of_every_whole_keeps_its_place() {
        for whole in 1..400_u64 {
            let mut before = i64::MIN;
            for part in 0..=whole + 3 {
                let own = Percent::share(part, whole).unwrap();
                assert_eq!(own.tenths() == 0, part == 0, "{part}/{whole}");
                assert_eq!(own.tenths() == 1_000, part == whole, "{part}/{whole}");
                assert!(own.tenths() >= before, "{part}/{whole}");
                let exact = part as f64 * 1_000.0 / whole as f64;
                assert!((own.tenths() as f64 - exact).abs() < 1.0, "{part}/{whole}");
                before = own.tenths();
            }
        }
        // Wholes as large as a nation's, where a single one is far less than a tenth.
        for whole in [20_000_u64, 1_000_003, 100_000_000] {
            let of = |part| Percent::share(part, whole).unwrap().shown();
            assert_eq!([of(0), of(1), of(whole - 1), of(whole), of(whole + 1)], ["0", "0,1", "99,9", "100", "100,1"]);
        }
    }
}
