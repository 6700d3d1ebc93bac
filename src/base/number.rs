//! Numbers as Vietnamese documents write them, and the one place that rounds.
//!
//! Counts are whole numbers. Money is kept exactly, in đồng: the forms print
//! million đồng, so one million đồng with six decimals is one đồng and fits an
//! `i64` with the archive's `decimal(18,6)`.

use serde::{Deserialize, Serialize};

/// Decimals kept of an amount in million đồng: one đồng.
pub const AMOUNT_SCALE: u32 = 6;
/// One million đồng in đồng.
pub const AMOUNT_UNIT: i64 = 1_000_000;
/// Largest count accepted in one cell: above the nation's population, below any telephone or
/// identity number, which then cannot slip in as a figure; and sums cannot overflow.
pub const MAX_COUNT: i64 = 100_000_000;
/// Largest amount accepted in one cell, in đồng (one billion million đồng).
pub const MAX_AMOUNT: i64 = 1_000_000_000 * AMOUNT_UNIT;

/// Which separators a source's text numbers use; declared, never guessed per cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberLocale {
    /// `1.234.567,8` (Vietnamese law and most yearbooks); blanks may group too.
    #[default]
    Vi,
    /// `1,234,567.8`.
    En,
}

/// Kinds of number that a table counts: whole things, or money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// Whole numbers.
    Counts,
    /// Exact decimals in million đồng, held in đồng.
    Amounts,
}

/// How far a total may be off what its parts add up to because each was rounded on its own: half a unit of the last digit
/// that any of them states, for each of them. Counts are not rounded.
#[must_use]
pub fn rounding(kind: NumberKind, numbers: impl Iterator<Item = i64> + Clone) -> i64 {
    if kind == NumberKind::Counts {
        return 0;
    }
    let mut last_digit = AMOUNT_UNIT;
    while last_digit > 1 && numbers.clone().any(|number| number % last_digit != 0) {
        last_digit /= 10;
    }
    let stated = i64::try_from(numbers.count()).unwrap_or(i64::MAX);
    last_digit.saturating_mul(stated) / 2
}

/// Why a text or a float is not a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberProblem {
    /// Not a number at all.
    NotANumber,
    /// A count with a fraction, or an amount finer than one đồng.
    NotWhole,
    /// Outside what a cell may hold.
    TooLarge,
}

/// Turns a spreadsheet's floating number into the exact integer held for `kind`.
///
/// # Errors
/// [`NumberProblem`] when the float is not finite, not whole in the kind's unit, or too large.
pub fn from_float(value: f64, kind: NumberKind) -> Result<i64, NumberProblem> {
    if !value.is_finite() {
        return Err(NumberProblem::NotANumber);
    }
    let (scaled, limit) = match kind {
        NumberKind::Counts => (value, MAX_COUNT),
        NumberKind::Amounts => (value * AMOUNT_UNIT as f64, MAX_AMOUNT),
    };
    let whole = scaled.round();
    if whole.abs() > limit as f64 {
        return Err(NumberProblem::TooLarge);
    }
    // A float sum such as 0.1 + 0.2 is off by far less than one đồng; anything
    // visibly between two whole units is not ours to round.
    let slack = match kind {
        NumberKind::Counts => 1e-9,
        NumberKind::Amounts => 1e-3,
    };
    if (scaled - whole).abs() > slack {
        return Err(NumberProblem::NotWhole);
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the limit above")]
    Ok(whole as i64)
}

/// Reads a text number under a declared locale into the exact integer held for `kind`.
///
/// # Errors
/// [`NumberProblem`] as for [`from_float`]; misplaced group separators are `NotANumber`.
pub fn from_text(text: &str, locale: NumberLocale, kind: NumberKind) -> Result<i64, NumberProblem> {
    let (group, decimal) = match locale {
        NumberLocale::Vi => ('.', ','),
        NumberLocale::En => (',', '.'),
    };
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    // As `plain_number` writes an amount: six digits behind the only point are no group of three.
    let (group, decimal) = if kind == NumberKind::Amounts && is_plain(digits) { (',', '.') } else { (group, decimal) };
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, ""));
    let whole = ungroup(whole, group).ok_or(NumberProblem::NotANumber)?;
    if !fraction.chars().all(|c| c.is_ascii_digit()) || digits.ends_with(decimal) {
        return Err(NumberProblem::NotANumber);
    }
    let scale = if kind == NumberKind::Amounts { AMOUNT_SCALE as usize } else { 0 };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > scale {
        return Err(NumberProblem::NotWhole);
    }
    let joined = format!("{whole}{fraction:0<scale$}");
    let limit = if kind == NumberKind::Amounts { MAX_AMOUNT } else { MAX_COUNT };
    let value: i64 = joined.parse().map_err(|_| NumberProblem::TooLarge)?;
    if value > limit {
        return Err(NumberProblem::TooLarge);
    }
    Ok(if negative { -value } else { value })
}

