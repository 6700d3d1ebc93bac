//! What an expression comes to: exact numbers, texts, and three-valued logic.
//!
//! A value that is not known makes undecided what depends on it, and nothing else:
//! `false and unknown` is false, `true or unknown` is true.

mod ratio;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::rulebook::{Expression, Function, Operator, Unary};

pub use ratio::Ratio;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
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
pub fn evaluate(expression: &Expression<usize>, leaves: &[Value]) -> Value {
    match expression {
        Expression::Number(numerator, denominator) => Ratio::new(*numerator, *denominator).map_or(Value::Undecided, Value::Number),
        Expression::Text(text) => Value::Text(Arc::from(text.as_str())),
        Expression::Reference(place) => leaves.get(*place).cloned().unwrap_or(Value::Undecided),
        // Names are put in before an expression is bound.
        Expression::Name(_) => Value::Undecided,
        Expression::Unary(operator, operand) => unary(*operator, evaluate(operand, leaves)),
        Expression::Binary(operator, left, right) => binary(*operator, left, right, leaves),
        Expression::OneOf(operand, list) => one_of(&evaluate(operand, leaves), list, leaves),
        Expression::Call(function, arguments) => {
            let values: Vec<Value> = arguments.iter().map(|argument| evaluate(argument, leaves)).collect();
            call(*function, &values)
        }
    }
}

fn unary(operator: Unary, value: Value) -> Value {
    match (operator, value) {
        (Unary::Not, Value::Truth(truth)) => Value::Truth(!truth),
        (Unary::Minus, Value::Number(number)) => number.negated().map_or(Value::Undecided, Value::Number),
        (_, Value::NotApplicable) => Value::NotApplicable,
        _ => Value::Undecided,
    }
}

fn binary(operator: Operator, left: &Expression<usize>, right: &Expression<usize>, leaves: &[Value]) -> Value {
    let left = evaluate(left, leaves);
    match (operator, &left) {
        (Operator::And, Value::Truth(false)) => return Value::Truth(false),
        (Operator::Or, Value::Truth(true)) | (Operator::Implies, Value::Truth(false)) => return Value::Truth(true),
        _ => {}
    }
    let right = evaluate(right, leaves);
    if left == Value::NotApplicable || right == Value::NotApplicable {
        return Value::NotApplicable;
    }
    match operator {
        Operator::Iff | Operator::Implies | Operator::Or | Operator::And => logic(operator, &left, &right),
        _ if operator.is_comparison() => compare(operator, &left, &right),
        _ => arithmetic(operator, &left, &right),
    }
}

fn logic(operator: Operator, left: &Value, right: &Value) -> Value {
    match (operator, left, right) {
        (Operator::Iff, Value::Truth(a), Value::Truth(b)) => Value::Truth(a == b),
        (Operator::Implies, Value::Truth(a), Value::Truth(b)) => Value::Truth(!a || *b),
        (Operator::Or, Value::Truth(a), Value::Truth(b)) => Value::Truth(*a || *b),
        (Operator::And, Value::Truth(a), Value::Truth(b)) => Value::Truth(*a && *b),
        (Operator::And, _, Value::Truth(false)) => Value::Truth(false),
        (Operator::Or | Operator::Implies, _, Value::Truth(true)) => Value::Truth(true),
        _ => Value::Undecided,
    }
}

