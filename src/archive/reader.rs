//! Contents of an archive by term, and where: releases, what is in force, what the last run left.
//!
//! ```text
//! archive/releases/2025-2026-opening/r001-provisional/data/<table>.parquet   immutable
//! archive/current/<table>/school_year=2025/term=opening/<table>.parquet      the latest release
//! archive/draft/<table>/school_year=2025/term=opening/<table>.parquet        the last run, not published
//! archive/streams/<table>/stream=qd4725-2022/school_year=2025/term=closing/… the same of a reporting stream of its own
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, SecondsFormat, TimeDelta};

use super::release::{ReleaseEntry, releases_in};
use super::term_key::{TermKey, names};
use crate::base::error::{Error, Result, closest};
use crate::base::input::on_this_machine;
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, VIETNAM_HOURS};

/// Folder of what is in force.
pub const CURRENT: &str = "current";
/// Folder of later states of results that are in force.
pub const STATES: &str = "states";
/// Folder of what the last run left.
pub const DRAFT: &str = "draft";
/// Drafts of later states of results.
pub const DRAFT_STATES: &str = "draft-states";

/// Folder of reporting streams of their own that are in force.
pub const STREAMS: &str = "streams";
/// Folder of what their last runs left.
pub const DRAFT_STREAMS: &str = "draft-streams";

/// Which state of each term is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The latest release; a term without one as its last run left it.
    Working,
    /// The latest release; terms without one are not there.
    Published,
    /// States published by then: universal time, as releases note it.
    AsOf(String),
    /// These releases and nothing else.
    Exactly(BTreeMap<TermKey, u32>),
}

/// Where a state of a term stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// In a release.
    Release(ReleaseEntry),
    /// Below `draft`.
    Draft,
    /// Below `current`, of an archive that came without its releases.
    Current,
}

/// A term in one of its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermState {
    /// The term.
    pub key: TermKey,
    /// Where it stands.
    pub publication: Publication,
    folder: PathBuf,
}

impl Selection {
    /// States known at the end of a day in Vietnam.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        let end = day.and_hms_opt(23, 59, 59).unwrap_or_default() - TimeDelta::hours(VIETNAM_HOURS);
        Self::AsOf(end.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl TermState {
    /// Where a table of it stands; the file need not be there.
    #[must_use]
    pub fn table(&self, table: &str) -> PathBuf {
        match &self.publication {
            Publication::Release(release) => release.table(table),
            Publication::Draft => table_in(&self.folder, Area::Draft, table, &self.key),
            Publication::Current => table_in(&self.folder, Area::Current, table, &self.key),
        }
    }

    /// The release, where it is one.
    #[must_use]
    pub const fn release(&self) -> Option<&ReleaseEntry> {
        match &self.publication {
            Publication::Release(release) => Some(release),
            Publication::Draft | Publication::Current => None,
        }
    }
}

impl fmt::Display for TermState {
    /// As [`ArchiveReader::named`] reads it: `2025-2026-opening@2`, `2025-2026-opening@draft`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.publication {
            Publication::Release(release) => write!(f, "{}@{}", self.key, release.number),
            Publication::Draft => write!(f, "{}@draft", self.key),
            Publication::Current => write!(f, "{}", self.key),
        }
    }
}

/// An archive looked at in one way.
#[derive(Debug, Clone)]
pub struct ArchiveReader {
    folder: PathBuf,
    view: Selection,
    /// In the order of terms and numbers.
    releases: Vec<ReleaseEntry>,
}

impl ArchiveReader {
    /// Looks at an archive; a folder that is not there holds nothing.
    ///
    /// # Errors
    /// When the description of a release cannot be read.
    pub fn open(folder: &Path, view: Selection) -> Result<Self> {
        on_this_machine(folder)?;
        Ok(Self { folder: folder.to_owned(), view, releases: releases_in(folder)? })
    }

    /// The archive's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All releases, whatever is looked at.
    #[must_use]
    pub fn releases(&self) -> &[ReleaseEntry] {
        &self.releases
    }

    /// Releases of a term, the first one first.
    #[must_use]
    pub fn releases_of<'a>(&'a self, key: &'a TermKey) -> impl DoubleEndedIterator<Item = &'a ReleaseEntry> {
        self.releases.iter().filter(move |release| release.key == *key)
    }

    /// A term as it is looked at; none when the archive does not hold it so.
    #[must_use]
    pub fn state(&self, key: &TermKey) -> Option<TermState> {
        let of_term = || self.releases_of(key);
        let release = match &self.view {
            Selection::Working | Selection::Published => of_term().next_back(),
            Selection::AsOf(moment) => of_term().rfind(|release| release.recorded_at <= *moment),
            Selection::Exactly(wanted) => of_term().find(|release| wanted.get(key) == Some(&release.number)),
        };
        if let Some(release) = release {
            return Some(self.publication(key, Publication::Release(release.clone())));
        }
        // A broken or foreign archive without releases still has what is in force.
        let places = match self.view {
            Selection::Working if of_term().next().is_none() => {
                [Some((Area::Draft, Publication::Draft)), Some((Area::Current, Publication::Current))]
            }
            Selection::Published if of_term().next().is_none() => [Some((Area::Current, Publication::Current)), None],
            _ => [None, None],
        };
        let found = places.into_iter().flatten().find(|(area, _)| table_in(&self.folder, *area, "forms", key).is_file());
        found.map(|(_, publication)| self.publication(key, publication))
    }

