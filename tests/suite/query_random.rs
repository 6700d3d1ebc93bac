//! Questions made by chance, answered by us and by DuckDB over the same files.
//!
//! `TKGD_RANDOM_QUESTIONS` asks more of them, `TKGD_RANDOM_SEED` others; see `docs/sql-engine.md`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tkgd::archive::{Shelf, View};
use tkgd::query::sql::{Answer, Asked, Catalogue, Entry, Session, write_parquet};
use tkgd::schema::Schemas;

use super::oracle::{python, script};
use super::query::archive;
use super::support::shared;

/// Questions, unless told otherwise.
const QUESTIONS: &str = "500";
/// What they are made of, unless told otherwise.
const SEED: &str = "2025";

fn told(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn value(entry: &Entry) -> Value {
    let number = |text: &str| text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map_or_else(|| json!(text), Value::Number);
    match entry {
        Entry::Null => Value::Null,
        Entry::Flag(flag) => json!(flag),
        Entry::Whole(whole) => i64::try_from(*whole).map_or_else(|_| number(&whole.to_string()), Value::from),
        Entry::Decimal(..) | Entry::Float(_) => number(&entry.plain()),
        _ => json!(entry.plain()),
    }
}

fn answered(answer: Answer) -> tkgd::error::Result<Vec<Vec<Value>>> {
    Ok(answer.rows()?.iter().map(|row| row.iter().map(value).collect()).collect())
}

/// Views and the tables made on the way, for DuckDB.
fn views(session: &Session<'_>, catalogue: &Catalogue, folder: &Path) -> PathBuf {
    let mut made = serde_json::Map::new();
    for table in &catalogue.made.tables {
        let path = folder.join(format!("{}.parquet", table.name));
        let answer = session.ask(&format!("SELECT * FROM {}", table.name)).unwrap();
        write_parquet(answer, &path, &tkgd::disk::OutputRules::default()).unwrap();
        made.insert(table.name.clone(), json!(path));
    }
    let views: Vec<Value> = catalogue.views.iter().map(|view| json!([view.name, view.sql])).collect();
    let path = folder.join("views.json");
    std::fs::write(&path, json!({ "views": views, "made": made }).to_string()).unwrap();
    path
}

/// Questions that an engine of before answered wrongly, where they are there.
fn cases() -> Vec<String> {
    let Some(folder) = shared().map(|shared| shared.join("cases/sql")) else { return Vec::new() };
    let paths = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "sql")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn questions_made_by_chance_are_what_duckdb_says() {
    let archive = archive("query-random");
    let Some(python) = python() else { return };
    let schemas = Schemas::load(None).unwrap();
    let catalogue = Catalogue::load(&schemas).unwrap();
    let shelf = Shelf::open(&archive, View::Working).unwrap();
    let session = Session::open(&schemas, &catalogue, &shelf, &Asked::default()).unwrap();
    let folder = archive.parent().unwrap();
    let views = views(&session, &catalogue, folder);
    let [questions, answers] = ["questions.json", "answers.json"].map(|name| folder.join(name));
    let (seed, count) = (told("TKGD_RANDOM_SEED", SEED), told("TKGD_RANDOM_QUESTIONS", QUESTIONS));
    let [archive, views, asked, given] = [&archive, &views, &questions, &answers].map(|path| path.to_string_lossy().into_owned());
    script(&python, folder, "random_sql.py", &["make", &archive, &views, &seed, &count, &asked]);
    let mut asked: Vec<String> = serde_json::from_str(&std::fs::read_to_string(&questions).unwrap()).unwrap();
    asked.extend(cases());
    let ask = |sql: &String| match session.ask(sql).and_then(answered) {
        Ok(rows) => json!({ "sql": sql, "rows": rows }),
        Err(error) => json!({ "sql": sql, "error": error.to_string() }),
    };
    std::fs::write(&answers, json!(asked.iter().map(ask).collect::<Vec<_>>()).to_string()).unwrap();
    script(&python, folder, "random_sql.py", &["judge", &archive, &views, &given]);
}
