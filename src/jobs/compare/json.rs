//! The comparison for programs: counts, units, and the largest changes, a line each. Fields stand in the order of their names.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::words::CompareWords;
use super::{Comparison, ComparisonSubject};
use crate::archive::TermState;
use crate::jobs::show::{NumberRecord, json_line, json_list};
use crate::query::compare::{CellChange, FigureName, FormCounts, TotalChange, UnitChange};
use crate::query::explain::UnitValue;

/// A form in both states.
#[derive(Serialize)]
struct FormRecord<'a> {
    cells_changed: u64,
    cells_compared: u64,
    figures: usize,
    figures_without_forerunner: usize,
    mapped: bool,
    newer: &'a str,
    numbers_changed: u64,
    older: &'a str,
    older_cells_dropped: usize,
    returns_in_both: usize,
    returns_only_after: usize,
    returns_only_before: usize,
    symbol: &'a str,
    totals_changed: u64,
}

/// Fate of a unit.
#[derive(Serialize)]
struct UnitRecord<'a> {
    above_after: Option<&'a Arc<str>>,
    above_before: Option<&'a Arc<str>>,
    fate: &'static str,
    merged_into: Option<&'a Arc<str>>,
    name_after: Option<&'a Arc<str>>,
    name_before: Option<&'a Arc<str>>,
    unit: &'a str,
}

/// A figure of a form.
#[derive(Serialize)]
struct FigureRecord<'a> {
    code: &'a str,
    column: u16,
    form: &'a str,
    heading: &'a str,
    label: &'a str,
    older_cells: Vec<String>,
    sheet: &'a str,
}

/// A total that changed.
#[derive(Serialize)]
struct TotalRecord<'a> {
    after: Option<NumberRecord>,
    before: Option<NumberRecord>,
    difference: Option<NumberRecord>,
    figure: FigureRecord<'a>,
    name: &'a str,
    status_after: &'static str,
    status_before: &'static str,
    unit: &'a str,
}

/// A cell that changed.
#[derive(Serialize)]
struct CellRecord<'a> {
    cell_after: Option<OwnRecord<'a>>,
    cell_before: Option<OwnRecord<'a>>,
    difference: Option<NumberRecord>,
    figure: FigureRecord<'a>,
    name: &'a str,
    unit: &'a str,
}

/// A unit's statement in a state.
#[derive(Serialize)]
struct OwnRecord<'a> {
    number: Option<NumberRecord>,
    places: Vec<PlaceRecord<'a>>,
    status: &'static str,
}

/// Where it says so.
#[derive(Serialize)]
struct PlaceRecord<'a> {
    cell: &'a str,
    file: &'a str,
    sheet: &'a str,
}

/// The comparison as JSON; lists that were cut say how many there were.
pub fn json(wording: &CompareWords<'_>) -> String {
    let mut out = String::from("[");
    for (index, comparison) in wording.own.all.iter().enumerate() {
        out.push_str(if index > 0 { ",\n{\n" } else { "\n{\n" });
        one(wording, comparison, &mut out);
        out.push('}');
    }
    out.push_str("\n]\n");
    out
}

fn one(wording: &CompareWords<'_>, comparison: &Comparison, out: &mut String) {
    let (verdict, subject) = (wording.verdict(comparison), wording.subject(comparison));
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "\"{name}\": {value},");
    };
    field("verdict", json_line(&verdict));
    field("subject", json_line(&subject));
    match &comparison.subject {
        ComparisonSubject::States(pair) => {
            field("older", json_line(&pair.older.to_string()));
            field("older_reason", json_line(&reason(&pair.older)));
            field("newer", json_line(&pair.newer.to_string()));
            field("newer_reason", json_line(&reason(&pair.newer)));
            field("notes", json_line(&wording.notes(pair)));
            field("forms_not_comparable", json_line(&pair.gaps.keys().collect::<Vec<&String>>()));
        }
        ComparisonSubject::Units(own) => {
            field("state", json_line(&own.state.to_string()));
            field("reason", json_line(&reason(&own.state)));
            field("units_compared", json_line(&own.units));
            field("figures", json_line(&own.figures));
        }
    }
    field("cells_changed", json_line(&comparison.cells_seen.all()));
    field("totals_changed", json_line(&comparison.totals_seen.all()));
    if let ComparisonSubject::States(pair) = &comparison.subject {
        json_list("forms", pair.forms.iter().map(FormRecord::new), out);
        out.push_str(",\n");
        json_list("unit_changes", pair.units.iter().map(UnitRecord::new), out);
        out.push_str(",\n");
    }
    json_list("totals", comparison.totals.iter().map(|change| TotalRecord::new(comparison, change)), out);
    out.push_str(",\n");
    json_list("cells", comparison.cells.iter().map(|change| CellRecord::new(comparison, change)), out);
    out.push('\n');
}

