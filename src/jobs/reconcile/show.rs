//! A comparison on the screen, worst first.

use std::fmt::Write as _;

use super::Counts;
use super::lines::{CellName, ReconcileLines, cell_name};
use crate::base::number::{NumberKind, show};
use crate::query::reconcile::{ComparisonKind, Difference, FormResult, Which};

/// Units shown of one cell; all of them are in the files.
const UNITS: usize = 8;

/// The comparison as text, `cells` of every form at most.
pub fn text(lines: &ReconcileLines<'_>, cells: usize) -> String {
    let head = &lines.result.texts.head;
    let mut out = format!("{}\n", lines.say(head, "title", &[]));
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
            let fields = [("side", ReconcileLines::side(which)), ("file", file), ("message", &message)];
            let _ = writeln!(out, "{}", lines.say(&lines.result.texts.screen, "unread", &fields));
        }
    }
    let _ = writeln!(out, "{}", verdict(lines));
    out
}

/// One sentence: they agree, or how much differs.
fn verdict(lines: &ReconcileLines<'_>) -> String {
    let head = &lines.result.texts.head;
    if lines.result.is_equal() {
        return lines.say(head, "equal", &[]);
    }
    let counts: Vec<Counts> = lines.result.forms.iter().map(Counts::of).collect();
    let sum = |of: fn(&Counts) -> usize| counts.iter().map(of).sum::<usize>().to_string();
    let lowest = lines.result.forms.iter().flat_map(|f| &f.differences).filter(|d| d.lowest && d.kind != ComparisonKind::NotComparable);
    let mut units: Vec<usize> = lowest.map(|d| d.unit).collect();
    units.sort_unstable();
    units.dedup();
    let fields = [
        ("differences", &*sum(|c| c.differing)),
        ("units", &*units.len().to_string()),
        ("not_comparable", &*sum(|c| c.not_comparable)),
        ("missing", &*sum(|c| c.missing.iter().sum())),
    ];
    lines.say(head, "unequal", &fields)
}

fn show_form(lines: &ReconcileLines<'_>, result: &FormResult, cells: usize, out: &mut String) {
    let texts = &lines.result.texts;
    let Some(form) = result.form() else { return };
    let counts = Counts::of(result);
    let numbers = [
        ("cells", result.cells),
        ("units", result.lowest.len()),
        ("differing", counts.differing),
        ("totals", counts.totals),
        ("not_comparable", counts.not_comparable),
        ("missing_a", counts.missing[0]),
        ("missing_b", counts.missing[1]),
    ]
    .map(|(name, number)| (name, show(i64::try_from(number).unwrap_or(i64::MAX), NumberKind::Counts)));
    let fields: Vec<(&str, &str)> = std::iter::once(("symbol", &*form.symbol)).chain(numbers.iter().map(|(n, v)| (*n, &**v))).collect();
    let _ = writeln!(out, "\n{}", lines.say(&texts.screen, "form", &fields));
    let whole = [(result.other_layout, "other_layout"), (result.forms[0].is_none(), "form_a"), (result.forms[1].is_none(), "form_b")];
    for (_, id) in whole.into_iter().filter(|(is_so, _)| *is_so) {
        let _ = writeln!(out, "  {}", lines.say(&texts.missing, id, &[]));
    }
    if result.forms.iter().all(Option::is_some) {
        for missing in &result.missing {
            let id = if missing.missing_in == Which::A { "return_a" } else { "return_b" };
            let _ = writeln!(out, "  {}: {} {}", lines.say(&texts.missing, id, &[]), lines.code(missing.unit), lines.unit(missing.unit));
        }
    }
    show_notes(lines, result, out);
    show_cells(lines, result, cells, out);
}

