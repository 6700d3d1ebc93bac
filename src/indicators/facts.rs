//! What figures are made from: returns of the term and of earlier ones, the register, population.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::beside::Explained;
use super::demand::Demand;
use super::matched::{Matched, Ratio, Returned};
use super::places::{Place, PlaceKind, Places};
use super::population::Population;
use super::sums::{Ratios, Sums};
use crate::aggregate::{Coverage, expected_coverage};
use crate::cells::{Returns, Submission, Values};
use crate::error::Words;
use crate::schema::{Back, Form, Indicator, Pick, Schemas};
use crate::term::Period;
use crate::units::{Tree, final_successor};

/// Returns of one term, in terms of its forms.
#[derive(Debug)]
pub struct TermFacts<'a> {
    /// The term, seen from the one at hand.
    pub back: Back,
    /// The term.
    pub period: Period,
    /// The state of its results, where it has several: before the summer's re-tests, or after them.
    pub state: Option<String>,
    /// Its forms; for an earlier term, today's forms that its figures were carried into.
    pub forms: Vec<Arc<Form>>,
    /// Unit code, form by its place in `forms`, values.
    pub returns: Vec<(&'a str, usize, &'a Values)>,
    /// Unit code and form of returns that were expected then and had not come in: sums without them are incomplete.
    pub missing: Vec<(&'a str, usize)>,
    /// Forms whose figures of that term cannot be looked at, and why.
    pub gaps: Vec<(Arc<str>, Words)>,
}

impl<'a> TermFacts<'a> {
    /// The term at hand.
    #[must_use]
    pub fn now(period: Period, state: Option<String>, forms: &[Arc<Form>], submissions: &'a [Submission]) -> Self {
        let at: BTreeMap<&str, usize> = forms.iter().enumerate().map(|(at, form)| (&*form.id, at)).collect();
        let own = submissions.iter().filter_map(|s| Some((&*s.unit, *at.get(&*s.form.id)?, &s.values)));
        let forms = forms.to_vec();
        Self { back: Back::default(), period, state, forms, returns: own.collect(), missing: Vec::new(), gaps: Vec::new() }
    }

    /// An earlier term out of the archive; `None` as returns where the archive does not hold it.
    #[must_use]
    pub fn earlier(
        (back, period, state): (Back, Period, Option<String>),
        forms: Vec<Arc<Form>>,
        returns: Option<&'a Returns>,
        gaps: Vec<(Arc<str>, Words)>,
    ) -> Self {
        let of_form = |(at, form): (usize, &Arc<Form>)| {
            returns
                .into_iter()
                .flat_map(|returns| returns.of_form(&form.id).map(move |(unit, values)| (unit, at, values)))
                .collect::<Vec<_>>()
        };
        let found = forms.iter().enumerate().flat_map(of_form).collect();
        let missing = returns
            .into_iter()
            .flat_map(|returns| forms.iter().enumerate().flat_map(|(at, form)| returns.missing(&form.id).map(move |unit| (unit, at))));
        let missing = missing.collect();
        let mut gaps = gaps;
        if returns.is_none() {
            let gap =
                Words::both(format!("kho lưu trữ chưa có số liệu kỳ {}", period.words_vi()), format!("the archive does not hold {period}"));
            gaps = forms.iter().map(|form| (Arc::clone(&form.id), gap.clone())).collect();
        }
        Self { back, period, state, forms, returns: found, missing, gaps }
    }
}

/// Everything figures are made from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Measures, indicators, words of the register.
    pub schemas: &'a Schemas,
    /// Units as at the term.
    pub tree: &'a Tree,
    /// The term at hand, then earlier ones.
    pub terms: Vec<TermFacts<'a>>,
    /// Population, where a table of it was given.
    pub population: Option<&'a Population>,
    /// Bases that the pipeline chose, by indicator.
    pub bases: &'a BTreeMap<String, String>,
    /// What was explained of cells; nothing unless it is put in.
    pub explained: Vec<Explained>,
    /// All places of the register.
    pub places: Places,
    /// Returns by unit, and each unit's own coverage.
    returned: Returned<'a>,
    /// Coverage added up over all places.
    coverage: Arc<Vec<Vec<Coverage>>>,
}

