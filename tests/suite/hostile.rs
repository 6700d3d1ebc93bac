//! Files made to do harm: each costs one problem and nothing else.
//!
//! They are built here, never stored. Where one has to be large, it is written in
//! a stream, so that building it takes no memory either.

use std::io::{Cursor, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tkgd::base::term::Term;
use tkgd::forms::Schemas;
use tkgd::ooxml::{RawProblem, RawValue, RawWorkbook};
use tkgd::register::{Register, Tree};
use tkgd::workbooks::{CHILD_COMMAND, Isolation, ReadContext, Recogniser, find_files, read_files};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Dice, Parts, at, package, read, scratch, shared, tkgd};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const STYLES: &str = "xl/styles.xml";
const ROW: &str = r#"<row r="1"><c r="A1"><v>7</v></c></row>"#;

/// The reason why a file was refused as hostile.
fn hostile(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(RawProblem::Hostile(reason)) => reason.en(),
        other => panic!("{}", format!("{other:?}").chars().take(300).collect::<String>()),
    }
}

/// The reason why a file could not be read.
fn unreadable(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(RawProblem::Unreadable(reason)) => reason.en(),
        other => panic!("{}", format!("{other:?}").chars().take(300).collect::<String>()),
    }
}

/// Asserts that the one sheet is read with 7 in A1.
fn reads_seven(bytes: &[u8]) {
    let workbook = read(bytes).unwrap();
    assert_eq!(at(&workbook.sheets[0], "A1"), Some(&RawValue::Number(7.0)));
}

