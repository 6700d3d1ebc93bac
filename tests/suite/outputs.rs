//! What the program did not write, it never deletes, replaces or overwrites: every command that writes, against
//! every kind of place.
//!
//! A workspace is taken as it is before; after the command, every file that was there and was not the program's
//! own output of that very command has the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use tkgd::base::disk::{RUN_FILES, RunFiles, WORK_FOLDER};

use super::support::{scratch, tkgd};
use super::workspace::{Workspace, files};

/// A command that writes into a folder or a file.
struct Verb {
    name: &'static str,
    /// What it writes: a folder, or a file with this ending.
    file: Option<&'static str>,
    /// Its words; `{out}` is the target.
    words: &'static [&'static str],
}

const VERBS: &[Verb] = &[
    Verb { name: "report", file: None, words: &["report", "p.toml", "--unit", "commune", "--out", "{out}"] },
    Verb { name: "template", file: None, words: &["template", "p.toml", "--out", "{out}"] },
    Verb { name: "template-zip", file: None, words: &["template", "p.toml", "--zip", "--out", "{out}"] },
    Verb { name: "return", file: None, words: &["return", "p.toml", "--out", "{out}"] },
    Verb { name: "reconcile", file: None, words: &["reconcile", "p.toml", "csdl", "--out", "{out}"] },
    Verb {
        name: "compare",
        file: None,
        words: &["compare", "2025-2026-opening@1", "2025-2026-opening@2", "--archive", "luu-tru", "--out", "{out}"],
    },
    Verb { name: "rebuild", file: None, words: &["archive", "rebuild", "2025-2026-opening@1", "--archive", "luu-tru", "--out", "{out}"] },
    Verb { name: "sample", file: None, words: &["sample", "{out}", "--schools", "2", "--communes", "1"] },
    Verb { name: "init", file: None, words: &["init", "{out}"] },
    Verb { name: "ad-hoc-xlsx", file: Some("xlsx"), words: &["report", "phong-hoc", "--pipeline", "p.toml", "--out", "{out}"] },
    Verb { name: "ad-hoc-html", file: Some("html"), words: &["report", "phong-hoc", "--pipeline", "p.toml", "--out", "{out}"] },
    Verb { name: "ad-hoc-csv", file: Some("csv"), words: &["report", "phong-hoc", "--pipeline", "p.toml", "--out", "{out}"] },
    Verb {
        name: "explain",
        file: Some("html"),
        words: &["explain", "02-TH-DN/III/37/1", "--unit", "09", "--archive", "luu-tru", "--html", "{out}"],
    },
    Verb { name: "query-csv", file: Some("csv"), words: &["query", "SELECT * FROM units", "--archive", "luu-tru", "--out", "{out}"] },
    Verb {
        name: "query-parquet",
        file: Some("parquet"),
        words: &["query", "SELECT * FROM units", "--archive", "luu-tru", "--out", "{out}"],
    },
    Verb { name: "query-xlsx", file: Some("xlsx"), words: &["query", "SELECT * FROM units", "--archive", "luu-tru", "--out", "{out}"] },
    Verb { name: "status", file: Some("xlsx"), words: &["status", "p.toml", "--xlsx", "{out}"] },
    Verb { name: "reminders", file: Some("xlsx"), words: &["status", "p.toml", "--reminders", "{out}"] },
    Verb { name: "indicators", file: Some("csv"), words: &["indicators", "p.toml", "--csv", "{out}"] },
    Verb { name: "schema-import", file: Some("toml"), words: &["schema", "import", "mau.xlsx", "--out", "{out}"] },
];

/// A kind of place that somebody may name, and what must come of it.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    /// It is written.
    Done,
    /// It is refused.
    Refused,
    /// Either: nothing that was there is changed.
    Harmless,
}

