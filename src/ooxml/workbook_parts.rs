//! Facts of an xlsx package's parts about sheets and the looks of cells.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

/// The package's own relations.
pub const PACKAGE_RELATIONS: &str = "_rels/.rels";
/// Where nearly all programs put the workbook.
pub const WORKBOOK: &str = "xl/workbook.xml";
/// Its relations.
pub const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
/// The looks of its cells.
pub const STYLES: &str = "xl/styles.xml";
/// How the type of the relation to the workbook ends.
const TO_WORKBOOK: &str = "/relationships/officeDocument";
/// Looks of cells that are kept.
const MAX_FORMATS: usize = 200_000;

/// A sheet and the part that holds its cells.
#[derive(Debug)]
pub struct SheetPath {
    /// Its name as in the file.
    pub name: String,
    /// The part, from the root of the package.
    pub path: String,
}

/// The number format of a look of cells.
#[derive(Debug, Default)]
pub struct CellFormat {
    /// Its id.
    pub id: Option<String>,
    /// Its code, where the file states one.
    pub code: Option<String>,
}

/// The sheets of a workbook, as its part and its relations name them.
#[must_use]
pub fn sheet_paths(workbook: &str, relations: &str) -> Vec<SheetPath> {
    let mut targets: HashMap<String, String> = HashMap::new();
    each(relations, |start| {
        if start.local_name().as_ref() == "Relationship" {
            targets.extend(attribute(start, "Id").zip(attribute(start, "Target")));
        }
    });
    let mut paths = Vec::new();
    each(workbook, |start| {
        if start.local_name().as_ref() == "sheet"
            && let Some((name, target)) = attribute(start, "name").zip(attribute(start, "id").and_then(|id| targets.get(&id)))
        {
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            paths.push(SheetPath { name, path });
        }
    });
    paths
}

/// Whether the package says that its workbook stands where nearly all programs put it.
#[must_use]
pub fn has_usual_workbook(relations: &str) -> bool {
    let mut target = None;
    each(relations, |start| {
        if start.local_name().as_ref() == "Relationship" && attribute(start, "Type").is_some_and(|own| own.ends_with(TO_WORKBOOK)) {
            target = attribute(start, "Target");
        }
    });
    target.is_some_and(|target| target.strip_prefix('/').unwrap_or(&target) == WORKBOOK)
}

/// The number format of every look of cells, in their order.
#[must_use]
pub fn cell_formats(styles: &str) -> Vec<CellFormat> {
    let mut codes: HashMap<String, String> = HashMap::new();
    let mut formats = Vec::new();
    let mut in_cells = false;
    each(styles, |start| match start.local_name().as_ref() {
        "numFmt" => codes.extend(attribute(start, "numFmtId").zip(attribute(start, "formatCode"))),
        "cellXfs" => in_cells = true,
        "cellStyles" | "dxfs" => in_cells = false,
        "xf" if in_cells && formats.len() < MAX_FORMATS => {
            let id = attribute(start, "numFmtId");
            let code = id.as_ref().and_then(|id| codes.get(id)).cloned();
            formats.push(CellFormat { id, code });
        }
        _ => {}
    });
    formats
}

/// A reader set up as the spreadsheet library sets up its own.
#[must_use]
pub fn reader(part: &str) -> quick_xml::Reader<&[u8]> {
    let mut xml = quick_xml::Reader::from_reader(part.as_bytes());
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    xml
}

/// An attribute by its name without a prefix.
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

/// Goes through the start tags of a part.
pub fn each(part: &str, mut of: impl FnMut(&BytesStart<'_>)) {
    let mut xml = reader(part);
    loop {
        match xml.read_event() {
            Ok(Event::Start(start)) => of(&start),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
