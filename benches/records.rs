//! Pupils of a country into every cell of both forms that counts pupils, for every school: against decoding the columns, DuckDB and polars.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench records`. `TKGD_BENCH_PUPILS` (4,000,000) says how many pupils there are, 480 to a school;
//! `TKGD_BENCH_POLARS=0` leaves polars out, which takes its time. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use support::python::Python;
use support::records_made::{CLASS_COLUMNS, MadeRecords, PUPIL_FLAGS, PUPIL_TEXTS, SCHOOL_COLUMNS, make_records};
use support::records_sql::RecordSql;
use support::{Side, compare, grouped, headings};
use tkgd::forms::{Form, Schemas};
use tkgd::records::{EntityIndex, RecordBook};
use tkgd::tabulate::columnar::{ColumnarTable, RecordKeys};
use tkgd::tabulate::plan::EntityPlan;
use tkgd::tabulate::{AgeDays, FormDefinition, Profile, SchoolCounts, Tabulation, UnitCounts, column_type};

/// Pupils of a school.
const PER_SCHOOL: usize = 480;
/// Schools of a commune, communes of a district, districts of a province.
const BELOW: [usize; 3] = [15, 5, 11];
const THREADS: usize = 2;
/// Our time to that of decoding, to DuckDB's, to polars', and with totals to without.
const LIMITS: [f64; 4] = [3.0, 1.0 / 12.0, 1.0 / 20.0, 1.1];
/// Says to a process of this bench to count once and to tell its memory.
const ONCE: &str = "TKGD_BENCH_ONCE";

fn main() {
    let pool = support::threads(THREADS);
    let pupils = std::env::var("TKGD_BENCH_PUPILS").ok().and_then(|text| text.parse().ok()).unwrap_or(4_000_000);
    let folder = support::folder("bench-records");
    if std::env::var_os(ONCE).is_some() {
        let country = Country::new();
        let cells = pool.install(|| cells(&country.counted(&folder)));
        println!("{} cells; most memory {} MB", grouped(cells.iter().map(Vec::len).sum()), support::peak_memory().unwrap() >> 10);
        return;
    }
    let folder = support::scratch("bench-records");
    let made = make_records(&folder, pupils, (pupils / PER_SCHOOL).max(100));
    let country = Country::new();
    pool.install(|| measure(&country, &made, &folder));
    std::fs::remove_dir_all(folder).unwrap();
}

/// What is counted.
struct Country {
    book: RecordBook,
    definitions: Vec<FormDefinition>,
    pupil: EntityIndex,
}

fn days() -> AgeDays {
    AgeDays { year: 2025, day: NaiveDate::from_ymd_opt(2025, 9, 30).unwrap() }
}

impl Country {
    fn new() -> Self {
        let schemas = Schemas::load(None).unwrap();
        let book = RecordBook::load(&schemas.files).unwrap();
        let pupil = book.entity("pupil").unwrap();
        let is_counted = |form: &&Arc<Form>| &*form.circular == "tt24-2018" && !form.layout.counts.is_empty();
        let definition = |form| {
            let mut own = FormDefinition::new(form, &book, Profile::Form).unwrap();
            own.cells.retain(|cell| cell.entity == pupil);
            own
        };
        let definitions = schemas.forms.iter().filter(is_counted).map(definition).collect();
        Self { book, definitions, pupil }
    }

    /// From the files to the counts of schools.
    fn counted(&self, folder: &Path) -> SchoolCounts {
        let open = |entity, name: &str| ColumnarTable::open(&self.book, entity, &folder.join(name)).unwrap();
        let mut keys = RecordKeys::default();
        let mut owners = |table: ColumnarTable<'_>| table.read_owners(&table.canonical(), &mut keys).unwrap().rows;
        let schools = owners(open(self.book.school, "school.parquet"));
        let classes = owners(open(self.book.class, "class.parquet"));
        let tabulation = Tabulation::new(&self.book, &self.definitions, schools, classes, days()).unwrap();
        let pupils = open(self.pupil, "pupil.parquet");
        pupils.read(&pupils.canonical(), &keys, &|rows| tabulation.count(rows)).unwrap();
        tabulation.counted()
    }
}

