//! A term's draft: written where nobody looks, put in place as a whole.
//!
//! ```text
//! archive/draft/.new/data/<table>.parquet   the tables of one run
//! archive/draft/.publishing.json            there while they are put in place: the next writer goes on with it
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::DATA;
use crate::archive::past::run_of;
use crate::archive::reader::{Area, DRAFT, table_in};
use crate::archive::term_key::{TermKey, names};
use crate::base::disk;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};

/// Where a draft is written.
const STAGING: &str = ".new";
/// Plan of a commit in progress.
const PLAN: &str = ".publishing.json";
/// Ending of a table's file.
const TABLE: &str = ".parquet";

/// A draft that is being written.
#[derive(Debug)]
pub struct StagedDraft<'a> {
    archive: &'a Path,
    folder: PathBuf,
}

/// A draft that is being put in place.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    term: String,
    tables: Vec<String>,
}

impl<'a> StagedDraft<'a> {
    /// An empty folder to write a draft into.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn begin(archive: &'a Path) -> Result<Self> {
        let folder = staging(archive);
        disk::remove(&folder)?;
        std::fs::create_dir_all(&folder).map_err(|e| Error::io(Action::Write, &folder, e))?;
        Ok(Self { archive, folder })
    }
}

impl StagedDraft<'_> {
    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes it the term's draft, in place of the one before. Every table must name the run.
    ///
    /// # Errors
    /// When a table is of another run, or a file cannot be put in place.
    pub fn commit(self, key: &TermKey, run: &str) -> Result<()> {
        let archive = self.archive;
        let mut tables = Vec::new();
        for name in names(&self.folder.join(DATA))? {
            let path = self.folder.join(DATA).join(&name);
            let found = run_of(&path)?.unwrap_or_default();
            if found != run {
                return Err(Error::ReadBack { path, reason: message!("archive.run_not", found, run) });
            }
            tables.extend(name.strip_suffix(TABLE).map(str::to_owned));
        }
        let plan = Plan { term: key.to_string(), tables };
        let text = serde_json::to_string(&plan).unwrap_or_default();
        disk::write_atomic(&archive.join(DRAFT).join(PLAN), text.as_bytes())?;
        carry_out(archive, &plan)
    }
}

impl Drop for StagedDraft<'_> {
    /// Unfinished work gives its room back; where putting in place had begun, the next writer ends it.
    fn drop(&mut self) {
        if !self.archive.join(DRAFT).join(PLAN).is_file() {
            let _ = disk::remove(&self.folder);
        }
    }
}

/// Ends what an interrupted writer had begun; whoever calls this is the only writer.
pub fn recover(archive: &Path) -> Result<()> {
    let path = archive.join(DRAFT).join(PLAN);
    if let Ok(text) = std::fs::read_to_string(&path)
        && let Ok(plan) = serde_json::from_str::<Plan>(&text)
    {
        carry_out(archive, &plan)?;
    }
    disk::remove(&path)?;
    disk::remove(&staging(archive))
}

/// Puts tables in place, or those that are not there yet, and removes those that the run before had and this one has not.
fn carry_out(archive: &Path, plan: &Plan) -> Result<()> {
    let path = archive.join(DRAFT).join(PLAN);
    let key: TermKey = plan.term.parse().map_err(|reason: Message| Error::config(path.display(), reason))?;
    for table in plan.tables.iter().filter(|table| disk::is_below(table)) {
        let (staged, target) = (staging(archive).join(DATA).join(format!("{table}{TABLE}")), table_in(archive, Area::Draft, table, &key));
        if staged.is_file() {
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent).map_err(|e| Error::io(Action::Write, parent, e))?;
            }
            std::fs::rename(&staged, &target).map_err(|e| Error::io(Action::Rename, &target, e))?;
        }
    }
    for folder in Area::Draft.folders() {
        for table in names(&archive.join(folder))?.iter().filter(|table| !plan.tables.contains(table)) {
            let stale = table_in(archive, Area::Draft, table, &key);
            // A table that names no run is none of ours.
            if stale.is_file() && run_of(&stale).is_ok_and(|run| run.is_some()) {
                disk::remove(&stale)?;
            }
        }
    }
    disk::remove(&path)?;
    disk::remove(&staging(archive))
}

fn staging(archive: &Path) -> PathBuf {
    archive.join(DRAFT).join(STAGING)
}
