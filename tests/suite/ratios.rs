//! Ratios rest on the units that have both sides, say how many those are, and stay within their bounds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tkgd::base::message::Message;
use tkgd::base::number::{Fraction, NumberLocale};
use tkgd::forms::{Form, Measured, Schemas};
use tkgd::indicators::{
    Evaluation, IndicatorLine, MeasureData, PlaceIndex, PlaceKind, Population, State, TermFacts, Value, evaluate, implausible,
};
use tkgd::register::{Register, Tree, UnitIndex};
use tkgd::returns::{Status, Submission};
use tkgd::sample::{SampleOptions, province};
use tkgd::tables::{Table, TableRow, TableValue};

use super::oracle::{python, script};
use super::support::{Dice, root, scratch, tkgd};
use super::workspace::{PERIOD, Workspace, book, filled, form, schemas, slot};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(schemas);
static WORLD: LazyLock<World> = LazyLock::new(world);

/// A clean province, and people of every commune.
struct World {
    tree: Tree,
    forms: Vec<Arc<Form>>,
    submissions: Vec<Submission>,
    population: Population,
}

fn world() -> World {
    let mut options = SampleOptions::new(23, PERIOD);
    (options.schools, options.communes) = (32, 4);
    let province = province(&SCHEMAS, &options).unwrap();
    let path = scratch("ratios").join("reg.csv");
    std::fs::write(&path, tkgd::sample::register_csv(&province, &SCHEMAS.register)).unwrap();
    let table = tkgd::workbooks::read_table(&path, None, None, &tkgd::workbooks::Isolation::InProcess).unwrap();
    let tree = Tree::as_at(&Register::read(&table, &SCHEMAS.register).unwrap(), PERIOD.day(9, 30).unwrap()).unwrap();
    let forms = SCHEMAS.forms_of("tt25-2024").filter(|form| form.term == PERIOD.term).cloned().collect();
    let submissions = province.returns.into_iter().map(tkgd::sample::SampleReturn::into_submission).collect();
    let is_commune = |unit: &&tkgd::register::Unit| &*unit.kind == "commune" || unit.aggregate;
    let ages = ["5", "3-5", "6-10", "11-14", "15-17", "3-36 tháng"];
    let people = tree.units.iter().filter(is_commune).flat_map(|unit| ages.map(|age| format!("{},{age},,100000", unit.code)));
    let rows: Vec<String> = people.collect();
    World { population: people_of(&rows), tree, forms, submissions }
}

fn people_of(rows: &[String]) -> Population {
    let value = |text: &str| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text.to_owned()) };
    let row = |(line, own): (u32, &String)| TableRow {
        line,
        values: own.split(',').chain(["Thống kê", "01/07/2025"]).map(value).collect(),
        ..TableRow::default()
    };
    let headings = ["Địa bàn", "Độ tuổi", "Giới tính", "Dân số", "Nguồn", "Ranh giới tại ngày"].map(str::to_owned).to_vec();
    let table =
        Table { file: Arc::from("ds.csv"), headings, heading_line: 1, rows: (2..).zip(rows).map(row).collect(), ..Table::default() };
    Population::read(&table, NumberLocale::default()).unwrap()
}

/// Indicator, level, part and place of a line.
type Key = (String, String, String, PlaceIndex);

fn key(line: &IndicatorLine<'_>) -> Key {
    let part = line.split.as_ref().map(|own| format!("{}={}", own.dimension, own.part)).unwrap_or_default();
    (line.indicator.id.clone(), line.level.to_owned(), part, line.place)
}

/// What is worked out of some returns.
fn values(submissions: &[Submission]) -> BTreeMap<Key, Value> {
    let bases = BTreeMap::new();
    let terms = vec![TermFacts::now(PERIOD, None, &WORLD.forms, submissions)];
    let facts = MeasureData::new(&SCHEMAS, &WORLD.tree, terms, Some(&WORLD.population), &bases);
    evaluate(&facts, &facts.places).iter().map(|line| (key(line), line.value.clone())).collect()
}

