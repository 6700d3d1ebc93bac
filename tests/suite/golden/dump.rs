//! A file as a text: texts as they are, workbooks part by part with a line for each row of a sheet, Parquet as columns and rows.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use arrow_array::{Array as _, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use quick_xml::Reader;
use quick_xml::events::Event;

/// The part of a workbook that holds its texts.
const STRINGS: &str = "xl/sharedStrings.xml";
/// Elements that stand within the line of the one around them.
const WITHIN: &[&str] = &["c", "v", "f", "is", "t", "r", "rPr"];

/// A file as a text.
pub fn text(file: &Path) -> String {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx" | "zip") => package(&std::fs::read(file).unwrap()),
        Some("parquet") => rows(file),
        _ => String::from_utf8(std::fs::read(file).unwrap()).unwrap_or_else(|other| format!("{} bytes", other.as_bytes().len())),
    }
}

/// The parts of a package, packages within it too.
fn package(bytes: &[u8]) -> String {
    // The sample has files that are no workbooks.
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return format!("no package, {} bytes", bytes.len()) };
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &str| {
        let mut content = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    let has_strings = names.iter().any(|name| name == STRINGS);
    let strings = if has_strings { shared_strings(&read(STRINGS)) } else { Vec::new() };
    let mut all = String::new();
    // What is shared is told in the cells.
    for name in names.iter().filter(|name| *name != STRINGS) {
        let content = read(name);
        all.push_str(&format!("# part {name}\n"));
        match name.rsplit('.').next() {
            Some("xml" | "rels" | "vml") => elements(&content, &strings, &mut all),
            Some("xlsx") => all.push_str(&package(&content)),
            _ => all.push_str(&String::from_utf8_lossy(&content)),
        }
        all.push('\n');
    }
    all
}

fn shared_strings(part: &[u8]) -> Vec<String> {
    let mut reader = Reader::from_reader(part);
    let mut all: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "si" => all.push(String::new()),
            Event::Text(text) => all.last_mut().into_iter().for_each(|last| last.push_str(&text)),
            Event::GeneralRef(name) => all.last_mut().into_iter().for_each(|last| last.push_str(&reference(&name))),
            Event::Eof => return all,
            _ => {}
        }
    }
}

fn reference(name: &str) -> String {
    format!("&{name};")
}

/// A part in XML, a line for each element that is not part of another's line.
fn elements(part: &[u8], strings: &[String], all: &mut String) {
    let mut reader = Reader::from_reader(part);
    let (mut is_shared, mut is_value) = (false, false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name();
                if !WITHIN.contains(&name.as_ref()) {
                    all.push('\n');
                }
                if name.as_ref() == "c" {
                    is_shared = tag.attributes().flatten().any(|own| own.key.as_ref() == "t" && &*own.value == "s");
                }
                is_value = name.as_ref() == "v";
                all.push('<');
                all.push_str(&tag);
                all.push('>');
            }
            Event::Text(text) => {
                let shared = text.parse::<usize>().ok().filter(|_| is_shared && is_value).and_then(|at| strings.get(at));
                all.push_str(shared.map_or(&*text, |text| text));
            }
            Event::GeneralRef(name) => all.push_str(&reference(&name)),
            Event::CData(text) => all.push_str(&text),
            Event::End(_) => is_value = false,
            Event::Eof => return,
            _ => {}
        }
    }
}

/// Columns with their types, what the file says of itself, and rows.
fn rows(file: &Path) -> String {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    let fields = reader.schema().fields().clone();
    let mut all: Vec<String> =
        fields.iter().map(|field| format!("column {} {} {}", field.name(), field.data_type(), field.is_nullable())).collect();
    let said = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let said = said.into_iter().filter(|said| said.key != "ARROW:schema");
    all.extend(said.map(|said| format!("says {} = {}", said.key, said.value.unwrap_or_default())));
    let groups = reader.metadata().row_groups().iter().map(|group| group.num_rows().to_string());
    all.push(format!("row groups of {}", groups.collect::<Vec<_>>().join(", ")));
    for batch in reader.build().unwrap() {
        all.extend(batch_lines(&batch.unwrap()));
    }
    all.join("\n")
}

fn batch_lines(batch: &RecordBatch) -> Vec<String> {
    let options = FormatOptions::default().with_null("∅");
    let columns: Vec<ArrayFormatter<'_>> =
        batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap()).collect();
    let row = |at: usize| columns.iter().map(|column| column.value(at).to_string().replace('\n', "⏎")).collect::<Vec<_>>().join("|");
    debug_assert!(batch.columns().iter().all(|column| column.len() == batch.num_rows()));
    (0..batch.num_rows()).map(row).collect()
}
