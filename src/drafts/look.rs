//! How a workbook looks: what its package says beyond the values of cells.
//!
//! The package has passed the reader's guard. Lists here have limits of their own.

use std::collections::BTreeMap;

use super::sheet_xml::{SheetXml, read_sheet};
use super::styles::{Style, read_styles};
use crate::base::location::CellRef;
use crate::forms::Border;
use crate::ooxml::PartTexts;
use crate::ooxml::part_events::{PartEvent, PartEvents};

/// Looks of the sheets by sheet name; empty for formats other than xlsx.
#[derive(Debug, Default)]
pub struct WorkbookStyle {
    sheets: BTreeMap<String, SheetXml>,
    styles: Vec<Style>,
}

/// The look of one sheet.
#[derive(Debug, Clone, Copy)]
pub struct SheetView<'a> {
    /// The sheet's part.
    pub xml: &'a SheetXml,
    styles: &'a [Style],
    /// The workbook is an xlsx package: looks are known.
    pub is_known: bool,
}

impl SheetView<'_> {
    /// The style of a cell.
    #[must_use]
    pub fn style(&self, row: u32, column: u16) -> Style {
        let style = self.xml.styles.get(&CellRef::new(row, column)).and_then(|&index| self.styles.get(index as usize));
        style.copied().unwrap_or_default()
    }

    /// The line around a cell.
    #[must_use]
    pub fn border(&self, row: u32, column: u16) -> Option<Border> {
        self.style(row, column).border
    }
}

impl WorkbookStyle {
    /// The look of a workbook whose bytes the guard has let pass.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let Some(mut parts) = PartTexts::open(bytes) else { return Self::default() };
        let mut text = |name: &str| parts.text(name);
        let Some(workbook) = text("xl/workbook.xml") else { return Self::default() };
        let targets = relations(&text("xl/_rels/workbook.xml.rels").unwrap_or_default());
        let styles = text("xl/styles.xml").map(|part| read_styles(&part)).unwrap_or_default();
        let mut sheets = BTreeMap::new();
        for (name, id) in sheet_names(&workbook) {
            let Some(target) = targets.get(&id) else { continue };
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            if let Some(part) = text(&path.to_lowercase()) {
                sheets.insert(name, read_sheet(&part));
            }
        }
        Self { sheets, styles }
    }

    /// The look of the sheet with this name; a plain one where nothing is known.
    #[must_use]
    pub fn sheet<'a>(&'a self, name: &str, plain: &'a SheetXml) -> SheetView<'a> {
        let xml = self.sheets.get(name);
        SheetView { xml: xml.unwrap_or(plain), styles: &self.styles, is_known: xml.is_some() }
    }
}

/// Sheet names and relation ids in workbook order.
fn sheet_names(part: &str) -> Vec<(String, String)> {
    let mut names = Vec::new();
    each_start(part, "sheet", |name, id, _| names.push((name, id)));
    names
}

/// Targets of the workbook's relations by id.
fn relations(part: &str) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    each_start(part, "Relationship", |_, id, target| {
        targets.insert(id, target);
    });
    targets
}

/// Name, id and target of every element with this name.
fn each_start(part: &str, wanted: &str, mut found: impl FnMut(String, String, String)) {
    for event in PartEvents::new(part) {
        let PartEvent::Start(start) = event else { continue };
        if start.name() == wanted {
            let get = |name: &str| start.attribute(name).unwrap_or_default();
            // `sheetId` is another attribute; ids of relations are `r:id` here and `Id` there.
            let id = start.attribute("id").or_else(|| start.attribute("Id")).unwrap_or_default();
            found(get("name"), id, get("Target"));
        }
    }
}
