//! A workspace set up by somebody who opens no TOML: `init`, the workbook of settings, commands that name no file, the next year.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use chrono::NaiveDate;
use tkgd::base::location::CellRef;
use tkgd::base::message::Lang;
use tkgd::base::term::{SchoolYear, Term};
use tkgd::jobs::{NewYearRequest, Session, StandingRequest, new_year, standing, standing_text};
use tkgd::ooxml::RawValue;
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::workbooks::Isolation;
use tkgd::workspace::{FoundWorkspace, Pipeline, Settings, SettingsSchema};

use super::support::{read, root, scratch, tkgd};
use super::workspace::{book, form, schemas, slot, values};

fn schema() -> SettingsSchema {
    SettingsSchema::built_in().unwrap()
}

fn run(folder: &Path, words: &[&str]) -> Output {
    tkgd().current_dir(folder).args(words).output().unwrap()
}

/// What a command says, on both streams; it must end with this code.
pub fn said(folder: &Path, words: &[&str], code: i32) -> String {
    let output = run(folder, words);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    said
}

/// A list as the sector's database gives it: twelve schools of two communes, and no forms.
fn list_of_schools(folder: &Path) {
    let mut list = "Mã trường;Tên trường;Cấp học;Loại hình;Báo cáo lên\n".to_owned();
    for index in 1..=12 {
        let commune = if index <= 6 { "X1" } else { "X2" };
        list.push_str(&format!("T{index:02};Trường Tiểu học {index};TH;công lập;{commune}\n"));
    }
    std::fs::write(folder.join("truong.csv"), list).unwrap();
}

/// A workspace of twelve schools, in a school year that is over on whatever day this runs.
pub fn province(name: &str) -> PathBuf {
    let folder = scratch(name);
    list_of_schools(&folder);
    let words = ["init", "tk", "--province", "Thanh Bình", "--year", "2025-2026", "--from", "truong.csv"];
    let text = said(&folder, &words, 0);
    assert!(text.contains("Biểu phải nộp của 12 đơn vị") && text.contains("tkgd tong-hop"), "{text}");
    folder.join("tk")
}

/// A returned workbook of a school.
pub fn hand_in(workspace: &Path, unit: &str, seed: u64) {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let bytes = book(&schemas, &form, &values(&schemas, &form, seed));
    std::fs::write(workspace.join(format!("bieu/2025-2026/dau-nam-hoc/{unit}_th.xlsx")), bytes).unwrap();
}

/// A sheet of the workbook of settings: rows of texts.
pub struct Rows<'a> {
    /// Its name.
    pub sheet: &'a str,
    /// Its rows.
    pub rows: &'a [&'a [&'a str]],
}

/// Writes a workbook of settings as somebody might have left it.
pub fn write_settings(path: &Path, sheets: &[Rows<'_>]) {
    let sheet = |own: &Rows<'_>| {
        let rows = (0..).zip(own.rows);
        let cells = rows.flat_map(|(row, texts)| (0..).zip(*texts).map(move |(column, text)| (row, column, *text)));
        let cell = |(row, column, text): (u32, u16, &str)| PlacedCell {
            at: CellRef::new(row, column),
            content: Content::Text(text.into()),
            style: CellStyle::default(),
        };
        let cells = cells.filter(|(_, _, text)| !text.is_empty()).map(cell).collect();
        SheetPlan { name: own.sheet.into(), cells, ..SheetPlan::default() }
    };
    let created = NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
    let plan = WorkbookPlan { title: String::new(), created, sheets: sheets.iter().map(sheet).collect(), ..WorkbookPlan::default() };
    std::fs::write(path, write_xlsx(&plan).unwrap()).unwrap();
}

const HEADINGS: &[&str] = &["Mục", "Giá trị", "Cách điền"];

