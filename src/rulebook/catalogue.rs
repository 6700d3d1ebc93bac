//! The rule catalogue: what each rule is called, weighs and says, in both languages.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use serde::Deserialize;

use super::expression::Moment;
use crate::base::layout_status::LayoutStatus;
use crate::base::message::Lang;
use crate::findings::Observed;
use crate::findings::{Finding, Severity, Verdict};

/// `rules.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules, in the order of their stages.
    pub rules: Vec<Rule>,
    /// Words for a rule that could not run.
    pub not_evaluated: NotEvaluatedText,
    /// Words for the statuses of cells that keep a rule from running.
    #[serde(default)]
    pub statuses: Vec<StatusName>,
    /// Words that the detail of a finding names in braces.
    #[serde(default)]
    pub phrases: Vec<Phrase>,
}

/// Words under a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// The name that stands in braces.
    pub id: String,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// Words for a cell's status.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusName {
    /// Name of the status in the archive.
    pub id: String,
    /// Vietnamese.
    pub name_vi: String,
    /// English.
    pub name_en: String,
}

/// Words for a rule that could not run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotEvaluatedText {
    /// Vietnamese, with `{title}` and `{found}`.
    pub message_vi: String,
    /// English, with `{title}` and `{found}`.
    pub message_en: String,
}

/// One rule: a stable id and what people read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id, kebab-case.
    pub id: String,
    /// How much a failure weighs.
    pub severity: Severity,
    /// Which stage looks.
    pub stage: Stage,
    /// Short name.
    pub title_vi: String,
    /// Short name.
    pub title_en: String,
    /// Vietnamese message, with `{found}`, `{expected}`, `{detail}`.
    pub message_vi: String,
    /// English message.
    pub message_en: String,
    /// Guide to what is to be done.
    #[serde(default)]
    pub hint_vi: String,
    /// Guide to what is to be done.
    #[serde(default)]
    pub hint_en: String,
    /// Why the rule is there.
    #[serde(default)]
    pub why_vi: String,
    /// Why the rule is there.
    #[serde(default)]
    pub why_en: String,
    /// First day figures are held to it.
    #[serde(default)]
    pub since: Option<NaiveDate>,
    /// Last day figures are held to it.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// Short id of the form whose cells it is about, or a variable of `for`; then one of `check` and `outlier` says what must hold.
    #[serde(default)]
    pub form: Option<String>,
    /// Status of the layout whose codes it names; void once the form has a layout of another status.
    #[serde(default)]
    pub layout_status: Option<LayoutStatus>,
    /// Kinds of unit it is about; all otherwise.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// It looks at all units together, not at each of them.
    #[serde(default)]
    pub whole: bool,
    /// State of the term's results it is about; any otherwise.
    #[serde(default)]
    pub result_state: Option<String>,
    /// Named values, in the language of rules.
    #[serde(default, rename = "let")]
    pub names: BTreeMap<String, String>,
    /// Variables, a line for each time the rule is applied.
    #[serde(default, rename = "for")]
    pub variables: Vec<BTreeMap<String, String>>,
    /// Variables each of whose values is combined with every line.
    #[serde(default)]
    pub each: BTreeMap<String, Vec<String>>,
    /// Condition that must hold.
    #[serde(default)]
    pub check: Option<String>,
    /// A value that must not stand out among those of other units.
    #[serde(default)]
    pub outlier: Option<Outlier>,
    /// Every cell is the same in this term or source.
    #[serde(default)]
    pub same_as: Option<Moment>,
    /// The cell a finding stands at; the first of the form's own that the check names otherwise.
    #[serde(default)]
    pub at: Option<String>,
}

