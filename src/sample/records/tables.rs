//! Canonical tables of records: a file per kind of record, a column per field that is read, named as the field.

use std::borrow::Cow;
use std::fs::File;
use std::path::PathBuf;

use super::school::{SchoolRecords, WrongText};
use crate::archive::{RecordColumn, RecordColumnKind, RecordTable};
use crate::base::error::{Action, Error, Result};
use crate::records::{EntityIndex, Field, FieldIndex, FieldKind, FieldRef, RecordBook};
use crate::tabulate::rows::day_of;

/// Formats of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Parquet with zstd.
    Parquet,
    /// CSV with days as 2019-09-30.
    Csv,
}

impl TableFormat {
    /// Every format with its name, which files end in.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Parquet, "parquet"), (Self::Csv, "csv")];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }
}

/// The tables of a province being written, school by school.
pub struct RecordTables<'a> {
    book: &'a RecordBook,
    tables: Vec<EntityTable>,
}

struct EntityTable {
    entity: EntityIndex,
    fields: Vec<FieldIndex>,
    file: TableFile,
}

enum TableFile {
    Parquet(RecordTable),
    Csv(PathBuf, csv::Writer<File>),
}

impl<'a> RecordTables<'a> {
    /// Begins a table for each kind of record; `path` says where a file of some name is written.
    ///
    /// # Errors
    /// When a file cannot be created.
    pub fn create(book: &'a RecordBook, format: TableFormat, path: impl Fn(&str) -> Result<PathBuf>) -> Result<Self> {
        let table = |entity: EntityIndex| {
            let own = &book.entities[entity];
            let path = path(&format!("{}.{}", own.id, format.name()))?;
            let read = || own.fields.iter_enumerated().filter(|(_, field)| field.derivation.is_none());
            let file = match format {
                TableFormat::Parquet => {
                    let columns: Vec<_> = read().map(|(_, field)| (&*field.id, kind_of(field))).collect();
                    TableFile::Parquet(RecordTable::create(&path, &columns)?)
                }
                TableFormat::Csv => {
                    let file = File::create(&path).map_err(|e| Error::io(Action::Write, &path, e))?;
                    let mut file = csv::Writer::from_writer(file);
                    file.write_record(read().map(|(_, field)| &*field.id)).map_err(|e| Error::library(Action::Write, &path, e))?;
                    TableFile::Csv(path, file)
                }
            };
            Ok(EntityTable { entity, fields: read().map(|(field, _)| field).collect(), file })
        };
        Ok(Self { book, tables: book.entities.indexes().map(table).collect::<Result<_>>()? })
    }

    /// Adds the records of a school.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, records: &SchoolRecords) -> Result<()> {
        for table in &mut self.tables {
            let columns = table.fields.iter().map(|field| records.column(self.book, table.entity, *field)).collect();
            match &mut table.file {
                TableFile::Parquet(file) => file.add(columns)?,
                TableFile::Csv(path, file) => {
                    write_lines(file, &columns, records.rows[table.entity].len).map_err(|e| Error::library(Action::Write, path, e))?;
                }
            }
        }
        Ok(())
    }

    /// Ends all files.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(self) -> Result<()> {
        self.tables.into_iter().try_for_each(|table| match table.file {
            TableFile::Parquet(file) => file.finish(),
            TableFile::Csv(path, mut file) => file.flush().map_err(|e| Error::io(Action::Write, path, e)),
        })
    }
}

