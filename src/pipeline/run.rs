//! A run from beginning to end, and the check of single files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::Pipeline;
use super::figures::{BookGrids, FigureSource, Figures, looked_at};
use super::inputs::{Loaded, load};
use super::kept::named_sources;
use super::ledger::{Receipts, receipts, record_received, record_typed};
use super::lists::write_lists;
use super::reconcile::other_source;
use super::reports::{ReportSetting, broken_sums, jobs, report_bytes, write_reports};
use super::session::Session;
use super::stage::JobStage;
use super::summary::{Summary, counts_of, forms_of, severities};
use super::telling::Telling;
use super::yearly::{explained, write_yearly};
use crate::aggregate::{Aggregation, aggregate};
use crate::archive::{
    ArchiveInput, ArchivedState, Destination, Shelf, TermKey, TermState, Writer, inputs_of, past_returns, recount, write_archive,
};
use crate::cells::fates;
use crate::disk::{OutputFolder, Published, Scope, hex};
use crate::error::{Error, Result, Words, closest};
use crate::finding::{Closing, ClosingKind, Finding, Lang};
use crate::ingest::{Found, ReadContext, ReadReturn, Recogniser, find_files, read_files};
use crate::ledger::{Board, close_findings};
use crate::number::{NumberKind, NumberLocale};
use crate::schema::{CellRule, Form, Moment, Regulation, Schemas};
use crate::tables::Signs;
use crate::term::{Period, SchoolYear, Term};
use crate::units::{NameIndex, Register, Tree};
use crate::validate::{Earlier, Spread, Surroundings, completeness, cross, figures, implausible_wholes, same, spreads};

/// Bytes of the hash that make a run's identity: short enough for a page footer.
const RUN_BYTES: usize = 6;

/// What a run came to.
#[derive(Debug)]
pub struct RunResult {
    /// The run in a few lines.
    pub summary: Summary,
    /// All findings, graded and sorted.
    pub findings: Vec<Finding>,
    /// Folder of reports and findings; `None` when errors stopped the run.
    pub output: Option<PathBuf>,
    /// The archive's folder; `None` when errors stopped the run.
    pub archive: Option<PathBuf>,
    /// What was put in place, and what somebody had changed there.
    pub published: Published,
}

/// What came of checking single files.
#[derive(Debug)]
pub struct Checked {
    /// Number of files.
    pub files: usize,
    /// Forms they are of, each once, in the order of their ids.
    pub forms: Vec<Arc<Form>>,
    /// All findings, graded and sorted.
    pub findings: Vec<Finding>,
}

/// Runs a pipeline: reads, checks, aggregates, writes reports and the archive's draft.
///
/// # Errors
/// When the work cannot be done; wrong data is a finding instead. Nothing is
/// published unless everything was written and read back.
pub fn run(session: &Session, pipeline: &Pipeline) -> Result<RunResult> {
    let archive = pipeline.archive();
    pipeline.check_outputs()?;
    let _lock = pipeline.lock_alone()?;
    let Made { loaded, summary, findings, folder, receipts, .. } = make(session, pipeline, Destination::Draft(&archive))?;
    let is_written = folder.is_some();
    let published = folder.map_or_else(|| Ok(Published::default()), OutputFolder::publish)?;
    session.begin(JobStage::Publish, 1)?;
    record_received(pipeline, &loaded, &session.texts.catalogue, &receipts)?;
    session.end();
    let (output, archive) = is_written.then(|| (pipeline.output(), archive)).unzip();
    Ok(RunResult { summary, findings, output, archive, published })
}

/// What a run has made, before anybody sees it.
pub(super) struct Made {
    /// What was read.
    pub loaded: Loaded,
    /// The run in a few lines.
    pub summary: Summary,
    /// All findings, graded and sorted.
    pub findings: Vec<Finding>,
    /// Reports and lists, to be published; `None` when errors stopped the run.
    pub folder: Option<OutputFolder>,
    /// Names of the files that tell the findings; in a release they stand as they may be kept.
    pub told: Vec<String>,
    /// Days on which returns came in, as the pipeline's table says.
    pub receipts: Receipts,
}

