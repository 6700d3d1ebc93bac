//! The archive's Parquet files as tables of the engine: school year and term of a file stand beside its columns.
//!
//! A question about one year opens no file of another: what it says of year and term is asked of the list of files first.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema, ScalarValue, Statistics, exec_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::{ObjectStoreRegistry, ObjectStoreUrl};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path as StorePath;
use datafusion::object_store::{ObjectMeta, ObjectStore};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use url::Url;

/// What the engine calls the archive's folder.
const ADDRESS: &str = "archive://files/";

/// The one store of files that the engine has: the archive's folder.
#[derive(Debug, Clone)]
pub struct ArchiveStore {
    folder: PathBuf,
    files: Option<Arc<LocalFileSystem>>,
}

impl ArchiveStore {
    /// The files of an archive; none where there is no such folder.
    pub fn new(folder: &Path) -> Self {
        // An own folder for whatever a link leads to.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let files = LocalFileSystem::new_with_prefix(&folder).ok().map(Arc::new);
        Self { folder, files }
    }

    /// A file of the archive as the engine finds it.
    fn meta(&self, path: &Path) -> std::io::Result<ObjectMeta> {
        let whole = path.canonicalize()?;
        let known = whole.metadata()?;
        let outside = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let own = whole.strip_prefix(&self.folder).map_err(|_| outside())?;
        let location = own.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<StorePath>();
        Ok(ObjectMeta { location, last_modified: known.modified()?.into(), size: known.len(), e_tag: None, version: None })
    }
}

impl ObjectStoreRegistry for ArchiveStore {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        match &self.files {
            Some(files) if ADDRESS.starts_with(url.as_str().trim_end_matches('/')) => Ok(Arc::clone(files) as _),
            _ => exec_err!("nothing outside the archive is read"),
        }
    }
}

/// A file with what it holds of its own path.
#[derive(Debug, Clone)]
pub struct ArchiveFile {
    /// Where it stands.
    pub path: PathBuf,
    /// Values of the columns that are not in it, in the order of the table's.
    pub values: Vec<ScalarValue>,
}

/// Files of the same columns as one table.
#[derive(Debug)]
pub struct ArchiveScan {
    schema: TableSchema,
    files: Vec<(ObjectMeta, Vec<ScalarValue>)>,
}

impl ArchiveScan {
    /// A table of some files.
    ///
    /// # Errors
    /// When one of them is not there or no file of the archive.
    pub fn new(store: &ArchiveStore, schema: TableSchema, files: Vec<ArchiveFile>) -> std::io::Result<Self> {
        let files = files.into_iter().map(|file| Ok((store.meta(&file.path)?, file.values))).collect::<std::io::Result<_>>()?;
        Ok(Self { schema, files })
    }

    /// Files that can hold rows that some conditions let pass.
    fn wanted(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<&(ObjectMeta, Vec<ScalarValue>)>> {
        let own = |expr: &&Expr| expr.column_refs().iter().all(|column| self.position(column).is_some());
        let Some(condition) = conjunction(filters.iter().filter(own).filter(|expr| !expr.is_volatile()).cloned()) else {
            return Ok(self.files.iter().collect());
        };
        let schema = DFSchema::try_from(Arc::clone(self.schema.table_schema()))?;
        let condition = state.create_physical_expr(condition, &schema)?;
        let builder = PruningPredicateBuilder::new().with_file_schema(Arc::clone(self.schema.table_schema()));
        let Some(predicate) = builder.build(condition) else { return Ok(self.files.iter().collect()) };
        let kept = predicate.prune(self)?;
        Ok(self.files.iter().zip(kept).filter_map(|(file, is_kept)| is_kept.then_some(file)).collect())
    }

    /// Where a column stands among those that are not in the files.
    fn position(&self, column: &Column) -> Option<usize> {
        self.schema.table_partition_cols().iter().position(|field| *field.name() == column.name)
    }

    fn values(&self, column: &Column) -> Option<ArrayRef> {
        let position = self.position(column)?;
        ScalarValue::iter_to_array(self.files.iter().map(|(_, values)| values[position].clone())).ok()
    }

    /// Files with what their footers tell.
    async fn told(&self, state: &dyn Session, wanted: Vec<&(ObjectMeta, Vec<ScalarValue>)>) -> Result<(FileGroup, Statistics)> {
        let store = state.runtime_env().object_store(ObjectStoreUrl::parse(ADDRESS)?)?;
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let mut files = Vec::new();
        for (meta, values) in wanted {
            let footer = DFParquetMetadata::new(&*store, meta).with_file_metadata_cache(Some(Arc::clone(&cache)));
            let known = footer.fetch_statistics(self.schema.file_schema()).await?;
            let file = PartitionedFile::new_from_meta(meta.clone()).with_partition_values(values.clone());
            files.push(file.with_statistics(Arc::new(known)));
        }
        let all = files.iter().filter_map(|file| file.statistics.as_deref());
        let known = Statistics::try_merge_iter(all, self.schema.table_schema())?;
        Ok((FileGroup::new(files), known))
    }
}

impl PruningStatistics for ArchiveScan {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column)
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        self.position(column).map(|_| Arc::new(UInt64Array::from(vec![0; self.files.len()])) as ArrayRef)
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

#[async_trait]
impl TableProvider for ArchiveScan {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = self.wanted(state, filters)?;
        if wanted.is_empty() {
            let schema = datafusion::physical_plan::project_schema(&self.schema(), projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let (group, known) = self.told(state, wanted).await?;
        let address = ObjectStoreUrl::parse(ADDRESS)?;
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let reader = CachedParquetFileReaderFactory::new(state.runtime_env().object_store(&address)?, cache);
        let options = state.table_options().parquet.clone();
        let source =
            ParquetSource::new(self.schema.clone()).with_table_parquet_options(options).with_parquet_file_reader_factory(Arc::new(reader));
        let groups = group.split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(address, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(known)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
