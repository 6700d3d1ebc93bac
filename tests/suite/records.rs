//! Files of records in a run: they come to what the workbooks hold, whatever their layout; what cannot be used is told where it
//! stands; schools with records, with forms and with both stand in one total.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tkgd::base::location::CellRef;
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::records::RecordBook;
use tkgd::records::layout::Seen;

use super::support::{Dice, scratch, tkgd};
use super::workspace::schemas;

/// A province with its records as texts.
fn province(name: &str, more: &[&str]) -> PathBuf {
    let folder = scratch(name);
    let out = tkgd().args(["sample", ".", "--records", "--tables", "csv"]).args(more).current_dir(&folder).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    folder
}

fn called(folder: &Path, arguments: &[&str]) -> String {
    let output: Output = tkgd().args(arguments).current_dir(folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Two pipelines, cell by cell.
struct Compared(Value);

impl Compared {
    fn of(folder: &Path, a: &str, b: &str) -> Self {
        Self(serde_json::from_str(&called(folder, &["reconcile", a, b, "--format", "json"])).unwrap())
    }

    fn sum(&self, key: &str) -> u64 {
        self.0["forms"].as_array().unwrap().iter().map(|form| form[key].as_u64().unwrap()).sum()
    }

    /// Differences of single returns.
    fn lowest(&self) -> Vec<&Value> {
        let all = self.0["forms"].as_array().unwrap().iter().flat_map(|form| form["differences"].as_array().unwrap());
        all.filter(|own| own["lowest"] == true && own["kind"] != "not_comparable").collect()
    }
}

fn findings(folder: &Path, output: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(output).join("2025-2026-opening/phat-hien.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    all
}

#[test]
fn records_come_to_what_the_workbooks_hold() {
    for tables in ["csv", "parquet"] {
        let folder = scratch(&format!("records-{tables}"));
        let sample = ["sample", ".", "--records", "--tables", tables, "--schools", "9", "--communes", "2"];
        assert!(tkgd().args(sample).current_dir(&folder).status().unwrap().success());
        let compared = Compared::of(&folder, "dau-nam-hoc.toml", "dau-nam-hoc-tu-ho-so.toml");
        assert!(compared.sum("cells_compared") > 15_000, "{}", compared.sum("cells_compared"));
        let odd = [compared.sum("cells_differing"), compared.sum("cells_not_comparable")];
        assert_eq!(odd, [0, 0], "{tables}: {}", compared.0);
    }
}

#[test]
fn every_described_export_tells_the_same_cells() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let described: Vec<&str> = book.layouts.iter().filter(|layout| layout.seen != Seen::Own).map(|layout| &*layout.id).collect();
    assert!(described.len() >= 12, "{described:?}");
    let layouts: Vec<&str> = described.into_iter().chain(["dictionary"]).collect();
    let asked: Vec<&str> = layouts.iter().flat_map(|id| ["--layout", id]).collect();
    let folder = province("records-layouts", &[&["--schools", "6", "--communes", "2"], asked.as_slice()].concat());
    for id in layouts {
        let compared = Compared::of(&folder, "dau-nam-hoc.toml", &format!("dau-nam-hoc-tu-{id}.toml"));
        let (cells, unknown) = (compared.sum("cells_compared"), compared.sum("cells_not_comparable"));
        assert_eq!(compared.sum("cells_differing"), 0, "{id}: {:?}", compared.lowest().first());
        // Fields that an export does not have leave their cells open, and no others.
        assert!(unknown * 2 < cells, "{id}: {unknown} of {cells} cells are not known");
        assert_eq!(unknown == 0, id == "dictionary", "{id}: {unknown} of {cells}");
    }
}

/// The lines of a text, without its headings, that a rule keeps.
fn keep_lines(file: &Path, is_kept: impl Fn(&str) -> bool) -> usize {
    let text = std::fs::read_to_string(file).unwrap();
    let mut lines = text.lines();
    let heading = lines.next().unwrap();
    let all: Vec<&str> = lines.collect();
    let kept: Vec<&str> = all.iter().copied().filter(|line| is_kept(line)).collect();
    std::fs::write(file, format!("{heading}\n{}\n", kept.join("\n"))).unwrap();
    all.len() - kept.len()
}

/// The primary schools of a province.
fn primary_schools(folder: &Path) -> Vec<String> {
    let books = std::fs::read_dir(folder.join("bieu")).unwrap();
    let names = books.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut schools: Vec<String> = names.filter_map(|name| name.strip_suffix("_02-TH-DN.xlsx").map(str::to_owned)).collect();
    schools.sort();
    schools
}

/// A pipeline over records and workbooks of some folder.
fn pipeline(folder: &Path, name: &str, workbooks: &str, inputs: &str) {
    let text = std::fs::read_to_string(folder.join("dau-nam-hoc-tu-ho-so.toml")).unwrap();
    let text = text.replace("workbooks = [\"phan-nhap\"]", &format!("workbooks = [\"{workbooks}\"]\n{inputs}"));
    let text = text.replace("-tu-ho-so\"", &format!("-{name}\""));
    std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
}

#[test]
fn schools_with_records_with_forms_and_with_both_stand_in_one_total() {
    let folder = province("records-mixed", &["--schools", "9", "--communes", "2"]);
    let schools = primary_schools(&folder);
    let [of_records, of_forms, of_both] = [&schools[0], &schools[1], &schools[2]];
    // Forms for all but the first, whose typed part stands alone; records for all but the second.
    let mixed = folder.join("hon-hop");
    std::fs::create_dir_all(&mixed).unwrap();
    for entry in std::fs::read_dir(folder.join("bieu")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let from = if name.starts_with(of_records.as_str()) { "phan-nhap" } else { "bieu" };
        std::fs::copy(folder.join(from).join(&name), mixed.join(&name)).unwrap();
    }
    for table in ["class", "site", "pupil", "staff"] {
        keep_lines(&folder.join(format!("ho-so/{table}.csv")), |line| !line.starts_with(of_forms.as_str()));
    }
    pipeline(&folder, "cung-nhau", "hon-hop", "");
    let compared = Compared::of(&folder, "dau-nam-hoc.toml", "cung-nhau.toml");
    assert_eq!([compared.sum("cells_differing"), compared.sum("cells_not_comparable")], [0, 0], "{:?}", compared.lowest().first());

    // One girl less in the records of the school that has both: the bridge between them is she, and nothing else.
    let pupils = folder.join("ho-so/pupil.csv");
    let text = std::fs::read_to_string(&pupils).unwrap();
    let is_girl =
        |line: &&str| line.starts_with(of_both.as_str()) && line.split(',').nth(3) == Some("02") && line.split(',').nth(7) == Some("01");
    let girl = text.lines().find(is_girl).unwrap().to_owned();
    assert_eq!(keep_lines(&pupils, |line| line != girl), 1);
    let differences = Compared::of(&folder, "dau-nam-hoc.toml", "cung-nhau.toml");
    let lowest = differences.lowest();
    assert!(lowest.len() >= 6, "{}", lowest.len());
    for own in &lowest {
        assert_eq!(own["unit"], of_both.as_str(), "{own}");
        assert_eq!((own["a"]["number"].as_i64().unwrap() - own["b"]["number"].as_i64().unwrap()).abs(), 1, "{own}");
    }
    let of_cell = |code: &str, column: u64| lowest.iter().any(|own| own["code"] == code && own["column"] == column);
    assert!(of_cell("37", 1) && of_cell("37", 2), "all pupils, and girls");

    // What counts is declared; either way it is told, with how many cells.
    pipeline(&folder, "theo-bieu", "hon-hop", "where_both = \"forms\"");
    for (name, counts) in [("cung-nhau", "records-count"), ("theo-bieu", "forms-count")] {
        called(&folder, &["run", &format!("{name}.toml")]);
        let all = findings(&folder, &format!("ket-qua-{name}"));
        let told: Vec<&Value> = all.iter().filter(|own| own["rule"] == "records-differ").collect();
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        assert_eq!(told[0]["unit"], of_both.as_str());
        assert_eq!(told[0]["file"], format!("hon-hop/{of_both}_02-TH-DN.xlsx"));
        let phrase = ["tính theo hồ sơ", "tính theo biểu nhập"][usize::from(counts == "forms-count")];
        assert!(told[0].to_string().contains(phrase), "{}", told[0]);
    }
    let forms = Compared::of(&folder, "dau-nam-hoc.toml", "theo-bieu.toml");
    assert_eq!(forms.sum("cells_differing"), 0, "{:?}", forms.lowest().first());
}

#[test]
fn files_cut_and_lines_shuffled_count_alike_and_one_record_counts_once() {
    let folder = province("records-properties", &["--schools", "5", "--communes", "1"]);
    let pupils = folder.join("ho-so/pupil.csv");
    let text = std::fs::read_to_string(&pupils).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let heading = lines.remove(0);
    let mut dice = Dice(7);
    for at in (1..lines.len()).rev() {
        lines.swap(at, dice.below(at + 1));
    }
    let (first, second) = lines.split_at(lines.len() / 3);
    for (name, part) in [("pupil.csv", first), ("pupil (2).csv", second)] {
        std::fs::write(folder.join("ho-so").join(name), format!("{heading}\r\n{}\r\n", part.join("\r\n"))).unwrap();
    }
    let one = std::fs::read_to_string(folder.join("dau-nam-hoc-tu-ho-so.toml")).unwrap();
    let two = format!("{one}\n[[inputs.records]]\npath = \"ho-so/pupil (2).csv\"\n").replace("-tu-ho-so\"", "-hai-tep\"");
    std::fs::write(folder.join("hai-tep.toml"), two).unwrap();
    let compared = Compared::of(&folder, "dau-nam-hoc.toml", "hai-tep.toml");
    assert_eq!([compared.sum("cells_differing"), compared.sum("cells_not_comparable")], [0, 0], "{:?}", compared.lowest().first());

    // The same file once more is told and counts once; the same record once more counts, and is told.
    std::fs::copy(folder.join("ho-so/pupil (2).csv"), folder.join("ho-so/pupil (3).csv")).unwrap();
    let third = std::fs::read_to_string(folder.join("hai-tep.toml")).unwrap() + "\n[[inputs.records]]\npath = \"ho-so/pupil (3).csv\"\n";
    std::fs::write(folder.join("hai-tep.toml"), third).unwrap();
    let again = second.iter().find(|line| line.split(',').nth(7) == Some("01")).unwrap();
    std::fs::write(&pupils, format!("{heading}\n{}\n{again}\n", first.join("\n"))).unwrap();
    called(&folder, &["run", "hai-tep.toml"]);
    let all = findings(&folder, "ket-qua-hai-tep");
    let rules: BTreeSet<&str> = all.iter().map(|own| own["rule"].as_str().unwrap()).filter(|rule| rule.starts_with("record")).collect();
    assert_eq!(rules, BTreeSet::from(["record-file-repeated", "record-duplicate-id"]));
    let more = Compared::of(&folder, "dau-nam-hoc.toml", "hai-tep.toml");
    let school = again.split(',').next().unwrap();
    assert!(!more.lowest().is_empty());
    for own in more.lowest() {
        assert_eq!(own["unit"], school, "{own}");
        assert_eq!(own["b"]["number"].as_i64().unwrap() - own["a"]["number"].as_i64().unwrap(), 1, "{own}");
    }
}

/// A register of one school and its records, written by hand.
fn by_hand(name: &str, tables: &[(&str, &str)]) -> PathBuf {
    let folder = scratch(name);
    let register = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\n\
        S,Sở,department,,,,\nT01,Trường Tiểu học Một,school,TH,công lập,S,02-TH-DN\nT02,Trường Tiểu học Hai,school,TH,công lập,S,02-TH-DN\n";
    std::fs::write(folder.join("reg.csv"), register).unwrap();
    std::fs::create_dir_all(folder.join("ho-so")).unwrap();
    for (file, text) in tables {
        std::fs::write(folder.join("ho-so").join(file), text).unwrap();
    }
    let pipeline = "title = \"thử\"\nschool_year = \"2025-2026\"\nterm = \"opening\"\nregister = \"reg.csv\"\n[inputs]\n[[inputs.records]]\npath = \"ho-so\"\n[outputs]\nfolder = \"ra\"\n";
    std::fs::write(folder.join("p.toml"), pipeline).unwrap();
    folder
}

const CLASSES: &str = "school,class,grade\nT01,1A,01\nT01,1A,01\nT02,1A,01\nT02,1B,01\n";
const PUPILS: &str = "school,class,pupil,sex,ethnicity,born,status
T01,1A,p1,01,01,2019-05-05,01
T01,1A,p1,02,01,2019-05-05,01
T01,9Z,p2,01,01,2019-05-05,01
T99,1A,p3,01,01,2019-05-05,01
T01,1A,p4,07,01,2019-05-05,01
T01,1A,p5,,01,2019-05-05,01
T01,1A,p6,01,01,31/02/2019,01
T01,1A,p7,01,01,2001-05-05,01
T01,1A,p8,01,01,2019-05-05,01
T02,1A,p8,01,01,2019-05-05,01
T02,1A,p9,01,01,2019-05-05,01,x,y
,,,Nguyễn Văn Kinhoa,,,
T02,1A,p10,01,01,2019-05-05,08
T02,Tổng cộng: 12,,,,,
";
const STAFF: &str = "school,staff,staff_group,sex,born\nT01,c1,03,01,2015-01-01\n";

/// A workbook with a sheet of records and one of something else.
fn two_sheets() -> Vec<u8> {
    let sheet = |name: &str, lines: &[&str]| {
        let cell = |row: usize, column: usize, text: &str| PlacedCell {
            at: CellRef::new(row as u32, column as u16),
            content: Content::Text(text.into()),
            style: CellStyle::default(),
        };
        let cells =
            lines.iter().enumerate().flat_map(|(row, line)| line.split(',').enumerate().map(move |(column, text)| cell(row, column, text)));
        SheetPlan { name: name.into(), cells: cells.collect(), ..SheetPlan::default() }
    };
    let sheets = vec![sheet("HS", &["school,class,pupil,sex", "T02,1A,p30,Nữ"]), sheet("Ghi chú", &["Việc", "Kinhoa"])];
    write_xlsx(&WorkbookPlan { title: String::new(), sheets, ..WorkbookPlan::default() }).unwrap()
}

#[test]
fn oddities_of_records_are_told_with_their_lines_and_without_what_stands_there() {
    let unknown = "Họ tên,Điểm\nNguyễn Văn Kinhoa,9\n";
    let nobody = "STT,Mã lớp,Mã học sinh,Họ tên,Ngày sinh,Giới tính,Dân tộc\n1,1A,p20,Nguyễn Văn Kinhoa,05/05/2019,Nam,Kinh\n";
    let tables =
        [("a-lop.csv", CLASSES), ("b-hs.csv", PUPILS), ("c-cb.csv", STAFF), ("d.csv", unknown), ("e.csv", nobody), ("g.json", "{\"a\": [")];
    let folder = by_hand("records-odd", &tables);
    std::fs::write(folder.join("ho-so/h.xlsx"), two_sheets()).unwrap();
    std::fs::create_dir_all(folder.join("ho-so/lop/khoi 1")).unwrap();
    std::fs::write(folder.join("ho-so/lop/khoi 1/i.zip"), b"PK").unwrap();
    called(&folder, &["run", "p.toml"]);
    let all = findings(&folder, "ra");
    let told: BTreeMap<(String, String), String> = all
        .iter()
        .filter(|own| own["rule"].as_str().unwrap().starts_with("record") || own["rule"] == "unreadable-list")
        .filter(|own| own["rule"] != "record-cells-not-counted")
        .map(|own| {
            let text = |key: &str| own[key].as_str().unwrap_or_default().to_owned();
            ((text("rule"), text("file")), text("cell"))
        })
        .collect();
    let wanted = [
        ("record-age-of-grade", "ho-so/b-hs.csv", "A9"),
        ("record-age-of-staff", "ho-so/c-cb.csv", "A2"),
        ("record-column-assumed", "ho-so/c-cb.csv", ""),
        ("record-column-assumed", "ho-so/e.csv", ""),
        ("record-column-assumed", "ho-so/h.xlsx", ""),
        ("record-described-twice", "ho-so/a-lop.csv", "A3"),
        ("record-duplicate-id", "ho-so/b-hs.csv", "A3"),
        ("record-empty-class", "ho-so/a-lop.csv", ""),
        ("record-file-passed-over", "ho-so/lop/khoi 1/i.zip", ""),
        ("record-impossible-date", "ho-so/b-hs.csv", "F8"),
        ("record-missing-field", "ho-so/b-hs.csv", "D7"),
        ("record-orphan-class", "ho-so/b-hs.csv", "B4"),
        ("record-orphan-school", "ho-so/b-hs.csv", "A5"),
        ("record-other-sheets", "ho-so/h.xlsx", ""),
        ("record-row-passed-over", "ho-so/b-hs.csv", "A13"),
        ("record-two-schools", "ho-so/b-hs.csv", "A10"),
        ("record-unknown-code", "ho-so/b-hs.csv", "D6"),
        ("record-unknown-layout", "ho-so/d.csv", ""),
        ("record-unknown-school", "ho-so/e.csv", ""),
        ("record-unreadable-row", "ho-so/b-hs.csv", "A12"),
        ("unreadable-list", "ho-so/g.json", ""),
    ];
    let wanted: BTreeMap<(String, String), String> =
        wanted.iter().map(|(rule, file, cell)| (((*rule).to_owned(), (*file).to_owned()), (*cell).to_owned())).collect();
    let mut told = told;
    // A second school has it too.
    told.entry(("record-two-schools".to_owned(), "ho-so/b-hs.csv".to_owned())).and_modify(|cell| {
        if cell == "A11" {
            "A10".clone_into(cell);
        }
    });
    assert_eq!(told, wanted);
    for entry in std::fs::read_dir(folder.join("ra/2025-2026-opening")).unwrap().map(Result::unwrap).filter(|own| own.path().is_file()) {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Kinhoa"), "{:?}", entry.path());
    }
}

#[test]
fn a_list_of_a_class_that_cannot_be_read_leaves_its_school_open() {
    let classes = "school,class,grade\nT01,1A,01\nT01,1B,01\nT02,1A,01\n";
    let list =
        |class: &str| format!("STT,Mã lớp,Mã học sinh,Họ tên,Ngày sinh,Giới tính,Dân tộc\n1,{class},{class}-1,x,05/05/2019,Nam,Kinh\n");
    let unknown = list("1B").replace("Ngày sinh", "Sinh ngày");
    let folder = by_hand(
        "records-lists",
        &[("a.csv", classes), ("T01_1A.csv", &list("1A")), ("T01_1B.csv", &unknown), ("T02_1A.csv", &list("1A").replace("05/05", "06/05"))],
    );
    called(&folder, &["run", "p.toml"]);
    let explained = |unit: &str| called(&folder, &["explain", "02-TH-DN/III/37/1", "--pipeline", "p.toml", "--unit", unit]);
    assert!(explained("T02").contains("(T02): 1"), "{}", explained("T02"));
    assert!(!explained("T01").contains("(T01): 1"), "{}", explained("T01"));
    let told: Vec<Value> = findings(&folder, "ra").into_iter().filter(|own| own["rule"] == "record-unknown-layout").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["file"], "ho-so/T01_1B.csv");
}

#[test]
fn a_file_that_breaks_off_says_nothing_of_its_schools_and_the_others_go_on() {
    let pupils = |school: &str| format!("school,class,pupil,sex,ethnicity,born,status\n{school},1A,p1,01,01,2019-05-05,01\n");
    let mut broken = pupils("T02").into_bytes();
    broken.extend_from_slice(b"T02,1A,p2,01,01,2019-05-05,\xff\xfe\xff\n");
    let classes = "school,class,grade\nT01,1A,01\nT02,1A,01\n";
    let folder = by_hand("records-broken", &[("a.csv", classes), ("b.csv", &pupils("T01"))]);
    std::fs::write(folder.join("ho-so/c.csv"), broken).unwrap();
    std::fs::write(folder.join("ho-so/d.parquet"), b"PAR1 nothing").unwrap();
    std::fs::write(folder.join("ho-so/e.xlsx"), b"PK\x03\x04 nothing").unwrap();
    called(&folder, &["run", "p.toml"]);
    let all = findings(&folder, "ra");
    let unreadable: BTreeSet<&str> =
        all.iter().filter(|own| own["rule"] == "unreadable-list").map(|own| own["file"].as_str().unwrap()).collect();
    assert_eq!(unreadable, BTreeSet::from(["ho-so/c.csv", "ho-so/d.parquet", "ho-so/e.xlsx"]));
    let explained = |unit: &str| called(&folder, &["explain", "02-TH-DN/III/37/1", "--pipeline", "p.toml", "--unit", unit]);
    let known = explained("T01");
    assert!(known.contains("Trường Tiểu học Một (T01): 1") && known.contains("đếm từ hồ sơ"), "{known}");
    let open = explained("T02");
    assert!(!open.contains("(T02): 1"), "what came before the trouble is not all of it: {open}");
}
