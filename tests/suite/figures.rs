//! Indicators, the summary workbook and ad-hoc reports: worked values, missing parts, earlier years, recipes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tkgd::forms::Form;
use tkgd::jobs::{Session, indicator_records, term_indicators};
use tkgd::ooxml::RawValue;
use tkgd::workbooks::Isolation;
use tkgd::workspace::Pipeline;

use super::oracle::{python, script};
use super::support::{read, root, tkgd};
use super::workspace::{Workspace, book, filled, form, schemas, values};

const REGISTER: &str = "code,name,kind,levels,ownership,reports_to,forms,commune,former_district,valid_from
S,Sở,department,,,,,,,
X,Xã Một,commune,,,S,,X,Huyện Cũ,
Y,Xã Hai,commune,,,S,,Y,Huyện Cũ,2025-07-01
T01,Trường A,school,TH,public,X,02-TH-DN,X,Huyện Cũ,
T02,Trường B,school,TH,private,X,02-TH-DN,X,Huyện Cũ,
T03,Trường C,school,TH,public,Y,02-TH-DN,Y,Huyện Cũ,
";

fn workspace(name: &str, schools: &[(&str, &[(&str, i64)])], inputs: &str, outputs: &str) -> Workspace {
    let (schemas, workspace) = (schemas(), Workspace::new(name, REGISTER, inputs, outputs));
    let form = form(&schemas, "02-TH-DN");
    for (unit, cells) in schools {
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &filled(&form, cells)));
    }
    workspace
}

/// Indicators at some places, as JSON, keyed by place, indicator and part.
fn indicators(workspace: &Workspace, by: &str) -> BTreeMap<(String, String, String), serde_json::Value> {
    let output = tkgd()
        .args(["indicators", "--by", "all", "--by", by, "--parts", "--format", "json"])
        .arg(workspace.folder.join("p.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = crate::support::items(&output.stdout);
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    all.into_iter().map(|line| ((text(&line, "place"), text(&line, "indicator"), text(&line, "part")), line)).collect()
}

fn value<'a>(lines: &'a BTreeMap<(String, String, String), serde_json::Value>, place: &str, id: &str, part: &str) -> &'a serde_json::Value {
    lines.get(&(place.to_owned(), id.to_owned(), part.to_owned())).unwrap_or_else(|| panic!("{place} {id} {part}: {:?}", lines.keys()))
}

#[test]
fn rates_are_ratios_of_sums_and_keep_what_they_are_made_of() {
    // 300 pupils in 10 classes and 20 in 2 are 26.67 together, not (30 + 10) / 2.
    let a: &[(&str, i64)] = &[
        ("III/37/1", 300),
        ("III/37/5", 300),
        ("I/27/1", 10),
        ("I/27/2", 10),
        ("V/120/1", 9642),
        ("V/120/2", 8874),
        ("V/120/3", 700),
        ("V/120/4", 68),
    ];
    let b: &[(&str, i64)] = &[("III/37/1", 20), ("III/37/9", 20), ("I/27/1", 2), ("I/27/3", 2), ("V/120/1", 1)];
    let workspace = workspace("figures-ratio", &[("T01", a), ("T02", b)], "", "");
    let lines = indicators(&workspace, "unit");
    let whole = value(&lines, "S", "gso-pupils-per-class", "");
    assert_eq!(whole["value"], "26.666667");
    assert_eq!((&whole["numerator"], &whole["denominator"]), (&320.into(), &12.into()));
    // The third school has sent nothing: the sums are not scaled up, and that is said.
    assert_eq!((&whole["received"], &whole["expected"], &whole["status"]), (&2.into(), &3.into(), &"incomplete".into()));
    assert_eq!(value(&lines, "S", "gso-pupils-per-class", "public")["value"], "30.000000");
    assert_eq!(value(&lines, "S", "gso-pupils-per-class", "private")["value"], "10.000000");
    assert_eq!(value(&lines, "T02", "gso-pupils-per-class", "")["status"], "complete");
    assert_eq!(value(&lines, "S", "permanent-rooms", "")["value"], "92.034848");
    let rooms = value(&lines, "T02", "permanent-rooms", "");
    assert_eq!((&rooms["value"], &rooms["reason"]), (&serde_json::Value::Null, &"mẫu số bằng 0".into()));
    let text = tkgd().args(["chi-tieu", "--by", "unit", "--lang", "en"]).arg(workspace.folder.join("p.toml")).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("[permanent-rooms] Share of permanent classrooms: 92.0 % = 8,874/9,642"), "{text}");
    assert!(text.contains("[permanent-rooms] Share of permanent classrooms: - % = 0/0"), "{text}");
    assert!(text.contains("not evaluated: there is no population file"), "{text}");
}

