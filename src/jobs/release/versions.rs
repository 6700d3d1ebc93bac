//! The chain of versions of every return, out of the ledger, and whether it follows from the release before.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::archive::{ReleaseEntry, VersionLine, read_versions};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::inputs::Loaded;
use crate::ledger::{LedgerEntry, RECEIVE, content_of};

/// Every version that came in; those that the loaded returns are of are held.
pub fn versions(entries: &[LedgerEntry], loaded: &Loaded) -> Vec<VersionLine> {
    let mut lines: Vec<VersionLine> = Vec::new();
    let mut known: HashMap<(&str, &str, u32), usize> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.draft.action == RECEIVE) {
        let draft = &entry.draft;
        let line = VersionLine {
            form: draft.form.clone(),
            unit: draft.unit.clone(),
            version: draft.version,
            content: draft.content.clone(),
            sha256: draft.sha256.clone(),
            received_on: entry.on.to_string(),
            recorded_at: entry.time.clone(),
            held: false,
        };
        match known.get(&(draft.form.as_str(), draft.unit.as_str(), draft.version)) {
            // A receipt corrected the day.
            Some(&at) => lines[at] = line,
            None => {
                known.insert((&draft.form, &draft.unit, draft.version), lines.len());
                lines.push(line);
            }
        }
    }
    lines.sort();
    let held: Vec<(String, String, String)> =
        loaded.submissions.par_iter().map(|s| (s.form.id.to_string(), s.unit.to_string(), content_of(s))).collect();
    for (form, unit, content) in held {
        // The last version with these figures: an older one may have had the same.
        let same = |line: &&mut VersionLine| line.form == form && line.unit == unit && line.content == content;
        let from = lines.partition_point(|line| (&line.form, &line.unit) < (&form, &unit));
        let to = lines.partition_point(|line| (&line.form, &line.unit) <= (&form, &unit));
        if let Some(line) = lines[from..to].iter_mut().rfind(same) {
            line.held = true;
        }
    }
    lines
}

/// Versions that the release before knew must be the same now: a ledger that was replaced or cut is another history.
///
/// # Errors
/// The first version that is not.
pub fn follows(before: Option<&ReleaseEntry>, lines: &[VersionLine]) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    for old in read_versions(&before.table("versions"))? {
        let key = |line: &VersionLine| (line.form.clone(), line.unit.clone(), line.version);
        let at = lines.binary_search_by(|line| key(line).cmp(&key(&old)));
        let now = at.ok().map(|at| &lines[at]);
        if now.is_some_and(|now| now.content == old.content && now.sha256 == old.sha256) {
            continue;
        }
        let VersionLine { form, unit, version, .. } = &old;
        let now = match now {
            Some(_) => message!("release.has_other_figures"),
            None => message!("release.is_not_in_ledger"),
        };
        let reason = message!("release.two_histories", version, unit, form, number = before.number, now);
        let hint = message!("release.restore_ledger_copy_time", folder = before.folder.join(super::contents::LEDGER).display());
        return Err(Error::config(&before.key, reason).with_hint(hint));
    }
    Ok(())
}
