//! How a text file is written: UTF-8 or UTF-16 with a mark, and what else it looks like.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read};

use crate::base::message::{Message, message};

/// Bytes looked at to tell how a file is written.
const LOOK: usize = 4;
/// Bytes decoded at once.
const ROOM: usize = 1 << 15;

/// Opens a text as UTF-8 without a mark at its start, whichever of the two ways it is written in.
pub fn decoded<'a>(input: impl Read + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut start = Vec::new();
    input.by_ref().take(LOOK as u64).read_to_end(&mut start)?;
    let (mark, big) = match start[..] {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(false)),
        [0xfe, 0xff, ..] => (2, Some(true)),
        _ => (0, None),
    };
    let rest = io::Cursor::new(start.split_off(mark)).chain(input);
    Ok(match big {
        None => Box::new(BufReader::with_capacity(1 << 16, rest)),
        Some(big) => Box::new(BufReader::with_capacity(1 << 16, Utf16 { input: rest, big, high: None, out: Vec::new(), at: 0 })),
    })
}

/// UTF-16 read as UTF-8; what is no character becomes U+FFFD.
struct Utf16<R> {
    input: R,
    big: bool,
    /// The first half of a character of two.
    high: Option<u16>,
    out: Vec<u8>,
    at: usize,
}

impl<R: Read> Utf16<R> {
    fn refill(&mut self) -> io::Result<()> {
        let mut raw = Vec::new();
        self.input.by_ref().take(ROOM as u64).read_to_end(&mut raw)?;
        (self.at, self.out) = (0, Vec::with_capacity(raw.len() * 2));
        let is_last = raw.len() < ROOM;
        let unit = |pair: &[u8]| {
            let pair = [pair[0], pair.get(1).copied().unwrap_or(0)];
            if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let mut units: Vec<u16> = self.high.take().into_iter().chain(raw.chunks(2).map(unit)).collect();
        if !is_last && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            self.high = units.pop();
        }
        for character in char::decode_utf16(units) {
            let mut bytes = [0; 4];
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.out.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() {
            self.refill()?;
        }
        let count = into.len().min(self.out.len() - self.at);
        into[..count].copy_from_slice(&self.out[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Encoding that bytes which are no UTF-8 look like.
pub fn other_encoding(bytes: &[u8]) -> Message {
    if bytes.contains(&0) {
        return message!("tables.looks_like_utf_without");
    }
    // Vietnamese letters in Windows-1258 are a letter and a mark: ̀ ̉ ̃ ́ ̣, and ă â đ ê ô ơ ư of their own.
    let marks = bytes.iter().filter(|byte| [0xcc, 0xd2, 0xde, 0xec, 0xf2, 0xf0, 0xfd, 0xf5, 0xe3].contains(*byte)).count();
    if marks > 0 { message!("tables.looks_like_windows_ansi") } else { message!("tables.looks_like_code_bits") }
}

/// Signs that stand for letters in TCVN3, and for none in Unicode.
const TCVN3: &str = "¸¶·¹¨¾»¼½©®ª«¬µ\u{ad}§";
/// Marks of VNI, which stand after their letter as letters of their own.
const VNI: &str = "øùûõïåäàáãâ";
/// Different signs, or pairs of letter and mark, that are no accident in one text.
const LEAST_SIGNS: usize = 2;
const LEAST_PAIRS: usize = 3;

/// The old font that a text looks typed in: its letters are other letters in Unicode.
///
/// Letters of other languages alone prove nothing (`Jyväskylän`, `Søndergård`): it takes signs within words, or marks after
/// letters as only Vietnamese has them.
#[must_use]
pub fn legacy_font(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let letters: Vec<char> = text.chars().collect();
    let (mut signs, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map_or(' ', |before| letters[before]);
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let is_sign = TCVN3.contains(c) && after.is_alphabetic() && (before.is_alphabetic() || c == '§' && !before.is_ascii_digit());
        // The tone of a last letter.
        let is_last = "¸¶¹".contains(c) && before.is_alphabetic();
        if is_sign || is_last {
            signs.insert(c);
        }
        if "aeouy".contains(before) && VNI.contains(c) || "öô".contains(before) && "øùûõïô".contains(c) {
            pairs.insert((before, c));
        }
    }
    match (signs.len() >= LEAST_SIGNS, pairs.len() >= LEAST_PAIRS) {
        (true, _) => Some("TCVN3"),
        (_, true) => Some("VNI"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_fonts_are_known_by_their_look() {
        for (text, font) in [
            ("Tr\u{ad}êng TiÓu häc NguyÔn Tr·i", Some("TCVN3")),
            ("TØnh Thanh Ho¸, huyÖn Yªn §Þnh", Some("TCVN3")),
            ("Tröôøng Tieåu hoïc Nguyeãn Traõi", Some("VNI")),
            ("Tænh Thanh Hoùa, huyeän Yeân Ñònh", Some("VNI")),
            ("Trường Tiểu học Nguyễn Trãi", None),
            ("Trường Quốc tế Française", None),
            ("Trường Quốc tế Mỹ – Đức (Schüler)", None),
            ("École Saint-Exupéry, Hà Nội", None),
            ("unit;name", None),
            ("Jyväskylän yläkoulu, Äänekoski, Yö ja päivä", None),
            ("Nørre Åby Børneskole ved Ærø, Århus", None),
            ("Trường «Hoa Sen» ® của Collège Moïse Haïti", None),
            ("Tiết 1ª, ½ ngày, 5 µm", None),
        ] {
            assert_eq!(legacy_font(text), font, "{text}");
        }
    }

    #[test]
    fn texts_of_both_ways_read_alike() {
        let text = "Mã đơn vị\tTên\r\n09\tSở 𝄞\r\n".repeat(3_000);
        for (mark, unit) in [([0xff_u8, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)] {
            let bytes: Vec<u8> = mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect();
            let mut read = String::new();
            decoded(&bytes[..]).unwrap().read_to_string(&mut read).unwrap();
            assert!(read == text);
        }
    }
}
