//! Forms drafted from workbooks: the two real ones against the installed schema, and strange ones.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook};
use tkgd::base::location::column_name;
use tkgd::base::message::{Lang, Message};
use tkgd::base::number::NumberLocale;
use tkgd::drafts::{Request, Vocabulary, import, to_toml};
use tkgd::forms::{Form, HeaderContent, SchemaFiles, Schemas, Sheet, lint};
use tkgd::returns::Status;
use tkgd::workbooks::{Isolation, Recogniser, fill};

use crate::support::{read, scratch, shared, tkgd};

/// What the hands of the transcribers did otherwise than the workbooks: everything else of the
/// two real forms comes out of the import as it stands in `schemas/`.
const HAND_EDITS: &[&str] = &[
    // The budget sheet declares no widths.
    "01-MN-DN/ngan-sach: widths",
    // The error log's widths are ours.
    "01-MN-DN/errors: widths",
    "02-TH-DN/errors: widths",
    // Wide sheets are printed on A3; the workbooks say A4 or nothing.
    "01-MN-DN/hoc-sinh: paper",
    "01-MN-DN/can-bo: paper",
    "01-MN-DN/phong-hoc: paper",
    "02-TH-DN/III: paper",
    "02-TH-DN/IV: paper",
    "02-TH-DN/V: paper",
    // The workbook prints the sheet on portrait paper, and cuts it.
    "02-TH-DN/I: landscape",
];

fn words() -> Vocabulary {
    SchemaFiles::open(None).unwrap().toml("import.toml").unwrap()
}

fn draft(bytes: &[u8], file: &str, symbol: &str) -> String {
    let request = Request { file, id: None, symbol: Some(symbol), version: "2018", verified: true };
    to_toml(&import(bytes, request, &words(), &Isolation::InProcess).unwrap(), Lang::En)
}

/// Loads a drafted form through the ordinary loader, as a circular of its own.
fn load(name: &str, short: &str, toml: &str) -> Schemas {
    let folder = scratch(name);
    let circular = folder.join("nhap");
    std::fs::create_dir_all(circular.join("forms")).unwrap();
    let regulation = SchemaFiles::open(None).unwrap().text("tt24-2018/regulation.toml").unwrap().replace("\"tt24-2018\"", "\"nhap\"");
    let regulation = regulation.replace("2018-11-14", "1999-01-01").replace("2025-02-08", "1999-12-31");
    std::fs::write(circular.join("regulation.toml"), regulation).unwrap();
    std::fs::write(circular.join(format!("forms/{short}.toml")), toml).unwrap();
    Schemas::load(Some(Path::new(&folder))).unwrap()
}

/// Several tests draft the same form at the same time; each has a folder of its own.
static NEXT: AtomicUsize = AtomicUsize::new(0);

fn imported(short: &str, symbol: &str) -> Option<(Schemas, Vec<u8>)> {
    let bytes = std::fs::read(shared()?.join(format!("reference/forms/official/{short}.xlsx"))).unwrap();
    let toml = draft(&bytes, &format!("{short}.xlsx"), symbol);
    let nth = NEXT.fetch_add(1, Ordering::Relaxed);
    Some((load(&format!("import-{short}-{nth}"), short, &toml), bytes))
}

fn form<'a>(schemas: &'a Schemas, id: &str) -> &'a Arc<Form> {
    schemas.form(id).unwrap()
}

/// Everything of a sheet that has to come out as it stands, by name.
fn facts(sheet: &Sheet) -> Vec<(String, String)> {
    let look = &sheet.look;
    let mut merges = look.merges.clone();
    merges.sort_unstable();
    let mut facts: Vec<(String, String)> = vec![
        ("name".into(), format!("{:?} {:?} {}", sheet.name, sheet.kind, look.unit_of_measure)),
        ("roles".into(), format!("{:?} {:?}", sheet.roles, sheet.header_rows)),
        ("font".into(), format!("{} {:?} {}", look.font_size, look.border, look.centre_tt)),
        ("widths".into(), format!("{:?}", look.widths)),
        ("heights".into(), format!("{:?}", look.heights)),
        ("merges".into(), merges.iter().map(|range| format!("{range} ")).collect()),
        ("paper".into(), format!("{:?}", look.paper)),
        ("landscape".into(), look.landscape.to_string()),
    ];
    for cell in &sheet.header {
        let content = match &cell.content {
            HeaderContent::Text(text) => format!("{text:?}"),
            HeaderContent::Number(number) => number.to_string(),
        };
        facts.push((format!("header {}", cell.at), format!("{content} {}", cell.bold)));
    }
    for text in &sheet.texts {
        facts.push((format!("text {}", text.at), format!("{:?} {:?} {} {}", text.text, text.field, text.bold, text.centred)));
    }
    for column in &sheet.columns {
        facts.push((format!("column {}", column.number), format!("{} {:?} {:?}", column_name(column.at), column.path, column.dims)));
    }
    for row in &sheet.rows {
        let own = format!(
            "{:?} {} {:?} {} {:?} {:?} {:?} {:?}",
            row.code, row.code_is_text, row.tt, row.tt_is_number, row.label, row.unit, row.look, row.not_applicable
        );
        facts.push((format!("row {}", row.at + 1), own));
        facts.push((format!("outline {}", row.at + 1), format!("{} {:?}", row.indent, row.group)));
    }
    facts
}

