//! A release made again from what it holds, and compared with what it published, byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::contents::{INPUTS, LEDGER, PIPELINE, SCHEMAS, below, keep_reports};
use super::from_cells;
use crate::archive::{
    ArchiveReader, MANIFEST, Manifest, ReleaseEntry, ReleaseInput, Selection, TermKey, TermState, is_of_before, write_versions,
};
use crate::base::disk::{self, files_below, is_below};
use crate::base::error::{Action, Error, Result};
use crate::base::message::Lang;
use crate::base::message::{Message, message};
use crate::forms::{SchemaFiles, Schemas};
use crate::jobs::run::{self, RunRequest};
use crate::jobs::session::Session;
use crate::ledger::Ledger;
use crate::workspace::Pipeline;
use crate::workspace::kept::{Keeping, Kept, POPULATION, READINGS, REGISTER};

/// Places in a release that a run makes.
const MADE: [&str; 2] = ["data/", "reports/"];

/// Result of making a release again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Files that are the same byte for byte.
    #[serde(rename = "files_same")]
    pub same: usize,
    /// Files that came out otherwise.
    #[serde(rename = "files_different")]
    pub different: Vec<String>,
    /// Files that were published and did not come out.
    #[serde(rename = "files_missing")]
    pub missing: Vec<String>,
    /// Files that came out and were not published.
    #[serde(rename = "files_more")]
    pub more: Vec<String>,
    /// Only what follows from archived cells was made: value tables, official workbooks, lists.
    pub from_cells: bool,
    /// The version of the tool that made the release, where it is another one.
    pub made_by: Option<String>,
}

impl Rebuilt {
    /// Whether everything came out as it was published.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.different.is_empty() && self.missing.is_empty() && self.more.is_empty()
    }
}

/// Makes a release again in a folder that must be empty, and compares; what is in the archive is only read.
///
/// From the inputs, or from the archived cells where `from_cells` says so or inputs are not in the release.
///
/// # Errors
/// When the release does not hold what is needed, or the run fails.
pub fn rebuild(session: &Session, archive_reader: &ArchiveReader, state: &TermState, folder: &Path, from_cells: bool) -> Result<Rebuilt> {
    let Some(entry) = state.release() else {
        let hint = message!("release.only_releases_made_again");
        return Err(Error::Unknown { kind: message!("kinds.release"), name: state.to_string(), hint: Some(hint) });
    };
    let manifest = Manifest::read(&entry.folder.join(MANIFEST))?;
    let workspace = folder.join("workspace");
    let has_read = entry.folder.join(INPUTS).join(READINGS).is_file();
    has_read.then(|| kept_as_released(entry, &manifest, READINGS)).transpose()?;
    let read = Kept::read(&entry.folder.join(INPUTS))?;
    // Releases of before readings were kept hold copies of the inputs.
    let from_cells = from_cells || (read.is_none() && manifest.tkgd.inputs.iter().any(|input| kept(input).is_none()));
    lay_out(entry, &manifest, &workspace)?;
    let session = session.as_released(Schemas::of(SchemaFiles::only(&entry.folder.join(SCHEMAS))?)?)?;
    // It is made again in the language in which it was written, not in the one that is spoken now.
    let session = session.in_language(manifest.tkgd.language.as_deref().and_then(Lang::of).unwrap_or_default());
    let mut pipeline = pipeline(archive_reader, entry, &manifest, &workspace)?;
    take_tables(&mut pipeline, entry, &manifest)?;
    if let Some(read) = read {
        pipeline.keeping = Keeping::From(Arc::new(read));
    }
    let made_in = folder.join("release");
    let papers = session.texts.releases.state_of_release(entry);
    let request = RunRequest { session: &session, pipeline: &pipeline, state: &papers };
    if from_cells {
        from_cells::make(request, state, &manifest, &made_in)?;
        session.end();
        return compare(&manifest, &made_in, &from_cells::MADE).and_then(|made| note_older_format(made, state, &manifest));
    }
    run::carry_out(request, |concluded| {
        if concluded.is_stopped() {
            return Ok(());
        }
        let outputs = run::write_release(&concluded, &made_in)?;
        // Which versions there were is told by the ledger, not by a run.
        let lines = super::versions::versions(&pipeline.ledger().entries()?, concluded.run_context.loaded);
        write_versions(&made_in, &lines, &concluded.summary.run)?;
        keep_reports(&outputs.folder, &concluded.finding_files(), &made_in)
    })?;
    session.end();
    compare(&manifest, &made_in, &MADE).and_then(|made| note_older_format(made, state, &manifest))
}

/// Says of a release whose tables have the columns of before that its files cannot come out the same.
fn note_older_format(made: Rebuilt, state: &TermState, manifest: &Manifest) -> Result<Rebuilt> {
    let made_by = if is_of_before(state)? { Some(format!("{} (tkgd.format 1)", manifest.tkgd.tool)) } else { made.made_by };
    Ok(Rebuilt { made_by, ..made })
}

