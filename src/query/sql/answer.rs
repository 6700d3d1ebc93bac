//! An answer, row by row: it is worked out while it is read, a batch at a time.

use std::sync::mpsc::{Receiver, sync_channel};

use chrono::NaiveDate;
use polars::error::PolarsResult;
use polars::prelude::{AnyValue, DataFrame, DataType, LazyFrame, PlanCallback, SchemaRef, UniqueKeepStrategy};

use super::problem::failed;
use super::reduce::{reduce, run};
use crate::archive::day_of;
use crate::error::{Error, Result};
use crate::limits::Stop;

/// Batches that wait to be read.
const WAITING: usize = 2;
/// Stack of a thread that goes down the tree of a question; only what is used of it is taken.
const STACK: usize = 128 << 20;

/// An answer that nothing of has been worked out yet.
pub struct Answer {
    frame: LazyFrame,
    schema: SchemaRef,
    stop: Stop,
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Nothing.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i128),
    /// A decimal: its digits and how many of them stand behind the point.
    Decimal(i128, usize),
    /// A number that is not exact, such as a quotient.
    Float(f64),
    /// True or false.
    Flag(bool),
    /// A day.
    Day(NaiveDate),
    /// Several texts.
    List(Vec<String>),
}

/// Rows of an answer.
pub struct Rows<'a> {
    frame: &'a DataFrame,
}

impl Answer {
    /// The answer that a plan gives.
    ///
    /// # Errors
    /// When the plan names what is not there.
    pub(super) fn new(mut frame: LazyFrame) -> PolarsResult<Self> {
        let schema = frame.collect_schema()?;
        Ok(Self { frame, schema, stop: Stop::default() })
    }

    /// Its columns with their types.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, String)> {
        self.schema.iter().map(|(name, kind)| (name.to_string(), kind_name(kind))).collect()
    }

    /// The first rows of it.
    #[must_use]
    pub fn first(self, rows: u32) -> Self {
        Self { frame: self.frame.limit(rows), ..self }
    }

    /// Every row of it once.
    pub(super) fn distinct(self) -> Self {
        Self { frame: self.frame.unique(None, UniqueKeepStrategy::Any), ..self }
    }

    /// The same answer, which ends when it is stopped.
    pub(super) fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// What stops it.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Works it out and hands over its rows, batch by batch, in order.
    ///
    /// # Errors
    /// When it cannot be worked out, or what `take` says.
    pub fn each(self, take: &mut dyn FnMut(&Rows<'_>) -> Result<()>) -> Result<()> {
        self.batches(&mut |frame| take(&Rows { frame }))
    }

    /// Works it out and hands over all its rows: for answers that fit into memory.
    ///
    /// # Errors
    /// When it cannot be worked out.
    pub fn rows(self) -> Result<Vec<Vec<Entry>>> {
        let mut rows = Vec::new();
        self.each(&mut |batch| {
            batch.each(&mut |row| {
                rows.push(row.to_vec());
                Ok(())
            })
        })?;
        Ok(rows)
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn batches(self, take: &mut dyn FnMut(&DataFrame) -> Result<()>) -> Result<()> {
        let (send, receive) = sync_channel(WAITING);
        // True ends the work: nobody reads any more.
        let callback = PlanCallback::new(move |batch: DataFrame| Ok(send.send(batch).is_err()));
        let plan = self.frame.sink_batches(callback, true, None).map_err(|e| failed(&e))?;
        std::thread::scope(|scope| {
            let work = large_stack().spawn_scoped(scope, move || {
                let mut plan = plan.with_streaming(true).to_alp_optimized()?;
                reduce(&mut plan)?;
                run(plan).map(drop)
            });
            let work = work.map_err(|e| Error::io("read", "archive", e))?;
            let taken = consume(receive, &self.stop, take);
            let worked = work.join().map_err(|panic| Error::library("query", "archive", gave_up(&*panic)))?;
            // What the reader says comes first: the engine only says that it was stopped.
            taken.and(worked.map_err(|e| failed(&e)))
        })
    }
}

/// A thread with room for a tree as deep as questions may be.
fn large_stack() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(STACK)
}

