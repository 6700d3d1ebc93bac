//! One-row-per-school lists: each line is a return, each column a cell of a form.
//!
//! Headings of the shape `sheet/code/column` (what tkgd itself writes) need no
//! mapping; others are named in a mapping file. In a long list each line is one
//! cell: unit, item, value.

mod finish;
mod long_line;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::base::error::Result;
use crate::findings::{Finding, Location, Subject};
use crate::forms::Form;
use crate::lists::claims::{ClaimColumns, heading_claims, other_period, title_claims};
use crate::lists::columns::ListColumns;
use crate::lists::context::ListContext;
use crate::lists::findings::{ListNotes, line_place, unknown_code};
use crate::lists::heads::is_head;
use crate::lists::long::LongLines;
use crate::lists::mapping::ListMapping;
use crate::lists::rows::{RowKind, RowSums, has_figures, numbers_columns};
use crate::lists::totals::{ListTotals, MaybeTotal, TotalVerdict};
use crate::register::UnitIndex;
use crate::returns::{Source, Status, Submission, Values};
use crate::tables::{Sign, Table, TableRow, TableValue, letters};
use crate::workbooks::bound_to;
use crate::workbooks::value::{BrokenRule, Reading};

/// Rule for a sheet with figures that no list is read from.
pub const OTHER_SHEETS: &str = "list-other-sheets";

/// Reads a list line by line into submissions, and findings about its lines.
pub struct ListReader<'a> {
    mapping: &'a ListMapping,
    form: &'a Arc<Form>,
    source: &'a Source,
    context: ListContext<'a>,
    /// Meaning of the headings; known once the first line comes.
    columns: Option<ListColumns>,
    /// The last line of headings had other columns than the table's own.
    is_other_table: bool,
    /// The line before was one of headings: the next may number the columns.
    is_below_headings: bool,
    /// Columns that say whose and of when the lines are.
    claimed: ClaimColumns,
    /// Claims that were told, by unit and column: the lines of a long list repeat them.
    told_claims: HashSet<(UnitIndex, usize, String)>,
    submissions: Vec<Submission>,
    /// Lines by unit.
    seen: HashMap<UnitIndex, SeenLine>,
    long: LongLines,
    sums: RowSums,
    totals: ListTotals,
    notes: ListNotes,
}

/// A unit's line.
struct SeenLine {
    /// Its submission, unless a second line contradicted it.
    submission: Option<usize>,
    place: Location,
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
        let (claimed, totals) = (ClaimColumns::default(), ListTotals::default());
        let (is_other_table, is_below_headings, told_claims) = (false, true, HashSet::new());
        Self {
            mapping,
            form,
            source,
            context,
            columns: None,
            is_other_table,
            is_below_headings,
            claimed,
            told_claims,
            submissions,
            seen,
            long,
            sums,
            totals,
            notes,
        }
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

    fn read_headings(&mut self, table: &Table) -> Result<ListColumns> {
        let columns = ListColumns::new(table, self.mapping, self.form)?;
        self.notes.headings(table, &columns, self.form);
        self.claimed = ClaimColumns::new(table, self.context.claims);
        self.totals = ListTotals::new(columns.slots.keys().copied().collect());
        let claims = self.context.claims;
        self.notes.findings.extend(other_period(self.source, claims));
        self.notes.findings.extend(title_claims(table, self.source, self.form, columns.number_kind(self.form), claims));
        self.notes.findings.extend(heading_claims(table, self.source, &columns, self.mapping, self.form, claims));
        Ok(columns)
    }

    fn line(&mut self, table: &Table, row: &TableRow, columns: &ListColumns) {
        if row.is_hidden {
            self.notes.hidden.push(row.line);
        }
        let code = row.text(Some(columns.unit));
        let unit = self.context.tree.find(&code);
        let is_below_headings = std::mem::take(&mut self.is_below_headings);
        if self.is_of_another_table(table, row, columns) {
            self.is_below_headings = !self.is_other_table;
            return;
        }
        if unit.is_none() && is_below_headings && numbers_columns(row, columns.unit) {
            self.notes.tell(RowKind::Headings, row.line);
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
            self.notes.findings.push(Finding::new("list-row-unreadable").subject(subject).location(place).saying(problem.words()));
            return;
        }
        if let Some(long) = columns.long {
            self.long_line(table, row, columns, unit, long);
            return;
        }
        let line = self.read_line(table, row, columns);
        match self.kind_of(row, columns, &line, unit) {
            RowKind::Unit(unit) if self.is_sent(row, columns) => self.unit_line(table, row, columns, unit, line),
            RowKind::Unit(_) => self.notes.not_sent.push(row.line),
            kind => self.other_line(table, row, columns, kind, &line.values),
        }
    }

