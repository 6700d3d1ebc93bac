//! More of what files say of themselves, and of what may stand in a list: each kind with inputs of its own.

use tkgd::base::location::CellRef;
use tkgd::present::{CellStyle, Content, PlacedCell, WorkbookPlan, write_xlsx};

use super::situations::{Outcome, run, total};
use super::support::{package, tkgd};
use super::workspace::{Workspace, form, plan, schemas, values};

const REGISTER: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\n\
    S,Sở Giáo dục và Đào tạo tỉnh Thanh Bình,Sở,,,,02-TH-DN\n\
    X1,Xã Tân An,xã/phường,,,S,02-TH-DN\n\
    X2,Xã Hòa Bình,xã/phường,,,S,\n\
    T01,Trường Tiểu học Lê Lợi,trường,TH,công lập,X1,02-TH-DN\n\
    T02,Trường Tiểu học Hòa Bình,trường,TH,công lập,X1,02-TH-DN\n\
    T03,Trường Tiểu học Kim Đồng,trường,TH,công lập,X2,02-TH-DN\n\
    M01,Trường Mầm non Hoa Mai,trường,MN,công lập,X2,01-MN-DN\n";

/// Rules of claims that a run tells, and whether anything is held.
fn told(outcome: &Outcome) -> (Vec<&str>, bool) {
    (outcome.rules().into_iter().filter(|rule| rule.starts_with("claim") || rule.starts_with("heading")).collect(), outcome.fates()[2] > 0)
}

/// What is said of a workbook of a form, changed in some way.
fn changed(name: &str, short: &str, file: &str, change: impl Fn(&mut WorkbookPlan)) -> Outcome {
    let schemas = schemas();
    let form = form(&schemas, short);
    let mut book = plan(&schemas, &form, &values(&schemas, &form, 3));
    change(&mut book);
    let workspace = Workspace::new(&format!("other-claims-{name}"), REGISTER, "", "");
    workspace.add(file, &write_xlsx(&book).unwrap());
    run(&workspace.folder, "p.toml")
}

/// Puts a text into a cell of the first sheet.
fn put(book: &mut WorkbookPlan, at: &str, text: &str) {
    put_at(book, 0, at.parse().unwrap(), text);
}

/// Puts a text into a cell of any sheet.
fn put_at(book: &mut WorkbookPlan, sheet: usize, at: CellRef, text: &str) {
    let cells = &mut book.sheets[sheet].cells;
    cells.retain(|cell| cell.at != at);
    cells.push(PlacedCell { at, content: Content::Text(text.into()), style: CellStyle::default() });
    cells.sort_by_key(|cell| cell.at);
}

/// Puts another text wherever one stands that `is_meant`.
fn retyped(book: &mut WorkbookPlan, is_meant: impl Fn(&str) -> bool, text: &str) {
    let mut found = 0;
    for cell in book.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells) {
        if matches!(&cell.content, Content::Text(own) if is_meant(own)) {
            cell.content = Content::Text(text.into());
            found += 1;
        }
    }
    assert!(found > 0, "nothing to put `{text}` in the place of");
}

