//! From a recognised workbook to a submission's values, with a finding for everything odd.

use std::sync::Arc;

use super::layout::{layout_finding, layout_findings};
use super::raw::defined_text;
use super::recognise::{PlacedSheet, Recognised, Recogniser};
use super::shape::{ABSENT_COLUMN, ABSENT_ROW, Fit};
use super::template_id::REFERENCE_NAME;
use super::value::{BrokenRule, Writing, read_value};
use crate::base::location::CellRef;
use crate::base::number::NumberKind;
use crate::base::text::fold;
use crate::findings::Observed;
use crate::findings::{Finding, Location, Subject};
use crate::forms::{Gone, Layout, Sheet};
use crate::ooxml::raw_cells::{RawCell, RawSheet, RawValue, RawWorkbook};
use crate::privacy::{described, described_number};
use crate::returns::{Placement, Status, Values};

/// Values and placements of a workbook, and what is odd about it.
///
/// The findings know sheet and cell; file, unit and form are the caller's to add.
#[derive(Debug)]
pub struct Filled {
    /// Values over the layout's slots.
    pub values: Values,
    /// Placement of each sheet of the layout.
    pub placements: Vec<Placement>,
    /// Oddities.
    pub findings: Vec<Finding>,
}

/// Reads all values of a recognised workbook.
#[must_use]
pub fn fill<'a>(workbook: &RawWorkbook, recognised: &Recognised, writing: impl Into<Writing<'a>>) -> Filled {
    let writing = writing.into();
    let layout = &recognised.layout;
    let mut filled =
        Filled { values: Values::new(layout.slots), placements: vec![Placement::Absent; layout.sheets.len()], findings: Vec::new() };
    mark_not_applicable(layout, &mut filled.values);
    for (index, sheet) in layout.data_sheets() {
        match &recognised.sheets[index] {
            None => {
                for slot in sheet.each_slot() {
                    filled.values.set(slot, Status::Absent, 0);
                }
                let subject = Subject { sheet: Some(Arc::clone(&sheet.id)), ..Subject::default() };
                let rivals = recognised.ambiguous.iter().find(|own| own.sheet == index).map(|own| &own.rivals);
                filled.findings.push(match rivals {
                    Some(rivals) => ambiguous(workbook, sheet, rivals).subject(subject),
                    None => Finding::new("sheet-missing").subject(subject).observed("", &sheet.name),
                });
            }
            Some(PlacedSheet { raw, fit }) => {
                let raw = &workbook.sheets[*raw];
                let (findings, swapped) = layout_findings(sheet, raw, fit);
                filled.findings.extend(findings.into_iter().map(|finding| where_gone(layout, finding)));
                let mut filler = Filler { sheet, raw, fit, writing, name: Arc::from(raw.name.as_str()), out: &mut filled };
                filler.mark_absent();
                filler.read_cells();
                filler.distrust(&swapped);
                filled.placements[index] =
                    Placement::Grid { sheet: Arc::from(raw.name.as_str()), rows: fit.rows.clone(), columns: fit.columns.clone() };
            }
        }
    }
    filled
}

/// A row of a code that the form had says where its figures go now.
fn where_gone(layout: &Layout, finding: Finding) -> Finding {
    match layout.gone(&finding.found.plain()).filter(|_| finding.rule == "row-unknown") {
        Some((code, gone)) => Finding { rule: "row-gone".into(), ..finding }.observed(code, "").saying(gone.words()),
        None => finding,
    }
}

/// The first row of a sheet left over that a form had on a sheet of its own.
fn gone_row<'a>(raw: &RawSheet, forms: &'a [Recognised]) -> Option<(&'a str, &'a Gone)> {
    let mut texts = raw.cells.iter().filter_map(|cell| if let RawValue::Text(text) = &cell.value { Some(text) } else { None });
    texts.find_map(|text| forms.iter().find_map(|own| own.layout.gone(text)))
}

/// Several sheets could be one of the form's, and none has its name.
fn ambiguous(workbook: &RawWorkbook, sheet: &Sheet, rivals: &[usize]) -> Finding {
    let names = rivals.iter().map(|rival| Observed::name(&workbook.sheets[*rival].name));
    Finding::new("sheet-ambiguous").observed(Observed::several(names, ", "), &sheet.name)
}

fn mark_not_applicable(layout: &Layout, values: &mut Values) {
    for (_, sheet) in layout.data_sheets() {
        for coded in 0..sheet.coded.len() {
            for &column in &sheet.coded_row(coded).not_applicable {
                values.set(sheet.slot(coded, column), Status::NotApplicable, 0);
            }
        }
    }
}

