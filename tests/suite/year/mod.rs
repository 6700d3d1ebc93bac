//! A school year lived as a department lives it, from the list of schools to the next September: every decision binds, every
//! figure is the sum that openpyxl makes of the schools' own books.

mod closing;
mod mistakes;
mod province;
mod sheets;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use self::mistakes::{Desk, MISTAKES, Mending, Mistake, OF_KINDERGARTENS, Place};
pub use self::province::{CLOSING, LIST, OPENING, Province, School};
pub use self::sheets::{Book, Typed, number};
use super::oracle::{python, script};
use super::returned::answered;
use super::setup::said;
use super::support::read;
use super::workspace::{book, form, schemas, values};

const ROLE: &str = "Trưởng phòng KHTC";
const TOP: &str = "Sở Giáo dục và Đào tạo Thanh Bình";
/// Schools that make no mistake: one is late, one sends other figures first, two are asked nothing.
const CLEAN: usize = 4;

/// A year with those who live it.
struct Year {
    python: String,
    province: Province,
}

impl Year {
    fn tell(&self, words: &[&str], code: i32) -> String {
        self.province.tell(words, code)
    }

    fn run(&self, code: i32) -> String {
        self.tell(&["tong-hop", OPENING], code)
    }

    fn chot(&self, kind: &[&str], code: i32) -> String {
        self.tell(&[&["chot", OPENING, "--kind"], kind].concat(), code)
    }

    /// Schools with their mistakes.
    fn mistaken(&self) -> Vec<(&School, &'static Mistake)> {
        let of = |level: &str, mistakes: &'static [Mistake]| {
            let own: Vec<&School> = self.province.schools.iter().filter(|school| school.level == level).collect();
            assert!(own.len() >= mistakes.len() + usize::from(level == "TH") * CLEAN, "{level}: {} schools", own.len());
            own.into_iter().zip(mistakes).collect::<Vec<_>>()
        };
        [of("TH", MISTAKES), of("MN", OF_KINDERGARTENS)].concat()
    }

    /// Primary schools that make no mistake.
    fn clean(&self) -> Vec<&School> {
        let primary: Vec<&School> = self.province.schools.iter().filter(|school| school.level == "TH").collect();
        primary[MISTAKES.len()..].to_vec()
    }

    fn desk<'a>(&'a self, school: &'a School) -> Desk<'a> {
        Desk { province: &self.province, school, other: self.clean()[0], truth: self.province.truth(school, OPENING) }
    }

    /// The school whose first figures are corrected after they were official.
    fn revised(&self) -> &School {
        self.clean()[1]
    }

    /// The school that is late.
    fn late(&self) -> &School {
        self.clean()[2]
    }

    /// Every figure of the department's workbooks of the newest release against the books with the figures that count.
    fn every_figure(&self, term: &str, state: &str, file_of: impl Fn(&School) -> PathBuf) {
        let list = self.province.list_of_books(term, file_of);
        let release = format!("luu-tru/releases/2025-2026-{}", if term == OPENING { "opening" } else { "closing" });
        script(&self.python, &self.province.workspace, "year.py", &["sums", list.to_str().unwrap(), &release, state]);
    }
}

#[test]
fn a_school_year_from_its_list_of_schools_to_the_next_september() {
    let Some(python) = python() else { return };
    let (primary, kindergartens) = (MISTAKES.len() + CLEAN, OF_KINDERGARTENS.len() + 1);
    let year = Year { python, province: Province::new("year-lived", primary, kindergartens) };
    let init = ["khoi-tao", "thong-ke", "--province", "Thanh Bình", "--year", "2025-2026", "--from", LIST];
    let text = said(&year.province.folder, &init, 0);
    assert!(text.contains(&format!("Biểu phải nộp của {} đơn vị", primary + kindergartens)), "{text}");
    year.tell(&["bieu-trong", OPENING, "--out", "bieu-trong"], 0);
    returns_come_in(&year);
    everything_wrong_is_told(&year);
    what_goes_back_comes_corrected(&year);
    explanations_are_decided(&year);
    what_is_locked_stays(&year);
    a_revision_says_why(&year);
    closing::the_year_closes(&year);
    the_next_year_begins(&year);
}

