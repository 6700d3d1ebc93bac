//! A workbook read as the draft of a form.

use std::path::Path;

use crate::base::error::{Error, Result};
use crate::base::input::read_bytes;
use crate::base::message::message;
use crate::drafts::{Draft, ImportProblem, Request, Vocabulary, import};
use crate::forms::SchemaFiles;
use crate::ooxml::MAX_FILE;
use crate::workbooks::Isolation;

/// How drafts are made: with which words, and where files are read whose readers can abort.
#[derive(Debug, Clone, Copy)]
pub struct DraftTools<'a> {
    /// Folder of schemas over those that are built in. They are not loaded: a form is brought in also where they are not sound.
    pub schemas: Option<&'a Path>,
    /// Where files are read whose readers can abort.
    pub isolation: &'a Isolation,
}

/// All that the user says of a workbook.
#[derive(Debug, Clone, Copy)]
pub struct DraftWish<'a> {
    /// Id of the form; otherwise from the symbol.
    pub id: Option<&'a str>,
    /// Symbol of the form; otherwise looked for.
    pub symbol: Option<&'a str>,
    /// Version of the layout.
    pub version: &'a str,
    /// It is a real official form.
    pub verified: bool,
}

/// The draft of a workbook file.
pub fn draft_of(path: &Path, wish: DraftWish<'_>, tools: DraftTools<'_>) -> Result<Draft> {
    let words: Vocabulary = SchemaFiles::open(tools.schemas)?.toml("import.toml")?;
    let bytes = read_bytes(path, MAX_FILE)?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let DraftWish { id, symbol, version, verified } = wish;
    import(&bytes, Request { file: &file, id, symbol, version, verified }, &words, tools.isolation)
        .map_err(|problem| import_error(path, problem))
}

fn import_error(file: &Path, problem: ImportProblem) -> Error {
    let reason = match problem {
        ImportProblem::NoTable => message!("screen.no_sheet_column_row"),
        ImportProblem::Unreadable(problem) => problem.words(),
    };
    Error::config(file.display(), reason)
}
