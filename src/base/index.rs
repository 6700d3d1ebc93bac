//! Indexes that cannot be mixed up: a type for each kind of thing that is numbered, and vectors that only their own kind reads.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};
use std::slice;

/// A number that stands for one thing of one kind.
pub trait IndexType: Copy {
    /// The index of this number, counted from 0.
    fn of(number: usize) -> Self;

    /// The number, counted from 0.
    fn number(self) -> usize;
}

/// The indexes of a stretch of numbers, in order.
#[inline]
pub fn indexes<I: IndexType>(numbers: Range<usize>) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + Clone {
    numbers.map(I::of)
}

/// Makes an index type: a number under a name of its own.
macro_rules! index_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(usize);

        impl $name {
            /// The index of this number, counted from 0.
            #[inline]
            #[must_use]
            pub const fn new(number: usize) -> Self {
                Self(number)
            }

            /// The number, counted from 0.
            #[inline]
            #[must_use]
            pub const fn get(self) -> usize {
                self.0
            }

            /// The index that follows.
            #[inline]
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl $crate::base::index::IndexType for $name {
            #[inline]
            fn of(number: usize) -> Self {
                Self(number)
            }

            #[inline]
            fn number(self) -> usize {
                self.0
            }
        }
    };
}

pub(crate) use index_type;

/// A vector that is read by one kind of index only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexVec<I, T> {
    items: Vec<T>,
    kind: PhantomData<fn(I) -> I>,
}

impl<I: IndexType, T> IndexVec<I, T> {
    /// So many copies of an item.
    #[inline]
    #[must_use]
    pub fn filled(item: T, len: usize) -> Self
    where
        T: Clone,
    {
        vec![item; len].into()
    }

    /// Number of items.
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// True when it holds nothing.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items without their indexes.
    #[inline]
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.items.iter()
    }

    /// The items without their indexes, to be changed.
    #[inline]
    pub fn iter_mut(&mut self) -> slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Each item with its index.
    #[inline]
    #[must_use]
    pub fn iter_enumerated(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator + Clone {
        self.items.iter().enumerate().map(|(number, item)| (I::of(number), item))
    }

    /// All indexes, in order.
    #[inline]
    #[must_use]
    pub fn indexes(&self) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + Clone + use<I, T> {
        indexes(0..self.items.len())
    }

    /// The index of the first item of which something is true.
    #[inline]
    pub fn position(&self, is_wanted: impl FnMut(&T) -> bool) -> Option<I> {
        self.items.iter().position(is_wanted).map(I::of)
    }

    /// The index of the last item of which something is true.
    #[inline]
    pub fn rposition(&self, is_wanted: impl FnMut(&T) -> bool) -> Option<I> {
        self.items.iter().rposition(is_wanted).map(I::of)
    }

    /// The item at an index, where there is one.
    #[inline]
    #[must_use]
    pub fn get(&self, index: I) -> Option<&T> {
        self.items.get(index.number())
    }

    /// Adds an item and tells its index.
    #[inline]
    pub fn push(&mut self, item: T) -> I {
        self.items.push(item);
        I::of(self.items.len() - 1)
    }

    /// The items as a plain slice, for what goes through them all and needs no index.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// The items as a plain slice, for what changes them all and needs no index.
    #[inline]
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T> From<Vec<T>> for IndexVec<I, T> {
    #[inline]
    fn from(items: Vec<T>) -> Self {
        Self { items, kind: PhantomData }
    }
}

impl<I: IndexType, T> Index<I> for IndexVec<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, index: I) -> &T {
        &self.items[index.number()]
    }
}

impl<I: IndexType, T> IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.items[index.number()]
    }
}

impl<I: IndexType, T> Index<Range<I>> for IndexVec<I, T> {
    type Output = [T];

    #[inline]
    fn index(&self, stretch: Range<I>) -> &[T] {
        &self.items[stretch.start.number()..stretch.end.number()]
    }
}

impl<I: IndexType, T> IndexMut<Range<I>> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, stretch: Range<I>) -> &mut [T] {
        &mut self.items[stretch.start.number()..stretch.end.number()]
    }
}

impl<I, T> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<S: IntoIterator<Item = T>>(items: S) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<I, T> IntoIterator for IndexVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, I, T> IntoIterator for &'a IndexVec<I, T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'a, I, T> IntoIterator for &'a mut IndexVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter_mut()
    }
}
