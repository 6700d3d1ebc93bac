//! The one reader of tables: CSV, sheets and Parquet become headings, and rows that know the line they stand on.
//!
//! Every door (register, lists, mapping and file tables, population, receipts, contacts, answers, table rules) goes through
//! here, so that what is refused at one is refused at all. Workbooks are opened elsewhere, within limits; their cells come
//! in as a [`SheetGrid`].

mod arrow_values;
mod csv_file;
mod date;
mod encoding;
mod headings;
mod parquet_file;
mod records;
mod sheet;
mod words;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::base::error::{Error, Result};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::base::text::{fold, visible};

pub use date::parse_date;
pub use encoding::legacy_font;
pub use headings::{RepeatedHeading, letters};
pub use sheet::{SheetCell, SheetGrid};
pub use words::{DeclaredSigns, NO_SIGNS, Sign, Signs, TableWords};

/// How a formula without a stored result stands in a table, which has no other word for it.
pub const UNCALCULATED: &str = "=";
/// Texts that look typed in an old font before the whole table is taken to be.
const LEAST_OLD: usize = 2;

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
    /// The value of a text: as a reader sees it, and nothing where there is nothing to see.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let text = visible(text);
        if text.is_empty() { Self::Empty } else { Self::Text(text.into_owned()) }
    }

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

/// Why a row cannot be read: nobody can know which of its values belongs to which heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowProblem {
    /// More values than headings.
    TooWide {
        /// Values, up to the last that holds anything.
        values: usize,
        /// Headings.
        headings: usize,
    },
    /// Fewer values than headings.
    TooNarrow {
        /// Values, blank ones too.
        values: usize,
        /// Headings.
        headings: usize,
    },
    /// A quotation mark that never closes.
    QuoteOpen,
    /// A text after a closing quotation mark.
    QuoteMisplaced,
}

impl RowProblem {
    /// It has too many or too few values, and each of them can be read.
    #[must_use]
    pub const fn is_of_width(&self) -> bool {
        matches!(self, Self::TooWide { .. } | Self::TooNarrow { .. })
    }

    /// The problem in words.
    #[must_use]
    pub fn words(&self) -> Message {
        match self {
            Self::TooWide { values, headings } => message!("tables.values_under_headings_separator", values, headings),
            Self::TooNarrow { values, headings } => message!("tables.only_values_headings", values, headings),
            Self::QuoteOpen => message!("tables.quotation_mark_never_closes"),
            Self::QuoteMisplaced => message!("tables.text_after_closing_quotation"),
        }
    }

    /// Words with the line.
    #[must_use]
    pub fn on_line(&self, line: impl std::fmt::Display) -> Message {
        Message::on_line(line, self.words())
    }
}

/// A row and the line it stands on.
#[derive(Debug, Clone, Default)]
pub struct TableRow {
    /// One-based line in the file or sheet.
    pub line: u32,
    /// Values in the order of the headings; short rows are allowed.
    pub values: Vec<TableValue>,
    /// Why it cannot be read; its values are those that come before the trouble.
    pub problem: Option<RowProblem>,
    /// Hidden in the sheet, by hand or by a filter.
    pub is_hidden: bool,
}

/// A table with headings.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// Headings as a reader sees them; paths (`Học sinh / Nữ`) where they stand over several rows.
    pub headings: Vec<String>,
    /// One-based line of the headings, the last one where there are several.
    pub heading_line: u32,
    /// Rows that hold anything.
    pub rows: Vec<TableRow>,
    /// Texts above the headings, each with the one-based line on which it stands.
    pub above: Vec<TextLine>,
    /// Zero-based columns that are hidden in the sheet.
    pub hidden_columns: Vec<usize>,
    /// Other sheets of the workbook that hold numbers.
    pub others: Vec<OtherSheet>,
}

/// A line of text above the headings of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLine {
    /// The line, one-based.
    pub line: u32,
    /// Description in words.
    pub text: String,
}

/// A sheet beside the one that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSheet {
    /// Its name.
    pub name: Arc<str>,
    /// How many numbers it holds.
    pub numbers: usize,
}

/// Where the headings of a table stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadingLines {
    /// Their first line, one-based.
    pub first: u64,
    /// Their last line, one-based.
    pub last: u64,
}

/// Where in a file a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TableShape<'a> {
    /// Sheet of a workbook; the first otherwise.
    pub sheet: Option<&'a str>,
    /// Lines of the headings; the first line with text otherwise.
    pub heading_rows: Option<HeadingLines>,
    /// Columns are told by their letters: a value may stand under a blank heading, as long as there is a cell of one.
    pub by_letters: bool,
}

