//! The unit of measure that a sheet or a list says its figures are in, compared with the form's.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;

use super::phrases::{Phrases, plain};
use super::shape::{Fit, Shift};
use crate::base::location::CellRef;
use crate::base::number::NumberKind;
use crate::base::text::fold;
use crate::findings::Observed;
use crate::forms::Sheet;
use crate::ooxml::raw_cells::{RawSheet, RawValue};

/// The words of units of measure, as `claims.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureWords {
    /// Words before a unit of measure above a table.
    pub label: Phrases,
    /// Thousand millions.
    pub billions: Phrases,
    /// Millions.
    pub millions: Phrases,
    /// Thousands.
    pub thousands: Phrases,
    /// Hundreds.
    pub hundreds: Phrases,
    /// Single đồng, people, things.
    pub ones: Phrases,
}

/// How many single things a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Thousand millions.
    Billions,
    /// Millions.
    Millions,
    /// Thousands.
    Thousands,
    /// Hundreds.
    Hundreds,
    /// Single things.
    Ones,
}

impl Scale {
    /// The scale in which forms count.
    #[must_use]
    pub const fn of(kind: NumberKind) -> Self {
        match kind {
            NumberKind::Counts => Self::Ones,
            NumberKind::Amounts => Self::Millions,
        }
    }

    /// Its phrase in the catalogue.
    #[must_use]
    pub const fn phrase(self) -> Observed {
        Observed::Phrase(Cow::Borrowed(self.phrase_id()))
    }

    const fn phrase_id(self) -> &'static str {
        match self {
            Self::Billions => "scale-billions",
            Self::Millions => "scale-millions",
            Self::Thousands => "scale-thousands",
            Self::Hundreds => "scale-hundreds",
            Self::Ones => "scale-ones",
        }
    }
}

impl MeasureWords {
    /// The scale that a plain text names; the largest where it names several, as `nghìn tỷ đồng` does.
    #[must_use]
    pub fn scale(&self, plain: &str) -> Option<Scale> {
        let known = [
            (&self.billions, Scale::Billions),
            (&self.millions, Scale::Millions),
            (&self.thousands, Scale::Thousands),
            (&self.hundreds, Scale::Hundreds),
            (&self.ones, Scale::Ones),
        ];
        known.into_iter().find(|(words, _)| words.are_in(plain)).map(|(_, scale)| scale)
    }

    /// The scale of a text that states the unit of measure of what stands below.
    #[must_use]
    pub fn stated(&self, plain: &str) -> Option<Scale> {
        self.label.after(plain).and_then(|unit| self.scale(&unit))
    }
}

/// Letters of which one group at least is in every text that states a unit of measure: most texts need no closer look.
const HINTS: [&str; 9] = ["VT", "vt", "Vt", "tính", "TÍNH", "Tính", "tinh", "TINH", "ti\u{301}nh"];

/// A place of a sheet that states another scale than its figures are read in.
#[must_use]
pub fn other_scale(raw: &RawSheet, sheet: &Sheet, fit: &Fit, words: &MeasureWords) -> Option<(CellRef, Scale)> {
    let wanted = Scale::of(sheet.number_kind()?);
    let Shift { down, right } = fit.moved(sheet);
    let first_row = sheet.coded.first().map(|&row| i64::from(sheet.rows[row].at) + down)?;
    let unit_column = i64::from(sheet.roles.unit) + right;
    let states_units = sheet.rows.iter().any(|row| !row.unit.is_empty());
    // Units printed by the form itself are its own way to count; a unit stands in many rows.
    let is_printed = |text: &str| {
        let folded = fold(text);
        sheet.rows.iter().any(|row| &*row.unit == text || fold(&row.unit) == folded)
    };
    let mut judged: HashSet<&str> = HashSet::new();
    raw.cells.iter().find_map(|cell| {
        let is_above = i64::from(cell.row) < first_row;
        let is_unit = states_units && !is_above && i64::from(cell.column) == unit_column;
        if !is_above && !is_unit {
            return None;
        }
        let RawValue::Text(text) = &cell.value else { return None };
        let found = if is_above {
            HINTS.iter().any(|hint| text.contains(hint)).then(|| words.stated(&plain(text)))??
        } else {
            (judged.insert(text) && !is_printed(text)).then(|| words.scale(&plain(text)))??
        };
        (found != wanted).then(|| (cell.at(), found))
    })
}
