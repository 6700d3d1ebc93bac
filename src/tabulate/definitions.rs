//! The definition of each cell: which records it counts, and under which conditions.
//!
//! A form says the condition of a row, `schemas/records` what a column selects; a cell has both, beside the condition of the row's block
//! and that of every counted record of its kind. Where the Ministry's program is known to count otherwise, the profile says which holds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::message::{Message, message};
use crate::forms::{CountBlock, Form, Sheet, SlotIndex};
use crate::records::{Condition, EntityIndex, RecordBook};

/// Whose definitions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The form's, read with sense.
    #[default]
    Form,
    /// Those of the Ministry's program, contradictions and slips included.
    Engine,
}

/// How one cell is counted.
#[derive(Debug, Clone)]
pub struct CellDefinition {
    /// The cell.
    pub slot: SlotIndex,
    /// Records that are counted.
    pub entity: EntityIndex,
    /// Conditions that all must hold.
    pub conditions: Vec<Condition>,
}

/// How the cells of a form are counted.
#[derive(Debug, Clone)]
pub struct FormDefinition {
    /// The form.
    pub form: Arc<Form>,
    /// Its cells that are counted; all others are typed.
    pub cells: Vec<CellDefinition>,
}

impl FormDefinition {
    /// Binds what a form says to what records hold.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn new(form: &Arc<Form>, book: &RecordBook, profile: Profile) -> Result<Self, Vec<Message>> {
        let (mut cells, mut problems) = (Vec::new(), Vec::new());
        for block in form.layout.counts.iter() {
            let of_block = (|| {
                let sheet = form.layout.sheet(&block.sheet).ok_or_else(|| message!("records.no_sheet", sheet = &block.sheet))?;
                let entity = book.entity(&block.of).ok_or_else(|| message!("records.no_entity", id = &block.of))?;
                Ok(BlockBinder { book, block, sheet, entity, profile })
            })();
            match of_block {
                Err(problem) => problems.push(problem),
                Ok(binder) => binder.cells(&mut cells, &mut problems),
            }
        }
        cells.sort_by_key(|cell| cell.slot);
        for twice in cells.windows(2).filter(|pair| pair[0].slot == pair[1].slot) {
            let (sheet, coded, _) = form.layout.address(twice[0].slot);
            let sheet = &form.layout.sheets[sheet];
            problems.push(message!(
                "records.row_counted_twice",
                sheet = &sheet.id,
                code = sheet.coded_row(coded).code.as_deref().unwrap_or_default()
            ));
        }
        problems.dedup();
        if problems.is_empty() { Ok(Self { form: Arc::clone(form), cells }) } else { Err(problems) }
    }
}

/// Binds the rows of one block.
struct BlockBinder<'a> {
    book: &'a RecordBook,
    block: &'a CountBlock,
    sheet: &'a Sheet,
    entity: EntityIndex,
    profile: Profile,
}

impl BlockBinder<'_> {
    fn cells(&self, cells: &mut Vec<CellDefinition>, problems: &mut Vec<Message>) {
        let known = |rows: &[String]| rows.iter().all(|code| self.block.rows.contains_key(code));
        if let Some(odd) = self.block.engine.iter().find(|own| !known(&own.rows)) {
            problems.push(message!("records.engine_of_no_row", rows = odd.rows.join(", ")));
        }
        let in_row = |code: &str, problem: Message| message!("records.in_row", sheet = &self.sheet.id, code, problem);
        for (code, own) in &self.block.rows {
            let Some(coded) = self.sheet.find_code(code) else {
                problems.push(message!("records.no_row", sheet = &self.sheet.id, code));
                continue;
            };
            match self.row_conditions(code, own) {
                Err(problem) => problems.push(in_row(code, problem)),
                Ok(of_row) => match self.row(coded, &of_row) {
                    Ok(of_row) => cells.extend(of_row),
                    Err(problem) => problems.push(in_row(code, problem)),
                },
            }
        }
    }

    /// Conditions of a row without those of its columns.
    fn row_conditions(&self, code: &str, own: &str) -> Result<Vec<Condition>, Message> {
        // The Ministry's conditions are bound under either profile, so that a mistake in them is told.
        let engine = self.block.engine_of(code).map(|engine| self.book.condition(self.entity, &engine.when)).transpose()?;
        let written = match engine {
            Some(engine) if self.profile == Profile::Engine => vec![engine],
            _ => vec![self.book.condition(self.entity, &self.block.only)?, self.book.condition(self.entity, own)?],
        };
        Ok(self.book.entities[self.entity].counts_if.iter().cloned().chain(written.into_iter().flatten()).collect())
    }

    fn row(&self, coded: usize, of_row: &[Condition]) -> Result<Vec<CellDefinition>, Message> {
        let skipped = &self.sheet.coded_row(coded).not_applicable;
        let columns = self.sheet.columns.iter().enumerate().filter(|(index, _)| !skipped.contains(index));
        let cell = |(index, column): (usize, &crate::forms::Column)| {
            let of_column = column.dims.iter().map(|dim| self.book.column_condition(self.entity, &dim.dim, &dim.value));
            let of_column = of_column.collect::<Result<Vec<_>, _>>()?;
            let conditions = of_row.iter().cloned().chain(of_column.into_iter().flatten()).collect();
            Ok(CellDefinition { slot: self.sheet.slot(coded, index), entity: self.entity, conditions })
        };
        columns.map(cell).collect()
    }
}
