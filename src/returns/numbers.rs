//! Whole numbers of a return: four bytes each until one of them needs eight.
//!
//! Nearly all counts fit four bytes, and a province's returns are held all at once.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use crate::base::index::indexes;
use crate::forms::{SlotIndex, SlotVec};

/// A row of whole numbers. Equal rows hold the same numbers, however they are held.
#[derive(Debug, Clone)]
pub struct Numbers(Held);

#[derive(Debug, Clone)]
enum Held {
    Short(Vec<i32>),
    Long(Vec<i64>),
}

impl Numbers {
    /// As many zeros.
    #[must_use]
    pub(super) fn new(count: usize) -> Self {
        Self(Held::Short(vec![0; count]))
    }

    /// Puts a number in its place.
    #[inline]
    pub(super) fn set(&mut self, slot: SlotIndex, number: i64) {
        let at = slot.get();
        match (&mut self.0, i32::try_from(number)) {
            (Held::Short(held), Ok(short)) => held[at] = short,
            (Held::Long(held), _) => held[at] = number,
            (Held::Short(held), Err(_)) => {
                let mut long: Vec<i64> = held.iter().copied().map(i64::from).collect();
                long[at] = number;
                self.0 = Held::Long(long);
            }
        }
    }

    /// The number in a place.
    #[inline]
    #[must_use]
    pub fn at(&self, slot: SlotIndex) -> i64 {
        let at = slot.get();
        match &self.0 {
            Held::Short(held) => i64::from(held[at]),
            Held::Long(held) => held[at],
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match &self.0 {
            Held::Short(held) => held.len(),
            Held::Long(held) => held.len(),
        }
    }

    /// True where there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = i64> + Clone + '_ {
        indexes(0..self.len()).map(|slot| self.at(slot))
    }

    /// Those of some places, in order.
    #[must_use]
    pub fn range(&self, slots: Range<SlotIndex>) -> impl ExactSizeIterator<Item = i64> + Clone + '_ {
        indexes(slots.start.get()..slots.end.get()).map(|slot| self.at(slot))
    }

    /// Adds each into the sum in its place; a sum at the limit stays there.
    pub fn add_to(&self, sums: &mut SlotVec<i64>) {
        match &self.0 {
            Held::Short(held) => sums.iter_mut().zip(held).for_each(|(sum, number)| *sum = sum.saturating_add(i64::from(*number))),
            Held::Long(held) => sums.iter_mut().zip(held).for_each(|(sum, number)| *sum = sum.saturating_add(*number)),
        }
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Held::Short(own), Held::Short(other)) => own == other,
            (Held::Long(own), Held::Long(other)) => own == other,
            _ => self.iter().eq(other.iter()),
        }
    }
}

impl Eq for Numbers {}

impl PartialEq<[i64]> for Numbers {
    fn eq(&self, other: &[i64]) -> bool {
        self.iter().eq(other.iter().copied())
    }
}

impl Hash for Numbers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|number| state.write_i64(number));
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    #[test]
    fn numbers_are_what_was_put_in_and_equal_however_they_are_held() {
        let given = [0, i64::from(i32::MAX), -7, i64::from(i32::MIN), i64::from(i32::MAX) + 1, i64::MIN, i64::MAX];
        let mut long = Numbers::new(given.len());
        for (at, number) in given.iter().enumerate() {
            long.set(SlotIndex::new(at), *number);
        }
        assert!(long == given[..] && long.iter().eq(given) && long.len() == 7);
        // Once long, a row stays so; it is the same as one that never was.
        given.iter().enumerate().for_each(|(at, number)| long.set(SlotIndex::new(at), number.signum()));
        let mut short = Numbers::new(given.len());
        given.iter().enumerate().for_each(|(at, number)| short.set(SlotIndex::new(at), number.signum()));
        assert_eq!(long, short);
        let hasher = RandomState::new();
        assert_eq!(hasher.hash_one(&long), hasher.hash_one(&short));
        short.set(SlotIndex::new(3), 5);
        assert_ne!(long, short);
    }

    #[test]
    fn sums_are_of_every_place_and_stay_at_the_limit() {
        for large in [3, i64::MAX] {
            let mut numbers = Numbers::new(3);
            [1, -2, large].iter().enumerate().for_each(|(at, number)| numbers.set(SlotIndex::new(at), *number));
            let mut sums = SlotVec::from(vec![10, 10, 10]);
            numbers.add_to(&mut sums);
            assert_eq!(sums.as_slice(), [11, 8, large.saturating_add(10)]);
        }
    }
}
