//! From terms to cells: which terms a cell is the sum of, in schools that fit.
//!
//! Cells want the same few boxes of a school over and over: each is looked at once for a school, and a part of a cell is a bit and a
//! term.

use std::collections::BTreeMap;
use std::ops::Range;

use super::columns::ColumnIndex;
use super::plan::CountPart;
use super::region::RowBox;

/// Some sums of terms, all over one kind of record.
#[derive(Debug, Default)]
pub(super) struct TermSums {
    /// Boxes that a school may fit.
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

/// Sums as schools have them: of those that fit the same boxes, the parts that are left are noted once.
#[derive(Debug, Default)]
pub(super) struct FittedSums {
    /// By school, which of the patterns it has.
    pattern_of: Vec<usize>,
    places: BTreeMap<Vec<bool>, usize>,
    patterns: Vec<Pattern>,
}

/// Terms of each sum where some boxes fit.
#[derive(Debug, Default)]
struct Pattern {
    terms: Vec<usize>,
    /// Where the terms of each sum end.
    ends: Vec<usize>,
}

impl FittedSums {
    /// Takes one more school, which fits these boxes.
    pub(super) fn push(&mut self, sums: &TermSums, fitting: Vec<bool>) {
        let next = self.patterns.len();
        let pattern = match self.places.get(&fitting) {
            Some(known) => *known,
            None => {
                self.patterns.push(Pattern::new(sums, &fitting));
                self.places.insert(fitting, next);
                next
            }
        };
        self.pattern_of.push(pattern);
    }

    /// Each sum of a school in order, out of the counts of its terms.
    pub(super) fn each<'a>(&'a self, school: usize, count: impl Fn(usize) -> u32 + 'a) -> impl ExactSizeIterator<Item = u32> + 'a {
        let pattern = &self.patterns[self.pattern_of[school]];
        let mut from = 0;
        pattern.ends.iter().map(move |end| {
            let terms = &pattern.terms[from..*end];
            from = *end;
            terms.iter().map(|term| count(*term)).sum()
        })
    }
}

impl Pattern {
    fn new(sums: &TermSums, fitting: &[bool]) -> Self {
        let mut own = Self::default();
        for parts in &sums.sums {
            let fit = sums.parts[parts.clone()].iter().filter(|part| fitting[part.school]);
            own.terms.extend(fit.map(|part| part.term));
            own.ends.push(own.terms.len());
        }
        own
    }
}