/// Places, seen from the workspace; `*` stands for the ending of a file, or nothing.
const PLACES: &[(&str, &str, Expected)] = &[
    ("new", "moi/ra*", Expected::Done),
    ("empty", "trong*", Expected::Done),
    ("foreign", "ban/ra*", Expected::Harmless),
    ("spaces", "thư mục mới/ra *", Expected::Done),
    ("inputs", "bieu", Expected::Refused),
    ("below-inputs", "bieu/ra*", Expected::Refused),
    ("above", ".", Expected::Refused),
    ("far-above", "../..", Expected::Refused),
    ("detour", "moi/../bieu/../bieu/x*", Expected::Refused),
    ("register", "danh-sach-don-vi.csv", Expected::Refused),
    ("pipeline", "p.toml", Expected::Refused),
    ("ledger", "so-theo-doi/ra*", Expected::Refused),
    ("ledger-file", "so-theo-doi/2025-2026-opening.jsonl", Expected::Refused),
    ("archive", "luu-tru/ra*", Expected::Refused),
    ("archive-file", "luu-tru/current/units/school_year=2025/term=opening/units.parquet", Expected::Refused),
    ("output", "ket-qua/khac*", Expected::Harmless),
    ("link-to-inputs", "lien-ket/ra*", Expected::Refused),
    ("link-to-file", "lien-ket-tep*", Expected::Refused),
    ("nowhere", "lien-ket-hong/ra*", Expected::Refused),
    ("file", "tep.txt", Expected::Refused),
];

/// A workspace with everything that a place may be: two releases, a desk with files of somebody's, links.
fn workspace(name: &str) -> Workspace {
    let workspace = Workspace::sample(name, 4, 2, 21);
    let folder = &workspace.folder;
    let run = |words: &[&str]| {
        let output = tkgd().args(words).current_dir(folder).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?} {}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["release", "p.toml", "--kind", "provisional"]);
    run(&["release", "p.toml", "--kind", "official"]);
    copy(&folder.join("bieu"), &folder.join("csdl"));
    let book = std::fs::read_dir(folder.join("bieu")).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(book, folder.join("mau.xlsx")).unwrap();
    for place in ["trong", "ban/ra", "ban/ra/bao-cao", "ban/ra/dau-nam-hoc"] {
        std::fs::create_dir_all(folder.join(place)).unwrap();
    }
    let desk = [
        "ban/ra/doi-chieu.xlsx",
        "ban/ra/ghi-chu.txt",
        "ban/ra/bao-cao/scan.pdf",
        "ban/ra/dau-nam-hoc.toml",
        "ban/ra/00001.zip",
        "tep.txt",
    ];
    let endings = ["csv", "xlsx", "html", "parquet", "toml"].map(|ending| format!("ban/ra.{ending}"));
    for file in desk.iter().map(|file| (*file).to_owned()).chain(endings) {
        std::fs::write(folder.join(&file), format!("of somebody: {file}")).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("bieu", folder.join("lien-ket")).unwrap();
        symlink("khong-co/o-dau", folder.join("lien-ket-hong")).unwrap();
        for ending in ["", ".csv", ".xlsx", ".html", ".parquet", ".toml"] {
            let target = if ending.is_empty() { "bieu" } else { "danh-sach-don-vi.csv" };
            symlink(target, folder.join(format!("lien-ket-tep{ending}"))).unwrap();
        }
    }
    workspace
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn call(verb: &Verb, folder: &Path, out: &str, more: &[&str]) -> Output {
    let words = verb.words.iter().map(|word| word.replace("{out}", out));
    tkgd().args(words).args(more).current_dir(folder).output().unwrap()
}