#[test]
fn the_basis_of_national_standard_is_the_pipelines_choice() {
    let a: &[(&str, i64)] = &[("I/1/1", 155), ("I/1/2", 151), ("I/8/1", 100), ("I/9/1", 51), ("I/8/2", 100), ("I/9/2", 51)];
    let all = workspace("figures-basis-all", &[("T01", a)], "", "");
    let of_all = indicators(&all, "unit");
    let of_all = value(&of_all, "S", "national-standard-schools", "");
    assert_eq!((&of_all["value"], &of_all["basis"]), (&"97.419355".into(), &"all".into()));
    let public = workspace("figures-basis-public", &[("T01", a)], "", "bases = { national-standard-schools = \"public\" }");
    let of_public = indicators(&public, "unit");
    let of_public = value(&of_public, "S", "national-standard-schools", "");
    assert_eq!((&of_public["value"], &of_public["basis"]), (&"100.000000".into(), &"public".into()));
    let wrong = workspace("figures-basis-wrong", &[("T01", a)], "", "bases = { national-standard-schools = \"none\" }");
    let output = tkgd().arg("indicators").arg(wrong.folder.join("p.toml")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("national-standard-schools = \"public\""), "{said}");
}

#[test]
fn enrolment_rates_need_the_population_of_the_same_boundaries() {
    let a: &[(&str, i64)] = &[("III/37/1", 110), ("III/37/2", 50), ("III/46/1", 95), ("III/46/2", 45)];
    let c: &[(&str, i64)] = &[("III/37/1", 60), ("III/46/1", 60)];
    let workspace = workspace("figures-population", &[("T01", a), ("T02", &[]), ("T03", c)], "population = \"dan-so.csv\"", "");
    let population = |rows: &str| {
        std::fs::write(workspace.folder.join("dan-so.csv"), format!("Địa bàn,Độ tuổi,Giới tính,Dân số,Nguồn,Ranh giới tại ngày\n{rows}"))
            .unwrap();
    };
    population(
        "X,6-10,,100,Phổ cập,30/09/2025\nX,6-10,nữ,50,Phổ cập,30/09/2025\nY,6,,10,Cục Thống kê,30/09/2025\nY,7,,10,Cục Thống kê,30/09/2025\nY,8,,10,Cục Thống kê,30/09/2025\nY,9,,10,Cục Thống kê,30/09/2025\nY,10,,10,Cục Thống kê,30/09/2025\n",
    );
    let lines = indicators(&workspace, "commune");
    // Gross may exceed 100, net may not; three meanings, three numbers.
    assert_eq!(value(&lines, "X", "gso-ger-th", "")["value"], "110.000000");
    assert_eq!(value(&lines, "X", "gso-ger-th", "female")["value"], "100.000000");
    assert_eq!(value(&lines, "X", "gso-ner-th", "")["value"], "95.000000");
    assert_eq!(value(&lines, "X", "uis-ger-th", "")["value"], "110.000000");
    assert_eq!(value(&lines, "X", "age-for-grade", "")["value"], "0.000000");
    // Single years add up to the band, communes to the province.
    assert_eq!(value(&lines, "Y", "gso-ger-th", "")["value"], "120.000000");
    assert_eq!(value(&lines, "S", "gso-ger-th", "")["denominator"], 150);
    workspace.run();
    let warned: Vec<String> =
        workspace.findings().iter().filter(|f| f["rule"] == "indicator-implausible").map(ToString::to_string).collect();
    assert!(warned.iter().any(|f| f.contains("gso-ner-th") && f.contains("\"Y\"")), "{warned:?}");
    // Boundaries of before the commune was made are those of another place.
    population("X,6-10,,100,Phổ cập,30/09/2025\nY,6-10,,50,Phổ cập,01/04/2024\n");
    let lines = indicators(&workspace, "commune");
    let old = value(&lines, "Y", "gso-ger-th", "");
    assert!(old["value"].is_null() && old["reason"].as_str().unwrap().contains("01/04/2024"), "{old}");
    population("X,6-10,,100,,30/09/2025\nX,6-10,,x,Phổ cập,\n");
    let output = tkgd().arg("indicators").arg(workspace.folder.join("p.toml")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("dòng 2: thiếu nguồn") && said.contains("dòng 3"), "{said}");
}

