//! Files of records among the inputs of a run: found, opened, counted into returns.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::held::ReadInput;
use super::{Frame, relative, source_of, unreadable};
use crate::base::error::{Action, Error, Result};
use crate::base::input::entries;
use crate::base::message::{Message, message};
use crate::findings::{Finding, Location, Observed};
use crate::forms::Form;
use crate::jobs::session::Session;
use crate::record_files::{BrokenFile, OddityRules, OpenedFile, RecordReader, RecordReturns, RecordsRead, SchoolNames, open};
use crate::records::RecordBook;
use crate::register::NameIndex;
use crate::returns::Source;
use crate::tabulate::{AgeDays, FormDefinition, Profile};
use crate::workbooks::{UnitRule, modified};
use crate::workspace::{Pipeline, RecordInput};

/// Endings of files that may hold records.
const ENDINGS: [&str; 10] = ["csv", "tsv", "txt", "parquet", "json", "xlsx", "xlsm", "xlsb", "xls", "ods"];
/// Names of files that spreadsheet programs and systems leave beside others, or how they begin.
const LEFT_BESIDE: [&str; 3] = ["~$", "Thumbs.db", "desktop.ini"];

/// Reads the records that a pipeline names.
pub(super) struct RecordInputs<'a> {
    pub session: &'a Session,
    pub pipeline: &'a Pipeline,
    pub frame: &'a Frame,
    pub names: &'a NameIndex,
    pub rule: &'a UnitRule,
}

/// Files that were opened, and what is told of those that were not.
#[derive(Default)]
struct Opened {
    files: Vec<OpenedFile>,
    refused: Vec<ReadInput>,
    /// Findings about files: that they cannot be opened, that another has the same bytes.
    told: Vec<Finding>,
}

