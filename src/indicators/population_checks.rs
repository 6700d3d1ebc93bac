//! What a population table says against itself: sexes, bands of age and places that do not add up, places that nobody knows.
//!
//! The table is the denominator of every rate, so what contradicts itself in it is asked before a rate is quoted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::places::{Place, PlaceKind, Places};
use super::population::{Population, lowest_places};
use crate::finding::{Finding, Place as FoundAt};
use crate::privacy::described;
use crate::units::Tree;

/// Ages and sexes that are named in one finding; more are many.
const NAMED: usize = 5;

/// One figure and what the figures that it is made of come to.
struct Contradiction {
    /// Age, with the sex where it is one of them.
    group: String,
    given: i64,
    made: i64,
}

impl Population {
    /// Where the table contradicts itself, once for each place and kind of contradiction.
    #[must_use]
    pub fn contradictions(&self, tree: &Tree, places: &Places) -> Vec<Finding> {
        let codes: BTreeSet<&str> = self.people.keys().map(|(place, ..)| place.as_str()).collect();
        let mut findings = Vec::new();
        for code in codes {
            let Some(place) = places.all.iter().find(|place| *place.code == *code && place.kind != PlaceKind::Band) else {
                findings.push(self.finding("population-unknown-place").saw(described(code), ""));
                continue;
            };
            let kinds = [
                ("{population-sexes}", self.sexes(code)),
                ("{population-bands}", self.bands(code)),
                ("{population-places}", self.places_within(tree, place)),
            ];
            for (phrase, mut found) in kinds {
                found.sort_by_key(|own| (first_year(&own.group), own.group.clone()));
                let Some(first) = found.first() else { continue };
                let groups: Vec<&str> = found.iter().take(NAMED).map(|own| own.group.as_str()).collect();
                let more = if found.len() > NAMED { ", …" } else { "" };
                let detail = format!("{code}, {} ({phrase}){more}", groups.join(", "));
                findings.push(self.finding("population-contradicts").saw(first.given, first.made).noting(detail));
            }
        }
        findings
    }

    fn finding(&self, rule: &'static str) -> Finding {
        Finding::new(rule).at(FoundAt { file: Some(Arc::clone(&self.file)), ..FoundAt::default() })
    }

    fn get(&self, place: &str, age: &str, sex: &str) -> Option<i64> {
        self.people.get(&(place.to_owned(), age.to_owned(), sex.to_owned())).copied()
    }

    /// Women and men are not everybody, or one of them is more than everybody.
    fn sexes(&self, place: &str) -> Vec<Contradiction> {
        let everybody = self.people.iter().filter(|((own, _, sex), _)| own == place && sex.is_empty());
        let found = everybody.filter_map(|((_, age, _), given)| {
            let parts = [self.get(place, age, "female"), self.get(place, age, "male")];
            let made = parts.iter().flatten().sum::<i64>();
            contradicts(*given, &parts).then(|| Contradiction { group: age.clone(), given: *given, made })
        });
        found.collect()
    }

    /// A band is not the sum of its years, or less than those that are given.
    fn bands(&self, place: &str) -> Vec<Contradiction> {
        let mut found = Vec::new();
        for ((_, age, sex), given) in self.people.iter().filter(|((own, ..), _)| own == place) {
            let Some((first, last)) = band(age) else { continue };
            let years: Vec<Option<i64>> = (first..=last).map(|year| self.get(place, &year.to_string(), sex)).collect();
            let made = years.iter().flatten().sum::<i64>();
            if contradicts(*given, &years) {
                found.push(Contradiction { group: with_sex(age, sex), given: *given, made });
            }
        }
        found
    }

    /// A place is not the sum of the lowest places within it, or less than those that are given.
    fn places_within(&self, tree: &Tree, place: &Place) -> Vec<Contradiction> {
        let within: Vec<Arc<str>> = lowest_places(tree, place).into_iter().filter(|code| *code != place.code).collect();
        let mut found = Vec::new();
        if within.is_empty() {
            return found;
        }
        let own: BTreeMap<(&str, &str), i64> = self
            .people
            .iter()
            .filter(|((own, ..), _)| *own == *place.code)
            .map(|((_, age, sex), given)| ((&**age, &**sex), *given))
            .collect();
        for ((age, sex), given) in own {
            let parts: Vec<Option<i64>> = within.iter().map(|code| self.get(code, age, sex)).collect();
            let made = parts.iter().flatten().sum::<i64>();
            if contradicts(given, &parts) {
                found.push(Contradiction { group: with_sex(age, sex), given, made });
            }
        }
        found
    }
}

/// All parts must come to the whole; some of them to no more.
fn contradicts(given: i64, parts: &[Option<i64>]) -> bool {
    let made = parts.iter().flatten().sum::<i64>();
    if parts.iter().all(Option::is_some) { made != given } else { made > given }
}

/// First and last year of a band of years.
fn band(age: &str) -> Option<(u8, u8)> {
    let (first, last) = age.split_once('-')?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first < last).then_some((first, last))
}

/// The year that an age begins with; ages in words stand last.
fn first_year(age: &str) -> u32 {
    let digits = age.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(u32::MAX)
}

fn with_sex(age: &str, sex: &str) -> String {
    if sex.is_empty() { age.to_owned() } else { format!("{age} {{population-{sex}}}") }
}
