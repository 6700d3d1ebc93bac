//! One return per unit and form: repetitions noted, contradictions decided by rule.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::findings::Finding;
use crate::findings::Observed;
use crate::lists::gaps::ListGaps;
use crate::lists::parts::{JoinedLists, join_parts};
use crate::returns::{Placement, Submission, TypedAnswer};
use crate::workbooks::claims::DUPLICATE;
use crate::workbooks::{ANSWER_NOT_TAKEN, subject_of};
use crate::workspace::counted::{WhereBoth, completed_sheets, join_counted};

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

/// How one return is made of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Together {
    /// Which of two different files wins.
    pub duplicates: Duplicates,
    /// Side that counts where records and a form tell a cell.
    pub where_both: WhereBoth,
}

/// Returns, one per unit and form, in the order of form and unit.
#[derive(Debug, Default)]
pub struct Collected {
    /// The returns that count.
    pub submissions: Vec<Submission>,
    /// Findings about repeats and contradictions.
    pub findings: Vec<Finding>,
    /// Gaps of the lists.
    pub gaps: ListGaps,
    /// Files and units whose return another file corrects, or says already.
    settled: HashSet<(Arc<str>, Arc<str>)>,
    /// Files that hold a part of a form, and sheets that were taken over for them.
    completed: HashSet<(Arc<str>, Arc<str>)>,
    /// Corrected files and their sheets that still count.
    kept: HashSet<(Arc<str>, Arc<str>)>,
}

impl Collected {
    /// Settles files that were kept out for what they say or do not say, and that a return which counts corrects.
    pub fn settle_kept_out(&mut self, kept_out: &[Submission]) {
        for old in kept_out {
            let is_answer = |own: &&Submission| {
                let is_same = (&own.unit, &own.form.id) == (&old.unit, &old.form.id);
                is_same && own.lineage.answers.iter().any(|hash| old.source.sha256.starts_with(hash.as_str()))
            };
            let Some(new) = self.submissions.iter().find(is_answer) else { continue };
            self.findings.push(corrected(new, old));
            self.settled.insert((Arc::clone(&old.source.file), Arc::clone(&old.unit)));
        }
    }

    /// Whether another file corrects what a file holds of a unit, or says it already.
    #[must_use]
    pub fn is_settled(&self, file: &Arc<str>, unit: &Arc<str>) -> bool {
        self.settled.contains(&(Arc::clone(file), Arc::clone(unit)))
    }

    /// Whether a finding of reading no longer matters: its file was corrected or repeats another, or the sheet it misses was taken over.
    #[must_use]
    pub fn settles(&self, finding: &Finding) -> bool {
        if self.gaps.settles(finding) {
            return true;
        }
        let Some(file) = &finding.place.file else { return false };
        let of = |other: &Option<Arc<str>>| other.as_ref().map(|other| (Arc::clone(file), Arc::clone(other)));
        let is_settled = of(&finding.subject.unit).is_some_and(|key| self.settled.contains(&key));
        let (is_completed, is_kept) =
            of(&finding.subject.sheet).map_or((false, false), |key| (self.completed.contains(&key), self.kept.contains(&key)));
        // Typing that is no answer is not said by another file of the same figures.
        is_settled && !is_kept && finding.rule != ANSWER_NOT_TAKEN || finding.rule == "sheet-missing" && is_completed
    }
}

/// A content and every file that has it.
struct Version {
    submission: Submission,
    /// Hash and name of each.
    files: Vec<(Arc<str>, Arc<str>)>,
}

impl Version {
    /// Whether this is a correction of another.
    fn answers(&self, other: &Self) -> bool {
        self.submission.lineage.answers.iter().any(|hash| other.is_named(hash))
    }

    fn is_named(&self, hash: &str) -> bool {
        self.files.iter().any(|(known, _)| known.starts_with(hash))
    }
}

