//! Commands of a terminal never reach it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Written instead of a character that prints nothing and does something.
const STANDS_FOR: char = '\u{fffd}';

/// The text without escape codes and other control characters, and without marks that turn the direction of writing.
///
/// Lines and tabs stay; nothing that a name of a file could hold moves the cursor, changes colours or titles, or
/// shows a name in another order than it has.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_command) {
        return Cow::Owned(text.chars().map(|c| if is_command(c) { STANDS_FOR } else { c }).collect());
    }
    Cow::Borrowed(text)
}

/// Makes JSON safe, where such a character can be written as its number.
#[must_use]
pub fn printable_json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_command) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_command(c) {
            // All of them are below the numbers that need two.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn is_command(c: char) -> bool {
    let is_turn = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_break = matches!(c, '\u{2028}' | '\u{2029}');
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_turn || is_break
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_a_terminal_are_shown_as_a_mark() {
        let name = "a\u{1b}[2J\u{9b}31m\r\u{7}b\u{202e}xslx.\u{2066}c";
        assert_eq!(printable(name), "a\u{fffd}[2J\u{fffd}31m\u{fffd}\u{fffd}b\u{fffd}xslx.\u{fffd}c");
        assert_eq!(printable_json("{\"a\": \"\u{202e}\"}"), "{\"a\": \"\\u202e\"}");
        assert!(matches!(printable("Biểu\tmột\n"), Cow::Borrowed(_)));
    }
}
