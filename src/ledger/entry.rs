//! One line of the ledger: what was done, to which return, when, by whom, and why.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::base::term::VIETNAM_HOURS;
use crate::privacy::masked;
use crate::workbooks::sha256;

/// Text between the content of a line and its hash.
const HASH_KEY: &str = ",\"hash\":\"";
/// Letters of a hash.
const HASH_LENGTH: usize = 64;

/// When something is written down, and the day it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Universal time of writing, to the second.
    pub time: String,
    /// The day it happened, as told; the day of writing otherwise.
    pub on: NaiveDate,
}

impl Stamp {
    /// Now; the day may be told, the time never.
    #[must_use]
    pub fn now(on: Option<NaiveDate>) -> Self {
        let now: DateTime<Utc> = std::time::SystemTime::now().into();
        let today = (now + TimeDelta::hours(VIETNAM_HOURS)).date_naive();
        Self { time: now.to_rfc3339_opts(SecondsFormat::Secs, true), on: on.unwrap_or(today) }
    }
}

/// The finding that an explanation is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Rule id.
    pub rule: String,
    /// Sheet id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// Row code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// Column number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u16>,
    /// Identity of the finding with the values it was about.
    pub key: String,
}

/// Content to be written, before it has a place in the chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDraft {
    /// Id of the action in the catalogue.
    pub action: String,
    /// Unit code.
    pub unit: String,
    /// Form id with its circular.
    pub form: String,
    /// Version of the return, counted from 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u32,
    /// Hash of the return's figures.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// SHA-256 of the file it came in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Specialist section that an approval is of.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// Role of whoever did it; no name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Why, in people's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Document cited.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// The finding it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<About>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Place in the chain, from 1.
    pub seq: u64,
    /// Hash of the line before; empty in the first.
    pub prev: String,
    /// Universal time of writing.
    pub time: String,
    /// The day it is about.
    pub on: NaiveDate,
    /// Content of the entry.
    #[serde(flatten)]
    pub draft: EntryDraft,
}

/// Adds an entry as it will be once it is written; its hashes come with the writing.
pub fn foresee(entries: &mut Vec<LedgerEntry>, draft: EntryDraft, stamp: &Stamp) {
    let seq = entries.len() as u64 + 1;
    entries.push(LedgerEntry::new(draft, stamp, seq, ""));
}

impl LedgerEntry {
    /// Gives a draft its place; telephone numbers and the like in people's words are not kept.
    #[must_use]
    pub fn new(mut draft: EntryDraft, stamp: &Stamp, seq: u64, prev: &str) -> Self {
        for text in [&mut draft.by, &mut draft.reason, &mut draft.document, &mut draft.section] {
            *text = masked(text.trim());
        }
        Self { seq, prev: prev.to_owned(), time: stamp.time.clone(), on: stamp.on, draft }
    }

    /// The line without its end, and its hash.
    #[must_use]
    pub fn line(&self) -> (String, String) {
        let body = serde_json::to_string(self).unwrap_or_default();
        let hash = sha256(body.as_bytes());
        let open = body.strip_suffix('}').unwrap_or(&body);
        (format!("{open}{HASH_KEY}{hash}\"}}"), hash)
    }

    /// Reads a line: the entry, the hash it states, and whether that is the hash of what stands there.
    #[must_use]
    pub fn parse(line: &str) -> Option<(Self, String, bool)> {
        let tail = HASH_KEY.len() + HASH_LENGTH + 2;
        let (open, end) = line.split_at_checked(line.len().checked_sub(tail)?)?;
        let hash = end.strip_prefix(HASH_KEY)?.strip_suffix("\"}")?;
        let body = format!("{open}}}");
        let entry = serde_json::from_str(&body).ok()?;
        Some((entry, hash.to_owned(), sha256(body.as_bytes()) == hash))
    }
}