/// Keeps one submission per unit and form.
#[must_use]
pub fn collect(submissions: Vec<Submission>, together: Together) -> Collected {
    let mut gaps = ListGaps::new(&submissions);
    let mut by_key: BTreeMap<(Arc<str>, Arc<str>), Vec<Submission>> = BTreeMap::new();
    for submission in submissions {
        let key = (Arc::clone(&submission.form.id), Arc::clone(&submission.unit));
        by_key.entry(key).or_default().push(submission);
    }
    let (mut collected, mut joined) = (Collected::default(), JoinedLists::default());
    for (_, mut versions) in by_key {
        // Files of one time stay in the order they were found in: a name may be kept otherwise than it was.
        versions.sort_by_key(|version| version.source.modified);
        // Records are no version of a form: what they say is held against the form that counts.
        let (counted, versions): (Vec<Submission>, Vec<Submission>) = versions.into_iter().partition(Submission::is_counted);
        let distinct = note_repetitions(versions, &mut collected);
        let last = join_parts(correct(distinct, &mut collected), &mut joined);
        let typed = decide(last, together.duplicates, &mut collected.findings);
        let counted = decide(counted, together.duplicates, &mut collected.findings);
        collected.submissions.extend(match (counted, typed) {
            (Some(counted), Some(typed)) => {
                let sheets = completed_sheets(&counted, &typed).into_iter();
                collected.completed.extend(sheets.map(|sheet| (Arc::clone(&typed.source.file), sheet)));
                Some(join_counted(counted, typed, together.where_both, &mut collected.findings))
            }
            (counted, typed) => counted.or(typed),
        });
    }
    joined.note(&mut gaps);
    collected.gaps = gaps;
    collected.findings.extend(joined.findings());
    for submission in &collected.submissions {
        let sheets = &submission.form.layout.sheets;
        let taken = submission.lineage.taken.iter().map(|(sheet, file)| (Arc::clone(file), Arc::clone(&sheets[*sheet].id)));
        collected.kept.extend(taken);
    }
    collected
}

/// Drops versions whose content an earlier one has already.
fn note_repetitions(versions: Vec<Submission>, collected: &mut Collected) -> Vec<Version> {
    let mut distinct: Vec<Version> = Vec::new();
    for version in versions {
        let same = distinct.iter_mut().find(|Version { submission: known, .. }| {
            known.source.sha256 == version.source.sha256 && known.placements == version.placements
                || known.values.same_value(&version.values)
        });
        let file = (Arc::clone(&version.source.sha256), Arc::clone(&version.source.file));
        if let Some(known) = same {
            let brings_answers = !version.lineage.typed.is_empty();
            inherit(&mut known.submission.lineage.typed, version.lineage.typed.clone());
            known.files.push(file);
            // Oddities are told of the file that counts.
            collected.settled.insert((Arc::clone(&version.source.file), Arc::clone(&version.unit)));
            if brings_answers {
                // A copy that came back for its answers only repeats nothing.
                continue;
            }
            let (subject, place) = subject_of(&version);
            collected.findings.push(
                Finding::new("same-content").subject(subject).location(place).observed("", Observed::name(&known.submission.source.file)),
            );
        } else {
            distinct.push(Version { submission: version, files: vec![file] });
        }
    }
    distinct
}

/// Adds answers that a later version of a file brings: what it says of a finding itself counts.
fn inherit(own: &mut Vec<TypedAnswer>, more: Vec<TypedAnswer>) {
    for answer in more {
        match own.iter_mut().find(|known| known.key == answer.key) {
            Some(known) => *known = answer,
            None => own.push(answer),
        }
    }
}

