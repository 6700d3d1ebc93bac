//! Files in, cells out: each value with its place, each oddity with a finding.
//!
//! A bad file costs one finding and loses nothing else.

pub mod claims;
mod files;
mod fill;
mod fingerprint;
mod identify;
mod isolate;
mod layout;
mod file_table;
pub mod measure_claims;
mod ods_facts;
mod old_facts;
mod old_formulas;
mod old_records;
pub mod period_said;
pub mod phrases;
mod plain_sheet;
pub mod printed_totals;
mod raw;
mod recognise;
mod return_id;
mod shape;
mod table_rules;
mod tables;
mod template_id;
mod typed_answers;
pub mod value;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::base::disk::hex;
use crate::base::error::system_message;
use crate::base::input::{Input, Refusal};
use crate::base::location::CellRef;
use crate::base::number::{NumberKind, NumberLocale};
use crate::base::term::{Period, Term};
use crate::findings::Observed;
use crate::findings::{Finding, Location, NamedValue, Subject};
use crate::forms::{Form, Layout, Sheet, SlotIndex, TextField};
use crate::privacy::described;
use crate::register::{NameIndex, Tree};
use crate::returns::{Lineage, Placement, Source, Status, Submission, Values};
use crate::tables::{Signs, legacy_font};

use crate::ooxml::guard::too_large;
use crate::ooxml::{MAX_FILE, RawProblem, RawValue, RawWorkbook, zips};
pub use claims::{ClaimWords, DUPLICATE, HOLDING, SUM_OF_BELOW, Taken, contradictions};
pub use file_table::{Decision, DecisionWords, idle_lines};
use files::not_a_file;
pub use files::{Found, Unread, find_files, read_files};
pub use fill::{Filled, fill, other_sheets};
use fingerprint::unknown_form;
use identify::heading_text;
pub use identify::{Identity, UnitFrom, UnitRule, shown_path, template_id, tie_to_units};
pub use isolate::{CHILD_COMMAND, Isolation, probe_as_child, read_as_child, read_bytes};
use printed_totals::{doubt_blank_totals, take_printed_totals, told_totals};
pub use raw::{read_xlsx, read_xlsx_by_library};
pub use recognise::{Recognised, Recogniser};
pub use return_id::{RETURN_NAME, ReturnId, return_id};
pub use table_rules::{read_table_rules, read_tables};
pub use tables::{read_grids, read_rows, read_table, read_tables_with, read_whole, table_of_sheet};
pub use template_id::{REFERENCE_NAME, TEMPLATE_NAME, TemplateId};
use typed_answers::typed_answers;
pub use typed_answers::{ANSWER_NOT_TAKEN, key_text};
pub use value::Writing;

/// Digits of a file's hash that tell it from others of its name.
const SHORT_HASH: usize = 16;

/// Knowledge before a file is opened.
#[derive(Debug)]
pub struct ReadContext<'a> {
    /// Recognises forms by shape.
    pub recogniser: &'a Recogniser,
    /// The circular that governs the term.
    pub circular: &'a str,
    /// The term the files are for.
    pub period: Period,
    /// The units as at the term.
    pub tree: &'a Tree,
    /// Their names as people write them.
    pub names: &'a NameIndex,
    /// The words by which files say whose and of when they are.
    pub claim_words: &'a ClaimWords,
    /// How the unit of a file is told; `None` when the files are only checked.
    pub units: Option<&'a UnitRule>,
    /// Separators of numbers written as text.
    pub locale: NumberLocale,
    /// Signs instead of a figure.
    pub signs: &'a Signs,
    /// Where formats whose readers can abort are read.
    pub isolation: &'a Isolation,
}

/// Result of reading one file.
#[derive(Debug)]
pub struct FileReading {
    /// The file.
    pub source: Source,
    /// Its values, once for every form that it is of a known unit.
    pub returns: Vec<ReadReturn>,
    /// Oddities about it.
    pub findings: Vec<Finding>,
}

