//! Sets of rows as disjoint boxes: for each coded column the values that are accepted.
//!
//! A condition such as `{grade} = "01" and (missing({level}) or {level} = "02")` accepts a set of rows; as every column has few values,
//! the set is a union of boxes, a box being a set of values for some columns. Boxes of a region never overlap, so that a row is in one
//! of them at most and what they accept can be added up. Logic has three values: a value that is not there decides nothing, so a
//! condition has the rows for which it holds and those for which it fails, and some rows may be in neither.
//!
//! Cost: conditions of forms come to one or two boxes; `MOST_BOXES` keeps a condition that nobody meant from growing without bounds.

use std::collections::BTreeMap;

use super::columns::ColumnIndex;

/// Values that a column may have, 0 being that none is there.
pub const MOST_VALUES: usize = 256;
/// Boxes of a region.
const MOST_BOXES: usize = 512;

/// Some values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ValueSet([u64; MOST_VALUES / 64]);

impl ValueSet {
    /// The first so many values.
    #[must_use]
    pub fn first(count: usize) -> Self {
        (0..count).collect()
    }

    /// Whether it has a value.
    #[inline]
    #[must_use]
    pub const fn has(&self, value: u8) -> bool {
        self.0[(value / 64) as usize] >> (value % 64) & 1 == 1
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Its values, in order.
    pub fn values(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|value| self.has(*value))
    }

    fn both(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Its values and those of another set.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// Its values that another set has not.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }
}

impl FromIterator<usize> for ValueSet {
    fn from_iter<T: IntoIterator<Item = usize>>(values: T) -> Self {
        let mut set = Self::default();
        for value in values {
            set.0[value / 64] |= 1 << (value % 64);
        }
        set
    }
}

/// Values that are accepted, by column; a column that is not there accepts all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RowBox(pub(super) BTreeMap<ColumnIndex, ValueSet>);

impl RowBox {
    /// Whether another box accepts everything that this one does.
    #[must_use]
    pub fn is_within(&self, wider: &Self, all: &impl Fn(ColumnIndex) -> ValueSet) -> bool {
        let own = |column: &ColumnIndex| self.0.get(column).copied().unwrap_or_else(|| all(*column));
        wider.0.iter().all(|(column, values)| own(column).without(values).is_empty())
    }

    /// Columns that it is about, with the values that are accepted.
    pub fn sets(&self) -> impl Iterator<Item = (ColumnIndex, &ValueSet)> {
        self.0.iter().map(|(column, set)| (*column, set))
    }

    /// Values that are accepted of a column; nothing where all are.
    #[must_use]
    pub fn set(&self, column: ColumnIndex) -> Option<&ValueSet> {
        self.0.get(&column)
    }

    /// Whether it accepts a row, told by the value of each column.
    pub fn accepts(&self, value: impl Fn(ColumnIndex) -> u8) -> bool {
        self.0.iter().all(|(column, set)| set.has(value(*column)))
    }

    fn both(&self, other: &Self) -> Option<Self> {
        let mut joined = self.0.clone();
        for (column, set) in &other.0 {
            let set = joined.get(column).map_or(*set, |own| own.both(set));
            if set.is_empty() {
                return None;
            }
            joined.insert(*column, set);
        }
        Some(Self(joined))
    }

    /// The rest of it without another: a box for each column of the other, in which that column is the first to be outside.
    fn without(&self, other: &Self, all: &impl Fn(ColumnIndex) -> ValueSet) -> Vec<Self> {
        let (mut left, mut inside) = (Vec::new(), self.clone());
        for (column, set) in &other.0 {
            let own = inside.0.get(column).copied().unwrap_or_else(|| all(*column));
            let outside = own.without(set);
            if !outside.is_empty() {
                let mut piece = inside.clone();
                piece.0.insert(*column, outside);
                left.push(piece);
            }
            let common = own.both(set);
            if common.is_empty() {
                return left;
            }
            inside.0.insert(*column, common);
        }
        left
    }

    /// The box that both make where they differ in one column only.
    fn merged(&self, other: &Self) -> Option<Self> {
        if self.0.len() != other.0.len() || !self.0.keys().eq(other.0.keys()) {
            return None;
        }
        let mut differing = self.0.iter().zip(other.0.values()).filter(|((_, own), theirs)| own != theirs);
        let ((column, own), theirs) = differing.next()?;
        if differing.next().is_some() {
            return None;
        }
        let mut merged = self.clone();
        merged.0.insert(*column, own.with(theirs));
        Some(merged)
    }
}

/// Disjoint boxes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region(Vec<RowBox>);

/// A region would have too many boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyBoxes;

impl Region {
    /// All rows.
    #[must_use]
    pub fn everything() -> Self {
        Self(vec![RowBox::default()])
    }

    /// Rows whose value in a column is one of some.
    #[must_use]
    pub fn of(column: ColumnIndex, set: ValueSet) -> Self {
        if set.is_empty() { Self::default() } else { Self(vec![RowBox(BTreeMap::from([(column, set)]))]) }
    }

    /// Its boxes.
    #[must_use]
    pub fn boxes(&self) -> &[RowBox] {
        &self.0
    }

    /// Rows that are in both.
    ///
    /// # Errors
    /// When it would have too many boxes.
    pub fn and(&self, other: &Self) -> Result<Self, TooManyBoxes> {
        let boxes = self.0.iter().flat_map(|own| other.0.iter().filter_map(move |theirs| own.both(theirs)));
        Self(boxes.take(MOST_BOXES + 1).collect()).simple()
    }

