//! One pass over the records: schools and classes first, then everything that belongs to them, batch by batch.
//!
//! Schools and classes are kept, since their values are asked for by what belongs to them and some of theirs count it in turn (a class
//! has so many children). Pupils, staff and sites come in batches and leave nothing but counts: by school and term, and by class where a
//! class counts them. When all have come, classes are counted with the values they have got by then, schools after them.

use std::sync::atomic::{AtomicU32, Ordering};

use super::definitions::FormDefinition;
use super::kernel::{Counter, Masks};
use super::plan::{CountPart, EntityPlan};
use super::rows::{AgeDays, NOWHERE, RecordRows, Values};
use crate::base::index::IndexVec;
use crate::base::message::Message;
use crate::forms::SlotIndex;
use crate::records::{EntityIndex, FieldRef, RecordBook};

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
    masks: Masks,
    /// Counts by school and term.
    by_school: Vec<AtomicU32>,
    /// Values of classes that count rows of this kind, with their counts by part and class.
    of_classes: Vec<ClassCounts>,
}

/// Rows that classes have under a term.
#[derive(Debug)]
struct ClassCounts {
    field: FieldRef,
    part: CountPart,
    counts: Vec<AtomicU32>,
}

/// One cell of a school with its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedCell {
    /// Index of its form among the definitions.
    pub form: usize,
    /// The cell.
    pub slot: SlotIndex,
    /// How many records it counts.
    pub count: u32,
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
        let counting = |entity: EntityIndex| {
            let plan = EntityPlan::new(entity, definitions, book)?;
            let masks = Masks::new(&plan);
            let by_school = zeros(schools.len * masks.terms());
            let of_class = plan.derived.iter().filter(|own| own.field.entity == book.class);
            let parts = of_class.flat_map(|own| own.parts.iter().map(|part| (own.field, part.clone())));
            let of_classes = parts.map(|(field, part)| ClassCounts { field, part, counts: zeros(classes.len) }).collect();
            Ok(Counting { plan, masks, by_school, of_classes })
        };
        let entities = book.entities.indexes().map(counting).collect::<Result<Vec<_>, Message>>()?;
        Ok(Self { book, days, schools, classes, entities: entities.into() })
    }

    /// Counts some rows of pupils, staff or sites; batches may come from several threads and in any order.
    pub fn count(&self, rows: &RecordRows) {
        let counting = &self.entities[rows.entity];
        let columns = self.encoded(counting, rows);
        let bytes: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        let terms = counting.masks.terms();
        let mut counter = Counter::new(&counting.masks);
        let mut from = 0;
        while from < rows.len {
            let school = rows.school[from];
            let to = (from..rows.len).find(|row| rows.school[*row] != school).unwrap_or(rows.len);
            if school != NOWHERE {
                let own = &counting.by_school[school as usize * terms..(school as usize + 1) * terms];
                counter.count(&bytes, from..to, &mut |term, count| {
                    own[term].fetch_add(count, Ordering::Relaxed);
                });
            }
            from = to;
        }
        if !counting.of_classes.is_empty() {
            Self::count_classes(counting, rows, &bytes, &mut counter);
        }
    }

    fn count_classes(counting: &Counting, rows: &RecordRows, bytes: &[&[u8]], counter: &mut Counter<'_>) {
        for row in (0..rows.len).filter(|row| rows.class[*row] != NOWHERE && rows.school[*row] != NOWHERE) {
            let terms = counter.terms_of(bytes, row);
            for own in &counting.of_classes {
                let term = own.part.term.get();
                if terms[term / 64] >> (term % 64) & 1 == 1 {
                    own.counts[rows.class[row] as usize].fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    /// Counts what is left and gives the cells of each school, in the order of the schools.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<CountedCell>> {
        self.fill_classes();
        self.count(&self.classes);
        self.fill_schools();
        self.count(&self.schools);
        (0..self.schools.len).map(|school| self.cells_of(school)).collect()
    }

    fn cells_of(&self, school: usize) -> Vec<CountedCell> {
        let mut cells = Vec::new();
        for counting in &self.entities {
            let fits = self.fitting(counting, school);
            let counted = |parts: &[CountPart]| fits.sum(parts);
            cells.extend(counting.plan.cells.iter().map(|cell| CountedCell {
                form: cell.form,
                slot: cell.slot,
                count: counted(&cell.parts),
            }));
        }
        cells
    }

    /// Values of a school in the columns that are about it.
    fn fitting<'c>(&'c self, counting: &'c Counting, school: usize) -> SchoolCounts<'c> {
        let terms = counting.masks.terms();
        let values = self.values();
        let byte = |field: FieldRef, coding: &super::columns::Coding| coding.byte(values.at(&self.schools, field, school));
        let is_of_school = |field: FieldRef| field.entity == self.book.school;
        let bytes = counting.plan.columns.iter().map(|(_, own)| if is_of_school(own.field) { byte(own.field, &own.coding) } else { 0 });
        SchoolCounts { bytes: bytes.collect(), counts: &counting.by_school[school * terms..(school + 1) * terms] }
    }

    /// Gives classes the values that count what belongs to them.
    fn fill_classes(&mut self) {
        let class = self.book.class;
        let derived: Vec<FieldRef> = self.derived_of(class);
        for field in derived {
            let mut values = vec![0_i32; self.classes.len];
            for counting in &self.entities {
                for own in counting.of_classes.iter().filter(|own| own.field == field) {
                    let mut fits_school: Vec<Option<bool>> = vec![None; self.schools.len];
                    for (row, value) in values.iter_mut().enumerate() {
                        let school = self.classes.school[row];
                        if school == NOWHERE {
                            continue;
                        }
                        let known = &mut fits_school[school as usize];
                        let fits = *known.get_or_insert_with(|| self.fitting(counting, school as usize).fits(&own.part));
                        let count = own.counts[row].load(Ordering::Relaxed);
                        *value += if fits { i32::try_from(count).unwrap_or(i32::MAX) } else { 0 };
                    }
                }
            }
            self.classes.fields[field.field] = values;
        }
    }

    /// Gives schools the values that count what belongs to them.
    fn fill_schools(&mut self) {
        for field in self.derived_of(self.book.school) {
            let of_school = |school: usize| {
                let own = |counting: &Counting| {
                    let derived = counting.plan.derived.iter().filter(|own| own.field == field);
                    derived.map(|own| self.fitting(counting, school).sum(&own.parts)).sum::<u32>()
                };
                i32::try_from(self.entities.iter().map(own).sum::<u32>()).unwrap_or(i32::MAX)
            };
            let values = (0..self.schools.len).map(of_school).collect();
            self.schools.fields[field.field] = values;
        }
    }

    fn derived_of(&self, entity: EntityIndex) -> Vec<FieldRef> {
        let all = self.entities.iter().flat_map(|counting| counting.plan.derived.iter().map(|own| own.field));
        let mut own: Vec<FieldRef> = all.filter(|field| field.entity == entity).collect();
        own.sort_unstable();
        own.dedup();
        own
    }

    /// Values of rows beside the schools and classes that were read.
    #[must_use]
    pub const fn values(&self) -> Values<'_> {
        Values { book: self.book, schools: &self.schools, classes: &self.classes, days: self.days }
    }

    /// The bytes of each column that rows must bring.
    fn encoded(&self, counting: &Counting, rows: &RecordRows) -> Vec<Vec<u8>> {
        let values = self.values();
        let of_column = |column| {
            let own = counting.plan.columns.get(column);
            (0..rows.len).map(|row| own.coding.byte(values.at(rows, own.field, row))).collect()
        };
        counting.masks.columns().map(of_column).collect()
    }
}

/// Counts of one school, and the values by which parts fit it.
struct SchoolCounts<'a> {
    bytes: Vec<u8>,
    counts: &'a [AtomicU32],
}

impl SchoolCounts<'_> {
    fn fits(&self, part: &CountPart) -> bool {
        part.school.accepts(|column| self.bytes[column.get()])
    }

    fn sum(&self, parts: &[CountPart]) -> u32 {
        let fitting = parts.iter().filter(|part| self.fits(part));
        fitting.map(|part| self.counts[part.term.get()].load(Ordering::Relaxed)).sum()
    }
}

fn zeros(len: usize) -> Vec<AtomicU32> {
    std::iter::repeat_with(AtomicU32::default).take(len).collect()
}
