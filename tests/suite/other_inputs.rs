//! Defects that a look from outside found: groups torn by spelling, registers believed, one return told as two.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tkgd::base::number::NumberKind;
use tkgd::forms::{Schemas, SlotIndex};
use tkgd::register::{Register, Tree, lint};
use tkgd::returns::{Lineage, Placement, Source, Status, Submission, Values};
use tkgd::rules::{ReferenceReturns, implausible_wholes};
use tkgd::tables::{Table, TableRow, TableValue};

use super::support::{scratch, tkgd};
use super::workspace::{Workspace, book, filled, form, schemas, values};

const HEADINGS: &str =
    "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Báo cáo lên,Biểu phải nộp,Xã/phường,Huyện cũ,Cụm,Có hiệu lực từ,Có hiệu lực đến";
const TOP: &str = "S,Sở,Sở,,,,,,,,";

fn table(lines: &[String]) -> Table {
    let text = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let value = |text: String| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text) };
    let row = |(line, own): (u32, &str)| TableRow { line, values: text(own).into_iter().map(value).collect(), ..TableRow::default() };
    let rows = (2..).zip([TOP].into_iter().chain(lines.iter().map(String::as_str))).map(row).collect();
    Table { file: Arc::from("ds.csv"), headings: text(HEADINGS), heading_line: 1, rows, ..Table::default() }
}

fn register(lines: &[String]) -> Result<Register, String> {
    Register::read(&table(lines), &Schemas::load(None).unwrap().register).map_err(|problem| problem.to_string())
}

fn tree(lines: &[String]) -> Result<Tree, String> {
    Tree::as_at(&register(lines)?, "2025-09-30".parse().unwrap()).map_err(|problem| problem.to_string())
}

fn told(lines: &[String]) -> Vec<(String, u32)> {
    let register = register(lines).unwrap();
    let tree = Tree::as_at(&register, "2025-09-30".parse().unwrap()).unwrap();
    let found = lint(&register, &tree, &[], &Schemas::load(None).unwrap().register);
    found.iter().map(|finding| (finding.rule.to_string(), finding.place.cell.unwrap().row + 1)).collect()
}

/// A school in a commune with these values of former district and cluster.
fn school(code: &str, name: &str, commune: &str, district: &str, cluster: &str) -> String {
    format!("{code},{name},trường,TH,{commune},02-TH-DN,{commune},{district},{cluster},,")
}

fn communes() -> Vec<String> {
    vec!["X,Xã Một,xã/phường,,S,,X,,,,".to_owned(), "Y,Xã Hai,xã/phường,,S,,Y,,,,".to_owned()]
}

#[test]
fn a_district_written_otherwise_is_the_same_district() {
    let first = "Huyện Đông Định";
    for other in [
        "Huyện  Đông Định",
        "huyện đông định",
        "HUYỆN ĐÔNG ĐỊNH",
        "Huyện Ðông Ðịnh",
        "Huyện\u{a0}Đông Định",
        "Huyện Đông\u{200b} Định",
        "Huye\u{302}\u{323}n Đông Đi\u{323}nh",
    ] {
        let mut lines = communes();
        lines.extend([school("A", "Trường A", "X", first, ""), school("B", "Trường B", "Y", other, "")]);
        let groups = tree(&lines).unwrap().groups();
        let districts: Vec<(&str, usize)> =
            groups.iter().filter(|group| &*group.key == "former_district").map(|group| (&*group.value, group.members.len())).collect();
        assert_eq!(districts, [(first, 2)], "{other:?}");
        assert_eq!(told(&lines), [], "{other:?}");
    }
}

