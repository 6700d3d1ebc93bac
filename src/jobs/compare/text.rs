//! The comparison for a screen: what changed most.

use std::fmt::Write as _;

use super::collect::SeenForms;
use super::words::CompareWords;
use super::{Comparison, ComparisonSubject};
use crate::base::message::{Message, message};
use crate::base::number::NumberKind;
use crate::query::compare::{CellChange, ComparedTotal, FigureName, FormCounts, ReturnsByState, TotalChange, UnitChange};
use crate::query::explain::UnitValue;

/// Lines shown of a list.
const LINES: usize = 10;

/// The comparison as text.
pub fn text(wording: &CompareWords<'_>) -> String {
    let mut out = String::new();
    for comparison in &wording.own.all {
        let _ = writeln!(out, "{}", message!("compare.title").said(wording.lang));
        for line in wording.subject(comparison) {
            let _ = writeln!(out, "  {line}");
        }
        if let ComparisonSubject::States(pair) = &comparison.subject {
            // A form that nobody has sent in either state is no news.
            let lines = pair.forms.iter().filter(|form| form.returns != ReturnsByState::default()).map(|form| form_line(wording, form));
            for line in lines.chain(wording.notes(pair)) {
                let _ = writeln!(out, "{line}");
            }
        }
        lists(wording, comparison, &mut out);
        let _ = writeln!(out, "{}", wording.verdict(comparison));
    }
    out
}

fn form_line(wording: &CompareWords<'_>, form: &FormCounts) -> String {
    let count = |number: u64| wording.presenter().count(number);
    let ReturnsByState { both, only_older: before, only_newer: after } = form.returns;
    let [cells, changed, totals] = [form.cells, form.changed, form.totals].map(count);
    let [both, only_before, only_after] = [both, before, after].map(|number| count(number as u64));
    message!("compare.screen_form", symbol = form.symbol, cells, changed, totals, both, only_before, only_after).said(wording.lang)
}

/// The largest changes of totals and of cells, of counts and of amounts, and what became of units.
fn lists(wording: &CompareWords<'_>, comparison: &Comparison, out: &mut String) {
    let totals = match comparison.subject {
        ComparisonSubject::Units(_) => [message!("compare.screen_figures"), message!("compare.screen_figures_amounts")],
        ComparisonSubject::States(_) => [message!("compare.screen_totals"), message!("compare.screen_totals_amounts")],
    };
    let cells = [message!("compare.screen_cells"), message!("compare.screen_cells_amounts")];
    // Those at the top of the tree stand first.
    let kind = |figure: &FigureName| figure.name.kind;
    let line = |change: &TotalChange| total_line(wording, comparison, change);
    let of_kind = |change: &TotalChange| kind(&change.figure);
    let own = Changes { headings: totals, all: &comparison.totals, seen: comparison.totals_seen, line: &line, kind: &of_kind };
    list(wording, &own, out);
    let line = |change: &CellChange| cell_line(wording, comparison, change);
    let of_kind = |change: &CellChange| kind(&change.figure);
    let own = Changes { headings: cells, all: &comparison.cells, seen: comparison.cells_seen, line: &line, kind: &of_kind };
    list(wording, &own, out);
    if let ComparisonSubject::States(pair) = &comparison.subject {
        let seen = SeenForms { counts: pair.units.len() as u64, amounts: 0 };
        let line = |change: &UnitChange| wording.fate(comparison, change);
        let headings = [message!("compare.screen_units"), message!("compare.screen_units")];
        list(wording, &Changes { headings, all: &pair.units, seen, line: &line, kind: &|_| NumberKind::Counts }, out);
    }
}

/// Changes of one sort, and how they are told.
struct Changes<'a, T> {
    /// Said above counts, and above amounts.
    headings: [Message; 2],
    /// Those that were kept.
    all: &'a [T],
    seen: SeenForms,
    line: &'a dyn Fn(&T) -> String,
    kind: &'a dyn Fn(&T) -> NumberKind,
}

fn list<T>(wording: &CompareWords<'_>, changes: &Changes<'_, T>, out: &mut String) {
    let Changes { headings: [of_counts, of_amounts], all, seen, line, kind } = changes;
    for (seen, wanted, heading) in [(seen.counts, NumberKind::Counts, of_counts), (seen.amounts, NumberKind::Amounts, of_amounts)] {
        let own: Vec<&T> = all.iter().filter(|one| kind(one) == wanted).collect();
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}:", heading.said(wording.lang));
        for one in own.iter().take(LINES) {
            let _ = writeln!(out, "  {}", line(one));
        }
        let left = seen.saturating_sub(own.len().min(LINES) as u64);
        if left > 0 {
            let left = wording.presenter().count(left);
            let _ = writeln!(out, "  {}", message!("compare.more", left).said(wording.lang));
        }
    }
}

fn total_line(wording: &CompareWords<'_>, comparison: &Comparison, change: &TotalChange) -> String {
    let kind = change.figure.name.kind;
    let said = |total: &ComparedTotal| wording.total(total, kind);
    let (before, after) = (said(&change.before), said(&change.after));
    let star = if change.is_whole() { "" } else { "*" };
    let amount = change.amount().map_or_else(|| "?".to_owned(), |amount| format!("{}{star}", wording.presenter().change(amount, kind)));
    let (name, unit) = (CompareWords::unit(comparison, &change.unit), &change.unit);
    let line = if unit.is_empty() {
        message!("compare.screen_pair", before, after, amount)
    } else {
        message!("compare.screen_line", name, unit, before, after, amount)
    };
    format!("{}: {}", wording.cell(&change.figure), line.said(wording.lang))
}

fn cell_line(wording: &CompareWords<'_>, comparison: &Comparison, change: &CellChange) -> String {
    let kind = change.figure.name.kind;
    let said = |own: &Option<UnitValue>| wording.said(own.as_ref(), kind);
    let amount = if change.is_counted() { wording.presenter().change(change.amount(), kind) } else { "?".to_owned() };
    let (before, after) = (said(&change.before), said(&change.after));
    let name = CompareWords::unit(comparison, &change.unit);
    let line = message!("compare.screen_line", name, unit = change.unit, before, after, amount);
    format!("{}: {}", wording.cell(&change.figure), line.said(wording.lang))
}
