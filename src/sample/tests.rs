//! Provinces are made of any forms, read back, and break no rule.

use std::sync::Arc;

use super::plan::SampleSheetPlan;
use super::values::{Given, RandomSource, SampleTable};
use super::*;
use crate::base::number::NumberKind;
use crate::base::term::{SchoolYear, Term};
use crate::forms::{Basis, Schemas, SlotIndex, Sum};
use crate::register::{Register, Tree};
use crate::returns::Status;
use crate::rules::sums;
use crate::tables::{Table as TextTable, TableRow, TableValue};

fn schemas() -> Schemas {
    Schemas::load(None).unwrap()
}

fn period(year: i32) -> Period {
    Period { year: SchoolYear(year), term: Term::Opening }
}

fn recipe(schemas: &Schemas) -> Recipe {
    Recipe::load(&schemas.files).unwrap()
}

fn profile(fills: NumberKind) -> Profile {
    Profile { ownership: "".into(), area: "".into(), people: 5_000, schools: 9, facilities: 7, fills }
}

fn findings(form: &Arc<Form>, values: Values) -> Vec<String> {
    let submission = SampleReturn { unit: "1".into(), form: Arc::clone(form), values }.into_submission();
    sums(&submission).iter().map(|finding| format!("{finding:?}")).collect()
}

#[test]
fn every_return_satisfies_every_sum() {
    let schemas = schemas();
    for (seed, year) in [(1, 2020), (2, 2020), (3, 2025), (4, 2025), (u64::MAX, 2025)] {
        let province = province(&schemas, &SampleOptions::new(seed, period(year))).unwrap();
        assert_eq!(province.returns.len(), 51);
        for sample in province.returns {
            let filled = sample.values.filled();
            let found = findings(&sample.form, sample.values);
            assert!(filled > 0 && found.is_empty(), "{seed} {}: {found:#?}", sample.unit);
        }
    }
}

#[test]
fn the_rules_do_look_at_sample_returns() {
    let schemas = schemas();
    let form = &schemas.forms[0];
    let mut values = fill_form(form, &recipe(&schemas), &profile(NumberKind::Counts), &mut Rng::new(1));
    let slot = form.layout.sheets[0].slot(0, 0);
    values.set(slot, Status::Reported, values.get(slot).1 + 1);
    assert!(!findings(form, values).is_empty());
}

#[test]
fn no_form_has_to_be_left_empty() {
    let schemas = schemas();
    let recipe = recipe(&schemas);
    for form in &schemas.forms {
        let plan = Plan::new(form, &recipe);
        for sheet in &plan.sheets {
            let mut table = SampleTable::draw(sheet, &profile(sheet.kind), &mut RandomSource::Own(5), &Given::new());
            assert_eq!(table.settle(), 0, "{} at slot {}", form.id, sheet.first_slot.get());
            assert!(is_lively(sheet, &plan.fill(&profile(sheet.kind), &mut Rng::new(5))), "{}", form.id);
        }
    }
}

/// Every column of a sheet holds something.
fn is_lively(sheet: &SampleSheetPlan, values: &Values) -> bool {
    let (first, last) = (sheet.first_slot.get(), sheet.first_slot.get() + sheet.rows.len() * sheet.width);
    let slots = |column: usize| (first + column..last).step_by(sheet.width).map(SlotIndex::new);
    let filled = |column: usize| slots(column).any(|slot| values.numbers().at(slot) > 0);
    (0..sheet.width).all(filled)
}

/// Forms that do not exist: random further sums, "of which" rows and cells that do not apply.
#[test]
fn forms_never_seen_satisfy_their_sums_too() {
    let schemas = schemas();
    let recipe = recipe(&schemas);
    let mut rng = Rng::new(11);
    for round in 0..60 {
        let mut form = Form::clone(&schemas.forms[round % schemas.forms.len()]);
        let mut layout = crate::forms::Layout::clone(&form.layout);
        for sheet in layout.sheets.iter_mut().filter(|sheet| !sheet.coded.is_empty()) {
            let row = |rng: &mut Rng| usize::try_from(rng.below(i64::try_from(sheet.coded.len()).unwrap())).unwrap();
            let (total, first, second, whole, part, bare) =
                (row(&mut rng), row(&mut rng), row(&mut rng), row(&mut rng), row(&mut rng), row(&mut rng));
            if total != first && total != second && first != second {
                sheet.sums.rows.push(Sum { total, parts: vec![first, second], basis: Basis::Inferred, unless: None });
            }
            if whole != part {
                sheet.sums.subsets.push(Sum { total: whole, parts: vec![part], basis: Basis::Inferred, unless: None });
            }
            let column = usize::try_from(rng.below(i64::try_from(sheet.columns.len()).unwrap())).unwrap();
            let bare = sheet.coded[bare];
            sheet.rows[bare].not_applicable.push(column);
        }
        form.layout = Arc::new(layout);
        let form = Arc::new(form);
        for kind in [NumberKind::Counts, NumberKind::Amounts] {
            let values = fill_form(&form, &recipe, &profile(kind), &mut rng);
            assert!(values.numbers().iter().all(|number| number >= 0), "round {round}");
            assert_eq!(findings(&form, values), Vec::<String>::new(), "round {round}");
        }
    }
}

