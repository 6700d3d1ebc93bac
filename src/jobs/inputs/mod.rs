//! First half of a run: everything the pipeline names is read and kept once.

mod decided;
pub mod held;
pub mod keep;
mod named;
mod records;
pub mod source;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use self::held::{ReadInput, Sieve, Sifted};
use self::keep::names_of;
use self::named::check_named;
use self::records::RecordInputs;
use crate::base::disk;
use crate::base::error::{Error, Result};
use crate::base::input::{Input, MAX_TABLE, read_text};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::base::term::Term;
use crate::base::text::fold;
use crate::findings::{Finding, Location, NamedValue, Subject};
use crate::forms::ResultState;
use crate::forms::{Form, Regulation, Schemas, parse_toml};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::jobs::units::{lint_register, register_beside};
use crate::ledger::Board;
use crate::lists::{ListClaims, ListContext, ListFile, ListMapping, ListReader, OTHER_SHEETS};
use crate::privacy::Names;
use crate::register::{NameIndex, Register, Tree, UnitIndex};
use crate::returns::{InputFile, ReturnKey, Source, Submission};
use crate::tables::{Signs, TableWords};
use crate::workbooks::{
    FileReading, Found, Isolation, ReadContext, ReadReturn, Recogniser, UnitRule, Writing, find_files, idle_lines, modified, read_files,
    read_rows, read_table, shown_path, subject_of, tie_to_units,
};
use crate::workspace::kept::{Keeping, Kept, KeptReading, UnreadFile};
use crate::workspace::{Pipeline, Together};

/// The rule of a return whose heading names another state of the results.
const OTHER_STATE: &str = "other-result-state";

/// Letters that a cell of a workbook takes.
const LONGEST_NAME: usize = 32_767;
/// Letters left of a longer name: it is no name, and they tell which it was.
const SHORTENED_NAME: usize = 250;

/// Inputs of a run.
#[derive(Debug)]
pub struct Loaded {
    /// The governing circular.
    pub regulation: Regulation,
    /// Its forms of the term.
    pub forms: Vec<Arc<Form>>,
    /// Units as at the term.
    pub tree: Tree,
    /// Returns that count, sorted by form and unit.
    pub submissions: Vec<Submission>,
    /// Findings of reading.
    pub findings: Vec<Finding>,
    /// Units and forms whose files contradict each other.
    pub contested: HashSet<ReturnKey>,
    /// Files read, with their hashes.
    pub sources: Vec<Source>,
    /// Fate of every file among the returns.
    pub files: Vec<InputFile>,
    /// Names of files and sheets, as far as they may be kept.
    pub names: Names,
    /// Inputs that a release keeps, where one is made.
    pub kept: Option<Kept>,
}

/// A term before any return is read.
#[derive(Debug)]
pub struct Frame {
    /// The governing circular.
    pub regulation: Regulation,
    /// Its forms of the term.
    pub forms: Vec<Arc<Form>>,
    /// Units as at the term.
    pub tree: Tree,
    /// Oddities of the register.
    pub findings: Vec<Finding>,
}

/// Reads the register and finds the term's circular and forms.
pub fn frame(session: &Session, pipeline: &Pipeline) -> Result<Frame> {
    let (schemas, isolation) = (&session.schemas, &session.isolation);
    let regulation = circular(pipeline, schemas)?;
    let day = regulation.as_at(pipeline.period).ok_or_else(|| Error::Unknown {
        kind: message!("kinds.reference_date_of"),
        name: pipeline.period.to_string(),
        hint: None,
    })?;
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|f| f.term == pipeline.period.term).cloned().collect();
    let register_path = pipeline.path(&pipeline.file.register);
    let register = Register::read(&read_table(&register_path, None, None, isolation)?, &schemas.register)?;
    let mut tree = Tree::as_at(&register, day)?;
    tree.name_forms(schemas.forms_of(&regulation.id));
    check_forms(&tree, &forms, &register, schemas)?;
    // Inputs of a release stay as they were.
    if !matches!(pipeline.keeping, Keeping::From(_)) {
        check_named(pipeline, &register, schemas)?;
        pipeline.deadlines(&regulation)?;
    }
    let mut findings = shorten_names(&mut tree, &register_path);
    findings.extend(lint_register(&register, &tree, &forms, schemas));
    findings.extend(register_beside(&register_path, schemas, isolation));
    Ok(Frame { regulation, forms, tree, findings })
}

