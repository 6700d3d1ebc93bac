//! Who adds into whom: one pass over the returns, then one up the tree.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Coverage, Total};
use crate::base::error::{Error, Result};
use crate::forms::Form;
use crate::register::{Tree, UnitIndex, UnitVec};
use crate::returns::Submission;

/// Owners of a total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A unit of the tree, by index: its own return and everything below it.
    Unit(UnitIndex),
    /// A group of units: key and value.
    Group(Arc<str>, Arc<str>),
}

/// A total, and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetTotal {
    /// Owner of the total.
    pub target: Target,
    /// The total.
    pub total: Total,
}

/// All totals of one form.
#[derive(Debug)]
pub struct Aggregation {
    /// The form.
    pub form: Arc<Form>,
    /// Totals of the aggregating units (in tree order), then of the groups.
    pub totals: Vec<TargetTotal>,
    /// Coverage of every unit of the tree, by index.
    pub coverage: UnitVec<Coverage>,
}

impl Aggregation {
    /// The total of a unit of the tree.
    #[must_use]
    pub fn of_unit(&self, unit: UnitIndex) -> Option<&Total> {
        self.totals.iter().find(|own| own.target == Target::Unit(unit)).map(|own| &own.total)
    }
}

/// Aggregates every form up the tree and over the groups.
///
/// # Errors
/// [`Error::Overflow`] when a total is too large to be exact.
pub fn aggregate(tree: &Tree, forms: &[Arc<Form>], submissions: &[Submission]) -> Result<Vec<Aggregation>> {
    let parts: Vec<Aggregation> = forms.par_iter().map(|form| aggregate_form(tree, form, submissions)).collect();
    for part in &parts {
        for own in &part.totals {
            if let Some(slot) = own.total.overflow() {
                let (sheet, coded, column) = part.form.layout.address(slot);
                let sheet = &part.form.layout.sheets[sheet];
                let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
                let what = format!("{}, sheet {}, code {code}, column {}", part.form.id, sheet.id, sheet.columns[column].number);
                return Err(Error::Overflow { what: what.into() });
            }
        }
    }
    Ok(parts)
}

fn aggregate_form(tree: &Tree, form: &Arc<Form>, submissions: &[Submission]) -> Aggregation {
    let slots = form.layout.slots;
    let mut has_children = UnitVec::filled(false, tree.units.len());
    for parent in tree.parent.iter().flatten() {
        has_children[*parent] = true;
    }
    let is_node = |unit: UnitIndex| has_children[unit] || tree.units[unit].aggregate;
    let mut nodes: UnitVec<Option<Total>> = tree.units.indexes().map(|u| is_node(u).then(|| Total::new(slots))).collect();
    let mut coverage = expected_coverage(tree, form);
    let groups = tree.groups();
    let mut group_totals: Vec<Total> = groups.iter().map(|_| Total::new(slots)).collect();
    let groups_of = memberships(tree.units.len(), &groups);

    for submission in submissions.iter().filter(|s| s.form.id == form.id) {
        let Some(unit) = tree.find(&submission.unit) else { continue };
        coverage[unit].received = 1;
        coverage[unit].facilities_received = facilities(tree, form, unit);
        let node = if is_node(unit) { Some(unit) } else { tree.parent[unit] };
        if let Some(total) = node.and_then(|node| nodes[node].as_mut()) {
            total.add_values(&submission.values);
        }
        for &group in &groups_of[unit] {
            group_totals[group].add_values(&submission.values);
        }
    }
    for (unit, own) in coverage.iter_enumerated() {
        for &group in &groups_of[unit] {
            group_totals[group].coverage.add(*own);
        }
    }
    roll_up(tree, &mut nodes, &mut coverage);
    let units = tree.order.iter().filter_map(|&unit| nodes[unit].take().map(|total| TargetTotal { target: Target::Unit(unit), total }));
    let mut totals: Vec<TargetTotal> = units.collect();
    let groups = groups.into_iter().zip(group_totals);
    totals.extend(groups.map(|(group, total)| TargetTotal { target: Target::Group(group.key, group.value), total }));
    Aggregation { form: Arc::clone(form), totals, coverage }
}

