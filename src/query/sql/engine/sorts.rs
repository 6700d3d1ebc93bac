//! What rows are sorted by is worked out before, as columns: of an expression that stands in an answer's columns too, the engine
//! forgets that rows are sorted by it, and refuses its own plan.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _};
use datafusion::logical_expr::expr::Sort as SortKey;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Sort};
use datafusion::optimizer::AnalyzerRule;

/// What such a column is called.
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
