//! One-row-per-unit tables become list mappings: our own lists, and one with headings of people.

use std::path::Path;

use rust_xlsxwriter::Workbook;
use tkgd::forms::parse_toml;
use tkgd::lists::ListMapping;

use super::support::tkgd;
use super::workspace::{Workspace, book, form, schemas, values};

const REGISTER: &str =
    "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\nT02,Trường B,school,S,02-TH-DN\n";

/// Imports a list; what was said, and the mapping as text.
fn import(workspace: &Workspace, file: &str, arguments: &[&str], out: &str) -> (String, String) {
    let mut command = tkgd();
    command.current_dir(&workspace.folder).args(["schema", "import", file, "--out", out]).args(arguments);
    let output = command.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}");
    (said, std::fs::read_to_string(workspace.folder.join(out)).unwrap())
}

/// A run that reads a list through a mapping and no workbook.
fn run_list(from: &Workspace, name: &str, list: &Path, mapping: &Path) -> Workspace {
    let lists = format!("[[inputs.lists]]\nfile = {:?}\nmapping = {:?}", list.to_str().unwrap(), mapping.to_str().unwrap());
    let workspace = Workspace::new(name, REGISTER, &lists, "");
    assert_ne!(from.folder, workspace.folder);
    let output = workspace.run();
    // A list of a few columns breaks the sums over what it leaves out: findings, and figures all the same.
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    workspace
}

#[test]
fn the_lists_a_run_writes_come_back_through_an_imported_mapping() {
    let workspace = Workspace::new("list-own", REGISTER, "", "lists = [\"csv\", \"xlsx\"]");
    let (schemas, form) = (schemas(), form(&schemas(), "02-TH-DN"));
    for (unit, seed) in [("T01", 1), ("T02", 2)] {
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &values(&schemas, &form, seed)));
    }
    assert_eq!(workspace.run().status.code(), Some(0));
    let before = workspace.report_values("S_02-TH-DN.xlsx");
    for format in ["csv", "xlsx"] {
        let file = format!("out/2025-2026-opening/danh-sach/02-TH-DN.{format}");
        let out = format!("{format}.toml");
        let (said, text) = import(&workspace, &file, &[], &out);
        assert!(said.contains("2 dòng") && said.contains("biểu tt25-2024/02-TH-DN") && said.contains(" 0 cột cần soát"), "{said}");
        let mapping: ListMapping = parse_toml(&out, &text).unwrap();
        assert_eq!((mapping.form.as_str(), mapping.unit.as_deref()), ("02-TH-DN", Some("unit")));
        let again = run_list(&workspace, &format!("list-own-{format}"), &workspace.folder.join(file), &workspace.folder.join(out));
        let after = again.report_values("S_02-TH-DN.xlsx");
        assert_eq!(after.numbers(), before.numbers(), "{format}");
        assert!(after.numbers().iter().any(|number| number > 0));
    }
}

/// A list as an office keeps it: a title, headings in people's words, text columns, a repeated heading.
fn office_list() -> Vec<u8> {
    let mut file = Workbook::new();
    file.add_worksheet().set_name("Ghi chú").unwrap().write(0, 0, "Danh sách do phòng lập").unwrap();
    let sheet = file.add_worksheet();
    sheet.set_name("Danh sách").unwrap();
    sheet.write(0, 2, "TỔNG HỢP HỌC SINH TIỂU HỌC").unwrap();
    let headings = [
        "STT",
        "Mã trường",
        "Tên trường",
        "Học sinh mới tuyển đầu cấp",
        "Học sinh mới tuyển đầu cấp (nữ)",
        "III/73/1 Học tin học",
        "Học sinh thuộc diện chính sách",
        "Hiệu trưởng",
        "Quãng đường tới Sở (km)",
        "Học sinh mới tuyển đầu cấp",
    ];
    for (column, heading) in headings.iter().enumerate() {
        sheet.write(2, column as u16, *heading).unwrap();
    }
    for (line, unit) in ["T01", "T02"].iter().enumerate() {
        let row = 3 + line as u32;
        let number = 10.0 * f64::from(row);
        sheet.write(row, 0, f64::from(row - 2)).unwrap().write(row, 1, *unit).unwrap().write(row, 2, "Trường").unwrap();
        for (column, value) in [(3, number), (4, number - 4.0), (5, number - 7.0), (6, 5.0), (8, 12.0), (9, 1.0)] {
            sheet.write(row, column, value).unwrap();
        }
        sheet.write(row, 7, "Một người").unwrap();
    }
    file.save_to_buffer().unwrap()
}

