//! `tkgd status`: who has sent what, in time or late, and what is still to be done.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::options::{PipelineArgs, day};
use super::{Context, Exit, print};
use crate::base::disk::write_file;
use crate::base::error::Result;
use crate::jobs::{StatusRecord, StatusRequest, contacts, json_of, reminders_xlsx, status_text, status_xlsx, term_status};

/// Returns shown on the screen; all of them are in the workbook.
const ROWS: usize = 30;

#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Sums by commune, former_district, cluster, area, ownership; otherwise by the unit above.
    #[arg(long)]
    by: Option<String>,
    /// As of this day, as in 01/11/2025; otherwise today.
    #[arg(long, value_parser = day)]
    on: Option<NaiveDate>,
    /// Write a workbook: sums, each return, history.
    #[arg(long)]
    xlsx: Option<PathBuf>,
    /// Write a list of reminders, with contacts out of lien-he.csv.
    #[arg(long)]
    reminders: Option<PathBuf>,
    /// File of contacts in place of the workspace's lien-he.csv.
    #[arg(long)]
    contacts: Option<PathBuf>,
    /// Print all returns that something is to be done about.
    #[arg(long)]
    all: bool,
}

pub fn run(args: &StatusArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let rules = pipeline.output_rules();
    args.xlsx.iter().chain(&args.reminders).try_for_each(|path| rules.check_file(path))?;
    let lock = pipeline.lock_shared()?;
    let request = StatusRequest { by: args.by.clone(), on: args.on };
    let term = term_status(&session, &pipeline, &request)?;
    drop(lock);
    let mut kept = Vec::new();
    if let Some(path) = &args.xlsx {
        kept.extend(write_file(path, &status_xlsx(&term, context.lang)?, &rules)?.kept);
    }
    if let Some(path) = &args.reminders {
        let contacts = contacts(&session, &pipeline, args.contacts.as_deref())?;
        kept.extend(write_file(path, &reminders_xlsx(&term, &contacts, context.lang)?, &rules)?.kept);
    }
    if context.json {
        print(&json_of(&StatusRecord::new(&term)));
    } else {
        print(&status_text(&term, context.lang, if args.all { usize::MAX } else { ROWS }));
        for path in args.xlsx.iter().chain(&args.reminders) {
            print(&context.written_text(path, &[]));
        }
        print(&context.kept_text(&kept));
    }
    Ok(Exit::Fine)
}
