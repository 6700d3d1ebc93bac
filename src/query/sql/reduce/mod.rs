//! Semi-join reduction: what a small table leaves of a join is found first, and the large table is read for that only.
//!
//! A question about a district names it in the register of units; its figures stand in a table a thousand times larger
//! that knows units only. The engine hands a condition down to the table that it is about, and then joins all of the
//! other. Here the small side is worked out before the large one is read: its keys become conditions on the large
//! table's files, where they skip files and row groups and spare every other column of a row. Only rows that the join
//! would drop are not read, so the answer is the same.
//!
//! It works on the engine's own plan, after the engine has improved it: conditions already stand where they apply.

mod trace;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use polars::error::PolarsResult;
use polars::prelude::{AnyValue, DataFrame, DataType, JoinType, PlRefPath, PlSmallStr, Scalar, Series, SortOptions, col};
use polars_plan::dsl::{Expr, PredicateFileSkip};
use polars_plan::plans::expr_ir::ExprIR;
use polars_plan::plans::{AExpr, ExprToIRContext, IR, IRPlan, LiteralValue, to_expr_ir};
use polars_plan::prelude::{Node, Operator};

use self::trace::{Origin, column_of, trace};

/// Keys beyond these are not handed on: a table is then read for most of its rows anyway.
const MOST_KEYS: usize = 4_096;
/// A side is small where its files are at most this much of the other side's.
const SMALL_SHARE: u64 = 8;
/// And at most this large, in bytes of its files: it is held in memory.
const SMALL_BYTES: u64 = 64 << 20;

/// One side of a join, and the other, which needs only the rows that the first one has a key of.
struct Sides {
    small: Node,
    large: Node,
    /// Key columns that both sides name plainly: the small side's, the large side's.
    keys: Vec<(PlSmallStr, PlSmallStr)>,
}

/// Reduces the large sides of a plan's joins, the innermost joins first.
///
/// # Errors
/// When a small side cannot be worked out.
pub(super) fn reduce(plan: &mut IRPlan) -> PolarsResult<()> {
    let (mut joins, mut seen) = (Vec::new(), HashSet::new());
    // A condition on a part that stands in two places would hold in both.
    let is_tree = find_joins(plan, plan.lp_top, &mut joins, &mut seen);
    if is_tree { joins.into_iter().try_for_each(|join| reduce_join(plan, join)) } else { Ok(()) }
}

/// Joins of a plan, those further in first; false where a part of it stands in two places.
fn find_joins(plan: &IRPlan, node: Node, joins: &mut Vec<Node>, seen: &mut HashSet<Node>) -> bool {
    let here = plan.lp_arena.get(node);
    let is_tree = seen.insert(node) && here.inputs().all(|input| find_joins(plan, input, joins, seen));
    if matches!(here, IR::Join { .. }) {
        joins.push(node);
    }
    is_tree
}

fn reduce_join(plan: &mut IRPlan, join: Node) -> PolarsResult<()> {
    for sides in sides(plan, join) {
        if !is_filtered(plan, sides.small) || is_closed(plan, sides.small) {
            continue;
        }
        let origins: Vec<(PlSmallStr, Vec<Origin>)> = sides
            .keys
            .iter()
            .map(|(small, large)| (small.clone(), trace(plan, sides.large, large)))
            .filter(|(_, origins)| !origins.is_empty())
            .collect();
        if origins.is_empty() || !is_worth_it(plan, &sides) {
            continue;
        }
        let found = work_out(plan, sides.small)?;
        for (key, origins) in origins {
            let keys = found.column(&key)?.as_materialized_series().drop_nulls().unique()?;
            if keys.len() <= MOST_KEYS {
                // A hash decides the order of what is unique; the plan shall not.
                let keys = keys.sort(SortOptions::default())?;
                origins.iter().try_for_each(|origin| restrict(plan, origin, &keys))?;
            }
        }
        // It is there already: nothing of it is read again.
        let schema = Arc::clone(found.schema());
        plan.lp_arena.replace(sides.small, IR::DataFrameScan { df: Arc::new(found), schema, output_schema: None });
        return Ok(());
    }
    Ok(())
}

