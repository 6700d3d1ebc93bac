//! The explanation for a screen: a tree, folded to what weighs most.

use std::fmt::Write as _;

use super::words::{ExplainWords, returns};
use super::{ComparedFigure, taken_apart};
use crate::base::message::message;
use crate::query::explain::{Cause, Change, FigureDetail, Node, ReturnCount};

/// Parts shown by depth, where not all are; deeper ones are not shown.
const FOLDED: [usize; 3] = [8, 4, 3];
/// Units shown of a cause.
const UNITS: usize = 5;

/// The explanation as text.
pub fn text(words: &ExplainWords<'_>, all: bool) -> String {
    let head = words.above();
    let mut out = format!("{}\n", head.total);
    for line in head.lines.iter().chain(&head.notes) {
        let _ = writeln!(out, "  {line}");
    }
    let top = &words.own.top;
    if top.children.is_empty() {
        for note in words.notes(top, all) {
            let _ = writeln!(out, "    {note}");
        }
    } else {
        let _ = writeln!(out, "\n{}:", message!("explain.parts").said(words.lang));
        below(words, top, 0, all, &mut out);
    }
    let answers = words.answers();
    if !answers.is_empty() {
        let _ = writeln!(out, "\n{}:", message!("explain.answers").said(words.lang));
        for answer in &answers {
            let _ = writeln!(out, "  {answer}");
        }
    }
    if let Some(compared) = &words.own.against {
        against(words, compared, all, &mut out);
    }
    out
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth + 1)
}

/// Parts of a unit's total.
fn below(words: &ExplainWords<'_>, node: &Node, depth: usize, all: bool, out: &mut String) {
    if let Some(own) = node.own.as_ref().filter(|_| !node.children.is_empty()) {
        let name = words.own_return(node.unit);
        let places = words.places(own, &words.own.explained, all);
        let _ = writeln!(out, "{}{name}: {} — {}", indent(depth), words.said(own), places.join("; "));
    }
    let most = if all { usize::MAX } else { FOLDED.get(depth).copied().unwrap_or(0) };
    let mut parts: Vec<&Node> = node.children.iter().collect();
    if parts.len() > most {
        // Unknown parts are told first: the number lacks them.
        parts.sort_by_key(|part| (!part.is_lacking, std::cmp::Reverse(part.total.unsigned_abs()), part.unit));
    }
    let left = parts.split_off(parts.len().min(most));
    for part in parts {
        let notes = words.notes(part, all).join("; ");
        let notes = if notes.is_empty() { notes } else { format!(" — {notes}") };
        let _ = writeln!(out, "{}{}: {}{notes}", indent(depth), words.unit(part.unit), words.number(part));
        below(words, part, depth + 1, all, out);
    }
    if !left.is_empty() {
        let sum: i128 = left.iter().map(|part| part.total).sum();
        let more = message!("explain.more", left = left.len(), number = words.presenter().number(sum, words.kind()));
        let _ = writeln!(out, "{}{}", indent(depth), more.said(words.lang));
    }
}

/// Why it is not what it was.
fn against(words: &ExplainWords<'_>, compared: &ComparedFigure, all: bool, out: &mut String) {
    let _ = writeln!(out, "\n{}:", message!("explain.against_heading").said(words.lang));
    for line in compared_lines(words, compared) {
        let _ = writeln!(out, "  {line}");
    }
    for (cause, changes) in by_cause(compared) {
        let _ = writeln!(out, "  {}", cause_line(words, compared, cause, &changes));
        let most = if all { usize::MAX } else { UNITS };
        let mut shown = changes.clone();
        if shown.len() > most {
            shown.sort_by_key(|change| std::cmp::Reverse(change.amount.unsigned_abs()));
        }
        let left = shown.split_off(shown.len().min(most));
        let mut group = None;
        for change in shown {
            if group != change.merged_into.as_ref() {
                group = change.merged_into.as_ref();
                let _ = write!(out, "{}", group.map_or_else(String::new, |into| format!("    {}\n", merged_line(words, compared, into))));
            }
            let _ = writeln!(out, "    {}", change_line(words, compared, change));
            for place in words.change_places(compared, change, all) {
                let _ = writeln!(out, "      {place}");
            }
        }
        if !left.is_empty() {
            let sum: i128 = left.iter().map(|change| change.amount).sum();
            let more = message!("explain.more", left = left.len(), number = words.presenter().change(sum, words.kind()));
            let _ = writeln!(out, "    {}", more.said(words.lang));
        }
    }
    if !compared.difference.changes.is_empty() && !compared.is_unknown() {
        let amount = words.amount(compared, compared.difference.amount());
        let _ = writeln!(out, "  {}", message!("explain.against_sum", amount).said(words.lang));
    }
}

