//! A table of a unit per line brought in: a proposed list mapping instead of a form.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::write_new;
use crate::base::error::Result;
use crate::base::input;
use crate::base::message::{Lang, message};
use crate::drafts::{ListDraft, draft_list, list_counts, list_heading_row, list_toml};
use crate::forms::{Form, Schemas};
use crate::jobs::session::Session;
use crate::ooxml::MAX_FILE;
use crate::tables::{Table, TableShape};
use crate::workbooks::{read_bytes, read_whole};

/// True for files that can hold a list and no form.
pub fn is_plain_table(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(extension.as_str(), "csv" | "tsv" | "txt" | "parquet")
}

/// A table that may be a list.
#[derive(Debug, Clone, Copy)]
pub struct ListRequest<'a> {
    /// Its file.
    pub file: &'a Path,
    /// The form whose figures it holds.
    pub form: Option<&'a str>,
    /// File for the mapping.
    pub out: Option<&'a Path>,
}

/// Drafts the mapping of a list: the draft where it is to be shown, otherwise what came of it; `None` where the file holds no list.
///
/// # Errors
/// When the file cannot be read, the form is not known, or the mapping cannot be written.
pub fn import_list(session: &Session, request: ListRequest<'_>, lang: Lang) -> Result<Option<String>> {
    let ListRequest { file: path, form, out } = request;
    let schemas = &session.schemas;
    let (sheet, row) = if is_plain_table(path) {
        (None, None)
    } else {
        let bytes = input::read_bytes(path, MAX_FILE)?;
        let Ok(workbook) = read_bytes(&bytes, &session.isolation) else { return Ok(None) };
        let found = workbook.sheets.iter().find_map(|sheet| Some((sheet.name.clone(), list_heading_row(sheet, &session.texts.import)?)));
        let Some((sheet, row)) = found else { return Ok(None) };
        (Some(sheet), Some(row + 1))
    };
    let table = read_whole(path, &TableShape::new(sheet.as_deref(), row), &session.isolation)?;
    let Some(draft) = draft_list(&table, &candidates(schemas, form)?, &session.texts.import) else { return Ok(None) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = list_toml(&draft, &name, row, lang);
    if out == Some(Path::new("-")) {
        return Ok(Some(text));
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let out = out.map_or_else(|| PathBuf::from(format!("{stem}.toml")), Path::to_owned);
    write_new(&out, &text)?;
    Ok(Some(said(&draft, &table, &name, &out, lang)))
}

/// The form asked for, or all, those of the newest circular first.
fn candidates(schemas: &Schemas, wanted: Option<&str>) -> Result<Vec<Arc<Form>>> {
    let mut regulations: Vec<_> = schemas.regulations.iter().collect();
    regulations.sort_by_key(|regulation| std::cmp::Reverse(regulation.in_force_from));
    let all = regulations.iter().flat_map(|regulation| schemas.forms_of(&regulation.id)).cloned();
    let Some(wanted) = wanted else { return Ok(all.collect()) };
    let is_wanted = |form: &Arc<Form>| form.is_called(wanted);
    match all.into_iter().find(is_wanted) {
        Some(form) => Ok(vec![form]),
        None => schemas.form(wanted).map(|form| vec![Arc::clone(form)]),
    }
}

/// Report on the draft, and how the pipeline gets to know.
fn said(draft: &ListDraft, table: &Table, file: &str, out: &Path, lang: Lang) -> String {
    let (sure, unsure) = list_counts(draft);
    let (form, lines, shown) = (&draft.form.id, table.rows.len(), out.display());
    let unit = draft.unit.as_deref().unwrap_or("?");
    let words = message!("screen.table_one_row_per", file, lines, unit, form, sure, unsure, shown);
    words.said(lang)
}
