//! Phrases that are looked for in headings, and the plain form in which texts are compared with them.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::base::text::tone_key;

/// Phrases that are looked for in every heading: made plain once, each between blanks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Phrases(Vec<String>);

impl From<Vec<String>> for Phrases {
    fn from(phrases: Vec<String>) -> Self {
        Self(phrases.iter().map(|phrase| padded(&plain(phrase))).collect())
    }
}

impl Phrases {
    /// Whether a plain text holds one of them as words of its own.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let text = padded(text);
        self.0.iter().any(|phrase| text.contains(phrase))
    }

    /// Text behind the first of them in a plain text.
    pub(crate) fn after(&self, text: &str) -> Option<String> {
        let text = padded(text);
        self.0.iter().find_map(|phrase| Some(text.split_once(phrase.as_str())?.1.to_owned()))
    }
}

/// The words of a plain text, each between blanks.
fn padded(text: &str) -> String {
    format!(" {} ", text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// A text without marks, in small letters, its digits as usual.
pub(crate) fn plain(text: &str) -> String {
    tone_key(&text.nfkc().collect::<String>())
}
