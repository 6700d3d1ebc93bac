//! The one reader of tables, at every door: what is read, what is told with its line, what is refused.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tkgd::workbooks::{Isolation, read_table};

use super::support::{Parts, copy_tree, files_in, scratch, shared, tkgd};
use super::workspace::{Workspace, form, schemas, slot};

/// What came of a run.
struct Outcome {
    code: Option<i32>,
    said: String,
    findings: Vec<Value>,
    /// The province's figure, as its report shows it; `None` where there is no report.
    folder: PathBuf,
}

impl Outcome {
    fn of(folder: &Path, pipeline: &str) -> Self {
        let output = tkgd().arg("run").arg(folder.join(pipeline)).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let file = files_in(folder).into_iter().find(|path| path.ends_with("phat-hien.json"));
        let findings = file.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).unwrap_or_default();
        Self { code: output.status.code(), said, findings, folder: folder.to_owned() }
    }

    /// Findings of a rule.
    fn of_rule(&self, rule: &str) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["rule"] == rule).collect()
    }

    /// The message of the only finding of a rule.
    fn message(&self, rule: &str) -> String {
        let found = self.of_rule(rule);
        assert_eq!(found.len(), 1, "{rule}: {:#?}\n{}", self.rules(), self.said);
        found[0].to_string()
    }

    fn rules(&self) -> Vec<String> {
        let mut rules: Vec<String> = self.findings.iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        rules.dedup();
        rules
    }

    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding["severity"] == "error" && finding["verdict"] == "fail").count()
    }

    /// A figure of the province's own report of a form.
    fn figure(&self, cell: &str) -> i64 {
        let report = files_in(&self.folder).into_iter().find(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            path.to_string_lossy().contains("bao-cao") && name.starts_with("Sở ") && name.ends_with("_02-TH-DN_Nháp.xlsx")
        });
        let values = super::workspace::values_of(&std::fs::read(report.unwrap_or_else(|| panic!("{}", self.said))).unwrap());
        values.get(slot(&form(&schemas(), "02-TH-DN"), cell)).1
    }
}

/// A run in a copy of a case; `None` where the cases are not there.
fn case(name: &str, part: &str, pipeline: &str) -> Option<Outcome> {
    let from = shared()?.join("cases").join(name).join(part);
    let folder = scratch(&format!("tables-{name}-{part}"));
    copy_tree(&from, &folder);
    // The cases keep no empty folders.
    std::fs::create_dir_all(folder.join("bieu")).unwrap();
    Some(Outcome::of(&folder, pipeline))
}

const PUPILS: &str = "III/37/1";

#[test]
fn invisible_characters_are_nothing() {
    let Some(books) = case("06-invisible-characters", "ws", "p.toml") else { return };
    assert_eq!((books.of_rule("not-a-number").len(), books.figure("I/1/1") >= 0), (0, true), "{:?}", books.rules());
    assert!(books.said.contains("4/4") && books.figure(PUPILS) == 2403, "{}", books.said);
    let list = case("06-invisible-characters", "ws-list", "p.toml").unwrap();
    assert_eq!((list.of_rule("unregistered-unit").len(), list.figure(PUPILS)), (0, 2074), "{}", list.said);
}

#[test]
fn lines_above_the_headings_may_end_in_any_way() {
    for part in ["ws", "ws-lf", "ws-comments"] {
        let Some(outcome) = case("07-crlf-csv-with-title-lines", part, "p.toml") else { return };
        assert_eq!((outcome.code, outcome.figure(PUPILS), outcome.errors()), (Some(0), 2074, 0), "{part}: {}", outcome.said);
    }
}

#[test]
fn a_row_that_is_too_wide_is_read_into_no_column() {
    let Some(outcome) = case("10-unquoted-comma-shifts-a-row", "ws", "p.toml") else { return };
    let message = outcome.message("list-row-unreadable");
    assert!(message.contains("1390") && message.contains("1389") && message.contains("A3") && message.contains("09001036"), "{message}");
    assert_eq!((outcome.figure(PUPILS), outcome.errors()), (500 + 937, 1), "{:?}", outcome.rules());
    let narrow = case("10-unquoted-comma-shifts-a-row", "ws-narrow", "p.toml").unwrap();
    let message = narrow.message("list-row-unreadable");
    assert!(message.contains("A3") && message.contains("09001036"), "{message}");
    assert_eq!((narrow.figure("III/40/1"), narrow.figure("III/41/1")), (105 + 189, 103 + 190));
}

