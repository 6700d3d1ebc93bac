//! A run for a screen: what came in, where the results are, what to do next, and the causes that weigh most, within one screen.

use std::fmt::Write as _;

use super::causes::CauseRecord;
use super::conclude::OTHER_VERSION;
use super::findings_workbook::FINDINGS_WORKBOOK;
use super::next_steps::next_steps;
use crate::archive::DRAFT;
use crate::base::message::{Lang, message};
use crate::forms::Schemas;
use crate::jobs::run::RunResult;
use crate::jobs::run::summary::Summary;
use crate::jobs::session::Session;
use crate::jobs::show::findings_digest;
use crate::privacy::printable;
use crate::returns::Fate;
use crate::workspace::Pipeline;

/// Lines on the screen at most, unless everything is asked for.
const MOST_LINES: usize = 40;

/// How a run is shown.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    /// The pipeline file, as it was named: the next steps name it.
    pub pipeline: &'a str,
    /// All findings instead of the causes that weigh most.
    pub all: bool,
}

/// A run in one screen.
#[must_use]
pub fn run_text(result: &RunResult, session: &Session, view: RunView<'_>) -> String {
    let lang = session.lang;
    let mut lines = head(result, session);
    let steps = next_steps(result, view.pipeline);
    if !steps.is_empty() {
        lines.push(String::new());
        lines.push(message!("run.next_heading").said(lang));
        lines.extend(steps.iter().zip(1..).map(|(step, number)| format!("  {number}. {}", step.said(lang))));
    }
    let mut out = lines.join("\n") + "\n";
    if view.all {
        let _ = write!(out, "\n{}", findings_digest(&result.findings, &session.schemas.rules, lang, usize::MAX));
    } else if !result.causes.is_empty() {
        // A line is left below for the prompt, one above and one for what is not shown.
        let room = MOST_LINES.saturating_sub(lines.len() + 3);
        let _ = write!(out, "\n{}", causes_text(&result.causes, lang, room));
    }
    out
}

