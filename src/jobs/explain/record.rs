//! The explanation for programs: the whole tree, every cause with its units. Fields stand in the order of their names.

use std::sync::Arc;

use serde::Serialize;

use super::ComparedFigure;
use super::text::by_cause;
use super::words::{ExplainWords, returns};
use crate::base::number::NumberKind;
use crate::indicators::State;
use crate::jobs::show::NumberRecord;
use crate::query::explain::{Cause, Change, FigureDetail, Node, UnitValue, missing, open, unknown};
use crate::register::UnitIndex;

/// A figure explained.
#[derive(Debug, Serialize)]
pub struct ExplanationRecord<'a> {
    against: Option<DifferenceRecord<'a>>,
    answers: Vec<AnswerRecord<'a>>,
    coverage: Option<CoverageRecord>,
    figure: FigureRecord<'a>,
    has_number: bool,
    incomplete: bool,
    missing_units: Vec<&'a str>,
    name: &'a str,
    open_units: Vec<&'a str>,
    status: &'static str,
    total: Option<NumberRecord>,
    tree: NodeRecord<'a>,
    unit: &'a str,
    unknown_units: Vec<&'a str>,
}

/// An answer to a finding below the unit.
#[derive(Debug, Serialize)]
struct AnswerRecord<'a> {
    by: &'a str,
    message: &'a str,
    on: &'a str,
    text: &'a str,
    unit: &'a str,
}

/// Returns received and expected.
#[derive(Debug, Serialize)]
struct CoverageRecord {
    expected: i64,
    received: i64,
}

/// Where a figure stands.
#[derive(Debug, Serialize)]
struct FigureRecord<'a> {
    code: &'a str,
    column: u16,
    form: &'a str,
    form_version: &'a str,
    heading: &'a str,
    kind: Option<&'a str>,
    label: &'a str,
    reason: Option<&'a str>,
    recorded_at: Option<&'a str>,
    row_groups: usize,
    row_groups_read: usize,
    sheet: &'a str,
    sheet_name: &'a str,
    state: String,
    symbol: &'a str,
    unit_of_measure: &'a str,
}

/// A unit and what lies below it.
#[derive(Debug, Serialize)]
struct NodeRecord<'a> {
    expected: usize,
    incomplete: bool,
    is_missing: bool,
    kind: &'a str,
    name: &'a str,
    own: Option<OwnRecord<'a>>,
    parts: Vec<NodeRecord<'a>>,
    received: usize,
    status: &'static str,
    total: Option<NumberRecord>,
    unit: &'a str,
}

/// A unit's own statement.
#[derive(Debug, Serialize)]
struct OwnRecord<'a> {
    number: Option<NumberRecord>,
    places: Vec<PlaceRecord<'a>>,
    status: &'static str,
}

/// Where it says so.
#[derive(Debug, Serialize)]
struct PlaceRecord<'a> {
    cell: &'a str,
    file: &'a str,
    sha256: Option<&'a str>,
    sheet: &'a str,
}

/// The figure in two states, and what makes the difference.
#[derive(Debug, Serialize)]
struct DifferenceRecord<'a> {
    after: Option<NumberRecord>,
    before: Option<NumberRecord>,
    before_of_units_of_today: NumberRecord,
    causes: Vec<CauseRecord<'a>>,
    difference: Option<NumberRecord>,
    lacking_units_before: &'a [Arc<str>],
    newer: FigureRecord<'a>,
    older: FigureRecord<'a>,
    older_cells: Vec<String>,
    status_after: Option<&'static str>,
    status_before: Option<&'static str>,
}

/// A cause and the units that it is about.
#[derive(Debug, Serialize)]
struct CauseRecord<'a> {
    amount: NumberRecord,
    cause: &'static str,
    changes: Vec<ChangeRecord<'a>>,
    words: String,
}

/// A unit's share of a difference.
#[derive(Debug, Serialize)]
struct ChangeRecord<'a> {
    amount: NumberRecord,
    cell_after: Option<OwnRecord<'a>>,
    cell_before: Option<OwnRecord<'a>>,
    merged_into: Option<&'a str>,
    name: &'a str,
    unit: &'a str,
}

impl<'a> ExplanationRecord<'a> {
    /// An explanation in a language.
    pub fn new(words: &'a ExplainWords<'a>) -> Self {
        let (explained, top) = (&words.own.explained, &words.own.top);
        let tree = &explained.figure.tree;
        let codes = |units: Vec<UnitIndex>| units.into_iter().map(|unit| &*tree.units[unit].code).collect::<Vec<&str>>();
        let is_below = explained.figure.below(&tree.units[top.unit].code);
        let answers = explained.answers.iter().filter(|answer| tree.find(&answer.unit).is_none_or(|unit| is_below[unit]));
        let unit = &tree.units[top.unit];
        let is_counted = unit.is_group() || explained.coverage.contains_key(&*unit.code);
        let (received, expected) = returns(explained, &unit.code, || top.returns);
        Self {
            against: words.own.against.as_ref().map(|compared| DifferenceRecord::new(words, compared)),
            answers: answers
                .map(|own| AnswerRecord { by: &own.by, message: &own.message, on: &own.on, text: &own.text, unit: &own.unit })
                .collect(),
            coverage: is_counted.then_some(CoverageRecord { expected, received }),
            figure: FigureRecord::new(explained),
            has_number: top.has_number,
            incomplete: top.is_incomplete,
            missing_units: codes(missing(top)),
            name: &unit.name,
            open_units: codes(open(top, &explained.figure)),
            status: state(top),
            total: total(top, words.kind()),
            tree: NodeRecord::new(words, top),
            unit: &unit.code,
            unknown_units: codes(unknown(top)),
        }
    }
}