/// A decimal number out of a text, exactly: numerator over a power of ten. Besides the locale's way, numbers as programs
/// write them (`6e+05`, `1.5E3`) are understood; nothing where the text is no number, or one of more than thirty digits.
#[must_use]
pub fn decimal_text(text: &str, locale: NumberLocale) -> Option<(i128, i128)> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest.trim_start()),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            // One digit stands before the mark, whatever the locale groups by.
            let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
            let is_written = whole.len() == 1 && !mantissa.ends_with(['.', ',']);
            (whole.to_owned(), fraction, is_written.then_some(exponent)?.parse::<i32>().ok()?)
        }
        None => {
            let (group, decimal) = match locale {
                NumberLocale::Vi => ('.', ','),
                NumberLocale::En => (',', '.'),
            };
            let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, ""));
            (ungroup(whole, group).filter(|_| !digits.ends_with(decimal))?, fraction, 0)
        }
    };
    let joined = format!("{whole}{fraction}");
    if joined.len() > 30 || joined.is_empty() || !joined.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let power = 10_i128.checked_pow(scale.unsigned_abs())?;
    let number = sign * joined.parse::<i128>().ok()?;
    if scale < 0 { Some((number.checked_mul(power)?, 1)) } else { Some((number, power)) }
}

/// A fraction for people without rounding, where its decimals come to an end within eighteen (`1.234,05`).
#[must_use]
pub fn show_exact(numerator: i128, denominator: i128) -> String {
    let exact = (0..=18).find_map(|digits| {
        let power = 10_i128.checked_pow(digits)?;
        (denominator > 0 && power % denominator == 0)
            .then(|| numerator.checked_mul(power / denominator))
            .flatten()
            .map(|n| (n, power, digits))
    });
    let Some((scaled, power, digits)) = exact else { return show_quotient(numerator, denominator) };
    let (whole, rest) = (scaled.unsigned_abs() / power.unsigned_abs(), scaled.unsigned_abs() % power.unsigned_abs());
    let sign = if scaled < 0 { "-" } else { "" };
    let whole = i128::try_from(whole).map_or_else(|_| "…".to_owned(), |whole| show_sum(whole, NumberKind::Counts));
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole},{rest:0width$}", width = digits as usize) }
}

/// Digits without their group separators; `None` when the groups are not of three.
fn ungroup(text: &str, group: char) -> Option<String> {
    let is_group = |c: char| c == group || c == ' ' || c == '\u{a0}' || c == '\u{202f}';
    let parts: Vec<&str> = text.split(is_group).collect();
    let plain = parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    // Nobody groups after a zero: `0.250` is a decimal of another locale.
    let is_decimal = parts.len() > 1 && parts[0].starts_with('0') && parts.iter().any(|part| part.bytes().any(|byte| byte != b'0'));
    let grouped = parts.len() == 1 || (!is_decimal && parts[0].len() <= 3 && parts[1..].iter().all(|p| p.len() == 3));
    (plain && grouped).then(|| parts.concat())
}

/// A number for people, grouped the Vietnamese way (`1.234.567`, `12,5`).
#[must_use]
pub fn show(value: i64, kind: NumberKind) -> String {
    show_sum(i128::from(value), kind)
}

