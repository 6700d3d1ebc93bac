//! Is everything as it was published? Every file hashed again, every chain followed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use serde::Serialize;

use super::commit::{folder_name, lock_shared};
use super::generation::{Generation, latest, places, stale};
use super::ledgers::{Lost, lost};
use super::manifest::{MANIFEST, Manifest, Previous};
use super::{DATA, RELEASES, REPORTS, ReleaseEntry};
use crate::archive::past::run_of;
use crate::archive::reader::{Area, keys_in};
use crate::archive::term_key::{TermKey, names};
use crate::base::disk::{self, RUN_FILES, RunFiles, files_below};
use crate::base::error::Result;

/// The ledger as it was.
const LEDGER: &str = "ledger.jsonl";

/// How far a verification looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyScope {
    /// The archive and the ledgers beside it.
    WithLedgers,
    /// The archive alone: a copy that came without the workspace around it.
    ArchiveOnly,
}

/// Faults of a place of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A file is not there.
    Missing,
    /// A file has other bytes.
    Changed,
    /// A file that no description knows.
    Unknown,
    /// A description that cannot be read.
    Unreadable,
    /// A release between others is not there.
    NumberMissing,
    /// A release that a description names is not there.
    OtherRelease,
    /// `current` is not what the latest release says.
    NotInForce,
    /// `current` was being replaced when the writer was interrupted.
    InProgress,
    /// A release stands in a folder of another name than its own.
    Renamed,
    /// A part of a release is of another run, or does not say of which.
    OtherRun,
    /// The ledger that a release was made with is not there.
    LedgerMissing,
    /// The ledger that a release was made with does not begin any more as it did.
    LedgerShortened,
}

impl Fault {
    /// The name that data uses.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Unknown => "unknown",
            Self::Unreadable => "unreadable",
            Self::NumberMissing => "number_missing",
            Self::OtherRelease => "other_release",
            Self::NotInForce => "not_in_force",
            Self::InProgress => "in_progress",
            Self::Renamed => "renamed",
            Self::OtherRun => "other_run",
            Self::LedgerMissing => "ledger_missing",
            Self::LedgerShortened => "ledger_shortened",
        }
    }
}

/// Something that is not as it was published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ArchiveProblem {
    /// Where, seen from the archive's folder.
    pub path: String,
    /// Content.
    pub fault: Fault,
    /// Value that should be there: a hash, a number; empty where nothing is to be said.
    #[serde(rename = "should_be")]
    pub expected: String,
    /// Value that is there.
    pub found: String,
}

/// Result of verifying.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Releases.
    #[serde(rename = "releases_checked")]
    pub releases: usize,
    /// Files hashed.
    #[serde(rename = "files_checked")]
    pub files: usize,
    /// Their bytes.
    #[serde(rename = "bytes_checked")]
    pub bytes: u64,
    /// Everything that is wrong, in the order of paths.
    pub problems: Vec<ArchiveProblem>,
}

impl Verified {
    pub(super) fn say(&mut self, path: impl Into<String>, fault: Fault, expected: impl Into<String>, found: impl Into<String>) {
        self.problems.push(ArchiveProblem { path: path.into(), fault, expected: expected.into(), found: found.into() });
    }
}

/// Releases as they stand, read one by one so that a broken one hides no other.
pub(super) type Known = BTreeMap<(TermKey, u32), (ReleaseEntry, Manifest, String)>;

/// Looks at a whole archive; `step` is called after every file.
///
/// # Errors
/// When a folder cannot be read; whatever is wrong with the archive is a problem, not an error.
pub fn verify(archive: &Path, scope: VerifyScope, step: &(dyn Fn() + Sync)) -> Result<Verified> {
    let _lock = lock_shared(archive)?;
    let mut out = Verified::default();
    let known = known(archive, &mut out)?;
    out.releases = known.len();
    for (entry, manifest, _) in known.values() {
        check_files(archive, entry, manifest, &mut out, step)?;
        check_run(archive, entry, manifest, &mut out);
    }
    check_chains(archive, &known, &mut out);
    check_force(archive, &known, &mut out, step)?;
    if scope == VerifyScope::WithLedgers {
        check_ledgers(archive, &known, &mut out)?;
    }
    out.problems.sort();
    out.problems.dedup();
    Ok(out)
}

