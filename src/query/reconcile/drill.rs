//! A difference at a unit above others, taken apart: the parts add up to it exactly.

use super::Which;
use super::compare::SourceFigure;
use super::side::{SharedSlot, Side};
use crate::register::{Tree, UnitIndex};

/// Causes of a part of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceCause {
    /// A unit right below, with everything below it: the sources differ there.
    Unit(UnitIndex),
    /// The unit's own return: the sources differ there.
    Own(UnitIndex),
    /// A unit right below that a source has nothing of.
    UnitMissing(UnitIndex, Which),
    /// The unit's own return, which a source does not have.
    OwnMissing(UnitIndex, Which),
    /// A source whose total is not the sum of what it holds below.
    Inside(Which),
    /// A source has nothing but the total: the figures cannot tell.
    Unlocated,
}

impl DifferenceCause {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unit(_) => "unit",
            Self::Own(_) => "own",
            Self::UnitMissing(_, Which::A) => "unit_missing_in_a",
            Self::UnitMissing(_, Which::B) => "unit_missing_in_b",
            Self::OwnMissing(_, Which::A) => "own_missing_in_a",
            Self::OwnMissing(_, Which::B) => "own_missing_in_b",
            Self::Inside(Which::A) => "inside_a",
            Self::Inside(Which::B) => "inside_b",
            Self::Unlocated => "unlocated",
        }
    }

    /// The unit it names.
    #[must_use]
    pub const fn unit(self) -> Option<UnitIndex> {
        match self {
            Self::Unit(unit) | Self::Own(unit) | Self::UnitMissing(unit, _) | Self::OwnMissing(unit, _) => Some(unit),
            Self::Inside(_) | Self::Unlocated => None,
        }
    }
}

/// A part of a difference, first source less second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DifferencePart {
    /// Its cause.
    pub cause: DifferenceCause,
    /// How much of what is known.
    pub amount: i64,
    /// Both sources know the figure: what is not known is 0 in `amount`.
    pub is_known: bool,
}

/// Both sources hold what the unit is made of, so that a difference there can be placed.
pub fn is_located(a: &Side<'_>, b: &Side<'_>, unit: UnitIndex) -> bool {
    a.details(unit) && b.details(unit)
}

/// Parts of the difference at a unit above others, in the order of the tree; parts of 0 are left out.
pub fn parts(tree: &Tree, a: &Side<'_>, b: &Side<'_>, unit: UnitIndex, slots: SharedSlot) -> Vec<DifferencePart> {
    let amount = |x: Option<i64>, y: Option<i64>| x.unwrap_or(0).saturating_sub(y.unwrap_or(0));
    let figures = |unit: UnitIndex| (a.figure(unit, slots.a), b.figure(unit, slots.b));
    let numbers = |unit: UnitIndex| {
        let (x, y) = figures(unit);
        (x.map(|f| f.number), y.map(|f| f.number))
    };
    let is_known = |(x, y): (Option<SourceFigure>, Option<SourceFigure>)| ![x, y].into_iter().flatten().any(|figure| figure.incomplete);
    let mut parts = Vec::new();
    if is_located(a, b, unit) {
        let own_figures = (a.own_figure(unit, slots.a), b.own_figure(unit, slots.b));
        let own = (own_figures.0.map(|f| f.number), own_figures.1.map(|f| f.number));
        let cause = missing(own).map_or(DifferenceCause::Own(unit), |which| DifferenceCause::OwnMissing(unit, which));
        parts.push(DifferencePart { cause, amount: amount(own.0, own.1), is_known: is_known(own_figures) });
        let folded = a.folds()[unit] || b.folds()[unit];
        for &child in tree.children(unit).iter().filter(|&&child| !folded || a.is_node(child)) {
            let below = numbers(child);
            let cause = missing(below).map_or(DifferenceCause::Unit(child), |which| DifferenceCause::UnitMissing(child, which));
            parts.push(DifferencePart { cause, amount: amount(below.0, below.1), is_known: is_known(figures(child)) });
        }
        for (which, side, slot, sign) in [(Which::A, a, slots.a, 1), (Which::B, b, slots.b, -1)] {
            if let Some((stated, summed)) = side.both(unit, slot) {
                let amount = sign * stated.number.saturating_sub(summed.number);
                parts.push(DifferencePart {
                    cause: DifferenceCause::Inside(which),
                    amount,
                    is_known: !stated.incomplete && !summed.incomplete,
                });
            }
        }
    } else {
        let (x, y) = numbers(unit);
        parts.push(DifferencePart { cause: DifferenceCause::Unlocated, amount: amount(x, y), is_known: is_known(figures(unit)) });
    }
    parts.retain(|part| part.amount != 0);
    parts
}

/// The source that has nothing where the other has something.
fn missing(numbers: (Option<i64>, Option<i64>)) -> Option<Which> {
    match numbers {
        (None, Some(_)) => Some(Which::A),
        (Some(_), None) => Some(Which::B),
        _ => None,
    }
}
