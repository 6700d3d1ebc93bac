//! State of things now: every return's state and every closed finding, worked out from the entries.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::catalogue::{Catalogue, LedgerAction};
use super::entry::{EntryDraft, LedgerEntry};
use crate::base::error::Result;
use crate::findings::{Closing, ClosingKind, Proposal, ProposalDecision};

/// The action by which a return comes in.
pub const RECEIVE: &str = "receive";
/// The action by which a unit's explanation is noted.
pub const PROPOSE: &str = "propose";
/// The action by which an explanation that was proposed is accepted.
pub const ACCEPT_EXPLANATION: &str = "accept-explanation";
/// The action by which an explanation that was proposed is rejected.
pub const REJECT_EXPLANATION: &str = "reject-explanation";
/// The rule of a locked return whose figures are in no file any more.
pub const LOCKED_AND_GONE: &str = "locked-return-gone";
/// The state of a return that nobody has seen.
pub const EXPECTED: &str = "expected";

/// The state of a return that came in and that nobody has decided about.
pub const RECEIVED: &str = "received";
/// The state of a return that the unit above has refused: it counts again with other figures.
const REFUSED: &str = "refused";
/// The state in which nothing else is taken than what was there.
const LOCKED: &str = "locked";
/// The state of a return that somebody opened again.
const REOPENED: &str = "reopened";
/// The state of a locked return that somebody wants to correct.
const UNLOCK_REQUESTED: &str = "unlock_requested";

/// A decision that keeps a return out of totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarredBy {
    /// It is locked, and these are other figures.
    Lock,
    /// It was refused, and these are the figures that were.
    Refusal,
}

impl BarredBy {
    /// Whether a rule tells that a decision keeps a return out.
    #[must_use]
    pub fn is_told_by(rule: &str) -> bool {
        [Self::Lock, Self::Refusal].into_iter().any(|decision| decision.rule() == rule)
    }

    /// The rule that says so.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Lock => "locked-return",
            Self::Refusal => "refused-return",
        }
    }
}

/// A decision about the figures of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Hash of the figures; empty where nothing had come in.
    pub content: String,
    /// Role of whoever decided.
    pub by: String,
    /// The day.
    pub on: NaiveDate,
}

/// A return as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Id of its state.
    pub state: String,
    /// Versions received.
    pub version: u32,
    /// Hash of the figures of the last version.
    pub content: String,
    /// The day the first version came in.
    pub first_on: Option<NaiveDate>,
    /// The day the last version came in.
    pub last_on: Option<NaiveDate>,
    /// The version that was approved; 0 while none was.
    pub approved: u32,
    /// Hash of the figures that were approved.
    pub approved_content: String,
    /// The lock; none while it is open.
    pub locked: Option<Decided>,
    /// Figures that were refused, which no total takes until the return is opened again.
    pub refused: Vec<Decided>,
    /// Specialist sections that have approved the last version.
    pub sections: Vec<String>,
    /// Times it was opened again after approval or locking.
    pub reopened: u32,
    /// Reason of the last action that gave one.
    pub reason: String,
    /// Document cited there.
    pub document: String,
    /// Role of whoever acted last.
    pub by: String,
    /// The day of the last action.
    pub on: Option<NaiveDate>,
}

impl Default for Item {
    /// A return that nobody has seen.
    fn default() -> Self {
        Self {
            state: EXPECTED.to_owned(),
            version: 0,
            content: String::new(),
            first_on: None,
            last_on: None,
            approved: 0,
            approved_content: String::new(),
            locked: None,
            refused: Vec::new(),
            sections: Vec::new(),
            reopened: 0,
            reason: String::new(),
            document: String::new(),
            by: String::new(),
            on: None,
        }
    }
}

impl Item {
    /// True where content came in after an approval, or while it was locked: it is not what was approved.
    #[must_use]
    pub fn is_other_than_approved(&self) -> bool {
        self.approved > 0 && self.content != self.approved_content
    }

    /// The decision that keeps figures with this hash out of every total; none where nothing does.
    #[must_use]
    pub fn bars(&self, content: &str) -> Option<(BarredBy, &Decided)> {
        let lock = self.locked.as_ref().filter(|locked| locked.content != content).map(|lock| (BarredBy::Lock, lock));
        lock.or_else(|| self.refused.iter().find(|refused| refused.content == content).map(|refused| (BarredBy::Refusal, refused)))
    }
}

/// Everything as it stands now.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// Returns by unit and form.
    items: BTreeMap<(String, String), Item>,
    /// Answers to findings by the key of the finding.
    answers: Answers,
}

/// Answers to findings, by the key of the finding.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Those that close one: explanations and acceptances.
    pub closings: BTreeMap<String, Closing>,
    /// Explanations that units have proposed.
    pub proposals: BTreeMap<String, Proposal>,
}

impl Answers {
    /// True where an explanation waits for somebody to decide about it.
    #[must_use]
    pub fn is_waiting(&self, key: &str) -> bool {
        !self.closings.contains_key(key) && self.proposals.get(key).is_some_and(Proposal::is_waiting)
    }

