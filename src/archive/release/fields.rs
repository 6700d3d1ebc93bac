//! The fields of a table as a data package describes them, from the file itself.

use std::path::Path;

use arrow_schema::{DataType, Field};

use super::super::parquet_file::open_parquet;
use super::package::{PackageConstraints, PackageField};
use crate::base::error::Result;
use crate::base::message::Message;
use crate::forms::ArchiveTable;

/// A list of texts by the standard's name.
const LIST: &str = "array";

/// Name, type, meaning and unit of every column of a Parquet file.
pub fn fields_of(path: &Path, known: Option<&ArchiveTable>) -> Result<Vec<PackageField>> {
    let builder = open_parquet(path)?;
    Ok(builder.schema().fields().iter().map(|field| package_field(field, known)).collect())
}

fn package_field(field: &Field, known: Option<&ArchiveTable>) -> PackageField {
    let column = known.and_then(|table| table.column(field.name()));
    let type_name = column.as_ref().map_or_else(|| kind(field.data_type()), |column| column.kind.id());
    let is_list = type_name == LIST;
    let plain = PackageField {
        name: field.name().clone(),
        // The standard's own reader of Parquet takes no list for an array.
        kind: if is_list { "any" } else { type_name },
        own_kind: if is_list { LIST } else { "" },
        ..PackageField::default()
    };
    let Some(column) = column else { return plain };
    PackageField {
        description: column.description.vi(),
        unit: column.unit.as_ref().map_or_else(String::new, Message::vi),
        null: column.null.as_ref().map_or_else(String::new, Message::vi),
        constraints: PackageConstraints { required: column.null.is_none(), values: column.values },
        ..plain
    }
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
