//! Records of a synthetic province: the same seed gives the same files, and workbooks hold what a plain count of the records comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use arrow_schema::DataType;
use chrono::NaiveDate;

use super::support::{StoredTable, read, scratch, tkgd};
use super::tabulate::{Naive, Province, of, with_derived};
use super::workspace::schemas;

use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::ooxml::RawValue;
use tkgd::records::layout::Seen;
use tkgd::records::{Condition, EntityIndex, FieldKind, RecordBook};
use tkgd::returns::Source;
use tkgd::tabulate::rows::number_of;
use tkgd::tabulate::{FormDefinition, NOWHERE, Profile, RecordRows};
use tkgd::workbooks::Isolation;

/// Lines of a table, by column.
type Lines = Vec<BTreeMap<String, String>>;

fn drawn(name: &str, arguments: &[&str]) -> PathBuf {
    let folder = scratch(name);
    let out = asked(&folder, arguments);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    folder
}

fn asked(folder: &Path, arguments: &[&str]) -> Output {
    tkgd().args(["sample", ".", "--records"]).args(arguments).current_dir(folder).output().unwrap()
}

fn lines(folder: &Path, table: &str) -> Lines {
    let mut reader = csv::Reader::from_path(folder.join(format!("ho-so/{table}.csv"))).unwrap();
    let heads = reader.headers().unwrap().clone();
    let line = |line: csv::StringRecord| heads.iter().zip(line.iter()).map(|(head, text)| (head.to_owned(), text.to_owned())).collect();
    reader.records().map(|own| line(own.unwrap())).collect()
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found.retain(|path, _| !path.starts_with(".tkgd"));
    found
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let small = ["--schools", "7", "--communes", "2", "--layout", "hcm-hoc-sinh-lop", "--layout", "dictionary"];
    let (once, again) = (files(&drawn("records-once", &small)), files(&drawn("records-again", &small)));
    assert!(once == again);
    assert!(once.keys().filter(|path| path.starts_with("ho-so")).count() > 50 && once.keys().any(|path| path.starts_with("phan-nhap")));
    let other = files(&drawn("records-other", &[&small[..], &["--seed", "2"]].concat()));
    assert!(once[Path::new("ho-so/pupil.parquet")] != other[Path::new("ho-so/pupil.parquet")]);
}

/// The records of a school do not depend on which others there are.
#[test]
fn a_school_is_made_by_itself() {
    let csv = ["--tables", "csv", "--without-workbooks", "--communes", "2"];
    let (few, more) = (
        drawn("records-few", &[&csv[..], &["--schools", "5"]].concat()),
        drawn("records-more", &[&csv[..], &["--schools", "40"]].concat()),
    );
    for table in ["school", "site", "class", "pupil", "staff"] {
        // The last school of a province teaches several levels.
        let of = |folder: &Path| lines(folder, table).into_iter().filter(|line| *line["school"] < *"09001005").collect::<Vec<_>>();
        let (few, more) = (of(&few), of(&more));
        assert!(few.len() >= 4 && few == more, "{table}");
    }
}

/// Rows of a table as they are counted, with the numbers of schools and classes.
fn rows(
    book: &RecordBook,
    entity: EntityIndex,
    folder: &Path,
    schools: &[String],
    classes: &BTreeMap<(String, String), u32>,
) -> RecordRows {
    let own = &book.entities[entity];
    let mut rows = RecordRows::new(entity, book);
    for line in lines(folder, &own.id) {
        let school = schools.iter().position(|code| *code == line["school"]).unwrap() as u32;
        let class = line.get("class").map_or(NOWHERE, |class| classes[&(line["school"].clone(), class.clone())]);
        rows.begin(school, class);
        for (field, known) in own.fields.iter_enumerated().filter(|(_, known)| known.derivation.is_none()) {
            let text = &line[&*known.id];
            let value = match (known.kind, &known.list) {
                (FieldKind::Key | FieldKind::Id, _) => continue,
                _ if text.is_empty() => continue,
                (_, Some(list)) => list.values.iter().position(|value| *value.code == **text).unwrap().try_into().unwrap(),
                (FieldKind::Date, _) => number_of(text.parse::<NaiveDate>().unwrap()),
                _ => text.parse().unwrap(),
            };
            rows.set(field, value);
        }
    }
    rows
}