#[test]
fn names_of_sheets_files_and_forms_are_claims() {
    let same = |_: &mut WorkbookPlan| {};
    let sheet = |name: &'static str| move |book: &mut WorkbookPlan| book.sheets[2].name = name.into();
    let held = |rule: &'static str| (vec![rule], true);
    let school = "T01_02-TH-DN.xlsx";
    assert_eq!(told(&changed("plain", "02-TH-DN", school, same)), (vec![], false));
    for (at, name) in ["III (2024-2025)", "III cuối năm", "III năm trước", "III HK1"].into_iter().enumerate() {
        let outcome = changed(&format!("sheet-{at}"), "02-TH-DN", school, sheet(name));
        assert_eq!(told(&outcome), held("claim-other-period"), "{name}\n{}", outcome.said);
    }
    assert_eq!(told(&changed("sheet-own", "02-TH-DN", school, sheet("III (2025-2026)"))), (vec![], false));
    for (at, file) in
        ["T01_TH NH2425.xlsx", "T01_nam hoc 2425.xlsx", "T01_HK2_2025-2026.xlsx", "T01_so lieu nam truoc.xlsx"].into_iter().enumerate()
    {
        let outcome = changed(&format!("file-{at}"), "02-TH-DN", file, same);
        assert_eq!(told(&outcome), held("claim-other-period"), "{file}\n{}", outcome.said);
    }
    // A year in a name may be of anything: it is asked.
    for (at, file) in ["T01_dau nam 2023.xlsx", "T01_30.9.2023.xlsx"].into_iter().enumerate() {
        let outcome = changed(&format!("file-year-{at}"), "02-TH-DN", file, same);
        assert_eq!(told(&outcome), (vec!["heading-other-year"], false), "{file}\n{}", outcome.said);
    }
    for (at, file) in ["T01_gui 2026.xlsx", "T01_TT25-2024.xlsx", "T01_NH2526.xlsx"].into_iter().enumerate() {
        assert_eq!(told(&changed(&format!("file-own-{at}"), "02-TH-DN", file, same)), (vec![], false), "{file}");
    }
    let symbol = |text: &'static str| move |book: &mut WorkbookPlan| put(book, "A1", text);
    let outcome = changed("symbol", "02-TH-DN", school, symbol("Biểu số: 01-MN-ĐN"));
    assert_eq!(told(&outcome), held("claim-other-form"), "{}", outcome.said);
    let outcome = changed("symbol-own", "02-TH-DN", school, symbol("Biểu số 02.ĐN-TH"));
    assert_eq!(told(&outcome), (vec![], false), "{}", outcome.said);
}

