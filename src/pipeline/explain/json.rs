//! The explanation for programs: the whole tree, every cause with its units.

use serde_json::{Value, json};

use super::Compared;
use super::text::by_cause;
use super::words::{Words, returns};
use crate::indicators::State;
use crate::number::NumberKind;
use crate::pipeline::show::number_json;
use crate::query::explain::{Change, Explained, Node, Own, missing, open, unknown};

/// The explanation as JSON.
pub fn json(words: &Words<'_>) -> String {
    let (explained, top) = (&words.own.explained, &words.own.top);
    let tree = &explained.figure.tree;
    let codes = |units: Vec<usize>| units.into_iter().map(|unit| tree.units[unit].code.to_string()).collect::<Vec<String>>();
    let is_below = explained.figure.below(&tree.units[top.unit].code);
    let answers = explained.answers.iter().filter(|answer| tree.find(&answer.unit).is_none_or(|unit| is_below[unit]));
    let unit = &tree.units[top.unit];
    let is_counted = unit.is_group() || explained.coverage.contains_key(&*unit.code);
    let (received, expected) = returns(explained, &unit.code, || top.returns);
    let value = json!({
        "figure": figure(explained),
        "unit": tree.units[top.unit].code,
        "name": tree.units[top.unit].name,
        "total": total(top, words.kind()),
        "has_number": top.has_number,
        "incomplete": top.is_incomplete,
        "status": state(top),
        "unknown_units": codes(unknown(top)),
        "open_units": codes(open(top, &explained.figure)),
        "coverage": is_counted.then(|| json!({"received": received, "expected": expected})),
        "missing_units": codes(missing(top)),
        "answers": answers.map(|answer| json!({
            "unit": answer.unit, "message": answer.message, "text": answer.text, "by": answer.by, "on": answer.on,
        })).collect::<Vec<Value>>(),
        "tree": node(words, top),
        "against": words.own.against.as_ref().map(|compared| against(words, compared)),
    });
    format!("{value:#}\n")
}

fn figure(explained: &Explained) -> Value {
    let (key, name) = (&explained.key, &explained.name);
    json!({
        "state": explained.state.to_string(),
        "recorded_at": explained.state.release().map(|release| &release.recorded_at),
        "kind": explained.state.release().map(|release| &release.kind),
        "form": key.form, "symbol": explained.form.symbol, "form_version": explained.form.version,
        "sheet": key.sheet, "sheet_name": name.sheet_name, "code": key.code, "label": name.label,
        "column": key.column, "heading": name.heading, "unit_of_measure": name.unit_of_measure,
        "row_groups_read": explained.groups.0, "row_groups": explained.groups.1,
    })
}

/// The total of a unit; none where there should be one and nothing of it is known.
fn total(node: &Node, kind: NumberKind) -> Option<Value> {
    (node.has_number || !node.is_lacking).then(|| number_json(node.total, kind))
}

/// How far a total can be trusted, in the words of the archive.
fn state(node: &Node) -> &'static str {
    match (node.has_number, node.is_lacking) {
        (true, false) if node.is_open => State::Open.id(),
        (_, false) => State::Complete.id(),
        (true, true) => State::Incomplete.id(),
        (false, true) => State::None.id(),
    }
}

fn own_json(own: &Own, explained: &Explained) -> Value {
    let places = own.places.iter().map(|place| {
        let hash = explained.hashes.get(&*place.file).filter(|hash| !hash.is_empty());
        json!({"file": place.file, "sheet": place.sheet, "cell": place.cell, "sha256": hash})
    });
    let value = own.status.is_number().then(|| number_json(i128::from(own.number), explained.name.kind));
    json!({"status": own.status.id(), "number": value, "places": places.collect::<Vec<Value>>()})
}

fn node(words: &Words<'_>, node_: &Node) -> Value {
    let explained = &words.own.explained;
    let unit = &explained.figure.tree.units[node_.unit];
    json!({
        "unit": unit.code, "name": unit.name, "kind": unit.kind,
        "total": total(node_, words.kind()),
        "incomplete": node_.is_incomplete,
        "status": state(node_),
        "received": node_.returns.0, "expected": node_.returns.1,
        "is_missing": node_.is_missing,
        "own": node_.own.as_ref().map(|own| own_json(own, explained)),
        "parts": node_.children.iter().map(|child| node(words, child)).collect::<Vec<Value>>(),
    })
}

fn against(words: &Words<'_>, compared: &Compared) -> Value {
    let Compared { older, newer, difference, tops } = compared;
    let kind = words.kind();
    let total = |top: &Option<Node>| top.as_ref().and_then(|top| total(top, kind));
    let status = |top: &Option<Node>| top.as_ref().map(state);
    let causes = by_cause(compared).into_iter().map(|(cause, changes)| {
        json!({
            "cause": cause.id(), "words": words.cause(compared, cause), "amount": number_json(difference.of(cause), kind),
            "changes": changes.into_iter().map(|one| change(compared, one, kind)).collect::<Vec<Value>>(),
        })
    });
    json!({
        "older": figure(&older.explained), "newer": figure(newer),
        "before": total(&tops[0]), "status_before": status(&tops[0]),
        "before_of_units_of_today": number_json(difference.before_of_today, kind),
        "lacking_units_before": difference.lacking_before,
        "after": total(&tops[1]), "status_after": status(&tops[1]),
        "difference": (!compared.is_unknown()).then(|| number_json(difference.amount(), kind)),
        "older_cells": older.parts.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "causes": causes.collect::<Vec<Value>>(),
    })
}

fn change(compared: &Compared, change: &Change, kind: NumberKind) -> Value {
    json!({
        "unit": change.unit, "name": Words::name_in(compared, &change.unit), "amount": number_json(change.amount, kind),
        "merged_into": change.merged_into,
        "cell_before": change.before.as_ref().map(|own| own_json(own, &compared.older.explained)),
        "cell_after": change.after.as_ref().map(|own| own_json(own, if change.cause == crate::query::explain::Cause::Definition { &compared.older.explained } else { &compared.newer })),
    })
}
