//! State of things now: every return's state and every closed finding, worked out from the entries.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::catalogue::{Catalogue, LedgerAction};
use super::entry::{EntryDraft, LedgerEntry};
use crate::base::error::Result;
use crate::findings::{Closing, ClosingKind};

/// The action by which a return comes in.
pub const RECEIVE: &str = "receive";
/// The action by which a run notes that the file of a return is no longer there.
pub const WITHDRAW: &str = "withdraw";
/// The state of a return that nobody has seen.
pub const EXPECTED: &str = "expected";

/// The state of a return that came in and that nobody has decided about.
pub const RECEIVED: &str = "received";
/// The state of a return that the unit above has refused: it counts again with other figures.
const REFUSED: &str = "refused";
/// The state in which nothing else is taken than what was there.
const LOCKED: &str = "locked";
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
    /// The rule that says so.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Lock => "locked-return",
            Self::Refusal => "refused-return",
        }
    }
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
    /// Figures of the return when it was locked, and nothing where it was locked unseen; none while it is open.
    pub locked: Option<String>,
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
            locked: None,
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
        self.approved > 0 && self.version > self.approved
    }

    /// The decision that keeps figures with this hash out of every total; none where nothing does.
    #[must_use]
    pub fn bars(&self, content: &str) -> Option<BarredBy> {
        let is_locked_otherwise = self.locked.as_deref().is_some_and(|locked| locked != content);
        let is_refused = self.state == REFUSED && self.content == content;
        is_locked_otherwise.then_some(BarredBy::Lock).or_else(|| is_refused.then_some(BarredBy::Refusal))
    }
}

/// Everything as it stands now.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// Returns by unit and form.
    items: BTreeMap<(String, String), Item>,
    /// Closed findings by their key.
    closings: BTreeMap<String, Closing>,
}

impl Board {
    /// Plays the entries.
    #[must_use]
    pub fn new(entries: &[LedgerEntry], catalogue: &Catalogue) -> Self {
        let mut board = Self::default();
        for entry in entries {
            board.play(entry, catalogue);
        }
        board
    }

    /// A return; one that was never seen is expected.
    #[must_use]
    pub fn item(&self, unit: &str, form: &str) -> Item {
        self.items.get(&(unit.to_owned(), form.to_owned())).cloned().unwrap_or_default()
    }

    /// Units and forms that something was written about.
    pub fn known(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.keys().map(|(unit, form)| (unit.as_str(), form.as_str()))
    }

    /// Findings that are explained or accepted, by their key.
    #[must_use]
    pub const fn closings(&self) -> &BTreeMap<String, Closing> {
        &self.closings
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

    fn play(&mut self, entry: &LedgerEntry, catalogue: &Catalogue) {
        let draft = &entry.draft;
        if let Some(about) = &draft.finding {
            let kind = if draft.action == ClosingKind::Accepted.action() { ClosingKind::Accepted } else { ClosingKind::Explained };
            let closing = Closing { kind, text: draft.reason.clone(), by: draft.by.clone(), on: entry.on.to_string() };
            self.closings.insert(about.key.clone(), closing);
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
        }
        item.locked = match next.as_str() {
            LOCKED => Some(item.locked.take().unwrap_or_else(|| item.content.clone())),
            UNLOCK_REQUESTED => item.locked.take(),
            _ => None,
        };
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
