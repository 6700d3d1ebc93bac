//! The register is checked before it is believed; what was merged or used again is compared with the right predecessor.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use tkgd::forms::Schemas;
use tkgd::query::compare::{UnitFate, unit_changes};
use tkgd::register::{AwaitedForm, Register, Tree, lint};
use tkgd::tables::{Table, TableRow, TableValue};

use super::support::{scratch, shared, tkgd};

const HEADINGS: &str = "code,name,kind,levels,reports_to,files_with,forms,valid_from,valid_to,merged_into";
const TOP: &str = "S,Sở,Sở,,,,,,,";

fn register(lines: &[&str]) -> Register {
    let text = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let value = |text: String| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text) };
    let row = |(line, own): (u32, &&str)| TableRow { line, values: text(own).into_iter().map(value).collect(), ..TableRow::default() };
    let rows = (2..).zip([&TOP].into_iter().chain(lines)).map(row).collect();
    let table = Table { file: Arc::from("ds.csv"), headings: text(HEADINGS), heading_line: 1, rows, ..Table::default() };
    Register::read(&table, &Schemas::load(None).unwrap().register).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What the forms below are entered by: everybody, and the department alone.
fn forms(department: &[String]) -> [AwaitedForm<'_>; 3] {
    [
        AwaitedForm { short: "02-TH-DN", symbol: "02-TH-ĐN", level: "TH", filed_by: &[] },
        AwaitedForm { short: "01-MN-DN", symbol: "01-MN-ĐN", level: "MN", filed_by: &[] },
        AwaitedForm { short: "KT-DN", symbol: "KT-ĐN", level: "KT", filed_by: department },
    ]
}

#[test]
fn what_is_odd_about_a_register_is_told_at_its_line() {
    let owes = "A,Trường A,trường,TH,S,,02-TH-DN,,,";
    let enters = "P,Phòng P,Sở,,,,KT-DN,,,";
    for (kind, lines, expected) in [
        ("nothing", vec![owes, "B,Trường B,trường,TH,S,,02-TH-ĐN,,,"], vec![]),
        ("a school without forms", vec![owes, "B,Trường B,trường,TH,S,,,,,"], vec![("unit-without-forms", "B", 4)]),
        ("nobody owes one", vec!["B,Trường B,trường,TH,S,,,,,"], vec![("unit-without-forms", "B", 3)]),
        ("forms of another term, nobody of its level owes one", vec!["B,Trường B,trường,TH,S,,02-TH-CN,,,"], vec![]),
        ("forms of another term, others owe one", vec![owes, "B,Trường B,trường,TH,S,,02-TH-CN,,,"], vec![("unit-without-forms", "B", 4)]),
        ("files with one that files", vec![owes, "B,Điểm B,cơ sở,TH,S,A,,,,"], vec![]),
        (
            "files with one that files nothing",
            vec![owes, "C,Trường C,trường,TH,S,,,,,", "B,Điểm B,cơ sở,TH,S,C,,,,"],
            vec![("unit-without-forms", "B", 5), ("unit-without-forms", "C", 4)],
        ),
        (
            "files with one that files with another",
            vec![owes, "B,Điểm B,cơ sở,TH,S,A,,,,", "C,Điểm C,cơ sở,TH,S,B,,,,"],
            vec![("unit-without-forms", "C", 5), ("files-with-a-filer", "C", 5)],
        ),
        ("a form that the department enters", vec![enters, "K,Trường K,trường,KT,P,P,,,,"], vec![]),
        ("a school of it that files with nobody", vec![enters, "K,Trường K,trường,KT,P,,,,,"], vec![]),
        ("a form that nobody enters", vec![owes, "K,Trường K,trường,KT,S,S,,,,"], vec![("unit-without-forms", "K", 4)]),
        (
            "one school owes it itself, nobody files for the other",
            vec![owes, "K,Trường K,trường,KT,S,,KT-DN,,,", "L,Trường L,trường,KT,S,,,,,"],
            vec![("unit-without-forms", "L", 5), ("form-entered-above", "K", 4)],
        ),
        (
            "files with the department, which does not owe it",
            vec![owes, "K,Trường K,trường,KT,S,,KT-DN,,,", "L,Trường L,trường,KT,S,S,,,,"],
            vec![("unit-without-forms", "L", 5), ("form-entered-above", "K", 4)],
        ),
        ("the school owes it itself", vec![owes, "K,Trường K,trường,KT,S,,KT-DN,,,"], vec![("form-entered-above", "K", 4)]),
        ("no level with a form", vec!["T,Trung tâm T,trung tâm,GDTX,S,,,,,"], vec![]),
        (
            "a code used again",
            vec![owes, "B,Trường B,trường,TH,S,,02-TH-DN,,31/05/2023,", "B,Trường Mới,trường,TH,S,,02-TH-DN,01/08/2024,,"],
            vec![("unit-code-used-again", "B", 5)],
        ),
        (
            "a school renamed",
            vec![owes, "B,Trường B,trường,TH,S,,02-TH-DN,,31/07/2024,", "B,Trường Mới,trường,TH,S,,02-TH-DN,01/08/2024,,"],
            vec![],
        ),
        ("a school that reports to nobody", vec![owes, "B,Trường B,trường,TH,,,02-TH-DN,,,"], vec![("unit-reports-to-nobody", "B", 4)]),
        (
            "a commune that reports to nobody",
            vec![owes, "X,Xã X,xã/phường,,,,,,,", "B,Trường B,trường,TH,X,,02-TH-DN,,,"],
            vec![("unit-reports-to-nobody", "X", 4)],
        ),
        (
            "names that differ by a mark",
            vec![owes, "B,Trường TH Hòa Bình,trường,TH,S,,02-TH-DN,,,", "C,Trường TH Hoá Bình,trường,TH,S,,02-TH-DN,,,"],
            vec![("unit-names-alike", "C", 5)],
        ),
    ] {
        let register = register(&lines);
        let tree = Tree::as_at(&register, day("2025-09-30")).unwrap();
        let found = lint(&register, &tree, &forms(&["department".to_owned()]), &Schemas::load(None).unwrap().register);
        let found: Vec<(&str, &str, u32)> =
            found.iter().map(|f| (&*f.rule, f.subject.unit.as_deref().unwrap(), f.place.cell.unwrap().row + 1)).collect();
        assert_eq!(found, expected, "{kind}");
    }
}

