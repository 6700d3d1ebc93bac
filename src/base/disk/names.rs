//! File names out of codes and names of units, groups, terms: the same on every system, never a path.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::hex;
use crate::base::message::{Message, message};
use crate::base::text::{is_invisible, nfc, tone_key};

/// Characters of a name at the most: with a form's symbol and an ending it still fits everywhere.
const LONGEST: usize = 80;
/// Characters at the most of a name that people write: with code, form, state and ending it still fits everywhere, three bytes a character.
const LONGEST_NAME: usize = 50;
/// Bytes of the hash that tells names apart which would be one.
const HASH_BYTES: usize = 3;
/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// Devices that have numbers.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// A name every file system takes: letters, digits, dashes.
///
/// Two texts may have one name; who names several things beside each other asks [`FileNames`].
#[must_use]
pub fn stem(text: &str) -> String {
    let name = plain(text);
    let is_fit = name.chars().any(|c| c.is_ascii_alphanumeric()) && name.chars().count() <= LONGEST && !is_device(&name);
    if is_fit { name } else { told_apart(&name, text) }
}

/// Letters, digits and dashes of a text; as it is where there is nothing else.
fn plain(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    tone_key(text).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// A name with a few digits of the text's hash behind it: the same wherever the text is named.
fn told_apart(name: &str, text: &str) -> String {
    let hash = short_hash(text);
    let start: String = name.chars().take(LONGEST - hash.len() - 1).collect();
    match start.trim_matches('-') {
        "" => hash,
        start => format!("{start}-{hash}"),
    }
}

/// A few digits of a text's hash.
fn short_hash(text: &str) -> String {
    hex(&Sha256::digest(nfc(text).as_bytes())[..HASH_BYTES])
}

fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered =
        |device: &&str| name.strip_prefix(*device).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
    DEVICES.contains(&name.as_str()) || NUMBERED_DEVICES.iter().any(numbered)
}

/// A thing that files are named after: a unit, a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedThing<'a> {
    /// Id that no other one has.
    pub id: &'a str,
    /// Name that people know it by.
    pub name: &'a str,
    /// Code that stands behind the name where the name alone does not tell it from others.
    pub code: &'a str,
}

/// Names for things that stand beside each other: no two have one, on a disk that does not tell case apart either.
///
/// A thing is called by its name as people write it. Where several have one name, or a name is not fit for a file, codes stand
/// behind it in brackets. What a thing is called therefore does not depend on the order of the things.
#[derive(Debug, Clone, Default)]
pub struct FileNames {
    names: BTreeMap<String, String>,
}

impl FileNames {
    /// Names for all of these things, each of which may stand more than once.
    #[must_use]
    pub fn new<'a>(things: impl IntoIterator<Item = NamedThing<'a>>) -> Self {
        let things: BTreeSet<NamedThing<'_>> = things.into_iter().collect();
        let names: Vec<WrittenName> = things.iter().map(|thing| WrittenName::of(thing.name)).collect();
        let shared = shared(names.iter().map(|name| name.text.as_str()));
        let named = names.into_iter().zip(&things).map(|(name, thing)| {
            let is_enough = name.is_whole && !shared.contains(&folded(&name.text));
            if is_enough { name.text } else { name.with_code(thing.code) }
        });
        let named: Vec<String> = named.collect();
        // A name with a code may still be that of another thing.
        let shared = self::shared(named.iter().map(String::as_str));
        let names = named.into_iter().zip(&things).map(|(name, thing)| {
            let name = if shared.contains(&folded(&name)) { format!("{name}-{}", short_hash(thing.id)) } else { name };
            (thing.id.to_owned(), name)
        });
        Self { names: names.collect() }
    }

    /// Name of a thing by its id; one that was not told beforehand is called by its id.
    #[must_use]
    pub fn of(&self, id: &str) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| stem(id))
    }
}

/// A name as it can stand in a file's name.
struct WrittenName {
    text: String,
    /// Nothing of it was cut, and it may stand alone.
    is_whole: bool,
}

