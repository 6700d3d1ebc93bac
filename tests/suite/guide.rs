//! The guide: its command lines run in the order in which they stand, in one workspace lived along, and what it shows is what is said.
//!
//! A block of text holds command lines, each with the lines below it that it shows; `…` stands for what is not shown. What is handed in
//! between is marked by a comment `<!-- nộp: … -->` of [`HANDED_IN`]; a block that cannot run is marked `khong-chay`.

use std::path::{Path, PathBuf};

use super::oracle::{python, script};
use super::returned::answered;
use super::support::{root, tkgd};
use super::year::{Book, CLOSING, LIST, OPENING, Province, School, Typed};

/// Words of the fence of a block that cannot run here.
const IDLE: &str = "```text khong-chay";
const FENCE: &str = "```text";
const MARK: &str = "<!-- nộp: ";
/// Blocks that cannot run: more than these would be a guide that nobody has tried.
const IDLE_BLOCKS: usize = 2;

/// What is handed in at a mark of the guide.
type HandIn = fn(&Life);

/// Marks of the guide.
const HANDED_IN: &[(&str, HandIn)] = &[
    ("danh sách trường", |life| assert!(life.province.folder.join(LIST).is_file())),
    ("biểu đầu năm học", |life| life.first_returns()),
    ("biểu đã sửa", |life| life.corrected()),
    ("biểu có số", |life| life.figure_comes()),
    ("quyết định trong bảng", |life| life.decide_in_the_workbook()),
    ("danh sách khóa", |life| life.write("khoa.csv", &format!("Đơn vị\n{}\n{}\n", life.school(2).name, life.school(3).name))),
    ("tệp khác của trường đã khóa", |life| life.other_figures(2, true)),
    ("tệp cũ của trường đã khóa", |life| life.other_figures(2, false)),
    ("bản quét đã ký", |life| life.write("bao-cao-da-ky.pdf", "%PDF-1.7")),
    ("số liệu trên hệ thống", |life| life.figures_of_the_system()),
    ("biểu cuối năm học", |life| life.closing_returns()),
    ("liên hệ", |life| {
        let line = format!("{},Hiệu trưởng,0900000000,\n", life.school(1).code);
        life.write("lien-he.csv", &format!("Mã đơn vị,Chức danh,Điện thoại,Thư điện tử\n{line}"));
    }),
];

/// A part of the guide in its order.
enum Part {
    /// Something is handed in.
    HandedIn(String),
    /// A command line and what it shows.
    Command(Command),
}

/// A command line of the guide.
struct Command {
    line: usize,
    text: String,
    shown: Vec<String>,
}

/// A guide taken apart.
struct Guide {
    parts: Vec<Part>,
    idle: usize,
}

impl Guide {
    fn read(text: &str) -> Self {
        let (mut parts, mut idle, mut is_open) = (Vec::new(), 0, false);
        for (line, own) in (1..).zip(text.lines()) {
            if own.starts_with("```") {
                idle += usize::from(own == IDLE);
                is_open = !is_open && own == FENCE;
            } else if let Some(rest) = own.strip_prefix(MARK) {
                parts.push(Part::HandedIn(rest.trim_end_matches(" -->").to_owned()));
            } else if is_open && ["tkgd", "cd "].iter().any(|start| own == start.trim_end() || own.starts_with(start)) {
                parts.push(Part::Command(Command { line, text: own.to_owned(), shown: Vec::new() }));
            } else if is_open && let Some(Part::Command(command)) = parts.last_mut() {
                command.shown.push(own.to_owned());
            }
        }
        Self { parts, idle }
    }
}

/// Words of a command line; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a line is said: its parts between `…` stand in one line of what was said, one after the other.
fn is_said(shown: &str, said: &str) -> bool {
    said.lines().any(|line| {
        let mut rest = line;
        shown.trim().split('…').map(str::trim).all(|part| {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
            true
        })
    })
}

/// A workspace that is lived along.
struct Life {
    province: Province,
    python: String,
}

