//! Folders that people are handed: what the program wrote there is replaced, everything else stays.
//!
//! ```text
//! <folder>/.tkgd/written.json      what was written here: names, sizes, hashes
//! <folder>/.tkgd/new/…             what is being written; nobody reads it
//! <folder>/.tkgd/publishing.json   there while files are put in place: whoever comes next goes on with it
//! ```
//! Everything that takes room is written before the first file is put in place. Killed before that, nothing
//! has changed; killed after it, the next writer of the folder ends what was begun.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::guard::foreign;
use super::record::{RECORD, WORK_FOLDER, parted};
use super::{Lock, OutputRecord, OutputRules, RUN_FILES, RunFiles, Written, commit, hash, is_below, remove, write};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::text::nfc;

const PLAN: &str = "publishing.json";
const STAGING: &str = "new";
const LOCK: &str = "output.lock";
/// Staging folders that this process writes into, whose locks it holds.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Files named in one message.
const NAMED: usize = 5;

/// Fates of files that were written before and are not written now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// They go: the folder is what is written now.
    Whole,
    /// They stay: the files are added.
    Added,
}

/// A file that somebody changed after the program had written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Where it was written.
    pub path: PathBuf,
    /// Where it stands now.
    pub kept_as: PathBuf,
}

/// Result of putting files in place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The files that were written, as they stand on the disk.
    pub files: Vec<PathBuf>,
    /// Changed files of before, which are nobody's to replace.
    pub kept: Vec<KeptFile>,
}

/// A folder being written into, by nobody else meanwhile.
#[derive(Debug)]
pub struct OutputFolder {
    root: PathBuf,
    scope: Scope,
    replace: bool,
    /// Names as they are told apart on every disk, and as they were given.
    names: Mutex<BTreeMap<String, String>>,
    _lock: Lock,
}

/// Plan of files to put in place, written down before the first step.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    /// Files to put in place, below the staging folder and below the folder.
    files: Vec<String>,
    /// Files of before that go.
    stale: Vec<String>,
    /// Files that are not the program's are replaced.
    replace: bool,
}

impl OutputFolder {
    /// Prepares to write into a folder; ends what an interrupted writer began.
    ///
    /// # Errors
    /// When the rules refuse the folder, somebody else writes into it, or it cannot be written.
    pub fn open(root: &Path, scope: Scope, rules: &OutputRules) -> Result<Self> {
        rules.check_folder(root)?;
        Self::beside_others(root, scope, rules.replace)
    }

    /// Opens the folder without a look at it as a whole: for single files.
    fn beside_others(root: &Path, scope: Scope, replace: bool) -> Result<Self> {
        let work = root.join(WORK_FOLDER);
        if std::fs::symlink_metadata(&work).is_ok_and(|there| !there.is_dir()) {
            return Err(foreign(work.display(), ""));
        }
        let lock = Lock::take(&work.join(LOCK))?;
        let folder = Self { root: root.to_owned(), scope, replace, names: Mutex::default(), _lock: lock };
        if let Some(plan) = folder.read_plan() {
            folder.carry_out(&plan)?;
        }
        remove(&folder.staging())?;
        if let Ok(mut open) = UNFINISHED.lock() {
            open.insert(folder.staging());
        }
        std::fs::create_dir_all(folder.staging()).map_err(|e| Error::io(Action::Write, folder.staging(), e))?;
        Ok(folder)
    }

