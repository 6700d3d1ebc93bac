//! Rules over groups of rows: totals of a group, sums up a hierarchy.

use std::collections::BTreeMap;

use super::outcome::{Outcome, quote};
use super::rows::{Scope, decide};
use super::sets::keyed;
use super::view::{Reason, View};
use crate::schema::{Bound, Field, Hierarchy, TotalOf};
use crate::validate::expression::{Ratio, Value};

/// An expression that must hold of every group.
pub fn aggregate(scope: &Scope<'_>, by: &[String], bound: &Bound, outcome: &mut Outcome) {
    let view = scope.view;
    let columns = bound.fields.iter().filter_map(|field| match field {
        Field::Own(column) | Field::Total(_, Some(column)) => Some(column),
        _ => None,
    });
    if let Err(reason) = view.has(by.iter().chain(columns)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    // Whether such a row belongs to its group is not known, and so no total of the group is.
    let mut doubtful: BTreeMap<Vec<String>, Reason> = BTreeMap::new();
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
        let look_up = |field: &Field| match (doubtful.get(key), field, first) {
            (Some(reason), _, _) => Err(reason.clone()),
            (_, Field::Total(total, column), _) => total_of(view, rows, *total, column.as_ref()),
            (_, field, Some(row)) => scope.field(view, row, field),
            (_, _, None) => Err(Reason::new("undecided", "")),
        };
        match decide(view, bound, look_up) {
            Ok(Some(true)) => outcome.valid(),
            Ok(None) => {}
            Err(reason) => outcome.undecided(place, &reason),
            Ok(Some(false)) => {
                let finding = outcome.invalid(place);
                if let Some(row) = first {
                    quote(finding, view, row, by);
                }
                let shown = bound.fields.iter().filter_map(|field| shown_total(view, rows, field));
                finding.detail = shown.collect::<Vec<_>>().join("; ");
            }
        }
    }
}

/// A total for the finding; one of a column that may not be quoted stays out, a number of rows does not.
fn shown_total(view: &View<'_>, rows: &[usize], field: &Field) -> Option<String> {
    let Field::Total(total, column) = field else { return None };
    let name = match total {
        TotalOf::Count => "count",
        TotalOf::Sum => "sum",
        TotalOf::Min => "min",
        TotalOf::Max => "max",
    };
    if column.as_ref().is_some_and(|column| !view.is_quotable(column)) {
        return None;
    }
    let Ok(Value::Number(number)) = total_of(view, rows, *total, column.as_ref()) else { return None };
    Some(format!("{name}({}) = {}", column.as_deref().unwrap_or_default(), number.shown()))
}

/// A total over rows; every value it is made of must be known.
fn total_of(view: &View<'_>, rows: &[usize], total: TotalOf, column: Option<&String>) -> Result<Value, Reason> {
    let whole = |count: usize| i128::try_from(count).ok().and_then(|n| Ratio::new(n, 1));
    let undecided = || Reason::new("undecided", "");
    let Some(column) = column else { return whole(rows.len()).map(Value::Number).ok_or_else(undecided) };
    let mut numbers = Vec::new();
    let mut present = 0;
    for &row in rows {
        match (total, view.value(row, column)?) {
            (TotalOf::Count, value) => present += usize::from(value != Value::Missing),
            (_, Value::Number(number)) => numbers.push(number),
            (_, Value::Missing) => return Err(Reason::new("value-empty", &view.called(column))),
            _ => return Err(Reason::new("value-mistyped", &view.called(column))),
        }
    }
    let start = match total {
        TotalOf::Count => whole(present),
        TotalOf::Sum => numbers.into_iter().try_fold(Ratio::new(0, 1), |sum, number| Some(sum?.plus(number))).flatten(),
        TotalOf::Min | TotalOf::Max => {
            let wins = if total == TotalOf::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
            numbers.into_iter().reduce(|best, number| if number.compared(best) == Some(wins) { number } else { best })
        }
    };
    start.map(Value::Number).ok_or_else(undecided)
}

/// A row that has children says their sum.
pub fn hierarchy(scope: &Scope<'_>, hierarchy: &Hierarchy, outcome: &mut Outcome) {
    let view = scope.view;
    let Hierarchy { key, parent, value, by } = hierarchy;
    if let Err(reason) = view.has([key, parent, value].into_iter().chain(by)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let rows = scope.rows(view, outcome);
    let named = |column: &String| by.iter().chain([column]).cloned().collect::<Vec<_>>();
    let below = rows.iter().copied().filter(|&row| view.value(row, parent) != Ok(Value::Missing)).collect();
    let mut children: BTreeMap<Vec<String>, Vec<usize>> = keyed(view, below, &named(parent), outcome);
    for (name, rows) in keyed(view, rows, &named(key), outcome) {
        let Some(children) = children.remove(&name) else { continue };
        let [row] = rows[..] else {
            for row in rows {
                outcome.undecided(view.place(Some(row), Some(key)), &Reason::new("several-matching-rows", view.name));
            }
            continue;
        };
        let place = view.place(Some(row), Some(value));
        let own = total_of(view, &[row], TotalOf::Sum, Some(value));
        match own.and_then(|own| Ok((own, total_of(view, &children, TotalOf::Sum, Some(value))?))) {
            Err(reason) => outcome.undecided(place, &reason),
            Ok((own, sum)) if own == sum => outcome.valid(),
            Ok((_, sum)) => {
                let finding = outcome.invalid(place);
                quote(finding, view, row, by.iter().chain([key, value]));
                if let (true, Value::Number(sum)) = (view.is_quotable(value), &sum) {
                    finding.expected = sum.shown();
                }
            }
        }
    }
    // What names a row above that is not there cannot be added up.
    for row in children.into_values().flatten() {
        outcome.undecided(view.place(Some(row), Some(parent)), &Reason::new("no-matching-row", view.name));
    }
}
