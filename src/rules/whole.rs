//! Doubts about a return as a whole: figures that are another return's, or of another order of magnitude.
//!
//! Every single cell may be right and every sum may hold, and still the return be the wrong one, or in the wrong unit of
//! measure. These are questions, never errors.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use super::ReferenceReturns;
use crate::base::number::NumberKind;
use crate::findings::Finding;
use crate::findings::Observed;
use crate::forms::Layout;
use crate::register::Tree;
use crate::returns::{Numbers, Placement, Status, Submission, Values};
use crate::workbooks::subject_of;

/// Different numbers that a return needs to be told from others: small forms agree by chance.
const TELLING_NUMBERS: usize = 8;
/// Telling figures against the unit's own return of a year ago: a small unit may stay as it was.
const TELLING_OVER_YEARS: usize = 24;
/// Telling figures of one page: schools of one size may have the same rooms.
const TELLING_OF_PAGE: usize = 10;
/// Units that are named where several have the same page.
const NAMED_UNITS: usize = 5;
/// Cells with a number that a return needs before their common factor says anything.
const TELLING_CELLS: usize = 8;
/// Counts are multiples of this where somebody wrote thousands.
const THOUSAND: i64 = 1_000;
/// How many times larger or smaller a unit's money is before somebody is asked: between a hundred and a thousand.
const OTHER_SCALE: i128 = 300;
/// Units of a form with money before they are compared with each other.
const LIKE_UNITS: usize = 5;

/// Everything implausible about returns as wholes.
#[must_use]
pub fn implausible_wholes(submissions: &[Submission], earlier: &ReferenceReturns, tree: &Tree) -> Vec<Finding> {
    let mut findings = same_figures(submissions);
    findings.extend(same_pages(submissions));
    let thousand_lists = lists_in_thousands(submissions);
    for submission in submissions {
        let before = earlier.last_year.as_ref().and_then(|year| year.get(&submission.unit, &submission.form.id));
        findings.extend(before.and_then(|before| as_last_year(submission, before)));
        findings.extend(in_thousands(submission).filter(|_| !thousand_lists.contains(&submission.source.file)));
        findings.extend(all_zero(submission));
        findings.extend(before.and_then(|before| scale_of_last_year(submission, before)));
    }
    findings.extend(unlike_others(submissions, tree));
    findings
}

fn finding_about(submission: &Submission, rule: &'static str) -> Finding {
    let (subject, place) = subject_of(submission);
    Finding::new(rule).subject(subject).location(place)
}

/// Finding about one of its pages.
fn about_page(submission: &Submission, index: usize, rule: &'static str) -> Finding {
    let (mut subject, mut place) = subject_of(submission);
    subject.sheet = Some(Arc::clone(&submission.form.layout.sheets[index].id));
    if let Placement::Grid { sheet, .. } = &submission.placements[index] {
        place.sheet = Some(Arc::clone(sheet));
    }
    Finding::new(rule).subject(subject).location(place)
}

/// Different numbers of a return.
fn different_numbers(values: &Values) -> usize {
    let mut numbers: Vec<i64> = values.numbers().iter().filter(|number| *number != 0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// Returns of several units with exactly the same figures.
fn same_figures(submissions: &[Submission]) -> Vec<Finding> {
    let mut groups: HashMap<(&Arc<str>, &Numbers), Vec<&Submission>> = HashMap::new();
    for submission in submissions.iter().filter(|own| different_numbers(&own.values) >= TELLING_NUMBERS) {
        groups.entry((&submission.form.id, submission.values.numbers())).or_default().push(submission);
    }
    let mut findings = Vec::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        for (at, submission) in group.iter().enumerate() {
            let others = group.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| &other.unit);
            findings.push(finding_about(submission, "same-figures-as-other-unit").observed(Observed::several(others, ", "), ""));
        }
    }
    findings
}

/// Pages of returns with exactly the same figures as another unit's, where not the whole returns are.
fn same_pages(submissions: &[Submission]) -> Vec<Finding> {
    let mut groups: HashMap<(&Arc<str>, usize, u64), Vec<&Submission>> = HashMap::new();
    for submission in submissions {
        for (index, sheet) in submission.form.layout.data_sheets() {
            let mut hash = DefaultHasher::new();
            let mut different = HashSet::new();
            for number in submission.values.numbers().range(sheet.span()) {
                number.hash(&mut hash);
                if number != 0 && different.len() < TELLING_OF_PAGE {
                    different.insert(number);
                }
            }
            if different.len() >= TELLING_OF_PAGE {
                groups.entry((&submission.form.id, index, hash.finish())).or_default().push(submission);
            }
        }
    }
    let mut findings = Vec::new();
    for ((_, index, _), group) in groups.into_iter().filter(|(_, group)| group.len() > 1) {
        let sheet = &group[0].form.layout.sheets[index];
        let page = |own: &Submission| own.values.numbers().range(sheet.span()).collect::<Vec<_>>();
        for submission in &group {
            let figures = page(submission);
            let is_other = |other: &&&Submission| {
                other.unit != submission.unit && other.values.numbers() != submission.values.numbers() && page(other) == figures
            };
            let others: Vec<&str> = group.iter().filter(is_other).map(|other| &*other.unit).take(NAMED_UNITS).collect();
            if others.is_empty() {
                continue;
            }
            findings.push(about_page(submission, index, "same-page-as-other-unit").observed(Observed::several(others, ", "), &sheet.name));
        }
    }
    findings
}

