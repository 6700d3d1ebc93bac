//! One pass over the records: schools and classes first, then everything that belongs to them, batch by batch.
//!
//! Schools and classes are kept, since their values are asked for by what belongs to them and some of theirs count it in turn (a class
//! has so many children). Pupils, staff and sites come in batches and leave nothing but counts: by school and term, and by class where a
//! class counts them. When all have come, classes are counted with the values they have got by then, schools after them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::columns::PlanColumn;
use super::counted::{CountedCell, EntityCounts, SchoolCounts};
use super::definitions::FormDefinition;
use super::encode::Encoder;
use super::kernel::Masks;
use super::packing::Packing;
use super::plan::{CountPart, EntityPlan, TermIndex};
use super::region::RowBox;
use super::rows::{AgeDays, NOWHERE, RecordRows, Values};
use super::sums::TermSums;
use crate::base::index::IndexVec;
use crate::base::message::Message;
use crate::records::{EntityIndex, FieldRef, RecordBook};

/// Rows whose bytes are made together: they stay near the processor.
const TILE: usize = 1 << 13;

/// Counts of some forms over records.
#[derive(Debug)]
pub struct Tabulation<'a> {
    book: &'a RecordBook,
    days: AgeDays,
    schools: RecordRows,
    classes: RecordRows,
    entities: IndexVec<EntityIndex, Counting>,
}

/// Counting of one kind of record.
#[derive(Debug)]
struct Counting {
    plan: EntityPlan,
    packing: Packing,
    encoder: Encoder,
    /// Rows of each school under each term.
    of_schools: OwnerCounts,
    /// Rows of each class under the terms that classes count.
    of_classes: OwnerCounts,
    /// Values of classes that count rows of this kind.
    class_parts: Vec<ClassPart>,
    cells: TermSums,
    derived: TermSums,
}

/// Rows under some terms, by whom they belong to.
#[derive(Debug)]
struct OwnerCounts {
    masks: Masks,
    counts: Vec<AtomicU32>,
}

/// A part of a value of classes.
#[derive(Debug)]
struct ClassPart {
    field: FieldRef,
    school: RowBox,
    /// Number of its term among those that classes count.
    term: usize,
}

impl<'a> Tabulation<'a> {
    /// Gets ready to count forms over the records of these schools and classes.
    ///
    /// # Errors
    /// A condition that cannot be decided on coded values.
    pub fn new(
        book: &'a RecordBook,
        definitions: &[FormDefinition],
        schools: RecordRows,
        classes: RecordRows,
        days: AgeDays,
    ) -> Result<Self, Message> {
        let values = Values { book, schools: &schools, classes: &classes, days };
        let counting = |entity| Ok(Counting::new(EntityPlan::new(entity, definitions, book)?, &values));
        let entities = book.entities.indexes().map(counting).collect::<Result<Vec<_>, Message>>()?;
        Ok(Self { book, days, schools, classes, entities: entities.into() })
    }

    /// Counts some rows of pupils, staff or sites; batches may come from several threads and in any order.
    pub fn count(&self, rows: &RecordRows) {
        let counting = &self.entities[rows.entity];
        counting.count(rows, &counting.encoder);
    }

    /// Counts what is left and gives what was counted.
    #[must_use]
    pub fn counted(mut self) -> SchoolCounts {
        self.fill_classes();
        self.count_owners(self.book.class);
        self.fill_schools();
        self.count_owners(self.book.school);
        let fitting = |counting: &Counting| {
            let of_school = |school| {
                let bytes = self.school_bytes(counting, school);
                counting.cells.fitting(|column| bytes[column.get()])
            };
            (0..self.schools.len).map(of_school).collect::<Vec<_>>()
        };
        let fitting: Vec<_> = self.entities.iter().map(fitting).collect();
        let mut counts = SchoolCounts::new(self.schools.len);
        for (counting, fitting) in self.entities.into_iter().zip(fitting) {
            let Counting { plan, cells, of_schools, .. } = counting;
            counts.push(&plan.cells, EntityCounts { cells, by_school: of_schools.counts, fitting });
        }
        counts
    }

