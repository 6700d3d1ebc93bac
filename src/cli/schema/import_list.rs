//! `tkgd schema import` of a one-row-per-unit table: a proposed list mapping instead of a form.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::write_new;
use crate::base::error::Result;
use crate::base::input;
use crate::base::message::message;
use crate::cli::{Context, print};
use crate::drafts::{ListDraft, draft_list, list_counts, list_heading_row, list_toml};
use crate::forms::{Form, Schemas};
use crate::ooxml::MAX_FILE;
use crate::tables::{Table, TableShape};
use crate::workbooks::{read_bytes, read_whole};

/// True for files that can hold a list and no form.
pub fn is_plain_table(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    matches!(extension.as_str(), "csv" | "tsv" | "txt" | "parquet")
}

/// Drafts the mapping of a list; `None` where the file holds no list.
///
/// # Errors
/// When the file cannot be read, the form is not known, or the mapping cannot be written.
pub fn import_list(path: &Path, form: Option<&str>, out: Option<&Path>, context: &Context) -> Result<Option<()>> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let (sheet, row) = if is_plain_table(path) {
        (None, None)
    } else {
        let bytes = input::read_bytes(path, MAX_FILE)?;
        let Ok(workbook) = read_bytes(&bytes, &context.isolation) else { return Ok(None) };
        let found = workbook.sheets.iter().find_map(|sheet| Some((sheet.name.clone(), list_heading_row(sheet, &session.texts.import)?)));
        let Some((sheet, row)) = found else { return Ok(None) };
        (Some(sheet), Some(row + 1))
    };
    let table = read_whole(path, &TableShape::new(sheet.as_deref(), row), &context.isolation)?;
    let Some(draft) = draft_list(&table, &candidates(schemas, form)?, &session.texts.import) else { return Ok(None) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = list_toml(&draft, &name, row, context.lang);
    if out == Some(Path::new("-")) {
        print(&text);
        return Ok(Some(()));
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let out = out.map_or_else(|| PathBuf::from(format!("{stem}.toml")), Path::to_owned);
    write_new(&out, &text)?;
    print(&said(&draft, &table, &name, &out, context));
    Ok(Some(()))
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

/// What came of it, and how the pipeline gets to know.
fn said(draft: &ListDraft, table: &Table, file: &str, out: &Path, context: &Context) -> String {
    let (sure, unsure) = list_counts(draft);
    let (form, lines, shown) = (&draft.form.id, table.rows.len(), out.display());
    let unit = draft.unit.as_deref().unwrap_or("?");
    let words = message!("screen.table_one_row_per", file, lines, unit, form, sure, unsure, shown);
    words.said(context.lang)
}
