//! The ledger beside an archive: it is only ever added to, so it begins as the ledger did that a release holds.
//!
//! The ledger stands outside the archive, and somebody may lose or shorten it; nothing else would tell.

use std::path::{Component, Path, PathBuf};

use crate::base::error::{Action, Error, Result};

/// Loss of a ledger, if it does not begin any more as it did when it was released.
///
/// # Errors
/// When it is there and cannot be read.
pub fn lost(ledger: &Path, released: &Path) -> Result<Option<Lost>> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| Error::io(Action::Read, path, e));
    if !ledger.is_file() {
        return Ok(Some(Lost::Missing));
    }
    let (now, then) = (read(ledger)?, read(released)?);
    Ok((!now.starts_with(&then)).then_some(Lost::Shortened))
}

/// Losses of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It is not there.
    Missing,
    /// It does not begin as it did.
    Shortened,
}

/// Where a ledger stands, seen from the archive: with forward slashes, as it is where no way leads there.
///
/// # Errors
/// When one of them is not there.
pub fn ledger_place(archive: &Path, ledger: &Path) -> Result<String> {
    let full = |path: &Path| path.canonicalize().map_err(|e| Error::io(Action::Read, path, e));
    let (folder, file) = (full(archive)?, full(ledger)?);
    let parts = |path: &Path| path.components().map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>();
    let (from, to) = (parts(&folder), parts(&file));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if matches!(folder.components().next(), Some(Component::Prefix(_))) && common == 0 {
        return Ok(file.to_string_lossy().into_owned());
    }
    let up = std::iter::repeat_n("..".into(), from.len() - common);
    let way: PathBuf = up.chain(to.into_iter().skip(common)).collect();
    Ok(way.to_string_lossy().replace('\\', "/"))
}
