//! Whole runs: what comes in, what comes out, and that nothing is lost on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use tkgd::forms::{Form, SlotIndex, SlotVec};
use tkgd::returns::Status;

use super::support::{scratch, tkgd};
use super::workspace::{Workspace, book, files, form, schemas, values};

const HEADINGS: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Báo cáo chung với,Biểu phải nộp";

/// A Sở, one commune and so many primary schools `T01`, `T02` …
fn schools(count: usize) -> String {
    let mut register = format!("{HEADINGS}\nS,Sở GDĐT,department,,,,,\nX,Xã Một,commune,,,S,,\n");
    for index in 1..=count {
        register.push_str(&format!("T{index:02},Trường Tiểu học {index},school,TH,public,X,,02-TH-DN\n"));
    }
    register
}

fn slot(form: &Form, sheet: &str, code: &str, column: u16) -> SlotIndex {
    let sheet = form.layout.sheet(sheet).unwrap();
    sheet.slot(sheet.find_code(code).unwrap(), sheet.find_column(column).unwrap())
}

/// The text of one part of a package.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(zip.by_name(name).unwrap()).unwrap()
}

#[test]
fn coverage_stands_on_every_page_and_nothing_is_scaled() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("coverage", &schools(40), "", "");
    let mut sums = SlotVec::filled(0_i64, form.layout.slots);
    for index in 4..=40 {
        let values = values(&schemas, &form, index);
        for (sum, number) in sums.iter_mut().zip(values.numbers().iter()) {
            *sum += number;
        }
        workspace.add(&format!("T{index:02}_a.xlsx"), &book(&schemas, &form, &values));
    }
    let summary = workspace.summary();
    assert_eq!((summary["forms"][1]["received"].as_u64(), summary["forms"][1]["expected"].as_u64()), (Some(37), Some(40)));
    for file in ["S_02-TH-DN.xlsx", "X_02-TH-DN.xlsx"] {
        let bytes = workspace.report(file);
        for sheet in 1..=form.layout.sheets.len() {
            let xml = part(&bytes, &format!("xl/worksheets/sheet{sheet}.xml"));
            assert!(xml.contains("Đã nhận 37/40 báo cáo, 37/40 cơ sở") && xml.contains("NHÁP"), "{file} sheet {sheet}");
        }
        // The sheet of errors has no line, and is not printed.
        assert!(part(&bytes, "xl/workbook.xml").contains("name=\"Errors\" sheetId=\"5\" state=\"hidden\""), "{file}");
        let receiver = if file.starts_with('S') { "Bộ Giáo dục và Đào tạo" } else { "Sở GDĐT" };
        assert!(part(&bytes, "xl/sharedStrings.xml").contains(&format!(">{receiver}<")), "{file}");
        assert!(*workspace.report_values(file).numbers() == *sums.as_slice(), "{file}");
    }
    let missing = workspace.findings().iter().filter(|f| f["rule"] == "submission-missing").count();
    assert_eq!(missing, 3);
}

#[test]
fn a_late_arrival_adds_exactly_its_values_and_a_repetition_nothing() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("late", &schools(3), "", "");
    let late = values(&schemas, &form, 3);
    for index in 1..=2 {
        workspace.add(&format!("T{index:02}_a.xlsx"), &book(&schemas, &form, &values(&schemas, &form, index)));
    }
    assert_eq!(workspace.run().status.code(), Some(0));
    let before = workspace.report_values("S_02-TH-DN.xlsx");
    workspace.add("T03_a.xlsx", &book(&schemas, &form, &late));
    assert_eq!(workspace.run().status.code(), Some(0));
    let after = workspace.report_values("S_02-TH-DN.xlsx");
    for slot in form.layout.each_slot() {
        assert_eq!(after.numbers().at(slot) - before.numbers().at(slot), late.numbers().at(slot));
    }
    workspace.add("T03_again.xlsx", &book(&schemas, &form, &late));
    assert_eq!(workspace.run().status.code(), Some(0));
    assert_eq!(workspace.report_values("S_02-TH-DN.xlsx"), after);
    assert!(workspace.findings().iter().any(|f| f["rule"] == "same-content"));
}