#[test]
fn earlier_years_are_looked_at_on_the_places_of_today() {
    let before: &[(&str, i64)] = &[("III/37/1", 200), ("I/27/1", 8)];
    let workspace = workspace("figures-years", &[("T01", before)], "", "");
    std::fs::write(workspace.folder.join("reg.csv"), REGISTER.replace("2025-07-01", "")).unwrap();
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    assert_ne!(workspace.run().status.code(), Some(2));
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    let schemas = schemas();
    let primary = form(&schemas, "02-TH-DN");
    workspace.add("T01_a.xlsx", &book(&schemas, &primary, &filled(&primary, &[("III/37/1", 220), ("I/27/1", 8), ("III/58/1", 5)])));
    workspace.run();
    // UIS repetition: those who repeat this year over last year's pupils; the rate of the statistics office is another one.
    let lines = indicators(&workspace, "commune");
    assert_eq!(value(&lines, "X", "uis-repetition", "")["value"], "2.500000");
    assert!(value(&lines, "S", "gso-repetition", "")["value"].is_null());
    let page = std::fs::read_to_string(workspace.output().join("chi-tieu_Nháp.html")).unwrap();
    assert!(page.contains("qua các năm") && page.contains("2024-2025 25,00") && page.contains("2025-2026 27,50*"), "no series");
    let rows = sheet_rows(&workspace.output().join("tong-hop_Nháp.xlsx"), "Tiểu học");
    let heads = &rows[rows.iter().position(|row| row[0] == "Phân theo").unwrap()];
    let at = |heading: &str| heads.iter().position(|head| head == heading).unwrap_or_else(|| panic!("{heading}: {heads:?}"));
    let whole = rows.iter().find(|row| row[0] == "Toàn bộ").unwrap();
    assert_eq!(
        (&*whole[at("Học sinh (người)")], &*whole[at("Học sinh: năm trước")], &*whole[at("Học sinh: tăng, giảm (%)")]),
        ("220", "200", "10")
    );
}

#[test]
fn a_return_missing_a_year_ago_is_no_growth_without_a_star() {
    let cells = |pupils| [("III/37/1", pupils), ("I/27/1", 8)];
    let (first, second) = (cells(200), cells(100));
    let workspace = workspace("figures-missing-then", &[("T01", &first), ("T03", &second)], "", "");
    std::fs::write(workspace.folder.join("reg.csv"), REGISTER.replace("2025-07-01", "")).unwrap();
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    assert_ne!(workspace.run().status.code(), Some(2));
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    // This year the second school files too.
    let (schemas, third) = (schemas(), cells(50));
    let primary = form(&schemas, "02-TH-DN");
    workspace.add("T02_a.xlsx", &book(&schemas, &primary, &filled(&primary, &third)));
    workspace.run();
    let rows = sheet_rows(&workspace.output().join("tong-hop_Nháp.xlsx"), "Tiểu học");
    let heads = &rows[rows.iter().position(|row| row[0] == "Phân theo").unwrap()];
    let at = |heading: &str| heads.iter().position(|head| head == heading).unwrap();
    let row = |place: &str| rows.iter().find(|row| row.iter().any(|text| text == place)).unwrap_or_else(|| panic!("{place}: {rows:?}"));
    let path = workspace.folder.join("archive/draft/comparisons/school_year=2025/term=opening/comparisons.parquet");
    assert!(path.is_file());
    let Some(python) = python() else { return };
    // The commune of the school that was missing, and the whole; the other commune was complete then and is now.
    let looks = |place: &str| {
        starred(
            &python,
            &workspace.output().join("tong-hop_Nháp.xlsx"),
            "Tiểu học",
            rows.iter().position(|own| own == row(place)).unwrap(),
            at("Học sinh: năm trước"),
        )
    };
    assert_eq!((row("Xã Một")[at("Học sinh: năm trước")].as_str(), looks("Xã Một")), ("200", true));
    assert_eq!((row("Xã Hai")[at("Học sinh: năm trước")].as_str(), looks("Xã Hai")), ("100", false));
    assert_eq!((row("Toàn bộ")[at("Học sinh: năm trước")].as_str(), looks("Toàn bộ")), ("300", true));
}