#[test]
fn a_quotation_mark_that_never_closes_costs_its_line() {
    let Some(outcome) = case("12-quote-never-closed", "ws", "p.toml") else { return };
    let message = outcome.message("list-row-unreadable");
    assert!(message.contains("A2") && message.contains("ngoặc kép"), "{message}");
    // The two schools below keep their lines.
    assert_eq!(outcome.figure(PUPILS), 637 + 937, "{}", outcome.said);
}

#[test]
fn a_heading_that_stands_twice_is_refused() {
    let Some(outcome) = case("13-heading-twice-in-list", "ws", "p.toml") else { return };
    let message = outcome.message("unreadable-list");
    assert!(message.contains(PUPILS) && message.contains("hai lần"), "{message}");
    assert!(!outcome.said.contains("2997") && outcome.said.contains("0/3"), "{}", outcome.said);
}

#[test]
fn codes_are_read_as_they_are_shown() {
    let Some(list) = case("17-codes-as-numbers-with-zero-format", "ws", "p.toml") else { return };
    assert_eq!((list.figure(PUPILS), list.of_rule("unregistered-unit").len()), (2074, 0), "{}", list.said);
    let register = case("17-codes-as-numbers-with-zero-format", "ws-register", "p.toml").unwrap();
    assert_eq!(register.figure(PUPILS), 2403, "{}", register.said);
}

#[test]
fn years_of_two_digits_are_of_this_century() {
    let Some(outcome) = case("19-two-digit-years-in-the-register", "ws", "p.toml") else { return };
    assert_eq!(outcome.figure(PUPILS), 2403, "{}", outcome.said);
}

#[test]
fn tables_with_rows_or_headings_that_fit_no_other_are_refused() {
    let Some(cases) = shared() else { return };
    let folder = cases.join("cases/33-tables-with-repeated-headings-and-long-rows/ws");
    let bang = |table: &str| {
        let table = format!("schools={}", folder.join(table).display());
        let output = tkgd().arg("bang").arg("--rules").arg(folder.join("rules.toml")).args(["--table", &table]).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout))
    };
    let (code, said) = bang("dup.csv");
    assert!(code != Some(0) && said.contains("Học sinh") && said.contains("B1") && said.contains("C1"), "{said}");
    let (code, said) = bang("long.csv");
    assert!(code != Some(0) && said.contains("dòng 3: có 4 giá trị") && said.contains("dòng 4: chỉ có 2 giá trị"), "{said}");
}

#[test]
fn what_a_list_lacks_is_absent() {
    let Some(outcome) = case("35-list-without-some-columns", "ws", "p.toml") else { return };
    assert_eq!((outcome.figure("III/40/1"), outcome.figure("III/41/1")), (423, 420));
    let failed = |rule: &str| outcome.of_rule(rule).iter().filter(|finding| finding["verdict"] == "fail").count();
    for rule in ["column-sum", "row-sum", "likely-error"] {
        assert_eq!(failed(rule), 0, "{rule}: {:#?}", outcome.of_rule(rule));
    }
    assert!(outcome.message("list-lacks-cells").contains("1378"), "{:?}", outcome.rules());
}

#[test]
fn a_unit_with_two_lines_is_told_with_both() {
    let Some(outcome) = case("54-school-twice-in-a-filtered-list", "ws", "p.toml") else { return };
    let message = outcome.message("list-unit-twice");
    assert!(["A3", "A4", "bị ẩn", "09001036"].iter().all(|part| message.contains(part)), "{message}");
    assert!(outcome.message("list-hidden-rows").contains('3'));
}

#[test]
fn counts_with_decimals_are_asked_about() {
    let Some(outcome) = case("60-counts-with-three-decimals", "ws", "p.toml") else { return };
    let message = outcome.message("list-all-thousands");
    assert!(message.contains("query") && message.contains("ds.csv"), "{message}");
}

#[test]
fn a_file_stands_once_in_the_file_table() {
    let Some(outcome) = case("64-file-table-with-repeated-and-idle-lines", "ws", "p.toml") else { return };
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.said.contains("truong a.xlsx") && outcome.said.contains("dòng 2 và 3"), "{}", outcome.said);
    // Without the repeated line the idle one is told.
    let table = outcome.folder.join("doi-chieu.csv");
    let text = std::fs::read_to_string(&table).unwrap().replace("truong a.xlsx,09001025\n", "");
    std::fs::write(&table, text).unwrap();
    let outcome = Outcome::of(&outcome.folder, "p.toml");
    assert!(outcome.message("file-table-idle").contains("dòng 3"), "{:?}", outcome.rules());
}