/// Shows a sum that may be larger than any single number.
#[must_use]
pub fn show_sum(value: i128, kind: NumberKind) -> String {
    let magnitude = value.unsigned_abs();
    let (whole, fraction) = match kind {
        NumberKind::Counts => (magnitude, 0),
        NumberKind::Amounts => (magnitude / u128::from(AMOUNT_UNIT.unsigned_abs()), magnitude % u128::from(AMOUNT_UNIT.unsigned_abs())),
    };
    let digits = whole.to_string();
    let mut out = String::from(if value < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if fraction > 0 {
        out.push(',');
        out.push_str(format!("{fraction:06}").trim_end_matches('0'));
    }
    out
}

/// A quotient that nothing is rounded of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fraction {
    /// Dividend.
    pub numerator: i128,
    /// Divisor.
    pub denominator: i128,
}

/// A quotient in hundredths, half away from zero; `None` when the denominator is 0 or the result does not fit.
#[must_use]
pub fn hundredths(numerator: i128, denominator: i128) -> Option<i64> {
    rounded(numerator, denominator, 100)
}

/// A quotient in millionths, half away from zero: as the archive's decimals hold it.
#[must_use]
pub fn millionths(numerator: i128, denominator: i128) -> Option<i64> {
    rounded(numerator, denominator, 1_000_000)
}

/// A quotient times `scale`, rounded half away from zero: the one place that rounds.
pub(super) fn rounded(numerator: i128, denominator: i128, scale: i128) -> Option<i64> {
    if denominator == 0 {
        return None;
    }
    let scaled = numerator.checked_mul(scale)?;
    let (magnitude, below) = (scaled.unsigned_abs(), denominator.unsigned_abs());
    let whole = magnitude / below;
    let rest = magnitude % below;
    let nearest = i128::try_from(whole + u128::from(rest >= below - rest)).ok()?;
    i64::try_from(if (scaled < 0) == (denominator < 0) { nearest } else { -nearest }).ok()
}

/// A quotient for people: whole as it is, else rounded to two decimals (`26,67`).
#[must_use]
pub fn show_quotient(numerator: i128, denominator: i128) -> String {
    // Two decimals of a quotient are four fewer than an amount has.
    let amount = hundredths(numerator, denominator).and_then(|hundredths| hundredths.checked_mul(10_000));
    amount.map_or_else(|| "…".to_owned(), |amount| show(amount, NumberKind::Amounts))
}

/// Hundredths for people, always with two decimals (`26,50`).
#[must_use]
pub fn show_hundredths(hundredths: i64) -> String {
    let magnitude = hundredths.unsigned_abs();
    let sign = if hundredths < 0 { "-" } else { "" };
    let whole = i64::try_from(magnitude / 100).unwrap_or(i64::MAX);
    format!("{sign}{},{:02}", show(whole, NumberKind::Counts), magnitude % 100)
}

/// A number as programs read it: nothing between thousands, a point before the decimals, and all of these where there are any, so
/// that `1.439000` cannot be taken for a thousand and more.
#[must_use]
pub fn plain_number(value: i64, kind: NumberKind) -> String {
    if kind == NumberKind::Counts {
        return value.to_string();
    }
    let (magnitude, unit) = (value.unsigned_abs(), AMOUNT_UNIT.unsigned_abs());
    format!("{}{}.{:06}", if value < 0 { "-" } else { "" }, magnitude / unit, magnitude % unit)
}

/// True for digits, a point and as many digits as an amount has behind it.
fn is_plain(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(whole, rest)| is_digits(whole) && is_digits(rest) && rest.len() == AMOUNT_SCALE as usize)
}

/// A sum with its sign, as a change is told (`+45`, `-12`, `0`).
#[must_use]
pub fn show_change(value: i128, kind: NumberKind) -> String {
    let text = show_sum(value, kind);
    if value > 0 { format!("+{text}") } else { text }
}

