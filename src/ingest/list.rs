//! One-row-per-school lists: each line is a return, each column a cell of a form.
//!
//! Headings of the shape `sheet/code/column` (what tkgd itself writes) need no
//! mapping; others are named in a mapping file. In a long list each line is one
//! cell: unit, item, value.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::bound_to;
use super::list_blanks::ask_blanks;
use super::list_claims::{ClaimColumns, ListClaims, other_period, title_claims};
use super::list_columns::Columns;
use super::list_findings::{ListNotes, line_place};
use super::list_long::LongLines;
use super::list_rows::{RowKind, RowSums, has_figures};
use super::raw::RawValue;
use super::value::{Writing, read_value};
use crate::cells::{Placement, Source, Status, Submission, Values};
use crate::error::Result;
use crate::finding::{Finding, Place, Subject};
use crate::number::NumberKind;
use crate::privacy::described;
use crate::schema::{Form, Layout};
use crate::tables::{DeclaredSigns, Sign, Table, TableRow, TableShape, TableValue, TableWords, letters};
use crate::text::fold;
use crate::units::Tree;

/// A list file of a pipeline.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// The list.
    pub file: PathBuf,
    /// Its mapping file; absent when the headings name the cells.
    pub mapping: Option<PathBuf>,
    /// Short id of the form, when there is no mapping file.
    pub form: Option<String>,
}

/// A mapping file: which column of a list is which cell of a form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListMapping {
    /// Short id of the form.
    pub form: String,
    /// Sheet of a workbook; the first otherwise.
    #[serde(default)]
    pub sheet: Option<String>,
    /// One-based line of the headings.
    #[serde(default)]
    pub heading_row: Option<u32>,
    /// One-based first and last line of headings over several rows; they are paths then (`Học sinh / Nữ`).
    #[serde(default)]
    pub heading_rows: Option<(u32, u32)>,
    /// Heading of the column with the unit's code.
    #[serde(default)]
    pub unit: Option<String>,
    /// Letters of that column, instead of its heading.
    #[serde(default)]
    pub unit_letter: Option<String>,
    /// The columns.
    #[serde(default)]
    pub columns: Vec<MappedColumn>,
    /// Each line is one cell, and the headings of the columns above are items.
    #[serde(default)]
    pub long: Option<LongFormat>,
    /// Which lines a unit sent at all.
    #[serde(default)]
    pub received_if: Option<ReceivedIf>,
    /// Signs for not known; `""` is a blank cell.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Signs for known and not told.
    #[serde(default)]
    pub suppressed: Vec<String>,
    /// Signs for none.
    #[serde(default)]
    pub nil: Vec<String>,
}

/// One column of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// Heading in the list.
    #[serde(default)]
    pub heading: String,
    /// Letters of the column, instead of its heading.
    #[serde(default)]
    pub letter: Option<String>,
    /// Sheet id of the form.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Column number.
    pub column: u16,
}

/// Columns of a long list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongFormat {
    /// Heading of the column that says which cell a line is.
    pub item: String,
    /// Heading of the column with the figure.
    pub value: String,
}

/// A condition on one column: lines that do not meet it say that nothing was sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedIf {
    /// Heading of the column.
    pub heading: String,
    /// Texts that say that it was sent; any text that is not blank where neither list is given.
    #[serde(default)]
    pub is: Vec<String>,
    /// Texts that say that it was not; `""` is a blank cell.
    #[serde(default)]
    pub is_not: Vec<String>,
}

/// Rule for a sheet with figures that no list is read from.
pub const OTHER_SHEETS: &str = "list-other-sheets";

impl ListMapping {
    /// Where in the file the table stands.
    #[must_use]
    pub fn shape(&self) -> TableShape<'_> {
        let rows = self.heading_rows.map(|(first, last)| (u64::from(first), u64::from(last.max(first))));
        let heading_rows = rows.or_else(|| TableShape::new(None, self.heading_row).heading_rows);
        let by_letters = self.unit_letter.is_some() || self.columns.iter().any(|column| column.letter.is_some());
        TableShape { sheet: self.sheet.as_deref(), heading_rows, by_letters }
    }

    /// The signs it declares.
    #[must_use]
    pub fn signs(&self) -> DeclaredSigns {
        DeclaredSigns { missing: self.missing.clone(), suppressed: self.suppressed.clone(), nil: self.nil.clone() }
    }
}

