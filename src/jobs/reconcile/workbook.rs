//! `doi-chieu.xlsx`: counts, units, the differences level by level, what to correct, what is missing.

use super::Counts;
use super::lines::{ReconcileLines, cell_name, lines_of_whole, missing_return};
use super::lists::{ColumnSpec, columns, correction_columns, corrections, list_name};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;
use crate::forms::SlotIndex;
use crate::present::{
    Align, LEFT, ListCell, ListRow, Listing, MOST_ROWS, Notes, Presenter, WorkbookPlan, listing, notes_sheet, write_xlsx,
};
use crate::query::reconcile::{ComparisonKind, Difference, DifferenceCause, FormResult, ReconcileScope, UncoveredCell, Which};
use crate::register::{UnitIndex, UnitVec};

/// Columns of the summary after the form, in order.
const SUMMARY: [&str; 12] = [
    "compared_units",
    "compared_cells",
    "differing",
    "totals",
    "not_comparable",
    "missing_a",
    "missing_b",
    "inside_a",
    "inside_b",
    "uncovered",
    "blank_zero",
    "in_neither",
];

/// The bytes of the workbook.
pub fn workbook(lines: &ReconcileLines<'_>) -> Result<Vec<u8>> {
    let title = lines.say(&message!("reconcile.title"));
    let mut sheets = vec![summary(lines), by_unit(lines), by_level(lines)];
    let rows = corrections(lines).into_iter().map(|line| ListRow { cells: line.cells, strong: false }).collect();
    sheets.push(sheet(lines, list_name(lines), correction_columns(lines, false), rows));
    sheets.push(returns(lines));
    let term = Presenter::term(Some(&lines.result.regulation), lines.result.period);
    let notes = Notes { lang: lines.lang, title: &title, state: &lines.result.state, term: &term, run: "", more: &[] };
    let sheets = sheets.iter().map(listing).chain([notes_sheet(&notes)]).collect();
    let plan = WorkbookPlan {
        title,
        created: lines.result.tree.day,
        author: lines.result.tree.top_name().to_owned(),
        state: lines.result.state.lines(lines.lang),
        sheets,
        names: Vec::new(),
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, "doi-chieu.xlsx", e))
}

fn sheet(lines: &ReconcileLines<'_>, name: String, columns: Vec<crate::present::ListColumn>, rows: Vec<ListRow>) -> Listing {
    let title = format!("{}: {}", lines.say(&message!("reconcile.title")), name.to_lowercase().replace("csdl", "CSDL"));
    let mut above = [vec![title], lines.head()].concat();
    if rows.is_empty() {
        above.push(lines.say(&message!("reconcile.nothing")));
    }
    Listing {
        name,
        lines: above,
        columns,
        rows,
        more: 0,
        fixed_columns: 0,
        cut: lines.say(&message!("reconcile.cut", left = LEFT)),
        ..Listing::default()
    }
}

fn count(number: usize) -> ListCell {
    ListCell::Number(i64::try_from(number).unwrap_or(i64::MAX), crate::base::number::NumberKind::Counts)
}

/// One line per form.
fn summary(lines: &ReconcileLines<'_>) -> Listing {
    let specs: Vec<ColumnSpec<'_>> =
        [("form", 16.0, Align::Left)].into_iter().chain(SUMMARY.iter().map(|id| (*id, 12.0, Align::Right))).collect();
    let rows = lines.result.forms.iter().map(|result| {
        let counts = Counts::of(result);
        let symbol = result.form().map_or("", |form| &*form.symbol);
        let numbers = [
            result.lowest.len(),
            result.cells,
            counts.differing,
            counts.totals,
            counts.not_comparable,
            counts.missing[0],
            counts.missing[1],
            counts.inside[0],
            counts.inside[1],
            result.uncovered.len(),
            result.blank_zero,
            result.in_neither,
        ];
        ListRow { cells: std::iter::once(symbol.into()).chain(numbers.map(count)).collect(), strong: false }
    });
    sheet(lines, lines.say(&message!("reconcile.sheet_summary")), columns(lines, &specs), rows.collect())
}

