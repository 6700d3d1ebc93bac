//! A comparison for programs, a line per difference. Fields stand in the order of their names.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use super::Counts;
use super::lines::{ReconcileLines, cell_name};
use crate::base::number::NumberKind;
use crate::forms::SlotIndex;
use crate::jobs::show::{NumberRecord, json_line, json_list};
use crate::query::reconcile::{ComparisonKind, Difference, FormResult, Inside, SourceFigure, Which};

/// A source, and what of it could not be used.
#[derive(Serialize)]
struct SourceRecord<'a> {
    kind: &'static str,
    name: &'a str,
    returns_read: usize,
    unread: Vec<UnreadRecord<'a>>,
}

/// A finding about a source.
#[derive(Serialize)]
struct UnreadRecord<'a> {
    file: Option<&'a Arc<str>>,
    message: String,
    rule: &'a str,
    unit: Option<&'a Arc<str>>,
}

/// A cell of a form.
#[derive(Serialize)]
struct CellRecord {
    code: Arc<str>,
    column: u16,
    sheet: Arc<str>,
}

/// A cell in which the sources differ, of one unit.
#[derive(Serialize)]
struct DifferenceRecord<'a> {
    a: SideRecord,
    b: SideRecord,
    code: Arc<str>,
    column: u16,
    difference: Option<NumberRecord>,
    due_to_missing: bool,
    follows: bool,
    kind: &'static str,
    lowest: bool,
    parts: Vec<PartRecord<'a>>,
    scope: &'static str,
    sheet: Arc<str>,
    suspects: Vec<SuspectRecord<'a>>,
    text: String,
    unit: &'a str,
}

/// Statement of one source.
#[derive(Serialize)]
struct SideRecord {
    cell: String,
    file: String,
    incomplete: bool,
    number: Option<NumberRecord>,
    sheet: String,
    status: &'static str,
}

/// A part of a difference.
#[derive(Serialize)]
struct PartRecord<'a> {
    amount: Option<NumberRecord>,
    cause: &'static str,
    unit: Option<&'a str>,
}

/// A unit that the difference may be of.
#[derive(Serialize)]
struct SuspectRecord<'a> {
    number: Option<NumberRecord>,
    unit: &'a str,
    why: &'static str,
}

/// A return that one source lacks.
#[derive(Serialize)]
struct MissingRecord<'a> {
    missing_in: &'static str,
    numbers: usize,
    unit: &'a str,
}

/// A contradiction inside one source.
#[derive(Serialize)]
struct InsideRecord<'a> {
    figure: Option<CellRecord>,
    returns_read: usize,
    source: &'static str,
    stated: i64,
    summed: i64,
    unit: &'a str,
}

/// A cell that one source does not have.
#[derive(Serialize)]
struct UncoveredRecord {
    figure: Option<CellRecord>,
    missing_in: &'static str,
}

/// The comparison as JSON.
pub fn json(lines: &ReconcileLines<'_>) -> String {
    let result = lines.result;
    let mut out = String::from("{\n");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "\"{name}\": {value},");
    };
    field("school_year", json_line(&result.period.year.to_string()));
    field("term", json_line(&result.period.term.id()));
    field("a", json_line(&SourceRecord::new(lines, Which::A)));
    field("b", json_line(&SourceRecord::new(lines, Which::B)));
    field("trusted", json_line(&result.trust.id()));
    field("equal", json_line(&result.is_equal()));
    out.push_str("\"forms\": [");
    for (index, form) in result.forms.iter().enumerate() {
        out.push_str(if index > 0 { ",\n{\n" } else { "\n{\n" });
        form_json(lines, form, &mut out);
        out.push('}');
    }
    out.push_str("]\n}\n");
    out
}

