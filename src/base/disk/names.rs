//! File names out of codes and names of units, groups, terms: the same on every system, never a path.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::hex;
use crate::base::message::{Message, message};
use crate::base::text::{is_invisible, nfc, tone_key};

/// Characters of a name at the most: with a form's symbol and an ending it still fits everywhere.
const LONGEST: usize = 80;
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
    let hash = hex(&Sha256::digest(nfc(text).as_bytes())[..HASH_BYTES]);
    let start: String = name.chars().take(LONGEST - hash.len() - 1).collect();
    match start.trim_matches('-') {
        "" => hash,
        start => format!("{start}-{hash}"),
    }
}

fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let numbered =
        |device: &&str| name.strip_prefix(*device).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
    DEVICES.contains(&name.as_str()) || NUMBERED_DEVICES.iter().any(numbered)
}

/// Names for things that stand beside each other: no two have one, on a disk that does not tell case apart either.
///
/// A text that shares its name with another gets some digits of its hash; so does the other. What a text is called
/// therefore does not depend on the order of the texts.
#[derive(Debug, Clone, Default)]
pub struct FileNames {
    names: BTreeMap<String, String>,
}

impl FileNames {
    /// Names for all of these texts, each of which may stand more than once.
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let texts: BTreeSet<String> = texts.into_iter().map(|text| text.as_ref().to_owned()).collect();
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for text in &texts {
            *count.entry(stem(text).to_ascii_lowercase()).or_default() += 1;
        }
        let name = |text: String| {
            let own = stem(&text);
            let is_shared = count.get(&own.to_ascii_lowercase()).is_some_and(|&count| count > 1);
            let name = if is_shared { told_apart(&plain(&text), &text) } else { own };
            (text, name)
        };
        Self { names: texts.into_iter().map(name).collect() }
    }

    /// Name of a text; one that was not told beforehand is called as if it stood alone.
    #[must_use]
    pub fn of(&self, text: &str) -> String {
        self.names.get(text).cloned().unwrap_or_else(|| stem(text))
    }
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

    #[test]
    fn no_two_things_have_one_name_and_order_does_not_matter() {
        let texts = ["Huyện Yên Định", "Huyện Yên Đình", "a1", "A1", "09/004", "09-004", "Huyện Hà Trung"];
        let names = FileNames::new(texts);
        let taken: BTreeSet<String> = texts.iter().map(|text| names.of(text).to_lowercase()).collect();
        assert_eq!(taken.len(), texts.len(), "{names:?}");
        assert_eq!(names.of("Huyện Hà Trung"), "huyen-ha-trung");
        let other = FileNames::new(texts.iter().rev());
        assert!(texts.iter().all(|text| names.of(text) == other.of(text)));
    }

    #[test]
    fn codes_that_are_paths_are_known() {
        for code in ["09/004", "..", "../../x", "C:x", "x.", ".x", "a\tb", "a\u{200b}b", "a?b"] {
            assert!(unfit_as_name(code).is_some(), "{code:?}");
        }
        assert!(["09001012", "S01", "TH-01", "01.02", "Trường A"].iter().all(|code| unfit_as_name(code).is_none()));
    }
}
