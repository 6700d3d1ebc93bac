//! `tkgd ledger accept-explanations`, `reject-explanations` and `decide`: what becomes of explanations that units proposed.

use std::path::PathBuf;

use super::said::Said;
use super::{Context, Exit, told};
use crate::base::error::Result;
use crate::cli::options::PipelineArgs;
use crate::jobs::{DecisionTable, ExplanationWish, decide, decide_explanations, decisions_from};

#[derive(Debug, clap::Args)]
pub struct ExplanationArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Code or name of a unit; may be repeated.
    #[arg(long = "unit", required_unless_present_any = ["rule", "all"])]
    units: Vec<String>,
    /// Only of this rule.
    #[arg(long)]
    rule: Option<String>,
    /// All explanations that wait for a decision.
    #[arg(long, conflicts_with_all = ["units", "rule"])]
    all: bool,
    /// Only of this form.
    #[arg(long)]
    form: Option<String>,
    /// Only this row code.
    #[arg(long)]
    code: Option<String>,
    /// Only this column.
    #[arg(long)]
    column: Option<u16>,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub struct DecideArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Workbook or table with a column of decisions.
    file: PathBuf,
    #[command(flatten)]
    said: Said,
}

pub fn explanations(accept: bool, args: &ExplanationArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let wish = ExplanationWish {
        accept,
        units: args.units.clone(),
        form: args.form.clone(),
        rule: args.rule.clone(),
        code: args.code.clone(),
        column: args.column,
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        on: args.said.on,
    };
    Ok(told(decide_explanations(&context.session()?, &pipeline, &wish)?, context))
}

pub fn run(args: &DecideArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let table = DecisionTable {
        lines: decisions_from(&args.file, &context.isolation)?,
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        on: args.said.on,
    };
    Ok(told(decide(&context.session()?, &pipeline, &table)?, context))
}
