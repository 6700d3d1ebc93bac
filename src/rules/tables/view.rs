//! A table seen through its schema: typed values, keys, places; and why a value is not known.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::location::CellRef;
use crate::base::number::{NumberLocale, decimal_text};
use crate::base::text::fold;
use crate::findings::Location;
use crate::rulebook::{ColumnType, TableSchema};
use crate::rules::expression::{Ratio, RuleValue};
use crate::tables::{Table, TableValue, parse_date};

/// Why something cannot be decided: a phrase of the rule catalogue and what it is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndecidedReason(pub String);

impl UndecidedReason {
    pub fn new(phrase: &str, about: &str) -> Self {
        Self(if about.is_empty() { format!("{{{phrase}}}") } else { format!("{{{phrase}}}: {about}") })
    }
}

/// Content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Value(RuleValue),
    Empty,
    /// Something, but not of the column's type.
    Mistyped,
    /// A formula error, or a formula without its value.
    Broken,
}

/// A row that has more or fewer cells than there are headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    pub cells: usize,
    pub headings: usize,
}

/// A table, which may not be there, and its schema.
pub struct TableView<'a> {
    pub name: &'a str,
    pub schema: &'a TableSchema,
    pub table: Option<&'a Table>,
    numbers: NumberLocale,
    columns: BTreeMap<&'a str, Found>,
    /// The rows that are its own, where they are not all of the table.
    kept: Option<Vec<usize>>,
    /// Rows of which it is not known whether they are its own.
    doubtful: Vec<(usize, UndecidedReason)>,
    keyed: OnceCell<Keyed>,
}

/// Where a declared column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    At(usize),
    Nowhere,
    /// Its heading stands more than once: which is meant cannot be known.
    Twice,
}

/// Rows by the table's key.
#[derive(Debug, Default)]
struct Keyed {
    rows: HashMap<Vec<String>, Vec<usize>>,
    doubtful: HashMap<Vec<String>, UndecidedReason>,
    /// Rows whose key is not known.
    unknown: Vec<(usize, UndecidedReason)>,
}

impl<'a> TableView<'a> {
    pub fn new(name: &'a str, schema: &'a TableSchema, table: Option<&'a Table>, numbers: NumberLocale) -> Self {
        let place = |(column, declared): (&'a String, &'a crate::rulebook::TableColumn)| {
            let heading = fold(declared.heading.as_deref().unwrap_or(column));
            let mut places =
                table.into_iter().flat_map(|table| table.headings.iter().enumerate()).filter(|(_, text)| fold(text) == heading);
            let found = match (places.next(), places.next()) {
                (Some((place, _)), None) => Found::At(place),
                (Some(_), Some(_)) => Found::Twice,
                (None, _) => Found::Nowhere,
            };
            (column.as_str(), found)
        };
        let columns = schema.columns.iter().map(place).collect();
        Self { name, schema, table, numbers, columns, kept: None, doubtful: Vec::new(), keyed: OnceCell::new() }
    }

    /// Keeps those rows alone for which something holds.
    pub fn only(mut self, holds: impl Fn(&Self, usize) -> Result<bool, UndecidedReason>) -> Self {
        let mut kept = Vec::new();
        let mut doubtful = Vec::new();
        for row in self.rows() {
            match holds(&self, row) {
                Ok(true) => kept.push(row),
                Ok(false) => {}
                Err(reason) => doubtful.push((row, reason)),
            }
        }
        (self.kept, self.doubtful) = (Some(kept), doubtful);
        self
    }

    pub fn rows(&self) -> Vec<usize> {
        self.kept.clone().unwrap_or_else(|| (0..self.table.map_or(0, |table| table.rows.len())).collect())
    }

    /// `table.column`, as reasons name it.
    pub fn called(&self, column: &str) -> String {
        format!("{}.{column}", self.name)
    }

