//! Needs of every kind of rule over cells: whom a rule concerns, the values it looks at, the finding it makes.

use super::expression::{RuleValue, evaluate};
use super::rule_context::{Reason, RuleContext};
use crate::findings::{Finding, NamedValue};
use crate::forms::{CellCheck, CellRule};
use crate::returns::Submission;

/// True when a rule is about units of this kind.
pub fn concerns(rule: &CellRule, submission: &Submission, rule_context: &RuleContext<'_>) -> bool {
    let kind = rule_context.tree.find(&submission.unit).map(|unit| &rule_context.tree.units[unit].kind);
    rule.kinds.is_empty() || kind.is_some_and(|kind| rule.kinds.iter().any(|known| **known == **kind))
}

/// Values of a check's leaves for a return, and why some are not known.
pub fn leaves(check: &CellCheck, submission: &Submission, rule_context: &RuleContext<'_>) -> (Vec<RuleValue>, Vec<Reason>) {
    let mut reasons = Vec::new();
    let values = check.leaves.iter().map(|leaf| {
        let (value, reason) = rule_context.value(submission, leaf);
        reasons.extend(reason);
        value
    });
    (values.collect(), reasons)
}

/// A finding of a rule at its cell.
pub fn finding(rule: &CellRule, check: &CellCheck, submission: &Submission) -> Finding {
    Finding::new(rule.id.to_string()).subject(submission.subject(check.at)).location(submission.place(check.at))
}

/// The values that the message names.
pub fn named(check: &CellCheck, values: &[RuleValue]) -> Vec<NamedValue> {
    let named = check.values.iter().map(|own| NamedValue::new(&own.name, shown(&evaluate(&own.expression, values))));
    named.chain(check.texts.iter().map(|own| NamedValue::new(&own.name, &own.text))).collect()
}

/// A value for people.
pub fn shown(value: &RuleValue) -> String {
    match value {
        RuleValue::Number(number) => number.shown(),
        RuleValue::Text(text) => text.to_string(),
        RuleValue::Missing => "–".to_owned(),
        RuleValue::Truth(_) | RuleValue::NotApplicable | RuleValue::Undecided => "…".to_owned(),
    }
}
