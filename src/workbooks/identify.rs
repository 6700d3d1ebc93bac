//! Which unit a file is from: a documented order of sources, never a guess.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;
use serde::Deserialize;

use super::file_table::{Decision, DecisionWords, FileLine, endings, file_lines, key};
use super::recognise::{PlacedSheet, Recognised};
use super::return_id::return_id;
use super::shape::Shift;
use super::template_id::{TEMPLATE_NAME, TemplateId};
use crate::base::error::{Error, Result};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::findings::{Finding, Location};
use crate::forms::{TextCell, TextField};
use crate::ooxml::raw_cells::{RawSheet, RawWorkbook};
use crate::privacy::described;
use crate::register::{NameIndex, Tree, UnitIndex};
pub use crate::tables::shown_path;
use crate::tables::{Table, TextLine};

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
    mapping: HashMap<String, FileLine>,
    told: Option<Arc<str>>,
}

/// Answers to the question whose a file is.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// A unit of the register.
    Known {
        /// Its code.
        code: Arc<str>,
        /// A person said so: in the file table, or to the command.
        decided: bool,
    },
    /// A name that fits several units of the register.
    Ambiguous(Vec<UnitIndex>),
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
    pub fn new(order: &[UnitFrom], pattern: Option<&str>, mapping: Option<&Table>, words: &DecisionWords) -> Result<Self> {
        let pattern = pattern.map(compile).transpose()?;
        let mapping = mapping.map(|table| read_mapping(table, words)).transpose()?.unwrap_or_default();
        Ok(Self { order: order.to_vec(), pattern, mapping, told: None })
    }

    /// Takes every file for this unit's, if one is told.
    #[must_use]
    pub fn always(mut self, unit: Option<&str>) -> Self {
        self.told = unit.map(Arc::from);
        self
    }

    /// The code that the name of a file states by the pipeline's pattern.
    #[must_use]
    pub fn code_of_file(&self, file: &str) -> Option<String> {
        let found = self.pattern.as_ref()?.captures(file_name(file))?;
        found.name("unit").map(|code| code.as_str().to_owned())
    }

    /// A decision of somebody about a file.
    #[must_use]
    pub fn decision(&self, file: &str) -> Option<Decision> {
        self.line_of(file)?.decision
    }

    /// The line of the file table about a file, which names it with as many of its folders as it wants to.
    fn line_of(&self, file: &str) -> Option<&FileLine> {
        if self.mapping.is_empty() {
            return None;
        }
        endings(&key(file)).find_map(|name| self.mapping.get(name))
    }

    /// Tells the unit of a file.
    #[must_use]
    pub fn identify(&self, file: &str, workbook: &RawWorkbook, recognised: &Recognised, tree: &Tree, names: &NameIndex) -> Identity {
        if let Some(told) = &self.told {
            return known(tree, told, true);
        }
        let mut tried = Vec::new();
        for source in &self.order {
            match source {
                UnitFrom::Template => match carried_unit(workbook) {
                    // Names carried by the workbook may be anything.
                    Some(unit) if tree.find(&unit).is_none() => return Identity::Unregistered(described(&unit)),
                    Some(unit) => return known(tree, &unit, false),
                    None => tried.push("{no-template}".to_owned()),
                },
                UnitFrom::Mapping => match self.line_of(file) {
                    Some(line) => return known(tree, &line.unit, true),
                    None => tried.push("{no-mapping}".to_owned()),
                },
                UnitFrom::FileName => match self.code_of_file(file).filter(|code| is_like_code(code, tree)) {
                    Some(code) => return known(tree, &code, false),
                    None => tried.push("{no-file-name}".to_owned()),
                },
                UnitFrom::Header => match heading_text(workbook, recognised, TextField::ReportingUnit) {
                    Some(text) => match by_heading(&text, tree, names) {
                        Identity::Unknown(why) => tried.push(why),
                        found => return found,
                    },
                    None => tried.push("{no-heading}".to_owned()),
                },
            }
        }
        Identity::Unknown(tried.join(", "))
    }
}

impl UnitRule {
    /// Tells the unit of a file of records whose rows do not: by what somebody said, its name, or a line above its headings.
    #[must_use]
    pub fn identify_records(&self, file: &str, above: &[TextLine], tree: &Tree, names: &NameIndex) -> Identity {
        if let Some(told) = &self.told {
            return known(tree, told, true);
        }
        if let Some(line) = self.line_of(file) {
            return known(tree, &line.unit, true);
        }
        if let Some(code) = self.code_of_file(file).filter(|code| is_like_code(code, tree)).or_else(|| code_in_name(file, tree)) {
            return known(tree, &code, false);
        }
        let found = above.iter().map(|line| by_heading(&line.text, tree, names));
        let is_school = |own: &Identity| match own {
            Identity::Known { code, .. } => tree.find(code).is_some_and(|unit| tree.units[unit].facility),
            _ => false,
        };
        found.into_iter().find(is_school).unwrap_or_else(|| Identity::Unknown("{no-heading}".to_owned()))
    }
}

