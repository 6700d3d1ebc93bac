//! Cells: one number each, with its status and its place.
//!
//! A submission holds one dense vector over the slots of its form. Numbers are
//! whole (counts, or đồng for amounts) and are 0 wherever the status holds no
//! number, so sums are plain integer sums in any order.

mod input_file;
mod numbers;
mod submission;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::forms::{SlotIndex, SlotMap, SlotVec};
use crate::register::EarlierPlace;

pub use input_file::{Fate, InputFile, fates};
pub use numbers::Numbers;
pub use submission::{COUNTED_AND_UNKNOWN, Lineage, Part, Placement, Source, Submission, TypedAnswer};

/// Contents of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// The cell is empty.
    Missing,
    /// An empty text (`""`), as the sector database exports blanks.
    EmptyText,
    /// Nil, written `-`.
    Nil,
    /// A number typed in.
    Reported,
    /// A number computed by a formula or by aggregation.
    Computed,
    /// Not applicable, written `#`, or a cell the form does not have.
    NotApplicable,
    /// Not known, written `?`.
    Unknown,
    /// A formula error such as `#VALUE!`.
    ErrorValue,
    /// A formula without a stored result.
    Uncalculated,
    /// Something that is not a number.
    Invalid,
    /// The file does not have the cell's row, column or sheet.
    Absent,
    /// Known to whoever sent it, and not told (`<10`).
    Suppressed,
}

impl Status {
    /// All statuses, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Missing,
        Self::EmptyText,
        Self::Nil,
        Self::Reported,
        Self::Computed,
        Self::NotApplicable,
        Self::Unknown,
        Self::ErrorValue,
        Self::Uncalculated,
        Self::Invalid,
        Self::Absent,
        Self::Suppressed,
    ];

    /// The name used in the archive.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::EmptyText => "empty_text",
            Self::Nil => "nil",
            Self::Reported => "reported",
            Self::Computed => "computed",
            Self::NotApplicable => "not_applicable",
            Self::Unknown => "unknown",
            Self::ErrorValue => "error_value",
            Self::Uncalculated => "uncalculated",
            Self::Invalid => "invalid",
            Self::Absent => "absent",
            Self::Suppressed => "suppressed",
        }
    }

    /// A number stands in the cell.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Reported | Self::Computed)
    }

    /// No number, but known to add nothing once the return was received.
    #[must_use]
    pub const fn is_blank(self) -> bool {
        matches!(self, Self::Missing | Self::EmptyText | Self::Nil)
    }

    /// A number should stand there and cannot be known: a sum over it is incomplete.
    #[must_use]
    pub const fn is_broken(self) -> bool {
        matches!(self, Self::Unknown | Self::ErrorValue | Self::Uncalculated | Self::Invalid | Self::Absent | Self::Suppressed)
    }
}

/// The unit and the form of a return.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReturnKey {
    /// Code of the unit.
    pub unit: Arc<str>,
    /// Id of the form.
    pub form: Arc<str>,
}

/// Whether a cell that counts results still to come says that there are any, or cannot say that there are none.
#[must_use]
pub const fn is_still_to_come(status: Status, number: i64) -> bool {
    number > 0 || status.is_broken()
}

/// Returns of a term that is not the one at hand, in terms of the forms at hand: by form id and unit code.
#[derive(Debug, Clone, Default)]
pub struct Returns {
    by_form: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Values>>,
    missing: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    places: BTreeMap<Arc<str>, EarlierPlace>,
}

impl Returns {
    /// Adds a return.
    pub fn insert(&mut self, unit: impl Into<Arc<str>>, form: Arc<str>, values: Values) {
        self.by_form.entry(form).or_default().insert(unit.into(), values);
    }

    /// The return of a unit on a form.
    #[must_use]
    pub fn get(&self, unit: &str, form: &str) -> Option<&Values> {
        self.by_form.get(form)?.get(unit)
    }

    /// Unit code and values of every return on a form.
    pub fn of_form(&self, form: &str) -> impl Iterator<Item = (&str, &Values)> {
        self.by_form.get(form).into_iter().flatten().map(|(unit, values)| (&**unit, values))
    }

    /// Notes that a return was expected and has not come in.
    pub fn miss(&mut self, unit: impl Into<Arc<str>>, form: Arc<str>) {
        self.missing.entry(form).or_default().insert(unit.into());
    }

    /// Units whose return on a form was expected and has not come in, where that is known.
    pub fn missing(&self, form: &str) -> impl Iterator<Item = &str> {
        self.missing.get(form).into_iter().flatten().map(|unit| &**unit)
    }

    /// Notes where a unit stood in the term.
    pub fn put(&mut self, unit: impl Into<Arc<str>>, place: EarlierPlace) {
        self.places.insert(unit.into(), place);
    }

    /// Where a unit stood in the term, where that is known.
    #[must_use]
    pub fn place(&self, unit: &str) -> Option<&EarlierPlace> {
        self.places.get(unit)
    }

    /// True when the term holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_form.is_empty()
    }
}

