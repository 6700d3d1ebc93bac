//! A Parquet file of records: only the columns that are wanted are read, row groups side by side.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;

use super::batch::{Columns, FieldReader, KeyTranslations, OwnerFinder};
use super::keys::RecordKeys;
use super::mapping::ColumnMapping;
use super::owners::{OwnerReader, OwnerRows};
use super::unread::Unread;
use super::values::dictionary;
use crate::base::error::{Action, Error, Result};
use crate::base::input::{self, Input, MAX_TABLE};
use crate::records::{EntityIndex, RecordBook};
use crate::tabulate::rows::RecordRows;

/// Rows of a batch.
const BATCH: usize = 1 << 13;

/// A Parquet file that holds records of one kind.
pub struct ColumnarTable<'a> {
    book: &'a RecordBook,
    entity: EntityIndex,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    headings: Vec<Arc<str>>,
}

impl<'a> ColumnarTable<'a> {
    /// Opens a file; reads no more than its footer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(book: &'a RecordBook, entity: EntityIndex, path: &Path) -> Result<Self> {
        input::on_this_machine(path)?;
        // Only looked at: whether it is a file, and how large.
        Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
        let metadata = input::surviving(Action::Read, path, || footer(path))?;
        let headings = metadata.schema().fields().iter().map(|field| Arc::from(field.name().as_str())).collect();
        Ok(Self { book, entity, path: path.to_owned(), metadata, headings })
    }

    /// Headings of its columns.
    #[must_use]
    pub fn headings(&self) -> &[Arc<str>] {
        &self.headings
    }

    /// Columns that are called as fields are.
    #[must_use]
    pub fn canonical(&self) -> Vec<ColumnMapping<'a>> {
        ColumnMapping::canonical(self.book, self.entity, &self.headings)
    }

    /// How many rows its footer tells.
    #[must_use]
    pub fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or_default()
    }

    /// Reads all rows, batch by batch, on as many threads as there are; batches come in no order.
    ///
    /// # Errors
    /// When the file cannot be read, or lacks a column.
    pub fn read(&self, mappings: &[ColumnMapping<'_>], keys: &RecordKeys, take: &(dyn Fn(&RecordRows) + Sync)) -> Result<Unread> {
        let columns = self.columns(mappings)?;
        let groups = self.metadata.metadata().row_groups();
        let first_rows = groups.iter().scan(1, |next, group| {
            let first = *next;
            *next += u64::try_from(group.num_rows()).unwrap_or_default();
            Some(first)
        });
        let parts: Vec<GroupPart> = first_rows.enumerate().map(|(group, first_row)| GroupPart { group, first_row }).collect();
        let part = |part: &GroupPart| self.read_group(part, &columns, keys, take);
        let parts: Vec<Unread> = parts.par_iter().map(part).collect::<Result<_>>()?;
        let mut unread = Unread::default();
        parts.iter().for_each(|part| unread.merge(part));
        Ok(unread)
    }

    fn read_group(
        &self,
        part: &GroupPart,
        columns: &Columns<'_>,
        keys: &RecordKeys,
        take: &(dyn Fn(&RecordRows) + Sync),
    ) -> Result<Unread> {
        let translations = KeyTranslations::new(keys);
        let (mut fields, mut owners) = (FieldReader::new(columns, part.first_row), OwnerFinder::new(columns, keys, &translations));
        let (mut rows, mut unread) = (RecordRows::new(self.entity, self.book), Unread::default());
        self.each_batch(part.group, columns, &mut |batch| {
            let first = fields.read(batch, &mut rows, &mut unread)?;
            owners.read(batch, first, &mut rows, &mut unread)?;
            take(&rows);
            Ok(())
        })?;
        Ok(unread)
    }

    /// Reads schools or classes, in their order: every row gets an index, by which what belongs to it will find it.
    ///
    /// # Errors
    /// When the file cannot be read, or lacks a column.
    pub fn read_owners(&self, mappings: &[ColumnMapping<'_>], keys: &mut RecordKeys) -> Result<OwnerRows> {
        let columns = self.columns(mappings)?;
        let mut owners = OwnerReader::new(&columns, RecordRows::new(self.entity, self.book), self.book);
        for group in 0..self.metadata.metadata().num_row_groups() {
            self.each_batch(group, &columns, &mut |batch| owners.take(batch, keys))?;
        }
        Ok(owners.finish())
    }

    fn columns<'m>(&self, mappings: &'m [ColumnMapping<'m>]) -> Result<Columns<'m>> {
        Columns::new(self.book, self.entity, &self.headings, mappings).map_err(|problem| Error::library(Action::Read, &self.path, problem))
    }

    /// Gives the batches of a row group, with the columns that are wanted.
    fn each_batch(
        &self,
        group: usize,
        columns: &Columns<'_>,
        take: &mut dyn FnMut(&RecordBatch) -> std::result::Result<(), ArrowError>,
    ) -> Result<()> {
        let told = |problem: ArrowError| Error::library(Action::Read, &self.path, problem);
        let projection = ProjectionMask::roots(self.metadata.parquet_schema(), columns.wanted.iter().copied());
        input::surviving(Action::Read, &self.path, || {
            let file = File::open(&self.path).map_err(|problem| Error::io(Action::Read, &self.path, problem))?;
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
            let reader = builder.with_row_groups(vec![group]).with_projection(projection.clone()).with_batch_size(BATCH).build();
            for batch in reader.map_err(|problem| Error::library(Action::Read, &self.path, problem))? {
                batch.and_then(|batch| take(&batch)).map_err(told)?;
            }
            Ok(())
        })
    }
}

/// A row group and the number of its first row, counted from 1.
struct GroupPart {
    group: usize,
    first_row: u64,
}

/// The footer of a file, with texts to be kept as dictionaries.
fn footer(path: &Path) -> Result<ArrowReaderMetadata> {
    let told = |problem: parquet::errors::ParquetError| Error::library(Action::Read, path, problem);
    let file = File::open(path).map_err(|problem| Error::io(Action::Read, path, problem))?;
    let written = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(told)?;
    let fields = written.schema().fields().iter().map(|field| {
        let kind = if is_text(field.data_type()) { dictionary() } else { field.data_type().clone() };
        Field::new(field.name(), kind, field.is_nullable())
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    // A file that does not take it is read as it is written.
    Ok(ArrowReaderMetadata::try_new(Arc::clone(written.metadata()), options).unwrap_or(written))
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, texts) => is_text(texts),
        _ => false,
    }
}
