//! Words and signs of an expression.

use super::Operator;
use crate::base::message::{Message, message};

/// One word or sign, and the letter it starts at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A number: numerator, denominator.
    Number(i128, i128),
    /// A text in quotes.
    Text(String),
    /// Text in braces.
    Braces(String),
    /// A bare word.
    Word(String),
    /// An operator.
    Operator(Operator),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
}

/// Splits a text into tokens.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Message> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let wrong = |what: Message| message!("forms.at_letter", what, letter = text[..at].chars().count() + 1);
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (token, length) = match first {
            '{' => enclosed(rest, '}')
                .map(|(inner, length)| (Token::Braces(inner), length))
                .ok_or_else(|| wrong(message!("forms.open_brace")))?,
            '"' => enclosed(rest, '"')
                .map(|(inner, length)| (Token::Text(inner), length))
                .ok_or_else(|| wrong(message!("forms.open_quote")))?,
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '0'..='9' => number(rest).ok_or_else(|| wrong(message!("forms.number_too_long")))?,
            _ if first.is_alphabetic() || first == '_' || first == '$' => word(rest),
            _ => sign(rest).ok_or_else(|| wrong(message!("forms.not_understood", first)))?,
        };
        out.push((at, token));
        rest = &rest[length..];
    }
    Ok(out)
}

fn enclosed(rest: &str, end: char) -> Option<(String, usize)> {
    let close = rest[1..].find(end)?;
    Some((rest[1..=close].trim().to_owned(), close + 2))
}

fn number(rest: &str) -> Option<(Token, usize)> {
    let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let text = &rest[..length];
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let denominator = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let numerator = format!("{whole}{fraction}").parse().ok()?;
    Some((Token::Number(numerator, denominator), length))
}

fn word(rest: &str) -> (Token, usize) {
    let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
    let token = match &rest[..length] {
        "and" => Token::Operator(Operator::And),
        "or" => Token::Operator(Operator::Or),
        word => Token::Word(word.trim_start_matches('$').to_owned()),
    };
    (token, length)
}

fn sign(rest: &str) -> Option<(Token, usize)> {
    // The longest first.
    const SIGNS: [Operator; 12] = [
        Operator::Iff,
        Operator::Implies,
        Operator::AtMost,
        Operator::AtLeast,
        Operator::NotEqual,
        Operator::Equal,
        Operator::Less,
        Operator::Greater,
        Operator::Add,
        Operator::Subtract,
        Operator::Multiply,
        Operator::Divide,
    ];
    let found = SIGNS.into_iter().find(|operator| rest.starts_with(operator.sign()))?;
    Some((Token::Operator(found), found.sign().len()))
}