impl<'a> Facts<'a> {
    /// Puts the facts together; the first term is the one at hand.
    #[must_use]
    pub fn new(
        schemas: &'a Schemas,
        tree: &'a Tree,
        terms: Vec<TermFacts<'a>>,
        population: Option<&'a Population>,
        bases: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut own: Vec<Vec<Coverage>> =
            terms.first().map_or(&[][..], |now| &now.forms).iter().map(|form| expected_coverage(tree, form)).collect();
        for &(unit, form, _) in terms.first().into_iter().flat_map(|now| &now.returns) {
            if let Some(unit) = tree.find(unit) {
                let coverage = &mut own[form][unit];
                coverage.received = 1;
                coverage.facilities_received = coverage.facilities_expected;
            }
        }
        let places = Places::new(tree, &schemas.register);
        let coverage = Arc::new(covered(&own, &places, None));
        let returned = returned(tree, &terms, own);
        Self { schemas, tree, terms, population, bases, explained: Vec::new(), places, returned, coverage }
    }

    /// Forms of the term at hand.
    #[must_use]
    pub fn forms(&self) -> &[Arc<Form>] {
        self.terms.first().map_or(&[], |now| &now.forms)
    }

    /// Levels that the term has forms of, in the order of the register.
    #[must_use]
    pub fn levels(&self) -> Vec<&'a str> {
        let has_form = |level: &&crate::schema::Level| self.forms().iter().any(|form| *form.level == *level.code);
        let own = self.schemas.register.levels.iter().filter(has_form).map(|level| level.code.as_str());
        // A form for all levels has none of its own.
        own.chain(self.forms().iter().any(|form| form.level.is_empty()).then_some("")).collect()
    }

    /// Adds up every figure asked for, and coverage, over some places; only of the units in `mask`, where there is one.
    #[must_use]
    pub fn sums(&self, demand: &Demand<'_>, places: &Places, mask: Option<&[bool]>) -> Sums {
        let takes = |unit: usize| mask.is_none_or(|mask| mask[unit]);
        // Tables over everything share one: a province has many places, and a run many tables.
        let is_shared = mask.is_none() && std::ptr::eq(places, &raw const self.places);
        let coverage = if is_shared { Arc::clone(&self.coverage) } else { Arc::new(covered(&self.returned.own, places, mask)) };
        let mut sums = Sums::new(demand, places.all.len(), coverage);
        sums.tables().into_par_iter().for_each(|((term, form), table)| {
            let wanted = demand.figures(term, form);
            if wanted.is_empty() {
                return;
            }
            let back = self.terms[term].back;
            for &(unit, _, values) in self.terms[term].returns.iter().filter(|(_, own, _)| *own == form) {
                match unit_now(self.tree, back, unit) {
                    Some(unit) if takes(unit) => table.add(wanted, values, &places.of_unit[unit]),
                    // A unit that is gone counts in the whole, unless some units only are looked at.
                    None if mask.is_none() => table.add(wanted, values, &places.whole),
                    _ => {}
                }
            }
            for &(unit, _) in self.terms[term].missing.iter().filter(|(_, own)| *own == form) {
                match unit_now(self.tree, back, unit) {
                    Some(unit) if takes(unit) => table.lacks(&places.of_unit[unit]),
                    None if mask.is_none() => table.lacks(&places.whole),
                    _ => {}
                }
            }
        });
        sums.ratios = self.ratios(demand, places, mask);
        sums
    }

    /// Works out every ratio at the places of several units.
    fn ratios(&self, demand: &Demand<'_>, places: &Places, mask: Option<&[bool]>) -> Ratios {
        let is_alone = |place: &Place| matches!(place.kind, PlaceKind::Unit(unit) if self.tree.children(unit).is_empty());
        let mut several = 0_u32;
        let number = |place: &Place| {
            (!is_alone(place)).then(|| {
                several += 1;
                several - 1
            })
        };
        let of_place: Vec<Option<u32>> = places.all.iter().map(number).collect();
        let table = |ratio: &Ratio| {
            let mut table = vec![Matched::default(); several as usize];
            for unit in self.returned.units(ratio) {
                let is_gone = unit >= self.tree.units.len();
                if mask.is_some_and(|mask| is_gone || !mask[unit]) {
                    continue;
                }
                let own = self.returned.unit(ratio, unit);
                let within = if is_gone { &places.whole } else { &places.of_unit[unit] };
                for at in within.iter().filter_map(|&place| of_place[place]) {
                    table[at as usize].add(own);
                }
            }
            table
        };
        let tables = demand.ratios().par_iter().map(table).collect();
        Ratios { all: demand.ratios().to_vec(), tables, of_place, whole: places.whole.clone(), mask: mask.map(<[bool]>::to_vec) }
    }

    /// What a ratio comes to at a place.
    pub(super) fn matched(&self, sums: &Sums, ratio: usize, (at, place): (usize, &Place)) -> Matched {
        let ratios = &sums.ratios;
        match (ratios.of_place[at], &place.kind) {
            (Some(several), _) => ratios.tables[ratio][several as usize],
            (None, PlaceKind::Unit(unit)) if ratios.mask.as_ref().is_none_or(|mask| mask[*unit]) => {
                self.returned.unit(&ratios.all[ratio], *unit)
            }
            (None, _) => Matched::default(),
        }
    }

    /// What each unit of a place brings to a ratio.
    pub(super) fn units_of(&self, sums: &Sums, ratio: usize, at: usize) -> Vec<(usize, Matched)> {
        let ratio = &sums.ratios.all[ratio];
        let is_within = |unit: &usize| self.places.of_unit.get(*unit).is_some_and(|places| places.contains(&at));
        self.returned.units(ratio).into_iter().filter(is_within).map(|unit| (unit, self.returned.unit(ratio, unit))).collect()
    }
}

