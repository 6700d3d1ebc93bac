//! Sums that are written beside their parts: up a hierarchy, and in long tables.
//!
//! A part that stands twice or not at all leaves the sum undecided: which of the rows is right nobody can say from here.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::key_twice;
use super::outcome::{Outcome, quote};
use super::rows::{RowScope, number, tolerated};
use super::sets::keyed;
use super::view::{TableView, UndecidedReason};
use crate::base::text::fold;
use crate::findings::Observed;
use crate::rulebook::{Hierarchy, Parts, verbatim};
use crate::rules::expression::Ratio;

/// Parts told in a finding; of more, how many.
const MOST_PARTS: usize = 12;

/// A row, and the rows it should be the sum of.
struct Sum<'a> {
    whole: usize,
    parts: &'a [usize],
    /// The column that names the parts.
    name: &'a String,
    value: &'a String,
    tolerance: f64,
}

impl Sum<'_> {
    /// Holds the whole to its parts.
    fn compare(&self, scope: &RowScope<'_>, shown: &[&String], outcome: &mut Outcome) {
        let view = scope.view;
        let place = view.place(Some(self.whole), Some(self.value));
        let sides = self.total(view).and_then(|total| Ok((number(view, self.whole, self.value)?, total)));
        let (own, total) = match sides {
            Ok(sides) => sides,
            Err(reason) => return outcome.undecided(place, &reason),
        };
        let apart = total.negated().and_then(|total| own.plus(total)).and_then(Ratio::magnitude);
        match apart.and_then(|apart| apart.compared(tolerated(self.tolerance))) {
            None => outcome.undecided(place, &UndecidedReason::new("undecided", "")),
            Some(order) if order.is_le() => outcome.valid(),
            Some(_) => {
                let finding = outcome.invalid(place);
                quote(finding, view, self.whole, shown.iter().copied().chain([self.value]));
                if view.is_quotable(self.value) {
                    finding.expected = total.exactly().into();
                    finding.detail = self.parts_text(view).into();
                }
                scope.fill(finding, view, Some(self.whole), &|leaf| scope.field(view, self.whole, leaf));
            }
        }
    }

    fn total(&self, view: &TableView<'_>) -> Result<Ratio, UndecidedReason> {
        let mut total = Ratio::nought();
        for &part in self.parts {
            total = total.plus(number(view, part, self.value)?).ok_or_else(|| UndecidedReason::new("undecided", ""))?;
        }
        Ok(total)
    }

    /// The parts with what they say: `A = 40; B = 30`.
    fn parts_text(&self, view: &TableView<'_>) -> String {
        let told = |&part: &usize| {
            let name = view.quoted(part, self.name).map_or_else(|| view.line(part).to_string(), |name| verbatim(&name));
            Some(format!("{name} = {}", number(view, part, self.value).ok()?.exactly()))
        };
        let mut texts: Vec<String> = self.parts.iter().take(MOST_PARTS).filter_map(told).collect();
        if self.parts.len() > MOST_PARTS {
            texts.push(format!("… ({})", self.parts.len()));
        }
        texts.join("; ")
    }
}

/// The first of some rows whose key another of them has.
fn twice(view: &TableView<'_>, rows: &[usize], columns: &[String]) -> Option<usize> {
    let mut seen = BTreeSet::new();
    rows.iter().copied().find(|&row| view.key(row, columns).is_ok_and(|key| !seen.insert(key)))
}

