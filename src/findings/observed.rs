//! Observations of findings, as data: figures, counts, days, names, phrases. Words come when a finding is shown.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::base::message::{Lang, Message};
use crate::base::number::{NumberKind, show_sum};

/// Something observed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub enum Observed {
    /// Nothing is to be said here.
    #[default]
    Nothing,
    /// How many, or the number of a line or a column.
    Count(i64),
    /// A figure of a form.
    Figure {
        /// A count, or an amount in đồng.
        value: i128,
        /// Which of both.
        kind: NumberKind,
    },
    /// A day.
    Day(NaiveDate),
    /// A phrase of the catalogue of rules, by its id.
    Phrase(Cow<'static, str>),
    /// A status of a cell, by its id.
    Status(Cow<'static, str>),
    /// A name of a file or a sheet: it may not stand wherever the finding does.
    Name(Arc<str>),
    /// A code, a symbol, an address, a name that the schemas or the register give; phrases stand in braces.
    Text(String),
    /// A text that the schemas give in both languages. Answers are bound to the Vietnamese one, which alone is kept.
    Both(Message),
    /// Several, one after the other.
    Several {
        /// Items.
        items: Vec<Observed>,
        /// Text between them.
        between: Cow<'static, str>,
    },
}

/// Form that a release keeps: texts as texts, counts as numbers.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(String),
    Count(i64),
    Typed(Typed),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Typed {
    Figure { value: i64, kind: NumberKind },
    Day(NaiveDate),
    Phrase(String),
    Status(String),
    Name(Arc<str>),
    Several { items: Vec<Observed>, between: String },
}

impl From<Stored> for Observed {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Text(text) => text.into(),
            Stored::Count(count) => Self::Count(count),
            Stored::Typed(Typed::Figure { value, kind }) => Self::Figure { value: value.into(), kind },
            Stored::Typed(Typed::Day(day)) => Self::Day(day),
            Stored::Typed(Typed::Phrase(id)) => Self::Phrase(id.into()),
            Stored::Typed(Typed::Status(id)) => Self::Status(id.into()),
            Stored::Typed(Typed::Name(name)) => Self::Name(name),
            Stored::Typed(Typed::Several { items, between }) => Self::Several { items, between: between.into() },
        }
    }
}

impl From<Observed> for Stored {
    fn from(observed: Observed) -> Self {
        match observed {
            Observed::Nothing => Self::Text(String::new()),
            Observed::Text(text) => Self::Text(text),
            Observed::Both(words) => Self::Text(words.vi()),
            Observed::Count(count) => Self::Count(count),
            // A sum beyond all that a form can say is kept as it reads.
            Observed::Figure { value, kind } => {
                i64::try_from(value).map_or_else(|_| Self::Text(show_sum(value, kind)), |value| Self::Typed(Typed::Figure { value, kind }))
            }
            Observed::Day(day) => Self::Typed(Typed::Day(day)),
            Observed::Phrase(id) => Self::Typed(Typed::Phrase(id.into_owned())),
            Observed::Status(id) => Self::Typed(Typed::Status(id.into_owned())),
            Observed::Name(name) => Self::Typed(Typed::Name(name)),
            Observed::Several { items, between } => Self::Typed(Typed::Several { items, between: between.into_owned() }),
        }
    }
}

impl Observed {
    /// A figure.
    #[must_use]
    pub fn figure(value: impl Into<i128>, kind: NumberKind) -> Self {
        Self::Figure { value: value.into(), kind }
    }

    /// A phrase of the catalogue of rules.
    #[must_use]
    pub fn phrase(id: impl Into<Cow<'static, str>>) -> Self {
        Self::Phrase(id.into())
    }

    /// A name of a file or a sheet.
    #[must_use]
    pub fn name(name: impl AsRef<str>) -> Self {
        Self::Name(Arc::from(name.as_ref()))
    }

    /// Several with something between them.
    #[must_use]
    pub fn several<T: Into<Self>>(items: impl IntoIterator<Item = T>, between: impl Into<Cow<'static, str>>) -> Self {
        Self::Several { items: items.into_iter().map(Into::into).collect(), between: between.into() }
    }

