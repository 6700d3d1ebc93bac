//! The door of questions: what a question may name and do, told before any engine sees it.
//!
//! A question is one query over the tables and views of the catalogue, and over what it names itself with WITH. Engines read
//! files, addresses and the environment where a question says so, by functions in FROM, by quoted names, by functions in
//! expressions. None of that passes here, whatever the engine behind could do with it: only what is known to be harmless does.

mod doubtful;
mod functions;
mod size;

use std::collections::HashMap;
use std::ops::ControlFlow;

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, Query, Select, SetExpr,
    Statement, TableFactor, Visit, Visitor,
};
use sqlparser::parser::ParserError;

use self::functions::{ALLOWED, written_here};
use super::catalogue::TableCatalogue;
use super::names::known_as;
use super::parse::parse;
use super::problem::{SHOWN, near, unreadable as of_parser};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};

/// Tables that a question may come to, views and repeated names put in.
const MOST_TABLES: usize = 1_000;
/// Functions of the time of day and of chance, which people know from elsewhere.
const OF_NOW: [&str; 7] = ["current_date", "current_time", "current_timestamp", "now", "random", "today", "uuid"];
/// Those of chance.
const OF_CHANCE: [&str; 2] = ["random", "uuid"];
/// Signs that no name of a table has, and every path or address does.
const SIGNS_OF_PATHS: [char; 5] = ['/', '\\', ':', '.', '*'];

fn refused(reason: impl Into<Message>) -> Error {
    Error::config(SHOWN, reason)
}

/// Error for a text that the parser cannot read.
fn unreadable(problem: &ParserError) -> Error {
    let ParserError::RecursionLimitExceeded = problem else { return of_parser(&problem.to_string()) };
    let reason = message!("sql.brackets_queries_stand_too");
    refused(reason).with_hint(message!("sql.ask_parts_instance"))
}

/// Names that questions may use, with the tables each comes to.
#[derive(Debug)]
pub struct Guard<'a> {
    catalogue: &'a TableCatalogue,
    /// Tables that views come to; none for views that may not be asked themselves.
    views: HashMap<&'a str, Option<usize>>,
}

impl<'a> Guard<'a> {
    /// A guard that knows the tables and views of a catalogue.
    pub fn new(catalogue: &'a TableCatalogue) -> Self {
        let mut guard = Self { catalogue, views: HashMap::new() };
        // A view sees those before it only, so that none can see itself.
        for view in &catalogue.views {
            let statement = size::check(&view.sql).ok().and_then(|()| only_one(parse(&view.sql).ok()?).ok());
            let tables = statement.and_then(|statement| guard.tables_of(&statement).ok());
            guard.views.insert(&view.name, tables);
        }
        guard
    }

    /// Names that a view may use: those before it.
    fn before(&self, name: &str) -> HashMap<&'a str, Option<usize>> {
        let before = self.catalogue.views.iter().take_while(|view| view.name != name);
        before.filter_map(|view| Some((view.name.as_str(), *self.views.get(view.name.as_str())?))).collect()
    }

    /// Lets a question pass that keeps to the catalogue and to the limits.
    ///
    /// # Errors
    /// Names or deeds that are not there or not allowed, with what there is.
    pub fn check(&self, sql: &str) -> Result<Statement> {
        size::check(sql)?;
        let statement = only_one(parse(sql).map_err(|e| unreadable(&e))?)?;
        self.tables_of(&statement)?;
        Ok(statement)
    }

    /// Tables that a question comes to.
    fn tables_of(&self, statement: &Statement) -> Result<usize> {
        let query = match statement {
            Statement::Query(query) => query,
            Statement::Explain { statement, .. } => match &**statement {
                Statement::Query(query) => query,
                _ => return Err(read_only()),
            },
            _ => return Err(read_only()),
        };
        let mut walk = Walk { guard: self, frames: vec![Frame::default()] };
        match Visit::visit(&**query, &mut walk) {
            ControlFlow::Break(problem) => Err(*problem),
            ControlFlow::Continue(()) => Ok(walk.frames.pop().unwrap_or_default().tables),
        }
    }

    /// Tables that a table or view comes to.
    fn known(&self, name: &str) -> Result<usize> {
        match self.views.get(name) {
            Some(Some(tables)) => return Ok(*tables),
            Some(None) => {
                let reason = message!("sql.query_view_cannot_asked", name);
                let own =
                    self.catalogue.view(name).map(|view| Self { catalogue: self.catalogue, views: self.before(name) }.check(&view.sql));
                return Err(own.and_then(Result::err).unwrap_or_else(|| refused(reason)));
            }
            None => {}
        }
        if self.catalogue.table(name).is_some() {
            return Ok(1);
        }
        if name.contains(SIGNS_OF_PATHS) {
            let reason = message!("sql.path_address_query_reads", name);
            return Err(refused(reason).with_hint(see_list()));
        }
        let names: Vec<&str> = self.catalogue.names().collect();
        Err(Error::Unknown { kind: message!("kinds.table"), name: name.to_owned(), hint: Some(near(name, &names)) })
    }
}

