//! From an official blank that nobody has seen to the department's report.
//!
//! `tests/oracle/new_forms.py` draws the blanks, knows what their author meant, plays the schools
//! and compares every figure; here stands what a department does. The recipe of a new circular is
//! run as CONTRIBUTING says it, line by line.

use std::path::Path;
use std::process::Command;

use super::oracle::{has_office, python, script};
use super::support::{root, scratch, shared, tkgd};

/// The folder of forms, seen from a workspace.
const FORMS: &str = "bieu-mau";
/// The folder of blanks, seen from a workspace.
const BLANKS: &str = "bieu-moi";

/// A circular after those that are built in, as the recipe has it made: copied, with other dates.
fn new_circular(folder: &Path) {
    let old = std::fs::read_to_string(root().join("schemas/tt25-2024/regulation.toml")).unwrap();
    let own = old
        .replace("id = \"tt25-2024\"", "id = \"tt99-2027\"")
        .replace("Thông tư 25/2024/TT-BGDĐT", "Thông tư 99/2027/TT-BGDĐT")
        .replace("in_force_from = \"2025-02-09\"", "in_force_from = \"2027-07-01\"");
    let ended = old.replace("in_force_from = \"2025-02-09\"", "in_force_from = \"2025-02-09\"\nin_force_to = \"2027-06-30\"");
    for (circular, text) in [("tt99-2027", own), ("tt25-2024", ended)] {
        assert_ne!(text, old);
        let folder = folder.join(FORMS).join(circular);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("regulation.toml"), text).unwrap();
    }
}

fn pipeline(folder: &Path, name: &str, year: &str, returns: &str) {
    let text = format!(
        "title = \"Kỳ đầu năm học\"\nschool_year = \"{year}\"\nterm = \"opening\"\nregister = \"reg.csv\"\n[inputs]\nworkbooks = [\"{returns}\"]\n"
    );
    std::fs::write(folder.join(name), text).unwrap();
}

/// A department, two communes, five schools; every school files the forms of its kind.
fn register(folder: &Path, primary: &str, nursery: &str) {
    let text = format!(
        "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\n\
         09,Sở Giáo dục và Đào tạo,department,,,,\n\
         0901,Xã Một,commune,,,09,\n\
         0902,Phường Hai,commune,,,09,\n\
         090101,Trường Tiểu học Một,school,TH,public,0901,{primary}\n\
         090102,Trường Tiểu học Hai,school,TH,public,0901,{primary}\n\
         090201,Trường Tiểu học Ba,school,TH,public,0902,{primary}\n\
         090103,Trường Mầm non Một,school,MN,public,0901,{nursery}\n\
         090202,Trường Mầm non Hai,school,MN,public,0902,{nursery}\n"
    );
    std::fs::write(folder.join("reg.csv"), text).unwrap();
}

/// Runs the program in a workspace with its forms; what it says.
fn department(folder: &Path, arguments: &[&str]) -> String {
    let output = tkgd().args(["--schemas", FORMS]).args(arguments).current_dir(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}:\n{said}");
    said
}

/// Draws the blanks: three of our own, the two real ones cleared of their numbers.
fn draw(python: &str, folder: &Path, only: &[&str]) {
    let forms = shared().unwrap().join("reference/forms").canonicalize().unwrap();
    let official = forms.join("official");
    let mut arguments = vec!["blanks", BLANKS, "--real", official.to_str().unwrap(), forms.to_str().unwrap()];
    arguments.extend(only.iter().flat_map(|name| ["--only", name]));
    script(python, folder, "new_forms.py", &arguments);
}

/// Nothing at all is found, not even a warning, in the run of a year; but that figures are those of the year before, which
/// is how the test makes them.
fn nothing_is_found(folder: &Path, year: &str) {
    let path = folder.join(format!("out/{year}-opening/phat-hien.json"));
    let mut findings: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    findings.retain(|finding| finding["rule"] != "same-figures-as-last-year");
    assert!(findings.is_empty(), "{} findings, first {:#?}", findings.len(), &findings[..findings.len().min(5)]);
}

