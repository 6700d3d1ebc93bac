//! Files in, cells out: each value with its place, each oddity with a finding.
//!
//! A bad file costs one finding and loses nothing else.

mod collect;
mod files;
mod fill;
mod fingerprint;
mod guard;
mod identify;
mod isolate;
mod layout;
mod file_table;
mod list;
mod list_columns;
mod list_findings;
mod list_long;
mod list_rows;
mod other_kinds;
mod package;
mod raw;
mod recognise;
mod return_id;
mod shape;
mod sheet_facts;
mod table_rules;
mod tables;
mod template_id;
mod typed_answers;
mod value;

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::cells::{Lineage, Placement, Source, Status, Submission};
use crate::disk::hex;
use crate::finding::{Finding, Place, Subject};
use crate::input::{Input, Refusal};
use crate::location::CellRef;
use crate::number::{NumberKind, NumberLocale, show};
use crate::privacy::described;
use crate::schema::{Form, Layout, Sheet, TextField};
use crate::tables::{Signs, legacy_font};
use crate::term::Period;
use crate::units::Tree;

pub use collect::{Collected, Duplicates, collect};
pub use file_table::idle_lines;
use files::not_a_file;
pub use files::{Found, find_files, read_files};
pub use fill::{Filled, fill};
use fingerprint::unknown_form;
use guard::too_large;
pub use guard::{Archive, Format, Inspected, MAX_FILE, Opened, OpenedPackage, inspect, open};
use identify::heading_text;
pub use identify::{Identity, UnitFrom, UnitRule, shown_path, template_id};
pub use isolate::{CHILD_COMMAND, Isolation, read_as_child, read_bytes};
pub use list::{ListContext, ListFile, ListMapping, ListReader, LongFormat, ReceivedIf, list_heading};
pub use raw::{RawCell, RawProblem, RawSheet, RawValue, RawWorkbook};
pub use recognise::{Recognised, Recogniser};
pub use return_id::{RETURN_NAME, ReturnId, return_id};
pub use table_rules::{read_table_rules, read_tables};
pub use tables::{read_rows, read_table, read_whole, table_of_sheet};
pub use template_id::{REFERENCE_NAME, TEMPLATE_NAME, TemplateId};
pub use typed_answers::key_text;
use typed_answers::typed_answers;
pub use value::Writing;

/// What is known before a file is opened.
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
    /// How the unit of a file is told; `None` when the files are only checked.
    pub units: Option<&'a UnitRule>,
    /// Separators of numbers written as text.
    pub locale: NumberLocale,
    /// Signs instead of a figure.
    pub signs: &'a Signs,
    /// Where formats whose readers can abort are read.
    pub isolation: &'a Isolation,
}

