//! The sources that are compared: read in one term, as far as its register knows their units.

use std::path::PathBuf;
use std::sync::Arc;

use super::request::{ReconcileRequest, SourceRequest};
use super::{Reconciled, SourceName};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, Term};
use crate::findings::Finding;
use crate::findings::Observed;
use crate::forms::{Form, Regulation};
use crate::jobs::inputs::Loaded;
use crate::jobs::inputs::keep::names_of;
use crate::jobs::inputs::source::{SourceReader, SourceReturns};
use crate::jobs::session::Session;
use crate::query::reconcile::ComparedSource;
use crate::register::{Register, Tree, UnitIndex};
use crate::returns::{Returns, Source as FileSource, Submission};
use crate::workbooks::{read_table, shown_path};
use crate::workspace::kept::{Keeping, KeptReturn, as_kept};
use crate::workspace::{Inputs, Outputs, Pipeline, PipelineFile, ReleaseRules, is_pipeline};

/// Reads sources of one term.
pub struct Loader<'a> {
    /// The pipeline that tells about the term; sources are read as it says.
    pub base: Pipeline,
    /// The term's circular.
    pub regulation: Regulation,
    /// Units as at the term.
    pub tree: Tree,
    request: &'a ReconcileRequest,
    session: &'a Session,
}

impl<'a> Loader<'a> {
    /// A loader for the term that the request is about.
    ///
    /// # Errors
    /// When term or register are not told, or the register is not right.
    pub fn new(session: &'a Session, request: &'a ReconcileRequest) -> Result<Self> {
        let schemas = &session.schemas;
        let base = base(request)?;
        let regulation = schemas.regulation_for(base.file.regulation.as_deref(), base.period)?.clone();
        let table = read_table(&base.path(&base.file.register), None, None, &session.isolation)?;
        let mut tree = Tree::as_at(&Register::read(&table, &schemas.register)?, regulation.as_at(base.period).unwrap_or_default())?;
        tree.name_forms(schemas.forms_of(&regulation.id));
        Ok(Self { base, regulation, tree, request, session })
    }

    /// A loader for the term of a pipeline that is being run.
    fn of(session: &'a Session, pipeline: &Pipeline, loaded: &Loaded, request: &'a ReconcileRequest) -> Self {
        let (base, regulation, tree) = (pipeline.clone(), loaded.regulation.clone(), loaded.tree.clone());
        Self { base, regulation, tree, request, session }
    }

    /// Reads a source.
    ///
    /// # Errors
    /// When the path is no source, or nothing in it can be used.
    pub fn load(&self, source: &SourceRequest) -> Result<(ComparedSource, SourceName)> {
        let reader = SourceReader {
            session: self.session,
            base: &self.base,
            regulation: &self.regulation,
            form: self.request.form.as_deref(),
            unit: self.request.unit.as_deref(),
        };
        let input = reader.recognise(&source.path, source.mapping.as_deref())?;
        let SourceReturns { submissions, unread } = reader.read(&input)?;
        let (submissions, unread) = self.registered(submissions, unread);
        // Results are handed on: names of files go as far as they may be kept.
        let mut names = names_of(self.session, &self.base, &self.tree);
        // Folders are those that somebody has named; files in them may be called anything.
        let folder = if source.path.is_dir() { Some(source.path.as_path()) } else { source.path.parent() };
        names.learn(folder.into_iter().flat_map(std::path::Path::components).map(|part| part.as_os_str().to_string_lossy().into_owned()));
        let mut unread: Vec<Finding> = unread.iter().map(|finding| names.finding(finding)).collect();
        self.session.schemas.rules.grade(&mut unread);
        let name = SourceName { name: names.file(&shown_path(&source.path)), kind: input.id(), unread };
        if submissions.is_empty() {
            return Err(self.nothing(&name));
        }
        let submissions = submissions.into_iter().map(|own| as_kept(own, &names)).collect();
        Ok((ComparedSource { submissions, adds_up: input.adds_up(), totals: source.totals.clone() }, name))
    }

    /// Returns of units of the term's register, of the form asked about; those of other units are named.
    fn registered(&self, submissions: Vec<Submission>, mut unread: Vec<Finding>) -> (Vec<Submission>, Vec<Finding>) {
        let asked = self.request.form.as_deref();
        let of_form = |s: &Submission| asked.is_none_or(|form| s.form.is_called(form));
        let submissions = submissions.into_iter().filter(of_form);
        let (known, others): (Vec<_>, Vec<_>) = submissions.partition(|s| self.tree.find(&s.unit).is_some());
        for submission in others {
            let (subject, place) = crate::workbooks::subject_of(&submission);
            let unit = Observed::name(&submission.unit);
            unread.push(Finding::new("unregistered-unit").subject(subject).location(place).observed(unit, self.tree.day));
        }
        (known, unread)
    }

