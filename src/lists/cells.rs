//! Cells of lists: how they are named, read, told of and placed.

use crate::base::number::NumberKind;
use crate::forms::{Layout, SlotIndex};
use crate::ooxml::raw_cells::RawValue;
use crate::privacy::described;
use crate::returns::Placement;
use crate::tables::{Table, TableValue};
use crate::workbooks::value::{Reading, Writing, read_value};

/// The heading under which tkgd writes and reads a slot without a mapping.
#[must_use]
pub fn list_heading(layout: &Layout, slot: SlotIndex) -> String {
    let (sheet, coded, column) = layout.address(slot);
    let sheet = &layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    format!("{}/{}/{}", sheet.id, code, sheet.columns[column].number)
}

/// A value of a table as a cell holds it.
pub(crate) fn raw_value(value: &TableValue) -> RawValue {
    match value {
        TableValue::Empty => RawValue::Text("".into()),
        TableValue::Number(number) => RawValue::Number(*number),
        TableValue::Error(error) => RawValue::Error(error.as_str().into()),
        TableValue::Date(date) => RawValue::Date(date.format("%Y-%m-%d").to_string()),
        TableValue::Text(text) => RawValue::Text(text.as_str().into()),
    }
}

/// Reads a value of a list as a figure.
pub(crate) fn read_figure(value: &TableValue, kind: NumberKind, writing: Writing<'_>) -> Reading {
    read_value(&raw_value(value), false, kind, writing)
}

/// A text of a list as a finding may tell it.
pub(crate) fn quotable(value: &TableValue) -> String {
    if matches!(value, TableValue::Date(_)) { "{a-date}".to_owned() } else { described(&value.text()) }
}

/// The placement of a sheet whose cells stand one by one.
pub(crate) fn each_placement(table: &Table, slots: usize) -> Placement {
    Placement::Each { sheet: table.sheet.clone(), cells: vec![None; slots] }
}
