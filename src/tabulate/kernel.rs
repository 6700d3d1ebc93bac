//! The counting itself: rows by bytes, terms by bits.
//!
//! For every value of every column there is a mask with a bit for each term that accepts it. The mask of a row is the AND of the masks of
//! its values: the terms it is counted under. Masks of a school's rows are added up bit by bit, [`LANES`] words at a time, as vertical
//! counters: plane 0 holds the lowest binary digit of each count, plane 1 the next. Eight masks at a time go through seven full adders
//! before they touch the planes (carry-save), and planes become numbers once for each school. So the work for a row hardly grows with
//! the number of cells: 1,100 cells of two forms are some 330 terms, six words. Columns of few values share a byte ([`super::packing`]),
//! so that a row of twenty columns is the AND of half as many masks.
//!
//! Example with one column and terms a = {1}, b = {1, 2}: masks are 00, 11, 10; rows 1, 2, 1 add 11, 10, 11, which makes a 2 and b 3.

use std::ops::Range;

use super::packing::{Packing, VALUES_OF_BYTE};
use super::plan::{EntityPlan, TermIndex};

/// Words of terms that are looked at together.
const LANES: usize = 4;
/// Terms that are looked at together.
const TERMS_OF_LANES: usize = LANES * 64;
/// Rows that are added up before they touch the planes.
const BLOCK: usize = 8;
/// Binary digits of a count: so many rows of one school are added before planes become numbers.
const PLANES: usize = 16;
const MOST_ROWS: usize = (1 << PLANES) - 1;
/// Shorter runs are counted bit by bit: emptying the planes would cost more.
const SHORT_RUN: usize = 12;

/// A bit for each of some terms.
type Lanes = [u64; LANES];
/// The terms that each value of a byte is accepted by.
type ByteMasks = Box<[Lanes; VALUES_OF_BYTE]>;

/// Masks of some terms of a plan.
#[derive(Debug)]
pub struct Masks {
    terms: usize,
    chunks: Vec<Chunk>,
}

/// Masks of as many terms as are looked at together.
#[derive(Debug)]
struct Chunk {
    /// Index of the first of its terms.
    first: usize,
    /// Terms there are: the mask of a row that no byte speaks against.
    all: Lanes,
    /// Bytes that tell these terms apart, each with its masks.
    bytes: Vec<ByteOfChunk>,
}

#[derive(Debug)]
struct ByteOfChunk {
    /// Index of the byte among those of a row.
    at: usize,
    masks: ByteMasks,
}

impl Masks {
    /// Masks of some terms over rows that are packed so.
    #[must_use]
    pub fn new(plan: &EntityPlan, packing: &Packing, terms: &[TermIndex]) -> Self {
        let chunk = |(number, own): (usize, &[TermIndex])| Chunk::new(plan, packing, number * TERMS_OF_LANES, own);
        Self { terms: terms.len(), chunks: terms.chunks(TERMS_OF_LANES).enumerate().map(chunk).collect() }
    }

    /// How many terms there are.
    #[must_use]
    pub const fn terms(&self) -> usize {
        self.terms
    }

    /// Counts rows that belong together: `add` takes each term with how many rows are under it. `bytes` are rows as they are packed.
    pub fn count(&self, bytes: &[Vec<u8>], rows: Range<usize>, add: &mut impl FnMut(usize, u32)) {
        if rows.len() < SHORT_RUN {
            return self.chunks.iter().for_each(|chunk| chunk.count_bits(bytes, rows.clone(), add));
        }
        let mut from = rows.start;
        while from < rows.end {
            let to = rows.end.min(from + MOST_ROWS);
            self.chunks.iter().for_each(|chunk| chunk.count_planes(bytes, from..to, add));
            from = to;
        }
    }
}

impl Chunk {
    fn new(plan: &EntityPlan, packing: &Packing, first: usize, terms: &[TermIndex]) -> Self {
        let of_terms = |accepts: &dyn Fn(TermIndex) -> bool| {
            let mut mask = [0; LANES];
            for (number, term) in terms.iter().enumerate() {
                mask[number / 64] |= u64::from(accepts(*term)) << (number % 64);
            }
            mask
        };
        let all = of_terms(&|_| true);
        let of_byte = |at: usize| {
            let mut masks: ByteMasks = Box::new([[0; LANES]; VALUES_OF_BYTE]);
            for (value, mask) in masks.iter_mut().enumerate() {
                *mask = of_terms(&|term| packing.accepts(at, value, &plan.terms[term]));
            }
            // A byte that all of its values pass decides nothing.
            let decides = masks[..packing.values(at)].iter().any(|mask| *mask != all);
            decides.then_some(ByteOfChunk { at, masks })
        };
        Self { first, all, bytes: (0..packing.bytes()).filter_map(of_byte).collect() }
    }