/// Does something where a tree as deep as questions may be can be gone down.
///
/// # Errors
/// What it says, or that there is no such place.
pub(super) fn on_large_stack<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let work = large_stack().spawn_scoped(scope, work).map_err(|e| Error::io("read", "archive", e))?;
        work.join().map_err(|panic| Error::library("query", "archive", gave_up(&*panic)))?
    })
}

/// What the engine said when it gave up; it does so where a question needs what it has not been built with.
fn gave_up(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    said.unwrap_or("the engine gave up").to_owned()
}

/// Takes batches until there are none, one is refused or the work is stopped; the channel ends with it.
fn consume(receive: Receiver<DataFrame>, stop: &Stop, take: &mut dyn FnMut(&DataFrame) -> Result<()>) -> Result<()> {
    receive.into_iter().try_for_each(|batch| {
        stop.check()?;
        take(&batch)
    })
}

fn kind_name(kind: &DataType) -> String {
    match kind {
        DataType::String | DataType::Null => "string".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Decimal(_, scale) => format!("decimal({scale})"),
        DataType::Date => "date".to_owned(),
        DataType::List(_) => "list".to_owned(),
        kind if kind.is_integer() => "integer".to_owned(),
        kind if kind.is_float() => "number".to_owned(),
        other => other.to_string(),
    }
}

impl Rows<'_> {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands over every row.
    ///
    /// # Errors
    /// What `take` says.
    pub fn each(&self, take: &mut dyn FnMut(&[Entry]) -> Result<()>) -> Result<()> {
        let columns: Vec<_> = self.frame.columns().iter().map(polars::prelude::Column::as_materialized_series).collect();
        let mut iters: Vec<_> = columns.iter().map(|column| column.iter()).collect();
        for _ in 0..self.len() {
            let row: Vec<Entry> = iters.iter_mut().map(|values| values.next().map_or(Entry::Null, |value| entry(&value))).collect();
            take(&row)?;
        }
        Ok(())
    }
}

fn entry(value: &AnyValue<'_>) -> Entry {
    match value {
        AnyValue::Null => Entry::Null,
        AnyValue::Boolean(flag) => Entry::Flag(*flag),
        AnyValue::String(text) => Entry::Text((*text).to_owned()),
        AnyValue::StringOwned(text) => Entry::Text(text.to_string()),
        AnyValue::Float64(number) => Entry::Float(*number),
        AnyValue::Float32(number) => Entry::Float(f64::from(*number)),
        AnyValue::Decimal(digits, _, scale) => Entry::Decimal(*digits, *scale),
        AnyValue::Int8(number) => Entry::Whole(i128::from(*number)),
        AnyValue::Int16(number) => Entry::Whole(i128::from(*number)),
        AnyValue::Int32(number) => Entry::Whole(i128::from(*number)),
        AnyValue::Int64(number) => Entry::Whole(i128::from(*number)),
        AnyValue::UInt8(number) => Entry::Whole(i128::from(*number)),
        AnyValue::UInt16(number) => Entry::Whole(i128::from(*number)),
        AnyValue::UInt32(number) => Entry::Whole(i128::from(*number)),
        AnyValue::UInt64(number) => Entry::Whole(i128::from(*number)),
        AnyValue::Date(days) => day_of(*days).map_or(Entry::Null, Entry::Day),
        AnyValue::List(values) => Entry::List(values.iter().map(|value| entry(&value).plain()).collect()),
        // Whatever else as the engine writes it.
        other => Entry::Text(other.to_string()),
    }
}

impl Entry {
    /// The value as a text that programs read: a point before decimals, nothing between thousands.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(digits, scale) => decimal(*digits, *scale),
            Self::Float(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Day(day) => day.to_string(),
            Self::List(texts) => texts.join(" "),
        }
    }

    /// True for numbers.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Whole(_) | Self::Decimal(..) | Self::Float(_))
    }
}

/// All digits of a decimal.
fn decimal(digits: i128, scale: usize) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = text.split_at(text.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_every_digit() {
        assert_eq!(Entry::Decimal(1_234_500_000, 6).plain(), "1234.500000");
        assert_eq!(Entry::Decimal(-1, 6).plain(), "-0.000001");
        assert_eq!(Entry::Decimal(0, 0).plain(), "0");
        assert_eq!(Entry::Decimal(i128::from(i64::MAX), 6).plain(), "9223372036854.775807");
    }
}
