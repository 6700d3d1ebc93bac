//! The words of the ledger, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::ReconcilePhrases;

/// The words of the ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct LedgerTexts {
    /// Lines above tables and on the screen.
    pub head: ReconcilePhrases,
    /// Names of sheets.
    pub sheets: ReconcilePhrases,
    /// Headings of columns.
    pub columns: ReconcilePhrases,
    /// Against the deadline.
    pub timing: ReconcilePhrases,
    /// What is wrong with a ledger.
    pub faults: ReconcilePhrases,
}
