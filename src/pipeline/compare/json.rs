//! The comparison for programs: counts, units, and the largest changes, a line each.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::words::Speech;
use super::{Comparison, Subject};
use crate::pipeline::show::number_json;
use crate::query::compare::{CellChange, FigureName, FormCounts, TotalChange, UnitChange};
use crate::query::explain::Own;

/// The comparison as JSON; lists that were cut say how many there were.
pub fn json(speech: &Speech<'_>) -> String {
    let mut out = String::from("[");
    for (index, comparison) in speech.own.all.iter().enumerate() {
        out.push_str(if index > 0 { ",\n{\n" } else { "\n{\n" });
        one(speech, comparison, &mut out);
        out.push('}');
    }
    out.push_str("\n]\n");
    out
}

fn one(speech: &Speech<'_>, comparison: &Comparison, out: &mut String) {
    let mut head = vec![("verdict", json!(speech.verdict(comparison))), ("subject", json!(speech.subject(comparison)))];
    match &comparison.subject {
        Subject::States(pair) => {
            head.push(("older", json!(pair.older.to_string())));
            head.push(("newer", json!(pair.newer.to_string())));
            head.push(("notes", json!(speech.notes(pair))));
            head.push(("forms_not_comparable", json!(pair.gaps.keys().collect::<Vec<&String>>())));
        }
        Subject::Units(own) => {
            head.push(("state", json!(own.state.to_string())));
            head.push(("units_compared", json!(own.units)));
            head.push(("figures", json!(own.figures)));
        }
    }
    head.push(("cells_changed", json!(comparison.seen.0.iter().sum::<u64>())));
    head.push(("totals_changed", json!(comparison.seen.1.iter().sum::<u64>())));
    for (name, value) in head {
        let _ = writeln!(out, "\"{name}\": {value},");
    }
    if let Subject::States(pair) = &comparison.subject {
        list("forms", pair.forms.iter().map(form), out);
        list("unit_changes", pair.units.iter().map(unit), out);
    }
    list("totals", comparison.totals.iter().map(|change| total(comparison, change)), out);
    list("cells", comparison.cells.iter().map(|change| cell(comparison, change)), out);
    // The last list is followed by nothing.
    out.truncate(out.trim_end().trim_end_matches(',').len());
    out.push('\n');
}

/// A named array, one entry per line.
fn list(name: &str, entries: impl Iterator<Item = Value>, out: &mut String) {
    let _ = write!(out, "\"{name}\": [");
    for (index, entry) in entries.enumerate() {
        let _ = write!(out, "{}{entry}", if index > 0 { ",\n" } else { "\n" });
    }
    out.push_str("],\n");
}

fn form(form: &FormCounts) -> Value {
    json!({
        "older": form.older, "newer": form.newer, "symbol": form.symbol, "mapped": form.is_mapped,
        "figures": form.figures.0, "figures_without_forerunner": form.figures.1, "older_cells_dropped": form.dropped,
        "returns_in_both": form.returns.0, "returns_only_before": form.returns.1, "returns_only_after": form.returns.2,
        "cells_compared": form.cells, "cells_changed": form.changed, "numbers_changed": form.numbers, "totals_changed": form.totals,
    })
}

fn unit(change: &UnitChange) -> Value {
    json!({
        "unit": change.unit, "fate": change.fate.id(),
        "name_before": change.names[0], "name_after": change.names[1],
        "above_before": change.above[0], "above_after": change.above[1], "merged_into": change.merged_into,
    })
}

fn figure(figure: &FigureName) -> Value {
    let older: Vec<String> = figure.older.iter().map(ToString::to_string).collect();
    json!({
        "form": figure.key.form, "sheet": figure.key.sheet, "code": figure.key.code, "column": figure.key.column,
        "label": figure.name.label, "heading": figure.name.heading, "older_cells": older,
    })
}

fn total(comparison: &Comparison, change: &TotalChange) -> Value {
    let kind = change.figure.name.kind;
    json!({
        "figure": figure(&change.figure), "unit": change.unit, "name": Speech::unit(comparison, &change.unit),
        "before": change.before.value().map(|value| number_json(value, kind)), "status_before": change.before.status(),
        "after": change.after.value().map(|value| number_json(value, kind)), "status_after": change.after.status(),
        "difference": change.amount().map(|amount| number_json(amount, kind)),
    })
}

fn cell(comparison: &Comparison, change: &CellChange) -> Value {
    let kind = change.figure.name.kind;
    let own = |own: &Option<Own>| {
        own.as_ref().map(|own| {
            let places = own.places.iter().map(|place| json!({"file": place.file, "sheet": place.sheet, "cell": place.cell}));
            let value = own.status.is_number().then(|| number_json(i128::from(own.number), kind));
            json!({"status": own.status.id(), "number": value, "places": places.collect::<Vec<Value>>()})
        })
    };
    json!({
        "figure": figure(&change.figure), "unit": change.unit, "name": Speech::unit(comparison, &change.unit),
        "cell_before": own(&change.before), "cell_after": own(&change.after),
        "difference": change.is_counted().then(|| number_json(change.amount(), kind)),
    })
}
