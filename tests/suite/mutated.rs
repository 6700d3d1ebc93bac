//! Texts and files of ours, damaged at random: each is read or refused, and nothing panics, hangs or aborts.
//!
//! The seeds are those of the fuzz targets in `fuzz/corpus`, which a fuzzer takes further. `TKGD_MUTATIONS=5000` tries so
//! many of each; a few are tried otherwise.

use std::path::Path;

use tkgd::archive::{Shelf, View, inputs_of, read_coverage, read_forms, read_returns, read_tree, recount, run_of};
use tkgd::ingest::{Isolation, read_table};
use tkgd::ledger::Chain;
use tkgd::pipeline::Pipeline;
use tkgd::query::sql::{Asked, Catalogue, Session};
use tkgd::schema::{Expression, Schemas, TableRuleFile, TableRules, parse_toml, read_form};
use tkgd::units::{Register, Tree};
use tkgd::validate::{Value, evaluate};

use super::support::{Dice, root, scratch, tkgd};
use super::workspace::{Workspace, files};

/// Damaged ones of each kind, unless told otherwise.
const MUTATIONS: usize = 120;
/// Says how many are tried.
const HOW_MANY: &str = "TKGD_MUTATIONS";
/// What breaks parsers: ends of things, depth, signs, other alphabets, numbers at their limits.
const BITS: [&str; 18] = [
    "\"",
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\0",
    "\u{feff}",
    "\r\n",
    "\u{202e}",
    "đ",
    "-",
    "9223372036854775808",
    "1e999",
    "NULL",
    "((((((((((((",
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let found: Vec<Vec<u8>> = files(&root().join("fuzz/corpus").join(target)).into_values().collect();
    assert!(!found.is_empty(), "{target} has no seed");
    found
}

/// A seed with one to six places changed, cut out, doubled, or filled with something odd.
fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let length = dice.below(40).min(bytes.len() - at);
        match dice.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let part = bytes[at..at + length].to_vec();
                bytes.splice(at..at, part.repeat(1 + dice.below(30)));
            }
            3 => drop(bytes.splice(at..at, BITS[dice.below(BITS.len())].repeat(1 + dice.below(4)).into_bytes())),
            _ => bytes.truncate(bytes.len().max(1) - dice.below(bytes.len() / 4 + 1).min(bytes.len())),
        }
    }
    bytes
}

/// Damaged seeds of a target, one after the other.
fn each(target: &str, seed: u64, mut try_one: impl FnMut(&[u8])) {
    let (seeds, mut dice) = (seeds(target), Dice(seed));
    let count = std::env::var(HOW_MANY).ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    for _ in 0..count {
        let from = &seeds[dice.below(seeds.len())];
        try_one(&mutated(from, &mut dice));
    }
}

#[test]
fn damaged_questions_are_answered_or_refused() {
    let schemas = Schemas::load(None).unwrap();
    let catalogue = Catalogue::load(&schemas).unwrap();
    let shelf = Shelf::open(Path::new("no-archive"), View::Published).unwrap();
    let session = Session::open(&schemas, &catalogue, &shelf, &Asked::default()).unwrap();
    each("sql", 51, |bytes| drop(session.ask(&String::from_utf8_lossy(bytes))));
}

#[test]
fn damaged_rules_are_read_or_refused() {
    each("expression", 52, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(file) = parse_toml::<TableRuleFile>("rules.toml", &text) {
            let _ = TableRules::new(file);
        }
        let Ok(filled) = Expression::parse(&text).and_then(|own| own.filled(&|_| None, &|_| Some("7".to_owned()))) else { return };
        let mut count = 0;
        let resolved = filled.resolved(&mut |_| {
            count += 1;
            Ok(count - 1)
        });
        if let Ok(resolved) = resolved {
            let leaves: Vec<Value> = (0..count).map(|at| if at % 2 == 0 { Value::Missing } else { Value::Text("7".into()) }).collect();
            let _ = evaluate(&resolved, &leaves);
        }
    });
}

#[test]
fn damaged_tables_forms_and_pipelines_are_read_or_refused() {
    let schemas = Schemas::load(None).unwrap();
    let folder = scratch("mutated-files");
    let (list, pipeline) = (folder.join("a.csv"), folder.join("p.toml"));
    each("csv", 53, |bytes| {
        std::fs::write(&list, bytes).unwrap();
        let Ok(table) = read_table(&list, None, None, &Isolation::InProcess) else { return };
        if let Ok(register) = Register::read(&table, &schemas.register) {
            let _ = Tree::as_at(&register, chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap());
        }
    });
    each("form", 54, |bytes| drop(read_form("tt25-2024", "form.toml", &String::from_utf8_lossy(bytes))));
    each("pipeline", 55, |bytes| {
        std::fs::write(&pipeline, bytes).unwrap();
        if let Ok(own) = Pipeline::open(&pipeline) {
            // What a pipeline names stays below its workspace or where it says, and is never nothing.
            let _ = own.check_outputs();
            assert!(own.output().file_name().is_some() && !own.key().unwrap().to_string().contains(['/', '\\']));
        }
    });
}

/// Tables of an archive and a ledger, which somebody damaged: told, never a crash.
#[test]
fn damaged_archives_and_ledgers_are_told() {
    let workspace = Workspace::sample("mutated-archive", 3, 1, 56);
    let output = tkgd().args(["release", "--kind", "provisional"]).arg(workspace.folder.join("p.toml")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let archive = workspace.folder.join("luu-tru");
    let state = Shelf::open(&archive, View::Published).unwrap().states().unwrap().remove(0);
    let (schemas, day) = (Schemas::load(None).unwrap(), chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap());
    let mut dice = Dice(57);
    let count = std::env::var(HOW_MANY).ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    for table in ["forms", "units", "coverage", "submissions", "cells"] {
        let path = state.table(table);
        let whole = std::fs::read(&path).unwrap();
        for _ in 0..count / 4 {
            std::fs::write(&path, mutated(&whole, &mut dice)).unwrap();
            let _ = (run_of(&path), inputs_of(&path));
            match table {
                "forms" => drop(read_forms(&state)),
                "units" => drop(read_tree(&state, &schemas.register, day, None)),
                "coverage" => drop(read_coverage(&state, "tt25-2024/02-TH-DN")),
                "submissions" => drop(read_returns(&state, None)),
                _ => drop(recount(&path)),
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
    // One engine panics over a footer whose yes and no are of another type: every byte of it, one after the other.
    let path = state.table("cells");
    let whole = std::fs::read(&path).unwrap();
    let length = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    let mut damaged = 0;
    for at in whole.len() - 8 - length..whole.len() - 8 {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&path, &bytes).unwrap();
        damaged += usize::from(recount(&path).is_err_and(|problem| problem.to_string().contains("it is damaged")));
    }
    assert!(damaged > 0, "no byte of the footer makes the engine panic any more: `surviving` may go");
    std::fs::write(&path, &whole).unwrap();
    let ledger = files(&workspace.folder.join("so-theo-doi")).into_iter().find(|(name, _)| name.ends_with(".jsonl")).unwrap().1;
    for _ in 0..count {
        let chain = Chain::read(&mutated(&ledger, &mut dice), None);
        assert!(chain.whole <= 1 << 20);
    }
}
