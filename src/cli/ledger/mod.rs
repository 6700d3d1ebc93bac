//! `tkgd ledger`: what is decided about returns and findings, written down for good.

mod act;
mod decide;
mod explain;
mod history;
mod said;

use clap::Subcommand;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::findings::ClosingKind;
use crate::jobs::{WrittenEntries, json_line};

#[derive(Debug, clap::Args)]
pub struct LedgerArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give a return back to its unit.
    #[command(alias = "tra-lai")]
    Return(act::ActArgs),
    /// Approve a return; with --section only the opinion of a specialist section.
    #[command(alias = "duyet")]
    Approve(act::ActArgs),
    /// Refuse a return.
    #[command(alias = "tu-choi")]
    Refuse(act::ActArgs),
    /// Lock a return.
    #[command(alias = "khoa")]
    Lock(act::ActArgs),
    /// Ask for a return to be unlocked.
    #[command(alias = "xin-mo-khoa")]
    RequestUnlock(act::ActArgs),
    /// Unlock a return.
    #[command(alias = "mo-khoa")]
    Unlock(act::ActArgs),
    /// Reopen a return that is approved or locked, to be mended.
    #[command(alias = "mo-lai")]
    Reopen(act::ActArgs),
    /// Explain a finding that asks for it.
    #[command(alias = "giai-trinh")]
    Explain(explain::AnswerArgs),
    /// Accept an error, with a reason.
    #[command(alias = "chap-nhan")]
    Accept(explain::AnswerArgs),
    /// Write down many explanations from a table: unit, form, rule, sheet, code, column, explanation.
    #[command(alias = "nhap")]
    Import(explain::ImportArgs),
    /// Accept explanations that units have proposed: the findings are closed.
    #[command(alias = "chap-nhan-giai-trinh")]
    AcceptExplanations(decide::ExplanationArgs),
    /// Reject explanations that units have proposed: the findings stay open and go back with the reason.
    #[command(alias = "khong-chap-nhan-giai-trinh")]
    RejectExplanations(decide::ExplanationArgs),
    /// Carry out the decisions of a workbook or table: on returns, and on explanations that units have proposed.
    #[command(alias = "quyet-dinh")]
    Decide(decide::DecideArgs),
    /// Show what was done.
    #[command(alias = "lich-su")]
    History(history::HistoryArgs),
    /// See whether the ledger is whole; name the first line that was changed or lost.
    #[command(alias = "kiem-tra")]
    Verify(history::VerifyArgs),
}

pub fn run(args: &LedgerArgs, context: &Context) -> Result<Exit> {
    match &args.command {
        Command::Return(args) => act::run("return", args, context),
        Command::Approve(args) => act::run("approve", args, context),
        Command::Refuse(args) => act::run("refuse", args, context),
        Command::Lock(args) => act::run("lock", args, context),
        Command::RequestUnlock(args) => act::run("request-unlock", args, context),
        Command::Unlock(args) => act::run("unlock", args, context),
        Command::Reopen(args) => act::run("reopen", args, context),
        Command::Explain(args) => explain::close(ClosingKind::Explained, args, context),
        Command::Accept(args) => explain::close(ClosingKind::Accepted, args, context),
        Command::Import(args) => explain::import(args, context),
        Command::AcceptExplanations(args) => decide::explanations(true, args, context),
        Command::RejectExplanations(args) => decide::explanations(false, args, context),
        Command::Decide(args) => decide::run(args, context),
        Command::History(args) => history::run(args, context),
        Command::Verify(args) => history::verify(args, context),
    }
}

fn told(entries: usize, context: &Context) -> Exit {
    let written = WrittenEntries { written: entries };
    print(&if context.json { format!("{}\n", json_line(&written)) } else { written.text(context.lang) });
    Exit::Fine
}
