//! The workbook part: which sheets there are, and a name of ours.

use super::errors::EMPTY;
use super::package::PatchedPackage;
use super::sheet::OFFICE;
use super::xml::{Edits, TagKind, Tags, escaped, with_attribute};
use crate::base::message::message;
use crate::ooxml::RawProblem;

/// Elements of the workbook part before its defined names.
const BEFORE_NAMES: [&str; 3] = ["sheets", "functionGroups", "externalReferences"];
const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
/// Longest name of a sheet.
const LONGEST_NAME: usize = 31;

/// Where the parts of a workbook are.
#[derive(Debug)]
pub struct Workbook {
    /// Name of its part.
    pub part: String,
    /// Its sheets.
    pub sheets: Vec<SheetPart>,
    /// Name of its styles part, if it has one.
    pub styles: Option<String>,
    /// Its defined names.
    pub names: Vec<String>,
}

/// A sheet and where it stands in the package.
#[derive(Debug)]
pub struct SheetPart {
    /// Its name.
    pub name: String,
    /// Name of its part.
    pub part: String,
}

impl Workbook {
    /// Finds the parts.
    ///
    /// # Errors
    /// When a part is not well-formed or not there.
    pub fn find(package: &mut PatchedPackage<'_>) -> Result<Self, RawProblem> {
        let main = package.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        let part = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        let text = package.needed(&part)?;
        let relations = package.relations(&part)?;
        let (mut tags, mut sheets, mut names) = (Tags::new(&text), Vec::new(), Vec::new());
        while let Some(tag) = tags.next()? {
            if tag.depth == 2 && tag.opens() && tag.name() == "definedName" {
                names.extend(tag.attribute("name"));
            }
            if tag.depth == 0 && tag.opens() && tag.text.contains("purl.oclc.org") {
                return Err(RawProblem::unreadable(message!("workbooks.strict_variant_xlsx_cannot")));
            }
            if tag.depth == 2
                && tag.opens()
                && tag.name() == "sheet"
                && let (Some(name), Some(id)) = (tag.attribute("name"), tag.attribute("id"))
                && let Some(relation) = relations.iter().find(|relation| relation.id == id && relation.kind == "worksheet")
            {
                sheets.push(SheetPart { name, part: relation.target.clone() });
            }
        }
        let styles = relations.into_iter().find(|relation| relation.kind == "styles").map(|relation| relation.target);
        Ok(Self { part, sheets, styles, names })
    }

    /// Name of a sheet's part.
    #[must_use]
    pub fn sheet(&self, name: &str) -> Option<&str> {
        let same = |known: &str| known == name || known.to_lowercase() == name.to_lowercase();
        self.sheets.iter().find(|sheet| same(&sheet.name)).map(|sheet| sheet.part.as_str())
    }

    /// Shows a sheet that may be hidden.
    ///
    /// # Errors
    /// When the part is not well-formed.
    pub fn show_sheet(&self, package: &mut PatchedPackage<'_>, name: &str) -> Result<(), RawProblem> {
        let text = package.needed(&self.part)?;
        let (mut edits, mut tags) = (Edits::new(&text), Tags::new(&text));
        while let Some(tag) = tags.next()? {
            let is_sheet = tag.depth == 2 && tag.opens() && tag.name() == "sheet";
            let is_named = || tag.attribute("name").is_some_and(|known| known.to_lowercase() == name.to_lowercase());
            if is_sheet && tag.attribute("state").is_some_and(|state| state != "visible") && is_named() {
                edits.replace(tag.span.clone(), with_attribute(tag.text, "state", "visible"));
            }
        }
        package.set(&self.part, edits.finish());
        Ok(())
    }

    /// Adds an empty sheet at the end; gives the name of its part.
    ///
    /// # Errors
    /// When a part is not well-formed.
    pub fn add_sheet(&self, package: &mut PatchedPackage<'_>, name: &str) -> Result<String, RawProblem> {
        let part = package.free_name("xl/worksheets/sheet{n}.xml");
        package.declare(&part, SHEET_TYPE)?;
        let id = package.relate(&self.part, "worksheet", &part)?;
        package.set(&part, EMPTY.to_owned());
        let text = package.needed(&self.part)?;
        let (mut edits, mut tags, mut last) = (Edits::new(&text), Tags::new(&text), 0);
        while let Some(tag) = tags.next()? {
            last = last.max(if tag.name() == "sheet" { tag.number("sheetId").unwrap_or(0) } else { 0 });
            if tag.depth == 1 && tag.name() == "sheets" && tag.kind == TagKind::End {
                let (p, sheet) = (tag.prefix(), last.saturating_add(1));
                let name: String = name.chars().take(LONGEST_NAME).collect();
                let element = format!(r#"<{p}sheet xmlns:r="{OFFICE}" name="{}" sheetId="{sheet}" r:id="{id}"/>"#, escaped(&name));
                edits.insert(tag.span.start, element);
            }
        }
        package.set(&self.part, edits.finish());
        Ok(part)
    }

    /// Writes a hidden defined name that stands for a text, in place of one that is there.
    ///
    /// # Errors
    /// When the part is not well-formed.
    pub fn set_name(&self, package: &mut PatchedPackage<'_>, name: &str, value: &str) -> Result<(), RawProblem> {
        let text = package.needed(&self.part)?;
        let element = |p: &str| {
            let value = escaped(&format!("\"{}\"", value.replace('"', "\"\"")));
            format!(r#"<{p}definedName name="{name}" hidden="1">{value}</{p}definedName>"#)
        };
        let (mut edits, mut tags) = (Edits::new(&text), Tags::new(&text));
        let (mut place, mut prefix, mut written, mut old) = (None, "", false, None);
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.name(), tag.kind) {
                (0, _, TagKind::Start) => prefix = tag.prefix(),
                (1, before, TagKind::End | TagKind::Empty) if BEFORE_NAMES.contains(&before) => place = Some(tag.span.end),
                (1, "definedNames", TagKind::End) => {
                    edits.insert(tag.span.start, element(prefix));
                    written = true;
                }
                (2, "definedName", TagKind::Start) if tag.attribute("name").as_deref() == Some(name) => old = Some(tag.span.start),
                (2, "definedName", TagKind::End) => {
                    if let Some(start) = old.take() {
                        edits.replace(start..tag.span.end, "");
                    }
                }
                _ => {}
            }
        }
        if let (false, Some(place)) = (written, place) {
            edits.insert(place, format!("<{prefix}definedNames>{}</{prefix}definedNames>", element(prefix)));
        }
        package.set(&self.part, edits.finish());
        Ok(())
    }
}
