//! How far the ledgers went that runs and releases saw: a ledger is only ever added to, so its beginning stays.
//!
//! The ledger stands beside the archive, and somebody may lose or shorten it; the archive would not know.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk;
use crate::error::{Error, Result};

/// The note.
pub const NOTE: &str = "ledgers.json";

/// A ledger as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownLedger {
    /// Its length then, in bytes.
    pub bytes: u64,
    /// SHA-256 of these bytes.
    pub sha256: String,
}

/// Ledgers by where they stand, seen from the archive.
pub type KnownLedgers = BTreeMap<String, KnownLedger>;

/// Ledgers that the archive has seen.
///
/// # Errors
/// When the note is there and cannot be read.
pub fn known_ledgers(archive: &Path) -> Result<KnownLedgers> {
    let path = archive.join(NOTE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| Error::config(path.display(), e)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(KnownLedgers::new()),
        Err(e) => Err(Error::io("read", &path, e)),
    }
}

/// Notes how far a ledger goes now; whoever calls this is the archive's only writer.
///
/// # Errors
/// When a file cannot be read or written.
pub fn note_ledger(archive: &Path, ledger: &Path) -> Result<()> {
    if !ledger.is_file() {
        return Ok(());
    }
    let (sha256, bytes) = disk::hash(ledger)?;
    let mut known = known_ledgers(archive)?;
    let now = KnownLedger { bytes, sha256 };
    if known.insert(seen_from(archive, ledger)?, now.clone()).as_ref() == Some(&now) {
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&known).unwrap_or_default();
    disk::replace(&archive.join(NOTE), format!("{text}\n").as_bytes())
}

/// What has become of a ledger, if it does not begin any more as it did.
///
/// # Errors
/// When it is there and cannot be read.
pub fn lost(archive: &Path, place: &str, known: &KnownLedger) -> Result<Option<Lost>> {
    let path = archive.join(place);
    if !path.is_file() {
        return Ok(Some(Lost::Missing));
    }
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    let begins = usize::try_from(known.bytes).ok().and_then(|length| bytes.get(..length));
    let is_same = begins.is_some_and(|start| disk::hex(&Sha256::digest(start)) == known.sha256);
    Ok((!is_same).then_some(Lost::Shortened(bytes.len() as u64)))
}

/// What has become of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It is not there.
    Missing,
    /// It has so many bytes, and not those it had.
    Shortened(u64),
}

/// A file as it is found from a folder, with forward slashes; as it is where no way leads there.
fn seen_from(folder: &Path, file: &Path) -> Result<String> {
    let full = |path: &Path| path.canonicalize().map_err(|e| Error::io("read", path, e));
    let (folder, file) = (full(folder)?, full(file)?);
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
