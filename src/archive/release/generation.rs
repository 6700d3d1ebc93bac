//! States in force: `current` follows the latest release of each term, and a note says whether it does.
//!
//! The note names the releases that `current` was made from. While files are being replaced it says
//! so; a note that says so, or names other releases than stand there, is an interrupted replacement,
//! which the next writer ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::{DATA, MANIFEST, ReleaseEntry, releases_in};
use crate::archive::reader::{Area, table_in};
use crate::archive::term_key::{TermKey, names};
use crate::base::disk;
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;

/// The note.
const NOTE: &str = "generation.json";

/// Sources of `current`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Counted up with every change.
    pub generation: u64,
    /// Files are being replaced: what stands in `current` may be of two generations.
    pub in_progress: bool,
    /// The release of every term.
    pub terms: BTreeMap<String, InForce>,
}

/// The release of a term that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// Its number.
    pub number: u32,
    /// SHA-256 of its description.
    pub sha256: String,
}

impl Generation {
    /// The note of an archive; an empty one where there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(archive: &Path) -> Result<Self> {
        let path = archive.join(NOTE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Error::io(Action::Read, &path, e)),
        };
        // A note that says nothing is one of an interrupted replacement.
        Ok(serde_json::from_slice(&bytes).unwrap_or(Self { in_progress: true, ..Self::default() }))
    }

    /// Writes the note beside its place.
    fn prepare(&self, archive: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        disk::write(&disk::temp_path(&archive.join(NOTE)), text.as_bytes())
    }

    fn put(archive: &Path) -> Result<()> {
        disk::commit(&archive.join(NOTE))
    }
}

/// Releases that are to be in force: the latest of every term.
#[must_use]
pub fn latest(releases: &[ReleaseEntry]) -> BTreeMap<TermKey, &ReleaseEntry> {
    // In the order of numbers: the last one stays.
    releases.iter().map(|release| (release.key.clone(), release)).collect()
}

/// Note that these releases call for.
fn in_force(releases: &BTreeMap<TermKey, &ReleaseEntry>) -> Result<BTreeMap<String, InForce>> {
    let note = |release: &ReleaseEntry| Ok(InForce { number: release.number, sha256: disk::hash(&release.folder.join(MANIFEST))?.0 });
    releases.iter().map(|(key, release)| Ok((key.to_string(), note(release)?))).collect()
}

/// A table of a release and its place in `current`.
#[derive(Debug)]
pub struct Placed {
    /// Where the release holds it.
    pub from: PathBuf,
    /// Where it is in force.
    pub to: PathBuf,
    /// The SHA-256 that the release's description says it has.
    pub sha256: String,
}

impl Placed {
    /// Copies the table beside its place; one that is not as it was published is not put in force.
    fn prepare(&self) -> Result<()> {
        disk::copy(&self.from, &disk::temp_path(&self.to), Some(&self.sha256)).map(drop)
    }

    /// Whether a file has the bytes that were published.
    fn is(&self, path: &Path) -> Result<bool> {
        Ok(path.is_file() && disk::hash(path)?.0 == self.sha256)
    }
}

/// Tables of a release's folder with their places in `current`.
pub fn places(archive: &Path, key: &TermKey, folder: &Path) -> Result<Vec<Placed>> {
    let manifest = Manifest::read(&folder.join(MANIFEST))?;
    let tables = manifest.resources.iter().filter_map(|resource| {
        let table = resource.path.strip_prefix(DATA)?.strip_prefix('/')?.strip_suffix(".parquet")?;
        let to = table_in(archive, Area::Current, table, key);
        Some(Placed { from: folder.join(&resource.path), to, sha256: resource.sha256().to_owned() })
    });
    Ok(tables.collect())
}

/// Copies a release's tables beside their places in `current`: everything that takes room, before anything is replaced.
pub fn prepare(archive: &Path, key: &TermKey, folder: &Path) -> Result<()> {
    places(archive, key, folder)?.iter().try_for_each(Placed::prepare)
}

/// Makes `current` what the latest releases say; true when something was to be done.
///
/// Needs the archive's lock. `watch` is told before every step.
///
/// # Errors
/// When a file cannot be written or replaced; the note then says that it is in progress.
pub fn follow(archive: &Path, watch: &dyn Fn(&str)) -> Result<bool> {
    let releases = releases_in(archive)?;
    let wanted = latest(&releases);
    let terms = in_force(&wanted)?;
    let known = Generation::read(archive)?;
    if known.terms == terms && !known.in_progress {
        return Ok(false);
    }
    lost(archive, &known, &terms)?;
    let next = Generation { generation: known.generation + 1, in_progress: true, terms };
    watch("note that files are being replaced");
    next.prepare(archive)?;
    Generation::put(archive)?;
    for (key, release) in &wanted {
        // After an interruption nobody knows which files were replaced.
        if known.in_progress || known.terms.get(&key.to_string()) != next.terms.get(&key.to_string()) {
            replace(archive, key, release, watch)?;
        }
    }
    watch("note that all files are replaced");
    Generation { in_progress: false, ..next }.prepare(archive)?;
    Generation::put(archive)?;
    disk::sync_folder(archive);
    Ok(true)
}

/// A release that was in force and is not there any more is damage: `current` must not quietly go back to the one before.
fn lost(archive: &Path, known: &Generation, terms: &BTreeMap<String, InForce>) -> Result<()> {
    let is_lost = |(term, force): &(&String, &InForce)| terms.get(*term).is_none_or(|now| now.number < force.number);
    let Some((term, force)) = known.terms.iter().find(is_lost) else { return Ok(()) };
    let reason = message!("archive.release_force_not_archive", term, number = force.number);
    let hint = message!("archive.restore_folder_releases_copy");
    Err(Error::config(archive.display(), reason).with_hint(hint))
}

/// Makes `current` what the latest releases say whatever stands there; the files that were not so.
///
/// Needs the archive's lock.
///
/// # Errors
/// As for [`follow`].
pub fn restore_in(archive: &Path) -> Result<Vec<PathBuf>> {
    let releases = releases_in(archive)?;
    let mut restored = Vec::new();
    for (key, release) in latest(&releases) {
        let placed = places(archive, &key, &release.folder)?;
        for table in &placed {
            if !table.is(&table.to)? {
                table.prepare()?;
                disk::commit(&table.to)?;
                restored.push(table.to.clone());
            }
        }
        for table in stale(archive, &key, &placed)? {
            disk::remove(&table)?;
            restored.push(table);
        }
    }
    Ok(restored)
}

/// Replaces the tables of a term, and removes those that the release does not have.
fn replace(archive: &Path, key: &TermKey, release: &ReleaseEntry, watch: &dyn Fn(&str)) -> Result<()> {
    let placed = places(archive, key, &release.folder)?;
    for table in &placed {
        watch("replace a table");
        // Copied before the release was made, unless that was interrupted.
        if !table.is(&disk::temp_path(&table.to))? {
            table.prepare()?;
        }
        disk::commit(&table.to)?;
        table.to.parent().into_iter().for_each(disk::sync_folder);
    }
    for table in stale(archive, key, &placed)? {
        watch("remove a table");
        disk::remove(&table)?;
    }
    Ok(())
}

/// Tables of a term in `current` that its release does not have.
pub fn stale(archive: &Path, key: &TermKey, placed: &[Placed]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in Area::Current.folders() {
        for table in names(&archive.join(folder))? {
            let path = table_in(archive, Area::Current, &table, key);
            if path.is_file() && !placed.iter().any(|own| own.to == path) && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    Ok(found)
}