impl ReceivedIf {
    /// Whether a line with this text was sent.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let folded = fold(text);
        let is_any = |texts: &[String]| texts.iter().any(|known| fold(known) == folded);
        match (self.is.is_empty(), self.is_not.is_empty()) {
            (true, true) => !folded.is_empty(),
            (false, _) => is_any(&self.is) && !is_any(&self.is_not),
            (true, false) => !is_any(&self.is_not),
        }
    }
}

/// The heading under which tkgd writes and reads a slot without a mapping.
#[must_use]
pub fn list_heading(layout: &Layout, slot: usize) -> String {
    let (sheet, coded, column) = layout.address(slot);
    let sheet = &layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    format!("{}/{}/{}", sheet.id, code, sheet.columns[column].number)
}

/// What lists are read with.
#[derive(Debug, Clone, Copy)]
pub struct ListContext<'a> {
    /// The units as at the term.
    pub tree: &'a Tree,
    /// How figures are written.
    pub writing: Writing<'a>,
    /// Words of rows that are no unit's.
    pub words: &'a TableWords,
    /// What the lines' own claims are compared with.
    pub claims: ListClaims<'a>,
    /// Blank cells that stand out are asked about; who compares two sources wants to see them as they are.
    pub asks_blanks: bool,
}

/// Reads a list line by line into submissions, and findings about its lines.
pub struct ListReader<'a> {
    mapping: &'a ListMapping,
    form: &'a Arc<Form>,
    source: &'a Source,
    context: ListContext<'a>,
    /// What the headings mean; known once the first line comes.
    columns: Option<Columns>,
    /// The last line of headings had other columns than the table's own.
    is_other_table: bool,
    /// Columns that say whose and of when the lines are.
    claimed: ClaimColumns,
    submissions: Vec<Submission>,
    /// Lines by unit.
    seen: HashMap<usize, SeenLine>,
    long: LongLines,
    sums: RowSums,
    notes: ListNotes,
}

/// A unit's line.
struct SeenLine {
    /// Its submission, unless a second line contradicted it.
    submission: Option<usize>,
    place: Place,
    is_hidden: bool,
}

/// A line as far as it was read.
struct LineValues {
    values: Values,
    findings: Vec<Finding>,
    is_hidden: bool,
}

impl<'a> ListReader<'a> {
    /// A reader of a list of a form.
    #[must_use]
    pub fn new(mapping: &'a ListMapping, form: &'a Arc<Form>, source: &'a Source, context: ListContext<'a>) -> Self {
        let (sums, notes) = (RowSums::new(form.layout.slots), ListNotes::default());
        let (submissions, seen, long) = (Vec::new(), HashMap::new(), LongLines::default());
        let claimed = ClaimColumns::default();
        Self { mapping, form, source, context, columns: None, is_other_table: false, claimed, submissions, seen, long, sums, notes }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// When the headings do not fit the mapping or the form: then no line can be read.
    pub fn take(&mut self, table: &Table, row: &TableRow) -> Result<()> {
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => self.read_headings(table)?,
        };
        self.line(table, row, &columns);
        self.columns = Some(columns);
        Ok(())
    }

    fn read_headings(&mut self, table: &Table) -> Result<Columns> {
        let columns = Columns::new(table, self.mapping, self.form)?;
        self.notes.headings(table, &columns, self.form);
        self.claimed = ClaimColumns::new(table, self.context.claims);
        let (tree, claims) = (self.context.tree, self.context.claims);
        self.notes.findings.extend(other_period(self.source, tree, claims));
        self.notes.findings.extend(title_claims(table, self.source, columns.number_kind(self.form), tree, claims));
        Ok(columns)
    }

