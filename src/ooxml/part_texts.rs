//! Parts of a package as texts, for whoever looks beyond the values of cells.
//!
//! The package has passed the guard: its sizes are checked, and the zip library stops at the declared ones.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use super::guard::Archive;

/// The parts of a package, by their names in small letters.
pub struct PartTexts<'a> {
    zip: Archive<'a>,
    parts: BTreeMap<String, usize>,
}

impl<'a> PartTexts<'a> {
    /// Opens a package; nothing where the bytes are none.
    #[must_use]
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut zip = Archive::new(Cursor::new(bytes)).ok()?;
        let mut parts = BTreeMap::new();
        for index in 0..zip.len() {
            let name = zip.by_index_raw(index).ok().and_then(|entry| entry.name().ok().map(|name| name.replace('\\', "/").to_lowercase()));
            if let Some(name) = name {
                parts.insert(name, index);
            }
        }
        Some(Self { zip, parts })
    }

    /// A part as a text, whatever is no text in it replaced; nothing where it is not there or cannot be read.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut text = Vec::new();
        self.zip.by_index(*self.parts.get(name)?).ok()?.read_to_end(&mut text).ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}
