//! Personal data planted everywhere an input has room for it, looked for in everything that comes out.
//!
//! Two kinds of canaries: what stands *in* files may come out nowhere; what stands in *names* of files, folders and sheets
//! may come out where somebody has to find the file (the screen, the day's findings, what goes back to the sender). Each
//! is planted as a name, as telephone and identity numbers in several spellings and as an address; the looking undoes
//! spelling, packing and encoding.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use tkgd::base::location::CellRef;
use tkgd::base::text::fold;
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use unicode_normalization::UnicodeNormalization as _;

use super::returned::{answered, parts, zipped};
use super::support::{Parts, tkgd};
use super::workspace::{Workspace, files, form, plan, schemas, values};

/// Marks of what stands in files: a name, beginnings of numbers, an address.
const IN_FILES: [&str; 4] = ["kinhoa", "91234567", "0012030", "kinmail"];
/// Marks of what stands in names.
const IN_NAMES: [&str; 4] = ["lantep", "98765432", "0340780", "lanmail"];

const REGISTER: &str = "\
Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp,Ghi chú
# Nguyễn Thị Kinhoa 0912345670 kinmail@truong.vn
S,Sở Giáo dục và Đào tạo,department,,,,,Nguyễn Thị Kinhoa 001203000001
X,Xã Một,commune,,,S,,gọi (0912)345671
T01,Trường Tiểu học Một,school,TH,public,X,02-TH-DN,kinmail(at)truong.vn
T02,Trường Tiểu học Hai,school,TH,public,X,02-TH-DN,Nguyễn Thị Kinhoa
T03,Trường Tiểu học Ba,school,TH,public,X,02-TH-DN,0912 345 672
T04,Trường Tiểu học Bốn,school,TH,public,X,02-TH-DN,
";

/// What people write, in every spelling.
const SAID: [&str; 7] = [
    "Nguyễn Thị Kinhoa",
    "0912345673",
    "(0912) 345.674",
    "+84 91 234 56 75",
    "001 203 000 002",
    "kinmail@truong.edu.vn",
    "０９１２３４５６７６",
];

fn text(row: u32, column: u16, text: &str) -> PlacedCell {
    PlacedCell { at: CellRef::new(row, column), content: Content::Text(Arc::from(text)), style: CellStyle::default() }
}

fn number(row: u32, column: u16, number: f64) -> PlacedCell {
    PlacedCell { at: CellRef::new(row, column), content: Content::Number(number), style: CellStyle::default() }
}

/// A return soiled with canaries in every cell that may hold anything.
fn soiled_book() -> Vec<u8> {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let mut book = plan(&schemas, &form, &values(&schemas, &form, 1));
    let sheet = &mut book.sheets[0];
    let figures: Vec<usize> = (0..sheet.cells.len())
        .filter(|&at| sheet.cells[at].at.row > 8 && sheet.cells[at].at.column > 3 && matches!(sheet.cells[at].content, Content::Number(_)))
        .collect();
    // The first is asked about, and answered below; the others hold what does not belong there.
    sheet.cells[figures[0]].content = Content::Text("?".into());
    let said = SAID.iter().chain(&["5A Kinhoa", "0912345677", "12/5/2014 Kinhoa"]);
    for (at, said) in figures[1..].iter().zip(said) {
        sheet.cells[*at].content = Content::Text((*said).into());
    }
    sheet.cells[figures[20]].content = Content::Number(912_345_678.0);
    sheet.cells[figures[21]].content = Content::Number(1_203_000_003.0);
    // A label, a heading and a row of one's own; numbers beside and below the form.
    let labels: Vec<usize> = (0..sheet.cells.len())
        .filter(|&at| sheet.cells[at].at.row > 12 && matches!(&sheet.cells[at].content, Content::Text(t) if t.len() > 20))
        .collect();
    sheet.cells[labels[0]].content = Content::Text("Nguyễn Thị Kinhoa 0912345679".into());
    let (row, column) = (sheet.cells.iter().map(|c| c.at.row).max().unwrap(), sheet.cells.iter().map(|c| c.at.column).max().unwrap());
    sheet.cells.push(text(9, column + 1, "Cô Nguyễn Thị Kinhoa 0912345670"));
    sheet.cells.push(number(14, column + 1, 912_345_671.0));
    sheet.cells.push(text(14, column + 2, "001203000004 kinmail@truong.vn"));
    sheet.cells.push(text(row + 1, 2, "0912345672"));
    sheet.cells.push(number(row + 1, 5, 912_345_673.0));
    sheet.cells.push(text(row + 2, 1, "Người lập biểu: Nguyễn Thị Kinhoa"));
    book.sheets[1].name = "Bà Lantep 0987654321".into();
    let extra = |name: &str| SheetPlan {
        name: name.into(),
        cells: SAID.iter().enumerate().map(|(at, said)| text(at as u32, 0, said)).collect(),
        ..SheetPlan::default()
    };
    book.sheets.push(extra("Lantep 5A 098 765 43 22"));
    book.names.push(tkgd::ooxml::DefinedName { name: "Kinhoa_0912345674".to_owned(), value: "\"kinmail@truong.vn\"".to_owned() });
    book.names.push(tkgd::ooxml::DefinedName {
        name: "tkgd_template".to_owned(),
        value: "\"Kinhoa|0912345675|001203000005|2025-2026|opening\"".to_owned(),
    });
    with_properties(&write_xlsx(&book).unwrap())
}

