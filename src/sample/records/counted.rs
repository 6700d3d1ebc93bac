//! Forms whose cells are counted from records, filled around what was counted.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::forms::{Form, RowPlace, SlotIndex};
use crate::records::RecordBook;
use crate::returns::{Status, Values};
use crate::sample::plan::{Plan, SampleSheetPlan};
use crate::sample::recipe::Recipe;
use crate::sample::values::{Given, Profile};
use crate::tabulate::{self, FormDefinition};

/// Counts of a return, cell by cell as its definition has them.
pub type Counts = Vec<u32>;

/// A form, how its cells are counted, and how the others are drawn around them.
#[derive(Debug)]
pub struct CountedForm {
    /// How its cells are counted.
    pub definition: FormDefinition,
    plan: Plan,
    free: Plan,
    rows: Vec<SolvedRow>,
}

/// A counted row that is taken apart into the groups of people that columns are sums of.
#[derive(Debug)]
struct SolvedRow {
    place: RowPlace,
    atoms: usize,
    steps: Vec<SolvingStep>,
}

/// One group: a column less the groups of it that are known by then.
#[derive(Debug)]
struct SolvingStep {
    atom: usize,
    slot: SlotIndex,
    known: Vec<usize>,
}

impl CountedForm {
    /// Gets ready to fill a form.
    ///
    /// # Errors
    /// Definitions that do not fit the records.
    pub fn new(form: &Arc<Form>, book: &RecordBook, recipe: &Recipe) -> Result<Self> {
        let several =
            |problems: Vec<Message>| Error::several(problems.into_iter().map(|problem| Error::config(&form.id, problem)).collect());
        let definition = FormDefinition::new(form, book, tabulate::Profile::Form).map_err(several)?;
        let counted: BTreeSet<SlotIndex> = definition.cells.iter().map(|cell| cell.slot).collect();
        let free = Plan::new(form, recipe);
        let rows: Vec<SolvedRow> = free.sheets.iter().flat_map(|sheet| solved_rows(sheet, &counted)).collect();
        let plan = Plan::around(form, recipe, &rows.iter().map(|row| row.place).collect());
        Ok(Self { definition, plan, free, rows })
    }

    /// The form.
    #[must_use]
    pub const fn form(&self) -> &Arc<Form> {
        &self.definition.form
    }

    /// A return: what was counted, and everything else drawn around it; all of it drawn where nothing was counted.
    #[must_use]
    pub fn fill(&self, counts: Option<&Counts>, profile: &Profile, seed: u64) -> Values {
        let Some(counts) = counts else { return self.free.draw(profile, seed, &Given::new()).values };
        let mut counted = Values::new(self.form().layout.slots);
        for (cell, count) in self.definition.cells.iter().zip(counts) {
            counted.set(cell.slot, Status::Reported, (*count).into());
        }
        let given: Given = self.rows.iter().map(|row| (row.place, row.solve(&counted))).collect();
        let mut values = self.plan.draw(profile, seed, &given).values;
        for (cell, count) in self.definition.cells.iter().zip(counts) {
            values.set(cell.slot, Status::Reported, (*count).into());
        }
        values
    }
}

impl SolvedRow {
    fn solve(&self, counted: &Values) -> Vec<i64> {
        let mut atoms = vec![0; self.atoms];
        for step in &self.steps {
            let known: i64 = step.known.iter().map(|&atom| atoms[atom]).sum();
            atoms[step.atom] = (counted.get(step.slot).1 - known).max(0);
        }
        atoms
    }
}

/// Rows of a sheet that are counted so far that nothing of them is left to draw.
fn solved_rows(sheet: &SampleSheetPlan, counted: &BTreeSet<SlotIndex>) -> Vec<SolvedRow> {
    (0..sheet.rows.len()).filter_map(|row| solved_row(sheet, row, counted)).collect()
}

fn solved_row(sheet: &SampleSheetPlan, row: usize, counted: &BTreeSet<SlotIndex>) -> Option<SolvedRow> {
    let is_counted = |column: &usize| counted.contains(&sheet.slot(row, *column));
    let columns: Vec<usize> = (0..sheet.width).filter(is_counted).collect();
    let in_column = |column: usize| (0..sheet.atoms.len()).filter(move |atom| sheet.atoms[*atom].columns.contains(&column));
    // Groups that cannot occur are none.
    let mut known = sheet.rows[row].barred.clone();
    let mut steps = Vec::new();
    while known.contains(&false) {
        // A column of which one group is not known yet tells it.
        let (column, atom) = columns.iter().find_map(|&column| {
            let mut unknown = in_column(column).filter(|&atom| !known[atom]);
            unknown.next().filter(|_| unknown.next().is_none()).map(|atom| (column, atom))
        })?;
        steps.push(SolvingStep { atom, slot: sheet.slot(row, column), known: in_column(column).filter(|&other| other != atom).collect() });
        known[atom] = true;
    }
    let is_told = !columns.is_empty();
    is_told.then_some(SolvedRow { place: RowPlace { sheet: sheet.index, row }, atoms: sheet.atoms.len(), steps })
}
