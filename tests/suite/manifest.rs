//! Workbooks that other readers were tested with, against what is known of each.
//!
//! `manifest.csv` beside them says in words what to expect; the table below says
//! it so that it can be checked. Every file stands in both.

use std::collections::BTreeSet;
use std::path::Path;

use tkgd::ooxml::{RawProblem, RawValue, RawWorkbook};

use crate::support::{at, read, shared};

/// What a cell holds, in short.
enum Is {
    Num(f64),
    Text(&'static str),
    Date(&'static str),
    Error(&'static str),
    Uncalculated,
    Nothing,
}
use Is::{Date, Error, Nothing, Num, Text, Uncalculated};

/// A sheet: name, number of cells that are not blank, some cells.
type SheetFacts = (&'static str, usize, &'static [(&'static str, Is)]);

/// What comes of a file.
enum Outcome {
    /// Refused, with this in the reason.
    Unreadable(&'static str),
    Hostile(&'static str),
    Encrypted,
    Sheets(&'static [SheetFacts]),
}
use Outcome::{Encrypted, Hostile, Sheets, Unreadable};

/// The content of the sample workbook that is there in two formats.
const SAMPLE: Outcome = Sheets(&[
    ("First Sheet", 4, &[("A1", Text("Test spreadsheet")), ("B2", Text("2nd row 2nd column")), ("A4", Text("This one is red"))]),
    ("Sheet Number 2", 11, &[("A1", Text("Start of 2nd sheet")), ("A7", Num(1.0)), ("B7", Num(10.0)), ("D7", Num(13.0))]),
    ("Sheet3", 0, &[]),
]);

/// The Vietnamese sheet that is there in two formats.
const VIETNAMESE: Outcome = Sheets(&[(
    "Sheet1",
    7,
    &[("A1", Text("Mô tả")), ("A2", Text("BÙN SÉT")), ("A5", Text("CÁT MỊN")), ("A7", Text("SÉT lẫn kết vón silic"))],
)]);

#[rustfmt::skip]
const EXPECTED: &[(&str, Outcome)] = &[
    ("poi__poc-xmlbomb.xlsx", Hostile("document type")),
    ("poi__poc-xmlbomb-empty.xlsx", Hostile("document type")),
    // Its cells have references without a row, so that its 12 GB of text are never asked for;
    // `hostile::shared_texts_are_not_multiplied` has a file that does ask.
    ("poi__poc-shared-strings.xlsx", Unreadable("row component")),
    // The outside address stands in a part that no reader of cells opens.
    ("poi__xxe_in_schema.xlsx", Sheets(&[("Sheet1", 4, &[("C9", Text("/Test/Test")), ("E9", Text("Column2")), ("C10", Text("1")), ("D10", Nothing)])])),
    ("poi__xlsx-corrupted.xlsx", Unreadable("Relationships")),
    ("poi__duplicate-filename.xlsx", Unreadable("same name")),
    ("poi__duplicate-filename-case-insensitive.xlsx", Unreadable("xl/worksheets/sheet1.xml")),
    ("poi__fuzz-XLSX2CSVFuzzer-5636439151607808.xlsx", Unreadable("")),
    ("poi__fuzz-XLSX2CSVFuzzer-5542865479270400.xlsx", Unreadable("")),
    ("poi__fuzz-POIXSSFFuzzer-6448258963341312.xlsx", Unreadable("")),
    ("poi__crash-9bf3cd4bd6f50a8a9339d363c2c7af14b536865c.xlsx", Encrypted),
    ("poi__Excel_file_with_trash_item.xlsx", Sheets(&[("Teams", 5440, &[("A1", Text("Date")), ("A2", Date("2015-08-22")), ("B2", Text("Atletico Madrid")), ("H1", Text("Competition name")), ("I1", Nothing), ("A681", Nothing)])])),
    ("poi__MalformedSSTCount.xlsx", Sheets(&[("Sheet1", 12, &[("A1", Text("sdgf")), ("D3", Num(1.0))])])),
    ("poi__57893-many-merges.xlsx", Sheets(&[("Sheet1", 0, &[])])),
    ("poi__SampleSS.strict.xlsx", SAMPLE),
    ("poi__protected_passtika.xlsx", Encrypted),
    ("poi__noSharedStringTable.xlsx", Sheets(&[("Sheet1", 2, &[("A1", Date("2006-04-12")), ("B1", Num(123.0))])])),
    ("poi__InlineStrings.xlsx", Sheets(&[("Sheet1", 28, &[("C2", Text("1st Inline String")), ("A3", Num(32.0)), ("D3", Num(44.0))]), ("Sheet2", 0, &[]), ("Sheet3", 0, &[])])),
    ("poi__59021.xlsx", Sheets(&[("ERIS Rates & Codes", 15, &[("A1", Text("Destination")), ("B2", Text("7840")), ("C2", Num(0.1345))])])),
    ("poi__link-external-workbook-a.xlsx", Sheets(&[("Sheet0", 2, &[("A1", Num(10.0)), ("B1", Num(20.0))])])),
    ("poi__1904DateWindowing.xls", Sheets(&[("Sheet1", 2, &[("A1", Date("2000-01-01")), ("B1", Date("2000-01-01"))]), ("Sheet2", 0, &[]), ("Sheet3", 0, &[])])),
    ("poi__SampleSS.ods", SAMPLE),
    ("poi__Simple.xlsb", Unreadable("save it as .xlsx")),
    // A3 is a duration of 255:10:10, which has no calendar day: its number of days.
    ("cal__date_1904.xlsx", Sheets(&[("Sheet1", 6, &[("A1", Date("2021-01-01")), ("A2", Date("2021-01-02")), ("A3", Num(10.632_060_185_185_2)), ("B1", Num(15.0)), ("B2", Num(16.0)), ("B3", Num(17.0))])])),
    ("cal__date_iso.xlsx", Sheets(&[("Sheet", 6, &[("A1", Date("2021-01-01")), ("A2", Date("2021-01-01T10:10:10")), ("A3", Date("10:10:10")), ("A4", Text("This workbook contains datetime in ISO 8601"))])])),
    ("cal__errors.xlsx", Sheets(&[("Feuil1", 7, &[("A1", Error("#DIV/0!")), ("A2", Error("#NAME?")), ("A3", Error("#VALUE!")), ("A4", Error("#NULL!")), ("A5", Error("#REF!")), ("A6", Error("#NUM!")), ("A7", Error("#N/A"))]), ("Feuil2", 0, &[]), ("Feuil3", 0, &[])])),
    ("cal__merged_range.xlsx", Sheets(&[("Sheet1", 21, &[("A1", Text("A1")), ("F3", Text("F3")), ("D1", Nothing)]), ("Sheet2", 10, &[("B4", Text("B4")), ("D1", Nothing)])])),
    ("cal__pass_protected.xlsx", Encrypted),
    ("cal__strict_iso_paths.xlsx", Sheets(&[("ml_out", 1368, &[("A1", Text("Item")), ("L1", Text("FlatBox Y")), ("S1", Nothing)])])),
    ("cal__has_x000D_.xlsx", Sheets(&[("Sheet1", 1, &[("A1", Text("ABC\r\nDEF"))])])),
    // A2 is one line feed, which the library trims like any blank: empty either way.
    ("cal__encoded_entities.xlsx", Sheets(&[("Sheet1", 1, &[("A1", Text("&")), ("A2", Text(""))])])),
    ("cal__whitespace_trim.xlsx", Sheets(&[("inlineStr", 7, &[("A1", Text("trimmed value")), ("B2", Text("  line1\nline2  ")), ("A3", Text("日期 时间"))]), ("SharedStrings", 6, &[("B1", Text("  preserved value  ")), ("B2", Text("  line1\nline2  "))])])),
    ("cal__empty_s_attribute.xlsx", Sheets(&[("Sheet1", 10, &[("A1", Text("Name")), ("B5", Num(4.0))])])),
    ("cal__non_monotonic_si.xlsx", Sheets(&[("Sheet1", 18, &[("C1", Num(3.0)), ("C2", Num(6.0)), ("C4", Num(12.0)), ("C6", Num(18.0))])])),
    ("rx__vietnamese-utf8.xlsx", VIETNAMESE),
    ("rx__vietnamese-utf8.xls", VIETNAMESE),
    ("rx__big-texty-numbers-xlsx.xlsx", Sheets(&[("Sheet1", 21, &[("A3", Num(2_147_483_647.0)), ("A4", Num(2_147_483_648.0)), ("B4", Text("2147483648"))])])),
    ("rx__numbers-as-na-and-shared-strings-xlsx.xlsx", Sheets(&[("Sheet1", 4, &[("A1", Text("a")), ("B2", Text("d"))])])),
    ("rx__texty-dates-xlsx.xlsx", Sheets(&[("Sheet1", 3, &[("A1", Text("a")), ("A2", Date("1985-03-11T13:00:00")), ("A3", Date("1985-03-11T13:23:32"))])])),
    ("rx__dates-leap-year-1900-xlsx.xlsx", Sheets(&[("for_testing", 24, &[("A4", Date("1900-02-28T08:00:00")), ("A5", Date("1900-02-29T08:00:00")), ("A6", Date("1900-03-01T08:00:00"))]), ("for_human_eyes", 33, &[])])),
    ("rx__dates-1904.xls", Sheets(&[("Sheet1", 5, &[("A1", Date("2000-01-01")), ("B1", Date("2000-01-01")), ("C1", Date("2000-01-01")), ("D1", Date("2000-01-01")), ("E1", Date("2000-01-01"))])])),
    // That blank and repeated headings are an error is said by the reader of tables.
    ("rx__unnamed-duplicated-columns.xlsx", Sheets(&[("Sheet1", 10, &[("A1", Nothing), ("B1", Text("var2")), ("C1", Nothing), ("D1", Text("var2"))])])),
    ("rx__names-need-repair-xlsx.xlsx", Sheets(&[("Sheet1", 11, &[("A1", Text("a b")), ("B1", Text("a b")), ("C1", Nothing), ("D1", Text("c%&$"))])])),
    ("rx__whitespace-xlsx.xlsx", Sheets(&[("whitespace", 7, &[("A1", Text(" <-space, space-> ")), ("A4", Text("\t   \t")), ("A5", Text("\t<-tab, tab->\t"))]), ("logical_and_NA", 3, &[("A3", Text("  :-)  "))])])),
    ("rx__embedded-chartsheet.xlsx", Sheets(&[("iris", 755, &[("E2", Text("setosa"))]), ("mtcars", 363, &[("A2", Num(21.0))]), ("chickwts", 144, &[("B2", Text("horsebean"))]), ("quakes", 5005, &[])])),
    ("rx__missing-v-node-xlsx.xlsx", Sheets(&[("Sheet1", 6, &[("A2", Num(1.0)), ("B2", Num(2.0)), ("C2", Uncalculated)])])),
    ("rx__no-styles-or-sharedStrings-parts.xlsx", Sheets(&[("Sheet1", 36, &[("A1", Text("Language")), ("B2", Num(73.0))])])),
    ("rx__nonstandard-xml-ns-prefix.xlsx", Sheets(&[("Sheet1", 6, &[("A1", Text("a")), ("B3", Num(4.0))])])),
    ("rx__missing-first-column.xlsx", Sheets(&[("Sheet1", 3, &[("A1", Nothing), ("B1", Num(1.0)), ("B3", Num(3.0))]), ("Sheet2", 0, &[]), ("Sheet3", 0, &[])])),
    ("rx__skipping.xlsx", Sheets(&[("two_blank_rows", 6, &[("A3", Text("var1")), ("A1", Nothing)]), ("occupied_row_and_blank_row", 7, &[("A1", Text("blah blah")), ("A3", Text("var1"))]), ("two_occupied_rows", 8, &[("B2", Text("yada yada")), ("A3", Text("var1"))])])),
    ("rx__style-only-cells.xlsx", Sheets(&[("Data", 13, &[("A1", Text("var1")), ("E3", Num(2.0)), ("F6", Nothing)])])),
    ("fr__merged-cells.xlsx", Sheets(&[("Лист1", 1, &[("A1", Text("data")), ("B3", Nothing)])])),
    ("fr__multiline-headers.xlsx", Sheets(&[("Лист1", 10, &[("A1", Text("Region")), ("D4", Text("from baseline (%)")), ("D6", Text("D"))])])),
];

#[test]
fn every_reference_workbook_is_read_as_its_manifest_says() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("reference/workbooks");
    let mut wrong = Vec::new();
    for (file, expected) in EXPECTED {
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let started = std::time::Instant::now();
        let found = read(&bytes);
        let took = started.elapsed().as_secs_f64();
        wrong.extend(differences(expected, &found).into_iter().map(|what| format!("{file}: {what}")));
        if took > 5.0 {
            wrong.push(format!("{file}: took {took:.1} s"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_the_manifest_and_the_folder_name_the_same_files() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("reference/workbooks");
    let in_table: BTreeSet<String> = EXPECTED.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(in_table.len(), EXPECTED.len(), "a file stands twice in the table");
    assert_eq!(in_table, manifest_files(&folder.join("manifest.csv")));
    let in_folder: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "manifest.csv")
        .collect();
    assert_eq!(in_table, in_folder);
}

/// A date that the program cannot vouch for must not be another date silently: what the
/// workbook's own second column says stands in the first, also where no such day exists.
#[test]
fn the_day_that_never_was_stays_what_the_sheet_shows() {
    let Some(shared) = shared() else { return };
    let bytes = std::fs::read(shared.join("reference/workbooks/rx__dates-leap-year-1900-xlsx.xlsx")).unwrap();
    let workbook = read(&bytes).unwrap();
    let sheet = &workbook.sheets[0];
    let mut compared = 0;
    for row in 1..8 {
        let (Some(RawValue::Date(date)), Some(shown)) = (sheet.get(row, 0), sheet.text(row, 1)) else { continue };
        assert_eq!(date.replace('T', " "), shown, "row {}", row + 1);
        compared += 1;
    }
    assert_eq!(compared, 7);
}

/// How a result differs from what is expected.
fn differences(expected: &Outcome, found: &Result<RawWorkbook, RawProblem>) -> Vec<String> {
    let as_expected = match (expected, found) {
        (Unreadable(part), Err(RawProblem::Unreadable(reason))) | (Hostile(part), Err(RawProblem::Hostile(reason))) => {
            reason.en().contains(part)
        }
        (Encrypted, Err(RawProblem::Encrypted)) => true,
        (Sheets(sheets), Ok(workbook)) => return sheet_differences(sheets, workbook),
        _ => false,
    };
    if as_expected { Vec::new() } else { vec![format!("{found:?}").chars().take(300).collect()] }
}

fn sheet_differences(expected: &[SheetFacts], found: &RawWorkbook) -> Vec<String> {
    let names: Vec<&str> = found.sheets.iter().map(|sheet| &*sheet.name).collect();
    if names != expected.iter().map(|(name, ..)| *name).collect::<Vec<_>>() {
        return vec![format!("sheets {names:?}")];
    }
    let mut wrong = Vec::new();
    for (sheet, (name, count, cells)) in found.sheets.iter().zip(expected) {
        let blank = |value: &RawValue| matches!(value, RawValue::Text(text) if text.is_empty());
        let filled = sheet.cells.iter().filter(|cell| !blank(&cell.value)).count();
        if filled != *count {
            wrong.push(format!("sheet {name} has {filled} cells instead of {count}"));
        }
        for (address, is) in *cells {
            let value = at(sheet, address);
            if !same(is, value) {
                wrong.push(format!("sheet {name} cell {address} holds {value:?}"));
            }
        }
    }
    wrong
}

fn same(is: &Is, value: Option<&RawValue>) -> bool {
    match (is, value) {
        (Num(a), Some(RawValue::Number(b))) => a == b,
        (Text(a), Some(RawValue::Text(b))) => *a == &**b,
        (Date(a), Some(RawValue::Date(b))) => a == b,
        (Error(a), Some(RawValue::Error(b))) => *a == &**b,
        (Uncalculated, Some(RawValue::Uncalculated)) | (Nothing, None) => true,
        _ => false,
    }
}

fn manifest_files(path: &Path) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "file").unwrap();
    reader.records().map(|record| record.unwrap()[column].to_owned()).collect()
}
