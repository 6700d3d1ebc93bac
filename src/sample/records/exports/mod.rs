//! Exports: records as schools and their software send them, with headings, titles and habits of each source.
//!
//! `schemas/records/exports.toml` says what each looks like. Only here people have names.

mod dictionary;
mod people;
mod recipe;
mod sheet;
mod table;

use dictionary::DictionaryExport;
use recipe::ExportFile;
use table::TableExport;

use super::school::{RecordMaker, SchoolRecords};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::SchemaFiles;
use crate::records::EntityIndex;

pub use people::SchoolWords;

const FILE: &str = "records/exports.toml";
/// Code of women in the list of sexes.
const FEMALE: &str = "02";

/// A file of an export.
#[derive(Debug, Clone)]
pub struct ExportedFile {
    /// Its name, below a folder with the name of the layout.
    pub name: String,
    /// The school that it is of, where it is of one.
    pub unit: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Writes one export, school by school.
pub struct RecordExport<'a> {
    layout: String,
    kind: ExportKind<'a>,
}

enum ExportKind<'a> {
    Table(Box<TableExport<'a>>),
    Dictionary(Box<DictionaryExport<'a>>),
}

impl<'a> RecordExport<'a> {
    /// The export that a layout reads.
    ///
    /// # Errors
    /// When there is none, or `exports.toml` is not right.
    pub fn open(files: &SchemaFiles, maker: &'a RecordMaker<'a>, layout: &str) -> Result<Self> {
        let written: ExportFile = files.toml(FILE)?;
        let (own, layout) = (written.exports.iter().find(|own| own.layout == layout), layout.to_owned());
        let kind = match own {
            Some(own) => {
                let table = TableExport::new(maker, own, &written.names);
                ExportKind::Table(Box::new(table.map_err(|problem| Error::config(files.shown(FILE), problem))?))
            }
            None if layout == written.dictionary.layout => {
                ExportKind::Dictionary(Box::new(DictionaryExport::new(maker, &written.dictionary, &written.names)))
            }
            None => {
                let known = written.exports.iter().map(|own| own.layout.as_str()).chain([written.dictionary.layout.as_str()]);
                let known: Vec<&str> = known.collect();
                let near = closest(&layout, known.iter().copied()).map(Message::did_you_mean);
                let hint = near.unwrap_or_else(|| message!("sample.known_exports", known = known.join(", ")));
                return Err(Error::Unknown { kind: message!("kinds.record_export"), name: layout, hint: Some(hint) });
            }
        };
        Ok(Self { layout, kind })
    }

    /// The layout that reads it.
    #[must_use]
    pub fn layout(&self) -> &str {
        &self.layout
    }

    /// Whether it is a table, which a layout reads.
    #[must_use]
    pub const fn is_table(&self) -> bool {
        matches!(self.kind, ExportKind::Table(_))
    }

    /// Whether it tells records of a kind.
    #[must_use]
    pub fn tells(&self, entity: EntityIndex) -> bool {
        match &self.kind {
            ExportKind::Table(table) => table.entity() == entity,
            ExportKind::Dictionary(_) => true,
        }
    }

    /// Writes the records of a school; gives the files that are full.
    ///
    /// # Errors
    /// When a library refuses something.
    pub fn add(&mut self, records: &SchoolRecords, words: SchoolWords<'_>) -> Result<Vec<ExportedFile>> {
        match &mut self.kind {
            ExportKind::Table(table) => table.add(records, words),
            ExportKind::Dictionary(own) => own.file(records, words).map(|file| vec![file]),
        }
    }

    /// The files that are not full yet.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn finish(&mut self) -> Result<Vec<ExportedFile>> {
        match &mut self.kind {
            ExportKind::Table(table) => table.finish(),
            ExportKind::Dictionary(_) => Ok(Vec::new()),
        }
    }
}

/// Whether a person is a woman, as far as a record says.
fn is_female(maker: &RecordMaker<'_>, records: &SchoolRecords, entity: EntityIndex, row: usize) -> bool {
    let own = &maker.book.entities[entity];
    let sex = own.field("sex").and_then(|field| Some((own.fields[field].list.as_ref()?, records.rows[entity].at(field, row)?)));
    sex.and_then(|(list, place)| list.values.get(usize::try_from(place).ok()?)).is_some_and(|value| *value.code == *FEMALE)
}