/// Everything of a run but making it known: the archive's tables are written to the target, the reports beside their place.
pub(super) fn make(session: &Session, pipeline: &Pipeline, destination: Destination<'_>) -> Result<Made> {
    let texts = &session.texts.report;
    let catalogue = &session.texts.catalogue;
    let schemas = &session.schemas;
    let mut loaded = load(session, pipeline)?;
    // What is wrong with them is said before anything is written.
    let receipts = receipts(pipeline, &loaded, &session.isolation)?;
    let Check { mut findings, earlier, last_year_gaps, distributions } = check(session, pipeline, &mut loaded)?;
    schemas.rules.grade(&mut findings);
    session.begin(JobStage::Total, 1)?;
    findings.extend(record_typed(pipeline, &loaded, &findings, (catalogue, &session.schemas.rules))?);
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    let aggregations = aggregate(&loaded.tree, &loaded.forms, &loaded.submissions)?;
    session.begin(JobStage::Indicators, 1)?;
    let books = &session.texts.summaries;
    let source = FigureSource::load(session, pipeline, &loaded, books)?;
    let mut facts = source.facts(pipeline, schemas, &loaded, (earlier.last_year.as_ref(), &last_year_gaps));
    close_findings(&mut findings, board.closings(), &schemas.rules);
    facts.explained = explained(&findings, &loaded.forms, &schemas.rules);
    let figures = Figures::new(pipeline, &facts)?;
    findings.extend(figures.implausible());
    session.begin(JobStage::Conclude, 1)?;
    let run = run_id(session, pipeline, &loaded, board.closings())?;
    let setting = ReportSetting { pipeline, regulation: &loaded.regulation, texts, tree: &loaded.tree, run: &run };
    let jobs = jobs(setting, &aggregations);
    findings.extend(broken_sums(&jobs));
    schemas.rules.grade(&mut findings);
    close_findings(&mut findings, board.closings(), &schemas.rules);
    let mut summary = summarise(pipeline, schemas, &loaded, &aggregations, &findings, run.clone());
    let quality_texts = &session.texts.quality;
    let look = Look { session, pipeline, loaded: &loaded, aggregations: &aggregations, run: &run };
    let telling = |findings| Telling { look: &look, findings, distributions: &distributions, texts: quality_texts };
    let told = telling(&findings).files();
    if pipeline.file.outputs.stop_on_errors && summary.errors > 0 {
        telling(&findings).write_beside()?;
        return Ok(Made { loaded, summary, findings, folder: None, told, receipts });
    }
    let kept = as_kept(&findings, &look);
    telling(&kept).keep(destination)?;
    summary.reports = jobs.len();
    let folder = OutputFolder::open(&pipeline.output(), Scope::Whole, &pipeline.output_rules())?;
    // The longest list is one thread's work for as long as the reports are all threads': they are made side by side.
    let lists = || write_lists(&loaded.forms, &loaded.submissions, &loaded.tree, &pipeline.file.outputs.lists, &folder);
    let (lists, reports) = rayon::join(lists, || write_reports(&jobs, &Recogniser::new(&loaded.forms), &folder, session));
    reports.and(lists)?;
    telling(&findings).write(&folder)?;
    session.begin(JobStage::Summaries, 1)?;
    let grids = books.par_iter().map(|book| BookGrids::new(&facts, book, &book.file)).collect::<Result<Vec<_>>>()?;
    figures.write(&look, &grids, &pipeline.shelf()?, &folder)?;
    write_yearly(&look, &quality_texts.yearly, &facts, &folder)?;
    folder.write("tom-tat.json", serde_json::to_string_pretty(&summary).unwrap_or_default().as_bytes())?;
    folder.write_run_files(&run)?;
    publish_archive(&look, destination, (&kept, &figures, &grids))?;
    Ok(Made { summary, findings, folder: Some(folder), loaded, told, receipts })
}

/// Findings as they may be kept, in the order that they then have.
fn as_kept(findings: &[Finding], look: &Look<'_>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = findings.iter().map(|finding| look.loaded.names.finding(finding)).collect();
    look.session.schemas.rules.grade(&mut kept);
    kept
}

