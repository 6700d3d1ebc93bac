//! Subqueries that do not depend on the row they stand beside are answered first and put in as values.
//!
//! `unit IN (SELECT unit FROM units WHERE …)` and `school_year = (SELECT MAX(school_year) FROM units)` are how people narrow
//! a large table down by a small one. The engine has no comparisons with a single value, and of most lists it makes
//! a column beside the whole large table, which no condition passes and which can take all memory. As values both
//! become conditions on the files. What depends on the row (it cannot be answered by itself) stays with the engine.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    Cte, Expr, Query, Statement, UnaryOperator, Value, ValueWithSpan, VisitMut as _, VisitorMut, With,
    helpers::attached_token::AttachedToken,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserOptions};

use super::answer::Entry;
use crate::error::Result;

/// Values of a list; a longer one stays with the engine.
const MOST_VALUES: usize = 500_000;

/// What is needed of a subquery's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Rows; of more than these one is handed over, which tells that there are.
    pub rows: usize,
    /// Each row once.
    pub is_distinct: bool,
}

/// What answers a subquery; nothing where it cannot be asked by itself.
pub(super) type Ask<'a> = &'a dyn Fn(&str, Wanted) -> Result<Option<Vec<Vec<Entry>>>>;

/// A question in which subqueries are values; none where there is nothing to put in, or it is no SQL.
///
/// # Errors
/// When a subquery cannot be answered for another reason than that it depends on a row.
pub(super) fn with_constants(sql: &str, ask: Ask<'_>) -> Result<Option<String>> {
    let Some(mut question) = parsed(sql) else { return Ok(None) };
    let mut settler = Settler { ask, scope: Vec::new(), before: Vec::new(), is_changed: false };
    match question.visit(&mut settler) {
        ControlFlow::Break(error) => Err(*error),
        ControlFlow::Continue(()) if !settler.is_changed => Ok(None),
        ControlFlow::Continue(()) => Ok(text_of(&question)),
    }
}

/// A question as the engine reads it; what is wrong with one that cannot be read, the engine tells.
fn parsed(sql: &str) -> Option<Statement> {
    let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
    let mut parser = Parser::new(&GenericDialect).with_options(options).try_with_sql(sql).ok()?;
    let mut statements = parser.parse_statements().ok()?;
    statements.pop().filter(|_| statements.is_empty())
}

/// A question as text; none where the text would be read as another question, as with some quotes within quotes.
fn text_of(question: &Statement) -> Option<String> {
    let text = question.to_string();
    (parsed(&text).as_ref() == Some(question)).then_some(text)
}

struct Settler<'a> {
    ask: Ask<'a>,
    /// Tables that queries around have named with WITH, the outermost first.
    scope: Vec<Cte>,
    /// How many there were, for every query around.
    before: Vec<usize>,
    is_changed: bool,
}