#[test]
fn a_register_saved_by_windows_is_the_same_register() {
    let Some(outcome) = case("70-register-saved-by-windows", "ws", "dau-nam-hoc.toml") else { return };
    assert!(outcome.code != Some(2), "{}", outcome.said);
}

/// A province of one department and five schools, and a list.
const REGISTER: &str = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\n0101,Trường A,school,S,02-TH-DN\n0102,Trường B,school,S,02-TH-DN\n\
                        0103,Trường C,school,S,02-TH-DN\n";
const MAPPING: &str = "form = \"02-TH-DN\"\nunit = \"Mã\"\n[[columns]]\nheading = \"Lớp 1\"\nsheet = \"III\"\ncode = \"40\"\ncolumn = 1\n[[columns]]\n\
                       heading = \"Lớp 2\"\nsheet = \"III\"\ncode = \"41\"\ncolumn = 1\n";

fn run(name: &str, list: (&str, &[u8]), mapping: &str, inputs: &str) -> Outcome {
    let lists = format!("{inputs}\n[[inputs.lists]]\nfile = {:?}\nmapping = \"m.toml\"", list.0);
    let workspace = Workspace::new(&format!("tables-own-{name}"), REGISTER, &lists, "reports = [\"department\"]");
    std::fs::write(workspace.folder.join(list.0), list.1).unwrap();
    std::fs::write(workspace.folder.join("m.toml"), mapping).unwrap();
    Outcome::of(&workspace.folder, "p.toml")
}

fn grades(outcome: &Outcome) -> (i64, i64) {
    (outcome.figure("III/40/1"), outcome.figure("III/41/1"))
}

#[test]
fn rows_that_are_no_units_are_told_and_not_counted() {
    let rows = "Mã,Tên,Lớp 1,Lớp 2\nI. Khối công lập,,,\n0101,A,10,20\n0102,B,30,40\n,Cộng khối,40,60\nMã,Tên,Lớp 1,Lớp 2\n\
                0103,C,5,6\n,,45,66\nToàn tỉnh,,45,66\nNgười lập biểu\n,Hiệu trưởng,,\n";
    let outcome = run("told", ("ds.csv", rows.as_bytes()), MAPPING, "");
    assert_eq!((grades(&outcome), outcome.errors()), ((45, 66), 0), "{:?} {}", outcome.rules(), outcome.said);
    let message = outcome.message("list-rows-told");
    assert!(["dòng tổng: 5, 8, 9", "lặp lại: 6", "ký tên: 2, 10, 11"].iter().all(|part| message.contains(part)), "{message}");
    assert!(outcome.of_rule("list-total-differs").is_empty());
}

#[test]
fn totals_under_a_code_and_lines_of_nobody() {
    // The department's own code on the total; a line whose code was lost; a total that says more than the lines.
    let rows = "Mã,Tên,Lớp 1,Lớp 2\n0101,A,10,20\n0102,B,30,40\n,C,5,6\nS,Sở,40,60\nTổng,,90,90\n";
    let outcome = run("nobody", ("ds.csv", rows.as_bytes()), MAPPING, "");
    assert_eq!(grades(&outcome), (40, 60), "{}", outcome.said);
    assert!(outcome.message("list-row-without-unit").contains("A4"));
    assert!(outcome.message("list-total-differs").contains("A6"), "{:?}", outcome.rules());
}

#[test]
fn lost_zeros_are_named_with_the_code_that_was_meant() {
    let outcome = run("zeros", ("ds.csv", b"M\xc3\xa3,L\xe1\xbb\x9bp 1,L\xe1\xbb\x9bp 2\n101,10,20\n0102,30,40\n"), MAPPING, "");
    let message = outcome.message("unit-code-lost-zeros");
    assert!(message.contains("0101") && message.contains("A2"), "{message}");
    assert_eq!(grades(&outcome), (30, 40));
}

