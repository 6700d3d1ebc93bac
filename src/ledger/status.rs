//! Where a term stands: every return's state, deadline and open findings, and their sums.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::board::{BarredBy, Board, EXPECTED, Item, LOCKED_AND_GONE};
use super::catalogue::Catalogue;
use super::deadlines::{Deadlines, Due};
use crate::findings::{ClosingKind, Severity, Verdict};
use crate::forms::Form;
use crate::register::{Tree, UnitIndex};
use crate::rulebook::FindingRecord;
use crate::rules::{SUBMISSION_MISSING, expectations};
use crate::workbooks::{DUPLICATE, HOLDING, SUM_OF_BELOW};

/// Rules by which a run tells that a return is not there.
const ABSENT: [&str; 2] = [SUBMISSION_MISSING, LOCKED_AND_GONE];

/// Data of a status.
#[derive(Debug)]
pub struct StatusInput<'a> {
    /// Units as at the term.
    pub tree: &'a Tree,
    /// Forms of the term.
    pub forms: &'a [Arc<Form>],
    /// State of the ledger.
    pub board: &'a Board,
    /// States and actions.
    pub catalogue: &'a Catalogue,
    /// When returns are due.
    pub deadlines: &'a Deadlines,
    /// Findings of the last run.
    pub findings: &'a [FindingRecord],
    /// The day it is asked for.
    pub day: NaiveDate,
}

/// How a return stands against its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// In by the last day.
    OnTime,
    /// In after it.
    Late,
    /// Not in, and the last day is over.
    Overdue,
    /// Not in, and there is time left.
    Pending,
    /// Nothing sets a day.
    NoDue,
    /// Nobody expects it.
    Unexpected,
}

impl Timing {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::OnTime, Self::Late, Self::Overdue, Self::Pending, Self::NoDue, Self::Unexpected];

    /// The name used in files and texts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::Pending => "pending",
            Self::NoDue => "no_due",
            Self::Unexpected => "unexpected",
        }
    }
}

/// One return.
#[derive(Debug, Clone)]
pub struct StatusRow {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// The form, by index.
    pub form: usize,
    /// The register expects it.
    pub expected: bool,
    /// It is there.
    pub received: bool,
    /// A file of it is there, and is in no total until somebody decides.
    pub held: bool,
    /// Item of the ledger.
    pub item: Item,
    /// When it is due.
    pub due: Option<Due>,
    /// How it stands against that.
    pub timing: Timing,
    /// Findings that fail at error severity and are not accepted.
    pub errors: usize,
    /// Findings that ask for an explanation and have none.
    pub queries: usize,
    /// Of those, findings of which the unit has proposed an explanation.
    pub proposed: usize,
    /// Findings that are explained.
    pub explained: usize,
    /// Errors that are accepted.
    pub accepted: usize,
}

/// Sums over the returns of a group of units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTally {
    /// Key of the group: the unit above, or a value of the grouping.
    pub key: String,
    /// The sums.
    pub tally: Tally,
}

/// Sums over returns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Returns that the register expects.
    pub expected: usize,
    /// Of those, returns that are in.
    pub received: usize,
    /// Of those expected, returns that are not in.
    pub missing: usize,
    /// Of those not in, returns of which a file came in that is held.
    pub held: usize,
    /// In by the last day.
    pub on_time: usize,
    /// In after it.
    pub late: usize,
    /// Not in although the last day is over.
    pub overdue: usize,
    /// Sent back for correction, or refused.
    pub returned: usize,
    /// Approved and not locked.
    pub approved: usize,
    /// Locked, also while opening is asked for.
    pub locked: usize,
    /// Opened again and not in again.
    pub reopened: usize,
    /// Errors and queries that nobody has answered.
    pub open: usize,
    /// Of those, queries that units have explained and nobody has decided about.
    pub proposed: usize,
    /// Findings explained.
    pub explained: usize,
    /// Errors accepted.
    pub accepted: usize,
    /// In although the register does not expect it.
    pub unexpected: usize,
}

/// Where a term stands.
#[derive(Debug)]
pub struct ReturnStatus {
    /// Returns in the order of units, then forms.
    pub rows: Vec<StatusRow>,
    /// Sums over all of them.
    pub whole: Tally,
    /// Findings to act on that belong to no unit and form.
    pub unplaced: usize,
    /// The day it is of.
    pub day: NaiveDate,
}

/// Counts of the findings of one return.
#[derive(Default, Clone, Copy)]
struct Counts {
    errors: usize,
    queries: usize,
    proposed: usize,
    explained: usize,
    accepted: usize,
    /// Findings that hold the return.
    holding: usize,
    /// Findings that it is not there, or no longer.
    absent: usize,
}

impl ReturnStatus {
    /// Works it out.
    #[must_use]
    pub fn new(input: &StatusInput<'_>) -> Self {
        let (counts, unplaced) = count(input);
        let mut keys: BTreeSet<(UnitIndex, usize)> = BTreeSet::new();
        let (expected, _) = expectations(input.tree, input.forms);
        let expected: BTreeSet<(UnitIndex, usize)> = expected.into_iter().map(|e| (e.unit, e.form)).collect();
        let known = input
            .board
            .known()
            .filter_map(|(unit, form, _)| Some((input.tree.find(unit)?, input.forms.iter().position(|known| *known.id == *form)?)));
        keys.extend(expected.iter().copied().chain(known));
        let row =
            |key: (UnitIndex, usize)| row(input, key.0, key.1, expected.contains(&key), counts.get(&key).copied().unwrap_or_default());
        let rows: Vec<StatusRow> = keys.into_iter().map(row).collect();
        let whole = Tally::of(rows.iter());
        Self { rows, whole, unplaced, day: input.day }
    }

