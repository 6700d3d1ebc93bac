//! Finds the table of a sheet: the columns that identify rows, the header, the body.

use super::draft::DraftRoles;
use super::look::SheetView;
use super::vocabulary::{RoleWords, is_one_of};
use crate::base::location::{CellRange, RowSpan};
use crate::base::text::fold;
use crate::ooxml::{RawSheet, RawValue};

/// Rows searched for the heading of the code column.
const HEADING_ROWS: u32 = 60;
/// Rows a header may have below the code column's heading.
const HEADER_DEPTH: u32 = 8;
/// Longest row code, in letters.
const MAX_CODE: usize = 12;
/// Rows without a code that may stand between two with one; further down is another matter.
const MAX_GAP: u32 = 30;
/// Rows of a form; a table of more is a list.
const MAX_ROWS: usize = 3_000;
/// Value columns of a form.
const MAX_COLUMNS: usize = 300;

/// Where the parts of a table stand.
#[derive(Debug)]
pub struct SheetTable {
    /// Columns that identify a row.
    pub roles: DraftRoles,
    /// First and last header row.
    pub header: RowSpan,
    /// The row of letters and column numbers, if there is one.
    pub number_row: Option<u32>,
    /// Last row of the body.
    pub last_row: u32,
    /// Value columns, left to right.
    pub columns: Vec<ValueColumn>,
}

/// A column of values.
#[derive(Debug, Clone, Copy)]
pub struct ValueColumn {
    /// Where it stands.
    pub at: u16,
    /// The number printed over it.
    pub number: Option<u16>,
}

/// The merge that covers a cell.
#[must_use]
pub fn merge_at(view: SheetView<'_>, row: u32, column: u16) -> Option<CellRange> {
    let covers = |range: &&CellRange| {
        (range.first.row..=range.last.row).contains(&row) && (range.first.column..=range.last.column).contains(&column)
    };
    view.xml.merges.iter().find(covers).copied()
}

/// The table of a sheet; `None` when no column of codes is found, or far more than a form has.
#[must_use]
pub fn find_table(raw: &RawSheet, view: SheetView<'_>, words: &RoleWords) -> Option<SheetTable> {
    let heading = |words: &[String], rows: std::ops::RangeInclusive<u32>| {
        raw.cells.iter().filter(|cell| rows.contains(&cell.row)).find(|cell| match &cell.value {
            RawValue::Text(text) => text.len() < 200 && is_one_of(&fold(text), words),
            _ => false,
        })
    };
    let code = heading(&words.code, 0..=HEADING_ROWS)?;
    let top = code.row;
    let mut bottom = merge_at(view, code.row, code.column).map_or(code.row, |range| range.last.row);
    let number_row = (bottom + 1..=bottom + HEADER_DEPTH)
        .take_while(|&row| !is_body(raw, row, code.column))
        .find(|&row| numbers_columns(raw, row, code.column));
    if let Some(row) = number_row {
        bottom = row;
    } else {
        while bottom < top + HEADER_DEPTH && continues_header(raw, bottom + 1, code.column) {
            bottom += 1;
        }
    }
    let coded = coded_rows(raw, code.column, bottom);
    let last_coded = *coded.last().filter(|_| coded.len() <= MAX_ROWS)?;
    let rows = top..=bottom;
    let unit = heading(&words.unit, rows.clone()).map(|cell| cell.column);
    let tt = heading(&words.tt, rows.clone()).map(|cell| cell.column);
    let label = heading(&words.label, rows).map(|cell| cell.column);
    let label = label.or_else(|| wordiest(raw, &coded, &[Some(code.column), unit, tt]))?;
    let tt = tt.or_else(|| first_before(raw, label, bottom, &[Some(code.column), unit]));
    let roles = DraftRoles { tt, label, unit, code: code.column };
    let right_of = [Some(label), unit, tt, Some(code.column)].into_iter().flatten().max()?;
    let columns = value_columns(raw, view, RowSpan { first: top, last: bottom }, number_row, right_of);
    if columns.is_empty() || columns.len() > MAX_COLUMNS {
        return None;
    }
    let header = RowSpan { first: upper_edge(raw, view, top, right_of), last: bottom };
    Some(SheetTable { roles, header, number_row, last_row: last_row(raw, view, last_coded, label), columns })
}

/// The rows under the header that carry a code, up to the first long gap.
fn coded_rows(raw: &RawSheet, code: u16, header: u32) -> Vec<u32> {
    let mut rows: Vec<u32> = Vec::new();
    for cell in raw.cells.iter().filter(|c| c.column == code && c.row > header && code_of(&c.value).is_some()) {
        if cell.row - rows.last().copied().unwrap_or(header) > MAX_GAP {
            break;
        }
        rows.push(cell.row);
    }
    rows
}

/// The code a cell holds: digits, or a short word with a digit.
#[must_use]
pub fn code_of(value: &RawValue) -> Option<(String, bool)> {
    match value {
        RawValue::Number(number) if number.fract() == 0.0 && *number >= 0.0 && *number < 1e9 => Some((format!("{number}"), false)),
        RawValue::Text(text) => {
            let code = text.trim();
            let is_code = code.len() <= MAX_CODE
                && code.chars().any(|c| c.is_ascii_digit())
                && code.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'));
            is_code.then(|| (code.to_owned(), true))
        }
        _ => None,
    }
}

