//! Schools of records: which unit of the register a code or a name means.

use std::collections::HashMap;
use std::sync::Arc;

use crate::register::{NameIndex, Tree, UnitIndex};

/// Units and their names.
#[derive(Debug, Clone, Copy)]
pub struct SchoolNames<'a> {
    /// Units of the term.
    pub tree: &'a Tree,
    /// Their names.
    pub names: &'a NameIndex,
}

/// How a file tells a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ToldBy {
    Code,
    Name,
}

/// Schools of which records were read, numbered in the order in which they came.
#[derive(Debug)]
pub(super) struct Schools<'a> {
    names: SchoolNames<'a>,
    /// Unit of each.
    pub units: Vec<UnitIndex>,
    numbers: HashMap<UnitIndex, u32>,
    /// Meaning of a text that was asked before.
    known: HashMap<(ToldBy, String), Option<u32>>,
    /// Units by their code without zeros in front, which spreadsheets lose; nothing where two have it.
    bare: HashMap<String, Option<UnitIndex>>,
}

impl<'a> Schools<'a> {
    pub fn new(names: SchoolNames<'a>) -> Self {
        let mut bare: HashMap<String, Option<UnitIndex>> = HashMap::new();
        for (unit, own) in names.tree.units.iter_enumerated() {
            let code = own.code.trim_start_matches('0').to_owned();
            bare.entry(code).and_modify(|known| *known = None).or_insert(Some(unit));
        }
        Self { names, units: Vec::new(), numbers: HashMap::new(), known: HashMap::new(), bare }
    }

    /// The school that a text means.
    pub fn find(&mut self, by: ToldBy, text: &str) -> Option<u32> {
        let key = (by, text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let found = self.unit(by, text).map(|unit| self.number(unit));
        self.known.insert(key, found);
        found
    }

    /// The number of a unit.
    pub fn number(&mut self, unit: UnitIndex) -> u32 {
        let next = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(unit).or_insert(next);
        if number == next {
            self.units.push(unit);
        }
        number
    }

    /// Code of a school's unit.
    pub fn code(&self, school: u32) -> &Arc<str> {
        &self.names.tree.units[self.units[school as usize]].code
    }

    /// The facility that a text means: offices teach nobody.
    fn unit(&self, by: ToldBy, text: &str) -> Option<UnitIndex> {
        let SchoolNames { tree, names } = self.names;
        let facility = |unit: &UnitIndex| tree.units[*unit].facility;
        let by_code = || {
            let bare = text.strip_suffix(".0").unwrap_or(text).trim_start_matches('0');
            tree.find(text).or_else(|| self.bare.get(bare).copied().flatten()).filter(facility)
        };
        match by {
            ToldBy::Code => by_code(),
            ToldBy::Name => {
                let several = names.find(text, tree);
                let mut schools = several.iter().filter(|unit| facility(unit));
                match (schools.next(), schools.next()) {
                    (Some(only), None) => Some(*only),
                    _ => by_code(),
                }
            }
        }
    }
}
