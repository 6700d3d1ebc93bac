//! What is written alike and means different things elsewhere, or what the engine leaves away without a word: it is refused, with what
//! to write instead.

use sqlparser::ast::{
    BinaryOperator, Expr, Ident, JoinConstraint, JoinOperator, OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr,
    SetOperator, SetQuantifier, TableFactor, Value,
};

use super::refused;
use crate::error::Error;
use crate::message::Message;

/// Says what is in doubt and what to write.
fn doubtful(vi: &str, en: &str, hint: Message) -> Error {
    refused(Message::both(vi, en)).with_hint(hint)
}

/// A set operation that counts how often a row is there, which the engine does not.
pub(super) fn of_sets(body: &SetExpr) -> Option<Error> {
    let SetExpr::SetOperation { op: op @ (SetOperator::Except | SetOperator::Intersect | SetOperator::Minus), set_quantifier, .. } = body
    else {
        return None;
    };
    matches!(set_quantifier, SetQuantifier::All | SetQuantifier::AllByName).then(|| {
        let (vi, en) = (format!("không dùng được {op} ALL"), format!("{op} ALL is not available"));
        let vi_hint = format!("viết {op}; cần đếm số lần thì thêm cột `ROW_NUMBER() OVER (PARTITION BY …)` vào cả hai bên");
        let en_hint = format!("write {op}; to count how often, add a column `ROW_NUMBER() OVER (PARTITION BY …)` to both sides");
        doubtful(&vi, &en, Message::both(vi_hint, en_hint))
    })
}

/// `ORDER BY ALL` of columns that cannot be counted here.
pub(super) fn of_order(query: &Query) -> Option<Error> {
    let Some(OrderBy { kind: OrderByKind::Expressions(sorted), .. }) = &query.order_by else { return None };
    let [OrderByExpr { expr: Expr::Identifier(Ident { value, quote_style: None, .. }), .. }] = &sorted[..] else { return None };
    value.eq_ignore_ascii_case("all").then(|| {
        doubtful(
            "`ORDER BY ALL` không dùng được với `*`",
            "`ORDER BY ALL` is not available with `*`",
            Message::both("ghi tên hay số thứ tự các cột: ORDER BY 1, 2", "write names or numbers of columns: ORDER BY 1, 2"),
        )
    })
}

/// A join that keeps rows of the right side, by columns that are taken from the left one; a number that ends in the middle.
pub(super) fn of_select(select: &Select) -> Option<Error> {
    let mut joins = select.from.iter().flat_map(|from| &from.joins);
    joins.find_map(|join| of_join(&join.join_operator)).or_else(|| select.projection.iter().find_map(of_column))
}

fn of_join(operator: &JoinOperator) -> Option<Error> {
    let (JoinOperator::Right(on) | JoinOperator::RightOuter(on) | JoinOperator::FullOuter(on)) = operator else { return None };
    matches!(on, JoinConstraint::Using(_) | JoinConstraint::Natural).then(|| {
        doubtful(
            "không dùng được USING hay NATURAL với RIGHT JOIN, FULL JOIN",
            "USING and NATURAL are not available with RIGHT JOIN and FULL JOIN",
            Message::both(
                "viết `ON a.unit = b.unit`, và `COALESCE(a.unit, b.unit)` ở cột",
                "write `ON a.unit = b.unit`, and `COALESCE(a.unit, b.unit)` as the column",
            ),
        )
    })
}

fn of_column(item: &SelectItem) -> Option<Error> {
    let SelectItem::ExprWithAlias { expr: Expr::Value(value), alias: Ident { value: alias, quote_style: None, .. } } = item else {
        return None;
    };
    let is_rest = alias.starts_with('_') && alias[1..].starts_with(|letter: char| letter.is_ascii_digit());
    (is_rest && matches!(value.value, Value::Number(..)))
        .then(|| doubtful("số viết liền, không có `_`", "numbers are written without `_`", Message::both("1000000", "1000000")))
}

/// A sample of a table, which the engine takes for all of it.
pub(super) fn of_table(table: &TableFactor) -> Option<Error> {
    matches!(table, TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. }).then(|| {
        doubtful(
            "không dùng được TABLESAMPLE",
            "TABLESAMPLE is not available",
            Message::both("ghi điều kiện trong WHERE, hay LIMIT", "write a condition after WHERE, or LIMIT"),
        )
    })
}

/// An operator or a value that is another thing elsewhere.
pub(super) fn of_expr(expr: &Expr) -> Option<Error> {
    match expr {
        Expr::BinaryOp { op: BinaryOperator::BitwiseXor | BinaryOperator::PGExp, .. } => Some(doubtful(
            "không dùng được `^`",
            "`^` is not available",
            Message::both("lũy thừa là POWER(x, y)", "x to the power of y is POWER(x, y)"),
        )),
        Expr::Value(value) if matches!(value.value, Value::HexStringLiteral(_) | Value::SingleQuotedByteStringLiteral(_)) => {
            Some(doubtful(
                "không dùng được số hệ 16",
                "hexadecimal numbers are not available",
                Message::both("ghi số thường, ví dụ 31", "write a plain number, as in 31"),
            ))
        }
        _ => None,
    }
}