#[test]
fn values_of_a_grouping_that_may_be_one_place_are_asked_about() {
    for (first, second, is_told) in [
        ("Huyện Đông Định", "Huyện Đông Đinh", true),
        ("Huyện Đông Định", "H. Đông Định", true),
        ("Huyện Đông Định", "H.Đông Định", true),
        ("Thị xã Tiên Lữ", "TX Tiên Lữ", true),
        ("Thành phố Một", "TP. Một", true),
        ("Huyện Đông Định", "Đông Định", true),
        ("Cụm 1", "Cụm 01", true),
        ("Cụm 1", "1", true),
        // A town and a district of one name are two places, and other names are other places.
        ("Huyện Tiên Lữ", "Thị xã Tiên Lữ", false),
        ("Huyện Đông Định", "Huyện Tây Định", false),
        ("Cụm 1", "Cụm 2", false),
        ("Cụm 1", "Cụm 10", false),
    ] {
        for is_district in [true, false] {
            let (column, none) = (|text: &'static str| if is_district { (text, "") } else { ("", text) }, communes());
            let line = |code: &str, commune: &str, text: &'static str| {
                let (district, cluster) = column(text);
                school(code, &format!("Trường {code}"), commune, district, cluster)
            };
            let lines: Vec<String> = none.into_iter().chain([line("A", "X", first), line("B", "Y", second)]).collect();
            let expected = if is_told { vec![("group-values-alike".to_owned(), 6)] } else { Vec::new() };
            assert_eq!(told(&lines), expected, "{first} / {second}");
        }
    }
}

#[test]
fn totals_of_a_district_are_whole_however_it_is_written_and_every_run_asks_of_the_rest() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let returns = [values(&schemas, &form, 1), values(&schemas, &form, 2)];
    for (other, groups) in [("huyện  đông định", 1), ("H. Đông Định", 2)] {
        let mut lines = communes();
        lines.extend([school("A", "Trường A", "X", "Huyện Đông Định", ""), school("B", "Trường B", "Y", other, "")]);
        let text = format!("{HEADINGS}\n{TOP}\n{}\n", lines.join("\n"));
        let workspace = Workspace::new(
            &format!("other-inputs-group-{groups}"),
            &text,
            "",
            "reports = [\"department\"]\ngroups = [\"former_district\"]",
        );
        workspace.add("A_a.xlsx", &book(&schemas, &form, &returns[0]));
        workspace.add("B_b.xlsx", &book(&schemas, &form, &returns[1]));
        assert_eq!(workspace.run().status.code(), Some(0));
        let asked = workspace.findings().iter().filter(|finding| finding["rule"] == "group-values-alike").count();
        assert_eq!(asked, groups - 1);
        let figures = std::fs::read_to_string(workspace.output().join("chi-tieu.csv")).unwrap();
        let mut districts: Vec<&str> =
            figures.lines().filter_map(|line| line.split("former_district,").nth(1)?.split(',').next()).collect();
        districts.sort_unstable();
        districts.dedup();
        assert_eq!(districts.len(), groups, "{districts:?}");
        let lint = tkgd().args(["--lang", "en", "units", "lint"]).arg(workspace.folder.join("p.toml")).output().unwrap();
        let lint = String::from_utf8(lint.stdout).unwrap();
        assert_eq!(lint.contains("group-values-alike"), groups == 2, "{lint}");
    }
}

#[test]
fn a_unit_below_one_that_adds_up_nothing_is_told_at_its_line() {
    for (parent, is_told) in [("X", false), ("S", false), ("B", true)] {
        let mut lines = communes();
        lines.extend([school("A", "Trường A", parent, "", ""), school("B", "Trường B", "X", "", "")]);
        let tree = tree(&lines);
        match tree {
            Ok(_) => assert!(!is_told, "{parent}"),
            Err(problem) => assert!(is_told && problem.contains("line 5: A reports to B (Trường B)"), "{problem}"),
        }
    }
    let workspace = Workspace::new("other-inputs-parent", "", "", "");
    let lines = [communes(), vec![school("A", "Trường A", "B", "", ""), school("B", "Trường B", "X", "", "")]].concat();
    std::fs::write(workspace.folder.join("reg.csv"), format!("{HEADINGS}\n{TOP}\n{}\n", lines.join("\n"))).unwrap();
    for command in [["run", "p.toml", "--all"].as_slice(), &["units", "lint", "p.toml"]] {
        let output = tkgd().current_dir(&workspace.folder).args(command).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains("dòng 5: A báo cáo lên B"), "{said}");
    }
}

#[test]
fn a_unit_that_ends_before_it_begins_is_told_at_its_line() {
    let line = |from: &str, to: &str| vec![format!("A,Trường A,trường,TH,S,02-TH-DN,,,,{from},{to}")];
    let problem = register(&line("01/09/2025", "31/08/2024")).unwrap_err();
    assert!(problem.contains("line 3") && problem.contains("01/09/2025") && problem.contains("31/08/2024"), "{problem}");
    for (from, to) in [("01/09/2024", "31/08/2025"), ("01/09/2025", "01/09/2025"), ("", "31/08/2024"), ("01/09/2025", "")] {
        assert!(register(&line(from, to)).is_ok(), "{from} {to}");
    }
}

