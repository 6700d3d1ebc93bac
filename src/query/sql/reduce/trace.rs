//! From a column of a plan down to the tables it is read from.

use polars::prelude::{JoinType, PlSmallStr};
use polars_plan::plans::expr_ir::ExprIR;
use polars_plan::plans::{AExpr, IR, IRPlan, is_elementwise_rec};
use polars_plan::prelude::Node;

/// A column of a table that is read.
pub(super) struct Origin {
    /// The node that reads it.
    pub scan: Node,
    /// Its name there.
    pub column: PlSmallStr,
}

/// Tables that a column of a plan is read from, where rows with unwanted values of it can as well be left out there: what
/// stands between looks at each row, group or pair of rows by itself, and keeps such rows apart from the others.
pub(super) fn trace(plan: &IRPlan, node: Node, column: &PlSmallStr) -> Vec<Origin> {
    let below = |input: Node| trace(plan, input, column);
    match plan.lp_arena.get(node) {
        IR::Scan { unified_scan_args, .. } if !unified_scan_args.has_row_index_or_slice() => {
            vec![Origin { scan: node, column: column.clone() }]
        }
        IR::Filter { input, predicate } if row_by_row(plan, std::slice::from_ref(predicate)) => below(*input),
        IR::SimpleProjection { input, .. } | IR::Sort { input, slice: None, .. } => below(*input),
        IR::Select { input, expr, .. } if row_by_row(plan, expr) => renamed(plan, *input, expr, column),
        IR::HStack { input, exprs, .. } if row_by_row(plan, exprs) => {
            let is_own = exprs.iter().any(|expr| expr.output_name() == column);
            if is_own { renamed(plan, *input, exprs, column) } else { below(*input) }
        }
        IR::GroupBy { input, keys, apply: None, options, .. }
            if options.slice.is_none() && !options.is_rolling() && !options.is_dynamic() =>
        {
            renamed(plan, *input, keys, column)
        }
        IR::Union { inputs, options } if options.slice.is_none() => inputs.iter().flat_map(|input| below(*input)).collect(),
        IR::Join { .. } => of_join(plan, node, column),
        _ => Vec::new(),
    }
}

/// Of a column that stands for one further down, under the same name or another.
fn renamed(plan: &IRPlan, input: Node, exprs: &[ExprIR], column: &PlSmallStr) -> Vec<Origin> {
    let expr = exprs.iter().find(|expr| expr.output_name() == column);
    expr.and_then(|expr| column_of(plan, expr.node())).map_or_else(Vec::new, |below| trace(plan, input, &below))
}

/// The column that an expression plainly names.
pub(super) fn column_of(plan: &IRPlan, expr: Node) -> Option<PlSmallStr> {
    match plan.expr_arena.get(expr) {
        AExpr::Column(name) => Some(name.clone()),
        _ => None,
    }
}

/// True where every expression looks at one row at a time: then rows that are not wanted can be left out before.
fn row_by_row(plan: &IRPlan, exprs: &[ExprIR]) -> bool {
    exprs.iter().all(|expr| is_elementwise_rec(expr.node(), &plan.expr_arena))
}

/// Of a column of a join: down the side that it comes from, and down the other too where it is joined on.
fn of_join(plan: &IRPlan, join: Node, column: &PlSmallStr) -> Vec<Origin> {
    let IR::Join { input_left, input_right, left_on, right_on, options, .. } = plan.lp_arena.get(join) else { return Vec::new() };
    if options.args.slice.is_some() || options.args.nulls_equal {
        return Vec::new();
    }
    let has = |side: Node| plan.lp_arena.get(side).schema(&plan.lp_arena).contains(column);
    let pairs = || left_on.iter().zip(right_on).filter_map(|(l, r)| column_of(plan, l.node()).zip(column_of(plan, r.node())));
    match options.args.how {
        // A name of both sides is the left side's; the right side's then has another.
        JoinType::Inner | JoinType::Left | JoinType::Semi if has(*input_left) => {
            let mut origins = trace(plan, *input_left, column);
            if let Some((_, right)) = pairs().find(|(left, _)| left == column) {
                origins.append(&mut trace(plan, *input_right, &right));
            }
            origins
        }
        JoinType::Anti if has(*input_left) => trace(plan, *input_left, column),
        JoinType::Inner if has(*input_right) => trace(plan, *input_right, column),
        _ => Vec::new(),
    }
}
