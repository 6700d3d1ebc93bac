//! Which fields files tell for which school, and which cells that is enough for: a cell whose field nobody tells is not known,
//! which is another thing than none.

use std::collections::BTreeSet;

use crate::base::index::IndexVec;
use crate::records::{Condition, Derivation, EntityIndex, FieldIndex, FieldRef, RecordBook};
use crate::rulebook::Expression;
use crate::tabulate::CellDefinition;

/// Something that must be told before a cell is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// Records of a kind.
    Records(EntityIndex),
    /// All records of a kind, and not only some of them.
    All(EntityIndex),
    /// One of these fields.
    Field(Vec<FieldRef>),
}

/// Everything that must be told before a cell is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs(BTreeSet<Need>);

impl Needs {
    /// The needs of a cell.
    #[must_use]
    pub fn of(cell: &CellDefinition, book: &RecordBook) -> Self {
        let mut needs = Self::default();
        needs.0.insert(Need::Records(cell.entity));
        cell.conditions.iter().for_each(|condition| needs.add(condition, book));
        needs
    }

    fn add(&mut self, condition: &Condition, book: &RecordBook) {
        match condition {
            Expression::Reference(field) => self.add_field(*field, book),
            Expression::Unary(_, own) => self.add(own, book),
            Expression::Binary(_, left, right) => [left, right].iter().for_each(|own| self.add(own, book)),
            Expression::OneOf(own, list) => {
                self.add(own, book);
                for own in list {
                    self.add(own, book);
                }
            }
            Expression::Call(_, arguments) => arguments.iter().for_each(|own| self.add(own, book)),
            Expression::Number(..) | Expression::Text(_) | Expression::Name(_) => {}
        }
    }

    fn add_field(&mut self, at: FieldRef, book: &RecordBook) {
        let field = book.field(at);
        match &field.derivation {
            None if field.is_optional => {}
            None => {
                self.0.insert(Need::Field(vec![at]));
            }
            Some(Derivation::FirstOf(fields)) => {
                self.0.insert(Need::Field(fields.clone()));
            }
            Some(Derivation::Years(born) | Derivation::Months(born)) => {
                self.0.insert(Need::Field(vec![FieldRef { entity: at.entity, field: *born }]));
            }
            Some(Derivation::Count(counted, only)) => {
                self.0.insert(Need::Records(*counted));
                self.0.insert(Need::All(*counted));
                book.entities[*counted].counts_if.iter().chain(only).for_each(|own| self.add(own, book));
            }
        }
    }

    /// Fields, and kinds of record, of which nothing is told for a school.
    pub(super) fn lacking<'a>(&'a self, told: &'a Told, school: u32, book: &'a RecordBook) -> impl Iterator<Item = FieldOrKind> + 'a {
        self.0.iter().filter_map(move |need| match need {
            Need::Records(kind) => (!told.has_records(*kind, school, book)).then_some(FieldOrKind::Kind(*kind)),
            Need::All(kind) => {
                let is_part = |layout: &usize| book.layouts[*layout].covers.contains_key(kind);
                let layouts = told.layouts(*kind, school);
                let is_whole = layouts.is_empty() || !layouts.iter().all(is_part);
                (!is_whole).then_some(FieldOrKind::Kind(*kind))
            }
            Need::Field(fields) => {
                // A blank of the first is filled by the next, where somebody tells that.
                let has = |field: &&FieldRef| told.has_field(**field, school, book);
                let is_told =
                    fields.iter().any(|field| has(&field) && !told.is_blank(*field, school)) || fields.iter().all(|own| has(&own));
                (!is_told).then(|| FieldOrKind::Field(fields[0]))
            }
        })
    }
}

/// Something that is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldOrKind {
    /// No records of a kind.
    Kind(EntityIndex),
    /// No column of a field.
    Field(FieldRef),
}

/// Fields as a set.
type FieldSet = u64;

/// Fields of one school that files tell by records of one kind.
#[derive(Debug, Clone, Default)]
struct ToldOf {
    /// Fields that every file with such records tells; nothing where no file has one.
    fields: Option<FieldSet>,
    /// Fields that are known otherwise.
    known: FieldSet,
    /// Fields that some record leaves blank.
    blank: FieldSet,
    /// Fields that some record fills in.
    filled: FieldSet,
    /// Numbers of these files.
    files: Vec<u32>,
    /// Their layouts, by their places in the book.
    layouts: Vec<usize>,
    /// One of them could not be read to its end.
    is_spoilt: bool,
}

/// A table that tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToldFrom {
    /// Number of its file.
    pub file: u32,
    /// Place of its layout in the book.
    pub layout: usize,
}

/// Everything that files tell, by kind of record and school.
#[derive(Debug)]
pub(super) struct Told {
    by_school: IndexVec<EntityIndex, Vec<ToldOf>>,
    /// Kinds of which there is a file at all.
    is_read: IndexVec<EntityIndex, bool>,
}

