//! Where a workspace stands, in a few lines and for programs; what to do outside of one.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Standing, StandingStep};
use crate::base::message::{Lang, Message, message};
use crate::base::moment::day_in_vietnam;
use crate::jobs::show::json_of;
use crate::present::Presenter;

/// Where one stands, for programs.
#[derive(Serialize)]
struct StandingRecord<'a> {
    /// The workspace; nothing outside of one.
    workspace: Option<&'a Standing>,
    term_name: Option<String>,
    problem: Option<String>,
    steps: Vec<StepRecord>,
}

/// A step in words.
#[derive(Serialize)]
struct StepRecord {
    what: String,
    command: Option<String>,
}

/// Where one stands, as JSON.
#[must_use]
pub fn standing_json(standing: Option<&Standing>, lang: Lang) -> String {
    let record = |step: &StandingStep| StepRecord { what: step.what.said(lang), command: step.command.as_ref().map(|own| own.said(lang)) };
    json_of(&StandingRecord {
        workspace: standing,
        term_name: standing.map(|own| own.term_name.said(lang)),
        problem: standing.and_then(|own| own.problem.as_ref()).map(|problem| problem.said(lang)),
        steps: standing.map(|own| own.steps.iter().map(record).collect()).unwrap_or_default(),
    })
}

/// Where one stands, in at most twenty lines.
#[must_use]
pub fn standing_text(standing: Option<&Standing>, lang: Lang) -> String {
    let Some(standing) = standing else { return message!("standing.how_to_begin").said(lang) };
    let mut lines = vec![standing.title(), message!("standing.folder", folder = standing.folder.display())];
    lines.push(message!("standing.term", term = standing.term_name.clone()));
    lines.extend(standing.due_line());
    lines.extend(standing.count_lines());
    lines.extend(standing.problem.as_ref().map(|problem| message!("standing.problem", problem)));
    lines.push(match &standing.release {
        Some(own) => message!(
            "standing.release",
            number = own.number,
            kind = own.kind_name.clone(),
            day = day_in_vietnam(&own.recorded_at).map(Presenter::day).unwrap_or_default()
        ),
        None => message!("standing.no_release"),
    });
    let mut out: String = lines.iter().flat_map(|line| [line.said(lang), "\n".to_owned()]).collect();
    if !standing.steps.is_empty() {
        let _ = writeln!(out, "\n{}", message!("standing.next").said(lang));
    }
    for (number, StandingStep { what, command }) in (1..).zip(&standing.steps) {
        let what = what.said(lang);
        let _ = match command {
            Some(command) => writeln!(out, "  {number}. {what}:\n     {}", command.said(lang)),
            None => writeln!(out, "  {number}. {what}"),
        };
    }
    out
}

impl Standing {
    fn due_line(&self) -> Option<Message> {
        let (due, days) = (Message::day(self.due?), self.days_left?);
        Some(match days {
            0 => message!("standing.due_today", due),
            days if days > 0 => message!("standing.due_in", due, days),
            days => message!("standing.due_over", due, days = -days),
        })
    }

    fn count_lines(&self) -> Vec<Message> {
        let Some(counts) = &self.counts else { return Vec::new() };
        let mut lines =
            vec![message!("standing.received", received = counts.received, expected = counts.expected, overdue = counts.overdue)];
        lines.push(if counts.has_run {
            message!("standing.open", errors = counts.errors, queries = counts.queries)
        } else {
            message!("standing.no_run")
        });
        lines
    }
}