#[test]
fn headings_in_the_words_of_people_are_matched_where_sure_and_told_where_not() {
    let workspace = Workspace::new("list-people", REGISTER, "", "");
    std::fs::write(workspace.folder.join("danh-sach-hoc-sinh.xlsx"), office_list()).unwrap();
    let (said, text) = import(&workspace, "danh-sach-hoc-sinh.xlsx", &["--form", "02-TH-DN"], "doi-chieu.toml");
    assert!(said.contains("cột \"Mã trường\"") && said.contains("3 cột chắc, 3 cột cần soát"), "{said}\n{text}");
    let mapping: ListMapping = parse_toml("doi-chieu.toml", &text).unwrap();
    assert_eq!((mapping.sheet.as_deref(), mapping.heading_row), (Some("Danh sách"), Some(3)));
    let columns: Vec<_> = mapping.columns.iter().map(|c| (c.heading.as_str(), c.sheet.as_str(), c.code.as_str(), c.column)).collect();
    let expected = [
        ("Học sinh mới tuyển đầu cấp", "III", "57", 1),
        ("Học sinh mới tuyển đầu cấp (nữ)", "III", "57", 2),
        ("III/73/1 Học tin học", "III", "73", 1),
    ];
    assert_eq!(columns, expected);
    // Of the heading that stands twice the first is meant, and told by its letter.
    assert_eq!(mapping.columns.iter().map(|c| c.letter.as_deref()).collect::<Vec<_>>(), [Some("D"), None, None]);
    // What is not sure stands there to be switched on, the right cell first; names of people do not.
    assert!(text.contains("# heading = \"Học sinh thuộc diện chính sách\"\n# sheet = \"III\"\n# code = \"74\"\n# column = 1\n"), "{text}");
    assert!(text.contains("\"Quãng đường tới Sở (km)\": không ô nào gần nghĩa"), "{text}");
    assert!(text.contains("tiêu đề lặp lại"), "{text}");
    assert!(text.contains("Hiệu trưởng") && !text.contains("Một người"), "{text}");
    let list = workspace.folder.join("danh-sach-hoc-sinh.xlsx");
    let again = run_list(&workspace, "list-people-run", &list, &workspace.folder.join("doi-chieu.toml"));
    let values = again.report_values("S_02-TH-DN.xlsx");
    let layout = &form(&schemas(), "02-TH-DN").layout;
    let sheet = layout.sheet("III").unwrap();
    let total = |code: &str, column| values.numbers().at(sheet.slot(sheet.find_code(code).unwrap(), sheet.find_column(column).unwrap()));
    assert_eq!((total("57", 1), total("57", 2), total("73", 1), total("74", 1)), (70, 62, 56, 0));
}

#[test]
fn without_a_form_the_one_that_most_headings_fit_is_taken_and_nothing_is_overwritten() {
    let workspace = Workspace::new("list-form", REGISTER, "", "");
    std::fs::write(workspace.folder.join("danh-sach.xlsx"), office_list()).unwrap();
    let (_, text) = import(&workspace, "danh-sach.xlsx", &[], "a.toml");
    let (_, named) = import(&workspace, "danh-sach.xlsx", &["--form", "tt25-2024/02-TH-DN"], "b.toml");
    assert_eq!(text, named);
    let again = tkgd().current_dir(&workspace.folder).args(["schema", "import", "danh-sach.xlsx", "--out", "a.toml"]).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    let unknown = tkgd().current_dir(&workspace.folder).args(["schema", "import", "danh-sach.xlsx", "--form", "99-XX"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}