/// Every sum of a form as text; a bound is the five inequalities of the reference list.
fn identities(form: &Form) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (_, sheet) in form.layout.data_sheets() {
        let column = |index: usize| sheet.columns[index].number;
        let code = |index: usize| sheet.coded_row(index).code.clone().unwrap();
        let sorted = |parts: &[usize]| {
            let mut parts = parts.to_vec();
            parts.sort_unstable();
            parts
        };
        for sum in &sheet.sums.columns {
            let parts: Vec<u16> = sorted(&sum.parts).into_iter().map(column).collect();
            all.insert(format!("{}: [{}] = {parts:?} {}", sheet.id, column(sum.total), sum.basis.id()));
        }
        for bounds in &sheet.sums.bounds {
            let (total, women, minority, both) = (Some(bounds.total), bounds.women, bounds.minority, bounds.minority_women);
            for (whole, part) in [(total, women), (total, minority), (total, both), (women, both), (minority, both)] {
                if let (Some(whole), Some(part)) = (whole, part) {
                    all.insert(format!("{}: [{}] >= [{}]", sheet.id, column(whole), column(part)));
                }
            }
        }
        for (sign, sums) in [("=", &sheet.sums.rows), (">=", &sheet.sums.subsets)] {
            for sum in sums {
                let parts: Vec<Arc<str>> = sorted(&sum.parts).into_iter().map(code).collect();
                all.insert(format!("{}: {} {sign} {parts:?} {}", sheet.id, code(sum.total), sum.basis.id()));
            }
        }
    }
    all
}

#[test]
fn the_real_forms_come_out_as_they_were_transcribed() {
    let installed = Schemas::load(None).unwrap();
    let mut differences = Vec::new();
    for (short, symbol) in [("01-MN-DN", "01-MN-ĐN"), ("02-TH-DN", "02-TH-ĐN")] {
        let Some((drafted, _)) = imported(short, symbol) else { return };
        let (old, new) = (form(&installed, &format!("tt24-2018/{short}")), form(&drafted, &format!("nhap/{short}")));
        let names = |form: &Form| {
            format!("{} {} {} {} {:?} {:?}", form.symbol, form.version, form.title, form.level, form.term, form.layout_status)
        };
        assert_eq!(names(old), names(new));
        let ids = |form: &Form| form.layout.sheets.iter().map(|sheet| sheet.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(old), ids(new));
        for (before, after) in old.layout.sheets.iter().zip(&new.layout.sheets) {
            let (mut before_facts, mut after_facts) = (facts(before), facts(after));
            before_facts.sort();
            after_facts.sort();
            for fact in before_facts.iter().filter(|fact| !after_facts.contains(fact)) {
                let now = after_facts.iter().find(|other| other.0 == fact.0).map_or("", |other| &other.1);
                println!("{short}/{}: {}\n  schema {}\n  import {now}", before.id, fact.0, fact.1);
                differences.push(format!("{short}/{}: {}", before.id, fact.0));
            }
            for fact in after_facts.iter().filter(|fact| before_facts.iter().all(|other| other.0 != fact.0)) {
                println!("{short}/{}: only imported: {fact:?}", before.id);
                differences.push(format!("{short}/{}: {}", before.id, fact.0));
            }
        }
    }
    let (found, expected): (BTreeSet<&str>, BTreeSet<&str>) =
        (differences.iter().map(String::as_str).collect(), HAND_EDITS.iter().copied().collect());
    assert_eq!(found, expected);
    println!("{} hand edits in all", HAND_EDITS.len());
}

