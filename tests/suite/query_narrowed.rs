//! Questions that narrow a large table down by a small one, in the ways people write them, against DuckDB on the same files.

use std::path::Path;

use tkgd::archive::{ArchiveReader, Selection};
use tkgd::forms::Schemas;
use tkgd::sql::{Asked, QueryEntry, SqlSession, TableCatalogue};

use super::oracle::{python, script};
use super::query::{archive, rows};

/// Each as it stands, to both.
const QUESTIONS: &[&str] = &[
    "SELECT c.school_year, c.code, SUM(c.value) AS n FROM cells AS c JOIN units AS u ON c.school_year = u.school_year AND c.term = u.term AND c.unit = u.unit WHERE u.commune = '09001' GROUP BY c.school_year, c.code",
    "SELECT c.school_year, SUM(c.value) AS n FROM units AS u JOIN cells AS c ON c.school_year = u.school_year AND c.term = u.term AND c.unit = u.unit WHERE u.commune = '09001' AND u.school_year = 2025 GROUP BY c.school_year",
    "SELECT form, SUM(value) AS n FROM cells WHERE unit IN (SELECT unit FROM units WHERE commune = '09001') GROUP BY form",
    "SELECT form, SUM(value) AS n FROM cells WHERE unit NOT IN (SELECT unit FROM units WHERE commune = '09001') GROUP BY form",
    "SELECT unit, SUM(value) AS n FROM cells WHERE school_year = (SELECT MAX(school_year) FROM units) GROUP BY unit",
    "SELECT school_year, unit FROM units WHERE school_year < (SELECT MAX(school_year) FROM units) AND unit > (SELECT MIN(unit) FROM units)",
    "WITH few AS (SELECT school_year, unit FROM units WHERE commune = '09001') SELECT c.school_year, COUNT(*) AS n FROM cells AS c JOIN few AS f ON c.school_year = f.school_year AND c.unit = f.unit GROUP BY c.school_year",
    "WITH few AS (SELECT unit FROM units WHERE commune = '09001') SELECT COUNT(*) AS n FROM cells WHERE unit IN (SELECT unit FROM few WHERE unit IN (SELECT unit FROM submissions))",
    "SELECT COUNT(*) AS n, SUM(c.value) AS s FROM cells AS c JOIN rows AS r ON c.school_year = r.school_year AND c.term = r.term AND c.form = r.form AND c.sheet = r.sheet AND c.code = r.code JOIN forms AS f ON r.school_year = f.school_year AND r.term = f.term AND r.form = f.form WHERE f.level = 'TH' AND r.code = '1'",
    "SELECT u.unit, c.value FROM units AS u LEFT JOIN (SELECT * FROM cells WHERE code = '1' AND column_no = 1) AS c ON u.school_year = c.school_year AND u.term = c.term AND u.unit = c.unit WHERE u.commune = '09001' AND u.school_year = 2025",
    "SELECT c.unit, u.name, SUM(c.value) AS n FROM cells AS c LEFT JOIN units AS u ON c.school_year = u.school_year AND c.term = u.term AND c.unit = u.unit WHERE u.commune = '09001' GROUP BY c.unit, u.name",
    "SELECT COUNT(*) AS n FROM cells WHERE unit NOT IN (SELECT reports_to FROM units)",
    "SELECT COUNT(*) AS n FROM cells WHERE unit IN (SELECT reports_to FROM units WHERE reports_to IS NULL) OR value > 1000000 OR code = '1'",
    "SELECT COUNT(*) AS n FROM units WHERE EXISTS (SELECT 1 FROM cells WHERE code = 'không có') OR NOT EXISTS (SELECT 1 FROM units WHERE unit = 'O''B')",
    "SELECT COUNT(*) AS n FROM units WHERE EXISTS (SELECT 1 FROM units AS v WHERE v.unit = units.reports_to AND v.school_year = units.school_year)",
    "SELECT COUNT(*) AS n FROM units AS u WHERE EXISTS (SELECT 1 FROM submissions AS s WHERE s.unit = u.unit AND s.school_year = u.school_year)",
    "SELECT COUNT(*) AS n FROM cells WHERE value > (SELECT AVG(value) FROM cells WHERE code = '1')",
    "SELECT COUNT(*) AS n, SUM(CASE WHEN unit IN (SELECT unit FROM submissions) THEN 1 ELSE 0 END) AS sent FROM units",
    "SELECT COUNT(*) AS n FROM amounts WHERE value > (SELECT MIN(value) FROM amounts)",
    "SELECT s.unit, s.n FROM (SELECT unit, school_year, SUM(value) AS n FROM cells GROUP BY unit, school_year) AS s JOIN units AS u ON s.unit = u.unit AND s.school_year = u.school_year WHERE u.commune = '09001' AND u.term = 'opening'",
    "SELECT COUNT(*) AS n FROM cells WHERE unit = '09001008' AND '09001008' = unit",
    "SELECT COUNT(*) AS n FROM (SELECT * FROM amounts WHERE code = '59') AS a RIGHT JOIN (SELECT * FROM cells WHERE code = '109') AS c ON a.form = c.form AND a.unit = c.unit AND a.school_year = c.school_year AND a.term = c.term WHERE ('tt24-2018/01-MN-DN' = a.form) IS NOT FALSE",
    "SELECT COUNT(*) AS n FROM rows AS r LEFT JOIN submissions AS v ON v.form = r.form AND v.school_year = r.school_year AND v.term = r.term RIGHT JOIN (SELECT * FROM amounts WHERE code = '69') AS a ON v.form = a.sheet AND a.term = v.term AND a.form = r.form AND a.school_year = r.school_year AND a.code = r.code WHERE v.form IS NULL",
];

