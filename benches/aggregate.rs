//! Adding up the cells of 20 000 units over two levels, against DuckDB.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench aggregate`: with that the dev profile is
//! optimised, and with it nothing is compiled twice. From memory, with coverage;
//! and from the archive's Parquet, the same file that DuckDB reads with as many
//! threads. `TKGD_BENCH_SCHOOLS` makes it smaller. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::path::Path;
use std::time::Instant;

use support::python::Python;
use support::{Sample, Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::{Destination, draft_path, totals_from_archive, write_archive};
use tkgd::base::number::NumberKind;
use tkgd::totals::Aggregation;

/// Our time to DuckDB's plain grouping.
const LIMIT: f64 = 2.0;
const THREADS: usize = 2;

/// Every figure of all units together.
const GROUPED: &str = "SELECT form, sheet, code, column_no, sum(value), count(*) FROM cells GROUP BY form, sheet, code, column_no";
/// The same by the unit above, then by the unit above that.
const COMMUNES: &str = "SELECT form, sheet, code, column_no, reports_to AS parent, sum(value) AS value, count(*) AS parts
    FROM cells JOIN units USING (unit) GROUP BY form, sheet, code, column_no, reports_to";
const DEPARTMENT: &str = "SELECT form, sheet, code, column_no, reports_to AS parent, sum(value) AS value, sum(parts) AS parts
    FROM communes JOIN units ON unit = parent GROUP BY form, sheet, code, column_no, reports_to";

fn main() {
    let sample = Sample::large();
    let pool = threads(THREADS);
    let aggregations = pool.install(|| sample.aggregated());
    let folder = scratch("bench-aggregate");
    let start = Instant::now();
    archive(&sample, &aggregations, &folder);
    let cells = sample.submissions.iter().map(|s| counts(&s.form)).sum::<usize>();
    println!("{} cells written as Parquet in {:.1} s\n", grouped(cells), start.elapsed().as_secs_f64());
    let path = draft_path(&folder, "cells", sample.period);
    let from_archive = || pool.install(|| totals_from_archive(&path, &sample.tree, &sample.forms).unwrap());
    let work = format!("{} returns, {} cells", grouped(sample.submissions.len()), grouped(cells));
    let Some(mut python) = start_duckdb(&folder, &sample) else {
        return;
    };
    check(&mut python, &aggregations, &from_archive());
    headings();
    let grouping = format!("con.execute('''CREATE OR REPLACE TEMP TABLE grouped AS {}''')", GROUPED.replace('\n', " "));
    let levels = [("communes", COMMUNES), ("department", DEPARTMENT)]
        .map(|(table, query)| format!("con.execute('''CREATE OR REPLACE TEMP TABLE {table} AS {}''')", query.replace('\n', " ")))
        .join("; ");
    let ours = Side::new("tkgd", &from_archive);
    compare("Parquet, two levels : plain GROUP BY", &work, Some(LIMIT), ours, Side::timed("DuckDB", || python.time(&grouping)));
    let ours = Side::new("tkgd", &from_archive);
    compare("Parquet, two levels : two levels with JOIN", &work, None, ours, Side::timed("DuckDB", || python.time(&levels)));
    let in_memory = || pool.install(|| sample.aggregated());
    let ours = Side::new("tkgd", in_memory);
    compare("memory, two levels, coverage, groups : plain GROUP BY", &work, None, ours, Side::timed("DuckDB", || python.time(&grouping)));
    support::print_peak_memory();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Cells of a form in the table of counts.
fn counts(form: &tkgd::forms::Form) -> usize {
    let sheets = form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Counts));
    sheets.map(|(_, sheet)| sheet.slots()).sum()
}

fn archive(sample: &Sample, aggregations: &[Aggregation], folder: &Path) {
    write_archive(Destination::Draft(folder), &sample.archived(aggregations)).unwrap();
}

/// DuckDB over the archive's files.
fn start_duckdb(folder: &Path, sample: &Sample) -> Option<Python> {
    let file = |table| format!("{:?}", draft_path(folder, table, sample.period).to_string_lossy());
    let view = |table| format!("con.read_parquet({}).create_view('{table}')", file(table));
    Python::with_duckdb(THREADS, &[view("cells"), view("units")])
}

/// All three give the same numbers before anything is timed.
fn check(python: &mut Python, aggregations: &[Aggregation], archived: &[tkgd::archive::ArchivedTotals]) {
    for (aggregation, archived) in aggregations.iter().zip(archived) {
        let layout = &aggregation.form.layout;
        for tkgd::archive::UnitTotal { unit, total } in &archived.totals {
            let known = aggregation.of_unit(*unit).map(|total| total.control(layout).0);
            assert_eq!(known, Some(total.control(layout).0));
        }
        let department = archived.totals.first().map(|own| own.total.control(layout).0.to_string());
        let query = format!("result = con.execute(\"SELECT sum(value) FROM cells WHERE form = '{}'\").fetchone()[0]", aggregation.form.id);
        assert_eq!(Some(python.result(&query)), department, "{}", aggregation.form.id);
    }
}
