//! How far layouts can be trusted, in words, and what codes of our own look like.

use serde::Deserialize;

use crate::base::layout_status::LayoutStatus;
use crate::base::message::Lang;

/// `layouts.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutBook {
    local_codes: LocalCodes,
    statuses: Vec<StatusWords>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocalCodes {
    prefix: String,
    digits: usize,
}

/// A status that needs no words has none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusWords {
    id: LayoutStatus,
    #[serde(default)]
    name_vi: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    note_vi: String,
    #[serde(default)]
    note_en: String,
}

impl LayoutBook {
    /// The status in brackets after a form's symbol; nothing for a verified form.
    #[must_use]
    pub fn mark(&self, status: LayoutStatus, lang: Lang) -> String {
        match self.words(status).map_or("", |words| lang.pick(&words.name_vi, &words.name_en)) {
            "" => String::new(),
            name => format!(" [{name}]"),
        }
    }

    /// Note on a form with this status; empty for a verified one.
    #[must_use]
    pub fn note(&self, status: LayoutStatus, lang: Lang) -> &str {
        self.words(status).map_or("", |words| lang.pick(&words.note_vi, &words.note_en))
    }

    /// True for a row code of ours, which no official code can be taken for.
    #[must_use]
    pub fn is_local(&self, code: &str) -> bool {
        let digits = code.strip_prefix(self.local_codes.prefix.as_str());
        digits.is_some_and(|digits| digits.len() == self.local_codes.digits && digits.bytes().all(|b| b.is_ascii_digit()))
    }

    fn words(&self, status: LayoutStatus) -> Option<&StatusWords> {
        self.statuses.iter().find(|words| words.id == status)
    }
}