    /// That the table and these columns are there.
    pub fn has<'c>(&self, columns: impl IntoIterator<Item = &'c String>) -> Result<(), UndecidedReason> {
        if self.table.is_none() {
            return Err(UndecidedReason::new("table-not-given", self.name));
        }
        for column in columns {
            match self.columns.get(column.as_str()) {
                Some(Found::At(_)) => {}
                Some(Found::Twice) => return Err(UndecidedReason::new("heading-twice", &self.called(column))),
                _ => return Err(UndecidedReason::new("column-not-there", &self.called(column))),
            }
        }
        Ok(())
    }

    fn index(&self, column: &str) -> Option<usize> {
        match self.columns.get(column) {
            Some(Found::At(index)) => Some(*index),
            _ => None,
        }
    }

    /// That the table is there and has no such column.
    pub fn is_nowhere(&self, column: &str) -> bool {
        self.table.is_some() && self.columns.get(column) == Some(&Found::Nowhere)
    }

    /// That nothing stands in a row's column.
    pub fn is_missing(&self, row: usize, column: &String) -> bool {
        self.value(row, column) == Ok(RuleValue::Missing)
    }

    /// Whether a row has as many cells as there are headings, by how many it differs otherwise.
    pub fn misfit(&self, row: usize) -> Option<Misfit> {
        let table = self.table?;
        let (cells, headings) = (table.rows.get(row)?.values.len(), table.headings.len());
        let extra = table.rows.get(row)?.values.get(headings..).unwrap_or_default();
        if extra.iter().any(|value| *value != TableValue::Empty) {
            return Some(Misfit { cells, headings });
        }
        (cells < headings).then_some(Misfit { cells, headings })
    }

    /// Content of a row's column, in the column's type.
    pub fn cell(&self, row: usize, column: &String) -> Result<Cell, UndecidedReason> {
        self.cell_as(row, column, ColumnType::Any)
    }

    /// Content, read as a type where the column has none.
    fn cell_as(&self, row: usize, column: &String, reading: ColumnType) -> Result<Cell, UndecidedReason> {
        self.has([column])?;
        if self.misfit(row).is_some() {
            // Which of its cells stands for what is not known.
            return Err(UndecidedReason::new("row-does-not-fit", self.name));
        }
        let declared = self.schema.columns.get(column).map_or(ColumnType::Any, |declared| declared.kind);
        let kind = if declared == ColumnType::Any { reading } else { declared };
        let written = self.table.and_then(|table| table.rows.get(row)).and_then(|row| row.values.get(self.index(column)?));
        Ok(match written {
            None | Some(TableValue::Empty) => Cell::Empty,
            Some(TableValue::Error(_)) => Cell::Broken,
            Some(value) if is_sign(&self.schema.missing, value) => Cell::Empty,
            Some(value) if matches!(kind, ColumnType::Whole | ColumnType::Decimal) && is_sign(&self.schema.nil, value) => {
                Cell::Value(RuleValue::Number(Ratio::nought()))
            }
            Some(value) => typed(value, kind, self.numbers).map_or(Cell::Mistyped, Cell::Value),
        })
    }

    /// The value in a row's column: missing where the cell is empty.
    pub fn value(&self, row: usize, column: &String) -> Result<RuleValue, UndecidedReason> {
        self.value_as(row, column, ColumnType::Any)
    }

    /// Content, read as a type where the column has none.
    pub fn value_as(&self, row: usize, column: &String, reading: ColumnType) -> Result<RuleValue, UndecidedReason> {
        match self.cell_as(row, column, reading)? {
            Cell::Value(value) => Ok(value),
            Cell::Empty => Ok(RuleValue::Missing),
            Cell::Mistyped => Err(UndecidedReason::new("value-mistyped", &self.called(column))),
            Cell::Broken => Err(UndecidedReason::new("value-broken", &self.called(column))),
        }
    }

    /// The row's values in some columns, as a key; all of them must be known.
    pub fn key(&self, row: usize, columns: &[String]) -> Result<Vec<String>, UndecidedReason> {
        let part = |column: &String| match self.value(row, column)? {
            RuleValue::Missing => Err(UndecidedReason::new("value-empty", &self.called(column))),
            value => Ok(key_part(&value)),
        };
        columns.iter().map(part).collect()
    }

    /// The one row with this key.
    pub fn row_with(&self, key: &[String]) -> Result<usize, UndecidedReason> {
        match self.rows_with(key)? {
            [row] => Ok(*row),
            [] => Err(UndecidedReason::new("no-matching-row", self.name)),
            _ => Err(UndecidedReason::new("several-matching-rows", self.name)),
        }
    }

    /// All rows with this key.
    pub fn rows_with(&self, key: &[String]) -> Result<&[usize], UndecidedReason> {
        let keyed = self.by_key()?;
        match keyed.doubtful.get(key) {
            Some(reason) => Err(reason.clone()),
            None => Ok(keyed.rows.get(key).map(Vec::as_slice).unwrap_or_default()),
        }
    }

    /// Rows that no key finds, because theirs is not known.
    pub fn unfindable(&self) -> &[(usize, UndecidedReason)] {
        self.by_key().map_or(&[], |keyed| &keyed.unknown)
    }

    fn by_key(&self) -> Result<&Keyed, UndecidedReason> {
        self.has(&self.schema.key)?;
        Ok(self.keyed.get_or_init(|| {
            let mut keyed = Keyed::default();
            for row in self.rows() {
                match self.key(row, &self.schema.key) {
                    Ok(key) => keyed.rows.entry(key).or_default().push(row),
                    Err(reason) => keyed.unknown.push((row, reason)),
                }
            }
            for (row, reason) in &self.doubtful {
                match self.key(*row, &self.schema.key) {
                    Ok(key) => {
                        keyed.doubtful.insert(key, reason.clone());
                    }
                    Err(_) => keyed.unknown.push((*row, reason.clone())),
                }
            }
            keyed
        }))
    }

    /// A code of a list as values of a column are compared with it.
    pub fn code(&self, code: &str, kind: ColumnType) -> String {
        typed(&TableValue::Text(code.to_owned()), kind, self.numbers).map_or_else(|| fold(code), |value| key_part(&value))
    }

    /// Where a row's column stands.
    pub fn place(&self, row: Option<usize>, column: Option<&String>) -> Location {
        let Some(table) = self.table else { return Location::default() };
        let line = row.and_then(|row| table.rows.get(row)).map(|row| row.line.saturating_sub(1));
        let column = column.and_then(|column| self.index(column)).and_then(|index| u16::try_from(index).ok());
        let cell = line.map(|line| CellRef::new(line, column.unwrap_or(0)));
        Location { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell }
    }

    /// The one-based line of a row.
    pub fn line(&self, row: usize) -> u32 {
        self.table.and_then(|table| table.rows.get(row)).map_or(0, |row| row.line)
    }

    pub fn is_quotable(&self, column: &str) -> bool {
        self.schema.columns.get(column).is_some_and(|declared| declared.quotable)
    }

    /// Text of a row in a column, where that may be shown.
    pub fn quoted(&self, row: usize, column: &str) -> Option<String> {
        let index = self.index(column).filter(|_| self.is_quotable(column))?;
        self.table.and_then(|table| table.rows.get(row)).map(|row| row.text(Some(index)))
    }
}

