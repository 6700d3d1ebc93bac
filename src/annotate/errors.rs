//! The form's own sheet of errors: its headings kept, its lines written anew, each linked to its cell.

use std::fmt::Write as _;

use super::sheet::insert_before;
use super::xml::{Edits, Kind, Tags, escaped};
use crate::ingest::RawProblem;
use crate::location::{CellRef, column_name};

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
const WIDTHS: [u32; 4] = [18, 9, 60, 60];
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
    /// What is wrong.
    pub error: String,
    /// What to do, and by which rule.
    pub detail: String,
}

/// The sheet with these lines below its headings; earlier lines and links are replaced.
///
/// # Errors
/// When the part is not well-formed.
pub fn fill(part: &str, headings: &[String], lines: &[ErrorLine]) -> Result<String, RawProblem> {
    let lines = &lines[..lines.len().min(MOST_LINES)];
    let (mut edits, mut tags) = (Edits::new(part), Tags::new(part));
    let (mut kept, mut start, mut has_columns) = (false, 0, false);
    let mut links_from = None;
    while let Some(tag) = tags.next()? {
        let p = tag.prefix();
        match (tag.depth, tag.name(), tag.kind) {
            (1, "dimension", Kind::Empty) => {
                edits.replace(tag.span.clone(), format!(r#"<{p}dimension ref="A1:D{}"/>"#, lines.len() + 1));
            }
            (1, "cols", _) => has_columns = true,
            (1, "sheetData", kind) => {
                if kind != Kind::End && !has_columns {
                    edits.insert(tag.span.start, columns(p));
                }
                if kind == Kind::End {
                    edits.insert(tag.span.start, rows(headings, lines, kept, p));
                } else if kind == Kind::Empty {
                    edits.replace(tag.span.clone(), format!("<{p}sheetData>{}</{p}sheetData>", rows(headings, lines, false, p)));
                }
            }
            // The first row holds the headings; what stands below is of an earlier check.
            (2, "row", Kind::Empty) => edits.replace(tag.span.clone(), ""),
            (2, "row", Kind::Start) => start = if kept { tag.span.start } else { usize::MAX },
            (2, "row", Kind::End) if start == usize::MAX => kept = true,
            (2, "row", Kind::End) => edits.replace(start..tag.span.end, ""),
            (1, "hyperlinks", Kind::Start) => links_from = Some(tag.span.start),
            (1, "hyperlinks", Kind::End) => edits.replace(links_from.take().unwrap_or(tag.span.start)..tag.span.end, ""),
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

fn rows(headings: &[String], lines: &[ErrorLine], has_headings: bool, p: &str) -> String {
    let mut out = String::new();
    if !has_headings {
        row(&mut out, 1, headings, p);
    }
    for (number, line) in (2..).zip(lines) {
        let cell = line.cell.map(|cell| cell.to_string()).unwrap_or_default();
        row(&mut out, number, &[line.sheet.clone(), cell, line.error.clone(), line.detail.clone()], p);
    }
    out
}

/// A row of texts. An inline text is never taken for a formula.
fn row(out: &mut String, number: usize, texts: &[String], p: &str) {
    let _ = write!(out, r#"<{p}row r="{number}">"#);
    for (column, text) in (0_u16..).zip(texts).filter(|(_, text)| !text.is_empty()) {
        let text: String = text.chars().take(LONGEST).collect();
        let _ = write!(
            out,
            r#"<{p}c r="{}{number}" t="inlineStr"><{p}is><{p}t xml:space="preserve">{}</{p}t></{p}is></{p}c>"#,
            column_name(column),
            escaped(&text)
        );
    }
    let _ = write!(out, "</{p}row>");
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
