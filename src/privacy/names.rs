//! Names of files and sheets: what of them may stand where the file no longer is.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::base::text::tone_key;
use crate::findings::Finding;

/// Stands before the hash that replaces what is not known; also where more is left out.
const MARK: char = '~';
/// Letters of the hash: enough to find one file among a province's.
const HASH_LETTERS: usize = 8;
/// Digits of small numbers and of days and months that may follow each other: fewer than a telephone number has.
const SMALL_DIGITS: usize = 4;
/// Endings of file names, which tell the format.
const ENDINGS: [&str; 14] = ["xlsx", "xls", "xlsm", "xlsb", "ods", "csv", "tsv", "txt", "parquet", "toml", "json", "pdf", "xml", "html"];

/// Words that names may hold: of the register, of forms, of the pipeline, and some that are nobody's.
///
/// They are known as whole phrases: schools bear names of persons, so that words of theirs put together otherwise
/// may be anybody's name.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Numbers of words that phrases have, by their first word.
    lengths: HashMap<String, BTreeSet<usize>>,
    /// Phrases, their words joined by blanks.
    phrases: HashSet<String>,
    /// Names that are known as they stand, so that most need no second look.
    whole: HashSet<String>,
}

/// A word or a number of a name, and where it stands.
struct Token {
    text: String,
    start: usize,
    end: usize,
}

impl Names {
    /// Adds what may stand in names.
    pub fn learn<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            let words: Vec<String> = tokens(text.as_ref()).into_iter().map(|token| token.text).collect();
            let Some(first) = words.first() else { continue };
            self.lengths.entry(first.clone()).or_default().insert(words.len());
            self.phrases.insert(words.join(" "));
            self.whole.insert(text.as_ref().to_owned());
        }
    }

    /// The path of a file as it may be kept; each folder and the file for itself.
    #[must_use]
    pub fn file(&self, path: &str) -> String {
        path.split('/').map(|part| self.part(part, true)).collect::<Vec<_>>().join("/")
    }

    /// The name of a sheet as it may be kept.
    #[must_use]
    pub fn sheet(&self, name: &str) -> String {
        if self.whole.contains(name) { name.to_owned() } else { self.part(name, false) }
    }

    /// Shared name: itself where nothing is masked.
    #[must_use]
    pub fn shared(&self, name: &Arc<str>, is_file: bool) -> Arc<str> {
        let kept = if is_file { self.file(name) } else { self.sheet(name) };
        if *kept == **name { Arc::clone(name) } else { Arc::from(kept) }
    }

    /// A finding as it may be kept: its place and the names that its texts quote are masked.
    #[must_use]
    pub fn finding(&self, finding: &Finding) -> Finding {
        let mut kept = finding.clone();
        let place = &mut kept.place;
        place.file = place.file.as_ref().map(|file| self.shared(file, true));
        place.sheet = place.sheet.as_ref().map(|sheet| self.shared(sheet, false));
        kept.observed_mut().for_each(|observed| observed.rename(&|name| self.shared(name, true)));
        kept
    }

    /// One part of a path: known words stay, the first unknown one becomes a hash of the whole, the others a mark.
    fn part(&self, part: &str, is_file: bool) -> String {
        let tokens = tokens(part);
        let known = self.known(part, &tokens, is_file);
        if known.iter().all(|known| *known) && part.chars().all(is_plain_sign) {
            return part.to_owned();
        }
        let mut out = String::with_capacity(part.len());
        // Separate words stay separate, so that masking again changes nothing.
        let plain = |text: &str| text.chars().map(|c| if is_plain_sign(c) { c } else { '-' }).collect::<String>();
        let (mut last, mut hash, mut was_known) = (0, Some(hash_of(part)), true);
        for (token, &known) in tokens.iter().zip(&known) {
            // Of unknown words that follow each other the first is marked.
            if known || was_known {
                out.push_str(&plain(&part[last..token.start]));
            }
            if known {
                out.push_str(&part[token.start..token.end]);
            } else if was_known {
                out.push(MARK);
                out.push_str(&hash.take().unwrap_or_default());
            }
            (last, was_known) = (token.end, known);
        }
        out.push_str(&plain(&part[last..]));
        if let Some(hash) = hash {
            // Nothing but odd signs was left out.
            out.push(MARK);
            out.push_str(&hash);
        }
        out
    }

    /// Which words of a name are known.
    fn known(&self, part: &str, tokens: &[Token], is_file: bool) -> Vec<bool> {
        let mut known = vec![false; tokens.len()];
        let mut at = 0;
        while at < tokens.len() {
            let length = self.phrase_at(tokens, at).max(usize::from(is_mark(part, &tokens[at])));
            known[at..at + length].fill(true);
            at += length.max(1);
        }
        if is_file && let Some(last) = tokens.last() {
            let is_ending = part.len() == last.end && part[..last.start].ends_with('.') && ENDINGS.contains(&last.text.as_str());
            let at = tokens.len() - 1;
            known[at] |= is_ending;
        }
        // Numbers that follow each other are judged together: telephones are written in groups.
        let mut at = 0;
        while at < tokens.len() {
            let is_open = |at: usize| !known[at] && tokens[at].text.bytes().all(|b| b.is_ascii_digit());
            let end = (at..tokens.len()).find(|&at| !is_open(at)).unwrap_or(tokens.len());
            let numbers: Vec<&str> = tokens[at..end].iter().map(|token| token.text.as_str()).collect();
            if are_known_numbers(&numbers) {
                known[at..end].fill(true);
            }
            at = end.max(at + 1);
        }
        known
    }

    /// Words of the longest phrase that starts here.
    fn phrase_at(&self, tokens: &[Token], at: usize) -> usize {
        let Some(lengths) = self.lengths.get(&tokens[at].text) else { return 0 };
        let joined = |length: usize| tokens[at..at + length].iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut fitting = lengths.iter().rev().copied().filter(|length| at + length <= tokens.len());
        fitting.find(|&length| self.phrases.contains(&joined(length))).unwrap_or(0)
    }
}

