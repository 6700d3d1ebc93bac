//! `tkgd run`: the whole term in one command.

use std::sync::Arc;

use chrono::NaiveDate;

use super::options::{PipelineArgs, day};
use super::progress::Bars;
use super::timings::Timings;
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{JobStage, Progress as _, RunView, json_of, rivals_text, run as run_pipeline, run_text};

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Print all findings, not only the causes that weigh most.
    #[arg(long)]
    all: bool,
    /// Day on which new returns of this run came in, as in 20/10/2025; otherwise today.
    #[arg(long, value_parser = day)]
    received_on: Option<NaiveDate>,
    /// Print the time of each stage and the most memory to stderr afterwards; what comes out is the same.
    #[arg(long)]
    timings: bool,
}

pub fn run(args: &RunArgs, context: &Context) -> Result<Exit> {
    let progress = Arc::new(Timings::new(Bars::new(context.lang)));
    progress.start(JobStage::Schemas, 1);
    let session = context.session()?.watched_by(Arc::clone(&progress) as _);
    progress.finish();
    let path = context.choose(&args.pipeline)?;
    let mut pipeline = context.pipeline_at(&path)?;
    pipeline.file.inputs.received_on = args.received_on;
    let result = run_pipeline(&session, &pipeline)?;
    if context.json {
        print(&json_of(&result));
    } else {
        let shown = RunView { pipeline: &path.display().to_string(), all: args.all };
        print(&run_text(&result, &session, shown));
        print(&context.kept_text(&result.published.kept));
        print(&rivals_text(&pipeline, context.lang));
    }
    if args.timings {
        eprint!("{}", progress.table(context.lang));
    }
    Ok(Exit::of(&result.findings))
}