    /// Counts what is left and gives the cells of each school, in the order of the schools.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<CountedCell>> {
        let counts = self.counted();
        (0..counts.schools()).map(|school| counts.cells_of(school).collect()).collect()
    }

    /// Counts schools or classes themselves, with the values they have got by now.
    fn count_owners(&self, entity: EntityIndex) {
        let counting = &self.entities[entity];
        let encoder = Encoder::new(&counting.plan, &counting.packing, &self.values());
        counting.count(if entity == self.book.school { &self.schools } else { &self.classes }, &encoder);
    }

    /// Bytes of a school in the columns that are about it.
    fn school_bytes(&self, counting: &Counting, school: usize) -> Vec<u8> {
        let byte = |own: &PlanColumn| {
            let is_of_school = own.field.entity == self.book.school;
            if is_of_school { own.coding.byte(self.values().at(&self.schools, own.field, school)) } else { 0 }
        };
        counting.plan.columns.iter().map(|(_, own)| byte(own)).collect()
    }

    /// Gives classes the values that count what belongs to them.
    fn fill_classes(&mut self) {
        for field in self.derived_of(self.book.class) {
            let mut values = vec![0_i32; self.classes.len];
            for counting in &self.entities {
                for part in counting.class_parts.iter().filter(|part| part.field == field) {
                    self.add_class_part(counting, part, &mut values);
                }
            }
            self.classes.fields[field.field] = values;
        }
    }

    /// Adds what classes count under one part, where their schools fit it.
    fn add_class_part(&self, counting: &Counting, part: &ClassPart, values: &mut [i32]) {
        let fits = |school: usize| {
            let bytes = self.school_bytes(counting, school);
            part.school.accepts(|column| bytes[column.get()])
        };
        let fits: Vec<bool> = (0..self.schools.len).map(fits).collect();
        for (row, value) in values.iter_mut().enumerate() {
            let school = self.classes.school[row];
            if school != NOWHERE && fits[school as usize] {
                let count = counting.of_classes.at(row, part.term);
                *value = value.saturating_add(i32::try_from(count).unwrap_or(i32::MAX));
            }
        }
    }

    /// Gives schools the values that count what belongs to them.
    fn fill_schools(&mut self) {
        let fields = self.derived_of(self.book.school);
        let mut values: BTreeMap<FieldRef, Vec<i32>> = fields.iter().map(|field| (*field, vec![0; self.schools.len])).collect();
        for counting in &self.entities {
            for school in 0..self.schools.len {
                let bytes = self.school_bytes(counting, school);
                let fitting = counting.derived.fitting(|column| bytes[column.get()]);
                let counts = counting.derived.each(&fitting, |term| counting.of_schools.at(school, term));
                for (own, count) in counting.plan.derived.iter().zip(counts) {
                    if let Some(values) = values.get_mut(&own.field) {
                        values[school] = values[school].saturating_add(i32::try_from(count).unwrap_or(i32::MAX));
                    }
                }
            }
        }
        for (field, values) in values {
            self.schools.fields[field.field] = values;
        }
    }

    fn derived_of(&self, entity: EntityIndex) -> BTreeSet<FieldRef> {
        let all = self.entities.iter().flat_map(|counting| counting.plan.derived.iter().map(|own| own.field));
        all.filter(|field| field.entity == entity).collect()
    }

    /// Values of rows beside the schools and classes that were read.
    #[must_use]
    pub const fn values(&self) -> Values<'_> {
        Values { book: self.book, schools: &self.schools, classes: &self.classes, days: self.days }
    }
}

impl Counting {
    fn new(plan: EntityPlan, values: &Values<'_>) -> Self {
        let packing = Packing::new(&plan.columns, plan.row_columns());
        let (mut cells, mut derived) = (TermSums::default(), TermSums::default());
        plan.cells.iter().for_each(|cell| cells.push(&cell.parts));
        plan.derived.iter().for_each(|own| derived.push(&own.parts));
        let (mut class_terms, mut class_parts) = (Vec::new(), Vec::new());
        for own in plan.derived.iter().filter(|own| own.field.entity == values.book.class) {
            for CountPart { school, term } in &own.parts {
                let number = class_terms.iter().position(|known| known == term).unwrap_or(class_terms.len());
                if number == class_terms.len() {
                    class_terms.push(*term);
                }
                class_parts.push(ClassPart { field: own.field, school: school.clone(), term: number });
            }
        }
        let all: Vec<TermIndex> = plan.terms.indexes().collect();
        let counts = |terms: &[TermIndex], owners: usize| OwnerCounts::new(Masks::new(&plan, &packing, terms), owners);
        let (of_schools, of_classes) = (counts(&all, values.schools.len), counts(&class_terms, values.classes.len));
        let encoder = Encoder::new(&plan, &packing, values);
        Self { plan, packing, encoder, of_schools, of_classes, class_parts, cells, derived }
    }

    /// Counts rows, a tile at a time.
    fn count(&self, rows: &RecordRows, encoder: &Encoder) {
        let mut bytes = Vec::new();
        for from in (0..rows.len).step_by(TILE) {
            let tile = from..rows.len.min(from + TILE);
            encoder.encode(rows, &tile, &mut bytes);
            let school = &rows.school[tile.clone()];
            self.of_schools.count(&bytes, school.len(), |row| school[row]);
            if self.of_classes.masks.terms() > 0 {
                let class = &rows.class[tile];
                self.of_classes.count(&bytes, school.len(), |row| if school[row] == NOWHERE { NOWHERE } else { class[row] });
            }
        }
    }
}

impl OwnerCounts {
    fn new(masks: Masks, owners: usize) -> Self {
        let counts = std::iter::repeat_with(AtomicU32::default).take(owners * masks.terms()).collect();
        Self { masks, counts }
    }

    fn at(&self, owner: usize, term: usize) -> u32 {
        self.counts[owner * self.masks.terms() + term].load(Ordering::Relaxed)
    }

    /// Counts rows, those with the same owner on end as one run.
    fn count(&self, bytes: &[Vec<u8>], rows: usize, owner_of: impl Fn(usize) -> u32) {
        let terms = self.masks.terms();
        let mut run = Range { start: 0, end: 0 };
        while run.start < rows {
            let owner = owner_of(run.start);
            run.end = (run.start + 1..rows).find(|row| owner_of(*row) != owner).unwrap_or(rows);
            if owner != NOWHERE {
                let own = &self.counts[owner as usize * terms..(owner as usize + 1) * terms];
                self.masks.count(bytes, run.clone(), &mut |term, count| {
                    own[term].fetch_add(count, Ordering::Relaxed);
                });
            }
            run.start = run.end;
        }
    }
}
