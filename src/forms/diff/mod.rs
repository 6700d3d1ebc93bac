//! Changes between two versions of a form: rows, columns and sheets that are the same
//! thing under another code, name or place, and those that came or went.
//!
//! A code means nothing alone, so rows are matched by what they say, under what they stand,
//! what they add up to and who their neighbours are; a person confirms what comes of it
//! (see [`Mapping`](super::Mapping)).

mod changes;
mod columns;
mod facts;
mod propose;
mod rows;
mod text;

use std::sync::Arc;

use super::form::Layout;

pub use changes::FormChange;
pub use columns::ColumnMatch;
pub use propose::{mapping_toml, propose};
pub use text::diff_text;

use facts::RowFacts;

/// How sure the matching is of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Same words in the same place, or nothing else comes near.
    Sure,
    /// Much speaks for it.
    Probable,
    /// A person has to look.
    Unsure,
}

/// Something of the old form and what it is in the new one; one side is missing for what came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPair<T> {
    /// In the old form.
    pub old: Option<T>,
    /// In the new form.
    pub new: Option<T>,
    /// Changes; empty when nothing did.
    pub changes: Vec<FormChange>,
    /// How sure the match is.
    pub certainty: Certainty,
}

/// A coded row or a column of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Index of the sheet.
    pub sheet: usize,
    /// Index in the sheet.
    pub at: usize,
}

/// One thing in both forms, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexPair {
    /// In the old form.
    pub old: usize,
    /// In the new form.
    pub new: usize,
}

/// Differences of two layouts, in the order of the new one; what was dropped stands last.
#[derive(Debug)]
pub struct FormDiff {
    /// The old layout.
    pub old: Arc<Layout>,
    /// The new layout.
    pub new: Arc<Layout>,
    /// Sheets, by index.
    pub sheets: Vec<RowPair<usize>>,
    /// Coded rows.
    pub rows: Vec<RowPair<Member>>,
    /// Columns.
    pub columns: Vec<RowPair<Member>>,
    /// Columns of sheets that do not correspond but share a row that moved.
    pub crossings: Vec<ColumnMatch>,
}

impl FormDiff {
    /// Nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_same = |changes: &[FormChange]| changes.is_empty();
        self.sheets.iter().all(|p| is_same(&p.changes))
            && self.rows.iter().all(|p| is_same(&p.changes))
            && self.columns.iter().all(|p| is_same(&p.changes))
    }
}

/// Compares two layouts.
#[must_use]
pub fn diff(old: &Arc<Layout>, new: &Arc<Layout>) -> FormDiff {
    let (old_facts, new_facts) = (RowFacts::of(old), RowFacts::of(new));
    let sheets = facts::match_sheets(old, new);
    let matched = rows::match_rows(&old_facts, &new_facts, &sheets);
    let columns = columns::match_columns(old, new, &sheets, &matched);
    changes::describe(old, new, &sheets, matched, columns)
}