/// A return as it was read.
#[derive(Debug)]
pub struct ReadReturn {
    /// Its values.
    pub submission: Submission,
    /// The state of results that its heading names, as it is written there.
    pub result_state: Option<String>,
}

/// Reads one workbook file.
#[must_use]
pub fn read_file(path: &Path, context: &ReadContext<'_>) -> FileReading {
    let file: Arc<str> = Arc::from(shown_path(path));
    let (bytes, modified) = match bytes_of(path) {
        Ok(bytes) => bytes,
        Err(finding) => return FileReading::failed(Source { file, sha256: Arc::from(""), modified: 0 }, *finding).tied(context),
    };
    let source = Source { file, sha256: Arc::from(sha256(&bytes)), modified };
    let workbook = match read_bytes(&bytes, context.isolation) {
        Ok(workbook) => workbook,
        Err(problem) => return FileReading::failed(source, problem_finding(problem)).tied(context),
    };
    drop(bytes);
    let recognised = context.recogniser.recognise_all(&workbook);
    if recognised.is_empty() {
        if let Some(font) = old_font(&workbook) {
            return FileReading::failed(source, Finding::new("old-font").observed(font, "")).tied(context);
        }
        let nearest = context.recogniser.nearest(&workbook);
        return FileReading::failed(source, unknown_form(nearest.as_ref(), context.recogniser)).tied(context);
    }
    let mut reading = FileReading { source, returns: Vec::new(), findings: Vec::new() };
    for own in &recognised {
        read_recognised(&mut reading, &workbook, own, context);
    }
    // They are told of the first return: a sheet that one form leaves over may be another's.
    if let Some(first) = reading.returns.first().map(|own| &own.submission) {
        let subject = Subject { unit: first.known_unit(), form: Some(Arc::clone(&first.form.id)), ..Subject::default() };
        reading
            .findings
            .extend(other_sheets(&workbook, &recognised, context.recogniser).into_iter().map(|finding| finding.subject(subject.clone())));
    }
    reading.name_file();
    reading.tied(context)
}

/// The bytes of a file, or of one in a zip file, and when it was last modified.
fn bytes_of(path: &Path) -> std::result::Result<(Vec<u8>, u64), Box<Finding>> {
    if let Some((zip, name)) = zips::inside(path) {
        let bytes = zips::read_inside(&zip, &name).map_err(|problem| Box::new(zip_finding(problem)))?;
        return Ok((bytes, modified(&zip)));
    }
    let bytes = Input::open(path, MAX_FILE).and_then(Input::bytes).map_err(|problem| match problem {
        Refusal::NotAFile(kind) => Box::new(not_a_file(path, kind)),
        Refusal::TooLarge { size, .. } => Box::new(Finding::new("hostile-file").saying(too_large(size))),
        Refusal::System(problem) => Box::new(Finding::new("unreadable-file").saying(system_message(&problem))),
    })?;
    Ok((bytes, modified(path)))
}

/// The bytes of a return, wherever it stands: a file, or one in a zip file.
///
/// # Errors
/// Why it cannot be read.
pub fn return_bytes(path: &Path) -> std::result::Result<Vec<u8>, RawProblem> {
    match zips::inside(path) {
        Some((zip, name)) => zips::read_inside(&zip, &name),
        None => Input::open(path, MAX_FILE).and_then(Input::bytes).map_err(|refusal| RawProblem::Unreadable(refusal.words())),
    }
}

/// The old font that a workbook's texts are typed in, where no heading of it can be known for that.
fn old_font(workbook: &RawWorkbook) -> Option<&'static str> {
    let cells = workbook.sheets.iter().flat_map(|sheet| &sheet.cells);
    let texts = cells.filter_map(|cell| if let RawValue::Text(text) = &cell.value { legacy_font(text) } else { None });
    // One text may be anything.
    texts.take(2).nth(1)
}

impl FileReading {
    fn failed(source: Source, finding: Finding) -> Self {
        let mut reading = Self { source, returns: Vec::new(), findings: vec![finding] };
        reading.name_file();
        reading
    }

