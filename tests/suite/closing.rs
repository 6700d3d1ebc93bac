//! The closing term: its balance against the opening, the two states of its results, whole school years end to end.

use std::path::Path;
use std::sync::Arc;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use tkgd::archive::{Area, TermKey, draft_path, table_in};
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Schemas};
use tkgd::returns::{Status, Values};

use super::oracle::{python, script};
use super::support::{scratch, tkgd};
use super::workspace::{book, files, form, schemas};

const REGISTER: &str = "code,name,kind,levels,ownership,reports_to,forms\nS,Sở GDĐT,department,,,,\n\
    T01,Trường A,school,TH,public,S,02-TH-DN 02-TH-CN\nT02,Trường B,school,TH,public,S,02-TH-DN 02-TH-CN\n";
const CLOSING: Period = Period { year: SchoolYear(2025), term: Term::Closing };

/// A return with some cells of sheet III; everything else is 0.
fn returned(form: &Form, cells: &[(&str, i64)]) -> Values {
    let mut values = Values::new(form.layout.slots);
    for slot in form.layout.each_slot() {
        values.set(slot, Status::Reported, 0);
    }
    let sheet = form.layout.sheet("III").unwrap();
    for (code, number) in cells {
        // A public school of one grade: everybody is in the first and in the fifth column.
        for column in [1, 5] {
            values.set(sheet.slot(sheet.find_code(code).unwrap(), sheet.find_column(column).unwrap()), Status::Reported, *number);
        }
    }
    values
}

/// Two schools of 1,000 pupils in grade 1; the closing of the second has so many at the end.
fn workspace(name: &str, schemas: &Schemas, remaining: i64) -> std::path::PathBuf {
    let folder = scratch(name);
    std::fs::write(folder.join("reg.csv"), REGISTER).unwrap();
    let (opening, closing) = (form(schemas, "02-TH-DN"), form(schemas, "02-TH-CN"));
    for (term, form) in [("opening", &opening), ("closing", &closing)] {
        let pipeline = format!(
            "title = \"t\"\nschool_year = \"2025-2026\"\nterm = \"{term}\"\nregister = \"reg.csv\"\n[inputs]\nworkbooks = [\"{term}\"]\n"
        );
        std::fs::write(folder.join(format!("{term}.toml")), pipeline).unwrap();
        std::fs::create_dir(folder.join(term)).unwrap();
        for (unit, end) in [("T01", 1000), ("T02", remaining)] {
            let values = if term == "opening" {
                returned(form, &[("37", 1000), ("40", 1000)])
            } else {
                let (start, moved_in, moved_out, dropped) =
                    (["DL008", "DL009"], ["DL014", "DL015"], ["DL020", "DL021"], ["DL026", "DL027"]);
                let rows =
                    [(start, 1000), (moved_in, 20), (moved_out, 15), (dropped, 5), (["DL038", "DL039"], end), (["DL044", "DL045"], end)];
                let mut cells: Vec<(&str, i64)> =
                    rows.iter().flat_map(|(codes, number)| codes.iter().map(|code| (*code, *number))).collect();
                cells.push(("DL037", 5));
                returned(form, &cells)
            };
            std::fs::write(folder.join(format!("{term}/{unit}_a.xlsx")), book(schemas, form, &values)).unwrap();
        }
    }
    folder
}

/// Runs a pipeline of a folder; its findings of rules of the closing term as rule, unit, file sheet and cell.
fn run(folder: &Path, pipeline: &str) -> Vec<[String; 4]> {
    let output = tkgd().arg("run").arg(folder.join(pipeline)).output().unwrap();
    assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let path = folder.join("out/2025-2026-closing/phat-hien.json");
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
    let text = |finding: &serde_json::Value, path: &str| finding.pointer(path).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let closing = findings.iter().filter(|finding| text(finding, "/rule").starts_with("closing-"));
    closing.map(|f| [text(f, "/rule"), text(f, "/unit"), text(f, "/file_sheet"), text(f, "/cell")]).collect()
}

