//! Findings that people have answered: which one an answer is about, and whether it still is.
//!
//! An answer is bound to the rule as it reads and to the values it was given for. When either
//! changes, the key is another one, the answer no longer fits, and the finding is open again.

use crate::base::message::Lang;
use crate::base::message::Message;
use crate::findings::Observed;
use crate::findings::{ClosingKind, Finding, Severity};
use crate::ledger::Answers;
use crate::returns::Submission;
use crate::rulebook::{FindingRecord, Rule, RuleBook};
use crate::workbooks::sha256;

/// Letters of a key: enough that no two findings of a term share one.
const KEY_LENGTH: usize = 24;

/// A finding with its words and the key to which answers are bound.
#[must_use]
pub fn finding_record(finding: &Finding, rules: &RuleBook, lang: Lang) -> FindingRecord {
    FindingRecord { key: finding_key(finding, rules), ..FindingRecord::new(finding, rules, lang) }
}

/// Identity of a finding together with the rule and the values it is about.
#[must_use]
pub fn finding_key(finding: &Finding, rules: &RuleBook) -> String {
    let subject = &finding.subject;
    let column = subject.column.map(|column| column.to_string()).unwrap_or_default();
    let said = finding.said.as_ref().map(Message::en);
    let mut parts: Vec<&str> = vec![&finding.rule, finding.verdict.id(), finding.severity.id()];
    parts.extend([&subject.unit, &subject.form, &subject.sheet, &subject.code].map(|part| part.as_deref().unwrap_or_default()));
    // Names of files and sheets are no part of it: where a finding is kept they may stand otherwise.
    let texts = [&finding.found, &finding.expected, &finding.detail].map(Observed::nameless);
    let values: Vec<(&str, String)> = finding.values.iter().map(|own| (own.name.as_str(), own.value.plain())).collect();
    parts.push(&column);
    parts.extend(texts.iter().map(String::as_str));
    parts.extend(values.iter().flat_map(|(name, value)| [*name, value.as_str()]));
    parts.extend(said.as_deref());
    let rule = rules.get(&finding.rule).map(rule_text).unwrap_or_default();
    parts.push(&rule);
    digest(&parts)
}

/// Text of a rule that makes earlier answers void when it changes.
fn rule_text(rule: &Rule) -> String {
    let names = rule.names.iter().map(|(name, value)| format!("{name}={value}"));
    let check = rule.check.iter().cloned();
    check.chain(names).chain([rule.title_vi.clone(), rule.message_vi.clone()]).collect::<Vec<_>>().join("\n")
}

/// A hash of texts that tells where each ends.
fn digest(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    let mut key = sha256(&bytes);
    key.truncate(KEY_LENGTH);
    key
}

/// Gives every finding the answers that fit it; an error is closed by an acceptance only, and no explanation is proposed of one.
pub fn close_findings(findings: &mut [Finding], answers: &Answers, rules: &RuleBook) {
    for finding in findings {
        let (key, is_error) = (finding_key(finding, rules), finding.severity == Severity::Error);
        let closing = answers.closings.get(&key);
        finding.closed = closing.filter(|closing| is_error == (closing.kind == ClosingKind::Accepted)).cloned();
        finding.proposal = answers.proposals.get(&key).filter(|_| !is_error).cloned();
    }
}

/// A hash of a return's figures: the same file saved again, or another file that says the same, is the same.
#[must_use]
pub fn content_of(submission: &Submission) -> String {
    let values = &submission.values;
    let mut text = submission.form.id.to_string();
    for slot in values.slots() {
        let (status, number) = values.get(slot);
        text.push('\n');
        text.push_str(status.id());
        text.push(' ');
        text.push_str(&number.to_string());
    }
    sha256(text.as_bytes())
}
