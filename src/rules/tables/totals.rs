//! Totals over rows of a table.

use super::view::{TableView, UndecidedReason};
use crate::rulebook::{ColumnType, TotalOf};
use crate::rules::expression::{Ratio, RuleValue};

/// A total over rows; every value it is made of must be known.
pub fn total_of(
    view: &TableView<'_>,
    rows: &[usize],
    total: TotalOf,
    column: Option<&String>,
    reading: ColumnType,
) -> Result<RuleValue, UndecidedReason> {
    let whole = |count: usize| i128::try_from(count).ok().and_then(|n| Ratio::new(n, 1));
    let undecided = || UndecidedReason::new("undecided", "");
    let Some(column) = column else { return whole(rows.len()).map(RuleValue::Number).ok_or_else(undecided) };
    let mut numbers = Vec::new();
    let mut present = 0;
    for &row in rows {
        match (total, view.value_as(row, column, reading)?) {
            (TotalOf::Count, value) => present += usize::from(value != RuleValue::Missing),
            (_, RuleValue::Number(number)) => numbers.push(number),
            (_, RuleValue::Missing) => return Err(UndecidedReason::new("value-empty", &view.called(column))),
            _ => return Err(UndecidedReason::new("value-mistyped", &view.called(column))),
        }
    }
    let start = match total {
        TotalOf::Count => whole(present),
        TotalOf::Sum => numbers.into_iter().try_fold(Ratio::new(0, 1), |sum, number| Some(sum?.plus(number))).flatten(),
        TotalOf::Min | TotalOf::Max => {
            let wins = if total == TotalOf::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
            numbers.into_iter().reduce(|best, number| if number.compared(best) == Some(wins) { number } else { best })
        }
    };
    start.map(RuleValue::Number).ok_or_else(undecided)
}
