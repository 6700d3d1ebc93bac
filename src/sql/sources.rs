//! The archive's tables as the engine scans them, with school year and term beside their own columns.
//!
//! Wherever a file stands, what is in force, drafts or a release's own folder, the two columns are told of its term, and a
//! question about one year opens no file of another. Files of before, whose columns had other names and types, are looked at
//! through today's (`before`).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion::catalog::TableProvider;
use datafusion::common::ScalarValue;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::before::{COLUMN_PARTS, as_today, parts_of_columns};
use super::problem::failed;
use super::{TERM, YEAR};
use crate::archive::{Area, Generation, Publication, TermState, is_of_before, table_in};
use crate::base::error::{Action, Error, Result};
use crate::base::input::on_this_machine;
use crate::base::term::Period;
use crate::forms::{ArchiveColumn, ArchiveTable};
use crate::sql_engine::{ArchiveFolder, ArchiveScan, ScannedFile, marked};

/// Files of the terms that are looked at.
pub struct Sources<'a> {
    archive: &'a Path,
    states: &'a [TermState],
    generation: Generation,
    groupings: &'a [String],
}

/// Where a table of a term stands.
struct Place {
    path: PathBuf,
    period: Period,
    /// Its columns are those of archives of before.
    is_old: bool,
}

impl<'a> Sources<'a> {
    /// Sources of some states of terms.
    ///
    /// # Errors
    /// When the note of what is in force cannot be read.
    pub fn new(archive: &'a Path, states: &'a [TermState], groupings: &'a [String]) -> Result<Self> {
        Ok(Self { archive, states, generation: Generation::read(archive)?, groupings })
    }

    /// A table over all terms; without a row where no term has it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn table(&self, table: &ArchiveTable, folder: &ArchiveFolder) -> Result<Arc<dyn TableProvider>> {
        let places = self.states.iter().map(|state| self.place(state, &table.name));
        let places: Vec<Place> = places.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let schema = with_term(self.schema(table, &places)?);
        let (old, own): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.is_old);
        let own = scan(folder, schema.clone(), &own)?;
        if old.is_empty() {
            return Ok(own);
        }
        let mut parts = vec![plan_of(own)?];
        for place in old {
            let file = with_term(file_schema(&place.path)?);
            let columns = Arc::clone(file.file_schema());
            let scan = plan_of(scan(folder, file, &[place])?)?;
            parts.push(match table.name.as_str() {
                COLUMN_PARTS => parts_of_columns(scan, &columns, schema.table_schema())?,
                name => as_today(name, scan, &columns, schema.table_schema())?,
            });
        }
        let all = parts.into_iter().map(LogicalPlanBuilder::from).map(Ok).reduce(|all, part| all?.union(part?.build()?));
        let all = all.map_or_else(|| LogicalPlanBuilder::empty(false).build(), |all| all?.build());
        Ok(Arc::new(ViewTable::new(all.map_err(|e| failed(&e))?, None)))
    }

    /// Where a table of a term stands, preferably where its folders name the term; none where the term has no such table.
    fn place(&self, state: &TermState, table: &str) -> Result<Option<Place>> {
        let is_old = is_of_before(state)?;
        // Splits of columns stood in the table of columns.
        let table = if is_old && table == COLUMN_PARTS { "columns" } else { table };
        let (own, period) = (state.table(table), state.key.period);
        let in_force = match &state.publication {
            // Later states of results and streams of their own have another folder in their path.
            _ if state.key.state.is_some() || state.key.stream.is_some() => None,
            Publication::Draft | Publication::Current => Some(own.clone()),
            Publication::Release(release) => {
                let known = self.generation.terms.get(&state.key.to_string());
                let is_it = !self.generation.in_progress && known.is_some_and(|known| known.number == release.number);
                is_it.then(|| table_in(self.archive, Area::Current, table, &state.key))
            }
        };
        if let Some(path) = in_force.filter(|path| path.is_file()) {
            return Ok(Some(Place { path, period, is_old }));
        }
        if own.symlink_metadata().is_ok() && !own.is_file() {
            // A device, a pipe, a link that leads nowhere: the table is not there, and nobody would know.
            return Err(Error::io(Action::Read, &own, std::io::ErrorKind::InvalidInput.into()));
        }
        Ok(own.is_file().then_some(Place { path: own, period, is_old }))
    }

    /// The columns of a table: those described, and of tables that vary all that any term has.
    fn schema(&self, table: &ArchiveTable, places: &[Place]) -> Result<Schema> {
        let mut fields: Vec<FieldRef> = described(table)?.fields().iter().cloned().collect();
        let mut add = |name: &str, kind: DataType| {
            if fields.iter().all(|field| field.name() != name) {
                fields.push(Arc::new(Field::new(name, kind, true)));
            }
        };
        if table.varies() {
            if table.columns.iter().any(|column| column.name == "reports_to") {
                // Views name them, whatever register an old term had.
                self.groupings.iter().for_each(|grouping| add(grouping, DataType::Utf8View));
            }
            for place in places.iter().filter(|place| !place.is_old) {
                for field in file_schema(&place.path)?.fields() {
                    add(field.name(), as_asked(field.data_type()));
                }
            }
        }
        Ok(Schema::new(fields))
    }
}

