//! `tkgd schema diff` and `confirm`: what a new version of a form changes, and the mapping for looking back.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};

use super::import::{Wish, draft_of};
use super::write_new;
use crate::base::disk::replace;
use crate::base::error::{Error, Result};
use crate::base::input::read_text;
use crate::base::message::{Message, message};
use crate::cli::{Context, Exit, print};
use crate::drafts::to_toml;
use crate::forms::{Layout, MappingFile, MappingStatus, Schemas, diff, diff_text, mapping_toml, parse_toml, read_form, toml_quoted};

#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The old form: its id (tt24-2018/01-MN-DN), a form file (.toml) or a workbook (.xlsx).
    old: String,
    /// The new form, likewise.
    new: String,
    /// File for the proposed mapping, never written over.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// The mapping that was looked through.
    file: PathBuf,
    /// Role of whoever confirms; no name.
    #[arg(long)]
    by: String,
    /// The day, as in 2026-10-01; otherwise today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

pub fn run(args: &DiffArgs, context: &Context) -> Result<Exit> {
    let schemas = context.schemas()?;
    let (old, new) = (layout_of(&args.old, &schemas, context)?, layout_of(&args.new, &schemas, context)?);
    let difference = diff(&old, &new);
    print(&diff_text(&difference, context.lang));
    if let Some(out) = &args.out {
        write_new(out, &mapping_toml(&difference, context.lang))?;
        let shown = out.display();
        print(&message!("screen.proposed_mapping_written", shown).said(context.lang));
    }
    Ok(Exit::Fine)
}

/// The layout an argument names: an installed form, a form file, or a workbook.
fn layout_of(name: &str, schemas: &Schemas, context: &Context) -> Result<Arc<Layout>> {
    let path = Path::new(name);
    if !path.is_file() {
        return Ok(Arc::clone(&schemas.form(name)?.layout));
    }
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let text = if is_toml {
        read_text(path)?
    } else {
        let draft = draft_of(path, Wish { id: None, symbol: None, version: "draft", verified: false }, context)?;
        to_toml(&draft, context.lang)
    };
    // A form file stands in `<circular>/forms/`.
    let circular = path.ancestors().nth(2).and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Ok(Arc::clone(&read_form(circular.as_deref().filter(|_| is_toml).unwrap_or("draft"), name, &text)?.layout))
}

pub fn confirm(args: &ConfirmArgs, context: &Context) -> Result<Exit> {
    let text = read_text(&args.file)?;
    let shown = args.file.display().to_string();
    let mut file: MappingFile = parse_toml(&shown, &text)?;
    file.status = MappingStatus::Confirmed;
    file.confirmed_by.clone_from(&args.by);
    let on = args.on.unwrap_or_else(today);
    file.confirmed_on = Some(on);
    check(file, &shown, context)?;
    let confirmed = confirmed_text(&text, &args.by, on);
    replace(&args.file, confirmed.as_bytes())?;
    print(&message!("screen.confirmed", shown).said(context.lang));
    Ok(Exit::Fine)
}

/// A mapping is confirmed only if it accounts for every row of both forms.
fn check(file: MappingFile, shown: &str, context: &Context) -> Result<()> {
    let schemas = context.schemas()?;
    let (old, new) = (Arc::clone(&schemas.form(&file.from)?.layout), Arc::clone(&schemas.form(&file.to)?.layout));
    crate::forms::Mapping::new(file, shown, &old, &new).map_err(|problems| {
        let hint = message!("screen.every_row_column_both");
        Error::config(shown, Message::join(&problems, "; ")).with_hint(hint)
    })?;
    Ok(())
}

/// The text with its status changed and nothing else: comments are the person's notes.
fn confirmed_text(text: &str, by: &str, on: NaiveDate) -> String {
    let is_head = |line: &str, key: &str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    let mut out = String::new();
    let mut in_head = true;
    for line in text.lines() {
        in_head &= !line.trim_start().starts_with('[');
        if in_head && is_head(line, "status") {
            let by = toml_quoted(by);
            let _ = writeln!(out, "status = \"confirmed\"\nconfirmed_by = {by}\nconfirmed_on = \"{on}\"");
        } else if !(in_head && (is_head(line, "confirmed_by") || is_head(line, "confirmed_on"))) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn today() -> NaiveDate {
    let now: std::time::SystemTime = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).map_or(NaiveDate::MIN, |now| now.date_naive())
}
