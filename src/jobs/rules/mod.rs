//! The catalogue of rules, and one rule with why it is there.

mod record;
mod text;

use std::path::PathBuf;

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Lang, Message, message};
use crate::forms::Schemas;
use crate::jobs::session::Session;
use crate::jobs::show::json_of;
use crate::rulebook::Rule;
use crate::workbooks::read_table_rules;

use record::RuleRecord;

/// Which rules are to be shown.
#[derive(Debug, Clone, Default)]
pub struct RulesRequest {
    /// Id of the one rule; all otherwise.
    pub rule: Option<String>,
    /// File of rules for plain tables, in place of those about forms.
    pub file: Option<PathBuf>,
}

/// Rules to be shown.
#[derive(Debug)]
pub enum ListedRules {
    /// All of them, by stage and id.
    All(Vec<Rule>),
    /// The one that was asked for.
    One(Box<Rule>),
}

/// Finds the rules that are asked for.
///
/// # Errors
/// When the file of rules is not right, or there is no rule of the id.
pub fn list_rules(session: &Session, request: &RulesRequest) -> Result<ListedRules> {
    let mut rules: Vec<Rule> = match &request.file {
        Some(path) => read_table_rules(path, &session.isolation)?.catalogue(&session.texts.columns),
        None => session.schemas.rules.iter().cloned().collect(),
    };
    rules.sort_by(|a, b| (a.stage, &a.id).cmp(&(b.stage, &b.id)));
    let Some(id) = &request.rule else { return Ok(ListedRules::All(rules)) };
    let Some(at) = rules.iter().position(|rule| rule.id == *id) else {
        let hint = closest(id, rules.iter().map(|rule| rule.id.as_str())).map(Message::did_you_mean);
        return Err(Error::Unknown { kind: message!("kinds.rule"), name: id.clone(), hint });
    };
    Ok(ListedRules::One(Box::new(rules.swap_remove(at))))
}

/// The rules for programs, as JSON.
#[must_use]
pub fn rules_json(listed: &ListedRules) -> String {
    match listed {
        ListedRules::All(rules) => json_of(&rules.iter().map(RuleRecord::new).collect::<Vec<_>>()),
        ListedRules::One(rule) => json_of(&RuleRecord::new(rule)),
    }
}

/// The rules for a screen: a line each, or everything about one.
#[must_use]
pub fn rules_text(listed: &ListedRules, schemas: &Schemas, lang: Lang) -> String {
    match listed {
        ListedRules::All(rules) => text::list(rules, lang),
        ListedRules::One(rule) => text::explained(rule, schemas, lang),
    }
}
