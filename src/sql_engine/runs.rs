//! Totals of groups whose rows follow each other: a table's files are sorted by its figures, so that thousands of rows in a row are
//! of one group, which is looked up once for all of them.
//!
//! It stands where the engine would look up the group of every row, and hands on what the engine's own first step would: what rows
//! of a group came to so far, more than once for some groups. The engine's second step puts that together.

use std::fmt::Formatter;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::kernels::cmp::distinct;
use datafusion::arrow::compute::{concat, take};
use datafusion::arrow::datatypes::{Field, Int64Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::execution_plan::ReplaceChildrenOptions;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, apply_expression_roots};
use futures::{StreamExt as _, TryStreamExt as _};

/// Marks columns whose values come in long runs.
const MARK: &str = "tkgd.runs";
/// Runs that are handed on at a time.
const RUNS: usize = 8192;

/// A column whose values come in long runs, in whatever order questions read them.
pub(crate) fn marked(field: Field) -> Field {
    field.with_metadata([(MARK.to_owned(), String::new())].into())
}

/// Puts sums by runs in the place of sums by looking up every row.
#[derive(Debug)]
pub(super) struct SumsByRuns;

impl PhysicalOptimizerRule for SumsByRuns {
    fn name(&self) -> &'static str {
        "sums_by_runs"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| match plan.downcast_ref::<AggregateExec>().filter(|own| is_by_runs(own)) {
            Some(own) => Ok(Transformed::yes(Arc::new(RunsExec::new(own)) as _)),
            None => Ok(Transformed::no(plan)),
        })
        .data()
    }
}

/// True where the rows of every group follow each other, but for a few.
fn is_by_runs(own: &AggregateExec) -> bool {
    let input = own.input().schema();
    let comes_in_runs = |(expr, _): &(Arc<dyn PhysicalExpr>, String)| {
        expr.downcast_ref::<Column>().is_some_and(|column| input.field(column.index()).metadata().contains_key(MARK))
    };
    *own.mode() == AggregateMode::Partial
        && own.limit_options().is_none()
        && own.group_expr().is_single()
        && !own.group_expr().is_empty()
        && own.group_expr().expr().iter().all(comes_in_runs)
        && own.aggr_expr().iter().all(|sum| sum.groups_accumulator_supported() && sum.order_bys().is_empty())
}

/// The first step of sums of groups.
#[derive(Debug, Clone)]
struct RunsExec {
    input: Arc<dyn ExecutionPlan>,
    groups: Arc<[Arc<dyn PhysicalExpr>]>,
    sums: Arc<[Arc<AggregateFunctionExpr>]>,
    filters: Arc<[Option<Arc<dyn PhysicalExpr>>]>,
    metrics: ExecutionPlanMetricsSet,
    properties: Arc<PlanProperties>,
}

impl RunsExec {
    fn new(own: &AggregateExec) -> Self {
        Self {
            input: Arc::clone(own.input()),
            groups: own.group_expr().input_exprs().into(),
            sums: own.aggr_expr().into(),
            filters: own.filter_expr().into(),
            metrics: ExecutionPlanMetricsSet::new(),
            properties: Arc::clone(own.properties()),
        }
    }
}

impl DisplayAs for RunsExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let groups: Vec<String> = self.groups.iter().map(ToString::to_string).collect();
        let sums: Vec<&str> = self.sums.iter().map(|sum| sum.name()).collect();
        write!(f, "SumsByRuns: groups=[{}], sums=[{}]", groups.join(", "), sums.join(", "))
    }
}

impl ExecutionPlan for RunsExec {
    fn name(&self) -> &'static str {
        "SumsByRuns"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(&self, f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.groups.iter(), f)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut own = Self::clone(&self);
        own.input = children.into_iter().next().unwrap_or(own.input);
        own.metrics = ExecutionPlanMetricsSet::new();
        Ok(Arc::new(own))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let options = ReplaceChildrenOptions::new(datafusion::physical_plan::execution_plan::ChildrenPropertiesMode::Recompute);
        self.replace_children(children, options)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        let schema = self.schema();
        let accumulators = self.sums.iter().map(|sum| sum.create_groups_accumulator()).collect::<Result<Vec<_>>>()?;
        let runs =
            Runs { own: self.clone(), accumulators, keys: Vec::new(), count: 0, baseline: BaselineMetrics::new(&self.metrics, partition) };
        let batches = futures::stream::try_unfold((runs, input), |(mut runs, mut input)| async move {
            while let Some(batch) = input.next().await {
                if runs.add(&batch?)? {
                    let done = runs.take()?;
                    return Ok(Some((done, (runs, input))));
                }
            }
            if runs.count == 0 {
                return Ok(None);
            }
            let done = runs.take()?;
            Ok(Some((done, (runs, input))))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches.into_stream())))
    }
}

