//! Folders written aside and put in place in one step.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{Error, Result, Words};

/// A folder being written beside the place it is for.
#[derive(Debug)]
pub struct StagedFolder {
    staging: PathBuf,
    before: PathBuf,
    target: PathBuf,
}

impl StagedFolder {
    /// Prepares to replace `target`; repairs what an interrupted run left.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn new(target: &Path) -> Result<Self> {
        let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let parent = target.parent().unwrap_or(Path::new(""));
        let staging = parent.join(format!(".{name}.new"));
        let before = parent.join(format!(".{name}.old"));
        // Killed between the two renames of `publish`: the folder before is still whole.
        if before.exists() && !target.exists() {
            rename(&before, target)?;
        }
        for leftover in [&staging, &before] {
            disk::remove(leftover)?;
        }
        std::fs::create_dir_all(&staging).map_err(|e| Error::io("write", &staging, e))?;
        Ok(Self { staging, before, target: target.to_owned() })
    }

    /// Writes one file of the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.staging.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Error::io("write", parent, e))?;
        }
        std::fs::write(&path, bytes).map_err(|e| Error::io("write", &path, e))
    }

    /// Where a file of the folder is written, for those who write it themselves.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// Puts the folder in place.
    ///
    /// # Errors
    /// When a file of the folder before is open in another program.
    pub fn publish(self) -> Result<()> {
        if self.target.exists() {
            rename(&self.target, &self.before)?;
        }
        rename(&self.staging, &self.target)?;
        disk::remove(&self.before)
    }
}

/// Writes one file aside and renames it into place.
///
/// # Errors
/// When it cannot be written, or the file before is open in another program.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    disk::replace(path, bytes)
}

/// A folder with anything else in it than what we wrote, known by its workbook, is not ours to replace.
///
/// # Errors
/// When it is such a folder.
pub fn check_target(folder: &Path, workbook: &str) -> Result<()> {
    let is_ours = folder.join(workbook).is_file();
    let is_free = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if is_ours || is_free {
        return Ok(());
    }
    let reason = Words::both("thư mục này đang chứa thứ khác, sẽ không bị thay", "the folder holds other things and is not replaced");
    let hint = Words::both("chọn một thư mục mới cho --out", "name a new folder for --out");
    Err(Error::config(folder.display(), reason).with_hint(hint))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|e| Error::io("rename", from, e))
}
