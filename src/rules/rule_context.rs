//! Context of checks: the unit's other returns, the register, other terms.

use std::collections::HashMap;
use std::sync::Arc;

use super::expression::{Ratio, RuleValue};
use crate::base::number::{AMOUNT_UNIT, NumberKind};
use crate::forms::{CellRule, Form, Layout, Leaf, SlotIndex};
use crate::register::{Tree, final_successor};
use crate::returns::{Returns, Status, Submission, Values};
use crate::rulebook::Moment;

/// Returns of other terms, where the archive holds those terms, and of another source.
#[derive(Debug, Default)]
pub struct ReferenceReturns {
    /// The term of a year ago.
    pub last_year: Option<Returns>,
    /// The other term of the school year.
    pub other_term: Option<Returns>,
    /// The term before this one, whichever year it is of.
    pub term_before: Option<Returns>,
    /// Forms of the other term and of the term before.
    pub other_forms: Vec<Arc<Form>>,
    /// Returns of the term in another source, where the pipeline names one.
    pub other_source: Option<Returns>,
}

impl ReferenceReturns {
    /// The returns of a term or source, where there are any; those at hand are not among them.
    #[must_use]
    pub const fn of(&self, moment: Moment) -> Option<&Returns> {
        match moment {
            Moment::Now => None,
            Moment::LastYear => self.last_year.as_ref(),
            Moment::OtherTerm => self.other_term.as_ref(),
            Moment::TermBefore => self.term_before.as_ref(),
            Moment::OtherSource => self.other_source.as_ref(),
        }
    }
}

/// Everything a rule over cells may look at.
#[derive(Debug)]
pub struct RuleContext<'a> {
    /// Units as at the term.
    pub tree: &'a Tree,
    /// Forms of the term.
    pub forms: &'a [Arc<Form>],
    /// Returns of other terms.
    pub earlier: &'a ReferenceReturns,
    /// The state that the term's results are in, where they have several.
    pub result_state: Option<&'a str>,
    returns: HashMap<(&'a str, &'a str), &'a Submission>,
    /// By unit, those that were merged into it: their earlier returns are a part of its own.
    predecessors: HashMap<&'a str, Vec<&'a str>>,
}

/// Why a value is not known; a name in braces is a phrase of the rule catalogue.
pub type Reason = String;

impl<'a> RuleContext<'a> {
    /// The surroundings of some returns.
    #[must_use]
    pub fn new(tree: &'a Tree, forms: &'a [Arc<Form>], submissions: &'a [Submission], earlier: &'a ReferenceReturns) -> Self {
        let returns = submissions.iter().map(|s| ((&*s.unit, &*s.form.short), s)).collect();
        let mut predecessors: HashMap<&str, Vec<&str>> = HashMap::new();
        for succession in &tree.successions {
            if let Some(last) = final_successor(&tree.successions, &succession.from) {
                predecessors.entry(last).or_default().push(&succession.from);
            }
        }
        Self { tree, forms, earlier, result_state: None, returns, predecessors }
    }

    /// Sets the state of the term's results.
    #[must_use]
    pub const fn in_state(mut self, state: Option<&'a str>) -> Self {
        self.result_state = state;
        self
    }

    /// True when a rule is about the state that the term's results are in, or about any.
    #[must_use]
    pub fn is_in_state(&self, rule: &CellRule) -> bool {
        rule.result_state.as_deref().is_none_or(|state| self.result_state == Some(state))
    }

    /// True when a whole term that a rule looks at is not in the archive.
    #[must_use]
    pub fn is_missing(&self, moment: Moment) -> bool {
        moment != Moment::Now && self.earlier.of(moment).is_none()
    }

    /// Forms that the figures of a term are read by.
    #[must_use]
    pub fn forms_of(&self, moment: Moment) -> &[Arc<Form>] {
        if matches!(moment, Moment::OtherTerm | Moment::TermBefore) { &self.earlier.other_forms } else { self.forms }
    }

    /// Value of a leaf for a return, or why that is not known.
    #[must_use]
    pub fn value(&self, submission: &Submission, leaf: &Leaf) -> (RuleValue, Option<Reason>) {
        match leaf {
            Leaf::Unit(fact) => (self.fact(&submission.unit, fact), None),
            Leaf::Cell { form, layout, slot, moment } => self.cell(submission, form.as_ref(), layout, *slot, *moment),
        }
    }

    fn cell(
        &self,
        own: &Submission,
        form: Option<&Arc<str>>,
        layout: &str,
        slot: SlotIndex,
        moment: Moment,
    ) -> (RuleValue, Option<Reason>) {
        let now = match form {
            None => Some(own),
            Some(short) => self.returns.get(&(&*own.unit, &**short)).copied(),
        };
        let forms = self.forms_of(moment);
        let named = form.map_or(Some(&own.form), |short| forms.iter().find(|f| f.short == *short));
        let named = named.filter(|form| *form.layout.id == *layout);
        let id = named.map(|form| &form.id);
        let layout_now = named.map_or(&own.form.layout, |form| &form.layout);
        let is_earlier = matches!(moment, Moment::LastYear | Moment::OtherTerm | Moment::TermBefore);
        let merged = self.predecessors.get(&*own.unit).filter(|_| is_earlier).zip(id).zip(self.earlier.of(moment));
        let together = merged.and_then(|((parts, id), returns)| {
            let units = std::iter::once(&*own.unit).chain(parts.iter().copied());
            joined(returns, units, id, layout_now, slot, moment)
        });
        if let Some(joined) = together {
            return joined;
        }
        let returned: Option<&Values> = match moment {
            Moment::Now => now.filter(|submission| *submission.form.layout.id == *layout).map(|submission| &submission.values),
            _ => self.earlier.of(moment).zip(id).and_then(|(returns, id)| returns.get(&own.unit, id)),
        };
        let Some(values) = returned else { return self.no_return(own, form, moment) };
        let layout = layout_now;
        let (status, number) = values.get(slot);
        let name = || {
            if moment == Moment::Now { now.map_or_else(String::new, |s| cell_name(s, slot)) } else { format!("{{{}}}", name_of(moment)) }
        };
        known(layout, slot, status, number).map_or_else(
            || {
                if status == Status::NotApplicable {
                    (RuleValue::NotApplicable, None)
                } else {
                    (RuleValue::Undecided, Some(format!("{} ({})", name(), status.id())))
                }
            },
            |number| (RuleValue::Number(number), None),
        )
    }

