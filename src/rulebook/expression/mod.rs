//! The language of rules: comparisons of cells, fields and numbers, as people write them.
//!
//! ```text
//! {III/40/1} <= 35 * {I/28/1}            sheet / code / column number
//! {III/37/ownership=$o} > 0 <=> {I/27/ownership=$o} > 0
//! abs({III/37/1} - {III/37/1@last_year}) <= 0.3 * {III/37/1@last_year}
//! {unit.ownership} = "public" => {III/37/ownership=private} = 0
//! present({code}) and {sex} in ("nam", "nữ")
//! like({code}, "99999999") and part({code}, 1, 2) = {province}
//! ```
//!
//! In braces stands a reference; `$o` is a variable of the rule's `for`, a bare word a name of
//! its `let`. Operators, loosest first: `<=>`, `=>`, `or`, `and`, `not`, comparisons and `in`,
//! `+ -`, `* /`.

mod lexer;
mod parser;
mod reference;

use std::cell::Cell;

use crate::base::message::{Message, message};

pub use reference::{ColumnPick, Moment, Reference};

/// Parts of an expression once names are put in: it is gone down on the stack, and a name may double it again and again.
const MOST_PARTS: usize = 2_000;
/// Names that stand for names that stand for names.
const MOST_NAMES: usize = 32;

/// A parsed expression over references as written, or over whatever they were resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression<R = Reference> {
    /// A number, as numerator over denominator: `0.3` is 3 over 10.
    Number(i128, i128),
    /// A text in quotes.
    Text(String),
    /// A cell, a field or a fact of the register.
    Reference(R),
    /// A name of the rule's `let`.
    Name(String),
    /// `not x` and `-x`.
    Unary(Unary, Box<Expression<R>>),
    /// `a op b`.
    Binary(Operator, Box<Expression<R>>, Box<Expression<R>>),
    /// `x in (a, b, c)`.
    OneOf(Box<Expression<R>>, Vec<Expression<R>>),
    /// `abs(x)`, `sum(a, b)`, `present(x)` …
    Call(Function, Vec<Expression<R>>),
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// Logical not.
    Not,
    /// Minus.
    Minus,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Both hold or neither.
    Iff,
    /// Where the first holds, the second must.
    Implies,
    /// Either holds.
    Or,
    /// Both hold.
    And,
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Smaller.
    Less,
    /// Smaller or equal.
    AtMost,
    /// Larger.
    Greater,
    /// Larger or equal.
    AtLeast,
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient; undecided over zero.
    Divide,
}

impl Operator {
    /// As written and shown.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Iff => "<=>",
            Self::Implies => "=>",
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }

    /// It compares two values.
    #[must_use]
    pub const fn is_comparison(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual | Self::Less | Self::AtMost | Self::Greater | Self::AtLeast)
    }
}

/// A function of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Absolute value.
    Abs,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Sum of its arguments.
    Sum,
    /// A value stands there.
    Present,
    /// Nothing stands there.
    Missing,
    /// The field is a number.
    IsNumber,
    /// The field is a whole number.
    IsWhole,
    /// The field is a date, `2025-09-30` or `30/9/2025`.
    IsDate,
    /// Letters of a text.
    Length,
    /// The text has this shape: `9` is a digit, `A` a letter, `X` either, anything else itself.
    Like,
    /// Letters of a text: from which, counted from one, and how many.
    Part,
}

