//! Answers that a school typed beside the lines of an annotated copy's sheet of errors.
//!
//! Every line carries a key that says which finding it is about; the answer is what stands left of it,
//! so lines may be sorted, filtered and deleted at will. Typing that is no answer is told.

use std::collections::HashMap;
use std::sync::Arc;

use super::return_id::return_id;
use crate::base::text::{fold, visible};
use crate::findings::{Finding, Location, Observed};
use crate::forms::{Layout, SheetKind};
use crate::ooxml::raw_cells::{RawCell, RawSheet, RawValue, RawWorkbook};
use crate::returns::TypedAnswer;

/// Sign before a key, so that no program takes it for a number.
const PREFIX: &str = "tk-";
/// The rule of typing that is no answer to anything.
pub const ANSWER_NOT_TAKEN: &str = "answer-not-taken";
/// Digits of a key that copies had before they said whether it was changed.
const OLD_LENGTH: usize = 24;
/// Letters of an answer that are kept.
const LONGEST: usize = 2_000;
/// First column of a sheet of errors that is not the form's own.
const FIRST_OF_ANSWERS: u16 = 4;

/// A finding's key as it stands in a line, with a sign by which it is known when a letter of it was changed.
#[must_use]
pub fn key_text(key: &str) -> String {
    format!("{PREFIX}{key}-{:02x}", check(key))
}

/// A sum in which every digit counts by its place.
fn check(key: &str) -> u32 {
    key.bytes().fold(7, |sum, byte| (sum * 31 + u32::from(byte)) % 251)
}

/// The key that a text is; none where it was changed.
fn key_of(text: &str) -> Option<&str> {
    let text = text.trim().strip_prefix(PREFIX)?;
    let is_hex = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.split_once('-') {
        Some((key, sign)) => Some(key).filter(|key| is_hex(key) && sign == format!("{:02x}", check(key))),
        None => Some(text).filter(|key| is_hex(key) && key.len() == OLD_LENGTH),
    }
}

/// Typing in the sheets of errors of a workbook.
#[derive(Debug, Default)]
pub(super) struct TypedInto {
    /// Answers, each with the key of the finding that it is to.
    pub answers: Vec<TypedAnswer>,
    /// Findings about typing that is no answer to anything, each at its cell.
    pub findings: Vec<Finding>,
}

/// The answers in a workbook; none where it is not an annotated copy.
pub(super) fn typed_answers(workbook: &RawWorkbook, layout: &Layout, file: &Arc<str>) -> TypedInto {
    let names: Vec<String> = layout.sheets.iter().filter(|s| s.kind == SheetKind::Errors).map(|s| fold(&s.name)).collect();
    let is_copy = return_id(workbook).is_some();
    // A sheet that was renamed, or copied into another workbook, is known by its keys.
    let is_answered = |sheet: &&RawSheet| {
        is_copy && names.contains(&fold(&sheet.name)) || sheet.cells.iter().any(|cell| text_of(&cell.value).is_some_and(has_key))
    };
    let mut typed = TypedInto::default();
    workbook.sheets.iter().filter(is_answered).for_each(|sheet| typed.read(sheet, file));
    typed.tell_twice();
    typed
}

fn text_of(value: &RawValue) -> Option<&str> {
    if let RawValue::Text(text) = value { Some(text) } else { None }
}

fn has_key(text: &str) -> bool {
    key_of(text).is_some()
}

impl TypedInto {
    /// Reads everything below the headings that is not of the form's own columns: answers stand left of a key.
    fn read(&mut self, sheet: &RawSheet, file: &Arc<str>) {
        let key_at = |cell: &RawCell| cell.column.checked_add(1).and_then(|column| sheet.text(cell.row, column));
        for cell in sheet.cells.iter().filter(|cell| cell.row > 0) {
            let key = key_at(cell).and_then(key_of);
            if key.is_none() && cell.column < FIRST_OF_ANSWERS {
                continue;
            }
            let place = || Location { file: Some(file.clone()), sheet: Some(sheet.name.as_str().into()), cell: Some(cell.at()) };
            let mut tell = |why: &'static str| {
                self.findings.push(Finding::new(ANSWER_NOT_TAKEN).location(place()).observed(Observed::phrase(why), ""));
            };
            let said = match &cell.value {
                RawValue::Uncalculated => {
                    tell("answer-uncalculated");
                    continue;
                }
                RawValue::Error(_) => {
                    tell("answer-error-value");
                    continue;
                }
                value => typed_text(value),
            };
            // Keys stand here too.
            if said.is_empty() || said.starts_with(PREFIX) {
                continue;
            }
            match key {
                Some(key) => self.answers.push(TypedAnswer {
                    key: key.to_owned(),
                    text: said.chars().take(LONGEST).collect(),
                    file: Arc::clone(file),
                    sheet: sheet.name.as_str().into(),
                    cell: cell.at(),
                }),
                None if key_at(cell).is_some_and(|text| !text.trim().is_empty()) => tell("answer-key-changed"),
                None => tell("answer-without-key"),
            }
        }
    }

    /// Different answers under one key, which a line has that was copied over another: nobody knows which is meant.
    fn tell_twice(&mut self) {
        let mut first: HashMap<&str, &str> = HashMap::new();
        let mut twice: Vec<String> = Vec::new();
        for answer in &self.answers {
            let is_same = *first.entry(&answer.key).or_insert(&answer.text) == answer.text;
            twice.extend((!is_same).then(|| answer.key.clone()));
        }
        let (taken, lost): (Vec<_>, Vec<_>) = std::mem::take(&mut self.answers).into_iter().partition(|own| !twice.contains(&own.key));
        self.answers = taken;
        self.findings.extend(lost.into_iter().map(|TypedAnswer { file, sheet, cell, .. }| {
            let place = Location { file: Some(file), sheet: Some(sheet), cell: Some(cell) };
            Finding::new(ANSWER_NOT_TAKEN).location(place).observed(Observed::phrase("answer-key-twice"), "")
        }));
    }
}

/// Typing in a cell, as text.
fn typed_text(value: &RawValue) -> String {
    match value {
        RawValue::Text(text) | RawValue::Error(text) => visible(text).into_owned(),
        RawValue::Date(text) => text.clone(),
        RawValue::Number(number) => number.to_string(),
        RawValue::Bool(value) => value.to_string(),
        RawValue::Uncalculated => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_key_is_no_key() {
        let key = "0123456789abcdef01234567";
        let text = key_text(key);
        assert_eq!(key_of(&text), Some(key));
        assert_eq!(key_of("tk-0123456789abcdef01234567"), Some(key), "copies of before");
        for at in PREFIX.len()..PREFIX.len() + key.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(key_of(std::str::from_utf8(&changed).unwrap()), None);
        }
        assert_eq!([key_of("tk-"), key_of("tk-0123"), key_of("x")], [None; 3]);
    }
}
