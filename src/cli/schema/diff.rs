//! `tkgd schema diff` and `confirm`: what a new version of a form changes, and the mapping for looking back.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::tools;
use crate::base::error::Result;
use crate::base::message::message;
use crate::cli::options::day;
use crate::cli::{Context, Exit, print};
use crate::forms::diff_text;
use crate::jobs::{ConfirmRequest, MappingProposal, compare_forms, confirm_mapping};

#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// The old form: its id (tt24-2018/01-MN-DN), a form file (.toml) or a workbook (.xlsx).
    old: String,
    /// The new form, likewise.
    new: String,
    /// File for the proposed mapping, never written over.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct ConfirmArgs {
    /// The mapping that was looked through.
    file: PathBuf,
    /// Role of whoever confirms; no name.
    #[arg(long)]
    by: String,
    /// The day, as in 01/10/2026; otherwise today.
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
}

pub fn run(args: &DiffArgs, context: &Context) -> Result<Exit> {
    let difference = compare_forms(&context.schemas()?, tools(context), &args.old, &args.new, context.lang)?;
    print(&diff_text(&difference, context.lang));
    if let Some(out) = &args.out {
        MappingProposal::new(&difference, out, context.lang).write()?;
        print(&message!("screen.proposed_mapping_written", shown = out.display()).said(context.lang));
    }
    Ok(Exit::Fine)
}

pub fn confirm(args: &ConfirmArgs, context: &Context) -> Result<Exit> {
    let request = ConfirmRequest { file: args.file.clone(), by: args.by.clone(), on: args.on };
    confirm_mapping(|| context.schemas(), &request)?;
    print(&message!("screen.confirmed", shown = args.file.display()).said(context.lang));
    Ok(Exit::Fine)
}
