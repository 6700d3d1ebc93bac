//! An official workbook becomes a form; the form it replaces is named and mapped. A table becomes the mapping of a list.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::diff::MappingProposal;
use super::draft::{DraftTools, DraftWish, draft_of};
use super::import_list::{ListRequest, import_list, is_plain_table};
use super::write_new;
use crate::base::error::Result;
use crate::base::message::{Lang, message};
use crate::base::text::is_same_symbol;
use crate::drafts::{Draft, summary, to_toml};
use crate::forms::{Form, Schemas, diff, diff_text, read_form};
use crate::jobs::session::Session;

/// A file to be brought in.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// A workbook, or a table of a unit per line.
    pub file: PathBuf,
    /// Id of the form; otherwise from the symbol.
    pub id: Option<String>,
    /// Symbol of the form; otherwise looked for.
    pub symbol: Option<String>,
    /// Form whose figures a table holds; otherwise the one that most headings fit.
    pub form: Option<String>,
    /// Folder of the circular that the draft goes into.
    pub circular: Option<PathBuf>,
    /// File for the draft; `-` has it shown in place of the report.
    pub out: Option<PathBuf>,
    /// The workbook is a real official form.
    pub verified: bool,
}

/// A file that was brought in.
#[derive(Debug)]
pub struct Imported {
    /// The draft itself where it was to be shown, otherwise what came of it.
    pub said: String,
    draft: String,
    replaced: Option<Arc<Form>>,
    circular: PathBuf,
}

/// The form that a draft replaces.
#[derive(Debug)]
pub struct ReplacedForm {
    /// Changes that the new form brings.
    pub said: String,
    /// The mapping for looking back; none where the layout stays.
    pub proposal: Option<MappingProposal>,
}

/// Brings a file in. A session is opened by `open` where the file may be a list: forms come in without sound schemas.
///
/// # Errors
/// When the file holds neither form nor list, or the draft is there already.
pub fn import_form(open: &dyn Fn() -> Result<Session>, tools: DraftTools<'_>, request: &ImportRequest, lang: Lang) -> Result<Imported> {
    let circular = request.circular.as_deref();
    let version = version_of(circular);
    let wish = DraftWish { id: request.id.as_deref(), symbol: request.symbol.as_deref(), version: &version, verified: request.verified };
    let list_request = ListRequest { file: &request.file, form: request.form.as_deref(), out: request.out.as_deref() };
    let list = || import_list(&open()?, list_request, lang);
    if is_plain_table(&request.file)
        && let Some(said) = list()?
    {
        return Ok(Imported::only(said));
    }
    let mut draft = match draft_of(&request.file, wish, tools) {
        Ok(draft) => draft,
        Err(problem) => return list()?.map(Imported::only).ok_or(problem),
    };
    // A circular whose schemas are not sound yet still gets its form.
    let beside = circular.and_then(Path::parent).filter(|folder| folder.is_dir());
    let schemas = Schemas::load(tools.schemas.or(beside)).ok();
    let replaced = schemas.as_ref().and_then(|schemas| replaced(schemas, circular?, &draft)).cloned();
    if let Some(form) = replaced.as_ref().filter(|_| request.id.is_none()) {
        draft.id = form.short.to_string();
    }
    let text = to_toml(&draft, lang);
    if request.out.as_deref() == Some(Path::new("-")) {
        return Ok(Imported::only(text));
    }
    let out = out_path(request, &draft);
    write_new(&out, &text)?;
    let said = format!("{}{}", summary(&draft, lang), message!("screen.draft_written", shown = out.display()).said(lang));
    Ok(Imported { said, draft: text, replaced, circular: circular.map(Path::to_owned).unwrap_or_default() })
}

impl Imported {
    fn only(said: String) -> Self {
        Self { said, draft: String::new(), replaced: None, circular: PathBuf::new() }
    }

    /// The new form against the one it replaces, where it replaces one.
    ///
    /// # Errors
    /// When the draft is no form.
    pub fn against_replaced(&self, lang: Lang) -> Result<Option<ReplacedForm>> {
        let Some(form) = &self.replaced else { return Ok(None) };
        let id = self.circular.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let new = read_form(&id, &form.short, &self.draft)?;
        let (was, layout, now) = (form.layout_status.id(), &form.layout.id, new.layout_status.id());
        let replaces = message!("screen.replaces").said(lang);
        let difference = diff(&form.layout, &new.layout);
        let said = format!("\n{} [{now}] {replaces} {} [{was}, {layout}]\n{}", new.symbol, form.id, diff_text(&difference, lang));
        let path = self.circular.join("mappings").join(format!("{}.toml", form.short));
        let proposal = (form.layout.id != new.layout.id).then(|| MappingProposal::new(&difference, &path, lang));
        Ok(Some(ReplacedForm { said, proposal }))
    }
}

/// The installed form of the circular that the draft is the blank of: the same symbol, however it is punctuated.
fn replaced<'a>(schemas: &'a Schemas, circular: &'a Path, draft: &Draft) -> Option<&'a Arc<Form>> {
    let circular = circular.file_name()?.to_str()?;
    schemas.forms_of(circular).find(|form| is_same_symbol(&form.symbol, &draft.symbol))
}

/// The year in a circular's name, `tt25-2024`.
fn version_of(circular: Option<&Path>) -> String {
    let name = circular.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let year = name.rsplit('-').next().filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    year.unwrap_or("draft").to_owned()
}

/// Where the draft goes: as asked for, into the circular's forms, or here.
fn out_path(request: &ImportRequest, draft: &Draft) -> PathBuf {
    let name = format!("{}.toml", draft.id);
    match (&request.out, &request.circular) {
        (Some(out), _) => out.clone(),
        (None, Some(circular)) => circular.join("forms").join(name),
        (None, None) => PathBuf::from(name),
    }
}
