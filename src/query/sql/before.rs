//! Tables of archives of before, under today's names and types.

use chrono::NaiveDate;
use polars::error::PolarsResult;
use polars::prelude::{
    Column, DataType, Expr, Field, Int32Chunked, IntoSeries as _, LazyFrame, ListBuilderTrait as _, ListStringChunkedBuilder, NULL,
    NewChunkedArray as _, PlSmallStr, Schema, SchemaRef, UnionArgs, col, concat, lit,
};

use super::problem::failed;
use crate::archive::{key_word, old_name};
use crate::error::Result;

/// The table that says what columns are split by; before, each dimension was a column of the table of columns.
pub const COLUMN_PARTS: &str = "column_parts";
/// Tables in which words stand for nothing, so that a key is never null.
const KEYED: [&str; 3] = ["forms", "indicators", "unit_indicators"];
/// Columns of the old table of columns that are no dimensions.
const NO_DIMENSIONS: [&str; 5] = ["form", "sheet", "path", "kind", "column"];

/// A table of before under today's columns; what it does not have is null.
///
/// # Errors
/// When the file cannot be read.
pub fn as_today(table: &str, mut frame: LazyFrame, schema: &SchemaRef) -> Result<LazyFrame> {
    let own = frame.collect_schema().map_err(|e| failed(&e))?;
    let columns = schema.iter().map(|(name, kind)| today(table, &own, (name, kind)));
    Ok(frame.select(columns.collect::<Vec<Expr>>()))
}

fn today(table: &str, own: &Schema, (name, kind): (&PlSmallStr, &DataType)) -> Expr {
    let was = if own.contains(name) { Some(name.as_str()) } else { old_name(table, name).filter(|was| own.contains(was)) };
    let Some((was, stored)) = was.and_then(|was| Some((was, own.get(was)?))) else {
        return lit(NULL).cast(kind.clone()).alias(name.clone());
    };
    let value = col(was);
    let value = match (stored, kind) {
        (stored, kind) if stored == kind => value,
        (DataType::String, DataType::Date) => value.map(days, |_, field| Ok(Field::new(field.name().clone(), DataType::Date))),
        (DataType::String, DataType::Boolean) => value.eq(lit("yes")),
        (DataType::String, DataType::List(_)) => value.map(lists, |_, field| Ok(Field::new(field.name().clone(), list_type()))),
        _ => value.cast(kind.clone()),
    };
    // A key is never null; what is told apart by nothing says so.
    let word = key_word(name).filter(|_| *kind == DataType::String && KEYED.contains(&table));
    let value = match word {
        Some(word) => value.fill_null(lit(word)),
        None => value,
    };
    value.alias(name.clone())
}

fn list_type() -> DataType {
    DataType::List(Box::new(DataType::String))
}

/// Days out of texts such as `2025-09-30`.
fn days(column: Column) -> PolarsResult<Column> {
    let day = |text: Option<&str>| {
        let day: NaiveDate = text?.parse().ok()?;
        i32::try_from(day.signed_duration_since(NaiveDate::default()).num_days()).ok()
    };
    let days: Vec<Option<i32>> = column.str()?.iter().map(day).collect();
    Int32Chunked::from_slice_options(column.name().clone(), &days).into_series().cast(&DataType::Date).map(Column::from)
}

/// Lists out of texts that blanks separate.
fn lists(column: Column) -> PolarsResult<Column> {
    let texts = column.str()?;
    let mut lists = ListStringChunkedBuilder::new(column.name().clone(), texts.len(), texts.len());
    for text in texts.iter() {
        lists.append_values_iter(text.unwrap_or_default().split(' ').filter(|part| !part.is_empty()));
    }
    Ok(Column::from(lists.finish().into_series()))
}

/// What the columns of a table of before are split by: a row for each dimension.
///
/// # Errors
/// When the file cannot be read.
pub fn parts_of_columns(mut frame: LazyFrame, schema: &SchemaRef) -> Result<LazyFrame> {
    let own = frame.collect_schema().map_err(|e| failed(&e))?;
    let dimensions = own.iter_names().filter(|name| !NO_DIMENSIONS.contains(&name.as_str()));
    let part = |dimension: &PlSmallStr| {
        let columns = [
            col("form"),
            col("sheet"),
            lit(dimension.as_str()).alias("dimension"),
            col(dimension.clone()).alias("part"),
            col("column").cast(DataType::Int32).alias("column_no"),
        ];
        frame.clone().filter(col(dimension.clone()).is_not_null()).select(columns)
    };
    let parts: Vec<LazyFrame> = dimensions.map(part).collect();
    if parts.is_empty() {
        return Ok(polars::prelude::IntoLazy::lazy(polars::prelude::DataFrame::empty_with_schema(schema)));
    }
    concat(parts, UnionArgs::default()).map_err(|e| failed(&e))
}
