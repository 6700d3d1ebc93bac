//! Where returns come from: every kind of source is read as the pipeline it could be written as.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Loaded, load};
use crate::archive::{ArchiveReader, Selection, returns_from_archive};
use crate::base::error::{Error, Result};
use crate::base::input;
use crate::base::message::message;
use crate::findings::Finding;
use crate::forms::{Form, Regulation};
use crate::jobs::session::Session;
use crate::lists::{ListFile, list_heading};
use crate::ooxml::MAX_FILE;
use crate::returns::Submission;
use crate::tables::TableShape;
use crate::workbooks::{Recogniser, UnitFrom, read_bytes, read_whole, shown_path};
use crate::workspace::{Inputs, Pipeline, is_pipeline};

/// Something that holds returns. Records of single learners and teachers are a kind to come: they will be counted into returns here,
/// and nothing after it will know.
#[derive(Debug)]
pub enum InputSource {
    /// One workbook of a unit.
    Workbook(PathBuf),
    /// A folder of workbooks.
    Folder(PathBuf),
    /// A list of one row per unit or per figure.
    List(ListFile),
    /// Everything that a pipeline names; the inputs of a run are such a source.
    Pipeline(Box<Pipeline>),
    /// An archive: the returns that it keeps of the term.
    Archive(PathBuf),
}

/// Everything a source is read with: the term, its circular, and what is told about files that do not tell it themselves.
#[derive(Debug, Clone, Copy)]
pub struct SourceReader<'a> {
    /// Forms and words, and where files are read.
    pub session: &'a Session,
    /// The pipeline that tells about the term; sources are read as it reads its own inputs.
    pub base: &'a Pipeline,
    /// The term's circular.
    pub regulation: &'a Regulation,
    /// The form of lists whose headings do not tell.
    pub form: Option<&'a str>,
    /// The unit of a single workbook that does not tell.
    pub unit: Option<&'a str>,
}

/// Returns of a source.
#[derive(Debug, Default)]
pub struct SourceReturns {
    /// Its returns.
    pub submissions: Vec<Submission>,
    /// Files and lines that could not be used.
    pub unread: Vec<Finding>,
}

impl InputSource {
    /// The name that texts and data use.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Workbook(_) => "workbook",
            Self::Folder(_) => "folder",
            Self::List(_) => "list",
            Self::Pipeline(_) => "pipeline",
            Self::Archive(_) => "archive",
        }
    }

    /// Units above schools hold what they filed themselves, and totals are added up from all below; otherwise a return of theirs may
    /// be the total itself.
    #[must_use]
    pub const fn adds_up(&self) -> bool {
        matches!(self, Self::Pipeline(_) | Self::Archive(_))
    }
}

