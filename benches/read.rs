//! Reading official workbooks: our whole path from file to cells against calamine's cells alone.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench read`: with that the dev profile is
//! optimised, and with it nothing is compiled twice. Ours checks the package,
//! hashes the file, recognises the form and fills the cells; the other side only
//! opens the same file and asks for every cell. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use support::workbooks::calamine_cells;
use support::{Sample, Side, compare, grouped, headings, official_form, scratch, threads, total_of};
use tkgd::base::number::NumberLocale;
use tkgd::ooxml::RawWorkbook;
use tkgd::present::write_xlsx;
use tkgd::register::NameIndex;
use tkgd::report::{ReportTexts, official};
use tkgd::workbooks::{
    ClaimWords, DecisionWords, Isolation, ReadContext, Recognised, Recogniser, UnitFrom, UnitRule, fill, read_bytes, read_files, sha256,
};

/// Generated workbooks.
const FILES: usize = 200;
/// Files that openpyxl reads.
const FEW: usize = 6;
/// Our time to calamine's.
const LIMIT: f64 = 1.3;

fn main() {
    // Some schools file nothing themselves.
    let sample = Sample::new(10, FILES + FILES / 10);
    let folder = scratch("bench-read");
    let generated = generate(&sample, &folder);
    let isolation = Isolation::InProcess;
    let recogniser = Recogniser::new(&sample.schemas.forms);
    let units = UnitRule::new(&[UnitFrom::FileName], Some("{unit}_{any}"), None, &DecisionWords::default()).unwrap();
    let circular = &sample.schemas.governing(sample.period).unwrap().id;
    let claim_words: ClaimWords = sample.schemas.files.toml("claims.toml").unwrap();
    let names = NameIndex::new(&sample.tree, &claim_words.names);
    let signs = tkgd::tables::Signs::default();
    let context = |with_units: bool| ReadContext {
        recogniser: &recogniser,
        circular,
        period: sample.period,
        tree: &sample.tree,
        names: &names,
        claim_words: &claim_words,
        units: with_units.then_some(&units),
        locale: NumberLocale::Vi,
        signs: &signs,
        isolation: &isolation,
    };
    check(&generated, &context(true));
    headings();
    for count in [1, 2] {
        race(&format!("read generated files, {count} thread(s)"), &generated, count, &context(true));
    }
    let real = real_files();
    if !real.is_empty() {
        check(&real, &context(false));
        let many: Vec<PathBuf> = real.iter().cycle().take(100).cloned().collect();
        race("read the real files, 50 times, 1 thread(s)", &many, 1, &context(false));
    }
    stages(&generated, &recogniser);
    openpyxl(&generated[..FEW.min(generated.len())], &context(true));
    support::print_peak_memory();
}

/// Official workbooks of the forms in force, one per return of a school.
fn generate(sample: &Sample, folder: &Path) -> Vec<PathBuf> {
    let texts: ReportTexts = sample.schemas.files.toml("report.toml").unwrap();
    let schools = &sample.submissions[sample.submissions.len() - FILES..];
    let write = |submission: &tkgd::returns::Submission| {
        let total = total_of(submission);
        let report = sample.report(&texts, submission, &total);
        let path = folder.join(format!("{}_{}.xlsx", submission.unit, submission.form.short));
        std::fs::write(&path, write_xlsx(&official(&report)).unwrap()).unwrap();
        path
    };
    schools.par_iter().map(write).collect()
}

/// The two official exports, where the folder of reference files is there.
fn real_files() -> Vec<PathBuf> {
    ["01-MN-DN.xlsx", "02-TH-DN.xlsx"].map(official_form).into_iter().filter(|path| path.is_file()).collect()
}

/// Both sides do what they are said to do, before anything is timed.
fn check(files: &[PathBuf], context: &ReadContext<'_>) {
    for reading in read_files(files, context, &|| Ok(())).unwrap() {
        assert!(!reading.returns.is_empty(), "{:?}", reading.findings);
        assert!(reading.returns.iter().all(|own| own.submission.values.filled() > 0));
    }
}

fn race(what: &str, files: &[PathBuf], count: usize, context: &ReadContext<'_>) {
    let pool = threads(count);
    let cells: usize = pool.install(|| files.par_iter().map(|path| calamine_cells(path)).sum());
    let work = format!("{} files, {} cells", files.len(), grouped(cells));
    let ours = || pool.install(|| read_files(files, context, &|| Ok(())).unwrap());
    let other = || pool.install(|| files.par_iter().map(|path| calamine_cells(path)).sum::<usize>());
    compare(what, &work, Some(LIMIT), Side::new("tkgd", ours), Side::new("calamine", other));
}

/// Where our time goes: each step of the path alone, on one thread.
fn stages(files: &[PathBuf], recogniser: &Recogniser) {
    let bytes: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let books: Vec<RawWorkbook> = bytes.iter().map(|bytes| read_bytes(bytes, &Isolation::InProcess).unwrap()).collect();
    let known: Vec<Recognised> = books.iter().map(|book| recogniser.recognise(book).unwrap().0).collect();
    let step = |name: &str, work: &mut dyn FnMut()| {
        let other = Side::new("calamine", || files.iter().map(|path| calamine_cells(path)).sum::<usize>());
        compare(name, &format!("{} files", files.len()), None, Side::new("tkgd", work), other);
    };
    step("– read the bytes", &mut || files.iter().for_each(|path| drop(black_box(std::fs::read(path)))));
    step("– hash", &mut || bytes.iter().for_each(|bytes| drop(black_box(sha256(bytes)))));
    step("– check the package, read the cells", &mut || {
        for file in &bytes {
            drop(black_box(read_bytes(file, &Isolation::InProcess)));
        }
    });
    step("– recognise", &mut || books.iter().for_each(|book| drop(black_box(recogniser.recognise(book)))));
    step("– fill", &mut || books.iter().zip(&known).for_each(|(book, known)| drop(black_box(fill(book, known, NumberLocale::Vi)))));
}

fn openpyxl(files: &[PathBuf], context: &ReadContext<'_>) {
    let Some(mut python) = support::python::Python::start("import openpyxl") else {
        println!("| openpyxl is not there | | | | | | | | | |");
        return;
    };
    let names: Vec<String> = files.iter().map(|path| format!("{:?}", path.to_string_lossy())).collect();
    let line = format!(
        "[sum(1 for sheet in openpyxl.load_workbook(name, read_only=True, data_only=True).worksheets for row in sheet.iter_rows() for cell in row) for name in [{}]]",
        names.join(", ")
    );
    let cells: usize = files.iter().map(|path| calamine_cells(path)).sum();
    let work = format!("{} files, {} cells", files.len(), grouped(cells));
    let pool = threads(1);
    let ours = Side::new("tkgd", || pool.install(|| read_files(files, context, &|| Ok(())).unwrap()));
    compare("read a few files, 1 thread(s)", &work, None, ours, Side::timed("openpyxl read-only", || python.time(&line)));
}
