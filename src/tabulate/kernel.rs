//! The counting itself: rows by bytes, terms by bits.
//!
//! For every value of every column there is a mask with a bit for each term that accepts it. The mask of a row is the AND of the masks of
//! its values: the terms it is counted under. Masks of a school's rows are added up bit by bit, sixty-four terms at a time, as vertical
//! counters: plane 0 holds the lowest binary digit of each count, plane 1 the next. Eight masks at a time go through seven full adders
//! before they touch the planes (carry-save), and planes become numbers once for each school. So the work for a row hardly grows with
//! the number of cells: 1,100 cells of two forms are some 330 terms, six words.
//!
//! Example with one column and terms a = {1}, b = {1, 2}: masks are 00, 11, 10; rows 1, 2, 1 add 11, 10, 11, which makes a 2 and b 3.

use super::columns::ColumnIndex;
use super::plan::EntityPlan;

/// Rows that are added up before they touch the planes.
const BLOCK: usize = 8;
/// Binary digits of a count: so many rows of one school are added before planes become numbers.
const PLANES: usize = 16;
const MOST_ROWS: usize = (1 << PLANES) - 1;
/// Shorter runs are counted bit by bit: emptying the planes would cost more.
const SHORT_RUN: usize = 24;

/// Masks of a plan.
#[derive(Debug)]
pub struct Masks {
    words: usize,
    terms: usize,
    /// Columns that tell terms apart, each with its masks: `words` for each value.
    columns: Vec<ColumnMasks>,
}

#[derive(Debug)]
struct ColumnMasks {
    column: ColumnIndex,
    masks: Vec<u64>,
}

impl Masks {
    /// Masks of a plan's terms.
    #[must_use]
    pub fn new(plan: &EntityPlan) -> Self {
        let (terms, words) = (plan.terms.len(), plan.terms.len().div_ceil(64));
        let of_column = |column: ColumnIndex| {
            let values = plan.columns.get(column).coding.values();
            let mut masks = vec![0; values * words];
            for (number, term) in plan.terms.iter().enumerate() {
                for value in 0..values {
                    let accepts = term.0.get(&column).is_none_or(|set| set.has(u8::try_from(value).unwrap_or_default()));
                    masks[value * words + number / 64] |= u64::from(accepts) << (number % 64);
                }
            }
            ColumnMasks { column, masks }
        };
        Self { words, terms, columns: plan.row_columns().map(of_column).collect() }
    }

    /// How many terms there are.
    #[must_use]
    pub const fn terms(&self) -> usize {
        self.terms
    }

    /// Columns that a row must bring, in this order.
    pub fn columns(&self) -> impl Iterator<Item = ColumnIndex> + '_ {
        self.columns.iter().map(|own| own.column)
    }

    /// Puts the mask of a row into `mask`; `bytes` are the columns in the order of [`Self::columns`].
    #[inline]
    fn row(&self, bytes: &[&[u8]], row: usize, mask: &mut [u64]) {
        let Some((first, rest)) = self.columns.split_first() else {
            mask.fill(u64::MAX);
            return;
        };
        let of_value = |column: &[u8]| usize::from(column[row]) * self.words..(usize::from(column[row]) + 1) * self.words;
        mask.copy_from_slice(&first.masks[of_value(bytes[0])]);
        for (own, column) in rest.iter().zip(&bytes[1..]) {
            for (word, accepted) in mask.iter_mut().zip(&own.masks[of_value(column)]) {
                *word &= accepted;
            }
        }
    }
}

/// Adds up the rows of one school after another.
#[derive(Debug)]
pub struct Counter<'a> {
    masks: &'a Masks,
    /// Masks of the rows of a block.
    block: Vec<u64>,
    /// Vertical counters: `words` for each plane.
    planes: Vec<u64>,
}

impl<'a> Counter<'a> {
    /// A counter that holds nothing.
    #[must_use]
    pub fn new(masks: &'a Masks) -> Self {
        Self { masks, block: vec![0; BLOCK * masks.words], planes: vec![0; PLANES * masks.words] }
    }