/// What is said of a form in one line each.
fn show_notes(lines: &ReconcileLines<'_>, result: &FormResult, out: &mut String) {
    let screen = &lines.result.texts.screen;
    for group in result.inside.chunk_by(|x, y| (x.source, x.unit) == (y.source, y.unit)) {
        let (unit, cells, returns) = (group[0].unit, group.len().to_string(), group[0].returns.to_string());
        let fields = [
            ("side", ReconcileLines::side(group[0].source)),
            ("cells", &*cells),
            ("unit", lines.code(unit)),
            ("name", lines.unit(unit)),
            ("returns", &*returns),
        ];
        let _ = writeln!(out, "  {}", lines.say(screen, "inside", &fields));
    }
    for which in Which::BOTH {
        let cells = result.uncovered.iter().filter(|own| own.source == which).count();
        if cells > 0 {
            let fields = [("side", ReconcileLines::side(which)), ("cells", &*cells.to_string())];
            let _ = writeln!(out, "  {}", lines.say(screen, "uncovered", &fields));
        }
    }
    let due = ReconcileLines::due_to_missing(result);
    if due > 0 {
        let _ = writeln!(out, "  {}", lines.say(screen, "due_to_missing", &[("cells", &due.to_string())]));
    }
    if result.in_neither > 0 {
        let _ = writeln!(out, "  {}", lines.say(screen, "in_neither", &[("units", &result.in_neither.to_string())]));
    }
    if result.blank_zero > 0 && !lines.result.strict_blank {
        let _ = writeln!(out, "  {}", lines.say(screen, "blank_zero", &[("cells", &result.blank_zero.to_string())]));
    }
}

/// Cells with their units, the largest difference first.
fn show_cells(lines: &ReconcileLines<'_>, result: &FormResult, most: usize, out: &mut String) {
    let Some(form) = result.form() else { return };
    let texts = &lines.result.texts;
    let mut cells = lines.by_cell(result);
    let weight = |differences: &[&Difference]| {
        let known = differences.iter().filter(|d| d.kind != ComparisonKind::NotComparable);
        known.map(|d| d.amount().unsigned_abs()).max().unwrap_or(0)
    };
    cells.sort_by_key(|(slot, differences)| (std::cmp::Reverse(weight(differences)), *slot));
    for (slot, differences) in cells.iter().take(most) {
        let name = cell_name(form, *slot);
        let (code, column) = (&*name.code, name.column.to_string());
        let fields =
            [("sheet", &*name.sheet_name), ("code", code), ("label", &*name.label), ("column", &*column), ("heading", &*name.heading)];
        let _ = writeln!(out, "  {}", lines.say(&texts.screen, "cell", &fields));
        for difference in differences.iter().take(UNITS) {
            show_difference(lines, result, difference, &name, out);
        }
        if differences.len() > UNITS {
            let left = (differences.len() - UNITS).to_string();
            let _ = writeln!(out, "    {}", lines.say(&texts.head, "more_units", &[("left", &left)]));
        }
    }
    if cells.len() > most {
        let left = (cells.len() - most).to_string();
        let _ = writeln!(out, "  {}", lines.say(&texts.head, "more", &[("left", &left)]));
    }
}

fn show_difference(lines: &ReconcileLines<'_>, result: &FormResult, difference: &Difference, name: &CellName, out: &mut String) {
    let figure = |figure| lines.figure(figure, name.kind);
    let (a, b) = (figure(difference.a), figure(difference.b));
    let amount = if difference.kind == ComparisonKind::NotComparable {
        "?".to_owned()
    } else {
        ReconcileLines::signed(difference.amount(), name.kind)
    };
    let unit = difference.unit;
    let fields = [("unit", lines.code(unit)), ("name", &*lines.subject(difference)), ("a", &*a), ("b", &*b), ("amount", &*amount)];
    let indent = "  ".repeat(lines.indent(difference));
    let _ = write!(out, "    {indent}{}", lines.say(&lines.result.texts.screen, "line", &fields));
    if difference.lowest || difference.due_to_missing {
        let _ = write!(out, ": {}", lines.cause(difference, name.kind));
        let place = lines.place_text(lines.result.trust, result, difference);
        if !place.is_empty() {
            let _ = write!(out, " [{place}]");
        }
    }
    out.push('\n');
}
