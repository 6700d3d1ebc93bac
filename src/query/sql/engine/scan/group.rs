//! The rows of one row group: what all of them share is not read, conditions are asked of the columns that they are about, and
//! other columns are read only where all conditions are met.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{DataFusionError, ScalarValue};
use datafusion::error::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowFilter,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column, Literal};

use super::conditions::{Condition, kind};
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
        for condition in conditions {
            match left(files, part, condition)? {
                Left::Nothing => return Ok(None),
                Left::All => {}
                Left::Some(expr) => asked.push(Box::new(predicate(files, part, expr, condition, &failure)?)),
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
        let metadata = part.footer.metadata();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(files.path(part.file))?, metadata.clone())
            .with_row_groups(vec![part.group])
            .with_projection(mask)
            .with_batch_size(rows);
        if !asked.is_empty() {
            builder = builder.with_row_filter(RowFilter::new(asked));
        }
        let built = builder.build();
        let reader = built.map_err(|e| told(&failure, e.into()))?;
        Ok(Some(Self { reader, sources, schema: Arc::clone(schema), failure }))
    }

    /// Some more rows; none at the end.
    pub fn next(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let batch = batch.map_err(|e| told(&self.failure, e.into()))?;
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

/// What a reader says, or the condition that it gave up for.
fn told(failure: &Failure, problem: DataFusionError) -> DataFusionError {
    failure.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(problem)
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

/// What is left to ask of the rows of a row group.
enum Left {
    /// No row meets the condition.
    Nothing,
    /// All rows meet it.
    All,
    /// Only that.
    Some(Arc<dyn PhysicalExpr>),
}

/// A condition with the values that all rows share in the place of columns.
fn left(files: &Files, part: &Part, condition: &Condition) -> Result<Left> {
    let mut are_same = true;
    let expr = Arc::clone(&condition.expr).transform_up(|expr| {
        let Some(column) = expr.downcast_ref::<Column>() else { return Ok(Transformed::no(expr)) };
        match files.constant(part, column.index()) {
            Some(value) => Ok(Transformed::yes(Arc::new(Literal::new(value)) as _)),
            None => {
                are_same = false;
                Ok(Transformed::no(expr))
            }
        }
    });
    let expr = expr.data()?;
    if !are_same {
        return Ok(Left::Some(expr));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let row = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), Vec::new(), &options)?;
    let met = expr.evaluate(&row)?.into_array(1)?;
    let met = as_boolean_array(&met)?;
    Ok(if met.is_valid(0) && met.value(0) { Left::All } else { Left::Nothing })
}

/// A condition as the reader asks it of the columns that it is about.
fn predicate(
    files: &Files,
    part: &Part,
    expr: Arc<dyn PhysicalExpr>,
    condition: &Condition,
    failure: &Failure,
) -> Result<impl ArrowPredicate + use<>> {
    let mut columns: Vec<(usize, usize)> = condition
        .columns
        .iter()
        .filter(|&&column| files.constant(part, column).is_none())
        .filter_map(|&c| Some((part.footer.root(c)?, c)))
        .collect();
    columns.sort_unstable();
    let fields: Vec<Field> = columns
        .iter()
        .map(|&(_, column)| Field::new(files.schema().field(column).name(), kind(files.schema(), column).clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let place = |column: usize| columns.iter().position(|&(_, own)| own == column).unwrap_or_default();
    let expr = expr.transform_up(|expr| match expr.downcast_ref::<Column>() {
        Some(column) => Ok(Transformed::yes(Arc::new(Column::new(column.name(), place(column.index()))) as _)),
        None => Ok(Transformed::no(expr)),
    });
    let expr = expr.data()?;
    let mask = ProjectionMask::roots(part.footer.metadata().parquet_schema(), columns.iter().map(|&(root, _)| root));
    let failure = Arc::clone(failure);
    let texts = condition.texts.clone();
    Ok(ArrowPredicateFn::new(mask, move |batch| {
        let values = batch.columns().iter().zip(schema.fields()).map(|(values, field)| as_asked(values, field));
        let values = values.collect::<std::result::Result<Vec<_>, _>>()?;
        if let (Some(texts), [values]) = (&texts, &values[..])
            && let Some(rows) = values.as_string_view_opt()
        {
            return Ok(texts.contain(rows));
        }
        let rows = RecordBatch::try_new(Arc::clone(&schema), values)?;
        let met = expr.evaluate(&rows).and_then(|met| met.into_array(rows.num_rows())).and_then(|met| Ok(as_boolean_array(&met)?.clone()));
        met.map_err(|problem| {
            let said = ArrowError::ComputeError(problem.to_string());
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            said
        })
    }))
}
