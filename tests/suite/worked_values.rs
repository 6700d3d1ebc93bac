//! Figures that were published somewhere, worked out again by the program from what they were made of.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tkgd::forms::{Form, Schemas};

use super::support::tkgd;
use super::workspace::{Workspace, book, filled, form, schemas};

/// A province whose only unit of each level files what the whole of it has.
const REGISTER: &str = "code,name,kind,levels,ownership,reports_to,forms
S,Sở,department,,,,
MN,Mầm non,school,MN,public,S,01-MN-DN
TH,Tiểu học,school,TH,public,S,02-TH-DN
CS,Trung học cơ sở,school,THCS,public,S,03-THCS-DN
PT,Trung học phổ thông,school,THPT,public,S,04-THPT-DN
";

/// A workspace in which these units filed these cells.
fn workspace(name: &str, schemas: &Schemas, filed: &[(&str, &str, &[(&str, i64)])]) -> Workspace {
    let workspace = Workspace::new(name, REGISTER, "", "");
    for (unit, short, cells) in filed {
        let form: Arc<Form> = form(schemas, short);
        workspace.add(&format!("{unit}_a.xlsx"), &book(schemas, &form, &filled(&form, cells)));
    }
    workspace
}

/// An indicator of the whole at a level.
fn indicator(workspace: &Workspace, id: &str, level: &str) -> Value {
    let output = tkgd().args(["indicators", "--by", "all", "--format", "json"]).arg(workspace.folder.join("p.toml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all: Vec<Value> = super::support::items(&output.stdout);
    let found = all.into_iter().find(|line| line["indicator"] == id && line["level"] == level && line["place"] == "S");
    found.unwrap_or_else(|| panic!("{id} {level}"))
}

/// Pupils of the country by level, 2024-25: all, public, not public; and the total of the source, with its higher education.
const PUPILS: [(&str, [i64; 3]); 5] = [
    ("nhà trẻ", [696_309, 445_640, 250_669]),
    ("mẫu giáo", [4_117_080, 3_321_428, 795_652]),
    ("tiểu học", [8_850_300, 8_695_206, 155_094]),
    ("THCS", [6_514_261, 6_414_871, 99_390]),
    ("THPT", [2_987_450, 2_652_917, 334_533]),
];
const HIGHER: i64 = 21_329 + 2_068_522;
const ALL: i64 = 25_255_251;

const REPORT: &str = r#"title = "Người học: {term}"
file = "nguoi-hoc.xlsx"

[[sheets]]
name = "Tất cả"
title = "Người học: {term}"
rows = ["all"]
columns = [
  { id = "all", value = "pupils", levels = ["MN", "TH", "THCS", "THPT"], heading = "Tất cả" },
  { id = "MN", value = "pupils", levels = ["MN"], heading = "Mầm non" },
]
"#;

#[test]
fn pupils_of_the_country_add_up_to_the_published_total() {
    let schemas = schemas();
    let [nursery, kindergarten, primary, secondary, upper] = PUPILS.map(|(_, [all, public, other])| {
        assert_eq!(all, public + other);
        all
    });
    let filed: [(&str, &str, &[(&str, i64)]); 4] = [
        ("MN", "01-MN-DN", &[("hoc-sinh/83/1", nursery + kindergarten), ("hoc-sinh/84/1", nursery), ("hoc-sinh/90/1", kindergarten)]),
        ("TH", "02-TH-DN", &[("III/37/1", primary)]),
        ("CS", "03-THCS-DN", &[("III/DL042/1", secondary)]),
        ("PT", "04-THPT-DN", &[("III/DL048/1", upper)]),
    ];
    let workspace = workspace("worked-national", &schemas, &filed);
    let report: PathBuf = workspace.folder.join("nguoi-hoc.toml");
    std::fs::write(&report, REPORT).unwrap();
    let out = workspace.folder.join("nguoi-hoc.csv");
    let output =
        tkgd().arg("report").arg(&report).arg("--pipeline").arg(workspace.folder.join("p.toml")).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = std::fs::read_to_string(out).unwrap();
    let row = table.lines().find(|line| line.contains("Toàn bộ")).unwrap_or_else(|| panic!("{table}"));
    let numbers: Vec<i64> = row.split(',').filter_map(|text| text.replace('.', "").parse().ok()).collect();
    assert_eq!(numbers, [23_165_400, 4_813_389], "{table}");
    assert_eq!(numbers[0] + HIGHER, ALL);
}

#[test]
fn published_ratios_come_out_as_printed() {
    let schemas = schemas();
    // Quảng Ngãi's yearbook of 2016: children and classes of preschools by year, and the ratio it prints.
    let printed =
        [(37_949, 1_492, "25.4"), (49_679, 1_912, "26.0"), (46_477, 2_091, "22.2"), (45_632, 1_810, "25.2"), (51_345, 1_819, "28.23")];
    for (children, classes, ratio) in printed {
        let cells: &[(&str, i64)] = &[("hoc-sinh/83/1", children), ("truong-lop/55/1", classes)];
        let workspace = workspace("worked-quang-ngai", &schemas, &[("MN", "01-MN-DN", cells)]);
        let line = indicator(&workspace, "learners-per-class", "MN");
        assert_eq!((&line["numerator"], &line["denominator"]), (&children.into(), &classes.into()));
        assert_eq!(rounded(&line, ratio), ratio);
    }
    // Quảng Trị, 2023-24: 64,944 pupils and 3,685 teachers of primary schools are 17.6.
    let cells: &[(&str, i64)] = &[("III/37/1", 64_944), ("IV/96/1", 3_685)];
    let workspace = workspace("worked-quang-tri", &schemas, &[("TH", "02-TH-DN", cells)]);
    assert_eq!(rounded(&indicator(&workspace, "gso-pupils-per-teacher", "TH"), "17.6"), "17.6");
}

/// The value with as many decimals as are printed, rounded half away from zero from its exact parts.
fn rounded(line: &Value, printed: &str) -> String {
    let places = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let scale = 10_i64.pow(u32::try_from(places).unwrap());
    let (above, below) = (line["numerator"].as_i64().unwrap(), line["denominator"].as_i64().unwrap());
    let units = (above * scale * 2 + below) / (below * 2);
    // The program's own six decimals say the same.
    let own: f64 = line["value"].as_str().unwrap().parse().unwrap();
    assert!((own * scale as f64 - units as f64).abs() <= 0.5, "{own} {units}");
    format!("{}.{:0places$}", units / scale, units % scale)
}
