//! A release made again where nobody minds, or in a folder that was named, and what came of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::check_there;
use crate::archive::{ArchiveReader, Selection};
use crate::base::disk::OutputRules;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, message};
use crate::jobs::release::{Rebuilt, rebuild};
use crate::jobs::session::Session;

/// Which release is to be made again.
#[derive(Debug, Clone)]
pub struct RebuildRequest {
    /// The archive.
    pub archive: PathBuf,
    /// The release, as in `2025-2026-opening@2`.
    pub release: String,
    /// The folder that keeps what is made: not there yet, or empty.
    pub out: Option<PathBuf>,
    /// Only from archived cells.
    pub from_cells: bool,
}

/// Makes a release again and compares it byte for byte.
///
/// # Errors
/// When the release is not there, the folder may not be written into, or the release does not hold what is needed.
pub fn rebuild_release(session: &Session, request: &RebuildRequest, rules: &OutputRules) -> Result<Rebuilt> {
    check_there(&request.archive)?;
    let archive_reader = ArchiveReader::open(&request.archive, Selection::Published)?;
    let state = archive_reader.named(&request.release)?;
    let place = match &request.out {
        Some(out) => {
            rules.check_folder(out)?;
            Place::kept(out)?
        }
        None => Place::passing()?,
    };
    rebuild(session, &archive_reader, &state, &place.folder, request.from_cells)
}

/// The result for a screen.
#[must_use]
pub fn rebuilt_text(done: &Rebuilt, lang: Lang) -> String {
    let wrong = done.different.len() + done.missing.len() + done.more.len();
    let mut out = message!("screen.files_same_byte_byte", same = done.same, wrong).said(lang);
    let lists = [
        (&done.different, message!("screen.differs").said(lang)),
        (&done.missing, message!("screen.did_not_come_out").said(lang)),
        (&done.more, message!("screen.not_release").said(lang)),
    ];
    for (path, said) in lists.into_iter().flat_map(|(paths, said)| paths.iter().map(move |path| (path, said.clone()))) {
        let _ = writeln!(out, "  {path}: {said}");
    }
    if done.from_cells {
        out.push_str(&message!("screen.made_archived_cells_value").said(lang));
    }
    if let Some(version) = &done.made_by {
        let said = message!("screen.release_made_another_version").said(lang);
        let _ = writeln!(out, "  {said}: {version}");
    }
    out
}

/// A folder to work in.
struct Place {
    folder: PathBuf,
    passing: bool,
}

impl Place {
    fn kept(folder: &Path) -> Result<Self> {
        if folder.exists() && std::fs::read_dir(folder).map_err(|e| Error::io(Action::Read, folder, e))?.next().is_some() {
            let reason = message!("screen.folder_must_new_empty");
            return Err(Error::config(folder.display(), reason));
        }
        std::fs::create_dir_all(folder).map_err(|e| Error::io(Action::Write, folder, e))?;
        Ok(Self { folder: folder.to_owned(), passing: false })
    }

    /// A new folder that goes again; one that is there already is somebody else's.
    fn passing() -> Result<Self> {
        let name = |n: u32| std::env::temp_dir().join(format!("tkgd-rebuild-{}-{n}", std::process::id()));
        for folder in (0..).map(name) {
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(Self { folder, passing: true }),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::io(Action::Write, &folder, e)),
            }
        }
        Err(Error::io(Action::Write, name(0), std::io::Error::from(std::io::ErrorKind::AlreadyExists)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.passing {
            let _ = crate::base::disk::remove(&self.folder);
        }
    }
}
