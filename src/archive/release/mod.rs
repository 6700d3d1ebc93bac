//! Releases: numbered states of a term that never change again.

mod commit;
mod draft;
mod fields;
mod generation;
mod glance;
mod ledgers;
mod manifest;
mod package;
mod verify;
mod versions;

use std::path::{Path, PathBuf};

use super::term_key::{TermKey, names};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;

pub use commit::{StagedRelease, Writer, clean, drop_draft, next_number, restore};
pub use draft::StagedDraft;
pub use generation::{Generation, InForce, follow, latest};
pub use glance::glance;
pub use ledgers::ledger_place;
pub use manifest::{Labels, MANIFEST, Manifest, Overridden, Previous, ReleaseFacts, ReleaseInput, Resource, describe};
pub use verify::{ArchiveProblem, Fault, Verified, VerifyScope, files_to_verify, verify};
pub use versions::{VersionLine, read_versions, write_versions};

/// Folder of the releases.
pub const RELEASES: &str = "releases";
/// Folder of a release's tables.
pub const DATA: &str = "data";
/// Folder of a release with the files that its run wrote.
pub const REPORTS: &str = "reports";

/// A release on the shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseEntry {
    /// The term.
    pub key: TermKey,
    /// Counted from 1 within the term.
    pub number: u32,
    /// Id of its kind: `provisional`, `official`, `revised`.
    pub kind: String,
    /// Counted from 1 among the term's releases of its kind.
    pub of_kind: u32,
    /// When it was recorded: universal time, to the second.
    pub recorded_at: String,
    /// Why it was made, in people's words; empty where nobody said so.
    pub reason: String,
    /// Its folder.
    pub folder: PathBuf,
}

impl ReleaseEntry {
    /// Release of a term as its description has it.
    pub(super) fn new(key: TermKey, facts: &ReleaseFacts, folder: PathBuf) -> Self {
        let ReleaseFacts { number, of_kind, .. } = *facts;
        let [kind, recorded_at, reason] = [&facts.kind, &facts.recorded_at, &facts.reason].map(Clone::clone);
        Self { key, number, kind, of_kind, recorded_at, reason, folder }
    }

    /// Where a table of it stands.
    #[must_use]
    pub fn table(&self, table: &str) -> PathBuf {
        self.folder.join(DATA).join(format!("{table}.parquet"))
    }
}

/// All releases of an archive, by term and number.
///
/// # Errors
/// When the description of one cannot be read.
pub fn releases_in(archive: &Path) -> Result<Vec<ReleaseEntry>> {
    let root = archive.join(RELEASES);
    let mut found = Vec::new();
    for term in names(&root)?.iter().filter(|name| !name.starts_with('.')) {
        for release in names(&root.join(term))?.iter().filter(|name| !name.starts_with('.')) {
            let folder = root.join(term).join(release);
            if folder.is_dir() {
                found.push(entry(folder)?);
            }
        }
    }
    found.sort_by(|a, b| (&a.key, a.number).cmp(&(&b.key, b.number)));
    count_kinds(&mut found);
    Ok(found)
}

/// Counts the releases of a kind where their descriptions do not: those of before.
fn count_kinds(sorted: &mut [ReleaseEntry]) {
    for at in 0..sorted.len() {
        if sorted[at].of_kind == 0 {
            sorted[at].of_kind = next_of_kind(&sorted[..at], &sorted[at].key, &sorted[at].kind);
        }
    }
}

/// Number that a release gets among the term's releases of its kind, after those that there are.
#[must_use]
pub fn next_of_kind(releases: &[ReleaseEntry], key: &TermKey, kind: &str) -> u32 {
    let last = releases.iter().filter(|release| release.key == *key && release.kind == kind).map(|release| release.of_kind).max();
    last.unwrap_or(0) + 1
}

fn entry(folder: PathBuf) -> Result<ReleaseEntry> {
    let path = folder.join(MANIFEST);
    let hint = message!("archive.see_tkgd_archive_verify");
    let facts = std::fs::read(&path)
        .map_err(|e| Error::io(Action::Read, &path, e))
        .and_then(|bytes| Manifest::facts(&bytes).map_err(|reason| Error::config(path.display(), reason).with_hint(hint)))?;
    let key = facts.key().map_err(|reason| Error::config(path.display(), reason))?;
    Ok(ReleaseEntry::new(key, &facts, folder))
}
