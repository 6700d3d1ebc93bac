//! The whole run over the workbooks of a large province, against the libraries it cannot do without.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench whole`: with that the dev profile is optimised, and nothing is
//! compiled twice. Ours is the program itself, `tkgd run` with every output. The other side does the three things
//! that any tool would have to: calamine asks for every cell of the same files, rust_xlsxwriter writes the same
//! workbooks with everything ready, DuckDB adds up the same archive once. `TKGD_BENCH_SCHOOLS` makes the province
//! smaller. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use support::python::Python;
use support::workbooks::{ReadyBook, calamine_cells};
use support::{Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::draft_path;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::jobs::{SampleRequest, Session, sample_files};
use tkgd::sample::SampleOptions;
use tkgd::workbooks::Isolation;

/// Schools of the province, unless told otherwise; they file about as many workbooks.
const SCHOOLS: usize = 2_000;
/// Schools of a commune.
const PER_COMMUNE: usize = 30;
/// Our time to that of the three libraries together.
const LIMIT: f64 = 1.5;
const THREADS: usize = 2;
const PERIOD: Period = Period { year: SchoolYear(2025), term: Term::Opening };
const PIPELINE: &str = "dau-nam-hoc.toml";
const GROUPED: &str = "SELECT form, sheet, code, column_no, sum(value), count(*) FROM cells GROUP BY form, sheet, code, column_no";

fn main() {
    let schools = support::schools(SCHOOLS);
    let folder = scratch("bench-whole");
    province(&folder, schools);
    let pool = threads(THREADS);
    let timings = run(&folder).1;
    let inputs = workbooks(&folder.join("bieu"));
    let outputs = workbooks(&folder.join("ket-qua"));
    let mut ready: Vec<ReadyBook> = pool.install(|| outputs.par_iter().map(|path| ReadyBook::new(&std::fs::read(path).unwrap())).collect());
    check(&outputs, &ready);
    // The largest first, so that no thread is left alone with one at the end.
    ready.sort_by_key(|book| std::cmp::Reverse(book.cells()));
    let read = || pool.install(|| inputs.par_iter().map(|path| calamine_cells(path)).sum::<usize>());
    let write = || pool.install(|| ready.par_iter().with_max_len(1).map(|book| book.write().unwrap().len()).sum::<usize>());
    let Some(mut python) = start_duckdb(&folder) else {
        return;
    };
    let aggregate = format!("con.execute('''CREATE OR REPLACE TEMP TABLE grouped AS {GROUPED}''')");
    let written = ready.iter().map(ReadyBook::cells).sum::<usize>();
    let work = format!(
        "{} workbooks, {} cells; {} workbooks out, {} cells",
        grouped(inputs.len()),
        grouped(read()),
        grouped(outputs.len()),
        grouped(written)
    );
    headings();
    let mut parts = [Duration::ZERO; 3];
    let other = Side::timed("calamine + rust_xlsxwriter + DuckDB", || {
        parts = [time(read), time(write), python.time(&aggregate)];
        parts.iter().sum()
    });
    compare("whole run, 2 threads", &work, Some(LIMIT), Side::timed("tkgd run", || run(&folder).0), other);
    let [read, write, aggregate] = parts.map(|part| part.as_secs_f64());
    println!("\nthe other side, last round: calamine {read:.2} s, rust_xlsxwriter {write:.2} s, DuckDB {aggregate:.2} s");
    println!("\n```\n{timings}```");
    std::fs::remove_dir_all(folder).unwrap();
}

/// A province of so many schools, with every output that a run can write.
fn province(folder: &Path, schools: usize) {
    let options = SampleOptions { communes: (schools / PER_COMMUNE).max(2), schools, ..SampleOptions::new(1, PERIOD) };
    let request = SampleRequest { options, dirt: Vec::new() };
    for (name, bytes) in sample_files(&Session::open(None, Isolation::InProcess).unwrap(), &request).unwrap() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let pipeline = std::fs::read_to_string(folder.join(PIPELINE)).unwrap();
    let all = pipeline.replace("lists = [\"csv\"]", "lists = [\"csv\", \"xlsx\"]");
    assert!(all != pipeline, "the sample's pipeline does not ask for lists");
    std::fs::write(folder.join(PIPELINE), all).unwrap();
}

/// Runs the program where nothing was run before; how long that took, and what it says of its stages.
fn run(folder: &Path) -> (Duration, String) {
    for name in ["ket-qua", "luu-tru", "so-theo-doi"] {
        if folder.join(name).exists() {
            std::fs::remove_dir_all(folder.join(name)).unwrap();
        }
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_tkgd"));
    let count = THREADS.to_string();
    program.env("RAYON_NUM_THREADS", &count).env("POLARS_MAX_THREADS", &count);
    program.args(["run", "--timings", "--lang", "en"]).arg(folder.join(PIPELINE));
    let start = Instant::now();
    let output = program.output().unwrap();
    let took = start.elapsed();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    (took, said)
}

/// The workbooks below a folder.
fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(workbooks(&path));
        } else if path.extension().is_some_and(|ending| ending == "xlsx") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The other side writes workbooks with as much in them as ours.
fn check(outputs: &[PathBuf], ready: &[ReadyBook]) {
    let again = scratch("bench-whole-check").join("again.xlsx");
    for (path, book) in outputs.iter().zip(ready) {
        std::fs::write(&again, book.write().unwrap()).unwrap();
        assert_eq!(calamine_cells(path), calamine_cells(&again), "{}", path.display());
    }
}

/// DuckDB over the archive's cells.
fn start_duckdb(folder: &Path) -> Option<Python> {
    let cells = draft_path(&folder.join("luu-tru"), "cells", PERIOD);
    let view = format!("con.read_parquet({:?}).create_view('cells')", cells.to_string_lossy());
    Python::with_duckdb(THREADS, &[view])
}

fn time<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}
