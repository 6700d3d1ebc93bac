//! Records nested as the exchange dictionary nests them: a school holds its classes, these or the school hold pupils.
//!
//! An array under the dictionary's name of a kind of record, or under ours, holds records of that kind; objects at the top are
//! schools. What an object does not say of its school or class is taken from those around it. A line is the number of the record
//! among those of its kind, as the file gives them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::base::error::{Error, Result};
use crate::base::input::{MAX_TABLE, read_bytes};
use crate::base::message::message;
use crate::records::{Entity, EntityIndex, FieldKind, Listed, RecordBook};
use crate::tables::{Table, TableRow, TableValue, shown_path};

/// The records of a file, a table for each kind.
pub(super) fn json_tables(path: &Path, book: &RecordBook) -> Result<Vec<Table>> {
    let bytes = read_bytes(path, MAX_TABLE)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let wrong = |reason| Error::config(shown_path(path), reason);
    let root: Value = serde_json::from_slice(text).map_err(|problem| {
        // The library's own words may hold a piece of the file.
        wrong(message!("records.json_cannot_be_read", line = problem.line(), column = problem.column()))
    })?;
    let mut reading = Reading { book, tables: BTreeMap::new(), told: BTreeSet::new(), file: Arc::from(shown_path(path)) };
    reading.read(&root, book.school, &BTreeMap::new());
    let Reading { mut tables, told, .. } = reading;
    // A column that no record has a member for has no heading: nobody told it. A member that says null was asked and is blank.
    for (kind, table) in &mut tables {
        let is_told = |column: &usize| told.contains(&(*kind, *column));
        table.headings.iter_mut().enumerate().filter(|(column, _)| !is_told(column)).for_each(|(_, heading)| heading.clear());
    }
    Ok(tables.into_values().collect())
}

/// Keys of the records around a value, by the names of their fields.
type Keys = BTreeMap<Arc<str>, TableValue>;

struct Reading<'a> {
    book: &'a RecordBook,
    tables: BTreeMap<EntityIndex, Table>,
    /// Columns of each kind that some record has.
    told: BTreeSet<(EntityIndex, usize)>,
    file: Arc<str>,
}

impl Reading<'_> {
    fn read(&mut self, value: &Value, kind: EntityIndex, around: &Keys) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.read(item, kind, around)),
            Value::Object(members) => self.record(members, kind, around),
            _ => {}
        }
    }

    fn record(&mut self, members: &Map<String, Value>, kind: EntityIndex, around: &Keys) {
        let entity = &self.book.entities[kind];
        let mut keys = around.clone();
        keys.extend(Self::own_keys(members, entity));
        let is_record = entity.fields.iter().any(|field| member(members, &field.dictionary, &field.id).is_some());
        if is_record {
            let values = entity.fields.iter().map(|field| {
                let listed = field.listed.as_ref().and_then(|listed| of_list(members, &field.dictionary, listed));
                let own = listed.or_else(|| member(members, &field.dictionary, &field.id).map(of_json));
                own.or_else(|| keys.get(&field.id).cloned())
            });
            let values: Vec<Option<TableValue>> = values.collect();
            self.told.extend(values.iter().enumerate().filter(|(_, own)| own.is_some()).map(|(column, _)| (kind, column)));
            let values: Vec<TableValue> = values.into_iter().map(Option::unwrap_or_default).collect();
            let file = &self.file;
            let table = self.tables.entry(kind).or_insert_with(|| Table {
                file: Arc::clone(file),
                headings: entity.fields.iter().map(|field| field.id.to_string()).collect(),
                ..Table::default()
            });
            let line = u32::try_from(table.rows.len() + 1).unwrap_or(u32::MAX);
            table.rows.push(TableRow::new(line, values));
        }
        for (name, inner) in members {
            let known = self.kind_of(name);
            match (known, inner) {
                (Some(inner_kind), Value::Array(_) | Value::Object(_)) => self.read(inner, inner_kind, &keys),
                (None, Value::Array(_) | Value::Object(_)) if !is_record => self.read(inner, kind, &keys),
                _ => {}
            }
        }
    }

    /// Keys that an object tells of itself.
    fn own_keys(members: &Map<String, Value>, entity: &Entity) -> Keys {
        let keys = entity.fields.iter().filter(|field| field.kind == FieldKind::Key);
        keys.filter_map(|field| Some((Arc::clone(&field.id), of_json(member(members, &field.dictionary, &field.id)?)))).collect()
    }

    fn kind_of(&self, name: &str) -> Option<EntityIndex> {
        let is_called = |entity: &Entity| [&entity.dictionary, &entity.id].iter().any(|own| own.eq_ignore_ascii_case(name));
        self.book.entities.iter_enumerated().find(|(_, entity)| is_called(entity)).map(|(index, _)| index)
    }
}

/// The member of either name.
fn member<'a>(members: &'a Map<String, Value>, dictionary: &str, id: &str) -> Option<&'a Value> {
    let named = |name: &str| {
        let exact = members.get(name);
        exact.or_else(|| members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value))
    };
    let own = if dictionary.is_empty() { None } else { named(dictionary) };
    own.or_else(|| named(id)).filter(|value| !value.is_array() && !value.is_object())
}

/// Whether a list has one of some codes.
fn of_list(members: &Map<String, Value>, dictionary: &str, listed: &Listed) -> Option<TableValue> {
    let Value::Array(items) = members.get(dictionary)? else { return None };
    let code = |item: &Value| match item {
        Value::Object(item) => member(item, &listed.key, "").map(of_json),
        item => Some(of_json(item)),
    };
    let is_meant = |item: &Value| code(item).is_some_and(|own| listed.codes.contains(&own.text()));
    Some(TableValue::of_text(if items.iter().any(is_meant) { "1" } else { "0" }))
}

fn of_json(value: &Value) -> TableValue {
    match value {
        Value::String(text) => TableValue::of_text(text),
        Value::Number(number) => TableValue::of_text(&number.to_string()),
        Value::Bool(yes) => TableValue::of_text(if *yes { "1" } else { "0" }),
        Value::Null | Value::Array(_) | Value::Object(_) => TableValue::Empty,
    }
}
