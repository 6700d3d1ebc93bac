//! From tokens to an expression, by precedence.

use super::lexer::{Token, tokens};
use super::{Expression, Function, Operator, Reference, Unary};
use crate::base::message::{Message, message};

/// Operators by how tightly they bind, loosest first; a chain of the first two groups from the left.
const LEVELS: [&[Operator]; 7] = [
    &[Operator::Iff],
    &[Operator::Implies],
    &[Operator::Or],
    &[Operator::And],
    &[Operator::Equal, Operator::NotEqual, Operator::Less, Operator::AtMost, Operator::Greater, Operator::AtLeast],
    &[Operator::Add, Operator::Subtract],
    &[Operator::Multiply, Operator::Divide],
];
/// `not` binds looser than comparisons.
const COMPARISON: usize = 4;
/// Expressions nest no deeper, so that no text can exhaust the stack.
const DEEPEST: usize = 64;

/// Words and signs of an expression: a chain of them is a tree as deep as it is long, which is gone down on the stack.
const MOST_WORDS: usize = 1_000;

/// Reads a whole expression.
pub fn parse(text: &str) -> Result<Expression, Message> {
    let tokens = tokens(text)?;
    if tokens.len() > MOST_WORDS {
        return Err(message!("forms.expression_too_long", words = tokens.len(), most = MOST_WORDS));
    }
    let mut parser = Parser { tokens, next: 0, depth: 0, length: text.len() };
    let expression = parser.level(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(expression),
        Some((at, _)) => Err(message!("forms.nothing_expected_after_letter", letter = text[..*at].chars().count())),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
    length: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.next += usize::from(is_there);
        is_there
    }

    fn word(&mut self, wanted: &str) -> bool {
        let is_there = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.next += usize::from(is_there);
        is_there
    }

    fn wrong(&self, what: impl Into<Message>) -> Message {
        let at = self.tokens.get(self.next).map_or(self.length, |(at, _)| *at);
        message!("forms.expected_byte", at = at + 1, what = what.into())
    }

    fn level(&mut self, level: usize) -> Result<Expression, Message> {
        if level == COMPARISON && self.word("not") {
            let operand = self.nested(|parser| parser.level(COMPARISON))?;
            return Ok(Expression::Unary(Unary::Not, Box::new(operand)));
        }
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        loop {
            if level == COMPARISON && self.word("in") {
                let list = self.list()?;
                left = Expression::OneOf(Box::new(left), list);
                continue;
            }
            let Some(Token::Operator(operator)) = self.peek().filter(|token| matches!(token, Token::Operator(o) if operators.contains(o)))
            else {
                return Ok(left);
            };
            let operator = *operator;
            self.next += 1;
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Message>) -> Result<T, Message> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(message!("forms.expression_nested_too_deeply"));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn unary(&mut self) -> Result<Expression, Message> {
        if self.take(&Token::Operator(Operator::Subtract)) {
            let operand = self.nested(Self::unary)?;
            return Ok(Expression::Unary(Unary::Minus, Box::new(operand)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expression, Message> {
        let Some(token) = self.peek().cloned() else { return Err(self.wrong(message!("forms.a_value"))) };
        self.next += 1;
        match token {
            Token::Number(numerator, denominator) => Ok(Expression::Number(numerator, denominator)),
            Token::Text(text) => Ok(Expression::Text(text)),
            Token::Braces(inner) => Reference::parse(&inner).map(Expression::Reference),
            Token::Open => {
                let inner = self.nested(|parser| parser.level(0))?;
                if self.take(&Token::Close) { Ok(inner) } else { Err(self.wrong("`)`")) }
            }
            Token::Word(word) if self.peek() == Some(&Token::Open) => {
                let function = Function::named(&word).ok_or_else(|| message!("forms.no_function", word))?;
                Ok(Expression::Call(function, self.list()?))
            }
            Token::Word(word) => Ok(Expression::Name(word)),
            Token::Operator(_) | Token::Close | Token::Comma => {
                self.next -= 1;
                Err(self.wrong(message!("forms.a_value")))
            }
        }
    }

    /// `(a, b, c)`.
    fn list(&mut self) -> Result<Vec<Expression>, Message> {
        if !self.take(&Token::Open) {
            return Err(self.wrong("`(`"));
        }
        let mut items = Vec::new();
        loop {
            items.push(self.nested(|parser| parser.level(0))?);
            if self.take(&Token::Close) {
                return Ok(items);
            }
            if !self.take(&Token::Comma) {
                return Err(self.wrong(message!("forms.comma_or_closing")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_bind_as_people_read_them() {
        let reads_as = |text: &str, same: &str| assert_eq!(parse(text), parse(same), "{text}");
        reads_as("1 + 2 * 3 = 7 and 1 < 2 => 3 > 2", "((1 + (2 * 3)) = 7 and (1 < 2)) => (3 > 2)");
        reads_as("not {a} = 1 or {b} = 2", "(not ({a} = 1)) or ({b} = 2)");
        reads_as("8 - 3 - 2 = 3", "((8 - 3) - 2) = 3");
        reads_as("-{a} + 1 in (1, 2)", "((-{a}) + 1) in (1, 2)");
        reads_as("{a} > 0 <=> {b} > 0 => 1 = 1", "({a} > 0) <=> (({b} > 0) => (1 = 1))");
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        for (text, said) in [
            ("1 +", "a value is expected at byte 4"),
            ("{III/40} = 1", "is no reference"),
            ("{a} ~ 1", "`~` is not understood at letter 5"),
            ("mean(1, 2)", "there is no function `mean`"),
            ("(1, 2", "`)` is expected"),
            ("1 2", "nothing is expected after letter 2"),
            ("{III/40/1@yesterday} = 1", "last_year, other_term, term_before or other_source"),
        ] {
            let problem = parse(text).unwrap_err().en();
            assert!(problem.contains(said), "{text}: {problem}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        for chain in
            [vec!["1 = 1"; 100_000].join(" and "), vec!["1"; 100_000].join(" + "), format!("max({})", vec!["1"; 100_000].join(", "))]
        {
            let problem = parse(&chain).unwrap_err().en();
            assert!(problem.contains("words and signs, at most 1000"), "{problem}");
        }
        assert!(parse(&vec!["1 = 1"; 200].join(" and ")).is_ok());
    }

    #[test]
    fn names_that_stand_for_each_other_come_to_an_end() {
        let filled = |names: &dyn Fn(&str) -> Option<String>| {
            let name = |name: &str| names(name).map(|text| parse(&text).unwrap());
            parse("a0 = 1").unwrap().filled(&name, &|_| None)
        };
        assert!(filled(&|_| Some("2".to_owned())).is_ok());
        assert!(filled(&|name| Some(format!("{name} + 1"))).unwrap_err().en().contains("more than 32 deep"));
        let doubled = |name: &str| {
            let next = name[1..].parse::<usize>().unwrap() + 1;
            Some(if next > 30 { "1".to_owned() } else { format!("a{next} + a{next}") })
        };
        assert!(filled(&doubled).unwrap_err().en().contains("more than 2000 parts"));
    }
}
