//! The status of a term on a screen and for programs.

use chrono::NaiveDate;
use serde::Serialize;

use super::status::TermStatus;
use crate::base::message::{Lang, Message, message};
use crate::ledger::{GroupTally, StatusRow, Tally, Timing};

/// The status for a screen: sums, groups, and the returns that somebody has to do something about, `most` at most.
#[must_use]
pub fn status_text(term: &TermStatus, lang: Lang, most: usize) -> String {
    let mut lines = term.head_lines(lang);
    lines.push(String::new());
    for GroupTally { key, tally } in &term.groups {
        lines.push(format!("  {}", group_line(&term.group_name(key, lang), tally, lang)));
    }
    let waiting: Vec<&StatusRow> = term.status.rows.iter().filter(|row| is_waiting(row)).collect();
    if !waiting.is_empty() {
        lines.push(String::new());
    }
    lines.extend(waiting.iter().take(most).map(|row| format!("  {}", row_line(term, row, lang))));
    if waiting.len() > most {
        lines.push(format!("  {}", message!("ledger.cut", left = waiting.len() - most).said(lang)));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Somebody has to do something.
fn is_waiting(row: &StatusRow) -> bool {
    let is_back = ["returned", "refused", "reopened", "unlock_requested"].contains(&row.item.state.as_str());
    let is_due = row.timing == Timing::Overdue || (row.expected && !row.received);
    is_back || is_due || row.errors + row.queries > 0 || row.item.is_other_than_approved()
}

fn group_line(name: &str, tally: &Tally, lang: Lang) -> String {
    let Tally { received, expected, late, overdue, returned, approved, locked, reopened, open, .. } = tally;
    message!("ledger.group_line", name, received, expected, late, overdue, returned, approved, locked, reopened, open).said(lang)
}

fn row_line(term: &TermStatus, row: &StatusRow, lang: Lang) -> String {
    let (unit, form) = (&term.tree.units[row.unit], &term.forms[row.form]);
    let mut more = Vec::new();
    if row.errors + row.queries > 0 {
        more.push(format!("{} {}", message!("ledger.column_open").said(lang).to_lowercase(), row.errors + row.queries));
    }
    if row.item.is_other_than_approved() {
        more.push(message!("ledger.other_version").said(lang));
    }
    if !row.item.reason.is_empty() {
        more.push(row.item.reason.clone());
    }
    // Each part stands behind what is before it.
    let more = std::iter::once(String::new()).chain(more).collect::<Vec<_>>().join("; ");
    let (state, timing) = (term.state_name(row, lang), Message::of_family("ledger.timing", row.timing.id()));
    message!("ledger.row_line", unit = unit.code, name = unit.name, form = form.symbol, state, timing, more).said(lang)
}

/// The status for programs, fields in the order of their names.
#[derive(Debug, Serialize)]
pub struct StatusRecord<'a> {
    counts: &'a Tally,
    day: NaiveDate,
    findings_of_no_return: usize,
    groups: Vec<GroupRecord<'a>>,
    has_run: bool,
    returns: Vec<ReturnRecord<'a>>,
    school_year: String,
    term: &'static str,
}

/// Sums of a group.
#[derive(Debug, Serialize)]
struct GroupRecord<'a> {
    counts: &'a Tally,
    group: &'a str,
    name: String,
}

/// Where a return stands.
#[derive(Debug, Serialize)]
struct ReturnRecord<'a> {
    accepted: usize,
    approved_version: u32,
    by: &'a str,
    document: &'a str,
    due: Option<NaiveDate>,
    due_document: Option<&'a str>,
    errors_open: usize,
    explained: usize,
    form: &'a str,
    is_expected: bool,
    is_held: bool,
    is_received: bool,
    last_received_on: Option<NaiveDate>,
    name: &'a str,
    on: Option<NaiveDate>,
    proposed: usize,
    queries_open: usize,
    reason: &'a str,
    received_on: Option<NaiveDate>,
    sections: &'a [String],
    state: &'a str,
    times_reopened: u32,
    timing: Timing,
    unit: &'a str,
    version: u32,
}

impl<'a> StatusRecord<'a> {
    /// Where a term stands.
    #[must_use]
    pub fn new(term: &'a TermStatus) -> Self {
        let groups = term.groups.iter();
        Self {
            counts: &term.status.whole,
            day: term.status.day,
            findings_of_no_return: term.status.unplaced,
            groups: groups
                .map(|own| GroupRecord { counts: &own.tally, group: &own.key, name: term.group_name(&own.key, Lang::Vi) })
                .collect(),
            has_run: term.has_run,
            returns: term.status.rows.iter().map(|row| ReturnRecord::new(term, row)).collect(),
            school_year: term.period.year.to_string(),
            term: term.period.term.id(),
        }
    }
}

impl<'a> ReturnRecord<'a> {
    fn new(term: &'a TermStatus, row: &'a StatusRow) -> Self {
        let (unit, form, item) = (&term.tree.units[row.unit], &term.forms[row.form], &row.item);
        Self {
            accepted: row.accepted,
            approved_version: item.approved,
            by: &item.by,
            document: &item.document,
            due: row.due.as_ref().map(|due| due.on),
            due_document: row.due.as_ref().map(|due| due.document.as_str()),
            errors_open: row.errors,
            explained: row.explained,
            form: &form.id,
            is_expected: row.expected,
            is_held: row.held,
            is_received: row.received,
            last_received_on: item.last_on,
            name: &unit.name,
            on: item.on,
            proposed: row.proposed,
            queries_open: row.queries,
            reason: &item.reason,
            received_on: item.first_on,
            sections: &item.sections,
            state: &item.state,
            times_reopened: item.reopened,
            timing: row.timing,
            unit: &unit.code,
            version: item.version,
        }
    }
}
