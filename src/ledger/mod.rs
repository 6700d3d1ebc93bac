//! Who has submitted what, and what was decided about it: a ledger that only grows.
//!
//! Every action is a line whose hash covers the line before it, so that a changed or missing one
//! can be named. What stands now ([`Board`]) is always worked out from the lines, never stored.

mod board;
mod catalogue;
mod chain;
mod contacts;
mod deadlines;
mod entry;
mod findings;
pub mod headings;
mod run_findings;
mod status;
mod store;

pub use board::{ACCEPT_EXPLANATION, EXPECTED, LOCKED_AND_GONE, PROPOSE, RECEIVE, RECEIVED, REJECT_EXPLANATION};
pub use board::{Answers, BarredBy, Board, Decided, Item};
pub use catalogue::{Catalogue, LedgerAction, Need, ReturnState, WITHDRAW};
pub use chain::{Broken, Chain, ChainFault};
pub use contacts::{Contact, Contacts};
pub use deadlines::{Deadlines, Due, LocalDeadline, LocalDeadlines};
pub use entry::{About, EntryDraft, LedgerEntry, Stamp, foresee};
pub use findings::{close_findings, content_of, finding_key, finding_record};
pub use run_findings::{RUN_FINDINGS, read_run_findings, write_run_findings};
pub use status::{GroupTally, ReturnStatus, StatusInput, StatusRow, Tally, Timing};
pub use store::Ledger;
