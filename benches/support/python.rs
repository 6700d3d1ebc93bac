//! A Python program that stays open, does what it is told and says how long it took.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Reads a line, runs it, writes the seconds it took and what it left in `result`.
const LOOP: &str = "
import sys, time
result = ''
for line in sys.stdin:
    start = time.perf_counter()
    exec(line)
    print(time.perf_counter() - start, result, flush=True)
";

/// A Python program that has imported what it needs.
pub struct Python {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Python {
    /// Starts Python (`TKGD_PYTHON`, else `python3`); `None` where the modules are not there.
    pub fn start(prepare: &str) -> Option<Self> {
        let program = std::env::var_os("TKGD_PYTHON").unwrap_or_else(|| "python3".into());
        let script = format!("{prepare}\nprint('ready', flush=True)\n{LOOP}");
        let child = Command::new(program).args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.ok()?;
        let input = child.stdin.take()?;
        let output = BufReader::new(child.stdout.take()?);
        let mut python = Self { child, input, output };
        (python.answer().as_deref() == Some("ready")).then_some(python)
    }

    /// DuckDB in it as `con`, with so many threads and what else it has to know; says so where it is not there.
    pub fn with_duckdb(threads: usize, prepare: &[String]) -> Option<Self> {
        let start = format!("import duckdb\ncon = duckdb.connect()\ncon.execute('SET threads = {threads}')\n{}", prepare.join("\n"));
        let started = Self::start(&start);
        if started.is_none() {
            println!("DuckDB is not there; TKGD_PYTHON names a Python that has it");
        }
        started
    }

    /// Runs a line and says how long it took.
    pub fn time(&mut self, line: &str) -> Duration {
        Duration::from_secs_f64(self.run(line).0)
    }

    /// Runs a line that assigns to `result` and gives that as text.
    pub fn result(&mut self, line: &str) -> String {
        self.run(line).1
    }

    fn run(&mut self, line: &str) -> (f64, String) {
        writeln!(self.input, "{line}").unwrap();
        let answer = self.answer().unwrap_or_else(|| panic!("Python gave up on: {line}"));
        let (seconds, result) = answer.split_once(' ').unwrap_or((&answer, ""));
        (seconds.parse().unwrap(), result.to_owned())
    }

    fn answer(&mut self) -> Option<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        (!line.is_empty()).then(|| line.trim().to_owned())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