    /// Ties what could not be read to the unit whose code the file's name begins with.
    fn tied(mut self, context: &ReadContext<'_>) -> Self {
        if self.returns.is_empty() && context.units.is_some() {
            tie_to_units(&mut self.findings, context.tree);
        }
        self
    }

    /// Adds the file to the findings that do not name one.
    fn name_file(&mut self) {
        for finding in &mut self.findings {
            finding.place.file.get_or_insert_with(|| Arc::clone(&self.source.file));
        }
    }
}

/// Reads one of a workbook's forms.
fn read_recognised(reading: &mut FileReading, workbook: &RawWorkbook, recognised: &Recognised, context: &ReadContext<'_>) {
    let read = || -> std::result::Result<(ReadReturn, Vec<Finding>), Box<Finding>> {
        let form = choose_form(recognised, context)?;
        let unit = unit_of(&reading.source, workbook, recognised, context)?;
        Ok(read_form(&reading.source, workbook, recognised, form, unit, context))
    };
    match read() {
        Ok((own, findings)) => {
            reading.findings.extend(findings);
            reading.returns.push(own);
        }
        Err(finding) => reading.findings.push(*finding),
    }
}

/// The unit whose return a workbook is.
struct ReturnUnit {
    /// Its code; none where files are only checked.
    code: Arc<str>,
    /// Whether a person said so.
    decided: bool,
}

/// The unit whose return a workbook is.
fn unit_of(
    source: &Source,
    workbook: &RawWorkbook,
    recognised: &Recognised,
    context: &ReadContext<'_>,
) -> std::result::Result<ReturnUnit, Box<Finding>> {
    let tree = context.tree;
    let Some(rule) = context.units else { return Ok(ReturnUnit { code: Arc::from(""), decided: false }) };
    match rule.identify(&source.file, workbook, recognised, tree, context.names) {
        Identity::Known { code, decided } => Ok(ReturnUnit { code, decided }),
        Identity::Unregistered(code) => {
            let finding = match tree.with_zeros(&code) {
                Some(near) => Finding::new("unit-code-lost-zeros").observed(Observed::name(&code), &tree.units[near].code),
                None => Finding::new("unregistered-unit").observed(Observed::name(&code), tree.day),
            };
            Err(Box::new(finding))
        }
        Identity::Ambiguous(units) => Err(Box::new(Finding::new("ambiguous-unit").observed(units.len(), tree.labels(&units, ", ")))),
        Identity::Unknown(tried) => Err(Box::new(Finding::new("unknown-unit").detail(tried))),
    }
}

fn read_form(
    source: &Source,
    workbook: &RawWorkbook,
    recognised: &Recognised,
    form: Arc<Form>,
    unit: ReturnUnit,
    context: &ReadContext<'_>,
) -> (ReadReturn, Vec<Finding>) {
    let ReturnUnit { code: unit, decided: unit_is_decided } = unit;
    let mut filled = fill(workbook, recognised, Writing { locale: context.locale, signs: context.signs });
    let place = context.tree.find(&unit);
    let stands_above = place.is_some_and(|unit| context.tree.units[unit].aggregate);
    if stands_above {
        fill_own_part(&mut filled, &form.layout);
    }
    if typed_cells(&filled.values, &form.layout, |_| true) == 0 {
        filled.findings.push(Finding::new("nothing-reported"));
    } else if !stands_above {
        mark_blank_sheets(&mut filled, &form.layout);
    }
    if let Some(id) = template_id(workbook) {
        filled.findings.extend(template_findings(&id, &form, &filled));
    }
    let typed = typed_answers(workbook, &form.layout, &source.file);
    filled.findings.extend(typed.findings);
    let taken = Taken { file: &source.file, form: &form, unit: place, unit_is_decided };
    let said = contradictions(workbook, recognised, taken, context);
    filled.findings.extend(said.into_iter().map(|finding| bound_to(finding, source)));
    for finding in &mut filled.findings {
        if !unit.is_empty() {
            finding.subject.unit = Some(Arc::clone(&unit));
        }
        finding.subject.form = Some(Arc::clone(&form.id));
    }
    let answers = return_id(workbook).map(|id| id.answers).unwrap_or_default();
    let lineage = Lineage { answers, typed: typed.answers, ..Lineage::default() };
    let mut submission = Submission { unit, form, values: filled.values, source: source.clone(), placements: filled.placements, lineage };
    let taken = take_printed_totals(&mut submission);
    // Problems known now need no result of a formula.
    let known: HashSet<(Option<Arc<str>>, Option<CellRef>)> = taken.iter().map(|&slot| submission.cell(slot)).collect();
    filled.findings.retain(|own| own.rule != "uncalculated-formula" || !known.contains(&(own.place.sheet.clone(), own.place.cell)));
    filled.findings.extend(told_totals(&submission, &taken));
    filled.findings.extend(doubt_blank_totals(&mut submission, &|_| true));
    let result_state = heading_text(workbook, recognised, TextField::ResultState);
    (ReadReturn { submission, result_state }, filled.findings)
}

