//! The arguments of `tkgd init`.

use std::path::PathBuf;

use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::{NewWorkspaceRequest, RegisterListRequest};
use crate::workspace::{ColumnText, ListWish, RegisterFile, SettingsFile, TopUnit, department_name};

/// Code of the unit above all others, unless told otherwise.
const TOP: &str = "S01";

#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The workspace; made where it is not there.
    folder: PathBuf,
    /// School year, as in 2025-2026; otherwise that of today.
    #[arg(long)]
    pub(super) year: Option<String>,
    /// Name of the province.
    #[arg(long)]
    pub(super) province: Option<String>,
    /// Write a pipeline file for each term in place of the workbook of settings.
    #[arg(long)]
    toml: bool,
    /// Write the register as CSV in place of a spreadsheet.
    #[arg(long)]
    csv: bool,
    /// Make the register from a table, a school per line (csv, xlsx, xls, ods, parquet).
    #[arg(long)]
    pub(super) from: Option<PathBuf>,
    /// Sheet of the workbook of --from; otherwise the first.
    #[arg(long, requires = "from")]
    sheet: Option<String>,
    /// Line of headings of --from; otherwise the first with text.
    #[arg(long, requires = "from")]
    heading_row: Option<u32>,
    /// Column of the table for a column of the register, as in code="Mã số"; may be repeated. Columns of the same name need not be named.
    #[arg(long = "column", requires = "from")]
    columns: Vec<String>,
    /// Kind of unit of lines that tell none.
    #[arg(long, default_value = "school", requires = "from")]
    kind: String,
    /// Level of education of lines that tell none.
    #[arg(long, default_value = "", requires = "from")]
    levels: String,
    /// Forms of lines that tell none.
    #[arg(long, default_value = "", requires = "from")]
    forms: String,
    /// Code and name of the highest unit; otherwise S01 and the department of the province.
    #[arg(long, requires = "from")]
    top: Option<String>,
    /// A reporting stream of its own, where the circular in force does not apply.
    #[arg(long)]
    regulation: Option<String>,
}

impl InitArgs {
    /// The workspace as it is wanted.
    pub fn request(&self) -> Result<NewWorkspaceRequest> {
        let list = |file: &PathBuf| {
            let (file, sheet, heading_row) = (file.clone(), self.sheet.clone(), self.heading_row);
            Ok::<_, Error>(RegisterListRequest { file, sheet, heading_row, wish: self.wish()? })
        };
        Ok(NewWorkspaceRequest {
            folder: self.folder.clone(),
            year: self.year.clone(),
            province: self.province.clone().unwrap_or_default(),
            // A reporting stream of its own has terms and forms of its own, which the workbook does not know.
            settings: if self.toml || self.regulation.is_some() { SettingsFile::Toml } else { SettingsFile::Workbook },
            register: if self.csv { RegisterFile::Csv } else { RegisterFile::Workbook },
            from: self.from.as_ref().map(list).transpose()?,
            regulation: self.regulation.clone(),
        })
    }

    /// How the list becomes a register, out of texts such as `code=School ID`.
    fn wish(&self) -> Result<ListWish> {
        let pair = |option: &str, text: &str| {
            let parts = text.split_once('=').map(|(key, text)| ColumnText { key: key.trim().to_owned(), text: text.trim().to_owned() });
            parts.filter(|own| !own.key.is_empty() && !own.text.is_empty()).ok_or_else(|| {
                let reason = message!("screen.not_form_key_value", text);
                Error::config(option, reason)
            })
        };
        let columns = self.columns.iter().map(|text| pair("--column", text));
        let constants = [("kind", &self.kind), ("levels", &self.levels), ("forms", &self.forms)];
        let department = || ColumnText { key: TOP.to_owned(), text: department_name(self.province.as_deref().unwrap_or_default()) };
        let top = self.top.as_ref().map_or_else(|| Ok(department()), |top| pair("--top", top))?;
        Ok(ListWish {
            columns: columns.collect::<Result<_>>()?,
            constants: constants
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| ColumnText { key: key.to_owned(), text: text.clone() })
                .collect(),
            top: TopUnit { code: top.key, name: top.text, is_told: self.top.is_some() },
        })
    }
}
