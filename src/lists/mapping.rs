//! Which column of a list is which cell of a form, as a mapping file says it.

use std::path::PathBuf;

use serde::Deserialize;

use crate::base::location::RowSpan;
use crate::base::text::fold;
use crate::tables::{DeclaredSigns, HeadingLines, TableShape};

/// A list file of a pipeline.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// The list.
    pub file: PathBuf,
    /// Its mapping file; absent when the headings name the cells.
    pub mapping: Option<PathBuf>,
    /// Short id of the form, when there is no mapping file.
    pub form: Option<String>,
}

/// A mapping file: which column of a list is which cell of a form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListMapping {
    /// Short id of the form.
    pub form: String,
    /// Sheet of a workbook; the first otherwise.
    #[serde(default)]
    pub sheet: Option<String>,
    /// One-based line of the headings.
    #[serde(default)]
    pub heading_row: Option<u32>,
    /// One-based first and last line of headings over several rows; they are paths then (`Học sinh / Nữ`).
    #[serde(default)]
    pub heading_rows: Option<RowSpan>,
    /// Heading of the column with the unit's code.
    #[serde(default)]
    pub unit: Option<String>,
    /// Letters of that column, instead of its heading.
    #[serde(default)]
    pub unit_letter: Option<String>,
    /// The columns.
    #[serde(default)]
    pub columns: Vec<MappedColumn>,
    /// Each line is one cell, and the headings of the columns above are items.
    #[serde(default)]
    pub long: Option<LongFormat>,
    /// Which lines a unit sent at all.
    #[serde(default)]
    pub received_if: Option<ReceivedIf>,
    /// Signs for not known; `""` is a blank cell.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Signs for known and not told.
    #[serde(default)]
    pub suppressed: Vec<String>,
    /// Signs for none.
    #[serde(default)]
    pub nil: Vec<String>,
}

/// One column of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// Heading in the list.
    #[serde(default)]
    pub heading: String,
    /// Letters of the column, instead of its heading.
    #[serde(default)]
    pub letter: Option<String>,
    /// Sheet id of the form.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Column number.
    pub column: u16,
}

/// Columns of a long list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongFormat {
    /// Heading of the column that says which cell a line is.
    pub item: String,
    /// Heading of the column with the figure.
    pub value: String,
}

/// A condition on one column: lines that do not meet it say that nothing was sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceivedIf {
    /// Heading of the column.
    pub heading: String,
    /// Texts that say that it was sent; any text that is not blank where neither list is given.
    #[serde(default)]
    pub is: Vec<String>,
    /// Texts that say that it was not; `""` is a blank cell.
    #[serde(default)]
    pub is_not: Vec<String>,
}

impl ListMapping {
    /// Where in the file the table stands.
    #[must_use]
    pub fn shape(&self) -> TableShape<'_> {
        let rows = self.heading_rows.map(|rows| HeadingLines { first: rows.first.into(), last: rows.last.max(rows.first).into() });
        let heading_rows = rows.or_else(|| TableShape::new(None, self.heading_row).heading_rows);
        let by_letters = self.unit_letter.is_some() || self.columns.iter().any(|column| column.letter.is_some());
        TableShape { sheet: self.sheet.as_deref(), heading_rows, by_letters }
    }

    /// The signs it declares.
    #[must_use]
    pub fn signs(&self) -> DeclaredSigns {
        DeclaredSigns { missing: self.missing.clone(), suppressed: self.suppressed.clone(), nil: self.nil.clone() }
    }
}

impl ReceivedIf {
    /// Whether a line with this text was sent.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let folded = fold(text);
        let is_any = |texts: &[String]| texts.iter().any(|known| fold(known) == folded);
        match (self.is.is_empty(), self.is_not.is_empty()) {
            (true, true) => !folded.is_empty(),
            (false, _) => is_any(&self.is) && !is_any(&self.is_not),
            (true, false) => !is_any(&self.is_not),
        }
    }
}
