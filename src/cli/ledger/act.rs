//! Steps of the ledger that are done to returns: given back, approved, locked, reopened.

use std::path::PathBuf;

use super::said::Said;
use super::{Context, Exit, told};
use crate::base::error::Result;
use crate::cli::options::PipelineArgs;
use crate::jobs::{LedgerAct, ReturnWish, act, returns_from};

#[derive(Debug, clap::Args)]
pub struct ActArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Code of a unit; may be repeated.
    #[arg(long = "unit", required_unless_present_any = ["clean", "list"])]
    units: Vec<String>,
    /// Table of returns (csv, xlsx): unit, and where they are told form, reason, document, role.
    #[arg(long)]
    list: Option<PathBuf>,
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
    let form = args.form.as_deref();
    let mut returns: Vec<ReturnWish> = args.units.iter().map(|unit| ReturnWish::of_unit(unit, form)).collect();
    if let Some(list) = &args.list {
        returns.extend(returns_from(list, form, &context.isolation)?);
    }
    let wish = LedgerAct {
        action: id.to_owned(),
        returns,
        clean: args.clean,
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        section: args.section.clone(),
        on: args.said.on,
    };
    Ok(told(act(&context.session()?, &pipeline, &wish)?, context))
}
