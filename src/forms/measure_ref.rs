//! How a figure is named: `pupils:TH[sex=female]@opening-4`.
//!
//! A measure, perhaps of one level, perhaps of some columns only, perhaps of another term.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::message::message;
use crate::base::term::{Period, SchoolYear, Term};

/// A figure asked for, added or, with a leading `-`, taken away.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct MeasureRef {
    /// Taken away instead of added.
    pub negative: bool,
    /// Id of the measure (or indicator, where tables are laid out).
    pub name: String,
    /// A level of its own; that of its surroundings otherwise.
    pub level: Option<String>,
    /// Columns it is read from, by dimension: `sex = female`. For populations also `age`.
    pub select: BTreeMap<String, String>,
    /// Which term.
    pub back: TermOffset,
}

/// A term seen from the term at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TermOffset {
    /// The term; the one at hand otherwise.
    pub term: Option<Term>,
    /// School years back.
    pub years: i32,
}

impl TermOffset {
    /// The term meant, seen from a term.
    #[must_use]
    pub fn of(self, period: Period) -> Period {
        Period { year: SchoolYear(period.year.0 - self.years), term: self.term.unwrap_or(period.term) }
    }
}

impl TryFrom<String> for MeasureRef {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || message!("forms.names_no_figure_write", text).en();
        let (negative, rest) = text.trim().strip_prefix('-').map_or((false, text.trim()), |rest| (true, rest.trim_start()));
        let (rest, back) = rest.split_once('@').map_or((rest, None), |(rest, back)| (rest, Some(back)));
        let (rest, select) = match rest.split_once('[') {
            Some((rest, select)) => (rest, select.strip_suffix(']').ok_or_else(bad)?),
            None => (rest, ""),
        };
        let (name, level) = rest.split_once(':').map_or((rest, None), |(name, level)| (name, Some(level.to_owned())));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
            return Err(bad());
        }
        let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
        let select = select.split(',').filter(|pair| !pair.trim().is_empty()).map(pair).collect::<Option<_>>().ok_or_else(bad)?;
        let back = back.map_or(Some(TermOffset::default()), read_back).ok_or_else(bad)?;
        Ok(Self { negative, name: name.to_owned(), level, select, back })
    }
}

/// `opening-4`, `closing`, `-1`, `last_year`.
fn read_back(text: &str) -> Option<TermOffset> {
    if text == "last_year" {
        return Some(TermOffset { term: None, years: 1 });
    }
    let (term, years) = text.split_once('-').map_or((text, "0"), |(term, years)| (term, years));
    let term = if term.is_empty() { None } else { Some(term.parse().ok()?) };
    Some(TermOffset { term, years: years.parse().ok().filter(|years| (0..=20).contains(years))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<MeasureRef, String> {
        MeasureRef::try_from(text.to_owned())
    }

    #[test]
    fn a_figure_is_read_as_it_is_written() {
        let pick = read("-pupils:TH[sex=female, ownership=public]@opening-4").unwrap();
        assert!(pick.negative && pick.name == "pupils" && pick.level.as_deref() == Some("TH"));
        assert_eq!(pick.select.len(), 2);
        let period = Period { year: SchoolYear(2025), term: Term::Closing };
        assert_eq!(pick.back.of(period), Period { year: SchoolYear(2021), term: Term::Opening });
        assert_eq!(read("pupils@last_year").unwrap().back.of(period), Period { year: SchoolYear(2024), term: Term::Closing });
        for wrong in ["", "a b", "a[b]", "a[b=c", "a@never", "a@opening-99", "a/1/2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
