//! The part of a sheet with marked cells: other styles, cells that were not there, a place for comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Colour;
use super::styles::MarkedStyles;
use super::xml::{Edits, Tag, TagKind, Tags, with_attribute};
use crate::base::location::CellRef;
use crate::ooxml::RawProblem;

/// Colours of the cells of a sheet.
pub type Colours = BTreeMap<CellRef, Colour>;

/// Elements of a sheet that stand behind the place of its comments' drawing.
const BEHIND_DRAWING: [&str; 9] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"];

/// Namespace of relationship ids.
pub const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

struct Patch<'a, 's> {
    edits: Edits<'a>,
    /// Cells still to be marked.
    left: Colours,
    /// Row of the first of them.
    next: u32,
    styles: &'s mut MarkedStyles,
    /// Marks of an earlier annotation go.
    clears: bool,
    prefix: String,
    row: u32,
    column: u16,
    /// The tag of the row, which may have a style; none for a row that is not in the sheet.
    row_tag: Option<Tag<'a>>,
    /// First and last column and their style.
    column_styles: Vec<(u32, u32, u32)>,
}

/// Marks cells of a sheet; takes off the marks of an earlier annotation where asked.
///
/// # Errors
/// When the part is not well-formed.
pub fn mark_cells(part: &str, colours: &Colours, styles: &mut MarkedStyles, clears: bool) -> Result<String, RawProblem> {
    let mut patch = Patch {
        edits: Edits::new(part),
        left: colours.clone(),
        next: colours.keys().next().map_or(u32::MAX, |at| at.row),
        styles,
        clears,
        prefix: String::new(),
        row: 0,
        column: 0,
        row_tag: None,
        column_styles: Vec::new(),
    };
    let mut tags = Tags::new(part);
    while let Some(tag) = tags.next()? {
        // Inside cells nothing is looked for.
        if tag.depth > 3 {
            continue;
        }
        let is_row = tag.depth == 2 && tag.opens() && tag.name() == "row";
        match (tag.depth, tag.name()) {
            (2, "col") => patch.column_style(&tag),
            (1, "sheetData") => patch.data(&tag),
            (2, "row") => patch.row(&tag),
            (3, "c") if tag.opens() => patch.cell(&tag),
            _ => {}
        }
        if patch.is_done() {
            break;
        }
        if is_row && !clears && patch.next > patch.row.saturating_sub(1) {
            tags.jump_to_row(&patch.prefix, patch.next + 1);
        }
    }
    Ok(patch.edits.finish())
}

