//! Reads a written report again and compares it with the total it came from.
//!
//! The file goes through the same recognition and reading as any submission,
//! so a report that we could not take back is never handed out.

use crate::base::message::{Message, message};
use crate::base::number::NumberLocale;
use crate::forms::Form;
use crate::ooxml::RawProblem;
use crate::returns::Status;
use crate::totals::Total;
use crate::workbooks::{Isolation, Recogniser, fill, read_bytes};

use super::printed::{cell_status, printed_sums};

/// Differences shown before the rest is only counted.
const SHOWN: usize = 5;

/// Compares a written workbook with its total, slot by slot.
///
/// # Errors
/// Differences, or why the file could not be read back.
pub fn read_back(bytes: &[u8], form: &Form, total: &Total, recogniser: &Recogniser) -> Result<(), Message> {
    let workbook = read_bytes(bytes, &Isolation::InProcess).map_err(RawProblem::words)?;
    let Some((recognised, true)) = recogniser.recognise(&workbook) else {
        return Err(message!("report.not_recognised_form"));
    };
    if recognised.layout.id != form.layout.id {
        return Err(message!("report.recognised", form = recognised.layout.id));
    }
    let filled = fill(&workbook, &recognised, NumberLocale::Vi);
    let mut differences = Vec::new();
    for (_, sheet) in form.layout.data_sheets() {
        for coded in 0..sheet.coded.len() {
            let printed = printed_sums(sheet, coded, total);
            for column in 0..sheet.columns.len() {
                let slot = sheet.slot(coded, column);
                let live = printed.iter().find(|sum| sum.column == column && sum.holds);
                let expected = match live {
                    Some(sum) => (Status::Computed, sum.parts),
                    None => written(cell_status(sheet, coded, column, total), total.number(slot)),
                };
                let found = filled.values.get(slot);
                if found != expected {
                    let at = sheet.printed_at(coded, column);
                    let (cell, wrote, read) = (format!("{}!{at}", sheet.name), format!("{expected:?}"), format!("{found:?}"));
                    differences.push(message!("report.cell_wrote_read", cell, wrote, read));
                }
            }
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    let more = differences.len().saturating_sub(SHOWN);
    differences.truncate(SHOWN);
    if more > 0 {
        differences.push(message!("report.and_more", more));
    }
    Err(Message::join(&differences, "; "))
}

/// Status and number a cell should have once read back.
fn written(status: Status, number: i64) -> (Status, i64) {
    match status {
        status if status.is_number() => (Status::Reported, number),
        status if status.is_broken() => (Status::Unknown, 0),
        Status::NotApplicable => (Status::NotApplicable, 0),
        _ => (Status::Missing, 0),
    }
}