fn compare(operator: Operator, left: &Value, right: &Value) -> Value {
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => match a.compared(*b) {
            Some(order) => order,
            None => return Value::Undecided,
        },
        (Value::Text(a), Value::Text(b)) => crate::base::text::fold(a).cmp(&crate::base::text::fold(b)),
        (Value::Truth(a), Value::Truth(b)) => a.cmp(b),
        // A text is no number, whatever it says: they differ, and nothing can be said of their order.
        (Value::Number(_), Value::Text(_)) | (Value::Text(_), Value::Number(_)) => match operator {
            Operator::Equal => return Value::Truth(false),
            Operator::NotEqual => return Value::Truth(true),
            _ => return Value::Undecided,
        },
        _ => return Value::Undecided,
    };
    Value::Truth(match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::AtMost => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Value {
    let (Value::Number(a), Value::Number(b)) = (left, right) else { return Value::Undecided };
    let result = match operator {
        Operator::Add => a.plus(*b),
        Operator::Subtract => b.negated().and_then(|b| a.plus(b)),
        Operator::Multiply => a.times(*b),
        _ => a.over(*b),
    };
    result.map_or(Value::Undecided, Value::Number)
}

/// Whether a value is one of a list; undecided where it is not, and a member is not known.
fn one_of(value: &Value, list: &[Expression<usize>], leaves: &[Value]) -> Value {
    let mut found = Value::Truth(false);
    for item in list {
        match compare(Operator::Equal, value, &evaluate(item, leaves)) {
            Value::Truth(true) => return Value::Truth(true),
            Value::Truth(false) => {}
            _ => found = Value::Undecided,
        }
    }
    if *value == Value::NotApplicable { Value::NotApplicable } else { found }
}

fn call(function: Function, values: &[Value]) -> Value {
    if values.contains(&Value::NotApplicable) {
        return Value::NotApplicable;
    }
    match (function, values) {
        (Function::Present, [value]) => match value {
            Value::Undecided => Value::Undecided,
            value => Value::Truth(*value != Value::Missing),
        },
        (Function::Missing, [value]) => match value {
            Value::Undecided => Value::Undecided,
            value => Value::Truth(*value == Value::Missing),
        },
        (Function::IsNumber | Function::IsWhole | Function::IsDate | Function::Length, [value]) => of_field(function, value),
        (Function::Like | Function::Part, [value, rest @ ..]) => of_letters(function, value, rest),
        (Function::Abs, [Value::Number(number)]) => number.magnitude().map_or(Value::Undecided, Value::Number),
        (Function::Sum | Function::Min | Function::Max, values) => together(function, values),
        _ => Value::Undecided,
    }
}

/// The shape of a text, or a part of it; a whole number counts as its digits.
fn of_letters(function: Function, value: &Value, rest: &[Value]) -> Value {
    let text: Arc<str> = match value {
        Value::Text(text) => Arc::clone(text),
        Value::Number(number) => match number.to_whole() {
            Some(whole) => whole.to_string().into(),
            None => return Value::Undecided,
        },
        _ => return Value::Undecided,
    };
    let count = |value: &Value| match value {
        Value::Number(number) => number.to_whole().and_then(|whole| usize::try_from(whole).ok()),
        _ => None,
    };
    match (function, rest) {
        (Function::Like, [Value::Text(shape)]) => Value::Truth(is_like(&text, shape)),
        (Function::Part, [from, length]) => match (count(from).and_then(|from| from.checked_sub(1)), count(length)) {
            (Some(skipped), Some(length)) => Value::Text(text.chars().skip(skipped).take(length).collect::<String>().into()),
            _ => Value::Undecided,
        },
        _ => Value::Undecided,
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

/// What kind of thing a field holds.
fn of_field(function: Function, value: &Value) -> Value {
    let text = match value {
        Value::Text(text) => text.trim(),
        Value::Number(number) => {
            return match function {
                Function::IsNumber => Value::Truth(true),
                Function::IsWhole => Value::Truth(number.is_whole()),
                Function::IsDate => Value::Truth(false),
                _ => Value::Undecided,
            };
        }
        _ => return Value::Undecided,
    };
    match function {
        Function::Length => {
            let letters = i128::try_from(text.chars().count()).unwrap_or(i128::MAX);
            Ratio::new(letters, 1).map_or(Value::Undecided, Value::Number)
        }
        Function::IsDate => {
            let is_date = |format| chrono::NaiveDate::parse_from_str(text, format).is_ok();
            Value::Truth(is_date("%Y-%m-%d") || is_date("%d/%m/%Y"))
        }
        _ => Value::Truth(false),
    }
}

fn together(function: Function, values: &[Value]) -> Value {
    let mut result: Option<Ratio> = None;
    for value in values {
        let Value::Number(number) = value else { return Value::Undecided };
        result = match (result, function) {
            (None, _) => Some(*number),
            (Some(so_far), Function::Sum) => so_far.plus(*number),
            (Some(so_far), Function::Min) => so_far.compared(*number).map(|order| if order.is_gt() { *number } else { so_far }),
            (Some(so_far), _) => so_far.compared(*number).map(|order| if order.is_lt() { *number } else { so_far }),
        };
        if result.is_none() {
            return Value::Undecided;
        }
    }
    result.map_or(Value::Undecided, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        // `{0}`: 7, `{1}`: nothing known, `{2}`: an empty field, `{3}`: a text.
        let leaves = [number(7), Value::Undecided, Value::Missing, Value::Text("Nữ".into())];
        let expression = Expression::parse(text).unwrap();
        let mut resolve = |reference: &crate::rulebook::Reference| match reference {
            crate::rulebook::Reference::Field(name) => name.parse::<usize>().map_err(crate::base::message::Message::from),
            _ => Err("field".into()),
        };
        evaluate(&expression.resolved(&mut resolve).unwrap(), &leaves)
    }

    fn number(whole: i128) -> Value {
        Value::Number(Ratio::new(whole, 1).unwrap())
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(value("0.1 + 0.2 = 0.3"), Value::Truth(true));
        assert_eq!(value("1 / 3 * 3 = 1"), Value::Truth(true));
        assert_eq!(value("abs({0} - 10) + max(1, 2, 0) - min(4, 3)"), number(2));
        assert_eq!(value("1 / 0 = 1"), Value::Undecided);
    }

    #[test]
    fn what_is_not_known_leaves_undecided_what_hangs_on_it() {
        for (text, expected) in [
            ("{1} = 1 and 1 = 2", Value::Truth(false)),
            ("{1} = 1 or 1 = 1", Value::Truth(true)),
            ("{1} = 1 => 1 = 1", Value::Truth(true)),
            ("1 = 2 => {1} = 1", Value::Truth(true)),
            ("{1} = 1 <=> 1 = 1", Value::Undecided),
            ("not {1} = 1", Value::Undecided),
            ("{2} = 1", Value::Undecided),
            ("present({2})", Value::Truth(false)),
            ("present({1})", Value::Undecided),
            ("missing({2}) and not missing({0})", Value::Truth(true)),
            ("missing({1})", Value::Undecided),
            ("{3} in (\"nam\", \"nữ\")", Value::Truth(true)),
            ("{1} in (1, 2)", Value::Undecided),
            ("7 in ({1}, {0})", Value::Truth(true)),
            ("is_number({3})", Value::Truth(false)),
            ("is_whole({0})", Value::Truth(true)),
            ("length({3}) = 2", Value::Truth(true)),
            ("like({3}, \"AA\")", Value::Truth(true)),
            ("like(\"a1-7\", \"AX-9\") and not like(\"a1-7\", \"99-9\")", Value::Truth(true)),
            ("like({2}, \"AA\")", Value::Undecided),
            ("part(\"19164\", 3, 3) = \"164\"", Value::Truth(true)),
            ("part({1}, 1, 2) = \"19\"", Value::Undecided),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }
}
