//! Answers that a school typed beside the lines of an annotated copy's sheet of errors.
//!
//! Every line carries a key that says which finding it is about; the answer is what stands left of it,
//! so lines may be sorted, filtered and deleted at will.

use std::sync::Arc;

use super::return_id::return_id;
use crate::base::location::CellRef;
use crate::base::text::fold;
use crate::forms::{Layout, SheetKind};
use crate::ooxml::raw_cells::{RawSheet, RawValue, RawWorkbook};
use crate::returns::TypedAnswer;

/// Sign before a key, so that no program takes it for a number.
const PREFIX: &str = "tk-";
/// Letters of an answer that are kept.
const LONGEST: usize = 2_000;

/// A finding's key as it stands in a line.
#[must_use]
pub fn key_text(key: &str) -> String {
    format!("{PREFIX}{key}")
}

/// The answers in a workbook; none where it is not an annotated copy.
pub(super) fn typed_answers(workbook: &RawWorkbook, layout: &Layout, file: &Arc<str>) -> Vec<TypedAnswer> {
    if return_id(workbook).is_none() {
        return Vec::new();
    }
    let names: Vec<String> = layout.sheets.iter().filter(|s| s.kind == SheetKind::Errors).map(|s| fold(&s.name)).collect();
    workbook.sheets.iter().filter(|sheet| names.contains(&fold(&sheet.name))).flat_map(|sheet| answers_of(sheet, file)).collect()
}

fn answers_of(sheet: &RawSheet, file: &Arc<str>) -> impl Iterator<Item = TypedAnswer> {
    sheet.cells.iter().filter_map(move |cell| {
        let RawValue::Text(text) = &cell.value else { return None };
        let key = text.trim().strip_prefix(PREFIX).filter(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_hexdigit()))?;
        let at = cell.column.checked_sub(1).map(|column| CellRef::new(cell.row, column))?;
        let said: String = sheet.text(at.row, at.column)?.trim().chars().take(LONGEST).collect();
        (!said.is_empty()).then(|| TypedAnswer {
            key: key.to_owned(),
            text: said,
            file: Arc::clone(file),
            sheet: sheet.name.as_str().into(),
            cell: at,
        })
    })
}