#[test]
fn signs_instead_of_figures_say_what_they_say() {
    let rows = "Mã,Lớp 1,Lớp 2\n0101,…,20\n0102,<10,-\n0103,5,k\n";
    let outcome = run("signs", ("ds.csv", rows.as_bytes()), &format!("missing = [\"k\", \"\"]\n{MAPPING}"), "");
    assert_eq!((grades(&outcome), outcome.errors()), ((5, 20), 0), "{:?}", outcome.rules());
    assert_eq!((outcome.of_rule("unknown-value").len(), outcome.of_rule("suppressed-value").len()), (2, 1), "{:?}", outcome.rules());
    let undeclared = run("signs-not", ("ds.csv", rows.as_bytes()), MAPPING, "");
    assert_eq!(undeclared.of_rule("not-a-number").len(), 1, "{:?}", undeclared.rules());
    let blank = run("signs-blank", ("ds.csv", "Mã,Lớp 1,Lớp 2\n0101,,20\n".as_bytes()), MAPPING, "missing = [\"\"]");
    assert_eq!(blank.of_rule("unknown-value").len(), 1, "{:?}", blank.rules());
}

#[test]
fn rows_may_say_that_nothing_was_sent() {
    let rows = "Mã,Nộp,Lớp 1,Lớp 2\n0101,x,10,20\n0102,,0,0\n0103,chưa,0,0\n";
    let mapping = format!("received_if = {{ heading = \"Nộp\", is = [\"X\"] }}\n{MAPPING}");
    let outcome = run("received", ("ds.csv", rows.as_bytes()), &mapping, "");
    assert!(outcome.said.contains("1/3") && outcome.message("list-not-sent").contains("3, 4"), "{}", outcome.said);
    let mapping = format!("received_if = {{ heading = \"Nộp\", is_not = [\"chưa\"] }}\n{MAPPING}");
    assert!(run("received-not", ("ds.csv", rows.as_bytes()), &mapping, "").said.contains("2/3"));
}

#[test]
fn long_lists_have_a_cell_on_each_line() {
    let rows =
        "Mã;Chỉ tiêu;Giá trị\n0101;Lớp 1;10\n0101;Lớp 2;20\n0102;lớp  1;30\n0102;Lớp 1;31\n0103;Lớp 9;7\n0103;Lớp 2;1\nTổng;Lớp 1;40\n";
    let mapping = MAPPING.replacen("[[columns]]", "long = { item = \"Chỉ tiêu\", value = \"Giá trị\" }\n[[columns]]", 1);
    let outcome = run("long", ("ds.csv", rows.as_bytes()), &mapping, "");
    let twice = outcome.message("list-item-twice");
    assert!(twice.contains("C4") && twice.contains("C5") && twice.contains("0102"), "{twice}");
    assert_eq!(grades(&outcome), (10, 21), "{}", outcome.said);
    assert!(outcome.message("list-item-unknown").contains('6'));
    assert!(outcome.message("list-rows-told").contains("dòng tổng: 8"));
}

#[test]
fn headings_may_be_paths_or_letters() {
    let rows = "Mã,Học sinh,,Lớp\n,Lớp 1,Lớp 2,\n0101,10,20,3\n0102,30,40,4\n";
    let path = MAPPING.replace("\"Lớp 1\"", "\"Học sinh/Lớp 1\"").replace("\"Lớp 2\"", "\"HỌC SINH / Lớp 2\"");
    let outcome = run("paths", ("ds.csv", rows.as_bytes()), &format!("heading_rows = [1, 2]\n{path}"), "");
    assert_eq!(grades(&outcome), (40, 60), "{}", outcome.said);
    let letters = MAPPING.replace("heading = \"Lớp 1\"", "letter = \"b\"").replace("heading = \"Lớp 2\"", "letter = \"C\"");
    let letters = format!("heading_row = 2\n{}", letters.replace("unit = \"Mã\"", "unit_letter = \"A\""));
    assert_eq!(grades(&run("letters", ("ds.csv", rows.as_bytes()), &letters, "")), (40, 60));
}

