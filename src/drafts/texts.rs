//! Texts outside the table: heading, notes, and the cells a report fills in.

use super::draft::DraftText;
use super::look::SheetView;
use super::table::{SheetTable, merge_at};
use super::vocabulary::{Vocabulary, holds_one, starts_with_one};
use crate::base::location::CellRef;
use crate::base::text::{fold, nfc};
use crate::forms::TextField;
use crate::ooxml::{RawSheet, RawValue};

/// Texts over the table and right under it.
///
/// After the first blank row come signatures, which the circular prints and which name people.
#[must_use]
pub fn sheet_texts(raw: &RawSheet, view: SheetView<'_>, table: &SheetTable, words: &Vocabulary) -> Vec<DraftText> {
    let mut under = table.last_row;
    while raw.row(under + 1).iter().any(|cell| matches!(&cell.value, RawValue::Text(text) if !text.trim().is_empty())) {
        under += 1;
    }
    let mut texts = Vec::new();
    for cell in &raw.cells {
        let RawValue::Text(text) = &cell.value else { continue };
        let is_outside = cell.row < table.header.first || (table.last_row < cell.row && cell.row <= under);
        if is_outside && !text.trim().is_empty() {
            let style = view.style(cell.row, cell.column);
            texts.push(DraftText { at: cell.at(), text: clean(text), field: None, bold: style.bold, centred: style.centred });
        }
    }
    let captions = texts.len();
    for index in 0..captions {
        if let Some((at, field)) = mark_field(&mut texts, index, table, words) {
            let at = after_caption(view, at);
            if texts.iter().all(|text| text.at != at) {
                texts.push(DraftText { at, text: String::new(), field: Some(field), bold: false, centred: false });
            }
        }
    }
    texts.sort_by_key(|text| (text.at.row, text.at.column));
    texts
}

/// The cell after a caption and what it is merged with.
fn after_caption(view: SheetView<'_>, at: CellRef) -> CellRef {
    let last = merge_at(view, at.row, at.column).map_or(at.column, |range| range.last.column);
    CellRef::new(at.row, last.saturating_add(1))
}

/// Finds what a report fills in: the cell itself, or the one after a caption.
///
/// Where nothing stands after a caption yet, caption and field are given back: a blank leaves it so.
fn mark_field(texts: &mut [DraftText], index: usize, table: &SheetTable, words: &Vocabulary) -> Option<(CellRef, TextField)> {
    let at = texts[index].at;
    if at.row >= table.header.first {
        return None;
    }
    let folded = fold(&texts[index].text);
    let bare = folded.trim_start_matches(['-', '+', '*', '•', ' ']);
    let mut missing = None;
    for field in &words.fields {
        if starts_with_one(bare, &field.starts) || holds_one(bare, &field.contains) {
            texts[index].field.get_or_insert(field.field);
        }
        if !starts_with_one(bare, &field.after) || !bare.ends_with(':') {
            continue;
        }
        let free = |text: &DraftText| text.field.is_none() && text.at.row < table.header.first && !text.text.trim().ends_with(':');
        let below = texts.iter().position(|text| free(text) && text.at.column == at.column && text.at.row == at.row + 1);
        let right = texts.iter().position(|text| free(text) && text.at.row == at.row && text.at.column > at.column);
        match right.or(below) {
            Some(value) => texts[value].field = Some(field.field),
            None => missing = Some((at, field.field)),
        }
    }
    missing
}

/// A text as the form file holds it.
pub fn clean(text: &str) -> String {
    nfc(text).into_owned()
}