impl Rule {
    /// A rule that says nothing yet: an error without words.
    pub(crate) fn blank(id: String, stage: Stage) -> Self {
        Self {
            id,
            severity: Severity::Error,
            stage,
            title_vi: String::new(),
            title_en: String::new(),
            message_vi: String::new(),
            message_en: String::new(),
            hint_vi: String::new(),
            hint_en: String::new(),
            why_vi: String::new(),
            why_en: String::new(),
            since: None,
            until: None,
            form: None,
            layout_status: None,
            kinds: Vec::new(),
            whole: false,
            result_state: None,
            names: BTreeMap::new(),
            variables: Vec::new(),
            each: BTreeMap::new(),
            check: None,
            outlier: None,
            same_as: None,
            at: None,
        }
    }

    /// Short ids of the forms it is about, each once, in the order of `for`.
    #[must_use]
    pub fn forms(&self) -> Vec<&str> {
        let Some(form) = self.form.as_deref() else { return Vec::new() };
        let Some(variable) = form.strip_prefix('$') else { return vec![form] };
        let mut forms: Vec<&str> = Vec::new();
        for form in self.variables.iter().filter_map(|line| line.get(variable)) {
            if !forms.contains(&form.as_str()) {
                forms.push(form);
            }
        }
        forms
    }

    /// True for figures as at a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.since.is_none_or(|first| first <= day) && self.until.is_none_or(|last| day <= last)
    }
}

/// Stages run in this order; a later one may assume what an earlier one proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Can the file be opened, and whose is it.
    File,
    /// Is it the form it should be.
    Layout,
    /// Are the cells numbers.
    Value,
    /// Do the numbers agree with each other.
    Sum,
    /// Do sheets, forms and the register agree with each other.
    Cross,
    /// Do the numbers agree with those of other terms, and with those of like units.
    Past,
    /// Is everything there, once.
    Completeness,
    /// Does a written report say what it should.
    Report,
}

/// All rules by id.
#[derive(Debug, Clone)]
pub struct RuleBook {
    rules: BTreeMap<String, Rule>,
    not_evaluated: NotEvaluatedText,
    statuses: Vec<StatusName>,
    phrases: Vec<Phrase>,
}

impl Stage {
    /// The name used in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Layout => "layout",
            Self::Value => "value",
            Self::Sum => "sum",
            Self::Cross => "cross",
            Self::Past => "past",
            Self::Completeness => "completeness",
            Self::Report => "report",
        }
    }
}

/// `<circular>/rules.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircularRules {
    /// Rules over the circular's forms.
    pub rules: Vec<Rule>,
}

impl RuleBook {
    /// Adds rules of a circular; gives the ids that are there already.
    pub fn add(&mut self, rules: Vec<Rule>) -> Vec<String> {
        let mut twice = Vec::new();
        for rule in rules {
            match self.rules.entry(rule.id.clone()) {
                Entry::Occupied(known) => twice.push(known.key().clone()),
                Entry::Vacant(place) => {
                    place.insert(rule);
                }
            }
        }
        twice
    }

    /// The catalogue of a rule file; the second of two rules with one id wins and is named.
    #[must_use]
    pub fn new(file: RuleFile) -> (Self, Vec<String>) {
        let mut rules = BTreeMap::new();
        let mut twice = Vec::new();
        for rule in file.rules {
            if let Some(before) = rules.insert(rule.id.clone(), rule) {
                twice.push(before.id);
            }
        }
        (Self { rules, not_evaluated: file.not_evaluated, statuses: file.statuses, phrases: file.phrases }, twice)
    }

    /// Rules in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The rule with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }

    /// Gives every finding the severity its rule has in the catalogue, then sorts them:
    /// worst first, then by rule, subject and place, and drops exact repetitions.
    pub fn grade(&self, findings: &mut Vec<Finding>) {
        for finding in findings.iter_mut() {
            if let Some(rule) = self.get(&finding.rule) {
                finding.severity = rule.severity;
            }
        }
        findings.sort();
        findings.dedup();
    }

