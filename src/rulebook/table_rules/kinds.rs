//! Kinds of value that an expression compares: known when rules are loaded, so that none is silently undecided for ever.
//!
//! A column without a type is read as what it is compared with: `{year} = 2016` reads it as a number, `{year} = "2016"`
//! as a text, whichever way the cell was typed.

use super::{Bound, ColumnType, Field, TableField, TotalOf};
use crate::base::message::{Message, message};
use crate::rulebook::expression::{Expression, Function, Operator, Unary};
use crate::tables::parse_date;

/// Kinds that an expression has to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Something that holds or not.
    Condition,
    /// A number or a text.
    Value,
    /// Whatever it is.
    Anything,
}

/// Kinds that a part of an expression comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Date,
    Truth,
    /// A field whose column has no type, by its place.
    Open(usize),
}

impl Kind {
    fn message(self) -> Message {
        match self {
            Self::Number => message!("forms.kind_number"),
            Self::Text => message!("forms.kind_text"),
            Self::Date => message!("forms.kind_date"),
            Self::Truth => message!("forms.kind_condition"),
            Self::Open(_) => message!("forms.kind_untyped"),
        }
    }
}

/// Looks at every comparison, and settles how open columns are read.
///
/// # Errors
/// Comparisons that cannot be, or that the expression is no condition.
pub fn typed(bound: &mut Bound, wanted: Wanted) -> Result<(), Message> {
    let kind = Typing { fields: &mut bound.fields }.kind(&mut bound.expression)?;
    match (wanted, kind) {
        (Wanted::Condition, Kind::Truth) | (Wanted::Anything, _) => Ok(()),
        (Wanted::Value, kind) if kind != Kind::Truth => Ok(()),
        (Wanted::Condition, kind) => Err(message!("forms.this_is_no_condition", kind = kind.message())),
        (Wanted::Value, _) => Err(message!("forms.condition_no_value")),
    }
}

struct Typing<'a> {
    fields: &'a mut Vec<TableField>,
}

