//! What was counted, school by school, and added up to the units above them.
//!
//! Counts stay as they were made, by school and term; cells are added up when they are asked for, so that a country of cells never has to
//! be in memory.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::plan::CellPlan;
use super::rows::NOWHERE;
use super::sums::TermSums;
use crate::forms::SlotIndex;

/// A cell of one of the forms that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellPlace {
    /// Index of its form among the definitions.
    pub form: usize,
    /// The cell.
    pub slot: SlotIndex,
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

/// Counts of schools.
#[derive(Debug, Default)]
pub struct SchoolCounts {
    schools: usize,
    places: Vec<CellPlace>,
    entities: Vec<EntityCounts>,
}

/// Counts of one kind of record.
#[derive(Debug)]
pub(super) struct EntityCounts {
    /// Cells as sums of terms.
    pub cells: TermSums,
    /// Counts by school and term.
    pub by_school: Vec<AtomicU32>,
    /// By school, which boxes of the cells it fits.
    pub fitting: Vec<Vec<bool>>,
}

impl SchoolCounts {
    pub(super) fn new(schools: usize) -> Self {
        Self { schools, ..Self::default() }
    }

    /// Adds the cells that count one kind of record.
    pub(super) fn push(&mut self, cells: &[CellPlan], counts: EntityCounts) {
        self.places.extend(cells.iter().map(|cell| CellPlace { form: cell.form, slot: cell.slot }));
        self.entities.push(counts);
    }

    /// How many schools there are.
    #[must_use]
    pub const fn schools(&self) -> usize {
        self.schools
    }

    /// Which cells there are, in the order of counts.
    #[must_use]
    pub fn places(&self) -> &[CellPlace] {
        &self.places
    }

    /// Counts of a school, one for each place.
    pub fn of_school(&self, school: usize) -> impl Iterator<Item = u32> + '_ {
        self.entities.iter().flat_map(move |own| {
            let terms = own.by_school.len() / self.schools;
            let counts = &own.by_school[school * terms..(school + 1) * terms];
            own.cells.each(&own.fitting[school], |term| counts[term].load(Ordering::Relaxed))
        })
    }

    /// Cells of a school.
    pub fn cells_of(&self, school: usize) -> impl Iterator<Item = CountedCell> + '_ {
        let cell = |(place, count): (&CellPlace, u32)| CountedCell { form: place.form, slot: place.slot, count };
        self.places.iter().zip(self.of_school(school)).map(cell)
    }

    /// Counts added up by the unit that each school belongs to, [`NOWHERE`] for none.
    #[must_use]
    pub fn by_unit(&self, unit_of: &[u32], units: usize) -> UnitCounts {
        let rows = grouped(unit_of, units).into_par_iter().map(|schools| {
            let mut sums = vec![0; self.places.len()];
            for school in schools {
                sums.iter_mut().zip(self.of_school(school)).for_each(|(sum, count)| *sum += u64::from(count));
            }
            sums
        });
        UnitCounts { rows: rows.collect() }
    }
}

/// Counts of units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCounts {
    rows: Vec<Vec<u64>>,
}

impl UnitCounts {
    /// Counts of a unit, one for each place.
    #[must_use]
    pub fn of(&self, unit: usize) -> &[u64] {
        &self.rows[unit]
    }

    /// Counts added up once more, by the unit that each unit belongs to.
    #[must_use]
    pub fn by_unit(&self, unit_of: &[u32], units: usize) -> Self {
        let width = self.rows.first().map_or(0, Vec::len);
        let rows = grouped(unit_of, units).into_par_iter().map(|below| {
            let mut sums = vec![0; width];
            for unit in below {
                sums.iter_mut().zip(&self.rows[unit]).for_each(|(sum, count)| *sum += count);
            }
            sums
        });
        Self { rows: rows.collect() }
    }
}

/// What belongs to each unit.
fn grouped(unit_of: &[u32], units: usize) -> Vec<Vec<usize>> {
    let mut below = vec![Vec::new(); units];
    for (own, unit) in unit_of.iter().enumerate().filter(|(_, unit)| **unit != NOWHERE) {
        below[*unit as usize].push(own);
    }
    below
}