    /// A return that is not there: not asked for, or not received.
    fn no_return(&self, own: &Submission, form: Option<&Arc<str>>, moment: Moment) -> (RuleValue, Option<Reason>) {
        let unit = self.tree.find(&own.unit).map(|unit| &self.tree.units[unit]);
        let is_expected = form.is_none_or(|short| unit.is_some_and(|unit| unit.expects(short)));
        // A unit that is new has no figures of a year ago, nor of the opening before it opened.
        let days = match moment {
            Moment::LastYear => 366,
            // From the closing of a year, 31 May, to the next opening, 30 September.
            Moment::TermBefore => 122,
            _ => 243,
        };
        let is_new = moment != Moment::Now && unit.and_then(|u| u.valid_from).is_some_and(|day| (self.tree.day - day).num_days() < days);
        if !is_expected || is_new {
            return (RuleValue::NotApplicable, None);
        }
        let what = form.map_or_else(String::new, |short| format!(" {short}"));
        (RuleValue::Undecided, Some(format!("{{no-return}}{what} {{{}}}", name_of(moment))))
    }

    fn fact(&self, unit: &str, fact: &str) -> RuleValue {
        let Some(index) = self.tree.find(unit) else { return RuleValue::NotApplicable };
        let entry = &self.tree.units[index];
        let text = |text: &str| if text.is_empty() { RuleValue::Missing } else { RuleValue::Text(Arc::from(text)) };
        match fact {
            "ownership" => text(&entry.ownership),
            "kind" => text(&entry.kind),
            "levels" => text(&entry.levels.join(" ")),
            "facilities" => {
                let covered = i128::try_from(self.tree.covered[index].len()).unwrap_or(0);
                Ratio::new(covered, 1).map_or(RuleValue::Undecided, RuleValue::Number)
            }
            group => text(entry.group(group)),
        }
    }
}

/// Joint value of a unit and those merged into it in an earlier term; none where none of the merged ones reported then,
/// or was expected to.
fn joined<'u>(
    returns: &Returns,
    units: impl Iterator<Item = &'u str>,
    form: &str,
    layout: &Layout,
    slot: SlotIndex,
    moment: Moment,
) -> Option<(RuleValue, Option<Reason>)> {
    let mut sum = Ratio::nought();
    let mut are_parts = false;
    for (place, unit) in units.enumerate() {
        let unknown = |why: String| Some((RuleValue::Undecided, Some(why)));
        let Some(values) = returns.get(unit, form) else {
            if place > 0 && returns.missing(form).any(|missing| missing == unit) {
                return unknown(format!("{{no-return}} {unit} {{{}}}", name_of(moment)));
            }
            continue;
        };
        are_parts |= place > 0;
        let (status, number) = values.get(slot);
        match known(layout, slot, status, number).map(|number| sum.plus(number)) {
            Some(Some(total)) => sum = total,
            _ if status == Status::NotApplicable => {}
            _ => return unknown(format!("{unit} {{{}}} ({})", name_of(moment), status.id())),
        }
    }
    are_parts.then_some((RuleValue::Number(sum), None))
}

/// The phrase that names a term.
pub const fn name_of(moment: Moment) -> &'static str {
    match moment {
        Moment::Now => "this-term",
        Moment::LastYear => "last-year",
        Moment::OtherTerm => "other-term",
        Moment::TermBefore => "term-before",
        Moment::OtherSource => "other-source",
    }
}

/// The number a status and number make: blank and nil are 0 in a return that was received.
pub fn known(layout: &Layout, slot: SlotIndex, status: Status, number: i64) -> Option<Ratio> {
    if status.is_number() {
        let sheet = &layout.sheets[layout.address(slot).0];
        let unit = if sheet.number_kind() == Some(NumberKind::Amounts) { i128::from(AMOUNT_UNIT) } else { 1 };
        return Ratio::new(i128::from(number), unit);
    }
    if status.is_blank() { Ratio::new(0, 1) } else { None }
}

/// A slot as people find it: its sheet and cell in the file, or its code and column.
pub fn cell_name(submission: &Submission, slot: SlotIndex) -> String {
    if let (Some(sheet), Some(cell)) = submission.cell(slot) {
        return format!("{sheet}!{cell}");
    }
    let subject = submission.subject(slot);
    format!("[{}/{}]", subject.code.as_deref().unwrap_or_default(), subject.column.unwrap_or_default())
}