impl RecordInputs<'_> {
    /// Returns of the records, by the first of the files that each rests on; findings with the file they are about.
    pub fn read(&self) -> Result<Vec<ReadInput>> {
        let inputs = &self.pipeline.file.inputs;
        if inputs.records.is_empty() {
            return Ok(Vec::new());
        }
        let book = RecordBook::load(&self.session.schemas.files)?;
        let definitions = definitions_of(&self.frame.forms, &book, inputs.definitions)?;
        let Opened { files, refused, told } = self.open_all(&book)?;
        let reader = RecordReader {
            book: &book,
            definitions: &definitions,
            names: SchoolNames { tree: &self.frame.tree, names: self.names },
            rule: self.rule,
            words: &self.session.texts.tables,
            days: AgeDays { year: self.pipeline.period.year.0, day: self.frame.tree.day },
            isolation: &self.session.isolation,
        };
        let read = reader.read(&files, &|| self.session.step())?;
        let RecordReturns { submissions, findings } = read.returns(&reader, &files);
        let RecordsRead { findings: odd, broken, .. } = read;
        let mut by_file: BTreeMap<Arc<str>, ReadInput> = BTreeMap::new();
        for file in &files {
            by_file.insert(Arc::clone(&file.source.file), of_file(&file.source));
        }
        let first = files.first().map(|file| Arc::clone(&file.source.file)).unwrap_or_default();
        for submission in submissions {
            if let Some(own) = by_file.get_mut(&submission.source.file) {
                own.submissions.push(submission);
            }
        }
        let broken = broken.iter().map(|own: &BrokenFile| unreadable(&own.file, &own.path, &own.problem));
        for mut finding in odd.into_iter().chain(told).chain(broken).chain(findings) {
            let file = finding.place.file.get_or_insert_with(|| Arc::clone(&first));
            if let Some(own) = by_file.get_mut(file) {
                own.findings.push(finding);
            }
        }
        Ok(by_file.into_values().chain(refused).collect())
    }

    /// Opens every file that is named.
    fn open_all(&self, book: &RecordBook) -> Result<Opened> {
        let mut opened = Opened::default();
        for input in &self.pipeline.file.inputs.records {
            if let Some(layout) = input.layout.as_deref().filter(|name| !book.layouts.iter().any(|own| *own.id == **name)) {
                return Err(Self::unknown_layout(layout, book));
            }
            let path = self.pipeline.path(&input.path);
            if !path.exists() {
                return Err(Error::io(Action::Read, &path, std::io::ErrorKind::NotFound.into()));
            }
            for path in files_below(&path)? {
                if may_hold(&path) || input.path == path {
                    self.open(&path, input, book, &mut opened)?;
                } else {
                    let source = source_of(&path)?;
                    let source = Source { file: relative(self.pipeline, &source.file), ..source };
                    let place = Location { file: Some(Arc::clone(&source.file)), ..Location::default() };
                    let told = Finding::new(OddityRules::FILE_PASSED_OVER).location(place);
                    opened.refused.push(ReadInput { findings: vec![told], ..of_file(&source) });
                }
                self.session.step()?;
            }
        }
        Ok(opened)
    }

    fn open(&self, path: &Path, input: &RecordInput, book: &RecordBook, opened: &mut Opened) -> Result<()> {
        let found = source_of(path)?;
        let source = Source { file: relative(self.pipeline, &found.file), modified: modified(path), ..found };
        if let Some(known) = opened.files.iter().find(|own| own.source.sha256 == source.sha256) {
            let place = Location { file: Some(Arc::clone(&known.source.file)), ..Location::default() };
            opened.told.push(Finding::new(OddityRules::REPEATED_FILE).location(place).observed("", Observed::name(&source.file)));
            return Ok(());
        }
        let isolation = &self.session.isolation;
        match open(path, source.clone(), input.layout.as_deref(), book, isolation) {
            Ok(file) => opened.files.push(OpenedFile { unit: input.unit.as_deref().map(Arc::from), ..file }),
            Err(problem) => {
                opened.told.push(unreadable(&source.file, path, &problem));
                opened.files.push(OpenedFile { unit: input.unit.as_deref().map(Arc::from), ..OpenedFile::broken(path, source) });
            }
        }
        Ok(())
    }

    fn unknown_layout(name: &str, book: &RecordBook) -> Error {
        let known: Vec<&str> = book.layouts.iter().map(|own| &*own.id).collect();
        Error::Unknown { kind: message!("kinds.record_layout"), name: name.to_owned(), hint: Some(Message::from(known.join(", "))) }
    }
}

/// The cells of the term's forms that are counted.
fn definitions_of(forms: &[Arc<Form>], book: &RecordBook, profile: Profile) -> Result<Vec<FormDefinition>> {
    let counted = forms.iter().filter(|form| !form.layout.counts.is_empty());
    let wrong = |form: &Form, problems: &[Message]| Error::config(&form.symbol, Message::join(problems, "; "));
    counted.map(|form| FormDefinition::new(form, book, profile).map_err(|problems| wrong(form, &problems))).collect()
}

fn of_file(source: &Source) -> ReadInput {
    ReadInput { source: source.clone(), submissions: Vec::new(), findings: Vec::new(), is_list: true, sheet: None }
}

/// A file, or those of a folder and the folders in it that may hold records, in the order of their names.
fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (own, links) = entries(path).map_err(|problem| Error::io(Action::Read, path, problem))?;
    let mut files = Vec::new();
    for own in own {
        if own.is_dir() {
            files.extend(files_below(&own)?);
        } else if !is_left_beside(&own) {
            files.push(own);
        }
    }
    // A link may lead anywhere, also back here: files are taken, folders are not gone into.
    files.extend(links.into_iter().filter(|link| link.is_file()));
    files.sort();
    Ok(files)
}

/// Whether a file is one that programs and systems leave beside others: nobody put it there.
fn is_left_beside(file: &Path) -> bool {
    let name = file.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with('.') || LEFT_BESIDE.iter().any(|own| name.starts_with(own) || name.eq_ignore_ascii_case(own))
}

/// Whether a file may hold records, by its ending.
fn may_hold(file: &Path) -> bool {
    let ending = file.extension().map(|own| own.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.contains(&ending.as_str())
}
