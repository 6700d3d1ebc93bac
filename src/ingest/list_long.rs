//! Lists with one cell per line.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::list::each_placement;
use super::list_columns::Columns;
use super::list_totals::{ListTotals, MaybeTotal, Verdict};
use crate::cells::{Lineage, Placement, Source, Submission};
use crate::finding::Place;
use crate::location::CellRef;
use crate::schema::Form;
use crate::tables::Table;

/// What was read of a long list so far.
#[derive(Default)]
pub struct LongLines {
    /// Submissions by unit.
    pub by_unit: HashMap<usize, usize>,
    /// Where each cell of a unit stood first.
    pub seen: HashMap<(usize, usize), Place>,
    /// Sums and totals of each slot.
    totals: BTreeMap<usize, ListTotals>,
    /// Figures without a code and of no known item.
    pub strange: Vec<MaybeTotal>,
}

impl LongLines {
    /// A return of which no line was read yet: every cell is absent.
    pub fn start(columns: &Columns, table: &Table, (form, source, unit): (&Arc<Form>, &Source, &Arc<str>)) -> Submission {
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

    /// The sums of a slot, and its lines that may be totals.
    pub fn totals_of(&mut self, slot: usize) -> &mut ListTotals {
        self.totals.entry(slot).or_insert_with(|| ListTotals::new(vec![slot]))
    }

    /// What every line is that may be a total. One figure alone may be a sum by accident: lines without a word are totals
    /// where at least as many of them are sums as are none.
    pub fn judged(&mut self) -> Vec<(MaybeTotal, Verdict)> {
        let totals = std::mem::take(&mut self.totals);
        let counts: Vec<(usize, usize)> = totals.values().map(ListTotals::wordless).collect();
        let (sums, others) = counts.into_iter().fold((0, 0), |(yes, no), (sums, others)| (yes + sums, no + others));
        let has_sums = sums > 0 && sums >= others;
        let strange = std::mem::take(&mut self.strange).into_iter();
        let strange = strange.map(|own| (own, if has_sums { Verdict::Total } else { Verdict::Nobody }));
        totals.into_values().flat_map(|own| own.judged(has_sums)).chain(strange).collect()
    }

    /// Notes where a slot stood.
    pub fn place(submission: &mut Submission, slot: usize, cell: Option<CellRef>) {
        let (sheet, ..) = submission.form.layout.address(slot);
        let first = submission.form.layout.sheets[sheet].first_slot;
        if let Placement::Each { cells, .. } = &mut submission.placements[sheet] {
            cells[slot - first] = cell;
        }
    }
}
