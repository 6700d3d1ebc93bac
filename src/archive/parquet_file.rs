//! One Parquet file: schema, row groups, metadata. All files are written alike.
//!
//! A row group is encoded and compressed apart from the file, so that several are made at the same
//! time; they are put into the file in order, and its bytes do not depend on the number of threads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriter, ArrowWriterOptions, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use serde::Serialize;

use crate::base::error::{Action, Error, Result};
use crate::base::input::surviving;

/// Rows of a row group: small enough for a point query to read little, large enough to compress.
pub const ROW_GROUP_ROWS: usize = 131_072;
/// Bytes of a page at most: more than a column of a row group takes, so that it is one page. The same units come again
/// for every figure, and only within a page are they compressed away.
const PAGE_BYTES: usize = 64 << 20;
/// zstd level: the library's default; higher ones cost much and save little here.
const ZSTD: i32 = 3;

/// Reads the footer of a file, to go on with its rows; a damaged one is an error whatever the library makes of it.
///
/// # Errors
/// When it cannot be read or is no Parquet.
pub fn open_parquet(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
    surviving(Action::Read, path, || ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| Error::library(Action::Read, path, e)))
}

/// A Parquet file being written.
pub struct ParquetFile {
    writer: SerializedFileWriter<File>,
    encoder: Encoder,
}

/// Makes row groups of a file, on any thread.
pub struct Encoder {
    factory: ArrowRowGroupWriterFactory,
    schema: Arc<Schema>,
    path: PathBuf,
}

/// A row group that grows batch by batch: of its rows only what is encoded and compressed is kept.
pub struct GrowingRows(Vec<ArrowColumnWriter>);

/// Rows ready to be put into the file.
pub struct RowGroup(Vec<ArrowColumnChunk>);

impl Encoder {
    /// Encodes and compresses rows, column by column; at most [`ROW_GROUP_ROWS`].
    ///
    /// # Errors
    /// When the columns do not fit the schema.
    pub fn encode(&self, columns: Vec<ArrayRef>) -> Result<RowGroup> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|e| Error::library(Action::Write, &self.path, e))?;
        self.chunks(&batch).map(RowGroup).map_err(|e| Error::library(Action::Write, &self.path, e))
    }

    /// Begins a row group that grows.
    ///
    /// # Errors
    /// When the library has no encoder for a column.
    pub fn begin(&self) -> Result<GrowingRows> {
        self.writers().map(GrowingRows).map_err(|e| Error::library(Action::Write, &self.path, e))
    }

    /// Adds rows to a row group that grows.
    ///
    /// # Errors
    /// When the columns do not fit the schema.
    pub fn add(&self, rows: &mut GrowingRows, columns: Vec<ArrayRef>) -> Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|e| Error::library(Action::Write, &self.path, e))?;
        self.write(&mut rows.0, &batch).map_err(|e| Error::library(Action::Write, &self.path, e))
    }

    /// Ends a row group that grew.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn end(&self, rows: GrowingRows) -> Result<RowGroup> {
        let chunks = rows.0.into_iter().map(ArrowColumnWriter::close).collect::<std::result::Result<Vec<_>, ParquetError>>();
        chunks.map(RowGroup).map_err(|e| Error::library(Action::Write, &self.path, e))
    }

    fn chunks(&self, batch: &RecordBatch) -> std::result::Result<Vec<ArrowColumnChunk>, ParquetError> {
        let mut writers = self.writers()?;
        self.write(&mut writers, batch)?;
        writers.into_iter().map(ArrowColumnWriter::close).collect()
    }

    fn writers(&self) -> std::result::Result<Vec<ArrowColumnWriter>, ParquetError> {
        // The number of a row group matters to encrypted files only.
        self.factory.create_column_writers(0)
    }

    fn write(&self, writers: &mut [ArrowColumnWriter], batch: &RecordBatch) -> std::result::Result<(), ParquetError> {
        let mut free = writers.iter_mut();
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            for (leaf, writer) in compute_leaves(field, column)?.iter().zip(free.by_ref()) {
                writer.write(leaf)?;
            }
        }
        Ok(())
    }
}

/// Note that pandas looks for in a file: that whole numbers with blanks among them stay whole numbers. Without it they become
/// fractions, which are not exact. None where there are no such columns.
fn pandas_note(columns: &[(&str, DataType, bool)]) -> Option<String> {
    let counts = columns.iter().filter(|(_, kind, nullable)| *kind == DataType::Int64 && *nullable);
    let noted = counts.map(|(name, ..)| PandasColumn { field_name: name, metadata: None, name, numpy_type: "Int64", pandas_type: "int64" });
    let note = PandasNote { columns: noted.collect(), pandas_version: "2.0.0", ..PandasNote::default() };
    if note.columns.is_empty() { None } else { serde_json::to_string(&note).ok() }
}

/// The note as pandas reads it, in the order of its keys.
#[derive(Default, Serialize)]
struct PandasNote<'a> {
    column_indexes: [&'a str; 0],
    columns: Vec<PandasColumn<'a>>,
    creator: PandasCreator,
    index_columns: [&'a str; 0],
    pandas_version: &'a str,
}

/// Nobody that pandas knows.
#[derive(Default, Serialize)]
struct PandasCreator {}

/// A column as pandas reads it.
#[derive(Serialize)]
struct PandasColumn<'a> {
    field_name: &'a str,
    metadata: Option<&'a str>,
    name: &'a str,
    numpy_type: &'a str,
    pandas_type: &'a str,
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
        pairs.extend(pandas_note(columns).map(|note| KeyValue::new("pandas".to_owned(), note)));
        let sorting =
            (0..sorted).map(|i| SortingColumn { column_idx: i32::try_from(i).unwrap_or(0), descending: false, nulls_first: false });
        let level = ZstdLevel::try_new(ZSTD).map_err(|e| Error::library(Action::Write, path, e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_data_page_row_count_limit(ROW_GROUP_ROWS)
            .set_data_page_size_limit(PAGE_BYTES)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_sorting_columns(Some(sorting.collect()))
            .set_key_value_metadata(Some(pairs))
            .build();
        // Without the Arrow schema readers see plain text columns, not dictionaries of ours.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let file = File::create(path).map_err(|e| Error::io(Action::Write, path, e))?;
        let (writer, factory) = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options)
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|e| Error::library(Action::Write, path, e))?;
        Ok(Self { writer, encoder: Encoder { factory, schema, path: path.to_owned() } })
    }

    /// Encoder of its row groups.
    #[must_use]
    pub const fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Puts a row group behind those before.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn append(&mut self, rows: RowGroup) -> Result<()> {
        let put = || {
            let mut group = self.writer.next_row_group()?;
            rows.0.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
            group.close().map(drop)
        };
        put().map_err(|e: ParquetError| Error::library(Action::Write, &self.encoder.path, e))
    }

    /// Adds rows, column by column, in row groups of their own.
    ///
    /// # Errors
    /// When the columns do not fit the schema or the disk is full.
    pub fn write(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let rows = columns.first().map_or(0, arrow_array::Array::len);
        for first in (0..rows).step_by(ROW_GROUP_ROWS) {
            let length = ROW_GROUP_ROWS.min(rows - first);
            let group = self.encoder.encode(columns.iter().map(|column| column.slice(first, length)).collect())?;
            self.append(group)?;
        }
        Ok(())
    }

    /// Ends the file and puts it safely on the disk.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<()> {
        let path = self.encoder.path;
        let file = self.writer.into_inner().map_err(|e| Error::library(Action::Write, &path, e))?;
        file.sync_all().map_err(|e| Error::io(Action::Write, &path, e))
    }
}
