//! An official workbook, blank or filled, becomes the draft of a form file.
//!
//! Everything is told from the workbook itself and the words in `import.toml`:
//! where the table stands, what rows and columns mean, what adds up, how it
//! looks. What is unsure is said in the draft's comments and in a report; a
//! person decides. A draft is `assumed` unless that person vouches for the
//! workbook: only they know whether it is the Ministry's own.

mod columns;
mod draft;
mod evidence;
mod formula;
mod heading_sums;
mod list;
mod list_write;
mod look;
mod names;
mod outline;
mod printed;
mod row_sums;
mod sheet;
mod sheet_look;
mod sheet_xml;
mod styles;
mod summary;
mod sums;
mod table;
mod texts;
mod vocabulary;
mod write;
mod xml;

pub use draft::{Confidence, Draft, DraftSum, DraftTable, SumKind};
pub use list::{DraftListColumn, ListDraft, Meaning, draft_list, list_heading_row};
pub use list_write::{list_counts, list_toml};
pub use summary::summary;
pub use vocabulary::Vocabulary;
pub use write::to_toml;

use crate::base::message::message;
use crate::forms::TextField;
use crate::ooxml::RawProblem;
use crate::workbooks::{Isolation, read_bytes, sha256};
use look::WorkbookStyle;
use names::{find_names, name_sheets};
use sheet::draft_sheet;
use sheet_xml::SheetXml;

/// Facts about a workbook besides its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Id of the form; made from the symbol otherwise.
    pub id: Option<&'a str>,
    /// Symbol of the form; looked for in the workbook otherwise.
    pub symbol: Option<&'a str>,
    /// Version of the layout.
    pub version: &'a str,
    /// A person vouches that the workbook is a real official one.
    pub verified: bool,
}

/// Why nothing could be drafted.
#[derive(Debug)]
pub enum ImportProblem {
    /// The file cannot be read.
    Unreadable(RawProblem),
    /// No sheet has a table with row codes.
    NoTable,
}

/// Drafts a form from the bytes of a workbook.
///
/// # Errors
/// [`ImportProblem`] when it is no readable workbook or has no table with row codes.
pub fn import(bytes: &[u8], request: Request<'_>, words: &Vocabulary, isolation: &Isolation) -> Result<Draft, ImportProblem> {
    let workbook = read_bytes(bytes, isolation).map_err(ImportProblem::Unreadable)?;
    let look = WorkbookStyle::read(bytes);
    let plain = SheetXml::default();
    let mut notes = Vec::new();
    let mut sheets = Vec::new();
    let mut is_known = true;
    for raw in &workbook.sheets {
        let view = look.sheet(&raw.name, &plain);
        is_known &= view.is_known;
        match draft_sheet(raw, view, words) {
            Some(sheet) => sheets.push(sheet),
            None if raw.cells.is_empty() => {}
            None => notes.push(message!("drafts.sheet_no_table_row", name = raw.name)),
        }
    }
    if sheets.iter().all(|sheet| sheet.table.is_none()) {
        return Err(ImportProblem::NoTable);
    }
    if !is_known {
        notes.push(message!("drafts.format_does_not_tell"));
    }
    name_sheets(&mut sheets);
    if !sheets.iter().flat_map(|sheet| &sheet.texts).any(|text| text.field == Some(TextField::ReportingUnit)) {
        notes.push(message!("drafts.no_place_reporting_unit"));
    }
    let stem = request.file.rsplit_once('.').map_or(request.file, |(stem, _)| stem);
    let names = find_names(&sheets, stem, request.symbol, request.id, words, &mut notes);
    Ok(Draft {
        id: names.id,
        symbol: names.symbol,
        version: request.version.to_owned(),
        title: names.title,
        level: names.level,
        term: names.term,
        verified: request.verified,
        basis: format!("imported from {} (sha256 {})", request.file, &sha256(bytes)[..12]),
        sheets,
        notes,
    })
}
