//! What the lines of a list say of themselves beside the code: the unit's name, the school year, the term.

use super::bound_to;
use super::claims::ClaimWords;
use super::measure_claims::Scale;
use super::period_said::{PeriodSaid, other_year, period_in_cell, period_in_name, period_in_text, shown_period};
use super::phrases::plain;
use crate::cells::Source;
use crate::finding::{Finding, Place};
use crate::location::CellRef;
use crate::number::NumberKind;
use crate::privacy::described;
use crate::tables::{Table, TableRow};
use crate::term::Period;
use crate::units::{NameIndex, Named, Tree};

/// What claims of a list are compared with.
#[derive(Debug, Clone, Copy)]
pub struct ListClaims<'a> {
    /// Names of the units.
    pub names: &'a NameIndex,
    /// The words by which claims are known.
    pub words: &'a ClaimWords,
    /// The term.
    pub period: Period,
}

/// Columns that make claims, as indices.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimColumns {
    name: Option<usize>,
    year: Option<usize>,
    term: Option<usize>,
}

impl ClaimColumns {
    /// The columns of a list, by their headings.
    #[must_use]
    pub fn new(table: &Table, claims: ListClaims<'_>) -> Self {
        let find = |names: &[String]| table.find(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let words = &claims.words.columns;
        Self { name: find(&words.name), year: find(&words.year), term: find(&words.term) }
    }

    /// What a unit's line says that is not so, with the column where it stands.
    #[must_use]
    pub fn contradictions(self, row: &TableRow, unit: usize, tree: &Tree, claims: ListClaims<'_>) -> Vec<(usize, Finding)> {
        let mut found = Vec::new();
        if let Some(column) = self.name {
            let name = row.text(Some(column));
            match claims.names.look(&name, unit, tree) {
                Named::Nothing | Named::Own | Named::Above => {}
                Named::Others(others) => {
                    found.push((column, Finding::new("claim-other-unit").saw(tree.labels(&others, " / "), tree.label(unit))));
                }
                Named::Nobody => found.push((column, Finding::new("claim-unknown-unit").saw(described(&name), tree.label(unit)))),
            }
        }
        for column in [self.year, self.term].into_iter().flatten() {
            let said = period_in_cell(&row.text(Some(column)), &claims.words.terms);
            if said.contradicts(claims.period, tree.day) {
                found.push((column, Finding::new("claim-other-period").saw(said.shown(), shown_period(claims.period))));
            }
        }
        found.into_iter().map(|(column, finding)| (column, finding.noting("{claim-line}"))).collect()
    }
}

/// Findings where the sheet's name or a line above the headings says something of the figures that is not so.
#[must_use]
pub fn title_claims(table: &Table, source: &Source, kind: Option<NumberKind>, tree: &Tree, claims: ListClaims<'_>) -> Vec<Finding> {
    let (words, wanted) = (&claims.words.terms, shown_period(claims.period));
    let at = |line: Option<u32>| {
        let cell = line.map(|line| CellRef::new(line.saturating_sub(1), 0));
        Place { file: Some(source.file.clone()), sheet: table.sheet.clone(), cell }
    };
    let mut found = Vec::new();
    let of_sheet = table.sheet.as_deref().and_then(|name| period_in_text(name, words));
    if let Some(said) = of_sheet.filter(|said| said.contradicts(claims.period, tree.day)) {
        found.push(Finding::new("claim-other-period").at(at(None)).saw(said.shown(), &wanted).noting("{claim-sheet-name}"));
    }
    for (line, text) in &table.above {
        let plain = plain(text);
        let said = PeriodSaid::of(&plain, None, words);
        if said.contradicts(claims.period, tree.day) {
            found.push(Finding::new("claim-other-period").at(at(Some(*line))).saw(said.shown(), &wanted).noting("{claim-title}"));
        } else if let Some(year) = other_year(&plain, claims.period, words) {
            found.push(Finding::new("heading-other-year").at(at(Some(*line))).saw(year, &wanted).noting("{claim-title}"));
        }
        let stated = claims.words.measures.stated(&plain).zip(kind);
        if let Some((scale, kind)) = stated.filter(|(scale, kind)| *scale != Scale::of(*kind)) {
            let finding = Finding::new("claim-other-measure").at(at(Some(*line)));
            found.push(finding.saw(scale.phrase(), Scale::of(kind).phrase()).noting("{claim-title}"));
        }
    }
    found.into_iter().map(|finding| bound_to(finding, source)).collect()
}

/// A finding where the name of a list says that it is of another term.
#[must_use]
pub fn other_period(source: &Source, tree: &Tree, claims: ListClaims<'_>) -> Option<Finding> {
    let said = period_in_name(&source.file, &claims.words.terms).filter(|said| said.contradicts(claims.period, tree.day))?;
    let finding = Finding::new("claim-other-period").saw(said.shown(), shown_period(claims.period)).noting("{claim-file-name}");
    Some(bound_to(finding.at(Place { file: Some(source.file.clone()), ..Place::default() }), source))
}