/// A row that has children says their sum.
pub fn hierarchy(scope: &RowScope<'_>, hierarchy: &Hierarchy, outcome: &mut Outcome) {
    let view = scope.view;
    let Hierarchy { key, parent, value, by, parts, tolerance } = hierarchy;
    if let Err(reason) = view.has([key, parent, value].into_iter().chain(by)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let rows = scope.rows(view, outcome);
    let named = |column: &String| by.iter().chain([column]).cloned().collect::<Vec<_>>();
    let (own_key, parent_key) = (named(key), named(parent));
    circles(scope, &rows, &own_key, &parent_key, outcome);
    let below = rows.iter().copied().filter(|&row| !view.is_missing(row, parent)).collect();
    let mut children: BTreeMap<Vec<String>, Vec<usize>> = keyed(view, below, &parent_key, outcome);
    // A row whose own key is not known was told of as a child, if it is one.
    let with_key = rows.iter().copied().filter(|&row| view.is_missing(row, parent) || view.key(row, &parent_key).is_ok()).collect();
    for (name, rows) in keyed(view, with_key, &own_key, outcome) {
        let Some(children) = children.remove(&name) else { continue };
        let [whole] = rows[..] else {
            for row in rows {
                outcome.undecided(view.place(Some(row), Some(key)), &UndecidedReason::new("several-matching-rows", view.name));
            }
            continue;
        };
        let place = view.place(Some(whole), Some(value));
        if let Some(row) = twice(view, &children, &own_key) {
            outcome.undecided(place, &key_twice(view, row, std::slice::from_ref(key)));
            continue;
        }
        let there: BTreeSet<String> =
            children.iter().filter_map(|&row| Some(view.key(row, std::slice::from_ref(key)).ok()?.remove(0))).collect();
        if let Some(part) = parts.iter().find(|part| !there.contains(&fold(part))) {
            outcome.undecided(place, &UndecidedReason::new("part-missing", part));
            continue;
        }
        let shown: Vec<&String> = by.iter().chain([key]).collect();
        Sum { whole, parts: &children, name: key, value, tolerance: *tolerance }.compare(scope, &shown, outcome);
    }
    // Rows that name a row above which is not there cannot be added up.
    for row in children.into_values().flatten() {
        outcome.undecided(view.place(Some(row), Some(parent)), &UndecidedReason::new("no-matching-row", view.name));
    }
}

/// Rows that are above themselves: each circle once, at its first row.
fn circles(scope: &RowScope<'_>, rows: &[usize], own: &[String], above: &[String], outcome: &mut Outcome) {
    let view = scope.view;
    let mut parents: BTreeMap<Vec<String>, (usize, Vec<String>)> = BTreeMap::new();
    for &row in rows {
        if let (Ok(key), Ok(parent)) = (view.key(row, own), view.key(row, above)) {
            parents.entry(key).or_insert((row, parent));
        }
    }
    let mut settled: BTreeSet<&Vec<String>> = BTreeSet::new();
    for start in parents.keys() {
        let mut path: Vec<&Vec<String>> = Vec::new();
        let mut on_path: BTreeSet<&Vec<String>> = BTreeSet::new();
        let mut at = start;
        while let Some((_, parent)) = parents.get(at).filter(|_| !settled.contains(at)) {
            if !on_path.insert(at) {
                let circle: Vec<usize> = path.iter().skip_while(|key| **key != at).filter_map(|key| Some(parents.get(*key)?.0)).collect();
                told_circle(scope, &circle, own, outcome);
                break;
            }
            path.push(at);
            at = parent;
        }
        settled.extend(path);
    }
}

fn told_circle(scope: &RowScope<'_>, circle: &[usize], own: &[String], outcome: &mut Outcome) {
    let view = scope.view;
    let Some(&first) = circle.iter().min() else { return };
    let lines = Observed::several(circle.iter().map(|&row| view.line(row)), " → ");
    let finding = outcome.invalid(view.place(Some(first), own.last()));
    quote(finding, view, first, own);
    finding.detail = Observed::several([Observed::phrase("circle"), lines], ": ");
    finding.expected = "…".into();
    scope.fill(finding, view, Some(first), &|leaf| scope.field(view, first, leaf));
}

/// In a long table: the row of the whole is the sum of the rows of its parts.
pub fn parts(scope: &RowScope<'_>, rule: &Parts, outcome: &mut Outcome) {
    let view = scope.view;
    let Parts { column, whole, parts, value, by, tolerance } = rule;
    if let Err(reason) = view.has([column, value].into_iter().chain(by)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let wanted: Vec<String> = parts.iter().map(|part| fold(part)).collect();
    let whole = fold(whole);
    let named = std::slice::from_ref(column);
    // Rows of neither are of another breakdown, and none of this rule's business.
    let name_of = |row: usize| view.key(row, named).ok().map(|mut key| key.remove(0));
    let rows = scope.rows(view, outcome);
    let ours = rows.into_iter().filter(|&row| name_of(row).is_none_or(|name| name == whole || wanted.contains(&name)));
    let (ours, nameless): (Vec<usize>, Vec<usize>) = ours.partition(|&row| name_of(row).is_some());
    for row in nameless {
        outcome.undecided(view.place(Some(row), Some(column)), &UndecidedReason::new("value-empty", &view.called(column)));
    }
    for rows in keyed(view, ours, by, outcome).into_values() {
        let (wholes, found): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|&row| name_of(row).is_some_and(|name| name == whole));
        let Some(&first) = found.first() else { continue };
        let there: BTreeSet<String> = found.iter().filter_map(|&row| name_of(row)).collect();
        let place = view.place(Some(wholes.first().copied().unwrap_or(first)), Some(value));
        let missing = wanted.iter().zip(parts).find(|(part, _)| !there.contains(*part)).map(|(_, part)| part);
        let reason = match (&wholes[..], missing, twice(view, &found, named)) {
            ([], ..) => UndecidedReason::new("part-missing", &rule.whole),
            ([_, second, ..], ..) => key_twice(view, *second, named),
            (_, Some(part), _) => UndecidedReason::new("part-missing", part),
            (_, _, Some(row)) => key_twice(view, row, named),
            ([whole], None, None) => {
                let shown: Vec<&String> = by.iter().chain([column]).collect();
                Sum { whole: *whole, parts: &found, name: column, value, tolerance: *tolerance }.compare(scope, &shown, outcome);
                continue;
            }
        };
        outcome.undecided(place, &reason);
    }
}
