//! Messages of table rules: what stands in their braces, and what a rule says that was given no message.

use super::TableRuleKind;
use crate::schema::rules::Rule;

/// What every message may name.
const ALWAYS: [&str; 4] = ["title", "found", "expected", "detail"];

/// What messages name in braces, each once, but for what every message may name.
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
    let (vi, en) = match kind {
        TableRuleKind::Hierarchy(_) | TableRuleKind::Parts(_) => {
            ("{title}: {found}; cộng các phần được {expected}: {detail}", "{title}: {found}; the parts come to {expected}: {detail}")
        }
        TableRuleKind::Check(_) | TableRuleKind::Aggregate(..) => ("{title} {found} {detail}", "{title} {found} {detail}"),
        TableRuleKind::Unique(_) => ("{title} {found} (dòng {detail})", "{title} {found} (lines {detail})"),
        _ => ("{title} {found}", "{title} {found}"),
    };
    for (message, words) in [(&mut rule.message_vi, vi), (&mut rule.message_en, en)] {
        if message.is_empty() {
            words.clone_into(message);
        }
    }
}