#[test]
fn two_units_of_one_name_in_one_commune_are_asked_about() {
    let same = |commune: &str, name: &str| {
        let mut lines = communes();
        lines.extend([school("A", "Trường TH Hòa Bình", "X", "", ""), school("B", name, commune, "", "")]);
        told(&lines)
    };
    assert_eq!(same("X", "Trường TH Hòa Bình"), [("unit-names-same".to_owned(), 6)]);
    assert_eq!(same("X", "TRƯỜNG  TH HÒA BÌNH"), [("unit-names-same".to_owned(), 6)]);
    assert_eq!(same("X", "Trường TH Hoá Bình"), [("unit-names-alike".to_owned(), 6)]);
    assert_eq!(same("Y", "Trường TH Hòa Bình"), []);
    // Schools that report to the department stand in communes of their own.
    let high = |code: &str, commune: &str| format!("{code},Trường THPT Một,trường,THPT,S,,{commune},,,,");
    assert_eq!(told(&[communes(), vec![high("A", "X"), high("B", "Y")]].concat()), []);
    assert_eq!(told(&[communes(), vec![high("A", "X"), high("B", "X")]].concat()), [("unit-names-same".to_owned(), 6)]);
}

#[test]
fn a_hint_about_whom_a_unit_reports_to_is_never_the_unit_itself() {
    let lines = |above: &str| {
        let mut lines = vec!["09001,Xã Một,xã/phường,,S,,,,,,".to_owned(), "09004,Xã Hai,xã/phường,,S,,,,,,".to_owned()];
        lines.push(format!("09001019,Trường A,trường,TH,{above},02-TH-DN,,,,,"));
        lines.push("09001020,Trường B,trường,TH,09001,02-TH-DN,,,,,".to_owned());
        tree(&lines)
    };
    let problem = lines("09009").unwrap_err();
    assert!(problem.contains("did you mean `09001`?"), "{problem}");
    let problem = lines("0900101").unwrap_err();
    assert!(problem.contains("did you mean `09001`?"), "{problem}");
    assert!(lines("09001").is_ok());
}

/// A Sở, one commune and so many primary schools `T01`, `T02` …
fn schools(count: usize) -> String {
    let lines = (1..=count).map(|index| school(&format!("T{index:02}"), &format!("Trường Tiểu học {index}"), "X", "", ""));
    format!("{HEADINGS}\n{TOP}\n{}\n{}\n", communes().join("\n"), lines.collect::<Vec<_>>().join("\n"))
}

