//! From the files of `schemas/records/` to a book of records: everything that is wrong is told at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::book_file::{
    ColumnEntry, ConditionFile, DerivedEntry, EntityEntry, EntityFile, FieldEntry, ListEntry, ListsFile, OddityEntry, RegisterEntry,
};
use super::layout::{self, LayoutFile, RecordLayout};
use super::{
    CodeList, CodeValue, ColumnConditions, Condition, Derivation, Entity, EntityIndex, Field, FieldIndex, FieldKind, FieldRef, FlagWords,
    FromRegister, Oddity, RecordBook,
};
use crate::base::error::{Error, Result};
use crate::base::index::IndexVec;
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::SchemaFiles;
use crate::rulebook::{Expression, Reference};

/// Where conditions and values worked out stand.
const CONDITIONS: &str = "records/conditions.toml";
/// Where kinds of record stand.
const ENTITIES: &str = "records/entities.toml";

type Entities = IndexVec<EntityIndex, Entity>;
type Problem = std::result::Result<(), Message>;

/// Reads everything.
pub(super) fn load(files: &SchemaFiles) -> Result<RecordBook> {
    let ListsFile { lists, flags } = files.toml::<ListsFile>("records/lists.toml")?;
    let flags = FlagWords { yes: flags.yes.iter().map(|text| fold(text)).collect(), no: flags.no.iter().map(|text| fold(text)).collect() };
    let lists: BTreeMap<String, Arc<CodeList>> = lists.into_iter().map(|(id, list)| (id.clone(), Arc::new(code_list(&id, list)))).collect();
    let wrong = |path: &str, problems: &[Message]| Err(Error::config(files.shown(path), Message::join(problems, "; ")));
    let mut problems = Vec::new();
    let written = files.toml::<EntityFile>(ENTITIES)?.entities;
    let counts_if: Vec<Option<String>> = written.iter().map(|entry| entry.counts_if.clone()).collect();
    let entities: Vec<Entity> = written.into_iter().map(|entry| entity(entry, &lists, &mut problems)).collect();
    let mut entities: Entities = entities.into();
    let named = |id: &str| entities.iter_enumerated().find(|(_, entity)| *entity.id == *id).map(|(index, _)| index);
    let (Some(school), Some(class)) = (named("school"), named("class")) else {
        return wrong(ENTITIES, &[message!("records.school_and_class_needed")]);
    };
    if !problems.is_empty() {
        return wrong(ENTITIES, &problems);
    }
    let conditions = files.toml::<ConditionFile>(CONDITIONS)?;
    let mut tell = |problem: Problem| problems.extend(problem.err());
    for (entity, named) in &conditions.conditions {
        tell(add_conditions(&mut entities, entity, named));
    }
    for entry in conditions.derived {
        tell(add_derived(&mut entities, entry));
    }
    for (number, name) in counts_if.into_iter().enumerate() {
        tell(add_counts_if(&mut entities, EntityIndex::new(number), name));
    }
    let mut columns = BTreeMap::new();
    for (dim, entry) in conditions.columns {
        tell(add_columns(&mut columns, &dim, &entry));
    }
    let (mut from_register, mut oddities) = (Vec::new(), Vec::new());
    for (field, entry) in conditions.register {
        tell(register_values(&entities[school], &field, entry).map(|own| from_register.push(own)));
    }
    for entry in conditions.oddities {
        tell(oddity(&entities, entry).map(|own| oddities.push(own)));
    }
    let layouts = layouts(files, &entities)?;
    let book = RecordBook { entities, school, class, layouts, flags, from_register, oddities, columns };
    problems.extend(unbound(&book));
    if problems.is_empty() { Ok(book) } else { wrong(CONDITIONS, &problems) }
}

/// Layouts of files: a table of fields for each kind of record, then those that are described.
fn layouts(files: &SchemaFiles, entities: &Entities) -> Result<Vec<RecordLayout>> {
    let mut layouts: Vec<RecordLayout> = entities.indexes().map(|index| RecordLayout::of_fields(index, entities)).collect();
    for path in files.paths().filter(|path| path.starts_with(layout::FOLDER)) {
        let condition = |kind: &str, written: &str| {
            let kind = find(entities, kind)?;
            Ok((kind, named_condition(entities, kind, written)?))
        };
        let own = RecordLayout::of_file(files.toml::<LayoutFile>(path)?, entities, &condition);
        let own = own.map_err(|problems| Error::config(files.shown(path), Message::join(&problems, "; ")))?;
        if layouts.iter().any(|known| known.id == own.id) {
            return Err(Error::config(files.shown(path), message!("records.two_layouts_of_name", id = &own.id)));
        }
        layouts.push(own);
    }
    Ok(layouts)
}

