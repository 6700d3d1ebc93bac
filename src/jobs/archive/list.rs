//! Releases of an archive, and which are in force.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::check_there;
use crate::archive::{ArchiveReader, Selection};
use crate::base::error::Result;
use crate::base::message::{Lang, message};
use crate::base::moment::shown_in_vietnam;
use crate::jobs::session::Session;
use crate::workspace::option_day;

/// Releases of an archive.
#[derive(Debug, Serialize)]
pub struct ListedReleases {
    /// Each release, in the order of terms and numbers.
    pub releases: Vec<ListedRelease>,
}

/// A release of a list.
#[derive(Debug, Serialize)]
pub struct ListedRelease {
    /// Where it stands.
    pub folder: PathBuf,
    /// It is the latest of its term.
    pub in_force: bool,
    /// Id of its kind.
    pub kind: String,
    /// Why it was made, in people's words; empty where nobody said so.
    pub reason: String,
    /// When it was recorded, in universal time.
    pub recorded_at: String,
    /// Term and number, as in `2025-2026-opening@2`.
    pub release: String,
    /// The number alone.
    pub release_no: u32,
    /// The term alone.
    pub term: String,
}

/// Lists the releases of an archive; only those to the end of a day where `as_of` names one.
///
/// # Errors
/// When the folder is no archive, the day is none, or a release cannot be read.
pub fn list_releases(archive: &Path, as_of: Option<&str>) -> Result<ListedReleases> {
    check_there(archive)?;
    let view = as_of.map(|day| option_day("--as-of", day)).transpose()?.map_or(Selection::Published, Selection::as_of);
    let archive_reader = ArchiveReader::open(archive, view.clone())?;
    let is_known = |recorded_at: &str| if let Selection::AsOf(moment) = &view { recorded_at <= moment.as_str() } else { true };
    let releases = archive_reader.releases().iter().filter(|release| is_known(&release.recorded_at)).map(|release| {
        let in_force = archive_reader.state(&release.key).and_then(|state| state.release().map(|own| own.number)) == Some(release.number);
        ListedRelease {
            folder: release.folder.clone(),
            in_force,
            kind: release.kind.clone(),
            reason: release.reason.clone(),
            recorded_at: release.recorded_at.clone(),
            release: format!("{}@{}", release.key, release.number),
            release_no: release.number,
            term: release.key.to_string(),
        }
    });
    Ok(ListedReleases { releases: releases.collect() })
}

/// The list for a screen, a line each; kinds by their names.
#[must_use]
pub fn listed_releases_text(listed: &ListedReleases, session: &Session, lang: Lang) -> String {
    if listed.releases.is_empty() {
        return message!("screen.nothing_published_yet_publish").said(lang);
    }
    let texts = &session.texts.releases;
    let mut lines = String::new();
    for ListedRelease { release, kind, recorded_at, reason, in_force, .. } in &listed.releases {
        let kind = texts.kind(kind).map_or(kind.as_str(), |kind| kind.name(lang));
        let mark = if *in_force { message!("screen.force").said(lang) } else { String::new() };
        let moment = shown_in_vietnam(recorded_at);
        let _ = writeln!(lines, "{}", format!("{release:<36} {kind:<12} {moment} {mark}").trim_end());
        if !reason.is_empty() {
            let _ = writeln!(lines, "  {}", message!("present.reason", reason).said(lang));
        }
    }
    lines
}