#[test]
fn two_different_files_of_one_school_are_refused_or_the_newest_wins() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let (old, new) = (values(&schemas, &form, 1), values(&schemas, &form, 2));
    for (policy, wanted, rule, code) in [("refuse", None, "duplicate-submission", 1), ("newest", Some(&new), "older-version", 0)] {
        let workspace = Workspace::new(&format!("duplicate-{policy}"), &schools(1), &format!("duplicates = \"{policy}\""), "");
        // The newer file comes first by name, so that only its time can decide.
        workspace.add("T01_b.xlsx", &book(&schemas, &form, &old));
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &new));
        let file = std::fs::File::options().write(true).open(workspace.folder.join("bieu/T01_b.xlsx")).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000_000)).unwrap();
        assert_eq!(workspace.run().status.code(), Some(code));
        let finding = workspace.findings().into_iter().find(|f| f["rule"] == rule).unwrap();
        let text = finding.to_string();
        assert!(text.contains("T01_a.xlsx") && text.contains("T01_b.xlsx"), "{text}");
        let numbers = workspace.report_values("S_02-TH-DN.xlsx");
        match wanted {
            Some(values) => assert_eq!(numbers.numbers(), values.numbers()),
            None => assert_eq!(numbers.filled() - formulas(&form), 0),
        }
    }
}

/// Cells that a report of nothing still fills: the live formulas of printed sums.
fn formulas(form: &Form) -> usize {
    let printed = |sheet: &tkgd::forms::Sheet| sheet.sums.columns.iter().filter(|s| s.basis == tkgd::forms::Basis::Printed).count();
    form.layout.data_sheets().map(|(_, sheet)| printed(sheet) * sheet.coded.len()).sum()
}

#[test]
fn unknown_and_not_applicable_never_become_zero() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("unknown", &schools(2), "", "");
    for index in 1..=2 {
        let mut values = values(&schemas, &form, index);
        values.set(slot(&form, "I", "25", 1), Status::Unknown, 0);
        if index == 1 {
            values.set(slot(&form, "I", "24", 1), Status::Unknown, 0);
        }
        workspace.add(&format!("T{index:02}_a.xlsx"), &book(&schemas, &form, &values));
    }
    assert_eq!(workspace.run().status.code(), Some(0));
    let total = workspace.report_values("S_02-TH-DN.xlsx");
    assert_eq!(total.get(slot(&form, "I", "25", 1)).0, Status::Unknown);
    assert_eq!(total.get(slot(&form, "III", "76", 3)).0, Status::NotApplicable);
    // One of two is known: the number stands, and is marked as lacking a part.
    assert!(total.get(slot(&form, "I", "24", 1)).0.is_number());
    let log = part(&workspace.report("S_02-TH-DN.xlsx"), "xl/sharedStrings.xml");
    assert!(log.contains("Số tổng hợp thiếu thành phần"));
}

#[test]
fn one_commune_return_counts_its_seven_groups_and_the_sos_budget_survives() {
    let workspace = Workspace::sample("groups", 12, 3, 11);
    let summary = workspace.summary();
    let form = &summary["forms"][0];
    // One return covers seven groups and none is the commune itself; the Sở's own return covers no facility.
    let (returns, facilities) = (form["received"].as_u64().unwrap(), form["facilities_received"].as_u64().unwrap());
    assert_eq!(facilities, returns - 2 + 7);
    let schemas = schemas();
    let own = files(&workspace.folder.join("bieu"));
    let budget = own.iter().find(|(name, _)| name.starts_with("09_")).map(|(_, bytes)| super::workspace::values_of(bytes)).unwrap();
    let total = workspace.report_values("09_01-MN-DN.xlsx");
    let layout = &super::workspace::form(&schemas, "01-MN-DN").layout;
    let sheet = layout.sheet("ngan-sach").unwrap();
    let slots = sheet.span();
    assert!(budget.numbers().range(slots.clone()).any(|n| n > 0));
    assert!(total.numbers().range(slots.clone()).eq(budget.numbers().range(slots)));
}

