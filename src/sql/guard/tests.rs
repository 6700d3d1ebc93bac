//! Questions that the guard lets pass and those it refuses, with its words.

use super::*;
use crate::forms::Schemas;

fn checked(sql: &str) -> Result<Statement> {
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    Guard::new(&catalogue).check(sql)
}

#[test]
fn every_view_and_named_question_of_ours_passes() {
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let guard = Guard::new(&catalogue);
    for view in &catalogue.views {
        assert!(guard.views[&*view.name].is_some(), "{}: {:?}", view.name, guard.check(&view.sql));
    }
    let sets = |question: &super::super::question::Question| {
        let needed = question.parameters.iter().filter(|parameter| parameter.default.is_none() && !parameter.optional);
        needed.map(|parameter| (parameter.name.clone(), "1".to_owned())).collect::<Vec<_>>()
    };
    for question in &catalogue.questions {
        let sql = question.sql(&sets(question), &[]).unwrap();
        guard.check(&sql).unwrap_or_else(|e| panic!("{}: {e}", question.name));
    }
}

#[test]
fn usual_questions_pass() {
    for sql in [
        "SELECT 1",
        "SELECT * FROM cells; ",
        "(SELECT unit FROM units) UNION ALL (SELECT unit FROM submissions)",
        "EXPLAIN SELECT * FROM cells",
        "WITH a AS (SELECT * FROM units), b AS (SELECT * FROM a) SELECT * FROM b JOIN a ON a.unit = b.unit",
        "WITH cells AS (SELECT * FROM cells) SELECT * FROM cells",
        "SELECT * FROM (SELECT unit FROM units) AS u WHERE EXISTS (WITH w AS (SELECT 1 AS x) SELECT * FROM w)",
        "SELECT * FROM units WHERE unit IN (SELECT unit FROM submissions)",
        "SELECT * FROM (VALUES (1, 'a')) AS v(x, y)",
        "SELECT Sum(value) AS s, COUNT(*) FROM \"cells\" AS c GROUP BY unit HAVING COUNT(*) > 1",
    ] {
        checked(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

#[test]
fn whatever_reaches_outside_is_refused_in_words() {
    for (sql, said) in [
        ("SELECT * FROM read_csv('/etc/passwd')", "`read_csv(…)` is not available"),
        ("SELECT * FROM units JOIN read_parquet('x') AS p ON 1 = 1", "`read_parquet(…)` is not available"),
        ("SELECT * FROM units, LATERAL flatten(unit) AS f", "is not available"),
        ("SELECT * FROM TABLE(read_csv('x'))", "is not available"),
        ("SELECT * FROM \"/etc/passwd\"", "is a path or an address"),
        ("SELECT * FROM 'http://127.0.0.1/a.csv'", "is a path or an address"),
        ("SELECT * FROM other.cells", "is a path or an address"),
        ("SELECT * FROM \"a.parquet\" AS cells", "is a path or an address"),
        ("SELECT * FROM units WHERE EXISTS (SELECT 1 FROM 's3://b/k')", "is a path or an address"),
        ("SELECT (SELECT MAX(x) FROM \"C:\\a.csv\")", "is a path or an address"),
        ("SELECT 1 UNION SELECT * FROM \"./a.csv\"", "is a path or an address"),
        ("WITH a AS (SELECT * FROM '/etc/passwd') SELECT 1", "is a path or an address"),
        // A name is known from where it is given on, and only there.
        ("WITH \"/etc/passwd\" AS (SELECT 1) SELECT 1", "cannot be the name of a table"),
        ("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a", "there is no table `b`"),
        ("SELECT * FROM w WHERE EXISTS (WITH w AS (SELECT 1) SELECT * FROM w)", "there is no table `w`"),
        ("SELECT * FROM (SELECT 1) AS d WHERE EXISTS (SELECT 1 FROM d)", "there is no table `d`"),
        ("SELECT getenv('HOME')", "there is no function `getenv`"),
        ("SELECT unit FROM units WHERE pg_read_file('/etc/passwd') = ''", "there is no function `pg_read_file`"),
        ("SELECT SUM(value) FILTER (WHERE read_text('x') = '') FROM cells", "there is no function `read_text`"),
        ("SELECT * INTO x FROM units", "INTO is not available"),
        ("CREATE TABLE x AS SELECT 1", "can only be read"),
        ("COPY units TO 'x.csv'", "can only be read"),
        ("SET x = 1", "can only be read"),
        ("EXPLAIN DELETE FROM units", "can only be read"),
        ("WITH a AS (SELECT 1) DELETE FROM units", "can only be read"),
        ("SELECT 1; SELECT 2", "one query is asked at a time"),
        ("TABLE cells", "cannot be read at line 1"),
        ("SELECT * FROM cell", "there is no table `cell`"),
    ] {
        let error = checked(sql).map_or_else(|e| e.to_string(), |_| panic!("{sql}: it passed"));
        assert!(error.contains(said), "{sql}: {error}");
    }
    let error = checked("SELECT summ(value) FROM cells").unwrap_err();
    assert_eq!(error.hint(), Some(crate::base::message::Message::did_you_mean("sum")));
}

#[test]
fn repeated_names_are_counted_as_often_as_they_are_read() {
    let named = (1..=20).map(|n: u32| {
        let last = n - 1;
        format!("a{n} AS (SELECT x.unit FROM a{last} AS x JOIN a{last} AS y ON x.unit = y.unit)")
    });
    let named: Vec<String> = std::iter::once("a0 AS (SELECT unit FROM units)".to_owned()).chain(named).collect();
    let sql = format!("WITH {}", named.join(", "));
    let error = checked(&format!("{sql} SELECT * FROM a20")).unwrap_err().to_string();
    assert!(error.contains("more than 1000 times"), "{error}");
    assert!(checked(&format!("{sql} SELECT * FROM a5")).is_err(), "what is named is made, whether or not it is asked for");
}

#[test]
fn views_of_a_folder_pass_the_same_door_and_see_those_before_them_only() {
    let folder = std::env::temp_dir().join(format!("tkgd-guard-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("query")).unwrap();
    let view = |name: &str, sql: &str| {
        format!("[[views]]\nname = \"{name}\"\ntitle_vi = \"a\"\ntitle_en = \"a\"\nrow_vi = \"a\"\nrow_en = \"a\"\nsql = '''{sql}'''\n")
    };
    let text = ["shared = []\n".to_owned(), view("own", "SELECT * FROM own"), view("outside", "SELECT * FROM \"/etc/passwd\"")].concat();
    std::fs::write(folder.join("query/views.toml"), text).unwrap();
    let schemas = Schemas::load(Some(&folder)).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let said = |sql: &str| Guard::new(&catalogue).check(sql).unwrap_err().to_string();
    assert!(said("SELECT * FROM outside").contains("is a path or an address"));
    assert!(said("SELECT * FROM own").contains("`own`"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_means_another_thing_elsewhere_is_refused_with_what_to_write() {
    for (sql, hint) in [
        ("SELECT 2 ^ 3", "POWER"),
        ("SELECT unit FROM units EXCEPT ALL SELECT unit FROM cells", "ROW_NUMBER"),
        ("SELECT * FROM (SELECT unit FROM units INTERSECT ALL SELECT unit FROM cells) AS t", "ROW_NUMBER"),
        ("SELECT unit FROM cells RIGHT JOIN units USING (unit)", "COALESCE"),
        ("SELECT unit FROM cells NATURAL FULL JOIN units", "COALESCE"),
        ("SELECT COUNT(*) FROM units TABLESAMPLE SYSTEM (1)", "LIMIT"),
        ("SELECT 0x1F", "31"),
        ("SELECT 1_000", "1000000"),
    ] {
        let problem = checked(sql).unwrap_err();
        let hint_said = problem.hint().unwrap_or_else(|| panic!("{sql}: no hint"));
        assert!(hint_said.en().contains(hint), "{sql}: {problem}");
    }
    for sql in ["SELECT unit FROM units UNION ALL SELECT unit FROM cells", "SELECT unit FROM cells LEFT JOIN units USING (unit)"] {
        assert!(checked(sql).is_ok(), "{sql}");
    }
}
