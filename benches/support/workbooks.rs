//! Workbooks as the libraries alone read them, and as a list of what the writing library has to be told to write them again.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use calamine::{Reader as _, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rust_xlsxwriter::{Format, FormatBorder, Formula, Workbook, XlsxError};
use tkgd::base::location::CellRef;

/// Asks calamine for every cell of a file; cells without a value are not counted.
pub fn calamine_cells(path: &Path) -> usize {
    calamine_cells_of(BufReader::new(File::open(path).unwrap()))
}

/// The same of a file that is in memory.
pub fn calamine_cells_of(file: impl Read + Seek) -> usize {
    let mut book: Xlsx<_> = Xlsx::new(file).unwrap();
    let mut cells = 0;
    for name in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&name).unwrap();
        while let Some(cell) = reader.next_cell().unwrap() {
            cells += usize::from(*black_box(cell.get_value()) != calamine::DataRef::Empty);
        }
    }
    cells
}

/// A workbook with nothing left to work out: sheets, cells, formulas, merges, widths, heights, and as many formats.
///
/// Charts, links, validations and page setup are left out, so the other side does a little less than ours.
pub struct ReadyBook {
    formats: Vec<Format>,
    sheets: Vec<ReadySheet>,
}

#[derive(Default)]
struct ReadySheet {
    name: String,
    widths: Vec<(u16, f64)>,
    heights: Vec<(u32, f64)>,
    merges: Vec<[CellRef; 2]>,
    cells: Vec<(CellRef, usize, Ready)>,
}

enum Ready {
    Blank,
    Text(String),
    Number(f64),
    Formula(Formula),
}

impl ReadyBook {
    /// Takes a workbook of ours apart.
    pub fn new(bytes: &[u8]) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut part = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).ok()?.read_to_string(&mut text).ok()?;
            Some(text)
        };
        let texts = part("xl/sharedStrings.xml").map(|xml| texts(&xml)).unwrap_or_default();
        let mut sheets = Vec::new();
        for (number, name) in (1..).zip(names(&part("xl/workbook.xml").unwrap())) {
            let xml = part(&format!("xl/worksheets/sheet{number}.xml")).unwrap();
            sheets.push(ReadySheet { name, ..sheet(&xml, &texts) });
        }
        let last = sheets.iter().flat_map(|sheet| &sheet.cells).map(|(_, style, _)| *style).max();
        // Which look a format has does not matter, only that there are as many.
        let size = |index: usize| 10.0 + f64::from(u16::try_from(index).unwrap()) / 4.0;
        let format = |index| Format::new().set_font_name("Times New Roman").set_font_size(size(index)).set_border(FormatBorder::Thin);
        Self { formats: (0..=last.unwrap_or(0)).map(format).collect(), sheets }
    }

    /// Cells, blank ones too.
    pub fn cells(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.cells.len()).sum()
    }

    /// Writes it.
    pub fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        for ready in &self.sheets {
            let sheet = workbook.add_worksheet();
            sheet.set_name(&ready.name)?;
            for &(column, width) in &ready.widths {
                sheet.set_column_width(column, width)?;
            }
            for &(row, height) in &ready.heights {
                sheet.set_row_height(row, height)?;
            }
            for [first, last] in &ready.merges {
                sheet.merge_range(first.row, first.column, last.row, last.column, "", &self.formats[0])?;
            }
            for (at, style, content) in &ready.cells {
                let format = &self.formats[*style];
                match content {
                    Ready::Blank => sheet.write_blank(at.row, at.column, format)?,
                    Ready::Text(text) => sheet.write_string_with_format(at.row, at.column, text, format)?,
                    Ready::Number(number) => sheet.write_number_with_format(at.row, at.column, *number, format)?,
                    Ready::Formula(formula) => sheet.write_formula_with_format(at.row, at.column, formula, format)?,
                };
            }
        }
        workbook.save_to_buffer()
    }
}

fn names(xml: &str) -> Vec<String> {
    let mut names = Vec::new();
    each(xml, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.name().as_ref() == "sheet"
        {
            names.extend(attribute(tag, "name"));
        }
    });
    names
}