/// Whoever counts what is not in yet sees that a file came in and is held.
#[test]
fn a_return_that_is_held_is_told_as_held_where_returns_are_counted() {
    let outcome = changed("held-status", "02-TH-DN", "T01_02-TH-DN.xlsx", |book| book.sheets[2].name = "III (2024-2025)".into());
    assert_eq!(told(&outcome), (vec!["claim-other-period"], true));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("other-claims-held-status");
    let answer = |arguments: &[&str]| -> serde_json::Value {
        let output = tkgd().current_dir(&folder).args(arguments).args(["--format", "json"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e} {}", String::from_utf8_lossy(&output.stderr)))
    };
    let status = answer(&["status", "p.toml"]);
    assert_eq!((&status["counts"]["held"], &status["counts"]["received"]), (&1.into(), &0.into()), "{status}");
    let rows = answer(&["query", "--name", "chua-nop", "--archive", "archive", "--draft"])["rows"].clone();
    let own = rows.as_array().unwrap().iter().filter(|row| row["unit"] == "T01").collect::<Vec<_>>();
    assert!(own.len() == 1 && own[0]["state"] == "held", "{rows}");
    assert!(rows.as_array().unwrap().iter().any(|row| row["state"] == "missing"), "{rows}");
}

/// Money in thousands under a form that counts in millions, wherever the sheet says so.
#[test]
fn another_unit_of_measure_holds_the_return() {
    let unit = |text: &'static str| move |book: &mut WorkbookPlan| retyped(book, |own| own == "triệu đồng", text);
    let file = "M01_01-MN-DN.xlsx";
    for (at, text) in ["nghìn đồng", "1.000 ngàn đ", "đồng", "Tỷ đồng"].into_iter().enumerate() {
        let outcome = changed(&format!("unit-{at}"), "01-MN-DN", file, unit(text));
        assert_eq!(told(&outcome), (vec!["claim-other-measure"], true), "{text}\n{}", outcome.said);
    }
    for (at, text) in ["Triệu đồng", "triệu  đồng", "tr.đồng"].into_iter().enumerate() {
        let outcome = changed(&format!("unit-own-{at}"), "01-MN-DN", file, unit(text));
        assert_eq!(told(&outcome), (vec![], false), "{text}\n{}", outcome.said);
    }
    let title = |text: &'static str| move |book: &mut WorkbookPlan| put(book, "A1", text);
    let outcome = changed("unit-title", "02-TH-DN", "T01_02-TH-DN.xlsx", title("Biểu 02-TH-ĐN (ĐVT: nghìn học sinh)"));
    assert_eq!(told(&outcome), (vec!["claim-other-measure"], true), "{}", outcome.said);
}

const MAPPING: &str = "form = \"02-TH-DN\"\nunit = \"Mã\"\n[[columns]]\nheading = \"Lớp 1\"\nsheet = \"III\"\ncode = \"40\"\ncolumn = 1\n[[columns]]\n\
                       heading = \"Lớp 2\"\nsheet = \"III\"\ncode = \"41\"\ncolumn = 1\n";

/// A run over a list, and the sums of its two columns over all returns that count.
fn listed(name: &str, list: &str, mapping: &str) -> (Outcome, [i64; 2]) {
    let workspace =
        Workspace::new(&format!("other-claims-{name}"), REGISTER, "[[inputs.lists]]\nfile = \"ds.csv\"\nmapping = \"m.toml\"", "");
    std::fs::write(workspace.folder.join("ds.csv"), list).unwrap();
    std::fs::write(workspace.folder.join("m.toml"), mapping).unwrap();
    let outcome = run(&workspace.folder, "p.toml");
    let sums = ["40", "41"].map(|code| total(&workspace.folder, code, 1));
    (outcome, sums)
}

#[test]
fn lines_above_a_list_are_claims() {
    let rows = "Mã,Lớp 1,Lớp 2\nT01,10,20\nT02,30,40\nT03,50,60\n";
    let mapping = format!("heading_row = 2\n{MAPPING}");
    for (at, (title, expected)) in [
        ("DANH SÁCH TRƯỜNG TIỂU HỌC NĂM HỌC 2025-2026", (vec![], false)),
        ("Đơn vị tính: học sinh", (vec![], false)),
        ("DANH SÁCH TRƯỜNG TIỂU HỌC NĂM HỌC 2024-2025", (vec!["claim-other-period"], true)),
        ("Tình hình cuối năm học", (vec!["claim-other-period"], true)),
        ("Sơ kết học kỳ I", (vec!["claim-other-period"], true)),
        ("Số liệu năm 2023", (vec!["heading-other-year"], false)),
        ("Đơn vị tính: nghìn học sinh", (vec!["claim-other-measure"], true)),
    ]
    .into_iter()
    .enumerate()
    {
        let (outcome, _) = listed(&format!("title-{at}"), &format!("{title}\n{rows}"), &mapping);
        assert_eq!(told(&outcome), expected, "{title}\n{}", outcome.said);
    }
}

#[test]
fn a_second_table_below_with_other_columns_is_not_read_into_them() {
    let rows = "Mã,Lớp 1,Lớp 2\nT01,10,20\nMã,Lớp 1,Lớp 2\nT02,30,40\nMã,Lớp 2,Lớp 1\nT03,60,50\n";
    let (outcome, sums) = listed("second", rows, MAPPING);
    assert_eq!((outcome.files_of("list-headings-differ"), sums), (vec!["ds.csv"], [40, 60]), "{}", outcome.said);
    let rows = rows.replace("Mã,Lớp 2,Lớp 1\nT03,60,50\n", "Mã,Lớp 3,Lớp 4\nT03,60,50\nMã,Lớp 1,Lớp 2\nT03,50,60\n");
    let (outcome, sums) = listed("third", &rows, MAPPING);
    assert_eq!((outcome.files_of("list-headings-differ"), sums), (vec!["ds.csv"], [90, 120]), "{}", outcome.said);
}

#[test]
fn blank_cells_of_a_list_that_stand_out_are_asked_and_not_zero() {
    let rows = |last: &str| format!("Mã,Lớp 1,Lớp 2\nT01,10,20\nT02,30,40\nT03,{last}\n");
    let asked = |name: &str, list: &str, mapping: &str| {
        let (outcome, _) = listed(name, list, mapping);
        outcome.files_of("list-cells-blank").len()
    };
    assert_eq!(asked("blank-none", &rows("50,60"), MAPPING), 0);
    assert_eq!(asked("blank-one", &rows("50,"), MAPPING), 1);
    // Somebody has said that blank means none; or the line says so itself.
    assert_eq!(asked("blank-nil", &rows("50,"), &format!("nil = [\"\"]\n{MAPPING}")), 0);
    assert_eq!(asked("blank-dash", &rows("50,-"), MAPPING), 0);
    // Where half of a list without any zero is blank, that is how it writes none.
    assert_eq!(asked("blank-usual", "Mã,Lớp 1,Lớp 2\nT01,10,\nT02,30,40\nT03,50,\n", MAPPING), 0);
    // What nobody knows makes the total incomplete.
    let (outcome, sums) = listed("blank-marked", &rows("50,"), MAPPING);
    assert!(sums == [90, 60] && outcome.files_of("list-cells-blank").len() == 1, "{sums:?} {}", outcome.said);
}

#[test]
fn a_line_break_or_a_tab_is_no_part_of_a_number() {
    for (at, text) in ["\"105\n103\"", "\"105\r\n103\"", "\"105\t103\""].into_iter().enumerate() {
        let (outcome, sums) = listed(&format!("break-{at}"), &format!("Mã,Lớp 1,Lớp 2\nT01,10,20\nT02,{text},40\nT03,50,60\n"), MAPPING);
        assert_eq!((outcome.files_of("not-a-number"), sums), (vec!["ds.csv"], [60, 120]), "{}", outcome.said);
    }
    let (outcome, sums) = listed("break-no", "Mã,Lớp 1,Lớp 2\nT01,1 000,20\nT02,\" 30\n\",40\nT03,50,60\n", MAPPING);
    assert_eq!((outcome.files_of("not-a-number").len(), sums), (0, [1080, 120]), "{}", outcome.said);
}

#[test]
fn rows_that_begin_with_an_error_are_rows() {
    let rows = "# ghi chú của Sở: không đọc, 1\nSố,Mã,Lớp 1,Lớp 2\n#REF!,T01,10,20\n#N/A,T02,30,40\n#3,T03,50,60\n";
    let (outcome, sums) = listed("errors", rows, MAPPING);
    assert_eq!(sums, [90, 120], "{}", outcome.said);
    let (outcome, sums) = listed("errors-code", "Mã,Lớp 1,Lớp 2\nT01,10,20\n#N/A,30,40\nT03,50,60\n", MAPPING);
    assert_eq!((outcome.files_of("unregistered-unit"), sums), (vec!["ds.csv"], [60, 80]), "{}", outcome.said);
}

#[test]
fn a_file_table_may_refuse_and_its_words_are_known() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let book = write_xlsx(&plan(&schemas, &form, &values(&schemas, &form, 3))).unwrap();
    let decided = |name: &str, table: &str| {
        let workspace = Workspace::new(&format!("other-claims-table-{name}"), REGISTER, "mapping = \"tep.csv\"", "");
        std::fs::create_dir_all(workspace.folder.join("bieu/a")).unwrap();
        std::fs::create_dir_all(workspace.folder.join("bieu/b")).unwrap();
        workspace.add("a/bao cao.xlsx", &book);
        workspace.add("b/bao cao.xlsx", &package(&[("x.txt", b"x")]));
        std::fs::write(workspace.folder.join("tep.csv"), format!("file,unit,decision\n{table}\n")).unwrap();
        run(&workspace.folder, "p.toml")
    };
    for (at, word) in ["không nhận", "Trả lại", "giữ lại"].into_iter().enumerate() {
        let outcome = decided(&format!("no-{at}"), &format!("a/bao cao.xlsx,T01,{word}"));
        assert_eq!((told(&outcome), outcome.received().0), ((vec!["claim-refused"], true), 0), "{word}\n{}", outcome.said);
    }
    assert_eq!(decided("yes", "a/bao cao.xlsx,T01,Nhận").received().0, 1);
    let outcome = decided("unknown", "a/bao cao.xlsx,T01,chờ hỏi lại");
    assert!(outcome.code == 2 && outcome.said.contains("line 2") && outcome.said.contains("không nhận"), "{}", outcome.said);
    let outcome = decided("two", "bao cao.xlsx,T01,");
    assert!(outcome.code == 2 && outcome.said.contains("a/bao cao.xlsx, bieu/b/bao cao.xlsx"), "{}", outcome.said);
}

