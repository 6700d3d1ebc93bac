//! Releases: whole or not there, whatever happens; untouched or told; made again byte for byte.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tkgd::archive::{
    ArchiveReader, Fault, Generation, Labels, MANIFEST, Manifest, ReleaseFacts, Selection, TermKey, VerifyScope, Writer, clean, describe,
    verify,
};
use tkgd::base::disk::{self, files_below};
use tkgd::forms::ArchiveTables;
use tkgd::workspace::Pipeline;

use super::oracle::{python_with, script};
use super::support::{files_in, root, scratch, tkgd};
use super::workspace::{PERIOD, Workspace, files};

/// Says to a process of this test binary at which step it is to die.
const KILL_AT: &str = "TKGD_TEST_KILL_AT";
/// And in which archive.
const KILL_IN: &str = "TKGD_TEST_KILL_IN";

fn key() -> TermKey {
    TermKey::of(PERIOD)
}

pub fn archive(workspace: &Workspace) -> PathBuf {
    Pipeline::open(&workspace.folder.join("p.toml")).unwrap().archive()
}

/// `tkgd release` of a workspace.
fn release(workspace: &Workspace, arguments: &[&str]) -> Output {
    tkgd().arg("release").arg(workspace.folder.join("p.toml")).args(arguments).output().unwrap()
}

/// The same, which must end with this code; what it said.
pub fn released(workspace: &Workspace, arguments: &[&str], code: i32) -> String {
    said(&release(workspace, arguments), code)
}

fn said(output: &Output, code: i32) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

