//! Gaps of the lists of one form: cells that none of them has, and cells of a unit that they have for others.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::base::number::NumberKind;
use crate::findings::{Finding, Location};
use crate::forms::{Form, SlotIndex};
use crate::lists::findings::{LACKS_CELLS, lacks_cells};
use crate::returns::{Placement, Source, Status, Submission};

/// Units with a figure from which on one without a line for it stands out.
const LEAST_FILLED: usize = 2;

/// A list of a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    form: Arc<str>,
    file: Arc<str>,
}

/// Cells that a list has.
#[derive(Debug)]
struct Given {
    form: Arc<Form>,
    /// Slots that it has for any unit.
    slots: BTreeSet<SlotIndex>,
    /// Its units.
    units: HashSet<Arc<str>>,
    /// Each line is one cell.
    is_long: bool,
}

/// Every list before lists were put together.
#[derive(Debug, Default)]
pub struct ListGaps {
    lists: BTreeMap<Key, Given>,
    /// Lists that hold parts of one form.
    joined: Vec<BTreeSet<Key>>,
}

impl ListGaps {
    /// Of everything that was read.
    pub fn new<'a>(submissions: impl IntoIterator<Item = &'a Submission>) -> Self {
        let mut gaps = Self::default();
        // All lines of one reading share their columns.
        let mut seen: HashSet<(Key, usize)> = HashSet::new();
        for own in submissions.into_iter().filter(|own| is_of_list(own)) {
            let key = Key { form: Arc::clone(&own.form.id), file: Arc::clone(&own.source.file) };
            let columns = own.placements.iter().find_map(|placement| match placement {
                Placement::Line { columns, .. } => Some(Arc::as_ptr(columns) as usize),
                _ => None,
            });
            let given = gaps.lists.entry(key.clone()).or_insert_with(|| Given {
                form: Arc::clone(&own.form),
                slots: BTreeSet::new(),
                units: HashSet::new(),
                is_long: false,
            });
            given.units.insert(Arc::clone(&own.unit));
            given.is_long |= columns.is_none();
            if columns.is_none_or(|columns| seen.insert((key, columns))) {
                given.slots.extend(own.values.slots().filter(|&slot| is_given(own, slot)));
            }
        }
        gaps
    }

    /// Notes that lists of a form were put together.
    pub fn join<'a>(&mut self, form: &Arc<str>, files: impl Iterator<Item = &'a Arc<str>>) {
        let mut group: BTreeSet<Key> = files.map(|file| Key { form: Arc::clone(form), file: Arc::clone(file) }).collect();
        let (mut together, apart): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.joined).into_iter().partition(|own| !own.is_disjoint(&group));
        for own in &mut together {
            group.append(own);
        }
        self.joined = apart;
        self.joined.push(group);
    }

    /// Whether a finding about one list says what another gives.
    #[must_use]
    pub fn settles(&self, finding: &Finding) -> bool {
        let (Some(form), Some(file)) = (&finding.subject.form, &finding.place.file) else { return false };
        let key = Key { form: Arc::clone(form), file: Arc::clone(file) };
        finding.rule == LACKS_CELLS && self.joined.iter().any(|group| group.contains(&key))
    }

    /// Gaps of the returns that go on.
    #[must_use]
    pub fn findings(&self, submissions: &[Submission]) -> Vec<Finding> {
        let mut found = Vec::new();
        for group in &self.joined {
            found.extend(self.lacked_by_all(group));
            found.extend(self.lacked_by_units(group, submissions, true));
        }
        let is_alone = |key: &&Key| !self.joined.iter().any(|group| group.contains(*key));
        for (key, _) in self.lists.iter().filter(|(key, given)| given.is_long && is_alone(key)) {
            found.extend(self.lacked_by_units(&BTreeSet::from([key.clone()]), submissions, false));
        }
        found
    }

    fn given(&self, group: &BTreeSet<Key>) -> BTreeSet<SlotIndex> {
        group.iter().filter_map(|key| self.lists.get(key)).flat_map(|given| given.slots.iter().copied()).collect()
    }

    /// Cells of the form that no list of a group has.
    fn lacked_by_all(&self, group: &BTreeSet<Key>) -> Option<Finding> {
        let first = group.first()?;
        let form = &self.lists.get(first)?.form;
        let given = self.given(group);
        let lacked = form.layout.each_slot().filter(|slot| applies(form, *slot) && !given.contains(slot)).count();
        let place = Location { file: Some(Arc::clone(&first.file)), ..Location::default() };
        (lacked > 0).then(|| lacks_cells(form, place, lacked, given.len()))
    }

    /// Units without cells that the group has for others: for most of them, unless the lists are parts of one return. Not
    /// about money, which is the page of whoever keeps a budget.
    fn lacked_by_units(&self, group: &BTreeSet<Key>, submissions: &[Submission], is_joined: bool) -> Vec<Finding> {
        let is_own = |own: &&Submission| {
            let is_in = |source: &Source| group.iter().any(|key| key.form == own.form.id && key.file == source.file);
            is_of_list(own) && own.sources().any(is_in)
        };
        let units: Vec<&Submission> = submissions.iter().filter(is_own).collect();
        let Some(first) = units.first() else { return Vec::new() };
        let is_count = |slot: SlotIndex| {
            let layout = &first.form.layout;
            layout.sheets[layout.address(slot).0].number_kind() == Some(NumberKind::Counts)
        };
        let stands_out = |slot: &SlotIndex| {
            let lacking = units.iter().filter(|own| own.values.get(*slot).0 == Status::Absent).count();
            let filled = units.len() - lacking;
            lacking > 0 && is_count(*slot) && (is_joined || filled >= LEAST_FILLED && filled > lacking)
        };
        let asked: Vec<SlotIndex> = self.given(group).into_iter().filter(stands_out).collect();
        units.iter().filter_map(|own| self.lacked_by(own, &asked, group)).collect()
    }

    fn lacked_by(&self, own: &Submission, asked: &[SlotIndex], group: &BTreeSet<Key>) -> Option<Finding> {
        let lacking: Vec<SlotIndex> = asked.iter().copied().filter(|&slot| own.values.get(slot).0 == Status::Absent).collect();
        let first = *lacking.first()?;
        // The list that should have its line, or the one that has some of its lines.
        let without =
            |key: &&Key| self.lists.get(*key).is_some_and(|given| !given.units.contains(&own.unit) && given.slots.contains(&first));
        let file = group.iter().find(without).map_or(&own.source.file, |key| &key.file);
        let place = Location { file: Some(Arc::clone(file)), ..Location::default() };
        Some(Finding::new("list-cells-blank").subject(own.subject(first)).location(place).observed(lacking.len(), ""))
    }
}

fn is_given(own: &Submission, slot: SlotIndex) -> bool {
    !matches!(own.values.get(slot).0, Status::Absent | Status::NotApplicable)
}

/// Whether a form has a figure at a slot.
fn applies(form: &Form, slot: SlotIndex) -> bool {
    let (sheet, coded, column) = form.layout.address(slot);
    let sheet = &form.layout.sheets[sheet];
    sheet.number_kind().is_some() && !sheet.coded_row(coded).not_applicable.contains(&column)
}

/// Whether a return was read from a list.
#[must_use]
pub fn is_of_list(own: &Submission) -> bool {
    own.placements.iter().all(|placement| matches!(placement, Placement::Line { .. } | Placement::Each { .. }))
}
