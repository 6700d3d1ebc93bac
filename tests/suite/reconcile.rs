//! Two sources against each other: 25 planted differences are found, at the right schools, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use serde_json::Value;
use tkgd::forms::{Form, SlotIndex, diff};
use tkgd::query::reconcile::{ComparedSource, ComparisonKind, DifferenceCause, Options, ReconcileScope, Which, reconcile};
use tkgd::register::{Register, Tree, UnitIndex};
use tkgd::returns::{Status, Submission, Values};
use tkgd::sample::{SampleOptions, SampleReturn, province, register_csv};
use tkgd::workbooks::{Isolation, read_table};

use super::form_versions::{mapped, thirty_changes};
use super::oracle::{python, script};
use super::planted::*;
use super::support::{Dice, scratch, tkgd};
use super::workspace::{PERIOD, report_name, schemas};

#[test]
fn folders_and_archives_give_every_planted_difference_and_no_other() {
    let planted = planted();
    let folder = planted.write("reconcile-folders");
    let result = compare(&folder, &["a", "b", "--pipeline", "a.toml", "--out", "doi-chieu"]);
    planted.check(&result, None);
    for difference in
        result["forms"].as_array().unwrap().iter().flat_map(|f| f["differences"].as_array().unwrap()).filter(|d| d["lowest"] == true)
    {
        for side in ["a", "b"] {
            let file = difference[side]["file"].as_str().unwrap();
            assert!(file.starts_with(&format!("{side}/{}_", difference["unit"].as_str().unwrap())), "{file}");
            assert!(!difference[side]["cell"].as_str().unwrap().is_empty());
        }
    }
    let units: BTreeSet<String> =
        planted.cells.iter().filter(|(_, k)| **k != ComparisonKind::NotComparable).map(|((unit, ..), _)| unit.to_string()).collect();
    let lists: BTreeSet<String> = std::fs::read_dir(folder.join("doi-chieu/can-sua"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".xlsx").to_owned())
        .collect();
    let register = std::fs::read_to_string(folder.join("reg.csv")).unwrap();
    let named = |unit: &str| {
        let name = register.lines().find_map(|line| line.strip_prefix(unit)?.strip_prefix(',')?.split(',').next()).unwrap();
        lists.contains(name) || lists.contains(&format!("{name} ({unit})"))
    };
    assert!(units.iter().all(|unit| named(unit)) && planted.missing.iter().all(|(unit, _)| named(unit)), "{lists:?}");

    assert!(run(&folder, &["run", "b.toml"]) != Some(2) && run(&folder, &["run", "a.toml"]) != Some(2));
    let archived = compare(&folder, &["a", "archive-b", "--pipeline", "a.toml"]);
    planted.check(&archived, None);
    // Out of an archive the same places in the same files.
    let other = compare(&folder, &["archive-a", "b", "--register", "reg.csv", "--school-year", "2025-2026"]);
    planted.check(&other, None);
    assert_eq!(other["forms"], result["forms"]);
    // The same bytes again, and the other way round.
    let files = super::workspace::files(&folder.join("doi-chieu"));
    compare(&folder, &["a", "b", "--pipeline", "a.toml", "--out", "doi-chieu"]);
    assert_eq!(files.keys().collect::<Vec<_>>(), super::workspace::files(&folder.join("doi-chieu")).keys().collect::<Vec<_>>());
    assert!(files == super::workspace::files(&folder.join("doi-chieu")));
    let swapped = compare(&folder, &["b", "a", "--pipeline", "a.toml", "--trust", "b"]);
    assert_eq!(planted.lowest(&swapped).len(), 23);
    assert_eq!(run(&folder, &["reconcile", "a", "a.toml"]), Some(0));
}

#[test]
fn a_list_is_compared_with_a_pipeline() {
    let planted = planted();
    let folder = planted.write("reconcile-lists");
    assert!(run(&folder, &["run", "b.toml"]) != Some(2));
    for form in ["01-MN-DN", "02-TH-DN"] {
        for extension in ["csv", "xlsx"] {
            let list = format!("out-b/2025-2026-opening/danh-sach/{form}.{extension}");
            planted.check(&compare(&folder, &["a.toml", &list, "--form", form]), Some(form));
        }
        // The form is known by the headings too; the other forms are then missing as a whole.
        let result = compare(&folder, &["a.toml", &format!("out-b/2025-2026-opening/danh-sach/{form}.csv")]);
        assert_eq!(planted.lowest(&result), planted.expected(Some(form)));
        let others: BTreeSet<&str> =
            result["forms"].as_array().unwrap().iter().filter(|f| f["form_b"].is_null()).map(|f| f["form_a"].as_str().unwrap()).collect();
        let filed: BTreeSet<&str> = planted.a.iter().map(|one| &*one.form.id).filter(|id| !id.ends_with(form)).collect();
        assert_eq!(others, filed);
    }
}