/// Lines before the causes.
pub fn compared_lines(words: &ExplainWords<'_>, compared: &ComparedFigure) -> Vec<String> {
    let ComparedFigure { older, newer, difference, tops } = compared;
    let [before, after] = tops.each_ref().map(|top| top.as_ref().map_or_else(|| "–".to_owned(), |top| words.number(top)));
    let states = [&older.explained.state, &newer.state].map(|state| words.state(state));
    let amount = words.amount(compared, difference.amount());
    let mut lines = vec![message!("explain.against_compared", before, older = states[0], after, newer = states[1], amount)];
    let code = &*words.tree().units[words.own.top.unit].code;
    let received = |explained: &FigureDetail| {
        let counted = || explained.figure.tree.find(code).map_or(ReturnCount::default(), |at| taken_apart(explained, at).returns);
        let (received, expected) = returns(explained, code, counted);
        format!("{received}/{expected}")
    };
    lines.push(message!("explain.against_coverage", before = received(&older.explained), after = received(newer)));
    if compared.is_lacking() {
        lines.push(if compared.is_unknown() { message!("explain.against_unknown") } else { message!("explain.against_lacking") });
    }
    if !difference.lacking_before.is_empty() {
        let list = words.named(difference.lacking_before.iter().map(|code| words.unit_in(compared, code)).collect());
        lines.push(message!("explain.against_lacking_before", count = difference.lacking_before.len(), list));
    }
    if difference.before_of_today != difference.before {
        let star = if difference.lacking_before.is_empty() { "" } else { "*" };
        let number = format!("{}{star}", words.presenter().number(difference.before_of_today, words.kind()));
        lines.push(if compared.is_same_term() {
            message!("explain.against_of_today", number)
        } else {
            message!("explain.against_of_today_in_tables", number)
        });
    }
    if older.explained.key != newer.key {
        lines.push(message!("explain.against_other_cell", key = older.explained.key));
    }
    if older.carried.is_some() {
        let keys: Vec<String> = older.parts.iter().map(ToString::to_string).collect();
        lines.push(message!("explain.against_made_of", keys = keys.join(", ")));
    }
    if difference.changes.is_empty() {
        lines.push(message!("explain.against_same"));
    } else if difference.amount() == 0 && !compared.is_lacking() {
        lines.push(message!("explain.against_no_change"));
    }
    lines.iter().map(|line| line.said(words.lang)).collect()
}

/// Changes by cause, in the order they are told.
pub fn by_cause(compared: &ComparedFigure) -> Vec<(Cause, Vec<&Change>)> {
    let of = |cause| compared.difference.changes.iter().filter(|change| change.cause == cause).collect::<Vec<&Change>>();
    Cause::ALL.into_iter().map(|cause| (cause, of(cause))).filter(|(_, changes)| !changes.is_empty()).collect()
}

fn cause_line(words: &ExplainWords<'_>, compared: &ComparedFigure, cause: Cause, changes: &[&Change]) -> String {
    // Of nothing but what is not known there is no sum.
    let is_unknown = cause == Cause::Unknown && compared.is_unknown();
    let amount = if is_unknown { "?".to_owned() } else { words.presenter().change(compared.difference.of(cause), words.kind()) };
    message!("explain.against_cause", cause = ExplainWords::cause(compared, cause), amount, units = changes.len()).said(words.lang)
}

/// Line of units that were merged into one: their losses and its gain, together.
pub fn merged_line(words: &ExplainWords<'_>, compared: &ComparedFigure, into: &str) -> String {
    let changes = compared.difference.changes.iter().filter(|change| change.merged_into.as_deref() == Some(into));
    let amount = words.presenter().change(changes.map(|change| change.amount).sum::<i128>(), words.kind());
    message!("explain.against_merged", name = ExplainWords::name_in(compared, into), unit = into, amount).said(words.lang)
}

/// A unit, what it said, what it says.
pub fn change_line(words: &ExplainWords<'_>, compared: &ComparedFigure, change: &Change) -> String {
    let [before, after] = words.sides(compared, change);
    let is_known = [&change.before, &change.after].into_iter().flatten().all(|own| !own.status.is_broken());
    let amount = if is_known { words.presenter().change(change.amount, words.kind()) } else { "?".to_owned() };
    let name = ExplainWords::name_in(compared, &change.unit);
    message!("explain.against_change", name, unit = change.unit, before, after, amount).said(words.lang)
}
