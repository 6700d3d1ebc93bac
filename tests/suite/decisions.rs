//! Decisions of the ledger bind: what is locked or refused, and what is released in spite of it.

use std::path::PathBuf;

use serde_json::Value;
use tkgd::ooxml::DefinedName;
use tkgd::ooxml::annotate::{Annotation, annotate};
use tkgd::returns::Status;
use tkgd::workbooks::{ReturnId, sha256};

use super::returned::first_sheet_of;
use super::support::tkgd;
use super::workspace::{Workspace, book, form, schemas, values, values_of};

const FORM: &str = "02-TH-DN";

/// Three schools of a commune, all of which have filed.
fn province(name: &str) -> Workspace {
    let mut register = "code,name,kind,levels,ownership,reports_to,forms\n09,Sở,department,,,,\n09001,Xã Tân An,commune,,,09,\n".to_owned();
    for school in 1..=3 {
        register.push_str(&format!("S{school},Trường {school},school,TH,public,09001,{FORM}\n"));
    }
    let workspace = Workspace::new(name, &register, "", "reports = [\"department\"]");
    for school in 1..=3 {
        file(&workspace, school, 0);
    }
    workspace
}

/// Puts the return of a school into the workspace, with a figure more or less.
fn file(workspace: &Workspace, school: u64, more: i64) {
    let schemas = schemas();
    let form = form(&schemas, FORM);
    let mut own = values(&schemas, &form, school);
    if more != 0 {
        own = values_of(&book(&schemas, &form, &own));
        let slot = own.slots().find(|slot| own.number(*slot).is_some_and(|number| number > 3)).unwrap();
        own.set(slot, Status::Reported, own.number(slot).unwrap() + more);
    }
    workspace.add(&format!("S{school}_{FORM}.xlsx"), &book(&schemas, &form, &own));
}

/// Puts a clean return of other figures than before into the workspace.
fn file_of(workspace: &Workspace, school: u64, seed: u64) {
    let schemas = schemas();
    let form = form(&schemas, FORM);
    workspace.add(&format!("S{school}_{FORM}.xlsx"), &book(&schemas, &form, &values(&schemas, &form, seed)));
}

fn called(workspace: &Workspace, arguments: &[&str]) -> (i32, String) {
    let output = tkgd().args(arguments).current_dir(&workspace.folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

/// Does something to the returns of a school, which must be possible.
fn act(workspace: &Workspace, action: &str, school: &str) {
    let said = ["--unit", school, "--by", "Trưởng phòng", "--reason", "theo biên bản"];
    let (code, text) = called(workspace, &[&["ledger", action, "p.toml"], &said[..]].concat());
    assert_eq!(code, 0, "{action} {school}: {text}");
}

/// Returns in the totals, and files held.
fn counted(workspace: &Workspace) -> [u64; 2] {
    let summary = workspace.summary();
    let held = summary["files"]["held"].as_u64().unwrap_or_default();
    let forms = summary["forms"].as_array().unwrap();
    let own = forms.iter().find(|form| form["form"].as_str().unwrap().ends_with(FORM)).unwrap();
    [own["received"].as_u64().unwrap(), held]
}

#[test]
fn other_figures_of_a_locked_return_are_held_until_it_is_reopened() {
    let workspace = province("decisions-locked");
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "lock", "S1");
    assert_eq!(counted(&workspace), [3, 0], "the locked figures count");
    file(&workspace, 1, 1);
    for _ in 0..2 {
        assert_eq!(counted(&workspace), [2, 1], "other figures do not, however often it is run");
    }
    let (_, text) = called(&workspace, &["run", "p.toml"]);
    assert!(text.contains("đã khóa 1") || text.contains("đã khóa") && text.contains("khác bản đã khóa"), "{text}");
    file(&workspace, 1, 0);
    assert_eq!(counted(&workspace), [3, 0], "the figures that were locked count again");
    file(&workspace, 1, 1);
    act(&workspace, "request-unlock", "S1");
    assert_eq!(counted(&workspace), [2, 1], "a wish opens nothing");
    act(&workspace, "unlock", "S1");
    assert_eq!(counted(&workspace), [3, 0]);
}

#[test]
fn a_return_locked_unseen_takes_nothing_and_a_refused_one_waits_for_other_figures() {
    let workspace = province("decisions-refused");
    std::fs::remove_file(workspace.folder.join(format!("bieu/S3_{FORM}.xlsx"))).unwrap();
    assert_eq!(counted(&workspace), [2, 0]);
    act(&workspace, "lock", "S3");
    file(&workspace, 3, 0);
    assert_eq!(counted(&workspace), [2, 1]);
    act(&workspace, "reopen", "S3");
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "refuse", "S2");
    assert_eq!(counted(&workspace), [2, 1]);
    file(&workspace, 2, 2);
    assert_eq!(counted(&workspace), [3, 0]);
    // Figures that were refused stay so, whatever came between and however they come.
    file(&workspace, 2, 0);
    assert_eq!(counted(&workspace), [2, 1], "the refused figures again");
    std::fs::remove_file(workspace.folder.join(format!("bieu/S2_{FORM}.xlsx"))).unwrap();
    assert_eq!(counted(&workspace), [2, 0]);
    file(&workspace, 2, 0);
    assert_eq!(counted(&workspace), [2, 1], "and once more after they were gone");
    let other = std::fs::read(workspace.folder.join(format!("bieu/S2_{FORM}.xlsx"))).unwrap();
    file(&workspace, 2, 2);
    workspace.add("S2_bi-tu-choi.xlsx", &other);
    for _ in 0..2 {
        assert_eq!(counted(&workspace), [3, 1], "beside a correction the refused file does nothing, however often it is run");
    }
}

