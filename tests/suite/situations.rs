//! Situations that real files bring about: what a file says of itself, what counts twice, what is blank, what is not read.
//!
//! Those of `../shared/cases` are run as they are; others of the same kinds are made here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use tkgd::base::location::CellRef;
use tkgd::base::number::NumberKind;
use tkgd::forms::Schemas;
use tkgd::present::{CellStyle, Content, PlacedCell, WorkbookPlan, write_xlsx};
use tkgd::returns::Status;

use super::support::{copy_tree, package, scratch, shared, tkgd};
use super::workspace::{Workspace, plan, schemas, values};

/// What came of a run.
pub struct Outcome {
    /// Exit code.
    pub code: i32,
    /// Everything on the screen.
    pub said: String,
    /// Findings of error and query severity that failed: rule and file, with the number of each.
    pub findings: BTreeMap<(String, String), usize>,
    /// The summary.
    pub summary: Value,
    /// Rows of the list of files: file and what became of it.
    pub files: BTreeMap<String, String>,
}

/// Runs a pipeline of a folder that has one term.
pub fn run(folder: &Path, pipeline: &str) -> Outcome {
    run_into(folder, pipeline, "")
}

/// The same of a folder with several terms; `term` is the name of the folder that the term's outputs stand in.
pub fn run_into(folder: &Path, pipeline: &str, term: &str) -> Outcome {
    let output = tkgd().args(["--lang", "en", "run", "--all", pipeline]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let mut outcome =
        Outcome { code: output.status.code().unwrap(), said, findings: BTreeMap::new(), summary: Value::Null, files: BTreeMap::new() };
    let Some(out) = output_folder(folder, term) else { return outcome };
    let findings: Vec<Value> = serde_json::from_slice(&std::fs::read(out.join("phat-hien.json")).unwrap()).unwrap();
    for finding in findings {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        if text("verdict") == "fail" && text("severity") != "warning" {
            *outcome.findings.entry((text("rule"), text("file"))).or_default() += 1;
        }
    }
    outcome.summary = serde_json::from_slice(&std::fs::read(out.join("tom-tat.json")).unwrap()).unwrap();
    let text = std::fs::read_to_string(out.join("tep-dau-vao.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        outcome.files.insert(row[0].to_owned(), row[3].to_owned());
    }
    outcome
}

fn output_folder(folder: &Path, term: &str) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder.join("out")).ok()?.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.join("tom-tat.json").is_file() && path.to_string_lossy().ends_with(term));
    found.pop()
}

impl Outcome {
    /// Returns received and expected of the only form.
    pub fn received(&self) -> (u64, u64) {
        let forms = self.summary["forms"].as_array().unwrap();
        let sum = |key: &str| forms.iter().map(|form| form[key].as_u64().unwrap()).sum();
        (sum("received"), sum("expected"))
    }

    /// Rules of its findings at error and query severity, each once.
    pub fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> =
            self.findings.keys().map(|(rule, _)| rule.as_str()).filter(|rule| *rule != "submission-missing").collect();
        // The figures of the cases were drawn before these were asked, and are not what the cases are about.
        rules.retain(|rule| !["on-age", "size-band"].contains(rule));
        rules.dedup();
        rules
    }

    /// Files of which a rule says something.
    pub fn files_of(&self, rule: &str) -> Vec<&str> {
        self.findings.keys().filter(|(own, _)| own == rule).map(|(_, file)| file.as_str()).collect()
    }

    /// Files by what became of them: used, replaced, held, not read.
    pub fn fates(&self) -> [u64; 4] {
        ["used", "replaced", "held", "not_read"].map(|fate| self.summary["files"][fate].as_u64().unwrap())
    }
}

/// The sum over all returns of a cell of sheet III, as the archive holds it.
pub fn total(folder: &Path, code: &str, column: u16) -> i64 {
    let sql = format!("SELECT SUM(value) AS n FROM cells WHERE sheet = 'III' AND code = '{code}' AND column_no = {column}");
    let output = tkgd().args(["--format", "json", "query", "--archive", "archive", "--draft", &sql]).current_dir(folder).output().unwrap();
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert!(rows["rows"].is_array(), "{rows}");
    rows["rows"][0]["n"].as_i64().unwrap_or_default()
}