/// October: what schools hand in.
fn returns_come_in(year: &Year) {
    let province = &year.province;
    for (school, mistake) in year.mistaken() {
        for sent in (mistake.make)(&year.desk(school)) {
            let name = if sent.name.is_empty() { school.file(OPENING) } else { sent.name };
            province.put(OPENING, &name, &sent.bytes);
        }
    }
    for school in province.schools.iter().filter(|own| year.mistaken().iter().all(|(mistaken, _)| mistaken.code != own.code)) {
        province.put(OPENING, &school.file(OPENING), &province.filled(school, OPENING, "bieu-trong"));
    }
    // One school's figures agree with each other and are not its own; another one is late.
    let (schemas, revised) = (schemas(), year.revised());
    let form = form(&schemas, "02-TH-DN");
    province.put(OPENING, &revised.file(OPENING), &book(&schemas, &form, &values(&schemas, &form, 33)));
    province.take_away(OPENING, &year.late().file(OPENING));
    province.put(OPENING, "ghi chú của xã.txt", "chưa xong".as_bytes());
}

/// Whether a finding is the one that a mistake must bring.
fn is_told(finding: &Value, desk: &Desk<'_>, mistake: &Mistake, names: &[String]) -> bool {
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    let is_of_file = names.iter().any(|name| text("file").ends_with(&format!("/{name}")));
    let is_there = match mistake.place {
        Place::File => true,
        Place::Sheet(sheet) => text("file_sheet") == sheet,
        Place::Cell(sheet, cell) => (text("file_sheet"), text("cell")) == (sheet, cell),
        Place::OwnCell(row) => (text("file_sheet"), text("cell")) == ("III", desk.own_cell(row).as_str()),
    };
    text("rule") == mistake.rule && text("verdict") == "fail" && is_of_file && is_there
}

fn everything_wrong_is_told(year: &Year) {
    let text = year.run(1);
    assert!(text.lines().count() <= 41, "{text}");
    let found = year.province.findings(OPENING);
    let mut untold = Vec::new();
    for (school, mistake) in year.mistaken() {
        let desk = year.desk(school);
        let name = |sent: mistakes::Sent| if sent.name.is_empty() { school.file(OPENING) } else { sent.name };
        let names: Vec<String> = (mistake.make)(&desk).into_iter().map(name).collect();
        if !found.iter().any(|finding| is_told(finding, &desk, mistake, &names)) {
            let is_near = |finding: &&Value| names.iter().any(|name| finding["file"].as_str().is_some_and(|file| file.ends_with(name)));
            let near: Vec<String> =
                found.iter().filter(is_near).map(|f| format!("{} {} {}", f["rule"], f["file_sheet"], f["cell"])).collect();
            untold.push(format!("{} ({}): {} is not told; told are {near:?}", mistake.name, school.code, mistake.rule));
        }
    }
    assert!(untold.is_empty(), "{}", untold.join("\n"));
    // Schools without a mistake are asked nothing.
    let clean: Vec<&str> = year.clean().iter().map(|school| school.code.as_str()).collect();
    let asked = found.iter().filter(|f| f["severity"] != "warning" && f["verdict"] == "fail" && f["rule"] != "submission-missing");
    let asked: Vec<String> = asked.filter(|f| clean.contains(&f["unit"].as_str().unwrap_or_default())).map(Value::to_string).collect();
    assert!(asked.is_empty(), "{asked:#?}");
    assert!(year.tell(&["tinh-trang", OPENING, "--all"], 0).contains(&year.late().name), "the one that is missing");
}

