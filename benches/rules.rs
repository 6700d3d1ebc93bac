//! All rules over the cells of 20 000 units, against one aggregation of the same table.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench rules`. Sums and bounds of every form, rules across sheets
//! and the register, outliers; nothing to look back at. The yardstick is what the same cells cost to add up:
//! out of the archive's Parquet as an analyst would, and in memory. `TKGD_BENCH_SCHOOLS` makes it smaller.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use rayon::prelude::*;
use support::{Sample, Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::{Destination, draft_path, totals_from_archive, write_archive};
use tkgd::findings::Finding;
use tkgd::rules::{ReferenceReturns, RuleContext, check_arithmetic, check_cell_rules};

/// All rules to one aggregation.
const LIMIT: f64 = 2.0;
const THREADS: usize = 2;

fn main() {
    let sample = Sample::large();
    let pool = threads(THREADS);
    let folder = scratch("bench-rules");
    let aggregations = pool.install(|| sample.aggregated());
    write_archive(Destination::Draft(&folder), &sample.archived(&aggregations)).unwrap();
    let path = draft_path(&folder, "cells", sample.period);
    let earlier = ReferenceReturns::default();
    let rules = || {
        pool.install(|| {
            let mut findings: Vec<Finding> = sample.submissions.par_iter().flat_map_iter(check_arithmetic).collect();
            let rule_context = RuleContext::new(&sample.tree, &sample.forms, &sample.submissions, &earlier);
            findings.extend(check_cell_rules(&sample.submissions, &sample.schemas.cell_rules, &sample.schemas.rules, &rule_context));
            findings
        })
    };
    let cells: usize = sample.submissions.iter().map(|submission| submission.values.len()).sum();
    let work = format!("{} returns, {} cells", grouped(sample.submissions.len()), grouped(cells));
    println!("{} findings on clean figures (norms, outliers, nothing to look back at)\n", grouped(rules().len()));
    headings();
    let from_archive = || pool.install(|| totals_from_archive(&path, &sample.tree, &sample.forms).unwrap());
    compare("all rules : one aggregation of the table", &work, Some(LIMIT), Side::new("rules", &rules), Side::new("Parquet", from_archive));
    let in_memory = || pool.install(|| sample.aggregated());
    compare("all rules : one aggregation in memory", &work, None, Side::new("rules", &rules), Side::new("memory", in_memory));
    support::print_peak_memory();
    std::fs::remove_dir_all(folder).unwrap();
}
