//! Records are counted into cells as a reader of the definitions would count them, row by row and condition by condition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::oracle::{python_with, script};
use super::record_files::{Style, write_records, write_units};
use super::support::{Dice, scratch, tkgd};
use super::workspace::schemas;

use tkgd::forms::{Form, SlotIndex};
use tkgd::records::{Condition, EntityIndex, FieldKind, FieldRef, RecordBook};
use tkgd::rulebook::{Expression, Function, Operator, Unary};
use tkgd::tabulate::rows::{Values, number_of};
use tkgd::tabulate::{AgeDays, CountedCell, FormDefinition, NONE, NOWHERE, Profile, RecordRows, Tabulation, cell_name};

/// Records of a small province.
pub struct Province {
    pub schools: RecordRows,
    pub classes: RecordRows,
    pub others: Vec<RecordRows>,
}

const SCHOOLS: usize = 9;

/// A value that a field may have; one in ten is missing.
fn value(book: &RecordBook, at: FieldRef, dice: &mut Dice) -> i32 {
    let field = book.field(at);
    if dice.below(10) == 0 {
        return NONE;
    }
    let number = |dice: &mut Dice, most: usize| i32::try_from(dice.below(most)).unwrap();
    match field.kind {
        FieldKind::Code => number(dice, field.list.as_ref().unwrap().values.len()),
        FieldKind::Flag => number(dice, 2),
        FieldKind::Whole => number(dice, 40),
        FieldKind::Date => {
            let (least, ages) = if &*book.entities[at.entity].id == "staff" { (22, 44) } else { (0, 13) };
            let year = 2025 - least - number(dice, ages);
            let day = NaiveDate::from_ymd_opt(year, 1 + dice.below(12) as u32, 1 + dice.below(28) as u32).unwrap();
            number_of(day)
        }
        FieldKind::Key | FieldKind::Id => NONE,
    }
}

/// Rows of an entity; what they belong to is drawn.
fn rows(book: &RecordBook, entity: &str, count: usize, classes: Option<&RecordRows>, dice: &mut Dice) -> RecordRows {
    let entity = book.entity(entity).unwrap();
    let mut rows = RecordRows::new(entity, book);
    for row in 0..u32::try_from(count).unwrap() {
        let (school, class) = match classes {
            _ if entity == book.school => (row, NOWHERE),
            _ if entity == book.class => (u32::try_from(dice.below(SCHOOLS)).unwrap(), row),
            Some(classes) if dice.below(20) > 0 => {
                let class = dice.below(classes.len);
                (classes.school[class], u32::try_from(class).unwrap())
            }
            _ => (u32::try_from(dice.below(SCHOOLS)).unwrap(), NOWHERE),
        };
        rows.begin(school, class);
        for (field, own) in book.entities[entity].fields.iter_enumerated() {
            if own.derivation.is_none() {
                rows.set(field, value(book, FieldRef { entity, field }, dice));
            }
        }
    }
    rows
}

pub fn province(book: &RecordBook, seed: u64) -> Province {
    let mut dice = Dice(seed);
    let schools = rows(book, "school", SCHOOLS, None, &mut dice);
    let classes = rows(book, "class", 60, None, &mut dice);
    let others = vec![
        rows(book, "pupil", 1_500, Some(&classes), &mut dice),
        rows(book, "staff", 300, None, &mut dice),
        rows(book, "site", 70, None, &mut dice),
    ];
    Province { schools, classes, others }
}

pub fn days() -> AgeDays {
    AgeDays { year: 2025, day: NaiveDate::from_ymd_opt(2025, 9, 30).unwrap() }
}

pub fn definitions(book: &RecordBook, profile: Profile) -> Vec<FormDefinition> {
    let schemas = schemas();
    let counted = |form: &&Arc<Form>| &*form.circular == "tt24-2018" && !form.layout.counts.is_empty();
    let forms: Vec<_> = schemas.forms.iter().filter(counted).collect();
    assert_eq!(forms.len(), 2);
    forms.into_iter().map(|form| FormDefinition::new(form, book, profile).unwrap()).collect()
}

