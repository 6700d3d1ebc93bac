//! Differences between a workbook that is no known form and the form it comes nearest to.

use std::fmt::Write as _;

use super::recognise::{Recognised, Recogniser};
use super::shape::{ABSENT_COLUMN, ABSENT_ROW, Fit};
use crate::findings::Finding;
use crate::forms::Sheet;
use crate::privacy::described_code;

/// Codes named before the rest is only counted.
const NAMED: usize = 8;

/// Names the nearest form and, sheet by sheet, what differs from it.
///
/// The detail holds names in braces, which the rule catalogue turns into words of either language.
pub fn unknown_form(nearest: Option<&Recognised>, recogniser: &Recogniser) -> Finding {
    let finding = Finding::new("unknown-form");
    let Some(nearest) = nearest else {
        let known: Vec<&str> = recogniser.forms().map(|form| &*form.symbol).collect();
        return finding.observed("0 %", known.join(", ")).detail("–");
    };
    let sheets = nearest.layout.data_sheets().filter_map(|(index, sheet)| {
        let fit = nearest.sheets[index].as_ref().map(|placed| &placed.fit);
        let said = fit.map_or_else(|| "{missing-sheet}".to_owned(), |fit| differences(sheet, fit));
        (!said.is_empty()).then(|| format!("{}: {said}", sheet.name))
    });
    let symbols: Vec<&str> = recogniser.forms_with(&nearest.layout).map(|form| &*form.symbol).collect();
    let found = format!("{:.0} %", nearest.score * 100.0);
    finding.observed(found, symbols.join(" / ")).detail(sheets.collect::<Vec<_>>().join(" · "))
}

/// Rows and columns that a sheet lacks or has too many of.
fn differences(sheet: &Sheet, fit: &Fit) -> String {
    let code = |coded: usize| sheet.coded_row(coded).code.as_deref().unwrap_or_default().to_owned();
    let missing = (0..fit.rows.len()).filter(|&coded| fit.rows[coded] == ABSENT_ROW).map(code);
    let unknown = fit.unknown_rows.iter().map(|own| &own.code).chain(fit.repeated_rows.iter().map(|own| &own.code));
    let unknown = unknown.map(|code| described_code(code));
    let relabelled = fit.relabelled.iter().map(|own| code(own.coded));
    let columns = (0..fit.columns.len()).filter(|&at| fit.columns[at] == ABSENT_COLUMN);
    let columns = columns.map(|at| format!("[{}]", sheet.columns[at].number));
    let parts = [
        ("{missing-rows}", missing.collect()),
        ("{unknown-rows}", unknown.collect()),
        ("{relabelled-rows}", relabelled.collect()),
        ("{missing-columns}", columns.collect::<Vec<_>>()),
    ];
    let said = parts.into_iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| listed(what, &names));
    said.collect::<Vec<_>>().join(", ")
}

/// "missing 3 rows: 130, 131, 132".
fn listed(what: &str, names: &[String]) -> String {
    let mut text = format!("{} {what} ({}", names.len(), names[..names.len().min(NAMED)].join(", "));
    if names.len() > NAMED {
        let _ = write!(text, ", …");
    }
    text.push(')');
    text
}
