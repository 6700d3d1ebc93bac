//! Tables out of CSV and other separated texts.

use std::path::Path;
use std::sync::Arc;

use super::encoding::{decoded, other_encoding};
use super::headings::{HeadingCells, joined};
use super::records::{Lines, MAX_LINE, Record, RecordLine, Records, TextProblem, count_outside_quotes, is_comment};
use super::{HeadingLines, RowProblem, SheetCell, SheetGrid, Table, TableRow, TableShape, TableValue, Take, TextLine, shown_path};
use crate::base::error::{Action, Error, Result};
use crate::base::input::{Input, MAX_TABLE};
use crate::base::message::message;
use crate::base::text::visible;

/// Separators of fields; the first where nothing tells.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Texts above the headings that are kept.
const MOST_ABOVE: usize = 50;
/// Lines after the headings that are looked at to tell the separator.
const LOOK_AHEAD: usize = 5;

/// Reads a text row by row; gives the table without its rows.
pub(super) fn read(path: &Path, shape: &TableShape, take: Take<'_>) -> Result<Table> {
    let input = Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let failed = |problem| refused(path, problem);
    let mut lines = Lines::new(decoded(input).map_err(|e| Error::io(Action::Read, path, e))?);
    let told = told_separator(&mut lines).map_err(failed)?;
    let HeadingLines { first, last } = match shape.heading_rows {
        Some(rows) => rows,
        None => {
            let line = first_text(&mut lines).map_err(failed)?.ok_or_else(|| no_headings(path))?;
            HeadingLines { first: line, last: line }
        }
    };
    let above = skip_to(&mut lines, first).map_err(failed)?;
    let separator = match told {
        Some(separator) => separator,
        None => guessed_separator(&mut lines).map_err(failed)?,
    };
    let mut records = Records::new(lines, separator);
    let headings = headings(&mut records, last, path)?;
    // A row that one value too many has pushed to the right ends under no heading, also where there are cells for more.
    let named = headings.iter().rposition(|heading| !heading.is_empty()).map_or(0, |at| at + 1);
    let width = if shape.by_letters { headings.len() } else { named };
    let table = Table { file: Arc::from(shown_path(path)), headings, heading_line: clip(last), above, ..Table::default() };
    while let Some(record) = records.next().map_err(failed)? {
        take(&table, row_of(record, width))?;
    }
    Ok(table)
}

/// The first lines of a text as cells: for those who look for its headings.
pub(super) fn head(path: &Path, lines: u32) -> Result<SheetGrid> {
    let input = Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let failed = |problem| refused(path, problem);
    let mut text = Lines::new(decoded(input).map_err(|e| Error::io(Action::Read, path, e))?);
    let told = told_separator(&mut text).map_err(failed)?;
    let mut seen: Vec<RecordLine> = Vec::new();
    while let Some(line) = text.next().map_err(failed)? {
        seen.push(line);
        if seen.len() >= lines as usize {
            break;
        }
    }
    // Lines above the headings are of one value: the separator is the one that stands most often anywhere.
    let often = |separator: u8| seen.iter().map(|line| count_outside_quotes(&line.text, separator)).sum::<usize>();
    let separator = told.or_else(|| SEPARATORS.into_iter().rev().max_by_key(|own| often(*own))).unwrap_or(SEPARATORS[0]);
    text.give_back(seen.into_iter());
    let mut records = Records::new(text, separator);
    let mut grid = SheetGrid::default();
    while let Some(record) = records.next().map_err(failed)? {
        if record.line > u64::from(lines) {
            break;
        }
        let cells = record
            .fields
            .iter()
            .enumerate()
            .map(|(column, field)| SheetCell { column: u16::try_from(column).unwrap_or(u16::MAX), value: TableValue::of_text(field) });
        let cells = cells.filter(|cell| cell.value != TableValue::Empty && cell.column < u16::MAX);
        grid.rows.insert(clip(record.line) - 1, cells.collect());
    }
    Ok(grid)
}

