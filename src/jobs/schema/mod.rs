//! Forms shown, brought in from workbooks and tables, compared with those of before, mapped.

mod confirm;
mod definitions;
mod diff;
mod draft;
mod import;
mod import_list;
mod show;

use std::path::Path;

use crate::base::error::{Error, Result};
use crate::base::message::message;

pub use confirm::{ConfirmRequest, confirm_mapping};
pub use definitions::{definitions_text, schema_problems};
pub use diff::{MappingProposal, compare_forms};
pub use draft::DraftTools;
pub use import::{ImportRequest, Imported, ReplacedForm, import_form};
pub use show::{form_text, forms_text, schema_problems_text};

/// Writes a file that is not there yet: a draft never replaces what somebody worked on.
fn write_new(path: &Path, text: &str) -> Result<()> {
    crate::base::disk::write_new(path, text.as_bytes()).map_err(|problem| match problem {
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            Error::config(path.display(), message!("screen.file_already_give_another"))
        }
        problem => problem,
    })
}
