//! Answers to findings in words: an explanation or acceptance that closes one, or what its unit proposes.

use crate::base::message::{Message, message};
use crate::findings::{ClosingKind, Finding};

/// An answer to a finding.
pub struct Answered<'a> {
    /// Kind of answer, and what became of it.
    pub kind: Message,
    /// The answer itself.
    pub text: &'a str,
    /// Role of whoever gave it, and of whoever agreed.
    pub by: Message,
    /// The day, ISO.
    pub on: &'a str,
}

/// The answer to a finding: the one that closes it, otherwise the one that its unit proposes.
pub fn answered(finding: &Finding) -> Option<Answered<'_>> {
    if let Some(closing) = &finding.closed {
        let kind = match closing.kind {
            ClosingKind::Explained => message!("workspace.explained"),
            ClosingKind::Accepted => message!("workspace.accepted"),
        };
        let by = match closing.agreed_by.as_str() {
            "" => Message::from(&closing.by),
            agreed_by => message!("workspace.agreed", by = closing.by, agreed_by),
        };
        return Some(Answered { kind, text: &closing.text, by, on: &closing.on });
    }
    let proposal = finding.proposal.as_ref()?;
    let kind = match proposal.rejected() {
        None => message!("workspace.proposed"),
        Some(decision) => message!("workspace.rejected", reason = decision.reason, by = decision.by),
    };
    Some(Answered { kind, text: &proposal.text, by: Message::from(&proposal.by), on: &proposal.on })
}
