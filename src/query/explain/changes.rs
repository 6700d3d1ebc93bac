//! Why a figure of a unit is another one than before: causes whose sum is the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Figure, UnitValue};
use crate::register::{Today, Tree, UnitIndex, UnitVec, final_successor};

/// Why a unit adds another number than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The form or the definition changed: the older figure means something else in the newer form.
    Definition,
    /// A return that only the newer state has.
    Late,
    /// A return that only the older state has.
    Withdrawn,
    /// Both have the return, and it says something else.
    Corrected,
    /// Both have the return, and one of them does not know the figure.
    Unknown,
    /// The unit came from elsewhere, with what it said before.
    MovedIn,
    /// The unit went elsewhere, with what it said before.
    MovedOut,
    /// The unit is new.
    New,
    /// The unit is no more.
    Closed,
    /// Units became parts of another one: what they lost and it gained, together.
    Merged,
}

impl Cause {
    /// All causes, in the order they are told.
    pub const ALL: [Self; 10] = [
        Self::Definition,
        Self::Late,
        Self::Withdrawn,
        Self::Corrected,
        Self::Unknown,
        Self::MovedIn,
        Self::MovedOut,
        Self::New,
        Self::Closed,
        Self::Merged,
    ];

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Late => "late",
            Self::Withdrawn => "withdrawn",
            Self::Corrected => "corrected",
            Self::Unknown => "unknown",
            Self::MovedIn => "moved_in",
            Self::MovedOut => "moved_out",
            Self::New => "new_unit",
            Self::Closed => "closed_unit",
            Self::Merged => "merged",
        }
    }
}

/// One unit's share of the difference, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Why.
    pub cause: Cause,
    /// The unit's code.
    pub unit: Arc<str>,
    /// The unit that the merged ones became.
    pub merged_into: Option<Arc<str>>,
    /// Value before; for a definition, at the older address.
    pub before: Option<UnitValue>,
    /// Value now; for a definition, the older one in the newer form's terms.
    pub after: Option<UnitValue>,
    /// Share of the difference.
    pub amount: i128,
}

/// A difference and what makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureDifference {
    /// The older total, as it was shown, of the units as they were arranged then.
    pub before: i128,
    /// Older value of the units that the unit has today: with those merged into it, and those closed below it.
    pub before_of_today: i128,
    /// Units of the older state that the unit has today, or had then, and that owe a figure which is not known.
    pub lacking_before: Vec<Arc<str>>,
    /// The newer total.
    pub after: i128,
    /// Changes that make the difference, by cause and unit.
    pub changes: Vec<Change>,
}

impl FigureDifference {
    /// The newer total less the older one.
    #[must_use]
    pub const fn amount(&self) -> i128 {
        self.after - self.before
    }

    /// Sum of a cause over all its units.
    #[must_use]
    pub fn of(&self, cause: Cause) -> i128 {
        self.changes.iter().filter(|change| change.cause == cause).map(|change| change.amount).sum()
    }
}

/// The older of two figures.
#[derive(Clone, Copy)]
pub struct FigureSide<'a> {
    /// Values of its returns at the older address, where that is another one.
    pub shown: Option<&'a BTreeMap<Arc<str>, UnitValue>>,
    /// Values in terms of the newer form.
    pub figure: &'a Figure,
    /// Whether a unit of its tree owes a return.
    pub expects: &'a dyn Fn(UnitIndex) -> bool,
}

/// Change of a unit between two states, seen from a unit above.
struct UnitTransition<'a> {
    was_below: bool,
    is_below: bool,
    was_there: bool,
    is_there: bool,
    before: Option<&'a UnitValue>,
    after: Option<&'a UnitValue>,
    merged_into: Option<Arc<str>>,
}

/// Takes the difference of a unit's figure apart.
#[must_use]
pub fn difference(older: FigureSide<'_>, newer: &Figure, unit: &str) -> FigureDifference {
    let (was_below, is_below) = (older.figure.below(unit), newer.below(unit));
    let find = |tree: &Tree, below: &UnitVec<bool>, code: &str| {
        let at = tree.find(code);
        (at.is_some(), at.is_some_and(|at| below[at]))
    };
    let mergers = mergers(&older.figure.tree, newer);
    let mut changes = Vec::new();
    let shown = older.shown.unwrap_or(&older.figure.own);
    for code in codes(older, newer) {
        let (was_there, was_below) = find(&older.figure.tree, &was_below, code);
        let (is_there, is_below) = find(&newer.tree, &is_below, code);
        let (before, after) = (older.figure.own.get(code), newer.own.get(code));
        if older.shown.is_some() && was_below {
            add_definition(code, shown.get(code), before, &mut changes);
        }
        let merged_into = mergers.get(code).cloned();
        let seen = UnitTransition { was_below, is_below, was_there, is_there, before, after, merged_into };
        seen.add(code, &mut changes);
    }
    drop_untouched_mergers(&mut changes);
    changes.sort_by(|a, b| (a.cause, &a.merged_into, &a.unit).cmp(&(b.cause, &b.merged_into, &b.unit)));
    let was = &older.figure.tree;
    let above = |code: &str| was.find(code).and_then(|at| was.parent[at]).map(|at| &*was.units[at].code);
    let is_of_today = |code: &str| match Today::find(&newer.tree, code, above) {
        Today::Unit(at) | Today::GoneBelow(at) => is_below[at],
        Today::Gone => false,
    };
    let of_today = shown.iter().filter(|(code, _)| is_of_today(code)).map(|(_, own)| i128::from(own.number));
    let before_of_today = of_today.sum();
    let lacks = |at: &UnitIndex| match shown.get(&was.units[*at].code) {
        Some(own) => own.status.is_broken(),
        None => (older.expects)(*at),
    };
    let is_meant = |at: &UnitIndex| was_below[*at] || is_of_today(&was.units[*at].code);
    let lacking_before = was.units.indexes().filter(is_meant).filter(lacks).map(|at| Arc::clone(&was.units[at].code)).collect();
    let sum = |own: &BTreeMap<Arc<str>, UnitValue>| {
        let is_counted = |code: &str| older.figure.tree.find(code).is_some_and(|at| was_below[at]);
        own.iter().filter(|(code, _)| is_counted(code)).map(|(_, own)| i128::from(own.number)).sum()
    };
    FigureDifference { before: sum(shown), before_of_today, lacking_before, after: newer.total(unit), changes }
}

