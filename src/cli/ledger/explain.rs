//! `tkgd ledger explain`, `accept` and `import`: answers to findings.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::said::Said;
use super::{Context, Exit, told};
use crate::base::error::Result;
use crate::base::message::Message;
use crate::cli::options::{PipelineArgs, day};
use crate::findings::ClosingKind;
use crate::jobs::{LedgerAnswer, answer, answers_from};

#[derive(Debug, clap::Args)]
pub struct AnswerArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Code of the unit.
    #[arg(long)]
    unit: String,
    /// The form.
    #[arg(long)]
    form: String,
    /// Id of the rule, as in phat-hien.txt.
    #[arg(long)]
    rule: String,
    /// Only this sheet.
    #[arg(long, default_value = "")]
    sheet: String,
    /// Only this row code.
    #[arg(long, default_value = "")]
    code: String,
    /// Only this column.
    #[arg(long)]
    column: Option<u16>,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
#[command(allow_missing_positional = true)]
pub struct ImportArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Table of explanations (csv, xlsx).
    file: PathBuf,
    /// Role of whoever explains, where the table has no such column.
    #[arg(long, default_value = "")]
    by: String,
    /// The day; otherwise today.
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
}

pub fn close(kind: ClosingKind, args: &AnswerArgs, context: &Context) -> Result<Exit> {
    let answer = LedgerAnswer {
        kind,
        unit: args.unit.clone(),
        form: args.form.clone(),
        rule: args.rule.clone(),
        sheet: args.sheet.clone(),
        code: args.code.clone(),
        column: args.column,
        text: args.said.reason.clone(),
        by: args.said.by.clone(),
        document: args.said.document.clone(),
        place: Message::from("--rule"),
        table: None,
    };
    write(&args.pipeline, &[answer], args.said.on, context)
}

pub fn import(args: &ImportArgs, context: &Context) -> Result<Exit> {
    let answers = answers_from(&args.file, &args.by, &context.isolation)?;
    write(&args.pipeline, &answers, args.on, context)
}

fn write(pipeline: &PipelineArgs, answers: &[LedgerAnswer], on: Option<NaiveDate>, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(pipeline)?;
    Ok(told(answer(&context.session()?, &pipeline, answers, on)?, context))
}
