//! What a release holds beside its tables: what it was made from, and what was handed out.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::inputs::Loaded;
use crate::archive::{Input, StagedRelease};
use crate::disk::{self, OutputFolder, files_below, is_below};
use crate::error::{Error, Result};
use crate::ingest::shown_path;
use crate::ledger::Entry;
use crate::pipeline::Pipeline;
use crate::schema::Schemas;

/// The pipeline.
pub const PIPELINE: &str = "pipeline.toml";
/// The ledger as it was.
pub const LEDGER: &str = "ledger.jsonl";
/// Every schema file, built in or not.
pub const SCHEMAS: &str = "schemas";
/// Files that were read.
pub const INPUTS: &str = "inputs";
/// Files that a run writes.
pub const REPORTS: &str = "reports";
/// Scans of what was signed.
const SIGNED: &str = "signed";
/// Inputs from outside the workspace.
const OUTSIDE: &str = "outside";

/// Copies everything into a release that is being written; the inputs as its description names them.
///
/// Files of the workspace keep their names; so a run from there says the same of each.
pub fn keep(
    pipeline: &Pipeline,
    schemas: &Schemas,
    (loaded, entries): (&Loaded, &[Entry]),
    (reports, signed): (&OutputFolder, &[PathBuf]),
    staged: &StagedRelease<'_>,
) -> Result<Vec<Input>> {
    let folder = staged.folder();
    disk::write(&folder.join(PIPELINE), pipeline.text.as_bytes())?;
    let ledger: String = entries.iter().flat_map(|entry| [entry.line().0, "\n".to_owned()]).collect();
    disk::write(&folder.join(LEDGER), ledger.as_bytes())?;
    schemas.files.contents().try_for_each(|(path, bytes)| disk::write(&folder.join(SCHEMAS).join(path), bytes))?;
    keep_reports(reports, folder)?;
    for (index, path) in signed.iter().enumerate() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let place = folder.join(SIGNED).join(&name);
        // Scans out of two folders may have one name.
        let place = if place.exists() { place.with_file_name(format!("{}-{name}", index + 1)) } else { place };
        disk::copy(path, &place, None)?;
    }
    inputs(pipeline, loaded)?.into_par_iter().map(|(path, input)| keep_input(&path, input, folder)).collect()
}

/// Copies what a run is about to hand out into the folder of a release.
pub fn keep_reports(reports: &OutputFolder, folder: &Path) -> Result<()> {
    let mut made = Vec::new();
    let staging = reports.staging();
    files_below(&staging, "", &mut made)?;
    made.par_iter().try_for_each(|path| disk::copy(&staging.join(path), &folder.join(REPORTS).join(path), None).map(drop))
}

/// Every file that was read, where it stands and how it is named.
fn inputs(pipeline: &Pipeline, loaded: &Loaded) -> Result<Vec<(PathBuf, Input)>> {
    let mut found: Vec<(PathBuf, Input)> = Vec::new();
    for source in &loaded.sources {
        let (name, sha256) = (source.file.to_string(), source.sha256.to_string());
        let path = pipeline.path(Path::new(&name));
        found.push((path, Input { name, path: None, sha256, modified: source.modified }));
    }
    // Read too, but no part of what the figures are from.
    let inputs = &pipeline.file.inputs;
    let mappings = inputs.lists.iter().filter_map(|list| list.mapping.as_ref());
    for path in mappings.chain(inputs.receipts.as_ref()).chain(inputs.deadlines.as_ref()) {
        let name = shown_path(path);
        let path = pipeline.path(path);
        let sha256 = disk::hash(&path)?.0;
        found.push((path, Input { name, path: None, sha256, modified: 0 }));
    }
    found.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    found.dedup_by(|a, b| a.1.name == b.1.name);
    Ok(found)
}

/// Copies an input, which must still be what was read.
fn keep_input(path: &Path, mut input: Input, folder: &Path) -> Result<Input> {
    let place = if is_below(&input.name) {
        format!("{INPUTS}/{}", input.name)
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        format!("{INPUTS}/{OUTSIDE}/{}/{name}", &input.sha256[..16.min(input.sha256.len())])
    };
    disk::copy(path, &folder.join(&place), Some(&input.sha256))?;
    input.path = Some(place);
    Ok(input)
}

/// The path of a file of a release, which must be inside it.
pub fn below(folder: &Path, path: &str) -> Result<PathBuf> {
    if is_below(path) { Ok(folder.join(path)) } else { Err(Error::config(path, "it leads out of the release")) }
}