    /// True where there is nothing to say.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.is_empty(),
            Self::Several { items, .. } => items.iter().all(Self::is_nothing),
            _ => false,
        }
    }

    /// As a text in no language: phrases by their ids in braces. Answers to findings are bound to it.
    #[must_use]
    pub fn plain(&self) -> String {
        self.said(Lang::Vi, &|id| format!("{{{id}}}"), &|text| text.to_owned(), &str::to_owned)
    }

    /// Leaves names out, which stand otherwise where a finding is kept.
    #[must_use]
    pub fn nameless(&self) -> String {
        self.said(Lang::Vi, &|id| format!("{{{id}}}"), &|text| text.to_owned(), &|_| String::new())
    }

    /// As a text in a language: `phrase` says a phrase, `text` a text with phrases in braces, `name` a name.
    pub fn said(
        &self,
        lang: Lang,
        phrase: &dyn Fn(&str) -> String,
        text: &dyn Fn(&str) -> String,
        name: &dyn Fn(&str) -> String,
    ) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Count(count) => count.to_string(),
            Self::Figure { value, kind } => show_sum(*value, *kind),
            Self::Day(day) => day.format("%d/%m/%Y").to_string(),
            Self::Phrase(id) => phrase(id),
            Self::Status(id) => id.to_string(),
            Self::Name(own) => name(own),
            Self::Text(own) => text(own),
            Self::Both(words) => text(&words.said(lang)),
            Self::Several { items, between } => {
                items.iter().map(|item| item.said(lang, phrase, text, name)).collect::<Vec<_>>().join(between)
            }
        }
    }

    /// Gives names of files and sheets another form.
    pub fn rename(&mut self, other: &dyn Fn(&Arc<str>) -> Arc<str>) {
        match self {
            Self::Name(name) => *name = other(name),
            Self::Several { items, .. } => items.iter_mut().for_each(|item| item.rename(other)),
            _ => {}
        }
    }

    /// Takes parts of a text for names: findings that were kept before names were told apart hold both in one.
    #[must_use]
    pub fn with_names(self, names: &[Arc<str>]) -> Self {
        let Self::Text(text) = self else { return self };
        let first = names.iter().filter_map(|name| Some((text.find(&**name)?, name))).min_by_key(|(at, _)| *at);
        let Some((at, name)) = first else { return Self::Text(text) };
        let behind = Self::Text(text[at + name.len()..].to_owned()).with_names(names);
        let items = [Self::Text(text[..at].to_owned()), Self::Name(Arc::clone(name)), behind];
        Self::several(items.into_iter().filter(|item| !item.is_nothing()), "")
    }
}

impl PartialEq for Observed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Observed {}

impl PartialOrd for Observed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By what they say: findings stand in the same order whatever their parts are.
impl Ord for Observed {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own.cmp(other),
            (Self::Nothing, Self::Nothing) => Ordering::Equal,
            _ => self.plain().cmp(&other.plain()),
        }
    }
}

impl From<String> for Observed {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }
}

impl From<Message> for Observed {
    fn from(words: Message) -> Self {
        if words.is_empty() { Self::Nothing } else { Self::Both(words) }
    }
}

impl From<&str> for Observed {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Observed {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Arc<str>> for Observed {
    fn from(text: &Arc<str>) -> Self {
        (&**text).into()
    }
}

impl From<Cow<'_, str>> for Observed {
    fn from(text: Cow<'_, str>) -> Self {
        text.into_owned().into()
    }
}

impl From<&Cow<'_, str>> for Observed {
    fn from(text: &Cow<'_, str>) -> Self {
        (&**text).into()
    }
}

impl From<NaiveDate> for Observed {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<usize> for Observed {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Observed {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<u16> for Observed {
    fn from(count: u16) -> Self {
        Self::Count(count.into())
    }
}

impl From<i64> for Observed {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<i32> for Observed {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_what_was_kept_before_is_taken_apart() {
        let all = [
            Observed::Nothing,
            Observed::from("03-THCS"),
            Observed::Count(12),
            Observed::figure(1_439_000_000_i64, NumberKind::Amounts),
            Observed::Day(NaiveDate::from_ymd_opt(2025, 9, 30).unwrap()),
            Observed::phrase("last-year"),
            Observed::Status("formula_error".into()),
            Observed::several([Observed::name("a b.xlsx"), Observed::from("x")], ", "),
        ];
        for own in all {
            let text = serde_json::to_string(&own).unwrap();
            let back: Observed = serde_json::from_str(&text).unwrap();
            assert_eq!((back.plain(), format!("{back:?}")), (own.plain(), format!("{own:?}")), "{text}");
        }
        let before = Observed::from("a.xlsx: {last-year}, a.xlsx").with_names(&[Arc::from("a.xlsx")]);
        assert_eq!((before.plain(), before.nameless()), ("a.xlsx: {last-year}, a.xlsx".to_owned(), ": {last-year}, ".to_owned()));
    }

    #[test]
    fn order_and_sameness_go_by_what_is_said() {
        assert_eq!(Observed::Count(5), Observed::from("5"));
        assert!(Observed::Count(10) < Observed::from("9"));
        assert!(Observed::Nothing < Observed::Count(0));
    }
}
