//! The next steps after a run: at most three, the most urgent first, each with the command that does it.

use super::RunResult;
use crate::base::message::{Message, message};
use crate::findings::{Severity, Verdict};
use crate::returns::Fate;

/// Steps that are told at a time.
const MOST_STEPS: usize = 3;

/// Next steps of whoever made a run with a pipeline, as it was named.
#[must_use]
pub fn next_steps(result: &RunResult, pipeline: &str) -> Vec<Message> {
    let summary = &result.summary;
    let files = |fate: Fate| summary.files.get(fate.id()).copied().unwrap_or_default();
    let (held, unread) = (files(Fate::Held), files(Fate::NotRead));
    let causes = |severity: Severity| {
        let of = |cause: &&super::causes::CauseRecord| cause.verdict == Verdict::Fail && cause.severity == severity;
        result.causes.iter().filter(of).count()
    };
    let (errors, queries) = (causes(Severity::Error), causes(Severity::Query));
    let expected: u32 = summary.forms.iter().map(|form| form.expected).sum();
    let missing: u32 = summary.forms.iter().map(|form| form.expected.saturating_sub(form.received)).sum();
    let mut steps = Vec::new();
    let mut add = |is_due: bool, step: Message| steps.extend(is_due.then_some(step));
    add(held + unread > 0, message!("run.next_files", held, unread));
    add(errors > 0, message!("run.next_errors", errors, pipeline));
    add(missing > 0, message!("run.next_missing", missing, pipeline));
    add(queries > 0, message!("run.next_queries", queries, pipeline));
    let is_clean = held + unread + errors + queries == 0 && missing == 0;
    add(is_clean && expected > 0, message!("run.next_release", pipeline));
    steps.truncate(MOST_STEPS);
    steps
}
