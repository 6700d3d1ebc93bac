//! Tables that are no files: which cells add up to a measure, and which releases are looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;

use super::problem::failed;
use super::sources::described;
use crate::archive::{Publication, TermState, in_key};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::forms::{ArchiveTable, Form, Measure, MeasurePart, Schemas, SlotIndex};

/// Cells that add up to measures.
const MEASURES: &str = "measures";
/// Cells that say that results are still to come.
const PENDING: &str = "pending_results";
/// Releases.
const RELEASES: &str = "releases";

/// A value of a made table.
enum Value {
    Text(String),
    Number(i64),
    Null,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Null } else { Self::Text(text.to_owned()) }
    }
}

/// A made table.
///
/// # Errors
/// When there is none of that name, or its description is not that of what is made.
pub fn derived_table(table: &ArchiveTable, states: &[TermState], schemas: &Schemas) -> Result<Arc<dyn TableProvider>> {
    let rows = match table.name.as_str() {
        MEASURES => measures(states, schemas),
        PENDING => pending(states, schemas),
        RELEASES => states.iter().map(release).collect(),
        other => return Err(Error::Unknown { kind: message!("kinds.table"), name: other.to_owned(), hint: None }),
    };
    in_memory(described(table)?, &rows).map_err(|e| failed(&e))
}

/// Every cell of the forms of a term that a measure is the sum of.
fn measures(states: &[TermState], schemas: &Schemas) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for_each_part(states, schemas, &mut |state, form, measure, part| {
        for slot in part.slots(&form.layout, &BTreeMap::new()).unwrap_or_default() {
            let mut row: Vec<Value> = term_of(state);
            row.extend([measure.id.as_str(), &measure.name_vi, &measure.unit_vi, in_key("level", &form.level)].map(Value::from));
            row.extend(cell(form, slot));
            rows.push(row);
        }
    });
    rows
}

/// Every cell of the forms of a term that says that results of a measure are still to come.
fn pending(states: &[TermState], schemas: &Schemas) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for_each_part(states, schemas, &mut |state, form, measure, part| {
        let due = schemas.regulation(&form.circular).and_then(|regulation| regulation.result_state(form.term));
        let results = state.key.state.as_deref().or(due.map(|own| own.id.as_str()));
        // While the exam is yet to be held the figure itself is open, whatever it is.
        let is_always = results.is_some_and(|results| part.is_open_in(results));
        let slots = if is_always {
            part.slots(&form.layout, &BTreeMap::new()).unwrap_or_default()
        } else {
            part.pending_slots(&form.layout, &BTreeMap::new())
        };
        for slot in slots {
            let mut row: Vec<Value> = term_of(state);
            row.extend([measure.id.as_str(), in_key("level", &form.level)].map(Value::from));
            row.extend(cell(form, slot));
            row.push(if is_always { "always" } else { "above_zero" }.into());
            rows.push(row);
        }
    });
    rows
}

/// Calls `told` for every part of a measure that stands in a form of a term.
fn for_each_part(states: &[TermState], schemas: &Schemas, told: &mut dyn FnMut(&TermState, &Form, &Measure, &MeasurePart)) {
    for state in states {
        // Forms of a stream of its own stand in its terms alone.
        let is_of = |circular: &str| state.key.stream.as_deref().is_none_or(|stream| circular == stream);
        for form in schemas.forms.iter().filter(|form| form.term == state.key.period.term && is_of(&form.circular)) {
            for measure in &schemas.measures.measures {
                for part in measure.parts.iter().filter(|part| part.layout == form.layout.id) {
                    told(state, form, measure, part);
                }
            }
        }
    }
}

/// School year and term of a state.
fn term_of(state: &TermState) -> Vec<Value> {
    vec![Value::Number(i64::from(state.key.period.year.0)), state.key.period.term.id().into()]
}

/// Form, sheet, code and column of a slot.
fn cell(form: &Form, slot: SlotIndex) -> [Value; 4] {
    let (sheet, coded, column) = form.layout.address(slot);
    let sheet = &form.layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    [(&*form.id).into(), (&*sheet.id).into(), code.into(), Value::Number(i64::from(sheet.columns[column].number))]
}

/// A state of a term as a row.
fn release(state: &TermState) -> Vec<Value> {
    let publication = match state.publication {
        Publication::Release(_) => "release",
        Publication::Draft => "draft",
        Publication::Current => "current",
    };
    let (number, kind, recorded) = state
        .release()
        .map_or((Value::Null, "", ""), |release| (Value::Number(i64::from(release.number)), &*release.kind, &*release.recorded_at));
    vec![
        Value::Number(i64::from(state.key.period.year.0)),
        state.key.period.term.id().into(),
        state.key.state.as_deref().unwrap_or_default().into(),
        state.key.stream.as_deref().unwrap_or_default().into(),
        publication.into(),
        number,
        kind.into(),
        recorded.into(),
    ]
}

/// Rows under the columns of a schema.
fn in_memory(schema: Schema, rows: &[Vec<Value>]) -> std::result::Result<Arc<dyn TableProvider>, DataFusionError> {
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        let texts = rows.iter().map(|row| match row.get(at) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        });
        let numbers = rows.iter().map(|row| match row.get(at) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        });
        columns.push(match field.data_type() {
            DataType::Int64 => Arc::new(numbers.collect::<Int64Array>()),
            _ => Arc::new(texts.collect::<StringViewArray>()),
        });
    }
    let schema = Arc::new(schema);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
}
