//! Two states of terms, or two units of one state, cell by cell.
//!
//! Both tables are read in one pass, figure by figure: what both states say of a figure is merged by unit, told to a
//! [`Sink`], added up the tree, and forgotten. No table is ever whole in memory, whatever its size.

mod biggest;
mod pass;
mod units;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::archive::{ArchivedCellName, ArchivedForm, FigureKey, TermState};
use crate::base::error::Result;
use crate::base::message::Message;
use crate::query::explain::UnitValue;
use crate::register::Tree;
use crate::returns::ReturnKey;

pub use biggest::{Biggest, Weighed};
pub use pass::{compare_states, compare_units};
pub use units::{UnitChange, UnitFate, unit_changes};

/// Kinds of difference in a unit's own return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellKind {
    /// Two values that differ.
    Changed,
    /// A number in a return that only the older state has.
    OnlyBefore,
    /// A number in a return that only the newer state has.
    OnlyAfter,
}

impl CellKind {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::OnlyBefore => "only_before",
            Self::OnlyAfter => "only_after",
        }
    }
}

/// A cell of a unit's return that is not the same in both states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The figure, in the newer form.
    pub figure: Arc<FigureName>,
    /// The unit's code.
    pub unit: Arc<str>,
    /// Kind of difference.
    pub kind: CellKind,
    /// Value before.
    pub before: Option<UnitValue>,
    /// Value now.
    pub after: Option<UnitValue>,
}

/// A total of a unit that others report to, with everything below it, that is not the same in both states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalChange {
    /// The figure, in the newer form.
    pub figure: Arc<FigureName>,
    /// The unit's code; empty where two units are compared.
    pub unit: Arc<str>,
    /// It stands at the top of its tree.
    pub is_top: bool,
    /// The total before.
    pub before: ComparedTotal,
    /// The total now.
    pub after: ComparedTotal,
}

/// A sum over what returns say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ComparedTotal {
    /// Sum of what there is.
    pub number: i128,
    /// Some part is a number: nothing but blanks is no 0.
    pub has_number: bool,
    /// A part is unknown or broken, or a return that is owed is not there.
    pub is_lacking: bool,
}

impl ComparedTotal {
    fn add(&mut self, other: Self) {
        self.number += other.number;
        self.has_number |= other.has_number;
        self.is_lacking |= other.is_lacking;
    }

    /// The number, where there is any.
    #[must_use]
    pub fn value(&self) -> Option<i128> {
        self.has_number.then_some(self.number)
    }

    /// How far it can be trusted, in the words of the archive.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match (self.has_number, self.is_lacking) {
            (true, false) => "complete",
            (true, true) => "incomplete",
            (false, _) => "none",
        }
    }
}

/// A figure with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureName {
    /// The cell of the newer form.
    pub key: FigureKey,
    /// The older cells that make it.
    pub older: Vec<FigureKey>,
    /// Symbol of the newer form.
    pub symbol: Arc<str>,
    /// The cell in words.
    pub name: ArchivedCellName,
}

impl CellChange {
    /// Both sides are numbers, or there is a return in one state only: what is not known has not changed by anything.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        let is_number = |own: &Option<UnitValue>| own.as_ref().is_some_and(|own| own.status.is_number());
        self.kind != CellKind::Changed || (is_number(&self.before) && is_number(&self.after))
    }

    /// Now less before, where either holds a number.
    #[must_use]
    pub fn amount(&self) -> i128 {
        let number = |own: &Option<UnitValue>| own.as_ref().map_or(0, |own| i128::from(own.number));
        number(&self.after) - number(&self.before)
    }
}

impl TotalChange {
    /// Now less before; none where one of them is no number.
    #[must_use]
    pub fn amount(&self) -> Option<i128> {
        Some(self.after.value()? - self.before.value()?)
    }

    /// The change in per cent says something: both are whole.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        !self.before.is_lacking && !self.after.is_lacking
    }
}

/// Takes what differs, in the order of forms, sheets, codes, columns and units.
pub trait Sink {
    /// A cell of a unit.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn cell(&mut self, change: CellChange) -> Result<()>;

    /// A total.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn total(&mut self, change: TotalChange) -> Result<()>;

    /// A form is done.
    fn form(&mut self) {}
}

/// Counts of one form: cells compared and cells that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormCounts {
    /// The older form's id.
    pub older: String,
    /// The newer form's id.
    pub newer: String,
    /// Symbol of the newer form.
    pub symbol: String,
    /// The older form has another layout; its figures are carried over.
    pub is_mapped: bool,
    /// Figures compared.
    pub figures: usize,
    /// Figures that the older form has no cells for.
    pub figures_without_forerunner: usize,
    /// Older cells that have become nothing in the newer form.
    pub dropped: usize,
    /// Returns by the states that hold them.
    pub returns: ReturnsByState,
    /// Cells compared.
    pub cells: u64,
    /// Cells that differ in returns of both states.
    pub changed: u64,
    /// Those of them where a number is another number.
    pub numbers: u64,
    /// Totals of units that others report to that differ.
    pub totals: u64,
    /// Totals at the top of the tree that differ.
    pub top_totals: u64,
}

/// How many returns are in both states, or in one of them alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReturnsByState {
    /// In both.
    pub both: usize,
    /// Only in the older.
    pub only_older: usize,
    /// Only in the newer.
    pub only_newer: usize,
}

/// Counts of one unit and form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitCounts {
    /// Cells that differ.
    pub changed: u64,
    /// Its return is in the older state.
    pub in_older: bool,
    /// Its return is in the newer state.
    pub in_newer: bool,
}

/// Two states of a term, or of two terms, compared.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The older state.
    pub older: TermState,
    /// The newer state.
    pub newer: TermState,
    /// Units as they were.
    pub trees: [Tree; 2],
    /// Forms that could be compared.
    pub forms: Vec<FormCounts>,
    /// Forms of the newer state that could not, and why.
    pub gaps: BTreeMap<String, Message>,
    /// Forms of the older state that nothing of the newer one is made of.
    pub gone: Vec<ArchivedForm>,
    /// Units that are new, gone, renamed or moved.
    pub units: Vec<UnitChange>,
    /// Counts by unit and newer form, where anything differs.
    pub by_unit: BTreeMap<ReturnKey, UnitCounts>,
}
