//! Sums of columns that their headings say: a total, and beside it what stands under "chia ra".

use super::draft::{ColumnClaim, Confidence, DraftColumn, SumKind};
use super::vocabulary::{Vocabulary, is_one_of, starts_with_one};
use crate::base::message::message;
use crate::base::text::fold;

/// One sum per heading that splits the total to its left.
#[must_use]
pub fn heading_claims(columns: &[DraftColumn], words: &Vocabulary) -> Vec<ColumnClaim> {
    let mut claims = Vec::new();
    let splits = |text: &String| starts_with_one(&fold(text), &words.groups.partition);
    for (first, column) in columns.iter().enumerate() {
        for (level, heading) in column.path.iter().enumerate().filter(|(_, text)| splits(text)) {
            let under = |other: &DraftColumn| other.path.starts_with(&column.path[..=level]);
            // A heading is looked at once, where it starts.
            if first > 0 && under(&columns[first - 1]) {
                continue;
            }
            let members: Vec<usize> = (first..columns.len()).take_while(|&at| under(&columns[at])).collect();
            let is_total = |at: &usize| is_total_beside(&columns[*at], &column.path[..level], words);
            let Some(total) = (0..first).rev().find(is_total) else { continue };
            let parts = representatives(columns, &members, level + 1, words);
            if parts.len() > 1 {
                let why = message!("drafts.heading", heading);
                let parts = parts.into_iter().map(Some).collect();
                claims.push(ColumnClaim { kind: SumKind::Columns, total, parts, confidence: Confidence::High, why });
            }
        }
    }
    claims
}

/// A column under the same headings that calls itself a total.
fn is_total_beside(column: &DraftColumn, above: &[String], words: &Vocabulary) -> bool {
    let own = column.path.strip_prefix(above);
    own.is_some_and(|own| own.len() == 1 && is_one_of(&fold(&own[0]), &words.totals.headings))
}

/// Of every block of columns under a heading its total, where it has one.
fn representatives(columns: &[DraftColumn], members: &[usize], level: usize, words: &Vocabulary) -> Vec<usize> {
    let mut parts = Vec::new();
    for block in members.chunk_by(|&one, &next| columns[one].path.get(level) == columns[next].path.get(level)) {
        let above = &columns[block[0]].path[..columns[block[0]].path.len().min(level + 1)];
        match block.iter().find(|&&at| is_total_beside(&columns[at], above, words)) {
            Some(&total) => parts.push(total),
            None => parts.extend(block),
        }
    }
    parts
}