fn rules(workspace: &Workspace) -> Vec<String> {
    workspace.findings().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn figures_are_the_same_whether_a_formula_or_a_person_put_them_there() {
    let mut one = Values::new(5);
    let statuses = [Status::Reported, Status::Computed, Status::Missing, Status::EmptyText, Status::Nil];
    for (slot, status) in one.slots().zip(&statuses) {
        one.set(slot, *status, 7);
    }
    let with = |slot: usize, status: Status, number: i64| {
        let mut other = one.clone();
        other.set(SlotIndex::new(slot), status, number);
        one.same_value(&other) && other.same_value(&one)
    };
    assert!(with(0, Status::Computed, 7) && with(1, Status::Reported, 7) && with(2, Status::Nil, 0) && with(4, Status::EmptyText, 0));
    assert!(!with(0, Status::Reported, 8) && !with(2, Status::Reported, 0) && !with(0, Status::Missing, 0));
    assert!(!with(2, Status::Absent, 0) && !with(3, Status::Unknown, 0) && !one.same_value(&Values::new(6)));
}

/// The workbook with every formula replaced by its result.
fn without_formulas(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let name = entry.name().unwrap().to_string();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        if name.starts_with("xl/worksheets/") {
            let mut text = String::from_utf8(content).unwrap();
            while let Some(start) = text.find("<f>") {
                let end = text[start..].find("</f>").unwrap() + start + "</f>".len();
                text.replace_range(start..end, "");
            }
            content = text.into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut out, &content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn a_return_whose_formulas_were_pasted_as_values_is_the_same_return() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let own = values(&schemas, &form, 1);
    let bytes = book(&schemas, &form, &own);
    let pasted = without_formulas(&bytes);
    assert_ne!(bytes, pasted);
    let workspace = Workspace::new("other-inputs-pasted", &schools(1), "", "");
    workspace.add("T01_a.xlsx", &bytes);
    workspace.add("T01_b.xlsx", &pasted);
    assert_eq!(workspace.run().status.code(), Some(0));
    assert!(rules(&workspace).contains(&"same-content".to_owned()), "{:?}", rules(&workspace));
    assert!(*workspace.report_values("S_02-TH-DN.xlsx").numbers() == *own.numbers());
    // One figure more, and they are two returns.
    let mut other = own.clone();
    let slot = other.slots().find(|&slot| other.get(slot).0 == Status::Reported).unwrap();
    other.set(slot, Status::Reported, other.get(slot).1 + 1);
    workspace.add("T01_b.xlsx", &without_formulas(&book(&schemas, &form, &other)));
    assert_eq!(workspace.run().status.code(), Some(1));
    assert!(rules(&workspace).contains(&"duplicate-submission".to_owned()), "{:?}", rules(&workspace));
}

/// A workbook as the office program of this machine writes it in another format; `None` where there is no such program.
fn converted(folder: &Path, file: &str, format: &str) -> Option<Vec<u8>> {
    let home = folder.join("home");
    std::fs::create_dir_all(&home).unwrap();
    let status = Command::new("soffice")
        .env("HOME", &home)
        .args(["--headless", "--convert-to", format, "--outdir"])
        .arg(folder)
        .arg(folder.join(file))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !status.is_ok_and(|status| status.success()) {
        super::support::skipped("the old format of an office program");
        return None;
    }
    Some(std::fs::read(folder.join(file).with_extension(format)).unwrap())
}

#[test]
fn the_old_format_says_the_same_and_a_blank_in_it_is_no_return() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let folder = scratch("other-inputs-old-made");
    let own = values(&schemas, &form, 1);
    let bytes = book(&schemas, &form, &own);
    std::fs::write(folder.join("full.xlsx"), &bytes).unwrap();
    std::fs::write(folder.join("blank.xlsx"), book(&schemas, &form, &filled(&form, &[]))).unwrap();
    let (Some(full), Some(blank)) = (converted(&folder, "full.xlsx", "xls"), converted(&folder, "blank.xlsx", "xls")) else { return };
    let workspace = Workspace::new("other-inputs-old", &schools(2), "", "");
    workspace.add("T01_a.xlsx", &bytes);
    workspace.add("T01_b.xls", &full);
    workspace.add("T02_a.xls", &blank);
    assert_eq!(workspace.run().status.code(), Some(0));
    let found = rules(&workspace);
    assert!(found.contains(&"same-content".to_owned()) && found.contains(&"nothing-reported".to_owned()), "{found:?}");
    assert!(!found.contains(&"sheet-all-zero".to_owned()), "{found:?}");
    let summary = workspace.summary();
    let counts = summary["forms"].as_array().unwrap().iter().find(|form| form["received"] == 1).unwrap();
    assert_eq!(counts["expected"], 2);
}

#[test]
fn of_a_list_and_a_workbook_the_one_saved_last_counts() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let own = values(&schemas, &form, 1);
    for (name, list_time, counted) in [("list", 2_000_000, 4321), ("book", 500_000, own.number(slot_of(&form)).unwrap())] {
        let lists = "duplicates = \"newest\"\n[[inputs.lists]]\nfile = \"ds.csv\"\nmapping = \"m.toml\"\n";
        let workspace = Workspace::new(&format!("other-inputs-newest-{name}"), &schools(1), lists, "");
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &own));
        std::fs::write(workspace.folder.join("ds.csv"), "Mã đơn vị,Lớp 1\nT01,4321\n").unwrap();
        let mapping =
            "form = \"02-TH-DN\"\nunit = \"Mã đơn vị\"\n[[columns]]\nheading = \"Lớp 1\"\nsheet = \"III\"\ncode = \"40\"\ncolumn = 1\n";
        std::fs::write(workspace.folder.join("m.toml"), mapping).unwrap();
        for (file, time) in [("ds.csv", list_time), ("bieu/T01_a.xlsx", 1_000_000)] {
            let file = std::fs::File::options().write(true).open(workspace.folder.join(file)).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(time)).unwrap();
        }
        assert_eq!(workspace.run().status.code(), Some(0), "{name}");
        let told: Vec<_> = workspace.findings().into_iter().filter(|finding| finding["rule"] == "older-version").collect();
        assert_eq!(told.len(), 1, "{name}");
        assert!(told[0].to_string().contains(if name == "list" { "T01_a.xlsx" } else { "ds.csv" }), "{told:?}");
        assert_eq!(workspace.report_values("S_02-TH-DN.xlsx").number(slot_of(&form)), Some(counted), "{name}");
    }
}

