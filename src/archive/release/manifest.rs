//! The description of a release: a Frictionless data package (version 2) that also says what only we need.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::DATA;
use super::fields::fields_of;
use super::package::{Package, PackageContent, PackageKey, PackageReference, PackageResource, PackageSchema, PackageSource, PackageTable};
use crate::archive::term_key::TermKey;
use crate::base::disk::{self, files_below};
use crate::base::error::{Action, Error, Result};
use crate::base::message::Message;
use crate::forms::{ArchiveTable, ArchiveTables, ForeignKey};

/// Name of the description.
pub const MANIFEST: &str = "datapackage.json";
/// The standard that the description follows.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
/// Prefix of a hash's digits.
const SHA256: &str = "sha256:";

/// Facts of a release, under the key `tkgd` of its description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFacts {
    /// The term, as its folder is named: `2025-2026-opening`.
    pub term: String,
    /// Counted from 1 within the term.
    pub number: u32,
    /// Id of the kind.
    pub kind: String,
    /// Counted from 1 among the term's releases of its kind; 0 in releases of before.
    #[serde(default, skip_serializing_if = "is_uncounted")]
    pub of_kind: u32,
    /// When it was recorded: universal time, to the second.
    pub recorded_at: String,
    /// Why it was made, in people's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Points of the checklist that it was made in spite of, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
    /// Identity of the run.
    #[serde(default)]
    pub run: String,
    /// Version of the tool.
    #[serde(default)]
    pub tool: String,
    /// The language of its pages, lists and summaries, where it is not Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The release of the term before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Releases of other terms that it was made with.
    #[serde(default)]
    pub looked_at: Vec<Previous>,
    /// Where the term's ledger stood, seen from the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
    /// Its inputs.
    #[serde(default)]
    pub inputs: Vec<ReleaseInput>,
}

/// Points of a checklist that somebody passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// How many there were of each, by the point's id.
    pub points: BTreeMap<String, usize>,
    /// Reason in people's words.
    pub reason: String,
}

/// A release that another one rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The term.
    pub term: String,
    /// Its number.
    pub number: u32,
    /// SHA-256 of its description.
    pub sha256: String,
}

/// A file that a release was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseInput {
    /// Its name, seen from the workspace.
    pub name: String,
    /// Where it stands in the release; none where only its hash is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// SHA-256.
    pub sha256: String,
    /// When it was last changed, in seconds; 0 where that does not matter.
    #[serde(default)]
    pub modified: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
const fn is_uncounted(of_kind: &u32) -> bool {
    *of_kind == 0
}

impl ReleaseFacts {
    /// The term.
    ///
    /// # Errors
    /// When the text names none.
    pub fn key(&self) -> std::result::Result<TermKey, Message> {
        self.term.parse()
    }
}

/// A file of a release, as its description has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resource {
    /// Path in the release, with `/` between folders.
    pub path: String,
    /// Number of bytes.
    #[serde(default, alias = "tkgd:bytes")]
    pub bytes: u64,
    /// `sha256:` and the digits.
    #[serde(default, alias = "tkgd:hash")]
    pub hash: String,
}

impl Resource {
    /// The SHA-256 of its bytes.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.hash.strip_prefix(SHA256).unwrap_or(&self.hash)
    }
}

/// A description read back: what a release is, and its files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// Its files.
    pub resources: Vec<Resource>,
    /// Facts of the release.
    pub tkgd: ReleaseFacts,
}

impl Manifest {
    /// Reads a description.
    ///
    /// # Errors
    /// When the file cannot be read or is no such description.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(Action::Read, path, e))?;
        serde_json::from_slice(&bytes).map_err(|e| Error::config(path.display(), e))
    }

    /// Facts of a release, out of its description.
    ///
    /// # Errors
    /// When the bytes are no such description.
    pub fn facts(bytes: &[u8]) -> std::result::Result<ReleaseFacts, Message> {
        #[derive(Deserialize)]
        struct OnlyFacts {
            tkgd: ReleaseFacts,
        }
        serde_json::from_slice::<OnlyFacts>(bytes).map(|only| only.tkgd).map_err(Message::from)
    }
}

