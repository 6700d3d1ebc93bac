//! A package whose parts stand in it as they are, so that they are inflated only once.
//!
//! The guard has to inflate every part before it may be parsed. It keeps what it
//! saw as a second zip, in memory and without compression, and the spreadsheet
//! library reads that: what was checked is what is parsed.

use std::collections::HashMap;
use std::io::{self, Read};

use crate::base::message::message;

/// Version 2.0 of the format, enough for stored parts.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 0x0800;
/// The first day the format knows, 1 January 1980.
const DAY: u16 = 0x21;

/// A zip being put together in memory.
#[derive(Debug)]
pub struct Package {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    parts: u16,
    /// Where the last part begins, in the package and in its directory.
    last: Last,
}

/// Where a part begins.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    bytes: usize,
    directory: usize,
}

impl Package {
    /// An empty package with room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), directory: Vec::new(), parts: 0, last: Last::default() }
    }

    /// Adds a part and gives what it holds; one that cannot be read is left out.
    ///
    /// # Errors
    /// Errors of the reader, or that the zip format has no room for the part.
    pub fn add(&mut self, name: &str, checksum: u32, content: &mut impl Read) -> io::Result<&[u8]> {
        let start = self.bytes.len();
        self.last = Last { bytes: start, directory: self.directory.len() };
        let added = self.append(name, checksum, content);
        if added.is_err() {
            self.bytes.truncate(start);
        }
        added.map(|from| &self.bytes[from..])
    }

    /// Puts another content in the place of the part that was added last.
    ///
    /// # Errors
    /// As for [`Package::add`].
    pub fn replace_last(&mut self, name: &str, checksum: u32, content: &[u8]) -> io::Result<()> {
        self.bytes.truncate(self.last.bytes);
        self.directory.truncate(self.last.directory);
        self.parts = self.parts.saturating_sub(1);
        self.add(name, checksum, &mut &*content).map(drop)
    }

    /// Appends a part; gives where its content begins.
    fn append(&mut self, name: &str, checksum: u32, content: &mut impl Read) -> io::Result<usize> {
        let offset = u32::try_from(self.bytes.len()).map_err(io::Error::other)?;
        let length = u16::try_from(name.len()).map_err(io::Error::other)?;
        let parts = self.parts.checked_add(1).ok_or_else(|| io::Error::other(message!("workbooks.too_many_parts").en()))?;
        // The size is known once the part is read; everything else of its heading stands.
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(heading(checksum, 0, length));
        self.bytes.extend([0; 2]);
        self.bytes.extend(name.as_bytes());
        let from = self.bytes.len();
        content.read_to_end(&mut self.bytes)?;
        let size = u32::try_from(self.bytes.len() - from).map_err(io::Error::other)?;
        let heading = heading(checksum, size, length);
        let at = offset as usize + 4;
        self.bytes[at..at + heading.len()].copy_from_slice(&heading);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(heading);
        // No extra fields, comment, disk or attributes.
        self.directory.extend([0; 12]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.parts = parts;
        Ok(from)
    }

    /// The whole package.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let at = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let size = u32::try_from(self.directory.len()).unwrap_or(u32::MAX);
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.parts.to_le_bytes());
        self.bytes.extend(self.parts.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

/// Fields that a stored part's heading shares with its line in the directory.
fn heading(checksum: u32, size: u32, name: u16) -> [u8; 24] {
    let mut heading = [0; 24];
    let mut put = |at: usize, bytes: &[u8]| heading[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &VERSION.to_le_bytes());
    put(2, &UTF8.to_le_bytes());
    put(8, &DAY.to_le_bytes());
    put(10, &checksum.to_le_bytes());
    put(14, &size.to_le_bytes());
    put(18, &size.to_le_bytes());
    put(22, &name.to_le_bytes());
    heading
}

/// The parts of a package that was put together here, by their names in small letters; nothing where it is none.
#[must_use]
pub fn stored_parts(package: &[u8]) -> Option<HashMap<String, &[u8]>> {
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = package.get(at..at + length)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let end = package.len().checked_sub(22)?;
    package.get(end..)?.starts_with(b"PK\x05\x06").then_some(())?;
    let (count, mut at) = (number(end + 10, 2)?, number(end + 16, 4)?);
    let mut parts = HashMap::with_capacity(count);
    for _ in 0..count {
        let is_stored = package.get(at..at + 4)? == b"PK\x01\x02" && number(at + 10, 2)? == 0;
        let (size, length, offset) = (number(at + 24, 4).filter(|_| is_stored)?, number(at + 28, 2)?, number(at + 42, 4)?);
        let name = std::str::from_utf8(package.get(at + 46..at + 46 + length)?).ok()?.to_lowercase();
        let content = offset + 30 + length;
        parts.insert(name, package.get(content..content + size)?);
        at += 46 + length;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_takes_it_for_a_zip() {
        let mut package = Package::with_capacity(0);
        assert_eq!(package.add("xl/một.xml", 0x8587_d865, &mut &b"abcde"[..]).unwrap(), b"abcde");
        assert!(package.add(&"x".repeat(70_000), 0, &mut io::empty()).is_err());
        package.add("trống", 1, &mut &b"x"[..]).unwrap();
        package.replace_last("trống", 0, b"").unwrap();
        let bytes = package.finish();
        let parts = stored_parts(&bytes).unwrap();
        assert_eq!((parts.len(), parts["xl/một.xml"], parts["trống"]), (2, &b"abcde"[..], &b""[..]));
        assert!(stored_parts(&bytes[..bytes.len() - 1]).is_none() && stored_parts(b"PK").is_none());
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["xl/một.xml", "trống"]);
        let mut text = String::new();
        archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcde");
    }
}