impl Life {
    fn school(&self, at: usize) -> &School {
        &self.province.schools[at]
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.province.workspace.join(name), text).unwrap();
    }

    fn right(&self, school: &School, term: &str) -> Vec<u8> {
        let handed_out = if term == OPENING { "bieu-trong" } else { "bieu-trong-cuoi-nam" };
        let zips = self.province.workspace.join(handed_out);
        let blank = blank_of(&zips, &school.file(term));
        Book::open(&blank).fill(&self.province.truth(school, term)).save()
    }

    /// All but one come in: one with a total that is none, one with a figure that it does not know.
    fn first_returns(&self) {
        let province = &self.province;
        for school in &province.schools[1..] {
            province.put(OPENING, &school.file(OPENING), &self.right(school, OPENING));
        }
        let [wrong, unknown] = [4, 5].map(|at| self.school(at));
        let typed = |school: &School, cell: &str, typed: Typed<'_>| {
            let book = Book::open(&province.own_book(school, OPENING)).put("III", cell, &typed);
            province.put(OPENING, &school.file(OPENING), &book.save());
        };
        typed(wrong, "E5", Typed::Number(9.0));
        typed(unknown, "I32", Typed::Text("?"));
    }

    /// The one that was late comes, the total is put right in the copy, the figure is explained.
    fn corrected(&self) {
        let province = &self.province;
        let [late, wrong, unknown] = [0, 4, 5].map(|at| self.school(at));
        province.put(OPENING, &late.file(OPENING), &self.right(late, OPENING));
        let copy = |school: &School| province.copy_of("2025-10-20", &school.file(OPENING));
        let book = Book::open(&copy(wrong)).fill(&province.truth(wrong, OPENING));
        province.put(OPENING, &format!("{}_đã sửa.xlsx", wrong.code), &book.save());
        let explained = answered(&copy(unknown), "đang xác minh", |line| line.contains("[unknown-value]"));
        province.put(OPENING, &format!("{}_giải trình.xlsx", unknown.code), &explained);
    }

    /// The figure that nobody knew comes, in the copy.
    fn figure_comes(&self) {
        let (province, unknown) = (&self.province, self.school(5));
        let copy = province.copy_of("2025-10-27", &unknown.file(OPENING));
        let book = Book::open(&copy).fill(&province.truth(unknown, OPENING));
        province.put(OPENING, &format!("{}_có số.xlsx", unknown.code), &book.save());
    }

    /// The officer rejects the explanation in a copy of the workbook of findings.
    fn decide_in_the_workbook(&self) {
        let workspace = &self.province.workspace;
        std::fs::copy(workspace.join("ket-qua/2025-2026-opening/phat-hien.xlsx"), workspace.join("quyet-dinh.xlsx")).unwrap();
        let decision = "Không chấp nhận giải trình|phải có số";
        script(&self.python, workspace, "fill_decisions.py", &["quyet-dinh.xlsx", "Giải trình", decision]);
    }

    /// A school sends one pupil of the first grade more, or what it sent before.
    fn other_figures(&self, at: usize, is_other: bool) {
        let (province, school) = (&self.province, self.school(at));
        let right = self.right(school, OPENING);
        let bytes = if is_other { more_pupils(province, school) } else { right };
        province.put(OPENING, &school.file(OPENING), &bytes);
    }

    /// The system of the sector has one figure otherwise.
    fn figures_of_the_system(&self) {
        let folder = self.province.workspace.join("csdl");
        std::fs::create_dir_all(&folder).unwrap();
        for school in self.province.schools.iter().filter(|school| school.level == "TH") {
            std::fs::write(folder.join(school.file(OPENING)), self.province.own_book(school, OPENING)).unwrap();
        }
        let school = self.school(6);
        std::fs::write(folder.join(school.file(OPENING)), more_pupils(&self.province, school)).unwrap();
    }

    fn closing_returns(&self) {
        for school in &self.province.schools {
            self.province.put(CLOSING, &school.file(CLOSING), &self.right(school, CLOSING));
        }
    }
}

/// A school's own book with one more two-session pupil, which breaks no sum.
fn more_pupils(province: &Province, school: &School) -> Vec<u8> {
    let book = Book::open(&province.own_book(school, OPENING));
    let own = |cell: &str| super::year::number(&province.truth(school, OPENING), "III", cell);
    let pupils = own("I32") - 1.0;
    book.put("III", "I32", &Typed::Number(pupils)).put("III", "E32", &Typed::Number(pupils)).save()
}

