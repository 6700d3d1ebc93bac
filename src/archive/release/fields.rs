//! The fields of a table as a data package describes them, from the file itself.

use std::path::Path;

use arrow_schema::DataType;
use serde_json::{Map, Value};

use super::super::parquet_file::open_parquet;
use crate::base::error::Result;
use crate::base::message::Message;
use crate::forms::ArchiveTable;

/// A list of texts by the standard's name.
const LIST: &str = "array";

/// Name, type, meaning and unit of every column of a Parquet file.
pub fn fields_of(path: &Path, known: Option<&ArchiveTable>) -> Result<Vec<Value>> {
    let builder = open_parquet(path)?;
    let fields = builder.schema().fields().iter().map(|field| {
        let mut out = Map::new();
        let mut put = |key: &str, text: &str| {
            if !text.is_empty() {
                out.insert(key.to_owned(), text.into());
            }
        };
        put("name", field.name());
        let column = known.and_then(|table| table.column(field.name()));
        let type_name = column.as_ref().map_or_else(|| kind(field.data_type()), |column| column.kind.id());
        // The standard's own reader of Parquet takes no list for an array.
        put("type", if type_name == LIST { "any" } else { type_name });
        put("tkgd:type", if type_name == LIST { LIST } else { "" });
        let Some(column) = column else { return Value::Object(out) };
        put("description", &column.description.vi());
        put("tkgd:unit", &column.unit.as_ref().map_or_else(String::new, Message::vi));
        put("tkgd:null", &column.null.as_ref().map_or_else(String::new, Message::vi));
        let mut constraints = Map::new();
        if column.null.is_none() {
            constraints.insert("required".to_owned(), true.into());
        }
        if !column.values.is_empty() {
            constraints.insert("enum".to_owned(), column.values.clone().into());
        }
        if !constraints.is_empty() {
            out.insert("constraints".to_owned(), constraints.into());
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
        DataType::List(_) => LIST,
        _ => "string",
    }
}
