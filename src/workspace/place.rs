//! Which pipeline a path means: a pipeline file, a workbook of settings, a workspace, or the name of a term in one.

use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::settings::{Settings, SettingsSchema, TermName};
use crate::base::error::{Error, Result, closest};
use crate::base::input::read_text;
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Regulation, SchemaFiles, parse_toml};
use crate::ledger::Stamp;

/// Days before the day of a term's figures from which on its returns are prepared.
const DAYS_BEFORE: u64 = 30;

/// A pipeline found.
#[derive(Debug, Clone)]
pub struct FoundPipeline {
    /// The path that means it: a file, or the name of a term beside the workbook of settings.
    pub path: PathBuf,
    /// Where it stands.
    pub place: PipelinePlace,
    /// Its term.
    pub period: Period,
    state: Option<String>,
    regulation: Option<String>,
}

/// Where a pipeline stands.
#[derive(Debug, Clone)]
pub enum PipelinePlace {
    /// In a pipeline file.
    File(PathBuf),
    /// In a workbook of settings.
    Settings {
        /// The workbook.
        workbook: PathBuf,
        /// The term in it.
        term: TermName,
    },
}

/// Parts of a pipeline file that say which pipeline it is.
#[derive(Debug, Deserialize)]
pub(super) struct PipelineHead {
    /// School year, where the file tells it.
    pub school_year: Option<String>,
    /// Term.
    pub term: Term,
    /// A later state of its results.
    pub result_state: Option<String>,
    /// A circular of its own.
    pub regulation: Option<String>,
    /// The folder that its paths start from.
    pub workspace: Option<PathBuf>,
    /// The workbook of settings that it adds to.
    pub settings: Option<PathBuf>,
}

/// All pipelines of a workspace.
#[derive(Debug)]
pub struct FoundWorkspace {
    /// Its folder.
    pub folder: PathBuf,
    /// The pipelines.
    pub pipelines: Vec<FoundPipeline>,
}

/// The place of the pipeline that a path means: a file is itself; of a workspace or its workbook of settings the term that is
/// due today; a term's name in a workspace is that term.
///
/// # Errors
/// When the settings cannot be read, or the workspace has no such term.
pub fn place_of(path: &Path, schema: &SettingsSchema) -> Result<PipelinePlace> {
    let today = Stamp::now(None).on;
    if path.is_dir() || is_workbook(path) && path.is_file() {
        return Ok(FoundWorkspace::open(path, schema)?.due(today)?.place.clone());
    }
    if !path.exists()
        && let Some((folder, term)) = named_term(path, schema)
    {
        return Ok(FoundWorkspace::open(folder, schema)?.of_term(term, today)?.place.clone());
    }
    Ok(PipelinePlace::File(path.to_owned()))
}

/// The workspace or workbook, and the term, of a path such as `thong-ke/dau-nam-hoc`.
fn named_term<'a>(path: &'a Path, schema: &'a SettingsSchema) -> Option<(&'a Path, &'a TermName)> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str() == "" { Path::new(".") } else { folder };
    let name = path.file_name()?.to_str()?;
    // Examples name pipeline files; where settings make them, the file's name is the term's.
    let stem = name.strip_suffix(".toml").filter(|_| folder.join(&schema.workbook).is_file());
    let term = schema.term(stem.unwrap_or(name))?;
    (folder.is_dir() || is_workbook(folder)).then_some((folder, term))
}

/// True for a path that names a pipeline and nothing else: a pipeline file, a workbook of settings, a term of a workspace.
#[must_use]
pub fn is_pipeline(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
        return true;
    }
    let Ok(schema) = SettingsSchema::built_in() else { return false };
    let is_settings = path.file_name().is_some_and(|name| *name == *schema.workbook) && path.is_file();
    is_settings || !path.exists() && named_term(path, &schema).is_some()
}

/// True for the name of a workbook.
fn is_workbook(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}

impl FoundWorkspace {
    /// The nearest workspace from a folder upwards: one with a workbook of settings or pipeline files.
    ///
    /// # Errors
    /// When there is none, or its settings cannot be read.
    pub fn nearest(schema: &SettingsSchema) -> Result<Self> {
        match Self::nearest_folder(schema) {
            Some(folder) => Self::open(&folder, schema),
            None => {
                let folder = std::path::absolute(".").unwrap_or_default();
                Err(no_workspace(&folder, schema))
            }
        }
    }