/// Every cell of every school.
fn cells(counts: &SchoolCounts) -> Vec<Vec<u32>> {
    (0..counts.schools()).into_par_iter().map(|school| counts.of_school(school)).collect()
}

/// Communes, districts, provinces and the nation.
fn totals(counts: &SchoolCounts) -> Vec<UnitCounts> {
    let above = |own: usize, below: usize| -> (Vec<u32>, usize) {
        ((0..own).map(|number| u32::try_from(number / below).unwrap()).collect(), own.div_ceil(below))
    };
    let (unit_of, mut units) = above(counts.schools(), BELOW[0]);
    let mut levels = vec![counts.by_unit(&unit_of, units)];
    for below in [BELOW[1], BELOW[2], usize::MAX] {
        let (unit_of, many) = above(units, below);
        let level = levels[levels.len() - 1].by_unit(&unit_of, many);
        levels.push(level);
        units = many;
    }
    levels
}

fn measure(country: &Country, made: &MadeRecords, folder: &Path) {
    let bytes = std::fs::metadata(&made.pupil).unwrap().len();
    println!(
        "{} pupils in {} schools, {} bytes of Parquet",
        grouped(made.pupils),
        grouped(made.schools),
        grouped(usize::try_from(bytes).unwrap())
    );
    let counts = country.counted(folder);
    let plan = EntityPlan::new(country.pupil, &country.definitions, &country.book).unwrap();
    let work = format!(
        "{} pupils, {} cells of each school, {} in all",
        grouped(made.pupils),
        counts.places().len(),
        grouped(counts.places().len() * made.schools)
    );
    println!("{work}; {} terms", plan.terms.len());
    once();
    headings();
    let ours = || Side::new("tkgd", || cells(&country.counted(folder)));
    compare("every cell of every school", &work, Some(LIMITS[0]), ours(), Side::new("decoding the columns", || decoded(&made.pupil)));
    let with_totals = Side::new("tkgd, with four levels of totals", || {
        let counts = country.counted(folder);
        (cells(&counts), totals(&counts))
    });
    compare("with totals, against without", &work, Some(LIMITS[3]), with_totals, ours());
    let sql = RecordSql { book: &country.book, plan: &plan, year: 2025, months: 2025 * 12 + 9 };
    let statement = folder.join("duckdb.sql");
    std::fs::write(&statement, sql.duckdb()).unwrap();
    if let Some(mut python) = start_duckdb(country, folder) {
        let line = format!("con.execute('CREATE OR REPLACE TEMP TABLE answer AS ' + open('{}').read())", statement.display());
        python.time(&line);
        same_sums(&mut python, &cells(&counts));
        compare("against SQL", &work, Some(LIMITS[1]), ours(), Side::timed("DuckDB", || python.time(&line)));
    }
    if std::env::var("TKGD_BENCH_POLARS").as_deref() != Ok("0") {
        std::fs::write(folder.join("polars.py"), sql.polars()).unwrap();
        with_polars(country, folder, &work, ours());
    }
}

fn with_polars(country: &Country, folder: &Path, work: &str, ours: Side<'_>) {
    let scan = |table: &str| {
        let kind = |kind: &str| if kind == "INTEGER" { "pl.Int32" } else { "pl.String" };
        let lacking: Vec<String> =
            lacking(country, table).iter().map(|(name, own)| format!("pl.lit(None, dtype={}).alias('{name}')", kind(own))).collect();
        format!("pl.scan_parquet('{}').with_columns({})", folder.join(format!("{table}.parquet")).display(), lacking.join(", "))
    };
    let terms = folder.join("polars.py");
    let prepare = [
        format!("import os\nos.environ['POLARS_MAX_THREADS'] = '{THREADS}'\nimport polars as pl"),
        format!("terms = eval(open('{}').read())", terms.display()),
        format!("pupils = {}", scan("pupil")),
        format!("classes = {}", scan("class")),
        "classes = classes.select(pl.col('school', 'class'), pl.exclude('school', 'class').name.prefix('class_'))".to_owned(),
        "counted = pupils.join(classes, on=['school', 'class'], how='left').group_by('school').agg(terms)".to_owned(),
    ];
    let Some(mut python) = Python::start(&prepare.join("\n")) else { return println!("polars is not there") };
    let line = "result = counted.collect(engine='streaming').height";
    compare("against filtered sums", work, Some(LIMITS[2]), ours, Side::timed("polars, terms only", || python.time(line)));
}