/// The workbook with canaries in its properties, in a comment and in parts of one's own.
fn with_properties(bytes: &[u8]) -> Vec<u8> {
    let mut parts = parts(bytes);
    let said = SAID.join(" ");
    let core = format!(
        r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{said}</dc:creator><dc:title>{said}</dc:title></cp:coreProperties>"#
    );
    parts.insert("docProps/core.xml".to_owned(), core.into_bytes());
    let comments = format!(
        r#"<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>{said}</author></authors><commentList><comment ref="B12" authorId="0"><text><t>{said}</t></text></comment></commentList></comments>"#
    );
    parts.insert("xl/comments9.xml".to_owned(), comments.into_bytes());
    parts.insert("customXml/item1.xml".to_owned(), format!("<a>{said}</a>").into_bytes());
    zipped(&parts)
}

fn clean_book(seed: u64) -> Vec<u8> {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    write_xlsx(&plan(&schemas, &form, &values(&schemas, &form, seed))).unwrap()
}

/// A list of a class: no form at all.
fn class_list() -> Vec<u8> {
    let cells = SAID.iter().enumerate().map(|(at, said)| text(at as u32, 1, said)).collect();
    let sheet = SheetPlan { name: "Lantep".into(), cells, ..SheetPlan::default() };
    write_xlsx(&WorkbookPlan { title: String::new(), sheets: vec![sheet], ..WorkbookPlan::default() }).unwrap()
}

fn planted(name: &str) -> Workspace {
    let inputs = "[[inputs.lists]]\nfile = \"ds.csv\"\nform = \"02-TH-DN\"";
    let workspace = Workspace::new(name, REGISTER, inputs, "lists = [\"csv\"]");
    workspace.add("T01_bieu.xlsx", &soiled_book());
    std::fs::create_dir_all(workspace.folder.join("bieu/Bà Lantep 0987654323")).unwrap();
    workspace.add("Bà Lantep 0987654323/T02_Lantep 098.765.4324 034078000001.xlsx", &clean_book(2));
    // The same again, under another name; and one that says otherwise of a unit of its own.
    workspace.add("T02_lanmail@truong.vn.xlsx", &clean_book(2));
    workspace.add("T03_cô Lantep.xlsx", &clean_book(3));
    workspace.add("T03_cô Lantep (2).xlsx", &clean_book(4));
    // Nobody's unit, no form, not readable.
    workspace.add("Lantep_0987654325.xlsx", &clean_book(5));
    workspace.add("Lớp Lantep 034 078 000 002.xlsx", &class_list());
    workspace.add("T01_Lantep (0987)654326.xls", SAID.join("\n").as_bytes());
    workspace.add("T01_lanmail.xlsx", &Parts::new("<row r=\"1\"><c r=\"A1\"><v>1</row>").with("xl/Kinhoa0912345676.xml", "<a>").zip());
    let list = "unit,Hiệu trưởng,III/37/1,III/38/1\nT04,Nguyễn Thị Kinhoa,12,5A Kinhoa\nNguyễn Thị Kinhoa 0912345677,x,1,1\n0912 345 678,x,1,1\nkinmail@truong.vn,001203000006,1,1\n";
    std::fs::write(workspace.folder.join("ds.csv"), list).unwrap();
    workspace
}

