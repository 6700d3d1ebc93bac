//! Every figure of every output: what is shown in several places is the same figure with the same mark everywhere.

use std::path::Path;
use std::process::Output;

use super::oracle::{python, script};
use super::support::{root, scratch, tkgd};

/// The sample's pipelines, each after the one it follows from, and the terms that no later state replaces.
const PIPELINES: [&str; 6] =
    ["dau-nam-hoc-2024", "cuoi-nam-hoc-2024", "cuoi-nam-hoc-2024-sau-he", "dau-nam-hoc", "cuoi-nam-hoc", "cuoi-nam-hoc-sau-he"];
const TERMS: [(&str, &str); 4] = [
    ("2024-2025-opening", "dau-nam-hoc-2024"),
    ("2024-2025-closing", "cuoi-nam-hoc-2024"),
    ("2025-2026-opening", "dau-nam-hoc"),
    ("2025-2026-closing", "cuoi-nam-hoc"),
];
const QUERIES: [&str; 4] = ["truong-lop-hoc-sinh-theo-xa", "hoc-sinh-tren-lop", "phong-hoc", "dan-toc-thieu-so"];
const REPORTS: [&str; 3] = ["dan-toc-thieu-so", "phong-hoc", "quy-mo-truong"];
/// Figures that are explained: address, measure, level, and units of which some lack it, altogether or in part.
const EXPLAINED: [(&str, &str, &str, &[&str]); 7] = [
    ("02-TH-DN/III/37/1", "pupils", "TH", &["09", "09001", "09001005", "09001007", "09004"]),
    ("03-THCS-DN/III/DL042/1", "pupils", "THCS", &["09", "09002", "09006"]),
    ("03-THCS-DN/I/DL032/1", "classes", "THCS", &["09", "09006"]),
    ("01-MN-DN/hoc-sinh/83/1", "pupils", "MN", &["09", "09005"]),
    // Results that are still to come: re-tests in summer, the exam in June.
    ("02-TH-CN/III/DL050/1", "kept_back", "TH", &["09", "09001", "09001005", "09004"]),
    ("03-THCS-CN/III/DL043/1", "kept_back", "THCS", &["09", "09002"]),
    ("04-THPT-CN/III/DL051/1", "completers", "THPT", &["09"]),
];

fn done(folder: &Path, arguments: &[&str]) -> Output {
    let output = tkgd().args(arguments).current_dir(folder).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Everything that is asked of the archive after the runs.
fn ask(folder: &Path) {
    for (term, pipeline) in TERMS {
        let (year, kind) = term.rsplit_once('-').unwrap();
        for of in ["query", "report", "explain"] {
            std::fs::create_dir_all(folder.join("ans").join(of).join(term)).unwrap();
        }
        for name in QUERIES {
            let (year, kind) = (format!("year={year}"), format!("term={kind}"));
            let asked = ["query", "--draft", "--name", name, "--set", &year, "--set", &kind, "--format", "json"];
            std::fs::write(folder.join(format!("ans/query/{term}/{name}.json")), done(folder, &asked).stdout).unwrap();
        }
        for name in REPORTS.into_iter().filter(|_| kind == "opening") {
            let (pipeline, out) = (format!("pipelines/{pipeline}.toml"), format!("ans/report/{term}/{name}.xlsx"));
            done(folder, &["report", name, "--pipeline", &pipeline, "--out", &out]);
        }
        let is_of_term = |address: &str| address.contains("-DN/") == (kind == "opening");
        for (address, measure, level, units) in EXPLAINED.into_iter().filter(|own| is_of_term(own.0)) {
            for (at, unit) in units.iter().enumerate() {
                let answer = done(folder, &["explain", address, term, "--unit", unit, "--format", "json"]);
                let name = format!("{measure}-{level}-{at}");
                std::fs::write(folder.join(format!("ans/explain/{term}/{name}.json")), answer.stdout).unwrap();
                let asked = serde_json::json!({"figure": measure, "levels": [level], "place": ["unit", unit]});
                std::fs::write(folder.join(format!("ans/explain/{term}/{name}.asked")), asked.to_string()).unwrap();
            }
        }
    }
}

/// Draws a province of so many schools with every kind of defect, its pipelines under the names of the sample's.
fn draw(folder: &Path, schools: usize) {
    let (schools, communes) = (schools.to_string(), (schools / 12).max(2).to_string());
    done(folder, &["sample", "tinh", "--schools", &schools, "--communes", &communes, "--years", "2", "--dirt", "all"]);
    std::fs::create_dir(folder.join("pipelines")).unwrap();
    for pipeline in PIPELINES {
        let text = std::fs::read_to_string(folder.join(format!("tinh/{pipeline}.toml"))).unwrap();
        let text = text.replace("\"ket-qua\"", "\"out\"").replace("\"luu-tru\"", "\"archive\"");
        let text = text.replace("\"danh-sach-don-vi.csv\"", "\"tinh/danh-sach-don-vi.csv\"");
        let text = text.replace("\"2024-2025/", "\"tinh/2024-2025/").replace("\"2025-2026/", "\"tinh/2025-2026/");
        std::fs::write(folder.join(format!("pipelines/{pipeline}.toml")), format!("workspace = \"..\"\n{text}")).unwrap();
    }
}

/// `TKGD_FIGURES_SCHOOLS=500` takes a province of that many schools instead of the samples.
#[test]
fn every_figure_of_the_samples_is_the_same_wherever_it_is_shown() {
    let Some(python) = python() else { return };
    let folder = scratch("every-figure");
    match std::env::var("TKGD_FIGURES_SCHOOLS").ok().and_then(|schools| schools.parse().ok()) {
        Some(schools) => draw(&folder, schools),
        None => {
            for name in ["samples", "pipelines"] {
                copy(&root().join(name), &folder.join(name));
            }
        }
    }
    for pipeline in PIPELINES {
        done(&folder, &["run", &format!("pipelines/{pipeline}.toml")]);
    }
    ask(&folder);
    let schemas = root().join("schemas");
    script(&python, &folder, "every_figure.py", &[".", schemas.to_str().unwrap(), "ans"]);
    // Every indicator of both terms counted again from the cells, those that lack something and those that are open included.
    let (measures, indicators) = (schemas.join("tt24-2018"), schemas.join("indicators"));
    for term in ["opening", "closing"] {
        let summary = format!("out/2025-2026-{term}/tong-hop_Nháp.xlsx");
        let args = ["archive", measures.to_str().unwrap(), indicators.to_str().unwrap(), &summary, term];
        script(&python, &folder, "figures.py", &args);
    }
}