    /// A source without a single return, with what was said of its first file.
    fn nothing(&self, name: &SourceName) -> Error {
        use crate::base::message::Lang;
        let said = |lang| name.unread.first().map(|f| self.session.schemas.rules.message(f, lang)).unwrap_or_default();
        let nothing = message!("reconcile.no_return_usable");
        let finding = Message::both(said(Lang::Vi), said(Lang::En));
        let reason = if finding.is_empty() { nothing } else { Message::join(&[nothing, finding], "; ") };
        let is_unknown = name.unread.iter().any(|f| ["unknown-unit", "unregistered-unit"].contains(&&*f.rule));
        let error = Error::config(&name.name, reason);
        if !is_unknown {
            return error;
        }
        error.with_hint(message!("reconcile.tell_whose_workbook_unit"))
    }
}

/// The other source of a run.
#[derive(Debug, Default)]
pub struct OtherSource {
    /// Its returns.
    pub returns: Returns,
    /// Its files.
    pub files: Vec<FileSource>,
    /// Returns that a release keeps of them, where one is made.
    pub kept: Option<Vec<KeptReturn>>,
}

/// The returns of the other source that a pipeline names, and its files; none where it names none.
///
/// # Errors
/// When the path is no source, or nothing in it can be used.
pub fn other_source(session: &Session, pipeline: &Pipeline, loaded: &Loaded) -> Result<Option<OtherSource>> {
    if let Keeping::From(kept) = &pipeline.keeping {
        return Ok(kept.other_returns().map(|returns| OtherSource { returns, ..OtherSource::default() }));
    }
    let Some(path) = &pipeline.file.inputs.other_source else { return Ok(None) };
    let source = SourceRequest { path: pipeline.path(path), ..SourceRequest::default() };
    let request = ReconcileRequest::of_one(source.clone());
    let (source, _) = Loader::of(session, pipeline, loaded, &request).load(&source)?;
    let is_kept = matches!(pipeline.keeping, Keeping::ForRelease);
    let keep = |submission: &Submission| KeptReturn::new(submission, &loaded.names);
    let mut other = OtherSource { kept: is_kept.then(|| source.submissions.iter().map(keep).collect()), ..OtherSource::default() };
    for submission in source.submissions {
        other.files.push(submission.source);
        other.returns.insert(submission.unit, Arc::clone(&submission.form.id), submission.values);
    }
    other.files.sort();
    other.files.dedup();
    Ok(Some(other))
}

/// The pipeline that tells about the term: the one named, that of a source, or one made of the options.
fn base(request: &ReconcileRequest) -> Result<Pipeline> {
    let sides = || [&*request.a.path, &*request.b.path].into_iter();
    let named = request.pipeline.as_deref().or_else(|| sides().find(|path| is_pipeline(path)));
    let mut base = match named {
        Some(path) => Pipeline::open(path)?,
        None => from_options(request)?,
    };
    if let Some(year) = request.year {
        base.period.year = year;
    }
    if let Some(term) = request.term {
        base.period.term = term;
    }
    if let Some(numbers) = request.numbers {
        base.file.inputs.numbers = numbers;
    }
    if let Some(register) = &request.register {
        base.file.register = std::path::absolute(register).map_err(|e| Error::io(Action::Read, register, e))?;
    }
    Ok(base)
}

fn from_options(request: &ReconcileRequest) -> Result<Pipeline> {
    let (Some(register), Some(year)) = (&request.register, request.year) else {
        let reason = message!("reconcile.term_register_not_known");
        let hint = message!("reconcile.add_pipeline_file_toml");
        return Err(Error::config("reconcile", reason).with_hint(hint));
    };
    let period = Period { year, term: request.term.unwrap_or(Term::Opening) };
    let file = PipelineFile {
        result_state: None,
        title: String::new(),
        school_year: year.to_string(),
        term: period.term,
        regulation: None,
        register: register.clone(),
        workspace: PathBuf::new(),
        inputs: Inputs::default(),
        outputs: Outputs::default(),
        release: ReleaseRules::default(),
        deadlines: Vec::new(),
    };
    Ok(Pipeline::made(file, period))
}

impl Reconciled {
    /// The return of a unit for a form in a source.
    #[must_use]
    pub fn submission(&self, which: crate::query::reconcile::Which, form: &Form, unit: UnitIndex) -> Option<&Submission> {
        let code = &self.tree.units[unit].code;
        let returns = &self.source(which).submissions;
        // Returns come sorted by form and unit.
        let at = returns.binary_search_by(|s| (&*s.form.id, &*s.unit).cmp(&(&*form.id, &**code)));
        at.ok().map(|at| &returns[at])
    }
}