/// What an office sends that is nearly the sum of its schools, or that of one office below, is no return of its own.
#[test]
fn nearly_the_sum_of_others_is_held() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let own = [("T01", 4), ("T02", 5), ("T03", 6)].map(|(unit, seed)| (unit, values(&schemas, &form, seed)));
    let mut sum = own[0].1.clone();
    for slot in sum.slots() {
        let (status, number) = own[1].1.get(slot);
        let (known, first) = sum.get(slot);
        sum.set(slot, if known.is_number() { known } else { status }, first + number);
    }
    let mut nearly = sum.clone();
    let slot = sum.slots().find(|slot| sum.get(*slot).1 > 20).unwrap();
    nearly.set(slot, sum.get(slot).0, sum.get(slot).1 - 1);
    let held = |name: &str, sender: &str, sent: &tkgd::returns::Values| {
        let workspace = Workspace::new(&format!("other-claims-sum-{name}"), REGISTER, "", "");
        for (unit, values) in &own {
            workspace.add(&format!("{unit}_a.xlsx"), &write_xlsx(&plan(&schemas, &form, values)).unwrap());
        }
        workspace.add(&format!("{sender}_a.xlsx"), &write_xlsx(&plan(&schemas, &form, sent)).unwrap());
        let outcome = run(&workspace.folder, "p.toml");
        (outcome.files_of("sum-of-units-below").len(), outcome.fates()[2])
    };
    assert_eq!(held("equal", "X1", &sum), (1, 1));
    assert_eq!(held("nearly", "X1", &nearly), (1, 1));
    assert_eq!(held("below", "S", &sum), (1, 1));
    // Figures of its own are its own.
    assert_eq!(held("own", "X1", &values(&schemas, &form, 9)), (0, 0));
}