/// Cuts names that no cell of a workbook can take, and tells them.
fn shorten_names(tree: &mut Tree, register: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    for unit in &mut tree.units {
        let length = unit.name.encode_utf16().count();
        if length > LONGEST_NAME {
            let subject = Subject { unit: Some(Arc::clone(&unit.code)), ..Subject::default() };
            let place = Location {
                file: Some(Arc::from(shown_path(register))),
                cell: Some(CellRef::new(unit.line.saturating_sub(1), 0)),
                ..Location::default()
            };
            findings.push(Finding::new("unit-name-too-long").subject(subject).location(place).observed(length, LONGEST_NAME));
            unit.name = Arc::from(unit.name.chars().take(SHORTENED_NAME).chain(['…']).collect::<String>());
        }
    }
    findings
}

/// The circular that governs the pipeline's term, with the term's results in the state that the pipeline names.
pub fn circular(pipeline: &Pipeline, schemas: &Schemas) -> Result<Regulation> {
    let regulation = schemas.regulation_for(pipeline.file.regulation.as_deref(), pipeline.period)?.clone();
    let Some(state) = &pipeline.file.result_state else { return Ok(regulation) };
    regulation.in_state(pipeline.period.term, state).map_err(|known| Error::Unknown {
        kind: message!("kinds.later_state_of_results"),
        name: state.clone(),
        hint: Some(match known.join(", ") {
            none if none.is_empty() => message!("workspace.term_results_one_state"),
            known => message!("workspace.later_states_leave_line", known),
        }),
    })
}

/// Reads register, workbooks and lists.
pub fn load(session: &Session, pipeline: &Pipeline) -> Result<Loaded> {
    let schemas = &session.schemas;
    let mut frame = frame(session, pipeline)?;
    let names = names_of(session, pipeline, &frame.tree);
    let odd = std::mem::take(&mut frame.findings);
    let ReadInputs { read, tables, around, unread } = match &pipeline.keeping {
        Keeping::From(kept) => {
            let mut read: Vec<ReadInput> = kept.readings.iter().map(|own| ReadInput::kept(own, &frame.forms)).collect::<Result<_>>()?;
            for own in &mut read {
                name_states(&mut own.findings, &frame.regulation);
            }
            ReadInputs { read, tables: Vec::new(), around: kept.around.clone(), unread: kept.unread.clone() }
        }
        _ => read_inputs(session, pipeline, &frame, odd)?,
    };
    let kept = matches!(pipeline.keeping, Keeping::ForRelease).then(|| {
        let reading = |own: &ReadInput| KeptReading::new(&own.source, own.is_list, &own.submissions, &own.findings, &names);
        let around = around.iter().map(|finding| names.finding(finding)).collect();
        let unread = unread.iter().map(|own| UnreadFile { file: names.shared(&own.file, true), why: Arc::clone(&own.why) }).collect();
        Kept { readings: read.iter().map(reading).collect(), around, unread, ..Kept::default() }
    });
    let mut sources = tables;
    sources.extend(read.iter().map(|own| own.source.clone()));
    if let Keeping::From(kept) = &pipeline.keeping {
        sources.clone_from(&kept.sources);
    }
    let catalogue = &session.texts.catalogue;
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    let sieve = Sieve {
        tree: &frame.tree,
        forms: &frame.forms,
        together: Together { duplicates: pipeline.file.inputs.duplicates, where_both: pipeline.file.inputs.where_both },
        board: &board,
        rules: &schemas.rules,
        as_they_are: pipeline.file.inputs.as_they_are,
    };
    let Sifted { counted, findings, contested, files } = sieve.sift(read, &unread);
    let findings = around.into_iter().chain(findings).collect();
    sources.sort();
    session.end();
    let Frame { regulation, forms, tree, .. } = frame;
    Ok(Loaded { regulation, forms, tree, submissions: counted, findings, contested, sources, files, names, kept })
}

