//! Rows of one table, as records: whose they are, of which class, and their values.

use std::collections::HashSet;
use std::sync::Arc;

use super::classes::Classes;
use super::known::{Told, ToldFrom, set_of};
use super::oddities::{OddPlace, Oddities, OddityRules};
use super::schools::{Schools, ToldBy};
use super::values::{NoValue, ValueReader, grade_of_name};
use crate::base::text::fold;
use crate::records::layout::heading_key;
use crate::records::{Entity, EntityIndex, FieldIndex, FieldKind, FieldRef, LayoutColumn, Meaning, Reads, RecordBook, RecordLayout};
use crate::tables::{TableRow, TableValue, TableWords};
use crate::tabulate::NOWHERE;

/// Cells of a row that names a class, at most.
const MOST_IN_CLASS_ROW: usize = 2;

/// Everything that records of all files are put together from.
pub(super) struct Gathered<'a> {
    pub schools: Schools<'a>,
    pub classes: Classes,
    pub told: Told,
    pub oddities: Oddities,
    /// Schools that a line of a list of schools describes.
    pub described: HashSet<u32>,
}

/// A record as a row of a table tells it.
pub(super) struct TableRecord {
    pub school: u32,
    /// The class, or [`NOWHERE`].
    pub class: u32,
    /// Values of its fields.
    pub values: Vec<(FieldIndex, i32)>,
    /// Text of its own key, where a column tells it.
    pub own_key: Option<String>,
    /// Text of the id of a person, which goes no further than to be hashed.
    pub own_id: Option<String>,
}

/// Reads the rows of one table.
pub(super) struct TableRecords<'a> {
    pub book: &'a RecordBook,
    pub layout: &'a RecordLayout,
    pub places: &'a [Option<usize>],
    pub values: ValueReader<'a>,
    pub words: &'a TableWords,
    pub file: Arc<str>,
    pub sheet: Option<Arc<str>>,
    /// Its file and layout, as numbers.
    pub from: ToldFrom,
    /// The school of all rows, where none of their columns tells it.
    pub school: Option<u32>,
    /// The class that the last row of a class named.
    class_text: Option<String>,
    /// Fields that it has a column for.
    told: u64,
}

impl<'a> TableRecords<'a> {
    pub fn new(book: &'a RecordBook, from: ToldFrom, places: &'a [Option<usize>], values: ValueReader<'a>, words: &'a TableWords) -> Self {
        let layout = &book.layouts[from.layout];
        let (file, sheet) = (Arc::from(""), None);
        let mut own = Self { book, layout, places, values, words, file, sheet, from, school: None, class_text: None, told: 0 };
        own.told = own.fields_told();
        own
    }

    /// A line above the headings, which may name a class.
    pub fn above(&mut self, text: &str) {
        self.class_text = self.named_class(text).or(self.class_text.take());
    }