/// The rows of each answer, as plain texts.
fn answers(archive: &Path, questions: &[&str]) -> Vec<Vec<Vec<String>>> {
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let archive_reader = ArchiveReader::open(archive, Selection::Working).unwrap();
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    let ask = |sql: &&str| session.ask(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    questions.iter().map(|sql| rows(ask(sql)).iter().map(|row| row.iter().map(QueryEntry::plain).collect()).collect()).collect()
}

#[test]
fn narrowed_questions_are_what_duckdb_says() {
    let archive = archive("query-narrowed");
    let rows = answers(&archive, QUESTIONS);
    let answers: Vec<serde_json::Value> =
        QUESTIONS.iter().zip(rows).map(|(sql, rows)| serde_json::json!({"sql": sql, "rows": rows})).collect();
    let file = archive.join("answers.json");
    std::fs::write(&file, serde_json::Value::from(answers).to_string()).unwrap();
    let Some(python) = python() else { return };
    script(&python, &archive, "same_sql.py", &[&archive.to_string_lossy(), &file.to_string_lossy()]);
}

/// What a small table leaves of a large one is handed to the scan of the large one, whose files are then read for that only.
#[test]
fn a_list_out_of_another_table_is_a_condition_on_the_file() {
    let archive = archive("query-list");
    for sql in [
        "EXPLAIN ANALYZE SELECT SUM(value) AS n FROM cells WHERE unit IN (SELECT unit FROM units WHERE commune = '09001')",
        "EXPLAIN ANALYZE SELECT SUM(c.value) AS n FROM cells AS c JOIN units AS u ON c.unit = u.unit AND c.school_year = u.school_year AND c.term = u.term \
         WHERE u.commune = '09001'",
    ] {
        let text = answers(&archive, &[sql]).concat().concat().join("\n");
        let scan = text.lines().find(|line| line.contains("Scan: ") && line.contains("cells.parquet")).unwrap();
        assert!(scan.contains("DynamicFilter [") && scan.contains("unit@"), "{scan}");
    }
    // A question about one year opens no file of another.
    let text = answers(&archive, &["EXPLAIN SELECT SUM(value) AS n FROM cells WHERE school_year = 2025"]).concat().concat().join("\n");
    assert!(text.contains("school_year=2025") && !text.contains("school_year=2024"), "{text}");
}
