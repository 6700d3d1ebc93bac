//! The dated register of reporting units, and the reporting tree as at a day.
//!
//! A unit is keyed by code *and* validity: codes are reused with another
//! extent, and who reports to whom changes. Geography is never read out of a
//! code; it stands in the register's own columns.

mod codes;
mod lint;
mod lookup;
mod names;
mod dated;
mod regroup;
mod succession;
mod today;
mod tree;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::base::text::fold;

pub use dated::Register;
pub use lint::{AwaitedForm, lint};
pub use names::{NameIndex, NameWords, Named};
pub use succession::{EarlierPlace, Succession, final_successor};
pub use today::Today;
pub use tree::{Group, Tree, UnitIndex, UnitVec};

/// Key of the grouping that is a column of its own.
pub const OWNERSHIP: &str = "ownership";

/// Value of a register's line in a grouping column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupValue {
    /// Key of the column.
    pub key: Arc<str>,
    /// Description in words.
    pub value: Arc<str>,
}

/// One line of the register: a unit as it was between two days.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    /// Code, leading zeros kept.
    pub code: Arc<str>,
    /// Full name.
    pub name: Arc<str>,
    /// Kind of unit (code of the kinds list).
    pub kind: Arc<str>,
    /// It teaches, and counts as a facility.
    pub facility: bool,
    /// It stands in reports as an aggregate of the units below it.
    pub aggregate: bool,
    /// Levels taught (codes of the levels list).
    pub levels: Vec<Arc<str>>,
    /// Ownership (code of the ownership list); empty where it has none.
    pub ownership: Arc<str>,
    /// The unit this one reports to.
    pub reports_to: Option<Arc<str>>,
    /// The unit whose return covers this one.
    pub files_with: Option<Arc<str>>,
    /// Short ids of the forms expected.
    pub forms: Vec<Arc<str>>,
    /// Values of the grouping columns, by key.
    pub groups: Vec<GroupValue>,
    /// First day this line is true.
    pub valid_from: Option<NaiveDate>,
    /// Last day this line is true.
    pub valid_to: Option<NaiveDate>,
    /// The unit that this one was merged into when the line ended.
    pub merged_into: Option<Arc<str>>,
    /// Line in the register file.
    pub line: u32,
}

impl Unit {
    /// True on a day within the line's validity.
    #[must_use]
    pub fn is_valid(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether a text is its code, or its name as a reader compares names.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        *self.code == *text || fold(&self.name) == fold(text)
    }

    /// The value of a grouping column; empty where there is none.
    #[must_use]
    pub fn group(&self, key: &str) -> &str {
        self.groups.iter().find(|own| &*own.key == key).map_or("", |own| &own.value)
    }

    /// The value of a grouping, ownership included; empty where there is none.
    #[must_use]
    pub fn value_of(&self, grouping: &str) -> &str {
        if grouping == OWNERSHIP { &self.ownership } else { self.group(grouping) }
    }

    /// True when a return for this short form id is expected of the unit itself.
    #[must_use]
    pub fn expects(&self, short_form: &str) -> bool {
        self.forms.iter().any(|form| &**form == short_form)
    }

    /// True when a form is expected of the unit itself, which the register may name by its short id or by its symbol.
    #[must_use]
    pub fn owes(&self, short: &str, symbol: &str) -> bool {
        self.expects(short) || self.expects(symbol)
    }
}
