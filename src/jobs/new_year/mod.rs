//! The next school year of a workspace: settings moved on and the old ones kept, the register checked, folders for returns.

mod text;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::base::disk::{write_atomic, write_new};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::SchoolYear;
use crate::forms::Form;
use crate::jobs::inputs::circular;
use crate::jobs::session::Session;
use crate::jobs::units::look_at_register;
use crate::ledger::Stamp;
use crate::workspace::{FoundWorkspace, NOTE, Pipeline, Settings, SettingsSchema, TermName, return_note, settings_xlsx};

/// Request for the next school year.
#[derive(Debug, Clone, Default)]
pub struct NewYearRequest {
    /// The workspace; the nearest one from where the program runs otherwise.
    pub folder: Option<PathBuf>,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// Days before a school year begins from which on it can be opened: a second call by mistake opens no third year.
const DAYS_AHEAD: u64 = 120;

/// A school year that was opened.
#[derive(Debug, Serialize)]
pub struct OpenedYear {
    /// The new school year.
    pub school_year: String,
    /// The old school year.
    pub old_year: String,
    /// The workbook of settings, which is that of the new year.
    pub settings: PathBuf,
    /// The settings of the old year as they were.
    pub kept_as: PathBuf,
    /// Folders for returns.
    pub folders: Vec<PathBuf>,
    /// Units of the register on the new year's first day of figures.
    pub units: usize,
    /// Findings about the register on that day.
    pub register_findings: usize,
    /// Terms of the old year that nothing was released of.
    pub unreleased: Vec<UnreleasedTerm>,
    /// Deadlines and lists that stay in the old settings.
    pub left_behind: usize,
}

/// A term that nothing was released of.
#[derive(Debug, Serialize)]
pub struct UnreleasedTerm {
    /// Its name in commands.
    pub term: String,
    /// Its name in words.
    #[serde(skip)]
    pub name: Message,
}

/// Opens the next school year. The old workbook stays beside the new one under the name of its year; nothing is lost.
///
/// # Errors
/// When there is no workbook of settings, it or the register is not right, or the old settings' place is taken.
pub fn new_year(session: &Session, request: &NewYearRequest) -> Result<OpenedYear> {
    let schema = SettingsSchema::built_in()?;
    let folder = match &request.folder {
        Some(folder) => folder.clone(),
        None => FoundWorkspace::nearest(&schema)?.folder,
    };
    let workbook = folder.join(&schema.workbook);
    if !workbook.is_file() {
        let reason = message!("settings.no_workbook", workbook = schema.workbook);
        return Err(Error::config(Path::new(".").join(&folder).display(), reason).with_hint(message!("settings.year_in_toml")));
    }
    let old = Settings::read(&workbook, &schema)?;
    let _lock = Pipeline::open(&workbook)?.lock_alone()?;
    let year = SchoolYear(old.year.0 + 1);
    let soon = Stamp::now(request.on).on.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or_default();
    if year > schema.year_of(soon) {
        let reason = message!("settings.year_too_early", year, old = old.year);
        return Err(Error::config(workbook.display(), reason).with_hint(message!("settings.year_is_open")));
    }
    let texts = old.texts_in(year, &schema, session.lang);
    let bytes = settings_xlsx(&schema, year, &texts, session.lang)?;
    let unreleased = unreleased(&folder, &old, &schema)?;
    let kept_as = keep(&workbook, old.year)?;
    write_atomic(&workbook, &bytes)?;
    let mut opened = OpenedYear {
        school_year: year.to_string(),
        old_year: old.year.to_string(),
        settings: workbook.clone(),
        kept_as,
        folders: Vec::new(),
        units: 0,
        register_findings: 0,
        unreleased,
        left_behind: old.deadlines.len() + old.lists.len(),
    };
    for term in plain_terms(&schema) {
        let pipeline = Pipeline::open(&folder.join(&term.id))?;
        for folder in pipeline.file.inputs.workbooks.iter().map(|path| pipeline.path(path)).filter(|path| !path.exists()) {
            write_new(&folder.join(NOTE), &return_note(term.term, session.lang))?;
            opened.folders.push(folder);
        }
        if opened.units == 0 {
            let regulation = circular(&pipeline, &session.schemas)?;
            let forms = session.schemas.forms_of(&regulation.id).filter(|form| form.term == term.term);
            let forms: Vec<Arc<Form>> = forms.cloned().collect();
            let day = regulation.as_at(pipeline.period).unwrap_or_default();
            let look = look_at_register(session, &pipeline.path(&pipeline.file.register), &forms, day)?;
            (opened.units, opened.register_findings) = (look.units, look.findings.len());
        }
    }
    Ok(opened)
}

/// Keeps the old workbook under the name of its year; a copy that is there already is left from a call that did not end.
fn keep(workbook: &Path, year: SchoolYear) -> Result<PathBuf> {
    let read = |path: &Path| std::fs::read(path).map_err(|e| Error::io(Action::Read, path, e));
    let stem = workbook.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let kept_as = workbook.with_file_name(format!("{stem} {year}.xlsx"));
    let bytes = read(workbook)?;
    if kept_as.exists() {
        if read(&kept_as)? == bytes {
            return Ok(kept_as);
        }
        let reason = message!("screen.already", taken = kept_as.display());
        return Err(Error::config(workbook.display(), reason).with_hint(message!("settings.move_old_settings")));
    }
    write_new(&kept_as, &bytes)?;
    Ok(kept_as)
}

/// Terms of the year that nothing was released of.
fn unreleased(folder: &Path, settings: &Settings, schema: &SettingsSchema) -> Result<Vec<UnreleasedTerm>> {
    let mut unreleased = Vec::new();
    for term in plain_terms(schema) {
        let pipeline = Pipeline::open(&folder.join(&term.id))?;
        if pipeline.archive_reader()?.releases_of(&pipeline.key()?).next().is_none() {
            unreleased.push(UnreleasedTerm { term: term.id.clone(), name: term.period(settings.year).message() });
        }
    }
    Ok(unreleased)
}

/// Terms in the state that reports are due in.
fn plain_terms(schema: &SettingsSchema) -> impl Iterator<Item = &TermName> {
    schema.terms.iter().filter(|term| term.result_state.is_none())
}