#[test]
fn a_seed_means_the_same_figures() {
    let schemas = schemas();
    let make = |seed, year| province(&schemas, &SampleOptions::new(seed, period(year))).unwrap();
    let (first, again, other, next) = (make(9, 2025), make(9, 2025), make(10, 2025), make(9, 2026));
    let same = |a: &Province, b: &Province| a.returns.iter().zip(&b.returns).all(|(a, b)| a.values == b.values);
    assert!(same(&first, &again) && first.register == again.register);
    assert!(!same(&first, &other) && !same(&first, &next));
    assert_eq!(first.register, next.register, "the same schools report the year after");
}

fn read_back(csv: &str, schemas: &Schemas) -> Register {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(csv.as_bytes());
    let headings = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let value = |text: &str| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text.to_owned()) };
    let records = reader.records().zip(2..);
    let rows = records.map(|(record, line)| TableRow::new(line, record.unwrap().iter().map(value).collect()));
    let table = TextTable { file: "units.csv".into(), headings, heading_line: 1, rows: rows.collect(), ..TextTable::default() };
    Register::read(&table, &schemas.register).unwrap()
}

#[test]
fn the_register_reads_back_as_a_tree() {
    let schemas = schemas();
    let options = SampleOptions::new(1, period(2025));
    let made = province(&schemas, &options).unwrap();
    let register = read_back(&register_csv(&made, &schemas.register), &schemas);
    let day = schemas.governing(options.period).unwrap().as_at(options.period).unwrap();
    let tree = Tree::as_at(&register, day).unwrap();
    assert_eq!(tree.units.len(), made.register.len());
    assert_eq!(tree.roots().count(), 1);
    let of_kind = |kind: &str| tree.units.iter().filter(|unit| &*unit.kind == kind).collect::<Vec<_>>();
    assert_eq!((of_kind("commune").len(), of_kind("school").len(), of_kind("nursery_group").len()), (6, 46, 7));
    let levels = |unit: &crate::register::Unit| unit.levels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert!(of_kind("centre").len() == 2 && of_kind("centre").iter().all(|centre| levels(centre) == "GDTX"));
    let straight = tree.units.iter().filter(|unit| unit.reports_to.as_deref() == Some("09") && &*unit.kind != "commune");
    let straight: std::collections::BTreeSet<String> = straight.map(levels).collect();
    assert_eq!(straight.into_iter().collect::<Vec<_>>(), ["GDTX", "KT", "THPT"]);
    let groups = tree.groups();
    let members = |key: &str| groups.iter().filter(|group| &*group.key == key).count();
    assert_eq!((members("former_district"), members("cluster"), members("area"), members("ownership")), (2, 3, 2, 3));
    let filer = tree.find("09001").unwrap();
    assert_eq!(tree.covered[filer].len(), 7);
    assert_eq!(tree.units[filer].forms, [Arc::from("01-MN-CN"), Arc::from("01-MN-DN")]);
    let multi: Vec<_> = tree.units.iter().filter(|unit| unit.levels.len() == 2).collect();
    assert_eq!((multi.len(), multi[0].forms.len()), (1, 4));
    assert_eq!(levels(multi[0]), "TH THCS");
}

#[test]
fn the_department_reports_money_and_schools_count() {
    let schemas = schemas();
    let made = province(&schemas, &SampleOptions::new(1, period(2025))).unwrap();
    for (index, sample) in made.returns.iter().enumerate() {
        for (_, sheet) in sample.form.layout.data_sheets() {
            let is_own = (sheet.number_kind() == Some(NumberKind::Amounts)) == (index == 0);
            let mut slots = sheet.each_slot();
            let is_filled = slots.any(|slot| sample.values.number(slot).is_some());
            assert_eq!(is_filled, is_own, "{} {}", sample.unit, sheet.id);
        }
    }
    let money = made.returns[0].values.numbers();
    assert!(money.iter().all(|amount| amount % 1000 == 0) && money.iter().any(|amount| amount > 0));
}

