//! Feedback: every sender's own workbook, annotated, and notes for units and those above them.

mod copy;
mod note;
pub(crate) mod texts;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;

use crate::base::disk::{self, OutputFolder, Scope, unfit_as_name};
use crate::base::error::Result;
use crate::base::text::nfc;
use crate::findings::{Finding, Severity, Verdict};
use crate::forms::Schemas;
use crate::jobs::inputs::{Loaded, load};
use crate::jobs::ledger::Receipts;
use crate::jobs::reports::unit_names;
use crate::jobs::run::{CheckedTerm, ReadTerm, RunRequest, check};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::ledger::{Board, Stamp, close_findings};
use crate::register::UnitIndex;
use crate::returns::Submission;
use crate::workbooks::{return_bytes, sha256};
use crate::workspace::Pipeline;
use copy::{Sent, annotated};
use note::{Notes, file_name};
use texts::{ReturnTexts, filled};

/// Request for feedback.
#[derive(Debug, Clone)]
pub struct FeedbackRequest {
    /// The folder of all rounds; what goes back now stands in one of its own in there.
    pub folder: PathBuf,
    /// The day of the round; today otherwise.
    pub on: Option<NaiveDate>,
    /// Codes of units; with those below them. All units when empty.
    pub units: Vec<String>,
    /// Errors only.
    pub only_errors: bool,
}

/// Files that went back.
#[derive(Debug, Default, Serialize)]
pub struct FeedbackPackage {
    /// The folder of this round.
    #[serde(rename = "folder")]
    pub round: PathBuf,
    /// Annotated workbooks.
    pub workbooks: usize,
    /// Units that got a note.
    pub units: usize,
    /// Units above that got a summary.
    pub summaries: usize,
    /// Files that could not be annotated, and why.
    #[serde(rename = "not_annotated")]
    pub failed: Vec<NotAnnotated>,
}

/// A file that could not be annotated.
#[derive(Debug, Serialize)]
pub struct NotAnnotated {
    /// The file.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Files that a unit gets back.
pub struct Case<'a> {
    /// Its code; empty for files of unknown units.
    unit: String,
    /// Its name.
    name: String,
    /// Folder it gets.
    folder: String,
    /// All its findings, worst first.
    findings: Vec<&'a Finding>,
    /// Files annotated for it.
    copies: Vec<String>,
    /// Files that were not, and why.
    failed: Vec<(String, String)>,
}

/// Writes annotated copies and notes into a folder.
///
/// # Errors
/// When the work cannot be done; also when the folder meets what is read, or a unit is not in the register.
pub fn return_workbooks(session: &Session, pipeline: &Pipeline, request: &FeedbackRequest) -> Result<FeedbackPackage> {
    let schemas = &session.schemas;
    let rules = pipeline.output_rules();
    rules.check_folder(&request.folder)?;
    let _lock = pipeline.lock_shared()?;
    let texts = &session.texts.feedback;
    let state = session.texts.releases.draft_state();
    let context = RunRequest { session, pipeline, state: &state };
    let read = ReadTerm { loaded: load(session, pipeline)?, receipts: Receipts::new() };
    let named = request.units.iter().map(|unit| read.loaded.tree.named(unit));
    let wanted: Vec<UnitIndex> = named.collect::<Result<_>>()?;
    let CheckedTerm { loaded, mut findings, .. } = check(context, read)?;
    // Findings explained or accepted already are not asked again, nor those whose explanation somebody has to look at first.
    let catalogue = &session.texts.catalogue;
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    close_findings(&mut findings, board.answers(), &schemas.rules);
    findings.retain(|f| {
        f.closed.is_none()
            && !f.has_waiting_proposal()
            && f.verdict == Verdict::Fail
            && (!request.only_errors || f.severity == Severity::Error)
    });
    let notes = Notes { texts, rules: &schemas.rules, pipeline, regulation: &loaded.regulation, state: &state };
    let files = Files::new(&loaded, &findings);
    let mut cases = cases(&loaded, &findings, &files, texts);
    cases.retain(|case| is_wanted(&loaded, &case.unit, &wanted));
    // Earlier rounds stay: somebody may be asked what it said.
    let folder = OutputFolder::open(&request.folder, Scope::Added, &rules)?;
    let name = round_name(&request.folder, Stamp::now(request.on).on, texts);
    let round = Round { folder: &folder, name: &name };
    session.begin(JobStage::Reports, cases.len())?;
    cases.par_iter_mut().try_for_each(|case| {
        write_case(case, &files, &notes, schemas, &round)?;
        session.step()
    })?;
    session.end();
    let summaries = write_summaries(&cases, &loaded, &notes, &round)?;
    folder.publish()?;
    let failed = cases
        .iter()
        .flat_map(|case| &case.failed)
        .map(|(file, why)| NotAnnotated { file: file.clone(), reason: texts.reason(why).to_owned() });
    let round = request.folder.join(&name);
    Ok(FeedbackPackage {
        round,
        workbooks: cases.iter().map(|case| case.copies.len()).sum(),
        units: cases.len(),
        summaries,
        failed: failed.collect(),
    })
}