/// All of them: the rules were written with these two forms and their sums in view, so this says
/// that nothing is lost again, not how well a new form is understood (see the skeletons below).
#[test]
fn the_sums_of_the_real_forms_are_proposed() {
    let installed = Schemas::load(None).unwrap();
    let (mut known, mut hits, mut wrong) = (0, 0, 0);
    for (short, symbol) in [("01-MN-DN", "01-MN-ĐN"), ("02-TH-DN", "02-TH-ĐN")] {
        let Some((drafted, _)) = imported(short, symbol) else { return };
        let old = identities(form(&installed, &format!("tt24-2018/{short}")));
        let new = identities(form(&drafted, &format!("nhap/{short}")));
        for missed in old.difference(&new) {
            println!("{short}: missed {missed}");
        }
        for extra in new.difference(&old) {
            println!("{short}: not in the schema {extra}");
        }
        known += old.len();
        hits += old.intersection(&new).count();
        wrong += new.difference(&old).count();
    }
    println!("{hits} of {known} identities proposed, {wrong} proposals that the schema does not have");
    assert_eq!((hits, known, wrong), (187, 187, 0));
}

/// Drafts read the file they came from as the installed form does: every cell the same.
#[test]
fn a_draft_reads_its_own_workbook() {
    let installed = Schemas::load(None).unwrap();
    for (short, symbol) in [("01-MN-DN", "01-MN-ĐN"), ("02-TH-DN", "02-TH-ĐN")] {
        let Some((drafted, bytes)) = imported(short, symbol) else { return };
        assert_eq!(lint(&drafted), Vec::<Message>::new());
        let workbook = read(&bytes).unwrap();
        let values = |schemas: &Schemas, id: &str| {
            let recogniser = Recogniser::new(&[Arc::clone(form(schemas, id))]);
            let Some((recognised, true)) = recogniser.recognise(&workbook) else { panic!("{id} is not recognised") };
            assert!(recognised.score > 0.9999, "{id}: {}", recognised.score);
            fill(&workbook, &recognised, NumberLocale::Vi).values
        };
        assert_eq!(values(&drafted, &format!("nhap/{short}")), values(&installed, &format!("tt24-2018/{short}")));
    }
}

