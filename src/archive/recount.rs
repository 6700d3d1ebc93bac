//! Counts an archive table again, from the file on the disk.
//!
//! Nothing of the aggregation is used: every row is read back and added to its form, and the sums must be those of the
//! returns. So a fault in what is written or in what is added up shows before anybody uses the figures.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use crate::base::error::{Action, Error, Result};
use crate::base::input::{on_this_machine, surviving};
use crate::base::message::message;

/// Rows that are read at a time.
const ROWS: usize = 65_536;

/// Contents of a table by form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableTotal {
    /// Form id.
    pub form: String,
    /// Rows.
    pub rows: u64,
    /// Sum of all values: counts, or đồng for amounts.
    pub sum: i128,
}

/// Rows and sums per form of a value table, in the order of the forms.
///
/// # Errors
/// When the file cannot be read.
pub fn recount(path: &Path) -> Result<Vec<TableTotal>> {
    on_this_machine(path)?;
    surviving(Action::ReadBack, path, || counted(path))
}

fn counted(path: &Path) -> Result<Vec<TableTotal>> {
    let failed = |e: &dyn std::fmt::Display| Error::library(Action::ReadBack, path, e);
    let file = std::fs::File::open(path).map_err(|e| Error::io(Action::ReadBack, path, e))?;
    let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|e| failed(&e))?;
    // A form is looked at once for all of its rows.
    let as_keys = |field: &std::sync::Arc<Field>| match field.data_type() {
        DataType::Utf8 if field.name() == "form" => Field::new_dictionary("form", DataType::Int32, DataType::Utf8, field.is_nullable()),
        _ => Field::clone(field),
    };
    let schema = Schema::new(plain.schema().fields().iter().map(as_keys).collect::<Vec<Field>>());
    let options = ArrowReaderOptions::new().with_schema(schema.into());
    let metadata = ArrowReaderMetadata::try_new(std::sync::Arc::clone(plain.metadata()), options).map_err(|e| failed(&e))?;
    let mask = ProjectionMask::columns(metadata.parquet_schema(), ["form", "value"]);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_projection(mask).with_batch_size(ROWS);
    let mut totals: BTreeMap<String, (u64, i128)> = BTreeMap::new();
    for batch in builder.build().map_err(|e| failed(&e))? {
        add(&batch.map_err(|e| failed(&e))?, &mut totals)
            .ok_or_else(|| Error::library(Action::ReadBack, path, message!("archive.not_value_table")))?;
    }
    Ok(totals.into_iter().map(|(form, (rows, sum))| TableTotal { form, rows, sum }).collect())
}

/// Adds rows to the totals of their forms; nothing where they are not what a value table holds, or a sum grows too large.
fn add(batch: &RecordBatch, totals: &mut BTreeMap<String, (u64, i128)>) -> Option<()> {
    let forms = batch.column_by_name("form")?.as_dictionary_opt::<Int32Type>()?;
    let names = forms.values().as_string_opt::<i32>()?;
    let values = batch.column_by_name("value")?;
    let mut own = vec![(0_u64, 0_i128); names.len()];
    for row in 0..batch.num_rows() {
        let total = own.get_mut(forms.key(row)?)?;
        total.0 += 1;
        total.1 = total.1.checked_add(number(values, row)?)?;
    }
    for (at, (rows, sum)) in own.into_iter().enumerate().filter(|(_, (rows, _))| *rows > 0) {
        let total = totals.entry(names.value(at).to_owned()).or_default();
        total.0 += rows;
        total.1 = total.1.checked_add(sum)?;
    }
    Some(())
}

/// A value's number, 0 where there is none.
fn number(values: &dyn Array, row: usize) -> Option<i128> {
    if values.is_null(row) {
        return Some(0);
    }
    match values.data_type() {
        DataType::Int64 => Some(i128::from(values.as_primitive_opt::<Int64Type>()?.value(row))),
        _ => Some(values.as_primitive_opt::<Decimal128Type>()?.value(row)),
    }
}
