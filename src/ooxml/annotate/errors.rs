//! The form's own sheet of errors: its headings kept, its lines written anew, each linked to its cell,
//! with a place for an answer and the key that says what it answers.

use std::fmt::Write as _;

use super::ErrorSheet;
use super::sheet::insert_before;
use super::xml::{Edits, TagKind, Tags, escaped};
use crate::base::location::{CellRef, column_name};
use crate::ooxml::RawProblem;

/// Elements of a sheet that stand behind its hyperlinks.
const BEHIND_LINKS: [&str; 17] = [
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "tableParts",
    "extLst",
    "AlternateContent",
];
/// Widths of the columns where the sheet gives none, in characters.
const WIDTHS: [u32; 6] = [18, 9, 60, 60, 50, 20];
/// Columns of answers and keys, behind the form's own four.
const ANSWER_COLUMNS: [&str; 2] = ["E", "F"];
/// Lines written at most: the notes count the rest.
pub const MOST_LINES: usize = 5_000;
/// Characters a cell can hold.
const LONGEST: usize = 32_767;
/// The sheet of a workbook that has none.
pub const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData></sheetData></worksheet>"#;

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLine {
    /// Sheet the error is on.
    pub sheet: String,
    /// Its cell; none where it is about the whole sheet or file.
    pub cell: Option<CellRef>,
    /// The problem in words.
    pub error: String,
    /// Action to take, and the rule.
    pub detail: String,
    /// Answer that was given already.
    pub answer: String,
    /// Says what an answer is to; empty where none is asked for.
    pub key: String,
}

/// The sheet with these lines below its headings; earlier lines and links are replaced.
///
/// # Errors
/// When the part is not well-formed.
pub fn fill(part: &str, sheet: &ErrorSheet) -> Result<String, RawProblem> {
    let lines = &sheet.lines[..sheet.lines.len().min(MOST_LINES)];
    let (mut edits, mut tags) = (Edits::new(part), Tags::new(part));
    let (mut kept, mut start, mut has_columns, mut has_answers) = (false, 0, false, false);
    let mut links_from = None;
    while let Some(tag) = tags.next()? {
        let p = tag.prefix();
        match (tag.depth, tag.name(), tag.kind) {
            (1, "dimension", TagKind::Empty) => {
                edits.replace(tag.span.clone(), format!(r#"<{p}dimension ref="A1:F{}"/>"#, lines.len() + 1));
            }
            (1, "cols", _) => has_columns = true,
            (1, "sheetData", kind) => {
                if kind != TagKind::End && !has_columns {
                    edits.insert(tag.span.start, columns(p));
                }
                if kind == TagKind::End {
                    edits.insert(tag.span.start, rows(sheet, lines, kept, p));
                } else if kind == TagKind::Empty {
                    edits.replace(tag.span.clone(), format!("<{p}sheetData>{}</{p}sheetData>", rows(sheet, lines, false, p)));
                }
            }
            // The first row holds the headings; what stands below is of an earlier check.
            (2, "row", TagKind::Empty) => edits.replace(tag.span.clone(), ""),
            (2, "row", TagKind::Start) => start = if kept { tag.span.start } else { usize::MAX },
            (3, "c", _) if start == usize::MAX && !kept => {
                has_answers |= tag.attribute("r").is_some_and(|at| ANSWER_COLUMNS.iter().any(|column| at == format!("{column}1")));
            }
            (2, "row", TagKind::End) if start == usize::MAX && !kept => {
                kept = true;
                if !has_answers {
                    edits.insert(tag.span.start, cells(4, 1, &sheet.answer_headings, p));
                }
            }
            (2, "row", TagKind::End) => edits.replace(start..tag.span.end, ""),
            (1, "hyperlinks", TagKind::Start) => links_from = Some(tag.span.start),
            (1, "hyperlinks", TagKind::End) => edits.replace(links_from.take().unwrap_or(tag.span.start)..tag.span.end, ""),
            _ => {}
        }
    }
    let text = edits.finish();
    let linked: Vec<(usize, &ErrorLine)> = (2..).zip(lines).filter(|(_, line)| line.cell.is_some()).collect();
    if linked.is_empty() {
        return Ok(text);
    }
    insert_before(&text, &BEHIND_LINKS, |p| links(&linked, p))
}

fn columns(p: &str) -> String {
    let column = |(at, width): (usize, u32)| format!(r#"<{p}col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#);
    format!("<{p}cols>{}</{p}cols>", (1..).zip(WIDTHS).map(column).collect::<String>())
}

fn rows(sheet: &ErrorSheet, lines: &[ErrorLine], has_headings: bool, p: &str) -> String {
    let mut out = String::new();
    if !has_headings {
        let mut headings = sheet.headings.clone();
        headings.resize(WIDTHS.len() - sheet.answer_headings.len(), String::new());
        headings.extend(sheet.answer_headings.clone());
        row(&mut out, 1, &headings, p);
    }
    for (number, line) in (2..).zip(lines) {
        let cell = line.cell.map(|cell| cell.to_string()).unwrap_or_default();
        let line = [&line.sheet, &cell, &line.error, &line.detail, &line.answer, &line.key].map(String::clone);
        row(&mut out, number, &line, p);
    }
    out
}

fn row(out: &mut String, number: usize, texts: &[String], p: &str) {
    let _ = write!(out, r#"<{p}row r="{number}">{}</{p}row>"#, cells(0, number, texts, p));
}

/// Cells of a row, from a column on. An inline text is never taken for a formula.
fn cells(first: u16, number: usize, texts: &[String], p: &str) -> String {
    let mut out = String::new();
    for (column, text) in (first..).zip(texts).filter(|(_, text)| !text.is_empty()) {
        let text = text.char_indices().nth(LONGEST).map_or(text.as_str(), |(end, _)| &text[..end]);
        let _ = write!(
            out,
            r#"<{p}c r="{}{number}" t="inlineStr"><{p}is><{p}t xml:space="preserve">{}</{p}t></{p}is></{p}c>"#,
            column_name(column),
            escaped(text)
        );
    }
    out
}

fn links(lines: &[(usize, &ErrorLine)], p: &str) -> String {
    let mut out = format!("<{p}hyperlinks>");
    for (number, line) in lines {
        let cell = line.cell.map(|cell| cell.to_string()).unwrap_or_default();
        // Inside quotes a quote is doubled.
        let location = format!("'{}'!{cell}", line.sheet.replace('\'', "''"));
        let _ = write!(out, r#"<{p}hyperlink ref="B{number}" location="{}"/>"#, escaped(&location));
    }
    let _ = write!(out, "</{p}hyperlinks>");
    out
}
