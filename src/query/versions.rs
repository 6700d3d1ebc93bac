//! Forms of two states of terms: which is which, and which cells of the older one make a cell of the newer one.
//!
//! Forms that share a layout have the same cells. Others are seen through mappings that a person has confirmed;
//! without one nothing is compared: codes are renumbered at will.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::archive::TermState;
use crate::archive::{ArchivedForm, FigureKey};
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::forms::{FormMapping, Layout, Schemas, SlotIndex, SlotMap, SlotVec};

/// A form of the newer state with the one of the older state that its cells are made of.
#[derive(Debug, Clone)]
pub struct FormPair {
    /// The older form.
    pub older: ArchivedForm,
    /// The newer form.
    pub newer: ArchivedForm,
    cells: Cells,
}

#[derive(Debug, Clone)]
enum Cells {
    /// Both share a layout.
    Same,
    /// The older layout's cells make the newer one's.
    Through { older: Arc<Layout>, newer: Arc<Layout>, slots: Box<SlotMap> },
}

impl FormPair {
    /// The older form that a newer form can be compared with.
    ///
    /// # Errors
    /// In words, why there is none.
    pub fn find(schemas: &Schemas, olders: &[ArchivedForm], newer: &ArchivedForm) -> Result<Self, Message> {
        let same: [&dyn Fn(&ArchivedForm) -> bool; 2] = [&|older| older.id == newer.id, &|older| older.short() == newer.short()];
        let shares_layout = |older: &&ArchivedForm| older.layout == newer.layout;
        let known = same.iter().find_map(|is_same| olders.iter().filter(|older| is_same(older)).find(shares_layout));
        if let Some(older) = known.or_else(|| olders.iter().find(shares_layout)) {
            return Ok(Self { older: older.clone(), newer: newer.clone(), cells: Cells::Same });
        }
        let layout = |id: &str| schemas.forms.iter().map(|form| &form.layout).find(|layout| *layout.id == *id).cloned();
        let Some(new_layout) = layout(&newer.layout) else { return Err(unknown_layout(&newer.layout)) };
        let mut why = None;
        for older in olders {
            let Some(old_layout) = layout(&older.layout) else {
                why = why.or_else(|| (older.short() == newer.short()).then(|| unknown_layout(&older.layout)));
                continue;
            };
            match schemas.form_mapping(&old_layout, &new_layout) {
                FormMapping::Open(slots) => {
                    let cells = Cells::Through { older: old_layout, newer: new_layout, slots: Box::new(slots) };
                    return Ok(Self { older: older.clone(), newer: newer.clone(), cells });
                }
                FormMapping::Unconfirmed(path) => {
                    why = Some(message!("query.mapping_between_two_versions", path));
                }
                FormMapping::None => {}
            }
        }
        Err(why.unwrap_or_else(|| message!("query.other_state_no_form", value = newer.id)))
    }

    /// True when the older figures stand under other cells, or have to be added up.
    #[must_use]
    pub const fn is_mapped(&self) -> bool {
        matches!(self.cells, Cells::Through { .. })
    }

    /// The older cells that make a newer one; none where they cannot be compared.
    #[must_use]
    pub fn parts(&self, key: &FigureKey) -> Option<Vec<FigureKey>> {
        match &self.cells {
            Cells::Same => Some(vec![FigureKey { form: Arc::from(&*self.older.id), ..key.clone() }]),
            Cells::Through { older, newer, slots } => {
                let parts = slots.parts(slot_of(newer, key)?)?;
                Some(parts.iter().map(|&slot| key_of(&self.older.id, older, slot)).collect())
            }
        }
    }

    /// Older cells that no newer cell is made of.
    #[must_use]
    pub fn dropped(&self) -> Vec<FigureKey> {
        let Cells::Through { older, slots, .. } = &self.cells else { return Vec::new() };
        let mut used = SlotVec::filled(false, older.slots);
        slots.slots().filter_map(|slot| slots.parts(slot)).flatten().for_each(|&slot| used[slot] = true);
        older.each_slot().filter(|&slot| !used[slot]).map(|slot| key_of(&self.older.id, older, slot)).collect()
    }
}

/// The cell at which the older state shows a figure: the one of the same address, or else the first of its parts.
#[must_use]
pub fn own_address<'a>(key: &FigureKey, parts: &'a [FigureKey]) -> Option<&'a FigureKey> {
    let is_same = |part: &&FigureKey| (&part.sheet, &part.code, part.column) == (&key.sheet, &key.code, key.column);
    parts.iter().find(is_same).or_else(|| parts.first())
}

/// Error for a state that nobody has said how to compare with.
pub fn not_comparable(what: impl ToString, state: &TermState, why: Message) -> Error {
    let reason = message!("query.cannot_be_compared", state, why);
    Error::config(what, reason).with_hint(message!("query.see_tkgd_schema_diff"))
}

fn unknown_layout(id: &str) -> Message {
    message!("query.schemas_no_form_add", value = id)
}

fn slot_of(layout: &Layout, key: &FigureKey) -> Option<SlotIndex> {
    let sheet = layout.sheet(&key.sheet)?;
    Some(sheet.slot(sheet.find_code(&key.code)?, sheet.find_column(key.column)?))
}

fn key_of(form: &str, layout: &Layout, slot: SlotIndex) -> FigureKey {
    let (sheet, coded, column) = layout.address(slot);
    let sheet = &layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    FigureKey::new(form, &sheet.id, code, sheet.columns[column].number)
}

/// Which newer form each older one has become a part of, by id; those of no pair are left out.
#[must_use]
pub fn pairs(schemas: &Schemas, olders: &[ArchivedForm], newers: &[ArchivedForm]) -> (Vec<FormPair>, BTreeMap<String, Message>) {
    let (mut found, mut gaps) = (Vec::new(), BTreeMap::new());
    for newer in newers {
        match FormPair::find(schemas, olders, newer) {
            Ok(pair) => found.push(pair),
            Err(why) => {
                gaps.insert(newer.id.clone(), why);
            }
        }
    }
    (found, gaps)
}
