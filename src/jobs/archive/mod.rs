//! The archive as people ask about it: what has been published, whether it is untouched, made again, put right.

mod list;
mod rebuild;
mod tidy_up;
mod verify;

use std::path::Path;

use crate::base::error::{Error, Result};
use crate::base::message::message;

pub use list::{ListedRelease, ListedReleases, list_releases, listed_releases_text};
pub use rebuild::{RebuildRequest, rebuild_release, rebuilt_text};
pub use tidy_up::{TidiedArchive, clean_archive, repair_archive};
pub use verify::{verified_archive_text, verify_archive};

/// A folder that is no archive is a mistake, not an empty archive.
fn check_there(archive: &Path) -> Result<()> {
    if archive.is_dir() {
        return Ok(());
    }
    let hint = message!("screen.name_archive_archive");
    Err(Error::Unknown { kind: message!("kinds.archive"), name: archive.display().to_string(), hint: Some(hint) })
}