/// Runs that were added up so far.
struct Runs {
    own: RunsExec,
    accumulators: Vec<Box<dyn GroupsAccumulator>>,
    /// The keys of each batch's runs.
    keys: Vec<Vec<ArrayRef>>,
    count: usize,
    baseline: BaselineMetrics,
}

impl Runs {
    /// Adds rows up; true where it is time to hand on what came of them.
    fn add(&mut self, batch: &RecordBatch) -> Result<bool> {
        let timer = self.baseline.elapsed_compute().clone();
        let _timer = timer.timer();
        let rows = batch.num_rows();
        if rows == 0 {
            return Ok(false);
        }
        let keys = self.own.groups.iter().map(|key| key.evaluate(batch)?.into_array(rows)).collect::<Result<Vec<_>>>()?;
        let (starts, groups) = runs(&keys, rows, self.count)?;
        self.count += starts.len();
        self.keys.push(keys.iter().map(|key| Ok(take(key, &starts, None)?)).collect::<Result<Vec<_>>>()?);
        for ((sum, filter), total) in self.own.sums.iter().zip(&*self.own.filters).zip(&mut self.accumulators) {
            let values = sum.expressions().iter().map(|value| value.evaluate(batch)?.into_array(rows)).collect::<Result<Vec<_>>>()?;
            let filter = filter.as_ref().map(|filter| filter.evaluate(batch)?.into_array(rows)).transpose()?;
            total.update_batch(&values, &groups, filter.as_ref().map(AsArray::as_boolean), self.count)?;
        }
        Ok(self.count >= RUNS)
    }

    fn take(&mut self) -> Result<RecordBatch> {
        let mut columns = Vec::new();
        for at in 0..self.own.groups.len() {
            let parts: Vec<&dyn Array> = self.keys.iter().map(|keys| keys[at].as_ref()).collect();
            columns.push(concat(&parts)?);
        }
        for total in &mut self.accumulators {
            columns.extend(total.state(EmitTo::All)?);
        }
        self.keys.clear();
        self.baseline.record_output(self.count);
        self.count = 0;
        Ok(RecordBatch::try_new(self.own.schema(), columns)?)
    }
}

/// Where runs of rows with the same keys start, and the run of each row, numbered from `first` on.
fn runs(keys: &[ArrayRef], rows: usize, first: usize) -> Result<(UInt32Array, Vec<usize>)> {
    let mut changes: Option<BooleanBuffer> = None;
    for key in keys {
        let own = changed(key, rows)?;
        changes = Some(changes.map_or(own.clone(), |changes| &changes | &own));
    }
    let mut starts = vec![0_u32];
    let mut groups = Vec::with_capacity(rows);
    for at in changes.iter().flat_map(BooleanBuffer::set_indices) {
        let start = at + 1;
        groups.resize(start, first + starts.len() - 1);
        starts.push(u32::try_from(start).unwrap_or(u32::MAX));
    }
    groups.resize(rows, first + starts.len() - 1);
    Ok((UInt32Array::from(starts), groups))
}

/// For each row but the last, whether the next has another key. Texts that are kept at two places count as two.
fn changed(key: &ArrayRef, rows: usize) -> Result<BooleanBuffer> {
    if key.null_count() == 0 {
        if let Some(texts) = key.as_string_view_opt() {
            let views = texts.views();
            return Ok(BooleanBuffer::collect_bool(rows - 1, |at| views[at] != views[at + 1]));
        }
        if let Some(numbers) = key.as_primitive_opt::<Int64Type>() {
            let numbers = numbers.values();
            return Ok(BooleanBuffer::collect_bool(rows - 1, |at| numbers[at] != numbers[at + 1]));
        }
    }
    Ok(distinct(&key.slice(0, rows - 1), &key.slice(1, rows - 1))?.values().clone())
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Int64Array, StringViewArray};

    use super::*;

    #[test]
    fn rows_of_a_run_follow_each_other() {
        let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["a", "a", "b", "b", "b"]));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(1), Some(1), None, None]));
        let (starts, groups) = runs(&[texts, numbers], 5, 7).unwrap();
        assert_eq!((starts.values().to_vec(), groups), (vec![0, 2, 3], vec![7, 7, 8, 9, 9]));
        let one: ArrayRef = Arc::new(Int64Array::from(vec![4]));
        assert_eq!(runs(&[one], 1, 0).unwrap().1, [0]);
    }
}
