//! `tkgd schema import`: an official workbook becomes a form; the form it replaces is named and mapped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::import_list::{import_list, is_plain_table};
use super::write_new;
use crate::base::error::{Error, Result};
use crate::base::input::read_bytes;
use crate::base::message::message;
use crate::base::text::is_same_symbol;
use crate::cli::{Context, Exit, print};
use crate::drafts::{Draft, ImportProblem, Request, Vocabulary, import, summary, to_toml};
use crate::forms::{Form, SchemaFiles, Schemas, diff, diff_text, mapping_toml, read_form};
use crate::ooxml::MAX_FILE;
use crate::workbooks::Isolation;

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// Workbook (.xlsx; .xls and .ods do not tell the layout), or a table of a unit per line (.csv, .parquet too).
    file: PathBuf,
    /// Id of the form without accents, also the name of the file; otherwise from the symbol.
    #[arg(long)]
    id: Option<String>,
    /// Symbol of the form as printed, as in 03-THCS-ĐN; otherwise looked for in the workbook, then in the file's name.
    #[arg(long)]
    symbol: Option<String>,
    /// Form whose figures a table of a unit per line holds; otherwise the one that most headings fit.
    #[arg(long)]
    form: Option<String>,
    /// Folder of the circular, as in bieu-mau/tt25-2024: the draft goes into its forms/.
    #[arg(long)]
    circular: Option<PathBuf>,
    /// File for the draft, never written over; "-" prints it in place of the report.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The workbook is a real official form: layout_status = "verified" in place of "assumed".
    #[arg(long)]
    verified: bool,
}

pub fn run(args: &ImportArgs, context: &Context) -> Result<Exit> {
    let version = version_of(args.circular.as_deref());
    let wish = Wish { id: args.id.as_deref(), symbol: args.symbol.as_deref(), version: &version, verified: args.verified };
    let list = || import_list(&args.file, args.form.as_deref(), args.out.as_deref(), context);
    if is_plain_table(&args.file) && list()?.is_some() {
        return Ok(Exit::Fine);
    }
    let mut draft = match draft_of(&args.file, wish, context) {
        Err(_) if list()?.is_some() => return Ok(Exit::Fine),
        other => other?,
    };
    // A circular whose schemas are not sound yet still gets its form.
    let beside = args.circular.as_deref().and_then(Path::parent).filter(|folder| folder.is_dir());
    let schemas = Schemas::load(context.schemas_folder.as_deref().or(beside)).ok();
    let replaced = schemas.as_ref().and_then(|schemas| replaced(schemas, args.circular.as_deref()?, &draft));
    if let Some(form) = replaced.filter(|_| args.id.is_none()) {
        draft.id = form.short.to_string();
    }
    let text = to_toml(&draft, context.lang);
    if args.out.as_deref() == Some(Path::new("-")) {
        print(&text);
        return Ok(Exit::Fine);
    }
    let out = out_path(args, &draft);
    write_new(&out, &text)?;
    print(&summary(&draft, context.lang));
    let shown = out.display();
    print(&message!("screen.draft_written", shown).said(context.lang));
    if let (Some(form), Some(circular)) = (replaced, &args.circular) {
        follow_up(form, circular, &text, context)?;
    }
    Ok(Exit::Fine)
}

/// What the user says of a workbook.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub id: Option<&'a str>,
    pub symbol: Option<&'a str>,
    pub version: &'a str,
    pub verified: bool,
}

/// The draft of a workbook file.
pub fn draft_of(path: &Path, wish: Wish<'_>, context: &Context) -> Result<Draft> {
    let words: Vocabulary = SchemaFiles::open(context.schemas_folder.as_deref())?.toml("import.toml")?;
    let bytes = read_bytes(path, MAX_FILE)?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Wish { id, symbol, version, verified } = wish;
    let isolation: &Isolation = &context.isolation;
    import(&bytes, Request { file: &file, id, symbol, version, verified }, &words, isolation).map_err(|problem| import_error(path, problem))
}

/// The installed form of the circular that the draft is the blank of: the same symbol, however it is punctuated.
fn replaced<'a>(schemas: &'a Schemas, circular: &'a Path, draft: &Draft) -> Option<&'a Arc<Form>> {
    let circular = circular.file_name()?.to_str()?;
    schemas.forms_of(circular).find(|form| is_same_symbol(&form.symbol, &draft.symbol))
}

/// What the new form changes against the layout used so far, and the mapping for looking back.
fn follow_up(form: &Form, circular: &Path, text: &str, context: &Context) -> Result<()> {
    let id = circular.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let new = read_form(&id, &form.short, text)?;
    let lang = context.lang;
    let (was, layout, now) = (form.layout_status.id(), &form.layout.id, new.layout_status.id());
    let replaces = message!("screen.replaces").said(lang);
    print(&format!("\n{} [{now}] {replaces} {} [{was}, {layout}]\n", new.symbol, form.id));
    let difference = diff(&form.layout, &new.layout);
    print(&diff_text(&difference, lang));
    if form.layout.id == new.layout.id {
        return Ok(());
    }
    let path = circular.join("mappings").join(format!("{}.toml", form.short));
    write_new(&path, &mapping_toml(&difference, lang))?;
    let shown = path.display();
    print(&message!("screen.proposed_mapping_to_confirm", shown).said(lang));
    Ok(())
}

/// The year in a circular's name, `tt25-2024`.
fn version_of(circular: Option<&Path>) -> String {
    let name = circular.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let year = name.rsplit('-').next().filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    year.unwrap_or("draft").to_owned()
}

/// Where the draft goes: as asked for, into the circular's forms, or here.
fn out_path(args: &ImportArgs, draft: &Draft) -> PathBuf {
    let name = format!("{}.toml", draft.id);
    match (&args.out, &args.circular) {
        (Some(out), _) => out.clone(),
        (None, Some(circular)) => circular.join("forms").join(name),
        (None, None) => PathBuf::from(name),
    }
}

fn import_error(file: &Path, problem: ImportProblem) -> Error {
    let reason = match problem {
        ImportProblem::NoTable => message!("screen.no_sheet_column_row"),
        ImportProblem::Unreadable(problem) => problem.words(),
    };
    Error::config(file.display(), reason)
}
