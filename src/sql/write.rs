//! Answers as files and on the screen: CSV, JSON, Parquet, a workbook, aligned text.
//!
//! Everything but the workbook and the text is written while it is worked out, so that an answer may be larger
//! than the memory. No text of it is taken for a formula.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;

use super::answer::Answer;
use super::entry::QueryEntry;
use super::spool::Spool;
use crate::base::disk::{KeptFile, OutputFile, OutputRules, write_file};
use crate::base::error::{Action, Error, Result};
use crate::base::limits::Stop;
use crate::base::message::Lang;
use crate::base::number::{AMOUNT_SCALE, NumberKind};
use crate::base::text::looks_like_formula;
use crate::findings::JSON_VERSION;
use crate::present::{Align, ListCell, ListColumn, ListRow, Listing, MOST_ROWS, WorkbookPlan, listing, write_xlsx};

/// Rows that the width of a column of a workbook is measured on.
const MEASURED: usize = 200;
/// The widest column, in characters.
const WIDEST: usize = 60;

/// Numbers that may be years.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// How much was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenAnswer {
    /// Rows.
    pub rows: usize,
    /// There are more, which were left out.
    pub cut: bool,
    /// A file of before that somebody had changed.
    pub kept: Vec<KeptFile>,
}

fn io(what: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |e| Error::io(Action::Write, what, e)
}

/// As CSV in UTF-8, with a mark at the start by which spreadsheet programs know it.
///
/// # Errors
/// When it cannot be worked out or written.
pub fn write_csv(answer: Answer, out: &mut dyn Write) -> Result<WrittenAnswer> {
    let failed = |e: csv::Error| Error::library(Action::Write, "CSV", e);
    out.write_all(b"\xef\xbb\xbf").map_err(io("CSV"))?;
    let mut writer = csv::Writer::from_writer(out);
    let mut written = WrittenAnswer::default();
    writer.write_record(answer.columns().iter().map(|(name, _)| harmless(name))).map_err(failed)?;
    answer.each(&mut |rows| {
        written.rows += rows.len();
        rows.each(&mut |row| writer.write_record(row.iter().map(csv_text)).map_err(failed))
    })?;
    writer.flush().map_err(io("CSV"))?;
    Ok(written)
}

/// Numbers may begin with a minus; what people wrote may not begin a formula.
fn csv_text(entry: &QueryEntry) -> String {
    if entry.is_number() { entry.plain() } else { harmless(&entry.plain()) }
}

