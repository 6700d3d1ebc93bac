//! Parts of a pipeline that a release keeps: the words that names may hold, and the tables that a run reads again.

use std::path::Path;

use crate::base::disk;
use crate::base::error::{Action, Error, Result};
use crate::forms::parse_toml;
use crate::jobs::session::Session;
use crate::privacy::Names;
use crate::register::Tree;
use crate::tables::Table;
use crate::workbooks::read_table;
use crate::workspace::kept::{POPULATION, REGISTER};
use crate::workspace::{Pipeline, PipelineFile};

/// Words that names may hold where they are kept.
pub fn names_of(session: &Session, pipeline: &Pipeline, tree: &Tree) -> Names {
    let mut names = Names::default();
    names.learn(&session.texts.plain_names);
    for unit in &tree.units {
        names.learn([&unit.code, &unit.name]);
        names.learn(unit.groups.iter().map(|own| &own.value));
    }
    for form in &session.schemas.forms {
        names.learn([&form.id, &form.short, &form.symbol, &form.title, &form.circular]);
        names.learn(form.layout.sheets.iter().map(|sheet| &sheet.name));
    }
    // As it is written: whoever makes a release again reads some of it from elsewhere.
    let written = parse_toml::<PipelineFile>("", &pipeline.text).ok();
    let file = written.as_ref().unwrap_or(&pipeline.file);
    let inputs = &file.inputs;
    let lists = inputs.lists.iter().flat_map(|list| std::iter::once(&list.file).chain(&list.mapping));
    let tables = [&inputs.mapping, &inputs.other_source, &inputs.receipts, &inputs.deadlines, &inputs.population];
    let paths = inputs.workbooks.iter().chain(lists).chain(tables.into_iter().flatten()).chain([&file.register]);
    for path in paths.filter(|path| !path.is_absolute()) {
        names.learn(path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()));
    }
    names.learn(inputs.file_name.split(['{', '}']).filter(|text| !["unit", "form", "any"].contains(text)));
    names
}

/// Keeps the tables that a run reads again, with the columns that it reads.
///
/// # Errors
/// When a table cannot be read or written.
pub fn keep_tables(session: &Session, pipeline: &Pipeline, folder: &Path) -> Result<()> {
    let isolation = &session.isolation;
    let register = read_table(&pipeline.path(&pipeline.file.register), None, None, isolation)?;
    let columns = session.schemas.register.columns.iter().filter(|column| !column.is_note);
    let columns: Vec<&str> = columns.flat_map(|column| [&*column.key, &*column.name_vi, &*column.name_en]).collect();
    disk::write(&folder.join(REGISTER), &reduced(&register, &columns)?)?;
    if let Some(path) = &pipeline.file.inputs.population {
        let population = read_table(&pipeline.path(path), None, None, isolation)?;
        disk::write(&folder.join(POPULATION), &reduced(&population, &crate::indicators::POPULATION_COLUMNS)?)?;
    }
    Ok(())
}

/// A table with some of its columns, as text.
fn reduced(table: &Table, columns: &[&str]) -> Result<Vec<u8>> {
    let mut wanted: Vec<usize> = columns.iter().filter_map(|column| table.find(&[column])).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let failed = |e: &dyn std::fmt::Display| Error::library(Action::Write, &*table.file, e);
    // A text in quotes is never a comment.
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(wanted.iter().map(|&at| table.headings[at].as_str())).map_err(|e| failed(&e))?;
    for row in &table.rows {
        writer.write_record(wanted.iter().map(|&at| row.text(Some(at)))).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}
