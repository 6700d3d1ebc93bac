//! Which form of one source is which of the other, and which cell is which cell.

use std::sync::Arc;

use crate::forms::{Form, FormMapping, Mapping, SlotIndex, SlotVec, form_mapping};

/// A form of each source that are the same form, and where the cells of the first stand in the second.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The form in each source.
    pub forms: [Option<Arc<Form>>; 2],
    /// For each slot of the first form, the slot of the second; `None` where the cells do not correspond.
    pub cells: Option<SlotVec<Option<SlotIndex>>>,
}

/// Pairs forms: the same one first, then those that share a layout, then those about the same level and term.
#[must_use]
pub fn pair_forms(a: &[Arc<Form>], b: &[Arc<Form>], mappings: &[Mapping]) -> Vec<Pair> {
    let same: [fn(&Form, &Form) -> bool; 3] =
        [|x, y| x.id == y.id, |x, y| x.layout.id == y.layout.id, |x, y| x.level == y.level && x.term == y.term];
    let mut partner: Vec<Option<usize>> = vec![None; a.len()];
    for is_same in same {
        for (index, form) in a.iter().enumerate() {
            if partner[index].is_none() {
                partner[index] = (0..b.len()).find(|other| !partner.contains(&Some(*other)) && is_same(form, &b[*other]));
            }
        }
    }
    let mut pairs: Vec<Pair> = a
        .iter()
        .zip(&partner)
        .map(|(form, other)| {
            let other = other.map(|other| &b[other]);
            Pair { cells: other.and_then(|other| correspondence(form, other, mappings)), forms: [Some(Arc::clone(form)), other.cloned()] }
        })
        .collect();
    let alone = b.iter().enumerate().filter(|(index, _)| !partner.contains(&Some(*index)));
    pairs.extend(alone.map(|(_, form)| Pair { forms: [None, Some(Arc::clone(form))], cells: None }));
    pairs
}

/// Where every cell of a form stands in another; `None` when none does.
///
/// Forms that share a layout have the same cells; others correspond through mappings that a person
/// has confirmed, whichever of the two is the older. A cell that several make together has no twin.
fn correspondence(from: &Form, to: &Form, mappings: &[Mapping]) -> Option<SlotVec<Option<SlotIndex>>> {
    let mut cells = SlotVec::filled(None, from.layout.slots);
    if let FormMapping::Open(slots) = form_mapping(mappings, &from.layout, &to.layout) {
        for slot in slots.slots() {
            if let Some(&[part]) = slots.parts(slot) {
                cells[part] = Some(slot);
            }
        }
    } else if let FormMapping::Open(slots) = form_mapping(mappings, &to.layout, &from.layout) {
        for (slot, cell) in cells.indexes().zip(&mut cells) {
            if let Some(&[part]) = slots.parts(slot) {
                *cell = Some(part);
            }
        }
    }
    cells.iter().any(Option::is_some).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{Layout, Schemas};

    #[test]
    fn forms_of_two_circulars_are_one_where_they_share_a_layout() {
        let schemas = Schemas::load(None).unwrap();
        let form = |id: &str| Arc::clone(schemas.form(id).unwrap());
        let (old, new, other) = (form("tt24-2018/01-MN-DN"), form("tt25-2024/01-MN-DN"), form("tt25-2024/02-TH-DN"));
        let pairs = pair_forms(&[Arc::clone(&old), Arc::clone(&new)], &[Arc::clone(&new), Arc::clone(&other)], &[]);
        assert_eq!(pairs.len(), 3);
        // The very form goes before one that only shares the layout.
        assert!(pairs[0].forms[1].is_none() && pairs[1].forms[1].as_ref().is_some_and(|form| form.id == new.id));
        assert!(pairs[2].forms[0].is_none());
        let pairs = pair_forms(std::slice::from_ref(&old), std::slice::from_ref(&new), &[]);
        assert_eq!(pairs[0].cells.as_ref().map(SlotVec::len), Some(old.layout.slots));
        // Another layout for the same level and term: a pair whose cells nobody has matched yet.
        let mut strange = Form::clone(&new);
        strange.id = "tt99/01-MN-DN".into();
        strange.layout = Arc::new(Layout { id: "tt99/01-MN-DN".into(), ..Layout::clone(&new.layout) });
        let pairs = pair_forms(&[new], &[Arc::new(strange)], &[]);
        assert!(pairs.len() == 1 && pairs[0].cells.is_none() && pairs[0].forms.iter().all(Option::is_some));
    }
}