/// One line per unit with anything to say, worst first.
fn by_unit(lines: &ReconcileLines<'_>) -> Listing {
    let specs: [ColumnSpec<'_>; 8] = [
        ("unit", 14.0, Align::Left),
        ("name", 40.0, Align::Left),
        ("parent", 30.0, Align::Left),
        ("differing", 12.0, Align::Right),
        ("totals", 12.0, Align::Right),
        ("not_comparable", 12.0, Align::Right),
        ("missing_a", 12.0, Align::Right),
        ("missing_b", 12.0, Align::Right),
    ];
    let mut counts = UnitVec::filled([0_usize; 5], lines.result.tree.units.len());
    for result in &lines.result.forms {
        for difference in result.differences.iter().filter(|d| d.lowest) {
            let of_unit = &mut counts[difference.unit];
            if difference.kind == ComparisonKind::NotComparable {
                of_unit[2] += 1;
            } else {
                of_unit[0] += 1;
                of_unit[1] += usize::from(difference.follows);
            }
        }
        for missing in &result.missing {
            counts[missing.unit][if missing.missing_in == Which::A { 3 } else { 4 }] += 1;
        }
    }
    let mut units: Vec<UnitIndex> = counts.indexes().filter(|&unit| counts[unit].iter().any(|n| *n > 0)).collect();
    units.sort_by_key(|&unit| (std::cmp::Reverse(counts[unit][3] + counts[unit][4]), std::cmp::Reverse(counts[unit][0]), lines.rank[unit]));
    let rows = units.into_iter().map(|unit| {
        let names = [lines.code(unit), lines.unit(unit), lines.parent(unit)].map(ListCell::from);
        ListRow { cells: names.into_iter().chain(counts[unit].map(count)).collect(), strong: false }
    });
    sheet(lines, lines.say(&message!("reconcile.sheet_units")), columns(lines, &specs), rows.collect())
}

/// Every differing cell from the top of the tree down to who causes it.
fn by_level(lines: &ReconcileLines<'_>) -> Listing {
    let specs: [ColumnSpec<'_>; 13] = [
        ("form", 10.0, Align::Centre),
        ("sheet", 11.0, Align::Left),
        ("code", 7.0, Align::Centre),
        ("label", 22.0, Align::Left),
        ("column", 6.0, Align::Centre),
        ("heading", 17.0, Align::Left),
        ("level", 9.5, Align::Left),
        ("unit", 11.0, Align::Left),
        ("name", 26.0, Align::Left),
        ("a", 11.0, Align::Right),
        ("b", 11.0, Align::Right),
        ("difference", 11.0, Align::Right),
        ("cause", 38.0, Align::Left),
    ];
    let (mut rows, mut more) = (Vec::new(), 0);
    for result in &lines.result.forms {
        for (slot, differences) in lines.by_cell(result) {
            if rows.len() > MOST_ROWS {
                more += differences.len();
                continue;
            }
            for (index, difference) in differences.into_iter().enumerate() {
                difference_rows(lines, result, slot, difference, index == 0, &mut rows);
            }
        }
        inside_rows(lines, result, &mut rows);
    }
    let tree = sheet(lines, lines.say(&message!("reconcile.sheet_tree")), columns(lines, &specs), rows);
    let mut tree = Listing { more, ..tree };
    let due: usize = lines.result.forms.iter().map(ReconcileLines::due_to_missing).sum();
    if due > 0 {
        tree.lines.push(lines.say(&message!("reconcile.screen_due_to_missing", cells = due)));
    }
    tree
}

/// The first cells of a row of the drill-down: the cell, then the unit.
fn lead(lines: &ReconcileLines<'_>, result: &FormResult, slot: SlotIndex, unit: UnitIndex, subject: &str, indent: usize) -> Vec<ListCell> {
    let Some(form) = result.form() else { return Vec::new() };
    let name = cell_name(form, slot);
    let indented = format!("{}{subject}", "   ".repeat(indent));
    vec![
        (&*form.symbol).into(),
        (&*name.sheet_name).into(),
        (&*name.code).into(),
        name.label.into(),
        name.column.to_string().into(),
        name.heading.into(),
        lines.level(unit).into(),
        lines.code(unit).into(),
        indented.into(),
    ]
}

/// The row of a difference, and one for each unit right below that a source lacks.
fn difference_rows(
    lines: &ReconcileLines<'_>,
    result: &FormResult,
    slot: SlotIndex,
    difference: &Difference,
    strong: bool,
    rows: &mut Vec<ListRow>,
) {
    let Some(form) = result.form() else { return };
    let kind = cell_name(form, slot).kind;
    let figure = |figure: crate::query::reconcile::SourceFigure| match figure.value() {
        Some(number) => ListCell::Number(number, kind),
        None => lines.figure(figure, kind).into(),
    };
    let mut cells = lead(lines, result, slot, difference.unit, &lines.subject(difference), lines.indent(difference));
    let amount =
        if difference.kind == ComparisonKind::NotComparable { ListCell::Blank } else { ListCell::Number(difference.amount(), kind) };
    cells.extend([figure(difference.a), figure(difference.b), amount, lines.cause(difference, kind).into()]);
    rows.push(ListRow { cells, strong: strong && difference.scope == ReconcileScope::Total });
    for part in &difference.parts {
        let (DifferenceCause::UnitMissing(unit, which) | DifferenceCause::OwnMissing(unit, which)) = part.cause else { continue };
        let mut cells = lead(lines, result, slot, unit, lines.unit(unit), lines.depth[unit]);
        let there = ListCell::Number(if which == Which::B { part.amount } else { -part.amount }, kind);
        let pair = if which == Which::A { [ListCell::Blank, there] } else { [there, ListCell::Blank] };
        cells.extend(pair);
        cells.push(if part.is_known { ListCell::Number(part.amount, kind) } else { ListCell::Blank });
        cells.push(lines.say(&message!("reconcile.cause_missing_line", side = ReconcileLines::side(which))).into());
        rows.push(ListRow { cells, strong: false });
    }
}

