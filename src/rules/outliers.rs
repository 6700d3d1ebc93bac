//! Values that stand out among those of like units, by a robust z-score.
//!
//! The median and the median distance from it, not mean and deviation: a wrong figure must not
//! hide itself by moving the yardstick.

use std::collections::BTreeMap;

use super::cell_check::{concerns, finding, leaves, named};
use super::expression::{RuleValue, evaluate};
use super::rule_context::RuleContext;
use crate::base::number::show_quotient;
use crate::findings::Observed;
use crate::findings::{Finding, Subject};
use crate::forms::{CellCheck, CellRule};
use crate::returns::Submission;
use crate::rulebook::{Outlier, RuleBook};

/// Makes the median distance of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// One unit's value.
struct Sample<'a> {
    submission: &'a Submission,
    values: Vec<RuleValue>,
    number: f64,
}

/// The value of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredUnit {
    /// Code of the unit.
    pub unit: String,
    /// Its value.
    pub value: f64,
    /// It stands out.
    pub is_far: bool,
}

/// The values of one rule over its units, and which stand out.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Id of the rule that compares them.
    pub rule: String,
    /// The values.
    pub values: Vec<MeasuredUnit>,
}

/// Figures that rules in force compare between units, in the order of the rules.
#[must_use]
pub fn spreads(submissions: &[Submission], rules: &[CellRule], book: &RuleBook, rule_context: &RuleContext<'_>) -> Vec<Spread> {
    let in_force =
        |rule: &&CellRule| rule_context.is_in_state(rule) && book.get(&rule.id).is_some_and(|rule| rule.holds_on(rule_context.tree.day));
    let compared = rules.iter().filter(in_force).filter_map(|rule| Some((rule, rule.outlier.as_ref()?)));
    let spreads = compared.map(|(rule, outlier)| {
        let own = concerned(submissions, rule, rule_context);
        let groups = rule.checks.iter().flat_map(|check| groups(&own, outlier, check, rule_context));
        let values = groups.flat_map(|samples| {
            let measure = Measure::of(&samples, outlier);
            let told = |sample: &Sample<'_>| {
                let far = measure.as_ref().is_some_and(|measure| measure.is_far(sample.number));
                MeasuredUnit { unit: sample.submission.unit.to_string(), value: sample.number, is_far: far }
            };
            samples.iter().map(told).collect::<Vec<_>>()
        });
        Spread { rule: rule.id.to_string(), values: values.collect() }
    });
    spreads.filter(|spread| !spread.values.is_empty()).collect()
}

/// Findings about units whose value stands out, by check and group.
pub fn outliers(submissions: &[Submission], rule: &CellRule, outlier: &Outlier, rule_context: &RuleContext<'_>) -> Vec<Finding> {
    let own = concerned(submissions, rule, rule_context);
    let of_check =
        |check| groups(&own, outlier, check, rule_context).into_iter().flat_map(move |samples| of_group(&samples, rule, outlier, check));
    rule.checks.iter().flat_map(of_check).collect()
}

fn concerned<'a>(submissions: &'a [Submission], rule: &CellRule, rule_context: &RuleContext<'_>) -> Vec<&'a Submission> {
    submissions.iter().filter(|s| s.form.layout.id == rule.layout && concerns(rule, s, rule_context)).collect()
}

/// The values of a check, by group of units.
fn groups<'a>(own: &[&'a Submission], outlier: &Outlier, check: &CellCheck, rule_context: &RuleContext<'_>) -> Vec<Vec<Sample<'a>>> {
    let mut groups: BTreeMap<&str, Vec<Sample<'a>>> = BTreeMap::new();
    for submission in own {
        let (values, _) = leaves(check, submission, rule_context);
        let unit = rule_context.tree.find(&submission.unit).map(|unit| &rule_context.tree.units[unit]);
        let group = outlier.within.as_deref().and_then(|key| unit.map(|unit| unit.group(key))).unwrap_or_default();
        // A unit without the value (no classes, say) is in nobody's company.
        if let RuleValue::Number(number) = evaluate(&check.expression, &values) {
            groups.entry(group).or_default().push(Sample { submission, values, number: number.to_float() });
        }
    }
    groups.into_values().collect()
}

/// The yardstick of a group.
struct Measure {
    middle: f64,
    spread: f64,
    threshold: f64,
}

impl Measure {
    /// None where too few units have a value.
    fn of(samples: &[Sample<'_>], outlier: &Outlier) -> Option<Self> {
        if samples.is_empty() || samples.len() < outlier.at_least {
            return None;
        }
        let middle = median(samples.iter().map(|sample| sample.number));
        let spread = NORMAL * median(samples.iter().map(|sample| (sample.number - middle).abs()));
        Some(Self { middle, spread, threshold: outlier.threshold })
    }

    fn is_far(&self, number: f64) -> bool {
        self.spread > 0.0 && (number - self.middle).abs() > self.threshold * self.spread
    }
}

fn of_group(samples: &[Sample<'_>], rule: &CellRule, outlier: &Outlier, check: &CellCheck) -> Vec<Finding> {
    let Some(measure) = Measure::of(samples, outlier) else {
        let form = samples.first().map(|sample| std::sync::Arc::clone(&sample.submission.form.id));
        let why = Observed::several([Observed::phrase("few-units"), format!("({} < {})", samples.len(), outlier.at_least).into()], " ");
        let subject = Subject { form, ..Subject::default() };
        return vec![Finding::new(rule.id.to_string()).not_evaluated().subject(subject).observed(why, "")];
    };
    let told = |sample: &Sample<'_>| {
        let score = (sample.number - measure.middle) / measure.spread;
        let found = finding(rule, check, sample.submission).observed(shown(sample.number), shown(measure.middle));
        let mut found = found.detail(format!("z = {}", shown(score)));
        found.values = named(check, &sample.values);
        found
    };
    samples.iter().filter(|sample| measure.is_far(sample.number)).map(told).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len().is_multiple_of(2) { f64::midpoint(values[half - 1], values[half]) } else { values[half] }
}

/// Two decimals.
fn shown(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "statistics of figures that fit")]
    let hundredths = (value * 100.0).round() as i128;
    show_quotient(hundredths, 100)
}
