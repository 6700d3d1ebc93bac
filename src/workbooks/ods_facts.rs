//! Looks of an OpenDocument sheet beside its values.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::raw::{MAX_COLUMNS, MAX_ROWS};
use crate::base::location::{CellRef, MAX_COLUMN};
use crate::ooxml::part_events::{PartEvent, PartEvents, Tag};
use crate::ooxml::sheet_facts::{MAX_LIST, SheetFacts, is_unseen};

/// The facts of a sheet of `content.xml`.
pub fn ods_facts(content: &str, sheet: &str) -> SheetFacts {
    let mut look = Look { sheet, ..Look::default() };
    for event in PartEvents::new(content) {
        match event {
            PartEvent::Start(start) => look.start(&start),
            PartEvent::Text(text) if look.is_shown_text() => look.shown.push_str(&text),
            PartEvent::Text(_) => {}
            PartEvent::End(end) => look.end(end.name()),
        }
        if look.is_done {
            break;
        }
    }
    look.facts
}

/// Where the look at the parts of a document is.
#[derive(Default)]
struct Look<'a> {
    sheet: &'a str,
    facts: SheetFacts,
    /// Styles of rows and columns that leave nothing to be seen.
    unseen: HashSet<String>,
    style: String,
    /// Tables around; those within a cell are no sheets.
    tables: usize,
    is_wanted: bool,
    is_done: bool,
    /// Groups of rows or columns around, and whether each is folded away.
    folded: Vec<bool>,
    row: Row,
    next_row: u32,
    next_column: u32,
    /// Annotations around: what stands there is no text of the cell.
    notes: usize,
    paragraphs: usize,
    cell: Cell,
    shown: String,
}

/// A row that is gone through.
#[derive(Default)]
struct Row {
    repeated: u32,
    column: u32,
    is_hidden: bool,
    holds_anything: bool,
    /// Columns of its codes, with the digits shown.
    zeros: Vec<CodeCells>,
}

/// Cells of a row that show the same code.
struct CodeCells {
    columns: RangeInclusive<u16>,
    digits: usize,
}

#[derive(Default)]
struct Cell {
    repeated: u32,
    /// The number behind what is shown.
    value: Option<String>,
    has_value: bool,
}

impl Look<'_> {
    const fn is_inside(&self) -> bool {
        self.is_wanted && self.tables == 1
    }

    const fn is_shown_text(&self) -> bool {
        self.is_inside() && self.paragraphs > 0 && self.notes == 0
    }

    fn start(&mut self, start: &Tag<'_>) {
        let repeated = |name: &str| start.attribute(name).and_then(|times| times.parse::<u32>().ok()).unwrap_or(1).max(1);
        match start.name() {
            "style" => self.style = start.attribute("name").unwrap_or_default(),
            "table-row-properties" | "table-column-properties" if self.tables == 0 => self.note_size(start),
            "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    self.is_wanted = start.attribute("name").is_some_and(|name| name.replace('\0', "") == self.sheet);
                }
            }
            _ if !self.is_inside() => {}
            "table-row-group" | "table-column-group" => self.folded.push(start.attribute("display").as_deref() == Some("false")),
            "table-column" => {
                let times = repeated("number-columns-repeated");
                let last = self.next_column.saturating_add(times - 1);
                if self.is_hidden(start) && self.facts.hidden_columns.len() < MAX_LIST && self.next_column <= u32::from(MAX_COLUMN) {
                    self.facts.hidden_columns.push(column(self.next_column)..=column(last));
                }
                self.next_column = last.saturating_add(1);
            }
            "table-row" => {
                self.row = Row { repeated: repeated("number-rows-repeated"), is_hidden: self.is_hidden(start), ..Row::default() };
            }
            "table-cell" | "covered-table-cell" => {
                let value = start.attribute("value");
                let has_value = start.attribute("value-type").is_some();
                self.cell = Cell { repeated: repeated("number-columns-repeated"), value, has_value };
                self.shown.clear();
            }
            "annotation" => self.notes += 1,
            "p" => self.paragraphs += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "table" => {
                self.is_done = self.is_inside();
                self.tables = self.tables.saturating_sub(1);
            }
            _ if !self.is_inside() => {}
            "table-row-group" | "table-column-group" => drop(self.folded.pop()),
            "table-row" => self.end_row(),
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "annotation" => self.notes = self.notes.saturating_sub(1),
            "p" => self.paragraphs = self.paragraphs.saturating_sub(1),
            _ => {}
        }
    }

    fn note_size(&mut self, start: &Tag<'_>) {
        let is_fitted = start.attribute("use-optimal-row-height").as_deref() == Some("true");
        let size = start.attribute("row-height").or_else(|| start.attribute("column-width"));
        if !is_fitted && size.as_deref().and_then(points).is_some_and(is_unseen) && self.unseen.len() < MAX_LIST {
            self.unseen.insert(self.style.clone());
        }
    }

    fn is_hidden(&self, start: &Tag<'_>) -> bool {
        matches!(start.attribute("visibility").as_deref(), Some("collapse" | "filter"))
            || start.attribute("style-name").is_some_and(|style| self.unseen.contains(&style))
            || self.folded.contains(&true)
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.row.holds_anything |= cell.has_value || !self.shown.is_empty();
        let first = self.row.column;
        let last = first.saturating_add(cell.repeated.max(1) - 1);
        self.row.column = last.saturating_add(1);
        if let Some(digits) = cell.value.and_then(|value| digits_shown(&value, &self.shown))
            && last < MAX_COLUMNS
        {
            self.row.zeros.push(CodeCells { columns: column(first)..=column(last), digits });
        }
    }

    /// Notes what is known of a row that holds anything; the rows below the last that does are often hidden all together.
    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let first = self.next_row;
        self.next_row = first.saturating_add(row.repeated);
        if !row.holds_anything {
            return;
        }
        for at in first..self.next_row.min(MAX_ROWS) {
            if row.is_hidden {
                self.facts.hidden.insert(at);
            }
            for cells in &row.zeros {
                for column in cells.columns.clone() {
                    if self.facts.zeros.len() < MAX_LIST {
                        self.facts.zeros.insert(CellRef::new(at, column), cells.digits);
                    }
                }
            }
        }
    }
}

