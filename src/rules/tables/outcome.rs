//! Verdicts of one rule, counted, and the findings they leave.

use super::RuleCount;
use super::view::{TableView, UndecidedReason};
use crate::findings::Observed;
use crate::findings::{Finding, Location, NamedValue, Severity};
use crate::rulebook::verbatim;

/// Outcome of one rule.
pub struct Outcome {
    pub count: RuleCount,
    pub findings: Vec<Finding>,
    severity: Severity,
    /// Values that every finding's message may name.
    named: Vec<NamedValue>,
}

impl Outcome {
    pub fn new(rule: &str, severity: Severity) -> Self {
        Self { count: RuleCount { rule: rule.to_owned(), ..RuleCount::default() }, findings: Vec::new(), severity, named: Vec::new() }
    }

    /// With values that messages name.
    pub fn naming<'v>(mut self, values: impl IntoIterator<Item = (&'v String, &'v String)>) -> Self {
        self.named = values.into_iter().map(|(name, value)| NamedValue::new(name, value)).collect();
        self
    }

    pub fn valid(&mut self) {
        self.count.valid += 1;
    }

    /// Invalid, with the finding's place; the finding can be added to.
    pub fn invalid(&mut self, place: Location) -> &mut Finding {
        self.count.invalid += 1;
        self.add(Finding::new(self.count.rule.clone()).location(place))
    }

    pub fn undecided(&mut self, place: Location, reason: &UndecidedReason) {
        self.count.undecided += 1;
        self.add(Finding::new(self.count.rule.clone()).location(place).not_evaluated()).found = (&reason.0).into();
    }

    fn add(&mut self, mut finding: Finding) -> &mut Finding {
        finding.severity = self.severity;
        finding.values.clone_from(&self.named);
        let place = self.findings.len();
        self.findings.push(finding);
        &mut self.findings[place]
    }
}

/// Puts into a finding what a row says in some columns: as named values, and in one text.
pub fn quote<'c>(finding: &mut Finding, view: &TableView<'_>, row: usize, columns: impl IntoIterator<Item = &'c String>) {
    let mut shown = Vec::new();
    for column in columns {
        let quoted = view.quoted(row, column);
        shown.extend(quoted.as_ref().map(|text| format!("{column} = {}", verbatim(text))));
        let named = NamedValue::new(column, quoted.map_or_else(|| "…".into(), Observed::from));
        if !finding.values.contains(&named) {
            finding.values.push(named);
        }
    }
    shown.dedup();
    finding.found = Observed::several(shown, "; ");
}
