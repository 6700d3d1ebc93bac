//! Everything that adds up in a table: printed first, then inferred, each tried on the numbers.

use super::columns::column_claims;
use super::draft::{Confidence, DraftSum, DraftTable, SumKind};
use super::evidence::test;
use super::look::SheetView;
use super::outline::OutlineNode;
use super::printed::printed_sums;
use super::row_sums::row_claims;
use super::vocabulary::Vocabulary;
use crate::base::message::{Message, message};
use crate::forms::Basis;
use crate::ooxml::RawSheet;

/// The sums of a table, and how many formulas are no sums of its rows or columns.
#[must_use]
pub fn propose(
    raw: &RawSheet,
    view: SheetView<'_>,
    table: &DraftTable,
    nodes: &[OutlineNode],
    words: &Vocabulary,
) -> (Vec<DraftSum>, usize) {
    let (printed, others) = printed_sums(view, table);
    let mut sums: Vec<DraftSum> = Vec::new();
    let coded = table.rows.iter().filter(|row| row.code.is_some()).count();
    for sum in printed {
        let all = if sum.kind == SumKind::Rows { table.columns.len() } else { coded };
        let cells = sum.cells;
        let why = message!("drafts.formula_cells", cells, all);
        let parts = sum.parts.into_iter().map(Some).collect();
        add(
            &mut sums,
            raw,
            table,
            Suggestion {
                kind: sum.kind,
                total: sum.total,
                parts,
                basis: Basis::Printed,
                group: String::new(),
                confidence: Confidence::High,
                why,
            },
        );
    }
    for claim in column_claims(&table.columns, words) {
        let (kind, total, parts) = (claim.kind, claim.total, claim.parts);
        add(
            &mut sums,
            raw,
            table,
            Suggestion { kind, total, parts, basis: Basis::Inferred, group: String::new(), confidence: claim.confidence, why: claim.why },
        );
    }
    for claim in row_claims(nodes, words) {
        let heading = claim.heading.map(|heading| table.rows[heading].label.trim().trim_end_matches(':').trim_end().to_owned());
        let (kind, total) = (claim.kind, claim.total);
        let parts = claim.parts.into_iter().map(Some).collect();
        let group = heading.unwrap_or_default();
        add(
            &mut sums,
            raw,
            table,
            Suggestion { kind, total, parts, basis: Basis::Inferred, group, confidence: claim.confidence, why: claim.why },
        );
    }
    (sums, others)
}

/// A sum before it is tried.
struct Suggestion {
    kind: SumKind,
    total: usize,
    parts: Vec<Option<usize>>,
    basis: Basis,
    group: String,
    confidence: Confidence,
    why: Message,
}

/// Adds a sum that is not there yet, with what the numbers say of it.
fn add(sums: &mut Vec<DraftSum>, raw: &RawSheet, table: &DraftTable, new: Suggestion) {
    let mut wanted = new.parts.clone();
    if new.kind != SumKind::Bounds {
        wanted.sort_unstable();
    }
    let is_known = sums.iter().any(|sum| {
        let mut parts = sum.parts.clone();
        if new.kind != SumKind::Bounds {
            parts.sort_unstable();
        }
        sum.kind == new.kind && sum.total == new.total && parts == wanted
    });
    if is_known {
        return;
    }
    let evidence = test(raw, table, new.kind, new.total, &new.parts);
    let confidence = evidence.weigh(new.confidence, new.basis);
    let Suggestion { kind, total, parts, basis, group, why, .. } = new;
    sums.push(DraftSum { kind, total, parts, basis, group, confidence, why, evidence });
}
