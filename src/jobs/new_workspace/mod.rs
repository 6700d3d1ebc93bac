//! A new workspace written: a register, blank or made out of a list, and its settings.

mod text;

use std::path::PathBuf;

use serde::Serialize;

use crate::base::disk::write_new;
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Form, Schemas};
use crate::jobs::session::Session;
use crate::ledger::Stamp;
use crate::tables::Table;
use crate::workbooks::read_table;
use crate::workspace::{
    ListWish, MadeRegister, NewWorkspace, RegisterFile, SettingsFile, SettingsSchema, is_list_of_units, register_of_list, workspace_files,
};

/// Last line on which the headings of a list are looked for.
const LAST_HEADING_ROW: u32 = 20;

/// A new workspace as it is wanted.
#[derive(Debug, Clone)]
pub struct NewWorkspaceRequest {
    /// Its folder; made where it is not there.
    pub folder: PathBuf,
    /// School year, `2025-2026`; that of today otherwise.
    pub year: Option<String>,
    /// Name of the province; empty where it is to be filled in.
    pub province: String,
    /// Where settings stand.
    pub settings: SettingsFile,
    /// In which file the register stands.
    pub register: RegisterFile,
    /// The list that the register is made from; otherwise it is to be filled in.
    pub from: Option<RegisterListRequest>,
    /// A reporting stream of its own.
    pub regulation: Option<String>,
}

/// A list that becomes a register.
#[derive(Debug, Clone)]
pub struct RegisterListRequest {
    /// A table with a school per line.
    pub file: PathBuf,
    /// Sheet of a workbook; otherwise the first.
    pub sheet: Option<String>,
    /// Line of headings; otherwise the first that has those of a list of units.
    pub heading_row: Option<u32>,
    /// How the list becomes a register.
    pub wish: ListWish,
}

/// A workspace that was written.
#[derive(Debug, Serialize)]
pub struct WrittenWorkspace {
    /// Its files, in the order in which they were written.
    pub files: Vec<PathBuf>,
    /// The file of the register.
    pub register: PathBuf,
    /// School year.
    pub year: String,
    #[serde(skip)]
    made: Option<MadeRegister>,
    /// Units whose forms were taken from their levels.
    #[serde(skip)]
    derived: usize,
    #[serde(skip)]
    has_no_forms: bool,
    /// Where settings stand.
    #[serde(skip)]
    settings: SettingsFile,
    /// The workspace as it was named.
    #[serde(skip)]
    folder: PathBuf,
}

/// Reads a list of units. Lists that systems export begin with titles: where nobody says on which line the headings stand, it is the
/// first line that has those of a list of units.
fn table_of(list: &RegisterListRequest, session: &Session) -> Result<Table> {
    let read = |row| read_table(&list.file, list.sheet.as_deref(), row, &session.isolation);
    let is_list = |table: &Table| is_list_of_units(table, &session.schemas.register, &list.wish);
    let first = read(list.heading_row);
    if list.heading_row.is_some() || first.as_ref().is_ok_and(is_list) {
        return first;
    }
    let later = (2..=LAST_HEADING_ROW).find_map(|row| read(Some(row)).ok().filter(is_list));
    later.map_or(first, Ok)
}

/// Writes a workspace; a file that is there already stops it before anything is written.
///
/// # Errors
/// When the list makes no register, the year is none, or a file is there already or cannot be written.
pub fn write_workspace(session: &Session, request: &NewWorkspaceRequest) -> Result<WrittenWorkspace> {
    let NewWorkspaceRequest { folder, year, province, settings, register, from, regulation } = request;
    let schemas = &session.schemas;
    let today = || Ok::<_, Error>(SettingsSchema::built_in()?.year_of(Stamp::now(None).on).to_string());
    let year = &year.clone().map_or_else(today, Ok)?;
    let made = from.as_ref().map(|list| register_of_list(&table_of(list, session)?, &schemas.register, &list.wish));
    let mut made = made.transpose()?;
    let derived = made.as_mut().map(|made| forms_by_level(schemas, regulation.as_deref(), year, &mut made.rows)).transpose()?;
    let units = made.as_ref().map(|made| made.rows.as_slice());
    let (register, settings, regulation) = (*register, *settings, regulation.as_deref());
    let new = NewWorkspace { year, register, regulation, units, province, settings, lang: session.lang };
    let files = workspace_files(schemas, new)?;
    let taken: Vec<String> =
        files.iter().map(|(name, _)| folder.join(name)).filter(|p| p.exists()).map(|p| p.display().to_string()).collect();
    if !taken.is_empty() {
        let taken = taken.join(", ");
        let error = Error::config(folder.display(), message!("screen.already", taken));
        return Err(error.with_hint(message!("screen.choose_empty_folder_tkgd")));
    }
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(&name);
        write_new(&path, &bytes)?;
        written.push(path);
    }
    let derived = derived.unwrap_or_default();
    let has_no_forms = derived == 0 && from.as_ref().is_some_and(|list| !list.wish.constants.iter().any(|own| own.key == "forms"));
    let (register, year, folder) = (folder.join(register.name()), year.clone(), folder.clone());
    Ok(WrittenWorkspace { files: written, register, year, made, derived, has_no_forms, settings, folder })
}

/// Fills in the forms of units that name their levels and no forms, and file for themselves; returns how many there were.
fn forms_by_level(schemas: &Schemas, regulation: Option<&str>, year: &str, rows: &mut [Vec<String>]) -> Result<usize> {
    let year: SchoolYear = year.parse().map_err(|reason: Message| Error::config("--year", reason))?;
    let at = |key: &str| schemas.register.columns.iter().position(|own| own.key == key);
    let (Some(kind), Some(levels), Some(forms)) = (at("kind"), at("levels"), at("forms")) else { return Ok(0) };
    let files_with = at("files_with");
    let is_filed_for = |row: &[String]| files_with.is_some_and(|at| !row[at].is_empty());
    let mut known: Vec<&Form> = Vec::new();
    for term in [Term::Opening, Term::Closing] {
        let circular = &schemas.regulation_for(regulation, Period { year, term })?.id;
        known.extend(schemas.forms_of(circular).filter(|form| form.term == term).map(AsRef::as_ref));
    }
    let (kinds, named) = (schemas.register.kind_names(), schemas.register.level_names());
    let mut filled = 0;
    for row in rows.iter_mut().filter(|row| row[forms].is_empty() && !is_filed_for(row)) {
        let own = named.codes(&row[levels]);
        let kind = kinds.find(&row[kind]).map(|kind| kind.code.clone()).unwrap_or_default();
        let files = |form: &&&Form| own.contains(&&*form.level) && (form.filed_by.is_empty() || form.filed_by.contains(&kind));
        let names: Vec<&str> = known.iter().filter(files).map(|form| &*form.short).collect();
        filled += usize::from(!names.is_empty());
        row[forms] = names.join(" ");
    }
    Ok(filled)
}
