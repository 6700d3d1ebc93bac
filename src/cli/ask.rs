//! `tkgd ask`: a figure asked for in people's words, with the question in SQL, its cells and its coverage.

use std::path::PathBuf;
use std::time::Duration;

use super::query::{AnswerGoes, form_of, give};
use super::{Context, Exit, FormatArg, print};
use crate::base::error::Result;
use crate::base::limits::{Limits, half_of_memory};
use crate::jobs::{AnswerForm, AskRequest, answer_question, askable, understood_question};

/// Seconds an answer may take.
const SECONDS: u64 = 300;
/// Memory an answer may take where the system does not tell.
const MEMORY: u64 = 4 << 30;

#[derive(Debug, Clone, clap::Args)]
pub struct AskArgs {
    /// The question: what is counted, of whom, where, when; in any order.
    words: Vec<String>,
    /// The archive; otherwise archive, or that of the workspace.
    #[arg(long)]
    archive: Option<PathBuf>,
    /// Use drafts of the last run in place of what is released.
    #[arg(long)]
    draft: bool,
    /// List what can be asked for: all measures, or everything whose name has the words.
    #[arg(long)]
    list: bool,
    /// Only say how the question is understood, with its SQL.
    #[arg(long, conflicts_with = "list")]
    sql: bool,
    /// Write the answer to a file (csv, json, xlsx, parquet).
    #[arg(long)]
    out: Option<PathBuf>,
    /// Rows printed as text.
    #[arg(long, default_value_t = 100)]
    rows: u32,
}

pub fn run(args: &AskArgs, context: &Context) -> Result<Exit> {
    let archive = Context::archive_folder(args.archive.as_ref())?;
    let request = AskRequest { text: args.words.join(" "), archive, drafts: args.draft };
    let (session, lang) = (context.session()?, context.lang);
    if args.list {
        print(&askable(&session, &request)?);
        return Ok(Exit::Fine);
    }
    let question = understood_question(&session, &request)?;
    let form = form_of(args.out.as_deref(), context);
    let is_shown = form == AnswerForm::Text && args.out.is_none();
    if is_shown || args.sql {
        print(&question.heading(lang));
    }
    if args.sql {
        print(&question.sources(lang));
        return Ok(Exit::Fine);
    }
    let limits = Limits { time: Duration::from_secs(SECONDS), memory: half_of_memory().unwrap_or(MEMORY) };
    let at_work = context.clone();
    let goes = AnswerGoes { archive: &request.archive, out: args.out.as_deref(), rows: args.rows };
    let is_read = give(&goes, context, |place| answer_question(move || at_work.session(), &question, form, place, limits))?;
    if !is_read {
        return Ok(Exit::Fine);
    }
    if is_shown || args.out.is_some() && context.format == FormatArg::Text {
        print(&format!("\n{}", question.sources(lang)));
    }
    Ok(Exit::Fine)
}