impl<'a> Patch<'a, '_> {
    fn column_style(&mut self, tag: &Tag<'_>) {
        if let (Some(first), Some(last), Some(style)) = (tag.number("min"), tag.number("max"), tag.number("style")) {
            self.column_styles.push((first, last, style));
        }
    }

    fn data(&mut self, tag: &Tag<'_>) {
        tag.prefix().clone_into(&mut self.prefix);
        match tag.kind {
            TagKind::Start => {}
            TagKind::End => {
                let rows = self.rows_before(u32::MAX);
                self.edits.insert(tag.span.start, rows);
            }
            TagKind::Empty => {
                let rows = self.rows_before(u32::MAX);
                self.edits.replace(tag.span.clone(), opened(tag, &rows));
            }
        }
    }

    fn row(&mut self, tag: &Tag<'a>) {
        if tag.opens() {
            // A row without a number follows the row before.
            self.row = tag.number("r").unwrap_or(self.row + 1);
            self.column = 0;
            let rows = self.rows_before(self.row.saturating_sub(1));
            self.edits.insert(tag.span.start, rows);
            self.row_tag = Some(tag.clone());
        }
        if tag.kind != TagKind::Start {
            let cells = self.cells_before(u16::MAX);
            if cells.is_empty() {
                return;
            }
            if tag.kind == TagKind::End {
                self.edits.insert(tag.span.start, cells);
            } else {
                self.edits.replace(tag.span.clone(), opened(tag, &cells));
            }
        }
    }

    fn cell(&mut self, tag: &Tag<'_>) {
        if !self.clears && self.next > self.row.saturating_sub(1) {
            return;
        }
        let column = tag.cell("r").map_or(self.column, |at| at.column);
        self.column = column.saturating_add(1);
        let cells = self.cells_before(column);
        self.edits.insert(tag.span.start, cells);
        let own = || tag.number("s").unwrap_or(0);
        let style = match self.take(CellRef::new(self.row.saturating_sub(1), column)) {
            Some(colour) => self.styles.marked(own(), colour),
            None if self.clears => self.styles.plain(own()),
            None => None,
        };
        if let Some(style) = style {
            self.edits.replace(tag.span.clone(), with_attribute(tag.text, "s", &style.to_string()));
        }
    }

    /// Nothing is left to be marked or cleared.
    fn is_done(&self) -> bool {
        !self.clears && self.left.is_empty()
    }

    /// The colour of a cell that is still to be marked.
    fn take(&mut self, at: CellRef) -> Option<Colour> {
        let colour = self.left.remove(&at);
        if colour.is_some() {
            self.next = self.left.keys().next().map_or(u32::MAX, |at| at.row);
        }
        colour
    }

    /// Rows that are not in the sheet and stand before a row, counted from zero.
    fn rows_before(&mut self, before: u32) -> String {
        let mut out = String::new();
        while let Some(row) = self.left.keys().next().map(|at| at.row).filter(|row| *row < before) {
            self.row_tag = None;
            let cells = self.cells(row, u16::MAX);
            if !cells.is_empty() {
                let p = &self.prefix;
                let _ = write!(out, r#"<{p}row r="{}">{cells}</{p}row>"#, row + 1);
            }
        }
        out
    }

    /// Cells of the present row that are not in the sheet and stand before a column.
    fn cells_before(&mut self, column: u16) -> String {
        self.cells(self.row.saturating_sub(1), column)
    }

    fn cells(&mut self, row: u32, before: u16) -> String {
        if self.next > row {
            return String::new();
        }
        let wanted: Vec<(CellRef, Colour)> =
            self.left.range(CellRef::new(row, 0)..CellRef::new(row, before)).map(|(at, colour)| (*at, *colour)).collect();
        let mut out = String::new();
        for (at, colour) in wanted {
            self.take(at);
            let column = u32::from(at.column) + 1;
            let of_column = self.column_styles.iter().find(|(first, last, _)| (*first..=*last).contains(&column)).map(|(.., s)| *s);
            let of_row = self.row_tag.as_ref().and_then(|tag| tag.number("s"));
            let base = of_row.or(of_column).unwrap_or(0);
            if let Some(style) = self.styles.marked(base, colour) {
                let _ = write!(out, r#"<{}c r="{at}" s="{style}"/>"#, self.prefix);
            }
        }
        out
    }
}

/// An empty tag, opened, with content, and closed.
fn opened(tag: &Tag<'_>, content: &str) -> String {
    let open = tag.text.trim_end_matches('>').trim_end_matches('/');
    format!("{open}>{content}</{}>", tag.full_name())
}

/// The id of the drawing that shows a sheet's comments, if it has one.
///
/// # Errors
/// When the part is not well-formed.
pub fn drawing_id(part: &str) -> Result<Option<String>, RawProblem> {
    let mut tags = Tags::behind_cells(part);
    while let Some(tag) = tags.next()? {
        if tag.depth == 1 && tag.opens() && tag.name() == "legacyDrawing" {
            return Ok(tag.attribute("id"));
        }
    }
    Ok(None)
}

/// Gives a sheet a drawing for its comments.
///
/// # Errors
/// When the part is not well-formed.
pub fn with_drawing(part: &str, id: &str) -> Result<String, RawProblem> {
    let element = |p: &str| format!(r#"<{p}legacyDrawing xmlns:r="{OFFICE}" r:id="{id}"/>"#);
    insert_before(part, &BEHIND_DRAWING, element)
}

/// Puts an element behind the cells of a sheet, before the first of some elements.
///
/// # Errors
/// When the part is not well-formed.
pub fn insert_before(part: &str, behind: &[&str], element: impl Fn(&str) -> String) -> Result<String, RawProblem> {
    let (mut edits, mut tags) = (Edits::new(part), Tags::behind_cells(part));
    while let Some(tag) = tags.next()? {
        let is_place = tag.opens() && tag.depth == 1 && behind.contains(&tag.name());
        if is_place || (tag.depth == 0 && tag.kind == TagKind::End) {
            // The root has the prefix of the format; an element inside may have another.
            let prefix = Tags::new(part).next()?.map_or("", |root| root.prefix());
            edits.insert(tag.span.start, element(prefix));
            break;
        }
    }
    Ok(edits.finish())
}
