//! Which column of a new sheet is which of the old one: by heading path, meaning and place.

use std::collections::BTreeSet;

use super::super::form::{Column, Layout};
use super::IndexPair;
use super::facts::{likeness, plain};
use super::rows::MatchedRows;

/// A pair of columns below this is no pair.
const ACCEPTED: f64 = 0.55;

/// Columns of two corresponding sheets.
#[derive(Debug)]
pub struct ColumnMatch {
    /// The sheets.
    pub sheets: IndexPair,
    /// The columns.
    pub pairs: Vec<IndexPair>,
}

/// Matches columns of every two sheets that correspond or share a moved row.
pub fn match_columns(old: &Layout, new: &Layout, sheets: &[IndexPair], rows: &MatchedRows<'_>) -> Vec<ColumnMatch> {
    let mut wanted: BTreeSet<IndexPair> = sheets.iter().copied().filter(|pair| old.sheets[pair.old].number_kind().is_some()).collect();
    wanted.extend(rows.members().map(|(a, b, _)| IndexPair { old: a.sheet, new: b.sheet }));
    wanted.into_iter().map(|pair| match_sheet(old, new, pair)).collect()
}

fn match_sheet(old: &Layout, new: &Layout, sheets: IndexPair) -> ColumnMatch {
    let (a, b) = (&old.sheets[sheets.old].columns, &new.sheets[sheets.new].columns);
    let share = |at: usize, columns: &[Column]| at as f64 / columns.len().max(1) as f64;
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for (i, left) in a.iter().enumerate() {
        for (j, right) in b.iter().enumerate() {
            let apart = (share(i, a) - share(j, b)).abs();
            scored.push((score(left, right, apart), i, j));
        }
    }
    scored.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut pairs: Vec<IndexPair> = Vec::new();
    for (score, i, j) in scored {
        if score >= ACCEPTED && pairs.iter().all(|pair| pair.old != i && pair.new != j) {
            pairs.push(IndexPair { old: i, new: j });
        }
    }
    pairs.sort_unstable_by_key(|pair| pair.new);
    ColumnMatch { sheets, pairs }
}

/// How alike two columns are, that stand so far apart in their sheets, from 0 to 1.
fn score(a: &Column, b: &Column, apart: f64) -> f64 {
    let yes = |condition: bool| f64::from(u8::from(condition));
    // A column that selects other people is another column, whatever its heading.
    let meaning = match (a.dims.is_empty(), b.dims.is_empty()) {
        (false, false) if a.dims == b.dims => 1.0,
        (false, false) => return 0.0,
        _ => 0.5,
    };
    0.5 * paths(a, b) + 0.3 * meaning + 0.1 * yes(a.number == b.number) + 0.1 * (1.0 - apart)
}

/// How alike two heading paths are, level by level from the block down.
fn paths(a: &Column, b: &Column) -> f64 {
    let levels = a.path.len().max(b.path.len()).max(1);
    let alike = a.path.iter().zip(&b.path).map(|(x, y)| likeness(&plain(x), &plain(y))).sum::<f64>();
    alike / levels as f64
}
