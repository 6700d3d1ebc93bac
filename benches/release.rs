//! Putting a term of a large province in force, against writing its Parquet alone.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench release`: with that the dev profile is optimised, and nothing is
//! compiled twice. Ours writes the same tables into a release, hashes and describes every file, copies the tables
//! to what is in force, makes everything durable and swaps it in. The other side writes the tables and nothing
//! else. `TKGD_BENCH_SCHOOLS` makes the province smaller. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::path::Path;

use support::{Sample, Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::{ArchiveInput, Destination, Labels, ReleaseFacts, TermKey, VerifyScope, Writer, describe, verify, write_archive};

/// Our time to that of writing alone.
const LIMIT: f64 = 1.5;
const THREADS: usize = 2;

fn main() {
    let sample = Sample::large();
    let pool = threads(THREADS);
    let aggregations = pool.install(|| sample.aggregated());
    let input = sample.archived(&aggregations);
    let folder = scratch("bench-release");
    let alone = || pool.install(|| write_archive(Destination::Release(&emptied(&folder.join("alone"))), &input).unwrap());
    let whole = || pool.install(|| release(&emptied(&folder.join("archive")), &input, &sample));
    whole();
    let found = verify(&folder.join("archive"), VerifyScope::ArchiveOnly, &|| ()).unwrap();
    assert!(found.problems.is_empty() && found.files > 20, "{found:?}");
    headings();
    let work =
        format!("{} returns, {} bytes of tables", grouped(sample.submissions.len()), grouped(bytes_below(&folder.join("archive/current"))));
    compare("release : Parquet alone", &work, Some(LIMIT), Side::new("tkgd", whole), Side::new("write_archive", alone));
    std::fs::remove_dir_all(folder).unwrap();
}

/// Everything of a release from the moment its figures are known.
fn release(archive: &Path, input: &ArchiveInput<'_>, sample: &Sample) {
    let writer = Writer::open(archive).unwrap();
    let staged = writer.begin().unwrap();
    write_archive(Destination::Release(staged.folder()), input).unwrap();
    let key = TermKey::of(sample.period);
    let data = ReleaseFacts {
        language: None,
        term: key.to_string(),
        number: 1,
        kind: "official".to_owned(),
        of_kind: 1,
        recorded_at: "2026-01-01T00:00:00Z".to_owned(),
        reason: String::new(),
        overridden: None,
        run: String::new(),
        tool: String::new(),
        previous: None,
        looked_at: Vec::new(),
        ledger: None,
        inputs: Vec::new(),
    };
    let labels = Labels { title: "", description: "", tables: &sample.schemas.archive_tables };
    let manifest = describe(staged.folder(), &data, &labels).unwrap();
    staged.commit(&key, 1, "official", &manifest, &|_| ()).unwrap();
}

fn emptied(folder: &Path) -> std::path::PathBuf {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    folder.to_owned()
}

fn bytes_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(
            |entry| {
                if entry.path().is_dir() { bytes_below(&entry.path()) } else { usize::try_from(entry.metadata().unwrap().len()).unwrap() }
            },
        )
        .sum()
}
