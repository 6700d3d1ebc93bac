//! A glance at an archive: its descriptions, which files are there and how large, what is in force. No table is read and nothing is hashed but
//! the descriptions.

use std::path::Path;

use super::ReleaseEntry;
use super::generation::Generation;
use super::manifest::{Manifest, Resource};
use super::verify::{Fault, Known, Verified, check_chains, check_note, known, shown};
use crate::base::error::Result;

/// Looks at an archive in moments, also while somebody writes into it; [`verify`](super::verify()) looks at every byte.
///
/// # Errors
/// When a folder cannot be read; whatever is wrong with the archive is a problem, not an error.
pub fn glance(archive: &Path) -> Result<Verified> {
    let mut out = Verified::default();
    let known: Known = known(archive, &mut out)?;
    out.releases = known.len();
    for (entry, manifest, _) in known.values() {
        check_sizes(archive, entry, manifest, &mut out);
    }
    check_chains(archive, &known, &mut out);
    check_note(archive, &known, &Generation::read(archive)?, &mut out);
    out.problems.sort();
    out.problems.dedup();
    Ok(out)
}

/// Every file that a release describes is there, as large as it was.
fn check_sizes(archive: &Path, entry: &ReleaseEntry, manifest: &Manifest, out: &mut Verified) {
    for Resource { path, bytes, .. } in &manifest.resources {
        let path = entry.folder.join(path);
        let size = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        match size {
            None => out.say(shown(archive, &path), Fault::Missing, "", ""),
            Some(size) if *bytes > 0 && size != *bytes => {
                out.say(shown(archive, &path), Fault::Changed, bytes.to_string(), size.to_string());
            }
            Some(size) => {
                out.files += 1;
                out.bytes += size;
            }
        }
    }
}
