//! Findings about a list: rows told, rows refused, figures that look wrong as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::error::closest;
use crate::base::location::CellRef;
use crate::base::number::{MAX_COUNT, NumberKind, NumberLocale};
use crate::findings::Observed;
use crate::findings::{Finding, Location, Subject};
use crate::forms::{Form, SlotIndex};
use crate::lists::cells::{list_heading, quotable, read_figure};
use crate::lists::columns::ListColumns;
use crate::lists::rows::RowKind;
use crate::lists::totals::{Differing, MaybeTotal, TotalVerdict};
use crate::privacy::described;
use crate::register::Tree;
use crate::returns::Status;
use crate::tables::{Table, TableRow, TableValue, letters};
use crate::workbooks::value::{Reading, Writing};

/// Rule for a list that does not have all cells of its form.
pub const LACKS_CELLS: &str = "list-lacks-cells";
/// Lines that are named one by one.
const MOST_LINES: usize = 40;
/// Figures of one total that are named.
const MOST_FIGURES: usize = 5;
/// Figures from which on a pattern that all of them share is no accident.
const LEAST_FIGURES: usize = 8;

/// Where a line's cell stands.
pub fn line_place(table: &Table, row: &TableRow, column: usize) -> Location {
    let cell = CellRef::new(row.line.saturating_sub(1), u16::try_from(column).unwrap_or(u16::MAX));
    Location { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell: Some(cell) }
}

/// Everything noted while a list is read.
#[derive(Default)]
pub struct ListNotes {
    pub findings: Vec<Finding>,
    /// Hidden lines.
    pub hidden: Vec<u32>,
    /// Lines that say that nothing was sent.
    pub not_sent: Vec<u32>,
    /// Returns that another line of the list contradicts.
    pub contradicted: Vec<usize>,
    told: BTreeMap<RowKind, Vec<u32>>,
    /// Lines of items that the mapping does not have, by what may be said of the item.
    items: BTreeMap<String, Vec<u32>>,
    shape: FigureShape,
}

/// Traits that the counts of a list have in common.
#[derive(Default)]
struct FigureShape {
    /// Counts other than 0.
    counts: usize,
    /// Those that are multiples of 1,000.
    thousands: usize,
    /// A text such as `0.000` or `0.500`, which nobody writes with group separators.
    decimals: usize,
}

impl ListNotes {
    /// Notes a line that is no unit's.
    pub fn tell(&mut self, kind: RowKind, line: u32) {
        self.told.entry(kind).or_default().push(line);
    }

    /// Notes what the headings lack, those that are none, and those that are hidden.
    pub fn headings(&mut self, table: &Table, columns: &ListColumns, form: &Form) {
        let subject = Subject { form: Some(Arc::clone(&form.id)), ..Subject::default() };
        let place = |cell| Location { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell };
        for &column in &columns.strange {
            let heading = &table.headings[column];
            let known: Vec<String> = form.layout.each_slot().map(|slot| list_heading(&form.layout, slot)).collect();
            let near = closest(heading, known.iter().map(String::as_str)).unwrap_or_default().to_owned();
            let finding = Finding::new("list-heading-unknown").subject(subject.clone()).location(place(Some(table.heading_cell(column))));
            self.findings.push(finding.observed(described(heading), near));
        }
        let hidden: Vec<usize> = table.hidden_columns.iter().copied().filter(|column| columns.reads(*column)).collect();
        if let Some(first) = hidden.first() {
            let named: Vec<String> = hidden.iter().map(|column| letters(*column)).collect();
            let finding = Finding::new("list-hidden-columns").subject(subject.clone()).location(place(Some(table.heading_cell(*first))));
            self.findings.push(finding.observed(named.join(", "), hidden.len()));
        }
        if columns.absent > 0 && columns.long.is_none() {
            self.findings.push(lacks_cells(form, place(None), columns.absent, columns.slots.len()));
        }
    }

    /// Reads a figure, and notes how it looks. In a text file every number is text; only what is wrong with it is worth saying.
    pub fn figure(&mut self, value: &TableValue, is_text_file: bool, kind: NumberKind, writing: Writing<'_>) -> Reading {
        if let TableValue::Text(text) = value
            && is_text_file
            && kind == NumberKind::Counts
            && let Some(number) = writing.signs.plain_number(text)
            && number <= MAX_COUNT
        {
            self.shape.counts += usize::from(number != 0);
            self.shape.thousands += usize::from(number != 0 && number % 1_000 == 0);
            return Reading { status: Status::Reported, number, broken: None };
        }
        let mut reading = read_figure(value, kind, writing);
        reading.broken = reading.broken.filter(|broken| broken.rule != "number-as-text" || !is_text_file);
        if kind == NumberKind::Counts {
            if reading.status.is_number() && reading.number != 0 {
                self.shape.counts += 1;
                self.shape.thousands += usize::from(reading.number % 1_000 == 0);
            }
            let group = if writing.locale == NumberLocale::Vi { '.' } else { ',' };
            if let TableValue::Text(text) = value
                && text.strip_prefix('0').is_some_and(|rest| rest.starts_with(group))
            {
                self.shape.decimals += 1;
            }
        }
        reading
    }

