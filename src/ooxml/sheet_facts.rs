//! Looks of a sheet beside its values: hidden rows and columns, merged cells, zeros that only the format has.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::ops::RangeInclusive;

use quick_xml::events::BytesStart;

use super::guard::Archive;
use super::workbook_parts::{RELATIONS, STYLES, WORKBOOK, attribute, cell_formats, each, sheet_paths};
use crate::base::location::{CellRange, CellRef};

/// Styles, ranges and cells kept of a sheet.
pub const MAX_LIST: usize = 200_000;
/// Points below which nobody sees a row or a column.
const LEAST_SEEN: f64 = 2.0;

/// Looks of a sheet that decide how a table is read.
#[derive(Debug, Default)]
pub struct SheetFacts {
    /// Zero-based rows that hold anything and are hidden, by hand, by a filter, in a folded group or by a height of nothing.
    pub hidden: BTreeSet<u32>,
    /// Zero-based columns that are.
    pub hidden_columns: Vec<RangeInclusive<u16>>,
    /// Merged ranges.
    pub merges: Vec<CellRange>,
    /// Digits that the format of a cell always shows, where there are several.
    pub zeros: BTreeMap<CellRef, usize>,
}

/// Whether a row or column of so many points shows nothing.
#[must_use]
pub fn is_unseen(points: f64) -> bool {
    points < LEAST_SEEN
}

/// The facts of a sheet of an xlsx package.
pub fn xlsx_facts(archive: &mut Archive<'_>, sheet: &str) -> Option<SheetFacts> {
    let paths = sheet_paths(&part(archive, WORKBOOK)?, &part(archive, RELATIONS)?);
    let path = paths.into_iter().find(|own| own.name.replace('\0', "") == sheet)?.path;
    let styles = part(archive, STYLES).map(|styles| zero_formats(&styles)).unwrap_or_default();
    Some(of_sheet(&part(archive, &path)?, &styles))
}

/// A part of a package as text.
pub fn part(archive: &mut Archive<'_>, name: &str) -> Option<String> {
    let is_wanted = |known: &str| known.trim_start_matches('/').replace('\\', "/").eq_ignore_ascii_case(name);
    let index =
        (0..archive.len()).find(|&index| archive.by_index(index).is_ok_and(|entry| entry.name().is_ok_and(|known| is_wanted(&known))))?;
    let mut bytes = Vec::new();
    archive.by_index(index).ok()?.read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Digits that each cell style always shows, where its format is nothing but zeros.
fn zero_formats(styles: &str) -> Vec<Option<usize>> {
    cell_formats(styles).into_iter().map(|format| format.code.as_deref().and_then(always_shown)).collect()
}

/// The digits of a format such as `00000000`, `0000"-"00` not being one.
#[must_use]
pub fn always_shown(format: &str) -> Option<usize> {
    let mut shown = String::new();
    let mut letters = format.split(';').next().unwrap_or_default().chars();
    while let Some(letter) = letters.next() {
        match letter {
            // A language or a colour.
            '[' => drop(letters.find(|other| *other == ']')),
            // A blank as wide as the letter behind.
            '_' => drop(letters.next()),
            '\\' => {}
            other => shown.push(other),
        }
    }
    // A digit behind a zero is shown whatever it is.
    let shown = shown.trim();
    let are_digits = shown.starts_with('0') && shown.bytes().all(|byte| matches!(byte, b'0' | b'#'));
    (shown.len() > 1 && are_digits).then_some(shown.len())
}

fn of_sheet(part: &str, styles: &[Option<usize>]) -> SheetFacts {
    let mut facts = SheetFacts::default();
    let (mut row, mut column) = (0_u32, 0_u16);
    let mut is_first = true;
    each(part, |start| match start.local_name().as_ref() {
        "row" => {
            let told = attribute(start, "r").and_then(|at| at.parse::<u32>().ok()).and_then(|at| at.checked_sub(1));
            row = told.unwrap_or(if is_first { 0 } else { row.saturating_add(1) });
            (column, is_first) = (0, false);
            if is_marked(start, "hidden") || has_no_height(start) {
                facts.hidden.insert(row);
            }
        }
        "col" if facts.hidden_columns.len() < MAX_LIST => {
            let is_hidden = is_marked(start, "hidden") || number(start, "width") == Some(0.0);
            let at = |name: &str| attribute(start, name).and_then(|at| at.parse::<u16>().ok()).and_then(|at| at.checked_sub(1));
            facts.hidden_columns.extend(at("min").zip(at("max")).filter(|_| is_hidden).map(|(first, last)| first..=last));
        }
        "c" => {
            let at = attribute(start, "r").and_then(|at| at.parse::<CellRef>().ok()).unwrap_or_else(|| CellRef::new(row, column));
            column = at.column.saturating_add(1);
            let style = attribute(start, "s").and_then(|style| style.parse::<usize>().ok());
            if let Some(digits) = style.and_then(|style| styles.get(style).copied().flatten()) {
                facts.zeros.insert(at, digits);
            }
        }
        "mergeCell" if facts.merges.len() < MAX_LIST => {
            facts.merges.extend(attribute(start, "ref").and_then(|range| range.parse::<CellRange>().ok()));
        }
        _ => {}
    });
    facts
}

fn is_marked(start: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(start, name).as_deref(), Some("1" | "true"))
}

fn number(start: &BytesStart<'_>, name: &str) -> Option<f64> {
    attribute(start, name)?.parse().ok()
}

/// Whether a row is too low to be seen. A height of its own that is not told is what some programs write for a height of 0.
fn has_no_height(start: &BytesStart<'_>) -> bool {
    number(start, "ht").map_or_else(|| is_marked(start, "customHeight"), is_unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_that_nobody_sees() {
        let rows = [r#"hidden="1""#, r#"ht="0" customHeight="1""#, r#"customHeight="1""#, r#"ht="15" customHeight="1""#, r#"ht="1.5""#, ""];
        let rows = rows.map(|attributes| format!("<row {attributes}/>")).concat();
        let columns =
            r#"<cols><col min="1" max="2" width="9"/><col min="3" max="4" width="9" hidden="1"/><col min="6" max="6" width="0"/></cols>"#;
        let facts = of_sheet(&format!("<worksheet>{columns}<sheetData>{rows}</sheetData></worksheet>"), &[]);
        assert_eq!(facts.hidden.into_iter().collect::<Vec<_>>(), [0, 1, 2, 4]);
        assert_eq!(facts.hidden_columns, [2..=3, 5..=5]);
    }

    #[test]
    fn formats_of_zeros_alone_are_codes() {
        for (format, digits) in [
            ("00000000", Some(8)),
            ("00", Some(2)),
            ("0", None),
            ("0.00", None),
            ("#,##0", None),
            ("000;-000", Some(3)),
            ("[$-42A]00000000", Some(8)),
            ("00000000_)", Some(8)),
            ("0#######", Some(8)),
            ("###0", None),
            ("00.0_)", None),
        ] {
            assert_eq!(always_shown(format), digits, "{format}");
        }
    }
}