    /// Sums by the unit right above, or by a grouping of the register; in the order of the names' keys.
    #[must_use]
    pub fn grouped(&self, tree: &Tree, by: Option<&str>) -> Vec<GroupTally> {
        let mut groups: BTreeMap<String, Vec<&StatusRow>> = BTreeMap::new();
        for row in &self.rows {
            let unit = &tree.units[row.unit];
            let key = match by {
                Some(key) => unit.value_of(key).to_owned(),
                // A unit above schools is beside those that report to it.
                None if unit.aggregate => unit.code.to_string(),
                None => tree.parent[row.unit].map_or_else(|| unit.code.to_string(), |above| tree.units[above].code.to_string()),
            };
            groups.entry(key).or_default().push(row);
        }
        groups.into_iter().map(|(key, rows)| GroupTally { key, tally: Tally::of(rows.into_iter()) }).collect()
    }
}

fn row(input: &StatusInput<'_>, unit: UnitIndex, form: usize, expected: bool, counts: Counts) -> StatusRow {
    let (entry, layout) = (&input.tree.units[unit], &input.forms[form]);
    let item = input.board.item(&entry.code, &layout.id);
    let due = input.deadlines.of(entry, layout).cloned();
    let Counts { errors, queries, proposed, explained, accepted, holding, absent } = counts;
    let is_in = input.catalogue.is_received(&item.state) || (item.version > 0 && item.state != EXPECTED);
    // A decision stays when the file that it is about is taken away; the return is not there for all that.
    let received = is_in && absent == 0;
    let timing = match (&due, item.first_on.filter(|_| received)) {
        _ if !expected => Timing::Unexpected,
        (None, _) => Timing::NoDue,
        (Some(due), Some(day)) if day > due.on => Timing::Late,
        (Some(_), Some(_)) => Timing::OnTime,
        (Some(due), None) if input.day > due.on => Timing::Overdue,
        (Some(_), None) => Timing::Pending,
    };
    let held = holding > 0 && !received;
    StatusRow { unit, form, expected, received, held, item, due, timing, errors, queries, proposed, explained, accepted }
}

/// Findings by return, and those to act on that are of no return.
fn count(input: &StatusInput<'_>) -> (BTreeMap<(UnitIndex, usize), Counts>, usize) {
    let mut counts: BTreeMap<(UnitIndex, usize), Counts> = BTreeMap::new();
    let mut unplaced = 0;
    for finding in input.findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
        let unit = finding.unit.as_deref().and_then(|unit| input.tree.find(unit));
        let form = finding.form.as_deref().and_then(|id| input.forms.iter().position(|form| *form.id == *id));
        let closing = input.board.closings().get(&finding.key).map(|closing| closing.kind);
        let Some(key) = unit.zip(form) else {
            unplaced += usize::from(finding.is_to_act_on() && closing.is_none());
            continue;
        };
        let own = counts.entry(key).or_default();
        own.absent += usize::from(ABSENT.contains(&finding.rule.as_str()));
        let is_error = finding.failed_as(Severity::Error);
        let is_holding = HOLDING.contains(&finding.rule.as_str())
            || [SUM_OF_BELOW, DUPLICATE].contains(&finding.rule.as_str())
            || BarredBy::is_told_by(&finding.rule);
        own.holding += usize::from(is_holding && closing != Some(ClosingKind::Accepted));
        match closing {
            Some(ClosingKind::Accepted) if is_error => own.accepted += 1,
            Some(ClosingKind::Explained) if !is_error => own.explained += 1,
            _ if is_error => own.errors += 1,
            _ => {
                let is_query = finding.failed_as(Severity::Query);
                own.queries += usize::from(is_query);
                own.proposed += usize::from(is_query && input.board.answers().is_waiting(&finding.key));
            }
        }
    }
    (counts, unplaced)
}

impl Tally {
    fn of<'a>(rows: impl Iterator<Item = &'a StatusRow>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            tally.add(row);
        }
        tally
    }

    fn add(&mut self, row: &StatusRow) {
        if row.expected {
            self.expected += 1;
            self.received += usize::from(row.received);
            self.missing += usize::from(!row.received);
            self.held += usize::from(row.held);
        } else {
            self.unexpected += usize::from(row.received);
        }
        self.on_time += usize::from(row.timing == Timing::OnTime);
        self.late += usize::from(row.timing == Timing::Late);
        self.overdue += usize::from(row.timing == Timing::Overdue);
        match row.item.state.as_str() {
            "returned" | "refused" => self.returned += 1,
            "approved" => self.approved += 1,
            "locked" | "unlock_requested" => self.locked += 1,
            "reopened" => self.reopened += 1,
            _ => {}
        }
        self.open += row.errors + row.queries;
        self.proposed += row.proposed;
        self.explained += row.explained;
        self.accepted += row.accepted;
    }
}
