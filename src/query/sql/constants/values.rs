//! Values as parts of a question.

use sqlparser::ast::{CastKind, DataType, ExactNumberInfo, Expr, UnaryOperator, Value, ValueWithSpan};

use super::super::answer::Entry;

/// Digits of a decimal, as the archive's amounts have at most.
const PRECISION: u64 = 38;

/// A value as a part of a question; none where it cannot be written.
pub(super) fn literal(entry: &Entry) -> Option<Expr> {
    let value = |value: Value| Expr::Value(ValueWithSpan::from(value));
    let text = |text: String| value(Value::SingleQuotedString(text));
    let number = |digits: String| match digits.strip_prefix('-') {
        Some(digits) => Expr::UnaryOp { op: UnaryOperator::Minus, expr: Box::new(value(Value::Number(digits.to_owned(), false))) },
        None => value(Value::Number(digits, false)),
    };
    Some(match entry {
        Entry::Null => value(Value::Null),
        Entry::Flag(flag) => value(Value::Boolean(*flag)),
        Entry::Text(own) => text(own.clone()),
        // Lists and days are compared by the engine.
        Entry::Day(_) | Entry::List(_) => return None,
        Entry::Float(float) if !float.is_finite() => return None,
        Entry::Whole(_) | Entry::Float(_) => number(entry.plain()),
        // Plain digits would be a float, which is not exact.
        Entry::Decimal(_, scale) => Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(text(entry.plain())),
            data_type: DataType::Decimal(ExactNumberInfo::PrecisionAndScale(PRECISION, i64::try_from(*scale).unwrap_or_default())),
            array: false,
            format: None,
        },
    })
}
