//! How the cells of a form are counted from records, as its file says it: conditions are texts here, since what records hold is known
//! further down.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Rows of a sheet that are counted from records of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountBlock {
    /// Id of the sheet.
    pub sheet: String,
    /// Id of the kind of record that is counted.
    pub of: String,
    /// Condition that every row has beside its own; none where it is missing.
    #[serde(default, rename = "where")]
    pub only: String,
    /// Where the Ministry's program counts otherwise than the form says, or than it does itself elsewhere.
    #[serde(default)]
    pub engine: Vec<EngineRows>,
    /// Condition of each row by its code; a blank one takes every record.
    pub rows: BTreeMap<String, String>,
}

impl CountBlock {
    /// The Ministry's own condition of a row, where it has one.
    #[must_use]
    pub fn engine_of(&self, code: &str) -> Option<&EngineRows> {
        self.engine.iter().find(|own| own.rows.iter().any(|row| row == code))
    }
}

/// Rows for which the Ministry's program has a condition of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineRows {
    /// Their codes.
    pub rows: Vec<String>,
    /// The whole condition of the row, without that of the block.
    pub when: String,
    /// How it differs, and how that is known.
    pub why_vi: String,
    /// How it differs, and how that is known.
    pub why_en: String,
}
