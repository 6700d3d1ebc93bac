//! A release made again from what it holds, and compared with what it published, byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::contents::{LEDGER, PIPELINE, REPORTS, SCHEMAS, below, inside};
use crate::archive::{Destination, MANIFEST, Manifest, ReleaseEntry, Shelf, TermKey, View, files_below, write_versions};
use crate::disk;
use crate::error::{Error, Result, Words};
use crate::ingest::Isolation;
use crate::ledger::Ledger;
use crate::pipeline::run::make;
use crate::pipeline::{Pipeline, Progress};
use crate::schema::{SchemaFiles, Schemas};

/// Files of a release that a rebuild makes.
const MADE: [&str; 2] = ["data", REPORTS];

/// What came of making a release again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Files that are the same byte for byte.
    pub same: usize,
    /// Files that came out otherwise.
    pub different: Vec<String>,
    /// Files that were published and did not come out.
    pub missing: Vec<String>,
    /// Files that came out and were not published.
    pub more: Vec<String>,
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
/// # Errors
/// When the release does not hold what is needed, or the run fails.
pub fn rebuild(shelf: &Shelf, entry: &ReleaseEntry, folder: &Path, (isolation, progress): (&Isolation, &dyn Progress)) -> Result<Rebuilt> {
    let manifest = Manifest::read(&entry.folder.join(MANIFEST))?;
    let workspace = folder.join("workspace");
    lay_out(entry, &manifest, &workspace)?;
    let schemas = Schemas::of(SchemaFiles::only(&entry.folder.join(SCHEMAS))?)?;
    let pipeline = pipeline(shelf, entry, &manifest, &workspace)?;
    let made_in = folder.join("release");
    let made = make(&pipeline, &schemas, (isolation, progress), Destination::Release(&made_in))?;
    // Which versions there were is told by the ledger, not by a run.
    let lines = super::versions::versions(&pipeline.ledger().entries()?, &made.loaded);
    write_versions(&made_in, &lines, &[])?;
    if let Some(reports) = made.folder {
        let mut names = Vec::new();
        files_below(&reports.path(""), "", &mut names)?;
        names.iter().try_for_each(|name| disk::copy(&reports.path(name), &made_in.join(REPORTS).join(name), None).map(drop))?;
    }
    progress.finish();
    compare(&manifest, &made_in)
}

/// The inputs where the run found them, with their times; the ledger as it was.
fn lay_out(entry: &ReleaseEntry, manifest: &Manifest, workspace: &Path) -> Result<()> {
    for input in &manifest.tkgd.inputs {
        let Some(path) = input.path.as_ref().filter(|_| inside(&input.name)) else {
            let reason = Words::both(
                format!("đầu vào `{}` không nằm trong thư mục làm việc hoặc chỉ lưu mã băm; không dựng lại được từ tệp", input.name),
                format!(
                    "the input `{}` was outside the workspace or only its hash was kept; files cannot be made again from it",
                    input.name
                ),
            );
            return Err(Error::config(&entry.key, reason));
        };
        let place = workspace.join(&input.name);
        disk::copy(&below(&entry.folder, path)?, &place, Some(&input.sha256))?;
        let failed = |e| Error::io("write", &place, e);
        let file = std::fs::OpenOptions::new().write(true).open(&place).map_err(failed)?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(input.modified)).map_err(failed)?;
    }
    Ok(())
}

/// The pipeline as it was, in its new place, looking at the releases that it looked at then.
fn pipeline(shelf: &Shelf, entry: &ReleaseEntry, manifest: &Manifest, workspace: &Path) -> Result<Pipeline> {
    let mut pipeline = Pipeline::open(&entry.folder.join(PIPELINE))?;
    pipeline.workspace = workspace.to_owned();
    let looked_at = manifest.tkgd.looked_at.iter().map(|own| {
        let key: TermKey = own.term.parse().map_err(|reason: String| Error::config(&own.term, reason))?;
        Ok((key, own.number))
    });
    pipeline.view = View::Exactly(looked_at.collect::<Result<_>>()?);
    let archive = shelf.folder();
    let archive = if archive.is_absolute() { archive.to_owned() } else { absolute(archive)? };
    let outputs = &mut pipeline.file.outputs;
    outputs.archive = Some(archive);
    // Nothing of a rebuild may land where a run writes.
    for folder in [&mut outputs.folder, &mut outputs.ledger].into_iter().filter(|folder| folder.as_ref().is_some_and(leads_out)) {
        *folder = None;
    }
    let inputs = &pipeline.file.inputs;
    for path in inputs.workbooks.iter().map(|path| pipeline.path(path)).filter(|path| !path.exists()) {
        std::fs::create_dir_all(&path).map_err(|e| Error::io("write", &path, e))?;
    }
    let ledger: Ledger = pipeline.ledger();
    disk::copy(&entry.folder.join(LEDGER), ledger.path(), None)?;
    Ok(pipeline)
}

fn leads_out(path: &PathBuf) -> bool {
    !inside(&path.to_string_lossy())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io("read", path, e))
}

/// What was made against what the description says of it.
fn compare(manifest: &Manifest, made: &Path) -> Result<Rebuilt> {
    let mut out = Rebuilt { same: 0, different: Vec::new(), missing: Vec::new(), more: Vec::new(), made_by: None };
    let is_made = |path: &str| MADE.iter().any(|folder| path.split('/').next() == Some(folder));
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