/// Causes in two lines each, as many as there is room for.
fn causes_text(causes: &[CauseRecord], lang: Lang, room: usize) -> String {
    let shown = (room / 2).min(causes.len());
    let mut out = String::new();
    for cause in &causes[..shown] {
        let line = message!("run.cause_line", weight = cause.weight(), message = cause.message);
        let _ = writeln!(out, "{}", one_line(&line.said(lang)));
        let (place, then) = (cause.place.in_words().said(lang), cause.consequences().said(lang));
        let below: Vec<&str> = [place.as_str(), then.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
        if !below.is_empty() {
            let _ = writeln!(out, "  {}", one_line(&below.join(" → ")));
        }
    }
    if shown < causes.len() {
        let (more, workbook) = (causes.len() - shown, FINDINGS_WORKBOOK);
        let _ = writeln!(out, "{}", message!("run.more_causes", more, workbook).said(lang));
    }
    out
}

/// A text that stays in its line: names of files may hold line breaks.
fn one_line(text: &str) -> String {
    printable(&text.replace(['\n', '\r'], " ")).into_owned()
}

/// The term, what came in, what was found in numbers, where the results are.
fn head(result: &RunResult, session: &Session) -> Vec<String> {
    let (schemas, lang) = (&session.schemas, session.lang);
    let summary = &result.summary;
    let regulation = schemas.regulation(&summary.circular).map_or("", |r| r.name.as_str());
    let mut lines = Vec::new();
    lines.push(
        message!("screen.school_year", school_year = summary.school_year, summary = term_name(schemas, summary, lang), regulation)
            .said(lang),
    );
    lines.extend(decided_line(summary, session));
    for form in summary.forms.iter().filter(|form| form.expected + form.received > 0) {
        let status = schemas.layouts.mark(form.layout_status, lang);
        lines.push(
            message!(
                "screen.returns_received_facilities",
                symbol = form.symbol,
                status,
                received = form.received,
                expected = form.expected,
                facilities_received = form.facilities_received,
                facilities_expected = form.facilities_expected
            )
            .said(lang),
        );
    }
    lines.push(files_line(summary, lang));
    lines.push(counts_line(summary));
    lines.push(
        message!(
            "screen.errors_queries_warnings_rules",
            errors = summary.errors,
            queries = summary.queries,
            warnings = summary.warnings,
            not_evaluated = summary.not_evaluated
        )
        .said(lang),
    );
    if summary.explained + summary.accepted > 0 {
        lines.push(
            message!("screen.explained_errors_accepted_reason", explained = summary.explained, accepted = summary.accepted).said(lang),
        );
    }
    if summary.proposed > 0 {
        lines.push(message!("run.proposed", proposed = summary.proposed).said(lang));
    }
    match (&result.output, &result.archive) {
        (Some(output), Some(archive)) => {
            lines.push(format!("  {}: {} (run {})", message!("screen.output").said(lang), output.display(), summary.run));
            let draft = message!("screen.draft_not_published").said(lang);
            lines.push(format!("  {draft}: {}", archive.join(DRAFT).display()));
        }
        _ => {
            lines.push(message!("screen.stopped_because_errors_nothing").said(lang));
        }
    }
    lines
}

/// Returns that decisions of the ledger are about, by their state; none where there are none.
fn decided_line(summary: &Summary, session: &Session) -> Option<String> {
    let (lang, catalogue) = (session.lang, &session.texts.catalogue);
    let name = |state: &String| match state.as_str() {
        OTHER_VERSION => message!("ledger.other_version").said(lang),
        state => catalogue.state_name(state, lang).to_owned(),
    };
    let state = |(state, count): (&String, &usize)| format!("{} {count}", name(state));
    let list = summary.decisions.iter().map(state).collect::<Vec<_>>().join(", ");
    (!list.is_empty()).then(|| message!("run.decided", list).said(lang))
}

/// Units by every way of counting them: one by level is told once, its levels after it.
fn counts_line(summary: &Summary) -> String {
    let counts = summary.counts.chunk_by(|a, b| a.count == b.count).map(|same| {
        let levels = same.iter().map(|own| match &own.level {
            Some(level) => format!("{level} {}", own.units),
            None => own.units.to_string(),
        });
        format!("{}: {}", same[0].name, levels.collect::<Vec<_>>().join(", "))
    });
    format!("  {}", counts.collect::<Vec<_>>().join(" · "))
}

/// Every file among the returns and what became of it.
fn files_line(summary: &Summary, lang: Lang) -> String {
    let [used, replaced, held, unread] = [Fate::Used, Fate::Replaced, Fate::Held, Fate::NotRead].map(|fate| summary.files_of(fate));
    let all = used + replaced + held + unread;
    message!("screen.files_used_replaced_held", all, used, replaced, held, unread).said(lang)
}

/// The term, and the state of its results where they have several.
fn term_name(schemas: &Schemas, summary: &Summary, lang: Lang) -> String {
    let rule = schemas.regulation(&summary.circular).and_then(|r| r.terms.iter().find(|t| t.term.id() == summary.term));
    let english = format!("{} term", summary.term);
    let name = lang.pick(rule.map_or(summary.term, |rule| rule.name.as_str()), &english);
    let state = rule.and_then(|rule| rule.result_states.iter().find(|state| Some(&state.id) == summary.result_state.as_ref()));
    state.map_or_else(|| name.to_owned(), |state| format!("{name}, {}", lang.pick(&state.short_vi, &state.short_en)))
}

/// Pipelines whose drafts this one takes the place of, and they of its own.
#[must_use]
pub fn rivals_text(pipeline: &Pipeline, lang: Lang) -> String {
    let names: Vec<String> =
        pipeline.rivals().iter().filter_map(|path| Some(printable(&path.file_name()?.to_string_lossy()).into_owned())).collect();
    if names.is_empty() {
        return String::new();
    }
    let names = names.join(", ");
    message!("screen.note_makes_term_into", names).said(lang)
}
