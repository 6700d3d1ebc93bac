//! Numbers of a column: each distinct text is translated once for a dictionary, each number once for a column.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, TimeUnit};
use chrono::Datelike as _;

use crate::base::text::visible;
use crate::tabulate::rows::{NONE, day_of};

/// A value that is there and means nothing.
pub const NOT_UNDERSTOOD: i32 = NONE + 1;
/// Years that a day of a record can be in.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=9999;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Numbers whose translation is looked up by themselves.
const SMALL: usize = 256;

/// How texts of a column are kept.
#[must_use]
pub fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Reads a column batch by batch.
pub struct ColumnReader<'a> {
    translate: &'a (dyn Fn(&str) -> Option<i32> + Sync),
    /// The texts that came last, each with its translation; batches of a row group mostly share theirs.
    texts: Option<Texts>,
    small: [Option<i32>; SMALL],
    numbers: HashMap<i64, i32>,
}

struct Texts {
    texts: ArrayRef,
    values: Vec<i32>,
}

impl<'a> ColumnReader<'a> {
    /// A reader whose texts translate so.
    pub fn new(translate: &'a (dyn Fn(&str) -> Option<i32> + Sync)) -> Self {
        Self { translate, texts: None, small: [None; SMALL], numbers: HashMap::new() }
    }

    /// Puts the values of a batch into `values`, in place of what is there: [`NONE`] where there is none, [`NOT_UNDERSTOOD`] where one
    /// means nothing.
    ///
    /// # Errors
    /// A kind of column that nothing can be made of.
    pub fn read(&mut self, column: &ArrayRef, values: &mut Vec<i32>) -> Result<(), ArrowError> {
        values.clear();
        match column.data_type() {
            DataType::Date32 => values.extend(column.as_primitive::<Date32Type>().values().iter().map(|day| known_day(*day))),
            DataType::Int32 => values.extend(column.as_primitive::<Int32Type>().values().iter().map(|own| self.number(i64::from(*own)))),
            DataType::Timestamp(..) => {
                let times = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
                values.extend(times.as_primitive::<TimestampMicrosecondType>().values().iter().map(|time| midnight(*time)));
            }
            kind if kind.is_integer() => {
                let numbers = cast(column, &DataType::Int64)?;
                values.extend(numbers.as_primitive::<Int64Type>().values().iter().map(|own| self.number(*own)));
            }
            kind if kind.is_floating() => {
                let numbers = cast(column, &DataType::Float64)?;
                let number = |own: &f64| self.translated(&own.to_string());
                values.extend(numbers.as_primitive::<Float64Type>().values().iter().map(number));
            }
            kind if *kind == dictionary() => self.texts(column, values),
            _ => self.texts(&cast(&cast(column, &DataType::Utf8)?, &dictionary())?, values),
        }
        if let Some(nulls) = column.nulls().filter(|nulls| nulls.null_count() > 0) {
            values.iter_mut().zip(nulls).filter(|(_, is_there)| !is_there).for_each(|(value, _)| *value = NONE);
        }
        Ok(())
    }

    fn texts(&mut self, column: &ArrayRef, values: &mut Vec<i32>) {
        let column = column.as_dictionary::<Int32Type>();
        let is_known = |known: &Texts| known.texts.to_data().ptr_eq(&column.values().to_data());
        if !self.texts.as_ref().is_some_and(is_known) {
            let texts = column.values().as_string::<i32>().iter();
            let translated = texts.map(|text| text.map_or(NONE, |text| self.translated(text))).collect();
            self.texts = Some(Texts { texts: column.values().clone(), values: translated });
        }
        let known = self.texts.as_ref().map_or(&[][..], |known| &known.values);
        let of_key = |key: &i32| usize::try_from(*key).ok().and_then(|key| known.get(key)).copied().unwrap_or(NONE);
        values.extend(column.keys().values().iter().map(of_key));
    }

    fn number(&mut self, number: i64) -> i32 {
        let small = usize::try_from(number).ok().filter(|small| *small < SMALL);
        if let Some(known) = small.and_then(|small| self.small[small]).or_else(|| self.numbers.get(&number).copied()) {
            return known;
        }
        let translated = self.translated(&number.to_string());
        match small {
            Some(small) => self.small[small] = Some(translated),
            None => drop(self.numbers.insert(number, translated)),
        }
        translated
    }

    fn translated(&self, text: &str) -> i32 {
        let text = visible(text);
        if text.is_empty() { NONE } else { (self.translate)(&text).filter(|value| *value > NOT_UNDERSTOOD).unwrap_or(NOT_UNDERSTOOD) }
    }
}

fn known_day(number: i32) -> i32 {
    // Days of most people lie in a stretch that needs no calendar.
    const FIRST: i32 = -25_567;
    const LAST: i32 = 47_482;
    let is_known = (FIRST..=LAST).contains(&number) || day_of(number).is_some_and(|day| YEARS.contains(&day.year()));
    if is_known { number } else { NOT_UNDERSTOOD }
}

/// The day of a time that tells no more than a day.
fn midnight(micros: i64) -> i32 {
    if micros.rem_euclid(DAY) != 0 {
        return NOT_UNDERSTOOD;
    }
    i32::try_from(micros.div_euclid(DAY)).map_or(NOT_UNDERSTOOD, known_day)
}
