//! Figures of an opening in terms of the closing form that goes on from it: who was there at the start of the year.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::archive::{Past, past_returns};
use crate::base::error::Result;
use crate::base::term::{Period, Term};
use crate::forms::{Flow, FlowItem, Form, Schemas, Sheet, SlotIndex};
use crate::returns::{Returns, Status, Values};
use crate::workspace::Pipeline;

/// Figures at the start of the year of every unit, on the closing forms; no returns where the archive does not hold the opening.
///
/// # Errors
/// When a file of the archive cannot be read.
pub(super) fn start_of_year(pipeline: &Pipeline, schemas: &Schemas, closing: &[Arc<Form>], units: &[Arc<str>]) -> Result<Past> {
    let opening = Period { term: Term::Opening, ..pipeline.period };
    let Some(circular) = closing.first().map(|form| &form.circular) else { return Ok(Past::default()) };
    let forms: Vec<Arc<Form>> = schemas.forms_of(circular).filter(|form| form.term == Term::Opening).cloned().collect();
    let state = pipeline.archive_reader()?.state(&pipeline.key_of(opening, None)?);
    let past = past_returns(state.as_ref(), schemas, &forms)?;
    let Some(reported) = past.returns else { return Ok(Past::default()) };
    let mut returns = Returns::default();
    for form in closing {
        let flow = schemas.flows.iter().find(|flow| flow.closing_layout == form.layout.id);
        let Some(flow) = flow.filter(|flow| flow.grades.iter().all(|grade| !grade.rest)) else { continue };
        let Some(before) = forms.iter().find(|form| form.layout.id == flow.opening_layout) else { continue };
        let pairs = slot_pairs(flow, before, form);
        for unit in units {
            if let Some(values) = reported.get(unit, &before.id).and_then(|own| started(own, &pairs, form)) {
                returns.insert(Arc::clone(unit), Arc::clone(&form.id), values);
            }
        }
    }
    Ok(Past { returns: Some(returns), gaps: Vec::new() })
}

/// A cell of the opening form, and one of the closing form that it is a part of.
struct SlotPair {
    opening: SlotIndex,
    closing: SlotIndex,
}

/// Cells that go on: the people of each grade, in columns that select the same.
fn slot_pairs(flow: &Flow, opening: &Form, closing: &Form) -> Vec<SlotPair> {
    let mut pairs = Vec::new();
    for grade in &flow.grades {
        let Some(from) = grade.rows(FlowItem::Opening).first() else { continue };
        let before = &opening.layout.sheets[from.sheet];
        for to in grade.rows(FlowItem::Start) {
            let after = &closing.layout.sheets[to.sheet];
            let columns = (0..after.columns.len()).filter_map(|column| Some((column, same_column(before, after, column)?)));
            pairs
                .extend(columns.map(|(column, own)| SlotPair { opening: before.slot(from.row, own), closing: after.slot(to.row, column) }));
        }
    }
    pairs
}

/// The column of a sheet that selects what a column of another one does.
fn same_column(before: &Sheet, after: &Sheet, column: usize) -> Option<usize> {
    let wanted = &after.columns[column].dims;
    let is_same = |own: &&usize| {
        let dims = &before.columns[**own].dims;
        dims.len() == wanted.len() && wanted.iter().all(|dim| dims.contains(dim))
    };
    (0..before.columns.len()).collect::<Vec<_>>().iter().find(is_same).copied()
}

/// The start of a unit's year; a sum with a part that is not known is left out.
fn started(reported: &Values, pairs: &[SlotPair], closing: &Form) -> Option<Values> {
    let mut sums: BTreeMap<SlotIndex, Option<i64>> = BTreeMap::new();
    for pair in pairs {
        let number = reported.number(pair.opening).or_else(|| reported.get(pair.opening).0.is_blank().then_some(0));
        let sum = sums.entry(pair.closing).or_insert(Some(0));
        *sum = sum.zip(number).and_then(|(sum, number)| sum.checked_add(number));
    }
    let mut values = Values::new(closing.layout.slots);
    for (slot, sum) in &sums {
        if let Some(sum) = sum {
            values.set(*slot, Status::Reported, *sum);
        }
    }
    sums.values().any(Option::is_some).then_some(values)
}
