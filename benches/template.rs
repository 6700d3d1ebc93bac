//! Blank forms for schools, against the official workbooks of the same schools.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench template`. Both lay out and write one workbook per return of a
//! province: ours opens cells, locks totals, validates what is typed and names the unit; the other side writes the
//! school's figures. `TKGD_BENCH_SCHOOLS` makes the province smaller. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use rayon::prelude::*;
use support::{Sample, Side, compare, grouped, headings, threads, total_of};
use tkgd::base::term::{Period, SchoolYear};
use tkgd::present::write_xlsx;
use tkgd::report::{OfficialReport, ReportTexts, TemplateUnit, official, template};
use tkgd::returns::{Submission, Values};
use tkgd::totals::Total;

/// Schools of the province.
const SCHOOLS: usize = 1_000;
/// Our time to that of the official workbooks.
const LIMIT: f64 = 1.5;

fn main() {
    let sample = Sample::new(10, support::schools(SCHOOLS));
    let texts: ReportTexts = sample.schemas.files.toml("report.toml").unwrap();
    let schools: Vec<(&Submission, Total)> = sample.submissions.iter().map(|submission| (submission, total_of(submission))).collect();
    let report = |(submission, total): &(&Submission, Total)| -> usize {
        write_xlsx(&official(&blank(&sample, &texts, submission, total))).unwrap().len()
    };
    let before = Period { year: SchoolYear(sample.period.year.0 - 1), ..sample.period };
    let blank_form = |(submission, total): &(&Submission, Total), past: Option<&Values>| -> usize {
        let report = blank(&sample, &texts, submission, total);
        let unit = TemplateUnit {
            code: &submission.unit,
            kind: "school",
            past: past.map(|values| tkgd::report::PastFigures { period: before, values }),
        };
        let plan = template(&report, unit);
        assert!(plan.sheets.iter().any(|sheet| sheet.protected && !sheet.validations.is_empty()));
        write_xlsx(&plan).unwrap().len()
    };
    let work = format!("{} workbooks", grouped(schools.len()));
    headings();
    for count in [1, 2] {
        let pool = threads(count);
        let ours = || pool.install(|| schools.par_iter().map(|school| blank_form(school, None)).sum::<usize>());
        let other = || pool.install(|| schools.par_iter().map(report).sum::<usize>());
        let what = format!("templates, {count} thread(s)");
        compare(&what, &work, Some(LIMIT), Side::new("tkgd template", ours), Side::new("official workbooks", other));
    }
    let pool = threads(2);
    let ours = || pool.install(|| schools.par_iter().map(|school| blank_form(school, Some(&school.0.values))).sum::<usize>());
    let other = || pool.install(|| schools.par_iter().map(report).sum::<usize>());
    let what = "templates with the figures of a year ago, 2 thread(s)";
    compare(what, &work, None, Side::new("tkgd template", ours), Side::new("official workbooks", other));
    support::print_peak_memory();
}

/// A report without what people sign.
fn blank<'a>(sample: &'a Sample, texts: &'a ReportTexts, submission: &'a Submission, total: &'a Total) -> OfficialReport<'a> {
    OfficialReport { signature: false, ..sample.report(texts, submission, total) }
}
