//! A question as a tree: read in one place, put right in a few points before the engine sees it.
//!
//! Texts and names are compared as the archive writes them, in NFC, whatever keyboard they were typed on. What the heading of an
//! answer says of a column without a name is what was written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use sqlparser::ast::{
    CastKind, DataType, DateTimeField, Expr, ExtractSyntax, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, JoinConstraint,
    JoinOperator, ObjectName, OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, Statement, TableFactor, Value, Visit,
    VisitMut, Visitor, VisitorMut,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use unicode_normalization::UnicodeNormalization as _;

use super::names::known_as;
use super::precedence::put_right;
use super::repeats::Repeats;

/// Statements as the engine is given them.
pub(super) fn parse(sql: &str) -> Result<Vec<Statement>, ParserError> {
    let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
    let composed: String = sql.nfc().collect();
    let mut statements = Parser::new(&GenericDialect).with_options(options).try_with_sql(&composed)?.parse_statements()?;
    for statement in &mut statements {
        // It never breaks off.
        let _ = VisitMut::visit(statement, &mut Written::default());
    }
    Ok(statements)
}

/// Gives numbers with an exponent, as in `1e3`, the type they have elsewhere; the engine would take them for whole numbers with fewer
/// places than none. To be done once headings are known.
pub(super) fn with_exponents(statement: &mut Statement) {
    struct Exponents;
    impl VisitorMut for Exponents {
        type Break = ();

        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            if let Expr::Value(value) = expr
                && let Value::Number(digits, _) = &value.value
                && digits.contains(['e', 'E'])
            {
                let text = Box::new(Expr::Value(Value::SingleQuotedString(digits.clone()).into()));
                *expr = Expr::Cast { kind: CastKind::Cast, expr: text, data_type: DataType::DoublePrecision, array: false, format: None };
            }
            ControlFlow::Continue(())
        }
    }
    // It never breaks off.
    let _ = VisitMut::visit(statement, &mut Exponents);
}

/// Names that stand where a table does, those that WITH gives too.
pub(super) fn tables_of(statement: &Statement) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl Visitor for Names {
        type Break = ();

        fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
            self.0.extend(relation.0.iter().filter_map(|part| part.as_ident()).map(known_as));
            ControlFlow::Continue(())
        }
    }
    let mut names = Names(BTreeSet::new());
    // It never breaks off.
    let _ = Visit::visit(statement, &mut names);
    names.0
}

/// Joins as the engine wants them written, conditions as they were meant.
#[derive(Default)]
struct Written {
    repeats: Repeats,
}

impl VisitorMut for Written {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        put_right(expr);
        parts_of_days(expr);
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        sorted_by_all(query);
        shared_in_order(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
            side_told(&mut join.join_operator);
        }
        shared_told(select);
        self.repeats.mark(select);
        ControlFlow::Continue(())
    }
}

/// `ORDER BY ALL`, where the columns can be counted: by the first, then the second and so on.
fn sorted_by_all(query: &mut Query) {
    let Some(OrderBy { kind: OrderByKind::Expressions(sorted), .. }) = &mut query.order_by else { return };
    let [OrderByExpr { expr: Expr::Identifier(name), options, .. }] = &sorted[..] else { return };
    let Some(select) = first_select(&mut query.body).filter(|_| name.quote_style.is_none() && known_as(name) == "all") else { return };
    let is_one = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
    if select.projection.iter().all(is_one) {
        let number = |at: usize| Expr::Value(Value::Number(at.to_string(), false).into());
        let by = |at| OrderByExpr { expr: number(at), options: *options, with_fill: None };
        *sorted = (1..=select.projection.len()).map(by).collect();
    }
}

