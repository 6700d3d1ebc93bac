//! One Parquet file: schema, batches, metadata. All files are written alike.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;

use crate::error::{Error, Result};

/// Rows of a row group: small enough for a point query to read little, large enough to compress.
pub const ROW_GROUP_ROWS: usize = 131_072;
/// zstd level: the library's default; higher ones cost much and save little here.
const ZSTD: i32 = 3;

/// A Parquet file being written.
pub struct ParquetFile {
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    path: std::path::PathBuf,
}

impl ParquetFile {
    /// Starts a file with these columns, sorted by the first `sorted` of them.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: &Path, columns: &[(&str, DataType, bool)], sorted: usize, metadata: &[(String, String)]) -> Result<Self> {
        let fields: Vec<Field> = columns.iter().map(|(name, kind, nullable)| Field::new(*name, kind.clone(), *nullable)).collect();
        let schema = Arc::new(Schema::new(fields));
        let order: Vec<&str> = columns[..sorted].iter().map(|(name, ..)| *name).collect();
        let mut pairs: Vec<KeyValue> = metadata.iter().map(|(k, v)| KeyValue::new(k.clone(), v.clone())).collect();
        pairs.push(KeyValue::new("tkgd.sorted_by".to_owned(), order.join(",")));
        let sorting =
            (0..sorted).map(|i| SortingColumn { column_idx: i32::try_from(i).unwrap_or(0), descending: false, nulls_first: false });
        let level = ZstdLevel::try_new(ZSTD).map_err(|e| Error::library("write", path, e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_sorting_columns(Some(sorting.collect()))
            .set_key_value_metadata(Some(pairs))
            .build();
        // Without the Arrow schema readers see plain text columns, not dictionaries of ours.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = File::create(path).map_err(|e| Error::io("write", path, e))?;
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options).map_err(|e| Error::library("write", path, e))?;
        Ok(Self { writer, schema, path: path.to_owned() })
    }

    /// Adds rows, column by column.
    ///
    /// # Errors
    /// When the columns do not fit the schema or the disk is full.
    pub fn write(&mut self, columns: Vec<ArrayRef>) -> Result<()> {
        let failed = |e: &dyn std::fmt::Display| Error::library("write", &self.path, e);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|e| failed(&e))?;
        self.writer.write(&batch).map_err(|e| Error::library("write", &self.path, e))
    }

    /// Ends the file and puts it safely on the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<()> {
        let path = self.path;
        let file = self.writer.into_inner().map_err(|e| Error::library("write", &path, e))?;
        file.sync_all().map_err(|e| Error::io("write", &path, e))
    }
}
