//! Evaluation of an expression: exact numbers, texts, and three-valued logic.
//!
//! A value that is not known makes undecided what depends on it, and nothing else:
//! `false and unknown` is false, `true or unknown` is true.

mod ratio;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::rulebook::{Expression, Function, Operator, Unary};

pub use ratio::Ratio;

/// Value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleValue {
    /// An exact number.
    Number(Ratio),
    /// A text.
    Text(Arc<str>),
    /// Something holds, or does not.
    Truth(bool),
    /// Nothing stands there: an empty field.
    Missing,
    /// It does not concern this unit: the rule is left out.
    NotApplicable,
    /// It cannot be known.
    Undecided,
}

/// Evaluates an expression whose references are places in a list of values.
#[must_use]
pub fn evaluate(expression: &Expression<usize>, leaves: &[RuleValue]) -> RuleValue {
    match expression {
        Expression::Number(numerator, denominator) => Ratio::new(*numerator, *denominator).map_or(RuleValue::Undecided, RuleValue::Number),
        Expression::Text(text) => RuleValue::Text(Arc::from(text.as_str())),
        Expression::Reference(place) => leaves.get(*place).cloned().unwrap_or(RuleValue::Undecided),
        // Names are put in before an expression is bound.
        Expression::Name(_) => RuleValue::Undecided,
        Expression::Unary(operator, operand) => unary(*operator, evaluate(operand, leaves)),
        Expression::Binary(operator, left, right) => binary(*operator, left, right, leaves),
        Expression::OneOf(operand, list) => one_of(&evaluate(operand, leaves), list, leaves),
        Expression::Call(function, arguments) => {
            let values: Vec<RuleValue> = arguments.iter().map(|argument| evaluate(argument, leaves)).collect();
            call(*function, &values)
        }
    }
}

fn unary(operator: Unary, value: RuleValue) -> RuleValue {
    match (operator, value) {
        (Unary::Not, RuleValue::Truth(truth)) => RuleValue::Truth(!truth),
        (Unary::Minus, RuleValue::Number(number)) => number.negated().map_or(RuleValue::Undecided, RuleValue::Number),
        (_, RuleValue::NotApplicable) => RuleValue::NotApplicable,
        _ => RuleValue::Undecided,
    }
}

fn binary(operator: Operator, left: &Expression<usize>, right: &Expression<usize>, leaves: &[RuleValue]) -> RuleValue {
    let left = evaluate(left, leaves);
    match (operator, &left) {
        (Operator::And, RuleValue::Truth(false)) => return RuleValue::Truth(false),
        (Operator::Or, RuleValue::Truth(true)) | (Operator::Implies, RuleValue::Truth(false)) => return RuleValue::Truth(true),
        _ => {}
    }
    let right = evaluate(right, leaves);
    if left == RuleValue::NotApplicable || right == RuleValue::NotApplicable {
        return RuleValue::NotApplicable;
    }
    match operator {
        Operator::Iff | Operator::Implies | Operator::Or | Operator::And => logic(operator, &left, &right),
        _ if operator.is_comparison() => compare(operator, &left, &right),
        _ => arithmetic(operator, &left, &right),
    }
}

fn logic(operator: Operator, left: &RuleValue, right: &RuleValue) -> RuleValue {
    match (operator, left, right) {
        (Operator::Iff, RuleValue::Truth(a), RuleValue::Truth(b)) => RuleValue::Truth(a == b),
        (Operator::Implies, RuleValue::Truth(a), RuleValue::Truth(b)) => RuleValue::Truth(!a || *b),
        (Operator::Or, RuleValue::Truth(a), RuleValue::Truth(b)) => RuleValue::Truth(*a || *b),
        (Operator::And, RuleValue::Truth(a), RuleValue::Truth(b)) => RuleValue::Truth(*a && *b),
        (Operator::And, _, RuleValue::Truth(false)) => RuleValue::Truth(false),
        (Operator::Or | Operator::Implies, _, RuleValue::Truth(true)) => RuleValue::Truth(true),
        _ => RuleValue::Undecided,
    }
}

