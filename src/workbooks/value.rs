//! Meaning of a cell's content as a statistical value.

use crate::base::number::{MAX_AMOUNT, MAX_COUNT, NumberKind, NumberLocale, NumberProblem, from_float, from_text, show};
use crate::base::text::fold;
use crate::ooxml::raw_cells::RawValue;
use crate::privacy::{described, described_number};
use crate::returns::Status;
use crate::tables::{NO_SIGNS, Sign, Signs, UNCALCULATED};

/// Digits from which a number that begins with a zero is a person's.
const PERSONAL_DIGITS: usize = 9;

/// Line breaks and tabs of all kinds.
const BETWEEN_FIGURES: [char; 8] = ['\t', '\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// A value read from a cell, and the rule it breaks, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Status of the cell.
    pub status: Status,
    /// The number; 0 where the status holds none.
    pub number: i64,
    /// The rule that it breaks.
    pub broken: Option<BrokenRule>,
}

/// A rule that a value breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRule {
    /// Its id.
    pub rule: &'static str,
    /// Value that was found.
    pub found: String,
    /// Value that was expected.
    pub expected: String,
}

impl Reading {
    const fn plain(status: Status, number: i64) -> Self {
        Self { status, number, broken: None }
    }

    fn breaking(status: Status, number: i64, rule: &'static str, found: impl ToString, expected: impl ToString) -> Self {
        Self { status, number, broken: Some(BrokenRule { rule, found: found.to_string(), expected: expected.to_string() }) }
    }
}

/// How figures are written in a source: separators, and signs instead of a figure.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'a> {
    /// Separators of numbers written as text.
    pub locale: NumberLocale,
    /// Signs for not known, not told and none.
    pub signs: &'a Signs,
}

impl From<NumberLocale> for Writing<'static> {
    fn from(locale: NumberLocale) -> Self {
        Self { locale, signs: &NO_SIGNS }
    }
}

/// Reads a cell of a sheet of counts or amounts.
#[must_use]
pub fn read_value(value: &RawValue, formula: bool, kind: NumberKind, writing: Writing<'_>) -> Reading {
    let status = if formula { Status::Computed } else { Status::Reported };
    match value {
        RawValue::Number(number) => match from_float(*number, kind) {
            Ok(whole) => number_reading(status, whole, kind),
            Err(problem) => refused(problem, &number.to_string(), &described_number(*number), kind),
        },
        RawValue::Text(text) => read_text(text, status, kind, writing),
        // Tables know one kind of error only; a formula without a result is none.
        RawValue::Error(error) if **error == *UNCALCULATED => Reading::breaking(Status::Uncalculated, 0, "uncalculated-formula", "", ""),
        RawValue::Error(error) => Reading::breaking(Status::ErrorValue, 0, "error-value", error, ""),
        RawValue::Uncalculated => Reading::breaking(Status::Uncalculated, 0, "uncalculated-formula", "", ""),
        // A day may be of birth.
        RawValue::Date(_) => Reading::breaking(Status::Invalid, 0, "not-a-number", "{a-date}", ""),
        RawValue::Bool(value) => Reading::breaking(Status::Invalid, 0, "not-a-number", value, ""),
    }
}

fn number_reading(status: Status, number: i64, kind: NumberKind) -> Reading {
    // Nobody knows what it should have been: no total is made of it.
    if number < 0 {
        Reading::breaking(Status::Invalid, 0, "negative-number", show(number, kind), "0")
    } else {
        Reading::plain(status, number)
    }
}

fn read_text(text: &str, status: Status, kind: NumberKind, writing: Writing<'_>) -> Reading {
    let folded = fold(text);
    match writing.signs.meaning(&folded) {
        // A text of blanks is no blank cell: only those who read lists tell what a blank one means.
        Some(Sign::Missing) if !folded.is_empty() => return Reading::breaking(Status::Unknown, 0, "unknown-value", described(text), ""),
        Some(Sign::Suppressed) if !folded.is_empty() => {
            return Reading::breaking(Status::Suppressed, 0, "suppressed-value", described(text), "");
        }
        Some(Sign::Nil) if !folded.is_empty() => return Reading::plain(Status::Nil, 0),
        _ => {}
    }
    match folded.as_str() {
        "" => return Reading::plain(Status::EmptyText, 0),
        "-" => return Reading::plain(Status::Nil, 0),
        "#" => return Reading::plain(Status::NotApplicable, 0),
        "?" => return Reading::breaking(Status::Unknown, 0, "unknown-value", "?", ""),
        "#value!" | "#ref!" | "#name?" | "#div/0!" | "#n/a" | "#null!" | "#num!" => {
            return Reading::breaking(Status::ErrorValue, 0, "error-value", text, "");
        }
        _ => {}
    }
    // A line break or a tab stands between two figures, never within one.
    if text.trim().contains(BETWEEN_FIGURES) {
        return refused(NumberProblem::NotANumber, text, &described(text), kind);
    }
    match from_text(&folded, writing.locale, kind) {
        Ok(number) if number < 0 => number_reading(status, number, kind),
        Ok(_) if is_numbered_person(&folded) => refused(NumberProblem::NotANumber, text, &described(text), kind),
        Ok(number) => Reading::breaking(status, number, "number-as-text", described(text), show(number, kind)),
        Err(problem) => refused(problem, text, &described(text), kind),
    }
}

/// Digits that begin with a zero and are as many as a telephone or an identity number has: no amount of money.
fn is_numbered_person(text: &str) -> bool {
    text.starts_with('0') && text.chars().filter(char::is_ascii_digit).count() >= PERSONAL_DIGITS && !text.contains([',', '.'])
}

fn refused(problem: NumberProblem, found: &str, said: &str, kind: NumberKind) -> Reading {
    match problem {
        NumberProblem::NotANumber => Reading::breaking(Status::Invalid, 0, "not-a-number", said, ""),
        NumberProblem::NotWhole => Reading::breaking(Status::Invalid, 0, "not-whole", said, ""),
        NumberProblem::TooLarge => {
            let limit = if kind == NumberKind::Counts { MAX_COUNT } else { MAX_AMOUNT };
            let digits = found.chars().filter(char::is_ascii_digit).count();
            Reading::breaking(Status::Invalid, 0, "number-too-large", digits, show(limit, kind))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_telephone_numbers_are_not_quoted() {
        let signs = Signs::default();
        let writing = Writing { locale: NumberLocale::Vi, signs: &signs };
        let found = |text: &str, kind| read_value(&RawValue::Text(text.into()), false, kind, writing).broken.map(|broken| broken.found);
        for private in ["170 em", "Hoa", "5A Nguyễn Thị Hoa", "0912 345 678", "0912345678", "(0912)345678"] {
            for kind in [NumberKind::Counts, NumberKind::Amounts] {
                let found = found(private, kind).unwrap_or_default();
                assert!(!found.is_empty() && !found.contains(private), "{private}: {found}");
            }
        }
        assert_eq!(found("1.234", NumberKind::Counts).as_deref(), Some("1.234"));
        let reading = read_value(&RawValue::Number(912_345_678.0), false, NumberKind::Counts, writing);
        assert_eq!(reading.broken.map(|broken| (broken.rule, broken.found)), Some(("number-too-large", "9".to_owned())));
    }
}