    /// Message of a finding.
    #[must_use]
    pub fn message(&self, finding: &Finding, lang: Lang) -> String {
        let Some(rule) = self.get(&finding.rule) else { return self.phrased(&finding.found, lang) };
        let text = match finding.verdict {
            Verdict::Fail => lang.pick(&rule.message_vi, &rule.message_en),
            Verdict::NotEvaluated => lang.pick(&self.not_evaluated.message_vi, &self.not_evaluated.message_en),
        };
        // Put in at once: what stands in braces inside a text that somebody typed stays as it is.
        filled(text, |name| match finding.values.iter().find(|own| own.name == name) {
            Some(own) => Some(self.phrased(&own.value, lang)),
            None => match name {
                "title" => Some(lang.pick(&rule.title_vi, &rule.title_en).to_owned()),
                "found" => Some(self.named(finding, lang)),
                "expected" => Some(self.phrased(&finding.expected, lang)),
                "detail" => Some(self.detail(finding, lang)),
                _ => None,
            },
        })
    }

    /// Values found and expected by a finding, in words.
    #[must_use]
    pub fn found_and_expected(&self, finding: &Finding, lang: Lang) -> (String, String) {
        (self.phrased(&finding.found, lang), self.phrased(&finding.expected, lang))
    }

    /// Details of a finding, in words.
    #[must_use]
    pub fn detail(&self, finding: &Finding, lang: Lang) -> String {
        match &finding.said {
            Some(words) => words.said(lang),
            None => self.phrased(&finding.detail, lang),
        }
    }

    /// The words of a phrase; its id where there is none.
    #[must_use]
    pub fn phrase<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.phrases.iter().find(|phrase| phrase.id == id).map_or(id, |phrase| lang.pick(&phrase.vi, &phrase.en))
    }

    /// An observation in words.
    fn phrased(&self, observed: &Observed, lang: Lang) -> String {
        let known =
            |id: &str| self.phrases.iter().find(|phrase| phrase.id == id).map(|phrase| lang.pick(&phrase.vi, &phrase.en).to_owned());
        let phrase = |id: &str| known(id).unwrap_or_else(|| format!("{{{id}}}"));
        let text = |text: &str| if text.contains('{') { filled(text, known) } else { text.to_owned() };
        observed.said(lang, &phrase, &text, &str::to_owned)
    }

    /// Values found, with the statuses of blocking cells in words.
    fn named(&self, finding: &Finding, lang: Lang) -> String {
        let found = self.phrased(&finding.found, lang);
        if finding.verdict == Verdict::Fail {
            return found;
        }
        self.statuses.iter().fold(found, |text, status| {
            text.replace(&format!("({})", status.id), &format!("({})", lang.pick(&status.name_vi, &status.name_en)))
        })
    }

    /// Hint on what to do about a finding.
    #[must_use]
    pub fn hint(&self, finding: &Finding, lang: Lang) -> &str {
        match self.get(&finding.rule) {
            Some(rule) if finding.verdict == Verdict::Fail => lang.pick(&rule.hint_vi, &rule.hint_en),
            _ => "",
        }
    }
}

/// A text that somebody typed, so that nothing in it is taken for one of our names in braces.
#[must_use]
pub fn verbatim(text: &str) -> String {
    text.replace('{', "{{")
}

/// A text with what stands in braces put in, in one go; names that mean nothing stay as they are, `{{` is a brace.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        if let Some(behind) = after.strip_prefix('{') {
            out.push('{');
            rest = behind;
            continue;
        }
        let named = after.split_once('}').and_then(|(name, behind)| Some((value(name)?, behind)));
        match named {
            Some((text, behind)) => {
                out.push_str(&text);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// How far a value may lie from those of other units.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlier {
    /// The value compared, in the language of rules.
    pub value: String,
    /// Robust z-score from which a value stands out: distance from the median over 1.4826 times
    /// the median distance.
    pub threshold: f64,
    /// Units with a value before anything is said.
    pub at_least: usize,
    /// Grouping of the register within which units are compared; all together otherwise.
    #[serde(default)]
    pub within: Option<String>,
}