#[test]
fn a_school_of_two_levels_counts_once_among_schools() {
    let workspace = Workspace::sample("levels", 20, 2, 3);
    let summary = workspace.summary();
    let counts = summary["unit_counts"].as_array().unwrap();
    let count = |id: &str| -> u64 { counts.iter().filter(|c| c["count"] == id).map(|c| c["units"].as_u64().unwrap()).sum() };
    assert_eq!(count("schools"), 20);
    assert_eq!(count("schools_by_level"), 21);
}

#[test]
fn two_runs_give_the_same_bytes_wherever_they_run() {
    let (first, second) = (Workspace::sample("same-1", 10, 2, 4), Workspace::sample("same-2", 10, 2, 4));
    for workspace in [&first, &second] {
        assert_eq!(workspace.run().status.code(), Some(0));
    }
    assert_eq!(first.run().status.code(), Some(0));
    for folder in ["ket-qua", "luu-tru"] {
        let (one, other) = (files(&first.folder.join(folder)), files(&second.folder.join(folder)));
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(*bytes == other[name], "{name} differs");
        }
    }
}

#[test]
fn timings_name_the_stages_and_change_no_byte() {
    let (plain, timed) = (Workspace::sample("timed-1", 10, 2, 4), Workspace::sample("timed-2", 10, 2, 4));
    let run = |workspace: &Workspace, more: &[&str]| {
        let run = tkgd().args(["run", "--lang", "en"]).args(more).arg(workspace.folder.join("p.toml")).output().unwrap();
        assert_eq!(run.status.code(), Some(0));
        run
    };
    run(&plain, &[]);
    let run = run(&timed, &["--timings"]);
    let table = String::from_utf8(run.stderr).unwrap();
    let name = |line: &str| line.split("  ").next().unwrap_or_default().to_owned();
    let names: Vec<String> = table.lines().map(name).collect();
    let stages = [
        "Stage",
        "Schemas",
        "Reading",
        "Checking",
        "Aggregation",
        "Indicators",
        "Findings",
        "Reports and lists",
        "Summaries",
        "Archive",
        "Recount",
        "Publishing",
        "In between",
        "Total",
    ];
    assert_eq!(names[..names.len() - 1], stages);
    assert!(table.lines().last().unwrap().starts_with("Peak memory: "), "{table}");
    // The stages and what lies between them are the whole.
    let seconds = |line: &str| line.split_whitespace().rev().nth(1).unwrap().parse::<f64>().unwrap();
    let lines: Vec<f64> = table.lines().skip(1).take(stages.len() - 1).map(seconds).collect();
    let (total, parts) = lines.split_last().unwrap();
    assert!((total - parts.iter().sum::<f64>()).abs() < 0.1, "{table}");
    for folder in ["ket-qua", "luu-tru"] {
        assert!(files(&plain.folder.join(folder)) == files(&timed.folder.join(folder)), "{folder} differs");
    }
}

#[test]
fn a_killed_run_leaves_inputs_whole_and_no_half_output() {
    let workspace = Workspace::sample("killed", 150, 5, 9);
    let inputs = files(&workspace.folder);
    let (mut outputs, mut begun) = (Vec::new(), Vec::new());
    for delay in [0, 5, 20, 40, 60, 80, 100, 120, 150, 200, 300, 500] {
        let mut child = tkgd().arg("run").arg(workspace.folder.join("p.toml")).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
        // While files are put in place a plan stands beside them, and whoever comes next ends it.
        let is_begun = workspace.output().join(".tkgd/publishing.json").is_file();
        let output = if workspace.output().exists() { files(&workspace.output()) } else { BTreeMap::new() };
        if is_begun { &mut begun } else { &mut outputs }.push(output);
        let now = files(&workspace.folder);
        assert!(inputs.iter().all(|(name, bytes)| now.get(name) == Some(bytes)), "inputs changed after {delay} ms");
    }
    assert_eq!(workspace.run().status.code(), Some(0));
    let whole = files(&workspace.output());
    // Whatever a killed run left in the output's place is the whole output, nothing, or what the next run went on with.
    assert!(outputs.into_iter().all(|output| output.is_empty() || output == whole));
    assert!(begun.into_iter().flatten().all(|(name, bytes)| whole.get(&name) == Some(&bytes)));
    let left: Vec<String> = files(&workspace.folder.join("ket-qua")).into_keys().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!workspace.folder.join("luu-tru/.staging").exists());
}

