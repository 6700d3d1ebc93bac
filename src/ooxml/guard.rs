//! Checks of a file before the spreadsheet library may parse it.
//!
//! Workbooks come from anywhere. A small zip can inflate to gigabytes, and a
//! forged count makes the library reserve more memory than there is, which ends
//! the program. So the zip directory is read first; then every XML part is
//! inflated once, which verifies its checksum (the library stops at the last
//! cell, before the checksum) and shows the few things it believes blindly. The
//! library gets the parts as they were inflated here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read as _};
use std::time::Duration;

use memchr::memmem;

use super::error_cells::errors_as_texts;
use super::number_cells::numbers_without_blanks;
use super::other_kinds::other_kind;
use super::package::Package;
use super::part_checks::{check_part, is_sheet};
use super::part_names::{shown, unreadable_part};
use super::raw_cells::{Damaged, RawProblem};
use crate::base::message::{Message, message};

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
/// How long the reader may work on one file.
pub const MAX_TIME: Duration = Duration::from_mins(1);

/// Room for parts is reserved up to so many times the size of the file; beyond, it grows.
const USUAL_RATIO: usize = 20;
/// Room for the headings of a package, enough for most.
const HEADINGS: usize = 8 << 10;
/// How the stream of an old workbook begins: version 8, and version 5.
const WORKBOOK_STARTS: [&[u8]; 3] =
    [b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00", b"\x09\x08\x10\x00\x00\x05\x05\x00"];
/// The record that says that the rest is encrypted.
const PASSWORD_RECORD: u16 = 0x2f;
/// It stands after the first record, or after some about who may write.
const RECORDS_BEFORE_PASSWORD: usize = 8;
/// Kinds of sheets that hold commands, and as which kind of the same length they are passed on.
const MACRO_SHEETS: [(&[u8], &[u8]); 2] = [(b"xlMacrosheet", b"/dialogsheet"), (b"xlIntlMacrosheet", b"/////dialogsheet")];
/// A zip archive in memory.
pub type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// The format of a file, told by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// The binary format of 1997.
    Xls,
    /// The binary parts in a package of 2007.
    Xlsb,
    /// OpenDocument.
    Ods,
}

/// A file that may be parsed.
#[derive(Debug)]
pub struct Inspected<'a> {
    /// Its format.
    pub format: Format,
    /// Bytes to parse: the file itself, or the package with its parts inflated.
    pub bytes: Cow<'a, [u8]>,
}

/// A file whose directory is within the limits; its parts are not looked at yet.
pub enum Opened<'a> {
    /// An OLE container.
    Old,
    /// A zip package.
    Package(OpenedPackage<'a>),
}

/// A zip package whose directory is within the limits.
pub struct OpenedPackage<'a> {
    /// Its format.
    pub format: Format,
    /// Its parts: the declared sizes are within the limits, and they bind.
    pub archive: Archive<'a>,
    /// Their names as they are looked up.
    names: Vec<String>,
    /// Size of all parts, as declared.
    total: u64,
}

/// Tells the format and refuses what is unsafe to parse.
///
/// # Errors
/// [`RawProblem`] naming the limit, or what the file is instead of a workbook.
pub fn inspect(bytes: &[u8]) -> Result<Inspected<'_>, RawProblem> {
    match open(bytes)? {
        Opened::Old => Ok(Inspected { format: Format::Xls, bytes: Cow::Borrowed(bytes) }),
        Opened::Package(OpenedPackage { format, mut archive, names, total }) => {
            // The declared size may be forged.
            let room = usize::try_from(total).unwrap_or(0).min(bytes.len().saturating_mul(USUAL_RATIO));
            if format == Format::Ods && is_encrypted(&mut archive, &names) {
                return Err(RawProblem::Encrypted);
            }
            let package = inflate(&mut archive, &names, Package::with_capacity(room + HEADINGS))?;
            Ok(Inspected { format, bytes: Cow::Owned(package) })
        }
    }
}