/// A finding that is about a file as it is: who decides about it decides about no other file of the name.
#[must_use]
pub fn bound_to(mut finding: Finding, source: &Source) -> Finding {
    finding.values.push(NamedValue::new("file_hash", source.sha256.chars().take(SHORT_HASH).collect::<String>()));
    finding
}

/// Whether anything was typed into a return: a blank form was never received.
#[must_use]
pub fn is_filled(submission: &Submission) -> bool {
    typed_cells(&submission.values, &submission.form.layout, |_| true) > 0
}

/// Cells of some sheets that somebody typed into, or whose formula came to something. The zeros of a blank's formulas
/// are nobody's figures.
fn typed_cells(values: &Values, layout: &Layout, wanted: impl Fn(usize) -> bool) -> usize {
    let sheets = layout.data_sheets().filter(|(index, _)| wanted(*index));
    let slots = sheets.flat_map(|(_, sheet)| sheet.each_slot());
    slots.filter(|&slot| is_typed(values, slot)).count()
}

fn is_typed(values: &Values, slot: SlotIndex) -> bool {
    let (status, number) = values.get(slot);
    match status {
        Status::Computed => number != 0,
        Status::Missing | Status::EmptyText | Status::NotApplicable | Status::Absent | Status::Uncalculated => false,
        Status::Reported | Status::Nil | Status::Unknown | Status::Suppressed | Status::ErrorValue | Status::Invalid => true,
    }
}

/// A page of a form into which nothing was typed is not known, where other pages were filled in.
fn mark_blank_sheets(filled: &mut Filled, layout: &Layout) {
    for (index, sheet) in layout.data_sheets() {
        let Placement::Grid { sheet: name, .. } = &filled.placements[index] else { continue };
        // Money is the page of whoever keeps a budget: the sector's own exports leave it blank for schools.
        if sheet.number_kind() == Some(NumberKind::Amounts) || typed_cells(&filled.values, layout, |own| own == index) > 0 {
            continue;
        }
        let subject = Subject { sheet: Some(Arc::clone(&sheet.id)), ..Subject::default() };
        let place = Location { sheet: Some(Arc::clone(name)), ..Location::default() };
        filled.findings.push(Finding::new("sheet-blank").subject(subject).location(place).observed("", &sheet.name));
        for slot in sheet.each_slot() {
            if filled.values.get(slot).0 != Status::NotApplicable {
                filled.values.set(slot, Status::Absent, 0);
            }
        }
    }
}

/// Oddities of a filled-in template: made of another version of the form, totals typed over.
fn template_findings(id: &TemplateId, form: &Form, filled: &Filled) -> Vec<Finding> {
    let mut findings = Vec::new();
    if id.form == *form.id && id.version != *form.version {
        // Names carried by the workbook may be anything.
        findings.push(Finding::new("template-other-form").observed(described(&id.version), &form.version));
    }
    for (index, sheet) in form.layout.data_sheets() {
        for coded in 0..sheet.coded.len() {
            for sum in sheet.derived(coded) {
                let (status, number) = filled.values.get(sheet.slot(coded, sum.total));
                if status == Status::Reported {
                    findings.push(overwritten(sheet, coded, sum.total, number, &filled.placements[index]));
                }
            }
        }
    }
    findings
}