#[test]
fn headings_that_mean_two_things_or_are_almost_known_are_named() {
    for (name, rows, mapping, wanted) in [
        ("twice", "Mã,Lớp 1,Lớp 2,Lớp 1\n0101,1,2,3\n", MAPPING.to_owned(), "(B1, D1)"),
        ("units", "unit,Mã đơn vị,Lớp 1,Lớp 2\n0101,0102,1,2\n", MAPPING.replace("unit = \"Mã\"\n", ""), "(A1, B1)"),
        ("near", "Mã,Lơp 1,Lớp 2\n0101,1,2\n", MAPPING.to_owned(), "Lơp 1"),
        ("one-cell", "Mã,Lớp 1,Lớp 2\n0101,1,2\n", MAPPING.replace("code = \"41\"", "code = \"40\""), "III/40/1"),
        ("tcvn3", "M·,Líp 1,Líp 2,Tr\u{ad}êng tiÓu häc, huyÖn Yªn §Þnh\n0101,1,2,,\n", MAPPING.to_owned(), "TCVN3"),
    ] {
        let outcome = run(&format!("headings-{name}"), ("ds.csv", rows.as_bytes()), &mapping, "");
        let message = outcome.message("unreadable-list");
        assert!(message.contains(wanted), "{name}: {message}");
    }
}

#[test]
fn texts_of_any_kind_give_the_same_table() {
    let folder = scratch("tables-kinds");
    let text = "Mã đơn vị;Tên, địa chỉ;Ghi chú\n# chú thích; một\n\n09;\"Sở \"\"GD\"\"\nĐT\";\n091;Xã A;x\n";
    let plain = text.as_bytes().to_vec();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let kinds: [(&str, Vec<u8>, u32); 7] = [
        ("lf", plain.clone(), 0),
        ("crlf", text.replace('\n', "\r\n").into_bytes(), 0),
        ("cr", text.replace('\n', "\r").into_bytes(), 0),
        ("bom", [b"\xef\xbb\xbf".to_vec(), plain].concat(), 0),
        ("utf16", utf16, 0),
        ("sep", format!("sep=;\r\n{}", text.replace('\n', "\r\n")).into_bytes(), 1),
        ("tab", text.replace(';', "\t").into_bytes(), 0),
    ];
    for (name, bytes, more) in kinds {
        let path = folder.join(format!("{name}.csv"));
        std::fs::write(&path, bytes).unwrap();
        let table = read_table(&path, None, None, &Isolation::InProcess).unwrap();
        assert_eq!(table.headings, ["Mã đơn vị", "Tên, địa chỉ", "Ghi chú"], "{name}");
        let rows: Vec<(u32, String, String)> = table.rows.iter().map(|row| (row.line, row.text(Some(0)), row.text(Some(1)))).collect();
        let wanted = [(4 + more, "09".to_owned(), "Sở \"GD\"\nĐT".to_owned()), (6 + more, "091".to_owned(), "Xã A".to_owned())];
        assert_eq!(rows, wanted, "{name}");
    }
}

#[test]
fn tables_that_cannot_be_trusted_are_refused_with_their_lines() {
    let folder = scratch("tables-refused");
    for (name, bytes, wanted) in [
        ("wide", "a,b\n1,2\n3,4,5\n".as_bytes().to_vec(), "line 3: 3 values under 2"),
        ("comma", "a,b\n1,2,5\n3,4\n".as_bytes().to_vec(), "line 2"),
        ("narrow", "a,b,c\n1,2,3\n\n4,5\n".as_bytes().to_vec(), "line 4: only 2 values"),
        ("open", "a,b\n1,\"x\n3,4\n5,6\n".as_bytes().to_vec(), "line 2: a quotation mark"),
        ("twice", "a,b,A\n1,2,3\n".as_bytes().to_vec(), "(A1, C1)"),
        ("ansi", b"M\xe3 \xf0\xf5n v\xf2,b\n1,2\n".to_vec(), "Windows-1258"),
        ("ansi-below", b"a,b\n1,2\nTr\xfd\xf6ng,2\n".to_vec(), "line 3"),
        ("utf16", "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect(), "UTF-16"),
    ] {
        let path = folder.join(format!("{name}.csv"));
        std::fs::write(&path, bytes).unwrap();
        let problem = read_table(&path, None, None, &Isolation::InProcess).unwrap_err().to_string();
        assert!(problem.contains(wanted), "{name}: {problem}");
    }
}

/// A sheet of codes under a format of zeros, hidden rows, merged headings, and dates of the other calendar.
#[test]
fn sheets_are_read_as_they_are_shown() {
    let folder = scratch("tables-sheet");
    let text = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = [
        format!("<row r=\"1\">{}{}{}</row>", text("A1", "Mã"), text("B1", "Từ ngày"), text("C1", "Học\nsinh")),
        "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>101</v></c><c r=\"B2\" s=\"2\"><v>0</v></c><c r=\"C2\"><v>5</v></c></row>".to_owned(),
        "<row r=\"3\" hidden=\"1\"><c r=\"A3\" s=\"1\"><v>12345</v></c><c r=\"B3\" s=\"2\"><v>1</v></c><c r=\"C3\" s=\"1\"><v>6</v></c></row>".to_owned(),
    ];
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let styles = format!(
        "<styleSheet xmlns=\"{main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0000\"/></numFmts><cellXfs count=\"3\"><xf numFmtId=\"0\"/>\
         <xf numFmtId=\"164\" applyNumberFormat=\"1\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
    );
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    for (calendar, days) in [("", ["", "01/01/1900"]), ("<workbookPr date1904=\"1\"/>", ["01/01/1904", "02/01/1904"])] {
        let workbook = format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\">{calendar}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
        );
        let relations = format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" \
             Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
        );
        let parts = Parts::new(&rows.concat()).with("xl/styles.xml", styles.clone()).with("xl/workbook.xml", workbook);
        let path = folder.join("a.xlsx");
        std::fs::write(&path, parts.with("xl/_rels/workbook.xml.rels", relations).zip()).unwrap();
        let table = read_table(&path, None, None, &Isolation::InProcess).unwrap();
        assert_eq!(table.find(&["học sinh"]), Some(2));
        let found: Vec<(u32, String, bool)> = table.rows.iter().map(|row| (row.line, row.text(Some(0)), row.is_hidden)).collect();
        assert_eq!(found, [(2, "0101".to_owned(), false), (3, "12345".to_owned(), true)]);
        // Day 0 of the usual calendar is a time and no day.
        assert_eq!(table.rows[1].text(Some(1)), days[1], "{calendar}");
        assert!(days[0].is_empty() || table.rows[0].text(Some(1)) == days[0], "{calendar}");
        // A figure under a format of zeros is the figure.
        assert_eq!(table.rows[1].text(Some(2)).parse(), Ok(6));
    }
}

