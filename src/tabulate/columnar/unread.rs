//! What could not be taken of a table: by column and kind, with the first rows and how many, never the text.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that are named of each column and kind.
const FIRST_ROWS: usize = 5;

/// Kinds of what could not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnreadKind {
    /// A value that means nothing in its field: it counts as none.
    Value,
    /// No value where one is required.
    Missing,
    /// A code of a school or class that is not among those that were read: the row belongs to none.
    Owner,
    /// A school or class that was there before: the first row holds.
    Twice,
}

/// How often, and where first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnreadCount {
    /// The first rows, counted from 1.
    pub rows: Vec<u64>,
    /// How many rows.
    pub count: u64,
}

impl UnreadCount {
    /// Notes a row.
    pub fn note(&mut self, row: u64) {
        self.merge(&Self { rows: vec![row], count: 1 });
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.rows.extend(&other.rows);
        self.rows.sort_unstable();
        self.rows.truncate(FIRST_ROWS);
    }
}

/// Everything that could not be taken of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unread(BTreeMap<(Arc<str>, UnreadKind), UnreadCount>);

impl Unread {
    /// Notes a row of a column, counted from 1.
    pub fn note(&mut self, column: &Arc<str>, kind: UnreadKind, row: u64) {
        self.0.entry((Arc::clone(column), kind)).or_default().note(row);
    }

    /// Takes over what another part of the table noted.
    pub fn merge(&mut self, other: &Self) {
        for (key, count) in &other.0 {
            self.0.entry(key.clone()).or_default().merge(count);
        }
    }

    /// Whether everything was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each column and kind with its rows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, UnreadKind, &UnreadCount)> {
        self.0.iter().map(|((column, kind), count)| (&**column, *kind, count))
    }
}