pub(super) fn known(archive: &Path, out: &mut Verified) -> Result<Known> {
    let (root, mut known) = (archive.join(RELEASES), Known::new());
    for term in names(&root)?.iter().filter(|name| !name.starts_with('.')) {
        for name in names(&root.join(term))? {
            let folder = root.join(term).join(&name);
            let shown = format!("{RELEASES}/{term}/{name}");
            if !folder.is_dir() {
                out.say(shown, Fault::Unknown, "", "");
                continue;
            }
            let path = folder.join(MANIFEST);
            let manifest = match Manifest::read(&path) {
                Ok(manifest) => manifest,
                Err(_) if !path.is_file() => {
                    out.say(format!("{shown}/{MANIFEST}"), Fault::Missing, "", "");
                    continue;
                }
                Err(problem) => {
                    out.say(format!("{shown}/{MANIFEST}"), Fault::Unreadable, "", problem.to_string());
                    continue;
                }
            };
            let facts = &manifest.tkgd;
            let Ok(key) = facts.key() else {
                out.say(format!("{shown}/{MANIFEST}"), Fault::Unreadable, "", facts.term.clone());
                continue;
            };
            let own = format!("{RELEASES}/{key}/{}", folder_name(facts.number, &facts.kind));
            if own != shown {
                out.say(shown, Fault::Renamed, own, "");
            }
            let (entry, number) = (ReleaseEntry::new(key.clone(), facts, folder), facts.number);
            let sha256 = disk::hash(&path)?.0;
            known.insert((key, number), (entry, manifest, sha256));
        }
    }
    Ok(known)
}

/// Every file of a release against its description, and every description against the files.
fn check_files(archive: &Path, entry: &ReleaseEntry, manifest: &Manifest, out: &mut Verified, step: &(dyn Fn() + Sync)) -> Result<()> {
    let shown = |path: &str| shown(archive, &entry.folder.join(path));
    let looked = manifest.resources.par_iter().map(|resource| {
        let path = entry.folder.join(&resource.path);
        let found = if path.is_file() { Some(disk::hash(&path)) } else { None };
        step();
        (resource, found)
    });
    for (resource, found) in looked.collect::<Vec<_>>() {
        match found {
            None => out.say(shown(&resource.path), Fault::Missing, resource.sha256(), ""),
            Some(Err(problem)) => out.say(shown(&resource.path), Fault::Unreadable, resource.sha256(), problem.to_string()),
            Some(Ok((sha256, bytes))) => {
                out.files += 1;
                out.bytes += bytes;
                if sha256 != resource.sha256() {
                    out.say(shown(&resource.path), Fault::Changed, resource.sha256(), sha256);
                }
            }
        }
    }
    let described: BTreeSet<&str> = manifest.resources.iter().map(|resource| resource.path.as_str()).chain([MANIFEST]).collect();
    let mut there = Vec::new();
    files_below(&entry.folder, "", &mut there)?;
    for path in there.iter().filter(|path| !described.contains(path.as_str())) {
        out.say(shown(path), Fault::Unknown, "", "");
    }
    Ok(())
}

/// Every table and every report says that it is of the run that the release says it is.
fn check_run(archive: &Path, entry: &ReleaseEntry, manifest: &Manifest, out: &mut Verified) {
    let run = manifest.tkgd.run.as_str();
    let shown = |path: &str| shown(archive, &entry.folder.join(path));
    let list = format!("{REPORTS}/{RUN_FILES}");
    let files = match RunFiles::read(&entry.folder.join(&list)) {
        Ok(files) => Some(files),
        // One that is gone or changed is told already, and says nothing about the others.
        Err(_) => manifest.resources.iter().all(|resource| resource.path != list).then(RunFiles::default),
    };
    for resource in &manifest.resources {
        let path = entry.folder.join(&resource.path);
        let found = match resource.path.split_once('/') {
            // One that cannot be read is told by its hash.
            Some((DATA, _)) => match run_of(&path) {
                Ok(run) => run.unwrap_or_default(),
                Err(_) => continue,
            },
            Some((REPORTS, name)) => {
                let Some(files) = &files else { continue };
                let is_listed = name == RUN_FILES || files.files.get(name).is_some_and(|own| own.sha256 == resource.sha256());
                if is_listed { files.run.clone() } else { String::new() }
            }
            _ => continue,
        };
        if found != run && path.is_file() {
            out.say(shown(&resource.path), Fault::OtherRun, run, found);
        }
    }
}