#[test]
fn a_province_of_twelve_schools_comes_to_its_report_without_a_pipeline_file() {
    let workspace = province("setup-province");
    assert!(!workspace.join("dau-nam-hoc.toml").exists());
    // Nothing is there yet: blank workbooks are handed out.
    let text = said(&workspace, &["bieu-trong", "--out", "bieu-trong", "--term", "dau-nam-hoc"], 0);
    assert!(text.contains("12 tệp"), "{text}");
    (1..=12).for_each(|index| hand_in(&workspace, &format!("T{index:02}"), index));
    // A template that was filled in may have any name, also one that begins with a word and a line.
    let (blank, renamed) =
        (workspace.join("bieu-trong/T12_02-TH-DN.xlsx"), workspace.join("bieu/2025-2026/dau-nam-hoc/tieu_hoc muoi hai.xlsx"));
    std::fs::copy(&blank, &renamed).unwrap();
    let text = said(&workspace, &["tong-hop", "--term", "dau-nam-hoc"], 0);
    assert!(text.contains("coi như chưa nhận\n  Trường Tiểu học 12 (T12"), "{text}");
    std::fs::remove_file(renamed).unwrap();
    let text = said(&workspace, &["tong-hop", "--term", "dau-nam-hoc"], 0);
    assert!(text.contains("đã nhận 12/12 báo cáo") && text.contains("0 lỗi"), "{text}");
    assert!(workspace.join("ket-qua/2025-2026-opening/bao-cao").is_dir());
    // The same from a folder below, and by the name of the term; the note of the program in the folder is no return.
    let below = workspace.join("bieu");
    assert!(said(&below, &["status", "dau-nam-hoc"], 0).contains("đã nộp 12"));
    assert!(text.contains("12 tệp: 12 được tính"), "{text}");
    let text = said(&workspace, &["doi-chieu", "dau-nam-hoc", "bieu/2025-2026/dau-nam-hoc"], 0);
    assert!(text.contains("12"), "{text}");
    assert!(said(&workspace, &["don-vi", "kiem-tra", "dau-nam-hoc"], 0).contains("15 đơn vị"));
    // A release keeps the pipeline that came of the workbook, and is made again from it.
    said(&workspace, &["chot", "dau-nam-hoc", "--kind", "official"], 0);
    let kept = std::fs::read_to_string(workspace.join("luu-tru/releases/2025-2026-opening/r001-official/pipeline.toml")).unwrap();
    assert!(kept.contains("place = \"Thanh Bình\"") && !kept.contains("thiet-lap"), "{kept}");
    // Blank workbooks of the closing show what was reported at the opening, on the rows that ask for it.
    let text = said(&workspace, &["bieu-trong", "cuoi-nam-hoc", "--out", "bieu-trong-cuoi"], 0);
    assert!(text.contains("12 tệp, 12 biểu kèm số liệu kỳ trước"), "{text}");
    let template = read(&std::fs::read(workspace.join("bieu-trong-cuoi/T01_02-TH-CN.xlsx")).unwrap()).unwrap();
    let shown = template.sheets.iter().find(|sheet| sheet.name == "Kỳ trước").unwrap();
    let is_start = |value: &RawValue| matches!(value, RawValue::Text(text) if &**text == "DL008");
    let line = shown.cells.iter().find(|cell| is_start(&cell.value)).unwrap().row;
    let number = shown.cells.iter().find(|cell| cell.row == line && matches!(cell.value, RawValue::Number(_))).unwrap();
    let (schemas, form) = (schemas(), form(&schemas(), "02-TH-DN"));
    let reported = values(&schemas, &form, 1).number(slot(&form, "III/37/1")).unwrap();
    assert_eq!(number.value, RawValue::Number(reported as f64));
    let text = said(&workspace, &["archive", "rebuild", "2025-2026-opening@1", "--out", "lai"], 0);
    assert!(text.contains("0 tệp khác"), "{text}");
}

/// The register that comes of a list: its lines after the headings, each as texts by the name of their column.
fn register_of(folder: &Path, list: &str, more: &[&str]) -> Vec<BTreeMap<String, String>> {
    std::fs::write(folder.join("ds.csv"), list).unwrap();
    let _ = std::fs::remove_dir_all(folder.join("tk"));
    let words = ["init", "tk", "--csv", "--province", "Thanh Bình", "--year", "2025-2026", "--from", "ds.csv"];
    said(folder, &[&words, more].concat(), 0);
    let text = std::fs::read_to_string(folder.join("tk/danh-sach-don-vi.csv")).unwrap();
    let text: String = text.lines().filter(|line| !line.starts_with('#')).flat_map(|line| [line, "\n"]).collect();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// A column of a register, by the codes of its units.
fn column<'a>(register: &'a [BTreeMap<String, String>], name: &str) -> Vec<(&'a str, &'a str)> {
    let name = name.to_owned();
    register.iter().map(|line| (line["Mã đơn vị"].as_str(), line[&name].as_str())).collect()
}

#[test]
fn a_list_that_holds_its_offices_gets_no_second_ones() {
    let folder = scratch("setup-offices");
    // The department is the top, whatever its code; who is told by name is the unit of the list.
    let list = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Cấp học;Báo cáo lên;Báo cáo chung với\n\
        T01;Trường Tiểu học A;trường;Tiểu học;Xã Tân An;\nSGD;Sở GDĐT Thanh Bình;Sở;;Bộ Giáo dục và Đào tạo;\n\
        X1;Xã Tân An;xã/phường;;;\nT02;Trường THPT B;trường;THPT;SGD;\nN01;Nhóm trẻ C;cơ sở;Mầm non;;X1\n";
    let register = register_of(&folder, list, &[]);
    let above = [("T01", "X1"), ("SGD", ""), ("X1", "SGD"), ("T02", "SGD"), ("N01", "X1")];
    assert_eq!(column(&register, "Báo cáo lên"), above);
    let forms = column(&register, "Biểu phải nộp");
    // Who reports together with another owes nothing of its own.
    assert!(forms[0].1.contains("02-TH-DN") && forms[3].1.contains("04-THPT-DN") && forms[4].1.is_empty(), "{forms:?}");
    // The report of the province is made once, and nothing of the register is asked about.
    let text = said(&folder, &["units", "lint", "--year", "2025-2026", "tk/danh-sach-don-vi.csv"], 0);
    assert!(text.contains("5 đơn vị") && text.contains("0 điều cần xem") && !text.contains("unit-reports-to-nobody"), "{text}");
    // Titles above the headings, as systems export lists.
    let titled = format!("DANH SÁCH TRƯỜNG, CƠ SỞ GIÁO DỤC;;;;;\nNăm học 2025-2026;;;;;\n;;;;;\n{list}");
    assert_eq!(register_of(&folder, &titled, &[]), register);
    // Lines that tell no kind: offices are known by their names.
    let list = "Mã đơn vị;Tên đơn vị;Cấp học\nSGD;Sở Giáo dục và Đào tạo Thanh Bình;\nT01;Trường Xã Đàn;TH\nT02;Trường B;TH\n";
    let register = register_of(&folder, list, &[]);
    assert_eq!(column(&register, "Loại đơn vị"), [("SGD", "Sở"), ("T01", "trường"), ("T02", "trường")]);
    assert_eq!(column(&register, "Báo cáo lên"), [("SGD", ""), ("T01", "SGD"), ("T02", "SGD")]);
}

