//! Rules over cells that stand in `<circular>/rules.toml`: across sheets, forms, terms and the register.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::across::across;
use super::cell_check::{concerns, finding, leaves, named, shown};
use super::expression::{RuleValue, evaluate};
use super::outliers::outliers;
use super::rule_context::{RuleContext, cell_name, name_of};
use crate::findings::Observed;
use crate::findings::{Finding, Subject};
use crate::forms::{CellCheck, CellRule, Leaf};
use crate::returns::{Status, Submission};
use crate::rulebook::{Expression, Moment, Operator, RuleBook};

/// Findings of every rule over cells that is in force.
#[must_use]
pub fn check_cell_rules(submissions: &[Submission], rules: &[CellRule], book: &RuleBook, rule_context: &RuleContext<'_>) -> Vec<Finding> {
    let day = rule_context.tree.day;
    let in_force = |rule: &&CellRule| rule_context.is_in_state(rule) && book.get(&rule.id).is_some_and(|rule| rule.holds_on(day));
    let is_used = |rule: &&CellRule| submissions.iter().any(|s| s.form.layout.id == rule.layout);
    let mut findings = Vec::new();
    let mut by_layout: BTreeMap<&str, Vec<&CellRule>> = BTreeMap::new();
    for rule in rules.iter().filter(in_force).filter(is_used) {
        let missing = missing_term(rule, rule_context);
        if let Some(why) = rule.problems.first().map(|problem| Observed::from(problem.en())).or(missing) {
            // One finding for the rule: it is the same for every unit.
            let form = submissions.iter().find(|s| s.form.layout.id == rule.layout).map(|s| Arc::clone(&s.form.id));
            let subject = Subject { form, ..Subject::default() };
            findings.push(Finding::new(rule.id.to_string()).not_evaluated().subject(subject).observed(why, ""));
        } else if let Some(outlier) = &rule.outlier {
            findings.extend(outliers(submissions, rule, outlier, rule_context));
        } else if rule.whole {
            findings.extend(across(submissions, rule, rule_context));
        } else {
            by_layout.entry(&rule.layout).or_default().push(rule);
        }
    }
    findings.par_extend(submissions.par_iter().flat_map_iter(|submission| {
        let own = by_layout.get(&*submission.form.layout.id).into_iter().flatten();
        let own = own.filter(|rule| concerns(rule, submission, rule_context));
        own.flat_map(|rule| rule.checks.iter().filter_map(|check| check_one(rule, check, submission, rule_context))).collect::<Vec<_>>()
    }));
    findings
}

/// Why a rule cannot run for anybody: a term it looks at is not in the archive.
fn missing_term(rule: &CellRule, rule_context: &RuleContext<'_>) -> Option<Observed> {
    let missing = rule.moments().find(|moment| rule_context.is_missing(*moment))?;
    Some(Observed::several([Observed::phrase("no-term"), Observed::phrase(name_of(missing))], " "))
}

/// Verdict of a check on a return; nothing when it holds or does not apply.
fn check_one(rule: &CellRule, check: &CellCheck, submission: &Submission, rule_context: &RuleContext<'_>) -> Option<Finding> {
    let (values, reasons) = leaves(check, submission, rule_context);
    match evaluate(&check.expression, &values) {
        RuleValue::Truth(true) | RuleValue::NotApplicable => None,
        RuleValue::Truth(false) => Some(failed(rule, check, submission, &values)),
        // Rows that the file does not have at all are named once, as such.
        _ if is_absent(check, submission) => None,
        _ => {
            let why = if reasons.is_empty() { Observed::phrase("undecided") } else { Observed::several(reasons, ", ") };
            Some(finding(rule, check, submission).not_evaluated().observed(why, ""))
        }
    }
}

fn is_absent(check: &CellCheck, submission: &Submission) -> bool {
    let own = check.leaves.iter().filter_map(|leaf| match leaf {
        Leaf::Cell { form: None, slot, moment: Moment::Now, .. } => Some(*slot),
        _ => None,
    });
    let mut own = own.peekable();
    own.peek().is_some() && own.all(|slot| submission.values.get(slot).0 == Status::Absent)
}

fn failed(rule: &CellRule, check: &CellCheck, submission: &Submission, values: &[RuleValue]) -> Finding {
    let (found, expected) = match &check.expression {
        Expression::Binary(operator, left, right) if operator.is_comparison() => {
            (shown(&evaluate(left, values)), format!("{} {}", sign(*operator), shown(&evaluate(right, values))))
        }
        _ => (String::new(), String::new()),
    };
    let mut finding = finding(rule, check, submission).observed(found, expected).detail(cells(check, submission, values));
    finding.values = named(check, values);
    finding
}

/// Every cell the check looked at and what stood there.
fn cells(check: &CellCheck, submission: &Submission, values: &[RuleValue]) -> String {
    let cells = check.leaves.iter().zip(values).filter_map(|(leaf, value)| match leaf {
        Leaf::Cell { form: None, slot, moment: Moment::Now, .. } => Some(format!("{} {}", cell_name(submission, *slot), shown(value))),
        _ => None,
    });
    cells.collect::<Vec<_>>().join("; ")
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::AtMost => "≤",
        Operator::AtLeast => "≥",
        Operator::NotEqual => "≠",
        other => other.sign(),
    }
}
