//! Decisions that stand in a table: the workbook of a status or of findings with its column of decisions filled in, or a list
//! of one's own.
//!
//! A line without a key is about a return ("Duyệt", "Trả lại" …); one with a key is about the explanation of a finding.

use std::path::Path;

use chrono::NaiveDate;

use super::act::{LedgerAct, ReturnWish, plan_of};
use super::answers::{about, last_findings};
use super::needed;
use super::plan::{Asked, PlannedEntry, Problems, write_planned};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Lang, Message, message};
use crate::base::text::fold;
use crate::jobs::inputs::{Frame, frame};
use crate::jobs::session::Session;
use crate::ledger::{ACCEPT_EXPLANATION, Board, Catalogue, EntryDraft, LedgerAction, Need, REJECT_EXPLANATION, Stamp, headings};
use crate::rulebook::FindingRecord;
use crate::tables::Table;
use crate::workbooks::{Isolation, read_tables_with};
use crate::workspace::Pipeline;

/// Decisions of a file, and what holds for all that do not say it themselves.
#[derive(Debug, Clone, Default)]
pub struct DecisionTable {
    /// Its lines that decide something.
    pub lines: Vec<DecisionLine>,
    /// Role of whoever decides.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Document cited.
    pub document: String,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// A line that decides something.
#[derive(Debug, Clone)]
pub struct DecisionLine {
    /// Name of the action in either language, or its id.
    decision: String,
    /// Key of the finding whose explanation it is about; empty where it is about a return.
    key: String,
    /// The return, and what is said of it alone.
    named: ReturnWish,
}

/// Reads the decisions of every sheet that has a column for them; lines without a decision decide nothing.
///
/// # Errors
/// When the file cannot be read, no sheet has such a column, or one has no column of units.
pub fn decisions_from(file: &Path, isolation: &Isolation) -> Result<Vec<DecisionLine>> {
    let tables = read_tables_with(file, &headings::DECISION, isolation)?;
    if tables.is_empty() {
        return Err(Error::config(file.display(), message!("ledger.no_column_decision")));
    }
    let mut lines = Vec::new();
    for table in &tables {
        lines.extend(lines_of(table)?);
    }
    Ok(lines)
}

fn lines_of(table: &Table) -> Result<Vec<DecisionLine>> {
    let unit = table.find(&headings::UNIT);
    if unit.is_none() {
        return Err(Error::config(&table.file, message!("ledger.no_column_unit")));
    }
    let [decision, form, reason, document, by, key] = [
        table.find(&headings::DECISION),
        table.find(&headings::FORM),
        table.find(&headings::DECISION_REASON).or_else(|| table.find(&headings::REASON)),
        table.find(&headings::DOCUMENT),
        table.find(&headings::BY),
        table.find(&headings::KEY),
    ];
    let decided = table.rows.iter().filter(|row| !row.text(decision).is_empty());
    let line = |row: &crate::tables::TableRow| DecisionLine {
        decision: row.text(decision),
        key: row.text(key),
        named: ReturnWish {
            unit: row.text(unit),
            form: Some(row.text(form)).filter(|form| !form.is_empty()),
            by: row.text(by),
            reason: row.text(reason),
            document: row.text(document),
            asked: Asked::line(&table.file, row.line),
        },
    };
    Ok(decided.map(line).collect())
}

/// Writes the decisions of a table down, all or none; how many. Those that stand in the ledger already are not written again.
///
/// # Errors
/// All lines with what is wrong: an unknown unit, form, decision or finding, a role or reason that is missing, a state in which it
/// is not possible.
pub fn decide(session: &Session, pipeline: &Pipeline, table: &DecisionTable) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue = &session.texts.catalogue;
    let decider = Decider {
        catalogue,
        frame: frame(session, pipeline)?,
        findings: if table.lines.iter().any(|line| !line.key.is_empty()) { last_findings(session, pipeline)? } else { Vec::new() },
        board: Board::new(&pipeline.ledger().entries()?, catalogue),
        table,
    };
    let (mut planned, mut problems) = (Vec::new(), Problems::default());
    for line in &table.lines {
        match decider.entries(line) {
            Ok(entries) => planned.extend(entries),
            Err(problem) => problems.add(&line.named.asked, problem)?,
        }
    }
    problems.pass()?;
    write_planned(pipeline, catalogue, planned, &Stamp::now(table.on))
}

/// Register, findings and ledger by which lines become entries.
struct Decider<'a> {
    catalogue: &'a Catalogue,
    frame: Frame,
    findings: Vec<FindingRecord>,
    board: Board,
    table: &'a DecisionTable,
}

impl Decider<'_> {
    fn entries(&self, line: &DecisionLine) -> Result<Vec<PlannedEntry>> {
        let action = self.action(line)?;
        let DecisionTable { by, reason, document, on, .. } = self.table.clone();
        let wish = LedgerAct { action: action.id.clone(), by, reason, document, on, ..LedgerAct::default() };
        if line.key.is_empty() { plan_of(&wish, &line.named, &self.frame, self.catalogue) } else { self.of_explanation(line, action) }
    }

    /// The action that a line names, out of those that can be done to what the line is about.
    fn action(&self, line: &DecisionLine) -> Result<&LedgerAction> {
        let of_explanation = [ACCEPT_EXPLANATION, REJECT_EXPLANATION];
        let is_possible = |action: &&LedgerAction| {
            let is_of_explanation = of_explanation.contains(&action.id.as_str());
            if line.key.is_empty() { action.is_done_by_people() && !is_of_explanation } else { is_of_explanation }
        };
        let possible: Vec<&LedgerAction> = self.catalogue.actions.iter().filter(is_possible).collect();
        let wanted = fold(&line.decision);
        let names = |action: &LedgerAction| [&action.id, &action.vi, &action.en].map(|name| fold(name));
        possible.iter().copied().find(|action| names(action).contains(&wanted)).ok_or_else(|| {
            let known = possible.iter().flat_map(|action| [action.vi.as_str(), action.en.as_str()]);
            let all = |lang: Lang| possible.iter().map(|action| lang.pick(&action.vi, &action.en)).collect::<Vec<_>>().join(", ");
            let hint = closest(&line.decision, known).map_or_else(|| Message::both(all(Lang::Vi), all(Lang::En)), Message::did_you_mean);
            Error::Unknown { kind: message!("kinds.decision"), name: line.decision.clone(), hint: Some(hint) }
        })
    }

    fn of_explanation(&self, line: &DecisionLine, action: &LedgerAction) -> Result<Vec<PlannedEntry>> {
        let or_common = |own: &String, common: &String| if own.trim().is_empty() { common.clone() } else { own.clone() };
        let (by, reason) = (or_common(&line.named.by, &self.table.by), or_common(&line.named.reason, &self.table.reason));
        needed(action, [(Need::By, &by), (Need::Reason, &reason)])?;
        let finding = self.findings.iter().find(|finding| finding.key == line.key);
        let finding = finding.filter(|_| self.board.answers().proposals.contains_key(&line.key));
        let finding = finding.ok_or_else(|| Error::config(line.key.clone(), message!("ledger.nothing_proposed_here")))?;
        let draft = EntryDraft {
            action: action.id.clone(),
            unit: finding.unit.as_deref().unwrap_or_default().to_owned(),
            form: finding.form.as_deref().unwrap_or_default().to_owned(),
            by,
            reason,
            document: or_common(&line.named.document, &self.table.document),
            finding: Some(about(finding)),
            ..EntryDraft::default()
        };
        Ok(vec![PlannedEntry::new(line.named.asked.clone(), draft)])
    }
}
