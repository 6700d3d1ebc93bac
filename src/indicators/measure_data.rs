//! Data of figures: returns of the term and of earlier ones, the register, population.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::matched::MatchedReturn;
use super::places::{PlaceIndex, PlaceKind, PlaceVec, Places};
use super::population::Population;
use crate::base::message::{Message, message};
use crate::base::term::Period;
use crate::forms::{Form, Indicator, MeasureRef, Schemas, SlotIndex, TermOffset};
use crate::register::{EarlierPlace, Today, Tree, UnitIndex, UnitVec};
use crate::returns::{Returns, Submission, Values};
use crate::totals::{Coverage, expected_coverage};

/// A return of a term.
#[derive(Debug, Clone, Copy)]
pub struct TermReturn<'a> {
    /// Code of the unit.
    pub unit: &'a str,
    /// Its form, by its place among those of the term.
    pub form: usize,
    /// Its values.
    pub values: &'a Values,
}

/// A return of a term that was expected and had not come in.
#[derive(Debug, Clone, Copy)]
pub struct MissingReturn<'a> {
    /// Code of the unit.
    pub unit: &'a str,
    /// Its form, by its place among those of the term.
    pub form: usize,
}

/// A form whose figures of another term cannot be looked at.
#[derive(Debug, Clone)]
pub struct FormGap {
    /// Its id.
    pub form: Arc<str>,
    /// Why.
    pub why: Message,
}

/// Returns of one term, in terms of its forms.
#[derive(Debug)]
pub struct TermFacts<'a> {
    /// The term, seen from the one at hand.
    pub back: TermOffset,
    /// The term.
    pub period: Period,
    /// The state of its results, where it has several: before the summer's re-tests, or after them.
    pub state: Option<String>,
    /// Its forms; for an earlier term, today's forms that its figures were carried into.
    pub forms: Vec<Arc<Form>>,
    /// Returns that came in.
    pub returns: Vec<TermReturn<'a>>,
    /// Returns that were expected then and had not come in: sums without them are incomplete.
    pub missing: Vec<MissingReturn<'a>>,
    /// Forms whose figures of that term cannot be looked at, and why.
    pub gaps: Vec<FormGap>,
    /// Where units stood, of an earlier term.
    pub register: Option<&'a Returns>,
}

impl<'a> TermFacts<'a> {
    /// The term at hand.
    #[must_use]
    pub fn now(period: Period, state: Option<String>, forms: &[Arc<Form>], submissions: &'a [Submission]) -> Self {
        let at: BTreeMap<&str, usize> = forms.iter().enumerate().map(|(at, form)| (&*form.id, at)).collect();
        let own = submissions.iter().filter_map(|s| Some(TermReturn { unit: &s.unit, form: *at.get(&*s.form.id)?, values: &s.values }));
        let forms = forms.to_vec();
        let returns = own.collect();
        Self { back: TermOffset::default(), period, state, forms, returns, missing: Vec::new(), gaps: Vec::new(), register: None }
    }

    /// An earlier term out of the archive; `None` as returns where the archive does not hold it.
    #[must_use]
    pub fn earlier(
        back: TermOffset,
        period: Period,
        state: Option<String>,
        forms: Vec<Arc<Form>>,
        returns: Option<&'a Returns>,
        gaps: Vec<FormGap>,
    ) -> Self {
        let of_form = |(at, form): (usize, &Arc<Form>)| {
            returns
                .into_iter()
                .flat_map(|returns| returns.of_form(&form.id).map(move |(unit, values)| TermReturn { unit, form: at, values }))
                .collect::<Vec<_>>()
        };
        let found = forms.iter().enumerate().flat_map(of_form).collect();
        let missing = returns.into_iter().flat_map(|returns| {
            forms.iter().enumerate().flat_map(|(at, form)| returns.missing(&form.id).map(move |unit| MissingReturn { unit, form: at }))
        });
        let missing = missing.collect();
        let mut gaps = gaps;
        if returns.is_none() {
            let gap = message!("indicators.archive_does_not_hold", term = period.message());
            gaps = forms.iter().map(|form| FormGap { form: Arc::clone(&form.id), why: gap.clone() }).collect();
        }
        Self { back, period, state, forms, returns: found, missing, gaps, register: returns }
    }
}

