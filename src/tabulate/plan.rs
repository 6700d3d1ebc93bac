//! The plan of one kind of record: its columns, the terms that a row is counted under, and the cells that terms make.
//!
//! Whatever a condition says of the school is the same for all rows of a school, so it is taken out: a *term* is what is left, a condition on
//! the row and its class. Cells that differ in ownership or region share their terms, and a form of 492 cells of pupils has 165 terms.
//! A cell is the sum of some terms in schools that fit.

use std::collections::BTreeMap;

use super::columns::{ColumnIndex, Columns};
use super::conditions::Compiler;
use super::definitions::FormDefinition;
use super::region::RowBox;
use crate::base::index::{IndexVec, index_type};
use crate::base::message::Message;
use crate::forms::SlotIndex;
use crate::records::{Condition, Derivation, EntityIndex, FieldRef, RecordBook};

index_type! {
    /// A term among those of a plan.
    TermIndex
}

/// Rows under a term, in schools that fit.
#[derive(Debug, Clone)]
pub struct CountPart {
    /// Columns of the school, and the values that fit.
    pub school: RowBox,
    /// The term.
    pub term: TermIndex,
}

/// A cell and the terms it is the sum of.
#[derive(Debug, Clone)]
pub struct CellPlan {
    /// Index of its form among the definitions.
    pub form: usize,
    /// The cell.
    pub slot: SlotIndex,
    /// Parts that are added up; no row is in two of them.
    pub parts: Vec<CountPart>,
}

/// A value of a school or a class that counts rows of this plan.
#[derive(Debug, Clone)]
pub struct DerivedPlan {
    /// The value.
    pub field: FieldRef,
    /// Parts that are added up.
    pub parts: Vec<CountPart>,
}

/// Everything that is counted of one kind of record.
#[derive(Debug, Clone)]
pub struct EntityPlan {
    /// The kind.
    pub entity: EntityIndex,
    /// Columns that conditions read.
    pub columns: Columns,
    /// Terms, as what they accept of row and class.
    pub terms: IndexVec<TermIndex, RowBox>,
    /// Cells.
    pub cells: Vec<CellPlan>,
    /// Values of schools and classes.
    pub derived: Vec<DerivedPlan>,
}

/// Conditions of which all must hold, and of what they are.
struct Counted<'a> {
    conditions: Vec<&'a Condition>,
    of: CountedFor,
}

enum CountedFor {
    Cell(usize, SlotIndex),
    Derived(FieldRef),
}

impl EntityPlan {
    /// Plans what some forms count of a kind of record, and what schools and classes do.
    ///
    /// # Errors
    /// What is no condition over coded values.
    pub fn new(entity: EntityIndex, definitions: &[FormDefinition], book: &RecordBook) -> Result<Self, Message> {
        let counted = counted(entity, definitions, book);
        let columns = Columns::of(counted.iter().flat_map(|own| own.conditions.iter().copied()), book)?;
        let compiler = Compiler { book, columns: &columns };
        let is_of_school = |column: ColumnIndex| entity != book.school && columns.get(column).field.entity == book.school;
        let mut terms = Terms::default();
        let (mut cells, mut derived) = (Vec::new(), Vec::new());
        for own in &counted {
            let rows = compiler.all_hold(own.conditions.iter().copied())?;
            let part = |own: &RowBox| {
                let (school, row): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    own.0.iter().map(|(at, set)| (*at, *set)).partition(|(at, _)| is_of_school(*at));
                CountPart { school: RowBox(school), term: terms.place(RowBox(row)) }
            };
            let parts = rows.boxes().iter().map(part).collect();
            match own.of {
                CountedFor::Cell(form, slot) => cells.push(CellPlan { form, slot, parts }),
                CountedFor::Derived(field) => derived.push(DerivedPlan { field, parts }),
            }
        }
        Ok(Self { entity, columns, terms: terms.boxes, cells, derived })
    }

    /// Columns of the row and its class: those that terms are about.
    pub fn row_columns(&self) -> impl Iterator<Item = ColumnIndex> + '_ {
        self.columns.iter().map(|(at, _)| at).filter(|at| self.terms.iter().any(|term| term.0.contains_key(at)))
    }
}

/// Terms so far.
#[derive(Default)]
struct Terms {
    boxes: IndexVec<TermIndex, RowBox>,
    places: BTreeMap<RowBox, TermIndex>,
}

impl Terms {
    fn place(&mut self, own: RowBox) -> TermIndex {
        if let Some(at) = self.places.get(&own) {
            return *at;
        }
        let at = self.boxes.push(own.clone());
        self.places.insert(own, at);
        at
    }
}

/// Cells and values that count records of a kind.
fn counted<'a>(entity: EntityIndex, definitions: &'a [FormDefinition], book: &'a RecordBook) -> Vec<Counted<'a>> {
    let of_form = |(form, definition): (usize, &'a FormDefinition)| {
        let own = definition.cells.iter().filter(move |cell| cell.entity == entity);
        own.map(move |cell| Counted { conditions: cell.conditions.iter().collect(), of: CountedFor::Cell(form, cell.slot) })
    };
    let mut all: Vec<Counted<'a>> = definitions.iter().enumerate().flat_map(of_form).collect();
    for (of, owner) in book.entities.iter_enumerated() {
        for (at, field) in owner.fields.iter_enumerated() {
            if let Some(Derivation::Count(counted, only)) = &field.derivation
                && *counted == entity
            {
                let conditions = book.entities[entity].counts_if.iter().chain(only).collect();
                all.push(Counted { conditions, of: CountedFor::Derived(FieldRef { entity: of, field: at }) });
            }
        }
    }
    all
}
