//! One total: numbers over a form's slots, what they are made of, and coverage.

use crate::forms::{Layout, SheetKind, SlotIndex, SlotVec};
use crate::returns::{Status, Values};

/// A number is among the parts.
const NUMBER: u8 = 1;
/// A blank or nil is among the parts.
const BLANK: u8 = 2;
/// A part is not applicable.
const NOT_APPLICABLE: u8 = 4;
/// A part is unknown or broken.
const BROKEN: u8 = 8;

/// How much of what was expected a total holds; never scaled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Returns received.
    pub received: u32,
    /// Returns expected.
    pub expected: u32,
    /// Facilities covered by the returns received.
    pub facilities_received: u32,
    /// Facilities covered by the returns expected.
    pub facilities_expected: u32,
}

impl Coverage {
    /// Adds another unit's coverage.
    pub fn add(&mut self, other: Self) {
        self.received += other.received;
        self.expected += other.expected;
        self.facilities_received += other.facilities_received;
        self.facilities_expected += other.facilities_expected;
    }

    /// Everything expected was received.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.received >= self.expected
    }
}

/// A total over the slots of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    numbers: SlotVec<i64>,
    flags: SlotVec<u8>,
    /// Coverage of the total.
    pub coverage: Coverage,
}

impl Total {
    /// Nothing added yet.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { numbers: SlotVec::filled(0, slots), flags: SlotVec::filled(0, slots), coverage: Coverage::default() }
    }

    /// Adds one return's values.
    pub fn add_values(&mut self, values: &Values) {
        // A sum at the limit is caught by `overflow` before it is published.
        values.numbers().add_to(&mut self.numbers);
        for (flags, status) in self.flags.iter_mut().zip(values.statuses()) {
            *flags |= flag_of(*status);
        }
    }

    /// Adds one value into a slot.
    pub fn add_value(&mut self, slot: SlotIndex, status: Status, number: i64) {
        self.numbers[slot] = self.numbers[slot].saturating_add(number);
        self.flags[slot] |= flag_of(status);
    }

    /// Adds another total's numbers; coverage is the caller's to add.
    pub fn add_numbers(&mut self, other: &Self) {
        for (sum, number) in self.numbers.iter_mut().zip(&other.numbers) {
            *sum = sum.saturating_add(*number);
        }
        for (flags, more) in self.flags.iter_mut().zip(&other.flags) {
            *flags |= more;
        }
    }

    /// The sum in a slot; 0 where no part holds a number.
    #[must_use]
    pub fn number(&self, slot: SlotIndex) -> i64 {
        self.numbers[slot]
    }

    /// Status of the slot as a whole: a number if any part is one, then unknown,
    /// blank, not applicable.
    #[must_use]
    pub fn status(&self, slot: SlotIndex) -> Status {
        let flags = self.flags[slot];
        if flags & NUMBER != 0 {
            Status::Computed
        } else if flags & BROKEN != 0 {
            Status::Unknown
        } else if flags & BLANK != 0 {
            Status::Missing
        } else if flags & NOT_APPLICABLE != 0 {
            Status::NotApplicable
        } else {
            Status::Missing
        }
    }

    /// True when a part is unknown or broken: the number, if any, is too small by an unknown amount.
    #[must_use]
    pub fn is_incomplete(&self, slot: SlotIndex) -> bool {
        self.flags[slot] & BROKEN != 0
    }

    /// All slots, in order.
    #[inline]
    #[must_use]
    pub fn slots(&self) -> impl ExactSizeIterator<Item = SlotIndex> + DoubleEndedIterator + Clone + use<> {
        self.numbers.indexes()
    }

    /// Number of slots.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// True for a form without slots.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The control totals of a form: the sum over all its counts, and over all its amounts.
    #[must_use]
    pub fn control(&self, layout: &Layout) -> (i64, i64) {
        let (mut counts, mut amounts) = (0_i64, 0_i64);
        for (_, sheet) in layout.data_sheets() {
            let sum = self.numbers[sheet.span()].iter().fold(0, |sum: i64, number| sum.saturating_add(*number));
            match sheet.kind {
                SheetKind::Amounts => amounts = amounts.saturating_add(sum),
                _ => counts = counts.saturating_add(sum),
            }
        }
        (counts, amounts)
    }

    /// A slot whose sum does not fit; then the total must not be published.
    #[must_use]
    pub fn overflow(&self) -> Option<SlotIndex> {
        self.numbers.position(|number| *number == i64::MAX || *number == i64::MIN)
    }
}

