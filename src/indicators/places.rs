//! The places figures are added up for: every unit with what is below it, and every group of units.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::index::{IndexVec, index_type};
use crate::base::message::{Lang, message};
use crate::forms::RegisterSchema;
use crate::register::{OWNERSHIP, Tree, UnitIndex, UnitVec};

index_type! {
    /// The place of a place among all that figures are added up for.
    PlaceIndex
}

/// One thing for each place.
pub type PlaceVec<T> = IndexVec<PlaceIndex, T>;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Kind of place.
    pub kind: PlaceKind,
    /// Unit code, or value of the grouping; empty for the units that have none.
    pub code: Arc<str>,
    /// Name for people, as the register and the archive have it.
    pub name: Arc<str>,
    /// English name, where it is a word and no name.
    pub name_en: Arc<str>,
}

impl Place {
    /// Its name in a language.
    #[must_use]
    pub const fn name_in(&self, lang: Lang) -> &Arc<str> {
        match lang {
            Lang::Vi => &self.name,
            Lang::En => &self.name_en,
        }
    }
}

/// Kind of place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceKind {
    /// A unit of the tree, by index: its own return and everything below it.
    Unit(UnitIndex),
    /// A group, by its grouping key.
    Group(Arc<str>),
    /// A band of size.
    Band,
}

impl PlaceKind {
    /// A unit that nobody reports to, such as a school: most places are.
    #[must_use]
    pub fn is_single(&self, tree: &Tree) -> bool {
        matches!(self, Self::Unit(unit) if !tree.units[*unit].aggregate)
    }

    /// The name used in files and columns: `unit` or the grouping key.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Unit(_) => "unit",
            Self::Group(key) => key,
            Self::Band => "band",
        }
    }
}

/// All places of a register, and which of them each unit's return counts in.
#[derive(Debug, Clone)]
pub struct Places {
    /// Units in the order of the tree, parents first; then groups.
    pub all: PlaceVec<Place>,
    /// Places of each unit of the tree, by index.
    pub of_unit: UnitVec<Vec<PlaceIndex>>,
    /// Places that hold everything; returns of units nobody knows any more count here.
    pub whole: Vec<PlaceIndex>,
}

/// A place, and where it stands among all of them.
#[derive(Debug, Clone, Copy)]
pub struct NumberedPlace<'a> {
    /// Its number.
    pub at: PlaceIndex,
    /// The place.
    pub place: &'a Place,
}