/// Whether a cell's look puts a star behind its number.
fn starred(python: &str, path: &Path, sheet: &str, row: usize, column: usize) -> bool {
    let script = format!(
        "import openpyxl, sys\nsheet = openpyxl.load_workbook({:?})[{sheet:?}]\nsys.exit(3 if '*' in sheet.cell({}, {}).number_format else 4)",
        path.to_string_lossy(),
        row + 1,
        column + 1
    );
    let code = Command::new(python).args(["-c", &script]).status().unwrap().code();
    assert!(matches!(code, Some(3 | 4)), "{code:?}");
    code == Some(3)
}

/// The rows of a sheet as texts.
fn sheet_rows(path: &Path, name: &str) -> Vec<Vec<String>> {
    let workbook = read(&std::fs::read(path).unwrap()).unwrap();
    let sheet = workbook.sheets.iter().find(|sheet| sheet.name == name).unwrap_or_else(|| panic!("no sheet {name}"));
    let (mut rows, mut last) = (Vec::new(), 0);
    for row in 0..400 {
        let cells: Vec<String> = (0..40)
            .map(|column| match sheet.get(row, column) {
                Some(RawValue::Text(text)) => text.to_string(),
                Some(RawValue::Number(number)) => number.to_string(),
                _ => String::new(),
            })
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            last = row as usize + 1;
        }
        rows.push(cells);
    }
    rows.truncate(last);
    rows
}

