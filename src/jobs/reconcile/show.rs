//! A comparison on the screen, worst first.

use std::fmt::Write as _;

use super::Counts;
use super::lines::{CellName, ReconcileLines, cell_name, lines_of_whole, missing_return};
use crate::base::message::message;
use crate::query::reconcile::{ComparisonKind, Difference, FormResult, Which};
use crate::register::UnitIndex;

/// Units shown of one cell; all of them are in the files.
const UNITS: usize = 8;

/// The comparison as text, `cells` of every form at most.
pub fn text(lines: &ReconcileLines<'_>, cells: usize) -> String {
    let mut out = format!("{}\n", lines.say(&message!("reconcile.title")));
    for line in lines.head() {
        let _ = writeln!(out, "  {line}");
    }
    for result in &lines.result.forms {
        show_form(lines, result, cells, &mut out);
    }
    for which in Which::BOTH {
        for finding in &lines.result.name(which).unread {
            let message = lines.schemas.rules.message(finding, lines.lang);
            let file = finding.place.file.as_deref().unwrap_or_default();
            let unread = message!("reconcile.screen_unread", side = ReconcileLines::side(which), file, message);
            let _ = writeln!(out, "{}", lines.say(&unread));
        }
    }
    let _ = writeln!(out, "{}", verdict(lines));
    out
}

/// One sentence: they agree, or how much differs.
fn verdict(lines: &ReconcileLines<'_>) -> String {
    if lines.result.is_equal() {
        return lines.say(&message!("reconcile.equal"));
    }
    let counts: Vec<Counts> = lines.result.forms.iter().map(Counts::of).collect();
    let sum = |of: fn(&Counts) -> usize| counts.iter().map(of).sum::<usize>();
    let lowest = lines.result.forms.iter().flat_map(|f| &f.differences).filter(|d| d.lowest && d.kind != ComparisonKind::NotComparable);
    let mut units: Vec<UnitIndex> = lowest.map(|d| d.unit).collect();
    units.sort_unstable();
    units.dedup();
    let (differences, not_comparable) = (sum(|c| c.differing), sum(|c| c.not_comparable));
    let missing = sum(|c| c.missing.iter().sum());
    lines.say(&message!("reconcile.unequal", differences, units = units.len(), not_comparable, missing))
}

fn show_form(lines: &ReconcileLines<'_>, result: &FormResult, cells: usize, out: &mut String) {
    let Some(form) = result.form() else { return };
    let counts = Counts::of(result);
    let number = |number: usize| lines.presenter().count(number as u64);
    let [cells_compared, units] = [result.cells, result.lowest.len()].map(number);
    let [differing, totals, not_comparable] = [counts.differing, counts.totals, counts.not_comparable].map(number);
    let [missing_a, missing_b] = counts.missing.map(number);
    let line = message!(
        "reconcile.screen_form",
        symbol = form.symbol,
        cells = cells_compared,
        units,
        differing,
        totals,
        not_comparable,
        missing_a,
        missing_b
    );
    let _ = writeln!(out, "\n{}", lines.say(&line));
    for line in lines_of_whole(result) {
        let _ = writeln!(out, "  {}", lines.say(&line));
    }
    if result.forms.iter().all(Option::is_some) {
        for missing in &result.missing {
            let what = lines.say(&missing_return(missing.missing_in));
            let _ = writeln!(out, "  {what}: {} {}", lines.code(missing.unit), lines.unit(missing.unit));
        }
    }
    show_notes(lines, result, out);
    show_cells(lines, result, cells, out);
}

/// Notes on a form, one line each.
fn show_notes(lines: &ReconcileLines<'_>, result: &FormResult, out: &mut String) {
    let mut notes = Vec::new();
    for group in result.inside.chunk_by(|x, y| (x.source, x.unit) == (y.source, y.unit)) {
        let (unit, cells, returns) = (group[0].unit, group.len(), group[0].returns);
        let (side, name) = (ReconcileLines::side(group[0].source), lines.unit(unit));
        notes.push(message!("reconcile.screen_inside", side, cells, unit = lines.code(unit), name, returns));
    }
    for which in Which::BOTH {
        let cells = result.uncovered.iter().filter(|own| own.source == which).count();
        if cells > 0 {
            notes.push(message!("reconcile.screen_uncovered", side = ReconcileLines::side(which), cells));
        }
    }
    let due = ReconcileLines::due_to_missing(result);
    if due > 0 {
        notes.push(message!("reconcile.screen_due_to_missing", cells = due));
    }
    if result.in_neither > 0 {
        notes.push(message!("reconcile.screen_in_neither", units = result.in_neither));
    }
    if result.blank_zero > 0 && !lines.result.strict_blank {
        notes.push(message!("reconcile.screen_blank_zero", cells = result.blank_zero));
    }
    for note in &notes {
        let _ = writeln!(out, "  {}", lines.say(note));
    }
}

/// Cells with their units, the largest difference first.
fn show_cells(lines: &ReconcileLines<'_>, result: &FormResult, most: usize, out: &mut String) {
    let Some(form) = result.form() else { return };
    let mut cells = lines.by_cell(result);
    let weight = |differences: &[&Difference]| {
        let known = differences.iter().filter(|d| d.kind != ComparisonKind::NotComparable);
        known.map(|d| d.amount().unsigned_abs()).max().unwrap_or(0)
    };
    cells.sort_by_key(|(slot, differences)| (std::cmp::Reverse(weight(differences)), *slot));
    for (slot, differences) in cells.iter().take(most) {
        let name = cell_name(form, *slot);
        let _ = writeln!(out, "  {}", name.said(lines.presenter()));
        for difference in differences.iter().take(UNITS) {
            show_difference(lines, result, difference, &name, out);
        }
        if differences.len() > UNITS {
            let left = differences.len() - UNITS;
            let _ = writeln!(out, "    {}", lines.say(&message!("reconcile.more_units", left)));
        }
    }
    if cells.len() > most {
        let left = cells.len() - most;
        let _ = writeln!(out, "  {}", lines.say(&message!("reconcile.more", left)));
    }
}

fn show_difference(lines: &ReconcileLines<'_>, result: &FormResult, difference: &Difference, name: &CellName, out: &mut String) {
    let figure = |figure| lines.figure(figure, name.kind);
    let (a, b) = (figure(difference.a), figure(difference.b));
    let amount = if difference.kind == ComparisonKind::NotComparable {
        "?".to_owned()
    } else {
        lines.presenter().change(difference.amount(), name.kind)
    };
    let line = message!("reconcile.screen_line", unit = lines.code(difference.unit), name = lines.subject(difference), a, b, amount);
    let indent = "  ".repeat(lines.indent(difference));
    let _ = write!(out, "    {indent}{}", lines.say(&line));
    if difference.lowest || difference.due_to_missing {
        let _ = write!(out, ": {}", lines.cause(difference, name.kind));
        let place = lines.place_text(lines.result.trust, result, difference);
        if !place.is_empty() {
            let _ = write!(out, " [{place}]");
        }
    }
    out.push('\n');
}
