//! Tables of figures as people lay them out: the summary workbook and ad-hoc reports.
//!
//! A book has sheets; a sheet has rows (places, units or size bands) and columns (measures,
//! indicators, cells). Everything is chosen here, nothing in the program.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::measure_ref::MeasureRef;
use crate::base::message::message;

/// The one name in braces that a title may have.
const TERM: &str = "term";

/// A title; a name in braces that nothing is put in for would stand in what people are handed.
fn title<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    let text = String::deserialize(source)?;
    let names = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
    match names.into_iter().find(|name| *name != TERM) {
        Some(name) => Err(D::Error::custom(message!("forms.filled_nothing_title_knows", name, term = TERM).en())),
        None => Ok(text),
    }
}

/// `summaries/*.toml`, `reports/*.toml`, or a file of the user's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportBook {
    /// Title, `{term}` filled in.
    #[serde(deserialize_with = "title")]
    pub title: String,
    /// Name of the file it is written to, without folder.
    pub file: String,
    /// The pipeline whose figures it shows, seen from the file; told to the command otherwise.
    #[serde(default)]
    pub pipeline: Option<std::path::PathBuf>,
    /// Lines of the cover: what it is, for whom.
    #[serde(default)]
    pub about: Vec<String>,
    /// With a sheet of every indicator at every place, where a run writes it.
    #[serde(default)]
    pub indicators: bool,
    /// Lines of the notes sheet, beside the explanation of symbols and the sources.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Sheets in order.
    pub sheets: Vec<ReportSheet>,
}

/// A sheet: one table, and charts below it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSheet {
    /// Name of the sheet.
    pub name: String,
    /// Title of the table, `{term}` filled in.
    #[serde(deserialize_with = "title")]
    pub title: String,
    /// Levels of its columns, where they have none of their own; all where empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Its rows, one block after the other: `all`, a grouping of the register, a kind of unit,
    /// `unit` (every unit that files).
    #[serde(default)]
    pub rows: Vec<String>,
    /// Rows are bands of size instead.
    #[serde(default)]
    pub bands: Option<Bands>,
    /// Units whose register line has one of these values: `ownership`, `kind`, a grouping.
    #[serde(default)]
    pub filter: BTreeMap<String, Vec<String>>,
    /// Columns in order.
    pub columns: Vec<ReportColumn>,
    /// A last column says what was explained of the figures that are compared.
    #[serde(default)]
    pub explanations: bool,
    /// Charts in order.
    #[serde(default)]
    pub charts: Vec<ReportChart>,
}

/// Units put in bands by a figure of theirs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// The figure.
    pub by: MeasureRef,
    /// Where the next band begins, rising.
    pub limits: Vec<i64>,
    /// Word after the numbers of a band: `học sinh`.
    pub unit: String,
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportColumn {
    /// By what charts name it; the name of its figure otherwise.
    #[serde(default)]
    pub id: Option<String>,
    /// A measure, an indicator, or a count of the register or of returns.
    #[serde(default)]
    pub value: Option<MeasureRef>,
    /// Cells that add up, `form:sheet/code/column`; `*` as the code makes a column of every row.
    #[serde(default)]
    pub cells: Vec<String>,
    /// Levels, instead of the sheet's.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Heading; the name of its figure otherwise.
    #[serde(default)]
    pub heading: String,
    /// Heading in the closing term, where the figure is another one then: pupils who are there at the end of the year.
    #[serde(default)]
    pub heading_closing: String,
    /// With last year's figure and the change in per cent beside it.
    #[serde(default)]
    pub last_year: bool,
    /// With another figure, or that of another place, beside it, and what it differs by.
    #[serde(default)]
    pub against: Option<ComparedWith>,
    /// With the rank within its block of rows beside it.
    #[serde(default)]
    pub rank: Option<Order>,
}

/// Figure that a column is compared with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedWith {
    /// Another figure, such as `pupils@opening`; the same one otherwise.
    #[serde(default)]
    pub value: Option<MeasureRef>,
    /// Code of a unit, or `all`: the figure of that place; of the row's own otherwise.
    #[serde(default)]
    pub place: Option<String>,
    /// Name in headings.
    pub heading: String,
}

/// Which end of a column is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The greatest value.
    Highest,
    /// The least value.
    Lowest,
}

/// A native chart of some columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportChart {
    /// Its title.
    pub title: String,
    /// The block of rows it shows.
    pub rows: String,
    /// The columns it shows, by id.
    pub columns: Vec<String>,
    /// Bars on top of each other instead of beside each other.
    #[serde(default)]
    pub stacked: bool,
}
