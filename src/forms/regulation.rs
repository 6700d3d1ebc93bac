//! A circular: when it is in force, its terms, dates, deadlines and texts.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::base::message::{Lang, message};
use crate::base::term::{Period, Term};

/// A reporting regime, as its `regulation.toml` states it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regulation {
    /// Folder name, `tt25-2024`.
    pub id: String,
    /// Name as cited.
    pub name: String,
    /// Subject of the circular.
    pub title: String,
    /// First day in force, ISO.
    pub in_force_from: NaiveDate,
    /// A reporting stream of its own, beside the one for all terms: used only where a pipeline names it.
    #[serde(default)]
    pub separate: bool,
    /// Last day in force; absent while it still is.
    #[serde(default)]
    pub in_force_to: Option<NaiveDate>,
    /// Who receives the reports.
    pub receiving_unit: String,
    /// Terms of a school year.
    pub terms: Vec<TermRule>,
    /// Heading texts.
    pub texts: RegulationTexts,
    /// Signature block under a report.
    pub signature: Signature,
}

/// One term: the day figures are as at, and the deadline where one is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermRule {
    /// Which term.
    pub term: Term,
    /// Name as printed.
    pub name: String,
    /// Month and day the figures are as at.
    pub as_at: MonthDay,
    /// Month and day reports are due at the Ministry; absent where not found.
    #[serde(default)]
    pub deadline: Option<MonthDay>,
    /// Whether the dates are confirmed or left to configuration.
    pub basis: FactBasis,
    /// States that the term's results go through, the one reports are due in first; none where they do not change.
    #[serde(default)]
    pub result_states: Vec<ResultState>,
    /// Which of them is looked at.
    #[serde(skip)]
    chosen: usize,
}

/// A state of a term's results: before or after the summer's re-tests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultState {
    /// Id in pipelines, folders and metadata, kebab-case.
    pub id: String,
    /// In a few words, for page headers and lists.
    pub short_vi: String,
    /// In a few words.
    pub short_en: String,
    /// As a form's heading says it.
    pub heading: String,
    /// Whether the wording is confirmed.
    pub basis: FactBasis,
}

/// Whether a stated fact has a source or is ours to configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactBasis {
    /// Stated by a source we could check.
    Confirmed,
    /// Not found; a Sở sets it here.
    Configuration,
}

/// A day of any year, written `09-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl TryFrom<String> for MonthDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bad = || message!("forms.not_month_day_such", text).en();
        let (month, day) = text.split_once('-').ok_or_else(bad)?;
        let (month, day) = (month.parse().map_err(|_| bad())?, day.parse().map_err(|_| bad())?);
        // 2000 was a leap year, so 29 February is a day.
        NaiveDate::from_ymd_opt(2000, month, day).ok_or_else(bad)?;
        Ok(Self { month, day })
    }
}

/// Heading texts with fields in braces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegulationTexts {
    /// Term line: `{term_name}`, `{school_year}`.
    pub term: String,
    /// As-at line: `{day}`, `{month}`, `{year}`.
    pub as_at: String,
    /// Whether the wording is confirmed.
    pub basis: FactBasis,
}

/// The signature block.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Whether the block is confirmed.
    pub basis: FactBasis,
    /// Place and date line: `{place}`, `{year}`.
    pub place_date: String,
    /// From left to right.
    pub signers: Vec<Signer>,
}

/// One place to sign.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Who signs.
    pub title: String,
    /// Note under it.
    pub note: String,
}

impl Regulation {
    /// The rule of a term, if the circular has that term.
    #[must_use]
    pub fn term(&self, term: Term) -> Option<&TermRule> {
        self.terms.iter().find(|rule| rule.term == term)
    }

    /// The state of the results that figures of a term are in; none where the term's results have no states.
    #[must_use]
    pub fn result_state(&self, term: Term) -> Option<&ResultState> {
        self.term(term).and_then(|rule| rule.result_states.get(rule.chosen))
    }

    /// True when figures of the term are looked at in a later state than the one reports are due in.
    #[must_use]
    pub fn is_later_state(&self, term: Term) -> bool {
        self.term(term).is_some_and(|rule| rule.chosen > 0)
    }

    /// The circular with a term's results in a later state.
    ///
    /// # Errors
    /// The ids of the term's later states, when there is none of that id.
    pub fn in_state(mut self, term: Term, id: &str) -> Result<Self, Vec<String>> {
        let rule = self.terms.iter_mut().find(|rule| rule.term == term);
        let later = |rule: &TermRule| rule.result_states.iter().skip(1).map(|state| state.id.clone()).collect::<Vec<_>>();
        match rule {
            None => Err(Vec::new()),
            Some(rule) => match rule.result_states.iter().skip(1).position(|state| state.id == id) {
                None => Err(later(rule)),
                Some(position) => {
                    rule.chosen = position + 1;
                    Ok(self)
                }
            },
        }
    }

    /// The day the figures of a period are as at.
    #[must_use]
    pub fn as_at(&self, period: Period) -> Option<NaiveDate> {
        let rule = self.term(period.term)?;
        period.day(rule.as_at.month, rule.as_at.day)
    }

    /// True when the circular governs a period: it is in force on the day the figures are as at.
    #[must_use]
    pub fn governs(&self, period: Period) -> bool {
        self.as_at(period).is_some_and(|day| day >= self.in_force_from && self.in_force_to.is_none_or(|last| day <= last))
    }

    /// The term line of a report's heading.
    #[must_use]
    pub fn term_text(&self, period: Period) -> String {
        let name = self.term(period.term).map_or("", |rule| rule.name.as_str());
        self.texts.term.replace("{term_name}", name).replace("{school_year}", &period.year.to_string())
    }

    /// The term, and the state of its results where they have several.
    #[must_use]
    pub fn full_term_text(&self, period: Period) -> String {
        self.full_term_in(period, Lang::Vi)
    }

    /// The term in a language: the heading's own words, or English ones.
    #[must_use]
    pub fn term_in(&self, period: Period, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.term_text(period),
            Lang::En => period.message().en(),
        }
    }

    /// Full name of the term, with the state of its results where they have several.
    #[must_use]
    pub fn full_term_in(&self, period: Period, lang: Lang) -> String {
        let term = self.term_in(period, lang);
        let state = self.result_state(period.term).map(|state| lang.pick(&state.short_vi, &state.short_en));
        state.map_or_else(|| term.clone(), |state| format!("{term} · {state}"))
    }

    /// The as-at line of a report's heading.
    #[must_use]
    pub fn as_at_text(&self, period: Period) -> String {
        let Some(day) = self.as_at(period) else { return String::new() };
        let parts = [("{day}", "%-d"), ("{month}", "%-m"), ("{year}", "%Y")];
        parts.iter().fold(self.texts.as_at.clone(), |text, (field, format)| text.replace(field, &day.format(format).to_string()))
    }
}
