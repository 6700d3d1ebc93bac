//! The text of a pipeline: that of its file, of a workbook of settings, or of both together where the file names the workbook.

use std::path::{Path, PathBuf};

use super::place::{PipelineHead, PipelinePlace};
use super::settings::{Settings, SettingsSchema, TermName};
use crate::base::error::{Error, Result};
use crate::base::input::read_text;
use crate::base::message::{Message, message};
use crate::base::term::Period;
use crate::forms::{TomlTree, parse_toml};

/// A pipeline before it is read as one.
#[derive(Debug)]
pub struct WrittenPipeline {
    /// Its text.
    pub text: String,
    /// The file that people edit.
    pub source: PathBuf,
    /// The folder that its own paths, or its `workspace`, start from.
    pub folder: PathBuf,
    /// The workbook of settings that takes part.
    pub settings: Option<PathBuf>,
}

impl WrittenPipeline {
    /// Reads the text from its place.
    ///
    /// # Errors
    /// When file or workbook cannot be read, when both say the same thing, or when a file does not name the workbook beside it.
    pub fn read(place: PipelinePlace, schema: &SettingsSchema) -> Result<Self> {
        match place {
            PipelinePlace::Settings { workbook, term } => {
                let text = Settings::read(&workbook, schema)?.pipeline(schema, &term).text();
                let folder = folder_of(&workbook);
                Ok(Self { text, source: workbook.clone(), folder, settings: Some(workbook) })
            }
            PipelinePlace::File(path) => {
                let text = read_text(&path)?;
                // Problems of the text are told where all of it is read.
                let head = parse_toml::<PipelineHead>("", &text).ok();
                match head {
                    Some(PipelineHead { settings: Some(workbook), .. }) => Self::of_both(path, &text, &workbook, schema),
                    Some(head) => {
                        head.check_beside(&path, schema)?;
                        Ok(Self { text, folder: folder_of(&path), source: path, settings: None })
                    }
                    None => Ok(Self { text, folder: folder_of(&path), source: path, settings: None }),
                }
            }
        }
    }

    /// A file that names a workbook, which it takes everything from that it does not say itself.
    fn of_both(path: PathBuf, text: &str, workbook: &Path, schema: &SettingsSchema) -> Result<Self> {
        let shown = path.display().to_string();
        let wrong = |reason: Message| Error::config(&shown, reason);
        let head: PipelineHead = parse_toml(&shown, text)?;
        let workbook = folder_of(&path).join(workbook);
        let settings = Settings::read(&workbook, schema)?;
        let term = head.term_in(schema).ok_or_else(|| {
            let reason = message!("settings.no_such_term", folder = workbook.display(), term = head.term.id());
            wrong(reason).with_hint(schema.term_ids().join(", "))
        })?;
        let mut own = TomlTree::parse(&shown, text)?;
        own.take("settings");
        let mut twice = settings.told_twice(schema, term, &own);
        if own.take("workspace").is_some() {
            twice.push(message!("settings.no_workspace_key", workbook = schema.workbook));
        }
        if !twice.is_empty() {
            return Err(wrong(Message::lines(twice)).with_hint(message!("settings.tell_it_once", workbook = schema.workbook)));
        }
        own.fill_from(settings.pipeline(schema, term));
        Ok(Self { text: own.text(), source: path, folder: folder_of(&workbook), settings: Some(workbook) })
    }
}

impl PipelineHead {
    fn term_in<'a>(&self, schema: &'a SettingsSchema) -> Option<&'a TermName> {
        schema.terms.iter().find(|own| own.term == self.term && own.result_state == self.result_state)
    }

    /// Refuses a file of a term that a workbook beside it sets, too: nobody could know which of them counts.
    fn check_beside(&self, path: &Path, schema: &SettingsSchema) -> Result<()> {
        let (Some(year), None, Some(_)) = (&self.school_year, &self.regulation, self.term_in(schema)) else { return Ok(()) };
        let folder = folder_of(path);
        for folder in [folder.join(self.workspace.as_deref().unwrap_or(Path::new(""))), folder] {
            let workbook = folder.join(&schema.workbook);
            if !workbook.is_file() {
                continue;
            }
            let settings = Settings::read(&workbook, schema)?;
            let period = Period { year: settings.year, term: self.term };
            if year.parse() == Ok(settings.year) {
                let workbook = &schema.workbook;
                let reason = message!("settings.not_named", workbook, period = period.message());
                return Err(Error::config(path.display(), reason).with_hint(message!("settings.name_the_workbook", workbook)));
            }
        }
        Ok(())
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}
