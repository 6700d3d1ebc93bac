//! Questions over ten years of an archive of 20 000 units, against DuckDB on the same files; the archive's size against DuckDB's.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench query`. One term is made and written as a run writes it; the other nine
//! years are copies of its files, which costs a reader the same. `TKGD_BENCH_SCHOOLS` makes it smaller. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::path::{Path, PathBuf};

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::statistics::Statistics;
use support::python::Python;
use support::{Sample, Side, compare, grouped, headings, scratch};
use tkgd::archive::{ArchiveReader, Destination, Selection, draft_path, write_archive};
use tkgd::base::term::{Period, SchoolYear};
use tkgd::sql::{Asked, QueryEntry, SqlSession, TableCatalogue};

/// School years of the archive.
const YEARS: i32 = 10;
/// Our time to DuckDB's, and our size to its.
const LIMIT: f64 = 1.2;
const SIZE_LIMIT: f64 = 1.1;
const THREADS: usize = 2;

/// One figure of a form, of one former district, year by year: form, sheet, code.
const FIGURE: (&str, &str, &str) = ("tt25-2024/02-TH-DN", "I", "1");

fn main() {
    // Before the engine starts: as many threads as the other side has.
    let sample = Sample::large();
    let folder = scratch("bench-query");
    let files = archive(&sample, &folder);
    let (form, sheet, code) = FIGURE;
    for (what, bounds) in [("one figure", &[("form", form), ("sheet", sheet), ("code", code)][..]), ("one form", &[("form", form)][..])] {
        let (needed, total) = row_groups(&files, bounds);
        println!("{what}: {} of {} row groups can hold it, by the footers", grouped(needed), grouped(total));
    }
    let Some(mut python) = start_duckdb(&folder) else {
        return;
    };
    print_size(&mut python, &files[0]);
    let schemas = &sample.schemas;
    let catalogue = TableCatalogue::load(schemas).unwrap();
    let archive_reader = ArchiveReader::open(&folder, Selection::Working).unwrap();
    let ask = |sql: &str| {
        let session = SqlSession::open(schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
        let mut rows = Vec::new();
        session
            .ask(sql)
            .unwrap()
            .each(&mut |batch| {
                batch.each(&mut |row| {
                    rows.push(row.iter().map(QueryEntry::plain).collect::<Vec<_>>().join(" "));
                    Ok(())
                })
            })
            .unwrap();
        rows
    };
    headings();
    for (what, sql, limit) in &questions(&sample) {
        let line = sql.replace('\n', " ");
        let theirs = python.result(&format!(
            "result = ';'.join(' '.join(str(v) for v in row) for row in con.execute('''{line}''').fetchall()).replace('None', '')"
        ));
        let ours = ask(sql);
        assert!(ours.len() > 1 && ours.join(";") == theirs, "{what}: {} {}", ours[0], theirs.split(';').next().unwrap());
        let work = format!("{} rows", grouped(ours.len()));
        let other = Side::timed("DuckDB", || python.time(&format!("con.execute('''{line}''').fetchall()")));
        compare(what, &work, *limit, Side::new("tkgd", || ask(sql)), other);
    }
    support::print_peak_memory();
    std::fs::remove_dir_all(folder).unwrap();
}

/// What is asked, in SQL, and our limit.
fn questions(sample: &Sample) -> [(&'static str, String, Option<f64>); 5] {
    let district = sample.tree.units.iter().map(|unit| unit.group("former_district")).find(|name| !name.is_empty()).unwrap().to_owned();
    let (form, sheet, code) = FIGURE;
    let figure = format!("c.form = '{form}' AND c.sheet = '{sheet}' AND c.code = '{code}' AND c.column_no = 1");
    let of_district = |what: &str, by: &str, filter: &str| {
        format!(
            "SELECT {by}, {what} FROM cells AS c JOIN units AS u ON c.school_year = u.school_year AND c.term = u.term AND c.unit = u.unit \
             WHERE u.former_district = '{district}' AND {filter} GROUP BY {by} ORDER BY {by}"
        )
    };
    let point = of_district("SUM(c.value) AS total, COUNT(c.value) AS units", "c.school_year", &figure);
    let form_only = of_district("SUM(c.value) AS total", "c.school_year, c.sheet, c.code, c.column_no", &format!("c.form = '{form}'"));
    let by_list = format!(
        "SELECT school_year, sheet, code, column_no, SUM(value) AS total FROM cells WHERE form = '{form}' \
         AND unit IN (SELECT unit FROM units WHERE former_district = '{district}') \
         GROUP BY school_year, sheet, code, column_no ORDER BY school_year, sheet, code, column_no"
    );
    // Of a unit that sends the form, in the middle of them.
    let senders: Vec<_> = sample.submissions.iter().filter(|s| *s.form.id == *form).map(|s| &s.unit).collect();
    let unit = senders[senders.len() / 2];
    let of_unit = format!(
        "SELECT school_year, sheet, code, column_no, value FROM cells WHERE form = '{form}' AND unit = '{unit}' ORDER BY school_year, sheet, code, column_no"
    );
    let all = "SELECT school_year, form, SUM(value) AS total FROM cells GROUP BY school_year, form ORDER BY school_year, form".to_owned();
    [
        ("one figure of a district, ten years", point, Some(LIMIT)),
        ("one form of a unit, ten years", of_unit, Some(LIMIT)),
        ("one form of a district, summed, ten years", form_only, Some(LIMIT)),
        ("the same, by a list of its units", by_list, Some(LIMIT)),
        ("sums of everything, ten years", all, Some(LIMIT)),
    ]
}

/// Writes a term and copies it for the years before; the files of its cells, year by year.
fn archive(sample: &Sample, folder: &Path) -> Vec<PathBuf> {
    let written = write_archive(Destination::Draft(folder), &sample.archived(&sample.aggregated())).unwrap();
    let mut files = Vec::new();
    for back in 0..YEARS {
        let period = Period { year: SchoolYear(sample.period.year.0 - back), term: sample.period.term };
        for path in &written {
            let table = path.file_stem().unwrap().to_string_lossy().into_owned();
            let copy = draft_path(folder, &table, period);
            if back > 0 {
                std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
                std::fs::copy(path, &copy).unwrap();
            }
        }
        files.push(draft_path(folder, "cells", period));
    }
    files
}

/// How many row groups can hold rows with these values, by the smallest and largest value that the footers tell; and how many there are.
fn row_groups(files: &[PathBuf], wanted: &[(&str, &str)]) -> (usize, usize) {
    let (mut needed, mut total) = (0, 0);
    for path in files {
        let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        for group in reader.metadata().row_groups() {
            total += 1;
            needed += usize::from(wanted.iter().all(|(column, value)| can_hold(group, column, value.as_bytes())));
        }
    }
    (needed, total)
}

fn can_hold(group: &RowGroupMetaData, column: &str, value: &[u8]) -> bool {
    let chunk = group.columns().iter().find(|chunk| chunk.column_path().string() == column).unwrap();
    match chunk.statistics() {
        Some(Statistics::ByteArray(known)) => {
            known.min_opt().is_none_or(|min| min.data() <= value) && known.max_opt().is_none_or(|max| max.data() >= value)
        }
        _ => true,
    }
}

/// DuckDB over the archive's files.
fn start_duckdb(folder: &Path) -> Option<Python> {
    let view = |table: &str| {
        let glob = folder.join(format!("draft/{table}/*/*/{table}.parquet"));
        format!("con.execute(\"create view {table} as from read_parquet('{}', hive_partitioning = true)\")", glob.display())
    };
    let quiet = "import os\ncon.execute('SET enable_progress_bar = false')".to_owned();
    Python::with_duckdb(THREADS, &[quiet, view("cells"), view("units")])
}

/// The size of a year's cells against the same rows in the same order as DuckDB writes them.
fn print_size(python: &mut Python, file: &Path) {
    let copy = file.with_file_name("duckdb");
    let options = format!("FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}", 131_072);
    let line = format!(
        "con.execute(\"COPY (FROM '{}') TO '{}' ({options})\"); result = os.path.getsize('{}')",
        file.display(),
        copy.display(),
        copy.display()
    );
    let theirs: u64 = python.result(&line).parse().unwrap();
    let ours = std::fs::metadata(file).unwrap().len();
    let ratio = ours as f64 / theirs as f64;
    let verdict = if ratio <= SIZE_LIMIT { "PASS" } else { "over" };
    let reader = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let rows: i64 = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).sum();
    println!(
        "a year's cells, {} rows: {} bytes, DuckDB (zstd, the same row groups and order) {}: {ratio:.2} (limit {SIZE_LIMIT}) {verdict}\n",
        grouped(usize::try_from(rows).unwrap()),
        grouped(usize::try_from(ours).unwrap()),
        grouped(usize::try_from(theirs).unwrap())
    );
    std::fs::remove_file(copy).unwrap();
}
