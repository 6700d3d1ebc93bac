//! Steps of the ledger that are done to returns: given back, approved, locked, reopened.

use super::said::Said;
use super::{Context, Exit, told};
use crate::base::error::Result;
use crate::cli::options::PipelineArgs;
use crate::jobs::{LedgerAct, act};

#[derive(Debug, clap::Args)]
pub struct ActArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Code of a unit; may be repeated.
    #[arg(long = "unit", required_unless_present = "clean")]
    units: Vec<String>,
    /// All returns that came in and have nothing to correct or explain.
    #[arg(long, conflicts_with = "units")]
    clean: bool,
    /// The form; otherwise all that the unit files.
    #[arg(long)]
    form: Option<String>,
    /// Specialist section that approves.
    #[arg(long, default_value = "")]
    section: String,
    #[command(flatten)]
    said: Said,
}

pub fn run(id: &str, args: &ActArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let wish = LedgerAct {
        action: id.to_owned(),
        units: args.units.clone(),
        clean: args.clean,
        form: args.form.clone(),
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        section: args.section.clone(),
        on: args.said.on,
    };
    Ok(told(act(&context.session()?, &pipeline, &wish)?, context))
}
