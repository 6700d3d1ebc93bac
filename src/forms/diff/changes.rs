//! Changes in each pair of rows, columns and sheets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::form::{Layout, Sheet};
use super::super::sums::Sum;
use super::columns::ColumnMatch;
use super::facts::plain;
use super::rows::MatchedRows;
use super::{Certainty, FormDiff, IndexPair, Member, RowPair};
use crate::base::text::fold;

/// Changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormChange {
    /// Not in the old form.
    Added,
    /// Not in the new form.
    Dropped,
    /// Another code, column number or sheet id.
    Renumbered,
    /// Other words.
    Relabelled,
    /// Another unit of measure: figures cannot be compared.
    Remeasured,
    /// Another order, another parent or heading, another sheet.
    Moved,
    /// Other parts make it up, or it is part of another total.
    Resummed,
    /// Other columns apply to it.
    Reapplied,
}

impl FormChange {
    /// The name used in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Dropped => "dropped",
            Self::Renumbered => "renumbered",
            Self::Relabelled => "relabelled",
            Self::Remeasured => "remeasured",
            Self::Moved => "moved",
            Self::Resummed => "resummed",
            Self::Reapplied => "reapplied",
        }
    }
}

/// Old and new members of what was matched.
struct Twins {
    rows: BTreeMap<Member, Member>,
    /// By the column and the sheet of the new form.
    columns: BTreeMap<(Member, usize), usize>,
}

/// Puts the matches together with what changed in them and what came or went.
pub fn describe(old: &Arc<Layout>, new: &Arc<Layout>, sheets: &[IndexPair], rows: MatchedRows<'_>, columns: Vec<ColumnMatch>) -> FormDiff {
    let columns_of = |found: &ColumnMatch| {
        let IndexPair { old: from, new: to } = found.sheets;
        let twin = |pair: &IndexPair| ((Member { sheet: from, at: pair.old }, to), pair.new);
        found.pairs.iter().map(twin).collect::<Vec<_>>()
    };
    let twins = Twins { rows: rows.members().map(|(a, b, _)| (a, b)).collect(), columns: columns.iter().flat_map(columns_of).collect() };
    let out_of_order = out_of_order(&rows);
    let mut row_pairs = Vec::new();
    for (at, pair) in rows.pairs.iter().enumerate() {
        let (a, b) = (rows.old[pair.old].at, rows.new[pair.new].at);
        let mut changes = row_changes(old, a, new, b, &twins);
        let parent = |facts: &super::RowFacts, all: &[super::RowFacts]| facts.parent_at.map(|p| all[p].at);
        let (above, above_now) = (parent(&rows.old[pair.old], rows.old), parent(&rows.new[pair.new], rows.new));
        let same_parent = above.and_then(|p| twins.rows.get(&p).copied()) == above_now;
        let same_group = rows.old[pair.old].group == rows.new[pair.new].group;
        if out_of_order[at] || !same_parent || !same_group || !sheets.contains(&IndexPair { old: a.sheet, new: b.sheet }) {
            changes.push(FormChange::Moved);
        }
        changes.sort_unstable();
        row_pairs.push(RowPair { old: Some(a), new: Some(b), changes, certainty: pair.certainty });
    }
    let row_pairs = with_the_rest(row_pairs, &coded_rows(old), &coded_rows(new));
    FormDiff {
        sheets: sheet_pairs(old, new, sheets),
        rows: row_pairs,
        columns: column_pairs(old, new, sheets, &columns),
        crossings: columns.into_iter().filter(|found| !sheets.contains(&found.sheets)).collect(),
        old: Arc::clone(old),
        new: Arc::clone(new),
    }
}

/// Pairs in the order of the new side with those that have no twin: added in their place, dropped at the end.
fn with_the_rest<T: Ord + Copy>(pairs: Vec<RowPair<T>>, old: &[T], new: &[T]) -> Vec<RowPair<T>> {
    let alone = |old, new, change| RowPair { old, new, changes: vec![change], certainty: Certainty::Sure };
    let kept: BTreeSet<T> = pairs.iter().filter_map(|p| p.old).collect();
    let known: BTreeSet<T> = pairs.iter().filter_map(|p| p.new).collect();
    let mut all = pairs;
    all.extend(new.iter().filter(|n| !known.contains(n)).map(|n| alone(None, Some(*n), FormChange::Added)));
    all.sort_by_key(|pair| pair.new);
    all.extend(old.iter().filter(|o| !kept.contains(o)).map(|o| alone(Some(*o), None, FormChange::Dropped)));
    all
}

fn coded_rows(layout: &Layout) -> Vec<Member> {
    layout.data_sheets().flat_map(|(index, sheet)| (0..sheet.coded.len()).map(move |coded| Member { sheet: index, at: coded })).collect()
}

/// For each pair, whether it stands in another order than most: outside the longest run in both orders.
fn out_of_order(rows: &MatchedRows<'_>) -> Vec<bool> {
    // Longest increasing subsequence of the old places, in the new order, sheet by sheet.
    let places: Vec<(usize, usize)> = rows.pairs.iter().map(|p| (rows.new[p.new].at.sheet, p.old)).collect();
    let mut length = vec![1_usize; places.len()];
    let mut before: Vec<Option<usize>> = vec![None; places.len()];
    for i in 0..places.len() {
        for j in 0..i {
            if places[j].0 == places[i].0 && places[j].1 < places[i].1 && length[j] >= length[i] {
                length[i] = length[j] + 1;
                before[i] = Some(j);
            }
        }
    }
    let mut moved = vec![true; places.len()];
    let sheets: BTreeSet<usize> = places.iter().map(|(sheet, _)| *sheet).collect();
    for sheet in sheets {
        let last = (0..places.len()).filter(|&i| places[i].0 == sheet).max_by_key(|&i| (length[i], std::cmp::Reverse(i)));
        let mut at = last;
        while let Some(i) = at {
            moved[i] = false;
            at = before[i];
        }
    }
    moved
}