impl WrittenName {
    fn of(name: &str) -> Self {
        // The line below tells the parts of a file's name apart.
        let is_forbidden = |c: char| matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '_');
        let name = nfc(name);
        let kept = name.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
            c if is_forbidden(c) => '-',
            c if c.is_control() => ' ',
            c => c,
        });
        let kept: String = kept.collect();
        let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
        let whole = words.trim_matches(|c: char| c == '.' || c == ' ' || c == '-');
        let cut: String = whole.chars().take(LONGEST_NAME).collect();
        let is_whole = cut.len() == whole.len() && whole.chars().any(char::is_alphanumeric) && !is_device(whole);
        Self { text: cut.trim_end_matches(['.', ' ']).to_owned(), is_whole }
    }

    fn with_code(self, code: &str) -> String {
        let code = if unfit_as_name(code).is_none() && !code.contains('_') { code.to_owned() } else { stem(code) };
        let is_told = !self.text.chars().any(char::is_alphanumeric) || self.text == code;
        if is_told { code } else { format!("{} ({code})", self.text) }
    }
}

/// Names that several have, as a disk that does not tell case apart sees them.
fn shared<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *count.entry(folded(name)).or_default() += 1;
    }
    count.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect()
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Why a code is not fit to be part of a file's name, if it is not.
#[must_use]
pub fn unfit_as_name(code: &str) -> Option<Message> {
    if code.chars().any(|c| matches!(c, '/' | '\\' | ':')) {
        return Some(message!("base.holds"));
    }
    if code.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Some(message!("base.holds_character_cannot_seen"));
    }
    if code.chars().any(|c| matches!(c, '*' | '?' | '"' | '<' | '>' | '|')) {
        return Some(message!("base.holds_character_no_file"));
    }
    if code.starts_with('.') || code.ends_with('.') {
        return Some(message!("base.begins_ends_dot"));
    }
    if code.chars().count() > LONGEST {
        return Some(message!("base.too_long"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_a_device_or_empty() {
        assert_eq!(stem("09001012"), "09001012");
        assert_eq!(stem("Huyện Yên Định"), "huyen-yen-dinh");
        for text in ["..", "../../x", "/", "\\\\server\\x", "C:\\x", "CON", "nul", "Lpt1", "", " ", "a\u{202e}b", "x.", &"a".repeat(300)] {
            let name = stem(text);
            let fit = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !name.is_empty() && name.len() <= LONGEST;
            assert!(fit && !is_device(&name), "{text:?} {name:?}");
        }
    }

    fn thing<'a>(id: &'a str, name: &'a str) -> NamedThing<'a> {
        NamedThing { id, name, code: id }
    }

    #[test]
    fn no_two_things_have_one_name_and_order_does_not_matter() {
        let things = [
            thing("H1", "Huyện Yên Định"),
            thing("H2", "Huyện Hà Trung"),
            thing("TH001", "Trường Tiểu học Hoa Mai"),
            thing("TH002", "TRƯỜNG TIỂU HỌC HOA MAI"),
            thing("X", "Trường Tiểu học Hoa Mai (TH001)"),
            thing("a1", "Nhà trẻ"),
            thing("A1", "Nhà trẻ"),
        ];
        let names = FileNames::new(things);
        let taken: BTreeSet<String> = things.iter().map(|thing| names.of(thing.id).to_lowercase()).collect();
        assert_eq!(taken.len(), things.len(), "{names:?}");
        assert_eq!(names.of("H1"), "Huyện Yên Định");
        assert_eq!(names.of("TH002"), "TRƯỜNG TIỂU HỌC HOA MAI (TH002)");
        let other = FileNames::new(things.into_iter().rev());
        assert!(things.iter().all(|thing| names.of(thing.id) == other.of(thing.id)));
    }

    #[test]
    fn names_of_people_become_names_of_files() {
        let long = "Trường Tiểu học ".repeat(9);
        for (name, expected) in [
            ("Trường PTDTBT TH&THCS số 1/2: \"A_B\"", "Trường PTDTBT TH&THCS số 1-2- -A-B"),
            ("Trường\u{200b} A\tB.", "Trường A B"),
            ("CON", "CON (09-1)"),
            ("../..", "09-1"),
            (long.as_str(), "Trường Tiểu học Trường Tiểu học Trường Tiểu học Tr (09-1)"),
        ] {
            assert_eq!(FileNames::new([NamedThing { id: "u", name, code: "09-1" }]).of("u"), expected);
        }
    }

    #[test]
    fn codes_that_are_paths_are_known() {
        for code in ["09/004", "..", "../../x", "C:x", "x.", ".x", "a\tb", "a\u{200b}b", "a?b"] {
            assert!(unfit_as_name(code).is_some(), "{code:?}");
        }
        assert!(["09001012", "S01", "TH-01", "01.02", "Trường A"].iter().all(|code| unfit_as_name(code).is_none()));
    }
}