    /// Whether a line repeats the headings, or stands below such a line with other columns: whose its figures are nobody knows.
    fn is_of_another_table(&mut self, table: &Table, row: &TableRow, columns: &ListColumns) -> bool {
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
            let finding = Finding::new("list-headings-differ").subject(subject).location(line_place(table, row, *first));
            let named: Vec<String> = others.iter().map(|column| letters(*column)).collect();
            self.notes.findings.push(finding.observed(named.join(", "), table.heading_line));
        }
        true
    }

    fn is_sent(&self, row: &TableRow, columns: &ListColumns) -> bool {
        self.mapping.received_if.as_ref().is_none_or(|condition| condition.holds(&row.text(columns.condition)))
    }

    /// A line of a unit; a second one of the same unit says the same or contradicts.
    fn unit_line(&mut self, table: &Table, row: &TableRow, columns: &ListColumns, unit: UnitIndex, line: LineValues) {
        let place = line_place(table, row, columns.unit);
        let code = Arc::clone(&self.context.tree.units[unit].code);
        let subject = Subject { unit: Some(Arc::clone(&code)), form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
        if let Some(seen) = self.seen.get_mut(&unit) {
            let is_same = seen.submission.is_some_and(|known| self.submissions[known].values == line.values);
            let rule = if is_same { "list-unit-repeated" } else { "list-unit-twice" };
            let shown = |place: &Location, is_hidden: bool| {
                let cell = place.cell.map(|cell| cell.to_string()).unwrap_or_default();
                if is_hidden { format!("{cell} ({{hidden-row}})") } else { cell }
            };
            let (first, second) = (shown(&seen.place, seen.is_hidden), shown(&place, row.is_hidden));
            self.notes.findings.push(Finding::new(rule).subject(subject).location(place).observed(second, first));
            if !is_same && let Some(known) = seen.submission.take() {
                self.notes.contradicted.push(known);
            }
            return;
        }
        if self.is_head(unit) {
            self.end_block();
        } else {
            self.claims_of(table, row, columns, unit);
            self.add(&line.values);
        }
        self.seen.insert(unit, SeenLine { submission: Some(self.submissions.len()), place, is_hidden: line.is_hidden });
        self.notes.findings.extend(line.findings.into_iter().map(|finding| finding.unit(&code)));
        if line.values.filled() == 0 {
            let place = line_place(table, row, columns.unit);
            self.notes.findings.push(Finding::new("nothing-reported").subject(subject).location(place));
        }
        self.submissions.push(Submission {
            unit: code,
            form: Arc::clone(self.form),
            values: line.values,
            source: self.source.clone(),
            placements: columns.placements(table, row),
            lineage: crate::returns::Lineage::default(),
        });
    }

    /// Contradictions of a unit's line.
    fn claims_of(&mut self, table: &Table, row: &TableRow, columns: &ListColumns, unit: UnitIndex) {
        let (tree, form) = (self.context.tree, self.form);
        let subject = Subject { unit: Some(Arc::clone(&tree.units[unit].code)), form: Some(Arc::clone(&form.id)), ..Subject::default() };
        let found = self.claimed.contradictions(row, unit, form, columns.number_kind(form), self.context.claims);
        for (column, finding) in found {
            if self.told_claims.insert((unit, column, finding.found.plain())) {
                let finding = finding.subject(subject.clone()).location(line_place(table, row, column));
                self.notes.findings.push(bound_to(finding, self.source));
            }
        }
    }

    /// Whether a row has words beside its figures, and none that names a unit.
    fn is_label(&self, row: &TableRow, figures: &[usize]) -> bool {
        let (tree, names, words) = (self.context.tree, self.context.claims.names, self.context.words);
        let texts = row.values.iter().enumerate().filter(|(column, _)| !figures.contains(column)).map(|(_, value)| value.text());
        let texts: Vec<String> = texts.filter(|text| text.contains(char::is_alphabetic)).collect();
        !texts.is_empty() && texts.iter().all(|text| !words.is_unit(text) && names.find(text, tree).is_empty())
    }

    /// Whether a unit's line is about the units below it.
    fn is_head(&self, unit: UnitIndex) -> bool {
        !self.context.as_they_are && is_head(self.context.tree, unit, self.form)
    }

    fn add(&mut self, values: &Values) {
        self.sums.add(values);
        self.totals.add(values);
    }

    fn end_block(&mut self) {
        self.sums.end_block();
        self.totals.part();
    }

    /// A line that may be a total; what stands below may add up to it.
    fn maybe_total(&mut self, own: MaybeTotal) {
        if let Some(own) = self.totals.keep(own) {
            self.notes.judged(self.form, own, &TotalVerdict::Nobody, |_| None);
        }
    }

    /// Finding about figures that are nobody's and no total: under no code, or under one that the register does not have.
    fn of_nobody(&self, code: &str, place: Location) -> Finding {
        if code.is_empty() {
            let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
            return Finding::new("list-row-without-unit").subject(subject).location(place);
        }
        unknown_code(self.context.tree, code, place)
    }

    /// A line that is no unit's.
    fn other_line(&mut self, table: &Table, row: &TableRow, columns: &ListColumns, kind: RowKind, values: &Values) {
        let (place, code) = (line_place(table, row, columns.unit), row.text(Some(columns.unit)));
        match kind {
            RowKind::Unit(_) => {}
            RowKind::Unknown => {
                self.add(values);
                self.notes.findings.push(self.of_nobody(&code, place));
            }
            RowKind::Sum(unit) => {
                let code = Arc::clone(&self.context.tree.units[unit].code);
                let subject = Subject { unit: Some(code), form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
                self.notes.findings.push(Finding::new("list-row-is-sum").subject(subject).location(place));
            }
            RowKind::Total if !has_figures(row, &columns.figures) => {
                self.end_block();
                self.notes.tell(kind, row.line);
            }
            RowKind::Nameless | RowKind::Total => {
                let is_worded = kind == RowKind::Total;
                if is_worded || self.sums.is_total(values) {
                    self.sums.end_block();
                }
                let is_grand = row.values.iter().any(|value| self.context.words.is_grand(&value.text()));
                let is_label = kind == RowKind::Nameless && self.is_label(row, &columns.figures);
                let (figures, otherwise) = (self.totals.figures(values), Box::new(self.of_nobody(&code, place.clone())));
                self.maybe_total(MaybeTotal { place, line: row.line, figures, is_worded, is_grand, is_label, otherwise });
            }
            RowKind::Remark | RowKind::Headings | RowKind::OtherTable => self.notes.tell(kind, row.line),
        }
    }

    /// Whose a line is, or what it is instead.
    fn kind_of(&self, row: &TableRow, columns: &ListColumns, line: &LineValues, unit: Option<UnitIndex>) -> RowKind {
        let is_sum = || self.sums.is_total(&line.values);
        let has_figures = has_figures(row, &columns.figures);
        if let Some(unit) = unit {
            if !has_figures && self.is_head(unit) {
                return RowKind::Remark;
            }
            return match (is_sum(), self.context.tree.units[unit].aggregate) {
                (true, true) => RowKind::Total,
                (true, false) if RowSums::is_no_accident(&line.values) => RowKind::Sum(unit),
                _ => RowKind::Unit(unit),
            };
        }
        let code = row.text(Some(columns.unit));
        if row.values.iter().any(|value| matches!(value, TableValue::Text(text) if self.context.words.is_total(text)))
            || (has_figures && looks_like_code(&code) && is_sum())
        {
            return RowKind::Total;
        }
        match (looks_like_code(&code), has_figures) {
            (true, _) => RowKind::Unknown,
            (false, true) => RowKind::Nameless,
            (false, false) => RowKind::Remark,
        }
    }

    fn read_line(&mut self, table: &Table, row: &TableRow, columns: &ListColumns) -> LineValues {
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
            let Reading { status, number, broken } = self.notes.figure(value, table.sheet.is_none(), kind, self.context.writing);
            if status != Status::Missing {
                line.values.set(slot, status, number);
            }
            if let Some(BrokenRule { rule, found, expected }) = broken {
                let finding = Finding::new(rule).subject(ListColumns::subject(self.form, slot)).location(line_place(table, row, at));
                line.findings.push(finding.observed(found, expected));
            }
        }
        for &slot in &columns.not_applicable {
            if !line.values.get(slot).0.is_number() {
                line.values.set(slot, Status::NotApplicable, 0);
            }
        }
        if unknown > 0 {
            let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
            let finding = Finding::new("unknown-value").subject(subject).location(line_place(table, row, columns.unit));
            line.findings.push(finding.observed(format!("\"\" × {unknown}"), ""));
        }
        line
    }
}

/// Whether a text is written as codes are: `I`, `Cụm 1` and `Khối công lập` are labels of sections.
fn looks_like_code(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) && !text.contains(char::is_whitespace)
}