#[test]
fn a_circle_is_named_once_with_everyone_in_it() {
    for (lines, said, count) in [
        (
            vec!["A,A,xã/phường,,B,,,,,", "B,B,xã/phường,,C,,,,,", "C,C,xã/phường,,A,,,,,", "D,D,trường,TH,A,,,,,"],
            "reports to itself through others: A → B → C → A",
            1,
        ),
        (vec!["A,A,cơ sở,TH,S,B,,,,", "B,B,cơ sở,TH,S,A,,,,"], "files with itself through others: A → B → A", 1),
        (vec!["A,A,xã/phường,,B,,,,,", "B,B,xã/phường,,A,,,,,", "C,C,cơ sở,TH,S,D,,,,", "D,D,cơ sở,TH,S,C,,,,"], "A → B → A", 2),
    ] {
        let problem = Tree::as_at(&register(&lines), day("2025-09-30")).unwrap_err().to_string();
        assert!(problem.contains(said), "{problem}");
        assert_eq!(problem.matches("through others").count(), count, "{problem}");
    }
}

#[test]
fn a_code_used_again_is_a_school_gone_and_another_new() {
    let fates = |lines: &[&str]| {
        let register = register(lines);
        let tree = |on| Tree::as_at(&register, day(on)).unwrap();
        let changes = unit_changes(&tree("2022-09-30"), &tree("2025-09-30"));
        changes.iter().map(|change| (change.fate, change.names.clone().map(|name| name.map(|name| name.to_string())))).collect::<Vec<_>>()
    };
    let name = |text: &str| Some(text.to_owned());
    let again = ["B,Trường B,trường,TH,S,,,,31/05/2023,", "B,Trường Mới,trường,TH,S,,,01/08/2024,,"];
    assert_eq!(fates(&again), [(UnitFate::New, [None, name("Trường Mới")]), (UnitFate::Gone, [name("Trường B"), None])]);
    let renamed = ["B,Trường B,trường,TH,S,,,,31/07/2024,", "B,Trường Mới,trường,TH,S,,,01/08/2024,,"];
    assert_eq!(fates(&renamed), [(UnitFate::Renamed, [name("Trường B"), name("Trường Mới")])]);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

fn situation(name: &str, scratch_name: &str) -> Option<PathBuf> {
    let from = shared()?.join("cases").join(name).join("ws");
    let folder = scratch(scratch_name);
    copied(&from, &folder);
    Some(folder)
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    // A run names every finding by its rule only where all are asked for.
    let all: &[&str] = if arguments[0] == "run" { &["--all"] } else { &[] };
    let output = tkgd().current_dir(folder).args(["--lang", "en"]).args(arguments).args(all).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_school_that_owes_no_form_is_told() {
    let Some(folder) = situation("61-school-that-owes-no-form", "register_lint_61") else { return };
    for arguments in [["run", "p.toml"].as_slice(), &["units", "lint", "p.toml"], &["don-vi", "kiem-tra", "danh-sach-don-vi.csv"]] {
        let (code, text) = run(&folder, arguments);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("unit-without-forms") && text.contains("Trường Tiểu học Lê Lợi"), "{arguments:?}: {text}");
    }
    let Some(control) = situation("00-control", "register_lint_control") else { return };
    let (code, text) = run(&control, &["units", "lint", "p.toml"]);
    assert!(code == Some(0) && text.contains("0 things to look at"), "{text}");
}

#[test]
fn a_merged_school_is_compared_with_both_that_it_was() {
    let Some(folder) = situation("52-school-merged-in-the-middle-of-the-year", "register_lint_52") else { return };
    let (code, text) = run(&folder, &["run", "p.toml"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, text) = run(&folder, &["run", "p2.toml"]);
    assert!(!text.contains("closing-start") && !text.contains("submission-missing"), "{text}");
    // Without the merger the same figures are asked about: the rule does look.
    let lines = std::fs::read_to_string(folder.join("dv-cuoi.csv")).unwrap();
    std::fs::write(folder.join("dv-cuoi.csv"), lines.replace("31/12/2025,09001019,", "31/12/2025,,")).unwrap();
    let (_, text) = run(&folder, &["run", "p2.toml"]);
    assert!(text.contains("closing-start"), "{text}");
}

#[test]
fn another_register_beside_the_one_that_is_used_is_told() {
    let folder = scratch("register_lint_beside").join("moi");
    assert_eq!(tkgd().args(["init", "--toml", "--year", "2025-2026"]).arg(&folder).output().unwrap().status.code(), Some(0));
    let (code, text) = run(&folder, &["run", "dau-nam-hoc.toml"]);
    assert!(code == Some(0) && !text.contains("register-beside"), "{text}");
    let csv = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Báo cáo lên,Biểu phải nộp\nS,Sở,Sở,,,\nA,Trường A,trường,TH,S,02-TH-DN\n";
    std::fs::write(folder.join("danh-sach-don-vi.csv"), csv).unwrap();
    let (_, text) = run(&folder, &["run", "dau-nam-hoc.toml"]);
    assert!(text.contains("register-beside") && text.contains("holds 2 units"), "{text}");
    std::fs::write(folder.join("danh-sach-don-vi.csv"), csv.lines().next().unwrap()).unwrap();
    assert!(!run(&folder, &["run", "dau-nam-hoc.toml"]).1.contains("register-beside"));
}

/// The register of a new workspace offers what may stand in it, in Vietnamese.
#[test]
fn a_new_register_has_drop_downs_and_lists_the_forms() {
    let folder = scratch("register_lint_init").join("moi");
    assert_eq!(tkgd().args(["init", "--toml", "--year", "2025-2026"]).arg(&folder).output().unwrap().status.code(), Some(0));
    let bytes = std::fs::read(folder.join("danh-sach-don-vi.xlsx")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let (sheet, strings) = (text("xl/worksheets/sheet1.xml"), text("xl/sharedStrings.xml"));
    for offered in ["trường,cơ sở,trung tâm,xã/phường,huyện,Sở", "công lập,tư thục,dân lập", "02-TH-DN"] {
        assert!(sheet.contains(offered), "{offered}: {sheet}");
    }
    assert!(strings.contains("02-TH-DN"), "{strings}");
    let pipeline = std::fs::read_to_string(folder.join("dau-nam-hoc.toml")).unwrap();
    assert!(pipeline.contains("register = \"danh-sach-don-vi.xlsx\""));
}
