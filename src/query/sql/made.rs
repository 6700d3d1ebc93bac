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
use crate::archive::{Standing, TermState, in_key};
use crate::error::{Error, Result};
use crate::schema::{ArchiveTable, Schemas};

/// Cells that add up to measures.
const MEASURES: &str = "measures";
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
pub fn made(table: &ArchiveTable, states: &[TermState], schemas: &Schemas) -> Result<Arc<dyn TableProvider>> {
    let rows = match table.name.as_str() {
        MEASURES => measures(states, schemas),
        RELEASES => states.iter().map(release).collect(),
        other => return Err(Error::Unknown { kind: "table", name: other.to_owned(), hint: None }),
    };
    in_memory(described(table)?, &rows).map_err(|e| failed(&e))
}

/// Every cell of the forms of a term that a measure is the sum of.
fn measures(states: &[TermState], schemas: &Schemas) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for state in states {
        let period = state.key.period;
        // Forms of a stream of its own stand in its terms alone.
        let is_of = |circular: &str| match state.key.stream.as_deref() {
            Some(stream) => circular == stream,
            None => true,
        };
        for form in schemas.forms.iter().filter(|form| form.term == period.term && is_of(&form.circular)) {
            for measure in &schemas.measures.measures {
                for part in measure.parts.iter().filter(|part| part.layout == form.layout.id) {
                    let Some(slots) = part.slots(&form.layout, &BTreeMap::new()) else { continue };
                    for slot in slots {
                        let (sheet, coded, column) = form.layout.address(slot);
                        let sheet = &form.layout.sheets[sheet];
                        rows.push(vec![
                            Value::Number(i64::from(period.year.0)),
                            period.term.id().into(),
                            measure.id.as_str().into(),
                            measure.name_vi.as_str().into(),
                            measure.unit_vi.as_str().into(),
                            in_key("level", &form.level).into(),
                            (&*form.id).into(),
                            (&*sheet.id).into(),
                            sheet.coded_row(coded).code.as_deref().unwrap_or_default().into(),
                            Value::Number(i64::from(sheet.columns[column].number)),
                        ]);
                    }
                }
            }
        }
    }
    rows
}

/// A state of a term as a row.
fn release(state: &TermState) -> Vec<Value> {
    let standing = match state.standing {
        Standing::Release(_) => "release",
        Standing::Draft => "draft",
        Standing::Current => "current",
    };
    let (number, kind, recorded) = state
        .release()
        .map_or((Value::Null, "", ""), |release| (Value::Number(i64::from(release.number)), &*release.kind, &*release.recorded_at));
    vec![
        Value::Number(i64::from(state.key.period.year.0)),
        state.key.period.term.id().into(),
        state.key.state.as_deref().unwrap_or_default().into(),
        state.key.stream.as_deref().unwrap_or_default().into(),
        standing.into(),
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
