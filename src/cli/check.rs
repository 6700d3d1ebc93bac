//! `tkgd check`: layout, values and sums of single files, without a register.

use std::path::PathBuf;

use super::options::{numbers, period};
use super::{Context, Exit, print};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;
use crate::jobs::{Checked, check_files, findings_digest, write_findings_json};

#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Files or folders to check.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// School year, as in 2025-2026; it decides which circular applies.
    #[arg(long)]
    year: String,
    /// Term: opening or closing.
    #[arg(long, default_value = "opening")]
    term: String,
    /// How numbers are written that are texts: vi (1.234,5) or en (1,234.5).
    #[arg(long, default_value = "vi")]
    numbers: String,
    /// Print all findings, not only the first few of each rule.
    #[arg(long)]
    all: bool,
}

/// Findings of one rule shown on the screen without `--all`.
const PER_RULE: usize = 20;

pub fn run(args: &CheckArgs, context: &Context) -> Result<Exit> {
    let (period, locale) = (period(&args.year, &args.term)?, numbers(&args.numbers)?);
    let session = context.session()?;
    let schemas = &session.schemas;
    let Checked { files, forms, findings } = check_files(&session, &args.paths, period, locale)?;
    if context.json {
        let mut text = Vec::new();
        write_findings_json(&mut text, &findings, &schemas.rules, context.lang).map_err(|e| Error::library(Action::Write, "stdout", e))?;
        print(&String::from_utf8_lossy(&text));
    } else {
        let per_rule = if args.all { usize::MAX } else { PER_RULE };
        print(&findings_digest(&findings, &schemas.rules, context.lang, per_rule));
        for form in &forms {
            let note = schemas.layouts.note(form.layout_status, context.lang);
            if !note.is_empty() {
                print(&format!("{} {}: {note}\n", message!("screen.form").said(context.lang), form.symbol));
            }
        }
        print(&message!("screen.files_checked_findings", files, findings = findings.len()).said(context.lang));
    }
    Ok(Exit::of(&findings))
}