impl SourceReader<'_> {
    /// Finds out what a path is; with a mapping it is a list.
    ///
    /// # Errors
    /// When nothing is there, or a list does not tell its form.
    pub fn recognise(&self, path: &Path, mapping: Option<&Path>) -> Result<InputSource> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if path.is_dir() {
            let is_archive = !ArchiveReader::open(path, Selection::Working)?.states()?.is_empty();
            return Ok(if is_archive { InputSource::Archive(path.to_owned()) } else { InputSource::Folder(path.to_owned()) });
        }
        if is_pipeline(path) && (path.is_file() || extension != "toml") {
            return Ok(InputSource::Pipeline(Box::new(Pipeline::open(path)?)));
        }
        if !path.is_file() {
            return Err(Error::Unknown { kind: message!("kinds.file_or_folder"), name: shown_path(path), hint: None });
        }
        match extension.as_str() {
            "csv" | "tsv" | "txt" | "parquet" => self.list(path, mapping).map(InputSource::List),
            _ if mapping.is_some() => self.list(path, mapping).map(InputSource::List),
            _ => {
                let workbook = || InputSource::Workbook(path.to_owned());
                let bytes = input::read_bytes(path, MAX_FILE)?;
                // An unreadable file is for the reader of workbooks to explain.
                let Ok(read) = read_bytes(&bytes, &self.session.isolation) else { return Ok(workbook()) };
                let recogniser = Recogniser::new(&self.session.schemas.candidate_forms(&self.regulation.id));
                let is_form = recogniser.recognise(&read).is_some_and(|(_, fits)| fits);
                let list = if is_form { None } else { self.list(path, None).ok() };
                Ok(list.map_or_else(workbook, InputSource::List))
            }
        }
    }

    /// Reads a source.
    ///
    /// # Errors
    /// When it cannot be read, or an archive has nothing of the term.
    pub fn read(&self, source: &InputSource) -> Result<SourceReturns> {
        match source {
            InputSource::Pipeline(pipeline) => self.inputs_of(pipeline),
            InputSource::Archive(path) => {
                let archive_reader = ArchiveReader::open(path, Selection::Working)?;
                let state = archive_reader.named(&self.base.key_of(self.base.period, None)?.to_string())?;
                Ok(SourceReturns { submissions: returns_from_archive(&state, &self.session.schemas.forms)?, unread: Vec::new() })
            }
            InputSource::Workbook(path) => self.inputs_of(&self.as_pipeline(|inputs| {
                inputs.workbooks = vec![path.clone()];
                // An export of one unit has any name: what stands in it says more.
                inputs.unit = self.unit.map(str::to_owned);
                inputs.unit_from = vec![UnitFrom::Mapping, UnitFrom::Template, UnitFrom::Header, UnitFrom::FileName];
            })),
            InputSource::Folder(path) => self.inputs_of(&self.as_pipeline(|inputs| inputs.workbooks = vec![path.clone()])),
            InputSource::List(list) => self.inputs_of(&self.as_pipeline(|inputs| inputs.lists = vec![list.clone()])),
        }
    }

    /// A list with its form: told, from its mapping, or the one whose cells its headings name.
    fn list(&self, path: &Path, mapping: Option<&Path>) -> Result<ListFile> {
        let mut list = ListFile { file: path.to_owned(), mapping: mapping.map(Path::to_owned), form: self.form.map(str::to_owned) };
        if list.mapping.is_some() || list.form.is_some() {
            return Ok(list);
        }
        let table = read_whole(path, &TableShape::default(), &self.session.isolation)?;
        let headings: HashSet<&str> = table.headings.iter().map(String::as_str).collect();
        let names_cells = |form: &&Arc<Form>| {
            form.term == self.base.period.term && form.layout.each_slot().any(|slot| headings.contains(&*list_heading(&form.layout, slot)))
        };
        let forms: Vec<_> = self.session.schemas.forms_of(&self.regulation.id).filter(names_cells).collect();
        let [form] = forms[..] else {
            let reason = message!("reconcile.not_clear_form_list");
            let hint = message!("reconcile.add_form_mapping_mapping");
            return Err(Error::config(shown_path(path), reason).with_hint(hint));
        };
        list.form = Some(form.short.to_string());
        Ok(list)
    }

    /// The pipeline that reads just one source, as the base pipeline reads its own inputs.
    fn as_pipeline(&self, name: impl FnOnce(&mut Inputs)) -> Pipeline {
        let from = &self.base.file.inputs;
        let mut inputs = Inputs { mapping: from.mapping.as_ref().map(|path| self.base.path(path)), ..from.clone() };
        (inputs.workbooks, inputs.lists) = (Vec::new(), Vec::new());
        inputs.as_they_are = true;
        name(&mut inputs);
        let mut file = self.base.file.clone();
        file.register = self.base.path(&file.register);
        (file.inputs, file.workspace) = (inputs, PathBuf::new());
        Pipeline::made(file, self.base.period)
    }

    /// The returns of a pipeline, and what of its inputs could not be used.
    fn inputs_of(&self, pipeline: &Pipeline) -> Result<SourceReturns> {
        let Loaded { submissions, findings, .. } = load(self.session, pipeline)?;
        let used: HashSet<&str> = submissions.iter().flat_map(Submission::sources).map(|source| &*source.file).collect();
        let is_unread = |finding: &Finding| {
            let is_left_out = finding.place.file.as_deref().is_some_and(|file| !used.contains(file));
            let is_replaced = ["same-content", "older-version"].contains(&&*finding.rule);
            (is_left_out && !is_replaced) || ["duplicate-submission", "unregistered-unit"].contains(&&*finding.rule)
        };
        let unread = findings.iter().filter(|finding| is_unread(finding)).cloned().collect();
        Ok(SourceReturns { submissions, unread })
    }
}
