//! `tkgd return`: every sender's workbook goes back annotated, with a note.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::options::{PipelineArgs, day};
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::base::message::message;
use crate::jobs::{FeedbackRequest, NotAnnotated, json_of, return_workbooks};

#[derive(Debug, clap::Args)]
pub struct ReturnedArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Folder for what goes back: each time into a folder of its own, called by the day; earlier ones stay.
    #[arg(long)]
    out: PathBuf,
    /// The day, as in 20/10/2025; otherwise today.
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
    /// Only to this unit and those below it; may be repeated.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// Only errors, nothing to be explained and no warnings.
    #[arg(long)]
    only_errors: bool,
}

pub fn run(args: &ReturnedArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let request = FeedbackRequest { folder: args.out.clone(), on: args.on, units: args.units.clone(), only_errors: args.only_errors };
    let returned = return_workbooks(&session, &pipeline, &request)?;
    if context.json {
        print(&json_of(&returned));
        return Ok(Exit::Fine);
    }
    for NotAnnotated { file, reason } in &returned.failed {
        print(&format!("{}: {file}: {reason}\n", message!("screen.note_only").said(context.lang)));
    }
    let (workbooks, units, summaries, folder) = (returned.workbooks, returned.units, returned.summaries, returned.round.display());
    print(&message!("screen.written_annotated_workbooks_notes", folder, workbooks, units, summaries).said(context.lang));
    Ok(Exit::Fine)
}