impl VisitorMut for Settler<'_> {
    type Break = Box<crate::error::Error>;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Self::Break> {
        self.before.push(self.scope.len());
        // One after the other: a table sees those named before it only.
        for cte in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            cte.query.visit(self)?;
            self.scope.push(cte.clone());
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<Self::Break> {
        self.scope.truncate(self.before.pop().unwrap_or_default());
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Self::Break> {
        let settled = match expr {
            Expr::InSubquery { expr, subquery, negated } => self.list(expr, subquery, *negated),
            Expr::Subquery(query) => self.value(query),
            Expr::Exists { subquery, negated } => self.existence(subquery, *negated),
            _ => return ControlFlow::Continue(()),
        };
        match settled {
            Ok(Some(settled)) => {
                *expr = settled;
                self.is_changed = true;
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Box::new(error)),
        }
    }
}

impl Settler<'_> {
    /// The rows of a subquery with the tables that are named around it.
    fn rows(&self, query: &Query, wanted: Wanted) -> Result<Option<Vec<Vec<Entry>>>> {
        let mut query = query.clone();
        if !self.scope.is_empty() {
            let own = query.with.take().map(|with| with.cte_tables).unwrap_or_default();
            // A name that is given twice means the nearest one.
            let is_hidden = |cte: &Cte, later: &[Cte]| later.iter().any(|other| other.alias.name == cte.alias.name);
            let around = self.scope.iter().enumerate().filter(|(at, cte)| !is_hidden(cte, &self.scope[at + 1..]) && !is_hidden(cte, &own));
            let cte_tables = around.map(|(_, cte)| cte.clone()).chain(own.iter().cloned()).collect();
            query.with = Some(With { with_token: AttachedToken::empty(), recursive: false, cte_tables });
        }
        text_of(&Statement::Query(Box::new(query))).map_or(Ok(None), |text| (self.ask)(&text, wanted))
    }

    fn list(&self, expr: &Expr, query: &Query, negated: bool) -> Result<Option<Expr>> {
        let rows = self.rows(query, Wanted { rows: MOST_VALUES, is_distinct: true })?;
        let Some(rows) = rows.filter(|rows| rows.len() <= MOST_VALUES) else { return Ok(None) };
        let mut values = BTreeSet::new();
        for row in &rows {
            let [value] = &row[..] else { return Ok(None) };
            let Some(literal) = literal(value) else { return Ok(None) };
            values.insert(literal);
        }
        let list: Vec<Expr> = values.into_iter().map(expression).collect();
        if list.is_empty() {
            return Ok(Some(expression(Literal::Flag(negated))));
        }
        Ok(Some(Expr::InList { expr: Box::new(expr.clone()), list, negated }))
    }

    fn value(&self, query: &Query) -> Result<Option<Expr>> {
        let Some(rows) = self.rows(query, Wanted { rows: 1, is_distinct: false })? else { return Ok(None) };
        match &rows[..] {
            [] => Ok(Some(expression(Literal::Null))),
            // Brackets: a negative number stands where a name stood.
            [row] if row.len() == 1 => Ok(literal(&row[0]).map(|literal| Expr::Nested(Box::new(expression(literal))))),
            _ => Ok(None),
        }
    }

    fn existence(&self, query: &Query, negated: bool) -> Result<Option<Expr>> {
        Ok(self.rows(query, Wanted { rows: 0, is_distinct: false })?.map(|rows| expression(Literal::Flag(rows.is_empty() == negated))))
    }
}

/// A value as SQL writes it, in an order: the same question is the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Literal {
    Null,
    Flag(bool),
    Whole(i128),
    Text(String),
}

fn literal(value: &Entry) -> Option<Literal> {
    match value {
        Entry::Null => Some(Literal::Null),
        Entry::Flag(flag) => Some(Literal::Flag(*flag)),
        Entry::Whole(number) => Some(Literal::Whole(*number)),
        Entry::Text(text) => Some(Literal::Text(text.clone())),
        // Written as digits, a decimal would be compared as a float.
        Entry::Decimal(..) | Entry::Float(_) => None,
    }
}

fn expression(literal: Literal) -> Expr {
    let value = |value: Value| Expr::Value(ValueWithSpan::from(value));
    let number = |number: u128| value(Value::Number(number.to_string(), false));
    match literal {
        Literal::Null => value(Value::Null),
        Literal::Flag(flag) => value(Value::Boolean(flag)),
        Literal::Text(text) => value(Value::SingleQuotedString(text)),
        Literal::Whole(whole) if whole < 0 => Expr::UnaryOp { op: UnaryOperator::Minus, expr: Box::new(number(whole.unsigned_abs())) },
        Literal::Whole(whole) => number(whole.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
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
        assert_eq!(one("SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM s)", Some(texts(&["1"]))), "SELECT a FROM t WHERE false");
    }

    #[test]
    fn what_cannot_be_a_value_stays() {
        // It depends on the row; it is several rows, or columns; its digits are no whole number; it is no SQL.
        let exists = "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM s WHERE s.u = t.u)";
        assert_eq!(settled(exists, &[None]).0, None);
        let value = "SELECT a FROM t WHERE b = (SELECT b FROM s)";
        assert_eq!(settled(value, &[Some(texts(&["1", "2"]))]).0, None);
        assert_eq!(settled(value, &[Some(vec![vec![Entry::Null, Entry::Null]])]).0, None);
        assert_eq!(settled(value, &[Some(vec![vec![Entry::Decimal(15, 1)]])]).0, None);
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
        let (_, asked) = settled(
            "WITH s AS (SELECT 1 AS u) SELECT a FROM t WHERE u IN (WITH s AS (SELECT 2 AS u) SELECT u FROM s)",
            &[Some(texts(&["x"]))],
        );
        assert_eq!(asked, ["WITH s AS (SELECT 2 AS u) SELECT u FROM s"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told() {
        let broken = |_: &str, _: Wanted| Err(Error::config("cells.parquet", "broken"));
        assert!(with_constants("SELECT a FROM t WHERE b IN (SELECT b FROM s)", &broken).is_err());
    }
}
