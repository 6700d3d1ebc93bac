//! The description of a release: a Frictionless data package (version 2) that also says what only we need.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::archive::term_key::TermKey;

/// Name of the description.
pub const MANIFEST: &str = "datapackage.json";

/// What a release is, under the key `tkgd` of its description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFacts {
    /// The term, as its folder is named: `2025-2026-opening`.
    pub term: String,
    /// Counted from 1 within the term.
    pub number: u32,
    /// Id of the kind.
    pub kind: String,
    /// When it was recorded: universal time, to the second.
    pub recorded_at: String,
    /// Why it was made, in people's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Identity of the run.
    pub run: String,
    /// Version of the tool.
    pub tool: String,
    /// The release of the term before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Releases of other terms that it was made with.
    #[serde(default)]
    pub looked_at: Vec<Previous>,
}

/// A release that another one rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The term.
    pub term: String,
    /// Its number.
    pub number: u32,
    /// SHA-256 of its description.
    pub sha256: String,
}

impl ReleaseFacts {
    /// The term.
    ///
    /// # Errors
    /// When the text names none.
    pub fn key(&self) -> Result<TermKey, String> {
        self.term.parse()
    }
}

/// The whole description, in the order it is written in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Everything that is said under names of the standard.
    #[serde(flatten)]
    pub package: serde_json::Map<String, Value>,
    /// What the release is.
    pub tkgd: ReleaseFacts,
}

impl Manifest {
    /// What a release is, out of its description.
    ///
    /// # Errors
    /// When the bytes are no such description.
    pub fn facts(bytes: &[u8]) -> Result<ReleaseFacts, String> {
        #[derive(Deserialize)]
        struct OnlyFacts {
            tkgd: ReleaseFacts,
        }
        serde_json::from_slice::<OnlyFacts>(bytes).map(|only| only.tkgd).map_err(|e| e.to_string())
    }
}
