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

pub use reference::{ColumnPick, Moment, Reference};

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
    const ALL: [(&'static str, Self); 11] = [
        ("abs", Self::Abs),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sum", Self::Sum),
        ("present", Self::Present),
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
    /// What is wrong and at which letter.
    pub fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text)
    }

    /// The expression with every name of `let` and every variable of `for` put in.
    ///
    /// # Errors
    /// A name that is not defined.
    pub fn filled(&self, name: &impl Fn(&str) -> Option<Self>, variable: &impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let boxed = |operand: &Self| operand.filled(name, variable).map(Box::new);
        let all = |list: &[Self]| list.iter().map(|item| item.filled(name, variable)).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::Number(..) | Self::Text(_) => self.clone(),
            Self::Name(known) => match variable(known) {
                // A variable is a number or a text, never a formula.
                Some(text) => match Self::parse(&text) {
                    Ok(number @ Self::Number(..)) => number,
                    _ => Self::Text(text),
                },
                None => name(known).ok_or_else(|| format!("`{known}` is not defined by `let` or `for`"))?.filled(name, variable)?,
            },
            Self::Reference(reference) => Self::Reference(reference.filled(variable)?),
            Self::Unary(operator, operand) => Self::Unary(*operator, boxed(operand)?),
            Self::Binary(operator, left, right) => Self::Binary(*operator, boxed(left)?, boxed(right)?),
            Self::OneOf(operand, list) => Self::OneOf(boxed(operand)?, all(list)?),
            Self::Call(function, arguments) => Self::Call(*function, all(arguments)?),
        })
    }
}

impl<R> Expression<R> {
    /// The same expression with every reference resolved, in the order they are written.
    ///
    /// # Errors
    /// The first reference that cannot be resolved, or a name that is left.
    pub fn resolved<S>(&self, resolve: &mut impl FnMut(&R) -> Result<S, String>) -> Result<Expression<S>, String> {
        Ok(match self {
            Self::Number(numerator, denominator) => Expression::Number(*numerator, *denominator),
            Self::Text(text) => Expression::Text(text.clone()),
            Self::Name(name) => return Err(format!("`{name}` is not defined by `let` or `for`")),
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
