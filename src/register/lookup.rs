//! A unit as people name it: by its code, or by its name where only one unit has it.

use super::{Tree, Unit, UnitIndex};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::text::fold;

/// Candidates that are named at most.
const MOST_CANDIDATES: usize = 10;

impl Tree {
    /// The unit of a code or a name. Names are compared as readers do, without regard to case.
    ///
    /// # Errors
    /// When several units have the name, or none has it; with those that may be meant.
    pub fn named(&self, text: &str) -> Result<UnitIndex> {
        self.told(text)?.ok_or_else(|| unknown(text, self.nearest(text)))
    }

    /// The code of a unit that is told by its name; anything else, such as a kind of unit, as it is.
    ///
    /// # Errors
    /// When several units have the name.
    pub fn code_meant(&self, text: &str) -> Result<String> {
        Ok(self.told(text)?.map_or_else(|| text.to_owned(), |unit| self.units[unit].code.to_string()))
    }

    /// The unit that has the code, or alone has the name.
    fn told(&self, text: &str) -> Result<Option<UnitIndex>> {
        if let Some(unit) = self.find(text) {
            return Ok(Some(unit));
        }
        match self.with_name(text).as_slice() {
            [] => Ok(None),
            [unit] => Ok(Some(*unit)),
            several => Err(unknown(text, Some(message!("register.several_have_name", list = self.listed(several))))),
        }
    }

    /// Units of a name.
    fn with_name(&self, text: &str) -> Vec<UnitIndex> {
        let wanted = fold(text);
        self.units.indexes().filter(|&unit| !wanted.is_empty() && fold(&self.units[unit].name) == wanted).collect()
    }

    /// Units whose name holds the text, or the nearest code.
    fn nearest(&self, text: &str) -> Option<Message> {
        let wanted = fold(text);
        let holds = |unit: &Unit| !wanted.is_empty() && fold(&unit.name).contains(&wanted);
        let alike: Vec<UnitIndex> = self.units.indexes().filter(|&unit| holds(&self.units[unit])).take(MOST_CANDIDATES + 1).collect();
        if alike.is_empty() {
            return closest(text, self.units.iter().map(|unit| &*unit.code)).map(Message::did_you_mean);
        }
        Some(message!("register.names_hold_it", list = self.listed(&alike)))
    }

    /// Units by name, code and the unit above them.
    fn listed(&self, units: &[UnitIndex]) -> Message {
        let label = |&unit: &UnitIndex| {
            let (own, above) = (&self.units[unit], self.parent[unit].map(|above| &self.units[above].name));
            above.map_or_else(|| format!("{} ({})", own.name, own.code), |above| format!("{} ({}, {above})", own.name, own.code))
        };
        let mut names: Vec<String> = units.iter().take(MOST_CANDIDATES).map(label).collect();
        if units.len() > MOST_CANDIDATES {
            names.push("…".to_owned());
        }
        names.join("; ").into()
    }
}

fn unknown(text: &str, hint: Option<Message>) -> Error {
    Error::Unknown { kind: message!("kinds.unit"), name: text.to_owned(), hint }
}