    /// Writes one file of the folder; `name` is seen from there, with forward slashes.
    ///
    /// # Errors
    /// When it cannot be written, or two files have one name.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name)?;
        std::fs::write(&path, bytes).map_err(|e| Error::io(Action::Write, &path, e))
    }

    /// Where a file of the folder is written, for those who write it themselves.
    ///
    /// # Errors
    /// When the name leads out of the folder, or two files have it.
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        let bad = |reason: Message| Error::library(Action::Write, self.root.join(name), reason);
        if !is_below(name) || name.split('/').next() == Some(WORK_FOLDER) {
            return Err(bad(message!("base.name_leads_out_folder")));
        }
        let mut names = self.names.lock().map_err(|_| bad(message!("base.another_file_folder_failed")))?;
        if names.insert(nfc(name).to_lowercase(), name.to_owned()).is_some() {
            return Err(bad(message!("base.two_files_one_run")));
        }
        let path = self.staging().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Error::io(Action::Write, parent, e))?;
        }
        Ok(path)
    }

    /// Adds the list of everything written so far: which run each file is of.
    ///
    /// # Errors
    /// When a file is not as it was written, or the list cannot be written.
    pub fn write_run_files(&self, run: &str) -> Result<()> {
        let list = RunFiles { run: run.to_owned(), files: self.staged()? };
        self.write(RUN_FILES, list.text().as_bytes())
    }

    /// The folder in which everything stands until it is put in place.
    #[must_use]
    pub fn staging(&self) -> PathBuf {
        self.work(STAGING)
    }

    /// Puts everything in place. Nothing is, unless all of it can be.
    ///
    /// # Errors
    /// When files stand there that the program did not write, or a file cannot be put in place.
    pub fn publish(self) -> Result<Published> {
        let files = self.staged()?;
        let record = OutputRecord::read(&self.work(RECORD));
        self.check_foreign(&files, &record)?;
        let stale = match self.scope {
            Scope::Whole => record.files.keys().filter(|name| !files.contains_key(*name)).cloned().collect(),
            Scope::Added => Vec::new(),
        };
        let mut next = OutputRecord::default();
        if self.scope == Scope::Added {
            next.files.extend(record.files);
        }
        let plan = Plan { files: files.keys().cloned().collect(), stale, replace: self.replace };
        next.files.extend(files);
        // All that takes room is on the disk before the plan is, and the plan before the first step.
        write(&super::temp_path(&self.work(RECORD)), next.text().as_bytes())?;
        write(&super::temp_path(&self.work(PLAN)), serde_json::to_string(&plan).unwrap_or_default().as_bytes())?;
        if let Ok(mut open) = UNFINISHED.lock() {
            // From here on it is put in place, by us or by whoever comes next.
            open.remove(&self.staging());
        }
        commit(&self.work(PLAN))?;
        self.carry_out(&plan)
    }

    /// Files of the staging folder, which must be those that were written: nothing of anybody else.
    fn staged(&self) -> Result<BTreeMap<String, Written>> {
        let names: BTreeSet<String> = self.names.lock().map(|names| names.values().cloned().collect()).unwrap_or_default();
        let mut there = Vec::new();
        files_below(&self.staging(), "", &mut there)?;
        let differs = |name: &String| Error::ReadBack { path: self.root.join(name), reason: message!("base.no_file_run_gone") };
        if let Some(other) = there.iter().find(|name| !names.contains(*name)) {
            return Err(differs(other));
        }
        let of = |name: String| {
            let (sha256, bytes) = hash(&self.staging().join(&name)).map_err(|_| differs(&name))?;
            Ok((name, Written { bytes, sha256 }))
        };
        names.into_iter().map(of).collect()
    }

    /// Refuses where files stand that the program did not write.
    fn check_foreign(&self, files: &BTreeMap<String, Written>, record: &OutputRecord) -> Result<()> {
        let mut others = Vec::new();
        for (name, new) in files {
            if self.is_foreign(name, new, record)? {
                others.push(name.as_str());
            }
        }
        if others.is_empty() {
            return Ok(());
        }
        let more = others.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" (+{more})") } else { String::new() };
        let shown: Vec<String> = others.iter().take(NAMED).map(|name| self.root.join(name).display().to_string()).collect();
        Err(foreign(shown.join(", "), &more))
    }

    /// Whether something stands in a file's place that is not ours: another file, a folder, a link on the way.
    fn is_foreign(&self, name: &str, new: &Written, record: &OutputRecord) -> Result<bool> {
        let path = self.root.join(name);
        let kind = |path: &Path| std::fs::symlink_metadata(path).map(|there| there.file_type()).ok();
        let above = path.ancestors().skip(1).take_while(|above| *above != self.root);
        if above.filter_map(kind).any(|kind| !kind.is_dir()) {
            return Ok(true);
        }
        Ok(match kind(&path) {
            None => false,
            Some(kind) if !kind.is_file() => true,
            Some(_) => !self.replace && !record.files.contains_key(name) && !new.is_at(&path)?,
        })
    }

    fn read_plan(&self) -> Option<Plan> {
        let text = std::fs::read_to_string(self.work(PLAN)).ok()?;
        let plan: Plan = serde_json::from_str(&text).ok()?;
        plan.files.iter().chain(&plan.stale).all(|name| is_below(name)).then_some(plan)
    }

    /// Does what is planned, or the rest of it: what is done already is not there to be done again.
    fn carry_out(&self, plan: &Plan) -> Result<Published> {
        let record = OutputRecord::read(&self.work(RECORD));
        let next = super::temp_path(&self.work(RECORD));
        let meant = if next.is_file() { next.clone() } else { self.work(RECORD) };
        let written = OutputRecord::read(&meant);
        let mut done = Published::default();
        for name in &plan.files {
            let (staged, path) = (self.staging().join(name), self.root.join(name));
            if staged.is_file() {
                done.kept.extend(self.keep_changed(name, &record, plan.replace)?);
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent).map_err(|e| Error::io(Action::Write, parent, e))?;
                }
                std::fs::rename(&staged, &path).map_err(|e| Error::io(Action::Rename, &path, e))?;
            }
            // Files told as written are those that stand there.
            let as_meant = written.files.get(name).zip(std::fs::metadata(&path).ok()).is_some_and(|(own, there)| own.bytes == there.len());
            if !as_meant {
                return Err(Error::ReadBack { path, reason: message!("base.not_written") });
            }
            done.files.push(path);
        }
        for name in &plan.stale {
            done.kept.extend(self.drop_stale(name, &record)?);
        }
        if next.is_file() {
            commit(&self.work(RECORD))?;
        }
        remove(&self.work(PLAN))?;
        remove(&self.staging())?;
        Ok(done)
    }

    /// Moves a file of ours beside its place where somebody has changed it since.
    fn keep_changed(&self, name: &str, record: &OutputRecord, replace: bool) -> Result<Option<KeptFile>> {
        let path = self.root.join(name);
        if std::fs::symlink_metadata(&path).is_err() {
            return Ok(None);
        }
        let was_ours = record.files.get(name);
        let is_unchanged = was_ours.map_or(Ok(false), |own| own.is_at(&path))?;
        if is_unchanged || (replace && was_ours.is_none()) {
            return Ok(None);
        }
        // Nothing new in it: the same bytes are about to stand there again.
        if Written::of(&path).is_ok_and(|there| Written::of(&self.staging().join(name)).is_ok_and(|new| there == new)) {
            return Ok(None);
        }
        let kept_as = free_beside(&path);
        std::fs::rename(&path, &kept_as).map_err(|e| Error::io(Action::Rename, &path, e))?;
        Ok(Some(KeptFile { path, kept_as }))
    }

    /// Removes a file of ours that is not written any more; one that somebody has changed stays.
    fn drop_stale(&self, name: &str, record: &OutputRecord) -> Result<Option<KeptFile>> {
        let path = self.root.join(name);
        let Some(own) = record.files.get(name) else { return Ok(None) };
        if !std::fs::symlink_metadata(&path).is_ok_and(|there| there.is_file()) {
            return Ok(None);
        }
        if !own.is_at(&path)? {
            return Ok(Some(KeptFile { kept_as: path.clone(), path }));
        }
        remove(&path)?;
        // Folders that are empty now; the first one that is not ends it.
        let mut above = path.ancestors().skip(1).take_while(|above| *above != self.root);
        while above.next().is_some_and(|folder| std::fs::remove_dir(folder).is_ok()) {}
        Ok(None)
    }

    fn work(&self, name: &str) -> PathBuf {
        self.root.join(WORK_FOLDER).join(name)
    }
}

