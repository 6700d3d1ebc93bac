//! Layouts of record files: how the headings of an export name fields, and how its values are written.
//!
//! One file of `schemas/records/layouts/` describes one source. Columns are told by their headings, whatever their order; a layout
//! is known by the headings that it cannot do without. Every kind of record has one more layout that no file describes: a table
//! whose headings are the names of fields, or those of the exchange dictionary.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{CodeList, Condition, Entity, EntityIndex, Field, FieldIndex, FieldKind};
use crate::base::index::IndexVec;
use crate::base::message::{Message, message};
use crate::base::text::fold;

/// Folder of the layouts below `schemas/`.
pub(super) const FOLDER: &str = "records/layouts/";
/// Stands in `values` for anything that is there.
const ANYTHING: &str = "*";

/// Whose codes a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codes {
    /// Those of the exchange dictionary.
    #[default]
    Dictionary,
    /// Those of the Ministry's own program, which vendors share.
    Engine,
}

/// How much of a source was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// All of its headings.
    Whole,
    /// Some of them, by name.
    Part,
    /// None: it is ours.
    Own,
}

/// How the text of a column tells a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// It is the value.
    #[default]
    Value,
    /// It is the name of a class, which begins with its grade: `1A`, `Lớp 12A1`.
    GradeOfName,
    /// It is the name of a school, not its code.
    SchoolName,
    /// It is the name of the commune that a school's name stands beside.
    CommuneName,
}

/// Finds the kind of record of a name, and binds a condition over it.
pub(super) type BindCover<'a> = &'a dyn Fn(&str, &str) -> Result<(EntityIndex, Condition), Message>;

/// A layout as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayoutFile {
    id: String,
    of: String,
    vi: String,
    en: String,
    source: String,
    seen: Seen,
    #[serde(default = "one")]
    heading_lines: u32,
    #[serde(default)]
    codes: Codes,
    #[serde(default)]
    nothing: Vec<String>,
    #[serde(default)]
    class_rows: Vec<String>,
    #[serde(default)]
    makes_classes: bool,
    /// Conditions by kind of record.
    #[serde(default)]
    pub(super) covers: BTreeMap<String, String>,
    columns: Vec<ColumnEntry>,
    #[serde(default)]
    passed_over: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    field: String,
    headings: Vec<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    reads: Reads,
    #[serde(default)]
    codes: Option<Codes>,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

const fn one() -> u32 {
    1
}

/// How the columns of a source name and write fields.
#[derive(Debug, Clone)]
pub struct RecordLayout {
    /// Its name in files and on the command line.
    pub id: Arc<str>,
    /// The kind of record that a row is.
    pub of: EntityIndex,
    /// Lines that the headings stand on.
    pub heading_lines: u32,
    /// How much of the source was seen.
    pub seen: Seen,
    /// Where its headings are known from.
    pub source: Arc<str>,
    /// First words of a row that names the class of the rows below it.
    pub class_rows: Vec<String>,
    /// Classes are made of the rows that name them: the source has no rows of classes.
    pub makes_classes: bool,
    /// By kind of record, which of a school's records such a file holds, where it does not hold all of them.
    pub covers: BTreeMap<EntityIndex, Condition>,
    /// Columns that are read.
    pub columns: Vec<LayoutColumn>,
    /// Headings of which one must be there, where other kinds of record have the others as well; none where that is no matter.
    pub distinctive: Vec<String>,
    /// Headings that are known and never read, folded: who somebody is, and what no form counts.
    pub passed_over: Vec<String>,
    /// Its name in both languages.
    pub words: Message,
}

/// A column that is read.
#[derive(Debug, Clone)]
pub struct LayoutColumn {
    /// The field that it tells.
    pub field: FieldIndex,
    /// Headings it may have, as [`heading_key`] makes them.
    pub headings: Vec<String>,
    /// The layout is not this one without it.
    pub is_required: bool,
    /// How its text tells the value.
    pub reads: Reads,
    /// How texts become values.
    pub writing: ValueWriting,
}

/// How the values of a field are written in a file.
#[derive(Debug, Clone, Default)]
pub struct ValueWriting {
    codes: Codes,
    /// Values by folded text; [`ANYTHING`] for whatever is there, nothing for a blank cell.
    values: BTreeMap<String, String>,
    /// Folded texts that stand for nothing.
    nothing: Vec<String>,
}

/// Meaning of a text in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// Nothing is said.
    Nothing,
    /// This text, in the words of the dictionary.
    Text(&'a str),
}

