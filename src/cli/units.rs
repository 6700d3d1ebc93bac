//! `tkgd units lint`: the register, before it is believed.

use std::path::PathBuf;

use super::options::{PipelineArgs, period};
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{RegisterSource, lint_units, register_look_json, register_look_text};

#[derive(Debug, clap::Args)]
pub struct UnitsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check a register: schools without a form, circles, codes used again, names that differ in accents only.
    #[command(alias = "kiem-tra")]
    Lint(LintArgs),
}

#[derive(Debug, clap::Args)]
struct LintArgs {
    /// Pipeline (.toml) or name of a term, or the register itself; otherwise the workspace.
    file: Option<PathBuf>,
    /// School year, of a register.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Term: opening or closing, of a register.
    #[arg(long, default_value = "opening")]
    term: String,
    /// The register as at this day; otherwise the term's day.
    #[arg(long)]
    on: Option<String>,
    /// Print all findings, not only the first few of each rule.
    #[arg(long)]
    all: bool,
}

/// Findings of one rule shown on the screen without `--all`.
const PER_RULE: usize = 20;

pub fn run(args: &UnitsArgs, context: &Context) -> Result<Exit> {
    let Command::Lint(args) = &args.command;
    let session = context.session()?;
    let source = match &args.file {
        Some(file) => RegisterSource::of_file(file, || period(&args.year, &args.term))?,
        None => RegisterSource::Pipeline(Box::new(context.pipeline(&PipelineArgs { pipeline: None, term: None })?)),
    };
    let look = lint_units(&session, &source, args.on.as_deref())?;
    if context.json {
        print(&register_look_json(&look, &session.schemas, context.lang));
    } else {
        let most = if args.all { usize::MAX } else { PER_RULE };
        print(&register_look_text(&look, &session.schemas, context.lang, most));
    }
    Ok(Exit::of(&look.findings))
}
