//! Texts outside the table: heading, notes, and the cells a report fills in.

use super::draft::DraftText;
use super::look::SheetView;
use super::sheet::clean;
use super::table::Table;
use super::vocabulary::{Vocabulary, holds_one, starts_with_one};
use crate::ingest::{RawSheet, RawValue};
use crate::text::fold;

/// Texts over the table and right under it.
///
/// After the first blank row come signatures, which the circular prints and which name people.
#[must_use]
pub fn sheet_texts(raw: &RawSheet, view: SheetView<'_>, table: &Table, words: &Vocabulary) -> Vec<DraftText> {
    let mut under = table.last_row;
    while raw.row(under + 1).iter().any(|cell| matches!(&cell.value, RawValue::Text(text) if !text.trim().is_empty())) {
        under += 1;
    }
    let mut texts = Vec::new();
    for cell in &raw.cells {
        let RawValue::Text(text) = &cell.value else { continue };
        let is_outside = cell.row < table.header.0 || (table.last_row < cell.row && cell.row <= under);
        if is_outside && !text.trim().is_empty() {
            let style = view.style(cell.row, cell.column);
            texts.push(DraftText { at: cell.at(), text: clean(text), field: None, bold: style.bold, centred: style.centred });
        }
    }
    for index in 0..texts.len() {
        mark_field(&mut texts, index, table, words);
    }
    texts
}

/// Finds what a report fills in: the cell itself, or the one after a caption.
fn mark_field(texts: &mut [DraftText], index: usize, table: &Table, words: &Vocabulary) {
    let at = texts[index].at;
    if at.row >= table.header.0 {
        return;
    }
    let folded = fold(&texts[index].text);
    let bare = folded.trim_start_matches(['-', '+', '*', '•', ' ']);
    for field in &words.fields {
        if starts_with_one(bare, &field.starts) || holds_one(bare, &field.contains) {
            texts[index].field.get_or_insert(field.field);
        }
        if !starts_with_one(bare, &field.after) || !bare.ends_with(':') {
            continue;
        }
        let free = |text: &DraftText| text.field.is_none() && text.at.row < table.header.0 && !text.text.trim().ends_with(':');
        let below = texts.iter().position(|text| free(text) && text.at.column == at.column && text.at.row == at.row + 1);
        let right = texts.iter().position(|text| free(text) && text.at.row == at.row && text.at.column > at.column);
        if let Some(value) = right.or(below) {
            texts[value].field = Some(field.field);
        }
    }
}