/// Sheets of a workbook that are no part of any of its forms, unless they are an error log or empty, and sheets of commands.
/// One that is built like a page of a form and holds other figures than the page that was read is asked about.
#[must_use]
pub fn other_sheets(workbook: &RawWorkbook, forms: &[Recognised], recogniser: &Recogniser) -> Vec<Finding> {
    let ours = workbook.named(REFERENCE_NAME).map(defined_text);
    let is_part = |own: &Recognised, index: usize| {
        let is_rival = own.ambiguous.iter().any(|own| own.rivals.contains(&index));
        let name = fold(&workbook.sheets[index].name);
        is_rival
            || own.sheets.iter().flatten().any(|placed| placed.raw == index)
            || own.layout.sheets.iter().any(|sheet| sheet.number_kind().is_none() && fold(&sheet.name) == name)
    };
    let is_extra = |index: &usize| {
        let raw = &workbook.sheets[*index];
        let is_reference = ours.is_some_and(|name| fold(name) == fold(&raw.name));
        !raw.cells.is_empty() && !is_reference && forms.iter().all(|own| !is_part(own, *index))
    };
    let say = |rule, name: &str, page: &str| {
        let place = Location { sheet: Some(Arc::from(name)), ..Location::default() };
        Finding::new(rule).location(place).observed(Observed::name(name), page)
    };
    let extra = (0..workbook.sheets.len()).filter(is_extra).map(|index| {
        let raw = &workbook.sheets[index];
        match unread_page(workbook, raw, forms, recogniser) {
            Some(page) => say("sheet-unread", &raw.name, &page),
            None => match gone_row(raw, forms) {
                Some((code, gone)) => say("row-gone", &raw.name, "").observed(code, "").saying(gone.words()),
                None => say("sheet-extra", &raw.name, ""),
            },
        }
    });
    extra.chain(workbook.macros.iter().map(|name| say("sheet-macro", name, ""))).collect()
}

/// The page of a form that a sheet left over is built like, where figures stand on it that the page read does not hold.
fn unread_page(workbook: &RawWorkbook, raw: &RawSheet, forms: &[Recognised], recogniser: &Recogniser) -> Option<Arc<str>> {
    let (layout, index, fit) = recogniser.page_like(raw, forms)?;
    let read = forms.iter().find(|own| own.layout.id == layout.id).and_then(|own| own.sheets[index].as_ref());
    let figure = |raw: &RawSheet, fit: &Fit, coded: usize, column: usize| match raw.get(fit.rows[coded], fit.columns[column]) {
        Some(RawValue::Number(number)) if *number != 0.0 => Some(number.to_bits()),
        _ => None,
    };
    let sheet = &layout.sheets[index];
    let slots = (0..sheet.coded.len()).flat_map(|coded| (0..sheet.columns.len()).map(move |column| (coded, column)));
    let mut figures = slots.filter_map(|(coded, column)| Some((coded, column, figure(raw, &fit, coded, column)?)));
    let is_other = |(coded, column, own): (usize, usize, u64)| {
        let other = read.and_then(|placed| figure(&workbook.sheets[placed.raw], &placed.fit, coded, column));
        other != Some(own)
    };
    figures.any(is_other).then(|| Arc::clone(&sheet.name))
}

struct Filler<'a> {
    sheet: &'a Sheet,
    raw: &'a RawSheet,
    fit: &'a Fit,
    writing: Writing<'a>,
    name: Arc<str>,
    out: &'a mut Filled,
}

