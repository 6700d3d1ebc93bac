//! `settings.toml`: the lines of the workbook of settings, and the terms that it holds.

use serde::Deserialize;

use crate::base::error::Result;
use crate::base::message::{Lang, Message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::base::text::fold;
use crate::forms::{MonthDay, RegisterSchema, SchemaFiles};

/// `settings.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    workbook: String,
    year_begins: MonthDay,
    terms: Vec<TermName>,
    groups: Vec<SettingGroup>,
}

/// Everything that a workspace may set.
#[derive(Debug, Clone)]
pub struct SettingsSchema {
    /// Name of the workbook.
    pub workbook: String,
    /// First day of a school year, for who opens a workspace.
    pub year_begins: MonthDay,
    /// Terms that the workbook holds.
    pub terms: Vec<TermName>,
    /// Lines of the workbook under their headings.
    pub groups: Vec<SettingGroup>,
    /// Kinds of unit and levels, which deadlines are for.
    pub register: RegisterSchema,
}

/// A term, as commands call it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermName {
    /// Its name in commands.
    pub id: String,
    /// Other names that commands take.
    #[serde(default)]
    pub also: Vec<String>,
    /// The term.
    pub term: Term,
    /// The state of its results, where it is a later one.
    #[serde(default)]
    pub result_state: Option<String>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

/// Lines under a heading.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingGroup {
    /// Vietnamese heading.
    pub name_vi: String,
    /// English heading.
    pub name_en: String,
    /// The lines.
    pub settings: Vec<Setting>,
}

/// A line of the workbook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Id, which does not change when the name does.
    pub id: String,
    /// The key of the pipeline file that it sets.
    pub key: String,
    /// Kind of its value.
    pub kind: SettingKind,
    /// Choices, of a choice.
    #[serde(default)]
    pub choices: Vec<SettingChoice>,
    /// Value that a yes adds to the list of the key; of a yes or no without it the key itself is true or false.
    #[serde(default)]
    pub member: Option<String>,
    /// One of the lines of this key must add something to it.
    #[serde(default)]
    pub at_least_one: bool,
    /// Terms that it is for; all of them otherwise.
    #[serde(default)]
    pub terms: Vec<String>,
    /// It is of one school year: the next one takes it over only where its value names the year.
    #[serde(default)]
    pub of_year: bool,
    /// Nothing can be done without it.
    #[serde(default)]
    pub required: bool,
    /// Value of a new workbook: a text, the value of a choice, `yes` or `no`.
    #[serde(default)]
    pub default: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Vietnamese explanation.
    pub help_vi: String,
    /// English explanation.
    pub help_en: String,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// A text.
    Text,
    /// Texts with semicolons between them.
    Texts,
    /// A school year.
    Year,
    /// A file or folder.
    Path,
    /// Files or folders with semicolons between them.
    Paths,
    /// One of the choices.
    Choice,
    /// Yes or no.
    YesNo,
}

/// One of several choices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingChoice {
    /// Its value in a pipeline file.
    pub value: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

impl SettingsSchema {
    /// The settings that the program knows.
    ///
    /// # Errors
    /// When the schema cannot be read.
    pub fn built_in() -> Result<Self> {
        let files = SchemaFiles::open(None)?;
        let SettingsFile { workbook, year_begins, terms, groups } = files.toml("settings.toml")?;
        Ok(Self { workbook, year_begins, terms, groups, register: files.toml("register.toml")? })
    }

    /// All lines in their order.
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.groups.iter().flat_map(|group| &group.settings)
    }

    /// A line by its name in either language, or its id.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        let name = fold(name);
        self.settings().find(|own| [&own.name_vi, &own.name_en, &own.id].iter().any(|known| fold(known) == name))
    }

    /// True for the heading of a group.
    #[must_use]
    pub fn is_heading(&self, name: &str) -> bool {
        let name = fold(name);
        self.groups.iter().any(|group| fold(&group.name_vi) == name || fold(&group.name_en) == name)
    }

    /// A term by what commands and sheets call it.
    #[must_use]
    pub fn term(&self, name: &str) -> Option<&TermName> {
        let name = fold(name);
        let is_called =
            |own: &&TermName| [&own.id, &own.name_vi, &own.name_en].into_iter().chain(&own.also).any(|known| fold(known) == name);
        self.terms.iter().find(is_called)
    }

    /// Names of the terms, as commands call them.
    #[must_use]
    pub fn term_ids(&self) -> Vec<&str> {
        self.terms.iter().map(|term| term.id.as_str()).collect()
    }

    /// The folder that returns of a term are copied into in a new workspace.
    #[must_use]
    pub fn return_folder(&self, term: &TermName, year: SchoolYear) -> Option<String> {
        let is_folder = |own: &&Setting| own.key == "inputs.workbooks" && own.terms.contains(&term.id);
        self.settings().find(is_folder).map(|own| own.default.replace("{year}", &year.to_string()))
    }

    /// The school year that a day is in, for who names none.
    #[must_use]
    pub fn year_of(&self, day: chrono::NaiveDate) -> SchoolYear {
        use chrono::Datelike as _;
        let MonthDay { month, day: first } = self.year_begins;
        let has_begun = (day.month(), day.day()) >= (month, first);
        SchoolYear(if has_begun { day.year() } else { day.year() - 1 })
    }
}

impl TermName {
    /// Its name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_vi, &self.name_en)
    }

    /// The term of a school year.
    #[must_use]
    pub const fn period(&self, year: SchoolYear) -> Period {
        Period { year, term: self.term }
    }
}

impl Setting {
    /// Its name in words.
    #[must_use]
    pub fn words(&self) -> Message {
        Message::both(&self.name_vi, &self.name_en)
    }

    /// True where it sets something of a term.
    #[must_use]
    pub fn is_for(&self, term: &TermName) -> bool {
        self.terms.is_empty() || self.terms.contains(&term.id)
    }
}