    /// Takes down an entry about a finding.
    fn play(&mut self, key: &str, entry: &LedgerEntry) {
        let draft = &entry.draft;
        let (text, by, on) = (draft.reason.clone(), draft.by.clone(), entry.on.to_string());
        if draft.action == PROPOSE {
            self.proposals.insert(key.to_owned(), Proposal { text, by, on, decision: None });
            return;
        }
        let accepted = draft.action == ACCEPT_EXPLANATION;
        if accepted || draft.action == REJECT_EXPLANATION {
            let Some(proposal) = self.proposals.get_mut(key) else { return };
            proposal.decision = Some(ProposalDecision { accepted, reason: text, by: by.clone(), on });
            if accepted {
                let Proposal { text, by: proposer, on, .. } = proposal.clone();
                let closing = Closing { kind: ClosingKind::Explained, text, by: proposer, on, agreed_by: by };
                self.closings.insert(key.to_owned(), closing);
            } else if self.closings.get(key).is_some_and(|closing| !closing.agreed_by.is_empty()) {
                // It was accepted before, by mistake.
                self.closings.remove(key);
            }
            return;
        }
        let kind = if draft.action == ClosingKind::Accepted.action() { ClosingKind::Accepted } else { ClosingKind::Explained };
        self.closings.insert(key.to_owned(), Closing { kind, text, by, on, agreed_by: String::new() });
    }
}

impl Board {
    /// Plays the entries.
    #[must_use]
    pub fn new(entries: &[LedgerEntry], catalogue: &Catalogue) -> Self {
        let mut board = Self::default();
        for entry in entries {
            board.add(entry, catalogue);
        }
        board
    }

    /// A return; one that was never seen is expected.
    #[must_use]
    pub fn item(&self, unit: &str, form: &str) -> Item {
        self.items.get(&(unit.to_owned(), form.to_owned())).cloned().unwrap_or_default()
    }

    /// Whether anything was written about a return.
    #[must_use]
    pub fn has(&self, unit: &str, form: &str) -> bool {
        self.items.contains_key(&(unit.to_owned(), form.to_owned()))
    }

    /// Returns that something was written about: unit, form, and how they stand.
    pub fn known(&self) -> impl Iterator<Item = (&str, &str, &Item)> {
        self.items.iter().map(|((unit, form), item)| (unit.as_str(), form.as_str(), item))
    }

    /// Answers to findings.
    #[must_use]
    pub const fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Findings that are explained or accepted, by their key.
    #[must_use]
    pub const fn closings(&self) -> &BTreeMap<String, Closing> {
        &self.answers.closings
    }

    /// Whether a drafted action may be done now.
    ///
    /// # Errors
    /// Names the state and what is possible in it.
    pub fn check(&self, action: &LedgerAction, draft: &EntryDraft, catalogue: &Catalogue) -> Result<()> {
        let state = self.item(&draft.unit, &draft.form).state;
        match catalogue.after(action, &state) {
            Some(_) => Ok(()),
            None => Err(catalogue.refusal(action, &state, &format!("{} {}", draft.unit, draft.form))),
        }
    }

    /// Takes an entry down.
    pub fn add(&mut self, entry: &LedgerEntry, catalogue: &Catalogue) {
        let draft = &entry.draft;
        if let Some(about) = &draft.finding {
            self.answers.play(&about.key, entry);
            return;
        }
        let item = self.items.entry((draft.unit.clone(), draft.form.clone())).or_default();
        if draft.action == RECEIVE {
            receive(item, entry);
        } else {
            (item.reason, item.document) = (draft.reason.clone(), draft.document.clone());
        }
        (item.by, item.on) = (draft.by.clone(), Some(entry.on));
        if draft.action == "approve" && !draft.section.is_empty() {
            // A section speaks for itself only.
            item.sections.push(draft.section.clone());
            return;
        }
        let action = catalogue.actions.iter().find(|action| action.id == draft.action);
        let next = action.and_then(|action| catalogue.after(action, &item.state)).map(str::to_owned);
        let Some(next) = next else { return };
        let is_again = next == "reopened" && item.state != next;
        item.reopened += u32::from(is_again);
        if next == "approved" {
            item.approved = item.version;
            item.approved_content.clone_from(&item.content);
        }
        let decided = Decided { content: item.content.clone(), by: draft.by.clone(), on: entry.on };
        item.locked = match next.as_str() {
            LOCKED => item.locked.take().or_else(|| Some(decided.clone())),
            UNLOCK_REQUESTED => item.locked.take(),
            _ => None,
        };
        match next.as_str() {
            REFUSED => item.refused.push(decided),
            REOPENED => item.refused.clear(),
            _ => {}
        }
        item.state = next;
    }
}

fn receive(item: &mut Item, entry: &LedgerEntry) {
    let draft = &entry.draft;
    if draft.version != item.version {
        (item.version, item.content) = (draft.version, draft.content.clone());
        item.sections.clear();
    }
    if item.version == 1 {
        item.first_on = Some(entry.on);
    }
    item.last_on = Some(entry.on);
}