/// Counts in a process of its own, whose memory nothing else fills.
fn once() {
    let done = Command::new(std::env::current_exe().unwrap()).env(ONCE, "1").status().unwrap();
    assert!(done.success());
}

/// All columns of a file as arrays, texts as dictionaries; the number of batches.
fn decoded(path: &Path) -> usize {
    let written = ArrowReaderMetadata::load(&File::open(path).unwrap(), ArrowReaderOptions::new()).unwrap();
    let texts = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &Arc<Field>| {
        let is_text = !field.data_type().is_primitive();
        Field::new(field.name(), if is_text { texts.clone() } else { field.data_type().clone() }, field.is_nullable())
    };
    let schema = Schema::new(written.schema().fields().iter().map(field).collect::<Vec<_>>());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let metadata = ArrowReaderMetadata::try_new(Arc::clone(written.metadata()), options).unwrap();
    let group = |group: usize| {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(path).unwrap(), metadata.clone());
        let batches = builder.with_row_groups(vec![group]).with_batch_size(1 << 13).build().unwrap();
        batches.map(|batch| std::hint::black_box(batch.unwrap()).num_rows()).sum::<usize>()
    };
    (0..metadata.metadata().num_row_groups()).into_par_iter().map(group).sum()
}

/// Fields that the made records lack, each with its type.
fn lacking(country: &Country, table: &str) -> Vec<(String, &'static str)> {
    let there = match table {
        "school" => &SCHOOL_COLUMNS[..],
        "class" => &CLASS_COLUMNS,
        _ => &[&PUPIL_TEXTS[..], &PUPIL_FLAGS, &["born"]].concat(),
    };
    let fields = country.book.entities[country.book.entity(table).unwrap()].fields.iter();
    let lacking = fields.filter(|field| field.derivation.is_none() && !there.contains(&&*field.id));
    lacking.map(|field| (field.id.to_string(), column_type(field.kind))).collect()
}

/// DuckDB over the files; what they lack is null.
fn start_duckdb(country: &Country, folder: &Path) -> Option<Python> {
    let view = |table: &str| {
        let lacking: Vec<String> = lacking(country, table).iter().map(|(name, kind)| format!(", NULL::{kind} AS {name}")).collect();
        let lacking = lacking.concat();
        let file = folder.join(format!("{table}.parquet"));
        format!("con.execute(\"create view {table} as select *{lacking} from read_parquet('{}')\")", file.display())
    };
    let quiet = "con.execute('SET enable_progress_bar = false')".to_owned();
    Python::with_duckdb(THREADS, &[quiet, view("school"), view("class"), view("pupil")])
}

/// Every cell has the same sum over all schools, and the same where each school counts by its number.
fn same_sums(python: &mut Python, ours: &[Vec<u32>]) {
    python.result("answer = con.execute('SELECT * EXCLUDE school FROM answer ORDER BY school').fetchnumpy()");
    python.result("import numpy as np");
    let line = "result = ' '.join(f'{int(v.sum())}:{int((v.astype(np.int64) * np.arange(1, len(v) + 1)).sum())}' for v in answer.values())";
    let theirs = python.result(line);
    let sums = |cell: usize| {
        let (mut sum, mut by_number) = (0_u64, 0_u64);
        for (number, school) in (1..).zip(ours) {
            sum += u64::from(school[cell]);
            by_number += u64::from(school[cell]) * number;
        }
        format!("{sum}:{by_number}")
    };
    let mine: Vec<String> = (0..ours[0].len()).map(sums).collect();
    let filled = mine.iter().filter(|sums| !sums.starts_with("0:")).count();
    for (cell, (mine, theirs)) in mine.iter().zip(theirs.split(' ')).enumerate() {
        assert_eq!(mine, theirs, "cell {cell}");
    }
    assert_eq!(mine.len(), theirs.split(' ').count());
    println!("{filled} of {} cells hold pupils; every one is DuckDB's", mine.len());
}
