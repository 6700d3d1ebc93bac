//! Our files as other programs see them: openpyxl, DuckDB, pandas, polars, LibreOffice.
//!
//! The scripts of `tests/oracle` do the comparing. They need Python with the
//! packages of `tests/oracle/requirements.txt` (`TKGD_PYTHON` names the
//! interpreter) and, to calculate and print, soffice and pdftotext. What is not
//! there is skipped, unless `TKGD_REQUIRE_ORACLES` is set.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{root, scratch, shared, skipped, tkgd};
use crate::workspace::report_name;

/// The two real workbooks as returns of two schools of one commune.
const REGISTER: &str = "\
Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp
09,Sở Giáo dục và Đào tạo,department,,,,
0900,Xã Một,commune,,,09,
0901,Trường mầm non Một,school,MN,public,0900,01-MN-DN
0902,Trường tiểu học Hai,school,TH,public,0900,02-TH-DN
";
const PIPELINE: &str = "\
title = \"Hai biểu có thật\"
school_year = \"2020-2021\"
term = \"opening\"
register = \"reg.csv\"
[inputs]
workbooks = [\"bieu\"]
[outputs]
signature = true
lists = [\"csv\", \"xlsx\"]
";
/// School, form and the file its return is in.
const RETURNS: [(&str, &str, &str); 2] = [("0901", "01-MN-DN", "bieu/0901_mn.xlsx"), ("0902", "02-TH-DN", "bieu/0902_th.xlsx")];

fn runs(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

pub fn missing(what: &str) {
    assert!(std::env::var_os("TKGD_REQUIRE_ORACLES").is_none(), "{what} is not there");
    skipped(what);
}

/// Packages that the scripts may use without asking for them.
const PACKAGES: [&str; 5] = ["duckdb", "openpyxl", "pandas", "polars", "pyarrow"];

/// The interpreter, if it has the packages.
pub fn python() -> Option<String> {
    python_with(&[])
}

/// The interpreter, if it has these packages too; what it has not is named.
pub fn python_with(more: &[&str]) -> Option<String> {
    let python = std::env::var("TKGD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let wanted: Vec<&str> = PACKAGES.iter().chain(more).copied().collect();
    let lacking = lacking(&python, &wanted);
    if lacking.is_empty() {
        return Some(python);
    }
    missing(&format!("{python} with {} (tests/oracle/requirements.txt)", lacking.join(", ")));
    None
}

/// Packages that an interpreter cannot import; one that does not run has none.
fn lacking<'p>(python: &str, packages: &[&'p str]) -> Vec<&'p str> {
    if runs(Command::new(python).args(["-c", &format!("import {}", packages.join(", "))])) {
        return Vec::new();
    }
    packages.iter().copied().filter(|package| !runs(Command::new(python).args(["-c", &format!("import {package}")]))).collect()
}

/// A script that needs more than every test asks for would fail where that is not there: its test asks for it by name.
#[test]
fn scripts_import_what_their_tests_ask_for() {
    let asked: [(&str, &[&str]); 3] =
        [("releases.py", &["frictionless"]), ("naive_globs.py", &["frictionless", "pyspark"]), ("json_answers.py", &["jsonschema"])];
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("tests/oracle")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.ends_with(".py") {
            continue;
        }
        let more = asked.iter().find(|(script, _)| *script == name).map(|(_, packages)| *packages).unwrap_or_default();
        let text = std::fs::read_to_string(&path).unwrap();
        let imported = text.lines().filter_map(|line| {
            line.strip_prefix("import ").or_else(|| line.strip_prefix("from ").filter(|rest| rest.contains(" import ")))
        });
        for package in imported.map(|line| line.split([' ', '.', ',']).next().unwrap()) {
            let is_beside = root().join(format!("tests/oracle/{package}.py")).is_file();
            let is_known = PACKAGES.contains(&package) || more.contains(&package) || is_beside || STANDARD.contains(&package);
            assert!(is_known, "{name} imports {package}, which no test asks for");
            seen += usize::from(PACKAGES.contains(&package));
        }
    }
    assert!(seen > 10, "{seen}");
    // What is asked for and cannot be there is named, and nothing else.
    let python = std::env::var("TKGD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if runs(Command::new(&python).arg("--version")) {
        assert_eq!(lacking(&python, &["sys", "no_such_package_at_all", "json"]), ["no_such_package_at_all"]);
    }
}

/// Modules of Python's own that the scripts import.
const STANDARD: [&str; 27] = [
    "argparse",
    "base64",
    "collections",
    "concurrent",
    "csv",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "hashlib",
    "html",
    "importlib",
    "io",
    "itertools",
    "json",
    "math",
    "os",
    "pathlib",
    "random",
    "re",
    "shutil",
    "subprocess",
    "sys",
    "tempfile",
    "tomllib",
    "unicodedata",
    "zipfile",
];

/// Whether spreadsheets can be calculated and printed here.
pub fn has_office() -> bool {
    let found = runs(Command::new("soffice").arg("--version")) && runs(Command::new("pdftotext").arg("-v"));
    if !found {
        missing("soffice or pdftotext");
    }
    found
}

/// Runs a script in a folder and shows what it prints.
pub fn script(python: &str, folder: &Path, name: &str, arguments: &[&str]) {
    let path = root().join("tests/oracle").join(name);
    let output = Command::new(python).arg("-B").arg(path).args(arguments).current_dir(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} {arguments:?}:\n{said}");
    print!("{name}: {said}");
}