#[test]
fn a_department_workbook_gives_the_amounts_and_says_who_to_ask() {
    let planted = planted();
    let folder = planted.write("reconcile-department");
    assert!(run(&folder, &["run", "b.toml"]) != Some(2));
    let mut sums: BTreeMap<(Arc<str>, SlotIndex), i64> = BTreeMap::new();
    for (returns, sign) in [(&planted.a, 1), (&planted.b, -1)] {
        for one in returns {
            for (slot, number) in one.values.slots().zip(one.values.numbers().iter()) {
                *sums.entry((Arc::clone(&one.form.id), slot)).or_default() += sign * number;
            }
        }
    }
    // What the department enters itself is no total of its schools.
    sums.retain(|(form, _), sum| *sum != 0 && !form.ends_with("/KT-DN"));
    let (mut found, mut seen) = (BTreeMap::new(), 0);
    let differing: BTreeSet<&str> = sums.keys().map(|(form, _)| form.rsplit('/').next().unwrap()).collect();
    assert!(differing.len() > 3);
    for form in differing {
        let export = format!("out-b/2025-2026-opening/bao-cao/{}", report_name(&folder, &format!("09_{form}.xlsx")));
        std::fs::copy(folder.join(&export), folder.join("xuat tu csdl.xlsx")).unwrap();
        let result = compare(&folder, &["a", "xuat tu csdl.xlsx", "--pipeline", "a.toml", "--unit", "09", "--form", form]);
        seen += check_parts(&result);
        let result = &result["forms"][0];
        let id = result["form_a"].as_str().unwrap();
        assert_eq!(result["missing_returns"].as_array().unwrap().len(), 0);
        for difference in result["differences"].as_array().unwrap() {
            assert_eq!((difference["unit"].as_str(), difference["lowest"].as_bool()), (Some("09"), Some(true)));
            let parts = difference["parts"].as_array().unwrap();
            assert!(parts.len() == 1 && parts[0]["cause"] == "unlocated", "{difference}");
            let slot = planted.slot(id, difference);
            found.insert((Arc::from(id), slot), planted.held(id, slot, &difference["difference"]).unwrap());
            let suspects: Vec<&str> = difference["suspects"].as_array().unwrap().iter().filter_map(|s| s["unit"].as_str()).collect();
            // The school without a return in A is the first to be asked.
            assert!(*planted.missing[0].1 != *id || suspects[0] == &*planted.missing[0].0, "{difference}");
        }
    }
    assert_eq!(found, sums);
    assert_eq!(seen, sums.len());
}

/// Totals of communes and of the department, as the official system prints them, beside no single return.
#[test]
fn totals_of_several_levels_are_compared_at_the_lowest_of_them() {
    compare_levels(&planted(), "reconcile-levels", &["tt25-2024/01-MN-DN", "tt25-2024/KT-DN"]);
}

/// A lower secondary school that reports straight to the department stands in no commune's total.
#[test]
fn a_school_right_below_the_department_is_compared_beside_the_communes() {
    let mut planted = planted();
    let form = "tt25-2024/03-THCS-DN";
    let school = planted.cells.keys().find(|(_, id, _)| **id == *form).unwrap().0.clone();
    planted.province.register.iter_mut().find(|line| line.code == *school).unwrap().reports_to = "09".to_owned();
    compare_levels(&planted, "reconcile-straight", &["tt25-2024/01-MN-DN", "tt25-2024/KT-DN", form]);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("reconcile-straight");
    // Without its return on one side the department's part differs, and the school is who to ask.
    std::fs::remove_file(folder.join(format!("a/{school}_03-THCS-DN.xlsx"))).unwrap();
    let result = compare(&folder, &["a", "out-b/2025-2026-opening/bao-cao", "--pipeline", "a.toml", "--form", "03-THCS-DN"]);
    let own: Vec<&Value> = result["forms"][0]["differences"].as_array().unwrap().iter().filter(|d| d["scope"] == "own").collect();
    assert!(own.len() > 50 && result["forms"][0]["inside"].as_array().unwrap().is_empty());
    assert!(own.iter().all(|d| d["unit"] == "09" && d["suspects"][0]["unit"] == *school && d["suspects"][0]["why"] == "not_received"));
}

