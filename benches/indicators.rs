//! Indicators of ten years for all places, against one aggregation pass over the same province.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench indicators`; see `docs/benchmarks.md`. Ours: this year's
//! indicators evaluated for every place from returns in memory, and nine earlier years read out of the archive. The
//! other: the cells of this one year added up to every commune and the department, out of the archive.
//! `TKGD_BENCH_SCHOOLS` makes the province smaller.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::collections::BTreeMap;

use support::{Sample, Side, compare, grouped, headings, scratch, threads};
use tkgd::archive::{
    ArchiveInput, ArchiveReader, Destination, Selection, TermKey, draft_path, read_indicators, read_series, totals_from_archive,
    write_archive, write_indicators,
};
use tkgd::base::term::{Period, SchoolYear};
use tkgd::indicators::{MeasureData, Places, TermFacts, evaluate};

/// Earlier years.
const EARLIER: i32 = 9;
const THREADS: usize = 2;

fn main() {
    let sample = Sample::large();
    let pool = threads(THREADS);
    let folder = scratch("bench-indicators");
    let bases = BTreeMap::new();
    let now = TermFacts::now(sample.period, None, &sample.forms, &sample.submissions);
    let data = MeasureData::new(&sample.schemas, &sample.tree, vec![now], None, &bases);
    let places = Places::new(&sample.tree, &sample.schemas.register);
    let (singles, groups): (Vec<_>, Vec<_>) =
        evaluate(&data, &places).into_iter().partition(|line| places.all[line.place].kind.is_single(&sample.tree));
    let aggregations = sample.aggregated();
    let input = |period| ArchiveInput { period, ..sample.archived(&aggregations) };
    write_archive(Destination::Draft(&folder), &input(sample.period)).unwrap();
    let earlier: Vec<Period> =
        (1..=EARLIER).map(|back| Period { year: SchoolYear(sample.period.year.0 - back), term: sample.period.term }).collect();
    for period in &earlier {
        write_indicators(Destination::Draft(&folder), &input(*period), &groups, &|then| then(&singles), &places).unwrap();
        // By its forms an archive knows that it holds a term.
        let forms = draft_path(&folder, "forms", *period);
        std::fs::create_dir_all(forms.parent().unwrap()).unwrap();
        std::fs::copy(draft_path(&folder, "forms", sample.period), forms).unwrap();
    }
    let archive_reader = ArchiveReader::open(&folder, Selection::Working).unwrap();
    let published: usize =
        earlier.iter().map(|period| read_indicators(&archive_reader.state(&TermKey::of(*period)).unwrap()).unwrap().len()).sum();
    assert!(published > 0);
    let path = draft_path(&folder, "cells", sample.period);
    let pass = || pool.install(|| totals_from_archive(&path, &sample.tree, &sample.forms).unwrap());
    let above = Places::above_schools(&sample.tree, &sample.schemas.register);
    let ours = || {
        let lines = pool.install(|| evaluate(&data, &above));
        let terms: Vec<_> = earlier.iter().map(|period| archive_reader.state(&TermKey::of(*period)).unwrap()).collect();
        let years: usize = pool.install(|| read_series(&terms).unwrap()).iter().map(Vec::len).sum();
        lines.len() + years
    };
    let work = format!(
        "{} returns, {} values now ({} with every school), {} of earlier years",
        grouped(sample.submissions.len()),
        grouped(evaluate(&data, &above).len()),
        grouped(singles.len() + groups.len()),
        grouped(published)
    );
    headings();
    compare("ten years, all places : one aggregation pass (Parquet)", &work, Some(1.0), Side::new("tkgd", ours), Side::new("tkgd", pass));
    let in_memory = || pool.install(|| sample.aggregated());
    let evaluated = || pool.install(|| evaluate(&data, &places));
    compare(
        "this year, every school too : one aggregation pass (memory)",
        &work,
        None,
        Side::new("tkgd", evaluated),
        Side::new("tkgd", in_memory),
    );
    support::print_peak_memory();
    std::fs::remove_dir_all(folder).unwrap();
}