/// Shares that no clean return has outside 0 and 100.
const SHARES: [&str; 6] = ["uis-private-share", "public-share", "permanent-rooms", "girls-share", "minority-share", "qualified-teachers"];

/// Makes cells unknown: every tenth of a few returns, so that most figures lack something in one of them.
fn inject_defects(submissions: &mut [Submission], dice: &mut Dice, returns: usize) {
    for _ in 0..returns {
        let at = dice.below(submissions.len());
        let (from, values) = (dice.below(10), &mut submissions[at].values);
        for slot in values.slots().skip(from).step_by(10) {
            values.set(slot, [Status::Unknown, Status::ErrorValue, Status::Absent][slot.get() % 3], 0);
        }
    }
}

/// What must hold of any values, clean or not.
fn check(all: &BTreeMap<Key, Value>) -> Result<(), TestCaseError> {
    let bases = BTreeMap::new();
    let facts = MeasureData::new(&SCHEMAS, &WORLD.tree, vec![TermFacts::now(PERIOD, None, &WORLD.forms, &[])], None, &bases);
    for (key, value) in all {
        let Some(units) = value.units else {
            prop_assert!(value.is_sum() || key.0 == "coverage" || value.state == State::None, "{key:?} is a ratio of unmatched units");
            continue;
        };
        prop_assert!(units.within <= units.expected, "{key:?}");
        let is_marked = value.state != State::Complete;
        prop_assert!(units.within == units.expected || is_marked, "{key:?} lacks a unit and no mark: {value:?}");
        let Some(Fraction { numerator: n, denominator: d }) = value.fraction() else { continue };
        prop_assert!(!SHARES.contains(&&*key.0) || (0 <= n && n <= 100 * d), "{key:?}: {n}/{d}");
        // A ratio of sums lies between the ratios of its units.
        let single = |(unit, places): (UnitIndex, &Vec<PlaceIndex>)| {
            let own = facts.places.all.position(|place| place.kind == PlaceKind::Unit(unit))?;
            let own = places.contains(&key.3).then(|| all.get(&(key.0.clone(), key.1.clone(), key.2.clone(), own)))??;
            own.fraction()
        };
        // An office that files itself has no line of its own return alone.
        let files_itself = |unit: UnitIndex| {
            !WORLD.tree.children(unit).is_empty() && WORLD.submissions.iter().any(|own| own.unit == WORLD.tree.units[unit].code)
        };
        if facts.places.of_unit.iter_enumerated().any(|(unit, places)| places.contains(&key.3) && files_itself(unit)) {
            continue;
        }
        let is_of_place = SCHEMAS.indicators.iter().any(|own| own.id == key.0 && own.denominator[0].name == "population");
        let singles: Vec<Fraction> = facts.places.of_unit.iter_enumerated().filter_map(single).collect();
        if !is_of_place && !singles.is_empty() {
            prop_assert!(
                singles.iter().any(|own| own.numerator * d <= n * own.denominator),
                "{key:?}: {n}/{d} is below all of {singles:?}"
            );
            prop_assert!(
                singles.iter().any(|own| own.numerator * d >= n * own.denominator),
                "{key:?}: {n}/{d} is above all of {singles:?}"
            );
        }
    }
    for level in ["th", "thcs", "thpt"] {
        for (own, value) in all.iter().filter(|(own, _)| own.0 == format!("gso-ner-{level}")) {
            let gross = all.get(&(format!("gso-ger-{level}"), own.1.clone(), own.2.clone(), own.3));
            if let (Some(net), Some(gross)) = (value.fraction(), gross.and_then(Value::fraction)) {
                let is_below = net.numerator * gross.denominator <= gross.numerator * net.denominator;
                prop_assert!(is_below, "{own:?}: net {net:?}, gross {gross:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn a_return_that_is_dropped_never_changes_a_ratio_without_a_mark(seed in any::<u64>(), soiled in 0..4_usize) {
        let mut dice = Dice(seed);
        let mut submissions = WORLD.submissions.clone();
        inject_defects(&mut submissions, &mut dice, soiled);
        let before = values(&submissions);
        check(&before)?;
        submissions.remove(dice.below(submissions.len()));
        let after = values(&submissions);
        check(&after)?;
        for (key, value) in &after {
            let (Some(was), Some(units)) = (before.get(key), value.units) else { continue };
            // What should be in it is the register's to say.
            prop_assert!(was.units.is_none_or(|was| was.expected <= units.expected), "{:?}", key);
            if was.fraction() != value.fraction() {
                prop_assert!(value.state != State::Complete && units.within < units.expected, "{:?}: {:?} {:?}", key, was, value);
            }
        }
    }

    #[test]
    fn the_more_units_have_both_sides_the_more_are_in(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut submissions = WORLD.submissions.clone();
        inject_defects(&mut submissions, &mut dice, 3);
        for index in (1..submissions.len()).rev() {
            submissions.swap(index, dice.below(index + 1));
        }
        let mut last: BTreeMap<Key, u32> = BTreeMap::new();
        for came in [submissions.len() / 4, submissions.len() / 2, submissions.len()] {
            for (key, value) in values(&submissions[..came]) {
                let Some(units) = value.units else { continue };
                let was = last.insert(key.clone(), units.within).unwrap_or(0);
                prop_assert!(was <= units.within, "{:?}: {} units, then {}", key, was, units.within);
            }
        }
    }
}

const REGISTER: &str = "code,name,kind,levels,ownership,reports_to,forms,commune
S,Sở,department,,,,,
X,Xã Một,commune,,,S,,X
Y,Xã Hai,commune,,,S,,Y
T01,Trường A,school,TH,public,X,02-TH-DN,X
T02,Trường B,school,TH,private,X,02-TH-DN,X
T03,Trường C,school,TH,public,Y,02-TH-DN,Y
";

/// Returns of the three schools: cells, and which of them are `?`.
type School<'a> = (&'a str, &'a [(&'a str, i64)], &'a [&'a str]);