/// A form unlike the real ones: three header rows, codes as text in column B, no ordinals, no
/// units, no letter row, printed sums of rows and columns, numbers that break one sum.
fn strange() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Thư viện").unwrap();
    let plain = Format::new().set_border(FormatBorder::Thin).set_font_size(11);
    let head = Format::new().set_border(FormatBorder::Thin).set_bold().set_align(FormatAlign::Center);
    sheet.write(0, 0, "Báo cáo thư viện trường trung học cơ sở").unwrap();
    sheet.write(1, 0, "Đơn vị tính: cuốn").unwrap();
    sheet.write(2, 0, "Kỳ cuối năm học").unwrap();
    sheet.merge_range(4, 0, 6, 0, "Nội dung", &head).unwrap();
    sheet.merge_range(4, 1, 6, 1, "Mã số", &head).unwrap();
    sheet.merge_range(4, 2, 4, 6, "Tài liệu", &head).unwrap();
    sheet.merge_range(5, 2, 6, 2, "Tổng số", &head).unwrap();
    sheet.merge_range(5, 3, 5, 4, "Công lập", &head).unwrap();
    sheet.merge_range(5, 5, 5, 6, "Tư thục", &head).unwrap();
    for (column, text) in [(3, "Giấy"), (4, "Số"), (5, "Giấy"), (6, "Số")] {
        sheet.write_with_format(6, column, text, &head).unwrap();
    }
    let rows: [(&str, &str, [f64; 4]); 6] = [
        ("Sách", "S01", [6.0, 2.0, 1.0, 0.0]),
        ("Chia theo loại:", "", [0.0; 4]),
        ("- Sách giáo khoa", "S02", [4.0, 1.0, 1.0, 0.0]),
        ("- Sách tham khảo", "S03", [2.0, 1.0, 0.0, 0.0]),
        ("Báo, tạp chí", "S04", [5.0, 0.0, 0.0, 3.0]),
        ("Tất cả", "S05", [11.0, 2.0, 1.0, 3.0]),
    ];
    for (index, (label, code, values)) in rows.iter().enumerate() {
        let row = 7 + index as u32;
        sheet.write_with_format(row, 0, *label, &plain).unwrap();
        sheet.write_with_format(row, 1, *code, &plain).unwrap();
        if code.is_empty() {
            continue;
        }
        let formula = rust_xlsxwriter::Formula::new(format!("=SUM(D{0}:G{0})", row + 1)).set_result(values.iter().sum::<f64>().to_string());
        sheet.write_formula_with_format(row, 2, formula, &plain).unwrap();
        for (column, value) in values.iter().enumerate() {
            let at = 3 + column as u16;
            if *code == "S05" {
                let letter = column_name(at);
                let formula = rust_xlsxwriter::Formula::new(format!("={letter}8+{letter}12")).set_result(value.to_string());
                sheet.write_formula_with_format(row, at, formula, &plain).unwrap();
            } else {
                sheet.write_with_format(row, at, *value, &plain).unwrap();
            }
        }
    }
    sheet.write(15, 0, "Người lập biểu").unwrap();
    sheet.write(16, 0, "Tên một người").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_strange_form_is_drafted_and_read() {
    let bytes = strange();
    let toml = draft(&bytes, "thu-vien.xlsx", "09-TV-CN");
    let schemas = load("import-strange", "09-TV-CN", &toml);
    assert_eq!(lint(&schemas), Vec::<Message>::new(), "{toml}");
    let form = form(&schemas, "nhap/09-TV-CN");
    assert_eq!((&*form.level, form.term.id()), ("THCS", "closing"));
    let sheet = form.layout.sheet("thu-vien").unwrap();
    assert_eq!((sheet.header_rows.first, sheet.header_rows.last, sheet.look.font_size), (4, 6, 11));
    let paths: Vec<String> = sheet.columns.iter().map(|column| column.path.join(" > ")).collect();
    assert_eq!(
        paths,
        [
            "Tài liệu > Tổng số",
            "Tài liệu > Công lập > Giấy",
            "Tài liệu > Công lập > Số",
            "Tài liệu > Tư thục > Giấy",
            "Tài liệu > Tư thục > Số"
        ]
    );
    let rows: Vec<_> =
        sheet.rows.iter().map(|row| (row.code.as_deref().unwrap_or(""), row.code_is_text, &*row.unit, &*row.group)).collect();
    assert_eq!(rows[2], ("S02", true, "cuốn", "Chia theo loại"));
    let sums = identities(form);
    for wanted in [
        "thu-vien: [1] = [2, 3, 4, 5] printed",
        "thu-vien: S05 = [\"S01\", \"S04\"] printed",
        "thu-vien: S01 = [\"S02\", \"S03\"] inferred",
    ] {
        assert!(sums.contains(wanted), "{wanted}: {sums:?}");
    }
    assert_eq!(sums.len(), 3, "{sums:?}");
    assert!(!toml.contains("Tên một người"), "names under the table stay out");
    let workbook = read(&bytes).unwrap();
    let Some((recognised, true)) = Recogniser::new(&[Arc::clone(form)]).recognise(&workbook) else { panic!("not recognised") };
    let filled = fill(&workbook, &recognised, NumberLocale::Vi);
    assert!(filled.findings.is_empty(), "{:?}", filled.findings);
    let value = |code: &str, column: u16| filled.values.get(sheet.slot(sheet.find_code(code).unwrap(), sheet.find_column(column).unwrap()));
    assert_eq!(value("S01", 1), (Status::Computed, 9));
    assert_eq!(value("S03", 2), (Status::Reported, 2));
    assert_eq!(value("S05", 5), (Status::Computed, 3));
}

