//! A file of table rules with the code lists it names, and the tables it is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::identify::shown_path;
use super::isolate::Isolation;
use super::tables::read_table;
use crate::base::error::{Error, Result, closest};
use crate::base::input::read_text;
use crate::base::message::message;
use crate::forms::parse_toml;
use crate::rulebook::{TableRuleFile, TableRules};
use crate::tables::Table;

/// Reads a file of table rules; code lists are looked for beside it.
///
/// # Errors
/// When the file or a code list cannot be read, or a rule names what is not there.
pub fn read_table_rules(path: &Path, isolation: &Isolation) -> Result<TableRules> {
    let text = read_text(path)?;
    let mut file: TableRuleFile = parse_toml(&shown_path(path), &text)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for column in file.tables.values_mut().flat_map(|table| table.columns.values_mut()) {
        let Some(list) = &column.codes_file else { continue };
        let list = read_table(&folder.join(list), None, None, isolation)?;
        column.codes.extend(list.rows.iter().map(|row| row.text(Some(0))).filter(|code| !code.is_empty()));
    }
    TableRules::new(file).map_err(|reason| Error::config(shown_path(path), reason))
}

/// Reads the tables that are given; one that is declared and not given is simply not there.
///
/// # Errors
/// When a table is not declared or cannot be read.
pub fn read_tables(rules: &TableRules, given: &[(String, PathBuf)], isolation: &Isolation) -> Result<BTreeMap<String, Table>> {
    let mut tables = BTreeMap::new();
    for (name, path) in given {
        let Some(schema) = rules.tables.get(name) else {
            let hint = closest(name, rules.tables.keys().map(String::as_str)).map(crate::base::message::Message::did_you_mean);
            return Err(Error::Unknown { kind: message!("kinds.table"), name: name.clone(), hint });
        };
        tables.insert(name.clone(), read_table(path, schema.sheet.as_deref(), schema.heading_row, isolation)?);
    }
    Ok(tables)
}