fn province(book: &RecordBook, folder: &Path) -> (Vec<String>, Province) {
    let schools: Vec<String> = lines(folder, "school").iter().map(|line| line["school"].clone()).collect();
    let key = |line: &BTreeMap<String, String>| (line["school"].clone(), line["class"].clone());
    let classes: BTreeMap<_, _> = lines(folder, "class").iter().zip(0..).map(|(line, number)| (key(line), number)).collect();
    let of = |id: &str| rows(book, book.entity(id).unwrap(), folder, &schools, &classes);
    let others = ["pupil", "staff", "site"].map(of).into();
    (schools.clone(), Province { schools: of("school"), classes: of("class"), others })
}

/// The number that a workbook has in a cell; none for a blank one.
fn number(book: &tkgd::ooxml::RawWorkbook, sheet: &str, at: tkgd::base::location::CellRef) -> Option<f64> {
    match book.sheets.iter().find(|own| *own.name == *sheet)?.get(at.row, at.column)? {
        RawValue::Number(number) => Some(*number),
        _ => None,
    }
}

/// Every counted cell of every workbook is what a plain reader of the conditions counts in the tables.
#[test]
fn workbooks_hold_what_the_records_come_to() {
    let folder = drawn("records-counted", &["--schools", "5", "--communes", "2", "--tables", "csv"]);
    let (schemas, period) = (schemas(), Period { year: SchoolYear(2025), term: Term::Opening });
    let book = RecordBook::load(&schemas.files).unwrap();
    let (schools, province) = province(&book, &folder);
    let province = with_derived(&book, province);
    let naive = Naive { book: &book, province: &province };
    let regulation = schemas.governing(period).unwrap();
    let register = std::fs::read_to_string(folder.join("danh-sach-don-vi.csv")).unwrap();
    // Nursery groups that are no schools file with their commune.
    let files_with = |code: &str| register.lines().any(|line| line.starts_with(code) && line.contains("Nhóm trẻ độc lập"));
    let (mut cells, mut filled) = (0, 0);
    for form in schemas.forms_of(&regulation.id).filter(|form| form.term == Term::Opening && !form.layout.counts.is_empty()) {
        let definition = FormDefinition::new(form, &book, Profile::Form).unwrap();
        let mut units: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (number, school) in schools.iter().enumerate() {
            let unit = if files_with(school) { "09001".to_owned() } else { school.clone() };
            units.entry(unit).or_default().push(number as u32);
        }
        let file = |folder_name: &str, unit: &str| folder.join(format!("{folder_name}/{unit}_{}.xlsx", form.short));
        for (unit, schools) in units.iter().filter(|(unit, _)| file("bieu", unit).is_file()) {
            let whole = read(&std::fs::read(file("bieu", unit)).unwrap()).unwrap();
            let typed = read(&std::fs::read(file("phan-nhap", unit)).unwrap()).unwrap();
            for cell in &definition.cells {
                let rows = of(&province, &book, cell.entity);
                let conditions: Vec<&Condition> = cell.conditions.iter().collect();
                let count = naive.count(rows, &conditions, |row| schools.contains(&rows.school[row]));
                let (sheet, coded, column) = form.layout.address(cell.slot);
                let sheet = &form.layout.sheets[sheet];
                let at = sheet.printed_at(coded, column);
                assert_eq!(number(&whole, &sheet.name, at), Some(f64::from(count)), "{unit} {} {} {at}", form.short, sheet.id);
                assert_eq!(number(&typed, &sheet.name, at), None, "{unit} {} {} {at} is counted", form.short, sheet.id);
                cells += 1;
                filled += usize::from(count > 0);
            }
            typed_cells_are_the_same(form, &definition, &whole, &typed);
        }
    }
    assert!(cells > 4_000 && filled > 900, "{cells} cells, {filled} with records");
}

