//! Record of what the program wrote into a folder: names, sizes, hashes. Only that is ours to replace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{hash, is_below};
use crate::base::error::{Action, Error, Result};

/// Folder of what the program notes about an output folder.
pub const WORK_FOLDER: &str = ".tkgd";
/// The record in it.
pub const RECORD: &str = "written.json";

/// The only version there is.
const VERSION: u32 = 1;

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, as hexadecimal digits.
    pub sha256: String,
}

impl Written {
    /// A file as it stands now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(path: &Path) -> Result<Self> {
        let (sha256, bytes) = hash(path)?;
        Ok(Self { bytes, sha256 })
    }

    /// Whether a file still is what was written.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_at(&self, path: &Path) -> Result<bool> {
        // A file of another size need not be read.
        let same_size = std::fs::metadata(path).is_ok_and(|file| file.len() == self.bytes);
        Ok(same_size && Self::of(path)? == *self)
    }
}

/// Name of the list of what a run wrote.
pub const RUN_FILES: &str = "tep-ket-qua.json";

/// Files of a run, listed in one among them: so each of them says which run it is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFiles {
    /// Identity of the run.
    pub run: String,
    /// Its files but for this one.
    pub files: BTreeMap<String, Written>,
}

impl RunFiles {
    /// Reads such a list.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(Action::Read, path, e))?;
        serde_json::from_slice(&bytes).map_err(|e| Error::config(path.display(), e))
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// The files of a folder that the program wrote, by their names below it, with forward slashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRecord {
    version: u32,
    /// The files.
    pub files: BTreeMap<String, Written>,
}

impl Default for OutputRecord {
    fn default() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }
}

impl OutputRecord {
    /// Reads a record. One that is not there, or that nobody can understand, makes nothing ours.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let read: Self = serde_json::from_str(&text).unwrap_or_default();
        // A changed record must not lead us out of the folder.
        let files = read.files.into_iter().filter(|(name, _)| is_below(name)).collect();
        if read.version == VERSION { Self { version: VERSION, files } } else { Self::default() }
    }

    /// As it is written: the same files are the same bytes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// Whether the program wrote the file that stands there, changed since or not.
pub fn is_ours(path: &Path) -> bool {
    parted(path).is_ok_and(|(folder, name)| OutputRecord::read(&folder.join(WORK_FOLDER).join(RECORD)).files.contains_key(&name))
}

/// A file's folder and its name in there.
pub fn parted(path: &Path) -> Result<(PathBuf, String)> {
    let no_name = || Error::io(Action::Write, path, std::io::Error::from(std::io::ErrorKind::InvalidInput));
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(no_name)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_owned(), name.to_owned()))
}
