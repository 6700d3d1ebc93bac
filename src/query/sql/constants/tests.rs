//! Questions with values in place of subqueries.

use std::cell::RefCell;

use super::super::answer::Entry;
use super::{Wanted, with_constants};
use crate::error::Error;

/// What a question becomes where subqueries are answered by these rows, in turn; and what was asked.
fn settled(sql: &str, answers: &[Option<Vec<Vec<Entry>>>]) -> (Option<String>, Vec<String>) {
    let asked = RefCell::new(Vec::new());
    let ask = |sql: &str, _: Wanted| {
        asked.borrow_mut().push(sql.to_owned());
        Ok(answers[asked.borrow().len() - 1].clone())
    };
    let text = with_constants(sql, &ask).unwrap();
    (text, asked.into_inner())
}

fn texts(values: &[&str]) -> Vec<Vec<Entry>> {
    values.iter().map(|value| vec![Entry::Text((*value).to_owned())]).collect()
}

#[test]
fn lists_and_values_are_put_in() {
    let one = |sql: &str, answer| settled(sql, &[answer]).0.unwrap();
    let list = "SELECT a FROM t WHERE u IN (SELECT u FROM s)";
    assert_eq!(one(list, Some(texts(&["b", "a'c", "b"]))), "SELECT a FROM t WHERE u IN ('a''c', 'b')");
    assert_eq!(one(list, Some(vec![vec![Entry::Null], vec![Entry::Whole(-3)]])), "SELECT a FROM t WHERE u IN (NULL, -3)");
    assert_eq!(one(list, Some(Vec::new())), "SELECT a FROM t WHERE false");
    assert_eq!(one("SELECT a FROM t WHERE u NOT IN (SELECT u FROM s)", Some(Vec::new())), "SELECT a FROM t WHERE true");
    let value = "SELECT a - (SELECT MIN(b) FROM s) FROM t";
    assert_eq!(one(value, Some(vec![vec![Entry::Whole(-1)]])), "SELECT a - (-1) FROM t");
    assert_eq!(one(value, Some(Vec::new())), "SELECT a - NULL FROM t");
    assert_eq!(one(value, Some(vec![vec![Entry::Float(-0.25)]])), "SELECT a - (-0.25) FROM t");
    assert_eq!(one(value, Some(vec![vec![Entry::Decimal(-15, 1)]])), "SELECT a - (CAST('-1.5' AS DECIMAL(38,1))) FROM t");
    assert_eq!(one("SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM s)", Some(texts(&["1"]))), "SELECT a FROM t WHERE false");
}

#[test]
fn what_cannot_be_a_value_stays() {
    // It depends on the row, by a table of its own or of the question around; it is several rows, or columns; it is no SQL.
    let exists = "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM s WHERE u = w)";
    assert_eq!(settled(exists, &[None]).0, None);
    let around = "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM t AS v WHERE v.u = t.w)";
    assert_eq!(settled(around, &[]), (None, Vec::new()));
    let value = "SELECT a FROM t WHERE b = (SELECT b FROM s)";
    assert_eq!(settled(value, &[Some(texts(&["1", "2"]))]).0, None);
    assert_eq!(settled(value, &[Some(vec![vec![Entry::Null, Entry::Null]])]).0, None);
    let list = "SELECT a FROM t WHERE b IN (SELECT b FROM s)";
    assert_eq!(settled(list, &[Some(vec![vec![Entry::Decimal(15, 1)]])]).0, None);
    assert_eq!(settled("SELECT a FROM t WHERE b IN (SELECT", &[]).0, None);
    assert_eq!(settled("SELECT a FROM t", &[]).0, None);
    // Two quotes within quotes would be written as one.
    assert_eq!(settled("SELECT a FROM t WHERE b IN (SELECT b FROM s)", &[Some(texts(&["x''y"]))]).0, None);
}

#[test]
fn the_innermost_is_first_and_names_of_with_are_known() {
    let sql = "WITH few AS (SELECT u FROM s WHERE y = (SELECT MAX(y) FROM s)), more AS (SELECT u FROM few) \
               SELECT a FROM t WHERE u IN (SELECT u FROM more WHERE v IN (SELECT v FROM few))";
    let (text, asked) = settled(sql, &[Some(vec![vec![Entry::Whole(7)]]), Some(texts(&["v"])), Some(texts(&["u"]))]);
    let few = "few AS (SELECT u FROM s WHERE y = (7)), more AS (SELECT u FROM few)";
    assert_eq!(
        asked,
        ["SELECT MAX(y) FROM s", &format!("WITH {few} SELECT v FROM few"), &format!("WITH {few} SELECT u FROM more WHERE v IN ('v')")]
    );
    assert_eq!(text.unwrap(), format!("WITH {few} SELECT a FROM t WHERE u IN ('u')"));
    // A name that is given again means the nearer one.
    let (_, asked) =
        settled("WITH s AS (SELECT 1 AS u) SELECT a FROM t WHERE u IN (WITH s AS (SELECT 2 AS u) SELECT u FROM s)", &[Some(texts(&["x"]))]);
    assert_eq!(asked, ["WITH s AS (SELECT 2 AS u) SELECT u FROM s"]);
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let broken = |_: &str, _: Wanted| Err(Error::config("cells.parquet", "broken"));
    assert!(with_constants("SELECT a FROM t WHERE b IN (SELECT b FROM s)", &broken).is_err());
}
