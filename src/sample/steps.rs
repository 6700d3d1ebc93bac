//! In which order the rows of a sheet get their numbers, so that each is drawn
//! when everything that limits it is known.
//!
//! Rows that are part of nothing come first; a total is split over its parts
//! once it and every whole that contains a part are known.

use crate::forms::Sums;

/// One step of filling a sheet; rows are coded indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A row that is part of nothing gets its magnitude.
    Root(usize),
    /// A total is split over its parts.
    Split {
        /// Index into the sheet's row sums.
        sum: usize,
        /// Parts that already have their numbers.
        fixed: Vec<bool>,
        /// Wholes that limit each part.
        wholes: Vec<Vec<usize>>,
    },
    /// A row that is only "of which" gets a thinning of its wholes.
    Thin(usize, Vec<usize>),
}

/// The steps for the coded rows of a sheet, some of which are given.
///
/// Sums that go round in circles leave rows without a step that suits every
/// sum; whoever fills the sheet checks the result.
#[must_use]
pub fn steps(sums: &Sums, given: &[bool]) -> Vec<Step> {
    let mut order = Order::new(sums, given);
    while order.next_root(false) {}
    while order.next_split(true) || order.next_thin() || order.next_split(false) || order.next_root(true) {}
    order.steps
}

struct Order<'a> {
    sums: &'a Sums,
    /// Wholes of each row.
    wholes: Vec<Vec<usize>>,
    /// Rows that are parts of a total.
    is_part: Vec<bool>,
    /// Rows that have a step.
    done: Vec<bool>,
    /// Sums that have a step.
    split: Vec<bool>,
    steps: Vec<Step>,
}

impl<'a> Order<'a> {
    fn new(sums: &'a Sums, given: &[bool]) -> Self {
        let rows = given.len();
        let mut wholes = vec![Vec::new(); rows];
        for subset in &sums.subsets {
            for &part in &subset.parts {
                wholes[part].push(subset.total);
            }
        }
        let mut is_part = vec![false; rows];
        for &part in sums.rows.iter().flat_map(|sum| &sum.parts) {
            is_part[part] = true;
        }
        let (done, split) = (given.to_vec(), vec![false; sums.rows.len()]);
        Self { sums, wholes, is_part, done, split, steps: Vec::new() }
    }

    /// A row that is part of nothing; or any row, to break a circle.
    fn next_root(&mut self, any: bool) -> bool {
        let is_root = |row: usize| !self.done[row] && (any || (!self.is_part[row] && self.wholes[row].is_empty()));
        let Some(row) = (0..self.done.len()).find(|&row| is_root(row)) else { return false };
        self.done[row] = true;
        self.steps.push(Step::Root(row));
        true
    }

    /// A known total; `strict` waits for the wholes of its parts.
    fn next_split(&mut self, strict: bool) -> bool {
        let known = |part: &usize| self.done[*part] || self.wholes[*part].iter().all(|&whole| self.done[whole]);
        let ready = |index: usize| {
            let sum = &self.sums.rows[index];
            !self.split[index] && self.done[sum.total] && (!strict || sum.parts.iter().all(known))
        };
        let Some(index) = (0..self.split.len()).find(|&index| ready(index)) else { return false };
        let parts = &self.sums.rows[index].parts;
        let fixed = parts.iter().map(|&part| self.done[part]).collect();
        let known_wholes = |part: &usize| self.wholes[*part].iter().copied().filter(|&whole| self.done[whole]).collect();
        let wholes = parts.iter().map(known_wholes).collect();
        self.steps.push(Step::Split { sum: index, fixed, wholes });
        self.split[index] = true;
        for &part in parts {
            self.done[part] = true;
        }
        true
    }

    /// A row that is only "of which", once all its wholes are known.
    fn next_thin(&mut self) -> bool {
        let ready = |row: usize| !self.done[row] && !self.is_part[row] && self.wholes[row].iter().all(|&whole| self.done[whole]);
        let Some(row) = (0..self.done.len()).find(|&row| ready(row)) else { return false };
        self.done[row] = true;
        self.steps.push(Step::Thin(row, self.wholes[row].clone()));
        true
    }
}

/// For each row the lowest row it is tied to through sums and "of which", itself if none.
#[must_use]
pub fn components(sums: &Sums, rows: usize) -> Vec<usize> {
    let mut label: Vec<usize> = (0..rows).collect();
    loop {
        let before = label.clone();
        for sum in sums.rows.iter().chain(&sums.subsets) {
            let members = || sum.parts.iter().copied().chain([sum.total]);
            let lowest = members().map(|row| label[row]).min().unwrap_or_default();
            for row in members() {
                label[row] = lowest;
            }
        }
        if label == before {
            return label;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::{Basis, Sum};

    fn sum(total: usize, parts: &[usize]) -> Sum {
        Sum { total, parts: parts.to_vec(), basis: Basis::Inferred, unless: None }
    }

    #[test]
    fn a_total_waits_for_the_wholes_of_its_parts() {
        // 0 = 1 + 2, and 1 is also "of which" 3, which is "of which" 4.
        let sums = Sums { rows: vec![sum(0, &[1, 2])], subsets: vec![sum(3, &[1]), sum(4, &[3])], ..Sums::default() };
        let split = Step::Split { sum: 0, fixed: vec![false, false], wholes: vec![vec![3], vec![]] };
        assert_eq!(steps(&sums, &[false; 5]), [Step::Root(0), Step::Root(4), Step::Thin(3, vec![4]), split]);
        assert_eq!(components(&sums, 6), [0, 0, 0, 0, 0, 5]);
    }

    #[test]
    fn circles_come_to_an_end() {
        let sums = Sums { rows: vec![sum(0, &[1]), sum(1, &[0])], ..Sums::default() };
        assert_eq!(steps(&sums, &[false; 2]).len(), 3);
    }
}
