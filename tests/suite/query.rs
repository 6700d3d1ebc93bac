//! Questions to the archive: tables, views, named questions, what they are answered as, what is said of wrong ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tkgd::archive::{ArchiveReader, Selection, TermKey, Writer};
use tkgd::base::term::SchoolYear;
use tkgd::forms::Schemas;
use tkgd::sql::{Answer, Asked, QueryEntry, SqlSession, TableCatalogue};

use super::archive_tables::{call, drafts};
use super::oracle::{python, script};
use super::support::{at, read, root, tkgd};

/// All rows of an answer, in an order of their own.
pub fn rows(answer: Answer) -> Vec<Vec<QueryEntry>> {
    answer.rows().unwrap()
}

fn sorted(answer: Answer) -> Vec<String> {
    let mut found: Vec<String> = rows(answer).iter().map(|row| format!("{row:?}")).collect();
    found.sort();
    found
}

/// Standard output, standard error and exit code of `tkgd query` over an archive's drafts.
fn query(archive: &Path, arguments: &[&str]) -> (String, String, i32) {
    let output = tkgd().arg("query").args(arguments).args(["--draft", "--archive"]).arg(archive).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

/// An archive of drafts.
pub fn archive(name: &str) -> PathBuf {
    drafts(name).0
}

#[test]
fn every_view_and_table_is_told_column_by_column() {
    let archive = archive("query-list");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let archive_reader = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    for name in catalogue.names() {
        let columns = session.columns(name).unwrap();
        let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
        assert!(names.starts_with(&["school_year", "term"]), "{name}: {names:?}");
        for column in names {
            let note = catalogue.note(name, column).unwrap_or_else(|| panic!("{name}.{column} is not described"));
            assert!(!note.description.vi().is_empty() && !note.description.en().contains('{'), "{name}.{column}");
        }
        let counted = rows(session.ask(&format!("SELECT COUNT(*) AS n FROM \"{name}\"")).unwrap());
        let answered = rows(session.ask(&format!("SELECT * FROM \"{name}\"")).unwrap()).len();
        let table = name.trim_end_matches("_old_names");
        assert!(answered > 0 || ["mappings", "successions", "versions"].contains(&table), "{name} has no row");
        assert_eq!(counted, [[QueryEntry::Whole(answered as i128)]], "{name}");
        // What is told of an empty archive is the same, but for what its register and forms add.
        let empty = ArchiveReader::open(&archive.join("none"), Selection::Published).unwrap();
        let nothing = SqlSession::open(&schemas, &catalogue, &empty, &Asked::default()).unwrap();
        let known = nothing.columns(name).unwrap();
        assert!(known.iter().all(|column| columns.contains(column)), "{name}: {known:?} {columns:?}");
    }
    let (text, _, code) = query(&archive, &["--list"]);
    assert_eq!(code, 0);
    for part in ["labelled_cells: ", "value (decimal(6)) [triệu đồng]: ", "hoc-sinh-tren-lop: ", "      place (string): Mã địa bàn"]
    {
        assert!(text.contains(part), "{part}");
    }
    let (json, ..) = query(&archive, &["--list", "--format", "json", "--lang", "en"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tables"].as_array().unwrap().len(), catalogue.names().count());
    assert_eq!(json["questions"].as_array().unwrap().len(), catalogue.questions.len());
}

#[test]
fn named_questions_and_totals_are_what_duckdb_says() {
    let archive = archive("query-oracle");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let answers = archive.with_file_name("answers");
    assert!(catalogue.questions.len() >= 10);
    for question in &catalogue.questions {
        // The example as it stands in the file, but for where and as what it is answered.
        let words: Vec<&str> = question.example.strip_prefix("tkgd query ").unwrap().split(' ').collect();
        assert_eq!(words[..2], ["--name", &question.name], "{}", question.name);
        let sets = words.windows(2).filter(|pair| pair[0] == "--set").flatten().copied();
        let path = answers.join(format!("{}.json", question.name));
        let path = path.to_string_lossy();
        let arguments: Vec<&str> = words[..2].iter().copied().chain(sets).chain(["--out", &path]).collect();
        let (_, error, code) = query(&archive, &arguments);
        assert_eq!((code, &*error), (0, ""), "{}", question.name);
        let again = std::fs::read(&*path).unwrap();
        query(&archive, &arguments);
        assert!(std::fs::read(&*path).unwrap() == again, "{} has no order", question.name);
    }
    for view in ["cells_by_place", "amounts_by_place", "cells_totals", "amounts_totals"] {
        let path = answers.join(format!("{view}.parquet"));
        let (_, error, code) = query(&archive, &[&format!("SELECT * FROM {view}"), "--out", &path.to_string_lossy()]);
        assert_eq!((code, &*error), (0, ""), "{view}");
    }
    let Some(python) = python() else { return };
    let schemas = root().join("schemas");
    let arguments = [&archive, &answers, &schemas].map(|path| path.to_string_lossy().into_owned());
    script(&python, &archive, "queries.py", &arguments.each_ref().map(String::as_str));
}

#[test]
fn releases_answer_like_the_drafts_they_were_made_of_wherever_their_files_stand() {
    let (archive, pipelines) = drafts("query-releases");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let working = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let questions = [
        "SELECT school_year, term, form, COUNT(*), SUM(value) FROM cells GROUP BY school_year, term, form",
        "SELECT * FROM cells_by_place WHERE place = '09' AND code = '1' AND school_year = 2025",
        "SELECT * FROM labelled_units WHERE term = 'opening'",
        "SELECT * FROM labelled_amounts",
        "SELECT * FROM unit_measures WHERE school_year > 2024",
    ];
    let ask = |archive_reader: &ArchiveReader, drafts: bool| {
        let session = SqlSession::open(&schemas, &catalogue, archive_reader, &Asked { drafts, ..Asked::default() }).unwrap();
        questions.map(|sql| sorted(session.ask(sql).unwrap()))
    };
    let expected = ask(&working, true);
    assert!(expected.iter().all(|rows| rows.len() > 1));
    let keys: Vec<TermKey> = working.states().unwrap().into_iter().map(|state| state.key).collect();
    for pipeline in &pipelines {
        call(archive.parent().unwrap(), &["release", pipeline, "--kind", "provisional"]);
    }
    assert_eq!(ask(&ArchiveReader::open(&archive, Selection::Published).unwrap(), false), expected);
    // No file stands in folders of years.
    for part in ["current", "states"] {
        std::fs::remove_dir_all(archive.join(part)).unwrap();
    }
    std::fs::remove_file(archive.join("generation.json")).unwrap();
    assert_eq!(ask(&ArchiveReader::open(&archive, Selection::Published).unwrap(), false), expected);
    drop(Writer::open(&archive).unwrap());
    assert!(archive.join("current/cells/school_year=2025/term=opening/cells.parquet").is_file());
    assert_eq!(ask(&ArchiveReader::open(&archive, Selection::Published).unwrap(), false), expected);
    // A later release of one term, which holds another term's figures: only the view says which of the two is looked at.
    let (first, last) = (&keys[0], keys.iter().rfind(|key| key.state.is_none() && **key != keys[0]).unwrap());
    let other = archive.join(format!("releases/{last}/r002-revised"));
    std::fs::create_dir_all(&other).unwrap();
    std::fs::rename(archive.join(format!("releases/{first}/r001-provisional/data")), other.join("data")).unwrap();
    let facts = std::fs::read_to_string(archive.join(format!("releases/{last}/r001-provisional/datapackage.json"))).unwrap();
    let mut facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    (facts["tkgd"]["number"], facts["tkgd"]["recorded_at"]) = (2.into(), "2999-03-02T08:00:00Z".into());
    std::fs::write(other.join("datapackage.json"), facts.to_string()).unwrap();
    let count = |archive_reader: &ArchiveReader, states: &[String]| {
        let session =
            SqlSession::open(&schemas, &catalogue, archive_reader, &Asked { states: states.to_vec(), ..Asked::default() }).unwrap();
        let (year, term) = (last.period.year.0, last.period.term.id());
        rows(session.ask(&format!("SELECT SUM(numbers) FROM submissions WHERE school_year = {year} AND term = '{term}'")).unwrap())
    };
    let early = count(&ArchiveReader::open(&archive, Selection::AsOf("2999-03-01T23:59:59Z".to_owned())).unwrap(), &[]);
    let late = count(&ArchiveReader::open(&archive, Selection::AsOf("2999-03-02T23:59:59Z".to_owned())).unwrap(), &[]);
    let published = ArchiveReader::open(&archive, Selection::Published).unwrap();
    assert_ne!(early, late);
    assert_eq!(count(&published, &[]), late);
    assert_eq!(count(&published, &[format!("{last}@1")]), early);
    let twice = Asked { states: vec![format!("{last}@1"), format!("{last}@2")], ..Asked::default() };
    assert!(SqlSession::open(&schemas, &catalogue, &published, &twice).unwrap_err().to_string().contains("counted twice"));
}

#[test]
fn later_states_of_results_are_asked_for_by_name_and_never_added() {
    let archive = archive("query-states");
    let sum = |arguments: &[&str]| {
        let sql = "SELECT COUNT(*) AS n, COUNT(DISTINCT unit) AS units FROM cells WHERE term = 'closing' AND school_year = 2025";
        let (out, error, code) = query(&archive, &[&[sql, "--format", "json"], arguments].concat());
        assert_eq!(code, 0, "{error}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["rows"][0]["n"].as_i64().unwrap()
    };
    let (due, later) = (sum(&[]), sum(&["--state", "2025-2026-closing-after-retests"]));
    assert!(due > 0 && later > 0);
    assert_eq!(due, sum(&["--state", "2025-2026-closing"]));
}

/// A measure whose results are still to come is open in the view where the table of schools says so.
#[test]
fn open_results_are_open_in_the_view_of_measures_too() {
    let archive = archive("query-open");
    let rows = |arguments: &[&str]| {
        let sql = "SELECT s.unit, s.kept_back_status AS wide, m.status AS own FROM \
                   (SELECT unit, kept_back_status FROM schools WHERE term = 'closing' AND school_year = 2025) AS s JOIN \
                   (SELECT unit, status FROM unit_measures WHERE measure = 'kept_back' AND term = 'closing' AND school_year = 2025) AS m \
                   ON s.unit = m.unit ORDER BY s.unit";
        let (out, error, code) = query(&archive, &[&[sql, "--format", "json"], arguments].concat());
        assert_eq!(code, 0, "{error}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["rows"].as_array().unwrap().clone()
    };
    let open = |rows: &[serde_json::Value], name: &str| -> BTreeSet<String> {
        rows.iter().filter(|row| row[name] == "open").map(|row| row["unit"].as_str().unwrap().to_owned()).collect()
    };
    let due = rows(&[]);
    assert!(!open(&due, "own").is_empty() && open(&due, "own").len() < due.len());
    assert_eq!(open(&due, "own"), open(&due, "wide"));
    let later = rows(&["--state", "2025-2026-closing-after-retests"]);
    assert!(!later.is_empty());
    assert_eq!(open(&later, "own"), open(&later, "wide"));
}

#[test]
fn wrong_questions_are_told_what_would_be_right() {
    let archive = archive("query-wrong");
    let said = |arguments: &[&str]| {
        let (out, error, code) = query(&archive, arguments);
        assert_eq!((code, &*out), (2, ""), "{arguments:?}");
        error
    };
    let all = [
        said(&["SELECT * FROM cell"]),
        said(&["--lang", "en", "SELECT unti FROM units"]),
        said(&["DROP TABLE cells"]),
        said(&["--lang", "en", "SELECT form FROM cells WHERE"]),
        said(&["--lang", "en", "--name", "chua-nopp"]),
        said(&["--name", "so-lieu-qua-cac-nam"]),
        said(&["--name", "chua-nop", "--set", "yaer=2025"]),
        said(&["--lang", "en", "--name", "chua-nop", "--set", "year=2025-2027"]),
        said(&["--lang", "en", "--name", "bien-dong-lon", "--set", "most=1; DROP"]),
        said(&["SELECT 1", "--format", "xlsx"]),
        said(&["--lang", "en", "SELECT * FROM (VALUES (1, 2)) AS t(x, x)"]),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    lỗi: không có bảng `cell`
    gợi ý: có phải là `cells`?

    error: there is no column `unti`
    hint: did you mean `unit`?

    lỗi: `SQL` chưa đúng: chỉ đọc được số liệu: câu hỏi bắt đầu bằng SELECT hoặc WITH

    error: `SQL` is not right: the query cannot be read: where an expression is awaited, the query ends
    hint: names that are words of SQL or have blanks stand in double quotes ("group"), texts in single quotes ('Đông Sơn')

    error: there is no named query `chua-nopp`
    hint: did you mean `chua-nop`?

    lỗi: `--set` chưa đúng: câu hỏi này cần tham số `unit`: Mã đơn vị
    gợi ý: --set unit=…

    lỗi: không có tham số `yaer`
    gợi ý: có phải là `year`?

    error: `--set year` is not right: `2025-2027` is not a school year such as `2025-2026`

    error: `--set most` is not right: `1; DROP` is no whole number

    lỗi: `--out` chưa đúng: dạng này phải ghi ra tệp: --out TỆP

    error: `SQL` is not right: there are two columns of the name `x`
    hint: name them with AS, as in `SUM(value) AS tong`
    "#);
    let (_, error, code) = {
        let output = tkgd().args(["--lang", "en", "query", "SELECT 1", "--archive"]).arg(&archive).output().unwrap();
        (output.stdout, String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
    };
    assert!(code == 2 && error.contains("nothing is released: --draft asks the drafts"), "{error}");
    let refused = tkgd().args(["schema", "lint", "--format", "csv"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

/// The recipes of the documentation over releases, by a plain glob.
#[test]
fn recipes_give_the_same_totals_in_every_program() {
    let (drafted, pipelines) = drafts("query-recipes");
    let folder = drafted.parent().unwrap();
    for pipeline in &pipelines {
        call(folder, &["release", pipeline, "--kind", "provisional"]);
    }
    std::fs::rename(&drafted, folder.join("archive")).unwrap();
    let recipes = std::fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let own = recipes.lines().find_map(|line| line.strip_prefix("tkgd query \"")).unwrap();
    let sql = own.split_once("\" --format").unwrap().0.replace("\\\"", "\"");
    call(folder, &["query", &sql, "--out", "totals.json"]);
    let Some(python) = python() else { return };
    let path = root().join("docs/recipes.md");
    script(&python, folder, "recipes.py", &[&path.to_string_lossy(), "totals.json"]);
}

/// The named query that CONTRIBUTING.md adds, asked as it says.
#[test]
fn the_recipe_of_a_named_query_works() {
    let (archive, _) = drafts("query-contributing");
    let folder = archive.parent().unwrap();
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, rest) = text.split_once("# bieu-mau/queries/lop-dong.toml\n").unwrap();
    let (file, rest) = rest.split_once("```").unwrap();
    std::fs::create_dir_all(folder.join("bieu-mau/queries")).unwrap();
    std::fs::write(folder.join("bieu-mau/queries/lop-dong.toml"), file).unwrap();
    let line = rest.lines().find_map(|line| line.strip_prefix("tkgd ")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let output = tkgd().args(&words).args(["--format", "csv"]).current_dir(folder).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.lines().count() > 2 && said.lines().next().unwrap().ends_with("unit,pupils,classes,pupils_per_class"), "{said}");
}

/// What analysts write without thinking, each with how many rows it must give.
#[test]
fn usual_sql_is_understood() {
    let archive = archive("query-sql");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let archive_reader = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    let count = |sql: &str| rows(session.ask(sql).unwrap_or_else(|e| panic!("{sql}: {e}"))).len();
    let sent = count("SELECT DISTINCT unit FROM submissions");
    assert!(sent > 10);
    for sql in [
        "SELECT DISTINCT unit FROM units AS u WHERE EXISTS (SELECT 1 FROM submissions AS s WHERE s.unit = u.unit)",
        "SELECT DISTINCT unit FROM units WHERE unit IN (SELECT unit FROM submissions)",
        "-- một ghi chú\nSELECT unit FROM units INTERSECT SELECT unit FROM submissions",
        "WITH all_units AS (SELECT DISTINCT unit FROM units) SELECT a.unit FROM all_units AS a SEMI JOIN submissions AS s ON a.unit = s.unit",
        "SELECT unit, COUNT(*) AS n, RANK() OVER (ORDER BY unit) AS place FROM submissions GROUP BY unit HAVING COUNT(*) > 0",
    ] {
        assert_eq!(count(sql), sent, "{sql}");
    }
    let units = count("SELECT DISTINCT unit FROM units");
    assert_eq!(count("SELECT unit FROM units EXCEPT SELECT unit FROM submissions"), units - sent);
    assert_eq!(count("SELECT DISTINCT u.unit FROM units AS u ANTI JOIN submissions AS s ON u.unit = s.unit"), units - sent);
    assert_eq!(count("SELECT UNNEST(forms) AS f FROM units WHERE unit = '09' AND school_year = 2025 LIMIT 1"), 1);
    // A day is no number, and a list has no letters.
    let refused = |sql: &str| session.ask(sql).and_then(Answer::rows).unwrap_err().to_string();
    for condition in ["valid_from > 2024", "valid_from BETWEEN 2020 AND 2024", "valid_from IN (2024)"] {
        let said = refused(&format!("SELECT unit FROM units WHERE {condition}"));
        assert!(said.contains("a date cannot be compared with a whole number"), "{condition}: {said}");
    }
    assert!(refused("SELECT LENGTH(forms) FROM units").contains("LENGTH is of texts"));
    // Counts and amounts in one column are amounts, whichever stands first.
    let amounts = |column: &str| session.ask(&format!("SELECT {column} AS c FROM amounts ORDER BY value, unit LIMIT 50")).unwrap();
    let (plain, chosen) = (amounts("value"), amounts("CASE WHEN code = 'x' THEN school_year ELSE value END"));
    assert_eq!(chosen.columns(), plain.columns());
    assert_eq!(rows(chosen), rows(plain));
}

/// What would lose the zeros of a code or take one of two things for the other is refused, with what to write.
#[test]
fn what_would_be_taken_for_another_thing_is_refused() {
    let archive = archive("query-refused");
    for (sql, words, hint) in [
        ("SELECT COALESCE(unit, 0) FROM units", "COALESCE trộn văn bản với số", "COALESCE(commune, '0')"),
        ("SELECT GREATEST(unit, 0) FROM units", "GREATEST trộn văn bản với số", "dấu nháy"),
        ("SELECT unit AS a, name AS a FROM units ORDER BY a", "hai cột cùng tên `a`", "AS"),
        ("SELECT n FROM (SELECT COUNT(*) AS n, SUM(value) AS n FROM cells) AS t", "hai cột cùng tên `n`", "AS"),
        ("SELECT DATE '2025-09-30' + INTERVAL '5 hours'", "cộng giờ vào thì mất giờ", "AS TIMESTAMP"),
        ("SELECT * FROM units ORDER BY ALL", "`ORDER BY ALL` không dùng được với `*`", "ORDER BY 1, 2"),
    ] {
        let (said, error, code) = query(&archive, &[sql]);
        assert_eq!((code, &*said), (2, ""), "{sql}: {error}");
        assert!(error.contains(words) && error.contains(hint), "{sql}: {error}");
    }
    let (csv, ..) = query(&archive, &["SELECT unit, unit, 9 AS unit_2 FROM units WHERE unit = '09001' LIMIT 1", "--format", "csv"]);
    assert_eq!(csv.lines().next(), Some("\u{feff}unit,unit_3,unit_2"));
}

#[test]
fn answers_are_exact_and_no_formula_in_every_form() {
    let archive = archive("query-forms");
    let sql = "SELECT '=1+1' AS \"@ten\", '-x' AS dau, -5 AS am, CAST('12345678901.000001' AS DECIMAL(38, 6)) AS tien, NULL AS trong, 0.1 + 0.2 AS le, 'a,\"b' AS chu, \
               CAST(1 AS DOUBLE) / 3 AS ba, MAKE_ARRAY(1, 2) AS ds";
    let out = |name: &str| archive.with_file_name(name);
    let file = |name: &str| {
        let path = out(name);
        let (said, error, code) = query(&archive, &[sql, "--out", &path.to_string_lossy()]);
        assert_eq!((code, &*error), (0, ""), "{name}");
        assert!(said.starts_with("Đã ghi: ") && said.ends_with(", 1 dòng\n"), "{said}");
        path
    };
    let csv = std::fs::read_to_string(file("a.csv")).unwrap();
    let (shown, ..) = query(&archive, &[sql, "--format", "csv"]);
    assert_eq!(csv, shown);
    assert!(csv.starts_with("\u{feff}'@ten,dau,am,tien,trong,le,chu,ba,ds\n'=1+1,'-x,-5,12345678901.000001,,0.3"), "{csv}");
    assert!(csv.ends_with(",\"a,\"\"b\",0.3333333333333333,1 2\n"), "{csv}");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file("a.json")).unwrap()).unwrap();
    assert_eq!(json["rows"][0]["tien"], "12345678901.000001");
    assert_eq!((&json["rows"][0]["am"], &json["rows"][0]["trong"]), (&serde_json::json!(-5), &serde_json::Value::Null));
    assert_eq!(json["rows"][0]["ds"], serde_json::json!([1, 2]));
    let book = read(&std::fs::read(file("a.xlsx")).unwrap()).unwrap();
    let sheet = &book.sheets[0];
    let shown = ["A4", "A5", "C5", "H5"].map(|address| format!("{:?}", at(sheet, address)));
    assert_eq!(shown, [r#"Some(Text("@ten"))"#, r#"Some(Text("=1+1"))"#, "Some(Number(-5.0))", "Some(Number(0.3333333333333333))"]);
    assert!(file("a.parquet").is_file() && file("a.txt").is_file());
    // Written aside and renamed: nothing is left of it.
    let left = std::fs::read_dir(archive.parent().unwrap())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".a"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_large_answer_is_cut_on_the_screen_and_whole_in_a_file() {
    let archive = archive("query-large");
    let (text, ..) = query(&archive, &["SELECT * FROM cells", "--rows", "3"]);
    assert!(text.ends_with("Số dòng: 3; còn nữa; xem hết bằng --rows hoặc --out\n"), "{text}");
    let path = archive.with_file_name("all.csv");
    query(&archive, &["SELECT form, unit, value FROM cells", "--out", &path.to_string_lossy()]);
    let lines = std::fs::read_to_string(&path).unwrap().lines().count();
    let (count, ..) = query(&archive, &["SELECT COUNT(*) AS n FROM cells", "--format", "json"]);
    let count: serde_json::Value = serde_json::from_str(&count).unwrap();
    assert_eq!(lines as u64, count["rows"][0]["n"].as_u64().unwrap() + 1);
    assert!(lines > 50_000);
}

/// One session for all values that are tried.
struct Bench {
    schemas: Schemas,
    folder: PathBuf,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is given for a parameter of text comes back as it is, and is nothing else.
    #[test]
    fn values_of_parameters_are_never_sql(text in r"[a-z'\\;{}%_\-/*\x22 Đắ\n]{0,24}") {
        let bench = Bench { schemas: Schemas::load(None).unwrap(), folder: root().join("none") };
        let catalogue = TableCatalogue::load(&bench.schemas).unwrap();
        let question = catalogue.question("so-lieu-qua-cac-nam").unwrap();
        let given: BTreeMap<&str, &str> = [("unit", text.as_str()), ("form", "f"), ("sheet", "s"), ("code", "c")].into();
        let given: Vec<(String, String)> = given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let sql = question.sql(&given, &[SchoolYear(2025)]).unwrap();
        let start = sql.rfind("a.ancestor = ").unwrap() + "a.ancestor = ".len();
        let end = sql.find(" AND c.form = 'f'").unwrap();
        let archive_reader = ArchiveReader::open(&bench.folder, Selection::Published).unwrap();
        let session = SqlSession::open(&bench.schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
        let answer = rows(session.ask(&format!("SELECT {} AS x", &sql[start..end])).unwrap());
        prop_assert_eq!(answer, vec![vec![QueryEntry::Text(text)]]);
    }
}
