//! The rows of one row group: what all of them share is not read, conditions are asked of the columns that they are about, and
//! other columns are read only where all conditions are met.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{Field, Int32Type, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::error::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowFilter,
};

use super::chunks::Chunks;
use super::conditions::Condition;
use super::footer::unreadable;
use super::listed_texts::ListedTexts;
use super::table::{FilePart, Files};

/// Where a condition leaves what it could not work out.
type Failure = Arc<Mutex<Option<DataFusionError>>>;

/// Where the values of a column come from.
#[derive(Debug)]
enum Source {
    /// One value in all rows.
    Same(ArrayRef),
    /// A column of what is read.
    Read(usize),
}

/// Some columns of the table, made of what all rows of a row group share and of what is read.
#[derive(Debug)]
struct Columns {
    sources: Vec<Source>,
    schema: SchemaRef,
    /// Where what is read stands among the file's columns, in their order.
    roots: Vec<usize>,
}

impl Columns {
    /// Columns in batches of at most so many rows.
    fn new(files: &Files, part: &FilePart, columns: &[usize], schema: &SchemaRef, rows: usize) -> Result<Self> {
        let origin = |&column: &usize| match (files.constant(part, column), part.footer.root(column)) {
            (None, Some(root)) => Err(root),
            (same, _) => Ok(same.unwrap_or(ScalarValue::Null)),
        };
        let origins: Vec<std::result::Result<ScalarValue, usize>> = columns.iter().map(origin).collect();
        let mut roots: Vec<usize> = origins.iter().filter_map(|origin| origin.as_ref().err().copied()).collect();
        roots.sort_unstable();
        roots.dedup();
        let sources = origins.into_iter().zip(schema.fields()).map(|(origin, field)| match origin {
            Ok(value) => repeated(&value, field, rows).map(Source::Same),
            Err(root) => Ok(Source::Read(roots.partition_point(|&other| other < root))),
        });
        Ok(Self { sources: sources.collect::<Result<_>>()?, schema: Arc::clone(schema), roots })
    }

    /// Columns of the file that are read for them.
    fn mask(&self, part: &FilePart) -> ProjectionMask {
        ProjectionMask::roots(part.footer.metadata().parquet_schema(), self.roots.iter().copied())
    }

    /// The columns of a batch of what was read.
    fn of(&self, read: &RecordBatch) -> Result<RecordBatch> {
        let rows = read.num_rows();
        let columns = self.sources.iter().zip(self.schema.fields()).map(|(source, field)| match source {
            Source::Same(values) => Ok(values.slice(0, rows)),
            Source::Read(at) => as_asked(read.column(*at), field),
        });
        let columns = columns.collect::<std::result::Result<Vec<_>, ArrowError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

/// Rows of a row group that meet all conditions.
pub(super) struct GroupRows {
    reader: ParquetRecordBatchReader,
    columns: Columns,
    failure: Failure,
    path: PathBuf,
}

impl std::fmt::Debug for GroupRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupRows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl GroupRows {
    /// Opens a row group for some columns of the table; none where no row can meet the conditions.
    pub fn open<'a>(
        files: &Files,
        part: &FilePart,
        columns: &[usize],
        schema: &SchemaRef,
        conditions: impl Iterator<Item = &'a Condition>,
        rows: usize,
    ) -> Result<Option<Self>> {
        let failure = Failure::default();
        let mut asked: Vec<Box<dyn ArrowPredicate>> = Vec::new();
        let mut by_number = false;
        for condition in conditions {
            match left(files, part, condition)? {
                Left::Nothing => return Ok(None),
                Left::All => {}
                Left::Asked => {
                    by_number |= condition.is_of_one_text();
                    let columns = Columns::new(files, part, &condition.columns, &condition.schema, rows)?;
                    asked.push(Box::new(predicate(part, condition, columns, &failure)));
                }
            }
        }
        let columns = Columns::new(files, part, columns, schema, rows)?;
        let metadata = if by_number { part.footer.by_number()? } else { part.footer.metadata() };
        let path = files.path(part.file);
        let chunks = Chunks::open(path, metadata.metadata().row_group(part.group)).map_err(|problem| unreadable(path, problem))?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata.clone())
            .with_row_groups(vec![part.group])
            .with_projection(columns.mask(part))
            .with_batch_size(rows);
        if !asked.is_empty() {
            builder = builder.with_row_filter(RowFilter::new(asked));
        }
        let built = builder.build();
        let reader = built.map_err(|problem| to_engine_error(&failure, path, &problem))?;
        Ok(Some(Self { reader, columns, failure, path: path.to_owned() }))
    }

