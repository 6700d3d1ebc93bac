//! Where a figure comes from and why it changed, as the program tells it: down to a real cell of a real file.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tkgd::ooxml::RawValue;
use tkgd::returns::Status;

use super::quality::{browser, nothing_of_others, shows};
use super::support::{at, read, tkgd};
use super::workspace::{Workspace, book, form, schemas, values};

/// The same province before and after: a school moves, one is new, one is gone, one becomes a part of another.
const BEFORE: &str = "code,name,kind,reports_to,ownership,forms,valid_to,merged_into
S,Sở <GDĐT>,department,,,,,
X,Xã Một,commune,S,,,,
Y,Xã Hai,commune,S,,,,
T01,Trường A & <b>,school,X,public,02-TH-DN,,
T02,Trường B,school,X,public,02-TH-DN,,
T03,Trường C,school,X,public,02-TH-DN,,
T04,Trường D,school,Y,public,02-TH-DN,,
T05,Trường Đ,school,X,public,02-TH-DN,,
";
/// Pupils of each school in the first and in the second state; none where it has sent nothing.
const PUPILS: [(&str, Option<i64>, Option<i64>); 6] = [
    ("T01", Some(400), Some(415)),
    ("T02", Some(300), None),
    ("T03", Some(250), Some(251)),
    ("T04", Some(120), Some(310)),
    ("T05", None, Some(90)),
    ("T06", None, Some(70)),
];
const CELL: &str = "02-TH-DN/III/37/1";

fn said(output: &Output, code: i32) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

/// A workspace with two releases of a term.
pub fn released_twice(name: &str) -> Workspace {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new(name, BEFORE, "", "");
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("37").unwrap(), 0);
    let file = |unit: &str, number: i64| {
        let mut values = values(&schemas, &form, unit.bytes().map(u64::from).sum());
        values.set(slot, Status::Reported, number);
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &values));
    };
    let release = || {
        let output = tkgd().arg("release").arg(workspace.folder.join("p.toml")).args(["--kind", "provisional"]).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    };
    PUPILS.iter().filter_map(|(unit, before, _)| Some((unit, (*before)?))).for_each(|(unit, number)| file(unit, number));
    release();
    let after = BEFORE
        .replace("T03,Trường C,school,X", "T03,Trường C mới,school,Y")
        .replace("02-TH-DN,,\nT05", "02-TH-DN,,\nT06,Trường E,school,Y,public,02-TH-DN,,\nT05");
    std::fs::write(workspace.folder.join("reg.csv"), after).unwrap();
    std::fs::remove_file(workspace.folder.join("bieu/T02_a.xlsx")).unwrap();
    PUPILS.iter().filter_map(|(unit, _, after)| Some((unit, (*after)?))).for_each(|(unit, number)| file(unit, number));
    release();
    workspace
}

/// A question about the cell.
pub fn ask(workspace: &Workspace, arguments: &[&str]) -> Output {
    tkgd().args(["explain", CELL]).args(arguments).arg("--archive").arg(workspace.folder.join("archive")).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&said(output, 0)).unwrap()
}

#[test]
fn a_sheet_may_be_called_by_the_name_that_is_printed_on_it() {
    let workspace = released_twice("explain-sheet-name");
    let archive = workspace.folder.join("archive");
    let total = |cell: &str| {
        let output = tkgd().args(["explain", cell, "--unit", "S", "--format", "json", "--archive"]).arg(&archive).output().unwrap();
        json(&output)["total"].clone()
    };
    let printed = form(&schemas(), "02-TH-DN").layout.sheet("III").unwrap().name.clone();
    assert_eq!(total(&CELL.replace("III", &printed.to_lowercase())), total(CELL));
}

/// Every return of a tree.
fn returns<'a>(node: &'a Value, found: &mut Vec<&'a Value>) {
    if !node["own"].is_null() {
        found.push(node);
    }
    node["parts"].as_array().unwrap().iter().for_each(|part| returns(part, found));
}