/// `YEAR(x)`, as other programs write `EXTRACT(YEAR FROM x)`.
fn parts_of_days(expr: &mut Expr) {
    let Expr::Function(function) = expr else { return };
    let field = match function.name.to_string().to_ascii_lowercase().as_str() {
        "year" => DateTimeField::Year,
        "quarter" => DateTimeField::Quarter,
        "month" => DateTimeField::Month,
        "day" => DateTimeField::Day,
        _ => return,
    };
    let FunctionArguments::List(list) = &mut function.args else { return };
    if let [FunctionArg::Unnamed(FunctionArgExpr::Expr(day))] = &mut list.args[..] {
        let nothing = Expr::Value(Value::Null.into());
        let day = Box::new(std::mem::replace(day, nothing));
        *expr = Expr::Extract { field, syntax: ExtractSyntax::From, expr: day };
    }
}

/// SEMI and ANTI joins keep rows of the left side; the engine wants that said.
fn side_told(operator: &mut JoinOperator) {
    *operator = match std::mem::replace(operator, JoinOperator::CrossJoin(JoinConstraint::None)) {
        JoinOperator::Semi(on) => JoinOperator::LeftSemi(on),
        JoinOperator::Anti(on) => JoinOperator::LeftAnti(on),
        other => other,
    };
}

/// After `a JOIN b USING (unit)` the name `unit` is one column, which the engine forgets in WHERE, and everywhere once a third table
/// shares it: it is told as `a.unit` there.
fn shared_told(select: &mut Select) {
    let tables = shared_tables(select);
    let mut shared = Shared { tables, depth: 0 };
    // None of these visits breaks off.
    let _ = select.selection.as_mut().map(|condition| VisitMut::visit(condition, &mut shared));
    let [from] = &mut select.from[..] else { return };
    for join in from.joins.iter_mut().skip(1) {
        if let Some(JoinConstraint::On(condition)) = constraint_of(&mut join.join_operator) {
            let _ = VisitMut::visit(condition, &mut shared);
        }
    }
    if shares_among_three(select) {
        let _ = VisitMut::visit(&mut select.projection, &mut shared);
        let _ = VisitMut::visit(&mut select.group_by, &mut shared);
        let _ = select.having.as_mut().map(|condition| VisitMut::visit(condition, &mut shared));
    }
}

/// Handles ORDER BY likewise, but for names that AS gives.
fn shared_in_order(query: &mut Query) {
    let SetExpr::Select(select) = &*query.body else { return };
    if !shares_among_three(select) {
        return;
    }
    let mut tables = shared_tables(select);
    for item in &select.projection {
        if let SelectItem::ExprWithAlias { alias, .. } = item {
            tables.remove(&known_as(alias));
        }
    }
    if let Some(order) = &mut query.order_by {
        // It never breaks off.
        let _ = VisitMut::visit(order, &mut Shared { tables, depth: 0 });
    }
}

/// True where more than one join shares columns.
fn shares_among_three(select: &Select) -> bool {
    let joins = select.from.iter().flat_map(|from| &from.joins);
    joins.filter(|join| using_of(&join.join_operator).is_some()).count() > 1
}

/// Shared columns, each with a table that holds its value: the first one, or of a later join that keeps nothing but what fits, the
/// table that it adds.
fn shared_tables(select: &Select) -> BTreeMap<String, Ident> {
    let mut tables = BTreeMap::new();
    let [from] = &select.from[..] else { return tables };
    for (at, join) in from.joins.iter().enumerate() {
        let Some((shared, adds_same)) = using_of(&join.join_operator) else { continue };
        let table = if at == 0 { name_of(&from.relation) } else { name_of(&join.relation).filter(|_| adds_same) };
        let Some(table) = table else { continue };
        for column in shared.iter().filter_map(|name| name.0.last()?.as_ident()) {
            tables.entry(known_as(column)).or_insert_with(|| table.clone());
        }
    }
    tables
}

/// Columns that an inner or left join shares, and whether it is an inner one.
fn using_of(operator: &JoinOperator) -> Option<(&[ObjectName], bool)> {
    let (on, adds_same) = match operator {
        JoinOperator::Join(on) | JoinOperator::Inner(on) => (on, true),
        JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, false),
        _ => return None,
    };
    let JoinConstraint::Using(shared) = on else { return None };
    Some((shared, adds_same))
}

