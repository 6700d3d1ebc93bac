//! Who is to be asked first where the figures cannot tell which school causes a difference.

use super::Which;
use super::compare::SourceFigure;
use super::side::{SharedSlot, Side, files_itself};
use crate::register::{Tree, UnitIndex};

/// More schools than this with just the amount that is missing say nothing.
const SAME_AMOUNT: usize = 3;

/// Why a unit is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// Its return is expected and not in the source that holds single returns.
    NotReceived,
    /// A cell that is not known.
    NotKnown,
    /// Its number is the difference itself: it may be left out, or counted twice, on the other side.
    SameAmount,
}

impl Suspicion {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotReceived => "not_received",
            Self::NotKnown => "not_known",
            Self::SameAmount => "same_amount",
        }
    }
}

/// A unit to be asked about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspect {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// Why.
    pub why: Suspicion,
    /// The source that holds single returns.
    pub source: Which,
    /// Value of that source in the cell, where it holds the return.
    pub figure: Option<SourceFigure>,
}

/// Units at and below a unit to be asked about an amount, by the source that holds returns there;
/// none where neither does.
pub fn suspects(tree: &Tree, a: &Side<'_>, b: &Side<'_>, unit: UnitIndex, slots: SharedSlot, amount: i64) -> Vec<Suspect> {
    // A source that has schools only inside a unit's total says no more of them than one without details.
    let only =
        |side: &Side<'_>, other: &Side<'_>| side.details(unit) && (!other.details(unit) || (other.folds()[unit] && !side.folds()[unit]));
    let (source, side, slot) = match (only(a, b), only(b, a)) {
        (true, false) => (Which::A, a, slots.a),
        (false, true) => (Which::B, b, slots.b),
        _ => return Vec::new(),
    };
    let folded = a.folds()[unit] || b.folds()[unit];
    let mut found = Vec::new();
    let mut waiting = vec![unit];
    while let Some(unit) = waiting.pop() {
        waiting.extend(tree.children(unit).iter().rev().filter(|&&below| !folded || !side.is_node(below)));
        let figure = side.single_figure(unit, slot);
        let expected = files_itself(&tree.units[unit], &side.form);
        let why = match figure {
            None if expected && side.stated[unit].is_none() => Suspicion::NotReceived,
            Some(figure) if figure.incomplete => Suspicion::NotKnown,
            Some(figure) if figure.number != 0 && figure.number.unsigned_abs() == amount.unsigned_abs() => Suspicion::SameAmount,
            _ => continue,
        };
        found.push(Suspect { unit, why, source, figure });
    }
    if found.iter().filter(|s| s.why == Suspicion::SameAmount).count() > SAME_AMOUNT {
        found.retain(|suspect| suspect.why != Suspicion::SameAmount);
    }
    found.sort_by_key(|suspect| suspect.why);
    found
}