/// Checks what is found of the totals of a whole province; `own` are the forms of which the
/// department's own part, or that of schools right below it, stands beside totals of communes.
fn compare_levels(planted: &Planted, name: &str, own: &[&str]) {
    let folder = planted.write(name);
    assert!(run(&folder, &["run", "a.toml"]) != Some(2) && run(&folder, &["run", "b.toml"]) != Some(2));
    assert_eq!(run(&folder, &["reconcile", "a.toml", "out-a/2025-2026-opening/bao-cao"]), Some(0));
    let result = compare(&folder, &["a.toml", "out-b/2025-2026-opening/bao-cao"]);
    assert!(check_parts(&result) > 100);
    let parent = |unit: &str| planted.province.register.iter().find(|line| line.code == *unit).unwrap().reports_to.clone();
    let mut expected: BTreeMap<Cell, i64> = BTreeMap::new();
    for (returns, sign) in [(&planted.a, 1), (&planted.b, -1)] {
        for one in returns {
            // Schools and communes stand in the total of the unit they report to; the department's own part by itself.
            let unit: Arc<str> = if one.unit.len() == 8 { parent(&one.unit).as_str().into() } else { Arc::clone(&one.unit) };
            for (slot, number) in one.values.slots().zip(one.values.numbers().iter()) {
                *expected.entry((Arc::clone(&unit), Arc::clone(&one.form.id), slot)).or_default() += sign * number;
            }
        }
    }
    expected.retain(|_, amount| *amount != 0);
    let mut found = BTreeMap::new();
    for form in result["forms"].as_array().unwrap() {
        let id = form["form_a"].as_str().unwrap();
        assert!(form["missing_returns"].as_array().unwrap().is_empty() && form["inside"].as_array().unwrap().is_empty());
        for difference in form["differences"].as_array().unwrap().iter().filter(|d| d["lowest"] == true) {
            let unit = difference["unit"].as_str().unwrap();
            // Forms of schools that all report straight to the department have nothing below its total.
            let is_own = unit == "09" && own.contains(&id);
            assert_eq!(difference["scope"], if is_own { "own" } else { "total" });
            let slot = planted.slot(id, difference);
            // Where the mark leaves a whole unit unknown there is no difference to say: all of the other side is.
            let unknown = difference["kind"] == "not_comparable";
            let amount = if unknown { &difference["a"]["number"] } else { &difference["difference"] };
            found.insert((Arc::from(unit), Arc::from(id), slot), planted.held(id, slot, amount).unwrap());
        }
    }
    assert_eq!(found, expected);
}

/// A source that contradicts itself is told so; cells that a list has no column for are named, not taken for blank.
#[test]
fn a_source_against_itself_and_a_list_of_few_columns() {
    let planted = planted();
    let folder = planted.write("reconcile-inside");
    assert!(run(&folder, &["run", "a.toml"]) != Some(2) && run(&folder, &["run", "b.toml"]) != Some(2));
    let form = "02-TH-DN";
    std::fs::copy(
        folder.join(format!("out-b/2025-2026-opening/bao-cao/{}", report_name(&folder, &format!("09_{form}.xlsx")))),
        folder.join(format!("a/09_{form}.xlsx")),
    )
    .unwrap();
    let result = compare(&folder, &["a", "a", "--pipeline", "a.toml", "--form", form]);
    let inside = result["forms"][0]["inside"].as_array().unwrap();
    // Both sources say it of every cell in which the returns of one version and the total of the other are apart.
    let mut sums: BTreeMap<SlotIndex, i64> = BTreeMap::new();
    for (returns, sign) in [(&planted.a, 1), (&planted.b, -1)] {
        for one in returns.iter().filter(|one| *one.form.short == *form) {
            one.values.slots().zip(one.values.numbers().iter()).for_each(|(slot, number)| *sums.entry(slot).or_default() += sign * number);
        }
    }
    let mut expected: Vec<SlotIndex> = sums.iter().filter(|(_, sum)| **sum != 0).flat_map(|(slot, _)| [*slot; 2]).collect();
    let mut found: Vec<SlotIndex> = inside.iter().map(|i| planted.slot("tt25-2024/02-TH-DN", &i["figure"])).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert!(!found.is_empty() && inside.iter().all(|i| i["unit"] == "09"));
    assert_eq!(found, expected);

    std::fs::remove_file(folder.join(format!("a/09_{form}.xlsx"))).unwrap();
    let table = std::fs::read_to_string(folder.join(format!("out-a/2025-2026-opening/danh-sach/{form}.csv"))).unwrap();
    let few: String = table.lines().map(|line| line.splitn(7, ',').take(6).collect::<Vec<_>>().join(",") + "\n").collect();
    std::fs::write(folder.join("few.csv"), few).unwrap();
    let result = compare(&folder, &["a.toml", "few.csv", "--form", form]);
    let result = &result["forms"][0];
    assert!(result["differences"].as_array().unwrap().is_empty() && result["uncovered"].as_array().unwrap().len() > 100);
    assert_eq!(run(&folder, &["reconcile", "a.toml", "few.csv", "--form", form, "--shared-cells"]), Some(0));
}