const fn flag_of(status: Status) -> u8 {
    if status.is_number() {
        NUMBER
    } else if status.is_broken() {
        BROKEN
    } else if status.is_blank() {
        BLANK
    } else {
        NOT_APPLICABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slot by its number.
    const fn slot(number: usize) -> SlotIndex {
        SlotIndex::new(number)
    }

    /// A return over as many slots.
    fn values(cells: &[(Status, i64)]) -> Values {
        let mut values = Values::new(cells.len());
        values.slots().zip(cells).for_each(|(slot, (status, number))| values.set(slot, *status, *number));
        values
    }

    fn total(returns: &[&[(Status, i64)]]) -> Total {
        let mut total = Total::new(returns[0].len());
        for cells in returns {
            total.add_values(&values(cells));
        }
        total
    }

    #[test]
    fn a_total_is_the_sum_of_the_numbers_slot_by_slot() {
        let total = total(&[&[(Status::Reported, 3), (Status::Computed, 10)], &[(Status::Computed, 4), (Status::Reported, 0)]]);
        assert_eq!((total.number(slot(0)), total.number(slot(1)), total.len()), (7, 10, 2));
        assert_eq!((total.status(slot(0)), total.status(slot(1))), (Status::Computed, Status::Computed));
        assert!(!total.is_incomplete(slot(0)) && !total.is_incomplete(slot(1)) && !total.is_empty());
    }

    #[test]
    fn every_kind_of_broken_cell_marks_its_own_slot_and_no_other() {
        let mut seen = 0;
        for broken in Status::ALL.into_iter().filter(|status| status.is_broken()) {
            // A number behind a broken cell is none, whatever was put there.
            let total = total(&[&[(Status::Reported, 5), (Status::Reported, 1)], &[(broken, 99), (Status::Reported, 2)]]);
            assert_eq!(
                (total.number(slot(0)), total.status(slot(0)), total.is_incomplete(slot(0))),
                (5, Status::Computed, true),
                "{broken:?}"
            );
            assert_eq!(
                (total.number(slot(1)), total.status(slot(1)), total.is_incomplete(slot(1))),
                (3, Status::Computed, false),
                "{broken:?}"
            );
            seen += 1;
        }
        assert_eq!(seen, 6);
    }

    #[test]
    fn what_is_unknown_everywhere_is_unknown_and_not_nought() {
        let total = total(&[&[(Status::Unknown, 0)], &[(Status::ErrorValue, 0)], &[(Status::Missing, 0)], &[(Status::NotApplicable, 0)]]);
        assert_eq!((total.status(slot(0)), total.is_incomplete(slot(0))), (Status::Unknown, true));
    }

    #[test]
    fn what_does_not_apply_is_left_out_and_a_blank_adds_nothing() {
        let (number, none, blank) = ((Status::Reported, 8), (Status::NotApplicable, 0), (Status::Nil, 0));
        let total = total(&[&[number, none, none, number], &[none, none, blank, blank]]);
        let statuses: Vec<Status> = total.slots().map(|slot| total.status(slot)).collect();
        assert_eq!(statuses, [Status::Computed, Status::NotApplicable, Status::Missing, Status::Computed]);
        assert_eq!(total.slots().map(|slot| total.number(slot)).collect::<Vec<_>>(), [8, 0, 0, 8]);
        assert!(total.slots().all(|slot| !total.is_incomplete(slot)));
        // Nothing was added at all.
        assert_eq!(Total::new(1).status(slot(0)), Status::Missing);
    }

    #[test]
    fn a_total_of_totals_is_that_of_all_their_returns() {
        let (first, second) = ([(Status::Reported, 1), (Status::Unknown, 0)], [(Status::Reported, 2), (Status::Reported, 6)]);
        let mut above = total(&[&first]);
        above.coverage = Coverage { received: 1, expected: 2, ..Coverage::default() };
        let mut below = total(&[&second]);
        below.coverage = Coverage { received: 7, expected: 7, ..Coverage::default() };
        above.add_numbers(&below);
        above.add_value(slot(1), Status::Reported, 30);
        assert_eq!((above.number(slot(0)), above.number(slot(1)), above.is_incomplete(slot(1))), (3, 36, true));
        // Coverage comes up by another way: it must not be counted twice.
        assert_eq!(above.coverage, Coverage { received: 1, expected: 2, ..Coverage::default() });
    }

    #[test]
    fn coverage_is_added_part_by_part_and_lacks_what_did_not_come() {
        let mut coverage = Coverage { received: 1, expected: 2, facilities_received: 3, facilities_expected: 5 };
        coverage.add(Coverage { received: 10, expected: 20, facilities_received: 30, facilities_expected: 50 });
        assert_eq!(coverage, Coverage { received: 11, expected: 22, facilities_received: 33, facilities_expected: 55 });
        assert!(!coverage.is_complete() && Coverage { received: 22, ..coverage }.is_complete() && Coverage::default().is_complete());
    }

    #[test]
    fn a_sum_that_does_not_fit_is_found_and_one_that_just_fits_is_not() {
        let large = i64::MAX - 10;
        assert_eq!(
            total(&[&[(Status::Reported, 1), (Status::Reported, large)], &[(Status::Reported, 1), (Status::Reported, 9)]]).overflow(),
            None
        );
        let over = total(&[&[(Status::Reported, 1), (Status::Reported, large)], &[(Status::Reported, 1), (Status::Reported, 11)]]);
        assert_eq!(over.overflow(), Some(slot(1)));
        let mut above = total(&[&[(Status::Reported, large)]]);
        above.add_numbers(&total(&[&[(Status::Reported, large)]]));
        assert_eq!(above.overflow(), Some(slot(0)));
        let mut above = total(&[&[(Status::Reported, large)]]);
        above.add_value(slot(0), Status::Reported, large);
        assert_eq!(above.overflow(), Some(slot(0)));
    }
}
