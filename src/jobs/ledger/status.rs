//! The status of a term, ready to be shown.

use std::sync::Arc;

use chrono::NaiveDate;

use super::answers::known_findings;
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Lang, Message, message};
use crate::base::term::Period;
use crate::forms::{Form, Regulation};
use crate::jobs::inputs::frame;
use crate::jobs::session::Session;
use crate::ledger::{Board, Catalogue, GroupTally, LedgerEntry, ReturnStatus, Stamp, StatusInput, StatusRow, Tally};
use crate::present::{PaperState, Presenter};
use crate::register::Tree;
use crate::rulebook::FindingRecord;
use crate::workspace::Pipeline;

/// Request for a status.
#[derive(Debug, Clone, Default)]
pub struct StatusRequest {
    /// Sums by this grouping of the register; by the unit right above otherwise.
    pub by: Option<String>,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// Where a term stands, with everything that is needed to say so.
#[derive(Debug)]
pub struct TermStatus {
    /// The term.
    pub period: Period,
    /// Its circular.
    pub regulation: Regulation,
    /// Units as at the term.
    pub tree: Tree,
    /// Forms of the term.
    pub forms: Vec<Arc<Form>>,
    /// Where it stands.
    pub status: ReturnStatus,
    /// Sums by group: key and sums.
    pub groups: Vec<GroupTally>,
    /// Names as they were written.
    pub entries: Vec<LedgerEntry>,
    /// Findings to act on that nobody has answered.
    pub open: Vec<FindingRecord>,
    /// There was a run of the term.
    pub has_run: bool,
    /// States and actions.
    pub catalogue: Catalogue,
    /// State of papers about it.
    pub state: PaperState,
}

/// Works out where a term stands from register, ledger and the findings of the last run.
///
/// # Errors
/// When one of them is not right, or the grouping is not known.
pub fn term_status(session: &Session, pipeline: &Pipeline, request: &StatusRequest) -> Result<TermStatus> {
    let (schemas, catalogue) = (&session.schemas, session.texts.catalogue.clone());
    if let Some(by) = request.by.as_deref() {
        let known: Vec<&str> = schemas.register.groupings.iter().map(|key| &**key).chain(["ownership"]).collect();
        if !known.contains(&by) {
            let hint = closest(by, known.iter().copied()).map_or_else(|| Message::from(known.join(", ")), Message::did_you_mean);
            return Err(Error::Unknown { kind: message!("kinds.grouping"), name: by.to_owned(), hint: Some(hint) });
        }
    }
    let frame = frame(session, pipeline)?;
    let entries = pipeline.ledger().entries()?;
    let board = Board::new(&entries, &catalogue);
    let deadlines = pipeline.deadlines(&frame.regulation)?;
    let found = known_findings(session, pipeline)?;
    let (has_run, findings) = (found.is_some(), found.unwrap_or_default());
    let input = StatusInput {
        tree: &frame.tree,
        forms: &frame.forms,
        board: &board,
        catalogue: &catalogue,
        deadlines: &deadlines,
        findings: &findings,
        day: Stamp::now(request.on).on,
    };
    let status = ReturnStatus::new(&input);
    let groups = status.grouped(&frame.tree, request.by.as_deref());
    let open = findings.iter().filter(|f| f.is_to_act_on() && !board.closings().contains_key(&f.key)).cloned().collect();
    let state = session.texts.releases.draft_state();
    let (period, regulation, tree, forms) = (pipeline.period, frame.regulation, frame.tree, frame.forms);
    Ok(TermStatus { period, regulation, tree, forms, status, groups, entries, open, has_run, catalogue, state })
}

impl TermStatus {
    /// The state of a return, as people call it.
    #[must_use]
    pub fn state_name(&self, row: &StatusRow, lang: Lang) -> String {
        if row.held { message!("ledger.is_held").said(lang) } else { self.catalogue.state_name(&row.item.state, lang).to_owned() }
    }

    /// The term, as people call it.
    #[must_use]
    pub fn term_name(&self) -> String {
        self.regulation.full_term_text(self.period)
    }

    /// The name of a group: that of the unit with this code, or the key itself.
    #[must_use]
    pub fn group_name(&self, key: &str, lang: Lang) -> String {
        match self.tree.find(key) {
            Some(unit) => format!("{key} {}", self.tree.units[unit].name),
            None if key.is_empty() => message!("ledger.none").said(lang),
            None => key.to_owned(),
        }
    }

    /// The lines that say how the whole term stands.
    #[must_use]
    pub fn head_lines(&self, lang: Lang) -> Vec<String> {
        let (whole, unplaced) = (&self.status.whole, self.status.unplaced);
        let Tally { expected, received, missing, held, overdue, late, returned, approved, .. } = whole;
        let Tally { locked, reopened, open, proposed, explained, accepted, unexpected, .. } = whole;
        let mut lines = vec![
            message!("ledger.title", term = self.term_name()),
            message!("ledger.day", day = Presenter::day(self.status.day)),
            message!("ledger.counts", expected, received, missing, overdue, late),
            message!("ledger.states", returned, approved, locked, reopened),
        ];
        lines.extend((*held > 0).then(|| message!("ledger.held", held)));
        lines.push(if self.has_run { message!("ledger.findings", open, explained, accepted) } else { message!("ledger.no_run") });
        lines.extend((*proposed > 0 && self.has_run).then(|| message!("ledger.proposed", proposed)));
        lines.extend((unplaced > 0).then(|| message!("ledger.unplaced", unplaced)));
        lines.extend((*unexpected > 0).then(|| message!("ledger.unexpected", unexpected)));
        lines.iter().map(|line| line.said(lang)).collect()
    }
}
