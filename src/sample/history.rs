//! A province over the terms of several school years: each term follows from the one before.
//!
//! The rows that `flows.toml` names are worked out from the state the last term left; everything
//! else of a form is drawn around them. Luck depends on the unit and the form, not on the year, so
//! that rooms, degrees and standards stay what they are while people come and go.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Flow, Form, RowPlace, Schemas};

use super::cohort::{ClosingYear, Cohort, CohortSpread, class_rows, closing_rows, opening_rows};
use super::places::{SamplePlace, SamplePlaces};
use super::plan::Plan;
use super::recipe::Recipe;
use super::rng::Rng;
use super::values::{Given, Profile};
use super::{Province, RegisterLine, SampleOptions, SampleReturn};

/// Figures that every place's forms left behind: by place, then by flow.
type States = Vec<Vec<Option<Cohort>>>;

/// A province that is told term by term.
#[derive(Debug)]
pub struct History<'a> {
    pub(super) schemas: &'a Schemas,
    pub(super) recipe: Recipe,
    /// The seed of everything that does not depend on the year.
    pub(super) seed: u64,
    pub(super) places: Vec<SamplePlace>,
    /// Lines of the register that are true no more.
    pub(super) closed: Vec<RegisterLine>,
    /// Short ids of the forms that places name by index.
    pub(super) shorts: Vec<Arc<str>>,
    pub(super) states: States,
    next: Period,
}

/// A form of the term, with the ways to fill it.
pub(super) struct Filling<'a> {
    form: &'a Arc<Form>,
    /// When nothing is known of the unit.
    free: Plan,
    /// The flow the form belongs to, and how to fill it around what the flow gives.
    flow: Option<FilledFlow<'a>>,
    /// At a first opening: how to fill it around classes that suit the people.
    first: Option<Plan>,
}

/// A flow, and how to fill its form around what it gives.
struct FilledFlow<'a> {
    /// Its place among the flows.
    index: usize,
    flow: &'a Flow,
    plan: Plan,
}

/// Seeds that a place's form draws from.
#[derive(Clone, Copy)]
struct Seeds {
    /// Seed that stays every year.
    own: u64,
    /// That of the year.
    year: u64,
}

/// Returns of one place: as they are due, and once the re-tests are over; then its states.
pub(super) type Filed = (Vec<SampleReturn>, Vec<SampleReturn>, Vec<Option<Cohort>>);

/// Returns of several places that one unit files are one return.
pub(super) fn merge_returns(returns: Vec<SampleReturn>) -> Vec<SampleReturn> {
    let mut made: Vec<SampleReturn> = Vec::with_capacity(returns.len());
    let mut at: HashMap<(Arc<str>, Arc<str>), usize> = HashMap::new();
    for own in returns {
        let key = (Arc::clone(&own.unit), Arc::clone(&own.form.id));
        match at.get(&key) {
            Some(&at) => made[at].values.add(&own.values),
            None => {
                at.insert(key, made.len());
                made.push(own);
            }
        }
    }
    made
}