/// A copy of a case's workspace; none where the cases are not there.
pub fn case(name: &str, workspace: &str) -> Option<PathBuf> {
    let from = shared()?.join("cases").join(name).join(workspace);
    let folder = scratch(&format!("situation-{name}-{workspace}"));
    copy_tree(&from, &folder);
    Some(folder)
}

/// What has to come of a case.
struct Expected {
    case: &'static str,
    workspace: &'static str,
    code: i32,
    received: (u64, u64),
    /// Pupils of the province.
    pupils: i64,
    /// Rules of its findings, without returns that are not there.
    rules: &'static [&'static str],
    /// Files used, replaced, held, not read.
    fates: [u64; 4],
}

const CASES: [Expected; 10] = [
    Expected { case: "00-control", workspace: "ws", code: 0, received: (4, 4), pupils: 2403, rules: &[], fates: [4, 0, 0, 0] },
    Expected {
        case: "03-new-error-values",
        workspace: "ws",
        code: 0,
        received: (4, 4),
        pupils: 2403,
        rules: &["error-value"],
        fates: [4, 0, 0, 0],
    },
    Expected {
        case: "16-commune-sends-the-sum-of-its-schools",
        workspace: "ws",
        code: 1,
        received: (4, 4),
        pupils: 2403,
        rules: &["sum-of-units-below", "unexpected-form"],
        fates: [4, 0, 1, 0],
    },
    Expected {
        case: "20-not-what-the-extension-says",
        workspace: "ws",
        code: 1,
        received: (1, 4),
        pupils: 300,
        rules: &["unreadable-file"],
        fates: [1, 0, 0, 3],
    },
    Expected {
        case: "23-copies-of-a-sheet",
        workspace: "ws",
        code: 0,
        received: (4, 4),
        pupils: 2403,
        rules: &["sheet-unread"],
        fates: [4, 0, 0, 0],
    },
    Expected {
        case: "23-copies-of-a-sheet",
        workspace: "ws-hidden",
        code: 0,
        received: (4, 4),
        pupils: 2403,
        rules: &["sheet-unread"],
        fates: [4, 0, 0, 0],
    },
    Expected {
        case: "23-copies-of-a-sheet",
        workspace: "ws-copy-fits-better",
        code: 0,
        received: (4, 4),
        pupils: 2403,
        rules: &["sheet-unread"],
        fates: [4, 0, 0, 0],
    },
    // The zip file and the workbook of another office program are read, and the figures in them count.
    Expected {
        case: "24-files-that-are-not-read",
        workspace: "ws",
        code: 0,
        received: (4, 4),
        pupils: 2403,
        rules: &["file-not-read"],
        fates: [4, 0, 0, 5],
    },
    Expected {
        case: "29-schools-of-the-same-name",
        workspace: "ws",
        code: 1,
        received: (2, 4),
        pupils: 1161,
        rules: &["ambiguous-unit"],
        fates: [2, 0, 2, 0],
    },
    Expected {
        case: "39-another-schools-workbook-under-this-code",
        workspace: "ws",
        code: 1,
        received: (3, 4),
        pupils: 1768,
        rules: &["claim-other-unit"],
        fates: [3, 0, 1, 0],
    },
];

#[test]
fn every_situation_has_its_right_outcome() {
    for expected in CASES {
        let Some(folder) = case(expected.case, expected.workspace) else { return };
        let outcome = run(&folder, "p.toml");
        let name = format!("{} {}: {}", expected.case, expected.workspace, outcome.said);
        assert_eq!(outcome.code, expected.code, "{name}");
        assert_eq!(outcome.received(), expected.received, "{name}");
        assert_eq!(outcome.rules(), expected.rules, "{name}");
        assert_eq!(outcome.fates(), expected.fates, "{name}");
        assert_eq!(total(&folder, "37", 1), expected.pupils, "{name}");
    }
}

/// Of two copies under other names nobody can say which is meant: none counts, and the total is known to be incomplete.
#[test]
fn of_two_renamed_copies_of_a_sheet_none_counts() {
    let Some(folder) = case("23-copies-of-a-sheet", "ws-both-renamed") else { return };
    let outcome = run(&folder, "p.toml");
    assert_eq!(outcome.code, 1);
    assert!(outcome.rules().contains(&"sheet-ambiguous"), "{}", outcome.said);
    assert_eq!(total(&folder, "37", 1), 2403 - 300);
}

