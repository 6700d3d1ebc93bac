//! A new workspace written: a register, blank or made out of a list, and pipelines.

mod text;

use std::path::PathBuf;

use serde::Serialize;

use crate::base::disk::write_new;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::session::Session;
use crate::workbooks::read_table;
use crate::workspace::{ListWish, MadeRegister, NewWorkspace, RegisterFile, register_of_list, workspace_files};

/// A new workspace as it is wanted.
#[derive(Debug, Clone)]
pub struct NewWorkspaceRequest {
    /// Its folder; made where it is not there.
    pub folder: PathBuf,
    /// School year, `2025-2026`.
    pub year: String,
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
    /// Line of headings; otherwise the first with text.
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
    #[serde(skip)]
    has_no_forms: bool,
}

/// Writes a workspace; a file that is there already stops it before anything is written.
///
/// # Errors
/// When the list makes no register, the year is none, or a file is there already or cannot be written.
pub fn write_workspace(session: &Session, request: &NewWorkspaceRequest) -> Result<WrittenWorkspace> {
    let NewWorkspaceRequest { folder, year, register, from, regulation } = request;
    let schemas = &session.schemas;
    let made = from.as_ref().map(|list| {
        let table = read_table(&list.file, list.sheet.as_deref(), list.heading_row, &session.isolation)?;
        register_of_list(&table, &schemas.register, &list.wish)
    });
    let made = made.transpose()?;
    let units = made.as_ref().map(|made| made.rows.as_slice());
    let new = NewWorkspace { year, register: *register, regulation: regulation.as_deref(), units, lang: session.lang };
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
    let has_no_forms = from.as_ref().is_some_and(|list| !list.wish.constants.iter().any(|own| own.key == "forms"));
    Ok(WrittenWorkspace { files: written, register: folder.join(register.name()), year: year.clone(), made, has_no_forms })
}
