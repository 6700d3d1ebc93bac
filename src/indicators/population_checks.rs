//! Contradictions of a population table: sexes, bands of age and places that do not add up, places that nobody knows.
//!
//! The table is the denominator of every rate, so what contradicts itself in it is asked before a rate is quoted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::places::{Place, PlaceKind, Places};
use super::population::{Population, lowest_places};
use crate::findings::{Finding, Location};
use crate::privacy::described;
use crate::register::Tree;

/// Ages and sexes that are named in one finding; more are many.
const NAMED: usize = 5;

/// The oldest age in years; a year of birth is none.
const OLDEST: u8 = 120;

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
                findings.push(self.finding("population-unknown-place").observed(described(code), ""));
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
                findings.push(self.finding("population-contradicts").observed(first.given, first.made).detail(detail));
            }
        }
        findings
    }

    fn finding(&self, rule: &'static str) -> Finding {
        Finding::new(rule).location(Location { file: Some(Arc::clone(&self.file)), ..Location::default() })
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

    /// A band is not the sum of the years and bands that make it up, or less than one of them.
    fn bands(&self, place: &str) -> Vec<Contradiction> {
        let mut pieces: BTreeMap<&str, Vec<Piece>> = BTreeMap::new();
        for ((_, age, sex), number) in self.people.iter().filter(|((own, ..), _)| own == place) {
            if let Some((first, last)) = years(age) {
                pieces.entry(sex).or_default().push(Piece { first, last, number: *number });
            }
        }
        let mut found = Vec::new();
        for (sex, pieces) in pieces {
            for band in pieces.iter().filter(|own| own.first < own.last) {
                let within: Vec<Piece> = pieces.iter().filter(|own| own.is_part_of(band)).copied().collect();
                let whole = sum_of_parts(&within, band.first, band.last);
                let part = within.iter().map(|own| own.number).max();
                let made = whole.filter(|made| *made != band.number).or(part.filter(|part| *part > band.number));
                if let Some(made) = made {
                    let age = format!("{}-{}", band.first, band.last);
                    found.push(Contradiction { group: with_sex(&age, sex), given: band.number, made });
                }
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

/// People of some years of age.
#[derive(Debug, Clone, Copy)]
struct Piece {
    first: u8,
    last: u8,
    number: i64,
}

impl Piece {
    fn is_part_of(&self, band: &Self) -> bool {
        self.first >= band.first && self.last <= band.last && (self.first, self.last) != (band.first, band.last)
    }
}

/// Sum of pieces that follow each other from one year to another, the smallest first; nothing where they leave a gap.
fn sum_of_parts(pieces: &[Piece], from: u8, to: u8) -> Option<i64> {
    // From every year on, what the pieces up to the last one come to.
    let mut sums: BTreeMap<u8, i64> = BTreeMap::new();
    for year in (from..=to).rev() {
        let mut own: Vec<&Piece> = pieces.iter().filter(|own| own.first == year && own.last <= to).collect();
        own.sort_by_key(|own| own.last);
        let rest = |own: &Piece| if own.last == to { Some(0) } else { sums.get(&(own.last + 1)).copied() };
        if let Some(sum) = own.into_iter().find_map(|own| Some(own.number.saturating_add(rest(own)?))) {
            sums.insert(year, sum);
        }
    }
    sums.get(&from).copied()
}

/// First and last year of an age in years.
fn years(age: &str) -> Option<(u8, u8)> {
    let (first, last) = age.split_once('-').unwrap_or((age, age));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last && last <= OLDEST).then_some((first, last))
}

/// The year that an age begins with; ages in words stand last.
fn first_year(age: &str) -> u32 {
    let digits = age.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(u32::MAX)
}

fn with_sex(age: &str, sex: &str) -> String {
    if sex.is_empty() { age.to_owned() } else { format!("{age} {{population-{sex}}}") }
}