/// Everything that a command said, which must not be that it failed.
fn called(workspace: &Workspace, arguments: &[&str]) -> String {
    let output: Output = tkgd().args(arguments).current_dir(&workspace.folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {said}");
    said
}

/// A file as text, whatever it is packed in.
fn decoded(name: &str, bytes: &[u8], path: &Path) -> String {
    if bytes.starts_with(b"PK") {
        return parts(bytes).into_iter().map(|(name, part)| format!("{name}\n{}\n", String::from_utf8_lossy(&part))).collect();
    }
    if !name.ends_with(".parquet") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let mut text: String = pairs.into_iter().map(|pair| format!("{} {}\n", pair.key, pair.value.unwrap_or_default())).collect();
    for row in reader.get_row_iter(None).unwrap() {
        text.push_str(&row.unwrap().to_string());
        text.push('\n');
    }
    text
}

/// Canaries in a text, with what stands around them; numbers however they are grouped, names however they are written.
fn found(text: &str, marks: &[&str]) -> Vec<String> {
    let plain: String = fold(&text.nfkc().collect::<String>());
    let joined: String = plain.chars().filter(|c| !" .-()_+".contains(*c)).collect();
    let places = |text: &str, mark: &str| -> Vec<String> {
        let rule_context = |at: usize| {
            let from = (0..=at).rev().find(|&from| from + 80 <= at && text.is_char_boundary(from)).unwrap_or(0);
            let to = (at..=text.len()).find(|&to| to >= at + 40 && text.is_char_boundary(to)).unwrap_or(text.len());
            format!("{mark}: …{}…", text[from..to].replace('\n', "⏎"))
        };
        text.match_indices(mark).map(|(at, _)| rule_context(at)).collect()
    };
    marks.iter().flat_map(|mark| places(if mark.as_bytes()[0].is_ascii_digit() { &joined } else { &plain }, mark)).collect()
}

/// Files that are inputs, or copies of them that go back to their sender.
fn is_senders(name: &str) -> bool {
    name.starts_with("bieu/") || name == "ds.csv" || name == "reg.csv" || (name.starts_with("tra-lai/") && name.ends_with(".xlsx"))
}

/// Places where somebody has to find a file, and its name stands as it is.
fn is_of_the_day(name: &str) -> bool {
    let day = ["phat-hien.txt", "phat-hien.json", "phat-hien.csv", "phat-hien.parquet", "phat-hien.xlsx", "tep-dau-vao.csv"];
    let is_of_day = |name: &str| name.contains("/chat-luong_") || day.iter().any(|own| name.ends_with(own));
    name.starts_with("tra-lai/") || (name.starts_with("out/") && is_of_day(name))
}

/// Runs every command over a workspace; what each said.
fn everything(workspace: &Workspace) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut call = |name: &str, arguments: &[&str]| drop(said.insert(name.to_owned(), called(workspace, arguments)));
    call("run", &["run", "p.toml"]);
    call("return", &["return", "p.toml", "--on", "2025-10-20", "--out", "tra-lai"]);
    let copy = workspace.folder.join("tra-lai/2025-10-20/Trường Tiểu học Một/T01_bieu.xlsx");
    let answer = SAID.join(", ");
    let typed = answered(&std::fs::read(copy).unwrap(), &answer, |line| line.contains("[unknown-value]"));
    workspace.add("T01_tra-lai.xlsx", &typed);
    call("run again", &["run", "p.toml", "--format", "json"]);
    let ask = ["ledger", "refuse", "p.toml", "--unit", "T02", "--by", "Nguyễn Thị Kinhoa, Trưởng phòng", "--reason", &answer];
    call("ledger refuse", &ask);
    call("ledger history", &["ledger", "history", "p.toml"]);
    std::fs::write(workspace.folder.join("bieu/cô Lantep 0987654327.pdf"), b"%PDF").unwrap();
    let signed = "bieu/cô Lantep 0987654327.pdf";
    call("release", &["release", "p.toml", "--kind", "provisional", "--reason", &answer, "--signed", signed]);
    std::fs::write(workspace.folder.join("bieu/T03_cô Lantep (2).xlsx"), clean_book(3)).unwrap();
    call("release 2", &["release", "p.toml", "--kind", "provisional", "--format", "json"]);
    let states = ["2025-2026-opening@1", "2025-2026-opening@2"];
    call("compare", &["compare", states[0], states[1], "--out", "so-sanh"]);
    let figure = "02-TH-DN/III/37/1";
    call("explain", &["explain", figure, states[1], "--unit", "S", "--against", states[0], "--all", "--html", "truy-nguon.html"]);
    call("explain school", &["explain", figure, states[1], "--unit", "T02", "--format", "json"]);
    for table in ["findings", "submissions", "cells", "units", "versions"] {
        call(&format!("query {table}"), &["query", &format!("SELECT * FROM {table}"), "--format", "csv"]);
    }
    call("reconcile", &["reconcile", "bieu", "archive", "--pipeline", "p.toml", "--out", "doi-chieu"]);
    call("status", &["status", "p.toml", "--xlsx", "tinh-hinh.xlsx", "--reminders", "nhac.xlsx", "--all"]);
    call("indicators", &["indicators", "p.toml", "--by", "unit", "--csv", "chi-tieu.csv"]);
    call("report", &["report", "p.toml", "--unit", "S", "--out", "xuat"]);
    call("archive list", &["archive", "list", "--archive", "archive"]);
    call("archive verify", &["archive", "verify", "--archive", "archive"]);
    said
}