/// The column number a cell of the letter row holds: `1`, `"1"` or `"(1)"`.
#[must_use]
pub fn column_number(value: &RawValue) -> Option<u16> {
    match value {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
        RawValue::Number(number) if number.fract() == 0.0 && (1.0..=9999.0).contains(number) => Some(*number as u16),
        RawValue::Text(text) => text.trim().trim_start_matches('(').trim_end_matches(')').parse().ok().filter(|n| *n > 0),
        _ => None,
    }
}

fn is_body(raw: &RawSheet, row: u32, code: u16) -> bool {
    raw.get(row, code).is_some_and(|value| code_of(value).is_some()) && !numbers_columns(raw, row, code)
}

/// True for the row that numbers the columns: consecutive numbers, under the codes a
/// letter, or numbers under everything.
fn numbers_columns(raw: &RawSheet, row: u32, code: u16) -> bool {
    let numbers: Vec<u16> = raw.row(row).iter().filter(|c| c.column > code).filter_map(|c| column_number(&c.value)).collect();
    let consecutive = numbers.len() > 1 && numbers.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    let others = raw.row(row).iter().filter(|c| c.column > code && column_number(&c.value).is_none());
    let under_code = raw.get(row, code).and_then(column_number);
    match under_code {
        _ if !consecutive || others.count() > 0 => false,
        None => numbers.first() == Some(&1),
        Some(number) => number.checked_add(1) == numbers.first().copied() && numbers.len() > 2,
    }
}

/// A row whose texts all stand over values belongs to the header.
fn continues_header(raw: &RawSheet, row: u32, code: u16) -> bool {
    let is_text =
        |value: &RawValue| matches!(value, RawValue::Text(text) if !text.trim().is_empty() && !matches!(text.trim(), "#" | "?" | "-"));
    let cells = raw.row(row);
    cells.iter().any(|c| c.column > code && is_text(&c.value)) && cells.iter().all(|c| c.column > code && is_text(&c.value))
}

/// The free column with most text beside the codes.
fn wordiest(raw: &RawSheet, coded: &[u32], taken: &[Option<u16>]) -> Option<u16> {
    let mut letters: std::collections::BTreeMap<u16, usize> = std::collections::BTreeMap::new();
    for &row in coded {
        for cell in raw.row(row).iter().filter(|c| !taken.contains(&Some(c.column))) {
            if let RawValue::Text(text) = &cell.value {
                *letters.entry(cell.column).or_default() += text.chars().count();
            }
        }
    }
    // The leftmost of equals.
    letters.into_iter().rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > coded.len()).map(|(column, _)| column)
}

/// The first column left of the labels that holds anything: ordinals under a heading of their own.
fn first_before(raw: &RawSheet, label: u16, header: u32, taken: &[Option<u16>]) -> Option<u16> {
    let body = raw.cells.iter().filter(|c| c.row > header && c.column < label && !taken.contains(&Some(c.column)));
    body.map(|c| c.column).min()
}

fn value_columns(raw: &RawSheet, view: SheetView<'_>, header: RowSpan, number_row: Option<u32>, right_of: u16) -> Vec<ValueColumn> {
    if let Some(row) = number_row {
        let numbered = raw.row(row).iter().filter(|c| c.column > right_of);
        return numbered.filter_map(|c| Some(ValueColumn { at: c.column, number: Some(column_number(&c.value)?) })).collect();
    }
    let mut columns: Vec<u16> = Vec::new();
    for cell in raw.cells.iter().filter(|c| c.column > right_of && (header.first..=header.last).contains(&c.row)) {
        if matches!(&cell.value, RawValue::Text(text) if !text.trim().is_empty()) {
            let last = merge_at(view, cell.row, cell.column).map_or(cell.column, |range| range.last.column);
            columns.extend(cell.column..=last);
        }
    }
    columns.sort_unstable();
    columns.dedup();
    columns.into_iter().map(|at| ValueColumn { at, number: None }).collect()
}

/// Headings merged over several values may stand above the heading of the codes.
fn upper_edge(raw: &RawSheet, view: SheetView<'_>, mut top: u32, right_of: u16) -> u32 {
    while let Some(row) = top.checked_sub(1) {
        let spans = |range: &CellRange| range.first.column > right_of && range.last.column > range.first.column;
        let cells = raw.row(row);
        let is_header = |column: u16| merge_at(view, row, column).is_some_and(|range| spans(&range)) && view.border(row, column).is_some();
        if cells.is_empty() || !cells.iter().all(|c| c.column > right_of && is_header(c.column)) {
            break;
        }
        top = row;
    }
    top
}

/// Rows after the last code belong to the table while they have a label inside lines.
fn last_row(raw: &RawSheet, view: SheetView<'_>, last_coded: u32, label: u16) -> u32 {
    let goes_on = |row: u32| raw.text(row, label).is_some_and(|text| !text.trim().is_empty()) && view.border(row, label).is_some();
    let mut last = last_coded;
    while goes_on(last + 1) {
        last += 1;
    }
    last
}
