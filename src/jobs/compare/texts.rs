//! The words of a comparison of states, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::ReconcilePhrases;

/// `compare.toml`: every text of a comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareTexts {
    /// Lines around tables.
    pub head: ReconcilePhrases,
    /// Names of sheets.
    pub sheets: ReconcilePhrases,
    /// Headings of columns.
    pub columns: ReconcilePhrases,
    /// What became of units and returns.
    pub fates: ReconcilePhrases,
    /// Lines of the screen.
    pub screen: ReconcilePhrases,
}
