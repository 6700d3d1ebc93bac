//! Units that are new, gone, renamed, moved or merged between two states.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::error::Result;
use crate::register::{Tree, Unit, UnitIndex, final_successor};

/// Fate of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitFate {
    /// Only in the newer state.
    New,
    /// Only in the older state.
    Gone,
    /// Only in the older state, and known to be a part of another unit now.
    Merged,
    /// Reports to another unit.
    Moved,
    /// Has another name.
    Renamed,
}

impl UnitFate {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::New, Self::Gone, Self::Merged, Self::Moved, Self::Renamed];

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Gone => "gone",
            Self::Merged => "merged",
            Self::Moved => "moved",
            Self::Renamed => "renamed",
        }
    }
}

/// A unit with what became of it; one that was renamed and moved stands twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitChange {
    /// Its fate.
    pub fate: UnitFate,
    /// Code.
    pub unit: Arc<str>,
    /// Name before and now.
    pub names: [Option<Arc<str>>; 2],
    /// The unit it reported and reports to.
    pub above: [Option<Arc<str>>; 2],
    /// The unit it became a part of.
    pub merged_into: Option<Arc<str>>,
}

/// Fates of the units of two trees, by fate and code.
#[must_use]
pub fn unit_changes(older: &Tree, newer: &Tree) -> Vec<UnitChange> {
    let mut all: BTreeMap<&Arc<str>, [Option<&Unit>; 2]> = BTreeMap::new();
    for (side, tree) in [older, newer].into_iter().enumerate() {
        for unit in &tree.units {
            all.entry(&unit.code).or_default()[side] = Some(unit);
        }
    }
    let mut changes = Vec::new();
    for (code, sides) in all {
        let merged_into = final_successor(&newer.successions, code).cloned().filter(|_| sides[1].is_none());
        let mut add = |fate| {
            changes.push(UnitChange {
                fate,
                unit: Arc::clone(code),
                names: sides.map(|unit| unit.map(|unit| Arc::clone(&unit.name))),
                above: sides.map(|unit| unit.and_then(|unit| unit.reports_to.clone())),
                merged_into: merged_into.clone(),
            });
        };
        match sides {
            [Some(_), None] => add(if merged_into.is_some() { UnitFate::Merged } else { UnitFate::Gone }),
            [None, Some(_)] => add(UnitFate::New),
            // The code names another school now: one ended, and one began later.
            [Some(before), Some(now)] if is_used_again(before, now) => {
                changes.extend([(UnitFate::Gone, before, 0), (UnitFate::New, now, 1)].map(|(fate, unit, side)| {
                    let only = |value: Option<Arc<str>>| if side == 0 { [value, None] } else { [None, value] };
                    UnitChange {
                        fate,
                        unit: Arc::clone(code),
                        names: only(Some(Arc::clone(&unit.name))),
                        above: only(unit.reports_to.clone()),
                        merged_into: None,
                    }
                }));
            }
            [Some(before), Some(now)] => {
                if before.reports_to != now.reports_to {
                    add(UnitFate::Moved);
                }
                if before.name != now.name {
                    add(UnitFate::Renamed);
                }
            }
            [None, None] => {}
        }
    }
    changes.sort();
    changes
}

/// That between the line of a code and a later one there were days on which nobody had it.
fn is_used_again(before: &Unit, now: &Unit) -> bool {
    let next = before.valid_to.and_then(|last| last.succ_opt());
    next.zip(now.valid_from).is_some_and(|(next, first)| first > next)
}

/// A unit by its code, or by its name where only one has it.
///
/// # Errors
/// When there is none, with the nearest.
pub fn find(tree: &Tree, code: &str) -> Result<UnitIndex> {
    tree.named(code)
}