/// The unit that a return of some term is of today: what a unit had before it was merged is a part of what its successor had.
fn unit_now(tree: &Tree, back: Back, code: &str) -> Option<usize> {
    let successor = || final_successor(&tree.successions, code).and_then(|code| tree.find(code));
    tree.find(code).or_else(|| if back == Back::default() { None } else { successor() })
}

/// The returns of all terms by unit; codes that the tree does not know any more follow its units.
fn returned<'a>(tree: &Tree, terms: &[TermFacts<'a>], own: Vec<Vec<Coverage>>) -> Returned<'a> {
    let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |back: Back, code: &'a str| {
        let next = tree.units.len() + gone.len();
        let unit = unit_now(tree, back, code).unwrap_or_else(|| *gone.entry(code).or_insert(next));
        u32::try_from(unit).unwrap_or(u32::MAX)
    };
    let mut all = Vec::with_capacity(terms.len());
    for (at, term) in terms.iter().enumerate() {
        let mut lists = vec![Vec::new(); term.forms.len()];
        for &(code, form, values) in &term.returns {
            lists[form].push((number(term.back, code), Some(values)));
        }
        for &(code, form) in &term.missing {
            lists[form].push((number(term.back, code), None));
        }
        // What is missing of the term at hand, the register says.
        let of_now = own.iter().enumerate().filter(|_| at == 0);
        for (form, coverage) in of_now {
            let missing = (0_u32..).zip(coverage).filter(|(_, own)| own.expected > own.received);
            lists[form].extend(missing.map(|(unit, _)| (unit, None)));
        }
        all.push(lists);
    }
    Returned::new(all, own)
}

/// Coverage of each form added up over places, of the units in `mask` only, where there is one.
fn covered(own: &[Vec<Coverage>], places: &Places, mask: Option<&[bool]>) -> Vec<Vec<Coverage>> {
    let takes = |unit: usize| mask.is_none_or(|mask| mask[unit]);
    let of_form = |own: &Vec<Coverage>| {
        let mut sums = vec![Coverage::default(); places.all.len()];
        for (unit, coverage) in own.iter().enumerate().filter(|(unit, coverage)| takes(*unit) && **coverage != Coverage::default()) {
            places.of_unit[unit].iter().for_each(|&place| sums[place].add(*coverage));
        }
        sums
    };
    own.iter().map(of_form).collect()
}

/// Earlier terms that some indicators and figures look at.
#[must_use]
pub fn needed_terms<'a>(now: Period, indicators: &'a [Indicator], picks: impl Iterator<Item = &'a Pick>) -> BTreeSet<Back> {
    let of_bases = indicators.iter().flat_map(|own| own.bases.iter().flat_map(|base| base.numerator.iter().chain(&base.denominator)));
    let own = indicators.iter().flat_map(|own| own.numerator.iter().chain(&own.denominator));
    own.chain(of_bases).chain(picks).map(|pick| pick.back).filter(|back| back.of(now) != now).collect()
}