/// The one statement that is asked at a time.
fn only_one(mut statements: Vec<Statement>) -> Result<Statement> {
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (None, _) => Err(read_only()),
        _ => Err(refused(message!("sql.one_query_asked_time"))),
    }
}

fn see_list() -> Message {
    message!("sql.tkgd_query_list_tells")
}

/// Said of everything that is no query.
pub fn read_only() -> Error {
    let reason = message!("sql.figures_only_read_query");
    refused(reason)
}

/// A part of SQL that is not allowed.
fn not_allowed(part: &str) -> Error {
    let reason = message!("sql.not_available_query_reads", part);
    refused(reason).with_hint(see_list())
}

/// A query that is gone through.
#[derive(Default)]
struct Frame {
    /// Names of WITH; gone through before the rest of it.
    named: Vec<String>,
    /// Tables of those names that have been gone through.
    done: Vec<usize>,
    /// Tables so far.
    tables: usize,
    recursive: bool,
}

impl Frame {
    /// Tables of a name of WITH, where it has been named before this place.
    fn tables_of(&self, name: &str) -> Option<usize> {
        let known = self.named.iter().zip(&self.done).rev().find(|(known, _)| *known == name).map(|(_, tables)| *tables);
        let own = || (self.recursive && self.named.get(self.done.len()).is_some_and(|own| own == name)).then_some(1);
        known.or_else(own)
    }
}

struct Walk<'a> {
    guard: &'a Guard<'a>,
    /// Queries around the one that is gone through, the outermost first; one before all takes the sum.
    frames: Vec<Frame>,
}

type Step = ControlFlow<Box<Error>>;

fn stop(problem: Error) -> Step {
    ControlFlow::Break(Box::new(problem))
}