impl ValueWriting {
    /// Takes a text for what the source means by it.
    #[must_use]
    pub fn meaning<'a>(&'a self, text: &'a str) -> Meaning<'a> {
        let own = text.trim();
        if self.values.is_empty() && self.nothing.is_empty() {
            return if own.is_empty() { Meaning::Nothing } else { Meaning::Text(own) };
        }
        let folded = fold(own);
        if !own.is_empty() && self.nothing.contains(&folded) {
            return self.values.get("").map_or(Meaning::Nothing, |value| Meaning::Text(value));
        }
        let anything = || if own.is_empty() { None } else { self.values.get(ANYTHING) };
        match self.values.get(&folded).or_else(anything) {
            Some(value) => Meaning::Text(value),
            None if own.is_empty() => Meaning::Nothing,
            None => Meaning::Text(own),
        }
    }

    /// The texts that are written for a value: what [`Self::meaning`] takes back for it.
    #[must_use]
    pub fn text_for<'a>(&'a self, value: &'a str) -> Option<&'a str> {
        self.values.iter().find(|(text, own)| *own == value && *text != ANYTHING).map(|(text, _)| text.as_str())
    }

    /// Place of a code in its list.
    #[must_use]
    pub fn place(&self, list: &CodeList, text: &str) -> Option<usize> {
        // Spreadsheets write whole numbers with a decimal.
        let is_code = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let text = text.strip_suffix(".0").filter(is_code).unwrap_or(text);
        match self.codes {
            Codes::Dictionary => list.place(text),
            Codes::Engine => list.engine_place(text).or_else(|| list.place(text)),
        }
    }
}

/// A heading as headings are compared: one line, without marks of what must be filled in.
#[must_use]
pub fn heading_key(heading: &str) -> String {
    let words: Vec<&str> = heading.split_whitespace().collect();
    let text = words.join(" ");
    fold(text.trim_end_matches(|c: char| c == '*' || c == '(' || c == ')' && text.ends_with("(*)") || c.is_whitespace()))
}

impl RecordLayout {
    /// The columns of a table that has these headings, one for each of the layout's; nothing where one is missing that it needs.
    #[must_use]
    pub fn placed(&self, headings: &[String]) -> Option<Vec<Option<usize>>> {
        let keys: Vec<String> = headings.iter().map(|heading| heading_key(heading)).collect();
        // Of two columns with one heading nobody knows which is meant.
        let only = |own: &String| {
            let mut places = keys.iter().enumerate().filter(|(_, key)| *key == own).map(|(place, _)| place);
            places.next().filter(|_| places.next().is_none())
        };
        let find = |column: &LayoutColumn| column.headings.iter().find_map(only);
        let places: Vec<Option<usize>> = self.columns.iter().map(find).collect();
        let is_whole = self.columns.iter().zip(&places).all(|(column, place)| !column.is_required || place.is_some());
        let is_distinct = self.distinctive.is_empty() || keys.iter().any(|key| self.distinctive.contains(key));
        (is_whole && is_distinct && places.iter().any(Option::is_some)).then_some(places)
    }

    /// How many of these headings it knows.
    #[must_use]
    pub fn knows(&self, headings: &[String]) -> usize {
        let keys = headings.iter().map(|heading| heading_key(heading)).filter(|key| !key.is_empty());
        keys.filter(|key| self.passed_over.contains(key) || self.columns.iter().any(|column| column.headings.contains(key))).count()
    }

    /// The layout of a table whose headings are names of fields, or of the dictionary.
    pub(super) fn of_fields(of: EntityIndex, entities: &IndexVec<EntityIndex, Entity>) -> Self {
        let entity = &entities[of];
        let column = |field: FieldIndex, own: &Field| LayoutColumn {
            field,
            headings: headings_of(own),
            is_required: own.is_required && own.kind == FieldKind::Key,
            reads: Reads::Value,
            writing: ValueWriting::default(),
        };
        let read = entity.fields.iter_enumerated().filter(|(_, own)| own.derivation.is_none());
        Self {
            id: Arc::clone(&entity.id),
            of,
            heading_lines: 1,
            seen: Seen::Own,
            source: Arc::clone(&entity.dictionary),
            class_rows: Vec::new(),
            makes_classes: false,
            covers: BTreeMap::new(),
            columns: read.map(|(field, own)| column(field, own)).collect(),
            distinctive: distinctive(of, entities),
            passed_over: Vec::new(),
            words: entity.words.clone(),
        }
    }

