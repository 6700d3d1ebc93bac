//! Records: rows of schools, sites, classes, pupils and staff, as data says they are.
//!
//! `schemas/records/` names the kinds of record (entities), their fields and the lists of codes that fields take, conditions with a
//! name, values worked out of others (an age, the classes of a school), and what the columns of a form select. Nothing that tells who
//! somebody is can be a field: what is not written there cannot be read.

mod book_file;
pub mod layout;
mod load;
mod spoken;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::base::error::Result;
use crate::base::index::{IndexVec, index_type};
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::SchemaFiles;
use crate::rulebook::Expression;

pub use layout::{LayoutColumn, Meaning, Reads, RecordLayout, ValueWriting};
pub use spoken::SpokenConditions;

index_type! {
    /// A kind of record among all kinds.
    EntityIndex
}

index_type! {
    /// A field among those of its entity.
    FieldIndex
}

/// Kinds of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Joins records: the code of a school, a class, a site.
    Key,
    /// Tells a person apart; kept only as a keyed hash, for as long as a run takes.
    Id,
    /// A code of a list.
    Code,
    /// Yes or no, 1 or 0.
    Flag,
    /// A whole number.
    Whole,
    /// A day.
    Date,
}

/// One field of a record, and a value that is worked out likewise.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in conditions.
    pub id: Arc<str>,
    /// Its name in the exchange dictionary; empty where the dictionary has none.
    pub dictionary: Arc<str>,
    /// Kind of its values.
    pub kind: FieldKind,
    /// The list of its codes.
    pub list: Option<Arc<CodeList>>,
    /// A record without it is told.
    pub is_required: bool,
    /// A file without the column says enough: conditions decide what a record without a value is.
    pub is_optional: bool,
    /// How a list of the dictionary tells it, where one does.
    pub listed: Option<Listed>,
    /// How it is worked out, where it is not read.
    pub derivation: Option<Derivation>,
    /// Its name in both languages.
    pub words: Message,
}

/// A flag that is yes where a list of the dictionary has one of some codes: informatics among the subjects of a class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Name of the code in an item of the list.
    pub key: String,
    /// The codes.
    pub codes: Vec<String>,
}

/// How a value is worked out.
#[derive(Debug, Clone)]
pub enum Derivation {
    /// The first of these that is there.
    FirstOf(Vec<FieldRef>),
    /// Years by the calendar from the year of a date to that in which the school year begins.
    Years(FieldIndex),
    /// Months completed from a date to the day of the term.
    Months(FieldIndex),
    /// How many records of another kind belong to this one and meet a condition.
    Count(EntityIndex, Option<Condition>),
}

/// A field of the record itself, or of the school or class that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldRef {
    /// Whose field.
    pub entity: EntityIndex,
    /// Which of its fields.
    pub field: FieldIndex,
}

/// A condition over the fields of a record and of those it belongs to.
pub type Condition = Expression<FieldRef>;

/// A list of codes.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// Its name.
    pub id: Arc<str>,
    /// Its name in the exchange dictionary.
    pub dictionary: Arc<str>,
    /// Values in the order of the list.
    pub values: Vec<CodeValue>,
    /// Its name in both languages.
    pub words: Message,
    /// Place of a value by every way of writing it, folded.
    places: BTreeMap<String, usize>,
    /// Place of a value by the code that the Ministry's program has for it.
    engine_places: BTreeMap<String, usize>,
}

/// One value of a list.
#[derive(Debug, Clone)]
pub struct CodeValue {
    /// Its code.
    pub code: Arc<str>,
    /// Its name, as the dictionary has it.
    pub name: Arc<str>,
}

impl CodeList {
    /// Place of the value that is written so: by code (leading zeros may be lost), name or alias.
    #[must_use]
    pub fn place(&self, written: &str) -> Option<usize> {
        self.places.get(&fold(written)).copied()
    }

    /// Code that the Ministry's program has for the value at a place.
    #[must_use]
    pub fn engine_code(&self, place: usize) -> Option<&str> {
        self.engine_places.iter().find(|(_, own)| **own == place).map(|(code, _)| code.as_str())
    }

    /// Place of the value by the code that the Ministry's program has for it.
    #[must_use]
    pub fn engine_place(&self, code: &str) -> Option<usize> {
        self.engine_places.get(code.trim()).copied()
    }
}

