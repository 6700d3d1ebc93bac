//! Clean Vietnamese text for matching. The original is always kept beside it.
//!
//! Folding is for comparing only, never for storing: it composes (NFC), drops
//! invisible characters, unifies blanks, look-alike letters and dashes, and
//! lowers the case.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text composed (NFC); borrowed when it already is.
#[must_use]
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// True for characters that print nothing: zero-width, marks of writing direction (a calculator wraps the numbers that it
/// copies in them), byte-order marks, soft hyphens, controls.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// A text as a reader sees it: composed, without characters that print nothing, plain blanks, none at its ends; line breaks stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_plain = |c: char| c.is_ascii() && (!c.is_control() || c.is_whitespace());
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let as_seen = |c: char| if c.is_whitespace() && !c.is_ascii() { ' ' } else { c };
    let seen: String = text.nfc().filter(|&c| !is_invisible(c)).map(as_seen).collect();
    Cow::Owned(if seen.len() == seen.trim().len() { seen } else { seen.trim().to_owned() })
}

/// A key under which all ways to write the symbol of a form are equal: `02-TH-ĐN`, `02.ĐN-TH`, `02-TH-DN`.
#[must_use]
pub fn symbol_key(text: &str) -> String {
    let plain = tone_key(text);
    let mut parts: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    parts.join("-")
}

/// Whether two texts are one symbol of a form.
#[must_use]
pub fn is_same_symbol(one: &str, other: &str) -> bool {
    one == other || (!one.is_empty() && symbol_key(one) == symbol_key(other))
}

/// A key of a heading: [`fold`], with the parts of a path (`Học sinh / Nữ`) without blanks between them.
#[must_use]
pub fn heading_key(text: &str) -> String {
    let folded = fold(text);
    if folded.contains('/') { folded.split('/').map(str::trim).collect::<Vec<_>>().join("/") } else { folded }
}

/// A key under which texts that a reader would call equal are equal.
///
/// Tone placement (`Hòa`/`Hoà`) is not unified here; see [`tone_key`].
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in nfc(text).chars() {
        if is_invisible(c) {
            continue;
        }
        if c.is_whitespace() {
            blank = !out.is_empty();
            continue;
        }
        if blank {
            out.push(' ');
            blank = false;
        }
        match c {
            // U+00D0/U+00F0 (Icelandic eth) and U+0189 are printed like Đ.
            'Ð' | 'Đ' | 'Ɖ' | 'ð' => out.push('đ'),
            '–' | '—' | '−' | '‑' => out.push('-'),
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// [`fold`], then without marks and with đ as d: for names whose spelling of tones varies.
#[must_use]
pub fn tone_key(text: &str) -> String {
    fold(text).nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// True when a spreadsheet would take the text for a formula.
#[must_use]
pub fn looks_like_formula(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| "=+-@\t\r＝＋－＠".contains(first)) && letters.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_known_by_their_first_sign() {
        for live in ["=1", "+1", "-1", "@a", "\t=1", "＝1", "＋1", "－1", "＠a"] {
            assert!(looks_like_formula(live), "{live:?}");
        }
        assert!(!looks_like_formula("-") && !looks_like_formula("a=1"));
    }

    #[test]
    fn what_prints_nothing_is_nothing() {
        for text in ["\u{202d}09001012\u{202c}", "0900\u{200b}1012", "\u{2066}09001012\u{2069}", "\u{a0}09001012 ", "09001012\u{feff}"] {
            assert_eq!(visible(text), "09001012", "{text:?}");
        }
        assert_eq!(visible(" Tie\u{302}\u{309}u\u{a0}ho\u{323}c "), "Tiểu học");
    }

    #[test]
    fn symbols_and_headings_have_one_form() {
        for text in ["02-TH-ĐN", "02.ĐN-TH", "02-TH-DN", "02-TH-ÐN", " 02–th–đn\u{200b}", "02_TH_DN"] {
            assert_eq!(symbol_key(text), "02-dn-th", "{text:?}");
        }
        assert_ne!(symbol_key("02-TH-ĐN"), symbol_key("02-TH-CN"));
        assert_eq!(heading_key("Học sinh /\nNữ"), heading_key("học  sinh/nữ"));
    }

    #[test]
    fn what_looks_equal_folds_equal() {
        let decomposed: String = "Mã số".nfd().collect();
        for variant in ["Mã số", " MÃ  SỐ ", "Mã\u{a0}số", "Mã\u{200b} Số", &decomposed] {
            assert_eq!(fold(variant), "mã số", "{variant:?}");
        }
        assert_eq!(fold("01-MN-ÐN"), fold("01–MN–ĐN"));
        assert_eq!(tone_key("Xã Hòa Bình"), tone_key("xã Hoà  Bình"));
    }
}