/// The folder of what goes back now, below that of all rounds.
struct Round<'a> {
    folder: &'a OutputFolder,
    name: &'a str,
}

impl Round<'_> {
    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.folder.write(&format!("{}/{name}", self.name), bytes)
    }
}

/// Name of a round: the day, then the day and a number.
fn round_name(folder: &Path, day: NaiveDate, texts: &ReturnTexts) -> String {
    let day = day.to_string();
    let again = |n: u32| filled(&texts.round_again, &[("day", &day), ("number", &n.to_string())]);
    let mut names = std::iter::once(day.clone()).chain((2..).map(again));
    names.find(|name| std::fs::symlink_metadata(folder.join(name)).is_err()).unwrap_or(day)
}

/// Number of errors, queries and warnings.
pub fn severity_counts(findings: &[&Finding]) -> (usize, usize, usize) {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    (count(Severity::Error), count(Severity::Query), count(Severity::Warning))
}

/// Files by their fate.
struct Files<'a> {
    /// Returns that count, by file.
    returns: HashMap<&'a str, &'a Submission>,
    /// Units of which a file says anything.
    units: HashMap<&'a str, BTreeSet<&'a str>>,
    /// Files that were corrected by others, of which a sheet still counts.
    replaced: HashSet<&'a str>,
}

impl<'a> Files<'a> {
    fn new(loaded: &'a Loaded, findings: &'a [Finding]) -> Self {
        let (mut returns, mut units, mut replaced) = (HashMap::new(), HashMap::<&str, BTreeSet<&str>>::new(), HashSet::new());
        for submission in &loaded.submissions {
            returns.insert(&*submission.source.file, submission);
            for source in submission.sources() {
                units.entry(&source.file).or_default().insert(&submission.unit);
            }
            replaced.extend(submission.lineage.taken.values().map(|file| &**file));
        }
        for finding in findings {
            if let (Some(file), Some(unit)) = (&finding.place.file, &finding.subject.unit) {
                units.entry(file).or_default().insert(unit);
            }
        }
        Self { returns, units, replaced }
    }