#[test]
fn another_engine_finds_the_same_differences() {
    let Some(python) = python() else { return };
    let folder = planted().write("reconcile-oracle");
    assert!(run(&folder, &["run", "a.toml"]) != Some(2) && run(&folder, &["run", "b.toml"]) != Some(2));
    compare(&folder, &["a", "b", "--pipeline", "a.toml", "--out", "doi-chieu"]);
    script(&python, &folder, "reconcile.py", &["doi-chieu", "archive-a", "archive-b"]);
}

#[test]
fn what_cannot_be_compared_is_an_error_with_a_hint() {
    let planted = planted();
    let folder = planted.write("reconcile-errors");
    let say = |arguments: &[&str]| {
        let output = tkgd().arg("reconcile").args(arguments).current_dir(&folder).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = say(&["a", "b"]);
    assert!(code == Some(2) && said.contains("--pipeline"), "{said}");
    let (code, said) = say(&["a.toml", "khong-co"]);
    assert!(code == Some(2) && said.contains("khong-co"), "{said}");
    std::fs::create_dir(folder.join("trong")).unwrap();
    let (code, said) = say(&["a.toml", "trong"]);
    assert!(code == Some(2) && said.contains("không có báo cáo nào"), "{said}");
    let one = std::fs::read_dir(folder.join("a")).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(one, folder.join("x.xlsx")).unwrap();
    let (code, said) = say(&["a.toml", "x.xlsx"]);
    assert!(code == Some(2) && said.contains("--unit"), "{said}");
    // A folder of somebody's is not replaced.
    let (code, said) = say(&["a", "b", "--pipeline", "a.toml", "--out", "a"]);
    assert!(code == Some(2) && said.contains("dữ liệu đầu vào") && folder.join("a").read_dir().unwrap().count() > 5, "{said}");
    // A file of no known unit is named, and is a difference.
    std::fs::copy(folder.join("x.xlsx"), folder.join("b/99999999_la.xlsx")).unwrap();
    std::fs::remove_dir_all(folder.join("a")).unwrap();
    std::fs::create_dir(folder.join("a")).unwrap();
    for entry in std::fs::read_dir(folder.join("b")).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("99999999_la.xlsx") {
            std::fs::copy(&path, folder.join("a").join(path.file_name().unwrap())).unwrap();
        }
    }
    let result = compare(&folder, &["a", "b", "--pipeline", "a.toml"]);
    assert_eq!(result["b"]["unread"][0]["rule"], "unregistered-unit");
}

static WORLD: LazyLock<(Tree, Arc<Form>, Vec<Submission>)> = LazyLock::new(|| {
    let schemas = schemas();
    let options = SampleOptions { communes: 4, schools: 16, ..SampleOptions::new(5, PERIOD) };
    let province = province(&schemas, &options).unwrap();
    let path = scratch("reconcile-world").join("reg.csv");
    std::fs::write(&path, register_csv(&province, &schemas.register)).unwrap();
    let register = Register::read(&read_table(&path, None, None, &Isolation::InProcess).unwrap(), &schemas.register).unwrap();
    let tree = Tree::as_at(&register, PERIOD.day(9, 30).unwrap()).unwrap();
    let form = Arc::clone(schemas.form("tt25-2024/01-MN-DN").unwrap());
    let returns = province.returns.into_iter().filter(|one| one.form.id == form.id).map(SampleReturn::into_submission).collect();
    (tree, form, returns)
});

