//! Two states, two years or two units beside each other: what the program writes, against what was put in.

use std::process::Output;

use serde_json::Value;
use tkgd::tables::Table;
use tkgd::workbooks::{Isolation, read_table};

use super::explain::released_twice;
use super::oracle::{python, script};
use super::support::tkgd;
use super::workspace::{Workspace, files};

fn compare(workspace: &Workspace, arguments: &[&str]) -> Output {
    tkgd()
        .arg("compare")
        .args(arguments)
        .arg("--archive")
        .arg(workspace.folder.join("archive"))
        .current_dir(&workspace.folder)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn table(workspace: &Workspace, file: &str, sheet: Option<&str>) -> Table {
    read_table(&workspace.folder.join(file), sheet, None, &Isolation::InProcess).unwrap()
}

/// Cells of the rows of a table that say this under a heading.
fn rows(table: &Table, wanted: &[(&str, &str)], shown: &[&str]) -> Vec<Vec<String>> {
    let at = |heading: &str| Some(table.find(&[heading]).unwrap_or_else(|| panic!("{heading}: {:?}", table.headings)));
    let is_wanted = |row: &&tkgd::tables::TableRow| wanted.iter().all(|(heading, text)| row.text(at(heading)) == *text);
    table.rows.iter().filter(is_wanted).map(|row| shown.iter().map(|heading| row.text(at(heading))).collect()).collect()
}

#[test]
fn two_releases_stand_side_by_side() {
    let workspace = released_twice("compare-releases");
    // In whatever order they are named, the older one stands first.
    let text = told(&compare(&workspace, &["2025-2026-opening@2", "2025-2026-opening@1", "--out", "so-sanh"]));
    for line in [
        "Trước: Kỳ đầu năm học 2025-2026, 2025-2026-opening@1",
        "3 báo cáo ở cả hai, 1 chỉ ở trước, 2 chỉ ở sau",
        "02.ĐN-TH III/37/1 \"Tổng quy mô\", \"Tổng số > Tổng số\": Trường D (T04): 120 → 310 (+190)",
        "mới: Trường E (T06)",
        "chuyển nơi báo cáo: Trường C mới (T03), từ Xã Một sang Xã Hai",
        "đổi tên: Trường C → Trường C mới (T03)",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // The first row of every sheet but the first is its headings; programs read them as tables.
    let cells = table(&workspace, "so-sanh/so-sanh-so-lieu.xlsx", Some("Ô thay đổi"));
    let figure = [("Biểu", "02.ĐN-TH"), ("Trang", "III"), ("Mã số", "37"), ("Cột", "1")];
    let side_by_side = rows(&cells, &figure, &["Mã đơn vị", "Trước", "Sau", "Chênh lệch", "Ô ở tệp sau"]);
    let place = |unit: &str| format!("bieu/{unit}_a.xlsx!III!E5");
    let row = |unit: &str, before: &str, after: &str, change: &str| [unit, before, after, change, &place(unit)].map(str::to_owned).to_vec();
    assert_eq!(side_by_side, [row("T04", "120", "310", "190"), row("T01", "400", "415", "15"), row("T03", "250", "251", "1")]);
    let totals = table(&workspace, "so-sanh/so-sanh-so-lieu.xlsx", Some("Số tổng"));
    let mut of_units = rows(&totals, &figure, &["Mã đơn vị", "Trước", "Sau", "Chênh lệch", "Chênh lệch (%)"]);
    of_units.sort();
    assert_eq!(
        of_units,
        // Per cent where both are whole only: a return was not in before, another is not in after.
        [["S", "1070", "1136", "66", ""], ["X", "950", "505", "-445", ""], ["Y", "120", "631", "511", "425.8"]]
    );
    let units = table(&workspace, "so-sanh/so-sanh-so-lieu.xlsx", Some("Đơn vị"));
    let mut fates = rows(&units, &[], &["Mã đơn vị", "Thay đổi", "Báo cáo lên, trước", "Báo cáo lên, sau"]);
    fates.sort();
    assert_eq!(
        fates,
        [["T03", "chuyển nơi báo cáo", "Xã Một", "Xã Hai"], ["T03", "đổi tên", "Xã Một", "Xã Hai"], ["T06", "mới", "", "Xã Hai"]]
    );
    // Parquet has the returns of one state too.
    let all = table(&workspace, "so-sanh/cells.parquet", None);
    let figure = [("sheet", "III"), ("code", "37"), ("column_no", "1")];
    let kinds = rows(&all, &figure, &["unit", "kind", "value_before", "value_after", "difference"]);
    let number = |text: &str| text.split('.').next().unwrap().to_owned();
    let kinds: Vec<Vec<String>> = kinds.iter().map(|row| row.iter().map(|text| number(text)).collect()).collect();
    assert_eq!(
        kinds,
        [
            ["T01", "changed", "400", "415", "15"],
            ["T02", "only_before", "300", "", "-300"],
            ["T03", "changed", "250", "251", "1"],
            ["T04", "changed", "120", "310", "190"],
            ["T05", "only_after", "", "90", "90"],
            ["T06", "only_after", "", "70", "70"],
        ]
    );
    let json: Value = serde_json::from_slice(&std::fs::read(workspace.folder.join("so-sanh/so-sanh-so-lieu.json")).unwrap()).unwrap();
    let form = json[0]["forms"].as_array().unwrap().iter().find(|form| form["newer"] == "tt25-2024/02-TH-DN").unwrap();
    assert_eq!((&json[0]["older"], &form["returns_only_after"]), (&"2025-2026-opening@1".into(), &2.into()));
    let changed = rows(&all, &[("kind", "changed")], &["unit"]).len();
    assert_eq!(json[0]["cells_changed"], changed);
    assert_eq!(cells.rows.len(), changed);
    // Another program finds real headings, panes that stay, looks that follow the numbers, and no merged cell.
    if let Some(python) = python() {
        script(
            &python,
            &workspace.folder,
            "compared.py",
            &["so-sanh/so-sanh-so-lieu.xlsx", "so-sanh/cells.parquet", "so-sanh/totals.parquet"],
        );
    }
    // What is somebody else's is not replaced.
    let foreign = workspace.folder.join("khac/so-sanh-so-lieu.xlsx");
    std::fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    std::fs::write(&foreign, "mine").unwrap();
    let output = compare(&workspace, &["2025-2026-opening@1", "2025-2026-opening@2", "--out", "khac"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files(&workspace.folder.join("khac")), [("so-sanh-so-lieu.xlsx".to_owned(), b"mine".to_vec())].into());
}

#[test]
fn two_units_and_the_same_state_twice() {
    let workspace = released_twice("compare-units");
    let json: Value =
        serde_json::from_str(&told(&compare(&workspace, &["2025-2026-opening", "--units", "X", "Y", "--format", "json"]))).unwrap();
    let figure = |code: &str| {
        let totals = json["items"][0]["totals"].as_array().unwrap();
        totals
            .iter()
            .find(|total| total["figure"]["code"] == code && total["figure"]["column"] == 1 && total["figure"]["sheet"] == "III")
            .unwrap()
    };
    assert_eq!((&figure("37")["before"], &figure("37")["after"]), (&505.into(), &631.into()));
    let same = told(&compare(&workspace, &["2025-2026-opening@2", "2025-2026-opening"]));
    assert!(same.contains("Không có gì khác."), "{same}");
    let nobody = compare(&workspace, &["2025-2026-opening", "--units", "X", "Z"]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("không có đơn vị `Z`"));
}

#[test]
fn two_school_years_are_compared_term_by_term() {
    let folder = super::support::scratch("compare-years");
    assert!(
        tkgd()
            .args(["sample", ".", "--communes", "2", "--schools", "6", "--years", "2"])
            .current_dir(&folder)
            .output()
            .unwrap()
            .status
            .success()
    );
    for pipeline in ["dau-nam-hoc-2024", "cuoi-nam-hoc-2024", "dau-nam-hoc", "cuoi-nam-hoc"] {
        let output = tkgd().args(["run", &format!("{pipeline}.toml")]).current_dir(&folder).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let workspace = Workspace { folder };
    std::fs::rename(workspace.folder.join("luu-tru"), workspace.folder.join("archive")).unwrap();
    let text = told(&compare(&workspace, &["2024-2025", "2025-2026", "--out", "hai-nam"]));
    for line in ["Kỳ đầu năm học 2024-2025", "Kỳ cuối năm học 2025-2026", "02.ĐN-TH", "02.CN-TH"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(table(&workspace, "hai-nam/so-sanh-so-lieu.xlsx", Some("Số tổng opening")).rows.len() > 100);
    assert!(table(&workspace, "hai-nam/so-sanh-so-lieu.xlsx", Some("Ô thay đổi closing")).rows.len() > 100);
    // An opening form is no closing form.
    let output = compare(&workspace, &["2025-2026-opening", "2025-2026-closing"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && error.contains("không so sánh được với 2025-2026-opening@draft"), "{error}");
}
