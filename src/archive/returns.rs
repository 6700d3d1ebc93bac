//! Returns back out of the archive: every value of every unit, with the place it came from.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

use super::reader::TermState;
use super::totals::address;
use super::value_reader::{Batch, ValueTable};
use crate::base::error::{Action, Error, Result};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::forms::{Form, SlotIndex};
use crate::returns::{Part, Placement, Source, Submission, Values};

/// Returns by form index and unit code.
type Returns = BTreeMap<(usize, Arc<str>), Submission>;

/// The returns of a term as they went into the archive, in the order of forms and units.
///
/// Checksums and times of the files are not kept with the values; they are empty here.
///
/// # Errors
/// When a table is not there, or tables hold a cell that its form does not have.
pub fn returns_from_archive(term: &TermState, forms: &[Arc<Form>]) -> Result<Vec<Submission>> {
    let mut returns = Returns::new();
    for table in ["cells", "amounts"] {
        let path = term.table(table);
        let values = ValueTable::open(&path)?;
        for group in 0..values.row_groups() {
            let file = File::open(&path).map_err(|e| Error::io(Action::Read, &path, e))?;
            for batch in values.read_places(file, group)? {
                add_batch(&batch?, forms, &mut returns).map_err(|reason| Error::library(Action::Read, &path, reason))?;
            }
        }
    }
    Ok(returns.into_values().collect())
}

fn add_batch(batch: &Batch, forms: &[Arc<Form>], returns: &mut Returns) -> std::result::Result<(), Message> {
    let Some(places) = &batch.places else { return Err(message!("archive.does_not_say_where")) };
    let statuses = batch.statuses()?;
    let units: Vec<Arc<str>> = batch.unit.names().map(Arc::from).collect();
    let files: Vec<Arc<str>> = places.file.names().map(Arc::from).collect();
    let sheets: Vec<Arc<str>> = places.file_sheet.names().map(Arc::from).collect();
    let cells: Vec<Option<CellRef>> = places.cell.names().map(|name| name.parse().ok()).collect();
    for run in batch.runs() {
        let Some((index, slot)) = address(batch, run.start, forms)? else { continue };
        for row in run {
            let texts = batch.unit.key(row).zip(places.file.key(row)).zip(batch.status.key(row));
            let Some(((unit, file), status)) = texts else { continue };
            let key = (index, Arc::clone(&units[unit]));
            let entry = returns.entry(key).or_insert_with_key(|(_, unit)| blank(&forms[index], unit, &files[file]));
            entry.values.set(slot, statuses[status], batch.numbers[row]);
            let sheet = places.file_sheet.key(row).map(|key| &sheets[key]);
            put_place(entry, slot, &files[file], sheet, places.cell.key(row).and_then(|key| cells[key]));
        }
    }
    Ok(())
}

/// A return with nothing in it and no place for anything.
fn blank(form: &Arc<Form>, unit: &Arc<str>, file: &Arc<str>) -> Submission {
    Submission {
        unit: Arc::clone(unit),
        form: Arc::clone(form),
        values: Values::new(form.layout.slots),
        source: Source { file: Arc::clone(file), sha256: Arc::from(""), modified: 0 },
        placements: form.layout.sheets.iter().map(|sheet| Placement::Each { sheet: None, cells: vec![None; sheet.slots()] }).collect(),
        lineage: crate::returns::Lineage::default(),
    }
}

/// Puts down where a slot stood; in a part of its own where another file than the return's has it.
fn put_place(submission: &mut Submission, slot: SlotIndex, file: &Arc<str>, name: Option<&Arc<str>>, cell: Option<CellRef>) {
    let (index, ..) = submission.form.layout.address(slot);
    let at = submission.form.layout.sheets[index].offset(slot);
    let placements = if *file == submission.source.file {
        &mut submission.placements
    } else {
        if submission.lineage.parts.iter().all(|part| part.source.file != *file) {
            let Submission { source, placements, .. } = blank(&submission.form, &submission.unit, file);
            submission.lineage.parts.push(Part { source, placements });
        }
        let Some(part) = submission.lineage.parts.iter_mut().find(|part| part.source.file == *file) else { return };
        &mut part.placements
    };
    if let Placement::Each { sheet, cells } = &mut placements[index] {
        cells[at] = cell;
        if sheet.is_none() {
            *sheet = name.cloned();
        }
    }
}
