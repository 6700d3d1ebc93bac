//! Rules over groups of rows: totals of a group.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::{Outcome, quote};
use super::rows::{RowScope, both_sides, decide};
use super::sets::keyed;
use super::totals::total_of;
use super::view::{TableView, UndecidedReason};
use crate::findings::Observed;
use crate::rulebook::{Bound, Field, TableField, TotalOf, verbatim};
use crate::rules::expression::RuleValue;

/// An expression that must hold of every group.
pub fn aggregate(scope: &RowScope<'_>, by: &[String], bound: &Bound, outcome: &mut Outcome) {
    let view = scope.view;
    let columns = bound.fields.iter().filter_map(|leaf| match &leaf.field {
        Field::Own(column) | Field::Total(_, Some(column)) => Some(column),
        _ => None,
    });
    if let Err(reason) = view.has(by.iter().chain(columns)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    if !scope.looks_beyond(bound, outcome) {
        return;
    }
    // Whether such a row belongs to its group is not known, and so no total of the group is.
    let mut doubtful: BTreeMap<Vec<String>, UndecidedReason> = BTreeMap::new();
    let mut rows = Vec::new();
    for row in view.rows() {
        match scope.concerns(view, row) {
            Ok(true) => rows.push(row),
            Ok(false) => {}
            Err(reason) => {
                doubtful.insert(view.key(row, by).unwrap_or_default(), reason);
            }
        }
    }
    let mut groups = keyed(view, rows, by, outcome);
    if by.is_empty() {
        groups.entry(Vec::new()).or_default();
    }
    for key in doubtful.keys() {
        groups.entry(key.clone()).or_default();
    }
    for (key, rows) in &groups {
        let first = rows.first().copied();
        let place = view.place(first, by.first());
        let twice = same_key(view, rows);
        let look_up = |leaf: &TableField| match (doubtful.get(key).or(twice.as_ref()), &leaf.field, first) {
            (Some(reason), _, _) => Err(reason.clone()),
            (_, Field::Total(total, column), _) => total_of(view, rows, *total, column.as_ref(), leaf.reading),
            (_, _, Some(row)) => scope.field(view, row, leaf),
            (_, _, None) => Err(UndecidedReason::new("undecided", "")),
        };
        match decide(view, bound, look_up) {
            Ok(Some(true)) => outcome.valid(),
            Ok(None) => {}
            Err(reason) => outcome.undecided(place, &reason),
            Ok(Some(false)) => {
                let sides = both_sides(scope, view, bound, &look_up);
                let finding = outcome.invalid(place);
                if let Some(row) = first {
                    quote(finding, view, row, by);
                }
                let shown = bound.fields.iter().filter_map(|leaf| shown_total(view, rows, leaf));
                finding.detail = Observed::several(sides.map(|sides| format!("({sides})")).into_iter().chain(shown), "; ");
                scope.fill(finding, view, first, &look_up);
            }
        }
    }
}

/// A total for the finding; one of a column that may not be quoted stays out, a number of rows does not.
fn shown_total(view: &TableView<'_>, rows: &[usize], leaf: &TableField) -> Option<String> {
    let Field::Total(total, column) = &leaf.field else { return None };
    let name = match total {
        TotalOf::Count => "count",
        TotalOf::Sum => "sum",
        TotalOf::Min => "min",
        TotalOf::Max => "max",
    };
    if column.as_ref().is_some_and(|column| !view.is_quotable(column)) {
        return None;
    }
    let Ok(RuleValue::Number(number)) = total_of(view, rows, *total, column.as_ref(), leaf.reading) else { return None };
    Some(format!("{name}({}) = {}", column.as_deref().unwrap_or_default(), number.exactly()))
}

/// That two rows of a group have the key by which the table tells its rows apart: whatever is summed is summed twice.
fn same_key(view: &TableView<'_>, rows: &[usize]) -> Option<UndecidedReason> {
    if view.schema.key.is_empty() || view.has(&view.schema.key).is_err() {
        return None;
    }
    let mut seen = BTreeSet::new();
    let twice = rows.iter().find(|row| view.key(**row, &view.schema.key).is_ok_and(|key| !seen.insert(key)))?;
    Some(key_twice(view, *twice, &view.schema.key))
}

/// Why a sum is not known: a part of it stands twice.
pub fn key_twice(view: &TableView<'_>, row: usize, columns: &[String]) -> UndecidedReason {
    let shown: Vec<String> = columns.iter().filter_map(|column| view.quoted(row, column)).map(|text| verbatim(&text)).collect();
    let line = view.line(row);
    let text = if shown.is_empty() { format!("{}, {line}", view.name) } else { format!("{}, {} ({line})", view.name, shown.join(" / ")) };
    UndecidedReason::new("key-twice", &text)
}