fn workspace(name: &str, schools: &[School<'_>], inputs: &str, outputs: &str) -> Workspace {
    let (schemas, workspace) = (schemas(), Workspace::new(name, REGISTER, inputs, outputs));
    let form = form(&schemas, "02-TH-DN");
    for (unit, cells, unknown) in schools {
        let mut values = filled(&form, cells);
        for cell in *unknown {
            values.set(slot(&form, cell), Status::Unknown, 0);
        }
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &values));
    }
    workspace
}

/// An indicator of the whole at a place: value, units, mark.
fn shown(workspace: &Workspace, id: &str, place: &str) -> (String, i64, i64, String) {
    let output = tkgd()
        .args(["indicators", "--by", "all", "--by", "commune", "--by", "unit", "--format", "json"])
        .arg(workspace.folder.join("p.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = crate::support::items(&output.stdout);
    let line = all.iter().find(|line| line["indicator"] == id && line["place"] == place).unwrap_or_else(|| panic!("{id} {place}"));
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    (text("value"), line["units_in"].as_i64().unwrap_or(-1), line["units_expected"].as_i64().unwrap_or(-1), text("status"))
}

fn is(value: &str, within: i64, expected: i64, status: &str) -> (String, i64, i64, String) {
    (value.to_owned(), within, expected, status.to_owned())
}

#[test]
fn a_unit_whose_total_is_broken_is_in_neither_side() {
    // All pupils, public, private; of their age; in their grade; classes.
    let public: &[(&str, i64)] =
        &[("III/37/1", 300), ("III/37/5", 300), ("III/46/1", 290), ("III/52/1", 280), ("I/27/1", 10), ("I/27/2", 10)];
    let private: &[(&str, i64)] = &[("III/37/1", 100), ("III/37/9", 100), ("III/46/1", 90), ("III/52/1", 80), ("I/27/1", 5), ("I/27/3", 5)];
    let other: &[(&str, i64)] = &[("III/37/1", 200), ("III/37/5", 200), ("III/46/1", 200), ("III/52/1", 200), ("I/27/1", 8), ("I/27/2", 8)];
    let broken = workspace(
        "ratios-broken",
        &[("T01", public, &["III/37/1"]), ("T02", private, &[]), ("T03", other, &[])],
        "population = \"dan-so.csv\"",
        "",
    );
    std::fs::write(
        broken.folder.join("dan-so.csv"),
        "Địa bàn,Độ tuổi,Giới tính,Dân số,Nguồn,Ranh giới tại ngày\nX,6-10,,420,Phổ cập,30/09/2025\nY,6-10,,210,Phổ cập,30/09/2025\n",
    )
    .unwrap();
    // Total less public was (100 - 300) / 100 here; the rates of age 370/100 and 360/100.
    assert_eq!(shown(&broken, "uis-private-share", "X"), is("100.000000", 1, 2, "incomplete"));
    assert_eq!(shown(&broken, "uis-private-share", "S"), is("33.333333", 2, 3, "incomplete"));
    assert_eq!(shown(&broken, "public-share", "S"), is("66.666667", 2, 3, "incomplete"));
    assert_eq!(shown(&broken, "age-for-grade", "X"), is("80.000000", 1, 2, "incomplete"));
    assert_eq!(shown(&broken, "gso-pupils-per-class", "X"), is("20.000000", 1, 2, "incomplete"));
    assert_eq!(shown(&broken, "gso-pupils-per-class", "T01"), is("", 0, 1, "none"));
    // Of a population nothing is left out below, and net is of no more schools than gross.
    assert_eq!(shown(&broken, "gso-ger-th", "X"), is("23.809524", 1, 2, "incomplete"));
    assert_eq!(shown(&broken, "gso-ner-th", "X"), is("21.428571", 1, 2, "incomplete"));
    assert_eq!(shown(&broken, "gso-pupils-per-class", "Y"), is("25.000000", 1, 1, "complete"));
    // The sum itself is what it was: all that is known, marked.
    let run = broken.run();
    assert_ne!(run.status.code(), Some(2));
    let csv = std::fs::read_to_string(broken.output().join("chi-tieu.csv")).unwrap();
    assert!(csv.lines().next().unwrap().ends_with("status,reason,units_in,units_expected"), "{csv}");
    let line = csv.lines().find(|line| line.starts_with("gso-pupils-per-class,") && line.contains(",TH,all,all,unit,X,")).unwrap();
    assert!(line.ends_with(",100,5,20.000000,2,2,incomplete,,1,2"), "{line}");
    let page = std::fs::read_to_string(broken.output().join("chi-tieu_Nháp.html")).unwrap();
    assert!(page.contains("Đơn vị đủ hai vế"), "{page}");
}

#[test]
fn a_return_that_did_not_come_is_in_neither_side() {
    let cells: &[(&str, i64)] = &[("III/37/1", 300), ("I/27/1", 10)];
    let lacking = workspace("ratios-lacking", &[("T01", cells, &[]), ("T03", cells, &[])], "", "");
    assert_eq!(shown(&lacking, "gso-pupils-per-class", "S"), is("30.000000", 2, 3, "incomplete"));
    assert_eq!(shown(&lacking, "gso-pupils-per-class", "Y"), is("30.000000", 1, 1, "complete"));
    assert_eq!(shown(&lacking, "coverage", "S"), is("66.666667", -1, -1, "complete"));
}

const CLOSING: &str = "code,name,kind,levels,ownership,reports_to,forms
S,Sở,department,,,,
T01,Trường A,school,TH,public,S,02-TH-DN 02-TH-CN
T02,Trường B,school,TH,public,S,02-TH-DN 02-TH-CN
";

#[test]
fn a_rate_over_the_opening_lacks_a_school_that_the_opening_lacks() {
    let schemas = schemas();
    let workspace = Workspace::new("ratios-closing", CLOSING, "", "");
    let (opening, closing) = (form(&schemas, "02-TH-DN"), form(&schemas, "02-TH-CN"));
    workspace.add("T01_a.xlsx", &book(&schemas, &opening, &filled(&opening, &[("III/37/1", 200)])));
    assert_ne!(workspace.run().status.code(), Some(2));
    let path = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"opening\"", "\"closing\"")).unwrap();
    std::fs::remove_file(workspace.folder.join("bieu/T01_a.xlsx")).unwrap();
    for (unit, dropped) in [("T01", 4), ("T02", 90)] {
        workspace.add(&format!("{unit}_b.xlsx"), &book(&schemas, &closing, &filled(&closing, &[("III/DL026/1", dropped)])));
    }
    // Both closings came: 2/2 received; the rate is of the one school whose opening is known too.
    assert_eq!(shown(&workspace, "gso-dropout", "S"), is("2.000000", 1, 2, "incomplete"));
}