/// A described column as a field; none for a type we do not know. Whole numbers are asked for with 64 bits, however they are stored.
fn field(column: &ArchiveColumn) -> Option<Field> {
    let kind = match column.stored.as_str() {
        "string" => DataType::Utf8View,
        "int16" | "int32" | "int64" => DataType::Int64,
        "date" => DataType::Date32,
        "boolean" => DataType::Boolean,
        "list(string)" => DataType::new_list(DataType::Utf8, true),
        decimal => {
            let (precision, scale) = decimal.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
            DataType::Decimal128(precision.parse().ok()?, scale.parse().ok()?)
        }
    };
    Some(Field::new(&column.name, kind, true))
}

/// The type that a stored column is asked for with.
fn as_asked(stored: &DataType) -> DataType {
    match stored {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => DataType::Utf8View,
        kind if kind.is_integer() => DataType::Int64,
        other => other.clone(),
    }
}

/// The columns of a table with school year and term. Forms have a column of the term of their own, which says the same.
pub fn with_term(schema: Schema) -> TableSchema {
    let own = schema.fields().iter().filter(|field| ![YEAR, TERM].contains(&field.name().as_str())).cloned();
    let told = [Field::new(YEAR, DataType::Int64, false), Field::new(TERM, DataType::Utf8View, false)];
    let told: Vec<FieldRef> = told.map(|field| Arc::new(marked(field))).into();
    TableSchema::builder(Arc::new(Schema::new(own.collect::<Vec<_>>()))).with_table_partition_cols(told).build()
}

/// The columns of a described table.
///
/// # Errors
/// When a column is stored as a type we do not know.
pub fn described(table: &ArchiveTable) -> Result<Schema> {
    // Rows are sorted by all of them: whatever stands before the last comes in runs.
    let in_runs = table.sorted_by.len().saturating_sub(1);
    let is_in_runs = |name: &String| table.sorted_by.iter().take(in_runs).any(|sorted| sorted == name);
    let mark = |column: &ArchiveColumn| field(column).map(|field| if is_in_runs(&column.name) { marked(field) } else { field });
    let fields = table.columns.iter().map(mark).collect::<Option<Vec<Field>>>();
    let unknown = || Error::config("archive.toml", format!("table `{}`: a column is stored as a type that cannot be read", table.name));
    fields.map(Schema::new).ok_or_else(unknown)
}

/// The columns of a file.
fn file_schema(path: &Path) -> Result<Schema> {
    on_this_machine(path)?;
    let file = File::open(path).map_err(|e| Error::io(Action::Read, path, e))?;
    let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
    footer.map(|footer| footer.schema().as_ref().clone()).map_err(|e| Error::library(Action::Read, path, e))
}

/// Files of the same columns; what one lacks is null.
fn scan(folder: &ArchiveFolder, schema: TableSchema, places: &[&Place]) -> Result<Arc<dyn TableProvider>> {
    let mut files = Vec::new();
    for place in places {
        on_this_machine(&place.path)?;
        let values =
            vec![ScalarValue::from(i64::from(place.period.year.0)), ScalarValue::Utf8View(Some(place.period.term.id().to_owned()))];
        files.push(ScannedFile { path: place.path.clone(), values });
    }
    let scan = ArchiveScan::new(folder, schema, files).map_err(|e| Error::io(Action::Read, "archive", e))?;
    Ok(Arc::new(scan))
}

fn plan_of(table: Arc<dyn TableProvider>) -> Result<LogicalPlan> {
    let scan = LogicalPlanBuilder::scan("stored", provider_as_source(table), None).and_then(LogicalPlanBuilder::build);
    scan.map_err(|e| failed(&e))
}
