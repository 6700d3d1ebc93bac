//! The archive's tables as lazy scans, with school year and term beside their own columns.
//!
//! Where a file stands in folders named by school year and term (what is in force, drafts), those are read out of
//! its path, and a question about one year opens no file of another. A release's own files have no such folders:
//! they are looked at one by one and get the two columns as constants. Both ways give the same rows. Files of before,
//! whose columns had other names and types, are looked at through today's (`before`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::io::HiveOptions;
use polars::prelude::{
    DataFrame, DataType, Field, IntoLazy as _, LazyFrame, PlRefPath, PlSmallStr, ScanArgsParquet, Schema, SchemaExt as _, SchemaRef,
    UnionArgs, col, concat, lit,
};

use super::before::{COLUMN_PARTS, as_today, parts_of_columns};
use super::problem::failed;
use crate::archive::{Area, Generation, Standing, TermState, is_of_before, table_in};
use crate::error::{Error, Result};
use crate::input::on_this_machine;
use crate::schema::{ArchiveColumn, ArchiveTable};
use crate::term::Period;

/// Column of the first year of the school year.
pub const YEAR: &str = "school_year";
/// Column of the term.
pub const TERM: &str = "term";

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
    /// Its folders name the term.
    in_folders: bool,
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
    pub fn table(&self, table: &ArchiveTable) -> Result<LazyFrame> {
        let places = self.states.iter().map(|state| self.place(state, &table.name));
        let places: Vec<Place> = places.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let schema = self.schema(table, &places)?;
        if places.is_empty() {
            let all: Schema = with_term(&schema);
            return Ok(DataFrame::empty_with_schema(&all).lazy());
        }
        // One way or the other: the engine takes the year for another type where both are mixed.
        if places.iter().all(|place| place.in_folders && !place.is_old) {
            return self.scan_folders(&places, &schema);
        }
        let mut parts = Vec::new();
        for place in &places {
            let scan = match place.is_old {
                true if table.name == COLUMN_PARTS => parts_of_columns(scan_plain(&place.path)?, &schema)?,
                true => as_today(&table.name, scan_plain(&place.path)?, &schema)?,
                false => scan(std::slice::from_ref(&place.path), &schema, HiveOptions::new_disabled())?,
            };
            parts.push(scan.with_columns([lit(i64::from(place.period.year.0)).alias(YEAR), lit(place.period.term.id()).alias(TERM)]));
        }
        concat(parts, UnionArgs::default()).map_err(|e| failed(&e))
    }

    /// Where a table of a term stands, preferably where its folders name the term; none where the term has no such table.
    fn place(&self, state: &TermState, table: &str) -> Result<Option<Place>> {
        let is_old = is_of_before(state)?;
        // What columns are split by stood in the table of columns.
        let table = if is_old && table == COLUMN_PARTS { "columns" } else { table };
        let (own, period) = (state.table(table), state.key.period);
        let in_force = match &state.standing {
            // Later states of results and streams of their own have another folder in their path.
            _ if state.key.state.is_some() || state.key.stream.is_some() => None,
            Standing::Draft | Standing::Current => Some(own.clone()),
            Standing::Release(release) => {
                let known = self.generation.terms.get(&state.key.to_string());
                let is_it = !self.generation.in_progress && known.is_some_and(|known| known.number == release.number);
                is_it.then(|| table_in(self.archive, Area::Current, table, &state.key))
            }
        };
        if let Some(path) = in_force.filter(|path| path.is_file()) {
            return Ok(Some(Place { path, period, in_folders: true, is_old }));
        }
        Ok(own.is_file().then_some(Place { path: own, period, in_folders: false, is_old }))
    }

    /// The columns of a table: those described, and of tables that vary all that any term has.
    fn schema(&self, table: &ArchiveTable, places: &[Place]) -> Result<SchemaRef> {
        let mut schema: Schema = table.columns.iter().map(field).collect::<Option<Schema>>().ok_or_else(|| {
            Error::config("archive.toml", format!("table `{}`: a column is stored as a type that cannot be read", table.name))
        })?;
        if table.varies() {
            if table.columns.iter().any(|column| column.name == "reports_to") {
                // Views name them, whatever register an old term had.
                self.groupings.iter().for_each(|grouping| drop(schema.insert(grouping.as_str().into(), DataType::String)));
            }
            for place in places.iter().filter(|place| !place.is_old) {
                let mut own = scan_plain(&place.path)?;
                for (name, kind) in own.collect_schema().map_err(|e| failed(&e))?.iter() {
                    if !schema.contains(name) {
                        schema.insert(name.clone(), kind.clone());
                    }
                }
            }
        }
        Ok(Arc::new(schema))
    }

    fn scan_folders(&self, places: &[Place], schema: &SchemaRef) -> Result<LazyFrame> {
        let paths: Vec<PathBuf> = places.iter().map(|place| place.path.clone()).collect();
        let parts = Schema::from_iter([Field::new(YEAR.into(), DataType::Int64), Field::new(TERM.into(), DataType::String)]);
        let hive = HiveOptions {
            enabled: Some(true),
            // An archive may itself stand in a folder such as `a=b`.
            hive_start_idx: PlRefPath::new(&*self.archive.to_string_lossy()).as_str().len(),
            schema: Some(Arc::new(parts)),
            try_parse_dates: false,
        };
        scan(&paths, schema, hive)
    }
}