/// Inputs read for a pipeline.
struct ReadInputs {
    /// Files that hold returns, one by one, in a fixed order.
    read: Vec<ReadInput>,
    /// The tables beside them.
    tables: Vec<Source>,
    /// Oddities of folders and the register.
    around: Vec<Finding>,
    /// Files that were not read, and the phrase that says why.
    unread: Vec<UnreadFile>,
}

/// Reads every file that a pipeline names; `odd` is what was found of the register.
fn read_inputs(session: &Session, pipeline: &Pipeline, frame: &Frame, odd: Vec<Finding>) -> Result<ReadInputs> {
    let (schemas, isolation) = (&session.schemas, &session.isolation);
    let Frame { regulation, forms, tree, .. } = frame;
    let inputs = &pipeline.file.inputs;
    let mapping = inputs.mapping.as_ref().map(|path| read_table(&pipeline.path(path), None, None, isolation)).transpose()?;
    let claim_words = &session.texts.claims;
    let (names, decisions) = (Some(inputs.file_name.as_str()), &claim_words.decisions);
    let rule = UnitRule::new(&inputs.unit_from, names, mapping.as_ref(), decisions)?.always(inputs.unit.as_deref());
    let recogniser = Recogniser::new(&schemas.candidate_forms(&regulation.id)).preferring(&regulation.id);
    let unit_names = NameIndex::new(tree, &claim_words.names);
    let words = &session.texts.tables;
    let signs = inputs.signs(words);
    let context = ReadContext {
        recogniser: &recogniser,
        circular: &regulation.id,
        period: pipeline.period,
        tree,
        names: &unit_names,
        claim_words,
        units: Some(&rule),
        locale: inputs.numbers,
        signs: &signs,
        isolation,
    };
    let paths: Vec<_> = inputs.workbooks.iter().map(|path| pipeline.path(path)).collect();
    let Found { files, unread, findings: mut around } = find_files(&paths, &pipeline.own_files())?;
    tie_to_units(&mut around, tree);
    around.extend(odd);
    if let Some(mapping) = &mapping {
        around.extend(idle_lines(mapping, &files, decisions)?);
    }
    session.begin(JobStage::Read, files.len())?;
    let of_workbook = |FileReading { source, returns, mut findings }: FileReading| {
        findings.extend(returns.iter().filter_map(|own| other_state(own, regulation, pipeline.period.term)));
        let submissions = returns.into_iter().map(|own| own.submission).collect();
        ReadInput { source, submissions, findings, is_list: false, sheet: None }
    };
    let mut read: Vec<ReadInput> = read_files(&files, &context, &|| session.step())?.into_iter().map(of_workbook).collect();
    for list in &inputs.lists {
        let claims = ListClaims { tree, names: &unit_names, words: claim_words, period: pipeline.period };
        read.push(load_list(pipeline, list, forms, words, claims, isolation)?);
    }
    drop_sheets_of_other_lists(&mut read);
    read.extend(RecordInputs { session, pipeline, frame, names: &unit_names, rule: &rule }.read()?);
    let named = [Some(&pipeline.file.register), inputs.mapping.as_ref(), inputs.population.as_ref()];
    let mut tables = named.into_iter().flatten().map(|path| source_of(&pipeline.path(path))).collect::<Result<Vec<_>>>()?;
    for own in &mut read {
        own.seen_from(pipeline);
    }
    for source in &mut tables {
        source.file = relative(pipeline, &source.file);
    }
    relative_names(pipeline, &mut around);
    let named = |path: &Path| relative(pipeline, &Arc::from(shown_path(path)));
    let unread = unread.into_iter().map(|own| UnreadFile { file: named(&own.path), why: Arc::from(own.why) }).collect();
    Ok(ReadInputs { read, tables, around, unread })
}

