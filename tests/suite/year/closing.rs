//! The closing term of the year: blank forms with the opening figures, mistakes against them, the release.

use std::path::PathBuf;

use super::province::{CLOSING, OPENING, School};
use super::sheets::{Typed, number};
use super::{Book, ROLE, TOP, Year, counted};
use crate::oracle::script;

/// Cells of the sheet of pupils in a closing form: start of the year and its end, whole.
const START: &str = "E5";
const END: &str = "E37";

/// May: blank forms are handed out with the opening figures, come back, are put right and released.
pub fn the_year_closes(year: &Year) {
    let province = &year.province;
    year.tell(&["bieu-trong", CLOSING, "--out", "bieu-trong-cuoi"], 0);
    let opening = province.list_of_books(OPENING, |school| counted(year, school, true));
    let rows = ["DL008=37", "DL009=40", "DL013=44"];
    script(&year.python, &province.workspace, "year.py", &[&["shown", opening.to_str().unwrap(), "bieu-trong-cuoi"], &rows[..]].concat());
    let wrong = wrong_returns(year);
    for school in &province.schools {
        let right = province.filled(school, CLOSING, "bieu-trong-cuoi");
        let mistake = wrong.iter().find(|own| own.school.code == school.code);
        if let Some(bytes) = mistake.map_or(Some(right), |own| own.bytes.clone()) {
            province.put(CLOSING, &school.file(CLOSING), &bytes);
        }
    }
    let text = year.tell(&["tong-hop", CLOSING], 1);
    assert!(text.contains("02.CN-TH") || text.contains("CN-TH"), "{text}");
    let found = province.findings(CLOSING);
    for Wrong { school, rule, cell, .. } in &wrong {
        let is_told = |finding: &&serde_json::Value| {
            finding["rule"] == *rule && finding["verdict"] == "fail" && (cell.is_empty() || finding["cell"] == *cell)
        };
        let is_of_school = |finding: &serde_json::Value| {
            finding["unit"] == school.code || finding["file"].as_str().is_some_and(|file| file.contains(&school.code))
        };
        let told: Vec<String> = found.iter().filter(|f| is_of_school(f)).map(|f| format!("{} {}", f["rule"], f["cell"])).collect();
        assert!(found.iter().filter(is_told).any(is_of_school), "{rule} of {} at {cell}; told are {told:?}", school.code);
    }
    corrected(year, &wrong);
    compared(year);
}

/// A school's wrong return, if it sends one, and what must be said of it.
struct Wrong<'a> {
    school: &'a School,
    bytes: Option<Vec<u8>>,
    rule: &'static str,
    cell: &'static str,
}

/// A start that is not the opening's, an end that does not follow from it, the opening's book once more, nothing.
fn wrong_returns(year: &Year) -> Vec<Wrong<'_>> {
    let province = &year.province;
    let [start, end, old, none] = &province.schools[..4] else { panic!("{} schools", province.schools.len()) };
    let typed = |school: &School, cell: &str| {
        let truth = number(&province.truth(school, CLOSING), "III", cell);
        Book::open(&province.own_book(school, CLOSING)).put("III", cell, &Typed::Number(truth + 3.0)).save()
    };
    vec![
        Wrong { school: start, bytes: Some(typed(start, START)), rule: "closing-start", cell: START },
        Wrong { school: end, bytes: Some(typed(end, END)), rule: "closing-balance", cell: END },
        Wrong { school: old, bytes: Some(province.filled(old, OPENING, "bieu-trong")), rule: "wrong-term", cell: "" },
        Wrong { school: none, bytes: None, rule: "submission-missing", cell: "" },
    ]
}

/// What is wrong goes back and comes right; then the term is official, each figure the sum of the schools' books.
fn corrected(year: &Year, wrong: &[Wrong<'_>]) {
    let province = &year.province;
    assert!(year.tell(&["chot", CLOSING, "--kind", "official"], 2).contains("lỗi"));
    year.tell(&["tra-lai", CLOSING, "--out", "tra-lai", "--on", "10/06/2026"], 0);
    for own in wrong {
        province.put(CLOSING, &own.school.file(CLOSING), &province.filled(own.school, CLOSING, "bieu-trong-cuoi"));
    }
    let text = year.tell(&["tong-hop", CLOSING], 0);
    assert!(text.contains("0 lỗi, 0 cần giải trình"), "{text}");
    year.tell(&["so-theo-doi", "approve", CLOSING, "--clean", "--by", ROLE], 0);
    year.tell(&["chot", CLOSING, "--kind", "official"], 0);
    year.every_figure(CLOSING, "CHÍNH THỨC", |school| -> PathBuf { province.book_path(school, CLOSING) });
}

/// Both terms of the year beside each other, and where a closing figure comes from.
fn compared(year: &Year) {
    let province = &year.province;
    let opening = province.list_of_books(OPENING, |school| counted(year, school, true));
    let closing = province.list_of_books(CLOSING, |school| province.book_path(school, CLOSING));
    let workbook = "luu-tru/releases/2025-2026-closing/r001-official/reports/so-sanh_Chính thức.xlsx";
    let beside = ["beside", opening.to_str().unwrap(), closing.to_str().unwrap(), workbook, "37", "DL038"];
    script(&year.python, &province.workspace, "year.py", &beside);
    let pupils: f64 =
        province.schools.iter().filter(|own| own.level == "TH").map(|own| number(&province.truth(own, CLOSING), "III", START)).sum();
    let text = year.tell(&["truy-nguon", "02-TH-CN/III/DL008/1", "--unit", TOP], 0);
    let (thousands, rest) = ((pupils / 1000.0).floor(), pupils % 1000.0);
    assert!(text.contains(&format!("{TOP} (S01): {thousands}.{rest:03}")), "{text}");
    let text = year.tell(&["kho", "list"], 0);
    assert!(text.contains("2025-2026-opening") && text.contains("2025-2026-closing"), "{text}");
    year.tell(&["kho", "verify"], 0);
}
