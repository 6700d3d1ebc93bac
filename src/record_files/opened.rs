//! A file of records, opened: its tables with the layout of each, rows still to be read where there may be many.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::heading::{FIRST_LINES, FoundLayout, find, of_headings};
use super::json::json_tables;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::records::RecordBook;
use crate::returns::Source;
use crate::tables::{HeadingLines, SheetGrid, Table, TableRow, TableShape, TextLine, head_of_text, shown_path};
use crate::workbooks::{Isolation, read_grids, read_rows};

/// A file of records.
#[derive(Debug)]
pub struct OpenedFile {
    /// Its path.
    pub path: PathBuf,
    /// Its name and hash.
    pub source: Source,
    /// It could not be opened, which is told elsewhere.
    pub is_broken: bool,
    /// Code or name of its school, where somebody told it.
    pub unit: Option<Arc<str>>,
    /// Its tables that a layout knows.
    pub tables: Vec<OpenedTable>,
    /// Names of its other sheets.
    pub others: Vec<Arc<str>>,
}

/// A table of records.
#[derive(Debug)]
pub struct OpenedTable {
    /// Place of its layout in the book.
    pub layout: usize,
    /// Its sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// Column of each column of the layout.
    pub places: Vec<Option<usize>>,
    /// Texts above its headings.
    pub above: Vec<TextLine>,
    rows: Rows,
}

/// Rows of a table.
#[derive(Debug)]
enum Rows {
    /// They are here.
    Here(Vec<TableRow>),
    /// They are in the file, below these headings.
    InFile(HeadingLines),
}

/// Opens a file, by the layout of a name where one is told.
///
/// # Errors
/// When it cannot be read, or is none that holds records.
pub fn open(path: &Path, source: Source, told: Option<&str>, book: &RecordBook, isolation: &Isolation) -> Result<OpenedFile> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut file = OpenedFile { path: path.to_owned(), source, is_broken: false, unit: None, tables: Vec::new(), others: Vec::new() };
    match extension.as_str() {
        "json" => file.tables = json_tables(path, book)?.into_iter().filter_map(|own| of_table(own, book, told)).collect(),
        "parquet" => file.tables.extend(of_parquet(path, book, told, isolation)?),
        "csv" | "tsv" | "txt" => file.tables.extend(of_text(path, book, told)?),
        _ => {
            for grid in read_grids(path, isolation)? {
                let name: Arc<str> = Arc::from(grid.name.as_str());
                match of_grid(&grid, path, book, told) {
                    Some(table) => file.tables.push(table),
                    None => file.others.push(name),
                }
            }
        }
    }
    Ok(file)
}

fn of_grid(grid: &SheetGrid, path: &Path, book: &RecordBook, told: Option<&str>) -> Option<OpenedTable> {
    let FoundLayout { layout, lines, places, .. } = find(grid, book, told)?;
    let shape = TableShape { heading_rows: Some(lines), ..TableShape::default() };
    let Table { sheet, rows, above, .. } = grid.table(&shown_path(path), &shape)?;
    Some(OpenedTable { layout, sheet, places, above, rows: Rows::Here(rows) })
}

fn of_text(path: &Path, book: &RecordBook, told: Option<&str>) -> Result<Option<OpenedTable>> {
    let Some(grid) = head_of_text(path, FIRST_LINES)? else { return Ok(None) };
    let Some(FoundLayout { layout, lines, places, .. }) = find(&grid, book, told) else { return Ok(None) };
    let shape = TableShape { heading_rows: Some(lines), ..TableShape::default() };
    let above = grid.table("", &shape).map(|table| table.above).unwrap_or_default();
    Ok(Some(OpenedTable { layout, sheet: None, places, above, rows: Rows::InFile(lines) }))
}

fn of_table(table: Table, book: &RecordBook, told: Option<&str>) -> Option<OpenedTable> {
    let FoundLayout { layout, places, .. } = of_headings(&table.headings, book, told, 1)?;
    Some(OpenedTable { layout, sheet: table.sheet, places, above: table.above, rows: Rows::Here(table.rows) })
}

fn of_parquet(path: &Path, book: &RecordBook, told: Option<&str>, isolation: &Isolation) -> Result<Option<OpenedTable>> {
    let mut headings = None;
    let enough = || Error::config(shown_path(path), message!("records.headings_are_enough"));
    let read = read_rows(path, &TableShape::default(), isolation, &mut |table, _| {
        headings = Some(table.headings.clone());
        Err(enough())
    });
    // The first row was refused on purpose; any other error comes before it.
    let headings = match (headings, read) {
        (Some(headings), _) => headings,
        (None, read) => read?.headings,
    };
    let found = of_headings(&headings, book, told, 1);
    let table = |FoundLayout { layout, lines, places, .. }| OpenedTable {
        layout,
        sheet: None,
        places,
        above: Vec::new(),
        rows: Rows::InFile(lines),
    };
    Ok(found.map(table))
}

impl OpenedFile {
    /// A file that could not be opened: nothing is known of the school that it is of.
    #[must_use]
    pub fn broken(path: &Path, source: Source) -> Self {
        Self { path: path.to_owned(), source, is_broken: true, unit: None, tables: Vec::new(), others: Vec::new() }
    }
}

impl OpenedTable {
    /// Takes its rows, one by one.
    ///
    /// # Errors
    /// When the file cannot be read any further, also after rows were taken; and what `take` says.
    pub fn each_row(&self, path: &Path, isolation: &Isolation, take: &mut dyn FnMut(&TableRow) -> Result<()>) -> Result<()> {
        match &self.rows {
            Rows::Here(rows) => rows.iter().try_for_each(take),
            Rows::InFile(lines) => {
                let shape = TableShape { heading_rows: Some(*lines), ..TableShape::default() };
                read_rows(path, &shape, isolation, &mut |_, row| take(&row)).map(|_| ())
            }
        }
    }
}