impl Filler<'_> {
    fn say(&mut self, rule: &'static str, at: CellRef, coded: Option<usize>, found: &str, expected: &str) {
        self.out.findings.push(layout_finding(self.sheet, &self.name, rule, Some(at), coded).observed(found, expected));
    }

    /// Cells whose row or column the file does not have: nobody can know what stood there.
    fn mark_absent(&mut self) {
        for (coded, &row) in self.fit.rows.iter().enumerate() {
            for (column, &at) in self.fit.columns.iter().enumerate() {
                if row == ABSENT_ROW || at == ABSENT_COLUMN {
                    self.out.values.set(self.sheet.slot(coded, column), Status::Absent, 0);
                }
            }
        }
    }

    /// Figures of rows that carry the label of another row: nobody can know which row was meant.
    fn distrust(&mut self, swapped: &[usize]) {
        for &coded in swapped {
            for column in 0..self.sheet.columns.len() {
                let slot = self.sheet.slot(coded, column);
                if self.out.values.number(slot).is_some() {
                    self.out.values.set(slot, Status::Invalid, 0);
                }
            }
        }
    }

    /// One pass over the sheet's cells: every one that falls on a slot is read.
    fn read_cells(&mut self) {
        let (sheet, fit, raw) = (self.sheet, self.fit, self.raw);
        let Some(kind) = sheet.number_kind() else { return };
        let row_of = index_of(fit.rows.iter().map(|&row| (row != ABSENT_ROW).then_some(row as usize)));
        let column_of = index_of(fit.columns.iter().map(|&c| (c != ABSENT_COLUMN).then_some(usize::from(c))));
        let mut strange_columns: Vec<u16> = Vec::new();
        // Rows that are named already need no finding for each of their numbers.
        let mut named: Vec<u32> = fit.unknown_rows.iter().map(|own| own.row).chain(fit.repeated_rows.iter().map(|own| own.row)).collect();
        for cell in raw.cells.iter().filter(|cell| cell.row >= fit.body) {
            let coded = row_of.get(cell.row as usize).copied().flatten();
            let column = column_of.get(usize::from(cell.column)).copied().flatten();
            match (coded, column) {
                (Some(coded), Some(column)) => self.read_cell(coded, column, cell.at(), &cell.value, cell.formula, kind),
                (None, Some(_)) => self.note_stray(cell, &mut named),
                (Some(_), None) if cell.column > fit.code_column => self.note_strange(cell, &mut strange_columns),
                _ => {}
            }
        }
    }

    /// A number in a column that is no column of the form; each column is named once.
    fn note_strange(&mut self, cell: &RawCell, named: &mut Vec<u16>) {
        if !matches!(cell.value, RawValue::Number(_)) || named.contains(&cell.column) {
            return;
        }
        named.push(cell.column);
        let heading = self.fit.unknown_columns.iter().find(|own| own.column == cell.column);
        let heading = heading.map_or_else(|| crate::base::location::column_name(cell.column), |own| described(&own.heading));
        self.say("column-unknown", cell.at(), None, &heading, "");
    }

    /// A number in a value column on a row that is no row of the form. Among the form's own rows, or where there are several
    /// of them, it is a row of figures without a code.
    fn note_stray(&mut self, cell: &RawCell, named: &mut Vec<u32>) {
        let RawValue::Number(number) = cell.value else { return };
        if named.contains(&cell.row) {
            return;
        }
        let last = self.fit.rows.iter().filter(|row| **row != ABSENT_ROW).max().copied().unwrap_or_default();
        let of_row = self.raw.cells.iter().filter(|other| other.row == cell.row && matches!(other.value, RawValue::Number(_)));
        let figures = of_row.filter(|other| self.fit.columns.contains(&other.column)).count();
        if cell.row < last || figures > 1 {
            named.push(cell.row);
            self.say("stray-row", cell.at(), None, &figures.to_string(), "");
        } else {
            self.say("stray-value", cell.at(), None, &described_number(number), "");
        }
    }

    fn read_cell(&mut self, coded: usize, column: usize, at: CellRef, value: &RawValue, formula: bool, kind: NumberKind) {
        let slot = self.sheet.slot(coded, column);
        let reading = read_value(value, formula, kind, self.writing);
        let applies = !self.sheet.coded_row(coded).not_applicable.contains(&column);
        if applies || !reading.status.is_blank() {
            self.out.values.set(slot, reading.status, reading.number);
        }
        let broken = match reading.broken {
            None if !applies && reading.status.is_number() => {
                let found = crate::base::number::show(reading.number, kind);
                Some(BrokenRule { rule: "value-not-applicable", found, expected: String::from("#") })
            }
            other => other,
        };
        if let Some(BrokenRule { rule, found, expected }) = broken {
            let before = self.out.findings.len();
            self.say(rule, at, Some(coded), &found, &expected);
            self.out.findings[before].subject.column = Some(self.sheet.columns[column].number);
        }
    }
}

/// The inverse of a list of positions: position to index in the list.
fn index_of(positions: impl Iterator<Item = Option<usize>>) -> Vec<Option<usize>> {
    let mut inverse = Vec::new();
    for (index, position) in positions.enumerate() {
        let Some(position) = position else { continue };
        if inverse.len() <= position {
            inverse.resize(position + 1, None);
        }
        inverse[position] = Some(index);
    }
    inverse
}
