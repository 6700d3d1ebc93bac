//! A plain table as read from a CSV, a sheet or a Parquet file: headings, and
//! rows that know the line they stand on.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::text::fold;

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum TableValue {
    /// Nothing there.
    #[default]
    Empty,
    /// A text, never empty.
    Text(String),
    /// A number.
    Number(f64),
    /// A date without a time.
    Date(NaiveDate),
    /// A spreadsheet error such as `#VALUE!`.
    Error(String),
}

impl TableValue {
    /// The value as text; whole numbers without a decimal point.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.trim().to_owned(),
            Self::Number(number) => format!("{number}"),
            Self::Date(date) => date.format("%d/%m/%Y").to_string(),
        }
    }
}

/// A row and the line it stands on.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// One-based line in the file or sheet.
    pub line: u32,
    /// Values in the order of the headings; short rows are allowed.
    pub values: Vec<TableValue>,
}

/// A table with headings.
#[derive(Debug, Clone)]
pub struct Table {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// Headings as written.
    pub headings: Vec<String>,
    /// Rows that hold anything.
    pub rows: Vec<TableRow>,
}

impl Table {
    /// The index of the first heading that folds to one of `names`.
    #[must_use]
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        let wanted: Vec<String> = names.iter().map(|name| fold(name)).collect();
        self.headings.iter().position(|heading| wanted.contains(&fold(heading)))
    }
}

impl TableRow {
    /// The text in a column; empty where there is none.
    #[must_use]
    pub fn text(&self, column: Option<usize>) -> String {
        column.and_then(|c| self.values.get(c)).map(TableValue::text).unwrap_or_default()
    }
}

/// Reads a date as people write it: `dd/mm/yyyy` or ISO.
///
/// # Errors
/// A sentence naming the text.
pub fn parse_date(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%d/%m/%Y")
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d"))
        .map_err(|_| format!("`{text}` is not a date such as 30/09/2025"))
}