#[test]
fn money_is_compared_between_units_of_one_kind() {
    let schemas = schemas();
    let form = form(&schemas, "01-MN-DN");
    let lines: Vec<String> =
        communes().into_iter().chain((1..=6).map(|index| format!("M{index},Trường Mầm non {index},trường,MN,X,01-MN-DN,X,,,,"))).collect();
    let tree = tree(&lines).unwrap();
    let sheet = form.layout.data_sheets().find(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Amounts)).unwrap().1.first_slot;
    let sent = |unit: &str, amount: i64| {
        let mut values = Values::new(form.layout.slots);
        values.set(sheet, Status::Reported, amount * 1_000_000);
        let source = Source { file: Arc::from(format!("{unit}.xlsx")), sha256: Arc::from(""), modified: 0 };
        let placements = vec![Placement::Absent; form.layout.sheets.len()];
        Submission { unit: Arc::from(unit), form: Arc::clone(&form), values, source, placements, lineage: Lineage::default() }
    };
    let asked = |last: i64| {
        let schools = (1..=5).map(|index| sent(&format!("M{index}"), 900 + index));
        let sent: Vec<Submission> = schools.chain([sent("M6", last), sent("S", 1_000_000), sent("X", 2)]).collect();
        let found = implausible_wholes(&sent, &ReferenceReturns::default(), &tree);
        let of_scale = found.iter().filter(|finding| finding.rule == "amounts-of-other-scale");
        of_scale.map(|finding| finding.subject.unit.as_deref().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The department's budget and a commune's are no measure for schools, nor schools for them.
    assert_eq!(asked(950), Vec::<String>::new());
    assert_eq!(asked(950_000), ["M6"]);
}

fn slot_of(form: &tkgd::forms::Form) -> SlotIndex {
    let sheet = form.layout.sheet("III").unwrap();
    sheet.slot(sheet.find_code("40").unwrap(), sheet.find_column(1).unwrap())
}

/// Sentences that are ours begin what is said in Vietnamese: what a library says stands in brackets behind one.
fn stands_alone(said: &str) -> Option<&str> {
    let reason = said.rsplit_once("không đọc được tệp: ").map_or(said, |(_, reason)| reason);
    let own = reason.split('(').next().unwrap_or_default();
    (!own.chars().any(|c| "ăâđêôơưáàảãạếềệốồộớờợứừựịỉĩíìúùụủũóòọỏõéèẹẻẽýỳỵ".contains(c))).then_some(reason)
}

#[test]
fn what_libraries_and_the_system_say_never_stands_alone() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let good = book(&schemas, &form, &values(&schemas, &form, 1));
    let workspace = Workspace::new("other-inputs-damaged", &schools(1), "", "");
    let part = |name: &str, change: fn(Vec<u8>) -> Option<Vec<u8>>| {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&good)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().to_string()).collect();
        let mut parts = Vec::new();
        for own in &names {
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut zip.by_name(own).unwrap(), &mut content).unwrap();
            let content = if own == name { change(content) } else { Some(content) };
            parts.extend(content.map(|content| (own.clone(), content)));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        super::support::package(&parts)
    };
    let mut old = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    old.resize(3000, 7);
    for (file, bytes) in [
        ("cut.xlsx", good[..good.len() / 2].to_vec()),
        ("no-sheet.xlsx", part("xl/worksheets/sheet2.xml", |_| None)),
        ("cut-sheet.xlsx", part("xl/worksheets/sheet2.xml", |content| Some(content[..content.len() / 2].to_vec()))),
        ("cut-workbook.xlsx", part("xl/workbook.xml", |content| Some(content[..content.len() / 2].to_vec()))),
        ("old.xls", old),
    ] {
        workspace.add(file, &bytes);
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/no/such/file.xlsx", workspace.folder.join("bieu/link.xlsx")).unwrap();
    workspace.run();
    let told: Vec<String> =
        workspace.findings().iter().filter(|f| f["rule"] == "unreadable-file").map(|f| f["message"].as_str().unwrap().to_owned()).collect();
    assert!(told.len() >= 5, "{told:?}");
    for said in &told {
        assert_eq!(stands_alone(said), None, "{said}");
        assert!(!said.contains("os error"), "{said}");
    }
    assert!(stands_alone("không đọc được tệp: invalid Zip archive: Could not find EOCD").is_some());
}

