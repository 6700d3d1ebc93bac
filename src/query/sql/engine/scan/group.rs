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
use super::table::{Files, Part};

/// Where a condition leaves what it could not work out.
type Failure = Arc<Mutex<Option<DataFusionError>>>;

/// Where the values of a column of the answer come from.
#[derive(Debug)]
enum Source {
    /// The same value in all rows.
    Same(ArrayRef),
    /// A column of what is read.
    Read(usize),
}

/// Rows of a row group that meet all conditions.
pub(super) struct GroupRows {
    reader: ParquetRecordBatchReader,
    sources: Vec<Source>,
    schema: SchemaRef,
    failure: Failure,
    path: PathBuf,
}

impl std::fmt::Debug for GroupRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupRows").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl GroupRows {
    /// Opens a row group for some columns of the table; none where no row can meet the conditions.
    pub fn open<'a>(
        files: &Files,
        part: &Part,
        (columns, schema): (&[usize], &SchemaRef),
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
                    asked.push(Box::new(predicate(files, part, condition, &failure)));
                }
            }
        }
        let mut roots: Vec<usize> = Vec::new();
        let mut origins = Vec::new();
        for &column in columns {
            let same = files.constant(part, column);
            origins.push(match (same, part.footer.root(column)) {
                (None, Some(root)) => {
                    roots.push(root);
                    Err(root)
                }
                (same, _) => Ok(same.unwrap_or(ScalarValue::Null)),
            });
        }
        roots.sort_unstable();
        roots.dedup();
        let sources = origins.into_iter().zip(schema.fields()).map(|(origin, field)| match origin {
            Ok(value) => repeated(&value, field, rows).map(Source::Same),
            Err(root) => Ok(Source::Read(roots.partition_point(|&other| other < root))),
        });
        let sources = sources.collect::<Result<Vec<_>>>()?;
        let metadata = if by_number { part.footer.by_number()? } else { part.footer.metadata() };
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
        let path = files.path(part.file);
        let chunks = Chunks::open(path, metadata.metadata().row_group(part.group)).map_err(|problem| unreadable(path, problem))?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, metadata.clone())
            .with_row_groups(vec![part.group])
            .with_projection(mask)
            .with_batch_size(rows);
        if !asked.is_empty() {
            builder = builder.with_row_filter(RowFilter::new(asked));
        }
        let built = builder.build();
        let reader = built.map_err(|problem| told(&failure, path, &problem))?;
        Ok(Some(Self { reader, sources, schema: Arc::clone(schema), failure, path: path.to_owned() }))
    }

    /// Some more rows; none at the end.
    pub fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let batch = batch.map_err(|problem| told(&self.failure, &self.path, &problem))?;
        let rows = batch.num_rows();
        let columns = self.sources.iter().zip(self.schema.fields()).map(|(source, field)| match source {
            Source::Same(values) => Ok(values.slice(0, rows)),
            Source::Read(at) => as_asked(batch.column(*at), field),
        });
        let columns = columns.collect::<std::result::Result<Vec<_>, ArrowError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(Some(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?))
    }
}

/// What a reader says of a file, or the condition that it gave up for.
fn told(failure: &Failure, path: &Path, problem: &dyn std::fmt::Display) -> DataFusionError {
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

/// What a condition comes to in a row group.
enum Left {
    /// No row meets the condition.
    Nothing,
    /// All rows meet it.
    All,
    /// Its rows are asked.
    Asked,
}

/// Asks a condition of what all rows share, where it is about nothing else.
fn left(files: &Files, part: &Part, condition: &Condition) -> Result<Left> {
    let values = condition.columns.iter().map(|&column| files.constant(part, column)).collect::<Option<Vec<ScalarValue>>>();
    let Some(values) = values else { return Ok(Left::Asked) };
    let values =
        values.iter().zip(condition.schema.fields()).map(|(value, field)| repeated(value, field, 1)).collect::<Result<Vec<_>>>()?;
    let met = ask_rows(&values, 1, condition)?;
    Ok(if met.is_valid(0) && met.value(0) { Left::All } else { Left::Nothing })
}

/// Where the values of a column that a condition is about come from.
enum Asked {
    /// The same value in all rows.
    Same(ScalarValue),
    /// A column of what is read for the condition.
    Read(usize),
}

/// A condition as the reader asks it of the columns that it is about.
fn predicate(files: &Files, part: &Part, condition: &Condition, failure: &Failure) -> impl ArrowPredicate + use<> {
    let root = |column: usize| part.footer.root(column).filter(|_| files.constant(part, column).is_none());
    let mut roots: Vec<usize> = condition.columns.iter().filter_map(|&column| root(column)).collect();
    roots.sort_unstable();
    let sources: Vec<Asked> = condition
        .columns
        .iter()
        .map(|&column| match root(column) {
            Some(root) => Asked::Read(roots.partition_point(|&other| other < root)),
            None => Asked::Same(files.constant(part, column).unwrap_or(ScalarValue::Null)),
        })
        .collect();
    let mask = ProjectionMask::roots(part.footer.metadata().parquet_schema(), roots);
    let failure = Arc::clone(failure);
    let condition = condition.clone();
    let mut texts = ListedTexts::new(Arc::clone(&condition.expr), Arc::clone(&condition.schema));
    ArrowPredicateFn::new(mask, move |batch| {
        let met = match batch.columns() {
            [only]
                if condition.is_of_one_text()
                    && let Some(rows) = only.as_dictionary_opt::<Int32Type>() =>
            {
                texts.rows(rows)
            }
            all => {
                let rows = batch.num_rows();
                let values = sources.iter().zip(condition.schema.fields()).map(|(source, field)| match source {
                    Asked::Same(value) => repeated(value, field, rows),
                    Asked::Read(at) => Ok(as_asked(&all[*at], field)?),
                });
                values.collect::<Result<Vec<_>>>().and_then(|values| ask_rows(&values, rows, &condition))
            }
        };
        met.map_err(|problem| {
            let said = ArrowError::ComputeError(problem.to_string());
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            said
        })
    })
}

/// Asks a condition of rows one by one.
fn ask_rows(values: &[ArrayRef], rows: usize, condition: &Condition) -> Result<BooleanArray> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&condition.schema), values.to_vec(), &options)?;
    let met = condition.expr.evaluate(&batch)?.into_array(rows)?;
    Ok(as_boolean_array(&met)?.clone())
}
