//! Form files as people write them.
//!
//! Every key is known or refused. Addresses are spreadsheet addresses, row and
//! column names those of the printed form; see `resolve` for what becomes of them.

use serde::Deserialize;

use super::counts::CountBlock;
use super::form::{Absent, Confidence, Gone, SheetKind};
use super::look::{Border, Paper, RowLook, TextField};
use super::sums::Basis;
use crate::base::layout_status::LayoutStatus;
use crate::base::term::Term;

/// A form file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormFile {
    /// Short id without diacritics; the file's name.
    pub id: String,
    /// Symbol as printed.
    pub symbol: String,
    /// Version of the layout.
    pub version: String,
    /// Title of the report.
    pub title: String,
    /// Level of education.
    pub level: String,
    /// Term.
    pub term: Term,
    /// How far the layout can be trusted.
    pub layout_status: LayoutStatus,
    /// Ground of that trust.
    pub layout_basis: String,
    /// Full id of the form whose layout this one borrows; then there are no sheets.
    #[serde(default)]
    pub borrows: Option<String>,
    /// Sections that the Ministry's list has for the form and this layout has not, and why.
    #[serde(default)]
    pub absent: Vec<Absent>,
    /// Rows of ours that the form had, and where their figures go now.
    #[serde(default)]
    pub gone: Vec<Gone>,
    /// Kinds of unit that enter the form themselves; it is not summed from the schools below them. Any otherwise.
    #[serde(default)]
    pub filed_by: Vec<String>,
    /// The sheets.
    #[serde(default)]
    pub sheets: Vec<SheetFile>,
    /// How its cells are counted from records.
    #[serde(default)]
    pub counts: Vec<CountBlock>,
}

/// A sheet as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetFile {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: SheetKind,
    #[serde(default)]
    pub(super) unit_of_measure: String,
    #[serde(default)]
    pub(super) tt_column: String,
    #[serde(default)]
    pub(super) label_column: String,
    #[serde(default)]
    pub(super) unit_column: String,
    #[serde(default)]
    pub(super) code_column: String,
    #[serde(default)]
    pub(super) header_rows: Option<[u32; 2]>,
    #[serde(default = "twelve")]
    pub(super) font_size: u8,
    #[serde(default)]
    pub(super) border: Border,
    #[serde(default)]
    pub(super) tt_align: TtAlign,
    #[serde(default)]
    pub(super) widths: Vec<WidthFile>,
    #[serde(default)]
    pub(super) heights: Vec<HeightFile>,
    #[serde(default)]
    pub(super) merges: Vec<String>,
    #[serde(default)]
    pub(super) print: PrintFile,
    #[serde(default)]
    pub(super) header: Vec<HeaderFile>,
    #[serde(default)]
    pub(super) texts: Vec<TextFile>,
    #[serde(default)]
    pub(super) columns: Vec<ColumnFile>,
    #[serde(default)]
    pub(super) rows: Vec<RowFile>,
    #[serde(default)]
    pub(super) column_sums: Vec<ColumnSumFile>,
    #[serde(default)]
    pub(super) column_bounds: Vec<BoundsFile>,
    #[serde(default)]
    pub(super) row_sums: Vec<RowSumFile>,
    #[serde(default)]
    pub(super) row_subsets: Vec<RowSubsetFile>,
}

const fn twelve() -> u8 {
    12
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
pub(super) enum TtAlign {
    #[default]
    #[serde(rename = "c")]
    Centre,
    #[serde(rename = "l")]
    Left,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WidthFile {
    pub(super) columns: String,
    pub(super) width: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeightFile {
    pub(super) rows: [u32; 2],
    pub(super) height: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrintFile {
    #[serde(default)]
    pub(super) paper: Paper,
    #[serde(default)]
    pub(super) orientation: Orientation,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Orientation {
    #[default]
    Landscape,
    Portrait,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderFile {
    pub(super) at: String,
    pub(super) text: Option<String>,
    pub(super) number: Option<u16>,
    #[serde(default)]
    pub(super) bold: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextFile {
    pub(super) at: String,
    pub(super) text: String,
    pub(super) field: Option<TextField>,
    #[serde(default)]
    pub(super) bold: bool,
    #[serde(default)]
    pub(super) align: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    pub(super) number: u16,
    pub(super) at: String,
    pub(super) path: Vec<String>,
    #[serde(default)]
    pub(super) dims: toml::Table,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowFile {
    pub(super) at: u32,
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) code_is_text: bool,
    #[serde(default)]
    pub(super) tt: String,
    #[serde(default)]
    pub(super) tt_is_number: bool,
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) indent: u8,
    #[serde(default)]
    pub(super) group: String,
    #[serde(default)]
    pub(super) look: RowLook,
    #[serde(default)]
    pub(super) not_applicable: Vec<u16>,
    /// Ground of a row in a reconstructed form; every coded row of one has it.
    #[serde(default)]
    pub(super) basis: String,
    /// How sure such a row is: `high`, `medium` or `low`.
    #[serde(default)]
    pub(super) confidence: Option<Confidence>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSumFile {
    pub(super) total: u16,
    pub(super) parts: Vec<u16>,
    pub(super) basis: Basis,
    /// A phrase of the rule catalogue: what a correct return may break it by.
    pub(super) unless: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundsFile {
    pub(super) total: u16,
    pub(super) women: Option<u16>,
    pub(super) minority: Option<u16>,
    pub(super) minority_women: Option<u16>,
    #[serde(rename = "basis")]
    pub(super) _basis: Basis,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowSumFile {
    pub(super) total: String,
    pub(super) parts: Vec<String>,
    pub(super) basis: Basis,
    /// A phrase of the rule catalogue: what a correct return may break it by.
    pub(super) unless: Option<String>,
    #[serde(default, rename = "group")]
    pub(super) _group: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowSubsetFile {
    pub(super) whole: String,
    pub(super) parts: Vec<String>,
    pub(super) basis: Basis,
    /// The parts exclude each other, but need not make up the whole.
    #[serde(default)]
    pub(super) disjoint: bool,
    /// A phrase of the rule catalogue: what a correct return may break it by.
    pub(super) unless: Option<String>,
    /// The parts that this is about; all of them otherwise.
    pub(super) unless_parts: Option<Vec<String>>,
    #[serde(default, rename = "group")]
    pub(super) _group: String,
}
