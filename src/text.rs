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

/// True for characters that print nothing: zero-width, byte-order marks, soft hyphens, controls.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}') || (c.is_control() && !c.is_whitespace())
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
    fn what_looks_equal_folds_equal() {
        let decomposed: String = "Mã số".nfd().collect();
        for variant in ["Mã số", " MÃ  SỐ ", "Mã\u{a0}số", "Mã\u{200b} Số", &decomposed] {
            assert_eq!(fold(variant), "mã số", "{variant:?}");
        }
        assert_eq!(fold("01-MN-ÐN"), fold("01–MN–ĐN"));
        assert_eq!(tone_key("Xã Hòa Bình"), tone_key("xã Hoà  Bình"));
    }
}