#[test]
fn a_base_restricts_both_sides() {
    let cells: &[(&str, i64)] = &[("I/1/1", 2), ("I/1/2", 1), ("I/1/3", 1), ("I/8/1", 2), ("I/8/2", 1), ("I/8/3", 1)];
    let workspace = workspace("ratios-base", &[("T01", cells, &[])], "", "bases = { national-standard-schools = \"public\" }");
    assert_eq!(shown(&workspace, "national-standard-schools", "T01").0, "100.000000");
    // What restricts one side only, or makes a part of a difference, is told when the schemas are looked at.
    assert!(SCHEMAS.problems.is_empty(), "{:?}", SCHEMAS.problems);
    let folder = scratch("ratios-lint");
    std::fs::create_dir_all(folder.join("indicators")).unwrap();
    let one = |numerator: &str, denominator: &str, more: &str| {
        let toml = format!(
            "[[indicators]]\nid = \"x\"\nsystem = \"x\"\nname_vi = \"x\"\nname_en = \"x\"\nmeasured = \"percent\"\nunit_vi = \"%\"\nunit_en = \"%\"\nnumerator = [{numerator}]\ndenominator = [{denominator}]\n{more}\nsource = \"x\"\nconfidence = \"A\"\n"
        );
        std::fs::write(folder.join("indicators/9.toml"), toml).unwrap();
        Message::join(&Schemas::load(Some(&folder)).unwrap().problems, "; ").en()
    };
    assert_eq!(one("\"girls\"", "\"pupils\"", ""), "");
    assert!(one("\"pupils\", \"-pupils[ownership=public]\"", "\"pupils\"", "").contains("less some of its columns"));
    assert!(one("\"girls\"", "\"pupils[ownership=public]\"", "").contains("restricted to ownership=public"));
    assert!(one("\"girls\"", "\"pupils\"", "whole_only = true\nbreakdowns = { ownership = [\"public\"] }").contains("whole only"));
}

