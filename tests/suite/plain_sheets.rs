//! Sheets that are read straight from their bytes hold the cells that the spreadsheet library reads.
//!
//! `TKGD_WORKBOOKS` may name more folders of workbooks, separated as in `PATH`; `TKGD_PLAIN_CHANGES` asks for more changes.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tkgd::ooxml::{Format, RawValue, RawWorkbook, inspect};
use tkgd::workbooks::{read_xlsx, read_xlsx_by_library};

use super::support::{package, shared};
use super::workspace::{book, form, schemas, values};

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|own| ["xlsx", "xlsm", "xltx"].contains(&own.to_string_lossy().to_lowercase().as_str())) {
            found.push(path);
        }
    }
}

/// What both read of a file that the guard lets pass; the library's first. Reasons of refusals may differ.
fn both(bytes: &[u8]) -> Option<(Option<RawWorkbook>, Option<RawWorkbook>)> {
    let inspected = inspect(bytes).ok().filter(|own| own.format == Format::Xlsx)?;
    Some((read_xlsx_by_library(&inspected.bytes).ok(), read_xlsx(&inspected.bytes).ok()))
}

#[test]
fn workbooks_of_all_kinds_of_programs_read_the_same_both_ways() {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), &mut files);
    if let Some(shared) = shared() {
        walk(&shared, &mut files);
    }
    if let Some(more) = std::env::var_os("TKGD_WORKBOOKS") {
        std::env::split_paths(&more).for_each(|folder| walk(&folder, &mut files));
    }
    let mut compared = 0;
    for file in &files {
        let Some((library, ours)) = std::fs::read(file).ok().and_then(|bytes| both(&bytes)) else { continue };
        assert!(library == ours, "{}", file.display());
        compared += usize::from(library.is_some());
    }
    assert!(compared > 20, "{compared} of {}", files.len());
}

/// A small workbook whose sheet is this.
fn with_sheet(sheet: &str) -> Vec<u8> {
    package(&parts(sheet).map(|(name, content)| (name, content.as_bytes())))
}

/// Its parts.
fn parts(sheet: &str) -> [(&str, &str); 7] {
    [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"a\" Type=\"http://x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A &amp; B\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"b\" Type=\"http://x/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t> một </t></si><si><r><t xml:space=\"preserve\">hai </t></r><r><rPr/><t>&lt;ba</t></r><rPh><t>no</t></rPh></si><si><t/></si></sst>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ]
}

/// A sheet with every kind of cell that is plain.
const SHEET: &str = "<worksheet><dimension ref=\"A1:C4\"/><sheetData><row r=\"1\"><c r=\"A1\" s=\"0\"><v>12</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
    <c r=\"C1\" t=\"str\"><f>A1&amp;1</f><v>x&lt;y</v></c></row><row r=\"2\"/><row><c><v>-1.5E2</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#DIV/0!</v></c></row>\
    <row r=\"9\"><c r=\"B9\"><f t=\"shared\" ref=\"B9:B10\" si=\"0\">A1+1</f><v>13</v></c><c r=\"C9\"><f t=\"shared\" si=\"0\"/></c>\
    <c r=\"D9\" t=\"inlineStr\"><is><t>bốn</t></is></c><c r=\"E9\" s=\"1\"/><c r=\"F9\" s=\"0\" t=\"n\"><v>007</v></c></row></sheetData></worksheet>";

#[test]
fn a_sheet_changed_anywhere_reads_the_same_both_ways() {
    let (library, ours) = both(&with_sheet(SHEET)).unwrap();
    assert!(library.is_some() && library == ours, "{library:?}\n{ours:?}");
    // Bits of sheets put anywhere, or bits taken out.
    let bits = prop::sample::select(vec![
        "",
        "<",
        ">",
        "/",
        "\"",
        "'",
        " ",
        "&",
        "&amp;",
        "&#13;",
        "\r",
        "\n",
        "<!-- -->",
        "<![CDATA[7]]>",
        "x:",
        "r=\"Z3\"",
        "s=\"1\"",
        "t=\"s\"",
        "t=\"d\"",
        "t=\"n\"",
        "9",
        "-",
        ".",
        "e",
        "#N/A",
        "<v>5</v>",
        "<f/>",
        "<c/>",
        "<row/>",
        "</c>",
        "</row>",
        "<is><t>a</t></is>",
        "_x000D_",
        "é",
        "<c r=\"B2\"><v>1</v></c>",
        "<extLst/>",
        "\0",
        "+1",
        "1e999",
        "inf",
        "nan",
    ]);
    let change = (0..SHEET.len(), 0..6_usize, bits);
    let changes = prop::collection::vec(change, 1..3);
    let cases = std::env::var("TKGD_PLAIN_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let run = runner.run(&changes, |changes| {
        let mut sheet = SHEET.as_bytes().to_vec();
        for (at, length, bit) in changes {
            let at = at.min(sheet.len());
            let end = (at + length).min(sheet.len());
            sheet.splice(at..end, bit.bytes());
        }
        let Ok(sheet) = String::from_utf8(sheet) else { return Ok(()) };
        // The guard refuses some of them.
        let Some((library, ours)) = both(&with_sheet(&sheet)) else { return Ok(()) };
        prop_assert!(library == ours, "{sheet}\nlibrary: {library:?}\nours: {ours:?}");
        Ok(())
    });
    run.unwrap();
}

/// The package says which workbook is meant; another may lie where most programs put theirs.
#[test]
fn a_workbook_that_stands_elsewhere_is_the_one_that_is_read() {
    let stale = SHEET.replace("<v>12</v>", "<v>99</v>");
    let own = parts(SHEET).map(|(name, content)| (name.replace("xl/", "moved/"), content.replace("xl/workbook", "moved/workbook")));
    let old = parts(&stale).map(|(name, content)| (name.to_owned(), content.to_owned()));
    let both_books: Vec<(String, String)> = own.into_iter().chain(old.into_iter().filter(|(name, _)| name.starts_with("xl/"))).collect();
    let bytes: Vec<(&str, &[u8])> = both_books.iter().map(|(name, content)| (name.as_str(), content.as_bytes())).collect();
    let (library, ours) = both(&package(&bytes)).unwrap();
    assert_eq!(library.as_ref().unwrap().sheets[0].cells[0].value, RawValue::Number(12.0));
    assert!(library == ours, "{ours:?}");
}

#[test]
fn official_workbooks_read_the_same_both_ways() {
    let schemas = schemas();
    for short in ["01-MN-DN", "02-TH-DN", "03-THCS-CN"] {
        let form = form(&schemas, short);
        let (library, ours) = both(&book(&schemas, &form, &values(&schemas, &form, 5))).unwrap();
        assert!(library.is_some() && library == ours, "{short}");
    }
}
