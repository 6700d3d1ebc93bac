//! Which conditions, found out while a plan is carried out, a scan goes by: those of the join right above it.
//!
//! The engine hands such conditions down by the names of columns. Below two joins there can be two columns of one name, and a
//! condition about the one comes to the scan of the other, or stops on the way, as a filter: such filters let everything pass. They
//! only help; the join that found a condition out asks it again.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::error::Result;
use datafusion::physical_expr::expressions::DynamicFilterPhysicalExpr;
use datafusion::physical_expr::{PhysicalExpr, conjunction, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;

use super::exec::ScanExec;

/// Tells every scan which join's conditions it may go by.
#[derive(Debug)]
pub(crate) struct NearestJoins;

impl PhysicalOptimizerRule for NearestJoins {
    fn name(&self) -> &'static str {
        "nearest_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(without_found).data()?;
        tell(&plan, None);
        Ok(plan)
    }
}

/// A filter without what other parts of the plan find out.
fn without_found(plan: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    let Some(filter) = plan.downcast_ref::<FilterExec>() else { return Ok(Transformed::no(plan)) };
    let is_found = |part: &Arc<dyn PhysicalExpr>| part.exists(|part| Ok(part.is::<DynamicFilterPhysicalExpr>())).unwrap_or(true);
    let (found, stated): (Vec<_>, Vec<_>) = split_conjunction(filter.predicate()).into_iter().cloned().partition(is_found);
    if found.is_empty() {
        return Ok(Transformed::no(plan));
    }
    let filter = FilterExecBuilder::from(filter).with_predicate(conjunction(stated)).build()?;
    Ok(Transformed::yes(Arc::new(filter)))
}

/// Goes down a plan with the join whose large side it is in.
fn tell(plan: &Arc<dyn ExecutionPlan>, nearest: Option<u64>) {
    if let Some(scan) = plan.downcast_ref::<ScanExec>() {
        scan.go_by(nearest);
    } else if let Some(join) = plan.downcast_ref::<HashJoinExec>() {
        tell(join.left(), None);
        let found = join.dynamic_expressions_produced();
        tell(join.right(), found.first().and_then(|own| own.expression_id()));
    } else {
        let is_of_same_rows =
            plan.is::<CoalescePartitionsExec>() || plan.is::<FilterExec>() || plan.is::<ProjectionExec>() || plan.is::<RepartitionExec>();
        plan.children().into_iter().for_each(|child| tell(child, nearest.filter(|_| is_of_same_rows)));
    }
}