fn clip(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn row_of(record: Record, width: usize) -> TableRow {
    let Record { line, fields, mut problem } = record;
    let values: Vec<TableValue> = fields.iter().map(|field| TableValue::of_text(field)).collect();
    let filled = values.iter().rposition(|value| *value != TableValue::Empty).map_or(0, |at| at + 1);
    if problem.is_none() && filled > width {
        problem = Some(RowProblem::TooWide { values: filled, headings: width });
    }
    if problem.is_none() && values.len() < width {
        problem = Some(RowProblem::TooNarrow { values: values.len(), headings: width });
    }
    TableRow { line: clip(line), values, problem, is_hidden: false }
}

/// The separator that a first line `sep=;` names.
fn told_separator(lines: &mut Lines<'_>) -> std::result::Result<Option<u8>, TextProblem> {
    let Some(line) = lines.next()? else { return Ok(None) };
    let text = line.text.trim_matches('"');
    let told = text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).map(|_| text.as_bytes()[4..].to_vec());
    match told.as_deref() {
        Some([separator]) if separator.is_ascii() && !separator.is_ascii_alphanumeric() && *separator != b'"' => Ok(Some(*separator)),
        // Spread sheets may add the separators of the other columns.
        Some([separator, rest @ ..]) if SEPARATORS.contains(separator) && rest.iter().all(|byte| SEPARATORS.contains(byte)) => {
            Ok(Some(*separator))
        }
        _ => {
            lines.give_back(std::iter::once(line));
            Ok(None)
        }
    }
}

/// The number of the first line that holds anything and is no comment.
fn first_text(lines: &mut Lines<'_>) -> std::result::Result<Option<u64>, TextProblem> {
    while let Some(line) = lines.next()? {
        let is_blank = line.text.bytes().all(|byte| byte.is_ascii_whitespace() || SEPARATORS.contains(&byte) || byte == b'"');
        if !is_blank && !is_comment(&line.text) {
            let number = line.number;
            lines.give_back(std::iter::once(line));
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Goes on to a line, and gives the texts above it, as a reader sees them.
fn skip_to(lines: &mut Lines<'_>, first: u64) -> std::result::Result<Vec<TextLine>, TextProblem> {
    let mut above = Vec::new();
    while let Some(line) = lines.next()? {
        if line.number >= first {
            lines.give_back(std::iter::once(line));
            break;
        }
        let text = line.text.trim_matches(|c: char| c.is_whitespace() || c == '"' || SEPARATORS.iter().any(|own| c == char::from(*own)));
        if !text.is_empty() && above.len() < MOST_ABOVE {
            above.push(TextLine { line: clip(line.number), text: visible(text).into_owned() });
        }
    }
    Ok(above)
}

/// The separator that the headings have outside quotation marks and that the lines below have as often.
fn guessed_separator(lines: &mut Lines<'_>) -> std::result::Result<u8, TextProblem> {
    let mut seen: Vec<RecordLine> = Vec::new();
    while seen.len() <= LOOK_AHEAD {
        let Some(line) = lines.next()? else { break };
        seen.push(line);
    }
    let score = |separator: u8| {
        let count = |line: &RecordLine| count_outside_quotes(&line.text, separator);
        let headings = seen.first().map_or(0, count);
        let alike = seen.iter().skip(1).filter(|line| count(line) == headings).count();
        (headings > 0, if headings > 0 { alike } else { 0 }, headings)
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|&separator| score(separator)).unwrap_or(b',');
    let separator = if score(best).0 { best } else { b',' };
    lines.give_back(seen.into_iter());
    Ok(separator)
}

fn headings(records: &mut Records<'_>, last: u64, path: &Path) -> Result<Vec<String>> {
    let mut rows: Vec<HeadingCells> = Vec::new();
    loop {
        let Some(record) = records.next().map_err(|problem| refused(path, problem))? else { return Err(no_headings(path)) };
        if let Some(problem) = &record.problem {
            return Err(Error::config(shown_path(path), problem.on_line(record.line)));
        }
        if record.line > last && !rows.is_empty() {
            return Err(no_headings(path));
        }
        let is_last = record.line >= last;
        rows.push(HeadingCells::spread(record.fields.iter().map(|field| visible(field).into_owned()).collect()));
        if is_last {
            break;
        }
    }
    Ok(joined(&rows))
}

fn no_headings(path: &Path) -> Error {
    Error::config(shown_path(path), message!("tables.no_line_headings"))
}

fn refused(path: &Path, problem: TextProblem) -> Error {
    let quote = message!("tables.quote_may_missing_line");
    match problem {
        TextProblem::Io(problem) => Error::io(Action::Read, path, problem),
        TextProblem::TooLong(line) => {
            let reason = message!("tables.line_more_bytes", line, max_line = MAX_LINE);
            Error::config(shown_path(path), reason).with_hint(quote)
        }
        TextProblem::Open(line) => {
            let reason = message!("tables.too_many_quotation_marks", line);
            Error::config(shown_path(path), reason).with_hint(quote)
        }
        TextProblem::Encoding(line, bytes) => {
            let look = other_encoding(&bytes);
            let reason = message!("tables.line_not_utf_text", line, look);
            let hint = message!("tables.open_excel_save_csv");
            Error::config(shown_path(path), reason).with_hint(hint)
        }
    }
}
