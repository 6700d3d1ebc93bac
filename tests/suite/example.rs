//! The page that documents circulars, forms, mappings and pipelines: its worked example runs as written, and it names every key.

use std::path::Path;
use std::process::{Command, Output};

use tkgd::forms::{RegisterSchema, Regulation, SchemaFiles, parse_toml, read_form};
use tkgd::lists::ListMapping;
use tkgd::records::RecordBook;
use tkgd::workspace::Pipeline;

use crate::support::{copy_tree, root, scratch, tkgd};

fn page() -> String {
    std::fs::read_to_string(root().join("docs/schemas.md")).unwrap()
}

/// The commands of the example, in order.
fn commands() -> Vec<String> {
    let page = page();
    let block = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    block.lines().map(str::to_owned).collect()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn run(folder: &Path, command: &str) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_tkgd")).parent().unwrap();
    let path = std::env::join_paths(std::iter::once(binaries.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let output = Command::new("sh").args(["-c", command]).env("PATH", path.unwrap()).current_dir(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{command}:\n{}", said(&output));
    said(&output)
}

/// Pupils of the list by county, counted here; a sign is no number.
fn pupils(county: &str) -> u64 {
    let list = std::fs::read_to_string(root().join("docs/example/schools.csv")).unwrap();
    let lines = list.lines().map(|line| line.split(',').collect::<Vec<_>>());
    lines.filter(|line| line[2] == county).filter_map(|line| line[5].parse::<u64>().ok()).sum()
}

#[cfg(unix)]
#[test]
fn the_worked_example_runs_as_written() {
    let folder = scratch("example").join("copy");
    copy_tree(&root().join("docs/example"), &folder);
    let outputs: Vec<String> = commands().iter().map(|command| run(&folder, command)).collect();
    let of = |verb: &str| &outputs[commands().iter().position(|command| command.contains(verb)).unwrap()];
    assert!(of("schema lint").contains(": 0 problems"));
    // The register: eight schools and the unit above them; the line of totals has no code.
    assert!(of(" init ").contains("Danh sách có 9 đơn vị") && of(" init ").contains("Dòng không có mã, bỏ qua: 10"), "{}", of(" init "));
    let run = of(" run ");
    assert!(run.contains("SCHOOL [assumed layout]: 7/8 returns received") && run.contains("0 errors"), "{run}");
    for told in ["query[submission-missing]", "unit N003", "query[unknown-value]", "query[suppressed-value]", "cell M6", "totals: 10"] {
        assert!(run.contains(told), "{told} in {run}");
    }
    let whole: u64 = ["Kisumu", "Nakuru", "Turkana"].map(pupils).iter().sum();
    let explained = of(" explain ");
    assert!(explained.contains(&format!("Ministry of Education (K): {whole}")), "{explained}");
    assert!(explained.contains("The number is not the whole") && explained.contains("schools.csv!F2"), "{explained}");
    let asked = of(" query ");
    for county in ["Kisumu", "Nakuru", "Turkana"] {
        let line = asked.lines().find(|line| line.starts_with(county)).unwrap();
        assert_eq!(line.split_whitespace().last(), Some(pupils(county).to_string().as_str()), "{line}");
    }
    assert!(folder.join("results/2025-2026-opening-census-2025/bao-cao/Kisumu_SCHOOL_Nháp.xlsx").is_file());
}

/// The keys that a place knows, out of what is said of one that nobody knows.
fn known(problem: &str) -> Vec<String> {
    assert!(problem.contains("unknown field `zzz`"), "{problem}");
    let list = problem.split_once("expected").unwrap().1;
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A part of the page under a heading, up to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    let rest = &page[start + heading.len()..];
    rest.split("\n#").next().unwrap()
}

#[test]
fn the_page_names_every_key() {
    let page = page();
    let regulation = |text: &str| parse_toml::<Regulation>("r", text).unwrap_err().to_string();
    let form = |text: &str| read_form("c", "f", text).unwrap_err().to_string();
    let mapping = |text: &str| parse_toml::<ListMapping>("m", text).unwrap_err().to_string();
    let register = |text: &str| parse_toml::<RegisterSchema>("r", text).unwrap_err().to_string();
    let folder = scratch("example-keys");
    let pipeline = |text: &str| {
        let path = folder.join("p.toml");
        std::fs::write(&path, text).unwrap();
        Pipeline::open(&path).unwrap_err().to_string()
    };
    let places: [(&str, &dyn Fn(&str) -> String, &[&str]); 10] = [
        ("## A pipeline", &pipeline, &["zzz = 1"]),
        ("### `[inputs]`", &pipeline, &["inputs = { zzz = 1 }", "inputs = { lists = [{ zzz = 1 }] }"]),
        ("### `[outputs]`", &pipeline, &["outputs = { zzz = 1 }"]),
        ("## A circular (`regulation.toml`)", &regulation, &["zzz = 1"]),
        ("### `[[terms]]`", &regulation, &["terms = [{ zzz = 1 }]", "terms = [{ result_states = [{ zzz = 1 }] }]"]),
        ("### `[texts]`", &regulation, &["texts = { zzz = 1 }"]),
        ("### `[signature]`", &regulation, &["signature = { zzz = 1 }", "signature = { signers = [{ zzz = 1 }] }"]),
        ("## A form (`forms/<id>.toml`)", &form, &["zzz = 1"]),
        ("### `rows`", &form, &["sheets = [{ rows = [{ zzz = 1 }] }]"]),
        ("## A mapping of a list", &mapping, &["zzz = 1", "columns = [{ zzz = 1 }]", "long = { zzz = 1 }", "received_if = { zzz = 1 }"]),
    ];
    let parts = ["header", "texts", "columns", "column_sums", "column_bounds", "row_sums", "row_subsets", "widths", "heights"];
    let sheets: Vec<String> = parts.iter().map(|part| format!("sheets = [{{ {part} = [{{ zzz = 1 }}] }}]")).collect();
    let sheets: Vec<&str> =
        sheets.iter().map(String::as_str).chain(["sheets = [{ zzz = 1 }]", "sheets = [{ print = { zzz = 1 } }]"]).collect();
    let lists = ["columns", "kinds", "levels", "ownership", "counts"].map(|list| format!("{list} = [{{ zzz = 1 }}]"));
    let lists: Vec<&str> = lists.iter().map(String::as_str).chain(["zzz = 1"]).collect();
    let more: [(&str, &dyn Fn(&str) -> String, &[&str]); 2] =
        [("### `[[sheets]]`", &form, &sheets), ("## The register (`register.toml`)", &register, &lists)];
    let mut missing = Vec::new();
    for (heading, read, texts) in places.into_iter().chain(more) {
        let section = section(&page, heading);
        for key in texts.iter().flat_map(|text| known(&read(text))) {
            if !section.contains(&format!("`{key}`")) && !section.contains(&format!("{key} = ")) {
                missing.push(format!("{heading}: {key}"));
            }
        }
    }
    assert!(missing.is_empty(), "docs/schemas.md does not say what these are:\n{}", missing.join("\n"));
}

#[test]
fn the_page_of_records_names_every_key() {
    let page = std::fs::read_to_string(root().join("docs/records.md")).unwrap();
    let folder = scratch("example-records").join("records");
    std::fs::create_dir_all(&folder).unwrap();
    let entity = "id = \"school\", dictionary = \"\", vi = \"\", en = \"\"";
    let class = entity.replace("school", "class");
    let entities = format!("entities = [{{ {entity}, fields = [] }}, {{ {class}, fields = [] }}]");
    let problem = |file: &str, text: &str| {
        let plain = [("lists", "lists = {}"), ("entities", &entities), ("conditions", "conditions = {}\nderived = []\ncolumns = {}")];
        for (name, own) in plain {
            std::fs::write(folder.join(format!("{name}.toml")), if name == file { text } else { own }).unwrap();
        }
        let files = SchemaFiles::only(folder.parent().unwrap()).unwrap();
        RecordBook::load(&files).unwrap_err().to_string()
    };
    let form = |text: &str| read_form("c", "f", text).unwrap_err().to_string();
    let layout = |text: &str| {
        std::fs::create_dir_all(folder.join("layouts")).unwrap();
        std::fs::write(folder.join("layouts/own.toml"), text).unwrap();
        let problem = problem("none", "");
        std::fs::remove_file(folder.join("layouts/own.toml")).unwrap();
        problem
    };
    let places: [(&str, &dyn Fn(&str) -> String, &[&str]); 5] = [
        (
            "### `entities.toml`",
            &|text| problem("entities", text),
            &["zzz = 1", "entities = [{ zzz = 1 }]", "entities = [{ fields = [{ zzz = 1 }] }]"],
        ),
        (
            "### `lists.toml`",
            &|text| problem("lists", text),
            &["zzz = 1", "flags = { zzz = 1 }", "lists = { a = { zzz = 1 } }", "lists = { a = { values = [{ zzz = 1 }] } }"],
        ),
        (
            "### `conditions.toml`",
            &|text| problem("conditions", text),
            &[
                "zzz = 1",
                "derived = [{ zzz = 1 }]",
                "columns = { a = { zzz = 1 } }",
                "register = { a = { zzz = 1 } }",
                "oddities = [{ zzz = 1 }]",
            ],
        ),
        ("### `layouts/*.toml`", &layout, &["zzz = 1", "columns = [{ zzz = 1 }]"]),
        ("### `[[counts]]` of a form", &form, &["counts = [{ zzz = 1 }]", "counts = [{ engine = [{ zzz = 1 }] }]"]),
    ];
    for (heading, read, texts) in places {
        let section = section(&page, heading);
        for key in texts.iter().flat_map(|text| known(&read(text))) {
            assert!(section.contains(&format!("`{key}`")), "docs/records.md does not say what this is: {heading} {key}");
        }
    }
}

#[test]
fn a_list_with_contradicting_lines_makes_no_register() {
    let folder = scratch("register-of-list");
    let list = folder.join("truong.csv");
    let init = |text: &str, words: &[&str]| {
        std::fs::write(&list, text).unwrap();
        let _ = std::fs::remove_dir_all(folder.join("moi"));
        tkgd().arg("init").arg(folder.join("moi")).arg("--from").arg(&list).args(words).output().unwrap()
    };
    // Two lines of one code that differ: nobody knows which; nothing is written.
    let twice = init("Mã trường;Tên trường\n0101;Trường A\n0102;Trường B\n0101;Trường C\n0102;Trường B\n", &[]);
    let text = said(&twice);
    assert!(twice.status.code() == Some(2) && text.contains("dòng 4: mã 0101 đã có ở dòng 2"), "{text}");
    assert!(!text.contains("0102") && !folder.join("moi").exists(), "{text}");
    // A heading that is not there, a column that the register does not have, a kind that there is not.
    let near = init("Mã trường;Tên trường\n01;A\n", &["--column", "name=Tên trừơng cũ"]);
    assert!(near.status.code() == Some(2) && said(&near).contains("Tên trường"), "{}", said(&near));
    let key = init("Mã trường;Tên trường\n01;A\n", &["--column", "nam=Tên trường"]);
    assert!(key.status.code() == Some(2) && said(&key).contains("name"), "{}", said(&key));
    let kind = init("Mã trường;Tên trường;Loại trường\n01;A;trường\n02;B;siêu thị\n", &[]);
    assert!(kind.status.code() == Some(2) && said(&kind).contains("dòng 3"), "{}", said(&kind));
    let unnamed = init("Số hiệu;Tên trường\n01;A\n", &[]);
    assert!(unnamed.status.code() == Some(2) && said(&unnamed).contains("--column code="), "{}", said(&unnamed));
    // Units above are added, with what reports to them; leading zeros stay.
    let good = init("Mã trường;Tên trường;Báo cáo lên\n0101;Trường A;X1\n0102;Trường B;X1\n0103;Trường C;\n;Cộng;\n", &["--csv"]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    let register = std::fs::read_to_string(folder.join("moi/danh-sach-don-vi.csv")).unwrap();
    let lines: Vec<&str> = register.lines().filter(|line| !line.starts_with('#')).skip(1).collect();
    let starts =
        ["S01,Sở Giáo dục và Đào tạo,Sở", "X1,X1,xã/phường", "0101,Trường A,trường", "0102,Trường B,trường", "0103,Trường C,trường"];
    assert!(lines.len() == 5 && lines.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{lines:?}");
    assert!(lines[1].contains(",S01,") && lines[2].contains(",X1,"), "{lines:?}");
    // The last may report to either: that is asked, not guessed.
    assert!(!lines[4].contains(",S01,") && said(&good).contains("Chưa biết 1 đơn vị báo cáo lên đâu (dòng 4)"), "{lines:?}");
    // What was made is read: by the lint, as a workbook too.
    let good = init("Mã trường;Tên trường\n0101;Trường A\n", &["--forms", "02-TH-DN", "--levels", "TH"]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    let lint = tkgd().args(["units", "lint", "--year", "2025-2026"]).arg(folder.join("moi/danh-sach-don-vi.xlsx")).output().unwrap();
    assert!(lint.status.code() == Some(0) && said(&lint).contains("2 đơn vị"), "{}", said(&lint));
}
