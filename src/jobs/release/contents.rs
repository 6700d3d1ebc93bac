//! Contents of a release beside its tables: its inputs, and the reports that were handed out.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::archive::{REPORTS, ReleaseInput, StagedRelease};
use crate::base::disk::{self, OutputFolder, RUN_FILES, RunFiles, Written, files_below, is_below};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::inputs::Loaded;
use crate::jobs::inputs::keep::keep_tables;
use crate::jobs::run::{FINDINGS_WORKBOOK, RunRequest};
use crate::ledger::{LedgerEntry, RUN_FINDINGS};
use crate::returns::Source;
use crate::workbooks::shown_path;
use crate::workspace::Pipeline;
use crate::workspace::kept::{Kept, named_sources};

/// The pipeline.
pub const PIPELINE: &str = "pipeline.toml";
/// The ledger as it was.
pub const LEDGER: &str = "ledger.jsonl";
/// Every schema file, built in or not.
pub const SCHEMAS: &str = "schemas";
/// Files of findings that stay in the output folder: a release has its findings in the archive's own table.
const OF_THE_DAY: [&str; 2] = [RUN_FINDINGS, FINDINGS_WORKBOOK];
/// Inputs as they were read.
pub const INPUTS: &str = "inputs";
/// Scans of what was signed.
const SIGNED: &str = "signed";

/// Contents of a release beside its tables.
pub struct Contents<'a> {
    /// Inputs that were read.
    pub loaded: &'a Loaded,
    /// The ledger.
    pub entries: &'a [LedgerEntry],
    /// Reports that the run is about to hand out.
    pub reports: &'a OutputFolder,
    /// Reports that tell the findings: they stand in the release already, as they may be kept.
    pub told: &'a [String],
    /// Scans of what was signed.
    pub signed: &'a [PathBuf],
}

/// Puts everything into a release that is being written; gives the inputs as its description names them.
///
/// Of what was read the release keeps what was read of it: the files themselves hold more, and stay where they are.
pub fn keep(context: RunRequest<'_>, contents: &Contents<'_>, staged: &StagedRelease<'_>) -> Result<Vec<ReleaseInput>> {
    let RunRequest { session, pipeline, .. } = context;
    let Contents { loaded, entries, reports, told, signed } = *contents;
    let folder = staged.folder();
    disk::write(&folder.join(PIPELINE), pipeline.text.as_bytes())?;
    let ledger: String = entries.iter().flat_map(|entry| [entry.line().0, "\n".to_owned()]).collect();
    disk::write(&folder.join(LEDGER), ledger.as_bytes())?;
    session.schemas.files.contents().try_for_each(|(path, bytes)| disk::write(&folder.join(SCHEMAS).join(path), bytes))?;
    keep_reports(reports, told, folder)?;
    for (index, path) in signed.iter().enumerate() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = loaded.names.file(&name);
        let place = folder.join(SIGNED).join(&name);
        // Scans out of two folders may have one name.
        let place = if place.exists() { place.with_file_name(format!("{}-{name}", index + 1)) } else { place };
        disk::copy(path, &place, None)?;
    }
    let inputs = folder.join(INPUTS);
    let sources = named_sources(&loaded.sources, &loaded.names);
    if let Some(kept) = &loaded.kept {
        Kept { sources: sources.clone(), ..kept.clone() }.write(&inputs)?;
    }
    keep_tables(session, pipeline, &inputs)?;
    named_inputs(pipeline, loaded, sources)
}

/// Copies what a run is about to hand out into the folder of a release. What tells the findings stands there already, as it
/// may be kept; so the list of what the run wrote names it.
pub fn keep_reports(reports: &OutputFolder, told: &[String], folder: &Path) -> Result<()> {
    let (staging, target) = (reports.staging(), folder.join(REPORTS));
    let mut made = Vec::new();
    files_below(&staging, "", &mut made)?;
    made.retain(|path| path != RUN_FILES && !OF_THE_DAY.contains(&path.as_str()) && !told.contains(path));
    made.par_iter().try_for_each(|path| disk::copy(&staging.join(path), &target.join(path), None).map(drop))?;
    let list = staging.join(RUN_FILES);
    if !list.is_file() {
        return Ok(());
    }
    let mut list = RunFiles::read(&list)?;
    for name in OF_THE_DAY {
        list.files.remove(name);
    }
    for name in told {
        list.files.insert(name.clone(), Written::of(&target.join(name))?);
    }
    disk::write(&target.join(RUN_FILES), list.text().as_bytes())
}

/// Every file that was read, as it may be named, with its hash.
fn named_inputs(pipeline: &Pipeline, loaded: &Loaded, sources: Vec<Source>) -> Result<Vec<ReleaseInput>> {
    let input = |source: Source| ReleaseInput {
        name: source.file.to_string(),
        path: None,
        sha256: source.sha256.to_string(),
        modified: source.modified,
    };
    let mut found: Vec<ReleaseInput> = sources.into_iter().map(input).collect();
    // Read too, but no part of what the figures are from.
    let inputs = &pipeline.file.inputs;
    let mappings = inputs.lists.iter().filter_map(|list| list.mapping.as_ref());
    for path in mappings.chain(inputs.receipts.as_ref()).chain(inputs.deadlines.as_ref()) {
        let name = loaded.names.file(&shown_path(path));
        let sha256 = disk::hash(&pipeline.path(path))?.0;
        found.push(ReleaseInput { name, path: None, sha256, modified: 0 });
    }
    found.sort_by(|a, b| (&a.name, &a.sha256).cmp(&(&b.name, &b.sha256)));
    found.dedup_by(|a, b| a.name == b.name && a.sha256 == b.sha256);
    Ok(found)
}

/// The path of a file of a release, which must be inside it.
pub fn below(folder: &Path, path: &str) -> Result<PathBuf> {
    if is_below(path) { Ok(folder.join(path)) } else { Err(Error::config(path, message!("release.leads_out_release"))) }
}
