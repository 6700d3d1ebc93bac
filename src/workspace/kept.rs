//! Record of inputs in a release: values, places and findings of every file, and nothing else that stood in it.
//!
//! A workbook holds more than its form: other sheets, notes beside the form, comments, the name of its writer. So not
//! the file is kept but what was read of it, with its hash; of a file that gave no figure, what was found of it. A run
//! from there comes to the same bytes. Tables that are read again (the register, the population) are kept with the
//! columns that are read.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::disk;
use crate::base::error::{Action, Error, Result};
use crate::findings::Finding;
use crate::forms::Form;
use crate::privacy::{Names, masked};
use crate::returns::{Lineage, Part, Placement, Returns, Source, Submission, TypedAnswer, Values};

/// Name of what was read, in the folder of inputs.
pub const READINGS: &str = "readings.jsonl";
/// The register, with the columns that are read.
pub const REGISTER: &str = "register.csv";
/// The population, with the columns that are read.
pub const POPULATION: &str = "population.csv";

/// Returns and findings of one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptReading {
    /// The file.
    pub source: Source,
    /// It is a list.
    #[serde(default)]
    pub is_list: bool,
    /// Its returns: those of a workbook, one a line of a list.
    pub returns: Vec<KeptReturn>,
    /// Findings about it.
    pub findings: Vec<Finding>,
}

/// A return as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptReturn {
    unit: Arc<str>,
    form: Arc<str>,
    source: Source,
    values: Values,
    placements: Vec<Placement>,
    lineage: Lineage,
}

/// Everything that was read for a run.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Files that returns are looked for in, in the order in which they were read.
    pub readings: Vec<KeptReading>,
    /// Every file that figures rest on.
    pub sources: Vec<Source>,
    /// Findings about folders and the register.
    pub around: Vec<Finding>,
    /// Files that were not read, and the phrase that says why.
    pub unread: Vec<UnreadFile>,
    /// Returns of the other source, if the pipeline names one.
    pub other: Option<Vec<KeptReturn>>,
}

/// Ways to keep inputs.
#[derive(Debug, Clone, Default)]
pub enum Keeping {
    /// It is used, and that is all.
    #[default]
    Nothing,
    /// It goes into a release.
    ForRelease,
    /// It is taken from a release, instead of from files.
    From(Arc<Kept>),
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Source(Source),
    Reading(KeptReading),
    Around(Vec<Finding>),
    Unread(Vec<UnreadFile>),
    Other(Vec<KeptReturn>),
}

impl KeptReading {
    /// Keeps a file.
    #[must_use]
    pub fn new(source: &Source, is_list: bool, submissions: &[Submission], findings: &[Finding], names: &Names) -> Self {
        Self {
            source: kept_source(source, names),
            is_list,
            returns: submissions.iter().map(|submission| KeptReturn::new(submission, names)).collect(),
            findings: findings.iter().map(|finding| names.finding(finding)).collect(),
        }
    }

    /// Its returns, of the forms they are of.
    ///
    /// # Errors
    /// When a form is not known or has other cells.
    pub fn submissions(&self, forms: &[Arc<Form>]) -> Result<Vec<Submission>> {
        self.returns.iter().map(|own| own.submission(forms)).collect()
    }
}

fn kept_source(source: &Source, names: &Names) -> Source {
    Source { file: names.shared(&source.file, true), ..source.clone() }
}

/// A return whose files and sheets are named as they may be kept.
pub fn as_kept(submission: Submission, names: &Names) -> Submission {
    let Submission { unit, form, values, source, mut placements, mut lineage } = submission;
    for placement in &mut placements {
        if let Some(sheet) = placement.sheet_mut() {
            *sheet = names.shared(sheet, false);
        } else if let Placement::Counted { files, .. } = placement {
            for file in files {
                *file = names.shared(file, true);
            }
        }
    }
    for file in lineage.taken.values_mut() {
        *file = names.shared(file, true);
    }
    for Part { source, placements } in &mut lineage.parts {
        source.file = names.shared(&source.file, true);
        for sheet in placements.iter_mut().filter_map(Placement::sheet_mut) {
            *sheet = names.shared(sheet, false);
        }
    }
    for TypedAnswer { text, file, sheet, .. } in &mut lineage.typed {
        (*text, *file, *sheet) = (masked(text), names.shared(file, true), names.shared(sheet, false));
    }
    Submission { unit, form, values, source: kept_source(&source, names), placements, lineage }
}