/// Drops findings of one list about the sheet that another list is read from.
fn drop_sheets_of_other_lists(read: &mut [ReadInput]) {
    let sheets = read.iter().filter_map(|own| Some((Arc::clone(&own.source.file), own.sheet.clone()?)));
    let sheets: HashSet<(Arc<str>, Arc<str>)> = sheets.collect();
    for own in read {
        let is_read = |place: &Location| place.file.clone().zip(place.sheet.clone()).is_some_and(|key| sheets.contains(&key));
        own.findings.retain(|finding| finding.rule != OTHER_SHEETS || !is_read(&finding.place));
    }
}

/// A finding for a return whose heading names another state of the results than the pipeline is about.
fn other_state(own: &ReadReturn, regulation: &Regulation, term: Term) -> Option<Finding> {
    let (submission, text) = (&own.submission, fold(own.result_state.as_deref()?));
    let wanted = regulation.result_state(term)?;
    let states = regulation.term(term).map(|rule| rule.result_states.as_slice()).unwrap_or_default();
    let found = states.iter().find(|state| state.id != wanted.id && fold(&state.heading) == text)?;
    let (subject, place) = subject_of(submission);
    Some(Finding::new(OTHER_STATE).subject(subject).location(place).observed(state_words(found), state_words(wanted)))
}

fn state_words(state: &ResultState) -> Message {
    Message::both(&state.short_vi, &state.short_en)
}

/// Findings are kept with the Vietnamese names of states: gives them the others again.
fn name_states(findings: &mut [Finding], regulation: &Regulation) {
    for observed in findings.iter_mut().filter(|finding| finding.rule == OTHER_STATE).flat_map(Finding::observed_mut) {
        let mut states = regulation.terms.iter().flat_map(|term| &term.result_states);
        if let Some(state) = states.find(|state| state.short_vi == observed.plain()) {
            *observed = state_words(state).into();
        }
    }
}

/// The register may name forms of every term of the circular, and no others.
fn check_forms(tree: &Tree, forms: &[Arc<Form>], register: &Register, schemas: &Schemas) -> Result<()> {
    let (_, mut unknown) = crate::rules::expectations(tree, forms);
    let circular = forms.first().map(|form| Arc::clone(&form.circular)).unwrap_or_default();
    unknown.retain(|(_, name)| !schemas.forms_of(&circular).any(|form| form.short == *name || form.symbol == *name));
    let problem = |(unit, form): &(UnitIndex, Arc<str>)| {
        let unit = &tree.units[*unit];
        message!("workspace.line_unit_file_form", line = unit.line, code = unit.code, form)
    };
    let problems: Vec<Message> = unknown.iter().map(problem).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = forms.iter().map(|form| &*form.short).collect();
    Err(Error::config(&register.file, Message::join(&problems, "\n  ")).with_hint(known_forms(&known)))
}

fn known_forms(known: &[&str]) -> Message {
    let known = known.join(", ");
    message!("workspace.known_forms", known)
}

impl ReadInput {
    /// Restores the reading that a release kept.
    fn kept(reading: &KeptReading, forms: &[Arc<Form>]) -> Result<Self> {
        let (source, findings) = (reading.source.clone(), reading.findings.clone());
        Ok(Self { source, submissions: reading.submissions(forms)?, findings, is_list: reading.is_list, sheet: None })
    }

    /// Names files as seen from the workspace.
    fn seen_from(&mut self, pipeline: &Pipeline) {
        relative_returns(pipeline, &mut self.submissions);
        relative_names(pipeline, &mut self.findings);
        self.source.file = relative(pipeline, &self.source.file);
    }
}