#[test]
fn a_school_that_repeats_the_sum_above_or_itself_is_not_added() {
    let mapping = format!("{MAPPING}[[columns]]\nheading = \"Lớp 3\"\nsheet = \"III\"\ncode = \"42\"\ncolumn = 1\n");
    let rows = "Mã,Lớp 1,Lớp 2,Lớp 3\n0101,10,20,1\n0101,10,20,1\n0102,30,40,2\n0103,40,60,3\n";
    let outcome = run("sum", ("ds.csv", rows.as_bytes()), &mapping, "");
    assert_eq!(grades(&outcome), (40, 60), "{}", outcome.said);
    assert!(outcome.message("list-row-is-sum").contains("A5"));
    let message = outcome.message("list-unit-repeated");
    assert!(message.contains("A2") && message.contains("A3"), "{message}");
}

#[test]
fn headings_that_are_no_cells_are_named_with_the_cell_that_was_meant() {
    let rows = "unit,III/40/1,III/41/1,III/4O/2\n0101,1,2,3\n";
    let outcome = run("strange", ("ds.csv", rows.as_bytes()), "form = \"02.ĐN-TH\"", "");
    let message = outcome.message("list-heading-unknown");
    assert!(message.contains("D1") && message.contains("III/40/2"), "{message}");
}

#[test]
fn whole_numbers_read_from_decimals_are_asked_about_and_round_ones_are_not() {
    let list = |numbers: &[&str]| format!("Mã;Lớp 1;Lớp 2\n0101;{}\n0102;{}\n0103;{}\n", numbers[0], numbers[1], numbers[2]);
    for (name, numbers, asked) in [
        ("some", ["10.500;20.000", "30.000;0.000", "5.000;6.000"], true),
        ("part", ["10.500;20.000", "30.000;0.250", "5.000;6.000"], true),
        ("right", ["1.000;2.000", "1.500;20", "5;6"], false),
    ] {
        let outcome = run(&format!("thousands-{name}"), ("ds.csv", list(&numbers).as_bytes()), MAPPING, "");
        assert_eq!(!outcome.of_rule("list-all-thousands").is_empty(), asked, "{name}: {:?}", outcome.rules());
    }
}

