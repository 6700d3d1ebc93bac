//! The archive's table of comparisons: every figure that a summary shows beside another one.

use std::path::PathBuf;

use super::columns::Columns;
use super::{ArchiveInput, Destination, write_small};
use crate::error::Result;
use crate::indicators::{Grid, GridCell, GridKind, Value};
use crate::number::{AMOUNT_UNIT, NumberKind, millionths};

/// The table.
const NAME: &str = "comparisons";
/// What a figure is compared with where it is the same a year ago.
const LAST_YEAR: &str = "last_year";
const TEXTS: [&str; 10] =
    ["book", "book_sheet", "figure", "column_heading", "against", "place_kind", "place", "place_name", "status", "explanation"];

/// Writes the comparisons of some tables, each with the file and sheet it is shown on.
///
/// # Errors
/// When the file cannot be written.
pub fn write_comparisons(target: Destination<'_>, input: &ArchiveInput<'_>, tables: &[(&str, &str, &Grid)]) -> Result<PathBuf> {
    let mut out = Columns::texts(&TEXTS).and_decimals(&["value", "value_against", "difference", "change_percent"]);
    for (book, sheet, grid) in tables {
        let told = grid.columns.iter().position(|column| column.kind == GridKind::Explanation);
        for row in &grid.rows {
            let explanation = match told.and_then(|at| row.cells.get(at)) {
                Some(GridCell::Text(text)) => text.as_str(),
                _ => "",
            };
            for (at, column) in grid.columns.iter().enumerate() {
                let beside = grid.columns.get(at + 1).filter(|_| column.kind == GridKind::Value);
                let against = match beside.map(|beside| beside.kind) {
                    Some(GridKind::LastYear) => LAST_YEAR,
                    Some(GridKind::Against) => column.against.as_str(),
                    _ => continue,
                };
                let (GridCell::Value(now), GridCell::Value(before)) = (&row.cells[at], &row.cells[at + 1]) else { continue };
                let names = [*book, *sheet, &column.id, &column.heading, against, &row.block, &row.code, &row.name];
                let texts: Vec<&str> = names.into_iter().chain([now.state.id(), explanation]).collect();
                out.push_with(&texts, &[], (NumberKind::Amounts, &numbers(before, now)));
            }
        }
    }
    write_small(target, input, NAME, out)
}

/// Both values, their difference, and for sums the change in per cent, in millionths.
fn numbers(before: &Value, now: &Value) -> [Option<i64>; 4] {
    let (value, against) = (decimal(now), decimal(before));
    let difference = value.zip(against).and_then(|(value, against)| value.checked_sub(against));
    let sums = before.fraction().zip(now.fraction()).filter(|_| now.is_sum());
    let percent = sums.and_then(|((from, _), (to, _))| millionths((to - from) * 100, from));
    [value, against, difference, percent]
}

fn decimal(value: &Value) -> Option<i64> {
    if !value.is_sum() {
        return value.fraction().and_then(|(numerator, denominator)| millionths(numerator, denominator));
    }
    let number = value.numerator?;
    if value.kind() == NumberKind::Counts { number.checked_mul(AMOUNT_UNIT) } else { Some(number) }
}
