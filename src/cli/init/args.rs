//! The arguments of `tkgd init`.

use std::path::PathBuf;

use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::jobs::{NewWorkspaceRequest, RegisterListRequest};
use crate::workspace::{ColumnText, ListWish, RegisterFile, TopUnit};

/// Code and name of the unit above all others, unless told otherwise.
const TOP: &str = "S01=Sở Giáo dục và Đào tạo";
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The workspace; made where it is not there.
    folder: PathBuf,
    /// School year, as in 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Write the register as CSV in place of a spreadsheet.
    #[arg(long)]
    csv: bool,
    /// Make the register from a table, a school per line (csv, xlsx, xls, ods, parquet).
    #[arg(long)]
    from: Option<PathBuf>,
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
    /// Code and name of the highest unit.
    #[arg(long, default_value = TOP, requires = "from")]
    top: String,
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
        let top = pair("--top", &self.top)?;
        Ok(ListWish {
            columns: columns.collect::<Result<_>>()?,
            constants: constants
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| ColumnText { key: key.to_owned(), text: text.clone() })
                .collect(),
            top: TopUnit { code: top.key, name: top.text },
        })
    }
}