#[test]
fn a_list_gives_the_same_totals_as_the_workbooks_it_came_from() {
    let workspace = Workspace::sample("list", 16, 3, 21);
    assert_eq!(workspace.run().status.code(), Some(0));
    let reference = workspace.report_values("09_02-TH-DN.xlsx");
    let list = workspace.output().join("danh-sach/02-TH-DN.csv");
    let again = Workspace::sample("list-again", 16, 3, 21);
    for name in files(&again.folder.join("bieu")).into_keys().filter(|name| name.contains("02-TH-DN")) {
        std::fs::remove_file(again.folder.join("bieu").join(name)).unwrap();
    }
    std::fs::create_dir_all(again.folder.join("danh-sach")).unwrap();
    std::fs::copy(list, again.folder.join("danh-sach/02-TH-DN.csv")).unwrap();
    let pipeline = std::fs::read_to_string(again.folder.join("p.toml")).unwrap();
    if !pipeline.contains("[[inputs.lists]]") {
        let list = "\n[[inputs.lists]]\nfile = \"danh-sach/02-TH-DN.csv\"\nform = \"02-TH-DN\"\n";
        std::fs::write(again.folder.join("p.toml"), pipeline + list).unwrap();
    }
    let output = again.run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(again.report_values("09_02-TH-DN.xlsx").numbers(), reference.numbers());
}

#[test]
fn a_new_workspace_runs_and_is_never_overwritten() {
    let folder = scratch("init").join("moi");
    let init = || tkgd().args(["khoi-tao", "--toml"]).arg(&folder).output().unwrap();
    assert_eq!(init().status.code(), Some(0));
    let output = tkgd().arg("tong-hop").arg(folder.join("dau-nam-hoc.toml")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tkgd().arg("run").arg(folder.join("cuoi-nam-hoc.toml")).output().unwrap().status.code(), Some(0));
    let again = init();
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("không bao giờ ghi đè"));
    // One register, and it is said which: the text form on request only.
    assert!(folder.join("danh-sach-don-vi.xlsx").is_file() && !folder.join("danh-sach-don-vi.csv").exists());
    let folder = scratch("init_csv").join("moi");
    assert_eq!(tkgd().args(["init", "--csv", "--toml"]).arg(&folder).output().unwrap().status.code(), Some(0));
    assert!(folder.join("danh-sach-don-vi.csv").is_file() && !folder.join("danh-sach-don-vi.xlsx").exists());
    assert_eq!(tkgd().arg("run").arg(folder.join("dau-nam-hoc.toml")).output().unwrap().status.code(), Some(0));
}

#[test]
fn errors_stop_the_run_when_asked_and_never_otherwise() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    for (stop, written) in [("true", false), ("false", true)] {
        let workspace = Workspace::new(&format!("stop-{stop}"), &schools(1), "", &format!("stop_on_errors = {stop}"));
        let mut values = values(&schemas, &form, 1);
        let total = slot(&form, "III", "37", 1);
        let number = values.numbers().at(total);
        values.set(total, Status::Reported, number + 1);
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &values));
        assert_eq!(workspace.run().status.code(), Some(1));
        assert_eq!(workspace.output().join("bao-cao").exists(), written);
        // What is wrong is told either way: an answer to it needs it.
        let told = std::fs::read_to_string(workspace.output().join("phat-hien.json")).unwrap();
        assert!(told.contains("column-sum") || told.contains("row-sum"), "{told}");
    }
}