/// What everything that shows a run is made from.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Schemas and words.
    pub session: &'a Session,
    /// What was read.
    pub loaded: &'a Loaded,
    /// Totals and coverage.
    pub aggregations: &'a [Aggregation],
    /// Identity of the run.
    pub run: &'a str,
}

impl Look<'_> {
    /// Symbols of forms whose layout is not verified, with their status in words.
    #[must_use]
    pub fn unverified(&self, lang: Lang) -> Vec<String> {
        let marks = self.loaded.forms.iter().map(|form| (form, self.session.schemas.layouts.mark(form.layout_status, lang)));
        marks.filter(|(_, mark)| !mark.is_empty()).map(|(form, mark)| format!("{}{mark}", form.symbol)).collect()
    }

    /// Coverage of every form that is expected, in words.
    #[must_use]
    pub fn coverage_lines(&self, pattern: &str) -> Vec<String> {
        let forms = forms_of(&self.loaded.tree, self.aggregations);
        let expected = forms.iter().filter(|form| form.expected + form.received > 0);
        expected
            .map(|form| {
                let numbers = [
                    ("{received}", form.received),
                    ("{expected}", form.expected),
                    ("{facilities_received}", form.facilities_received),
                    ("{facilities_expected}", form.facilities_expected),
                ];
                let said = numbers.iter().fold(pattern.to_owned(), |text, (field, number)| text.replace(field, &number.to_string()));
                format!("{}: {said}", form.symbol)
            })
            .collect()
    }
}

/// Forms whose figures of another term cannot be looked at, and why.
pub(super) type Gaps = Vec<(Arc<str>, Words)>;

/// What the checks came to.
pub(super) struct Check {
    /// What reading found and every check of the returns, not graded yet.
    pub findings: Vec<Finding>,
    /// Returns of other terms.
    pub earlier: Earlier,
    /// Forms whose figures of a year ago cannot be looked at, and why.
    pub last_year_gaps: Gaps,
    /// Values compared between units.
    pub distributions: Vec<Spread>,
}

/// What reading found, and every check of the returns.
pub(super) fn check(session: &Session, pipeline: &Pipeline, loaded: &mut Loaded) -> Result<Check> {
    let schemas = &session.schemas;
    let mut findings = std::mem::take(&mut loaded.findings);
    session.begin(JobStage::Check, loaded.submissions.len())?;
    let of_figures = loaded.submissions.par_iter().map(|submission| {
        session.step()?;
        Ok(figures(submission))
    });
    findings.extend(of_figures.collect::<Result<Vec<_>>>()?.into_iter().flatten());
    let (mut earlier, last_year_gaps) = earlier(pipeline, schemas, loaded)?;
    if let Some(other) = other_source(session, pipeline, loaded)? {
        earlier.other_source = Some(other.returns);
        loaded.sources.extend(other.files);
        if let Some(kept) = &mut loaded.kept {
            kept.other = other.kept;
        }
    }
    let state = loaded.regulation.result_state(pipeline.period.term).map(|state| state.id.as_str());
    let around = Surroundings::new(&loaded.tree, &loaded.forms, &loaded.submissions, &earlier).in_state(state);
    findings.extend(same(&loaded.submissions, &schemas.rules, &around));
    findings.extend(implausible_wholes(&loaded.submissions, &earlier, &loaded.tree));
    findings.extend(cross(&loaded.submissions, &schemas.cell_rules, &schemas.rules, &around));
    let distributions = spreads(&loaded.submissions, &schemas.cell_rules, &schemas.rules, &around);
    findings.extend(completeness(&loaded.tree, &loaded.forms, &loaded.submissions, &loaded.contested));
    session.end();
    Ok(Check { findings, earlier, last_year_gaps, distributions })
}

/// A year ago is shown in tables too; another term is read only for rules that look at it.
fn is_looked_at(moment: Moment, schemas: &Schemas, loaded: &Loaded) -> bool {
    let is_used = |rule: &&CellRule| loaded.forms.iter().any(|form| form.layout.id == rule.layout);
    schemas.cell_rules.iter().filter(is_used).any(|rule| rule.looks_at(moment))
}

