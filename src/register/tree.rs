//! The reporting tree as at a day: who reports to whom, who files for whom, who groups with whom.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::succession::{final_successor, successions};
use super::{Register, Succession, Unit};
use crate::base::error::{Error, Result, closest};
use crate::base::index::{IndexVec, index_type};
use crate::base::message::{MOST_PROBLEMS, Message, message};
use crate::base::text::{fold, visible};

index_type! {
    /// The place of a unit among those of a tree.
    UnitIndex
}

/// One thing for each unit of a tree.
pub type UnitVec<T> = IndexVec<UnitIndex, T>;

/// The unit that each unit points to: the one above it, or the one that files for it.
type Above = UnitVec<Option<UnitIndex>>;

/// The units valid on a day and their tree; units are addressed by index.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The day.
    pub day: NaiveDate,
    /// Units, sorted by code.
    pub units: UnitVec<Unit>,
    /// Parent of each unit.
    pub parent: UnitVec<Option<UnitIndex>>,
    /// Unit whose return covers each unit; itself when it files its own.
    pub files_with: UnitVec<UnitIndex>,
    /// Units with every parent before its children.
    pub order: Vec<UnitIndex>,
    /// Facilities covered by the return each unit files: itself and those that file with it.
    pub covered: UnitVec<Vec<UnitIndex>>,
    /// Mergers until the day, in the order of the units that are no more.
    pub successions: Vec<Succession>,
    children: UnitVec<Vec<UnitIndex>>,
    by_code: HashMap<Arc<str>, UnitIndex>,
    pub(super) groupings: Vec<Arc<str>>,
}

/// A set of units outside the tree: a former district, a cluster, an area, an ownership.
#[derive(Debug, Clone)]
pub struct Group {
    /// Grouping key.
    pub key: Arc<str>,
    /// Value of the key.
    pub value: Arc<str>,
    /// Member units.
    pub members: Vec<UnitIndex>,
}

impl Tree {
    /// The register as at a day.
    ///
    /// # Errors
    /// One error naming every unit that reports to, or files with, a unit that
    /// is not there, every circle, and every unit that reports to one that takes no reports.
    pub fn as_at(register: &Register, day: NaiveDate) -> Result<Self> {
        let units = register.units.iter().filter(|u| u.is_valid(day)).cloned().collect();
        let tree = Self::of(units, &register.file, register.groupings.clone(), day, successions(&register.units, day))?;
        let problems = tree.below_no_office();
        if problems.is_empty() { Ok(tree) } else { Err(Error::config(&register.file, Message::lines(problems))) }
    }

    /// Units that report to one that stands in reports as itself only, such as a school: whatever lies below it would be
    /// in totals that nobody looks for it in.
    fn below_no_office(&self) -> Vec<Message> {
        let pairs = self.units.iter().zip(&self.parent).filter_map(|(unit, above)| Some((unit, &self.units[(*above)?])));
        let mut wrong: Vec<(&Unit, &Unit)> = pairs.filter(|(_, above)| !above.aggregate).collect();
        wrong.sort_by_key(|(unit, _)| unit.line);
        let told = wrong.into_iter().map(|(unit, above)| {
            let (line, own, code, name) = (unit.line, &unit.code, &above.code, &above.name);
            message!("register.line_reports_adds_up", line, own, code, name)
        });
        told.collect()
    }

