//! A scan of a table's row groups, some of them on each thread.

use std::fmt::Formatter;
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{ColumnStatistics, ScalarValue, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_expr_common::physical_expr::snapshot_generation;
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, ReplaceChildrenOptions};
use datafusion::physical_plan::filter_pushdown::{ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation, PushedDown};
use datafusion::physical_plan::metrics::{BaselineMetrics, Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, apply_expression_roots};

use super::conditions::Conditions;
use super::group::GroupRows;
use super::table::{FilePart, Files};

/// Of rows that meet a condition, as many as are taken to; what stands before a join is decided by it.
const LIKELY: usize = 8;
/// Bytes of a value, about.
const VALUE: usize = 16;

/// Reads a part of a table.
#[derive(Debug, Clone)]
pub(super) struct ScanExec {
    files: Arc<Files>,
    parts: Arc<[FilePart]>,
    /// The columns of the table that are read.
    columns: Arc<[usize]>,
    schema: SchemaRef,
    stated: Conditions,
    /// Conditions that other parts of the plan find out while it is carried out, about the table's columns.
    found: Vec<Arc<dyn PhysicalExpr>>,
    /// The one of them that it goes by.
    nearest: Arc<OnceLock<u64>>,
    most: Option<usize>,
    known: Arc<OnceLock<Statistics>>,
    metrics: ExecutionPlanMetricsSet,
    properties: Arc<PlanProperties>,
}

impl ScanExec {
    /// Reads some columns of the rows that meet the conditions, so many of them at most, on so many threads.
    pub fn new(
        files: Arc<Files>,
        columns: Vec<usize>,
        schema: SchemaRef,
        stated: Conditions,
        most: Option<usize>,
        threads: usize,
    ) -> Result<Self> {
        let parts: Arc<[FilePart]> = files.parts(&stated)?.into();
        let threads = threads.min(parts.len()).max(1);
        let equal = EquivalenceProperties::new(Arc::clone(&schema));
        let partitioning = Partitioning::UnknownPartitioning(threads);
        let properties = Arc::new(PlanProperties::new(equal, partitioning, EmissionType::Incremental, Boundedness::Bounded));
        let (known, nearest, metrics) = (Arc::default(), Arc::default(), ExecutionPlanMetricsSet::new());
        Ok(Self { files, parts, columns: columns.into(), schema, stated, found: Vec::new(), nearest, most, known, metrics, properties })
    }

    /// Goes by the conditions of one join only.
    pub fn go_by(&self, nearest: Option<u64>) {
        if let Some(id) = nearest {
            // It is told once.
            let _ = self.nearest.set(id);
        }
    }

    /// Conditions that it goes by.
    fn found(&self) -> impl Iterator<Item = &Arc<dyn PhysicalExpr>> {
        let nearest = self.nearest.get().copied();
        self.found.iter().filter(move |own| nearest.is_some() && own.expression_id() == nearest)
    }

    /// A condition about what is read, as one about the table.
    fn of_table(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let own = expr.transform_up(|expr| match expr.downcast_ref::<Column>() {
            Some(column) => Ok(Transformed::yes(Arc::new(Column::new(column.name(), self.columns[column.index()])) as _)),
            None => Ok(Transformed::no(expr)),
        });
        own.data()
    }

    fn statistics(&self) -> Statistics {
        let all: usize = self.parts.iter().map(|part| part.footer.rows(part.group)).sum();
        let is_exact = self.stated.of_rows.is_empty();
        let rows = if is_exact { all } else { self.stated.of_rows.iter().fold(all, |rows, _| rows.div_ceil(LIKELY)) };
        let columns = self.columns.iter().map(|&column| if is_exact { self.column(column) } else { ColumnStatistics::new_unknown() });
        Statistics {
            num_rows: if is_exact { Precision::Exact(rows) } else { Precision::Inexact(rows) },
            total_byte_size: Precision::Inexact(rows * VALUE * self.columns.len()),
            column_statistics: columns.collect(),
        }
    }

    fn column(&self, column: usize) -> ColumnStatistics {
        let mut known = ColumnStatistics::new_unknown();
        let nulls = self.parts.iter().map(|part| self.files.nulls(part, column)).sum::<Option<u64>>();
        if let Some(nulls) = nulls.and_then(|nulls| usize::try_from(nulls).ok()) {
            known.null_count = Precision::Exact(nulls);
        }
        let mut ends: Option<(ScalarValue, ScalarValue)> = None;
        for part in self.parts.iter() {
            let Some(own) = self.files.bounds(part, column).filter(|own| own.are_values) else { return known };
            ends = Some(match ends {
                Some((low, high)) => (if own.low < low { own.low } else { low }, if own.high > high { own.high } else { high }),
                None => (own.low, own.high),
            });
        }
        if let Some((low, high)) = ends {
            (known.min_value, known.max_value) = (Precision::Exact(low), Precision::Exact(high));
        }
        known
    }
}

