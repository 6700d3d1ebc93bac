//! Batches of a file as rows: fields first, then the school and class that each row belongs to.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use super::keys::RecordKeys;
use super::mapping::{ColumnMapping, Translation};
use super::unread::{Unread, UnreadKind};
use super::values::{ColumnReader, NOT_UNDERSTOOD};
use crate::base::message::{Message, message};
use crate::records::{EntityIndex, FieldIndex, RecordBook};
use crate::tabulate::rows::{NONE, NOWHERE, RecordRows};

/// Columns of a file that are read.
pub struct Columns<'a> {
    /// Their numbers in the file, in order.
    pub wanted: Vec<usize>,
    /// Fields beside keys.
    fields: Vec<FieldColumn<'a>>,
    /// The code of the school.
    pub school: KeyColumn,
    /// The code of the class, where rows have one.
    pub class: Option<KeyColumn>,
}

struct FieldColumn<'a> {
    field: FieldIndex,
    at: usize,
    heading: Arc<str>,
    is_required: bool,
    translate: &'a Translation<'a>,
}

/// A column of codes by which rows are joined.
#[derive(Debug, Clone)]
pub struct KeyColumn {
    /// Its place among the columns that are read.
    pub at: usize,
    /// Its heading.
    pub heading: Arc<str>,
    is_required: bool,
}

impl<'a> Columns<'a> {
    /// Finds the columns of a mapping.
    ///
    /// # Errors
    /// A column that the file lacks, and a mapping without the code of the school.
    pub fn new(book: &RecordBook, entity: EntityIndex, headings: &[Arc<str>], mappings: &'a [ColumnMapping<'a>]) -> Result<Self, Message> {
        let number = |own: &ColumnMapping<'_>| {
            let found = headings.iter().position(|heading| *heading == own.heading);
            found.ok_or_else(|| message!("tables.column_not_there", heading = &own.heading))
        };
        let numbers = mappings.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let mut wanted = numbers.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let (mut fields, mut school, mut class) = (Vec::new(), None, None);
        let keys = [book.key(entity, book.school), book.key(entity, book.class)];
        for (own, number) in mappings.iter().zip(numbers) {
            let (at, heading) = (wanted.partition_point(|other| *other < number), Arc::clone(&own.heading));
            let is_required = book.entities[entity].fields[own.field].is_required;
            match keys.iter().position(|key| *key == Some(own.field)) {
                Some(0) => school = Some(KeyColumn { at, heading, is_required }),
                Some(_) => class = Some(KeyColumn { at, heading, is_required }),
                None => fields.push(FieldColumn { field: own.field, at, heading, is_required, translate: &own.translate }),
            }
        }
        let school = school.ok_or_else(|| message!("tables.column_not_there", heading = &book.entities[book.school].id))?;
        Ok(Self { wanted, fields, school, class })
    }
}

/// Reads the fields of batches that follow each other.
pub struct FieldReader<'a> {
    columns: &'a Columns<'a>,
    readers: Vec<ColumnReader<'a>>,
    first_row: u64,
}

impl<'a> FieldReader<'a> {
    /// A reader that begins at a row, counted from 1.
    #[must_use]
    pub fn new(columns: &'a Columns<'a>, first_row: u64) -> Self {
        Self { columns, readers: columns.fields.iter().map(|own| ColumnReader::new(&**own.translate)).collect(), first_row }
    }

    /// Puts the fields of a batch in place of what is there; gives the number of its first row.
    ///
    /// # Errors
    /// A kind of column that nothing can be made of.
    pub fn read(&mut self, batch: &RecordBatch, rows: &mut RecordRows, unread: &mut Unread) -> Result<u64, ArrowError> {
        let first = self.first_row;
        rows.clear();
        rows.len = batch.num_rows();
        for (own, reader) in self.columns.fields.iter().zip(&mut self.readers) {
            let values = &mut rows.fields[own.field];
            reader.read(batch.column(own.at), values)?;
            note(values, own.is_required, &own.heading, UnreadKind::Value, first, unread);
        }
        self.first_row += batch.num_rows() as u64;
        Ok(first)
    }
}

/// Notes values that mean nothing, and required ones that are not there; afterwards both are none.
fn note(values: &mut [i32], is_required: bool, heading: &Arc<str>, kind: UnreadKind, first: u64, unread: &mut Unread) {
    let is_odd = |value: i32| value == NOT_UNDERSTOOD || is_required && value == NONE;
    if !values.iter().any(|value| is_odd(*value)) {
        return;
    }
    for (row, value) in (first..).zip(values).filter(|(_, value)| is_odd(**value)) {
        unread.note(heading, if *value == NONE { UnreadKind::Missing } else { kind }, row);
        *value = NONE;
    }
}

/// Texts of the keys of schools and classes as numbers.
pub struct KeyTranslations<'a> {
    school: Translation<'a>,
    class: Translation<'a>,
}

impl<'a> KeyTranslations<'a> {
    /// By the schools and classes that are known.
    #[must_use]
    pub fn new(keys: &'a RecordKeys) -> Self {
        Self {
            school: Box::new(|code| keys.school(code).and_then(|school| i32::try_from(school).ok())),
            class: Box::new(|code| keys.class_code(code).and_then(|code| i32::try_from(code).ok())),
        }
    }
}

/// Finds the school and class of every row.
pub struct OwnerFinder<'a> {
    columns: &'a Columns<'a>,
    keys: &'a RecordKeys,
    school: ColumnReader<'a>,
    class: ColumnReader<'a>,
    values: Vec<i32>,
}

impl<'a> OwnerFinder<'a> {
    /// By the schools and classes that are known.
    #[must_use]
    pub fn new(columns: &'a Columns<'a>, keys: &'a RecordKeys, translations: &'a KeyTranslations<'a>) -> Self {
        let (school, class) = (ColumnReader::new(&*translations.school), ColumnReader::new(&*translations.class));
        Self { columns, keys, school, class, values: Vec::new() }
    }

    /// Puts the school and class of each row of a batch in place of what is there.
    ///
    /// # Errors
    /// A kind of column that nothing can be made of.
    pub fn read(&mut self, batch: &RecordBatch, first: u64, rows: &mut RecordRows, unread: &mut Unread) -> Result<(), ArrowError> {
        let KeyColumn { at, heading, is_required } = &self.columns.school;
        self.school.read(batch.column(*at), &mut self.values)?;
        note(&mut self.values, *is_required, heading, UnreadKind::Owner, first, unread);
        rows.school.clear();
        rows.school.extend(self.values.iter().map(|school| u32::try_from(*school).unwrap_or(NOWHERE)));
        rows.class.clear();
        let Some(KeyColumn { at, heading, is_required }) = &self.columns.class else {
            rows.class.resize(rows.len, NOWHERE);
            return Ok(());
        };
        self.class.read(batch.column(*at), &mut self.values)?;
        note(&mut self.values, *is_required, heading, UnreadKind::Owner, first, unread);
        // Rows of a class mostly follow each other.
        let mut last = (NOWHERE, NONE, NOWHERE);
        for ((row, school), code) in (first..).zip(&rows.school).zip(&self.values) {
            if (*school, *code) != (last.0, last.1) {
                let class = u32::try_from(*code).ok().and_then(|code| self.keys.class(*school, code));
                last = (*school, *code, class.unwrap_or(NOWHERE));
            }
            if last.2 == NOWHERE && *code != NONE && *school != NOWHERE {
                unread.note(heading, UnreadKind::Owner, row);
            }
            rows.class.push(last.2);
        }
        Ok(())
    }
}