#[test]
fn a_list_with_two_departments_is_asked_about() {
    let folder = scratch("setup-two-tops");
    let list = "Mã đơn vị;Tên đơn vị;Loại đơn vị\nSA;Sở A;Sở\nT1;Trường 1;trường\nSB;Sở B;Sở\n";
    std::fs::write(folder.join("ds.csv"), list).unwrap();
    let init = ["init", "tk", "--province", "A", "--year", "2025-2026", "--from", "ds.csv"];
    let text = said(&folder, &init, 2);
    assert!(text.contains("có 2 đơn vị loại Sở: Sở A (SA, dòng 2); Sở B (SB, dòng 4)") && text.contains("--top \"SA=Sở A\""), "{text}");
    assert!(!folder.join("tk").exists());
    // What is told is the answer, unless it contradicts the list.
    let text = said(&folder, &[&init[..], &["--top", "SC=Sở C"]].concat(), 2);
    assert!(text.contains("--top nêu SC, mà danh sách đã có"), "{text}");
    let register = register_of(&folder, list, &["--top", "SB=Sở B"]);
    assert_eq!(column(&register, "Báo cáo lên"), [("SA", "SB"), ("T1", ""), ("SB", "")]);
    // A school that has the code of the top is no office, and two communes of a name are told apart by their codes.
    std::fs::write(folder.join("ds.csv"), "Mã đơn vị;Tên đơn vị\nS01;Trường 1\n").unwrap();
    let _ = std::fs::remove_dir_all(folder.join("tk"));
    assert!(said(&folder, &init, 2).contains("mã S01 của đơn vị trên cùng đã là mã của Trường 1 (S01, dòng 2)"));
    let same = "Mã đơn vị;Tên đơn vị;Loại đơn vị;Báo cáo lên\nX1;Xã A;xã/phường;\nX2;Xã A;xã/phường;\nT1;Trường 1;trường;Xã A\n";
    std::fs::write(folder.join("ds.csv"), same).unwrap();
    assert!(said(&folder, &init, 2).contains("dòng 4, Báo cáo lên: Xã A là tên của nhiều đơn vị (X1, X2)"));
}

#[test]
fn levels_are_read_as_people_write_them() {
    let folder = scratch("setup-levels");
    let written = ["Mầm non", "Tiểu học", "THCS và THPT", "TH, THCS", "Tiểu học; Trung học cơ sở", "TH/THCS", "TH+THCS", "tiểu học - thcs"];
    let mut list = "Mã trường;Tên trường;Cấp học\n".to_owned();
    (1..).zip(written).for_each(|(code, levels)| list.push_str(&format!("T{code};Trường {code};\"{levels}\"\n")));
    let register = register_of(&folder, &list, &[]);
    let named = |forms: &str| ["01-MN-DN", "02-TH-DN", "03-THCS-DN", "04-THPT-DN"].map(|form| forms.split(' ').any(|own| own == form));
    let (primary, both) = ([false, true, false, false], [false, true, true, false]);
    let expected = [[true, false, false, false], primary, [false, false, true, true], both, both, both, both, both];
    let found: Vec<_> = column(&register, "Biểu phải nộp")[1..].iter().map(|(_, forms)| named(forms)).collect();
    assert_eq!(found, expected);
    // The register reads them as the list does; what is no level is told with its line.
    let text = said(&folder, &["units", "lint", "--year", "2025-2026", "tk/danh-sach-don-vi.csv"], 0);
    assert!(text.contains("9 đơn vị"), "{text}");
    std::fs::write(folder.join("ds.csv"), "Mã trường;Tên trường;Cấp học\nT1;Trường 1;Tiểu học và đại học\n").unwrap();
    let text = said(&folder, &["init", "moi", "--province", "A", "--year", "2025-2026", "--from", "ds.csv"], 2);
    assert!(text.contains("dòng 2") && text.contains("`đại học`") && !text.contains("`Tiểu"), "{text}");
}