/// A cell that holds one of some declared signs.
fn is_sign(signs: &[String], value: &TableValue) -> bool {
    !signs.is_empty() && matches!(value, TableValue::Text(text) if signs.iter().any(|sign| sign == text.trim()))
}

/// Values that are equal in expressions are equal as parts of a key.
pub fn key_part(value: &RuleValue) -> String {
    match value {
        RuleValue::Number(number) => number.to_whole().map_or_else(|| number.exactly(), |whole| whole.to_string()),
        RuleValue::Text(text) => fold(text),
        other => format!("{other:?}"),
    }
}

/// A written value in a column's type; nothing where it is not of that type.
fn typed(value: &TableValue, kind: ColumnType, numbers: NumberLocale) -> Option<RuleValue> {
    let text = |text: &str| RuleValue::Text(Arc::from(text));
    let day = |day: chrono::NaiveDate| text(&day.format("%Y-%m-%d").to_string());
    let number = || match value {
        TableValue::Number(number) => Ratio::of_float(*number),
        TableValue::Text(text) => decimal_text(text, numbers).and_then(|(numerator, denominator)| Ratio::new(numerator, denominator)),
        _ => None,
    };
    match (kind, value) {
        (ColumnType::Date, TableValue::Text(text)) => parse_date(text.trim()).ok().map(day),
        (ColumnType::Date | ColumnType::Any | ColumnType::Text | ColumnType::Loose, TableValue::Date(date)) => Some(day(*date)),
        (ColumnType::Date, _) => None,
        (ColumnType::Decimal, _) => number().map(RuleValue::Number),
        (ColumnType::Whole, _) => number().filter(|number| number.is_whole()).map(RuleValue::Number),
        (ColumnType::Loose, value) => Some(number().map_or_else(|| text(&value.text()), RuleValue::Number)),
        (ColumnType::Any | ColumnType::Text, value) => Some(text(&value.text())),
    }
}
