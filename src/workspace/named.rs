//! Names of units and forms in deadlines and outputs of a pipeline, and where they stand written.

use std::path::{Path, PathBuf};

use super::pipeline::Pipeline;
use super::settings::{SettingPlace, Settings, SettingsSchema};
use crate::base::error::Result;
use crate::base::location::CellRef;
use crate::base::message::{Message, message};

/// A unit, kind, level or form that a pipeline names.
#[derive(Debug, Clone)]
pub struct NamedByPipeline {
    /// Key under which it stands: `units`, `kinds`, `levels`, `forms` of a deadline, or `reports`.
    pub key: String,
    /// A code or a name.
    pub text: String,
    /// Day of the deadline that names it, as it is written; none of an output.
    pub due: Option<String>,
}

/// Where a name is written.
#[derive(Debug)]
pub struct NamedPlace {
    /// The file that people edit.
    pub file: PathBuf,
    /// Setting, sheet and cell of a workbook of settings, or the deadline's day and the key.
    at: PlaceWords,
}

#[derive(Debug)]
enum PlaceWords {
    Cell { sheet: Message, cell: CellRef, name: Message },
    Key { key: String, due: Option<String> },
}

impl NamedPlace {
    /// A problem with its place.
    #[must_use]
    pub fn saying(self, reason: Message) -> Message {
        match self.at {
            PlaceWords::Cell { sheet, cell, name } => message!("settings.at", sheet, cell, name, reason),
            PlaceWords::Key { key, due: Some(due) } => message!("settings.at_deadline", due, key, reason),
            PlaceWords::Key { key, due: None } => message!("settings.at_key", key, reason),
        }
    }
}

impl Pipeline {
    /// Everything that deadlines and outputs name.
    ///
    /// # Errors
    /// When the file of deadlines cannot be read, or is not right.
    pub fn named(&self) -> Result<Vec<NamedByPipeline>> {
        let reports = self.file.outputs.reports.iter();
        let mut all: Vec<NamedByPipeline> =
            reports.map(|text| NamedByPipeline { key: "reports".to_owned(), text: text.clone(), due: None }).collect();
        for deadline in self.local_deadlines()?.deadlines {
            for (key, texts) in deadline.named() {
                let due = Some(deadline.due.clone());
                all.extend(texts.iter().map(|text| NamedByPipeline { key: key.to_owned(), text: text.clone(), due: due.clone() }));
            }
        }
        Ok(all)
    }

    /// The place of a name, for people.
    ///
    /// # Errors
    /// When the workbook of settings cannot be read any more.
    pub fn place_of(&self, named: &NamedByPipeline) -> Result<NamedPlace> {
        if let Some(workbook) = &self.settings
            && let Some(place) = in_workbook(workbook, named)?
        {
            return Ok(place);
        }
        let file = match &named.due {
            Some(_) => self.local_deadlines()?.file,
            None => self.source.clone(),
        };
        Ok(NamedPlace { file, at: PlaceWords::Key { key: named.key.clone(), due: named.due.clone() } })
    }
}

/// The first cell of a workbook of settings that names it.
fn in_workbook(workbook: &Path, named: &NamedByPipeline) -> Result<Option<NamedPlace>> {
    let schema = SettingsSchema::built_in()?;
    let settings = Settings::read(workbook, &schema)?;
    let found = match &named.due {
        Some(due) => settings.deadline_cell(due, &named.key, &named.text),
        None => settings.written_cell(&schema, "outputs.reports", &named.text),
    };
    let at = |SettingPlace { sheet, cell, name }| PlaceWords::Cell { sheet, cell, name };
    Ok(found.map(|place| NamedPlace { file: workbook.to_owned(), at: at(place) }))
}
