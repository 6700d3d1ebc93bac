//! Questions made by chance, answered by us and by DuckDB over the same files.
//!
//! `TKGD_RANDOM_QUESTIONS` asks more of them, `TKGD_RANDOM_SEED` others; see `docs/sql-engine.md`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tkgd::archive::{ArchiveReader, Selection, TermState};
use tkgd::forms::Schemas;
use tkgd::sql::{Answer, Asked, QueryEntry, SqlSession, TableCatalogue, write_parquet};

use super::archive_tables::{call, drafts};
use super::oracle::{python, script};
use super::query::archive;
use super::support::shared;

/// Questions, unless told otherwise.
const QUESTIONS: &str = "500";
/// What they are made of, unless told otherwise.
const SEED: &str = "2025";

/// Questions of other seeds that were once answered wrongly.
const ONCE_WRONG: [&str; 10] = [
    // Rows of one branch were left out for those of another.
    "SELECT * FROM (SELECT 'b' AS k, value FROM cells WHERE value > 0 UNION ALL SELECT 'a', value FROM cells WHERE form LIKE '%01-MN%') AS t \
     ORDER BY k, value DESC LIMIT 5",
    "SELECT MAX(value) AS m FROM (SELECT 1 AS k, value FROM amounts UNION ALL SELECT 2, value FROM cells ORDER BY k, value LIMIT 9) AS t",
    // After USING a name was taken for two.
    "SELECT COUNT(*) AS n FROM cells JOIN units USING (unit, school_year, term) WHERE unit = '09001' AND term IN (SELECT term FROM units)",
    "SELECT COUNT(*) AS n FROM units AS a JOIN units AS b USING (unit, school_year, term) JOIN units AS c USING (unit, school_year, term) \
     WHERE unit = '09001'",
    "SELECT unit, COUNT(*) AS n FROM units AS a JOIN units AS b USING (unit, school_year, term) LEFT JOIN units AS c \
     USING (unit, school_year, term) WHERE term = 'opening' GROUP BY unit HAVING COUNT(*) > 0 ORDER BY unit LIMIT 30",
    "SELECT unit, unit_2 FROM (SELECT unit, unit, COUNT(*) AS unit_2 FROM units GROUP BY unit) AS t ORDER BY unit LIMIT 30",
    // Columns asked for twice, and all of them as an order.
    "SELECT u.*, n + 1 AS m, n FROM (SELECT unit, COUNT(*) AS n FROM units GROUP BY unit) AS u ORDER BY unit",
    "SELECT unit, unit, COUNT(*) AS n, YEAR(MIN(valid_from)) AS y FROM units GROUP BY ALL ORDER BY ALL DESC LIMIT 20",
    // A column of counts and amounts had the type of the first.
    "SELECT t2.sheet_name, CASE WHEN t2.code NOT IN ('18', 'x') THEN t1.school_year ELSE t2.value END AS c FROM amounts_totals AS t1 \
     JOIN amounts_totals AS t2 ON t2.term = t1.term AND t1.sheet = t2.sheet AND t2.school_year = t1.school_year AND t2.code = t1.code \
     AND t2.form = t1.form AND t2.column_no = t1.column_no WHERE t1.value > 10",
    // What a join found out of one `term` was asked of another below the sort of a window.
    "SELECT MIN(t5.sheet_row) OVER (ORDER BY t5.label DESC) AS c0, t6.sex AS c1 FROM rows AS t5 \
     LEFT JOIN columns_old_names AS t6 ON t5.term = t6.term AND t6.school_year IS NULL AND t6.sheet = t5.sheet AND t5.form = t6.form \
     LEFT JOIN (SELECT * FROM submissions WHERE term = unit) AS t7 ON t7.school_year = t5.school_year AND t7.term = t6.term \
     AND t7.form = t6.form AND t6.structure IS NOT NULL WHERE t5.term IN (SELECT t8.term FROM indicators AS t8 WHERE t8.facilities_expected <> 1)",
];

fn told(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn value(entry: &QueryEntry) -> Value {
    let number = |text: &str| text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map_or_else(|| json!(text), Value::Number);
    match entry {
        QueryEntry::Null => Value::Null,
        QueryEntry::Flag(flag) => json!(flag),
        QueryEntry::Whole(whole) => i64::try_from(*whole).map_or_else(|_| number(&whole.to_string()), Value::from),
        QueryEntry::Decimal(..) | QueryEntry::Float(_) => number(&entry.plain()),
        _ => json!(entry.plain()),
    }
}

fn answered(answer: Answer) -> tkgd::base::error::Result<Vec<Vec<Value>>> {
    Ok(answer.rows()?.iter().map(|row| row.iter().map(value).collect()).collect())
}

/// What is looked at, for DuckDB: the files of tables, the tables made on the way, views.
fn views(session: &SqlSession<'_>, catalogue: &TableCatalogue, folder: &Path) -> PathBuf {
    let mut made = serde_json::Map::new();
    for table in &catalogue.made.tables {
        let path = folder.join(format!("{}.parquet", table.name));
        let answer = session.ask(&format!("SELECT * FROM {}", table.name)).unwrap();
        write_parquet(answer, &path, &tkgd::base::disk::OutputRules::default()).unwrap();
        made.insert(table.name.clone(), json!(path));
    }
    let mut stored = serde_json::Map::new();
    for table in &catalogue.stored.tables {
        let file = |state: &TermState| json!([state.table(&table.name), state.key.period.year.0, state.key.period.term.id()]);
        let files: Vec<Value> = session.states().iter().filter(|state| state.table(&table.name).is_file()).map(file).collect();
        if !files.is_empty() {
            stored.insert(table.name.clone(), files.into());
        }
    }
    let views: Vec<Value> = catalogue.views.iter().map(|view| json!([view.name, view.sql])).collect();
    let path = folder.join("views.json");
    std::fs::write(&path, json!({ "views": views, "made": made, "stored": stored }).to_string()).unwrap();
    path
}

/// Questions that were answered wrongly before, those of the reference files where they are there.
fn cases() -> Vec<String> {
    let once = ONCE_WRONG.map(str::to_owned);
    let Some(folder) = shared().map(|shared| shared.join("cases/sql")) else { return once.into() };
    let paths = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "sql")).collect();
    paths.sort();
    once.into_iter().chain(paths.iter().map(|path| std::fs::read_to_string(path).unwrap())).collect()
}

