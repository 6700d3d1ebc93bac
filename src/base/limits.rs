//! Time and memory of one piece of work, and its clean end where it takes more.
//!
//! The work may be done by a library that cannot be interrupted. So it works on a thread of its own while this one looks on;
//! what takes too much is left behind, and ends with the program. Until then it must not publish anything: [`Stop`] is asked
//! before a file is put in place, and either the work or whoever stops it comes first.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::base::capped::CappedAlloc;
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;

/// How often time and memory are looked at.
const PAUSE: Duration = Duration::from_millis(20);
/// How long work that was told to stop may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nothing is published yet, and nobody has stopped the work.
const RUNNING: u8 = 0;
const STOPPED: u8 = 1;
const PUBLISHING: u8 = 2;

/// How much time and memory a piece of work may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time.
    pub time: Duration,
    /// Bytes of memory besides what the program holds already.
    pub memory: u64,
}

/// Tells work that it is stopped, and whoever stops it that it is too late.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// Goes on only where nobody has stopped the work.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn check(&self) -> Result<()> {
        if self.0.load(SeqCst) == STOPPED { Err(stopped()) } else { Ok(()) }
    }

    /// Begins to publish what came of the work: from now on it is not stopped any more.
    ///
    /// # Errors
    /// When it was stopped before.
    pub fn publish(&self) -> Result<()> {
        match self.0.compare_exchange(RUNNING, PUBLISHING, SeqCst, SeqCst) {
            Err(STOPPED) => Err(stopped()),
            _ => Ok(()),
        }
    }

    /// Stops the work; false where it is publishing already, and goes on to its end.
    #[must_use]
    pub fn end(&self) -> bool {
        self.0.compare_exchange(RUNNING, STOPPED, SeqCst, SeqCst).is_ok()
    }
}

/// Said by work to whoever stopped it, who says why.
fn stopped() -> Error {
    Error::limit(message!("base.stopped"))
}

/// Does a piece of work within limits.
///
/// # Errors
/// Errors of the work, or which limit it passed; then it has published nothing and the program is to end.
pub fn within<T: Send + 'static>(limits: Limits, stop: &Stop, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    CappedAlloc::watch(usize::try_from(limits.memory).unwrap_or(usize::MAX - 1));
    let begun = Instant::now();
    let (send, done) = channel();
    let thread = std::thread::Builder::new().spawn(move || drop(send.send(work()))).map_err(|e| Error::io(Action::Read, "archive", e))?;
    loop {
        match done.recv_timeout(PAUSE) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => return Err(stopped()),
            },
            Err(RecvTimeoutError::Timeout) => {}
        }
        let is_passed = CappedAlloc::is_passed();
        if (is_passed || begun.elapsed() > limits.time) && stop.end() {
            // Work that waits for memory does not end by itself.
            let patience = if is_passed { Duration::ZERO } else { PATIENCE };
            let _ = done.recv_timeout(patience);
            return Err(if is_passed { too_much_memory(limits.memory) } else { too_long(limits) });
        }
        if is_passed {
            // It was about to publish and cannot: a file aside is not put in place.
            return Err(too_much_memory(limits.memory));
        }
    }
}

fn too_long(limits: Limits) -> Error {
    let seconds = limits.time.as_secs();
    Error::limit(message!("base.not_done_within_seconds", seconds)).with_hint(message!("base.narrow_where_term_form"))
}

/// Said where a piece of work needs more than so many bytes.
#[must_use]
pub fn too_much_memory(bytes: u64) -> Error {
    let megabytes = bytes >> 20;
    Error::limit(message!("base.needs_more_mb_memory", megabytes)).with_hint(message!("base.narrow_where_write_csv"))
}

/// Half of the machine's memory in bytes, or of what this program may have of it; none where the system does not tell.
#[must_use]
pub fn half_of_memory() -> Option<u64> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    let allowed = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
    Some(system.total_memory().min(allowed) / 2).filter(|bytes| *bytes > 0)
}