    /// A line of an item that the mapping does not have.
    pub fn unknown_item(&mut self, item: &TableValue, line: u32) {
        self.items.entry(quotable(item)).or_default().push(line);
    }

    /// Notes what a line is that may be a total.
    pub fn judged(&mut self, form: &Form, own: MaybeTotal, verdict: &TotalVerdict, cell: impl Fn(SlotIndex) -> Option<CellRef>) {
        let subject = Subject { form: Some(Arc::clone(&form.id)), ..Subject::default() };
        match verdict {
            TotalVerdict::Total => self.tell(RowKind::Total, own.line),
            TotalVerdict::Differs(differing) => {
                let shown = ShownDiffering::new(form, differing, cell);
                self.findings.push(total_differs(subject, own.place, &shown));
            }
            TotalVerdict::Beside => self.tell(RowKind::Remark, own.line),
            TotalVerdict::Nobody => self.findings.push(*own.otherwise),
        }
    }

    /// Everything that is said.
    pub fn finish(self, place: &Location, form: &Form) -> Vec<Finding> {
        let Self { mut findings, hidden, not_sent, contradicted: _, mut told, items, shape } = self;
        let subject = Subject { form: Some(Arc::clone(&form.id)), ..Subject::default() };
        let whole = |rule: &'static str| Finding::new(rule).subject(subject.clone()).location(place.clone());
        for lines in told.values_mut() {
            lines.sort_unstable();
            lines.dedup();
        }
        let named = |(kind, lines): (&RowKind, &Vec<u32>)| {
            let phrase = match kind {
                RowKind::Total => "{total-rows}",
                RowKind::Headings => "{heading-rows}",
                RowKind::OtherTable => "{other-table-rows}",
                _ => "{remark-rows}",
            };
            format!("{phrase} {}", shown_lines(lines))
        };
        if !told.is_empty() {
            let lines: Vec<String> = told.iter().map(named).collect();
            findings.push(whole("list-rows-told").observed(lines.join("; "), ""));
        }
        if !hidden.is_empty() {
            findings.push(whole("list-hidden-rows").observed(shown_lines(&hidden), hidden.len()));
        }
        if !not_sent.is_empty() {
            findings.push(whole("list-not-sent").observed(shown_lines(&not_sent), not_sent.len()));
        }
        for (item, lines) in items {
            findings.push(whole("list-item-unknown").observed(item, shown_lines(&lines)));
        }
        if shape.counts >= LEAST_FIGURES && shape.thousands == shape.counts || shape.decimals > 0 {
            findings.push(whole("list-all-thousands").observed(shape.thousands, shape.counts));
        }
        findings
    }
}

/// Figures of a total that differ from what its lines add up to, as people read them.
pub struct ShownDiffering {
    found: Observed,
    expected: Observed,
}

impl ShownDiffering {
    /// The figures of a form, each with the cell of its slot.
    pub fn new(form: &Form, differing: &[Differing], cell: impl Fn(SlotIndex) -> Option<CellRef>) -> Self {
        let kind = |slot: SlotIndex| form.layout.sheets[form.layout.address(slot).0].number_kind().unwrap_or(NumberKind::Counts);
        let first = || differing.iter().take(MOST_FIGURES);
        let found = first().map(|own| {
            let at = cell(own.slot).map(|cell| Observed::from(format!("{cell} = ")));
            Observed::several(at.into_iter().chain([Observed::figure(own.found, kind(own.slot))]), "")
        });
        let expected = first().map(|own| Observed::figure(own.expected, kind(own.slot)));
        let joined = |mut shown: Vec<Observed>| {
            if differing.len() > MOST_FIGURES {
                shown.push("…".into());
            }
            Observed::several(shown, "; ")
        };
        Self { found: joined(found.collect()), expected: joined(expected.collect()) }
    }
}

/// That a total is not what its lines add up to.
pub fn total_differs(subject: Subject, place: Location, shown: &ShownDiffering) -> Finding {
    Finding::new("list-total-differs").subject(subject).location(place).observed(shown.found.clone(), shown.expected.clone())
}

/// That a list has no column or no line for some cells of a form.
pub fn lacks_cells(form: &Form, place: Location, absent: usize, given: usize) -> Finding {
    let subject = Subject { form: Some(Arc::clone(&form.id)), ..Subject::default() };
    Finding::new(LACKS_CELLS).subject(subject).location(place).observed(absent, given)
}

/// A line of a code that the register does not have; one whose zeros were lost is named.
pub fn unknown_code(tree: &Tree, code: &str, place: Location) -> Finding {
    let finding = match tree.with_zeros(code) {
        Some(near) => Finding::new("unit-code-lost-zeros").observed(described(code), &tree.units[near].code),
        None => Finding::new("unregistered-unit").observed(described(code), tree.day),
    };
    finding.location(place)
}

fn shown_lines(lines: &[u32]) -> String {
    let mut text = lines.iter().take(MOST_LINES).map(u32::to_string).collect::<Vec<_>>().join(", ");
    if lines.len() > MOST_LINES {
        text.push_str(", …");
    }
    text
}
