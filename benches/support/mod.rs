//! What every benchmark needs: rounds that take turns, a table of ratios, a sample province.
//!
//! Two ways of doing the same work take turns, round by round, so that a busy
//! moment of the machine meets both; the medians are compared. A ratio over its
//! limit is said so and nothing more: a clock is no reason for a test to fail.

#![allow(dead_code, reason = "no benchmark uses all of it")]

pub mod python;
pub mod records_made;
pub mod records_sql;
pub mod workbooks;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use tkgd::archive::ArchiveInput;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Regulation, Schemas};
use tkgd::present::PaperState;
use tkgd::privacy::Names;
use tkgd::register::{Register, Tree};
use tkgd::report::{OfficialReport, ReportTexts};
use tkgd::returns::Submission;
use tkgd::sample::{SampleOptions, province, register_csv};
use tkgd::totals::{Aggregation, Total, aggregate};
use tkgd::workbooks::Isolation;

/// State of papers that have none.
static NO_STATE: std::sync::LazyLock<PaperState> = std::sync::LazyLock::new(PaperState::default);

/// Rounds counted, after one that is not.
const ROUNDS: usize = 7;

/// One way of doing the work: does it once and says how long that took.
pub struct Side<'a> {
    name: &'a str,
    run: Box<dyn FnMut() -> Duration + 'a>,
}

impl<'a> Side<'a> {
    /// Work timed here.
    pub fn new<T>(name: &'a str, mut work: impl FnMut() -> T + 'a) -> Self {
        let run = move || {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed()
        };
        Self { name, run: Box::new(run) }
    }

    /// Work that times itself, such as another program's.
    pub fn timed(name: &'a str, run: impl FnMut() -> Duration + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// Prints the headings of the table.
pub fn headings() {
    println!("| what | ours | the other | ms | ms | ratio | of rounds | limit | | work |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
}

/// Lets two sides take turns and prints a line of the table.
///
/// The ratio is that of the medians; beside it stand the lowest and the highest
/// ratio of a single round.
pub fn compare(what: &str, work: &str, limit: Option<f64>, mut ours: Side<'_>, mut other: Side<'_>) {
    (ours.run)();
    (other.run)();
    let rounds = std::env::var("TKGD_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            mine.push((ours.run)().as_secs_f64());
            theirs.push((other.run)().as_secs_f64());
        } else {
            theirs.push((other.run)().as_secs_f64());
            mine.push((ours.run)().as_secs_f64());
        }
    }
    let ratios: Vec<f64> = mine.iter().zip(&theirs).map(|(mine, theirs)| mine / theirs).collect();
    let (low, high) = ratios.iter().fold((f64::MAX, 0.0_f64), |(low, high), &ratio| (low.min(ratio), high.max(ratio)));
    let (mine, theirs) = (median(mine), median(theirs));
    let ratio = mine / theirs;
    let (limit, verdict) = match limit {
        None => ("–".to_owned(), ""),
        Some(limit) => (format!("{limit}"), if ratio <= limit { "PASS" } else { "over" }),
    };
    println!(
        "| {what} | {} | {} | {:.1} | {:.1} | {ratio:.2} | {low:.2}–{high:.2} | {limit} | {verdict} | {work} |",
        ours.name,
        other.name,
        mine * 1e3,
        theirs * 1e3
    );
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The most memory this program held at a time, in kilobytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Prints it.
pub fn print_peak_memory() {
    if let Some(peak) = peak_memory() {
        println!("\npeak memory of the whole benchmark: {peak} kB");
    }
}

/// A number with its thousands apart.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A pool of so many threads.
pub fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap()
}

/// A folder below the target folder, as it is.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The same, fresh.
pub fn scratch(name: &str) -> PathBuf {
    let folder = folder(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where a real workbook is; few machines have them.
pub fn official_form(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/forms/official").join(file)
}

/// Schools of a province: `TKGD_BENCH_SCHOOLS`, unless nobody says so.
pub fn schools(usual: usize) -> usize {
    std::env::var("TKGD_BENCH_SCHOOLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The tree of a register file.
pub fn read_tree(file: &Path, schemas: &Schemas, day: NaiveDate) -> Tree {
    let table = tkgd::workbooks::read_table(file, None, None, &Isolation::InProcess).unwrap();
    Tree::as_at(&Register::read(&table, &schemas.register).unwrap(), day).unwrap()
}

/// A return as a total of its own.
pub fn total_of(submission: &Submission) -> Total {
    let mut total = Total::new(submission.form.layout.slots);
    total.add_values(&submission.values);
    total
}

/// Schools of a large province, unless told otherwise.
const SCHOOLS: usize = 20_000;
/// Schools of its communes.
const PER_COMMUNE: usize = 100;

/// A synthetic province, its tree, and what its units return.
pub struct Sample {
    names: Names,
    pub schemas: Schemas,
    pub period: Period,
    pub forms: Vec<Arc<Form>>,
    pub tree: Tree,
    pub submissions: Vec<Submission>,
}

impl Sample {
    /// A province of so many schools, always the same.
    pub fn new(communes: usize, schools: usize) -> Self {
        let schemas = Schemas::load(None).unwrap();
        let period = Period { year: SchoolYear(2025), term: Term::Opening };
        let options = SampleOptions { communes, schools, ..SampleOptions::new(1, period) };
        let made = province(&schemas, &options).unwrap();
        let file = scratch("bench-register").join("units.csv");
        std::fs::write(&file, register_csv(&made, &schemas.register)).unwrap();
        let regulation = schemas.governing(period).unwrap();
        let tree = read_tree(&file, &schemas, regulation.as_at(period).unwrap());
        let forms = schemas.forms_of(&regulation.id).filter(|form| form.term == period.term).cloned().collect();
        let submissions = made.returns.into_iter().map(tkgd::sample::SampleReturn::into_submission).collect();
        Self { names: Names::default(), schemas, period, forms, tree, submissions }
    }

    /// A large province, or one of as many schools as is told.
    pub fn large() -> Self {
        let schools = schools(SCHOOLS);
        Self::new((schools / PER_COMMUNE).max(1), schools)
    }

    /// The circular in force.
    fn regulation(&self) -> &Regulation {
        self.schemas.governing(self.period).unwrap()
    }

    /// Everything added up.
    pub fn aggregated(&self) -> Vec<Aggregation> {
        aggregate(&self.tree, &self.forms, &self.submissions).unwrap()
    }

    /// The term as it is written into an archive.
    pub fn archived<'a>(&'a self, aggregations: &'a [Aggregation]) -> ArchiveInput<'a> {
        ArchiveInput {
            names: &self.names,
            period: self.period,
            circular: &self.regulation().id,
            result_state: None,
            forms: &self.forms,
            tree: &self.tree,
            submissions: &self.submissions,
            inputs: &[],
            findings: &[],
            aggregations,
            rules: &self.schemas.rules,
            mappings: &[],
            run: "",
        }
    }

    /// A return as an official report.
    pub fn report<'a>(&'a self, texts: &'a ReportTexts, submission: &'a Submission, total: &'a Total) -> OfficialReport<'a> {
        OfficialReport {
            form: &submission.form,
            regulation: self.regulation(),
            texts,
            period: self.period,
            unit: &submission.unit,
            receiver: "",
            place: "",
            total,
            author: "",
            state: &NO_STATE,
            run: "",
            signature: true,
        }
    }
}
