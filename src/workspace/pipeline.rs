//! A pipeline ready to run: a pipeline file, or the settings that become one, resolved against its workspace.

use std::path::{Path, PathBuf};

use crate::archive::{ArchiveReader, Selection, TermKey, circular_of};
use crate::base::disk::{Lock, OutputRules, WORK_FOLDER, stem};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear};
use crate::forms::{Regulation, SchemaFiles, parse_toml};
use crate::ledger::{Deadlines, Ledger, LocalDeadlines};
use crate::workspace::file::{ALWAYS_BLOCKING, BLOCKING, PipelineFile};
use crate::workspace::kept::Keeping;
use crate::workspace::place::place_of;
use crate::workspace::settings::SettingsSchema;
use crate::workspace::written::WrittenPipeline;

/// A pipeline ready to run.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// As written.
    pub file: PipelineFile,
    /// Its text; part of a run's identity.
    pub text: String,
    /// The term it is about.
    pub period: Period,
    /// The folder all paths start from.
    pub workspace: PathBuf,
    /// States of other terms that are looked at.
    pub view: Selection,
    /// The pipeline file.
    pub source: PathBuf,
    /// The workbook of settings that it comes from, wholly or in part.
    pub settings: Option<PathBuf>,
    /// The folder of schemas beside those built in, if there is one; told to a command.
    pub schemas: Option<PathBuf>,
    /// Files that the program did not write may be replaced; told to a command.
    pub replace: bool,
    /// Ways to keep inputs.
    pub(crate) keeping: Keeping,
}

/// Lock of a workspace: whoever writes into it holds it alone, whoever reads everything of it shares it.
const LOCK: &str = "workspace.lock";
/// Note in a folder of returns that says what to copy there.
pub(crate) const NOTE: &str = "README.txt";
/// Local deadlines, where no other file is named.
const DEADLINES: &str = "han-nop.toml";

impl Pipeline {
    /// Reads a pipeline: that of a pipeline file, of a workspace or its workbook of settings in the term that is due, or of a
    /// term that is named there, as in `thong-ke/dau-nam-hoc`.
    ///
    /// # Errors
    /// When it cannot be read or is not right.
    pub fn open(path: &Path) -> Result<Self> {
        let schema = SettingsSchema::built_in()?;
        let WrittenPipeline { text, source, folder, settings } = WrittenPipeline::read(place_of(path, &schema)?, &schema)?;
        let shown = source.display().to_string();
        let file: PipelineFile = parse_toml(&shown, &text)?;
        file.release.check()?;
        let year: SchoolYear = file.school_year.parse().map_err(|reason: Message| Error::config(&shown, reason))?;
        // It names folders of the archive, also before anybody has looked whether the circular has such a state.
        if let Some(state) = file.result_state.as_ref().filter(|state| **state != stem(state)) {
            let reason = message!("workspace.result_state_no_id", state);
            return Err(Error::config(&shown, reason));
        }
        let period = Period { year, term: file.term };
        let workspace = tidy(&folder.join(&file.workspace));
        Ok(Self { text, workspace, source, settings, ..Self::made(file, period) })
    }

    /// A pipeline that stands in no file; its paths start where the program runs.
    #[must_use]
    pub fn made(file: PipelineFile, period: Period) -> Self {
        let (text, workspace, source) = (String::new(), PathBuf::new(), PathBuf::new());
        let (view, keeping) = (Selection::Working, Keeping::Nothing);
        Self { file, text, period, workspace, view, source, settings: None, schemas: None, replace: false, keeping }
    }

    /// Points of the checklist of releases that block; some always do.
    #[must_use]
    pub fn blocking(&self) -> Vec<String> {
        let Some(own) = &self.file.release.blocking else { return BLOCKING.map(str::to_owned).to_vec() };
        own.iter().cloned().chain(ALWAYS_BLOCKING.map(str::to_owned)).collect()
    }

