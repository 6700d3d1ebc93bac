//! Columns as the kernel reads them: one byte a value, 0 where there is none.
//!
//! A code is its place in its list, counted from 1. A whole number is the stretch it lies in between the numbers that conditions compare
//! it with: below the first, at it, between it and the second, and so on, which no condition can tell apart any further.

use std::collections::{BTreeMap, BTreeSet};

use super::region::{MOST_VALUES, ValueSet};
use crate::base::index::{IndexVec, index_type};
use crate::base::message::{Message, message};
use crate::records::{Condition, FieldKind, FieldRef, RecordBook};
use crate::rulebook::{Expression, Operator};

index_type! {
    /// A column among those that the conditions over one kind of record read.
    ColumnIndex
}

/// How the values of a column become bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coding {
    /// Place in a list of so many values, counted from 1.
    Place(usize),
    /// Stretch between these numbers, in order.
    Stretch(Vec<i64>),
}

impl Coding {
    /// How many values there are, the missing one included.
    #[must_use]
    pub const fn values(&self) -> usize {
        match self {
            Self::Place(values) => *values + 1,
            Self::Stretch(marks) => 2 * marks.len() + 2,
        }
    }

    /// The byte of a value: its place in the list, or the number itself.
    #[must_use]
    pub fn byte(&self, value: Option<i64>) -> u8 {
        let Some(value) = value else { return 0 };
        let place = match self {
            // What is no place of the list is not there.
            Self::Place(values) => usize::try_from(value).ok().filter(|place| place < values).map_or(0, |place| place + 1),
            Self::Stretch(marks) => match marks.binary_search(&value) {
                Ok(at) => 2 * at + 2,
                Err(at) => 2 * at + 1,
            },
        };
        u8::try_from(place).unwrap_or_default()
    }

    /// Bytes whose number compares so with a mark.
    fn compared(&self, operator: Operator, mark: i64) -> ValueSet {
        let at = usize::from(self.byte(Some(mark)));
        let holds = |byte: usize| match operator {
            Operator::Equal => byte == at,
            Operator::NotEqual => byte != at,
            Operator::Less => byte < at,
            Operator::AtMost => byte <= at,
            Operator::Greater => byte > at,
            Operator::AtLeast => byte >= at,
            _ => false,
        };
        (1..self.values()).filter(|byte| holds(*byte)).collect()
    }
}

/// A column that conditions read.
#[derive(Debug, Clone)]
pub struct PlanColumn {
    /// Which field.
    pub field: FieldRef,
    /// How its values become bytes.
    pub coding: Coding,
}

/// The columns of some conditions.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    columns: IndexVec<ColumnIndex, PlanColumn>,
    places: BTreeMap<FieldRef, ColumnIndex>,
}

