//! A whole province: what its units are, and what each of them files.

use crate::base::error::Result;
use crate::forms::Schemas;

use super::history::History;
use super::{Province, SampleOptions};

/// Makes a province that reports on the forms in force for the period; a closing follows from its year's opening.
///
/// # Errors
/// When no circular is in force, it has no form for the term, or
/// `sample.toml` is not right.
pub fn province(schemas: &Schemas, options: &SampleOptions) -> Result<Province> {
    let mut history = History::new(schemas, options)?;
    loop {
        let is_last = history.next() == options.period;
        let province = history.advance()?;
        if is_last {
            return Ok(province);
        }
    }
}