#[test]
fn a_release_in_which_a_correction_comes_in_is_made_again_byte_for_byte() {
    let workspace = province("decisions-rebuild");
    workspace.run();
    act(&workspace, "refuse", "S1");
    act(&workspace, "return", "S2");
    let refused = std::fs::read(workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"))).unwrap();
    file(&workspace, 1, 1);
    file(&workspace, 2, 1);
    workspace.add("S1_bi-tu-choi.xlsx", &refused);
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "provisional"]);
    assert!(code < 2 && !text.contains("trả lại để sửa"), "{text}");
    let (code, text) = called(&workspace, &["archive", "rebuild", "2025-2026-opening@1"]);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn an_approval_is_of_the_figures_that_were_approved() {
    let workspace = province("decisions-approved");
    workspace.run();
    assert_eq!(called(&workspace, &["ledger", "approve", "p.toml", "--clean", "--by", "Trưởng phòng"]).0, 0);
    let pipeline = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    std::fs::write(&pipeline, format!("{text}\n[release]\nblocking = [\"unapproved\"]\n")).unwrap();
    file_of(&workspace, 3, 30);
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "official"]);
    assert!(code == 2 && text.contains("1 báo cáo chưa duyệt"), "{text}");
    assert!(called(&workspace, &["run", "p.toml"]).1.contains("bản mới khác bản đã duyệt 1"));
    file(&workspace, 3, 0);
    assert!(!called(&workspace, &["run", "p.toml"]).1.contains("bản mới khác bản đã duyệt"));
    assert!(called(&workspace, &["release", "p.toml", "--kind", "official"]).0 < 2);
}