/// Nothing merged, the codes before the labels, a letter row that numbers every column as text,
/// no total column over the blocks.
#[test]
fn a_form_without_merges_is_drafted_and_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Biểu 1").unwrap();
    sheet.write(0, 0, "Biểu số: 07-TH-CN").unwrap();
    sheet.write(1, 4, "Báo cáo kết quả giáo dục tiểu học").unwrap();
    sheet.write(2, 4, "Đơn vị báo cáo:").unwrap();
    sheet.write(2, 6, "Trường A").unwrap();
    let header: [[&str; 9]; 2] = [
        ["STT", "Mã số", "Chỉ tiêu", "ĐVT", "Công lập", "", "", "Tư thục", ""],
        ["", "", "", "", "Tổng số", "Nữ", "DTTS", "Tổng số", "Nữ"],
    ];
    for (row, texts) in header.iter().enumerate() {
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(4 + row as u32, column as u16, *text).unwrap();
        }
    }
    for column in 0..9_u16 {
        sheet.write(6, column, (column + 1).to_string()).unwrap();
    }
    let rows: [(&str, &str, &str, [u32; 5]); 5] = [
        ("1", "01", "Tổng số học sinh", [90, 40, 20, 10, 4]),
        ("1.1", "02", "Hoàn thành", [80, 38, 15, 9, 4]),
        ("1.2", "03", "Chưa hoàn thành", [10, 2, 5, 1, 0]),
        ("", "", "Trong đó:", [0; 5]),
        ("", "04", "- Lưu ban", [6, 1, 2, 1, 0]),
    ];
    for (index, (tt, code, label, values)) in rows.iter().enumerate() {
        let row = 7 + index as u32;
        sheet.write(row, 0, *tt).unwrap();
        sheet.write(row, 2, *label).unwrap();
        if !code.is_empty() {
            sheet.write(row, 1, *code).unwrap();
            sheet.write(row, 3, "người").unwrap();
            for (column, value) in values.iter().enumerate() {
                sheet.write(row, 4 + column as u16, *value).unwrap();
            }
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let request = Request { file: "x.xlsx", id: None, symbol: None, version: "draft", verified: false };
    let toml = to_toml(&import(&bytes, request, &words(), &Isolation::InProcess).unwrap(), Lang::Vi);
    let schemas = load("import-unmerged", "07-TH-CN", &toml);
    assert_eq!(lint(&schemas), Vec::<Message>::new(), "{toml}");
    let form = form(&schemas, "nhap/07-TH-CN");
    let sheet = form.layout.sheet("bieu-1").unwrap();
    let columns: Vec<(u16, String)> = sheet.columns.iter().map(|column| (column.number, column.path.join(" > "))).collect();
    let paths = ["Công lập > Tổng số", "Công lập > Nữ", "Công lập > DTTS", "Tư thục > Tổng số", "Tư thục > Nữ"];
    assert_eq!(columns, (5..).zip(paths.map(str::to_owned)).collect::<Vec<_>>());
    let sums = identities(form);
    for wanted in [
        "bieu-1: 01 = [\"02\", \"03\"] inferred",
        "bieu-1: 03 >= [\"04\"] inferred",
        "bieu-1: [5] >= [6]",
        "bieu-1: [5] >= [7]",
        "bieu-1: [8] >= [9]",
    ] {
        assert!(sums.contains(wanted), "{wanted}: {sums:?}");
    }
    assert_eq!(sums.len(), 5, "{sums:?}");
    let workbook = read(&bytes).unwrap();
    let Some((recognised, true)) = Recogniser::new(&[Arc::clone(form)]).recognise(&workbook) else { panic!("not recognised") };
    let filled = fill(&workbook, &recognised, NumberLocale::Vi);
    assert!(filled.findings.is_empty(), "{:?}", filled.findings);
    for (code, row) in [("01", 0), ("02", 1), ("03", 2), ("04", 4)] {
        for (column, number) in rows[row].3.iter().enumerate() {
            let slot = sheet.slot(sheet.find_code(code).unwrap(), column);
            assert_eq!(filled.values.get(slot), (Status::Reported, i64::from(*number)), "{code} {column}");
        }
    }
}

/// A workbook of a skeleton in the reference folder: its rows under a plain header, and the
/// relations it names, partitions split wherever a heading stands between their rows.
fn skeleton(path: &Path) -> (Vec<u8>, BTreeSet<String>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let mut book = Workbook::new();
    let mut relations: std::collections::BTreeMap<(String, bool, usize), Vec<String>> = std::collections::BTreeMap::new();
    let mut section = String::new();
    let (mut sheets, mut row, mut heading) = (0, 0, 0);
    for record in reader.records() {
        let record = record.unwrap();
        let get = |name: &str| record.get(headings.iter().position(|heading| heading == name).unwrap()).unwrap();
        if get("section") != section {
            get("section").clone_into(&mut section);
            sheets += 1;
            let sheet = book.add_worksheet();
            sheet.set_name(format!("S{sheets}")).unwrap();
            for (column, text) in ["TT", "Chỉ tiêu", "Đơn vị tính", "Mã số", "Tổng số", "Công lập", "Tư thục"].iter().enumerate()
            {
                sheet.write(0, column as u16, *text).unwrap();
            }
            row = 0;
        }
        row += 1;
        let sheet = book.worksheet_from_index(sheets - 1).unwrap();
        let bullet = if get("bullet").is_empty() { String::new() } else { format!("{} ", get("bullet")) };
        for (column, text) in [get("tt"), &format!("{bullet}{}", get("label")), get("unit"), get("ord")].iter().enumerate() {
            if !text.is_empty() {
                sheet.write(row, column as u16, *text).unwrap();
            }
        }
        if get("ord").is_empty() {
            heading = row as usize;
        } else if ["partition", "subset"].contains(&get("relation")) && !get("parent_ord").is_empty() {
            let is_sum = get("relation") == "partition";
            let key = (format!("s{sheets}: {}", get("parent_ord")), is_sum, if is_sum { heading } else { 0 });
            relations.entry(key).or_default().push(get("ord").to_owned());
        }
    }
    let mut known = BTreeSet::new();
    for ((whole, is_sum, _), parts) in relations {
        if is_sum {
            known.insert(format!("{whole} = {parts:?}"));
        } else {
            known.extend(parts.iter().map(|part| format!("{whole} >= {part}")));
        }
    }
    (book.save_to_buffer().unwrap(), known)
}

/// How far the rules carry beyond the two forms they were written with: clearly less far. Many of
/// these skeletons name relations that no heading, bullet or number shows. A measure, not a goal:
/// better rules change the numbers, and should.
#[test]
fn sums_of_forms_not_written_for_are_found_less_well() {
    let Some(folder) = shared() else { return };
    let (mut known, mut hits, mut wrong) = (0, 0, 0);
    for short in ["02-TH-CN", "03-THCS-CN", "03-THCS-DN", "04-THPT-CN", "04-THPT-DN"] {
        let (bytes, old) = skeleton(&folder.join(format!("reference/forms/inferred/{short}.inferred.csv")));
        let schemas = load(&format!("import-skeleton-{short}"), short, &draft(&bytes, "x.xlsx", short));
        let mut new = BTreeSet::new();
        for (_, sheet) in form(&schemas, &format!("nhap/{short}")).layout.data_sheets() {
            let code = |index: usize| sheet.coded_row(index).code.as_deref().unwrap();
            for sum in &sheet.sums.rows {
                let parts: Vec<&str> = sum.parts.iter().map(|&part| code(part)).collect();
                new.insert(format!("{}: {} = {parts:?}", sheet.id, code(sum.total)));
            }
            for sum in &sheet.sums.subsets {
                new.extend(sum.parts.iter().map(|&part| format!("{}: {} >= {}", sheet.id, code(sum.total), code(part))));
            }
        }
        for missed in old.difference(&new) {
            println!("{short}: missed {missed}");
        }
        for extra in new.difference(&old) {
            println!("{short}: not in the skeleton {extra}");
        }
        known += old.len();
        hits += old.intersection(&new).count();
        wrong += new.difference(&old).count();
    }
    println!("{hits} of {known} relations proposed, {wrong} proposals that the skeletons do not have");
    assert_eq!((hits, known, wrong), (142, 222, 53));
}

#[test]
fn numbers_lower_the_confidence_and_drop_nothing() {
    let Some(folder) = shared() else { return };
    let bytes = std::fs::read(folder.join("reference/forms/official/02-TH-DN.xlsx")).unwrap();
    let toml = draft(&bytes, "02-TH-DN.xlsx", "02-TH-ĐN");
    let line = |start: &str| toml.lines().find(|line| line.trim_start().starts_with(start)).unwrap_or_else(|| panic!("{start}")).to_owned();
    // 7 pupils by region are 9; by grade they agree.
    let (regions, grades) = (line("{ total = \"37\", parts = [\"38\""), line("{ total = \"37\", parts = [\"40\""));
    assert!(regions.contains("# CHECK") && regions.contains("FAILS in 8 places, first at E5"), "{regions}");
    assert!(grades.contains("# sure") && grades.contains("holds in"), "{grades}");
}

#[test]
fn the_command_writes_once_and_never_over() {
    let folder = scratch("import-command");
    let (file, out) = (folder.join("thu-vien.xlsx"), folder.join("nhap.toml"));
    std::fs::write(&file, strange()).unwrap();
    let run = |out: &Path| tkgd().args(["schema", "import"]).arg(&file).args(["--symbol", "09-TV-CN", "--out"]).arg(out).output().unwrap();
    let first = run(&out);
    assert!(first.status.success(), "{first:?}");
    assert!(String::from_utf8(first.stdout).unwrap().contains("5 dòng có mã × 5 cột"));
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.contains("layout_status = \"assumed\""));
    assert_eq!(run(&out).status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), written);
    assert_eq!(String::from_utf8(run(Path::new("-")).stdout).unwrap(), written);
    std::fs::write(&file, b"PK no workbook").unwrap();
    assert_eq!(run(&folder.join("other.toml")).status.code(), Some(2));
}
