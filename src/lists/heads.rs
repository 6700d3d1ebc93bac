//! Lines of a list under the code of an office: heads of groups, with the sums of the schools below.

use std::collections::HashMap;
use std::sync::Arc;

use crate::findings::{Finding, Subject};
use crate::forms::{Form, SlotIndex, SlotVec};
use crate::lists::findings::{ShownDiffering, total_differs};
use crate::lists::totals::Differing;
use crate::register::{Tree, UnitIndex};
use crate::returns::Submission;

/// Result of reading headings.
#[derive(Default)]
pub struct Heads {
    /// One-based lines of those that say what the lines below add up to.
    pub totals: Vec<u32>,
    /// Those that say something else.
    pub findings: Vec<Finding>,
}

/// The returns of schools below an office.
struct Below {
    sums: SlotVec<i128>,
    rows: usize,
}

/// Whether an office's line can only be about others: it adds up returns, and the register expects none of its own.
pub fn is_head(tree: &Tree, unit: UnitIndex, form: &Form) -> bool {
    let unit = &tree.units[unit];
    unit.aggregate && !unit.forms.iter().any(|short| *short == form.short || *short == form.symbol)
}

/// Takes the lines out that are sums of others: they count as nobody's return. An office alone in its list stays, to be
/// told as what nobody expects.
pub fn take_heads(kept: &mut Vec<Submission>, tree: &Tree, form: &Form) -> Heads {
    let unit_of = |own: &Submission| tree.find(&own.unit);
    let heads = kept.iter().filter_map(unit_of).filter(|unit| is_head(tree, *unit, form));
    let mut below: HashMap<UnitIndex, Below> =
        heads.map(|unit| (unit, Below { sums: SlotVec::filled(0, form.layout.slots), rows: 0 })).collect();
    if below.is_empty() {
        return Heads::default();
    }
    for own in kept.iter() {
        let Some(unit) = unit_of(own).filter(|unit| !below.contains_key(unit)) else { continue };
        for above in tree.ancestors(unit) {
            if let Some(office) = below.get_mut(&above) {
                office.rows += 1;
                office.sums.iter_mut().zip(own.values.numbers().iter()).for_each(|(sum, number)| *sum += i128::from(number));
            }
        }
    }
    let mut told = Heads::default();
    kept.retain(|own| {
        let Some(office) = unit_of(own).and_then(|unit| below.get(&unit)).filter(|office| office.rows > 0) else { return true };
        told.take(own, office);
        false
    });
    told
}

impl Heads {
    fn take(&mut self, own: &Submission, office: &Below) {
        let slots = own.values.slots();
        let told: Vec<SlotIndex> = slots.filter(|&slot| own.values.number(slot).is_some() && own.cell(slot).1.is_some()).collect();
        let differing = |slot: &SlotIndex| {
            let (found, expected) = (own.values.number(*slot)?, office.sums[*slot]);
            (i128::from(found) != expected).then_some(Differing { slot: *slot, found, expected })
        };
        let wrong: Vec<Differing> = told.iter().filter_map(differing).collect();
        let line = |slot: SlotIndex| own.cell(slot).1.map(|cell| cell.row + 1);
        self.totals
            .extend(told.iter().filter(|slot| wrong.iter().all(|wrong| line(wrong.slot) != line(**slot))).filter_map(|slot| line(*slot)));
        if let Some(first) = wrong.first() {
            let subject = Subject { unit: Some(Arc::clone(&own.unit)), form: Some(Arc::clone(&own.form.id)), ..Subject::default() };
            let shown = ShownDiffering::new(&own.form, &wrong, |slot| own.cell(slot).1);
            self.findings.push(total_differs(subject, own.place(first.slot), &shown));
        }
    }
}
