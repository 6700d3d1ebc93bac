//! Messages of table rules: what stands in their braces, and what a rule says that was given no message.

use super::TableRuleKind;
use crate::base::message::message;
use crate::rulebook::catalogue::Rule;

/// Names that every message may have.
const ALWAYS: [&str; 4] = ["title", "found", "expected", "detail"];

/// Names of messages in braces, each once, but for those that every message may have.
pub fn placeholders(messages: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for message in messages {
        let mut rest = *message;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            if !ALWAYS.contains(&name) && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
            rest = behind;
        }
    }
    names
}

/// Gives a rule without a message one that says both sides.
pub fn default_message(rule: &mut Rule, kind: &TableRuleKind) {
    // As with titles: one language stands in for the other.
    if rule.message_en.is_empty() {
        rule.message_en.clone_from(&rule.message_vi);
    } else if rule.message_vi.is_empty() {
        rule.message_vi.clone_from(&rule.message_en);
    }
    let own = match kind {
        TableRuleKind::Hierarchy(_) | TableRuleKind::Parts(_) => message!("rules.parts_come_to"),
        TableRuleKind::Check(_) | TableRuleKind::Aggregate(..) => message!("rules.title_found_detail"),
        TableRuleKind::Unique(_) => message!("rules.found_on_lines"),
        _ => message!("rules.title_found"),
    };
    for (message, words) in [(&mut rule.message_vi, own.vi()), (&mut rule.message_en, own.en())] {
        if message.is_empty() {
            *message = words;
        }
    }
}
