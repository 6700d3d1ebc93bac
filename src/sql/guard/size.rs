//! How large a question may be, told from its words alone: before it is parsed.
//!
//! `a OR b OR c …` is a tree as deep as it is long, and whoever goes down such a tree (the parser, the engine, even
//! giving it back to memory) does it on the stack. So depth is counted on the words: operators of one expression, and
//! those of the brackets around it.

use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{of_parser as unreadable, refused};
use crate::base::error::{Error, Result};
use crate::base::message::message;

/// Bytes of a question; lists of some ten thousand codes fit in.
pub const MOST_BYTES: usize = 1 << 20;
/// Operators that one part may be below others.
pub const DEEPEST: usize = 500;
/// Words that begin a question within a question or join tables.
pub const MOST_PARTS: usize = 200;

/// Words that end an expression and begin another; no expression has one of them outside brackets of its own.
const BETWEEN: [Keyword; 8] =
    [Keyword::SELECT, Keyword::WHERE, Keyword::HAVING, Keyword::JOIN, Keyword::ON, Keyword::UNION, Keyword::INTERSECT, Keyword::EXCEPT];
/// Keywords within CASE and END, which are brackets too.
const BETWEEN_IN_CASE: [Keyword; 3] = [Keyword::WHEN, Keyword::THEN, Keyword::ELSE];
/// Words that stand between two terms as signs do: all that the parser knows, whichever of them an engine has.
const JOINING: [Keyword; 20] = [
    Keyword::AND,
    Keyword::OR,
    Keyword::XOR,
    Keyword::NOT,
    Keyword::IS,
    Keyword::NOTNULL,
    Keyword::IN,
    Keyword::BETWEEN,
    Keyword::LIKE,
    Keyword::ILIKE,
    Keyword::RLIKE,
    Keyword::REGEXP,
    Keyword::MATCH,
    Keyword::SIMILAR,
    Keyword::MEMBER,
    Keyword::OVERLAPS,
    Keyword::OPERATOR,
    Keyword::DIV,
    Keyword::COLLATE,
    Keyword::AT,
];
/// Words that make the plan larger, wherever they stand.
const PARTS: [Keyword; 3] = [Keyword::SELECT, Keyword::JOIN, Keyword::VALUES];

/// Text between two brackets, as far as it was read.
#[derive(Default)]
struct Level {
    /// It began with CASE.
    is_case: bool,
    /// Operators of the expression that is being read.
    operators: usize,
    /// How deep the brackets within it go.
    within: usize,
    /// The deepest expression before it.
    before: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.before.max(self.operators + self.within)
    }

    fn next(&mut self) {
        *self = Self { is_case: self.is_case, before: self.depth(), ..Self::default() };
    }
}

/// Refuses what is too long, too deep, or of too many parts.
///
/// # Errors
/// When it is, or cannot be split into words.
pub fn check(sql: &str) -> Result<()> {
    if sql.len() > MOST_BYTES {
        return Err(too_long(sql.len()));
    }
    let tokens = Tokenizer::new(&GenericDialect, sql).tokenize().map_err(|e| unreadable(&e.to_string()))?;
    let (depth, parts) = measured(&tokens);
    if depth > DEEPEST {
        return Err(too_deep(depth));
    }
    if parts > MOST_PARTS { Err(too_many_parts(parts)) } else { Ok(()) }
}

fn too_long(bytes: usize) -> Error {
    refused(message!("sql.query_bytes_long_most", bytes, most_bytes = MOST_BYTES)).with_hint(message!("sql.take_long_lists_table"))
}

fn too_deep(operators: usize) -> Error {
    refused(message!("sql.query_operators_within_each", operators, deepest = DEEPEST)).with_hint(message!("sql.write_chain_ask_parts"))
}

fn too_many_parts(parts: usize) -> Error {
    refused(message!("sql.query_parts_select_join", parts, most_parts = MOST_PARTS)).with_hint(message!("sql.ask_parts"))
}

/// The level that is being read, and those around it.
#[derive(Default)]
struct Levels {
    around: Vec<Level>,
    level: Level,
}

impl Levels {
    fn open(&mut self, is_case: bool) {
        self.level.operators += 1;
        self.around.push(std::mem::replace(&mut self.level, Level { is_case, ..Level::default() }));
    }

