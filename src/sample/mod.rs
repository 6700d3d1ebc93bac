//! Synthetic provinces: a register of units and returns that satisfy every sum
//! and bound of their forms, from nothing but the forms and a seed.
//!
//! For tests, benchmarks, training and demonstrations. No row, code or label
//! of a form is known here: what is needed beyond the forms themselves stands
//! in `schemas/sample.toml`. The same seed gives the same bytes everywhere.

mod atoms;
mod cohort;
mod defects;
mod events;
mod history;
mod places;
mod plan;
mod province;
mod recipe;
pub mod records;
mod register;
mod rng;
mod split;
mod steps;
#[cfg(test)]
mod tests;
mod values;

use std::sync::Arc;

use crate::base::term::Period;
use crate::forms::Form;
use crate::returns::{Placement, Source, Submission, Values};

pub use defects::{Defect, inject_defects};
pub use history::History;
pub use plan::Plan;
pub use province::province;
pub use recipe::Recipe;
pub use register::{RegisterLine, register_csv, register_lines_csv};
pub use rng::Rng;
pub use values::{Profile, fill_form};

/// Request for a province.
#[derive(Debug, Clone)]
pub struct SampleOptions {
    /// Seed of everything random.
    pub seed: u64,
    /// The term reported.
    pub period: Period,
    /// Number of communes, at least one.
    pub communes: usize,
    /// Number of schools and centres, the school of several levels included.
    pub schools: usize,
}

impl SampleOptions {
    /// The usual small province: 6 communes, 48 schools and centres, 50 reporting units.
    #[must_use]
    pub const fn new(seed: u64, period: Period) -> Self {
        Self { seed, period, communes: 6, schools: 48 }
    }
}

/// A province: its register and everything its units report.
#[derive(Debug, Clone)]
pub struct Province {
    /// The term.
    pub period: Period,
    /// Lines of the register, parents before children.
    pub register: Vec<RegisterLine>,
    /// Returns in the order of the units they are about, several where a unit files several forms.
    pub returns: Vec<SampleReturn>,
    /// Returns once the summer's re-tests are over; none at an opening.
    pub after_retests: Vec<SampleReturn>,
}

/// One unit's return for one form.
#[derive(Debug, Clone)]
pub struct SampleReturn {
    /// Unit code.
    pub unit: Arc<str>,
    /// The form.
    pub form: Arc<Form>,
    /// Values over the form's slots.
    pub values: Values,
}

impl SampleReturn {
    /// The return as if it had been read, without a file to point at.
    #[must_use]
    pub fn into_submission(self) -> Submission {
        let file = format!("sample/{}_{}", self.unit, self.form.short);
        let placements = vec![Placement::Absent; self.form.layout.sheets.len()];
        let source = Source { file: file.into(), sha256: Arc::from(""), modified: 0 };
        Submission {
            unit: self.unit,
            form: self.form,
            values: self.values,
            source,
            placements,
            lineage: crate::returns::Lineage::default(),
        }
    }
}
