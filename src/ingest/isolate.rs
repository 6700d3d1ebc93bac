//! Reading bytes where a crash of a library costs one file.
//!
//! Panics are caught. What can *abort* (the old binary format and OpenDocument,
//! whose readers believe sizes in the file) runs in a child process: this same
//! program, with a cap on its memory and a limit on its time.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::guard::{Format, inspect};
use super::raw::{RawProblem, RawWorkbook, read_ods, read_xls, read_xlsx};

/// How long a child may work on one file.
const CHILD_TIME: Duration = Duration::from_secs(60);
/// Name of the hidden command that the child runs.
pub const CHILD_COMMAND: &str = "read-isolated";

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
    let format = inspect(bytes)?;
    match (format, isolation) {
        (Format::Xls | Format::Ods, Isolation::Child(program)) => read_in_child(program, bytes),
        _ => read_here(bytes, format),
    }
}

/// What the child does: reads a workbook from its bytes in this process.
///
/// # Errors
/// As for [`read_bytes`].
pub fn read_as_child(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    let format = inspect(bytes)?;
    read_here(bytes, format)
}

fn read_here(bytes: &[u8], format: Format) -> Result<RawWorkbook, RawProblem> {
    let read = || match format {
        Format::Xlsx => read_xlsx(bytes),
        Format::Xls => read_xls(bytes),
        Format::Ods => read_ods(bytes),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(RawProblem::Unreadable("the file is damaged in a way that its reader does not survive".to_owned()))
    })
}

fn read_in_child(program: &PathBuf, bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    let failed = |problem: &dyn std::fmt::Display| RawProblem::Unreadable(format!("reading it apart failed: {problem}"));
    let mut child = Command::new(program)
        .arg(CHILD_COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| failed(&e))?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let answer = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that dies early closes the pipe; its answer tells the rest.
            if let Some(mut input) = input {
                let _ = input.write_all(bytes);
            }
        });
        let answer = scope.spawn(move || output.and_then(|output| serde_json::from_reader(output).ok()));
        let started = Instant::now();
        while !answer.is_finished() && started.elapsed() < CHILD_TIME {
            std::thread::sleep(Duration::from_millis(2));
        }
        if !answer.is_finished() {
            let _ = child.kill();
        }
        answer.join().ok().flatten()
    });
    let _ = child.wait();
    answer.unwrap_or_else(|| {
        Err(RawProblem::Hostile("its reader ran out of memory or time".to_owned()))
    })
}
