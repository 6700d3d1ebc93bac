//! Claims of a list's lines beside the code: the unit's name, the school year, the term.

use std::collections::BTreeSet;

use crate::base::location::CellRef;
use crate::base::number::NumberKind;
use crate::base::term::Period;
use crate::base::text::{heading_key, symbol_key};
use crate::findings::Observed;
use crate::findings::{Finding, Location};
use crate::forms::{Form, SlotIndex};
use crate::lists::columns::{ListColumns, LongColumns};
use crate::lists::mapping::ListMapping;
use crate::privacy::described;
use crate::register::{NameIndex, Named, Tree, UnitIndex};
use crate::returns::Source;
use crate::tables::{Table, TableRow, TextLine};
use crate::workbooks::bound_to;
use crate::workbooks::claims::ClaimWords;
use crate::workbooks::measure_claims::Scale;
use crate::workbooks::period_said::{
    PeriodSaid, other_year, other_year_in_heading, period_in_cell, period_in_heading, period_in_name, period_in_text, shown_period,
};
use crate::workbooks::phrases::plain;

/// Facts that claims of a list are compared with.
#[derive(Debug, Clone, Copy)]
pub struct ListClaims<'a> {
    /// The units as at the term.
    pub tree: &'a Tree,
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
    form: Option<usize>,
    level: Option<usize>,
    measure: Option<usize>,
}