#[test]
fn every_indicator_has_bounds_and_rates_of_cohorts_have_no_parts() {
    for own in &SCHEMAS.indicators {
        let has = |is: fn(&tkgd::forms::IndicatorBound) -> bool| own.bounds.iter().any(is);
        assert!(has(|bound| bound.low.is_some()), "{} has no lower bound", own.id);
        assert!(own.measured == Measured::Count || has(|bound| bound.high.is_some()), "{} has no upper bound", own.id);
        if own.id.contains("transition") || own.id.contains("completion") {
            assert!(own.whole_only && own.breakdowns.is_empty() && own.note_vi.contains("đoàn hệ"), "{}", own.id);
        }
    }
    // New entrants of one term over completers of another, here the same one: only everything together has a value.
    let mut schemas = schemas();
    let own = schemas.indicators.iter_mut().find(|own| own.id == "gso-transition-thcs").unwrap();
    own.denominator = vec!["new_entrants:TH".to_owned().try_into().unwrap()];
    let bases = BTreeMap::new();
    let facts = MeasureData::new(&schemas, &WORLD.tree, vec![TermFacts::now(PERIOD, None, &WORLD.forms, &WORLD.submissions)], None, &bases);
    let lines = evaluate(&facts, &facts.places);
    let of_it: Vec<_> = lines.iter().filter(|line| line.indicator.id == "gso-transition-thcs").collect();
    assert!(of_it.len() == 1 && of_it[0].place == facts.places.whole[0] && of_it[0].split.is_none(), "{of_it:#?}");
    // Its sides are of other schools: all of them are in it.
    let units = of_it[0].value.units.unwrap();
    assert!(of_it[0].value.fraction().is_some() && units.within == units.expected && units.within > 1, "{of_it:#?}");
}