/// A kind of record.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its name in files and definitions.
    pub id: Arc<str>,
    /// Its name in the exchange dictionary.
    pub dictionary: Arc<str>,
    /// Fields that are read, then those that are worked out.
    pub fields: IndexVec<FieldIndex, Field>,
    /// Condition that every counted record meets.
    pub counts_if: Option<Condition>,
    /// A school of which files of this kind say nothing has none; otherwise nothing is known of it.
    pub none_if_unsaid: bool,
    /// Its name in both languages.
    pub words: Message,
    /// Conditions by name, as parsed.
    named: BTreeMap<String, Expression>,
}

impl Entity {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<FieldIndex> {
        self.fields.iter_enumerated().find(|(_, field)| *field.id == *id).map(|(index, _)| index)
    }
}

/// Everything that is known of records.
#[derive(Debug, Clone)]
pub struct RecordBook {
    /// Kinds of record.
    pub entities: IndexVec<EntityIndex, Entity>,
    /// The kind that schools are.
    pub school: EntityIndex,
    /// The kind that classes are.
    pub class: EntityIndex,
    /// Layouts of files, by their names; tables of fields first.
    pub layouts: Vec<RecordLayout>,
    /// Words that are yes and no in a flag.
    pub flags: FlagWords,
    /// Fields of a school that the register tells where no file does.
    pub from_register: Vec<FromRegister>,
    /// Oddities of records that count all the same.
    pub oddities: Vec<Oddity>,
    /// Conditions by dimension and value: of the school itself, and of every other record.
    columns: BTreeMap<(String, String), ColumnConditions>,
}

/// A column of the register of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterColumn {
    /// Levels of education, with a blank between them.
    Levels,
    /// Ownership.
    Ownership,
}

/// A field of a school that a column of the register tells.
#[derive(Debug, Clone)]
pub struct FromRegister {
    /// The field of a school.
    pub field: FieldIndex,
    /// The column.
    pub column: RegisterColumn,
    /// Place of the value in the field's list, by what the column says; nothing where that does not tell which it is.
    pub places: BTreeMap<String, Option<usize>>,
}

/// Something odd about a record.
#[derive(Debug, Clone)]
pub struct Oddity {
    /// The kind of record.
    pub of: EntityIndex,
    /// The rule that tells it.
    pub rule: Arc<str>,
    /// When it is so.
    pub when: Condition,
}

/// Words that are yes and no, folded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagWords {
    /// Yes.
    pub yes: Vec<String>,
    /// No.
    pub no: Vec<String>,
}

impl FlagWords {
    /// Meaning of a text.
    #[must_use]
    pub fn meaning(&self, text: &str) -> Option<bool> {
        let folded = fold(text);
        if self.yes.contains(&folded) { Some(true) } else { self.no.contains(&folded).then_some(false) }
    }
}

/// Conditions that a column of a form selects by.
#[derive(Debug, Clone, Default)]
struct ColumnConditions {
    school: Option<Expression>,
    joined: Option<Expression>,
}

impl RecordBook {
    /// Reads `records/` of the schemas.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(files: &SchemaFiles) -> Result<Self> {
        load::load(files)
    }

    /// The entity of this name.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<EntityIndex> {
        self.entities.iter_enumerated().find(|(_, entity)| *entity.id == *id).map(|(index, _)| index)
    }

    /// The field that a reference means.
    #[must_use]
    pub fn field(&self, at: FieldRef) -> &Field {
        &self.entities[at.entity].fields[at.field]
    }

    /// A condition as written, over records of an entity; nothing for a blank one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn condition(&self, entity: EntityIndex, written: &str) -> std::result::Result<Option<Condition>, Message> {
        if written.trim().is_empty() {
            return Ok(None);
        }
        self.bound(entity, &Expression::parse(written)?).map(Some)
    }

    /// The condition of a form's column on records of an entity; nothing where it selects all.
    ///
    /// # Errors
    /// A dimension or value that records do not have.
    pub fn column_condition(&self, entity: EntityIndex, dim: &str, value: &str) -> std::result::Result<Option<Condition>, Message> {
        if value == "all" {
            return Ok(None);
        }
        let both = self.columns.get(&(dim.to_owned(), value.to_owned()));
        let own = both.and_then(|both| if entity == self.school { both.school.as_ref() } else { both.joined.as_ref() });
        let own = own.ok_or_else(|| message!("records.no_column_condition", dim, value, entity = self.entities[entity].words.clone()))?;
        self.bound(entity, own).map(Some)
    }

    /// An expression with its names put in and its fields found.
    fn bound(&self, entity: EntityIndex, expression: &Expression) -> std::result::Result<Condition, Message> {
        let name = |name: &str| self.entities[entity].named.get(name).cloned();
        load::bind(&self.entities, entity, &expression.filled(&name, &|_| None)?)
    }
}
