//! Values of an answer, one by one.

use chrono::NaiveDate;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch,
    StringArray,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Float64Type, Int64Type};

use crate::archive::day_of;
use crate::base::error::Result;

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum QueryEntry {
    /// Nothing.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i128),
    /// A decimal: its digits and how many of them stand behind the point.
    Decimal(i128, usize),
    /// A number that is not exact, such as a quotient.
    Float(f64),
    /// True or false.
    Flag(bool),
    /// A day.
    Day(NaiveDate),
    /// Several values.
    List(Vec<QueryEntry>),
}

/// Rows of an answer.
pub struct Rows<'a> {
    batch: &'a RecordBatch,
}

/// The type that values of a type are handed over as: those of [`QueryEntry`], and of files that are written.
pub(super) fn plain_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Boolean | DataType::Date32 | DataType::Decimal128(..) => kind.clone(),
        DataType::Decimal32(digits, scale) | DataType::Decimal64(digits, scale) => DataType::Decimal128(*digits, *scale),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => DataType::new_list(plain_type(item.data_type()), true),
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_floating() => DataType::Float64,
        _ => DataType::Utf8,
    }
}

/// Casts a column's field to a plain type.
pub(super) fn plain_field(name: &str, kind: &DataType) -> Field {
    Field::new(name, plain_type(kind), true)
}

/// Name of a type in lists of columns.
pub(super) fn kind_name(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Decimal128(_, scale) => format!("decimal({scale})"),
        DataType::Date32 => "date".to_owned(),
        DataType::List(_) => "list".to_owned(),
        DataType::Int64 => "integer".to_owned(),
        DataType::Float64 => "number".to_owned(),
        _ => "string".to_owned(),
    }
}

/// A column of plain values.
enum Values<'a> {
    Text(&'a StringArray),
    Whole(&'a Int64Array),
    Decimal(&'a Decimal128Array, usize),
    Float(&'a Float64Array),
    Flag(&'a BooleanArray),
    Day(&'a Date32Array),
    List(&'a ListArray),
}

impl<'a> Values<'a> {
    /// None for a type that is not a plain one.
    fn of(column: &'a ArrayRef) -> Option<Self> {
        Some(match column.data_type() {
            DataType::Int64 => Self::Whole(column.as_primitive_opt::<Int64Type>()?),
            DataType::Decimal128(_, scale) => Self::Decimal(column.as_primitive_opt::<Decimal128Type>()?, usize::try_from(*scale).ok()?),
            DataType::Float64 => Self::Float(column.as_primitive_opt::<Float64Type>()?),
            DataType::Boolean => Self::Flag(column.as_boolean_opt()?),
            DataType::Date32 => Self::Day(column.as_primitive_opt::<Date32Type>()?),
            DataType::List(_) => Self::List(column.as_list_opt()?),
            _ => Self::Text(column.as_string_opt()?),
        })
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Text(values) => values.is_null(row),
            Self::Whole(values) => values.is_null(row),
            Self::Decimal(values, _) => values.is_null(row),
            Self::Float(values) => values.is_null(row),
            Self::Flag(values) => values.is_null(row),
            Self::Day(values) => values.is_null(row),
            Self::List(values) => values.is_null(row),
        }
    }

    fn entry(&self, row: usize) -> QueryEntry {
        if self.is_null(row) {
            return QueryEntry::Null;
        }
        match self {
            Self::Text(values) => QueryEntry::Text(values.value(row).to_owned()),
            Self::Whole(values) => QueryEntry::Whole(i128::from(values.value(row))),
            Self::Decimal(values, scale) => QueryEntry::Decimal(values.value(row), *scale),
            Self::Float(values) => QueryEntry::Float(values.value(row)),
            Self::Flag(values) => QueryEntry::Flag(values.value(row)),
            Self::Day(values) => day_of(values.value(row)).map_or(QueryEntry::Null, QueryEntry::Day),
            Self::List(values) => {
                let items = values.value(row);
                let plain = Values::of(&items);
                QueryEntry::List((0..items.len()).map(|at| plain.as_ref().map_or(QueryEntry::Null, |plain| plain.entry(at))).collect())
            }
        }
    }
}

impl<'a> Rows<'a> {
    /// Rows of plain types.
    pub(super) const fn new(batch: &'a RecordBatch) -> Self {
        Self { batch }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands over every row.
    ///
    /// # Errors
    /// Errors of `take`.
    pub fn each(&self, take: &mut dyn FnMut(&[QueryEntry]) -> Result<()>) -> Result<()> {
        let columns: Vec<Option<Values<'_>>> = self.batch.columns().iter().map(Values::of).collect();
        for at in 0..self.len() {
            let row: Vec<QueryEntry> =
                columns.iter().map(|column| column.as_ref().map_or(QueryEntry::Null, |values| values.entry(at))).collect();
            take(&row)?;
        }
        Ok(())
    }
}

impl QueryEntry {
    /// The value as a text that programs read: a point before decimals, nothing between thousands.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(digits, scale) => decimal(*digits, *scale),
            Self::Float(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Day(day) => day.to_string(),
            Self::List(items) => items.iter().map(Self::plain).collect::<Vec<_>>().join(" "),
        }
    }

    /// True for numbers.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Whole(_) | Self::Decimal(..) | Self::Float(_))
    }
}

/// All digits of a decimal.
fn decimal(digits: i128, scale: usize) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = text.split_at(text.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_every_digit() {
        assert_eq!(QueryEntry::Decimal(1_234_500_000, 6).plain(), "1234.500000");
        assert_eq!(QueryEntry::Decimal(-1, 6).plain(), "-0.000001");
        assert_eq!(QueryEntry::Decimal(0, 0).plain(), "0");
        assert_eq!(QueryEntry::Decimal(i128::from(i64::MAX), 6).plain(), "9223372036854.775807");
    }
}
