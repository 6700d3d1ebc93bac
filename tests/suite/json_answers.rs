//! `--format json`: one JSON object with a version from every command, errors too; and CSV that programs read.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::archive_tables::{call, drafts};
use crate::oracle::{python_with, script};
use crate::support::{root, scratch, tkgd};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    tkgd().args(arguments).current_dir(folder).output().unwrap()
}

fn said(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, arguments);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{arguments:?}: {e}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

/// A province with drafts of two terms and a release, and what can be asked of it.
fn province(name: &str) -> (PathBuf, Vec<(&'static str, Vec<String>)>) {
    let (archive, pipelines) = drafts(name);
    let folder = archive.parent().unwrap().to_owned();
    call(&folder, &["release", &pipelines[0], "--kind", "provisional"]);
    let (term, next) = (pipelines[0].as_str(), pipelines[1].as_str());
    let words = |text: &str| {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| word.replace("TERM", term).replace("NEXT", next))
            .collect::<Vec<String>>()
    };
    let commands = [
        ("standing", ""),
        ("doctor", "doctor"),
        ("run", "run TERM"),
        ("check", "check 2025-2026 --year 2025-2026"),
        ("indicators", "indicators TERM --by all"),
        ("report", "report phong-hoc --pipeline NEXT --out phong.xlsx"),
        ("template", "template TERM --out bieu-trong"),
        ("return", "return TERM --out tra-lai"),
        ("status", "status TERM"),
        ("ledger-history", "ledger history TERM"),
        ("ledger-verify", "ledger verify TERM"),
        ("archive-list", "archive list --archive luu-tru"),
        ("archive-verify", "archive verify --archive luu-tru"),
        ("query", "query SELECT_1 --archive luu-tru"),
        ("query-list", "query --list --archive luu-tru"),
        ("explain", "explain tt25-2024/02-TH-DN:III/37/1 --unit 09 --archive luu-tru"),
        ("compare", "compare 2024-2025-opening@1 2025-2026-opening --archive luu-tru"),
        ("reconcile", "reconcile TERM TERM"),
        ("schema-show", "schema show tt25-2024/02-TH-DN"),
        ("plan", "plan --dialect duckdb"),
        ("schema-lint", "schema lint"),
        ("rules", "rules"),
        ("units-lint", "units lint danh-sach-don-vi.csv --year 2025-2026"),
        ("init", "init moi --year 2023-2024"),
        ("new-year", "new-year moi"),
        ("sample", "sample thu --communes 1 --schools 2 --years 1"),
        ("release", "release NEXT --kind provisional"),
    ];
    (folder, commands.into_iter().map(|(name, text)| (name, words(text))).collect())
}

#[test]
fn every_command_answers_as_one_object_with_a_version() {
    let (folder, commands) = province("json-answers");
    let answers = scratch("json-answers-said");
    for (name, words) in &commands {
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.iter_mut().filter(|word| **word == "SELECT_1").for_each(|word| *word = "SELECT unit, levels, valid_from FROM units");
        words.extend(["--format", "json"]);
        let value = said(&folder, &words);
        assert_eq!(value["version"], 1, "{name}");
        std::fs::write(answers.join(format!("{name}.json")), value.to_string()).unwrap();
    }
    let Some(python) = python_with(&["jsonschema"]) else { return };
    let schemas = root().join("docs/json");
    script(&python, &answers, "json_answers.py", &[&schemas.to_string_lossy(), "."]);
}

#[test]
fn errors_are_json_where_it_is_asked_for() {
    let folder = scratch("json-errors");
    for arguments in [
        &["run", "khong-co.toml", "--format", "json"][..],
        &["query", "SELECT 1", "--archive", "khong-co", "--format", "json"],
        &["query", "DROP TABLE units", "--archive", "khong-co", "--format=json"],
        &["rules", "khong-co-quy-tac", "--format", "json"],
        &["schema", "show", "khong-co", "--format", "json"],
        &["explain", "khong-co", "--format", "json"],
        // Arguments that make no command.
        &["init", "--format", "json"],
        &["khong-co-lenh", "--format", "json"],
    ] {
        let output = run(&folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let value = said(&folder, arguments);
        assert_eq!(value["version"], 1, "{arguments:?}");
        assert!(value["error"]["message"].as_str().is_some_and(|message| message.len() > 5), "{arguments:?}: {value}");
    }
}

#[test]
fn csv_is_read_by_programs_and_no_output_holds_a_placeholder() {
    let (archive, pipelines) = drafts("csv-and-placeholders");
    let folder = archive.parent().unwrap();
    for report in ["phong-hoc", "ban-tru"].iter().filter(|name| root().join(format!("schemas/reports/{name}.toml")).is_file()) {
        call(folder, &["report", report, "--pipeline", &pipelines[2], "--out", &format!("{report}.csv")]);
    }
    call(folder, &["indicators", &pipelines[2], "--by", "all", "--by", "commune", "--csv", "chi-tieu-thu.csv"]);
    call(folder, &["query", "SELECT * FROM schools", "--draft", "--archive", "luu-tru", "--out", "truong.csv"]);
    let Some(python) = python_with(&[]) else { return };
    script(&python, folder, "csv_and_placeholders.py", &["."]);
}

#[test]
fn the_wide_table_is_what_unit_measures_add_up_to() {
    let (archive, _) = drafts("wide-table");
    let ask = |sql: &str| {
        let output = run(archive.parent().unwrap(), &["query", sql, "--draft", "--archive", "luu-tru", "--format", "json"]);
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["rows"].clone()
    };
    for figure in ["classes", "pupils", "girls", "minority_pupils", "teachers", "rooms", "kept_back", "dropouts", "completers"] {
        let wide = ask(&format!(
            "SELECT school_year, term, unit, {figure} AS value FROM schools WHERE {figure} IS NOT NULL ORDER BY school_year, term, unit"
        ));
        let long = ask(&format!(
            "SELECT m.school_year, m.term, m.unit, SUM(m.value) AS value FROM unit_measures AS m \
             JOIN schools AS s ON m.school_year = s.school_year AND m.term = s.term AND m.unit = s.unit \
             WHERE m.measure = '{figure}' AND m.level <> 'KT' AND m.value IS NOT NULL GROUP BY m.school_year, m.term, m.unit ORDER BY m.school_year, m.term, m.unit"
        ));
        let positive =
            |rows: &Value| rows.as_array().unwrap().iter().filter(|row| row["value"].as_i64() != Some(0)).cloned().collect::<Vec<Value>>();
        assert_eq!(positive(&wide), positive(&long), "{figure}");
        let unmarked = ask(&format!("SELECT unit FROM schools WHERE {figure} IS NULL AND {figure}_status = 'complete'"));
        assert_eq!(unmarked, serde_json::json!([]), "{figure}: what is not there is not complete");
    }
    // A return that did not come in: the school's figure lacks it and says so.
    let incomplete = ask("SELECT COUNT(*) AS n FROM schools WHERE pupils_status = 'incomplete'");
    assert!(incomplete[0]["n"].as_i64().unwrap() > 0, "a return is missing in the sample");
    let twice = ask("SELECT unit FROM schools GROUP BY school_year, term, unit HAVING COUNT(*) > 1");
    assert_eq!(twice, serde_json::json!([]));
}