/// A described column as a field; none for a type we do not know.
fn field(column: &ArchiveColumn) -> Option<Field> {
    let kind = match column.stored.as_str() {
        "string" => DataType::String,
        "int16" => DataType::Int16,
        "int32" => DataType::Int32,
        "int64" => DataType::Int64,
        "date" => DataType::Date,
        "boolean" => DataType::Boolean,
        "list(string)" => DataType::List(Box::new(DataType::String)),
        decimal => {
            let (precision, scale) = decimal.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
            DataType::Decimal(precision.parse().ok()?, scale.parse().ok()?)
        }
    };
    Some(Field::new(PlSmallStr::from_str(&column.name), kind))
}

/// The columns of a table with school year and term.
pub fn with_term(schema: &Schema) -> Schema {
    let mut all: Schema = schema.iter_fields().filter(|field| ![YEAR, TERM].contains(&field.name().as_str())).collect();
    all.insert(YEAR.into(), DataType::Int64);
    all.insert(TERM.into(), DataType::String);
    all
}

/// The columns of a described table.
///
/// # Errors
/// When a column is stored as a type we do not know.
pub fn described(table: &ArchiveTable) -> Result<Schema> {
    let fields = table.columns.iter().map(field).collect::<Option<Schema>>();
    fields.ok_or_else(|| Error::config(&table.name, "a column is stored as a type that cannot be read"))
}

/// Files of the same columns; what one lacks is null.
fn scan(paths: &[PathBuf], schema: &SchemaRef, hive_options: HiveOptions) -> Result<LazyFrame> {
    let is_part = hive_options.enabled == Some(true);
    let args = ScanArgsParquet {
        hive_options,
        schema: Some(Arc::clone(schema)),
        glob: false,
        allow_missing_columns: true,
        ..ScanArgsParquet::default()
    };
    paths.iter().try_for_each(|path| on_this_machine(path))?;
    let paths: Vec<PlRefPath> = paths.iter().map(|path| PlRefPath::new(&*path.to_string_lossy())).collect();
    let found = LazyFrame::scan_parquet_files(paths.into(), args).map_err(|e| failed(&e))?;
    // Forms have a column of the term of their own, which says the same.
    let own = schema.iter_names().filter(|name| ![YEAR, TERM].contains(&name.as_str())).map(|name| col(name.clone()));
    let parts = if is_part { vec![col(YEAR), col(TERM)] } else { Vec::new() };
    Ok(found.select(own.chain(parts).collect::<Vec<_>>()))
}

fn scan_plain(path: &Path) -> Result<LazyFrame> {
    on_this_machine(path)?;
    let args = ScanArgsParquet { hive_options: HiveOptions::new_disabled(), glob: false, ..ScanArgsParquet::default() };
    LazyFrame::scan_parquet(PlRefPath::new(&*path.to_string_lossy()), args).map_err(|e| failed(&e))
}