/// Counts by form, cell and school.
pub type Counts = BTreeMap<(usize, SlotIndex, usize), u32>;

pub fn counted(book: &RecordBook, definitions: &[FormDefinition], province: &Province) -> Counts {
    let (schools, classes) = (province.schools.clone(), province.classes.clone());
    let tabulation = Tabulation::new(book, definitions, schools, classes, days()).unwrap();
    province.others.iter().for_each(|rows| tabulation.count(rows));
    by_cell(tabulation.finish())
}

/// Cells of schools by form, cell and school.
pub fn by_cell(schools: Vec<Vec<CountedCell>>) -> Counts {
    let of_school = |(school, cells): (usize, Vec<CountedCell>)| {
        cells.into_iter().map(move |cell| ((cell.form, cell.slot, school), cell.count)).collect::<Vec<_>>()
    };
    schools.into_iter().enumerate().flat_map(of_school).collect()
}

/// A plain reader of conditions: what it holds for, row by row, with values that are worked out put beside the others first.
pub struct Naive<'a> {
    pub book: &'a RecordBook,
    pub province: &'a Province,
}

impl Naive<'_> {
    fn verdict(&self, condition: &Condition, rows: &RecordRows, row: usize) -> Option<bool> {
        let holds = |own: &Condition| self.verdict(own, rows, row);
        match condition {
            Expression::Unary(Unary::Not, own) => holds(own).map(|own| !own),
            Expression::Binary(Operator::And, a, b) => match (holds(a), holds(b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Expression::Binary(Operator::Or, a, b) => match (holds(a), holds(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Expression::Binary(operator, a, b) => {
                let (a, b) = (self.value(a, rows, row)?, self.value(b, rows, row)?);
                Some(match operator {
                    Operator::Equal => a == b,
                    Operator::NotEqual => a != b,
                    Operator::Less => a < b,
                    Operator::AtMost => a <= b,
                    Operator::Greater => a > b,
                    Operator::AtLeast => a >= b,
                    _ => unreachable!(),
                })
            }
            Expression::OneOf(own, list) => {
                let own = self.value(own, rows, row)?;
                Some(list.iter().any(|item| self.value(item, rows, row).as_ref() == Some(&own)))
            }
            Expression::Call(Function::Present, own) => Some(self.value(&own[0], rows, row).is_some()),
            Expression::Call(Function::Missing, own) => Some(self.value(&own[0], rows, row).is_none()),
            _ => unreachable!(),
        }
    }

    /// A number, or a code as its text.
    fn value(&self, expression: &Condition, rows: &RecordRows, row: usize) -> Option<Result<i64, String>> {
        match expression {
            Expression::Number(number, _) => Some(Ok(i64::try_from(*number).unwrap())),
            Expression::Text(text) => Some(Err(text.clone())),
            Expression::Reference(field) => {
                let Province { schools, classes, .. } = self.province;
                let number = Values { book: self.book, schools, classes, days: days() }.at(rows, *field, row)?;
                Some(match &self.book.field(*field).list {
                    Some(list) => Err(list.values[usize::try_from(number).unwrap()].code.to_string()),
                    None => Ok(number),
                })
            }
            _ => unreachable!(),
        }
    }

    pub fn count(&self, rows: &RecordRows, conditions: &[&Condition], is_of: impl Fn(usize) -> bool) -> u32 {
        let holds = |row: &usize| conditions.iter().all(|own| self.verdict(own, rows, *row) == Some(true));
        u32::try_from((0..rows.len).filter(|row| is_of(*row)).filter(holds).count()).unwrap()
    }
}

/// The province with every value that counts records put in, classes before schools.
pub fn with_derived(book: &RecordBook, mut province: Province) -> Province {
    for owner in [book.class, book.school] {
        for (at, field) in book.entities[owner].fields.iter_enumerated() {
            let Some(tkgd::records::Derivation::Count(counted, only)) = &field.derivation else { continue };
            let conditions: Vec<&Condition> = book.entities[*counted].counts_if.iter().chain(only).collect();
            let owners = if owner == book.school { province.schools.len } else { province.classes.len };
            let naive = Naive { book, province: &province };
            let rows = of(&province, book, *counted);
            let belongs = |row: usize, of: usize| {
                let number = if owner == book.school { rows.school[row] } else { rows.class[row] };
                number == u32::try_from(of).unwrap()
            };
            let counts = (0..owners).map(|own| i32::try_from(naive.count(rows, &conditions, |row| belongs(row, own))).unwrap());
            let counts: Vec<i32> = counts.collect();
            let own = if owner == book.school { &mut province.schools } else { &mut province.classes };
            own.fields[at] = counts;
        }
    }
    province
}

pub fn of<'a>(province: &'a Province, book: &RecordBook, entity: EntityIndex) -> &'a RecordRows {
    let Province { schools, classes, others } = province;
    match entity {
        _ if entity == book.school => schools,
        _ if entity == book.class => classes,
        _ => others.iter().find(|rows| rows.entity == entity).unwrap(),
    }
}

#[test]
fn every_cell_is_what_a_plain_reader_counts() {
    let book = RecordBook::load(&schemas().files).unwrap();
    for (profile, seed) in [(Profile::Form, 1), (Profile::Engine, 2), (Profile::Form, 3)] {
        let definitions = definitions(&book, profile);
        let counts = counted(&book, &definitions, &province(&book, seed));
        let province = with_derived(&book, province(&book, seed));
        let naive = Naive { book: &book, province: &province };
        let (mut cells, mut filled) = (0, 0);
        for (form, definition) in definitions.iter().enumerate() {
            for cell in &definition.cells {
                let rows = of(&province, &book, cell.entity);
                let conditions: Vec<&Condition> = cell.conditions.iter().collect();
                for school in 0..SCHOOLS {
                    let expected = naive.count(rows, &conditions, |row| rows.school[row] as usize == school);
                    let (sheet, coded, column) = definition.form.layout.address(cell.slot);
                    let sheet = &definition.form.layout.sheets[sheet];
                    let code = sheet.coded_row(coded).code.clone();
                    assert_eq!(counts[&(form, cell.slot, school)], expected, "{}/{code:?}/{}", sheet.id, sheet.columns[column].number);
                    cells += 1;
                    filled += usize::from(expected > 0);
                }
            }
        }
        assert!(cells > 20_000 && filled > 2_000, "{cells} cells, {filled} with records");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// How records are cut into batches, and in which order they come, changes nothing.
    #[test]
    fn batches_and_order_change_nothing(seed in 0u64..1_000, cut in 1usize..400, sorted in any::<bool>()) {
        let book = RecordBook::load(&schemas().files).unwrap();
        let definitions = definitions(&book, Profile::Form);
        let whole = province(&book, seed);
        let parts = whole.others.iter().flat_map(|rows| {
            let mut order: Vec<usize> = (0..rows.len).collect();
            if sorted { order.sort_by_key(|row| (rows.school[*row], *row)); } else { order.reverse(); }
            order.chunks(cut).map(|part| picked(&book, rows, part)).collect::<Vec<_>>()
        }).collect();
        let split = Province { schools: whole.schools.clone(), classes: whole.classes.clone(), others: parts };
        prop_assert_eq!(counted(&book, &definitions, &whole), counted(&book, &definitions, &split));
    }
}

/// Some rows in an order of their own.
fn picked(book: &RecordBook, rows: &RecordRows, order: &[usize]) -> RecordRows {
    let mut own = RecordRows::new(rows.entity, book);
    for row in order {
        own.begin(rows.school[*row], rows.class[*row]);
        for field in book.entities[rows.entity].fields.indexes() {
            if let Some(value) = rows.fields[field].get(*row) {
                own.set(field, *value);
            }
        }
    }
    own
}

/// The cells of a form for which the Ministry's program has a function, by the reference: sheet, row, column.
fn functions(file: &std::path::Path, sheets: &[(&str, &str)]) -> BTreeSet<(String, String, u16)> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let heads = reader.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (sheet, code, column) = (at("sheet"), at("code"), at("col_no"));
    let own = |record: csv::StringRecord| {
        let sheet = sheets.iter().find(|(theirs, _)| *theirs == &record[sheet])?.1;
        Some((sheet.to_owned(), record[code].to_owned(), record[column].parse().unwrap()))
    };
    reader.records().filter_map(|record| own(record.unwrap())).collect()
}

/// What the Ministry's program counts is counted here, and nothing else but what is said in `docs/records.md`.
#[test]
fn every_cell_with_a_function_of_the_ministry_is_counted() {
    let Some(shared) = super::support::shared() else { return };
    let book = RecordBook::load(&schemas().files).unwrap();
    let (th, mn) = (
        vec![("I", "I"), ("III", "III"), ("IV", "IV")],
        vec![("Trường-Lớp", "truong-lop"), ("Học sinh", "hoc-sinh"), ("Cán bộ", "can-bo")],
    );
    // Rows without any function or without one for minorities, rows that share that of another row, and cells that lost theirs when the workbook was copied together.
    let (ours, slips) = (["60", "96", "100", "101", "120"], ["20", "97", "98", "99", "103", "104", "105"]);
    for definition in definitions(&book, Profile::Form) {
        let sheets = if &*definition.form.short == "02-TH-DN" { &th } else { &mn };
        let file = format!("reference/forms/definitions/{}.placeholders.csv", definition.form.short);
        let theirs = functions(&shared.join(file), sheets);
        let address = |slot| {
            let (sheet, coded, column) = definition.form.layout.address(slot);
            let sheet = &definition.form.layout.sheets[sheet];
            (sheet.id.to_string(), sheet.coded_row(coded).code.as_deref().unwrap().to_owned(), sheet.columns[column].number)
        };
        let counted: BTreeSet<_> = definition.cells.iter().map(|cell| address(cell.slot)).collect();
        assert!(theirs.len() > 1_000, "{}", theirs.len());
        let lost: Vec<_> = theirs.difference(&counted).collect();
        assert!(lost.is_empty(), "not counted: {lost:?}");
        let more = counted.difference(&theirs).filter(|(_, code, _)| !ours.contains(&code.as_str()) && !slips.contains(&code.as_str()));
        assert_eq!(more.collect::<Vec<_>>(), Vec::<&(String, String, u16)>::new(), "counted without a function");
    }
}

/// The units that a school of the test belongs to; the last school is in no list of units.
fn units_of(school: usize) -> Option<[String; 3]> {
    let commune = school % 4;
    (school + 1 < SCHOOLS).then(|| [format!("X{commune}"), format!("H{}", commune / 2), "T".to_owned()])
}

/// Counts as the plan's tables hold them: cell, school or unit, count.
fn expected(book: &RecordBook, definitions: &[FormDefinition], counts: &Counts) -> String {
    let mut lines = BTreeMap::<[String; 2], u64>::new();
    for ((form, slot, school), count) in counts {
        let form = &definitions[*form];
        let cell = form.cells.iter().find(|cell| cell.slot == *slot).unwrap();
        let name = format!("{}/{}/{}", form.form.short, book.entities[cell.entity].id, cell_name(&form.form, cell));
        let units = units_of(*school).unwrap_or_default();
        let above = ["commune", "district", "province"].into_iter().zip(units).map(|(level, unit)| format!("{level}:{unit}"));
        for place in [format!("S{school}"), "nation:".to_owned()].into_iter().chain(above) {
            *lines.entry([name.clone(), place]).or_default() += u64::from(*count);
        }
    }
    lines.into_iter().map(|([cell, place], count)| format!("{cell},{place},{count}\n")).collect()
}

/// What `tkgd plan` prints, carried out by DuckDB, Spark and Sail over Parquet of the same records, gives the same cells and totals.
#[test]
fn other_engines_count_every_cell_alike() {
    let Some(python) = python_with(&["pyspark"]) else { return };
    let book = RecordBook::load(&schemas().files).unwrap();
    for profile in [Profile::Form, Profile::Engine] {
        let folder = scratch(&format!("tabulate-engines-{profile:?}"));
        let definitions = definitions(&book, profile);
        let province = province(&book, 11);
        for (entity, own) in book.entities.iter_enumerated() {
            let rows = of(&province, &book, entity);
            let order: Vec<usize> = (0..rows.len).collect();
            write_records(&folder.join(format!("{}.parquet", own.id)), &book, rows, &order, Style::Canonical, 1_000);
        }
        let units = (0..SCHOOLS).filter_map(|school| units_of(school).map(|[a, b, c]| [format!("S{school}"), a, b, c]));
        write_units(&folder.join("unit.parquet"), &units.collect::<Vec<_>>());
        std::fs::write(folder.join("expected"), expected(&book, &definitions, &counted(&book, &definitions, &province))).unwrap();
        let plan = |dialect: &str, forms: &[&str]| {
            let mut words = vec!["plan", "--dialect", dialect, "--records", ".", "--year", "2025-2026"];
            words.extend(forms);
            words.extend((profile == Profile::Engine).then_some("--engine"));
            let output = tkgd().args(&words).current_dir(&folder).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            std::fs::write(folder.join(format!("{dialect}.sql")), output.stdout).unwrap();
        };
        plan("duckdb", &["tt24-2018/02-TH-DN", "tt24-2018/01-MN-DN"]);
        let forms = ["02-TH-DN=th_dn_02", "01-MN-DN=mn_dn_01"];
        script(&python, &folder, "tabulated.py", &[&["duckdb"], &forms[..]].concat());
        // Spark takes its time: one form under one profile.
        if profile == Profile::Form {
            plan("spark", &["tt24-2018/02-TH-DN"]);
            script(&python, &folder, "tabulated.py", &["spark", forms[0]]);
            if python_with(&["pysail"]).is_some() {
                script(&python, &folder, "tabulated.py", &["sail", forms[0]]);
            }
        }
    }
}

/// Sums by unit are sums of schools, level by level; what belongs to no unit is in none.
#[test]
fn units_above_hold_the_sums_of_their_schools() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let definitions = definitions(&book, Profile::Form);
    let Province { schools, classes, others } = province(&book, 5);
    let tabulation = Tabulation::new(&book, &definitions, schools, classes, days()).unwrap();
    for rows in &others {
        tabulation.count(rows);
    }
    let counts = tabulation.counted();
    let unit_of: Vec<u32> = (0..SCHOOLS).map(|school| if school == 4 { NOWHERE } else { u32::try_from(school % 3).unwrap() }).collect();
    let communes = counts.by_unit(&unit_of, 3);
    let nation = communes.by_unit(&[0, 0, 0], 1);
    let rows: Vec<Vec<u32>> = (0..SCHOOLS).map(|school| counts.of_school(school)).collect();
    let mut filled = 0;
    for cell in 0..counts.places().len() {
        let sum = |is_of: &dyn Fn(usize) -> bool| {
            rows.iter().enumerate().filter(|(school, _)| is_of(*school)).map(|(_, row)| u64::from(row[cell])).sum::<u64>()
        };
        for unit in 0..3 {
            assert_eq!(communes.of(unit)[cell], sum(&|school| school != 4 && school % 3 == unit));
        }
        assert_eq!(nation.of(0)[cell], sum(&|school| school != 4));
        filled += usize::from(nation.of(0)[cell] > 0);
    }
    assert!(filled > 500, "{filled}");
}

/// Trino's tables are made elsewhere: the script describes them and keeps to statements that Trino reads.
#[test]
fn the_plan_for_trino_describes_its_tables() {
    let output = tkgd()
        .args(["plan", "tt24-2018/02-TH-DN", "--dialect", "trino", "--records", "s3://ho-so/2025/", "--lang", "en"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("-- CREATE TABLE unit (school VARCHAR, commune VARCHAR, district VARCHAR, province VARCHAR) WITH (format = 'PARQUET', external_location = 's3://ho-so/2025/unit');"), "{text}");
    assert!(text.contains("\nCREATE TABLE th_dn_02_pupil AS\n") && text.contains("\nCREATE TABLE th_dn_02_pupil_total AS\n"), "{text}");
    assert!(!text.contains("OR REPLACE") && !text.contains("read_parquet"), "{text}");
}
