//! A table, evaluated: its columns, rows and cells.

use std::sync::Arc;

use super::value::Value;
use crate::base::message::Message;
use crate::base::number::NumberKind;

/// A table, evaluated.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Columns in order.
    pub columns: Vec<GridColumn>,
    /// Rows in order, block by block.
    pub rows: Vec<GridRow>,
    /// Columns that were left out, and why.
    pub left_out: Vec<LeftOut>,
}

/// A column that was left out of a table.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// Its heading.
    pub column: String,
    /// Why.
    pub why: Message,
}

/// Contents of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GridKind {
    /// The figure.
    #[default]
    Value,
    /// Figure of a year ago.
    LastYear,
    /// Figure it is compared with.
    Against,
    /// From there to here, as a number.
    Difference,
    /// From then to now: in per cent for sums, the difference for ratios.
    Change,
    /// The rank within the block of rows.
    Rank,
    /// Explanation of the figures that are compared.
    Explanation,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct GridColumn {
    /// By what charts name it.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// Unit of measure.
    pub unit: String,
    /// Content it shows.
    pub kind: GridKind,
    /// Name of the figure it is compared with, where it has one.
    pub against: String,
    /// The figure is a ratio, not a sum.
    pub is_ratio: bool,
    /// Of a rank: the lowest figure comes first.
    pub is_lowest_first: bool,
}

/// A row.
#[derive(Debug, Clone)]
pub struct GridRow {
    /// The block it belongs to: `all`, `unit`, a grouping, a kind of unit, `band`.
    pub block: String,
    /// Code of the place.
    pub code: Arc<str>,
    /// Name of the place.
    pub name: Arc<str>,
    /// Cells in the order of the columns.
    pub cells: Vec<GridCell>,
}

/// A cell.
#[derive(Debug, Clone)]
pub enum GridCell {
    /// The forms do not concern the place.
    Blank,
    /// A figure.
    Value(Value),
    /// Something that should be there and is not known.
    Unknown,
    /// A change: numerator, denominator, and whether a part of it is incomplete.
    Change(i128, i128, bool),
    /// A difference of sums, and whether a part of it is incomplete.
    Difference(i64, NumberKind, bool),
    /// A rank, and whether a place of the same block is not known: it may be another one then.
    Rank(usize, bool),
    /// Words.
    Text(String),
}