#[test]
fn a_folder_overrides_the_schemas_and_mistakes_come_with_a_suggestion() {
    let folder = scratch("override");
    std::fs::create_dir_all(folder.join("tt25-2024/forms")).unwrap();
    let text = schemas().files.text("tt25-2024/forms/02-TH-DN.toml").unwrap().to_owned();
    std::fs::write(folder.join("tt25-2024/forms/02-TH-DN.toml"), text.replace("symbol = \"02.ĐN-TH\"", "symbol = \"X\"")).unwrap();
    let show = |folder: &std::path::Path| tkgd().args(["schema", "show", "--schemas"]).arg(folder).output().unwrap();
    assert!(String::from_utf8_lossy(&show(&folder).stdout).contains("tt25-2024/02-TH-DN  X  "));
    std::fs::write(folder.join("tt25-2024/forms/02-TH-DN.toml"), text.replace("symbol =", "symbl =")).unwrap();
    let output = show(&folder);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("có phải là `symbol`?") && error.contains("dòng"), "{error}");
    assert_eq!(tkgd().args(["schema", "lint"]).output().unwrap().status.code(), Some(0));
}

#[test]
fn a_form_of_another_circular_or_term_is_named() {
    let clean = schemas();
    let form = form(&clean, "02-TH-DN");
    let bytes = book(&clean, &form, &values(&clean, &form, 1));
    let closing = |circular: &str| {
        let text = clean.files.text(&format!("{circular}/forms/02-TH-DN.toml")).unwrap();
        text.replace("term = \"opening\"", "term = \"closing\"")
    };
    for (changed, rule) in [(vec!["tt25-2024"], "old-form"), (vec!["tt25-2024", "tt24-2018"], "wrong-term")] {
        let folder = scratch(rule);
        for circular in changed {
            std::fs::create_dir_all(folder.join(circular).join("forms")).unwrap();
            std::fs::write(folder.join(circular).join("forms/02-TH-DN.toml"), closing(circular)).unwrap();
        }
        let file = folder.join("a.xlsx");
        std::fs::write(&file, &bytes).unwrap();
        let output = tkgd().args(["kiem-tra", "--format", "json", "--year", "2025", "--schemas"]).arg(&folder).arg(&file).output().unwrap();
        let findings = crate::support::items(&output.stdout);
        assert_eq!(findings.iter().map(|f| f["rule"].as_str().unwrap()).collect::<Vec<_>>(), [rule]);
    }
}

/// A list of two schools in some format, with headings of a Sở's own, read through a mapping file.
fn run_list(name: &str, write: impl Fn(&std::path::Path)) -> Workspace {
    let inputs = format!("\n[[inputs.lists]]\nfile = \"{name}\"\nmapping = \"map.toml\"");
    let workspace = Workspace::new(&format!("list-{}", name.replace('.', "-")), &schools(2), &inputs, "");
    let mapping = "form = \"02-TH-DN\"\nunit = \"Mã trường\"\n\
        [[columns]]\nheading = \"Tổng số HS\"\nsheet = \"III\"\ncode = \"37\"\ncolumn = 1\n\
        [[columns]]\nheading = \"Số lớp\"\nsheet = \"I\"\ncode = \"27\"\ncolumn = 1\n";
    std::fs::write(workspace.folder.join("map.toml"), mapping).unwrap();
    write(&workspace.folder.join(name));
    workspace
}

