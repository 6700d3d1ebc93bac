//! The next steps after a run: at most three, the most urgent first, each with the command that does it.

use super::RunResult;
use super::findings_workbook::FINDINGS_WORKBOOK;
use crate::base::message::{Message, message};
use crate::findings::Severity;
use crate::returns::Fate;
use crate::rules::SUBMISSION_MISSING;

/// Steps that are told at a time.
const MOST_STEPS: usize = 3;

/// Next steps of whoever made a run with a pipeline, as it was named.
#[must_use]
pub fn next_steps(result: &RunResult, pipeline: &str) -> Vec<Message> {
    let summary = &result.summary;
    let (held, unread, missing) = (summary.files_of(Fate::Held), summary.files_of(Fate::NotRead), summary.missing());
    // Files that are held or cannot be read are a step of their own; a return that did not come in is asked for, not given back.
    let for_units = || result.causes.iter().filter(|cause| cause.is_for_the_unit() && cause.rule != SUBMISSION_MISSING);
    let errors = for_units().filter(|cause| cause.severity == Severity::Error).count();
    let queries = for_units().filter(|cause| cause.severity == Severity::Query).count();
    let pipeline = &quoted(pipeline);
    let mut steps = Vec::new();
    let mut add = |is_due: bool, step: Message| steps.extend(is_due.then_some(step));
    let told = [(held, message!("run.next_held", held)), (unread, message!("run.next_unread", unread))];
    let told: Vec<Message> = told.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    add(!told.is_empty(), message!("run.next_files", files = Message::join(&told, ", ")));
    add(errors > 0 && queries > 0, message!("run.next_both", errors, queries, pipeline));
    add(errors > 0 && queries == 0, message!("run.next_errors", errors, pipeline));
    add(errors == 0 && queries > 0, message!("run.next_queries", queries, pipeline));
    let workbook = result.output.as_ref().map_or_else(|| FINDINGS_WORKBOOK.into(), |output| output.join(FINDINGS_WORKBOOK));
    add(summary.proposed > 0, message!("run.next_proposed", proposed = summary.proposed, workbook = workbook.display(), pipeline));
    add(missing > 0, message!("run.next_missing", missing, pipeline));
    let is_clean =
        held + unread + errors + queries + summary.proposed == 0 && missing == 0 && summary.errors == 0 && summary.decisions.is_empty();
    add(is_clean && summary.expected() > 0, message!("run.next_release", pipeline));
    steps.truncate(MOST_STEPS);
    steps
}

/// A path as a command line takes it for one word.
#[must_use]
pub fn quoted(path: &str) -> String {
    let is_plain = path.chars().all(|letter| letter.is_alphanumeric() || "/\\._-:~".contains(letter));
    if is_plain { path.to_owned() } else { format!("\"{path}\"") }
}
