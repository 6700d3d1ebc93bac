//! `tkgd query`: any question to the archive, in SQL or by the name of a ready one.

mod args;
mod piped;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Exit, FormatArg, print};
use crate::base::error::Result;
use crate::jobs::{AnswerForm, AnswerPlace, answered_text, ask_archive, query_catalogue_json, query_catalogue_text};

pub use args::QueryArgs;
pub use piped::Piped;

pub fn run(args: &QueryArgs, context: &Context) -> Result<Exit> {
    let archive = Context::archive_folder(args.archive.as_ref())?;
    let request = args.request(&archive);
    if args.list {
        let session = context.session()?;
        print(&match context.format {
            FormatArg::Json => query_catalogue_json(&session, &request)?,
            _ => query_catalogue_text(&session, &request, args.sql.as_deref())?,
        });
        return Ok(Exit::Fine);
    }
    let rules = context.output_rules_beside(&archive);
    args.out.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let is_closed = Arc::new(AtomicBool::new(false));
    let place = match &args.out {
        Some(path) => AnswerPlace::File { path: path.clone(), rules },
        None => AnswerPlace::Shown { rows: args.rows, reader: Box::new(Piped::new(Arc::clone(&is_closed))) },
    };
    let at_work = context.clone();
    let done = ask_archive(move || at_work.session(), request, form_of(args.out.as_deref(), context), place, args.limits());
    // A closed pipe is nobody's error: whoever reads has enough.
    if is_closed.load(Ordering::Relaxed) {
        return Ok(Exit::Fine);
    }
    let done = done?;
    print(&answered_text(&done, context.lang));
    print(&context.kept_text(&done.written.kept));
    Ok(Exit::Fine)
}

/// The form of the answer: what was asked for, else what the file's name says.
pub fn form_of(out: Option<&Path>, context: &Context) -> AnswerForm {
    match context.format {
        FormatArg::Text => out.and_then(AnswerForm::of_file).unwrap_or(AnswerForm::Text),
        FormatArg::Csv => AnswerForm::Csv,
        FormatArg::Json => AnswerForm::Json,
        FormatArg::Xlsx => AnswerForm::Xlsx,
        FormatArg::Parquet => AnswerForm::Parquet,
    }
}
