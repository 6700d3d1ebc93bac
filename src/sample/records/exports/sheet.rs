//! A table of an export while it is filled, and the file that it becomes.

use std::sync::Arc;

use super::recipe::ExportForm;
use crate::base::error::{Action, Error, Result};
use crate::base::location::{CellRange, CellRef};
use crate::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};

/// Stands between the lines of a heading.
const TIER: &str = " / ";

/// Contents of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportCell {
    /// A text, perhaps none.
    Text(String),
    /// A number.
    Number(f64),
}

/// A table of an export while it is filled.
#[derive(Debug, Clone, Default)]
pub struct ExportSheet {
    rows: Vec<Vec<ExportCell>>,
    /// Cells that stand for several beside each other.
    merges: Vec<CellRange>,
}

impl ExportSheet {
    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<ExportCell>) {
        self.rows.push(row);
    }

    /// Adds a row of one text.
    pub fn push_line(&mut self, text: String) {
        self.rows.push(vec![ExportCell::Text(text)]);
    }

    /// Adds headings; what stands above several columns stands once.
    pub fn push_headings<'a>(&mut self, headings: impl Iterator<Item = &'a str>) {
        let parted: Vec<Vec<&str>> = headings.map(|heading| heading.split(TIER).collect()).collect();
        for tier in 0..parted.iter().map(Vec::len).max().unwrap_or(0) {
            // Equal words below equal words are one heading.
            let above = |own: &[&'a str]| own.get(..=tier).filter(|above| above.len() < own.len()).map(<[&str]>::to_vec);
            let mut row: Vec<ExportCell> = Vec::with_capacity(parted.len());
            let (mut first, mut before) = (0, None);
            for (column, own) in parted.iter().enumerate() {
                let words = above(own);
                let goes_on = words.is_some() && words == before;
                if !goes_on {
                    self.merge(first, column);
                    first = column;
                }
                let text = if goes_on { "" } else { own.get(tier).copied().unwrap_or_default() };
                row.push(ExportCell::Text(text.to_owned()));
                before = words;
            }
            self.merge(first, parted.len());
            self.rows.push(row);
        }
    }

    /// Notes that columns of the next row are one cell, where they are several.
    fn merge(&mut self, first: usize, end: usize) {
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let at = |column: usize| CellRef::new(row, u16::try_from(column).unwrap_or(u16::MAX));
        if end > first + 1 {
            self.merges.push(CellRange { first: at(first), last: at(end - 1) });
        }
    }

    /// The bytes of the file, with other sheets behind it in a workbook.
    ///
    /// # Errors
    /// When the library refuses something.
    pub fn file(&self, name: &str, form: ExportForm, others: &[(String, Self)]) -> Result<Vec<u8>> {
        match form {
            ExportForm::Csv => self.csv().map_err(|e| Error::library(Action::Write, name, e)),
            ExportForm::Xlsx => {
                let sheets = std::iter::once(self.plan("Sheet1")).chain(others.iter().map(|(name, sheet)| sheet.plan(name)));
                let plan = WorkbookPlan {
                    title: String::new(),
                    created: chrono::NaiveDate::default(),
                    author: String::new(),
                    state: Vec::new(),
                    sheets: sheets.collect(),
                    names: Vec::new(),
                };
                write_xlsx(&plan).map_err(|e| Error::library(Action::Write, name, e))
            }
        }
    }

    fn csv(&self) -> std::result::Result<Vec<u8>, String> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut file = csv::Writer::from_writer(Vec::new());
        for row in &self.rows {
            let text = |column: usize| match row.get(column) {
                Some(ExportCell::Text(text)) => text.clone(),
                Some(ExportCell::Number(number)) => number.to_string(),
                None => String::new(),
            };
            file.write_record((0..width).map(text)).map_err(|e| e.to_string())?;
        }
        file.into_inner().map_err(|e| e.to_string())
    }

    fn plan(&self, name: &str) -> SheetPlan {
        let mut cells = Vec::new();
        for (row, own) in (0..).zip(&self.rows) {
            for (column, cell) in (0..).zip(own) {
                let content = match cell {
                    ExportCell::Text(text) if text.is_empty() => continue,
                    ExportCell::Text(text) => Content::Text(text.as_str().into()),
                    ExportCell::Number(number) => Content::Number(*number),
                };
                cells.push(PlacedCell { at: CellRef::new(row, column), content, style: CellStyle::default() });
            }
        }
        SheetPlan { name: Arc::from(name), cells, merges: self.merges.clone(), ..SheetPlan::default() }
    }
}
