//! Values as parts of a question.

use sqlparser::ast::{CastKind, DataType, ExactNumberInfo, Expr, UnaryOperator, Value, ValueWithSpan};

use super::super::answer::Entry;

/// Digits of a decimal, as the archive's amounts have at most.
const PRECISION: u64 = 38;

/// A value as SQL writes it, in an order: the same question is the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Literal {
    Null,
    Flag(bool),
    Whole(i128),
    Text(String),
    /// Digits, and how many of them stand behind the point.
    Exact(String, usize),
    Float(String),
}

/// A value in SQL; none where it cannot be written.
pub(super) fn literal(value: &Entry) -> Option<Literal> {
    match value {
        Entry::Null => Some(Literal::Null),
        Entry::Flag(flag) => Some(Literal::Flag(*flag)),
        Entry::Whole(number) => Some(Literal::Whole(*number)),
        Entry::Text(text) => Some(Literal::Text(text.clone())),
        Entry::Decimal(_, scale) => Some(Literal::Exact(value.plain(), *scale)),
        Entry::Float(number) => number.is_finite().then(|| Literal::Float(number.to_string())),
    }
}

/// The value as a part of a question.
pub(super) fn expression(literal: Literal) -> Expr {
    let value = |value: Value| Expr::Value(ValueWithSpan::from(value));
    let number = |digits: &str| match digits.strip_prefix('-') {
        Some(digits) => {
            let expr = Box::new(value(Value::Number(digits.to_owned(), false)));
            Expr::UnaryOp { op: UnaryOperator::Minus, expr }
        }
        None => value(Value::Number(digits.to_owned(), false)),
    };
    match literal {
        Literal::Null => value(Value::Null),
        Literal::Flag(flag) => value(Value::Boolean(flag)),
        Literal::Text(text) => value(Value::SingleQuotedString(text)),
        Literal::Whole(whole) => number(&whole.to_string()),
        Literal::Float(digits) => number(&digits),
        // Plain digits would be a float, which is not exact.
        Literal::Exact(digits, scale) => Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(value(Value::SingleQuotedString(digits))),
            data_type: DataType::Decimal(ExactNumberInfo::PrecisionAndScale(PRECISION, i64::try_from(scale).unwrap_or_default())),
            array: false,
            format: None,
        },
    }
}