fn row_changes(old: &Layout, a: Member, new: &Layout, b: Member, twins: &Twins) -> Vec<FormChange> {
    let (from, to) = (&old.sheets[a.sheet], &new.sheets[b.sheet]);
    let (x, y) = (from.coded_row(a.at), to.coded_row(b.at));
    let mut changes = Vec::new();
    let mut note = |condition: bool, change| {
        if condition {
            changes.push(change);
        }
    };
    note(x.code != y.code, FormChange::Renumbered);
    note(plain(&x.label) != plain(&y.label), FormChange::Relabelled);
    note(fold(&x.unit) != fold(&y.unit), FormChange::Remeasured);
    let rows = |part: Member| twins.rows.get(&part).copied();
    note(is_resummed(sums_of(from, a), &sums_of(to, b), rows), FormChange::Resummed);
    let carried_columns = |column: &usize| twins.columns.get(&(Member { sheet: a.sheet, at: *column }, b.sheet)).copied();
    let before: BTreeSet<usize> = x.not_applicable.iter().filter_map(carried_columns).collect();
    let now: BTreeSet<usize> = y.not_applicable.iter().copied().collect();
    note(before != now, FormChange::Reapplied);
    changes
}

/// A sum that a row or column is the total of: partition or subset, and its parts.
type SumOf = (bool, BTreeSet<Member>);

fn sums_of(sheet: &Sheet, at: Member) -> Vec<SumOf> {
    let mut all = own_sums(&sheet.sums.rows, at, true);
    all.extend(own_sums(&sheet.sums.subsets, at, false));
    all
}

fn own_sums(sums: &[Sum], of: Member, is_partition: bool) -> Vec<SumOf> {
    let own = sums.iter().filter(|sum| sum.total == of.at);
    own.map(|sum| (is_partition, sum.parts.iter().map(|part| Member { at: *part, ..of }).collect())).collect()
}

/// Whether the old sums, in terms of the new form, are other sums than the new ones.
fn is_resummed(old: Vec<SumOf>, new: &[SumOf], twin: impl Fn(Member) -> Option<Member>) -> bool {
    let carried = |(is_partition, parts): SumOf| -> Option<SumOf> {
        let parts: Option<BTreeSet<Member>> = parts.into_iter().map(&twin).collect();
        Some((is_partition, parts?))
    };
    let before: Option<BTreeSet<SumOf>> = old.into_iter().map(carried).collect();
    before != Some(new.iter().cloned().collect())
}

fn sheet_pairs(old: &Layout, new: &Layout, sheets: &[IndexPair]) -> Vec<RowPair<usize>> {
    let pairs = sheets.iter().map(|pair| {
        let (a, b) = (&old.sheets[pair.old], &new.sheets[pair.new]);
        let mut changes = Vec::new();
        if a.id != b.id {
            changes.push(FormChange::Renumbered);
        }
        if fold(&a.name) != fold(&b.name) {
            changes.push(FormChange::Relabelled);
        }
        RowPair { old: Some(pair.old), new: Some(pair.new), changes, certainty: Certainty::Sure }
    });
    let all = |layout: &Layout| (0..layout.sheets.len()).collect::<Vec<_>>();
    with_the_rest(pairs.collect(), &all(old), &all(new))
}

fn column_pairs(old: &Layout, new: &Layout, sheets: &[IndexPair], matches: &[ColumnMatch]) -> Vec<RowPair<Member>> {
    let mut pairs = Vec::new();
    let own = matches.iter().filter(|found| sheets.contains(&found.sheets));
    for found in own {
        let IndexPair { old: i, new: j } = found.sheets;
        let mut last = None;
        for &IndexPair { old: a, new: b } in &found.pairs {
            let (x, y) = (&old.sheets[i].columns[a], &new.sheets[j].columns[b]);
            let words = |path: &[Arc<str>]| path.iter().map(|level| plain(level)).collect::<Vec<_>>();
            let mut changes = Vec::new();
            if x.number != y.number {
                changes.push(FormChange::Renumbered);
            }
            if words(&x.path) != words(&y.path) {
                changes.push(FormChange::Relabelled);
            }
            let (of_old, of_new) = (Member { sheet: i, at: a }, Member { sheet: j, at: b });
            let twin = |part: Member| found.pairs.iter().find(|pair| pair.old == part.at).map(|pair| Member { sheet: j, at: pair.new });
            let (before, now) = (&old.sheets[i].sums.columns, &new.sheets[j].sums.columns);
            if is_resummed(own_sums(before, of_old, true), &own_sums(now, of_new, true), twin) {
                changes.push(FormChange::Resummed);
            }
            if last.is_some_and(|before| before > a) {
                changes.push(FormChange::Moved);
            }
            last = Some(last.map_or(a, |before: usize| before.max(a)));
            pairs.push(RowPair { old: Some(of_old), new: Some(of_new), changes, certainty: Certainty::Sure });
        }
    }
    let all = |layout: &Layout| -> Vec<Member> {
        layout
            .data_sheets()
            .flat_map(|(index, sheet)| (0..sheet.columns.len()).map(move |column| Member { sheet: index, at: column }))
            .collect()
    };
    with_the_rest(pairs, &all(old), &all(new))
}