impl Function {
    const ALL: [(&'static str, Self); 12] = [
        ("abs", Self::Abs),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sum", Self::Sum),
        ("present", Self::Present),
        ("missing", Self::Missing),
        ("is_number", Self::IsNumber),
        ("is_whole", Self::IsWhole),
        ("is_date", Self::IsDate),
        ("length", Self::Length),
        ("like", Self::Like),
        ("part", Self::Part),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Mistakes, and at which letter.
    pub fn parse(text: &str) -> Result<Self, Message> {
        parser::parse(text)
    }

    /// The expression with every name of `let` and every variable of `for` put in.
    ///
    /// # Errors
    /// A name that is not defined, or too many parts: a name may stand for others, which stand for others again.
    pub fn filled(&self, name: &impl Fn(&str) -> Option<Self>, variable: &impl Fn(&str) -> Option<String>) -> Result<Self, Message> {
        Filler { name, variable, parts: Cell::new(0), names: Cell::new(0) }.fill(self)
    }
}

/// Puts names and variables into an expression.
struct Filler<'a, N, V> {
    name: &'a N,
    variable: &'a V,
    /// Parts of the whole so far.
    parts: Cell<usize>,
    /// Names that are being put in, one within the other.
    names: Cell<usize>,
}

impl<N: Fn(&str) -> Option<Expression>, V: Fn(&str) -> Option<String>> Filler<'_, N, V> {
    fn named(&self, known: &str) -> Result<Expression, Message> {
        let meant = (self.name)(known).ok_or_else(|| message!("forms.not_defined_let", name = known))?;
        if self.names.get() == MOST_NAMES {
            return Err(message!("forms.names_too_deep", name = known, most = MOST_NAMES));
        }
        self.names.set(self.names.get() + 1);
        let filled = self.fill(&meant);
        self.names.set(self.names.get() - 1);
        filled
    }

    fn fill(&self, expression: &Expression) -> Result<Expression, Message> {
        self.parts.set(self.parts.get() + 1);
        if self.parts.get() > MOST_PARTS {
            return Err(message!("forms.let_expression_more_parts", most = MOST_PARTS));
        }
        let boxed = |operand: &Expression| self.fill(operand).map(Box::new);
        let all = |list: &[Expression]| list.iter().map(|item| self.fill(item)).collect::<Result<Vec<_>, _>>();
        Ok(match expression {
            Expression::Number(..) | Expression::Text(_) => expression.clone(),
            Expression::Name(known) => match (self.variable)(known) {
                // A variable is a number or a text, never a formula.
                Some(text) => match Expression::parse(&text) {
                    Ok(number @ Expression::Number(..)) => number,
                    _ => Expression::Text(text),
                },
                None => self.named(known)?,
            },
            Expression::Reference(reference) => Expression::Reference(reference.filled(self.variable)?),
            Expression::Unary(operator, operand) => Expression::Unary(*operator, boxed(operand)?),
            Expression::Binary(operator, left, right) => Expression::Binary(*operator, boxed(left)?, boxed(right)?),
            Expression::OneOf(operand, list) => Expression::OneOf(boxed(operand)?, all(list)?),
            Expression::Call(function, arguments) => Expression::Call(*function, all(arguments)?),
        })
    }
}

impl<R> Expression<R> {
    /// Resolves every reference, in the order they are written.
    ///
    /// # Errors
    /// The first reference that cannot be resolved, or a name that is left.
    pub fn resolved<S>(&self, resolve: &mut impl FnMut(&R) -> Result<S, Message>) -> Result<Expression<S>, Message> {
        Ok(match self {
            Self::Number(numerator, denominator) => Expression::Number(*numerator, *denominator),
            Self::Text(text) => Expression::Text(text.clone()),
            Self::Name(name) => return Err(message!("forms.not_defined_let", name)),
            Self::Call(function, arguments) => {
                Expression::Call(*function, arguments.iter().map(|item| item.resolved(resolve)).collect::<Result<_, _>>()?)
            }
            Self::OneOf(operand, list) => {
                let operand = Box::new(operand.resolved(resolve)?);
                Expression::OneOf(operand, list.iter().map(|item| item.resolved(resolve)).collect::<Result<_, _>>()?)
            }
            Self::Reference(reference) => Expression::Reference(resolve(reference)?),
            Self::Unary(operator, operand) => Expression::Unary(*operator, Box::new(operand.resolved(resolve)?)),
            Self::Binary(operator, left, right) => {
                let left = Box::new(left.resolved(resolve)?);
                Expression::Binary(*operator, left, Box::new(right.resolved(resolve)?))
            }
        })
    }
}