/// Coverage expected of each unit itself, by index; received is filled in as returns come.
#[must_use]
pub fn expected_coverage(tree: &Tree, form: &Form) -> UnitVec<Coverage> {
    let expects = |unit: UnitIndex| tree.units[unit].owes(&form.short, &form.symbol);
    tree.units
        .indexes()
        .map(|unit| {
            if expects(unit) {
                Coverage { expected: 1, facilities_expected: facilities(tree, form, unit), ..Coverage::default() }
            } else {
                Coverage::default()
            }
        })
        .collect()
}

/// Facilities of the form's level that a unit's return covers.
fn facilities(tree: &Tree, form: &Form, unit: UnitIndex) -> u32 {
    tree.covered[unit]
        .iter()
        .filter(|&&member| {
            let levels = &tree.units[member].levels;
            form.level.is_empty() || levels.is_empty() || levels.contains(&form.level)
        })
        .count()
        .try_into()
        .unwrap_or(u32::MAX)
}

/// The groups each unit belongs to.
fn memberships(units: usize, groups: &[crate::register::Group]) -> UnitVec<Vec<usize>> {
    let mut of_unit = UnitVec::filled(Vec::new(), units);
    for (index, group) in groups.iter().enumerate() {
        for &member in &group.members {
            of_unit[member].push(index);
        }
    }
    of_unit
}

/// Adds every unit's total and coverage into its parent's, lowest first.
fn roll_up(tree: &Tree, nodes: &mut UnitVec<Option<Total>>, coverage: &mut UnitVec<Coverage>) {
    for &unit in tree.order.iter().rev() {
        let own = coverage[unit];
        if let Some(total) = &mut nodes[unit] {
            total.coverage = own;
        }
        let Some(parent) = tree.parent[unit] else { continue };
        coverage[parent].add(own);
        // Numbers only: coverage came up by itself, for leaves too.
        if let Some(child) = nodes[unit].take() {
            if let Some(total) = &mut nodes[parent] {
                total.add_numbers(&child);
            }
            nodes[unit] = Some(child);
        }
    }
}