/// What stood there before and does not any more as it did.
fn harmed(before: &BTreeMap<String, Vec<u8>>, folder: &Path) -> Vec<String> {
    let after = files(folder);
    before.iter().filter(|(name, bytes)| after.get(*name) != Some(bytes)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn no_command_harms_what_it_did_not_write() {
    let workspace = workspace("outputs-verbs");
    let folder = &workspace.folder;
    let before = files(folder);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for verb in VERBS {
        for (kind, place, expected) in PLACES {
            if !cfg!(unix) && place.starts_with("lien-ket") {
                continue;
            }
            let ending = verb.file.map(|ending| format!(".{ending}")).unwrap_or_default();
            let out = place.replace('*', &ending);
            // A command that takes no pipeline does not know which folders are inputs; it still harms nothing.
            let knows_workspace = verb.words.contains(&"p.toml");
            let output = call(verb, folder, &out, &[]);
            let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let code = output.status.code();
            tried += 1;
            let is_done = matches!(code, Some(0 | 1));
            let as_expected = match expected {
                Expected::Done => is_done,
                Expected::Refused => code == Some(2) || (is_done && !knows_workspace),
                Expected::Harmless => is_done || code == Some(2),
            };
            let harm = harmed(&before, folder);
            if !as_expected || !harm.is_empty() || said.contains("panicked") {
                wrong.push(format!("{} {kind} {out}: {code:?} {harm:?} {said}", verb.name));
            }
            // Told as written is there.
            if is_done && *expected == Expected::Done && !folder.join(&out).exists() {
                wrong.push(format!("{} {kind} {out}: nothing is there", verb.name));
            }
            for (name, bytes) in &before {
                if harm.contains(name) {
                    std::fs::write(folder.join(name), bytes).unwrap();
                }
            }
            clear(folder, &before);
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Takes away what a command has added, so that the next one finds the same.
fn clear(folder: &Path, before: &BTreeMap<String, Vec<u8>>) {
    for name in files(folder).into_keys().filter(|name| !before.contains_key(name)) {
        // One that is seen through a link as well is gone already.
        let _ = std::fs::remove_file(folder.join(name));
    }
    for place in ["moi", "trong", "thư mục mới"] {
        let _ = std::fs::remove_dir_all(folder.join(place));
    }
    std::fs::create_dir_all(folder.join("trong")).unwrap();
}

#[test]
fn a_run_leaves_what_somebody_put_beside_its_reports_or_changed_in_them() {
    let workspace = Workspace::sample("outputs-run", 4, 2, 22);
    let folder = &workspace.folder;
    assert_eq!(workspace.run().status.code(), Some(0));
    let out = folder.join("ket-qua/2025-2026-opening");
    let scan = out.join("bao-cao/ban-ky-dong-dau.pdf");
    std::fs::write(&scan, "signed").unwrap();
    let report = std::fs::read_dir(out.join("bao-cao")).unwrap().map(|entry| entry.unwrap().path());
    let report = report.filter(|path| path.extension().is_some_and(|ending| ending == "xlsx")).min().unwrap();
    std::fs::write(&report, "edited by hand").unwrap();
    // A file of an earlier run that this one does not write.
    let stale = files(&out).into_keys().find(|name| name.starts_with("danh-sach/")).unwrap();
    let text = std::fs::read_to_string(folder.join("p.toml")).unwrap();
    std::fs::write(folder.join("p.toml"), text.replace("lists = [", "lists = [] # [")).unwrap();
    let output = workspace.run();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(std::fs::read(&scan).unwrap(), b"signed");
    let kept = report.with_file_name(format!("{} (đã sửa).xlsx", report.file_stem().unwrap().to_string_lossy()));
    assert_eq!(std::fs::read(&kept).unwrap(), b"edited by hand");
    assert!(said.contains("(đã sửa).xlsx"), "{said}");
    assert!(std::fs::read(&report).unwrap().starts_with(b"PK"));
    assert!(!out.join(stale).exists());
    // The list of what a run wrote is what stands there.
    let list = RunFiles::read(&out.join(RUN_FILES)).unwrap();
    assert!(list.files.len() > 10 && list.files.iter().all(|(name, own)| own.is_at(&out.join(name)).unwrap()));
}

#[test]
fn files_of_somebody_are_replaced_only_when_that_is_said() {
    let workspace = Workspace::sample("outputs-replace", 4, 2, 23);
    let folder = &workspace.folder;
    let out = folder.join("ket-qua/2025-2026-opening");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("phat-hien.txt"), "my notes").unwrap();
    let output = workspace.run();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("phat-hien.txt") && said.contains("--replace"), "{said}");
    assert_eq!(files(&out), [("phat-hien.txt".to_owned(), b"my notes".to_vec())].into());
    let output = tkgd().args(["run", "--replace"]).arg(folder.join("p.toml")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(files(&out).len() > 10 && std::fs::read(out.join("phat-hien.txt")).unwrap() != b"my notes");
}

#[test]
fn a_run_whose_folders_meet_is_refused_before_any_work() {
    for (name, lines) in [
        ("above", "folder = \".\"\narchive = \"bieu\"\n"),
        ("inputs", "folder = \"bieu\"\n"),
        ("archive-in-inputs", "archive = \"bieu/kho\"\n"),
        ("ledger-is-inputs", "ledger = \"bieu\"\n"),
        ("archive-is-workspace", "archive = \".\"\n"),
        ("ledger-in-archive", "archive = \"kho\"\nledger = \"kho/so\"\n"),
    ] {
        let workspace = Workspace::sample(&format!("outputs-meet-{name}"), 3, 1, 24);
        let path = workspace.folder.join("p.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (inputs, _) = text.split_once("[outputs]").unwrap();
        std::fs::write(&path, format!("{inputs}[outputs]\n{lines}")).unwrap();
        let before = files(&workspace.folder);
        let output = workspace.run();
        assert_eq!(output.status.code(), Some(2), "{name}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(files(&workspace.folder) == before, "{name}");
    }
}

/// Every round of what goes back stays.
#[test]
fn every_round_of_returned_workbooks_is_kept() {
    let workspace = Workspace::sample("outputs-rounds", 4, 2, 25);
    let folder = workspace.folder.join("tra-lai");
    let back = || {
        let mut command = tkgd();
        command.arg("return").arg(workspace.folder.join("p.toml")).args(["--on", "2025-10-20", "--out"]).arg(&folder);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    };
    std::fs::write(workspace.folder.join("bieu/la.xlsx"), "not a workbook").unwrap();
    back();
    let first = files(&folder);
    assert!(!first.is_empty() && first.keys().all(|name| name.starts_with("2025-10-20/")), "{:?}", first.keys());
    back();
    let both = files(&folder);
    assert!(first.iter().all(|(name, bytes)| both.get(name) == Some(bytes)));
    assert_eq!(both.len(), first.len() * 2);
    assert!(both.keys().any(|name| name.starts_with("2025-10-20 lần 2/")), "{:?}", both.keys());
}

/// Two groups, and two units, whose names fold to one: every workbook that is told is there.
#[test]
fn names_that_fold_to_one_are_two_files() {
    let register = "code,name,kind,levels,reports_to,forms,former_district\nX,Sở,department,,,,\n\
        c1,Xã A,commune,,X,,\nC1,Xã B,commune,,X,,\n\
        a1,Trường A,school,TH,c1,02-TH-DN,Huyện Yên Định\nA1,Trường B,school,TH,C1,02-TH-DN,Huyện Yên Đình\n";
    let workspace = Workspace::new(
        "outputs-names",
        register,
        "unit_from = [\"mapping\"]\nmapping = \"m.csv\"",
        "reports = [\"department\", \"commune\"]\ngroups = [\"former_district\"]",
    );
    let schemas = super::workspace::schemas();
    let form = super::workspace::form(&schemas, "02-TH-DN");
    for (file, seed) in [("x1.xlsx", 1), ("x2.xlsx", 2)] {
        workspace.add(file, &super::workspace::book(&schemas, &form, &super::workspace::values(&schemas, &form, seed)));
    }
    std::fs::write(workspace.folder.join("m.csv"), "file,unit\nx1.xlsx,a1\nx2.xlsx,A1\n").unwrap();
    let summary = workspace.summary();
    let reports = files(&workspace.folder.join("out/2025-2026-opening/bao-cao"));
    let names: std::collections::BTreeSet<String> = reports.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!((reports.len(), names.len()), (5, 5), "{names:?}");
    assert_eq!(summary["reports"], 5);
    for command in [&["template", "--zip"][..], &["template"], &["return"]] {
        let out = workspace.folder.join(command.join(""));
        let output =
            tkgd().arg(command[0]).arg(workspace.folder.join("p.toml")).args(&command[1..]).arg("--out").arg(&out).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(files(&workspace.folder.join("template")).len(), 2);
}

#[test]
fn a_register_whose_codes_are_paths_is_refused_with_the_lines() {
    let register = "code,name,kind,levels,reports_to,forms\nX,Sở,department,,,\n09/004,Xã,commune,,X,\n..,Xã,commune,,X,\n../../x,Trường,school,TH,X,02-TH-DN\n";
    let workspace = Workspace::new("outputs-paths", register, "", "");
    let out = workspace.folder.join("a/b/bt");
    let output = tkgd().arg("template").arg(workspace.folder.join("p.toml")).arg("--out").arg(&out).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(["dòng 3", "dòng 4", "dòng 5"].iter().all(|line| said.contains(line)), "{said}");
    assert!(!out.exists());
}

/// A small disk that fills up: nothing that stood there is lost, and nothing is told as written.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_the_output_and_nothing_else() {
    let workspace = Workspace::sample("outputs-full", 6, 2, 26);
    let Some(small) = super::support::SmallDisk::mount("outputs-full-disk", 8 << 20) else { return };
    let disk = small.path();
    let out = disk.join("ra");
    let template = || {
        let mut command = tkgd();
        command.arg("template").arg(workspace.folder.join("p.toml")).arg("--out").arg(&out).output().unwrap()
    };
    assert_eq!(template().status.code(), Some(0));
    std::fs::write(out.join("ghi-chu.txt"), "mine").unwrap();
    let before = files(&out);
    // Something else takes the room.
    let used: u64 = before.values().map(|bytes| bytes.len().next_multiple_of(4096) as u64).sum();
    for step in 0..6_u64 {
        let room = used + 30_000 + step * used / 6;
        small.resize(room);
        let output = template();
        assert!(matches!(output.status.code(), Some(0 | 2)), "{output:?}");
        assert!(files(&out) == before, "step {step}");
    }
}

/// A publication that was interrupted is ended by the next writer.
#[test]
fn what_was_begun_to_be_put_in_place_is_ended() {
    use tkgd::base::disk::{OutputFolder, OutputRules, Scope};
    let folder = scratch("outputs-resume");
    let rules = OutputRules::default();
    let first = OutputFolder::open(&folder, Scope::Whole, &rules).unwrap();
    for name in ["a.txt", "b/c.txt", "cu.txt"] {
        first.write(name, b"one").unwrap();
    }
    first.publish().unwrap();
    let second = OutputFolder::open(&folder, Scope::Whole, &rules).unwrap();
    for name in ["a.txt", "b/c.txt"] {
        second.write(name, b"two!").unwrap();
    }
    // As an interrupted process leaves it: everything written, the plan too, one file in place.
    let work: PathBuf = folder.join(WORK_FOLDER);
    let staged = files(&work.join("new"));
    std::mem::forget(second);
    let record = std::fs::read_to_string(work.join("written.json")).unwrap();
    let hash = tkgd::workbooks::sha256(b"two!");
    let old = tkgd::workbooks::sha256(b"one");
    let next = record.replace(&old, &hash).replace("\"bytes\": 3", "\"bytes\": 4");
    std::fs::write(work.join(".written.json.new"), next).unwrap();
    std::fs::write(work.join("publishing.json"), r#"{"files":["a.txt","b/c.txt"],"stale":["cu.txt"],"replace":false}"#).unwrap();
    std::fs::rename(work.join("new/a.txt"), folder.join("a.txt")).unwrap();
    assert_eq!(staged.len(), 2);
    // The lock of the one that was interrupted is gone with it; here it is the test's own.
    let _ = std::fs::remove_file(work.join("output.lock"));
    drop(OutputFolder::open(&folder, Scope::Added, &rules).unwrap());
    let expected: BTreeMap<String, Vec<u8>> =
        [("a.txt", b"two!"), ("b/c.txt", b"two!")].map(|(name, text)| (name.to_owned(), text.to_vec())).into();
    assert_eq!(files(&folder), expected);
    assert!(!work.join("publishing.json").exists() && !work.join("new/b/c.txt").exists());
}
