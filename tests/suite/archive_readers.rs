//! The archive as other programs read it by plain globs, and archives of before as our own readers do.

use std::path::{Path, PathBuf};
use std::process::Output;

use tkgd::archive::OLD_NAMES;
use tkgd::forms::Schemas;

use crate::archive_tables::{call, drafts};
use crate::oracle::{python, python_with, script};
use crate::support::{copy_tree, scratch, tkgd};

/// A province over three school years, every term run and released: six terms.
fn released(name: &str) -> PathBuf {
    let folder = scratch(name);
    call(
        &folder,
        &["sample", ".", "--communes", "2", "--schools", "8", "--years", "3", "--dirt", "wrong-total", "--dirt", "missing-return"],
    );
    let terms = ["dau-nam-hoc-2023", "cuoi-nam-hoc-2023", "dau-nam-hoc-2024", "cuoi-nam-hoc-2024", "dau-nam-hoc", "cuoi-nam-hoc"];
    for term in terms {
        let pipeline = format!("{term}.toml");
        call(&folder, &["run", &pipeline]);
        call(&folder, &["release", &pipeline, "--kind", "provisional"]);
    }
    folder.join("luu-tru")
}

#[test]
fn six_terms_are_the_same_in_every_program() {
    let Some(python) = python_with(&["pyspark", "frictionless"]) else { return };
    let archive = released("naive-globs");
    script(&python, archive.parent().unwrap(), "naive_globs.py", &["luu-tru", "--terms", "6", "--frictionless"]);
}

fn ask(archive: &Path, arguments: &[&str]) -> Output {
    tkgd().args(arguments).arg("--archive").arg(archive).output().unwrap()
}

#[test]
fn archives_of_before_are_read_as_todays() {
    let Some(python) = python() else { return };
    let (archive, pipelines) = drafts("archive-of-before");
    let folder = archive.parent().unwrap();
    for pipeline in &pipelines[..2] {
        call(folder, &["release", pipeline, "--kind", "provisional"]);
    }
    let before = folder.join("truoc");
    copy_tree(&archive, &before);
    let names: String = OLD_NAMES.iter().map(|old| format!("{} {} {}\n", old.table, old.column, old.was)).collect();
    std::fs::write(folder.join("names"), names).unwrap();
    script(&python, folder, "as_before.py", &["truoc", "names"]);
    let questions = [
        "SELECT * FROM units ORDER BY school_year, term, unit",
        "SELECT * FROM forms ORDER BY school_year, term, form",
        "SELECT * FROM columns ORDER BY school_year, term, form, sheet, column_no",
        "SELECT * FROM column_parts ORDER BY school_year, term, form, sheet, column_no, dimension",
        "SELECT * FROM rows ORDER BY school_year, term, form, sheet, sheet_row",
        "SELECT * FROM findings ORDER BY school_year, term, rule, unit, form, sheet, code, column_no, message",
        "SELECT * FROM indicators ORDER BY school_year, term, indicator, basis, level, dimension, part, place_kind, place",
        "SELECT * FROM comparisons ORDER BY school_year, term, book, book_sheet, column_heading, figure, against, place_kind, place",
        "SELECT * FROM versions ORDER BY school_year, term, form, unit, version",
        "SELECT * FROM mappings ORDER BY school_year, term, from_form, from_sheet, from_code, to_code, line_kind",
        "SELECT * FROM successions",
        "SELECT school_year, term, form, sheet, code, column_no, SUM(value) AS value, COUNT(*) AS n FROM cells GROUP BY school_year, term, form, sheet, code, column_no ORDER BY school_year, term, form, sheet, code, column_no",
        "SELECT SUM(value) AS value, COUNT(*) AS n FROM amounts",
        "SELECT * FROM unit_measures ORDER BY school_year, term, measure, level, unit",
        "SELECT unit FROM units WHERE ARRAY_CONTAINS(levels, 'TH') AND (valid_from IS NULL OR valid_from < '2030-01-01') ORDER BY unit",
    ];
    for question in questions {
        let [now, then] = [&archive, &before].map(|archive| ask(archive, &["query", question, "--draft", "--format", "json"]));
        assert!(now.status.success(), "{question}: {}", String::from_utf8_lossy(&now.stderr));
        assert!(now.stdout == then.stdout, "{question}: {}", String::from_utf8_lossy(&then.stderr));
        assert!(question.contains("successions") || question.contains("mappings") || now.stdout.len() > 10, "{question} has no answer");
    }
    // A figure traced to its cells, and two states compared: the same words and numbers.
    let cell = "tt25-2024/02-TH-DN:III/37/1";
    let state = ["explain", cell, "--unit", "09", "--format", "json"];
    let [now, then] = [&archive, &before].map(|archive| ask(archive, &state));
    let texts = [&now, &then].map(|output| String::from_utf8_lossy(&output.stdout).replace("truoc", "luu-tru"));
    assert!(texts[0].len() > 100, "{}", String::from_utf8_lossy(&now.stderr));
    assert_eq!(texts[0], texts[1], "{}", String::from_utf8_lossy(&then.stderr));
}

#[test]
fn questions_of_before_are_answered_under_the_old_names() {
    let (archive, _) = drafts("old-names");
    let say = |question: &str| {
        let output = ask(&archive, &["query", question, "--draft", "--format", "json"]);
        assert!(output.status.success(), "{question}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let old = say(
        r#"SELECT form, sheet, "column", sex FROM columns_old_names WHERE sex = 'female' ORDER BY school_year, term, form, sheet, "column""#,
    );
    let new = say(
        "SELECT form, sheet, column_no AS \"column\", part AS sex FROM column_parts WHERE dimension = 'sex' AND part = 'female' ORDER BY school_year, term, form, sheet, column_no",
    );
    assert!(old.len() > 100);
    assert_eq!(old, new);
    // Every renamed column of a table stands in its view, under the name of before.
    for old in OLD_NAMES.iter().filter(|old| old.table != "measures") {
        say(&format!("SELECT \"{}\" FROM {}_old_names LIMIT 1", old.was, old.table));
    }
}

#[test]
fn names_mean_one_thing_and_keys_are_whole() {
    let tables = Schemas::load(None).unwrap().archive_tables;
    let mut meanings: std::collections::BTreeMap<String, (String, String)> = std::collections::BTreeMap::new();
    for table in &tables.tables {
        for column in &table.columns {
            let known = meanings.entry(column.name.clone()).or_insert_with(|| (table.name.clone(), column.stored.clone()));
            // Counts are whole numbers and amounts are not: the figure itself is the one column of several types.
            assert!(
                column.name == "value" || known.1 == column.stored,
                "{}.{} is {}, in {} it is {}",
                table.name,
                column.name,
                column.stored,
                known.0,
                known.1
            );
            assert!(
                !table.key.contains(&column.name) || column.null.is_none(),
                "{}.{} is part of a key and may be null",
                table.name,
                column.name
            );
        }
    }
    // What was renamed is there under today's name, and nowhere under the old one in its table.
    for old in OLD_NAMES.iter().filter(|old| old.table != "measures") {
        let table = tables.table(old.table).unwrap();
        assert!(table.columns.iter().any(|column| column.name == old.column), "{}.{}", old.table, old.column);
        assert!(old.was == "unit" || table.columns.iter().all(|column| column.name != old.was), "{}.{}", old.table, old.was);
    }
}