fn harmless(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// As a JSON object with a version and the rows, each an object; decimals are texts, so that no reader rounds them.
///
/// # Errors
/// When it cannot be worked out or written.
pub fn write_json(answer: Answer, out: &mut dyn Write) -> Result<WrittenAnswer> {
    let names: Vec<String> = answer.columns().into_iter().map(|(name, _)| serde_json::Value::from(name).to_string()).collect();
    let mut written = WrittenAnswer::default();
    write!(out, "{{\n\"version\": {JSON_VERSION},\n\"rows\": [").map_err(io("JSON"))?;
    answer.each(&mut |rows| {
        rows.each(&mut |row| {
            let fields: Vec<String> = names.iter().zip(row).map(|(name, entry)| format!("{name}: {}", json_text(entry))).collect();
            let comma = if written.rows == 0 { "" } else { "," };
            written.rows += 1;
            write!(out, "{comma}\n  {{{}}}", fields.join(", ")).map_err(io("JSON"))
        })
    })?;
    out.write_all(if written.rows == 0 { b"]\n}\n" } else { b"\n]\n}\n" }).map_err(io("JSON"))?;
    Ok(written)
}

fn json_text(entry: &QueryEntry) -> String {
    match entry {
        QueryEntry::Null => "null".to_owned(),
        QueryEntry::Whole(_) | QueryEntry::Flag(_) => entry.plain(),
        QueryEntry::Float(number) => serde_json::Value::from(*number).to_string(),
        QueryEntry::List(items) => format!("[{}]", items.iter().map(json_text).collect::<Vec<_>>().join(",")),
        QueryEntry::Text(_) | QueryEntry::Decimal(..) | QueryEntry::Day(_) => serde_json::Value::from(entry.plain()).to_string(),
    }
}

/// As a Parquet file, written aside and renamed.
///
/// # Errors
/// When it cannot be worked out or written.
pub fn write_parquet(answer: Answer, path: &Path, rules: &OutputRules) -> Result<WrittenAnswer> {
    aside(path, rules, &answer.stop(), |file| {
        let failed = |e: datafusion::parquet::errors::ParquetError| Error::library(Action::Write, path, e);
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let options = ArrowWriterOptions::new().with_properties(properties);
        let mut writer = ArrowWriter::try_new_with_options(BufWriter::new(file), answer.schema().clone(), options).map_err(failed)?;
        let mut written = WrittenAnswer::default();
        answer.batches(&mut |batch| {
            written.rows += batch.num_rows();
            writer.write(batch).map_err(failed)
        })?;
        writer.close().map_err(failed)?;
        Ok(written)
    })
}

/// As a file that `write` fills: written aside and renamed.
///
/// # Errors
/// When it cannot be worked out or written, or is stopped.
pub fn written_whole(
    answer: Answer,
    path: &Path,
    rules: &OutputRules,
    write: impl FnOnce(Answer, &mut dyn Write) -> Result<WrittenAnswer>,
) -> Result<WrittenAnswer> {
    aside(path, rules, &answer.stop(), |file| {
        let mut out = BufWriter::new(file);
        let written = write(answer, &mut out)?;
        out.flush().map_err(|e| Error::io(Action::Write, path, e))?;
        Ok(written)
    })
}

/// Hands an answer on once all of it is there: whoever reads gets the whole of it or nothing.
///
/// # Errors
/// When it cannot be worked out or handed on, or is stopped.
pub fn handed_on_whole(
    answer: Answer,
    out: &mut dyn Write,
    write: impl FnOnce(Answer, &mut dyn Write) -> Result<WrittenAnswer>,
) -> Result<WrittenAnswer> {
    let stop = answer.stop();
    let mut spool = Spool::default();
    let written = write(answer, &mut spool)?;
    stop.publish()?;
    spool.hand_on(out).map_err(io("stdout"))?;
    Ok(written)
}

/// Lets `write` fill a file beside its place and puts it there; what comes to nothing leaves nothing.
fn aside(path: &Path, rules: &OutputRules, stop: &Stop, write: impl FnOnce(&File) -> Result<WrittenAnswer>) -> Result<WrittenAnswer> {
    stop.check()?;
    let target = OutputFile::create(path, rules)?;
    let file = target.open()?;
    let mut written = write(&file)?;
    file.sync_all().map_err(|e| Error::io(Action::Write, path, e))?;
    drop(file);
    stop.publish()?;
    written.kept = target.publish()?.kept;
    Ok(written)
}

/// Lines around the rows of a workbook.
pub struct WorkbookHead<'a> {
    /// Its title.
    pub title: &'a str,
    /// State of its figures, above on every page; empty where they have several.
    pub state: &'a str,
    /// Terms with the states of their figures.
    pub figures: &'a str,
    /// Line where rows are left out.
    pub cut: &'a str,
    /// The day the latest figures are as at.
    pub day: chrono::NaiveDate,
}

/// As a workbook of one sheet with a title; rows that no reader could use are left out, and it says so.
///
/// # Errors
/// When it cannot be worked out or written.
pub fn write_xlsx_file(answer: Answer, head: &WorkbookHead<'_>, path: &Path, rules: &OutputRules) -> Result<WrittenAnswer> {
    let columns = answer.columns();
    let most = u32::try_from(MOST_ROWS).unwrap_or(u32::MAX);
    let mut rows: Vec<ListRow> = Vec::new();
    answer.first(most.saturating_add(1)).each(&mut |batch| {
        batch.each(&mut |row| {
            rows.push(ListRow { cells: row.iter().map(list_cell).collect(), strong: false });
            Ok(())
        })
    })?;
    let is_cut = rows.len() > MOST_ROWS;
    rows.truncate(MOST_ROWS);
    for at in 0..columns.len() {
        years_plain(at, &mut rows);
    }
    let columns = columns.iter().enumerate().map(|(at, (name, kind))| column(at, name, kind, &rows)).collect();
    let count = rows.len();
    let lines = [head.title, head.figures].into_iter().chain(is_cut.then_some(head.cut)).map(str::to_owned).collect();
    let list =
        Listing { name: "SQL".to_owned(), lines, columns, rows, more: 0, cut: String::new(), fixed_columns: 1, ..Listing::default() };
    let state = (!head.state.is_empty()).then(|| head.state.to_owned()).into_iter().collect();
    let title = head.title.to_owned();
    let plan = WorkbookPlan { title, created: head.day, state, sheets: vec![listing(&list)], ..WorkbookPlan::default() };
    let bytes = write_xlsx(&plan).map_err(|e| Error::library(Action::Write, path, e))?;
    let kept = write_file(path, &bytes, rules)?.kept;
    Ok(WrittenAnswer { rows: count, cut: is_cut, kept })
}