    /// The unit a finding goes to; empty where only its file is known, none where not even that.
    fn unit_of(&self, finding: &'a Finding) -> Option<&'a str> {
        let file = finding.place.file.as_deref();
        let of_file = || file.and_then(|file| self.returns.get(file)).map(|submission| &*submission.unit);
        finding.subject.unit.as_deref().or_else(of_file).or(file.map(|_| ""))
    }
}

/// Cases of each unit, in the order of their codes, files of unknown units last.
fn cases<'a>(loaded: &Loaded, findings: &'a [Finding], files: &Files<'a>, texts: &ReturnTexts) -> Vec<Case<'a>> {
    let mut by_unit: BTreeMap<(bool, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        if let Some(unit) = files.unit_of(finding) {
            by_unit.entry((unit.is_empty(), unit)).or_default().push(finding);
        }
    }
    let names = unit_names(&loaded.tree);
    let mut taken = HashSet::new();
    let case = |((is_unknown, unit), mut findings): ((bool, &str), Vec<&'a Finding>)| {
        findings.sort_by(|a, b| (a.severity, &a.place, &a.rule).cmp(&(b.severity, &b.place, &b.rule)));
        let name = loaded.tree.find(unit).map_or(unit, |index| &*loaded.tree.units[index].name);
        let (name, folder) = if is_unknown { (texts.unknown_unit.as_str(), texts.unknown_folder.clone()) } else { (name, names.of(unit)) };
        let folder = free_name(&mut taken, &folder, "");
        Case { unit: unit.to_owned(), name: name.to_owned(), folder, findings, copies: Vec::new(), failed: Vec::new() }
    };
    by_unit.into_iter().map(case).collect()
}

/// A name that is not taken yet, whatever its case.
fn free_name(taken: &mut HashSet<String>, stem: &str, extension: &str) -> String {
    let mut names = (1..).map(|n: u32| if n == 1 { format!("{stem}{extension}") } else { format!("{stem}-{n}{extension}") });
    names.find(|name| taken.insert(nfc(name).to_lowercase())).unwrap_or_default()
}

fn write_case(case: &mut Case<'_>, files: &Files<'_>, notes: &Notes<'_>, schemas: &Schemas, round: &Round<'_>) -> Result<()> {
    let stem = filled(&notes.texts.note_file, &[("unit", &case.folder)]);
    let mut taken: HashSet<String> = ["xlsx", "html"].iter().map(|extension| format!("{stem}.{extension}").to_lowercase()).collect();
    let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &case.findings {
        if let Some(file) = &finding.place.file {
            by_file.entry(file).or_default().push(finding);
        }
    }
    for (file, findings) in by_file {
        match annotate_file(file, &findings, files, notes, schemas) {
            Ok(bytes) => {
                let name = file_name(file);
                let (stem, extension) = name.rfind('.').map_or((name, ""), |dot| name.split_at(dot));
                let fit = if unfit_as_name(stem).is_some() { disk::stem(stem) } else { stem.to_owned() };
                let name = free_name(&mut taken, &fit, extension);
                round.write(&format!("{}/{name}", case.folder), &bytes)?;
                case.copies.push(name);
            }
            Err(reason) => case.failed.push((file.to_owned(), reason)),
        }
    }
    for (extension, bytes) in notes.files(&notes.note(case))? {
        round.write(&format!("{}/{stem}.{extension}", case.folder), &bytes)?;
    }
    Ok(())
}

/// The annotated copy of a file, or why there is none.
fn annotate_file(
    file: &str,
    findings: &[&Finding],
    files: &Files<'_>,
    notes: &Notes<'_>,
    schemas: &Schemas,
) -> std::result::Result<Vec<u8>, String> {
    let own = files.returns.get(file);
    if own.is_none() && files.replaced.contains(file) {
        return Err("replaced".to_owned());
    }
    if files.units.get(file).is_some_and(|units| units.len() > 1) {
        return Err("several_units".to_owned());
    }
    let form = own.map(|submission| &submission.form);
    let form = form.or_else(|| schemas.form(findings.iter().find_map(|finding| finding.subject.form.as_deref())?).ok());
    let Some(form) = form else { return Err("unknown_form".to_owned()) };
    let bytes = return_bytes(&notes.pipeline.path(Path::new(file))).map_err(|problem| problem.words().vi())?;
    let unit = findings.iter().find_map(|finding| finding.subject.unit.as_deref()).unwrap_or_default();
    let lineage = own.map(|submission| &submission.lineage);
    let sent = Sent { unit, form, sha256: &sha256(&bytes), lineage, findings };
    annotated(&bytes, &sent, notes.texts, notes.rules)
}

/// Writes a summary for every unit right above some that get notes; gives their number.
fn write_summaries(cases: &[Case<'_>], loaded: &Loaded, notes: &Notes<'_>, round: &Round<'_>) -> Result<usize> {
    let mut below: BTreeMap<UnitIndex, Vec<&Case<'_>>> = BTreeMap::new();
    for case in cases {
        if let Some(parent) = loaded.tree.find(&case.unit).and_then(|unit| loaded.tree.parent[unit]) {
            below.entry(parent).or_default().push(case);
        }
    }
    let names = unit_names(&loaded.tree);
    let mut taken: HashSet<String> = cases.iter().map(|case| case.folder.to_lowercase()).collect();
    for (parent, cases) in &below {
        let unit = &loaded.tree.units[*parent];
        let stem = free_name(&mut taken, &filled(&notes.texts.summary_file, &[("unit", &names.of(&unit.code))]), "");
        for (extension, bytes) in notes.files(&notes.summary(&unit.name, cases))? {
            round.write(&format!("{stem}.{extension}"), &bytes)?;
        }
    }
    Ok(below.len())
}

/// Whether a unit, or one above it, was asked for.
fn is_wanted(loaded: &Loaded, unit: &str, wanted: &[UnitIndex]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let Some(unit) = loaded.tree.find(unit) else { return false };
    let is_named = |unit: UnitIndex| wanted.contains(&unit);
    is_named(unit) || loaded.tree.ancestors(unit).any(is_named)
}
