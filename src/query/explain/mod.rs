//! Where a figure comes from, and why it is another one than before.
//!
//! The core is pure: a [`Figure`] is what every unit's own return says in one state of a term, on the tree as it was
//! then. Its [`Node`]s add up to the total; the [`Change`]s between two of them add up to the difference, exactly
//! and by how they are made: every unit adds what it says now less what it said before, taken apart by why.

mod address;
mod changes;
mod load;
mod node;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::register::{Tree, UnitVec};
use crate::returns::Status;

pub use address::Address;
pub use changes::{Cause, Change, FigureDifference, FigureSide, difference};
pub use load::{BaseFigure, FigureDetail, combine, load_against, load_figure, load_total};
pub use node::{Node, ReturnCount, missing, node, open, unknown};

/// Where a value stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FigurePlace {
    /// The file.
    pub file: Arc<str>,
    /// The sheet in the file; empty outside workbooks.
    pub sheet: Arc<str>,
    /// The cell; empty where the file had none.
    pub cell: Arc<str>,
}

/// Value of a unit's own return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitValue {
    /// Status of the cell.
    pub status: Status,
    /// The number, 0 where there is none.
    pub number: i64,
    /// Where it stands; several where a figure is carried over from cells that make it together.
    pub places: Vec<FigurePlace>,
}

impl UnitValue {
    /// True for the same number, typed or computed, or the same reason for having none.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        let both = self.status.is_number() && other.status.is_number();
        self.number == other.number && (both || self.status == other.status)
    }
}

/// One figure of all units in one state of a term.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Units as they were.
    pub tree: Tree,
    /// Value of each return, by unit code.
    pub own: BTreeMap<Arc<str>, UnitValue>,
    /// Units whose results are still to come: re-tests, an exam that is yet to be held.
    pub open: BTreeSet<Arc<str>>,
}

impl Figure {
    /// For each unit of the tree, whether it is the unit of this code or below it.
    #[must_use]
    pub fn below(&self, unit: &str) -> UnitVec<bool> {
        let mut is_below = UnitVec::filled(false, self.tree.units.len());
        if let Some(top) = self.tree.find(unit) {
            // Parents stand before their children.
            for &at in &self.tree.order {
                is_below[at] = at == top || self.tree.parent[at].is_some_and(|parent| is_below[parent]);
            }
        }
        is_below
    }

    /// The total of a unit with everything below it.
    #[must_use]
    pub fn total(&self, unit: &str) -> i128 {
        let is_below = self.below(unit);
        let own = |(unit, own): (&Arc<str>, &UnitValue)| self.tree.find(unit).filter(|&at| is_below[at]).map(|_| i128::from(own.number));
        self.own.iter().filter_map(own).sum()
    }
}
