//! Batches of rows as packed bytes, column by column.
//!
//! The byte of a value stands in a table: codes by place, numbers by the stretch they lie in, days by the age that they make. What a
//! row has from its class or school is looked up by its index there. So a value costs a look-up and nothing is worked out row by row.

use std::ops::Range;

use chrono::{Datelike as _, NaiveDate};

use super::columns::{Coding, PlanColumn};
use super::packing::{PackedColumn, Packing};
use super::plan::EntityPlan;
use super::rows::{AgeDays, NONE, NOWHERE, RecordRows, Values, number_of, year_only};
use crate::records::{Derivation, FieldIndex, FieldRef};

/// Numbers of a table: conditions that compare with numbers further apart are looked up by halving.
const MOST_NUMBERS: i64 = 1 << 17;

/// Years that somebody is born in.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2300;

/// Makes bytes of the rows of one kind of record.
#[derive(Debug)]
pub(super) struct Encoder {
    bytes: Vec<Vec<ColumnEncoder>>,
}

/// One column, from wherever its value may be: the first source that has one.
#[derive(Debug)]
struct ColumnEncoder {
    sources: Vec<Source>,
}

/// Where a column has its byte from; bytes are multiplied by the column's stride already.
#[derive(Debug)]
enum Source {
    /// A field of the row.
    Field(FieldIndex, ByteTable),
    /// The class of the row: a byte for each.
    Class(Vec<u8>),
    /// The school of the row.
    School(Vec<u8>),
}

impl Encoder {
    /// Gets ready for the rows of a plan; `values` hold what is known of schools and classes by then.
    pub(super) fn new(plan: &EntityPlan, packing: &Packing, values: &Values<'_>) -> Self {
        let column = |packed: &PackedColumn| {
            let making = SourceMaker { plan, values, column: plan.columns.get(packed.column), stride: packed.stride };
            let mut sources = Vec::new();
            making.add(making.column.field, &mut sources);
            ColumnEncoder { sources }
        };
        Self { bytes: (0..packing.bytes()).map(|byte| packing.columns(byte).iter().map(column).collect()).collect() }
    }

    /// Puts the bytes of some rows into `bytes`, in place of what is there.
    pub(super) fn encode(&self, rows: &RecordRows, some: &Range<usize>, bytes: &mut Vec<Vec<u8>>) {
        bytes.resize_with(self.bytes.len(), Vec::new);
        let mut own = Vec::new();
        for (columns, byte) in self.bytes.iter().zip(bytes) {
            byte.clear();
            byte.resize(some.len(), 0);
            for column in columns {
                match &column.sources[..] {
                    [source] => source.fill(rows, some, byte, |byte, value| byte + value),
                    sources => {
                        own.clear();
                        own.resize(some.len(), 0);
                        for source in sources {
                            source.fill(rows, some, &mut own, |byte, value| if byte == 0 { value } else { byte });
                            // Where every row has a value the other sources are not asked.
                            if memchr::memchr(0, &own).is_none() {
                                break;
                            }
                        }
                        byte.iter_mut().zip(&own).for_each(|(byte, value)| *byte += value);
                    }
                }
            }
        }
    }
}

impl Source {
    /// Puts the bytes of some rows beside what is there.
    fn fill(&self, rows: &RecordRows, some: &Range<usize>, bytes: &mut [u8], join: impl Fn(u8, u8) -> u8) {
        let of_owner = |table: &[u8], owners: &[u32], bytes: &mut [u8]| {
            for (byte, owner) in bytes.iter_mut().zip(&owners[some.clone()]) {
                *byte = join(*byte, if *owner == NOWHERE { 0 } else { table[*owner as usize] });
            }
        };
        match self {
            Self::Field(field, table) => {
                // A column may end before the last rows: they have no value.
                let column = &rows.fields[*field];
                let there = &column[some.start.min(column.len())..some.end.min(column.len())];
                table.fill(there, bytes, join);
            }
            Self::Class(table) => of_owner(table, &rows.class, bytes),
            Self::School(table) => of_owner(table, &rows.school, bytes),
        }
    }
}

/// Makes the sources of a column.
struct SourceMaker<'a> {
    plan: &'a EntityPlan,
    values: &'a Values<'a>,
    column: &'a PlanColumn,
    stride: usize,
}