    /// The folder of the nearest workspace, as seen from where the program runs.
    #[must_use]
    pub fn nearest_folder(schema: &SettingsSchema) -> Option<PathBuf> {
        let here = std::path::absolute(".").ok()?;
        let seen = |above: usize| std::iter::repeat_n("..", above).collect::<PathBuf>();
        let folders = (0..here.ancestors().count()).map(seen);
        let is_workspace = |folder: &PathBuf| {
            let folder = if folder.as_os_str() == "" { Path::new(".") } else { folder };
            folder.join(&schema.workbook).is_file() || !heads(folder).is_empty()
        };
        folders.into_iter().find(is_workspace)
    }

    /// The pipelines of a workspace, or of a workbook of settings.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn open(path: &Path, schema: &SettingsSchema) -> Result<Self> {
        let (folder, workbook) = if is_workbook(path) {
            (path.parent().unwrap_or(Path::new("")).to_owned(), path.to_owned())
        } else {
            (path.to_owned(), path.join(&schema.workbook))
        };
        let is_usual = workbook.file_name().is_some_and(|name| *name == *schema.workbook);
        let mut pipelines = Vec::new();
        for (file, head) in heads(&folder).into_iter().filter(|_| is_usual) {
            let Some(year) = head.year(&folder, schema)? else { continue };
            let (period, place) = (Period { year, term: head.term }, PipelinePlace::File(file.clone()));
            pipelines.push(FoundPipeline { path: file, place, period, state: head.result_state, regulation: head.regulation });
        }
        if workbook.is_file() {
            let settings = Settings::read(&workbook, schema)?;
            let above = if is_usual { &folder } else { &workbook };
            for term in &schema.terms {
                let (period, state) = (term.period(settings.year), term.result_state.clone());
                // A file that goes by the workbook adds to it, and counts instead.
                let is_there = pipelines.iter().any(|own| own.period == period && own.state == state && own.regulation.is_none());
                if !is_there {
                    let place = PipelinePlace::Settings { workbook: workbook.clone(), term: term.clone() };
                    pipelines.push(FoundPipeline { path: above.join(&term.id), place, period, state, regulation: None });
                }
            }
        }
        if pipelines.is_empty() {
            return Err(no_workspace(path, schema));
        }
        Ok(Self { folder, pipelines })
    }

    /// The pipeline whose returns are being collected on a day: of the latest term whose figures are as at that day or before,
    /// or soon; before all of them the first.
    ///
    /// # Errors
    /// When several are of that term.
    pub fn due(&self, day: NaiveDate) -> Result<&FoundPipeline> {
        self.due_of(&|_| true, day)
    }

    /// The pipeline of a term; of several school years the one that is due on a day.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub fn of_term(&self, term: &TermName, day: NaiveDate) -> Result<&FoundPipeline> {
        let is_of = |own: &FoundPipeline| own.period.term == term.term && own.state == term.result_state;
        if !self.pipelines.iter().any(is_of) {
            let reason = message!("settings.no_such_term", folder = self.folder.display(), term = term.id);
            let paths: Vec<String> = self.pipelines.iter().map(|own| own.path.display().to_string()).collect();
            return Err(Error::config("--term", reason).with_hint(message!("settings.terms_there", terms = paths.join(", "))));
        }
        self.due_of(&is_of, day)
    }

    fn due_of(&self, is_wanted: &dyn Fn(&FoundPipeline) -> bool, day: NaiveDate) -> Result<&FoundPipeline> {
        let days = ReferenceDays::load()?;
        let wanted = || self.pipelines.iter().filter(|own| is_wanted(own)).map(|own| (days.of(own), own));
        let until = day.checked_add_days(Days::new(DAYS_BEFORE)).unwrap_or(day);
        let begun = wanted().filter(|(on, _)| *on <= until).map(|(on, _)| on).max();
        let on = begun.or_else(|| wanted().map(|(on, _)| on).min());
        // Of one day the plain one comes first: no stream of its own, and the state that reports are due in.
        let rank = |own: &FoundPipeline| (own.regulation.is_some(), own.state.is_some());
        let of_day: Vec<&FoundPipeline> = wanted().filter(|(own, _)| Some(*own) == on).map(|(_, own)| own).collect();
        let first = of_day.iter().map(|own| rank(own)).min();
        let found: Vec<&FoundPipeline> = of_day.into_iter().filter(|own| Some(rank(own)) == first).collect();
        match found[..] {
            [one] => Ok(one),
            _ => {
                let files: Vec<String> = found.iter().map(|own| own.path.display().to_string()).collect();
                let reason = message!("settings.several", files = files.join(", "));
                Err(Error::config(self.folder.display(), reason).with_hint(message!("settings.name_one")))
            }
        }
    }
}

