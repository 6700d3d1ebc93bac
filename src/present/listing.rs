//! A plain table to read, filter and print: some lines of text, headings, rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::breaks::choose_paper;
use super::fit::{broken, fit, letters};
use super::plan::{Align, Allowed, CellStyle, Content, Line, NumberLook, PageSetup, PlacedCell, SheetPlan, Validation};
use super::presenter::Presenter;
use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::base::number::{AMOUNT_UNIT, NumberKind, plain_number, to_float};
use crate::base::percent::Percent;

/// Font size of a listing, in points.
const SIZE: u8 = 11;
/// Letters that a line above a table may always have, however narrow the table is.
const FEWEST_LETTERS: usize = 60;
/// Rows written at most: more are of no use to a reader, and a sheet ends at a million.
pub const MOST_ROWS: usize = 50_000;

/// Where a line below a table that is cut short tells how many rows are left, which is known when the table is placed.
pub const LEFT: &str = "{left}";

/// A table to be placed.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Name of the sheet.
    pub name: String,
    /// Lines above the table; the first is its title.
    pub lines: Vec<String>,
    /// Columns.
    pub columns: Vec<ListColumn>,
    /// Rows.
    pub rows: Vec<ListRow>,
    /// Rows that were not even made, because there are too many.
    pub more: usize,
    /// Said below the table when it is cut short, with a place for how many rows are left ([`LEFT`]).
    pub cut: String,
    /// Drop-downs in the rows of columns that somebody fills in.
    pub choices: Vec<ListChoices>,
    /// Columns kept in view; no cell is merged then, so that programs read the sheet as a table.
    pub fixed_columns: u16,
}

/// A column of a listing.
#[derive(Debug, Clone)]
pub struct ListColumn {
    /// Heading.
    pub heading: String,
    /// Width in characters.
    pub width: f64,
    /// How its contents are aligned.
    pub align: Align,
}

/// Texts that a column offers to whoever fills it in; others are let through.
#[derive(Debug, Clone)]
pub struct ListChoices {
    /// Column, from 0.
    pub column: u16,
    /// The texts.
    pub texts: Vec<String>,
}

/// A row of a listing.
#[derive(Debug, Clone, Default)]
pub struct ListRow {
    /// Contents in the order of the columns.
    pub cells: Vec<ListCell>,
    /// In bold.
    pub strong: bool,
}

/// A content of a listing.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ListCell {
    /// Nothing.
    #[default]
    Blank,
    /// A text; never taken for a formula.
    Text(String),
    /// A number of this kind.
    Number(i64, NumberKind),
    /// Hundredths, always shown with two decimals.
    Hundredths(i64),
    /// A percentage, its sign being in the heading or beside it.
    Percent(Percent),
    /// A number with all its digits and no marks between them.
    Plain(f64),
    /// A day.
    Day(NaiveDate),
    /// A number that lacks parts: a star stands after it.
    Starred(Box<ListCell>),
    /// A sheet of the workbook, and the text that leads there.
    Link(String, String),
    /// A place in another file, as in `../bieu/a.xlsx#'I'!E5`, and the text that leads there.
    FileLink(String, String),
}

impl ListCell {
    /// The content as people read it in Vietnamese, as official papers are.
    #[must_use]
    pub fn text(&self) -> String {
        self.said(Presenter::default())
    }

