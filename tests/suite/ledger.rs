//! The ledger: a chain that nobody can change unseen, that survives its writers, and that says who is late.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Instant;

use chrono::NaiveDate;
use serde_json::Value;
use tkgd::archive::draft_path;
use tkgd::base::message::Lang;
use tkgd::ledger::{Board, Catalogue, ChainFault, EntryDraft, Ledger, LedgerEntry, Stamp};
use tkgd::returns::Status;
use tkgd::workspace::Pipeline;

use super::support::{StoredTable, read, root, scratch, tkgd};
use super::workspace::{PERIOD, Workspace, book, files, form, schemas, values};

const FORM: &str = "tt25-2024/02-TH-DN";

fn stamp() -> Stamp {
    Stamp { time: "2025-10-20T08:00:00Z".to_owned(), on: NaiveDate::from_ymd_opt(2025, 10, 20).unwrap() }
}

fn draft(unit: usize) -> EntryDraft {
    EntryDraft {
        action: "receive".to_owned(),
        unit: format!("U{unit}"),
        form: FORM.to_owned(),
        version: 1,
        content: "c".repeat(8),
        sha256: "d".repeat(8),
        by: "Chuyên viên".to_owned(),
        reason: "lý do".to_owned(),
        document: "Công văn 1".to_owned(),
        ..EntryDraft::default()
    }
}

/// A ledger of some entries, written one by one.
fn filled(name: &str, entries: usize) -> (PathBuf, Ledger) {
    let folder = scratch(name);
    let ledger = Ledger::of(&folder, PERIOD);
    for unit in 1..=entries {
        ledger.append(|_| Ok(vec![(draft(unit), stamp())])).unwrap();
    }
    (folder, ledger)
}

/// Number of the first broken entry, and how it is broken.
fn broken(ledger: &Ledger) -> Option<(u64, ChainFault)> {
    ledger.read().unwrap().broken.map(|broken| (broken.entry, broken.fault))
}

/// Runs the program in a folder.
fn call(folder: &Path, arguments: &[&str]) -> Output {
    tkgd().args(arguments).current_dir(folder).output().unwrap()
}