    /// Every term that is there, in order.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn states(&self) -> Result<Vec<TermState>> {
        let mut keys: Vec<TermKey> = self.releases.iter().map(|release| release.key.clone()).collect();
        if matches!(self.view, Selection::Working | Selection::Published) {
            for area in [Area::Draft, Area::Current] {
                keys.extend(keys_in(&self.folder, area)?);
            }
        }
        keys.sort();
        keys.dedup();
        Ok(keys.iter().filter_map(|key| self.state(key)).collect())
    }

    /// The draft of a term, if there is one.
    #[must_use]
    pub fn draft(&self, key: &TermKey) -> Option<TermState> {
        table_in(&self.folder, Area::Draft, "forms", key).is_file().then(|| self.publication(key, Publication::Draft))
    }

    /// A state by name: `2025-2026-opening` (as it is looked at), `2025-2026-opening@2` (a release), `2025-2026-opening@draft`.
    ///
    /// # Errors
    /// When the archive does not hold it, with what it holds.
    pub fn named(&self, name: &str) -> Result<TermState> {
        let (term, which) = name.split_once('@').unwrap_or((name, ""));
        let key: TermKey = term.parse().map_err(|reason| self.unknown(name, Some(reason)))?;
        let found = match which {
            "" => self.state(&key),
            "draft" => self.draft(&key),
            number => {
                let number: Option<u32> = number.trim_start_matches('r').parse().ok();
                let release = self.releases_of(&key).find(|release| Some(release.number) == number);
                release.map(|release| self.publication(&key, Publication::Release(release.clone())))
            }
        };
        found.ok_or_else(|| self.unknown(name, None))
    }

    fn publication(&self, key: &TermKey, publication: Publication) -> TermState {
        TermState { key: key.clone(), publication, folder: self.folder.clone() }
    }

    fn unknown(&self, name: &str, reason: Option<Message>) -> Error {
        let mut known: Vec<String> = self.states().unwrap_or_default().iter().map(|state| state.key.to_string()).collect();
        known.extend(self.releases.iter().map(|release| format!("{}@{}", release.key, release.number)));
        known.sort();
        known.dedup();
        let near = closest(name, known.iter().map(String::as_str)).map(Message::did_you_mean);
        let list = || match known.join(", ") {
            none if none.is_empty() => message!("archive.archive_holds_no_term"),
            known => message!("archive.holds", known),
        };
        let hint = near.or(reason).unwrap_or_else(list);
        Error::Unknown { kind: message!("kinds.state_of_a_term_in_the_archive"), name: name.to_owned(), hint: Some(hint) }
    }
}

/// Part of an archive that has one state of each term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// States in force.
    Current,
    /// States that the last run left.
    Draft,
}

/// Where a table of a term stands in a part of an archive.
#[must_use]
pub fn table_in(folder: &Path, area: Area, table: &str, key: &TermKey) -> PathBuf {
    let [plain, later, apart] = area.folders();
    // Neither below `current`, so that a glob counts nothing twice.
    let folder = match (&key.stream, &key.state) {
        (None, None) => folder.join(plain).join(table),
        (None, Some(state)) => folder.join(later).join(table).join(format!("{STATE_FOLDER}{state}")),
        (Some(stream), None) => folder.join(apart).join(table).join(format!("{STREAM_FOLDER}{stream}")),
        (Some(stream), Some(state)) => {
            folder.join(apart).join(table).join(format!("{STREAM_FOLDER}{stream}")).join(format!("{STATE_FOLDER}{state}"))
        }
    };
    let Period { year, term } = key.period;
    folder.join(format!("school_year={}", year.0)).join(format!("term={}", term.id())).join(format!("{table}.parquet"))
}

/// Name of a folder of a later state of results, but for the state.
const STATE_FOLDER: &str = "result_state=";
/// Name of a folder of a reporting stream, but for the stream.
const STREAM_FOLDER: &str = "stream=";

impl Area {
    /// Its folders: of the terms, of later states of results, of reporting streams of their own.
    #[must_use]
    pub const fn folders(self) -> [&'static str; 3] {
        match self {
            Self::Current => [CURRENT, STATES, STREAMS],
            Self::Draft => [DRAFT, DRAFT_STATES, DRAFT_STREAMS],
        }
    }
}

/// Folders below one whose names begin so, each with the rest of its name.
fn partitions(folder: &Path, named: &str) -> Result<Vec<(PathBuf, String)>> {
    let found = names(folder)?.into_iter().filter_map(|name| Some((folder.join(&name), name.strip_prefix(named)?.to_owned())));
    Ok(found.collect())
}

/// Terms whose table of forms stands in a part of an archive.
pub fn keys_in(folder: &Path, area: Area) -> Result<Vec<TermKey>> {
    let [plain, later, apart] = area.folders();
    let mut below = vec![(folder.join(plain).join("forms"), None, None)];
    for (state_folder, state) in partitions(&folder.join(later).join("forms"), STATE_FOLDER)? {
        below.push((state_folder, Some(state), None));
    }
    for (stream_folder, stream) in partitions(&folder.join(apart).join("forms"), STREAM_FOLDER)? {
        for (state_folder, state) in partitions(&stream_folder, STATE_FOLDER)? {
            below.push((state_folder, Some(state), Some(stream.clone())));
        }
        below.push((stream_folder, None, Some(stream)));
    }
    let mut found = Vec::new();
    for (below, state, stream) in below {
        for year in names(&below)? {
            for term in names(&below.join(&year))? {
                let parsed = year.strip_prefix("school_year=").and_then(|year| year.parse().ok()).map(SchoolYear);
                let parsed = parsed.zip(term.strip_prefix("term=").and_then(|term| term.parse().ok()));
                found.extend(parsed.map(|(year, term)| TermKey {
                    period: Period { year, term },
                    state: state.clone(),
                    stream: stream.clone(),
                }));
            }
        }
    }
    Ok(found)
}
