//! Drafting a form from an official workbook, against only reading the workbook.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench import`. Ours guards, reads, looks, understands and writes the
//! draft; the other side opens the same bytes with calamine and asks for every cell. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::io::Cursor;

use support::workbooks::calamine_cells_of;
use support::{Side, compare, grouped, headings, official_form};
use tkgd::base::message::Lang;
use tkgd::drafts::{Request, Vocabulary, import, to_toml};
use tkgd::forms::{SchemaFiles, read_form};
use tkgd::workbooks::Isolation;

/// Our time to calamine's.
const LIMIT: f64 = 20.0;
/// Times a round drafts the form: once is too short for a clock.
const TIMES: usize = 20;

fn main() {
    let words: Vocabulary = SchemaFiles::open(None).unwrap().toml("import.toml").unwrap();
    headings();
    for file in ["01-MN-DN.xlsx", "02-TH-DN.xlsx"] {
        let Ok(bytes) = std::fs::read(official_form(file)) else {
            println!("| {file} is not there | | | | | | | | | |");
            continue;
        };
        let request = Request { file, id: None, symbol: None, version: "2018", verified: true };
        let draft = || to_toml(&import(&bytes, request, &words, &Isolation::InProcess).unwrap(), Lang::Vi);
        // What is timed is a whole form.
        assert!(read_form("bench", file, &draft()).unwrap().layout.slots > 1000);
        let work = format!("{TIMES} times, {} cells", grouped(calamine_cells_of(Cursor::new(&bytes))));
        let ours = Side::new("tkgd", || (0..TIMES).map(|_| draft().len()).sum::<usize>());
        let other = Side::new("calamine", || (0..TIMES).map(|_| calamine_cells_of(Cursor::new(&bytes))).sum::<usize>());
        compare(&format!("draft {file}"), &work, Some(LIMIT), ours, other);
    }
    support::print_peak_memory();
}