impl Visitor for Walk<'_> {
    type Break = Box<Error>;

    fn pre_visit_query(&mut self, query: &Query) -> Step {
        let has_more = query.settings.is_some() || query.format_clause.is_some() || query.for_clause.is_some() || !query.locks.is_empty();
        if has_more || !query.pipe_operators.is_empty() {
            return stop(not_allowed("FOR, SETTINGS, FORMAT, |>"));
        }
        if let Err(problem) = body_is_read_only(&query.body) {
            return stop(problem);
        }
        if let Some(problem) = doubtful::of_order(query) {
            return stop(problem);
        }
        let mut frame = Frame::default();
        if let Some(with) = &query.with {
            frame.recursive = with.recursive;
            for cte in &with.cte_tables {
                match own_name(&cte.alias.name) {
                    Ok(name) => frame.named.push(name),
                    Err(problem) => return stop(problem),
                }
            }
        }
        self.frames.push(frame);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> Step {
        let tables = self.frames.pop().map_or(0, |frame| frame.tables);
        let Some(around) = self.frames.last_mut() else { return ControlFlow::Continue(()) };
        if around.done.len() < around.named.len() {
            around.done.push(tables);
            return ControlFlow::Continue(());
        }
        self.add(tables)
    }

    fn pre_visit_select(&mut self, select: &Select) -> Step {
        if select.into.is_some() {
            return stop(not_allowed("INTO"));
        }
        if select.projection.is_empty() {
            let reason = message!("sql.nothing_stands_after_select");
            return stop(refused(reason).with_hint(message!("sql.name_columns_all")));
        }
        if !select.lateral_views.is_empty() || !select.connect_by.is_empty() {
            return stop(not_allowed("LATERAL VIEW, CONNECT BY"));
        }
        doubtful::of_select(select).map_or(ControlFlow::Continue(()), stop)
    }

    fn pre_visit_statement(&mut self, _: &Statement) -> Step {
        stop(read_only())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> Step {
        if let Some(problem) = doubtful::of_table(table) {
            return stop(problem);
        }
        match table {
            TableFactor::Table { name, args: None, .. } => match self.named(name) {
                Ok(tables) => self.add(tables),
                Err(problem) => stop(problem),
            },
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } | TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => stop(not_allowed(&format!("`{name}(…)`"))),
            other => stop(not_allowed(&format!("`{}`", beginning(&other.to_string())))),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Step {
        let Expr::Function(function) = expr else { return doubtful::of_expr(expr).map_or(ControlFlow::Continue(()), stop) };
        let name = function.name.to_string().to_lowercase();
        if ALLOWED.binary_search(&name.as_str()).is_ok() {
            return if counts_rows_once(function) { stop(not_counted()) } else { ControlFlow::Continue(()) };
        }
        if OF_NOW.contains(&name.as_str()) {
            let reason = message!("sql.not_available_same_query", name);
            let refused = refused(reason);
            if OF_CHANCE.contains(&name.as_str()) {
                return stop(refused);
            }
            return stop(refused.with_hint(message!("sql.write_day_date")));
        }
        let instead = |text: &str| message!("sql.write", text);
        let hint = written_here(&name).map_or_else(|| near(&name, ALLOWED), instead);
        stop(Error::Unknown { kind: message!("kinds.function"), name: beginning(&name), hint: Some(hint) })
    }
}

/// True for `COUNT(DISTINCT *)`, which engines take for different things.
fn counts_rows_once(function: &Function) -> bool {
    let FunctionArguments::List(list) = &function.args else { return false };
    let is_all = |arg: &FunctionArg| matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Wildcard | FunctionArgExpr::QualifiedWildcard(_)));
    list.duplicate_treatment == Some(DuplicateTreatment::Distinct) && list.args.iter().any(is_all)
}

fn not_counted() -> Error {
    let reason = message!("sql.distinct_cannot_counted");
    refused(reason).with_hint(Message::from("`SELECT COUNT(*) FROM (SELECT DISTINCT * FROM …) AS t`"))
}

impl Walk<'_> {
    /// Tables of a name in FROM.
    fn named(&self, name: &ObjectName) -> Result<usize> {
        let [part] = &name.0[..] else { return self.guard.known(&name.to_string()) };
        let Some(name) = part.as_ident().map(known_as) else { return Err(not_allowed(&format!("`{name}`"))) };
        let own = self.frames.iter().rev().find_map(|frame| frame.tables_of(&name));
        own.map_or_else(|| self.guard.known(&name), Ok)
    }

    fn add(&mut self, tables: usize) -> Step {
        let Some(frame) = self.frames.last_mut() else { return ControlFlow::Continue(()) };
        frame.tables = frame.tables.saturating_add(tables);
        if frame.tables <= MOST_TABLES {
            return ControlFlow::Continue(());
        }
        let reason = message!("sql.query_reads_tables_more", most_tables = MOST_TABLES);
        stop(refused(reason).with_hint(message!("sql.ask_parts")))
    }
}

/// A name that a question gives; none that another engine could take for a file.
fn own_name(name: &Ident) -> Result<String> {
    if !name.value.contains(SIGNS_OF_PATHS) {
        return Ok(known_as(name));
    }
    let shown = beginning(&name.value);
    Err(refused(message!("sql.cannot_name_table", shown)))
}

/// The statements and commands that may stand where a query does.
fn body_is_read_only(body: &SetExpr) -> Result<()> {
    let mut waiting = vec![body];
    while let Some(body) = waiting.pop() {
        match body {
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => {}
            SetExpr::SetOperation { left, right, .. } => {
                doubtful::of_sets(body).map_or(Ok(()), Err)?;
                waiting.extend([&**left, &**right]);
            }
            SetExpr::Table(_) => return Err(not_allowed("TABLE")),
            _ => return Err(read_only()),
        }
    }
    Ok(())
}

/// As much of a text as a message shows.
fn beginning(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests;