    /// The content as people read it.
    #[must_use]
    pub fn said(&self, presenter: Presenter) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) | Self::Link(_, text) | Self::FileLink(_, text) => text.clone(),
            Self::Number(number, kind) => presenter.number(*number, *kind),
            Self::Hundredths(number) => presenter.hundredths(*number),
            Self::Percent(percent) => presenter.percent(*percent),
            Self::Plain(number) => number.to_string(),
            Self::Day(day) => Presenter::day(*day),
            Self::Starred(cell) => format!("{}*", cell.said(presenter)),
        }
    }

    /// The content as programs read it: plain numbers without marks, which a column of their own tells.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Number(number, kind) => plain_number(*number, *kind),
            Self::Hundredths(number) => plain_hundredths(*number),
            Self::Percent(percent) => plain_hundredths(percent.hundredths()),
            Self::Starred(cell) => cell.plain(),
            Self::Day(day) => day.to_string(),
            other => other.text(),
        }
    }

    /// True for numbers, starred ones too.
    #[must_use]
    pub fn is_number(&self) -> bool {
        match self {
            Self::Number(..) | Self::Hundredths(_) | Self::Percent(_) | Self::Plain(_) => true,
            Self::Starred(cell) => cell.is_number(),
            Self::Blank | Self::Text(_) | Self::Link(..) | Self::FileLink(..) | Self::Day(_) => false,
        }
    }
}

fn plain_hundredths(number: i64) -> String {
    let magnitude = number.unsigned_abs();
    format!("{}{}.{:02}", if number < 0 { "-" } else { "" }, magnitude / 100, magnitude % 100)
}

impl<T: Into<String>> From<T> for ListCell {
    fn from(text: T) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}

/// Places a listing: frozen and filtered headings that repeat on every page, landscape, one page wide.
#[must_use]
pub fn listing(listing: &Listing) -> SheetPlan {
    let mut plan = SheetPlan { name: Arc::from(listing.name.as_str()), ..SheetPlan::default() };
    let last_column = u16::try_from(listing.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    plan.widths = (0..).zip(&listing.columns).map(|(at, column)| (at, column.width)).collect();
    let flat = listing.fixed_columns > 0;
    let lines: Vec<String> = if flat { broken_lines(&listing.lines, &listing.columns) } else { listing.lines.clone() };
    for (row, line) in (0_u32..).zip(&lines) {
        let style = CellStyle { bold: row == 0, size: if row == 0 { SIZE + 2 } else { SIZE }, wrap: !flat, ..CellStyle::default() };
        place_wide(&mut plan, row, if flat { 0 } else { last_column }, line, style);
    }
    let heading_row = u32::try_from(lines.len()).unwrap_or(0) + u32::from(!lines.is_empty());
    let heading = CellStyle { bold: true, align: Align::Centre, wrap: true, line: Line::Thin, size: SIZE, ..CellStyle::default() };
    for (column, own) in (0..).zip(headings(&listing.columns)) {
        let content = Content::Text(own.into());
        plan.cells.push(PlacedCell { at: CellRef::new(heading_row, column), content, style: heading });
    }
    let mut row = heading_row;
    for entry in listing.rows.iter().take(MOST_ROWS) {
        row += 1;
        place_row(&mut plan, row, entry, &listing.columns);
    }
    for ListChoices { column, texts } in &listing.choices {
        let rows = RowSpan { first: heading_row + 1, last: row.max(heading_row + 1) };
        let allowed = Allowed::TextsBeside(texts.clone());
        plan.validations.push(Validation { rows, column: *column, allowed, title: String::new(), message: String::new() });
    }
    plan.filter = Some(CellRange { first: CellRef::new(heading_row, 0), last: CellRef::new(row.max(heading_row + 1), last_column) });
    let left = listing.rows.len().saturating_sub(MOST_ROWS) + listing.more;
    if left > 0 {
        let style = CellStyle { italic: true, size: SIZE, wrap: true, ..CellStyle::default() };
        place_wide(&mut plan, row + 1, if flat { 0 } else { last_column }, &listing.cut.replace(LEFT, &left.to_string()), style);
    }
    plan.freeze = Some(CellRef::new(heading_row + 1, listing.fixed_columns));
    plan.page = PageSetup { landscape: true, repeat_rows: Some(RowSpan { first: heading_row, last: heading_row }), ..PageSetup::default() };
    fit(&mut plan);
    choose_paper(&mut plan);
    plan
}

/// Headings of the columns; one that another column has already gets a number, so that every column has a name of its own.
fn headings(columns: &[ListColumn]) -> Vec<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let own = |column: &ListColumn| {
        let count = taken.entry(column.heading.to_lowercase()).or_default();
        *count += 1;
        if *count > 1 { format!("{} ({count})", column.heading) } else { column.heading.clone() }
    };
    columns.iter().map(own).collect()
}