fn column(at: usize, name: &str, kind: &str, rows: &[ListRow]) -> ListColumn {
    let widest = rows.iter().take(MEASURED).map(|row| row.cells[at].text().chars().count()).max().unwrap_or(0);
    let width = widest.max(name.chars().count()).clamp(6, WIDEST) + 2;
    let align = if matches!(kind, "string" | "date" | "boolean" | "list") { Align::Left } else { Align::Right };
    ListColumn { heading: name.to_owned(), width: width as f64, align }
}

/// Shows the numbers of a column without marks between thousands where all of them may be years.
fn years_plain(at: usize, rows: &mut [ListRow]) {
    let year = |cell: &ListCell| match cell {
        ListCell::Number(number, NumberKind::Counts) => i32::try_from(*number).ok().filter(|year| YEARS.contains(year)),
        _ => None,
    };
    if rows.iter().all(|row| row.cells[at] == ListCell::Blank || year(&row.cells[at]).is_some()) {
        for row in rows {
            row.cells[at] = year(&row.cells[at]).map_or(ListCell::Blank, |year| ListCell::Plain(year.into()));
        }
    }
}

/// A value as a cell: numbers that a spreadsheet holds exactly as numbers, larger ones as text.
fn list_cell(entry: &QueryEntry) -> ListCell {
    let number = match entry {
        QueryEntry::Whole(number) => i64::try_from(*number).ok().map(|number| ListCell::Number(number, NumberKind::Counts)),
        QueryEntry::Decimal(digits, scale) if *scale <= AMOUNT_SCALE as usize => {
            let missing = u32::try_from(AMOUNT_SCALE as usize - scale).unwrap_or(0);
            let scaled = digits.checked_mul(10_i128.pow(missing)).and_then(|number| i64::try_from(number).ok());
            scaled.map(|number| ListCell::Number(number, NumberKind::Amounts))
        }
        QueryEntry::Float(number) if number.is_finite() => Some(ListCell::Plain(*number)),
        QueryEntry::Day(day) => Some(ListCell::Day(*day)),
        _ => None,
    };
    number.unwrap_or_else(|| ListCell::from(entry.plain()))
}

/// As aligned text; at most so many rows.
///
/// # Errors
/// When it cannot be worked out.
pub fn write_text(answer: Answer, most: u32, lang: Lang) -> Result<(String, WrittenAnswer)> {
    let columns = answer.columns();
    let mut rows: Vec<Vec<String>> = Vec::new();
    answer.first(most.saturating_add(1)).each(&mut |batch| {
        batch.each(&mut |row| {
            rows.push(row.iter().map(|entry| shown_entry(entry, lang)).collect());
            Ok(())
        })
    })?;
    let shown = usize::try_from(most).unwrap_or(usize::MAX);
    let cut = rows.len() > shown;
    rows.truncate(shown);
    let length = |text: &String| text.chars().count();
    let widths: Vec<usize> = (columns.iter().enumerate())
        .map(|(at, (name, _))| rows.iter().map(|row| length(&row[at])).max().unwrap_or(0).max(length(name)))
        .collect();
    let right: Vec<bool> = columns.iter().map(|(_, kind)| !matches!(kind.as_str(), "string" | "date" | "boolean" | "list")).collect();
    let line = |texts: &[String]| {
        let cells = texts.iter().zip(widths.iter().zip(&right)).map(|(text, (&width, &right))| {
            let blanks = " ".repeat(width - length(text));
            if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
    let text = [line(&names), line(&rule)].into_iter().chain(rows.iter().map(|row| line(row))).collect();
    Ok((text, WrittenAnswer { rows: rows.len(), cut, kept: Vec::new() }))
}

/// A value on one line, with the decimal sign of the language.
fn shown_entry(entry: &QueryEntry, lang: Lang) -> String {
    let text = entry.plain().replace(['\n', '\r', '\t'], " ");
    let has_sign = matches!(entry, QueryEntry::Decimal(..) | QueryEntry::Float(_));
    if has_sign && lang == Lang::Vi { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_no_mark_between_thousands() {
        let row =
            |cells: [i64; 2]| ListRow { cells: cells.map(|number| ListCell::Number(number, NumberKind::Counts)).into(), strong: false };
        let mut rows = vec![row([2024, 2024]), row([2025, 12_345])];
        (0..2).for_each(|at| years_plain(at, &mut rows));
        assert_eq!(rows[0].cells, [ListCell::Plain(2024.0), ListCell::Number(2024, NumberKind::Counts)]);
    }
}