    fn entity(&self) -> &'a Entity {
        &self.book.entities[self.layout.of]
    }

    /// The record that a row tells; nothing where it tells none, which is noted where somebody might miss it.
    pub fn record(&mut self, row: &TableRow, gathered: &mut Gathered<'_>) -> Option<TableRecord> {
        if let Some(problem) = &row.problem {
            let is_total = problem.is_of_width() && row.values.iter().any(|value| self.words.is_total(&value.text()));
            if !is_total {
                gathered.oddities.note(OddityRules::UNREADABLE_ROW, &self.place(row.line, None), None, None);
            }
            return None;
        }
        if !self.is_record(row, gathered) {
            return None;
        }
        let Some(school) = self.school_of(row, gathered) else {
            gathered.oddities.note(OddityRules::ORPHAN_SCHOOL, &self.place(row.line, self.column_of(self.book.school)), None, None);
            return None;
        };
        let mut own = TableRecord { school, class: NOWHERE, values: Vec::new(), own_key: None, own_id: None };
        self.read_values(row, &mut own, gathered);
        self.find_class(row, &mut own, gathered);
        gathered.told.tell(self.layout.of, school, self.told, self.from);
        Some(own)
    }

    /// Fields that the table has a column for.
    fn fields_told(&self) -> u64 {
        let told = self.placed().fold(0, |all, (column, _)| all | set_of(column.field));
        let class = self.entity().field("class").filter(|_| !self.layout.class_rows.is_empty());
        told | class.map_or(0, set_of)
    }

    /// Columns of the layout that the table has, each with its place.
    fn placed(&self) -> impl Iterator<Item = (&'a LayoutColumn, usize)> + use<'a> {
        self.layout.columns.iter().zip(self.places).filter_map(|(column, place)| Some((column, (*place)?)))
    }

    fn field(&self, column: &LayoutColumn) -> &'a crate::records::Field {
        &self.entity().fields[column.field]
    }

    /// Whether a row is of a record: it has a key, an id or a date that records of this layout must have.
    fn is_record(&mut self, row: &TableRow, gathered: &mut Gathered<'_>) -> bool {
        let filled: Vec<String> = row.values.iter().map(TableValue::text).filter(|text| !text.is_empty()).collect();
        if let Some(class) = filled.first().filter(|_| filled.len() <= MOST_IN_CLASS_ROW).and_then(|text| self.named_class(text)) {
            self.class_text = Some(class);
            return false;
        }
        let is_heading = |(column, place): &(&LayoutColumn, usize)| column.headings.contains(&heading_key(&row.text(Some(*place))));
        let (columns, headings) = (self.placed().count(), self.placed().filter(is_heading).count());
        if headings * 2 > columns {
            return false;
        }
        let tells = |column: &LayoutColumn| matches!(self.field(column).kind, FieldKind::Key | FieldKind::Id | FieldKind::Date);
        let mut telling = self.placed().filter(|(column, _)| column.is_required && tells(column)).peekable();
        // A line of totals may stand under keys: who belongs to a school is not called so.
        let is_key = |column: &LayoutColumn| matches!(self.field(column).kind, FieldKind::Key | FieldKind::Id);
        let keys = self.placed().filter(|(column, _)| is_key(column)).map(|(_, place)| row.text(Some(place)));
        if keys.chain(filled.first().cloned()).any(|text| self.words.is_total(&text)) {
            gathered.oddities.note(OddityRules::ROW_PASSED_OVER, &self.place(row.line, None), None, None);
            return false;
        }
        let is_told = telling.peek().is_none() || telling.any(|(_, place)| !row.text(Some(place)).is_empty());
        if is_told && !filled.is_empty() {
            return true;
        }
        let is_total = filled.iter().any(|text| self.words.is_total(text));
        let has_values = self.placed().any(|(_, place)| !row.text(Some(place)).is_empty());
        if has_values && !is_total {
            gathered.oddities.note(OddityRules::ROW_PASSED_OVER, &self.place(row.line, None), None, None);
        }
        false
    }

    /// The class that a text names as rows of classes do.
    fn named_class(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        let word = self.layout.class_rows.iter().find(|word| folded.starts_with(word.as_str()))?;
        let rest: String = text.trim().chars().skip(word.chars().count()).collect();
        let name = rest.trim_matches(|c: char| c.is_whitespace() || c == ':').to_owned();
        (!name.is_empty()).then_some(name)
    }

    /// The column that tells a key of this kind.
    fn column_of(&self, kind: EntityIndex) -> Option<usize> {
        let key = self.book.key(self.layout.of, kind)?;
        self.placed().find(|(column, _)| column.field == key && column.reads != Reads::CommuneName).map(|(_, place)| place)
    }

    fn school_of(&self, row: &TableRow, gathered: &mut Gathered<'_>) -> Option<u32> {
        let key = self.book.key(self.layout.of, self.book.school)?;
        let (mut told, mut commune) = (None, String::new());
        for (column, place) in self.placed().filter(|(column, _)| column.field == key) {
            let text = row.text(Some(place));
            let text = match column.writing.meaning(&text) {
                Meaning::Nothing => continue,
                Meaning::Text(text) => text.to_owned(),
            };
            match column.reads {
                Reads::CommuneName => commune = text,
                Reads::SchoolName => told = Some((ToldBy::Name, text)),
                _ => told = Some((ToldBy::Code, text)),
            }
        }
        let Some((by, text)) = told else { return self.school };
        let beside = if commune.is_empty() { None } else { gathered.schools.find(by, &format!("{text}, {commune}")) };
        beside.or_else(|| gathered.schools.find(by, &text))
    }

    fn read_values(&self, row: &TableRow, own: &mut TableRecord, gathered: &mut Gathered<'_>) {
        let blank = TableValue::Empty;
        for (column, place) in self.placed() {
            let (field, cell) = (self.field(column), row.values.get(place).unwrap_or(&blank));
            let at = FieldRef { entity: self.layout.of, field: column.field };
            match field.kind {
                FieldKind::Id => own.own_id = text_of(column, cell),
                FieldKind::Key => {
                    if *field.id == *self.entity().id {
                        own.own_key = text_of(column, cell);
                    }
                }
                _ => {
                    let rule = match self.values.value(field, column, cell) {
                        Ok(Some(value)) => {
                            gathered.told.fill_in(self.layout.of, own.school, column.field);
                            own.values.push((column.field, value));
                            continue;
                        }
                        Ok(None) => {
                            gathered.told.leave_blank(self.layout.of, own.school, column.field);
                            if !field.is_required {
                                continue;
                            }
                            OddityRules::MISSING_FIELD
                        }
                        Err(NoValue::Unknown) => OddityRules::UNKNOWN_CODE,
                        Err(NoValue::Impossible) => OddityRules::IMPOSSIBLE_DATE,
                    };
                    let unit = Arc::clone(gathered.schools.code(own.school));
                    gathered.oddities.note(rule, &self.place(row.line, Some(place)), Some(&unit), Some(at));
                }
            }
        }
    }

    /// Finds the class of a record that belongs to one, or makes it where the layout says so.
    fn find_class(&self, row: &TableRow, own: &mut TableRecord, gathered: &mut Gathered<'_>) {
        if self.layout.of == self.book.class {
            return;
        }
        let Some(key) = self.book.key(self.layout.of, self.book.class) else { return };
        let column = self.placed().find(|(column, _)| column.field == key);
        let text = match column {
            Some((column, place)) => row.values.get(place).and_then(|cell| text_of(column, cell)),
            None => self.class_text.clone(),
        };
        let school = own.school;
        let note = |rule: &str, field: Option<FieldRef>, gathered: &mut Gathered<'_>| {
            let unit = Arc::clone(gathered.schools.code(school));
            gathered.oddities.note(rule, &self.place(row.line, column.map(|(_, place)| place)), Some(&unit), field);
        };
        let Some(text) = text else {
            if column.is_some() || !self.layout.class_rows.is_empty() {
                let at = FieldRef { entity: self.layout.of, field: key };
                note(OddityRules::MISSING_FIELD, Some(at), gathered);
            }
            return;
        };
        if let Some(class) = gathered.classes.find(own.school, &text) {
            own.class = class;
        } else if self.layout.makes_classes && !gathered.classes.is_described(own.school) {
            own.class = self.make_class(&text, own, gathered);
        } else {
            note(OddityRules::ORPHAN_CLASS, None, gathered);
        }
    }

    /// A class that a record names; its grade is that of the record, or of its name.
    fn make_class(&self, text: &str, own: &TableRecord, gathered: &mut Gathered<'_>) -> u32 {
        let class = &self.book.entities[self.book.class];
        let Some(number) = gathered.classes.begin(own.school, text) else { return NOWHERE };
        let told = self.entity().field("grade").and_then(|field| own.values.iter().find(|(own, _)| *own == field));
        let field = class.field("grade");
        let of_name = || {
            let list = class.fields[field?].list.as_ref().filter(|_| !self.layout.class_rows.is_empty())?;
            i32::try_from(grade_of_name(text, list)?).ok()
        };
        let grade = told.map(|(_, value)| *value).or_else(of_name);
        let fields = [class.field("class"), field.filter(|_| grade.is_some())];
        if let (Some(field), Some(grade)) = (field, grade) {
            gathered.classes.rows.set(field, grade);
        }
        let told = fields.into_iter().flatten().fold(0, |all, field| all | set_of(field));
        gathered.told.read(self.book.class);
        gathered.told.tell(self.book.class, own.school, told, self.from);
        number
    }

    /// A place in the table.
    pub fn place(&self, line: u32, column: Option<usize>) -> OddPlace {
        OddPlace { file: Arc::clone(&self.file), sheet: self.sheet.clone(), line, column }
    }
}

/// The text of a key or an id; nothing where the cell says nothing.
fn text_of(column: &LayoutColumn, cell: &TableValue) -> Option<String> {
    let text = cell.text();
    match column.writing.meaning(&text) {
        Meaning::Nothing => None,
        Meaning::Text(text) => Some(text.to_owned()),
    }
}