fn overwritten(sheet: &Sheet, coded: usize, column: usize, number: i64, placement: &Placement) -> Finding {
    let subject = Subject {
        sheet: Some(Arc::clone(&sheet.id)),
        code: sheet.coded_row(coded).code.clone(),
        column: Some(sheet.columns[column].number),
        ..Subject::default()
    };
    let place = match placement {
        Placement::Grid { sheet, rows, columns } => {
            Location { file: None, sheet: Some(Arc::clone(sheet)), cell: Some(CellRef::new(rows[coded], columns[column])) }
        }
        _ => Location::default(),
    };
    let kind = sheet.number_kind().unwrap_or(NumberKind::Counts);
    Finding::new("template-total-overwritten").subject(subject).location(place).observed(Observed::figure(number, kind), "")
}

/// A unit above schools files only its own figures (a budget sheet): sheets that it leaves
/// out add nothing and are not missed.
fn fill_own_part(filled: &mut Filled, layout: &Layout) {
    for (index, sheet) in layout.data_sheets() {
        if filled.placements[index] == Placement::Absent {
            for slot in sheet.each_slot() {
                filled.values.set(slot, Status::Missing, 0);
            }
        }
    }
    filled.findings.retain(|finding| finding.rule != "sheet-missing");
}

/// A term, as phrases have it.
fn term_phrase(term: Term) -> Observed {
    Observed::phrase(format!("{}-term", term.id()))
}

/// The form a layout stands for in this term, or why it has no place here.
fn choose_form(recognised: &Recognised, context: &ReadContext<'_>) -> Result<Arc<Form>, Box<Finding>> {
    let mut other: Option<&Arc<Form>> = None;
    for form in context.recogniser.forms_with(&recognised.layout) {
        if &*form.circular == context.circular && form.term == context.period.term {
            return Ok(Arc::clone(form));
        }
        if other.is_none_or(|known| known.term != context.period.term) {
            other = Some(form);
        }
    }
    let Some(form) = other else { return Err(Box::new(Finding::new("unknown-form"))) };
    let found = format!("{} ({})", form.symbol, form.circular);
    let rule = if form.term == context.period.term { "old-form" } else { "wrong-term" };
    let finding = if form.term == context.period.term {
        Finding::new(rule).observed(found, context.circular)
    } else {
        Finding::new(rule).observed(found, term_phrase(form.term)).detail(term_phrase(context.period.term))
    };
    Err(Box::new(finding))
}

fn problem_finding(problem: RawProblem) -> Finding {
    match problem {
        RawProblem::Unreadable(reason) => Finding::new("unreadable-file").saying(reason),
        RawProblem::Encrypted => Finding::new("encrypted-file"),
        RawProblem::Hostile(reason) => Finding::new("hostile-file").saying(reason),
    }
}

/// Finding for a zip file, which nobody can save again as a workbook.
fn zip_finding(problem: RawProblem) -> Finding {
    match problem {
        RawProblem::Unreadable(reason) => Finding::new("unreadable-zip").saying(reason),
        other => problem_finding(other),
    }
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// When a file was last modified, in seconds since 1970; 0 where nobody knows.
#[must_use]
pub fn modified(path: &Path) -> u64 {
    let time = std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    time.and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_secs())
}

/// Subject and location of a finding about a whole submission.
#[must_use]
pub fn subject_of(submission: &Submission) -> (Subject, Location) {
    let subject = Subject { unit: submission.known_unit(), form: Some(Arc::clone(&submission.form.id)), ..Subject::default() };
    let place = Location { file: Some(Arc::clone(&submission.source.file)), ..Location::default() };
    (subject, place)
}