    /// A tree of these units, which are valid on the day, with the file that they came from.
    ///
    /// # Errors
    /// As for [`Tree::as_at`].
    pub fn of(mut units: Vec<Unit>, file: &str, groupings: Vec<Arc<str>>, day: NaiveDate, successions: Vec<Succession>) -> Result<Self> {
        units.sort_by(|a, b| a.code.cmp(&b.code));
        let units = UnitVec::from(units);
        let by_code: HashMap<Arc<str>, UnitIndex> = units.iter_enumerated().map(|(i, u)| (Arc::clone(&u.code), i)).collect();
        let mut problems = Vec::new();
        let mut find = |unit: &Unit, code: &Option<Arc<str>>, fits: fn(&Unit) -> bool, what: fn() -> Message| {
            let code = code.as_ref()?;
            let found = by_code.get(code).copied();
            if found.is_none() {
                // Looking for it goes through all units: not for more than are told.
                let is_told = problems.len() < MOST_PROBLEMS;
                // Only what could stand there is proposed, and never the unit itself.
                let known = units.iter().filter(|other| other.code != unit.code && fits(other)).map(|other| &*other.code);
                let near = is_told.then(|| closest(code, known)).flatten().map(Message::did_you_mean);
                let near = near.unwrap_or_else(|| Message::from(""));
                let (line, own, day) = (unit.line, &unit.code, day.format("%d/%m/%Y"));
                problems.push(message!("register.not_valid_on", line, own, what = what(), code, day, near));
            }
            found
        };
        let parent: Above =
            units.iter().map(|u| find(u, &u.reports_to, |above| above.aggregate, || message!("register.reports_to"))).collect();
        let filer = |(i, u): (UnitIndex, &Unit)| find(u, &u.files_with, |_| true, || message!("register.files_with")).unwrap_or(i);
        let files_with: UnitVec<UnitIndex> = units.iter_enumerated().map(filer).collect();
        let order = top_down(&units, &parent, &mut problems);
        let covers: Above = files_with.iter_enumerated().map(|(unit, &with)| Some(with).filter(|&with| with != unit)).collect();
        circles(&units, &covers, &message!("register.files_with"), &mut problems);
        if !problems.is_empty() {
            return Err(Error::config(file, Message::lines(problems)));
        }
        let mut covered = UnitVec::filled(Vec::new(), units.len());
        for (unit, &filer) in files_with.iter_enumerated() {
            if units[unit].facility {
                covered[filer].push(unit);
            }
        }
        let mut children = UnitVec::filled(Vec::new(), units.len());
        for (unit, above) in parent.iter_enumerated() {
            if let Some(above) = above {
                children[*above].push(unit);
            }
        }
        Ok(Self { day, units, parent, files_with, order, covered, successions, children, by_code, groupings })
    }

    /// The unit with this code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<UnitIndex> {
        // Signs that print nothing are no part of a code; the register's own are read so too.
        self.by_code.get(code).copied().or_else(|| if code.is_ascii() { None } else { self.find_alike(code) })
    }

    /// The one unit whose code reads like this one.
    fn find_alike(&self, code: &str) -> Option<UnitIndex> {
        let seen = self.by_code.get(&*visible(code)).copied();
        seen.or_else(|| {
            let wanted = fold(code);
            let mut alike =
                self.units.indexes().filter(|&unit| !self.units[unit].code.is_ascii() && fold(&self.units[unit].code) == wanted);
            let first = alike.next()?;
            alike.next().is_none().then_some(first)
        })
    }

    /// A unit as messages name it: its code and its name.
    #[must_use]
    pub fn label(&self, unit: UnitIndex) -> String {
        format!("{} ({})", self.units[unit].code, self.units[unit].name)
    }

    /// Labels of several units.
    #[must_use]
    pub fn labels(&self, units: &[UnitIndex], separator: &str) -> String {
        units.iter().map(|&unit| self.label(unit)).collect::<Vec<_>>().join(separator)
    }

    /// The units above a unit, nearest first.
    pub fn ancestors(&self, unit: UnitIndex) -> impl Iterator<Item = UnitIndex> {
        std::iter::successors(self.parent[unit], |&above| self.parent[above])
    }

    /// The units right below a unit, in the order of their codes.
    #[must_use]
    pub fn children(&self, unit: UnitIndex) -> &[UnitIndex] {
        &self.children[unit]
    }

    /// Units without a parent.
    pub fn roots(&self) -> impl Iterator<Item = UnitIndex> {
        self.units.indexes().filter(|&unit| self.parent[unit].is_none())
    }

    /// Name of the unit at the top of the tree, whose papers these are; empty where several are.
    #[must_use]
    pub fn top_name(&self) -> &str {
        let mut roots = self.roots();
        roots.next().filter(|_| roots.next().is_none()).map_or("", |root| &self.units[root].name)
    }

    /// The unit at the top of the tree above all units of a group; none where they have several.
    #[must_use]
    pub fn root_of_group(&self, key: &str, value: &str) -> Option<UnitIndex> {
        let is_member = |unit: &UnitIndex| self.units[*unit].value_of(key) == value;
        let mut roots = self.units.indexes().filter(is_member).map(|unit| self.ancestors(unit).last().unwrap_or(unit));
        let first = roots.next()?;
        roots.all(|root| root == first).then_some(first)
    }

    /// All groups of the grouping columns and of ownership, in a stable order.
    #[must_use]
    pub fn groups(&self) -> Vec<Group> {
        let keys: Vec<Arc<str>> = self.groupings().map(Arc::from).collect();
        let mut found: BTreeMap<(usize, &str), Vec<UnitIndex>> = BTreeMap::new();
        for (index, unit) in self.units.iter_enumerated() {
            for (rank, key) in keys.iter().enumerate() {
                found.entry((rank, unit.value_of(key))).or_default().push(index);
            }
        }
        found
            .into_iter()
            .filter(|((_, value), _)| !value.is_empty())
            .map(|((rank, value), members)| Group { key: Arc::clone(&keys[rank]), value: value.into(), members })
            .collect()
    }
}

