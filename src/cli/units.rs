//! `tkgd units lint`: the register, before it is believed.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Context, Exit, print};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::Form;
use crate::jobs::{circular, findings_digest, json_of, look_at_register};
use crate::ledger::finding_record;
use crate::present::Presenter;
use crate::rulebook::FindingRecord;
use crate::workspace::option_day;

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
    /// Pipeline (.toml), or the register itself.
    file: PathBuf,
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

/// What a look at a register found.
#[derive(Serialize)]
struct Looked {
    day: NaiveDate,
    findings: Vec<FindingRecord>,
    units: usize,
}

pub fn run(args: &UnitsArgs, context: &Context) -> Result<Exit> {
    let Command::Lint(args) = &args.command;
    let session = context.session()?;
    let schemas = &session.schemas;
    let is_pipeline = args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let (register, period, regulation) = if is_pipeline {
        let pipeline = context.pipeline(&args.file)?;
        (pipeline.path(&pipeline.file.register), pipeline.period, circular(&pipeline, schemas)?)
    } else {
        let year: SchoolYear = args.year.parse().map_err(|reason: Message| Error::config("--year", reason))?;
        let term: Term = args.term.parse().map_err(|reason: Message| Error::config("--term", reason))?;
        let period = Period { year, term };
        (args.file.clone(), period, schemas.governing(period)?.clone())
    };
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == period.term).cloned().collect();
    let day = match &args.on {
        Some(text) => option_day("--on", text)?,
        None => regulation.as_at(period).unwrap_or_default(),
    };
    let look = look_at_register(&session, &register, &forms, day)?;
    if context.json {
        let findings: Vec<_> = look.findings.iter().map(|finding| finding_record(finding, &schemas.rules, context.lang)).collect();
        print(&json_of(&Looked { day, findings, units: look.units }));
    } else {
        print(&findings_digest(&look.findings, &schemas.rules, context.lang, if args.all { usize::MAX } else { PER_RULE }));
        let (units, found, day) = (look.units, look.findings.len(), Presenter::day(day));
        print(&message!("screen.register_has_units", units, day, found).said(context.lang));
    }
    Ok(Exit::of(&look.findings))
}
