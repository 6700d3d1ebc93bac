//! Mistakes in records on purpose, by name: what exports of real schools hold now and then.
//!
//! Workbooks of the province stay without them: a mistake stands in the tables of records and exports only.

use std::str::FromStr;

use super::school::{RecordMaker, SchoolRecords, WrongText};
use crate::base::error::{Error, closest};
use crate::base::message::{Message, message};
use crate::records::{EntityIndex, FieldIndex};
use crate::tabulate::NONE;

/// Days of a year, about.
const YEAR: i32 = 366;
/// A code that no list has.
const NO_CODE: &str = "xx";
/// A key that nothing has.
const NO_KEY: &str = "khong-co";

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordMistake {
    /// An ethnic group that the list does not have.
    UnknownCode,
    /// Two pupils of a school under one id.
    DuplicateId,
    /// A pupil born after the day of the term.
    ImpossibleDate,
    /// A pupil of a class that is not there.
    OrphanClass,
    /// A member of staff of a school that is not there.
    OrphanSchool,
    /// A pupil without a day of birth.
    MissingField,
    /// A pupil who is also at another school.
    TwoSchools,
    /// A pupil far too old for the grade.
    OddAge,
    /// A status that the list does not have.
    UnknownStatus,
}

impl RecordMistake {
    /// Every kind and its name.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::UnknownCode, "unknown-code"),
        (Self::DuplicateId, "duplicate-id"),
        (Self::ImpossibleDate, "impossible-date"),
        (Self::OrphanClass, "orphan-class"),
        (Self::OrphanSchool, "orphan-school"),
        (Self::MissingField, "missing-field"),
        (Self::TwoSchools, "two-schools"),
        (Self::OddAge, "odd-age"),
        (Self::UnknownStatus, "unknown-status"),
    ];
}

impl FromStr for RecordMistake {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|(_, name)| *name == text);
        known.map(|(kind, _)| *kind).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.record_mistake"),
            name: text.to_owned(),
            hint: closest(text, Self::ALL.iter().map(|(_, name)| *name)).map(Message::did_you_mean),
        })
    }
}

impl RecordMaker<'_> {
    /// Whether a school has enough people for any mistake.
    #[must_use]
    pub fn has_room(&self, records: &SchoolRecords) -> bool {
        [self.recipe.pupil, self.recipe.staff].iter().all(|entity| records.rows[*entity].len > RecordMistake::ALL.len())
    }

    /// Puts one mistake into the records of a school; `other` is a pupil of another school. One without room stays as it is.
    pub fn mistake(&self, records: &mut SchoolRecords, kind: RecordMistake, other: Option<String>) {
        let (pupil, staff) = (self.recipe.pupil, self.recipe.staff);
        let field = |entity: EntityIndex, id: &str| self.book.entities[entity].field(id);
        // One mistake a pupil, so that none hides another.
        let row = RecordMistake::ALL.iter().position(|(own, _)| *own == kind).unwrap_or_default() + 1;
        let entity = if kind == RecordMistake::OrphanSchool { staff } else { pupil };
        if !self.has_room(records) {
            return;
        }
        let mut put = |id: &str, text: Option<String>| {
            if let Some(field) = field(entity, id) {
                records.wrong.push(WrongText { entity, row, field, text });
            }
        };
        match kind {
            RecordMistake::UnknownCode => put("ethnicity", Some(NO_CODE.to_owned())),
            RecordMistake::UnknownStatus => put("status", Some(NO_CODE.to_owned())),
            RecordMistake::OrphanClass => put("class", Some(NO_KEY.to_owned())),
            RecordMistake::OrphanSchool => put("school", Some(NO_KEY.to_owned())),
            RecordMistake::TwoSchools => put("pupil", other),
            RecordMistake::DuplicateId => {
                let before = records.person_id(pupil, row - 1);
                if let Some(field) = field(pupil, "pupil") {
                    records.wrong.push(WrongText { entity, row, field, text: Some(before) });
                }
            }
            RecordMistake::ImpossibleDate | RecordMistake::MissingField | RecordMistake::OddAge => {
                let born: FieldIndex = self.recipe.fields.pupil_born;
                let day = &mut records.rows[pupil].fields[born][row];
                *day = match kind {
                    RecordMistake::MissingField => NONE,
                    RecordMistake::OddAge => *day - 20 * YEAR,
                    _ => *day + 40 * YEAR,
                };
            }
        }
    }
}
