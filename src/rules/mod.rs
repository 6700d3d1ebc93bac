//! Rules over cells and over returns: findings out, nothing changed.
//!
//! Stages run in a fixed order. Files, layout and single values are looked at
//! while reading; here the numbers are compared with each other ([`sums`]) and
//! the returns with what the register expects ([`completeness`]).

mod across;
mod completeness;
mod cell_check;
mod cell_rules;
mod expression;
mod localise;
mod outliers;
mod against_source;
mod shifted;
mod sums;
mod rule_context;
mod tables;
mod whole;

use crate::findings::{Finding, Verdict};
use crate::returns::Submission;

pub use against_source::check_against_source;
pub use cell_rules::check_cell_rules;
pub use completeness::{Expectation, SUBMISSION_MISSING, completeness, expectations};
pub use expression::{Ratio, RuleValue, evaluate};
pub use localise::localise;
pub use outliers::{MeasuredUnit, Spread, spreads};
pub use rule_context::{ReferenceReturns, RuleContext};
pub use shifted::shifted_columns;
pub use sums::sums;
pub use tables::{RuleCount, TableVerdicts, check_tables};
pub use whole::implausible_wholes;

/// Checks the figures of a return against each other: every sum and bound, and where they do not hold,
/// the cells and columns that are probably wrong.
#[must_use]
pub fn check_arithmetic(submission: &Submission) -> Vec<Finding> {
    let mut found = sums(submission);
    if found.iter().any(|finding| finding.verdict == Verdict::Fail) {
        found.extend(localise(submission));
        found.extend(shifted_columns(submission));
    }
    found
}
