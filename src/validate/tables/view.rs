//! A table seen through its schema: typed values, keys, places; and why a value is not known.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::finding::Place;
use crate::location::CellRef;
use crate::number::{AMOUNT_UNIT, NumberKind, NumberLocale, from_text};
use crate::schema::{ColumnType, TableSchema};
use crate::tables::{Table, TableValue, parse_date};
use crate::text::fold;
use crate::validate::expression::{Ratio, Value};

/// Why something cannot be decided: a phrase of the rule catalogue and what it is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(pub String);

impl Reason {
    pub fn new(phrase: &str, about: &str) -> Self {
        Self(if about.is_empty() { format!("{{{phrase}}}") } else { format!("{{{phrase}}}: {about}") })
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Value(Value),
    Empty,
    /// Something, but not of the column's type.
    Mistyped,
    /// A formula error, or a formula without its value.
    Broken,
}

/// A table, which may not be there, and its schema.
pub struct View<'a> {
    pub name: &'a str,
    pub schema: &'a TableSchema,
    pub table: Option<&'a Table>,
    numbers: NumberLocale,
    columns: BTreeMap<&'a str, Option<usize>>,
    keyed: OnceCell<HashMap<Vec<String>, Vec<usize>>>,
}

impl<'a> View<'a> {
    pub fn new(name: &'a str, schema: &'a TableSchema, table: Option<&'a Table>, numbers: NumberLocale) -> Self {
        let place = |(column, declared): (&'a String, &'a crate::schema::TableColumn)| {
            let heading = declared.heading.as_deref().unwrap_or(column);
            (column.as_str(), table.and_then(|table| table.find(&[heading])))
        };
        let columns = schema.columns.iter().map(place).collect();
        Self { name, schema, table, numbers, columns, keyed: OnceCell::new() }
    }

    pub fn rows(&self) -> std::ops::Range<usize> {
        0..self.table.map_or(0, |table| table.rows.len())
    }

    /// `table.column`, as reasons name it.
    pub fn called(&self, column: &str) -> String {
        format!("{}.{column}", self.name)
    }

    /// That the table and these columns are there.
    pub fn has<'c>(&self, columns: impl IntoIterator<Item = &'c String>) -> Result<(), Reason> {
        if self.table.is_none() {
            return Err(Reason::new("table-not-given", self.name));
        }
        match columns.into_iter().find(|column| self.index(column).is_none()) {
            Some(column) => Err(Reason::new("column-not-there", &self.called(column))),
            None => Ok(()),
        }
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.columns.get(column).copied().flatten()
    }

    /// What stands in a row's column, in the column's type.
    pub fn cell(&self, row: usize, column: &String) -> Result<Cell, Reason> {
        self.has([column])?;
        let kind = self.schema.columns.get(column).map_or(ColumnType::Any, |declared| declared.kind);
        let written = self.table.and_then(|table| table.rows.get(row)).and_then(|row| row.values.get(self.index(column)?));
        Ok(match written {
            None | Some(TableValue::Empty) => Cell::Empty,
            Some(TableValue::Error(_)) => Cell::Broken,
            Some(value) => typed(value, kind, self.numbers).map_or(Cell::Mistyped, Cell::Value),
        })
    }

    /// The value in a row's column: missing where the cell is empty.
    pub fn value(&self, row: usize, column: &String) -> Result<Value, Reason> {
        match self.cell(row, column)? {
            Cell::Value(value) => Ok(value),
            Cell::Empty => Ok(Value::Missing),
            Cell::Mistyped => Err(Reason::new("value-mistyped", &self.called(column))),
            Cell::Broken => Err(Reason::new("value-broken", &self.called(column))),
        }
    }

    /// The row's values in some columns, as a key; all of them must be known.
    pub fn key(&self, row: usize, columns: &[String]) -> Result<Vec<String>, Reason> {
        let part = |column: &String| match self.value(row, column)? {
            Value::Missing => Err(Reason::new("value-empty", &self.called(column))),
            value => Ok(key_part(&value)),
        };
        columns.iter().map(part).collect()
    }

    /// The one row with this key.
    pub fn row_with(&self, key: &[String]) -> Result<usize, Reason> {
        self.has(&self.schema.key)?;
        let keyed = self.keyed.get_or_init(|| {
            let mut keyed: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
            for row in self.rows() {
                if let Ok(key) = self.key(row, &self.schema.key) {
                    keyed.entry(key).or_default().push(row);
                }
            }
            keyed
        });
        match keyed.get(key).map(Vec::as_slice) {
            Some([row]) => Ok(*row),
            Some(_) => Err(Reason::new("several-matching-rows", self.name)),
            None => Err(Reason::new("no-matching-row", self.name)),
        }
    }

    /// Where a row's column stands.
    pub fn place(&self, row: Option<usize>, column: Option<&String>) -> Place {
        let Some(table) = self.table else { return Place::default() };
        let line = row.and_then(|row| table.rows.get(row)).map(|row| row.line.saturating_sub(1));
        let column = column.and_then(|column| self.index(column)).and_then(|index| u16::try_from(index).ok());
        let cell = line.map(|line| CellRef::new(line, column.unwrap_or(0)));
        Place { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell }
    }

    /// The one-based line of a row.
    pub fn line(&self, row: usize) -> u32 {
        self.table.and_then(|table| table.rows.get(row)).map_or(0, |row| row.line)
    }

    pub fn is_quotable(&self, column: &str) -> bool {
        self.schema.columns.get(column).is_some_and(|declared| declared.quotable)
    }

    /// What a row says in a column, where that may be shown.
    pub fn quoted(&self, row: usize, column: &str) -> Option<String> {
        let index = self.index(column).filter(|_| self.is_quotable(column))?;
        self.table.and_then(|table| table.rows.get(row)).map(|row| row.text(Some(index)))
    }
}

/// Values that are equal in expressions are equal as parts of a key.
pub fn key_part(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_whole().map_or_else(|| format!("{number:?}"), |whole| whole.to_string()),
        Value::Text(text) => fold(text),
        other => format!("{other:?}"),
    }
}

/// A written value in a column's type; nothing where it is not of that type.
fn typed(value: &TableValue, kind: ColumnType, numbers: NumberLocale) -> Option<Value> {
    let text = |text: &str| Value::Text(Arc::from(text));
    let day = |day: chrono::NaiveDate| text(&day.format("%Y-%m-%d").to_string());
    let number = match value {
        TableValue::Number(number) => decimal(&number.to_string()),
        TableValue::Text(text) => from_text(text, numbers, NumberKind::Amounts).ok().and_then(|n| Ratio::new(n.into(), AMOUNT_UNIT.into())),
        _ => None,
    };
    match (kind, value) {
        (ColumnType::Any | ColumnType::Date, TableValue::Date(date)) => Some(day(*date)),
        (ColumnType::Date, TableValue::Text(text)) => parse_date(text.trim()).ok().map(day),
        (ColumnType::Date, _) => None,
        (ColumnType::Any, TableValue::Number(_)) | (ColumnType::Decimal, _) => number.map(Value::Number),
        (ColumnType::Whole, _) => number.filter(|number| number.is_whole()).map(Value::Number),
        (ColumnType::Any | ColumnType::Text, value) => Some(text(&value.text())),
    }
}

/// A float as its shortest decimal writing says it, exactly.
fn decimal(text: &str) -> Option<Ratio> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let denominator = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Ratio::new(format!("{whole}{fraction}").parse().ok()?, denominator)
}