#[test]
fn a_thousand_and_twenty_less_fifteen_less_five_passes() {
    let schemas = schemas();
    let folder = workspace("closing-balanced", &schemas, 1000);
    run(&folder, "opening.toml");
    assert_eq!(run(&folder, "closing.toml"), Vec::<[String; 4]>::new());
}

#[test]
fn nine_hundred_ninety_seven_is_flagged_at_its_unit_and_cell() {
    let schemas = schemas();
    let folder = workspace("closing-997", &schemas, 997);
    run(&folder, "opening.toml");
    let found = run(&folder, "closing.toml");
    // Total and grade are off by the same three; in the sheet they stand on rows 37 and 38, in column E.
    let balance: Vec<&[String; 4]> = found.iter().filter(|f| f[0] == "closing-balance").collect();
    let expected = ["E37", "E38"].map(|cell| ["closing-balance", "T02", "III", cell].map(str::to_owned));
    assert_eq!(balance, expected.iter().collect::<Vec<_>>());
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn a_start_that_was_never_reported_is_flagged_and_no_opening_is_no_pass() {
    let schemas = schemas();
    let folder = workspace("closing-start", &schemas, 1000);
    let closing = form(&schemas, "02-TH-CN");
    let cells =
        [("DL008", 990), ("DL009", 990), ("DL014", 10), ("DL015", 10), ("DL038", 1000), ("DL039", 1000), ("DL044", 1000), ("DL045", 1000)];
    std::fs::write(folder.join("closing/T02_a.xlsx"), book(&schemas, &closing, &returned(&closing, &cells))).unwrap();
    // Without the opening nobody can know.
    assert!(run(&folder, "closing.toml").iter().any(|f| f[0] == "closing-start" && f[3].is_empty()));
    run(&folder, "opening.toml");
    let found = run(&folder, "closing.toml");
    let expected = ["E5", "E6"].map(|cell| ["closing-start", "T02", "III", cell].map(str::to_owned));
    assert_eq!(found, expected);
}

/// Two school years of a small province, all terms and states run in their order.
fn two_years(name: &str) -> std::path::PathBuf {
    let folder = scratch(name);
    let sample = ["sample", ".", "--years", "2", "--communes", "4", "--schools", "20"];
    assert!(tkgd().args(sample).current_dir(&folder).output().unwrap().status.success());
    for pipeline in
        ["dau-nam-hoc-2024", "cuoi-nam-hoc-2024", "cuoi-nam-hoc-2024-sau-he", "dau-nam-hoc", "cuoi-nam-hoc", "cuoi-nam-hoc-sau-he"]
    {
        let output = tkgd().args(["run", &format!("{pipeline}.toml"), "--format", "json"]).current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{pipeline}: {}", String::from_utf8_lossy(&output.stderr));
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let count = |key: &str| result["summary"][key].as_u64().unwrap();
        let is_closing = pipeline.starts_with("cuoi");
        assert_eq!((count("errors"), count("queries")), (0, 0), "{pipeline}");
        // At the closing every rule has what it looks at.
        assert!(!is_closing || count("not_evaluated") == 0, "{pipeline}: {}", result["summary"]);
        let forms = result["summary"]["forms"].as_array().unwrap();
        let is_whole = |form: &serde_json::Value| form["received"] == form["expected"];
        assert!(forms.iter().all(is_whole) && forms.len() >= 5, "{pipeline}: {forms:#?}");
    }
    folder
}

#[test]
fn two_school_years_follow_from_each_other_as_duckdb_counts_them() {
    let Some(python) = python() else { return };
    let folder = two_years("closing-years");
    a_return_of_another_state_is_named(&folder);
    script(&python, &folder, "closing.py", &["luu-tru", "ket-qua"]);
}

/// Workbooks of the end of the year, sent to the pipeline of the re-tests.
fn a_return_of_another_state_is_named(folder: &Path) {
    let pipeline = std::fs::read_to_string(folder.join("cuoi-nam-hoc.toml")).unwrap();
    let pipeline = pipeline.replacen("register", "result_state = \"after-retests\"\nregister", 1).replace("\"ket-qua\"", "\"nham\"");
    std::fs::write(folder.join("nham.toml"), pipeline.replace("\"luu-tru\"", "\"nham/luu-tru\"")).unwrap();
    let output = tkgd().args(["run", "nham.toml"]).current_dir(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings = std::fs::read_to_string(folder.join("nham/2025-2026-closing-after-retests/phat-hien.txt")).unwrap();
    let said = findings
        .matches("lỗi[other-result-state]: biểu ghi kết quả có đến 31/5, quy trình này nhận kết quả sau kiểm tra lại trong hè")
        .count();
    let books = std::fs::read_dir(folder.join("2025-2026/cuoi-nam-hoc/bieu")).unwrap().count();
    assert_eq!(said, books, "{findings}");
}

fn state_of(path: &Path) -> Option<String> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let pairs = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    pairs.into_iter().find(|pair| pair.key == "tkgd.result_state").and_then(|pair| pair.value)
}

#[test]
fn both_states_of_results_are_kept_and_said_and_counted_once() {
    let schemas = schemas();
    let folder = workspace("closing-states", &schemas, 1000);
    run(&folder, "opening.toml");
    run(&folder, "closing.toml");
    let before = files(&folder.join("archive/draft"));
    let text = std::fs::read_to_string(folder.join("closing.toml")).unwrap();
    let later = text.replacen("register", "result_state = \"after-retests\"\nregister", 1);
    std::fs::write(folder.join("later.toml"), &later).unwrap();
    run(&folder, "later.toml");
    // What a plain glob reads is what it was.
    assert_eq!(files(&folder.join("archive/draft")), before);
    let archive = folder.join("archive");
    assert_eq!(state_of(&draft_path(&archive, "cells", CLOSING)).as_deref(), Some("year-end"));
    assert_eq!(
        state_of(&table_in(&archive, Area::Draft, "cells", &TermKey::in_state(CLOSING, Some("after-retests")))).as_deref(),
        Some("after-retests")
    );
    let opening = Period { term: Term::Opening, ..CLOSING };
    assert_eq!(state_of(&draft_path(&archive, "cells", opening)), None);
    // Every sheet says it in its page header, the first one in its heading too.
    for (run, heading, short) in [
        ("2025-2026-closing", "Kết quả cuối năm học: có đến 31/5", "kết quả có đến 31/5"),
        ("2025-2026-closing-after-retests", "Kết quả cuối năm học: sau khi kiểm tra lại", "kết quả sau kiểm tra lại trong hè"),
    ] {
        let bytes = std::fs::read(folder.join("out").join(run).join("bao-cao/Sở GDĐT_02-TH-CN_Nháp.xlsx")).unwrap();
        let part = |name: &str| super::reconstructed::part(&bytes, name);
        assert!(part("xl/sharedStrings.xml").contains(heading), "{run}");
        for sheet in 1..=4 {
            assert!(part(&format!("xl/worksheets/sheet{sheet}.xml")).contains(short), "{run} sheet {sheet}");
        }
        let page = std::fs::read_to_string(folder.join("out").join(run).join("chat-luong_Nháp.html")).unwrap();
        assert!(page.contains(short));
    }
    assert!(folder.join("ledger/2025-2026-closing-after-retests.jsonl").is_file());
    // A state nobody knows is refused, with those there are.
    std::fs::write(folder.join("wrong.toml"), later.replace("after-retests", "year-end")).unwrap();
    let output = tkgd().args(["run", "--lang", "en"]).arg(folder.join("wrong.toml")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("later states: after-retests"), "{said}");
}

#[test]
fn the_rules_of_the_closing_term_are_about_every_form_they_name() {
    let schemas = schemas();
    let forms = |id: &str| {
        let of = schemas.cell_rules.iter().filter(|rule| &*rule.id == id && rule.problems.is_empty() && !rule.checks.is_empty());
        of.map(|rule| Arc::clone(&rule.layout)).collect::<Vec<_>>().len()
    };
    assert_eq!((forms("closing-balance"), forms("closing-start"), forms("closing-teachers")), (5, 5, 5));
    assert_eq!((forms("closing-leavers"), forms("closing-undecided")), (4, 4));
}
