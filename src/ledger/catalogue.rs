//! States and actions of a return, as data: which action leads from which state to which.

use serde::Deserialize;

use super::board::RECEIVE;
use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::base::message::{Lang, message};

/// The action by which a run notes that the file of a return is no longer there; nobody does it by hand.
pub const WITHDRAW: &str = "withdraw";

/// A state of a return.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnState {
    /// Stable id.
    pub id: String,
    /// Vietnamese name.
    pub vi: String,
    /// Vietnamese name.
    pub en: String,
    /// The return is there.
    pub received: bool,
}

/// Needs of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The role of whoever does it.
    By,
    /// Why.
    Reason,
}

/// Something done to a return.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerAction {
    /// Stable id, the name of the command.
    pub id: String,
    /// Vietnamese name.
    pub vi: String,
    /// Vietnamese name.
    pub en: String,
    /// States in which it may be done; all when there are none.
    #[serde(default)]
    pub from: Vec<String>,
    /// The state it leads to; the same one otherwise.
    #[serde(default)]
    pub to: Option<String>,
    /// Its needs.
    #[serde(default)]
    pub needs: Vec<Need>,
}

/// All states and actions.
#[derive(Debug, Clone, Deserialize)]
pub struct Catalogue {
    /// States, in the order in which a return comes through them.
    pub states: Vec<ReturnState>,
    /// Actions.
    pub actions: Vec<LedgerAction>,
    /// Role under which what a unit typed into its workbook is written down.
    pub typed_by: String,
}

impl LedgerAction {
    /// True for what people do to a return; runs note the rest.
    #[must_use]
    pub fn is_done_by_people(&self) -> bool {
        self.to.is_some() && ![RECEIVE, WITHDRAW].contains(&self.id.as_str())
    }
}

impl Catalogue {
    /// The action with this id.
    ///
    /// # Errors
    /// When there is none.
    pub fn action(&self, id: &str) -> Result<&LedgerAction> {
        let found = self.actions.iter().find(|action| action.id == id);
        found.ok_or_else(|| {
            let known = self.actions.iter().map(|action| action.id.as_str());
            Error::Unknown {
                kind: message!("kinds.action"),
                name: id.to_owned(),
                hint: crate::base::error::closest(id, known).map(Message::did_you_mean),
            }
        })
    }

    /// Name of a state; its id where the catalogue lacks it.
    #[must_use]
    pub fn state_name<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.states.iter().find(|state| state.id == id).map_or(id, |state| lang.pick(&state.vi, &state.en))
    }

    /// Name of an action; its id where the catalogue lacks it.
    #[must_use]
    pub fn action_name<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.actions.iter().find(|action| action.id == id).map_or(id, |action| lang.pick(&action.vi, &action.en))
    }

    /// Names of actions, in the order of their ids.
    #[must_use]
    pub fn names_of(&self, ids: &[&str], lang: Lang) -> Vec<String> {
        ids.iter().map(|id| self.action_name(id, lang).to_owned()).collect()
    }

    /// The return is there in this state.
    #[must_use]
    pub fn is_received(&self, id: &str) -> bool {
        self.states.iter().any(|state| state.id == id && state.received)
    }

    /// The state that an action leads to from a state; `None` where it may not be done.
    #[must_use]
    pub fn after<'a>(&'a self, action: &'a LedgerAction, state: &'a str) -> Option<&'a str> {
        let may = action.from.is_empty() || action.from.iter().any(|from| from == state);
        may.then(|| action.to.as_deref().unwrap_or(state))
    }

    /// Says why an action may not be done, and what may.
    #[must_use]
    pub fn refusal(&self, action: &LedgerAction, state: &str, what: &str) -> Error {
        let both = |say: &dyn Fn(Lang) -> String| Message::both(say(Lang::Vi), say(Lang::En));
        let name = both(&|lang| self.action_name(&action.id, lang).to_owned());
        let state_name = both(&|lang| self.state_name(state, lang).to_owned());
        let reason = message!("ledger.not_possible_state", name, state = state_name);
        let allowed: Vec<&LedgerAction> =
            self.actions.iter().filter(|other| other.to.is_some() && other.id != WITHDRAW && self.after(other, state).is_some()).collect();
        let named = |lang| allowed.iter().map(|a| format!("{} ({})", a.id, self.action_name(&a.id, lang))).collect::<Vec<_>>().join(", ");
        Error::config(what, reason).with_hint(message!("ledger.possible", names = both(&named)))
    }
}
