//! Conditions in a form that the engine takes for what they are.
//!
//! `x IS NOT TRUE` and its kin also hold where x is not known; the engine takes rows of an outer join that they keep for rows that
//! cannot be there. A column stands before the value that it is compared with: of `'a' = x AND x = 'a'` the engine makes FALSE.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator, lit};
use datafusion::optimizer::AnalyzerRule;

use super::parts::with_parts;

#[derive(Debug)]
pub(super) struct PlainConditions;

impl AnalyzerRule for PlainConditions {
    fn name(&self) -> &'static str {
        "plain_conditions"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        with_parts(plan, plain)
    }
}

fn plain(expr: Expr, _: &DFSchema) -> Transformed<Expr> {
    let known = |inner: Box<Expr>, otherwise: bool| coalesce(vec![*inner, lit(otherwise)]);
    match expr {
        Expr::IsTrue(inner) => Transformed::yes(known(inner, false)),
        Expr::IsNotFalse(inner) => Transformed::yes(known(inner, true)),
        Expr::IsFalse(inner) => Transformed::yes(Expr::Not(Box::new(known(inner, true)))),
        Expr::IsNotTrue(inner) => Transformed::yes(Expr::Not(Box::new(known(inner, false)))),
        Expr::IsUnknown(inner) => Transformed::yes(Expr::IsNull(inner)),
        Expr::IsNotUnknown(inner) => Transformed::yes(Expr::IsNotNull(inner)),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let is_value = |side: &Expr| matches!(side, Expr::Literal(..));
            match op.swap().filter(|_| is_comparison(op) && is_value(&left) && !is_value(&right)) {
                Some(swapped) => Transformed::yes(Expr::BinaryExpr(BinaryExpr { left: right, op: swapped, right: left })),
                None => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
            }
        }
        other => Transformed::no(other),
    }
}

/// True for what compares two values.
pub(super) const fn is_comparison(operator: Operator) -> bool {
    matches!(operator, Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq)
}