impl KeptReturn {
    /// Keeps a return.
    #[must_use]
    pub fn new(submission: &Submission, names: &Names) -> Self {
        let Submission { unit, form, source, values, placements, lineage } = as_kept(submission.clone(), names);
        Self { unit, form: Arc::clone(&form.id), source, values, placements, lineage }
    }

    fn submission(&self, forms: &[Arc<Form>]) -> Result<Submission> {
        let Self { unit, form, source, values, placements, lineage } = self.clone();
        let own = forms.iter().find(|known| known.id == form && known.layout.slots == values.len());
        let form = own.cloned().ok_or_else(|| Error::config(READINGS, format!("form {form}")))?;
        Ok(Submission { unit, form, values, source, placements, lineage })
    }
}

impl Kept {
    /// Returns of the other source, by unit and form.
    #[must_use]
    pub fn other_returns(&self) -> Option<Returns> {
        let mut returns = Returns::default();
        for own in self.other.as_ref()? {
            returns.insert(Arc::clone(&own.unit), Arc::clone(&own.form), own.values.clone());
        }
        Some(returns)
    }

    /// Writes everything into a folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(READINGS);
        let failed = |e: &dyn std::fmt::Display| Error::library(Action::Write, &path, e);
        let mut text = Vec::new();
        let mut line = |line: &Line| {
            let written = serde_json::to_writer(&mut text, line).map_err(|e| failed(&e));
            text.push(b'\n');
            written
        };
        self.sources.iter().try_for_each(|source| line(&Line::Source(source.clone())))?;
        self.readings.iter().try_for_each(|reading| line(&Line::Reading(reading.clone())))?;
        if !self.around.is_empty() {
            line(&Line::Around(self.around.clone()))?;
        }
        if !self.unread.is_empty() {
            line(&Line::Unread(self.unread.clone()))?;
        }
        self.other.iter().try_for_each(|other| line(&Line::Other(other.clone())))?;
        disk::write(&path, &text)
    }

    /// Reads everything from a folder; none where nothing was kept.
    ///
    /// # Errors
    /// When the file cannot be read or is not what a release keeps.
    pub fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(READINGS);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path).map_err(|e| Error::io(Action::Read, &path, e))?;
        let mut kept = Self::default();
        for line in text.lines() {
            match serde_json::from_str(line).map_err(|e| Error::library(Action::Read, &path, e))? {
                Line::Source(source) => kept.sources.push(source),
                Line::Reading(reading) => kept.readings.push(reading),
                Line::Around(findings) => kept.around = findings,
                Line::Unread(files) => kept.unread = files,
                Line::Other(other) => kept.other = Some(other),
            }
        }
        Ok(Some(kept))
    }
}

/// Files of a term as a release names them, with their hashes.
#[must_use]
pub fn named_sources(sources: &[Source], names: &Names) -> Vec<Source> {
    let mut kept: Vec<Source> = sources.iter().map(|source| kept_source(source, names)).collect();
    kept.sort();
    kept
}

/// A file that was not read. Releases keep both as a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Arc<str>, Arc<str>)", into = "(Arc<str>, Arc<str>)")]
pub struct UnreadFile {
    /// Its name.
    pub file: Arc<str>,
    /// The phrase that says why.
    pub why: Arc<str>,
}

impl From<(Arc<str>, Arc<str>)> for UnreadFile {
    fn from(pair: (Arc<str>, Arc<str>)) -> Self {
        Self { file: pair.0, why: pair.1 }
    }
}

impl From<UnreadFile> for (Arc<str>, Arc<str>) {
    fn from(own: UnreadFile) -> Self {
        (own.file, own.why)
    }
}