#[test]
fn values_equal_those_of_another_engine_for_every_place_and_level() {
    let Some(python) = python() else { return };
    let workspace = Workspace::sample("figures-oracle", 60, 5, 11);
    for (from, to) in [("2025-2026", "2024-2025"), ("2024-2025", "2025-2026")] {
        let path = workspace.folder.join("p.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        // The first turn makes the year before.
        std::fs::write(&path, text.replace(from, to)).unwrap();
        assert_ne!(workspace.run().status.code(), Some(2));
    }
    let measures = root().join("schemas/tt24-2018");
    let indicators = root().join("schemas/indicators");
    let output = workspace.output();
    script(
        &python,
        &workspace.folder,
        "figures.py",
        &["luu-tru", measures.to_str().unwrap(), indicators.to_str().unwrap(), output.join("tong-hop_Nháp.xlsx").to_str().unwrap()],
    );
}

#[test]
fn reports_that_come_with_the_program_can_be_made_of_a_sample() {
    let workspace = Workspace::sample("figures-reports", 24, 3, 4);
    for (name, sheet) in [("phong-hoc", "Theo địa bàn"), ("dan-toc-thieu-so", "Theo cấp học"), ("quy-mo-truong", "Tiểu học")] {
        let out = workspace.folder.join(format!("{name}.xlsx"));
        let report = |out: &Path| {
            let output =
                tkgd().args(["report", name, "--pipeline"]).arg(workspace.folder.join("p.toml")).arg("--out").arg(out).output().unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        };
        report(&out);
        let rows = sheet_rows(&out, sheet);
        assert!(rows.len() > 5 && rows.iter().any(|row| row[0] == "Phân theo"), "{name}: {rows:?}");
        // The same file again: same inputs, same bytes.
        let bytes = std::fs::read(&out).unwrap();
        report(&out);
        assert!(std::fs::read(&out).unwrap() == bytes, "{name}");
        for ending in ["html", "csv"] {
            report(&out.with_extension(ending));
            assert!(std::fs::read_to_string(out.with_extension(ending)).unwrap().contains("Phân theo"));
        }
    }
    let output = tkgd().args(["report", "phong-hok", "--pipeline"]).arg(workspace.folder.join("p.toml")).output().unwrap();
    assert!(output.status.code() == Some(2) && String::from_utf8_lossy(&output.stderr).contains("phong-hoc"));
}

#[test]
fn a_report_with_a_mistake_says_where() {
    let workspace = workspace("figures-wrong", &[("T01", &[("III/37/1", 10)])], "", "");
    let said = |sheet: &str| {
        let path = workspace.folder.join("bao-cao.toml");
        std::fs::write(
            &path,
            format!("title = \"a\"\nfile = \"a.xlsx\"\npipeline = \"p.toml\"\n[[sheets]]\nname = \"a\"\ntitle = \"a\"\n{sheet}"),
        )
        .unwrap();
        let output = tkgd().arg("report").arg(&path).arg("--out").arg(workspace.folder.join("a.xlsx")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (sheet, expected) in [
        ("rows = [\"all\"]\ncolumns = [{ value = \"pupil\" }]", "pupils"),
        ("rows = [\"al\"]\ncolumns = [{ value = \"pupils\" }]", "`al`"),
        ("rows = [\"all\"]\ncolumns = [{ cells = [\"02-TH-DN:III/99999/1\"] }]", "III/99999/1"),
        ("rows = [\"all\"]\nfilter = { color = [\"red\"] }\ncolumns = [{ value = \"pupils\" }]", "color"),
        ("rows = [\"all\"]\ncolumns = [{ value = \"pupils[sex\" }]", "pupils[sex"),
    ] {
        let (code, said) = said(sheet);
        assert!(code == Some(2) && said.contains(expected), "{sheet}: {said}");
    }
    let (code, words) = said("rows = [\"unit\"]\ncolumns = [{ cells = [\"02-TH-DN:III/37/1\", \"02-TH-DN:I/27/1\"], heading = \"Tổng\" }]");
    assert_eq!(code, Some(0), "{words}");
    assert!(sheet_rows(&workspace.folder.join("a.xlsx"), "a").iter().any(|row| row[1] == "T01" && row[3] == "10"));
    let (code, words) = said("rows = [\"unit\"]\ncolumns = [{ cells = [\"02-TH-DN:III/*/1\"] }]");
    assert_eq!(code, Some(0), "{words}");
    let rows = sheet_rows(&workspace.folder.join("a.xlsx"), "a");
    assert!(rows.iter().any(|row| row.iter().any(|cell| cell == "37 Tổng quy mô")), "{rows:?}");
}

#[test]
fn a_regime_of_its_own_needs_no_program() {
    let schemas = schemas();
    let register = "code,name,kind,levels,reports_to,forms,commune\nS,Sở,department,,,,\nX,Xã,commune,,S,,X\nT01,Trường A,school,TH,X,CDS,X\nT02,Trường B,school,THCS,X,CDS,X\nT03,Trung tâm,centre,GDTX,S,CDS,X\n";
    let workspace = Workspace::new("figures-stream", register, "", "");
    let path = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("term = \"opening\"", "term = \"closing\"\nregulation = \"qd4725-2022\"")).unwrap();
    let form: Arc<Form> = Arc::clone(schemas.form("qd4725-2022/CDS").unwrap());
    let school = |points: i64, level: &'static str, more: i64, other: &'static str| {
        filled(&form, &[("CDS/DL001/1", 1), ("CDS/DL002/1", points), (level, 1), ("CDS/DL006/1", more), (other, 1)])
    };
    for (unit, values) in [
        ("T01", school(49, "CDS/DL003/1", 76, "CDS/DL009/1")),
        ("T02", school(75, "CDS/DL004/1", 50, "CDS/DL008/1")),
        // 101 points, and a level that is not that of 80.
        ("T03", school(101, "CDS/DL005/1", 80, "CDS/DL007/1")),
    ] {
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &values));
    }
    let output = workspace.run();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = workspace.folder.join("out/2025-2026-closing-qd4725-2022");
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(folder.join("phat-hien.json")).unwrap()).unwrap();
    let errors: Vec<(&str, &str)> =
        findings.iter().filter(|f| f["severity"] == "error").map(|f| (f["rule"].as_str().unwrap(), f["unit"].as_str().unwrap())).collect();
    assert_eq!(errors, [("cds-level", "T03"), ("cds-points", "T03")]);
    assert!(
        workspace
            .folder
            .join("archive-qd4725-2022/draft-streams/indicators/stream=qd4725-2022/school_year=2025/term=closing/indicators.parquet")
            .is_file()
    );
    let out = workspace.folder.join("cds.xlsx");
    let output = tkgd().args(["report", "chuyen-doi-so", "--pipeline"]).arg(&path).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = sheet_rows(&out, "Dạy, học");
    let whole = rows.iter().find(|row| row[0] == "Toàn bộ").unwrap();
    // Three institutions, 225 points, 75 each; one of each level.
    assert_eq!(whole[3..11], ["3", "225", "75", "", "1", "1", "1", "66.7"].map(str::to_owned));
}