#[test]
fn status_and_run_agree_about_what_is_in_when_a_file_is_gone_and_back() {
    let workspace = province("decisions-gone");
    let state = |unit: &str| {
        let (_, text) = called(&workspace, &["status", "p.toml", "--format", "json"]);
        let status: Value = serde_json::from_str(&text).unwrap();
        let row = status["returns"].as_array().unwrap().iter().find(|row| row["unit"] == unit).unwrap().clone();
        row["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((counted(&workspace), state("S2").as_str()), ([3, 0], "received"));
    let path = workspace.folder.join(format!("bieu/S2_{FORM}.xlsx"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((counted(&workspace), state("S2").as_str()), ([2, 0], "expected"));
    std::fs::write(&path, bytes).unwrap();
    assert_eq!((counted(&workspace), state("S2").as_str()), ([3, 0], "received"));
}

#[test]
fn a_release_names_what_blocks_it_and_keeps_the_reason_of_whoever_passes_it_over() {
    let workspace = province("decisions-release");
    workspace.run();
    act(&workspace, "return", "S1");
    act(&workspace, "refuse", "S2");
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "official"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("1 báo cáo đã trả lại để sửa") && text.contains("--despite"), "{text}");
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "provisional"]);
    assert!(code < 2 && text.contains("1 báo cáo đã trả lại để sửa") && text.contains("báo cáo chưa duyệt"), "{text}");
    let reason = "Bộ yêu cầu nộp trong ngày";
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "official", "--despite", reason]);
    assert!(code < 2, "{text}");
    let package = workspace.folder.join("archive/releases/2025-2026-opening/2/datapackage.json");
    let found = std::fs::read_to_string(&package).unwrap_or_else(|_| every_package(&workspace));
    assert!(found.contains(reason) && found.contains("\"returned\""), "{found}");
    // What blocks is the pipeline's to say.
    let pipeline = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    std::fs::write(&pipeline, format!("{text}\n[release]\nblocking = [\"mising\"]\n")).unwrap();
    let (code, said) = called(&workspace, &["release", "p.toml", "--kind", "revised", "--reason", "x"]);
    assert!(code == 2 && said.contains("missing"), "{said}");
}

/// The descriptions of all releases.
fn every_package(workspace: &Workspace) -> String {
    let packages = super::workspace::files(&workspace.folder.join("archive/releases"));
    let packages = packages.into_iter().filter(|(name, _)| name.ends_with("datapackage.json"));
    packages.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
}

