//! Reading bytes where a crash of a library costs one file.
//!
//! Panics are caught. What can *abort* (the old binary format and OpenDocument,
//! whose readers believe sizes in the file) runs in a child process: this same
//! program, with a cap on its memory and a limit on its time.

use std::io::{BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::raw::{read_ods, read_xls, read_xlsb, read_xlsx, too_slow};
use crate::base::message::message;
use crate::ooxml::guard::{Format, Inspected, MAX_TIME, inspect};
use crate::ooxml::raw_cells::{RawProblem, RawWorkbook};
use crate::tables::{TableShape, read_flat};

/// Name of the hidden command that the child runs.
pub const CHILD_COMMAND: &str = "read-isolated";

/// Time for a table to be read to its end; it may be a large one.
const MAX_PROBE: Duration = Duration::from_mins(10);
/// Time between two looks whether it was.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Where formats whose readers can abort are read.
#[derive(Debug, Clone, Default)]
pub enum Isolation {
    /// In a child process running this program.
    Child(PathBuf),
    /// In this process: for callers that accept the risk.
    #[default]
    InProcess,
}

impl Isolation {
    /// A child running the program that is running now.
    #[must_use]
    pub fn this_program() -> Self {
        std::env::current_exe().map_or(Self::InProcess, Self::Child)
    }
}

/// Reads a workbook from its bytes, safely.
///
/// # Errors
/// [`RawProblem`]; a crash of a library is `Unreadable`.
pub fn read_bytes(bytes: &[u8], isolation: &Isolation) -> Result<RawWorkbook, RawProblem> {
    let inspected = inspect(bytes)?;
    match (inspected.format, isolation) {
        (Format::Xls | Format::Xlsb | Format::Ods, Isolation::Child(program)) => read_in_child(program, bytes, MAX_TIME),
        _ => read_here(&inspected),
    }
}

/// Work of the child: reads a workbook from its bytes in this process.
///
/// # Errors
/// As for [`read_bytes`].
pub fn read_as_child(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    read_here(&inspect(bytes)?)
}

fn read_here(inspected: &Inspected<'_>) -> Result<RawWorkbook, RawProblem> {
    let read = || match inspected.format {
        Format::Xlsx => read_xlsx(&inspected.bytes),
        Format::Xls => read_xls(&inspected.bytes),
        Format::Xlsb => read_xlsb(&inspected.bytes),
        Format::Ods => read_ods(&inspected.bytes),
    };
    let read =
        catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(RawProblem::unreadable(message!("workbooks.file_damaged_way_reader"))));
    match read {
        // The library reads some of them only.
        Err(RawProblem::Unreadable(_)) if inspected.format == Format::Xlsb => {
            Err(RawProblem::unreadable(message!("workbooks.xlsb_file_cannot_read")))
        }
        read => read,
    }
}

/// Sees whether a table can be read to its end: a child reads it first, where its reader may ask for as much memory as the
/// file says.
///
/// # Errors
/// When the child did not survive it; what else is wrong with the table is its reader's to tell.
pub(super) fn probe(path: &Path, isolation: &Isolation) -> Result<(), RawProblem> {
    let Isolation::Child(program) = isolation else { return Ok(()) };
    let failed = |problem: &dyn std::fmt::Display| RawProblem::unreadable(message!("workbooks.reading_apart_failed", problem));
    let quiet = |command: &mut Command| command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = quiet(Command::new(program).arg(CHILD_COMMAND).arg("--table").arg(path)).map_err(|problem| failed(&problem))?;
    let started = Instant::now();
    loop {
        match child.try_wait().map_err(|problem| failed(&problem))? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => return Err(died()),
            None if started.elapsed() > MAX_PROBE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(too_slow(MAX_PROBE));
            }
            None => std::thread::sleep(BETWEEN_LOOKS),
        }
    }
}

/// Work of the child for a table: reads it to its end, and says nothing.
pub fn probe_as_child(path: &Path) {
    let _ = read_flat(path, &TableShape::default(), &mut |_, _| Ok(()));
}

fn died() -> RawProblem {
    RawProblem::hostile(message!("workbooks.reader_ran_out_memory"))
}

/// An answer, or none when the child died or wrote something else.
type Answer = Option<Result<RawWorkbook, RawProblem>>;

fn read_in_child(program: &Path, bytes: &[u8], time: Duration) -> Result<RawWorkbook, RawProblem> {
    let mut child = Command::new(program)
        .arg(CHILD_COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|problem| RawProblem::unreadable(message!("workbooks.reading_apart_failed", problem)))?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let answer = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that dies early closes the pipe; its answer tells the rest.
            if let Some(mut input) = input {
                let _ = input.write_all(bytes);
            }
        });
        let (sender, receiver) = mpsc::channel::<Answer>();
        scope.spawn(move || {
            let read = output.and_then(|output| serde_json::from_reader(BufReader::with_capacity(1 << 16, output)).ok());
            let _ = sender.send(read);
        });
        let answer = receiver.recv_timeout(time);
        // Also after an answer: one that is no answer may come from a program that goes on.
        let _ = child.kill();
        answer
    });
    let _ = child.wait();
    match answer {
        Ok(Some(answer)) => answer,
        Ok(None) => Err(died()),
        Err(_) => Err(too_slow(time)),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Instant;

    use super::*;

    /// A program that does this instead of reading.
    fn program(name: &str, script: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tkgd-child-{}-{name}", std::process::id()));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Outcome of a file too large for the pipe, and how soon.
    fn outcome(name: &str, script: &str, time: Duration) -> (RawProblem, Duration) {
        let path = program(name, script);
        let started = Instant::now();
        let problem = read_in_child(&path, &vec![0; 1 << 20], time).unwrap_err();
        std::fs::remove_file(path).unwrap();
        (problem, started.elapsed())
    }

    /// One test, because a script that another thread's child still holds open for
    /// writing cannot be started.
    #[test]
    fn a_child_that_fails_costs_one_file_and_no_waiting() {
        let long = Duration::from_secs(50);
        let (problem, took) = outcome("hangs", "exec sleep 60", Duration::from_millis(300));
        assert!(matches!(&problem, RawProblem::Hostile(reason) if reason.en().contains("seconds")), "{problem:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        for (name, script) in [
            ("dies-at-once", "exit 3"),
            ("is-killed", "kill -9 $$"),
            ("talks-nonsense-and-stays", "echo nonsense; exec sleep 60"),
            ("dies-in-mid-answer", "echo '{\"Ok\": {\"sheets\": ['"),
        ] {
            let (problem, took) = outcome(name, script, long);
            assert!(matches!(&problem, RawProblem::Hostile(reason) if reason.en().contains("memory")), "{name}: {problem:?}");
            assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        }
        let missing = read_in_child(Path::new("/no/such/program"), b"", long);
        assert!(matches!(missing, Err(RawProblem::Unreadable(_))));
    }
}
