//! Values that stand out among those of like units, by a robust z-score.
//!
//! The median and the median distance from it, not mean and deviation: a wrong figure must not
//! hide itself by moving the yardstick.

use std::collections::BTreeMap;

use super::cross::{concerns, finding, leaves, named};
use super::expression::{Value, evaluate};
use super::surroundings::Surroundings;
use crate::cells::Submission;
use crate::finding::{Finding, Subject};
use crate::number::show_quotient;
use crate::schema::{CellCheck, CellRule, Outlier};

/// Makes the median distance of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// One unit's value.
struct Sample<'a> {
    submission: &'a Submission,
    values: Vec<Value>,
    number: f64,
}

/// Findings about units whose value stands out, by check and group.
pub fn outliers(submissions: &[Submission], rule: &CellRule, outlier: &Outlier, around: &Surroundings<'_>) -> Vec<Finding> {
    let own: Vec<&Submission> = submissions.iter().filter(|s| s.form.layout.id == rule.layout && concerns(rule, s, around)).collect();
    rule.checks.iter().flat_map(|check| of_check(&own, (rule, outlier), check, around)).collect()
}

fn of_check(own: &[&Submission], (rule, outlier): (&CellRule, &Outlier), check: &CellCheck, around: &Surroundings<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<&str, Vec<Sample<'_>>> = BTreeMap::new();
    for submission in own {
        let (values, _) = leaves(check, submission, around);
        let unit = around.tree.find(&submission.unit).map(|unit| &around.tree.units[unit]);
        let group = outlier.within.as_deref().and_then(|key| unit.map(|unit| unit.group(key))).unwrap_or_default();
        // A unit without the value (no classes, say) is in nobody's company.
        if let Value::Number(number) = evaluate(&check.expression, &values) {
            groups.entry(group).or_default().push(Sample { submission, values, number: number.to_float() });
        }
    }
    groups.into_values().flat_map(|samples| of_group(&samples, (rule, outlier), check)).collect()
}

fn of_group(samples: &[Sample<'_>], (rule, outlier): (&CellRule, &Outlier), check: &CellCheck) -> Vec<Finding> {
    if samples.len() < outlier.at_least {
        let form = samples.first().map(|sample| std::sync::Arc::clone(&sample.submission.form.id));
        let why = format!("{{few-units}} ({} < {})", samples.len(), outlier.at_least);
        let subject = Subject { form, ..Subject::default() };
        return vec![Finding::new(rule.id.to_string()).not_evaluated().about(subject).saw(why, "")];
    }
    let middle = median(samples.iter().map(|sample| sample.number));
    let spread = NORMAL * median(samples.iter().map(|sample| (sample.number - middle).abs()));
    let stands_out = |sample: &&Sample<'_>| spread > 0.0 && (sample.number - middle).abs() > outlier.threshold * spread;
    let told = |sample: &Sample<'_>| {
        let score = (sample.number - middle) / spread;
        let found = finding(rule, check, sample.submission).saw(shown(sample.number), shown(middle));
        let mut found = found.noting(format!("z = {}", shown(score)));
        found.values = named(check, &sample.values);
        found
    };
    samples.iter().filter(stands_out).map(told).collect()
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