impl Drop for OutputFolder {
    /// Unfinished work gives its room back; where putting in place had begun, the next writer ends it.
    fn drop(&mut self) {
        if let Ok(mut open) = UNFINISHED.lock() {
            open.remove(&self.staging());
        }
        if !self.work(PLAN).is_file() {
            let _ = remove(&self.staging());
            let _ = remove(&super::temp_path(&self.work(RECORD)));
        }
    }
}

/// A single file being written, beside whatever else stands in its folder.
#[derive(Debug)]
pub struct OutputFile {
    folder: OutputFolder,
    staged: PathBuf,
}

impl OutputFile {
    /// Prepares to write a file.
    ///
    /// # Errors
    /// When the rules refuse it, or its folder cannot be written.
    pub fn create(path: &Path, rules: &OutputRules) -> Result<Self> {
        rules.check_file(path)?;
        let (root, name) = parted(path)?;
        let folder = OutputFolder::beside_others(&root, Scope::Added, rules.replace)?;
        let staged = folder.path(&name)?;
        Ok(Self { folder, staged })
    }

    /// Opens it to be written.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn open(&self) -> Result<File> {
        File::create(&self.staged).map_err(|e| Error::io(Action::Write, &self.staged, e))
    }

    /// Puts it in place.
    ///
    /// # Errors
    /// As for [`OutputFolder::publish`].
    pub fn publish(self) -> Result<Published> {
        self.folder.publish()
    }
}

/// Writes a single file.
///
/// # Errors
/// As for [`OutputFile::create`] and [`OutputFolder::publish`].
pub fn write_file(path: &Path, bytes: &[u8], rules: &OutputRules) -> Result<Published> {
    let file = OutputFile::create(path, rules)?;
    write(&file.staged, bytes)?;
    file.publish()
}

/// Removes what this process has written aside and will not put in place, because it is about to end.
pub fn abandon_outputs() {
    let open = UNFINISHED.lock().map(|open| open.clone()).unwrap_or_default();
    for staging in open {
        // The reason of the failure is told, not what is left of it.
        let _ = remove(&staging);
    }
}

/// A name beside a changed file that nobody has yet.
fn free_beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let name = |n: u32| {
        path.with_file_name(if n == 1 {
            message!("base.changed_file", stem, ending).vi()
        } else {
            message!("base.changed_file_again", stem, n, ending).vi()
        })
    };
    (1..u32::MAX).map(name).find(|free| std::fs::symlink_metadata(free).is_err()).unwrap_or_else(|| path.to_owned())
}

/// Files of a folder and all below it, by their names from there, in order; none where the folder is not there.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    let own = folder.join(prefix);
    let entries = match std::fs::read_dir(&own) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::io(Action::Read, &own, e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(|e| Error::io(Action::Read, &own, e))?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    for name in names {
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if folder.join(&path).is_dir() { files_below(folder, &path, found)? } else { found.push(path) }
    }
    Ok(())
}