/// What no record tells stands in the typed workbook as in the whole one.
fn typed_cells_are_the_same(
    form: &tkgd::forms::Form,
    definition: &FormDefinition,
    whole: &tkgd::ooxml::RawWorkbook,
    typed: &tkgd::ooxml::RawWorkbook,
) {
    let counted: BTreeSet<_> = definition.cells.iter().map(|cell| cell.slot).collect();
    let mut same = 0;
    for (_, sheet) in form.layout.data_sheets() {
        for coded in 0..sheet.coded.len() {
            for column in (0..sheet.columns.len()).filter(|column| !counted.contains(&sheet.slot(coded, *column))) {
                let at = sheet.printed_at(coded, column);
                let number = number(whole, &sheet.name, at);
                // A column that does not apply is no reason to send a sheet.
                assert!(number.is_none() || number == self::number(typed, &sheet.name, at), "{} {at}", sheet.id);
                same += usize::from(number.is_some());
            }
        }
    }
    assert!(same > 20, "{same}");
}

/// Forms keep their sums and bounds, and whoever runs the workbooks finds nothing wrong.
#[test]
fn the_workbooks_of_a_province_are_clean() {
    let folder = drawn("records-clean", &["--schools", "24", "--communes", "3", "--seed", "5"]);
    let out = tkgd().args(["run", "dau-nam-hoc.toml"]).current_dir(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{said}");
    assert!(said.contains("0 lỗi, 0 cần giải trình, 0 cảnh báo"), "{said}");
}

/// Tables have the fields that are read and nothing that tells who somebody is.
#[test]
fn tables_have_the_fields_of_records() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let folder = drawn("records-fields", &["--schools", "3", "--communes", "1", "--tables", "csv", "--without-workbooks"]);
    assert!(!folder.join("bieu").exists() && !folder.join("phan-nhap").exists());
    for own in &book.entities {
        let text = std::fs::read_to_string(folder.join(format!("ho-so/{}.csv", own.id))).unwrap();
        let read: Vec<&str> = own.fields.iter().filter(|field| field.derivation.is_none()).map(|field| &*field.id).collect();
        assert_eq!(text.lines().next().unwrap(), read.join(","), "{}", own.id);
        for line in lines(&folder, &own.id) {
            for field in own.fields.iter().filter(|field| field.kind == FieldKind::Id) {
                assert!(line[&*field.id].bytes().all(|byte| byte.is_ascii_digit()), "an id is a number");
            }
        }
    }
}

fn share(lines: &Lines, is_one: impl Fn(&BTreeMap<String, String>) -> bool) -> f64 {
    lines.iter().filter(|line| is_one(line)).count() as f64 / lines.len() as f64
}

#[test]
fn people_are_spread_as_people_are() {
    let folder = drawn("records-spread", &["--schools", "60", "--communes", "6", "--tables", "csv", "--without-workbooks"]);
    let (schools, classes, pupils, staff) =
        (lines(&folder, "school"), lines(&folder, "class"), lines(&folder, "pupil"), lines(&folder, "staff"));
    let within = |what: &str, share: f64, least: f64, most: f64| assert!((least..=most).contains(&share), "{what}: {share}");
    within("girls", share(&pupils, |line| line["sex"] == "02"), 0.46, 0.50);
    within("disability", share(&pupils, |line| line["inclusive"] == "1"), 0.005, 0.016);
    within("gone", share(&pupils, |line| ["04", "05", "11", "12"].contains(&line["status"].as_str())), 0.008, 0.025);
    within("came back", share(&pupils, |line| line["status"] == "03"), 0.001, 0.006);
    let areas: BTreeMap<&str, &str> = schools.iter().map(|line| (line["school"].as_str(), line["area"].as_str())).collect();
    let is_mountain = |line: &BTreeMap<String, String>| ["01", "04"].contains(&areas[line["school"].as_str()]);
    let (mountain, lowland): (Lines, Lines) = pupils.iter().cloned().partition(is_mountain);
    let is_minority = |line: &BTreeMap<String, String>| !["01", "55"].contains(&line["ethnicity"].as_str());
    within("minorities of mountains", share(&mountain, is_minority), 0.3, 0.6);
    within("minorities of lowlands", share(&lowland, is_minority), 0.01, 0.08);
    let first: Lines = pupils.iter().filter(|line| line["grade"] == "01").cloned().collect();
    within("of the age of grade 1", share(&first, |line| line["born"].starts_with("2019-")), 0.93, 0.99);
    within("pupils for one of staff", pupils.len() as f64 / staff.len() as f64, 10.0, 18.0);
    let mut sizes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in &pupils {
        *sizes.entry((&line["school"], &line["class"])).or_default() += 1;
    }
    assert_eq!(sizes.len(), classes.len(), "no class is empty");
    assert!(sizes.values().all(|size| (3..=48).contains(size)), "{:?}", sizes.values().max());
    for school in schools.iter().filter(|line| !["04", "05", "13", "19"].contains(&line["levels"].as_str())) {
        let heads = staff.iter().filter(|line| line["school"] == school["school"] && line["position"] == "01");
        assert_eq!(heads.count(), 1, "a school has one head");
    }
}

