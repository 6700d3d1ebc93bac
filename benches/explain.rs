//! Explaining a province total out of the archive of 20 000 schools, against one full scan of the term.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench explain`; see `docs/benchmarks.md`. Ours: the tree of the term, the
//! figure of every school with its place and hash, coverage and answers, down to every cell, as `tkgd explain` loads
//! them; also against another release, with all causes. The other: the cells of the term added up once
//! (`totals_from_archive`), which is what finding a total without the order of the rows would take.
//! `TKGD_BENCH_SCHOOLS` makes the province smaller.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use support::{Sample, Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::{ArchiveInput, ArchiveReader, Destination, Selection, TermKey, TermState, totals_from_archive, write_archive};
use tkgd::query::explain::{self, Address, FigureDetail, difference, load_against, load_figure, load_total, node};
use tkgd::register::UnitIndex;
use tkgd::returns::{Placement, Status, Submission};
use tkgd::totals::{Aggregation, Target};

const THREADS: usize = 2;
/// Our time to one full scan.
const LIMIT: f64 = 0.1;
/// Figures asked for: pupils of a level, and money.
const FIGURES: [&str; 3] = ["02-TH-DN/III/37/1", "01-MN-DN/hoc-sinh/83/1", "01-MN-DN/ngan-sach/15/1"];

fn main() {
    let mut sample = Sample::large();
    sample.submissions.iter_mut().for_each(place);
    let pool = threads(THREADS);
    let aggregations = pool.install(|| sample.aggregated());
    let folder = scratch("bench-explain");
    release(&sample, &aggregations, &sample.submissions, (&folder, 1));
    release(&sample, &aggregations, &corrected(&sample), (&folder, 2));
    let archive_reader = ArchiveReader::open(&folder, Selection::Published).unwrap();
    let key = TermKey::of(sample.period);
    let state = |number: u32| archive_reader.named(&format!("{key}@{number}")).unwrap();
    let (first, second) = (state(1), state(2));
    let top = sample.tree.roots().next().unwrap();
    let code = sample.tree.units[top].code.to_string();
    headings();
    for figure in FIGURES {
        let address: Address = figure.parse().unwrap();
        let told = load_figure(&first, &address, &sample.schemas).unwrap();
        check(&told, &aggregations, (top, &code));
        let work = format!("{} returns, {} of {} row groups read", grouped(told.figure.own.len()), told.groups_read, told.groups);
        // Both tables are the term.
        let tables = ["cells", "amounts"].map(|table| first.table(table));
        let scan = || pool.install(|| tables.each_ref().map(|table| totals_from_archive(table, &sample.tree, &sample.forms).unwrap()));
        let one = || pool.install(|| whole(&first, &address, &sample, &code));
        compare(&format!("explain {figure} : full scan"), &work, Some(LIMIT), Side::new("tkgd", one), Side::new("tkgd", scan));
        let two = || pool.install(|| against((&first, &second), &address, &sample, &code));
        assert!(two().1 > 0 || figure.contains("ngan-sach"));
        compare(&format!("explain {figure} --against : full scan"), &work, None, Side::new("tkgd", two), Side::new("tkgd", scan));
    }
    support::print_peak_memory();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Every value stands in its file where the form prints it.
fn place(submission: &mut Submission) {
    let sheets = &submission.form.layout.sheets;
    submission.placements = sheets
        .iter()
        .map(|sheet| Placement::Grid {
            sheet: sheet.name.clone(),
            rows: sheet.coded.iter().map(|&row| sheet.rows[row].at).collect(),
            columns: sheet.columns.iter().map(|column| column.at).collect(),
        })
        .collect();
}

/// A release as `tkgd release` lays it out.
fn release(sample: &Sample, aggregations: &[Aggregation], submissions: &[Submission], (archive, number): (&std::path::Path, u32)) {
    let key = TermKey::of(sample.period);
    let folder = archive.join("releases").join(key.to_string()).join(format!("r{number:03}-provisional"));
    let input = ArchiveInput { submissions, ..sample.archived(aggregations) };
    write_archive(Destination::Release(&folder), &input).unwrap();
    let data = format!(
        "{{\"tkgd\": {{\"term\": \"{key}\", \"number\": {number}, \"kind\": \"provisional\", \"recorded_at\": \"2025-10-0{number}T00:00:00Z\", \"run\": \"\", \"tool\": \"\"}}}}"
    );
    std::fs::write(folder.join("datapackage.json"), data).unwrap();
}

/// Every tenth return says one more wherever it has a number.
fn corrected(sample: &Sample) -> Vec<Submission> {
    let mut submissions = sample.submissions.clone();
    for submission in submissions.iter_mut().step_by(10) {
        for slot in submission.values.slots() {
            if let (Status::Reported, number) = submission.values.get(slot) {
                submission.values.set(slot, Status::Reported, number + 1);
            }
        }
    }
    submissions
}

/// The figure and everything that is told of it.
fn whole(state: &TermState, address: &Address, sample: &Sample, code: &str) -> i128 {
    let told = load_total(state, address, &sample.schemas, code).unwrap();
    parts(&told, code).total
}

fn parts(told: &FigureDetail, code: &str) -> explain::Node {
    let tree = &told.figure.tree;
    node(&told.figure, tree.find(code).unwrap(), &|unit| tree.units[unit].expects(told.form.short()))
}

/// The same against another release.
fn against((first, second): (&TermState, &TermState), address: &Address, sample: &Sample, code: &str) -> (i128, usize) {
    let told = load_figure(second, address, &sample.schemas).unwrap();
    let older = load_against(first, &told, &sample.schemas).unwrap();
    let found = difference(explain::FigureSide { shown: None, figure: &older.explained.figure, expects: &|_| false }, &told.figure, code);
    (parts(&told, code).total, found.changes.len())
}

/// The total is that of the aggregation, and so are its parts.
fn check(told: &FigureDetail, aggregations: &[Aggregation], (top, code): (UnitIndex, &str)) {
    let aggregation = aggregations.iter().find(|own| *own.form.id == *told.key.form).unwrap();
    let sheet = aggregation.form.layout.sheet(&told.key.sheet).unwrap();
    let slot = sheet.slot(sheet.find_code(&told.key.code).unwrap(), sheet.find_column(told.key.column).unwrap());
    let total = |unit: UnitIndex| {
        let found = aggregation.totals.iter().find(|own| own.target == Target::Unit(unit));
        found.map(|own| i128::from(own.total.number(slot)))
    };
    let tree = parts(told, code);
    assert_eq!(Some(tree.total), total(top));
    for part in tree.children.iter().filter(|part| !part.children.is_empty()) {
        assert_eq!(Some(part.total), total(part.unit));
    }
}
