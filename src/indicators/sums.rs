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
    /// Among them, those where a cell is unknown or broken.
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

    /// Adds one return into some places.
    pub(super) fn add(&mut self, (term, form): (usize, usize), wanted: &[Vec<usize>], values: &Values, places: &[usize]) {
        let width = self.widths[term][form];
        let (numbers, statuses) = (values.numbers(), values.statuses());
        for (figure, slots) in wanted.iter().enumerate() {
            let number = slots.iter().fold(0_i64, |sum, &slot| sum.saturating_add(numbers[slot]));
            let applies = slots.iter().any(|&slot| statuses[slot] != Status::NotApplicable);
            if !applies {
                continue;
            }
            let broken = u32::from(slots.iter().any(|&slot| statuses[slot].is_broken()));
            for &place in places {
                let sum = &mut self.by_place[term][form][place * width + figure];
                sum.number = sum.number.saturating_add(number);
                sum.returns += 1;
                sum.broken += broken;
            }
        }
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
