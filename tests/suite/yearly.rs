//! The year-on-year table: figures of both years, difference, per cent, and what was explained.

use super::support::tkgd;
use super::workspace::{Workspace, book, form, schemas, values};

const REGISTER: &str = "code,name,kind,reports_to,ownership,forms\nS,Sở,department,,,\nX,Xã A,commune,S,,\nT01,Trường A,school,X,public,02-TH-DN\nT02,Trường B,school,X,public,02-TH-DN\n";

/// The lines of the table, cells as texts.
fn lines(workspace: &Workspace) -> Vec<Vec<String>> {
    let path = workspace.output().join("giai-trinh.xlsx");
    let table = tkgd::ingest::read_table(&path, None, Some(4), &tkgd::ingest::Isolation::InProcess).unwrap();
    table.rows.iter().map(|row| (0..table.headings.len()).map(|column| row.text(Some(column))).collect()).collect()
}

#[test]
fn both_years_stand_side_by_side_with_what_was_explained() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("yearly", REGISTER, "", "");
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("37").unwrap(), 0);
    let filed = |pupils: i64, seed: u64| {
        let mut values = values(&schemas, &form, seed);
        values.set(slot, tkgd::cells::Status::Reported, pupils);
        book(&schemas, &form, &values)
    };
    workspace.add("T01_a.xlsx", &filed(400, 1));
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    workspace.run();
    assert!(!workspace.output().join("giai-trinh.xlsx").exists(), "nothing to compare with in the first year");
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    workspace.add("T01_a.xlsx", &filed(500, 1));
    workspace.add("T02_a.xlsx", &filed(300, 2));
    workspace.run();
    let explain = |reason: &str| {
        let output = tkgd()
            .args(["ledger", "explain"])
            .arg(workspace.folder.join("p.toml"))
            .args(["--unit", "T01", "--form", "02-TH-DN", "--rule", "th-pupils-last-year", "--by", "Hiệu trưởng", "--reason", reason])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    // 25 % more is below the threshold: there is nothing to explain yet.
    assert!(!explain("tiếp nhận học sinh").is_empty());
    workspace.add("T01_a.xlsx", &filed(600, 1));
    workspace.run();
    assert_eq!(explain("tiếp nhận học sinh trường bên"), "");
    workspace.run();
    let of = |unit: &str| {
        let lines = lines(&workspace);
        lines.into_iter().find(|line| line[0].starts_with(unit) && line[2] == "Học sinh tiểu học").unwrap()
    };
    assert_eq!(of("Trường A")[3..], ["400", "600", "200", "50", "tiếp nhận học sinh trường bên (Hiệu trưởng)"]);
    assert_eq!(of("Trường B")[3..], ["", "300", "", "", ""]);
    assert_eq!(of("Xã A")[3..], ["400", "900", "500", "125", ""]);
    assert_eq!(of("Sở")[3..], ["400", "900", "500", "125", ""]);
}
