//! What a sheet shows beside its values: hidden rows, merged cells, zeros that only the format has.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use quick_xml::events::{BytesStart, Event};

use super::guard::{Archive, Format, Opened, open};
use crate::location::{CellRange, CellRef};

/// Styles and merged ranges kept.
const MAX_LIST: usize = 100_000;

/// What of a sheet's look decides how a table is read.
#[derive(Debug, Default)]
pub struct SheetFacts {
    /// Zero-based rows that are hidden, by hand or by a filter.
    pub hidden: BTreeSet<u32>,
    /// Merged ranges.
    pub merges: Vec<CellRange>,
    /// Digits that the format of a cell always shows, where there are several.
    pub zeros: BTreeMap<(u32, u16), usize>,
}

/// The facts of a sheet of an xlsx file; none where the file has another format or is damaged there.
#[must_use]
pub fn sheet_facts(bytes: &[u8], sheet: &str) -> SheetFacts {
    match open(bytes) {
        Ok(Opened::Package(mut package)) if package.format == Format::Xlsx => read(&mut package.archive, sheet).unwrap_or_default(),
        _ => SheetFacts::default(),
    }
}

fn read(archive: &mut Archive<'_>, sheet: &str) -> Option<SheetFacts> {
    let workbook = part(archive, "xl/workbook.xml")?;
    let id = find(&workbook, "sheet", |start| (attribute(start, "name")?.replace('\0', "") == sheet).then(|| attribute(start, "id"))?)?;
    let relations = part(archive, "xl/_rels/workbook.xml.rels")?;
    let target = find(&relations, "Relationship", |start| (attribute(start, "Id")? == id).then(|| attribute(start, "Target"))?)?;
    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    let styles = part(archive, "xl/styles.xml").map(|styles| zero_formats(&styles)).unwrap_or_default();
    Some(of_sheet(&part(archive, &path)?, &styles))
}

fn part(archive: &mut Archive<'_>, name: &str) -> Option<String> {
    let is_wanted = |known: &str| known.trim_start_matches('/').replace('\\', "/").eq_ignore_ascii_case(name);
    let index =
        (0..archive.len()).find(|&index| archive.by_index(index).is_ok_and(|entry| entry.name().is_ok_and(|known| is_wanted(&known))))?;
    let mut bytes = Vec::new();
    archive.by_index(index).ok()?.read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn reader(part: &str) -> quick_xml::Reader<&[u8]> {
    let mut xml = quick_xml::Reader::from_reader(part.as_bytes());
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    xml
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

/// What `pick` makes of the first element of this name that it knows.
fn find(part: &str, name: &str, pick: impl Fn(&BytesStart<'_>) -> Option<String>) -> Option<String> {
    let mut found = None;
    each(part, |start| {
        if found.is_none() && start.local_name().as_ref() == name {
            found = pick(start);
        }
    });
    found
}

fn each(part: &str, mut of: impl FnMut(&BytesStart<'_>)) {
    let mut xml = reader(part);
    loop {
        match xml.read_event() {
            Ok(Event::Start(start)) => of(&start),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Digits that each cell style always shows, where its format is nothing but zeros.
fn zero_formats(styles: &str) -> Vec<Option<usize>> {
    let mut formats: BTreeMap<String, usize> = BTreeMap::new();
    let mut zeros = Vec::new();
    let mut in_cells = false;
    each(styles, |start| match start.local_name().as_ref() {
        "numFmt" => {
            let id = attribute(start, "numFmtId").unwrap_or_default();
            if let Some(digits) = attribute(start, "formatCode").as_deref().and_then(always_shown) {
                formats.insert(id, digits);
            }
        }
        "cellXfs" => in_cells = true,
        "cellStyles" | "dxfs" => in_cells = false,
        "xf" if in_cells && zeros.len() < MAX_LIST => {
            zeros.push(attribute(start, "numFmtId").and_then(|id| formats.get(&id).copied()));
        }
        _ => {}
    });
    zeros
}

/// The digits of a format such as `00000000`, `0000"-"00` not being one.
fn always_shown(format: &str) -> Option<usize> {
    let first = format.split(';').next().unwrap_or_default().trim().replace('\\', "");
    (first.len() > 1 && first.bytes().all(|byte| byte == b'0')).then_some(first.len())
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
            if matches!(attribute(start, "hidden").as_deref(), Some("1" | "true")) {
                facts.hidden.insert(row);
            }
        }
        "c" => {
            let at = attribute(start, "r").and_then(|at| at.parse::<CellRef>().ok()).unwrap_or_else(|| CellRef::new(row, column));
            column = at.column.saturating_add(1);
            let style = attribute(start, "s").and_then(|style| style.parse::<usize>().ok());
            if let Some(digits) = style.and_then(|style| styles.get(style).copied().flatten()) {
                facts.zeros.insert((at.row, at.column), digits);
            }
        }
        "mergeCell" if facts.merges.len() < MAX_LIST => {
            facts.merges.extend(attribute(start, "ref").and_then(|range| range.parse::<CellRange>().ok()));
        }
        _ => {}
    });
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_zeros_alone_are_codes() {
        for (format, digits) in
            [("00000000", Some(8)), ("00", Some(2)), ("0", None), ("0.00", None), ("#,##0", None), ("000;-000", Some(3))]
        {
            assert_eq!(always_shown(format), digits, "{format}");
        }
    }
}
