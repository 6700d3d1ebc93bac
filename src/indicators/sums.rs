//! Figures added up by place, one pass over the returns of each term.

use std::sync::Arc;

use super::matched::{Matched, MatchedRatio};
use super::measure_plan::{MeasurePlan, PlannedFigure};
use super::places::{PlaceIndex, PlaceVec};
use crate::forms::SlotIndex;
use crate::register::UnitVec;
use crate::returns::{Status, Values};
use crate::totals::Coverage;

/// A sum of cells at a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MeasureSum {
    /// The sum; 0 where no part is a number.
    pub number: i64,
    /// Returns that something of it is known of: what is unknown or broken altogether is no 0.
    pub returns: u32,
    /// Returns where a cell is unknown or broken; of an earlier term also returns that had not come in.
    pub broken: u32,
}

/// Every sum asked for, at every place, with coverage.
#[derive(Debug)]
pub struct MeasureSums {
    places: usize,
    /// By term and form.
    tables: Vec<Vec<SumTable>>,
    /// By form of the term at hand: coverage per place.
    coverage: Arc<Vec<PlaceVec<Coverage>>>,
    pub(super) ratios: Ratios,
}

/// Ratios at the places of several units. Most places are a single school: its ratios are worked out when
/// they are asked for.
#[derive(Debug, Default)]
pub(super) struct Ratios {
    /// The ratios asked for.
    pub all: Vec<MatchedRatio>,
    /// By ratio, at each place of several units.
    pub tables: Vec<Vec<Matched>>,
    /// Which of them each place is; none for the place of a single unit.
    pub of_place: PlaceVec<Option<u32>>,
    /// Places that hold everything.
    pub whole: Vec<PlaceIndex>,
    /// The units that are looked at, where that is not all.
    pub mask: Option<UnitVec<bool>>,
}

impl MeasureSums {
    pub(super) fn new(plan: &MeasurePlan<'_>, places: usize, coverage: Arc<Vec<PlaceVec<Coverage>>>) -> Self {
        let table = |forms: &Vec<usize>| forms.iter().map(|&width| SumTable::new(width, places)).collect();
        Self { places, tables: plan.widths().iter().map(table).collect(), coverage, ratios: Ratios::default() }
    }

    /// The table of every term and form, each to be filled on its own.
    pub(super) fn tables(&mut self) -> Vec<((usize, usize), &mut SumTable)> {
        let mut all = Vec::new();
        for (term, forms) in self.tables.iter_mut().enumerate() {
            all.extend(forms.iter_mut().enumerate().map(|(form, table)| ((term, form), table)));
        }
        all
    }

    /// A sum of cells at a place.
    #[must_use]
    pub fn get(&self, key: PlannedFigure, place: PlaceIndex) -> MeasureSum {
        self.tables[key.term][key.form].get(place, key.figure)
    }

    /// Coverage of a form of the term at hand at a place.
    #[must_use]
    pub fn coverage(&self, form: usize, place: PlaceIndex) -> Coverage {
        self.coverage[form][place]
    }

    /// Number of places.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }
}

/// The sums of one form of one term. Most places are schools, and most schools file few of the forms: a place has a row
/// once something is added there.
#[derive(Debug)]
pub(super) struct SumTable {
    width: usize,
    places: usize,
    /// Which row a place has, counted from 1; 0 where it has none yet, and nothing at all before the first.
    row_of: PlaceVec<u32>,
    /// The rows.
    sums: Vec<MeasureSum>,
}

impl SumTable {
    fn new(width: usize, places: usize) -> Self {
        Self { width, places, row_of: PlaceVec::default(), sums: Vec::new() }
    }

    fn get(&self, place: PlaceIndex, figure: usize) -> MeasureSum {
        match self.row_of.get(place) {
            None | Some(0) => MeasureSum::default(),
            Some(&row) => self.sums[(row as usize - 1) * self.width + figure],
        }
    }

    /// The sums at a place.
    fn row(&mut self, place: PlaceIndex) -> &mut [MeasureSum] {
        if self.row_of.is_empty() {
            self.row_of = PlaceVec::filled(0, self.places);
        }
        if self.row_of[place] == 0 {
            self.sums.resize(self.sums.len() + self.width, MeasureSum::default());
            self.row_of[place] = u32::try_from(self.sums.len() / self.width).unwrap_or(u32::MAX);
        }
        let row = self.row_of[place] as usize - 1;
        &mut self.sums[row * self.width..][..self.width]
    }

    /// Notes at some places that a return is not in their sums.
    pub fn note_missing(&mut self, places: &[PlaceIndex]) {
        for &place in places {
            self.row(place).iter_mut().for_each(|sum| sum.broken += 1);
        }
    }