impl<'a> FigureRecord<'a> {
    fn new(explained: &'a FigureDetail) -> Self {
        let (key, name, release) = (&explained.key, &explained.name, explained.state.release());
        Self {
            code: &key.code,
            column: key.column,
            form: &key.form,
            form_version: &explained.form.version,
            heading: &name.heading,
            kind: release.map(|release| release.kind.as_str()),
            label: &name.label,
            reason: release.map(|release| release.reason.as_str()).filter(|reason| !reason.is_empty()),
            recorded_at: release.map(|release| release.recorded_at.as_str()),
            row_groups: explained.groups,
            row_groups_read: explained.groups_read,
            sheet: &key.sheet,
            sheet_name: &name.sheet_name,
            state: explained.state.to_string(),
            symbol: &explained.form.symbol,
            unit_of_measure: &name.unit_of_measure,
        }
    }
}

impl<'a> NodeRecord<'a> {
    fn new(words: &'a ExplainWords<'a>, node: &'a Node) -> Self {
        let explained = &words.own.explained;
        let unit = &explained.figure.tree.units[node.unit];
        Self {
            expected: node.returns.expected,
            incomplete: node.is_incomplete,
            is_missing: node.is_missing,
            kind: &unit.kind,
            name: &unit.name,
            own: node.own.as_ref().map(|own| OwnRecord::new(own, explained)),
            parts: node.children.iter().map(|child| Self::new(words, child)).collect(),
            received: node.returns.received,
            status: state(node),
            total: total(node, words.kind()),
            unit: &unit.code,
        }
    }
}

impl<'a> OwnRecord<'a> {
    fn new(own: &'a UnitValue, explained: &'a FigureDetail) -> Self {
        let places = own.places.iter().map(|place| {
            let sha256 = explained.hashes.get(&*place.file).filter(|hash| !hash.is_empty());
            PlaceRecord { cell: &place.cell, file: &place.file, sha256: sha256.map(String::as_str), sheet: &place.sheet }
        });
        let number = own.status.is_number().then(|| NumberRecord::new(own.number, explained.name.kind));
        Self { number, places: places.collect(), status: own.status.id() }
    }
}

impl<'a> DifferenceRecord<'a> {
    fn new(words: &'a ExplainWords<'a>, compared: &'a ComparedFigure) -> Self {
        let ComparedFigure { older, newer, difference, tops } = compared;
        let kind = words.kind();
        let total = |top: &Option<Node>| top.as_ref().and_then(|top| total(top, kind));
        let status = |top: &Option<Node>| top.as_ref().map(state);
        let causes = by_cause(compared).into_iter().map(|(cause, changes)| CauseRecord {
            amount: NumberRecord::new(difference.of(cause), kind),
            cause: cause.id(),
            changes: changes.into_iter().map(|one| ChangeRecord::new(compared, one, kind)).collect(),
            words: ExplainWords::cause(compared, cause).said(words.lang),
        });
        Self {
            after: total(&tops[1]),
            before: total(&tops[0]),
            before_of_units_of_today: NumberRecord::new(difference.before_of_today, kind),
            causes: causes.collect(),
            difference: (!compared.is_unknown()).then(|| NumberRecord::new(difference.amount(), kind)),
            lacking_units_before: &difference.lacking_before,
            newer: FigureRecord::new(newer),
            older: FigureRecord::new(&older.explained),
            older_cells: older.parts.iter().map(ToString::to_string).collect(),
            status_after: status(&tops[1]),
            status_before: status(&tops[0]),
        }
    }
}

impl<'a> ChangeRecord<'a> {
    fn new(compared: &'a ComparedFigure, change: &'a Change, kind: NumberKind) -> Self {
        let older = &compared.older.explained;
        // Changes by another definition alone are told in the cells of the older form.
        let newer = if change.cause == Cause::Definition { older } else { &compared.newer };
        Self {
            amount: NumberRecord::new(change.amount, kind),
            cell_after: change.after.as_ref().map(|own| OwnRecord::new(own, newer)),
            cell_before: change.before.as_ref().map(|own| OwnRecord::new(own, older)),
            merged_into: change.merged_into.as_deref(),
            name: ExplainWords::name_in(compared, &change.unit),
            unit: &change.unit,
        }
    }
}

/// The total of a unit; none where there should be one and nothing of it is known.
fn total(node: &Node, kind: NumberKind) -> Option<NumberRecord> {
    (node.has_number || !node.is_lacking).then(|| NumberRecord::new(node.total, kind))
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
