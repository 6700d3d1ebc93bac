//! Tables of archives of before, under today's names and types.

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::common::{Column, ScalarValue};
use datafusion::functions::expr_fn::coalesce;
use datafusion::functions_nested::expr_fn::{array_remove_all, string_to_array};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit, try_cast};

use super::problem::failed;
use super::{TERM, YEAR};
use crate::archive::{key_word, old_name};
use crate::base::error::Result;

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
pub fn as_today(table: &str, scan: LogicalPlan, own: &Schema, today: &SchemaRef) -> Result<LogicalPlan> {
    let columns = today.fields().iter().map(|field| column_today(table, own, field));
    LogicalPlanBuilder::from(scan).project(columns.collect::<Vec<Expr>>()).and_then(LogicalPlanBuilder::build).map_err(|e| failed(&e))
}

/// A column, whatever letters its name has.
fn named(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

fn column_today(table: &str, own: &Schema, field: &FieldRef) -> Expr {
    let (name, kind) = (field.name().as_str(), field.data_type());
    if [YEAR, TERM].contains(&name) {
        return named(name);
    }
    let has = |name: &str| own.column_with_name(name).is_some();
    let was = if has(name) { Some(name) } else { old_name(table, name).filter(|was| has(was)) };
    let Some((was, stored)) = was.and_then(|was| Some((was, own.column_with_name(was)?.1.data_type()))) else {
        return cast(lit(ScalarValue::Null), kind.clone()).alias(name);
    };
    let value = named(was);
    let value = match (is_text(stored), kind) {
        (true, DataType::Date32) => try_cast(value, DataType::Date32),
        (true, DataType::Boolean) => value.eq(lit("yes")),
        (true, DataType::List(_)) => lists(value),
        _ => cast(value, kind.clone()),
    };
    // A key is never null; what is told apart by nothing says so.
    let word = key_word(name).filter(|_| is_text(kind) && KEYED.contains(&table));
    let value = match word {
        Some(word) => cast(coalesce(vec![value, lit(word)]), kind.clone()),
        None => value,
    };
    value.alias(name)
}

const fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..))
}

/// Lists out of texts that blanks separate.
fn lists(text: Expr) -> Expr {
    let parts = string_to_array(cast(coalesce(vec![text, lit("")]), DataType::Utf8), lit(" "), lit(ScalarValue::Utf8(None)));
    array_remove_all(parts, lit(""))
}

/// Splits of the columns in a table of before: a row for each dimension.
///
/// # Errors
/// When the file cannot be read.
pub fn parts_of_columns(scan: LogicalPlan, own: &Schema, today: &SchemaRef) -> Result<LogicalPlan> {
    let names = own.fields().iter().map(|field| field.name().as_str());
    let part = |dimension: &str| {
        let columns = today.fields().iter().map(|field| {
            let value = match field.name().as_str() {
                "dimension" => lit(dimension),
                "part" => named(dimension),
                "column_no" => named("column"),
                name => named(name),
            };
            cast(value, field.data_type().clone()).alias(field.name())
        });
        let columns: Vec<Expr> = columns.collect();
        LogicalPlanBuilder::from(scan.clone()).filter(named(dimension).is_not_null())?.project(columns)
    };
    let parts = names.filter(|name| !NO_DIMENSIONS.contains(name)).map(part);
    let all = parts.reduce(|all, part| all?.union(part?.build()?));
    let nothing = || LogicalPlanBuilder::from(scan.clone()).filter(lit(false)).and_then(LogicalPlanBuilder::build);
    all.map_or_else(nothing, |all| all?.build()).map_err(|e| failed(&e))
}