#[test]
fn all_clean_returns_are_approved_at_once_and_no_other() {
    let workspace = province("decisions-clean");
    let schemas = schemas();
    let form = form(&schemas, FORM);
    // A return whose total is not the sum of its parts.
    let mut own = values_of(&book(&schemas, &form, &values(&schemas, &form, 2)));
    let total = form.layout.sheets.iter().find_map(|sheet| sheet.sums.columns.first().map(|sum| sheet.slot(0, sum.total))).unwrap();
    own.set(total, Status::Reported, own.number(total).unwrap_or_default() + 7);
    workspace.add(&format!("S2_{FORM}.xlsx"), &book(&schemas, &form, &own));
    workspace.run();
    let (code, text) = called(&workspace, &["ledger", "approve", "p.toml", "--clean", "--by", "Trưởng phòng"]);
    assert_eq!(code, 0, "{text}");
    let (_, text) = called(&workspace, &["status", "p.toml", "--format", "json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    let states: Vec<String> = status["returns"].as_array().unwrap().iter().map(|row| format!("{} {}", row["unit"], row["state"])).collect();
    assert_eq!(states, ["\"S1\" \"approved\"", "\"S2\" \"received\"", "\"S3\" \"approved\""]);
}

#[test]
fn a_unit_is_told_by_its_name_and_candidates_are_named_where_it_is_not_plain() {
    let workspace = province("decisions-names");
    workspace.run();
    let lock = |unit: &str| called(&workspace, &["ledger", "lock", "p.toml", "--unit", unit, "--by", "Trưởng phòng"]);
    assert_eq!(lock("trường 2"), (0, "Đã ghi 1 dòng vào sổ theo dõi\n".to_owned()));
    let (code, text) = lock("Trường");
    assert!(code == 2 && text.contains("Trường 1 (S1, Xã Tân An); Trường 2 (S2, Xã Tân An)"), "{text}");
    let (code, text) = lock("Xã Phù Vân");
    assert!(code == 2 && text.contains("Xã Phù Vân"), "{text}");
    // Two schools of one name are told apart by their codes.
    let register = workspace.folder.join("reg.csv");
    let text = std::fs::read_to_string(&register).unwrap();
    std::fs::write(&register, text.replace("S3,Trường 3", "S3,Trường 1")).unwrap();
    let (code, text) = lock("Trường 1");
    assert!(code == 2 && text.contains("(S1, Xã Tân An)") && text.contains("(S3, Xã Tân An)"), "{text}");
}

#[test]
fn a_locked_return_whose_file_is_gone_is_told_with_its_lock() {
    let workspace = province("decisions-locked-gone");
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "lock", "S1");
    std::fs::remove_file(workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"))).unwrap();
    std::fs::remove_file(workspace.folder.join(format!("bieu/S2_{FORM}.xlsx"))).unwrap();
    let answer = called(&workspace, &["run", "p.toml", "--format", "json"]).1;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    // One is missing, the other one was there and locked; both stand among the causes with the names of their units.
    let causes = answer["causes"].as_array().unwrap();
    let of = |rule: &str| -> Vec<&Value> { causes.iter().filter(|cause| cause["rule"] == rule).collect() };
    let (gone, missing) = (of("locked-return-gone"), of("submission-missing"));
    assert_eq!((gone.len(), missing.len()), (1, 1), "{causes:#?}");
    assert_eq!(
        (&gone[0]["location"]["unit"], &gone[0]["location"]["unit_name"], &gone[0]["severity"]),
        (&"S1".into(), &"Trường 1".into(), &"error".into())
    );
    assert_eq!(missing[0]["location"]["unit"], "S2");
    let message = gone[0]["message"].as_str().unwrap();
    assert!(message.contains("đã khóa") && message.contains("Trưởng phòng"), "{message}");
    // Opened again it is missing like any other.
    act(&workspace, "reopen", "S1");
    let (_, text) = called(&workspace, &["run", "p.toml", "--all"]);
    assert!(!text.contains("locked-return-gone") && text.matches("chưa nhận được biểu").count() == 2, "{text}");
}

#[test]
fn a_decision_about_a_form_that_nobody_owes_or_sent_is_refused() {
    let workspace = province("decisions-not-owed");
    assert_eq!(counted(&workspace), [3, 0]);
    let lock = |more: &[&str]| called(&workspace, &[&["ledger", "lock", "p.toml", "--by", "Trưởng phòng"][..], more].concat());
    let (code, text) = lock(&["--unit", "S1", "--form", "03-THCS-DN"]);
    assert!(code == 2 && text.contains("không phải nộp biểu") && text.contains("các biểu phải nộp: 02-TH-DN"), "{text}");
    std::fs::write(workspace.folder.join("khoa.csv"), "Đơn vị;Biểu\nS1;02-TH-DN\nS2;03-THCS-DN\n").unwrap();
    let (code, text) = lock(&["--list", "khoa.csv"]);
    assert!(code == 2 && text.contains("dòng 3") && !text.contains("dòng 2"), "{text}");
    assert!(called(&workspace, &["ledger", "history", "p.toml"]).1.matches("Khóa").count() == 0);
    // What was sent although nobody owes it is there to be decided about.
    let bytes = std::fs::read(workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"))).unwrap();
    workspace.add(&format!("09001_{FORM}.xlsx"), &bytes);
    workspace.run();
    assert_eq!(lock(&["--unit", "S1", "--form", FORM]).0, 0);
}

/// A school's workbook of other figures, sent as the corrected copy of another file.
fn correction(seed: u64, of: &[u8]) -> Vec<u8> {
    let schemas = schemas();
    let form = form(&schemas, FORM);
    let value = ReturnId::new("S1", &form.id, &sha256(of), &[]).to_string();
    let name = DefinedName { name: "tkgd_return".to_owned(), value };
    let annotation = Annotation { marks: Vec::new(), errors: None, name, author: "tkgd".to_owned() };
    annotate(&book(&schemas, &form, &values(&schemas, &form, seed)), &annotation).unwrap()
}

/// The first school has sent a file and its correction; `made` makes its file of the whole workbook.
fn corrected(name: &str, made: fn(&[u8]) -> Vec<u8>) -> Workspace {
    let workspace = province(name);
    let old = std::fs::read(workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"))).unwrap();
    workspace.add(&format!("S1_{FORM} sua.xlsx"), &made(&correction(40, &old)));
    workspace
}

/// Puts one more file of the first school into the workspace, of other figures; gives its path.
fn add_other(workspace: &Workspace) -> PathBuf {
    let schemas = schemas();
    let form = form(&schemas, FORM);
    let name = format!("S1_{FORM} khac.xlsx");
    workspace.add(&name, &book(&schemas, &form, &values(&schemas, &form, 90)));
    workspace.folder.join("bieu").join(name)
}

/// How often a rule failed in the last run.
fn fails(workspace: &Workspace, rule: &str) -> usize {
    workspace.findings().iter().filter(|finding| finding["rule"] == rule && finding["verdict"] == "fail").count()
}

/// What the status tells: sums over all returns, and the return of a school.
fn status(workspace: &Workspace, unit: &str) -> (Value, Value) {
    let (_, text) = called(workspace, &["status", "p.toml", "--format", "json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    let row = status["returns"].as_array().unwrap().iter().find(|row| row["unit"] == unit).unwrap().clone();
    (status["counts"].clone(), row)
}

#[test]
fn a_file_that_the_locked_return_corrects_stays_replaced() {
    let workspace = corrected("decisions-lock-corrected", <[u8]>::to_vec);
    let replaced = || workspace.summary()["files"]["replaced"].as_u64().unwrap();
    assert_eq!((counted(&workspace), replaced()), ([3, 0], 1));
    act(&workspace, "approve", "S1");
    act(&workspace, "lock", "S1");
    assert_eq!((counted(&workspace), replaced(), fails(&workspace, "locked-return")), ([3, 0], 1, 0));
    let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "official"]);
    assert!(code < 2, "{text}");
    // Figures that would take the place of the locked ones are held, and they alone.
    add_other(&workspace);
    assert_eq!((counted(&workspace), replaced(), fails(&workspace, "locked-return")), ([3, 1], 1, 1));
    let held = workspace.findings().into_iter().find(|finding| finding["rule"] == "locked-return").unwrap();
    assert!(held["file"].as_str().unwrap().ends_with("khac.xlsx"), "{held}");
    assert_eq!(fails(&workspace, "locked-return-gone"), 0);
}

#[test]
fn a_decision_is_about_the_figures_that_several_files_make_together() {
    let workspace = corrected("decisions-lock-joined", first_sheet_of);
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "lock", "S1");
    for _ in 0..2 {
        assert_eq!(counted(&workspace), [3, 0], "a correction of one sheet with what it takes over");
    }
    // A third file does not push them out.
    let other = add_other(&workspace);
    assert_eq!(counted(&workspace), [3, 1]);
    std::fs::remove_file(other).unwrap();
    act(&workspace, "unlock", "S1");
    assert_eq!(counted(&workspace), [3, 0]);
    let workspace = corrected("decisions-refuse-joined", first_sheet_of);
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "refuse", "S1");
    assert_eq!(counted(&workspace), [2, 2], "refused figures are in no total, however many files they come from");
}

#[test]
fn a_refused_file_that_was_corrected_is_replaced() {
    let workspace = province("decisions-refused-corrected");
    let old = std::fs::read(workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"))).unwrap();
    workspace.run();
    act(&workspace, "refuse", "S1");
    assert_eq!(counted(&workspace), [2, 1]);
    workspace.add(&format!("S1_{FORM} sua.xlsx"), &correction(40, &old));
    assert_eq!((counted(&workspace), fails(&workspace, "refused-return")), ([3, 0], 0));
}

#[test]
fn run_status_and_release_agree_about_a_locked_return_that_is_gone() {
    let workspace = province("decisions-gone-everywhere");
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "approve", "S2");
    act(&workspace, "lock", "S1");
    let agree = |received: u64, errors: u64| {
        assert_eq!(counted(&workspace)[0], received);
        let summary = workspace.summary();
        let (counts, row) = status(&workspace, "S1");
        assert_eq!((&summary["errors"], &counts["open"], &row["errors_open"]), (&errors.into(), &errors.into(), &errors.into()));
        assert_eq!((&counts["received"], &counts["missing"]), (&received.into(), &(3 - received).into()), "{counts}");
        assert_eq!(counts["on_time"].as_u64().unwrap() + counts["late"].as_u64().unwrap(), received, "{counts}");
        let (code, text) = called(&workspace, &["release", "p.toml", "--kind", "provisional", "--format", "json"]);
        let told: Value = serde_json::from_str(&text).unwrap_or_else(|problem| panic!("{code} {problem}: {text}"));
        let points = told["checklist"].as_array().unwrap();
        let point = |id: &str| points.iter().find(|point| point["id"] == id).map_or(0, |point| point["how_many"].as_u64().unwrap());
        assert_eq!((point("errors"), point("missing")), (errors, 3 - received), "{points:?}");
        row
    };
    agree(3, 0);
    let path = workspace.folder.join(format!("bieu/S1_{FORM}.xlsx"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let row = agree(2, 1);
    assert_eq!((&row["state"], &row["is_received"], &row["timing"]), (&"locked".into(), &false.into(), &"overdue".into()));
    assert_eq!((fails(&workspace, "locked-return-gone"), fails(&workspace, "submission-missing")), (1, 0));
    // Another file in its place is held, and the locked figures are gone all the same.
    file(&workspace, 1, 1);
    let row = agree(2, 2);
    assert_eq!((&row["is_received"], &row["is_held"]), (&false.into(), &true.into()));
    assert_eq!((fails(&workspace, "locked-return-gone"), fails(&workspace, "locked-return")), (1, 1));
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(agree(3, 0)["is_received"], true);
    // An approved return and one that nobody has decided about are missing like that too.
    for school in [2, 3] {
        std::fs::remove_file(workspace.folder.join(format!("bieu/S{school}_{FORM}.xlsx"))).unwrap();
    }
    assert_eq!(counted(&workspace), [1, 0]);
    let (counts, row) = status(&workspace, "S2");
    assert_eq!((&counts["received"], &counts["missing"], &counts["overdue"]), (&1.into(), &2.into(), &2.into()), "{counts}");
    assert_eq!(row["is_received"], false);
}

#[test]
fn a_term_of_which_nothing_came_in_is_never_official() {
    let workspace = province("decisions-nothing");
    for school in 1..=3 {
        std::fs::remove_file(workspace.folder.join(format!("bieu/S{school}_{FORM}.xlsx"))).unwrap();
    }
    let pipeline = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    for more in ["", "[release]\nblocking = []\n"] {
        std::fs::write(&pipeline, format!("{text}\n{more}")).unwrap();
        for reason in [&[][..], &["--despite", "Bộ yêu cầu nộp trong ngày"]] {
            let (code, said) = called(&workspace, &[&["release", "p.toml", "--kind", "official"], reason].concat());
            assert!(code == 2 && said.contains("chưa nhận được báo cáo nào"), "{code} {said}");
        }
    }
    assert!(!workspace.folder.join("archive/releases/2025-2026-opening").exists());
    let (code, said) = called(&workspace, &["release", "p.toml", "--kind", "provisional"]);
    assert!(code < 2 && said.contains("chưa nhận được báo cáo nào"), "{said}");
    // One return is enough.
    file(&workspace, 1, 0);
    let (code, said) = called(&workspace, &["release", "p.toml", "--kind", "official"]);
    assert!(code < 2 && !said.contains("chưa nhận được báo cáo nào"), "{said}");
}

#[test]
fn no_reason_passes_over_figures_that_are_other_than_the_locked_ones() {
    let workspace = province("decisions-lock-blocks");
    assert_eq!(counted(&workspace), [3, 0]);
    act(&workspace, "lock", "S1");
    act(&workspace, "refuse", "S2");
    let official = ["release", "p.toml", "--kind", "official", "--despite", "Bộ yêu cầu nộp trong ngày"];
    let other = add_other(&workspace);
    let (code, text) = called(&workspace, &official);
    assert!(code == 2 && text.contains("còn 1 lỗi"), "the locked figures count, and another file waits: {text}");
    std::fs::remove_file(other).unwrap();
    // Refused figures are in no total by decision: a point that a reason passes over, and no open error.
    let (code, text) = called(&workspace, &official);
    assert!(code < 2 && text.contains("lỗi còn mở: 0") && text.contains("1 báo cáo bị từ chối"), "{text}");
}