/// The versions that no other corrects; what they leave out is taken over from what they correct.
fn correct(mut versions: Vec<Version>, collected: &mut Collected) -> Vec<Submission> {
    // A correction may itself be a part of the form and be corrected in part: until nothing is left to take over.
    while (0..versions.len()).any(|at| take_over(&mut versions, at, &mut collected.completed)) {}
    let answered = |old: usize| versions.iter().enumerate().rev().find(|(at, new)| *at != old && new.answers(&versions[old]));
    let found: Vec<(usize, usize)> = (0..versions.len()).filter_map(|old| Some((old, answered(old)?.0))).collect();
    if found.len() == versions.len() {
        // Files that claim to correct each other in a circle: none of them is believed.
        return versions.into_iter().map(|version| version.submission).collect();
    }
    // The latest first, so that what is said last of a finding counts.
    for &(old, new) in found.iter().rev() {
        let later = std::mem::take(&mut versions[new].submission.lineage.typed);
        let mut typed = versions[old].submission.lineage.typed.clone();
        inherit(&mut typed, later);
        versions[new].submission.lineage.typed = typed;
    }
    for &(old, new) in &found {
        let (old, new) = (&versions[old], &versions[new].submission);
        collected.findings.push(corrected(new, &old.submission));
        collected.settled.extend(old.files.iter().map(|(_, file)| (Arc::clone(file), Arc::clone(&new.unit))));
    }
    let is_last = |at: &usize| found.iter().all(|(old, _)| old != at);
    versions.into_iter().enumerate().filter(|(at, _)| is_last(at)).map(|(_, version)| version.submission).collect()
}

/// A finding that a return is the correction of another.
fn corrected(new: &Submission, old: &Submission) -> Finding {
    let (subject, place) = subject_of(new);
    Finding::new("corrected-version").subject(subject).location(place).observed(differing(old, new), Observed::name(&old.source.file))
}

/// Takes over a sheet that a correction does not hold from the last version it corrects that has it.
fn take_over(versions: &mut [Version], at: usize, completed: &mut HashSet<(Arc<str>, Arc<str>)>) -> bool {
    let own = &versions[at].submission;
    let is_absent = |submission: &Submission, sheet: usize| submission.placements[sheet] == Placement::Absent;
    let sheets = own.form.layout.data_sheets().map(|(sheet, _)| sheet);
    let absent: Vec<usize> = sheets.filter(|&sheet| is_absent(own, sheet)).collect();
    let has = |hash: &String, sheet: usize| {
        versions
            .iter()
            .enumerate()
            .position(|(other, version)| other != at && version.is_named(hash) && !is_absent(&version.submission, sheet))
    };
    let from = absent.iter().find_map(|&sheet| Some((sheet, own.lineage.answers.iter().find_map(|hash| has(hash, sheet))?)));
    let Some((sheet, base)) = from else { return false };
    let base = versions[base].submission.clone();
    let own = &mut versions[at].submission;
    let layout = &own.form.layout.sheets[sheet];
    for slot in layout.each_slot() {
        let (status, number) = base.values.get(slot);
        own.values.set(slot, status, number);
    }
    completed.insert((Arc::clone(&own.source.file), Arc::clone(&layout.id)));
    let file = base.lineage.taken.get(&sheet).unwrap_or(&base.source.file);
    own.lineage.taken.insert(sheet, Arc::clone(file));
    own.placements[sheet].clone_from(&base.placements[sheet]);
    true
}

/// Number of cells that differ.
fn differing(a: &Submission, b: &Submission) -> usize {
    a.values.slots().filter(|&slot| !a.values.is_same_at(slot, &b.values)).count()
}

/// The version that counts, naming every other.
fn decide(mut distinct: Vec<Submission>, duplicates: Duplicates, findings: &mut Vec<Finding>) -> Option<Submission> {
    let last = distinct.pop()?;
    if distinct.is_empty() {
        return Some(last);
    }
    // Of two files of one age neither is the newer one.
    let is_newest = duplicates == Duplicates::Newest && distinct.iter().all(|other| other.source.modified < last.source.modified);
    // Letting the newest win is a decision: the older ones are told, and nothing is left to do.
    let rule = if is_newest { "older-version" } else { DUPLICATE };
    for other in &distinct {
        let (subject, place) = subject_of(other);
        let saw = differing(other, &last);
        findings.push(Finding::new(rule).subject(subject).location(place).observed(saw, Observed::name(&last.source.file)));
    }
    is_newest.then_some(last)
}