    /// A layout as written, with its fields found.
    pub(super) fn of_file(
        file: LayoutFile,
        entities: &IndexVec<EntityIndex, Entity>,
        condition: BindCover<'_>,
    ) -> Result<Self, Vec<Message>> {
        let found = entities.iter_enumerated().find(|(_, entity)| *entity.id == *file.of);
        let Some((of, entity)) = found else { return Err(vec![message!("records.no_entity", id = file.of)]) };
        let nothing: Vec<String> = file.nothing.iter().map(|text| fold(text)).collect();
        let (mut columns, mut problems) = (Vec::new(), Vec::new());
        for entry in file.columns {
            match column(entry, entity, file.codes, &nothing) {
                Ok(own) => columns.push(own),
                Err(problem) => problems.push(problem),
            }
        }
        // One column may tell several fields; a field is told by one column.
        let mut seen: Vec<HeadingOfField<'_>> = columns
            .iter()
            .flat_map(|column| column.headings.iter().map(|heading| HeadingOfField { field: column.field, heading }))
            .collect();
        seen.sort_unstable();
        let twice = seen.windows(2).filter(|pair| pair[0] == pair[1]);
        problems.extend(twice.map(|pair| message!("records.heading_of_two_columns", heading = pair[0].heading)));
        let mut covers = BTreeMap::new();
        for (kind, written) in &file.covers {
            match condition(kind, written) {
                Ok((kind, condition)) => {
                    covers.insert(kind, condition);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if !columns.iter().any(|column| column.is_required) {
            problems.push(message!("records.layout_knows_itself_by_nothing"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            id: file.id.into(),
            of,
            heading_lines: file.heading_lines,
            seen: file.seen,
            source: file.source.into(),
            class_rows: file.class_rows.iter().map(|text| fold(text)).collect(),
            makes_classes: file.makes_classes,
            covers,
            columns,
            distinctive: Vec::new(),
            passed_over: file.passed_over.iter().map(|heading| heading_key(heading)).collect(),
            words: Message::both(file.vi, file.en),
        })
    }
}

/// Headings of a field in a table of fields.
fn headings_of(field: &Field) -> Vec<String> {
    [&field.id, &field.dictionary].into_iter().filter(|name| !name.is_empty()).map(|name| heading_key(name)).collect()
}

/// Headings that one kind of persons has and no other: without any of them nobody knows which of them a table is of.
fn distinctive(of: EntityIndex, entities: &IndexVec<EntityIndex, Entity>) -> Vec<String> {
    let is_of_persons = |entity: &Entity| entity.fields.iter().any(|field| field.kind == FieldKind::Id);
    if !is_of_persons(&entities[of]) {
        return Vec::new();
    }
    let others = entities.iter_enumerated().filter(|(other, entity)| *other != of && is_of_persons(entity));
    let elsewhere: Vec<String> = others.flat_map(|(_, entity)| entity.fields.iter().flat_map(headings_of)).collect();
    entities[of].fields.iter().flat_map(headings_of).filter(|heading| !elsewhere.contains(heading)).collect()
}

/// A heading that tells a field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct HeadingOfField<'a> {
    field: FieldIndex,
    heading: &'a String,
}

fn column(entry: ColumnEntry, entity: &Entity, codes: Codes, nothing: &[String]) -> Result<LayoutColumn, Message> {
    let no_field = || message!("records.no_field", field = &entry.field, entity = entity.words.clone());
    let field = entity.field(&entry.field).filter(|field| entity.fields[*field].derivation.is_none()).ok_or_else(no_field)?;
    let own = &entity.fields[field];
    for value in entry.values.values().filter(|value| !value.is_empty()) {
        let is_known = match &own.list {
            Some(list) => list.values.iter().any(|known| *known.code == **value),
            None => own.kind != FieldKind::Flag || ["0", "1"].contains(&value.as_str()),
        };
        if !is_known {
            return Err(message!("records.no_value_of_field", value, field = own.words.clone()));
        }
    }
    let values = entry.values.into_iter().map(|(text, value)| (fold(&text), value)).collect();
    let writing = ValueWriting { codes: entry.codes.unwrap_or(codes), values, nothing: nothing.to_vec() };
    let headings = entry.headings.iter().map(|heading| heading_key(heading)).collect();
    Ok(LayoutColumn { field, headings, is_required: entry.required, reads: entry.reads, writing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_without_marks() {
        for text in ["MA_TRUONG *", "MA_TRUONG*", "MA_TRUONG (*)", "ma_truong"] {
            assert_eq!(heading_key(text), heading_key("MA_TRUONG"), "{text}");
        }
        assert_eq!(heading_key("Tỉnh/Thành phố\n(Theo quê quán)"), heading_key("Tỉnh/Thành phố (Theo quê quán)"));
    }

    #[test]
    fn a_text_may_stand_for_nothing_or_for_anything() {
        let values = [("", "01"), ("x", "02")].map(|(text, value)| (text.to_owned(), value.to_owned()));
        let sex = ValueWriting { values: values.into(), nothing: vec!["36".to_owned()], ..ValueWriting::default() };
        assert_eq!([sex.meaning("x"), sex.meaning(" "), sex.meaning("36")], ["02", "01", "01"].map(Meaning::Text));
        let any = ValueWriting { values: [(ANYTHING.to_owned(), "1".to_owned())].into(), ..ValueWriting::default() };
        assert_eq!([any.meaning("vận động"), any.meaning("")], [Meaning::Text("1"), Meaning::Nothing]);
    }
}
