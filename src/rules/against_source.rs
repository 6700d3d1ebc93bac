//! Every cell of a return against the same cell elsewhere: another source of the term's figures.

use rayon::prelude::*;

use super::rule_context::{RuleContext, name_of};
use crate::base::number::NumberKind;
use crate::findings::Finding;
use crate::findings::Observed;
use crate::forms::SlotIndex;
use crate::returns::{Submission, Values};
use crate::rulebook::{Moment, Rule, RuleBook};
use crate::workbooks::subject_of;

/// Findings of every rule that holds cells to those of another term or source.
///
/// A blank equals a 0, as everywhere. What either side does not know is not compared: its own rules name it.
/// Units above others are left out: whether their return is their own part or a total, only `reconcile` can tell.
#[must_use]
pub fn check_against_source(submissions: &[Submission], book: &RuleBook, rule_context: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, moment) in book.iter().filter_map(|rule| Some((rule, rule.same_as?))) {
        // A source that nobody names is asked of nobody.
        if rule.holds_on(rule_context.tree.day) && !rule_context.is_missing(moment) {
            findings.par_extend(submissions.par_iter().flat_map_iter(|submission| compare(rule, moment, submission, rule_context)));
        }
    }
    findings
}

fn compare(rule: &Rule, moment: Moment, own: &Submission, rule_context: &RuleContext<'_>) -> Vec<Finding> {
    let is_above = rule_context.tree.find(&own.unit).is_none_or(|unit| rule_context.tree.units[unit].aggregate);
    if is_above || rule.form.as_deref().is_some_and(|form| form != &*own.form.short) {
        return Vec::new();
    }
    let Some(other) = rule_context.earlier.of(moment).and_then(|returns| returns.get(&own.unit, &own.form.id)) else {
        let (subject, place) = subject_of(own);
        let why = Observed::several([Observed::phrase("no-return"), Observed::phrase(name_of(moment))], " ");
        return vec![Finding::new(rule.id.clone()).not_evaluated().subject(subject).location(place).observed(why, "")];
    };
    let sheets = own.form.layout.data_sheets();
    let slots = sheets.flat_map(|(_, sheet)| sheet.each_slot().map(move |slot| (slot, sheet)));
    let differing = slots.filter_map(|(slot, sheet)| Some((slot, sheet, number(&own.values, slot)?, number(other, slot)?)));
    differing
        .filter(|(.., own, other)| own != other)
        .map(|(slot, sheet, number, other)| {
            let kind = sheet.number_kind().unwrap_or(NumberKind::Counts);
            Finding::new(rule.id.clone())
                .subject(own.subject(slot))
                .location(own.place(slot))
                .observed(Observed::figure(number, kind), Observed::figure(other, kind))
        })
        .collect()
}

/// Number of a slot, a blank as 0; nothing where that is not known.
fn number(values: &Values, slot: SlotIndex) -> Option<i64> {
    let (status, number) = values.get(slot);
    (status.is_number() || status.is_blank()).then_some(if status.is_number() { number } else { 0 })
}
