//! Odd formats and odd cells: one cell costs one cell, and what is no workbook is told what it is.

use tkgd::findings::Severity;
use tkgd::ooxml::{RawProblem, RawValue};
use tkgd::workbooks::{Recogniser, other_sheets};

use super::support::{Parts, at, package, read, shared};
use super::workspace::{book, form, schemas, values};

/// What is said of bytes that cannot be read, in both languages.
fn said(bytes: &[u8]) -> [String; 2] {
    match read(bytes) {
        Err(RawProblem::Unreadable(words)) => [words.vi(), words.en()],
        other => panic!("{}", format!("{other:?}").chars().take(300).collect::<String>()),
    }
}

fn ods(rows: &str, manifest: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

const MANIFEST: &str = r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>"#;

#[test]
fn a_number_that_is_none_costs_its_cell() {
    let cell = |value: &str| {
        format!(r#"<table:table-cell office:value-type="float" office:value="{value}"><text:p>x</text:p></table:table-cell>"#)
    };
    let row = format!("<table:table-row>{}{}{}{}</table:table-row>", cell("NaN"), cell("inf"), cell("-inf"), cell("7"));
    let workbook = read(&ods(&row, MANIFEST)).unwrap();
    for address in ["A1", "B1", "C1"] {
        assert_eq!(at(&workbook.sheets[0], address), Some(&RawValue::Error("#NUM!".into())), "{address}");
    }
    assert_eq!(at(&workbook.sheets[0], "D1"), Some(&RawValue::Number(7.0)));
    let xlsx = Parts::new(r#"<row r="1"><c r="A1"><v>NaN</v></c><c r="B1"><v>1e999</v></c><c r="C1"><v>7</v></c></row>"#).zip();
    let workbook = read(&xlsx).unwrap();
    assert_eq!(at(&workbook.sheets[0], "B1"), Some(&RawValue::Error("#NUM!".into())));
    assert_eq!(at(&workbook.sheets[0], "C1"), Some(&RawValue::Number(7.0)));
}

#[test]
fn numbers_in_odd_markup_are_never_read_as_other_numbers() {
    let sheet = |value: &str, kind: &str| Parts::new(&format!(r#"<row r="1"><c r="A1"{kind}><v>{value}</v></c></row>"#)).zip();
    for odd in ["<![CDATA[12]]>", "1<![CDATA[2]]>", "1<!-- -->2", "&#49;2", "1&#50;", "1<?a b?>2"] {
        let [vi, en] = said(&sheet(odd, ""));
        assert!(vi.contains(".xlsx") && en.contains("plain digits"), "{odd}: {vi}");
    }
    assert_eq!(at(&read(&sheet("12", "")).unwrap().sheets[0], "A1"), Some(&RawValue::Number(12.0)));
    // Texts of formulas may hold entities; comments elsewhere say nothing.
    assert!(read(&sheet("a &amp; b", " t=\"str\"")).is_ok());
    let beside = Parts::new(r#"<!-- a --><row r="1"><c r="A1"><f>A2&amp;"x"</f><v>12</v></c></row>"#).zip();
    assert_eq!(at(&read(&beside).unwrap().sheets[0], "A1"), Some(&RawValue::Number(12.0)));
}

#[test]
fn encrypted_files_of_every_format_are_said_to_be_so() {
    let manifest = MANIFEST.replace(r#""/"/>"#, r#""content.xml"><manifest:encryption-data/></manifest:file-entry>"#);
    assert!(manifest.contains("encryption-data"));
    let mut parts = ods("", &manifest);
    assert!(matches!(read(&parts), Err(RawProblem::Encrypted)));
    // What is encrypted is no XML.
    parts = package(&[("mimetype", b"x"), ("META-INF/manifest.xml", manifest.as_bytes()), ("content.xml", b"\x01\x02\xff")]);
    assert!(matches!(read(&parts), Err(RawProblem::Encrypted)));
    // An old workbook: its first record, one about who may write, and the password; the old way and the newer.
    for kind in [0_u8, 1] {
        let mut xls = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        xls.resize(512, 0);
        xls.extend([0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
        xls.extend([0; 12]);
        xls.extend([0x86, 0x00, 0x00, 0x00, 0x2f, 0x00, 0x06, 0x00, kind, 0, 0, 0, 0, 0]);
        xls.resize(4096, 0);
        assert!(matches!(read(&xls), Err(RawProblem::Encrypted)), "{kind}");
    }
}

#[test]
fn a_hidden_macro_sheet_costs_nothing_and_is_named() {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    for kind in ["xlMacrosheet", "xlIntlMacrosheet"] {
        let plain = Parts::new(r#"<row r="1"><c r="A1"><v>7</v></c></row>"#);
        let part = |name: &str| String::from_utf8(plain.0.iter().find(|(known, _)| known == name).unwrap().1.clone()).unwrap();
        let book = part("xl/workbook.xml").replace("</sheets>", r#"<sheet name="M" sheetId="2" state="veryHidden" r:id="r2"/></sheets>"#);
        let relations = part("xl/_rels/workbook.xml.rels").replace(
            "</Relationships>",
            &format!(r#"<Relationship Id="r2" Type="http://schemas.microsoft.com/office/2006/relationships/{kind}" Target="macrosheets/sheet1.xml"/></Relationships>"#),
        );
        assert!(relations.contains(office));
        let zip = plain
            .with("xl/workbook.xml", book)
            .with("xl/_rels/workbook.xml.rels", relations)
            .with("xl/macrosheets/sheet1.xml", "<xm:macrosheet xmlns:xm=\"x\"/>")
            .zip();
        let workbook = read(&zip).unwrap();
        assert_eq!(at(&workbook.sheets[0], "A1"), Some(&RawValue::Number(7.0)));
        assert_eq!((workbook.sheets.len(), workbook.macros.as_slice()), (1, &["M".to_owned()][..]));
    }
    // In a return it is a warning that names the sheet.
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let mut workbook = read(&book(&schemas, &form, &values(&schemas, &form, 1))).unwrap();
    workbook.macros.push("M".to_owned());
    let recogniser = Recogniser::new(&schemas.forms);
    let (recognised, fits) = recogniser.recognise(&workbook).unwrap();
    assert!(fits);
    let mut findings = other_sheets(&workbook, &[recognised], &recogniser);
    schemas.rules.grade(&mut findings);
    let named = findings.iter().find(|finding| finding.rule == "sheet-macro").unwrap();
    assert_eq!((named.severity, named.place.sheet.as_deref()), (Severity::Warning, Some("M")));
}

#[test]
fn what_is_no_workbook_is_told_what_it_is_and_what_to_do() {
    let mut seen = Vec::new();
    for (bytes, word) in [
        (&b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"[..], "XML 2003"),
        (b"<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">", ".fods"),
        (b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        (b"a;b;c\n1;2;3\n", "CSV"),
        (b"\xff\xfea\0\t\0b\0", "CSV"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1 a}", "RTF"),
        (b"<?xml version=\"1.0\"?><a/>", "XML"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "1997"),
        (b"", "rỗng"),
        (b"\x7fELF\x01\x02\x00\x05", "zip"),
    ] {
        let [vi, en] = said(bytes);
        assert!(vi.contains(word), "{word}: {vi}");
        assert!(vi != en && (vi.contains(".xlsx") || vi.contains("gửi")), "{vi}");
        seen.push(vi);
    }
    seen.dedup();
    assert_eq!(seen.len(), 10, "every kind has its own reason: {seen:#?}");
    let word = package(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>")]);
    assert!(said(&word)[0].contains("Word"));
}

#[test]
fn binary_workbooks_of_2007_are_read_or_it_is_said_what_to_do() {
    let Some(shared) = shared() else { return };
    // The library reads some of them; for the others it is said what to do.
    let bytes = std::fs::read(shared.join("reference/workbooks/poi__Simple.xlsb")).unwrap();
    match read(&bytes) {
        Ok(workbook) => assert!(workbook.sheets.iter().any(|sheet| !sheet.cells.is_empty())),
        Err(RawProblem::Unreadable(words)) => assert!(words.vi().contains("lưu lại thành .xlsx"), "{words:?}"),
        other => panic!("{other:?}"),
    }
}
