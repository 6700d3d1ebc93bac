//! The fields of a table as a data package describes them, from the file itself.

use std::fs::File;
use std::path::Path;

use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};

use super::manifest::TableLabel;
use crate::error::{Error, Result};

/// Name, type, meaning and unit of every column of a Parquet file.
pub fn fields_of(path: &Path, label: &TableLabel) -> Result<Vec<Value>> {
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| Error::library("read", path, e))?;
    let fields = builder.schema().fields().iter().map(|field| {
        let mut out = Map::new();
        let mut put = |key: &str, text: &str| {
            if !text.is_empty() {
                out.insert(key.to_owned(), text.into());
            }
        };
        put("name", field.name());
        put("type", kind(field.data_type()));
        if let Some((_, meaning, unit)) = label.columns.iter().find(|(name, ..)| name == field.name()) {
            put("description", meaning);
            put("tkgd:unit", unit);
        }
        if !field.is_nullable() {
            out.insert("constraints".to_owned(), serde_json::json!({"required": true}));
        }
        Value::Object(out)
    });
    Ok(fields.collect())
}

/// A type by the standard's name.
fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => "integer",
        DataType::Decimal128(..) => "number",
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        _ => "string",
    }
}