/// Runs it; it must end with this code. What it printed and said.
fn say(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = call(folder, arguments);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = call(folder, &[&["--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_changed_byte_is_named_with_its_entry_wherever_it_stands() {
    let (_folder, ledger) = filled("ledger-tamper", 5);
    assert_eq!(broken(&ledger), None);
    let whole = std::fs::read(ledger.path()).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(ledger.path(), &bytes).unwrap();
        let entry = whole[..at].split(|byte| *byte == b'\n').count() as u64;
        assert_eq!(broken(&ledger).map(|(entry, _)| entry), Some(entry), "byte {at}");
    }
    // Every field by its name, with a value that reads as well as the right one.
    let lines: Vec<String> = String::from_utf8(whole.clone()).unwrap().lines().map(str::to_owned).collect();
    let with = |number: usize, line: Option<&str>| {
        let mut changed = lines.clone();
        match line {
            Some(line) => line.clone_into(&mut changed[number]),
            None => {
                changed.remove(number);
            }
        }
        std::fs::write(ledger.path(), changed.join("\n") + "\n").unwrap();
        broken(&ledger)
    };
    let fields = [
        ("\"seq\":3", "\"seq\":9"),
        ("2025-10-20T08:00:00Z", "2025-10-20T07:00:00Z"),
        ("\"on\":\"2025-10-20\"", "\"on\":\"2025-10-19\""),
        ("receive", "approve"),
        ("\"U3\"", "\"U8\""),
        ("02-TH-DN", "01-MN-DN"),
        ("\"version\":1", "\"version\":2"),
        ("cccccccc", "cccccccd"),
        ("dddddddd", "ddddddde"),
        ("Chuyên viên", "Trưởng phòng"),
        ("lý do", "không"),
        ("Công văn 1", "Công văn 2"),
    ];
    for (from, to) in fields {
        assert!(lines[2].contains(from), "{from}");
        assert_eq!(with(2, Some(&lines[2].replace(from, to))), Some((3, ChainFault::Changed)), "{from}");
    }
    // Left out, moved, replaced with a hash of its own, cut off.
    assert_eq!(with(2, None), Some((3, ChainFault::Missing)));
    assert_eq!(with(4, None), Some((5, ChainFault::CutOff)));
    assert_eq!(with(1, Some(&lines[3])), Some((2, ChainFault::Missing)));
    for number in [1, 4] {
        let (mut entry, ..) = LedgerEntry::parse(&lines[number]).unwrap();
        entry.draft.reason = "khác".to_owned();
        assert_eq!(with(number, Some(&entry.line().0)), Some((number as u64 + 1, ChainFault::Replaced)));
    }
    std::fs::write(ledger.path(), b"").unwrap();
    assert_eq!(broken(&ledger), Some((1, ChainFault::CutOff)));
    // Nothing is added to a ledger that is not whole.
    let error = ledger.append(|_| Ok(vec![(draft(9), stamp())])).unwrap_err();
    assert!(error.to_string().contains("from entry 1 on") && error.hint().is_some(), "{error}");
    std::fs::write(ledger.path(), &whole).unwrap();
    assert_eq!(broken(&ledger), None);
}

#[test]
fn a_writer_killed_at_any_byte_costs_nothing_that_was_there() {
    let (folder, ledger) = filled("ledger-killed", 3);
    let beside = |extension: &str| ledger.path().with_extension(extension);
    let (before, head) = (std::fs::read(ledger.path()).unwrap(), std::fs::read(beside("head")).unwrap());
    // The writing that is interrupted: two entries at once.
    ledger.append(|_| Ok(vec![(draft(4), stamp()), (draft(5), stamp())])).unwrap();
    let after = std::fs::read(ledger.path()).unwrap();
    let first = before.len() + after[before.len()..].iter().position(|byte| *byte == b'\n').unwrap();
    for end in before.len()..=after.len() {
        // The note is written after the entries, so it is still the one before.
        std::fs::write(ledger.path(), &after[..end]).unwrap();
        std::fs::write(beside("head"), &head).unwrap();
        std::fs::write(beside("head.new"), b"4 abc").unwrap();
        std::fs::write(beside("lock"), b"left by nobody").unwrap();
        let _ = std::fs::remove_file(beside("torn"));
        let chain = ledger.read().unwrap();
        assert_eq!(chain.broken, None, "cut at {end}");
        let kept = 3 + usize::from(end >= first) + usize::from(end + 1 >= after.len());
        assert_eq!(chain.entries.len(), kept, "cut at {end}");
        assert_eq!(ledger.append(|entries| Ok(vec![(draft(entries.len() + 1), stamp())])).unwrap(), 1);
        let entries = ledger.entries().unwrap();
        let units: Vec<&str> = entries.iter().map(|entry| &*entry.draft.unit).collect();
        assert_eq!(units, (1..=kept + 1).map(|unit| format!("U{unit}")).collect::<Vec<_>>());
        // What was half written is not lost.
        let torn = std::fs::read(beside("torn")).unwrap_or_default();
        assert_eq!(torn.strip_suffix(b"\n").unwrap_or_default(), chain.torn);
        assert!(chain.torn.is_empty() == (chain.whole == end));
    }
    assert!(files(&folder).keys().all(|name| name.starts_with("2025-2026-opening.")));
}

/// A pipeline whose units are all to file one form, with nothing filed.
fn units(name: &str, schools: usize) -> Workspace {
    let mut register = "code,name,kind,levels,ownership,reports_to,forms,former_district\n09,Sở,department,,,,,\n".to_owned();
    for commune in 1..=2 {
        register.push_str(&format!("0900{commune},Xã {commune},commune,,,09,,Huyện {commune}\n"));
    }
    for school in 1..=schools {
        let commune = 1 + school % 2;
        register.push_str(&format!("S{school:03},Trường {school},school,TH,public,0900{commune},02-TH-DN,Huyện {commune}\n"));
    }
    Workspace::new(name, &register, "receipts = \"ngay-nhan.csv\"", "reports = [\"department\"]")
}

/// Puts a return of clean values into the workspace.
fn file_return(workspace: &Workspace, school: usize) {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    workspace.add(&format!("S{school:03}_02-TH-DN.xlsx"), &book(&schemas, &form, &values(&schemas, &form, school as u64)));
}

fn receipts(workspace: &Workspace, days: &BTreeMap<usize, &str>) {
    let lines: String = days.iter().map(|(school, day)| format!("S{school:03},02-TH-DN,{day}\n")).collect();
    std::fs::write(workspace.folder.join("ngay-nhan.csv"), format!("unit,form,received_on\n{lines}")).unwrap();
}

#[test]
fn processes_that_write_at_once_or_are_killed_leave_one_whole_chain() {
    let workspace = units("ledger-processes", 64);
    receipts(&workspace, &BTreeMap::new());
    let spawn = |command: &str, units: std::ops::Range<usize>| {
        let mut call = tkgd();
        call.args(["ledger", command, "p.toml", "--by", "Trưởng phòng", "--reason", "hết hạn"]);
        call.args(units.flat_map(|unit| ["--unit".to_owned(), format!("S{:03}", unit + 1)]));
        call.current_dir(&workspace.folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let children: Vec<_> = (0..64).map(|unit| spawn("lock", unit..unit + 1)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let ledger = Pipeline::open(&workspace.folder.join("p.toml")).unwrap().ledger();
    let mut units: Vec<String> = ledger.entries().unwrap().into_iter().map(|entry| entry.draft.unit).collect();
    units.sort();
    assert_eq!(units, (1..=64).map(|unit| format!("S{unit:03}")).collect::<Vec<_>>());
    // Killed sooner or later: all 64 lines of a writing may be there, or some, and every one of them is whole.
    let start = Instant::now();
    assert!(spawn("unlock", 0..64).wait().unwrap().success());
    let (whole, mut is_locked) = (start.elapsed(), false);
    let has_come = || ledger.entries().unwrap().len() > 128;
    // On a busy machine it takes longer until one comes through.
    for round in (0..24_u32).chain(std::iter::successors(Some(48), |round| Some(round * 2)).take_while(|_| !has_come()).take(6)) {
        let before = ledger.entries().unwrap().len();
        let mut child = spawn(if is_locked { "unlock" } else { "lock" }, 0..64);
        std::thread::sleep(whole * round / 20);
        let _ = child.kill();
        child.wait().unwrap();
        say(&workspace.folder, &["ledger", "verify", "p.toml"], 0);
        let written = ledger.entries().unwrap().len() - before;
        is_locked = if written == 64 { !is_locked } else { is_locked };
    }
    assert!(has_come(), "some came through");
    // The program names what was changed.
    let text = std::fs::read_to_string(ledger.path()).unwrap();
    std::fs::write(ledger.path(), text.replacen("hết hạn", "còn hạn", 1)).unwrap();
    assert!(say(&workspace.folder, &["ledger", "verify", "p.toml"], 1).contains("dòng 1: dòng này đã bị sửa"));
    assert_eq!(json(&workspace.folder, &["ledger", "verify", "p.toml"])["fault"], "changed");
    assert!(say(&workspace.folder, &["status", "p.toml"], 2).contains("ledger verify"));
}

/// The text of a cell of a workbook, by sheet, row and the heading of its column.
fn cell(book: &tkgd::ooxml::RawWorkbook, sheet: &str, row: &str, heading: &str) -> String {
    use tkgd::ooxml::RawValue;
    let sheet = book.sheets.iter().find(|s| s.name == sheet).unwrap_or_else(|| panic!("{sheet}"));
    let text = |value: &RawValue| match value {
        RawValue::Text(text) => text.to_string(),
        RawValue::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let column = sheet.cells.iter().find(|cell| text(&cell.value) == heading).unwrap_or_else(|| panic!("{heading}")).column;
    let line = sheet.cells.iter().find(|cell| cell.column == 0 && text(&cell.value) == row).unwrap_or_else(|| panic!("{row}")).row;
    sheet.cells.iter().find(|cell| (cell.row, cell.column) == (line, column)).map(|cell| text(&cell.value)).unwrap_or_default()
}

#[test]
fn forty_expected_thirty_seven_in_two_late_one_reopened_in_every_output() {
    let workspace = units("ledger-forty", 40);
    let folder = &workspace.folder;
    let late = [5, 6];
    let days = (1..=37).map(|school| (school, if late.contains(&school) { "05/11/2025" } else { "15/10/2025" })).collect();
    receipts(&workspace, &days);
    (1..=37).for_each(|school| file_return(&workspace, school));
    std::fs::write(
        folder.join("lien-he.csv"),
        "Mã đơn vị,Chức danh,Điện thoại,Thư điện tử,Họ tên\nS038,Hiệu trưởng,0912345678,s038@truong.edu.vn,Nguyễn Thị Kín\n",
    )
    .unwrap();
    assert_eq!(workspace.run().status.code(), Some(0));
    for command in ["approve", "reopen"] {
        say(folder, &["ledger", command, "p.toml", "--unit", "S001", "--by", "Trưởng phòng KHTC", "--reason", "nhập thiếu lớp 5"], 0);
    }
    let status = ["status", "p.toml", "--on", "2025-11-10"];
    let value = json(folder, &status);
    let wanted = [
        ("expected", 40),
        ("received", 37),
        ("missing", 3),
        ("on_time", 35),
        ("late", 2),
        ("overdue", 3),
        ("reopened", 1),
        ("approved", 0),
    ];
    for (key, number) in wanted {
        assert_eq!(value["counts"][key], number, "{key}");
        let groups = value["groups"].as_array().unwrap();
        assert_eq!(groups.iter().map(|group| group["counts"][key].as_u64().unwrap()).sum::<u64>(), number, "{key} by commune");
    }
    let of = |value: &Value, unit: &str| value["returns"].as_array().unwrap().iter().find(|row| row["unit"] == unit).unwrap().clone();
    assert_eq!(of(&value, "S001")["state"], "reopened");
    assert_eq!((&of(&value, "S005")["timing"], &of(&value, "S005")["received_on"]), (&"late".into(), &"2025-11-05".into()));
    assert_eq!((&of(&value, "S040")["timing"], &of(&value, "S040")["due"]), (&"overdue".into(), &"2025-10-31".into()));
    assert_eq!(of(&value, "S040")["due_document"], "Thông tư 25/2024/TT-BGDĐT");
    assert_eq!(value["counts"]["open"], 3, "three returns that are not there");

    let text = say(folder, &status, 0);
    assert!(text.contains("Phải nộp 40, đã nộp 37, chưa nộp 3 (quá hạn 3); nộp muộn 2"), "{text}");
    assert!(text.contains("đã khóa 0, mở lại 1") && text.contains("09001 Xã 1: 18/20 đã nộp, muộn 1"), "{text}");
    assert!(text.contains("S001 Trường 1, 02.ĐN-TH: đã mở lại, đúng hạn; nhập thiếu lớp 5"), "{text}");
    let english = say(folder, &[&["--lang", "en"], &status[..]].concat(), 0);
    assert!(english.contains("Expected 40, in 37, not in 3 (overdue 3); late 2") && english.contains("reopened 1"), "{english}");
    assert!(say(folder, &[&status[..], &["--by", "former_district"]].concat(), 0).contains("Huyện 2: 19/20 đã nộp"));
    assert!(say(folder, &[&status[..], &["--by", "huyen"]].concat(), 2).contains("cách nhóm"));
    // Before the last day nobody is overdue.
    assert_eq!(json(folder, &["status", "p.toml", "--on", "2025-10-31"])["counts"]["overdue"], 0);

    say(folder, &[&status[..], &["--xlsx", "tinh-hinh.xlsx", "--reminders", "nhac.xlsx"]].concat(), 0);
    let sheet = read(&std::fs::read(folder.join("tinh-hinh.xlsx")).unwrap()).unwrap();
    let headings =
        [("Phải nộp", "40"), ("Đã nộp", "37"), ("Chưa nộp", "3"), ("Nộp muộn", "2"), ("Quá hạn", "3"), ("Mở lại", "1"), ("Đúng hạn", "35")];
    for (heading, number) in headings {
        assert_eq!(cell(&sheet, "Tổng hợp", "Toàn bộ", heading), number, "{heading}");
    }
    assert_eq!(cell(&sheet, "Theo biểu", "S001", "Trạng thái"), "đã mở lại");
    assert_eq!(cell(&sheet, "Theo biểu", "S006", "So với hạn"), "nộp muộn");
    assert_eq!(cell(&sheet, "Lịch sử", "39", "Việc"), "Mở lại");
    let reminders = read(&std::fs::read(folder.join("nhac.xlsx")).unwrap()).unwrap();
    assert_eq!(cell(&reminders, "Chưa nộp", "S038", "Điện thoại"), "0912345678");
    assert_eq!(cell(&reminders, "Chưa nộp", "S038", "Quá hạn (ngày)"), "10");
    assert_eq!(cell(&reminders, "Cần sửa, giải trình", "S001", "Lý do, ghi chú"), "nhập thiếu lớp 5");

    // Contacts stand in the reminder list and nowhere else.
    let private = ["0912345678", "s038@truong", "Nguyễn Thị Kín"];
    for (name, bytes) in files(folder) {
        let text = String::from_utf8_lossy(&bytes);
        let holds = private.iter().any(|word| text.contains(word));
        assert_eq!(holds, name == "lien-he.csv", "{name}");
    }
    let shown = |book: &tkgd::ooxml::RawWorkbook| format!("{:?}", book.sheets.iter().map(|s| &s.cells).collect::<Vec<_>>());
    assert!(private[..2].iter().all(|word| shown(&reminders).contains(word) && !shown(&sheet).contains(word)));
    assert!(!shown(&reminders).contains(private[2]), "a name is not even reminded of");
}

#[test]
fn what_comes_in_is_written_once_and_every_new_content_is_a_version() {
    let workspace = units("ledger-versions", 3);
    let folder = &workspace.folder;
    receipts(&workspace, &BTreeMap::from([(2, "2025-11-03")]));
    file_return(&workspace, 1);
    let run = |day: &str| {
        call(folder, &["run", "p.toml", "--received-on", day]);
    };
    let item = |unit: &str| {
        let value = json(folder, &["status", "p.toml", "--on", "2025-11-20"]);
        value["returns"].as_array().unwrap().iter().find(|row| row["unit"] == unit).unwrap().clone()
    };
    run("2025-10-10");
    let archive = files(&folder.join("archive"));
    let output = files(&workspace.output());
    run("2025-12-01");
    let ledger = Pipeline::open(&folder.join("p.toml")).unwrap().ledger();
    assert_eq!(ledger.entries().unwrap().len(), 1, "the same input twice is nothing new");
    assert!(archive == files(&folder.join("archive")) && output == files(&workspace.output()));
    // Saved again without a change it is the same; other figures are the next version, in time or not.
    let path = folder.join("bieu/S001_02-TH-DN.xlsx");
    let (schemas, old) = (schemas(), std::fs::read(&path).unwrap());
    let form = form(&schemas, "02-TH-DN");
    let mut values = super::workspace::values_of(&old);
    let slot = values.slots().find(|slot| values.number(*slot).is_some_and(|number| number > 3)).unwrap();
    values.set(slot, Status::Reported, values.number(slot).unwrap() + 1);
    say(folder, &["ledger", "approve", "p.toml", "--unit", "S001", "--by", "Trưởng phòng", "--section", "Phòng Tiểu học"], 0);
    assert_eq!((&item("S001")["state"], &item("S001")["sections"][0]), (&"received".into(), &"Phòng Tiểu học".into()));
    say(folder, &["ledger", "approve", "p.toml", "--unit", "S001", "--by", "Trưởng phòng"], 0);
    std::fs::write(&path, book(&schemas, &form, &values)).unwrap();
    file_return(&workspace, 2);
    run("2025-11-09");
    let one = item("S001");
    assert_eq!((&one["version"], &one["received_on"], &one["timing"]), (&2.into(), &"2025-10-10".into(), &"on_time".into()));
    assert_eq!((&one["state"], &one["approved_version"], one["sections"].as_array().unwrap().len()), (&"approved".into(), &1.into(), 0));
    assert!(say(folder, &["status", "p.toml"], 0).contains("bản mới khác bản đã duyệt"));
    assert_eq!((&item("S002")["received_on"], &item("S002")["timing"]), (&"2025-11-03".into(), &"late".into()));
    // A receipt corrects the day; it is another line, the first stays.
    receipts(&workspace, &BTreeMap::from([(2, "2025-10-30")]));
    run("2025-11-12");
    assert_eq!((&item("S002")["timing"], &item("S002")["version"]), (&"on_time".into(), &1.into()));
    let history = say(folder, &["ledger", "history", "p.toml", "--unit", "S002"], 0);
    assert!(history.lines().count() == 2 && history.contains("03/11/2025") && history.contains("30/10/2025"), "{history}");
}

#[test]
fn deadlines_are_the_circulars_or_a_documents() {
    let workspace = units("ledger-deadlines", 2);
    let folder = &workspace.folder;
    receipts(&workspace, &BTreeMap::new());
    let due = |unit: &str| {
        let value = json(folder, &["status", "p.toml", "--on", "2025-10-20"]);
        let row = value["returns"].as_array().unwrap().iter().find(|row| row["unit"] == unit).unwrap().clone();
        (row["due"].clone(), row["due_document"].clone(), row["timing"].clone())
    };
    assert_eq!(due("S001"), ("2025-10-31".into(), "Thông tư 25/2024/TT-BGDĐT".into(), "pending".into()));
    let rule = |more: &str| format!("[[deadlines]]\nschool_year = \"2025-2026\"\nterm = \"opening\"\n{more}\n");
    let local = rule("due = \"2025-10-16\"\ndocument = \"Công văn 12\"\nkinds = [\"school\"]")
        + &rule("due = \"25/10/2025\"\ndocument = \"Công văn 15\"\nunits = [\"S002\"]")
        + &rule("due = \"2025-10-01\"\ndocument = \"Công văn 16\"\nlevels = [\"MN\"]");
    std::fs::write(folder.join("han-nop.toml"), local).unwrap();
    assert_eq!(due("S001"), ("2025-10-16".into(), "Công văn 12".into(), "overdue".into()));
    assert_eq!(due("S002"), ("2025-10-25".into(), "Công văn 15".into(), "pending".into()));
    std::fs::write(folder.join("han-nop.toml"), rule("due = \"2025-10-16\"\ndocument = \" \"")).unwrap();
    assert!(say(folder, &["status", "p.toml"], 2).contains("không nêu văn bản"));
    // Where the circular sets no day there is none.
    std::fs::remove_file(folder.join("han-nop.toml")).unwrap();
    let register = std::fs::read_to_string(folder.join("reg.csv")).unwrap();
    std::fs::write(folder.join("reg.csv"), register.replace("02-TH-DN", "")).unwrap();
    let regulation = schemas().regulation("tt25-2024").unwrap().clone();
    let closing = tkgd::base::term::Period { term: tkgd::base::term::Term::Closing, ..PERIOD };
    let deadlines = tkgd::ledger::LocalDeadlines::read(Path::new("none.toml")).unwrap();
    let deadlines = tkgd::ledger::Deadlines::new(&regulation, closing, &deadlines).unwrap();
    let unit = tkgd::register::Unit::clone(&tree_unit(folder));
    assert_eq!(deadlines.of(&unit, &form(&schemas(), "02-TH-DN")), None);
}

/// Some unit of a workspace's register.
fn tree_unit(folder: &Path) -> tkgd::register::Unit {
    let table = tkgd::workbooks::read_table(&folder.join("reg.csv"), None, None, &tkgd::workbooks::Isolation::InProcess).unwrap();
    tkgd::register::Register::read(&table, &schemas().register).unwrap().units[0].clone()
}

#[test]
fn impossible_steps_are_refused_with_what_is_possible() {
    let workspace = units("ledger-steps", 3);
    let folder = &workspace.folder;
    receipts(&workspace, &BTreeMap::new());
    (1..=2).for_each(|school| file_return(&workspace, school));
    assert_eq!(workspace.run().status.code(), Some(0));
    let step = |command: &str, unit: &str, code: i32| {
        say(folder, &["ledger", command, "p.toml", "--unit", unit, "--by", "Trưởng phòng", "--reason", "lý do"], code)
    };
    let said = step("return", "S003", 2);
    assert!(said.contains("\"Trả lại\" khi biểu đang ở trạng thái \"chưa nộp\"") && said.contains("lock (Khóa)"), "{said}");
    step("return", "S001", 0);
    assert!(step("approve", "S001", 2).contains("receive (Nhận)"));
    step("approve", "S002", 0);
    step("lock", "S002", 0);
    step("request-unlock", "S002", 0);
    step("unlock", "S002", 0);
    assert!(step("unlock", "S002", 2).contains("đã mở lại"));
    // Nothing is written where one of several is not possible, or something is not told.
    let ledger = Pipeline::open(&folder.join("p.toml")).unwrap().ledger();
    let before = ledger.entries().unwrap().len();
    say(folder, &["ledger", "lock", "p.toml", "--unit", "S003", "--unit", "S009", "--by", "x"], 2);
    assert!(say(folder, &["ledger", "reopen", "p.toml", "--unit", "S002", "--by", "Trưởng phòng"], 2).contains("--reason"));
    assert!(say(folder, &["ledger", "lock", "p.toml", "--unit", "S003"], 2).contains("--by"));
    assert_eq!(ledger.entries().unwrap().len(), before);
    // Telephone numbers do not come into the ledger.
    say(folder, &["ledger", "lock", "p.toml", "--unit", "S003", "--by", "Trưởng phòng", "--reason", "gọi 0912 345 678"], 0);
    assert_eq!(ledger.entries().unwrap().last().unwrap().draft.reason, "gọi […]");

    // The table of steps is complete: every state can be reached and is named.
    let catalogue: Catalogue = schemas().files.toml("ledger.toml").unwrap();
    let is_known = |state: &String| catalogue.states.iter().any(|known| known.id == *state);
    assert!(catalogue.actions.iter().flat_map(|action| action.from.iter().chain(&action.to)).all(is_known));
    let reached = |state: &str| catalogue.actions.iter().any(|action| action.to.as_deref() == Some(state));
    assert!(catalogue.states.iter().all(|state| state.id == "expected" || reached(&state.id)));
    let board = Board::new(&ledger.entries().unwrap(), &catalogue);
    assert_eq!(catalogue.state_name(&board.item("S002", FORM).state, Lang::En), "reopened");
}

/// A table of the archive as columns of text.
fn archived(workspace: &Workspace, column: &str) -> Vec<Option<String>> {
    let archive = Pipeline::open(&workspace.folder.join("p.toml")).unwrap().archive();
    StoredTable::open(&draft_path(&archive, "findings", PERIOD)).texts(column)
}

#[test]
fn an_answer_closes_a_finding_until_cell_or_rule_changes() {
    let workspace = units("ledger-answers", 2);
    let folder = &workspace.folder;
    receipts(&workspace, &BTreeMap::new());
    let (schemas, form) = (schemas(), form(&schemas(), "02-TH-DN"));
    // A cell that is not known (a query) and a part larger than its whole (an error).
    let sheet = form.layout.sheet("III").unwrap();
    let unknown = sheet.slot(sheet.find_code("57").unwrap(), 1);
    let (whole, part) = (sheet.find_code("37").unwrap(), 0);
    let soiled = |add: i64| {
        let mut values = values(&schemas, &form, 1);
        values.set(unknown, Status::Unknown, 0);
        let slot = sheet.slot(whole, part);
        values.set(slot, Status::Reported, values.number(slot).unwrap() + add);
        values
    };
    let put = |add: i64| workspace.add("S001_02-TH-DN.xlsx", &book(&schemas, &form, &soiled(add)));
    put(7);
    assert_eq!(workspace.run().status.code(), Some(1));
    let open = |rule: &str| workspace.findings().iter().filter(|f| f["rule"] == rule && f["closed"].is_null()).count();
    let errors: Vec<String> = {
        let found = workspace.findings();
        let mut rules: Vec<String> =
            found.iter().filter(|f| f["severity"] == "error").map(|f| f["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        rules.dedup();
        rules
    };
    assert!(!errors.is_empty() && open("unknown-value") > 0, "{:?}", workspace.findings());
    let answer = |command: &str, rule: &str, code: i32| {
        let text = ["--reason", "đã đối chiếu hồ sơ, gọi 0912345678", "--by", "Hiệu trưởng"];
        say(folder, &[&["ledger", command, "p.toml", "--unit", "S001", "--form", "02-TH-DN", "--rule", rule][..], &text].concat(), code)
    };
    // Queries are explained, errors accepted; not the other way round, and not what nobody found.
    assert!(answer("explain", &errors[0], 2).contains("accept"));
    assert!(answer("accept", "unknown-value", 2).contains("explain"));
    assert!(answer("explain", "submission-missing", 2).contains("không có phát hiện"));
    answer("explain", "unknown-value", 0);
    // The same from a table writes nothing twice; a missing return is explained too.
    let table = "Mã đơn vị,Biểu,Quy tắc,Trang,Mã số,Cột,Giải trình\nS001,02-TH-DN,unknown-value,III,57,2,\"đã đối chiếu hồ sơ, gọi 0912345678\"\nS002,02.ĐN-TH,submission-missing,,,,tạm ngừng hoạt động\n";
    std::fs::write(folder.join("giai-trinh.csv"), table).unwrap();
    let import = ["ledger", "import", "p.toml", "giai-trinh.csv", "--by", "Hiệu trưởng"];
    assert_eq!(json(folder, &import)["written"], 1);
    assert_eq!(json(folder, &import)["written"], 0);
    let status = json(folder, &["status", "p.toml", "--reminders", "nhac.xlsx"]);
    let reminders = read(&std::fs::read(folder.join("nhac.xlsx")).unwrap()).unwrap();
    let note = cell(&reminders, "Cần sửa, giải trình", "S001", "Lý do, ghi chú");
    assert!(note.contains('!') && !note.contains('?'), "cells of what is open, and of nothing explained: {note}");
    assert_eq!(status["counts"]["explained"].as_u64().unwrap(), 2, "known before the next run");

    assert_eq!(workspace.run().status.code(), Some(1), "an error is not closed by an explanation");
    assert_eq!((open("unknown-value"), open("submission-missing")), (0, 0));
    assert_eq!(workspace.summary()["queries"], 0);
    for rule in &errors {
        answer("accept", rule, 0);
    }
    assert_eq!(workspace.run().status.code(), Some(0), "an accepted error stops nobody");
    let summary = workspace.summary();
    assert!(summary["errors"] == 0 && summary["explained"] == 2 && summary["accepted"].as_u64().unwrap() >= 1, "{summary}");
    let closed = workspace.findings().into_iter().find(|f| f["rule"] == "unknown-value").unwrap();
    assert_eq!((&closed["severity"], &closed["closed"]), (&"query".into(), &"explained".into()));
    assert_eq!((&closed["closed_text"], &closed["closed_by"]), (&"đã đối chiếu hồ sơ, gọi […]".into(), &"Hiệu trưởng".into()));
    assert!(archived(&workspace, "closed").iter().flatten().any(|kind| kind == "accepted"));
    assert!(archived(&workspace, "closed_text").iter().flatten().any(|text| text.contains("đối chiếu hồ sơ")));
    assert!(archived(&workspace, "closed_by").iter().flatten().all(|by| by == "Hiệu trưởng"));
    let text = std::fs::read_to_string(workspace.output().join("phat-hien.txt")).unwrap();
    assert!(text.contains("đã giải trình: tạm ngừng hoạt động (Hiệu trưởng"), "{text}");
    // The same again, byte by byte.
    let before = files(&workspace.output());
    workspace.run();
    assert!(before == files(&workspace.output()));

    // Another figure in the cell opens the error again; the query next to it stays explained.
    put(9);
    assert_eq!(workspace.run().status.code(), Some(1));
    assert_eq!(open("unknown-value"), 0);
    assert!(errors.iter().any(|rule| open(rule) > 0));
    // So does another wording of the rule.
    let own = folder.join("bieu-mau");
    std::fs::create_dir(&own).unwrap();
    let rules = std::fs::read_to_string(root().join("schemas/rules.toml")).unwrap();
    let at = rules.find("id = \"unknown-value\"").unwrap();
    let changed = rules[..at].to_owned() + &rules[at..].replacen("message_vi = \"", "message_vi = \"Nay: ", 1);
    std::fs::write(own.join("rules.toml"), changed).unwrap();
    call(folder, &["--schemas", "bieu-mau", "run", "p.toml"]);
    assert!(open("unknown-value") > 0 && open("submission-missing") == 0);
}
