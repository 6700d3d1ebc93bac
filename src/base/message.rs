//! Sentences for people: an id with its arguments, said in a language when they are shown.
//!
//! The sentences themselves are data, `messages/*.toml`, Vietnamese and English side by side; `message!("tables.no_heading",
//! heading)` names one by the stem of its file and its key. A test finds ids that no file has, sentences that nothing
//! says, and arguments that are missing or idle. What the schemas say in both languages and what a library says in its
//! own are messages too, so that whoever shows one need not know where it came from.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Sentences of the program. They are part of it: unlike schemas nobody brings their own.
#[derive(rust_embed::RustEmbed)]
#[folder = "messages/"]
struct Files;

/// Texts of the command line about its commands, which have a shape of their own.
const COMMAND_LINE: &str = "command_line";

/// Read when the first message is shown. A test sees to it that every file can be read.
static CATALOGUE: LazyLock<BTreeMap<String, Phrase>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for path in Files::iter() {
        let Some(stem) = path.strip_suffix(".toml").filter(|stem| *stem != COMMAND_LINE) else { continue };
        let text = Files::get(&path).map(|file| file.data).unwrap_or_default();
        let phrases: BTreeMap<String, Phrase> = toml::from_str(&String::from_utf8_lossy(&text)).unwrap_or_default();
        all.extend(phrases.into_iter().map(|(key, phrase)| (format!("{stem}.{key}"), phrase)));
    }
    all
});

/// Problems of a file that are told one by one: as many as anybody reads.
pub const MOST_PROBLEMS: usize = 200;

/// Language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Lang {
    /// The text in this language, out of the pair every catalogue holds.
    #[must_use]
    pub const fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// Its code, as pages and releases name it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.pick("vi", "en")
    }

    /// The language of a code.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        [Self::Vi, Self::En].into_iter().find(|lang| lang.id() == id)
    }
}

/// A sentence in both languages of the program, with places for arguments in braces.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    vi: String,
    en: String,
}

/// A sentence for people. It is kept, and handed to another process, as both languages say it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Phrase", into = "Phrase")]
pub struct Message(Box<Kind>);

#[derive(Debug, Clone)]
enum Kind {
    /// A sentence of `messages/`.
    Own { id: Cow<'static, str>, arguments: Vec<(&'static str, Message)> },
    /// A sentence that schemas give.
    Given(Phrase),
    /// A text that is equal in every language: a code, a number, a name, what a library says.
    Plain(String),
    /// Several, with something between them.
    Several { parts: Vec<Message>, between: Cow<'static, str> },
}

/// A sentence of `messages/` by its id, with its arguments: `message!("tables.no_heading", heading, line = row.line)`.
macro_rules! message {
    ($id:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::base::message::Message::of($id, vec![$((stringify!($name), $crate::base::message::message!(@ $name $($value)?))),*])
    };
    (@ $name:ident) => { $crate::base::message::Message::from(&$name) };
    (@ $name:ident $value:expr) => { $crate::base::message::Message::from(&$value) };
}
pub(crate) use message;

