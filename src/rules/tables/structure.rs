//! Whether a table is built as tables are: every heading once, every row as wide as the headings, rows at all.

use super::view::TableView;
use crate::base::location::CellRef;
use crate::base::text::fold;
use crate::findings::Observed;
use crate::findings::{Finding, Location};
use crate::rulebook::verbatim;
use crate::tables::TableValue;

/// Faults in how a table is built.
pub fn findings(view: &TableView<'_>) -> Vec<Finding> {
    let Some(table) = view.table else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |place: Location, what: Observed| {
        let mut finding = Finding::new(format!("{}.structure", view.name)).location(place);
        finding.found = what;
        found.push(finding);
    };
    if table.rows.is_empty() {
        add(view.place(None, None), Observed::phrase("table-without-rows"));
    }
    for (index, heading) in table.headings.iter().enumerate() {
        let name = fold(heading);
        let first = table.headings.iter().position(|other| fold(other) == name);
        let is_used = || table.rows.iter().any(|row| row.values.get(index).is_some_and(|value| *value != TableValue::Empty));
        if name.is_empty() && is_used() {
            add(view.place(None, None), phrase_about("heading-blank", letters(index)));
        } else if let Some(first) = first.filter(|first| *first < index && !name.is_empty()) {
            // A heading names a column and is no value.
            add(
                view.place(None, None),
                phrase_about("heading-twice", format!("{} ({}, {})", verbatim(heading.trim()), letters(first), letters(index))),
            );
        }
    }
    let missing = view.schema.columns.iter().filter(|(column, declared)| declared.required && view.is_nowhere(column));
    for (column, _) in missing {
        add(view.place(None, None), phrase_about("column-not-there", view.called(column)));
    }
    for row in view.rows() {
        let Some(misfit) = view.misfit(row) else { continue };
        let phrase = if misfit.cells > misfit.headings { "row-too-long" } else { "row-too-short" };
        add(view.place(Some(row), None), phrase_about(phrase, format!("{} / {}", misfit.cells, misfit.headings)));
    }
    found.extend(gap(view));
    found
}

/// A phrase, and what it is about.
fn phrase_about(phrase: &'static str, what: String) -> Observed {
    Observed::several([Observed::phrase(phrase), what.into()], ": ")
}

/// Blank rows within the table: told once, at the first.
fn gap(view: &TableView<'_>) -> Option<Finding> {
    let table = view.table.filter(|table| table.sheet.is_some())?;
    let mut lines = table.rows.windows(2).filter(|pair| pair[1].line > pair[0].line + 1).map(|pair| pair[0].line + 1);
    let first = lines.next()?;
    let mut finding = Finding::new(format!("{}.gaps", view.name)).location(view.place(None, None));
    finding.place.cell = Some(CellRef::new(first.saturating_sub(1), 0));
    finding.found = (lines.count() + 1).into();
    Some(finding)
}

/// A column by its letters, as a spreadsheet names it.
fn letters(index: usize) -> String {
    let cell = CellRef::new(0, u16::try_from(index).unwrap_or(u16::MAX)).to_string();
    cell.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}
