//! Figures asked for in people's words: the right cells, the right places, nothing guessed.

use std::fs;
use std::path::Path;

use super::archive_tables::{call, drafts};
use super::oracle::{python, script};
use super::support::tkgd;

fn asked(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let whole = [&["ask", "--archive", "luu-tru", "--draft"][..], arguments].concat();
    let output = tkgd().args(whole).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn figures_asked_for_in_words_are_those_of_the_archive() {
    let Some(python) = python() else { return };
    let (archive, _) = drafts("ask-figures");
    let folder = archive.parent().unwrap();
    let answers = folder.join("answers");
    fs::create_dir(&answers).unwrap();
    let questions = [
        ("minority", "học sinh lớp 1 dân tộc thiểu số, theo xã"),
        ("girls", "bao nhiêu học sinh tiểu học nữ năm học 2024-2025?"),
        ("teachers", "giáo viên cấp tiểu học qua các năm"),
        ("large", "trường tiểu học có trên 500 học sinh"),
        ("grown", "trường có học sinh tiểu học tăng quá 0,5 %"),
        ("whole", "học sinh qua các năm"),
        ("districts", "học sinh theo huyện, các năm"),
        ("single-year", "học sinh năm học 2024"),
        ("plain", "hoc sinh lop 1 dan toc thieu so, theo xa"),
    ];
    for (name, question) in questions {
        let (code, text) = asked(folder, &[question, "--format", "json"]);
        assert_eq!(code, 0, "{question}: {text}");
        fs::write(answers.join(format!("{name}.json")), text).unwrap();
    }
    script(&python, folder, "asked.py", &["luu-tru", "answers"]);
}

#[test]
fn a_question_is_said_as_it_was_understood_with_cells_coverage_and_sql() {
    let (archive, _) = drafts("ask-said");
    let folder = archive.parent().unwrap();
    let (code, text) = asked(folder, &["học sinh lớp 1 dân tộc thiểu số, theo xã"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.starts_with("Học sinh lớp 1, dân tộc thiểu số (người); toàn tỉnh, theo xã; đầu năm học 2025-2026 (số liệu NHÁP, chưa chốt)"),
        "{text}"
    );
    assert!(text.contains("Đã nhận  Phải nộp") && text.contains("trang III mã số 40 cột 3") && text.contains("FROM cells"), "{text}");
    // The SQL that is shown gives the same answer.
    let sql = &text[text.find("WITH ").unwrap()..];
    let output = tkgd().args(["query", sql.trim(), "--archive", "luu-tru", "--draft"]).current_dir(folder).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("09")).collect::<Vec<_>>();
    assert!(!rows.is_empty() && rows.iter().all(|row| text.contains(row)), "{table}\n{text}");
    // In English, too.
    let (_, text) = asked(folder, &["girls by commune", "--lang", "en"]);
    assert!(
        text.starts_with("Girls (người), level MN, TH, THCS, THPT, GDTX; everything, by xã/phường; opening term of 2025-2026")
            && text.contains("Received"),
        "{text}"
    );
}

#[test]
fn what_is_not_understood_is_told_with_what_may_be_meant() {
    let (archive, _) = drafts("ask-unknown");
    let folder = archive.parent().unwrap();
    let hints = [
        ("xe đạp", "không có số liệu hỏi được `xe đạp`"),
        ("học sinh, Xã Không Có", "không có số liệu hỏi được"),
        ("học sinh năm học 2019-2020", "kho có các năm học: 2024-2025, 2025-2026"),
        ("học sinh 6 tuổi", "có thể là: "),
        ("học sinh lớp 13", "không có số liệu hỏi được `học sinh lớp 13`"),
        ("học sinh trên 20 %", "phần trăm chỉ hỏi được với tăng, giảm"),
        ("phòng học nữ", "không biểu nào của kỳ ghi"),
        ("", "tkgd hoi --list"),
    ];
    for (question, hint) in hints {
        let (code, text) = asked(folder, &[question]);
        assert!(code == 2 && text.contains(hint), "{question}: {text}");
    }
    let (code, text) = asked(folder, &["--list"]);
    assert!(code == 0 && text.contains("Học sinh (người)\n"), "{text}");
    let (_, text) = asked(folder, &["--list", "khuyết", "tật"]);
    assert!(text.lines().count() > 3 && text.lines().all(|line| line.to_lowercase().contains("khuyết tật")), "{text}");
}

#[test]
fn a_single_year_a_place_without_its_kind_and_words_without_marks_are_understood_or_asked_about() {
    let (archive, pipelines) = drafts("ask-short");
    let folder = archive.parent().unwrap();
    let said = |question: &str, code: i32| {
        let (found, text) = asked(folder, &[question, "--sql"]);
        assert_eq!(found, code, "{question}: {text}");
        text
    };
    // A year that may be another school year as well is answered with that doubt; one that may not, without.
    // Children of preschool have a word that begins other words.
    assert!(said("trẻ em mẫu giáo", 0).starts_with("Trẻ em mẫu giáo"));
    let text = said("học sinh năm học 2025", 0);
    assert!(text.contains("đầu năm học 2025-2026; nếu hỏi năm học kia, ghi đủ: 2024-2025"), "{text}");
    assert!(!said("học sinh năm học 2024", 0).contains("ghi đủ") && said("học sinh năm 2019", 2).contains("kho có các năm học"));
    // A name that one place has is enough; of a commune and a cluster of one name both are told.
    let answer = said("học sinh tiểu học, Xã Tân An", 0);
    assert_eq!(said("học sinh tiểu học, Tân An", 0), answer);
    let register = folder.join("danh-sach-don-vi.csv");
    let renamed = fs::read_to_string(&register).unwrap().replace("Cụm 1", "Cụm Tân An");
    fs::write(&register, renamed).unwrap();
    pipelines.iter().filter(|name| name.starts_with("dau")).for_each(|pipeline| call(folder, &["run", pipeline]));
    let text = said("học sinh tiểu học, Tân An", 2);
    assert!(text.contains("Xã Tân An (09001)") && text.contains("Cụm Tân An"), "{text}");
    assert_eq!(said("học sinh tiểu học, Xã Tân An", 0), answer);
    // Another kind of place is not taken for it, nor a boy for a year.
    said("học sinh tiểu học, Quận Tân An", 2);
    said("học sinh nam", 2);
    said("hoc sinh co so", 2);
    let text = said("hoc sinh lop 1 nu", 0);
    assert!(text.contains("hiểu là: học sinh lớp 1 nữ") && text.contains("Học sinh lớp 1, nữ"), "{text}");
}