/// A blank workbook out of the packages of the communes.
fn blank_of(folder: &Path, file: &str) -> Vec<u8> {
    let packages = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let find = |path: PathBuf| super::returned::parts(&std::fs::read(path).unwrap()).remove(file);
    packages.filter(|path| path.extension().is_some_and(|own| own == "zip")).find_map(find).unwrap_or_else(|| panic!("{file}"))
}

#[test]
fn every_command_of_the_guide_runs_in_the_order_in_which_it_stands() {
    // Decisions are typed into a workbook by another program, as an officer does; what follows rests on them.
    let Some(python) = python() else { return };
    let guide = Guide::read(&std::fs::read_to_string(root().join("docs/huong-dan.md")).unwrap());
    let life = Life { province: Province::new("guide", 12, 2), python };
    let mut here = life.province.folder.clone();
    let (mut run, mut handed_in) = (0, Vec::new());
    let mut problems = Vec::new();
    for part in &guide.parts {
        match part {
            Part::HandedIn(mark) => {
                let known = HANDED_IN.iter().find(|(own, _)| own == mark);
                known.unwrap_or_else(|| panic!("nobody knows what `{mark}` is")).1(&life);
                handed_in.push(mark.as_str());
            }
            Part::Command(command) => {
                let words = words(&command.text);
                if words[0] == "cd" {
                    here.push(&words[1]);
                    continue;
                }
                assert_eq!(words[0], "tkgd", "line {}", command.line);
                let output = tkgd().args(&words[1..]).current_dir(&here).output().unwrap();
                let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                let shown = format!("line {}: {}", command.line, command.text);
                // Findings are no failure; a command that cannot be carried out is.
                assert!(output.status.code().is_some_and(|code| code < 2), "{shown}\n{said}");
                let lacking = command.shown.iter().filter(|line| !line.trim().is_empty() && line.trim() != "…" && !is_said(line, &said));
                let lacking: Vec<&str> = lacking.map(String::as_str).collect();
                if !lacking.is_empty() {
                    problems.push(format!("{shown}\n  shows what is not said: {lacking:#?}\n{said}"));
                }
                run += 1;
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(run >= 40, "{run} commands");
    assert!(guide.idle <= IDLE_BLOCKS, "{} blocks cannot run", guide.idle);
    let idle: Vec<&str> = HANDED_IN.iter().map(|(mark, _)| *mark).filter(|mark| !handed_in.contains(mark)).collect();
    assert!(idle.is_empty(), "the guide hands in nothing of {idle:?}");
}

/// Whoever follows the guide types Vietnamese names of commands and opens no file of TOML.
#[test]
fn the_guide_speaks_vietnamese_and_needs_no_toml() {
    let text = std::fs::read_to_string(root().join("docs/huong-dan.md")).unwrap();
    let guide = Guide::read(&text);
    let mut commands = guide.parts.iter().filter_map(|part| if let Part::Command(own) = part { Some(own) } else { None });
    let english = ["run", "return", "release", "status", "ledger", "archive", "schema", "explain", "compare", "query", "ask", "template"];
    let is_foreign = |own: &&Command| words(&own.text).iter().skip(1).take(2).any(|word| english.contains(&word.as_str()));
    assert!(!commands.any(|own| is_foreign(&own) || own.text.contains(".toml")), "a command of the guide is not in Vietnamese");
    let body = text.split("\n## Phụ lục").next().unwrap();
    assert!(!body.contains(".toml") && !body.contains("[["), "the guide speaks of TOML outside of its appendix");
}

#[test]
fn lines_are_taken_apart_and_looked_for_as_they_should() {
    let guide =
        Guide::read("```text\ntkgd a \"b c\"\n  x … y\n```\n<!-- nộp: z -->\n```text khong-chay\ntkgd d\n```\n```bat\ntkgd e\n```\n");
    assert_eq!((guide.parts.len(), guide.idle), (2, 1));
    assert!(matches!(&guide.parts[1], Part::HandedIn(mark) if mark == "z"));
    assert_eq!(words("tkgd a \"b c\"  d"), ["tkgd", "a", "b c", "d"]);
    assert!(is_said("  x … y", "a\nx 1 y\n") && !is_said("x … y", "y x\n") && !is_said("z", "x\n"));
}