#[test]
fn titles_receivers_and_column_headings_are_claims() {
    let school = "T01_02-TH-DN.xlsx";
    let is_title = |own: &str| own.to_lowercase().starts_with("báo cáo thống kê giáo dục");
    for (at, (text, is_held)) in [
        ("BÁO CÁO THỐNG KÊ GIÁO DỤC TRUNG HỌC CƠ SỞ", true),
        ("Báo cáo thống kê giáo dục mầm non", true),
        ("BÁO CÁO SỐ LIỆU CẤP THCS", true),
        ("BÁO CÁO THỐNG KÊ GIÁO DỤC TIỂU HỌC NĂM HỌC 2025-2026", false),
        ("BÁO CÁO THỐNG KÊ TH, THCS", false),
        ("BÁO CÁO THỐNG KÊ", false),
    ]
    .into_iter()
    .enumerate()
    {
        let outcome = changed(&format!("title-{at}"), "02-TH-DN", school, |book| retyped(book, is_title, text));
        let expected = if is_held { vec!["claim-other-form"] } else { vec![] };
        assert_eq!(told(&outcome), (expected, is_held), "{text}\n{}", outcome.said);
    }
    for (at, (text, is_asked)) in [
        ("Sở GDĐT tỉnh Hà Nam", true),
        ("UBND xã Hòa Bình", true),
        ("Sở Giáo dục và Đào tạo tỉnh Thanh Bình", false),
        ("UBND xã Tân An", false),
        ("Bộ Giáo dục và Đào tạo", false),
        ("Sở GDĐT tỉnh…", false),
    ]
    .into_iter()
    .enumerate()
    {
        let at_place = |book: &mut WorkbookPlan| {
            let schemas = schemas();
            let form = form(&schemas, "02-TH-DN");
            let is_place = |text: &&tkgd::forms::TextCell| text.field == Some(tkgd::forms::TextField::ReceivingUnit);
            let mut sheets = form.layout.sheets.iter().enumerate();
            let (index, at) = sheets.find_map(|(index, sheet)| Some((index, sheet.texts.iter().find(is_place)?.at))).unwrap();
            put_at(book, index, at, text);
        };
        let outcome = changed(&format!("receiver-{at}"), "02-TH-DN", school, at_place);
        let expected = if is_asked { vec!["claim-other-receiver"] } else { vec![] };
        assert_eq!(told(&outcome), (expected, false), "{text}\n{}", outcome.said);
    }
    let heading = |year: &'static str| {
        move |book: &mut WorkbookPlan| {
            let schemas = schemas();
            let form = form(&schemas, "02-TH-DN");
            let index = form.layout.sheets.iter().position(|sheet| &*sheet.id == "III").unwrap();
            let layout = &form.layout.sheets[index];
            let at = layout.header.iter().find(|cell| cell.at.column == layout.roles.label).unwrap().at;
            let cells = &mut book.sheets[index].cells;
            cells.retain(|cell| cell.at != at);
            cells.push(PlacedCell {
                at, content: Content::Text(format!("Học sinh năm học {year}").into()), style: CellStyle::default()
            });
            cells.sort_by_key(|cell| cell.at);
        }
    };
    let outcome = changed("column-year", "02-TH-DN", school, heading("2024-2025"));
    assert_eq!(told(&outcome), (vec!["claim-other-period"], true), "{}", outcome.said);
    let outcome = changed("column-year-own", "02-TH-DN", school, heading("2025-2026"));
    assert_eq!(told(&outcome), (vec![], false), "{}", outcome.said);
}

