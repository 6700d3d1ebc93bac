//! The words of an explanation, as data.

use serde::Deserialize;

use crate::jobs::reconcile::texts::ReconcilePhrases;

/// `explain.toml`: every text of an explanation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainTexts {
    /// Lines around the tree.
    pub head: ReconcilePhrases,
    /// Lines of the tree.
    pub parts: ReconcilePhrases,
    /// Lines of a difference.
    pub against: ReconcilePhrases,
    /// Causes.
    pub causes: ReconcilePhrases,
}