/// Runs the program in a folder; its exit code.
fn run(folder: &Path, arguments: &[&str]) -> Option<i32> {
    tkgd().args(arguments).current_dir(folder).stdout(Stdio::null()).status().unwrap().code()
}

/// A workspace with the two real workbooks, run; `None` without the reference files.
fn real_workspace(name: &str) -> Option<PathBuf> {
    let official = shared()?.join("reference/forms/official");
    let folder = scratch(name);
    std::fs::create_dir(folder.join("bieu")).unwrap();
    std::fs::write(folder.join("reg.csv"), REGISTER).unwrap();
    std::fs::write(folder.join("p.toml"), PIPELINE).unwrap();
    for (_, form, file) in RETURNS {
        std::fs::write(folder.join(file), std::fs::read(official.join(format!("{form}.xlsx"))).unwrap()).unwrap();
    }
    // The real numbers break sums, so the code says there are findings.
    assert_eq!(run(&folder, &["run", "p.toml"]), Some(1));
    Some(folder)
}

/// A workspace with a small synthetic province, run.
fn sample_workspace(name: &str) -> PathBuf {
    let folder = scratch(name);
    assert_eq!(run(&folder, &["sample", ".", "--communes", "3", "--schools", "12"]), Some(0));
    assert_eq!(run(&folder, &["run", "dau-nam-hoc.toml"]), Some(0));
    folder
}

/// All workbooks of a folder, seen from the workspace.
fn workbooks(folder: &Path, below: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join(below)).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| format!("{below}/{}", name.to_string_lossy())).collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

#[test]
fn reports_are_the_official_workbook_address_by_address() {
    let Some(python) = python() else { return };
    let Some(folder) = real_workspace("oracle-workbook") else { return };
    let official = shared().unwrap().join("reference/forms/official").canonicalize().unwrap();
    for (_, form, _) in RETURNS {
        let official = official.join(format!("{form}.xlsx"));
        for unit in ["09", "0900"] {
            let ours = format!("out/2020-2021-opening/bao-cao/{}", report_name(&folder, &format!("{unit}_{form}.xlsx")));
            script(&python, &folder, "compare_workbook.py", &[&official.to_string_lossy(), &ours]);
        }
    }
}

#[test]
fn archive_and_lists_hold_what_was_transcribed() {
    let Some(python) = python() else { return };
    let Some(folder) = real_workspace("oracle-cells") else { return };
    let transcribed = shared().unwrap().join("reference/forms").canonicalize().unwrap();
    for (unit, form, file) in RETURNS {
        let cells = transcribed.join(format!("{form}.cells.csv"));
        let (cells, id) = (cells.to_string_lossy().into_owned(), format!("tt24-2018/{form}"));
        let list = format!("out/2020-2021-opening/danh-sach/{form}.csv");
        let arguments = ["archive", &cells, "--form", &id, "--unit", unit, "--file", file, "--list", &list];
        script(&python, &folder, "cells_from_csv.py", &arguments);
    }
}

#[test]
fn three_libraries_add_the_real_archive_up_to_the_reports() {
    let Some(python) = python() else { return };
    let Some(folder) = real_workspace("oracle-real-archive") else { return };
    let arguments = ["archive", "--reports", "out/2020-2021-opening/bao-cao", "--inputs", "."];
    script(&python, &folder, "archive_readers.py", &arguments);
}

#[test]
fn three_libraries_add_the_sample_archive_up_to_the_reports() {
    let Some(python) = python() else { return };
    let folder = sample_workspace("oracle-sample-archive");
    let arguments = ["luu-tru", "--reports", "ket-qua/2025-2026-opening/bao-cao", "--inputs", "."];
    script(&python, &folder, "archive_readers.py", &arguments);
}

#[test]
fn another_program_calculates_and_prints_the_real_reports() {
    let Some(python) = python() else { return };
    if !has_office() {
        return;
    }
    let Some(folder) = real_workspace("oracle-real-office") else { return };
    let reports = workbooks(&folder, "out/2020-2021-opening/bao-cao");
    script(&python, &folder, "recalculate.py", &reports.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn another_program_calculates_and_prints_the_sample_reports() {
    let Some(python) = python() else { return };
    if !has_office() {
        return;
    }
    let folder = sample_workspace("oracle-sample-office");
    let reports = workbooks(&folder, "ket-qua/2025-2026-opening/bao-cao");
    script(&python, &folder, "recalculate.py", &reports.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The same form saved by another program in the two other formats gives the same numbers and violations.
#[test]
fn old_and_open_formats_give_the_same_numbers() {
    if !has_office() {
        return;
    }
    let Some(folder) = real_workspace("oracle-formats") else { return };
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let book = folder.join(&workbooks(&folder, "bieu")[0]);
    let violations = |file: &Path| {
        let output = tkgd().args(["check", "--year", "2020", "--format", "json"]).arg(file).output().unwrap();
        let findings = crate::support::items(&output.stdout);
        let failed = findings.iter().filter(|f| f["verdict"] == "fail" && f["severity"] == "error");
        failed.map(|f| format!("{} {} {} {} {}", f["rule"], f["file_sheet"], f["cell"], f["found"], f["expected"])).collect::<Vec<_>>()
    };
    let own = violations(&book);
    assert!(!own.is_empty());
    for format in ["ods", "xls"] {
        let arguments = [&profile, "--headless", "--convert-to", format, "--outdir"];
        assert!(runs(Command::new("soffice").args(arguments).arg(&folder).arg(&book)));
        let converted = folder.join(book.file_name().unwrap()).with_extension(format);
        assert_eq!(violations(&converted), own, "{format}");
    }
}
