//! What is checked of a file before any library may parse it.
//!
//! Workbooks come from anywhere. A small zip can inflate to gigabytes, and a
//! forged count makes the spreadsheet library reserve more memory than there
//! is, which ends the program. So the zip directory is read first, and the few
//! attributes that are believed blindly are looked at.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use memchr::memmem;

use super::raw::RawProblem;

/// Largest file read at all.
pub const MAX_FILE: u64 = 64 << 20;
/// Largest inflated part of a package.
pub const MAX_ENTRY: u64 = 64 << 20;
/// Largest inflated package.
pub const MAX_TOTAL: u64 = 200 << 20;
/// Largest ratio of inflated to stored size, for parts above [`RATIO_FROM`].
pub const MAX_RATIO: u64 = 200;
/// Parts below this size may have any ratio: styles of empty rows compress well.
pub const RATIO_FROM: u64 = 8 << 20;
/// Parts of a package.
pub const MAX_ENTRIES: usize = 2_000;
/// Bytes of a part looked at for forged counts and document types.
const HEAD: usize = 2_048;

/// The format of a file, told by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// The binary format of 1997.
    Xls,
    /// OpenDocument.
    Ods,
}

/// Tells the format and refuses what is unsafe to parse.
///
/// # Errors
/// [`RawProblem`] naming the limit, or what the file is instead of a workbook.
pub fn inspect(bytes: &[u8]) -> Result<Format, RawProblem> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(RawProblem::Hostile(format!("the file has {} bytes", bytes.len())));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return inspect_container(bytes);
    }
    if !bytes.starts_with(b"PK") {
        return Err(RawProblem::Unreadable("it is not a workbook (neither zip nor xls)".to_owned()));
    }
    inspect_zip(bytes)
}

/// An OLE container is an old workbook, or a password around a new one.
fn inspect_container(bytes: &[u8]) -> Result<Format, RawProblem> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memmem::find(bytes, &name).is_some() { Err(RawProblem::Encrypted) } else { Ok(Format::Xls) }
}

fn inspect_zip(bytes: &[u8]) -> Result<Format, RawProblem> {
    let unreadable = |problem: zip::result::ZipError| RawProblem::Unreadable(problem.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    check_directory(bytes, &mut archive)?;
    let names: Vec<String> = archive.file_names().filter_map(|name| name.ok().map(|n| n.into_owned())).collect();
    if names.iter().any(|name| name == "xl/workbook.bin") {
        return Err(RawProblem::Unreadable("the xlsb format is not supported; save it as .xlsx".to_owned()));
    }
    if names.iter().any(|name| name == "content.xml") {
        return Ok(Format::Ods);
    }
    for name in &names {
        let is_xml = name.starts_with("xl/") && name.ends_with(".xml");
        if is_xml && !name.contains("/theme/") && !name.contains("/media/") {
            check_part(&mut archive, name)?;
        }
    }
    Ok(Format::Xlsx)
}

/// Sizes, ratios and repeated names of the zip directory.
fn check_directory(bytes: &[u8], archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Result<(), RawProblem> {
    let hostile = |what: String| Err(RawProblem::Hostile(what));
    if archive.len() > MAX_ENTRIES {
        return hostile(format!("the package has {} parts", archive.len()));
    }
    if declared_entries(bytes).is_some_and(|declared| declared != archive.len()) {
        return Err(RawProblem::Unreadable("two parts of the package have the same name".to_owned()));
    }
    let mut seen = HashSet::new();
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| RawProblem::Unreadable(e.to_string()))?;
        let name = entry.name().map_err(|e| RawProblem::Unreadable(e.to_string()))?.into_owned();
        let (size, stored) = (entry.size(), entry.compressed_size());
        if entry.encrypted() {
            return Err(RawProblem::Encrypted);
        }
        total = total.saturating_add(size);
        if size > MAX_ENTRY || total > MAX_TOTAL {
            return hostile(format!("part `{name}` inflates to {size} bytes, {total} in all"));
        }
        if size > RATIO_FROM && size / stored.max(1) > MAX_RATIO {
            return hostile(format!("part `{name}` inflates {} times", size / stored.max(1)));
        }
        if !seen.insert(name.to_lowercase()) {
            return Err(RawProblem::Unreadable(format!("two parts of the package are named `{name}`")));
        }
    }
    Ok(())
}

/// The number of entries the zip's last record declares.
fn declared_entries(bytes: &[u8]) -> Option<usize> {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    let at = memmem::rfind(tail, b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    let count = u16::from_le_bytes([count[0], count[1]]);
    // 0xffff sends the reader to the zip64 record, which such small files do not need.
    (count != u16::MAX).then_some(usize::from(count))
}

/// The start of a part: no document type (entity bombs), no forged count.
fn check_part(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<(), RawProblem> {
    let unreadable = |problem: &dyn std::fmt::Display| RawProblem::Unreadable(format!("part `{name}`: {problem}"));
    let entry = archive.by_name(name).map_err(|e| unreadable(&e))?;
    let size = entry.size();
    let mut head = Vec::with_capacity(HEAD);
    entry.take(HEAD as u64).read_to_end(&mut head).map_err(|e| unreadable(&e))?;
    if memmem::find(&head, b"<!DOCTYPE").is_some() || memmem::find(&head, b"<!ENTITY").is_some() {
        return Err(RawProblem::Hostile(format!("part `{name}` declares a document type")));
    }
    if let Some(at) = memmem::find(&head, b"uniqueCount=") {
        let digits: String = head[at + 13..].iter().take_while(|b| b.is_ascii_digit()).map(|&b| char::from(b)).collect();
        // A shared string takes at least `<si/>`; more of them than that is a forgery.
        let forged = digits.parse::<u64>().map_or(!digits.is_empty(), |count| count > size / 5 + 1_000);
        if forged {
            return Err(RawProblem::Hostile(format!("part `{name}` declares {digits} shared texts in {size} bytes")));
        }
    }
    Ok(())
}