    /// The masks of some rows on end.
    #[inline]
    fn masks<const ROWS: usize>(&self, bytes: &[Vec<u8>], row: usize) -> [Lanes; ROWS] {
        let mut masks = [self.all; ROWS];
        for own in &self.bytes {
            for (mask, byte) in masks.iter_mut().zip(&bytes[own.at][row..row + ROWS]) {
                and(mask, &own.masks[usize::from(*byte)]);
            }
        }
        masks
    }

    fn count_bits(&self, bytes: &[Vec<u8>], rows: Range<usize>, add: &mut impl FnMut(usize, u32)) {
        for row in rows {
            let [mask] = self.masks::<1>(bytes, row);
            each_bit(&mask, |number| add(self.first + number, 1));
        }
    }

    fn count_planes(&self, bytes: &[Vec<u8>], rows: Range<usize>, add: &mut impl FnMut(usize, u32)) {
        let mut planes = Planes([[0; LANES]; PLANES]);
        let mut row = rows.start;
        while row + BLOCK <= rows.end {
            let first = planes.add_four(&self.masks(bytes, row));
            let second = planes.add_four(&self.masks(bytes, row + BLOCK / 2));
            planes.carry_fours(&first, &second);
            row += BLOCK;
        }
        for row in row..rows.end {
            let [mask] = self.masks::<1>(bytes, row);
            planes.carry(0, mask);
        }
        planes.each(rows.len(), |number, count| add(self.first + number, count));
    }
}

/// Vertical counters, the lowest binary digits first.
struct Planes([Lanes; PLANES]);

impl Planes {
    /// Adds four masks to the two lowest digits and gives what they carry, to the third.
    #[inline]
    fn add_four(&mut self, masks: &[Lanes; BLOCK / 2]) -> Lanes {
        let [a, b, c, d] = masks;
        let mut carried = [0; LANES];
        for lane in 0..LANES {
            let (low, two_a) = adder(self.0[0][lane], a[lane], b[lane]);
            let (low, two_b) = adder(low, c[lane], d[lane]);
            let (two, four) = adder(self.0[1][lane], two_a, two_b);
            self.0[0][lane] = low;
            self.0[1][lane] = two;
            carried[lane] = four;
        }
        carried
    }

    /// Adds two digits to the third plane, and what they carry to those above.
    #[inline]
    fn carry_fours(&mut self, first: &Lanes, second: &Lanes) {
        let mut carried = [0; LANES];
        for lane in 0..LANES {
            let (four, eight) = adder(self.0[2][lane], first[lane], second[lane]);
            self.0[2][lane] = four;
            carried[lane] = eight;
        }
        self.carry(3, carried);
    }

    /// Adds a digit to a plane, and what it carries to those above.
    #[inline]
    fn carry(&mut self, plane: usize, mut digit: Lanes) {
        for plane in &mut self.0[plane..] {
            if digit == [0; LANES] {
                return;
            }
            for lane in 0..LANES {
                let sum = plane[lane] ^ digit[lane];
                digit[lane] &= plane[lane];
                plane[lane] = sum;
            }
        }
    }

    /// Each term with its count, after so many rows.
    fn each(&self, rows: usize, mut give: impl FnMut(usize, u32)) {
        let used = &self.0[..PLANES.min(rows.ilog2() as usize + 1)];
        let mut any = [0; LANES];
        for plane in used {
            for lane in 0..LANES {
                any[lane] |= plane[lane];
            }
        }
        each_bit(&any, |number| {
            let digit = |plane: &Lanes| u32::from(plane[number / 64] >> (number % 64) & 1 == 1);
            give(number, used.iter().rev().fold(0, |count, plane| count << 1 | digit(plane)));
        });
    }
}

#[inline]
fn and(mask: &mut Lanes, other: &Lanes) {
    for (own, other) in mask.iter_mut().zip(other) {
        *own &= other;
    }
}

#[inline]
fn each_bit(mask: &Lanes, mut give: impl FnMut(usize)) {
    for (word, bits) in mask.iter().enumerate() {
        let mut bits = *bits;
        while bits != 0 {
            give(word * 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}

/// Sum and carry of three digits.
#[inline]
const fn adder(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}