    /// Adds one return into some places.
    pub fn add(&mut self, wanted: &[Vec<SlotIndex>], values: &Values, places: &[PlaceIndex]) {
        let (numbers, statuses) = (values.numbers(), values.statuses());
        for (figure, slots) in wanted.iter().enumerate() {
            let number = slots.iter().fold(0_i64, |sum, &slot| sum.saturating_add(numbers.at(slot)));
            let mut applying = slots.iter().map(|&slot| statuses[slot]).filter(|status| *status != Status::NotApplicable).peekable();
            if applying.peek().is_none() {
                continue;
            }
            let known = u32::from(applying.any(|status| !status.is_broken()));
            let broken = u32::from(slots.iter().any(|&slot| statuses[slot].is_broken()));
            for &place in places {
                let sum = &mut self.row(place)[figure];
                sum.number = sum.number.saturating_add(number);
                sum.returns += known;
                sum.broken += broken;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place by its number.
    const fn place(number: usize) -> PlaceIndex {
        PlaceIndex::new(number)
    }

    /// A slot by its number.
    const fn slot(number: usize) -> SlotIndex {
        SlotIndex::new(number)
    }

    /// A return over as many slots.
    fn values(cells: &[(Status, i64)]) -> Values {
        let mut values = Values::new(cells.len());
        values.slots().zip(cells).for_each(|(slot, (status, number))| values.set(slot, *status, *number));
        values
    }

    const NUMBER: fn(i64) -> (Status, i64) = |number| (Status::Reported, number);

    #[test]
    fn a_return_is_added_at_its_places_and_at_no_other() {
        let mut table = SumTable::new(2, 4);
        let wanted = [vec![slot(0), slot(2)], vec![slot(1)]];
        table.add(&wanted, &values(&[NUMBER(1), NUMBER(10), NUMBER(100)]), &[place(3), place(1)]);
        table.add(&wanted, &values(&[NUMBER(2), NUMBER(20), NUMBER(200)]), &[place(1)]);
        let sum = |number, returns| MeasureSum { number, returns, broken: 0 };
        assert_eq!((table.get(place(1), 0), table.get(place(1), 1)), (sum(303, 2), sum(30, 2)));
        assert_eq!((table.get(place(3), 0), table.get(place(3), 1)), (sum(101, 1), sum(10, 1)));
        assert_eq!((table.get(place(0), 0), table.get(place(2), 1)), (MeasureSum::default(), MeasureSum::default()));
    }

    #[test]
    fn what_is_broken_is_told_and_what_is_broken_altogether_is_no_nought() {
        let mut table = SumTable::new(1, 1);
        table.add(&[vec![slot(0), slot(1)]], &values(&[NUMBER(5), (Status::Unknown, 0)]), &[place(0)]);
        assert_eq!(table.get(place(0), 0), MeasureSum { number: 5, returns: 1, broken: 1 });
        table.add(&[vec![slot(0), slot(1)]], &values(&[(Status::ErrorValue, 0), (Status::Absent, 0)]), &[place(0)]);
        assert_eq!(table.get(place(0), 0), MeasureSum { number: 5, returns: 1, broken: 2 });
        // A blank is known to add nothing.
        table.add(&[vec![slot(0), slot(1)]], &values(&[(Status::Missing, 0), (Status::Nil, 0)]), &[place(0)]);
        assert_eq!(table.get(place(0), 0), MeasureSum { number: 5, returns: 2, broken: 2 });
    }

    #[test]
    fn what_does_not_apply_to_a_return_is_left_out_of_it() {
        let mut table = SumTable::new(1, 1);
        table.add(&[vec![slot(0), slot(1)]], &values(&[(Status::NotApplicable, 0), (Status::NotApplicable, 0)]), &[place(0)]);
        assert_eq!(table.get(place(0), 0), MeasureSum::default());
        table.add(&[vec![slot(0), slot(1)]], &values(&[(Status::NotApplicable, 0), NUMBER(4)]), &[place(0)]);
        assert_eq!(table.get(place(0), 0), MeasureSum { number: 4, returns: 1, broken: 0 });
    }

    #[test]
    fn a_return_that_is_lacking_marks_every_sum_of_its_places() {
        let mut table = SumTable::new(2, 3);
        table.add(&[vec![slot(0)], vec![slot(0)]], &values(&[NUMBER(4)]), &[place(1)]);
        table.note_missing(&[place(1), place(2)]);
        assert_eq!([0, 1].map(|figure| table.get(place(1), figure)), [MeasureSum { number: 4, returns: 1, broken: 1 }; 2]);
        assert_eq!([0, 1].map(|figure| table.get(place(2), figure)), [MeasureSum { number: 0, returns: 0, broken: 1 }; 2]);
        assert_eq!(table.get(place(0), 0), MeasureSum::default());
    }
}
