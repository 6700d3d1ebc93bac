//! Schools and classes as they are read: each gets an index, by which what belongs to it will find it.

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};

use super::batch::{Columns, FieldReader, KeyColumn};
use super::keys::RecordKeys;
use super::unread::{Unread, UnreadKind};
use crate::base::text::visible;
use crate::records::RecordBook;
use crate::tabulate::rows::{NONE, NOWHERE, RecordRows};

/// Schools or classes as they were read.
#[derive(Debug)]
pub struct OwnerRows {
    /// The rows.
    pub rows: RecordRows,
    /// What could not be taken.
    pub unread: Unread,
}

/// Takes schools or classes batch by batch.
pub(super) struct OwnerReader<'a> {
    columns: &'a Columns<'a>,
    /// The code of their own, where they are classes.
    class: Option<&'a KeyColumn>,
    fields: FieldReader<'a>,
    batch: RecordRows,
    taken: OwnerRows,
}

impl<'a> OwnerReader<'a> {
    /// Begins with no rows; rows of schools have no class.
    pub(super) fn new(columns: &'a Columns<'a>, rows: RecordRows, book: &RecordBook) -> Self {
        let class = columns.class.as_ref().filter(|_| rows.entity == book.class);
        let taken = OwnerRows { rows: rows.clone(), unread: Unread::default() };
        Self { columns, class, fields: FieldReader::new(columns, 1), batch: rows, taken }
    }

    /// Takes a batch.
    pub(super) fn take(&mut self, batch: &RecordBatch, keys: &mut RecordKeys) -> Result<(), ArrowError> {
        let first = self.fields.read(batch, &mut self.batch, &mut self.taken.unread)?;
        let schools = texts(batch.column(self.columns.school.at))?;
        let classes = self.class.map(|own| texts(batch.column(own.at))).transpose()?;
        for (row, number) in (0..batch.num_rows()).zip(first..) {
            let code = |column: &ArrayRef| {
                let texts = column.as_string::<i32>();
                if texts.is_null(row) { String::new() } else { visible(texts.value(row)).into_owned() }
            };
            let class = classes.as_ref().map(code);
            if self.begin(&code(&schools), class.as_deref(), number, keys) {
                self.copy(row);
            }
        }
        Ok(())
    }

    /// Begins a row of what has these codes, unless it cannot be taken.
    fn begin(&mut self, school: &str, class: Option<&str>, number: u64, keys: &mut RecordKeys) -> bool {
        let OwnerRows { rows, unread } = &mut self.taken;
        let index = u32::try_from(rows.len).unwrap_or(NOWHERE);
        let column = self.class.unwrap_or(&self.columns.school);
        let (is_new, owner) = match class {
            _ if school.is_empty() => return refuse(unread, &self.columns.school, UnreadKind::Missing, number),
            Some("") => return refuse(unread, column, UnreadKind::Missing, number),
            Some(class) => match keys.school(school) {
                Some(owner) => (keys.add_class(owner, class, index), owner),
                None => return refuse(unread, &self.columns.school, UnreadKind::Owner, number),
            },
            None => (keys.add_school(school, index), index),
        };
        if !is_new {
            return refuse(unread, column, UnreadKind::Twice, number);
        }
        rows.begin(owner, if class.is_some() { index } else { NOWHERE });
        true
    }

    /// Gives the row that was begun the values of a row of the batch.
    fn copy(&mut self, row: usize) {
        for (field, values) in self.batch.fields.iter_enumerated() {
            if let Some(value) = values.get(row).filter(|value| **value != NONE) {
                self.taken.rows.set(field, *value);
            }
        }
    }

    /// What was taken.
    pub(super) fn finish(self) -> OwnerRows {
        self.taken
    }
}

fn refuse(unread: &mut Unread, column: &KeyColumn, kind: UnreadKind, row: u64) -> bool {
    unread.note(&column.heading, kind, row);
    false
}

fn texts(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    cast(column, &DataType::Utf8)
}
