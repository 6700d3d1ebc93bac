//! One return per unit and form: repetitions noted, contradictions decided by rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::subject_of;
use crate::cells::Submission;
use crate::finding::Finding;

/// Which of two different files for one unit and form wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Neither: the return counts as not received until a person decides.
    #[default]
    Refuse,
    /// The one modified last.
    Newest,
}

/// Returns, one per unit and form, in the order of form and unit.
#[derive(Debug, Default)]
pub struct Collected {
    /// The returns that count.
    pub submissions: Vec<Submission>,
    /// What was repeated or contradicted.
    pub findings: Vec<Finding>,
}

/// Keeps one submission per unit and form.
#[must_use]
pub fn collect(submissions: Vec<Submission>, duplicates: Duplicates) -> Collected {
    let mut by_key: BTreeMap<(Arc<str>, Arc<str>), Vec<Submission>> = BTreeMap::new();
    for submission in submissions {
        let key = (Arc::clone(&submission.form.id), Arc::clone(&submission.unit));
        by_key.entry(key).or_default().push(submission);
    }
    let mut collected = Collected::default();
    for (_, mut versions) in by_key {
        versions.sort_by(|a, b| (a.source.modified, &a.source.file).cmp(&(b.source.modified, &b.source.file)));
        let distinct = note_repetitions(versions, &mut collected.findings);
        collected.submissions.extend(decide(distinct, duplicates, &mut collected.findings));
    }
    collected
}

/// Drops versions whose content an earlier one has already.
fn note_repetitions(versions: Vec<Submission>, findings: &mut Vec<Finding>) -> Vec<Submission> {
    let mut distinct: Vec<Submission> = Vec::new();
    for version in versions {
        let same = distinct.iter().find(|known| {
            known.source.sha256 == version.source.sha256 && known.placements == version.placements || known.values == version.values
        });
        if let Some(known) = same {
            let (subject, place) = subject_of(&version);
            findings.push(Finding::new("same-content").about(subject).at(place).saw("", &known.source.file));
        } else {
            distinct.push(version);
        }
    }
    distinct
}

/// The version that counts, naming every other.
fn decide(mut distinct: Vec<Submission>, duplicates: Duplicates, findings: &mut Vec<Finding>) -> Option<Submission> {
    let last = distinct.pop()?;
    if distinct.is_empty() {
        return Some(last);
    }
    let outcome = match duplicates {
        Duplicates::Newest => format!("→ {}", last.source.file),
        Duplicates::Refuse => "→ –".to_owned(),
    };
    for other in &distinct {
        let (subject, place) = subject_of(other);
        let differing = (0..last.values.len()).filter(|&slot| last.values.get(slot) != other.values.get(slot)).count();
        findings.push(Finding::new("duplicate-submission").about(subject).at(place).saw(differing, &last.source.file).noting(&outcome));
    }
    (duplicates == Duplicates::Newest).then_some(last)
}