fn as_last_year(submission: &Submission, before: &Values) -> Option<Finding> {
    let is_same = before.numbers() == submission.values.numbers() && different_numbers(before) >= TELLING_OVER_YEARS;
    is_same.then(|| finding_about(submission, "same-figures-as-last-year"))
}

/// Lists whose lines are all in thousands.
fn lists_in_thousands(submissions: &[Submission]) -> HashSet<Arc<str>> {
    let is_line = |own: &&Submission| own.placements.iter().any(|placement| matches!(placement, Placement::Line { .. }));
    let mut lists: HashMap<Arc<str>, bool> = HashMap::new();
    for own in submissions.iter().filter(is_line) {
        let all = lists.entry(Arc::clone(&own.source.file)).or_insert(true);
        *all = *all && in_thousands(own).is_some();
    }
    lists.into_iter().filter(|(_, all)| *all).map(|(file, _)| file).collect()
}

/// All counts of a page are multiples of a thousand: of a school they were written in thousands, or decimals were read
/// as groups. Of a list whose lines are all so the reader has asked already.
fn in_thousands(submission: &Submission) -> Option<Finding> {
    let sheets = submission.form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Counts));
    let filled = sheets.map(|(_, sheet)| {
        let numbers = submission.values.numbers().range(sheet.span());
        numbers.filter(|number| *number != 0).collect::<Vec<_>>()
    });
    let is_rounded = |filled: &Vec<i64>| filled.len() >= TELLING_CELLS && filled.iter().all(|number| number % THOUSAND == 0);
    let cells: usize = filled.filter(is_rounded).map(|filled| filled.len()).sum();
    (cells > 0).then(|| finding_about(submission, "counts-in-thousands").observed(cells, Observed::figure(THOUSAND, NumberKind::Counts)))
}

/// Pages into which nothing but zeros and dashes was typed.
fn all_zero(submission: &Submission) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, sheet) in submission.form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Counts)) {
        let slots = || sheet.each_slot();
        let typed = slots().filter(|slot| matches!(submission.values.get(*slot).0, Status::Reported | Status::Nil)).count();
        if typed >= TELLING_CELLS
            && slots().all(|slot| submission.values.numbers().at(slot) == 0 && !submission.values.get(slot).0.is_broken())
        {
            findings.push(about_page(submission, index, "sheet-all-zero").observed("", &sheet.name));
        }
    }
    findings
}

fn scale_of_last_year(submission: &Submission, before: &Values) -> Option<Finding> {
    let (now, then) = (money(submission, &submission.values), money(submission, before));
    let shown = |sum: i128| Observed::figure(sum, NumberKind::Amounts);
    is_other_scale(now, then).then(|| {
        finding_about(submission, "amounts-of-other-scale").observed(shown(now), shown(then)).detail(Observed::phrase("last-year"))
    })
}

/// A return with the sum of its money.
type Money<'a> = (&'a Submission, i128);

/// Money a thousand times that of the unit in the middle, or a thousandth of it. A department's budget is no measure for
/// a school's, nor a school's for it.
fn unlike_others(submissions: &[Submission], tree: &Tree) -> Vec<Finding> {
    let mut by_form: HashMap<(&Arc<str>, bool), Vec<Money<'_>>> = HashMap::new();
    for submission in submissions {
        let sum = money(submission, &submission.values);
        if sum != 0 {
            let is_office = tree.find(&submission.unit).is_some_and(|unit| tree.units[unit].aggregate);
            by_form.entry((&submission.form.id, is_office)).or_default().push((submission, sum));
        }
    }
    let mut findings = Vec::new();
    for mut own in by_form.into_values().filter(|own| own.len() >= LIKE_UNITS) {
        own.sort_by(|a, b| (a.1, &a.0.unit).cmp(&(b.1, &b.0.unit)));
        let middle = own[own.len() / 2].1;
        let shown = |sum: i128| Observed::figure(sum, NumberKind::Amounts);
        for (submission, sum) in own.into_iter().filter(|(_, sum)| is_other_scale(*sum, middle)) {
            let finding = finding_about(submission, "amounts-of-other-scale").observed(shown(sum), shown(middle));
            findings.push(finding.detail(Observed::phrase("other-units")));
        }
    }
    findings
}

fn is_other_scale(a: i128, b: i128) -> bool {
    let (small, large) = (a.min(b), a.max(b));
    small > 0 && large / small >= OTHER_SCALE
}

fn money(submission: &Submission, values: &Values) -> i128 {
    numbers_of(&submission.form.layout, values, NumberKind::Amounts).map(i128::from).sum()
}

fn numbers_of<'a>(layout: &'a Layout, values: &'a Values, kind: NumberKind) -> impl Iterator<Item = i64> + 'a {
    let sheets = layout.data_sheets().filter(move |(_, sheet)| sheet.number_kind() == Some(kind));
    sheets.flat_map(move |(_, sheet)| values.numbers().range(sheet.span()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_times_is_another_scale_and_ten_times_is_none() {
        assert!(is_other_scale(5_000, 5) && is_other_scale(5, 5_000) && is_other_scale(300, 1));
        assert!(!is_other_scale(50, 5) && !is_other_scale(0, 5_000) && !is_other_scale(299, 1));
    }
}