/// Units of each kind of count, by level and distinct, as the counting rules say.
#[must_use]
pub fn count_units(tree: &Tree, kinds: &[String], level: Option<&str>) -> usize {
    let counts = |unit: &&crate::register::Unit| {
        kinds.iter().any(|kind| **kind == *unit.kind) && level.is_none_or(|level| unit.levels.iter().any(|l| &**l == level))
    };
    tree.units.iter().filter(counts).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::forms::{SlotIndex, read_form};
    use crate::register::{GroupValue, Unit};
    use crate::returns::{Lineage, Source, Status, Values};

    /// A slot by its number.
    const fn slot(number: usize) -> SlotIndex {
        SlotIndex::new(number)
    }

    /// Two counts (slots 0 and 1) and an amount (slot 2), in one column.
    const SHEETS: &str = r#"
        [[sheets]]
        id = "I"
        name = "I"
        kind = "counts"
        tt_column = "A"
        label_column = "B"
        unit_column = "C"
        code_column = "D"
        columns = [{ number = 1, at = "E", path = [] }]
        rows = [{ at = 9, code = "1" }, { at = 10, code = "2" }]

        [[sheets]]
        id = "II"
        name = "II"
        kind = "amounts"
        tt_column = "A"
        label_column = "B"
        unit_column = "C"
        code_column = "D"
        columns = [{ number = 4, at = "E", path = [] }]
        rows = [{ at = 9, code = "7" }]
    "#;

    fn form(short: &str) -> Arc<Form> {
        let head = format!(
            "id = '{short}'\nsymbol = '{short}'\nversion = '1'\ntitle = ''\nlevel = 'TH'\nterm = 'opening'\nlayout_status = 'verified'\nlayout_basis = ''\n"
        );
        Arc::new(read_form("c", "form.toml", &(head + SHEETS)).unwrap())
    }

    /// A school with the cluster it is in.
    fn school(code: &str, above: &str, cluster: &str) -> Unit {
        Unit {
            facility: true,
            aggregate: false,
            levels: vec!["TH".into()],
            kind: "school".into(),
            forms: vec!["F".into()],
            groups: vec![GroupValue { key: "cluster".into(), value: cluster.into() }],
            ..office(code, Some(above))
        }
    }

    fn office(code: &str, above: Option<&str>) -> Unit {
        Unit { code: code.into(), kind: "commune".into(), aggregate: true, reports_to: above.map(Arc::from), ..Unit::default() }
    }

    /// `S` above the communes `X` (with the schools `T1` and `T2`) and `Y` (with `T3`); `X` files the form itself too.
    fn units() -> Vec<Unit> {
        vec![
            office("S", None),
            Unit { forms: vec!["F".into()], ..office("X", Some("S")) },
            office("Y", Some("S")),
            school("T1", "X", "one"),
            school("T2", "X", "two"),
            school("T3", "Y", "one"),
        ]
    }

    fn tree_of(units: Vec<Unit>) -> Tree {
        Tree::of(units, "", vec!["cluster".into()], "2025-09-30".parse().unwrap(), Vec::new()).unwrap()
    }

    /// A return of which every cell holds a number.
    fn returned(form: &Arc<Form>, unit: &str, numbers: [i64; 3]) -> Submission {
        let mut values = Values::new(form.layout.slots);
        values.slots().zip(numbers).for_each(|(slot, number)| values.set(slot, Status::Reported, number));
        let source = Source { file: "".into(), sha256: "".into(), modified: 0 };
        Submission { unit: unit.into(), form: Arc::clone(form), values, source, placements: Vec::new(), lineage: Lineage::default() }
    }

    /// Returns of all of them.
    fn all(form: &Arc<Form>) -> Vec<Submission> {
        let numbers = [("T1", [10, 1, 5]), ("T2", [20, 2, 6]), ("T3", [40, 3, 7]), ("X", [100, 4, 8])];
        numbers.map(|(unit, numbers)| returned(form, unit, numbers)).into()
    }

    /// The totals of the one form.
    fn totals(units: Vec<Unit>, submissions: &[Submission]) -> (Tree, Aggregation) {
        let tree = tree_of(units);
        let form = form("F");
        let one = aggregate(&tree, &[form], submissions).unwrap().remove(0);
        (tree, one)
    }

    fn of<'a>(tree: &Tree, totals: &'a Aggregation, unit: &str) -> &'a Total {
        totals.of_unit(tree.find(unit).unwrap()).unwrap()
    }

    fn group<'a>(totals: &'a Aggregation, key: &str, value: &str) -> &'a Total {
        let target = Target::Group(key.into(), value.into());
        totals.totals.iter().find(|own| own.target == target).map(|own| &own.total).unwrap()
    }

    fn numbers(total: &Total) -> Vec<i64> {
        total.slots().map(|slot| total.number(slot)).collect()
    }

    fn coverage(numbers: [u32; 4]) -> Coverage {
        let [received, expected, facilities_received, facilities_expected] = numbers;
        Coverage { received, expected, facilities_received, facilities_expected }
    }

    #[test]
    fn sums_go_up_the_tree_and_what_an_office_files_itself_is_added_to_its_schools() {
        let (tree, totals) = totals(units(), &all(&form("F")));
        assert_eq!(numbers(of(&tree, &totals, "X")), [10 + 20 + 100, 1 + 2 + 4, 5 + 6 + 8]);
        assert_eq!(numbers(of(&tree, &totals, "Y")), [40, 3, 7]);
        assert_eq!(numbers(of(&tree, &totals, "S")), [170, 10, 26]);
        // Counts and amounts are never one number.
        assert_eq!(of(&tree, &totals, "S").control(&totals.form.layout), (180, 26));
        // A school's return is its own total.
        assert!(totals.of_unit(tree.find("T1").unwrap()).is_none());
        let targets: Vec<&str> = totals
            .totals
            .iter()
            .filter_map(|own| if let Target::Unit(unit) = own.target { Some(&*tree.units[unit].code) } else { None })
            .collect();
        assert_eq!(targets, ["S", "X", "Y"]);
    }

    #[test]
    fn returns_of_other_forms_and_of_units_that_nobody_knows_are_in_no_total() {
        let (own, other) = (form("F"), form("G"));
        let mut submissions = all(&own);
        submissions.push(returned(&other, "T1", [1000, 1000, 1000]));
        submissions.push(returned(&own, "T9", [1000, 1000, 1000]));
        let tree = tree_of(units());
        let both = aggregate(&tree, &[own, other], &submissions).unwrap();
        assert_eq!(numbers(of(&tree, &both[0], "S")), [170, 10, 26]);
        // Nobody owes the other form; what came of it is in its own totals only.
        assert_eq!(numbers(of(&tree, &both[1], "S")), [1000, 1000, 1000]);
        assert_eq!(of(&tree, &both[1], "Y").status(slot(0)), Status::Missing);
    }

    #[test]
    fn a_group_is_the_sum_of_its_members_wherever_they_stand() {
        let mut units = units();
        units[3].ownership = "public".into();
        let (_, totals) = totals(units, &all(&form("F")));
        // The office has no cluster, and is in none.
        assert_eq!(numbers(group(&totals, "cluster", "one")), [50, 4, 12]);
        assert_eq!(numbers(group(&totals, "cluster", "two")), [20, 2, 6]);
        assert_eq!(numbers(group(&totals, "ownership", "public")), [10, 1, 5]);
        assert_eq!(group(&totals, "cluster", "one").coverage, coverage([2, 2, 2, 2]));
        let groups: Vec<&Target> = totals.totals.iter().map(|own| &own.target).filter(|own| matches!(own, Target::Group(..))).collect();
        assert_eq!(groups.len(), 3);
    }

    #[test]
    fn a_return_that_did_not_come_makes_every_total_above_it_incomplete_and_is_not_made_up_for() {
        let mut submissions = all(&form("F"));
        submissions.retain(|own| *own.unit != *"T2");
        let (tree, totals) = totals(units(), &submissions);
        assert_eq!(numbers(of(&tree, &totals, "X")), [110, 5, 13]);
        assert_eq!(of(&tree, &totals, "X").coverage, coverage([2, 3, 1, 2]));
        assert_eq!(of(&tree, &totals, "S").coverage, coverage([3, 4, 2, 3]));
        assert_eq!(of(&tree, &totals, "Y").coverage, coverage([1, 1, 1, 1]));
        assert!(!of(&tree, &totals, "X").coverage.is_complete() && of(&tree, &totals, "Y").coverage.is_complete());
        assert_eq!(group(&totals, "cluster", "two").coverage, coverage([0, 1, 0, 1]));
        assert_eq!(group(&totals, "cluster", "two").status(slot(0)), Status::Missing);
        // A missing return is told by coverage; no cell is broken for it.
        assert!(!of(&tree, &totals, "S").is_incomplete(slot(0)));
        // A unit that owes nothing is covered by nothing, and schools have their coverage by index too.
        assert_eq!(totals.coverage[tree.find("T2").unwrap()], coverage([0, 1, 0, 1]));
        assert_eq!(totals.coverage[tree.find("S").unwrap()], coverage([3, 4, 2, 3]));
    }

    #[test]
    fn facilities_are_those_of_the_forms_level_that_a_return_covers() {
        let mut units = units();
        let group = |code: &str, levels: &[&str]| Unit {
            files_with: Some("T1".into()),
            forms: Vec::new(),
            levels: levels.iter().map(|level| Arc::from(*level)).collect(),
            ..school(code, "X", "")
        };
        // One of the form's level, one whose level nobody wrote down, one of another level.
        units.extend([group("N1", &["TH", "MN"]), group("N2", &[]), group("N3", &["MN"])]);
        let mut submissions = all(&form("F"));
        let (tree, complete) = totals(units.clone(), &submissions);
        assert_eq!(complete.coverage[tree.find("T1").unwrap()], coverage([1, 1, 3, 3]));
        assert_eq!(of(&tree, &complete, "X").coverage, coverage([3, 3, 4, 4]));
        submissions.retain(|own| *own.unit != *"T1");
        let (tree, lacking) = totals(units, &submissions);
        assert_eq!(of(&tree, &lacking, "X").coverage, coverage([2, 3, 1, 4]));
    }

    #[test]
    fn a_broken_cell_marks_that_cell_and_only_where_it_counts() {
        let mut submissions = all(&form("F"));
        submissions[0].values.set(slot(0), Status::ErrorValue, 10);
        submissions[2].values.set(slot(1), Status::Unknown, 0);
        let (tree, totals) = totals(units(), &submissions);
        let marks = |unit: &str| (0..3).map(slot).map(|slot| of(&tree, &totals, unit).is_incomplete(slot)).collect::<Vec<_>>();
        assert_eq!((marks("X"), marks("Y"), marks("S")), (vec![true, false, false], vec![false, true, false], vec![true, true, false]));
        // Known numbers stay, and a broken one adds nothing.
        assert_eq!(numbers(of(&tree, &totals, "S")), [160, 7, 26]);
        assert_eq!((of(&tree, &totals, "Y").status(slot(1)), of(&tree, &totals, "S").status(slot(1))), (Status::Unknown, Status::Computed));
        assert!(group(&totals, "cluster", "one").is_incomplete(slot(0)) && !group(&totals, "cluster", "two").is_incomplete(slot(0)));
        // The returns are all there.
        assert!(of(&tree, &totals, "S").coverage.is_complete());
    }

    #[test]
    fn what_does_not_apply_to_some_is_left_out_and_to_all_stays_so() {
        let mut submissions = all(&form("F"));
        submissions[2].values.set(slot(1), Status::NotApplicable, 0);
        for own in &mut submissions {
            own.values.set(slot(2), Status::NotApplicable, 0);
        }
        let (tree, totals) = totals(units(), &submissions);
        assert_eq!(
            (of(&tree, &totals, "Y").status(slot(1)), of(&tree, &totals, "S").status(slot(1))),
            (Status::NotApplicable, Status::Computed)
        );
        assert_eq!((of(&tree, &totals, "S").number(slot(1)), of(&tree, &totals, "S").status(slot(2))), (7, Status::NotApplicable));
        assert!((0..3).map(slot).all(|slot| !of(&tree, &totals, "S").is_incomplete(slot)));
    }

    #[test]
    fn a_total_that_does_not_fit_is_an_error_that_names_its_cell() {
        let (tree, form) = (tree_of(units()), form("F"));
        let half = i64::MAX / 2;
        let given = |third: i64| {
            vec![returned(&form, "T1", [1, 1, half]), returned(&form, "T2", [1, 1, half]), returned(&form, "T3", [1, 1, third])]
        };
        let fits = aggregate(&tree, &[Arc::clone(&form)], &given(0)).unwrap().remove(0);
        assert_eq!(of(&tree, &fits, "S").number(slot(2)), i64::MAX - 1);
        let Err(Error::Overflow { what }) = aggregate(&tree, &[Arc::clone(&form)], &given(5)) else { panic!("a sum that does not fit") };
        assert_eq!(what.en(), "c/F, sheet II, code 7, column 4");
    }

    #[test]
    fn units_are_counted_by_kind_and_level() {
        let mut units = units();
        units[3].levels = vec!["MN".into(), "TH".into()];
        let tree = tree_of(units);
        let count = |kinds: &[&str], level| count_units(&tree, &kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>(), level);
        assert_eq!((count(&["school"], None), count(&["school"], Some("TH")), count(&["school"], Some("MN"))), (3, 3, 1));
        assert_eq!((count(&["commune"], None), count(&["school", "commune"], None), count(&[], None)), (3, 6, 0));
    }

    fn cell() -> impl Strategy<Value = (Status, i64)> {
        (proptest::sample::select(Status::ALL.to_vec()), 0..1_000_000_i64)
    }

    proptest! {
        #[test]
        fn the_order_of_returns_changes_nothing(cells in proptest::collection::vec(cell(), 12), order in Just([0, 1, 2, 3]).prop_shuffle()) {
            let form = form("F");
            let mut submissions = all(&form);
            for (at, (status, number)) in cells.iter().enumerate() {
                submissions[at / 3].values.set(slot(at % 3), *status, *number);
            }
            let (tree, before) = totals(units(), &submissions);
            let shuffled: Vec<Submission> = order.iter().map(|&at| submissions[at].clone()).collect();
            submissions.reverse();
            for other in [&submissions, &shuffled] {
                prop_assert_eq!(&totals(units(), other).1.totals, &before.totals);
            }
            // Everything together is the sum of what the returns say, however they are laid below it.
            for slot in (0..3).map(slot) {
                let sum: i64 = submissions.iter().filter_map(|own| own.values.number(slot)).sum();
                prop_assert_eq!(of(&tree, &before, "S").number(slot), sum);
                let is_broken = submissions.iter().any(|own| own.values.get(slot).0.is_broken());
                prop_assert_eq!(of(&tree, &before, "S").is_incomplete(slot), is_broken);
            }
        }
    }
}