fn load_list(
    pipeline: &Pipeline,
    list: &ListFile,
    forms: &[Arc<Form>],
    words: &TableWords,
    claims: ListClaims<'_>,
    isolation: &Isolation,
) -> Result<ReadInput> {
    let mapping = match &list.mapping {
        None => ListMapping { form: list.form.clone().unwrap_or_default(), ..ListMapping::default() },
        Some(path) => {
            let path = pipeline.path(path);
            let text = read_text(&path)?;
            parse_toml::<ListMapping>(&path.display().to_string(), &text)?
        }
    };
    let path = pipeline.path(&list.file);
    let form = forms.iter().find(|form| form.is_called(&mapping.form)).ok_or_else(|| {
        let known: Vec<&str> = forms.iter().map(|form| &*form.short).collect();
        Error::Unknown { kind: message!("kinds.form"), name: mapping.form.clone(), hint: Some(known_forms(&known)) }
    })?;
    let read = || {
        let source = Source { modified: modified(&path), ..source_of(&path)? };
        let inputs = &pipeline.file.inputs;
        let signs = Signs::new([&words.signs, &inputs.declared_signs(), &mapping.signs()]);
        let writing = Writing { locale: inputs.numbers, signs: &signs };
        let mut reader = ListReader::new(
            &mapping,
            form,
            &source,
            ListContext { tree: claims.tree, writing, words, claims, as_they_are: pipeline.file.inputs.as_they_are },
        );
        let table = read_rows(&path, &mapping.shape(), isolation, &mut |table, row| reader.take(table, &row))?;
        let (submissions, findings) = reader.finish(&table)?;
        Ok(ReadInput { source, submissions, findings, is_list: true, sheet: table.sheet })
    };
    Ok(read().unwrap_or_else(|problem: Error| unreadable_list(&path, &problem)))
}

/// A list that cannot be read costs one finding; the returns it was to hold are missing, and everything else goes on.
fn unreadable_list(path: &Path, problem: &Error) -> ReadInput {
    let file: Arc<str> = Arc::from(shown_path(path));
    let source = source_of(path).unwrap_or_else(|_| Source { file: Arc::clone(&file), sha256: Arc::from(""), modified: 0 });
    ReadInput { source, submissions: Vec::new(), findings: vec![unreadable(&file, path, problem)], is_list: true, sheet: None }
}

/// A finding that a file of rows cannot be read, or not to its end.
fn unreadable(file: &Arc<str>, path: &Path, problem: &Error) -> Finding {
    let mut finding = Finding::new("unreadable-list").location(Location { file: Some(Arc::clone(file)), ..Location::default() });
    // The place says where the file is; a text with the folder in it would be another one on every machine.
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let short = |text: String| text.replace(&path.display().to_string(), &name).replace(&shown_path(path), &name);
    finding.values =
        vec![NamedValue::new("reason_vi", short(problem.message().vi())), NamedValue::new("reason_en", short(problem.to_string()))];
    finding
}

fn source_of(path: &Path) -> Result<Source> {
    // Only looked at: whether it is a file, and how large.
    Input::open(path, MAX_TABLE).map_err(|refusal| refusal.about(path))?;
    let (sha256, _) = disk::hash(path)?;
    Ok(Source { file: Arc::from(shown_path(path)), sha256: Arc::from(sha256), modified: 0 })
}

/// File names as seen from the workspace: the same wherever the program runs.
fn relative(pipeline: &Pipeline, file: &Arc<str>) -> Arc<str> {
    let prefix = shown_path(&pipeline.workspace);
    match file.strip_prefix(&prefix) {
        Some(rest) if !prefix.is_empty() => Arc::from(rest.trim_start_matches('/')),
        _ => Arc::clone(file),
    }
}

fn relative_returns(pipeline: &Pipeline, submissions: &mut [Submission]) {
    for submission in submissions {
        let (taken, typed) = (submission.lineage.taken.values_mut(), submission.lineage.typed.iter_mut());
        for file in std::iter::once(&mut submission.source.file).chain(taken).chain(typed.map(|answer| &mut answer.file)) {
            *file = relative(pipeline, file);
        }
    }
}

fn relative_names(pipeline: &Pipeline, findings: &mut [Finding]) {
    for finding in findings {
        let Location { file, .. } = &mut finding.place;
        if let Some(name) = file {
            *name = relative(pipeline, name);
        }
        for own in [&mut finding.expected, &mut finding.detail] {
            own.rename(&|name| relative(pipeline, name));
        }
    }
}
