//! Answers to findings: what closes one, and what a unit proposes.

use serde::{Deserialize, Serialize};

/// How a finding was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ClosingKind {
    /// A query was explained (giải trình).
    Explained,
    /// An error was accepted as it is, with a reason.
    Accepted,
}

impl ClosingKind {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::Accepted => "accepted",
        }
    }

    /// The action by which it is done.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Explained => "explain",
            Self::Accepted => "accept",
        }
    }
}

/// The answer that closes a finding, as long as rule and values stay what they were.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Closing {
    /// Explained or accepted.
    pub kind: ClosingKind,
    /// In people's words.
    pub text: String,
    /// Role of whoever answered.
    pub by: String,
    /// The day, ISO.
    pub on: String,
    /// Role of whoever accepted an explanation that a unit proposed; empty where nobody had to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agreed_by: String,
}

impl Closing {
    /// Role of whoever answered, and of whoever agreed.
    #[must_use]
    pub fn roles(&self) -> String {
        if self.agreed_by.is_empty() { self.by.clone() } else { format!("{}; {}", self.by, self.agreed_by) }
    }
}

/// An explanation that a unit gave of a finding. It closes nothing until somebody with a role accepts it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proposal {
    /// In people's words.
    pub text: String,
    /// Role of whoever explained.
    pub by: String,
    /// The day, ISO.
    pub on: String,
    /// The decision about it; none while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<ProposalDecision>,
}

/// A decision about an explanation that a unit proposed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProposalDecision {
    /// True where it was accepted, which closes the finding.
    pub accepted: bool,
    /// Why; an acceptance may go without.
    pub reason: String,
    /// Role of whoever decided.
    pub by: String,
    /// The day, ISO.
    pub on: String,
}

impl Proposal {
    /// True while nobody has decided about it.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.decision.is_none()
    }

    /// The name used in files: `waiting`, `accepted`, `rejected`.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match &self.decision {
            None => "waiting",
            Some(decision) if decision.accepted => "accepted",
            Some(_) => "rejected",
        }
    }

    /// The decision by which it was rejected.
    #[must_use]
    pub fn rejected(&self) -> Option<&ProposalDecision> {
        self.decision.as_ref().filter(|decision| !decision.accepted)
    }
}
