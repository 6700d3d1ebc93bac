//! `a IS DISTINCT FROM b AND c` means `(a IS DISTINCT FROM b) AND c`; the parser takes `b AND c` for what `a` is compared with.
//!
//! A condition that was read so is laid out as it was written and put together again: NOT binds closer than AND, AND than OR. Brackets
//! stay as they are.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

/// A part of a condition, in the order they were written in.
enum Part {
    Not,
    And,
    Or,
    Term(Box<Expr>),
}

/// Puts a condition together anew where a part of it was misread.
pub(super) fn put_right(condition: &mut Expr) {
    if is_misread(condition) {
        let mut parts = Vec::new();
        lay_out(condition.clone(), &mut parts);
        parts.reverse();
        if let Some(read) = alternatives(&mut parts).filter(|_| parts.is_empty()) {
            *condition = read;
        }
    }
}

fn is_misread(condition: &Expr) -> bool {
    match condition {
        Expr::BinaryOp { left, op: BinaryOperator::And | BinaryOperator::Or, right } => is_misread(left) || is_misread(right),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => is_misread(expr),
        Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right) => {
            matches!(**right, Expr::BinaryOp { op: BinaryOperator::And | BinaryOperator::Or, .. }) || is_misread(right)
        }
        _ => false,
    }
}

fn lay_out(condition: Expr, parts: &mut Vec<Part>) {
    match condition {
        Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
            lay_out(*left, parts);
            parts.push(if op == BinaryOperator::And { Part::And } else { Part::Or });
            lay_out(*right, parts);
        }
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
            parts.push(Part::Not);
            lay_out(*expr, parts);
        }
        Expr::IsDistinctFrom(left, right) => compared(*left, *right, Expr::IsDistinctFrom, parts),
        Expr::IsNotDistinctFrom(left, right) => compared(*left, *right, Expr::IsNotDistinctFrom, parts),
        other => parts.push(Part::Term(Box::new(other))),
    }
}

/// The first term that was read is compared; the others stand behind it.
fn compared(left: Expr, right: Expr, with: fn(Box<Expr>, Box<Expr>) -> Expr, parts: &mut Vec<Part>) {
    let mut theirs = Vec::new();
    lay_out(right, &mut theirs);
    let mut theirs = theirs.into_iter();
    match theirs.next() {
        Some(Part::Term(first)) => parts.push(Part::Term(Box::new(with(Box::new(left), first)))),
        other => parts.extend(std::iter::once(Part::Term(Box::new(left))).chain(other)),
    }
    parts.extend(theirs);
}

/// Terms joined by OR; none where the parts make no condition. The next part is the last one.
fn alternatives(parts: &mut Vec<Part>) -> Option<Expr> {
    let mut read = all_of(parts)?;
    while matches!(parts.last(), Some(Part::Or)) {
        parts.pop();
        read = joined(read, BinaryOperator::Or, all_of(parts)?);
    }
    Some(read)
}

fn all_of(parts: &mut Vec<Part>) -> Option<Expr> {
    let mut read = term(parts)?;
    while matches!(parts.last(), Some(Part::And)) {
        parts.pop();
        read = joined(read, BinaryOperator::And, term(parts)?);
    }
    Some(read)
}

fn term(parts: &mut Vec<Part>) -> Option<Expr> {
    match parts.pop()? {
        Part::Term(term) => Some(*term),
        Part::Not => term(parts).map(|term| Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(term) }),
        Part::And | Part::Or => None,
    }
}

fn joined(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn comparisons_with_null_end_before_and() {
        for (written, meant) in [
            ("a IS DISTINCT FROM b AND c", "(a IS DISTINCT FROM b) AND c"),
            ("x AND a IS NOT DISTINCT FROM b OR c", "(x AND (a IS NOT DISTINCT FROM b)) OR c"),
            ("NOT a IS DISTINCT FROM b AND c", "(NOT (a IS DISTINCT FROM b)) AND c"),
            ("a IS DISTINCT FROM b AND c IS DISTINCT FROM d OR NOT e", "((a IS DISTINCT FROM b) AND (c IS DISTINCT FROM d)) OR (NOT e)"),
            ("a IS DISTINCT FROM (b AND c)", "a IS DISTINCT FROM (b AND c)"),
        ] {
            let read = |text: &str| parse(&format!("SELECT {text}")).unwrap().remove(0).to_string().replace(['(', ')'], "");
            assert_eq!(read(written), read(meant), "{written}");
            let mut statement = parse(&format!("SELECT 1 WHERE {written}")).unwrap().remove(0);
            let mut is_wrong = false;
            let _ = sqlparser::ast::visit_expressions_mut(&mut statement, |expr| {
                is_wrong |= is_misread(expr);
                std::ops::ControlFlow::<()>::Continue(())
            });
            assert!(!is_wrong, "{written}");
        }
    }
}
