//! A condition as a person reads it: fields and codes by their names.

use super::{Condition, EntityIndex, Field, FieldRef, RecordBook};
use crate::base::message::{Lang, Message, message};
use crate::rulebook::{Expression, Function, Operator, Unary};

/// Says conditions in a language.
#[derive(Debug, Clone, Copy)]
pub struct SpokenConditions<'a> {
    /// Fields and lists.
    pub book: &'a RecordBook,
    /// Records that conditions are about; fields of others say whose they are.
    pub of: EntityIndex,
    /// The language.
    pub lang: Lang,
}

impl SpokenConditions<'_> {
    /// Several conditions that all must hold; nothing where there are none.
    #[must_use]
    pub fn all<'c>(&self, conditions: impl Iterator<Item = &'c Condition>) -> String {
        let parts: Vec<String> = conditions.map(|own| self.operand(own, Operator::And)).collect();
        parts.join(&self.joint("and"))
    }

    /// One condition.
    #[must_use]
    pub fn one(&self, condition: &Condition) -> String {
        match condition {
            Expression::Unary(_, own) => message!("records.not_said", what = self.one(own)).said(self.lang),
            Expression::Binary(operator @ (Operator::And | Operator::Or | Operator::Implies | Operator::Iff), left, right) => {
                let joint = match operator {
                    Operator::And => self.joint("and"),
                    Operator::Or => self.joint("or"),
                    Operator::Implies => self.joint("implies"),
                    _ => self.joint("iff"),
                };
                format!("{}{joint}{}", self.operand(left, *operator), self.operand(right, *operator))
            }
            Expression::Binary(operator, left, right) => {
                let field =
                    [left, right].into_iter().find_map(|side| if let Expression::Reference(field) = &**side { Some(*field) } else { None });
                format!("{} {} {}", self.value(left, field), operator.sign(), self.value(right, field))
            }
            Expression::OneOf(own, list) => {
                let field = if let Expression::Reference(field) = &**own { Some(*field) } else { None };
                let values: Vec<String> = list.iter().map(|value| self.value(value, field)).collect();
                message!("records.one_of_said", field = self.value(own, None), values = values.join("; ")).said(self.lang)
            }
            Expression::Call(function, arguments) => {
                let field = arguments.first().map(|own| self.value(own, None)).unwrap_or_default();
                let said = if *function == Function::Missing {
                    message!("records.missing_said", field)
                } else {
                    message!("records.present_said", field)
                };
                said.said(self.lang)
            }
            Expression::Reference(_) | Expression::Number(..) | Expression::Text(_) | Expression::Name(_) => self.value(condition, None),
        }
    }

    /// A condition within another, in brackets where it would be read together with its neighbours.
    fn operand(&self, condition: &Condition, within: Operator) -> String {
        let is_looser = matches!(condition, Expression::Binary(own, ..) if !own.is_comparison() && *own != within);
        let said = self.one(condition);
        if is_looser { format!("({said})") } else { said }
    }

    fn joint(&self, id: &str) -> String {
        format!(" {} ", Message::of_family("records.joint", id).said(self.lang))
    }

    /// A field by its name, and whose it is; a code by its name in the list of the field that it is compared with.
    fn value(&self, expression: &Condition, compared: Option<FieldRef>) -> String {
        match expression {
            Expression::Reference(at) => self.field(*at),
            Expression::Text(code) => compared.and_then(|at| code_name(self.book.field(at), code)).unwrap_or_else(|| code.clone()),
            Expression::Number(number, _) => match compared.map(|at| self.book.field(at).kind) {
                Some(super::FieldKind::Flag) => Message::of_family("records.flag", if *number == 1 { "yes" } else { "no" }).said(self.lang),
                _ => number.to_string(),
            },
            Expression::Unary(Unary::Minus, own) => format!("-{}", self.value(own, compared)),
            other => self.one(other),
        }
    }

    fn field(&self, at: FieldRef) -> String {
        let own = self.book.field(at).words.said(self.lang);
        if at.entity == self.of {
            own
        } else if at.entity == self.book.school {
            message!("records.of_school", field = own).said(self.lang)
        } else {
            message!("records.of_class", field = own).said(self.lang)
        }
    }
}

fn code_name(field: &Field, code: &str) -> Option<String> {
    let list = field.list.as_ref()?;
    list.values.iter().find(|value| *value.code == *code).map(|value| value.name.to_string())
}
