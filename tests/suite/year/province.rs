//! A province whose true figures are known: its list of schools, what is handed out to them and what they hand in.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tkgd::ooxml::RawWorkbook;

use super::sheets::Book;
use crate::setup::{Rows, said, write_settings};
use crate::support::{read, scratch, tkgd};
use crate::workspace::files;

/// Names of the terms as they are typed.
pub const OPENING: &str = "dau-nam-hoc";
pub const CLOSING: &str = "cuoi-nam-hoc";
/// The list that the department has.
pub const LIST: &str = "danh-sach-truong.xlsx";

/// A school.
#[derive(Debug, Clone)]
pub struct School {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: String,
}

impl School {
    /// The form that it files in a term.
    pub fn form(&self, term: &str) -> String {
        let number = if self.level == "MN" { "01-MN" } else { "02-TH" };
        format!("{number}-{}", if term == OPENING { "DN" } else { "CN" })
    }

    /// Name of the workbook that is handed out to it and that it files.
    pub fn file(&self, term: &str) -> String {
        format!("{}_{}.xlsx", self.code, self.form(term))
    }
}

/// A department with its workspace, beside the books of its schools, which only the test knows.
pub struct Province {
    /// Where both stand.
    pub folder: PathBuf,
    /// The workspace.
    pub workspace: PathBuf,
    /// Schools, primary schools first.
    pub schools: Vec<School>,
}

impl Province {
    /// A province of so many primary schools and kindergartens; its list lies in a folder, its workspace is not made yet.
    pub fn new(name: &str, primary: usize, kindergartens: usize) -> Self {
        let folder = scratch(name);
        let count = ((primary + kindergartens) * 4).to_string();
        let sample = ["du-lieu-mau", "mau", "--years", "1", "--schools", &count, "--communes", "6", "--seed", "11"];
        said(&folder, &sample, 0);
        let text = fs::read_to_string(folder.join("mau/danh-sach-don-vi.csv")).unwrap();
        let lines: Vec<Vec<&str>> = text.trim_start_matches('\u{feff}').lines().skip(1).map(|line| line.split(',').collect()).collect();
        let communes: Vec<&Vec<&str>> = lines.iter().filter(|line| line[2] == "xã/phường").collect();
        let is_of_commune = |line: &&Vec<&str>| communes.iter().any(|commune| commune[0] == line[5]) && line[6].is_empty();
        let school = |line: &Vec<&str>| {
            let [code, name, level] = [line[0], line[1], line[3]].map(str::to_owned);
            School { code, name, level }
        };
        let all: Vec<School> = lines.iter().filter(|line| line[2] == "trường").filter(is_of_commune).map(school).collect();
        let book = |school: &School, term: &str| folder.join("mau/2025-2026").join(term).join("bieu").join(school.file(term)).is_file();
        let of = |level: &str, wanted: usize| {
            let fit = all.iter().filter(|school| school.level == level && [OPENING, CLOSING].iter().all(|term| book(school, term)));
            let found: Vec<School> = fit.take(wanted).cloned().collect();
            assert_eq!(found.len(), wanted, "{level}");
            found
        };
        let schools = [of("TH", primary), of("MN", kindergartens)].concat();
        let mut rows = vec![["Mã trường", "Tên trường", "Loại đơn vị", "Cấp học", "Loại hình", "Báo cáo lên", "Huyện cũ"]];
        rows.extend(communes.iter().map(|line| [line[0], line[1], line[2], "", "", "", line[9]]));
        let listed = lines.iter().filter(|line| schools.iter().any(|school| school.code == line[0]));
        rows.extend(listed.map(|line| [line[0], line[1], line[2], line[3], line[4], line[5], line[9]]));
        let rows: Vec<&[&str]> = rows.iter().map(<[&str; 7]>::as_slice).collect();
        let (list, workspace) = (folder.join(LIST), folder.join("thong-ke"));
        write_settings(&list, &[Rows { sheet: "Trường", rows: &rows }]);
        Self { folder, workspace, schools }
    }

    /// What a command says in the workspace; it must end with this code.
    pub fn tell(&self, words: &[&str], code: i32) -> String {
        said(&self.workspace, words, code)
    }

    /// Bytes of the workbook with a school's true figures.
    pub fn own_book(&self, school: &School, term: &str) -> Vec<u8> {
        fs::read(self.folder.join("mau/2025-2026").join(term).join("bieu").join(school.file(term))).unwrap()
    }

    /// A school's true figures.
    pub fn truth(&self, school: &School, term: &str) -> RawWorkbook {
        read(&self.own_book(school, term)).unwrap()
    }

    /// The blank workbook that was handed out to a school, filled in with its true figures.
    pub fn filled(&self, school: &School, term: &str, handed_out: &str) -> Vec<u8> {
        let blank = fs::read(self.workspace.join(handed_out).join(school.file(term))).unwrap();
        Book::open(&blank).fill(&self.truth(school, term)).save()
    }

    /// The folder that returns of a term come into.
    pub fn returns(&self, term: &str) -> PathBuf {
        self.workspace.join("bieu/2025-2026").join(term)
    }

    /// Puts a file among the returns of a term.
    pub fn put(&self, term: &str, name: &str, bytes: &[u8]) {
        fs::write(self.returns(term).join(name), bytes).unwrap();
    }

    /// Takes a file away from the returns of a term.
    pub fn take_away(&self, term: &str, name: &str) {
        fs::remove_file(self.returns(term).join(name)).unwrap();
    }

    /// The copy of a file in a round of what went back.
    pub fn copy_of(&self, round: &str, file: &str) -> Vec<u8> {
        let all = files(&self.workspace.join("tra-lai").join(round));
        let name = all.keys().find(|name| name.ends_with(&format!("/{file}"))).unwrap_or_else(|| panic!("{file}: {:?}", all.keys()));
        all[name].clone()
    }

    /// All findings of the last run of a term.
    pub fn findings(&self, term: &str) -> Vec<Value> {
        let term = if term == OPENING { "opening" } else { "closing" };
        let path = self.workspace.join(format!("ket-qua/2025-2026-{term}/phat-hien.json"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// Summary of a new run of a term.
    pub fn summary(&self, term: &str) -> Value {
        let output = tkgd().args(["tong-hop", term, "--format", "json"]).current_dir(&self.workspace).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["summary"].clone()
    }

    /// Files with the figures that are to count, form by form, as the oracle reads them.
    pub fn list_of_books(&self, term: &str, file_of: impl Fn(&School) -> PathBuf) -> PathBuf {
        let line = |school: &School| format!("{}\t{}\n", school.form(term), file_of(school).display());
        let path = self.folder.join(format!("{term}.tsv"));
        fs::write(&path, self.schools.iter().map(line).collect::<String>()).unwrap();
        path
    }

    /// The true book of a school, as a path.
    pub fn book_path(&self, school: &School, term: &str) -> PathBuf {
        Path::new(&self.folder).join("mau/2025-2026").join(term).join("bieu").join(school.file(term))
    }
}