#[test]
fn blanks_nobody_has_seen_become_reports() {
    let Some(python) = python() else { return };
    if !has_office() || shared().is_none() {
        return;
    }
    let folder = scratch("new-forms");
    new_circular(&folder);
    draw(&python, &folder, &[]);
    let meaning = std::fs::read_to_string(folder.join(BLANKS).join("meaning.json")).unwrap();
    let meaning: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&meaning).unwrap();
    assert_eq!(meaning.len(), 5);
    let circular = format!("{FORMS}/tt99-2027");
    for (stem, form) in &meaning {
        let file = format!("{BLANKS}/{stem}.xlsx");
        let said = department(&folder, &["schema", "import", &file, "--symbol", form["symbol"].as_str().unwrap(), "--circular", &circular]);
        assert!(said.contains("dòng có mã"), "{said}");
    }
    // Every sum that the author meant, and no other.
    script(&python, &folder, "new_forms.py", &["sums", BLANKS, &format!("{circular}/forms")]);
    assert!(department(&folder, &["schema", "lint"]).contains(": 0 problems"));
    register(&folder, "02-TH-DN 07-TVTH 12-TDTT YT-01-DN", "01-MN-DN 12/TDTT YT.01-ĐN");
    pipeline(&folder, "p.toml", "2027-2028", "bieu");
    department(&folder, &["template", "p.toml", "--out", "bieu-trong"]);
    script(&python, &folder, "new_forms.py", &["fill", BLANKS, "bieu-trong", "bieu"]);
    department(&folder, &["run", "p.toml"]);
    nothing_is_found(&folder, "2027-2028");
    let reports = folder.join("out/2027-2028-opening/bao-cao");
    let own = folder.join("cua-so");
    std::fs::create_dir(&own).unwrap();
    for entry in std::fs::read_dir(reports).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("Sở ") {
            std::fs::copy(entry.path(), own.join(entry.file_name())).unwrap();
        }
    }
    script(&python, &folder, "new_forms.py", &["compare", BLANKS, "cua-so"]);
}

/// The commands that CONTRIBUTING gives for a new circular, in order.
fn recipe() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let section = text.split("## Add a circular").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = section.split("```").skip(1).step_by(2);
    blocks.flat_map(|block| block.lines().skip(1)).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_recipe_of_a_new_circular_works_as_written() {
    let Some(python) = python() else { return };
    if !has_office() || shared().is_none() {
        return;
    }
    let folder = scratch("new-circular");
    new_circular(&folder);
    draw(&python, &folder, &["02-TH-DN", "thu-vien"]);
    register(&folder, "02-TH-DN", "");
    // The last year under the old circular, so that there is something to look back at.
    pipeline(&folder, "nam-truoc.toml", "2026-2027", "bieu-nam-truoc");
    let meaning = folder.join(BLANKS).join("meaning.json");
    let both = std::fs::read_to_string(&meaning).unwrap();
    let mut one: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&both).unwrap();
    one.remove("thu-vien");
    std::fs::write(&meaning, serde_json::to_string(&one).unwrap()).unwrap();
    department(&folder, &["template", "nam-truoc.toml", "--out", "trong-nam-truoc"]);
    script(&python, &folder, "new_forms.py", &["fill", BLANKS, "trong-nam-truoc", "bieu-nam-truoc"]);
    // The filler keeps to the sums of the form; rules between sheets and with the register are not its business.
    let rules = folder.join(FORMS).join("tt24-2018/rules.toml");
    std::fs::create_dir_all(rules.parent().unwrap()).unwrap();
    std::fs::write(&rules, "rules = []\n").unwrap();
    department(&folder, &["run", "nam-truoc.toml"]);
    std::fs::remove_dir_all(rules.parent().unwrap()).unwrap();
    std::fs::write(&meaning, both).unwrap();
    register(&folder, "02-TH-DN 07-TVTH", "");
    pipeline(&folder, "dau-nam-hoc.toml", "2027-2028", "bieu");

    let binaries = Path::new(env!("CARGO_BIN_EXE_tkgd")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let commands = recipe();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in &commands {
        let output = Command::new("sh").args(["-c", command]).env("PATH", &path).current_dir(&folder).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{command}:\n{said}");
        if command.contains(" template ") {
            // The mapping is confirmed, so the three schools see what they reported a year ago.
            assert!(said.contains("6 tệp, 3 biểu kèm số liệu kỳ trước"), "{said}");
            script(&python, &folder, "new_forms.py", &["fill", BLANKS, "bieu-trong", "bieu"]);
        }
        if command.contains(" lint") {
            assert!(said.contains(": 0 problems"), "{said}");
        }
    }
    nothing_is_found(&folder, "2027-2028");
    let own = folder.join("cua-so");
    std::fs::create_dir(&own).unwrap();
    for form in ["02-TH-DN", "07-TVTH"] {
        std::fs::copy(
            folder.join(format!("out/2027-2028-opening/bao-cao/Sở Giáo dục và Đào tạo_{form}_Nháp.xlsx")),
            own.join(format!("{form}.xlsx")),
        )
        .unwrap();
    }
    script(&python, &folder, "new_forms.py", &["compare", BLANKS, "cua-so"]);
    for table in ["cells", "forms", "mappings", "submissions"] {
        let file = folder.join(format!("archive/draft/{table}/school_year=2027/term=opening/{table}.parquet"));
        assert!(file.is_file(), "{}", file.display());
    }
}