/// Figures on a sheet that is built like one of the form, or on a row without a code, are in no total: they are asked about.
#[test]
fn figures_that_were_not_read_are_asked_about() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let asked = |outcome: &Outcome| {
        let rules = ["sheet-unread", "stray-row"];
        outcome.findings.iter().filter(|((rule, _), _)| rules.contains(&rule.as_str())).map(|(_, number)| number).sum::<usize>()
    };
    let second = |seed: u64| {
        let (schemas, form) = (&schemas, &form);
        move |book: &mut WorkbookPlan| {
            let other = plan(schemas, form, &values(schemas, form, seed));
            for mut sheet in other.sheets {
                sheet.name = format!("{} QT", sheet.name).into();
                book.sheets.push(sheet);
            }
        }
    };
    let outcome = changed("second-school", "02-TH-DN", "T01_a.xlsx", second(9));
    assert!(asked(&outcome) >= 3 && outcome.received().0 == 1, "{}", outcome.said);
    // A copy of what was read says nothing more.
    assert_eq!(asked(&changed("second-copy", "02-TH-DN", "T01_a.xlsx", second(3))), 0);
    let sheet = form.layout.sheets.iter().position(|sheet| &*sheet.id == "III").unwrap();
    let (row, column) = (form.layout.sheets[sheet].rows.last().unwrap().at + 2, form.layout.sheets[sheet].columns[0].at);
    let below = |numbers: u16| {
        move |book: &mut WorkbookPlan| {
            for number in 0..numbers {
                let at = CellRef::new(row, column + number);
                book.sheets[sheet].cells.push(PlacedCell { at, content: Content::Number(7.0), style: CellStyle::default() });
            }
        }
    };
    assert_eq!(asked(&changed("below-row", "02-TH-DN", "T01_a.xlsx", below(4))), 1);
    // One number below the table may be anything.
    assert_eq!(asked(&changed("below-one", "02-TH-DN", "T01_a.xlsx", below(1))), 0);
}

