//! The archive's Parquet files as tables of the engine: school year and term of a file stand beside its columns.
//!
//! A question about one year opens no file of another: what it says of year and term is asked of the list of files first, what
//! it says of other columns of what the footers tell of row groups, and only then rows are read.

mod chunks;
mod conditions;
mod exec;
mod footer;
mod group;
mod listed_texts;
mod table;
mod trust;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, ScalarValue, exec_err, project_schema};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::object_store::ObjectStore;
use datafusion::physical_plan::ExecutionPlan;
use url::Url;

use self::conditions::Conditions;
use self::exec::ScanExec;
pub use self::footer::UNREADABLE;
use self::table::Files;
pub(super) use self::trust::NearestJoins;

/// The archive's folder.
#[derive(Debug, Clone)]
pub struct ArchiveFolder(PathBuf);

impl ArchiveFolder {
    /// An own folder for whatever a link leads to.
    pub fn new(folder: &Path) -> Self {
        Self(folder.canonicalize().unwrap_or_else(|_| folder.to_owned()))
    }

    /// A file of it; a link that leads elsewhere is not followed.
    fn file(&self, path: &Path) -> std::io::Result<PathBuf> {
        let whole = path.canonicalize()?;
        if whole.starts_with(&self.0) { Ok(whole) } else { Err(std::io::ErrorKind::PermissionDenied.into()) }
    }
}

/// Stores of files that the engine has: none.
#[derive(Debug)]
pub struct NoStores;

impl ObjectStoreRegistry for NoStores {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, _: &Url) -> Result<Arc<dyn ObjectStore>> {
        exec_err!("nothing outside the archive is read")
    }
}

/// A file with what it holds of its own path.
#[derive(Debug, Clone)]
pub struct ScannedFile {
    /// Where it stands.
    pub path: PathBuf,
    /// Values of the columns that are not in it, in the order of the table's.
    pub values: Vec<ScalarValue>,
}

/// Files of the same columns as one table.
#[derive(Debug)]
pub struct ArchiveScan(Arc<Files>);

impl ArchiveScan {
    /// A table of some files.
    ///
    /// # Errors
    /// When one of them is not there or no file of the archive.
    pub fn new(folder: &ArchiveFolder, schema: TableSchema, files: Vec<ScannedFile>) -> std::io::Result<Self> {
        let files = files.into_iter().map(|file| Ok((folder.file(&file.path)?, file.values)));
        Ok(Self(Arc::new(Files::new(schema, files.collect::<std::io::Result<_>>()?))))
    }

    /// True for a condition that is about the table's columns only.
    fn is_own(&self, filter: &Expr) -> bool {
        let has = |name: &str| self.0.schema().column_with_name(name).is_some();
        let is_foreign = |part: &Expr| {
            matches!(
                part,
                Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_) | Expr::OuterReferenceColumn(..)
            )
        };
        !filter.is_volatile()
            && filter.column_refs().iter().all(|column| has(&column.name))
            && !datafusion::common::tree_node::TreeNode::exists(filter, |part| Ok(is_foreign(part))).unwrap_or(true)
    }
}

#[async_trait]
impl TableProvider for ArchiveScan {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.0.schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let answer = |own| if own { TableProviderFilterPushDown::Exact } else { TableProviderFilterPushDown::Unsupported };
        Ok(filters.iter().map(|filter| answer(self.is_own(filter))).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let whole = self.0.schema();
        let names = DFSchema::try_from(Arc::clone(whole))?;
        let stated = filters.iter().map(|filter| state.create_physical_expr(filter.clone(), &names)).collect::<Result<Vec<_>>>()?;
        let columns = projection.cloned().unwrap_or_else(|| (0..whole.fields().len()).collect());
        let schema = project_schema(whole, projection)?;
        let conditions = Conditions::stated(&stated, whole)?;
        let threads = state.config().target_partitions();
        Ok(Arc::new(ScanExec::new(Arc::clone(&self.0), columns, schema, conditions, limit, threads)?))
    }
}