/// Constraint by which an inner or left join joins.
const fn constraint_of(operator: &mut JoinOperator) -> Option<&mut JoinConstraint> {
    match operator {
        JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => Some(on),
        _ => None,
    }
}

/// Name of a table of FROM.
fn name_of(table: &TableFactor) -> Option<Ident> {
    match table {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => Some(alias.name.clone()),
        TableFactor::Table { name, .. } => name.0.last()?.as_ident().cloned(),
        _ => None,
    }
}

/// Names of shared columns get a table before them, in a condition but not in the questions within it.
struct Shared {
    /// The table of each column.
    tables: BTreeMap<String, Ident>,
    depth: usize,
}

impl VisitorMut for Shared {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Identifier(name) = expr
            && self.depth == 0
            && let Some(table) = self.tables.get(&known_as(name))
        {
            *expr = Expr::CompoundIdentifier(vec![table.clone(), name.clone()]);
        }
        ControlFlow::Continue(())
    }
}

/// Headings of an answer's columns: names as they were written, capitals too.
#[derive(Debug, Default)]
pub(super) struct Headings {
    /// As the engine knows them, and as they were written; none where two differ in capitals only.
    written: HashMap<String, Option<String>>,
}

impl Headings {
    /// Gives columns without a name what was written as their name, and notes how names were written.
    pub(super) fn of(statement: &mut Statement) -> Self {
        let mut headings = Self::default();
        if let Statement::Query(query) = statement
            && let Some(select) = first_select(&mut query.body)
        {
            for item in &mut select.projection {
                headings.take(item);
            }
        }
        headings
    }

    fn take(&mut self, item: &mut SelectItem) {
        let written = match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(&*name),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last(),
            SelectItem::ExprWithAlias { alias, .. } => Some(&*alias),
            _ => None,
        };
        if let Some(name) = written.filter(|name| name.quote_style.is_none()) {
            let as_known = known_as(name);
            let same = |known: &mut Option<String>| {
                if known.as_ref() != Some(&name.value) {
                    *known = None;
                }
            };
            self.written.entry(as_known).and_modify(same).or_insert_with(|| Some(name.value.clone()));
        }
        let SelectItem::UnnamedExpr(expr) = item else { return };
        if !matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) && !has_several_columns(expr) {
            let alias = Ident::with_quote('"', expr.to_string());
            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
        }
    }

    /// How a name was written.
    pub(super) fn written<'n>(&'n self, name: &'n str) -> &'n str {
        self.written.get(name).and_then(Option::as_deref).unwrap_or(name)
    }
}

/// True where an expression can come to several columns.
fn has_several_columns(expr: &Expr) -> bool {
    matches!(expr, Expr::Wildcard(_) | Expr::QualifiedWildcard(..))
}

fn first_select(body: &mut SetExpr) -> Option<&mut Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&mut query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Statement {
        parse(sql).unwrap().remove(0)
    }

    #[test]
    fn texts_and_names_are_composed() {
        let apart = "SELECT \"Ti\u{1ec1}\u{300}n\" AS to\u{302}\u{309}ng FROM \"Xa\u{303}\" AS xa\u{303} WHERE te\u{302}n = 'Đo\u{302}ng'";
        let read = read(apart).to_string();
        assert!(read.contains("tổng FROM \"Xã\" AS xã WHERE tên = 'Đông'"), "{read}");
    }

    #[test]
    fn headings_are_what_was_written() {
        let mut read = read("SELECT Unit, u.Name, SUM(value), value AS Tong, \"A\" FROM u UNION SELECT 1");
        let headings = Headings::of(&mut read);
        assert_eq!(["unit", "name", "tong", "other"].map(|name| headings.written(name)), ["Unit", "Name", "Tong", "other"]);
        assert!(read.to_string().contains("SUM(value) AS \"SUM(value)\""), "{read}");
    }
}
