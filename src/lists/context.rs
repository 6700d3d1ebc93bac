//! Context of reading lists.

use crate::lists::claims::ListClaims;
use crate::register::Tree;
use crate::tables::TableWords;
use crate::workbooks::value::Writing;

/// Context of reading lists.
#[derive(Debug, Clone, Copy)]
pub struct ListContext<'a> {
    /// The units as at the term.
    pub tree: &'a Tree,
    /// How figures are written.
    pub writing: Writing<'a>,
    /// Words of rows that are no unit's.
    pub words: &'a TableWords,
    /// Facts that the lines' own claims are compared with.
    pub claims: ListClaims<'a>,
    /// Nothing is asked of blank cells and no office's line is taken for a total of others: who compares two sources wants to
    /// see them as they are.
    pub as_they_are: bool,
}