/// A department, a commune and three schools, two of the same name; one is in another commune.
const REGISTER: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\n\
    S,Sở Giáo dục và Đào tạo tỉnh Thanh Bình,Sở,,,,\n\
    X1,Xã Tân An,xã/phường,,,S,\n\
    X2,Xã Hòa Bình,xã/phường,,,S,\n\
    T01,Trường Tiểu học Lê Lợi,trường,TH,công lập,X1,02-TH-DN\n\
    T02,Trường Tiểu học Hòa Bình,trường,TH,công lập,X2,02-TH-DN\n\
    T03,Trường Tiểu học Lê Lợi,trường,TH,công lập,X2,02-TH-DN\n\
    T04,Trường Tiểu học Số 1 Lê Lợi,trường,TH,công lập,X1,02-TH-DN\n";

/// Figures of a return, and the cells of its heading.
struct Made {
    file: &'static str,
    /// What stands where the reporting unit is written.
    unit: &'static str,
    /// The line of the term.
    term: &'static str,
    /// The line of the day.
    as_at: &'static str,
    seed: u64,
}

const PLAIN: Made = Made { file: "T01_02-TH-DN.xlsx", unit: "", term: "", as_at: "", seed: 1 };

/// The workbook with its heading as told.
fn made(schemas: &Schemas, made: &Made) -> WorkbookPlan {
    let form = schemas.form("tt25-2024/02-TH-DN").unwrap();
    let mut plan = plan(schemas, form, &values(schemas, form, made.seed));
    for (at, text) in [("D2", made.unit), ("B2", made.term), ("B3", made.as_at)] {
        if text.is_empty() {
            continue;
        }
        let at: CellRef = at.parse().unwrap();
        let sheet = &mut plan.sheets[0];
        sheet.cells.retain(|cell| cell.at != at);
        sheet.cells.push(PlacedCell { at, content: Content::Text(text.into()), style: CellStyle::default() });
        sheet.cells.sort_by_key(|cell| cell.at);
    }
    plan
}

fn workspace(name: &str, inputs: &str, returns: &[Made]) -> Workspace {
    let schemas = schemas();
    let workspace = Workspace::new(name, REGISTER, inputs, "");
    for own in returns {
        workspace.add(own.file, &write_xlsx(&made(&schemas, own)).unwrap());
    }
    workspace
}

/// What is said of one return whose heading is as told.
fn said_of(name: &str, own: Made) -> Vec<String> {
    let workspace = workspace(name, "", &[own]);
    let outcome = run(&workspace.folder, "p.toml");
    let rules = outcome.rules().into_iter().filter(|rule| rule.starts_with("claim") || rule.contains("unit"));
    let mut rules: Vec<String> = rules.map(str::to_owned).collect();
    let is_held = outcome.fates()[2] == 1;
    assert_eq!(is_held, outcome.received().0 == 0, "{}", outcome.said);
    if is_held {
        rules.push("held".to_owned());
    }
    rules
}

