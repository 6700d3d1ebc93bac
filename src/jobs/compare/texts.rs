//! The words of a comparison of states, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::Phrases;

/// `compare.toml`: every text of a comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareTexts {
    /// Lines around tables.
    pub head: Phrases,
    /// Names of sheets.
    pub sheets: Phrases,
    /// Headings of columns.
    pub columns: Phrases,
    /// What became of units and returns.
    pub fates: Phrases,
    /// Lines of the screen.
    pub screen: Phrases,
}
