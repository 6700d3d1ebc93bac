//! One worksheet part: styles, formulas, widths, heights, merges, page.

use std::collections::BTreeMap;

use super::formula::{Terms, parse};
use crate::base::location::{CellRange, CellRef};
use crate::forms::{ColumnWidths, RowHeights};
use crate::ooxml::part_events::{PartEvent, PartEvents, Tag};

/// Styled cells kept of one sheet; official sheets have thousands of blank ones.
const MAX_CELLS: usize = 1_000_000;
/// Merges, widths and heights kept of one sheet.
const MAX_LIST: usize = 20_000;

/// Facts of a worksheet part beyond values.
#[derive(Debug, Default)]
pub struct SheetXml {
    /// Index of each cell's style.
    pub styles: BTreeMap<CellRef, u32>,
    /// Terms of each formula, where it only adds.
    pub formulas: BTreeMap<CellRef, Terms>,
    /// Formulas that do something else.
    pub other_formulas: usize,
    /// Widths: zero-based first and last column.
    pub widths: Vec<ColumnWidths>,
    /// Heights by zero-based row.
    pub heights: Vec<RowHeights>,
    /// Merged ranges.
    pub merges: Vec<CellRange>,
    /// Paper size as the format numbers it.
    pub paper: Option<u32>,
    /// Landscape, where the sheet says.
    pub landscape: Option<bool>,
}

/// Where the reader stands.
#[derive(Default)]
struct Place {
    row: u32,
    column: u16,
    formula: Option<(String, Option<u32>)>,
    shared: BTreeMap<u32, (u32, u16, Terms)>,
}

/// Reads a worksheet part; what is damaged loses looks, not values.
#[must_use]
pub fn read_sheet(part: &str) -> SheetXml {
    let mut sheet = SheetXml::default();
    let mut place = Place::default();
    for event in PartEvents::new(part) {
        match event {
            PartEvent::Start(start) => sheet.start(&start, &mut place),
            PartEvent::Text(text) => {
                if let Some((formula, _)) = &mut place.formula {
                    formula.push_str(&text);
                }
            }
            PartEvent::End(end) => match end.name() {
                "f" => sheet.end_formula(&mut place),
                "c" => place.column = place.column.saturating_add(1),
                "row" => place.row = place.row.saturating_add(1),
                _ => {}
            },
        }
    }
    sheet.merges.sort_unstable();
    sheet
}

impl SheetXml {
    fn start(&mut self, start: &Tag<'_>, place: &mut Place) {
        match start.name() {
            "col" => self.width(start),
            "row" => {
                place.row = start.number("r").map_or(place.row, |row| row.saturating_sub(1));
                place.column = 0;
                let height = start.attribute("ht").and_then(|height| height.parse().ok());
                if let Some(height) = height.filter(|_| self.heights.len() < MAX_LIST) {
                    self.heights.push(RowHeights { first: place.row, last: place.row, height });
                }
            }
            "c" => {
                if let Some(at) = start.attribute("r").and_then(|at| at.parse::<CellRef>().ok()) {
                    (place.row, place.column) = (at.row, at.column);
                }
                if let Some(style) = start.number("s").filter(|_| self.styles.len() < MAX_CELLS) {
                    self.styles.insert(CellRef::new(place.row, place.column), style);
                }
            }
            "f" => {
                let is_shared = start.attribute("t").as_deref() == Some("shared");
                let shared = start.number("si").filter(|_| is_shared);
                place.formula = Some((String::new(), shared));
            }
            "mergeCell" => {
                let range = start.attribute("ref").and_then(|range| range.parse().ok());
                if let Some(range) = range.filter(|_| self.merges.len() < MAX_LIST) {
                    self.merges.push(range);
                }
            }
            "pageSetup" => {
                self.paper = start.number("paperSize");
                self.landscape = start.attribute("orientation").map(|to| to == "landscape");
            }
            _ => {}
        }
    }

    fn width(&mut self, start: &Tag<'_>) {
        let column = |name: &str| start.number(name).and_then(|n| u16::try_from(n.checked_sub(1)?).ok());
        let width = start.attribute("width").and_then(|width| width.parse::<f64>().ok());
        if let (Some(first), Some(last), Some(width)) = (column("min"), column("max"), width)
            && first <= last
            && self.widths.len() < MAX_LIST
        {
            // More decimals are the rounding of a screen.
            self.widths.push(ColumnWidths { first, last, width: (width * 1000.0).round() / 1000.0 });
        }
    }

    fn end_formula(&mut self, place: &mut Place) {
        let Some((text, shared)) = place.formula.take() else { return };
        let at = CellRef::new(place.row, place.column);
        let terms = match (shared.and_then(|id| place.shared.get(&id)), text.is_empty()) {
            (Some((row, column, terms)), true) => {
                terms.moved(i64::from(at.row) - i64::from(*row), i64::from(at.column) - i64::from(*column))
            }
            _ => parse(&text),
        };
        match terms {
            Some(terms) if self.formulas.len() < MAX_CELLS => {
                if let Some(id) = shared.filter(|_| !text.is_empty()) {
                    place.shared.insert(id, (at.row, at.column, terms.clone()));
                }
                self.formulas.insert(at, terms);
            }
            _ => self.other_formulas += 1,
        }
    }
}
