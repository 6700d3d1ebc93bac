//! Syntax that is written alike and means different things elsewhere, or that the engine leaves away without a word: it is refused, with what
//! to write instead.

use sqlparser::ast::{
    BinaryOperator, Expr, Ident, JoinConstraint, JoinOperator, OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr,
    SetOperator, SetQuantifier, TableFactor, Value,
};

use super::refused;
use crate::base::error::Error;
use crate::base::message::{Message, message};

/// Says what is in doubt and what to write.
fn doubtful(what: Message, hint: Message) -> Error {
    refused(what).with_hint(hint)
}

/// A set operation that counts how often a row is there, which the engine does not.
pub(super) fn of_sets(body: &SetExpr) -> Option<Error> {
    let SetExpr::SetOperation { op: op @ (SetOperator::Except | SetOperator::Intersect | SetOperator::Minus), set_quantifier, .. } = body
    else {
        return None;
    };
    matches!(set_quantifier, SetQuantifier::All | SetQuantifier::AllByName)
        .then(|| doubtful(message!("sql.operation_all_not_available", op), message!("sql.write_operation_row_number", op)))
}

/// `ORDER BY ALL` of columns that cannot be counted here.
pub(super) fn of_order(query: &Query) -> Option<Error> {
    let Some(OrderBy { kind: OrderByKind::Expressions(sorted), .. }) = &query.order_by else { return None };
    let [OrderByExpr { expr: Expr::Identifier(Ident { value, quote_style: None, .. }), .. }] = &sorted[..] else { return None };
    value
        .eq_ignore_ascii_case("all")
        .then(|| doubtful(message!("sql.order_all_not_available"), message!("sql.write_names_numbers_columns")))
}

/// A join that keeps rows of the right side, by columns that are taken from the left one; a number that ends in the middle.
pub(super) fn of_select(select: &Select) -> Option<Error> {
    let mut joins = select.from.iter().flat_map(|from| &from.joins);
    joins.find_map(|join| of_join(&join.join_operator)).or_else(|| select.projection.iter().find_map(of_column))
}

fn of_join(operator: &JoinOperator) -> Option<Error> {
    let (JoinOperator::Right(on) | JoinOperator::RightOuter(on) | JoinOperator::FullOuter(on)) = operator else { return None };
    matches!(on, JoinConstraint::Using(_) | JoinConstraint::Natural)
        .then(|| doubtful(message!("sql.using_natural_not_available"), message!("sql.write_unit_b_unit")))
}

fn of_column(item: &SelectItem) -> Option<Error> {
    let SelectItem::ExprWithAlias { expr: Expr::Value(value), alias: Ident { value: alias, quote_style: None, .. } } = item else {
        return None;
    };
    let is_rest = alias.starts_with('_') && alias[1..].starts_with(|letter: char| letter.is_ascii_digit());
    (is_rest && matches!(value.value, Value::Number(..)))
        .then(|| doubtful(message!("sql.numbers_written_without"), Message::from("1000000")))
}

/// A sample of a table, which the engine takes for all of it.
pub(super) fn of_table(table: &TableFactor) -> Option<Error> {
    matches!(table, TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. })
        .then(|| doubtful(message!("sql.tablesample_not_available"), message!("sql.write_condition_after_where")))
}

/// An operator or a value that is another thing elsewhere.
pub(super) fn of_expr(expr: &Expr) -> Option<Error> {
    match expr {
        Expr::BinaryOp { op: BinaryOperator::BitwiseXor | BinaryOperator::PGExp, .. } => {
            Some(doubtful(message!("sql.not_available"), message!("sql.x_power_y_power")))
        }
        Expr::Value(value) if matches!(value.value, Value::HexStringLiteral(_) | Value::SingleQuotedByteStringLiteral(_)) => {
            Some(doubtful(message!("sql.hexadecimal_numbers_not_available"), message!("sql.write_plain_number")))
        }
        _ => None,
    }
}