#[test]
fn what_is_outside_its_bounds_names_the_units_it_comes_from() {
    let mut submissions = WORLD.submissions.clone();
    let at = submissions.iter().position(|own| &*own.form.short == "02-TH-DN").unwrap();
    let (form, unit) = (Arc::clone(&submissions[at].form), Arc::clone(&submissions[at].unit));
    // A school with a hundred times its pupils, and more private pupils than all.
    for (cell, number) in [("III/37/1", 90_000), ("III/37/9", 400_000)] {
        submissions[at].values.set(slot(&form, cell), Status::Reported, number);
    }
    let bases = BTreeMap::new();
    let facts = MeasureData::new(&SCHEMAS, &WORLD.tree, vec![TermFacts::now(PERIOD, None, &WORLD.forms, &submissions)], None, &bases);
    let evaluation = Evaluation::new(&facts, &facts.places);
    let lines = evaluation.lines(&facts, &facts.places, &|_| true);
    let found = implausible(&facts, &evaluation, &lines);
    for id in ["gso-pupils-per-class", "uis-private-share"] {
        let own: Vec<_> = found.iter().filter(|own| own.detail.plain().contains(&format!("({id}, TH)"))).collect();
        assert!(!own.is_empty() && own.iter().all(|own| own.detail.plain().contains(&format!("[{unit}"))), "{id} {unit}: {found:#?}");
    }
    // Fewer private pupils than all, and still not what public ones leave: the sum finds it.
    submissions[at].values.set(slot(&form, "III/37/9"), Status::Reported, 40_000);
    let facts = MeasureData::new(&SCHEMAS, &WORLD.tree, vec![TermFacts::now(PERIOD, None, &WORLD.forms, &submissions)], None, &bases);
    let evaluation = Evaluation::new(&facts, &facts.places);
    let lines = evaluation.lines(&facts, &facts.places, &|_| true);
    let found = implausible(&facts, &evaluation, &lines);
    assert!(found.iter().any(|own| own.expected.plain().contains("public-share") && own.detail.plain().contains(&*unit)), "{found:#?}");
}

#[test]
fn every_ratio_of_a_soiled_province_equals_that_of_another_engine() {
    let Some(python) = python() else { return };
    let workspace = Workspace::sample("ratios-oracle", 60, 5, 29);
    let path = workspace.folder.join("p.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("2025-2026", "2024-2025")).unwrap();
    remove(&workspace.folder, 7);
    assert_ne!(workspace.run().status.code(), Some(2));
    std::fs::write(&path, text).unwrap();
    remove(&workspace.folder, 5);
    let schemas = schemas();
    let mut dice = Dice(3);
    for file in std::fs::read_dir(workspace.folder.join("bieu")).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        let Some((_, short)) = name.trim_end_matches(".xlsx").split_once('_') else { continue };
        let Some(form) = schemas.form(&format!("tt25-2024/{short}")).ok().filter(|_| dice.below(4) == 0) else { continue };
        let mut values = super::workspace::values(&schemas, form, dice.next());
        let from = dice.below(7);
        for slot in values.slots().skip(from).step_by(7) {
            if values.statuses()[slot] != Status::NotApplicable {
                values.set(slot, Status::Unknown, 0);
            }
        }
        std::fs::write(file.path(), book(&schemas, form, &values)).unwrap();
    }
    assert_ne!(workspace.run().status.code(), Some(2));
    let measures = root().join("schemas/tt24-2018");
    let indicators = root().join("schemas/indicators");
    let summary = workspace.output().join("tong-hop_Nháp.xlsx");
    let args = ["luu-tru", measures.to_str().unwrap(), indicators.to_str().unwrap(), summary.to_str().unwrap()];
    script(&python, &workspace.folder, "figures.py", &args);
}

/// Takes every so-manieth return away.
fn remove(folder: &Path, every: usize) {
    let mut files: Vec<_> = std::fs::read_dir(folder.join("bieu")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().step_by(every).for_each(|file| std::fs::remove_file(file).unwrap());
}
