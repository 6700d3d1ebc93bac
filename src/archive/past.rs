//! Statements of an earlier term's archive about each unit, in terms of today's forms.
//!
//! A form of another circular is looked at through a confirmed mapping; without one its
//! figures are left out and the reason is told: nothing is compared by code alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::parquet_file::open_parquet;
use super::reader::TermState;
use super::term_facts::{read_missing, read_places};
use super::text_table::TextTable;
use super::value_reader::{Batch, ValueTable};
use super::{CIRCULAR_KEY, FORMAT_KEY, INPUTS_KEY, LISTED_INPUTS_KEY, RUN_KEY};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;
use crate::forms::{Form, FormMapping, Layout, Schemas, SlotIndex, SlotMap};
use crate::indicators::FormGap;
use crate::returns::{Returns, Status, Values};

/// Returns of an earlier term, carried over into today's forms.
#[derive(Debug, Default)]
pub struct Past {
    /// Values by unit and today's form; none when the archive does not hold the term.
    pub returns: Option<Returns>,
    /// Forms whose earlier figures cannot be looked at, and why.
    pub gaps: Vec<FormGap>,
}

/// An archived form that today's forms can be compared with.
struct Source {
    /// Id in the archive.
    id: String,
    layout: Arc<Layout>,
    form: Arc<str>,
    slots: SlotMap,
}

/// Reads the returns of a term; one that the archive does not hold gives none.
///
/// # Errors
/// When a file of the archive cannot be read or is not what it should be.
pub fn past_returns(term: Option<&TermState>, schemas: &Schemas, forms: &[Arc<Form>]) -> Result<Past> {
    let mut past = Past::default();
    let Some(term) = term else { return Ok(past) };
    let known = term.table("forms");
    if !known.is_file() {
        return Ok(past);
    }
    let sources = sources(&archived_forms(&known)?, schemas, forms, &mut past.gaps);
    let mut found: BTreeMap<(usize, String), Values> = BTreeMap::new();
    for table in ["cells", "amounts"] {
        let path = term.table(table);
        if path.is_file() {
            read_values(&path, &sources, &mut found)?;
        }
    }
    let mut returns = Returns::default();
    for ((source, unit), values) in found {
        let source = &sources[source];
        returns.insert(unit, Arc::clone(&source.form), values.mapped(&source.slots));
    }
    let places = read_places(term)?;
    for source in &sources {
        read_missing(term, &source.id, &places)?.into_iter().for_each(|unit| returns.miss(unit, Arc::clone(&source.form)));
    }
    for (unit, place) in places {
        returns.put(unit, place);
    }
    past.returns = Some(returns);
    Ok(past)
}

/// Sources of a table's returns, as a hash over them or, in archives of before, as a list; none where the archive does not hold it.
///
/// # Errors
/// When the file cannot be read.
pub fn inputs_of(path: &Path) -> Result<Option<String>> {
    if let Some(hash) = noted(path, INPUTS_KEY)? {
        return Ok(Some(hash));
    }
    // As it was listed: a release of before that is made again has the identity that it had.
    noted(path, LISTED_INPUTS_KEY)
}

/// The run that a table is of; none where the file is not there, or is no table of ours.
///
/// # Errors
/// When the file cannot be read.
pub fn run_of(path: &Path) -> Result<Option<String>> {
    noted(path, RUN_KEY)
}

/// The circular that a table's figures are reported under; none where the file is not there, or does not say.
///
/// # Errors
/// When the file cannot be read.
pub fn circular_of(path: &Path) -> Result<Option<String>> {
    noted(path, CIRCULAR_KEY)
}

/// True for a state of a term whose tables have the columns of before.
///
/// # Errors
/// When the file cannot be read.
pub fn is_of_before(state: &TermState) -> Result<bool> {
    let path = state.table("forms");
    Ok(path.is_file() && noted(&path, FORMAT_KEY)?.is_none())
}

/// Note of a file under a key.
fn noted(path: &Path, key: &str) -> Result<Option<String>> {
    if !path.is_file() {
        return Ok(None);
    }
    let parquet = open_parquet(path)?;
    let pairs = parquet.metadata().file_metadata().key_value_metadata();
    Ok(pairs.into_iter().flatten().find(|pair| pair.key == key).and_then(|pair| pair.value.clone()))
}

/// Form ids of a term and the ids of their layouts.
fn archived_forms(path: &Path) -> Result<Vec<(String, String)>> {
    let table = TextTable::read(path, &["form", "layout"])?;
    if table.at("form").is_none() || table.at("layout").is_none() {
        return Err(Error::library(Action::Read, path, message!("archive.no_columns_form_layout")));
    }
    let pairs = table.rows().map(|row| (row.text("form").to_owned(), row.text("layout").to_owned()));
    Ok(pairs.filter(|(form, layout)| !form.is_empty() && !layout.is_empty()).collect())
}

/// For each of today's forms, the archived form that it can be compared with.
fn sources(archived: &[(String, String)], schemas: &Schemas, forms: &[Arc<Form>], gaps: &mut Vec<FormGap>) -> Vec<Source> {
    let mut sources = Vec::new();
    for form in forms {
        let mut gap = None;
        let source = archived.iter().find_map(|(id, layout)| {
            let old = schemas.forms.iter().map(|form| &form.layout).find(|known| *known.id == **layout)?;
            match schemas.form_mapping(old, &form.layout) {
                FormMapping::Open(slots) => Some(Source { id: id.clone(), layout: Arc::clone(old), form: Arc::clone(&form.id), slots }),
                FormMapping::Unconfirmed(path) => {
                    gap = Some(message!("archive.mapping_not_confirmed", path));
                    None
                }
                FormMapping::None => None,
            }
        });
        match source {
            Some(source) => sources.push(source),
            None => {
                let none = || message!("archive.no_mapping_form_term");
                gaps.push(FormGap { form: Arc::clone(&form.id), why: gap.unwrap_or_else(none) });
            }
        }
    }
    sources
}

fn read_values(path: &Path, sources: &[Source], found: &mut BTreeMap<(usize, String), Values>) -> Result<()> {
    let table = ValueTable::open(path)?;
    for group in 0..table.row_groups() {
        let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
        for batch in table.read(file, group)? {
            let batch = batch?;
            for run in batch.runs() {
                for (index, source) in sources.iter().enumerate().filter(|(_, source)| source.id == batch.form.at(run.start)) {
                    if let Some(slot) = slot_of(&source.layout, &batch, run.start) {
                        add_run(&batch, run.clone(), index, source, slot, found);
                    }
                }
            }
        }
    }
    Ok(())
}

/// The slot of a row in the layout it was archived under.
fn slot_of(layout: &Layout, batch: &Batch, row: usize) -> Option<SlotIndex> {
    let sheet = layout.sheet(batch.sheet.at(row))?;
    let column = sheet.find_column(u16::try_from(batch.columns[row]).ok()?)?;
    Some(sheet.slot(sheet.find_code(batch.code.at(row))?, column))
}

fn add_run(
    batch: &Batch,
    run: std::ops::Range<usize>,
    index: usize,
    source: &Source,
    slot: SlotIndex,
    found: &mut BTreeMap<(usize, String), Values>,
) {
    for row in run {
        let Some(status) = Status::ALL.into_iter().find(|status| status.id() == batch.status.at(row)) else { continue };
        let values = found.entry((index, batch.unit.at(row).to_owned())).or_insert_with(|| Values::new(source.layout.slots));
        values.set(slot, status, batch.numbers[row]);
    }
}