impl ClaimColumns {
    /// The columns of a list, by their headings.
    #[must_use]
    pub fn new(table: &Table, claims: ListClaims<'_>) -> Self {
        let find = |names: &[String]| table.find(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let words = &claims.words.columns;
        let (form, level, measure) = (find(&words.form), find(&words.level), find(&words.measure));
        Self { name: find(&words.name), year: find(&words.year), term: find(&words.term), form, level, measure }
    }

    /// Contradictions of a unit's line, with the column where they stand.
    #[must_use]
    pub fn contradictions(
        self,
        row: &TableRow,
        unit: UnitIndex,
        form: &Form,
        kind: Option<NumberKind>,
        claims: ListClaims<'_>,
    ) -> Vec<(usize, Finding)> {
        let (mut found, tree) = (Vec::new(), claims.tree);
        if let Some(column) = self.name {
            let name = row.text(Some(column));
            match claims.names.resolve(&name, unit, tree) {
                Named::Nothing | Named::Own | Named::Above => {}
                Named::Others(others) => {
                    found.push((column, Finding::new("claim-other-unit").observed(tree.labels(&others, " / "), tree.label(unit))));
                }
                Named::Nobody => found.push((column, Finding::new("claim-unknown-unit").observed(described(&name), tree.label(unit)))),
            }
        }
        for column in [self.year, self.term].into_iter().flatten() {
            let said = period_in_cell(&row.text(Some(column)), &claims.words.terms);
            if said.contradicts(claims.period, claims.tree.day) {
                found.push((column, Finding::new("claim-other-period").observed(said.shown(), shown_period(claims.period))));
            }
        }
        if let Some(column) = self.form {
            let text = row.text(Some(column));
            if names_other_form(&text, form) {
                found.push((column, Finding::new("claim-other-form").observed(described(&text), &form.symbol)));
            }
        }
        if let Some(column) = self.level {
            let text = row.text(Some(column));
            let own = claims.names.kinds_in(&tree.units[unit].name);
            if other_level(&text, form, claims).is_some_and(|levels| levels.is_disjoint(&own)) {
                found.push((column, Finding::new("claim-other-form").observed(described(&text), &form.symbol)));
            }
        }
        if let (Some(column), Some(kind)) = (self.measure, kind) {
            let said = claims.words.measures.scale(&plain(&row.text(Some(column))));
            if let Some(scale) = said.filter(|scale| *scale != Scale::of(kind)) {
                found.push((column, Finding::new("claim-other-measure").observed(scale.phrase(), Scale::of(kind).phrase())));
            }
        }
        found.into_iter().map(|(column, finding)| (column, finding.detail(Observed::phrase("claim-line")))).collect()
    }
}

/// Whether a text is the symbol of another form. A text without letters or without digits is the name of none.
fn names_other_form(text: &str, form: &Form) -> bool {
    let key = symbol_key(text);
    let parts: BTreeSet<&str> = key.split('-').collect();
    let is_in = |symbol: &str| symbol_key(symbol).split('-').all(|part| parts.contains(part));
    let (letters, digits) = (text.contains(char::is_alphabetic), text.contains(|c: char| c.is_ascii_digit()));
    let is_symbol = letters && digits && text.contains('-') && !text.contains(['/', ',']);
    is_symbol && !form.is_called(text) && !is_in(&form.symbol) && !is_in(&form.short)
}

/// The levels of education that a text names, where the form is about others.
fn other_level(text: &str, form: &Form, claims: ListClaims<'_>) -> Option<BTreeSet<usize>> {
    let levels: BTreeSet<usize> = claims.words.titles.levels.iter().flat_map(|level| claims.names.kinds_in(level)).collect();
    let of = |text: &str| -> BTreeSet<usize> { claims.names.kinds_in(text).intersection(&levels).copied().collect() };
    let (said, own) = (of(text), of(&form.title));
    (!said.is_empty() && !own.is_empty() && said.is_disjoint(&own)).then_some(said)
}

/// Findings where the heading of a column that is read says that its figures are of another term, or planned.
#[must_use]
pub fn heading_claims(
    table: &Table,
    source: &Source,
    columns: &ListColumns,
    mapping: &ListMapping,
    form: &Form,
    claims: ListClaims<'_>,
) -> Vec<Finding> {
    // Headings that name cells say nothing else.
    if mapping.columns.is_empty() {
        return Vec::new();
    }
    let heading = |column: usize| table.headings.get(column).cloned().unwrap_or_default();
    let mut headings: Vec<(Option<SlotIndex>, usize, String)> =
        columns.slots.iter().map(|(slot, column)| (Some(*slot), *column, heading(*column))).collect();
    if let Some(LongColumns { value, .. }) = columns.long {
        let item = |item: &str| (columns.items.get(&heading_key(item)).copied(), value, item.to_owned());
        headings.extend(mapping.columns.iter().map(|mapped| item(&mapped.heading)));
        headings.push((None, value, heading(value)));
    }
    headings.sort_by_key(|(_, column, _)| *column);
    let (words, wanted) = (&claims.words.terms, shown_period(claims.period));
    let mut found: Vec<Finding> = Vec::new();
    for (slot, column, text) in headings {
        let (text, own) = (plain(&text), slot.map(|slot| plain(&printed(form, slot))).unwrap_or_default());
        let said = period_in_heading(&text, &own, words);
        let finding = if said.contradicts(claims.period, claims.tree.day) {
            Finding::new("claim-other-period").observed(said.shown(), &wanted)
        } else if let Some(year) = other_year_in_heading(&text, &own, claims.period, words) {
            Finding::new("heading-other-year").observed(year, &wanted)
        } else {
            continue;
        };
        // Every column may repeat it; once is enough.
        if found.iter().all(|known| known.rule != finding.rule || known.found != finding.found) {
            let cell = Some(table.heading_cell(column));
            let place = Location { file: Some(source.file.clone()), sheet: table.sheet.clone(), cell };
            found.push(bound_to(finding.location(place).detail(Observed::phrase("claim-column")), source));
        }
    }
    found
}

/// Printed text of a form for a cell: its row, what the row stands under, and its column.
fn printed(form: &Form, slot: SlotIndex) -> String {
    let (sheet, coded, column) = form.layout.address(slot);
    let sheet = &form.layout.sheets[sheet];
    let row = sheet.coded_row(coded);
    let path = sheet.columns[column].path.iter().map(|text| &**text);
    [&*row.group, &*row.label].into_iter().chain(path).collect::<Vec<_>>().join(" / ")
}

/// Findings where the sheet's name or a line above the headings says something of the figures that is not so.
#[must_use]
pub fn title_claims(table: &Table, source: &Source, form: &Form, kind: Option<NumberKind>, claims: ListClaims<'_>) -> Vec<Finding> {
    let (words, wanted) = (&claims.words.terms, shown_period(claims.period));
    let at = |line: Option<u32>| {
        let cell = line.map(|line| CellRef::new(line.saturating_sub(1), 0));
        Location { file: Some(source.file.clone()), sheet: table.sheet.clone(), cell }
    };
    let mut found = Vec::new();
    let of_sheet = table.sheet.as_deref().and_then(|name| period_in_text(name, words));
    if let Some(said) = of_sheet.filter(|said| said.contradicts(claims.period, claims.tree.day)) {
        found.push(
            Finding::new("claim-other-period")
                .location(at(None))
                .observed(said.shown(), &wanted)
                .detail(Observed::phrase("claim-sheet-name")),
        );
    }
    for TextLine { line, text } in &table.above {
        let plain = plain(text);
        let said = PeriodSaid::of(&plain, None, words);
        if said.contradicts(claims.period, claims.tree.day) {
            found.push(
                Finding::new("claim-other-period")
                    .location(at(Some(*line)))
                    .observed(said.shown(), &wanted)
                    .detail(Observed::phrase("claim-title")),
            );
        } else if let Some(year) = other_year(&plain, claims.period, words) {
            found.push(
                Finding::new("heading-other-year")
                    .location(at(Some(*line)))
                    .observed(year, &wanted)
                    .detail(Observed::phrase("claim-title")),
            );
        }
        if claims.words.titles.lists.are_in(&plain) && other_level(text, form, claims).is_some() {
            let finding = Finding::new("claim-other-form").location(at(Some(*line)));
            found.push(finding.observed(described(text), &form.symbol).detail(Observed::phrase("claim-title")));
        }
        let stated = claims.words.measures.stated(&plain).zip(kind);
        if let Some((scale, kind)) = stated.filter(|(scale, kind)| *scale != Scale::of(*kind)) {
            let finding = Finding::new("claim-other-measure").location(at(Some(*line)));
            found.push(finding.observed(scale.phrase(), Scale::of(kind).phrase()).detail(Observed::phrase("claim-title")));
        }
    }
    found.into_iter().map(|finding| bound_to(finding, source)).collect()
}

/// A finding where the name of a list says that it is of another term.
#[must_use]
pub fn other_period(source: &Source, claims: ListClaims<'_>) -> Option<Finding> {
    let said = period_in_name(&source.file, &claims.words.terms).filter(|said| said.contradicts(claims.period, claims.tree.day))?;
    let finding =
        Finding::new("claim-other-period").observed(said.shown(), shown_period(claims.period)).detail(Observed::phrase("claim-file-name"));
    Some(bound_to(finding.location(Location { file: Some(source.file.clone()), ..Location::default() }), source))
}
