//! The words of a comparison, as data.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::message::Lang;

/// A text in both languages, with fields in braces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconcilePhrase {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// Phrases by their ids.
pub type ReconcilePhrases = BTreeMap<String, ReconcilePhrase>;

/// `reconcile.toml`: every text of a comparison.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconcileTexts {
    /// Lines above tables and on the screen.
    pub head: ReconcilePhrases,
    /// Kinds of source.
    pub source_kinds: ReconcilePhrases,
    /// Names of sheets.
    pub sheets: ReconcilePhrases,
    /// Headings of columns.
    pub columns: ReconcilePhrases,
    /// Kinds of difference.
    pub kinds: ReconcilePhrases,
    /// What makes a difference.
    pub causes: ReconcilePhrases,
    /// What one source does not have.
    pub missing: ReconcilePhrases,
    /// What stands in a cell without a number.
    pub statuses: ReconcilePhrases,
    /// Lines of the screen.
    pub screen: ReconcilePhrases,
}

/// A phrase of a table in a language; its id where the table lacks it, so that nothing is lost.
#[must_use]
pub fn phrase<'a>(phrases: &'a ReconcilePhrases, id: &'a str, lang: Lang) -> &'a str {
    phrases.get(id).map_or(id, |phrase| lang.pick(&phrase.vi, &phrase.en))
}

/// A phrase with its fields filled in.
#[must_use]
pub fn filled(text: &str, fields: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = after.find('}') else {
            rest = after;
            break;
        };
        let name = &after[1..end];
        match fields.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&after[..=end]),
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out
}
