//! What is handed in is looked at before it is read: size, kind, and whether it was read already.

use std::path::Path;
use std::time::{Duration, Instant};

use tkgd::workbooks::find_files;

use super::support::{scratch, tkgd};
use super::workspace::{Workspace, book, form, schemas, values};

const REGISTER: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Báo cáo lên,Biểu phải nộp\nS,Sở GDĐT,department,,\nT01,Trường Hòa Bình,school,S,02-TH-DN\nT02,Trường Thống Nhất,school,S,02-TH-DN\n";

fn rules(findings: &[serde_json::Value]) -> Vec<(String, String)> {
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    findings.iter().map(|finding| (text(finding, "rule"), text(finding, "file"))).collect()
}

/// Returns that a run has received.
fn received(workspace: &Workspace) -> u64 {
    workspace.summary()["forms"].as_array().unwrap().iter().map(|form| form["received"].as_u64().unwrap()).sum()
}

#[cfg(unix)]
#[test]
fn a_folder_full_of_traps_is_read_once_and_to_its_end() {
    use std::os::unix::fs::symlink;
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let workspace = Workspace::new("within-traps", REGISTER, "", "");
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &values(&schemas, &form, 1)));
    let folder = workspace.folder.join("bieu");
    // Links that lead back, links to the same file, a second name of it.
    symlink("..", folder.join("len-tren")).unwrap();
    symlink(".", folder.join("a-day")).unwrap();
    symlink("T01_a.xlsx", folder.join("A-T01_b.xlsx")).unwrap();
    std::fs::hard_link(folder.join("T01_a.xlsx"), folder.join("T01_c.xlsx")).unwrap();
    std::fs::create_dir(folder.join("con")).unwrap();
    symlink("../T01_a.xlsx", folder.join("con/T01_d.xlsx")).unwrap();
    // What is no file, what is too large, what leads nowhere, what lies too deep.
    assert!(std::process::Command::new("mkfifo").arg(folder.join("ong.xlsx")).status().unwrap().success());
    symlink("/dev/zero", folder.join("vo-tan.xlsx")).unwrap();
    drop(std::os::unix::net::UnixListener::bind(folder.join("o-cam.xlsx")).unwrap());
    std::fs::File::create(folder.join("thua.xlsx")).unwrap().set_len(6 << 30).unwrap();
    symlink("khong-co", folder.join("dut.xlsx")).unwrap();
    let mut deep = folder.join("sau");
    for _ in 0..80 {
        deep.push("s");
    }
    std::fs::create_dir_all(&deep).unwrap();
    let begun = Instant::now();
    let output = workspace.run();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    let found = rules(&workspace.findings());
    let files = |rule: &str| {
        let mut files: Vec<&str> = found.iter().filter(|(known, _)| known == rule).map(|(_, file)| file.as_str()).collect();
        files.sort_unstable();
        files
    };
    assert_eq!(files("not-a-file"), ["bieu/o-cam.xlsx", "bieu/ong.xlsx", "bieu/vo-tan.xlsx"]);
    assert_eq!(files("hostile-file"), ["bieu/thua.xlsx"]);
    assert_eq!(files("unreadable-file"), ["bieu/dut.xlsx"]);
    assert_eq!(files("unreadable-folder").len(), 1, "{found:?}");
    assert_eq!(files("same-content"), [""; 0], "each file once: {found:?}");
    assert_eq!(received(&workspace), 1);
    // A name that leads nowhere good is told as well when it is named itself.
    let named = find_files(&[folder.join("ong.xlsx")], &[]).unwrap();
    assert!(named.files.is_empty() && named.findings[0].rule == "not-a-file");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_costs_one_finding() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = scratch("within-locked");
    std::fs::create_dir_all(folder.join("khoa")).unwrap();
    std::fs::write(folder.join("a.xlsx"), "x").unwrap();
    std::fs::set_permissions(folder.join("khoa"), std::fs::Permissions::from_mode(0o0)).unwrap();
    let is_locked = std::fs::read_dir(folder.join("khoa")).is_err();
    let found = find_files(std::slice::from_ref(&folder), &[]).unwrap();
    std::fs::set_permissions(folder.join("khoa"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(found.files, [folder.join("a.xlsx")]);
    // Who may do everything reads it all the same.
    assert_eq!(found.findings.iter().map(|finding| &*finding.rule).collect::<Vec<_>>(), vec!["unreadable-folder"; usize::from(is_locked)]);
}

#[cfg(unix)]
#[test]
fn registers_pipelines_and_schemas_are_files_of_a_sane_size() {
    let said = |workspace: &Workspace| {
        let output = tkgd().args(["--lang", "en", "run"]).arg(workspace.folder.join("p.toml")).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let with = |name: &str, change: &dyn Fn(&Path)| {
        let workspace = Workspace::new(name, REGISTER, "", "");
        std::fs::remove_file(workspace.folder.join("reg.csv")).unwrap();
        change(&workspace.folder.join("reg.csv"));
        said(&workspace)
    };
    let pipe = with("within-pipe", &|path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()));
    assert!(pipe.contains("it is a pipe, not a file"), "{pipe}");
    let device = with("within-device", &|path| std::os::unix::fs::symlink("/dev/zero", path).unwrap());
    assert!(device.contains("it is a device, not a file"), "{device}");
    let sparse = with("within-sparse", &|path| std::fs::File::create(path).unwrap().set_len(6 << 30).unwrap());
    assert!(sparse.contains("the file has 6442450944 bytes, and at most"), "{sparse}");
    let folder = with("within-folder", &|path| std::fs::create_dir(path).unwrap());
    assert!(folder.contains("it is a folder, not a file"), "{folder}");
    let line = with("within-line", &|path| std::fs::write(path, format!("{REGISTER}\"{}", "x".repeat(3 << 20))).unwrap());
    assert!(line.contains("line 5 has more than 1048576 bytes"), "{line}");
    let own = Workspace::new("within-schemas", REGISTER, "", "");
    std::fs::create_dir_all(own.folder.join("bieu-mau")).unwrap();
    std::os::unix::fs::symlink("..", own.folder.join("bieu-mau/vong")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", own.folder.join("bieu-mau/a.toml")).unwrap();
    let output = tkgd().args(["--lang", "en", "--schemas"]).arg(own.folder.join("bieu-mau")).args(["schema", "lint"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && error.contains("it is a device, not a file"), "{error}");
}

#[test]
fn one_bad_list_is_one_finding_and_the_run_goes_on() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    for (name, bytes, said) in [
        ("headings", "unit,khong/co/1\nT02,1\n".to_owned().into_bytes(), "no heading names a cell"),
        ("latin", b"unit,I/1/1\nT02,\xff\xfe\n".to_vec(), "line 2 is not UTF-8 text"),
        ("line", format!("unit,I/1/1\nT02,\"{}", "1".repeat(3 << 20)).into_bytes(), "line 2 has more than"),
        ("empty", Vec::new(), "no line of headings"),
    ] {
        let lists = "lists = [{ file = \"ds.csv\", form = \"02-TH-DN\" }]";
        let workspace = Workspace::new(&format!("within-list-{name}"), REGISTER, lists, "");
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &values(&schemas, &form, 1)));
        std::fs::write(workspace.folder.join("ds.csv"), bytes).unwrap();
        let output = tkgd().args(["--lang", "en", "run", "--all"]).arg(workspace.folder.join("p.toml")).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(out.contains(said), "{name}: {out}");
        let found = rules(&workspace.findings());
        let of_list: Vec<_> = found.iter().filter(|(_, file)| file == "ds.csv").collect();
        assert_eq!(of_list, [&("unreadable-list".to_owned(), "ds.csv".to_owned())], "{name}");
        // What it was to hold is missing, and nothing of it counts.
        assert_eq!(found.iter().filter(|(rule, _)| rule == "submission-missing").count(), 1, "{name}");
        assert_eq!(received(&workspace), 1, "{name}");
    }
}

#[test]
fn a_name_longer_than_a_cell_is_a_finding_and_reports_are_written() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let register = REGISTER.replace("Trường Hòa Bình", &"Trường ".repeat(6_000));
    let workspace = Workspace::new("within-name", &register, "", "");
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &values(&schemas, &form, 1)));
    let output = workspace.run();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let found = rules(&workspace.findings());
    assert_eq!(found.iter().filter(|(rule, file)| rule == "unit-name-too-long" && file == "reg.csv").count(), 1, "{found:?}");
}
