//! A rule for programs.

use chrono::NaiveDate;
use serde::Serialize;

use crate::rulebook::Rule;

/// A rule of the catalogue.
#[derive(Serialize)]
pub struct RuleRecord<'a> {
    check: Option<&'a str>,
    form_ids: Vec<&'a str>,
    id: &'a str,
    message_en: &'a str,
    message_vi: &'a str,
    severity: &'static str,
    since: Option<NaiveDate>,
    stage: &'static str,
    title_en: &'a str,
    title_vi: &'a str,
    until: Option<NaiveDate>,
    why_en: &'a str,
    why_vi: &'a str,
}

impl<'a> RuleRecord<'a> {
    pub fn new(rule: &'a Rule) -> Self {
        Self {
            check: rule.check.as_deref(),
            form_ids: rule.forms(),
            id: &rule.id,
            message_en: &rule.message_en,
            message_vi: &rule.message_vi,
            severity: rule.severity.id(),
            since: rule.since,
            stage: rule.stage.id(),
            title_en: &rule.title_en,
            title_vi: &rule.title_vi,
            until: rule.until,
            why_en: &rule.why_en,
            why_vi: &rule.why_vi,
        }
    }
}