#[test]
fn settings_may_change_places_and_have_blank_lines_and_notes() {
    let folder = scratch("setup-order");
    let path = folder.join("thiet-lap.xlsx");
    let rows: &[&[&str]] = &[
        &["Ghi chú của tôi", "Mục", "Giá trị"],
        &["", "In chỗ ký tên, đóng dấu", "Có"],
        &[],
        &["nhớ hỏi lại", "Tệp danh sách đơn vị", "danh sach\\don-vi.xlsx"],
        &["", "NƠI GHI KẾT QUẢ"],
        &["", "Hai tệp khác nhau của một đơn vị", "nhận tệp mới nhất"],
        &["", "Xuất biểu của Sở", "không"],
        &["", "Xuất thêm biểu của các đơn vị", "T01; T02"],
        &["", "Năm học", "2025 – 2026"],
        &["", "Thư mục biểu đầu năm học", "bieu; them\\moi\\"],
        &["", "Tên tỉnh, thành phố", ""],
    ];
    let deadlines: &[&[&str]] = &[
        &["Kỳ", "Hạn nộp", "Số văn bản", "Ngày văn bản", "Loại đơn vị", "Cấp học", "Mã đơn vị", "Biểu"],
        &["Đầu năm học", "10/10/2025", "Công văn 123/SGDĐT", "12/09/2025", "trường; trung tâm", "TH"],
        &["Cuối năm học", "2026-06-15", "Công văn 77/SGDĐT"],
    ];
    write_settings(&path, &[Rows { sheet: "Hạn nộp", rows: deadlines }, Rows { sheet: "Thiết lập", rows }]);
    let pipeline = Pipeline::open(&folder.join("dau-nam-hoc")).unwrap();
    insta::assert_snapshot!(pipeline.text, @r#"
    register = "danh sach/don-vi.xlsx"
    school_year = "2025-2026"
    term = "opening"
    title = "Báo cáo đầu năm học 2025-2026"

    [[deadlines]]
    document = "Công văn 123/SGDĐT ngày 12/09/2025"
    due = "2025-10-10"
    kinds = ["school", "centre"]
    levels = ["TH"]
    school_year = "2025-2026"
    term = "opening"

    [inputs]
    duplicates = "newest"
    workbooks = ["bieu", "them/moi"]

    [outputs]
    reports = ["T01", "T02"]
    signature = true
    "#);
    assert_eq!((pipeline.period.term, pipeline.path(&pipeline.file.register)), (Term::Opening, folder.join("danh sach/don-vi.xlsx")));
}

#[test]
fn everything_wrong_with_settings_is_told_at_once() {
    let folder = scratch("setup-wrong");
    let path = folder.join("thiet-lap.xlsx");
    let rows: &[&[&str]] = &[
        HEADINGS,
        &["Năm học", "2025-2027"],
        &["Tệp danh sách đơn vi", "a.xlsx"],
        &["Hai tệp khác nhau của một đơn vị", "nhận tệp cũ nhất"],
        &["In chỗ ký tên, đóng dấu", "được"],
        &["Xuất biểu của Sở", "không"],
        &["Xuất biểu của từng xã, phường", "không"],
        &["", "giá trị lạc"],
        &["Thư mục kết quả", "ra"],
        &["Thư mục kết quả", "ra khac"],
    ];
    let deadlines: &[&[&str]] = &[
        &["Kỳ", "Hạn nộp", "Số văn bản", "Ngày văn bản", "Loại đơn vị", "Cấp học", "Mã đơn vị", "Biểu"],
        &["Giữa năm", "31/02/2026", "", "", "siêu thị"],
        &["Đầu năm học", "10/10/2025", ""],
    ];
    let lists: &[&[&str]] = &[&["Kỳ", "Tệp", "Ký hiệu biểu", "Tệp đối chiếu cột"], &["Đầu năm học", "a.csv"]];
    write_settings(
        &path,
        &[Rows { sheet: "Thiết lập", rows }, Rows { sheet: "Hạn nộp", rows: deadlines }, Rows { sheet: "Bảng số liệu", rows: lists }],
    );
    insta::assert_snapshot!(said(&folder, &["run"], 2), @r#"
    lỗi: `thiet-lap.xlsx` chưa đúng: trang "Thiết lập", ô B2, mục "Năm học": ghi "2025-2027", không phải năm học; ví dụ đúng: 2025-2026
      trang "Thiết lập", ô B3, mục "Tệp danh sách đơn vi": không có mục này; có phải là `Tệp danh sách đơn vị`?
      trang "Thiết lập", ô B4, mục "Hai tệp khác nhau của một đơn vị": ghi "nhận tệp cũ nhất"; chỉ nhận: không nhận tệp nào · nhận tệp mới nhất; có phải là `nhận tệp mới nhất`?
      trang "Thiết lập", ô B5, mục "In chỗ ký tên, đóng dấu": ghi "được"; chỉ nhận: có, không
      trang "Thiết lập", ô B8, mục "": có giá trị mà không có tên mục
      trang "Thiết lập", ô B10, mục "Thư mục kết quả": đã ghi ở ô B9; chỉ ghi một lần
      chưa điền mục "Năm học"
      chưa điền mục "Tệp danh sách đơn vị"
      phải chọn ít nhất một trong các mục: Xuất biểu của Sở · Xuất biểu của từng xã, phường · Xuất thêm biểu của các đơn vị
      trang "Hạn nộp", ô A2, mục "Kỳ": ghi "Giữa năm"; chỉ nhận: Đầu năm học · Cuối năm học · Cuối năm học (sau kiểm tra lại trong hè)
      trang "Hạn nộp", ô B2, mục "Hạn nộp": ghi "31/02/2026", không phải ngày; ví dụ đúng: 10/10/2025
      trang "Hạn nộp", ô C2, mục "Số văn bản": hạn nộp phải nêu số văn bản quy định
      trang "Hạn nộp", ô E2, mục "Loại đơn vị": ghi "siêu thị"; chỉ nhận: trường · cơ sở · trung tâm · xã/phường · huyện · Sở
      trang "Hạn nộp", ô C3, mục "Số văn bản": hạn nộp phải nêu số văn bản quy định
      trang "Bảng số liệu", ô C2, mục "Ký hiệu biểu": cần ký hiệu biểu hoặc tệp đối chiếu cột
    gợi ý: sửa các ô đã nêu, lưu tệp rồi chạy lại
    "#);
    // What is no workbook, or one without the sheet, is said to be so.
    std::fs::write(&path, "Năm học,2025-2026\n").unwrap();
    assert!(said(&folder, &["run"], 2).contains("thiet-lap.xlsx"));
    write_settings(&path, &[Rows { sheet: "Trang1", rows: &[HEADINGS] }]);
    assert!(said(&folder, &["run"], 2).contains("không có trang \"Thiết lập\""));
}

#[test]
fn what_settings_name_is_held_against_the_register() {
    let workspace = province("setup-named");
    let path = workspace.join("thiet-lap.xlsx");
    let rows = |reports| {
        vec![
            ["Mục", "Giá trị"],
            ["Năm học", "2025-2026"],
            ["Tệp danh sách đơn vị", "danh-sach-don-vi.xlsx"],
            ["Thư mục biểu đầu năm học", "bieu/2025-2026/dau-nam-hoc"],
            ["Xuất thêm biểu của các đơn vị", reports],
        ]
    };
    let write = |reports: &'static str, deadlines: &[&[&str]]| {
        let (rows, head) = (rows(reports), ["Kỳ", "Hạn nộp", "Số văn bản", "Ngày văn bản", "Cấp học", "Mã đơn vị", "Biểu"]);
        let rows: Vec<&[&str]> = rows.iter().map(<[&str; 2]>::as_slice).collect();
        let deadlines: Vec<&[&str]> = [head.as_slice()].into_iter().chain(deadlines.iter().copied()).collect();
        write_settings(&path, &[Rows { sheet: "Thiết lập", rows: &rows }, Rows { sheet: "Hạn nộp", rows: &deadlines }]);
    };
    // A day of another decade is told with its cell, without the register.
    write("T01", &[&["Đầu năm học", "10/10/2035", "CV 1", "12/09/2015", "TH"]]);
    let text = said(&workspace, &["run", "--term", "dau-nam-hoc"], 2);
    assert!(text.contains("ô B2, mục \"Hạn nộp\": ngày 10/10/2035 cách năm học 2025-2026 hơn một năm") && text.contains("ô D2"), "{text}");
    // Units and forms that there are not, wherever they stand.
    write(
        "X1; Sở Giáo dục và Đào tạo Thanh Bình; T99; T01",
        &[&["Đầu năm học", "10/10/2025", "CV 1", "", "Tiểu học và THCS", "T77; Trường Tiểu học 2", "02-TH-ĐN; 99-XX"]],
    );
    for words in [&["run", "--term", "dau-nam-hoc"][..], &["status", "dau-nam-hoc"]] {
        let text = said(&workspace, words, 2);
        assert!(text.contains("ô B5") && text.contains("không có đơn vị `T99`") && text.contains("`T01` không cộng số liệu"), "{text}");
        assert!(text.contains("trang \"Hạn nộp\", ô F2, mục \"Mã đơn vị\": không có đơn vị `T77`"), "{text}");
        assert!(
            text.contains("ô G2") && text.contains("không có biểu `99-XX`") && !text.contains("`X1`") && !text.contains("Tiểu học 2`"),
            "{text}"
        );
    }
    // A unit is named by its name as well as by its code.
    write("Sở Giáo dục và Đào tạo Thanh Bình", &[&["Đầu năm học", "10/09/2025", "CV 1", "", "", "Trường Tiểu học 2", ""]]);
    (1..=12).for_each(|index| hand_in(&workspace, &format!("T{index:02}"), index));
    assert!(said(&workspace, &["run", "--term", "dau-nam-hoc"], 0).contains("12/12"));
    let reports: Vec<_> =
        std::fs::read_dir(workspace.join("out/2025-2026-opening/bao-cao")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(reports.len() == 1 && reports[0].to_string_lossy().contains("Sở Giáo dục"), "{reports:?}");
    let status = said(&workspace, &["status", "dau-nam-hoc", "--format", "json"], 0);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let due = |unit: &str| status["returns"].as_array().unwrap().iter().find(|own| own["unit"] == unit).unwrap()["due"].clone();
    assert_ne!(due("T02"), due("T03"), "{status:#}");
}

#[test]
fn a_deadline_in_a_text_is_held_against_the_register_too() {
    let workspace = province("setup-named-toml");
    let pipeline = "settings = \"thiet-lap.xlsx\"\nterm = \"opening\"\n";
    let with = |text: &str| std::fs::write(workspace.join("dau.toml"), format!("{pipeline}{text}")).unwrap();
    with(
        "[[deadlines]]\nschool_year = \"2025-2026\"\nterm = \"opening\"\ndue = \"2025-10-10\"\ndocument = \"CV 1\"\nunits = [\"T77\"]\nkinds = [\"shop\"]\n",
    );
    let text = said(&workspace, &["run", "dau.toml"], 2);
    assert!(text.contains("hạn nộp 2025-10-10, units: không có đơn vị `T77`") && text.contains("không có loại đơn vị `shop`"), "{text}");
    with("[[deadlines]]\nschool_year = \"2025-2026\"\nterm = \"opening\"\ndue = \"2052-10-10\"\ndocument = \"CV 1\"\n");
    assert!(said(&workspace, &["run", "dau.toml"], 2).contains("ngày 10/10/2052 cách năm học 2025-2026 hơn một năm"));
}

#[test]
fn a_formula_that_nothing_calculated_is_no_setting() {
    let workspace = province("setup-uncalculated");
    let path = workspace.join("thiet-lap.xlsx");
    let changed = super::returned::sheet_changed(&std::fs::read(&path).unwrap(), "Thiết lập", |part| {
        let cell = regex::Regex::new(r#"<c r="B4"[^>]*>.*?</c>"#).unwrap();
        cell.replace(part, r#"<c r="B4"><f>"2025-"&amp;"2026"</f></c>"#).into_owned()
    });
    std::fs::write(&path, changed).unwrap();
    let text = said(&workspace, &["run"], 2);
    assert!(text.contains("trang \"Thiết lập\", ô B4") && text.contains("công thức chưa có giá trị") && text.contains("lưu lại"), "{text}");
    assert!(!text.contains("\"=\""), "{text}");
}

#[test]
fn a_pipeline_file_and_the_workbook_cannot_disagree() {
    let workspace = province("setup-disagree");
    (1..=12).for_each(|index| hand_in(&workspace, &format!("T{index:02}"), index));
    let file = workspace.join("dau.toml");
    // It does not name the workbook.
    let alone = "title = \"A\"\nschool_year = \"2025-2026\"\nterm = \"opening\"\nregister = \"danh-sach-don-vi.xlsx\"\n[inputs]\n";
    std::fs::write(&file, alone).unwrap();
    insta::assert_snapshot!(said(&workspace, &["run", "dau.toml"], 2), @r#"
    lỗi: `dau.toml` chưa đúng: cùng thư mục có thiet-lap.xlsx, cũng thiết lập kỳ đầu năm học 2025-2026; hai tệp có thể mâu thuẫn
    gợi ý: thêm dòng settings = "thiet-lap.xlsx" vào tệp .toml rồi xóa khỏi đó những gì thiet-lap.xlsx đã ghi, hoặc xóa tệp .toml
    "#);
    // It names it, and says something once more.
    std::fs::write(&file, "settings = \"thiet-lap.xlsx\"\nterm = \"opening\"\n[outputs]\nplace = \"Nơi khác\"\nsignature = false\n")
        .unwrap();
    insta::assert_snapshot!(said(&workspace, &["run", "dau.toml"], 2), @r#"
    lỗi: `dau.toml` chưa đúng: khóa `outputs.place` ghi cả ở đây và ở thiết lập (trang "Thiết lập", ô B3, mục "Tên tỉnh, thành phố")
      khóa `outputs.signature` ghi cả ở đây và ở thiết lập (trang "Thiết lập", ô B26, mục "In chỗ ký tên, đóng dấu")
    gợi ý: chỉ giữ một nơi: xóa khóa trong tệp .toml, hoặc để trống dòng trong thiet-lap.xlsx
    "#);
    // It adds what the workbook does not say, and is then the pipeline of the term.
    let adds = "settings = \"thiet-lap.xlsx\"\nterm = \"opening\"\n[outputs.bases]\nnational-standard-schools = \"public\"\n";
    std::fs::write(&file, adds).unwrap();
    let found = FoundWorkspace::open(&workspace, &schema()).unwrap();
    let due = found.due(NaiveDate::from_ymd_opt(2025, 10, 1).unwrap()).unwrap();
    assert_eq!(due.path, file);
    let pipeline = Pipeline::open(&due.path).unwrap();
    assert_eq!(pipeline.file.outputs.place, "Thanh Bình");
    assert_eq!(pipeline.file.outputs.bases.len(), 1);
    assert_eq!(pipeline.workspace, workspace);
    // One of another year beside it is left alone.
    std::fs::write(&file, alone.replace("2025-2026", "2023-2024")).unwrap();
    assert!(Pipeline::open(&file).is_ok());
}

#[test]
fn the_term_whose_returns_are_collected_is_due() {
    let workspace = province("setup-due");
    let found = FoundWorkspace::open(&workspace, &schema()).unwrap();
    let due = |year, month, day| {
        let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        found.due(day).unwrap().path.file_name().unwrap().to_string_lossy().into_owned()
    };
    assert_eq!([due(2025, 8, 15), due(2025, 10, 5), due(2026, 4, 20)], ["dau-nam-hoc"; 3]);
    assert_eq!([due(2026, 5, 10), due(2026, 6, 15), due(2030, 1, 1)], ["cuoi-nam-hoc"; 3]);
    // The state after the summer is taken only when it is named.
    let closing = Pipeline::open(&workspace.join("cuoi-nam-hoc-sau-he")).unwrap();
    assert_eq!(closing.file.result_state.as_deref(), Some("after-retests"));
    // What was taken is said, and how to take the other; of pipeline files, too.
    let text = said(&workspace, &["status"], 0);
    assert!(text.contains("Kỳ: cuối năm học 2025-2026") && text.contains("--term dau-nam-hoc"), "{text}");
    let folder = scratch("setup-due-toml").join("tk");
    said(root(), &["init", folder.to_str().unwrap(), "--toml", "--year", "2025-2026"], 0);
    assert!(folder.join("dau-nam-hoc.toml").is_file() && !folder.join("thiet-lap.xlsx").exists());
    assert!(said(&folder, &["status", "--term", "opening"], 0).contains("Kỳ đầu năm học 2025-2026"));
    let text = said(&folder, &["status", "dau-nam-hoc.toml", "--term", "cuoi-nam-hoc"], 2);
    assert!(text.contains("--term"), "{text}");
    // Nothing is there: what was looked for, and how to begin.
    let empty = std::env::temp_dir().join(format!("tkgd-setup-nothing-{}", std::process::id()));
    std::fs::create_dir_all(&empty).unwrap();
    let text = said(&empty, &["run"], 2);
    assert!(text.contains("thiet-lap.xlsx") && text.contains("tkgd init"), "{text}");
    std::fs::remove_dir(&empty).unwrap();
}

#[test]
fn tkgd_alone_says_where_a_workspace_stands_and_what_comes_next() {
    let workspace = province("setup-standing");
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let on = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
    let say = |day: &str| {
        let found = standing(&session, &StandingRequest { folder: Some(workspace.clone()), on: on(day) }).unwrap();
        standing_text(found.as_ref(), Lang::Vi).replace(&workspace.display().to_string(), "TK")
    };
    insta::assert_snapshot!(say("2025-10-20"), @r#"
    Thống kê giáo dục Thanh Bình, năm học 2025-2026
      Thư mục: TK
      Kỳ đang làm: Kỳ đầu năm học 2025-2026
      Hạn nộp: 31/10/2025, còn 11 ngày
      Đã nhận 0/12 báo cáo, quá hạn 0
      Chưa chạy lần nào trong kỳ này
      Chưa có bản chốt của kỳ này

    Việc tiếp theo:
      1. tạo biểu trống để phát cho các đơn vị:
         tkgd bieu-trong --out bieu-trong --zip
      2. chép biểu các đơn vị nộp vào bieu/2025-2026/dau-nam-hoc, rồi chạy:
         tkgd tong-hop
    "#);
    (1..=11).for_each(|index| hand_in(&workspace, &format!("T{index:02}"), index));
    assert!(say("2025-10-20").contains("đã có 11 tệp"), "{}", say("2025-10-20"));
    said(&workspace, &["run", "dau-nam-hoc", "--received-on", "2025-10-19"], 0);
    insta::assert_snapshot!(say("2025-11-02"), @r#"
    Thống kê giáo dục Thanh Bình, năm học 2025-2026
      Thư mục: TK
      Kỳ đang làm: Kỳ đầu năm học 2025-2026
      Hạn nộp: 31/10/2025, đã quá 2 ngày
      Đã nhận 11/12 báo cáo, quá hạn 1
      Còn 0 lỗi, 0 chỗ chờ giải trình (theo lần chạy gần nhất)
      Chưa có bản chốt của kỳ này

    Việc tiếp theo:
      1. nhắc nộp 1 báo cáo còn thiếu:
         tkgd tinh-trang --reminders nhac-nop.xlsx
      2. chép biểu các đơn vị nộp vào bieu/2025-2026/dau-nam-hoc, rồi chạy:
         tkgd tong-hop
    "#);
    hand_in(&workspace, "T12", 12);
    said(&workspace, &["run", "dau-nam-hoc", "--received-on", "2025-11-03"], 0);
    assert!(say("2025-11-04").contains("tkgd chot --kind official"), "{}", say("2025-11-04"));
    said(&workspace, &["chot", "dau-nam-hoc", "--kind", "official"], 0);
    assert!(say("2025-11-05").contains("Bản chốt gần nhất: số 1, "), "{}", say("2025-11-05"));
    assert!(say("2025-11-05").lines().count() <= 20);
    // A register that cannot be used is the first thing to mend.
    std::fs::write(workspace.join("danh-sach-don-vi.xlsx"), "").unwrap();
    let text = say("2025-10-20");
    assert!(text.contains("Chưa làm được: ") && text.contains("tkgd don-vi kiem-tra"), "{text}");
    // The command itself, and outside of a workspace.
    assert!(said(&workspace, &[], 0).contains("Thống kê giáo dục Thanh Bình"));
    let begin = standing_text(None, Lang::Vi);
    assert!(begin.contains("tkgd khoi-tao thong-ke") && begin.lines().count() <= 20, "{begin}");
}

#[test]
fn the_next_school_year_loses_nothing_of_the_old_one() {
    let workspace = province("setup-new-year");
    let path = workspace.join("thiet-lap.xlsx");
    let rows: &[&[&str]] = &[
        &["Mục", "Giá trị", "Ghi chú"],
        &["Tên tỉnh, thành phố", "Thanh Bình", "hỏi lại"],
        &["Năm học", "2025-2026"],
        &["Tệp danh sách đơn vị", "danh-sach-don-vi.xlsx"],
        &["Thư mục biểu đầu năm học", "bieu/2025-2026/dau-nam-hoc"],
        &["Thư mục biểu cuối năm học", "bieu-cuoi"],
        &["Bảng ngày nhận biểu", "ngay-nhan.csv"],
        &["Hai tệp khác nhau của một đơn vị", "nhận tệp mới nhất"],
    ];
    let deadlines: &[&[&str]] = &[&["Kỳ", "Hạn nộp", "Số văn bản"], &["Đầu năm học", "10/10/2025", "Công văn 1"]];
    write_settings(&path, &[Rows { sheet: "Thiết lập", rows }, Rows { sheet: "Hạn nộp", rows: deadlines }]);
    let before = std::fs::read(&path).unwrap();
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let open = |day: &str| new_year(&session, &NewYearRequest { folder: Some(workspace.clone()), on: day.parse().ok() });
    assert!(open("2025-12-01").unwrap_err().to_string().contains("too early"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let opened = open("2026-07-15").unwrap();
    insta::assert_snapshot!(opened.text(Lang::Vi).replace(&format!("{}/", workspace.display()), ""), @r#"
    Đã mở năm học 2026-2027
      thiet-lap.xlsx: thiết lập của năm học 2026-2027; thiết lập năm học 2025-2026 giữ nguyên ở thiet-lap 2025-2026.xlsx
      1 dòng hạn nộp và bảng số liệu của năm cũ không chuyển sang; vẫn còn trong tệp thiết lập cũ, cả cột ghi chú thêm
      bieu/2026-2027/dau-nam-hoc: nơi chép biểu
      bieu/2026-2027/cuoi-nam-hoc: nơi chép biểu
      danh sách đơn vị dùng tiếp: 15 đơn vị có hiệu lực đầu năm học mới, 0 điều cần xem
      chưa chốt đầu năm học 2025-2026: tkgd chot "thiet-lap 2025-2026.xlsx" --term dau-nam-hoc --kind official
      chưa chốt cuối năm học 2025-2026: tkgd chot "thiet-lap 2025-2026.xlsx" --term cuoi-nam-hoc --kind official
    Việc tiếp theo:
      1. danh sách đơn vị: thêm dòng mới có ngày cho trường đổi tên, đổi xã, giải thể; không xóa dòng cũ; kiểm tra: tkgd don-vi kiem-tra
      2. ghi hạn nộp năm nay vào thiet-lap.xlsx
      3. tạo biểu trống, kèm số liệu năm trước: tkgd bieu-trong --out bieu-trong --zip
    "#);
    assert_eq!(std::fs::read(workspace.join("thiet-lap 2025-2026.xlsx")).unwrap(), before);
    let settings = Settings::read(&path, &schema()).unwrap();
    assert_eq!(settings.year, SchoolYear(2026));
    let pipeline = Pipeline::open(&workspace.join("dau-nam-hoc")).unwrap();
    assert_eq!(pipeline.file.inputs.workbooks, [PathBuf::from("bieu/2026-2027/dau-nam-hoc")]);
    // A folder that does not name its year would hold returns of two years, a table of days those of last year's returns.
    let closing = Pipeline::open(&workspace.join("cuoi-nam-hoc")).unwrap();
    assert_eq!(closing.file.inputs.workbooks, [PathBuf::from("bieu/2026-2027/cuoi-nam-hoc")]);
    assert!(pipeline.file.inputs.receipts.is_none() && pipeline.file.deadlines.is_empty());
    assert_eq!(pipeline.file.outputs.place, "Thanh Bình");
    // Once more by mistake opens no third year; the old one goes on under its name.
    assert!(open("2026-07-15").is_err());
    let old = Pipeline::open(&workspace.join("thiet-lap 2025-2026.xlsx/dau-nam-hoc")).unwrap();
    assert_eq!((old.period.year, old.file.deadlines.len()), (SchoolYear(2025), 1));
}