/// Every mistake stands once in the tables, and nowhere in the workbooks.
#[test]
fn mistakes_stand_where_they_were_put() {
    let size = ["--schools", "16", "--communes", "2", "--tables", "csv"];
    let (clean, wrong) = (drawn("records-right", &size), drawn("records-wrong", &[&size[..], &["--dirt", "all"]].concat()));
    let (before, after) = (files(&clean), files(&wrong));
    let differing: Vec<&PathBuf> = before.keys().filter(|path| before[*path] != after[*path]).collect();
    assert_eq!(differing, [Path::new("ho-so/pupil.csv"), Path::new("ho-so/staff.csv")]);
    let differences = |table: &str| {
        let pairs = lines(&clean, table).into_iter().zip(lines(&wrong, table));
        let of = |(right, wrong): (BTreeMap<String, String>, BTreeMap<String, String>)| {
            right.into_iter().filter_map(move |(field, text)| (text != wrong[&field]).then(|| (field.clone(), text, wrong[&field].clone())))
        };
        pairs.flat_map(of).collect::<Vec<_>>()
    };
    let pupils = differences("pupil");
    let fields: Vec<&str> = pupils.iter().map(|(field, ..)| field.as_str()).collect();
    assert_eq!(fields, ["ethnicity", "pupil", "born", "class", "born", "pupil", "born", "status"]);
    let ids: Vec<String> = lines(&wrong, "pupil").iter().map(|line| line["pupil"].clone()).collect();
    let twice = ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() == 2).count();
    assert_eq!(twice, 4, "one id twice in a school, one in two schools");
    let born: Vec<&str> = pupils.iter().filter(|(field, ..)| field == "born").map(|(.., wrong)| wrong.as_str()).collect();
    assert!(born[0] > "2025-09-30" && born[1].is_empty() && born[2] < "2005", "{born:?}");
    assert_eq!(differences("staff").iter().map(|(field, ..)| field.as_str()).collect::<Vec<_>>(), ["school"]);
}

/// Kinds of mistakes, formats and terms that are not there are refused with what was meant.
#[test]
fn wrong_wishes_are_refused() {
    let folder = scratch("records-refused");
    for (arguments, hint) in
        [(["--dirt", "orphan-klass"], "orphan-class"), (["--tables", "parqet"], "parquet"), (["--term", "closing"], "opening")]
    {
        let out = asked(&folder, &arguments);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && said.contains(hint), "{said}");
    }
}

/// Exports that are tables: every one that a layout is there for.
fn layouts(book: &RecordBook) -> Vec<String> {
    let files = book.layouts.iter().filter(|layout| layout.seen != Seen::Own);
    files.map(|layout| layout.id.to_string()).collect()
}

