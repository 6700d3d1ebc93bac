//! Is every expected return there.

use std::collections::HashSet;
use std::sync::Arc;

use crate::findings::{Finding, Subject};
use crate::forms::Form;
use crate::register::{Tree, UnitIndex};
use crate::returns::{ReturnKey, Submission};

/// The rule of a return that has not come in.
pub const SUBMISSION_MISSING: &str = "submission-missing";

/// A return that the register expects.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Unit, as an index into the tree.
    pub unit: UnitIndex,
    /// Form, as an index into the forms asked about.
    pub form: usize,
}

/// The returns expected of the units of a tree for some forms, and the forms
/// the register names that are not among them.
#[must_use]
pub fn expectations(tree: &Tree, forms: &[Arc<Form>]) -> (Vec<Expectation>, Vec<(UnitIndex, Arc<str>)>) {
    let mut expected = Vec::new();
    let mut unknown = Vec::new();
    for (unit, entry) in tree.units.iter_enumerated() {
        for short in &entry.forms {
            match forms.iter().position(|form| form.short == *short || form.symbol == *short) {
                Some(form) => expected.push(Expectation { unit, form }),
                None => unknown.push((unit, Arc::clone(short))),
            }
        }
    }
    (expected, unknown)
}

/// Findings about returns that are missing.
///
/// `contested` are unit codes and form ids of which something came in that does not count:
/// they are not missing, they are already named.
#[must_use]
pub fn completeness(tree: &Tree, forms: &[Arc<Form>], submissions: &[Submission], contested: &HashSet<ReturnKey>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let received: HashSet<(&str, &str)> = submissions.iter().map(|s| (&*s.unit, &*s.form.id)).collect();
    let (expected, _) = expectations(tree, forms);
    for Expectation { unit, form } in expected {
        let (unit, form) = (&tree.units[unit], &forms[form]);
        let key = ReturnKey { unit: Arc::clone(&unit.code), form: Arc::clone(&form.id) };
        if !received.contains(&(&*unit.code, &*form.id)) && !contested.contains(&key) {
            let subject = Subject { unit: Some(key.unit), form: Some(key.form), ..Subject::default() };
            findings.push(Finding::new(SUBMISSION_MISSING).subject(subject).observed("", &form.symbol).detail(&unit.name));
        }
    }
    findings
}