impl SourceMaker<'_> {
    fn add(&self, field: FieldRef, sources: &mut Vec<Source>) {
        let book = self.values.book;
        if field.entity != self.plan.entity {
            let of_school = field.entity == book.school;
            let owners = if of_school { self.values.schools } else { self.values.classes };
            let byte = |row: usize| self.strided(self.values.at(owners, field, row));
            let table: Vec<u8> = (0..owners.len).map(byte).collect();
            // A field that no file has gives nothing.
            if table.iter().any(|byte| *byte != 0) {
                sources.push(if of_school { Source::School(table) } else { Source::Class(table) });
            }
            return;
        }
        let coding = &self.column.coding;
        match &book.field(field).derivation {
            Some(Derivation::FirstOf(fields)) => fields.iter().for_each(|own| self.add(*own, sources)),
            None | Some(Derivation::Count(..)) => sources.push(Source::Field(field.field, ByteTable::of_numbers(coding, self.stride))),
            Some(Derivation::Years(born)) => sources.push(Source::Field(*born, self.of_days(12, &AgeDays::years))),
            Some(Derivation::Months(born)) => sources.push(Source::Field(*born, self.of_days(1, &AgeDays::months))),
        }
    }

    fn strided(&self, value: Option<i64>) -> u8 {
        strided(&self.column.coding, value, self.stride)
    }

    /// Bytes of days by the age that they make: from a day at which everybody is above the last mark to one at which all are below the first.
    fn of_days(&self, months: i64, age: &dyn Fn(&AgeDays, i32) -> Option<i64>) -> ByteTable {
        let days = &self.values.days;
        let marks = if let Coding::Stretch(marks) = &self.column.coding { &marks[..] } else { &[] };
        let day = |mark: Option<&i64>, more: i64| {
            let years = (mark.copied().unwrap_or_default() + more) * months / 12;
            let year = i64::from(days.year.max(days.day.year())).saturating_sub(years).clamp(1, 9_999);
            number_of(NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(days.year), 1, 1).unwrap_or(days.day))
        };
        let beyond = 24 / months;
        let (from, to) = (day(marks.last(), beyond + 12 / months), day(marks.first(), -beyond));
        let bytes = (from..=to).map(|born| self.strided(age(days, born))).collect();
        let years = YEARS.map(|year| self.strided(age(days, year_only(year)))).collect();
        ByteTable::Days { from, bytes, years }
    }
}

/// Bytes of numbers.
#[derive(Debug)]
enum ByteTable {
    /// Those of numbers on end; what is below or above has the byte of the first or the last.
    Numbers { from: i32, bytes: Vec<u8> },
    /// Those of days on end, and of years of which no day is told, from the first of [`YEARS`].
    Days { from: i32, bytes: Vec<u8>, years: Vec<u8> },
    /// By halving, where numbers lie too far apart.
    Halving(Coding, usize),
}

impl ByteTable {
    fn of_numbers(coding: &Coding, stride: usize) -> Self {
        let (first, last) = match coding {
            // A number that is no place of the list is not there.
            Coding::Place(values) => (-1, i64::try_from(*values).unwrap_or_default()),
            Coding::Stretch(marks) => (marks.first().map_or(0, |mark| mark - 1), marks.last().map_or(0, |mark| mark + 1)),
        };
        let from = i32::try_from(first).ok().filter(|from| *from != NONE && last - first < MOST_NUMBERS);
        match from {
            Some(from) => Self::Numbers { from, bytes: (first..=last).map(|number| strided(coding, Some(number), stride)).collect() },
            None => Self::Halving(coding.clone(), stride),
        }
    }

    /// Puts the bytes of values beside what is there.
    fn fill(&self, values: &[i32], bytes: &mut [u8], join: impl Fn(u8, u8) -> u8) {
        match self {
            Self::Numbers { from, bytes: table } => {
                let last = i32::try_from(table.len() - 1).unwrap_or(i32::MAX);
                for (byte, value) in bytes.iter_mut().zip(values) {
                    let at = usize::try_from(value.saturating_sub(*from).clamp(0, last)).unwrap_or_default();
                    *byte = join(*byte, if *value == NONE { 0 } else { table[at] });
                }
            }
            Self::Days { from, bytes: table, years } => {
                let last = i32::try_from(table.len() - 1).unwrap_or(i32::MAX);
                let of_year = |value: i32| usize::try_from(value - year_only(*YEARS.start())).ok().and_then(|at| years.get(at)).copied();
                for (byte, value) in bytes.iter_mut().zip(values) {
                    let at = usize::try_from(value.saturating_sub(*from).clamp(0, last)).unwrap_or_default();
                    let own = if *value >= year_only(0) { of_year(*value).unwrap_or_default() } else { table[at] };
                    *byte = join(*byte, if *value == NONE { 0 } else { own });
                }
            }
            Self::Halving(coding, stride) => {
                for (byte, value) in bytes.iter_mut().zip(values) {
                    let value = (*value != NONE).then_some(i64::from(*value));
                    *byte = join(*byte, strided(coding, value, *stride));
                }
            }
        }
    }
}

/// The byte of a value within a packed byte.
fn strided(coding: &Coding, value: Option<i64>, stride: usize) -> u8 {
    u8::try_from(usize::from(coding.byte(value)) * stride).unwrap_or_default()
}