/// What rules look back at: the same term a year ago and the other term of the year, out of the archive.
///
/// With the forms whose figures of a year ago cannot be looked at.
fn earlier(pipeline: &Pipeline, schemas: &Schemas, loaded: &Loaded) -> Result<(Earlier, Gaps)> {
    let shelf = pipeline.shelf()?;
    let Period { year, term } = pipeline.period;
    // A later state of results is compared with that state a year ago.
    let year_ago = pipeline.key_of(Period { year: SchoolYear(year.0 - 1), term }, pipeline.file.result_state.as_deref())?;
    let last_year = past_returns(shelf.state(&year_ago).as_ref(), schemas, &loaded.forms)?;
    // The other term has forms of its own; through those of this term's circular its figures are seen.
    let other = Period { year, term: term.other() };
    let other_forms: Vec<Arc<Form>> = schemas.forms_of(&loaded.regulation.id).filter(|form| form.term == other.term).cloned().collect();
    let seen = shelf.state(&pipeline.key_of(other, None)?).filter(|_| is_looked_at(Moment::OtherTerm, schemas, loaded));
    let other_term = past_returns(seen.as_ref(), schemas, &other_forms)?.returns;
    let term_before = if is_looked_at(Moment::TermBefore, schemas, loaded) {
        let before = Period { year: if term == Term::Opening { SchoolYear(year.0 - 1) } else { year }, term: other.term };
        past_returns(last_state(pipeline, &shelf, &loaded.regulation, before)?.as_ref(), schemas, &other_forms)?.returns
    } else {
        None
    };
    Ok((Earlier { last_year: last_year.returns, other_term, term_before, other_forms, other_source: None }, last_year.gaps))
}

/// The last state of a term's results that the archive has: after re-tests, where they have been held.
fn last_state(pipeline: &Pipeline, shelf: &Shelf, regulation: &Regulation, period: Period) -> Result<Option<TermState>> {
    let states = regulation.term(period.term).map_or(&[][..], |rule| &rule.result_states);
    for state in states.iter().skip(1).rev() {
        let later = shelf.state(&pipeline.key_of(period, Some(&state.id))?).filter(|state| state.table("forms").is_file());
        if later.is_some() {
            return Ok(later);
        }
    }
    Ok(shelf.state(&pipeline.key_of(period, None)?))
}

/// The state of the term's results, as the archive keeps it.
pub(super) fn archived_state(regulation: &Regulation, term: Term) -> Option<ArchivedState<'_>> {
    let state = regulation.result_state(term)?;
    Some(ArchivedState { id: &state.id, later: regulation.is_later_state(term) })
}

/// Writes the archive and counts it again with another engine.
fn publish_archive(
    look: &Look<'_>,
    destination: Destination<'_>,
    (findings, figures, grids): (&[Finding], &Figures<'_>, &[BookGrids<'_>]),
) -> Result<()> {
    let Look { session, pipeline, loaded, aggregations, run } = *look;
    let schemas = &session.schemas;
    session.begin(JobStage::Archive, 1)?;
    // Whoever writes a release has the lock already.
    let writer = match destination {
        Destination::Draft(archive) => Some(Writer::open(archive)?),
        Destination::Release(_) => None,
    };
    let staged = writer.as_ref().map(Writer::begin_draft).transpose()?;
    let destination = staged.as_ref().map_or(destination, |staged| Destination::Release(staged.folder()));
    let input = ArchiveInput {
        period: pipeline.period,
        circular: &loaded.regulation.id,
        result_state: archived_state(&loaded.regulation, pipeline.period.term),
        forms: &loaded.forms,
        tree: &loaded.tree,
        submissions: &loaded.submissions,
        inputs: &loaded.files,
        findings,
        aggregations,
        rules: &schemas.rules,
        mappings: &schemas.mappings,
        names: &loaded.names,
        run,
    };
    write_archive(destination, &input)?;
    figures.archive(destination, &input, grids)?;
    session.begin(JobStage::Recount, 1)?;
    for (table, kind) in [("cells", NumberKind::Counts), ("amounts", NumberKind::Amounts)] {
        let path = destination.path(&input.key(), table);
        for counted in recount(&path)? {
            let expected = submitted_total(loaded, &counted.form, kind);
            if counted.sum != expected {
                let reason = format!("form {}: the returns add up to {expected}, the file to {}", counted.form, counted.sum);
                return Err(Error::ReadBack { path, reason });
            }
        }
    }
    match staged {
        Some(staged) => staged.commit(&pipeline.key()?, run),
        None => Ok(()),
    }
}

