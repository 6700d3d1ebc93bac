//! Two versions of a form compared, and the mapping proposed between them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::draft::{DraftTools, DraftWish, draft_of};
use super::write_new;
use crate::base::error::Result;
use crate::base::input::read_text;
use crate::base::message::Lang;
use crate::drafts::to_toml;
use crate::forms::{FormDiff, Layout, Schemas, diff, mapping_toml, read_form};

/// Compares two forms, each an installed one, a form file or a workbook.
///
/// # Errors
/// When a form is not known or cannot be read.
pub fn compare_forms(schemas: &Schemas, tools: DraftTools<'_>, old: &str, new: &str, lang: Lang) -> Result<FormDiff> {
    let layout = |name| layout_of(name, schemas, tools, lang);
    Ok(diff(&layout(old)?, &layout(new)?))
}

/// A mapping that is proposed, and the file it goes into.
#[derive(Debug)]
pub struct MappingProposal {
    /// The file; never written over.
    pub path: PathBuf,
    text: String,
}

impl MappingProposal {
    /// The mapping that follows from a comparison.
    #[must_use]
    pub fn new(difference: &FormDiff, path: &Path, lang: Lang) -> Self {
        Self { path: path.to_owned(), text: mapping_toml(difference, lang) }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it is there already or cannot be written.
    pub fn write(&self) -> Result<()> {
        write_new(&self.path, &self.text)
    }
}

/// The layout an argument names: an installed form, a form file, or a workbook.
fn layout_of(name: &str, schemas: &Schemas, tools: DraftTools<'_>, lang: Lang) -> Result<Arc<Layout>> {
    let path = Path::new(name);
    if !path.is_file() {
        return Ok(Arc::clone(&schemas.form(name)?.layout));
    }
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let text = if is_toml {
        read_text(path)?
    } else {
        let draft = draft_of(path, DraftWish { id: None, symbol: None, version: "draft", verified: false }, tools)?;
        to_toml(&draft, lang)
    };
    // A form file stands in `<circular>/forms/`.
    let circular = path.ancestors().nth(2).and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Ok(Arc::clone(&read_form(circular.as_deref().filter(|_| is_toml).unwrap_or("draft"), name, &text)?.layout))
}
