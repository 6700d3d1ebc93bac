//! Which unit a file is from: a documented order of sources, never a guess.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;
use serde::Deserialize;

use super::raw::RawWorkbook;
use super::recognise::Recognised;
use super::return_id::return_id;
use super::template_id::{TEMPLATE_NAME, TemplateId};
use crate::error::{Error, Result, Words};
use crate::privacy::described;
use crate::schema::TextField;
use crate::tables::Table;
pub use crate::tables::shown_path;
use crate::text::{fold, tone_key};
use crate::units::Tree;

/// A source of the unit's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitFrom {
    /// The identity a template or an annotated copy carries.
    Template,
    /// The mapping file: file name, unit code.
    Mapping,
    /// The file's name, by the pipeline's pattern.
    FileName,
    /// The reporting unit written in the form's heading.
    Header,
}

/// How units are told, ready to use.
#[derive(Debug)]
pub struct UnitRule {
    order: Vec<UnitFrom>,
    pattern: Option<Regex>,
    mapping: HashMap<String, Arc<str>>,
    told: Option<Arc<str>>,
}

/// What came of asking whose a file is.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// A unit of the register.
    Known(Arc<str>),
    /// A code that the register does not have.
    Unregistered(String),
    /// No source said anything; what was tried.
    Unknown(String),
}

impl UnitRule {
    /// A rule from the pipeline's order, file name pattern and mapping table.
    ///
    /// The pattern is plain text with `{unit}` once, and `{form}` or `{any}` where names vary.
    ///
    /// # Errors
    /// When the pattern has no `{unit}`, or the mapping no columns `file` and `unit`.
    pub fn new(order: &[UnitFrom], pattern: Option<&str>, mapping: Option<&Table>) -> Result<Self> {
        let pattern = pattern.map(compile).transpose()?;
        let mapping = mapping.map(read_mapping).transpose()?.unwrap_or_default();
        Ok(Self { order: order.to_vec(), pattern, mapping, told: None })
    }

    /// The same, but every file is of this unit, if one is told.
    #[must_use]
    pub fn always(mut self, unit: Option<&str>) -> Self {
        self.told = unit.map(Arc::from);
        self
    }

    /// Tells the unit of a file.
    #[must_use]
    pub fn identify(&self, file: &str, workbook: &RawWorkbook, recognised: &Recognised, tree: &Tree) -> Identity {
        if let Some(told) = &self.told {
            return known(tree, told);
        }
        let mut tried = Vec::new();
        for source in &self.order {
            match source {
                UnitFrom::Template => match carried_unit(workbook) {
                    // What the workbook carries may be anything.
                    Some(unit) if tree.find(&unit).is_none() => return Identity::Unregistered(described(&unit)),
                    Some(unit) => return known(tree, &unit),
                    None => tried.push("{no-template}".to_owned()),
                },
                UnitFrom::Mapping => {
                    let found = self.mapping.get(&fold(file)).or_else(|| self.mapping.get(&fold(file_name(file))));
                    match found {
                        Some(code) => return known(tree, code),
                        None => tried.push("{no-mapping}".to_owned()),
                    }
                }
                UnitFrom::FileName => {
                    let name = file_name(file);
                    let code = self.pattern.as_ref().and_then(|p| p.captures(name)).and_then(|c| c.name("unit"));
                    match code {
                        Some(code) => return known(tree, code.as_str()),
                        None => tried.push("{no-file-name}".to_owned()),
                    }
                }
                UnitFrom::Header => match heading_text(workbook, recognised, TextField::ReportingUnit) {
                    Some(text) => match match_name(tree, &text) {
                        Some(code) => return Identity::Known(code),
                        None => tried.push(format!("{{other-heading}} ({})", described(&text))),
                    },
                    None => tried.push("{no-heading}".to_owned()),
                },
            }
        }
        Identity::Unknown(tried.join(", "))
    }
}

/// The unit that a template or an annotated copy was made for.
fn carried_unit(workbook: &RawWorkbook) -> Option<String> {
    template_id(workbook).map(|id| id.unit).or_else(|| return_id(workbook).map(|id| id.unit).filter(|unit| !unit.is_empty()))
}

/// The identity a template carries, if the workbook is one.
#[must_use]
pub fn template_id(workbook: &RawWorkbook) -> Option<TemplateId> {
    workbook.named(TEMPLATE_NAME).and_then(TemplateId::parse)
}

/// The last part of a path, whichever way its folders are separated.
fn file_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

fn known(tree: &Tree, code: &str) -> Identity {
    match tree.find(code) {
        Some(unit) => Identity::Known(Arc::clone(&tree.units[unit].code)),
        None => Identity::Unregistered(code.to_owned()),
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    let bad = |reason: Words| {
        let reason = Words::both(format!("`{pattern}`: {}", reason.vi), format!("`{pattern}`: {}", reason.en));
        Error::config("file_name", reason)
    };
    if pattern.matches("{unit}").count() != 1 {
        let reason = Words::both("cần có `{unit}` đúng một lần", "it needs `{unit}` once");
        return Err(bad(reason).with_hint(Words::both("ví dụ `{unit}_{any}`", "for example `{unit}_{any}`")));
    }
    let text = regex::escape(pattern).replace(r"\{unit\}", r"(?P<unit>[^_\s]+?)").replace(r"\{form\}", ".+?").replace(r"\{any\}", ".*?");
    // The extension is never part of the pattern.
    Regex::new(&format!(r"^{text}(\.[A-Za-z]+)?$")).map_err(|e| bad(e.into()))
}

fn read_mapping(table: &Table) -> Result<HashMap<String, Arc<str>>> {
    let lines = super::file_table::file_lines(table)?;
    Ok(lines.into_iter().map(|line| (fold(&line.file), Arc::from(line.unit))).collect())
}

/// What is written in the heading where the form has a place for something; the form's own words do not count.
#[must_use]
pub fn heading_text(workbook: &RawWorkbook, recognised: &Recognised, wanted: TextField) -> Option<String> {
    for (sheet, placed) in recognised.layout.sheets.iter().zip(&recognised.sheets) {
        let Some((raw, fit)) = placed else { continue };
        let (down, right) = fit.moved(sheet);
        let field = sheet.texts.iter().find(|text| text.field == Some(wanted));
        let Some(field) = field else { continue };
        let row = u32::try_from(i64::from(field.at.row) + down).ok()?;
        let column = u16::try_from(i64::from(field.at.column) + right).ok()?;
        let text = workbook.sheets[*raw].text(row, column)?.trim();
        if !text.is_empty() && fold(text) != fold(&field.text) {
            return Some(text.to_owned());
        }
    }
    None
}

/// The one unit whose code or name the text is; names may differ in tone placement only.
fn match_name(tree: &Tree, text: &str) -> Option<Arc<str>> {
    if let Some(unit) = tree.find(text.trim()) {
        return Some(Arc::clone(&tree.units[unit].code));
    }
    let wanted = tone_key(text);
    let mut same = tree.units.iter().filter(|unit| tone_key(&unit.name) == wanted);
    let first = same.next()?;
    same.next().is_none().then(|| Arc::clone(&first.code))
}