#[test]
fn cells_that_do_not_apply_stay_so() {
    let schemas = schemas();
    let recipe = recipe(&schemas);
    let mut seen = 0;
    for form in &schemas.forms {
        let values = fill_form(form, &recipe, &profile(NumberKind::Counts), &mut Rng::new(1));
        for (_, sheet) in form.layout.data_sheets() {
            for coded in 0..sheet.coded.len() {
                for &column in &sheet.coded_row(coded).not_applicable {
                    assert_eq!(values.get(sheet.slot(coded, column)).0, Status::NotApplicable);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn thousands_of_schools_have_codes_of_their_own() {
    let schemas = schemas();
    let options = SampleOptions { communes: 120, schools: 2_000, ..SampleOptions::new(1, period(2025)) };
    let made = province(&schemas, &options).unwrap();
    let codes: std::collections::BTreeSet<&str> = made.register.iter().map(|line| line.code.as_str()).collect();
    assert_eq!(codes.len(), made.register.len());
    assert!(codes.iter().all(|code| code.starts_with('0')));
}

#[test]
fn every_term_of_a_history_satisfies_every_sum_and_goes_on() {
    let schemas = schemas();
    for seed in [1, 8] {
        let mut history = History::new(&schemas, &SampleOptions::new(seed, period(2023))).unwrap();
        let mut learners = Vec::new();
        // Three school years; the circular changes in the middle of the second.
        for _ in 0..6 {
            let term = history.advance().unwrap();
            let is_closing = term.period.term == Term::Closing;
            assert_eq!(term.after_retests.len(), if is_closing { term.returns.len() } else { 0 });
            assert_eq!(term.returns.len(), if is_closing { 49 } else { 51 }, "{}", term.period);
            let short = if is_closing { ("02-TH-CN", "DL038") } else { ("02-TH-DN", "37") };
            let of_form = term.returns.iter().filter(|one| &*one.form.short == short.0);
            learners.push(
                of_form
                    .map(|one| {
                        let sheet = one.form.layout.sheet("III").unwrap();
                        one.values.get(sheet.slot(sheet.find_code(short.1).unwrap(), 0)).1
                    })
                    .sum::<i64>(),
            );
            for sample in term.returns.into_iter().chain(term.after_retests) {
                let filled = sample.values.filled();
                let found = findings(&sample.form, sample.values);
                assert!(filled > 0 && found.is_empty(), "{seed} {} {} {}: {found:#?}", term.period, sample.unit, sample.form.id);
            }
        }
        let (least, most) = (learners.iter().min().unwrap(), learners.iter().max().unwrap());
        assert!(*least > 5_000 && *most < least * 12 / 10, "{learners:?}");
    }
}

#[test]
fn a_closing_alone_is_the_one_of_its_history() {
    let schemas = schemas();
    let closing = Period { term: Term::Closing, ..period(2025) };
    let alone = province(&schemas, &SampleOptions::new(4, closing)).unwrap();
    let mut history = History::new(&schemas, &SampleOptions::new(4, closing)).unwrap();
    history.advance().unwrap();
    let told = history.advance().unwrap();
    assert_eq!(alone.period, closing);
    assert!(alone.returns.iter().zip(&told.returns).all(|(a, b)| a.unit == b.unit && a.values == b.values));
    assert!(told.returns.iter().zip(&told.after_retests).any(|(before, after)| before.values != after.values));
}

#[test]
fn schools_move_and_merge_and_their_people_go_on() {
    let schemas = schemas();
    let mut history = History::new(&schemas, &SampleOptions::new(3, period(2025))).unwrap();
    let count = |province: &Province, unit: &str| {
        let one = province.returns.iter().find(|one| &*one.unit == unit)?;
        let sheet = one.form.layout.sheet("III").unwrap();
        let code = if one.form.term == Term::Closing { "DL044" } else { "37" };
        Some(one.values.get(sheet.slot(sheet.find_code(code).unwrap(), 0)).1)
    };
    let opening = history.advance().unwrap();
    history.advance().unwrap();
    let primary: Vec<String> = opening.register.iter().filter(|line| line.levels == ["TH"]).map(|line| line.code.clone()).collect();
    let (leaving, staying, moving) = (&primary[0], &primary[1], &primary[2]);
    let day = chrono::NaiveDate::from_ymd_opt(2026, 7, 31).unwrap();
    history.merge(leaving, staying, day).unwrap();
    history.relocate(moving, "09006", day).unwrap();
    assert!(history.merge("09009999", staying, day).is_err());
    let next = history.advance().unwrap();
    assert_eq!(count(&next, leaving), None);
    let (before, after) = (count(&opening, leaving).unwrap() + count(&opening, staying).unwrap(), count(&next, staying).unwrap());
    assert!((before * 85 / 100..before * 115 / 100).contains(&after), "{before} {after}");
    for one in next.returns {
        assert!(findings(&one.form, one.values).is_empty(), "{}", one.unit);
    }
    let register = read_back(&register_csv(&Province { returns: Vec::new(), ..next }, &schemas.register), &schemas);
    let tree = |month| Tree::as_at(&register, chrono::NaiveDate::from_ymd_opt(2026, month, 30).unwrap()).unwrap();
    let commune = |tree: &Tree| tree.units[tree.find(moving).unwrap()].group("commune").to_owned();
    assert!(tree(6).find(leaving).is_some() && tree(9).find(leaving).is_none());
    assert_ne!(commune(&tree(6)), "09006");
    assert_eq!(commune(&tree(9)), "09006");
}
