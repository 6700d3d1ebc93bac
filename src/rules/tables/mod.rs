//! Rules over plain tables: every row or group is valid, invalid or undecided.
//!
//! Unknowns (a table that was not given, a column that is not there, an empty or broken
//! cell) leaves undecided what hangs on it. Findings quote values of columns declared quotable only.

mod columns;
mod groups;
mod outcome;
mod rows;
mod sets;
mod structure;
mod sums;
mod totals;
mod view;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::findings::Finding;
use crate::rulebook::{TableRule, TableRuleKind, TableRules};
use crate::tables::Table;
use outcome::Outcome;
use view::TableView;

/// How often a rule was decided, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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

/// Verdicts of the rules.
#[derive(Debug, Clone, Default)]
pub struct TableVerdicts {
    /// Findings that are invalid or undecided, with their places.
    pub findings: Vec<Finding>,
    /// Every rule, those that follow from columns first.
    pub counts: Vec<RuleCount>,
}

/// The views of all declared tables.
type Views<'a> = BTreeMap<&'a str, TableView<'a>>;

/// Holds tables to their rules. A declared table that is not among `tables` is missing.
#[must_use]
pub fn check_tables(rules: &TableRules, tables: &BTreeMap<String, Table>) -> TableVerdicts {
    let views = rules.tables.iter().map(|(name, schema)| {
        let view = TableView::new(name, schema, tables.get(schema.from.as_ref().unwrap_or(name)), rules.numbers);
        match rules.filters.get(name) {
            Some(filter) => {
                view.only(|view, row| rows::decide(view, filter, |leaf| rows::own(view, row, leaf)).map(|holds| holds == Some(true)))
            }
            None => view,
        }
    });
    let views: Views<'_> = views.map(|view| (view.name, view)).collect();
    let mut verdicts = TableVerdicts::default();
    for view in views.values().filter(|view| view.schema.from.is_none()) {
        verdicts.findings.extend(structure::findings(view));
        for outcome in columns::declared(view) {
            verdicts.take(outcome);
        }
    }
    for rule in &rules.rules {
        let Some(view) = views.get(&*rule.table) else { continue };
        let mut outcome = Outcome::new(&rule.rule.id, rule.rule.severity).naming(&rule.variables);
        let scope = rows::RowScope { views: &views, rule, view };
        match &rule.kind {
            TableRuleKind::Check(bound) => rows::check(&scope, bound, &mut outcome),
            TableRuleKind::Unique(columns) => sets::unique(&scope, columns, &mut outcome),
            TableRuleKind::Complete(complete) => sets::complete(&scope, complete, &mut outcome),
            TableRuleKind::Depends(depends) => sets::depends(&scope, depends, &mut outcome),
            TableRuleKind::Hierarchy(hierarchy) => sums::hierarchy(&scope, hierarchy, &mut outcome),
            TableRuleKind::Parts(parts) => sums::parts(&scope, parts, &mut outcome),
            TableRuleKind::Aggregate(by, bound) => groups::aggregate(&scope, by, bound, &mut outcome),
        }
        verdicts.take(outcome);
    }
    let idle: Vec<Finding> = rules.rules.iter().filter_map(|rule| verdicts.idle(rule, &views)).collect();
    verdicts.findings.extend(idle);
    verdicts
}

impl TableVerdicts {
    /// Adds what came of a rule, or of one of its lines.
    fn take(&mut self, outcome: Outcome) {
        self.findings.extend(outcome.findings);
        match self.counts.last_mut().filter(|last| last.rule == outcome.count.rule) {
            Some(last) => {
                last.valid += outcome.count.valid;
                last.invalid += outcome.count.invalid;
                last.undecided += outcome.count.undecided;
            }
            None => self.counts.push(outcome.count),
        }
    }

    /// That a rule which is expected to decide something decided nothing: it passes nobody by in silence.
    fn idle(&self, rule: &TableRule, views: &Views<'_>) -> Option<Finding> {
        let id = &rule.rule.id;
        let count = self.counts.iter().find(|count| count.rule == *id)?;
        if rule.idle || count.valid + count.invalid > 0 {
            return None;
        }
        let place = views.get(&*rule.table).map(|view| view.place(None, None)).unwrap_or_default();
        let mut finding = Finding::new(format!("{id}.idle")).location(place);
        finding.found = id.into();
        finding.detail = count.undecided.to_string().into();
        Some(finding)
    }
}
