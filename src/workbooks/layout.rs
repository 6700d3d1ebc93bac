//! Departures of a recognised sheet from print: its name, place, rows, columns, labels.

use std::collections::HashMap;
use std::sync::Arc;

use super::shape::{ABSENT_COLUMN, ABSENT_ROW, Fit, RelabelledRow, RepeatedRow, Shift, UnknownRow};
use crate::base::location::CellRef;
use crate::base::text::fold;
use crate::findings::Observed;
use crate::findings::{Finding, Location, Subject};
use crate::forms::Sheet;
use crate::ooxml::raw_cells::RawSheet;
use crate::privacy::{described, described_code};

/// So many rows with labels of other rows are named one by one; more are another version of the form.
const NAMED_ONE_BY_ONE: usize = 5;

/// A finding about a sheet, or a coded row of it.
pub fn layout_finding(sheet: &Sheet, name: &Arc<str>, rule: &'static str, at: Option<CellRef>, coded: Option<usize>) -> Finding {
    let code = coded.and_then(|c| sheet.coded_row(c).code.clone());
    let subject = Subject { sheet: Some(Arc::clone(&sheet.id)), code, ..Subject::default() };
    Finding::new(rule).subject(subject).location(Location { file: None, sheet: Some(Arc::clone(name)), cell: at })
}

/// Everything that is not as printed, and the rows whose figures cannot be trusted for it.
pub fn layout_findings(sheet: &Sheet, raw: &RawSheet, fit: &Fit) -> (Vec<Finding>, Vec<usize>) {
    let mut notes = Notes { sheet, fit, name: Arc::from(raw.name.as_str()), out: Vec::new() };
    notes.whole_sheet(raw);
    notes.missing();
    notes.order();
    notes.unknown_rows();
    let swapped = notes.labels();
    (notes.out, swapped)
}

struct Notes<'a> {
    sheet: &'a Sheet,
    fit: &'a Fit,
    name: Arc<str>,
    out: Vec<Finding>,
}

impl Notes<'_> {
    fn say(
        &mut self,
        rule: &'static str,
        at: Option<CellRef>,
        coded: Option<usize>,
        found: impl Into<Observed>,
        expected: impl Into<Observed>,
    ) {
        self.out.push(layout_finding(self.sheet, &self.name, rule, at, coded).observed(found, expected));
    }

    fn code(&self, coded: usize) -> &str {
        self.sheet.coded_row(coded).code.as_deref().unwrap_or_default()
    }

    fn code_cell(&self, row: u32) -> CellRef {
        CellRef::new(row, self.fit.code_column)
    }

    fn whole_sheet(&mut self, raw: &RawSheet) {
        let (sheet, fit) = (self.sheet, self.fit);
        if fold(&raw.name) != fold(&sheet.name) {
            self.say("sheet-renamed", None, None, Observed::name(&raw.name), &sheet.name);
        }
        if raw.hidden {
            self.say("sheet-hidden", None, None, Observed::name(&raw.name), "");
        }
        let moved @ Shift { down, right } = fit.moved(sheet);
        if moved != Shift::default() {
            let found = format!("{down:+} ↓ {right:+} →");
            self.say("layout-shifted", Some(fit.heading), None, &found, "");
        }
    }

    fn missing(&mut self) {
        let (sheet, fit) = (self.sheet, self.fit);
        for coded in (0..sheet.coded.len()).filter(|&coded| fit.rows[coded] == ABSENT_ROW) {
            let code = self.code(coded).to_owned();
            self.say("row-missing", None, Some(coded), "", &code);
        }
        for (column, _) in fit.columns.iter().enumerate().filter(|(_, at)| **at == ABSENT_COLUMN) {
            let column = &sheet.columns[column];
            self.say("column-missing", None, None, "", format!("{} ({})", column.number, column.path.join(" > ")));
        }
    }

    /// Rows and columns in another order than printed are read by code and heading; the first is named.
    fn order(&mut self) {
        let (sheet, fit) = (self.sheet, self.fit);
        let rows: Vec<(usize, u32)> = fit.rows.iter().copied().enumerate().filter(|(_, row)| *row != ABSENT_ROW).collect();
        if let Some(pair) = rows.windows(2).find(|pair| pair[1].1 < pair[0].1) {
            let (found, expected) = (self.code(pair[1].0).to_owned(), self.code(pair[0].0).to_owned());
            self.say("rows-reordered", Some(self.code_cell(pair[1].1)), Some(pair[1].0), &found, &expected);
        }
        let columns: Vec<(usize, u16)> = fit.columns.iter().copied().enumerate().filter(|(_, at)| *at != ABSENT_COLUMN).collect();
        let printed_order = |pair: &[(usize, u16)]| {
            let (before, after) = (sheet.columns[pair[0].0].at, sheet.columns[pair[1].0].at);
            (before < after) == (pair[0].1 < pair[1].1)
        };
        if let Some(pair) = columns.windows(2).find(|pair| !printed_order(pair)) {
            let number = |column: usize| sheet.columns[column].number.to_string();
            let at = CellRef::new(fit.heading.row, pair[1].1);
            self.say("columns-reordered", Some(at), None, number(pair[1].0), number(pair[0].0));
        }
    }

    fn unknown_rows(&mut self) {
        let fit = self.fit;
        for UnknownRow { row, code } in &fit.unknown_rows {
            self.say("row-unknown", Some(self.code_cell(*row)), None, described_code(code), "");
        }
        for RepeatedRow { row, code, first } in &fit.repeated_rows {
            let first = CellRef::new(*first, fit.code_column).to_string();
            self.say("row-duplicate", Some(self.code_cell(*row)), None, described_code(code), &first);
        }
    }

    /// Labels that are not the form's; the rows whose label is that of another row.
    fn labels(&mut self) -> Vec<usize> {
        let (sheet, fit) = (self.sheet, self.fit);
        // Most sheets say what the form prints: nothing to look up.
        if fit.relabelled.is_empty() {
            return Vec::new();
        }
        let mut own: HashMap<String, usize> = HashMap::new();
        for coded in 0..sheet.coded.len() {
            own.entry(fold(&sheet.coded_row(coded).label)).or_insert(coded);
        }
        let others: Vec<Option<usize>> = fit.relabelled.iter().map(|row| own.get(&fold(&row.label)).copied()).collect();
        let swapped: Vec<usize> =
            fit.relabelled.iter().zip(&others).filter(|(_, other)| other.is_some()).map(|(row, _)| row.coded).collect();
        let is_other_version = swapped.len() > NAMED_ONE_BY_ONE;
        if is_other_version {
            let at = self.code_cell(fit.rows[swapped[0]]);
            self.say("codes-of-other-rows", Some(at), None, swapped.len().to_string(), sheet.coded.len().to_string());
        }
        for (RelabelledRow { coded, label }, other) in fit.relabelled.iter().zip(&others) {
            let at = self.code_cell(fit.rows[*coded]);
            let printed = sheet.coded_row(*coded).label.trim();
            match other {
                Some(other) if !is_other_version => {
                    let other = format!("{} ({})", sheet.coded_row(*other).label.trim(), self.code(*other));
                    self.say("row-swapped", Some(at), Some(*coded), &other, printed);
                }
                Some(_) => {}
                None => self.say("row-relabelled", Some(at), Some(*coded), described(label), printed),
            }
        }
        swapped
    }
}
