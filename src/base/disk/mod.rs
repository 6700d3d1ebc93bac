//! Files put safely on the disk: written aside and renamed, copied, hashed; one writer at a time.
//!
//! Only what every system and a network share can do: renames within a folder and the system's own
//! file locks, which end with the process that holds them. What people are handed goes through an
//! [`OutputFolder`], which knows what the program wrote there and touches nothing else.

mod guard;
mod lock;
mod names;
mod output;
mod record;

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::base::error::{Action, Error, Result};
use crate::base::message::message;

pub use guard::OutputRules;
pub use lock::{Lock, hold_as};
pub use names::{FileNames, NamedThing, stem, unfit_as_name};
pub use output::{KeptFile, OutputFile, OutputFolder, Published, Scope, abandon_outputs, files_below, write_file};
pub use record::{OutputRecord, RUN_FILES, RunFiles, WORK_FOLDER, Written};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

/// Where a file is written before it is put in place: readers of folders pass names over that begin with a dot.
#[must_use]
pub fn temp_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.new"))
}

/// Puts a file in place that was written aside.
///
/// # Errors
/// When the file before is open in another program.
pub fn commit(path: &Path) -> Result<()> {
    std::fs::rename(temp_path(path), path).map_err(|e| Error::io(Action::Rename, path, e))
}

/// Writes a file, its folder too, and puts it safely on the disk.
///
/// # Errors
/// When the disk is full.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |e| Error::io(Action::Write, path, e);
    make_parent(path)?;
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

/// Writes a file that is too long to be held: `fill` writes it bit by bit.
///
/// # Errors
/// When the disk is full.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let failed = |e| Error::io(Action::Write, path, e);
    make_parent(path)?;
    let mut file = BufWriter::with_capacity(1 << 16, File::create(path).map_err(failed)?);
    fill(&mut file).and_then(|()| file.flush()).and_then(|()| file.get_ref().sync_all()).map_err(failed)
}

/// Writes a file that is not there yet, its folder too.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    make_parent(path)?;
    let mut file = File::create_new(path).map_err(|e| Error::io(Action::Write, path, e))?;
    file.write_all(bytes).map_err(|e| Error::io(Action::Write, path, e))
}

/// Writes a file aside and puts it in place.
///
/// # Errors
/// When the disk is full, or the file before is open in another program.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    write(&temp_path(path), bytes)?;
    commit(path)
}

/// Copies a file, which must have this hash where one is told; gives hash and number of bytes.
///
/// # Errors
/// When it cannot be read or written, or has changed since it was hashed.
pub fn copy(from: &Path, to: &Path, expected: Option<&str>) -> Result<(String, u64)> {
    let failed = |e| Error::io(Action::Write, to, e);
    make_parent(to)?;
    let mut file = File::create(to).map_err(failed)?;
    let mut problem = None;
    let found = read_chunks(from, |chunk| {
        if problem.is_none() {
            problem = file.write_all(chunk).err();
        }
    })?;
    if let Some(e) = problem {
        return Err(failed(e));
    }
    file.sync_all().map_err(failed)?;
    if expected.is_some_and(|expected| expected != found.0) {
        let reason = message!("base.sha_now", expected = expected.unwrap_or_default(), found = found.0);
        return Err(Error::library(Action::Read, from, reason));
    }
    Ok(found)
}

/// The SHA-256 of a file and its number of bytes.
///
/// # Errors
/// When it cannot be read.
pub fn hash(path: &Path) -> Result<(String, u64)> {
    read_chunks(path, |_| ())
}

fn read_chunks(path: &Path, mut each: impl FnMut(&[u8])) -> Result<(String, u64)> {
    let failed = |e| Error::io(Action::Read, path, e);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let length = file.read(&mut chunk).map_err(failed)?;
        if length == 0 {
            return Ok((hex(&hash.finalize()), size));
        }
        size += length as u64;
        hash.update(&chunk[..length]);
        each(&chunk[..length]);
    }
}

/// The SHA-256 of some bytes, as digits.
#[must_use]
pub fn sha256_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a name leads to a place below the folder it is seen from, and nowhere else.
#[must_use]
pub fn is_below(name: &str) -> bool {
    !name.is_empty() && !name.contains('\\') && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Makes a folder's list of names as durable as its files, where the system can.
pub fn sync_folder(folder: &Path) {
    // Some systems cannot open a folder; they do not need it either.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn make_parent(path: &Path) -> Result<()> {
    path.parent().map_or(Ok(()), |folder| std::fs::create_dir_all(folder).map_err(|e| Error::io(Action::Write, folder, e)))
}

/// Removes a file or folder, if it is there.
///
/// # Errors
/// When something in it is open in another program.
pub fn remove(path: &Path) -> Result<()> {
    let done = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match done {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(Action::Remove, path, e)),
        _ => Ok(()),
    }
}