#[test]
fn workbooks_in_an_old_font_or_of_codes_with_lost_zeros_are_named() {
    let register = REGISTER.replace("0101", "101");
    let workspace = Workspace::new("tables-books", &register, "", "");
    let (schemas, own) = (schemas(), form(&schemas(), "02-TH-DN"));
    workspace.add("0101_a.xlsx", &super::workspace::book(&schemas, &own, &super::workspace::values(&schemas, &own, 1)));
    let text = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row =
        format!("<row r=\"1\">{}{}</row>", text("A1", "Tröôøng Tieåu hoïc Nguyeãn Traõi"), text("B1", "Bieåu maãu thoáng keâ giaùo duïc"));
    workspace.add("0102_b.xlsx", &Parts::new(&row).zip());
    let outcome = Outcome::of(&workspace.folder, "p.toml");
    assert!(outcome.message("unit-code-lost-zeros").contains("0101_a.xlsx"));
    assert!(outcome.message("old-font").contains("VNI"), "{:?}", outcome.rules());
}

#[test]
fn symbols_of_forms_have_one_form_everywhere() {
    let schemas = schemas();
    for (at, form) in schemas.forms.iter().enumerate() {
        let alike = schemas
            .forms
            .iter()
            .enumerate()
            .filter(|(other, one)| *other != at && one.circular == form.circular && one.is_called(&form.symbol));
        assert_eq!(alike.map(|(_, one)| one.id.to_string()).collect::<Vec<_>>(), Vec::<String>::new(), "{}", form.id);
    }
    for symbol in ["02-TH-ĐN", "02.ĐN-TH", "02-TH-DN", "02-th-ðn", "02-TH\u{200b}-ĐN", "02 TH ĐN"] {
        let workspace =
            Workspace::new(&format!("tables-symbol-{}", symbol.len()), &REGISTER.replace("02-TH-DN", &format!("\"{symbol}\"")), "", "");
        let own = form(&schemas, "02-TH-DN");
        workspace.add("0101_a.xlsx", &super::workspace::book(&schemas, &own, &super::workspace::values(&schemas, &own, 1)));
        // Blanks part the forms of a register.
        let is_parted = symbol.contains(' ');
        assert_eq!(workspace.run().status.code() == Some(2), is_parted, "{symbol}");
        let output = tkgd()
            .arg("explain")
            .arg(format!("{symbol}/III/37/1"))
            .args(["--unit", "\u{202d}0101\u{202c}"])
            .arg("--archive")
            .arg(workspace.folder.join("archive"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(is_parted || output.status.code() == Some(0), "{symbol}: {said}");
    }
}

#[test]
fn questions_are_read_as_they_are_seen() {
    let workspace = Workspace::new("tables-sql", REGISTER, "", "");
    let (schemas, own) = (schemas(), form(&schemas(), "02-TH-DN"));
    workspace.add("0101_a.xlsx", &super::workspace::book(&schemas, &own, &super::workspace::values(&schemas, &own, 1)));
    assert_ne!(workspace.run().status.code(), Some(2));
    for unit in ["0101", "0\u{200b}101", "\u{202d}0101\u{202c}"] {
        let sql = format!("SELECT\u{a0}name FROM units WHERE unit = '{unit}'");
        let output = tkgd().args(["query", &sql, "--draft", "--archive"]).arg(workspace.folder.join("archive")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("Trường A"), "{unit:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn parquet_of_any_writer_is_read() {
    let Some(python) = super::oracle::python() else { return };
    let folder = scratch("tables-parquet");
    super::oracle::script(&python, &folder, "parquet_writers.py", &[]);
    let mut seen = 0;
    for path in files_in(&folder).iter().filter(|path| path.extension().is_some_and(|end| end == "parquet")) {
        let table = read_table(path, None, None, &Isolation::InProcess).unwrap();
        let rows: Vec<[String; 3]> = table.rows.iter().map(|row| [0, 1, 2].map(|at| row.text(Some(at)))).collect();
        let wanted = [["09001", "Sở", "12"], ["09002", "", "7"]].map(|row| row.map(str::to_owned));
        assert_eq!((table.headings.join(","), rows), ("code,name,count".to_owned(), wanted.to_vec()), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

/// A list whose footer asks for fifty gigabytes costs the list, and nothing else.
#[test]
fn a_parquet_list_whose_footer_asks_for_fifty_gigabytes_costs_that_list() {
    let bytes = include_bytes!("../../fuzz/found/parquet/footer-of-fifty-gigabytes.parquet");
    let outcome = run("parquet-bomb", ("ds.parquet", bytes), MAPPING, "");
    assert_eq!(outcome.code, Some(1), "{}", outcome.said);
    let message = outcome.message("unreadable-list");
    assert!(message.contains("không đọc được `ds.parquet`"), "{message}");
}