/// Asks both; `find` where another answer is wanted.
fn ask(session: &SqlSession<'_>, (folder, views): (&Path, &Path), (seed, count, more): (&str, &str, Vec<String>), judge: &str) {
    let Some(python) = python() else { return };
    let [questions, answers] = ["questions.json", "answers.json"].map(|name| folder.join(name));
    let [views, asked, given] = [views, &questions, &answers].map(|path| path.to_string_lossy().into_owned());
    script(&python, folder, "random_sql.py", &["make", &views, seed, count, &asked]);
    let mut asked: Vec<String> = serde_json::from_str(&std::fs::read_to_string(&questions).unwrap()).unwrap();
    asked.extend(more);
    let ask = |sql: &String| match session.ask(sql).and_then(answered) {
        Ok(rows) => json!({ "sql": sql, "rows": rows }),
        Err(error) => json!({ "sql": sql, "error": error.to_string() }),
    };
    std::fs::write(&answers, json!(asked.iter().map(ask).collect::<Vec<_>>()).to_string()).unwrap();
    script(&python, folder, "random_sql.py", &[judge, &views, &given]);
}

#[test]
fn questions_made_by_chance_are_what_duckdb_says() {
    let archive = archive("query-random");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let archive_reader = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    let folder = archive.parent().unwrap();
    let views = views(&session, &catalogue, folder);
    let (seed, count) = (told("TKGD_RANDOM_SEED", SEED), told("TKGD_RANDOM_QUESTIONS", QUESTIONS));
    ask(&session, (folder, &views), (&seed, &count, cases()), "judge");
}

/// The same of what is released, of an earlier day, of drafts beside releases, of one state: each looks at other files.
#[test]
fn questions_made_by_chance_about_releases_are_what_duckdb_says() {
    let (archive, pipelines) = drafts("query-random-releases");
    let folder = archive.parent().unwrap();
    call(folder, &["release", &pipelines[0], "--kind", "provisional"]);
    call(folder, &["release", &pipelines[1], "--kind", "provisional"]);
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let first = ArchiveReader::open(&archive, Selection::Published).unwrap().states().unwrap();
    let recorded = first.iter().filter_map(|state| state.release()).map(|release| release.recorded_at.clone()).max().unwrap();
    // Another number in a return, so that the second release differs from the first.
    std::thread::sleep(std::time::Duration::from_secs(1));
    call(folder, &["run", &pipelines[0]]);
    call(folder, &["release", &pipelines[0], "--kind", "official"]);
    let name = first[0].key.to_string();
    let views_of = [
        (Selection::Published, Asked::default()),
        (Selection::AsOf(recorded), Asked::default()),
        (Selection::Working, Asked { drafts: true, ..Asked::default() }),
        (Selection::Published, Asked { states: vec![format!("{name}@1")], ..Asked::default() }),
    ];
    for (at, (view, asked)) in views_of.into_iter().enumerate() {
        let archive_reader = ArchiveReader::open(&archive, view).unwrap();
        let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &asked).unwrap();
        assert!(!session.states().is_empty(), "{asked:?}");
        let views = views(&session, &catalogue, folder);
        let (seed, count) = (format!("{}{at}", told("TKGD_RANDOM_SEED", SEED)), told("TKGD_RANDOM_QUESTIONS", "100"));
        ask(&session, (folder, &views), (&seed, &count, Vec::new()), "judge");
    }
}

/// A view that joins units of both terms is found.
#[test]
fn questions_made_by_chance_find_a_wrong_view() {
    let archive = archive("query-random-wrong");
    let schemas = Schemas::load(None).unwrap();
    let mut catalogue = TableCatalogue::load(&schemas).unwrap();
    let folder = archive.parent().unwrap();
    let archive_reader = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let right = {
        let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
        views(&session, &catalogue, folder)
    };
    let view = catalogue.views.iter_mut().find(|view| view.name == "labelled_coverage").unwrap();
    assert!(view.sql.contains(" AND c.term = u.term"), "{}", view.sql);
    view.sql = view.sql.replace(" AND c.term = u.term", "");
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    ask(&session, (folder, &right), (SEED, QUESTIONS, Vec::new()), "find");
}