/// The lines of the shell blocks under a heading of CONTRIBUTING, and its TOML blocks by the file they name first.
fn recipe(heading: &str) -> (Vec<String>, Vec<(String, String)>) {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let section = text.split(&format!("## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let (mut commands, mut files) = (Vec::new(), Vec::new());
    for block in section.split("```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').unwrap();
        if language == "toml" {
            let file = body.lines().next().unwrap().trim_start_matches("# ").trim();
            files.push((file.to_owned(), body.to_owned()));
        } else {
            commands.extend(body.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
        }
    }
    (commands, files)
}

#[test]
fn the_recipes_work_as_written() {
    let workspace = Workspace::sample("figures-recipes", 16, 2, 3);
    std::fs::rename(workspace.folder.join("p.toml"), workspace.folder.join("dau-nam-hoc.toml")).unwrap();
    std::fs::create_dir_all(workspace.folder.join("schemas")).unwrap();
    // What a recipe says to copy stands below `schemas`, as in a clone.
    for folder in ["summaries", "reports"] {
        std::fs::create_dir_all(workspace.folder.join("schemas").join(folder)).unwrap();
        for entry in std::fs::read_dir(root().join("schemas").join(folder)).unwrap().map(Result::unwrap) {
            std::fs::copy(entry.path(), workspace.folder.join("schemas").join(folder).join(entry.file_name())).unwrap();
        }
    }
    let binaries = Path::new(env!("CARGO_BIN_EXE_tkgd")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    for heading in ["Add an indicator", "Change a summary", "Add an ad-hoc report"] {
        let (commands, files) = recipe(heading);
        assert!(!commands.is_empty() && !files.is_empty(), "{heading}");
        for (file, text) in files {
            let file = workspace.folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        for command in commands {
            let output = Command::new("sh").args(["-c", &command]).env("PATH", &path).current_dir(&workspace.folder).output().unwrap();
            let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert_eq!(output.status.code(), Some(0), "{command}:\n{said}");
            if command.contains(" indicators ") {
                assert!(said.contains("[phong-tren-lop]"), "{said}");
            }
        }
    }
    let summary = workspace.folder.join("ket-qua/2025-2026-opening/tong-hop_Nháp.xlsx");
    let rows = sheet_rows(&summary, "Theo cụm");
    assert!(rows.iter().any(|row| row[0] == "Cụm"), "{rows:?}");
    assert!(sheet_rows(&workspace.folder.join("ban-tru.xlsx"), "Học 2 buổi").len() > 3);
}

#[test]
fn a_program_gets_what_a_person_sees() {
    let workspace = workspace("figures-api", &[("T01", &[("III/37/1", 300), ("I/27/1", 10)])], "", "");
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let pipeline = Pipeline::open(&workspace.folder.join("p.toml")).unwrap();
    let mut seen = 0;
    let request = tkgd::jobs::IndicatorRequest { indicators: vec!["coverage".to_owned()], by: vec!["all".to_owned()], parts: false };
    term_indicators(&session, &pipeline, &request, &mut |lines, places| {
        seen = lines.len();
        assert_eq!(serde_json::to_value(indicator_records(lines, places, tkgd::base::message::Lang::En)).unwrap()[0]["value"], "33.333333");
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, 1);
    // Nothing of a full return is implausible only because it is small.
    let _ = values(&session.schemas, &form(&session.schemas, "02-TH-DN"), 1);
}

/// A table of the ad-hoc report below as CSV lines.
fn reported(workspace: &Workspace, sheet: &str) -> Vec<String> {
    let layout = workspace.folder.join("bang.toml");
    std::fs::write(
        &layout,
        format!("title = \"A\"\nfile = \"a.xlsx\"\npipeline = \"p.toml\"\n[[sheets]]\nname = \"A\"\ntitle = \"A\"\n{sheet}"),
    )
    .unwrap();
    let out = workspace.folder.join("bang.csv");
    let output = tkgd().arg("report").arg(&layout).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(out).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_is_not_known_is_no_zero_has_no_rank_and_is_in_no_band() {
    let cells = |pupils| [("III/37/1", pupils), ("I/27/1", 8)];
    let (first, third) = (cells(300), cells(100));
    let workspace = workspace("figures-unknown", &[("T01", &first), ("T03", &third)], "", "");
    // The second school has classes, and does not know its pupils.
    let (schemas, second) = (schemas(), cells(1));
    let primary = form(&schemas, "02-TH-DN");
    let mut values = filled(&primary, &second);
    let sheet = primary.layout.sheet("III").unwrap();
    values.set(sheet.slot(sheet.find_code("37").unwrap(), sheet.find_column(1).unwrap()), tkgd::returns::Status::Unknown, 0);
    workspace.add("T02_a.xlsx", &book(&schemas, &primary, &values));
    let columns = "columns = [{ value = \"classes\", heading = \"Lớp\" }, { value = \"pupils\", heading = \"Học sinh\", rank = \"lowest\" }, \
                   { value = \"gso-pupils-per-class\", heading = \"Trên lớp\" }]\n";
    let units = reported(&workspace, &format!("rows = [\"unit\", \"commune\"]\nlevels = [\"TH\"]\n{columns}"));
    let line =
        |lines: &[String], name: &str| lines.iter().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {lines:?}")).clone();
    // Classes, pupils, rank, pupils per class.
    assert!(line(&units, "Trường A").contains("8,300,2,"), "{units:?}");
    assert!(line(&units, "Trường B").ends_with("8,?,,?,chưa biết: mọi số liệu trừ Lớp"), "{units:?}");
    assert!(line(&units, "Trường C").contains("8,100,1,"), "{units:?}");
    // What lacks a part has no rank either, and the ratio is of the school that is known.
    assert!(line(&units, "Xã Một").ends_with("16,300,,37.50,thiếu: mọi số liệu trừ Lớp"), "{units:?}");
    let bands = format!("bands = {{ by = \"pupils\", limits = [200], unit = \"học sinh\" }}\nlevels = [\"TH\"]\n{columns}");
    let bands = reported(&workspace, &bands);
    assert!(line(&bands, "dưới 200").contains("8,100,"), "{bands:?}");
    assert!(line(&bands, "chưa biết").contains("8,?,"), "{bands:?}");
    let summary = reported(
        &workspace,
        &format!("rows = [\"all\"]\n{}", "columns = [{ value = \"completers\", heading = \"Hoàn thành\" }, { value = \"pupils\" }]\n"),
    );
    assert!(summary.iter().any(|line| line.ends_with(",400,thiếu: mọi số liệu")), "{summary:?}");
}

#[test]
fn parity_is_the_rate_of_girls_over_that_of_the_others() {
    let a: &[(&str, i64)] = &[("III/37/1", 110), ("III/37/2", 50), ("I/27/1", 4)];
    let workspace = workspace("figures-parity", &[("T01", a), ("T03", &[("III/37/1", 0)])], "population = \"dan-so.csv\"", "");
    let population =
        "Địa bàn,Độ tuổi,Giới tính,Dân số,Nguồn,Ranh giới tại ngày\nX,6-10,,100,Phổ cập,30/09/2025\nX,6-10,nữ,40,Phổ cập,30/09/2025\n";
    std::fs::write(workspace.folder.join("dan-so.csv"), population).unwrap();
    let lines = indicators(&workspace, "commune");
    // 50 of 40 girls, 60 of 60 boys.
    let parity = value(&lines, "X", "uis-gpi-th", "");
    assert_eq!((&parity["value"], &parity["status"]), (&"1.250000".into(), &"incomplete".into()));
    // Without a population of both there is none.
    assert!(value(&lines, "S", "uis-gpi-th", "")["value"].is_null());
}