/// The sum of all numbers of one kind that the returns of a form hold.
fn submitted_total(loaded: &Loaded, form: &str, kind: NumberKind) -> i128 {
    let returns = loaded.submissions.iter().filter(|s| *s.form.id == *form);
    returns
        .flat_map(|submission| {
            let sheets = submission.form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(kind));
            sheets.map(|(_, sheet)| {
                let slots = sheet.first_slot..sheet.first_slot + sheet.slots();
                submission.values.numbers().range(slots).map(i128::from).sum::<i128>()
            })
        })
        .sum()
}

fn summarise(
    pipeline: &Pipeline,
    schemas: &Schemas,
    loaded: &Loaded,
    aggregations: &[Aggregation],
    findings: &[Finding],
    run: String,
) -> Summary {
    let (errors, queries, warnings, not_evaluated) = severities(findings);
    let closed = |kind| findings.iter().filter(|f| f.closed.as_ref().is_some_and(|closing| closing.kind == kind)).count();
    Summary {
        run,
        circular: loaded.regulation.id.clone(),
        school_year: pipeline.period.year.to_string(),
        term: pipeline.period.term.id(),
        result_state: loaded.regulation.result_state(pipeline.period.term).map(|state| state.id.clone()),
        forms: forms_of(&loaded.tree, aggregations),
        errors,
        queries,
        warnings,
        not_evaluated,
        explained: closed(ClosingKind::Explained),
        accepted: closed(ClosingKind::Accepted),
        files: fates(&loaded.files).map(|(fate, files)| (fate.id(), files)).into(),
        counts: counts_of(&loaded.tree, &schemas.register),
        reports: 0,
    }
}

/// The run's identity: the tool, the schemas, the pipeline, every input, the inputs of the terms that it looks back
/// at, every answer to a finding, and nothing else.
pub(super) fn run_id(session: &Session, pipeline: &Pipeline, loaded: &Loaded, closings: &BTreeMap<String, Closing>) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    for (path, bytes) in session.schemas.files.contents() {
        add(path.as_bytes());
        add(bytes);
    }
    add(pipeline.text.as_bytes());
    for source in named_sources(&loaded.sources, &loaded.names) {
        add(source.file.as_bytes());
        add(source.sha256.as_bytes());
    }
    // Files without figures change no total, but what is told.
    let fates: BTreeSet<_> = loaded.files.iter().map(|own| (loaded.names.file(&own.file), own.fate, &own.why, &own.unit)).collect();
    for (file, fate, why, unit) in fates {
        for text in [&*file, fate.id(), why, unit] {
            add(text.as_bytes());
        }
    }
    let shelf = pipeline.shelf()?;
    for period in looked_at(pipeline.period, session) {
        // What those figures were made from says what they are. Not the run that wrote them: two terms that look at each
        // other would never come to rest.
        let term = shelf.state(&looked_at_as(pipeline, period)?);
        let inputs = term.map_or(Ok(None), |term| inputs_of(&term.table("forms")))?;
        add(inputs.unwrap_or_default().as_bytes());
    }
    for (key, closing) in closings {
        for text in [key, closing.kind.id(), &closing.text, &closing.by, &closing.on] {
            add(text.as_bytes());
        }
    }
    Ok(hex(&hash.finalize()[..RUN_BYTES]))
}