impl Places {
    /// A place by its number.
    #[must_use]
    pub fn numbered(&self, at: PlaceIndex) -> NumberedPlace<'_> {
        NumberedPlace { at, place: &self.all[at] }
    }

    /// The places of a register as at a day.
    #[must_use]
    pub fn new(tree: &Tree, register: &RegisterSchema) -> Self {
        Self::of(tree, register, |_| true)
    }

    /// The places above single schools: units that others report to, and groups.
    #[must_use]
    pub fn above_schools(tree: &Tree, register: &RegisterSchema) -> Self {
        Self::of(tree, register, |unit| tree.units[unit].aggregate || !tree.children(unit).is_empty())
    }

    fn of(tree: &Tree, register: &RegisterSchema, is_place: impl Fn(UnitIndex) -> bool) -> Self {
        let unit_place = |unit: UnitIndex| Place {
            kind: PlaceKind::Unit(unit),
            code: Arc::clone(&tree.units[unit].code),
            name: Arc::clone(&tree.units[unit].name),
            name_en: Arc::clone(&tree.units[unit].name),
        };
        let units: Vec<UnitIndex> = tree.order.iter().copied().filter(|&unit| is_place(unit)).collect();
        let mut all: PlaceVec<Place> = units.iter().map(|&unit| unit_place(unit)).collect();
        let mut at = UnitVec::filled(None, tree.units.len());
        for (place, &unit) in all.indexes().zip(&units) {
            at[unit] = Some(place);
        }
        let above = |unit: UnitIndex| std::iter::once(unit).chain(tree.ancestors(unit)).filter_map(|unit| at[unit]).collect();
        let mut of_unit: UnitVec<Vec<PlaceIndex>> = tree.units.indexes().map(above).collect();
        for (key, members) in groups(tree, register) {
            let values: BTreeMap<Arc<str>, PlaceIndex> = {
                let mut values: Vec<Arc<str>> = members.clone();
                // Those without a value come last.
                values.sort_by(|a, b| (a.is_empty(), a).cmp(&(b.is_empty(), b)));
                values.dedup();
                let mut place = |value: Arc<str>| (Arc::clone(&value), all.push(group_place(tree, register, &key, &value)));
                values.into_iter().map(&mut place).collect()
            };
            for (unit, value) in tree.units.indexes().zip(members.iter()) {
                of_unit[unit].push(values[value]);
            }
        }
        let whole = tree.roots().filter_map(|unit| at[unit]).collect();
        Self { all, of_unit, whole }
    }

    /// Places of one kind: units in bands of size, given the band of each unit of the tree.
    #[must_use]
    pub fn bands(names: &[String], of_unit: UnitVec<Option<usize>>) -> Self {
        let named = |name: Arc<str>| Place { kind: PlaceKind::Band, code: Arc::clone(&name), name: Arc::clone(&name), name_en: name };
        let all = names.iter().map(|name| named(name.as_str().into()));
        Self {
            all: all.collect(),
            of_unit: of_unit.into_iter().map(|band| band.map(PlaceIndex::new).into_iter().collect()).collect(),
            whole: Vec::new(),
        }
    }

    /// The place of a group.
    #[must_use]
    pub fn group(&self, key: &str, value: &str) -> Option<PlaceIndex> {
        // Groups stand after units.
        self.all.rposition(|place| matches!(&place.kind, PlaceKind::Group(own) if **own == *key) && *place.code == *value)
    }

    /// The places that a block of rows shows: `all`, `unit`, a grouping, or a kind of unit.
    #[must_use]
    pub fn block(&self, tree: &Tree, rows: &str) -> Vec<PlaceIndex> {
        let of = |is_meant: &dyn Fn(&Place) -> bool| self.all.indexes().filter(|&place| is_meant(&self.all[place])).collect::<Vec<_>>();
        match rows {
            "all" => self.whole.clone(),
            "unit" => of(&|place| matches!(place.kind, PlaceKind::Unit(unit) if !tree.units[unit].aggregate)),
            _ => {
                let groups = of(&|place| matches!(&place.kind, PlaceKind::Group(key) if **key == *rows));
                let is_empty = groups.iter().all(|&place| self.all[place].code.is_empty());
                if is_empty { of(&|place| matches!(place.kind, PlaceKind::Unit(unit) if *tree.units[unit].kind == *rows)) } else { groups }
            }
        }
    }
}

/// Grouping keys, ownership last, and the value of each unit.
fn groups(tree: &Tree, register: &RegisterSchema) -> Vec<(Arc<str>, Vec<Arc<str>>)> {
    let keys = register.groupings.iter().map(String::as_str).chain([OWNERSHIP]);
    keys.map(|key| (key.into(), tree.units.iter().map(|unit| unit.value_of(key).into()).collect())).collect()
}

/// A group with the name people know it by.
fn group_place(tree: &Tree, register: &RegisterSchema, key: &Arc<str>, value: &Arc<str>) -> Place {
    let [name, name_en]: [Arc<str>; 2] = if value.is_empty() {
        let words = message!("indicators.not_in_register");
        [words.vi().into(), words.en().into()]
    } else {
        let name = tree.group_name(register, key, value);
        let owned = register.ownership.iter().find(|own| **key == *OWNERSHIP && *own.code == **value);
        [Arc::clone(&name), owned.map_or(name, |own| own.name_en.as_str().into())]
    };
    Place { kind: PlaceKind::Group(Arc::clone(key)), code: Arc::clone(value), name, name_en }
}
