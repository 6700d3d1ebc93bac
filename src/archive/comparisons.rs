//! The archive's table of comparisons: every figure that a summary shows beside another one.

use std::path::PathBuf;

use super::columns::Columns;
use super::{ArchiveInput, Destination, write_small};
use crate::base::error::Result;
use crate::base::number::{AMOUNT_UNIT, NumberKind, millionths};
use crate::indicators::{Grid, GridCell, GridKind, State, Value};

/// The table.
const NAME: &str = "comparisons";
/// Name of the figure of a year ago, as one that a figure is compared with.
const LAST_YEAR: &str = "last_year";
const TEXTS: [&str; 11] = [
    "book",
    "book_sheet",
    "figure",
    "column_heading",
    "against",
    "place_kind",
    "place",
    "place_name",
    "status",
    "explanation",
    "status_against",
];

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
                let (now, before) = (figure(&row.cells[at]), figure(&row.cells[at + 1]));
                if now.is_none() && before.is_none() {
                    continue;
                }
                let state = |value: Option<&Value>| value.map_or(State::None, |value| value.state).id();
                let names = [*book, *sheet, &column.id, &column.heading, against, &row.block, &row.code, &row.name];
                let texts: Vec<&str> = names.into_iter().chain([state(now), explanation, state(before)]).collect();
                // Columns made of both stand right of them.
                let more = grid.columns.iter().zip(&row.cells).skip(at + 2).take_while(|(other, _)| other.kind != GridKind::Value);
                let (mut difference, mut percent) = (None, None);
                for (other, cell) in more {
                    match (other.kind, cell) {
                        (GridKind::Difference, GridCell::Difference(number, kind, _)) => difference = decimal(*number, *kind),
                        (GridKind::Change, GridCell::Change(n, d, _)) if column.is_ratio => difference = millionths(*n, *d),
                        (GridKind::Change, GridCell::Change(n, d, _)) => {
                            percent = millionths(*n, *d);
                            // In per cent of what it was: the denominator is what it was, in the units that have both.
                            let counts = now.map_or(NumberKind::Counts, Value::kind);
                            difference = difference.or_else(|| decimal(i64::try_from(*n / 100).ok()?, counts));
                        }
                        _ => {}
                    }
                }
                let numbers = [now.and_then(shown), before.and_then(shown), difference, percent];
                out.push_with(&texts, &[], NumberKind::Amounts, &numbers);
            }
        }
    }
    write_small(target, input, NAME, out)
}

fn figure(cell: &GridCell) -> Option<&Value> {
    match cell {
        GridCell::Value(value) => Some(value),
        _ => None,
    }
}

fn shown(value: &Value) -> Option<i64> {
    if value.is_sum() {
        return decimal(value.numerator?, value.kind());
    }
    value.fraction().and_then(|own| millionths(own.numerator, own.denominator))
}

/// A number as the archive holds it.
fn decimal(number: i64, kind: NumberKind) -> Option<i64> {
    if kind == NumberKind::Counts { number.checked_mul(AMOUNT_UNIT) } else { Some(number) }
}