/// The workbook with one more part, which repeats a text up to a size.
fn repeating(name: &str, start: &str, unit: &str, size: usize, end: &str) -> Vec<u8> {
    let parts = Parts::new(ROW);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (known, content) in parts.0.iter().filter(|(known, _)| known != name) {
        zip.start_file(known, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    zip.write_all(start.as_bytes()).unwrap();
    let block = unit.repeat((1 << 16) / unit.len() + 1);
    let mut written = 0;
    while written < size {
        zip.write_all(block.as_bytes()).unwrap();
        written += block.len();
    }
    zip.write_all(end.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Text that does not compress, so that a part's ratio looks ordinary.
fn noise(size: usize) -> String {
    let mut dice = Dice(11);
    (0..size / 12).map(|_| format!("{:012x}", dice.next() & 0xffff_ffff_ffff)).collect()
}

fn strings(tag: &str) -> Vec<u8> {
    let text = format!(r#"{tag}<si><t>a</t></si></sst>"#);
    Parts::new(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#).with(STRINGS, text).zip()
}

#[test]
fn the_plain_workbook_of_these_tests_is_read() {
    reads_seven(&Parts::new(ROW).zip());
    assert!(read(&strings(r#"<sst uniqueCount="1">"#)).is_ok());
}

#[test]
fn far_cells_are_refused_and_far_empty_ones_ignored() {
    let far = r#"<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert!(hostile(&Parts::new(far).zip()).contains("XFD1048576"));
    reads_seven(&Parts::new(&far.replace("<v>1</v>", "")).zip());
}

#[test]
fn forged_counts_of_shared_texts_are_refused_however_they_are_written() {
    let padding = " ".repeat(5_000);
    for count in ["4294967295", "18446744073709551615", "99999999999999999999999", "0000000004294967295"] {
        for tag in [
            format!(r#"<sst uniqueCount="{count}">"#),
            format!(r#"<sst count="1"{padding}uniqueCount="{count}">"#),
            format!(r#"<?xml version="1.0"?><!--{padding}-->{padding}<sst uniqueCount='{count}'>"#),
            format!("<sst a='>'\n uniqueCount \t=\n '{count}'>"),
            format!(r#"<x:sst xmlns:x="u" uniqueCount="1" uniqueCount="{count}">"#),
            format!("<sst \u{c}uniqueCount=\"{count}\">"),
            format!(r#"<other uniqueCount="1"/><sst uniqueCount="{count}"/>"#),
            format!(r#"<other><sst uniqueCount="{count}"></other>"#),
        ] {
            let reason = hostile(&strings(&tag));
            assert!(reason.contains("shared texts"), "{reason}");
        }
    }
}

#[test]
fn the_other_count_of_shared_texts_is_not_believed_by_anyone() {
    for count in ["4294967295", "18446744073709551615", "-1", "x"] {
        assert!(read(&strings(&format!(r#"<sst count="{count}" uniqueCount="1">"#))).is_ok());
    }
    assert!(read(&strings(r#"<sst uniqueCount="-5">"#)).is_ok());
}

#[test]
fn shared_texts_are_found_wherever_the_package_keeps_them() {
    let forged = r#"<sst uniqueCount="4294967295"><si><t>a</t></si></sst>"#;
    for name in ["xl/SHAREDSTRINGS.XML", "xl\\sharedStrings.xml"] {
        let reason = hostile(&Parts::new(ROW).with(name, forged).zip());
        assert!(reason.contains("shared texts"), "{reason}");
    }
    let mut moved = Parts::new(ROW).with(STRINGS, forged);
    for (name, content) in &mut moved.0 {
        *name = name.replace("xl/", "elsewhere/");
        *content = String::from_utf8(content.clone()).unwrap().replace("xl/workbook", "elsewhere/workbook").into_bytes();
    }
    assert!(hostile(&moved.zip()).contains("shared texts"));
}

#[test]
fn shared_texts_are_not_multiplied() {
    let text = format!(r#"<sst uniqueCount="1"><si><t>{}</t></si></sst>"#, "a".repeat(100_000));
    let cells: String = (1..=2_000).map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#)).collect();
    assert!(hostile(&Parts::new(&cells).with(STRINGS, text).zip()).contains("bytes of text"));
}

#[test]
fn one_giant_text_is_refused() {
    let text = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>"#, "a".repeat(200_000));
    assert!(hostile(&Parts::new(&text).zip()).contains("a cell holds"));
}

#[test]
fn styles_that_would_be_copied_into_gigabytes_are_refused() {
    let name = "n".repeat(100_000);
    for long in [
        format!(r#"<fonts><font><name val="{name}"/></font></fonts>"#),
        format!(r#"<numFmts><numFmt numFmtId="164" formatCode="{name}"/></numFmts>"#),
    ] {
        let xfs = r#"<xf numFmtId="164" fontId="0"/>"#.repeat(20_000);
        let styles = format!("<styleSheet>{long}<cellXfs>{xfs}</cellXfs></styleSheet>");
        assert!(hostile(&Parts::new(ROW).with(STYLES, styles).zip()).contains("styles"));
    }
    // As many styles as the spreadsheet programs allow are read.
    let xfs = r#"<xf numFmtId="0" fontId="0"/>"#.repeat(65_490);
    let font = r#"<fonts><font><name val="Times New Roman"/></font></fonts>"#;
    let styles = format!("<styleSheet>{font}<cellXfs>{xfs}</cellXfs></styleSheet>");
    reads_seven(&Parts::new(ROW).with(STYLES, styles).zip());
}

#[test]
fn bombs_are_refused_by_what_they_declare() {
    let (start, end) = ("<worksheet><sheetData><row r=\"1\">", "</row></sheetData></worksheet>");
    let large = (64 << 20) + 1;
    let many_cells = repeating(SHEET, start, "<c><v>1</v></c>", large, end);
    let one_cell = repeating(SHEET, &format!("{start}<c t=\"inlineStr\"><is><t>"), "a", large, &format!("</t></is></c>{end}"));
    let many_texts = repeating(STRINGS, "<sst>", "<si/>", large, "</sst>");
    for bomb in [many_cells, one_cell, many_texts] {
        assert!(bomb.len() < 1 << 20);
        assert!(hostile(&bomb).contains("inflates to"));
    }
    let within_the_size = repeating(STRINGS, "<sst>", "<si/>", 9 << 20, "</sst>");
    assert!(hostile(&within_the_size).contains("times"));
}

/// Small enough, and with enough noise in a comment that the ratio is ordinary.
#[test]
fn more_cells_than_any_form_has_are_refused() {
    let start = format!("<worksheet><!--{}--><sheetData>", noise(400_000));
    let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(4_000));
    let end = "</sheetData></worksheet>";
    assert!(hostile(&repeating(SHEET, &start, &row, 61 << 20, end)).contains("cells"));
    // Together with whatever other tests read at the same time.
    if let Some(peak) = peak_memory() {
        println!("peak memory {} MB", peak >> 20);
        assert!(peak < 1536 << 20, "{} MB", peak >> 20);
    }
}

#[test]
fn a_directory_that_lies_about_sizes_is_not_believed() {
    let bomb = repeating(STRINGS, "<sst>", "<si/>", 20 << 20, "</sst>");
    let real = u32::try_from(strings_size(&bomb)).unwrap().to_le_bytes();
    for declared in [100_u32, 0] {
        let mut lie = bomb.clone();
        for at in 0..lie.len() - 4 {
            if lie[at..at + 4] == real {
                lie[at..at + 4].copy_from_slice(&declared.to_le_bytes());
            }
        }
        assert!(read(&lie).is_err());
    }
}

fn strings_size(bytes: &[u8]) -> u64 {
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(STRINGS).unwrap().size()
}

#[test]
fn a_hundred_thousand_parts_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..100_000 {
        zip.start_file(format!("xl/{index}"), stored).unwrap();
    }
    assert!(hostile(&zip.finish().unwrap().into_inner()).contains("parts"));
}

#[test]
fn archives_in_the_large_format_are_read_when_they_are_honest() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in &Parts::new(ROW).0 {
        zip.start_file(name, SimpleFileOptions::default().large_file(true)).unwrap();
        zip.write_all(content).unwrap();
    }
    reads_seven(&zip.finish().unwrap().into_inner());
    reads_seven(&large_format(&Parts::new(ROW).zip(), 4));
    for entries in [3, 5, u64::from(u32::MAX), u64::MAX] {
        assert!(read(&large_format(&Parts::new(ROW).zip(), entries)).is_err(), "{entries}");
    }
}

/// The archive with its end record replaced by those of the large format.
fn large_format(bytes: &[u8], entries: u64) -> Vec<u8> {
    let end = bytes.len() - 22;
    let directory = |at: usize| u64::from(u32::from_le_bytes(bytes[end + at..end + at + 4].try_into().unwrap()));
    let mut large = bytes[..end].to_vec();
    large.extend(b"PK\x06\x06");
    large.extend(44_u64.to_le_bytes());
    large.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [entries, entries, directory(12), directory(16)] {
        large.extend(number.to_le_bytes());
    }
    large.extend(b"PK\x06\x07\0\0\0\0");
    large.extend((end as u64).to_le_bytes());
    large.extend(1_u32.to_le_bytes());
    large.extend(b"PK\x05\x06\0\0\0\0");
    large.extend([0xff; 12]);
    large.extend([0, 0]);
    large
}

#[test]
fn document_types_are_found_behind_any_padding() {
    let padding = " \n".repeat(10_000);
    let declared = r#"<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>"#;
    for (name, content) in Parts::new(ROW).with(STRINGS, "<sst/>").with(STYLES, "<styleSheet/>").with("xl/theme/theme1.xml", "<theme/>").0 {
        let content = String::from_utf8(content).unwrap();
        for doctype in [declared, "<!doctype html>"] {
            let content = format!("<?xml version=\"1.0\"?><!--{padding}-->{padding}{doctype}{content}");
            let reason = hostile(&Parts::new(ROW).with(STRINGS, "<sst/>").with(&name, content).zip());
            assert!(reason.contains("document type"), "{name}: {reason}");
        }
    }
    // Without a document type an unknown entity is no text either.
    let entity = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>"#;
    assert!(unreadable(&Parts::new(entity).zip()).contains("&b;"));
}

/// Attached parts are often in UTF-16, which the reader of workbooks need not know.
#[test]
fn attached_parts_may_be_anything() {
    let attached: Vec<u8> =
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><!DOCTYPE x><x/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    reads_seven(&Parts::new(ROW).with("customXml/item1.xml", attached).with("docProps/app.xml", "<!DOCTYPE x>&").zip());
    reads_seven(&Parts::new(ROW).with("xl/comments1.xml", "no XML <").zip());
}

#[test]
fn shared_formulas_may_number_themselves_as_they_like() {
    for index in ["4294967295", "18446744073709551615"] {
        let cell = |at: &str, range: &str| format!(r#"<c r="{at}"><f t="shared" si="{index}"{range}>B1+1</f><v>7</v></c>"#);
        let row = format!(r#"<row r="1">{}{}</row>"#, cell("A1", r#" ref="A1:XFD1048576""#), cell("B1", ""));
        let workbook = read(&Parts::new(&row).zip()).unwrap();
        assert!(workbook.sheets[0].cells.iter().all(|cell| cell.formula && cell.value == RawValue::Number(7.0)));
    }
    let reversed = r#"<row r="1"><c r="A1"><f t="shared" si="0" ref="XFD1048576:A1">B1</f><v>7</v></c></row>"#;
    let _ = read(&Parts::new(reversed).zip());
}

#[test]
fn lies_about_extents_and_merges_change_nothing() {
    for extent in ["A1:XFD1048576", "XFD1048576:A1", "A1"] {
        let merges = format!(r#"<mergeCells count="4294967295"><mergeCell ref="{extent}"/></mergeCells>"#);
        let sheet = format!(r#"<worksheet><dimension ref="{extent}"/><sheetData>{ROW}</sheetData>{merges}</worksheet>"#);
        reads_seven(&Parts::new("").with(SHEET, sheet).zip());
    }
    let nonsense = format!(r#"<worksheet><dimension ref="nonsense"/><sheetData>{ROW}</sheetData></worksheet>"#);
    assert!(read(&Parts::new("").with(SHEET, nonsense).zip()).is_err());
}

#[test]
fn a_sheet_that_stands_twice_is_not_read_twice() {
    let sheets = |second: &str| {
        let list = format!(r#"<sheet name="S" r:id="r1"/><sheet name="{second}" r:id="r1"/>"#);
        Parts::new(ROW).with("xl/workbook.xml", format!("<workbook><sheets>{list}</sheets></workbook>")).zip()
    };
    assert!(unreadable(&sheets("S")).contains("two sheets"));
    assert_eq!(read(&sheets("T")).unwrap().sheets.len(), 2);
    let list: String = (0..2_000).map(|index| format!(r#"<sheet name="{index}" r:id="r1"/>"#)).collect();
    let workbook = format!("<workbook><sheets>{list}</sheets></workbook>");
    assert!(hostile(&Parts::new(ROW).with("xl/workbook.xml", workbook).zip()).contains("2000 sheets"));
}

#[test]
fn what_is_no_date_of_the_spreadsheet_programs_stays_a_number() {
    let styles = r#"<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let value = |serial: &str| {
        let row = format!(r#"<row r="1"><c r="A1" s="0"><v>{serial}</v></c></row>"#);
        let workbook = read(&Parts::new(&row).with(STYLES, styles).zip()).unwrap();
        workbook.sheets[0].cells[0].value.clone()
    };
    assert_eq!(value("45000"), RawValue::Date("2023-03-15".to_owned()));
    assert_eq!(value("2958465"), RawValue::Date("9999-12-31".to_owned()));
    assert_eq!(value("0.5"), RawValue::Date("12:00:00".to_owned()));
    assert_eq!(value("60"), RawValue::Date("1900-02-29".to_owned()));
    assert_eq!(value("2958466"), RawValue::Number(2_958_466.0));
    assert_eq!(value("1e300"), RawValue::Number(1e300));
    assert_eq!(value("-1"), RawValue::Number(-1.0));
}

/// An OpenDocument file with these rows in its table.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    ods_of(&content)
}

fn ods_of(content: &str) -> Vec<u8> {
    package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

/// A row that repeats, of a cell that repeats.
fn repeated(rows: u32, columns: u32, value: &str) -> String {
    let value = if value.is_empty() { String::new() } else { format!(r#"office:value-type="float" office:value="{value}""#) };
    format!(
        r#"<table:table-row table:number-rows-repeated="{rows}"><table:table-cell table:number-columns-repeated="{columns}" {value}/></table:table-row>"#
    )
}

#[test]
fn repetitions_in_ods_do_not_fill_the_memory() {
    reads_seven(&ods(&repeated(1, 1, "7")));
    let end = r#"<table:table-row><table:table-cell table:number-columns-repeated="16383"/><table:table-cell office:value-type="float" office:value="1"/></table:table-row>"#;
    let far = format!("{}{end}", repeated(1_048_575, 1, ""));
    assert!(hostile(&ods(&far)).contains("XFD1048576"));
    let first_and_last = format!("{}{far}", repeated(1, 1, "7"));
    assert!(unreadable(&ods(&first_and_last)).contains("limit"));
    assert!(hostile(&ods(&repeated(5_000, 1_000, "1"))).contains("cells"));
}

/// What is beyond the cap on the child's memory: it dies, and its parent says so at once.
#[test]
fn a_child_beyond_its_memory_costs_one_file() {
    let blanks = r#"<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="2147483647"/><text:s text:c="2147483647"/></text:p></table:table-cell></table:table-row>"#;
    for rows in [repeated(90_000, 1_000, "1"), blanks.to_owned()] {
        let started = Instant::now();
        assert!(hostile(&ods(&rows)).contains("memory"));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    }
}

/// What the child says is read by its parent alone: one line of JSON, whatever comes in.
#[test]
fn the_child_answers_also_to_nothing() {
    let output = tkgd().arg(CHILD_COMMAND).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    let answer: Result<RawWorkbook, RawProblem> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(matches!(answer, Err(RawProblem::Unreadable(_))));
}

/// The library would wait for the end of the table for ever.
#[test]
fn an_ods_table_that_is_never_closed_is_refused_at_once() {
    let started = Instant::now();
    for content in [
        "<office:document-content><table:table table:name=\"S\">",
        "<office:document-content><table:table table:name=\"S\"></office:document-content>",
        "<table:table table:name=\"S\"><table:table-row><table:table-cell office:value-type=\"string\"><office:annotation>",
    ] {
        assert!(unreadable(&ods_of(content)).contains("content.xml"));
    }
    assert!(hostile(&ods_of("<!DOCTYPE x []><office:document-content/>")).contains("document type"));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn official_workbooks_cut_short_are_refused() {
    let Some(shared) = shared() else { return };
    for path in find_files(&[shared.join("reference/forms/official")], &[]).unwrap().files {
        let bytes = std::fs::read(path).unwrap();
        for part in 0..50 {
            let cut = bytes.len() * part / 50;
            assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}

/// A workbook with one bit turned is refused, or nothing that is read has changed.
#[test]
fn official_workbooks_with_a_bit_turned_never_read_differently() {
    let Some(shared) = shared() else { return };
    let mut dice = Dice(2018);
    for path in find_files(&[shared.join("reference/forms/official")], &[]).unwrap().files {
        let bytes = std::fs::read(path).unwrap();
        let whole = serde_json::to_string(&read(&bytes).unwrap()).unwrap();
        let mut refused = 0;
        for _ in 0..150 {
            let mut damaged = bytes.clone();
            let at = dice.below(bytes.len());
            damaged[at] ^= 1 << dice.below(8);
            match read(&damaged) {
                Ok(workbook) => assert!(serde_json::to_string(&workbook).unwrap() == whole, "byte {at}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 100, "{refused} refused");
    }
}

/// The old formats have no checksum to go by; it is enough that nothing but the file is lost.
#[test]
fn damaged_files_of_the_old_formats_are_survived() {
    let Some(shared) = shared() else { return };
    let mut dice = Dice(1997);
    let started = Instant::now();
    for name in ["rx__vietnamese-utf8.xls", "poi__1904DateWindowing.xls", "poi__SampleSS.ods"] {
        let bytes = std::fs::read(shared.join("reference/workbooks").join(name)).unwrap();
        for _ in 0..40 {
            let mut damaged = bytes.clone();
            for _ in 0..4 {
                damaged[dice.below(bytes.len())] = (dice.next() & 0xff) as u8;
            }
            let _ = read(&damaged);
            let _ = read(&bytes[..dice.below(bytes.len())]);
        }
    }
    assert!(started.elapsed() < Duration::from_secs(50), "{:?}", started.elapsed());
}

/// A folder of everything above and one good return: the good one comes through.
#[test]
fn a_folder_of_hostile_files_loses_nothing_else() {
    let Some(shared) = shared() else { return };
    let folder = scratch("hostile-folder");
    let good = std::fs::read(shared.join("reference/forms/official/01-MN-DN.xlsx")).unwrap();
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("count.xlsx", strings(r#"<sst uniqueCount="18446744073709551615">"#)),
        ("cut.xlsx", good[..good.len() / 2].to_vec()),
        ("empty.xlsx", Vec::new()),
        ("entity.xlsx", Parts::new(ROW).with(STRINGS, "<!DOCTYPE s><sst/>").zip()),
        ("far.xlsx", Parts::new(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#).zip()),
        ("memory.ods", ods(&repeated(90_000, 1_000, "1"))),
        ("not-a-workbook.xls", b"<html><table></table></html>".to_vec()),
        ("other.xlsx", Parts::new(ROW).zip()),
        ("size.xlsx", repeating(SHEET, "<worksheet>", "<a/>", 65 << 20, "</worksheet>")),
    ];
    for (name, bytes) in &bad {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    std::fs::write(folder.join("good.xlsx"), good).unwrap();
    let schemas = Schemas::load(None).unwrap();
    let register = Register { file: "".into(), units: Vec::new(), groupings: Vec::new() };
    let day = chrono::NaiveDate::from_ymd_opt(2020, 9, 30).unwrap();
    let claim_words: tkgd::workbooks::ClaimWords = schemas.files.toml("claims.toml").unwrap();
    let tree = Tree::as_at(&register, day).unwrap();
    let context = ReadContext {
        recogniser: &Recogniser::new(&schemas.forms),
        circular: "tt24-2018",
        period: tkgd::base::term::Period { year: tkgd::base::term::SchoolYear(2020), term: Term::Opening },
        tree: &tree,
        names: &tkgd::register::NameIndex::new(&tree, &claim_words.names),
        claim_words: &claim_words,
        units: None,
        locale: tkgd::base::number::NumberLocale::default(),
        signs: &tkgd::tables::Signs::default(),
        isolation: &Isolation::Child(env!("CARGO_BIN_EXE_tkgd").into()),
    };
    let readings = read_files(&find_files(&[folder], &[]).unwrap().files, &context, &|| Ok(())).unwrap();
    assert_eq!(readings.len(), bad.len() + 1);
    for reading in &readings {
        if reading.source.file.ends_with("good.xlsx") {
            assert_eq!(&*reading.returns[0].submission.form.id, "tt24-2018/01-MN-DN");
        } else {
            assert!(reading.returns.is_empty(), "{}", reading.source.file);
            assert_eq!(reading.findings.len(), 1, "{}: {:?}", reading.source.file, reading.findings);
        }
    }
}

/// The most memory that this process has taken so far, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