impl Told {
    pub fn new(book: &RecordBook) -> Self {
        Self { by_school: IndexVec::filled(Vec::new(), book.entities.len()), is_read: IndexVec::filled(false, book.entities.len()) }
    }

    /// A file of a kind was read.
    pub fn read(&mut self, kind: EntityIndex) {
        self.is_read[kind] = true;
    }

    /// A file with these fields holds a record of a school.
    pub fn tell(&mut self, kind: EntityIndex, school: u32, fields: FieldSet, from: ToldFrom) {
        let own = self.of_school(kind, school);
        own.fields = Some(own.fields.unwrap_or(FieldSet::MAX) & fields);
        if own.files.last() != Some(&from.file) && !own.files.contains(&from.file) {
            own.files.push(from.file);
        }
        if !own.layouts.contains(&from.layout) {
            own.layouts.push(from.layout);
        }
    }

    /// Fields of a school that are known beside what files tell.
    pub fn know(&mut self, kind: EntityIndex, school: u32, fields: FieldSet) {
        self.of_school(kind, school).known |= fields;
    }

    fn of_school(&mut self, kind: EntityIndex, school: u32) -> &mut ToldOf {
        let own = &mut self.by_school[kind];
        let place = school as usize;
        if own.len() <= place {
            own.resize(place + 1, ToldOf::default());
        }
        &mut own[place]
    }

    /// A record of a school fills in a field.
    pub fn fill_in(&mut self, kind: EntityIndex, school: u32, field: FieldIndex) {
        self.of_school(kind, school).filled |= set_of(field);
    }

    /// A record of a school leaves a field blank.
    pub fn leave_blank(&mut self, kind: EntityIndex, school: u32, field: FieldIndex) {
        self.of_school(kind, school).blank |= set_of(field);
    }

    /// Forgets the schools of a file: it told not all of them.
    pub fn spoil(&mut self, file: u32) {
        for own in self.by_school.iter_mut().flatten().filter(|own| own.files.contains(&file)) {
            own.is_spoilt = true;
        }
    }

    /// Forgets a school: a file about it could not be read.
    pub fn spoil_school(&mut self, school: u32) {
        for kind in self.by_school.indexes() {
            self.of_school(kind, school).is_spoilt = true;
        }
    }

    /// Layouts of the files that hold records of a school.
    pub fn layouts(&self, kind: EntityIndex, school: u32) -> &[usize] {
        self.by_school[kind].get(school as usize).map_or(&[], |own| &own.layouts)
    }

    /// Files that hold records of a school, as their numbers.
    pub fn files(&self, kind: EntityIndex, school: u32) -> &[u32] {
        self.by_school[kind].get(school as usize).map_or(&[], |own| &own.files)
    }

    fn has_records(&self, kind: EntityIndex, school: u32, book: &RecordBook) -> bool {
        if self.is_spoilt(kind, school) {
            return false;
        }
        let is_told = self.of(kind, school).is_some_and(|own| own.fields.is_some() || own.known != 0);
        is_told || book.entities[kind].none_if_unsaid && self.is_read[kind] && self.is_described(school, book)
    }

    /// Whether there are records of what is in a school: a line in a list of schools says nothing of that.
    fn is_described(&self, school: u32, book: &RecordBook) -> bool {
        let kinds = book.entities.iter_enumerated().filter(|(kind, own)| *kind != book.school && !own.none_if_unsaid);
        kinds.into_iter().any(|(kind, _)| self.of(kind, school).is_some_and(|own| own.fields.is_some()))
    }

    fn has_field(&self, at: FieldRef, school: u32, book: &RecordBook) -> bool {
        if self.is_spoilt(at.entity, school) {
            return false;
        }
        let own = self.of(at.entity, school);
        // Records must have it, and none of them has: the column is as good as missing.
        let is_empty = |own: &ToldOf| own.fields.is_some() && (own.filled | own.known) & set_of(at.field) == 0;
        if book.field(at).is_required && own.is_some_and(is_empty) {
            return false;
        }
        match own.map(|own| own.fields.map_or(own.known, |told| told | own.known)).filter(|fields| *fields != 0) {
            Some(fields) => fields & set_of(at.field) != 0,
            None => self.has_records(at.entity, school, book),
        }
    }

    fn is_blank(&self, at: FieldRef, school: u32) -> bool {
        self.of(at.entity, school).is_some_and(|own| own.blank & set_of(at.field) != 0)
    }

    fn is_spoilt(&self, kind: EntityIndex, school: u32) -> bool {
        self.by_school[kind].get(school as usize).is_some_and(|own| own.is_spoilt)
    }

    fn of(&self, kind: EntityIndex, school: u32) -> Option<&ToldOf> {
        self.by_school[kind].get(school as usize)
    }
}

/// A field as a set of one.
pub(super) const fn set_of(field: FieldIndex) -> FieldSet {
    1 << (field.get() % 64)
}