/// What is wrong goes back; schools correct it in the copy, or send a file of their own.
fn what_goes_back_comes_corrected(year: &Year) {
    let province = &year.province;
    year.tell(&["tra-lai", OPENING, "--out", "tra-lai", "--on", "20/10/2025"], 0);
    for (school, mistake) in year.mistaken() {
        let (desk, usual) = (year.desk(school), school.file(OPENING));
        match mistake.mending {
            Mending::InTheCopy => {
                let copy = Book::open(&province.copy_of("2025-10-20", &usual)).fill(&desk.truth);
                province.put(OPENING, &format!("{}_đã sửa.xlsx", school.code), &copy.save());
            }
            Mending::Explained => {
                let copy = province.copy_of("2025-10-20", &usual);
                let line = |line: &str| line.contains("[unknown-value]");
                province.put(OPENING, &format!("{}_giải trình.xlsx", school.code), &answered(&copy, "đang xác minh", line));
            }
            Mending::Anew => {
                (mistake.make)(&desk).iter().filter(|sent| !sent.name.is_empty()).for_each(|sent| province.take_away(OPENING, &sent.name));
                province.put(OPENING, &usual, &province.filled(school, OPENING, "bieu-trong"));
            }
        }
    }
    province.take_away(OPENING, "ghi chú của xã.txt");
    let late = year.late();
    province.put(OPENING, &late.file(OPENING), &province.filled(late, OPENING, "bieu-trong"));
    let text = year.run(0);
    let all = province.schools.iter().filter(|school| school.level == "TH").count();
    assert!(text.contains(&format!("đã nhận {all}/{all} báo cáo")) && text.contains("2 giải trình của đơn vị chờ quyết định"), "{text}");
    assert!(text.contains("0 lỗi"), "{text}");
    assert!(year.chot(&["provisional"], 0).contains("giải trình của đơn vị chưa được quyết định"));
}

/// One explanation is accepted; the other is rejected, goes back with the reason, and the figure comes.
fn explanations_are_decided(year: &Year) {
    let province = &year.province;
    let explained: Vec<&School> =
        year.mistaken().into_iter().filter(|(_, mistake)| mistake.mending == Mending::Explained).map(|(school, _)| school).collect();
    let [accepted, rejected] = explained[..] else { panic!("{explained:?}") };
    year.tell(&["so-theo-doi", "accept-explanations", OPENING, "--unit", &accepted.code, "--by", ROLE], 0);
    let reject = ["so-theo-doi", "reject-explanations", OPENING, "--all", "--by", ROLE, "--reason", "phải có số"];
    year.tell(&reject, 0);
    let text = year.run(0);
    assert!(!text.contains("chờ quyết định"), "{text}");
    year.tell(&["tra-lai", OPENING, "--out", "tra-lai", "--on", "22/10/2025", "--unit", &rejected.name], 0);
    assert!(!province.workspace.join("tra-lai/2025-10-22").join(&accepted.name).exists(), "what is accepted is not asked again");
    // The file that explained has the figures of the one before, which goes back once more.
    let copy = Book::open(&province.copy_of("2025-10-22", &rejected.file(OPENING))).fill(&province.truth(rejected, OPENING));
    province.put(OPENING, &format!("{}_có số.xlsx", rejected.code), &copy.save());
    let text = year.run(0);
    assert!(text.contains("0 lỗi, 0 cần giải trình"), "{text}");
}

/// Where the figures of a school stand that are to count.
fn counted(year: &Year, school: &School, revised: bool) -> PathBuf {
    let province = &year.province;
    let kept = |name: &str| province.returns(OPENING).join(name);
    let is_accepted = year.mistaken().into_iter().find(|(_, mistake)| mistake.mending == Mending::Explained).unwrap().0.code == school.code;
    if is_accepted || (school.code == year.revised().code && !revised) {
        return kept(&school.file(OPENING));
    }
    province.book_path(school, OPENING)
}