#[test]
fn faults_of_zip_files_are_told_as_such() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let good = book(&schemas, &form, &values(&schemas, &form, 1));
    let workspace = Workspace::new("other-inputs-zip", &schools(1), "", "");
    let whole = super::support::package(&[("T01_a.xlsx", &good)]);
    workspace.add("cut.zip", &whole[..whole.len() / 2]);
    workspace.add("rar.zip", b"Rar!\x1a\x07\x00 and so on");
    workspace.run();
    let told: Vec<_> = workspace.findings().into_iter().filter(|finding| finding["rule"] == "unreadable-zip").collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for finding in told {
        assert!(finding["hint"].as_str().unwrap().contains("giải nén"), "{finding}");
        assert_eq!(stands_alone(finding["message"].as_str().unwrap().rsplit_once("zip: ").unwrap().1), None, "{finding}");
    }
}

#[test]
fn blanks_around_a_number_are_no_damage() {
    let rows = r#"<row r="1"><c r="A1"><v> 300 </v></c><c r="B1"><v>
7</v></c><c r="C1" t="str"><v> ba </v></c></row>"#;
    let workbook = super::support::read(&super::support::Parts::new(rows).zip()).unwrap();
    let at = |address: &str| super::support::at(&workbook.sheets[0], address).cloned().unwrap();
    assert_eq!([at("A1"), at("B1")], [tkgd::ooxml::RawValue::Number(300.0), tkgd::ooxml::RawValue::Number(7.0)]);
    assert!(matches!(at("C1"), tkgd::ooxml::RawValue::Text(text) if text.trim() == "ba"));
}

#[test]
fn a_form_of_another_term_is_told_with_the_term_it_is_of() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("other-inputs-term", &schools(1), "", "");
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("\"opening\"", "\"closing\"")).unwrap();
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &values(&schemas, &form, 1)));
    for (lang, own, run) in
        [("vi", "của kỳ đầu năm học,", "là của kỳ cuối năm học"), ("en", "of the opening term,", "is of the closing term")]
    {
        let output = tkgd().args(["--lang", lang, "run", "--all"]).arg(workspace.folder.join("p.toml")).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let line = said.lines().find(|line| line.contains("wrong-term")).unwrap();
        assert!(line.contains(own) && line.contains(run), "{line}");
    }
}

#[test]
fn answers_of_a_table_are_refused_with_the_table_and_its_lines() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("other-inputs-answers", &schools(1), "", "ledger = \"so\"\n");
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &values(&schemas, &form, 1)));
    assert_eq!(workspace.run().status.code(), Some(0));
    let lines = [
        "T01,02-TH-DN,unknown-value,III,53,1,Lý do",
        "T01,02-TH-DN,unknown-value,III,52,1,",
        "T02,02-TH-DN,unknown-value,III,52,1,Lý do",
        "T01,02-TH-DX,unknown-value,III,54,1,Lý do",
    ];
    let table = format!("Mã đơn vị,Biểu,Quy tắc,Trang,Mã số,Cột,Giải trình\n{}\n", lines.join("\n"));
    std::fs::write(workspace.folder.join("gt.csv"), table).unwrap();
    let said = |lang: &str| {
        let arguments = ["--lang", lang, "ledger", "import", "p.toml", "gt.csv", "--by", "Hiệu trưởng"];
        let output = tkgd().current_dir(&workspace.folder).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let vi = said("vi");
    assert!(vi.contains("`gt.csv` chưa đúng") && !vi.contains("phat-hien.json") && !vi.contains("--reason"), "{vi}");
    for line in
        ["dòng 2: lần chạy", "dòng 3: cột \"Giải trình\" còn trống", "dòng 4: không có đơn vị `T02`", "dòng 5: không có biểu `02-TH-DX`"]
    {
        assert!(vi.contains(line), "{line}: {vi}");
    }
    let en = said("en");
    assert!(en.contains("line 3: the column `text` is blank") && en.contains("line 4: there is no unit `T02`"), "{en}");
}