/// A version of the world: returns left out, cells changed, totals of units above schools put in.
fn version(seed: u64) -> ComparedSource {
    let (tree, form, returns) = &*WORLD;
    let mut dice = Dice(seed);
    let mut submissions: Vec<Submission> = returns.iter().filter(|_| dice.below(6) > 0).cloned().collect();
    for _ in 0..dice.below(40) {
        let one = dice.below(submissions.len());
        let slot = SlotIndex::new(dice.below(form.layout.slots));
        let status = Status::ALL[dice.below(Status::ALL.len())];
        submissions[one].values.set(slot, status, i64::from(dice.next() as u16 % 1000));
    }
    let mut totals = Vec::new();
    for unit in tree.units.iter().filter(|unit| unit.aggregate) {
        if dice.below(3) > 0 {
            continue;
        }
        let mut values = Values::new(form.layout.slots);
        for _ in 0..50 {
            values.set(SlotIndex::new(dice.below(form.layout.slots)), Status::Reported, i64::from(dice.next() as u16 % 500));
        }
        submissions.retain(|s| {
            s.unit != unit.code && (dice.below(2) == 0 || tree.find(&s.unit).and_then(|u| tree.parent[u]) != tree.find(&unit.code))
        });
        let mut total = returns[0].clone();
        (total.unit, total.values) = (Arc::clone(&unit.code), values);
        for (placement, sheet) in total.placements.iter_mut().zip(&form.layout.sheets) {
            *placement = tkgd::returns::Placement::Each { sheet: None, cells: vec![None; sheet.slots()] };
        }
        submissions.push(total);
        totals.push(unit.code.to_string());
    }
    ComparedSource { submissions, adds_up: true, totals }
}