impl<'a> TableShape<'a> {
    /// A table with its headings on one line.
    #[must_use]
    pub fn new(sheet: Option<&'a str>, heading_row: Option<u32>) -> Self {
        Self { sheet, heading_rows: heading_row.map(|row| HeadingLines { first: row.into(), last: row.into() }), by_letters: false }
    }
}

/// Takes the rows of a table one by one; the table that comes along has file, sheet and headings, and no rows.
pub type Take<'a> = &'a mut dyn FnMut(&Table, TableRow) -> Result<()>;

/// Reads a text or Parquet row by row; `None` where the extension is that of neither.
///
/// # Errors
/// When the file cannot be read as a table, also after rows were taken; and what `take` says.
pub fn read_flat(path: &Path, shape: &TableShape<'_>, take: Take<'_>) -> Result<Option<Table>> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    Ok(Some(match extension.as_str() {
        "csv" | "tsv" | "txt" => csv_file::read(path, shape, take)?,
        "parquet" => parquet_file::read(path, take)?,
        _ => return Ok(None),
    }))
}

/// The first lines of a text as cells; `None` where the extension is not that of one.
///
/// # Errors
/// When the file cannot be read as a text.
pub fn head_of_text(path: &Path, lines: u32) -> Result<Option<SheetGrid>> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if ["csv", "tsv", "txt"].contains(&extension.as_str()) { csv_file::head(path, lines).map(Some) } else { Ok(None) }
}

impl Table {
    /// The index of the first heading that folds to one of `names`.
    #[must_use]
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        let wanted: Vec<String> = names.iter().map(|name| fold(name)).collect();
        self.headings.iter().position(|heading| wanted.contains(&fold(heading)))
    }

    /// The table, if every row of it can be read and no heading stands twice.
    ///
    /// # Errors
    /// One error naming every line that cannot be read, and every heading that stands twice.
    pub fn checked(self) -> Result<Self> {
        let mut problems: Vec<Message> = self.repeated_headings().iter().map(|repeated| self.told_twice(repeated)).collect();
        problems.extend(self.rows.iter().filter_map(|row| Some(row.problem.as_ref()?.on_line(row.line))));
        problems.extend(self.in_old_font());
        problems.extend(self.without_values(|error| error == UNCALCULATED));
        if problems.is_empty() {
            return Ok(self);
        }
        let is_uncalculated = !self.without_values(|error| error == UNCALCULATED).is_empty();
        let error = Error::config(&self.file, Message::lines(problems));
        Err(if is_uncalculated { error.with_hint(message!("tables.open_and_save")) } else { error })
    }

    /// Cells below a heading that show no value, each with its place: formulas that nothing has calculated, and errors.
    pub fn without_values(&self, is_told: impl Fn(&str) -> bool) -> Vec<Message> {
        let mut problems = Vec::new();
        for row in &self.rows {
            for (column, (value, heading)) in row.values.iter().zip(&self.headings).enumerate().filter(|(_, (_, own))| !own.is_empty()) {
                let TableValue::Error(error) = value else { continue };
                if !is_told(error) {
                    continue;
                }
                let cell = CellRef::new(row.line.saturating_sub(1), u16::try_from(column).unwrap_or(u16::MAX));
                let sheet = self.sheet.as_deref().unwrap_or_default();
                problems.push(match error.as_str() {
                    UNCALCULATED => message!("tables.formula_without_value", sheet, cell, heading),
                    error => message!("tables.cell_shows_error", sheet, cell, heading, error),
                });
            }
        }
        problems
    }

    /// That headings or texts are typed in an old font, whose letters are other letters here.
    #[must_use]
    pub fn in_old_font(&self) -> Option<Message> {
        let cells = self.rows.iter().flat_map(|row| row.values.iter().map(move |value| (row.line, value)));
        let odd =
            cells.filter_map(|(line, value)| if let TableValue::Text(text) = value { Some((line, legacy_font(text)?)) } else { None });
        let odd: Vec<(u32, &str)> = odd.take(LEAST_OLD).collect();
        if let [(line, font), ..] = odd[..]
            && odd.len() == LEAST_OLD
        {
            return Some(message!("tables.texts_typed_font_line", font, line));
        }
        let font = legacy_font(&self.headings.join(" "))?;
        Some(message!("tables.headings_typed_font_turn", font))
    }
}

impl TableRow {
    /// A row that can be read.
    #[must_use]
    pub const fn new(line: u32, values: Vec<TableValue>) -> Self {
        Self { line, values, problem: None, is_hidden: false }
    }

    /// The text in a column; empty where there is none.
    #[must_use]
    pub fn text(&self, column: Option<usize>) -> String {
        column.and_then(|c| self.values.get(c)).map(TableValue::text).unwrap_or_default()
    }
}

/// A path as messages show it: with `/` between folders on every system.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
