//! One writer, or many readers: the system's own file locks, with a note of who holds one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::base::error::{Action, Error, Result};

/// Longer than any writing takes that keeps a lock for a moment: whoever waits this long is told.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(5);
/// Who holds the locks of this process.
static HOLDER: OnceLock<String> = OnceLock::new();

/// A lock that is held until it is dropped, or its process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    note: PathBuf,
}

/// How a lock is held.
#[derive(Clone, Copy)]
enum Hold {
    /// By one writer.
    Alone,
    /// Together with other readers.
    Shared,
}

impl Lock {
    /// Waits to be the only one, a minute at most.
    ///
    /// # Errors
    /// [`Error::Busy`] when somebody else keeps the lock; also when the file cannot be opened.
    pub fn take(path: &Path) -> Result<Self> {
        Self::wait(path, Hold::Alone, PATIENCE)
    }

    /// Takes the lock with a patience of one's own.
    ///
    /// # Errors
    /// As for [`Lock::take`].
    pub fn take_within(path: &Path, patience: Duration) -> Result<Self> {
        Self::wait(path, Hold::Alone, patience)
    }

    /// Waits until nobody writes, a minute at most; others may share.
    ///
    /// # Errors
    /// As for [`Lock::take`].
    pub fn share(path: &Path) -> Result<Self> {
        Self::wait(path, Hold::Shared, PATIENCE)
    }

    /// Note of whoever holds a lock at this moment; none where it is free, or nobody has taken it yet. Nothing is written.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn holder(path: &Path) -> Result<Option<String>> {
        let failed = |e| Error::io(Action::Lock, path, e);
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        match file.try_lock() {
            Ok(()) => Ok(None),
            Err(TryLockError::Error(e)) => Err(failed(e)),
            Err(TryLockError::WouldBlock) => Ok(Some(noted_holder(path))),
        }
    }

    fn wait(path: &Path, hold: Hold, patience: Duration) -> Result<Self> {
        let failed = |e| Error::io(Action::Lock, path, e);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
        let note = note_of(path);
        let start = Instant::now();
        loop {
            let tried = match hold {
                Hold::Alone => file.try_lock(),
                Hold::Shared => file.try_lock_shared(),
            };
            match tried {
                Ok(()) => break,
                Err(TryLockError::Error(e)) => return Err(failed(e)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= patience => {
                    return Err(Error::Busy { path: path.parent().unwrap_or(path).to_owned(), holder: noted_holder(path) });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
        // Nothing depends on the note but what somebody who waits in vain is told.
        let _ = std::fs::write(&note, holder());
        Ok(Self { _file: file, note })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While the lock is still held: the note of whoever comes next stays.
        let _ = std::fs::remove_file(&self.note);
    }
}

/// The note beside a lock.
fn note_of(path: &Path) -> PathBuf {
    path.with_extension("holder")
}

/// Text of the note beside a lock; empty where there is none.
fn noted_holder(path: &Path) -> String {
    std::fs::read_to_string(note_of(path)).unwrap_or_default().trim().to_owned()
}

/// Who we are, for people who wait.
fn holder() -> String {
    HOLDER.get().map_or_else(|| format!("tkgd ({})", std::process::id()), Clone::clone)
}

/// Says who holds the locks of this process, as people who wait are told. The first to say so is right.
pub fn hold_as(who: String) {
    // Said twice, it stays what it was.
    let _ = HOLDER.set(who);
}
