//! Rules over the rows of a table together: no key twice, none missing, one value for each key.

use std::collections::{BTreeMap, HashSet};

use super::outcome::{Outcome, quote};
use super::rows::RowScope;
use super::view::{TableView, UndecidedReason};
use crate::findings::Observed;
use crate::rulebook::{Complete, Depends};

/// Rows by their key; rows whose key is not known are undecided.
pub fn keyed(view: &TableView<'_>, rows: Vec<usize>, columns: &[String], outcome: &mut Outcome) -> BTreeMap<Vec<String>, Vec<usize>> {
    let mut keyed: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for row in rows {
        match view.key(row, columns) {
            Ok(key) => keyed.entry(key).or_default().push(row),
            Err(reason) => outcome.undecided(view.place(Some(row), columns.first()), &reason),
        }
    }
    keyed
}

/// No two rows with the same values.
pub fn unique(scope: &RowScope<'_>, columns: &[String], outcome: &mut Outcome) {
    let view = scope.view;
    if let Err(reason) = view.has(columns) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let rows = scope.rows(view, outcome);
    for rows in keyed(view, rows, columns, outcome).values() {
        if rows.len() == 1 {
            outcome.valid();
            continue;
        }
        let lines = Observed::several(rows.iter().map(|&row| view.line(row)), ", ");
        for &row in rows {
            let finding = outcome.invalid(view.place(Some(row), columns.first()));
            quote(finding, view, row, columns);
            finding.detail = lines.clone();
            scope.fill(finding, view, Some(row), &|leaf| scope.field(view, row, leaf));
        }
    }
}

/// Every row of another table has its row in this one.
pub fn complete(scope: &RowScope<'_>, complete: &Complete, outcome: &mut Outcome) {
    let Some(of) = scope.views.get(&*complete.of) else { return };
    if let Err(reason) = scope.view.has(&complete.columns).and_then(|()| of.has(&complete.keys)) {
        outcome.undecided(of.place(None, None), &reason);
        return;
    }
    let there: HashSet<Vec<String>> = scope.view.rows().into_iter().filter_map(|row| scope.view.key(row, &complete.columns).ok()).collect();
    for row in scope.rows(of, outcome) {
        let place = of.place(Some(row), complete.keys.first());
        match of.key(row, &complete.keys) {
            Err(reason) => outcome.undecided(place, &reason),
            Ok(key) if there.contains(&key) => outcome.valid(),
            Ok(_) => {
                let finding = outcome.invalid(place);
                quote(finding, of, row, &complete.keys);
                finding.detail = scope.view.name.into();
                scope.fill(finding, of, Some(row), &|leaf| scope.field(of, row, leaf));
            }
        }
    }
}

/// Rows that agree on some columns agree on others: those that differ from what most say are invalid, none where there is no most.
pub fn depends(scope: &RowScope<'_>, depends: &Depends, outcome: &mut Outcome) {
    let view = scope.view;
    if let Err(reason) = view.has(depends.on.iter().chain(&depends.gives)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let rows = scope.rows(view, outcome);
    for rows in keyed(view, rows, &depends.on, outcome).into_values() {
        let given = keyed(view, rows, &depends.gives, outcome);
        // Majority of the rows; where as many say one thing as another, nobody is to blame.
        let most = given.values().map(Vec::len).max().unwrap_or_default();
        let mut usual = given.iter().filter(|(_, rows)| rows.len() == most).map(|(value, _)| value);
        let (usual, is_tie) = (usual.next(), usual.next().is_some());
        if is_tie {
            for &row in given.values().flatten() {
                outcome.undecided(view.place(Some(row), depends.gives.first()), &UndecidedReason::new("tie", view.name));
            }
            continue;
        }
        for (value, rows) in &given {
            for &row in rows {
                if Some(value) == usual {
                    outcome.valid();
                    continue;
                }
                let finding = outcome.invalid(view.place(Some(row), depends.gives.first()));
                quote(finding, view, row, depends.on.iter().chain(&depends.gives));
                let other = usual.and_then(|usual| given.get(usual)).and_then(|rows| rows.first());
                finding.detail = other.map_or(Observed::Nothing, |&row| view.line(row).into());
                scope.fill(finding, view, Some(row), &|leaf| scope.field(view, row, leaf));
            }
        }
    }
}