/// The value as a spreadsheet stores it (million đồng for amounts).
#[must_use]
pub fn to_float(value: i64, kind: NumberKind) -> f64 {
    match kind {
        NumberKind::Counts => value as f64,
        NumberKind::Amounts => value as f64 / AMOUNT_UNIT as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_programs_is_read_back_in_any_locale() {
        for (value, text) in [
            (1_439_000_000, "1439.000000"),
            (1_439_000, "1.439000"),
            (-1, "-0.000001"),
            (0, "0.000000"),
            (i64::from(i32::MAX), "2147.483647"),
        ] {
            assert_eq!(plain_number(value, NumberKind::Amounts), text);
            for locale in [NumberLocale::Vi, NumberLocale::En] {
                assert_eq!(from_text(text, locale, NumberKind::Amounts), Ok(value), "{text}");
            }
        }
        assert_eq!(plain_number(1_439, NumberKind::Counts), "1439");
        // Three digits are a group in Vietnamese, and six are no count.
        assert_eq!(from_text("1.439", NumberLocale::Vi, NumberKind::Amounts), Ok(1_439_000_000));
        assert!(from_text("1.439000", NumberLocale::Vi, NumberKind::Counts).is_err());
    }

    #[test]
    fn separators_follow_the_declared_locale() {
        let vi = |t| from_text(t, NumberLocale::Vi, NumberKind::Counts);
        assert_eq!(vi("1.234.567"), Ok(1_234_567));
        assert_eq!(vi("230 065"), Ok(230_065));
        assert_eq!(vi("-7"), Ok(-7));
        assert_eq!(vi("50.8"), Err(NumberProblem::NotANumber));
        assert_eq!(vi("0.250"), Err(NumberProblem::NotANumber));
        assert_eq!(vi("0.000"), Ok(0));
        assert_eq!(vi("50,877"), Err(NumberProblem::NotWhole));
        assert_eq!(from_text("50,877", NumberLocale::En, NumberKind::Counts), Ok(50_877));
        assert_eq!(from_text("1.234,5", NumberLocale::Vi, NumberKind::Amounts), Ok(1_234_500_000));
        assert_eq!(vi("2 trường"), Err(NumberProblem::NotANumber));
    }

    #[test]
    fn floats_are_exact_or_refused() {
        assert_eq!(from_float(47.0, NumberKind::Counts), Ok(47));
        assert_eq!(from_float(0.5, NumberKind::Counts), Err(NumberProblem::NotWhole));
        assert_eq!(from_float(0.1 + 0.2, NumberKind::Amounts), Ok(300_000));
        assert_eq!(from_float(1e300, NumberKind::Counts), Err(NumberProblem::TooLarge));
        assert_eq!(from_float(f64::NAN, NumberKind::Counts), Err(NumberProblem::NotANumber));
    }

    #[test]
    fn decimals_are_read_and_shown_exactly() {
        let vi = |text| decimal_text(text, NumberLocale::Vi);
        assert_eq!(vi("6e+05"), Some((600_000, 1)));
        assert_eq!(vi("1.5E3"), Some((1_500, 1)));
        assert_eq!(vi("2e-2"), Some((2, 100)));
        assert_eq!(vi("123.456.789.012"), Some((123_456_789_012, 1)));
        assert_eq!(vi("123456789012"), Some((123_456_789_012, 1)));
        assert_eq!(vi("-1.234,50"), Some((-123_450, 100)));
        for text in ["", "e5", "12e5", "1,e5", "1.23", "1e", "1e99999", "nan", "inf", "0x1f", "1_000", "1e5 lớp"] {
            assert_eq!(vi(text), None, "{text}");
        }
        assert_eq!(decimal_text("1.23", NumberLocale::En), Some((123, 100)));
        assert_eq!(show_exact(123_405, 100), "1.234,05");
        assert_eq!(show_exact(-3, 8), "-0,375");
        assert_eq!(show_exact(1, 3), "0,33");
    }

    #[test]
    fn people_see_vietnamese_groups() {
        assert_eq!(show(1_234_567, NumberKind::Counts), "1.234.567");
        assert_eq!(show(-1_500_000, NumberKind::Amounts), "-1,5");
    }
}