/// Where an input stands in its release, if a run can find it by its name.
fn kept(input: &ReleaseInput) -> Option<&str> {
    input.path.as_deref().filter(|_| is_below(&input.name))
}

/// The inputs that are kept, where the run found them, with their times.
fn lay_out(entry: &ReleaseEntry, manifest: &Manifest, workspace: &Path) -> Result<()> {
    for (input, path) in manifest.tkgd.inputs.iter().filter_map(|input| Some((input, kept(input)?))) {
        let place = workspace.join(&input.name);
        disk::copy(&below(&entry.folder, path)?, &place, Some(&input.sha256))?;
        let failed = |e| Error::io(Action::Write, &place, e);
        let file = std::fs::OpenOptions::new().write(true).open(&place).map_err(failed)?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(input.modified)).map_err(failed)?;
    }
    Ok(())
}

/// The pipeline as it was, in its new place, looking at the releases that it looked at then.
fn pipeline(archive_reader: &ArchiveReader, entry: &ReleaseEntry, manifest: &Manifest, workspace: &Path) -> Result<Pipeline> {
    let mut pipeline = Pipeline::open(&entry.folder.join(PIPELINE))?;
    workspace.clone_into(&mut pipeline.workspace);
    let looked_at = manifest.tkgd.looked_at.iter().map(|own| {
        let key: TermKey = own.term.parse().map_err(|reason: Message| Error::config(&own.term, reason))?;
        Ok((key, own.number))
    });
    pipeline.view = Selection::Exactly(looked_at.collect::<Result<_>>()?);
    let archive = archive_reader.folder();
    let archive = if archive.is_absolute() { archive.to_owned() } else { absolute(archive)? };
    let outputs = &mut pipeline.file.outputs;
    outputs.archive = Some(archive);
    // Nothing of a rebuild may land where a run writes.
    for folder in [&mut outputs.folder, &mut outputs.ledger].into_iter().filter(|folder| folder.as_deref().is_some_and(leads_out)) {
        *folder = None;
    }
    let inputs = &pipeline.file.inputs;
    for path in inputs.workbooks.iter().map(|path| pipeline.path(path)).filter(|path| !path.exists()) {
        std::fs::create_dir_all(&path).map_err(|e| Error::io(Action::Write, &path, e))?;
    }
    let ledger: Ledger = pipeline.ledger();
    disk::copy(&entry.folder.join(LEDGER), ledger.path(), None)?;
    Ok(pipeline)
}

/// The tables that are read again are those that the release keeps; releases of before hold copies of the inputs.
fn take_tables(pipeline: &mut Pipeline, entry: &ReleaseEntry, manifest: &Manifest) -> Result<()> {
    let kept = |name: &str| entry.folder.join(INPUTS).join(name).is_file().then(|| kept_as_released(entry, manifest, name)).transpose();
    if let Some(register) = kept(REGISTER)? {
        pipeline.file.register = register;
    }
    if let Some(population) = kept(POPULATION)? {
        pipeline.file.inputs.population = Some(population);
    }
    Ok(())
}

/// A file of what a release keeps of its inputs, which must still be what was released.
fn kept_as_released(entry: &ReleaseEntry, manifest: &Manifest, name: &str) -> Result<PathBuf> {
    let path = format!("{INPUTS}/{name}");
    let place = absolute(&entry.folder.join(&path))?;
    let known = manifest.resources.iter().find(|resource| resource.path == path);
    let sha256 = disk::hash(&place)?.0;
    if known.is_some_and(|known| known.sha256() == sha256) {
        return Ok(place);
    }
    Err(Error::config(place.display(), message!("release.sha_not_release")))
}

fn leads_out(path: &Path) -> bool {
    !is_below(&path.to_string_lossy())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io(Action::Read, path, e))
}

/// Compares the files that were made with the description.
fn compare(manifest: &Manifest, made: &Path, places: &[&str]) -> Result<Rebuilt> {
    let mut out =
        Rebuilt { same: 0, different: Vec::new(), missing: Vec::new(), more: Vec::new(), from_cells: places != MADE, made_by: None };
    let is_made = |path: &str| places.iter().any(|place| path.starts_with(place));
    let mut known = BTreeSet::new();
    for resource in manifest.resources.iter().filter(|resource| is_made(&resource.path)) {
        known.insert(resource.path.as_str());
        let path = below(made, &resource.path)?;
        if !path.is_file() {
            out.missing.push(resource.path.clone());
        } else if disk::hash(&path)?.0 == resource.sha256() {
            out.same += 1;
        } else {
            out.different.push(resource.path.clone());
        }
    }
    let mut there = Vec::new();
    files_below(made, "", &mut there)?;
    out.more.extend(there.into_iter().filter(|path| !known.contains(path.as_str())));
    let version = env!("CARGO_PKG_VERSION");
    out.made_by = Some(manifest.tkgd.tool.clone()).filter(|tool| tool != version);
    Ok(out)
}
