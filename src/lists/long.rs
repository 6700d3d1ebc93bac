//! Lists with one cell per line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::base::location::CellRef;
use crate::findings::{Finding, Location, Subject};
use crate::forms::{Form, SlotIndex};
use crate::lists::cells::each_placement;
use crate::lists::columns::ListColumns;
use crate::lists::findings::lacks_cells;
use crate::lists::totals::{ListTotals, MaybeTotal, TotalVerdict};
use crate::register::{Tree, UnitIndex};
use crate::returns::{Lineage, Placement, Source, Submission};
use crate::tables::Table;

/// A cell of a unit's return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitSlot {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// The slot of the form.
    pub slot: SlotIndex,
}

/// Lines of a long list that were read so far.
#[derive(Default)]
pub struct LongLines {
    /// Submissions by unit.
    pub by_unit: HashMap<UnitIndex, usize>,
    /// Where each cell of a unit stood first.
    pub seen: HashMap<UnitSlot, Location>,
    /// Sums and totals of each slot.
    totals: BTreeMap<SlotIndex, ListTotals>,
    /// Figures without a code and of no known item.
    pub strange: Vec<MaybeTotal>,
}

impl LongLines {
    /// A return of which no line was read yet: every cell is absent.
    pub fn start(columns: &ListColumns, table: &Table, form: &Arc<Form>, source: &Source, unit: &Arc<str>) -> Submission {
        let placements = form.layout.sheets.iter().map(|sheet| each_placement(table, sheet.slots())).collect();
        let values = columns.blank.clone();
        Submission {
            unit: Arc::clone(unit),
            form: Arc::clone(form),
            values,
            source: source.clone(),
            placements,
            lineage: Lineage::default(),
        }
    }

    /// The cells of the form that lines give.
    pub fn given(&self) -> Vec<SlotIndex> {
        let slots: BTreeSet<SlotIndex> = self.seen.keys().map(|key| key.slot).collect();
        slots.into_iter().collect()
    }

    /// Findings that only the end of a list tells: cells of the form that no line gives, and units with nothing but blank lines.
    pub fn closing_findings(&self, kept: &[Submission], columns: &ListColumns, form: &Form, tree: &Tree, place: &Location) -> Vec<Finding> {
        let (mut found, given) = (Vec::new(), self.given().len());
        if given > 0 && given < columns.absent {
            found.push(lacks_cells(form, place.clone(), columns.absent - given, given));
        }
        for own in kept.iter().filter(|own| own.values.filled() == 0) {
            let subject = Subject { unit: Some(Arc::clone(&own.unit)), form: Some(Arc::clone(&form.id)), ..Subject::default() };
            let first = tree.find(&own.unit).and_then(|unit| self.first_place(unit));
            found.push(Finding::new("nothing-reported").subject(subject).location(first.unwrap_or_else(|| place.clone())));
        }
        found
    }

    /// Where the first line of a unit stands.
    fn first_place(&self, unit: UnitIndex) -> Option<Location> {
        let own = self.seen.iter().filter(|(key, _)| key.unit == unit).map(|(_, place)| place);
        own.min_by_key(|place| place.cell.map(|cell| cell.row)).cloned()
    }

    /// The sums of a slot, and its lines that may be totals.
    pub fn totals_of(&mut self, slot: SlotIndex) -> &mut ListTotals {
        self.totals.entry(slot).or_insert_with(|| ListTotals::new(vec![slot]))
    }

    /// Verdict on every line that may be a total. One figure alone may be a sum by accident: lines without a word are totals
    /// where at least as many of them are sums as are none.
    pub fn judged(&mut self) -> Vec<(MaybeTotal, TotalVerdict)> {
        let totals = std::mem::take(&mut self.totals);
        let counts: Vec<(usize, usize)> = totals.values().map(ListTotals::wordless).collect();
        let (sums, others) = counts.into_iter().fold((0, 0), |(yes, no), (sums, others)| (yes + sums, no + others));
        let has_sums = sums > 0 && sums >= others;
        let strange = std::mem::take(&mut self.strange).into_iter();
        let strange = strange.map(|own| (own, if has_sums { TotalVerdict::Total } else { TotalVerdict::Nobody }));
        totals.into_values().flat_map(|own| own.judged(has_sums)).chain(strange).collect()
    }

    /// Notes where a slot stood.
    pub fn place(submission: &mut Submission, slot: SlotIndex, cell: Option<CellRef>) {
        let (sheet, ..) = submission.form.layout.address(slot);
        let at = submission.form.layout.sheets[sheet].offset(slot);
        if let Placement::Each { cells, .. } = &mut submission.placements[sheet] {
            cells[at] = cell;
        }
    }
}