    /// Rows that are in either; `all` tells the values of a column.
    ///
    /// # Errors
    /// When it would have too many boxes.
    pub fn or(&self, other: &Self, all: &impl Fn(ColumnIndex) -> ValueSet) -> Result<Self, TooManyBoxes> {
        let mut joined = self.clone();
        for theirs in &other.0 {
            let mut new = vec![theirs.clone()];
            for own in &self.0 {
                new = new
                    .iter()
                    .flat_map(|piece| if piece.both(own).is_some() { piece.without(own, all) } else { vec![piece.clone()] })
                    .collect();
                if new.len() > MOST_BOXES {
                    return Err(TooManyBoxes);
                }
            }
            joined.0.extend(new);
        }
        joined.simple()
    }

    /// With boxes joined that differ in one column only.
    fn simple(mut self) -> Result<Self, TooManyBoxes> {
        if self.0.len() > MOST_BOXES {
            return Err(TooManyBoxes);
        }
        let mut at = 0;
        while at < self.0.len() {
            let found = (at + 1..self.0.len()).find_map(|other| Some((other, self.0[at].merged(&self.0[other])?)));
            match found {
                Some((other, merged)) => {
                    self.0.swap_remove(other);
                    self.0[at] = merged;
                    at = 0;
                }
                None => at += 1,
            }
        }
        Ok(self)
    }
}

/// Rows for which a condition holds, and rows for which it fails.
#[derive(Debug, Clone)]
pub struct Verdicts {
    /// It holds.
    pub holds: Region,
    /// It fails.
    pub fails: Region,
}

impl Verdicts {
    /// The contrary.
    #[must_use]
    pub fn contrary(self) -> Self {
        Self { holds: self.fails, fails: self.holds }
    }

    /// Both hold.
    ///
    /// # Errors
    /// When it would have too many boxes.
    pub fn and(&self, other: &Self, all: &impl Fn(ColumnIndex) -> ValueSet) -> Result<Self, TooManyBoxes> {
        Ok(Self { holds: self.holds.and(&other.holds)?, fails: self.fails.or(&other.fails, all)? })
    }

    /// One of them holds.
    ///
    /// # Errors
    /// When it would have too many boxes.
    pub fn or(&self, other: &Self, all: &impl Fn(ColumnIndex) -> ValueSet) -> Result<Self, TooManyBoxes> {
        Ok(Self { holds: self.holds.or(&other.holds, all)?, fails: self.fails.and(&other.fails)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values of each of three columns, 0 being none.
    const VALUES: usize = 4;

    /// A condition over three columns.
    #[derive(Debug, Clone)]
    enum Written {
        OneOf(usize, Vec<usize>),
        Not(Box<Written>),
        And(Box<Written>, Box<Written>),
        Or(Box<Written>, Box<Written>),
    }

    fn written() -> impl Strategy<Value = Written> {
        let leaf = (0..3_usize, prop::collection::vec(1..VALUES, 0..3)).prop_map(|(column, values)| Written::OneOf(column, values));
        leaf.prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|own| Written::Not(Box::new(own))),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Written::And(Box::new(a), Box::new(b))),
                (inner.clone(), inner).prop_map(|(a, b)| Written::Or(Box::new(a), Box::new(b))),
            ]
        })
    }

    fn all(_: ColumnIndex) -> ValueSet {
        ValueSet::first(VALUES)
    }

    fn verdicts(own: &Written) -> Verdicts {
        match own {
            Written::OneOf(column, values) => {
                let (column, set): (_, ValueSet) = (ColumnIndex::new(*column), values.iter().copied().collect());
                let present: ValueSet = (1..VALUES).collect();
                Verdicts { holds: Region::of(column, set), fails: Region::of(column, present.without(&set)) }
            }
            Written::Not(own) => verdicts(own).contrary(),
            Written::And(a, b) => verdicts(a).and(&verdicts(b), &all).unwrap(),
            Written::Or(a, b) => verdicts(a).or(&verdicts(b), &all).unwrap(),
        }
    }

    /// The truth of a row, read as it is written; nothing where it is not decided.
    fn truth(own: &Written, row: [usize; 3]) -> Option<bool> {
        match own {
            Written::OneOf(column, values) => (row[*column] != 0).then(|| values.contains(&row[*column])),
            Written::Not(own) => truth(own, row).map(|own| !own),
            Written::And(a, b) => match [truth(a, row), truth(b, row)] {
                [Some(false), _] | [_, Some(false)] => Some(false),
                [Some(true), Some(true)] => Some(true),
                _ => None,
            },
            Written::Or(a, b) => match [truth(a, row), truth(b, row)] {
                [Some(true), _] | [_, Some(true)] => Some(true),
                [Some(false), Some(false)] => Some(false),
                _ => None,
            },
        }
    }

    proptest! {
        /// Every row is in one box at most, and in one exactly where the condition says so.
        #[test]
        fn boxes_hold_what_the_condition_accepts(own in written()) {
            let Verdicts { holds, fails } = verdicts(&own);
            let boxes = |region: &Region, row: [usize; 3]| {
                let value = |column: ColumnIndex| u8::try_from(row[column.get()]).unwrap();
                region.boxes().iter().filter(|own| own.accepts(value)).count()
            };
            for number in 0..VALUES.pow(3) {
                let row = [number % VALUES, number / VALUES % VALUES, number / VALUES / VALUES];
                let expected = truth(&own, row);
                prop_assert_eq!(boxes(&holds, row), usize::from(expected == Some(true)));
                prop_assert_eq!(boxes(&fails, row), usize::from(expected == Some(false)));
            }
        }
    }
}
