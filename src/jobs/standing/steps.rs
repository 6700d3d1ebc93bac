//! The next steps in a workspace: at most three, in the order in which the work of a term goes.

use super::{Standing, StandingCounts, StandingStep, shown};
use crate::base::message::{Message, message};
use crate::base::term::Term;
use crate::workspace::Pipeline;

/// Steps that are told at a time.
const MOST_STEPS: usize = 3;

/// Steps of whoever stands there.
pub(super) fn steps(standing: &Standing, pipeline: &Pipeline) -> Vec<StandingStep> {
    let register = shown(&pipeline.file.register);
    let folders: Vec<String> = pipeline.file.inputs.workbooks.iter().map(|path| shown(path)).collect();
    let folder = folders.join(", ");
    let Some(counts) = &standing.counts else {
        return vec![step(message!("standing.mend_register", register), Some(message!("standing.command_units")))];
    };
    let StandingCounts { expected, received, errors, queries, has_run, file_count: files, .. } = *counts;
    let missing = expected.saturating_sub(received);
    let mut steps = Vec::new();
    let mut add = |is_due: bool, what: Message, command: Option<Message>| steps.extend(is_due.then(|| step(what, command)));
    add(expected == 0, message!("standing.fill_in_register", register), Some(message!("standing.command_units")));
    let has_settings = pipeline.settings.is_some();
    add(has_settings && (expected == 0 || standing.province.is_empty()), message!("standing.fill_in_settings"), None);
    let is_new = expected > 0 && !has_run;
    add(is_new && files == 0, message!("standing.hand_out"), Some(message!("standing.command_template")));
    add(is_new && files > 0, message!("standing.run_first", files), Some(message!("standing.command_run")));
    let is_open = has_run && errors + queries > 0;
    add(is_open, message!("standing.give_back", errors, queries), Some(message!("standing.command_return")));
    add(has_run && missing > 0, message!("standing.remind", missing), Some(message!("standing.command_remind")));
    let waits = is_new && files == 0 || has_run && (missing > 0 || is_open);
    add(waits, message!("standing.run_again", folder), Some(message!("standing.command_run")));
    let is_done = has_run && expected > 0 && missing == 0 && errors == 0;
    add(is_done && standing.release.is_none(), message!("standing.publish"), Some(message!("standing.command_release")));
    let is_over = is_done && standing.release.is_some() && standing.term == Term::Closing;
    add(is_over, message!("standing.next_year"), Some(message!("standing.command_new_year")));
    let is_idle = is_done && standing.release.is_some() && standing.term == Term::Opening;
    add(is_idle, message!("standing.prepare_closing"), Some(message!("standing.command_closing")));
    steps.truncate(MOST_STEPS);
    steps
}

fn step(what: Message, command: Option<Message>) -> StandingStep {
    StandingStep { what, command }
}
