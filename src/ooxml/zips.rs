//! Zip files of returns, as offices send them: looked into under limits, never unpacked onto the disk.
//!
//! A member of `Xa.zip` is known as `Xa.zip/09001022_02-TH-DN.xlsx`, like a file of a folder.

use std::fs::File;
use std::io::{BufReader, Cursor, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Component, Path, PathBuf};

use super::guard::{MAX_ENTRIES, MAX_FILE, too_large};
use super::raw_cells::{Damaged, RawProblem};
use crate::base::error::system_message;
use crate::base::input::Input;
use crate::base::message::message;
use crate::base::text::fold;

/// Largest zip file looked into.
pub const MAX_ZIP: u64 = 1 << 30;

type Zip = zip::ZipArchive<BufReader<File>>;

/// Kinds of zip file.
pub enum ZipContent {
    /// A workbook under the name of a zip file.
    Workbook,
    /// Files, by the names that they are known by.
    Files(Vec<String>),
}

/// Whether a name is that of a zip file.
#[must_use]
pub fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// Looks into a zip file.
///
/// # Errors
/// When it cannot be read, or holds more than is looked into.
pub fn look_into(path: &Path) -> Result<ZipContent, RawProblem> {
    let mut archive = open(path)?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let name = name_at(&mut archive, index)?;
        if let Some(name) = name {
            names.push(name);
        }
    }
    // One name for two files would give the figures of one for both.
    let mut folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    folded.sort_unstable();
    if folded.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(twice());
    }
    let is_part = |name: &String| ["[Content_Types].xml", "content.xml"].contains(&name.as_str());
    if names.iter().any(is_part) {
        return Ok(ZipContent::Workbook);
    }
    names.sort();
    Ok(ZipContent::Files(names))
}

/// The zip file that a path leads into, and the name in it.
#[must_use]
pub fn inside(path: &Path) -> Option<(PathBuf, String)> {
    let zip = path.ancestors().skip(1).find(|above| is_zip(above) && above.is_file())?;
    let name = path.strip_prefix(zip).ok()?;
    Some((zip.to_owned(), name.to_string_lossy().replace('\\', "/")))
}

/// The bytes of a file in a zip file.
///
/// # Errors
/// When it is not there, protected, damaged or too large.
pub fn read_inside(zip: &Path, name: &str) -> Result<Vec<u8>, RawProblem> {
    let mut archive = open(zip)?;
    // Most names are known as they stand; looking at every entry for each would read a large zip file over and over.
    let indices = archive.index_for_name(name).map_or(0..archive.len(), |index| index..index + 1);
    for index in indices {
        if name_at(&mut archive, index)?.as_deref() != Some(name) {
            continue;
        }
        let mut entry = archive.by_index(index).map_err(|problem| match problem {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => RawProblem::Encrypted,
            other => RawProblem::damaged(Damaged::Zip, &other),
        })?;
        let mut bytes = Vec::new();
        // The declared size may be forged.
        entry.by_ref().take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|problem| RawProblem::damaged(Damaged::Zip, &problem))?;
        return if bytes.len() as u64 > MAX_FILE { Err(RawProblem::Hostile(too_large(entry.size()))) } else { Ok(bytes) };
    }
    Err(RawProblem::unreadable(message!("workbooks.file_no_longer_zip")))
}

fn twice() -> RawProblem {
    RawProblem::unreadable(message!("workbooks.two_files_zip_file"))
}

/// Files that the list at the end of a zip file declares; the library keeps one of several of a name.
fn declared(path: &Path) -> Option<usize> {
    let mut file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(LONGEST_END))).ok()?;
    let mut tail = Vec::new();
    file.take(LONGEST_END).read_to_end(&mut tail).ok()?;
    let at = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
    let count = tail.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([count[0], count[1]])))
}

/// Bytes that the end of a zip file takes at most, with its comment.
const LONGEST_END: u64 = 66_000;

fn open(path: &Path) -> Result<Zip, RawProblem> {
    // Only looked at: whether it is a file, and how large.
    Input::open(path, MAX_ZIP).map_err(|refusal| RawProblem::Unreadable(refusal.words()))?;
    let file = File::open(path).map_err(|problem| RawProblem::Unreadable(system_message(&problem)))?;
    let archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|problem| RawProblem::damaged(Damaged::Zip, &problem))?;
    if archive.len() > MAX_ENTRIES {
        return Err(RawProblem::hostile(message!("workbooks.zip_file_holds_more", max_entries = MAX_ENTRIES)));
    }
    if declared(path).is_some_and(|declared| declared != archive.len()) {
        return Err(twice());
    }
    Ok(archive)
}

/// The name by which an entry is known, without anything that would lead out of the zip file; none for folders.
fn name_at(archive: &mut Zip, index: usize) -> Result<Option<String>, RawProblem> {
    let entry = archive.by_index_raw(index).map_err(|problem| RawProblem::damaged(Damaged::Zip, &problem))?;
    if entry.is_dir() {
        return Ok(None);
    }
    let name = entry.name().map_err(|problem| RawProblem::damaged(Damaged::Zip, &problem))?.replace('\\', "/");
    let parts = Path::new(&name).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    Ok(Some(parts.collect::<Vec<_>>().join("/")))
}

/// A workbook of ours whose first sheet declares another size than it has, as some software does.
///
/// # Errors
/// As the zip library says, or when it is no workbook of ours.
pub fn with_declared_size(workbook: &[u8], declared: &str) -> std::result::Result<Vec<u8>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).map_err(|e| e.to_string())?;
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|e| e.to_string())?;
        let name = entry.name().map_err(|e| e.to_string())?.into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        if name == FIRST_SHEET {
            let text = String::from_utf8(bytes).map_err(|e| e.to_string())?;
            let (before, rest) = text.split_once(DIMENSION).ok_or(DIMENSION)?;
            let (_, after) = rest.split_once('"').ok_or(DIMENSION)?;
            bytes = format!("{before}{DIMENSION}{declared}\"{after}").into_bytes();
        }
        members.push((name, bytes));
    }
    stored_zip(&members)
}

/// The part of the first sheet, as the writing library names it.
const FIRST_SHEET: &str = "xl/worksheets/sheet1.xml";
/// Beginning of what a sheet declares as its size.
const DIMENSION: &str = "<dimension ref=\"";

/// Files put together in a zip, as they are: workbooks are compressed already; a fixed date keeps the bytes the same.
///
/// # Errors
/// As the zip library says, where its format has no room.
pub fn stored_zip(members: &[(String, Vec<u8>)]) -> std::result::Result<Vec<u8>, String> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (member, bytes) in members {
        zip.start_file(member, options).map_err(|e| e.to_string())?;
        zip.write_all(bytes).map_err(|e| e.to_string())?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|e| e.to_string())
}
