//! Summary of a run, in a few lines: received and expected, findings, counts of units.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::base::message::Lang;
use crate::findings::{Finding, Severity, Verdict};
use crate::forms::{CountingBasis, LayoutStatus, RegisterSchema};
use crate::register::{Tree, Unit};
use crate::returns::Fate;
use crate::totals::{Aggregation, Coverage, count_units};

/// The result of a run, for people and for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Identity of the run, from its inputs alone.
    pub run: String,
    /// Governing circular.
    pub circular: String,
    /// School year.
    pub school_year: String,
    /// Term id.
    pub term: &'static str,
    /// State of the term's results, where they have several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_state: Option<String>,
    /// One entry per form.
    pub forms: Vec<FormSummary>,
    /// Failures at error severity that nobody has accepted.
    pub errors: usize,
    /// Failures to explain, without those explained.
    pub queries: usize,
    /// Failures to look at.
    pub warnings: usize,
    /// Rules that could not run.
    pub not_evaluated: usize,
    /// Findings that are explained.
    pub explained: usize,
    /// Findings to explain of which units have proposed an explanation that nobody has decided about.
    pub proposed: usize,
    /// Errors that are accepted with a reason.
    pub accepted: usize,
    /// Returns that decisions of the ledger are about, by their state: sent back, refused, locked, opened again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub decisions: BTreeMap<String, usize>,
    /// Files among the returns by what became of them: used, replaced, held, not read.
    pub files: BTreeMap<&'static str, usize>,
    /// Units by counting rule and level.
    #[serde(rename = "unit_counts")]
    pub counts: Vec<UnitCount>,
    /// Workbooks written.
    pub reports: usize,
}

impl Summary {
    /// Returns received, of all forms that any unit owes.
    #[must_use]
    pub fn received(&self) -> u32 {
        self.owed().map(|form| form.received).sum()
    }

    /// Returns expected.
    #[must_use]
    pub fn expected(&self) -> u32 {
        self.owed().map(|form| form.expected).sum()
    }

    /// Returns that have not come in.
    #[must_use]
    pub fn missing(&self) -> u32 {
        self.owed().map(|form| form.expected.saturating_sub(form.received)).sum()
    }

    /// Forms that any unit owes.
    pub fn owed(&self) -> impl Iterator<Item = &FormSummary> {
        self.forms.iter().filter(|form| form.expected > 0)
    }

    /// Files with a fate.
    #[must_use]
    pub fn files_of(&self, fate: Fate) -> usize {
        self.files.get(fate.id()).copied().unwrap_or_default()
    }
}

/// One form of a run.
#[derive(Debug, Clone, Serialize)]
pub struct FormSummary {
    /// Full id.
    pub form: Arc<str>,
    /// Symbol as printed.
    pub symbol: Arc<str>,
    /// How far the layout can be trusted.
    pub layout_status: LayoutStatus,
    /// Returns received.
    pub received: u32,
    /// Returns expected.
    pub expected: u32,
    /// Facilities received.
    pub facilities_received: u32,
    /// Facilities expected.
    pub facilities_expected: u32,
}

/// Units counted by a rule.
#[derive(Debug, Clone, Serialize)]
pub struct UnitCount {
    /// Id of the counting rule.
    pub count: String,
    /// Name of the count.
    pub name: String,
    /// Whose way of counting it is.
    pub source: String,
    /// Level, where the rule counts by level.
    pub level: Option<String>,
    /// Units.
    pub units: usize,
}

/// Sums a run up.
#[must_use]
pub fn forms_of(tree: &Tree, aggregations: &[Aggregation]) -> Vec<FormSummary> {
    aggregations
        .iter()
        .map(|aggregation| {
            let mut all = Coverage::default();
            for root in tree.roots() {
                all.add(aggregation.coverage[root]);
            }
            FormSummary {
                form: Arc::clone(&aggregation.form.id),
                symbol: Arc::clone(&aggregation.form.symbol),
                layout_status: aggregation.form.layout_status,
                received: all.received,
                expected: all.expected,
                facilities_received: all.facilities_received,
                facilities_expected: all.facilities_expected,
            }
        })
        .collect()
}

/// Units of the tree by every counting rule; a rule by level counts a unit under each level it teaches.
#[must_use]
pub fn counts_of(tree: &Tree, register: &RegisterSchema, lang: Lang) -> Vec<UnitCount> {
    let mut counts = Vec::new();
    for rule in &register.counts {
        let count = |level: Option<&str>, units: usize| UnitCount {
            count: rule.id.clone(),
            name: lang.pick(&rule.name_vi, &rule.name_en).to_owned(),
            source: lang.pick(&rule.source, if rule.source_en.is_empty() { &rule.source } else { &rule.source_en }).to_owned(),
            level: level.map(str::to_owned),
            units,
        };
        let levels = register.levels.iter().filter(|level| !level.branch).map(|level| level.code.as_str());
        match rule.basis {
            CountingBasis::Distinct => counts.push(count(None, count_units(tree, &rule.kinds, None))),
            CountingBasis::PerLevel => {
                let of_level = levels.map(|level| count(Some(level), count_units(tree, &rule.kinds, Some(level))));
                counts.extend(of_level.filter(|own| own.units > 0));
            }
            CountingBasis::HighestLevel => {
                let order: Vec<&str> = levels.collect();
                let highest = |unit: &Unit| order.iter().rposition(|level| unit.levels.iter().any(|own| **own == **level));
                let is_counted = |unit: &&Unit| rule.kinds.iter().any(|kind| **kind == *unit.kind);
                let own: Vec<usize> = tree.units.iter().filter(is_counted).filter_map(highest).collect();
                let of_level = order.iter().enumerate().map(|(at, level)| count(Some(level), own.iter().filter(|own| **own == at).count()));
                counts.extend(of_level.filter(|own| own.units > 0));
            }
        }
    }
    counts
}

/// Open failures by severity (error, query, warning), and rules that could not run.
#[must_use]
pub fn severities(findings: &[Finding]) -> (usize, usize, usize, usize) {
    let failed = |severity| findings.iter().filter(|f| f.verdict == Verdict::Fail && f.severity == severity && f.closed.is_none()).count();
    let not_evaluated = findings.iter().filter(|f| f.verdict == Verdict::NotEvaluated).count();
    (failed(Severity::Error), failed(Severity::Query), failed(Severity::Warning), not_evaluated)
}