/// `tkgd archive` of a workspace, as data.
pub fn archived(workspace: &Workspace, arguments: &[&str], code: i32) -> Value {
    let output = tkgd().args(["--format", "json", "archive"]).args(arguments).arg("--archive").arg(archive(workspace)).output().unwrap();
    let text = said(&output, code);
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// Everything wrong with an archive: place and fault.
pub fn problems(archive: &Path) -> Vec<(String, Fault)> {
    verify(archive, VerifyScope::ArchiveOnly, &|| ()).unwrap().problems.into_iter().map(|problem| (problem.path, problem.fault)).collect()
}

/// Leaves one return out of a workspace's inputs.
fn take_away_one(workspace: &Workspace) -> (PathBuf, Vec<u8>) {
    let folder = std::fs::read_dir(&workspace.folder).unwrap().map(|e| e.unwrap().path()).filter(|path| path.is_dir());
    let mut found: Vec<PathBuf> =
        folder.flat_map(|path| files_in(&path)).filter(|path| path.extension().is_some_and(|e| e == "xlsx")).collect();
    found.sort();
    let path = found.into_iter().next().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    (path, bytes)
}

/// Tables in force, without notes and locks.
fn in_force(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    files(&archive.join("current"))
}

#[test]
fn what_is_in_force_is_the_latest_release_and_nothing_is_counted_twice() {
    let workspace = Workspace::sample("release-force", 12, 3, 5);
    let (path, bytes) = take_away_one(&workspace);
    released(&workspace, &["--kind", "provisional"], 0);
    let archive = archive(&workspace);
    let first = in_force(&archive);
    std::fs::write(path, bytes).unwrap();
    // A run leaves what is in force alone.
    assert_eq!(workspace.run().status.code(), Some(0));
    assert_eq!(in_force(&archive), first);
    assert!(archive.join("draft").is_dir());
    released(&workspace, &["--kind", "official"], 0);
    let second = in_force(&archive);
    assert_ne!(first, second);
    assert_eq!(first.len(), second.len());
    // One file per table and term, each the release's own.
    for (name, bytes) in &second {
        let table = name.split('/').next().unwrap();
        assert_eq!(*name, format!("{table}/school_year=2025/term=opening/{table}.parquet"));
        let own = archive.join(format!("releases/2025-2026-opening/r002-official/data/{table}.parquet"));
        assert_eq!(std::fs::read(own).unwrap(), *bytes, "{name}");
    }
    // The draft of a published term is gone; the first release is as it was.
    assert!(files(&archive.join("draft")).is_empty());
    assert_eq!(problems(&archive), []);
    let archive_reader = ArchiveReader::open(&archive, Selection::Published).unwrap();
    assert_eq!(archive_reader.state(&key()).unwrap().to_string(), "2025-2026-opening@2");
    let listed = archived(&workspace, &["list"], 0);
    let forces: Vec<bool> = listed["releases"].as_array().unwrap().iter().map(|own| own["in_force"].as_bool().unwrap()).collect();
    assert_eq!(forces, [false, true]);
}

#[test]
fn what_was_known_on_a_day_is_the_release_of_that_day() {
    let workspace = Workspace::sample("release-as-of", 6, 2, 6);
    released(&workspace, &["--kind", "provisional"], 0);
    released(&workspace, &["--kind", "official"], 0);
    let archive = archive(&workspace);
    // The recorded time is told by the description; for this test the first release is made three days older.
    let first = archive.join("releases/2025-2026-opening/r001-provisional").join(MANIFEST);
    let text = std::fs::read_to_string(&first).unwrap();
    let facts = Manifest::facts(text.as_bytes()).unwrap();
    std::fs::write(&first, text.replace(&facts.recorded_at, "2026-03-01T16:59:59Z")).unwrap();
    let at = |day: &str| {
        ArchiveReader::open(&archive, Selection::as_of(day.parse().unwrap())).unwrap().state(&key()).map(|state| state.to_string())
    };
    assert_eq!(at("2026-02-28"), None);
    // The day ends at midnight in Vietnam, five in the afternoon of universal time.
    assert_eq!(at("2026-03-01").as_deref(), Some("2025-2026-opening@1"));
    assert_eq!(at("2999-01-01").as_deref(), Some("2025-2026-opening@2"));
}

#[test]
fn a_release_that_may_not_be_made_says_why_and_leaves_nothing() {
    let workspace = Workspace::sample("release-kinds", 6, 2, 7);
    let archive = archive(&workspace);
    for (arguments, words) in
        [(&["--kind", "revised", "--reason", "x"][..], "provisional, official"), (&["--kind", "offical"], "`official`"), (&[], "--kind")]
    {
        assert!(released(&workspace, arguments, 2).contains(words), "{arguments:?}");
    }
    assert!(files_in(&archive.join("releases")).is_empty());
    released(&workspace, &["--kind", "official"], 0);
    assert!(released(&workspace, &["--kind", "provisional"], 2).contains("revised"));
    assert!(released(&workspace, &["--kind", "revised"], 2).contains("--reason"));
    released(&workspace, &["--kind", "revised", "--reason", "nộp lại"], 0);
    assert_eq!(problems(&archive), []);
    assert!(!archive.join("releases/.new").exists());
}

#[test]
fn errors_that_nobody_accepted_keep_figures_from_being_official() {
    let folder = scratch("release-errors");
    for name in ["pipelines", "samples"] {
        for path in files_in(&root().join(name)) {
            let to = folder.join(path.strip_prefix(root()).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(path, to).unwrap();
        }
    }
    let call =
        |kind: &str| tkgd().args(["release", "pipelines/dau-nam-hoc-co-loi.toml", "--kind", kind]).current_dir(&folder).output().unwrap();
    assert!(said(&call("official"), 2).contains("provisional"));
    said(&call("provisional"), 1);
}

#[test]
fn every_changed_missing_or_added_file_is_named() {
    let workspace = Workspace::sample("release-tamper", 6, 2, 8);
    released(&workspace, &["--kind", "provisional", "--signed", workspace.folder.join("p.toml").to_str().unwrap()], 0);
    released(&workspace, &["--kind", "official"], 0);
    let archive = archive(&workspace);
    assert_eq!(problems(&archive), []);
    let mut names = Vec::new();
    files_below(&archive, "", &mut names).unwrap();
    assert!(names.iter().any(|name| name.contains("/signed/")) && names.len() > 150, "{}", names.len());
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        let path = archive.join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let found = problems(&archive);
        // A description that cannot be read any more, or that says something else, is told at its own place.
        let is_named = |found: &[(String, Fault)]| found.iter().any(|(path, _)| path.starts_with(name.as_str()));
        assert!(is_named(&found), "{name}: {found:?}");
        if !name.ends_with(".json") {
            assert_eq!(found.len(), 1, "{name}: {found:?}");
        }
        std::fs::remove_file(&path).unwrap();
        let found = problems(&archive);
        assert!(is_named(&found) || name == "generation.json", "{name}: {found:?}");
        assert!(!found.is_empty(), "{name}");
        std::fs::write(&path, whole).unwrap();
    }
    for name in ["releases/2025-2026-opening/r001-provisional/data/more.parquet", "current/more/school_year=2025/term=opening/more.parquet"]
    {
        disk::write(&archive.join(name), b"x").unwrap();
        assert_eq!(problems(&archive), [(name.to_owned(), Fault::Unknown)]);
        disk::remove(&archive.join(name)).unwrap();
    }
    assert_eq!(archived(&workspace, &["verify"], 0)["problems"], serde_json::json!([]));
}

#[test]
fn a_release_that_is_gone_is_missed_and_nothing_goes_back_quietly() {
    let workspace = Workspace::sample("release-gone", 6, 2, 9);
    for kind in [&["--kind", "provisional"][..], &["--kind", "official"], &["--kind", "revised", "--reason", "x"]] {
        released(&workspace, kind, 0);
    }
    let archive = archive(&workspace);
    let before = in_force(&archive);
    for (folder, fault) in [("r002-official", Fault::NumberMissing), ("r003-revised", Fault::NumberMissing)] {
        let (from, aside) = (archive.join("releases/2025-2026-opening").join(folder), workspace.folder.join("aside"));
        std::fs::rename(&from, &aside).unwrap();
        let found = problems(&archive);
        assert!(found.contains(&("releases/2025-2026-opening".to_owned(), fault)), "{folder}: {found:?}");
        std::fs::rename(&aside, &from).unwrap();
    }
    let (last, aside) = (archive.join("releases/2025-2026-opening/r003-revised"), workspace.folder.join("aside"));
    std::fs::rename(&last, &aside).unwrap();
    assert!(released(&workspace, &["--kind", "revised", "--reason", "x"], 2).contains("2025-2026-opening@3"));
    assert_eq!(in_force(&archive), before);
    std::fs::rename(&aside, &last).unwrap();
    assert_eq!(problems(&archive), []);
}

#[test]
fn what_is_in_force_is_repaired_from_untouched_releases_only() {
    let workspace = Workspace::sample("release-repair", 6, 2, 10);
    released(&workspace, &["--kind", "official"], 0);
    let archive = archive(&workspace);
    let before = in_force(&archive);
    let (cells, units) = ("cells/school_year=2025/term=opening/cells.parquet", "units/school_year=2025/term=opening/units.parquet");
    std::fs::write(archive.join("current").join(cells), b"x").unwrap();
    std::fs::remove_file(archive.join("current").join(units)).unwrap();
    let found = problems(&archive);
    assert_eq!(found, [(format!("current/{cells}"), Fault::NotInForce), (format!("current/{units}"), Fault::Missing)]);
    assert_eq!(archived(&workspace, &["repair"], 0)["paths"].as_array().unwrap().len(), 2);
    assert_eq!(in_force(&archive), before);
    // A table of the release that was changed is not put in force.
    let own = archive.join("releases/2025-2026-opening/r001-official/data/cells.parquet");
    std::fs::write(&own, b"y").unwrap();
    std::fs::remove_file(archive.join("current").join(cells)).unwrap();
    let output = tkgd().args(["archive", "repair", "--archive"]).arg(&archive).output().unwrap();
    assert!(said(&output, 2).contains("cells.parquet"));
    assert!(!archive.join("current").join(cells).exists());
}

#[test]
fn cleaning_up_never_touches_a_release_or_what_is_in_force() {
    let workspace = Workspace::sample("release-clean", 6, 2, 11);
    released(&workspace, &["--kind", "provisional"], 0);
    workspace.run();
    let archive = archive(&workspace);
    let kept = || [files(&archive.join("releases")), in_force(&archive)];
    let before = kept();
    assert!(!files(&archive.join("draft")).is_empty());
    let writer = Writer::open(&archive).unwrap();
    assert!(!clean(&writer, false).unwrap().is_empty());
    assert!(files(&archive.join("draft")).is_empty());
    assert!(clean(&writer, true).unwrap().is_empty());
    assert_eq!(kept(), before);
}

#[test]
fn a_release_is_made_again_byte_for_byte_and_a_difference_is_told() {
    let folder = scratch("release-rebuild");
    let sample = ["sample", ".", "--years", "2", "--communes", "3", "--schools", "12"];
    assert!(tkgd().args(sample).current_dir(&folder).output().unwrap().status.success());
    let call = |arguments: &[&str], code| said(&tkgd().args(arguments).current_dir(&folder).output().unwrap(), code);
    let terms = ["dau-nam-hoc-2024", "cuoi-nam-hoc-2024", "cuoi-nam-hoc-2024-sau-he", "dau-nam-hoc"];
    for term in terms {
        call(&["release", &format!("{term}.toml"), "--kind", "official"], 0);
    }
    // Revised later: what the others were made with must still be found.
    call(&["release", "dau-nam-hoc-2024.toml", "--kind", "revised", "--reason", "đúng dạng"], 0);
    let archive = Pipeline::open(&folder.join("dau-nam-hoc.toml")).unwrap().archive();
    let archive_reader = ArchiveReader::open(&archive, Selection::Published).unwrap();
    assert_eq!(archive_reader.releases().len(), 5);
    let looked_at = |state: &str| {
        let state = archive_reader.named(state).unwrap();
        Manifest::read(&state.release().unwrap().folder.join(MANIFEST)).unwrap().tkgd.looked_at
    };
    assert!(looked_at("2025-2026-opening").iter().any(|own| own.term == "2024-2025-opening" && own.number == 1));
    let names: Vec<String> = archive_reader.releases().iter().map(|own| format!("{}@{}", own.key, own.number)).collect();
    let there = archive.to_str().unwrap();
    for name in &names {
        assert!(call(&["archive", "rebuild", name, "--archive", there], 0).contains("; 0 "), "{name}");
        let said = call(&["archive", "rebuild", name, "--archive", there, "--from-cells", "--format", "json"], 0);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert!(said["from_cells"] == true && said["files_same"].as_u64() > Some(12), "{name}: {said}");
    }
    assert_eq!(problems(&archive), []);
    // Where nothing is kept of what was read, as of records, what follows from the cells is made again.
    let first = archive_reader.named("2024-2025-opening@1").unwrap().release().unwrap().folder.join("inputs/readings.jsonl");
    let aside = folder.join("readings.jsonl");
    std::fs::rename(&first, &aside).unwrap();
    let said = call(&["archive", "rebuild", "2024-2025-opening@1", "--archive", there, "--lang", "en"], 0);
    assert!(said.contains("the rest is not evaluated") && said.contains("; 0 "), "{said}");
    std::fs::rename(&aside, &first).unwrap();
    // What was read and is changed is not what the release was made from.
    let own = archive_reader.named("2025-2026-opening@1").unwrap().release().unwrap().folder.clone();
    for name in ["readings.jsonl", "register.csv"] {
        let input = own.join("inputs").join(name);
        let bytes = std::fs::read(&input).unwrap();
        std::fs::write(&input, [&bytes[..], b"\n"].concat()).unwrap();
        assert!(call(&["archive", "rebuild", "2025-2026-opening@1", "--archive", there], 2).contains("SHA-256"));
        std::fs::write(&input, bytes).unwrap();
    }
    // Figures that were published otherwise than they come out are named.
    let manifest = own.join(MANIFEST);
    let text = std::fs::read_to_string(&manifest).unwrap();
    let sha256 = disk::hash(&own.join("data/cells.parquet")).unwrap().0;
    std::fs::write(&manifest, text.replace(&sha256, &"0".repeat(64))).unwrap();
    assert!(call(&["archive", "rebuild", "2025-2026-opening@1", "--archive", there], 1).contains("data/cells.parquet"));
}

#[test]
fn other_programs_read_releases_and_count_what_is_in_force_once() {
    let Some(python) = python_with(&["frictionless"]) else { return };
    let folder = scratch("release-oracle");
    let sample = ["sample", ".", "--years", "2", "--communes", "3", "--schools", "14"];
    assert!(tkgd().args(sample).current_dir(&folder).output().unwrap().status.success());
    for (term, kind) in [
        ("dau-nam-hoc-2024", "provisional"),
        ("cuoi-nam-hoc-2024", "provisional"),
        ("cuoi-nam-hoc-2024-sau-he", "provisional"),
        ("dau-nam-hoc", "provisional"),
        ("dau-nam-hoc-2024", "official"),
        ("dau-nam-hoc", "official"),
    ] {
        said(&tkgd().args(["release", &format!("{term}.toml"), "--kind", kind]).current_dir(&folder).output().unwrap(), 0);
    }
    let archive = Pipeline::open(&folder.join("dau-nam-hoc.toml")).unwrap().archive();
    script(&python, &folder, "releases.py", &[archive.to_str().unwrap()]);
    // A later state of results is beside, not in, what is in force.
    assert!(archive.join("states/cells/result_state=after-retests/school_year=2024/term=closing/cells.parquet").is_file());
}

#[test]
fn a_ledger_with_another_history_is_refused() {
    let workspace = Workspace::sample("release-fork", 6, 2, 12);
    released(&workspace, &["--kind", "provisional"], 0);
    let ledger = Pipeline::open(&workspace.folder.join("p.toml")).unwrap().ledger();
    let folder = ledger.path().parent().unwrap();
    let kept = files(folder);
    // The ledger is lost; what comes in now is counted from one again, one return with other figures.
    std::fs::remove_dir_all(folder).unwrap();
    let (path, _) = take_away_one(&workspace);
    let said = released(&workspace, &["--kind", "official"], 2);
    assert!(said.contains("lần gửi 1") && said.contains("ledger.jsonl"), "{said}");
    // Put back, the chain goes on; the return that is not there any more is not held.
    std::fs::remove_dir_all(folder).unwrap();
    for (name, bytes) in kept {
        disk::write(&folder.join(name), &bytes).unwrap();
    }
    released(&workspace, &["--kind", "official"], 0);
    let archive_reader = ArchiveReader::open(&archive(&workspace), Selection::Published).unwrap();
    let lines = tkgd::archive::read_versions(&archive_reader.state(&key()).unwrap().table("versions")).unwrap();
    let unit = path.file_name().unwrap().to_string_lossy().split('_').next().unwrap().to_owned();
    assert!(lines.iter().any(|line| !line.held && line.unit == unit));
    assert!(lines.iter().filter(|line| line.unit != unit).all(|line| line.held && line.version == 1));
}

/// Makes the second release of an archive out of the first one, with one table less and one more.
fn second_release(archive: &Path, watch: &dyn Fn(&str)) {
    let writer = Writer::open(archive).unwrap();
    let archive_reader = ArchiveReader::open(archive, Selection::Published).unwrap();
    let first = archive_reader.state(&key()).unwrap().release().unwrap().clone();
    let staged = writer.begin().unwrap();
    let tables = files_in(&first.folder.join("data"));
    // Every table is another one, and a table all the same.
    for (path, other) in tables.iter().zip(tables.iter().cycle().skip(1)).filter(|(path, _)| !path.ends_with("mappings.parquet")) {
        let bytes = std::fs::read(other).unwrap();
        disk::write(&staged.folder().join("data").join(path.file_name().unwrap()), &bytes).unwrap();
    }
    disk::write(&staged.folder().join("data/more.parquet"), &std::fs::read(&tables[0]).unwrap()).unwrap();
    let facts = Manifest::facts(&std::fs::read(first.folder.join(MANIFEST)).unwrap()).unwrap();
    let facts = ReleaseFacts { number: 2, kind: "official".to_owned(), inputs: Vec::new(), previous: None, ..facts };
    let labels = Labels { title: "", description: "", tables: &ArchiveTables::default() };
    let manifest = describe(staged.folder(), &facts, &labels).unwrap();
    staged.commit(&key(), 2, "official", &manifest, watch).unwrap();
}

/// Not a test by itself: the process that [`a_process_killed_at_any_step_leaves_one_release_or_the_other`] kills.
#[test]
fn the_process_that_is_killed() {
    let (Some(at), Some(archive)) = (std::env::var_os(KILL_AT), std::env::var_os(KILL_IN)) else { return };
    let at: usize = at.to_str().unwrap().parse().unwrap();
    let steps = Cell::new(0);
    second_release(Path::new(&archive), &|_| {
        if steps.get() == at {
            // As hard as kill -9: nothing is cleaned up, no buffer is written.
            std::process::abort();
        }
        steps.set(steps.get() + 1);
    });
}

#[test]
fn a_process_killed_at_any_step_leaves_one_release_or_the_other() {
    let workspace = Workspace::sample("release-killed", 6, 2, 13);
    released(&workspace, &["--kind", "provisional"], 0);
    let kept = files(&archive(&workspace));
    let old = in_force(&archive(&workspace));
    let folder = scratch("release-killed-in");
    let place = |folder: &Path| {
        let _ = std::fs::remove_dir_all(folder);
        for (name, bytes) in &kept {
            disk::write(&folder.join(name), bytes).unwrap();
        }
    };
    place(&folder);
    second_release(&folder, &|_| ());
    let new = in_force(&folder);
    assert_ne!(old, new);
    let (mut at, mut before, mut after) = (0, 0, 0);
    loop {
        place(&folder);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "release::the_process_that_is_killed"])
            .env(KILL_AT, at.to_string())
            .env(KILL_IN, &folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let state = ArchiveReader::open(&folder, Selection::Published).unwrap().state(&key()).unwrap();
        let number = state.release().unwrap().number;
        // Whoever goes by the releases sees one of them, whole; every file in force is of one or the other.
        let force = in_force(&folder);
        for (name, bytes) in force.iter().filter(|(name, _)| !name.contains("/.")) {
            assert!(old.get(name) == Some(bytes) || new.get(name) == Some(bytes), "step {at}: {name}");
        }
        let is_mixed = number == 2
            && force.iter().filter(|(name, _)| !name.contains("/.")).map(|(n, b)| (n.clone(), b.clone())).collect::<BTreeMap<_, _>>()
                != new;
        let told = problems(&folder)
            .iter()
            .any(|(_, fault)| matches!(fault, Fault::InProgress | Fault::NotInForce | Fault::Missing | Fault::Unknown));
        assert!(!is_mixed || told, "step {at}: a mixture that nobody tells");
        // The next writer ends what was begun, or there was nothing.
        drop(Writer::open(&folder).unwrap());
        let force = in_force(&folder);
        assert_eq!(&force, if number == 2 { &new } else { &old }, "step {at}");
        assert_eq!(problems(&folder), [], "step {at}");
        assert!(!Generation::read(&folder).unwrap().in_progress && !folder.join("releases/.new").exists());
        *(if number == 2 { &mut after } else { &mut before }) += 1;
        if child.success() {
            break;
        }
        at += 1;
    }
    assert!(before >= 3 && after > old.len(), "{before} steps before the release, {after} after");
}