/// Reason of the release that a state is; none where it is no release, or none was given.
fn reason(state: &TermState) -> Option<&str> {
    state.release().map(|release| release.reason.as_str()).filter(|reason| !reason.is_empty())
}

impl<'a> FormRecord<'a> {
    fn new(form: &'a FormCounts) -> Self {
        Self {
            cells_changed: form.changed,
            cells_compared: form.cells,
            figures: form.figures,
            figures_without_forerunner: form.figures_without_forerunner,
            mapped: form.is_mapped,
            newer: &form.newer,
            numbers_changed: form.numbers,
            older: &form.older,
            older_cells_dropped: form.dropped,
            returns_in_both: form.returns.both,
            returns_only_after: form.returns.only_newer,
            returns_only_before: form.returns.only_older,
            symbol: &form.symbol,
            totals_changed: form.totals,
        }
    }
}

impl<'a> UnitRecord<'a> {
    fn new(change: &'a UnitChange) -> Self {
        Self {
            above_after: change.above[1].as_ref(),
            above_before: change.above[0].as_ref(),
            fate: change.fate.id(),
            merged_into: change.merged_into.as_ref(),
            name_after: change.names[1].as_ref(),
            name_before: change.names[0].as_ref(),
            unit: &change.unit,
        }
    }
}

impl<'a> FigureRecord<'a> {
    fn new(figure: &'a FigureName) -> Self {
        Self {
            code: &figure.key.code,
            column: figure.key.column,
            form: &figure.key.form,
            heading: &figure.name.heading,
            label: &figure.name.label,
            older_cells: figure.older.iter().map(ToString::to_string).collect(),
            sheet: &figure.key.sheet,
        }
    }
}

impl<'a> TotalRecord<'a> {
    fn new(comparison: &'a Comparison, change: &'a TotalChange) -> Self {
        let number = |value: i128| NumberRecord::new(value, change.figure.name.kind);
        Self {
            after: change.after.value().map(number),
            before: change.before.value().map(number),
            difference: change.amount().map(number),
            figure: FigureRecord::new(&change.figure),
            name: CompareWords::unit(comparison, &change.unit),
            status_after: change.after.status(),
            status_before: change.before.status(),
            unit: &change.unit,
        }
    }
}

impl<'a> CellRecord<'a> {
    fn new(comparison: &'a Comparison, change: &'a CellChange) -> Self {
        let kind = change.figure.name.kind;
        let own = |own: &'a Option<UnitValue>| {
            own.as_ref().map(|own| OwnRecord {
                number: own.status.is_number().then(|| NumberRecord::new(own.number, kind)),
                places: own.places.iter().map(|at| PlaceRecord { cell: &at.cell, file: &at.file, sheet: &at.sheet }).collect(),
                status: own.status.id(),
            })
        };
        Self {
            cell_after: own(&change.after),
            cell_before: own(&change.before),
            difference: change.is_counted().then(|| NumberRecord::new(change.amount(), kind)),
            figure: FigureRecord::new(&change.figure),
            name: CompareWords::unit(comparison, &change.unit),
            unit: &change.unit,
        }
    }
}
