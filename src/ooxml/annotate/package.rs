//! A package of which some parts are changed and all others are copied as they are.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::DateTime;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::xml::{Edits, TagKind, Tags, escaped};
use crate::base::message::message;
use crate::ooxml::{Archive, Format, Opened, OpenedPackage, RawProblem, open};

/// The package's list of what its parts are.
const CONTENT_TYPES: &str = "[Content_Types].xml";

/// Level of compression of changed parts: packing them well would take longer than all the rest.
const FAST: i64 = 1;

/// A package being changed.
pub struct PatchedPackage<'a> {
    sent: Archive<'a>,
    /// Own names of parts by the names they are looked up by.
    names: BTreeMap<String, String>,
    changed: BTreeMap<String, Vec<u8>>,
}

/// A relationship of a part.
#[derive(Debug, Clone)]
pub struct PackageRelation {
    /// Its id.
    pub id: String,
    /// The last word of its type.
    pub kind: String,
    /// Name of the part it points to.
    pub target: String,
}

fn broken(problem: impl std::fmt::Display) -> RawProblem {
    RawProblem::library(&problem)
}

/// How names are looked up: without regard to case, with forward slashes.
fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

impl<'a> PatchedPackage<'a> {
    /// Opens a workbook within the limits that reading has.
    ///
    /// # Errors
    /// When it is not an xlsx workbook, or beyond the limits.
    pub fn open(bytes: &'a [u8]) -> Result<Self, RawProblem> {
        let Opened::Package(OpenedPackage { format: Format::Xlsx, archive: sent, .. }) = open(bytes)? else {
            return Err(RawProblem::unreadable(message!("workbooks.only_xlsx_workbooks_annotated")));
        };
        let names = sent.file_names().map(|name| name.map(|name| (key(&name), name.into_owned()))).collect::<Result<_, _>>();
        Ok(Self { names: names.map_err(broken)?, sent, changed: BTreeMap::new() })
    }

    /// The text of a part as it is now, if there is one.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, RawProblem> {
        let Some(own) = self.names.get(&key(name)).cloned() else { return Ok(None) };
        let mut bytes = Vec::new();
        match self.changed.get(&own) {
            Some(changed) => bytes.clone_from(changed),
            // Its declared size is within the limits, and the library stops beyond it.
            None => drop(self.sent.by_name(&own).map_err(broken)?.read_to_end(&mut bytes).map_err(broken)?),
        }
        let text = String::from_utf8(bytes).map_err(|_| RawProblem::unreadable(message!("workbooks.part_not_utf", own)))?;
        Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }

    /// A part that a workbook cannot be without.
    ///
    /// # Errors
    /// When it is not there.
    pub fn needed(&mut self, name: &str) -> Result<String, RawProblem> {
        self.part(name)?.ok_or_else(|| RawProblem::unreadable(message!("workbooks.part_not", name)))
    }

    /// Changes a part, or adds it.
    pub fn set(&mut self, name: &str, text: String) {
        let own = self.names.entry(key(name)).or_insert_with(|| name.to_owned()).clone();
        self.changed.insert(own, text.into_bytes());
    }

    /// A name that no part has, made of a pattern with `{n}`.
    pub fn free_name(&self, pattern: &str) -> String {
        let names = (1_u32..).map(|n| pattern.replace("{n}", &n.to_string()));
        names.into_iter().find(|name| !self.names.contains_key(&key(name))).unwrap_or_default()
    }

    /// The relationships of a part; of the package itself for an empty name.
    ///
    /// # Errors
    /// When they are not well-formed.
    pub fn relations(&mut self, part: &str) -> Result<Vec<PackageRelation>, RawProblem> {
        let Some(text) = self.part(&relations_name(part))? else { return Ok(Vec::new()) };
        let (mut tags, mut found) = (Tags::new(&text), Vec::new());
        while let Some(tag) = tags.next()? {
            if tag.opens()
                && tag.name() == "Relationship"
                && tag.attribute("TargetMode").as_deref() != Some("External")
                && let (Some(id), Some(kind), Some(target)) = (tag.attribute("Id"), tag.attribute("Type"), tag.attribute("Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.push(PackageRelation { id, kind, target: resolve(part, &target) });
            }
        }
        Ok(found)
    }

    /// Adds a relationship; gives its id.
    ///
    /// # Errors
    /// When the relationships are not well-formed.
    pub fn relate(&mut self, part: &str, kind: &str, target: &str) -> Result<String, RawProblem> {
        let name = relations_name(part);
        let empty = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>"#;
        let text = self.part(&name)?.unwrap_or_else(|| empty.to_owned());
        let (mut tags, mut ids) = (Tags::new(&text), Vec::new());
        while let Some(tag) = tags.next()? {
            ids.extend(tag.attribute("Id"));
        }
        let id = (0..=ids.len()).map(|n| format!("rIdTk{n}")).find(|id| !ids.contains(id)).unwrap_or_default();
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let target = escaped(target);
        let line = format!(r#"Relationship Id="{id}" Type="{office}/{kind}" Target="/{target}"/>"#);
        self.set(&name, append_to_root(&text, &line)?);
        Ok(id)
    }

    /// Says what kind of part one is.
    ///
    /// # Errors
    /// When the list is not well-formed.
    pub fn declare(&mut self, name: &str, content_type: &str) -> Result<(), RawProblem> {
        let text = self.needed(CONTENT_TYPES)?;
        let line = format!(r#"Override PartName="/{}" ContentType="{content_type}"/>"#, escaped(name));
        let text = append_to_root(&text, &line)?;
        self.set(CONTENT_TYPES, text);
        Ok(())
    }

    /// The package with its changes; every other part is copied as it stands in the file.
    ///
    /// # Errors
    /// When the zip library refuses.
    pub fn finish(mut self) -> Result<Vec<u8>, RawProblem> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.sent.len() {
            let entry = self.sent.by_index_raw(index).map_err(broken)?;
            let name = entry.name().map_err(broken)?.into_owned();
            match self.changed.remove(&name) {
                None => out.raw_copy_file(entry).map_err(broken)?,
                Some(content) => write(&mut out, &name, entry.last_modified(), &content)?,
            }
        }
        for (name, content) in &self.changed {
            write(&mut out, name, None, content)?;
        }
        Ok(out.finish().map_err(broken)?.into_inner())
    }
}

fn write(out: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, time: Option<DateTime>, content: &[u8]) -> Result<(), RawProblem> {
    // Never the time of day: the same input gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(time.unwrap_or_default()).compression_level(Some(FAST));
    out.start_file(name, options).map_err(broken)?;
    out.write_all(content).map_err(broken)
}

/// Puts an element, given without its `<`, at the end of the root element, with the root's prefix.
pub fn append_to_root(text: &str, element: &str) -> Result<String, RawProblem> {
    let mut edits = Edits::new(text);
    let mut tags = Tags::new(text);
    while let Some(tag) = tags.next()? {
        if tag.depth == 0 {
            match tag.kind {
                TagKind::Start => {}
                TagKind::End => edits.insert(tag.span.start, format!("<{}{element}", tag.prefix())),
                TagKind::Empty => {
                    let open = tag.text.trim_end_matches('>').trim_end_matches('/');
                    edits.replace(tag.span.clone(), format!("{open}><{}{element}</{}>", tag.prefix(), tag.full_name()));
                }
            }
        }
    }
    Ok(edits.finish())
}

fn relations_name(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// The name of the part that a target seen from another part means.
fn resolve(part: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = part.split('/').collect();
    steps.pop();
    for step in target.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.join("/")
}
