//! Changes of schools between two terms of a history: they move, they are merged.
//!
//! The register keeps every line with its days, as a department would; a merged school's
//! people go on at the school it went to.

use chrono::{Days, NaiveDate};

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};

use super::history::History;

impl History<'_> {
    /// Moves a unit to another commune from a day on; what depends on the commune in the register goes with it.
    ///
    /// # Errors
    /// When there is no unit or no commune of that code.
    pub fn relocate(&mut self, code: &str, commune: &str, from: NaiveDate) -> Result<()> {
        let (unit, target) = (self.place(code)?, self.place(commune)?);
        let (old, target) = (self.places[unit].line.clone(), self.places[target].line.clone());
        let line = &mut self.places[unit].line;
        if line.reports_to == old.commune {
            line.reports_to.clone_from(&target.code);
        }
        line.commune = target.commune;
        line.former_district = target.former_district;
        line.cluster = target.cluster;
        line.area.clone_from(&target.area);
        line.valid_from = Some(from);
        self.places[unit].profile.area = target.area.into();
        self.closed.push(super::RegisterLine { valid_to: from.checked_sub_days(Days::new(1)), ..old });
        Ok(())
    }

    /// Merges a unit into another after a day: it reports no more, and its people are the other's.
    ///
    /// # Errors
    /// When there is no unit of a code.
    pub fn merge(&mut self, code: &str, into: &str, last_day: NaiveDate) -> Result<()> {
        let (unit, target) = (self.place(code)?, self.place(into)?);
        self.places[unit].line.valid_to = Some(last_day);
        into.clone_into(&mut self.places[unit].line.merged_into);
        self.places[unit].forms.clear();
        for flow in 0..self.states[unit].len() {
            let Some(leaving) = self.states[unit][flow].take() else { continue };
            if let Some(staying) = &mut self.states[target][flow] {
                staying.take_over(&leaving);
            }
        }
        Ok(())
    }

    fn place(&self, code: &str) -> Result<usize> {
        let codes = || self.places.iter().map(|place| place.line.code.as_str());
        codes().position(|known| known == code).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.unit"),
            name: code.to_owned(),
            hint: closest(code, codes()).map(Message::did_you_mean),
        })
    }
}
