//! Rules over plain tables: every row or group is valid, invalid or undecided.
//!
//! What is not known (a table that was not given, a column that is not there, an empty or broken
//! cell) leaves undecided what hangs on it. Findings quote values of columns declared quotable only.

mod columns;
mod groups;
mod outcome;
mod rows;
mod sets;
mod view;

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::schema::{TableRuleKind, TableRules};
use crate::tables::Table;
use outcome::Outcome;
use view::View;

/// How often a rule was decided, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// Rows or groups of which it holds.
    pub valid: usize,
    /// Rows or groups of which it does not.
    pub invalid: usize,
    /// Rows or groups, or whole tables, of which it cannot be said.
    pub undecided: usize,
}

/// What came of the rules.
#[derive(Debug, Clone, Default)]
pub struct TableVerdicts {
    /// What is invalid or undecided, with its place.
    pub findings: Vec<Finding>,
    /// Every rule, those that follow from columns first.
    pub counts: Vec<RuleCount>,
}

/// The views of all declared tables.
type Views<'a> = BTreeMap<&'a str, View<'a>>;

/// Holds tables to their rules. A declared table that is not among `tables` is missing.
#[must_use]
pub fn check_tables(rules: &TableRules, tables: &BTreeMap<String, Table>) -> TableVerdicts {
    let views = rules.tables.iter().map(|(name, schema)| View::new(name, schema, tables.get(name), rules.numbers));
    let views: Views<'_> = views.map(|view| (view.name, view)).collect();
    let mut verdicts = TableVerdicts::default();
    let mut take = |outcome: Outcome| {
        verdicts.findings.extend(outcome.findings);
        verdicts.counts.push(outcome.count);
    };
    views.values().flat_map(columns::declared).for_each(&mut take);
    for rule in &rules.rules {
        let Some(view) = views.get(&*rule.table) else { continue };
        let mut outcome = Outcome::new(&rule.rule.id, rule.rule.severity);
        let scope = rows::Scope { views: &views, rule, view };
        match &rule.kind {
            TableRuleKind::Check(bound) => rows::check(&scope, bound, &mut outcome),
            TableRuleKind::Unique(columns) => sets::unique(&scope, columns, &mut outcome),
            TableRuleKind::Complete(complete) => sets::complete(&scope, complete, &mut outcome),
            TableRuleKind::Depends(depends) => sets::depends(&scope, depends, &mut outcome),
            TableRuleKind::Hierarchy(hierarchy) => groups::hierarchy(&scope, hierarchy, &mut outcome),
            TableRuleKind::Aggregate(by, bound) => groups::aggregate(&scope, by, bound, &mut outcome),
        }
        take(outcome);
    }
    verdicts
}