fn code_list(id: &str, entry: ListEntry) -> CodeList {
    let (mut places, mut engine_places) = (BTreeMap::new(), BTreeMap::new());
    // Codes first: a number that is a code of one value and the code without zeros of another means the first.
    for (place, value) in entry.values.iter().enumerate() {
        places.insert(fold(&value.code), place);
    }
    for (place, value) in entry.values.iter().enumerate() {
        let bare = if value.code.bytes().all(|digit| digit == b'0') { "0" } else { value.code.trim_start_matches('0') };
        for written in [bare, &value.vi].into_iter().chain(value.aliases.iter().map(String::as_str)).filter(|text| !text.is_empty()) {
            places.entry(fold(written)).or_insert(place);
        }
        for code in &value.engine {
            engine_places.entry(code.clone()).or_insert(place);
        }
    }
    let values = entry.values.into_iter().map(|value| CodeValue { code: value.code.into(), name: value.vi.into() }).collect();
    CodeList { id: id.into(), dictionary: entry.dictionary.into(), values, words: Message::both(entry.vi, entry.en), places, engine_places }
}

fn entity(entry: EntityEntry, lists: &BTreeMap<String, Arc<CodeList>>, problems: &mut Vec<Message>) -> Entity {
    let mut field = |own: FieldEntry| {
        let list = own.list.as_ref().and_then(|id| lists.get(id)).cloned();
        if list.is_none() && (own.kind == FieldKind::Code || own.list.is_some()) {
            problems.push(message!("records.no_list", field = &own.id, list = own.list.unwrap_or_default()));
        }
        Field {
            id: own.id.into(),
            dictionary: own.dictionary.into(),
            kind: own.kind,
            list,
            is_required: own.required,
            is_optional: own.optional,
            listed: own.listed,
            derivation: None,
            words: Message::both(own.vi, own.en),
        }
    };
    let fields: Vec<Field> = entry.fields.into_iter().map(&mut field).collect();
    Entity {
        id: entry.id.into(),
        dictionary: entry.dictionary.into(),
        fields: fields.into(),
        counts_if: None,
        none_if_unsaid: entry.none_if_unsaid,
        words: Message::both(entry.vi, entry.en),
        named: BTreeMap::new(),
    }
}

fn find(entities: &Entities, id: &str) -> std::result::Result<EntityIndex, Message> {
    let found = entities.iter_enumerated().find(|(_, entity)| *entity.id == *id);
    found.map(|(index, _)| index).ok_or_else(|| message!("records.no_entity", id))
}

fn add_conditions(entities: &mut Entities, entity: &str, named: &BTreeMap<String, String>) -> Problem {
    let index = find(entities, entity)?;
    for (name, written) in named {
        entities[index].named.insert(name.clone(), Expression::parse(written)?);
    }
    Ok(())
}

fn add_counts_if(entities: &mut Entities, entity: EntityIndex, name: Option<String>) -> Problem {
    let Some(name) = name else { return Ok(()) };
    let condition = named_condition(entities, entity, &name)?;
    entities[entity].counts_if = Some(condition);
    Ok(())
}

fn register_values(school: &Entity, id: &str, entry: RegisterEntry) -> std::result::Result<FromRegister, Message> {
    let field = school.field(id).ok_or_else(|| message!("records.no_field", field = id, entity = school.words.clone()))?;
    let list = school.fields[field].list.as_ref().ok_or_else(|| message!("records.no_list", field = id, list = ""))?;
    let place = |(said, code): (String, String)| {
        if code.is_empty() {
            return Ok((said, None));
        }
        let place = list.values.iter().position(|value| *value.code == *code);
        place.map(|place| (said, Some(place))).ok_or_else(|| message!("records.no_code", code, list = &list.id))
    };
    let places = entry.values.into_iter().map(place).collect::<std::result::Result<_, _>>()?;
    Ok(FromRegister { field, column: entry.from, places })
}

fn oddity(entities: &Entities, entry: OddityEntry) -> std::result::Result<Oddity, Message> {
    let of = find(entities, &entry.of)?;
    let when = named_condition(entities, of, &entry.when)?;
    Ok(Oddity { of, rule: entry.rule.into(), when })
}

