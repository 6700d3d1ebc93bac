//! Sort keys are worked out before, as columns: of an expression that stands in an answer's columns too, the engine
//! forgets that rows are sorted by it, and refuses its own plan. Sorts of a UNION that are cut off are whole where their keys differ.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::logical_expr::expr::Sort as SortKey;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Sort};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;

/// Name of such a column.
const KEY: &str = "sorted_by";

#[derive(Debug)]
pub(super) struct SortedColumns;

impl AnalyzerRule for SortedColumns {
    fn name(&self) -> &'static str {
        "sorted_columns"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| match plan {
            LogicalPlan::Sort(sort) if sort.expr.iter().any(|key| !is_plain(&key.expr)) => by_columns(sort).map(Transformed::yes),
            other => Ok(Transformed::no(other)),
        })
        .data()
    }
}

const fn is_plain(key: &Expr) -> bool {
    matches!(key, Expr::Column(_) | Expr::Literal(..))
}

fn by_columns(sort: Sort) -> Result<LogicalPlan> {
    let own: Vec<Expr> = sort.input.schema().iter().map(Expr::from).collect();
    let mut columns = own.clone();
    let mut keys = Vec::new();
    for (at, SortKey { expr, asc, nulls_first }) in sort.expr.into_iter().enumerate() {
        let expr = if is_plain(&expr) {
            expr
        } else {
            let name = format!("{KEY}_{at}");
            columns.push(expr.alias(&name));
            Expr::Column(Column::from_name(name))
        };
        keys.push(SortKey { expr, asc, nulls_first });
    }
    let below = LogicalPlanBuilder::from(Arc::unwrap_or_clone(sort.input)).project(columns)?;
    below.sort_with_limit(keys, sort.fetch)?.project(own)?.build()
}

/// Parts of a sort that are of fewer keys than their merge are sorted whole.
///
/// Where a branch of UNION has one value in a key, the engine leaves the key away in all branches' sorts. Cut off after so many rows,
/// these tell each other which rows come too late, and take a row of one branch for a row of another.
#[derive(Debug)]
pub(super) struct WholeSorts;

impl PhysicalOptimizerRule for WholeSorts {
    fn name(&self) -> &'static str {
        "whole_sorts"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let Some(merge) = plan.downcast_ref::<SortPreservingMergeExec>() else { return Ok(Transformed::no(plan)) };
            let keys = merge.expr().len();
            let input = Arc::clone(merge.input()).transform_down(|part| Ok(whole(part, keys)))?;
            if !input.transformed {
                return Ok(Transformed::no(plan));
            }
            let merge = SortPreservingMergeExec::new(merge.expr().clone(), input.data).with_fetch(merge.fetch());
            Ok(Transformed::yes(Arc::new(merge)))
        })
        .data()
    }
}

/// A sort of so many keys, or the way to it.
fn whole(part: Arc<dyn ExecutionPlan>, keys: usize) -> Transformed<Arc<dyn ExecutionPlan>> {
    if let Some(sort) = part.downcast_ref::<SortExec>() {
        let is_cut = sort.fetch().is_some() && sort.expr().len() != keys;
        let sort: Arc<dyn ExecutionPlan> = if is_cut { Arc::new(sort.with_fetch(None)) } else { Arc::clone(&part) };
        return Transformed::new(sort, is_cut, TreeNodeRecursion::Stop);
    }
    // Parts below another sort, sum or join are no part of this one.
    let is_way = part.children().len() == 1 && part.is::<ProjectionExec>();
    Transformed::new(part, false, if is_way { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
}