/// The ledger of each term begins as the latest release holds it.
fn check_ledgers(archive: &Path, known: &Known, out: &mut Verified) -> Result<()> {
    let latest: BTreeMap<&TermKey, &(ReleaseEntry, Manifest, String)> = known.iter().map(|((key, _), own)| (key, own)).collect();
    for (entry, manifest, _) in latest.into_values() {
        let released = entry.folder.join(LEDGER);
        let Some(place) = manifest.tkgd.ledger.as_ref().filter(|_| released.is_file()) else { continue };
        match lost(&archive.join(place), &released)? {
            None => {}
            Some(Lost::Missing) => out.say(place, Fault::LedgerMissing, "", ""),
            Some(Lost::Shortened) => out.say(place, Fault::LedgerShortened, "", ""),
        }
    }
    Ok(())
}

/// Numbers without gaps; every release names the one before it, and those it was made with, by hash.
pub(super) fn check_chains(archive: &Path, known: &Known, out: &mut Verified) {
    for ((key, number), (entry, manifest, _)) in known {
        let path = shown(archive, &entry.folder.join(MANIFEST));
        if *number > 1 && !known.contains_key(&(key.clone(), number - 1)) {
            out.say(format!("{RELEASES}/{key}"), Fault::NumberMissing, (number - 1).to_string(), "");
        }
        let named = manifest.tkgd.previous.iter().chain(&manifest.tkgd.looked_at);
        for Previous { term, number, sha256 } in named {
            match term.parse().ok().and_then(|key: TermKey| known.get(&(key, *number))) {
                None => out.say(&path, Fault::OtherRelease, format!("{term}@{number} {sha256}"), ""),
                Some((named, _, found)) if found != sha256 => {
                    out.say(shown(archive, &named.folder.join(MANIFEST)), Fault::Changed, sha256.clone(), found.clone());
                }
                Some(_) => {}
            }
        }
    }
}

/// The note of what is in force names releases that are there, and nothing was interrupted.
pub(super) fn check_note(archive: &Path, known: &Known, note: &Generation, out: &mut Verified) {
    if note.in_progress {
        out.say("generation.json", Fault::InProgress, "", "");
    }
    for (term, force) in &note.terms {
        // The end of a chain is named nowhere else.
        let there = term.parse().ok().and_then(|key: TermKey| known.get(&(key, force.number)));
        match there {
            None => out.say(format!("{RELEASES}/{term}"), Fault::NumberMissing, force.number.to_string(), ""),
            Some((entry, _, sha256)) if *sha256 != force.sha256 => {
                out.say(shown(archive, &entry.folder.join(MANIFEST)), Fault::Changed, force.sha256.clone(), sha256.clone());
            }
            Some(_) => {}
        }
    }
}

/// States in force must be those of the latest releases, file by file, and the note must say so.
fn check_force(archive: &Path, known: &Known, out: &mut Verified, step: &(dyn Fn() + Sync)) -> Result<()> {
    let note = Generation::read(archive)?;
    check_note(archive, known, &note, out);
    let published: BTreeSet<&TermKey> = known.keys().map(|(key, _)| key).collect();
    for key in keys_in(archive, Area::Current)?.iter().filter(|key| !published.contains(key)) {
        // Leftovers in force of a term that has no release.
        for path in stale(archive, key, &[])? {
            out.say(shown(archive, &path), Fault::Unknown, "", "");
        }
    }
    let releases: Vec<ReleaseEntry> = known.values().map(|(entry, ..)| entry.clone()).collect();
    for (key, release) in latest(&releases) {
        if note.terms.get(&key.to_string()).is_none_or(|force| force.number != release.number) {
            let found = note.terms.get(&key.to_string()).map(|force| force.number.to_string()).unwrap_or_default();
            out.say(format!("generation.json: {key}"), Fault::NotInForce, release.number.to_string(), found);
        }
        let placed = places(archive, &key, &release.folder)?;
        for table in &placed {
            let there = table.to.is_file();
            let found = if there { disk::hash(&table.to)?.0 } else { String::new() };
            out.files += usize::from(there);
            step();
            if found != table.sha256 {
                out.say(shown(archive, &table.to), if there { Fault::NotInForce } else { Fault::Missing }, table.sha256.clone(), found);
            }
        }
        for path in stale(archive, &key, &placed)? {
            out.say(shown(archive, &path), Fault::Unknown, "", "");
        }
    }
    Ok(())
}

pub(super) fn shown(archive: &Path, path: &Path) -> String {
    path.strip_prefix(archive).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Number of files that looking at an archive hashes, about: for progress.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_to_verify(archive: &Path) -> Result<usize> {
    let mut found = Vec::new();
    files_below(&archive.join(RELEASES), "", &mut found)?;
    Ok(found.len())
}