#[cfg(unix)]
#[test]
fn names_of_files_command_nothing_in_what_is_written() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("other-inputs-names", &schools(2), "", "lists = [\"csv\"]\nreports = [\"department\"]");
    let bytes = book(&schemas, &form, &values(&schemas, &form, 1));
    workspace.add("T01_\n\u{1b}[31mđỏ\u{202e}.xlsx", &bytes);
    workspace.add("T01_\u{1b}]0;b\u{7}\u{2066}.xlsx", &bytes);
    workspace.add("T02_\u{9b}x\u{200f}.xlsx", b"hello");
    workspace.run();
    let mut looked_at = 0;
    for (name, bytes) in super::workspace::files(&workspace.output()) {
        if [".csv", ".txt", ".json", ".html"].iter().any(|ending| name.ends_with(ending)) {
            let text = String::from_utf8(bytes).unwrap();
            let bad = text.chars().find(|c| (c.is_control() && !"\r\n\t".contains(*c)) || "\u{202e}\u{2066}\u{200f}".contains(*c));
            assert_eq!(bad, None, "{name}");
            looked_at += usize::from(text.contains("T01_"));
        }
    }
    assert!(looked_at >= 3, "{looked_at}");
    let table = std::fs::read_to_string(workspace.output().join("tep-dau-vao.csv")).unwrap();
    assert_eq!(table.lines().count(), 4, "{table}");
}

#[test]
fn a_list_whose_formulas_have_no_result_says_so() {
    let workspace =
        Workspace::new("other-inputs-uncalculated", &schools(1), "[[inputs.lists]]\nfile = \"ds.xlsx\"\nmapping = \"m.toml\"\n", "");
    let text = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let rows = format!(
        r#"<row r="1">{}{}</row><row r="2">{}<c r="B2"><f>1+1</f></c></row>"#,
        text("A1", "Mã đơn vị"),
        text("B1", "Lớp 1"),
        text("A2", "T01")
    );
    std::fs::write(workspace.folder.join("ds.xlsx"), super::support::Parts::new(&rows).zip()).unwrap();
    let mapping =
        "form = \"02-TH-DN\"\nunit = \"Mã đơn vị\"\n[[columns]]\nheading = \"Lớp 1\"\nsheet = \"III\"\ncode = \"40\"\ncolumn = 1\n";
    std::fs::write(workspace.folder.join("m.toml"), mapping).unwrap();
    workspace.run();
    let found = rules(&workspace);
    assert!(found.contains(&"uncalculated-formula".to_owned()) && !found.contains(&"error-value".to_owned()), "{found:?}");
}

/// Two pipelines of one term that write into one archive take each other's place: whoever runs one is told of the other.
#[test]
fn pipelines_that_replace_each_other_are_named() {
    let lines: Vec<String> = communes().into_iter().chain([school("A", "Trường A", "X", "", "")]).collect();
    let text = format!("{HEADINGS}\n{TOP}\n{}\n", lines.join("\n"));
    let workspace = Workspace::new("other-inputs-rivals", &text, "", "folder = \"out\"\narchive = \"archive\"");
    let own = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    let said = |other: &str| {
        std::fs::write(workspace.folder.join("khác.toml"), other).unwrap();
        let output = tkgd().args(["--lang", "en", "run", "p.toml"]).current_dir(&workspace.folder).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("Note: khác.toml")
    };
    assert!(said(&own));
    assert!(!said(&own.replace("opening", "closing")));
    let (folder, archive) = ("folder = \"out\"", "archive = \"archive\"");
    assert!(own.contains(folder) && own.contains(archive), "{own}");
    assert!(said(&own.replace(folder, "folder = \"riêng\"")));
    assert!(!said(&own.replace(folder, "folder = \"riêng\"").replace(archive, "archive = \"kho riêng\"")));
    // What is no pipeline is nobody's.
    assert!(!said("title = 1"));
}