/// What is clean is approved at once and locked by a list; other figures of a locked return are held until it is put right.
fn what_is_locked_stays(year: &Year) {
    let (province, revised) = (&year.province, year.revised());
    year.tell(&["so-theo-doi", "approve", OPENING, "--clean", "--by", ROLE], 0);
    let list = format!("Đơn vị\n{}\n{}\n", revised.code, year.clean()[3].code);
    fs::write(province.workspace.join("khoa.csv"), list).unwrap();
    year.tell(&["so-theo-doi", "lock", OPENING, "--list", "khoa.csv", "--by", ROLE], 0);
    let locked = fs::read(province.returns(OPENING).join(revised.file(OPENING))).unwrap();
    province.put(OPENING, &revised.file(OPENING), &province.filled(revised, OPENING, "bieu-trong"));
    year.run(1);
    let summary = province.summary(OPENING);
    assert_eq!(summary["files"]["held"], 1, "the figures that were locked are not replaced in silence: {summary}");
    // One error for the file that waits, one for the locked figures that no file holds.
    assert!(year.chot(&["official"], 2).contains("còn 2 lỗi chưa được chấp nhận"));
    province.put(OPENING, &revised.file(OPENING), &locked);
    year.run(0);
    year.chot(&["official"], 0);
    year.every_figure(OPENING, "CHÍNH THỨC", |school| counted(year, school, false));
}

/// A revision says why, in its papers and wherever it is named; what changed is told down to the school.
fn a_revision_says_why(year: &Year) {
    let (province, revised) = (&year.province, year.revised());
    let (name, reason) = (revised.name.as_str(), "xã báo lại số liệu");
    year.tell(&["so-theo-doi", "reopen", OPENING, "--unit", &revised.code, "--by", ROLE, "--reason", reason], 0);
    province.put(OPENING, &revised.file(OPENING), &province.filled(revised, OPENING, "bieu-trong"));
    year.run(0);
    year.chot(&["revised", "--reason", reason], 0);
    year.every_figure(OPENING, "ĐIỀU CHỈNH LẦN 1", |school| counted(year, school, true));
    assert!(year.tell(&["kho", "list"], 0).contains(reason));
    let text = year.tell(&["so-sanh", "2025-2026-opening@2", "2025-2026-opening@3"], 0);
    assert!(text.contains(&revised.code) && text.contains(reason), "{text}");
    let text = year.tell(&["truy-nguon", "02-TH-DN/III/37/1", "--unit", TOP, "--against", "2025-2026-opening@2"], 0);
    assert!(text.contains(name) && text.contains(reason), "{text}");
    year.tell(&["kho", "verify"], 0);
    let text = year.tell(&["hoi", "học sinh lớp 1 theo xã"], 0);
    assert!(text.contains("Học sinh lớp 1") && text.contains("Phải nộp"), "{text}");
    // An answer that is handed on says whose figures it has; a run leaves a draft beside the release.
    year.run(0);
    for (more, state) in [(&[][..], "2025-2026-opening ĐIỀU CHỈNH LẦN 1 · "), (&["--draft"], "2025-2026-opening NHÁP")] {
        year.tell(&[&["hoi", "học sinh lớp 1 theo xã", "--out", "lop-1.xlsx"], more].concat(), 0);
        let answer = read(&fs::read(province.workspace.join("lop-1.xlsx")).unwrap()).unwrap();
        let says = |row: u32| answer.sheets[0].text(row, 0).is_some_and(|text| text.contains(state));
        assert!((0..4).any(says), "{state}");
    }
}

/// September again: nothing of the old year is lost, and blank forms show its official figures.
fn the_next_year_begins(year: &Year) {
    let workspace = &year.province.workspace;
    year.tell(&["nam-hoc-moi"], 0);
    assert!(workspace.join("thiet-lap 2025-2026.xlsx").is_file() && workspace.join("bieu/2026-2027/dau-nam-hoc").is_dir());
    assert!(year.province.returns(OPENING).join(year.late().file(OPENING)).is_file(), "nothing of the old year is lost");
    year.tell(&["bieu-trong", OPENING, "--out", "bieu-trong-moi"], 0);
    let list = year.province.list_of_books(OPENING, |school| counted(year, school, true));
    let rows = ["37=37", "40=40", "44=44"];
    script(&year.python, workspace, "year.py", &[&["shown", list.to_str().unwrap(), "bieu-trong-moi"], &rows[..]].concat());
}
