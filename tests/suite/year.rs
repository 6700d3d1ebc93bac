//! A term lived as a department lives it, from the list of schools to the revised release: every decision binds, every figure is
//! the sum that openpyxl makes of the schools' workbooks.

use std::fs;
use std::path::{Path, PathBuf};

use super::oracle::{python, script};
use super::returned::{answered, soiled};
use super::setup::{hand_in, province, said};
use super::workspace::{book, form, schemas, values, values_of};

use tkgd::returns::Status;

const RETURNS: &str = "bieu/2025-2026/dau-nam-hoc";
const TERM: &str = "dau-nam-hoc";
const ROLE: &str = "Trưởng phòng KHTC";

/// Puts a workbook among the returns.
fn put(workspace: &Path, name: &str, bytes: &[u8]) {
    fs::write(workspace.join(RETURNS).join(name), bytes).unwrap();
}

/// A return of which the first total of the second sheet is not the sum of its parts.
fn broken(seed: u64) -> Vec<u8> {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let mut own = values_of(&book(&schemas, &form, &values(&schemas, &form, seed)));
    let total = form.layout.sheets.iter().find_map(|sheet| sheet.sums.columns.first().map(|sum| sheet.slot(0, sum.total))).unwrap();
    own.set(total, Status::Reported, own.number(total).unwrap_or_default() + 7);
    book(&schemas, &form, &own)
}

/// The copy of a school's workbook in what went back.
fn copy_of(workspace: &Path, round: &str, school: &str, file: &str) -> PathBuf {
    workspace.join("tra-lai").join(round).join(school).join(file)
}

#[test]
fn a_term_from_the_list_of_schools_to_its_revised_release() {
    let Some(python) = python() else { return };
    let workspace = province("year-lived");
    let tell = |words: &[&str], code: i32| said(&workspace, words, code);
    let run = |code: i32| tell(&["tong-hop", TERM], code);
    tell(&["bieu-trong", TERM, "--out", "bieu-trong"], 0);

    // Eleven of twelve come in: one with figures it does not know, one that does not add up, one that sends two.
    (3..=11).for_each(|index| hand_in(&workspace, &format!("T{index:02}"), index));
    put(&workspace, "T01_th.xlsx", &soiled(None, "?").0);
    put(&workspace, "T02_th.xlsx", &broken(2));
    put(&workspace, "ghi chú của xã.txt", "chưa xong".as_bytes());
    let text = run(1);
    assert!(text.contains("đã nhận 11/12 báo cáo") && text.contains("Trường Tiểu học 2 (T02") && text.lines().count() <= 41, "{text}");
    assert!(tell(&["tinh-trang", TERM], 0).contains("Trường Tiểu học 12"), "the one that is missing");

    // What is wrong goes back; one explains, one corrects, the last one comes.
    tell(&["tra-lai", TERM, "--out", "tra-lai", "--on", "20/10/2025"], 0);
    let copy = fs::read(copy_of(&workspace, "2025-10-20", "Trường Tiểu học 1", "T01_th.xlsx")).unwrap();
    put(&workspace, "T01_giai-trinh.xlsx", &answered(&copy, "đang xác minh", |line| line.contains("[unknown-value]")));
    hand_in(&workspace, "T02", 2);
    hand_in(&workspace, "T12", 12);
    let text = run(0);
    assert!(text.contains("đã nhận 12/12 báo cáo") && text.contains("2 giải trình của đơn vị chờ quyết định"), "{text}");
    let official = ["chot", TERM, "--kind", "official"];
    assert!(tell(&[&official[..2], &["--kind", "provisional"]].concat(), 0).contains("giải trình của đơn vị chưa được quyết định"));

    // One explanation is accepted; the other is rejected, goes back with the reason, and the figures come.
    let reject = ["so-theo-doi", "reject-explanations", TERM, "--all", "--by", ROLE, "--reason", "phải có số"];
    tell(&reject, 0);
    run(0);
    tell(&["tra-lai", TERM, "--out", "tra-lai", "--on", "22/10/2025", "--unit", "Trường Tiểu học 1"], 0);
    assert!(workspace.join("tra-lai/2025-10-22/Trường Tiểu học 1").is_dir());
    hand_in(&workspace, "T01", 1);
    fs::remove_file(workspace.join(RETURNS).join("T01_giai-trinh.xlsx")).unwrap();
    let text = run(0);
    assert!(text.contains("12/12") && !text.contains("chờ quyết định"), "{text}");

    // What is clean is approved at once and locked by a list; other figures of a locked return are held.
    tell(&["so-theo-doi", "approve", TERM, "--clean", "--by", ROLE], 0);
    fs::write(workspace.join("khoa.csv"), "Đơn vị\nTrường Tiểu học 3\nTrường Tiểu học 4\n").unwrap();
    tell(&["so-theo-doi", "lock", TERM, "--list", "khoa.csv", "--by", ROLE], 0);
    let locked = fs::read(workspace.join(RETURNS).join("T03_th.xlsx")).unwrap();
    hand_in(&workspace, "T03", 33);
    assert!(run(1).contains("đã nhận 11/12 báo cáo"), "the figures that were locked are not replaced in silence");
    assert!(tell(&official, 2).contains("tạm giữ"));
    put(&workspace, "T03_th.xlsx", &locked);
    run(0);
    tell(&official, 0);
    script(&python, &workspace, "year.py", &[RETURNS, "luu-tru/releases/2025-2026-opening", "CHÍNH THỨC"]);

    // A revision says why, in its papers and wherever it is named; what changed is told down to the school.
    tell(&["so-theo-doi", "reopen", TERM, "--unit", "Trường Tiểu học 3", "--by", ROLE, "--reason", "xã báo lại"], 0);
    hand_in(&workspace, "T03", 33);
    run(0);
    let reason = "Trường Tiểu học 3 nộp lại";
    tell(&["chot", TERM, "--kind", "revised", "--reason", reason], 0);
    script(&python, &workspace, "year.py", &[RETURNS, "luu-tru/releases/2025-2026-opening", "ĐIỀU CHỈNH LẦN 1"]);
    assert!(tell(&["kho", "list"], 0).contains(reason));
    let text = tell(&["so-sanh", "2025-2026-opening@2", "2025-2026-opening@3"], 0);
    assert!(text.contains("T03") && text.contains(reason), "{text}");
    let text =
        tell(&["truy-nguon", "02-TH-DN/III/37/1", "--unit", "Sở Giáo dục và Đào tạo Thanh Bình", "--against", "2025-2026-opening@2"], 0);
    assert!(text.contains("Trường Tiểu học 3") && text.contains(reason), "{text}");
    tell(&["kho", "verify"], 0);

    // The boss asks, and the next year begins.
    let text = tell(&["hoi", "học sinh lớp 1 theo xã"], 0);
    assert!(text.contains("Học sinh lớp 1") && text.contains("Phải nộp"), "{text}");
    tell(&["nam-hoc-moi"], 0);
    assert!(workspace.join("thiet-lap 2025-2026.xlsx").is_file() && workspace.join("bieu/2026-2027/dau-nam-hoc").is_dir());
    assert!(workspace.join(RETURNS).join("T12_th.xlsx").is_file(), "nothing of the old year is lost");
}
