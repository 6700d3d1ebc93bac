//! Records that could not be used, gathered by rule, file, field and unit: where, and never what stood there.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::location::CellRef;
use crate::findings::{Finding, Location, Observed, Subject};
use crate::records::{FieldRef, RecordBook};

/// Lines that a finding names.
const NAMED_LINES: usize = 10;

/// Rules about records.
pub struct OddityRules;

impl OddityRules {
    /// A code that its list does not have, or a text that is neither yes nor no.
    pub const UNKNOWN_CODE: &'static str = "record-unknown-code";
    /// A day that is none, or on which nobody was born who is counted.
    pub const IMPOSSIBLE_DATE: &'static str = "record-impossible-date";
    /// A field that records must have is blank.
    pub const MISSING_FIELD: &'static str = "record-missing-field";
    /// A class that no record describes.
    pub const ORPHAN_CLASS: &'static str = "record-orphan-class";
    /// A school that the register does not have.
    pub const ORPHAN_SCHOOL: &'static str = "record-orphan-school";
    /// One id for several records of a school.
    pub const DUPLICATE_ID: &'static str = "record-duplicate-id";
    /// A second line about a school or a class.
    pub const DESCRIBED_TWICE: &'static str = "record-described-twice";
    /// A class that no pupil is in, in a school whose pupils are told.
    pub const EMPTY_CLASS: &'static str = "record-empty-class";
    /// One id in several schools.
    pub const TWO_SCHOOLS: &'static str = "record-two-schools";
    /// A row that cannot be read.
    pub const UNREADABLE_ROW: &'static str = "record-unreadable-row";
    /// A row of which nobody knows whether it is a record.
    pub const ROW_PASSED_OVER: &'static str = "record-row-passed-over";
    /// A column that conditions ask for and that a file does not have: what a record without it is, is assumed.
    pub const COLUMN_ASSUMED: &'static str = "record-column-assumed";
    /// A file in a folder of records that cannot hold any.
    pub const FILE_PASSED_OVER: &'static str = "record-file-passed-over";
    /// Two files of the same bytes.
    pub const REPEATED_FILE: &'static str = "record-file-repeated";
    /// Sheets beside those that hold records.
    pub const OTHER_SHEETS: &'static str = "record-other-sheets";
    /// No layout knows the headings.
    pub const UNKNOWN_LAYOUT: &'static str = "record-unknown-layout";
    /// A file whose rows tell no school, and of which nobody knows whose it is.
    pub const UNKNOWN_SCHOOL: &'static str = "record-unknown-school";
    /// Cells of a form that the records at hand cannot tell.
    pub const CELLS_NOT_COUNTED: &'static str = "record-cells-not-counted";
}

/// Subject of an oddity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct OddityKey {
    rule: Arc<str>,
    file: Arc<str>,
    sheet: Option<Arc<str>>,
    unit: Option<Arc<str>>,
    field: Option<FieldRef>,
}

/// Where it was seen.
#[derive(Debug, Clone, Default)]
struct Seen {
    rows: usize,
    lines: Vec<u32>,
    column: Option<u16>,
}

/// A place in a file of records.
#[derive(Debug, Clone)]
pub struct OddPlace {
    /// The file.
    pub file: Arc<str>,
    /// Its sheet.
    pub sheet: Option<Arc<str>>,
    /// One-based line; 0 where the file as a whole is meant.
    pub line: u32,
    /// Zero-based column.
    pub column: Option<usize>,
}

/// Oddities of everything that was read.
#[derive(Debug, Default)]
pub struct Oddities {
    seen: BTreeMap<OddityKey, Seen>,
}

impl Oddities {
    /// Notes one row.
    pub fn note(&mut self, rule: &str, place: &OddPlace, unit: Option<&Arc<str>>, field: Option<FieldRef>) {
        let key =
            OddityKey { rule: Arc::from(rule), file: Arc::clone(&place.file), sheet: place.sheet.clone(), unit: unit.cloned(), field };
        let seen = self.seen.entry(key).or_default();
        seen.rows += 1;
        if seen.lines.len() < NAMED_LINES && place.line > 0 {
            seen.lines.push(place.line);
        }
        seen.column = seen.column.or_else(|| place.column.and_then(|column| u16::try_from(column).ok()));
    }

    /// A finding for each kind of oddity of a file and unit.
    #[must_use]
    pub fn findings(self, book: &RecordBook) -> Vec<Finding> {
        self.seen.into_iter().map(|(key, seen)| finding(key, &seen, book)).collect()
    }
}

fn finding(key: OddityKey, seen: &Seen, book: &RecordBook) -> Finding {
    let first = seen.lines.first().map(|line| CellRef::new(line.saturating_sub(1), seen.column.unwrap_or_default()));
    let place = Location { file: Some(key.file), sheet: key.sheet, cell: first };
    let subject = Subject { unit: key.unit, ..Subject::default() };
    let field = key.field.map_or(Observed::Nothing, |field| book.field(field).words.clone().into());
    let lines = Observed::several(seen.lines.iter().map(|line| i64::from(*line)), ", ");
    let count = i64::try_from(seen.rows).unwrap_or(i64::MAX);
    Finding::new(String::from(&*key.rule)).subject(subject).location(place).observed(count, field).detail(lines)
}