/// Combines some cells: the one that it is, else a number if any is one and none is broken.
#[must_use]
pub fn combine(cells: impl Iterator<Item = (Status, i64)> + Clone) -> (Status, i64) {
    let mut one = cells.clone();
    if let (Some(only), None) = (one.next(), one.next()) {
        return only;
    }
    let first = |wanted: fn(Status) -> bool| cells.clone().map(|(status, _)| status).find(|status| wanted(*status));
    match first(Status::is_broken) {
        Some(broken) => (broken, 0),
        None if first(Status::is_number).is_some() => {
            let numbers = cells.clone().filter(|(status, _)| status.is_number());
            (Status::Computed, numbers.fold(0, |sum: i64, (_, number)| sum.saturating_add(number)))
        }
        None => (first(Status::is_blank).unwrap_or(Status::NotApplicable), 0),
    }
}

/// Numbers and statuses over the slots of a form.
///
/// Written down as a letter for each status, in the order of [`Status::ALL`], and the numbers where there are any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WrittenValues", try_from = "WrittenValues")]
pub struct Values {
    numbers: Numbers,
    statuses: SlotVec<Status>,
}

/// Values as they are written down.
#[derive(Serialize, Deserialize)]
struct WrittenValues {
    statuses: String,
    numbers: Vec<i64>,
}

impl From<Values> for WrittenValues {
    fn from(values: Values) -> Self {
        let held = values.statuses.iter().zip(values.numbers.iter()).filter(|(status, _)| status.is_number());
        let numbers = held.map(|(_, number)| number).collect();
        Self { statuses: values.statuses.iter().map(|status| char::from(b'a' + *status as u8)).collect(), numbers }
    }
}

impl TryFrom<WrittenValues> for Values {
    type Error = &'static str;

    fn try_from(written: WrittenValues) -> Result<Self, Self::Error> {
        let mut numbers = written.numbers.into_iter();
        let mut values = Self::new(written.statuses.len());
        for (slot, letter) in values.slots().zip(written.statuses.bytes()) {
            let status = Status::ALL.get(usize::from(letter.wrapping_sub(b'a'))).ok_or("a letter that is no status")?;
            let number = if status.is_number() { numbers.next().ok_or("a number is missing")? } else { 0 };
            values.set(slot, *status, number);
        }
        if numbers.next().is_some() { Err("there are numbers too many") } else { Ok(values) }
    }
}

impl Values {
    /// All missing.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { numbers: Numbers::new(slots), statuses: SlotVec::filled(Status::Missing, slots) }
    }

    /// Puts a value into a slot; the number counts only under a status that holds one.
    #[inline]
    pub fn set(&mut self, slot: SlotIndex, status: Status, number: i64) {
        self.numbers.set(slot, if status.is_number() { number } else { 0 });
        self.statuses[slot] = status;
    }

    /// Adds another return of the same form, cell by cell; what neither has stays as it is.
    pub fn add(&mut self, other: &Self) {
        for slot in self.slots() {
            let (status, number) = combine([self.get(slot), other.get(slot)].into_iter());
            self.set(slot, status, number);
        }
    }

    /// Status and number of a slot.
    #[inline]
    #[must_use]
    pub fn get(&self, slot: SlotIndex) -> (Status, i64) {
        (self.statuses[slot], self.numbers.at(slot))
    }

    /// The number in a slot, if one stands there.
    #[inline]
    #[must_use]
    pub fn number(&self, slot: SlotIndex) -> Option<i64> {
        self.statuses[slot].is_number().then(|| self.numbers.at(slot))
    }

    /// Whether these are the same figures: whether a formula or a person put a number there makes no difference, nor does the
    /// way in which a cell holds nothing.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        self.len() == other.len() && self.slots().all(|slot| self.is_same_at(slot, other))
    }

    /// Whether a slot holds the same figure.
    #[inline]
    #[must_use]
    pub fn is_same_at(&self, slot: SlotIndex, other: &Self) -> bool {
        let ((own, number), (theirs, their_number)) = (self.get(slot), other.get(slot));
        number == their_number && (own == theirs || (own.is_number() && theirs.is_number()) || (own.is_blank() && theirs.is_blank()))
    }

    /// Numbers of all slots, 0 where there is none.
    #[must_use]
    pub const fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Statuses of all slots.
    #[must_use]
    pub const fn statuses(&self) -> &SlotVec<Status> {
        &self.statuses
    }

    /// These values in terms of another form version: what several old cells make is added up,
    /// what nothing old can be compared with is [`Status::Absent`].
    #[must_use]
    pub fn mapped(&self, slots: &SlotMap) -> Self {
        let mut carried = Self::new(slots.len());
        for slot in slots.slots() {
            let (status, number) = slots.parts(slot).map_or((Status::Absent, 0), |parts| self.combine(parts));
            carried.set(slot, status, number);
        }
        carried
    }

    /// Combines some cells.
    fn combine(&self, slots: &[SlotIndex]) -> (Status, i64) {
        combine(slots.iter().map(|&slot| self.get(slot)))
    }

    /// All slots, in order.
    #[inline]
    #[must_use]
    pub fn slots(&self) -> impl ExactSizeIterator<Item = SlotIndex> + DoubleEndedIterator + Clone + use<> {
        self.statuses.indexes()
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

    /// How many slots hold a number.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.statuses.iter().filter(|s| s.is_number()).count()
    }
}
