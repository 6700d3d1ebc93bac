//! `tkgd archive verify`: whether everything is as it was published.

use super::{Context, Exit, Folder, print};
use crate::archive::VerifyScope;
use crate::base::error::Result;
use crate::cli::progress::Bars;
use crate::jobs::{json_of, verified_archive_text, verify_archive};

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    folder: Folder,
    /// Only the archive: it is a copy without its ledger.
    #[arg(long)]
    archive_only: bool,
}

pub fn run(args: &VerifyArgs, context: &Context) -> Result<Exit> {
    let scope = if args.archive_only { VerifyScope::ArchiveOnly } else { VerifyScope::WithLedgers };
    let found = verify_archive(&args.folder.path()?, scope, &Bars::new(context.lang))?;
    print(&if context.json { json_of(&found) } else { verified_archive_text(&found, context.lang) });
    Ok(if found.problems.is_empty() { Exit::Fine } else { Exit::Findings })
}
