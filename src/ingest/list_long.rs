//! Lists with one cell per line.

use std::collections::HashMap;
use std::sync::Arc;

use super::list::each_placement;
use super::list_columns::Columns;
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

    /// Notes where a slot stood.
    pub fn place(submission: &mut Submission, slot: usize, cell: Option<CellRef>) {
        let (sheet, ..) = submission.form.layout.address(slot);
        let first = submission.form.layout.sheets[sheet].first_slot;
        if let Placement::Each { cells, .. } = &mut submission.placements[sheet] {
            cells[slot - first] = cell;
        }
    }
}