#[test]
fn a_total_is_told_down_to_the_cell_and_the_hash_of_its_file() {
    let workspace = released_twice("explain-cells");
    let told = json(&ask(&workspace, &["--unit", "S", "--format", "json"]));
    assert_eq!((&told["total"], &told["figure"]["state"]), (&1136.into(), &"2025-2026-opening@2".into()));
    assert_eq!(told["coverage"], serde_json::json!({"received": 5, "expected": 6}));
    assert_eq!(told["missing_units"], serde_json::json!(["T02"]));
    let mut found = Vec::new();
    returns(&told["tree"], &mut found);
    assert_eq!(found.len(), 5);
    for node in found {
        let place = &node["own"]["places"][0];
        let file = std::fs::read(workspace.folder.join(place["file"].as_str().unwrap())).unwrap();
        let hash = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(place["sha256"], Value::from(hash));
        let book = read(&file).unwrap();
        let sheet = book.sheets.iter().find(|sheet| sheet.name == place["sheet"].as_str().unwrap()).unwrap();
        let Some(RawValue::Number(number)) = at(sheet, place["cell"].as_str().unwrap()) else { panic!("{place}") };
        assert_eq!(*number as i64, node["own"]["number"].as_i64().unwrap());
    }
    let text = said(&ask(&workspace, &["--unit", "X"]), 0);
    assert!(text.starts_with("Xã Một (X): 505*\n") && text.contains("Chưa nhận (1): Trường B (T02)"), "{text}");
    assert!(text.contains("bieu/T01_a.xlsx!III!E5 (SHA-256 "), "{text}");
    let text = said(&ask(&workspace, &["--unit", "T02", "--lang", "en"]), 0);
    assert!(text.starts_with("Trường B (T02): ?\n") && text.contains("0 of 1 returns received"), "{text}");
    // The release before, by number.
    let before = json(&ask(&workspace, &["2025-2026-opening@1", "--unit", "X", "--format", "json"]));
    assert_eq!(before["total"], 950);
}

#[test]
fn a_total_is_told_by_a_grouping_as_well() {
    let workspace = released_twice("explain-by");
    let told = json(&ask(&workspace, &["--unit", "S", "--by", "ownership", "--format", "json"]));
    // Communes and the department have no ownership, and nothing to tell.
    let parts = told["tree"]["parts"].as_array().unwrap();
    assert_eq!((&told["total"], parts.len(), &parts[0]["name"]), (&1136.into(), 1, &"công lập".into()));
    let mut found = Vec::new();
    returns(&told["tree"], &mut found);
    assert_eq!(found.len(), 5);
    let text = said(&ask(&workspace, &["--unit", "public", "--by", "ownership", "--against", "2025-2026-opening@1", "--lang", "en"]), 0);
    assert!(text.starts_with("công lập: 1,136*\n") && text.contains("5 of 6 returns received"), "{text}");
    assert!(text.contains("Returns received: 4/5 before, 5/6 after."), "{text}");
    // What is below a commune only.
    let told = json(&ask(&workspace, &["--unit", "X", "--by", "ownership", "--format", "json"]));
    assert_eq!((&told["total"], &told["coverage"]["received"]), (&505.into(), &2.into()));
    // Asked without the grouping, or by none that there is.
    let text = said(&ask(&workspace, &["--unit", "public"]), 2);
    assert!(text.contains("--by ownership"), "{text}");
    let text = said(&ask(&workspace, &["--unit", "S", "--by", "district"]), 2);
    assert!(text.contains("không có cách nhóm `district`") && text.contains("former_district"), "{text}");
}

