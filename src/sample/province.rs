//! A whole province: its places, and a return for each form that each files.

use std::sync::Arc;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::schema::{Form, Schemas};

use super::places::{Place, Places};
use super::plan::Plan;
use super::recipe::Recipe;
use super::rng::Rng;
use super::{Province, SampleOptions, SampleReturn};

/// Makes a province that reports on the forms in force for the period.
///
/// # Errors
/// When no circular is in force, it has no form for the term, or
/// `sample.toml` is not right.
pub fn province(schemas: &Schemas, options: &SampleOptions) -> Result<Province> {
    let recipe = Recipe::load(&schemas.files)?;
    let regulation = schemas.governing(options.period)?;
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == options.period.term).cloned().collect();
    if forms.is_empty() {
        let hint = format!("schemas/{}/forms/ has none for this term", regulation.id);
        return Err(Error::Unknown { kind: "form for", name: options.period.to_string(), hint: Some(hint.into()) });
    }
    let plans: Vec<Plan> = forms.iter().map(|form| Plan::new(form, &recipe)).collect();
    let places = Places::new(&recipe, &schemas.register, options, &forms).make();
    let returns: Vec<Vec<SampleReturn>> =
        places.par_iter().enumerate().map(|(index, place)| file(place, index, &plans, (&forms, options))).collect();
    let register = places.into_iter().map(|place| place.line).collect();
    Ok(Province { register, returns: returns.into_iter().flatten().collect() })
}

/// The returns of one place. Each has a random stream of its own, so that they
/// do not depend on each other or on the order of work.
fn file(place: &Place, index: usize, plans: &[Plan], (forms, options): (&[Arc<Form>], &SampleOptions)) -> Vec<SampleReturn> {
    let period = format!("{}", options.period).bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31) + u64::from(byte));
    let seed = Rng::stream(options.seed, period).next_u64();
    let one = |&form: &usize| {
        let stream = index.wrapping_mul(plans.len()).wrapping_add(form);
        let mut rng = Rng::stream(seed, stream as u64);
        SampleReturn {
            unit: place.line.code.as_str().into(),
            form: Arc::clone(&forms[form]),
            values: plans[form].fill(&place.profile, &mut rng),
        }
    };
    place.forms.iter().map(one).collect()
}