    /// Some more rows; none at the end.
    pub fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let batch = batch.map_err(|problem| to_engine_error(&self.failure, &self.path, &problem))?;
        self.columns.of(&batch).map(Some)
    }
}

/// Words of a reader about a file, or the condition that it gave up for.
fn to_engine_error(failure: &Failure, path: &Path, problem: &dyn std::fmt::Display) -> DataFusionError {
    let asked = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    asked.unwrap_or_else(|| unreadable(path, problem))
}

/// A value as often as it is needed; texts are kept once.
fn repeated(value: &ScalarValue, field: &Field, rows: usize) -> Result<ArrayRef> {
    if value.is_null() {
        return Ok(new_null_array(field.data_type(), rows));
    }
    let one = cast(&value.to_array()?, field.data_type())?;
    Ok(take(&one, &UInt32Array::from(vec![0; rows]), None)?)
}

fn as_asked(values: &ArrayRef, field: &Field) -> std::result::Result<ArrayRef, ArrowError> {
    if values.data_type() == field.data_type() { Ok(Arc::clone(values)) } else { cast(values, field.data_type()) }
}

/// Rest of a condition in a row group.
enum Left {
    /// No row meets the condition.
    Nothing,
    /// All rows meet it.
    All,
    /// Its rows are asked.
    Asked,
}

/// Asks a condition of what all rows share, where it is about nothing else.
fn left(files: &Files, part: &FilePart, condition: &Condition) -> Result<Left> {
    let values = condition.columns.iter().map(|&column| files.constant(part, column)).collect::<Option<Vec<ScalarValue>>>();
    let Some(values) = values else { return Ok(Left::Asked) };
    let values = values.iter().zip(condition.schema.fields()).map(|(value, field)| repeated(value, field, 1));
    let row = RecordBatch::try_new_with_options(
        Arc::clone(&condition.schema),
        values.collect::<Result<_>>()?,
        &RecordBatchOptions::new().with_row_count(Some(1)),
    )?;
    let met = ask_rows(&row, condition)?;
    Ok(if met.is_valid(0) && met.value(0) { Left::All } else { Left::Nothing })
}

/// A condition as the reader asks it of the columns that it is about.
fn predicate(part: &FilePart, condition: &Condition, columns: Columns, failure: &Failure) -> impl ArrowPredicate + use<> {
    let failure = Arc::clone(failure);
    let condition = condition.clone();
    let mut texts = ListedTexts::new(Arc::clone(&condition.expr), Arc::clone(&condition.schema));
    ArrowPredicateFn::new(columns.mask(part), move |batch| {
        let met = match batch.columns() {
            [only]
                if condition.is_of_one_text()
                    && let Some(rows) = only.as_dictionary_opt::<Int32Type>() =>
            {
                texts.rows(rows)
            }
            _ => columns.of(&batch).and_then(|rows| ask_rows(&rows, &condition)),
        };
        met.map_err(|problem| {
            let said = ArrowError::ComputeError(problem.to_string());
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            said
        })
    })
}

/// Asks a condition of rows one by one.
fn ask_rows(rows: &RecordBatch, condition: &Condition) -> Result<BooleanArray> {
    let met = condition.expr.evaluate(rows)?.into_array(rows.num_rows())?;
    Ok(as_boolean_array(&met)?.clone())
}
