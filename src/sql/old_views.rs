//! Tables under the names that their columns had before: for questions that were written then.

use std::collections::BTreeSet;

use super::before::COLUMN_PARTS;
use super::view::{SqlView, ViewColumn};
use crate::archive::OLD_NAMES;
use crate::base::message::message;
use crate::forms::{ArchiveTable, ArchiveTables, Schemas};

/// Ending behind the name of a table.
const SUFFIX: &str = "_old_names";

/// A view of every table with columns that were renamed, under the old names.
pub fn old_views(tables: &ArchiveTables, schemas: &Schemas) -> Vec<SqlView> {
    let is_renamed = |table: &&ArchiveTable| OLD_NAMES.iter().any(|old| old.table == table.name);
    tables.tables.iter().filter(is_renamed).map(|table| old_view(table, schemas)).collect()
}

fn old_view(table: &ArchiveTable, schemas: &Schemas) -> SqlView {
    let mut columns = Vec::new();
    let mut selected = vec!["t.school_year".to_owned(), "t.term".to_owned()];
    for column in &table.columns {
        let was = OLD_NAMES.iter().find(|old| old.table == table.name && old.column == column.name);
        let name = was.map_or(column.name.as_str(), |old| old.was);
        selected.push(format!("t.{} AS \"{name}\"", column.name));
        columns.push(ViewColumn { name: name.to_owned(), vi: column.description.vi(), en: column.description.en() });
    }
    let mut joined = String::new();
    if table.name == "columns" {
        let parts: Vec<(String, String)> = dimensions(schemas).into_iter().map(|name| (format!("p.\"{name}\""), name)).collect();
        let split: Vec<String> =
            parts.iter().map(|(_, name)| format!("MAX(CASE WHEN dimension = '{name}' THEN part END) AS \"{name}\"")).collect();
        joined = format!(
            " LEFT JOIN (SELECT school_year, term, form, sheet, column_no, {} FROM {COLUMN_PARTS} GROUP BY school_year, term, form, sheet, column_no) AS p \
             ON t.school_year = p.school_year AND t.term = p.term AND t.form = p.form AND t.sheet = p.sheet AND t.column_no = p.column_no",
            split.join(", ")
        );
        for (selector, name) in parts {
            selected.push(selector);
            let words = message!("sql.value_dimension_column", name);
            columns.push(ViewColumn { name, vi: words.vi(), en: words.en() });
        }
    }
    let sql = format!("SELECT {} FROM {} AS t{joined}", selected.join(", "), table.name);
    let title = message!("sql.under_old_names_columns", title = table.title);
    SqlView { name: format!("{}{SUFFIX}", table.name), title, row: table.row.clone(), sql, columns }
}

/// Every dimension that a form splits columns by.
fn dimensions(schemas: &Schemas) -> BTreeSet<String> {
    let sheets = schemas.forms.iter().flat_map(|form| form.layout.data_sheets());
    sheets.flat_map(|(_, sheet)| &sheet.columns).flat_map(|column| &column.dims).map(|own| own.dim.to_string()).collect()
}
