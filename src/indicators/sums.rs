//! Figures added up by place, one pass over the returns of each term.

use super::demand::Demand;
use crate::aggregate::Coverage;
use crate::cells::{Status, Values};

/// A sum of cells at a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// The sum; 0 where no part is a number.
    pub number: i64,
    /// Returns that it is the sum of.
    pub returns: u32,
    /// Among them, those where a cell is unknown or broken; of an earlier term also returns that had not come in.
    pub broken: u32,
}

/// Every sum asked for, at every place, with coverage.
#[derive(Debug)]
pub struct Sums {
    places: usize,
    widths: Vec<Vec<usize>>,
    /// By term and form: a row of sums per place.
    by_place: Vec<Vec<Vec<Sum>>>,
    /// By form of the term at hand: coverage per place.
    coverage: Vec<Vec<Coverage>>,
}

impl Sums {
    pub(super) fn new(demand: &Demand<'_>, places: usize) -> Self {
        let widths = demand.widths();
        let table = |forms: &Vec<usize>| forms.iter().map(|width| vec![Sum::default(); width * places]).collect();
        let coverage = vec![vec![Coverage::default(); places]; widths.first().map_or(0, Vec::len)];
        Self { places, by_place: widths.iter().map(table).collect(), widths, coverage }
    }

    pub(super) fn cover(&mut self, form: usize, place: usize, coverage: Coverage) {
        self.coverage[form][place].add(coverage);
    }

    /// The table of every term and form, each to be filled on its own.
    pub(super) fn tables(&mut self) -> Vec<((usize, usize), SumTable<'_>)> {
        let mut tables = Vec::new();
        for (term, forms) in self.by_place.iter_mut().enumerate() {
            for (form, sums) in forms.iter_mut().enumerate() {
                tables.push(((term, form), SumTable { width: self.widths[term][form], sums }));
            }
        }
        tables
    }

    /// A sum of cells at a place.
    #[must_use]
    pub fn get(&self, (term, form, figure): (usize, usize, usize), place: usize) -> Sum {
        self.by_place[term][form][place * self.widths[term][form] + figure]
    }

    /// Coverage of a form of the term at hand at a place.
    #[must_use]
    pub fn coverage(&self, form: usize, place: usize) -> Coverage {
        self.coverage[form][place]
    }

    /// Number of places.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }
}

/// The sums of one form of one term.
pub(super) struct SumTable<'a> {
    width: usize,
    /// A row of sums per place.
    sums: &'a mut [Sum],
}

impl SumTable<'_> {
    /// Notes at some places that a return is not in their sums.
    pub fn lacks(&mut self, places: &[usize]) {
        for &place in places {
            for sum in &mut self.sums[place * self.width..][..self.width] {
                sum.broken += 1;
            }
        }
    }

    /// Adds one return into some places.
    pub fn add(&mut self, wanted: &[Vec<usize>], values: &Values, places: &[usize]) {
        let (numbers, statuses) = (values.numbers(), values.statuses());
        for (figure, slots) in wanted.iter().enumerate() {
            let number = slots.iter().fold(0_i64, |sum, &slot| sum.saturating_add(numbers[slot]));
            let applies = slots.iter().any(|&slot| statuses[slot] != Status::NotApplicable);
            if !applies {
                continue;
            }
            let broken = u32::from(slots.iter().any(|&slot| statuses[slot].is_broken()));
            for &place in places {
                let sum = &mut self.sums[place * self.width + figure];
                sum.number = sum.number.saturating_add(number);
                sum.returns += 1;
                sum.broken += broken;
            }
        }
    }
}
