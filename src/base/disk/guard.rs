//! Where the program may write: nowhere near what it reads.

use std::path::{Component, Path, PathBuf};

use super::record::is_ours;
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};

/// Rules on what a command may do to files at its targets.
#[derive(Debug, Clone, Default)]
pub struct OutputRules {
    /// Files that are not the program's may be replaced: somebody said so.
    pub replace: bool,
    guarded: Vec<Guarded>,
}

/// A file or folder that no output may be, hold or lie in.
#[derive(Debug, Clone)]
struct Guarded {
    what: Message,
    path: PathBuf,
}

impl OutputRules {
    /// Rules that guard nothing yet.
    #[must_use]
    pub fn new(replace: bool) -> Self {
        Self { replace, guarded: Vec::new() }
    }

    /// Also guards a file or folder, which need not be there. `what` says what it is to people.
    #[must_use]
    pub fn guarding(mut self, what: Message, path: &Path) -> Self {
        self.guarded.push(Guarded { what, path: resolved(path) });
        self
    }

    /// Also guards what other rules guard.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.guarded.extend(others.guarded);
        self
    }

    /// Refuses a folder that is, holds or lies in what is guarded, before any work is done.
    ///
    /// # Errors
    /// When it is such a folder, or no folder.
    pub fn check_folder(&self, folder: &Path) -> Result<()> {
        let target = resolved(folder);
        if target.exists() && !target.is_dir() {
            return Err(Error::config(folder.display(), message!("base.not_folder")));
        }
        let meets = |guarded: &&Guarded| target.starts_with(&guarded.path) || guarded.path.starts_with(&target);
        self.guarded.iter().find(meets).map_or(Ok(()), |guarded| Err(refused(folder, guarded, &target)))
    }

    /// Refuses a file that is or lies in what is guarded, or that somebody else wrote, before any work is done.
    ///
    /// # Errors
    /// When it is such a file, or no file.
    pub fn check_file(&self, path: &Path) -> Result<()> {
        let target = resolved(path);
        if let Some(guarded) = self.guarded.iter().find(|guarded| target.starts_with(&guarded.path)) {
            return Err(refused(path, guarded, &target));
        }
        let Ok(there) = std::fs::symlink_metadata(path) else { return Ok(()) };
        if !there.is_file() {
            let reason = message!("base.what_stands_no_ordinary");
            return Err(Error::config(path.display(), reason));
        }
        if self.replace || is_ours(path) { Ok(()) } else { Err(foreign(path.display(), "")) }
    }
}

/// The refusal of files that the program did not write.
pub fn foreign(shown: impl ToString, more: &str) -> Error {
    let reason = message!("base.file_not_written_tkgd", more);
    let hint = message!("base.choose_another_name_folder");
    Error::config(shown, reason).with_hint(hint)
}

fn refused(shown: &Path, guarded: &Guarded, target: &Path) -> Error {
    let (what, path) = (&guarded.what, guarded.path.display());
    let reason = if target == guarded.path {
        message!("base.target_is", what, path)
    } else if target.starts_with(&guarded.path) {
        message!("base.target_lies_in", what, path)
    } else {
        message!("base.target_holds", what, path)
    };
    let hint = message!("base.choose_folder_results_nothing");
    Error::config(shown.display(), reason).with_hint(hint)
}

/// A path with links followed as far as it is there, and without detours after that.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut there = path.as_path();
    loop {
        if let Ok(found) = there.canonicalize() {
            let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
            return rest.components().fold(found, |mut found, part| {
                match part {
                    Component::ParentDir => drop(found.pop()),
                    Component::Normal(name) => found.push(name),
                    _ => {}
                }
                found
            });
        }
        match there.parent() {
            Some(parent) => there = parent,
            None => return path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_holds_or_lies_in_an_input_is_no_target() {
        let folder = std::env::temp_dir().join(format!("tkgd-guard-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("bieu")).unwrap();
        let rules = OutputRules::new(true).guarding(Message::both("biểu", "inputs"), &folder.join("bieu"));
        for refused in ["bieu", "bieu/x/y", ".", "x/../bieu", "bieu/.", "x/../../"] {
            assert!(rules.check_folder(&folder.join(refused)).is_err(), "{refused}");
        }
        assert!(["out", "bieu-trong", "bieu2/bieu"].iter().all(|fine| rules.check_folder(&folder.join(fine)).is_ok()));
        assert!(rules.check_file(&folder.join("bieu/x.csv")).is_err());
        assert!(rules.check_file(&folder.join("x.csv")).is_ok());
        super::super::remove(&folder).unwrap();
    }
}
