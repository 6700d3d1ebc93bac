//! The checklist of a release: what is not as it should be, and which of it keeps figures from being official.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kinds::ReleaseKind;
use crate::archive::Overridden;
use crate::base::error::{Error, Result};
use crate::base::layout_status::LayoutStatus;
use crate::base::message::{Lang, Message, message};
use crate::jobs::run::Conclusion;
use crate::ledger::BarredBy;
use crate::privacy::masked;
use crate::returns::Fate;
use crate::workspace::{CHECK_POINTS, Pipeline};

/// States of a return that somebody has decided in its favour.
const DECIDED: [&str; 2] = ["approved", "locked"];

/// Points of a checklist that are not zero, in the order of [`CHECK_POINTS`].
#[derive(Debug, Clone, Serialize)]
pub struct Checklist {
    /// The points.
    pub points: Vec<CheckPoint>,
}

/// A point of a checklist.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CheckPoint {
    /// Id: `errors`, `nothing_received`, `returned`, `refused`, `held`, `queries`, `proposed`, `missing`, `unapproved`, `unverified`.
    pub id: &'static str,
    /// How many there are.
    #[serde(rename = "how_many")]
    pub count: usize,
    /// True where it keeps this kind of release from being made.
    pub blocks: bool,
}

impl Checklist {
    /// The checklist of a run for a kind of release.
    pub(super) fn of(concluded: &Conclusion<'_>, pipeline: &Pipeline, kind: &ReleaseKind) -> Self {
        let blocking = pipeline.blocking();
        let counts = counts(concluded);
        let point = |id: &'static str| {
            let count = counts.get(id).copied().unwrap_or_default();
            CheckPoint { id, count, blocks: !kind.open_errors && blocking.iter().any(|own| own == id) }
        };
        Self { points: CHECK_POINTS.into_iter().map(point).filter(|point| point.count > 0).collect() }
    }

    /// Lets the release pass, or not; with what was passed over and why, where a reason is given. Errors are accepted one
    /// by one and never passed over, and a term of which nothing came in has no figures to publish.
    ///
    /// # Errors
    /// When something blocks.
    pub(super) fn pass(&self, kind: &ReleaseKind, despite: &str) -> Result<Option<Overridden>> {
        let blocking: Vec<&CheckPoint> = self.points.iter().filter(|point| point.blocks).collect();
        if blocking.iter().any(|point| point.id == "nothing_received") {
            let reason = message!("release.nothing_received", kind = kind.message());
            return Err(Error::config("--kind", reason).with_hint(message!("release.bring_returns_in")));
        }
        if let Some(errors) = blocking.iter().find(|point| point.id == "errors") {
            return Err(open_errors(kind, errors.count));
        }
        if blocking.is_empty() {
            return Ok(None);
        }
        if despite.trim().is_empty() {
            let points: Vec<Message> = blocking.iter().map(|point| point.message()).collect();
            let reason = message!("release.not_ready", kind = kind.message(), points = Message::join(&points, ", "));
            return Err(Error::config("--kind", reason).with_hint(message!("release.give_a_reason")));
        }
        let points = blocking.iter().map(|point| (point.id.to_owned(), point.count)).collect();
        Ok(Some(Overridden { points, reason: masked(despite.trim()) }))
    }

    /// How many errors of the figures are open.
    #[must_use]
    pub fn open_errors(&self) -> usize {
        self.points.iter().find(|point| point.id == "errors").map_or(0, |point| point.count)
    }

    /// The checklist in lines.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        self.points.iter().map(|point| point.message().said(lang)).collect()
    }
}

impl CheckPoint {
    /// In words.
    #[must_use]
    pub fn message(&self) -> Message {
        message!("release.point", count = self.count, what = Message::of_family("release.point", self.id))
    }
}

/// A refusal for errors that nobody has accepted.
pub(super) fn open_errors(kind: &ReleaseKind, count: usize) -> Error {
    let reason = message!("release.errors_are_open", count, kind = kind.message());
    let hint = message!("release.see_phat_hien_txt");
    Error::config("--kind", reason).with_hint(hint)
}

/// How many there are of each point.
fn counts(concluded: &Conclusion<'_>) -> BTreeMap<&'static str, usize> {
    let (summary, term) = (&concluded.summary, concluded.term);
    let of_state = |state: &str| summary.decisions.get(state).copied().unwrap_or_default();
    let submissions = concluded.run_context.loaded.submissions.iter();
    let is_undecided = |unit: &str, form: &str| {
        let item = term.board.item(unit, form);
        !DECIDED.contains(&item.state.as_str()) || (item.state == DECIDED[0] && item.is_other_than_approved())
    };
    let barred = || concluded.findings.iter().filter(|finding| BarredBy::is_told_by(&finding.rule));
    // Figures that were refused are in no total by decision: that is a point of its own, and no error of the figures. Other
    // figures than the locked ones are an error until somebody opens the return or removes the file.
    let refused = barred().filter(|finding| finding.rule == BarredBy::Refusal.rule() && finding.closed.is_none()).count();
    BTreeMap::from([
        ("errors", summary.errors.saturating_sub(refused)),
        ("nothing_received", usize::from(concluded.run_context.loaded.submissions.is_empty())),
        ("returned", of_state("returned")),
        ("refused", of_state("refused")),
        // A row of a list may be held where its file counts.
        ("held", summary.files_of(Fate::Held).max(barred().count())),
        ("queries", summary.queries),
        ("proposed", summary.proposed),
        ("missing", summary.missing().try_into().unwrap_or(usize::MAX)),
        ("unapproved", submissions.filter(|own| is_undecided(&own.unit, &own.form.id)).count()),
        ("unverified", summary.owed().filter(|form| form.layout_status != LayoutStatus::Verified).count()),
    ])
}
