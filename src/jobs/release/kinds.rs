//! Kinds of release, as `release.toml` has them.

use serde::Deserialize;

use crate::archive::{Publication, ReleaseEntry, TermState};
use crate::base::error::{Error, Result, closest};
use crate::base::message::Message;
use crate::base::message::{Lang, message};
use crate::base::moment::day_in_vietnam;
use crate::present::{PaperState, ReleasedAs, StateWords};

/// Kinds of release and the words about them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseTexts {
    /// Title of a release: `{term}`, `{kind}`, `{number}`.
    pub title_vi: String,
    /// Description of a release: `{circular}`.
    pub description_vi: String,
    /// State of papers that no release holds.
    #[serde(default)]
    pub draft: StateWords,
    /// Kinds.
    pub kinds: Vec<ReleaseKind>,
}

/// A kind of release.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseKind {
    /// Id.
    pub id: String,
    /// Vietnamese name.
    pub vi: String,
    /// English name.
    pub en: String,
    /// State of the papers of such a release.
    #[serde(default)]
    pub state: StateWords,
    /// Kinds that the release before may be of; an empty one where there need be none.
    pub after: Vec<String>,
    /// It may be made while there are errors that nobody has accepted.
    pub open_errors: bool,
    /// It needs a reason.
    #[serde(default)]
    pub reason: bool,
}

impl ReleaseKind {
    /// Its name.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }

    /// Its name for people.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::both(&self.vi, &self.en)
    }
}

impl ReleaseTexts {
    /// State of the papers of a run.
    #[must_use]
    pub fn draft_state(&self) -> PaperState {
        PaperState::draft(&self.draft)
    }

    /// State of the papers of a release of a kind.
    #[must_use]
    pub fn released_state(&self, kind: &str, release: ReleasedAs<'_>) -> PaperState {
        let words = self.kinds.iter().find(|known| known.id == kind).map(|known| &known.state);
        words.map(|words| PaperState::released(words, release)).unwrap_or_default()
    }

    /// State of the papers of a release that is there.
    #[must_use]
    pub fn state_of_release(&self, release: &ReleaseEntry) -> PaperState {
        let ReleaseEntry { of_kind, reason, recorded_at, .. } = release;
        self.released_state(&release.kind, ReleasedAs { of_kind: *of_kind, day: day_in_vietnam(recorded_at), reason })
    }

    /// State of papers about a term in one of its states; none where an archive came without its releases.
    #[must_use]
    pub fn state_of(&self, state: &TermState) -> PaperState {
        match &state.publication {
            Publication::Release(release) => self.state_of_release(release),
            Publication::Draft => self.draft_state(),
            Publication::Current => PaperState::default(),
        }
    }

    /// A kind by its id.
    ///
    /// # Errors
    /// When there is no such kind.
    pub fn kind(&self, id: &str) -> Result<&ReleaseKind> {
        self.kinds.iter().find(|kind| kind.id == id).ok_or_else(|| {
            let known = self.kinds.iter().map(|kind| kind.id.as_str());
            let list = known.clone().collect::<Vec<_>>().join(", ");
            let hint = closest(id, known).map_or_else(|| Message::from(list), Message::did_you_mean);
            Error::Unknown { kind: message!("kinds.kind_of_release"), name: id.to_owned(), hint: Some(hint) }
        })
    }

    /// Kinds that are possible after the release before.
    fn possible(&self, before: Option<&str>) -> impl Iterator<Item = &ReleaseKind> {
        let last = before.unwrap_or_default().to_owned();
        self.kinds.iter().filter(move |kind| kind.after.contains(&last))
    }

    /// That a kind has to be told, with those that are possible and the line to type.
    #[must_use]
    pub fn kind_needed(&self, before: Option<&str>, pipeline: &str) -> Error {
        let named: Vec<Message> =
            self.possible(before).map(|kind| message!("release.kind_named", id = kind.id, name = kind.message())).collect();
        let error = Error::config("--kind", message!("release.kind_needed", kinds = Message::join(&named, ", ")));
        match self.possible(before).next() {
            Some(kind) if kind.reason => error.with_hint(message!("release.type_kind_and_reason", pipeline, kind = kind.id)),
            Some(kind) => error.with_hint(message!("release.type_kind", pipeline, kind = kind.id)),
            None => error,
        }
    }

    /// The kind, which must be possible after the release before.
    ///
    /// # Errors
    /// When it is not, or a reason is missing.
    pub fn next(&self, id: &str, before: Option<&str>, reason: &str) -> Result<&ReleaseKind> {
        let kind = self.kind(id)?;
        let last = before.unwrap_or_default();
        if !kind.after.iter().any(|after| after == last) {
            let stands = self.kinds.iter().find(|kind| kind.id == last).map_or_else(|| last.into(), ReleaseKind::message);
            let reason = match last {
                "" => message!("release.none_to_follow", kind = kind.message()),
                _ => message!("release.cannot_follow", stands, kind = kind.message()),
            };
            let possible = self.possible(before).map(|kind| kind.id.as_str()).collect::<Vec<_>>().join(", ");
            let hint = message!("release.possible_now", possible);
            return Err(Error::config("--kind", reason).with_hint(hint));
        }
        if kind.reason && reason.trim().is_empty() {
            let words = message!("release.needs_reason", kind = kind.message());
            return Err(Error::config("--reason", words));
        }
        Ok(kind)
    }
}