/// A hash that stands there already, from when the name was masked before.
fn is_mark(part: &str, token: &Token) -> bool {
    let text = &part[token.start..token.end];
    part[..token.start].ends_with(MARK) && text.len() == HASH_LETTERS && text.bytes().all(|b| (b'a'..=b'p').contains(&b))
}

/// Signs of names that say nothing and do nothing.
fn is_plain_sign(c: char) -> bool {
    c.is_alphanumeric() || "-_.()[] ,+&'~–".contains(c) || matches!(c, '\u{300}'..='\u{36f}')
}

/// Years, school years, days, and few small numbers; not more digits than those have.
fn are_known_numbers(numbers: &[&str]) -> bool {
    let is_year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let is_day = |text: &str| {
        let of = |day: usize, month: usize, year: usize| {
            let year = text.get(year..year + 4).is_some_and(is_year);
            let (day, month) = (text.get(day..day + 2).map_or(0, number), text.get(month..month + 2).map_or(0, number));
            year && (1..=31).contains(&day) && (1..=12).contains(&month)
        };
        text.len() == 8 && (of(6, 4, 0) || of(0, 2, 4))
    };
    let small = numbers.iter().filter(|text| !is_year(text) && !is_day(text));
    small.clone().all(|text| text.len() <= 2) && small.map(|text| text.len()).sum::<usize>() <= SMALL_DIGITS
}

/// Words and numbers, folded without tones: a name of a file has them as its writer's keyboard does.
fn tokens(name: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut kind = None;
    for (at, c) in name.char_indices() {
        let is_part = c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}');
        let own = is_part.then(|| c.is_ascii_digit());
        let end = at + c.len_utf8();
        match tokens.last_mut() {
            Some(token) if own.is_some() && own == kind => token.end = end,
            _ if is_part => tokens.push(Token { text: String::new(), start: at, end }),
            _ => {}
        }
        kind = own;
    }
    for token in &mut tokens {
        token.text = tone_key(&name[token.start..token.end]);
    }
    tokens
}

/// A hash in letters only, so that no number is written with it.
fn hash_of(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.take(HASH_LETTERS).map(|half| char::from(b'a' + half)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.learn(["truong"]);
        names.learn([
            "Trường Tiểu học Nguyễn Thị Sáu",
            "Nguyễn Thị Sáu",
            "Trường Tiểu học Hoa Sen",
            "09001005",
            "TH-07",
            "02-TH-ĐN",
            "02-TH-DN",
            "I. Trường, lớp",
            "bieu",
        ]);
        names
    }

    #[test]
    fn names_of_known_words_stand_as_they_are() {
        for plain in [
            "bieu/09001005_02-TH-DN.xlsx",
            "bieu/09001005_02-TH-ĐN (1).xlsx",
            "TH-07 2025-2026 30.9.2025.xls",
            "Truong Tieu hoc Nguyen Thi Sau.xlsx",
            "20250930_02-TH-DN.ods",
        ] {
            assert_eq!(names().file(plain), plain);
        }
        assert_eq!(names().sheet("I. Trường, lớp"), "I. Trường, lớp");
    }

    #[test]
    fn other_words_and_numbers_are_masked_and_once_is_enough() {
        for (name, parts) in [
            ("bieu/09001005_Trần Thị Sáu.xlsx", vec!["Trần", "Sáu", "Thị"]),
            ("bieu/Nguyen Thi Hoa/09001005_x.xlsx", vec!["Nguyen", "Hoa"]),
            ("09001005 Nguyễn Thị Hoa.xlsx", vec!["Nguyễn", "Hoa"]),
            ("09001005_0912345678.xlsx", vec!["0912"]),
            ("09001005_09 12 34 56 78.xlsx", vec!["09 12", "34"]),
            ("09001005_001203004567.xlsx", vec!["001203"]),
            ("09001005_hoa@truong.vn.xlsx", vec!["hoa", "@", "vn."]),
            ("09001005_０９１２.xlsx", vec!["０９"]),
            ("09001005\u{1b}[2J\u{202e}.xlsx", vec!["\u{1b}", "\u{202e}"]),
        ] {
            let kept = names().file(name);
            assert!(parts.iter().all(|part| !kept.contains(part)), "{kept}");
            assert!(kept.contains(MARK) && kept.ends_with(".xlsx"), "{kept}");
            assert_eq!(names().file(&kept), kept);
        }
        assert!(names().file("bieu/09001005_Trần A.xlsx").starts_with("bieu/09001005_~"));
        assert_ne!(names().file("Hoa.xlsx"), names().file("Lan.xlsx"));
        assert!(!names().sheet("Nguyễn Thị Hoa").contains("Hoa"));
    }
}
