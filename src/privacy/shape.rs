//! A cell's content told without quoting it: kind, length and shape.

use std::fmt::Write as _;

use crate::base::text::fold;

/// Signs that people put into cells of numbers; nobody is known by one.
const SIGNS: [&str; 14] = ["?", "-", "#", "x", "*", ".", "..", "...", "…", "/", "_", "%", "n/a", "'"];
/// Digits of a figure that is quoted: fewer than any telephone or identity number has.
const FIGURE_DIGITS: usize = 8;
/// Digits of a row code that is quoted; what stands before them is known to the form.
const CODE_DIGITS: usize = 5;
/// Characters of a shape that are shown.
const SHOWN: usize = 24;

/// Description of a cell's text that may be told: known signs and figures as they are, and of everything else
/// the kind, the length and the shape (`{a-text}, 14 {characters}, {shaped} Aaaa Aaa 0a`), with named words that the
/// rule catalogue has in both languages.
#[must_use]
pub fn described(text: &str) -> String {
    let text = text.trim();
    if is_sign(text) || is_figure(text) { text.to_owned() } else { shape_of(text, kind_of(text)) }
}

/// Description of a cell's number: one that is no figure of a form may be anybody's number.
#[must_use]
pub fn described_number(number: f64) -> String {
    let text = number.to_string();
    if text.bytes().filter(u8::is_ascii_digit).count() <= 2 * FIGURE_DIGITS && number.abs() < 1e8 {
        return text;
    }
    shape_of(&text, "a-number")
}

/// Description of a text that stands where a sheet has its row codes, and is like one.
#[must_use]
pub fn described_code(text: &str) -> String {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits <= CODE_DIGITS && text.chars().count() <= CODE_DIGITS + 3 { text.to_owned() } else { described(text) }
}

fn is_sign(text: &str) -> bool {
    text.is_empty() || SIGNS.contains(&fold(text).as_str())
}

/// A number as people write it, perhaps grouped, negative, with decimals or a per cent sign; short, and without the
/// leading zero of telephone and identity numbers.
fn is_figure(text: &str) -> bool {
    let body = text.trim_start_matches(['-', '−', '+']).trim_end_matches('%').trim();
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = body.chars().all(|c| c.is_ascii_digit() || ".,\u{a0}\u{202f} ".contains(c));
    let leads = body.starts_with('0') && body[1..].starts_with(|c: char| c.is_ascii_digit());
    is_plain && !leads && (1..=FIGURE_DIGITS).contains(&digits)
}

fn kind_of(text: &str) -> &'static str {
    let has = |test: fn(char) -> bool| text.chars().any(test);
    if has(char::is_alphabetic) {
        "a-text"
    } else if has(char::is_numeric) {
        "digits"
    } else {
        "signs"
    }
}

fn shape_of(text: &str, kind: &str) -> String {
    let length = text.chars().count();
    let mut out = format!("{{{kind}}}, {length} {{characters}}, {{shaped}} ");
    for c in text.chars().take(SHOWN) {
        out.push(match c {
            c if c.is_numeric() => '0',
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_whitespace() => ' ',
            c if c.is_ascii_punctuation() && !"{}".contains(c) => c,
            _ => '·',
        });
    }
    if length > SHOWN {
        let _ = write!(out, "…");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_figures_are_quoted_and_nothing_else() {
        for plain in ["", "?", "-", "#", "X", "170", "-3", "1.234", "12,5", "0,5", "12.345.678", "15%"] {
            assert_eq!(described(plain), plain, "{plain}");
        }
        for private in ["5A2 Hoa", "Hoa", "không", "0912 345 678", "912 345 678", "001203004567", "०९१२", "a@b.vn", "12/5/2014", "{a}"]
        {
            let said = described(private);
            assert!(!said.contains(private), "{said}");
            assert!(said.contains(&format!(" {} ", private.chars().count())), "{said}");
        }
        assert_eq!(described("Nguyễn Hoa 5a"), "{a-text}, 13 {characters}, {shaped} Aaaaaa Aaa 0a");
        assert_eq!(described("0912.345.678"), "{digits}, 12 {characters}, {shaped} 0000.000.000");
        assert_eq!((described_number(12.5), described_code("DL001")), ("12.5".to_owned(), "DL001".to_owned()));
        assert!(!described_number(912_345_678.0).contains("912") && !described_code("0912345678").contains("912"));
    }
}
