//! The largest of very many changes, in little memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A change that weighs something.
pub trait Weighed {
    /// Weight of a change.
    fn weight(&self) -> u128;
}

/// The largest changes so far; of equal ones those that came first.
#[derive(Debug)]
pub struct Biggest<T> {
    most: usize,
    seen: u64,
    /// The lightest on top: weight, then the later one.
    kept: BinaryHeap<Reverse<Entry<T>>>,
}

#[derive(Debug)]
struct Entry<T> {
    weight: u128,
    order: Reverse<u64>,
    change: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.weight, self.order) == (other.weight, other.order)
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.weight, self.order).cmp(&(other.weight, other.order))
    }
}

impl<T: Weighed> Biggest<T> {
    /// So many at most.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { most, seen: 0, kept: BinaryHeap::new() }
    }

    /// Takes a change, and lets the lightest go when there are too many.
    pub fn push(&mut self, change: T) {
        let entry = Entry { weight: change.weight(), order: Reverse(self.seen), change };
        self.seen += 1;
        if self.kept.len() < self.most {
            self.kept.push(Reverse(entry));
        } else if let Some(mut lightest) = self.kept.peek_mut().filter(|lightest| lightest.0 < entry) {
            *lightest = Reverse(entry);
        }
    }

    /// How many there were in all.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    /// The largest first.
    #[must_use]
    pub fn into_sorted(self) -> Vec<T> {
        let mut entries: Vec<Entry<T>> = self.kept.into_iter().map(|entry| entry.0).collect();
        entries.sort_by(|a, b| b.cmp(a));
        entries.into_iter().map(|entry| entry.change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weighed for (u128, usize) {
        fn weight(&self) -> u128 {
            self.0
        }
    }

    #[test]
    fn the_largest_stay_and_of_equal_ones_the_first() {
        let mut biggest = Biggest::new(4);
        for (order, weight) in [3_u128, 1, 4, 1, 5, 9, 2, 6, 5, 3].into_iter().enumerate() {
            biggest.push((weight, order));
        }
        assert_eq!(biggest.seen(), 10);
        assert_eq!(biggest.into_sorted(), [(9, 5), (6, 7), (5, 4), (5, 8)]);
        let mut none = Biggest::new(0);
        none.push((1, 0));
        assert_eq!((none.seen(), none.into_sorted().len()), (1, 0));
    }
}
