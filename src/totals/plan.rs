//! Who adds into whom: one pass over the returns, then one up the tree.

use std::sync::Arc;

use rayon::prelude::*;

use super::{Coverage, Total};
use crate::base::error::{Error, Result};
use crate::forms::Form;
use crate::register::Tree;
use crate::returns::Submission;

/// What a total is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A unit of the tree, by index: its own return and everything below it.
    Unit(usize),
    /// A group of units: key and value.
    Group(Arc<str>, Arc<str>),
}

/// A total, and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetTotal {
    /// What it is of.
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
    pub coverage: Vec<Coverage>,
}

impl Aggregation {
    /// The total of a unit of the tree.
    #[must_use]
    pub fn of_unit(&self, unit: usize) -> Option<&Total> {
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
    let mut has_children = vec![false; tree.units.len()];
    for parent in tree.parent.iter().flatten() {
        has_children[*parent] = true;
    }
    let is_node = |unit: usize| has_children[unit] || tree.units[unit].aggregate;
    let mut nodes: Vec<Option<Total>> = (0..tree.units.len()).map(|u| is_node(u).then(|| Total::new(slots))).collect();
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
    for (unit, own) in coverage.iter().enumerate() {
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

/// What is expected of each unit itself, by index; received is filled in as returns come.
#[must_use]
pub fn expected_coverage(tree: &Tree, form: &Form) -> Vec<Coverage> {
    let expects = |unit: usize| tree.units[unit].owes(&form.short, &form.symbol);
    (0..tree.units.len())
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
fn facilities(tree: &Tree, form: &Form, unit: usize) -> u32 {
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
fn memberships(units: usize, groups: &[crate::register::Group]) -> Vec<Vec<usize>> {
    let mut of_unit = vec![Vec::new(); units];
    for (index, group) in groups.iter().enumerate() {
        for &member in &group.members {
            of_unit[member].push(index);
        }
    }
    of_unit
}

/// Adds every unit's total and coverage into its parent's, lowest first.
fn roll_up(tree: &Tree, nodes: &mut [Option<Total>], coverage: &mut [Coverage]) {
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