fn add_columns(columns: &mut BTreeMap<(String, String), ColumnConditions>, dim: &str, entry: &ColumnEntry) -> Problem {
    for (value, written) in &entry.joined {
        columns.entry((dim.to_owned(), value.clone())).or_default().joined = Some(Expression::parse(written)?);
    }
    for (value, written) in &entry.school {
        columns.entry((dim.to_owned(), value.clone())).or_default().school = Some(Expression::parse(written)?);
    }
    Ok(())
}

fn add_derived(entities: &mut Entities, entry: DerivedEntry) -> Problem {
    let index = find(entities, &entry.entity)?;
    let own = |id: &str| entities[index].field(id).ok_or_else(|| message!("records.no_field", field = id, entity = &entry.entity));
    let first = entry.first_of.iter().map(|id| reference(entities, index, id)).collect::<std::result::Result<Vec<_>, _>>()?;
    let (derivation, kind, list) = match (&entry.years, &entry.months, &entry.counts) {
        (Some(field), None, None) => (Derivation::Years(own(field)?), FieldKind::Whole, None),
        (None, Some(field), None) => (Derivation::Months(own(field)?), FieldKind::Whole, None),
        (None, None, Some(counted)) => {
            let counted = find(entities, counted)?;
            let only = entry.only.as_deref().map(|written| named_condition(entities, counted, written)).transpose()?;
            (Derivation::Count(counted, only), FieldKind::Whole, None)
        }
        _ => {
            let Some(lead) = first.first() else { return Err(message!("records.derived_how", field = &entry.id)) };
            let lead = &entities[lead.entity].fields[lead.field];
            let (kind, list) = (lead.kind, lead.list.clone());
            (Derivation::FirstOf(first), kind, list)
        }
    };
    let field = Field {
        id: entry.id.into(),
        dictionary: Arc::default(),
        kind,
        list,
        is_required: false,
        is_optional: true,
        listed: None,
        derivation: Some(derivation),
        words: Message::both(entry.vi, entry.en),
    };
    entities[index].fields.push(field);
    Ok(())
}

/// A condition as written, with the names that the entity has by then.
fn named_condition(entities: &Entities, entity: EntityIndex, written: &str) -> std::result::Result<Condition, Message> {
    let name = |name: &str| entities[entity].named.get(name).cloned();
    bind(entities, entity, &Expression::parse(written)?.filled(&name, &|_| None)?)
}

/// Finds the fields of an expression.
pub(super) fn bind(entities: &Entities, entity: EntityIndex, expression: &Expression) -> std::result::Result<Condition, Message> {
    expression.resolved(&mut |own| match own {
        Reference::Field(name) => reference(entities, entity, name),
        other => Err(message!("records.no_field_reference", reference = format!("{other:?}"))),
    })
}

/// The field that a name means: of the record, or of its school or class.
fn reference(entities: &Entities, entity: EntityIndex, name: &str) -> std::result::Result<FieldRef, Message> {
    let (entity, id) = match name.split_once('.') {
        None => (entity, name),
        Some((of @ ("school" | "class"), id)) => (find(entities, of)?, id),
        Some((of, _)) => return Err(message!("records.no_entity", id = of)),
    };
    let field = entities[entity].field(id);
    let field = field.ok_or_else(|| message!("records.no_field", field = id, entity = entities[entity].words.clone()))?;
    Ok(FieldRef { entity, field })
}

/// Conditions with a name, and those of columns, that name what is not there.
fn unbound(book: &RecordBook) -> Vec<Message> {
    let mut problems = Vec::new();
    for (index, entity) in book.entities.iter_enumerated() {
        for (name, own) in &entity.named {
            problems.extend(book.bound(index, own).err().map(|problem| message!("records.in_condition", name, problem)));
        }
        for (dim, value) in book.columns.keys().filter(|_| index != book.school) {
            let is_of_people = dim == "ownership" || entity.field("sex").is_some();
            let problem = if is_of_people { book.column_condition(index, dim, value).err() } else { None };
            let lacks_contract = dim == "contract" && entity.field("contract").is_none();
            problems.extend(problem.filter(|_| !lacks_contract));
        }
    }
    problems
}

impl RecordBook {
    /// Index of the field of an entity by which it is joined to `of`; nothing where it belongs to none.
    #[must_use]
    pub fn key(&self, entity: EntityIndex, of: EntityIndex) -> Option<FieldIndex> {
        self.entities[entity].field(&self.entities[of].id).filter(|field| self.entities[entity].fields[*field].kind == FieldKind::Key)
    }
}