    /// Counts rows of one school: `add` takes each term with how many rows are under it.
    pub fn count(&mut self, bytes: &[&[u8]], rows: std::ops::Range<usize>, add: &mut impl FnMut(usize, u32)) {
        if rows.len() < SHORT_RUN {
            return self.count_bits(bytes, rows, add);
        }
        let mut from = rows.start;
        while from < rows.end {
            let to = rows.end.min(from + MOST_ROWS);
            self.add_planes(bytes, from..to);
            self.empty(add);
            from = to;
        }
    }

    /// The terms that one row is under.
    pub fn terms_of(&mut self, bytes: &[&[u8]], row: usize) -> &[u64] {
        self.masks.row(bytes, row, &mut self.block[..self.masks.words]);
        &self.block[..self.masks.words]
    }

    fn count_bits(&mut self, bytes: &[&[u8]], rows: std::ops::Range<usize>, add: &mut impl FnMut(usize, u32)) {
        let (words, terms) = (self.masks.words, self.masks.terms);
        for row in rows {
            self.masks.row(bytes, row, &mut self.block[..words]);
            for (word, bits) in self.block[..words].iter().enumerate() {
                let mut bits = *bits;
                while bits != 0 {
                    let term = word * 64 + bits.trailing_zeros() as usize;
                    if term < terms {
                        add(term, 1);
                    }
                    bits &= bits - 1;
                }
            }
        }
    }

    fn add_planes(&mut self, bytes: &[&[u8]], rows: std::ops::Range<usize>) {
        let words = self.masks.words;
        let mut row = rows.start;
        while row + BLOCK <= rows.end {
            for (own, mask) in self.block.chunks_exact_mut(words).enumerate() {
                self.masks.row(bytes, row + own, mask);
            }
            for word in 0..words {
                self.add_block(word);
            }
            row += BLOCK;
        }
        for row in row..rows.end {
            self.masks.row(bytes, row, &mut self.block[..words]);
            for word in 0..words {
                self.carry(word, 0, self.block[word]);
            }
        }
    }

    /// Adds a word of the eight masks of a block to the counters.
    #[inline]
    fn add_block(&mut self, word: usize) {
        let words = self.masks.words;
        let own = |at: usize| self.block[at * words + word];
        let (low, two_a) = adder(self.planes[word], own(0), own(1));
        let (low, two_b) = adder(low, own(2), own(3));
        let (two, four_a) = adder(self.planes[words + word], two_a, two_b);
        let (low, two_a) = adder(low, own(4), own(5));
        let (low, two_b) = adder(low, own(6), own(7));
        let (two, four_b) = adder(two, two_a, two_b);
        let (four, eight) = adder(self.planes[2 * words + word], four_a, four_b);
        self.planes[word] = low;
        self.planes[words + word] = two;
        self.planes[2 * words + word] = four;
        self.carry(word, 3, eight);
    }

    /// Adds a digit to a plane, and what it carries to those above.
    #[inline]
    fn carry(&mut self, word: usize, plane: usize, digit: u64) {
        let mut digit = digit;
        for plane in self.planes.chunks_exact_mut(self.masks.words).skip(plane) {
            if digit == 0 {
                return;
            }
            let sum = plane[word] ^ digit;
            digit &= plane[word];
            plane[word] = sum;
        }
    }

    /// Makes numbers of the planes and clears them.
    fn empty(&mut self, add: &mut impl FnMut(usize, u32)) {
        let words = self.masks.words;
        let used = (0..PLANES).rfind(|plane| self.planes[plane * words..(plane + 1) * words].iter().any(|word| *word != 0));
        let Some(used) = used else { return };
        for term in 0..self.masks.terms {
            let digit =
                |plane: usize| u32::try_from(self.planes[plane * words + term / 64] >> (term % 64) & 1).unwrap_or_default() << plane;
            let count: u32 = (0..=used).map(digit).sum();
            if count > 0 {
                add(term, count);
            }
        }
        self.planes[..(used + 1) * words].fill(0);
    }
}

/// Sum and carry of three digits.
#[inline]
const fn adder(a: u64, b: u64, c: u64) -> (u64, u64) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}