fn column(at: u32) -> u16 {
    u16::try_from(at).unwrap_or(MAX_COLUMN).min(MAX_COLUMN)
}

/// The digits of a number that is shown with zeros before it.
fn digits_shown(value: &str, shown: &str) -> Option<usize> {
    let shown = shown.trim();
    let is_padded = shown.len() > 1 && shown.starts_with('0') && shown.bytes().all(|byte| byte.is_ascii_digit());
    let is_same = is_padded && value.parse::<f64>().ok() == shown.parse::<f64>().ok();
    is_same.then_some(shown.len())
}

/// A length in points.
fn points(length: &str) -> Option<f64> {
    let at = length.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(length.len());
    let (number, unit) = length.split_at(at);
    let of_one = match unit {
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "pc" => 12.0,
        "px" => 0.75,
        _ => 1.0,
    };
    number.trim().parse::<f64>().ok().map(|number| number * of_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLES: &str = r#"<style:style style:name="co0"><style:table-column-properties style:column-width="0cm"/></style:style><style:style style:name="ro0"><style:table-row-properties style:row-height="0.2mm"/></style:style><style:style style:name="ro1"><style:table-row-properties style:row-height="0cm" style:use-optimal-row-height="true"/></style:style>"#;

    fn facts(table: &str) -> SheetFacts {
        let other = r#"<table:table table:name="X"><table:table-row table:visibility="collapse"><table:table-cell office:value-type="float"/></table:table-row></table:table>"#;
        ods_facts(&format!("<d>{STYLES}{other}<table:table table:name=\"S\">{table}</table:table>{other}</d>"), "S")
    }

    fn row(attributes: &str) -> String {
        format!(
            r#"<table:table-row {attributes}><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>"#
        )
    }

    #[test]
    fn rows_are_hidden_by_hand_by_a_filter_in_a_group_or_by_their_height() {
        for (attributes, expected) in [
            (r#"table:visibility="collapse""#, true),
            (r#"table:visibility="filter""#, true),
            (r#"table:visibility="visible""#, false),
            (r#"table:style-name="ro0""#, true),
            (r#"table:style-name="ro1""#, false),
            ("", false),
        ] {
            let twice = format!(r#"table:number-rows-repeated="2" {attributes}"#);
            let found = facts(&[row(""), row(&twice), row("")].concat()).hidden;
            assert_eq!(found.into_iter().collect::<Vec<_>>(), if expected { vec![1, 2] } else { Vec::new() }, "{attributes}");
        }
        for (display, expected) in [("false", vec![1]), ("true", vec![])] {
            let group = format!(r#"<table:table-row-group table:display="{display}">{}</table:table-row-group>"#, row(""));
            assert_eq!(facts(&[row(""), group, row("")].concat()).hidden.into_iter().collect::<Vec<_>>(), expected, "{display}");
        }
        // Rows without anything in them, to the end of the sheet.
        let end =
            r#"<table:table-row table:visibility="collapse" table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>"#;
        assert!(facts(&[&row(""), end].concat()).hidden.is_empty());
    }

    #[test]
    fn columns_are_hidden_with_their_repetitions() {
        let columns = r#"<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column table:style-name="co0"/><table:table-column table:number-columns-repeated="16380"/>"#;
        assert_eq!(facts(columns).hidden_columns, [1..=2, 3..=3]);
    }

    #[test]
    fn a_number_shown_with_zeros_is_a_code() {
        let cell = |value: &str, shown: &str| {
            format!(
                r#"<table:table-cell office:value-type="float" office:value="{value}"><office:annotation><text:p>ghi chú</text:p></office:annotation><text:p>{shown}</text:p></table:table-cell>"#
            )
        };
        let cells = [cell("9001012", "09001012"), cell("129", "129"), cell("7", "07"), cell("0", "0"), cell("5", "06")].concat();
        let blanks = r#"<table:table-cell table:number-columns-repeated="3"/>"#;
        let found = facts(&format!("<table:table-row>{blanks}{cells}</table:table-row>")).zeros;
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [(CellRef::new(0, 3), 8), (CellRef::new(0, 5), 2)]);
    }
}
