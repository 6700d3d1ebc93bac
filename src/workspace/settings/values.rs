//! Values of the workbook's lines: read, refused with what is allowed, and shown.

use std::path::Path;

use super::schema::{Setting, SettingKind};
use crate::base::error::closest;
use crate::base::message::{Lang, Message, message};
use crate::base::term::SchoolYear;
use crate::base::text::fold;

/// Letters of a value that a message shows.
const SHOWN_LETTERS: usize = 60;

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// A text, a path, a choice, a school year.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
    /// Yes or no.
    Flag(bool),
}

impl SettingValue {
    /// Reads what stands on a line, which is not blank.
    ///
    /// # Errors
    /// What was found, and what is allowed.
    pub fn read(setting: &Setting, text: &str) -> Result<Self, Message> {
        let found = shown(text);
        match setting.kind {
            SettingKind::Text => Ok(Self::Text(text.to_owned())),
            SettingKind::Texts => Ok(Self::Texts(parts(text).map(str::to_owned).collect())),
            SettingKind::Path => Ok(Self::Text(path(text))),
            SettingKind::Paths => Ok(Self::Texts(parts(text).map(path).collect())),
            SettingKind::Year => match text.parse::<SchoolYear>() {
                Ok(year) => Ok(Self::Text(year.to_string())),
                Err(_) => Err(message!("settings.not_a_year", found)),
            },
            SettingKind::YesNo => match yes_or_no(text) {
                Some(is_yes) => Ok(Self::Flag(is_yes)),
                None => Err(message!("settings.not_yes_or_no", found)),
            },
            SettingKind::Choice => {
                let names = setting.choices.iter().map(|own| [&own.value, &own.name_vi, &own.name_en]);
                let own = setting.choices.iter().zip(names).find(|(_, names)| names.iter().any(|name| fold(name) == fold(text)));
                own.map(|(choice, _)| Self::Text(choice.value.clone())).ok_or_else(|| {
                    let allowed = Message::both(choices(setting, Lang::Vi).join(" · "), choices(setting, Lang::En).join(" · "));
                    let near = closest(text, setting.choices.iter().map(|own| own.name_vi.as_str()));
                    message!("settings.not_a_choice", found, allowed).meaning(near)
                })
            }
        }
    }
}

/// Choices that a line offers; none of a line that takes any text.
#[must_use]
pub fn choices(setting: &Setting, lang: Lang) -> Vec<String> {
    match setting.kind {
        SettingKind::YesNo => [true, false].map(|is_yes| yes_no_text(is_yes, lang)).to_vec(),
        SettingKind::Choice => setting.choices.iter().map(|own| lang.pick(&own.name_vi, &own.name_en).to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// The default of a line as it stands in a new workbook.
#[must_use]
pub fn default_text(setting: &Setting, year: SchoolYear, lang: Lang) -> String {
    match setting.kind {
        SettingKind::YesNo if !setting.default.is_empty() => yes_no_text(setting.default == "yes", lang),
        SettingKind::Choice => {
            let own = setting.choices.iter().find(|own| own.value == setting.default);
            own.map_or_else(String::new, |own| lang.pick(&own.name_vi, &own.name_en).to_owned())
        }
        _ => setting.default.replace("{year}", &year.to_string()),
    }
}

/// Texts with semicolons between them.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// A path as people of every system write it.
#[must_use]
pub fn path(text: &str) -> String {
    let path = text.replace('\\', "/");
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() || Path::new(trimmed).parent().is_none() { path } else { trimmed.to_owned() }
}

/// A value as messages show it.
#[must_use]
pub fn shown(text: &str) -> String {
    let line = text.replace(['\n', '\r'], " ");
    if line.chars().count() <= SHOWN_LETTERS { line } else { line.chars().take(SHOWN_LETTERS).chain(['…']).collect() }
}

fn yes_no_text(is_yes: bool, lang: Lang) -> String {
    let word = if is_yes { message!("settings.yes") } else { message!("settings.no") };
    word.said(lang)
}

fn yes_or_no(text: &str) -> Option<bool> {
    let text = fold(text);
    let is = |word: &Message| [word.vi(), word.en()].contains(&text);
    if is(&message!("settings.yes")) || text == "true" || text == "x" {
        return Some(true);
    }
    (is(&message!("settings.no")) || text == "false").then_some(false)
}
