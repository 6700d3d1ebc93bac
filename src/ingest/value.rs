//! What a cell's content means as a statistical value.

use super::raw::RawValue;
use crate::cells::Status;
use crate::number::{MAX_AMOUNT, MAX_COUNT, NumberKind, NumberLocale, NumberProblem, from_float, from_text, show};
use crate::text::fold;

/// A value read from a cell, and the rule it breaks, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Status of the cell.
    pub status: Status,
    /// The number; 0 where the status holds none.
    pub number: i64,
    /// Rule broken: id, found, expected.
    pub broken: Option<(&'static str, String, String)>,
}

impl Reading {
    const fn plain(status: Status, number: i64) -> Self {
        Self { status, number, broken: None }
    }

    fn breaking(status: Status, number: i64, rule: &'static str, found: impl ToString, expected: impl ToString) -> Self {
        Self { status, number, broken: Some((rule, found.to_string(), expected.to_string())) }
    }
}

/// Reads a cell of a sheet of counts or amounts.
#[must_use]
pub fn read_value(value: &RawValue, formula: bool, kind: NumberKind, locale: NumberLocale) -> Reading {
    let status = if formula { Status::Computed } else { Status::Reported };
    match value {
        RawValue::Number(number) => match from_float(*number, kind) {
            Ok(whole) => number_reading(status, whole, kind),
            Err(problem) => refused(problem, &number.to_string(), kind),
        },
        RawValue::Text(text) => read_text(text, status, kind, locale),
        RawValue::Error(error) => Reading::breaking(Status::ErrorValue, 0, "error-value", error, ""),
        RawValue::Uncalculated => Reading::breaking(Status::Uncalculated, 0, "uncalculated-formula", "", ""),
        RawValue::Date(date) => Reading::breaking(Status::Invalid, 0, "not-a-number", date, ""),
        RawValue::Bool(value) => Reading::breaking(Status::Invalid, 0, "not-a-number", value, ""),
    }
}

fn number_reading(status: Status, number: i64, kind: NumberKind) -> Reading {
    if number < 0 { Reading::breaking(status, number, "negative-number", show(number, kind), "0") } else { Reading::plain(status, number) }
}

fn read_text(text: &str, status: Status, kind: NumberKind, locale: NumberLocale) -> Reading {
    let folded = fold(text);
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
    match from_text(&folded, locale, kind) {
        Ok(number) if number < 0 => number_reading(status, number, kind),
        Ok(number) => Reading::breaking(status, number, "number-as-text", text, show(number, kind)),
        Err(problem) => refused(problem, text, kind),
    }
}

fn refused(problem: NumberProblem, found: &str, kind: NumberKind) -> Reading {
    match problem {
        NumberProblem::NotANumber => Reading::breaking(Status::Invalid, 0, "not-a-number", seen(found), ""),
        NumberProblem::NotWhole => Reading::breaking(Status::Invalid, 0, "not-whole", seen(found), ""),
        NumberProblem::TooLarge => {
            let limit = if kind == NumberKind::Counts { MAX_COUNT } else { MAX_AMOUNT };
            let digits = found.chars().filter(char::is_ascii_digit).count();
            Reading::breaking(Status::Invalid, 0, "number-too-large", digits, show(limit, kind))
        }
    }
}

/// What a finding may quote of a cell that should hold a number.
///
/// Names and telephone numbers pasted into a form must not travel on in findings: only short
/// texts and texts around a number are quoted, of others the first letter and the length.
fn seen(text: &str) -> String {
    let text = text.trim();
    let length = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_figure = (1..9).contains(&digits) && length <= 20;
    if is_figure || length <= 5 {
        return text.to_owned();
    }
    let first: String = text.chars().take(1).collect();
    format!("{first}… ({length})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_telephone_numbers_are_not_quoted() {
        assert_eq!(seen("170 em"), "170 em");
        assert_eq!(seen("không"), "không");
        assert_eq!(seen("Nguyễn Thị Hoa"), "N… (14)");
        assert_eq!(seen("0912 345 678"), "0… (12)");
        let reading = read_value(&RawValue::Number(912_345_678.0), false, NumberKind::Counts, NumberLocale::Vi);
        assert_eq!(reading.broken.map(|(rule, found, _)| (rule, found)), Some(("number-too-large", "9".to_owned())));
    }
}
