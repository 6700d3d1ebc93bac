//! The year-on-year table: key figures of every unit, a year ago and now, with what was explained.

use serde::Deserialize;

use super::listing::{ListCell, ListColumn, ListRow, Listing};
use super::plan::Align;
use crate::number::{NumberKind, show_quotient};

/// Words of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearlyTexts {
    /// Name of the file.
    pub file: String,
    sheet: String,
    title: String,
    note: String,
    headings: [String; 8],
}

/// One line: a figure of a unit.
#[derive(Debug, Clone)]
pub struct YearlyLine {
    /// Unit, as shown.
    pub unit: String,
    /// Symbol of the form.
    pub form: String,
    /// What is counted.
    pub figure: String,
    /// A year ago, where it is known.
    pub before: Option<i64>,
    /// Now, where it is known.
    pub now: Option<i64>,
    /// What was explained.
    pub reason: String,
    /// A unit above schools.
    pub strong: bool,
}

/// The table as a listing.
#[must_use]
pub fn yearly(texts: &YearlyTexts, term: &str, lines: &[YearlyLine]) -> Listing {
    let widths = [36.0, 12.0, 34.0, 12.0, 12.0, 12.0, 9.0, 50.0];
    let column = |(at, (heading, width)): (usize, (&String, f64))| ListColumn {
        heading: heading.clone(),
        width,
        align: if (3..7).contains(&at) { Align::Right } else { Align::Left },
    };
    Listing {
        name: texts.sheet.clone(),
        lines: vec![texts.title.replace("{term}", term), texts.note.clone()],
        columns: texts.headings.iter().zip(widths).enumerate().map(column).collect(),
        rows: lines.iter().map(row).collect(),
        ..Listing::default()
    }
}

fn row(line: &YearlyLine) -> ListRow {
    let number = |number: Option<i64>| number.map_or(ListCell::Blank, |number| ListCell::Number(number, NumberKind::Counts));
    let both = line.now.zip(line.before);
    let change = both.map(|(now, before)| now.saturating_sub(before));
    // Nothing can be said in per cent of nothing.
    let percent = both.filter(|(_, before)| *before != 0).map(|(now, before)| show_quotient(i128::from(now - before) * 100, before.into()));
    let cells = vec![
        line.unit.as_str().into(),
        line.form.as_str().into(),
        line.figure.as_str().into(),
        number(line.before),
        number(line.now),
        number(change),
        percent.unwrap_or_default().into(),
        line.reason.as_str().into(),
    ];
    ListRow { cells, strong: line.strong }
}
