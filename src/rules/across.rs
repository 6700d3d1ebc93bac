//! Rules over cells that look at all units together: what no single return can show.

use std::sync::Arc;

use super::cell_check::named;
use super::expression::{Ratio, RuleValue, evaluate};
use super::rule_context::{Reason, RuleContext, known, name_of};
use crate::findings::{Finding, Subject};
use crate::forms::{CellCheck, CellRule, Form, Leaf, SlotIndex};
use crate::returns::{Status, Submission, Values};
use crate::rulebook::Moment;

/// Findings of a rule over all units together; they are about the units that report to nobody.
pub fn across(submissions: &[Submission], rule: &CellRule, rule_context: &RuleContext<'_>) -> Vec<Finding> {
    rule.checks.iter().filter_map(|check| check_one(submissions, rule, check, rule_context)).collect()
}

fn check_one(submissions: &[Submission], rule: &CellRule, check: &CellCheck, rule_context: &RuleContext<'_>) -> Option<Finding> {
    let mut reasons = Vec::new();
    let values: Vec<RuleValue> = check
        .leaves
        .iter()
        .map(|leaf| match sum(submissions, rule, leaf, rule_context) {
            Ok(value) => value,
            Err(reason) => {
                reasons.push(reason);
                RuleValue::Undecided
            }
        })
        .collect();
    let finding = || Finding::new(rule.id.to_string()).subject(subject(submissions, rule, check, rule_context));
    match evaluate(&check.expression, &values) {
        RuleValue::Truth(true) | RuleValue::NotApplicable => None,
        RuleValue::Truth(false) => {
            let mut finding = finding();
            finding.values = named(check, &values);
            Some(finding)
        }
        _ => Some(finding().not_evaluated().observed(reasons.first().cloned().unwrap_or_else(|| "{undecided}".to_owned()), "")),
    }
}

/// The cell that a finding is about, of the unit on top.
fn subject(submissions: &[Submission], rule: &CellRule, check: &CellCheck, rule_context: &RuleContext<'_>) -> Subject {
    let top = rule_context.tree.roots().next().map(|unit| Arc::clone(&rule_context.tree.units[unit].code));
    let of_form = submissions.iter().find(|own| own.form.layout.id == rule.layout);
    Subject { unit: top, ..of_form.map_or_else(Subject::default, |own| own.subject(check.at)) }
}

/// The sum of a cell over all units, or why it is not known.
fn sum(submissions: &[Submission], rule: &CellRule, leaf: &Leaf, rule_context: &RuleContext<'_>) -> Result<RuleValue, Reason> {
    let Leaf::Cell { form, layout, slot, moment } = leaf else { return Ok(RuleValue::NotApplicable) };
    let forms = rule_context.forms_of(*moment);
    let is_it = |known: &&Arc<Form>| {
        *known.layout.id == **layout && form.as_ref().map_or(*known.layout.id == *rule.layout, |short| known.short == *short)
    };
    let Some(form) = forms.iter().find(is_it) else { return Ok(RuleValue::NotApplicable) };
    let no_return = |unit: &str| format!("{{no-return}} {unit} {} {{{}}}", form.symbol, name_of(*moment));
    match rule_context.earlier.of(*moment) {
        Some(returns) => match returns.missing(&form.id).next() {
            Some(unit) => Err(no_return(unit)),
            None => added(returns.of_form(&form.id), form, *slot, *moment),
        },
        None if *moment == Moment::Now => {
            let own = || submissions.iter().filter(|own| own.form.id == form.id);
            let is_there = |code: &str| own().any(|submission| *submission.unit == *code);
            let expected = rule_context.tree.units.iter().filter(|unit| unit.expects(&form.short));
            match expected.map(|unit| &*unit.code).find(|code| !is_there(code)) {
                Some(unit) => Err(no_return(unit)),
                None => added(own().map(|submission| (&*submission.unit, &submission.values)), form, *slot, *moment),
            }
        }
        None => Err(format!("{{no-term}} {{{}}}", name_of(*moment))),
    }
}

fn added<'u>(
    returns: impl Iterator<Item = (&'u str, &'u Values)>,
    form: &Form,
    slot: SlotIndex,
    moment: Moment,
) -> Result<RuleValue, Reason> {
    let mut sum = Ratio::nought();
    for (unit, values) in returns {
        let (status, number) = values.get(slot);
        match known(&form.layout, slot, status, number).map(|number| sum.plus(number)) {
            Some(Some(total)) => sum = total,
            _ if status == Status::NotApplicable => {}
            _ => return Err(format!("{unit} {{{}}} ({})", name_of(moment), status.id())),
        }
    }
    Ok(RuleValue::Number(sum))
}