    /// A path of the file, seen from where the program runs.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        self.workspace.join(path)
    }

    /// The folder of this term's reports and findings.
    #[must_use]
    pub fn output(&self) -> PathBuf {
        let folder = self.file.outputs.folder.clone().unwrap_or_else(|| PathBuf::from("out"));
        self.path(&folder).join(self.slug())
    }

    /// The term's ledger.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::named(&self.ledger_folder(), &self.slug())
    }

    /// Deadlines of the term: the circular's, and local ones of the pipeline or of the file of deadlines.
    ///
    /// # Errors
    /// When one of them is not right, or both tell local ones.
    pub fn deadlines(&self, regulation: &Regulation) -> Result<Deadlines> {
        Deadlines::new(regulation, self.period, &self.local_deadlines()?)
    }

    /// Local deadlines of all terms, of the pipeline or of the file of deadlines.
    ///
    /// # Errors
    /// When the file cannot be read, or both tell some.
    pub fn local_deadlines(&self) -> Result<LocalDeadlines> {
        let file = self.path(self.file.inputs.deadlines.as_deref().unwrap_or(Path::new(DEADLINES)));
        let own = &self.file.deadlines;
        if own.is_empty() {
            return LocalDeadlines::read(&file);
        }
        if file.is_file() {
            let reason = message!("workspace.deadlines_told_twice", file = file.display());
            return Err(Error::config(self.source.display(), reason).with_hint(message!("workspace.deadlines_in_one_place")));
        }
        Ok(LocalDeadlines { file: self.source.clone(), deadlines: own.clone() })
    }

    fn ledger_folder(&self) -> PathBuf {
        self.path(&self.file.outputs.ledger.clone().unwrap_or_else(|| PathBuf::from("ledger")))
    }

    /// Rules on what commands on this pipeline may write where: nowhere near anything that it reads, its ledger or its archive.
    #[must_use]
    pub fn output_rules(&self) -> OutputRules {
        let rules = self.rules_of_inputs();
        let rules = rules.guarding(message!("workspace.ledger"), &self.ledger_folder());
        rules.guarding(message!("workspace.archive"), &self.archive())
    }

    /// Refuses a pipeline whose own outputs would meet what it reads, or each other, before anything is done.
    ///
    /// # Errors
    /// When they do.
    pub fn check_outputs(&self) -> Result<()> {
        self.output_rules().check_folder(&self.output())?;
        let inputs = self.rules_of_inputs();
        inputs.check_folder(&self.archive())?;
        inputs.check_folder(&self.ledger_folder())?;
        inputs.guarding(message!("workspace.ledger"), &self.ledger_folder()).check_folder(&self.archive())
    }

    /// Files that the pipeline uses and that are none of its returns, should they lie among them.
    #[must_use]
    pub(crate) fn own_files(&self) -> Vec<PathBuf> {
        let inputs = &self.file.inputs;
        let lists = inputs.lists.iter().flat_map(|list| std::iter::once(&list.file).chain(&list.mapping));
        let single = [&inputs.mapping, &inputs.other_source, &inputs.receipts, &inputs.deadlines, &inputs.population];
        let records = inputs.records.iter().map(|own| &own.path);
        let named = lists.chain(records).chain(single.into_iter().flatten()).chain([&self.file.register]).map(|path| self.path(path));
        // The note that a new workspace puts into its folders of returns.
        let notes = inputs.workbooks.iter().map(|folder| self.path(&folder.join(NOTE)));
        let own = [self.path(Path::new(DEADLINES)), self.source.clone()].into_iter().chain(self.settings.clone()).chain(notes);
        named.chain(own).collect()
    }

    /// Guards everything that is read.
    fn rules_of_inputs(&self) -> OutputRules {
        let inputs = &self.file.inputs;
        let mut rules = OutputRules::new(self.replace);
        let input = message!("workspace.what_read");
        let lists = inputs.lists.iter().flat_map(|list| std::iter::once(&list.file).chain(&list.mapping));
        let single = [&inputs.mapping, &inputs.other_source, &inputs.receipts, &inputs.deadlines, &inputs.population];
        let records = inputs.records.iter().map(|own| &own.path);
        for path in inputs.workbooks.iter().chain(lists).chain(records).chain(single.into_iter().flatten()) {
            rules = rules.guarding(input.clone(), &self.path(path));
        }
        if inputs.deadlines.is_none() {
            rules = rules.guarding(input, &self.path(Path::new(DEADLINES)));
        }
        rules = rules.guarding(message!("workspace.register"), &self.path(&self.file.register));
        if self.source.as_os_str() != "" {
            rules = rules.guarding(message!("workspace.pipeline"), &self.source);
        }
        if let Some(workbook) = &self.settings {
            rules = rules.guarding(message!("workspace.settings"), workbook);
        }
        match &self.schemas {
            Some(folder) => rules.guarding(message!("workspace.schemas"), folder),
            None => rules,
        }
    }

    /// Keeps every other command from writing into the workspace, or from looking while this one writes; where nobody
    /// can write into the workspace itself, the locks of archive, ledger and output folders do.
    ///
    /// # Errors
    /// [`Error::Busy`] when another command keeps it.
    pub fn lock_alone(&self) -> Result<Option<Lock>> {
        unless_read_only(Lock::take(&self.path(Path::new(WORK_FOLDER)).join(LOCK)))
    }

    /// Keeps others from writing into the workspace while it is read.
    ///
    /// # Errors
    /// [`Error::Busy`] when another command writes.
    pub fn lock_shared(&self) -> Result<Option<Lock>> {
        unless_read_only(Lock::share(&self.path(Path::new(WORK_FOLDER)).join(LOCK)))
    }

    /// Note of whoever keeps the workspace at this moment; none where it is free.
    ///
    /// # Errors
    /// When nobody can tell.
    pub fn lock_holder(&self) -> Result<Option<String>> {
        Lock::holder(&self.path(Path::new(WORK_FOLDER)).join(LOCK))
    }

    /// The term, the state of its results if it is a later one, and the reporting stream if it is one of its own, as file
    /// names say it.
    fn slug(&self) -> String {
        let state = self.file.result_state.as_ref().map(|state| format!("-{}", stem(state))).unwrap_or_default();
        format!("{}-{}{state}{}", self.period.year, self.period.term.id(), self.stream())
    }

    /// Other pipelines beside this one whose drafts or reports take the place of its own: of the same term, into the same
    /// archive or the same folder.
    #[must_use]
    pub fn rivals(&self) -> Vec<PathBuf> {
        let folder = self.source.parent().unwrap_or(Path::new(""));
        let folder = if folder.as_os_str() == "" { Path::new(".") } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let is_rival = |path: &PathBuf| {
            let is_other = path.extension().is_some_and(|ending| ending == "toml") && path.file_name() != self.source.file_name();
            let other = is_other.then(|| Self::open(path).ok()).flatten();
            other.is_some_and(|other| {
                let is_same = |own: &Path, other: &Path| absolute(own) == absolute(other);
                other.slug() == self.slug() && (is_same(&other.archive(), &self.archive()) || is_same(&other.output(), &self.output()))
            })
        };
        let mut rivals: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_rival).collect();
        rivals.sort();
        rivals
    }

    /// Ending that keeps the files of a reporting stream apart from those of the terms.
    fn stream(&self) -> String {
        self.file.regulation.as_ref().map(|id| format!("-{}", stem(id))).unwrap_or_default()
    }

    /// The archive, looked at as the pipeline does.
    ///
    /// # Errors
    /// When the description of a release cannot be read.
    pub fn archive_reader(&self) -> Result<ArchiveReader> {
        ArchiveReader::open(&self.archive(), self.view.clone())
    }

    /// The term as the archive names it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn key(&self) -> Result<TermKey> {
        self.key_of(self.period, self.file.result_state.as_deref())
    }

    /// Another term of the same reporting stream, as the archive names it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub fn key_of(&self, period: Period, state: Option<&str>) -> Result<TermKey> {
        let plain = TermKey::in_state(period, state);
        let Some(stream) = self.own_stream() else { return Ok(plain) };
        // Archives from before streams stood apart hold a stream's releases where those of the terms stand: it goes on there.
        let released = ArchiveReader::open(&self.archive(), Selection::Published)?.state(&plain);
        let is_here = released.map(|state| circular_of(&state.table("forms"))).transpose()?.flatten().as_deref() == Some(stream);
        Ok(if is_here { plain } else { plain.in_stream(Some(&stem(stream))) })
    }

    /// The circular that the pipeline names, where it is a reporting stream of its own.
    fn own_stream(&self) -> Option<&str> {
        let id = self.file.regulation.as_deref()?;
        let files = SchemaFiles::open(self.schemas.as_deref()).ok();
        let known = files.and_then(|files| files.toml::<Regulation>(&format!("{id}/regulation.toml")).ok());
        known.is_none_or(|regulation| regulation.separate).then_some(id)
    }

    /// The archive's folder.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.path(&self.file.outputs.archive.clone().unwrap_or_else(|| format!("archive{}", self.stream()).into()))
    }
}

/// A workspace that nobody can write into needs no lock.
fn unless_read_only(lock: Result<Lock>) -> Result<Option<Lock>> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match lock {
        Ok(lock) => Ok(Some(lock)),
        Err(Error::Io { source, .. }) if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// A path from the root, without detours.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| tidy(&path))
}

/// A path without `folder/..` detours; names in messages stay short.
fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_left_out_of_paths() {
        assert_eq!(tidy(Path::new("pipelines/..")), PathBuf::new());
        assert_eq!(tidy(Path::new("../a/./b/../c")), PathBuf::from("../a/c"));
    }
}