#[test]
fn lists_are_read_from_text_workbook_and_parquet_through_a_mapping() {
    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    let csv = |path: &std::path::Path| {
        std::fs::write(path, "# ghi chú\nMã trường;Tên;Tổng số HS;Số lớp\nT01;A;1.234;30\nT02;B;766;?\nT9;C;1;1\n").unwrap();
    };
    let xlsx = |path: &std::path::Path| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (row, line) in
            [["Mã trường", "Tên", "Tổng số HS", "Số lớp"], ["T01", "A", "", ""], ["T02", "B", "", "?"], ["T9", "C", "1", "1"]]
                .iter()
                .enumerate()
        {
            for (column, text) in line.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row as u32, column as u16, *text).unwrap();
            }
        }
        sheet.write_number(1, 2, 1234).unwrap();
        sheet.write_number(1, 3, 30).unwrap();
        sheet.write_number(2, 2, 766).unwrap();
        book.save(path).unwrap();
    };
    let parquet = |path: &std::path::Path| {
        let columns: [(&str, ArrayRef); 3] = [
            ("Mã trường", std::sync::Arc::new(StringArray::from(vec!["T01", "T02", "T9"]))),
            ("Tổng số HS", std::sync::Arc::new(Int64Array::from(vec![1234, 766, 1]))),
            ("Số lớp", std::sync::Arc::new(StringArray::from(vec![Some("30"), Some("?"), Some("1")]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let file = std::fs::File::create(path).unwrap();
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    };
    let runs: [(&str, &dyn Fn(&std::path::Path)); 3] = [("a.csv", &csv), ("a.xlsx", &xlsx), ("a.parquet", &parquet)];
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    for (name, write) in runs {
        let workspace = run_list(name, write);
        let output = workspace.run();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        let total = workspace.report_values("S_02-TH-DN.xlsx");
        assert_eq!(total.number(slot(&form, "III", "37", 1)), Some(2000), "{name}");
        assert_eq!(total.number(slot(&form, "I", "27", 1)), Some(30), "{name}");
        let findings = workspace.findings();
        let find = |rule: &str| findings.iter().find(|f| f["rule"] == rule).unwrap_or_else(|| panic!("{name}: no {rule}"));
        let line = if name == "a.csv" { "5" } else { "4" };
        assert!(find("unregistered-unit")["cell"].as_str().unwrap().ends_with(line), "{name}");
        let cell = find("unknown-value")["cell"].as_str().unwrap().to_owned();
        assert_eq!(
            cell,
            if name == "a.csv" {
                "D4"
            } else if name == "a.xlsx" {
                "D3"
            } else {
                "C3"
            },
            "{name}"
        );
    }
}

#[test]
fn the_so_may_file_nothing_but_its_budget_sheet() {
    let schemas = schemas();
    let form = form(&schemas, "01-MN-DN");
    let register = format!("{HEADINGS}\nS,Sở GDĐT,department,,,,,01-MN-DN\nT01,Trường A,school,MN,public,S,,01-MN-DN\n");
    let workspace = Workspace::new("budget-only", &register, "", "");
    let school = values(&schemas, &form, 1);
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &school));
    let sheet = form.layout.sheet("ngan-sach").unwrap();
    let mut own = tkgd::returns::Values::new(form.layout.slots);
    for slot in sheet.each_slot() {
        own.set(slot, Status::Reported, 0);
    }
    own.set(slot(&form, "ngan-sach", "15", 1), Status::Reported, 1_500_000);
    let mut budget = super::workspace::plan(&schemas, &form, &own);
    budget.sheets.retain(|sheet| &*sheet.name == "Ngân sách");
    workspace.add("S_ngan-sach.xlsx", &tkgd::present::write_xlsx(&budget).unwrap());
    workspace.run();
    assert!(workspace.findings().iter().all(|f| f["unit"] != "S" || f["rule"] == "row-sum-usual"), "{:?}", workspace.findings());
    let total = workspace.report_values("S_01-MN-DN.xlsx");
    assert_eq!(total.number(slot(&form, "ngan-sach", "15", 1)), Some(1_500_000));
    let count = slot(&form, "hoc-sinh", "83", 1);
    assert_eq!(total.number(count), school.number(count));
    assert_eq!(workspace.summary()["forms"][0]["received"], 2);
}
