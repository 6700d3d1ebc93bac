//! Places of an archive put right: what is in force stands in `current`, drafts of released terms go.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::check_there;
use crate::archive::{Writer, clean, restore};
use crate::base::error::Result;
use crate::base::message::{Lang, Message, message};

/// Files and folders that were put right or removed.
#[derive(Debug, Serialize)]
pub struct TidiedArchive {
    /// Where they stand, or stood.
    pub paths: Vec<String>,
    #[serde(skip)]
    done: Message,
}

/// Puts `current` right: the latest release of every term.
///
/// # Errors
/// When the folder is no archive, somebody else writes into it, or a release cannot be read.
pub fn repair_archive(archive: &Path) -> Result<TidiedArchive> {
    check_there(archive)?;
    let restored = restore(&Writer::open(archive)?)?;
    Ok(TidiedArchive::new(&restored, message!("screen.restored")))
}

/// Removes drafts of terms that are released, or all drafts.
///
/// # Errors
/// When the folder is no archive, somebody else writes into it, or a draft cannot be removed.
pub fn clean_archive(archive: &Path, all_drafts: bool) -> Result<TidiedArchive> {
    check_there(archive)?;
    let removed = clean(&Writer::open(archive)?, all_drafts)?;
    Ok(TidiedArchive::new(&removed, message!("screen.removed")))
}

impl TidiedArchive {
    fn new(paths: &[PathBuf], done: Message) -> Self {
        Self { paths: paths.iter().map(|path| path.display().to_string()).collect(), done }
    }

    /// How many there are, and each on a line of its own.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let lines: String = self.paths.iter().flat_map(|path| ["  ", path, "\n"]).collect();
        format!("{} {} {}\n{lines}", self.paths.len(), message!("screen.files").said(lang), self.done.said(lang))
    }
}
