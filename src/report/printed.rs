//! Printed sums: which formulas of the form can be live in a report.

use crate::base::location::column_name;
use crate::forms::{Basis, Sheet, Sum};
use crate::returns::Status;
use crate::totals::Total;

/// Status of a report's cell: the total's, and not applicable where the form says so
/// and no return put anything there.
#[must_use]
pub fn cell_status(sheet: &Sheet, coded: usize, column: usize, total: &Total) -> Status {
    let status = total.status(sheet.slot(coded, column));
    if status.is_blank() && sheet.coded_row(coded).not_applicable.contains(&column) { Status::NotApplicable } else { status }
}

/// A printed sum of a row, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedSum {
    /// Column index of the total.
    pub column: usize,
    /// Formula over the cells of the row.
    pub formula: String,
    /// Sum of the parts.
    pub parts: i64,
    /// Nobody put anything into the parts.
    pub is_blank: bool,
    /// The total can be written as the live formula.
    pub holds: bool,
}

/// The printed sums of a coded row of a total.
///
/// A sum holds when no number contradicts it and every part can stand in a
/// formula. A total that is not known is no formula, as every other output says so, unless
/// nobody put anything into its parts: the sector's own exports leave texts of no length there,
/// over which its formulas fail. A part that is itself a live sum counts with the result of
/// its formula.
#[must_use]
pub fn printed_sums(sheet: &Sheet, coded: usize, total: &Total) -> Vec<PrintedSum> {
    let mut waiting: Vec<&Sum> = sheet.sums.columns.iter().filter(|sum| sum.basis == Basis::Printed).collect();
    let mut done: Vec<PrintedSum> = Vec::new();
    while !waiting.is_empty() {
        // Sums of sums come after the sums they are made of; a circle takes its first member as it is.
        let is_ready = |sum: &&Sum| sum.parts.iter().all(|part| waiting.iter().all(|other| other.total != *part));
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        let sum = waiting.remove(next);
        let resolved = resolve(sheet, coded, total, sum, &done);
        done.push(resolved);
    }
    done
}

fn resolve(sheet: &Sheet, coded: usize, total: &Total, sum: &Sum, done: &[PrintedSum]) -> PrintedSum {
    let row = sheet.coded_row(coded).at + 1;
    let mut parts = Some(0_i64);
    let mut is_blank = true;
    for &part in &sum.parts {
        let slot = sheet.slot(coded, part);
        let live = done.iter().find(|other| other.column == part && other.holds);
        let value = match live {
            Some(live) => Some(live.parts),
            None if total.status(slot).is_number() || total.status(slot).is_blank() => Some(total.number(slot)),
            None => None,
        };
        is_blank &= live.map_or_else(|| total.status(slot).is_blank(), |live| live.is_blank);
        parts = parts.zip(value).and_then(|(sum, value)| sum.checked_add(value));
    }
    let own = sheet.slot(coded, sum.total);
    let status = total.status(own);
    let contradicts = status.is_number() && parts.is_some_and(|parts| parts != total.number(own));
    let names: Vec<String> = sum.parts.iter().map(|&p| format!("{}{row}", column_name(sheet.columns[p].at))).collect();
    PrintedSum {
        column: sum.total,
        formula: names.join("+"),
        parts: parts.unwrap_or_default(),
        is_blank,
        holds: parts.is_some() && !contradicts && (is_blank || !status.is_broken()) && status != Status::NotApplicable,
    }
}