impl PipelineHead {
    /// The school year, which may stand in the workbook of settings.
    fn year(&self, folder: &Path, schema: &SettingsSchema) -> Result<Option<SchoolYear>> {
        match (&self.school_year, &self.settings) {
            (Some(year), _) => Ok(year.parse().ok()),
            (None, Some(workbook)) => Ok(Some(Settings::read(&folder.join(workbook), schema)?.year)),
            (None, None) => Ok(None),
        }
    }
}

/// That a folder is no workspace, and how to begin one.
fn no_workspace(folder: &Path, schema: &SettingsSchema) -> Error {
    let hint = Some(message!("settings.begin_one", workbook = schema.workbook));
    Error::Unknown { kind: message!("kinds.workspace"), name: folder.display().to_string(), hint }
}

/// Pipeline files of a folder, in the order of their names.
fn heads(folder: &Path) -> Vec<(PathBuf, PipelineHead)> {
    let shown = if folder.as_os_str() == "" { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(shown) else { return Vec::new() };
    let names = entries.flatten().map(|entry| folder.join(entry.file_name()));
    let mut files: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    let head = |path: PathBuf| {
        let head: PipelineHead = parse_toml("", &read_text(&path).ok()?).ok()?;
        (head.school_year.is_some() || head.settings.is_some()).then_some((path, head))
    };
    files.into_iter().filter_map(head).collect()
}

/// Days that figures are as at, by the circulars that are in force.
struct ReferenceDays {
    regulations: Vec<Regulation>,
}

impl ReferenceDays {
    fn load() -> Result<Self> {
        let files = SchemaFiles::open(None)?;
        let paths = files.paths().filter(|path| path.ends_with("/regulation.toml"));
        Ok(Self { regulations: paths.map(|path| files.toml(path)).collect::<Result<_>>()? })
    }

    /// The day of a pipeline's figures; the earliest of all where no circular tells it.
    fn of(&self, own: &FoundPipeline) -> NaiveDate {
        let governs = |regulation: &&Regulation| match &own.regulation {
            Some(id) => regulation.id == *id,
            None => !regulation.separate && regulation.governs(own.period),
        };
        self.regulations.iter().find(governs).and_then(|regulation| regulation.as_at(own.period)).unwrap_or(NaiveDate::MIN)
    }
}

/// A pipeline as commands name it.
#[derive(Debug, Clone)]
pub struct ChosenPipeline {
    /// The path that means it.
    pub path: PathBuf,
    /// Its term, where the program chose it.
    pub taken: Option<Period>,
}

/// The pipeline that a command means: by its path, by a term's name, or none of both.
///
/// # Errors
/// When nothing is found, or a pipeline file is named together with a term.
pub fn choose(path: Option<&Path>, term: Option<&str>, schema: &SettingsSchema, day: NaiveDate) -> Result<ChosenPipeline> {
    let name = |text: &str| {
        let ids = schema.term_ids();
        schema.term(text).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.term"),
            name: text.to_owned(),
            hint: Some(closest(text, ids.iter().copied()).map_or_else(|| Message::from(ids.join(", ")), Message::did_you_mean)),
        })
    };
    let term = term.map(name).transpose()?;
    let workspace = match path {
        None => FoundWorkspace::nearest(schema)?,
        Some(path) if path.is_dir() || is_workbook(path) && path.is_file() => FoundWorkspace::open(path, schema)?,
        // The name of a term alone: also from a folder within the workspace.
        Some(path) if !path.exists() && path.components().count() == 1 && named_term(path, schema).is_some() => {
            let term = path.to_str().and_then(|text| schema.term(text));
            let workspace = FoundWorkspace::nearest(schema)?;
            let found = term.map(|term| workspace.of_term(term, day)).transpose()?;
            return Ok(ChosenPipeline { path: found.map_or_else(|| path.to_owned(), |own| own.path.clone()), taken: None });
        }
        // A file that is not there is told where it is opened.
        Some(path) if term.is_some() && (path.exists() || named_term(path, schema).is_some()) => {
            let reason = message!("settings.term_of_file", file = path.display(), workbook = schema.workbook);
            return Err(Error::config("--term", reason));
        }
        Some(path) => return Ok(ChosenPipeline { path: path.to_owned(), taken: None }),
    };
    let found = match term {
        Some(term) => workspace.of_term(term, day)?,
        None => workspace.due(day)?,
    };
    Ok(ChosenPipeline { path: found.path.clone(), taken: term.is_none().then_some(found.period) })
}
