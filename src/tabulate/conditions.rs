//! From a condition to the rows it accepts.

use super::columns::{ColumnIndex, Columns, Literal};
use super::region::{Region, TooManyBoxes, ValueSet, Verdicts};
use crate::base::message::{Message, message};
use crate::records::{Condition, FieldRef, RecordBook};
use crate::rulebook::{Expression, Function, Operator, Unary};

/// Finds the rows that conditions accept, over columns that were made of these conditions.
pub struct Compiler<'a> {
    /// Fields and lists.
    pub book: &'a RecordBook,
    /// Columns of the conditions.
    pub columns: &'a Columns,
}

impl From<TooManyBoxes> for Message {
    fn from(_: TooManyBoxes) -> Self {
        message!("records.condition_too_large")
    }
}

impl Compiler<'_> {
    /// Rows for which all conditions hold.
    ///
    /// # Errors
    /// What is no condition over coded values.
    pub fn all_hold<'c>(&self, conditions: impl Iterator<Item = &'c Condition>) -> Result<Region, Message> {
        let mut rows = Region::everything();
        for condition in conditions {
            rows = rows.and(&self.verdicts(condition)?.holds)?;
        }
        Ok(rows)
    }

    fn verdicts(&self, condition: &Condition) -> Result<Verdicts, Message> {
        let all = |column: ColumnIndex| self.columns.all(column);
        match condition {
            Expression::Unary(Unary::Not, operand) => Ok(self.verdicts(operand)?.contrary()),
            Expression::Binary(operator, left, right) if operator.is_comparison() => self.comparison(*operator, left, right),
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.verdicts(left)?, self.verdicts(right)?);
                Ok(match operator {
                    Operator::And => left.and(&right, &all)?,
                    Operator::Or => left.or(&right, &all)?,
                    Operator::Implies => left.contrary().or(&right, &all)?,
                    Operator::Iff => {
                        let both = left.and(&right, &all)?;
                        both.or(&left.contrary().and(&right.contrary(), &all)?, &all)?
                    }
                    _ => return Err(message!("records.not_a_condition")),
                })
            }
            Expression::OneOf(operand, list) => self.one_of(operand, list),
            Expression::Call(function @ (Function::Present | Function::Missing), arguments) => {
                let [Expression::Reference(field)] = &arguments[..] else { return Err(message!("records.not_a_condition")) };
                let at = self.place(*field)?;
                let present = self.two_valued(at, self.columns.present(at));
                Ok(if *function == Function::Present { present } else { present.contrary() })
            }
            _ => Err(message!("records.not_a_condition")),
        }
    }

    fn place(&self, field: FieldRef) -> Result<ColumnIndex, Message> {
        self.columns.place(field).ok_or_else(|| message!("records.field_not_compared", field = &self.book.field(field).id))
    }

    /// Rows with these values, and all others.
    fn two_valued(&self, at: ColumnIndex, set: ValueSet) -> Verdicts {
        Verdicts { holds: Region::of(at, set), fails: Region::of(at, self.columns.all(at).without(&set)) }
    }

    /// Rows with these values, and those with another value; without one nothing is decided.
    fn among_present(&self, at: ColumnIndex, set: ValueSet) -> Verdicts {
        Verdicts { holds: Region::of(at, set), fails: Region::of(at, self.columns.present(at).without(&set)) }
    }

    fn comparison(&self, operator: Operator, left: &Condition, right: &Condition) -> Result<Verdicts, Message> {
        let (field, literal, operator) = match (left, right) {
            (Expression::Reference(field), value) => (*field, value, operator),
            (value, Expression::Reference(field)) => (*field, value, mirrored(operator)),
            _ => return Err(message!("records.not_a_condition")),
        };
        let literal = Literal::of(literal).ok_or_else(|| message!("records.not_a_condition"))?;
        let at = self.place(field)?;
        Ok(self.among_present(at, self.columns.compared(at, operator, &literal, self.book)?))
    }

    fn one_of(&self, operand: &Condition, list: &[Condition]) -> Result<Verdicts, Message> {
        let Expression::Reference(field) = operand else { return Err(message!("records.not_a_condition")) };
        let at = self.place(*field)?;
        let mut set = ValueSet::default();
        for value in list {
            let literal = Literal::of(value).ok_or_else(|| message!("records.not_a_condition"))?;
            set = set.with(&self.columns.compared(at, Operator::Equal, &literal, self.book)?);
        }
        Ok(self.among_present(at, set))
    }
}

/// The comparison with its sides exchanged.
const fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::AtMost => Operator::AtLeast,
        Operator::Greater => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}
