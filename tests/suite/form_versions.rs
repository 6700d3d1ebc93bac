//! What changes between versions of a form: found, mapped, confirmed, and looked back through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tkgd::archive::draft_path;
use tkgd::base::message::{Lang, Message};
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{
    Certainty, Form, FormChange, FormDiff, FormMapping, Layout, Mapping, MappingStatus, Member, Schemas, SlotIndex, diff, diff_text,
    mapping_toml, parse_toml, propose, read_form,
};
use tkgd::ooxml::RawValue;
use tkgd::returns::{Status, Values};
use tkgd::workspace::Pipeline;

use super::support::{StoredTable, read, tkgd};
use super::workspace::{PERIOD, Workspace, book, files, schemas, values_of};

/// A form file that a test edits as the Ministry would, remembering where each row came from.
pub struct Edited {
    file: toml::Table,
    /// By sheet id: rows with the code they had.
    rows: BTreeMap<String, Vec<(Option<String>, toml::Table)>>,
    /// Changes made by hand, by old code and sheet.
    made: BTreeMap<(String, String), BTreeSet<FormChange>>,
    edits: usize,
}

/// A row's old address and its new one: sheet id and code.
pub type Addresses = BTreeMap<(String, String), (String, String)>;

impl Edited {
    fn new(schemas: &Schemas, path: &str) -> Self {
        let mut file: toml::Table = schemas.files.text(path).unwrap().parse().unwrap();
        let mut rows = BTreeMap::new();
        for sheet in file["sheets"].as_array_mut().unwrap() {
            let sheet = sheet.as_table_mut().unwrap();
            let Some(toml::Value::Array(own)) = sheet.remove("rows") else { continue };
            let own = own.into_iter().map(|row| {
                let row: toml::Table = row.try_into().unwrap();
                (row.get("code").map(|code| code.as_str().unwrap().to_owned()), row)
            });
            rows.insert(sheet["id"].as_str().unwrap().to_owned(), own.collect());
        }
        Self { file, rows, made: BTreeMap::new(), edits: 0 }
    }

    fn at(&self, sheet: &str, code: &str) -> usize {
        self.rows[sheet].iter().position(|(origin, _)| origin.as_deref() == Some(code)).unwrap()
    }

    fn note(&mut self, sheet: &str, code: &str, change: FormChange) {
        self.made.entry((sheet.to_owned(), code.to_owned())).or_default().insert(change);
    }

    /// Changes a text of a row.
    fn set(&mut self, sheet: &str, code: &str, key: &str, text: &str, change: FormChange) {
        let at = self.at(sheet, code);
        self.rows.get_mut(sheet).unwrap()[at].1.insert(key.to_owned(), text.into());
        self.note(sheet, code, change);
        self.edits += 1;
    }

    /// Adds a row like the one before it.
    fn add(&mut self, sheet: &str, after: &str, label: &str) {
        let at = self.at(sheet, after);
        let rows = self.rows.get_mut(sheet).unwrap();
        let mut row = rows[at].1.clone();
        row.insert("label".to_owned(), label.into());
        row.insert("code".to_owned(), "new".into());
        row.remove("not_applicable");
        rows.insert(at + 1, (None, row));
        self.edits += 1;
    }

    fn drop(&mut self, sheet: &str, code: &str) {
        let at = self.at(sheet, code);
        self.rows.get_mut(sheet).unwrap().remove(at);
        self.edits += 1;
    }

    /// Puts a row behind another one, of the same sheet or of another.
    fn put(&mut self, (sheet, code): (&str, &str), (to, after): (&str, &str)) {
        let at = self.at(sheet, code);
        let moved = self.rows.get_mut(sheet).unwrap().remove(at);
        let behind = self.at(to, after);
        self.rows.get_mut(to).unwrap().insert(behind + 1, moved);
        self.note(sheet, code, FormChange::Moved);
        self.edits += 1;
    }