/// The same returns under another circular, whose form was changed in thirty places: nothing is compared
/// until somebody confirms what became of the cells, then every changed figure is found and nothing else.
#[test]
fn sources_under_different_circulars_are_compared_through_a_confirmed_mapping() {
    let (tree, form, returns) = &*WORLD;
    let (layout, _) = thirty_changes(&schemas()).finish("tt99-2030");
    let mapping = mapped(&diff(&form.layout, &layout));
    let new =
        Arc::new(Form { id: "tt99-2030/01-MN-DN".into(), circular: "tt99-2030".into(), layout: Arc::clone(&layout), ..Form::clone(form) });
    let carried = |one: &Submission| {
        let placement = |sheet: &tkgd::forms::Sheet| tkgd::returns::Placement::Each { sheet: None, cells: vec![None; sheet.slots()] };
        Submission {
            form: Arc::clone(&new),
            values: one.values.mapped(&mapping.slots),
            placements: layout.sheets.iter().map(placement).collect(),
            ..one.clone()
        }
    };
    let a = ComparedSource { submissions: returns.clone(), adds_up: true, ..ComparedSource::default() };
    let mut b = ComparedSource { submissions: returns.iter().map(carried).collect(), adds_up: true, ..ComparedSource::default() };
    // Where a figure went, for figures that went anywhere alone.
    let twins: BTreeMap<SlotIndex, SlotIndex> =
        layout.each_slot().filter_map(|to| mapping.slots.parts(to).filter(|parts| parts.len() == 1).map(|parts| (parts[0], to))).collect();
    assert!(twins.len() > 1000 && twins.len() < form.layout.slots && twins.iter().any(|(from, to)| from != to));
    let mut dice = Dice(77);
    let mut planted = BTreeMap::new();
    while planted.len() < 30 {
        let one = dice.below(returns.len());
        let slot = *twins.keys().nth(dice.below(twins.len())).unwrap();
        if let Some(number) = returns[one].values.number(slot).filter(|number| *number > 0) {
            b.submissions[one].values.set(twins[&slot], Status::Reported, number + 1000);
            planted.insert((returns[one].unit.clone(), slot), -1000);
        }
    }
    // A figure that has no counterpart is nobody's difference.
    let alone = layout.each_slot().find(|slot| mapping.slots.parts(*slot).is_none()).unwrap();
    b.submissions[0].values.set(alone, Status::Reported, 5);

    let mut proposed = mapping.clone();
    proposed.file.status = tkgd::forms::MappingStatus::Proposed;
    for mappings in [&[][..], std::slice::from_ref(&proposed)] {
        let result = &reconcile(tree, &a, &b, Options { mappings, ..Options::default() }).unwrap()[0];
        assert!(result.other_layout && result.differences.is_empty() && result.cells == 0 && !result.is_equal());
    }
    let options = Options { mappings: std::slice::from_ref(&mapping), ..Options::default() };
    let result = &reconcile(tree, &a, &b, options).unwrap()[0];
    let lowest = |result: &tkgd::query::reconcile::FormResult, sign: i64| -> BTreeMap<(Arc<str>, SlotIndex), i64> {
        let own = result.differences.iter().filter(|d| d.lowest && d.kind == ComparisonKind::Number);
        own.map(|d| {
            ((Arc::clone(&tree.units[d.unit].code), if sign > 0 { d.slot } else { result.twins[d.slot].unwrap() }), sign * d.amount())
        })
        .collect()
    };
    assert!(!result.other_layout && result.missing.is_empty());
    assert_eq!(lowest(result, 1), planted);
    assert_eq!(result.twins.iter_enumerated().filter_map(|(from, to)| Some((from, (*to)?))).collect::<BTreeMap<_, _>>(), twins);
    assert_eq!(result.differences.iter().filter(|d| d.lowest).count(), planted.len(), "no cell without a counterpart is compared");
    // The other way round the older form is the second one, and the same is found.
    let back = &reconcile(tree, &b, &a, options).unwrap()[0];
    assert_eq!(lowest(back, -1), planted);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_parts_of_every_difference_add_up_to_it(one in any::<u64>(), other in any::<u64>()) {
        let (tree, ..) = &*WORLD;
        let (a, b) = (version(one), version(other));
        for result in reconcile(tree, &a, &b, Options::default()).unwrap() {
            for difference in result.differences.iter().filter(|d| d.scope == ReconcileScope::Total) {
                let parts: i64 = difference.parts.iter().map(|part| part.amount).sum();
                prop_assert_eq!(parts, difference.amount());
                prop_assert_eq!(difference.amount(), difference.a.number - difference.b.number);
                for part in &difference.parts {
                    let said = result.differences.iter().find(|d| match part.cause {
                        DifferenceCause::Unit(unit) => d.unit == unit && d.slot == difference.slot && (d.scope == ReconcileScope::Total || tree.children(unit).is_empty()),
                        DifferenceCause::Own(unit) => d.unit == unit && d.slot == difference.slot && d.scope == ReconcileScope::Own,
                        _ => false,
                    });
                    if matches!(part.cause, DifferenceCause::Unit(_) | DifferenceCause::Own(_)) {
                        prop_assert_eq!(said.map(tkgd::query::reconcile::Difference::amount), Some(part.amount));
                    }
                    if let DifferenceCause::UnitMissing(unit, which) = part.cause {
                        prop_assert!(result.missing.iter().any(|m| m.missing_in == which && (m.unit == unit || tree.ancestors(m.unit).any(|u| u == unit))));
                    }
                }
                // Where the units below can be compared, nothing is left without a place.
                let is_unlocated = difference.parts.iter().any(|part| part.cause == DifferenceCause::Unlocated);
                prop_assert!(difference.lowest || !is_unlocated);
                prop_assert!(!difference.lowest || is_unlocated || difference.amount() == 0);
            }
        }
    }

    #[test]
    fn the_other_way_round_is_the_opposite(one in any::<u64>(), other in any::<u64>()) {
        let (tree, ..) = &*WORLD;
        let (a, b) = (version(one), version(other));
        let (there, back) = (reconcile(tree, &a, &b, Options::default()).unwrap(), reconcile(tree, &b, &a, Options::default()).unwrap());
        for (x, y) in there.iter().zip(&back) {
            prop_assert_eq!(x.differences.len(), y.differences.len());
            for (p, q) in x.differences.iter().zip(&y.differences) {
                prop_assert_eq!((p.unit, p.scope, p.slot, p.lowest, p.amount()), (q.unit, q.scope, q.slot, q.lowest, -q.amount()));
            }
            let turned: BTreeSet<(UnitIndex, Which)> = y.missing.iter().map(|m| (m.unit, m.missing_in.other())).collect();
            let own: BTreeSet<(UnitIndex, Which)> = x.missing.iter().map(|m| (m.unit, m.missing_in)).collect();
            prop_assert_eq!(own, turned);
        }
    }

    #[test]
    fn a_source_agrees_with_itself_but_for_what_it_does_not_know(seed in any::<u64>()) {
        let (tree, ..) = &*WORLD;
        let (a, b) = (version(seed), version(seed));
        for result in reconcile(tree, &a, &b, Options::default()).unwrap() {
            prop_assert!(result.missing.is_empty() && result.uncovered.is_empty());
            prop_assert!(result.differences.iter().all(|d| d.kind == ComparisonKind::NotComparable));
        }
    }
}