impl DisplayAs for ScanExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut Formatter<'_>) -> std::fmt::Result {
        let mut files: Vec<usize> = self.parts.iter().map(|part| part.file).collect();
        files.dedup();
        let files: Vec<String> = files.into_iter().map(|file| self.files.name(file)).collect();
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "Scan: files=[{}], row_groups={}, columns=[{}]", files.join(", "), self.parts.len(), columns.join(", "))?;
        let stated = self.stated.of_rows.iter().map(|own| own.expr.to_string());
        let all: Vec<String> = stated.chain(self.found().map(ToString::to_string)).collect();
        if !all.is_empty() {
            write!(f, ", conditions=[{}]", all.join(", "))?;
        }
        Ok(())
    }
}

impl ExecutionPlan for ScanExec {
    fn name(&self) -> &'static str {
        "Scan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(&self, f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.stated.of_rows.iter().map(|own| &own.expr).chain(&self.found), f)
    }

    fn replace_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>, _: ReplaceChildrenOptions) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(&self, _: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let known = self.known.get_or_init(|| self.statistics());
        Ok(Arc::new(if args.partition().is_some() { known.clone().to_inexact() } else { known.clone() }))
    }

    fn handle_child_pushdown_result(
        &self,
        phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        let mut own = self.clone();
        let count = result.parent_filters.len();
        // Conditions known beforehand were handed to the table.
        for found in result.parent_filters.into_iter().filter(|_| matches!(phase, FilterPushdownPhase::Post)) {
            own.found.push(self.of_table(found.filter)?);
        }
        // Stated conditions are asked by the table already; all else only helps, and is asked again by whoever found it out.
        let answer = FilterPushdownPropagation::with_parent_pushdown_result(vec![PushedDown::No; count]);
        Ok(if own.found.len() == self.found.len() { answer } else { answer.with_updated_node(Arc::new(own)) })
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let threads = self.properties.output_partitioning().partition_count();
        let mut reading = Reading {
            going_by: self.found().cloned().collect(),
            scan: self.clone(),
            next: partition,
            step: threads,
            current: None,
            found: None,
            left: self.most.unwrap_or(usize::MAX),
            rows: context.session_config().batch_size(),
            baseline: BaselineMetrics::new(&self.metrics, partition),
            groups: MetricBuilder::new(&self.metrics).counter("row_groups", partition),
        };
        let batches = futures::stream::poll_fn(move |context| {
            let read = reading.next().map(Result::transpose);
            // Somebody else's turn: what follows on the same thread would wait for dozens of row groups.
            if read.is_pending() {
                context.waker().wake_by_ref();
            }
            read
        });
        Ok(Box::pin(cooperative(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))))
    }
}

/// Every so many row groups of a scan, one after the other.
struct Reading {
    scan: ScanExec,
    /// Conditions that are found out meanwhile.
    going_by: Vec<Arc<dyn PhysicalExpr>>,
    next: usize,
    step: usize,
    current: Option<GroupRows>,
    /// Conditions found out, and when they were asked.
    found: Option<(u64, Conditions)>,
    left: usize,
    rows: usize,
    baseline: BaselineMetrics,
    groups: Count,
}

impl Reading {
    /// The next rows; pending after each row group.
    fn next(&mut self) -> Poll<Result<Option<RecordBatch>>> {
        let timer = self.baseline.elapsed_compute().clone();
        let _timer = timer.timer();
        loop {
            if self.left == 0 {
                return Poll::Ready(Ok(None));
            }
            let Some(current) = &mut self.current else {
                if !self.open()? {
                    return Poll::Ready(Ok(None));
                }
                continue;
            };
            let Some(batch) = current.next()? else {
                self.current = None;
                return Poll::Pending;
            };
            if batch.num_rows() > 0 {
                let batch = batch.slice(0, batch.num_rows().min(self.left));
                self.left -= batch.num_rows();
                self.baseline.record_output(batch.num_rows());
                return Poll::Ready(Ok(Some(batch)));
            }
        }
    }

    /// Opens the next row group; false where there is none.
    fn open(&mut self) -> Result<bool> {
        let Some(part) = self.scan.parts.get(self.next).cloned() else { return Ok(false) };
        self.next += self.step;
        let (scan, files) = (&self.scan, &self.scan.files);
        if !self.going_by.is_empty() {
            let generation = self.going_by.iter().fold(0_u64, |all, own| all.wrapping_add(snapshot_generation(own)));
            if self.found.as_ref().is_none_or(|(before, _)| *before != generation) {
                self.found = Some((generation, Conditions::found(&self.going_by, files.schema())?));
            }
        }
        let found = self.found.as_ref().map(|(_, found)| found);
        if let Some(found) = found
            && !files.can_meet(&part, found)?
        {
            return Ok(true);
        }
        self.groups.add(1);
        let conditions = scan.stated.of_rows.iter().chain(found.into_iter().flat_map(|found| &found.of_rows));
        self.current = GroupRows::open(files, &part, &scan.columns, &scan.schema, conditions, self.rows)?;
        Ok(true)
    }
}