/// Names and explanations that people read in a description.
#[derive(Debug)]
pub struct Labels<'a> {
    /// Title of the package.
    pub title: &'a str,
    /// Its name.
    pub description: &'a str,
    /// Descriptions of tables and columns.
    pub tables: &'a ArchiveTables,
}

/// The description of everything in a folder.
///
/// # Errors
/// When a file cannot be read.
pub fn describe(folder: &Path, facts: &ReleaseFacts, labels: &Labels<'_>) -> Result<Vec<u8>> {
    let mut paths = Vec::new();
    files_below(folder, "", &mut paths)?;
    paths.retain(|path| path != MANIFEST);
    let resources = paths.par_iter().enumerate().map(|(index, path)| resource(folder, path, index, labels)).collect::<Result<Vec<_>>>()?;
    let package = Package {
        profile: PROFILE,
        name: format!("{}-r{}", facts.term, facts.number),
        title: labels.title,
        description: labels.description,
        version: facts.number.to_string(),
        created: &facts.recorded_at,
        sources: facts.inputs.iter().map(package_source).collect(),
        resources,
        tkgd: facts,
    };
    let failed = |e| Error::library(Action::Write, folder.join(MANIFEST), e);
    // As a value, keys stand in the order of their names.
    let text = serde_json::to_value(&package).and_then(|value| serde_json::to_string_pretty(&value)).map_err(failed)?;
    Ok(format!("{text}\n").into_bytes())
}

fn package_source(input: &ReleaseInput) -> PackageSource<'_> {
    PackageSource { title: &input.name, path: input.path.as_deref().unwrap_or(&input.name), sha256: &input.sha256 }
}

fn resource(folder: &Path, path: &str, index: usize, labels: &Labels<'_>) -> Result<PackageResource> {
    let (sha256, bytes) = disk::hash(&folder.join(path))?;
    let (role, name) = path.split_once('/').unwrap_or(("", path));
    let table = if role == DATA { name.strip_suffix(".parquet") } else { None };
    let hash = format!("{SHA256}{sha256}");
    Ok(PackageResource {
        name: table.map_or_else(|| format!("file-{index:05}"), resource_name),
        path: path.to_owned(),
        format: name.rsplit('.').next().unwrap_or_default().to_lowercase(),
        // Readers of the standard take every table for one of theirs: what is no table of the archive says that it is a file.
        kind: if table.is_some() { "table" } else { "file" },
        content: if table.is_some() { PackageContent::Table { bytes, hash } } else { PackageContent::File { bytes, hash } },
        table: table.map(|table| package_table(&folder.join(path), labels.tables.table(table))).transpose()?,
    })
}

fn package_table(path: &Path, known: Option<&ArchiveTable>) -> Result<PackageTable> {
    Ok(PackageTable {
        title: known.map(|known| known.title.vi()),
        description: known.map(|known| known.row.vi()),
        mediatype: "application/vnd.apache.parquet",
        schema: PackageSchema {
            fields: fields_of(path, known)?,
            primary_key: known.map(|known| known.key.clone()).unwrap_or_default(),
            foreign_keys: known.map(|known| known.foreign.iter().map(foreign_key).collect()).unwrap_or_default(),
        },
    })
}

/// Columns that name a row of another table, as the standard writes it.
fn foreign_key(key: &ForeignKey) -> PackageKey {
    let reference = PackageReference { resource: resource_name(&key.table), fields: key.columns.clone() };
    PackageKey { fields: key.columns.clone(), reference }
}

/// The name of a table among the resources: the standard allows no underscores.
fn resource_name(table: &str) -> String {
    table.replace('_', "-")
}