/// The ways in which one side of a join decides which rows of the other are needed.
fn sides(plan: &IRPlan, join: Node) -> Vec<Sides> {
    let IR::Join { input_left, input_right, left_on, right_on, options, .. } = plan.lp_arena.get(join) else { return Vec::new() };
    if options.args.nulls_equal || options.options.is_some() {
        return Vec::new();
    }
    let column = |key: &ExprIR| column_of(plan, key.node());
    let keys: Vec<_> = left_on.iter().zip(right_on).filter_map(|(left, right)| column(left).zip(column(right))).collect();
    let swapped = keys.iter().map(|(left, right)| (right.clone(), left.clone())).collect();
    let by_left = Sides { small: *input_left, large: *input_right, keys };
    let by_right = Sides { small: *input_right, large: *input_left, keys: swapped };
    match options.args.how {
        JoinType::Inner | JoinType::Semi => vec![by_right, by_left],
        // Every row of the outer side stays, whatever the other has.
        JoinType::Left => vec![by_left],
        JoinType::Right => vec![by_right],
        _ => Vec::new(),
    }
}

/// True where something in a part of a plan leaves rows out. What has been worked out already was filtered; other tables in
/// memory are as small.
fn is_filtered(plan: &IRPlan, node: Node) -> bool {
    let here = plan.lp_arena.get(node);
    let is_own = match here {
        IR::Scan { predicate, .. } => predicate.is_some(),
        IR::Filter { .. } | IR::Slice { .. } | IR::DataFrameScan { .. } => true,
        _ => false,
    };
    is_own || here.inputs().any(|input| is_filtered(plan, input))
}

/// True where a part of a plan is worked out once for several places, or reads what has no size.
fn is_closed(plan: &IRPlan, node: Node) -> bool {
    let here = plan.lp_arena.get(node);
    let is_own = match here {
        IR::Scan { sources, .. } => sources.as_paths().is_none(),
        IR::Cache { .. } => true,
        _ => false,
    };
    is_own || here.inputs().any(|input| is_closed(plan, input))
}

/// True where reading the small side first can spare more than it costs.
fn is_worth_it(plan: &IRPlan, sides: &Sides) -> bool {
    let small = bytes(plan, sides.small);
    small <= SMALL_BYTES && small.saturating_mul(SMALL_SHARE) <= bytes(plan, sides.large)
}

/// The size of the files that a part of a plan reads.
fn bytes(plan: &IRPlan, node: Node) -> u64 {
    let here = plan.lp_arena.get(node);
    let size = |path: &PlRefPath| std::fs::metadata(path.as_str()).map_or(0, |known| known.len());
    match here {
        IR::Scan { sources, .. } => sources.as_paths().unwrap_or_default().iter().map(size).sum(),
        _ => here.inputs().fold(0, |sum, input| sum.saturating_add(bytes(plan, input))),
    }
}

/// The rows of a part of a plan.
fn work_out(plan: &IRPlan, part: Node) -> PolarsResult<DataFrame> {
    // Of its own: carrying a plan out uses it up.
    run(IRPlan::new(part, plan.lp_arena.clone(), plan.expr_arena.clone()))
}

/// Carries a plan out; no rows come back where it hands them on by itself.
///
/// # Errors
/// When it cannot be carried out.
pub(super) fn run(mut plan: IRPlan) -> PolarsResult<DataFrame> {
    plan.ensure_root_node_is_sink();
    let answer = polars_stream::run_query(plan.lp_top, &mut plan.lp_arena, &mut plan.expr_arena)?;
    Ok(answer.unwrap_single())
}

/// Reads a table for some keys only.
fn restrict(plan: &mut IRPlan, origin: &Origin, keys: &Series) -> PolarsResult<()> {
    let schema = plan.lp_arena.get(origin.scan).schema(&plan.lp_arena).into_owned();
    if schema.get(&origin.column) != Some(keys.dtype()) {
        return Ok(());
    }
    let list = Scalar::new(DataType::List(Box::new(keys.dtype().clone())), AnyValue::List(keys.clone()));
    let is_wanted = col(origin.column.clone()).is_in(Expr::Literal(LiteralValue::Scalar(list)), false);
    let wanted = to_expr_ir(is_wanted, &mut ExprToIRContext::new(&mut plan.expr_arena, &schema))?;
    let IR::Scan { predicate, predicate_file_skip_applied, .. } = plan.lp_arena.get_mut(origin.scan) else { return Ok(()) };
    // Files left out before stay out; what was asked of them need not be asked again, and may name what is not read.
    let is_done = matches!(predicate_file_skip_applied, Some(PredicateFileSkip { no_residual_predicate: true, .. }));
    *predicate_file_skip_applied = None;
    let before = predicate.take().filter(|_| !is_done);
    *predicate = Some(match before {
        None => wanted,
        Some(before) => {
            let both = AExpr::BinaryExpr { left: before.node(), op: Operator::And, right: wanted.node() };
            let node = plan.expr_arena.add(both);
            ExprIR::from_node(node, &plan.expr_arena)
        }
    });
    Ok(())
}
