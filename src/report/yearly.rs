//! The year-on-year table: key figures of every unit, a year ago and now, with what was explained.

use serde::Deserialize;

use super::figure_table::figure_cell;
use crate::indicators::YearLine;
use crate::present::listing::{ListColumn, ListRow, Listing};
use crate::present::plan::Align;

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
    /// A unit above schools.
    pub strong: bool,
    /// Symbol of the form.
    pub form: String,
    /// The figure.
    pub line: YearLine,
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

fn row(YearlyLine { unit, strong, form, line }: &YearlyLine) -> ListRow {
    let sums = [&line.before, &line.now, &line.difference].map(|cell| figure_cell(cell, false));
    let texts = [unit, form, &line.figure].map(|text| text.as_str().into());
    let cells = texts.into_iter().chain(sums).chain([figure_cell(&line.change, true), line.reason.as_str().into()]);
    ListRow { cells: cells.collect(), strong: *strong }
}