impl Columns {
    /// Finds out which fields conditions read, and which numbers they compare them with.
    ///
    /// # Errors
    /// A field that no condition can be about, or that has too many values.
    pub fn of<'a>(conditions: impl Iterator<Item = &'a Condition>, book: &RecordBook) -> Result<Self, Message> {
        let mut marks: BTreeMap<FieldRef, BTreeSet<i64>> = BTreeMap::new();
        for condition in conditions {
            gather(condition, &mut marks)?;
        }
        let mut all = Self::default();
        for (field, marks) in marks {
            let own = book.field(field);
            let coding = match (own.kind, &own.list) {
                (FieldKind::Code, Some(list)) => Coding::Place(list.values.len()),
                (FieldKind::Flag | FieldKind::Whole, _) => Coding::Stretch(marks.into_iter().collect()),
                _ => return Err(message!("records.field_not_compared", field = &own.id)),
            };
            if coding.values() > MOST_VALUES {
                return Err(message!("records.too_many_values", field = &own.id, most = MOST_VALUES));
            }
            let at = all.columns.push(PlanColumn { field, coding });
            all.places.insert(field, at);
        }
        Ok(all)
    }

    /// Each column with its index.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ColumnIndex, &PlanColumn)> + DoubleEndedIterator + Clone {
        self.columns.iter_enumerated()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether conditions read nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// A column.
    #[must_use]
    pub fn get(&self, at: ColumnIndex) -> &PlanColumn {
        &self.columns[at]
    }

    /// The column of a field.
    #[must_use]
    pub fn place(&self, field: FieldRef) -> Option<ColumnIndex> {
        self.places.get(&field).copied()
    }

    /// All values of a column, the missing one included.
    #[must_use]
    pub fn all(&self, at: ColumnIndex) -> ValueSet {
        ValueSet::first(self.columns[at].coding.values())
    }

    /// Values of a column that are there.
    #[must_use]
    pub fn present(&self, at: ColumnIndex) -> ValueSet {
        (1..self.columns[at].coding.values()).collect()
    }

    /// Values of a column that compare so with a number or a code.
    ///
    /// # Errors
    /// A code that its list does not have, or a comparison that codes do not know.
    pub fn compared(&self, at: ColumnIndex, operator: Operator, literal: &Literal, book: &RecordBook) -> Result<ValueSet, Message> {
        let column = &self.columns[at];
        let field = book.field(column.field);
        match (literal, &field.list) {
            (Literal::Number(number), None) => Ok(column.coding.compared(operator, *number)),
            (Literal::Code(code), Some(list)) => {
                let place = list.values.iter().position(|value| *value.code == **code);
                let place = place.ok_or_else(|| message!("records.no_code", code, list = &list.id))?;
                let own: ValueSet = std::iter::once(place + 1).collect();
                match operator {
                    Operator::Equal => Ok(own),
                    Operator::NotEqual => Ok(self.present(at).without(&own)),
                    _ => Err(message!("records.codes_have_no_order", field = &field.id)),
                }
            }
            _ => Err(message!("records.compared_with_other_kind", field = &field.id)),
        }
    }
}

/// A value that a condition compares a field with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A whole number.
    Number(i64),
    /// A code.
    Code(String),
}

impl Literal {
    /// The value of an expression that is one.
    #[must_use]
    pub fn of(expression: &Condition) -> Option<Self> {
        match expression {
            Expression::Number(numerator, 1) => i64::try_from(*numerator).ok().map(Self::Number),
            Expression::Text(text) => Some(Self::Code(text.clone())),
            _ => None,
        }
    }
}

/// Notes the fields of a condition and the numbers that they are compared with.
fn gather(condition: &Condition, marks: &mut BTreeMap<FieldRef, BTreeSet<i64>>) -> Result<(), Message> {
    let mut note = |field: FieldRef, values: &[&Condition]| {
        let own = marks.entry(field).or_default();
        own.extend(
            values.iter().filter_map(|value| if let Some(Literal::Number(number)) = Literal::of(value) { Some(number) } else { None }),
        );
    };
    match condition {
        Expression::Reference(field) => note(*field, &[]),
        Expression::Unary(_, operand) => gather(operand, marks)?,
        Expression::Binary(operator, left, right) if operator.is_comparison() => match (&**left, &**right) {
            (Expression::Reference(field), value) | (value, Expression::Reference(field)) => note(*field, &[value]),
            _ => return Err(message!("records.not_a_condition")),
        },
        Expression::Binary(_, left, right) => {
            gather(left, marks)?;
            gather(right, marks)?;
        }
        Expression::OneOf(operand, list) => {
            let Expression::Reference(field) = &**operand else { return Err(message!("records.not_a_condition")) };
            note(*field, &list.iter().collect::<Vec<_>>());
        }
        Expression::Call(_, arguments) => arguments.iter().try_for_each(|argument| gather(argument, marks))?,
        Expression::Number(..) | Expression::Text(_) | Expression::Name(_) => {}
    }
    Ok(())
}