#[cfg(unix)]
#[test]
fn a_release_killed_at_any_moment_leaves_a_whole_archive() {
    let workspace = Workspace::sample("release-kill-9", 10, 2, 14);
    released(&workspace, &["--kind", "provisional"], 0);
    let archive = archive(&workspace);
    let start = Instant::now();
    released(&workspace, &["--kind", "provisional"], 0);
    let whole = start.elapsed();
    let mut numbers = Vec::new();
    for part in 1..=12_u32 {
        let mut child = tkgd()
            .arg("release")
            .arg(workspace.folder.join("p.toml"))
            .args(["--kind", "provisional"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * part / 12);
        child.kill().unwrap();
        child.wait().unwrap();
        // A dead writer's lock holds nobody up.
        let start = Instant::now();
        drop(Writer::open(&archive).unwrap());
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!(problems(&archive), [], "killed after {part}/12 of the time");
        numbers.push(ArchiveReader::open(&archive, Selection::Published).unwrap().state(&key()).unwrap().release().unwrap().number);
    }
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_the_release_and_nothing_else() {
    let workspace = Workspace::sample("release-full", 10, 2, 15);
    let Some(small) = super::support::SmallDisk::mount("release-full-disk", 64 << 20) else { return };
    let disk = small.path();
    let text = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("archive =")).collect::<Vec<_>>().join("\n");
    let lines = lines.replace("[outputs]", &format!("[outputs]\narchive = {:?}", disk.join("kho")));
    std::fs::write(workspace.folder.join("p.toml"), lines).unwrap();
    let archive = disk.join("kho");
    released(&workspace, &["--kind", "provisional"], 0);
    let before = in_force(&archive);
    let used: u64 = files(disk).values().map(|bytes| bytes.len().next_multiple_of(4096) as u64).sum();
    let (mut failed, mut made) = (0, 0);
    // Room for a little more each time, until it is enough.
    for step in 0..40_u64 {
        let size = used + 40_000 + step * used / 24;
        small.resize(size);
        let output = release(&workspace, &["--kind", "provisional"]);
        if output.status.success() {
            made += 1;
            break;
        }
        failed += 1;
        let said = said(&output, 2);
        assert!(["đĩa đầy", "No space left", "os error 28"].iter().any(|full| said.contains(full)), "{said}");
        assert_eq!(
            in_force(&archive).into_iter().filter(|(name, _)| !name.contains("/.")).collect::<BTreeMap<_, _>>(),
            before,
            "step {step}"
        );
        assert_eq!(problems(&archive), [], "step {step}");
        assert!(!archive.join("releases/.new").exists());
    }
    assert!(failed > 3 && made == 1, "{failed} failed, {made} made");
    assert_eq!(problems(&archive), []);
    assert_eq!(ArchiveReader::open(&archive, Selection::Published).unwrap().releases().len(), 2);
}

/// A disk that is taken away at the end.
#[test]
fn two_writers_are_kept_apart() {
    let folder = scratch("release-two");
    let sample = ["sample", ".", "--years", "2", "--communes", "3", "--schools", "12"];
    assert!(tkgd().args(sample).current_dir(&folder).output().unwrap().status.success());
    let start = |term: &str| {
        let arguments = ["release", term, "--kind", "provisional"];
        tkgd().args(arguments).current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = ["dau-nam-hoc-2024.toml", "dau-nam-hoc.toml", "dau-nam-hoc-2024.toml", "dau-nam-hoc.toml"].map(start).into();
    for child in children {
        said(&child.wait_with_output().unwrap(), 0);
    }
    let archive = Pipeline::open(&folder.join("dau-nam-hoc.toml")).unwrap().archive();
    assert_eq!(problems(&archive), []);
    let numbers: Vec<u32> = ArchiveReader::open(&archive, Selection::Published).unwrap().releases().iter().map(|own| own.number).collect();
    assert_eq!(numbers, [1, 2, 1, 2]);
}