/// Lines that are no wider than the table below them: what ran out of it would make all of it smaller in print.
fn broken_lines(lines: &[String], columns: &[ListColumn]) -> Vec<String> {
    let width: f64 = columns.iter().map(|column| column.width).sum();
    let room = |row: usize| letters(width, if row == 0 { SIZE + 2 } else { SIZE }, row == 0).max(FEWEST_LETTERS);
    lines.iter().enumerate().flat_map(|(row, line)| broken(line, room(row))).collect()
}

/// Line of text over all columns.
fn place_wide(plan: &mut SheetPlan, row: u32, last_column: u16, text: &str, style: CellStyle) {
    let at = CellRef::new(row, 0);
    plan.cells.push(PlacedCell { at, content: Content::Text(text.into()), style });
    if last_column > 0 {
        plan.merges.push(CellRange { first: at, last: CellRef::new(row, last_column) });
    }
}

fn place_row(plan: &mut SheetPlan, row: u32, entry: &ListRow, columns: &[ListColumn]) {
    for ((column, cell), format) in (0..).zip(&entry.cells).zip(columns) {
        let base = CellStyle { bold: entry.strong, line: Line::Thin, size: SIZE, align: format.align, ..CellStyle::default() };
        let (content, style) = placed(cell, base);
        plan.cells.push(PlacedCell { at: CellRef::new(row, column), content, style });
    }
}

/// A content and its look.
pub(crate) fn placed(cell: &ListCell, base: CellStyle) -> (Content, CellStyle) {
    match cell {
        ListCell::Blank => (Content::Blank, base),
        ListCell::Text(text) => (Content::Text(text.as_str().into()), CellStyle { wrap: true, ..base }),
        ListCell::Number(number, kind) => (Content::Number(to_float(*number, *kind)), CellStyle { number: look(*number, *kind), ..base }),
        ListCell::Hundredths(number) => (Content::Number(*number as f64 / 100.0), CellStyle { number: NumberLook::Decimals(2), ..base }),
        ListCell::Percent(percent) => {
            let number = NumberLook::Decimals(u8::from(!percent.is_told_whole()));
            // The tenths themselves: a finer number behind them would be shown as 100 by the program that opens the file.
            (Content::Number(percent.tenths() as f64 / 10.0), CellStyle { number, ..base })
        }
        ListCell::Plain(number) => (Content::Number(*number), base),
        ListCell::Day(day) => (Content::Number(serial(*day)), CellStyle { number: NumberLook::Day, ..base }),
        ListCell::Link(sheet, text) => (Content::Link(sheet.as_str().into(), text.as_str().into()), base),
        ListCell::FileLink(target, text) => (Content::FileLink(target.as_str().into(), text.as_str().into()), base),
        ListCell::Starred(cell) => {
            let (content, style) = placed(cell, base);
            (content, CellStyle { starred: true, shaded: true, ..style })
        }
    }
}

/// The number that spreadsheets hold for a day.
fn serial(day: NaiveDate) -> f64 {
    let first = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
    day.signed_duration_since(first).num_days() as f64
}

/// As many decimals as the number needs.
fn look(number: i64, kind: NumberKind) -> NumberLook {
    if kind == NumberKind::Counts {
        return NumberLook::Whole;
    }
    let mut fraction = (number % AMOUNT_UNIT).unsigned_abs();
    let mut places = 6;
    while places > 0 && fraction.is_multiple_of(10) {
        fraction /= 10;
        places -= 1;
    }
    NumberLook::Decimals(places)
}
