//! Blank official workbooks for the units of a pipeline: loose files, or one zip per parent unit.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::publish::write_whole;
use super::{Pipeline, Progress};
use crate::aggregate::Total;
use crate::error::{Error, Result, Words, closest};
use crate::ingest::{Isolation, read_table};
use crate::report::{OfficialReport, ReportTexts, template, write_xlsx};
use crate::schema::{Form, Regulation, Schemas};
use crate::units::{Register, Tree};

/// Which templates to make.
#[derive(Debug, Clone, Default)]
pub struct TemplateRequest {
    /// Unit codes or kinds of unit; all units that file anything otherwise.
    pub units: Vec<String>,
    /// One zip per unit reported to, instead of loose files.
    pub zipped: bool,
}

/// Writes the templates into a folder; returns what was written.
///
/// # Errors
/// When the register is not right, a wish names no unit, or a file cannot be written.
pub fn write_templates(
    pipeline: &Pipeline,
    schemas: &Schemas,
    request: &TemplateRequest,
    folder: &Path,
    isolation: &Isolation,
    progress: &dyn Progress,
) -> Result<Vec<PathBuf>> {
    let regulation = schemas.governing(pipeline.period)?;
    let day = regulation.as_at(pipeline.period).unwrap_or_default();
    let table = read_table(&pipeline.path(&pipeline.file.register), None, None, isolation)?;
    let tree = Tree::as_at(&Register::read(&table, &schemas.register)?, day)?;
    let texts: ReportTexts = schemas.files.toml("report.toml")?;
    let jobs = jobs(&tree, schemas, regulation, pipeline, request)?;
    progress.start("report", jobs.len());
    let made: Vec<(usize, String, Vec<u8>)> = jobs
        .par_iter()
        .map(|&(unit, form)| {
            let bytes = template_bytes(&tree, unit, form, regulation, &texts, pipeline)?;
            progress.step();
            Ok((unit, format!("{}_{}.xlsx", tree.units[unit].code, form.short), bytes))
        })
        .collect::<Result<_>>()?;
    progress.finish();
    std::fs::create_dir_all(folder).map_err(|e| Error::io("write", folder, e))?;
    let files = if request.zipped { zips(&tree, made)? } else { made.into_iter().map(|(_, name, bytes)| (name, bytes)).collect() };
    let mut written = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        write_whole(&path, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// Unit and form of every template asked for.
fn jobs<'a>(
    tree: &Tree,
    schemas: &'a Schemas,
    regulation: &'a Regulation,
    pipeline: &Pipeline,
    request: &TemplateRequest,
) -> Result<Vec<(usize, &'a Form)>> {
    let forms: Vec<&Form> = schemas.forms_of(&regulation.id).filter(|f| f.term == pipeline.period.term).map(AsRef::as_ref).collect();
    let mut jobs = Vec::new();
    for (index, unit) in tree.units.iter().enumerate() {
        let wished = request.units.is_empty() || request.units.iter().any(|wish| **wish == *unit.code || **wish == *unit.kind);
        let expected = forms.iter().filter(|form| wished && (unit.expects(&form.short) || unit.expects(&form.symbol)));
        jobs.extend(expected.map(|form| (index, *form)));
    }
    if jobs.is_empty() {
        let name = request.units.join(", ");
        let units = tree.units.iter().map(|unit| &*unit.code);
        return Err(Error::Unknown { kind: "unit that files a form", hint: closest(&name, units).map(Words::did_you_mean), name });
    }
    Ok(jobs)
}

fn template_bytes(
    tree: &Tree,
    unit: usize,
    form: &Form,
    regulation: &Regulation,
    texts: &ReportTexts,
    pipeline: &Pipeline,
) -> Result<Vec<u8>> {
    let unit = &tree.units[unit];
    let nothing = Total::new(form.layout.slots);
    let report = OfficialReport {
        form,
        regulation,
        texts,
        period: pipeline.period,
        unit: &unit.name,
        receiver: "",
        place: "",
        total: &nothing,
        run: "",
        signature: false,
    };
    let path = format!("{}_{}.xlsx", unit.code, form.short);
    write_xlsx(&template(&report, &unit.code)).map_err(|e| Error::library("write", path, e))
}

/// One zip per unit that the units report to; those at the top get one of their own.
fn zips(tree: &Tree, made: Vec<(usize, String, Vec<u8>)>) -> Result<Vec<(String, Vec<u8>)>> {
    let mut by_parent: BTreeMap<usize, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for (unit, name, bytes) in made {
        by_parent.entry(tree.parent[unit].unwrap_or(unit)).or_default().push((name, bytes));
    }
    let mut files = Vec::new();
    for (parent, members) in by_parent {
        let name = format!("{}.zip", tree.units[parent].code);
        let failed = |e: &dyn std::fmt::Display| Error::library("write", &name, e);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        // Workbooks are compressed already; a fixed date keeps the bytes the same.
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        for (member, bytes) in members {
            zip.start_file(&member, options).map_err(|e| failed(&e))?;
            zip.write_all(&bytes).map_err(|e| failed(&e))?;
        }
        let bytes = zip.finish().map_err(|e| failed(&e))?.into_inner();
        files.push((name, bytes));
    }
    Ok(files)
}