    fn close(&mut self) {
        let inner = self.level.depth();
        self.level = self.around.pop().unwrap_or_default();
        self.level.within = self.level.within.max(inner);
    }

    /// A closing bracket ends every CASE that was left open in it.
    fn close_bracket(&mut self) {
        while self.level.is_case {
            self.close();
        }
        self.close();
    }

    fn word(&mut self, keyword: Keyword) {
        match keyword {
            Keyword::CASE => self.open(true),
            Keyword::END if self.level.is_case => self.close(),
            _ if BETWEEN.contains(&keyword) || (self.level.is_case && BETWEEN_IN_CASE.contains(&keyword)) => self.level.next(),
            _ => self.level.operators += usize::from(JOINING.contains(&keyword)),
        }
    }

    /// Of the whole text; a bracket that stays open hides nothing.
    fn depth(mut self) -> usize {
        while !self.around.is_empty() {
            self.close();
        }
        self.level.depth()
    }
}

/// How deep the tree of a question can be, and of how many parts it is.
fn measured(tokens: &[Token]) -> (usize, usize) {
    let mut levels = Levels::default();
    let mut parts = 0;
    for token in tokens {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => levels.open(false),
            Token::RParen | Token::RBracket | Token::RBrace => levels.close_bracket(),
            Token::Comma | Token::SemiColon => levels.level.next(),
            Token::Word(word) if word.keyword != Keyword::NoKeyword && word.quote_style.is_none() => {
                parts += usize::from(PARTS.contains(&word.keyword));
                levels.word(word.keyword);
            }
            other => levels.level.operators += usize::from(is_operator(other)),
        }
    }
    (levels.depth(), parts)
}

/// Everything that is no word, no value and no mark between values joins two terms.
fn is_operator(token: &Token) -> bool {
    !matches!(
        token,
        Token::EOF
            | Token::Word(_)
            | Token::Number(..)
            | Token::Char(_)
            | Token::Period
            | Token::Whitespace(_)
            | Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::NationalStringLiteral(_)
            | Token::EscapedStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::Placeholder(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(sql: &str) -> usize {
        measured(&Tokenizer::new(&GenericDialect, sql).tokenize().unwrap()).0
    }

    #[test]
    fn depth_is_counted_along_chains_and_through_brackets() {
        assert_eq!(depth("SELECT a, b, c"), 0);
        assert_eq!(depth("SELECT a + b + c, d"), 2);
        // Both chains stand on one path from the top.
        assert_eq!(depth("SELECT (a + b) + c + d"), 4);
        assert_eq!(depth("SELECT (a + b), (c + d), (e + f)"), 2);
        // A chain that goes on behind the bracket lies above it.
        let chain = |n: usize| vec!["a"; n + 1].join(" + ");
        assert_eq!(depth(&format!("SELECT ({}) + {}", chain(100), chain(100))), 202);
        assert_eq!(depth(&format!("SELECT x IN ({})", vec!["'a'"; 1000].join(", "))), 2);
        assert!(depth(&"(".repeat(1000)) >= 999);
        // CASE and END are brackets: a chain of them is a chain.
        assert!(depth(&format!("SELECT {}", vec!["CASE WHEN a = 1 THEN 2 ELSE 3 END"; 1000].join(" + "))) > 1000);
        assert!(depth(&format!("SELECT {}", vec!["a IS DISTINCT FROM b"; 1000].join(" = "))) > 1000);
        assert!(depth(&format!("SELECT {}", vec!["CASE WHEN a = 1 THEN 2 ELSE 3 END"; 1000].join(", "))) < 5);
    }

    #[test]
    fn limits_are_told_with_what_was_found() {
        let said = |sql: &str| check(sql).unwrap_err().to_string();
        assert!(said(&format!("SELECT {}", vec!["1"; 3000].join(" OR "))).contains("2999 operators"));
        assert!(said(&vec!["SELECT 1"; 300].join(" UNION ALL ")).contains("300 parts"));
        assert!(said(&format!("SELECT '{}'", "a".repeat(MOST_BYTES))).contains("bytes long, at most 1048576"));
        assert!(check(&format!("SELECT x IN ({})", vec!["'1234567'"; 50_000].join(", "))).is_ok());
    }
}