/// Every export is known by the layout of its name, by all of its headings, and holds as many records as it should.
#[test]
fn every_export_is_known_by_its_layout() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let layouts = layouts(&book);
    assert!(layouts.len() >= 12, "{layouts:?}");
    let wishes: Vec<&str> = layouts.iter().flat_map(|layout| ["--layout", layout]).collect();
    let size = ["--schools", "6", "--communes", "2", "--tables", "csv", "--without-workbooks"];
    let folder = drawn("records-exports", &[&size[..], &wishes].concat());
    let classes: BTreeMap<String, String> =
        lines(&folder, "class").iter().map(|line| (line["class"].clone(), line["grade"].clone())).collect();
    let studies = |line: &BTreeMap<String, String>| ["01", "02", "03", "06", "07", "10"].contains(&line["status"].as_str());
    let pupils: Vec<(String, bool)> = lines(&folder, "pupil").iter().map(|line| (classes[&line["class"]].clone(), studies(line))).collect();
    for layout in &layouts {
        let own = book.layouts.iter().find(|own| *own.id == **layout).unwrap();
        let entity = &book.entities[own.of];
        // A source without statuses holds who is there.
        let has_status = own.columns.iter().any(|column| *entity.fields[column.field].id == *"status");
        let last = match layout.as_str() {
            "truong-chia-lop" => "01",
            layout if layout.starts_with("csdl-c1") => "05",
            _ => "12",
        };
        let is_told = |pupil: &&(String, bool)| ("01"..=last).contains(&pupil.0.as_str()) && (has_status || pupil.1);
        let is_of_pupils = *entity.id == *"pupil";
        // Registers hold schools, and no groups that are none.
        let is_school =
            |line: &&BTreeMap<String, String>| !line.get("levels").is_some_and(|own| ["04", "05", "19"].contains(&own.as_str()));
        let others = || lines(&folder, &entity.id).iter().filter(is_school).count();
        let expected = if is_of_pupils { pupils.iter().filter(is_told).count() } else { others() };
        let mut records = 0;
        for (path, _) in files(&folder.join("ho-so").join(layout)) {
            let path = folder.join("ho-so").join(layout).join(path);
            let source = Source { file: "x".into(), sha256: "".into(), modified: 0 };
            let opened = tkgd::record_files::open(&path, source, None, &book, &Isolation::InProcess).unwrap();
            let [table] = opened.tables.as_slice() else { panic!("{layout}: {} tables", opened.tables.len()) };
            assert_eq!(book.layouts[table.layout].id, own.id);
            assert!(table.places.iter().all(Option::is_some), "{layout}: {:?}", table.places);
            let id = own.columns.iter().position(|column| *book.entities[own.of].fields[column.field].id == *"born" || column.is_required);
            let column = table.places[id.unwrap()].unwrap();
            table
                .each_row(&path, &Isolation::InProcess, &mut |row| {
                    let text = row.text(Some(column));
                    // Sections have headings of their own again; signatures stand in the first column.
                    records += usize::from(!text.is_empty() && text != "Ngày sinh");
                    Ok(())
                })
                .unwrap();
        }
        assert_eq!(records, expected, "{layout}");
    }
}