/// Contradictions inside a source, after the differences of the form.
fn inside_rows(lines: &ReconcileLines<'_>, result: &FormResult, rows: &mut Vec<ListRow>) {
    for inside in &result.inside {
        let Some(form) = &result.forms[usize::from(inside.source == Which::B)] else { continue };
        let kind = cell_name(form, inside.slot).kind;
        let figure = |figure| lines.figure(figure, kind);
        let (stated, summed) = (figure(inside.stated), figure(inside.summed));
        let side = ReconcileLines::side(inside.source);
        let said = message!("reconcile.cause_inside_line", side, stated, summed, returns = inside.returns);
        let mut cells = lead(lines, result, inside.slot, inside.unit, lines.unit(inside.unit), lines.depth[inside.unit]);
        cells.extend([ListCell::Blank, ListCell::Blank, ListCell::Blank]);
        cells.push(lines.say(&said).into());
        rows.push(ListRow { cells, strong: false });
    }
}

/// Returns, files and cells that one side does not have.
fn returns(lines: &ReconcileLines<'_>) -> Listing {
    let specs: [ColumnSpec<'_>; 7] = [
        ("what", 26.0, Align::Left),
        ("form", 12.0, Align::Centre),
        ("unit", 14.0, Align::Left),
        ("name", 36.0, Align::Left),
        ("numbers", 10.0, Align::Right),
        ("file", 40.0, Align::Left),
        ("note", 50.0, Align::Left),
    ];
    let mut rows = Vec::new();
    for result in &lines.result.forms {
        missing_rows(lines, result, &mut rows);
    }
    for which in Which::BOTH {
        for finding in &lines.result.name(which).unread {
            let what = lines.say(&message!("reconcile.missing_unread", side = ReconcileLines::side(which)));
            let file = finding.place.file.as_deref().unwrap_or_default();
            let unit = finding.subject.unit.as_deref().unwrap_or_default();
            let note = lines.schemas.rules.message(finding, lines.lang);
            let cells = vec![what.into(), ListCell::Blank, unit.into(), ListCell::Blank, ListCell::Blank, file.into(), note.into()];
            rows.push(ListRow { cells, strong: false });
        }
    }
    sheet(lines, lines.say(&message!("reconcile.sheet_returns")), columns(lines, &specs), rows)
}

fn missing_rows(lines: &ReconcileLines<'_>, result: &FormResult, rows: &mut Vec<ListRow>) {
    let symbol = result.form().map_or("", |form| &*form.symbol);
    let mut push = |cells: Vec<ListCell>, strong| rows.push(ListRow { cells, strong });
    for what in lines_of_whole(result) {
        let blanks = std::iter::repeat_n(ListCell::Blank, 5);
        push([lines.say(&what).into(), symbol.into()].into_iter().chain(blanks).collect(), true);
    }
    for missing in &result.missing {
        let form = result.forms[usize::from(missing.missing_in == Which::A)].as_ref();
        let there = form.and_then(|form| lines.result.submission(missing.missing_in.other(), form, missing.unit));
        let file = there.map(|s| s.source.file.to_string()).unwrap_or_default();
        let what = lines.say(&missing_return(missing.missing_in));
        let unit = [lines.code(missing.unit), lines.unit(missing.unit)].map(ListCell::from);
        let [code, name] = unit;
        push(vec![what.into(), symbol.into(), code, name, count(missing.numbers), file.into(), ListCell::Blank], false);
    }
    for &UncoveredCell { source: which, slot } in &result.uncovered {
        let Some(form) = result.form() else { continue };
        let name = cell_name(form, slot);
        let what = lines.say(&message!("reconcile.missing_uncovered", side = ReconcileLines::side(which)));
        let note = name.said(lines.presenter());
        let blank = ListCell::Blank;
        push(vec![what.into(), symbol.into(), blank.clone(), blank.clone(), blank.clone(), blank, note.into()], false);
    }
}