/// A term that is looked at, as the archive names it: the same term of another year in the state that this one is in.
pub(super) fn looked_at_as(pipeline: &Pipeline, period: Period) -> Result<TermKey> {
    pipeline.key_of(period, pipeline.file.result_state.as_deref().filter(|_| period.term == pipeline.period.term))
}

/// Reads and checks files without a register: layout, values and sums.
///
/// # Errors
/// When a path does not exist or no circular governs the period.
pub fn check_files(session: &Session, paths: &[PathBuf], period: Period, locale: NumberLocale) -> Result<Checked> {
    let schemas = &session.schemas;
    let regulation = schemas.governing(period)?;
    let register = Register { file: Arc::from(""), units: Vec::new(), groupings: Vec::new() };
    let tree = Tree::as_at(&register, regulation.as_at(period).unwrap_or_default())?;
    let recogniser = Recogniser::new(&schemas.recognisable(&regulation.id)).preferring(&regulation.id);
    let claim_words = &session.texts.claims;
    let signs = Signs::new([&session.texts.tables.signs]);
    let context = ReadContext {
        recogniser: &recogniser,
        circular: &regulation.id,
        period,
        tree: &tree,
        names: &NameIndex::new(&tree, &claim_words.names),
        claim_words,
        units: None,
        locale,
        signs: &signs,
        isolation: &session.isolation,
    };
    let Found { files, findings, .. } = find_files(paths, &[])?;
    session.begin(JobStage::Read, files.len())?;
    let readings = read_files(&files, &context, &|| session.step())?;
    session.end();
    let mut checked = Checked { files: files.len(), forms: Vec::new(), findings };
    for reading in readings {
        checked.findings.extend(reading.findings);
        for ReadReturn { submission, .. } in &reading.returns {
            checked.findings.extend(figures(submission));
            // Nobody knows whose the file is: no register, no other return, no other term.
            let (own, earlier) = (std::slice::from_ref(submission), Earlier::default());
            let around = Surroundings::new(&tree, &schemas.forms, own, &earlier);
            let found = cross(own, &schemas.cell_rules, &schemas.rules, &around);
            checked.findings.extend(found.into_iter().filter(|finding| finding.place.file.is_some()));
            checked.forms.push(Arc::clone(&submission.form));
        }
    }
    checked.forms.sort_by(|a, b| a.id.cmp(&b.id));
    checked.forms.dedup_by(|a, b| a.id == b.id);
    schemas.rules.grade(&mut checked.findings);
    Ok(checked)
}

/// Writes official workbooks of chosen units or kinds of unit into a folder; no archive.
///
/// # Errors
/// As for [`run`]; also when none of the wishes names a unit with figures.
pub fn report_only(session: &Session, pipeline: &Pipeline, wishes: &[String], folder: &Path) -> Result<Published> {
    pipeline.output_rules().check_folder(folder)?;
    let _lock = pipeline.lock_shared()?;
    let texts = &session.texts.report;
    let loaded = load(session, pipeline)?;
    let aggregations = aggregate(&loaded.tree, &loaded.forms, &loaded.submissions)?;
    let catalogue = &session.texts.catalogue;
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    let run = run_id(session, pipeline, &loaded, board.closings())?;
    let mut wished = pipeline.clone();
    wished.file.outputs.reports = wishes.to_vec();
    wished.file.outputs.groups = wishes.to_vec();
    let setting = ReportSetting { pipeline: &wished, regulation: &loaded.regulation, texts, tree: &loaded.tree, run: &run };
    let jobs = jobs(setting, &aggregations);
    if jobs.is_empty() {
        let units = loaded.tree.units.iter().map(|u| &*u.code);
        let hint = wishes.first().and_then(|w| closest(w, units)).map(Words::did_you_mean);
        return Err(Error::Unknown { kind: "unit with figures", name: wishes.join(", "), hint });
    }
    let recogniser = Recogniser::new(&loaded.forms);
    let folder = OutputFolder::open(folder, Scope::Added, &pipeline.output_rules())?;
    for job in &jobs {
        folder.write(&job.file, &report_bytes(job, &recogniser)?)?;
    }
    folder.publish()
}
