//! Two sources of figures, compared cell by cell on the reporting tree.
//!
//! Each source is a set of returns. Whatever both can say about a unit is
//! compared there: at the lowest units that both know, and at every unit above
//! them. A difference above is taken apart into what the units below contribute,
//! and the parts add up to it exactly. What only one source has is a difference
//! of its own kind, never a 0.

mod compare;
mod drill;
mod pairs;
mod side;
mod suspects;
mod walk;

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::error::{Error, Result};
use crate::forms::{Form, Mapping, SlotIndex, SlotVec};
use crate::register::{Tree, UnitIndex};
use crate::returns::Submission;

pub use compare::{ComparisonKind, SourceFigure};
pub use drill::{DifferenceCause, DifferencePart};
pub use pairs::{Pair, pair_forms};
pub use suspects::{Suspect, Suspicion};

use side::Side;

/// One of the two sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The first.
    A,
    /// The second.
    B,
}

impl Which {
    /// Both, in order.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }

    /// The other source.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Returns of one source, and how those of units above schools are meant.
#[derive(Debug, Default)]
pub struct ComparedSource {
    /// The returns, one per unit and form.
    pub submissions: Vec<Submission>,
    /// Returns of units above schools are their own part, never the total of what is below
    /// (pipelines and archives say so by what they are).
    pub adds_up: bool,
    /// Codes or kinds of units whose return is the total of everything below, whatever else is there.
    pub totals: Vec<String>,
}

/// How strictly cells are compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// A blank against a 0 is a difference.
    pub strict_blank: bool,
    /// Cells that one source has no column for are left out, not named.
    pub shared_cells: bool,
    /// Mappings between form versions, for sources under different circulars.
    pub mappings: &'a [Mapping],
}

/// Parts of a unit that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReconcileScope {
    /// The unit with everything below it.
    Total,
    /// The unit's own return.
    Own,
}

impl ReconcileScope {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Own => "own",
        }
    }
}

/// A cell of a unit in which the sources do not say the same.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// Its own return, or everything below it too.
    pub scope: ReconcileScope,
    /// The cell, as a slot of the first source's form.
    pub slot: SlotIndex,
    /// Kind of difference.
    pub kind: ComparisonKind,
    /// Value of the first source.
    pub a: SourceFigure,
    /// Value of the second source.
    pub b: SourceFigure,
    /// Whether each figure stands in a file, rather than being a sum of returns.
    pub stands: [bool; 2],
    /// No unit below can be compared: here somebody has to look.
    pub lowest: bool,
    /// A total that is off by exactly what its own parts, on the same sheet, are off by.
    pub follows: bool,
    /// A difference of units below that is made by missing returns alone.
    pub due_to_missing: bool,
    /// Parts of the difference; empty where `lowest` and located.
    pub parts: Vec<DifferencePart>,
    /// Who is to be asked first, where the figures cannot tell.
    pub suspects: Vec<Suspect>,
}

impl Difference {
    /// First source less second; blanks count as nothing.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.a.number.saturating_sub(self.b.number)
    }
}

/// A return that one source has and the other does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnmatchedReturn {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// The source without it.
    pub missing_in: Which,
    /// Numbers in the return that is there.
    pub numbers: usize,
}

/// A source whose total of a unit is not the sum of the returns it holds below that unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside {
    /// The source.
    pub source: Which,
    /// The unit, by index.
    pub unit: UnitIndex,
    /// The cell, as a slot of that source's form.
    pub slot: SlotIndex,
    /// The unit's own total.
    pub stated: SourceFigure,
    /// Sum of the returns below.
    pub summed: SourceFigure,
    /// How many returns were added up.
    pub returns: usize,
}

/// A unit below which nothing can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LowestUnit {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// Part of it that is compared.
    pub scope: ReconcileScope,
}

/// A cell that a source has no place for although the other holds a number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UncoveredCell {
    /// The source that has no place for it.
    pub source: Which,
    /// The slot of the first form.
    pub slot: SlotIndex,
}

/// Everything about one form.
#[derive(Debug, Clone, Default)]
pub struct FormResult {
    /// The form in each source, where it has it.
    pub forms: [Option<Arc<Form>>; 2],
    /// The sources hold it under layouts whose cells do not correspond.
    pub other_layout: bool,
    /// For each slot of the first form, the slot of the second.
    pub twins: SlotVec<Option<SlotIndex>>,
    /// Lowest units compared, each return of its own counted apart.
    pub lowest: Vec<LowestUnit>,
    /// Cells compared there.
    pub cells: usize,
    /// Differences, in the order of the tree from the top, then of the slots.
    pub differences: Vec<Difference>,
    /// Returns that one source lacks, in the order of the tree.
    pub missing: Vec<UnmatchedReturn>,
    /// Contradictions inside one source.
    pub inside: Vec<Inside>,
    /// Cells that a source has no place for although the other holds a number there.
    pub uncovered: Vec<UncoveredCell>,
    /// Cells blank on one side and 0 on the other, at the lowest units.
    pub blank_zero: usize,
    /// Units expected to file the form that neither source knows.
    pub in_neither: usize,
}

impl FormResult {
    /// The form that cells are named by: the first source's, or the only one.
    #[must_use]
    pub fn form(&self) -> Option<&Arc<Form>> {
        self.forms.iter().flatten().next()
    }

    /// Nothing at all to say.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        !self.other_layout
            && self.forms.iter().all(Option::is_some)
            && self.differences.is_empty()
            && self.missing.is_empty()
            && self.inside.is_empty()
            && self.uncovered.is_empty()
    }
}

/// Compares two sources form by form, in the order of the first source's forms.
///
/// # Errors
/// [`Error::Overflow`] when a total is too large to be exact.
pub fn reconcile(tree: &Tree, a: &ComparedSource, b: &ComparedSource, options: Options<'_>) -> Result<Vec<FormResult>> {
    let pairs = pair_forms(&forms_of(a), &forms_of(b), options.mappings);
    pairs.into_par_iter().map(|pair| compare_pair(tree, a, b, pair, options)).collect()
}

/// The forms of a source, in the order of their ids.
fn forms_of(source: &ComparedSource) -> Vec<Arc<Form>> {
    let mut forms: Vec<Arc<Form>> = source.submissions.iter().map(|s| Arc::clone(&s.form)).collect();
    forms.sort_by(|a, b| a.id.cmp(&b.id));
    forms.dedup_by(|a, b| a.id == b.id);
    forms
}

fn compare_pair(tree: &Tree, a: &ComparedSource, b: &ComparedSource, pair: Pair, options: Options<'_>) -> Result<FormResult> {
    let Pair { forms, cells } = pair;
    let mut result = FormResult { other_layout: cells.is_none() && forms.iter().all(Option::is_some), forms, ..FormResult::default() };
    let [Some(form_a), Some(form_b)] = &result.forms else {
        result.missing = walk::all_missing(tree, a, b, &result.forms);
        return Ok(result);
    };
    let Some(cells) = cells else { return Ok(result) };
    let (mut side_a, mut side_b) = (Side::new(tree, form_a, a), Side::new(tree, form_b, b));
    side_a.fold_as(side_b.folds(), tree);
    side_b.fold_as(side_a.folds(), tree);
    for side in [&side_a, &side_b] {
        if let Some(slot) = side.overflow() {
            return Err(Error::Overflow { what: format!("{} ({})", side.form.id, slot.get()).into() });
        }
    }
    let found = walk::Walk { tree, a: &side_a, b: &side_b, cells: &cells, options }.run();
    Ok(FormResult { forms: result.forms.clone(), ..found })
}