/// Said of a file that is not read at all.
#[must_use]
pub fn too_large(bytes: u64) -> Message {
    message!("workbooks.file_bytes_most_read", bytes, max_file = MAX_FILE)
}

/// Tells the format and checks the directory, without inflating anything.
///
/// # Errors
/// As for [`inspect`], but for what only the content of parts shows.
pub fn open(bytes: &[u8]) -> Result<Opened<'_>, RawProblem> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(RawProblem::Hostile(too_large(bytes.len() as u64)));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return open_container(bytes);
    }
    if !bytes.starts_with(b"PK") {
        return Err(other_kind(bytes));
    }
    open_zip(bytes).map(Opened::Package)
}

/// An OLE container is an old workbook, or a password around a new one.
fn open_container(bytes: &[u8]) -> Result<Opened<'_>, RawProblem> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memmem::find(bytes, &name).is_some() || has_password(bytes) {
        return Err(RawProblem::Encrypted);
    }
    Ok(Opened::Old)
}

/// Whether an old workbook says at its beginning that what follows is encrypted, whichever way.
fn has_password(bytes: &[u8]) -> bool {
    let Some(start) = WORKBOOK_STARTS.iter().find_map(|start| memmem::find(bytes, start)) else { return false };
    let mut rest = &bytes[start..];
    for _ in 0..RECORDS_BEFORE_PASSWORD {
        let Some((head, after)) = rest.split_at_checked(4) else { return false };
        let (kind, length) = (u16::from_le_bytes([head[0], head[1]]), usize::from(u16::from_le_bytes([head[2], head[3]])));
        if kind == PASSWORD_RECORD {
            return true;
        }
        let Some(after) = after.get(length..) else { return false };
        rest = after;
    }
    false
}

fn open_zip(bytes: &[u8]) -> Result<OpenedPackage<'_>, RawProblem> {
    // Counted before the zip library builds its own list, which costs memory per entry.
    let entries = memmem::find_iter(bytes, b"PK\x01\x02").take(MAX_ENTRIES + 1).count();
    if entries > MAX_ENTRIES {
        return Err(RawProblem::hostile(message!("workbooks.package_more_parts", max_entries = MAX_ENTRIES)));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let (names, total) = check_directory(bytes, &mut archive)?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let format = if has("xl/workbook.bin") {
        Format::Xlsb
    } else if has("content.xml") {
        Format::Ods
    } else {
        Format::Xlsx
    };
    if format == Format::Xlsx && has("word/document.xml") {
        return Err(RawProblem::unreadable(message!("workbooks.word_document_no_workbook")));
    }
    Ok(OpenedPackage { format, archive, names, total })
}

/// Whether the list of an OpenDocument file's parts says that they are encrypted.
fn is_encrypted(archive: &mut Archive<'_>, names: &[String]) -> bool {
    let Some(index) = names.iter().position(|name| name == "meta-inf/manifest.xml") else { return false };
    let mut list = Vec::new();
    let is_read = archive.by_index(index).is_ok_and(|mut entry| entry.read_to_end(&mut list).is_ok());
    is_read && memmem::find(&list, b"encryption-data").is_some()
}

/// Inflates and checks every part, into a package without compression.
fn inflate(archive: &mut Archive<'_>, names: &[String], mut package: Package) -> Result<Vec<u8>, RawProblem> {
    for (index, name) in names.iter().enumerate() {
        // Other parts (pictures, printer settings) are not parsed: one that is damaged is left out.
        let is_parsed = name.ends_with(".xml") || name.ends_with(".rels");
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(problem) if is_parsed => return Err(unreadable_part(name, problem)),
            Err(_) => continue,
        };
        let own_name = entry.name().map_err(|e| unreadable(&e))?.into_owned();
        if name.ends_with("workbook.xml.rels") || name.ends_with("workbook.bin.rels") {
            add_relations(&mut package, &own_name, name, &mut entry)?;
            continue;
        }
        let checksum = entry.crc32();
        match package.add(&own_name, checksum, &mut entry) {
            Ok(part) if is_parsed => {
                check_part(name, part)?;
                let changed = if is_sheet(name) { readable_cells(part) } else { None };
                if let Some(changed) = changed {
                    let added = package.replace_last(&own_name, crc32(&changed), &changed);
                    added.map_err(|problem| unreadable_part(name, problem))?;
                }
            }
            Err(problem) if is_parsed => return Err(unreadable_part(name, problem)),
            _ => {}
        }
    }
    Ok(package.finish())
}

