//! `tkgd query`: any question to the archive, in SQL or by the name of a ready one.

mod args;
mod piped;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Context, Exit, FormatArg, print};
use crate::base::error::Result;
use crate::jobs::{AnswerForm, AnswerPlace, AnsweredQuery, answered_text, ask_archive, query_catalogue_json, query_catalogue_text};

pub use args::QueryArgs;
use piped::Piped;

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
    let (at_work, form) = (context.clone(), form_of(args.out.as_deref(), context));
    let goes = AnswerGoes { archive: &archive, out: args.out.as_deref(), rows: args.rows };
    give(&goes, context, |place| ask_archive(move || at_work.session(), request, form, place, args.limits()))?;
    Ok(Exit::Fine)
}

/// Where the answer to a question goes.
pub struct AnswerGoes<'a> {
    /// The archive that is asked.
    pub archive: &'a Path,
    /// A file; the screen otherwise.
    pub out: Option<&'a Path>,
    /// Rows shown on the screen.
    pub rows: u32,
}

/// Has a question answered and shows the answer, or where it was written; true where whoever reads along wanted all of it.
pub fn give(goes: &AnswerGoes<'_>, context: &Context, answer: impl FnOnce(AnswerPlace) -> Result<AnsweredQuery>) -> Result<bool> {
    let rules = context.output_rules_beside(goes.archive);
    goes.out.map_or(Ok(()), |path| rules.check_file(path))?;
    let is_closed = Arc::new(AtomicBool::new(false));
    let place = match goes.out {
        Some(path) => AnswerPlace::File { path: path.to_owned(), rules },
        None => AnswerPlace::Shown { rows: goes.rows, reader: Box::new(Piped::new(Arc::clone(&is_closed))) },
    };
    let done = answer(place);
    // A closed pipe is nobody's error: whoever reads has enough.
    if is_closed.load(Ordering::Relaxed) {
        return Ok(false);
    }
    let done = done?;
    print(&answered_text(&done, context.lang));
    print(&context.kept_text(&done.written.kept));
    Ok(true)
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