impl Message {
    /// The sentence with an id.
    #[must_use]
    pub fn of(id: impl Into<Cow<'static, str>>, arguments: Vec<(&'static str, Self)>) -> Self {
        Self(Box::new(Kind::Own { id: id.into(), arguments }))
    }

    /// A sentence of a family, for an id that only a running program knows: a status, a cause, the heading of a column.
    /// `Message::of_family("ledger.column", "due")` is the sentence `ledger.column_due`; a test knows all members of every family.
    #[must_use]
    pub fn of_family(family: &'static str, id: &str) -> Self {
        Self::of(format!("{family}_{id}"), Vec::new())
    }

    /// A sentence that something else than the program's own catalogue gives in both languages.
    #[must_use]
    pub fn both(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self(Box::new(Kind::Given(Phrase { vi: vi.into(), en: en.into() })))
    }

    /// "Did you mean".
    #[must_use]
    pub fn did_you_mean(near: &str) -> Self {
        message!("base.did_you_mean", near)
    }

    /// Adds the name that was probably meant, where there is one.
    #[must_use]
    pub fn meaning(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => Self::join(&[self, Self::did_you_mean(near)], "; "),
            None => self,
        }
    }

    /// Problem of a line of a file.
    #[must_use]
    pub fn on_line(line: impl ToString, what: impl Into<Self>) -> Self {
        message!("base.on_line", line = line.to_string(), what = what.into())
    }

    /// Messages below each other: the first [`MOST_PROBLEMS`] of them, the rest is counted.
    #[must_use]
    pub fn lines(mut problems: Vec<Self>) -> Self {
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        problems.truncate(MOST_PROBLEMS);
        if more > 0 {
            problems.push(message!("base.more", more));
        }
        Self::join(&problems, "\n  ")
    }

    /// A day, as papers write it in every language.
    #[must_use]
    pub fn day(day: NaiveDate) -> Self {
        day.format("%d/%m/%Y").to_string().into()
    }

    /// Sentences one after the other.
    #[must_use]
    pub fn join(parts: &[Self], between: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Kind::Several { parts: parts.to_vec(), between: between.into() }))
    }

    /// In a language.
    #[must_use]
    pub fn said(&self, lang: Lang) -> String {
        match &*self.0 {
            Kind::Own { id, arguments } => CATALOGUE.get(&**id).map_or_else(
                || id.to_string(),
                |phrase| {
                    fill(lang.pick(&phrase.vi, &phrase.en), |name| {
                        arguments.iter().find(|(own, _)| *own == name).map(|(_, value)| value.said(lang))
                    })
                },
            ),
            Kind::Given(phrase) => lang.pick(&phrase.vi, &phrase.en).to_owned(),
            Kind::Plain(text) => text.clone(),
            Kind::Several { parts, between } => parts.iter().map(|part| part.said(lang)).collect::<Vec<_>>().join(between),
        }
    }

    /// In Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        self.said(Lang::Vi)
    }

    /// In English.
    #[must_use]
    pub fn en(&self) -> String {
        self.said(Lang::En)
    }

    /// True where it is no sentence of ours: a library's, the same in every language.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(*self.0, Kind::Plain(_))
    }

    /// True where nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.en().is_empty()
    }
}

/// A text with its places filled; `{{` and `}}` are braces.
pub(crate) fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            filled.push_str(brace);
            rest = behind;
        } else if let Some(end) = rest.find('}').filter(|_| brace == "{") {
            match value(&rest[..end]) {
                Some(value) => filled.push_str(&value),
                None => filled.extend(["{", &rest[..end], "}"]),
            }
            rest = &rest[end + 1..];
        } else {
            filled.push_str(brace);
        }
    }
    filled + rest
}

/// Texts of a library or the system, codes and numbers: they stand as they are in both languages.
impl<T: ToString> From<T> for Message {
    fn from(text: T) -> Self {
        Self(Box::new(Kind::Plain(text.to_string())))
    }
}

impl From<&Self> for Message {
    fn from(own: &Self) -> Self {
        own.clone()
    }
}

impl From<&&Self> for Message {
    fn from(own: &&Self) -> Self {
        (*own).clone()
    }
}

impl From<Phrase> for Message {
    fn from(phrase: Phrase) -> Self {
        Self(Box::new(Kind::Given(phrase)))
    }
}

impl From<Message> for Phrase {
    fn from(message: Message) -> Self {
        Self { vi: message.vi(), en: message.en() }
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Message {}

impl PartialOrd for Message {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By what they say, however they came to be.
impl Ord for Message {
    fn cmp(&self, other: &Self) -> Ordering {
        self.vi().cmp(&other.vi()).then_with(|| self.en().cmp(&other.en()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_braces_stay() {
        let own = |name: &str| (name == "a").then(|| "{x}".to_owned());
        assert_eq!(fill("{a}, {{a}}, {b} {", own), "{x}, {a}, {b} {");
    }

    #[test]
    fn a_message_within_a_message_is_said_in_its_language() {
        let near = message!("base.did_you_mean", near = "03-THCS");
        let both = Message::join(&[near, "x".into()], "; ");
        assert_eq!((both.vi(), both.en()), ("có phải là `03-THCS`?; x".to_owned(), "did you mean `03-THCS`?; x".to_owned()));
        let kept: Message = serde_json::from_str(&serde_json::to_string(&both).unwrap()).unwrap();
        assert_eq!(kept, both);
    }
}
