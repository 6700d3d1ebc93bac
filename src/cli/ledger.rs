//! `tkgd ledger`: what is decided about returns and findings, written down for good.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::base::message::{Message, message};
use crate::findings::ClosingKind;
use crate::jobs::{LedgerAct, LedgerAnswer, act, answer, answers_from, history as entries_of, history_text, json_of, verified};

#[derive(Debug, clap::Args)]
pub struct LedgerArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give a return back to its unit.
    Return(ActArgs),
    /// Approve a return; with --section only the opinion of a specialist section.
    Approve(ActArgs),
    /// Refuse a return.
    Refuse(ActArgs),
    /// Lock a return.
    Lock(ActArgs),
    /// Ask for a return to be unlocked.
    RequestUnlock(ActArgs),
    /// Unlock a return.
    Unlock(ActArgs),
    /// Reopen a return that is approved or locked, to be mended.
    Reopen(ActArgs),
    /// Explain a finding that asks for it.
    Explain(AnswerArgs),
    /// Accept an error, with a reason.
    Accept(AnswerArgs),
    /// Write down many explanations from a table: unit, form, rule, sheet, code, column, explanation.
    Import(ImportArgs),
    /// Show what was done.
    History(HistoryArgs),
    /// See whether the ledger is whole; name the first line that was changed or lost.
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
struct ActArgs {
    /// Pipeline file (.toml).
    pipeline: PathBuf,
    /// Code of a unit; may be repeated.
    #[arg(long = "unit", required = true)]
    units: Vec<String>,
    /// The form; otherwise all that the unit files.
    #[arg(long)]
    form: Option<String>,
    /// Specialist section that approves.
    #[arg(long, default_value = "")]
    section: String,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
struct AnswerArgs {
    /// Pipeline file (.toml).
    pipeline: PathBuf,
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

/// Who, why, on what ground, when.
#[derive(Debug, clap::Args)]
struct Said {
    /// Role of whoever does it; no name.
    #[arg(long, default_value = "")]
    by: String,
    /// Reason, or explanation.
    #[arg(long, default_value = "")]
    reason: String,
    /// Document cited.
    #[arg(long, default_value = "")]
    document: String,
    /// The day it happened, as in 2025-10-20; otherwise today. The time of writing is always the machine's.
    #[arg(long)]
    on: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// Pipeline file (.toml).
    pipeline: PathBuf,
    /// Table of explanations (csv, xlsx).
    file: PathBuf,
    /// Role of whoever explains, where the table has no such column.
    #[arg(long, default_value = "")]
    by: String,
    /// The day; otherwise today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct HistoryArgs {
    /// Pipeline file (.toml).
    pipeline: PathBuf,
    /// Only this unit.
    #[arg(long)]
    unit: Option<String>,
    /// Only this form.
    #[arg(long)]
    form: Option<String>,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Pipeline file (.toml).
    pipeline: PathBuf,
}

pub fn run(args: &LedgerArgs, context: &Context) -> Result<Exit> {
    match &args.command {
        Command::Return(args) => action("return", args, context),
        Command::Approve(args) => action("approve", args, context),
        Command::Refuse(args) => action("refuse", args, context),
        Command::Lock(args) => action("lock", args, context),
        Command::RequestUnlock(args) => action("request-unlock", args, context),
        Command::Unlock(args) => action("unlock", args, context),
        Command::Reopen(args) => action("reopen", args, context),
        Command::Explain(args) => close(ClosingKind::Explained, args, context),
        Command::Accept(args) => close(ClosingKind::Accepted, args, context),
        Command::Import(args) => {
            let answers = answers_from(&args.file, &args.by, &context.isolation)?;
            write(&args.pipeline, &answers, args.on, context)
        }
        Command::History(args) => history(args, context),
        Command::Verify(args) => verify(args, context),
    }
}

fn action(id: &str, args: &ActArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let wish = LedgerAct {
        action: id.to_owned(),
        units: args.units.clone(),
        form: args.form.clone(),
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        section: args.section.clone(),
        on: args.said.on,
    };
    Ok(written(act(&context.session()?, &pipeline, &wish)?, context))
}

fn close(kind: ClosingKind, args: &AnswerArgs, context: &Context) -> Result<Exit> {
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

fn write(pipeline: &std::path::Path, answers: &[LedgerAnswer], on: Option<NaiveDate>, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(pipeline)?;
    Ok(written(answer(&context.session()?, &pipeline, answers, on)?, context))
}

/// How many entries were written.
#[derive(serde::Serialize)]
struct Written {
    written: usize,
}

fn written(entries: usize, context: &Context) -> Exit {
    if context.json {
        print(&format!("{}\n", serde_json::to_string(&Written { written: entries }).unwrap_or_default()));
    } else {
        print(&message!("screen.entries_written", entries).said(context.lang));
    }
    Exit::Fine
}

fn history(args: &HistoryArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let (unit, form) = (args.unit.as_deref(), args.form.as_deref());
    if context.json {
        print(&json_of(&entries_of(&pipeline, unit, form)?));
    } else {
        print(&history_text(&context.session()?, &pipeline, unit, form)?);
    }
    Ok(Exit::Fine)
}

fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let (is_whole, text, value) = verified(&context.session()?, &pipeline)?;
    print(&if context.json { format!("{value:#}\n") } else { text });
    Ok(if is_whole { Exit::Fine } else { Exit::Findings })
}