/// Parents before children; those of a circle, which is a problem, come last.
fn top_down(units: &UnitVec<Unit>, parent: &Above, problems: &mut Vec<Message>) -> Vec<UnitIndex> {
    let mut depth = UnitVec::<Option<Depth>>::filled(None, units.len());
    for unit in units.indexes() {
        // Up to a unit that is known, or to the top; each is gone through once.
        let mut path = Vec::new();
        let mut next = Some(unit);
        while let Some(at) = next.filter(|&at| depth[at].is_none()) {
            depth[at] = Some(Depth::Circle);
            path.push(at);
            next = parent[at];
        }
        let mut above = match next.map(|at| depth[at]) {
            None => Depth::Steps(0),
            Some(Some(Depth::Steps(steps))) => Depth::Steps(steps + 1),
            // Come to again while it is gone through, or known to lead into a circle.
            Some(_) => Depth::Circle,
        };
        for at in path.into_iter().rev() {
            depth[at] = Some(above);
            above = match above {
                Depth::Steps(steps) => Depth::Steps(steps + 1),
                Depth::Circle => Depth::Circle,
            };
        }
    }
    circles(units, parent, &message!("register.reports_to"), problems);
    let mut order: Vec<UnitIndex> = units.indexes().collect();
    order.sort_by_key(|&unit| (depth[unit], unit));
    order
}

/// Units that come back to themselves: each circle is one problem, with everyone in it.
fn circles(units: &UnitVec<Unit>, next: &Above, what: &Message, problems: &mut Vec<Message>) {
    // Which walk a unit was come to in; one that was come to before leads to nothing new.
    let mut walk = UnitVec::filled(None, units.len());
    for start in units.indexes() {
        let (mut path, mut at) = (Vec::new(), Some(start));
        while let Some(unit) = at.filter(|&unit| walk[unit].is_none()) {
            walk[unit] = Some(start);
            path.push(unit);
            at = next[unit];
        }
        let Some(first) = at.filter(|&unit| walk[unit] == Some(start)) else { continue };
        let Some(position) = path.iter().position(|&unit| unit == first) else { continue };
        let circle = &path[position..];
        let line = circle.iter().map(|&unit| units[unit].line).min().unwrap_or_default();
        let shown = circle.iter().chain([&first]).take(MOST_IN_CIRCLE).map(|&unit| &*units[unit].code).collect::<Vec<_>>().join(" → ");
        let more = if circle.len() < MOST_IN_CIRCLE { "" } else { " → …" };
        problems.push(message!("register.itself_through_others", line, what, shown, more));
    }
}

/// Units of a circle that are told.
const MOST_IN_CIRCLE: usize = 20;

/// How far a unit is from the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Steps(usize),
    /// It never gets there.
    Circle,
}

impl Tree {
    /// The unit of a code, or the one that it was merged into.
    #[must_use]
    pub fn find_today(&self, code: &str) -> Option<UnitIndex> {
        self.find(code).or_else(|| self.find(final_successor(&self.successions, code)?))
    }
}
