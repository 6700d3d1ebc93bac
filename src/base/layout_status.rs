//! How far the layout of a form can be trusted; rules, too, may be for one of these only.

use serde::{Deserialize, Serialize};

/// How far a form's layout can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayoutStatus {
    /// Compared with a real official workbook.
    Verified,
    /// Borrowed from an older form until a real blank is imported.
    Assumed,
    /// Built by analogy; its codes are not official.
    Reconstructed,
}

impl LayoutStatus {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Assumed => "assumed",
            Self::Reconstructed => "reconstructed",
        }
    }
}