impl<'a> History<'a> {
    /// A history that begins with the opening of the options' school year.
    ///
    /// # Errors
    /// When no circular is in force, it has no opening form, or `sample.toml` is not right.
    pub fn new(schemas: &'a Schemas, options: &SampleOptions) -> Result<Self> {
        let recipe = Recipe::load(&schemas.files)?;
        let first = Period { year: options.period.year, term: Term::Opening };
        let regulation = schemas.governing(first)?;
        let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).cloned().collect();
        if !forms.iter().any(|form| form.term == Term::Opening) {
            let hint = message!("sample.schemas_forms_none_term", circular = regulation.id);
            return Err(Error::Unknown { kind: message!("kinds.form_for"), name: first.to_string(), hint: Some(hint) });
        }
        let places = SamplePlaces::new(&recipe, &schemas.register, options, &forms).make();
        let seed = Rng::named(options.seed, &first.to_string()).next_u64();
        let states = places.iter().map(|_| vec![None; schemas.flows.len()]).collect();
        let shorts = forms.iter().map(|form| Arc::clone(&form.short)).collect();
        Ok(Self { schemas, recipe, seed, places, closed: Vec::new(), shorts, states, next: first })
    }

    /// The term that comes next.
    #[must_use]
    pub const fn next(&self) -> Period {
        self.next
    }

    /// The returns of the next term.
    ///
    /// # Errors
    /// When no circular is in force on its day.
    pub fn advance(&mut self) -> Result<Province> {
        let period = self.next;
        let fillings = self.fillings()?;
        let filed: Vec<Filed> =
            self.places.par_iter().enumerate().map(|(index, place)| self.file(index, place, &fillings, period)).collect();
        drop(fillings);
        let mut province = Province { period, register: Vec::new(), returns: Vec::new(), after_retests: Vec::new() };
        for (state, (returns, after, states)) in self.states.iter_mut().zip(filed) {
            province.returns.extend(returns);
            province.after_retests.extend(after);
            *state = states;
        }
        province.returns = merge_returns(province.returns);
        province.after_retests = merge_returns(province.after_retests);
        province.register = self.places.iter().map(|place| &place.line).chain(&self.closed).cloned().collect();
        self.next = match period.term {
            Term::Opening => Period { term: Term::Closing, ..period },
            Term::Closing => Period { year: SchoolYear(period.year.0 + 1), term: Term::Opening },
        };
        Ok(province)
    }

    /// The forms of the next term, by short id, with the ways to fill them.
    pub(super) fn fillings(&self) -> Result<HashMap<&str, Filling<'_>>> {
        let regulation = self.schemas.governing(self.next)?;
        let forms = self.schemas.forms_of(&regulation.id).filter(|form| form.term == self.next.term);
        Ok(forms.map(|form| (&*form.short, self.filling(form))).collect())
    }

    fn filling<'b>(&'b self, form: &'b Arc<Form>) -> Filling<'b> {
        let is_own = |flow: &Flow| match form.term {
            Term::Opening => flow.opening_layout == form.layout.id,
            Term::Closing => flow.closing_layout == form.layout.id,
        };
        let flow = self.schemas.flows.iter().enumerate().find(|(_, flow)| is_own(flow));
        let around = |given: &BTreeSet<RowPlace>| Plan::around(form, &self.recipe, given);
        let known = |flow: &Flow| around(&if form.term == Term::Opening { opening_rows(flow) } else { closing_rows(flow) });
        let first = flow.filter(|_| form.term == Term::Opening).map(|(_, flow)| around(&class_rows(flow)));
        Filling {
            form,
            free: Plan::new(form, &self.recipe),
            flow: flow.map(|(index, flow)| FilledFlow { index, flow, plan: known(flow) }),
            first,
        }
    }

    /// The returns of one place.
    pub(super) fn file(&self, index: usize, place: &SamplePlace, fillings: &HashMap<&str, Filling<'_>>, period: Period) -> Filed {
        let mut states = self.states[index].clone();
        let (mut returns, mut after) = (Vec::new(), Vec::new());
        for filling in place.forms.iter().filter_map(|&form| fillings.get(&*self.shorts[form])) {
            let seed = self.seed_of(&filling.form.short, index);
            let year = Rng::stream(seed, u64::from(period.year.0.unsigned_abs())).next_u64();
            let filer = if place.line.files_with.is_empty() { &place.line.code } else { &place.line.files_with };
            let sample = |values| SampleReturn { unit: filer.as_str().into(), form: Arc::clone(filling.form), values };
            match (&filling.flow, period.term) {
                (Some(own), Term::Opening) => {
                    let seeds = Seeds { own: seed, year };
                    let (values, cohort) = self.open(filling, own, states[own.index].take(), &place.profile, seeds);
                    states[own.index] = Some(cohort);
                    returns.push(sample(values));
                }
                (Some(FilledFlow { index, flow: known, plan }), Term::Closing) if states[*index].is_some() => {
                    let Some(cohort) = states[*index].take() else { continue };
                    let rates = self.recipe.rates(&filling.form.level);
                    let profile = Profile { people: cohort.total(), ..place.profile.clone() };
                    let Some(end) = rates.map(|rates| ClosingYear::new(cohort, known, rates, year)) else { continue };
                    let spread = CohortSpread::new(&end.cohort, plan);
                    returns.push(sample(plan.draw(&profile, seed, &end.given(known, &spread, false)).values));
                    after.push(sample(plan.draw(&profile, seed, &end.given(known, &spread, true)).values));
                    states[*index] = Some(end.cohort_after());
                }
                _ => {
                    let values = filling.free.draw(&place.profile, seed, &Given::new()).values;
                    if period.term == Term::Closing {
                        after.push(sample(values.clone()));
                    }
                    returns.push(sample(values));
                }
            }
        }
        (returns, after, states)
    }

    /// Seed that stays every year; each place and each form has its own.
    pub(super) fn seed_of(&self, form: &str, index: usize) -> u64 {
        Rng::stream(Rng::named(self.seed, form).next_u64(), index as u64).next_u64()
    }

    /// An opening return, and the people in it.
    fn open(
        &self,
        filling: &Filling<'_>,
        own: &FilledFlow<'_>,
        before: Option<Cohort>,
        profile: &Profile,
        seeds: Seeds,
    ) -> (crate::returns::Values, Cohort) {
        let FilledFlow { flow, plan, .. } = own;
        let Seeds { own: seed, year } = seeds;
        let rates = self.recipe.rates(&filling.form.level);
        let (Some(rates), Some(first)) = (rates, &filling.first) else {
            let drawn = filling.free.draw(profile, seed, &Given::new());
            let cohort = Cohort::read(flow, &filling.free, &drawn);
            return (drawn.values, cohort);
        };
        // The people of a first opening are drawn, then their classes around them; with the same luck the people are the same again.
        let (plan, mut cohort, given, people) = match before {
            None => {
                let cohort = Cohort::read(flow, &filling.free, &filling.free.draw(profile, seed, &Given::new()));
                (first, cohort, Given::new(), profile.people)
            }
            Some(before) => {
                let cohort = before.next_year(flow, rates, year);
                let (given, people) = (cohort.given(flow), cohort.total());
                (plan, cohort, given, people)
            }
        };
        let profile = Profile { people, ..profile.clone() };
        let classes = cohort.classes(flow, plan, rates, seed);
        let drawn = plan.draw(&profile, seed, &given.into_iter().chain(classes).collect());
        cohort.read_yearly(flow, &drawn);
        (drawn.values, cohort)
    }
}
