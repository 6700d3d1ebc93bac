//! One total: numbers over a form's slots, what they are made of, and coverage.

use crate::forms::{Layout, SheetKind};
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
    numbers: Vec<i64>,
    flags: Vec<u8>,
    /// What the total covers.
    pub coverage: Coverage,
}

impl Total {
    /// Nothing added yet.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { numbers: vec![0; slots], flags: vec![0; slots], coverage: Coverage::default() }
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
    pub fn add_value(&mut self, slot: usize, status: Status, number: i64) {
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
    pub fn number(&self, slot: usize) -> i64 {
        self.numbers[slot]
    }

    /// What the slot is as a whole: a number if any part is one, then unknown,
    /// blank, not applicable.
    #[must_use]
    pub fn status(&self, slot: usize) -> Status {
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
    pub fn is_incomplete(&self, slot: usize) -> bool {
        self.flags[slot] & BROKEN != 0
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
            let slots = sheet.first_slot..sheet.first_slot + sheet.slots();
            let sum = self.numbers[slots].iter().fold(0, |sum: i64, number| sum.saturating_add(*number));
            match sheet.kind {
                SheetKind::Amounts => amounts = amounts.saturating_add(sum),
                _ => counts = counts.saturating_add(sum),
            }
        }
        (counts, amounts)
    }

    /// A slot whose sum does not fit; then the total must not be published.
    #[must_use]
    pub fn overflow(&self) -> Option<usize> {
        self.numbers.iter().position(|number| *number == i64::MAX || *number == i64::MIN)
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