#[test]
fn personal_data_of_inputs_comes_out_nowhere() {
    let workspace = planted("canary");
    // What is looked for is there to be found.
    let planted: String = files(&workspace.folder)
        .iter()
        .map(|(name, bytes)| format!("{name}\n{}", decoded(name, bytes, &workspace.folder.join(name))))
        .collect();
    for mark in IN_FILES.iter().chain(&IN_NAMES) {
        assert!(!found(&planted, &[mark]).is_empty(), "{mark} is planted");
    }
    let said = everything(&workspace);
    let mut leaks = Vec::new();
    for (name, text) in &said {
        let is_on_screen = ["run", "run again", "return", "release", "release 2"].contains(&name.as_str());
        let marks = if is_on_screen { IN_FILES.to_vec() } else { [IN_FILES, IN_NAMES].concat() };
        leaks.extend(found(text, &marks).into_iter().map(|leak| format!("said by {name}: {leak}")));
    }
    let written = files(&workspace.folder);
    assert!(written.len() > 60, "{}", written.len());
    for (name, bytes) in written.iter().filter(|(name, _)| !is_senders(name)) {
        let text = format!("{name}\n{}", decoded(name, bytes, &workspace.folder.join(name)));
        let marks = if is_of_the_day(name) { IN_FILES.to_vec() } else { [IN_FILES, IN_NAMES].concat() };
        leaks.extend(found(&text, &marks).into_iter().map(|leak| format!("{name}: {leak}")));
    }
    leaks.truncate(40);
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    // The names are there where somebody has to find the file, and the masked ones lead there by their hash.
    let day = std::fs::read_to_string(workspace.output().join("phat-hien.txt")).unwrap();
    assert!(day.contains("Lantep_0987654325.xlsx"), "{day}");
    // What was released is made again from what it holds.
    for number in ["1", "2"] {
        let rebuilt =
            called(&workspace, &["archive", "rebuild", &format!("2025-2026-opening@{number}"), "--archive", "archive", "--lang", "en"]);
        assert!(rebuilt.contains("; 0 ") && !rebuilt.contains("not evaluated"), "{rebuilt}");
    }
}

