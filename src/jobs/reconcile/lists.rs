//! Corrections: one line per cell of a unit, and a workbook per unit.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::lines::{ReconcileLines, cell_name};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::jobs::reports::unit_names;
use crate::present::{Align, LEFT, ListCell, ListColumn, ListRow, Listing, WorkbookPlan, listing, write_xlsx};
use crate::query::reconcile::{ComparisonKind, Difference, FormResult, ReconcileScope, UnmatchedReturn, Which};
use crate::register::UnitIndex;

/// A line of the correction list.
pub struct Correction {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// Its cells, in the order of [`correction_columns`].
    pub cells: Vec<ListCell>,
}

/// A column: its text id, width, alignment.
pub type ColumnSpec<'a> = (&'a str, f64, Align);

/// Headings of the correction list, for the whole list or that of one unit.
pub fn correction_columns(lines: &ReconcileLines<'_>, of_unit: bool) -> Vec<ListColumn> {
    let (wrong, right, place) = if lines.result.trust == Which::A {
        (("wrong_b", 12.0, Align::Right), ("right_a", 12.0, Align::Right), ("place_a", 24.0, Align::Left))
    } else {
        (("wrong_a", 12.0, Align::Right), ("right_b", 12.0, Align::Right), ("place_b", 24.0, Align::Left))
    };
    let units: [ColumnSpec<'_>; 3] = [("unit", 11.0, Align::Left), ("name", 22.0, Align::Left), ("parent", 15.0, Align::Left)];
    let cells: [ColumnSpec<'_>; 10] = [
        ("form", 10.0, Align::Centre),
        ("sheet", 11.0, Align::Left),
        ("code", 7.0, Align::Centre),
        ("label", 24.0, Align::Left),
        ("column", 6.0, Align::Centre),
        ("heading", 19.0, Align::Left),
        wrong,
        right,
        place,
        ("note", 22.0, Align::Left),
    ];
    let units = units.into_iter().filter(|_| !of_unit);
    columns(lines, &units.chain(cells).collect::<Vec<_>>())
}

/// Columns of a listing by their text ids.
pub fn columns(lines: &ReconcileLines<'_>, specs: &[ColumnSpec<'_>]) -> Vec<ListColumn> {
    let column =
        |&(id, width, align): &ColumnSpec<'_>| ListColumn { heading: lines.say(&Message::of_family("reconcile.column", id)), width, align };
    specs.iter().map(column).collect()
}

/// Every correction, unit by unit in the order of the tree.
pub fn corrections(lines: &ReconcileLines<'_>) -> Vec<Correction> {
    let mut all = Vec::new();
    for result in &lines.result.forms {
        let missing = result.missing.iter().map(|missing| missing_line(lines, result, missing));
        let cells = result.differences.iter().filter(|d| d.lowest).filter_map(|d| cell_line(lines, result, d));
        all.extend(missing.chain(cells));
    }
    // Stable: inside a unit, forms and cells stay in the order of the form.
    all.sort_by_key(|line| lines.rank[line.unit]);
    all
}

/// A whole return that one side lacks.
fn missing_line(lines: &ReconcileLines<'_>, result: &FormResult, missing: &UnmatchedReturn) -> Correction {
    let trust = lines.result.trust;
    let form = result.forms[usize::from(missing.missing_in == Which::A)].as_ref();
    let file = form.and_then(|form| lines.result.submission(missing.missing_in.other(), form, missing.unit));
    let file = file.map(|s| s.source.file.to_string()).unwrap_or_default();
    let is_to_enter = missing.missing_in != trust;
    let note = if is_to_enter { message!("reconcile.missing_to_enter", file) } else { message!("reconcile.missing_to_explain") };
    let mut cells = unit_cells(lines, missing.unit);
    cells.push(form.map_or("", |form| &*form.symbol).into());
    cells.extend(std::iter::repeat_n(ListCell::Blank, 7));
    cells.push(if is_to_enter { file.into() } else { ListCell::Blank });
    cells.push(lines.say(&note).into());
    Correction { unit: missing.unit, cells }
}

fn unit_cells(lines: &ReconcileLines<'_>, unit: UnitIndex) -> Vec<ListCell> {
    vec![lines.code(unit).into(), lines.unit(unit).into(), lines.parent(unit).into()]
}

/// A cell that is to be corrected; none where the trusted side does not know better.
fn cell_line(lines: &ReconcileLines<'_>, result: &FormResult, difference: &Difference) -> Option<Correction> {
    let trust = lines.result.trust;
    let (right, wrong) = if trust == Which::A { (difference.a, difference.b) } else { (difference.b, difference.a) };
    if right.incomplete {
        return None;
    }
    let form = result.form()?;
    let name = cell_name(form, difference.slot);
    let figure = |figure: crate::query::reconcile::SourceFigure| match figure.value() {
        Some(number) => ListCell::Number(number, name.kind),
        None => lines.figure(figure, name.kind).into(),
    };
    let mut notes = Vec::new();
    if difference.kind == ComparisonKind::NotComparable {
        notes.push(ReconcileLines::kind(difference));
    }
    if difference.follows {
        notes.push(message!("reconcile.cause_total"));
    }
    if difference.scope == ReconcileScope::Total {
        notes.push(message!("reconcile.missing_unlocated"));
    }
    let mut cells = unit_cells(lines, difference.unit);
    cells.extend([
        ListCell::from(&*form.symbol),
        (&*name.sheet_name).into(),
        (&*name.code).into(),
        name.label.into(),
        name.column.to_string().into(),
        name.heading.into(),
        figure(wrong),
        figure(right),
        lines.place_text(trust, result, difference).into(),
        lines.say(&Message::join(&notes, "; ")).into(),
    ]);
    Some(Correction { unit: difference.unit, cells })
}

/// Name of the correction list.
pub fn list_name(lines: &ReconcileLines<'_>) -> String {
    lines.say(&if lines.result.trust == Which::A { message!("reconcile.sheet_fix_b") } else { message!("reconcile.sheet_fix_a") })
}

/// One small workbook per unit with anything to correct: file name and bytes.
pub fn school_lists(lines: &ReconcileLines<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let mut by_unit: BTreeMap<UnitIndex, Vec<ListRow>> = BTreeMap::new();
    for line in corrections(lines) {
        let cells = line.cells.into_iter().skip(3).collect();
        by_unit.entry(line.unit).or_default().push(ListRow { cells, strong: false });
    }
    let names = unit_names(&lines.result.tree);
    let made = by_unit.into_par_iter().map(|(unit, rows)| {
        let name = format!("{}.xlsx", names.of(lines.code(unit)));
        let bytes = unit_list(lines, unit, rows, &name)?;
        Ok((name, bytes))
    });
    made.collect()
}

/// The workbook of one unit.
fn unit_list(lines: &ReconcileLines<'_>, unit: UnitIndex, rows: Vec<ListRow>, name: &str) -> Result<Vec<u8>> {
    let title = list_name(lines);
    let whose = format!("{} – {}", lines.code(unit), lines.unit(unit));
    let sheet = Listing {
        name: title.clone(),
        lines: [vec![title.clone(), whose], lines.head()].concat(),
        columns: correction_columns(lines, true),
        rows,
        more: 0,
        fixed_columns: 0,
        cut: lines.say(&message!("reconcile.cut", left = LEFT)),
        ..Listing::default()
    };
    let plan = WorkbookPlan {
        title,
        created: lines.result.tree.day,
        author: lines.result.tree.top_name().to_owned(),
        state: lines.result.state.lines(lines.lang),
        sheets: vec![listing(&sheet)],
        names: Vec::new(),
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, name, e))
}