fn compare(operator: Operator, left: &RuleValue, right: &RuleValue) -> RuleValue {
    let order = match (left, right) {
        (RuleValue::Number(a), RuleValue::Number(b)) => match a.compared(*b) {
            Some(order) => order,
            None => return RuleValue::Undecided,
        },
        (RuleValue::Text(a), RuleValue::Text(b)) => crate::base::text::fold(a).cmp(&crate::base::text::fold(b)),
        (RuleValue::Truth(a), RuleValue::Truth(b)) => a.cmp(b),
        // A text is no number, whatever it says: they differ, and nothing can be said of their order.
        (RuleValue::Number(_), RuleValue::Text(_)) | (RuleValue::Text(_), RuleValue::Number(_)) => match operator {
            Operator::Equal => return RuleValue::Truth(false),
            Operator::NotEqual => return RuleValue::Truth(true),
            _ => return RuleValue::Undecided,
        },
        _ => return RuleValue::Undecided,
    };
    RuleValue::Truth(match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::AtMost => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn arithmetic(operator: Operator, left: &RuleValue, right: &RuleValue) -> RuleValue {
    let (RuleValue::Number(a), RuleValue::Number(b)) = (left, right) else { return RuleValue::Undecided };
    let result = match operator {
        Operator::Add => a.plus(*b),
        Operator::Subtract => b.negated().and_then(|b| a.plus(b)),
        Operator::Multiply => a.times(*b),
        _ => a.over(*b),
    };
    result.map_or(RuleValue::Undecided, RuleValue::Number)
}

/// Whether a value is one of a list; undecided where it is not, and a member is not known.
fn one_of(value: &RuleValue, list: &[Expression<usize>], leaves: &[RuleValue]) -> RuleValue {
    let mut found = RuleValue::Truth(false);
    for item in list {
        match compare(Operator::Equal, value, &evaluate(item, leaves)) {
            RuleValue::Truth(true) => return RuleValue::Truth(true),
            RuleValue::Truth(false) => {}
            _ => found = RuleValue::Undecided,
        }
    }
    if *value == RuleValue::NotApplicable { RuleValue::NotApplicable } else { found }
}

fn call(function: Function, values: &[RuleValue]) -> RuleValue {
    if values.contains(&RuleValue::NotApplicable) {
        return RuleValue::NotApplicable;
    }
    match (function, values) {
        (Function::Present, [value]) => match value {
            RuleValue::Undecided => RuleValue::Undecided,
            value => RuleValue::Truth(*value != RuleValue::Missing),
        },
        (Function::Missing, [value]) => match value {
            RuleValue::Undecided => RuleValue::Undecided,
            value => RuleValue::Truth(*value == RuleValue::Missing),
        },
        (Function::IsNumber | Function::IsWhole | Function::IsDate | Function::Length, [value]) => of_field(function, value),
        (Function::Like | Function::Part, [value, rest @ ..]) => of_letters(function, value, rest),
        (Function::Abs, [RuleValue::Number(number)]) => number.magnitude().map_or(RuleValue::Undecided, RuleValue::Number),
        (Function::Sum | Function::Min | Function::Max, values) => combine(function, values),
        _ => RuleValue::Undecided,
    }
}

/// The shape of a text, or a part of it; a whole number counts as its digits.
fn of_letters(function: Function, value: &RuleValue, rest: &[RuleValue]) -> RuleValue {
    let text: Arc<str> = match value {
        RuleValue::Text(text) => Arc::clone(text),
        RuleValue::Number(number) => match number.to_whole() {
            Some(whole) => whole.to_string().into(),
            None => return RuleValue::Undecided,
        },
        _ => return RuleValue::Undecided,
    };
    let count = |value: &RuleValue| match value {
        RuleValue::Number(number) => number.to_whole().and_then(|whole| usize::try_from(whole).ok()),
        _ => None,
    };
    match (function, rest) {
        (Function::Like, [RuleValue::Text(shape)]) => RuleValue::Truth(is_like(&text, shape)),
        (Function::Part, [from, length]) => match (count(from).and_then(|from| from.checked_sub(1)), count(length)) {
            (Some(skipped), Some(length)) => RuleValue::Text(text.chars().skip(skipped).take(length).collect::<String>().into()),
            _ => RuleValue::Undecided,
        },
        _ => RuleValue::Undecided,
    }
}

fn is_like(text: &str, shape: &str) -> bool {
    let fits = |(letter, wanted): (char, char)| match wanted {
        '9' => letter.is_ascii_digit(),
        'A' => letter.is_alphabetic(),
        'X' => letter.is_alphabetic() || letter.is_ascii_digit(),
        other => letter == other,
    };
    text.chars().count() == shape.chars().count() && text.chars().zip(shape.chars()).all(fits)
}

/// Value of a function of a field.
fn of_field(function: Function, value: &RuleValue) -> RuleValue {
    let text = match value {
        RuleValue::Text(text) => text.trim(),
        RuleValue::Number(number) => {
            return match function {
                Function::IsNumber => RuleValue::Truth(true),
                Function::IsWhole => RuleValue::Truth(number.is_whole()),
                Function::IsDate => RuleValue::Truth(false),
                _ => RuleValue::Undecided,
            };
        }
        _ => return RuleValue::Undecided,
    };
    match function {
        Function::Length => {
            let letters = i128::try_from(text.chars().count()).unwrap_or(i128::MAX);
            Ratio::new(letters, 1).map_or(RuleValue::Undecided, RuleValue::Number)
        }
        Function::IsDate => {
            let is_date = |format| chrono::NaiveDate::parse_from_str(text, format).is_ok();
            RuleValue::Truth(is_date("%Y-%m-%d") || is_date("%d/%m/%Y"))
        }
        _ => RuleValue::Truth(false),
    }
}

fn combine(function: Function, values: &[RuleValue]) -> RuleValue {
    let mut result: Option<Ratio> = None;
    for value in values {
        let RuleValue::Number(number) = value else { return RuleValue::Undecided };
        result = match (result, function) {
            (None, _) => Some(*number),
            (Some(so_far), Function::Sum) => so_far.plus(*number),
            (Some(so_far), Function::Min) => so_far.compared(*number).map(|order| if order.is_gt() { *number } else { so_far }),
            (Some(so_far), _) => so_far.compared(*number).map(|order| if order.is_lt() { *number } else { so_far }),
        };
        if result.is_none() {
            return RuleValue::Undecided;
        }
    }
    result.map_or(RuleValue::Undecided, RuleValue::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> RuleValue {
        // `{0}`: 7, `{1}`: nothing known, `{2}`: an empty field, `{3}`: a text.
        let leaves = [number(7), RuleValue::Undecided, RuleValue::Missing, RuleValue::Text("Nữ".into())];
        let expression = Expression::parse(text).unwrap();
        let mut resolve = |reference: &crate::rulebook::Reference| match reference {
            crate::rulebook::Reference::Field(name) => name.parse::<usize>().map_err(crate::base::message::Message::from),
            _ => Err("field".into()),
        };
        evaluate(&expression.resolved(&mut resolve).unwrap(), &leaves)
    }

    fn number(whole: i128) -> RuleValue {
        RuleValue::Number(Ratio::new(whole, 1).unwrap())
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(value("0.1 + 0.2 = 0.3"), RuleValue::Truth(true));
        assert_eq!(value("1 / 3 * 3 = 1"), RuleValue::Truth(true));
        assert_eq!(value("abs({0} - 10) + max(1, 2, 0) - min(4, 3)"), number(2));
        assert_eq!(value("1 / 0 = 1"), RuleValue::Undecided);
    }

    #[test]
    fn what_is_not_known_leaves_undecided_what_hangs_on_it() {
        for (text, expected) in [
            ("{1} = 1 and 1 = 2", RuleValue::Truth(false)),
            ("{1} = 1 or 1 = 1", RuleValue::Truth(true)),
            ("{1} = 1 => 1 = 1", RuleValue::Truth(true)),
            ("1 = 2 => {1} = 1", RuleValue::Truth(true)),
            ("{1} = 1 <=> 1 = 1", RuleValue::Undecided),
            ("not {1} = 1", RuleValue::Undecided),
            ("{2} = 1", RuleValue::Undecided),
            ("present({2})", RuleValue::Truth(false)),
            ("present({1})", RuleValue::Undecided),
            ("missing({2}) and not missing({0})", RuleValue::Truth(true)),
            ("missing({1})", RuleValue::Undecided),
            ("{3} in (\"nam\", \"nữ\")", RuleValue::Truth(true)),
            ("{1} in (1, 2)", RuleValue::Undecided),
            ("7 in ({1}, {0})", RuleValue::Truth(true)),
            ("is_number({3})", RuleValue::Truth(false)),
            ("is_whole({0})", RuleValue::Truth(true)),
            ("length({3}) = 2", RuleValue::Truth(true)),
            ("like({3}, \"AA\")", RuleValue::Truth(true)),
            ("like(\"a1-7\", \"AX-9\") and not like(\"a1-7\", \"99-9\")", RuleValue::Truth(true)),
            ("like({2}, \"AA\")", RuleValue::Undecided),
            ("part(\"19164\", 3, 3) = \"164\"", RuleValue::Truth(true)),
            ("part({1}, 1, 2) = \"19\"", RuleValue::Undecided),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }
}