    fn line(&mut self, table: &Table, row: &TableRow, columns: &Columns) {
        if row.is_hidden {
            self.notes.hidden.push(row.line);
        }
        let code = row.text(Some(columns.unit));
        let unit = self.context.tree.find(&code);
        if self.is_of_another_table(table, row, columns) {
            return;
        }
        if let Some(problem) = &row.problem {
            let is_total = row.values.iter().any(|value| self.context.words.is_total(&value.text()));
            if unit.is_none() && (is_total || !has_figures(row, &columns.figures)) && problem.is_of_width() {
                self.notes.tell(if is_total { RowKind::Total } else { RowKind::Remark }, row.line);
                return;
            }
            let code = unit.map(|unit| Arc::clone(&self.context.tree.units[unit].code));
            let subject = Subject { unit: code, form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
            let place = line_place(table, row, columns.unit);
            self.notes.findings.push(Finding::new("list-row-unreadable").about(subject).at(place).saying(problem.words()));
            return;
        }
        if let Some((item, value)) = columns.long {
            self.long_line(table, row, columns, (unit, item, value));
            return;
        }
        let line = self.read_line(table, row, columns);
        match self.kind_of(row, columns, &line, unit) {
            RowKind::Unit(unit) if self.is_sent(row, columns) => self.unit_line(table, row, columns, (unit, line)),
            RowKind::Unit(_) => self.notes.not_sent.push(row.line),
            kind => self.other_line(table, row, columns, (kind, &line.values)),
        }
    }

    /// Whether a line repeats the headings, or stands below such a line with other columns: whose its figures are nobody knows.
    fn is_of_another_table(&mut self, table: &Table, row: &TableRow, columns: &Columns) -> bool {
        let Some(others) = columns.headings_again(table, row) else {
            if self.is_other_table {
                self.notes.tell(RowKind::OtherTable, row.line);
            }
            return self.is_other_table;
        };
        self.is_other_table = !others.is_empty();
        self.notes.tell(RowKind::Headings, row.line);
        if let Some(first) = others.first() {
            let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
            let finding = Finding::new("list-headings-differ").about(subject).at(line_place(table, row, *first));
            let named: Vec<String> = others.iter().map(|column| letters(*column)).collect();
            self.notes.findings.push(finding.saw(named.join(", "), table.heading_line));
        }
        true
    }

    fn is_sent(&self, row: &TableRow, columns: &Columns) -> bool {
        self.mapping.received_if.as_ref().is_none_or(|condition| condition.holds(&row.text(columns.condition)))
    }

    /// A line of a unit; a second one of the same unit says the same or contradicts.
    fn unit_line(&mut self, table: &Table, row: &TableRow, columns: &Columns, (unit, line): (usize, LineValues)) {
        let place = line_place(table, row, columns.unit);
        let code = Arc::clone(&self.context.tree.units[unit].code);
        let subject = Subject { unit: Some(Arc::clone(&code)), form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
        if let Some(seen) = self.seen.get_mut(&unit) {
            let is_same = seen.submission.is_some_and(|known| self.submissions[known].values == line.values);
            let rule = if is_same { "list-unit-repeated" } else { "list-unit-twice" };
            let shown = |place: &Place, is_hidden: bool| {
                let cell = place.cell.map(|cell| cell.to_string()).unwrap_or_default();
                if is_hidden { format!("{cell} ({{hidden-row}})") } else { cell }
            };
            let (first, second) = (shown(&seen.place, seen.is_hidden), shown(&place, row.is_hidden));
            self.notes.findings.push(Finding::new(rule).about(subject).at(place).saw(second, first));
            if !is_same && let Some(known) = seen.submission.take() {
                self.notes.contradicted.push(known);
            }
            return;
        }
        for (column, finding) in self.claimed.contradictions(row, unit, self.context.tree, self.context.claims) {
            let finding = finding.about(subject.clone()).at(line_place(table, row, column));
            self.notes.findings.push(bound_to(finding, self.source));
        }
        self.sums.add(&line.values);
        self.seen.insert(unit, SeenLine { submission: Some(self.submissions.len()), place, is_hidden: line.is_hidden });
        self.notes.findings.extend(line.findings.into_iter().map(|finding| finding.about_unit(&code)));
        if line.values.filled() == 0 {
            let place = line_place(table, row, columns.unit);
            self.notes.findings.push(Finding::new("nothing-reported").about(subject).at(place));
        }
        self.submissions.push(Submission {
            unit: code,
            form: Arc::clone(self.form),
            values: line.values,
            source: self.source.clone(),
            placements: columns.placements(table, row),
            lineage: crate::cells::Lineage::default(),
        });
    }

    /// A line that is no unit's.
    fn other_line(&mut self, table: &Table, row: &TableRow, columns: &Columns, (kind, values): (RowKind, &Values)) {
        let place = line_place(table, row, columns.unit);
        match kind {
            RowKind::Unit(_) => {}
            RowKind::Unknown => {
                self.sums.add(values);
                self.notes.unknown_code(self.context.tree, &row.text(Some(columns.unit)), place);
            }
            RowKind::Sum(unit) => {
                let code = Arc::clone(&self.context.tree.units[unit].code);
                let subject = Subject { unit: Some(code), form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
                self.notes.findings.push(Finding::new("list-row-is-sum").about(subject).at(place));
            }
            RowKind::Nameless => {
                // What stands below may add up to it.
                self.notes.nameless.push((place, values.clone()));
            }
            RowKind::Total => {
                if has_figures(row, &columns.figures) && !self.sums.equals(values) && self.sums.rows() > 0 {
                    self.notes.findings.push(Finding::new("list-total-differs").at(place));
                }
                self.sums.end_block();
                self.notes.tell(kind, row.line);
            }
            RowKind::Remark | RowKind::Headings | RowKind::OtherTable => self.notes.tell(kind, row.line),
        }
    }

    /// Whose a line is, or what it is instead.
    fn kind_of(&self, row: &TableRow, columns: &Columns, line: &LineValues, unit: Option<usize>) -> RowKind {
        let is_sum = || self.sums.is_total(&line.values);
        if let Some(unit) = unit {
            return match (is_sum(), self.context.tree.units[unit].aggregate) {
                (true, true) => RowKind::Total,
                (true, false) if RowSums::is_no_accident(&line.values) => RowKind::Sum(unit),
                _ => RowKind::Unit(unit),
            };
        }
        let code = row.text(Some(columns.unit));
        let has_figures = has_figures(row, &columns.figures);
        let is_code = code.chars().any(|c| c.is_ascii_digit()) && !code.contains(char::is_whitespace);
        if row.values.iter().any(|value| matches!(value, TableValue::Text(text) if self.context.words.is_total(text)))
            || (has_figures && is_sum())
        {
            return RowKind::Total;
        }
        match (code.is_empty(), has_figures) {
            (true, true) => RowKind::Nameless,
            (false, true) => RowKind::Unknown,
            (false, false) if is_code => RowKind::Unknown,
            (_, false) => RowKind::Remark,
        }
    }

    fn read_line(&mut self, table: &Table, row: &TableRow, columns: &Columns) -> LineValues {
        let layout = &self.form.layout;
        let mut line = LineValues { values: columns.blank.clone(), findings: Vec::new(), is_hidden: row.is_hidden };
        let mut unknown = 0_usize;
        for (&slot, &at) in &columns.slots {
            let (sheet, ..) = layout.address(slot);
            let Some(kind) = layout.sheets[sheet].number_kind() else { continue };
            let value = row.values.get(at).unwrap_or(&TableValue::Empty);
            if *value == TableValue::Empty {
                if self.context.writing.signs.meaning("") == Some(Sign::Missing) && line.values.get(slot).0 == Status::Missing {
                    line.values.set(slot, Status::Unknown, 0);
                    unknown += 1;
                }
                continue;
            }
            let (status, number, broken) = self.notes.figure(value, table.sheet.is_none(), kind, self.context.writing);
            if status != Status::Missing {
                line.values.set(slot, status, number);
            }
            if let Some((rule, found, expected)) = broken {
                let finding = Finding::new(rule).about(Columns::subject(self.form, slot)).at(line_place(table, row, at));
                line.findings.push(finding.saw(found, expected));
            }
        }
        for &slot in &columns.not_applicable {
            if !line.values.get(slot).0.is_number() {
                line.values.set(slot, Status::NotApplicable, 0);
            }
        }
        if unknown > 0 {
            let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
            let finding = Finding::new("unknown-value").about(subject).at(line_place(table, row, columns.unit));
            line.findings.push(finding.saw(format!("\"\" × {unknown}"), ""));
        }
        line
    }

    /// A line of a long list: one cell of a unit's return.
    fn long_line(&mut self, table: &Table, row: &TableRow, columns: &Columns, (unit, item, value): (Option<usize>, usize, usize)) {
        let place = line_place(table, row, columns.unit);
        let Some(unit) = unit else {
            let code = row.text(Some(columns.unit));
            let is_total = row.values.iter().any(|value| self.context.words.is_total(&value.text()));
            match (row.values.get(value).is_some_and(|value| *value != TableValue::Empty), is_total) {
                (_, true) => self.notes.tell(RowKind::Total, row.line),
                (false, _) => self.notes.tell(RowKind::Remark, row.line),
                _ if code.is_empty() => self.notes.nameless.push((place, Values::new(0))),
                _ => self.notes.unknown_code(self.context.tree, &code, place),
            }
            return;
        };
        if !self.is_sent(row, columns) {
            self.notes.not_sent.push(row.line);
            return;
        }
        let Some(&slot) = columns.items.get(&crate::text::heading_key(&row.text(Some(item)))) else {
            self.notes.unknown_item(&row.values.get(item).cloned().unwrap_or_default(), row.line);
            return;
        };
        let (code, submissions) = (&self.context.tree.units[unit].code, &mut self.submissions);
        let at = *self.long.by_unit.entry(unit).or_insert_with(|| {
            submissions.push(LongLines::start(columns, table, (self.form, self.source, code)));
            submissions.len() - 1
        });
        let submission = &mut self.submissions[at];
        let own = line_place(table, row, value);
        if let Some(first) = self.long.seen.insert((unit, slot), own.clone()) {
            let cells = [&own, &first].map(|place| place.cell.map(|cell| cell.to_string()).unwrap_or_default());
            let finding = Finding::new("list-item-twice").about(submission.subject(slot)).at(own);
            self.notes.findings.push(finding.saw(&cells[0], &cells[1]));
            submission.values.set(slot, Status::Invalid, 0);
            return;
        }
        let (sheet, ..) = self.form.layout.address(slot);
        let kind = self.form.layout.sheets[sheet].number_kind().unwrap_or(NumberKind::Counts);
        let value = row.values.get(value).unwrap_or(&TableValue::Empty);
        let (status, number, broken) = match self.context.writing.signs.meaning("") {
            Some(Sign::Missing) if *value == TableValue::Empty => (Status::Unknown, 0, None),
            _ => self.notes.figure(value, table.sheet.is_none(), kind, self.context.writing),
        };
        submission.values.set(slot, status, number);
        LongLines::place(submission, slot, own.cell);
        if let Some((rule, found, expected)) = broken {
            self.notes.findings.push(Finding::new(rule).about(submission.subject(slot)).at(own).saw(found, expected));
        }
    }

    /// What came of all lines.
    ///
    /// # Errors
    /// When there was no line and the headings do not fit either.
    pub fn finish(mut self, table: &Table) -> Result<(Vec<Submission>, Vec<Finding>)> {
        if self.columns.is_none() {
            let columns = self.read_headings(table)?;
            self.columns = Some(columns);
        }
        let place = Place { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell: None };
        let (contradicted, mut findings) = self.notes.finish(&place, self.form, &self.sums);
        let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
        findings.extend(table.others.iter().map(|(sheet, numbers)| {
            let place = Place { sheet: Some(Arc::clone(sheet)), ..place.clone() };
            Finding::new(OTHER_SHEETS).about(subject.clone()).at(place).saw(numbers, "")
        }));
        let kept = self.submissions.into_iter().enumerate().filter(|(at, _)| !contradicted.contains(at));
        let mut kept: Vec<Submission> = kept.map(|(_, submission)| submission).collect();
        if let Some(columns) = &self.columns {
            findings.extend(ask_blanks(&mut kept, columns, self.context));
        }
        Ok((kept, findings))
    }
}

/// A value of a table as a cell holds it.
pub(super) fn raw_value(value: &TableValue) -> RawValue {
    match value {
        TableValue::Empty => RawValue::Text("".into()),
        TableValue::Number(number) => RawValue::Number(*number),
        TableValue::Error(error) => RawValue::Error(error.as_str().into()),
        TableValue::Date(date) => RawValue::Date(date.format("%Y-%m-%d").to_string()),
        TableValue::Text(text) => RawValue::Text(text.as_str().into()),
    }
}

/// Reads a value of a list as a figure.
pub(super) fn read_figure(value: &TableValue, kind: NumberKind, writing: Writing<'_>) -> super::value::Reading {
    read_value(&raw_value(value), false, kind, writing)
}

/// A text of a list as a finding may tell it.
pub(super) fn told(value: &TableValue) -> String {
    if matches!(value, TableValue::Date(_)) { "{a-date}".to_owned() } else { described(&value.text()) }
}

/// The placement of a sheet whose cells stand one by one.
pub(super) fn each_placement(table: &Table, slots: usize) -> Placement {
    Placement::Each { sheet: table.sheet.clone(), cells: vec![None; slots] }
}