/// Names, telephones, addresses of mail and numbers of identity stand in exports, and in no table of records, register or workbook.
#[test]
fn only_exports_say_who_somebody_is() {
    let wishes = ["--layout", "giao-vien-23-cot", "--layout", "nghe-an-hoc-sinh", "--layout", "dictionary"];
    let folder = drawn("records-people", &[&["--schools", "4", "--communes", "1", "--tables", "csv"], &wishes[..]].concat());
    let export = std::fs::read_to_string(folder.join("ho-so/nghe-an-hoc-sinh/toan-tinh-1.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(export.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let heads = rows.iter().position(|row| &row[0] == "STT").unwrap();
    let of = |heading: &str| {
        let column = rows[heads].iter().position(|own| own == heading).unwrap();
        rows[heads + 1..].iter().map(|row| row[column].to_owned()).collect::<BTreeSet<String>>()
    };
    let mut people: BTreeSet<String> =
        ["Họ tên", "SĐT liên hệ", "Số định danh cá nhân", "Tên cha", "Tên mẹ"].into_iter().flat_map(of).collect();
    people.insert(".invalid".to_owned());
    assert!(people.len() > 500, "{}", people.len());
    assert!(people.iter().filter(|text| text.starts_with("0999")).count() > 100);
    let document = std::fs::read_to_string(folder.join("ho-so/dictionary/09001001.json")).unwrap();
    assert!(document.contains(".invalid") && document.contains("\"HoTen\""));
    for (path, bytes) in files(&folder) {
        let is_export = path.components().count() > 2 && path.starts_with("ho-so");
        if !is_export && path.extension().is_some_and(|ending| ending == "csv") {
            let text = String::from_utf8(bytes).unwrap();
            let found: Vec<&String> = people.iter().filter(|own| text.contains(own.as_str())).collect();
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
}

/// Habits of each source are there: lines above the headings, lost headings, several lines of headings, dates as numbers, 36 for nothing,
/// classes under rows that name them.
#[test]
fn exports_have_the_habits_of_their_sources() {
    let names = [
        "truong-chia-lop",
        "hcm-hoc-sinh-lop",
        "csdl-c1-ket-qua",
        "truong-24-cot",
        "nghe-an-hoc-sinh",
        "nghe-an-giao-vien",
        "csdl-c1-hoc-sinh",
    ];
    let wishes: Vec<&str> = names.iter().flat_map(|layout| ["--layout", layout]).collect();
    let folder = drawn("records-habits", &[&["--schools", "4", "--communes", "1", "--without-workbooks"], &wishes[..]].concat());
    let first = |layout: &str| {
        let own = folder.join("ho-so").join(layout);
        let path = files(&own).into_keys().next().unwrap();
        read(&std::fs::read(own.join(path)).unwrap()).unwrap()
    };
    let text = |book: &tkgd::ooxml::RawWorkbook, row: u32, column: u16| match book.sheets[0].get(row, column) {
        Some(RawValue::Text(text)) => text.to_string(),
        other => other.map_or_else(String::new, |other| format!("{other:?}")),
    };
    let class = first("hcm-hoc-sinh-lop");
    assert_eq!([text(&class, 1, 0), text(&class, 2, 0), text(&class, 3, 0)], ["DANH SÁCH HỌC SINH LỚP 1A", "", "STT"]);
    let results = first("csdl-c1-ket-qua");
    let heading = [text(&results, 0, 5), text(&results, 0, 6), text(&results, 1, 5), text(&results, 1, 6), text(&results, 2, 6)];
    assert_eq!(heading, ["Môn học và hoạt động giáo dục", "", "Toán", "", "Điểm KTĐK"]);
    assert_eq!(text(&first("truong-24-cot"), 0, 9), "");
    let list = first("csdl-c1-hoc-sinh");
    assert_eq!(list.sheets.len(), 5, "lists of codes follow");
    let rows = list.sheets[0].cells.last().unwrap().row + 1;
    let serials = (4..rows).filter(|row| matches!(list.sheets[0].get(*row, 4), Some(RawValue::Number(_)))).count();
    assert!(serials > 1 && serials < rows as usize / 50, "{serials} of {rows}");
    let classes = first("truong-chia-lop");
    let lines: Vec<String> = (0..=classes.sheets[0].cells.last().unwrap().row).map(|row| text(&classes, row, 0)).collect();
    let sections = lines.iter().filter(|line| line.starts_with("LỚP 1")).count();
    assert!(sections > 1 && lines[0] == "LỚP 1A" && lines.iter().filter(|line| *line == "TT").count() == sections, "{lines:?}");
    assert!(lines.iter().any(|line| line == "HIỆU TRƯỞNG"));
    let province = std::fs::read_to_string(folder.join("ho-so/nghe-an-hoc-sinh/toan-tinh-1.csv")).unwrap();
    assert!(province.contains(",36,36,") && province.lines().any(|line| line.contains(",2018,")), "36 for nothing, years for dates");
    let staff = std::fs::File::open(folder.join("ho-so/nghe-an-giao-vien/toan-tinh-1.xlsx")).unwrap();
    let mut sheet = String::new();
    let mut staff = zip::ZipArchive::new(staff).unwrap();
    staff.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    assert!(sheet.contains("<dimension ref=\"A1:BS4\"/>") && sheet.matches("<row ").count() > 100, "the size is a lie");
}

/// The Parquet tables hold what the CSV tables hold, in types that every engine reads.
#[test]
fn both_formats_hold_the_same() {
    let size = ["--schools", "4", "--communes", "1", "--without-workbooks"];
    let (csv, parquet) = (drawn("records-csv", &[&size[..], &["--tables", "csv"]].concat()), drawn("records-parquet", &size));
    let book = RecordBook::load(&schemas().files).unwrap();
    for own in &book.entities {
        let (table, lines) = (StoredTable::open(&parquet.join(format!("ho-so/{}.parquet", own.id))), lines(&csv, &own.id));
        for field in own.fields.iter().filter(|field| field.derivation.is_none()) {
            let kind = match field.kind {
                FieldKind::Flag | FieldKind::Whole => DataType::Int32,
                FieldKind::Date => DataType::Date32,
                FieldKind::Key | FieldKind::Id | FieldKind::Code => DataType::Utf8,
            };
            assert_eq!(*table.0.column_by_name(&field.id).unwrap().data_type(), kind, "{}", field.id);
            let csv: Vec<Option<String>> =
                lines.iter().map(|line| Some(line[&*field.id].clone()).filter(|text| !text.is_empty())).collect();
            assert!(!csv.is_empty() && table.texts(&field.id) == csv, "{} {}", own.id, field.id);
        }
    }
}

/// Keys that a schema file knows at some place, as the refusal of one that nobody knows says.
fn known_keys(file: &str, text: &str) -> Vec<String> {
    let folder = scratch("records-keys");
    std::fs::create_dir_all(folder.join("bieu-mau/records")).unwrap();
    std::fs::write(folder.join("bieu-mau/records").join(file), text).unwrap();
    let wish = ["--schools", "2", "--communes", "1", "--layout", "dictionary", "--lang", "en"];
    let out = tkgd().args(["sample", "tinh", "--records", "--schemas", "bieu-mau"]).args(wish).current_dir(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("unknown field `zzz`"), "{said}");
    said.split_once("expected").unwrap().1.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_says_what_every_key_is() {
    let page = std::fs::read_to_string(super::support::root().join("docs/records.md")).unwrap();
    let section = |heading: &str| page.split_once(heading).unwrap().1.split("\n#").next().unwrap().to_owned();
    let level = "level = \"\", code = \"\", offsets = {}";
    let sample = [
        "zzz = 1".to_owned(),
        "groups = [{ zzz = 1 }]".to_owned(),
        "groups = [{ codes = [{ zzz = 1 }] }]".to_owned(),
        "sites = [{ zzz = 1 }]".to_owned(),
        "levels = [{ zzz = 1 }]".to_owned(),
        format!("levels = [{{ {level}, grades = [{{ zzz = 1 }}] }}]"),
        format!("levels = [{{ {level}, posts = [{{ zzz = 1 }}] }}]"),
        "staff_ages = [{ bands = [{ zzz = 1 }] }]".to_owned(),
        "spreads = [{ zzz = 1 }]".to_owned(),
    ];
    let exports =
        ["zzz = 1", "names = { zzz = 1 }", "dictionary = { zzz = 1 }", "dictionary = { lists = [{ zzz = 1 }] }", "exports = [{ zzz = 1 }]"];
    let exports = exports.map(str::to_owned).into_iter().chain(["exports = [{ columns = [{ zzz = 1 }] }]".to_owned()]).collect::<Vec<_>>();
    for (file, texts) in [("sample.toml", sample.to_vec()), ("exports.toml", exports)] {
        let section = section(&format!("### `{file}`\n"));
        for key in texts.iter().flat_map(|text| known_keys(file, text)) {
            assert!(section.contains(&format!("`{key}`")), "docs/records.md does not say what this is: {file} {key}");
        }
    }
}