/// Everything figures are made from.
#[derive(Debug)]
pub struct MeasureData<'a> {
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
    /// Explanations of cells; nothing unless they are put in.
    pub explained: Vec<ExplainedFigures>,
    /// All places of the register.
    pub places: Places,
    /// Returns by unit, and each unit's own coverage.
    pub(super) returned: MatchedReturn<'a>,
    /// Units of earlier terms that are gone, by the number they have in `returned` after those of the tree.
    pub(super) gone: Vec<GoneUnit<'a>>,
    /// Coverage added up over all places.
    pub(super) coverage: Arc<Vec<PlaceVec<Coverage>>>,
}

impl<'a> MeasureData<'a> {
    /// Puts the facts together; the first term is the one at hand.
    #[must_use]
    pub fn new(
        schemas: &'a Schemas,
        tree: &'a Tree,
        terms: Vec<TermFacts<'a>>,
        population: Option<&'a Population>,
        bases: &'a BTreeMap<String, String>,
    ) -> Self {
        let mut own: Vec<UnitVec<Coverage>> =
            terms.first().map_or(&[][..], |now| &now.forms).iter().map(|form| expected_coverage(tree, form)).collect();
        for &TermReturn { unit, form, .. } in terms.first().into_iter().flat_map(|now| &now.returns) {
            if let Some(unit) = tree.find(unit) {
                let coverage = &mut own[form][unit];
                coverage.received = 1;
                coverage.facilities_received = coverage.facilities_expected;
            }
        }
        let places = Places::new(tree, &schemas.register);
        let coverage = Arc::new(covered(&own, &places, None));
        let gone = gone_units(tree, &terms);
        let returned = returned(tree, &terms, own, &gone);
        Self { schemas, tree, terms, population, bases, explained: Vec::new(), places, returned, gone, coverage }
    }

    /// Forms of the term at hand.
    #[must_use]
    pub fn forms(&self) -> &[Arc<Form>] {
        self.terms.first().map_or(&[], |now| &now.forms)
    }

    /// Levels that the term has forms of, in the order of the register.
    #[must_use]
    pub fn levels(&self) -> Vec<&'a str> {
        let has_form = |level: &&crate::forms::Level| self.forms().iter().any(|form| *form.level == *level.code);
        let own = self.schemas.register.levels.iter().filter(has_form).map(|level| level.code.as_str());
        // A form for all levels has none of its own.
        own.chain(self.forms().iter().any(|form| form.level.is_empty()).then_some("")).collect()
    }

    /// The unit that a return of some term is of today; units that are gone follow those of the tree.
    pub(super) fn unit_now(&self, back: TermOffset, code: &str) -> Option<UnitIndex> {
        number_now(self.tree, &self.gone, back, code)
    }
}

/// A unit of an earlier term that is gone.
#[derive(Debug)]
pub(super) struct GoneUnit<'a> {
    /// Its code.
    code: &'a str,
    /// Of the units it reported to, the nearest that is left.
    below: Option<UnitIndex>,
    /// Where it stood.
    place: Option<&'a EarlierPlace>,
}

impl GoneUnit<'_> {
    /// The places that what it had counts in: those of the units above it, and its groups.
    pub(super) fn places(&self, places: &Places) -> Vec<PlaceIndex> {
        let Some(below) = self.below else { return places.whole.clone() };
        let is_unit = |place: &&PlaceIndex| matches!(places.all[**place].kind, PlaceKind::Unit(_));
        let mut found: Vec<PlaceIndex> = places.of_unit[below].iter().filter(is_unit).copied().collect();
        found.extend(self.place.into_iter().flat_map(|own| &own.groups).filter_map(|own| places.group(&own.key, &own.value)));
        found
    }
}

/// Finds what a unit of some term is today; of the term at hand, the unit of that code and no other.
fn today(tree: &Tree, term: &TermFacts<'_>, code: &str) -> Today {
    if term.back == TermOffset::default() {
        return tree.find(code).map_or(Today::Gone, Today::Unit);
    }
    Today::find(tree, code, |code| term.register.and_then(|register| register.place(code)?.above.as_deref()))
}