fn form_json(lines: &ReconcileLines<'_>, result: &FormResult, out: &mut String) {
    let counts = Counts::of(result);
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "\"{name}\": {value},");
    };
    field("form_a", json_line(&result.forms[0].as_ref().map(|form| &form.id)));
    field("form_b", json_line(&result.forms[1].as_ref().map(|form| &form.id)));
    field("other_layout", json_line(&result.other_layout));
    field("units", json_line(&result.lowest.len()));
    field("cells_compared", json_line(&result.cells));
    field("cells_differing", json_line(&counts.differing));
    field("totals_differing", json_line(&counts.totals));
    field("cells_not_comparable", json_line(&counts.not_comparable));
    field("blank_zero", json_line(&result.blank_zero));
    field("in_neither", json_line(&result.in_neither));
    json_list("differences", result.differences.iter().map(|own| DifferenceRecord::new(lines, result, own)), out);
    out.push_str(",\n");
    let missing = result.missing.iter();
    let missing = missing.map(|own| MissingRecord { missing_in: own.missing_in.id(), numbers: own.numbers, unit: lines.code(own.unit) });
    json_list("missing_returns", missing, out);
    out.push_str(",\n");
    json_list("inside", result.inside.iter().map(|own| InsideRecord::new(lines, result, own)), out);
    out.push_str(",\n");
    let uncovered = result.uncovered.iter();
    let uncovered = uncovered.map(|own| UncoveredRecord { figure: CellRecord::of(result, own.slot), missing_in: own.source.id() });
    json_list("uncovered", uncovered, out);
    out.push('\n');
}

impl<'a> SourceRecord<'a> {
    fn new(lines: &'a ReconcileLines<'_>, which: Which) -> Self {
        let name = lines.result.name(which);
        let unread = name.unread.iter().map(|finding| UnreadRecord {
            file: finding.place.file.as_ref(),
            message: lines.schemas.rules.message(finding, lines.lang),
            rule: &finding.rule,
            unit: finding.subject.unit.as_ref(),
        });
        Self { kind: name.kind, name: &name.name, returns_read: lines.result.source(which).submissions.len(), unread: unread.collect() }
    }
}

impl CellRecord {
    /// None where neither source has the form.
    fn of(result: &FormResult, slot: SlotIndex) -> Option<Self> {
        let name = cell_name(result.form()?, slot);
        Some(Self { code: name.code, column: name.column, sheet: name.sheet })
    }
}

impl<'a> InsideRecord<'a> {
    fn new(lines: &'a ReconcileLines<'_>, result: &FormResult, own: &Inside) -> Self {
        Self {
            figure: CellRecord::of(result, own.slot),
            returns_read: own.returns,
            source: own.source.id(),
            stated: own.stated.number,
            summed: own.summed.number,
            unit: lines.code(own.unit),
        }
    }
}

impl<'a> DifferenceRecord<'a> {
    /// None where neither source has the form.
    fn new(lines: &'a ReconcileLines<'_>, result: &FormResult, difference: &Difference) -> Option<Self> {
        let name = cell_name(result.form()?, difference.slot);
        let number = |value: i64| NumberRecord::new(value, name.kind);
        let side = |which, figure: SourceFigure| SideRecord::new(lines.place(which, result, difference), figure, name.kind);
        let parts = difference.parts.iter().map(|part| PartRecord {
            amount: part.is_known.then(|| number(part.amount)),
            cause: part.cause.id(),
            unit: part.cause.unit().map(|unit| lines.code(unit)),
        });
        let suspects = difference.suspects.iter().map(|suspect| SuspectRecord {
            number: suspect.figure.and_then(|figure| figure.value()).map(number),
            unit: lines.code(suspect.unit),
            why: suspect.why.id(),
        });
        Some(Self {
            a: side(Which::A, difference.a),
            b: side(Which::B, difference.b),
            difference: (difference.kind != ComparisonKind::NotComparable).then(|| number(difference.amount())),
            due_to_missing: difference.due_to_missing,
            follows: difference.follows,
            kind: difference.kind.id(),
            lowest: difference.lowest,
            parts: parts.collect(),
            scope: difference.scope.id(),
            suspects: suspects.collect(),
            text: lines.cause(difference, name.kind),
            unit: lines.code(difference.unit),
            code: name.code,
            column: name.column,
            sheet: name.sheet,
        })
    }
}

impl SideRecord {
    fn new([file, sheet, cell]: [String; 3], figure: SourceFigure, kind: NumberKind) -> Self {
        let number = figure.value().map(|value| NumberRecord::new(value, kind));
        Self { cell, file, incomplete: figure.incomplete, number, sheet, status: figure.status.id() }
    }
}
