//! Making a release: everything is written where nobody looks, then put in place by renames.
//!
//! Whatever takes room on the disk is written before the one rename that makes the release; killed
//! before it there is no release, killed after it there is one, and `current` follows when the next
//! writer comes.

use std::path::{Path, PathBuf};

use super::draft::{self, StagedDraft};
use super::generation::{follow, prepare, restore_in};
use super::{MANIFEST, RELEASES, ReleaseEntry, releases_in};
use crate::archive::reader::{Area, keys_in, table_in};
use crate::archive::term_key::{TermKey, names};
use crate::base::disk::{self, Lock};
use crate::base::error::{Action, Error, Result};

/// The lock of an archive's writers.
const LOCK: &str = ".lock";
/// Where a release is written; nobody reads names that begin with a dot.
const STAGING: &str = ".new";

/// The right to write into an archive, held by one process at a time.
#[derive(Debug)]
pub struct Writer {
    archive: PathBuf,
    _lock: Lock,
}

impl Writer {
    /// Waits for the right, a minute at most; ends what an interrupted writer had begun.
    ///
    /// # Errors
    /// When somebody else keeps writing, or the archive cannot be written.
    pub fn open(archive: &Path) -> Result<Self> {
        let writer = Self { archive: archive.to_owned(), _lock: Lock::take(&archive.join(LOCK))? };
        disk::remove(&writer.staging())?;
        follow(archive, &|_| ())?;
        draft::recover(archive)?;
        [Area::Current, Area::Draft].iter().flat_map(|area| area.folders()).try_for_each(|part| sweep(&archive.join(part)))?;
        Ok(writer)
    }

    /// The archive.
    #[must_use]
    pub fn archive(&self) -> &Path {
        &self.archive
    }

    /// An empty folder to write a draft into.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin_draft(&self) -> Result<StagedDraft<'_>> {
        StagedDraft::begin(&self.archive)
    }

    fn staging(&self) -> PathBuf {
        self.archive.join(RELEASES).join(STAGING)
    }

    /// An empty folder to write a release into.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(&self) -> Result<StagedRelease<'_>> {
        let folder = self.staging();
        disk::remove(&folder)?;
        std::fs::create_dir_all(&folder).map_err(|e| Error::io(Action::Write, &folder, e))?;
        Ok(StagedRelease { writer: self, folder, is_done: false })
    }
}

/// A release that is being written.
#[derive(Debug)]
pub struct StagedRelease<'a> {
    writer: &'a Writer,
    folder: PathBuf,
    is_done: bool,
}

impl StagedRelease<'_> {
    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes it a release and puts it in force; its files must be safely on the disk. `watch` is told before every step.
    ///
    /// # Errors
    /// When the disk is full, or a release of this number is there already. There is no release then.
    pub fn commit(mut self, key: &TermKey, number: u32, kind: &str, manifest: &[u8], watch: &dyn Fn(&str)) -> Result<PathBuf> {
        watch("write the description");
        disk::write(&self.folder.join(MANIFEST), manifest)?;
        watch("copy the tables");
        prepare(&self.writer.archive, key, &self.folder)?;
        let target = self.writer.archive.join(RELEASES).join(key.to_string()).join(folder_name(number, kind));
        if target.exists() {
            return Err(Error::io(Action::Write, &target, std::io::Error::from(std::io::ErrorKind::AlreadyExists)));
        }
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Error::io(Action::Write, parent, e))?;
        }
        sync_tree(&self.folder)?;
        watch("make the release");
        std::fs::rename(&self.folder, &target).map_err(|e| Error::io(Action::Rename, &target, e))?;
        self.is_done = true;
        target.parent().into_iter().for_each(disk::sync_folder);
        follow(&self.writer.archive, watch)?;
        Ok(target)
    }
}

impl Drop for StagedRelease<'_> {
    /// Unfinished work gives its room back; what an interrupted process leaves, the next writer removes.
    fn drop(&mut self) {
        if !self.is_done {
            let _ = disk::remove(&self.folder);
        }
    }
}

/// Keeps writers away while an archive is looked at as a whole; an archive that nobody can write into needs no lock.
pub fn lock_shared(archive: &Path) -> Result<Option<Lock>> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match Lock::share(&archive.join(LOCK)) {
        Ok(lock) => Ok(Some(lock)),
        Err(Error::Io { source, .. }) if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Removes tables that were written aside and never put in place; whoever calls this is the only writer.
fn sweep(folder: &Path) -> Result<()> {
    for name in names(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            sweep(&path)?;
        } else if name.starts_with('.') && name.ends_with(".parquet.new") {
            disk::remove(&path)?;
        }
    }
    Ok(())
}

/// Name of a release's folder.
pub fn folder_name(number: u32, kind: &str) -> String {
    format!("r{number:03}-{kind}")
}

/// Makes the names in a folder and all below it durable.
fn sync_tree(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::io(Action::Read, folder, e))? {
        let path = entry.map_err(|e| Error::io(Action::Read, folder, e))?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        }
    }
    disk::sync_folder(folder);
    Ok(())
}

/// Removes drafts, all or those of terms that have a release; never a release or what is in force. What was removed.
///
/// Leftovers of interrupted writers are gone once there is a [`Writer`].
///
/// # Errors
/// When something cannot be removed.
pub fn clean(writer: &Writer, all: bool) -> Result<Vec<PathBuf>> {
    let published: Vec<TermKey> = releases_in(&writer.archive)?.into_iter().map(|release| release.key).collect();
    let mut removed = Vec::new();
    for key in keys_in(&writer.archive, Area::Draft)?.into_iter().filter(|key| all || published.contains(key)) {
        removed.extend(drop_draft(&writer.archive, &key)?);
    }
    Ok(removed)
}

/// Removes the draft of a term.
///
/// # Errors
/// When a file of it is open in another program.
pub fn drop_draft(archive: &Path, key: &TermKey) -> Result<Vec<PathBuf>> {
    let mut removed = Vec::new();
    for folder in Area::Draft.folders() {
        for table in names(&archive.join(folder))? {
            let path = table_in(archive, Area::Draft, &table, key);
            for path in [disk::temp_path(&path), path] {
                if path.is_file() {
                    disk::remove(&path)?;
                    removed.push(path);
                }
            }
        }
    }
    Ok(removed)
}

/// Makes `current` what the latest releases say whatever stands there; the files that were not so.
///
/// # Errors
/// When a file cannot be written or replaced.
pub fn restore(writer: &Writer) -> Result<Vec<PathBuf>> {
    restore_in(&writer.archive)
}

/// The number that the next release of a term gets.
#[must_use]
pub fn next_number(releases: &[ReleaseEntry], key: &TermKey) -> u32 {
    releases.iter().filter(|release| release.key == *key).map(|release| release.number).max().unwrap_or(0) + 1
}