#[test]
fn receipts_that_cannot_be_stop_the_run_before_it_writes() {
    let receipt = |name: &str, lines: &str| {
        let workspace = Workspace::new(&format!("other-claims-receipt-{name}"), REGISTER, "receipts = \"nhan.csv\"", "");
        let (schemas, file) = (schemas(), "T01_a.xlsx");
        let form = form(&schemas, "02-TH-DN");
        workspace.add(file, &write_xlsx(&plan(&schemas, &form, &values(&schemas, &form, 3))).unwrap());
        std::fs::write(workspace.folder.join("nhan.csv"), format!("unit,form,received_on\n{lines}\n")).unwrap();
        let outcome = run(&workspace.folder, "p.toml");
        (outcome.code, workspace.output().exists(), outcome.said)
    };
    let (code, is_written, said) =
        receipt("odd", "T01,02-TH-DN,20/10/2095\nT99,02-TH-DN,20/10/2025\nT02,02-TH-DN,20/10/1925\nT03,99-XX,20/10/2025");
    let lines = (2..=5).filter(|line| said.contains(&format!("line {line}:"))).count();
    assert!((code, is_written, lines) == (2, false, 4), "{said}");
    let (code, is_written, said) = receipt("right", "T01,02-TH-DN,20/10/2025");
    assert!((code, is_written) == (0, true), "{said}");
}

#[test]
fn a_school_in_another_commune_than_its_office_is_asked_about() {
    let register = |commune: &str| {
        format!(
            "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Báo cáo lên,Biểu phải nộp,Xã/phường\nS,Sở,Sở,,,,\nX1,Xã Tân An,xã/phường,,S,,X1\n\
             X2,Xã Hòa Bình,xã/phường,,S,,X2\nT01,Trường A,trường,TH,X1,02-TH-DN,{commune}\nT02,Trường B,trường,TH,S,02-TH-DN,X2\n"
        )
    };
    for (at, (commune, is_asked)) in [("X1", false), ("", false), ("Xã Tân An", false), ("X2", true), ("X9", true)].into_iter().enumerate()
    {
        let workspace = Workspace::new(&format!("other-claims-commune-{at}"), &register(commune), "", "");
        let outcome = run(&workspace.folder, "p.toml");
        assert_eq!(outcome.rules().contains(&"unit-commune-apart"), is_asked, "{commune}\n{}", outcome.said);
    }
}

#[test]
fn another_schools_name_anywhere_above_the_tables_holds_the_return() {
    let named = |name: &str, text: &'static str| changed(name, "02-TH-DN", "T01_02-TH-DN.xlsx", move |book| put(book, "C1", text));
    for (at, (text, expected, is_held)) in [
        ("Trường Tiểu học Kim Đồng", vec!["claim-other-unit"], true),
        ("TRƯỜNG TH HÒA BÌNH", vec!["claim-other-unit"], true),
        ("Trường Tiểu học Lê Lợi", vec![], false),
        ("TRƯỜNG TH LÊ LỢI – XÃ TÂN AN", vec![], false),
        ("Biểu mẫu cấp tiểu học", vec![], false),
        ("Trường đạt chuẩn năm học 2021-2022", vec![], false),
    ]
    .into_iter()
    .enumerate()
    {
        let outcome = named(&format!("letterhead-{at}"), text);
        assert_eq!(told(&outcome), (expected, is_held), "{text}\n{}", outcome.said);
    }
}

/// Pages copied from another school are asked about, where the rest of the return is the school's own.
#[test]
fn a_page_with_the_figures_of_another_unit_is_asked_about() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let (own, other) = (values(&schemas, &form, 4), values(&schemas, &form, 5));
    let sheet = form.layout.sheet("III").unwrap();
    let mut mixed = own.clone();
    for slot in sheet.each_slot() {
        let (status, number) = other.get(slot);
        mixed.set(slot, status, number);
    }
    for (name, first, is_asked) in [("own", &own, false), ("mixed", &mixed, true)] {
        let workspace = Workspace::new(&format!("other-claims-page-{name}"), REGISTER, "", "");
        workspace.add("T01_a.xlsx", &write_xlsx(&plan(&schemas, &form, first)).unwrap());
        workspace.add("T02_a.xlsx", &write_xlsx(&plan(&schemas, &form, &other)).unwrap());
        let outcome = run(&workspace.folder, "p.toml");
        assert_eq!(outcome.rules().contains(&"same-page-as-other-unit"), is_asked, "{}", outcome.said);
    }
}