fn write_lines(file: &mut csv::Writer<File>, columns: &Vec<RecordColumn<'_>>, rows: usize) -> std::result::Result<(), csv::Error> {
    for row in 0..rows {
        for column in columns {
            match column {
                RecordColumn::Texts(texts) => file.write_field(texts[row].as_deref().unwrap_or_default())?,
                RecordColumn::Numbers(numbers) => file.write_field(numbers[row].map_or_else(String::new, |number| number.to_string()))?,
                RecordColumn::Days(days) => {
                    let day = days[row].and_then(day_of);
                    file.write_field(day.map_or_else(String::new, |day| day.to_string()))?;
                }
            }
        }
        file.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

const fn kind_of(field: &Field) -> RecordColumnKind {
    match field.kind {
        FieldKind::Key | FieldKind::Id | FieldKind::Code => RecordColumnKind::Text,
        FieldKind::Flag | FieldKind::Whole => RecordColumnKind::Number,
        FieldKind::Date => RecordColumnKind::Day,
    }
}

impl SchoolRecords {
    /// The values of a field, mistakes included.
    #[must_use]
    pub fn column<'a>(&'a self, book: &'a RecordBook, entity: EntityIndex, field: FieldIndex) -> RecordColumn<'a> {
        let (own, rows) = (&book.entities[entity].fields[field], &self.rows[entity]);
        let number = |row: usize| rows.at(field, row).and_then(|value| i32::try_from(value).ok());
        match kind_of(own) {
            RecordColumnKind::Number => RecordColumn::Numbers((0..rows.len).map(number).collect()),
            RecordColumnKind::Day => RecordColumn::Days((0..rows.len).map(number).collect()),
            RecordColumnKind::Text => {
                let mut texts: Vec<Option<Cow<'a, str>>> = (0..rows.len).map(|row| self.text(book, entity, field, row)).collect();
                for wrong in self.wrong.iter().filter(|wrong| wrong.entity == entity && wrong.field == field) {
                    texts[wrong.row] = wrong.text.clone().map(Cow::Owned);
                }
                RecordColumn::Texts(texts)
            }
        }
    }

    /// A key, id or code, mistakes included; a flag as a number.
    #[must_use]
    pub fn code_text<'a>(&'a self, book: &'a RecordBook, at: FieldRef, row: usize) -> Option<Cow<'a, str>> {
        let is_here = |wrong: &&WrongText| wrong.entity == at.entity && wrong.field == at.field && wrong.row == row;
        match (self.wrong.iter().find(is_here), kind_of(book.field(at))) {
            (Some(wrong), _) => wrong.text.as_deref().map(Cow::Borrowed),
            (None, RecordColumnKind::Text) => self.text(book, at.entity, at.field, row),
            (None, _) => self.rows[at.entity].at(at.field, row).map(|number| Cow::Owned(number.to_string())),
        }
    }

    /// A key, id or code as it is written.
    fn text<'a>(&'a self, book: &'a RecordBook, entity: EntityIndex, field: FieldIndex, row: usize) -> Option<Cow<'a, str>> {
        let own = &book.entities[entity].fields[field];
        match (own.kind, &own.list) {
            (FieldKind::Id, _) => Some(Cow::Owned(self.person_id(entity, row))),
            // A key that is none of a kind of record is the name of a class.
            (FieldKind::Key, _) => match book.entity(&own.id) {
                None => self.class_names.get(row).map(|name| Cow::Borrowed(name.as_str())),
                Some(of) => self.keys[of].get(self.owner(of, book, entity, row)).map(|key| Cow::Borrowed(key.as_str())),
            },
            (_, Some(list)) => {
                let place = usize::try_from(self.rows[entity].at(field, row)?).ok()?;
                list.values.get(place).map(|value| Cow::Borrowed(&*value.code))
            }
            _ => None,
        }
    }

    /// The record of some kind that a record is or belongs to.
    fn owner(&self, of: EntityIndex, book: &RecordBook, entity: EntityIndex, row: usize) -> usize {
        match of {
            of if of == book.school => 0,
            of if of == entity => row,
            _ => self.rows[entity].class[row] as usize,
        }
    }

    /// The id of a person: the school's code, the kind of record, a number.
    #[must_use]
    pub fn person_id(&self, entity: EntityIndex, row: usize) -> String {
        format!("{}{}{:05}", self.code, entity.get(), row + 1)
    }
}
