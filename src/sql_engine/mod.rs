//! The engine behind questions: DataFusion, with nothing of it that reaches outside an archive.
//!
//! It has one store of files, the archive's folder, and tables only that are put into it by name. It takes no settings from the
//! environment, and has no functions in FROM, no formats of files and no temporary files. What it does otherwise than analysts
//! expect is put right by its public means: NULL comes last, sums and arithmetic on whole numbers fail rather than wrap, `/` is
//! never a quotient of whole numbers.

mod arithmetic;
mod casts;
mod kinds;
mod parts;
mod runs;
mod scan;
mod sorts;
mod subqueries;
mod sums;
mod truths;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::TableProvider;
use datafusion::error::Result;
use datafusion::execution::SessionStateDefaults;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryPool, UnboundedMemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::analyzer::Analyzer;
use datafusion::optimizer::{AnalyzerRule, OptimizerConfig as _};
use datafusion::prelude::SessionConfig;
use datafusion::sql::parser::Statement as EngineStatement;
use sqlparser::ast::Statement;

use self::arithmetic::CheckedArithmetic;
pub(crate) use self::arithmetic::TOO_LARGE;
use self::casts::RoundedCasts;
use self::kinds::FittingKinds;
pub(crate) use self::kinds::{HOURS_OF_DAY, LENGTH_OF_LIST, TEXTS_AND_NUMBERS};
use self::runs::SumsByRuns;
pub(crate) use self::runs::marked;
pub(crate) use self::scan::{ArchiveFolder, ArchiveScan, ScannedFile, UNREADABLE};
use self::scan::{NearestJoins, NoStores};
use self::sorts::{SortedColumns, WholeSorts};
use self::subqueries::CountedSubqueries;
use self::truths::PlainConditions;
use crate::base::capped::keep_freed;

/// Bytes of the side of a join that every thread may look up.
const KEPT_WHOLE: usize = 256 << 20;
/// Values that a join hands as a list to the table it reads after the other.
const LISTED: usize = 10_000;
/// Bytes of keys that a join hands to the table it reads after the other.
const HANDED_ON: usize = 4 << 20;

/// The engine with the tables that questions have named so far.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    state: SessionState,
    folder: ArchiveFolder,
}

impl Engine {
    /// An engine over an archive's folder; `memory` is what one question may hold, in bytes.
    pub fn new(archive: &Path, memory: Option<usize>) -> Result<Self> {
        keep_freed();
        let folder = ArchiveFolder::new(archive);
        let pool: Arc<dyn MemoryPool> = match memory {
            Some(bytes) => Arc::new(GreedyMemoryPool::new(bytes)),
            None => Arc::new(UnboundedMemoryPool::default()),
        };
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(pool)
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
            .with_object_store_registry(Arc::new(NoStores))
            .build_arc()?;
        let mut planners = arithmetic::planners();
        planners.extend(SessionStateDefaults::default_expr_planners());
        let scalars = SessionStateDefaults::default_scalar_functions().into_iter().chain(arithmetic::functions()).collect();
        let aggregates = SessionStateDefaults::default_aggregate_functions().into_iter().chain(sums::functions()).collect();
        let mut rules: Vec<Arc<dyn AnalyzerRule + Send + Sync>> = vec![
            Arc::new(FittingKinds),
            Arc::new(PlainConditions),
            Arc::new(SortedColumns),
            Arc::new(CountedSubqueries),
            Arc::new(RoundedCasts),
        ];
        rules.extend(Analyzer::new().rules);
        rules.push(Arc::new(CheckedArithmetic));
        let state = SessionStateBuilder::new()
            .with_config(config())
            .with_runtime_env(runtime)
            .with_expr_planners(planners)
            .with_analyzer_rules(rules)
            .with_physical_optimizer_rule(Arc::new(SumsByRuns))
            .with_physical_optimizer_rule(Arc::new(NearestJoins))
            .with_physical_optimizer_rule(Arc::new(WholeSorts))
            .with_scalar_functions(scalars)
            .with_aggregate_functions(aggregates)
            .with_window_functions(SessionStateDefaults::default_window_functions())
            .build();
        Ok(Self { state, folder })
    }

    /// The archive's folder.
    pub const fn folder(&self) -> &ArchiveFolder {
        &self.folder
    }

    /// State that plans are carried out with.
    pub const fn state(&self) -> &SessionState {
        &self.state
    }

    /// True where a table is known.
    pub fn knows(&self, name: &str) -> bool {
        self.state.schema_for_ref(name).is_ok_and(|schema| schema.table_exist(name))
    }

    /// Makes a table known.
    pub fn register(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<()> {
        self.state.schema_for_ref(name)?.register_table(name.to_owned(), table).map(drop)
    }

    /// The types of a plan's columns, once its parts are fitted to each other: of `CASE … THEN 1 ELSE value END` that is known no earlier.
    pub fn types(&self, plan: &LogicalPlan) -> Result<Vec<DataType>> {
        let fitted = match plan {
            // Tells of another plan, in texts.
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => plan.clone(),
            other => self.state.analyzer().execute_and_check(other.clone(), &self.state.options(), |_, _| {})?,
        };
        Ok(fitted.schema().fields().iter().map(|field| field.data_type().clone()).collect())
    }

    /// The plan of a question whose tables are known.
    pub async fn plan(&self, statement: Statement) -> Result<LogicalPlan> {
        self.state.statement_to_plan(EngineStatement::Statement(Box::new(statement))).await
    }
}

/// Settings, all of them written here.
fn config() -> SessionConfig {
    let mut config = SessionConfig::new().with_information_schema(false);
    let options = config.options_mut();
    "nulls_last".clone_into(&mut options.sql_parser.default_null_ordering);
    // 0.1 is a tenth, as amounts are exact.
    options.sql_parser.parse_float_as_decimal = true;
    // The small side of a join is kept whole, so that the large side stays where it is read.
    options.optimizer.hash_join_single_partition_threshold = KEPT_WHOLE;
    options.optimizer.hash_join_single_partition_threshold_rows = KEPT_WHOLE / 64;
    options.optimizer.hash_join_inlist_pushdown_max_distinct_values = LISTED;
    options.optimizer.hash_join_inlist_pushdown_max_size = HANDED_ON;
    config
}