fn texts(xml: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    each(xml, &mut |event| match event {
        Event::Start(tag) if tag.name().as_ref() == "si" => texts.push(String::new()),
        event => texts.last_mut().into_iter().for_each(|text| add_text(text, event)),
    });
    texts
}

fn sheet(xml: &str, texts: &[String]) -> ReadySheet {
    let mut sheet = ReadySheet::default();
    let (mut cell, mut formula, mut value, mut kind) = (None, String::new(), String::new(), String::new());
    let mut inside = Vec::new();
    each(xml, &mut |event| match event {
        Event::Start(tag) | Event::Empty(tag) => {
            let name = tag.name().as_ref().to_owned();
            let get = |name: &str| attribute(tag, name);
            match name.as_str() {
                "col" => sheet.widths.extend(width(&get)),
                "row" => sheet.heights.extend(height(&get)),
                "mergeCell" => {
                    let range = get("ref").unwrap();
                    let (first, last) = range.split_once(':').unwrap();
                    sheet.merges.push([first.parse().unwrap(), last.parse().unwrap()]);
                }
                "c" => {
                    let style = get("s").map_or(0, |style| style.parse().unwrap());
                    cell = Some((get("r").unwrap().parse::<CellRef>().unwrap(), style));
                    kind = get("t").unwrap_or_default();
                    formula.clear();
                    value.clear();
                    if matches!(event, Event::Empty(_)) {
                        sheet.cells.extend(cell.take().map(|(at, style)| (at, style, Ready::Blank)));
                    }
                }
                _ => {}
            }
            if matches!(event, Event::Start(_)) {
                inside.push(name);
            }
        }
        Event::End(tag) => {
            inside.pop();
            if tag.name().as_ref() == "c" {
                sheet.cells.extend(cell.take().map(|(at, style)| (at, style, ready(&formula, &value, &kind, texts))));
            }
        }
        event => match inside.last().map(String::as_str) {
            Some("f") => add_text(&mut formula, event),
            Some("v" | "t") => add_text(&mut value, event),
            _ => {}
        },
    });
    // A merged range is one call; its corner is written once more with its content, as ours does.
    let covered = |at: CellRef, [first, last]: &[CellRef; 2]| {
        at != *first && (first.row..=last.row).contains(&at.row) && (first.column..=last.column).contains(&at.column)
    };
    let ReadySheet { cells, merges, .. } = &mut sheet;
    cells.retain(|(at, ..)| !merges.iter().any(|range| covered(*at, range)));
    sheet
}

fn height(get: &impl Fn(&str) -> Option<String>) -> Option<(u32, f64)> {
    let (row, height) = get("r").zip(get("ht"))?;
    Some((row.parse::<u32>().unwrap() - 1, height.parse().unwrap()))
}

fn width(get: &impl Fn(&str) -> Option<String>) -> Vec<(u16, f64)> {
    let number = |name| get(name).unwrap().parse::<u16>().unwrap();
    let width: f64 = get("width").unwrap().parse().unwrap();
    (number("min")..=number("max")).map(|column| (column - 1, width)).collect()
}

fn ready(formula: &str, value: &str, kind: &str, texts: &[String]) -> Ready {
    if !formula.is_empty() {
        return Ready::Formula(Formula::new(formula).set_result(value));
    }
    match kind {
        "s" => Ready::Text(texts[value.parse::<usize>().unwrap()].clone()),
        "inlineStr" | "str" => Ready::Text(value.to_owned()),
        _ => value.parse().map_or(Ready::Blank, Ready::Number),
    }
}

fn each(xml: &str, act: &mut dyn FnMut(&Event<'_>)) {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            event => act(&event),
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).unwrap()?;
    Some(quick_xml::escape::unescape(&attribute.value).unwrap().into_owned())
}

fn add_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(piece) => text.push_str(piece),
        Event::GeneralRef(name) => {
            let name = format!("&{};", &**name);
            text.push_str(&quick_xml::escape::unescape(&name).unwrap());
        }
        _ => {}
    }
}