#[test]
fn causes_add_up_to_the_difference_and_name_their_cells() {
    let workspace = released_twice("explain-causes");
    let compare = |unit: &str, state: &str, against: &str| {
        json(&ask(&workspace, &[state, "--unit", unit, "--against", against, "--format", "json"]))["against"].clone()
    };
    let causes = |told: &Value| -> Vec<(String, i64)> {
        let all = told["causes"].as_array().unwrap();
        all.iter().map(|cause| (cause["cause"].as_str().unwrap().to_owned(), cause["amount"].as_i64().unwrap())).collect()
    };
    let own = |list: &[(&str, i64)]| list.iter().map(|(cause, amount)| ((*cause).to_owned(), *amount)).collect::<Vec<_>>();
    let whole = compare("S", "2025-2026-opening@2", "2025-2026-opening@1");
    assert_eq!((&whole["before"], &whole["after"], &whole["difference"]), (&1070.into(), &1136.into(), &66.into()));
    // 15 at the first, 1 at the third, 190 at the fourth.
    assert_eq!(causes(&whole), own(&[("late", 90), ("withdrawn", -300), ("corrected", 206), ("new_unit", 70)]));
    let old_home = compare("X", "2025-2026-opening@2", "2025-2026-opening@1");
    assert_eq!(causes(&old_home), own(&[("late", 90), ("withdrawn", -300), ("corrected", 15), ("moved_out", -250)]));
    let new_home = compare("Y", "2025-2026-opening@2", "2025-2026-opening@1");
    assert_eq!(causes(&new_home), own(&[("corrected", 191), ("moved_in", 250), ("new_unit", 70)]));
    for told in [&whole, &old_home, &new_home] {
        let sum: i64 = causes(told).iter().map(|(_, amount)| amount).sum();
        assert_eq!(sum, told["difference"].as_i64().unwrap());
        for cause in told["causes"].as_array().unwrap() {
            let units = cause["changes"].as_array().unwrap();
            assert_eq!(units.iter().map(|unit| unit["amount"].as_i64().unwrap()).sum::<i64>(), cause["amount"].as_i64().unwrap());
            for unit in units {
                let place = |side: &str| unit[side]["places"][0]["file"].as_str().map(str::to_owned);
                assert!(
                    place("cell_before").or_else(|| place("cell_after")).is_some_and(|file| file.contains(unit["unit"].as_str().unwrap())),
                    "{unit}"
                );
            }
        }
    }
    // Asked the other way round it is told from the older to the newer all the same.
    assert_eq!(compare("S", "2025-2026-opening@1", "2025-2026-opening@2"), whole);
    let text = said(&ask(&workspace, &["--unit", "Y", "--against", "2025-2026-opening@1"]), 0);
    for line in [
        "Trước: 120 (2025-2026-opening@1, số liệu sơ bộ, chốt lúc ",
        "Chênh lệch: +511.",
        "đơn vị chuyển đến: +250 (1 đơn vị)",
        "Trường C mới (T03): 250 → 251 (+1)",
        "Cộng: +511, đúng bằng chênh lệch.",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn what_a_unit_was_merged_into_is_told_with_it() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = released_twice("explain-merged");
    // A year later the first school is a part of the third one, which stands in the other commune.
    let register = std::fs::read_to_string(workspace.folder.join("reg.csv")).unwrap();
    let register =
        register.replace("T01,Trường A & <b>,school,X,public,02-TH-DN,,", "T01,Trường A & <b>,school,X,public,02-TH-DN,31/08/2026,T03");
    std::fs::write(workspace.folder.join("reg.csv"), register).unwrap();
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2026-2027")).unwrap();
    std::fs::remove_file(workspace.folder.join("bieu/T01_a.xlsx")).unwrap();
    let sheet = form.layout.sheet("III").unwrap();
    let mut merged = values(&schemas, &form, 3);
    merged.set(sheet.slot(sheet.find_code("37").unwrap(), 0), Status::Reported, 640);
    workspace.add("T03_a.xlsx", &book(&schemas, &form, &merged));
    let output = workspace.run();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    for (unit, amount) in [("S", 640 - 415 - 251), ("X", -415), ("Y", 640 - 251)] {
        let told = json(&ask(&workspace, &["2026-2027-opening", "--unit", unit, "--against", "2025-2026-opening", "--format", "json"]));
        let causes = told["against"]["causes"].as_array().unwrap();
        assert_eq!(causes.len(), 1, "{causes:?}");
        assert_eq!((&causes[0]["cause"], &causes[0]["amount"]), (&"merged".into(), &amount.into()));
        assert!(causes[0]["changes"].as_array().unwrap().iter().all(|unit| unit["merged_into"] == "T03"));
    }
    let text = said(&ask(&workspace, &["2026-2027-opening", "--unit", "S", "--against", "2025-2026-opening"]), 0);
    assert!(
        text.contains("Sáp nhập vào Trường C mới (T03): -26") && text.contains("Trường A & <b> (T01): 415 → không còn (-415)"),
        "{text}"
    );
    // A merger into nobody is a mistake of the register.
    let register = std::fs::read_to_string(workspace.folder.join("reg.csv")).unwrap().replace("31/08/2026,T03", ",T99");
    std::fs::write(workspace.folder.join("reg.csv"), register).unwrap();
    let error = said(&workspace.run(), 2);
    assert!(
        error.contains("thì phải ghi ngày hết hiệu lực") && error.contains("sáp nhập vào T99, mã này không phải là một đơn vị khác"),
        "{error}"
    );
}

#[test]
fn questions_that_make_no_sense_are_answered_with_what_there_is() {
    let workspace = released_twice("explain-errors");
    let asked = |arguments: &[&str]| {
        let output = tkgd().arg("explain").args(arguments).arg("--archive").arg(workspace.folder.join("archive")).output().unwrap();
        said(&output, 2)
    };
    let near = |error: String, words: &str| assert!(error.contains(words), "{error}");
    near(asked(&["02-TH-DN/III/37", "--unit", "S"]), "không phải là BIỂU/TRANG/MÃ SỐ/CỘT");
    near(asked(&["02-TH-DM/III/37/1", "--unit", "S"]), "có phải là `02-TH-DN`?");
    near(asked(&["02-TH-DN/VII/37/1", "--unit", "S"]), "biểu có các trang: ");
    near(asked(&["02-TH-DN/III/37/99", "--unit", "S"]), "trang có các cột: 1, 2");
    near(asked(&[CELL, "--unit", "T99"]), "không có đơn vị `T99`");
    near(asked(&[CELL, "2025-2026-opening@3", "--unit", "S"]), "có phải là `2025-2026-opening");
    near(asked(&[CELL, "--unit", "S", "--as-of", "2020-01-01"]), "không có biểu `02-TH-DN`");
    near(asked(&[CELL, "--unit", "S", "--as-of", "hôm qua"]), "không phải là ngày");
    let today = json(&ask(&workspace, &["--unit", "S", "--as-of", "2999-01-01", "--format", "json"]));
    assert_eq!(today["figure"]["state"], "2025-2026-opening@2");
    let nowhere = tkgd().args(["explain", CELL, "--unit", "S", "--archive", "khong-co"]).output().unwrap();
    near(said(&nowhere, 2), "không có kho lưu trữ ở đây");
}

#[test]
fn the_page_is_whole_by_itself_and_a_browser_shows_it() {
    let workspace = released_twice("explain-page");
    let page = workspace.folder.join("vi-sao.html");
    let path: &Path = &page;
    said(&ask(&workspace, &["--unit", "S", "--against", "2025-2026-opening@1", "--html", &path.to_string_lossy()]), 0);
    let text = std::fs::read_to_string(&page).unwrap();
    nothing_of_others(&text);
    assert!(text.contains("Sở &lt;GDĐT&gt; (S): 1.136") && text.contains("Trường A &amp; &lt;b&gt; (T01)"));
    // Every unit can be opened down to its cell, with the whole hash.
    assert_eq!(text.matches("<details").count() - text.matches("<details open").count(), 2 + 4);
    let hash = Sha256::digest(std::fs::read(workspace.folder.join("bieu/T01_a.xlsx")).unwrap());
    let hash = hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(text.contains(&format!("bieu/T01_a.xlsx!III!E5 (SHA-256 {hash})")), "{text}");
    for cause in ["báo cáo nhận thêm", "báo cáo rút lại", "sửa số liệu", "đơn vị mới"] {
        assert!(text.contains(cause), "{cause}");
    }
    if let Some(browser) = browser() {
        shows(browser, &workspace.folder, &page);
    }
}
