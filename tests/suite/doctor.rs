//! `tkgd doctor`, `completions` and `man`: what they say, and that nothing personal is in it.

use std::fs;
use std::path::Path;
use std::process::Output;

use tkgd::base::disk::{Lock, WORK_FOLDER};
use tkgd::base::message::Lang;
use tkgd::jobs::{Diagnosis, DiagnosisPoint, DiagnosisState, DiagnosisSubject, DoctorRequest, diagnose, diagnosis_text};

use crate::support::{scratch, tkgd};
use crate::workspace::Workspace;

/// The program as somebody runs it whose names must not be told.
fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = tkgd();
    command.env("USER", "nguyenvanhoa").env("USERNAME", "nguyenvanhoa").env("HOME", "/nguyenvanhoa").env("COMPUTERNAME", "MAY-CUA-HOA");
    command.current_dir(folder).args(words).output().unwrap()
}

fn said(folder: &Path, words: &[&str], code: i32) -> String {
    let output = run(folder, words);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn of(folder: &Path) -> Diagnosis {
    diagnose(&DoctorRequest { folder: Some(folder.to_owned()), schemas: None, on: "2025-10-20".parse().ok() })
}

fn point(diagnosis: &Diagnosis, subject: DiagnosisSubject) -> &DiagnosisPoint {
    let mut points = diagnosis.points.iter().filter(|point| point.subject == subject);
    let point = points.next().unwrap_or_else(|| panic!("{subject:?}: {diagnosis:?}"));
    assert!(points.next().is_none(), "{subject:?}: {diagnosis:?}");
    point
}

/// What is to be done, by subject; how full the disk of whoever tests is does not matter.
fn problems(diagnosis: &Diagnosis) -> Vec<DiagnosisSubject> {
    let problems = diagnosis.points.iter().filter(|point| point.state == DiagnosisState::Problem);
    problems.map(|point| point.subject).filter(|subject| *subject != DiagnosisSubject::Space).collect()
}

/// A workspace with a ledger and a release.
fn worked(name: &str) -> Workspace {
    let workspace = Workspace::sample(name, 2, 1, 41);
    for words in [&["run", "p.toml", "--received-on", "2025-10-20"][..], &["release", "p.toml", "--kind", "provisional"]] {
        let output = run(&workspace.folder, words);
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    workspace
}

#[test]
fn outside_of_a_workspace_the_rest_is_told() {
    let folder = std::env::temp_dir().join(format!("tkgd-doctor-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let output = run(&folder, &["doctor"]);
    fs::remove_dir_all(&folder).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Thư mục làm việc: nơi đang chạy không thuộc thư mục làm việc nào"), "{text}");
    assert!(text.contains(concat!("Chương trình: tkgd ", env!("CARGO_PKG_VERSION"))) && text.contains("tt25-2024 ("), "{text}");
    assert!(!text.contains("Khóa") && !text.contains("Sổ theo dõi") && !text.contains("Kho lưu trữ"), "{text}");
}

#[test]
fn a_workspace_that_is_in_order_is_fine_and_left_as_it_is() {
    let workspace = worked("doctor-fine");
    let before = crate::support::files_in(&workspace.folder);
    let diagnosis = of(&workspace.folder);
    assert_eq!(problems(&diagnosis), []);
    let subjects: Vec<DiagnosisSubject> = diagnosis.points.iter().map(|point| point.subject).collect();
    assert_eq!(subjects, DiagnosisSubject::ALL);
    let found = |subject| point(&diagnosis, subject).found.said(Lang::En);
    assert!(found(DiagnosisSubject::Workspace).contains("the folder that the command names"), "{diagnosis:?}");
    assert!(found(DiagnosisSubject::Ledger).starts_with("1 ledgers, "), "{diagnosis:?}");
    assert!(found(DiagnosisSubject::Archive).starts_with("1 releases, "), "{diagnosis:?}");
    assert_eq!(crate::support::files_in(&workspace.folder), before);
    // From within it, too.
    let text = said(&workspace.folder.join("bieu"), &["doctor", "--lang", "en"], i32::from(!diagnosis.is_fine()));
    assert!(text.contains("Workspace: 1 folders above where the program runs; the term that is due: "), "{text}");
}

#[test]
fn whoever_holds_the_lock_is_told_without_a_name() {
    let workspace = Workspace::sample("doctor-lock", 2, 1, 42);
    let lock = workspace.folder.join(WORK_FOLDER).join("workspace.lock");
    let held = Lock::take(&lock).unwrap();
    fs::write(lock.with_extension("holder"), "tkgd run Xa-Tan-An.toml (nguyenvanhoa@MAY-CUA-HOA, 4711)").unwrap();
    let text = said(&workspace.folder, &["doctor", "--lang", "en"], 1);
    assert!(text.contains("[PROBLEM] Lock: the command `tkgd run` (process 4711) keeps the workspace\n    hint: wait for"), "{text}");
    assert!(!text.contains("Xa-Tan-An") && !text.contains("nguyenvanhoa") && !text.contains("MAY-CUA-HOA"), "{text}");
    drop(held);
    assert_eq!(problems(&of(&workspace.folder)), []);
}

#[test]
fn what_is_broken_is_told_with_what_to_do() {
    let workspace = worked("doctor-broken");
    let ledger = workspace.folder.join("so-theo-doi/2025-2026-opening.jsonl");
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, text.replacen("\"receive\"", "\"receivf\"", 1)).unwrap();
    let broken = of(&workspace.folder);
    assert_eq!(problems(&broken), [DiagnosisSubject::Ledger]);
    assert!(point(&broken, DiagnosisSubject::Ledger).found.said(Lang::En).contains("is not whole from entry 1 on"), "{broken:?}");
    fs::write(&ledger, text).unwrap();

    let releases = workspace.folder.join("luu-tru/releases");
    let table = crate::support::files_in(&releases).into_iter().find(|path| path.ends_with("data/units.parquet")).unwrap();
    let bytes = fs::read(&table).unwrap();
    fs::write(&table, &bytes[1..]).unwrap();
    let broken = of(&workspace.folder);
    assert_eq!(problems(&broken), [DiagnosisSubject::Archive]);
    assert!(point(&broken, DiagnosisSubject::Archive).hint.as_ref().is_some_and(|hint| hint.en().contains("tkgd archive verify")));
    fs::write(&table, bytes).unwrap();

    let note = workspace.folder.join("luu-tru/generation.json");
    let text = fs::read_to_string(&note).unwrap();
    fs::write(&note, text.replace("\"in_progress\": false", "\"in_progress\": true")).unwrap();
    let broken = of(&workspace.folder);
    assert!(
        point(&broken, DiagnosisSubject::Archive).hint.as_ref().is_some_and(|hint| hint.en().contains("tkgd archive repair")),
        "{broken:?}"
    );
    fs::write(&note, text).unwrap();
    assert_eq!(problems(&of(&workspace.folder)), []);
}

#[test]
fn nothing_personal_is_in_it() {
    let folder = scratch("doctor-Sở-GDĐT-Thanh-Bình");
    fs::write(folder.join("truong.csv"), "Mã trường;Tên trường;Cấp học;Loại hình\nT01;Trường Tiểu học Lê Văn Tám;TH;công lập\n").unwrap();
    said(&folder, &["init", "nguyenvanhoa", "--province", "Thanh Bình", "--from", "truong.csv"], 0);
    let workspace = folder.join("nguyenvanhoa");
    fs::create_dir_all(folder.join("bieu-cua-hoa/tt25-2024")).unwrap();
    fs::write(folder.join("bieu-cua-hoa/tt25-2024/regulation.toml"), "Lê Văn Tám = [").unwrap();
    let settings = fs::read(workspace.join("thiet-lap.xlsx")).unwrap();
    let schemas = folder.join("bieu-cua-hoa");
    let mut all = Vec::new();
    for damage in [settings.as_slice(), b"Thanh B\xc3\xacnh".as_slice()] {
        fs::write(workspace.join("thiet-lap.xlsx"), damage).unwrap();
        for words in [&["doctor"][..], &["doctor", "--format", "json"], &["doctor", "--schemas", &schemas.to_string_lossy()]] {
            for (place, named) in [(workspace.as_path(), None), (folder.as_path(), Some("nguyenvanhoa"))] {
                let words: Vec<&str> = words.iter().copied().chain(named).collect();
                let output = run(place, &words);
                assert!(output.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
                all.push(String::from_utf8(output.stdout).unwrap());
            }
        }
    }
    assert!(
        all.iter().any(|text| text.contains("không đọc được thiết lập"))
            && all.iter().any(|text| text.contains("thư mục biểu mẫu bổ sung"))
    );
    let hostname = fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned();
    let names = ["nguyenvanhoa", "MAY-CUA-HOA", "Thanh", "Tám", "T01", "bieu-cua-hoa", "truong", "tmp/", "doctor-S"];
    for name in names.into_iter().chain(Some(hostname.as_str()).filter(|name| name.len() > 3)) {
        assert!(all.iter().all(|text| !text.contains(name)), "{name}: {all:#?}");
    }
}

#[test]
fn both_languages_say_every_point() {
    let workspace = Workspace::sample("doctor-languages", 2, 1, 43);
    let diagnosis = of(&workspace.folder);
    let (vi, en) = (diagnosis_text(&diagnosis, Lang::Vi), diagnosis_text(&diagnosis, Lang::En));
    assert_eq!(vi.lines().count(), en.lines().count());
    assert!(vi.contains("Khi báo lỗi, gửi kèm") && en.contains("Send these lines as they are"), "{vi}{en}");
    assert!(!vi.contains('{') && !en.contains('{'), "{vi}{en}");
}

#[test]
fn every_shell_gets_a_script_in_the_language_that_is_asked_for() {
    let folder = scratch("completions");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let vi = said(&folder, &["completions", shell], 0);
        assert!(vi.len() > 5_000 && vi.contains("new-year") && vi.contains("doctor"), "{shell}: {vi}");
        if shell != "bash" {
            let en = said(&folder, &["completions", shell, "--lang", "en"], 0);
            assert!(vi.contains("Chạy trọn một kỳ") && !vi.contains("Do a whole term"), "{shell}");
            assert!(en.contains("Do a whole term") && !en.contains("Chạy trọn một kỳ"), "{shell}");
        }
    }
    assert_eq!(run(&folder, &["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn manual_pages_are_in_the_language_that_is_asked_for() {
    let folder = scratch("man");
    let vi = said(&folder, &["man"], 0);
    assert!(
        vi.contains(".SH TÊN") && vi.contains(".SH \"TÙY CHỌN\"") && vi.contains(".SH LỆNH") && vi.contains("Chạy trọn một kỳ"),
        "{vi}"
    );
    assert!(!vi.contains("SYNOPSIS") && !vi.contains("DESCRIPTION") && !vi.contains("read\\-isolated"), "{vi}");
    let en = said(&folder, &["man", "archive", "verify", "--lang", "en"], 0);
    assert!(en.contains(".TH tkgd-archive-verify 1") && en.contains(".SH NAME") && en.contains("Hash every file again"), "{en}");
    let output = run(&folder, &["man", "archive", "verifi", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`verify`"), "{output:?}");
}
