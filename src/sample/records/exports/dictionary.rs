//! The nested document of the exchange dictionary: a school with lists of its sites, classes, pupils and staff.

use chrono::Datelike as _;
use serde_json::{Map, Value};

use super::people::{Person, SchoolWords};
use super::recipe::{DictionaryRecipe, PeopleNames};
use super::{ExportedFile, is_female};
use crate::base::error::{Action, Error, Result};
use crate::records::{EntityIndex, Field, FieldIndex, FieldKind, FieldRef};
use crate::sample::records::school::{RecordMaker, SchoolRecords};
use crate::tabulate::rows::day_of;

/// Data of the beginning of a year, as the dictionary numbers kinds of exchange.
const OF_OPENING: i32 = 1;

/// Writes documents of schools.
pub struct DictionaryExport<'a> {
    maker: &'a RecordMaker<'a>,
    names: PeopleNames,
    recipe: DictionaryRecipe,
}

impl<'a> DictionaryExport<'a> {
    /// Gets ready to write.
    pub fn new(maker: &'a RecordMaker<'a>, recipe: &DictionaryRecipe, names: &PeopleNames) -> Self {
        Self { maker, names: names.clone(), recipe: recipe.clone() }
    }

    /// The document of a school.
    pub fn file(&self, records: &SchoolRecords, words: SchoolWords<'_>) -> Result<ExportedFile> {
        let book = self.maker.book;
        let mut school = self.object(records, words, book.school, 0);
        for (entity, own) in book.entities.iter_enumerated().filter(|(entity, _)| *entity != book.school) {
            let left_out: Vec<FieldIndex> =
                self.recipe.without.iter().filter(|out| *out.of == *own.id).filter_map(|out| own.field(&out.field)).collect();
            let is_told = |row: &usize| left_out.iter().all(|field| number(records, FieldRef { entity, field: *field }, *row) != Some(1));
            let told = (0..records.rows[entity].len).filter(is_told);
            let rows = told.map(|row| Value::Object(self.object(records, words, entity, row)));
            school.insert(own.dictionary.to_string(), Value::Array(rows.collect()));
        }
        let mut document = Map::new();
        document.insert(self.recipe.year.clone(), Value::from(self.maker.days.year));
        document.insert(self.recipe.kind.clone(), Value::from(OF_OPENING));
        document.insert(book.entities[book.school].dictionary.to_string(), Value::Object(school));
        let name = format!("{}/{}.json", self.recipe.layout, records.code);
        let bytes = serde_json::to_vec_pretty(&document).map_err(|e| Error::library(Action::Write, &name, e))?;
        Ok(ExportedFile { name, unit: Some(records.code.to_string()), bytes })
    }

    fn object(&self, records: &SchoolRecords, words: SchoolWords<'_>, entity: EntityIndex, row: usize) -> Map<String, Value> {
        let (book, own) = (self.maker.book, &self.maker.book.entities[entity]);
        let mut object = Map::new();
        // A document is of one school: what it holds does not say so again.
        let school = &book.entities[book.school].id;
        let is_told = |field: &Field| field.derivation.is_none() && !field.dictionary.is_empty();
        for (field, known) in own.fields.iter_enumerated().filter(|(_, known)| is_told(known)) {
            if entity == book.school || *known.id != **school {
                // Nothing is said as such: a member that is not there would say that nobody knows.
                let value = self.value(records, FieldRef { entity, field }, row).unwrap_or_default();
                object.insert(known.dictionary.to_string(), value);
            }
        }
        if entity == book.school {
            object.insert(self.recipe.school_name.clone(), Value::from(words.name));
        }
        let id = records.person_id(entity, row);
        let person = Person {
            names: &self.names,
            seed: self.maker.seed,
            id: &id,
            is_female: is_female(self.maker, records, entity, row),
            school: words,
            year: self.maker.days.day.year(),
            row: row + 1,
        };
        for (name, said) in self.recipe.people.get(&*own.id).into_iter().flatten() {
            object.insert(name.clone(), Value::from(person.says(*said)));
        }
        object
    }

    fn value(&self, records: &SchoolRecords, at: FieldRef, row: usize) -> Option<Value> {
        let (book, own) = (self.maker.book, self.maker.book.field(at));
        let entity = &book.entities[at.entity];
        let listed = self.recipe.lists.iter().find(|list| *list.of == *entity.id && *list.field == *own.id);
        if let Some(list) = listed {
            let item = Map::from_iter([(list.key.clone(), Value::from(list.code.as_str()))]);
            let is_yes = number(records, at, row) == Some(1);
            return Some(Value::Array(if is_yes { vec![Value::Object(item)] } else { Vec::new() }));
        }
        match own.kind {
            FieldKind::Flag | FieldKind::Whole => number(records, at, row).map(Value::from),
            FieldKind::Date => {
                let day = number(records, at, row).and_then(day_of)?;
                Some(Value::from(day.format("%Y-%m-%dT00:00:00.0").to_string()))
            }
            FieldKind::Key | FieldKind::Id | FieldKind::Code => records.code_text(book, at, row).map(Value::from),
        }
    }
}

fn number(records: &SchoolRecords, at: FieldRef, row: usize) -> Option<i32> {
    records.rows[at.entity].at(at.field, row).and_then(|number| i32::try_from(number).ok())
}