/// Units of all terms that are gone, in the order of their codes.
fn gone_units<'a>(tree: &Tree, terms: &[TermFacts<'a>]) -> Vec<GoneUnit<'a>> {
    let mut found: BTreeMap<&str, GoneUnit<'_>> = BTreeMap::new();
    for term in terms {
        let returned = term.returns.iter().map(|own| own.unit);
        for code in returned.chain(term.missing.iter().map(|own| own.unit)) {
            let below = match today(tree, term, code) {
                Today::Unit(_) => continue,
                Today::GoneBelow(unit) => Some(unit),
                Today::Gone => None,
            };
            let place = term.register.and_then(|register| register.place(code));
            found.entry(code).or_insert(GoneUnit { code, below, place });
        }
    }
    found.into_values().collect()
}

/// The unit that a return of some term is of today; codes that the tree does not know any more follow its units.
fn number_now(tree: &Tree, gone: &[GoneUnit<'_>], back: TermOffset, code: &str) -> Option<UnitIndex> {
    let unit = if back == TermOffset::default() { tree.find(code) } else { tree.find_today(code) };
    let of_gone = || gone.binary_search_by(|own| own.code.cmp(code)).ok().map(|at| UnitIndex::new(tree.units.len() + at));
    unit.or_else(of_gone)
}

/// The returns of all terms by unit.
fn returned<'a>(tree: &Tree, terms: &[TermFacts<'a>], own: Vec<UnitVec<Coverage>>, gone: &[GoneUnit<'a>]) -> MatchedReturn<'a> {
    let number = |back: TermOffset, code: &str| {
        number_now(tree, gone, back, code).and_then(|number| u32::try_from(number.get()).ok()).unwrap_or(u32::MAX)
    };
    let mut all = Vec::with_capacity(terms.len());
    for (at, term) in terms.iter().enumerate() {
        let mut lists = vec![Vec::new(); term.forms.len()];
        for &TermReturn { unit: code, form, values } in &term.returns {
            lists[form].push((number(term.back, code), Some(values)));
        }
        for &MissingReturn { unit: code, form } in &term.missing {
            lists[form].push((number(term.back, code), None));
        }
        // Missing returns of the term at hand are told by the register.
        let of_now = own.iter().enumerate().filter(|_| at == 0);
        for (form, coverage) in of_now {
            let missing = (0_u32..).zip(coverage.iter()).filter(|(_, own)| own.expected > own.received);
            lists[form].extend(missing.map(|(unit, _)| (unit, None)));
        }
        all.push(lists);
    }
    MatchedReturn::new(all, own)
}

/// Coverage of each form added up over places, of the units in `mask` only, where there is one.
pub(super) fn covered(own: &[UnitVec<Coverage>], places: &Places, mask: Option<&UnitVec<bool>>) -> Vec<PlaceVec<Coverage>> {
    let takes = |unit: UnitIndex| mask.is_none_or(|mask| mask[unit]);
    let of_form = |own: &UnitVec<Coverage>| {
        let mut sums = PlaceVec::filled(Coverage::default(), places.all.len());
        for (unit, coverage) in own.iter_enumerated().filter(|(unit, coverage)| takes(*unit) && **coverage != Coverage::default()) {
            places.of_unit[unit].iter().for_each(|&place| sums[place].add(*coverage));
        }
        sums
    };
    own.iter().map(of_form).collect()
}

/// Earlier terms that some indicators and figures look at.
#[must_use]
pub fn needed_terms<'a>(now: Period, indicators: &'a [Indicator], picks: impl Iterator<Item = &'a MeasureRef>) -> BTreeSet<TermOffset> {
    let of_bases = indicators.iter().flat_map(|own| own.bases.iter().flat_map(|base| base.numerator.iter().chain(&base.denominator)));
    let own = indicators.iter().flat_map(|own| own.numerator.iter().chain(&own.denominator));
    own.chain(of_bases).chain(picks).map(|pick| pick.back).filter(|back| back.of(now) != now).collect()
}

/// A unit's explanation of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedFigures {
    /// Unit code.
    pub unit: Arc<str>,
    /// Form id.
    pub form: Arc<str>,
    /// The cell.
    pub slot: SlotIndex,
    /// The explanation and the role of whoever gave it.
    pub text: String,
}

impl ExplainedFigures {
    /// Explanations of some cells of a unit's return, in the order in which they are kept.
    #[must_use]
    pub fn of(all: &[Self], unit: &str, form: &str, slots: &[SlotIndex]) -> String {
        let is_meant = |own: &&Self| *own.unit == *unit && *own.form == *form && slots.contains(&own.slot);
        all.iter().filter(is_meant).map(|own| own.text.as_str()).collect::<Vec<_>>().join("; ")
    }
}
