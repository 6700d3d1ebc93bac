//! Subqueries that do not depend on the row they stand beside are answered first and put in as values.
//!
//! `unit IN (SELECT unit FROM units WHERE …)` and `school_year = (SELECT MAX(school_year) FROM units)` are how people narrow
//! a large table down by a small one. The engine has no comparisons with a single value, and of most lists it makes
//! a column beside the whole large table, which no condition passes and which can take all memory. As values both
//! become conditions on the files. What depends on the row (it cannot be answered by itself) stays with the engine.

mod names;
mod values;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{Cte, Expr, Query, Statement, VisitMut, VisitorMut, With};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};

use self::names::Named;
use self::values::literal;
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
    let mut settler = Settler { ask, scope: Vec::new(), around: Vec::new(), is_changed: false };
    match VisitMut::visit(&mut question, &mut settler) {
        ControlFlow::Break(error) => Err(*error),
        ControlFlow::Continue(()) if !settler.is_changed => Ok(None),
        ControlFlow::Continue(()) => Ok(text_of(&question)),
    }
}

/// Statements as the engine reads them.
pub(super) fn parse(sql: &str) -> std::result::Result<Vec<Statement>, ParserError> {
    let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
    Parser::new(&GenericDialect).with_options(options).try_with_sql(sql)?.parse_statements()
}

/// A question as the engine reads it; what is wrong with one that cannot be read, is told elsewhere.
fn parsed(sql: &str) -> Option<Statement> {
    let mut statements = parse(sql).ok()?;
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
    /// What the queries around name so, taken out while the rest of each is gone through: nothing is asked twice.
    around: Vec<Option<With>>,
    is_changed: bool,
}

impl VisitorMut for Settler<'_> {
    type Break = Box<crate::error::Error>;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Self::Break> {
        let mut with = query.with.take();
        // One after the other: a table sees those named before it only.
        for cte in with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            VisitMut::visit(&mut cte.query, self)?;
            self.scope.push(cte.clone());
        }
        self.around.push(with);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Self::Break> {
        query.with = self.around.pop().flatten();
        let own = query.with.as_ref().map_or(0, |with| with.cte_tables.len());
        self.scope.truncate(self.scope.len() - own);
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
        if !Named::of(query).are_all_its_own() {
            return Ok(None);
        }
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
        // A list of exact or other decimals is compared as the engine sees fit.
        let value = |row: Vec<Entry>| match <[Entry; 1]>::try_from(row) {
            Ok([Entry::Decimal(..) | Entry::Float(_)]) | Err(_) => None,
            Ok([value]) => Some(value),
        };
        let Some(mut values) = rows.into_iter().map(value).collect::<Option<Vec<Entry>>>() else { return Ok(None) };
        // In an order: the same question is the same text.
        values.sort_by_cached_key(|value| (*value != Entry::Null, value.plain()));
        values.dedup();
        if values.is_empty() {
            return Ok(literal(&Entry::Flag(negated)));
        }
        let list = values.iter().map(literal).collect::<Option<Vec<Expr>>>();
        Ok(list.map(|list| Expr::InList { expr: Box::new(expr.clone()), list, negated }))
    }

    fn value(&self, query: &Query) -> Result<Option<Expr>> {
        let Some(rows) = self.rows(query, Wanted { rows: 1, is_distinct: false })? else { return Ok(None) };
        match &rows[..] {
            [] => Ok(literal(&Entry::Null)),
            // Brackets: a negative number stands where a name stood.
            [row] if row.len() == 1 => Ok(literal(&row[0]).map(|literal| Expr::Nested(Box::new(literal)))),
            _ => Ok(None),
        }
    }

    fn existence(&self, query: &Query, negated: bool) -> Result<Option<Expr>> {
        let rows = self.rows(query, Wanted { rows: 0, is_distinct: false })?;
        Ok(rows.and_then(|rows| literal(&Entry::Flag(rows.is_empty() == negated))))
    }
}