#[test]
fn headings_that_agree_or_are_silent_hold_nothing() {
    for (at, unit) in [
        "Trường Tiểu học Lê Lợi",
        "TRƯỜNG TH LÊ LỢI",
        "TH Lê Lợi",
        "Tiểu học Lê Lợi - xã Tân An",
        "Truong Tieu hoc Le Loi",
        "Trường TH Lê Lợi, xã Tân An, tỉnh Thanh Bình",
        "Sở GDĐT tỉnh………..",
        "Sở Giáo dục và Đào tạo tỉnh Thanh Bình",
        "UBND xã Tân An",
        "…………………",
        "Trường ……………….",
        "T01",
    ]
    .into_iter()
    .enumerate()
    {
        let own = Made { unit, ..PLAIN };
        assert_eq!(said_of(&format!("situation-agrees-{at}"), own), [""; 0], "{unit}");
    }
    for (at, (term, as_at)) in [
        ("Kỳ đầu năm học 2025-2026", "(có đến 30 tháng 9 năm 2025)"),
        ("Kỳ đầu năm học", "(có đến 30 tháng 9 năm báo cáo)"),
        ("ĐẦU NĂM HỌC 2025 – 2026", "(tính đến 05/10/2025)"),
        ("Kỳ đầu năm học ………", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let own = Made { term, as_at, ..PLAIN };
        assert_eq!(said_of(&format!("situation-term-{at}"), own), [""; 0], "{term}");
    }
}

#[test]
fn headings_and_names_that_contradict_hold_the_return() {
    let cases = [
        (Made { unit: "Trường Tiểu học Hòa Bình", ..PLAIN }, "claim-other-unit"),
        (Made { unit: "TH Hoà Bình", ..PLAIN }, "claim-other-unit"),
        (Made { unit: "Trường Tiểu học số 1 Lê Lợi", ..PLAIN }, "claim-other-unit"),
        (Made { unit: "Trường Tiểu học Lê Lợi, xã Hòa Bình", ..PLAIN }, "claim-other-unit"),
        (Made { term: "Kỳ đầu năm học 2024-2025", ..PLAIN }, "claim-other-period"),
        (Made { term: "Kỳ cuối năm học 2025-2026", ..PLAIN }, "claim-other-period"),
        (Made { as_at: "(có đến 30 tháng 9 năm 2024)", ..PLAIN }, "claim-other-period"),
        (Made { as_at: "(có đến 31/05/2026)", ..PLAIN }, "claim-other-period"),
        (Made { file: "T01_02-TH-CN.xlsx", ..PLAIN }, "claim-other-form"),
        (Made { file: "T01_01.ĐN-MN.xlsx", ..PLAIN }, "claim-other-form"),
        (Made { file: "T01_02-TH-DN_2024-2025.xlsx", ..PLAIN }, "claim-other-period"),
        (Made { file: "T01_02-TH-DN_T02.xlsx", ..PLAIN }, "claim-other-unit"),
        (Made { file: "T01_Truong TH Hoa Binh.xlsx", ..PLAIN }, "claim-other-unit"),
        (Made { term: "Kỳ đầu năm học 2024 đến 2025", ..PLAIN }, "claim-other-period"),
        (Made { as_at: "(có đến 30/9/24)", ..PLAIN }, "claim-other-period"),
    ];
    for (at, (own, rule)) in cases.into_iter().enumerate() {
        let told = format!("{} {} {} {}", own.file, own.unit, own.term, own.as_at);
        assert_eq!(said_of(&format!("situation-contradicts-{at}"), own), [rule, "held"], "{told}");
    }
    // A name that nobody has is asked, and counts.
    for (at, unit) in [
        "Trường Tiểu học Kim Đồng",
        "Trường THCS Lê Lợi",
        "Sở Giáo dục và Đào tạo tỉnh Khác",
        "Trường Tiểu học Lợi Lê",
        "Trường Tiểu học Lê Lợi 2",
        "Trường TH&THCS Lê Lợi",
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(said_of(&format!("situation-nobody-{at}"), Made { unit, ..PLAIN }), ["claim-unknown-unit"], "{unit}");
    }
}

/// A line of the file table names the owner; the ledger lets a return in whatever its heading says.
#[test]
fn a_decision_lets_a_held_return_in() {
    let own = Made { unit: "Trường Tiểu học Hòa Bình", ..PLAIN };
    let held = workspace("situation-decided", "", &[own]);
    let outcome = run(&held.folder, "p.toml");
    assert_eq!((outcome.code, outcome.received()), (1, (0, 4)), "{}", outcome.said);
    let arguments = ["ledger", "accept", "p.toml", "--unit", "T01", "--form", "02-TH-DN", "--rule", "claim-other-unit"];
    let written = ["--by", "Phòng Kế hoạch", "--reason", "trường đã xác nhận"];
    let output = tkgd().args(arguments).args(written).current_dir(&held.folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let outcome = run(&held.folder, "p.toml");
    assert_eq!((outcome.code, outcome.received(), outcome.fates()), (0, (1, 4), [1, 0, 0, 0]), "{}", outcome.said);
    // Another file under that name was not decided about.
    let other = made(&schemas(), &Made { unit: "Trường Tiểu học Hòa Bình", seed: 7, ..PLAIN });
    held.add("T01_02-TH-DN.xlsx", &write_xlsx(&other).unwrap());
    assert_eq!(run(&held.folder, "p.toml").received(), (0, 4));

    let table = workspace("situation-table", "mapping = \"tep.csv\"", &[Made { unit: "Trường Tiểu học Hòa Bình", ..PLAIN }]);
    std::fs::write(table.folder.join("tep.csv"), "file,unit\nT01_02-TH-DN.xlsx,T02\n").unwrap();
    let outcome = run(&table.folder, "p.toml");
    assert_eq!((outcome.code, outcome.received(), outcome.fates()), (0, (1, 4), [1, 0, 0, 0]), "{}", outcome.said);
    assert!(outcome.said.contains("claim-decided"), "{}", outcome.said);

    // The line may name folders, and a word in its third column lets the file in whatever it says.
    let other_year = Made { term: "Kỳ đầu năm học 2024-2025", ..PLAIN };
    let table = workspace("situation-let-in", "mapping = \"tep.csv\"", &[other_year]);
    std::fs::write(table.folder.join("tep.csv"), "file,unit,decision\nbieu/T01_02-TH-DN.xlsx,T01,\n").unwrap();
    assert_eq!(run(&table.folder, "p.toml").fates(), [0, 0, 1, 0]);
    std::fs::write(table.folder.join("tep.csv"), "file,unit,decision\nbieu/T01_02-TH-DN.xlsx,T01,nhận\n").unwrap();
    let outcome = run(&table.folder, "p.toml");
    assert_eq!((outcome.code, outcome.fates()), (0, [1, 0, 0, 0]), "{}", outcome.said);
}

/// Whether anything was filled in is judged by what people type, not by the zeros of formulas.
#[test]
fn a_blank_form_is_not_received_and_a_blank_page_is_asked() {
    let schemas = schemas();
    let form = schemas.form("tt25-2024/02-TH-DN").unwrap();
    let workspace = Workspace::new("situation-blank", REGISTER, "", "");
    let zero = |plan: &mut WorkbookPlan, sheets: &[usize]| {
        for sheet in sheets {
            for cell in &mut plan.sheets[*sheet].cells {
                // The zeros of a blank's own formulas stay.
                let header = form.layout.sheets[*sheet].header_rows.last;
                if matches!(cell.content, Content::Number(_) | Content::Formula(..)) && cell.at.row > header && cell.at.column > 3 {
                    cell.content = Content::Formula("=0".to_owned(), 0.0);
                }
            }
        }
    };
    let whole = plan(&schemas, form, &values(&schemas, form, 1));
    let mut blank = whole.clone();
    let all: Vec<usize> = (0..blank.sheets.len()).collect();
    zero(&mut blank, &all);
    workspace.add("T01_02-TH-DN.xlsx", &write_xlsx(&blank).unwrap());
    let mut page = plan(&schemas, form, &values(&schemas, form, 2));
    zero(&mut page, &[2]);
    workspace.add("T02_02-TH-DN.xlsx", &write_xlsx(&page).unwrap());
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!((outcome.received(), outcome.fates()), ((1, 4), [1, 0, 0, 1]), "{}", outcome.said);
    let at = |rule: &str, file: &str| outcome.findings.get(&(rule.to_owned(), format!("bieu/{file}_02-TH-DN.xlsx"))).copied();
    assert_eq!(at("nothing-reported", "T01"), Some(1), "{}", outcome.said);
    assert_eq!(at("sheet-blank", "T02"), Some(1), "{}", outcome.said);
}

/// Two forms in a workbook are two returns; what a zip file, or one in it, holds is known by its name.
#[test]
fn every_file_of_folders_and_zip_files_is_accounted_for() {
    let schemas = schemas();
    let workspace = workspace("situation-files", "", &[]);
    let book = |unit: &'static str, seed| write_xlsx(&made(&schemas, &Made { unit, seed, ..PLAIN })).unwrap();
    let packed = package(&[
        ("xã Tân An/T01_02-TH-DN.xlsx", &book("", 1)),
        ("T02_02-TH-DN.xlsx", &book("", 2)),
        ("ghi chú.docx", b"PK"),
        ("nữa.zip", b"PK"),
        ("__MACOSX/._T02_02-TH-DN.xlsx", b"x"),
    ]);
    let bieu = workspace.folder.join("bieu");
    std::fs::write(bieu.join("Xa Tan An.zip"), packed).unwrap();
    std::fs::write(bieu.join("T03_02-TH-DN.pdf"), "%PDF-1.4").unwrap();
    std::fs::write(bieu.join("T04_02-TH-DN.xlsx"), "không phải bảng tính").unwrap();
    std::fs::write(bieu.join("~$T04_02-TH-DN.xlsx"), "khóa").unwrap();
    std::fs::write(bieu.join("hong.zip"), "PK\u{3}\u{4} cụt").unwrap();
    std::fs::create_dir_all(bieu.join("sâu/hơn")).unwrap();
    std::fs::write(bieu.join("sâu/hơn/T03_ảnh.JPG"), "x").unwrap();
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!((outcome.received(), outcome.fates()), ((2, 4), [2, 0, 0, 8]), "{}\n{:#?}", outcome.said, outcome.files);
    let unread = outcome.files_of("file-not-read");
    let expected = ["T03_02-TH-DN.pdf", "Xa Tan An.zip/ghi chú.docx", "Xa Tan An.zip/nữa.zip", "sâu/hơn/T03_ảnh.JPG"];
    assert_eq!(unread, expected.map(|file| format!("bieu/{file}")));
    assert_eq!(outcome.files_of("unreadable-file"), ["bieu/T04_02-TH-DN.xlsx"]);
    assert_eq!(outcome.files_of("unreadable-zip"), ["bieu/hong.zip"]);
}

#[test]
fn a_workbook_with_two_forms_gives_both() {
    let schemas = schemas();
    let register = REGISTER.replace("TH,công lập,X1,02-TH-DN", "TH,công lập,X1,02-TH-DN 03-THCS-DN");
    let workspace = Workspace::new("situation-two-forms", &register, "", "");
    let first = schemas.form("tt25-2024/02-TH-DN").unwrap();
    let mut both = plan(&schemas, first, &values(&schemas, first, 1));
    let second = schemas.form("tt25-2024/03-THCS-DN").unwrap();
    for mut sheet in plan(&schemas, second, &values(&schemas, second, 2)).sheets {
        sheet.name = format!("THCS {}", sheet.name).into();
        both.sheets.push(sheet);
    }
    workspace.add("T01_hai bieu.xlsx", &write_xlsx(&both).unwrap());
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!((outcome.received().0, outcome.fates()), (2, [1, 0, 0, 0]), "{}", outcome.said);
}

/// Figures that are another return's, or of another order of magnitude, are asked about.
#[test]
fn returns_that_are_implausible_as_wholes_are_asked() {
    let schemas = schemas();
    let twins = [Made { file: "T02_a.xlsx", seed: 3, ..PLAIN }, Made { file: "T03_a.xlsx", seed: 3, ..PLAIN }, PLAIN];
    let workspace = workspace("situation-twins", "", &twins);
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!(outcome.files_of("same-figures-as-other-unit"), ["bieu/T02_a.xlsx", "bieu/T03_a.xlsx"], "{}", outcome.said);

    // The same file a year later.
    let text = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p2.toml"), text.replace("2025-2026", "2026-2027")).unwrap();
    for (file, seed) in [("T02_a.xlsx", 5), ("T03_a.xlsx", 6)] {
        workspace.add(file, &write_xlsx(&made(&schemas, &Made { seed, ..PLAIN })).unwrap());
    }
    let outcome = run_into(&workspace.folder, "p2.toml", "2026-2027-opening");
    assert_eq!(outcome.files_of("same-figures-as-last-year"), ["bieu/T01_02-TH-DN.xlsx"], "{}", outcome.said);

    // Everything in thousands.
    let form = schemas.form("tt25-2024/02-TH-DN").unwrap();
    let mut large = values(&schemas, form, 9);
    for slot in large.slots() {
        let (status, number) = large.get(slot);
        large.set(slot, status, number * 1000);
    }
    workspace.add("T01_02-TH-DN.xlsx", &write_xlsx(&plan(&schemas, form, &large)).unwrap());
    let outcome = run_into(&workspace.folder, "p2.toml", "2026-2027-opening");
    assert_eq!(outcome.files_of("counts-in-thousands"), ["bieu/T01_02-TH-DN.xlsx"], "{}", outcome.said);
}

/// Money in the wrong unit of measure: beside the other units, and beside the year before.
#[test]
fn amounts_of_another_scale_are_asked() {
    let schemas = schemas();
    let form = schemas.form("tt25-2024/01-MN-DN").unwrap();
    let mut register = REGISTER.lines().take(4).collect::<Vec<_>>().join("\n").replace("    ", "");
    let mut books = Vec::new();
    for unit in 1..=6_i64 {
        register += &format!("\nM0{unit},Trường Mầm non Hoa {unit},trường,MN,công lập,X1,01-MN-DN");
        let mut own = values(&schemas, form, unit.unsigned_abs());
        let (_, sheet) = form.layout.data_sheets().find(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Amounts)).unwrap();
        for coded in 0..sheet.coded.len() {
            let scale = if unit == 6 { 1000 } else { 1 };
            own.set(sheet.slot(coded, 0), Status::Reported, (100 + unit) * 1_000_000 * scale);
        }
        books.push((format!("M0{unit}_a.xlsx"), write_xlsx(&plan(&schemas, form, &own)).unwrap()));
    }
    let workspace = Workspace::new("situation-money", &(register + "\n"), "", "");
    for (file, bytes) in &books {
        workspace.add(file, bytes);
    }
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!(outcome.files_of("amounts-of-other-scale"), ["bieu/M06_a.xlsx"], "{}", outcome.said);
}

/// Lines of a list are held as workbooks are: another unit's name, another year or term, a file of last year.
#[test]
fn lines_of_lists_that_contradict_are_held() {
    let schemas = schemas();
    let form = schemas.form("tt25-2024/02-TH-DN").unwrap();
    let heading = tkgd::lists::list_heading(&form.layout, form.layout.sheet("III").unwrap().first_slot);
    let lines = |name: &str, year: &str| {
        format!("Mã đơn vị,Tên trường,Năm học,{heading}\nT01,{name},{year},120\nT02,Trường Tiểu học Hòa Bình,2025-2026,130\n")
    };
    let cases = [
        ("Trường TH Lê Lợi", "2025-2026", "ds.csv", 2, None),
        ("Trường Tiểu học Hòa Bình", "2025-2026", "ds.csv", 1, Some("claim-other-unit")),
        ("Trường Tiểu học Lê Lợi", "2024-2025", "ds.csv", 1, Some("claim-other-period")),
        ("Trường Tiểu học Kim Đồng", "2025-2026", "ds.csv", 2, Some("claim-unknown-unit")),
        ("Trường Tiểu học Lê Lợi", "2025-2026", "ds 2024-2025.csv", 0, Some("claim-other-period")),
    ];
    for (at, (name, year, file, received, rule)) in cases.into_iter().enumerate() {
        let inputs = format!("lists = [{{ file = \"{file}\", form = \"02-TH-DN\" }}]");
        let workspace = Workspace::new(&format!("situation-lines-{at}"), REGISTER, &inputs, "");
        std::fs::write(workspace.folder.join(file), lines(name, year)).unwrap();
        let outcome = run(&workspace.folder, "p.toml");
        assert_eq!(outcome.received().0, received, "{}", outcome.said);
        assert_eq!(outcome.rules().into_iter().find(|rule| rule.starts_with("claim")), rule, "{}", outcome.said);
    }
}

/// One name for two files in a zip file: whichever was taken, the other would be lost.
#[test]
fn a_zip_file_with_one_name_for_two_files_is_refused() {
    let schemas = schemas();
    let book = |seed| write_xlsx(&made(&schemas, &Made { seed, ..PLAIN })).unwrap();
    let workspace = workspace("situation-zip-twice", "", &[]);
    let zip = package(&[("a/T01_02-TH-DN.xlsx", &book(1)), ("./a/T01_02-TH-DN.xlsx", &book(2))]);
    std::fs::write(workspace.folder.join("bieu/goi.zip"), zip).unwrap();
    let outcome = run(&workspace.folder, "p.toml");
    assert_eq!((outcome.received().0, outcome.fates()), (0, [0, 0, 0, 1]), "{}", outcome.said);
    assert!(outcome.rules().contains(&"unreadable-zip"), "{}", outcome.said);
}
