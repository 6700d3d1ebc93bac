//! Successors of units that are no more.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::{GroupValue, Unit};

/// A unit that was merged into another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Succession {
    /// The unit that is no more.
    pub from: Arc<str>,
    /// The unit it became a part of.
    pub to: Arc<str>,
    /// First day on which it is so.
    pub on: NaiveDate,
}

/// Mergers that are done by a day, in the order of the units that ended; of several of one unit the last one counts.
pub fn successions(units: &[Unit], day: NaiveDate) -> Vec<Succession> {
    let in_use: HashSet<&str> = units.iter().filter(|unit| unit.is_valid(day)).map(|unit| &*unit.code).collect();
    let mut found: Vec<Succession> = units
        .iter()
        .filter_map(|unit| {
            let (to, last) = (unit.merged_into.as_ref()?, unit.valid_to?);
            let on = last.checked_add_days(Days::new(1))?;
            Some(Succession { from: Arc::clone(&unit.code), to: Arc::clone(to), on })
        })
        .filter(|succession| succession.on <= day)
        // A code that is in use again names another unit, or one that was founded anew.
        .filter(|succession| !in_use.contains(&*succession.from))
        .collect();
    found.sort_by(|a, b| (&a.from, std::cmp::Reverse(a.on)).cmp(&(&b.from, std::cmp::Reverse(b.on))));
    found.dedup_by(|later, first| later.from == first.from);
    found
}

/// Where a unit stood in an earlier term.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierPlace {
    /// The unit it reported to.
    pub above: Option<Arc<str>>,
    /// Values of groupings, by key.
    pub groups: Vec<GroupValue>,
}

/// The unit that a unit has become in the end; none where it is not known to have been merged.
#[must_use]
pub fn final_successor<'a>(successions: &'a [Succession], code: &str) -> Option<&'a Arc<str>> {
    let next = |code: &str| successions.iter().find(|succession| *succession.from == *code).map(|succession| &succession.to);
    let mut at = next(code)?;
    // As many steps as there are mergers: a circle ends too.
    for _ in successions {
        match next(at) {
            Some(further) => at = further,
            None => break,
        }
    }
    Some(at)
}
