//! How a cell is counted from records, in words: for a figure that no cell of a file holds.

use crate::base::message::{Lang, Message, message};
use crate::forms::Schemas;
use crate::query::explain::{FigureDetail, UnitValue};
use crate::records::{RecordBook, SpokenConditions};
use crate::returns::Status;
use crate::tabulate::{FormDefinition, Profile};

/// Whether a value was counted from records: computed, out of a file, and in no cell of it.
pub(super) fn is_counted(own: &UnitValue) -> bool {
    own.status == Status::Computed && !own.places.is_empty() && own.places.iter().all(|place| place.cell.is_empty())
}

/// Records that a figure counts; nothing where no return of it was counted, or its form has no definition of the cell.
pub(super) fn definition(schemas: &Schemas, of: &FigureDetail, lang: Lang) -> Option<Message> {
    if !of.figure.own.values().any(is_counted) {
        return None;
    }
    let book = RecordBook::load(&schemas.files).ok()?;
    let known = schemas.forms.iter().find(|form| *form.id == *of.form.id)?;
    let form = FormDefinition::new(known, &book, Profile::Form).ok()?;
    let sheet = known.layout.sheet(&of.key.sheet)?;
    let coded = sheet.find_code(&of.key.code)?;
    let column = sheet.columns.iter().position(|column| column.number == of.key.column)?;
    let slot = sheet.slot(coded, column);
    let cell = form.cells.iter().find(|cell| cell.slot == slot)?;
    let spoken = SpokenConditions { book: &book, of: cell.entity, lang };
    let condition = spoken.all(cell.conditions.iter());
    Some(message!("explain.counted_records", records = book.entities[cell.entity].words.clone(), condition))
}