/// Every unit that says something in either state.
fn codes<'a>(older: FigureSide<'a>, newer: &'a Figure) -> BTreeSet<&'a Arc<str>> {
    let shown = older.shown.into_iter().flat_map(BTreeMap::keys);
    shown.chain(older.figure.own.keys()).chain(newer.own.keys()).collect()
}

/// For every unit that was merged between the states, and every one that they were merged into, the latter.
fn mergers(older: &Tree, newer: &Figure) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut found = BTreeMap::new();
    for unit in &older.units {
        let Some(into) = final_successor(&newer.tree.successions, &unit.code) else { continue };
        if newer.tree.find(&unit.code).is_none() && newer.tree.find(into).is_some() {
            found.insert(Arc::clone(&unit.code), Arc::clone(into));
            found.insert(Arc::clone(into), Arc::clone(into));
        }
    }
    found
}

fn add_definition(code: &Arc<str>, shown: Option<&UnitValue>, carried: Option<&UnitValue>, changes: &mut Vec<Change>) {
    let number = |own: Option<&UnitValue>| own.map_or(0, |own| i128::from(own.number));
    let amount = number(carried) - number(shown);
    if amount != 0 {
        let change = Change {
            cause: Cause::Definition,
            unit: Arc::clone(code),
            merged_into: None,
            before: shown.cloned(),
            after: carried.cloned(),
            amount,
        };
        changes.push(change);
    }
}

impl UnitTransition<'_> {
    fn add(&self, code: &Arc<str>, changes: &mut Vec<Change>) {
        let number = |own: Option<&UnitValue>| own.map_or(0, |own| i128::from(own.number));
        let (before, after) = (number(self.before), number(self.after));
        let mut push = |cause: Cause, amount: i128| {
            let is_group = self.merged_into.is_some() && !matches!(cause, Cause::MovedIn | Cause::MovedOut);
            changes.push(Change {
                cause: if is_group { Cause::Merged } else { cause },
                unit: Arc::clone(code),
                merged_into: self.merged_into.clone().filter(|_| is_group),
                before: self.before.cloned(),
                after: self.after.cloned(),
                amount,
            });
        };
        let has_changed = match (self.before, self.after) {
            (Some(before), Some(after)) => !before.same_value(after),
            _ => false,
        };
        let is_known = [self.before, self.after].iter().flatten().all(|own| !own.status.is_broken());
        match (self.was_below, self.is_below) {
            (false, false) => {
                // Outside, but what it lost is what a unit below has gained: told with it.
                if self.merged_into.is_some() && !self.is_there && self.before.is_some() {
                    push(Cause::Merged, 0);
                }
            }
            (true, false) if self.before.is_none() => {}
            (true, false) => push(if self.is_there { Cause::MovedOut } else { Cause::Closed }, -before),
            (false, true) if !self.was_there => {
                if self.after.is_some() {
                    push(Cause::New, after);
                }
            }
            (was_below, true) => {
                if !was_below && self.before.is_some() {
                    push(Cause::MovedIn, before);
                }
                match (self.before, self.after) {
                    (Some(_), None) => push(Cause::Withdrawn, -before),
                    (None, Some(_)) => push(Cause::Late, after),
                    _ if has_changed => push(if is_known { Cause::Corrected } else { Cause::Unknown }, after - before),
                    _ => {}
                }
            }
        }
    }
}

/// A merger of units that are all outside says nothing of the unit asked for.
fn drop_untouched_mergers(changes: &mut Vec<Change>) {
    let touched: BTreeSet<Arc<str>> = changes
        .iter()
        .filter(|change| change.cause == Cause::Merged && change.amount != 0)
        .filter_map(|change| change.merged_into.clone())
        .collect();
    changes.retain(|change| change.cause != Cause::Merged || change.merged_into.as_ref().is_some_and(|into| touched.contains(into)));
}