impl Typing<'_> {
    fn kind(&mut self, expression: &mut Expression<usize>) -> Result<Kind, Message> {
        Ok(match expression {
            Expression::Number(..) => Kind::Number,
            Expression::Text(_) | Expression::Name(_) => Kind::Text,
            Expression::Reference(place) => self.of_field(*place),
            Expression::Unary(Unary::Not, operand) => {
                self.truth(operand)?;
                Kind::Truth
            }
            Expression::Unary(Unary::Minus, operand) => self.number(operand)?,
            Expression::Binary(operator, left, right) => match operator {
                Operator::Iff | Operator::Implies | Operator::Or | Operator::And => {
                    self.truth(left)?;
                    self.truth(right)?;
                    Kind::Truth
                }
                operator if operator.is_comparison() => {
                    self.compared(*operator, left, right)?;
                    Kind::Truth
                }
                _ => {
                    self.number(left)?;
                    self.number(right)?
                }
            },
            Expression::OneOf(operand, list) => {
                for item in list {
                    self.compared(Operator::Equal, operand, item)?;
                }
                Kind::Truth
            }
            Expression::Call(function, arguments) => self.call(*function, arguments)?,
        })
    }

    fn of_field(&mut self, place: usize) -> Kind {
        let Some(leaf) = self.fields.get_mut(place) else { return Kind::Text };
        match &leaf.field {
            Field::Exists(_) => return Kind::Truth,
            Field::Total(total, _) | Field::OtherTotal { total, .. } => {
                if *total != TotalOf::Count {
                    leaf.reading = if leaf.reading == ColumnType::Whole { ColumnType::Whole } else { ColumnType::Decimal };
                }
                return Kind::Number;
            }
            Field::Own(_) | Field::Other { .. } => {}
        }
        match leaf.reading {
            ColumnType::Whole | ColumnType::Decimal => Kind::Number,
            ColumnType::Text => Kind::Text,
            ColumnType::Date => Kind::Date,
            ColumnType::Any | ColumnType::Loose => Kind::Open(place),
        }
    }

    fn read_as(&mut self, place: usize, kind: ColumnType) {
        if let Some(leaf) = self.fields.get_mut(place) {
            leaf.reading = kind;
        }
    }

    fn truth(&mut self, operand: &mut Expression<usize>) -> Result<(), Message> {
        match self.kind(operand)? {
            Kind::Truth => Ok(()),
            kind => Err(message!("forms.here_stands", kind = kind.message())),
        }
    }

    fn number(&mut self, operand: &mut Expression<usize>) -> Result<Kind, Message> {
        match self.kind(operand)? {
            Kind::Number => {}
            Kind::Open(place) => self.read_as(place, ColumnType::Decimal),
            kind => {
                return Err(message!("forms.not_reckoned_with", kind = kind.message()));
            }
        }
        Ok(Kind::Number)
    }

    fn compared(&mut self, operator: Operator, left: &mut Expression<usize>, right: &mut Expression<usize>) -> Result<(), Message> {
        let (a, b) = (self.kind(left)?, self.kind(right)?);
        let is_equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        match (a, b) {
            (Kind::Number, Kind::Number) | (Kind::Date, Kind::Date) | (Kind::Text, Kind::Text) => Ok(()),
            (Kind::Open(place), Kind::Number) | (Kind::Number, Kind::Open(place)) => {
                self.read_as(place, ColumnType::Decimal);
                Ok(())
            }
            (Kind::Open(place), Kind::Text) | (Kind::Text, Kind::Open(place)) => {
                self.read_as(place, ColumnType::Text);
                Ok(())
            }
            (Kind::Open(place), Kind::Date) | (Kind::Date, Kind::Open(place)) => {
                self.read_as(place, ColumnType::Date);
                Ok(())
            }
            (Kind::Open(left), Kind::Open(right)) if is_equality => {
                self.read_as(left, ColumnType::Text);
                self.read_as(right, ColumnType::Text);
                Ok(())
            }
            (Kind::Open(_), Kind::Open(_)) => Err(message!("forms.two_columns_without_type")),
            (Kind::Date, Kind::Text) => as_day(right),
            (Kind::Text, Kind::Date) => as_day(left),
            (Kind::Truth, Kind::Truth) if is_equality => Ok(()),
            (a, b) => Err(message!("forms.is_compared_with", left = a.message(), right = b.message())),
        }
    }

    fn call(&mut self, function: Function, arguments: &mut [Expression<usize>]) -> Result<Kind, Message> {
        let wanted = match function {
            Function::Part => 3..=3,
            Function::Like => 2..=2,
            Function::Min | Function::Max | Function::Sum => 1..=usize::MAX,
            _ => 1..=1,
        };
        if !wanted.contains(&arguments.len()) {
            let count = arguments.len();
            return Err(message!("forms.function_arguments_wrong", count));
        }
        match function {
            Function::Abs | Function::Min | Function::Max | Function::Sum => {
                for argument in arguments {
                    self.number(argument)?;
                }
                Ok(Kind::Number)
            }
            Function::Present | Function::Missing => {
                self.kind(&mut arguments[0])?;
                Ok(Kind::Truth)
            }
            Function::IsNumber | Function::IsWhole | Function::IsDate => {
                if let (Kind::Open(place), true) = (self.kind(&mut arguments[0])?, function != Function::IsDate) {
                    self.read_as(place, ColumnType::Loose);
                }
                Ok(Kind::Truth)
            }
            Function::Length | Function::Like | Function::Part => {
                match self.kind(&mut arguments[0])? {
                    Kind::Text | Kind::Date => {}
                    Kind::Open(place) => self.read_as(place, ColumnType::Text),
                    Kind::Number if function != Function::Length => {}
                    kind => {
                        return Err(message!("forms.has_no_letters", kind = kind.message()));
                    }
                }
                for argument in &mut arguments[1..] {
                    match (function, self.kind(argument)?) {
                        (Function::Like, Kind::Text) | (Function::Part, Kind::Number) => {}
                        _ => return Err(message!("forms.like_takes_shape_part")),
                    }
                }
                Ok(match function {
                    Function::Length => Kind::Number,
                    Function::Like => Kind::Truth,
                    _ => Kind::Text,
                })
            }
        }
    }
}

/// A text that a date is compared with, as dates are held.
fn as_day(expression: &mut Expression<usize>) -> Result<(), Message> {
    let Expression::Text(text) = expression else {
        return Err(message!("forms.date_compared_text"));
    };
    let Ok(day) = parse_date(text.trim()) else {
        return Err(message!("forms.no_date_such", text));
    };
    *text = day.format("%Y-%m-%d").to_string();
    Ok(())
}
