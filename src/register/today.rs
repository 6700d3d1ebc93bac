//! Units of earlier terms as they are today.

use super::{Tree, UnitIndex};

/// Steps up a tree at most: a circle ends too.
const DEEPEST: usize = 16;

/// A unit of an earlier term as it is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Today {
    /// This unit: itself, or the one it was merged into.
    Unit(UnitIndex),
    /// It is gone and nobody took its place; of those it reported to, the nearest that is left.
    GoneBelow(UnitIndex),
    /// It is gone, and so is everything above it.
    Gone,
}

impl Today {
    /// Where what a unit had in an earlier term counts today; `above` tells what a unit reported to then.
    #[must_use]
    pub fn find<'a>(now: &Tree, code: &str, above: impl Fn(&str) -> Option<&'a str>) -> Self {
        if let Some(unit) = now.find_today(code) {
            return Self::Unit(unit);
        }
        let mut next = above(code);
        for _ in 0..DEEPEST {
            let Some(at) = next else { break };
            if let Some(unit) = now.find_today(at) {
                return Self::GoneBelow(unit);
            }
            next = above(at);
        }
        Self::Gone
    }
}
