//! From terms to cells: which terms a cell is the sum of, in schools that fit.
//!
//! What cells want of a school is the same few boxes over and over: each is looked at once for a school, and a part of a cell is a bit and a
//! term.

use std::collections::BTreeMap;
use std::ops::Range;

use super::columns::ColumnIndex;
use super::plan::CountPart;
use super::region::RowBox;

/// Some sums of terms, all over one kind of record.
#[derive(Debug, Default)]
pub(super) struct TermSums {
    /// What is wanted of a school.
    boxes: Vec<RowBox>,
    places: BTreeMap<RowBox, usize>,
    parts: Vec<SumPart>,
    /// The parts of each sum.
    sums: Vec<Range<usize>>,
}

/// A term, in schools that fit a box.
#[derive(Debug, Clone, Copy)]
struct SumPart {
    school: usize,
    term: usize,
}

impl TermSums {
    /// Takes one more sum.
    pub(super) fn push(&mut self, parts: &[CountPart]) {
        let from = self.parts.len();
        for part in parts {
            let next = self.boxes.len();
            let school = *self.places.entry(part.school.clone()).or_insert(next);
            if school == next {
                self.boxes.push(part.school.clone());
            }
            self.parts.push(SumPart { school, term: part.term.get() });
        }
        self.sums.push(from..self.parts.len());
    }

    /// Which boxes a school fits, told by the byte of each column that is about it.
    pub(super) fn fitting(&self, byte: impl Fn(ColumnIndex) -> u8) -> Vec<bool> {
        self.boxes.iter().map(|own| own.accepts(&byte)).collect()
    }

    /// Each sum in order, out of the counts of a school's terms.
    pub(super) fn each<'a>(&'a self, fitting: &'a [bool], count: impl Fn(usize) -> u32 + 'a) -> impl Iterator<Item = u32> + 'a {
        let of_part = move |part: &SumPart| if fitting[part.school] { count(part.term) } else { 0 };
        self.sums.iter().map(move |own| self.parts[own.clone()].iter().map(&of_part).sum())
    }
}
