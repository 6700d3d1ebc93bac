//! The words of the ledger, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::Phrases;

/// The words of the ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct LedgerTexts {
    /// Lines above tables and on the screen.
    pub head: Phrases,
    /// Names of sheets.
    pub sheets: Phrases,
    /// Headings of columns.
    pub columns: Phrases,
    /// Against the deadline.
    pub timing: Phrases,
    /// What is wrong with a ledger.
    pub faults: Phrases,
}
