//! `tkgd ledger history` and `verify`: what was done, and whether the record is whole.

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::cli::options::PipelineArgs;
use crate::jobs::{history, history_text, json_of, verified_ledger, verified_ledger_text};

#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Only this unit.
    #[arg(long)]
    unit: Option<String>,
    /// Only this form.
    #[arg(long)]
    form: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
}

pub fn run(args: &HistoryArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let (unit, form) = (args.unit.as_deref(), args.form.as_deref());
    print(&if context.json {
        json_of(&history(&context.session()?, &pipeline, unit, form)?)
    } else {
        history_text(&context.session()?, &pipeline, unit, form)?
    });
    Ok(Exit::Fine)
}

pub fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let session = context.session()?;
    let verified = verified_ledger(&pipeline)?;
    print(&if context.json { json_of(&verified) } else { verified_ledger_text(&verified, &session) });
    Ok(if verified.ok { Exit::Fine } else { Exit::Findings })
}