#[test]
fn a_workbook_that_gave_no_figure_is_told_with_its_hash_and_is_not_in_a_release() {
    let workspace = planted("canary-release");
    called(&workspace, &["release", "p.toml", "--kind", "provisional"]);
    let folder = workspace.folder.join("archive/releases/2025-2026-opening/r001-provisional");
    assert!(files(&folder).keys().all(|name| !name.starts_with("inputs/") || !name.ends_with(".xlsx")));
    let manifest = std::fs::read_to_string(folder.join("datapackage.json")).unwrap();
    for name in ["Lớp Lantep 034 078 000 002.xlsx", "T01_Lantep (0987)654326.xls"] {
        let hash = tkgd::workbooks::sha256(&std::fs::read(workspace.folder.join("bieu").join(name)).unwrap());
        assert!(manifest.contains(&hash), "{name}");
    }
    let readings = std::fs::read_to_string(folder.join("inputs/readings.jsonl")).unwrap();
    assert!(readings.contains("unreadable-file") && readings.contains("unknown-form"));
}

/// Who pupils of an export are: names, ids, numbers of telephones and cards, out of a few lines of it.
fn people_of(export: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(export).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let heading = rows.iter().position(|row| row.iter().any(|cell| cell == "Họ tên" || cell == "Họ và tên")).unwrap();
    let is_personal =
        |name: &str| ["Họ tên", "Họ và tên", "Mã định danh Bộ GD&ĐT", "SĐT liên hệ", "Số CCCD", "Số định danh cá nhân"].contains(&name);
    let columns: Vec<usize> = rows[heading].iter().enumerate().filter(|(_, name)| is_personal(name)).map(|(column, _)| column).collect();
    assert!(columns.len() >= 3, "{:?}", rows[heading]);
    let some = rows[heading + 1..].iter().step_by(97).take(12);
    let values = some.flat_map(|row| columns.iter().filter_map(|column| row.get(*column)).map(str::to_owned).collect::<Vec<_>>());
    values.filter(|value| value.chars().count() > 6).collect()
}

#[test]
fn who_the_people_of_records_are_comes_out_nowhere() {
    let folder = super::support::scratch("canary-records");
    let sample = ["sample", ".", "--records", "--tables", "csv", "--schools", "5", "--communes", "2", "--layout", "nghe-an-hoc-sinh"];
    assert!(tkgd().args(sample).current_dir(&folder).status().unwrap().success());
    let exports = super::support::files_in(&folder.join("ho-so/nghe-an-hoc-sinh"));
    let people: Vec<String> =
        exports.iter().filter(|path| path.extension().is_some_and(|own| own == "csv")).flat_map(|own| people_of(own)).collect();
    assert!(people.len() >= 20, "{people:?}");
    let pipeline = "dau-nam-hoc-tu-nghe-an-hoc-sinh.toml";
    let workspace = Workspace { folder };
    let mut said = String::new();
    for arguments in [
        &["run", pipeline, "--all"][..],
        &["run", pipeline, "--format", "json"],
        &["explain", "02-TH-DN/III/37/1", "--pipeline", pipeline, "--unit", "09", "--all", "--html", "truy-nguon.html"],
        &["reconcile", "dau-nam-hoc.toml", pipeline, "--out", "doi-chieu"],
        &["return", pipeline, "--out", "tra-lai"],
        &["release", pipeline, "--kind", "provisional"],
        &["status", pipeline, "--xlsx", "tinh-hinh.xlsx"],
    ] {
        said.push_str(&called(&workspace, arguments));
    }
    let is_input = |name: &str| name.starts_with("ho-so/") || name.starts_with("bieu/") || name.starts_with("phan-nhap/");
    let written = files(&workspace.folder);
    let texts = written
        .iter()
        .filter(|(name, _)| !is_input(name))
        .map(|(name, bytes)| (name.as_str(), decoded(name, bytes, &workspace.folder.join(name))));
    let all: Vec<(&str, String)> = texts.chain([("the screen", said)]).collect();
    assert!(all.len() > 60, "{}", all.len());
    let leaks: Vec<String> = all
        .iter()
        .flat_map(|(name, text)| people.iter().filter(|own| text.contains(own.as_str())).map(move |own| format!("{name}: {own}")))
        .collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}
