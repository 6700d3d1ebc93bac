//! A register of 200,000 units and a list of 300 MB: how long they take to read, and how much memory.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench large`. Nothing else reads these to compare with: seconds and megabytes are
//! printed, beside the size of the file. Each is read in a process of its own, so that none hides what another takes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use chrono::NaiveDate;
use tkgd::base::number::NumberLocale;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Schemas};
use tkgd::lists::{ListClaims, ListContext, ListMapping, ListReader, list_heading};
use tkgd::register::{NameIndex, Tree};
use tkgd::returns::Source;
use tkgd::tables::{Signs, TableShape, TableWords};
use tkgd::workbooks::{ClaimWords, Isolation, Writing, read_rows};

/// Says to a process of this bench what it is to read.
const STEP: &str = "TKGD_BENCH_STEP";
/// Schools of the register; communes come on top.
const SCHOOLS: usize = 198_000;
/// Communes.
const COMMUNES: usize = 2_000;
/// Size of the list, in bytes.
const LIST: u64 = 300 << 20;

fn main() {
    let folder = support::folder("bench-large");
    if let Ok(step) = std::env::var(STEP) {
        return read(&step, &folder);
    }
    std::fs::create_dir_all(&folder).unwrap();
    write_register(&folder);
    let rows = write_list(&folder);
    println!("{} units, a list of {rows} rows", SCHOOLS + COMMUNES);
    println!("| read | file, MB | seconds | most memory, MB |");
    println!("|---|---:|---:|---:|");
    for step in ["register", "list, line by line", "list, as returns"] {
        let done = Command::new(std::env::current_exe().unwrap()).env(STEP, step).status().unwrap();
        assert!(done.success(), "{step}");
    }
}

/// Reads one of them, and says what it took.
fn read(step: &str, folder: &Path) {
    let schemas = Schemas::load(None).unwrap();
    let file = folder.join(if step == "register" { "reg.csv" } else { "ds.csv" });
    let start = Instant::now();
    match step {
        "register" => drop(tree(&schemas, folder)),
        "list, line by line" => drop(read_rows(&file, &TableShape::default(), &Isolation::InProcess, &mut |_, _| Ok(())).unwrap()),
        _ => {
            let (tree, form) = (tree(&schemas, folder), form(&schemas));
            let form = schemas.form(&form.id).unwrap();
            let mapping = ListMapping { form: form.short.to_string(), ..ListMapping::default() };
            let source = Source { file: "ds.csv".into(), sha256: "".into(), modified: 0 };
            let (signs, words) = (Signs::default(), TableWords::default());
            let writing = Writing { locale: NumberLocale::Vi, signs: &signs };
            let claim_words = ClaimWords::default();
            let names = NameIndex::new(&tree, &claim_words.names);
            let period = Period { year: SchoolYear(2025), term: Term::Opening };
            let claims = ListClaims { tree: &tree, names: &names, words: &claim_words, period };
            let mut reader =
                ListReader::new(&mapping, form, &source, ListContext { tree: &tree, writing, words: &words, claims, as_they_are: false });
            let table =
                read_rows(&file, &TableShape::default(), &Isolation::InProcess, &mut |table, row| reader.take(table, &row)).unwrap();
            assert!(!reader.finish(&table).unwrap().0.is_empty());
        }
    }
    let size = std::fs::metadata(&file).unwrap().len() >> 20;
    println!("| {step} | {size} | {:.1} | {} |", start.elapsed().as_secs_f64(), support::peak_memory().unwrap_or_default() >> 10);
}

fn form(schemas: &Schemas) -> &Form {
    schemas.form("tt25-2024/02-TH-DN").unwrap()
}

fn tree(schemas: &Schemas, folder: &Path) -> Tree {
    support::read_tree(&folder.join("reg.csv"), schemas, NaiveDate::from_ymd_opt(2025, 9, 30).unwrap())
}

fn created(path: PathBuf) -> std::io::BufWriter<std::fs::File> {
    std::io::BufWriter::new(std::fs::File::create(path).unwrap())
}

fn write_register(folder: &Path) {
    let mut out = created(folder.join("reg.csv"));
    writeln!(out, "Mã đơn vị,Tên đơn vị,Loại đơn vị,Báo cáo lên,Biểu phải nộp\nS,Sở GDĐT,department,,").unwrap();
    for commune in 0..COMMUNES {
        writeln!(out, "X{commune:04},Xã số {commune},commune,S,").unwrap();
    }
    for school in 0..SCHOOLS {
        writeln!(out, "T{school:06},Trường Tiểu học số {school},school,X{:04},02-TH-DN", school % COMMUNES).unwrap();
    }
    out.flush().unwrap();
}

/// Writes the list; how many rows it has.
fn write_list(folder: &Path) -> usize {
    let schemas = Schemas::load(None).unwrap();
    let form = form(&schemas);
    let headings: Vec<String> = form.layout.each_slot().map(|slot| list_heading(&form.layout, slot)).collect();
    let line = vec!["12"; headings.len()].join(",");
    let mut out = created(folder.join("ds.csv"));
    writeln!(out, "unit,{}", headings.join(",")).unwrap();
    let (mut school, mut size) = (0, 0);
    while size < LIST {
        writeln!(out, "T{school:06},{line}").unwrap();
        size += line.len() as u64 + 9;
        school += 1;
    }
    out.flush().unwrap();
    school
}