/// The unit that a heading names by code or name.
fn by_heading(text: &str, tree: &Tree, names: &NameIndex) -> Identity {
    if let found @ Identity::Known { .. } = known(tree, text.trim(), false) {
        return found;
    }
    match names.find(text, tree).as_slice() {
        [] => Identity::Unknown(format!("{{other-heading}} ({})", described(text))),
        [unit] => Identity::Known { code: Arc::clone(&tree.units[*unit].code), decided: false },
        several => Identity::Ambiguous(several.to_vec()),
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

/// Whether a word may be the code of a unit: the register has it, or it is written as codes are, in digits. A name such as
/// `mam_non hoa sen.xlsx` begins with a word of its own.
fn is_like_code(word: &str, tree: &Tree) -> bool {
    tree.find(word).is_some() || word.contains(|c: char| c.is_ascii_digit())
}

/// The last part of a path, whichever way its folders are separated.
fn file_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// The unit whose code the name of a file begins with, followed by anything but a letter or a digit.
#[must_use]
pub fn code_in_name(file: &str, tree: &Tree) -> Option<String> {
    let name = file_name(file);
    let ends = name.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| at).chain([name.len()]);
    let codes = ends.map(|end| &name[..end]).filter(|code| tree.find(code).is_some());
    codes.max_by_key(|code| code.len()).map(str::to_owned)
}

/// Ties what is said of files of which nobody knows whose they are to the units whose codes their names begin with.
pub fn tie_to_units(findings: &mut [Finding], tree: &Tree) {
    for finding in findings.iter_mut().filter(|finding| finding.subject.unit.is_none()) {
        finding.subject.unit = finding.place.file.as_deref().and_then(|file| code_in_name(file, tree)).map(Arc::from);
    }
}

/// Every unit whose code stands in the name of a file.
pub fn codes_in_name(file: &str, tree: &Tree) -> Vec<UnitIndex> {
    let words = file_name(file).split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.len() > 2 && word.contains(|c: char| c.is_ascii_digit())).filter_map(|word| tree.find(word)).collect()
}

/// The words of a file's name behind the code that it begins with.
pub fn name_words(file: &str) -> String {
    let name = file_name(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split_once(|c: char| !c.is_alphanumeric()).map_or("", |(_, rest)| rest).replace(['_', '-', '.'], " ")
}

fn known(tree: &Tree, code: &str, decided: bool) -> Identity {
    match tree.find(code) {
        Some(unit) => Identity::Known { code: Arc::clone(&tree.units[unit].code), decided },
        None => Identity::Unregistered(code.to_owned()),
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    let bad = |reason: Message| {
        let reason = message!("workbooks.plain", pattern, reason);
        Error::config("file_name", reason)
    };
    if pattern.matches("{unit}").count() != 1 {
        let reason = message!("workbooks.needs_once");
        return Err(bad(reason).with_hint(message!("workbooks.example")));
    }
    let text = regex::escape(pattern).replace(r"\{unit\}", r"(?P<unit>[^_\s]+?)").replace(r"\{form\}", ".+?").replace(r"\{any\}", ".*?");
    // The extension is never part of the pattern.
    Regex::new(&format!(r"^{text}(\.[A-Za-z]+)?$")).map_err(|e| bad(e.into()))
}

fn read_mapping(table: &Table, words: &DecisionWords) -> Result<HashMap<String, FileLine>> {
    Ok(file_lines(table, words)?.into_iter().map(|line| (key(&line.file), line)).collect())
}

/// A text of a heading and where it stands.
#[derive(Debug, Clone)]
pub struct FieldText {
    /// Text that is written there.
    pub text: String,
    sheet: Arc<str>,
    at: CellRef,
}

impl FieldText {
    /// Where it stands; the file is the caller's to add.
    #[must_use]
    pub fn place(&self) -> Location {
        Location { file: None, sheet: Some(Arc::clone(&self.sheet)), cell: Some(self.at) }
    }
}

/// Text in the heading where the form has a place for something; the form's own words do not count.
#[must_use]
pub fn heading_text(workbook: &RawWorkbook, recognised: &Recognised, wanted: TextField) -> Option<String> {
    field_texts(workbook, recognised, wanted).into_iter().next().map(|field| field.text)
}

/// All that is written there, on every sheet, with its place. What was written behind the label of the place, instead of
/// under it, counts too.
#[must_use]
pub fn field_texts(workbook: &RawWorkbook, recognised: &Recognised, wanted: TextField) -> Vec<FieldText> {
    let mut found = Vec::new();
    for (sheet, placed) in recognised.layout.sheets.iter().zip(&recognised.sheets) {
        let Some(PlacedSheet { raw, fit }) = placed else { continue };
        let Some(field) = sheet.texts.iter().find(|text| text.field == Some(wanted)) else { continue };
        let (raw, moved) = (&workbook.sheets[*raw], fit.moved(sheet));
        let label = sheet.texts.iter().find(|text| is_label(text, field));
        found.extend([Some(field), label].into_iter().flatten().filter_map(|printed| written(raw, printed, moved)));
    }
    found
}

/// A text of the form that stands right above a field or left of it.
fn is_label(text: &TextCell, field: &TextCell) -> bool {
    let (at, of) = (text.at, field.at);
    text.field.is_none() && (at.row + 1 == of.row && at.column == of.column || at.row == of.row && at.column + 1 == of.column)
}

/// Text of a file where the form prints one, without what is printed.
fn written(raw: &RawSheet, printed: &TextCell, moved: Shift) -> Option<FieldText> {
    let row = u32::try_from(i64::from(printed.at.row) + moved.down).ok()?;
    let column = u16::try_from(i64::from(printed.at.column) + moved.right).ok()?;
    let written = raw.text(row, column).filter(|written| *written != &*printed.text)?;
    let (text, own) = (fold(written), fold(&printed.text));
    // Where the form has a place to write, what it prints there is only an example.
    let rest = if printed.field.is_none() { text.strip_prefix(&own)? } else { written };
    let found = FieldText { text: rest.trim().to_owned(), sheet: Arc::from(raw.name.as_str()), at: CellRef::new(row, column) };
    (!found.text.is_empty() && text != own).then_some(found)
}