/// A sheet with its cells as the spreadsheet library can read them; nothing where it can as they are.
fn readable_cells(part: &[u8]) -> Option<Vec<u8>> {
    let plain = numbers_without_blanks(part);
    errors_as_texts(plain.as_deref().unwrap_or(part)).or(plain)
}

/// Adds the list of what a workbook consists of. A sheet of old macro commands, which the library gives up on, is passed
/// on as a sheet of a dialog: neither holds figures.
fn add_relations(package: &mut Package, own_name: &str, name: &str, entry: &mut impl std::io::Read) -> Result<(), RawProblem> {
    let mut part = Vec::new();
    entry.read_to_end(&mut part).map_err(|problem| unreadable_part(name, problem))?;
    for (kind, stand_in) in MACRO_SHEETS {
        let found: Vec<usize> = memmem::find_iter(&part, kind).collect();
        for at in found {
            part[at..at + kind.len()].copy_from_slice(stand_in);
        }
    }
    let part = package.add(own_name, crc32(&part), &mut part.as_slice()).map_err(|problem| unreadable_part(name, problem))?;
    check_part(name, part)
}

/// The checksum of zip archives.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc: u32, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

fn unreadable(problem: &dyn std::fmt::Display) -> RawProblem {
    RawProblem::damaged(Damaged::Package, problem)
}

/// Checks sizes, ratios and repeated names of the zip directory.
///
/// Gives the names as the spreadsheet library looks them up, in lower case with
/// forward slashes, and the size of all parts. The declared sizes bind: the zip
/// library stops beyond them.
fn check_directory(bytes: &[u8], archive: &mut Archive<'_>) -> Result<(Vec<String>, u64), RawProblem> {
    if declared_entries(bytes).is_some_and(|declared| declared != archive.len() as u64) {
        return Err(RawProblem::unreadable(message!("workbooks.two_parts_package_same")));
    }
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| unreadable(&e))?;
        let name = entry.name().map_err(|e| unreadable(&e))?.replace('\\', "/").to_lowercase();
        let (size, stored) = (entry.size(), entry.compressed_size());
        if entry.encrypted() {
            return Err(RawProblem::Encrypted);
        }
        total = total.saturating_add(size);
        if size > MAX_ENTRY || total > MAX_TOTAL {
            let name = shown(&name);
            return Err(RawProblem::hostile(message!("workbooks.part_inflates_bytes_all", name, size, total)));
        }
        if size > RATIO_FROM && size / stored.max(1) > MAX_RATIO {
            let (name, times) = (shown(&name), size / stored.max(1));
            return Err(RawProblem::hostile(message!("workbooks.part_inflates_times", name, times)));
        }
        if !seen.insert(name.clone()) {
            let name = shown(&name);
            return Err(RawProblem::unreadable(message!("workbooks.two_parts_package_named", name)));
        }
        names.push(name);
    }
    Ok((names, total))
}

/// The number of entries that the zip's last record declares.
fn declared_entries(bytes: &[u8]) -> Option<u64> {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    let at = memmem::rfind(tail, b"PK\x05\x06")?;
    let count = u16::from_le_bytes(tail.get(at + 10..at + 12)?.try_into().ok()?);
    if count != u16::MAX {
        return Some(u64::from(count));
    }
    // This value sends the reader to the record of large archives, which stands before.
    let large = memmem::rfind(&tail[..at], b"PK\x06\x06")?;
    Some(u64::from_le_bytes(tail.get(large + 32..large + 40)?.try_into().ok()?))
}
