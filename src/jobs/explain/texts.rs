//! The words of an explanation, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::Phrases;

/// `explain.toml`: every text of an explanation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainTexts {
    /// Lines around the tree.
    pub head: Phrases,
    /// Lines of the tree.
    pub parts: Phrases,
    /// Lines of a difference.
    pub against: Phrases,
    /// Causes.
    pub causes: Phrases,
}