    fn sheet(&mut self, id: &str) -> &mut toml::Table {
        let sheets = self.file["sheets"].as_array_mut().unwrap();
        sheets.iter_mut().map(|s| s.as_table_mut().unwrap()).find(|s| s["id"].as_str() == Some(id)).unwrap()
    }

    /// Numbers rows anew through the sheets, as a circular does; sums follow their rows.
    pub fn finish(mut self, name: &str) -> (Arc<Layout>, Addresses) {
        let mut addresses = Addresses::new();
        let order: Vec<String> = self.file["sheets"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect();
        let mut code = 0;
        for id in order {
            let Some(mut rows) = self.rows.remove(&id) else { continue };
            let is_counts = self.sheet(&id)["kind"].as_str() == Some("counts");
            let first = rows[0].1["at"].as_integer().unwrap();
            for (place, (origin, row)) in rows.iter_mut().enumerate() {
                row.insert("at".to_owned(), (first + i64::try_from(place).unwrap()).into());
                if row.contains_key("code") && is_counts {
                    code += 1;
                    row.insert("code".to_owned(), code.to_string().into());
                }
                if let Some(origin) = origin {
                    let home = self.made.keys().find(|(_, moved)| moved == origin && id != "ngan-sach").map_or(&id, |(home, _)| home);
                    addresses.insert((home.clone(), origin.clone()), (id.clone(), row["code"].as_str().unwrap().to_owned()));
                }
            }
            let new_codes = |old: &str| {
                let own = addresses.get(&(id.clone(), old.to_owned()));
                own.filter(|(sheet, _)| *sheet == id).map(|(_, code)| code.clone())
            };
            let sheet = self.sheet(&id);
            for (key, whole) in [("row_sums", "total"), ("row_subsets", "whole")] {
                let Some(toml::Value::Array(sums)) = sheet.get_mut(key) else { continue };
                sums.retain_mut(|sum| {
                    let sum = sum.as_table_mut().unwrap();
                    let parts = sum["parts"].as_array().unwrap().iter().filter_map(|part| new_codes(part.as_str().unwrap()));
                    let parts: Vec<toml::Value> = parts.map(Into::into).collect();
                    let total = new_codes(sum[whole].as_str().unwrap());
                    let is_left = total.is_some() && !parts.is_empty();
                    sum.insert(whole.to_owned(), total.unwrap_or_default().into());
                    sum.insert("parts".to_owned(), parts.into());
                    is_left
                });
            }
            let rows: Vec<toml::Value> = rows.into_iter().map(|(_, row)| row.into()).collect();
            self.sheet(&id).insert("rows".to_owned(), rows.into());
        }
        let text = toml::to_string(&self.file).unwrap();
        (Arc::clone(&read_form(name, "edited.toml", &text).unwrap().layout), addresses)
    }
}

/// Old address to new one of every row pair of a diff, and what changed.
fn found(diff: &FormDiff) -> BTreeMap<(String, String), ((String, String), BTreeSet<FormChange>)> {
    let address = |layout: &Layout, row: Member| {
        let sheet = &layout.sheets[row.sheet];
        (sheet.id.to_string(), sheet.coded_row(row.at).code.as_deref().unwrap().to_owned())
    };
    let pairs = diff.rows.iter().filter_map(|pair| Some((address(&diff.old, pair.old?), address(&diff.new, pair.new?), &pair.changes)));
    pairs.map(|(old, new, changes)| (old, (new, changes.iter().copied().collect()))).collect()
}

/// Thirty changes of every kind.
pub fn thirty_changes(schemas: &Schemas) -> Edited {
    use FormChange::{Relabelled, Remeasured};
    let mut form = Edited::new(schemas, "tt24-2018/forms/01-MN-DN.toml");
    // Rows that were not there.
    form.add("truong-lop", "14", "- Trường có tường rào bao quanh");
    form.add("truong-lop", "29", "- Trường có sân chơi ngoài trời");
    form.add("hoc-sinh", "89", "- Học bằng song ngữ");
    form.add("can-bo", "161", "- Lái xe");
    form.add("phong-hoc", "199", "- Phòng tin học");
    // Rows that are gone.
    for (sheet, code) in [("truong-lop", "31"), ("truong-lop", "68"), ("hoc-sinh", "100"), ("can-bo", "160"), ("phong-hoc", "201")] {
        form.drop(sheet, code);
    }
    // Other words for the same thing: slight, then heavy.
    form.set("truong-lop", "12", "label", "- Trường có điện lưới quốc gia", Relabelled);
    form.set("truong-lop", "52", "label", "Lớp mẫu giáo độc lập tư thục", Relabelled);
    form.set("hoc-sinh", "88", "label", "- Trẻ bán trú (có tổ chức ăn trưa tại trường)", Relabelled);
    form.set("can-bo", "130", "label", "- Tiến sĩ, Tiến sĩ khoa học", Relabelled);
    form.set("truong-lop", "54", "label", "Tổng số điểm trường lẻ và điểm trường chính", Relabelled);
    form.set("hoc-sinh", "111", "label", "- Trẻ có cân nặng vượt chuẩn theo tuổi", Relabelled);
    form.set("can-bo", "165", "label", "- Cấp dưỡng", Relabelled);
    // Another band: other numbers in the label.
    form.set("truong-lop", "4", "label", "+ Trường có dưới 10 nhóm trẻ", Relabelled);
    // Other units of measure.
    form.set("truong-lop", "51", "unit", "nhóm", Remeasured);
    form.set("hoc-sinh", "120", "unit", "hộ", Remeasured);
    // Other places: within a sheet, under another heading, in another sheet.
    form.put(("truong-lop", "13"), ("truong-lop", "9"));
    form.put(("can-bo", "133"), ("can-bo", "136"));
    form.put(("hoc-sinh", "122"), ("hoc-sinh", "119"));
    form.put(("truong-lop", "53"), ("phong-hoc", "212"));
    // Other sums.
    form.sheet("hoc-sinh")["row_sums"].as_array_mut().unwrap().retain(|sum| sum["total"].as_str() != Some("101"));
    form.note("hoc-sinh", "101", FormChange::Resummed);
    let subset = form.sheet("truong-lop")["row_subsets"].as_array_mut().unwrap();
    subset.retain(|sum| sum["whole"].as_str() != Some("69"));
    form.note("truong-lop", "69", FormChange::Resummed);
    form.edits += 2;
    // Other columns that apply.
    let at = form.at("hoc-sinh", "121");
    form.rows.get_mut("hoc-sinh").unwrap()[at].1.insert("not_applicable".to_owned(), vec![toml::Value::from(3)].into());
    form.note("hoc-sinh", "121", FormChange::Reapplied);
    form.edits += 1;
    // Columns: one gone, one new, one under another heading; a sheet with another name.
    columns_changed(&mut form);
    form.sheet("can-bo").insert("name".to_owned(), "Đội ngũ".into());
    form.edits += 1;
    form
}

/// The sheet of groups and classes loses "Dân lập", gains a column, and heads another one otherwise.
fn columns_changed(form: &mut Edited) {
    let sheet = form.sheet("truong-lop");
    let columns = sheet["columns"].as_array_mut().unwrap();
    let last = columns.last_mut().unwrap().as_table_mut().unwrap();
    last.insert("path".to_owned(), vec![toml::Value::from("Có vốn đầu tư nước ngoài")].into());
    last.insert("dims".to_owned(), toml::Table::from_iter([("ownership".to_owned(), "foreign".into())]).into());
    let private = columns[2].as_table_mut().unwrap();
    private.insert("path".to_owned(), vec![toml::Value::from("Tư thục (kể cả cơ sở độc lập)")].into());
    form.edits += 3;
}

#[test]
fn a_form_changed_in_thirty_places_is_matched_row_by_row() {
    let schemas = schemas();
    let old = Arc::clone(&schemas.form("tt24-2018/01-MN-DN").unwrap().layout);
    let mut form = thirty_changes(&schemas);
    assert!(form.edits >= 30, "{} edits", form.edits);
    // Sums that gained or lost a part through the edits above.
    for (sheet, code) in [("truong-lop", "15"), ("truong-lop", "56"), ("hoc-sinh", "96"), ("can-bo", "157"), ("phong-hoc", "200")] {
        form.note(sheet, code, FormChange::Resummed);
    }
    let made = form.made.clone();
    let (new, truth) = form.finish("moi");
    let difference = diff(&old, &new);
    let found = found(&difference);
    let pairs: Addresses = found.iter().map(|(old, (new, _))| (old.clone(), new.clone())).collect();
    let wrong: Vec<_> = truth.iter().filter(|(old, new)| pairs.get(*old) != Some(*new)).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{}", diff_text(&difference, Lang::En));
    assert_eq!(pairs.len(), truth.len(), "nothing is matched that is not the same");
    for (old, (new, changes)) in &found {
        let mut expected = made.get(old).cloned().unwrap_or_default();
        if old.1 != new.1 {
            expected.insert(FormChange::Renumbered);
        }
        assert_eq!(*changes, expected, "{old:?} → {new:?}");
    }
    let count = |change| difference.rows.iter().filter(|pair| pair.changes.contains(&change)).count();
    assert_eq!((count(FormChange::Added), count(FormChange::Dropped)), (5, 5));
    let columns: Vec<_> = difference.columns.iter().filter(|pair| !pair.changes.is_empty()).map(|pair| pair.changes.clone()).collect();
    assert_eq!(columns.len(), 4, "{columns:?}");
    // What is relabelled beyond recognition has to be looked at.
    let unsure: Vec<_> = difference.rows.iter().filter(|pair| pair.certainty == Certainty::Unsure).collect();
    assert!((3..=12).contains(&unsure.len()), "{}", unsure.len());
}

#[test]
fn a_form_is_no_different_from_itself_and_renumbering_alone_is_only_that() {
    let schemas = schemas();
    for id in ["tt24-2018/01-MN-DN", "tt24-2018/02-TH-DN"] {
        let layout = &schemas.form(id).unwrap().layout;
        assert!(diff(layout, layout).is_empty());
    }
    let mut form = Edited::new(&schemas, "tt24-2018/forms/02-TH-DN.toml");
    form.add("I", "25", "- Trường liên cấp");
    let (new, truth) = form.finish("moi");
    let old = &schemas.form("tt24-2018/02-TH-DN").unwrap().layout;
    let difference = diff(old, &new);
    let found = found(&difference);
    assert_eq!(found.len(), truth.len());
    for (old, (new, changes)) in found {
        assert_eq!(truth[&old], new);
        let expected: BTreeSet<FormChange> = if old.1 == new.1 { BTreeSet::new() } else { [FormChange::Renumbered].into() };
        assert_eq!(changes, expected, "{old:?}");
    }
}

/// The edited form as a mapping: written, confirmed, read again.
pub fn mapped(diff: &FormDiff) -> Mapping {
    let text = mapping_toml(diff, Lang::Vi);
    let mut file: tkgd::forms::MappingFile = parse_toml("m.toml", &text).unwrap();
    assert_eq!(file, propose(diff), "what is written is what was proposed");
    file.status = MappingStatus::Confirmed;
    "Trưởng phòng".clone_into(&mut file.confirmed_by);
    file.confirmed_on = chrono::NaiveDate::from_ymd_opt(2026, 9, 1);
    Mapping::new(file, "m.toml", &diff.old, &diff.new).unwrap()
}

/// A number that no other slot has.
fn number_of(slot: SlotIndex) -> i64 {
    1000 + i64::try_from(slot.get()).unwrap()
}

#[test]
fn a_proposed_mapping_carries_every_figure_to_its_new_place_and_no_other() {
    let schemas = schemas();
    let old = Arc::clone(&schemas.form("tt24-2018/01-MN-DN").unwrap().layout);
    let (new, truth) = thirty_changes(&schemas).finish("moi");
    let difference = diff(&old, &new);
    let mapping = mapped(&difference);
    // Every old cell holds a number of its own.
    let mut values = Values::new(old.slots);
    old.each_slot().for_each(|slot| values.set(slot, Status::Reported, number_of(slot)));
    let carried = values.mapped(&mapping.slots);
    let dropped_column = |sheet: &str, number: u16| sheet == "truong-lop" && number == 4;
    let mut seen = BTreeSet::new();
    for ((sheet, code), (to, new_code)) in &truth {
        let remeasured = [("truong-lop", "51"), ("hoc-sinh", "120")].contains(&(sheet.as_str(), code.as_str()));
        let (from, into) = (old.sheet(sheet).unwrap(), new.sheet(to).unwrap());
        let (row, target) = (from.find_code(code).unwrap(), into.find_code(new_code).unwrap());
        for column in &into.columns {
            let slot = into.slot(target, into.find_column(column.number).unwrap());
            seen.insert(slot);
            // The row that moved to another sheet keeps the columns that mean the same there.
            if sheet != to {
                continue;
            }
            let found = carried.get(slot);
            if remeasured || dropped_column(sheet, column.number) {
                assert_eq!(found, (Status::Absent, 0), "{sheet}/{code} → {to}/{new_code} [{}]", column.number);
            } else {
                let old_slot = from.slot(row, from.find_column(column.number).unwrap());
                assert_eq!(found, (Status::Reported, number_of(old_slot)), "{sheet}/{code} → {to}/{new_code}");
            }
        }
    }
    let others = new.each_slot().filter(|slot| !seen.contains(slot));
    assert!(others.into_iter().all(|slot| carried.get(slot) == (Status::Absent, 0)), "what was added has no past");
    assert_eq!(tkgd::forms::Schemas::form_mapping(&schemas, &old, &new), FormMapping::None, "and nothing is compared without a mapping");
}

#[test]
fn a_mapping_that_forgets_a_row_or_names_one_twice_is_refused() {
    let schemas = schemas();
    let layout = &schemas.form("tt24-2018/02-TH-DN").unwrap().layout;
    let file = mapped(&diff(layout, layout)).file;
    let problems = |change: &dyn Fn(&mut tkgd::forms::MappingFile)| {
        let mut file = file.clone();
        change(&mut file);
        Mapping::new(file, "m.toml", layout, layout).map(|_| ()).map_err(|problems| Message::join(&problems, "; ").en()).unwrap_err()
    };
    let forgotten = problems(&|file| file.sheets[0].same_rows.retain(|code| code != "7"));
    assert!(forgotten.contains("nothing is said of 7"), "{forgotten}");
    let twice = problems(&|file| file.sheets[0].same_rows.push("7".to_owned()));
    assert!(twice.contains("code 7 stands twice"), "{twice}");
    let unknown = problems(&|file| file.sheets[0].same_rows.push("999".to_owned()));
    assert!(unknown.contains("`999` is not in the old form"), "{unknown}");
    let nobody = problems(&|file| file.confirmed_by.clear());
    assert!(nobody.contains("confirmed_by"), "{nobody}");
}

#[test]
fn two_real_forms_share_their_common_vocabulary() {
    let schemas = schemas();
    let (old, new) = (&schemas.form("tt24-2018/01-MN-DN").unwrap().layout, &schemas.form("tt24-2018/02-TH-DN").unwrap().layout);
    let difference = diff(old, new);
    let found = found(&difference);
    let label = |layout: &Layout, (sheet, code): &(String, String)| {
        let sheet = layout.sheet(sheet).unwrap();
        sheet.coded_row(sheet.find_code(code).unwrap()).label.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "")
    };
    let labels = |layout: &Layout| -> Vec<(String, String)> {
        let rows = layout.data_sheets().flat_map(|(_, sheet)| sheet.coded.iter().map(move |&row| &sheet.rows[row]));
        rows.map(|row| (row.label.to_lowercase().replace(|c: char| !c.is_alphanumeric(), ""), row.unit.to_string())).collect()
    };
    // A label that stands once in each form with one unit of measure is the same thing in both.
    let (all_old, all_new) = (labels(old), labels(new));
    let once = |all: &[(String, String)], wanted: &(String, String)| all.iter().filter(|label| **label == *wanted).count() == 1;
    let common: Vec<&(String, String)> = all_old.iter().filter(|l| once(&all_old, l) && once(&all_new, l)).collect();
    assert!(common.len() >= 3, "{common:?}");
    for (wanted, _) in &common {
        assert!(found.iter().any(|(a, (b, _))| label(old, a) == *wanted && label(new, b) == *wanted), "{wanted}");
    }
    // Pupils are not children by another name, rooms are not classes: no pair across units of measure is sure.
    let pairs = difference.rows.iter().filter(|pair| pair.changes.contains(&FormChange::Remeasured));
    assert!(pairs.into_iter().all(|pair| pair.certainty != Certainty::Sure));
    assert!(found.iter().all(|(a, (b, _))| {
        let sheets = [("truong-lop", "I"), ("hoc-sinh", "III"), ("can-bo", "IV"), ("phong-hoc", "V")];
        sheets.contains(&(a.0.as_str(), b.0.as_str())) || label(old, a) == label(new, b)
    }));
    insta::assert_snapshot!(diff_text(&difference, Lang::Vi).lines().rev().take(3).collect::<Vec<_>>().join("\n"), @r"
    10 dòng cần soát
    Cột: 21 không đổi, 12 thêm mới, 28 bỏ, 9 đổi cách cộng
    Dòng: 0 không đổi, 79 thêm mới, 184 bỏ, 52 đổi mã, 12 đổi tên, 34 chuyển chỗ, 9 đổi cách cộng
    ");
}

/// Runs the program with a schema folder; gives what it printed.
fn call(schemas: &std::path::Path, arguments: &[&str]) -> String {
    let output = tkgd().arg("--schemas").arg(schemas).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {out}{err}");
    out
}

#[test]
fn a_new_blank_replaces_an_assumed_layout_and_last_year_is_seen_through_the_confirmed_mapping() {
    let schemas = schemas();
    let workspace = Workspace::sample_of("form-versions", 6, 2, 5, Period { year: SchoolYear(2024), term: Term::Opening });
    let pipeline = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    let last_year = workspace.folder.join("nam-truoc.toml");
    std::fs::write(&last_year, &text).unwrap();
    std::fs::write(&pipeline, text.replace("2024-2025", "2025-2026")).unwrap();
    let folder = workspace.folder.join("bieu-mau");
    std::fs::create_dir_all(folder.join("tt25-2024")).unwrap();
    call(&folder, &["run", last_year.to_str().unwrap()]);

    // The Ministry's new blank: thirty changes, one of them a sheet's name, codes renumbered.
    let (new, truth) = thirty_changes(&schemas).finish("tt25-2024");
    let blank = workspace.folder.join("01.ĐN-MN.xlsx");
    let form = Form { layout: Arc::clone(&new), ..Form::clone(schemas.form("tt25-2024/01-MN-DN").unwrap()) };
    std::fs::write(&blank, book(&schemas, &form, &Values::new(new.slots))).unwrap();
    let circular = folder.join("tt25-2024");
    let import =
        ["schema", "import", blank.to_str().unwrap(), "--symbol", "01.ĐN-MN", "--verified", "--circular", circular.to_str().unwrap()];
    let said = call(&folder, &import);
    assert!(said.contains("[verified] thay cho tt25-2024/01-MN-DN [assumed"), "{said}");
    let shown = call(&folder, &["schema", "show"]);
    assert!(shown.contains("tt25-2024/01-MN-DN  01.ĐN-MN") && shown.contains("[verified] imported from 01.ĐN-MN.xlsx"), "{shown}");

    // Until somebody confirms the mapping nothing looks through it, and that is said.
    let templates = workspace.folder.join("trong");
    let make = ["template", pipeline.to_str().unwrap(), "--out", templates.to_str().unwrap()];
    let said = call(&folder, &make);
    assert!(said.contains("mappings/01-MN-DN.toml chưa được xác nhận"), "{said}");
    let mapping = circular.join("mappings/01-MN-DN.toml");
    call(&folder, &["schema", "confirm", mapping.to_str().unwrap(), "--by", "Trưởng phòng Kế hoạch", "--on", "2025-10-01"]);
    let said = call(&folder, &make);
    assert!(!said.contains("chưa được xác nhận"), "{said}");

    // Every earlier figure stands in the reference sheet under its new code.
    let (unit, old_values) = one_return(&workspace, "01-MN-DN");
    let book = read(&std::fs::read(templates.join(format!("{unit}_01-MN-DN.xlsx"))).unwrap()).unwrap();
    let sheet = book.sheets.iter().find(|sheet| sheet.name == "Kỳ trước").unwrap();
    let old = &schemas.form("tt24-2018/01-MN-DN").unwrap().layout;
    let mut compared = 0;
    for ((from, code), (to, new_code)) in truth.iter().filter(|((from, _), (to, _))| from == to && from == "can-bo") {
        let (before, after) = (old.sheet(from).unwrap(), new.sheet(to).unwrap());
        let line = sheet
            .cells
            .iter()
            .find(|cell| cell.column == 1 && sheet.text(cell.row, 1) == Some(new_code) && sheet.text(cell.row, 0) == Some(&*after.name));
        let row = line.unwrap_or_else(|| panic!("{new_code}")).row;
        for column in 0..after.columns.len() {
            let shown = sheet.cells.iter().find(|cell| cell.row == row && usize::from(cell.column) == 3 + column);
            let shown = match shown.map(|cell| cell.value.clone()) {
                Some(RawValue::Number(number)) => Some(number as i64),
                _ => None,
            };
            let was = old_values.number(before.slot(before.find_code(code).unwrap(), column));
            assert_eq!(shown, was, "{code} → {new_code} [{}]", column + 1);
            compared += usize::from(was.is_some());
        }
    }
    assert!(compared > 300, "{compared}");
    archived_mapping(&workspace, &folder);
}

/// Unit and values of one return of the workspace.
fn one_return(workspace: &Workspace, short: &str) -> (String, Values) {
    let all = files(&workspace.folder.join("bieu"));
    // Units above schools file only their own part.
    let (name, bytes) = all.iter().find(|(name, _)| name.ends_with(&format!("_{short}.xlsx")) && name.len() > 21).unwrap();
    (name.split('_').next().unwrap().to_owned(), values_of(bytes))
}

/// The run under the new form keeps the mapping, and nothing is called assumed any more.
fn archived_mapping(workspace: &Workspace, schemas: &std::path::Path) {
    std::fs::remove_dir_all(workspace.folder.join("bieu")).unwrap();
    std::fs::create_dir_all(workspace.folder.join("bieu")).unwrap();
    let pipeline = workspace.folder.join("p.toml");
    let output = tkgd().arg("--schemas").arg(schemas).arg("run").arg(&pipeline).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_ne!(output.status.code(), Some(2), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let table = |name: &str| StoredTable::open(&draft_path(&Pipeline::open(&pipeline).unwrap().archive(), name, PERIOD));
    let mappings = table("mappings").0.num_rows();
    assert!(mappings > 250, "{mappings}");
    let forms = table("forms");
    let at = forms.texts("form").iter().position(|form| form.as_deref() == Some("tt25-2024/01-MN-DN")).unwrap();
    assert_eq!(forms.texts("layout_status")[at].as_deref(), Some("verified"));
}
