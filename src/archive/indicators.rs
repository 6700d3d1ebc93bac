//! The archive's tables of indicators: written with a term, read back for series over the years.
//!
//! Places and single units have a table each, so that series of places need not read every school.

use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray as _;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array as _, RecordBatch};
use parquet::arrow::ProjectionMask;
use rayon::prelude::*;

use super::columns::Columns;
use super::old_names::{in_key, out_of_key};
use super::parquet_file::open_parquet;
use super::reader::TermState;
use super::{ArchiveInput, Destination, write_long};
use crate::base::error::{Action, Error, Result};
use crate::base::input::surviving;
use crate::base::message::Lang;
use crate::base::message::message;
use crate::base::number::{AMOUNT_UNIT, Fraction, NumberKind, millionths};
use crate::indicators::{IndicatorLine, LINE_TEXTS, Places};

/// Table of places: units that others report to, and groups.
const PLACES: &str = "indicators";
/// Table of single units.
const UNITS: &str = "unit_indicators";
/// Columns that a series needs.
const SERIES: [&str; 10] =
    ["indicator", "measured", "basis", "level", "dimension", "place_kind", "place", "status", "numerator", "denominator"];

/// Takes lines, some at a time.
pub type EachLines<'f, 'a> = dyn FnMut(&[IndicatorLine<'a>]) -> Result<()> + 'f;

/// Writes the indicators of a term: those of places, and those of single units, which come some at a time.
///
/// # Errors
/// When the file cannot be written.
pub fn write_indicators<'a>(
    target: Destination<'_>,
    input: &ArchiveInput<'_>,
    lines: &[IndicatorLine<'a>],
    singles: &dyn Fn(&mut EachLines<'_, 'a>) -> Result<()>,
    places: &Places,
) -> Result<[PathBuf; 2]> {
    let groups = write_table(target, input, PLACES, places, &|then: &mut EachLines<'_, 'a>| then(lines))?;
    let units = write_table(target, input, UNITS, places, singles)?;
    Ok([groups, units])
}

fn write_table<'a>(
    target: Destination<'_>,
    input: &ArchiveInput<'_>,
    name: &str,
    places: &Places,
    each: &dyn Fn(&mut EachLines<'_, 'a>) -> Result<()>,
) -> Result<PathBuf> {
    let names: Vec<&str> = LINE_TEXTS.into_iter().chain(["status", "reason"]).collect();
    let table = Columns::texts(&names)
        .and_numbers(&["received", "expected", "facilities_received", "facilities_expected"])
        .and_decimals(&["numerator", "denominator", "value"])
        .and_counts(&["units_in", "units_expected"]);
    write_long(target, input, name, table, &mut |file| {
        each(&mut |lines: &[IndicatorLine<'a>]| {
            for line in lines {
                add_line(file.rows()?, line, places);
            }
            Ok(())
        })
    })
}

fn add_line(table: &mut Columns, line: &IndicatorLine<'_>, places: &Places) {
    let value = &line.value;
    let reason = value.reason.as_ref().map_or_else(String::new, |reason| reason.vi());
    let own = line.texts(places, Lang::Vi).into_iter().zip(LINE_TEXTS).map(|(text, name)| in_key(name, text));
    let texts: Vec<&str> = own.chain([value.state.id(), &reason]).collect();
    let coverage = value.coverage;
    let covered = [coverage.received, coverage.expected, coverage.facilities_received, coverage.facilities_expected].map(i64::from);
    let quotient = value.fraction().and_then(|own| millionths(own.numerator, own.denominator));
    let scaled = |number: Option<i64>, kind| number.map(|n| if kind == NumberKind::Counts { n.saturating_mul(AMOUNT_UNIT) } else { n });
    let decimals = [scaled(value.numerator, value.kind()), scaled(value.denominator, value.kind_below()), quotient];
    let units = [value.units.map(|units| units.within.into()), value.units.map(|units| units.expected.into())];
    table.push_counted(&texts, &covered, &units, NumberKind::Amounts, &decimals);
}

/// An indicator as a term published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedIndicator {
    /// Id.
    pub indicator: String,
    /// Basis, where it has several.
    pub basis: String,
    /// Level.
    pub level: String,
    /// Kind of place: `unit` or a grouping.
    pub place_kind: String,
    /// Code of the place.
    pub place: String,
    /// `complete`, `incomplete` or `none`.
    pub status: String,
    /// Numerator, factor taken in, and denominator, in the same unit; none where there is no value.
    pub fraction: Option<Fraction>,
}

/// The whole indicators (no parts of them) that a term published of its places; none where it has no such table.
///
/// # Errors
/// When the file cannot be read or is not such a table.
pub fn read_indicators(term: &TermState) -> Result<Vec<ArchivedIndicator>> {
    let path = term.table(PLACES);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    surviving(Action::Read, &path, || read_places(&path))
}

fn read_places(path: &Path) -> Result<Vec<ArchivedIndicator>> {
    let failed = |e: &dyn std::fmt::Display| Error::library(Action::Read, path, e);
    let builder = open_parquet(path)?;
    let wanted = ProjectionMask::columns(builder.parquet_schema(), SERIES);
    let reader = builder.with_projection(wanted).build().map_err(|e| failed(&e))?;
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|e| failed(&e))?;
        read_batch(&batch, &mut found).ok_or_else(|| Error::library(Action::Read, path, message!("archive.no_table_indicators")))?;
    }
    Ok(found)
}

/// Reads several terms, in their order.
///
/// # Errors
/// As for [`read_indicators`].
pub fn read_series(terms: &[TermState]) -> Result<Vec<Vec<ArchivedIndicator>>> {
    terms.par_iter().map(read_indicators).collect()
}

fn read_batch(batch: &RecordBatch, found: &mut Vec<ArchivedIndicator>) -> Option<()> {
    let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
    let number = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>();
    let [indicator, basis, level, place_kind, place, status] =
        [text("indicator")?, text("basis")?, text("level")?, text("place_kind")?, text("place")?, text("status")?];
    let (dimension, measured) = (text("dimension")?, text("measured")?);
    let (numerator, denominator) = (number("numerator")?, number("denominator")?);
    let own =
        |column: &arrow_array::StringArray, row: usize| if column.is_valid(row) { column.value(row).to_owned() } else { String::new() };
    let key = |column: &arrow_array::StringArray, row: usize, name: &str| out_of_key(name, &own(column, row)).to_owned();
    for row in (0..batch.num_rows()).filter(|&row| key(dimension, row, "dimension").is_empty()) {
        let factor = if own(measured, row) == "percent" { 100 } else { 1 };
        let below = if own(measured, row) == "count" {
            Some(i128::from(AMOUNT_UNIT))
        } else {
            denominator.is_valid(row).then(|| denominator.value(row)).filter(|below| *below != 0)
        };
        found.push(ArchivedIndicator {
            indicator: own(indicator, row),
            basis: key(basis, row, "basis"),
            level: key(level, row, "level"),
            place_kind: own(place_kind, row),
            place: key(place, row, "place"),
            status: own(status, row),
            fraction: below
                .filter(|_| numerator.is_valid(row))
                .map(|denominator| Fraction { numerator: numerator.value(row) * factor, denominator }),
        });
    }
    Some(())
}