/// What came of one file.
#[derive(Debug)]
pub struct FileReading {
    /// The file.
    pub source: Source,
    /// Its values, when it is a form of a known unit.
    pub submission: Option<Submission>,
    /// The state of results that its heading names, as it is written there.
    pub result_state: Option<String>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

/// Reads one workbook file.
#[must_use]
pub fn read_file(path: &Path, context: &ReadContext<'_>) -> FileReading {
    let file: Arc<str> = Arc::from(shown_path(path));
    let (bytes, modified) = match Input::open(path, MAX_FILE).and_then(Input::bytes) {
        Ok(bytes) => (bytes, modified(path)),
        Err(problem) => {
            let finding = match problem {
                Refusal::NotAFile(kind) => not_a_file(path, kind),
                Refusal::TooLarge { size, .. } => Finding::new("hostile-file").saying(too_large(size)),
                Refusal::System(problem) => Finding::new("unreadable-file").noting(problem),
            };
            return FileReading::failed(Source { file, sha256: Arc::from(""), modified: 0 }, finding);
        }
    };
    let source = Source { file, sha256: Arc::from(sha256(&bytes)), modified };
    let workbook = match read_bytes(&bytes, context.isolation) {
        Ok(workbook) => workbook,
        Err(problem) => return FileReading::failed(source, problem_finding(problem)),
    };
    drop(bytes);
    match context.recogniser.recognise(&workbook) {
        Some((recognised, true)) => read_recognised(source, &workbook, &recognised, context),
        _ => {
            if let Some(font) = old_font(&workbook) {
                return FileReading::failed(source, Finding::new("old-font").saw(font, ""));
            }
            let nearest = context.recogniser.nearest(&workbook);
            FileReading::failed(source, unknown_form(nearest.as_ref(), context.recogniser))
        }
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
        let mut reading = Self { source, submission: None, result_state: None, findings: vec![finding] };
        reading.name_file();
        reading
    }

    /// Adds the file to the findings that do not name one.
    fn name_file(&mut self) {
        for finding in &mut self.findings {
            finding.place.file.get_or_insert_with(|| Arc::clone(&self.source.file));
        }
    }
}

fn read_recognised(source: Source, workbook: &RawWorkbook, recognised: &Recognised, context: &ReadContext<'_>) -> FileReading {
    let mut filled = fill(workbook, recognised, Writing { locale: context.locale, signs: context.signs });
    let form = match choose_form(recognised, context) {
        Ok(form) => form,
        Err(finding) => return FileReading::failed(source, finding),
    };
    let unit = match context.units {
        None => Arc::from(""),
        Some(rule) => match rule.identify(&source.file, workbook, recognised, context.tree) {
            Identity::Known(code) => code,
            Identity::Unregistered(code) => {
                let finding = match context.tree.with_zeros(&code) {
                    Some(near) => Finding::new("unit-code-lost-zeros").saw(&code, &context.tree.units[near].code).quoting(code),
                    None => Finding::new("unregistered-unit").saw(&code, context.tree.day.format("%d/%m/%Y")).quoting(code),
                };
                return FileReading::failed(source, finding);
            }
            Identity::Unknown(tried) => return FileReading::failed(source, Finding::new("unknown-unit").noting(tried)),
        },
    };
    let stands_above = context.tree.find(&unit).is_some_and(|unit| context.tree.units[unit].aggregate);
    if stands_above {
        fill_own_part(&mut filled, &form.layout);
    }
    if filled.values.filled() == 0 {
        filled.findings.push(Finding::new("nothing-reported"));
    }
    if let Some(id) = template_id(workbook) {
        filled.findings.extend(template_findings(&id, (&unit, &form), context, &filled));
    }
    for finding in &mut filled.findings {
        if !unit.is_empty() {
            finding.subject.unit = Some(Arc::clone(&unit));
        }
        finding.subject.form = Some(Arc::clone(&form.id));
    }
    let answers = return_id(workbook).map(|id| id.answers).unwrap_or_default();
    let lineage = Lineage { answers, typed: typed_answers(workbook, &form.layout, &source.file), ..Lineage::default() };
    let submission = Submission { unit, form, values: filled.values, source: source.clone(), placements: filled.placements, lineage };
    let mut reading = FileReading {
        source,
        submission: Some(submission),
        result_state: heading_text(workbook, recognised, TextField::ResultState),
        findings: filled.findings,
    };
    reading.name_file();
    reading
}

/// What is odd about a filled-in template: made for somebody or something else, totals typed over.
fn template_findings(id: &TemplateId, (unit, form): (&str, &Form), context: &ReadContext<'_>, filled: &Filled) -> Vec<Finding> {
    let (mut findings, period) = (Vec::new(), context.period);
    // What the workbook carries may be anything: only units and forms that there are are named.
    let is_unit = context.tree.find(&id.unit).is_some();
    let is_form = context.recogniser.forms().any(|known| *known.id == *id.form);
    let wanted = TemplateId::new(form, unit, period);
    let others = [
        ("template-other-unit", (&id.unit, is_unit), &wanted.unit, unit.is_empty() || id.unit == wanted.unit),
        ("template-other-form", (&id.form, is_form), &wanted.form, id.form == wanted.form && id.version == wanted.version),
    ];
    for (rule, (found, is_known), expected, is_right) in others {
        if !is_right {
            let found = if is_known { found.clone() } else { described(found) };
            findings.push(Finding::new(rule).saw(found, expected));
        }
    }
    if id.period != period {
        findings.push(Finding::new("template-other-term").saw(id.period, period));
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
            Place { file: None, sheet: Some(Arc::clone(sheet)), cell: Some(CellRef::new(rows[coded], columns[column])) }
        }
        _ => Place::default(),
    };
    let kind = sheet.number_kind().unwrap_or(NumberKind::Counts);
    Finding::new("template-total-overwritten").about(subject).at(place).saw(show(number, kind), "")
}

/// A unit above schools files only its own figures (a budget sheet): sheets that it leaves
/// out add nothing and are not missed.
fn fill_own_part(filled: &mut Filled, layout: &Layout) {
    for (index, sheet) in layout.data_sheets() {
        if filled.placements[index] == Placement::Absent {
            for slot in sheet.first_slot..sheet.first_slot + sheet.slots() {
                filled.values.set(slot, Status::Missing, 0);
            }
        }
    }
    filled.findings.retain(|finding| finding.rule != "sheet-missing");
}

/// The form a layout stands for in this term, or why it has no place here.
#[expect(clippy::result_large_err, reason = "once per file, and the finding is what is wanted")]
fn choose_form(recognised: &Recognised, context: &ReadContext<'_>) -> Result<Arc<Form>, Finding> {
    let mut other: Option<&Arc<Form>> = None;
    for form in context.recogniser.forms_with(&recognised.layout) {
        if &*form.circular == context.circular && form.term == context.period.term {
            return Ok(Arc::clone(form));
        }
        if other.is_none_or(|known| known.term != context.period.term) {
            other = Some(form);
        }
    }
    let Some(form) = other else { return Err(Finding::new("unknown-form")) };
    let found = format!("{} ({})", form.symbol, form.circular);
    let rule = if form.term == context.period.term { "old-form" } else { "wrong-term" };
    let expected = if form.term == context.period.term { context.circular } else { context.period.term.id() };
    Err(Finding::new(rule).saw(found, expected))
}

fn problem_finding(problem: RawProblem) -> Finding {
    match problem {
        RawProblem::Unreadable(reason) => Finding::new("unreadable-file").saying(reason),
        RawProblem::Encrypted => Finding::new("encrypted-file"),
        RawProblem::Hostile(reason) => Finding::new("hostile-file").saying(reason),
    }
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn modified(path: &Path) -> u64 {
    let time = std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    time.and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_secs())
}

/// What a finding about a whole submission is about.
#[must_use]
pub fn subject_of(submission: &Submission) -> (Subject, Place) {
    let subject = Subject { unit: submission.known_unit(), form: Some(Arc::clone(&submission.form.id)), ..Subject::default() };
    let place = Place { file: Some(Arc::clone(&submission.source.file)), ..Place::default() };
    (subject, place)
}
