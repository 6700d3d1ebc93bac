//! Records as they are kept while they are counted: numbers by field, joined by indexes.

use chrono::{Datelike as _, NaiveDate};

use crate::base::index::{IndexVec, index_type};
use crate::records::{Derivation, EntityIndex, FieldIndex, RecordBook};

index_type! {
    /// A school among those whose records were read.
    SchoolIndex
}

/// No value: no field holds it.
pub const NONE: i32 = i32::MIN;
/// A row that belongs to no school or class that was read.
pub const NOWHERE: u32 = u32::MAX;

/// Rows of one kind of record.
///
/// A code is its place in its list, a flag 1 or 0, a date its day counted from 1/1/1970; a field that no file has is an empty column.
#[derive(Debug, Clone)]
pub struct RecordRows {
    /// The kind.
    pub entity: EntityIndex,
    /// How many rows there are.
    pub len: usize,
    /// Values by field, [`NONE`] where there is none.
    pub fields: IndexVec<FieldIndex, Vec<i32>>,
    /// The school of each row; of a school, itself.
    pub school: Vec<u32>,
    /// The class of each row, where rows have one; of a class, itself.
    pub class: Vec<u32>,
}

impl RecordRows {
    /// No rows yet.
    #[must_use]
    pub fn new(entity: EntityIndex, book: &RecordBook) -> Self {
        let fields = book.entities[entity].fields.len();
        Self { entity, len: 0, fields: vec![Vec::new(); fields].into(), school: Vec::new(), class: Vec::new() }
    }

    /// The value that a row has in a field that is read.
    #[inline]
    #[must_use]
    pub fn at(&self, field: FieldIndex, row: usize) -> Option<i64> {
        let value = *self.fields[field].get(row)?;
        (value != NONE).then_some(i64::from(value))
    }

    /// Puts a value into the last row's field.
    pub fn set(&mut self, field: FieldIndex, value: i32) {
        let (row, column) = (self.len - 1, &mut self.fields[field]);
        column.resize(row, NONE);
        column.push(value);
    }

    /// Begins a row.
    pub fn begin(&mut self, school: u32, class: u32) {
        self.len += 1;
        self.school.push(school);
        self.class.push(class);
    }

    /// Adds rows of the same kind whose schools and classes were numbered by themselves; here they go on from these numbers.
    pub fn append(&mut self, other: &Self, school: u32, class: u32) {
        for (own, others) in self.fields.iter_mut().zip(other.fields.iter()) {
            if !others.is_empty() {
                own.resize(self.len, NONE);
                own.extend_from_slice(others);
            }
        }
        let moved = |number: &u32, by: u32| if *number == NOWHERE { NOWHERE } else { number + by };
        self.school.extend(other.school.iter().map(|number| moved(number, school)));
        self.class.extend(other.class.iter().map(|number| moved(number, class)));
        self.len += other.len;
    }

    /// Drops all rows and keeps the room.
    pub fn clear(&mut self) {
        self.len = 0;
        self.fields.iter_mut().for_each(Vec::clear);
        self.school.clear();
        self.class.clear();
    }
}

/// Days by which ages are told.
#[derive(Debug, Clone, Copy)]
pub struct AgeDays {
    /// The year in which the school year begins.
    pub year: i32,
    /// The day of the term.
    pub day: NaiveDate,
}

impl AgeDays {
    /// Years by the calendar of somebody who was born on a day.
    #[must_use]
    pub fn years(&self, born: i32) -> Option<i64> {
        if let Some(year) = only_year_of(born) {
            return Some(i64::from(self.year - year));
        }
        day_of(born).map(|born| i64::from(self.year) - i64::from(born.year()))
    }

    /// Months completed of somebody who was born on a day.
    #[must_use]
    pub fn months(&self, born: i32) -> Option<i64> {
        let born = day_of(born)?;
        let whole = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        Some(whole(self.day) - whole(born) - i64::from(born.day() > self.day.day()))
    }
}

/// Above every number of a day: a year of which no day is told is that much more.
const YEAR_ONLY: i32 = 1_000_000_000;

/// How a date stands of which only the year is told: years are known by it, months are not.
#[must_use]
pub const fn year_only(year: i32) -> i32 {
    YEAR_ONLY + year
}

/// The year of a date of which nothing else is told.
const fn only_year_of(number: i32) -> Option<i32> {
    if number >= YEAR_ONLY { Some(number - YEAR_ONLY) } else { None }
}

/// The day that a number counted from 1/1/1970 stands for.
#[must_use]
pub fn day_of(number: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(number.checked_add(EPOCH)?)
}

/// The number of a day, counted from 1/1/1970.
#[must_use]
pub fn number_of(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}

/// 1/1/1970, counted from the first day of year 1.
const EPOCH: i32 = 719_163;

/// Works out values of rows that are kept.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Fields and how they are worked out.
    pub book: &'a RecordBook,
    /// Schools.
    pub schools: &'a RecordRows,
    /// Classes.
    pub classes: &'a RecordRows,
    /// Days by which ages are told.
    pub days: AgeDays,
}

impl Values<'_> {
    /// The value that a row has in a field, read or worked out.
    #[must_use]
    pub fn at(&self, rows: &RecordRows, field: crate::records::FieldRef, row: usize) -> Option<i64> {
        let (rows, row) = self.owner(rows, field.entity, row)?;
        match &self.book.field(field).derivation {
            None | Some(Derivation::Count(..)) => rows.at(field.field, row),
            Some(Derivation::FirstOf(fields)) => fields.iter().find_map(|own| self.at(rows, *own, row)),
            Some(Derivation::Years(born)) => self.days.years(i32::try_from(rows.at(*born, row)?).ok()?),
            Some(Derivation::Months(born)) => self.days.months(i32::try_from(rows.at(*born, row)?).ok()?),
        }
    }

    /// Rows that hold the fields of an entity, and which of them a row belongs to.
    fn owner<'r>(&'r self, rows: &'r RecordRows, entity: EntityIndex, row: usize) -> Option<(&'r RecordRows, usize)> {
        if rows.entity == entity {
            return Some((rows, row));
        }
        let (owners, number) = if entity == self.book.school { (self.schools, rows.school[row]) } else { (self.classes, rows.class[row]) };
        (number != NOWHERE).then_some((owners, number as usize))
    }
}
